"""Plans: worked out by hand, the same as trying every subset, never over budget, and what is refused."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pytest

import xingtu_frames as xf
from tests.board_cases import board_of, plain
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


def of_services(plan: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Return the rows of a plan without names, and without what comes on top of the price."""
    return plain(plan.drop(columns=["name", "fee_cny", "rebate_cny", "total_cny"]))


def booked(plan: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(plan["kol_id"], plan["duration_band"], strict=True))


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


# --- by hand ---------------------------------------------------------------------------------------------------------


def test_the_best_two_of_three_worked_out_by_hand() -> None:
    board = shortlist([50_000, 100_000, 70_000], quote_21_60s=[4_000, 9_000, 6_000])
    plan = xf.plan_budget(board, 10_500)
    assert of_services(plan)[0] == ("3", "21-60s", 6_000.0, "quote", 70_000.0, 6_000.0, None, None)
    assert plan["total_cny"].tolist() == plan["price_cny"].tolist()
    assert (plan[["fee_cny", "rebate_cny"]] == 0).all(axis=None)
    assert booked(plan) == [("3", "21-60s"), ("1", "21-60s")]
    assert plan.attrs == {
        "budget_cny": 10_500.0,
        "spent_cny": 10_000.0,
        "left_cny": 500.0,
        "expected_total": 120_000.0,
        "maximise": "plays",
        "expected": "play_median",
        "fee": 0.0,
        "rebate": 0.0,
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
    assert of_services(xf.plan_budget(board, 10_000)) == [
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


# --- fee and rebate --------------------------------------------------------------------------------------------------


def test_fee_and_rebate_count_and_stay_apart_from_the_price() -> None:
    # 4,000 + 200 - 400 = 3,800, and 6,000 + 300 = 6,300.
    board = shortlist([50_000, 70_000], quote_21_60s=[4_000, 6_000]).assign(name=["阿禾", None])
    plan = xf.plan_budget(board, 10_100, fee=0.05, rebate={1: 0.1, "7000000000000000001": 0.5})
    on_top = ["kol_id", "name", "price_cny", "fee_cny", "rebate_cny", "total_cny"]
    assert plain(plan[on_top]) == [
        ("2", None, 6_000.0, 300.0, 0.0, 6_300.0),
        ("1", "阿禾", 4_000.0, 200.0, 400.0, 3_800.0),
    ]
    assert (plan.attrs["spent_cny"], plan.attrs["left_cny"]) == (10_100.0, 0.0)
    assert booked(xf.plan_budget(board, 10_099.99, fee=0.05, rebate={1: 0.1})) == [("2", "21-60s")]
    (out,) = xf.plan_budget(board, 6_250, fee=0.05).attrs["left_out"]
    assert out == {
        "kol_id": "2",
        "why": "did not fit",
        "detail": "cheapest 6,000.00 yuan for 21-60s (quote), 6,300.00 with fee and rebate, 70,000 expected; "
        "2,050.00 yuan are left",
    }


def test_fee_and_rebate_are_rounded_to_the_fen_each() -> None:
    # 0.05 x 10.10 = 0.505, and 0.015 x 10.10 = 0.1515.
    plan = xf.plan_budget(shortlist([1], cpm_60s=[10_100.0]), 11, bands="60s+", fee=0.05, rebate=0.015)
    assert plain(plan[["price_cny", "fee_cny", "rebate_cny", "total_cny"]]) == [(10.1, 0.51, 0.15, 10.46)]


def test_a_rebate_can_change_who_is_booked() -> None:
    board = shortlist([1_000, 1_000], quote_60s=[100, 110])
    assert booked(xf.plan_budget(board, 150)) == [("1", "60s+")]
    assert booked(xf.plan_budget(board, 150, rebate={"2": 0.2})) == [("2", "60s+")]
    assert booked(xf.plan_budget(board, 150, rebate=0.3)) == [("1", "60s+"), ("2", "60s+")]


# --- which plays -----------------------------------------------------------------------------------------------------


def test_the_plays_that_the_provider_expects_can_count() -> None:
    board = shortlist([9, 1], expected_plays=[100, 200], quote_60s=[10, 10], interact_rate=[0.5, 0.1])
    assert booked(xf.plan_budget(board, 10)) == [("1", "60s+")]
    plan = xf.plan_budget(board.drop(columns="play_median"), 10, expected="expected_plays")
    assert (booked(plan), plan["expected"].tolist()) == ([("2", "60s+")], [200.0])
    warm = xf.plan_budget(board, 10, expected="expected_plays", maximise="interactions")
    assert (booked(warm), warm["expected"].tolist()) == ([("1", "60s+")], [50.0])
    implied = shortlist([9], expected_plays=[1_000], cpm_60s=[20], cpe_60s=[0.1])
    # CPM 20 x 1,000 / 1000 = 20; CPE 0.1 x 1,000 x 0.1 = 10.
    assert xf.plan_budget(implied, 50, expected="expected_plays")["price_cny"].tolist() == [20.0]


def test_only_what_is_needed_is_demanded() -> None:
    board = shortlist([9, 8], quote_60s=[10, 10])
    bare = board[["kol_id", "play_median", "quote_60s"]]
    plan = xf.plan_budget(bare, 10, bands="60s+", implied=False)
    pd.testing.assert_frame_equal(plan, xf.plan_budget(board, 10, bands="60s+", implied=False))
    assert plan.attrs == xf.plan_budget(board, 10, bands="60s+", implied=False).attrs
    with pytest.raises(xf.ParameterError, match="the board lacks interact_rate"):
        xf.plan_budget(bare, 10, bands="60s+", implied=False, maximise="interactions")
    pd.testing.assert_frame_equal(xf.plan_budget(bare, 10, bands="60s+"), plan)


def test_what_implies_a_price_is_demanded_for_the_durations_alone_that_have_no_quote() -> None:
    board = shortlist([9, 8, None], quote_21_60s=[10, 10, None], quote_60s=[10, None, None])
    with_quotes = board.drop(columns=["interact_rate", *(name for name in PRICES if not name.startswith("quote"))])
    lacks = r"the board lacks interact_rate, cpm_60s, cpe_60s: compare\(ids, .*\) brings them, for one request per .*"
    for plan in (xf.plan_budget, xf.plan_wishes, xf.plan_frontier):
        users = {"target_users": {"1": 5, "2": 5, "3": 5}} if plan is xf.plan_frontier else {}
        # The third has no plays, and without them no price is implied.
        assert len(plan(with_quotes, 10, bands="21-60s", **users))
        with pytest.raises(xf.ParameterError, match=lacks) as caught:
            plan(with_quotes, 10, bands=["21-60s", "60s+"], **users)
        assert str(caught.value).endswith(": 1 of 3 creators for 60s+; implied=False plans with quotes alone")
        assert len(plan(with_quotes, 10, bands=["21-60s", "60s+"], implied=False, **users))
    assert booked(xf.plan_budget(with_quotes, 10, bands="60s+", exclude="2")) == [("1", "60s+")]
    # What it costs to leave the second out takes its price.
    with pytest.raises(xf.ParameterError, match="lacks interact_rate, cpm_60s, cpe_60s"):
        xf.plan_wishes(with_quotes, 10, bands="60s+", exclude="2")
    users = {"target_users": {"1": 5}}
    assert len(xf.plan_frontier(with_quotes, 10, bands="60s+", **users)) == 1


def test_a_column_that_is_not_demanded_changes_no_booking() -> None:
    board = forty(3)
    for band in BANDS.values():
        board[f"quote_{band}"] = pd.Series([None if band == "60s" and row % 3 else 9_000 + row for row in range(40)])
    every = booked(xf.plan_budget(board, 90_000))
    needless = [f"{kind}_{band}" for kind in ("cpm", "cpe") for band in BANDS.values() if band != "60s"]
    assert booked(xf.plan_budget(board.drop(columns=needless), 90_000)) == every
    for name in ("interact_rate", "cpm_60s", "cpe_60s"):
        with pytest.raises(xf.ParameterError, match=f"lacks {name}: "):
            xf.plan_budget(board.drop(columns=[name]), 90_000)


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
    assert page.tolist()[:4] == ["官网示例达人", "1-20s", 225_741.57, "implied_cpe"]
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


def test_who_is_excluded_is_never_booked() -> None:
    board = shortlist([9_000, 10], quote_60s=[100, 100])
    plan = xf.plan_budget(board, 500, exclude=[1, "7000000000000000001"])
    assert booked(plan) == [("2", "60s+")]
    assert plan.attrs["left_out"] == [{"kol_id": "1", "why": "excluded", "detail": "exclude has it"}]


def test_a_minimum_is_kept_although_others_bring_more() -> None:
    board = shortlist([9, 8, 7, 1], ["a", "a", "a", "b"], quote_60s=[10] * 4, followers=[10, 100, 1_000, None])
    assert booked(xf.plan_budget(board, 20)) == [("1", "60s+"), ("2", "60s+")]
    assert booked(xf.plan_budget(board, 20, per_category={"b": (1, None)})) == [("1", "60s+"), ("4", "60s+")]
    assert booked(xf.plan_budget(board, 40, per_category=(1, 2)))[:2] == [("1", "60s+"), ("2", "60s+")]
    assert len(xf.plan_budget(board, 40, per_category=(1, 2))) == 3
    assert booked(xf.plan_budget(board, 20, per_tier={(1_000, None): (1, 1)})) == [("1", "60s+"), ("3", "60s+")]


def test_a_tier_has_its_low_bound_and_not_its_high_one_and_none_without_followers() -> None:
    board = shortlist([9, 8, 7, 6], quote_60s=[10] * 4, followers=[100, 1_000, 999, None])
    plan = xf.plan_budget(board, 90, per_tier={(100, 1_000): 1, (1_000, None): 0})
    assert [kol_id for kol_id, _ in booked(plan)] == ["1", "4"]
    details = {out["kol_id"]: out["detail"] for out in plan.attrs["left_out"]}
    assert details["2"].endswith("; 0 of 1,000 followers and more are booked")
    assert details["3"].endswith("; 1 of 100 to 1,000 followers are booked")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"per_category": {"a": (3, None)}}, "per_category of a asks for 3 bookings at least, and 2 can be booked"),
        ({"per_category": {"a": (2, 5)}, "exclude": "1"}, "per_category of a asks for 2 .* and 1 can be booked at all"),
        ({"per_category": (1, 2), "budget_cny": 29}, "of b asks for 1 .* costs 30.00 yuan at least, .* of 29.00"),
        ({"per_category": {"b": (1, 2)}, "budget_cny": 5}, "per_category of b .* costs 20.00 yuan at least, .* 5.00"),
        ({"per_category": {"b": (1, 2)}, "fee": 0.5, "budget_cny": 29}, "of b .* costs 30.00 yuan at least"),
        (
            {"per_category": {"a": 0}, "per_tier": {(None, 50): (1, None)}},
            "per_tier of fewer than 50 followers asks for 1 .* the other limits leave no room",
        ),
    ],
    ids=repr,
)
def test_a_minimum_that_cannot_be_met_is_named(options: dict[str, Any], said: str) -> None:
    board = shortlist([9, 8, 7], ["a", "a", "b"], quote_60s=[10, 15, 20], followers=[10, 20, 900])
    with pytest.raises(xf.ParameterError, match=said):
        xf.plan_budget(**({"board": board, "budget_cny": 1_000} | options))


