"""A page of panels over time, one for each creator: parts one under the other, wrapped so that it stays readable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.text import Annotation, Text

from ...errors import ParameterError
from ...tables.schema import Array
from .font import Lettering
from .grid import Grid
from .heading import Heading, name_axes
from .scales import day_ticks
from .sheet import Canvas
from .style import INK, LABEL, MARGIN, MUTED, PAPER, SMALL, bare, new_figure, place, width

_TITLE_LINE, _FOOT, _BETWEEN, _RAISED, _GAP = 0.4, 0.36, 0.42, 7.0, 9.0
_TICK = 0.72
"""Inches that the label of a day takes."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The panel of one creator.

    Attributes
    ----------
    axes
        Its parts from top to bottom, on one axis of days.
    letters
        How its texts are written.
    head
        Texts over the first part, left to right.
    notes
        Texts on the right of the parts.
    """

    axes: Sequence[Axes]
    letters: Lettering
    head: list[Text]
    notes: list[Annotation] = field(default_factory=list)

    def add_summary(self, text: str, colour: str = MUTED) -> None:
        """Write behind the name what is said about the whole, if anything is."""
        if text:
            behind = (sum(width([text]) * 72 + _GAP for text in self.head), _RAISED)
            self.head.append(self.write(self.axes[0], text, (0, 1), behind, "axes fraction", color=colour))

    def note(self, ax: Axes, text: str, height: float, colour: str, up: float = 0.0) -> None:
        """Write a note on the right of a part, at a height of its scale and this many points above it."""
        place = ("axes fraction", "data")
        self.notes.append(self.write(ax, text, (1, height), (_GAP - 3, up), place, color=colour, va="center"))

    def write(
        self,
        ax: Axes,
        text: str,
        at: tuple[float, float],
        points: tuple[float, float],
        coords: str | tuple[str, str] = "data",
        **look: Any,
    ) -> Annotation:
        """Write a text at a place of a part, moved by typographic points."""
        look = {"color": INK, "fontsize": SMALL, **look, **self.letters.style}
        return ax.annotate(
            text, xy=at, xycoords=coords, xytext=points, textcoords="offset points", annotation_clip=False, **look
        )

    def say_empty(self, text: str) -> None:
        """Say in the middle that there is nothing to draw."""
        self.write(self.axes[0], text, (0.5, 0.5), (0, 0), "axes fraction", color=MUTED, ha="center", va="center")

    def span(self, first: float, last: float, inches: float, room: float) -> None:
        """Give the axis of days its ends, with this many inches of room at both, and its labels."""
        edge = max(last - first, 1.0) * room / (inches - 2 * room)
        places, labels = day_ticks(first, last, max(2, int(inches / _TICK)))
        for ax in self.axes:
            ax.set_xlim(first - edge, last + edge)
            ax.set_xticks(places, [""] * len(places))
        self.axes[-1].set_xticks(places, labels, fontsize=SMALL, color=MUTED, **self.letters.style)


def open_timelines(
    names: Sequence[str], parts: int, letters: Lettering, figure: Canvas | None
) -> tuple[Canvas, list[Timeline]]:
    """Open a panel of bare parts for each name on a figure."""
    canvas: Canvas = new_figure() if figure is None else figure
    canvas.set_facecolor(PAPER)
    panels: list[Timeline] = []
    for name in names:
        axes = [canvas.add_axes((0.0, 0.0, 1.0, 1.0), label=f"{len(panels)}.{part}") for part in range(parts)]
        for ax in axes:
            bare(ax)
            ax.set_axisbelow(True)
            ax.set_xticks([])
            ax.set_yticks([])
        panels.append(Timeline(axes, letters, [name_axes(axes[0], name, LABEL + 0.5, _RAISED, letters)]))
    return canvas, panels


def fit_timelines(
    figure: Canvas,
    panels: Sequence[Timeline],
    per_row: int | None,
    heading: Heading,
    across: float,
    downs: Sequence[float],
) -> float:
    """Give the panels and what is around them the room they need; return the inches that each has across.

    The texts on the axes of amounts and the notes must stand; ``downs`` are the inches of the parts, top to bottom.
    """
    left = width(label for panel in panels for ax in panel.axes for label in ax.get_yticklabels()) + 0.08
    notes = max((note.xyann[0] / 72 + width([note]) for panel in panels for note in panel.notes), default=0.0)
    heads = max(sum(width([text]) + _GAP / 72 for text in panel.head) for panel in panels)
    least = heads - notes
    grid = Grid(2 * MARGIN, _BETWEEN, left + notes, max(across, least), _TITLE_LINE + _FOOT, sum(downs), least)
    cells = grid.settle(len(panels), per_row, None, heading)
    cells.open(figure, heading)
    for number, panel in enumerate(panels):
        start, top = cells.corner(number)
        top += _TITLE_LINE
        for ax, part in zip(panel.axes, downs, strict=True):
            down = cells.down * part / sum(downs)
            place(ax, figure, MARGIN + left + start, top, cells.across, down)
            top += down
    return cells.across


def moments(column: pd.Series[Any]) -> Array:
    """Return the times of a column as they stand in UTC, NaT where there is none.

    Raises
    ------
    ParameterError
        A value is not a time.
    """
    try:
        read = pd.to_datetime(column, utc=True, format=None if _is_time(column) else "ISO8601")
    except (TypeError, ValueError) as error:
        raise ParameterError(f"{column.name} of the frame must hold times: {error}") from None
    found: Array = read.dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
    return found


def _is_time(column: pd.Series[Any]) -> bool:
    return bool(pd.api.types.is_datetime64_any_dtype(column.dtype))


def truths(column: pd.Series[Any]) -> Array:
    """Return which values are true; a missing one is not."""
    found: Array = column.astype("boolean").fillna(False).to_numpy(dtype=bool)
    return found
