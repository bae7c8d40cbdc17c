"""Who the audience is: shares by gender, age, place and taste, creators one under the other in a panel for each."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Unpack

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from ..arguments import Language, Names, some_of, whole_number
from ..errors import ParameterError
from ..tables.audience import DIMENSIONS, Dimension
from ..tables.schema import Array, Words
from ..wording.figures import MISSING, compact, english, percent, wrapped
from .drawing.font import Lettering, lettering
from .drawing.heading import Heading, absent_from, head_figure, name_absent, name_axes
from .drawing.look import look_of
from .drawing.options import OnFigure, with_options
from .drawing.palette import Colours
from .drawing.sheet import Canvas, Room, Sheet, finish, resize, root_of, stretch
from .drawing.style import (
    GRID,
    INK,
    LABEL,
    MARGIN,
    MUTED,
    PLAIN,
    REST,
    SMALL,
    as_floats,
    bare,
    creator_names,
    new_panels,
    place,
    required,
    width,
)

_MAKER = "xingtu_frames.fetch_audience_portrait(ids)"
_NEEDED = ("kol_id", "dimension", "dimension_zh", "bucket", "users", "share", "is_top_list")
_TWICE = "two shares for one bucket: choose the rows of one stage, fan_group and fetch"
_READ_FIRST = (
    "gender",
    "age",
    "city_tier",
    "crowd",
    "device",
    "province",
    "city",
    "interest",
    "consumption",
    "order_value",
)
_DIMENSIONS = Words({name: DIMENSIONS.zh[name] for name in _READ_FIRST})
"""In the order in which planners read them."""
_IN_ORDER = ("gender", "age", "city_tier", "order_value")
"""Their buckets keep the order of the frame, and all are shown."""
_OTHER, _TIER = "其他", "一线"
_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "connected": "连接用户画像",
            "aware": "了解用户画像",
            "interested": "兴趣用户画像",
            "like": "喜欢用户画像",
            "follow": "追随用户画像",
            "fans": "粉丝画像",
            "loyal": "铁粉画像",
            "": "受众画像",
            "reading": "条形和数字为占比，深色为该达人最大的一组",
            "base": "占比的分母为该维度列出的用户数，写在右侧，各维度不同",
            "scale": "同一维度内条形可比",
            "age": "年龄只算年龄已知的用户",
            "tier": "一线含新一线",
            "top": "仅前列：占比是占所列各项之和，不是占全部受众",
            "is_top": "仅前列，非全部受众",
            "rest": "其余",
            "users": "人数",
            "missing": "无数据",
            "gap": "“—”为未列出",
            "female": "女",
            "male": "男",
        },
        "en": {
            "connected": "Who the connected users are",
            "aware": "Who the aware users are",
            "interested": "Who the interested users are",
            "like": "Who the users at stage like are",
            "follow": "Who the users at stage follow are",
            "fans": "Who the fans are",
            "loyal": "Who the loyal fans are",
            "": "Who the audience is",
            "reading": "Bar and number: share, dark where it is the creator's largest",
            "base": "shares are of the users listed in the dimension, on the right, which differ by dimension",
            "scale": "bars are comparable inside a dimension",
            "age": "age: users of known age only",
            "tier": "一线 includes 新一线 cities",
            "top": "top list: shares of what is listed, not of the audience",
            "is_top": "top list, not the whole audience",
            "rest": "rest",
            "users": "users",
            "missing": "no data",
            "gap": "—: not listed",
            "female": "Female",
            "male": "Male",
        },
    }
)
_CELL, _BASE, _ROW, _BAR = 0.68, 0.56, 0.27, 0.74
_TITLE, _HEADERS, _BELOW, _BETWEEN = 0.32, 0.42, 0.16, 0.3
_PAGE, _PAD, _PRESSED, _SLACK = 14.6, 3.0, 0.72, 0.001
_NAMES, _HEAD = 1.6, 1.0
"""About how many inches the names of creators and the heading take."""
_HEADER_CELLS = 10
_LONGEST = 0.94
"""How much of its cell the longest bar takes."""


@dataclass(frozen=True, slots=True)
class _Dimension:
    """Shares of all creators in one dimension.

    Attributes
    ----------
    label
        Its name; for one that is not known the provider's.
    buckets
        Its buckets from left to right, None for those put together.
    shares
        Creators x buckets, NaN where a bucket is not listed.
    users
        The users that the shares are of, NaN where they are not known.
    key
        Its name in the frame, empty where it has none.
    is_top
        Whether only the largest buckets are listed.
    most
        The largest share of each creator, be its bucket shown or not.
    """

    label: str
    buckets: Sequence[str | None]
    shares: Array
    users: Array
    key: str
    is_top: bool
    most: Array

    @property
    def single(self) -> list[int]:
        """The columns that are one bucket."""
        return [column for column, bucket in enumerate(self.buckets) if bucket is not None]

    @property
    def inches(self) -> float:
        """How wide its panel is."""
        return len(self.buckets) * _CELL + _BASE


@with_options
def plot_portrait(
    frame: pd.DataFrame,
    *,
    names: Names | None = None,
    dimensions: Iterable[Dimension] | Dimension | None = None,
    buckets: int = 8,
    lang: Language = "zh",
    **options: Unpack[OnFigure],
) -> Figure:
    """Draw who the audience or the fans are: a panel for each dimension, a row for each creator.

    Creators stand in the order of the frame. In a panel each bucket is a column of bars on one scale, so that
    creators compare down the column; the largest bucket of each creator is dark. On the right stands the number of
    users that the shares are of. Of gender, age, city tier and order value all buckets are shown in their order, of
    other dimensions the largest over all creators, the rest together. Interest and city are top lists: their bars
    are grey, because their shares are of what is listed and not of the audience. A bucket that is not listed has a
    dash, a creator without the dimension a note.

    Parameters
    ----------
    frame
        The frame of ``fetch_audience_portrait`` of one stage, or of ``fetch_fans_portrait`` of one group of fans.
    names
        What to call the creators: a mapping or a Series id -> name, a list in their order, or a frame with ``kol_id``
        and ``name``. Ids stand for those it lacks. Creators that it has and the frame lacks are named in the
        subtitle, the first eight.
    dimensions
        Some of ``gender``, ``age``, ``city_tier``, ``crowd``, ``device``, ``province``, ``city``, ``interest``,
        ``consumption``, ``order_value``, in the order of the panels. None draws all that the frame has, those that
        are not known yet too.
    buckets
        How many to show one by one in a dimension without an order of its own.
    lang
        ``"zh"`` or ``"en"``, for labels and numbers; buckets keep the provider's name.

    Returns
    -------
    Figure
        A figure of fitting size, one axes for each dimension, with shares as widths of bars in parts of the panel's
        largest.

    Raises
    ------
    ParameterError
        The frame lacks a column, has no rows or has two shares for one bucket, a dimension does not exist or is not
        in the frame, ``buckets`` is not a positive integer, or ``lang`` is not known.

    Warns
    -----
    UnmatchedNamesWarning
        There are names, and none is for one of the creators.
    MissingFontWarning
        No font has Chinese characters: English labels, ids and numbered buckets are drawn. Once per process.

    Notes
    -----
    Costs no request. Users differ from dimension to dimension: never divide across them.
    """
    buckets = whole_number("buckets", buckets, 1)
    frame, named, look = look_of(options, "figure").arrange(frame, _MAKER, names, "share")
    frame = required(frame, _NEEDED, _MAKER)
    kol_ids = list(dict.fromkeys(frame["kol_id"]))
    row_names = [named.get(kol_id) for kol_id in kol_ids]
    absent = absent_from(named, kol_ids).values()
    letters = lettering(lang, [*row_names, *look.said, *absent, *frame["bucket"].dropna().unique()])
    groups = _groups(frame, _chosen(dimensions))
    drawn = [_dimension(key, rows, kol_ids, buckets, letters.lang) for key, rows in groups.items()]
    figure, axes = new_panels(len(drawn), look.figure)
    titles = [_draw(ax, dimension, letters, look.colours) for ax, dimension in zip(axes, drawn, strict=True)]
    room = [max(dimension.inches, width([title])) for dimension, title in zip(drawn, titles, strict=True)]
    clauses = [*_clauses(drawn, letters), *name_absent(named, kol_ids, letters)]
    heading = head_figure(figure, _WORDS[letters.lang][_asked(frame)], clauses, letters, look)
    lines = _lines(room, _page(look.sheet, room, len(kol_ids)))
    _name(axes, [line[0] for line in lines], creator_names(row_names, kol_ids, letters), letters)
    _fit(figure, axes, lines, room, [dimension.inches for dimension in drawn], heading)
    finish(figure, look.sheet)
    return root_of(figure)


def _chosen(dimensions: Iterable[str] | str | None) -> list[str] | None:
    if dimensions is None:
        return None
    return some_of("dimensions", dimensions, _DIMENSIONS)


def _groups(frame: pd.DataFrame, chosen: Sequence[str] | None) -> dict[str, pd.DataFrame]:
    """Return the rows of each dimension to draw, in their order; those not known by their Chinese name, last."""
    keys = pd.Series([key if isinstance(key, str) else None for key in frame["dimension"]], index=frame.index)
    shown = keys.fillna(frame["dimension_zh"])
    rows = frame[frame["bucket"].notna() & shown.notna()]
    if rows.assign(key=shown).duplicated(["kol_id", "key", "bucket"]).any():
        raise ParameterError(_TWICE)
    found = {str(key): group for key, group in rows.groupby(shown[rows.index], sort=False)}
    lacking = [key for key in chosen or () if key not in found]
    if lacking or not found:
        raise ParameterError(f"the frame has no rows of {', '.join(map(repr, lacking)) or 'any dimension'}")
    order = chosen or [*(key for key in _DIMENSIONS if key in found), *(key for key in found if key not in _DIMENSIONS)]
    return {key: found[key] for key in order}


def _dimension(key: str, rows: pd.DataFrame, kol_ids: Sequence[str], top: int, lang: Language) -> _Dimension:
    """Return the shares of a dimension, its buckets in order."""
    lists = [list(rows["bucket"].iloc[places]) for places in rows.groupby("kol_id", sort=False).indices.values()]
    buckets = _merged(lists)
    shares, users = np.full((len(kol_ids), len(buckets)), np.nan), np.full((len(kol_ids), len(buckets)), np.nan)
    cells = (
        pd.Index(kol_ids).get_indexer(pd.Index(rows["kol_id"])),
        pd.Index(buckets).get_indexer(pd.Index(rows["bucket"])),
    )
    shares[cells], users[cells] = as_floats(rows["share"]), as_floats(rows["users"])
    has_users = ~np.isnan(users).all(axis=1)
    base = np.where(has_users, np.nansum(users, axis=1), np.nan)
    label = key if key not in _DIMENSIONS else _DIMENSIONS.zh[key] if lang == "zh" else english(key)
    is_top = bool(rows["is_top_list"].astype("boolean").fillna(False).any())
    named = [column for column, bucket in enumerate(buckets) if bucket != _OTHER]
    most = np.nanmax(shares[:, named], axis=1, initial=0.0)
    if key in _IN_ORDER:
        return _Dimension(label, buckets, shares, base, key, is_top, most)
    places = sorted(range(len(buckets)), key=lambda place: (buckets[place] == _OTHER, -np.nansum(shares[:, place])))
    first, rest = (places[:top], places[top:]) if len(places) > top + 1 else (places, [])
    columns = [shares[:, first], _sums(shares[:, rest])] if rest else [shares[:, first]]
    shown = [*(buckets[place] for place in first), *([None] if rest else [])]
    return _Dimension(label, shown, np.column_stack(columns), base, key, is_top, most)


def _merged(lists: Iterable[Sequence[str]]) -> list[str]:
    """Return all buckets in an order that agrees with the lists: a new one behind the one before it."""
    merged: list[str] = []
    for buckets in lists:
        for before, bucket in itertools.pairwise([None, *buckets]):
            if bucket not in merged and bucket is not None:
                merged.insert(merged.index(before) + 1 if before is not None else 0, bucket)
    return sorted(merged, key=lambda bucket: bucket == _OTHER)


def _sums(shares: Array) -> Array:
    """Return the sums of rows, NaN where a row has nothing."""
    sums: Array = np.where(np.isnan(shares).all(axis=1), np.nan, np.nansum(shares, axis=1))
    return sums


def _draw(ax: Axes, dimension: _Dimension, letters: Lettering, colours: Colours) -> Text:
    """Draw bars and numbers of one dimension and what stands over and beside them; return its title."""
    bare(ax)
    words, shares = _WORDS[letters.lang], dimension.shares
    edge, rows = len(dimension.buckets), np.arange(len(shares))
    ax.set(xlim=(0, edge + _BASE / _CELL), ylim=(len(shares) - 0.5, -0.5), xticks=[])
    ax.hlines(rows - 0.5, 0, edge + _BASE / _CELL, color=GRID, linewidth=[0.9, *[0.4] * (len(rows) - 1)], zorder=0)
    for row in range(len(shares)):
        if np.isnan(shares[row]).all():
            _write(ax, words["missing"], (0, row), MUTED, letters)
        else:
            _draw_row(ax, row, dimension, letters, colours)
    for column, bucket in enumerate(dimension.buckets):
        _head(ax, _bucket(bucket, column, letters), column, letters)
    _head(ax, words["users"], edge, letters)
    title = dimension.label + (f" · {words['is_top']}" if dimension.is_top else "")
    return name_axes(ax, title, LABEL + 0.5, _HEADERS * 72, letters)


def _draw_row(ax: Axes, row: int, dimension: _Dimension, letters: Lettering, colours: Colours) -> None:
    """Draw a creator's bars and numbers; what is put together has no bar, because it is not a bucket."""
    largest = np.nanmax(dimension.shares[:, dimension.single], initial=0.0) or 1.0
    shares = dimension.shares[row]
    for column, share in enumerate(shares):
        is_most = column in dimension.single and share == dimension.most[row] > 0
        colour = (PLAIN if is_most else REST) if dimension.is_top else colours.shares[not is_most]
        if column in dimension.single and share > 0:
            across = _LONGEST * share / largest
            ax.add_patch(Rectangle((column, row - _BAR / 2), across, _BAR, facecolor=colour, linewidth=0))
        _write(ax, percent(share) if np.isfinite(share) else MISSING, (column, row), INK, letters)
    users = dimension.users[row]
    base = compact(users, letters.lang) if np.isfinite(users) else MISSING
    _write(ax, base, (len(shares), row), MUTED, letters)


