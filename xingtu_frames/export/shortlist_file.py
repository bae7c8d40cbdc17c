"""The list of creators that an agency keeps in a spreadsheet or text file becomes ids and names."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..errors import FileError, InvalidIdError
from ..ids import kol_id_of
from ..metrics import board_columns
from ..schema import build_frame
from .columns import EXACT_INTEGER, ROUNDED, as_text
from .csv_file import csv_rows, meant
from .excel_rows import Rows, workbook_rows
from .whole_file import decoded, read_whole

# Headers are compared in lower case and without blanks. Those of other id spaces are never ids of creators.
_OTHER_IDS = re.compile(
    r"(?!.*星图).*uid|.*(视频|作品|手机|电话|微信|抖音号|抖音id|任务|订单|机构|商品|video|aweme|item|phone|mobile|wechat"
    r"|weixin|douyin_?id|unique_?id|sec_?uid|order|task|mcn).*"
)
_XINGTU_ID = re.compile(r"kol_?id|star_?id|o_?author_?id|star_?author_?id|(?=.*星图).*id.*")
_ANY_ID = re.compile(r"id|达人id")
_ADDRESS_HEADER = re.compile(r".*(链接|主页|url|link|homepage).*")
_NAME_HEADERS = (
    *("name", "nickname", "nick_name", "昵称", "达人昵称", "抖音昵称", "达人", "名称", "达人名称", "达人名"),
    *("账号名称", "博主", "红人", "kol", "账号"),
)
_SEPARATORS = (",", "\t", ";", "，")
_HEADER_ROWS = 10
_SHOWN = 20

_ADDRESS = re.compile(r"[^\s,;，]*xingtu\.cn/[^\s,;，]*")
_LIKE_AN_ID = re.compile(rf"[0-9]{{16,19}}|{_ADDRESS.pattern}|[0-9](\.[0-9]+)?[eE]\+?1[5-9]")
_IN_A_LINE = re.compile(rf"[0-9]{{12,}}|{_LIKE_AN_ID.pattern}")
_LETTER = re.compile(r"[^\W\d_]")
_ROUNDED_TEXT = re.compile(r"[0-9]+(\.[0-9]*)?[eE]\+?[0-9]+|[0-9]+\.[0-9]*")
_ZEROS_BEHIND = re.compile(r"[0-9]{15}0{4,}")
_NUMBER = re.compile(r"[0-9]+")
_LONG_NUMBER = re.compile(r"[0-9]{5}|://")
_QUOTED_NUMBER = re.compile(r'="([0-9]+)"')
_AROUND = " \t\r\n\u3000\xa0\u200b\ufeff"
_WORKBOOK, _OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class _List:
    """Rows of cells with their numbers, and which column is what; or which columns could each be the ids."""

    rows: Rows
    ids: int
    names: int | None
    likely: int
    rivals: str = ""

    def cells(self, column: int | None) -> list[Any]:
        return [_cell(cells, column) for _, cells in self.rows]


def read_shortlist(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read the creators of a shortlist: CSV, text or Excel.

    The ids stand under a header such as kol_id, star_id or 星图ID; else in the column of addresses of Xingtu home
    pages; else under id or 达人ID; else in the one column of numbers of 16 to 19 digits. Shorter ids need a header
    such as kol_id, or a file without other columns. Columns such as UID, 视频ID, 手机 or 微信 are never taken.
    Names stand under a header such as name, 昵称 or 博主; without any header, in the one other column of text.

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
    FileError
        The file is missing, empty, unreadable, or has no ids; or two of its columns could be the ids.
    """
    data = read_whole(path)
    if data.startswith(_OLD_WORKBOOK):
        raise FileError(f"cannot read {path}: an .xls workbook or one with a password; save it as plain .xlsx")
    in_workbook = data.startswith(_WORKBOOK)
    found = list(_in_workbook(path) if in_workbook else _in_text(decoded(data, path), path))
    if not found:
        raise FileError(
            f"cannot read {path}: no creator ids in it; name their column kol_id or 星图ID, or give one id per line"
        )
    best = _best(found, in_workbook, path)
    names: dict[str, str | None] = {}
    for kol_id, name in zip(_ids(best, path, "row" if in_workbook else "line"), best.cells(best.names), strict=True):
        names[kol_id] = names.get(kol_id) or _text(name) or None
    return build_frame(board_columns([])[:2], names.items())


def _best(found: Sequence[_List], in_workbook: bool, path: object) -> _List:
    # The first sheet with ids is the list; of the separators, the one that isolates the most ids is the file's.
    best = next((sheet for sheet in found if sheet.likely), found[0]) if in_workbook else max(found, key=_likely)
    if best.rivals:
        raise FileError(f"cannot read {path}: {best.rivals} could each be the creator ids; name the right one kol_id")
    return best


def _likely(found: _List) -> int:
    return found.likely


def _in_workbook(path: str | os.PathLike[str]) -> Iterator[_List]:
    for rows in workbook_rows(path).values():
        yield from _located(rows)


def _in_text(text: str, path: object) -> Iterator[_List]:
    errors: list[FileError] = []
    found: list[_List] = []
    for separator in _SEPARATORS:
        try:
            found += _located(csv_rows(text, path, separator))
        except FileError as error:
            errors.append(error)
    if errors and not found:
        raise errors[0]
    yield from found


