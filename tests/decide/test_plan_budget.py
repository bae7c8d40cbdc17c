"""Plans: worked out by hand, the same as trying every subset, never over budget, and what is refused."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import xingtu_frames as xf
from tests.board_cases import board_of, plain
from tests.conftest import ROOT
from tests.quick import examples
from xingtu_frames.decide import solver
from xingtu_frames.decide.columns import BUDGET_COLUMNS
from xingtu_frames.tables.cost import DURATION_BANDS

BANDS = dict(zip(DURATION_BANDS, ("1_20s", "21_60s", "60s"), strict=True))
PRICES = [f"{kind}_{band}" for kind in ("quote", "cpm", "cpe") for band in BANDS.values()]
PAGE, CLOSED, EMPTY = "7000000000000010003", "9100000000010117", "7000000000000010123"


def shortlist(plays: list[Any], categories: list[Any] | None = None, **columns: list[Any]) -> pd.DataFrame:
    """Return a board of these median plays; what is not given is missing, the interaction rate is a tenth."""
    given_columns = {"play_median": plays, "interact_rate": [0.1] * len(plays)}
    given_columns |= {name: [None] * len(plays) for name in PRICES}
    board = board_of(**(given_columns | columns))
    board["top_category"] = pd.Series(categories or [None] * len(plays), dtype=board["kol_id"].dtype)
    return board


def booked(plan: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(plan["kol_id"], plan["duration_band"], strict=True))


# --- by hand ---------------------------------------------------------------------------------------------------------


def test_the_best_two_of_three_worked_out_by_hand() -> None:
    board = shortlist([50_000, 100_000, 70_000], quote_21_60s=[4_000, 9_000, 6_000])
    plan = xf.plan_budget(board, 10_500)
    assert plain(plan)[0] == ("3", "21-60s", 6_000.0, "quote", 70_000.0, 6_000.0, None, None)
    assert booked(plan) == [("3", "21-60s"), ("1", "21-60s")]
    assert plan.attrs == {
        "budget_cny": 10_500.0,
        "spent_cny": 10_000.0,
        "left_cny": 500.0,
        "expected_total": 120_000.0,
        "maximise": "plays",
        "left_out": [
            {
                "kol_id": "2",
                "why": "did not fit",
                "detail": "cheapest 9,000.00 yuan for 21-60s (quote), 100,000 expected; 500.00 yuan are left",
            }
        ],
    }
    assert json.loads(json.dumps(plan.attrs)) == plan.attrs


def test_the_higher_of_two_estimates_counts_and_both_are_shown() -> None:
    # CPM 20 x 50,000 / 1000 = 1,000; CPE 0.3 x 50,000 x 0.1 = 1,500, and 0.1 x 5,000 = 500.
    board = shortlist([50_000] * 3, cpm_60s=[20.0] * 3, cpe_60s=[0.3, 0.1, None], quote_60s=[None, None, 800])
    assert plain(xf.plan_budget(board, 10_000)) == [
        ("1", "60s+", 1_500.0, "implied_cpe", 50_000.0, None, 1_000.0, 1_500.0),
        ("2", "60s+", 1_000.0, "implied_cpm", 50_000.0, None, 1_000.0, 500.0),
        ("3", "60s+", 800.0, "quote", 50_000.0, 800.0, 1_000.0, None),
    ]
    assert booked(xf.plan_budget(board, 10_000, implied=False)) == [("3", "60s+")]


def test_interactions_are_plays_times_the_rate_and_change_the_choice() -> None:
    board = shortlist([100_000, 40_000], interact_rate=[0.01, 0.05], quote_60s=[1_000, 1_000])
    assert booked(xf.plan_budget(board, 1_000)) == [("1", "60s+")]
    plan = xf.plan_budget(board, 1_000, maximise="interactions")
    assert (booked(plan), plan["expected"].tolist(), plan.attrs["maximise"]) == (
        [("2", "60s+")],
        [2_000.0],
        "interactions",
    )


def test_among_equals_the_cheapest_then_the_shorter_band_then_the_first_of_the_board() -> None:
    cheaper = shortlist([1_000, 1_000], quote_1_20s=[300, 200])
    assert booked(xf.plan_budget(cheaper, 300)) == [("2", "1-20s")]
    level = shortlist([1_000] * 3, quote_21_60s=[200] * 3, quote_60s=[200] * 3)
    assert booked(xf.plan_budget(level, 300)) == [("1", "21-60s")]
    assert booked(xf.plan_budget(level, 400)) == [("1", "21-60s"), ("2", "21-60s")]


def test_bands_chosen_are_the_only_ones_booked() -> None:
    board = shortlist([1_000], quote_1_20s=[100], quote_60s=[300])
    assert booked(xf.plan_budget(board, 500, bands="60s+")) == [("1", "60s+")]
    both = [("1", "1-20s"), ("1", "60s+")]
    assert booked(xf.plan_budget(board, 500, bands=["60s+", "1-20s"], per_creator=2)) == both
    assert booked(xf.plan_budget(board.drop(columns="quote_21_60s"), 500, bands="1-20s")) == [("1", "1-20s")]


def test_a_budget_to_the_fen() -> None:
    board = shortlist([1_000] * 2, cpm_60s=[100.0, 100.29])
    assert xf.plan_budget(board, 200.29).attrs["spent_cny"] == 200.29
    plan = xf.plan_budget(board, 200.28)
    assert (booked(plan), plan.attrs["left_cny"]) == ([("1", "60s+")], 100.28)
    assert xf.plan_budget(board, 200.289).attrs["spent_cny"] == 100.0


# --- what is left out ------------------------------------------------------------------------------------------------


def test_every_creator_that_is_left_out_has_a_reason() -> None:
    board = shortlist([None, 9_000, 8_000, 7_000, 0], ["a"] * 5, quote_60s=[10, None, 0, 100, 10])
    plan = xf.plan_budget(board, 99, per_category=1)
    assert [(out["kol_id"], out["why"]) for out in plan.attrs["left_out"]] == [
        ("1", "no expected value"),
        ("2", "no price"),
        ("3", "no price"),
        ("4", "did not fit"),
        ("5", "did not fit"),
    ]
    assert plan.attrs["left_out"][0]["detail"] == "the board has no play_median"
    lacking = xf.plan_budget(shortlist([5], interact_rate=[None]), 99, maximise="interactions")
    assert lacking.attrs["left_out"][0]["detail"] == "the board has no interact_rate"
    capped = xf.plan_budget(shortlist([9, 8], ["a", "a"], quote_60s=[10, 10]), 99, per_category=1)
    assert capped.attrs["left_out"][0]["detail"].endswith("1 of a are booked")


@pytest.mark.parametrize("board", [shortlist([]), shortlist([1_000]), shortlist([1_000], quote_60s=[500])], ids=len)
def test_nothing_to_book_is_a_typed_empty_frame(board: pd.DataFrame) -> None:
    plan = xf.plan_budget(board, 100)
    assert list(plan.columns) == [column.name for column in BUDGET_COLUMNS]
    full = xf.plan_budget(shortlist([1_000], quote_60s=[50]), 100)
    assert plan.dtypes.tolist() == full.dtypes.tolist()
    assert (len(plan), plan.attrs["spent_cny"], plan.attrs["expected_total"]) == (0, 0.0, 0.0)


def test_the_sample_creators(sample: xf.Client) -> None:
    board = xf.compare(xf.sample_ids(), client=sample)
    before = board.copy(deep=True)
    plan = xf.plan_budget(board, 300_000, include=[PAGE])
    pd.testing.assert_frame_equal(board, before)
    page = plan.set_index("kol_id").loc[PAGE]
    # 56.57 x 3,642,403 / 1000 = 206,050.737...; 2.54 x 3,642,403 x 0.0244 = 225,741.568...
    assert page.tolist()[:3] == ["1-20s", 225_741.57, "implied_cpe"]
    assert (page["implied_cpm_cny"], page["implied_cpe_cny"]) == (206_050.74, 225_741.57)
    out = {item["kol_id"]: item["why"] for item in plan.attrs["left_out"]}
    assert (out[CLOSED], out[EMPTY]) == ("no price", "no expected value")
    assert set(out) | set(plan["kol_id"]) == set(xf.sample_ids())


# --- caps and include ------------------------------------------------------------------------------------------------


def test_caps_hold_and_unknown_categories_are_free() -> None:
    board = shortlist([9, 8, 7, 6, 5], ["a", "a", "b", None, None], quote_60s=[10] * 5, quote_1_20s=[10] * 5)
    assert booked(xf.plan_budget(board, 900, per_category=1)) == [(kol_id, "1-20s") for kol_id in "1345"]
    assert booked(xf.plan_budget(board, 900, per_category={"a": 0})) == [(kol_id, "1-20s") for kol_id in "345"]
    plan = xf.plan_budget(board, 900, per_category={"a": 3, "b": 1}, per_creator=2)
    assert Counter(plan["kol_id"]) == {"1": 2, "2": 1, "3": 1, "4": 2, "5": 2}
    assert not plan.duplicated(["kol_id", "duration_band"]).any()


def test_must_is_booked_although_others_bring_more() -> None:
    board = shortlist([9_000, 10], quote_60s=[100, 100])
    assert booked(xf.plan_budget(board, 100)) == [("1", "60s+")]
    assert booked(xf.plan_budget(board, 100, include="2")) == [("2", "60s+")]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"include": ["1", "2"]}, ["300.00 yuan at least", "budget of 250.00"]),
        ({"include": ["7"]}, ["7", "not in the board"]),
        ({"include": [3]}, ["3 of include", "no price"]),
        ({"include": ["1", "4"], "per_category": 1}, ["2 of a", "allows 1"]),
        ({"budget_cny": 0}, ["budget_cny", "above 0", "not 0"]),
        ({"budget_cny": float("nan")}, ["budget_cny", "nan"]),
        ({"budget_cny": float("inf")}, ["finite"]),
        ({"budget_cny": "100"}, ["budget_cny", '"100"']),
        ({"budget_cny": True}, ["budget_cny", "True"]),
        ({"maximise": "likes"}, ['one of "plays", "interactions"', '"likes"']),
        ({"per_creator": 0}, ["per_creator", "a positive integer", "0"]),
        ({"per_creator": 1.5}, ["per_creator", "1.5"]),
        ({"per_category": -1}, ["per_category", "-1"]),
        ({"per_category": {"a": 0.5}}, ["per_category", "0.5"]),
        ({"per_category": {"c": 1}}, ["top_category", "'c'", "a, b"]),
        ({"bands": ["1-20s", "90s"]}, ['"90s"', "21-60s"]),
        ({"bands": []}, ["bands", "60s+", "none"]),
        ({"implied": "yes"}, ["implied", '"yes"']),
        ({"board": [1]}, ["DataFrame", "list", "compare"]),
        ({"board": shortlist([1]).drop(columns=["cpe_60s"])}, ["cpe_60s", "compare"]),
        ({"board": shortlist([1]).drop(columns=["top_category"]), "per_category": 1}, ["top_category"]),
        ({"board": pd.concat([shortlist([1]), shortlist([2])])}, ["more than one row", "1"]),
    ],
    ids=lambda value: ", ".join(value) if isinstance(value, dict) else "",
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any], said: list[str]) -> None:
    board = shortlist([9, 8, 7, 6], ["a", "b", "b", "a"], quote_60s=[100, 200, None, 50])
    with pytest.raises(xf.ParameterError) as caught:
        xf.plan_budget(**({"board": board, "budget_cny": 250} | wrong))
    assert all(part in str(caught.value) for part in said)


def test_an_id_of_must_that_is_none_is_refused() -> None:
    with pytest.raises(xf.InvalidIdError, match="float"):
        xf.plan_budget(shortlist([1]), 100, include=[7.0e18])


# --- the same as trying every subset ---------------------------------------------------------------------------------

PRICE = st.none() | st.integers(1, 60)
CREATOR = st.tuples(st.none() | st.integers(0, 50), PRICE, PRICE, PRICE, st.sampled_from(["a", "b", None]))


def best_by_hand(board: pd.DataFrame, budget: int, per_creator: int, cap: int | None) -> tuple[float, float]:
    """Return the most plays, and the least cost of them, over every subset."""
    offers = [
        (row["kol_id"], row["top_category"], int(row["play_median"]), int(row[f"quote_{band}"]))
        for _, row in board.iterrows()
        for band in BANDS.values()
        if pd.notna(row[f"quote_{band}"]) and pd.notna(row["play_median"])
    ]
    found = [(0, 0)]
    for size in range(1, len(offers) + 1):
        for subset in itertools.combinations(offers, size):
            cost = sum(price for *_, price in subset)
            creators = Counter(kol_id for kol_id, *_ in subset).values()
            categories = Counter(category for _, category, *_ in subset if pd.notna(category)).values()
            if cost <= budget and max(creators) <= per_creator and max(categories, default=0) <= (cap or size):
                found.append((sum(plays for _, _, plays, _ in subset), -cost))
    most, cost = max(found)
    return float(most), float(-cost)


@settings(max_examples=examples(60))
@given(st.lists(CREATOR, min_size=1, max_size=4), st.integers(1, 200), st.integers(1, 3), st.sampled_from([None, 1, 2]))
def test_the_plan_is_that_of_trying_every_subset(
    creators: list[tuple[Any, ...]], budget: int, per_creator: int, cap: int | None
) -> None:
    plays, *quotes, categories = zip(*creators, strict=True)
    named = {f"quote_{band}": list(column) for band, column in zip(BANDS.values(), quotes, strict=True)}
    board = shortlist(list(plays), list(categories), **named)
    plan = xf.plan_budget(board, budget, per_creator=per_creator, per_category=cap)
    most, cost = best_by_hand(board, budget, per_creator, cap)
    assert (plan.attrs["expected_total"], plan.attrs["spent_cny"]) == (most, cost)
    assert (plan["expected"].sum(), plan["price_cny"].sum()) == (most, cost)
    assert plan["expected"].is_monotonic_decreasing


def forty(seed: int) -> pd.DataFrame:
    """Return forty creators of all sizes, without quotes."""
    random = np.random.default_rng(seed)
    costs = {
        f"{kind}_{band}": np.round(base * factor * np.exp(random.normal(0, 0.5, 40)), 2).tolist()
        for kind, base in (("cpm", 30), ("cpe", 0.8))
        for band, factor in zip(BANDS.values(), (1, 1.5, 1.9), strict=True)
    }
    plays = np.round(np.exp(random.normal(12, 1.5, 40))).astype(int).tolist()
    rates = np.round(random.uniform(0.01, 0.08, 40), 4).tolist()
    return shortlist(plays, [f"k{row % 7}" for row in range(40)], interact_rate=rates, **costs)


@pytest.mark.parametrize("maximise", ["plays", "interactions"])
def test_forty_creators_are_planned_and_the_order_of_the_board_does_not_matter(maximise: str) -> None:
    board = forty(1)
    choices: dict[str, Any] = {"maximise": maximise, "per_creator": 2, "per_category": 4}
    plan = xf.plan_budget(board, 2_000_000, **choices)
    assert round(plan["price_cny"].sum(), 2) == plan.attrs["spent_cny"] <= 2_000_000
    assert max(Counter(plan["kol_id"]).values()) <= 2
    category_of = dict(zip(board["kol_id"], board["top_category"], strict=True))
    assert max(Counter(plan["kol_id"].map(category_of)).values()) <= 4
    other_way = xf.plan_budget(board.iloc[::-1], 2_000_000, **choices)
    assert set(booked(other_way)) == set(booked(plan))
    # No swap of one booking for another, and no further booking, brings more.
    spare = plan.attrs["left_cny"]
    for _, out in forty(1).loc[~board["kol_id"].isin(plan["kol_id"])].iterrows():
        alone = xf.plan_budget(board[board["kol_id"] == out["kol_id"]], 1e9, maximise=maximise)
        full = Counter(plan["kol_id"].map(category_of))[out["top_category"]] == 4
        assert full or alone.attrs["spent_cny"] > spare


BESIDE_OTHERS = """
import os, sys, threading
from tests.decide.test_plan_budget import forty, xf
lines, done = [b"before"], threading.Event()
def others():
    while not done.wait(0.001):
        lines.append(b"HighsMipSolverData: a line of another thread")
        os.write(1, lines[-1] + b"\\n")
