"""The list of creators that an agency keeps in a spreadsheet or text file becomes ids and names."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..errors import ConfigError, InvalidIdError
from ..ids import kol_id_of
from ..metrics import board_columns
from ..schema import build_frame
from .columns import EXACT_INTEGER, ROUNDED, as_text
from .csv_file import csv_rows, unguarded
from .excel_reader import Rows, workbook_rows
from .whole_file import decoded, read_whole

_ID_HEADERS = (
    *("kol_id", "kolid", "star_id", "oauthorid", "星图id", "达人id", "id"),
    *("星图链接", "链接", "url", "link", "homepage"),
)
_NAME_HEADERS = ("name", "nickname", "nick_name", "昵称", "达人昵称", "抖音昵称", "达人", "名称", "达人名称")
_SEPARATORS = (",", "\t", ";", "，")
_HEADER_ROWS = 10
_SHOWN = 20

_LIKE_AN_ID = re.compile(r"[0-9]{12,}|[^\s,;，]*xingtu\.cn/[^\s,;，]*|[0-9](\.[0-9]+)?[eE]\+?[0-9]+")
_ROUNDED_TEXT = re.compile(r"[0-9]+(\.[0-9]*)?[eE]\+?[0-9]+|[0-9]+\.[0-9]*")
_ZEROS_BEHIND = re.compile(r"[0-9]{15}0{4,}")
_NUMBER = re.compile(r"[0-9]+")
_LONG_NUMBER = re.compile(r"[0-9]{5}|://")
_QUOTED_NUMBER = re.compile(r'="([0-9]+)"')
_AROUND = " \t\r\n\u3000\xa0\u200b\ufeff"
_WORKBOOK, _OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class _List:
    """Rows of cells with their numbers, and which column is what."""

    rows: Rows
    ids: int
    names: int | None
    likely: int

    def cells(self, column: int | None) -> list[Any]:
        return [_cell(cells, column) for _, cells in self.rows]


def read_shortlist(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read the creators of a shortlist: CSV, text or Excel.

    The ids stand under a header such as kol_id, 星图ID or 链接, else in the first column that holds ids or addresses
    of Xingtu home pages, or one per line. Names stand under a header such as name or 昵称.

    Parameters
    ----------
    path
        An .xlsx file, or text: UTF-8, UTF-16 with its mark or GB18030, separated by comma, semicolon or tab.

    Returns
    -------
    One row per creator in the order of the file, each once: ``kol_id`` and ``name`` (NA without one), both text.

    Raises
    ------
    InvalidIdError
        A cell that cannot be an id; the message names the line or row, and why. Ids that Excel has rounded are
        refused: other digits would be another creator.
    ConfigError
        The file is missing, empty, unreadable, or has no ids.
    """
    data = read_whole(path)
    if data.startswith(_OLD_WORKBOOK):
        raise ConfigError(f"cannot read {path}: an .xls workbook or one with a password; save it as plain .xlsx")
    in_workbook = data.startswith(_WORKBOOK)
    found = list(_in_workbook(path) if in_workbook else _in_text(decoded(data, path), path))
    if not found:
        raise ConfigError(
            f"cannot read {path}: no creator ids in it; name their column kol_id or 星图ID, or give one id per line"
        )
    # The first sheet with ids is the list; of the separators, the one that isolates the most ids is the file's.
    best = next((sheet for sheet in found if sheet.likely), found[0]) if in_workbook else max(found, key=_likely)
    names: dict[str, str | None] = {}
    for kol_id, name in zip(_ids(best, path, "row" if in_workbook else "line"), best.cells(best.names), strict=True):
        names[kol_id] = names.get(kol_id) or _text(name) or None
    return build_frame(board_columns([])[:2], names.items())


def _likely(found: _List) -> int:
    return found.likely


def _in_workbook(path: str | os.PathLike[str]) -> Iterator[_List]:
    for rows in workbook_rows(path).values():
        yield from _located(rows)


def _in_text(text: str, path: object) -> Iterator[_List]:
    errors: list[ConfigError] = []
    found: list[_List] = []
    for separator in _SEPARATORS:
        try:
            found += _located(csv_rows(text, path, separator))
        except ConfigError as error:
            errors.append(error)
    if errors and not found:
        raise errors[0]
    yield from found


