"""Two goals at once: every plan that no other plan beats in one goal without losing in the other."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from itertools import compress
from typing import Any, Unpack

import pandas as pd

from ..arguments import bar, number, some_of, whole_number
from ..errors import ParameterError, XingtuError, XingtuWarning, a_kind, listed, must_be, quoted
from ..frame import Listed, build_frame, conformed, require_text_ids
from ..ids import kol_ids
from .columns import AIMS, MATCH_COLUMNS, TARGET_USERS, Aim
from .frontier import Front, Point, front_of
from .offers import FEN, Offer
from .planning import Asked, PlanOptions, asked_for, check_minimums, search_of, with_plan_options
from .tradeoffs import FRONTIER_COLUMNS, GOAL_COLUMNS
from .turnover import board_names, creators_in, joined, new_in, total_cny

Users = Mapping[str, float] | pd.Series | pd.DataFrame
"""Id -> target users, or a frame with ``kol_id`` and ``target_users``."""
_MAKER = "audience_match(portrait, target, board=board) makes it"
_MOST_USERS = 1e12


@with_plan_options
def plan_frontier(
    board: pd.DataFrame,
    budget_cny: float,
    *,
    goals: Sequence[Aim] = ("plays", "target_users"),
    target_users: Users | None = None,
    most: int = 25,
    seconds: float = 60.0,
    progress: bool | None = None,
    **options: Unpack[PlanOptions],
) -> pd.DataFrame:
    """Weigh two goals of a budget against each other: the plans that nothing beats in both.

    Parameters
    ----------
    board, budget_cny, and all that is not named here
        As in `plan_budget`; a column is needed where a goal or a price is made of it.
    goals
        Two of ``"plays"``, ``"interactions"`` and ``"target_users"``.
    target_users
        What `audience_match` returns with a board, or a Series or a mapping kol_id -> target users; needed where they
        are a goal. They count in whole users. The ids may be more than those of the board. A creator without is not
        booked: missing is not 0.
    most
        The most plans to return. Where that many are found, one more step tells whether they are all.
    seconds
        How long the search may take.
    progress
        Show a progress bar: True, False, or None for "when it takes long, in an interactive session".

    Returns
    -------
    One row per plan, the most of the first goal first: ``plan`` (its number), both goals, ``total_cny``, ``left_cny``,
    ``bookings``, ``is_next``, ``enters``, ``leaves``, ``kol_ids``.

    No plan that keeps to the limits has more of one goal than a row without less of the other (expected values are
    compared to the hundredth), and a row is the cheapest of the plans with its two numbers. The first row has the most
    of the first goal that there is, the last the most of the second. ``is_next`` is True where it is proven that no
    other such plan lies between the row before and this one; where all are True, these are all.
    Creators who enter and leave against the row before go by the names of the board.

    ``attrs`` has ``goals``, ``budget_cny``, ``is_complete`` (whether these are all such plans), ``stopped_by`` (``""``,
    ``"most"`` or ``"seconds"``) and ``cannot_be_booked`` (``kol_id``, ``why`` and ``detail`` as in `plan_budget`).

    Raises
    ------
    InvalidIdError, ParameterError
        As `plan_budget`; or goals that are not two, target users that are needed and missing, or numbers that cannot
        be.
    XingtuError
        The most of either goal is not proven in time.

    Warns
    -----
    XingtuWarning
        The time is over before ``most`` plans are there. Each row is what it says; others are missing.

    Notes
    -----
    Costs no request. Exact: each row is solved, not approximated by a weighted sum, so that plans which no weights
    would choose are there too. The search halves what is open between two known plans, the widest part first: it looks
    for the most of the first goal under a minimum of the second, and where that is nothing new, proves what is next. A
    search that stops early has therefore plans all along the frontier. Users who follow several creators
    are counted as often: the data tells nothing of overlaps.
    """
    pair = _pair(goals)
    users = _users(target_users, pair)
    count = whole_number("most", most, 2)
    limit = number("seconds", seconds, "a number of seconds above 0", lambda value: 0 < value < math.inf)
    asked = asked_for(board, budget_cny, pair, users, **options)
    with bar(progress, total=count, desc="frontier") as shown:
        plans, front = _front(asked, count, limit, shown.update)
    if front.stopped_by == "seconds":
        warnings.warn(
            f"{limit:g} seconds are over with {len(front.points)} plans of the frontier, and there may be more: give "
            "seconds=, or fewer creators",
            XingtuWarning,
            stacklevel=2,
        )
    frame = _frame(asked, plans, front)
    frame.attrs["goals"] = list(pair)
    frame.attrs["budget_cny"] = float(budget_cny)
    frame.attrs["is_complete"] = not front.gaps
    frame.attrs["stopped_by"] = front.stopped_by
    frame.attrs["cannot_be_booked"] = Listed(_obstacles(asked))
    return frame


def _pair(goals: Sequence[Aim]) -> list[Aim]:
    pair = some_of("goals", goals, AIMS)
    if len(pair) != 2:
        raise must_be("goals", f"two of {listed(AIMS)}", quoted(goals))
    return pair


def _users(target_users: Users | None, goals: Sequence[Aim]) -> dict[str, float]:
    """Return id -> target users, in whole ones, those without left out."""
    if (target_users is None) is (TARGET_USERS in goals):
        raise ParameterError(
            f"target_users must be given where they are a goal, and only there; goals are {', '.join(goals)}; {_MAKER}"
        )
    if target_users is None:
        return {}
    pairs = _pairs(target_users)
    ids = kol_ids([kol_id for kol_id, _ in pairs], each=True)
    found = {kol_id: _whole(kol_id, users) for kol_id, (_, users) in zip(ids, pairs, strict=True)}
    return {kol_id: users for kol_id, users in found.items() if users is not None}


def _pairs(target_users: Users) -> list[tuple[Any, object]]:
    if isinstance(target_users, pd.DataFrame):
        lacking = [name for name in ("kol_id", TARGET_USERS) if name not in target_users.columns]
        if lacking:
            raise ParameterError(f"target_users lacks the column {', '.join(lacking)}; {_MAKER}")
        require_text_ids(target_users, "target_users")
        frame = conformed(target_users, MATCH_COLUMNS, "target_users")
        return list(zip(frame["kol_id"], frame[TARGET_USERS], strict=True))
    if isinstance(target_users, Mapping | pd.Series):
        return list(target_users.items())
    raise must_be("target_users", "a frame, or a Series or mapping kol_id -> users", a_kind(target_users), _MAKER)


def _whole(kol_id: str, users: object) -> int | None:
    if pd.isna(users):  # type: ignore[call-overload]
        return None
    allowed = "a number of users >= 0"
    return round(number(f"target_users of {kol_id}", users, allowed, lambda value: 0 <= value <= _MOST_USERS))


def _front(asked: Asked, most: int, seconds: float, step: Callable[[], object]) -> tuple[list[list[Offer]], Front]:
    """Return the bookings of each efficient plan, and what is known of the frontier."""
    search = search_of(asked)
    if not search.offers:
        check_minimums(asked)
        return [[]], Front([Point([], (0, 0))])
    try:
        front = front_of(search, most, seconds, step)
    except XingtuError:
        check_minimums(asked)
        raise
    return [list(compress(search.offers, point.taken)) for point in front.points], front


def _obstacles(asked: Asked) -> list[dict[str, str]]:
    creators = (creator for creator in asked.creators.values() if not creator.offers)
    return [dict(zip(("kol_id", "why", "detail"), (one.kol_id, *one.obstacle), strict=True)) for one in creators]


def _frame(asked: Asked, plans: Sequence[Sequence[Offer]], front: Front) -> pd.DataFrame:
    """Return the rows of the plans, with the columns of the goals alone."""
    names, goals = board_names(asked.board), list(asked.terms.goals)
    is_next = [None, *front.is_next]
    rows = []
    for place, plan in enumerate(plans):
        before = plans[max(0, place - 1)]
        rows.append(
            [
                place + 1,
                *(_brought(plan, goals, column.name) for column in GOAL_COLUMNS),
                total_cny(plan),
                (asked.budget - sum(offer.fen for offer in plan)) / FEN,
                len(plan),
                is_next[place],
                new_in(plan, before, names),
                new_in(before, plan, names),
                joined(creators_in(plan)),
            ]
        )
    return build_frame(FRONTIER_COLUMNS, rows).drop(columns=[one.name for one in GOAL_COLUMNS if one.name not in goals])


def _brought(plan: Sequence[Offer], goals: Sequence[str], goal: str) -> float | None:
    return math.fsum(offer.worth[goals.index(goal)] for offer in plan) if goal in goals else None
