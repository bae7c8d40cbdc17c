"""Whose audience fits a target: how much of it the target is, against a baseline, and what reaching it costs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple, Unpack

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

from ..arguments import Language, whole_number_or_none
from ..board.metrics import Floats
from ..decide.columns import MATCH_COLUMNS, OF_DIMENSION, WORDS_ZH
from ..errors import ParameterError
from ..frame import conformed
from ..tables.audience import DIMENSIONS
from ..tables.catalog import LABELS_ZH
from ..wording.figures import MISSING, cells, compact, english, numbers, percent
from .drawing.font import Lettering, lettering
from .drawing.heading import head_figure
from .drawing.look import look_of
from .drawing.options import OnFigure, with_options
from .drawing.palette import Colours
from .drawing.panels import Panel, fit_panels, open_panels
from .drawing.scales import WIDE_SPREAD, spread
from .drawing.sheet import finish, root_of
from .drawing.style import (
    GRID,
    HALO,
    INK,
    MUTED,
    PAPER,
    SMALL,
    as_floats,
    creator_names,
    end_with_room,
    required,
    width,
)

_MAKER = "xingtu_frames.audience_match(portrait, target)"
_COST = "cny_per_thousand_target_users"
_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "connected": "连接用户与目标人群的匹配",
            "aware": "了解用户与目标人群的匹配",
            "interested": "兴趣用户与目标人群的匹配",
            "like": "喜欢用户与目标人群的匹配",
            "follow": "追随用户与目标人群的匹配",
            "fans": "粉丝与目标人群的匹配",
            "loyal": "铁粉与目标人群的匹配",
            "": "受众与目标人群的匹配",
            "combined": "目标人群",
            "users": "目标用户数",
            "share": "占比",
            "cost": "每千人",
            "product": "目标人群占比为各维度占比之积，假设各维度相互独立；细线为不作此假设时的可能范围",
            "tgi": "TGI＝100×占比÷基准占比，竖线100为基准{}：蓝圆更高，橙菱形更低，灰圆持平",
            "is": "（{}）",
            "base": "基准{}",
            "dimensions": "占比的分母为该维度列出的用户数",
            "age": "年龄只算年龄已知的用户",
            "tier": "一线含新一线",
            "reach": "目标用户数＝占比×月连接用户数，每千人＝{}报价÷目标用户数×1000",
            "log": "对数坐标",
            "missing": "无数据",
            "zero": "基准为0",
            "more": "等{}项",
            "joint": "、",
            "female": "女",
            "male": "男",
        },
        "en": {
            "connected": "How the connected users fit the target",
            "aware": "How the aware users fit the target",
            "interested": "How the interested users fit the target",
            "like": "How the users at stage like fit the target",
            "follow": "How the users at stage follow fit the target",
            "fans": "How the fans fit the target",
            "loyal": "How the loyal fans fit the target",
            "": "How the audience fits the target",
            "combined": "Target",
            "users": "Target users",
            "share": "share",
            "cost": "per 1,000",
            "product": "Target: product of the shares, assumes independence; thin line: what is possible without that",
            "tgi": "TGI = 100 x share / share of the baseline, line at 100: baseline{}; blue dot above it, orange "
            "diamond below, grey the same",
            "is": " ({})",
            "base": "baseline {}",
            "dimensions": "shares are of the users listed in the dimension",
            "age": "age: users of known age only",
            "tier": "一线 includes 新一线 cities",
            "reach": "target users = share x connected users, per 1,000 = quote {} / target users x 1,000",
            "log": "logarithmic",
            "missing": "no data",
            "zero": "baseline 0",
            "more": ", {} in all",
            "joint": ", ",
            "female": "female",
            "male": "male",
        },
    }
)
_ALWAYS = ("combined_share", "combined_low", "combined_high", "combined_tgi", "target_users", _COST)
_ACROSS, _ROW, _ROOM, _IN_A_LINE = 1.7, 0.34, 0.46, 5
_BAR, _BELOW, _FOOT = 0.5, 0.36, 0.37
_HEADER = -1.0
_TIER = "一线"
_TARGET_CELLS = 22
_BASE, _SMALLEST = 100.0, 1e-4
_HEADS_APART = 0.3
"""Inches between what stands over a panel and the header of its notes."""


@with_options
def plot_audience_match(
    match: pd.DataFrame, *, per_row: int | None = None, lang: Language = "zh", **options: Unpack[OnFigure]
) -> Figure:
    """Draw how well audiences fit a target: how much of them it is, how many that are, and the TGI by dimension.

    Creators stand in the order of the frame, one to a row. The first panel has the share of the target, a bar, with
    the bounds that hold without the assumption of independence, a thin line, and its TGI on the right. The second has
    target users and what a thousand of them cost. Then each dimension of the target has a panel: a dot at the TGI, a
    stem from the line at 100, the baseline, and the share on the right. What is missing has a grey note, never a 0.

    Parameters
    ----------
    match
        The frame of ``audience_match``.
    per_row
        Panels side by side. None puts up to five into one line.
    lang
        ``"zh"`` or ``"en"``, for labels and numbers; buckets keep the provider's name.

    Returns
    -------
    Figure
        A figure of fitting size, one axes for each panel: the target, unless it has one dimension alone; target users,
        where they are known; each dimension.

    Raises
    ------
    ParameterError
        The frame lacks a column, has no rows or two of a creator, ``lang`` is not known, or ``per_row`` is not a
        positive integer.

    Warns
    -----
    MissingFontWarning
        No font has Chinese characters: English labels and ids are drawn. Once per process.

    Notes
    -----
    Costs no request. The words on target, baseline and band come from ``attrs``, which a file does not keep.
    """
    match = conformed(required(match, ["kol_id", *_ALWAYS], _MAKER), MATCH_COLUMNS, "the match")
    dimensions = _dimensions(match)
    if match["kol_id"].duplicated().any():
        raise ParameterError(f"a creator has two rows; {_MAKER} makes one of each")
    per_row = whole_number_or_none("per_row", per_row, 1)
    match, _, look = look_of(options, "figure").arrange(match, _MAKER, by_row=True)
    target = match.attrs.get("target", {})
    row_names = match["name"] if "name" in match.columns else match["kol_id"]
    letters = lettering(lang, [*row_names, *look.said, *(bucket for buckets in target.values() for bucket in buckets)])
    drawn = _bars(match, len(dimensions), letters.lang, look.colours)
    dots = [_Dots.of(match, one, letters.lang) for one in dimensions]
    log = spread(np.concatenate([[_BASE], *(one.tgi for one in dots)])) > WIDE_SPREAD
    titles = [*(bars.title for bars in drawn), *(_dimension_label(one, letters.lang) for one in dimensions)]
    lines = math.ceil(len(titles) / _IN_A_LINE)
    rows = creator_names(row_names, match["kol_id"], letters)
    figure, panels = open_panels(titles, rows, letters, look.figure)
    of_bars, of_dots = panels[: len(drawn)], panels[len(drawn) :]
    texts = [bars.draw(panel, look.colours) for panel, bars in zip(of_bars, drawn, strict=True)]
    for panel, one, of_one in zip(of_dots, dimensions, dots, strict=True):
        panel.add_summary(_listed(target.get(one, ()), letters))
        of_one.draw(panel, look.colours, log=log)
    clauses = _clauses(match, dimensions, titles, letters, log=log)
    heading = head_figure(figure, _WORDS[letters.lang][_whose(match)], clauses, letters, look)
    # What stands over a panel may not reach the header of its notes.
    over = max(sum(width([text]) for text in panel.head) for panel in panels)
    across, usual = max(_ACROSS, over + _HEADS_APART), math.ceil(len(titles) / lines)
    inches = fit_panels(figure, panels, per_row, heading, across, len(rows) * _ROW, usual)
    for panel, bars, labels in zip(of_bars, drawn, texts, strict=True):
        end_with_room(panel.ax, bars.longest, labels, inches)
    _scale(of_dots, np.concatenate([one.tgi for one in dots]), inches, log=log)
    finish(figure, look.sheet, [panel.head for panel in panels])
    return root_of(figure)


def _dimensions(match: pd.DataFrame) -> list[str]:
    """Return the dimensions of the target, in the order of the frame."""
    by_share = {share.name: one for one, (share, tgi) in OF_DIMENSION.items() if tgi.name in match.columns}
    dimensions = [by_share[name] for name in match.columns if name in by_share]
    if not dimensions:
        raise ParameterError(f"the frame has no dimension, such as gender_share and gender_tgi; {_MAKER} makes it")
    return dimensions


@dataclass(frozen=True, slots=True)
class _Bars:
    """Amounts of all creators from 0, NaN where unknown, with what is written beside them.

    Attributes
    ----------
    title
        What they are.
    values
        How long the bars are.
    texts
        What stands at their ends.
    header, notes
        What stands on the right, and what it is.
    inks
        The colour of each note.
    tick
        How a tick is written.
    bounds
        The least and the most that the values may be, if that is said.
    """

    title: str
    values: Floats
    texts: Sequence[str]
    header: str
    notes: Sequence[str]
    inks: Sequence[str]
    tick: Callable[[float], str]
    bounds: Sequence[Floats] = ()

    @property
    def longest(self) -> float:
        """How far the panel reaches."""
        return float(np.nan_to_num([self.values, *self.bounds]).max(initial=0.0))

    def draw(self, panel: Panel, colours: Colours) -> list[Text]:
        """Fill a panel; return what is written at the ends of its bars."""
        rows, known = np.arange(len(self.values)), np.isfinite(self.values)
        panel.ax.barh(rows[known], self.values[known], _BAR, color=colours.bar, linewidth=0, zorder=2)
        if self.bounds:
            look: dict[str, Any] = {"color": MUTED, "linewidth": 1.1, "marker": "|", "markersize": 5, "zorder": 3}
            panel.ax.plot([bound[known] for bound in self.bounds], [rows[known] + _BELOW] * 2, **look)
        panel.ax.xaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10]))
        panel.ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: self.tick(value)))
        _note(panel, self.header, self.notes, self.inks)
        missing = _WORDS[panel.letters.lang]["missing"]
        return [
            _write(panel, text, (value, row), INK) if np.isfinite(value) else _write(panel, missing, (0.0, row), MUTED)
            for row, (value, text) in enumerate(zip(self.values.tolist(), self.texts, strict=True))
        ]


def _bars(match: pd.DataFrame, dimensions: int, lang: Language, colours: Colours) -> list[_Bars]:
    """Return the share of the target, unless that of its one dimension is the same, and target users, if known."""
    words = _WORDS[lang]
    combined, low, high, tgi, users, cost = (as_floats(match[name]) for name in _ALWAYS)
    shares = [percent(share) if np.isfinite(share) else MISSING for share in combined.tolist()]
    costs = numbers(cost, "CNY", lang)
    of_share = _Bars(
        words["combined"],
        combined,
        shares,
        "TGI",
        numbers(tgi, "TGI", lang),
        [_mark(one, colours).ink if np.isfinite(one) else MUTED for one in tgi.tolist()],
        # Shares too small to be written leave no room for ticks either.
        lambda value: f"{100 * value:g}%" if value == 0 or value >= _SMALLEST else "",
        (low, high),
    )
    of_users = _Bars(
        words["users"],
        users,
        numbers(users, "users", lang),
        words["cost"],
        costs,
        [MUTED if text == MISSING else INK for text in costs],
        lambda value: compact(value, lang),
    )
    return [*([of_share] if dimensions > 1 else []), *([of_users] if np.isfinite(users).any() else [])]


@dataclass(frozen=True, slots=True)
class _Dots:
    """The TGI of all creators in one dimension, and the shares that they come from, NaN where unknown."""

    tgi: Floats
    shares: Floats
    texts: Sequence[str]

    @classmethod
    def of(cls, match: pd.DataFrame, dimension: str, lang: Language) -> _Dots:
        """Read a dimension."""
        shares, tgi = (as_floats(match[column.name]) for column in OF_DIMENSION[dimension])
        return cls(tgi, shares, numbers(tgi, "TGI", lang))

    @property
    def base(self) -> float:
        """The share of the baseline, NaN where no TGI tells it."""
        telling = np.isfinite(self.tgi) & (self.tgi > 0)
        bases = _BASE * self.shares[telling] / self.tgi[telling]
        return float(bases[0]) if len(bases) else np.nan

    def draw(self, panel: Panel, colours: Colours, *, log: bool) -> None:
        """Fill a panel, all but its scale; a logarithmic one has no place for a TGI of 0."""
        words = _WORDS[panel.letters.lang]
        panel.ax.axvline(_BASE, color=MUTED, linewidth=1.0, zorder=1)
        for row, (tgi, share) in enumerate(zip(self.tgi.tolist(), self.shares.tolist(), strict=True)):
            panel.ax.axhline(row, color=GRID, linewidth=0.6, zorder=0)
            if np.isfinite(tgi) and (tgi > 0 or not log):
                _draw_dot(panel, row, tgi, self.texts[row], colours)
            else:
                lacking = words["missing" if np.isnan(share) else "zero"]
                _say(panel, row, lacking if np.isnan(tgi) else self.texts[row])
        shares = [percent(share) if np.isfinite(share) else MISSING for share in self.shares.tolist()]
        _note(panel, words["share"], shares, [MUTED if text == MISSING else INK for text in shares])
        if np.isfinite(self.base):
            panel.note(len(shares) - 0.5 + _FOOT, words["base"].format(percent(self.base)))


def _draw_dot(panel: Panel, row: int, tgi: float, text: str, colours: Colours) -> None:
    mark = _mark(tgi, colours)
    panel.ax.plot(
        [_BASE, tgi], [row, row], color=mark.colour, alpha=0.55, linewidth=3.0, solid_capstyle="butt", zorder=2
    )
    panel.ax.plot([tgi], [row], mark.shape, color=mark.colour, markersize=mark.size, markeredgewidth=0, zorder=3)
    _write(panel, text, (tgi, row), mark.ink, mark.side)


class _Mark(NamedTuple):
    """How a TGI is drawn: its colour and that of its number, the shape of its dot, and the side of the number."""

    colour: str
    ink: str
    shape: str
    size: float
    side: str


def _mark(tgi: float, colours: Colours) -> _Mark:
    """Return how a TGI is drawn, by the whole number that is written beside it."""
    written = round(tgi)
    if written == _BASE:
        return _Mark(MUTED, INK, "o", 8.5, "left")
    if written > _BASE:
        return _Mark(*colours.against(ahead=True), "o", 8.5, "left")
    return _Mark(*colours.against(ahead=False), "D", 7.0, "right")


def _note(panel: Panel, header: str, texts: Sequence[str], inks: Sequence[str]) -> None:
    """Write a column of notes on the right of a panel, under its header."""
    panel.note(_HEADER, header)
    for row, (text, ink) in enumerate(zip(texts, inks, strict=True)):
        panel.note(row, text, ink)


def _write(panel: Panel, text: str, at: tuple[float, float], ink: str, side: str = "left") -> Annotation:
    """Write an amount beside the end of its bar, or beside its dot."""
    return panel.ax.annotate(
        text,
        xy=at,
        xytext=(7 if side == "left" else -7, 0),
        textcoords="offset points",
        annotation_clip=False,
        ha=side,
        va="center_baseline",
        color=ink,
        fontsize=SMALL,
        path_effects=HALO,
        **panel.letters.style,
    )


def _say(panel: Panel, row: int, text: str) -> None:
    """Say at the left edge of a panel why a row has no dot."""
    panel.ax.annotate(
        text,
        xy=(0, row),
        xycoords=("axes fraction", "data"),
        xytext=(2, 0),
        textcoords="offset points",
        va="center_baseline",
        color=MUTED,
        fontsize=SMALL - 1,
        bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1},
        **panel.letters.style,
    )


def _scale(panels: Sequence[Panel], tgi: Floats, inches: float, *, log: bool) -> None:
    """Give the panels of all dimensions one axis, with room for a label on both sides and a tick at the baseline."""
    drawn = np.append(tgi[np.isfinite(tgi) & ((tgi > 0) | (not log))], _BASE)
    ends = np.log10([drawn.min(), drawn.max()]) if log else np.array([drawn.min(), drawn.max()])
    room = (np.ptp(ends) or ends[1] / 2) * _ROOM / (inches - 2 * _ROOM)
    low, high = float(ends[0] - room), float(ends[1] + room)
    for panel in panels:
        if log:
            panel.ax.set_xscale("log")
            panel.ax.xaxis.set_minor_locator(NullLocator())
        panel.ax.set_xlim((10**low, 10**high) if log else (low, high))
        panel.ax.set_xticks([_BASE], [f"{_BASE:.0f}"])


def _dimension_label(dimension: str, lang: Language) -> str:
    return DIMENSIONS.zh[dimension] if lang == "zh" else english(dimension)


def _listed(buckets: Sequence[str], letters: Lettering) -> str:
    """Write the buckets of a target, as many as there is room for."""
    words = _WORDS[letters.lang]
    names = [words.get(bucket) or letters.name(bucket, f"no. {place}") for place, bucket in enumerate(buckets, 1)]
    more = words["more"].format(len(names))
    cut = [words["joint"].join(names[:shown]) + more for shown in range(len(names) - 1, 0, -1)]
    whole = words["joint"].join(names)
    return next((text for text in (whole, *cut) if cells(text) <= _TARGET_CELLS), more)


def _whose(match: pd.DataFrame) -> str:
    whose = match.attrs.get("whose")
    return str(whose) if whose in _WORDS["en"] else ""


def _clauses(
    match: pd.DataFrame, dimensions: Sequence[str], titles: Sequence[str], letters: Lettering, *, log: bool
) -> list[str]:
    words, spoken = _WORDS[letters.lang], {**LABELS_ZH, **WORDS_ZH} if letters.lang == "zh" else {}
    base, band = (match.attrs.get(name, "") for name in ("baseline", "duration_band"))
    target = match.attrs.get("target", {})
    return [
        *([words["product"]] if words["combined"] in titles else []),
        words["tgi"].format(words["is"].format(spoken.get(base, base)) if base else ""),
        *([words["log"]] if log else []),
        words["dimensions"],
        *([words["age"]] if "age" in dimensions else []),
        # In English too the provider's name needs a font that has it.
        *([words["tier"]] if _TIER in target.get("city_tier", ()) and letters.name(_TIER, "") else []),
        *([words["reach"].format(spoken.get(band, band))] if words["users"] in titles else []),
    ]
