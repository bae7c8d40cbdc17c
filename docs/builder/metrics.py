"""All metrics of the board in one table."""

from __future__ import annotations

from collections.abc import Iterator

import xingtu_frames as xf
from xingtu_frames.board.metrics import DIRECTIONS

from .markdown import CONFIDENCE_ZH, Language, code, page, table

_TITLE: dict[Language, str] = {"zh": "指标", "en": "Metrics"}
_ABOUT: dict[Language, str] = {
    "zh": "`xf.compare(ids, metrics=[...])` 的列。指标按接口计费：同一接口的指标共用一次请求。“默认”一列为“是”的，"
    "不写 `metrics=` 时也会取。“把握”说明含义有多确定。",
    "en": "The columns of `xf.compare(ids, metrics=[...])`. Metrics of one endpoint share its request; those that are "
    "there by default need no `metrics=`. Confidence says how sure the meaning is.",
}
_HEADER: dict[Language, str] = {
    "zh": "名称|中文|方向|单位|含义|表|接口|默认|把握",
    "en": "name|Chinese|direction|unit|meaning|table|endpoint|by default|confidence",
}


def pages(lang: Language) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of the page."""
    yes = {"zh": "是", "en": "yes"}[lang]
    rows = [
        (
            code(metric.name),
            metric.label_zh,
            (DIRECTIONS.zh[metric.direction] if lang == "zh" else metric.direction) if metric.direction else "",
            xf.TABLES[metric.table].column(metric.column).unit_in(lang) or metric.unit,
            metric.meaning_zh if lang == "zh" else metric.meaning,
            f"[`{metric.table}`](tables/{metric.table}.md)",
            code(metric.endpoint),
            yes if metric.by_default else "",
            CONFIDENCE_ZH[metric.confidence] if lang == "zh" else metric.confidence,
        )
        for metric in xf.METRICS.values()
    ]
    yield "metrics.md", page(_TITLE[lang], _ABOUT[lang], table(_HEADER[lang].split("|"), rows))
