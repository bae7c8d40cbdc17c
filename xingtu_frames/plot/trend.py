"""How a number moves: a line for each creator, from day to day or from one stored answer to the next."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Literal, Unpack, get_args

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from ..arguments import Language, Names, one_of
from ..board.metrics import METRICS, Floats, value_column
from ..board.own import own_columns
from ..errors import ParameterError, meant, must_be, no_such, quoted
from ..frame import conformed
from ..tables.catalog import OPTIONS, TABLES
from ..tables.inputs import CHINA
from ..tables.schema import CREATOR, ITEM, Array, Column
from ..wording.figures import decimals_for, english, metric_label, money, numbers, percent
from .drawing.around import open_canvas, put_around
from .drawing.ends import LINE, part_ends, write_ends
from .drawing.font import Lettering, lettering
from .drawing.heading import absent_from, name_absent
from .drawing.look import look_of
from .drawing.options import OnAxes, with_options
from .drawing.palette import Colours
from .drawing.scales import TICK, WIDE_SPREAD, day_numbers, day_ticks, scale_limits, scale_ticks, spread
from .drawing.sheet import finish
from .drawing.style import GRID, MUTED, SMALL, as_floats, bare, creator_names, required
from .drawing.timeline import moments

TrendScale = Literal["value", "change"]

_MAKER = "xingtu_frames.history(table)"
_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "title": "{}的变化",
            "ends": "线末为最后的数值，括号内为期间变化幅度",
            "date": "每天一个数值",
            "fetched_at": "每次取数一个数值",
            "gap": "断开处没有数据",
            "change": "高度为相对各自起点的变化幅度",
            "log": "对数坐标",
            "cut": "纵轴不从0开始",
            "days": "{}至{}",
            "absent": "未画（没有数值）：",
            "baseless": "未画（起点不大于0）：",
            "joint": "、",
            "empty": "没有可画的数值",
            "unplaced": "有{}个名字放不下",
            "share": "（{}）",
        },
        "en": {
            "title": "{} over time",
            "ends": "At the end: the last number, and the change since the first in brackets",
            "date": "one number a day",
            "fetched_at": "one number for each time it was fetched",
            "gap": "a broken line has no data",
            "change": "height is the change since the creator's first number",
            "log": "logarithmic axis",
            "cut": "the axis does not start at 0",
            "days": "{} to {}",
            "absent": "Not drawn, without a number: ",
            "baseless": "Not drawn, the first number is not above 0: ",
            "joint": ", ",
            "empty": "No number to draw",
            "unplaced": "No room for {} names",
            "share": " ({})",
        },
    }
)
_COLOURS = ("#1D5FD0", "#A85A00", "#00796B", "#AA3377", "#4F7A00", "#6A4FB3", "#B3261E", "#4F5B66")
"""Lines and their names, dark enough for text; neighbours at the end of the lines differ."""
_ACROSS, _DOWN = 6.2, 4.2
_CHINA_DAYS = CHINA.utcoffset(None) / timedelta(days=1)
_LONGEST = {"date": 1.5, "fetched_at": 2.5}
"""Times the usual distance between two numbers, from where on a line is broken."""
_FEW, _HUGE = 16, 10.0
_FORMATTED = ("fraction", "CNY", "points", "s")


@dataclass(frozen=True, slots=True)
class _Line:
    """One creator's numbers: when, as days since 1970 in China, and how much, NaN where unknown."""

    places: Array
    values: Floats

    @property
    def known(self) -> Floats:
        """The numbers that are known, in order."""
        return self.values[np.isfinite(self.values)]

    @property
    def end(self) -> tuple[float, float]:
        """Where the line ends."""
        last = np.flatnonzero(np.isfinite(self.values))[-1]
        return float(self.places[last]), float(self.values[last])

    @property
    def as_change(self) -> _Line:
        """The same as changes since the first number."""
        return replace(self, values=self.values / self.known[0] - 1)

    def broken(self, longest: float) -> _Line:
        """Return the line with a gap wherever two numbers lie further apart than that."""
        gaps = np.flatnonzero(np.diff(self.places) > longest) + 1
        between = (self.places[gaps - 1] + self.places[gaps]) / 2
        return _Line(np.insert(self.places, gaps, between), np.insert(self.values, gaps, np.nan))


