"""What a creator asks against what the videos are watched: price, plays and lines of equal CPM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Unpack

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.text import Annotation
from matplotlib.ticker import NullLocator

from ..arguments import Language, one_of
from ..board.metrics import BANDS, METRICS, Band, Floats, Mask
from ..tables.cost import DURATION_BANDS
from ..wording.figures import MISSING, compact, money, numbers
from .drawing.around import open_canvas, put_around
from .drawing.font import Lettering, lettering
from .drawing.heading import scope_of
from .drawing.look import look_of
from .drawing.options import OnAxes, with_options
from .drawing.palette import Colours
from .drawing.scales import COARSE, TICK, WIDE_SPREAD, round_series, scale_limits, scale_ticks, spread
from .drawing.sheet import finish
from .drawing.spotting import label_points
from .drawing.style import (
    GRID,
    LABEL,
    MUTED,
    PAPER,
    SMALL,
    as_floats,
    bare,
    creator_names,
    required,
)

_MAKER = "xingtu_frames.compare(ids)"
_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "title": "{}报价与播放量中位数：越靠左上越划算",
            "price": "{}报价（元）",
            "plays": "播放量中位数（次）",
            "reading": "虚线上CPM相等（元/千次播放）",
            "label": "名字后为CPM＝报价÷播放量中位数×1000，与平台按预期播放量算的预期CPM不同",
            "log": "对数坐标",
            "implied": "空心点：没有开放报价，按预期CPM×播放量中位数÷1000推算，所以正好落在自己的CPM线上",
            "absent": "未画：",
            "price_gap": "无报价",
            "plays_gap": "无播放量中位数",
            "zero": "播放量为0，对数坐标画不出",
            "joint": "、",
            "empty": "没有可画的达人",
            "reason": "{}（{}）",
            "unplaced": "有{}个名字放不下",
        },
        "en": {
            "title": "{} quote against median plays: upper left is better value",
            "price": "Quote {} (yuan)",
            "plays": "Median plays",
            "reading": "Dashed: equal CPM, yuan per 1,000 plays",
            "label": "after the name: CPM = quote / median plays x 1,000, not the provider's CPM from expected plays",
            "log": "logarithmic axes",
            "implied": "Hollow: no open quote, implied as expected CPM x median plays / 1,000, "
            "hence exactly on its CPM line",
            "absent": "Not drawn: ",
            "price_gap": "no quote",
            "plays_gap": "no median plays",
            "zero": "plays are 0, which a logarithmic axis lacks",
            "joint": ", ",
            "empty": "No creator to draw",
            "reason": "{} ({})",
            "unplaced": "No room for {} names",
        },
    }
)
_ACROSS, _DOWN, _MORE, _FEW = 7.6, 4.6, 0.07, 8
_LINE, _LINE_ENDS = "#B4BAC3", (0.62, 0.2)
_MARK = 7.5


@with_options
def plot_price_value(
    board: pd.DataFrame, *, band: Band = "21-60s", lang: Language = "zh", **options: Unpack[OnAxes]
) -> Axes:
    """Draw the quote for one duration band against the median plays, over lines of equal CPM.

    A creator is a point with name and CPM: quote / median plays x 1000. The further up and left, the more plays for
    the money; creators on one dashed line pay the same for 1,000 plays. A quote of 0 counts as none. Both axes are
    logarithmic where quotes or plays lie further apart than eightfold. A creator without an open quote but with an
    expected CPM is a hollow point at the implied quote, expected CPM x median plays / 1000. Who cannot be drawn is
    named below.

    Parameters
    ----------
    board
        The board of ``compare`` with ``kol_id``, ``play_median`` and the quote of the band; ``name`` and the expected
        CPM of the band are used if it has them.
    band
        ``"1-20s"``, ``"21-60s"`` or ``"60s+"``.
    lang
        ``"zh"`` or ``"en"``, for labels and numbers.

    Returns
    -------
    Axes
        The axes, quotes in yuan across and median plays upwards.

    Raises
    ------
    ParameterError
        The board lacks a column or has no rows, or ``band`` or ``lang`` is not known.

    Warns
    -----
    MissingFontWarning
        No font has Chinese characters: English labels and ids are drawn. Once per process.

    Notes
    -----
    Costs no request. The provider's expected CPM divides the quote by expected plays, not by the median: the CPM
    drawn here differs from it.
    """
    board, _, look = look_of(options, "ax").arrange(board, _MAKER, by_row=True)
    points = _points(board, band)
    row_names = board["name"] if "name" in board.columns else board["kol_id"]
    letters = lettering(lang, [*row_names, *look.said])
    names = creator_names(row_names, board["kol_id"], letters)
    more = _MORE * max(0, len(board) - _FEW)
    own, canvas = open_canvas(look.ax, _ACROSS + more, _DOWN + more)
    _draw_axes(canvas, points, band, letters)
    _draw_points(canvas, points, letters, look.colours)
    _draw_lines(canvas, points, letters)
    heading = _heading(points, band, board, letters)
    around = put_around(canvas, *heading, _notes(points, names, letters), letters, look)
    around.fit_with_labels(own, lambda: _label_points(canvas, points, names, letters), _WORDS[letters.lang]["unplaced"])
    if own is not None:
        finish(own.figure, look.sheet)
    return canvas


@dataclass(frozen=True, slots=True)
class _Points:
    """Price and plays of every creator of the board, NaN where unknown.

    Attributes
    ----------
    price, plays
        The coordinates; the price is the quote, else the implied one.
    implied
        Whose price is implied.
    log
        Whether the axes are logarithmic.
    """

    price: Floats
    plays: Floats
    implied: Mask
    log: bool

    @property
    def drawn(self) -> Mask:
        """Return who can be drawn."""
        drawn: Mask = np.isfinite(self.price) & np.isfinite(self.plays) & ~self.unloggable
        return drawn

    @property
    def unloggable(self) -> Mask:
        """Return who has a zero that logarithmic axes cannot show."""
        return np.logical_or(self.price <= 0, self.plays <= 0) if self.log else np.zeros(len(self.price), dtype=bool)

    @property
    def cpm(self) -> Floats:
        """Return yuan per 1,000 median plays, NaN for those not drawn."""
        usable = self.drawn & (self.plays > 0)
        return np.where(usable, self.price / np.where(usable, self.plays, 1.0) * 1000, np.nan)


def _points(board: pd.DataFrame, band: Band) -> _Points:
    band = one_of("band", band, BANDS)
    of_band = [metric for metric in METRICS.values() if metric.where.get("duration_band") == band]
    quote = next(metric.name for metric in of_band if metric.table == "quotes")
    expected = next(metric.name for metric in of_band if metric.where.get("metric") == "cpm")
    board = required(board, ["kol_id", "play_median", quote], _MAKER)
    price, plays = _usable(board, quote), _usable(board, "play_median")
    cpm = _usable(board, expected) if expected in board.columns else np.full(len(board), np.nan)
    implied = np.isnan(price) & np.isfinite(cpm) & np.isfinite(plays)
    price = np.where(implied, cpm * plays / 1000, price)
    known = np.isfinite(price) & np.isfinite(plays)
    return _Points(price, plays, implied, any(spread(values[known]) > WIDE_SPREAD for values in (price, plays)))


def _usable(board: pd.DataFrame, metric: str) -> Floats:
    # A quote of 0 is none: it would be the best value of all.
    return METRICS[metric].range.usable(as_floats(board[metric]))


def _draw_axes(ax: Axes, points: _Points, band: str, letters: Lettering) -> None:
    bare(ax)
    ax.grid(visible=True, color=GRID, linewidth=0.8)
    ax.set_axisbelow(True)
    words, style = _WORDS[letters.lang], {"fontsize": SMALL, "color": MUTED, **letters.style}
    if points.log:
        ax.set(xscale="log", yscale="log")
    limits = [scale_limits(values[points.drawn], log=points.log) for values in (points.price, points.plays)]
    ax.set(xlim=limits[0], ylim=limits[1])
    edges = ax.get_window_extent().width / TICK[0], ax.get_window_extent().height / TICK[1]
    for axis, (low, high), edge, sign in zip((ax.xaxis, ax.yaxis), limits, edges, ("¥", ""), strict=True):
        ticks = scale_ticks(low, high, int(max(2, edge / ax.figure.dpi)), log=points.log) if points.drawn.any() else []
        axis.set_minor_locator(NullLocator())
        axis.set_ticks(ticks, [sign + compact(tick, letters.lang) for tick in ticks], **style)
    style["fontsize"] = LABEL - 0.5
    ax.set_xlabel(words["price"].format(_band_label(band, letters.lang)), labelpad=5, **style)
    ax.set_ylabel(words["plays"], labelpad=7, **style)


def _draw_points(ax: Axes, points: _Points, letters: Lettering, colours: Colours) -> None:
    if not points.drawn.any():
        nothing = ax.text(0.5, 0.5, _WORDS[letters.lang]["empty"], ha="center", transform=ax.transAxes, **letters.style)
        nothing.set(color=MUTED, fontsize=LABEL)
    for rows, fill in ((points.drawn & ~points.implied, colours.ahead), (points.drawn & points.implied, PAPER)):
        ax.plot(
            points.price[rows],
            points.plays[rows],
            "o",
            color=fill,
            markersize=_MARK,
            markeredgecolor=colours.ahead if fill == PAPER else PAPER,
            markeredgewidth=1.6 if fill == PAPER else 0.8,
            zorder=4,
        )


def _draw_lines(ax: Axes, points: _Points, letters: Lettering) -> None:
    """Draw lines of equal CPM through the points' range, each with its yuan where it leaves the axes."""
    present = points.cpm[points.cpm > 0]
    if not len(present):
        return
    ends: list[tuple[float, float]] = []
    for level in _levels(present.min(), present.max()):
        line = _line(ax, level)
        if line is None:
            continue
        ax.plot(*line, color=_LINE, linewidth=1.0, dashes=(5, 3), zorder=1)
        inches = ax.transData.transform(np.transpose(line))[-1] / ax.figure.dpi
        if all((np.abs(inches - end) > _LINE_ENDS).any() for end in ends):
            ends.append(inches)
            _name_line(ax, level, (float(line[0][-1]), float(line[1][-1])), letters)


