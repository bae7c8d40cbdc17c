"""A page of panels, one for each creator: rows in common, notes on the right, wrapped so that it stays readable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.text import Annotation, Text

from .font import Lettering
from .grid import Grid
from .heading import Heading, name_axes
from .sheet import Canvas
from .style import GRID, INK, LABEL, MARGIN, MUTED, SMALL, bare, new_panels, place, width

Scale = Literal["own", "shared"]
"""Whether panels have a scale of their own."""
SCALES: tuple[Scale, ...] = ("own", "shared")

_TITLE_LINE, _FOOT, _BETWEEN, _RAISED, _GAP = 0.36, 0.34, 0.38, 7.0, 9.0


@dataclass(frozen=True, slots=True)
class Panel:
    """The axes of one creator, with what is written around them.

    Attributes
    ----------
    ax
        The axes.
    letters
        How its texts are written.
    head
        Texts over the axes, left to right.
    notes
        Texts on the right of the axes, on their rows.
    """

    ax: Axes
    letters: Lettering
    head: list[Text]
    notes: list[Annotation] = field(default_factory=list)

    def add_summary(self, text: str) -> None:
        """Write behind the name what is said about the whole, if anything is."""
        if not text:
            return
        behind = (width(self.head) * 72 + _GAP, _RAISED)
        self.head.append(self._annotate(text, (0, 1), "axes fraction", behind, MUTED))

    def note(self, row: float, text: str, colour: str = MUTED, indent: float = 0.0) -> None:
        """Write a note on a row, on the right of the axes, indented by inches."""
        beside = (_GAP + indent * 72, 0.0)
        note = self._annotate(text, (1, row), ("axes fraction", "data"), beside, colour)
        note.set(va="center_baseline")
        self.notes.append(note)

    def _annotate(
        self,
        text: str,
        at: tuple[float, float],
        coords: str | tuple[str, str],
        points: tuple[float, float],
        colour: str,
    ) -> Annotation:
        return self.ax.annotate(
            text,
            xy=at,
            xycoords=coords,
            xytext=points,
            textcoords="offset points",
            color=colour,
            fontsize=SMALL,
            **self.letters.style,
        )


def open_panels(
    names: Sequence[str], rows: Sequence[str], letters: Lettering, figure: Canvas | None
) -> tuple[Canvas, list[Panel]]:
    """Open a panel for each name on a figure, bare but for vertical grid lines and the labels of the rows."""
    canvas, axes = new_panels(len(names), figure)
    panels = []
    for name, ax in zip(names, axes, strict=True):
        bare(ax)
        ax.grid(axis="x", color=GRID, linewidth=0.8)
        ax.set_axisbelow(True)
        ax.set_ylim(len(rows) - 0.5, -0.5)
        ax.set_yticks(range(len(rows)), rows)
        for label in ax.get_yticklabels():
            label.set(fontsize=LABEL, color=INK, **letters.style)
        ax.tick_params(axis="x", labelsize=SMALL, labelcolor=MUTED, labelfontfamily=list(letters.families))
        panels.append(Panel(ax, letters, [name_axes(ax, name, LABEL + 0.5, _RAISED, letters)]))
    return canvas, panels


def fit_panels(
    figure: Canvas,
    panels: Sequence[Panel],
    per_row: int | None,
    heading: Heading,
    across: float,
    down: float,
    usual: int | None = None,
) -> float:
    """Give the panels and what is around them the room they need; return the inches that each has across.

    ``usual`` is how many stand side by side where neither the caller nor a sheet says otherwise.
    """
    left = width(panels[0].ax.get_yticklabels()) + MARGIN + 0.08
    side = max(note.xyann[0] / 72 + width([note]) for panel in panels for note in panel.notes)
    heads = max(sum(width([text]) for text in panel.head) + _GAP / 72 for panel in panels)
    grid = Grid(left + MARGIN, _BETWEEN, side, max(across, heads - side), _TITLE_LINE + _FOOT, down, heads - side)
    cells = grid.settle(len(panels), per_row, usual, heading)
    cells.open(figure, heading)
    for number, panel in enumerate(panels):
        start, top = cells.corner(number)
        panel.ax.tick_params(labelleft=number % cells.columns == 0)
        place(panel.ax, figure, left + start, top + _TITLE_LINE, cells.across, cells.down)
    return cells.across
