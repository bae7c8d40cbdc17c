"""Frontiers of two goals: by hand, the same as trying every subset, and what is said where the search stops early."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings, strategies as st

import xingtu_frames as xf
from tests.board_cases import plain
from tests.decide.test_plan_budget import PRICES, forty, shortlist
from tests.decide.test_plan_budget_exact import CREATOR, board_to_try
from tests.quick import examples
from xingtu_frames.decide import frontier, solver
from xingtu_frames.decide.tradeoffs import FRONTIER_COLUMNS

USERS = {"1": 5, "2": 90, "3": 40, "4": 60}


def by_hand() -> pd.DataFrame:
    return shortlist([100, 10, 60, 20], quote_60s=[10, 10, 10, 10]).assign(name=["甲", "乙", "丙", None])


# --- by hand ---------------------------------------------------------------------------------------------------------


def test_the_frontier_of_two_of_four_worked_out_by_hand() -> None:
    found = xf.plan_frontier(by_hand(), 20, target_users=USERS)
    columns = ["plan", "plays", "target_users", "total_cny", "left_cny", "bookings", "is_next", "enters", "leaves"]
    assert plain(found[columns]) == [
        (1, 160.0, 45.0, 20.0, 0.0, 2, None, "", ""),
        (2, 120.0, 65.0, 20.0, 0.0, 2, True, "4", "丙"),
        (3, 110.0, 95.0, 20.0, 0.0, 2, True, "乙", "4"),
        (4, 80.0, 100.0, 20.0, 0.0, 2, True, "丙|4", "甲|乙"),
        (5, 70.0, 130.0, 20.0, 0.0, 2, True, "乙", "4"),
        (6, 30.0, 150.0, 20.0, 0.0, 2, True, "4", "丙"),
    ]
    assert found["kol_ids"].tolist() == ["1|3", "1|4", "1|2", "3|4", "3|2", "4|2"]
    assert list(found.columns) == [column.name for column in FRONTIER_COLUMNS if column.name != "interactions"]
    assert found.attrs == {
        "goals": ["plays", "target_users"],
        "budget_cny": 20.0,
        "is_complete": True,
        "stopped_by": "",
        "cannot_be_booked": [],
    }
    assert json.loads(json.dumps(found.attrs)) == found.attrs


def test_a_plan_that_no_weights_would_choose_is_there() -> None:
    # 4 + 4 is below the line from (10, 0) to (0, 10): a weighted sum takes one of the ends.
    board = shortlist([10, 4, 0], quote_60s=[10, 10, 10])
    found = xf.plan_frontier(board, 10, target_users={"1": 0, "2": 4, "3": 10})
    assert found["kol_ids"].tolist() == ["1", "2", "3"]


def test_each_end_has_the_most_of_a_goal_and_costs_least() -> None:
    board = forty(2)
    users = pd.Series(np.random.default_rng(2).integers(0, 90_000, 40), index=board["kol_id"])
    found = xf.plan_frontier(board, 500_000, target_users=users, most=3, fee=0.05)
    best = xf.plan_budget(board, 500_000, fee=0.05)
    assert found["plays"].iloc[0] == best.attrs["expected_total"]
    assert found["plays"].is_monotonic_decreasing
    assert found["target_users"].is_monotonic_increasing
    assert (found["total_cny"] + found["left_cny"]).round(2).eq(500_000).all()
    assert (len(found), found.attrs["stopped_by"], found.attrs["is_complete"]) == (3, "most", False)
    assert not found["is_next"].iloc[1:].all()


def test_interactions_are_a_goal_and_only_what_a_goal_needs_is_asked_of_the_board() -> None:
    board = shortlist([100, 60], interact_rate=[0.1, 0.5], quote_60s=[10, 10])
    found = xf.plan_frontier(board, 10, goals=("plays", "interactions"))
    assert plain(found[["plays", "interactions", "kol_ids"]]) == [(100.0, 10.0, "1"), (60.0, 30.0, "2")]
    back = xf.plan_frontier(board, 10, goals=("interactions", "plays"))
    assert back["kol_ids"].tolist() == ["2", "1"]
    bare = board[["kol_id", "play_median", "quote_60s"]]
    terms: dict[str, Any] = {"bands": "60s+", "implied": False}
    assert len(xf.plan_frontier(bare, 10, target_users={"1": 1, "2": 2}, **terms)) == 2
    with pytest.raises(xf.ParameterError, match="interact_rate"):
        xf.plan_frontier(bare, 10, goals=("plays", "interactions"), **terms)


def test_a_creator_without_target_users_is_not_booked_and_it_is_said() -> None:
    found = xf.plan_frontier(by_hand(), 100, target_users={**USERS, "1": None, "7000000000000000001": 5})
    assert found["kol_ids"].tolist() == ["3|4|2"]
    (out,) = found.attrs["cannot_be_booked"]
    assert out == {"kol_id": "1", "why": "no expected value", "detail": "target_users has none of it"}
    with pytest.raises(xf.ParameterError, match=r"1 of include cannot be booked: .*target_users has none of it"):
        xf.plan_frontier(by_hand(), 100, target_users={"2": 1}, include="1")


def test_a_match_a_series_and_a_mapping_say_the_same() -> None:
    with xf.sample_client() as client:
        ids = xf.sample_ids()
        board = xf.compare(ids, client=client)
        portrait = xf.fetch_audience_portrait(ids, client=client)
    match = xf.audience_match(portrait, {"gender": "female", "age": ["18-23"]}, board=board)
    found = xf.plan_frontier(board, 150_000, target_users=match)
    assert len(found) > 1
    series = match.set_index("kol_id")["target_users"]
    pd.testing.assert_frame_equal(xf.plan_frontier(board, 150_000, target_users=series), found)
    pd.testing.assert_frame_equal(xf.plan_frontier(board, 150_000, target_users=dict(series)), found)


def test_nothing_that_can_be_booked_is_one_plan_without_bookings() -> None:
    found = xf.plan_frontier(by_hand(), 5, target_users=USERS)
    assert plain(found[["plays", "target_users", "bookings", "kol_ids"]]) == [(0.0, 0.0, 0, "")]


# --- the same as trying every subset ---------------------------------------------------------------------------------


def plans(
    board: pd.DataFrame, users: dict[str, int], budget: int, per_creator: int, on_top: Fraction, least: int
) -> Iterator[tuple[int, int, Fraction]]:
    """Yield plays, users and what it costs of every plan that has at least so many of category ``a``."""
    offers = [
        (row["kol_id"], int(row["play_median"]), users[row["kol_id"]], int(row[quote]) * on_top, row["top_category"])
        for _, row in board.iterrows()
        for quote in PRICES[:3]
        if pd.notna(row[quote]) and pd.notna(row["play_median"]) and row["kol_id"] in users
    ]
    for size in range(len(offers) + 1):
        for subset in itertools.combinations(offers, size):
            ids = [kol_id for kol_id, *_ in subset]
            cost = sum((cost for *_, cost, _ in subset), Fraction(0))
            of_a = sum(category == "a" for *_, category in subset)
            if cost <= budget and of_a >= least and all(ids.count(one) <= per_creator for one in ids):
                yield sum(one for _, one, *_ in subset), sum(one for _, _, one, *_ in subset), cost


@settings(max_examples=examples(40))
@given(
    st.lists(CREATOR, min_size=1, max_size=4),
    st.lists(st.none() | st.integers(0, 50), min_size=5, max_size=5),
    st.integers(1, 200),
    st.integers(1, 2),
    st.sampled_from(["0", "0.5"]),
    st.sampled_from(["0", "0.1"]),
    st.integers(0, 2),
)
@example([(0, None, None, 1, "a", None), (5, None, None, 1, "a", None)], [7, 0, None, None, None], 1, 1, "0", "0", 0)
def test_the_frontier_is_that_of_trying_every_subset(
    creators: list[tuple[Any, ...]],
    reach: list[int | None],
    budget: int,
    per_creator: int,
    fee: str,
    rebate: str,
    least: int,
) -> None:
    board = board_to_try([*creators, (5, 9, None, None, "a", 50)])
    users = {kol_id: one for kol_id, one in zip(board["kol_id"], reach, strict=False) if one is not None}
    on_top = 1 + Fraction(fee) - Fraction(rebate)
    every = list(plans(board, users, budget, per_creator, on_top, least))
    options: dict[str, Any] = {"per_creator": per_creator, "per_category": {"a": (least, None)}}
    options |= {"fee": float(fee), "rebate": float(rebate), "target_users": users or {"9": 1}}
    if not every:
        with pytest.raises(xf.ParameterError, match="per_category of a asks for"):
            xf.plan_frontier(board, budget, **options)
        return
    best = sorted(
        {(p, u) for p, u, _ in every if not any((a >= p and b >= u and (a, b) != (p, u)) for a, b, _ in every)},
        reverse=True,
    )
    cheapest = [float(min(cost for p, u, cost in every if (p, u) == gains)) for gains in best]
    found = xf.plan_frontier(board, budget, most=1_000, **options)
    assert list(zip(found["plays"], found["target_users"], strict=True)) == best
    assert found["total_cny"].tolist() == pytest.approx(cheapest)
    assert found.attrs["is_complete"]
    assert found["is_next"].iloc[1:].all()
    # Of a search that stops early each row is one of all, and the ends are there; as many as asked for may be all.
    some = xf.plan_frontier(board, budget, most=2, **options)
    assert list(zip(some["plays"], some["target_users"], strict=True)) == list(dict.fromkeys([best[0], best[-1]]))
    assert some.attrs["is_complete"] or len(best) > 2


# --- where the search stops ------------------------------------------------------------------------------------------


def test_a_search_out_of_time_keeps_what_it_has_and_warns(monkeypatch: pytest.MonkeyPatch) -> None:
    solved, calls = solver._solved, []

    def slow(objective: Any, limits: Any, seconds: float) -> list[bool]:
        calls.append(seconds)
        if len(calls) > 12:
            raise xf.XingtuError("time limit reached")
        return solved(objective, limits, seconds)

    monkeypatch.setattr(solver, "_solved", slow)
    with pytest.warns(xf.XingtuWarning, match=r"^9 seconds are over with [23] plans of the frontier"):
        found = xf.plan_frontier(by_hand(), 20, target_users=USERS, seconds=9)
    assert (found.attrs["stopped_by"], found.attrs["is_complete"]) == ("seconds", False)
    assert found["plays"].iloc[[0, -1]].tolist() == [160.0, 30.0]
    assert not found["is_next"].iloc[1:].all()
    assert max(calls) <= 9
    with pytest.raises(xf.XingtuError, match="time limit reached"):
        xf.plan_frontier(by_hand(), 20, target_users=USERS)


def test_no_search_starts_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count(0.0, 2.0)
    monkeypatch.setattr(frontier.time, "monotonic", lambda: next(clock))
    with pytest.warns(xf.XingtuWarning, match="seconds are over"):
        found = xf.plan_frontier(by_hand(), 20, target_users=USERS, seconds=15)
    assert found["kol_ids"].tolist() == ["1|3", "4|2"]
    with pytest.raises(xf.XingtuError, match="the time is over"):
        xf.plan_frontier(by_hand(), 20, target_users=USERS, seconds=1)


@pytest.mark.slow
def test_two_hundred_creators_end_in_time_with_plans_all_along() -> None:
    random = np.random.default_rng(3)
    plays = np.round(np.exp(random.normal(12, 1.5, 200))).astype(int)
    quotes = np.maximum(1, np.round(plays * 0.0003 * np.exp(random.normal(0, 0.5, 200)))) * 100
    board = shortlist(plays.tolist(), quote_21_60s=quotes.tolist())
    users = pd.Series(np.round(np.exp(random.normal(11, 1.2, 200))), index=board["kol_id"])
    found = xf.plan_frontier(board, 1_000_000, target_users=users, most=9, seconds=600)
    assert len(found) == 9
    steps = found["target_users"].diff().iloc[1:]
    assert steps.max() < (found["target_users"].iloc[-1] - found["target_users"].iloc[0]) / 3


# --- what cannot be --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"goals": ("plays",)}, r'^goals must be two of "plays", "interactions", "target_users", not '),
        ({"goals": ("plays", "reach")}, r'^goals must be some of .*, not "reach"'),
        ({}, r"^target_users must be given where they are a goal.*audience_match"),
        ({"goals": ("plays", "interactions"), "target_users": USERS}, "target_users must be given where they are"),
        ({"target_users": [1]}, "target_users must be a frame, or a Series or mapping kol_id -> users, not a list"),
        ({"target_users": {"1": -1}}, "target_users of 1 must be a number of users >= 0, not -1"),
        ({"target_users": pd.DataFrame({"kol_id": ["1"]})}, "target_users lacks the column target_users; audience_m"),
        ({"target_users": USERS, "most": 1}, "most must be an integer >= 2, not 1"),
        ({"target_users": USERS, "seconds": 0}, "seconds must be a number of seconds above 0, not 0"),
        ({"target_users": USERS, "include": ["1", "2", "3"]}, "include costs 30.00 yuan"),
        ({"target_users": USERS, "per_category": 1}, "per_category needs top_category"),
    ],
    ids=repr,
)
def test_what_cannot_be_is_named(options: dict[str, Any], said: str) -> None:
    with pytest.raises(xf.ParameterError, match=said):
        xf.plan_frontier(by_hand(), 20, **options)


def test_the_board_and_the_users_stay_as_they_were() -> None:
    board, users = by_hand(), pd.Series(USERS)
    before = board.copy(deep=True)
    xf.plan_frontier(board, 20, target_users=users)
    pd.testing.assert_frame_equal(board, before)
    assert users.to_dict() == USERS
