"""One sheet of a workbook as rows of plain values, with the links behind its cells and the rows that are hidden."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ..groups import Plain
from .parts import Parts, relation_of, unescaped
from .zip import LONGEST_CELL, Handler

Rows = list[tuple[int, list[Plain]]]

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
DAY_US = 86_400_000_000
"""Microseconds of a day, which Excel counts as 1."""
_USUAL_DIGITS = 17
_INTEGER = re.compile(r"-?[0-9]{1,400}")
_PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,10})")
_LINK_FORMULA = re.compile(r'\s*(?:_xlfn\.)?HYPERLINK\(\s*"((?:[^"]|"")*)"', re.IGNORECASE)
_MOST_LINKED, _MOST_MERGED = 1_000_000, 10_000
# A million rows that hold a style and nothing else are left out before they are parsed.
_BLANK_CELL = re.compile(rb'<(?:\w+:)?c\s(?:[^<>]*\s)?r="[A-Z]+[0-9]+"[^<>]*(?:/>|>\s*</(?:\w+:)?c>)\s*')
_BLANK_ROW = re.compile(rb'<(?:\w+:)?row\s(?:[^<>]*\s)?r="[0-9]+"[^<>]*(?:/>|>\s*</(?:\w+:)?row>)\s*')


@dataclass(slots=True)
class Sheet:
    """The cells of a sheet.

    Attributes
    ----------
    rows
        The rows that hold a value, each with its number.
    links
        (row, column from 0) -> address behind the cell.
    hidden
        The numbers of the rows that are hidden or filtered out.
    merged
        First row, first column, last row and last column of each group of cells merged into one; columns from 0.
    """

    title: str
    is_visible: bool
    rows: Rows = field(default_factory=list)
    links: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


class SheetHandler(Handler):
    """Builds a sheet from its part."""

    def __init__(self, parts: Parts, sheet: Sheet, part: str) -> None:
        self._parts, self._package, self._sheet, self._part = parts, parts.package, sheet, part
        self._row = self._column = self._width = self._linked = 0
        self._is_hidden = False
        self._cells: dict[int, Plain] = {}
        self._cell: dict[str, str] = {}
        self._text: list[str] = []
        self._formula: list[str] = []
        self._length = 0
        self._is_hint = self._is_text = False
        self._left = self._package.bounds.text
        self._starts = {
            "c": self._start_cell,
            "row": self._start_row,
            "rPh": self._start_hint,
            "hyperlink": self._link,
            "mergeCell": self._merge,
        }

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        if name in ("v", "t") and not self._is_hint:
            self._is_text = True
            self.listen(self._take_text)
        elif name == "f":
            self.listen(self._take_formula)
        elif name in self._starts:
            self._starts[name](attributes)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name in ("v", "t", "f"):
            self.listen(None)
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()
        elif name == "rPh":
            self._is_hint = False

    def _take_text(self, text: str) -> None:
        self._text.append(text)
        self._count(len(text))

    def _take_formula(self, text: str) -> None:
        self._formula.append(text)
        self._count(len(text))

    def _count(self, length: int) -> None:
        self._length += length
        self._left -= length
        if self._length > LONGEST_CELL or self._left < 0:
            self._package.too_large(f"sheet {self._sheet.title!r} holds more text than a list of creators")

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r")
        self._row = int(float(number)) if number else self._row + 1
        if not 0 < self._row <= MAX_ROW:
            self._package.refuse(
                f"sheet {self._sheet.title!r} has a row {self._row:,}; Excel has {MAX_ROW:,}, so the file is damaged; "
                "export it again"
            )
        self._column, self._cells = 0, {}
        self._is_hidden = attributes.get("hidden") in ("1", "true")

    def _end_row(self) -> None:
        if not self._cells:
            return
        width = max(self._cells) + 1
        self._width += width
        if self._width > self._package.bounds.cells:
            self._package.too_large(
                f"sheet {self._sheet.title!r} has more than {self._package.bounds.cells:,} cells up to the last filled "
                "column"
            )
        cells: list[Plain] = [None] * width
        for column, value in self._cells.items():
            cells[column] = value
        self._sheet.rows.append((self._row, cells))
        if self._is_hidden:
            self._sheet.hidden.add(self._row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r")
        self._column = column_of(place) if place else self._column + 1
        if not 0 < self._column <= MAX_COLUMN:
            self._package.refuse(f"sheet {self._sheet.title!r} has a cell {place!r:.40}; the file is damaged")
        self._cell = attributes
        self._text, self._formula = [], []
        self._length, self._is_text = 0, False

    def _end_cell(self) -> None:
        place = (self._row, self._column - 1)
        if self._formula and (found := _LINK_FORMULA.match("".join(self._formula))):
            self._sheet.links[place] = found[1].replace('""', '"')
        value = self._value() if self._is_text else None
        if value is not None:
            self._cells[self._column - 1] = value

    def _value(self) -> Plain:
        text, kind = "".join(self._text), self._cell.get("t", "n")
        if kind == "inlineStr":
            return unescaped(text)
        if not text:
            return None
        if kind == "s":
            return self._parts.texts[_position(text)]
        if kind in ("str", "e"):
            return unescaped(text)
        if kind == "b":
            return text.strip().casefold() in ("1", "true")
        return _day(text) if kind == "d" else self._number(text.strip())

    def _number(self, text: str) -> Plain:
        number: float = int(text) if _INTEGER.fullmatch(text) else float(text)
        if int(self._cell.get("s") or 0) in self._parts.dates:
            return _moment(number, self._parts.epoch, is_exact=sum(map(str.isdigit, text)) > _USUAL_DIGITS)
        return number

    def _start_hint(self, attributes: dict[str, str]) -> None:
        self._is_hint = True

    def _link(self, attributes: dict[str, str]) -> None:
        relation = self._relations().get(relation_of(attributes))
        target, inside = relation.target if relation else "", attributes.get("location", "")
        for place in self._places(attributes.get("ref", "")):
            self._sheet.links.setdefault(place, f"{target}#{inside}" if inside else target)

    def _relations(self) -> Any:
        if not hasattr(self, "_known"):
            self._known = self._parts.relations(self._part)
        return self._known

    def _places(self, ref: str) -> Iterator[tuple[int, int]]:
        top, left, bottom, right = corners(ref)
        self._linked += (bottom - top + 1) * (right - left + 1)
        if self._linked <= _MOST_LINKED:
            yield from ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))

    def _merge(self, attributes: dict[str, str]) -> None:
        if len(self._sheet.merged) < _MOST_MERGED:
            self._sheet.merged.append(corners(attributes.get("ref", "")))


def _position(text: str) -> int:
    position = int(text)
    if position < 0:
        raise IndexError(position)
    return position


@lru_cache(maxsize=4096)
def _letters(letters: str) -> int:
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return column


def column_of(place: str) -> int:
    """Return the number of the column of a cell such as B7; 0 for what is not one."""
    found = _PLACE.fullmatch(place)
    return _letters(found[1]) if found else 0


def corners(ref: str) -> tuple[int, int, int, int]:
    """Return first row, first column, last row, last column of a range such as A1:B7; columns count from 0."""
    first, _, last = ref.partition(":")
    one, other = _PLACE.fullmatch(first), _PLACE.fullmatch(last or first)
    if not one or not other:
        return 0, 0, -1, -1
    return int(one[2]), _letters(one[1]) - 1, int(other[2]), _letters(other[1]) - 1


def _day(text: str) -> Plain:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return text


def _moment(serial: float, epoch: dt.datetime, *, is_exact: bool) -> Plain:
    try:
        moment = epoch + dt.timedelta(days=int(serial), microseconds=round(serial % 1 * DAY_US))
        return moment if is_exact else _settled(moment)
    except (OverflowError, ValueError):
        return serial


def _settled(moment: dt.datetime) -> dt.datetime:
    """Return the millisecond next to a time, which the digits and arithmetic of others miss by up to 9 microseconds."""
    off = (moment.microsecond + 500) % 1000 - 500
    return moment - dt.timedelta(microseconds=off) if abs(off) < 10 else moment


def without_blanks(data: bytes) -> bytes:
    """Return a piece of a sheet without the cells and rows that hold nothing."""
    return _BLANK_ROW.sub(b"", _BLANK_CELL.sub(b"", data))