@dataclass(frozen=True, slots=True)
class _Trend:
    """The lines that are drawn, and what is said about them.

    Attributes
    ----------
    lines
        The lines, that of the highest end first.
    when
        What the times are: ``date`` or ``fetched_at``.
    column, scale
        What is drawn.
    names
        What the creators are called.
    palette
        The colours that the user asks for.
    letters
        How it is written.
    """

    lines: Mapping[str, _Line]
    when: str
    column: Column
    scale: TrendScale
    names: Sequence[str]
    palette: Colours
    letters: Lettering

    @property
    def colours(self) -> list[str]:
        """The colour of each line."""
        return self.palette.lines(self.names, _COLOURS)

    @property
    def title(self) -> str:
        """What is drawn."""
        return _WORDS[self.letters.lang]["title"].format(_label_of(self.column, self.letters.lang))

    @property
    def values(self) -> Floats:
        """All numbers that are drawn."""
        return np.concatenate([np.empty(0), *(line.known for line in self.lines.values())])

    @property
    def places(self) -> Array:
        """The times of those numbers."""
        return np.concatenate([np.empty(0), *(line.places[np.isfinite(line.values)] for line in self.lines.values())])

    @property
    def log(self) -> bool:
        """Whether the axis is logarithmic."""
        least = self.values.min(initial=np.inf)
        return self.scale == "value" and bool(least > 0) and spread(self.values) > WIDE_SPREAD

    @property
    def unit(self) -> str:
        """The unit of what is drawn."""
        return "fraction" if self.scale == "change" else self.column.unit

    @property
    def limits(self) -> tuple[float, float]:
        """The ends of the axis."""
        values = self.values
        if self.log:
            return scale_limits(values, log=True)
        low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
        room = 0.08 * (high - low) or 0.1 * abs(high) or 1.0
        return (max(0.0, low - room) if low >= 0 else low - room), high + room

    def draw(self, ax: Axes, part: float) -> None:
        """Draw axes and lines; days are marked as if these had but a part of the width."""
        bare(ax)
        ax.grid(visible=True, axis="y", color=GRID, linewidth=0.8)
        ax.set_axisbelow(True)
        ax.set(yscale="log" if self.log else "linear", ylim=self.limits)
        if not self.lines:
            words = _WORDS[self.letters.lang]
            ax.text(0.5, 0.5, words["empty"], ha="center", transform=ax.transAxes, color=MUTED, **self.letters.style)
        for line, colour in zip(self.lines.values(), self.colours, strict=True):
            _draw_line(ax, line, colour, 1.8 if len(self.lines) <= len(_COLOURS) else 1.2)
        self._mark_axes(ax, part)

    def _mark_axes(self, ax: Axes, part: float) -> None:
        lang, style = self.letters.lang, {"fontsize": SMALL, "color": MUTED, **self.letters.style}
        places = self.places if len(self.lines) else np.zeros(1)
        first, last = float(places.min()), float(places.max())
        room = 0.015 * (last - first) or 0.5
        ax.set_xlim(first - room, last + room)
        inches = np.array(ax.get_window_extent().size) / ax.figure.dpi
        most = [int(max(2, most)) for most in inches * (part, 1) / TICK]
        days = day_ticks(np.floor(first), np.ceil(last), most[0]) if len(self.lines) else ([], [])
        kept = [(day, text) for day, text in zip(*days, strict=True) if first - room <= day <= last + room]
        ax.set_xticks([day for day, _ in kept], [text for _, text in kept], **style)
        ticks = scale_ticks(*self.limits, most[1], log=self.log) if len(self.lines) else []
        ax.yaxis.set_minor_locator(NullLocator())
        ax.set_yticks(ticks, _written(np.array(ticks), self.unit, lang) if ticks else [], **style)

    def texts(self, lines: Mapping[str, _Line]) -> list[str]:
        """Return what stands behind each name: the last number, and the change since the first."""
        words, lang = _WORDS[self.letters.lang], self.letters.lang
        known = [lines[one].known for one in self.lines]
        lasts = np.array([own[-1] for own in known])
        ends = _written(lasts, self.column.unit, lang) if known else []
        changes = [own[-1] / own[0] - 1 if len(own) > 1 and own[0] > 0 else np.nan for own in known]
        return [
            end + (words["share"].format(_change(float(share))) if np.isfinite(share) else "")
            for end, share in zip(ends, changes, strict=True)
        ]

    def clauses(self) -> list[str]:
        """Return what the subtitle says."""
        words, places = _WORDS[self.letters.lang], self.places
        gaps = any(np.isnan(line.values[1:-1]).any() for line in self.lines.values())
        days = np.floor(np.array([places.min(), places.max()])).astype("datetime64[D]") if len(places) else []
        return [
            words["ends"],
            words[self.when],
            *([words["change"]] if self.scale == "change" else []),
            *([words["log"]] if self.log else [words["cut"]] if self.limits[0] > 0 else []),
            *([words["gap"]] if gaps else []),
            *([words["days"].format(*days)] if len(places) else []),
        ]

    def notes(self, missing: Sequence[str]) -> list[list[str]]:
        """Return what is said below: whose line is missing."""
        words = _WORDS[self.letters.lang]
        if not missing:
            return []
        reason = words["baseless" if self.scale == "change" else "absent"]
        return [[reason + missing[0], *missing[1:]]]


