"""The metrics of the board: where each comes from, which way is better, and the columns that they make."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import ParameterError, meant, must_be, no_such, quoted
from ..tables.audience import DIMENSIONS
from ..tables.catalog import TABLES
from ..tables.cost import DURATION_BANDS
from ..tables.index import INDEXES
from ..tables.lookup import Lookup
from ..tables.schema import Column, Confidence, Range, Words, range_of
from .portrait import PORTRAIT_COLUMNS, SHARES

Better = Literal["higher", "lower"]
Direction = Better | None
DIRECTIONS: Words[Better] = Words({"higher": "越高越好", "lower": "越低越好"})

Band = Literal["1-20s", "21-60s", "60s+"]
"""How long a video is that can be booked."""
BANDS: Words[Band] = Words({band: DURATION_BANDS.zh[band] for band in get_args(Band)})

Floats = NDArray[np.float64]
"""Numbers, NaN where one is missing."""
Mask = NDArray[np.bool_]
"""Which of many."""
Value = str | bool | int | float | None
"""A plain value of a frame."""

FEW_VIDEOS = 5
"""With fewer videos in the window, medians and rates rest on too little to compare by."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric of the board: where it comes from and which way is better.

    Attributes
    ----------
    name, dtype, unit, label_zh, meaning, meaning_zh
        As in :class:`~xingtu_frames.tables.schema.Column`.
    direction
        ``"higher"`` or ``"lower"`` is better, None where neither is.
    table, column
        The table and column that hold it; ``""`` for a metric of one's own.
    where
        The rows of the table that hold it, as column -> value.
    benchmark
        The table and column that tell the creator's place among others, as ``table.column``; ``""`` without one.
    signed
        Whether the value is a change, which may be negative or above 1.
    confidence
        How sure the meaning is: ``certain``, ``likely`` or ``unconfirmed``.
    by_default
        Whether a board has it where no metrics are named.
    function, needs
        Of a metric of one's own: what computes it from a board, and the metrics that this takes.
    """

    name: str
    dtype: str
    unit: str
    label_zh: str
    meaning: str
    meaning_zh: str
    direction: Direction
    table: str
    column: str
    where: Mapping[str, Any]
    benchmark: str = ""
    signed: bool = False
    confidence: Confidence = "certain"
    by_default: bool = True
    function: Callable[[pd.DataFrame], object] | None = None
    needs: tuple[str, ...] = ()

    @property
    def endpoint(self) -> str:
        """The endpoint whose answer it is read from, if any: metrics of one endpoint share its request."""
        return TABLES[self.table].endpoint if self.table else ""

    @property
    def range(self) -> Range:
        """What a value of this metric can be; any other counts as missing wherever creators are weighed."""
        return range_of(self.unit, signed=self.signed)


def _metric(
    name: str,
    label_zh: str,
    direction: Direction,
    source: str,
    meanings: tuple[str, str] | None = None,
    where: Mapping[str, Value] | None = None,
    benchmark: str = "",
    unit: str | None = None,
) -> Metric:
    table, column = source.split(".")
    declared = TABLES[table].column(column)
    meaning, meaning_zh = meanings or (declared.meaning, declared.meaning_zh)
    return Metric(
        name,
        declared.dtype,
        # A column of many metrics has no unit of its own.
        unit or declared.unit,
        label_zh,
        meaning,
        meaning_zh,
        direction,
        table,
        column,
        MappingProxyType(dict(where or {})),
        benchmark,
        declared.signed,
        declared.confidence,
    )


def _band_metrics(
    prefix: str, label_zh: str, source: str, meanings: tuple[str, str], **where: Value
) -> Iterable[Metric]:
    for band in DURATION_BANDS:
        name = f"{prefix}_{band.replace('-', '_').replace('+', '')}"
        band_zh = DURATION_BANDS.zh[band]
        both = (f"{meanings[0]} of {band}", f"{meanings[1]}，{band_zh}视频")
        yield _metric(name, f"{label_zh}({band_zh})", "lower", source, both, {**where, "duration_band": band})


_BEATEN = "spread_benchmarks.beats_share"
_INDEX_RANK = "link_index.rank_percent"
_METRICS = (
    _metric("followers", "达人粉丝", None, "profiles.followers"),
    _metric("play_median", "播放量中位数", "higher", "spread_info.play_median", benchmark=_BEATEN),
    _metric("video_count", "发布作品数", None, "spread_info.video_count"),
    _metric("interact_rate", "互动率", "higher", "spread_info.interact_rate", benchmark=_BEATEN),
    _metric("completion_rate", "完播率", "higher", "spread_info.completion_rate", benchmark=_BEATEN),
    _metric("duration_mean_s", "平均时长", None, "spread_info.duration_mean_s"),
    *_band_metrics(
        "cpm",
        "预期CPM",
        "cost_tiers.cost_cny",
        ("yuan per 1,000 expected plays, videos", "每 1,000 次预期播放的成本"),
        metric="cpm",
    ),
    *_band_metrics(
        "cpe",
        "预期CPE",
        "cost_tiers.cost_cny",
        ("yuan per expected interaction, videos", "每次预期互动的成本"),
        metric="cpe",
    ),
    *_band_metrics(
        "quote", "报价", "quotes.price_cny", ("price of an open service for a video", "开放预订的报价"), is_open=True
    ),
    *(
        _metric(
            f"{index}_index",
            label_zh,
            "higher",
            "link_index.value",
            (f"the provider's {index.replace('_', '-')} index, 0 to 100", f"{label_zh}得分，0 至 100"),
            where={"index": index},
            benchmark=_INDEX_RANK,
        )
        for index, label_zh in INDEXES.zh.items()
    ),
    _metric(
        "connected_users",
        "月连接用户数",
        "higher",
        "connected_users.users",
        benchmark="connected_users.rank_percent",
    ),
    _metric("connected_users_growth", "月连接用户环比", "higher", "connected_users.growth"),
    _metric(
        "top_category_share",
        "主要内容占比",
        None,
        "video_distribution.share",
        (
            "share of the content category with the most videos; the first of equals",
            "作品数最多的内容类别占全部作品的比例；并列时取第一个",
        ),
    ),
)

_WHOSE = {
    "audience_portrait": ("connected users", "连接用户", {"stage": "connected"}),
    "fans_portrait": ("fans", "粉丝", {"fan_group": "fans"}),
}
"""Whose portrait a table shows, in two languages, and the rows of it."""


def _share(name: str, table: str, share: str, label_zh: str = "") -> Metric:
    dimension, bucket, of_share = SHARES[share]
    whose, whose_zh, where = _WHOSE[table]
    listed, listed_zh = dimension.replace("_", " "), DIMENSIONS.zh[dimension]
    both = (
        f"share of {bucket} among the {whose} listed by {listed}",
        f"“{bucket}”占按“{listed_zh}”列出的{whose_zh}的比例",
    )
    return _metric(
        name, label_zh or of_share, None, f"{table}.share", both, {**where, "dimension": dimension, "bucket": bucket}
    )


_FURTHER = (
    _metric("expected_plays", "预期播放量", "higher", "cost_performance.expected_plays"),
    _metric("viral_rate", "爆文率", "higher", "cost_performance.viral_rate"),
    *(
        _share(name, "audience_portrait", name)
        for name in (
            "female_share",
            *("age_18_23_share", "age_24_30_share", "age_31_40_share"),
            *("tier1_share", "iphone_share"),
        )
    ),
    _share("fans_female_share", "fans_portrait", "female_share", "粉丝女性占比"),
    _metric("followers_growth_30d", "月涨粉率", "higher", "followers_growth.growth_rate_30d"),
    _metric("search_after_view_rate", "看后搜率", "higher", "seeding_value.search_after_view_rate"),
    _metric("a3_growth", "A3增长数", "higher", "seeding_value.a3_growth"),
    _metric("shop_visit_cost_cny", "进店成本", "lower", "seeding_value.shop_visit_cost_cny"),
    _metric("reply_rate_48h", "48h消息回复率", "higher", "fulfilment.reply_rate_48h"),
    _metric("order_count", "合作商单数", None, "fulfilment.order_count"),
    _metric("orders_in_progress", "进行中任务数", None, "fulfilment.orders_in_progress"),
    _metric(
        "ordered_play_median",
        "商单播放中位数",
        "higher",
        "convert_ability.play_median",
        (
            "likely the median plays of the videos that conversion rests on",
            "很可能是转化数据所依据的视频播放量的中位数",
        ),
    ),
    _metric(
        "click_rate_low",
        "组件点击率下限",
        "higher",
        "convert_ranges.low",
        ("low bound of the component's click rate, as the provider shows it", "数据源展示的组件点击率区间的下限"),
        where={"metric": "component_click_rate"},
        unit="fraction",
    ),
    _metric(
        "cpc_high_cny",
        "转化CPC上限",
        "lower",
        "convert_ranges.high",
        ("high bound of the cost of a click, as the provider shows it", "数据源展示的每次点击成本区间的上限"),
        where={"metric": "cpc"},
        unit="CNY",
    ),
    *(
        _metric(
            f"quote_{kind}",
            f"{words}视频报价",
            "lower",
            "quotes.price_cny",
            (f"price of an open service that is named {words}", f"名称含“{words}”的开放服务的报价"),
            where={"is_open": True, "service_kind": kind},
        )
        for kind, words in (("placement", "植入"), ("custom", "定制"))
    ),
)
"""What a board has where it is named: most of it needs requests of its own."""

METRICS: Lookup[Metric] = Lookup(
    {metric.name: metric for metric in (*_METRICS, *(replace(metric, by_default=False) for metric in _FURTHER))},
    "metrics of the board",
    {
        "unit": lambda metric: metric.unit,
        "better": lambda metric: metric.direction or "",
        "by default": lambda metric: "yes" if metric.by_default else "",
        "table": lambda metric: metric.table,
        "label_zh": lambda metric: metric.label_zh,
    },
)
"""Every metric of the board by name, in board order, read-only: first those of a board where none are named."""

QUOTES: Mapping[Band, Metric] = MappingProxyType(
    {
        band: metric
        for band in BANDS
        for metric in METRICS.values()
        if metric.table == "quotes" and metric.where.get("duration_band") == band
    }
)
"""The quote of each duration band."""

ALL = "all"
"""What stands for every metric."""

READ_FIRST = (
    "followers",
    "play_median",
    "interact_rate",
    "completion_rate",
    "cpm_21_60s",
    "cpe_21_60s",
    "quote_21_60s",
    "star_index",
    "cost_performance_index",
)
"""The metrics shown where there is no room for all."""

PORTRAIT = "audience_portrait"
"""The table whose most frequent groups stand on a board."""
OF_PORTRAIT = tuple(column for column in PORTRAIT_COLUMNS if column.name in ("top_age_band", "top_crowd"))
"""The columns that a board has where that table was read."""

NAME_COLUMN = Column(
    "name", "str", "", "达人", "name given by the user, else the nickname", "自定的名称，没有时为抖音昵称"
)
NAME_COLUMNS = (NAME_COLUMN.name, "nick_name")
"""The columns that say what creators are called, the one that counts first."""
_LEADING = (TABLES["profiles"].column("kol_id"), NAME_COLUMN)
_TRAILING = (
    Column(
        "top_category",
        "str",
        "",
        "主要内容类型",
        "content category with the most videos",
        "作品数最多的内容类别；并列时取第一个",
    ),
    Column(
        "peer_group",
        "str",
        "",
        "同类",
        "label of the peers that the provider's percentiles refer to",
        "数据源的百分位所比较的同类标签",
    ),
    Column(
        "few_videos",
        "boolean",
        "",
        "作品偏少",
        f"fewer than {FEW_VIDEOS} videos in the window: figures rest on little",
        f"统计周期内作品少于 {FEW_VIDEOS} 个，数字依据不足",
    ),
    Column(
        "age_days",
        "Int64",
        "days",
        "数据距今天数",
        "whole days from the oldest answer used to the comparison",
        "从所用数据中最早的获取时间到生成对比的整天数",
    ),
    TABLES["spread_info"].column("video_type"),
    TABLES["spread_info"].column("window"),
    TABLES["video_distribution"].column("platform"),
    TABLES["link_index"].column("industry"),
    Column(
        "fetched_at",
        "datetime64[us, UTC]",
        "UTC",
        "数据获取时间",
        "fetch time of the oldest answer used",
        "所用数据中最早的获取时间，不是数据本身的日期",
    ),
)
TELL_THE_SAMPLE = ("spread_info", "spread_benchmarks")
"""Tables that tell how many videos the figures rest on, and the peers."""


ASKED = ("video_type", "window", "platform", "industry")
"""The options that a board repeats as columns: a merge keeps columns, and loses ``attrs``."""


def chosen_metrics(
    metrics: Iterable[str | Metric] | str | Metric | None, known: Mapping[str, Metric] = METRICS
) -> list[Metric]:
    """Return the metrics of those names or Chinese labels, each once; one of the user's own stands for itself.

    None stands for those of the default board, ``"all"`` for every one that is known.
    """
    if metrics is None:
        return [metric for metric in METRICS.values() if metric.by_default]
    if isinstance(metrics, str) and metrics == ALL:
        return list(known.values())
    if not isinstance(metrics, Iterable):
        raise must_be("metrics", 'names of metrics, metrics, "all" or None', quoted(metrics))
    asked = [metrics] if isinstance(metrics, str | Metric) else list(metrics)
    names = metric_names([one for one in asked if not isinstance(one, Metric)], known)
    of_names = iter(names)
    found: dict[str, Metric] = {}
    for metric in (one if isinstance(one, Metric) else known[next(of_names)] for one in asked):
        if found.setdefault(metric.name, metric) != metric:
            raise ParameterError(f"two metrics are named {metric.name}; give one of them another name")
    ordered = [name for metric in found.values() for name in (*_further(metric, found), metric.name)]
    return [found[name] if name in found else METRICS[name] for name in dict.fromkeys(ordered)]


def _further(metric: Metric, result: Mapping[str, Metric]) -> list[str]:
    """Return what a metric of the user's own takes beside those that are found."""
    return [name for name in metric.needs if name not in result]


