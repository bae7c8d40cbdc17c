"""What the wishes of a plan cost: by hand, the same as trying every subset, and the next-best plan."""

from __future__ import annotations

import inspect
import itertools
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import xingtu_frames as xf
from tests.board_cases import plain
from tests.decide.test_plan_budget import PRICES, shortlist
from tests.decide.test_plan_budget_exact import CREATOR, board_to_try
from tests.quick import examples
from xingtu_frames.decide.planning import PlanOptions
from xingtu_frames.decide.tradeoffs import WISH_COLUMNS

COST = ["costs_expected", "costs_cny", "expected_total", "total_cny", "enters", "leaves"]


def by_hand() -> pd.DataFrame:
    board = shortlist([100, 60, 30, 10], ["a", "a", "b", "b"], quote_60s=[10, 10, 10, 5], followers=[9, 9, 90, 90])
    return board.assign(name=["甲", "乙", "丙", None])


def test_the_price_of_each_wish_worked_out_by_hand() -> None:
    wishes = xf.plan_wishes(
        by_hand(), 25, include="4", per_category={"a": 1, "b": (1, 2)}, per_tier={(50, None): (2, None)}
    )
    # With all wishes: 4, 3 and 1 for 25. Next best: 2 in the place of 1.
    assert plain(wishes[["wish", "kol_id", "name", "group", "bound", "count"]]) == [
        ("none", None, None, None, None, None),
        ("next_best", None, None, None, None, None),
        ("include", "4", "4", None, None, None),
        ("per_category", None, None, "a", "most", 1),
        ("per_category", None, None, "b", "least", 1),
        ("per_category", None, None, "b", "most", 2),
        ("per_tier", None, None, "50 followers and more", "least", 2),
        ("all", None, None, None, None, None),
    ]
    assert plain(wishes[COST]) == [
        (0.0, 0.0, 140.0, 25.0, "", ""),
        (40.0, None, 100.0, 25.0, "乙", "甲"),
        (0.0, 0.0, 140.0, 25.0, "", ""),
        (0.0, 0.0, 140.0, 25.0, "", ""),
        (0.0, 0.0, 140.0, 25.0, "", ""),
        (0.0, 0.0, 140.0, 25.0, "", ""),
        (0.0, 0.0, 140.0, 25.0, "", ""),
        (30.0, 5.0, 170.0, 25.0, "乙", "丙"),
    ]
    assert list(wishes.columns) == [column.name for column in WISH_COLUMNS]
    assert wishes.attrs == {"budget_cny": 25.0, "maximise": "plays"}


def test_an_exclusion_costs_plays_and_money() -> None:
    wishes = xf.plan_wishes(by_hand(), 15, exclude=["1", "7000000000000000001"], maximise="plays")
    assert wishes["wish"].tolist() == ["none", "next_best", "exclude"]
    # 2 and 4 bring 70 for 15; with 1 it is 110, and 1 alone brings as much as 70 for 10.
    assert plain(wishes[COST])[2] == (40.0, 5.0, 110.0, 15.0, "甲", "乙")
    assert wishes["kol_ids"].tolist() == ["2|4", "2", "1|4"]


def test_one_count_for_all_categories_is_one_wish() -> None:
    wishes = xf.plan_wishes(by_hand(), 20, per_category=(1, 1))
    assert plain(wishes[["wish", "group", "bound", "count"]])[2:] == [
        ("per_category", None, "least", 1),
        ("per_category", None, "most", 1),
        ("all", None, None, None),
    ]
    assert wishes["costs_expected"].tolist()[2:] == [0.0, 0.0, 30.0]


def test_there_is_no_next_best_plan_where_no_other_keeps_to_the_limits() -> None:
    board = shortlist([9], quote_60s=[10])
    assert xf.plan_wishes(board, 20, include="1")["wish"].tolist() == ["none", "include"]
    assert xf.plan_wishes(board, 5)["wish"].tolist() == ["none"]
    other = xf.plan_wishes(board, 20)
    assert plain(other[["wish", "expected_total", "total_cny", "leaves", "kol_ids"]])[1] == ("next_best", 0, 0, "1", "")


def test_the_first_row_is_the_plan_and_defaults_are_those_of_the_plan() -> None:
    with xf.sample_client() as client:
        board = xf.compare(xf.sample_ids(), client=client)
    wishes = xf.plan_wishes(board, 300_000, per_category=2, fee=0.05, maximise="interactions")
    plan = xf.plan_budget(board, 300_000, per_category=2, fee=0.05, maximise="interactions")
    first = wishes.iloc[0]
    assert (first["expected_total"], first["total_cny"]) == (plan.attrs["expected_total"], plan.attrs["spent_cny"])
    assert first["kol_ids"] == "|".join(plan["kol_id"])
    of_plan = inspect.signature(xf.plan_budget).parameters
    for function in (xf.plan_wishes, xf.plan_frontier):
        options = inspect.signature(function).parameters
        assert {*PlanOptions.__annotations__} < {*options}
        assert {name: options[name].default for name in PlanOptions.__annotations__} == {
            name: of_plan[name].default for name in PlanOptions.__annotations__
        }


# --- the same as trying every subset ---------------------------------------------------------------------------------

Bookings = list[tuple[str, int, int, str | None]]


