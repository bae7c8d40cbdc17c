"""What every picture takes besides its own parameters, declared once: types, texts of the docstrings, signatures."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from typing import TypedDict, TypeVar, get_type_hints

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from .palette import Palette
from .sheet import Size

Drawing = TypeVar("Drawing", bound=Callable[..., object])
SortBy = str | pd.DataFrame
"""A metric, ``"given"``, or a frame whose rows stand in the order."""

MOST_CREATORS = 40
"""As many as one picture has room for."""


def pages_of(creators: int) -> range:
    """Return the numbers of the pages that so many creators take, one at least."""
    return range(1, max(1, -(-creators // MOST_CREATORS)) + 1)


class Options(TypedDict, total=False):
    """What every picture takes."""

    title: str | None
    subtitle: str | None
    sort_by: SortBy | None
    top: int | None
    page: int | None
    palette: Palette | None
    size: Size | None


class OnAxes(Options, total=False):
    """What a picture of one panel takes."""

    ax: Axes | None


class OnFigure(Options, total=False):
    """What a picture of several panels takes."""

    figure: Figure | SubFigure | None


TEXTS = {
    "title": "What stands over the picture instead of its own title; an empty text takes that away.",
    "subtitle": "The same for what is said below the title.",
    "sort_by": "In which order creators stand: a metric, the best first; a frame with ``kol_id`` such as that of "
    '``score``, in the order of its rows; or ``"given"``, as in the frame. Those without a value come last.',
    "top": "How many creators to draw: the first in this order.",
    "page": f"Which {MOST_CREATORS} creators to draw where there are more: 1 has the first ones. Without it these are "
    "drawn, with a warning.",
    "palette": "Brand colours: a list, whose first colour leads and stands for what is better, the second for what is "
    'worse; or a mapping from ``"ahead"``, ``"behind"`` and categories to colours. The colour of a category depends '
    "on its name alone.",
    "size": 'Inches of the picture: ``"slide"`` (13.3 x 7.5), ``"page"`` (A4 upright) or ``(width, height)``. None '
    "fits the content.",
    "ax": "Axes to draw on, else a figure is opened. On given axes the texts shrink to the room there.",
    "figure": "A figure or subfigure without axes to draw on, else one is opened. All that is drawn shrinks to the "
    "room there.",
}
"""The texts of the docstrings."""
_WIDTH = 116


def with_options(draw: Drawing) -> Drawing:
    """Show the options of a picture in its signature and its docstring, behind its own parameters."""
    signature = inspect.signature(draw, eval_str=True)
    own = [one for one in signature.parameters.values() if one.kind is not inspect.Parameter.VAR_KEYWORD]
    kind = OnAxes if signature.return_annotation is Axes else OnFigure
    options = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
        for name, annotation in get_type_hints(kind).items()
    ]
    draw.__signature__ = signature.replace(parameters=[*own, *options])  # type: ignore[attr-defined]
    # Python 3.13 takes the indentation out of docstrings, older versions leave it in.
    before, returns, after = inspect.cleandoc(draw.__doc__ or "").partition("\nReturns\n")
    texts = "".join(f"{option.name}\n{_indented(TEXTS[option.name])}\n" for option in options)
    draw.__doc__ = f"{before.rstrip()}\n{texts}{returns}{after}" if returns else draw.__doc__
    return draw


def _indented(text: str) -> str:
    return textwrap.fill(text, _WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 4)
