"""Titles set by hand take the place and the font of our own: above the subtitle, inside the figure, in Chinese too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.text import Text

_Slot = Literal["left", "center", "right"]

_EDGE = 0.05
"""Inches that a title stays away from the edge of its figure."""
_BY_HAND = (0.5, 0.98)
"""Where matplotlib puts the title of a figure that is set without a place."""


class Keeper(Artist):
    """Draws nothing, but sees to a title before it is drawn.

    Parameters
    ----------
    title
        Our title.
    families
        Fonts that have Chinese characters.
    """

    def __init__(self, title: Text, families: Sequence[str]) -> None:
        super().__init__()
        self.set(zorder=-100, in_layout=False)
        self.title, self.families = title, list(families)
        self.tall = 0.0

    def draw(self, renderer: RendererBase) -> None:
        """Put a title that was set by hand into the place of our own."""

    def scaled(self, scale: float) -> None:
        """Keep the place of the title in a figure that has become larger."""

    def _letter(self, title: Text) -> None:
        """Give a title set by hand letters that exist, as large as there is room for."""
        if title.get_fontfamily() == Text().get_fontfamily():
            title.set_fontfamily(self.families)
        title.set_parse_math(False)
        figure = title.figure
        # Twice, because letters of another size are not narrower by the same factor.
        for _ in range(2):
            box, inch = title.get_window_extent(), figure.dpi
            room = figure.bbox.x1 - _EDGE * inch - box.x0
            shares = [room / box.width if box.width else 1.0, self.tall * inch / box.height if box.height else 1.0]
            title.set_fontsize(float(title.get_fontsize()) * min(1.0, *shares))


class AxesKeeper(Keeper):
    """Keeps the title of axes, this many points over them."""

    def __init__(self, title: Text, families: Sequence[str], points: float) -> None:
        super().__init__(title, families)
        self.points = points

    def put(self, **look: Any) -> None:
        """Put the title into its place."""
        ax = self.axes
        assert isinstance(ax, Axes)  # noqa: S101 - it was added to axes
        self._put(ax, self.title, "left", **look)
        self.tall = self.title.get_window_extent().height / ax.figure.dpi

    def _put(self, ax: Axes, title: Text, slot: _Slot, **look: Any) -> None:
        kept = {name: getattr(title, f"get_{name}")() for name in ("fontsize", "color", "fontweight")}
        look = {**kept, "ha": "left", "x": self.title.get_position()[0], **look}
        ax.set_title(title.get_text(), loc=slot, y=1.0, pad=self.points, **look)

    def draw(self, renderer: RendererBase) -> None:
        """Put a title that was set by hand into the place of our own."""
        ax = self.axes
        if not isinstance(ax, Axes) or not (ax.get_title() or self._is_moved(ax)):
            return
        slot: _Slot = "center" if ax.get_title() else "left"
        title = ax.title if slot == "center" else self.title
        if slot == "center":
            ax.set_title("", loc="left")
        self._put(ax, title, slot)
        self._letter(title)

    def _is_moved(self, ax: Axes) -> bool:
        above = self.title.get_transform().transform((0.0, 1.0))[1] - ax.transAxes.transform((0.0, 1.0))[1]
        return abs(float(above) * 72 / ax.figure.dpi - self.points) > 0.5

    def scaled(self, scale: float) -> None:
        """Keep the place of the title in a figure that has become larger."""
        self.points *= scale
        self.put()


class FigureKeeper(Keeper):
    """Keeps the title of a figure in its corner."""

    def keep(self) -> None:
        """Take the place where the title stands now for its own."""
        self.place = self.title.get_position()
        self.tall = self.title.get_window_extent().height / self.title.figure.dpi

    def draw(self, renderer: RendererBase) -> None:
        """Put a title that was set by hand into the place of our own."""
        if self.title.get_position() == _BY_HAND:
            self.title.set(position=self.place, ha="left", va="top")
            self._letter(self.title)

    def scaled(self, scale: float) -> None:
        """Keep the place of the title in a figure that has become larger."""
        self.keep()
