"""A page of equal cells: how many stand side by side, and how large each is, so that it can be read."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .heading import Heading
from .sheet import PRESSED, Canvas, Room, Sheet, factor, resize, stretch

_ROW_OF_FEW, _SQUARE, _FEW, _LONGEST_ROW = 3, 4, 15, 4
_NARROWEST_FIGURE, _WIDEST = 6.0, 17.0


@dataclass(frozen=True, slots=True)
class Cells:
    """Where the cells of a page stand, in inches.

    Attributes
    ----------
    columns, lines
        How many there are side by side and one under the other.
    across, down
        The axes of a cell.
    cell, line
        From the start of a cell to the next one across, and down.
    total, head
        The page across, and what is above all cells.
    """

    columns: int
    lines: int
    across: float
    down: float
    cell: float
    line: float
    total: float
    head: float

    def open(self, figure: Canvas, heading: Heading) -> None:
        """Give the figure its size, and put the heading into its corner."""
        resize(figure, self.total, self.head + self.lines * self.line)
        heading.place(figure)

    def corner(self, number: int) -> tuple[float, float]:
        """Return where a cell starts: inches from the first one, and from the top of the page."""
        row, column = divmod(number, self.columns)
        return column * self.cell, self.head + row * self.line


@dataclass(frozen=True, slots=True)
class Grid:
    """Inches of a page of equal cells.

    Attributes
    ----------
    outside
        What is left and right of all cells.
    between
        What is between two of them.
    side, across
        What is beside the axes of a cell, and the axes themselves.
    line, down
        What is above and below the axes of a line of cells, and the axes themselves.
    narrowest
        What the texts over the axes need of them.
    """

    outside: float
    between: float
    side: float
    across: float
    line: float
    down: float
    narrowest: float

    @property
    def _pressed(self) -> tuple[float, float]:
        """How much narrower and lower than usual the axes may become."""
        across, down = PRESSED
        return max(across, min(1.0, self.narrowest / self.across)), down

    def settle(self, cells: int, per_row: int | None, usual: int | None, heading: Heading) -> Cells:
        """Return the layout of so many cells on the sheet of the heading, or on a page that fits them."""
        if heading.sheet is None:
            return self._fitting(cells, self._across(cells, per_row or usual), heading)
        sheet = heading.sheet
        _, head = heading.settle(sheet.across)
        columns = min(per_row, cells) if per_row else self._columns(sheet, cells, head)
        _, head = heading.settle(sheet.across / factor(sheet, self._room(cells, columns, head), self._pressed))
        room = self._room(cells, columns, head)
        across, down = stretch(sheet, room, self._pressed)
        total, head = heading.settle(room.fixed[0] + across)
        return self._cells(cells, columns, across / columns, down / math.ceil(cells / columns), total, head)

    def _across(self, cells: int, per_row: int | None) -> int:
        """Return how many cells stand side by side, so that their letters can be read where the page is shrunk."""
        if per_row is not None:
            return min(per_row, cells)
        few = min(cells, 2 if cells == _SQUARE else _ROW_OF_FEW)
        longer = self.outside + _LONGEST_ROW * (self.across + self.side + self.between) <= _WIDEST
        return _LONGEST_ROW if cells > _FEW and longer else few

    def _fitting(self, cells: int, columns: int, heading: Heading) -> Cells:
        outside = self.outside + (columns - 1) * self.between
        cell = max(self.across + self.side, (_NARROWEST_FIGURE - outside) / columns)
        total, head = heading.settle(outside + columns * cell)
        across = (total - outside) / columns - self.side
        return self._cells(cells, columns, across, self.down, total, head)

    def _cells(self, cells: int, columns: int, across: float, down: float, total: float, head: float) -> Cells:
        lines = math.ceil(cells / columns)
        cell = across + self.side + self.between
        return Cells(columns, lines, across, down, cell, self.line + down, total, head)

    def _room(self, cells: int, columns: int, head: float) -> Room:
        """Return what the page needs with so many cells side by side."""
        lines = math.ceil(cells / columns)
        fixed = self.outside + (columns - 1) * self.between + columns * self.side, head + lines * self.line
        return Room(fixed, (columns * self.across, lines * self.down))

    def _columns(self, sheet: Sheet, cells: int, head: float) -> int:
        """Return with how many cells side by side letters are largest on the sheet."""
        pressed = self._pressed
        return max(range(1, cells + 1), key=lambda columns: factor(sheet, self._room(cells, columns, head), pressed))
