"""Frames side by side: the board with one row per creator, and the metrics it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import pandas as pd

from .errors import ParameterError
from .schema import Column, build_frame
from .tables import DURATION_BANDS, INDEXES, LABELS_ZH, TABLES

Direction = Literal["higher", "lower"] | None


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric of the board: where it comes from and which way is better.

    Attributes
    ----------
    name, dtype, unit, label_zh, meaning
        As in :class:`~xingtu_frames.schema.Column`.
    direction
        ``"higher"`` or ``"lower"`` is better, None where neither is.
    table, column
        The table and column that hold it.
    where
        The rows of the table that hold it, as column -> value.
    """

    name: str
    dtype: str
    unit: str
    label_zh: str
    meaning: str
    direction: Direction
    table: str
    column: str
    where: Mapping[str, Any]


def _metric(
    name: str,
    label_zh: str,
    direction: Direction,
    source: str,
    meaning: str = "",
    where: Mapping[str, Any] | None = None,
) -> Metric:
    table, column = source.split(".")
    declared = TABLES[table].column(column)
    return Metric(
        name,
        declared.dtype,
        declared.unit,
        label_zh,
        meaning or declared.meaning,
        direction,
        table,
        column,
        MappingProxyType(dict(where or {})),
    )


def _band_metrics(prefix: str, label_zh: str, source: str, **where: Any) -> Iterable[Metric]:
    for band in DURATION_BANDS:
        name = f"{prefix}_{band.replace('-', '_').replace('+', '')}"
        label = f"{label_zh}({LABELS_ZH[band]})"
        yield _metric(name, label, "lower", source, where={**where, "duration_band": band})


_METRICS = (
    _metric("followers", "达人粉丝", None, "profiles.followers"),
    _metric("play_median", "播放量中位数", "higher", "spread_info.play_median"),
    _metric("video_count", "发布作品数", None, "spread_info.video_count"),
    _metric("interact_rate", "互动率", "higher", "spread_info.interact_rate"),
    _metric("completion_rate", "完播率", "higher", "spread_info.completion_rate"),
    _metric("duration_mean_s", "平均时长", None, "spread_info.duration_mean_s"),
    *_band_metrics("cpm", "预期CPM", "cost_tiers.cost_cny", metric="cpm"),
    *_band_metrics("cpe", "预期CPE", "cost_tiers.cost_cny", metric="cpe"),
    *_band_metrics("quote", "报价", "quotes.price_cny", is_open=True),
    *(
        _metric(f"{index}_index", LABELS_ZH[index], "higher", "link_index.value", where={"index": index})
        for index in INDEXES
    ),
    _metric("connected_users", "月连接用户数", "higher", "connected_users.users"),
    _metric("connected_users_growth", "月连接用户环比", "higher", "connected_users.growth"),
    _metric(
        "top_category_share",
        "主要内容占比",
        None,
        "video_distribution.share",
        "share of the content category with the most videos; the first of equals",
    ),
)

METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _METRICS})
"""Every metric of the board by name, in board order, read-only."""

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

_TEXT = {
    "kol_id": TABLES["profiles"].column("kol_id"),
    "name": Column("name", "str", "", "达人", "name given by the user, else the nickname"),
    "top_category": Column("top_category", "str", "", "主要内容类型", "content category with the most videos"),
    "fetched_at": Column(
        "fetched_at", "datetime64[us, UTC]", "UTC", "数据获取时间", "fetch time of the oldest answer used"
    ),
}


def chosen_metrics(metrics: Iterable[str] | str | None) -> list[Metric]:
    """Return the metrics of those names, all of them for None."""
    if metrics is None:
        return list(METRICS.values())
    names = [metrics] if isinstance(metrics, str) else list(metrics)
    unknown = [name for name in names if name not in METRICS]
    if unknown:
        allowed = ", ".join(METRICS)
        raise ParameterError(f"no metric {', '.join(map(repr, unknown))}; there are: {allowed}")
    return [METRICS[name] for name in dict.fromkeys(names)]


def tables_of(metrics: Iterable[Metric]) -> list[str]:
    """Return the names of the tables that the metrics are read from, in declared order."""
    needed = {metric.table for metric in metrics}
    return [name for name in TABLES if name in needed]


def board_columns(metrics: Sequence[Metric]) -> list[Column]:
    """Return the declared columns of a board with these metrics."""
    values = [Column(m.name, m.dtype, m.unit, m.label_zh, m.meaning) for m in metrics]
    return [_TEXT["kol_id"], _TEXT["name"], *values, _TEXT["top_category"], _TEXT["fetched_at"]]


def board(
    frames: Mapping[str, pd.DataFrame], kol_ids: Sequence[str], metrics: Sequence[Metric], names: Mapping[str, str]
) -> pd.DataFrame:
    """Put the metrics of tidy frames side by side: one row per creator, in the order given.

    Where a frame has several rows for one metric, the first counts. A metric without a row is NA.
    """
    cells = {metric.name: _cells(metric, frames) for metric in metrics}
    nicknames = _first_by_creator(frames.get("profiles"), "nick_name")
    top = _first_by_creator(_top_categories(frames.get("video_distribution")), "category")
    oldest = _oldest([frames[name] for name in tables_of(metrics) if name in frames])
    rows = [
        (
            kol_id,
            names.get(kol_id) or nicknames.get(kol_id),
            *(cells[metric.name].get(kol_id) for metric in metrics),
            top.get(kol_id),
            oldest.get(kol_id),
        )
        for kol_id in kol_ids
    ]
    return build_frame(board_columns(metrics), rows)


def _cells(metric: Metric, frames: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    frame = frames.get(metric.table)
    if metric.table == "video_distribution":
        frame = _top_categories(frame)
    if frame is None:
        return {}
    for column, value in metric.where.items():
        frame = frame[(frame[column] == value).fillna(value=False)]
    return _first_by_creator(frame, metric.column)


def _first_by_creator(frame: pd.DataFrame | None, column: str) -> dict[str, Any]:
    """Return creator -> the first value that is not missing."""
    if frame is None:
        return {}
    known = frame.loc[frame[column].notna(), ["kol_id", column]].drop_duplicates("kol_id")
    return dict(zip(known["kol_id"], known[column].tolist(), strict=True))


def _top_categories(frame: pd.DataFrame | None) -> pd.DataFrame | None:
    """Sort so that each creator's category with the most videos comes first; the first of equals stays first."""
    if frame is None:
        return None
    return frame.sort_values("video_count", ascending=False, kind="stable", na_position="last")


def _oldest(frames: Sequence[pd.DataFrame]) -> dict[str, int]:
    """Return creator -> time of the oldest answer used, in microseconds since 1970."""
    if not frames:
        return {}
    times = pd.concat([frame[["kol_id", "fetched_at"]] for frame in frames], ignore_index=True)
    oldest = times.dropna().groupby("kol_id")["fetched_at"].min()
    return {str(kol_id): round(moment.timestamp() * 1_000_000) for kol_id, moment in oldest.items()}
