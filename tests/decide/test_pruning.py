"""Leaving creators out of the search changes no plan: against every subset, and against the search over all."""

from __future__ import annotations

import io
import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import xingtu_frames as xf
from tests.decide.test_plan_budget import BANDS, PRICES, booked, forty, shortlist
from tests.quick import examples
from xingtu_frames.decide import pruning, solver
from xingtu_frames.decide.pruning import total

NUMBERS = st.integers(1, 30)
ITEMS = st.lists(st.tuples(st.integers(0, 20), NUMBERS, st.integers(0, 2)), min_size=1, max_size=9)


def subsets(size: int) -> list[tuple[bool, ...]]:
    return list(itertools.product((False, True), repeat=size))


def problem(items: list[tuple[int, int, int]], most: int, cap: int, must: bool) -> tuple[list[Any], list[Any]]:
    """Return gains, prices and order as objectives; a budget, a cap on one kind and an item that must be taken."""
    gains, prices, kinds = zip(*items, strict=True)
    objectives = [[-gain for gain in gains], list(prices), list(range(1, len(items) + 1))]
    limits = [(list(prices), most), ([int(kind == 1) for kind in kinds], cap)]
    return objectives, limits + [([-1] + [0] * (len(items) - 1), -1)] * must


def best(objectives: list[Any], limits: list[Any]) -> list[bool] | None:
    """Return the best of every subset."""
    kept = [taken for taken in subsets(len(objectives[0])) if all(total(row, taken) <= most for row, most in limits)]
    order = [[total(objective, taken) for objective in objectives] for taken in kept]
    return list(min(zip(order, kept, strict=True))[1]) if kept else None


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave items out however few there are."""
    monkeypatch.setattr(solver, "_FEW", 1)


@pytest.mark.usefixtures("always")
@settings(max_examples=examples(60))
@given(ITEMS, st.integers(0, 80), st.integers(0, 3), st.booleans())
def test_the_subset_is_the_best_of_all(items: list[tuple[int, int, int]], most: int, cap: int, must: bool) -> None:
    objectives, limits = problem(items, most, cap, must)
    expected = best(objectives, limits)
    if expected is None:
        with pytest.raises(xf.XingtuError):
            solver.best_subset(objectives, limits)
    else:
        assert solver.best_subset(objectives, limits) == expected


@settings(max_examples=examples(60))
@given(ITEMS, st.integers(0, 80), st.integers(0, 3), st.booleans(), st.data())
def test_a_bound_holds_for_every_subset_and_settles_what_all_the_best_share(
    items: list[tuple[int, int, int]], most: int, cap: int, must: bool, data: st.DataObject
) -> None:
    (objective, *_), limits = problem(items, most, cap, must)
    kept = [t for t in subsets(len(items)) if all(total(row, t) <= limit for row, limit in limits)]
    bound = pruning.bound_of(objective, limits, list(range(len(items))), [])
    if not kept or bound is None:
        return
    assert all(-total(objective, taken) * pruning._UNIT <= bound.highest for taken in kept)
    known = total(objective, data.draw(st.sampled_from(kept)))
    left, settled = bound.left(known, [False] * len(items))
    for taken in kept:
        if total(objective, taken) <= known:
            assert all(taken[item] == settled[item] for item in set(range(len(items))) - set(left))


@pytest.mark.one_in(2)
@pytest.mark.each_once
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"per_creator": 3, "maximise": "interactions"},
        {"per_category": 2},
        {"per_category": {"k1": 0, "k2": 3}, "include": ["3", "10"], "per_creator": 2},
        {"per_category": (1, 4), "exclude": ["5", "6"], "fee": 0.05, "rebate": {"7": 0.2, "8": 0.1}},
    ],
    ids=repr,
)
def test_the_plan_is_that_of_the_search_over_all(
    seed: int, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    board = forty(seed)
    budget = float(np.random.default_rng(seed).integers(3_000_000, 9_000_000))
    whole = xf.plan_budget(board, budget, **options)
    monkeypatch.setattr(solver, "_FEW", 5)
    pruned = xf.plan_budget(board, budget, **options)
    pd.testing.assert_frame_equal(pruned, whole)
    assert pruned.attrs == whole.attrs


def thousands(creators: int, spread: float) -> pd.DataFrame:
    """Return a board of quotes around 30 yuan for 1,000 plays."""
    random = np.random.default_rng(1)
    plays = np.round(np.exp(random.normal(12, 1.5, creators))).astype(int)
    quotes = np.maximum(1, np.round(plays * 0.0003 * np.exp(random.normal(0, spread, creators)))) * 100
    others: dict[str, list[Any]] = {name: [None] * creators for name in PRICES}
    return shortlist(
        plays.tolist(), [f"k{row % 7}" for row in range(creators)], **others | {PRICES[1]: quotes.tolist()}
    )


@pytest.mark.slow
@pytest.mark.parametrize("spread", [0.5, 0.0], ids=["prices apart", "prices alike"])
@pytest.mark.parametrize("options", [{}, {"per_category": 20, "include": ["5", "77"]}], ids=repr)
def test_of_eight_thousand_creators_few_are_searched(
    spread: float, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    board = thousands(8_000, spread)
    solved, sizes = solver._solved, []

    def counted(objective: Any, limits: Any, seconds: float) -> list[bool]:
        sizes.append(len(objective))
        return solved(objective, limits, seconds)

    monkeypatch.setattr(solver, "_solved", counted)
    plan = xf.plan_budget(board, 1_000_000, **options)
    assert max(sizes) <= 1_000
    assert len(sizes) < 10
    assert plan.attrs["spent_cny"] <= 1_000_000
    assert len(plan) + len(plan.attrs["left_out"]) == 8_000
    assert set(options.get("must", ())) <= set(plan["kol_id"])
    # No creator left out is better for less than one that is booked.
    if not options:
        taken = board["kol_id"].isin(plan["kol_id"]).to_numpy()
        plays, quote = (board[name].to_numpy("float64") for name in ("play_median", "quote_21_60s"))
        more = plays[~taken] > plays[taken][:, np.newaxis]
        assert not (more & (quote[~taken] <= quote[taken][:, np.newaxis])).any()


def test_offers_above_the_budget_are_never_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    board = shortlist([9, 8, 7], quote_60s=[500, 30, 40])
    sizes: list[int] = []
    search = solver.best_subset
    monkeypatch.setattr(
        "xingtu_frames.decide.planning.best_subset",
        lambda objectives, limits, step: sizes.append(len(objectives[0])) or search(objectives, limits, step),
    )
    assert booked(xf.plan_budget(board, 100)) == [("2", "60s+"), ("3", "60s+")]
    assert sizes == [2]
    assert xf.plan_budget(board, 20).empty
    assert sizes == [2]
    assert "60s+" in BANDS


def test_progress_is_shown_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr("sys.stderr", screen)
    xf.plan_budget(forty(1), 1e6, progress=True)
    assert "plan: 3/3" in screen.getvalue()
    shown = len(screen.getvalue())
    xf.plan_budget(forty(1), 1e6, progress=False)
    xf.plan_budget(forty(1), 1e6)
    assert len(screen.getvalue()) == shown
