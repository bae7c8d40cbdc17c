"""A page for each declared table, and one that lists them."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

import xingtu_frames as xf
from xingtu_frames.tables.schema import ITEM, Option, Table
from xingtu_frames.wire import ENDPOINTS, PREFIX

from . import gallery
from .markdown import CONFIDENCE_ZH, EVIDENCE_ZH, Language, code, frame, page, python, table

_SHOWN = 4


def pages(lang: Language) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each page."""
    yield "tables/index.md", _index(lang)
    for declared in xf.TABLES.values():
        yield f"tables/{declared.name}.md", _page(declared, lang)


def title(declared: Table, lang: Language) -> str:
    """Return what a table is called."""
    return f"{declared.label_zh} {declared.name}" if lang == "zh" else f"{declared.name} {declared.label_zh}"


def _index(lang: Language) -> str:
    header, about = {
        "zh": (
            ("表", "中文", "一行是", "接口", "依据"),
            "每张表都有一个 `fetch_` 函数，参数与列见各页。同一接口的几张表共用一份付费应答。",
        ),
        "en": (
            ("table", "Chinese", "a row is", "endpoint", "rests on"),
            "Each table has a `fetch_` function. Tables of one endpoint share its paid answer.",
        ),
    }[lang]
    rows = [
        (f"[`{t.name}`]({t.name}.md)", t.label_zh, _row(t, lang), f"`{t.endpoint}`", _evidence(t, lang))
        for t in xf.TABLES.values()
    ]
    return page({"zh": "表", "en": "Tables"}[lang], about, table(header, rows))


def _page(declared: Table, lang: Language) -> str:
    words = _WORDS[lang]
    facts = [
        (words["row"], _row(declared, lang)),
        (words["function"], f"`xf.{declared.function}`"),
        (words["endpoint"], f"`{declared.endpoint}`"),
        (words["path"], f"`{PREFIX}{ENDPOINTS[declared.endpoint].path}`"),
        (words["cost"], _cost(declared, lang)),
        (words["evidence"], _evidence(declared, lang)),
    ]
    return page(
        title(declared, lang),
        table((words["fact"], ""), facts),
        f"## {words['columns']}",
        _columns(declared, lang),
        _options(declared, lang),
        f"## {words['sample']}",
        python(_call(declared)),
        frame(_sample(declared)),
        words["synthetic"],
        *_pictures(declared, lang),
    )


def _row(declared: Table, lang: Language) -> str:
    return declared.row_zh if lang == "zh" else declared.row


def _evidence(declared: Table, lang: Language) -> str:
    return EVIDENCE_ZH[declared.evidence] if lang == "zh" else declared.evidence


def _cost(declared: Table, lang: Language) -> str:
    others = [
        f"[`{other.name}`]({other.name}.md)"
        for other in xf.TABLES.values()
        if other.endpoint == declared.endpoint and other is not declared
    ]
    if declared.answer.subject is None:
        return {"zh": "每页（20 位达人）一次请求", "en": "one request per page of 20 creators"}[lang]
    pages = declared.answer.pages is not None
    if lang == "zh":
        noun = "每个视频" if declared.answer.subject is ITEM else "每位达人"
        cost = f"{noun}每页一次请求" if pages else f"{noun}一次请求"
        return f"{cost}；与{'、'.join(others)}共用" if others else cost
    cost = f"one request per {declared.answer.subject.noun}" + (" and page" if pages else "")
    return f"{cost}, shared with {', '.join(others)}" if others else cost


def _columns(declared: Table, lang: Language) -> str:
    rows = [
        (
            code(column.name),
            column.label_zh,
            code(column.dtype),
            column.unit_in(lang),
            column.meaning_in(lang),
            CONFIDENCE_ZH[column.confidence] if lang == "zh" else column.confidence,
        )
        for column in declared.columns
    ]
    return table(_WORDS[lang]["headers"].split("|"), rows)


def _options(declared: Table, lang: Language) -> str:
    options = [option for option in declared.answer.options if isinstance(option, Option)]
    if not options:
        return ""
    words = _WORDS[lang]
    rows = [
        (
            code(option.name),
            option.column.label_zh,
            ", ".join(f"`{choice!r}`" for choice in option.choices),
            code(repr(option.default)),
        )
        for option in options
    ]
    return f"## {words['options']}\n\n" + table(words["option_headers"].split("|"), rows)


def _call(declared: Table) -> str:
    if declared.answer.subject is None:
        return f'frame = xf.{declared.function}("护肤", limit=20)'
    if declared.answer.subject is ITEM:
        return f"frame = xf.{declared.function}(item_ids)"
    return f"frame = xf.{declared.function}(ids)"


def _sample(declared: Table) -> pd.DataFrame:
    ids = xf.sample_ids()[:3]
    asked: object = ids
    if declared.answer.subject is ITEM:
        asked = xf.fetch_show_items(ids)["item_id"].drop_duplicates().head(2)
    scope = {"ids": ids, "item_ids": asked, "xf": xf}
    exec(_call(declared), scope)  # noqa: S102 - the call that the page shows
    made = scope["frame"]
    if not isinstance(made, pd.DataFrame):
        raise TypeError(f"{declared.function} gave no frame")
    return made.head(_SHOWN)


def _pictures(declared: Table, lang: Language) -> Iterator[str]:
    drawn = [entry for entry in gallery.ENTRIES if declared.name in entry.draws]
    for entry in drawn:
        yield f"## {_WORDS[lang]['picture']} `{entry.function}`"
        yield f"![{entry.title[lang]}](../{gallery.image(entry)})"
        yield python(entry.code)


_WORDS: dict[Language, dict[str, str]] = {
    "zh": {
        "fact": "要点",
        "row": "一行是",
        "function": "函数",
        "endpoint": "接口",
        "path": "路径",
        "cost": "费用",
        "evidence": "依据",
        "columns": "列",
        "headers": "列|中文名|类型|单位|含义|把握",
        "options": "可选参数",
        "option_headers": "参数|中文名|可选值|默认",
        "sample": "样例",
        "synthetic": "*样例达人均为虚构，数字没有含义。*",
        "picture": "图",
    },
    "en": {
        "fact": "fact",
        "row": "a row is",
        "function": "function",
        "endpoint": "endpoint",
        "path": "path",
        "cost": "cost",
        "evidence": "rests on",
        "columns": "Columns",
        "headers": "column|Chinese|dtype|unit|meaning|confidence",
        "options": "Options",
        "option_headers": "argument|Chinese|choices|default",
        "sample": "Sample",
        "synthetic": "*The sample creators are synthetic; their numbers mean nothing.*",
        "picture": "Picture",
    },
}
