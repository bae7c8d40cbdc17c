"""Dumbbells: on each row a dot and an upright line, the bar between them, notes on the right, gaps said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.ticker import NullLocator

from ...arguments import Language
from ...tables.schema import Array
from ...wording.figures import MISSING, compact, numbers
from .palette import Colours
from .panels import Panel
from .scales import WIDE_SPREAD, scale_ticks, spread
from .style import GRID, HALO, INK, MUTED, SMALL

_ROOM, _TICK = 0.6, 0.62
"""Inches beside the outermost dots, and those that a tick label takes."""
_HEADER = -1.0


@dataclass(frozen=True, slots=True)
class Pairs:
    """The two amounts of each row, NaN where unknown.

    Attributes
    ----------
    dots, lines
        What the dot and the upright line stand at.
    behind
        The rows in the colour of what is worse.
    """

    dots: Array
    lines: Array
    behind: Array

    @property
    def amounts(self) -> Array:
        """Return all that is known."""
        both = np.concatenate([self.dots, self.lines])
        known: Array = both[np.isfinite(both)]
        return known

    @property
    def log(self) -> bool:
        """Whether the amounts lie so far apart that they need a logarithmic scale."""
        return spread(self.amounts) > WIDE_SPREAD

    def drawn(self, values: Array) -> Array:
        """Return which values the scale has a place for."""
        drawn: Array = np.isfinite(values) & ((values > 0) | (not self.log))
        return drawn


def note_column(panel: Panel, header: str, texts: Sequence[str], indent: float = 0.0) -> None:
    """Write a column of notes on the right of a panel, under its header."""
    panel.note(_HEADER, header, indent=indent)
    for row, text in enumerate(texts):
        panel.note(row, text, MUTED if text == MISSING else INK, indent)


def draw_pairs(panel: Panel, pairs: Pairs, unit: str, lacking: Sequence[str], colours: Colours) -> None:
    """Draw a dumbbell on each row, the amount of its dot beside it, or say what is lacking."""
    ax, log = panel.ax, pairs.log
    if log:
        ax.set_xscale("log")
        ax.xaxis.set_minor_locator(NullLocator())
    has_dot, has_line = pairs.drawn(pairs.dots), pairs.drawn(pairs.lines)
    texts = numbers(pairs.dots, unit, panel.letters.lang)
    for row, (dot, line) in enumerate(zip(pairs.dots, pairs.lines, strict=True)):
        ax.axhline(row, color=GRID, linewidth=0.6, zorder=0)
        colour, ink = colours.against(ahead=not pairs.behind[row])
        if has_line[row]:
            ax.plot([line, line], [row - 0.26, row + 0.26], color=INK, linewidth=1.8, zorder=3)
        if not has_dot[row]:
            _say(panel, row, lacking[row] if np.isnan(dot) else texts[row])
            continue
        if not has_line[row]:
            colour, ink = MUTED, INK
        else:
            ax.plot([line, dot], [row, row], color=colour, alpha=0.55, linewidth=3.2, zorder=2)
        ax.plot([dot], [row], "o", color=colour, markersize=9, markeredgewidth=0, zorder=4)
        _label(panel, texts[row], (dot, row), "right" if dot < line else "left", ink)


def _label(panel: Panel, text: str, at: tuple[float, float], side: str, ink: str) -> None:
    """Write an amount beside its dot, away from the line."""
    points = (8 if side == "left" else -8, 0)
    look = {
        "ha": side,
        "va": "center_baseline",
        "color": ink,
        "fontsize": SMALL,
        "path_effects": HALO,
        **panel.letters.style,
    }
    panel.ax.annotate(text, xy=at, xytext=points, textcoords="offset points", annotation_clip=False, **look)


def _say(panel: Panel, row: int, text: str) -> None:
    """Say what is missing, in the room on the left of all dots."""
    look = {
        "va": "center_baseline",
        "color": MUTED,
        "fontsize": SMALL - 1,
        "path_effects": HALO,
        **panel.letters.style,
    }
    at, coords = (0, row), ("axes fraction", "data")
    panel.ax.annotate(text, xy=at, xycoords=coords, xytext=(4, 0), textcoords="offset points", **look)


def scale_pairs(panel: Panel, pairs: Pairs, inches: float, sign: str) -> None:
    """Give a panel an axis with room for a label on both sides."""
    ax, lang, log = panel.ax, panel.letters.lang, pairs.log
    amounts = pairs.amounts[pairs.amounts > 0] if log else pairs.amounts
    if not len(amounts):
        ax.set_xlim(0, 1)
        ax.set_xticks([])
        return
    ends = np.log10([amounts.min(), amounts.max()]) if log else np.array([0.0, amounts.max() or 1.0])
    room = (np.ptp(ends) or 0.3) * _ROOM / (inches - 2 * _ROOM)
    ends += np.array([-room, room])
    low, high = (10**ends if log else ends).tolist()
    ax.set_xlim(low, high)
    ticks = scale_ticks(low if log else 0.0, high, max(2, int(inches / _TICK)), log=log)
    ax.set_xticks(ticks, [sign + _amount(tick, lang) for tick in ticks])


def _amount(tick: float, lang: Language) -> str:
    return compact(tick, lang) if tick >= 1 else f"{tick:g}"
