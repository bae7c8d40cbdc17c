"""What a campaign brought: each booked video against what was expected of it, and the sums."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ..arguments import Names, names_of, one_of
from ..board.metrics import Floats
from ..errors import ParameterError, must_be, quoted
from ..frame import build_frame, conformed, require_columns
from ..ids import item_ids, kol_ids
from .campaign import Count, Course, counts_of, courses_of
from .columns import GOALS, Goal
from .outcomes import REVIEW_COLUMNS, REVIEW_DAYS
from .positions import as_numbers, numbers_of
from .score import check_board

_BOOKED = [column for column in REVIEW_COLUMNS if column.name in ("price_cny", "expected")]


def review(
    bookings: pd.DataFrame,
    *,
    trend: pd.DataFrame | None = None,
    videos: pd.DataFrame | None = None,
    board: pd.DataFrame | None = None,
    maximise: Goal | None = None,
    names: Names | None = None,
) -> pd.DataFrame:
    """Hold the videos of a campaign against what was expected of them.

    Parameters
    ----------
    bookings
        What `plan_budget` returns with the published videos in a column ``item_id``, or any frame ``kol_id``,
        ``item_id``, ``price_cny``: a row for each video, several of a creator if need be. A booking without a video
        has no ``item_id``.
    trend
        What `fetch_video_trend` returns for the videos: plays day by day.
    videos
        What `fetch_show_items` or `fetch_recommended_videos` returns, or any frame ``item_id``, ``plays``, ``likes``,
        ``comments``, ``shares``. Of several answers about a video the newest counts, here and in ``trend``.
    board
        What `compare` returns, for expectations where the bookings have none, and names.
    maximise
        What the plan was made for, as in `plan_budget`: its ``expected`` are ``"plays"`` or ``"interactions"``. None
        for what ``attrs["maximise"]`` says, which a merge or a file drops; without it they are plays.
    names
        What to call the creators, as in `compare`.

    Returns
    -------
    One row per booking, in their order: ``kol_id``, ``name``, ``item_id``, ``price_cny``; ``expected`` plays and
    ``expected_source`` (``plan``: the bookings' own, where they are plays; else ``expected_plays`` or
    ``play_median`` of the board); ``plays_day_7``, ``plays_day_15``,
    ``plays_now`` (that of ``videos``, else the last of ``trend``); ``days`` of data; ``interactions`` (likes, comments
    and shares, from ``videos``); ``actual_cpm_cny``, ``actual_cpe_cny``, ``expected_cpm_cny``;
    ``plays_against_expected`` (1 is as expected) and ``share_of_plays`` of the campaign. `review_total` sums up.

    Raises
    ------
    ParameterError, InvalidIdError
        A frame that lacks a column or holds what cannot be, a video that is booked twice or listed under other
        creators, or neither ``trend`` nor ``videos``: the message says what brings them.

    Warns
    -----
    UnmatchedNamesWarning
        There are names, and none is for one of the creators.

    Notes
    -----
    Costs no request. What is missing, and a day that is not over, is NA and never 0. A price of 0 is none. CPM and CPE
    are of ``price_cny``, without fee and rebate; to count those, put ``total_cny`` of the plan there. Plays and
    costs are those until now: a video of few days has not had its time. Results of fewer than five videos prove nothing
    about expectations.

    Examples
    --------
    >>> bookings = pd.DataFrame({"kol_id": ["1"], "item_id": ["9"], "price_cny": [500.0], "expected": [20_000]})
    >>> videos = pd.DataFrame({"item_id": ["9"], "plays": [25_000], "likes": [900], "comments": [60], "shares": [40]})
    >>> review(bookings, videos=videos)[["actual_cpm_cny", "actual_cpe_cny", "plays_against_expected"]].values.tolist()
    [[20.0, 0.5, 1.25]]
    """
    if trend is None and videos is None:
        raise ParameterError(
            'review needs plays: trend=fetch_video_trend(bookings["item_id"].dropna()) for one request per video, or '
            "videos=fetch_show_items(bookings) for one per creator, where that is not stored"
        )
    booked = _booked(bookings, board, maximise)
    courses = {} if trend is None else courses_of(trend)
    counts = {} if videos is None else counts_of(videos)
    _check_owners(booked, counts)
    ids = [one.kol_id for one in booked]
    on_board = [] if board is None else board["kol_id"].tolist()
    by_id = {**_names(board, on_board), **_names(bookings, ids), **names_of(names, list(dict.fromkeys(ids)))}
    results = [_Result.of(courses.get(one.item_id or ""), counts.get(one.item_id or "")) for one in booked]
    known = sum(result.now or 0 for result in results)
    rows = [
        result.cells(by_id.get(booking.kol_id), booking, known) for booking, result in zip(booked, results, strict=True)
    ]
    return build_frame(REVIEW_COLUMNS, rows)


class _Booking(NamedTuple):
    """One booked video, or one to come; NaN where a number is not known."""

    kol_id: str
    item_id: str | None
    price: float
    expected: float
    source: str | None


class _Result(NamedTuple):
    """What came of one booking."""

    of_days: list[int | None]
    now: int | None
    days: int | None
    interactions: int | None

    @classmethod
    def of(cls, course: Course | None, count: Count | None) -> _Result:
        """Put together what the trend and the counts say of a booking's video."""
        course, count = course or Course({}, None, None), count or Count()
        return cls(
            [course.over.get(day) for day in REVIEW_DAYS],
            course.now if count.plays is None else count.plays,
            count.days if course.days is None else course.days,
            count.interactions,
        )

    def cells(self, name: str | None, booking: _Booking, known: int) -> tuple[Any, ...]:
        """Return the cells of a row; ``known`` plays are those of the whole campaign."""
        # A price of 0 is none: it would be the best value of all.
        price, expected = booking.price or math.nan, booking.expected
        return (
            *(booking.kol_id, name, booking.item_id, booking.price, expected, booking.source),
            *(*self.of_days, self.now, self.days, self.interactions),
            _ratio(price, self.now, 1000),
            _ratio(price, self.interactions),
            _ratio(price, expected, 1000),
            _ratio(self.now, expected),
            _ratio(self.now, known),
        )


