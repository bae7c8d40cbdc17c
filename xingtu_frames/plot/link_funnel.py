"""Connected users by stage, against the industry."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Unpack

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ..arguments import Language, Names, one_of, whole_number_or_none
from ..board.metrics import Floats
from ..tables.connection import STAGES
from ..wording.figures import MISSING, compact, percent, vocabulary_label
from .drawing.font import lettering
from .drawing.heading import head_figure
from .drawing.look import look_of
from .drawing.matrix import matrices
from .drawing.options import OnFigure, with_options
from .drawing.palette import Colours
from .drawing.panels import SCALES, Panel, Scale, fit_panels, open_panels
from .drawing.sheet import finish, root_of
from .drawing.style import INK, MUTED, creator_names

_MAKER = "xingtu_frames.fetch_link_struct(ids)"
_TWICE = "two values for one stage: choose the rows of one platform and fetch"
_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "title": "连接用户漏斗：达人与同行业中位数",
            "reading": "条形为近30天连接用户数，黑色竖线为同行业中位数",
            "multiple": "右侧为用户数、占比和中位数的倍数",
            "own": "各图刻度不同",
            "shared": "各图刻度相同",
            "total": "合计 ",
            "missing": "无数据",
            "no_median": "无中位数",
            "median_0": "中位数为0",
        },
        "en": {
            "title": "Connected users by stage: creator and industry median",
            "reading": "Bar: users connected in 30 days, upright line: median of the industry",
            "multiple": "right: users, share of all stages and multiple of the median",
            "own": "each panel has its own scale",
            "shared": "all panels have one scale",
            "total": "total ",
            "missing": "no data",
            "no_median": "no median",
            "median_0": "median is 0",
        },
    }
)
_ACROSS, _ROW, _BAR, _ROOM = 2.3, 0.4, 0.56, 1.04
_SHARE, _MULTIPLE = 0.66, 1.2
"""Inches by which notes are indented."""


@with_options
def plot_link_funnel(
    frame: pd.DataFrame,
    *,
    names: Names | None = None,
    scale: Scale = "own",
    per_row: int | None = None,
    lang: Language = "zh",
    **options: Unpack[OnFigure],
) -> Figure:
    """Draw connected users from aware to follow: a panel for each creator, a bar for each stage.

    Creators stand in the order of the frame. A bar is the number of users; the upright line is the median of the
    industry. On the right stand the number, its share of the creator's connected users and the multiple of the median.
    A stage without a number has a grey note and no bar, one without a median no line; a median of 0 is drawn and has
    no multiple.

    Parameters
    ----------
    frame
        The frame of ``fetch_link_struct``.
    names
        What to call the creators: a mapping or a Series id -> name, a list in their order, or a frame with ``kol_id``
        and ``name``. Ids stand for those it lacks.
    scale
        ``"own"`` fits each panel to its creator, so that small ones show their funnel too; ``"shared"`` makes the
        bars of all creators comparable.
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
        The frame lacks a column, has no rows or has two values for one stage, ``scale`` or ``lang`` is not known, or
        ``per_row`` is not a positive integer.

    Warns
    -----
    UnmatchedNamesWarning
        There are names, and none is for one of the creators.
    MissingFontWarning
        No font has Chinese characters: English labels and ids are drawn. Once per process.

    Notes
    -----
    Costs no request. The four stages add up to all connected users; each user counts in one stage.
    """
    scale = one_of("scale", scale, SCALES)
    per_row = whole_number_or_none("per_row", per_row, 1)
    frame, named, look = look_of(options, "figure").arrange(frame, _MAKER, names, "users")
    kol_ids, (users, medians, shares) = matrices(
        frame, {"stage": STAGES}, ["users", "industry_median_users", "share"], _MAKER, _TWICE
    )
    row_names = [named.get(kol_id) for kol_id in kol_ids]
    letters = lettering(lang, [*row_names, *look.said])
    words = _WORDS[letters.lang]
    stages = [vocabulary_label(stage, letters.lang) for stage in STAGES]
    figure, panels = open_panels(creator_names(row_names, kol_ids, letters), stages, letters, look.figure)
    for panel, count, median, share in zip(panels, users, medians, shares, strict=True):
        _draw_creator(panel, count, median, share, look.colours)
    clauses = [words["reading"], words["multiple"], *([words[scale]] if len(kol_ids) > 1 else [])]
    heading = head_figure(figure, words["title"], clauses, letters, look)
    fit_panels(figure, panels, per_row, heading, _ACROSS, len(STAGES) * _ROW)
    longest = np.nan_to_num(np.fmax(users, medians)).max(axis=1)
    for panel, own in zip(panels, longest, strict=True):
        _end(panel, float(longest.max() if scale == "shared" else own))
    finish(figure, look.sheet, [panel.head for panel in panels])
    return root_of(figure)


def _end(panel: Panel, longest: float) -> None:
    """Start the axis at 0 and end it behind the longest bar or line."""
    if not longest:
        panel.ax.set_xticks([])
    panel.ax.set_xlim(0, (longest or 1.0) * _ROOM)


def _draw_creator(panel: Panel, users: Floats, medians: Floats, shares: Floats, colours: Colours) -> None:
    """Fill a panel."""
    lang = panel.letters.lang
    panel.add_summary("" if np.isnan(users).any() else _WORDS[lang]["total"] + compact(users.sum(), lang))
    rows = np.arange(len(users))
    present, drawn = np.isfinite(users), np.isfinite(medians)
    panel.ax.barh(rows[present], users[present], _BAR, color=[colours.stages[row] for row in rows[present]], zorder=2)
    panel.ax.vlines(medians[drawn], rows[drawn] - 0.4, rows[drawn] + 0.4, color=INK, linewidth=1.8, zorder=3)
    panel.ax.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    panel.ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: compact(value, lang)))
    for row, count, median, share in zip(rows.tolist(), users, medians, shares, strict=True):
        _note(panel, row, count, median, share, colours)


def _note(panel: Panel, row: float, users: float, median: float, share: float, colours: Colours) -> None:
    """Write users, share and multiple at the end of the row: beside the line a number would be taken for the median."""
    words = _WORDS[panel.letters.lang]
    missing = bool(np.isnan(users))
    panel.note(row, words["missing"] if missing else compact(users, panel.letters.lang), MUTED if missing else INK)
    panel.note(row, MISSING if np.isnan(share) else percent(share), indent=_SHARE)
    if np.isnan(median) or median == 0:
        panel.note(row, words["no_median"] if np.isnan(median) else words["median_0"], indent=_MULTIPLE)
    elif missing:
        panel.note(row, MISSING, indent=_MULTIPLE)
    else:
        ink = colours.against(ahead=bool(users >= median))[1]
        panel.note(row, f"×{users / median:.2f}", ink, indent=_MULTIPLE)
