"""What each creator's videos are about: one bar of shares for each creator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..arguments import Language, Names, names_of
from ..board.metrics import FEW_VIDEOS
from ..errors import ParameterError
from ..wording.figures import compact
from .drawing.around import put_around
from .drawing.font import Lettering, lettering
from .drawing.stacked import Part, StackedBars, by_size, text_size
from .drawing.style import CATEGORIES, PLAIN, REST, as_floats, creator_names, new_figure, required

_Share = tuple[str, float]
"""A category, empty where the provider names none, and its share."""

_MAKER = "xingtu_frames.fetch_video_distribution(ids)"
_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "title": "内容类型构成",
            "reading": "条形为各类作品数占比，大的在前",
            "colour": "同色同类",
            "behind": "右侧为作品总数和窄得写不下字的类",
            "grey": "另有{}类为灰色并写明类名；同一达人第一个灰色类之外还有两类以上时，合并为浅灰的“其他”",
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
            "colour": "one colour is one category",
            "behind": "right: all videos, and categories too narrow for their names",
            "grey": "{} more categories have no colour: grey with the name, or several of one creator together, "
            "but for the first, in light grey",
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
_MOST_NAMED = 8
_READING = ("reading", "colour", "behind")


def plot_content_mix(
    frame: pd.DataFrame,
    *,
    names: Names | None = None,
    lang: Language = "zh",
    ax: Axes | None = None,
) -> Axes:
    """Draw the shares of content categories as one stacked bar for each creator.

    Creators stand in the order of the frame, the first on top; in a bar the largest category comes first. A category
    has the same colour in every bar and its name and share are written on it, or, where the part is too narrow,
    behind the number of videos on the right. Eight categories have a colour, those with the largest shares over all
    creators; others are grey. Where one creator has several grey ones, those past the first category of the bar are
    put together at its end as 其他, with their number.

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
    ax
        Axes to draw on, else a figure of fitting size is opened. On given axes the texts shrink to the room there.

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
    frame = required(frame, ["kol_id", "category", "video_count", "share"], _MAKER)
    if frame.duplicated(["kol_id", "category"]).any():
        raise ParameterError("two shares for one category: choose the rows of one platform and fetch")
    mixes = _mixes(frame)
    places = by_size(mixes.values())
    names_by_id = names_of(names, mixes)
    row_names = [names_by_id.get(kol_id) for kol_id in mixes]
    absent = [kol_id for kol_id in names_by_id if kol_id not in mixes]
    missed = [names_by_id[kol_id] for kol_id in absent]
    letters = lettering(lang, [*row_names, *missed, *places])
    figure, (canvas, *_) = new_figure() if ax is None else (None, [ax])
    lines = np.arange(len(mixes), dtype=float)
    bars = [_parts(mix, places, letters) for mix in mixes.values()]
    counts = _counts(frame)
    bar_notes = [_bar_notes(counts.get(kol_id), mix, letters.lang) for kol_id, mix in mixes.items()]
    chart = StackedBars(canvas, letters, bars, lines, bar_notes, text_size(ax, lines))
    chart.draw()
    chart.name(lines, creator_names(row_names, mixes, letters))
    notes = _notes(counts, len(places), creator_names(missed, absent, letters), letters.lang)
    words = _WORDS[letters.lang]
    around = put_around(canvas, words["title"], [words[key] for key in _READING], notes, letters)
    if figure is None:
        chart.fit_given(around)
    else:
        chart.fit_figure(figure, around)
    return canvas


def _mixes(frame: pd.DataFrame) -> dict[str, list[_Share]]:
    """Return the categories of each creator with their shares, the largest first."""
    mixes: dict[str, list[_Share]] = {kol_id: [] for kol_id in frame["kol_id"]}
    for kol_id, category, share in zip(frame["kol_id"], frame["category"], as_floats(frame["share"]), strict=True):
        if np.isfinite(share):
            mixes[kol_id].append((category if isinstance(category, str) else "", float(share)))
    return {kol_id: sorted(mix, key=lambda pair: -pair[1]) for kol_id, mix in mixes.items()}


def _parts(mix: Sequence[_Share], places: Mapping[str, int], letters: Lettering) -> list[Part]:
    """Return the pieces of a bar; several categories without a colour, past the first, are put together at its end."""
    words, parts, rest = _WORDS[letters.lang], [], []
    plain = [category for category, _ in mix[1:] if places[category] >= len(CATEGORIES)]
    for category, share in mix:
        place = places[category]
        if len(plain) > 1 and category in plain:
            rest.append(share)
            continue
        label = letters.name(category, words["nameless"].format(place + 1)) if category else words["unnamed"]
        parts.append(Part(label, share, CATEGORIES[place] if place < len(CATEGORIES) else PLAIN))
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


def _notes(counts: Mapping[str, float], categories: int, absent: Sequence[str], lang: Language) -> list[list[str]]:
    words, uncoloured = _WORDS[lang], categories - len(CATEGORIES)
    more = [words["more"].format(len(absent))] if len(absent) > _MOST_NAMED else []
    return [
        *([[words["few_note"].format(FEW_VIDEOS)]] if min(counts.values(), default=FEW_VIDEOS) < FEW_VIDEOS else []),
        *([[words["grey"].format(uncoloured)]] if uncoloured > 0 else []),
        *([[words["absent"] + absent[0], *absent[1:_MOST_NAMED], *more]] if absent else []),
    ]
