"""How firm ranks are: sums, seeds, equal creators, pairs too close to call."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

import xingtu_frames as xf
from tests.board_cases import board_of, plain

HALVES = {"star_index": 0.5, "spread_index": 0.5}


def of_ranks(frame: pd.DataFrame) -> pd.DataFrame:
    """Return creators x ranks."""
    return frame.pivot(index="kol_id", columns="rank", values="probability")


def test_columns_dtypes_and_attrs() -> None:
    board = board_of(star_index=[1.0, 2.0, None], spread_index=[1.0, 2.0, None])
    before = board.copy(deep=True)
    frame = xf.rank_stability(board, HALVES, seed=np.int64(7), draws=10, jitter=1)
    assert plain(frame) == [("2", 1, 1.0), ("2", 2, 0.0), ("1", 1, 0.0), ("1", 2, 1.0)]
    assert [str(dtype) for dtype in frame.dtypes[1:]] == ["Int64", "float64"]
    assert frame["kol_id"].dtype == board["kol_id"].dtype
    about = {"directions": dict.fromkeys(HALVES, "higher"), "missing": "renormalise", "normalisation": "rank"}
    drawn = {"jitter": 1.0, "draws": 10, "seed": 7}
    assert frame.attrs == {"weights": HALVES, **about, **drawn, "too_close": [], "unscored": ["3"]}
    assert json.loads(json.dumps(frame.attrs)) == frame.attrs
    pd.testing.assert_frame_equal(board, before)


@pytest.mark.parametrize("values", [[], [None, None]])
def test_a_board_without_scores_gives_the_typed_empty_frame(values: list[Any]) -> None:
    frame = xf.rank_stability(board_of(star_index=values), {"star_index": 1})
    assert frame.empty
    assert [str(dtype) for dtype in frame.dtypes[1:]] == ["Int64", "float64"]
    assert frame.attrs["unscored"] == [str(row) for row, _ in enumerate(values, start=1)]


def test_the_sample_creators(sample: xf.Client) -> None:
    board = xf.compare(xf.sample_ids(), client=sample)
    frame = xf.rank_stability(board, "传播")
    ranked = of_ranks(frame)
    assert ranked.shape == (13, 13)
    np.testing.assert_allclose(ranked.sum(axis=0), 1)
    np.testing.assert_allclose(ranked.sum(axis=1), 1)
    assert list(dict.fromkeys(frame["kol_id"])) == xf.score(board, "传播")["kol_id"].tolist()
    # 58.18 and 58.05 points: nobody can tell; 85.7 and 82.9 points, or 76 and 58, are apart.
    assert ["7000000000000010079", "7000000000000010003"] in frame.attrs["too_close"]
    assert not any("7000000000000010017" in pair for pair in frame.attrs["too_close"])


def test_the_same_seed_gives_the_same_frame_and_another_one_does_not(sample: xf.Client) -> None:
    board = xf.compare(xf.sample_ids(), client=sample)
    first, again, other = (xf.rank_stability(board, "种草", seed=seed, draws=200) for seed in (0, 0, 1))
    pd.testing.assert_frame_equal(first, again)
    assert first.attrs == again.attrs
    assert not first["probability"].equals(other["probability"])


def test_without_jitter_every_rank_is_certain(sample: xf.Client) -> None:
    board = xf.compare(xf.sample_ids(), client=sample)
    ranked = of_ranks(xf.rank_stability(board, "转化", jitter=0, draws=3))
    scored = xf.score(board, "转化")["kol_id"]
    assert [ranked.loc[kol_id, rank] for rank, kol_id in enumerate(scored, start=1)] == [1.0] * 13


def test_an_even_contest_is_won_half_the_time() -> None:
    board = board_of(star_index=[1.0, 0.0], spread_index=[0.0, 1.0])
    for jitter in (0.01, 0.5, 1.0):
        frame = xf.rank_stability(board, HALVES, jitter=jitter, draws=4000)
        assert of_ranks(frame).loc["1", 1] == pytest.approx(0.5, abs=0.04)
        assert [sorted(pair) for pair in frame.attrs["too_close"]] == [["1", "2"]]


def test_how_far_weights_move_is_the_jitter() -> None:
    # 3 x (1 - j) against 2 x (1 + j): the second can win from a jitter above 0.2.
    board, weights = board_of(star_index=[1.0, 0.0], spread_index=[0.0, 1.0]), {"star_index": 3, "spread_index": 2}
    assert of_ranks(xf.rank_stability(board, weights, jitter=0.19)).loc["2", 1] == 0
    # Factors u and v lie evenly in a square from 0.5 to 1.5; where 3u < 2v is its corner with sides 0.5 and 0.75.
    frame = xf.rank_stability(board, weights, jitter=0.5, draws=20_000)
    assert of_ranks(frame).loc["2", 1] == pytest.approx(0.5 * 0.75 / 2, abs=0.01)
    assert frame.attrs["too_close"] == [["1", "2"]]


def test_a_pair_is_settled_where_the_one_behind_is_ahead_in_less_than_a_tenth() -> None:
    board = board_of(star_index=[1.0, 0.0], spread_index=[0.0, 1.0])
    shares = {}
    for weight in (2.2, 2.6, 2.8, 3.0):
        frame = xf.rank_stability(board, {"star_index": 2, "spread_index": weight}, jitter=0.3)
        shares[of_ranks(frame).loc["1", 1]] = frame.attrs["too_close"]
    assert min(shares) < 0.1 < max(shares)
    assert shares == {share: [["2", "1"]] if share >= 0.1 else [] for share in shares}


def test_equal_creators_share_their_ranks_and_are_too_close() -> None:
    board = board_of(star_index=[3.0, 9.0, 3.0, 3.0, 1.0])
    ranked = of_ranks(xf.rank_stability(board, {"star_index": 1}, draws=7))
    third = pytest.approx(1 / 3)
    assert ranked.loc["2"].tolist() == [1, 0, 0, 0, 0]
    assert all(ranked.loc[kol_id].tolist() == [0, third, third, third, 0] for kol_id in ("1", "3", "4"))
    assert ranked.loc["5"].tolist() == [0, 0, 0, 0, 1]
    too_close = xf.rank_stability(board, {"star_index": 1}, draws=7).attrs["too_close"]
    assert too_close == [["1", "3"], ["1", "4"], ["3", "4"]]


cells = st.none() | st.integers(0, 3)


@given(
    st.lists(st.tuples(cells, cells, cells), max_size=6),
    st.sampled_from(["renormalise", "nan", "drop"]),
    st.floats(0, 1),
    st.integers(0, 99),
)
def test_probabilities_sum_to_1_both_ways(values: list[Any], missing: str, jitter: float, seed: int) -> None:
    metrics = ("star_index", "cpm_60s", "interact_rate")
    board = board_of(**{name: [row[place] for row in values] for place, name in enumerate(metrics)})
    weights = {"star_index": 1, "cpm_60s": 1, "interact_rate": 2}
    frame = xf.rank_stability(board, weights, jitter=jitter, draws=9, seed=seed, missing=missing)
    scored = xf.score(board, weights, missing=missing).dropna(subset="score")["kol_id"].tolist()
    assert list(dict.fromkeys(frame["kol_id"])) == scored
    assert sorted([*scored, *frame.attrs["unscored"]]) == board["kol_id"].tolist()
    assert len(frame) == len(scored) ** 2
    assert frame["probability"].between(0, 1 + 1e-9).all()
    for key in ("kol_id", "rank"):
        np.testing.assert_allclose(frame.groupby(key)["probability"].sum(), 1)


def test_directions_and_percentiles_are_those_of_score(sample: xf.Client) -> None:
    board = xf.compare(xf.sample_ids(), client=sample)
    options: dict[str, Any] = {"normalisation": "benchmark", "missing": "drop", "directions": {"star_index": "lower"}}
    weights = {"star_index": 1, "interact_rate": 2}
    frame = xf.rank_stability(board, weights, jitter=0, draws=1, **options)
    assert frame[frame["probability"] == 1]["kol_id"].tolist() == xf.score(board, weights, **options)["kol_id"].tolist()
    assert len(frame.attrs["unscored"]) == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"jitter": -0.1}, "jitter must be a number from 0 to 1, not -0.1"),
        ({"jitter": 1.01}, "not 1.01"),
        ({"jitter": math.nan}, "not nan"),
        ({"jitter": "0.2"}, 'not "0.2"'),
        ({"jitter": True}, "not True"),
        ({"draws": 0}, "draws must be a positive integer, not 0"),
        ({"draws": 10.0}, "draws must be a positive integer, not 10.0"),
        ({"draws": True}, "not True"),
        ({"seed": -1}, "seed must be an integer >= 0, not -1"),
        ({"seed": None}, "not None"),
        ({"missing": "zero"}, "missing must be one of"),
        ({"weights": {"stars": 1}}, "no metric 'stars'"),
    ],
    ids=repr,
)
def test_what_cannot_be_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(xf.ParameterError, match=said):
        xf.rank_stability(board_of(star_index=[1.0]), **{"weights": {"star_index": 1}, **options})