def _ratio(part: float | None, whole: float | None, factor: int = 1) -> float | None:
    """Return a ratio; None where either is not known, or the whole is 0."""
    if part is None or whole is None or not part >= 0 or not whole > 0:
        return None
    return part / whole * factor


def _booked(bookings: pd.DataFrame, board: pd.DataFrame | None, maximise: Goal | None) -> list[_Booking]:
    """Return the bookings, each with what was expected of it."""
    advice = "plan_budget makes it; add the published videos as item_id"
    require_columns(bookings, "bookings", ("kol_id", "item_id", "price_cny"), advice)
    goal = one_of("maximise", bookings.attrs.get("maximise", "plays") if maximise is None else maximise, GOALS)
    bookings = conformed(bookings, _BOOKED, "bookings")
    ids = kol_ids(bookings["kol_id"], each=True)
    items = _items(bookings["item_id"])
    prices = as_numbers(bookings["price_cny"])
    odd = prices[(prices < 0) | np.isinf(prices)]
    if len(odd):
        raise must_be("price_cny of bookings", "a number of yuan >= 0, or missing", quoted(float(odd[0])))
    own = as_numbers(bookings["expected"]) if goal == "plays" and "expected" in bookings.columns else None
    expected = _expected(own, ids, board)
    return [
        _Booking(kol_id, item_id, float(price), *found)
        for kol_id, item_id, price, found in zip(ids, items, prices, expected, strict=True)
    ]


def _items(column: pd.Series[Any]) -> list[str | None]:
    """Return the video of each booking, None where there is none yet."""
    there = column[column.notna()].tolist()
    known = item_ids(there)
    if len(known) < len(there):
        counts = Counter(item_ids(item)[0] for item in there)
        twice = ", ".join(item for item, count in counts.items() if count > 1)
        raise ParameterError(f"bookings has more than one row of the video {twice}; add up its prices")
    left = iter(known)
    return [next(left) if is_there else None for is_there in column.notna()]


def _expected(own: Floats | None, ids: Sequence[str], board: pd.DataFrame | None) -> list[tuple[float, str | None]]:
    """Return the plays expected of each booking, and what they are: of the plan, else of the board."""
    sources: list[tuple[str, list[float]]] = [] if own is None else [("plan", own.tolist())]
    if board is not None:
        metrics = [name for name in ("expected_plays", "play_median") if name in check_board(board, []).columns]
        board = check_board(board, metrics)
        for name in metrics:
            by_id = dict(zip(board["kol_id"], numbers_of(board, name).tolist(), strict=True))
            sources.append((name, [by_id.get(kol_id, math.nan) for kol_id in ids]))
    found: list[tuple[float, str | None]] = []
    for row in range(len(ids)):
        known = [(values[row], source) for source, values in sources if 0 <= values[row] < math.inf]
        found.append(known[0] if known else (math.nan, None))
    return found


def _names(frame: pd.DataFrame | None, ids: Sequence[str]) -> dict[str, str]:
    """Return id -> name as a frame with a row for each of these ids has it."""
    if frame is None or "name" not in frame.columns:
        return {}
    return {kol_id: str(name) for kol_id, name in zip(ids, frame["name"], strict=True) if pd.notna(name)}


def _check_owners(booked: Iterable[_Booking], counts: Mapping[str, Count]) -> None:
    """Refuse a video that is listed, and under other creators than the one who was booked."""
    for one in booked:
        owners = counts.get(one.item_id or "", Count()).owners
        if owners and one.kol_id not in owners:
            raise ParameterError(
                f"bookings has the video {one.item_id} for {one.kol_id}, and videos lists it under "
                f"{', '.join(sorted(owners))}; correct one of the ids"
            )
