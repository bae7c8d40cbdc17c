"""The connected users of the month: by stage, and in all."""

from __future__ import annotations

from .layout import Layout, average, integer, made, number, text
from .options import PLATFORM
from .read import rank
from .schema import Answer, Column, Table, Words

STAGES = Words({"aware": "了解", "interested": "兴趣", "like": "喜欢", "follow": "追随"})

LINK = Answer("author_link_struct", keys=("link_struct", "author_link_type"), options=(PLATFORM,))


_STAGE_ROWS = Layout(
    (
        stage_no,
        stage,
        integer("link_struct", str(stage_no), "value"),
        average("link_struct", str(stage_no), "same_industry_median"),
        number("link_struct", str(stage_no), "proportion", unit="fraction"),
    )
    for stage_no, stage in enumerate(STAGES, start=1)
)

LINK_STRUCT = Table(
    "link_struct",
    "连接用户分布",
    row="creator x stage, always 4 rows",
    row_zh="达人 × 阶段，固定 4 行",
    key=("stage",),
    answer=LINK,
    parse=_STAGE_ROWS,
    cells=(
        Column("stage_no", "Int64", "", "阶段序号", "1 to 4", "阶段序号，1 至 4"),
        Column(
            "stage",
            "category",
            "",
            "阶段",
            "aware 了解, interested 兴趣, like 喜欢, follow 追随",
            "连接阶段：了解、兴趣、喜欢、追随",
            STAGES,
        ),
        Column(
            "users",
            "Int64",
            "users",
            "用户数",
            "connected users in this stage, 30 days",
            "处于该阶段的连接用户数，30 天",
        ),
        Column(
            "industry_median_users",
            "Int64",
            "users",
            "同行业中位数",
            "median of creators of the same industry; 0 occurs",
            "同行业达人的中位数；可能为 0",
        ),
        Column(
            "share",
            "float64",
            "fraction",
            "占比",
            "stage / all connected users, as the provider gives it",
            "该阶段占全部连接用户的比例，由数据源给出",
        ),
    ),
)


_TOTAL = ("link_struct", "5")
_TOTAL_ROW = Layout(
    [
        (
            text("author_link_type"),
            integer(*_TOTAL, "value"),
            made(rank, number(*_TOTAL, "rank_percent", unit="fraction")),
            number(*_TOTAL, "relative_ratio", unit="fraction"),
        )
    ]
)

CONNECTED_USERS = Table(
    "connected_users",
    "月连接用户",
    row="creator",
    row_zh="一位达人",
    answer=LINK,
    parse=_TOTAL_ROW,
    cells=(
        Column(
            "creator_type",
            "str",
            "",
            "达人类型",
            "the provider's type, such as 传播 or 种草",
            "数据源给出的达人类型，如传播、种草",
        ),
        Column(
            "users",
            "Int64",
            "users",
            "月连接用户数",
            "users connected in 30 days: the four stages together",
            "30 天内连接的用户数，即四个阶段之和",
        ),
        Column(
            "rank_percent",
            "float64",
            "fraction",
            "排名百分位",
            "likely rank / population: small is good",
            "很可能是 排名 ÷ 达人总数，越小越好",
            confidence="likely",
        ),
        Column(
            "growth",
            "float64",
            "fraction",
            "环比",
            "likely change against the previous period",
            "很可能是与上一周期相比的变化",
            signed=True,
            confidence="likely",
        ),
    ),
)

TABLES = (LINK_STRUCT, CONNECTED_USERS)
