"""The board as a heat table: who is good at what, within the shortlist."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Unpack

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Colormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation, Text

from ..arguments import Language
from ..board.metrics import FEW_VIDEOS, READ_FIRST, Floats, Metric, chosen_metrics
from ..board.own import known_metrics, own_metrics, with_metrics
from ..errors import ParameterError
from ..wording.figures import MISSING, metric_label, numbers
from .drawing.font import Lettering, lettering
from .drawing.heading import head_axes, raise_title, scope_of
from .drawing.look import look_of
from .drawing.options import OnAxes, with_options
from .drawing.sheet import Room, Sheet, finish, stretch
from .drawing.style import (
    INK,
    LABEL,
    MARGIN,
    MUTED,
    PAPER,
    SUBTITLE,
    TITLE,
    as_floats,
    bare,
    creator_names,
    flowed,
    height,
    new_axes,
    place,
    required,
    width,
)

_MAKER = "xingtu_frames.compare(ids)"
_WORDS: Mapping[Language, tuple[str, tuple[str, ...], str]] = MappingProxyType(
    {
        "zh": (
            "候选达人评分表",
            (
                "颜色为名单内名次：蓝好橙差，无色不分好坏",
                "加粗为最佳",
                "↓ 越低越好",
                f"{MISSING} 为缺失",
            ),
            "按平均名次排序",
        ),
        "en": (
            "Creator shortlist scorecard",
            (
                "Colour: rank within the list, blue good, orange poor, none where neither is better",
                "bold: best",
                "↓ lower is better",
                f"{MISSING} missing",
            ),
            "sorted by mean rank",
        ),
    }
)
_FEW: Mapping[Language, str] = MappingProxyType(
    {"zh": f"* 作品不足{FEW_VIDEOS}个，数字依据不足", "en": f"* under {FEW_VIDEOS} videos: figures rest on little"}
)
_ROW, _CELL_PAD, _GAP_POINTS = 0.4, 0.24, 2.5
_NARROWEST, _NARROWEST_FIGURE, _SMALLEST = 0.8, 5.0, 4.0
_ENGLISH_HEADER = 12


@with_options
def plot_scorecard(
    board: pd.DataFrame,
    *,
    metrics: Iterable[str | Metric] | str | Metric | None = None,
    lang: Language = "zh",
    **options: Unpack[OnAxes],
) -> Axes:
    """Draw a board as a heat table: a row for each creator, a column for each metric.

    A cell shows the value; its colour is the creator's rank in the column, blue for the best, orange for the worst,
    ties alike. The best value is bold too. Metrics without a better direction stay without colour, as does a value
    that cannot be, such as a price of 0; a missing value is ``—`` on white. An arrow marks columns where lower is
    better. Rows are sorted by their mean rank, each rank counted from 0 (best) to 1 (worst) of the values present;
    creators without any come last.

    Parameters
    ----------
    board
        The board of ``compare``: ``kol_id``, one column for each metric, and ``name`` if there is one.
    metrics
        Names or Chinese labels of metrics, or metrics of your own as `metric` makes them, in the order of the columns.
        None draws a usual choice of those that the board has, and those of your own that it carries.
    lang
        ``"zh"`` or ``"en"``, for labels and numbers.

    Returns
    -------
    Axes
        The axes, with the creators as y tick labels and the metrics as x tick labels.

    Raises
    ------
    ParameterError
        The board lacks a column or has no rows, a metric does not exist, or ``lang`` is not known.

    Warns
    -----
    MissingFontWarning
        No font has Chinese characters: English labels and ids are drawn. Once per process.
    """
    look = look_of(options, "ax")
    whole = required(board, ["kol_id"], _MAKER).reset_index(drop=True)
    whole, columns = _columns(whole, metrics)
    values = np.column_stack([as_floats(whole[metric.name]) for metric in columns])
    ranks = np.column_stack([_ranks(cells, metric) for cells, metric in zip(values.T, columns, strict=True)])
    ranked = whole.iloc[_order(ranks)] if look.sort_by is None else whole
    board, _, look = look.arrange(ranked, _MAKER, by_row=True)
    order = board.index.to_numpy()
    row_names = board["name"] if "name" in board.columns else board["kol_id"]
    letters = lettering(lang, [*row_names, *look.said])
    few = _few(board)
    names = [
        f"{name} *" if thin else name
        for name, thin in zip(creator_names(row_names, board["kol_id"], letters), few, strict=True)
    ]
    label, reading, by_rank = _WORDS[letters.lang]
    said = [*reading, *([by_rank] if look.sort_by is None else []), *([_FEW[letters.lang]] if any(few) else [])]
    clauses = look.clauses(said, letters.lang)
    figure, canvas = new_axes(look.ax)
    bare(canvas)
    texts = _draw_cells(canvas, values[order], ranks[order], columns, letters, look.colours.ranks)
    _label(canvas, names, [_header(metric, letters.lang) for metric in columns], letters)
    label = look.label(" · ".join([label, *scope_of(board, letters.lang)]))
    heading = head_axes(canvas, label, clauses, letters)
    if figure is None:
        _fit_axes(canvas, texts, heading)
    else:
        _fit_figure(figure, canvas, texts, heading, clauses, letters.lang, look.sheet)
    return canvas


def _columns(
    board: pd.DataFrame, metrics: Iterable[str | Metric] | str | Metric | None
) -> tuple[pd.DataFrame, list[Metric]]:
    """Return the board with the metrics of the user's own, and the metrics to draw."""
    known = known_metrics(board)
    usual = [*READ_FIRST, *own_metrics(board)]
    asked = [name for name in usual if name in board.columns] if metrics is None else metrics
    chosen = chosen_metrics(asked, known)
    # What the board declares has its values there; what comes as an argument is computed.
    others = [metric for metric in chosen if not metric.table and known.get(metric.name) != metric]
    board = with_metrics(board, others) if others else board
    required(board, [metric.name for metric in chosen], _MAKER)
    if not chosen:
        raise ParameterError(f"no metric to draw: metrics is empty, or the board has none; {_MAKER} makes one")
    return board, chosen


