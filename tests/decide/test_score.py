"""Scores: worked out by hand, their parts, what is missing, and what is refused."""

from __future__ import annotations

import itertools
import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

import xingtu_frames as xf
from tests.board_cases import board_of, plain

A, C, PAGE, DRAMA = "7000000000000010017", "7000000000000010079", "7000000000000010003", "7000000000000010109"
TWO = {"cpm_21_60s": 0.4, "interact_rate": 0.6}


@pytest.fixture(scope="module")
def board() -> pd.DataFrame:
    with xf.sample_client() as client:
        return xf.compare(xf.sample_ids(), client=client)


@pytest.fixture
def four(board: pd.DataFrame) -> pd.DataFrame:
    """Return four creators: CPM 28.38, 75.38, 141.40, 67.92 and interaction 4.85 %, 3.14 %, 2.44 %, unknown."""
    return board.set_index("kol_id", drop=False).loc[[A, C, PAGE, DRAMA]].reset_index(drop=True)


# --- by hand ---------------------------------------------------------------------------------------------------------


def test_scores_by_rank_worked_out_by_hand(four: pd.DataFrame) -> None:
    # CPM ranks 1, 3, 4, 2 of 4 are positions 1, 1/3, 0, 2/3; interaction ranks 1, 2, 3 of 3 are 1, 1/2, 0.
    scored = xf.score(four, TWO)
    assert scored["name"].tolist() == [four.set_index("kol_id").loc[kol_id, "name"] for kol_id in (A, DRAMA, C, PAGE)]
    assert plain(scored.drop(columns="name")) == [
        (A, 100.0, 1.0, 40.0, 60.0),
        (DRAMA, pytest.approx(200 / 3), 0.4, pytest.approx(200 / 3), None),
        (C, pytest.approx(130 / 3), 1.0, pytest.approx(40 / 3), 30.0),
        (PAGE, 0.0, 1.0, 0.0, 0.0),
    ]


def test_scores_by_span_worked_out_by_hand(four: pd.DataFrame) -> None:
    scored = xf.score(four, TWO, normalisation="minmax").set_index("kol_id")
    cost, rate = (141.40 - 75.38) / (141.40 - 28.38), (0.0314 - 0.0244) / (0.0485 - 0.0244)
    assert scored.loc[C, "score"] == pytest.approx(40 * cost + 60 * rate)
    assert scored.loc[C, "interact_rate_contribution"] == pytest.approx(60 * rate)
    assert scored.loc[DRAMA, "score"] == pytest.approx(100 * (141.40 - 67.92) / (141.40 - 28.38))


def test_scores_by_the_providers_percentiles_worked_out_by_hand(four: pd.DataFrame) -> None:
    # star_index: 1 - 0.0004 and 1 - 0.0054; interact_rate: beaten 65.98 % and 59.73 % of the peers.
    scored = xf.score(four, {"star_index": 1, "interact_rate": 3}, normalisation="benchmark").set_index("kol_id")
    assert scored.loc[A, "score"] == pytest.approx(25 * 0.9996 + 75 * 0.6598)
    assert scored.loc[PAGE, "score"] == pytest.approx(25 * 0.9946 + 75 * 0.5973)
    assert scored.loc[DRAMA, ["score", "coverage"]].tolist() == [pytest.approx(99.99), 0.25]


# --- the frame -------------------------------------------------------------------------------------------------------


def test_columns_dtypes_and_attrs(board: pd.DataFrame) -> None:
    before = board.copy(deep=True)
    scored = xf.score(board, {"star_index": 2, "followers": 1, "cpe_60s": 1}, directions={"followers": "lower"})
    names = ["star_index_contribution", "followers_contribution", "cpe_60s_contribution"]
    assert list(scored.columns) == ["kol_id", "name", "score", "coverage", *names]
    assert set(map(str, scored.dtypes[2:])) == {"float64"}
    assert scored["kol_id"].dtype == scored["name"].dtype == board["kol_id"].dtype
    pd.testing.assert_index_equal(scored.index, pd.RangeIndex(len(board)), exact=True)
    assert sorted(scored["kol_id"]) == sorted(board["kol_id"])
    assert scored["score"].dropna().is_monotonic_decreasing
    assert scored.attrs == {
        "weights": {"star_index": 0.5, "followers": 0.25, "cpe_60s": 0.25},
        "directions": {"star_index": "higher", "followers": "lower", "cpe_60s": "lower"},
        "missing": "renormalise",
        "normalisation": "rank",
    }
    assert json.loads(json.dumps(scored.attrs)) == scored.attrs
    pd.testing.assert_frame_equal(board, before)


def test_an_empty_board_gives_the_typed_empty_frame() -> None:
    full = xf.score(board_of(star_index=[1.0]), {"star_index": 1})
    for missing in ("renormalise", "nan", "drop"):
        empty = xf.score(board_of(star_index=[]), {"star_index": 1}, missing=missing)
        assert empty.empty
        assert empty.dtypes.equals(full.dtypes)


