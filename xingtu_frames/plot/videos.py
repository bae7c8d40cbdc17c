"""The latest videos of each creator: plays over time, ordered ones apart, hot ones by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Unpack

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from ..arguments import Language, Names, one_of, whole_number_or_none
from ..errors import ParameterError, listed, must_be, quoted
from ..tables.inputs import CHINA
from ..tables.schema import Array
from ..wording.figures import compact, shortened
from .drawing.font import Lettering, lettering
from .drawing.heading import absent_from, head_figure, name_absent
from .drawing.look import look_of
from .drawing.options import OnFigure, with_options
from .drawing.palette import Colours
from .drawing.panels import SCALES, Scale
from .drawing.scales import WIDE_SPREAD, day_numbers, scale_limits, scale_ticks, spread
from .drawing.sheet import finish, root_of
from .drawing.spotting import label_points
from .drawing.style import (
    GRID,
    INK,
    MUTED,
    PAPER,
    SMALL,
    as_floats,
    creator_names,
    required,
)
from .drawing.timeline import Timeline, fit_timelines, moments, open_timelines, truths

_MAKER = "xingtu_frames.fetch_show_items(ids)"
_NEEDED = ("kol_id", "video_type", "item_id", "title", "published_at", "plays", "is_hot")
_KINDS = ("personal", "xingtu")
_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            "title": "最近作品的播放量",
            "reading": "蓝圆为个人视频，橙菱形为星图视频（商单）",
            "median": "虚线为各自的播放量中位数",
            "hot": "黑圈并写标题的为爆文（平台标记）",
            "age": "播放量为取数时的累计，新作品仍在增长",
            "own": "各图播放量刻度不同",
            "shared": "各图播放量刻度相同",
            "log": "对数坐标",
            "zero": "播放量为0的作品画在底边",
            "personal": "个人 {}",
            "xingtu": "星图 {}",
            "missing": "无数据",
            "gaps": "{}条缺播放量或日期",
            "unplaced": "{}条爆文写不下",
            "untitled": "无标题",
        },
        "en": {
            "title": "Plays of the latest videos",
            "reading": "Blue dot: personal video, orange diamond: ordered video",
            "median": "dashed: median plays of each kind",
            "hot": "ringed and named: hot by the provider's flag",
            "age": "plays so far: new videos are still gaining",
            "own": "each panel has its own scale of plays",
            "shared": "all panels have one scale of plays",
            "log": "logarithmic",
            "zero": "videos with 0 plays stand at the bottom",
            "personal": "personal {}",
            "xingtu": "ordered {}",
            "missing": "no data",
            "gaps": "{} without plays or date",
            "unplaced": "no room to name {} hot",
            "untitled": "untitled",
        },
    }
)
_MARKS: Mapping[str, tuple[str, float]] = MappingProxyType({"personal": ("o", 6.5), "xingtu": ("D", 5.5)})
_ACROSS, _DOWN, _ROOM = 3.0, 1.9, 0.12
_FEW, _WIDE, _APART = 2, 4.6, 3.0
"""Panels of so few creators are wider; points that stay free around a title."""
_TITLE_CELLS, _TICKS, _SIZES = 18, 5, (8.5, 7.5, 6.5)
_LINE = 0.17
"""Inches between the notes of two medians."""
_CHINA = np.timedelta64(CHINA.utcoffset(None))


@dataclass(frozen=True, slots=True)
class _Videos:
    """One creator's videos that have plays and a date; a video of both lists is an ordered one.

    Attributes
    ----------
    places, plays
        The coordinates, plays of 0 as NaN where the scale is logarithmic.
    ordered, hot
        Which ones are.
    titles
        What each is called, None without a title.
    medians
        The median of each list that has plays, whatever their dates.
    gaps
        How many videos lack plays or a date.
    """

    places: Array
    plays: Array
    ordered: Array
    hot: Array
    titles: Sequence[object]
    medians: Mapping[str, float]
    gaps: int


@with_options
def plot_videos(
    frame: pd.DataFrame,
    *,
    names: Names | None = None,
    scale: Scale = "own",
    per_row: int | None = None,
    lang: Language = "zh",
    **options: Unpack[OnFigure],
) -> Figure:
    """Draw the plays of each creator's latest videos over time: a panel for each creator.

    Creators stand in the order of the frame. A blue dot is a personal video, an orange diamond an ordered one; a
    dashed line is the median of each kind, with its plays on the right. Hot videos have a dark ring and their title.
    A video that is in both lists is drawn once, as ordered, and counts in both medians. The scale of plays is
    logarithmic where they lie further apart than eightfold; 0 then stands at the bottom. Videos without plays or
    date are not drawn but counted behind the name.

    Parameters
    ----------
    frame
        The frame of ``fetch_show_items``.
    names
        What to call the creators: a mapping or a Series id -> name, a list in their order, or a frame with ``kol_id``
        and ``name``. Ids stand for those it lacks. Creators that it has and the frame lacks are named in the
        subtitle, the first eight.
    scale
        ``"own"`` fits each panel to its creator; ``"shared"`` gives all panels one scale of plays. Days are always
        the creator's own.
    per_row
        Panels side by side. None chooses by the number of creators.
    lang
        ``"zh"`` or ``"en"``, for labels and numbers; titles stay as they are.

    Returns
    -------
    Figure
        A figure of fitting size, one axes for each creator.

    Raises
    ------
    ParameterError
        The frame lacks a column, has no rows, has a video twice in one list or of another kind, ``scale`` or
        ``lang`` is not known, or ``per_row`` is not a positive integer.

    Warns
    -----
    UnmatchedNamesWarning
        There are names, and none is for one of the creators.
    MissingFontWarning
        No font has Chinese characters: English labels, ids and numbered titles are drawn. Once per process.

    Notes
    -----
    Costs no request. Days are those of China. Plays are counted up to the day of the answer, so that the newest
    videos stand lower than they will.
    """
    scale = one_of("scale", scale, SCALES)
    per_row = whole_number_or_none("per_row", per_row, 1)
    frame, named, look = look_of(options, "figure").arrange(frame, _MAKER, names)
    frame = _checked(frame)
    plays = as_floats(frame["plays"])
    log = any(spread(plays[rows]) > WIDE_SPREAD for rows in frame.groupby("kol_id", sort=False).indices.values())
    creators = _by_creator(frame, plays)
    row_names = [named.get(kol_id) for kol_id in creators]
    letters = lettering(lang, [*row_names, *look.said, *absent_from(named, creators).values(), *_hot_titles(creators)])
    figure, panels = open_timelines(creator_names(row_names, creators, letters), 1, letters, look.figure)
    _scale(panels, list(creators.values()), letters.lang, log=log, shared=scale == "shared")
    for panel, videos in zip(panels, creators.values(), strict=True):
        _draw(panel, videos, look.colours)
    clauses = [*_clauses(creators, scale, letters.lang, log=log), *name_absent(named, creators, letters)]
    heading = head_figure(figure, _WORDS[letters.lang]["title"], clauses, letters, look)
    inches = fit_timelines(figure, panels, per_row, heading, _WIDE if len(creators) <= _FEW else _ACROSS, [_DOWN])
    for panel, videos in zip(panels, creators.values(), strict=True):
        if len(videos.places):
            panel.span(float(videos.places.min()), float(videos.places.max()), inches, _ROOM)
        _part_medians(panel, videos)
        _name_hot(panel, videos)
    finish(figure, look.sheet, [panel.head for panel in panels])
    return root_of(figure)


def _checked(frame: pd.DataFrame) -> pd.DataFrame:
    frame = required(frame, _NEEDED, _MAKER)
    if not frame["video_type"].isin(_KINDS).all():
        odd = frame.loc[~frame["video_type"].isin(_KINDS), "video_type"].iloc[0]
        raise must_be("video_type of the frame", f"one of {listed(_KINDS)}", quoted(odd), f"{_MAKER} makes such rows")
    known = frame[frame["item_id"].notna()]
    if known.duplicated(["kol_id", "video_type", "item_id"]).any():
        raise ParameterError("a video stands twice in one list: choose the rows of one fetch")
    return frame


def _by_creator(frame: pd.DataFrame, plays: Array) -> dict[str, _Videos]:
    days = moments(frame["published_at"]) + _CHINA
    kinds, hot = frame["video_type"].to_numpy(), truths(frame["is_hot"])
    both = (kinds == "personal") & _is_ordered_too(frame)
    known = np.isfinite(plays) & ~np.isnat(days)
    found = {}
    for kol_id, rows in frame.groupby("kol_id", sort=False).indices.items():
        medians = {kind: plays[rows[(kinds[rows] == kind) & np.isfinite(plays[rows])]] for kind in _KINDS}
        drawn = rows[known[rows] & ~both[rows]]
        found[str(kol_id)] = _Videos(
            day_numbers(days[drawn]),
            plays[drawn],
            kinds[drawn] == "xingtu",
            hot[drawn],
            [title if isinstance(title, str) else None for title in frame["title"].iloc[drawn]],
            {kind: float(np.median(values)) for kind, values in medians.items() if len(values)},
            int((~known[rows] & ~both[rows]).sum()),
        )
    return found


def _is_ordered_too(frame: pd.DataFrame) -> Array:
    """Return which videos are in the creator's list of ordered ones."""
    keys = pd.MultiIndex.from_frame(frame[["kol_id", "item_id"]])
    ordered = keys[(frame["video_type"] == "xingtu").to_numpy() & frame["item_id"].notna().to_numpy()]
    found: Array = keys.isin(ordered)
    return found


