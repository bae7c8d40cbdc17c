"""What frames say of single videos: plays day by day, and counts, the newest answer of each."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import pandas as pd

from ..frame import conformed, require_columns, require_text_ids
from ..tables.inputs import CHINA
from ..tables.schema import Table
from ..tables.trend import VIDEO_TREND
from ..tables.video import SHOW_ITEMS


class Course(NamedTuple):
    """The plays of a video day by day.

    Attributes
    ----------
    over
        Day -> all plays up to its end, for the days that were over when they were fetched.
    now
        All plays that are listed.
    days
        The last day that was over.
    """

    over: dict[int, int | None]
    now: int | None
    days: int | None


class Count(NamedTuple):
    """The counts of a video: plays, interactions, and for how many days it was out; and who lists it."""

    plays: int | None = None
    interactions: int | None = None
    days: int | None = None
    owners: frozenset[str] = frozenset()


def courses_of(trend: pd.DataFrame) -> dict[str, Course]:
    """Return the plays of each video of a trend.

    Raises
    ------
    ParameterError
        It lacks a column, or holds what cannot be.
    """
    trend = _readable(trend, "trend", VIDEO_TREND, ("item_id", "day_no", "plays_so_far"), ("date", "fetched_at"))
    fetched = trend["fetched_at"]
    newest = fetched.groupby(trend["item_id"]).transform("max")
    trend = trend[newest.isna() | (fetched == newest)]
    # A day of plays begins and ends in China.
    running = trend["date"] >= trend["fetched_at"].dt.tz_convert(CHINA).dt.tz_localize(None).dt.normalize()
    days: dict[str, dict[int, tuple[int | None, bool]]] = {}
    for item_id, day, plays, is_running in zip(
        trend["item_id"], _whole(trend["day_no"]), _whole(trend["plays_so_far"]), running, strict=True
    ):
        if day is not None:
            days.setdefault(item_id, {})[day] = plays, is_running
    return {item_id: _course(found) for item_id, found in days.items()}


def _course(days: dict[int, tuple[int | None, bool]]) -> Course:
    over = {day: plays for day, (plays, is_running) in days.items() if not is_running}
    return Course(over, days[max(days)][0], max(over, default=None))


def counts_of(videos: pd.DataFrame) -> dict[str, Count]:
    """Return the counts of each video that is listed.

    Raises
    ------
    ParameterError
        A column is missing, or holds what cannot be.
    """
    counted = ("plays", "likes", "comments", "shares")
    videos = _readable(videos, "videos", SHOW_ITEMS, ("item_id", *counted), ("kol_id", "published_at", "fetched_at"))
    videos = videos.sort_values("fetched_at", kind="stable", na_position="first")
    published, fetched = (videos[name].dt.tz_convert(CHINA).dt.normalize() for name in ("published_at", "fetched_at"))
    found: dict[str, Count] = {}
    numbers = zip(*(_whole(videos[name]) for name in counted), strict=True)
    for item_id, owner, (plays, *parts), days in zip(
        videos["item_id"], videos["kol_id"], numbers, _whole((fetched - published).dt.days), strict=True
    ):
        known = [part for part in parts if part is not None]
        interactions = sum(known) if len(known) == len(parts) else None
        owners = found.get(item_id, Count()).owners | (set() if pd.isna(owner) else {owner})
        found[item_id] = Count(plays, interactions, days, owners)
    return found


def _readable(
    frame: pd.DataFrame, label: str, table: Table, columns: Sequence[str], optional: Iterable[str]
) -> pd.DataFrame:
    """Return these columns of a frame in dtypes to compute with; those that it may lack are then empty."""
    require_columns(frame, label, columns, f"{table.function} makes it")
    require_text_ids(frame, label, "item_id")
    names = [*columns, *optional]
    readable = conformed(frame, [table.column(name) for name in names], label)
    there = readable[[name for name in names if name in readable.columns]].reindex(columns=names)
    return conformed(there, [table.column(name) for name in names], label)


def _whole(column: pd.Series[Any]) -> list[int | None]:
    """Return counts as whole numbers; None where one is missing, infinite or below 0."""
    return [None if pd.isna(value) or not 0 <= value < math.inf else int(value) for value in column]
