"""Stacked bars of shares: each piece carries its label, and what is too narrow for one is named behind the bar."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from ...board.metrics import Floats
from ...wording.figures import percent
from .around import Around
from .font import Lettering
from .palette import ink_on
from .style import INK, LABEL, MUTED, PAPER, PLAIN, SMALL, bare, flowed, height, width

_BAR_ACROSS, _BEHIND_ACROSS, _LINE, _BAR = 7.0, 2.2, 0.46, 0.8
_PRESSED = (1.0, 0.9)
"""How much narrower and lower than usual the panel may become: what is written on the bars needs its room."""
_GIVEN_BAR, _SMALLEST, _PAD, _GAP = 0.74, 4.0, 0.08, 5.0


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar.

    Attributes
    ----------
    label
        What it stands for.
    share
        How long it is.
    colour
        Its fill; None leaves it empty with a dashed rim.
    """

    label: str
    share: float
    colour: str | None


@dataclass(frozen=True, slots=True)
class StackedBars:
    """Bars on their axes, and what is written on and behind them.

    Attributes
    ----------
    ax
        The axes.
    letters
        How the texts are written.
    bars
        The pieces of each bar from left to right.
    lines
        Where the bars stand, from 0 downwards, about 1 apart.
    bar_notes
        What is said behind each bar, whatever its pieces are.
    size
        The size of these texts.
    """

    ax: Axes
    letters: Lettering
    bars: Sequence[Sequence[Part]]
    lines: Floats
    bar_notes: Sequence[Sequence[str]]
    size: float

    @property
    def longest(self) -> float:
        """The end of the longest bar: 1, or more where pieces overlap."""
        return max(1.0, *(sum(part.share for part in parts) for parts in self.bars))

    def draw(self) -> None:
        """Draw the pieces."""
        bare(self.ax)
        for line, parts in zip(self.lines, self.bars, strict=True):
            for part, start in _spans(parts):
                look: dict[str, Any] = {"facecolor": part.colour, "edgecolor": PAPER, "linewidth": 1.5}
                if part.colour is None:
                    look = {"facecolor": PAPER, "edgecolor": PLAIN, "linestyle": (0, (3, 2)), "linewidth": 0.8}
                self.ax.add_patch(Rectangle((start, line - _BAR / 2), part.share, _BAR, **look))
        self.ax.set(xlim=(0, self.longest), ylim=(self.lines[-1] + 0.5, -0.5), xticks=[])

    def name(self, lines: Floats, names: Sequence[str], pad: float = _GAP) -> None:
        """Write names on the left of some bars, this many points before them."""
        self.ax.set_yticks(lines, names)
        self.ax.tick_params(axis="y", pad=pad)
        for tick in self.ax.get_yticklabels():
            tick.set(fontsize=self.size * LABEL / SMALL, color=INK, **self.letters.style)

    def beside(self, words: str, at: tuple[float, float], points: float = _GAP) -> Text:
        """Write a text before or behind a place, by the sign of the points between."""
        return self.ax.annotate(
            words,
            xy=at,
            xytext=(points, 0),
            textcoords="offset points",
            annotation_clip=False,
            ha="left" if points > 0 else "right",
            va="center",
            color=MUTED,
            fontsize=self.size,
            linespacing=1.1,
            **self.letters.style,
        )

    def fit_figure(self, figure: Figure, around: Around) -> None:
        """Give our own figure the size that bars and texts need."""
        per_share = _BAR_ACROSS / self.longest
        behind = self._write(per_share, _BEHIND_ACROSS)
        room = width(behind) + _GAP / 72 + 0.05 if behind else 0.0
        line = max(_LINE, height(behind) + 0.06)
        self.ax.set_xlim(0, (_BAR_ACROSS + room) / per_share)
        around.fit_figure(figure, _BAR_ACROSS + room, float(self.lines[-1] + 1) * line, pressed=_PRESSED)

    def fit_given(self, around: Around) -> None:
        """Keep bars and texts inside axes of the caller's, once these have their final place."""
        around.fit_given()
        inner, dpi = self.ax.get_window_extent(), self.ax.figure.dpi
        across, line = inner.width / dpi, inner.height / dpi / (self.lines[-1] + 1)
        self.ax.set_xlim(0, self.longest / _GIVEN_BAR)
        room = across * (1 - _GIVEN_BAR) - _GAP / 72
        for text in self._write(across * _GIVEN_BAR / self.longest, room):
            text.set_fontsize(self.size * min(1.0, room / width([text]), line / height([text])))

    def _write(self, per_share: float, room: float) -> list[Text]:
        """Write the labels that fit on their pieces, and the others in this many inches behind their bars.

        Returns the texts behind the bars; ``per_share`` is the inches of a share of 1.
        """
        texts = []
        for line, parts, bar_notes in zip(self.lines, self.bars, self.bar_notes, strict=True):
            narrow = [_said(part) for part, start in _spans(parts) if not self._fits(part, start, line, per_share)]
            if behind := [*bar_notes, *narrow]:
                end = sum(part.share for part in parts)
                texts.append(self.beside(flowed(behind, room, self.size, self.letters.lang), (end, line)))
        return texts

    def _fits(self, part: Part, start: float, line: float, per_share: float) -> bool:
        """Write the label of a piece on it, in one line or two; return whether it is wide enough."""
        text = self.ax.text(start + part.share / 2, line, "", ha="center", va="center", **self.letters.style)
        text.set(fontsize=self.size, linespacing=1.05, color=ink_on(part.colour) if part.colour else MUTED)
        for between in (" ", "\n"):
            text.set_text(_said(part, between))
            if width([text]) + _PAD <= part.share * per_share:
                return True
        text.remove()
        return False


def by_size(bars: Iterable[Iterable[tuple[str, float]]]) -> dict[str, int]:
    """Return the place of each name by its shares in all bars, the largest first."""
    sums: dict[str, float] = {}
    for name, share in itertools.chain.from_iterable(bars):
        sums[name] = sums.get(name, 0.0) + share
    return {name: place for place, name in enumerate(sorted(sums, key=lambda name: -sums[name]))}


def text_size(ax: Axes | None, lines: Floats) -> float:
    """Return a size of which two lines of text fit into a bar, be it on given axes or on ours."""
    if ax is None:
        return SMALL
    down = ax.get_window_extent().height / ax.figure.dpi / (lines[-1] + 1)
    return float(max(_SMALLEST, min(SMALL, down * _BAR * 72 / 2.4)))


def _said(part: Part, between: str = " ") -> str:
    return f"{part.label}{between}{percent(part.share)}"


def _spans(parts: Sequence[Part]) -> Iterator[tuple[Part, float]]:
    """Yield each piece with its start."""
    ends = np.cumsum([0.0, *(part.share for part in parts)])
    yield from zip(parts, ends[:-1].tolist(), strict=True)
