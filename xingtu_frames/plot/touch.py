"""Where connected users come from: the largest sources of each creator, inside one level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Literal, Unpack, cast

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..arguments import Language, Names, one_of, whole_number
from ..board.metrics import Floats
from ..errors import ParameterError
from ..wording.figures import MISSING, compact
from .drawing.around import put_around
from .drawing.font import Lettering, lettering
from .drawing.look import look_of
from .drawing.options import OnAxes, with_options
from .drawing.palette import Colours
from .drawing.sheet import finish
from .drawing.stacked import Part, StackedBars, by_size, text_size
from .drawing.style import (
    PLAIN,
    REST,
    as_floats,
    creator_names,
    new_axes,
    required,
    width,
)

_MAKER = "xingtu_frames.fetch_touch_distribution(ids)"
Level = Literal["level1", "level2"]
"""What is cut into its sources."""
_LEVELS: Mapping[Level, tuple[str, ...]] = MappingProxyType(
    {"level1": ("kol_id", "touch", "level1"), "level2": ("kol_id", "touch", "level1", "level2")}
)
_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "level1": "连接用户来源：一级来源",
            "level2": "连接用户来源：内容类型",
            "of_level1": "条形为各一级来源占其合计的比例，左侧为合计用户数",
            "of_level2": "条形为各内容类型占上级用户数的比例，左侧为上级及其用户数",
            "top": "每行最大 {} 项，其余并入其他",
            "colour": "颜色随来源",
            "unlisted": "虚线框为未细分",
            "parent": "上级",
            "total": "合计",
            "others": "其他 {} 项",
            "rest": "未细分",
            "uncounted": "{} 项无数据",
            "missing": "无数据",
        },
        "en": {
            "level1": "Where connected users come from: sources",
            "level2": "Where connected users come from: content categories",
            "of_level1": "Bar: share of each source in their total, left: users in total",
            "of_level2": "Bar: share of each category in its parent, left: the parent and its users",
            "top": "the largest {} of each, the rest together",
            "colour": "a source keeps its colour",
            "unlisted": "dashed: not broken down",
            "parent": "parent",
            "total": "total",
            "others": "others ({})",
            "rest": "not broken down",
            "uncounted": "{} without data",
            "missing": "no data",
        },
    }
)
_BETWEEN, _GAP = 1.3, 5.0
_SMALLEST_REST = 0.005


@dataclass(frozen=True, slots=True)
class _Parent:
    """A node whose children are drawn: shares by name, the largest first."""

    kol_id: str
    label: str
    users: float
    shares: Sequence[tuple[str, float]]
    uncounted: int


@with_options
def plot_touch(
    frame: pd.DataFrame,
    *,
    level: Level = "level2",
    sources: int = 5,
    names: Names | None = None,
    lang: Language = "zh",
    **options: Unpack[OnAxes],
) -> Axes:
    """Draw where connected users come from: a bar for each parent, cut by the share of its sources.

    Creators stand in the order of the frame, the sources of a bar by size. A piece too narrow for its label is named
    behind the bar. Sources past ``sources`` are drawn together with their number; what the provider does not break down
    is an empty dashed piece, from half a percent on. Sources without a number have no piece, but are counted behind
    the bar.

    Parameters
    ----------
    frame
        The frame of ``fetch_touch_distribution``.
    level
        ``"level2"`` cuts each level-1 source into its content categories, ``"level1"`` cuts a creator's touch into
        level-1 sources.
    sources
        The most sources to show one by one in a bar.
    names
        What to call the creators: a mapping or a Series id -> name, a list in their order, or a frame with ``kol_id``
        and ``name``. Ids stand for those it lacks.
    lang
        ``"zh"`` or ``"en"``, for labels and numbers; the provider's names of sources stay as they are.

    Returns
    -------
    Axes
        The axes, with the creators as y tick labels and shares from 0 to 1 as x.

    Raises
    ------
    ParameterError
        The frame lacks a column, has no rows or has two counts for one node, ``level`` or ``lang`` is not known, or
        ``sources`` is not a positive integer.

    Warns
    -----
    UnmatchedNamesWarning
        There are names, and none is for one of the creators.
    MissingFontWarning
        No font has Chinese characters: English labels, ids and numbered sources are drawn. Once per process.

    Notes
    -----
    Costs no request. Shares are counted inside one level: the denominator of level 2 is the count of its level-1
    parent, that of level 1 the sum of a touch's level-1 counts. Level 3 counts users more than once and is never
    summed.
    """
    level = one_of("level", level, _LEVELS)
    sources = whole_number("sources", sources, 1)
    frame, named, look = look_of(options, "ax").arrange(frame, _MAKER, names, "level1_cnt")
    frame = required(frame, [*_LEVELS["level2"], "level1_cnt", "level2_cnt"], _MAKER)
    parents = _parents(frame, level)
    places = by_size(parent.shares for parent in parents)
    kol_ids = list(dict.fromkeys(parent.kol_id for parent in parents))
    row_names = [named.get(kol_id) for kol_id in kol_ids]
    letters = lettering(lang, [*row_names, *look.said, *places, *(parent.label for parent in parents)])
    bars = [_cut(parent, sources, places, letters, look.colours) for parent in parents]
    figure, canvas = new_axes(look.ax)
    words, lines = _WORDS[letters.lang], _lines(parents)
    bar_notes = [_bar_notes(parent, words) for parent in parents]
    chart = StackedBars(canvas, letters, bars, lines, bar_notes, text_size(look.ax, lines))
    chart.draw()
    _name(chart, parents, dict(zip(kol_ids, creator_names(row_names, kol_ids, letters), strict=True)), words)
    around = put_around(canvas, words[level], _clauses(bars, level, sources, words), [], letters, look)
    if figure is None:
        chart.fit_given(around)
    else:
        chart.fit_figure(figure, around)
        finish(figure, look.sheet)
    return canvas


def _parents(frame: pd.DataFrame, level: Level) -> list[_Parent]:
    """Return the nodes above the level, creator by creator, each child counted once."""
    *above, child = _LEVELS[level]
    count = f"{child}_cnt"
    nodes = frame[[*above, child, *dict.fromkeys(["level1_cnt", count])]].drop_duplicates()
    if nodes[nodes[child].notna()].duplicated([*above, child]).any():
        raise ParameterError("two counts for one node: choose the rows of one platform and fetch")
    several = frame["touch"].nunique() > 1
    places = {kol_id: place for place, kol_id in enumerate(dict.fromkeys(frame["kol_id"]))}
    found = []
    for key, group in nodes.groupby(above, sort=False, dropna=False):
        kol_id, touch, *rest = cast("tuple[Any, ...]", key)
        label = [text for text in ([touch] if several else []) + rest if isinstance(text, str)]
        users = as_floats(group["level1_cnt"])
        whole = users[0] if rest else np.nansum(users) if np.isfinite(users).any() else np.nan
        children = group[group[child].notna() | group[count].notna()]
        counts = as_floats(children[count])
        sources = [source if isinstance(source, str) else "" for source in children[child]]
        pairs = zip(sources, counts / whole if whole else counts * np.nan, strict=True)
        shares = sorted([(source, float(share)) for source, share in pairs if np.isfinite(share)], key=_share)
        found.append(_Parent(kol_id, " · ".join(label), float(whole), shares, int(np.isnan(counts).sum())))
    return sorted(found, key=lambda parent: places[parent.kol_id])


def _share(listed: tuple[str, float]) -> float:
    """Sort the largest first."""
    return -listed[1]


def _cut(parent: _Parent, most: int, places: Mapping[str, int], letters: Lettering, colours: Colours) -> list[Part]:
    """Return the pieces of a bar from left to right."""
    words = _WORDS[letters.lang]
    parts = []
    for source, share in parent.shares[:most]:
        label = letters.name(source, f"source {places[source] + 1}") if source else MISSING
        parts.append(Part(label, share, colours.of(source) if source else PLAIN))
    others = [share for _, share in parent.shares[most:]]
    if others:
        parts.append(Part(words["others"].format(len(others)), sum(others), REST))
    rest = 1 - sum(part.share for part in parts)
    if parent.users > 0 and rest >= _SMALLEST_REST:
        parts.append(Part(words["rest"], rest, None))
    return parts


def _lines(parents: Sequence[_Parent]) -> Floats:
    """Return where the bars stand, those of one creator closer together."""
    steps = [1.0 if before.kol_id == after.kol_id else _BETWEEN for before, after in pairwise(parents)]
    return np.cumsum([0.0, *steps])


def _bar_notes(parent: _Parent, words: Mapping[str, str]) -> list[str]:
    """Say what the bar cannot show."""
    if parent.uncounted:
        return [words["uncounted"].format(parent.uncounted)]
    return [] if parent.users > 0 else [words["missing"]]


def _clauses(bars: Sequence[Sequence[Part]], level: str, most: int, words: Mapping[str, str]) -> list[str]:
    parts = [part for parts in bars for part in parts]
    return [
        words[f"of_{level}"],
        *([words["colour"]] if len(bars) > 1 else []),
        *([words["top"].format(most)] if any(part.colour == REST for part in parts) else []),
        *([words["unlisted"]] if any(part.colour is None for part in parts) else []),
    ]


def _name(chart: StackedBars, parents: Sequence[_Parent], names: Mapping[str, str], words: Mapping[str, str]) -> None:
    """Write creators at their first bar, and each parent between its creator and its bar."""
    texts = []
    for line, parent in zip(chart.lines, parents, strict=True):
        total = compact(parent.users, chart.letters.lang) if np.isfinite(parent.users) else MISSING
        label = chart.letters.name(parent.label, words["parent"]) if parent.label else words["total"]
        texts.append(chart.beside(f"{label} {total}", (0, line), -_GAP))
    before = [None, *(parent.kol_id for parent in parents)]
    first = [row for row, parent in enumerate(parents) if parent.kol_id != before[row]]
    chart.name(chart.lines[first], [names[parents[row].kol_id] for row in first], 2.5 * _GAP + width(texts) * 72)
