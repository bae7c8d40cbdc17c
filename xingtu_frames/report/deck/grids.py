"""Tables laid out: widths by what stands in the columns, as many rows to a slide as there is room for."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...plot.drawing.style import INK
from .measure import LINE, fitting, inches, lines
from .page import BODY, BRAND, FIGURE, INDENT, NOTE, PALE, QUIET, Align, Box, Cell, Grid

PAD, PAD_DOWN = 0.08, 0.04
"""Inches between the edge of a cell and its text."""
_LEAST, _ROOMY, _SLACK = 0.28, 0.4, 0.04
_WORD = re.compile("[!-~]+")
_WIDEST_TEXT, _LEAST_TEXT, _LEAST_NAME = 4.2, 1.1, 1.5
_HEADER_LINES, _LABEL_LINES = 2, 3


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table that is laid out, and its height."""

    cells: Sequence[Cell]
    down: float


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its header and cells; that of a text may be narrower than the text, which then breaks to lines."""

    header: str
    cells: Sequence[Cell]
    lines: int = 1

    @property
    def align(self) -> Align:
        """Where header and cells stand."""
        return self.cells[0].align if self.cells else "left"


def tables(columns: Sequence[Column], box: Box, title: str, *, total: bool = False) -> list[Grid]:
    """Lay out a table for a box, on as many slides as it needs, the rows spread evenly over them.

    ``total`` says that the last row sums up those before it.
    """
    widths = _widths(columns, box.across)
    header = _row([_head(column) for column in columns], widths, [_LABEL_LINES] * len(columns))
    most = [column.lines for column in columns]
    rows = [_row(cells, widths, most) for cells in zip(*(column.cells for column in columns), strict=True)]
    found = []
    for page in _pages(rows, box.down - header.down):
        down = [row.down for row in page]
        if max(down) <= _ROOMY:
            # A short table takes some of the room that there is.
            roomy = min(_ROOMY, (box.down - header.down) / len(page))
            down = [max(height, roomy) for height in down]
        strong = (0, len(page) - 1) if total and page[-1] is rows[-1] and len(page) > 1 else (0,)
        cells = [header.cells, *(row.cells for row in page)]
        found.append(Grid(box.left, box.top, widths, [header.down, *down], cells, title, strong))
    return found


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in large letters: its label, its text, and lines that say what it is compared with."""

    label: str
    text: str
    beside: Sequence[str] = ()


def figures(shown: Sequence[Figure], box: Box, title: str) -> Grid:
    """Lay out figures side by side, all letters of one size."""
    across = box.across / len(shown)
    inner = across - 2 * PAD - _SLACK
    size = min(_size(figure.text, inner) for figure in shown)
    rows = [
        [_small([figure.label], inner, _LABEL_LINES) for figure in shown],
        [Cell(figure.text, size=size, colour=BRAND, bold=True, fill=PALE) for figure in shown],
        [_small(figure.beside, inner, 1) for figure in shown],
    ]
    if not any(figure.beside for figure in shown):
        rows.pop()
    heights = [max(_down(cell, inner) for cell in row) for row in rows]
    return Grid(box.left, box.top, [across] * len(shown), heights, rows, title, ())


def stacked(rows: Sequence[Sequence[Cell]], widths: Sequence[float], box: Box, down: float, title: str) -> Grid:
    """Lay out rows of one height in columns of these widths, each text cut to its line."""
    cells = [_row(row, widths, [1] * len(widths)).cells for row in rows]
    return Grid(box.left, box.top, widths, [down] * len(rows), cells, title)


def _small(texts: Sequence[str], inner: float, most: int) -> Cell:
    shown = "\n".join(fitting(text, inner, NOTE, most=most) for text in texts)
    return Cell(shown, size=NOTE, colour=QUIET, fill=PALE, anchor="top")


def _down(cell: Cell, inner: float) -> float:
    """Return the height that a cell needs."""
    return lines(cell.text, inner, cell.size, bold=cell.bold) * cell.size * LINE / 72 + 2 * PAD_DOWN


def _size(text: str, across: float) -> float:
    """Return the size in which a figure fits its cell."""
    needed = inches(text, FIGURE, bold=True)
    return FIGURE if needed <= across else max(NOTE, math.floor(FIGURE * across / needed))


def _head(column: Column) -> Cell:
    return Cell(column.header, column.align, BODY, QUIET, bold=True)


def _row(cells: Sequence[Cell], widths: Sequence[float], most: Sequence[int]) -> Row:
    """Cut each cell to the lines that it may have, and return the row with its height."""
    fitted, needed = [], _LEAST
    for place, (cell, width, limit) in enumerate(zip(cells, widths, most, strict=True)):
        inner = width - 2 * PAD - _SLACK - (INDENT if place and cell.align == "left" else 0.0)
        room = inner - (inches("■ ", cell.size) if cell.mark else 0.0)
        text = fitting(cell.text, room, cell.size, bold=cell.bold, most=limit)
        fitted.append(replace(cell, text=text))
        needed = max(needed, _down(fitted[-1], room))
    return Row(fitted, needed)


def _widths(columns: Sequence[Column], across: float) -> list[float]:
    needed = [_needed(column) for column in columns]
    spare = across - sum(needed)
    if spare >= 0:
        # Each gets the same more, so that numbers keep their distance.
        return [width + spare / len(needed) for width in needed]
    room = [
        max(0.0, width - (_LEAST_TEXT if place else _LEAST_NAME)) if column.lines > 1 or not place else 0.0
        for place, (column, width) in enumerate(zip(columns, needed, strict=True))
    ]
    share = min(1.0, -spare / sum(room)) if sum(room) else 0.0
    narrower = [width - less * share for width, less in zip(needed, room, strict=True)]
    scale = min(1.0, across / sum(narrower))
    return [width * scale for width in narrower]


def _needed(column: Column) -> float:
    longest = max(
        (inches(cell.text + "■ " * bool(cell.mark), cell.size, bold=cell.bold) for cell in column.cells), default=0.0
    )
    words = max(inches(line, BODY, bold=True) for line in column.header.split("\n"))
    word = max(inches(word, BODY, bold=True) for word in [*_WORD.findall(column.header), ""])
    header = words if words < 0.8 or "\n" in column.header else max(word, words / _HEADER_LINES + 0.16)
    indent = INDENT if column.align == "left" else 0.0
    return max(min(longest, _WIDEST_TEXT), header) + 2 * PAD + 2 * _SLACK + indent


def _pages(rows: Sequence[Row], room: float) -> list[list[Row]]:
    """Return the rows of each slide: as few slides as there can be, each as full as the others."""
    pages = _filled(rows, room)
    even = math.ceil(len(rows) / max(1, len(pages)))
    balanced = [list(rows[start : start + even]) for start in range(0, len(rows), even)] if rows else []
    fits = all(sum(row.down for row in page) <= room + 1e-9 for page in balanced)
    return balanced if fits and len(balanced) <= len(pages) else pages


def _filled(rows: Sequence[Row], room: float) -> list[list[Row]]:
    pages: list[list[Row]] = []
    left = 0.0
    for row in rows:
        if row.down > left or not pages:
            pages.append([])
            left = room
        pages[-1].append(row)
        left -= row.down
    return pages


def plain(texts: Sequence[str], align: Align = "left", colour: str = INK) -> list[Cell]:
    """Return cells of these texts."""
    return [Cell(text, align, colour=colour) for text in texts]
