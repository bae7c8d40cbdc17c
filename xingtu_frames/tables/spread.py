"""How videos perform, and how a creator stands among the peers that the provider compares with.

Of this answer, rates and percentiles are in basis points, durations in hundredths of a second.
"""

from __future__ import annotations

from .layout import Cell, Layout, average, basis_points, integer, made, number, text
from .options import FLOW, ONLY_ASSIGNED, PLATFORM, VIDEO_TYPE, WINDOW
from .read import BASIS_POINTS, Unit
from .schema import Answer, Column, Table, Words

BENCHMARK_METRICS = Words(
    {
        "interact_rate": "互动率",
        "completion_rate": "完播率",
        "play_stability": "播放稳定性",
        "play_median": "播放量中位数",
        "video_count": "发布作品数",
    }
)

_CENTISECONDS = 100
_STABILITY = 1_000_000

SPREAD = Answer(
    "get_author_spread_info",
    keys=(
        "expect_cpm",
        "expect_cpe",
        "sales_expect_cpm",
        "interact_rate",
        "play_over_rate",
        "play_stability",
        "item_rate",
        "item_num",
        "play_mid",
        "avg_duration",
        "like_avg",
        "comment_avg",
        "share_avg",
    ),
    options=(VIDEO_TYPE, WINDOW.at("range"), ONLY_ASSIGNED, FLOW, PLATFORM),
)


def _first(*labels: str | None) -> str | None:
    return next(filter(None, labels), None)


_ROW = Layout(
    [
        (
            made(_first, *(text(key, "label") for key in ("interact_rate", "play_over_rate", "play_stability"))),
            integer("item_num"),
            average("play_mid"),
            average("like_avg"),
            average("comment_avg"),
            average("share_avg"),
            number("avg_duration", divisor=_CENTISECONDS, unit="s"),
            number("interact_rate", "value", divisor=BASIS_POINTS, unit="fraction"),
            number("play_over_rate", "value", divisor=BASIS_POINTS, unit="fraction"),
            number("play_stability", "value", divisor=_STABILITY),
        )
    ]
)

SPREAD_INFO = Table(
    "spread_info",
    "传播表现",
    row="creator",
    row_zh="一位达人",
    answer=SPREAD,
    parse=_ROW,
    shown=(VIDEO_TYPE, WINDOW),
    cells=(
        Column(
            "category",
            "str",
            "",
            "内容类型",
            "label of the peers that the provider compares with",
            "数据源用来与同类达人比较的内容标签",
        ),
        Column(
            "video_count", "Int64", "videos", "发布作品数", "videos published in the window", "统计周期内发布的作品数"
        ),
        Column("play_median", "Int64", "plays", "播放量中位数", "median plays of a video", "单条视频播放量的中位数"),
        Column("like_mean", "Int64", "likes", "平均点赞", "mean likes of a video", "单条视频平均点赞数"),
        Column("comment_mean", "Int64", "comments", "平均评论", "mean comments of a video", "单条视频平均评论数"),
        Column("share_mean", "Int64", "shares", "平均转发", "mean shares of a video", "单条视频平均转发数"),
        Column("duration_mean_s", "float64", "s", "平均时长", "mean duration of a video", "视频平均时长"),
        Column(
            "interact_rate",
            "float64",
            "fraction",
            "互动率",
            "(likes + comments + shares) / plays, favourites left out",
            "（点赞 + 评论 + 转发）÷ 播放量，不含收藏",
        ),
        Column(
            "completion_rate",
            "float64",
            "fraction",
            "完播率",
            "share of plays watched to the end",
            "看完视频的播放占比",
        ),
        Column(
            "play_stability",
            "float64",
            "score",
            "播放稳定性",
            "the provider's score / 1e6, higher is steadier; the unit is unconfirmed",
            "数据源给出的得分 ÷ 1,000,000，越高越稳定；单位未确认",
            confidence="unconfirmed",
        ),
    ),
)


def _share(overtake: int | None) -> float | None:
    return None if overtake is None else overtake / BASIS_POINTS


def _benchmark(metric: str, *path: str, divisor: int = 1, unit: Unit) -> tuple[Cell, ...]:
    overtake = basis_points(*path, "overtake")
    beaten = None if metric == "video_count" else made(_share, overtake)
    return metric, number(*path, "value", divisor=divisor, unit=unit), text(*path, "label"), beaten, overtake


_BENCHMARK_ROWS = Layout(
    [
        _benchmark("interact_rate", "interact_rate", divisor=BASIS_POINTS, unit="fraction"),
        _benchmark("completion_rate", "play_over_rate", divisor=BASIS_POINTS, unit="fraction"),
        _benchmark("play_stability", "play_stability", divisor=_STABILITY, unit=""),
        _benchmark("play_median", "item_rate", "play_mid", unit="count"),
        _benchmark("video_count", "item_rate", "item_num", unit="count"),
    ]
)

SPREAD_BENCHMARKS = Table(
    "spread_benchmarks",
    "同类对比",
    row="creator x metric, always 5 rows",
    row_zh="达人 × 指标，固定 5 行",
    key=("metric",),
    answer=SPREAD,
    parse=_BENCHMARK_ROWS,
    shown=(VIDEO_TYPE, WINDOW),
    cells=(
        Column("metric", "category", "", "指标", "what is compared", "所比较的指标", BENCHMARK_METRICS),
        Column(
            "value",
            "float64",
            "as in spread_info",
            "数值",
            "the creator's value, in the unit of spread_info",
            "达人自己的数值，单位同“传播表现”",
        ),
        Column(
            "peer_group",
            "str",
            "",
            "同类",
            "label of the peers compared with; NA where the provider gives none",
            "所比较的同类标签；数据源未给出时为空",
        ),
        Column(
            "beats_share",
            "float64",
            "fraction",
            "超过同类",
            "likely the share of peers beaten; NA for video_count, whose wire value is a signed change",
            "很可能是超过的同类达人比例；“发布作品数”为空，因其原始值是带符号的变化",
            confidence="likely",
        ),
        Column(
            "overtake_raw",
            "Int64",
            "basis points",
            "超越值",
            "the wire value; for video_count a signed change, against what is unconfirmed",
            "数据源的原始值，10,000 = 100%；“发布作品数”为带符号的变化，与什么相比未确认",
            confidence="unconfirmed",
        ),
    ),
)

TABLES = (SPREAD_INFO, SPREAD_BENCHMARKS)
