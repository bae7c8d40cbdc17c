"""The last sheet: what was asked, from where and when the figures come, what the columns mean; and reading it again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from ...arguments import Language
from ...tables.inputs import CHINA
from ...wording.zone import ZONE_NAMES
from ..groups import KINDS, Plain, column_names, kind_of
from ..scope import scope
from .book import Notes
from .cells import Rows
from .colours import SCALE
from .columns import Page

ABOUT_SHEETS: Mapping[str, str] = {"zh": "说明", "en": "About"}
PICTURE_SHEETS: Mapping[str, str] = {"zh": "图表", "en": "Charts"}
TRUTH_UNIT = "是/否"
"""The unit of truth values in a column that nothing declares, by which they come back as such."""
ZONE_UNITS: Mapping[Language, str] = {"zh": "北京时间", "en": "UTC+8"}
"""The unit of times that are shown as those of China, and come back in UTC."""
AS_WRITTEN_UNITS: Mapping[str, str] = {"zh": "原文", "en": "as written"}
"""The unit of text that reads like our words and yet is the user's, so that it comes back as it was."""

_HEADERS: Mapping[str, tuple[str, ...]] = {
    "zh": ("工作表", "表头", "字段", "单位", "含义"),
    "en": ("Sheet", "Header", "Name", "Unit", "Meaning"),
}
_SHEET_HEADERS: Mapping[str, tuple[str, ...]] = {
    "zh": ("工作表", "内容", "最早获取", "最晚获取", "口径与来源"),
    "en": ("Sheet", "Content", "Oldest answer", "Newest answer", "Scope and source"),
}
_PICTURES: Mapping[str, str] = {"zh": "图片", "en": "pictures"}

_FACTS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "zh": {
        "source": ("数据来源", "巨量星图达人数据，由 Just One API 提供；各工作表所用接口见下表"),
        "missing": ("空单元格", "数据源没有给出，不等于 0，也没有补齐"),
        "time": (
            "时间",
            "表头注明的时间为北京时间（UTC + 8 小时）；获取时间不是数据本身的日期，统计周期按获取时向前滚动",
        ),
        "number": ("数字", "金额单位为人民币元；比例以 % 显示；万 = 10,000，亿 = 100,000,000；单元格内保存完整数值"),
        "colour": (
            "颜色",
            "蓝色较好、橙色较差，白色为中位；按各指标的方向（如 CPM、报价越低越好），只在本表的达人之间比较",
        ),
        "plays": (
            "“/千次”报价",
            "按自然播放量结算：每 1,000 次自然播放的单价，不是一条视频的价格，不能与其他报价直接比较",
        ),
        "names": ("达人名称", "没有名称的工作表在星图ID右侧补了一列，便于阅读"),
    },
    "en": {
        "source": ("Source", "Douyin Xingtu creator data through Just One API; the endpoints stand below"),
        "missing": ("Empty cells", "the source gives no value; that is not 0, and nothing is filled in"),
        "time": (
            "Times",
            "as the headers say, Beijing time (UTC + 8 hours); when the answer was fetched, not the data's own date",
        ),
        "number": ("Numbers", "amounts are yuan (CNY), rates are percent; the cells hold the full values"),
        "colour": (
            "Colours",
            "blue is better, orange worse, white the median, whichever way a metric runs; only this sheet is compared",
        ),
        "plays": (
            "Quotes per 1,000",
            "settled by natural plays: yuan for 1,000 plays, not the price of a video; not comparable with others",
        ),
        "names": ("Names", "sheets without names got a column of them beside the id, for reading"),
    },
}


@dataclass(frozen=True, slots=True)
class Marks:
    """What the last sheet tells the reader.

    Attributes
    ----------
    names
        (sheet, header) -> name of the column; empty for one that was added for reading.
    units
        (sheet, header) -> unit.
    pictures
        The sheets that hold pictures.
    """

    names: Mapping[tuple[str, str], str]
    units: Mapping[tuple[str, str], str]
    pictures: frozenset[str]


def notes(
    pages: Sequence[Page],
    frames: Iterable[pd.DataFrame],
    gallery: str | None,
    lang: Language,
    names: Mapping[str, str],
) -> Notes:
    """Return the last sheet of a workbook with these sheets of data and, if it has one, that of pictures."""
    sheets = [_about_sheet(page.name, frame, lang, names) for page, frame in zip(pages, frames, strict=True)]
    pictures = [(gallery, _PICTURES[lang], "", "", "")] if gallery else []
    columns = [
        (page.name, column.header, column.name, column.unit, column.meaning)
        for page in pages
        for column in page.columns
    ]
    said = _facts(pages)
    facts = [fact for name, fact in _FACTS[lang].items() if name in said]
    return Notes(
        ABOUT_SHEETS[lang],
        facts,
        [(_SHEET_HEADERS[lang], [*sheets, *pictures]), (_HEADERS[lang], columns)],
    )


def _facts(pages: Iterable[Page]) -> set[str]:
    columns = [column for page in pages for column in page.columns]
    only_here = {
        "colour": any(rule.options["type"] == SCALE for column in columns for rule in column.rules),
        "plays": any(column.looks for column in columns if column.unit != "" and column.name == "price_cny"),
        "names": any(column.header and not column.name for column in columns),
    }
    return {"source", "missing", "time", "number", *(name for name, is_here in only_here.items() if is_here)}


def _about_sheet(name: str, frame: pd.DataFrame, lang: Language, names: Mapping[str, str]) -> tuple[str, ...]:
    kind = kind_of(column_names(frame))
    oldest, newest = _times(frame, lang)
    return name, KINDS[lang].get(kind or "", ""), oldest, newest, scope(frame, kind, lang, names)


def _times(frame: pd.DataFrame, lang: Language) -> tuple[str, str]:
    times = frame.get("fetched_at")
    if not isinstance(times, pd.Series) or not isinstance(times.dtype, pd.DatetimeTZDtype) or times.isna().all():
        return "", ""
    return _moment(times.min(), lang), _moment(times.max(), lang)


def _moment(moment: pd.Timestamp, lang: Language) -> str:
    both = ((dt.UTC, "UTC"), (CHINA, ZONE_NAMES[lang]))
    return "\n".join(f"{moment.tz_convert(zone):%Y-%m-%d %H:%M} {name}" for zone, name in both)


def is_about(title: str, rows: Rows) -> bool:
    """Return whether a sheet is the last one of a workbook that we wrote."""
    return title in ABOUT_SHEETS.values() and any(_is_header(cells) for _, cells in rows)


def _is_header(cells: Sequence[Plain]) -> bool:
    return tuple(cells[:5]) in _HEADERS.values()


def marks(pages: Mapping[str, Rows]) -> Marks:
    """Return what the last sheet of a workbook says for the reader; nothing where there is none."""
    lines = [[*cells, *[None] * 5][:5] for title, rows in pages.items() if is_about(title, rows) for _, cells in rows]
    start = next((number for number, cells in enumerate(lines) if _is_header(cells)), len(lines))
    pictures = frozenset(str(cells[0]) for cells in lines[:start] if cells[1] in _PICTURES.values())
    columns = [cells for cells in lines[start + 1 :] if None not in cells[:2]]
    return Marks(
        {(str(cells[0]), str(cells[1])): str(cells[2] or "") for cells in columns},
        {(str(cells[0]), str(cells[1])): str(cells[3] or "") for cells in columns},
        pictures,
    )
