"""What stands on a slide: texts, tables and pictures at their inches, and nothing of a file format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ...files.excel.layout import HEADER
from ...plot.drawing.style import GRID, INK

Align = Literal["left", "center", "right"]
Anchor = Literal["top", "middle", "bottom"]

WIDE, TALL = 13.333, 7.5
"""Inches of a slide of 16:9."""
EDGE = 0.55
"""Inches left free on each side."""
ACROSS = WIDE - 2 * EDGE
BODY_TOP, BODY_END = 1.5, 6.95
"""Where the body of a slide starts and ends."""

COVER, HEADLINE, FIGURE, LEAD, BODY, NOTE = 36.0, 24.0, 18.0, 12.0, 11.0, 9.0
"""The type scale in points: cover, title, figures, line under the title, tables, notes."""
BRAND, QUIET, RULE, PALE = str(HEADER["bg_color"]), "#5B616A", GRID, "#F3F5F8"
"""Colours: of headers and titles, as in the workbook; of what is said beside; of lines; of a ground."""


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a slide, in inches."""

    left: float
    top: float
    across: float
    down: float

    @property
    def end(self) -> float:
        """The lower edge."""
        return self.top + self.down


@dataclass(frozen=True, slots=True)
class Text:
    """A text that can be edited; ``after`` is points below each paragraph, ``link`` an address that it leads to."""

    box: Box
    text: str
    size: float = BODY
    colour: str = INK
    bold: bool = False
    align: Align = "left"
    anchor: Anchor = "top"
    after: float = 0.0
    link: str = ""


INDENT = 0.16
"""Inches by which text in a column that is not the first is moved in, away from the numbers before it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table; ``fill`` is the colour behind it, ``mark`` that of a square before its text."""

    text: str
    align: Align = "left"
    size: float = BODY
    colour: str = INK
    bold: bool = False
    fill: str = ""
    mark: str = ""
    anchor: Anchor = "middle"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: widths of its columns, heights of its rows, and below which rows a strong line stands."""

    left: float
    top: float
    widths: Sequence[float]
    heights: Sequence[float]
    rows: Sequence[Sequence[Cell]]
    title: str
    strong: Sequence[int] = (0,)

    @property
    def box(self) -> Box:
        """The place that it takes."""
        return Box(self.left, self.top, sum(self.widths), sum(self.heights))


@dataclass(frozen=True, slots=True)
class Picture:
    """A plot; ``about`` is what it shows, for those who cannot see it."""

    box: Box
    png: bytes
    about: str


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of one colour."""

    box: Box
    colour: str


Part = Text | Grid | Picture | Block


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide: its title and what stands below."""

    title: str
    parts: Sequence[Part]
    is_cover: bool = False