def every_plan(board: pd.DataFrame, budget: int, per_creator: int) -> list[Bookings]:
    offers = [
        (row["kol_id"], int(row["play_median"]), int(row[quote]), row["top_category"])
        for _, row in board.iterrows()
        for quote in PRICES[:3]
        if pd.notna(row[quote]) and pd.notna(row["play_median"])
    ]
    subsets = itertools.chain.from_iterable(itertools.combinations(offers, size) for size in range(len(offers) + 1))
    return [
        list(subset)
        for subset in subsets
        if sum(cost for _, _, cost, _ in subset) <= budget
        and all([one for one, *_ in subset].count(kol_id) <= per_creator for kol_id, *_ in subset)
    ]


def plays_of(plan: Bookings) -> int:
    return sum(plays for _, plays, *_ in plan)


def cost_of(plan: Bookings) -> int:
    return sum(cost for _, _, cost, _ in plan)


def keeps(plan: Bookings, wishes: list[tuple[str, Any]]) -> bool:
    ids, of_a = {kol_id for kol_id, *_ in plan}, sum(category == "a" for *_, category in plan)
    checks = {
        "include": lambda one: one in ids,
        "exclude": lambda one: one not in ids,
        "least": lambda count: of_a >= count,
        "most": lambda count: of_a <= count,
    }
    return all(checks[kind](value) for kind, value in wishes)


@settings(max_examples=examples(40))
@given(
    st.lists(CREATOR, min_size=1, max_size=3),
    st.integers(20, 200),
    st.integers(1, 2),
    st.booleans(),
    st.integers(0, 1),
    st.none() | st.integers(1, 2),
)
def test_wishes_cost_what_trying_every_subset_says(
    creators: list[tuple[Any, ...]], budget: int, per_creator: int, include: bool, least: int, most: int | None
) -> None:
    # Two of which one is excluded, and the other included or not.
    board = board_to_try([*creators, (9, 12, None, 15, "a", 50), (20, 11, None, None, "a", 50)])
    *_, wished, excluded = board["kol_id"]
    wishes: list[tuple[str, Any]] = [("include", wished)] if include else []
    wishes += [("exclude", excluded)]
    wishes += [("least", least)] if least else []
    wishes += [("most", most)] if most is not None else []
    every = every_plan(board, budget, per_creator)
    kept = [plan for plan in every if keeps(plan, wishes)]
    options: dict[str, Any] = {"per_category": {"a": (least, most)}, "include": [wished] if include else []}
    options |= {"exclude": excluded, "per_creator": per_creator}
    if not kept:
        with pytest.raises(xf.ParameterError):
            xf.plan_wishes(board, budget, **options)
        return
    base = max(kept, key=lambda plan: (plays_of(plan), -cost_of(plan)))
    found = xf.plan_wishes(board, budget, **options)
    assert plain(found[["expected_total", "total_cny"]])[0] == (plays_of(base), cost_of(base))
    chosen = set(found["kol_ids"].iloc[0].split("|")) - {""}
    others = [plan for plan in kept if {kol_id for kol_id, *_ in plan} != chosen]
    rows = found.set_index(found["wish"].astype(str) + found["bound"].astype(object).fillna(""))
    assert ("next_best" in rows.index) is bool(others)
    if others:
        best = max((plays_of(plan), -cost_of(plan)) for plan in others)
        assert plain(rows[["expected_total", "total_cny"]].loc[["next_best"]]) == [(best[0], -best[1])]
    without = [(f"per_category{kind}" if kind in ("least", "most") else kind, kind) for kind, _ in wishes]
    for row, kind in [*without, *([("all", None)] if len(wishes) > 1 else [])]:
        free = [plan for plan in every if keeps(plan, [one for one in wishes if kind and one[0] != kind])]
        assert rows["expected_total"][row] == max(map(plays_of, free))
        assert rows["costs_expected"][row] == max(map(plays_of, free)) - plays_of(base)
        saved = cost_of(base) - min(cost_of(plan) for plan in free if plays_of(plan) >= plays_of(base))
        assert rows["costs_cny"][row] == saved >= 0


def test_what_a_plan_refuses_is_refused() -> None:
    for options, said in (
        ({"per_category": {"a": (3, None)}}, "per_category of a asks for 3 bookings at least, and 2"),
        ({"maximise": "reach"}, "maximise must be one of"),
        ({"include": "1", "exclude": "1"}, "in include and in exclude"),
    ):
        with pytest.raises(xf.ParameterError, match=said):
            xf.plan_wishes(by_hand(), 20, **options)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="per_categry"):
        xf.plan_wishes(by_hand(), 20, per_categry=1)  # type: ignore[call-arg]


def test_a_bar_in_a_name_makes_no_second_creator() -> None:
    board = by_hand()
    board["name"] = [f"甲|{number}" for number in range(len(board))]
    for made in (
        xf.plan_wishes(board, 20, implied=False),
        xf.plan_frontier(board, 20, goals=["plays", "interactions"]),
    ):
        named = [name for cell in [*made["enters"], *made["leaves"]] for name in cell.split("|") if name]
        assert set(named) <= {f"甲｜{number}" for number in range(len(board))}
        assert named or len(made) == 1


def test_creators_are_called_by_their_names() -> None:
    board = shortlist([100, 90, 50, 40], quote_60s=[10, 9, 8, 7]).assign(name=["甲", "乙", "丙", "丙"])
    by_id = xf.plan_wishes(board, 20, include="2", exclude=["1"], rebate={"2": 0.1})
    by_name = xf.plan_wishes(board, 20, include="乙", exclude=["甲"], rebate={"乙": 0.1})
    pd.testing.assert_frame_equal(by_name, by_id)
    # Two creators have the name.
    with pytest.raises(xf.InvalidIdError, match="丙"):
        xf.plan_budget(board, 20, include="丙")
