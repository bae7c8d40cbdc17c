"""The cells of any workbook as plain values, each sheet as rows with their numbers."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import warnings
import zipfile
import zlib
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from ..errors import FileError
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


def workbook_rows(path: str | os.PathLike[str]) -> dict[str, Rows]:
    """Return the rows that hold a value by sheet, each with its number."""
    data = read_whole(path)
    try:
        # openpyxl warns of the styles and extensions of others that it leaves out; no cell is among them.
        with warnings.catch_warnings(action="ignore"):
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            return {page.title: _rows(book, page) for page in book.worksheets}
    except _DAMAGED as error:
        raise FileError(
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
