"""Frames as CSV that a spreadsheet neither runs nor rounds."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import re
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import FileError
from .columns import EXACT_INTEGER, frame_of, written
from .groups import column_names
from .whole_file import decoded, read_whole, write_whole

# Spreadsheets skip blanks before a formula sign. An apostrophe and the empty text are guarded as well: so a guarded
# cell never reads like an unguarded one, and an empty text never like a missing one.
_RISKY = re.compile(r"[\s\ufeff]*[=+\-@＝＋－＠]|[\t\r\n']|\Z")
_DIGITS = re.compile(r"[0-9]+")
_ID_LENGTH = 12
_GUARDED_DIGITS = re.compile(r"\t-?[0-9]+")
_LITERALS = (
    (re.compile(r"True|False"), lambda text: text == "True"),
    (re.compile(r"-?(0|[1-9][0-9]{0,14})"), int),
    (re.compile(r"-?([0-9]+\.[0-9]*|[0-9]+(\.[0-9]*)?[eE][+-]?[0-9]+|inf)"), float),
)


class _Lines(list[str]):
    """Lines of CSV. The csv module quotes a lone CR only where CR ends lines, so that is what it is told."""

    def write(self, line: str) -> None:
        self.append(line.removesuffix("\r\n"))


def write_csv(frame: pd.DataFrame, path: str | os.PathLike[str]) -> Path:
    r"""Write a frame as CSV that opens safely in Excel, WPS and LibreOffice: UTF-8 with BOM, without the index.

    Ids stay text with all digits, for a tab stands before them. Text that a spreadsheet would run as a formula has
    an apostrophe before it. `read_csv` takes both off again. Missing is the empty cell; times are ISO 8601 in UTC.

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
    FileError
        The file cannot be written; an old file is still there.
    """
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
    lines = _Lines()
    writer = csv.writer(lines, lineterminator="\r\n")
    names = column_names(frame)
    writer.writerow([_guarded(name, ids_as_text) for name in names])
    columns = [
        [_cell(value, ids_as_text, name == "kol_id") for value in written(frame.iloc[:, position])]
        for position, name in enumerate(names)
    ]
    writer.writerows(zip(*columns, strict=True))
    return "".join(f"{line}\n" for line in lines)


def _cell(value: Any, ids_as_text: bool, is_id: bool = False) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _guarded(value, ids_as_text, is_id)
    if isinstance(value, dt.datetime):
        return value.isoformat()
    too_long = isinstance(value, int) and abs(value) >= EXACT_INTEGER
    return f"\t{value}" if too_long and ids_as_text else repr(value)


def _guarded(text: str, ids_as_text: bool, is_id: bool = False) -> str:
    if _RISKY.match(text):
        return f"'{text}"
    is_id = ids_as_text and (is_id or len(text) >= _ID_LENGTH) and _DIGITS.fullmatch(text) is not None
    return f"\t{text}" if is_id else text


def unguarded(cell: str) -> str | None:
    """Return what `write_csv` was given for this cell; None for the empty one."""
    if (cell.startswith("'") and _RISKY.match(cell, 1)) or _GUARDED_DIGITS.fullmatch(cell):
        return cell[1:]
    return cell or None


def read_csv(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read a CSV file that `write_csv` wrote, also after a spreadsheet saved it again.

    Parameters
    ----------
    path
        The file: UTF-8, UTF-16 with its mark, or GB18030.

    Returns
    -------
    The frame as it was: ids as text, the declared dtypes of `TABLES` and of the board, missing cells NA. Columns
    that nothing declares are numbers where every cell is one, else text.

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
    return frame_of([unguarded(name) or "" for name in header], columns, path, unguarded, _literals)


def csv_rows(text: str, path: object, separator: str = ",") -> list[tuple[int, list[str]]]:
    """Return the lines that are not blank, each with its number."""
    # Strict, for an unclosed quotation mark would swallow the creators behind it.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return [(reader.line_num, cells) for cells in reader if cells]
    except csv.Error as error:
        where = f"line {reader.line_num}"
        raise FileError(
            f"cannot read {path}: {where}: {error}; check its quotation marks, or save as .xlsx"
        ) from None


def _literals(cells: Sequence[str]) -> Sequence[Any]:
    """Return the cells of an undeclared column as numbers or truth values; unchanged where one is neither."""
    values = []
    for cell in cells:
        value = next((make(cell) for pattern, make in _LITERALS if pattern.fullmatch(cell)), None)
        if value is None and cell:
            return cells
        values.append(value)
    return values
