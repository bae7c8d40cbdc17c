"""The declared columns of what came of it: the review of a campaign, and what has changed between answers."""

from __future__ import annotations

from ..board.metrics import FEW_VIDEOS
from ..tables.schema import CREATOR, FETCHED_AT as TIME, ITEM, Column, Words

REVIEW_DAYS = (7, 15)
"""The days at whose end plays are compared."""
FEW_ANSWERS = 4
"""With fewer values no one can say how much a metric moves anyway."""
EXPECTED_SOURCES = Words({"plan": "预算方案", "expected_plays": "平台预期播放量", "play_median": "播放量中位数"})
"""What the expected plays of a booking are."""

_NAME = Column("name", "str", "", "达人", "name of the creator; NA without one", "达人名称；没有时为空")
_MONEY = Column("price_cny", "float64", "CNY", "花费", "price of the booking", "该次预订的价格")
_EXPECTED = Column("expected", "float64", "plays", "预期播放", "plays that were expected", "预期的播放量")
_PLAYS_NOW = Column(
    "plays_now",
    "Int64",
    "plays",
    "当前播放",
    "plays in the newest answer: those of videos, else the last of trend",
    "最新数据中的播放量：优先取作品数据，其次取播放趋势的最后一天",
)
_OF_DAYS = tuple(
    Column(
        f"plays_day_{day}",
        "Int64",
        "plays",
        f"{day}天播放",
        f"likely all plays up to the end of day {day}, the day of publication being 1; NA before that day is over",
        f"很可能是从发布日（第 1 天）到第 {day} 天结束的累计播放量；该日尚未结束时为空",
        confidence="likely",
    )
    for day in REVIEW_DAYS
)
_INTERACTIONS = Column(
    "interactions",
    "Int64",
    "interactions",
    "互动",
    "likes + comments + shares, favourites left out; NA where one is missing",
    "点赞 + 评论 + 分享，不含收藏；缺少任何一项时为空",
)
_COSTS = (
    Column("actual_cpm_cny", "float64", "CNY", "实际CPM", "price / plays x 1,000", "花费 ÷ 播放量 × 1,000"),
    Column("actual_cpe_cny", "float64", "CNY", "实际CPE", "price / interactions", "花费 ÷ 互动数"),
    Column(
        "expected_cpm_cny",
        "float64",
        "CNY",
        "预期CPM",
        "price / expected plays x 1,000",
        "花费 ÷ 预期播放量 × 1,000",
    ),
)
_AGAINST = Column(
    "plays_against_expected",
    "float64",
    "fraction",
    "达成率",
    "plays / expected plays: 1 is as expected; a video of few days has not had its time",
    "当前播放 ÷ 预期播放，1 为与预期相同；发布不久的视频还没有跑完",
    signed=True,
)
_SHARE = Column(
    "share_of_plays",
    "float64",
    "fraction",
    "播放占比",
    "share of all plays of the campaign that are known",
    "占全部已知播放量的比例",
)

REVIEW_COLUMNS = (
    CREATOR.column,
    _NAME,
    ITEM.column,
    _MONEY,
    _EXPECTED,
    Column(
        "expected_source",
        "category",
        "",
        "预期来源",
        "plan: as booked; expected_plays: the provider's; play_median: the median of the videos",
        "预算方案；平台预期播放量；或作品播放量中位数",
        EXPECTED_SOURCES,
    ),
    *_OF_DAYS,
    _PLAYS_NOW,
    Column(
        "days",
        "Int64",
        "days",
        "数据天数",
        "whole days of data: the last day of trend that is over, else from publication to the answer",
        "数据覆盖的整天数：播放趋势中最后一个已结束的日子，没有趋势时为发布到取数的天数",
    ),
    _INTERACTIONS,
    *_COSTS,
    _AGAINST,
    _SHARE,
)
"""Columns of `review`."""


def _count(name: str, label_zh: str, which: str, which_zh: str) -> Column:
    return Column(name, "Int64", "videos", label_zh, f"videos {which}", f"{which_zh}的视频数")


