"""What all pictures share: colours, sizes, names, headings, figures and checks of the frame."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from ...arguments import Language
from ...board.metrics import METRICS, Floats, board_columns, brought_by
from ...errors import ParameterError, a_kind, must_be
from ...frame import conformed
from ...tables.catalog import TABLES
from ...tables.cost import DURATION_BANDS
from ...wording.figures import cells
from .font import Lettering
from .sheet import Canvas, inches_of

PAPER, INK, MUTED, GRID = "#FFFFFF", "#22262B", "#7D838C", "#E2E5E9"
HALO = [withStroke(linewidth=2.5, foreground=PAPER)]
"""Keeps the lines behind them off the letters."""
RANKS = LinearSegmentedColormap.from_list("ranks", ["#7FA7F5", "#F4F5F6", "#F6B873"])
"""Best to worst: blue and orange stay apart for every kind of colour blindness."""
AHEAD, BEHIND = "#5790FC", "#F89C20"
"""Better and worse than a benchmark, apart for every kind of colour blindness too."""
AHEAD_INK, BEHIND_INK = "#1D5FD0", "#A85A00"
"""The same for texts."""
CATEGORIES = ("#77AADD", "#EE8866", "#EEDD88", "#FFAABB", "#44BB99", "#BBCC33", "#99DDFF", "#AAAA00")
"""Fills for categories, the commonest first; light enough for dark text (Paul Tol's light scheme)."""
FURTHER = ("#C9A7E0", "#D9B48F", "#A6D96A", "#F4A6D7", "#8FB8B0", "#E0C341", "#B3B9F2", "#DB9C9C")
"""Fills for rarer ones."""
PLAIN, REST = "#C6CAD0", "#E9EBEE"
"""Fills of what has no name, and of the rest put together."""
STAGE_RAMP = ("#BDC9E1", "#74A9CF", "#2B8CBE", "#045A8D")
BANDS = dict(zip(DURATION_BANDS, ("#A6BDDB", "#3690C0", "#034E7B"), strict=True))

_DECLARED = {
    column.name: column
    for columns in (*(table.columns for table in TABLES.values()), board_columns(list(METRICS.values())))
    for column in columns
}
TITLE, SUBTITLE, LABEL, SMALL = 15.0, 9.5, 10.5, 9.0
_WIDER = 1.07
"""How much wider a line may be at another resolution."""
MARGIN = 0.16
"""Inches between a text and the edge of the figure."""


def required(frame: pd.DataFrame, columns: Collection[str], maker: str) -> pd.DataFrame:
    """Return a frame of dtypes to draw from, that has these columns and a row.

    Raises
    ------
    ParameterError
        It has not; the message names the function that makes such a frame.
    """
    if not isinstance(frame, pd.DataFrame):
        raise must_be("the frame", "a DataFrame", a_kind(frame), f"{maker} makes it")
    lacking = [column for column in columns if column not in frame.columns]
    if lacking:
        metrics = [METRICS[column] for column in lacking if column in METRICS] if "compare(" in maker else []
        advice = brought_by(metrics) if len(metrics) == len(lacking) else f"{maker} makes it"
        raise ParameterError(f"the frame lacks {', '.join(lacking)}; {advice}")
    if frame.empty:
        raise ParameterError("no rows to draw")
    drawn = conformed(frame, _DECLARED.values(), "the frame")
    if "kol_id" in columns and drawn["kol_id"].isna().all():
        raise ParameterError(f"no rows to draw: none has a kol_id; {maker} makes a frame whose rows do")
    # An index that is named like a column, or repeats itself, names no row.
    names_rows = drawn.index.is_unique and not set(drawn.index.names) & set(drawn.columns)
    return drawn if names_rows else drawn.reset_index(drop=True)


def as_floats(column: pd.Series[Any]) -> Floats:
    """Return the numbers as floats; missing and infinite ones are NaN."""
    values = pd.to_numeric(column).to_numpy(dtype="float64", na_value=np.nan)
    return np.where(np.isfinite(values), values, np.nan)


class Picture(Figure):
    """A figure that a notebook shows once, also where it is the value of the cell."""

    def _ipython_display_(self) -> None:
        # The inline backend shows every open figure when a cell ends: closed here, this one is not shown again.
        if "inline" in matplotlib.get_backend():
            plt.close(self)
        raise NotImplementedError  # to IPython: show it the usual way


def new_figure() -> Figure:
    """Open a figure of our own."""
    return plt.figure(FigureClass=Picture, facecolor=PAPER, layout="none")


def new_panels(panels: int, figure: Canvas | None) -> tuple[Canvas, list[Axes]]:
    """Put panels that share their rows on a figure, of our own where there is none; a layout then places them."""
    canvas: Canvas = new_figure() if figure is None else figure
    canvas.set_facecolor(PAPER)
    axes: list[Axes] = []
    for number in range(panels):
        first = axes[0] if axes else None
        axes.append(canvas.add_axes((0.0, 0.0, 1.0, 1.0), label=str(number), sharey=first))
    return canvas, axes


def new_axes(ax: Axes | None) -> tuple[Figure | None, Axes]:
    """Return the axes to draw on, and the figure where both are our own."""
    if ax is not None:
        return None, ax
    figure = new_figure()
    return figure, figure.add_subplot()


def bare(ax: Axes) -> None:
    """Take spines, grid and tick marks from axes, whatever style is in use."""
    ax.set_facecolor(PAPER)
    ax.grid(visible=False)
    ax.tick_params(which="both", length=0, labelcolor=INK)
    ax.spines[:].set_visible(False)


def end_with_room(ax: Axes, longest: float, notes: Iterable[Text], inches: float) -> None:
    """Start the axis at 0 and end it where the note of the longest bar still fits."""
    if not longest:
        ax.set_xticks([])
    ax.set_xlim(0, (longest or 1.0) * inches / (inches - width(notes) - 0.1))


def width(texts: Iterable[Text]) -> float:
    """Return the width of the widest text in inches."""
    return max((text.get_window_extent().width / text.figure.dpi for text in texts), default=0.0)


def line_width(texts: Iterable[Text]) -> float:
    """Return the width of the widest line in inches, at whatever resolution it is drawn: letters keep to pixels."""
    return width(texts) * _WIDER


def height(texts: Iterable[Text]) -> float:
    """Return the height of the tallest text in inches."""
    return max((text.get_window_extent().height / text.figure.dpi for text in texts), default=0.0)


def flowed(clauses: Sequence[str], inches: float, size: float, lang: Language) -> str:
    """Join clauses to lines that fit a width."""
    separator = "；" if lang == "zh" else "; "
    limit = inches * 72 / (size * 0.53)
    lines = [clauses[0]]
    for clause in clauses[1:]:
        longer = lines[-1] + separator + clause
        lines = [*lines[:-1], longer] if cells(longer) <= limit else [*lines, clause]
    return "\n".join(lines)


def place(ax: Axes, figure: Canvas, left: float, top: float, across: float, down: float) -> None:
    """Put axes at inches from the left and top edge of their figure."""
    wide, tall = inches_of(figure)
    ax.set_position((left / wide, 1 - (top + down) / tall, across / wide, down / tall))


def creator_names(names: Iterable[object], kol_ids: Iterable[object], letters: Lettering) -> list[str]:
    """Return what each creator is called in the picture."""
    return [letters.name(name, kol_id) for name, kol_id in zip(names, kol_ids, strict=True)]