def _ranks(values: Floats, metric: Metric) -> Floats:
    """Return 0 for the best to 1 for the worst; NaN where there is no value that can be, or no better direction."""
    if metric.direction is None:
        return np.full(len(values), np.nan)
    values = metric.range.usable(values)
    places = pd.Series(values).rank(ascending=metric.direction == "lower").to_numpy()
    others = np.isfinite(values).sum() - 1
    return (places - 1) / others if others > 0 else np.where(np.isfinite(values), 0.5, np.nan)


def _order(ranks: Floats) -> list[int]:
    means = pd.DataFrame(ranks).mean(axis="columns")
    return [int(row) for row in means.sort_values(kind="stable", na_position="last").index]


def _best(ranks: Floats) -> list[bool]:
    """Return where the best of a column stand; nowhere in a column whose values are all alike."""
    present = ranks[np.isfinite(ranks)]
    lowest, highest = np.min(present, initial=1.0), np.max(present, initial=0.0)
    return [bool(rank == lowest < highest) for rank in ranks]


def _draw_cells(
    ax: Axes,
    values: Floats,
    ranks: Floats,
    metrics: Sequence[Metric],
    letters: Lettering,
    colours: Colormap,
) -> list[Text]:
    texts = []
    for column, metric in enumerate(metrics):
        best = _best(ranks[:, column])
        for row, number in enumerate(numbers(values[:, column], metric.unit, letters.lang)):
            rank = ranks[row, column]
            fill = colours(rank) if np.isfinite(rank) else PAPER
            cell = Rectangle((column, row), 1, 1, facecolor=fill, edgecolor=PAPER, linewidth=_GAP_POINTS)
            ax.add_patch(cell)
            text = ax.text(column + 0.5, row + 0.5, number, ha="center", va="center_baseline", **letters.style)
            text.set(color=MUTED if number == MISSING else INK, fontsize=LABEL)
            if best[row]:
                _embolden(text, LABEL)
            texts.append(text)
    ax.set(xlim=(0, len(metrics)), ylim=(len(values), 0))
    return texts


