"""What each creator's videos are about: one bar of shares for each creator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Unpack

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..arguments import Language, Names
from ..board.metrics import FEW_VIDEOS
from ..errors import ParameterError
from ..wording.figures import compact
from .drawing.around import put_around
from .drawing.font import Lettering, lettering
from .drawing.look import look_of
from .drawing.options import OnAxes, with_options
from .drawing.palette import Colours
from .drawing.sheet import finish
from .drawing.stacked import Part, StackedBars, by_size, text_size
from .drawing.style import PLAIN, REST, as_floats, creator_names, new_axes, required

_Share = tuple[str, float]
"""A category, empty where the provider names none, and its share."""

_MAKER = "xingtu_frames.fetch_video_distribution(ids)"
_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "title": "内容类型构成",
            "reading": "条形为各类作品数占比，大的在前",
            "colour": "颜色随类别，名单中较少见的几类合并为浅灰的“其他”",
            "behind": "右侧为作品总数和窄得写不下字的类",
            "rest": "其他{}类",
            "unnamed": "未注明",
            "nameless": "第{}类",
            "video": "{}条",
            "videos": "{}条",
            "few": "{}（样本少）",
            "few_note": "样本少：作品不足{}条，占比仅供参考",
            "missing": "无数据",
            "absent": "所给数据中没有：",
            "more": "等共{}位",
        },
        "en": {
            "title": "Content mix",
            "reading": "Bar: share of videos by category, the largest first",
            "colour": "a category keeps its colour, several rare ones stand together in light grey",
            "behind": "right: all videos, and categories too narrow for their names",
            "rest": "{} others",
            "unnamed": "unnamed",
            "nameless": "category {}",
            "video": "{} video",
            "videos": "{} videos",
            "few": "{} (few)",
            "few_note": "Few: under {} videos, shares say little",
            "missing": "no data",
            "absent": "Not in the data given: ",
            "more": "{} in all",
        },
    }
)
_MOST_NAMED, _COMMON = 8, 8
_READING = ("reading", "colour", "behind")


@with_options
def plot_content_mix(
    frame: pd.DataFrame,
    *,
    names: Names | None = None,
    lang: Language = "zh",
    **options: Unpack[OnAxes],
) -> Axes:
    """Draw the shares of content categories as one stacked bar for each creator.

    Creators stand in the order of the frame, the first on top; in a bar the largest category comes first. A category
    has the same colour in every bar, and in every picture; its name and share are written on it, or, where the part is
    too narrow, behind the number of videos on the right. Where one creator has several categories that are not among
    the eight with the largest shares over all creators, those past the first category of the bar are put together at
    its end as 其他, with their number.

    Parameters
    ----------
    frame
        The frame of ``fetch_video_distribution``, of one platform.
    names
        What to call the creators: a mapping or a Series id -> name, a list in their order, or a frame with ``kol_id``
        and ``name``. Ids stand for those it lacks. Creators that it has and the
        frame lacks are named below, the first eight.
    lang
        ``"zh"`` or ``"en"``, for labels and numbers; categories keep the provider's name.

    Returns
    -------
    Axes
        The axes, with the creators as y tick labels and shares from 0 to 1 across.

    Raises
    ------
    ParameterError
        The frame lacks a column, has no rows or a category twice for one creator, or ``lang`` is not known.

    Warns
    -----
    UnmatchedNamesWarning
        There are names, and none is for one of the creators.
    MissingFontWarning
        No font has Chinese characters: English labels and ids are drawn. Once per process.

    Notes
    -----
    Costs no request. Shares are taken from the counts; the provider's own are rounded.
    """
    frame, named, look = look_of(options, "ax").arrange(frame, _MAKER, names, "share")
    frame = required(frame, ["kol_id", "category", "video_count", "share"], _MAKER)
    if frame.duplicated(["kol_id", "category"]).any():
        raise ParameterError("two shares for one category: choose the rows of one platform and fetch")
    mixes = _mixes(frame)
    places = by_size(mixes.values())
    row_names = [named.get(kol_id) for kol_id in mixes]
    absent = [kol_id for kol_id in named if kol_id not in mixes]
    missed = [named[kol_id] for kol_id in absent]
    letters = lettering(lang, [*row_names, *look.said, *missed, *places])
    figure, canvas = new_axes(look.ax)
    lines = np.arange(len(mixes), dtype=float)
    bars = [_parts(mix, places, letters, look.colours) for mix in mixes.values()]
    counts = _counts(frame)
    bar_notes = [_bar_notes(counts.get(kol_id), mix, letters.lang) for kol_id, mix in mixes.items()]
    chart = StackedBars(canvas, letters, bars, lines, bar_notes, text_size(look.ax, lines))
    chart.draw()
    chart.name(lines, creator_names(row_names, mixes, letters))
    notes = _notes(counts, creator_names(missed, absent, letters), letters.lang)
    words = _WORDS[letters.lang]
    around = put_around(canvas, words["title"], [words[key] for key in _READING], notes, letters, look)
    if figure is None:
        chart.fit_given(around)
    else:
        chart.fit_figure(figure, around)
        finish(figure, look.sheet)
    return canvas


def _mixes(frame: pd.DataFrame) -> dict[str, list[_Share]]:
    """Return the categories of each creator with their shares, the largest first."""
    mixes: dict[str, list[_Share]] = {kol_id: [] for kol_id in frame["kol_id"]}
    for kol_id, category, share in zip(frame["kol_id"], frame["category"], as_floats(frame["share"]), strict=True):
        if np.isfinite(share):
            mixes[kol_id].append((category if isinstance(category, str) else "", float(share)))
    return {kol_id: sorted(mix, key=lambda pair: -pair[1]) for kol_id, mix in mixes.items()}


def _parts(mix: Sequence[_Share], places: Mapping[str, int], letters: Lettering, colours: Colours) -> list[Part]:
    """Return the pieces of a bar; several rare categories, past the first, are put together at its end."""
    words, parts, rest = _WORDS[letters.lang], [], []
    plain = [category for category, _ in mix[1:] if places[category] >= _COMMON]
    for category, share in mix:
        place = places[category]
        if len(plain) > 1 and category in plain:
            rest.append(share)
            continue
        label = letters.name(category, words["nameless"].format(place + 1)) if category else words["unnamed"]
        parts.append(Part(label, share, colours.of(category) if category else PLAIN))
    return [*parts, *([Part(words["rest"].format(len(rest)), sum(rest), REST)] if rest else [])]


def _counts(frame: pd.DataFrame) -> dict[str, float]:
    """Return all videos of each creator, as far as they are counted."""
    counts: dict[str, float] = {}
    for kol_id, count in zip(frame["kol_id"], as_floats(frame["video_count"]), strict=True):
        if np.isfinite(count):
            counts[kol_id] = counts.get(kol_id, 0.0) + count
    return counts


def _bar_notes(count: float | None, mix: Sequence[_Share], lang: Language) -> list[str]:
    """Say how many videos a bar is made of, and whether they are few."""
    words = _WORDS[lang]
    videos = [] if count is None else [words["video" if count == 1 else "videos"].format(compact(count, lang))]
    if count is not None and count < FEW_VIDEOS:
        videos = [words["few"].format(videos[0])]
    return [*videos, *([] if mix else [words["missing"]])]


def _notes(counts: Mapping[str, float], absent: Sequence[str], lang: Language) -> list[list[str]]:
    words = _WORDS[lang]
    more = [words["more"].format(len(absent))] if len(absent) > _MOST_NAMED else []
    return [
        *([[words["few_note"].format(FEW_VIDEOS)]] if min(counts.values(), default=FEW_VIDEOS) < FEW_VIDEOS else []),
        *([[words["absent"] + absent[0], *absent[1:_MOST_NAMED], *more]] if absent else []),
    ]
