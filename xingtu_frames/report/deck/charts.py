"""The plots of a deck: drawn at the size of their place, without the titles that stand on the slide as text."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from ...arguments import Language
from ...board.metrics import Band
from ...plot.followers import plot_followers
from ...plot.index import plot_index
from ...plot.link_funnel import plot_link_funnel
from ...plot.price_value import plot_price_value
from ...plot.videos import plot_videos
from .page import Box, Picture

_DPI = 200
_JOINTS = {True: "；", False: "; "}
_RIM = 0.02
_LARGEST = 1.25
"""Letters beyond those around them look like another document's."""
_OWN: Mapping[str, tuple[Callable[..., Figure], str]] = {
    "show_items": (plot_videos, "plays"),
    "daily_fans": (plot_followers, "followers"),
    "link_index": (plot_index, "value"),
    "link_struct": (plot_link_funnel, "users"),
}
"""Table -> how one creator's rows are drawn, and the column that must hold a value; the likeliest first."""


class Chart(NamedTuple):
    """A plot: its title, what its subtitle and notes say, and the PNG file with its inches."""

    title: str
    about: str
    notes: str
    png: bytes
    across: float
    down: float

    def picture(self, box: Box) -> Picture:
        """Return it as large as its box allows, at the upper left."""
        scale = min(box.across / self.across, box.down / self.down, _LARGEST)
        placed = Box(box.left, box.top, self.across * scale, self.down * scale)
        return Picture(placed, self.png, " · ".join(filter(None, (self.title, self.about.replace("\n", " ")))))


def price_value(board: pd.DataFrame, band: Band, lang: Language, room: Box, page: int) -> Chart:
    """Draw prices against plays as large as a box, of many creators one page."""
    figure = plt.figure(figsize=(room.across, room.down), layout="none", facecolor="white")
    ax = plot_price_value(board, band=band, lang=lang, page=page, ax=figure.add_axes((0.1, 0.1, 0.88, 0.88)))
    around = [text for text in ax.texts if isinstance(text, Annotation) and text.xycoords == "axes fraction"]
    above, below = ([text for text in around if text.xy[1] == edge] for edge in (1, 0))
    about, notes = (_on_one_line([text.get_text() for text in texts]) for texts in (above, below))
    title = ax.get_title(loc="left")
    ax.set_title("", loc="left")
    for text in around:
        text.set_visible(False)
    # The room of the heading goes to the plot.
    ax.set_position((0.1, 0.12, 0.84, 0.82))
    return Chart(title, about, notes, *_png(figure))


def of_creator(frames: Mapping[str, pd.DataFrame], kol_id: str, name: str, lang: Language) -> Chart | None:
    """Draw the first that there is of one creator; None where there is nothing to draw."""
    for table, (plot, needed) in _OWN.items():
        frame = frames.get(table)
        if frame is None:
            continue
        own = frame[(frame["kol_id"] == kol_id).fillna(value=False)]
        if len(own) and own[needed].notna().any():
            return of_figure(plot(own, names={kol_id: name}, lang=lang))
    return None


def of_figure(figure: Figure) -> Chart:
    """Return a figure as a plot of a deck, and close it."""
    title, *others = [text.get_text() for text in _heading(figure)]
    for text in _heading(figure):
        text.set_visible(False)
    return Chart(title, _on_one_line(others), "", *_png(figure))


def _on_one_line(texts: Sequence[str]) -> str:
    """Return what was broken to lines between its clauses as clauses again."""
    return _JOINTS[any(ord(char) > 0x2E7F for text in texts for char in text)].join(
        line for text in texts for line in text.splitlines()
    )


def _heading(figure: Figure) -> list[Any]:
    """Return the title and the subtitle of a figure."""
    title = figure._suptitle  # type: ignore[attr-defined]
    return [title, *(text for text in figure.texts if text is not title)]


def _png(figure: Figure) -> tuple[bytes, float, float]:
    png = io.BytesIO()
    # The name of the drawing library and its version would make the same picture another file.
    figure.savefig(png, format="png", dpi=_DPI, bbox_inches="tight", pad_inches=_RIM, metadata={"Software": None})
    plt.close(figure)
    data = png.getvalue()
    across, down = (int.from_bytes(data[start : start + 4], "big") / _DPI for start in (16, 20))
    return data, across, down
