"""A page of panels, one for each creator: rows in common, notes on the right, wrapped so that it stays readable."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text

from ...arguments import whole_number
from .font import Lettering
from .heading import Heading
from .style import GRID, INK, LABEL, MARGIN, MUTED, SMALL, bare, new_figure, place, width

Scale = Literal["own", "shared"]
"""Whether panels have a scale of their own."""
SCALES: tuple[Scale, ...] = ("own", "shared")

_TITLE_LINE, _FOOT, _BETWEEN, _RAISED, _GAP = 0.36, 0.34, 0.38, 7.0, 9.0
_ROW_OF_FEW, _LONGEST_ROW = 3, 5
_NARROWEST_FIGURE = 6.0


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


def panels_across(panels: int, per_row: int | None) -> int:
    """Return how many panels stand side by side.

    Raises
    ------
    ParameterError
        ``per_row`` is not a positive integer.
    """
    if per_row is None:
        return panels if panels <= _ROW_OF_FEW else min(math.ceil(math.sqrt(panels)), _LONGEST_ROW)
    return min(whole_number("per_row", per_row, 1), panels)


def open_panels(
    names: Sequence[str], rows: Sequence[str], columns: int, letters: Lettering
) -> tuple[Figure, list[Panel]]:
    """Open a figure with a panel for each name, bare but for vertical grid lines and the labels of the rows."""
    figure, axes = new_figure(len(names), columns)
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
        style = {"fontsize": LABEL + 0.5, "color": INK, **letters.style}
        panels.append(Panel(ax, letters, [ax.set_title(name, loc="left", y=1.0, pad=_RAISED, **style)]))
    return figure, panels


def fit_panels(
    figure: Figure, panels: Sequence[Panel], columns: int, heading: Heading, across: float, down: float
) -> float:
    """Give the panels and what is around them the room they need; return the inches that each has across."""
    left = width(panels[0].ax.get_yticklabels()) + MARGIN + 0.08
    side = max(note.xyann[0] / 72 + width([note]) for panel in panels for note in panel.notes)
    heads = max(sum(width([text]) for text in panel.head) + _GAP / 72 for panel in panels)
    outside = left + (columns - 1) * _BETWEEN + MARGIN
    cell = max(across + side, heads, (_NARROWEST_FIGURE - outside) / columns)
    total, head = heading.settle(outside + columns * cell)
    cell = (total - outside) / columns
    line = _TITLE_LINE + down + _FOOT
    figure.set_size_inches(total, head + math.ceil(len(panels) / columns) * line)
    heading.place(figure)
    for number, panel in enumerate(panels):
        row, column = divmod(number, columns)
        place(panel.ax, figure, left + column * (cell + _BETWEEN), head + row * line + _TITLE_LINE, cell - side, down)
    return cell - side
