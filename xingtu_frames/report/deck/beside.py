"""The tables beside the plots of a creator's page: all sections in one look, as large as has room for them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from .grids import PAD, stacked
from .measure import inches
from .page import BODY, NOTE, QUIET, Box, Cell, Grid

Pair = tuple[Cell, Cell]
"""A label and its value."""
_GAP, _SLACK = 0.06, 0.08
_LEAST = 1


@dataclass(frozen=True, slots=True)
class Section:
    """A table under a title; what is ``cut`` where there is no room for it says how many rows of how many it shows."""

    title: str
    rows: Sequence[Pair]
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """How the sections look: size of letters, height of a row, pairs side by side, and inches across."""

    size: float
    row: float
    pairs: int
    across: float

    def lines(self, rows: int) -> int:
        """Return the height of a section of so many rows in lines, with its title."""
        return 1 + math.ceil(rows / self.pairs) if rows else 0

    def room(self, down: float, sections: int) -> int:
        """Return how many lines a height has room for, with a gap after each section."""
        return int((down - _GAP * max(0, sections - 1)) / self.row + 1e-9)


_LOOKS = (Look(BODY, 0.285, 1, 3.9), Look(NOTE, 0.25, 1, 3.9), Look(NOTE, 0.25, 2, 5.2))


def look_for(pages: Iterable[Sequence[Section]], down: float) -> Look:
    """Return the largest look that has room for the sections of every page; the densest where none has."""
    everything = [list(_held(sections)) for sections in pages]
    fits = (look for look in _LOOKS if all(_lines(page, look) <= look.room(down, len(page)) for page in everything))
    return next(fits, _LOOKS[-1])


def laid_out(sections: Sequence[Section], look: Look, box: Box) -> list[Grid]:
    """Return the tables of the sections below each other; those without rows, and those past the end, are left out."""
    found, top = [], box.top
    shown = _cut(list(_held(sections)), look, box.down)
    widths = _widths(shown, look, box.across)
    for section in shown:
        grid = _table(section, look, widths, Box(box.left, top, box.across, box.end - top))
        if grid.box.end <= box.end + 1e-9:
            found.append(grid)
            top = grid.box.end + _GAP
    return found


def _held(sections: Iterable[Section]) -> Iterable[Section]:
    return (section for section in sections if section.rows)


def _lines(sections: Sequence[Section], look: Look) -> int:
    return sum(look.lines(len(section.rows)) for section in sections)


def _cut(sections: list[Section], look: Look, down: float) -> list[Section]:
    """Return the sections, the one that can be cut with as many rows as the others leave room for."""
    over = _lines(sections, look) - look.room(down, len(sections))
    return [_shortened(section, over, look) if over > 0 and section.cut else section for section in sections]


def _shortened(section: Section, over: int, look: Look) -> Section:
    whole = len(section.rows)
    left = max(_LEAST, look.lines(whole) - 1 - over) * look.pairs
    title = f"{section.title} {left}/{whole}" if left < whole else section.title
    return replace(section, title=title, rows=section.rows[:left])


def _widths(sections: Sequence[Section], look: Look, across: float) -> list[float]:
    """Return the widths of the columns, the same for all sections: values whole, labels what is left."""
    values = [value for section in sections for _, value in section.rows]
    widest = max((inches(cell.text, look.size, bold=cell.bold) for cell in values), default=0.0)
    value = min(widest + 2 * PAD + _SLACK, across / look.pairs / 2)
    return [across / look.pairs - value, value] * look.pairs


def _table(section: Section, look: Look, widths: Sequence[float], box: Box) -> Grid:
    """Return the table of a section: under its title the pairs, column by column."""
    down = look.lines(len(section.rows)) - 1
    blank = Cell("", size=look.size)
    rows = [
        [cell for pair in section.rows[line::down] for cell in _sized(pair, look)]
        + [blank] * (2 * (look.pairs - len(section.rows[line::down])))
        for line in range(down)
    ]
    head = [Cell(section.title, size=look.size, colour=QUIET, bold=True), *[blank] * (2 * look.pairs - 1)]
    return stacked([head, *rows], widths, box, look.row, section.title)


def _sized(pair: Pair, look: Look) -> Pair:
    label, value = pair
    return replace(label, size=look.size), replace(value, size=look.size, align="right")
