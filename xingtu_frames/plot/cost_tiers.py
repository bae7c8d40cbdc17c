"""Expected costs by duration band, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, Unpack, get_args

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.legend import Legend
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from ..arguments import Language, Names, some_of
from ..board.metrics import Floats
from ..tables.cost import COST_METRICS, DURATION_BANDS
from ..tables.schema import Words
from ..wording.figures import decimals_for, money, vocabulary_label
from .drawing.font import Lettering, lettering
from .drawing.heading import Heading, head_figure, name_axes, scope_of
from .drawing.look import Look, look_of
from .drawing.matrix import matrices
from .drawing.options import OnFigure, with_options
from .drawing.palette import Colours
from .drawing.sheet import Canvas, Room, finish, resize, root_of, stretch
from .drawing.style import (
    GRID,
    INK,
    LABEL,
    MARGIN,
    MUTED,
    SMALL,
    bare,
    creator_names,
    end_with_room,
    new_panels,
    place,
    width,
)

_MAKER = "xingtu_frames.fetch_cost_tiers(ids)"
_TWICE = "two costs for one bar: choose the rows of one window, video_type and fetch"
_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "title": "（按视频时长）",
            "joint": " / ",
            "missing": "无数据",
            "unit": "单位：元",
            "reading": "条形越短越便宜",
            "cpm": "（元/千次播放）",
            "cpe": "（元/次互动）",
            "sales_cpm": "（元）",
        },
        "en": {
            "title": " by video duration",
            "joint": " / ",
            "missing": "no data",
            "unit": "In yuan",
            "reading": "shorter is cheaper",
            "cpm": " (yuan per 1,000 plays)",
            "cpe": " (yuan per interaction)",
            "sales_cpm": " (yuan)",
        },
    }
)
Cost = Literal["cpm", "cpe", "sales_cpm"]
"""What is paid for."""
COSTS: Words[Cost] = Words({cost: COST_METRICS.zh[cost] for cost in get_args(Cost)})
_PANEL, _BETWEEN, _CREATOR = 4.6, 0.4, 0.62
_PANEL_TITLE, _FOOT = 0.36, 0.34
_BAR, _GROUP, _RAISED = 0.25, 0.79, 7.0
_PRESSED = (0.6, 0.95)
"""How much narrower and lower than usual a panel may become: three bars with their numbers need their height."""


@with_options
def plot_cost_tiers(
    frame: pd.DataFrame,
    *,
    names: Names | None = None,
    metrics: Iterable[Cost] | Cost = ("cpm", "cpe"),
    lang: Language = "zh",
    **options: Unpack[OnFigure],
) -> Figure:
    """Draw expected costs as bars: a panel for each metric, three duration bands for each creator.

    Creators stand in the order of the frame, the first on top. Every bar carries its value; a band without one has
    no bar but a grey note. Panels have their own scale.

    Parameters
    ----------
    frame
        The frame of ``fetch_cost_tiers``, of one window and video type.
    names
        What to call the creators: a mapping or a Series id -> name, a list in their order, or a frame with ``kol_id``
        and ``name``. Ids stand for those it lacks.
    metrics
        Some of ``cpm``, ``cpe``, ``sales_cpm``, in the order of the panels.
    lang
        ``"zh"`` or ``"en"``, for labels and numbers.

    Returns
    -------
    Figure
        A figure of fitting size, one axes for each metric.

    Raises
    ------
    ParameterError
        The frame lacks a column, has no rows or has two values for one bar, a metric does not exist, or ``lang`` is
        not known.

    Warns
    -----
    UnmatchedNamesWarning
        There are names, and none is for one of the creators.
    MissingFontWarning
        No font has Chinese characters: English labels and ids are drawn. Once per process.
    """
    chosen = some_of("metrics", metrics, COSTS)
    vocabularies = {"metric": COST_METRICS, "duration_band": DURATION_BANDS}
    frame, named, look = look_of(options, "figure").arrange(frame, _MAKER, names, "cost_cny", lower=True)
    kol_ids, (costs,) = matrices(frame, vocabularies, ["cost_cny"], _MAKER, _TWICE)
    row_names = [named.get(kol_id) for kol_id in kol_ids]
    letters = lettering(lang, [*row_names, *look.said])
    figure, axes = new_panels(len(chosen), look.figure)
    for ax, metric in zip(axes, chosen, strict=True):
        _draw_panel(ax, costs[:, COST_METRICS.index(metric)], metric, letters, look.colours)
    axes[0].set_yticks(range(len(kol_ids)), creator_names(row_names, kol_ids, letters))
    for label in axes[0].get_yticklabels():
        label.set(fontsize=LABEL, color=INK, **letters.style)
    heading = _head(figure, frame, chosen, letters, look)
    legend = _legend(figure, look.colours, letters)
    corner = _fit(figure, axes, heading, legend)
    fitted = finish(figure, look.sheet)
    # A legend keeps the size that it was made with.
    legend.remove()
    _legend(figure, look.colours, letters, fitted.at(*corner), fitted.scale)
    return root_of(figure)


def _draw_panel(ax: Axes, costs: Floats, metric: str, letters: Lettering, colours: Colours) -> None:
    bare(ax)
    ax.grid(axis="x", color=GRID, linewidth=0.8)
    ax.set_axisbelow(True)
    decimals = decimals_for(costs)
    for band, (colour, column) in enumerate(zip(colours.bands.values(), costs.T, strict=True)):
        rows = np.arange(len(column)) + (band - 1) * _GROUP / 3
        present = np.isfinite(column)
        ax.barh(rows[present], column[present], _BAR, color=colour)
        for row, cost in zip(rows, column, strict=True):
            _note(ax, row, cost, decimals, letters)
    label = vocabulary_label(metric, letters.lang) + _WORDS[letters.lang][metric]
    name_axes(ax, label, LABEL + 0.5, _RAISED, letters)
    ax.set_ylim(len(costs) - 0.5, -0.5)
    ax.xaxis.set_major_locator(MaxNLocator(9, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    ax.tick_params(axis="x", labelsize=SMALL, labelcolor=MUTED, labelfontfamily=list(letters.families))


def _note(ax: Axes, row: float, cost: float, decimals: int, letters: Lettering) -> None:
    present = bool(np.isfinite(cost))
    ax.annotate(
        money(cost, letters.lang, decimals) if present else _WORDS[letters.lang]["missing"],
        xy=(cost if present else 0, row),
        xytext=(3, 0),
        textcoords="offset points",
        va="center_baseline",
        color=INK if present else MUTED,
        fontsize=SMALL if present else SMALL - 1,
        **letters.style,
    )


def _head(figure: Canvas, frame: pd.DataFrame, metrics: Sequence[str], letters: Lettering, look: Look) -> Heading:
    words = _WORDS[letters.lang]
    label = words["joint"].join(vocabulary_label(metric, letters.lang) for metric in metrics) + words["title"]
    clauses = [words["unit"], words["reading"], *scope_of(frame, letters.lang)]
    return head_figure(figure, label, clauses, letters, look)


def _legend(
    figure: Canvas,
    colours: Colours,
    letters: Lettering,
    corner: tuple[float, float] = (1.0, 1.0),
    scale: float = 1.0,
) -> Legend:
    """Write what the colours stand for, with its top right corner at a place of the figure."""
    bands = [DURATION_BANDS.zh[band] if letters.lang == "zh" else band for band in colours.bands]
    return figure.legend(
        handles=[Patch(color=colour, label=band) for colour, band in zip(colours.bands.values(), bands, strict=True)],
        ncols=len(bands),
        frameon=False,
        loc="upper right",
        bbox_to_anchor=corner,
        borderaxespad=0,
        borderpad=0,
        prop=FontProperties(family=list(letters.families), size=LABEL * scale),
        labelcolor=INK,
    )


def _fit(figure: Canvas, axes: Sequence[Axes], heading: Heading, legend: Legend) -> tuple[float, float]:
    """Give the panels and what is around them the room they need; return the top right corner of the legend."""
    left = width(axes[0].get_yticklabels()) + MARGIN + 0.08
    between, rows = (len(axes) - 1) * _BETWEEN, len(axes[0].get_yticks()) * _CREATOR
    first_line = width([heading.title]) + legend.get_window_extent().width / figure.dpi + 2 * MARGIN + 0.4
    panels = max(len(axes) * _PANEL, first_line - left - MARGIN - between)
    if heading.sheet is not None:
        _, head = heading.settle(heading.sheet.across)
        fixed = (left + MARGIN + between, head + _PANEL_TITLE + _FOOT)
        panels, rows = stretch(heading.sheet, Room(fixed, (panels, rows)), _PRESSED)
    across, head = heading.settle(left + panels + MARGIN + between)
    panel = (across - left - MARGIN - between) / len(axes)
    down = head + _PANEL_TITLE + rows + _FOOT
    resize(figure, across, down)
    heading.place(figure)
    for column, ax in enumerate(axes):
        ax.tick_params(labelleft=column == 0)
        place(ax, figure, left + column * (panel + _BETWEEN), head + _PANEL_TITLE, panel, rows)
        longest = max((bar.get_width() for bar in ax.patches if isinstance(bar, Rectangle)), default=0.0)
        end_with_room(ax, longest, ax.texts, panel)
    return 1 - MARGIN / across, 1 - (MARGIN + 0.03) / down