def _levels(lowest: float, highest: float) -> list[float]:
    found = [round_series(lowest * 0.6, highest * 1.6, steps) for steps in COARSE]
    return next((levels for levels in found if 0 < len(levels) <= 6), found[-1])


def _line(ax: Axes, level: float) -> tuple[Floats, Floats] | None:
    """Return the ends of a line of equal CPM within the axes: straight on equal scales of both kinds."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    first, last = max(left, bottom * level / 1000), min(right, top * level / 1000)
    prices = np.array([first, last])
    return (prices, prices / level * 1000) if first < last else None


def _name_line(ax: Axes, level: float, end: tuple[float, float], letters: Lettering) -> None:
    at_top = end[1] >= ax.get_ylim()[1] * (1 - 1e-9)
    ax.annotate(
        f"CPM ¥{money(level, letters.lang, 0 if level >= 1 else 2)}",
        xy=end,
        xytext=(0, 3) if at_top else (4, 0),
        textcoords="offset points",
        ha="center" if at_top else "left",
        va="bottom" if at_top else "center",
        color=MUTED,
        fontsize=SMALL,
        annotation_clip=False,
        **letters.style,
    )


def _band_label(band: str, lang: Language) -> str:
    return DURATION_BANDS.zh[band] if lang == "zh" else band


def _heading(points: _Points, band: str, board: pd.DataFrame, letters: Lettering) -> tuple[str, list[str]]:
    words = _WORDS[letters.lang]
    clauses = [words["reading"], *([words["log"]] if points.log else []), words["label"]]
    clauses += scope_of(board, letters.lang)
    return words["title"].format(_band_label(band, letters.lang)), clauses


def _notes(points: _Points, names: Sequence[str], letters: Lettering) -> list[list[str]]:
    words = _WORDS[letters.lang]
    reasons = {
        "price_gap": np.isnan(points.price),
        "plays_gap": np.isnan(points.plays),
        "zero": points.unloggable,
    }
    absent = [
        words["reason"].format(name, words["joint"].join(words[key] for key, rows in reasons.items() if rows[row]))
        for row, name in enumerate(names)
        if not points.drawn[row]
    ]
    if absent:
        absent[0] = words["absent"] + absent[0]
    return [*([[words["implied"]]] if (points.implied & points.drawn).any() else []), *([absent] if absent else [])]


def _label_points(
    ax: Axes, points: _Points, names: Sequence[str], letters: Lettering
) -> tuple[list[Annotation], list[str]]:
    """Write name and CPM at every point; return what was drawn, and the labels that find no room."""
    rows = np.flatnonzero(points.drawn).tolist()
    amounts = numbers(points.cpm, "CNY", letters.lang)
    texts = [names[row] + (f" {amounts[row]}" if amounts[row] != MISSING else "") for row in rows]
    places = np.column_stack([points.price[rows], points.plays[rows]])
    return label_points(ax, places, texts, _MARK / 2, letters)