def _write(ax: Axes, text: str, at: tuple[float, float], colour: str, letters: Lettering) -> None:
    """Write a number at the start of its cell."""
    ax.annotate(
        text,
        xy=at,
        xytext=(_PAD, 0),
        textcoords="offset points",
        annotation_clip=False,
        va="center_baseline",
        color=MUTED if text == MISSING else colour,
        fontsize=SMALL - 0.5,
        **letters.style,
    )


def _head(ax: Axes, text: str, column: int, letters: Lettering) -> None:
    """Write the name of a column over it."""
    ax.annotate(
        text,
        xy=(column, 1),
        xycoords=("data", "axes fraction"),
        xytext=(_PAD, 6),
        textcoords="offset points",
        annotation_clip=False,
        va="baseline",
        linespacing=1.05,
        color=MUTED,
        fontsize=SMALL - 0.5,
        **letters.style,
    )


def _bucket(bucket: str | None, column: int, letters: Lettering) -> str:
    words = _WORDS[letters.lang]
    if bucket is None:
        return words["rest"]
    return wrapped(words.get(bucket) or letters.name(bucket, f"no. {column + 1}"), _HEADER_CELLS, 2)


def _asked(frame: pd.DataFrame) -> str:
    """Return the stage or group of fans that the frame is about, empty where it does not say one."""
    for name in ("stage", "fan_group"):
        said = list(frame[name].dropna().unique()) if name in frame.columns else []
        if len(said) == 1 and said[0] in _WORDS["en"]:
            return str(said[0])
    return ""


