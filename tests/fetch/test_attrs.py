"""What frames carry in attrs costs next to nothing, and what matters for reading them survives a merge."""

from __future__ import annotations

import copy
import io
import json
import pickle
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest
from matplotlib import pyplot as plt

import xingtu_frames as xf
from xingtu_frames.board.board import board
from xingtu_frames.board.metrics import asked_of, chosen_metrics
from xingtu_frames.files.scope import scope
from xingtu_frames.frame import Listed, Mapped

PAIR = ["7000000000000010017", "7000000000000010079"]
BENCHMARKED = [name for name, metric in xf.METRICS.items() if metric.benchmark]


@pytest.fixture(autouse=True)
def _no_figure_is_left() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def frames() -> dict[str, pd.DataFrame]:
    with xf.sample_client() as client:
        tables = dict.fromkeys(["spread_benchmarks", *(metric.table for metric in xf.METRICS.values())])
        return {table: getattr(xf, f"fetch_{table}")(PAIR, client=client) for table in tables}


def many(frames: dict[str, pd.DataFrame], creators: int) -> pd.DataFrame:
    """Return a board of so many creators, with as many failures."""
    copies = {
        table: pd.concat(
            [frame[frame["kol_id"] == PAIR[0]].assign(kol_id=str(10**15 + row)) for row in range(creators)],
            ignore_index=True,
        )
        for table, frame in frames.items()
    }
    ids = [str(10**15 + row) for row in range(creators)]
    with xf.sample_client() as client:
        made = xf.compare(ids, frames=copies, client=client)
    made.attrs["failures"] = Listed({"kol_id": kol_id, "error": "x"} for kol_id in ids)
    return made


OPERATIONS: dict[str, Callable[[pd.DataFrame], Any]] = {
    "head": lambda frame: frame.head(),
    "iterrows": lambda frame: [row for _, row in frame.head(3).iterrows()],
    "describe": lambda frame: frame[["play_median", "star_index"]].describe(),
    "filter": lambda frame: frame[frame["star_index"] > 5],
    "sort": lambda frame: frame.sort_values("star_index"),
    "column": lambda frame: frame["star_index"],
    "copy": lambda frame: frame.copy(),
    "assign": lambda frame: frame.assign(own=1),
}


def deep_copies(act: Callable[[], Any]) -> int:
    """Return how often anything was copied deeply."""
    found = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal found
        found += event == "call" and frame.f_code is copy.deepcopy.__code__

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(before)
    return found


@pytest.fixture(scope="module")
def boards(frames: dict[str, pd.DataFrame]) -> list[pd.DataFrame]:
    """Return a board of few creators and one of many."""
    return [many(frames, 3), many(frames, 40)]


@pytest.mark.one_in(2)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_copies_no_more_of_attrs_for_many_creators(operation: str, boards: list[pd.DataFrame]) -> None:
    act = OPERATIONS[operation]
    counts = [deep_copies(lambda board=board: act(board)) for board in boards]
    assert counts[0] == counts[1]
    assert counts[1] <= 100


FAILING: dict[str, Callable[..., pd.DataFrame]] = {
    "fetch": xf.fetch_profiles,
    "compare": xf.compare,
    "compare_windows": xf.compare_windows,
}


@pytest.mark.parametrize("function", FAILING)
def test_failures_cost_an_operation_no_more_where_there_are_many(function: str, sample: xf.Client) -> None:
    frames = []
    for failing in (1, 50):
        with pytest.warns(xf.PartialResultWarning):
            frames.append(FAILING[function]([*PAIR, *(str(10**15 + row) for row in range(failing))], client=sample))
    assert len(frames[1].attrs["failures"]) >= 50
    counts = [deep_copies(frame.head) for frame in frames]
    assert counts[0] == counts[1]
    assert 0 < counts[1] <= 20


def test_no_place_of_a_creator_is_copied_by_an_operation(boards: list[pd.DataFrame]) -> None:
    board = boards[1]
    rows = [row for _, row in board.iterrows()]
    for other in (board.head(), board[["play_median", "star_index"]].describe(), rows[-1]):
        for metric, places in board.attrs["benchmarks"].items():
            assert other.attrs["benchmarks"][metric] is places