def test_limits_need_what_they_are_about() -> None:
    board = shortlist([9], quote_60s=[10], followers=[None])
    brings = r"and the board has none: compare\(ids, metrics=\[..., '{}'\]\) brings it, for one request per creator"
    for column, argument, metric in (
        ("top_category", {"per_category": 1}, "top_category_share"),
        ("followers", {"per_tier": {(10, None): 1}}, "followers"),
    ):
        for lacking in (board, board.drop(columns=column)):
            with pytest.raises(xf.ParameterError, match=f"needs {column}, " + brings.format(metric)):
                xf.plan_budget(lacking, 100, **argument)
    with pytest.raises(xf.ParameterError, match=r"lacks expected_plays: compare\(ids"):
        xf.plan_budget(board, 100, expected="expected_plays")


@pytest.mark.one_in(10)
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
        ({"per_category": (3, 2)}, ["per_category", "the least first", "(3, 2)"]),
        ({"per_category": {"a": (1, 2, 3)}}, ["per_category of a", "(least, most)", "(1, 2, 3)"]),
        ({"per_category": True}, ["per_category", "True"]),
        ({"per_tier": 3}, ["per_tier", "a mapping", "an int"]),
        ({"per_tier": {"100万以上": 3}}, ["a tier of per_tier", "(low, high)", '"100万以上"']),
        ({"per_tier": {(None, None): 3}}, ["a tier of per_tier", "(None, None)"]),
        ({"per_tier": {(9, 9): 3}}, ["a tier of per_tier", "(9, 9)", "the low one comes first"]),
        ({"per_tier": {(1, 9): -1}}, ["per_tier of 1 to 9 followers", "-1"]),
        ({"fee": 5}, ["fee", "0.05 for 5 %", "not 5"]),
        ({"fee": -0.1}, ["fee", "-0.1"]),
        ({"fee": "5%"}, ["fee", '"5%"']),
        ({"rebate": 1}, ["rebate", "below 1", "a mapping kol_id"]),
        ({"rebate": {"1": 30}}, ["rebate of 1", "below 1", "30"]),
        ({"expected": "play_mean"}, ['"play_median", "expected_plays"', '"play_mean"']),
        ({"include": "1", "exclude": ["1", "2"]}, ["1 is in include and in exclude"]),
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
    board = shortlist([9, 8, 7, 6], ["a", "b", "b", "a"], quote_60s=[100, 200, None, 50], followers=[1, 2, 3, 4])
    with pytest.raises(xf.ParameterError) as caught:
        xf.plan_budget(**({"board": board, "budget_cny": 250} | wrong))
    assert all(part in str(caught.value) for part in said)


