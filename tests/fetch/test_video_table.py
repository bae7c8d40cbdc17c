"""A table about videos is one declaration: its ids are item ids, from the first column to the failures."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

import xingtu_frames as xf
from tests.loopback import Loopback, Seen, fail, ok
from xingtu_frames.fetch.signature import fetches
from xingtu_frames.fetch.steps import fetch_one
from xingtu_frames.tables.read import Fields
from xingtu_frames.tables.schema import ITEM, Answer, Column, Row, Table


def _plays(data: Fields) -> Iterator[Row]:
    for day in data.items("days"):
        yield (day.integer("plays"),)


VIDEO_PLAYS = Table(
    "video_plays",
    "视频播放",
    row="video x day",
    row_zh="视频 × 日期",
    answer=Answer("item_report_trend", keys=("days",), subject=ITEM),
    parse=_plays,
    cells=(Column("plays", "Int64", "plays", "当日播放", "plays of that day", "当日播放量"),),
    listing=True,
)


@fetches(VIDEO_PLAYS)
def fetch_video_plays(ids: Any, **given: Any) -> pd.DataFrame:
    """Fetch the plays of each day."""
    return fetch_one(VIDEO_PLAYS, ids, given)


A, B = "7412345678901234567", "7498765432109876543"


@pytest.fixture
def videos(server: Loopback) -> Loopback:
    def answer(seen: Seen) -> Any:
        return ok({"days": [{"plays": int(seen.query["itemId"][-2:])}, {"plays": "一些"}]})

    server.answer = answer
    return server


def test_videos_are_planned_asked_stored_and_shown(videos: Loopback, client: xf.Client) -> None:
    plan = client.plan(VIDEO_PLAYS, [A, B])
    assert plan.columns.tolist() == ["table", "endpoint", "item_id", "state"]
    assert plan["item_id"].tolist() == [A, B]
    frame = fetch_video_plays([A, f"https://www.douyin.com/video/{B}?from=1", int(A)], client=client)
    assert frame.columns.tolist() == ["item_id", "plays", "fetched_at"]
    assert frame["item_id"].tolist() == [A, A, B, B]
    assert frame["plays"].fillna(-1).tolist() == [67, -1, 43, -1]
    assert frame.attrs["unread"][1] == {"kol_id": None, "item_id": B, "field": "days[1].plays", "value": '"一些"'}
    assert set(client.ledger()["endpoint"]) == {"item_report_trend"}
    assert client.plan(VIDEO_PLAYS, frame)["state"].tolist() == ["cached"] * 2
    pd.testing.assert_frame_equal(fetch_video_plays([A, B], client=client), frame)
    assert videos.charged == 2
    pd.testing.assert_frame_equal(
        xf.history(VIDEO_PLAYS, B, client).drop(columns="fetched_at"),
        frame[2:].drop(columns="fetched_at").reset_index(drop=True),
    )


def test_what_get_has_stored_serves(videos: Loopback, client: xf.Client) -> None:
    client.get("item_report_trend", itemId=A)
    assert len(fetch_video_plays(A, client=client)) == 2
    assert videos.charged == 1


def test_a_payload_in_hand_is_about_a_video() -> None:
    frame = xf.read_payload(VIDEO_PLAYS, {"days": [{"plays": 5}]}, item_id=A)
    assert frame[["item_id", "plays"]].to_numpy().tolist() == [[A, 5]]
    with pytest.raises(xf.ParameterError, match="give item_id"):
        xf.read_payload(VIDEO_PLAYS, {}, kol_id=1)
    with pytest.raises(xf.InvalidIdError):
        xf.read_payload(VIDEO_PLAYS, {})


def test_what_failed_names_the_video(videos: Loopback, client: xf.Client) -> None:
    videos.script(ok({"days": []}), fail(404, "gone"))
    with pytest.warns(xf.PartialResultWarning, match="1 of 2 videos lack data"):
        frame = fetch_video_plays([A, B], client=client)
    (failure,) = frame.attrs["failures"]
    assert failure["kol_id"] is None
    assert failure["item_id"] in (A, B)
    assert failure["endpoint"] == "item_report_trend"
    assert failure["code"] == 404


@pytest.mark.parametrize("item", [7.4e18, True, None, np.nan, "", "12x", "https://www.douyin.com/user/1", ["1"]])
def test_what_is_no_video_id_sends_nothing(videos: Loopback, client: xf.Client, item: Any) -> None:
    with pytest.raises(xf.InvalidIdError, match="1 bad video id, nothing was sent"):
        fetch_video_plays([A, item], client=client)
    assert videos.hits() == 0


def test_creators_and_videos_are_not_asked_for_together(client: xf.Client) -> None:
    with pytest.raises(xf.ParameterError, match=r"video_plays \(videos\), profiles \(creators\)"):
        client.plan([VIDEO_PLAYS, "profiles"], [A])


def test_the_function_says_that_it_takes_videos() -> None:
    assert next(iter(inspect.signature(fetch_video_plays).parameters)) == "item_ids"
    doc = inspect.getdoc(fetch_video_plays) or ""
    assert "One video id or many" in doc
    assert "one request per video" in doc