def metric_names(words: Iterable[object], known: Mapping[str, Metric] = METRICS) -> list[str]:
    """Return the names of metrics that a user calls by name or by Chinese label.

    Raises
    ------
    ParameterError
        There is no such metric; the message guesses in both languages.
    """
    labels = {name: metric.label_zh for name, metric in known.items()}
    names = [word if isinstance(word, str) and word in known else meant(word, labels) for word in words]
    unknown = [name for name in names if not isinstance(name, str) or name not in known]
    if unknown:
        raise no_such("metric", unknown, known, labels.values())
    return names


def tables_of(metrics: Iterable[Metric]) -> list[str]:
    """Return the names of the tables that the metrics are read from, in declared order."""
    needed = {metric.table for metric in metrics}
    return [name for name in TABLES if name in needed]


def tables_read(metrics: Iterable[Metric]) -> list[str]:
    """Return the names of the tables that a board of these metrics reads, those that cost nothing more among them."""
    needed = tables_of(metrics)
    return [name for name in TABLES if name in {*needed, *free_with(needed)}]


def free_with(tables: Iterable[str]) -> list[str]:
    """Return the further tables of a board that cost nothing where these are fetched: they share an answer."""
    fetched = {TABLES[name].endpoint for name in tables}
    return [name for name in TELL_THE_SAMPLE if TABLES[name].endpoint in fetched]


