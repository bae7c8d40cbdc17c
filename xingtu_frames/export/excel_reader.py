"""A workbook becomes frames again, under the declared names and dtypes whichever labels it shows."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

import openpyxl
import pandas as pd
from openpyxl.utils.exceptions import InvalidFileException

from ..errors import ConfigError, ParameterError
from ..schema import Column
from .columns import GROUPS, frame_of
from .excel_writer import ABOUT_HEADERS, ABOUT_SHEETS, UNITS_ZH
from .whole_file import read_whole

# What openpyxl and its parsers raise for a damaged file; ParseError is a SyntaxError.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    SyntaxError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    NotImplementedError,
    RuntimeError,
    OSError,
)
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_DAY = 86_400_000_000

Rows = list[tuple[int, list[Any]]]


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
    whichever labels were written; ids are text, dtypes those of `TABLES` and of the board. A row without any value
    is no row. Other columns are numbers, truth values or times where every cell is one, else text.

    Raises
    ------
    ParameterError
        No such sheet; the message names those that there are.
    ConfigError
        The file is missing or no workbook, or a cell of a declared table does not fit its column.
    """
    pages = workbook_rows(path)
    names = _names_by_header(pages)
    data = {title: rows for title, rows in pages.items() if not _is_about(title, rows)}
    if sheet is None:
        return {title: _frame(path, title, rows, names) for title, rows in data.items()}
    if sheet not in data:
        raise ParameterError(f"no sheet {sheet!r} in {path}; there are: {', '.join(map(repr, data))}")
    return _frame(path, sheet, data[sheet], names)


def workbook_rows(path: str | os.PathLike[str]) -> dict[str, Rows]:
    """Return the rows that hold a value by sheet, each with its number."""
    data = read_whole(path)
    try:
        # openpyxl warns of the styles and extensions of others that it leaves out; no cell is among them.
        with warnings.catch_warnings(action="ignore"):
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            return {page.title: _rows(book, page) for page in book.worksheets}
    except _DAMAGED as error:
        raise ConfigError(
            f"cannot read {path}: no readable .xlsx workbook ({type(error).__name__}); "
            "open it in Excel and save it as .xlsx without a password"
        ) from None


def _rows(book: Any, page: Any) -> Rows:
    # openpyxl rounds times to milliseconds; without this set it hands over Excel's own number of days.
    getattr(book, "_date_formats", set()).clear()
    # Some programs write a wrong size into the file, and openpyxl would read no further.
    page.reset_dimensions()
    rows = ([_value(cell, book.epoch) for cell in row] for row in page.iter_rows())
    return [(number, cells) for number, cells in enumerate(rows, start=1) if any(cell is not None for cell in cells)]


def _value(cell: Any, epoch: dt.datetime) -> Any:
    value = cell.value
    if isinstance(value, str):
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
    if isinstance(value, int | float) and cell.is_date:
        return _moment(value, epoch)
    return value


def _moment(serial: float, epoch: dt.datetime) -> Any:
    try:
        return epoch + dt.timedelta(days=int(serial), microseconds=round(serial % 1 * _DAY))
    except OverflowError:
        return serial


def _is_about(title: str, rows: Rows) -> bool:
    header = tuple(rows[0][1]) if rows else ()
    return any(title == ABOUT_SHEETS[labels] and header == ABOUT_HEADERS[labels] for labels in ABOUT_SHEETS)


def _names_by_header(pages: Mapping[str, Rows]) -> dict[tuple[str, str], str]:
    """Return (sheet, header) -> name, as the last sheet tells."""
    about = [rows for title, rows in pages.items() if _is_about(title, rows)]
    return {(cells[0], cells[1]): cells[2] for rows in about for _, cells in rows[1:] if None not in cells[:3]}


def _frame(path: object, title: str, rows: Rows, known: Mapping[tuple[str, str], str]) -> pd.DataFrame:
    header = ["" if cell is None else str(cell) for cell in rows[0][1]] if rows else []
    guesses = _declared_names(header)
    names = [known.get((title, label), guess) for label, guess in zip(header, guesses, strict=True)]
    lines = [[*cells[: len(names)], *[None] * (len(names) - len(cells))] for _, cells in rows[1:]]
    columns: list[Sequence[Any]] = list(zip(*lines, strict=True)) or [()] * len(names)
    return frame_of(names, columns, f"{path} sheet {title}")


def _declared_names(header: Sequence[str]) -> list[str]:
    """Return the names behind the headers: of the table that has them all, else of the first that has each."""
    groups = [{label: column.name for column in group for label in _labels(column)} for group in GROUPS]
    groups.sort(key=lambda group: not set(header) <= set(group))
    return [next((group[label] for group in groups if label in group), label) for label in header]


def _labels(column: Column) -> Iterator[str]:
    yield column.name
    yield column.label_zh
    yield f"{column.label_zh}{UNITS_ZH.get(column.unit, '')}"
