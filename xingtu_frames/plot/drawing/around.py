"""What stands around one panel: heading above, notes below, all inside the figure, be it ours or the caller's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text

from .font import Lettering
from .heading import head_axes, raise_title
from .look import Look
from .sheet import PRESSED, Room, stretch
from .style import MARGIN, MUTED, SMALL, SUBTITLE, TITLE, flowed, height, line_width, new_axes, place, width

_GAP = 0.08
_RIM = 2.0  # pixels
_SMALLEST, _SMALLEST_PART = 4.0, 0.3
_PASSES = 3


class Own(NamedTuple):
    """Our own figure, and the inches of the panel on it."""

    figure: Figure
    across: float
    down: float


@dataclass(frozen=True, slots=True)
class Around:
    """Title, subtitle and notes of a panel.

    Attributes
    ----------
    ax
        The panel.
    title, subtitle, foot
        The texts; they are attached to the panel and move with it.
    clauses, notes
        What subtitle and foot say, to be broken to lines between the clauses; each group of notes has its own lines.
    edges
        Inches that the panel's own labels stand out: left, bottom, right, top.
    letters
        How the texts are written.
    look
        What the user asks of the picture.
    """

    ax: Axes
    title: Text
    subtitle: Annotation
    foot: Annotation
    clauses: Sequence[str]
    notes: Sequence[Sequence[str]]
    edges: tuple[float, float, float, float]
    letters: Lettering
    look: Look

    def fit_figure(
        self, figure: Figure, across: float, down: float, narrowest: float = 5.0, pressed: tuple[float, float] = PRESSED
    ) -> None:
        """Give our own figure the size that a panel of these inches and its texts need.

        Where the user asks for a size the panel is stretched to suit it, or ``pressed`` as far as that.
        """
        left, bottom, right, top = self.edges
        sheet = self.look.sheet
        if sheet is not None:
            self._flow(sheet.across)
            above = top + 2 * _GAP + height([self.subtitle]) + height([self.title])
            below = bottom + (_GAP + height([self.foot]) if self.notes else 0.0)
            around = (left + right + 2 * MARGIN, above + below + 2 * MARGIN)
            across, down = stretch(sheet, Room(around, (across, down)), pressed)
        total = max(left + across + right, narrowest)
        self._flow(total)
        total = max(total, line_width([self.title, self.subtitle, self.foot]))
        below = self._attach(-left, across)
        above = top + _GAP + height([self.subtitle]) + _GAP + height([self.title])
        figure.set_size_inches(total + 2 * MARGIN, above + down + below + 2 * MARGIN)
        place(self.ax, figure, MARGIN + left, MARGIN + above, across, down)

    def fit_given(self) -> None:
        """Break and shrink the texts on axes of the caller's, and the axes where nothing else lays them out."""
        for _ in range(_PASSES):
            across = float(self.ax.get_window_extent().width / self.ax.figure.dpi)
            texts = {self.title: TITLE, self.subtitle: SUBTITLE, self.foot: SMALL}
            for text, full in texts.items():
                text.set_fontsize(full)
            self._flow(across)
            for text, full in texts.items():
                text.set_fontsize(max(_SMALLEST, full * min(1.0, across / max(width([text]), 0.1))))
            self._attach(0.0, across)
            if not _laid_out(self.ax):
                _pull_in(self.ax)

    def fit(self, own: Own | None) -> None:
        """Fit the axes of the caller's, or our own figure with a panel of these inches."""
        if own is None:
            self.fit_given()
        else:
            self.fit_figure(*own)

    def fit_with_labels(
        self,
        own: Own | None,
        label: Callable[[], tuple[list[Annotation], list[str]]],
        unplaced: str,
    ) -> None:
        """Fit, and label the points; where labels find no room, a note tells how many, and all is fitted again."""
        self.fit(own)
        drawn, left = label()
        if not left:
            return
        for artist in drawn:
            artist.remove()
        self.noting(unplaced.format(len(left))).fit(own)
        label()

    def noting(self, note: str) -> Around:
        """Return the same with one note more."""
        return replace(self, notes=[*self.notes, [note]])

    def _flow(self, inches: float) -> None:
        """Break subtitle and notes to lines for this width."""
        self.subtitle.set_text(flowed(self.clauses, inches, SUBTITLE, self.letters.lang))
        self.foot.set_text("\n".join(flowed(group, inches, SMALL, self.letters.lang) for group in self.notes))

    def _attach(self, start: float, across: float) -> float:
        """Attach the texts to the panel, from this many inches beside its left edge; return the inches below it."""
        _, bottom, _, top = self.edges
        middle = top + _GAP + height([self.subtitle]) + _GAP
        self.subtitle.set_position((start * 72, (top + _GAP) * 72))
        self.title.set_x(start / across)
        raise_title(self.ax, middle * 72)
        self.foot.set_position((start * 72, -(bottom + _GAP) * 72))
        return bottom + (_GAP + height([self.foot]) if self.notes else 0.0)


