"""What videos do for a brand (种草): searches, new interested users, visits. Known from client code alone."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import PayloadError
from .options import WINDOW
from .read import Fields, shown
from .schema import Answer, Column, Row, Table

_RATE = "avg_search_after_view_rate"
_COSTS = ("star_overflow_avg_enter_shop_cost", "shop_cost")
"""The key of now, and the older one."""


def _seeding_value(data: Fields) -> Iterator[Row]:
    rate = data.number(_RATE, unit="fraction")
    if rate is not None and rate > 1:
        # A percent would be read a hundred times too high.
        got = shown(data.data[_RATE])
        raise PayloadError(f"field {_RATE!r}: expected a fraction from 0 to 1, got {got}", field=_RATE)
    cost = next((key for key in _COSTS if data.has(key)), _COSTS[0])
    yield (
        data.number("avg_search_after_view_cnt", unit="count"),
        rate,
        data.number("avg_a3_incr_cnt", unit="count"),
        data.number(cost, unit="CNY"),
    )


SEEDING_VALUE = Table(
    "seeding_value",
    "种草价值",
    row="creator",
    row_zh="一位达人",
    answer=Answer(
        "get_author_commerce_seed_base_info",
        keys=("avg_search_after_view_rate", "avg_search_after_view_cnt", "avg_a3_incr_cnt", *_COSTS),
        options=(WINDOW.at("range"),),
    ),
    parse=_seeding_value,
    shown=(WINDOW,),
    cells=(
        Column(
            "search_after_view_count",
            "float64",
            "searches",
            "看后搜次数",
            "searches after viewing, likely the mean of a video",
            "看后搜索次数，很可能是单条视频的平均值",
            confidence="likely",
        ),
        Column(
            "search_after_view_rate",
            "float64",
            "fraction",
            "看后搜率",
            "searches after viewing, likely as a fraction of plays",
            "看后搜索的比例，很可能以播放量为基数",
            confidence="likely",
        ),
        Column(
            "a3_growth",
            "float64",
            "users",
            "A3增长数",
            "likely new A3 (interested) users, mean of a video",
            "很可能是新增的 A3（种草）人群数，单条视频的平均值",
            confidence="likely",
        ),
        Column(
            "shop_visit_cost_cny",
            "float64",
            "CNY",
            "进店成本",
            "cost of a visit to the shop; that it is in yuan is unconfirmed",
            "每次进店的成本；单位是否为元未确认",
            confidence="unconfirmed",
        ),
    ),
    evidence="shape",
)

TABLES = (SEEDING_VALUE,)
