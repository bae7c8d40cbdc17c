"""Frames that users bring are judged by their values, whatever the dtypes: nothing else follows from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from matplotlib import pyplot as plt

import xingtu_frames as xf
from tests.board_cases import board_of
from xingtu_frames.fetch.sample import sample_tables

Frames = dict[str, pd.DataFrame]
IDS = ["7000000000000010017", "7000000000000010079", "7000000000000010003", "9100000000010117", "7000000000000010123"]
WEIGHTS = {"cpm_21_60s": 0.5, "interact_rate": 0.5}


@pytest.fixture(autouse=True)
def _no_figure_is_left() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def frames() -> Frames:
    with xf.sample_client() as client:
        return {table: getattr(xf, f"fetch_{table}")(IDS, client=client) for table in sample_tables()}


@pytest.fixture(scope="module")
def board(frames: Frames) -> pd.DataFrame:
    return xf.compare(IDS, frames=frames)


def in_arrow(frame: pd.DataFrame) -> pd.DataFrame:
    found = {
        name: pd.Series(pd.arrays.ArrowExtensionArray(pa.array(frame[name], from_pandas=True)), index=frame.index)
        for name in frame
    }
    return pd.DataFrame(found)


def as_texts(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.apply(lambda column: [None if pd.isna(value) else str(value) for value in column])


def zoned(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(fetched_at=frame["fetched_at"].dt.tz_convert("Asia/Shanghai"))


SPELLINGS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "arrow": in_arrow,
    "arrow by convert_dtypes": lambda frame: frame.convert_dtypes(dtype_backend="pyarrow"),
    "masked": lambda frame: frame.convert_dtypes(),
    "object": lambda frame: frame.astype(object),
    "object with None": lambda frame: frame.astype(object).where(frame.notna(), None),
    "texts": as_texts,
    "another zone": zoned,
    "arrow in another zone": lambda frame: in_arrow(zoned(frame)),
    "without a zone": lambda frame: frame.assign(fetched_at=frame["fetched_at"].dt.tz_localize(None)),
    "text categories": lambda frame: frame.astype(dict.fromkeys(frame.select_dtypes("string"), "category")),
}
DECISIONS: dict[str, Callable[[Frames, pd.DataFrame], pd.DataFrame]] = {
    "score": lambda frames, board: xf.score(board, WEIGHTS),
    "rank_stability": lambda frames, board: xf.rank_stability(board, WEIGHTS, draws=10),
    "plan_budget": lambda frames, board: xf.plan_budget(board, 3e5, per_category=3),
    "plan_wishes": lambda frames, board: xf.plan_wishes(board, 3e5, per_category=3, include=IDS[0]),
    "plan_frontier": lambda frames, board: xf.plan_frontier(
        board,
        1e5,
        target_users=xf.audience_match(frames["audience_portrait"], {"gender": "女"}, board=board),
    ),
    "quality": lambda frames, board: xf.quality(frames, now="2026-12-01"),
    "similarity": lambda frames, board: xf.similarity(frames["touch_distribution"], by="level2"),
    "audience": lambda frames, board: xf.similarity(frames["audience_portrait"]),
    "audience_match": lambda frames, board: xf.audience_match(
        frames["audience_portrait"], {"gender": "女", "age": ["18-23", "24-30"]}, board=board, weighted=True
    ),
    "compare": lambda frames, board: xf.compare(IDS, frames=frames),
    "proposal": lambda frames, board: xf.proposal_sheet(frames),
}


@pytest.fixture(scope="module")
def decisions(frames: Frames, board: pd.DataFrame) -> Frames:
    """Return every decision from the declared frames."""
    return {name: decide(frames, board) for name, decide in DECISIONS.items()}


@pytest.mark.one_in(6)
@pytest.mark.each_once
@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("decision", DECISIONS)
def test_decisions_follow_from_values(
    decision: str, spelling: str, frames: Frames, board: pd.DataFrame, decisions: Frames
) -> None:
    spell, decide = SPELLINGS[spelling], DECISIONS[decision]
    brought = {name: spell(frame) for name, frame in frames.items()}
    for name, frame in brought.items():
        frame.attrs = frames[name].attrs  # who was asked about and has no rows
    before = {name: frame.copy() for name, frame in brought.items()}
    pd.testing.assert_frame_equal(decide(brought, spell(board)), decisions[decision])
    for name, frame in brought.items():
        pd.testing.assert_frame_equal(frame, before[name])


PICTURES: dict[str, Callable[[Frames, pd.DataFrame], Any]] = {
    "scorecard": lambda frames, board: xf.plot_scorecard(board, lang="en"),
    "price_value": lambda frames, board: xf.plot_price_value(board, lang="en"),
    "touch": lambda frames, board: xf.plot_touch(frames["touch_distribution"], lang="en"),
    "content_mix": lambda frames, board: xf.plot_content_mix(frames["video_distribution"], lang="en"),
    "link_funnel": lambda frames, board: xf.plot_link_funnel(frames["link_struct"], lang="en"),
}


@pytest.mark.one_in(2)
@pytest.mark.each_once
@pytest.mark.parametrize("spelling", ["arrow", "texts"])
@pytest.mark.parametrize("picture", PICTURES)
def test_pictures_follow_from_values(picture: str, spelling: str, frames: Frames, board: pd.DataFrame) -> None:
    def said(frames: Frames, board: pd.DataFrame) -> list[str]:
        drawn = PICTURES[picture](frames, board)
        found = getattr(drawn, "figure", drawn).findobj(lambda artist: hasattr(artist, "get_text"))
        return [artist.get_text() for artist in found]

    spell = SPELLINGS[spelling]
    brought = {name: spell(frame) for name, frame in frames.items()}
    assert said(brought, spell(board)) == said(frames, board)


@pytest.mark.parametrize(
    ("metric", "values", "expected"),
    [
        ("quote_60s", ["￥35,000", "1.2万", None, "暂无"], [35_000, 12_000, None, None]),
        ("interact_rate", ["4.85%", "0.0485", "-", 0.02], [0.0485, 0.0485, None, 0.02]),
        ("play_median", [Decimal("700"), np.int32(5), 7.0, pd.NA], [700, 5, 7, None]),
        ("play_median", [3.5, "4", None, 1], [3.5, 4, None, 1]),
        ("followers", ["128.6万", "-1", "0", "1,000"], [1_286_000, -1, 0, 1000]),
    ],
)
def test_a_planners_own_values_are_read_as_they_are_meant(metric: str, values: list[Any], expected: list[Any]) -> None:
    own = board_of(play_median=[1, 2, 3, 4]).assign(**{metric: pd.Series(values, dtype=object)})
    same = board_of(play_median=[1, 2, 3, 4]).assign(**{metric: pd.Series(expected, dtype="Float64")})
    ways = {"directions": {metric: "higher"}}
    pd.testing.assert_frame_equal(xf.score(own, {metric: 1}, **ways), xf.score(same, {metric: 1}, **ways))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"star_index": ["many"]}, r"star_index of the board must hold numbers, not \"many\""),
        ({"star_index": [True]}, "star_index of the board must hold numbers, not true"),
        ({"star_index": [pd.Timestamp("2026-11-01")]}, "star_index of the board must hold numbers"),
        ({"star_index": [[1]]}, "must hold numbers, not a list of 1"),
        ({"kol_id": [7000000000000010017]}, "kol_id of the board holds int64, not text"),
        ({"kol_id": [7.000000000000010017e18]}, "kol_id of the board holds float64, not text"),
    ],
)
def test_a_value_that_cannot_be_is_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(xf.ParameterError, match=said):
        xf.score(board_of(star_index=[1.0]).assign(**change), {"star_index": 1})


@pytest.mark.parametrize("odd", [7000000000000010017, 7e18, Decimal(7)], ids=repr)
def test_a_number_among_ids_of_any_dtype_is_refused(odd: Any, frames: Frames) -> None:
    ids = pd.Series(["1", odd], dtype=object)
    board, profiles = board_of(star_index=[1.0, 2.0]).assign(kol_id=ids), frames["profiles"].head(2).assign(kol_id=ids)
    said = f"holds {type(odd).__name__}, not text"
    with pytest.raises(xf.ParameterError, match=said):
        xf.score(board, {"star_index": 1})
    with pytest.raises(xf.ParameterError, match=said):
        xf.quality({"profiles": profiles})


@pytest.mark.parametrize(
    ("odd", "said"),
    [({"fetched_at": ["soon"]}, "fetched_at .* must hold times"), ({"fetched_at": [5]}, "must hold times, not 5")],
)
def test_a_time_that_is_none_is_named(odd: dict[str, Any], said: str, frames: Frames) -> None:
    with pytest.raises(xf.ParameterError, match=said):
        xf.quality({"profiles": frames["profiles"].head(1).assign(**odd)})


def test_a_date_of_arrow_is_a_time(frames: Frames) -> None:
    dates = pd.Series(pd.arrays.ArrowExtensionArray(pa.array([20_000] * len(IDS), pa.date32())))
    (said, *_) = xf.quality({"profiles": frames["profiles"].assign(fetched_at=dates)}, lang="en")["evidence"]
    assert said.startswith("profiles was fetched 2024-10-04 08:00 Beijing time")


def test_half_an_emoji_in_a_name_is_drawn_and_scored(board: pd.DataFrame) -> None:
    names = ["\ud83d半个", "乙\ud83d", "\udc00", "丁", "戊"]
    given = board.assign(name=pd.Series(names, dtype=object, index=board.index))
    for picture in (xf.plot_scorecard(given), xf.plot_price_value(given)):
        picture.figure.canvas.draw()
    assert len(xf.score(given, WEIGHTS)) == len(board)
    assert given["name"].tolist() == names