def test_an_id_of_must_that_is_none_is_refused() -> None:
    with pytest.raises(xf.InvalidIdError, match="float"):
        xf.plan_budget(shortlist([1]), 100, include=[7.0e18])


# --- the solver ------------------------------------------------------------------------------------------------------


def test_a_subset_that_is_over_the_limit_by_rounding_is_ruled_out(monkeypatch: pytest.MonkeyPatch) -> None:
    solved, asked = solver._solved, []

    def loose(objective: Any, limits: Any, seconds: float) -> list[bool]:
        asked.append(limits)
        return [True, True] if len(asked) == 1 else solved(objective, limits, seconds)

    monkeypatch.setattr(solver, "_solved", loose)
    assert solver.best_subset([[-5, -4]], [([3, 3], 5)]) == [True, False]
    assert asked[1] == [([3, 3], 5), ([1, 1], 1)]
    monkeypatch.setattr(solver, "_solved", lambda objective, limits, seconds: [True, True])
    with pytest.raises(xf.XingtuError, match="tries of the solver"):
        solver.best_subset([[-5, -4]], [([3, 3], 5)])


def test_a_solver_that_fails_is_an_error() -> None:
    with pytest.raises(xf.XingtuError, match=r"no proven best plan.*infeasible.*fewer creators"):
        solver.best_subset([[1]], [([1], 0), ([-1], -1)])


def test_what_cannot_be_settled_among_equals_leaves_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    solved, asked = solver._solved, []

    def slow(objective: Any, limits: Any, seconds: float) -> list[bool]:
        asked.append(objective)
        if len(asked) > 1:
            raise xf.XingtuError("time limit")
        return solved(objective, limits, seconds)

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


def test_a_rebate_may_be_a_series() -> None:
    board = shortlist([9, 8], quote_60s=[100, 100])
    first = board["kol_id"].iloc[0]
    ways = [{first: 0.2}, pd.Series({first: 0.2}), {int(first): 0.2}]
    one, *others = (xf.plan_budget(board, 200, bands="60s+", implied=False, rebate=way) for way in ways)
    assert one["rebate_cny"].tolist() == [20.0, 0.0]
    for other in others:
        pd.testing.assert_frame_equal(other, one)
        assert other.attrs == one.attrs
