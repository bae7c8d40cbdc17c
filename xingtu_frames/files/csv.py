"""Frames as CSV that a spreadsheet neither runs nor rounds."""

from __future__ import annotations

import csv
import datetime as dt
import decimal
import io
import os
import re
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

import pandas as pd

from ..errors import FileError, a_kind, must_be
from ..ids.rounding import EXACT_INTEGER
from .cells import frame_of, written
from .groups import Plain, column_names
from .guard import guarded, unguarded
from .whole import check_target, decoded, read_whole, write_whole

_DIGITS = re.compile(r"[0-9]+")
_ID_LENGTH = 12
_OTHER_ENDINGS = (
    *(".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers", ".parquet", ".feather", ".pkl", ".sqlite", ".json"),
    *(".html", ".pdf", ".docx", ".pptx", ".zip", ".gz", ".png"),
)
_GUARDED_DIGITS = re.compile(r"\t-?[0-9]+")
# In a program that separates by tabs or semicolons as well, only quotation marks keep such a cell whole.
_QUOTED = re.compile(r"""["\t\n\v\f\r,;|]""")


def _float(text: str) -> float:
    number = float(text)
    if decimal.Decimal(text) != decimal.Decimal(repr(number)):
        raise ValueError("a float does not keep all digits")
    return number


_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = re.compile(rf"{_DAY}(T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(\.[0-9]{{6}})?([+-][0-9]{{2}}:[0-9]{{2}})?)?")
_LITERALS = (
    (re.compile(r"True|False"), lambda text: text == "True"),
    (re.compile(r"-?(0|[1-9][0-9]{0,14})"), int),
    (re.compile(r"-?([0-9]+\.[0-9]*|[0-9]+(\.[0-9]*)?[eE][+-]?[0-9]+|inf)"), _float),
    (_TIME, dt.datetime.fromisoformat),
)


def write_csv(frame: pd.DataFrame, path: str | os.PathLike[str]) -> Path:
    """Write a frame as CSV that opens safely in Excel, WPS and LibreOffice: UTF-8 with BOM, without the index.

    Ids stay text with all digits because a tab stands before them. An apostrophe stands wherever a program would begin
    to read a formula: at the start of a cell and, for programs that separate cells by semicolons or tabs, behind each
    of those, each bar and each line break inside it. `read_csv` takes all of these off again. Missing is the empty
    cell; times are ISO 8601, those with a zone in UTC.

    Parameters
    ----------
    frame
        Any frame; its index is not written.
    path
        The file to write. It appears whole or not at all.

    Returns
    -------
    The path of the file.

    Raises
    ------
    ParameterError
        No frame, or a path that ends as another kind of file does, such as .xlsx.
    FileError
        The file cannot be written; an old file is still there.
    """
    check_target(path, frame, "write_csv(frame, path)", _OTHER_ENDINGS, only=False)
    if not isinstance(frame, pd.DataFrame):
        raise must_be("write_csv(frame, path): the frame", "a DataFrame", a_kind(frame))
    return write_whole(path, csv_text(frame).encode("utf-8-sig"))


def csv_text(frame: pd.DataFrame, *, ids_as_text: bool = True) -> str:
    """Return a frame as the text of a CSV file.

    Parameters
    ----------
    frame
        Any frame; its index is not written.
    ids_as_text
        Put the tab before ids that keeps them text in a spreadsheet; False for a program that reads on.
        Formulas are disarmed either way.

    Returns
    -------
    The header and one line per row.
    """
    names = column_names(frame)
    columns = [
        [_cell(value, ids_as_text, name == "kol_id") for value in written(frame.iloc[:, position])]
        for position, name in enumerate(names)
    ]
    header = [_text(name, ids_as_text) for name in names]
    return "".join(f"{','.join(map(_quoted, cells))}\n" for cells in (header, *zip(*columns, strict=True)))


def _cell(value: Plain, ids_as_text: bool, is_id: bool = False) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _text(value, ids_as_text, is_id)
    if isinstance(value, dt.date):
        return value.isoformat()
    too_long = isinstance(value, int) and abs(value) >= EXACT_INTEGER
    return f"\t{value}" if too_long and ids_as_text else repr(value)


def _text(text: str, ids_as_text: bool, is_id: bool = False) -> str:
    is_id = ids_as_text and (is_id or len(text) >= _ID_LENGTH) and _DIGITS.fullmatch(text) is not None
    return f"\t{text}" if is_id else guarded(text)


def _quoted(cell: str) -> str:
    if not _QUOTED.search(cell):
        return cell
    doubled = cell.replace('"', '""')
    return f'"{doubled}"'


def meant(cell: str) -> str | None:
    """Return what `write_csv` was given for this cell; None for the empty one."""
    return (cell[1:] if _GUARDED_DIGITS.fullmatch(cell) else unguarded(cell)) if cell else None


def read_csv(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read a CSV file that `write_csv` wrote, also after a spreadsheet saved it again.

    Parameters
    ----------
    path
        The file: UTF-8, UTF-16 with its mark, or GB18030.

    Returns
    -------
    The frame as it was: ids as text, the declared dtypes of `TABLES` and of the board, missing cells NA. Columns
    that nothing declares are numbers, truth values or times where every cell is one, else text; a date is the time
    of its midnight.

    Raises
    ------
    FileError
        The file is missing, empty or no CSV, or a cell of a declared table does not fit its column.
    """
    (_, header), *lines = csv_rows(decoded(read_whole(path), path), path) or [(1, [])]
    for line, cells in lines:
        if len(cells) > len(header):
            raise FileError(f"cannot read {path}: line {line} has {len(cells)} cells, the header {len(header)}")
    columns = list(zip_longest(*(cells for _, cells in lines), fillvalue="")) or [()] * len(header)
    columns += [("",) * len(lines)] * (len(header) - len(columns))
    return frame_of([meant(name) or "" for name in header], columns, path, meant, literals)


def csv_rows(text: str, path: object, separator: str = ",", *, blank: bool = False) -> list[tuple[int, list[str]]]:
    """Return the lines, each with its number; blank ones only if they are asked for."""
    # A cell may hold as much as the file; the limit is the module's, so that it is put back.
    usual = csv.field_size_limit(len(text) + 1)
    # Strict because an unclosed quotation mark would swallow the creators behind it.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return [(reader.line_num, cells) for cells in reader if cells or blank]
    except csv.Error as error:
        where = f"line {reader.line_num}"
        raise FileError(f"cannot read {path}: {where}: {error}; check its quotation marks, or save as .xlsx") from None
    finally:
        csv.field_size_limit(usual)


def literals(cells: Sequence[str]) -> Sequence[Plain]:
    """Return the cells of an undeclared column as numbers or truth values; unchanged where one is neither."""
    values = []
    for cell in cells:
        try:
            value = next((make(cell) for pattern, make in _LITERALS if pattern.fullmatch(cell)), None)
        except (ValueError, ArithmeticError):
            return cells
        if value is None and cell:
            return cells
        values.append(value)
    return values
