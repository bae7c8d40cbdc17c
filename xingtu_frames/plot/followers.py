"""Followers day by day, and by how many they change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Unpack

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from ..arguments import Language, Names, one_of, whole_number_or_none
from ..errors import ParameterError
from ..tables.schema import Array
from ..wording.figures import compact, percent
from .drawing.font import lettering
from .drawing.heading import absent_from, head_figure, name_absent
from .drawing.look import look_of
from .drawing.options import OnFigure, with_options
from .drawing.palette import Colours
from .drawing.panels import SCALES, Scale
from .drawing.scales import day_numbers
from .drawing.sheet import finish, root_of
from .drawing.style import (
    GRID,
    INK,
    MUTED,
    REST,
    SMALL,
    as_floats,
    creator_names,
    required,
)
from .drawing.timeline import Timeline, fit_timelines, moments, open_timelines

_MAKER = "xingtu_frames.fetch_daily_fans(ids)"
_NEEDED = ("kol_id", "date", "followers", "change")
_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "title": "粉丝数与每日涨粉",
            "reading": "线为粉丝数，虚线为期初，末端为期末粉丝数",
            "change": "条为每日涨粉：蓝增橙减，数字为变化最大的一天",
            "net": "名字后为期间净增和幅度",
            "own": "各图刻度不同、不从0开始",
            "shared": "各图刻度相同：高度为相对期初的变化幅度，涨粉条为其占期初的比例",
            "gap": "灰底为无数据的日子",
            "days": "{}至{}",
            "missing": "无数据",
            "gaps": "缺{}天",
        },
        "en": {
            "title": "Followers and daily change",
            "reading": "Line: followers, dotted: where they start, the number at the end: where they stand",
            "change": "bars: daily change, blue up, orange down, the number is the day of the largest",
            "net": "after the name: net change",
            "own": "each panel has its own scale, not from 0",
            "shared": "one scale for all panels: height is the change since the start, bars are parts of the start",
            "gap": "grey: days without data",
            "days": "{} to {}",
            "missing": "no data",
            "gaps": "{} days missing",
        },
    }
)
_ACROSS, _DOWNS, _ROOM = 3.0, (1.15, 0.62), 0.06
_TINY, _HUGE = 0.001, 10.0
"""Shares of the start that are written as less than a tenth of a percent, and as a multiple."""
_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True, slots=True)
class _Days:
    """One creator's numbers on every day of the frame's span, NaN where unknown.

    Attributes
    ----------
    places
        The days as numbers on their axis.
    followers, change
        The numbers.
    """

    places: Array
    followers: Array
    change: Array

    @property
    def known(self) -> Array:
        """Return the followers that are known, in order."""
        known: Array = self.followers[np.isfinite(self.followers)]
        return known

    @property
    def has_base(self) -> bool:
        """Whether changes can be measured by the followers at the start."""
        return len(self.known) > 0 and self.known[0] > 0

    @property
    def base(self) -> float:
        """What changes are measured by on a shared scale."""
        return float(self.known[0]) if self.has_base else 1.0

    @property
    def has_gaps(self) -> bool:
        """Whether a number of a day is missing."""
        return not np.isfinite([self.followers, self.change]).all()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not np.isfinite([self.followers, self.change]).any()


@with_options
def plot_followers(
    frame: pd.DataFrame,
    *,
    names: Names | None = None,
    scale: Scale = "own",
    per_row: int | None = None,
    lang: Language = "zh",
    **options: Unpack[OnFigure],
) -> Figure:
    """Draw followers as a line and their daily change as bars: a panel for each creator.

    Creators stand in the order of the frame, all over the same days. The dotted line is the number of followers on
    the first day known, the number at the end that of the last; behind the name stands the net change between them.
    Bars are the provider's change of each day, blue where followers came and orange where they went; the largest
    carries its number. Days without data are grey, and the line is broken there.

    Parameters
    ----------
    frame
        The frame of ``fetch_daily_fans``.
    names
        What to call the creators: a mapping or a Series id -> name, a list in their order, or a frame with ``kol_id``
        and ``name``. Ids stand for those it lacks. Creators that it has and the frame lacks are named in the
        subtitle, the first eight.
    scale
        ``"own"`` fits each panel to its creator; ``"shared"`` gives all panels one scale of change relative to the
        creator's first day, so that slopes are comparable.
    per_row
        Panels side by side. None chooses by the number of creators.
    lang
        ``"zh"`` or ``"en"``, for labels and numbers.

    Returns
    -------
    Figure
        A figure of fitting size, two axes for each creator: followers over daily change.

    Raises
    ------
    ParameterError
        The frame lacks a column, has no rows, has a date that is none or two rows for one day, ``scale`` or ``lang``
        is not known, or ``per_row`` is not a positive integer.

    Warns
    -----
    UnmatchedNamesWarning
        There are names, and none is for one of the creators.
    MissingFontWarning
        No font has Chinese characters: English labels and ids are drawn. Once per process.

    Notes
    -----
    Costs no request. The daily change is drawn as the provider gives it, never computed from followers.
    """
    scale = one_of("scale", scale, SCALES)
    per_row = whole_number_or_none("per_row", per_row, 1)
    frame, named, look = look_of(options, "figure").arrange(frame, _MAKER, names)
    creators, days = _by_creator(required(frame, _NEEDED, _MAKER))
    row_names = [named.get(kol_id) for kol_id in creators]
    letters = lettering(lang, [*row_names, *look.said, *absent_from(named, creators).values()])
    words = _WORDS[letters.lang]
    figure, panels = open_timelines(creator_names(row_names, creators, letters), len(_DOWNS), letters, look.figure)
    for panel, numbers in zip(panels, creators.values(), strict=True):
        _draw(panel, numbers, look.colours)
    clauses = [
        words["reading"],
        words["change"],
        words["net"],
        *([words[scale]] if len(creators) > 1 or scale == "own" else []),
        *([words["gap"]] if any(numbers.has_gaps for numbers in creators.values()) else []),
        words["days"].format(days[0], days[-1]),
        *name_absent(named, creators, letters),
    ]
    heading = head_figure(figure, words["title"], clauses, letters, look)
    inches = fit_timelines(figure, panels, per_row, heading, _ACROSS, _DOWNS)
    _scale(panels, list(creators.values()), shared=scale == "shared")
    for panel, numbers in zip(panels, creators.values(), strict=True):
        panel.span(float(numbers.places[0]), float(numbers.places[-1]), inches, _ROOM)
        _label_largest(panel, numbers, inches, look.colours)
    finish(figure, look.sheet, [panel.head for panel in panels])
    return root_of(figure)


def _by_creator(frame: pd.DataFrame) -> tuple[dict[str, _Days], Array]:
    """Return each creator's numbers by day, and the days."""
    dates = moments(frame["date"]).astype("datetime64[D]")
    if np.isnat(dates).any():
        raise ParameterError(f"date is missing in a row of the frame; {_MAKER} makes rows with dates")
    if pd.DataFrame({"kol_id": frame["kol_id"].to_numpy(), "date": dates}).duplicated().any():
        raise ParameterError("two rows for one day: choose the rows of one fetch")
    days = np.arange(dates.min(), dates.max() + _DAY)
    rows = (dates - days[0]) // _DAY
    numbers = {name: as_floats(frame[name]) for name in ("followers", "change")}
    found = {}
    for kol_id, places in frame.groupby("kol_id", sort=False).indices.items():
        arrays = []
        for values in numbers.values():
            array = np.full(len(days), np.nan)
            array[rows[places]] = values[places]
            arrays.append(array)
        found[str(kol_id)] = _Days(day_numbers(days), *arrays)
    return found, days