def _located(rows: Iterable[tuple[int, Sequence[Any]]]) -> Iterator[_List]:
    """Find the columns of ids and names; nothing where there are no ids."""
    filled = [(number, list(cells)) for number, cells in rows if any(_text(cell) for cell in cells)]
    if len(filled) == 1 and all(_IN_A_LINE.fullmatch(_text(cell)) for cell in filled[0][1]):
        filled = [(filled[0][0], [cell]) for cell in filled[0][1]]
    start = _behind_header(filled)
    body = filled[start:]
    head = [_header(cell) for cell in filled[start - 1][1]] if start else []
    columns = _id_columns(head, body)
    if not columns:
        return
    ids = columns[0]
    name = next(iter(_under_names(head, ids)), None) if start else _only_text(body, ids)
    other = next((column for column in columns[1:] if _differ(body, ids, column)), None)
    shown = filled[start - 1][1] if start else []
    rivals = f"{_title(shown, ids)} and {_title(shown, other)}" if other is not None else ""
    yield _List(body, ids, name, _count(_LIKE_AN_ID, body, ids), rivals)


def _behind_header(rows: Rows) -> int:
    """Return how many rows end with the header; 0 without one."""
    # Nobody heads a column with a number of five digits or an address.
    plain = [
        not any(_LONG_NUMBER.search(_text(cell)) for cell in cells)
        for _, cells in rows[: min(_HEADER_ROWS, len(rows) - 1)]
    ]
    known = [_known(cells) if is_plain else 0 for is_plain, (_, cells) in zip(plain, rows, strict=False)]
    if any(known):
        return known.index(max(known)) + 1
    has_ids = any(_LIKE_AN_ID.fullmatch(_text(cell)) for _, cells in rows for cell in cells)
    return int(has_ids and plain[:1] == [True])


def _known(cells: Sequence[Any]) -> int:
    """Count the headers that say what stands under them; 0 where none of them is of ids."""
    heads = [_header(cell) for cell in cells]
    of_ids = sum(_is_of_ids(head) for head in heads)
    return of_ids and of_ids + sum(head in _NAME_HEADERS or bool(_OTHER_IDS.fullmatch(head)) for head in heads)


def _is_of_ids(head: str) -> bool:
    return not _OTHER_IDS.fullmatch(head) and any(
        pattern.fullmatch(head) for pattern in (_XINGTU_ID, _ANY_ID, _ADDRESS_HEADER)
    )


def _header(cell: Any) -> str:
    text = _text(cell)
    # Several headers in one cell: the separator is another one.
    return "" if any(mark in text for mark in _SEPARATORS) else "".join(text.casefold().split())


def _id_columns(head: Sequence[str], rows: Rows) -> list[int]:
    """Return the columns that could be the ids, all of the same right."""
    width = max((len(cells) for _, cells in rows), default=0)
    heads = [*head, *[""] * (width - len(head))]
    columns = [column for column in range(width) if not _OTHER_IDS.fullmatch(heads[column])]
    likely = [column for column in columns if _mostly(_LIKE_AN_ID, rows, column)]
    named = [column for column in columns if _XINGTU_ID.fullmatch(heads[column])]
    return (
        [column for column in likely if column in named]
        or [column for column in likely if _mostly(_ADDRESS, rows, column)]
        or [column for column in likely if _ANY_ID.fullmatch(heads[column])]
        or likely
        or named[:1]
        or [column for column in columns if _is_alone(heads, rows, column) or _is_other_link(heads, rows, column)][:1]
    )


def _is_alone(heads: Sequence[str], rows: Rows, column: int) -> bool:
    others = [other for other in range(len(heads)) if other != column]
    if any(heads[other] or _filled(rows, other) for other in others):
        return False
    return _is_of_ids(heads[column]) or _count(_NUMBER, rows, column) > 0


def _is_other_link(heads: Sequence[str], rows: Rows, column: int) -> bool:
    """Return whether these are addresses of another site, each of which the error will then name."""
    links = sum("://" in text for text in _filled(rows, column))
    return links > 0 and _ADDRESS_HEADER.fullmatch(heads[column]) is not None


def _under_names(head: Sequence[str], ids: int) -> list[int]:
    return [
        column for wanted in _NAME_HEADERS for column, found in enumerate(head) if found == wanted and column != ids
    ]


def _only_text(rows: Rows, ids: int) -> int | None:
    """Return the only column of words beside the ids."""
    width = max(len(cells) for _, cells in rows)
    texts = {column: _filled(rows, column) for column in range(width) if column != ids}
    words = [column for column, cells in texts.items() if any(_LETTER.search(x) and "://" not in x for x in cells)]
    return words[0] if len(words) == 1 else None


def _differ(rows: Rows, one: int, other: int) -> bool:
    pairs = ((_id_or_text(_cell(cells, one)), _id_or_text(_cell(cells, other))) for _, cells in rows)
    return any(left != right for left, right in pairs if left and right)


def _id_or_text(cell: Any) -> str:
    try:
        return _id(cell)
    except ValueError:
        return _text(cell)


def _title(head: Sequence[Any], column: int) -> str:
    return _text(_cell(head, column)) or f"column {column + 1}"


def _filled(rows: Rows, column: int) -> list[str]:
    return [text for _, cells in rows if (text := _text(_cell(cells, column)))]


def _count(pattern: re.Pattern[str], rows: Rows, column: int) -> int:
    return sum(pattern.fullmatch(text) is not None for text in _filled(rows, column))


def _mostly(pattern: re.Pattern[str], rows: Rows, column: int) -> bool:
    """Return whether at least half of the cells that hold something are such."""
    count = _count(pattern, rows, column)
    return count > 0 and 2 * count >= len(_filled(rows, column))


def _cell(cells: Sequence[Any], column: int | None) -> Any:
    return cells[column] if column is not None and column < len(cells) else None


def _text(cell: Any) -> str:
    """Return what a person sees in the cell, without the guards of CSV."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT_INTEGER:
        cell = int(cell)
    text = meant(str(cell)) if cell is not None else None
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
