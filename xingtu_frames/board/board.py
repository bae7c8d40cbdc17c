"""Frames side by side: the board with one row per creator."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..frame import Mapped, build_frame
from ..tables.catalog import TABLES
from .metrics import (
    ASKED,
    FEW_VIDEOS,
    OF_PORTRAIT,
    PORTRAIT,
    TELL_THE_SAMPLE,
    Metric,
    Value,
    board_columns,
    tables_of,
)
from .portrait import TOPS, largest

_PLACES: Mapping[str, Callable[[float], float]] = {
    "beats_share": lambda share: share,
    "rank_percent": lambda percent: 1 - percent,
}
"""What the columns of `Metric.benchmark` say, as a place among all: 1 is best."""


def board(
    frames: Mapping[str, pd.DataFrame],
    kol_ids: Sequence[str],
    metrics: Sequence[Metric],
    names: Mapping[str, str],
    now: datetime | None = None,
    asked: Mapping[str, object] | None = None,
) -> pd.DataFrame:
    """Put the metrics of tidy frames side by side: one row per creator, in the order given.

    Where a frame has several rows for one metric, the first counts. A metric without a row is NA, and so is the age
    without a moment that it ends. An option is NA where no table that was read has it. ``attrs["benchmarks"]`` has the
    place of each creator among the provider's others.
    """
    cells = {metric.name: _cells(metric, frames) for metric in metrics}
    nicknames = _first_by_creator(frames.get("profiles"), "nick_name")
    top = _first_by_creator(_top_categories(frames.get("video_distribution")), "category")
    peers = _first_by_creator(frames.get("spread_benchmarks"), "peer_group")
    videos = _first_by_creator(frames.get("spread_info"), "video_count")
    portrait = PORTRAIT in {*frames, *tables_of(metrics)}
    tops = _largest_groups(frames.get(PORTRAIT)) if portrait else []
    read = [name for name in dict.fromkeys([*tables_of(metrics), *TELL_THE_SAMPLE]) if name in frames]
    oldest = _oldest([frames[name] for name in read])
    having = {option for name in read for option in TABLES[name].options}
    about = [str(asked[name]) if asked and name in having else None for name in ASKED]
    rows = [
        (
            kol_id,
            names.get(kol_id) or nicknames.get(kol_id),
            *(cells[metric.name].get(kol_id) for metric in metrics),
            top.get(kol_id),
            *(groups.get(kol_id) for groups in tops),
            peers.get(kol_id),
            videos[kol_id] < FEW_VIDEOS if videos.get(kol_id, -1) >= 0 else None,
            _days(oldest.get(kol_id), now),
            *about,
            oldest.get(kol_id),
        )
        for kol_id in kol_ids
    ]
    made = build_frame(board_columns(metrics, portrait=portrait), rows)
    made.attrs["benchmarks"] = _benchmarks(frames, set(kol_ids), metrics)
    return made


def _days(oldest: int | None, now: datetime | None) -> int | None:
    """Return the whole days since a time in microseconds; 0 where that clock was ahead."""
    if oldest is None or now is None:
        return None
    return max(0, (now - datetime.fromtimestamp(0, UTC) - timedelta(microseconds=oldest)).days)


def _benchmarks(frames: Mapping[str, pd.DataFrame], kol_ids: Container[str], metrics: Iterable[Metric]) -> Mapped:
    """Return metric -> creator -> place among the provider's others, 1 is best; for each metric whose table was read.

    Averages of the market never stand in for a place: points from an average are another scale.
    """
    found = Mapped()
    for metric in metrics:
        table, _, column = metric.benchmark.partition(".")
        if table not in frames:
            continue
        where = {"metric": metric.name} if table == "spread_benchmarks" else metric.where
        places = _first_by_creator(frames[table], column, where)
        placed = {kol_id: _PLACES[column](float(value)) for kol_id, value in places.items() if kol_id in kol_ids}
        # A place outside of 0 to 1 is none: the wire has signed changes under the names of shares.
        found[metric.name] = Mapped({kol_id: place for kol_id, place in placed.items() if 0 <= place <= 1})
    return found


def _cells(metric: Metric, frames: Mapping[str, pd.DataFrame]) -> dict[str, object]:
    frame = frames.get(metric.table)
    if metric.table == "video_distribution":
        frame = _top_categories(frame)
    return _first_by_creator(frame, metric.column, metric.where)


def _are(frame: pd.DataFrame, where: Mapping[str, Value]) -> npt.NDArray[np.bool_]:
    """Return for each row whether it has these values."""
    are = np.ones(len(frame), dtype=bool)
    for column, value in where.items():
        are &= (frame[column] == value).fillna(value=False).to_numpy(dtype=bool)
    return are


def _first_by_creator(
    frame: pd.DataFrame | None, column: str, where: Mapping[str, Value] = MappingProxyType({})
) -> dict[str, Any]:
    """Return creator -> the first value that is not missing, of the rows that have the values of ``where``."""
    if frame is None:
        return {}
    known = frame[column].notna().to_numpy(dtype=bool) & _are(frame, where)
    # The last of a key stays in a dictionary.
    return dict(zip(frame["kol_id"][known].tolist()[::-1], frame[column][known].tolist()[::-1], strict=True))


def _top_categories(frame: pd.DataFrame | None) -> pd.DataFrame | None:
    """Sort so that each creator's category with the most videos comes first; the first of equals stays first."""
    if frame is None:
        return None
    return frame.sort_values("video_count", ascending=False, kind="stable", na_position="last")


def _largest_groups(frame: pd.DataFrame | None) -> list[dict[str, str]]:
    """Return creator -> the most frequent group of its connected users, for each column of the portrait."""
    connected = None if frame is None else frame[_are(frame, {"stage": "connected"})]
    return [{} if connected is None else largest(connected, TOPS[column.name][0]) for column in OF_PORTRAIT]


def _oldest(frames: Sequence[pd.DataFrame]) -> dict[str, int]:
    """Return creator -> time of the oldest answer used, in microseconds since 1970."""
    if not frames:
        return {}
    times = pd.concat([frame[["kol_id", "fetched_at"]] for frame in frames], ignore_index=True)
    oldest = times.dropna().groupby("kol_id")["fetched_at"].min()
    return {str(kol_id): round(moment.timestamp() * 1_000_000) for kol_id, moment in oldest.items()}