def _hot_titles(creators: Mapping[str, _Videos]) -> list[object]:
    return [title for videos in creators.values() for title, hot in zip(videos.titles, videos.hot, strict=True) if hot]


def _scale(panels: Sequence[Timeline], creators: Sequence[_Videos], lang: Language, *, log: bool, shared: bool) -> None:
    """Give the axes of plays their kind, ends and labels."""
    amounts = [np.r_[videos.plays, list(videos.medians.values())] for videos in creators]
    if shared:
        amounts = [np.concatenate(amounts)] * len(creators)
    for panel, values in zip(panels, amounts, strict=True):
        (ax,) = panel.axes
        usable = values[values > 0] if log else values
        if not len(usable):
            continue
        if log:
            ax.set_yscale("log")
        low, high = scale_limits(usable, log=log)
        ax.set_ylim(low, high)
        ticks = scale_ticks(low, high, _TICKS, log=log)
        ax.yaxis.set_minor_locator(NullLocator())
        style = {"fontsize": SMALL, "color": MUTED, **panel.letters.style}
        ax.set_yticks(ticks, [compact(tick, lang) for tick in ticks], **style)
        ax.grid(axis="y", color=GRID, linewidth=0.8)


def _draw(panel: Timeline, videos: _Videos, colours: Colours) -> None:
    """Fill a panel, all but the titles."""
    words, (ax,) = _WORDS[panel.letters.lang], panel.axes
    if not len(videos.plays) and not videos.medians:
        panel.say_empty(words["missing"])
    panel.add_summary(words["gaps"].format(videos.gaps) if videos.gaps else "")
    heights = _heights(ax, videos)
    for kind, (shape, size) in _MARKS.items():
        colour, _ = _colours(kind, colours)
        of_kind = videos.ordered == (kind == "xingtu")
        for rows, rim, edge in ((of_kind & ~videos.hot, 0.8, PAPER), (of_kind & videos.hot, 1.5, INK)):
            look: dict[str, Any] = {
                "color": colour,
                "markersize": size,
                "markeredgecolor": edge,
                "markeredgewidth": rim,
            }
            ax.plot(videos.places[rows], heights[rows], shape, zorder=4 if edge == INK else 3, clip_on=False, **look)
        if kind in videos.medians:
            ax.axhline(videos.medians[kind], color=colour, linewidth=1.3, linestyle=(0, (5, 3)), zorder=2)
    _note_medians(panel, videos, colours)


