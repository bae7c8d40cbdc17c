"""What the provider expects of an order against what the videos reach: plays, and the CPM that a quote makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import NullLocator

from ..arguments import Language, one_of
from ..board.metrics import BANDS, METRICS, QUOTES, Band
from ..errors import ParameterError
from ..tables.catalog import LABELS_ZH
from ..tables.schema import Array
from ..wording.figures import MISSING, compact, numbers
from .drawing.font import lettering
from .drawing.heading import head_figure, scope_of
from .drawing.panels import Panel, fit_panels, open_panels
from .drawing.scales import WIDE_SPREAD, scale_ticks, spread
from .drawing.style import (
    AHEAD,
    AHEAD_INK,
    BEHIND,
    BEHIND_INK,
    GRID,
    INK,
    MUTED,
    PAPER,
    SMALL,
    as_floats,
    creator_names,
    required,
)

_MAKER = 'xingtu_frames.compare(ids, metrics=["expected_plays", "play_median", ...])'
_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "title": "预期播放量与实际中位数（{}报价）",
            "reading": "圆点为平台预期，竖线为播放量中位数：蓝为预期不高于中位数，橙为预期更高",
            "cpm": "CPM＝报价÷播放量×1000，圆点按预期，竖线按中位数，越靠左越便宜",
            "log": "对数坐标",
            "plays": "播放量",
            "price": "CPM（元/千次播放）",
            "median": "中位数",
            "times": "预期倍数",
            "at_median": "按中位数",
            "quote": "报价",
            "no_expected": "无预期",
            "no_quote": "无报价",
        },
        "en": {
            "title": "Expected plays and actual median (quote {})",
            "reading": "Dot: the provider expects, upright line: median plays; blue where the median reaches it, "
            "orange where not",
            "cpm": "CPM = quote / plays x 1,000, dot by expectation, line by median, further left is cheaper",
            "log": "logarithmic",
            "plays": "Plays",
            "price": "CPM (yuan per 1,000 plays)",
            "median": "median",
            "times": "ratio",
            "at_median": "by median",
            "quote": "quote",
            "no_expected": "no data",
            "no_quote": "no quote",
        },
    }
)
_ACROSS, _ROW, _ROOM, _SECOND = 3.0, 0.34, 0.6, 0.66
_TICK = 0.62
"""Inches that a tick label takes."""
_HEADER = -1.0
_HALO = [withStroke(linewidth=2.5, foreground=PAPER)]
"""Keeps the guide of the row off the letters."""


@dataclass(frozen=True, slots=True)
class _Pairs:
    """What is expected and what is reached, creator by creator, NaN where unknown.

    Attributes
    ----------
    expected, reached
        The two ends of each dumbbell.
    over
        Whose expectation is above the median, in plays.
    """

    expected: Array
    reached: Array
    over: Array

    @property
    def amounts(self) -> Array:
        """Return all that is known."""
        both = np.concatenate([self.expected, self.reached])
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


def plot_expected(board: pd.DataFrame, *, band: Band = "21-60s", lang: Language = "zh") -> Figure:
    """Draw the plays that the provider expects of an order beside the median plays, and the CPM by both.

    Creators stand in the order of the board, one to a row. On the left the dot is the provider's expectation, the
    upright line the median of the videos: blue where the median reaches what is expected, orange where it does not.
    On the right the same two as yuan per 1,000 plays at the quote for the duration band. A scale is logarithmic where
    its amounts lie further apart than eightfold. What is missing has a grey note; a quote of 0 counts as none.

    Parameters
    ----------
    board
        The board of ``compare`` with ``kol_id``, ``expected_plays`` and the quote of the band, or any frame with a
        row for each creator that has them; ``play_median`` and ``name`` are used if it has them.
    band
        ``"1-20s"``, ``"21-60s"`` or ``"60s+"``.
    lang
        ``"zh"`` or ``"en"``, for labels and numbers.

    Returns
    -------
    Figure
        A figure of fitting size, two axes: plays and CPM.

    Raises
    ------
    ParameterError
        The board lacks a column or has no rows, or ``band`` or ``lang`` is not known.

    Warns
    -----
    MissingFontWarning
        No font has Chinese characters: English labels and ids are drawn. Once per process.

    Notes
    -----
    Costs no request. ``plot_price_value`` compares creators by quote and median; this picture says how much of the
    expectation that a quote is judged by their videos reach.
    """
    quotes, plays, prices = _read(board, band)
    row_names = board["name"] if "name" in board.columns else board["kol_id"]
    letters = lettering(lang, row_names)
    words = _WORDS[letters.lang]
    rows = creator_names(row_names, board["kol_id"], letters)
    figure, panels = open_panels([words["plays"], words["price"]], rows, 2, letters)
    of_plays, of_price = panels
    _draw(of_plays, plays, "plays", [words["no_expected"]] * len(rows))
    _draw(of_price, prices, "CNY", [words["no_quote" if np.isnan(quote) else "no_expected"] for quote in quotes])
    _note(of_plays, words["median"], numbers(plays.reached, "plays", letters.lang))
    _note(of_plays, words["times"], _times(plays), _SECOND)
    _note(of_price, words["at_median"], numbers(prices.reached, "CNY", letters.lang))
    _note(of_price, words["quote"], numbers(quotes, "CNY", letters.lang), _SECOND + 0.1)
    log = plays.log or prices.log
    clauses = [words["reading"], words["cpm"], *([words["log"]] if log else []), *scope_of(board, letters.lang)]
    label = LABELS_ZH[band] if letters.lang == "zh" else band
    heading = head_figure(figure, words["title"].format(label), clauses, letters)
    inches = fit_panels(figure, panels, 2, heading, _ACROSS, len(rows) * _ROW)
    _scale(of_plays, plays, inches, "")
    _scale(of_price, prices, inches, "¥")
    return figure


def _read(board: pd.DataFrame, band: Band) -> tuple[Array, _Pairs, _Pairs]:
    """Return the quotes, plays and CPM of the board."""
    band = one_of("band", band, BANDS)
    quote = QUOTES[band].name
    board = required(board, ["kol_id", "expected_plays", quote], _MAKER)
    if board["kol_id"].duplicated().any():
        raise ParameterError(f"a creator has two rows; {_MAKER} makes one of each")
    # A quote of 0 is none: it would be the best value of all.
    quotes = QUOTES[band].range.usable(as_floats(board[quote]))
    range_of = METRICS["play_median"].range
    expected = range_of.usable(as_floats(board["expected_plays"]))
    without = np.full(len(board), np.nan)
    median = range_of.usable(as_floats(board["play_median"])) if "play_median" in board.columns else without
    over = expected > median
    return quotes, _Pairs(expected, median, over), _Pairs(_cpm(quotes, expected), _cpm(quotes, median), over)


def _cpm(quotes: Array, plays: Array) -> Array:
    """Return yuan per 1,000 plays, NaN where there are none."""
    usable = plays > 0
    return np.where(usable, quotes / np.where(usable, plays, 1.0) * 1000, np.nan)


def _times(plays: _Pairs) -> list[str]:
    """Write how many times the median the expectation is."""
    usable = plays.reached > 0
    ratios = np.where(usable, plays.expected / np.where(usable, plays.reached, 1.0), np.nan)
    return [f"×{ratio:,.2f}" if np.isfinite(ratio) else MISSING for ratio in ratios.tolist()]


def _note(panel: Panel, header: str, texts: Sequence[str], indent: float = 0.0) -> None:
    """Write a column of notes on the right of a panel, under its header."""
    panel.note(_HEADER, header, indent=indent)
    for row, text in enumerate(texts):
        panel.note(row, text, MUTED if text == MISSING else INK, indent)


def _draw(panel: Panel, pairs: _Pairs, unit: str, lacking: Sequence[str]) -> None:
    """Draw a dumbbell on each row, its expectation beside the dot."""
    ax, log = panel.ax, pairs.log
    if log:
        ax.set_xscale("log")
        ax.xaxis.set_minor_locator(NullLocator())
    dots, lines = pairs.drawn(pairs.expected), pairs.drawn(pairs.reached)
    texts = numbers(pairs.expected, unit, panel.letters.lang)
    for row, (expected, reached) in enumerate(zip(pairs.expected, pairs.reached, strict=True)):
        ax.axhline(row, color=GRID, linewidth=0.6, zorder=0)
        colour, ink = (BEHIND, BEHIND_INK) if pairs.over[row] else (AHEAD, AHEAD_INK)
        if lines[row]:
            ax.plot([reached, reached], [row - 0.26, row + 0.26], color=INK, linewidth=1.8, zorder=3)
        if not dots[row]:
            _say(panel, row, lacking[row] if np.isnan(expected) else texts[row])
            continue
        if not lines[row]:
            colour, ink = MUTED, INK
        else:
            ax.plot([reached, expected], [row, row], color=colour, alpha=0.55, linewidth=3.2, zorder=2)
        ax.plot([expected], [row], "o", color=colour, markersize=9, markeredgewidth=0, zorder=4)
        _label(panel, texts[row], (expected, row), "right" if expected < reached else "left", ink)


def _label(panel: Panel, text: str, at: tuple[float, float], side: str, ink: str) -> None:
    """Write an expectation beside its dot, away from the line."""
    points = (8 if side == "left" else -8, 0)
    look = {
        "ha": side,
        "va": "center_baseline",
        "color": ink,
        "fontsize": SMALL,
        "path_effects": _HALO,
        **panel.letters.style,
    }
    panel.ax.annotate(text, xy=at, xytext=points, textcoords="offset points", annotation_clip=False, **look)


def _say(panel: Panel, row: int, text: str) -> None:
    """Say what is missing, in the room on the left of all dots."""
    look = {
        "va": "center_baseline",
        "color": MUTED,
        "fontsize": SMALL - 1,
        "path_effects": _HALO,
        **panel.letters.style,
    }
    at, coords = (0, row), ("axes fraction", "data")
    panel.ax.annotate(text, xy=at, xycoords=coords, xytext=(4, 0), textcoords="offset points", **look)


def _scale(panel: Panel, pairs: _Pairs, inches: float, sign: str) -> None:
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
