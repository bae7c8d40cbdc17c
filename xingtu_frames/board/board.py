"""Frames side by side: the board with one row per creator."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import compress
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..frame import Mapped, build_columns
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
    rows = _RowsByTable(frames)
    portrait = PORTRAIT in {*frames, *tables_of(metrics)}
    read = [name for name in dict.fromkeys([*tables_of(metrics), *TELL_THE_SAMPLE]) if name in frames]
    having = {option for name in read for option in TABLES[name].options}
    about = [str(asked[name]) if asked and name in having else None for name in ASKED]

    def cells() -> Iterator[Sequence[object]]:
        """Yield the values of each column, one column at a time: what they are looked up in is larger than they are."""
        yield from _metrics(rows, kol_ids, metrics, names)
        for groups in _largest_groups(frames.get(PORTRAIT)) if portrait else []:
            yield _in_order(kol_ids, groups)
        yield _in_order(kol_ids, rows.first("spread_benchmarks", "peer_group"))
        videos = rows.first("spread_info", "video_count")
        yield [videos[one] < FEW_VIDEOS if videos.get(one, -1) >= 0 else None for one in kol_ids]
        oldest = _in_order(kol_ids, _oldest([frames[name] for name in read]))
        yield [_days(moment, now) for moment in oldest]
        for option in about:
            yield [option] * len(kol_ids)
        yield oldest

    made = build_columns(board_columns(metrics, portrait=portrait), cells())
    made.attrs["benchmarks"] = _benchmarks(rows, set(kol_ids), metrics)
    return made


def _metrics(
    rows: _RowsByTable, kol_ids: Sequence[str], metrics: Iterable[Metric], names: Mapping[str, str]
) -> Iterator[Sequence[object]]:
    nicknames = rows.first("profiles", "nick_name")
    yield kol_ids
    yield [names.get(kol_id) or nicknames.get(kol_id) for kol_id in kol_ids]
    for metric in metrics:
        yield _in_order(kol_ids, rows.first(metric.table, metric.column, metric.where))
    yield _in_order(kol_ids, rows.first("video_distribution", "category"))


def _in_order(kol_ids: Iterable[str], values: Mapping[str, Any]) -> list[Any]:
    return [values.get(kol_id) for kol_id in kol_ids]


def _days(oldest: int | None, now: datetime | None) -> int | None:
    """Return the whole days since a time in microseconds; 0 where that clock was ahead."""
    if oldest is None or now is None:
        return None
    return max(0, (now - datetime.fromtimestamp(0, UTC) - timedelta(microseconds=oldest)).days)


class _RowsByTable:
    """The rows of tidy frames, to be looked up by creator."""

    def __init__(self, frames: Mapping[str, pd.DataFrame]) -> None:
        self.frames = dict(frames)
        if "video_distribution" in frames:
            self.frames["video_distribution"] = _top_categories(frames["video_distribution"])
        self._ids: dict[str, list[Any]] = {}

    def first(self, table: str, column: str, where: Mapping[str, Value] = MappingProxyType({})) -> dict[str, Any]:
        """Return creator -> the first value that is not missing, of the rows that have the values of ``where``."""
        if table not in self.frames:
            return {}
        frame = self.frames[table]
        if table not in self._ids:
            self._ids[table] = frame["kol_id"].tolist()
        known = frame[column].notna().to_numpy(dtype=bool) & _are(frame, where)
        ids = list(compress(self._ids[table], known))
        # The last of a key stays in a dictionary.
        return dict(zip(reversed(ids), reversed(frame[column][known].tolist()), strict=True))


def _benchmarks(rows: _RowsByTable, kol_ids: Container[str], metrics: Iterable[Metric]) -> Mapped:
    """Return metric -> creator -> place among the provider's others, 1 is best; for each metric whose table was read.

    Averages of the market never stand in for a place: points from an average are another scale.
    """
    found = Mapped()
    for metric in metrics:
        table, _, column = metric.benchmark.partition(".")
        if table not in rows.frames:
            continue
        where = {"metric": metric.name} if table == "spread_benchmarks" else metric.where
        places = rows.first(table, column, where)
        placed = {kol_id: _PLACES[column](float(value)) for kol_id, value in places.items() if kol_id in kol_ids}
        # A place outside of 0 to 1 is none: the wire has signed changes under the names of shares.
        found[metric.name] = Mapped({kol_id: place for kol_id, place in placed.items() if 0 <= place <= 1})
    return found


def _are(frame: pd.DataFrame, where: Mapping[str, Value]) -> npt.NDArray[np.bool_]:
    """Return for each row whether it has these values."""
    are = np.ones(len(frame), dtype=bool)
    for column, value in where.items():
        are &= (frame[column] == value).fillna(value=False).to_numpy(dtype=bool)
    return are


def _top_categories(frame: pd.DataFrame) -> pd.DataFrame:
    """Sort so that each creator's category with the most videos comes first; the first of equals stays first."""
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