def _embolden(text: Text, size: float) -> None:
    # The font of the zh extra has no bold face: an outline in the text's colour stands in for one.
    text.set_path_effects([withStroke(linewidth=0.05 * size, foreground=INK)])


def _header(metric: Metric, lang: Language) -> str:
    label, _, band = metric_label(metric, lang).removesuffix(")").partition("(")
    lines = textwrap.wrap(label, _ENGLISH_HEADER) if lang == "en" else [label]
    arrow = " ↓" if metric.direction == "lower" else ""
    return "\n".join(filter(None, [*lines[:-1], lines[-1] + arrow, band]))


def _label(ax: Axes, names: Sequence[str], headers: Sequence[str], letters: Lettering) -> None:
    ax.xaxis.tick_top()
    ax.tick_params(which="both", length=0)
    style = {"fontsize": LABEL, "color": INK, **letters.style}
    ax.set_xticks(np.arange(len(headers)) + 0.5, headers, va="baseline", linespacing=1.1, **style)
    ax.set_yticks(np.arange(len(names)) + 0.5, names, **style)
    ax.tick_params(axis="x", pad=7)


def _few(board: pd.DataFrame) -> list[bool]:
    """Return whether few videos carry the figures of each creator."""
    if "few_videos" not in board.columns:
        return [False] * len(board)
    return board["few_videos"].fillna(value=False).astype(bool).tolist()


def _fit_figure(
    figure: Figure,
    ax: Axes,
    texts: Sequence[Text],
    heading: tuple[Text, Annotation],
    clauses: Sequence[str],
    lang: Language,
    sheet: Sheet | None,
) -> None:
    """Give cells, labels and heading the room they need; title and subtitle start at the figure's edge."""
    title, subtitle = heading
    column = max(_NARROWEST, width([*texts, *ax.get_xticklabels()]) + _CELL_PAD)
    across, down = len(ax.get_xticks()) * column, len(ax.get_yticks()) * _ROW
    left = width(ax.get_yticklabels()) + MARGIN + 0.08
    foot = height(ax.get_xticklabels()) + 0.18
    if sheet is not None:
        subtitle.set_text(flowed(clauses, sheet.across - 2 * MARGIN, SUBTITLE, lang))
        above = foot + height([subtitle]) + height([title]) + 0.08
        across, down = stretch(sheet, Room((left + MARGIN, above + 2 * MARGIN), (across, down)))
    total = max(left + across + MARGIN, _NARROWEST_FIGURE)
    subtitle.set_text(flowed(clauses, total - 2 * MARGIN, SUBTITLE, lang))
    total = max(total, width([subtitle]) + 2 * MARGIN)
    middle = foot + height([subtitle]) + 0.08
    top = middle + height([title]) + MARGIN
    subtitle.set_position(((MARGIN - left) * 72, foot * 72))
    title.set_x((MARGIN - left) / across)
    raise_title(ax, middle * 72)
    figure.set_size_inches(total, top + down + MARGIN)
    place(ax, figure, left, top, across, down)
    finish(figure, sheet)


def _fit_axes(ax: Axes, texts: Sequence[Text], heading: tuple[Text, Annotation]) -> None:
    """Shrink the texts to the cells of given axes; the subtitle goes below, where such axes have room."""
    across, down = (edge / ax.figure.dpi for edge in ax.get_window_extent().size)
    labels = [*texts, *ax.get_xticklabels()]
    for_width = across / len(ax.get_xticks()) / (width(labels) + 0.08)
    for_height = down / len(ax.get_yticks()) / (height(texts) + 0.06)
    size = max(_SMALLEST, LABEL * min(1.0, for_width, for_height))
    for label in (*labels, *ax.get_yticklabels()):
        label.set_fontsize(size)
        if label.get_path_effects():
            _embolden(label, size)
    for text, full in zip(heading, (TITLE, SUBTITLE), strict=True):
        text.set_fontsize(full * max(0.6, min(1.0, across / width([text]))))
    _, subtitle = heading
    subtitle.set(va="top", y=-5)
    subtitle.xy = (0, 0)
    raise_title(ax, (height(ax.get_xticklabels()) + 0.12) * 72)