def test_equal_scores_keep_the_order_of_the_board_and_unknown_ones_are_last() -> None:
    board = board_of(star_index=[None, 1.0, 3.0, 1.0, None], cpm_60s=[None, 1.0, 9.0, 1.0, None])
    scored = xf.score(board, {"star_index": 0.1, "cpm_60s": 0.2})
    assert scored["kol_id"].tolist() == ["2", "4", "3", "1", "5"]


def test_scores_that_differ_by_noise_alone_keep_the_order_of_the_board() -> None:
    board = board_of(star_index=[1.0, 0.0, 2.0], spread_index=[0.0, 1.0, 2.0], seeding_index=[0.0, 1.0, 2.0])
    for one, other in itertools.product(range(1, 10), repeat=2):
        weights = {"star_index": (one + other) / 10, "spread_index": one / 10, "seeding_index": other / 10}
        scored = xf.score(board, weights)
        assert scored["kol_id"].tolist() == ["3", "1", "2"]
        assert scored["score"].tolist() == [100.0, 25.0, 25.0]


# --- what is missing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("missing", "scores"),
    [
        ("renormalise", [("1", 93.75, 1.0), ("2", 75.0, 0.25), ("3", 0.0, 1.0), ("4", None, 0.0)]),
        ("nan", [("1", 93.75, 1.0), ("3", 0.0, 1.0), ("2", None, 0.25), ("4", None, 0.0)]),
        ("drop", [("1", 93.75, 1.0), ("3", 0.0, 1.0)]),
    ],
)
def test_what_becomes_of_a_creator_without_a_value(missing: str, scores: list[tuple[Any, ...]]) -> None:
    board = board_of(star_index=[9.0, 9.0, 1.0, None], cpm_60s=[1.0, None, 2.0, None])
    scored = xf.score(board[["cpm_60s", "kol_id", "star_index"]], {"star_index": 1, "cpm_60s": 3}, missing=missing)
    # The two best of three share rank 1.5, which is 3/4 of the way up.
    assert plain(scored[["kol_id", "score", "coverage"]]) == scores
    parts = scored[["star_index_contribution", "cpm_60s_contribution"]]
    assert parts[scored["score"].isna()].isna().all(axis=None)
    np.testing.assert_allclose(parts.sum(axis=1, min_count=1), scored["score"])


@pytest.mark.parametrize("missing", ["renormalise", "nan", "drop"])
def test_a_weight_of_0_asks_for_no_value(missing: str) -> None:
    board = board_of(star_index=[1.0, 2.0, None], cpm_60s=[None, 7.0, 7.0])
    scored = xf.score(board, {"star_index": 1, "cpm_60s": 0}, missing=missing)
    assert plain(scored)[:2] == [("2", 100.0, 1.0, 100.0, 0.0), ("1", 0.0, 1.0, 0.0, None)]
    assert plain(scored)[2:] == ([] if missing == "drop" else [("3", None, 0.0, None, None)])


cells = st.none() | st.integers(-3, 3) | st.floats(-1e6, 1e6)
rows = st.lists(st.tuples(cells, cells, cells), max_size=6)
weightings = st.tuples(*[st.floats(0, 1e3)] * 3).filter(any)


@given(rows, weightings, st.sampled_from(["renormalise", "nan", "drop"]), st.sampled_from(["rank", "minmax"]))
def test_parts_sum_to_the_score_and_nothing_is_imputed(
    values: list[tuple[Any, ...]], shares: tuple[float, ...], missing: str, normalisation: str
) -> None:
    metrics = ("star_index", "cpm_60s", "interact_rate")
    columns = {name: [row[place] for row in values] for place, name in enumerate(metrics)}
    board, weights = board_of(**columns), dict(zip(metrics, shares, strict=True))
    scored = xf.score(board, weights, missing=missing, normalisation=normalisation)
    parts = scored[[f"{name}_contribution" for name in metrics]]
    np.testing.assert_allclose(parts.sum(axis=1, min_count=1), scored["score"], atol=1e-6)
    assert scored["score"].dropna().between(0, 100).all()
    assert scored["coverage"].between(0, 1).all()
    there = board.set_index("kol_id").loc[scored["kol_id"], list(metrics)].notna().to_numpy()
    assert (parts.notna().to_numpy() <= there).all()
    assert sum(scored.attrs["weights"].values()) == pytest.approx(1)


def test_a_further_creator_changes_no_other_score_by_percentiles(board: pd.DataFrame) -> None:
    weights = {"star_index": 1, "completion_rate": 2, "connected_users": 3}
    whole = xf.score(board, weights, normalisation="benchmark").set_index("kol_id")
    for kol_id in board["kol_id"]:
        others = xf.score(board[board["kol_id"] != kol_id], weights, normalisation="benchmark").set_index("kol_id")
        pd.testing.assert_frame_equal(others, whole.drop(index=kol_id))


