"""What stands over a picture: title and subtitle, on a figure or on axes, and the words that come from the frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.text import Annotation, Text

from ...arguments import Language
from ...board.metrics import asked_of
from ...wording.figures import scope
from .font import Lettering
from .keeping import AxesKeeper, FigureKeeper
from .look import Look
from .sheet import Canvas, Sheet, inches_of
from .style import INK, MARGIN, MUTED, SUBTITLE, TITLE, flowed, height, line_width

_TITLE_LINE, _UNDER, _BELOW = 0.33, 0.08, 0.05
_MOST_NAMED = 8
_ABSENT: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {"absent": "所给数据中没有：", "more": "等共{}位", "joint": "、"},
        "en": {"absent": "Not in the data given: ", "more": "{} in all", "joint": ", "},
    }
)


@dataclass(frozen=True, slots=True)
class Heading:
    """The title and subtitle in the top left corner of a figure.

    Attributes
    ----------
    title, subtitle
        The texts.
    clauses
        What the subtitle says, to be broken to lines between them.
    lang
        Its language.
    sheet
        The size that the picture shall have, None for one that fits its content.
    keeper
        What keeps the place of the title.
    """

    title: Text
    subtitle: Text
    clauses: Sequence[str]
    lang: Language
    sheet: Sheet | None
    keeper: FigureKeeper

    @property
    def _line(self) -> float:
        """Inches from the top of the title to that of the subtitle."""
        return max(_TITLE_LINE, height([self.title]) + _UNDER) if self.title.get_text() else 0.0

    def settle(self, across: float) -> tuple[float, float]:
        """Break the subtitle for a figure this wide; return the inches needed across and from the top edge."""
        self.subtitle.set_text(flowed(self.clauses, across - 2 * MARGIN, SUBTITLE, self.lang))
        needed = max(across, line_width([self.title, self.subtitle]) + 2 * MARGIN)
        return needed, MARGIN + self._line + height([self.subtitle]) + _BELOW

    def place(self, figure: Canvas) -> None:
        """Put the texts in the corner of their figure, once it has its size."""
        across, down = inches_of(figure)
        self.title.set_position((MARGIN / across, 1 - MARGIN / down))
        self.subtitle.set_position((MARGIN / across, 1 - (MARGIN + self._line) / down))
        self.keeper.keep()


def head_figure(figure: Canvas, label: str, clauses: Sequence[str], letters: Lettering, look: Look) -> Heading:
    """Write a title and a subtitle on a figure; both are settled and placed later."""
    title = figure.suptitle(look.label(label), ha="left", va="top", fontsize=TITLE, color=INK, **letters.style)
    clauses = look.clauses(clauses, letters.lang)
    text = flowed(clauses, np.inf, SUBTITLE, letters.lang)
    subtitle = figure.text(0, 0, text, va="top", fontsize=SUBTITLE, color=MUTED, **letters.style)
    keeper = FigureKeeper(title, letters.families)
    figure.add_artist(keeper)
    return Heading(title, subtitle, clauses, letters.lang, look.sheet, keeper)


def head_axes(ax: Axes, label: str, clauses: Sequence[str], letters: Lettering) -> tuple[Text, Annotation]:
    """Write a title and a subtitle over axes, the subtitle at the offset of their top left corner."""
    title = name_axes(ax, label, TITLE, 0.0, letters)
    subtitle = ax.annotate(
        flowed(clauses, np.inf, SUBTITLE, letters.lang),
        xy=(0, 1),
        xytext=(0, 0),
        xycoords="axes fraction",
        textcoords="offset points",
        va="bottom",
        fontsize=SUBTITLE,
        color=MUTED,
        **letters.style,
    )
    return title, subtitle


def name_axes(ax: Axes, label: str, size: float, points: float, letters: Lettering) -> Text:
    """Write a title this many points over axes; one that is set by hand later gets its place."""
    title = ax.set_title(label, loc="left", y=1.0, pad=points, fontsize=size, color=INK, **letters.style)
    for keeper in ax.findobj(AxesKeeper):
        keeper.remove()
    ax.add_artist(AxesKeeper(title, letters.families, points))
    raise_title(ax, points)
    return title


def raise_title(ax: Axes, points: float) -> None:
    """Move the title of axes this far over their top edge."""
    for keeper in ax.findobj(AxesKeeper):
        keeper.points = points
        keeper.put()


def scope_of(frame: pd.DataFrame, lang: Language) -> list[str]:
    """Say which videos and days the frame is about, where it says so itself and they are of one kind."""
    asked = asked_of(frame)
    only = [asked[name] for name in ("video_type", "window") if asked.get(name) and "|" not in asked[name]]
    return scope(only[0], only[1], lang) if len(only) == 2 else []


def name_absent(named: Mapping[str, str], kol_ids: Iterable[str], letters: Lettering) -> list[str]:
    """Say which creators the caller names that are not among these, the first eight by name."""
    missed = absent_from(named, kol_ids)
    if not missed:
        return []
    words = _ABSENT[letters.lang]
    shown = [letters.name(name, kol_id) for kol_id, name in missed.items()][:_MOST_NAMED]
    more = [words["more"].format(len(missed))] if len(missed) > _MOST_NAMED else []
    return [words["absent"] + words["joint"].join([*shown, *more])]


def absent_from(named: Mapping[str, str], kol_ids: Iterable[str]) -> dict[str, str]:
    """Return the creators that the caller names and that are not among these."""
    known = set(kol_ids)
    return {kol_id: name for kol_id, name in named.items() if kol_id not in known}