def board_columns(metrics: Sequence[Metric], *, portrait: bool = False) -> list[Column]:
    """Return the declared columns of a board with these metrics; with those of a portrait if one was read."""
    tops = OF_PORTRAIT if portrait or any(metric.table == PORTRAIT for metric in metrics) else ()
    top_category, *others = _TRAILING
    return [*_LEADING, *(value_column(metric) for metric in metrics), top_category, *tops, *others]


def value_column(metric: Metric) -> Column:
    """Return the column of a board that holds a metric."""
    better = f"{metric.direction} is better" if metric.direction else ""
    better_zh = DIRECTIONS.zh[metric.direction] if metric.direction else ""
    meanings = (
        "; ".join(filter(None, [metric.meaning, better])),
        "；".join(filter(None, [metric.meaning_zh, better_zh])),
    )
    declared = Column(metric.name, metric.dtype, metric.unit, metric.label_zh, *meanings)
    return replace(declared, confidence=metric.confidence, signed=metric.signed, direction=metric.direction)


def brought_by(metrics: Sequence[Metric]) -> str:
    """Return what brings these metrics to a board, and what that costs."""
    asked = ", ".join(repr(metric.name) for metric in metrics)
    them = "it" if len(metrics) == 1 else "them"
    endpoints = " and to ".join(dict.fromkeys(metric.endpoint for metric in metrics))
    return (
        f"compare(ids, metrics=[..., {asked}]) brings {them}, for one request per creator to {endpoints} where that is "
        "not stored"
    )


def asked_of(frame: pd.DataFrame) -> dict[str, str]:
    """Return the options that a board is about: as its columns say, else as its ``attrs`` do; several joined by |."""
    asked = frame.attrs.get("asked")
    found = {str(name): str(value) for name, value in asked.items()} if isinstance(asked, Mapping) else {}
    for name in ASKED:
        column = frame[name] if name in frame.columns else None
        values = column.dropna().unique().tolist() if isinstance(column, pd.Series) else []
        if values:
            found[name] = "|".join(map(str, values))
    return found
