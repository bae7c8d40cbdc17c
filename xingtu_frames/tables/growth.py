"""Followers: how many, how fast they grow, and day by day. Known from client code alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from .inputs import Day
from .options import PLATFORM
from .read import Fields
from .schema import Answer, Column, Row, Table

DATE = Column(
    "date",
    "datetime64[us]",
    "",
    "日期",
    "the calendar day, likely in China",
    "日期，很可能按中国时间",
    confidence="likely",
)


def _followers_growth(data: Fields) -> Iterator[Row]:
    yield (data.number("fans_growth_rate_30d", unit="fraction"),)


FOLLOWERS_GROWTH = Table(
    "followers_growth",
    "涨粉率",
    row="creator",
    row_zh="一位达人",
    answer=Answer("get_author_side_base_info", keys=("fans_growth_rate_30d",)),
    parse=_followers_growth,
    cells=(
        Column(
            "growth_rate_30d",
            "float64",
            "fraction",
            "月涨粉率",
            "likely new followers of 30 days / followers before them",
            "很可能是 30 天净增粉丝数 ÷ 30 天前的粉丝数",
            signed=True,
            confidence="likely",
        ),
    ),
    evidence="shape",
)


def by_day(data: Fields, block: str, day: str, value: str) -> tuple[dict[date, int | None], list[int | None]]:
    """Return the counts of a list by day, and those without one; of a day that comes again the last value counts."""
    known: dict[date, tuple[Fields, int | None]] = {}
    undated = []
    for one in data.items(block):
        on, count = one.day(day), one.integer(value)
        if on is None:
            undated.append(count)
            continue
        if on in known:
            known[on][0].repeats(value, on)
        known[on] = one, count
    return {on: count for on, (_, count) in sorted(known.items(), key=lambda pair: pair[0])}, undated


def _daily_fans(data: Fields) -> Iterator[Row]:
    followers, undated = by_day(data, "daily", "date", "fans_cnt")
    changes, undated_changes = by_day(data, "delta", "date", "fans_cnt")
    for on in sorted(followers.keys() | changes.keys()):
        yield on, followers.get(on), changes.get(on)
    yield from ((None, count, None) for count in undated)
    yield from ((None, None, change) for change in undated_changes)


DAILY_FANS = Table(
    "daily_fans",
    "每日粉丝",
    row="creator x day",
    row_zh="达人 × 日期",
    key=("date",),
    answer=Answer(
        "get_author_daily_fans",
        keys=("daily", "delta"),
        options=(Day("start", "startDate", ago=29, of="end"), Day("end", "endDate")),
    ),
    parse=_daily_fans,
    cells=(
        DATE,
        Column(
            "followers",
            "Int64",
            "users",
            "粉丝数",
            "likely followers on that day; NA for a day with a change alone",
            "很可能是当日粉丝数；只有变化的日期为空",
            confidence="likely",
        ),
        Column(
            "change",
            "Int64",
            "users",
            "涨粉数",
            "likely the change against the day before, as the provider gives it",
            "很可能是与前一日相比的变化，由数据源给出",
            signed=True,
            confidence="likely",
        ),
    ),
    listing=True,
    evidence="shape",
)


def _account_counts(data: Fields) -> Iterator[Row]:
    yield data.integer("follower"), data.integer("link_cnt"), data.integer("release_videos_cnt")


ACCOUNT_COUNTS = Table(
    "account_counts",
    "账号数据",
    row="creator",
    row_zh="一位达人",
    answer=Answer("check_author_display", keys=("link_cnt", "release_videos_cnt"), options=(PLATFORM,)),
    parse=_account_counts,
    cells=(
        Column("followers", "Int64", "users", "粉丝数", "likely followers", "很可能是粉丝数", confidence="likely"),
        Column(
            "connected_users",
            "Int64",
            "users",
            "月连接用户数",
            "likely users connected in 30 days",
            "很可能是 30 天内连接的用户数",
            confidence="likely",
        ),
        Column(
            "videos_released",
            "Int64",
            "videos",
            "发布视频数",
            "likely published videos; of which period is unconfirmed",
            "很可能是发布的视频数；统计时段未确认",
            confidence="likely",
        ),
    ),
    evidence="shape",
)

TABLES = (FOLLOWERS_GROWTH, DAILY_FANS, ACCOUNT_COUNTS)
