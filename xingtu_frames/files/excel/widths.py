"""How wide the columns of a sheet are, and how high the rows whose text is wrapped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import ceil

import wcwidth

from .columns import PageColumn
from .formats import Cell

PADDING = 3
_FILTER_BUTTON = 4
_NARROWEST, _WIDEST, _WIDEST_LAST = 9, 40, 80
_ONE_LINE = 20  # a longer Chinese header takes two
_MEASURED_ROWS, _READ = 500, 1_000
_LINE_HEIGHT, _AROUND_LINES, _ROUNDING = 15, 4, 0.01
_HIGHEST = 405  # Excel knows no higher row than 409
_PRINTED_WIDTH = 240

NARROW_HEADER_LINES = 3
_NARROW_PADDING, _NARROW_INDENT, _NARROWEST_PRINTED = 1.2, 1, 6.2
_NARROW_LINK, _NARROW_TEXT = 10, 24
_UNBROKEN = re.compile(r"[^\W_]+|（..?）", re.ASCII)


def widths(columns: Sequence[PageColumn]) -> list[float]:
    """Return the widths that show the columns; the last one has more room."""
    last = len(columns) - 1
    return [_width(column, _WIDEST_LAST if place == last else _WIDEST) for place, column in enumerate(columns)]


def _width(column: PageColumn, most: float) -> float:
    """Return the width that shows the column; a Chinese character is two wide, and may begin a new line."""
    needed = wide(column.header[:_READ])
    if needed > _ONE_LINE and not column.header.isascii():
        needed = max(_ONE_LINE, -(-needed // 2))
    return min(max(needed + _FILTER_BUTTON, _widest(column) + PADDING, _NARROWEST), most)


def pages_across(room: Sequence[float]) -> int:
    """Return how many pages beside each other a sheet of columns so wide is printed on."""
    return int(sum(room) // _PRINTED_WIDTH) + 1


def narrow_widths(columns: Sequence[PageColumn]) -> list[float]:
    """Return the widths for a page that all columns share: headers on three lines, text wrapped, links cut."""
    return [_narrow_width(column) for column in columns]


def _narrow_width(column: PageColumn) -> float:
    if column.kind == "link":
        return _NARROW_LINK
    longest_word = max((wide(word) for word in _UNBROKEN.findall(column.header[:_READ])), default=0)
    header = max(-(-wide(column.header[:_READ]) // NARROW_HEADER_LINES), longest_word)
    around = _NARROW_PADDING + _NARROW_INDENT * (column.kind in ("id", "text", "truth"))
    return max(min(max(header, _widest(column)) + around, _NARROW_TEXT), _NARROWEST_PRINTED)


def height(cells: Sequence[Cell], room: Sequence[float]) -> int:
    """Return the height of a row whose texts are wrapped in columns of these widths."""
    pairs = [(cell[:_READ], width) for cell, width in zip(cells, room, strict=True) if isinstance(cell, str)]
    around = _NARROW_PADDING + _NARROW_INDENT
    lines = [ceil(wide(text) / (width - around) - _ROUNDING) for text, width in pairs]
    return min(_AROUND_LINES + _LINE_HEIGHT * max([1, *lines]), _HIGHEST)


def _widest(column: PageColumn) -> int:
    shown = [_shown(column, row, value) for row, value in enumerate(column.cells[:_MEASURED_ROWS])]
    return max((wide(line[:_READ]) for text in shown for line in text[:_READ].splitlines()), default=0)


def _shown(column: PageColumn, row: int, value: Cell) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return column.looks.get(row, column.look).shown(value)


def wide(text: str) -> int:
    """Return how many characters wide text is; a Chinese one counts twice."""
    # wcwidth says -1 of text with a control character.
    return max(wcwidth.wcswidth(text), len(text))