def decided() -> Iterator[tuple[str, pd.DataFrame]]:
    with xf.sample_client() as client:
        ids = xf.sample_ids()
        board = xf.compare(ids, client=client)
        yield "score", xf.score(board, "种草")
        yield "rank_stability", xf.rank_stability(board, "种草", draws=20)
        yield "plan_budget", xf.plan_budget(board, 100_000)
        yield "plan_wishes", xf.plan_wishes(board, 100_000)
        yield "board", board


def test_attrs_are_plain_values_that_can_be_written_compared_and_sent() -> None:
    for name, frame in decided():
        plain = json.loads(json.dumps(frame.attrs))
        assert plain == frame.attrs, name
        again = pickle.loads(pickle.dumps(frame))  # noqa: S301
        assert again.attrs == frame.attrs
        assert {type(value) for value in again.attrs.values()} <= {dict, list, str, int, float}
        assert pd.concat([frame, frame.copy()]).attrs == frame.attrs
        stored = io.BytesIO()
        frame.head(2).to_parquet(stored)


def test_a_copy_is_a_list_and_a_dict_of_its_own() -> None:
    frame = pd.DataFrame({"a": [1]})
    frame.attrs.update(listed=Listed([1]), mapped=Mapped(a=1))
    other = frame.head()
    other.attrs["listed"].append(2)
    other.attrs["mapped"]["b"] = 2
    assert frame.attrs == {"listed": [1], "mapped": {"a": 1}}


# --- what was asked survives ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def asked() -> pd.DataFrame:
    with xf.sample_client() as client:
        return xf.compare(PAIR, window="90d", video_type="xingtu", client=client)


EXPECTED = {"video_type": "xingtu", "window": "90d", "platform": "short_video", "industry": "all"}


def merged(board: pd.DataFrame) -> pd.DataFrame:
    left = board.merge(pd.DataFrame({"kol_id": PAIR, "note": ["a", "b"]}), on="kol_id")
    left.attrs.clear()  # what a merge keeps of attrs differs between versions of pandas
    return left


def test_the_board_says_what_was_asked_in_columns(asked: pd.DataFrame) -> None:
    assert {name: asked[name].unique().tolist() for name in EXPECTED} == {k: [v] for k, v in EXPECTED.items()}
    assert asked_of(merged(asked)) == EXPECTED
    assert asked_of(asked) == {name: str(value) for name, value in asked.attrs["asked"].items()}


def test_headings_and_files_say_it_after_a_merge(asked: pd.DataFrame) -> None:
    board = merged(asked)
    for draw in (xf.plot_scorecard, xf.plot_price_value):
        figure = draw(board).figure
        said = " ".join(text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text")))
        assert "星图视频" in said
        assert "近90天" in said
    assert "统计周期 近90天" in scope(board.drop(columns="note"), "board", "zh", {})


def test_a_board_of_two_windows_claims_neither(asked: pd.DataFrame) -> None:
    with xf.sample_client() as client:
        both = pd.concat([asked, xf.compare(PAIR, client=client)], ignore_index=True)
    assert asked_of(both)["window"] == "90d|30d"
    title = xf.plot_scorecard(both).get_title("left")
    assert "90" not in title
    assert "30" not in title


def test_options_that_nothing_depends_on_are_missing() -> None:
    with xf.sample_client() as client:
        board = xf.compare(PAIR, metrics=["followers"], client=client)
        assert board[["video_type", "window", "industry"]].isna().all(axis=None)
        assert board["platform"].tolist() == ["short_video"] * 2
        costs = xf.compare(PAIR, metrics=["cpm_60s"], client=client)
    assert costs["window"].tolist() == ["30d"] * 2
    assert costs["industry"].isna().all()


def test_a_board_without_options_still_has_the_columns() -> None:
    made = board({}, PAIR, chosen_metrics(BENCHMARKED), {})
    assert made[list(EXPECTED)].isna().all(axis=None)
    assert asked_of(made) == {}