def _clauses(drawn: Sequence[_Dimension], letters: Lettering) -> list[str]:
    words = _WORDS[letters.lang]
    said = [dimension.shares[~np.isnan(dimension.shares).all(axis=1)] for dimension in drawn]
    return [
        words["reading"],
        words["scale"],
        words["base"],
        *(
            [words["age"]]
            if any(dimension.key == "age" and _OTHER not in dimension.buckets for dimension in drawn)
            else []
        ),
        # In English too the provider's name needs a font that has it.
        *([words["tier"]] if letters.name(_TIER, "") and any(_TIER in one.buckets for one in drawn) else []),
        *([words["gap"]] if any(np.isnan(shares).any() for shares in said) else []),
        *([words["top"]] if any(dimension.is_top for dimension in drawn) else []),
    ]


def _name(axes: Sequence[Axes], first: Sequence[int], names: Sequence[str], letters: Lettering) -> None:
    """Write the creators before the first panel of each line."""
    for number, ax in enumerate(axes):
        ax.set_yticks(range(len(names)), names)
        ax.tick_params(labelleft=number in first)
        for label in ax.get_yticklabels():
            label.set(fontsize=LABEL, color=INK, **letters.style)


def _fit(
    figure: Canvas,
    axes: Sequence[Axes],
    lines: Sequence[Sequence[int]],
    room: Sequence[float],
    spans: Sequence[float],
    heading: Heading,
) -> None:
    """Set the panels in lines as on a page; ``room`` is what each needs across, ``spans`` what its cells take."""
    left = width(axes[0].get_yticklabels()) + MARGIN + 0.08
    widest = max(sum(room[number] for number in line) + (len(line) - 1) * _BETWEEN for line in lines)
    total, head = heading.settle(left + widest + MARGIN)
    down = len(axes[0].get_yticks()) * _ROW
    if heading.sheet is not None:
        # Columns keep their width, which their numbers need; only rows are stretched.
        fixed = (total, head + len(lines) * (_TITLE + _HEADERS + _BELOW) + MARGIN)
        down = stretch(heading.sheet, Room(fixed, (0.0, len(lines) * down)), (1.0, _PRESSED))[1] / len(lines)
    step = _TITLE + _HEADERS + down + _BELOW
    resize(figure, total, head + len(lines) * step + MARGIN)
    heading.place(figure)
    for row, line in enumerate(lines):
        start = left
        for number in line:
            place(axes[number], figure, start, head + row * step + _TITLE + _HEADERS, spans[number], down)
            start += room[number] + _BETWEEN


def _page(sheet: Sheet | None, room: Sequence[float], creators: int) -> float:
    """Return how wide the page is: on a sheet as wide as lets letters be largest."""
    if sheet is None:
        return _PAGE
    ends = [0.0, *itertools.accumulate(across + _BETWEEN for across in room)]
    runs = [last - first - _BETWEEN for first, last in itertools.combinations(ends, 2)]
    widths = [run + _SLACK for run in runs if run + _SLACK >= max(room)]

    def size(across: float) -> float:
        down = len(_lines(room, across)) * (_TITLE + _HEADERS + creators * _ROW * _PRESSED + _BELOW) + _HEAD
        return min(sheet.across / (across + _NAMES), sheet.down / down)

    return max(widths, key=size)


def _lines(inches: Sequence[float], page: float) -> list[list[int]]:
    """Return which panels stand in a line: as many as fit on the page."""
    lines: list[list[int]] = []
    room = 0.0
    for number, across in enumerate(inches):
        room -= across + _BETWEEN
        if room < 0 or not lines:
            lines.append([])
            room = page - across
        lines[-1].append(number)
    return lines
