"""The six indexes of each creator against the market."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Unpack

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ..arguments import Language, Names, whole_number_or_none
from ..board.metrics import Floats
from ..tables.index import INDEXES
from ..wording.figures import fixed, percent, vocabulary_label
from .drawing.font import lettering
from .drawing.heading import head_figure
from .drawing.look import look_of
from .drawing.matrix import matrices
from .drawing.options import OnFigure, with_options
from .drawing.palette import Colours
from .drawing.panels import Panel, fit_panels, open_panels
from .drawing.sheet import finish, root_of
from .drawing.style import INK, MUTED, SMALL, creator_names

_MAKER = "xingtu_frames.fetch_link_index(ids)"
_TWICE = "two values for one index: choose the rows of one industry and fetch"
_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "title": "六项指数：达人与市场均值",
            "reading": "圆点为达人得分（满分100），竖线为市场均值：蓝高橙低",
            "rank": "右侧为排名百分位，越小越靠前",
            "all": "全行业",
            "industry": "行业：",
            "top": "前",
            "missing": "无数据",
            "unranked": "无排名",
        },
        "en": {
            "title": "Six indexes: creator and market average",
            "reading": "Dot: the creator's score of 100, upright line: market average, blue above it, orange below",
            "rank": "right: rank percentile, small is good",
            "all": "all industries",
            "industry": "industry: ",
            "top": "top ",
            "missing": "no data",
            "unranked": "unranked",
        },
    }
)
_ACROSS, _ROW, _ROOM = 2.7, 0.36, 0.5
_FULL, _NARROWEST_SCALE, _TICKS = 100.0, 20.0, range(0, 101, 20)


@with_options
def plot_index(
    frame: pd.DataFrame,
    *,
    names: Names | None = None,
    per_row: int | None = None,
    lang: Language = "zh",
    **options: Unpack[OnFigure],
) -> Figure:
    """Draw the six indexes as dumbbells: a panel for each creator, from the market average to the score.

    Creators stand in the order of the frame, all on one scale. The dot is the score and carries its value, the
    upright line is the market average; between them the distance is blue where the score is at least the average and
    orange where it is lower. On the right stands the share of creators in which the rank is. A missing score has a
    grey note and no dot, a missing average no line.

    Parameters
    ----------
    frame
        The frame of ``fetch_link_index``, of one industry.
    names
        What to call the creators: a mapping or a Series id -> name, a list in their order, or a frame with ``kol_id``
        and ``name``. Ids stand for those it lacks.
    per_row
        Panels side by side. None chooses by the number of creators.
    lang
        ``"zh"`` or ``"en"``, for labels and numbers.

    Returns
    -------
    Figure
        A figure of fitting size, one axes for each creator.

    Raises
    ------
    ParameterError
        The frame lacks a column, has no rows or has two values for one index, ``per_row`` is not a positive
        integer, or ``lang`` is not known.

    Warns
    -----
    UnmatchedNamesWarning
        There are names, and none is for one of the creators.
    MissingFontWarning
        No font has Chinese characters: English labels and ids are drawn. Once per process.

    Notes
    -----
    Costs no request. Whether the provider's market average is a mean or a median is unconfirmed.
    """
    frame, named, look = look_of(options, "figure").arrange(frame, _MAKER, names, "value")
    per_row = whole_number_or_none("per_row", per_row, 1)
    kol_ids, (scores, averages, ranks) = matrices(
        frame, {"index": INDEXES}, ["value", "market_avg", "rank_percent"], _MAKER, _TWICE
    )
    row_names = [named.get(kol_id) for kol_id in kol_ids]
    letters = lettering(lang, [*row_names, *look.said])
    words = _WORDS[letters.lang]
    labels = [vocabulary_label(index, letters.lang) for index in INDEXES]
    figure, panels = open_panels(creator_names(row_names, kol_ids, letters), labels, letters, look.figure)
    for panel, *values in zip(panels, scores, averages, ranks, strict=True):
        for row, (score, average, rank) in enumerate(zip(*values, strict=True)):
            _draw_dumbbell(panel, row, score, average, look.colours)
            panel.note(row, _rank(rank, words))
    clauses = [words["reading"], words["rank"], *_industry(frame, words)]
    heading = head_figure(figure, words["title"], clauses, letters, look)
    inches = fit_panels(figure, panels, per_row, heading, _ACROSS, len(INDEXES) * _ROW)
    _scale(panels, np.concatenate([scores, averages]), inches)
    finish(figure, look.sheet)
    return root_of(figure)


def _draw_dumbbell(panel: Panel, row: int, score: float, average: float, colours: Colours) -> None:
    ax = panel.ax
    ahead = not score < average
    if np.isfinite(average):
        ax.plot([average, average], [row - 0.24, row + 0.24], color=INK, linewidth=1.8, zorder=3)
    if np.isfinite(score):
        colour = MUTED if np.isnan(average) else colours.against(ahead=ahead)[0]
        ax.plot([score, average], [row, row], color=colour, alpha=0.55, linewidth=3.2, solid_capstyle="butt", zorder=2)
        ax.plot([score], [row], "o", color=colour, markersize=9, markeredgewidth=0, zorder=4)
    missing = np.isnan(score)
    ax.annotate(
        _WORDS[panel.letters.lang]["missing"] if missing else fixed(score, 1),
        xy=(score, row) if not missing else (average, row) if np.isfinite(average) else (0, row),
        xycoords="data" if np.isfinite([score, average]).any() else ("axes fraction", "data"),
        xytext=(8 if ahead else -8, 0),
        textcoords="offset points",
        annotation_clip=False,
        ha="left" if ahead else "right",
        va="center_baseline",
        color=MUTED if missing else INK,
        fontsize=SMALL - 1 if missing else SMALL,
        **panel.letters.style,
    )


def _rank(share: float, words: Mapping[str, str]) -> str:
    """Write the part of all creators in which the rank is; the provider rounds the first ranks of millions to 0."""
    return words["unranked"] if np.isnan(share) else words["top"] + percent(max(share, np.finfo(float).tiny))


def _industry(frame: pd.DataFrame, words: Mapping[str, str]) -> list[str]:
    said = list(frame["industry"].dropna().unique()) if "industry" in frame.columns else []
    if len(said) != 1:
        return []
    return [words["all"] if said[0] == "all" else words["industry"] + str(said[0])]


def _scale(panels: Sequence[Panel], values: Floats, inches: float) -> None:
    """Give all panels one axis that has room for a value on both sides."""
    lowest = min(np.min(values, initial=_FULL, where=np.isfinite(values)), _FULL - _NARROWEST_SCALE)
    highest = np.max(values, initial=_FULL, where=np.isfinite(values))
    room = _ROOM * (highest - lowest) / (inches - 2 * _ROOM)
    low, high = lowest - room, highest + room
    for panel in panels:
        panel.ax.set_xlim(low, high)
        panel.ax.set_xticks([tick for tick in _TICKS if low <= tick])
