"""Plans for a budget are exact: the same as trying every subset, with fees, rebates, minimums and many creators."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections import Counter, defaultdict
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import xingtu_frames as xf
from tests.conftest import ROOT
from tests.decide.test_plan_budget import BANDS, booked, forty, shortlist
from tests.quick import examples

# --- the same as trying every subset ---------------------------------------------------------------------------------

PRICE = st.none() | st.integers(1, 60)
FOLLOWERS = st.none() | st.sampled_from([50, 100, 900])
CREATOR = st.tuples(st.none() | st.integers(0, 50), PRICE, PRICE, PRICE, st.sampled_from(["a", "b", None]), FOLLOWERS)
CREATORS = st.lists(CREATOR, min_size=1, max_size=4)


def board_to_try(creators: list[tuple[Any, ...]]) -> pd.DataFrame:
    plays, *quotes, categories, followers = zip(*creators, strict=True)
    named = {f"quote_{band}": list(column) for band, column in zip(BANDS.values(), quotes, strict=True)}
    return shortlist(list(plays), list(categories), followers=list(followers), **named)


def best_by_hand(
    board: pd.DataFrame,
    budget: int,
    per_creator: int,
    counts: dict[str, tuple[int, int | None]],
    on_top: dict[str, Fraction],
) -> tuple[float, float] | None:
    """Return the most plays, and the least cost of them in fen, over every subset; None where none is allowed.

    ``counts`` has the least and the most of a category, or of ``small`` creators; ``on_top`` the rate by creator.
    """
    offers = [
        (kol_id, {row["top_category"], "small" if row["followers"] < 100 else None}, int(row["play_median"]), total)
        for kol_id, row in board.set_index("kol_id").astype(object).where(board.set_index("kol_id").notna()).iterrows()
        for band in BANDS.values()
        if pd.notna(row[f"quote_{band}"]) and pd.notna(row["play_median"])
        for total in [int(row[f"quote_{band}"]) * 100 * (1 + on_top[kol_id])]
    ]
    found = []
    for size in range(len(offers) + 1):
        for subset in itertools.combinations(offers, size):
            cost = sum(total for *_, total in subset)
            creators = Counter(kol_id for kol_id, *_ in subset).values()
            numbers = {group: sum(group in groups for _, groups, *_ in subset) for group in counts}
            fits = all(
                least <= numbers[group] <= (size if most is None else most) for group, (least, most) in counts.items()
            )
            if cost <= budget * 100 and max(creators, default=0) <= per_creator and fits:
                found.append((sum(plays for _, _, plays, _ in subset), -cost))
    most, cost = max(found, default=(None, None))
    return None if most is None else (float(most), float(-cost))


@settings(max_examples=examples(60))
@given(CREATORS, st.integers(1, 200), st.integers(1, 3), st.sampled_from([None, 1, 2]))
def test_the_plan_is_that_of_trying_every_subset(
    creators: list[tuple[Any, ...]], budget: int, per_creator: int, cap: int | None
) -> None:
    board = board_to_try(creators)
    categories = board["top_category"].dropna().unique()
    if cap is not None and not len(categories):
        with pytest.raises(xf.ParameterError, match="per_category needs top_category"):
            xf.plan_budget(board, budget, per_creator=per_creator, per_category=cap)
        return
    plan = xf.plan_budget(board, budget, per_creator=per_creator, per_category=cap)
    counts = dict.fromkeys(categories, (0, cap))
    best = best_by_hand(board, budget, per_creator, counts, defaultdict(Fraction))
    assert best is not None
    most, cost = best[0], best[1] / 100
    assert (plan.attrs["expected_total"], plan.attrs["spent_cny"]) == (most, cost)
    assert (plan["expected"].sum(), plan["price_cny"].sum()) == (most, cost)
    assert plan["expected"].is_monotonic_decreasing


COUNTS = st.tuples(st.integers(0, 2), st.none() | st.integers(2, 3))


@settings(max_examples=examples(80))
@given(
    CREATORS,
    st.integers(1, 200),
    st.integers(1, 2),
    st.fixed_dictionaries({"a": COUNTS, "b": COUNTS, "small": COUNTS}),
    st.sampled_from(["0", "0.05", "0.5"]),
    st.lists(st.sampled_from(["0", "0.1", "0.33"]), min_size=4, max_size=4),
)
def test_with_fees_rebates_and_minimums_it_is_that_of_trying_every_subset(
    creators: list[tuple[Any, ...]],
    budget: int,
    per_creator: int,
    counts: dict[str, tuple[int, int | None]],
    fee: str,
    rebates: list[str],
) -> None:
    # Two more, so that the limits have whom they are about: one without a price, one without plays.
    board = board_to_try([*creators, (5, 9, None, None, "a", 50), (None, 1, None, None, "b", 100)])
    rebate = dict(zip(board["kol_id"], [*rebates, "0"], strict=False))
    on_top = {kol_id: Fraction(fee) - Fraction(rebate.get(kol_id, "0")) for kol_id in board["kol_id"]}
    best = best_by_hand(board, budget, per_creator, counts, on_top)
    options: dict[str, Any] = {
        "per_creator": per_creator,
        "per_category": {category: counts[category] for category in "ab"},
        "per_tier": {(None, 100): counts["small"]},
        "fee": float(fee),
        "rebate": {kol_id: float(one) for kol_id, one in rebate.items()},
    }
    if best is None:
        with pytest.raises(xf.ParameterError, match=r"^per_(category|tier) of .* asks for [12] bookings at least"):
            xf.plan_budget(board, budget, **options)
        return
    plan = xf.plan_budget(board, budget, **options)
    assert (plan.attrs["expected_total"], plan.attrs["spent_cny"]) == (best[0], best[1] / 100)
    assert round(plan["total_cny"].sum(), 2) == plan.attrs["spent_cny"] <= budget


@pytest.mark.parametrize("maximise", ["plays", pytest.param("interactions", marks=pytest.mark.slow)])
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
for seed in range(5):
    xf.plan_budget(forty(seed), 3e6, per_creator=2)
done.set()
thread.join()
sys.stderr.write(str(len(lines)))
"""


@pytest.mark.slow
def test_nothing_is_printed_while_solving_and_what_other_threads_print_is_kept() -> None:
    done = subprocess.run([sys.executable, "-c", BESIDE_OTHERS], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stderr) > 1
    others = ["HighsMipSolverData: a line of another thread"] * (int(done.stderr) - 1)
    assert done.stdout.splitlines() == ["before", *others]
