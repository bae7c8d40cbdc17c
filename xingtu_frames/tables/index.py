"""The six Xingtu indexes beside the market's benchmark."""

from __future__ import annotations

from .layout import Layout, integer, made, number
from .options import INDUSTRY, PLATFORM
from .read import rank
from .schema import Answer, Column, Table, Words

INDEXES = Words(
    {
        "star": "星图指数",
        "spread": "传播指数",
        "seeding": "种草指数",
        "conversion": "转化指数",
        "cost_performance": "性价比指数",
        "cooperation": "合作指数",
    }
)

_BLOCKS = (
    ("link_star_index", "star"),
    ("link_spread_index", "spread"),
    ("link_shopping_index", "seeding"),
    ("link_convert_index", "conversion"),
    ("cp_index", "cost_performance"),
    ("cooperate_index", "cooperation"),
)


_ROWS = Layout(
    (
        index,
        number(key, "value"),
        number(key, "avg_value"),
        number(key, "link_relative_ratio", unit="fraction"),
        made(rank, integer(key, "rank")),
        made(rank, number(key, "rank_percent", unit="fraction")),
    )
    for key, index in _BLOCKS
)

LINK_INDEX = Table(
    "link_index",
    "星图指数",
    row="creator x index, always 6 rows",
    row_zh="达人 × 指数，固定 6 行",
    key=("index",),
    answer=Answer("get_author_link_info", keys=tuple(key for key, _ in _BLOCKS), options=(INDUSTRY, PLATFORM)),
    parse=_ROWS,
    shown=(INDUSTRY,),
    cells=(
        Column(
            "index",
            "category",
            "",
            "指数",
            "star 星图, spread 传播, seeding 种草, conversion 转化, cost_performance 性价比, cooperation 合作",
            "星图、传播、种草、转化、性价比、合作六项指数",
            INDEXES,
        ),
        Column("value", "float64", "points", "得分", "the creator's score, 0 to 100", "达人得分，0 至 100"),
        Column(
            "market_avg",
            "float64",
            "points",
            "市场均值",
            "the market's benchmark; mean or median is unconfirmed",
            "市场基准；是均值还是中位数未确认",
            confidence="unconfirmed",
        ),
        Column(
            "change",
            "float64",
            "fraction",
            "环比",
            "likely change against the previous period",
            "很可能是与上一周期相比的变化",
            signed=True,
            confidence="likely",
        ),
        Column(
            "rank",
            "Int64",
            "",
            "排名",
            "position, 1 is best; not comparable across dates; NA without a rank",
            "名次，1 为最好；不同日期之间不可比较；没有名次时为空",
        ),
        Column(
            "rank_percent",
            "float64",
            "fraction",
            "排名百分位",
            "rank / population: small is good",
            "排名 ÷ 达人总数，越小越好",
        ),
    ),
)

TABLES = (LINK_INDEX,)