def open_canvas(ax: Axes | None, across: float, down: float) -> tuple[Own | None, Axes]:
    """Return the axes to draw on and, where they are not the caller's, our own figure with a panel of these inches."""
    figure, canvas = new_axes(ax)
    if figure is None:
        return None, canvas
    figure.set_size_inches(across, down)
    canvas.set_position((0, 0, 1, 1))
    return Own(figure, across, down), canvas


def put_around(
    ax: Axes, label: str, clauses: Sequence[str], notes: Sequence[Sequence[str]], letters: Lettering, look: Look
) -> Around:
    """Write a title, a subtitle and notes around a panel that is drawn; a fit then gives them their places."""
    edges = _edges(ax)
    clauses = look.clauses(clauses, letters.lang)
    title, subtitle = head_axes(ax, look.label(label), clauses, letters)
    foot = ax.annotate(
        "",
        xy=(0, 0),
        xytext=(0, 0),
        xycoords="axes fraction",
        textcoords="offset points",
        va="top",
        linespacing=1.3,
        fontsize=SMALL,
        color=MUTED,
        **letters.style,
    )
    return Around(ax, title, subtitle, foot, clauses, notes, edges, letters, look)


def _edges(ax: Axes) -> tuple[float, float, float, float]:
    inner, outer = ax.get_window_extent(), ax.get_tightbbox()
    if outer is None:
        return 0.0, 0.0, 0.0, 0.0
    out = np.array([inner.x0 - outer.x0, inner.y0 - outer.y0, outer.x1 - inner.x1, outer.y1 - inner.y1])
    left, bottom, right, top = np.maximum(out / ax.figure.dpi, 0)
    return float(left), float(bottom), float(right), float(top)


def _laid_out(ax: Axes) -> bool:
    """Let the layout engine of the caller's figure move the axes; return whether there is one."""
    figure = ax.figure.figure
    if figure.get_layout_engine() is None:
        return False
    figure.draw_without_rendering()
    return True


def _pull_in(ax: Axes) -> None:
    """Move the edges of axes in by as much as their texts leave the figure."""
    outer, page = ax.get_tightbbox(), ax.figure.bbox
    if outer is None:
        return
    left, bottom = max(0.0, page.x0 + _RIM - outer.x0), max(0.0, page.y0 + _RIM - outer.y0)
    right, top = max(0.0, outer.x1 - page.x1 + _RIM), max(0.0, outer.y1 - page.y1 + _RIM)
    wide, tall = page.size
    x, y, across, down = ax.get_position().bounds
    ax.set_position(
        (
            x + left / wide,
            y + bottom / tall,
            max(across - (left + right) / wide, across * _SMALLEST_PART),
            max(down - (bottom + top) / tall, down * _SMALLEST_PART),
        )
    )