def _draw_line(ax: Axes, line: _Line, colour: str, width: float) -> None:
    """Draw a line, dots where numbers are few or stand alone between two gaps, and its end."""
    known = np.isfinite(line.values)
    alone = known & ~np.r_[False, known[:-1]] & ~np.r_[known[1:], False]
    dots = known if known.sum() <= _FEW else alone
    ax.plot(line.places, line.values, color=colour, linewidth=width, zorder=2)
    ax.plot(line.places[dots], line.values[dots], "o", color=colour, markersize=width + 1.6, zorder=3)
    ax.plot(*([one] for one in line.end), "o", color=colour, markersize=width + 2.8, zorder=3)


@with_options
def plot_trend(
    frame: pd.DataFrame,
    metric: str,
    *,
    names: Names | None = None,
    scale: TrendScale = "value",
    lang: Language = "zh",
    **options: Unpack[OnAxes],
) -> Axes:
    """Draw how a number moves over time: a line for each creator, with the name where it ends.

    In a frame with dates, such as that of ``fetch_daily_fans``, there is a number for each day, and of several answers
    about a day the newest counts. In other frames there is one for each time that it was fetched: ``history`` has
    them. Lines are broken where a number is missing, and where none came for much longer than usual. The axis is
    logarithmic where the numbers lie further apart than eightfold.

    Parameters
    ----------
    frame
        The frame of ``history``, or of a table with dates: ``kol_id`` (or ``item_id``), ``date`` or ``fetched_at``, and
        the metric; one row for each creator and time.
    metric
        The column to draw, or its Chinese label.
    names
        What to call the creators, as in ``compare``; else the frame's ``name``, else the ids. Creators that it has and
        the frame lacks are named in the subtitle, the first eight.
    scale
        ``"value"`` for the numbers themselves, ``"change"`` for their change since the creator's first one.
    lang
        ``"zh"`` or ``"en"``, for labels and numbers.

    Returns
    -------
    Axes
        The axes, days in China across and the metric upwards.

    Raises
    ------
    ParameterError
        The frame lacks a column, has no rows, has two rows for one time or mixes answers to several questions, the
        metric is not a column of numbers, or an argument is not known.

    Warns
    -----
    MissingFontWarning
        No font has Chinese characters: English labels and ids are drawn. Once per process.

    Notes
    -----
    Costs no request. ``changes`` says whether the change from one answer to another is larger than usual.
    """
    one_of("scale", scale, get_args(TrendScale))
    column = _column(frame, metric)
    metric = column.name
    frame, named, look = look_of(options, "ax").arrange(_by_creator(frame), _MAKER, names, metric)
    when = "date" if "date" in frame else "fetched_at"
    lines = _lines(frame, metric, when)
    letters = lettering(lang, [*(named.get(one) for one in lines), *look.said, *absent_from(named, lines).values()])
    drawn, lacking = _drawable(lines, scale)
    # In the order of their ends neighbours differ in colour.
    shown = dict(sorted(drawn.items(), key=lambda item: -item[1].end[1]))
    line_names = creator_names([named.get(one) for one in shown], shown, letters)
    trend = _Trend(shown, when, column, scale, line_names, look.colours, letters)
    own, canvas = open_canvas(look.ax, _ACROSS, max(_DOWN, len(shown) * SMALL * LINE / 72))
    trend.draw(canvas, 1.0 if own else 0.5)
    ends = np.array([line.end for line in shown.values()]).reshape(-1, 2)
    texts = [f"{name} {text}" for name, text in zip(line_names, trend.texts(lines), strict=True)]
    labels = write_ends(canvas, ends, texts, trend.colours, letters)
    for label in labels:
        # On axes of the user's they find their room later, and nothing else makes room for them.
        label.set_visible(own is not None)
    clauses = [*trend.clauses(), *name_absent(named, lines, letters)]
    missing = creator_names([named.get(one) for one in lacking], lacking, letters)
    around = put_around(canvas, trend.title, clauses, trend.notes(missing), letters, look)
    around.fit(own)
    unplaced = part_ends(canvas, ends, labels, inside=own is None)
    if unplaced:
        around.noting(_WORDS[letters.lang]["unplaced"].format(len(unplaced))).fit(own)
    if own is not None:
        finish(own.figure, look.sheet)
    return canvas


