"""A workbook becomes frames again, under the declared names and dtypes whichever labels it shows."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Sequence
from typing import overload

import pandas as pd

from ...errors import ParameterError, must_be, quoted
from ...tables.inputs import CHINA
from ...tables.schema import Column
from ...wording.zone import IN_HEADER
from ..cells import frame_of
from ..groups import GROUPS, Plain, candidates, kinds_of
from ..words import TRUTH, Words, in_words, value_words
from .about import AS_WRITTEN_UNITS, TRUTH_UNIT, ZONE_UNITS, Marks, is_about, marks
from .cells import Rows
from .rows import workbook_rows
from .totals import without_total

_NOT_OF_THE_FRAME = ""
"""The name of a column that has a header and was only added for reading."""


@overload
def read_excel(path: str | os.PathLike[str], sheet: str) -> pd.DataFrame: ...


@overload
def read_excel(path: str | os.PathLike[str], sheet: None = None) -> dict[str, pd.DataFrame]: ...


def read_excel(path: str | os.PathLike[str], sheet: str | None = None) -> pd.DataFrame | dict[str, pd.DataFrame]:
    """Read a workbook that `write_excel` wrote, also after Excel saved it again.

    Parameters
    ----------
    path
        The .xlsx file.
    sheet
        Name of one sheet; None for all that hold data.

    Returns
    -------
    The frame of that sheet, or a dict of all. Columns have their declared names and values their declared words
    whichever labels were written; ids are text, dtypes those of `TABLES` and of the board. Rows without any value
    are left out. Other columns are numbers, truth values or times where every cell is one, else text.

    Raises
    ------
    ParameterError
        No such sheet; the message names those that there are.
    FileError
        The file is missing or no workbook, or a cell of a declared table does not fit its column.
    """
    pages = workbook_rows(path)
    about = marks(pages)
    data = {title: rows for title, rows in pages.items() if title not in about.pictures and not is_about(title, rows)}
    if sheet is None:
        return {title: _frame(path, title, rows, about) for title, rows in data.items()}
    if not isinstance(sheet, str):
        raise must_be("sheet", "the name of a sheet, or None for all", quoted(sheet))
    if sheet not in data:
        raise ParameterError(f"no sheet {sheet!r} in {path}; there are: {', '.join(map(repr, data))}")
    return _frame(path, sheet, data[sheet], about)


def _frame(path: object, title: str, rows: Rows, about: Marks) -> pd.DataFrame:
    header = ["" if cell is None else str(cell) for cell in rows[0][1]] if rows else []
    guesses = _declared_names(header)
    names = [about.names.get((title, label), guess) for label, guess in zip(header, guesses, strict=True)]
    lines = [[*cells[: len(names)], *[None] * (len(names) - len(cells))] for _, cells in rows[1:]]
    columns: list[Sequence[Plain]] = list(zip(*without_total(names, lines), strict=True)) or [()] * len(names)
    own = [position for position, name in enumerate(names) if name != _NOT_OF_THE_FRAME or not header[position]]
    names = [names[position] for position in own]
    units = [about.units.get((title, header[position]), "") for position in own]
    cells = [_meant(columns[position], words) for position, words in zip(own, _words(names, units), strict=True)]
    zoned = [_is_zoned(names[place], header[position], units[place]) for place, position in enumerate(own)]
    cells = [_in_utc(column) if is_zoned else column for column, is_zoned in zip(cells, zoned, strict=True)]
    return frame_of(names, cells, f"{path} sheet {title}")


def _is_zoned(name: str, header: str, unit: str) -> bool:
    """Return whether times are those of China: as the last sheet says, else as the header of a declared column does."""
    return unit in ZONE_UNITS.values() or (not unit and name != header and header.endswith(tuple(IN_HEADER.values())))


def _in_utc(cells: Sequence[Plain]) -> Sequence[Plain]:
    return [
        cell.replace(tzinfo=CHINA).astimezone(dt.UTC) if isinstance(cell, dt.datetime) and not cell.tzinfo else cell
        for cell in cells
    ]


def _words(names: Sequence[str], units: Sequence[str]) -> list[Words]:
    """Return Chinese -> value for each column."""
    _, found = candidates(names)
    words: dict[str, Words] = {TRUTH_UNIT: {spoken: value for value, spoken in TRUTH.items()}}
    words |= {unit: {} for unit in AS_WRITTEN_UNITS.values()}
    return [words[unit] if unit in words else value_words(choices) for unit, choices in zip(units, found, strict=True)]


def _meant(cells: Sequence[Plain], words: Words) -> Sequence[Plain]:
    return [in_words(cell, words) for cell in cells] if words else cells


def _declared_names(header: Sequence[str]) -> list[str]:
    """Return the names behind the headers, where no last sheet tells them."""
    names = _likely_names(header)
    place = names.index("kol_id") + 1 if "kol_id" in names else len(names)
    if names[place : place + 1] != ["name"] or kinds_of(names):
        return names
    others = _likely_names([*header[:place], *header[place + 1 :]])
    return [*others[:place], _NOT_OF_THE_FRAME, *others[place:]] if kinds_of(others) else names


def _likely_names(header: Sequence[str]) -> list[str]:
    """Return the names of the table that has all the headers, else of the first that has each."""
    groups = [{label: column.name for column in group for label in _labels(column)} for group in GROUPS.values()]
    groups.sort(key=lambda group: not set(header) <= set(group))
    return [next((group[label] for group in groups if label in group), label) for label in header]


def _labels(column: Column) -> Iterator[str]:
    yield column.name
    yield column.label_zh
    yield column.header_zh
    if column.unit == "UTC":
        yield f"{column.label_zh}{IN_HEADER['zh']}"
        yield f"{column.name}{IN_HEADER['en']}"
        yield f"{column.label_zh}（UTC）"