os.write(1, b"before\\n")
thread = threading.Thread(target=others)
thread.start()
for seed in range(2):
    xf.plan_budget(forty(seed), 3e6, per_creator=2)
done.set()
thread.join()
sys.stderr.write(str(len(lines)))
"""


def test_nothing_is_printed_while_solving_and_what_other_threads_print_is_kept() -> None:
    done = subprocess.run([sys.executable, "-c", BESIDE_OTHERS], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stderr) > 1
    others = ["HighsMipSolverData: a line of another thread"] * (int(done.stderr) - 1)
    assert done.stdout.splitlines() == ["before", *others]


# --- the solver ------------------------------------------------------------------------------------------------------


def test_a_subset_that_is_over_the_limit_by_rounding_is_ruled_out(monkeypatch: pytest.MonkeyPatch) -> None:
    solved, asked = solver._solved, []

    def loose(objective: Any, limits: Any) -> list[bool]:
        asked.append(limits)
        return [True, True] if len(asked) == 1 else solved(objective, limits)

    monkeypatch.setattr(solver, "_solved", loose)
    assert solver.best_subset([[-5, -4]], [([3, 3], 5)]) == [True, False]
    assert asked[1] == [([3, 3], 5), ([1, 1], 1)]
    monkeypatch.setattr(solver, "_solved", lambda objective, limits: [True, True])
    with pytest.raises(xf.XingtuError, match="tries of the solver"):
        solver.best_subset([[-5, -4]], [([3, 3], 5)])


def test_a_solver_that_fails_is_an_error() -> None:
    with pytest.raises(xf.XingtuError, match=r"no proven best plan.*infeasible.*fewer creators"):
        solver.best_subset([[1]], [([1], 0), ([-1], -1)])


def test_what_cannot_be_settled_among_equals_leaves_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    solved, asked = solver._solved, []

    def slow(objective: Any, limits: Any) -> list[bool]:
        asked.append(objective)
        if len(asked) > 1:
            raise xf.XingtuError("time limit")
        return solved(objective, limits)

    monkeypatch.setattr(solver, "_solved", slow)
    assert solver.best_subset([[-5, -4], [1, 1]], [([3, 3], 5)]) == [True, False]
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [({"bands": 5}, "bands must be some of .*, not 5"), ({"maximise": ["plays"]}, "maximise must be")],
)
def test_arguments_of_another_kind_are_named(options: dict[str, Any], said: str) -> None:
    with pytest.raises(xf.ParameterError, match=said):
        xf.plan_budget(forty(1), 1e5, **options)


def test_a_budget_beyond_all_money_is_refused() -> None:
    with pytest.raises(xf.ParameterError, match="budget_cny must be a finite number of yuan above 0, at most"):
        xf.plan_budget(forty(1), 10**400)
