"""The size that a picture shall have: layouts that suit it, and all that is drawn made smaller or larger to fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import Collection
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Annotation, Text

from ...arguments import is_number
from ...errors import must_be, quoted
from .keeping import Keeper

Named = Literal["slide", "page"]
Size = Named | tuple[float, float]
"""The size of a picture in inches, or that of a slide or a page."""
Canvas = Figure | SubFigure
"""What a picture of several panels is drawn on."""

_SIZES: dict[Named, tuple[float, float]] = {"slide": (13.333, 7.5), "page": (8.27, 11.69)}
_LEAST, _MOST = 1.0, 200.0
_LARGER, _GAP, _EDGE = 1.4, 9.0, 2.0
"""How much larger than usual letters may become; points between two texts in a line, pixels at the edge."""
PRESSED, _STRETCHED = (0.75, 0.62), (2.4, 1.75)
"""How much narrower and lower, or wider and higher than usual a panel may become."""


class Sheet(NamedTuple):
    """What a picture must fit on, in inches."""

    across: float
    down: float


def sheet_of(size: object) -> Sheet | None:
    """Return the size that a user asks for.

    Raises
    ------
    ParameterError
        It is none.
    """
    if size is None:
        return None
    if isinstance(size, str) and size in _SIZES:
        return Sheet(*_SIZES[size])
    if isinstance(size, tuple | list) and len(size) == 2 and all(is_number(edge) for edge in size):
        sheet = Sheet(*(float(edge) for edge in size))
        if all(_LEAST <= edge <= _MOST for edge in sheet):
            return sheet
    raise must_be("size", f'"slide", "page" or (width, height) from {_LEAST:g} to {_MOST:g} inches', quoted(size))


def inches_of(figure: Canvas) -> Sheet:
    """Return the size of a figure or a part of one."""
    return Sheet(figure.bbox.width / figure.dpi, figure.bbox.height / figure.dpi)


def root_of(figure: Canvas) -> Figure:
    """Return the whole figure that a canvas is, or is a part of."""
    return figure if isinstance(figure, Figure) else figure.figure


def resize(figure: Canvas, across: float, down: float) -> None:
    """Give a figure a size; a part of one gets it with the whole."""
    old, root = inches_of(figure), figure.figure
    wide, tall = root.get_size_inches()
    root.set_size_inches(wide * across / old.across, tall * down / old.down)


class Room(NamedTuple):
    """Inches that a layout needs: those that are fixed, and those of its panels, which may be stretched."""

    fixed: tuple[float, float]
    panels: tuple[float, float]


def factor(sheet: Sheet, room: Room, pressed: tuple[float, float] = PRESSED) -> float:
    """Return how large letters can be on a sheet, in parts of the usual size."""
    pairs = zip(sheet, room.fixed, room.panels, pressed, strict=True)
    return min(_LARGER, *(edge / (fixed + panels * least) for edge, fixed, panels, least in pairs))


def stretch(sheet: Sheet | None, room: Room, pressed: tuple[float, float] = PRESSED) -> tuple[float, float]:
    """Return the inches of the panels that make the layout as wide and as high as the sheet, before it is scaled."""
    if sheet is None:
        return room.panels
    scale = factor(sheet, room, pressed)
    across, down = (
        min(max(edge / scale - fixed, panels * least), panels * most)
        for edge, fixed, panels, least, most in zip(sheet, room.fixed, room.panels, pressed, _STRETCHED, strict=True)
    )
    return across, down


class Fitted(NamedTuple):
    """What became of the places on a figure: how much larger all is, and which part of the sheet it takes."""

    scale: float
    across: float
    down: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where a place of the figure is on the sheet: in the middle across, and at its top."""
        return (1 - self.across) / 2 + x * self.across, 1 - (1 - y) * self.down


def finish(figure: Canvas, sheet: Sheet | None, heads: Iterable[Sequence[Text]] = ()) -> Fitted:
    """Make all that is drawn fit on a sheet; ``heads`` are texts that stand behind each other in a line."""
    if sheet is None:
        return Fitted(1.0, 1.0, 1.0)
    old = inches_of(figure)
    scale = min(sheet.across / old.across, sheet.down / old.down)
    fitted = Fitted(scale, old.across * scale / sheet.across, old.down * scale / sheet.down)
    places = [ax.get_position().bounds for ax in figure.axes]
    texts = [(text, fitted.at(*text.get_position())) for text in figure.texts]
    _scale(figure, scale)
    resize(figure, *sheet)
    for ax, (x, y, wide, tall) in zip(figure.axes, places, strict=True):
        ax.set_position((*fitted.at(x, y), wide * fitted.across, tall * fitted.down))
    for text, place in texts:
        text.set_position(place)
    for keeper in figure.findobj(Keeper):
        keeper.scaled(scale)
    # Letters of another size are not wider by the same factor, because their edges keep to pixels.
    for head in heads:
        _line_up(head, scale)
    for text, _ in texts:
        _keep_in(figure, text)
    return fitted


def _line_up(head: Sequence[Text], scale: float) -> None:
    """Put each text behind the ones before it."""
    inch, start = head[0].figure.dpi, 0.0
    for text in head:
        if isinstance(text, Annotation):
            text.xyann = (start * 72, text.xyann[1])
        start += text.get_window_extent().width / inch + _GAP * scale / 72


def _keep_in(figure: Canvas, text: Text) -> None:
    """Make a text smaller that leaves its figure."""
    box, end = text.get_window_extent(), figure.bbox.x1 - _EDGE
    if box.x1 > end and box.width:
        text.set_fontsize(float(text.get_fontsize()) * (end - box.x0) / box.width * 0.99)


def _scale(figure: Canvas, scale: float) -> None:
    ticks = {label for ax in figure.axes for label in _tick_labels(ax)}
    for kind, change in _CHANGES:
        for artist in figure.findobj(kind):
            if artist not in ticks:
                change(artist, scale)
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            axis.labelpad *= scale
            if found := axis.get_major_ticks():
                _scale_ticks(axis, found[0], scale)


def _scale_ticks(axis: Axis, tick: Any, scale: float) -> None:
    label = tick.label1 if tick.label1.get_visible() else tick.label2
    axis.set_tick_params(labelsize=label.get_fontsize() * scale, pad=tick.get_pad() * scale)


def _tick_labels(ax: Axes) -> Sequence[Text]:
    return [
        label
        for axis in (ax.xaxis, ax.yaxis)
        for tick in axis.get_major_ticks()
        for label in (tick.label1, tick.label2)
    ]


def _scale_text(text: Text, scale: float) -> None:
    text.set_fontsize(float(text.get_fontsize()) * scale)


def _scale_note(note: Annotation, scale: float) -> None:
    if note.anncoords == "offset points":
        x, y = note.xyann
        note.xyann = (x * scale, y * scale)


def _scale_line(line: Line2D, scale: float) -> None:
    line.set(linewidth=line.get_linewidth() * scale, markersize=line.get_markersize() * scale)
    line.set_markeredgewidth(line.get_markeredgewidth() * scale)


def _scale_rim(patch: Patch, scale: float) -> None:
    patch.set_linewidth(patch.get_linewidth() * scale)


def _scale_rims(collection: Collection, scale: float) -> None:
    collection.set_linewidth([width * scale for width in np.atleast_1d(collection.get_linewidth()).tolist()])


_CHANGES: Sequence[tuple[type[Any], Callable[[Any, float], None]]] = (
    (Text, _scale_text),
    (Annotation, _scale_note),
    (Line2D, _scale_line),
    (Patch, _scale_rim),
    (Collection, _scale_rims),
)