def _by_creator(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame about videos as one about creators: a line is drawn for each."""
    subjects = [one.column.name for one in (CREATOR, ITEM)]
    has = [name in getattr(frame, "columns", ()) for name in subjects]
    return frame.rename(columns={subjects[1]: subjects[0]}) if has == [False, True] else frame


def _lines(frame: pd.DataFrame, metric: str, when: str) -> dict[str, _Line]:
    """Return each creator's numbers."""
    frame = required(frame, ["kol_id", when], _MAKER)
    frame = conformed(frame, own_columns(frame).values(), "the frame")
    numeric = [str(name) for name in frame.columns if _is_number(frame[name])]
    if metric not in numeric:
        labels = {name: column.label_zh for name, column in _declared(numeric).items()}
        raise no_such("column of numbers", [metric], numeric, [labels[name] for name in numeric if name in labels])
    _refuse_mixed(frame)
    times = moments(frame[when])
    if np.isnat(times).any():
        raise ParameterError(f"{when} is missing in a row of the frame; {_MAKER} makes rows with it")
    rows = pd.DataFrame({"one": frame["kol_id"].to_numpy(), "time": times, "value": as_floats(frame[metric])})
    if when == "date" and "fetched_at" in frame:
        # Of several answers about a day the newest counts.
        rows = rows.iloc[np.argsort(moments(frame["fetched_at"]), kind="stable")].drop_duplicates(
            ["one", "time"], keep="last"
        )
    if rows.duplicated(["one", "time"]).any():
        raise ParameterError(f"a creator has two rows for one {when}; choose the rows of one question")
    rows["place"] = day_numbers(rows["time"].to_numpy()) + (0 if when == "date" else _CHINA_DAYS)
    longest = _LONGEST[when] * _usual_step(rows)
    found = {}
    for one in frame["kol_id"].drop_duplicates():
        own = rows[rows["one"] == one].sort_values("time")
        found[str(one)] = _Line(own["place"].to_numpy(), own["value"].to_numpy()).broken(longest)
    return found


def _is_number(column: pd.Series[Any]) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _refuse_mixed(frame: pd.DataFrame) -> None:
    """Refuse rows that answer different questions, or that are about different parts of an answer."""
    keys = {key for table in TABLES.values() for key in table.key}
    for name in sorted({*OPTIONS, *keys} & {*map(str, frame.columns)} - {"date"}):
        values = frame[name].dropna().unique()
        if len(values) > 1:
            few = ", ".join(map(str, values[:3]))
            raise ParameterError(
                f"the frame mixes {name} {few}; choose the rows of one, such as df[df[{name!r}] == ...]"
            )


def _usual_step(rows: pd.DataFrame) -> float:
    """Return the usual distance between two numbers of a creator, in days, at least one."""
    steps = [np.diff(np.unique(np.floor(own))) for _, own in rows.groupby("one")["place"]]
    together = np.concatenate(steps) if steps else np.empty(0)
    return float(max(1.0, np.median(together))) if len(together) else 1.0


def _drawable(lines: Mapping[str, _Line], scale: str) -> tuple[dict[str, _Line], list[str]]:
    """Return the lines that can be drawn, as changes where those are asked for, and whose cannot."""
    drawn = {
        one: line.as_change if scale == "change" else line
        for one, line in lines.items()
        if len(line.known) and (scale == "value" or line.known[0] > 0)
    }
    return drawn, [one for one in lines if one not in drawn]


def _column(frame: pd.DataFrame, metric: str) -> Column:
    """Return the declaration of a column that a user names, by its name or its Chinese label."""
    if not isinstance(metric, str):
        raise must_be("metric", "the name of a column with numbers", quoted(metric))
    if not isinstance(frame, pd.DataFrame):
        return Column(metric, "float64", "", metric, "")
    here = [str(name) for name in frame.columns]
    declared = {**_declared(here), **own_columns(frame)}
    name = metric if metric in here else meant(metric, {one: declared[one].label_zh for one in here if one in declared})
    return declared.get(name, Column(str(name), "float64", "", str(name), ""))


def _declared(names: Collection[str]) -> dict[str, Column]:
    """Return the declarations of a frame's columns: of a metric, else of the table that the frame is most like.

    Columns of one name differ in unit from table to table.
    """
    here = {*names}
    tables = sorted(TABLES.values(), key=lambda table: len(here & {*table.names}) - len({*table.names} - here))
    return {
        **{column.name: column for table in tables for column in table.columns},
        **{name: value_column(metric) for name, metric in METRICS.items()},
    }


def _label_of(column: Column, lang: Language) -> str:
    if column.name in METRICS:
        return metric_label(METRICS[column.name], lang)
    return column.label_zh if lang == "zh" else english(column.name)


def _written(values: Floats, unit: str, lang: Language) -> list[str]:
    """Write numbers by their unit; those without one keep the decimals that they need."""
    if unit in _FORMATTED or np.all(values == np.round(values)):
        return numbers(values, unit, lang)
    decimals = decimals_for(values)
    return [money(value, lang, decimals) for value in values.tolist()]


def _change(share: float) -> str:
    if share == 0:
        return "0%"
    return f"×{1 + share:,.3g}" if share >= _HUGE else f"{'+' if share > 0 else '-'}{percent(abs(share))}"
