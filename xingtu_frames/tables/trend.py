"""The plays of a video day by day. Known from client code alone."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import PayloadError
from .growth import DATE, by_day
from .read import INT64, Fields, short
from .schema import ITEM, Answer, Column, Row, Table

_LIST = "vv_list"


def _video_trend(data: Fields) -> Iterator[Row]:
    values = data.block("date_values")
    if list(values) and _LIST not in values:
        field = values.at(_LIST)
        got = ", ".join(short(key) for key in list(values)[:5])
        raise PayloadError(f"no field {field!r}; date_values has {got}", field=field)
    plays, undated = by_day(values, _LIST, "visit_date", "value")
    so_far: int | None = 0
    for on, count in plays.items():
        so_far = None if so_far is None or count is None or so_far + count >= INT64 else so_far + count
        yield (on - next(iter(plays))).days + 1, on, count, so_far
    yield from ((None, None, count, None) for count in undated)


VIDEO_TREND = Table(
    "video_trend",
    "视频播放趋势",
    row="video x day",
    row_zh="视频 × 日期",
    key=("date",),
    answer=Answer("item_report_trend", keys=("date_values",), subject=ITEM),
    parse=_video_trend,
    cells=(
        Column(
            "day_no",
            "Int64",
            "days",
            "第几天",
            "calendar days since the first listed day, which is 1; that this is the day of publication is likely",
            "从列出的第一天起的日历天数，第一天为 1；第一天很可能是发布日",
            confidence="likely",
        ),
        DATE,
        Column(
            "plays",
            "Int64",
            "plays",
            "当日播放",
            "likely plays of that day; of a day that is listed again, the last value",
            "很可能是当日播放量；同一日期重复出现时取最后的值",
            confidence="likely",
        ),
        Column(
            "plays_so_far",
            "Int64",
            "plays",
            "累计播放",
            "sum of the plays from the first listed day on, likely all plays; NA from the first missing day value on",
            "从列出的第一天起累计的播放量，很可能是全部播放量；自第一个缺失值起为空",
            confidence="likely",
        ),
    ),
    listing=True,
    evidence="shape",
)

TABLES = (VIDEO_TREND,)
