"""The cells of a column as people read them: numbers by their unit, words of the language, China's time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np

from ..arguments import Language
from ..files.groups import LIKENESS, Plain
from ..files.units import OF_ROWS
from ..files.words import TRUTH, in_words, spoken_words
from ..tables.cost import BY_PLAYS
from ..tables.inputs import CHINA
from ..tables.schema import Column
from ..wording.figures import MISSING, compact, decimals_for, fixed, numbers, percent
from ..wording.zone import IN_HEADER

_TRUTH: Mapping[bool, str] = {True: "yes", False: "no"}
_DECIMALS: Mapping[str, int] = {"score": 3, LIKENESS: 2}
_LARGE = 1e4
_EXACT = 2**53
_PER_THOUSAND_PLAYS: Mapping[str, str] = {"zh": "/千次", "en": " per 1,000"}


def header(column: Column, lang: Language) -> str:
    """Return the header of a column, with the unit where the cells do not name it."""
    if column.unit == "UTC":
        return (column.label_zh if lang == "zh" else column.name) + IN_HEADER[lang]
    if lang != "zh" or column.unit == "s":
        return column.label_zh if lang == "zh" else column.name
    return column.header_zh


def texts(column: Column, cells: Sequence[Plain], units: Sequence[str] | None, lang: Language) -> list[str]:
    """Return the text of each cell, ``—`` where it is missing."""
    # Rows with units of their own are of several metrics: beside a quote the cost of a play keeps its decimals.
    sizes = [_decimals(cell) for cell in cells] if units else [0] * len(cells)
    of_rows = list(zip(units or [column.unit] * len(cells), sizes, strict=True))
    shown = [""] * len(cells)
    for unit, size in dict.fromkeys(of_rows):
        rows = [row for row, own in enumerate(of_rows) if own == (unit, size)]
        for row, text in zip(rows, _of_unit(column, [cells[row] for row in rows], unit, lang), strict=True):
            shown[row] = text
    return shown


def _of_unit(column: Column, cells: Sequence[Plain], unit: str, lang: Language) -> list[str]:
    measured = [float(cell) if is_number(cell) else np.nan for cell in cells]  # type: ignore[arg-type]
    written = numbers(np.array(measured, dtype="float64"), unit, lang)
    words = spoken_words(column) if lang == "zh" else {}
    return [
        _number(cell, unit, text, lang) if is_number(cell) else _other(in_words(cell, words), lang)  # type: ignore[arg-type]
        for cell, text in zip(cells, written, strict=True)
    ]


def _decimals(cell: Plain) -> int:
    return decimals_for(np.array([cell], dtype="float64")) if is_number(cell) else 0


def is_number(cell: Plain) -> bool:
    """Return whether a cell is a number that is written by its unit; one of more digits than a float has is not."""
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return False
    return isinstance(cell, float) or abs(cell) <= _EXACT


def _number(cell: float, unit: str, text: str, lang: Language) -> str:
    if not np.isfinite(cell):
        return str(cell)
    if unit == "fraction":
        # What is not nothing is not written as 0.
        return percent(cell) if cell and fixed(cell, 3) == "0.000" else text
    if unit in _DECIMALS:
        return fixed(cell, _DECIMALS[unit])
    return text if unit not in ("", "as sent", *OF_ROWS) else _without_unit(cell, lang)


def _without_unit(cell: float, lang: Language) -> str:
    """Write a number that nothing says more of: a code or a year keeps its digits."""
    if isinstance(cell, int):
        return str(cell)
    if abs(cell) >= _LARGE:
        return compact(cell, lang)
    return f"{cell:z,.0f}" if cell.is_integer() else f"{cell:,.4g}"


def _other(cell: object, lang: Language) -> str:
    if cell is None:
        return MISSING
    if isinstance(cell, bool):
        return str((TRUTH if lang == "zh" else _TRUTH)[cell])
    if isinstance(cell, dt.datetime):
        return _moment(cell)
    return cell.isoformat() if isinstance(cell, dt.date) else str(cell)


def _moment(moment: dt.datetime) -> str:
    if moment.tzinfo:
        return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"
    return f"{moment:%Y-%m-%d}" if moment.time() == dt.time() else f"{moment:%Y-%m-%d %H:%M}"


def per_thousand(column: Column, shown: Sequence[str], ways: Sequence[Plain], lang: Language) -> list[str]:
    """Return the prices of a column, those that count by plays with what they are for."""
    if column.unit != "CNY" or len(ways) != len(shown):
        return list(shown)
    return [
        text + _PER_THOUSAND_PLAYS[lang] if way == BY_PLAYS and text != MISSING else text
        for text, way in zip(shown, ways, strict=True)
    ]