def _colours(kind: str, colours: Colours) -> tuple[str, str]:
    """Return the colour of the marks of a kind, and that of its texts."""
    return colours.against(ahead=kind == "personal")


def _heights(ax: Axes, videos: _Videos) -> Array:
    """Return where the plays stand: 0 at the bottom of a logarithmic scale."""
    return np.maximum(videos.plays, ax.get_ylim()[0]) if ax.get_yscale() == "log" else videos.plays


def _note_medians(panel: Timeline, videos: _Videos, colours: Colours) -> None:
    """Write the medians beside their lines."""
    words, (ax,) = _WORDS[panel.letters.lang], panel.axes
    for kind, value in _medians(videos):
        text = words[kind].format(compact(value, panel.letters.lang))
        panel.note(ax, text, max(value, ax.get_ylim()[0]), _colours(kind, colours)[1])


def _medians(videos: _Videos) -> list[tuple[str, float]]:
    """Return the medians with their kinds, the lowest first."""
    return sorted(videos.medians.items(), key=lambda pair: pair[1])


def _part_medians(panel: Timeline, videos: _Videos) -> None:
    """Move two medians apart that are close, once the panel has its size."""
    (ax,) = panel.axes
    if len(panel.notes) != 2:
        return
    places = [(0.0, max(value, ax.get_ylim()[0])) for _, value in _medians(videos)]
    (_, low), (_, high) = ax.transData.transform(places) / ax.figure.dpi
    lack = max(0.0, _LINE - float(high - low)) / 2
    for note, side in zip(panel.notes, (-1, 1), strict=True):
        note.xyann = (note.xyann[0], side * lack * 72)


def _name_hot(panel: Timeline, videos: _Videos) -> None:
    """Write the titles of hot videos at their points, as far as there is room."""
    if not videos.hot.any():
        return
    words, (ax,) = _WORDS[panel.letters.lang], panel.axes
    places = np.column_stack([videos.places, _heights(ax, videos)])
    titles = [_title(videos.titles[row], row, panel.letters) for row in np.flatnonzero(videos.hot).tolist()]
    radius = max(size for _, size in _MARKS.values()) / 2
    hot, others = places[videos.hot], places[~videos.hot]
    _, unplaced = label_points(ax, hot, titles, radius, panel.letters, others, _SIZES, _APART)
    panel.add_summary(words["unplaced"].format(len(unplaced)) if unplaced else "")


def _title(title: object, row: int, letters: Lettering) -> str:
    untitled = _WORDS[letters.lang]["untitled"]
    return shortened(letters.name(title, f"{untitled} {row + 1}") if title else untitled, _TITLE_CELLS)


def _clauses(creators: Mapping[str, _Videos], scale: str, lang: Language, *, log: bool) -> list[str]:
    words = _WORDS[lang]
    everything = np.concatenate([videos.plays for videos in creators.values()])
    return [
        words["reading"],
        words["median"],
        *([words["hot"]] if any(videos.hot.any() for videos in creators.values()) else []),
        *([words[scale]] if len(creators) > 1 else []),
        *([words["log"]] if log else []),
        *([words["zero"]] if log and (everything == 0).any() else []),
        words["age"],
    ]