def _draw(panel: Timeline, days: _Days, colours: Colours) -> None:
    """Fill a panel, all but what depends on its size."""
    words, above, below = _WORDS[panel.letters.lang], *panel.axes
    if days.is_empty:
        panel.say_empty(words["missing"])
        return
    panel.add_summary(*_net(days.known, panel.letters.lang, colours))
    gaps = [int(np.isnan(values).sum()) for values in (days.followers, days.change)]
    panel.add_summary(words["gaps"].format(max(gaps)) if max(gaps) else "")
    _shade(above, days.places, np.isnan(days.followers))
    _shade(below, days.places, np.isnan(days.change))
    if len(days.known):
        above.axhline(days.known[0], color=MUTED, linewidth=0.9, linestyle=(0, (1, 2)), zorder=1)
        alone = len(days.known) == 1
        above.plot(days.places, days.followers, color=INK, linewidth=1.6, marker="o" if alone else "", zorder=3)
        _dot_alone(above, days)
        last = np.flatnonzero(np.isfinite(days.followers))[-1]
        above.plot([days.places[last]], [days.known[-1]], "o", color=INK, markersize=4.5, zorder=4)
        panel.note(above, compact(days.known[-1], panel.letters.lang), days.known[-1], INK)
    below.axhline(0, color=GRID, linewidth=0.9, zorder=1)
    for rows, colour in ((days.change > 0, colours.ahead), (days.change < 0, colours.behind)):
        below.vlines(days.places[rows], 0, days.change[rows], color=colour, zorder=2)


