"""The metrics of a board on one scale: each creator's position, from 0 for the worst to 1 for the best."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from ..board.metrics import Better, Floats
from ..board.own import known_metrics
from ..errors import ParameterError
from .columns import Normalisation

_MIDDLE = 0.5
"""The position where nothing is better or worse: a single value, or equal ones."""


def positions(board: pd.DataFrame, directions: Mapping[str, Better], normalisation: Normalisation) -> Floats:
    """Return creators x metrics; NaN where the board has no value, or the provider gives it no percentile.

    Raises
    ------
    ParameterError
        A column does not hold numbers, or the board lacks percentiles of a metric.
    """
    values = {metric: numbers_of(board, metric) for metric in directions}
    found = NORMALISATIONS[normalisation](board, values, directions)
    return np.column_stack([np.where(np.isfinite(values[metric]), found[metric], np.nan) for metric in directions])


def numbers_of(board: pd.DataFrame, metric: str) -> Floats:
    """Return a metric of the board as floats, NaN where it is missing or cannot be, such as a price of 0."""
    try:
        return known_metrics(board)[metric].range.usable(as_numbers(board[metric]))
    except (TypeError, ValueError):
        pass
    raise ParameterError(f"{metric} must hold numbers, not {board[metric].dtype}; compare makes such a board")


def as_numbers(column: pd.Series[Any]) -> Floats:
    """Return a column as floats, NaN where it is missing."""
    return column.to_numpy(dtype="float64", na_value=np.nan)


def _compared(measure: Callable[[Floats], Floats]) -> _Normalised:
    """Return the normalisation that compares the values present with one another."""

    def compared(
        board: pd.DataFrame, values: Mapping[str, Floats], directions: Mapping[str, Better]
    ) -> dict[str, Floats]:
        found = {}
        for metric, column in values.items():
            present = np.isfinite(column)
            worth = column[present] if directions[metric] == "higher" else -column[present]
            found[metric] = np.full(len(column), np.nan)
            found[metric][present] = measure(worth) if (worth != worth[:1]).any() else _MIDDLE
        return found

    return compared


def _ranks(worth: Floats) -> Floats:
    ranks = pd.Series(worth).rank(method="average").to_numpy(dtype="float64")
    return (ranks - 1) / (len(worth) - 1)


def _spans(worth: Floats) -> Floats:
    low, high = float(worth.min()), float(worth.max())
    return (worth - low) / (high - low)


def _looked_up(
    board: pd.DataFrame, values: Mapping[str, Floats], directions: Mapping[str, Better]
) -> dict[str, Floats]:
    """Return the provider's own percentiles, turned where the user wants the other end."""
    known, declared = _benchmarks(board, list(values)), known_metrics(board)
    found = {}
    for metric in values:
        places = np.array([known[metric].get(kol_id, np.nan) for kol_id in board["kol_id"]], dtype="float64")
        found[metric] = places if directions[metric] == declared[metric].direction else 1 - places
    return found


def _benchmarks(board: pd.DataFrame, metrics: Sequence[str]) -> Mapping[str, Mapping[str, float]]:
    known: Mapping[str, Mapping[str, float]] | None = board.attrs.get("benchmarks")
    if known is None:
        raise ParameterError(
            'the board has no attrs["benchmarks"], the provider\'s percentiles: CSV, Excel and a merge drop them; '
            "make the board with compare"
        )
    lacking = [metric for metric in metrics if metric not in known]
    if lacking:
        declared = known_metrics(board)
        unread = {declared[metric].benchmark.partition(".")[0] for metric in lacking} - {""}
        hint = f"; give compare the frame {', '.join(sorted(unread))} as well" if unread else ""
        raise ParameterError(
            f"the board has no percentiles of {', '.join(lacking)}; those that have: {', '.join(known) or 'none'}{hint}"
        )
    return known


_Normalised = Callable[[pd.DataFrame, Mapping[str, Floats], Mapping[str, Better]], dict[str, Floats]]

NORMALISATIONS: Mapping[Normalisation, _Normalised] = MappingProxyType(
    {"rank": _compared(_ranks), "minmax": _compared(_spans), "benchmark": _looked_up}
)
"""How values become positions, by name."""
