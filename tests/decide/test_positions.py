"""Values become positions: best and worst, equal and single ones, and what the provider's percentiles need."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

import xingtu_frames as xf
from tests.board_cases import board_of
from xingtu_frames.decide.positions import positions

INF = float("inf")
BENCHMARKS = {"star_index": {"1": 0.9, "2": 0.2, "4": 0.5}, "play_median": {"1": 0.7}}


@pytest.mark.parametrize(
    ("values", "normalisation", "expected"),
    [
        ([1.0, 4.0, 2.0], "rank", [0, 1, 0.5]),
        ([1.0, 4.0, 2.0], "minmax", [0, 1, 1 / 3]),
        ([1.0, 1.0, 2.0, 3.0], "rank", [1 / 6, 1 / 6, 2 / 3, 1]),
        ([1.0, 1.0, 2.0, 3.0], "minmax", [0, 0, 0.5, 1]),
        ([7.0, None, 5.0], "rank", [1, np.nan, 0]),
        ([INF, 3.0, -INF, 4.0], "minmax", [np.nan, 0, np.nan, 1]),
        ([2.0, 2.0], "rank", [0.5, 0.5]),
        ([2.0, 2.0], "minmax", [0.5, 0.5]),
        ([None, 9.0], "rank", [np.nan, 0.5]),
        ([None, 9.0], "minmax", [np.nan, 0.5]),
        ([None, None], "rank", [np.nan, np.nan]),
        ([], "minmax", []),
    ],
)
def test_by_hand_in_either_direction(values: list[Any], normalisation: str, expected: list[float]) -> None:
    board = board_of(star_index=values, cpm_60s=values)
    found = positions(board, {"star_index": "higher", "cpm_60s": "lower"}, normalisation)
    np.testing.assert_allclose(found[:, 0], expected)
    np.testing.assert_allclose(found[:, 1], 1 - np.array(expected))


@given(st.lists(st.none() | st.integers(-1000, 1000), min_size=1, max_size=8), st.sampled_from(["rank", "minmax"]))
def test_positions_keep_the_order_and_the_gaps(values: list[int | None], normalisation: str) -> None:
    (found,) = positions(board_of(connected_users_growth=values), {"connected_users_growth": "higher"}, normalisation).T
    known = [(value, place) for value, place in zip(values, found, strict=True) if value is not None]
    assert [value is None for value in values] == np.isnan(found).tolist()
    for value, place in known:
        assert 0 <= place <= 1
        assert all((value < other) == (place < further) for other, further in known)
    assert sum(place for _, place in known) == pytest.approx(len(known) / 2) or normalisation == "minmax"


def test_the_providers_percentiles_are_looked_up_and_turned() -> None:
    board = board_of(star_index=[50.0, 60.0, 70.0, None], play_median=[1, 2, 3, 4])
    board.attrs["benchmarks"] = BENCHMARKS
    found = positions(board, {"star_index": "higher", "play_median": "lower"}, "benchmark")
    nan = np.nan
    np.testing.assert_allclose(found, [[0.9, 0.3], [0.2, nan], [nan, nan], [nan, nan]])


def test_percentiles_that_are_not_there_are_named() -> None:
    board = board_of(star_index=[50.0], cpm_60s=[3.0], interact_rate=[0.1])
    ways = {"star_index": "higher", "cpm_60s": "lower", "interact_rate": "higher"}
    with pytest.raises(xf.ParameterError, match=r'no attrs\["benchmarks"\].*make the board with compare'):
        positions(board, ways, "benchmark")
    board.attrs["benchmarks"] = BENCHMARKS
    with pytest.raises(xf.ParameterError) as caught:
        positions(board, ways, "benchmark")
    assert str(caught.value) == (
        "the board has no percentiles of cpm_60s, interact_rate; those that have: star_index, play_median; "
        "give compare the frame spread_benchmarks as well"
    )
    board.attrs["benchmarks"] = {}
    with pytest.raises(xf.ParameterError, match=r"of cpm_60s; those that have: none$"):
        positions(board, {"cpm_60s": "lower"}, "benchmark")


def test_a_column_that_is_no_number_is_refused() -> None:
    board = board_of(star_index=[1.0]).assign(star_index=pd.Series(["many"]))
    with pytest.raises(xf.ParameterError, match="star_index must hold numbers"):
        positions(board, {"star_index": "higher"}, "rank")
