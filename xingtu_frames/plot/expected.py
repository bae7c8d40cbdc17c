"""What the provider expects of an order against what the videos reach: plays, and the CPM that a quote makes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Unpack

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ..arguments import Language, one_of
from ..board.metrics import BANDS, METRICS, QUOTES, Band
from ..errors import ParameterError
from ..tables.catalog import LABELS_ZH
from ..tables.schema import Array
from ..wording.figures import MISSING, numbers
from .drawing.dumbbells import Pairs, draw_pairs, note_column, scale_pairs
from .drawing.font import lettering
from .drawing.heading import head_figure, scope_of
from .drawing.look import look_of
from .drawing.options import OnFigure, with_options
from .drawing.panels import fit_panels, open_panels
from .drawing.sheet import finish, root_of
from .drawing.style import as_floats, creator_names, required

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
_ACROSS, _ROW, _SECOND = 3.0, 0.34, 0.66


@with_options
def plot_expected(
    board: pd.DataFrame, *, band: Band = "21-60s", lang: Language = "zh", **options: Unpack[OnFigure]
) -> Figure:
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
    board, _, look = look_of(options, "figure").arrange(board, _MAKER, by_row=True)
    quotes, plays, prices = _read(board, band)
    row_names = board["name"] if "name" in board.columns else board["kol_id"]
    letters = lettering(lang, [*row_names, *look.said])
    words = _WORDS[letters.lang]
    rows = creator_names(row_names, board["kol_id"], letters)
    figure, panels = open_panels([words["plays"], words["price"]], rows, letters, look.figure)
    of_plays, of_price = panels
    draw_pairs(of_plays, plays, "plays", [words["no_expected"]] * len(rows), look.colours)
    lacking = [words["no_quote" if np.isnan(quote) else "no_expected"] for quote in quotes]
    draw_pairs(of_price, prices, "CNY", lacking, look.colours)
    note_column(of_plays, words["median"], numbers(plays.lines, "plays", letters.lang))
    note_column(of_plays, words["times"], _times(plays), _SECOND)
    note_column(of_price, words["at_median"], numbers(prices.lines, "CNY", letters.lang))
    note_column(of_price, words["quote"], numbers(quotes, "CNY", letters.lang), _SECOND + 0.1)
    log = plays.log or prices.log
    clauses = [words["reading"], words["cpm"], *([words["log"]] if log else []), *scope_of(board, letters.lang)]
    label = LABELS_ZH[band] if letters.lang == "zh" else band
    heading = head_figure(figure, words["title"].format(label), clauses, letters, look)
    inches = fit_panels(figure, panels, None, heading, _ACROSS, len(rows) * _ROW)
    scale_pairs(of_plays, plays, inches, "")
    scale_pairs(of_price, prices, inches, "¥")
    finish(figure, look.sheet)
    return root_of(figure)


def _read(board: pd.DataFrame, band: Band) -> tuple[Array, Pairs, Pairs]:
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
    return quotes, Pairs(expected, median, over), Pairs(_cpm(quotes, expected), _cpm(quotes, median), over)


def _cpm(quotes: Array, plays: Array) -> Array:
    """Return yuan per 1,000 plays, NaN where there are none."""
    usable = plays > 0
    return np.where(usable, quotes / np.where(usable, plays, 1.0) * 1000, np.nan)


def _times(plays: Pairs) -> list[str]:
    """Write how many times the median the expectation is."""
    usable = plays.lines > 0
    ratios = np.where(usable, plays.dots / np.where(usable, plays.lines, 1.0), np.nan)
    return [f"×{ratio:,.2f}" if np.isfinite(ratio) else MISSING for ratio in ratios.tolist()]
