"""How cells look on a page: the colours of the workbook as CSS, for numbers with a direction and words that matter."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from ..board.metrics import Floats
from ..files.excel.colours import BETTER, MARKED, MIDDLE, NOTICE, WORSE, better
from ..files.excel.formats import Setting
from ..files.groups import LIKENESS, Plain
from ..tables.schema import Column
from .cell_texts import is_number

# On a dark page letters are light, and could not be read on these colours.
_INK = "color: #1F2933"
_CSS: Mapping[str, str] = {"bg_color": "background-color", "font_color": "color"}

_GROUND = re.compile("background-color: (#[0-9A-F]{6})")


def fills(column: Column, cells: Sequence[Plain]) -> list[str]:
    """Return the colour behind each cell of a column, empty for most."""
    found = [_GROUND.search(css) for css in looks(column, cells)]
    return [ground[1] if ground else "" for ground in found]


def looks(column: Column, cells: Sequence[Plain]) -> list[str]:
    """Return the CSS of each cell of a column, empty for most."""
    marks = MARKED.get(column.name, {})
    found = [_css(marks[cell]) if isinstance(cell, str | bool) and cell in marks else "" for cell in cells]
    if not any(map(is_number, cells)):
        return found
    values = np.array([float(cell) if is_number(cell) else np.nan for cell in cells])  # type: ignore[arg-type]
    if column.name == "probability" or column.unit == LIKENESS:
        return _scaled(values, np.clip(values, 0, 1) / 2 + 0.5)
    direction = better(column)
    if direction is None:
        return found
    usable = column.range.usable(values)
    goodness = _goodness(usable if direction == "higher" else -usable)
    odd = np.isfinite(values) & np.isnan(usable)
    return [_css(NOTICE) if strange else css for strange, css in zip(odd, _scaled(usable, goodness), strict=True)]


def _goodness(values: Floats) -> Floats:
    """Return 0 for the worst value, 0.5 for the median and 1 for the best; NaN where all are the same."""
    present = values[np.isfinite(values)]
    if len(np.unique(present)) < 2:
        return np.full(len(values), np.nan)
    # The middle is the median: one creator far ahead leaves the others apart.
    low, middle, high = np.min(present), np.median(present), np.max(present)
    below = (values - low) / max(middle - low, np.finfo("float64").tiny) / 2
    above = (values - middle) / max(high - middle, np.finfo("float64").tiny) / 2 + 0.5
    return np.clip(np.where(values < middle, below, np.where(values > middle, above, 0.5)), 0, 1)


def _scaled(values: Floats, goodness: Floats) -> list[str]:
    pairs = zip(np.isfinite(values) & np.isfinite(goodness), goodness, strict=True)
    colours = [_between(float(place)) if known else MIDDLE for known, place in pairs]
    return [f"background-color: {colour}; {_INK}" if colour != MIDDLE else "" for colour in colours]


def _between(place: float) -> str:
    """Return the colour at a place from 0, worse, to 1, better."""
    end, share = (BETTER, 2 * place - 1) if place >= 0.5 else (WORSE, 1 - 2 * place)
    mixed = [round(middle + (full - middle) * share) for middle, full in zip(_rgb(MIDDLE), _rgb(end), strict=True)]
    return "#" + "".join(f"{part:02X}" for part in mixed)


def _rgb(colour: str) -> list[int]:
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]


def _css(look: Mapping[str, Setting]) -> str:
    said = [f"{_CSS[name]}: {value}" for name, value in look.items() if name in _CSS]
    if look.get("bold"):
        said.append("font-weight: bold")
    return "; ".join(said if "font_color" in look else [*said, _INK])