# --- weights and directions ------------------------------------------------------------------------------------------


def test_weights_that_sum_to_1_come_out_as_they_went_in() -> None:
    board = board_of(star_index=[1.0], cpm_60s=[1.0], cpe_60s=[1.0])
    weights = {"star_index": 0.35, "cpm_60s": 0.4, "cpe_60s": 0.25}
    assert xf.score(board, weights).attrs["weights"] == weights
    huge = {"star_index": 1e308, "cpm_60s": np.int64(0), "cpe_60s": np.float32(0)} | {"cpe_60s": 1e308}
    assert list(xf.score(board, huge).attrs["weights"].values()) == [0.5, 0.0, 0.5]


def test_a_preset_and_its_names_are_weights(board: pd.DataFrame) -> None:
    by_weights = xf.score(board, dict(xf.PRESETS["种草"].weights))
    for name in ("种草", "seeding", xf.PRESETS["种草"]):
        pd.testing.assert_frame_equal(xf.score(board, name), by_weights)


def test_a_direction_is_given_or_turned() -> None:
    board = board_of(followers=[5, 9], cpm_60s=[3.0, 4.0])
    for way, best in (("higher", "2"), ("lower", "1")):
        scored = xf.score(board, {"followers": 1}, directions={"followers": way, "star_index": "lower"})
        assert scored["kol_id"].iloc[0] == best
        assert scored.attrs["directions"] == {"followers": way}
        assert xf.score(board, {"cpm_60s": 1}, directions={"cpm_60s": way})["kol_id"].iloc[0] == best
    assert xf.score(board, {"cpm_60s": 1})["kol_id"].tolist() == ["1", "2"]


@pytest.mark.parametrize(
    ("weights", "options", "said"),
    [
        ({"cpm_2160s": 1}, {}, "no metric 'cpm_2160s'; did you mean 'cpm_21_60s'?"),
        ({"play_stability": 1}, {}, "no metric 'play_stability'; there are"),
        ({"star_index": -1}, {}, "weight of star_index must be a finite number >= 0, not -1"),
        ({"star_index": math.inf}, {}, "not inf"),
        ({"star_index": math.nan}, {}, "not nan"),
        ({"star_index": 10**400}, {}, "finite"),
        ({"star_index": True}, {}, "not True"),
        ({"star_index": "1"}, {}, 'not "1"'),
        ({"star_index": None}, {}, "not None"),
        ({"star_index": 0}, {}, "no metric has a weight above 0"),
        ({}, {}, "no metric has a weight above 0"),
        (
            ["star_index"],
            {},
            'weights must be a mapping metric -> weight, or one of "传播", "种草", "转化", "性价比", not a list',
        ),
        ("种", {}, "no preset '种'; there are: 传播, spread, 种草, seeding"),
        ("spreed", {}, "no preset 'spreed'; did you mean 'spread'?"),
        (
            {"quote_60s": 1, "cpm_60s": 1},
            {},
            (
                r"the board lacks quote_60s, cpm_60s: .*'quote_60s', 'cpm_60s'\]\) brings them, for one "
                r"request per creator to get_author_marketing_info and to get_author_spread_info where that is not "
                "stored$"
            ),
        ),
        ({"followers": 1}, {}, "followers has no direction: .* directions={'followers': 'higher'}"),
        ({"star_index": 1}, {"directions": {"star_index": "up"}}, 'must be one of "higher", "lower", not "up"'),
        ({"star_index": 1}, {"directions": {"follower": "higher"}}, "no metric 'follower'; did you mean 'followers'"),
        ({"star_index": 1}, {"directions": ["star_index"]}, "directions must be a mapping .* not a list"),
        ({"star_index": 1}, {"missing": "zero"}, 'missing must be one of "renormalise", "nan", "drop", not "zero"'),
        ({"star_index": 1}, {"normalisation": "z"}, 'normalisation must be one of "rank", "minmax", "benchmark"'),
    ],
    ids=repr,
)
def test_what_cannot_be_is_refused(weights: Any, options: dict[str, Any], said: str) -> None:
    with pytest.raises(xf.ParameterError, match=said):
        xf.score(board_of(star_index=[1.0], followers=[1]), weights, **options)


def test_a_board_that_is_none_is_refused() -> None:
    board = board_of(star_index=[1.0, 2.0])
    with pytest.raises(xf.ParameterError, match="must be a DataFrame, not a list; compare makes it"):
        xf.score([1], {"star_index": 1})
    with pytest.raises(xf.ParameterError, match="the board lacks kol_id"):
        xf.score(board.drop(columns="kol_id"), {"star_index": 1})
    with pytest.raises(xf.ParameterError, match=r"the board lacks kol_id(?!, kol_id)"):
        xf.plan_budget(board.drop(columns="kol_id"), 1000)
    with pytest.raises(xf.ParameterError, match="more than one row of 1, 2; keep one"):
        xf.score(pd.concat([board, board]), {"star_index": 1})
