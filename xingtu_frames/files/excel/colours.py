"""Colours that rank a column's cells by which way is better, and words that ask for a second look.

Blue is better and orange worse whichever way the numbers run: the two differ for every kind of colour vision.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ...arguments import Language
from ...board.metrics import METRICS, Direction
from ...tables.schema import Column
from ..groups import LIKENESS, Plain
from ..words import spoken_words
from .formats import Cell, Setting

BETTER, MIDDLE, WORSE = "#A9CFEA", "#FFFFFF", "#F9D2A8"
SCALE = "3_color_scale"
"""XlsxWriter's word for colours between worse, middle and better."""
_ALARM: Mapping[str, Setting] = {"bg_color": "#F4B183", "bold": True}
NOTICE: Mapping[str, Setting] = {"bg_color": "#FCE8C9"}
_QUIET: Mapping[str, Setting] = {"font_color": "#8A8F98"}
MARKED: Mapping[str, Mapping[Cell, Mapping[str, Setting]]] = {
    "severity": {"error": _ALARM, "warning": NOTICE},
    "price_source": {"implied_cpm": NOTICE, "implied_cpe": NOTICE},
    "few_videos": {True: NOTICE},
    "is_open": {False: _QUIET},
    "is_online": {False: _QUIET},
}
"""Column -> value -> the look of its cells: what asks for a second look, and what may be skipped."""


class Rule(NamedTuple):
    """A conditional format in XlsxWriter's words, and the look of the cells that it finds."""

    options: Mapping[str, Setting]
    look: Mapping[str, Setting] | None = None


# Neither better nor worse: the deeper, the nearer to 1.
_SHARE = Rule(
    {
        "type": "2_color_scale",
        "min_type": "num",
        "min_value": 0,
        "min_color": MIDDLE,
        "max_type": "num",
        "max_value": 1,
        "max_color": BETTER,
    }
)


def better(column: Column) -> Direction:
    """Return which way is better for the values of a column."""
    if column.name in METRICS:
        return METRICS[column.name].direction
    if column.direction:
        return column.direction
    return "higher" if column.unit == "points" and column.name.endswith(("score", "_contribution")) else None


def rules(column: Column, cells: Sequence[Plain], lang: Language) -> list[Rule]:
    """Return the conditional formats of a column with these values."""
    marked = MARKED.get(column.name, {})
    words = spoken_words(column) if lang == "zh" else {}
    found = [_is(words.get(value, value), look) for value, look in marked.items()]
    direction = better(column)
    numbers = {cell for cell in cells if isinstance(cell, int | float) and not isinstance(cell, bool)}
    if column.name == "probability" or column.unit == LIKENESS:
        return [_SHARE]
    return [*found, *_impossible(column, numbers), _scale(direction)] if direction and len(numbers) > 1 else found


def _impossible(column: Column, numbers: Collection[float]) -> list[Rule]:
    """Return the rule that keeps values that cannot be, such as a price of 0, out of the colours."""
    bounds = column.range
    odd = np.isnan(bounds.usable(np.array(sorted(numbers), dtype="float64")))
    if not odd.any():
        return []
    if np.isfinite(bounds.high):
        where: dict[str, Setting] = {"criteria": "not between", "minimum": bounds.low, "maximum": bounds.high}
    else:
        where = {"criteria": "<=" if bounds.above else "<", "value": bounds.low}
    return [Rule({"type": "cell", **where, "stop_if_true": True}, NOTICE)]


def _is(value: Plain, look: Mapping[str, Setting]) -> Rule:
    shown = f'"{value}"' if isinstance(value, str) else f"{str(value).upper()}()"
    return Rule({"type": "cell", "criteria": "==", "value": shown}, look)


def _scale(direction: Direction) -> Rule:
    low, high = (WORSE, BETTER) if direction == "higher" else (BETTER, WORSE)
    # The middle is the median: one creator far ahead leaves the others apart.
    middle: dict[str, Setting] = {"mid_type": "percentile", "mid_value": 50, "mid_color": MIDDLE}
    return Rule({"type": SCALE, "min_color": low, "max_color": high, **middle})