def _located(rows: Iterable[tuple[int, Sequence[Any]]]) -> Iterator[_List]:
    """Find the columns of ids and names; nothing where there are no ids."""
    filled = [(number, list(cells)) for number, cells in rows if any(_text(cell) for cell in cells)]
    for start, (_, cells) in enumerate(filled[:_HEADER_ROWS], start=1):
        columns = _under(_ID_HEADERS, cells)
        if columns and filled[start:]:
            likely = {column: _count_likely(filled[start:], column) for column in columns}
            best = max(columns, key=lambda column: likely[column])
            yield _List(filled[start:], best, next(iter(_under(_NAME_HEADERS, cells)), None), likely[best])
            return
    yield from _without_header(filled)


def _without_header(rows: Rows) -> Iterator[_List]:
    if len(rows) == 1 and all(_LIKE_AN_ID.fullmatch(_text(cell)) for cell in rows[0][1]):
        rows = [(rows[0][0], [cell]) for cell in rows[0][1]]
    width = max((len(cells) for _, cells in rows), default=0)
    likely = [_count_likely(rows, column) for column in range(width)]
    column = next((column for column in range(width) if likely[column]), 0)
    short = width == 1 and any(_NUMBER.fullmatch(_text(cells[0])) for _, cells in rows)
    if not (any(likely) or short):
        return
    # Nobody heads a column with a number of five digits: a first row without one is a header of other words.
    head = rows[0][1] if not any(_LONG_NUMBER.search(_text(cell)) for cell in rows[0][1]) and any(likely) else []
    yield _List(rows[bool(head) :], column, next(iter(_under(_NAME_HEADERS, head)), None), likely[column])


def _under(wanted: Sequence[str], cells: Sequence[Any]) -> list[int]:
    """Return the columns with these headers, in the order wanted."""
    headers = ["".join(_text(cell).casefold().split()) for cell in cells]
    return [column for header in wanted for column, found in enumerate(headers) if found == header]


def _count_likely(rows: Rows, column: int) -> int:
    return sum(_LIKE_AN_ID.fullmatch(_text(_cell(cells, column))) is not None for _, cells in rows)


def _cell(cells: Sequence[Any], column: int | None) -> Any:
    return cells[column] if column is not None and column < len(cells) else None


def _text(cell: Any) -> str:
    """Return what a person sees in the cell, without the guards of CSV."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT_INTEGER:
        cell = int(cell)
    text = unguarded(str(cell)) if cell is not None else None
    text = (text or "").strip(_AROUND)
    quoted = _QUOTED_NUMBER.fullmatch(text)
    return quoted[1] if quoted else text


def _ids(found: _List, path: object, noun: str) -> list[str]:
    ids: list[str] = []
    bad: list[tuple[int, str, str]] = []
    for (number, _), cell in zip(found.rows, found.cells(found.ids), strict=True):
        try:
            ids.append(_id(cell))
        except ValueError as reason:
            bad.append((number, repr(cell), str(reason)))
    # One id in ten thousand ends in four zeros; two of them in one list have lost their digits.
    zeros = {kol_id for kol_id in ids if _ZEROS_BEHIND.fullmatch(kol_id)}
    if not bad and len(zeros) > 1:
        numbered = zip(found.rows, ids, strict=True)
        bad = [
            (number, kol_id, f"only zeros behind 15 digits: {ROUNDED}")
            for (number, _), kol_id in numbered
            if kol_id in zeros
        ]
    if bad:
        raise _error(path, noun, bad)
    return ids


def _id(cell: Any) -> str:
    text = _text(as_text(cell)) if isinstance(cell, int | float) and not isinstance(cell, bool) else _text(cell)
    if not text:
        raise ValueError("this row has no id; add it, or delete the row")
    if _ROUNDED_TEXT.fullmatch(text):
        raise ValueError(ROUNDED)
    return kol_id_of(text)


def _error(path: object, noun: str, bad: list[tuple[int, str, str]]) -> InvalidIdError:
    shown = [f"{noun} {number}: {text}: {why}" for number, text, why in bad[:_SHOWN]]
    more = [f"and {len(bad) - _SHOWN} more"] if len(bad) > _SHOWN else []
    error = InvalidIdError("\n  ".join([f"{path}: {len(bad)} bad creator id{'s'[: len(bad) > 1]}", *shown, *more]))
    error.items = bad
    return error