REVIEW_TOTAL_COLUMNS = (
    CREATOR.column,
    _NAME,
    Column("bookings", "Int64", "", "预订数", "bookings in all", "全部预订数"),
    Column("price_cny", "float64", "CNY", "花费合计", "sum of the prices that are known", "已知价格之和"),
    Column("expected", "float64", "plays", "预期播放合计", "sum of what was expected", "预期播放量之和"),
    *_OF_DAYS,
    _PLAYS_NOW,
    _INTERACTIONS,
    *_COSTS,
    _AGAINST,
    _SHARE,
    *(
        _count(f"day_{day}_videos", f"满{day}天的视频数", f"in plays_day_{day}", f"计入“{day}天播放”")
        for day in REVIEW_DAYS
    ),
    _count("videos", "有播放的视频数", "in plays_now", "计入“当前播放”"),
    _count("interaction_videos", "有互动的视频数", "in interactions", "计入“互动”"),
    _count("cpm_videos", "计CPM的视频数", "in actual_cpm_cny: with a price and plays", "计入“实际CPM”"),
    _count("cpe_videos", "计CPE的视频数", "in actual_cpe_cny: with a price and interactions", "计入“实际CPE”"),
    _count("compared_videos", "可对比的视频数", "with plays and expected plays", "播放量与预期都已知"),
    Column(
        "few_videos",
        "boolean",
        "",
        "视频偏少",
        f"fewer than {FEW_VIDEOS} videos with plays and expected plays: they prove nothing about expectations",
        f"播放量与预期都已知的视频少于 {FEW_VIDEOS} 个，不足以说明预期是否准确",
    ),
)
"""Columns of `review_total`: sums and ratios over the videos that have what they need."""

CHANGES_COLUMNS = (
    CREATOR.column,
    ITEM.column,
    Column("table", "str", "", "表", "table that has the metric", "指标所在的数据表"),
    Column(
        "options",
        "str",
        "",
        "口径",
        "what was asked, joined by |: the options that the table repeats, and others that are not the default",
        "查询口径，以 | 分隔：数据表列出的选项，以及非默认的其他选项",
    ),
    Column(
        "row",
        "str",
        "",
        "细分",
        "row of the table, such as cpm|21-60s; NA where a creator has one row",
        "数据表中的哪一行，例如 cpm|21-60s；每位达人只有一行时为空",
    ),
    Column("metric", "str", "", "指标", "metric of the board, or column of the table", "对比指标或数据表的列"),
    Column("before", "float64", "as the metric", "之前", "value in the earlier answer", "较早一次数据中的数值"),
    Column("after", "float64", "as the metric", "之后", "value in the newest answer", "最新一次数据中的数值"),
    Column("change", "float64", "as the metric", "变化", "after - before", "之后 − 之前", signed=True),
    Column(
        "change_rate",
        "float64",
        "fraction",
        "变化率",
        "change / size of before; NA where that is 0",
        "变化 ÷ 之前数值的绝对值；之前为 0 时为空",
        signed=True,
    ),
    Column(
        "wobble",
        "float64",
        "as the metric",
        "日常波动",
        f"median size of the change from one answer to the next; NA with fewer than {FEW_ANSWERS} values",
        f"相邻两次数据之间变化绝对值的中位数；少于 {FEW_ANSWERS} 个数值时为空",
    ),
    Column(
        "is_larger",
        "boolean",
        "",
        "超出波动",
        "whether the change is larger than the wobble; NA where either is not known",
        "变化是否大于日常波动；任一未知时为空",
    ),
    Column("answers", "Int64", "", "数据次数", "stored answers that have a value", "有数值的已存数据次数"),
    Column("before_at", TIME.dtype, TIME.unit, "之前时间", "when the earlier answer was fetched", "较早一次的取数时间"),
    Column("after_at", TIME.dtype, TIME.unit, "之后时间", "when the newest answer was fetched", "最新一次的取数时间"),
)
"""Columns of `changes`: ``kol_id`` for a table about creators, ``item_id`` for one about videos."""