def _shade(ax: Axes, places: Array, rows: Array) -> None:
    """Lay grey behind the days that have no number."""
    if rows.any():
        spans = [(place - 0.5, 1.0) for place in places[rows].tolist()]
        ax.broken_barh(spans, (0, 1), transform=ax.get_xaxis_transform(), color=REST, linewidth=0, zorder=0)


def _dot_alone(ax: Axes, days: _Days) -> None:
    """Draw days between two gaps, which a line has not."""
    known = np.isfinite(days.followers)
    before, after = np.r_[False, known[:-1]], np.r_[known[1:], False]
    alone = known & ~before & ~after
    ax.plot(days.places[alone], days.followers[alone], "o", color=INK, markersize=2.5, zorder=3)


def _net(known: Array, lang: Language, colours: Colours) -> tuple[str, str]:
    """Write the net change from the first to the last day known, and its colour."""
    if len(known) < 2:
        return "", MUTED
    net = float(known[-1] - known[0])
    text = _signed(net, lang)
    if known[0] > 0 and net:
        share = abs(net) / known[0]
        sign = "" if share < _TINY else "+" if net > 0 else "-"
        text += f" (×{compact(known[-1] / known[0], lang)})" if share >= _HUGE else f" ({sign}{percent(share)})"
    return text, colours.against(ahead=net > 0)[1] if net else MUTED


def _signed(number: float, lang: Language) -> str:
    return ("+" if number > 0 else "") + compact(number, lang)


def _scale(panels: Sequence[Timeline], creators: Sequence[_Days], *, shared: bool) -> None:
    """Give the axes of amounts their ends, in parts of each creator's first followers where they are shared."""
    spans = np.array([_span(days) for days in creators])
    alike = [days.has_base for days in creators]
    if shared and any(alike):
        spans[alike] = spans[alike].min(axis=0) * (1, 0, 1, 0) + spans[alike].max(axis=0) * (0, 1, 0, 1)
    for panel, days, (low, high, down, up) in zip(panels, creators, spans, strict=True):
        above, below = panel.axes
        room = (high - low) * 0.1 or 0.01
        above.set_ylim(days.base * (1 + low - room), days.base * (1 + high + room))
        room = (up - down) * 0.45 or 0.01
        below.set_ylim(days.base * (down - room * (down < 0)), days.base * (up + room * (up > 0 or down == 0)))


def _span(days: _Days) -> tuple[float, float, float, float]:
    """Return how far followers lie below and above the first ones, and changes below and above 0, in parts."""
    moved = days.known / days.base - 1 if len(days.known) else np.zeros(1)
    change = days.change[np.isfinite(days.change)] / days.base
    return (
        float(moved.min()),
        float(moved.max()),
        float(np.min(change, initial=0.0)),
        float(np.max(change, initial=0.0)),
    )


def _label_largest(panel: Timeline, days: _Days, inches: float, colours: Colours) -> None:
    """Make the bars as wide as days are, and write the number of the largest one beyond its end."""
    below = panel.axes[1]
    low, high = below.get_xlim()
    for bars in below.findobj(LineCollection):
        bars.set_linewidth(max(0.7, 0.75 * 72 * inches / (high - low)))
    if not np.nan_to_num(days.change).any():
        return
    largest = int(np.nanargmax(np.abs(days.change)))
    change, place = float(days.change[largest]), float(days.places[largest])
    share = (place - low) / (high - low)
    side = "left" if share < 0.2 else "right" if share > 0.8 else "center"
    text = _signed(change, panel.letters.lang)
    up = change > 0
    _, ink = colours.against(ahead=up)
    look: dict[str, Any] = {"ha": side, "va": "bottom" if up else "top", "color": ink, "fontsize": SMALL - 1}
    panel.write(below, text, (place, change), (0, 1.5 if up else -1.5), **look)
