"""Single values that give themselves away: those that cannot be, and those that could not be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from ..board.metrics import Floats, Mask, Value
from ..tables.catalog import TABLES
from ..tables.schema import Column, Range
from ..tables.spread import BENCHMARK_METRICS
from . import flags
from .flags import Finding, Frames
from .positions import as_numbers

_MAY_BE_0 = ("origin_price_cny", "sales_low_cny")
_JUDGED_BY_OVERTAKE = ("spread_benchmarks", "beats_share")


def impossible(frames: Frames) -> Iterator[Finding]:
    """Yield a finding for each creator and place of a vocabulary with values that cannot be."""
    for name, frame in frames.items():
        for column in TABLES[name].columns:
            if column.dtype in ("Int64", "float64") and (name, column.name) != _JUDGED_BY_OVERTAKE:
                yield from _outside(name, frame, column, column.range)
    benchmarks = frames.get("spread_benchmarks")
    if benchmarks is None:
        return
    for metric in BENCHMARK_METRICS:
        rows = benchmarks[benchmarks["metric"] == metric]
        value = TABLES["spread_benchmarks"].column("value")
        yield from _outside("spread_benchmarks", rows, value, TABLES["spread_info"].column(metric).range)


def _outside(name: str, frame: pd.DataFrame, column: Column, bounds: Range) -> Iterator[Finding]:
    values = as_numbers(frame[column.name])
    bad = _bad(frame, values, column, bounds)
    if not bad.any():
        return
    vocabularies = [declared.name for declared in TABLES[name].columns if declared.categories]
    found: dict[tuple[Value, ...], list[float]] = {}
    cells = zip(*(frame.loc[bad, place].tolist() for place in ("kol_id", *vocabularies)), strict=True)
    for place, value in zip(cells, values[bad].tolist(), strict=True):
        found.setdefault(place, []).append(value)
    for (kol_id, *words), odd in found.items():
        place = (f"{name}.{column.name}", *(word for word in words if pd.notna(word)))
        flag = flags.IMPOSSIBLE if len(odd) == 1 else flags.IMPOSSIBLE_OFTEN
        yield str(kol_id), name, flag, {"place": place, "value": odd[0], "rule": _rule(bounds), "count": len(odd)}


def _bad(frame: pd.DataFrame, values: Floats, column: Column, bounds: Range) -> Mask:
    bad: Mask = np.isfinite(values) & np.isnan(bounds.usable(values))
    if column.name == "price_cny":
        # What cannot be booked has no price, and 0 says so.
        bad &= (values < 0) | frame["is_open"].ne(other=False).fillna(value=True).to_numpy(dtype=bool)
    elif column.name in _MAY_BE_0:
        bad &= values < 0
    return bad


def _rule(bounds: Range) -> str:
    if bounds.above:
        return flags.NOT_ABOVE
    known = {1: flags.OUTSIDE_SHARE, 100: flags.OUTSIDE_POINTS}
    return known.get(int(bounds.high), "") if np.isfinite(bounds.high) else flags.NEGATIVE


def unread(frames: Frames) -> Iterator[Finding]:
    """Yield a finding for each value that was taken as missing because what it means is not plain."""
    there = {kol_id for frame in frames.values() for kol_id in frame["kol_id"]}
    for name, frame in frames.items():
        notes = frame.attrs.get("unread")
        for note in notes if isinstance(notes, list) else ():
            if isinstance(note, Mapping) and {"kol_id", "field", "value"} <= set(note):
                about = note.get("item_id", note["kol_id"])
                if about in there:
                    yield about, name, flags.UNREAD, {"field": note["field"], "value": note["value"]}
