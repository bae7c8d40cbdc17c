"""Both windows of both types of videos side by side: worked out by hand, what is sent, and what fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import xingtu_frames as xf
from tests.loopback import Loopback, Reply, Seen, fail, ok
from xingtu_frames.board.windows import WINDOW_COLUMNS
from xingtu_frames.frame import build_frame

A, B, C = xf.sample_ids()[1:4]
ALL = [("personal", "30d"), ("personal", "90d"), ("xingtu", "30d"), ("xingtu", "90d")]
WIRE = {"PERSONAL_VIDEO": "personal", "XINTU_VIDEO": "xingtu", "DAY_30": "30d", "DAY_90": "90d"}
PLAYS = dict(zip(ALL, (100, 110, 40, 50), strict=True))


def asked(seen: Seen) -> tuple[str, str]:
    return WIRE[seen.query["type"]], WIRE[seen.query["range"]]


def answer(seen: Seen) -> Reply:
    """Return the answer to one question, with costs in fen."""
    plays = PLAYS[asked(seen)]
    costs = {"expect_cpm": {"cpm_21_60": 100 * plays}, "expect_cpe": {"cpe_21_60": plays}}
    return ok({"play_mid": plays, "item_num": plays // 10, "interact_rate": {"value": plays}, **costs})


@pytest.fixture
def told(server: Loopback) -> Loopback:
    server.answer = answer
    return server


def plain(frame: pd.DataFrame, *columns: str) -> list[Any]:
    values = frame[list(columns)].astype(object)
    return [tuple(row) for row in values.where(values.notna(), None).to_numpy().tolist()]


def test_four_rows_of_a_creator_worked_out_by_hand(told: Loopback, client: xf.Client) -> None:
    found = xf.compare_windows([B, A], names={A: "甲"}, client=client)
    assert plain(found, "kol_id", "name", "video_type", "window") == [
        *((B, None, *one) for one in ALL),
        *((A, "甲", *one) for one in ALL),
    ]
    figures = plain(found, "play_median", "video_count", "interact_rate", "cpm_21_60s", "cpe_21_60s", "few_videos")
    assert figures == 2 * [
        (100, 10, 0.01, 100.0, 1.0, False),
        (110, 11, 0.011, 110.0, 1.1, False),
        (40, 4, 0.004, 40.0, 0.4, True),
        (50, 5, 0.005, 50.0, 0.5, False),
    ]
    assert list(found.columns) == [column.name for column in WINDOW_COLUMNS]
    assert found.dtypes.equals(build_frame(WINDOW_COLUMNS, []).dtypes)
    assert found.attrs == {"failures": []}


@pytest.mark.parametrize("api", ["current", "legacy"])
def test_it_costs_four_requests_a_creator_once(api: str, server: Loopback, make_client: Callable[..., Any]) -> None:
    client = make_client(api=api)
    server.answer = lambda seen: ok({"play_mid": 1})
    asked_before = client.plan(["spread_info", "cost_tiers"], [A, B], video_type="xingtu", window="90d")
    assert asked_before["state"].tolist() == ["missing"] * 2
    xf.compare_windows([A, B], client=client)
    assert server.hits() == server.charged == 8
    xf.compare_windows([B, A], client=client)
    xf.compare([A, B], metrics=["play_median", "cpm_21_60s"], client=client)
    for video_type, window in ALL:
        assert set(client.plan("spread_info", [A, B], video_type=video_type, window=window)["state"]) == {"cached"}
    assert server.hits() == 8
    xf.compare_windows([A], refresh=True, client=client)
    assert server.hits() == 12


def test_the_other_choices_reach_the_provider(told: Loopback, client: xf.Client) -> None:
    xf.compare_windows([A], flow="include", only_assigned=True, client=client)
    assert {(seen.query["flowType"], seen.query["onlyAssign"]) for seen in told.seen} == {("INCLUDE", "true")}
    assert sorted(map(asked, told.seen)) == ALL


def test_what_fails_has_no_row_and_hides_no_other(told: Loopback, make_client: Callable[..., Any]) -> None:
    def refuse(seen: Seen) -> Reply:
        return fail(301, "collection failed") if seen.kol_id == B and asked(seen) != ALL[1] else answer(seen)

    told.answer = refuse
    client = make_client(retries=0)
    with pytest.warns(xf.PartialResultWarning, match="1 of 2 creators lack data: code 301") as caught:
        found = xf.compare_windows([A, B], client=client)
    assert [one.filename for one in caught] == [__file__]
    assert plain(found, "kol_id", "video_type", "window") == [*((A, *one) for one in ALL), (B, "personal", "90d")]
    assert [(one["kol_id"], one["code"]) for one in found.attrs["failures"]] == [(B, 301)] * 3
    with pytest.warns(xf.PartialResultWarning):
        assert len(xf.compare_windows([B], client=client)) == 1
    with pytest.raises(xf.CollectionFailedError):
        xf.compare_windows([A, B], on_error="raise", client=client)
    told.answer = answer
    hits = told.hits()
    assert len(xf.compare_windows([A, B], client=client)) == 8
    assert told.hits() == hits + 3


def test_where_everything_fails_the_error_is_raised(server: Loopback, client: xf.Client) -> None:
    server.answer = lambda seen: fail(404, "no such creator", status=404)
    with pytest.raises(xf.NotFoundError):
        xf.compare_windows([A], client=client)


def test_an_answer_without_data_is_a_row_of_gaps(server: Loopback, client: xf.Client) -> None:
    server.answer = lambda seen: answer(seen) if asked(seen)[0] == "personal" else ok(None)
    with pytest.warns(xf.PartialResultWarning):
        found = xf.compare_windows([A], client=client)
    assert plain(found, "video_type", "play_median", "cpm_21_60s", "few_videos") == [
        ("personal", 100, 100.0, False),
        ("personal", 110, 110.0, False),
        ("xingtu", None, None, None),
        ("xingtu", None, None, None),
    ]


def test_the_sample_has_all_four(sample: xf.Client) -> None:
    shortlist = pd.DataFrame({"kol_id": xf.sample_ids(), "name": [f"达人{n}" for n in range(13)]})
    found = xf.compare_windows(shortlist, client=sample)
    assert len(found) == 52
    assert found["name"].tolist() == [name for name in shortlist["name"] for _ in ALL]
    usual = found.query("video_type == 'personal' and window == '30d'").reset_index(drop=True)
    board = xf.compare(xf.sample_ids(), client=sample)
    for name in ("play_median", "interact_rate", "cpm_21_60s", "cpe_21_60s", "few_videos"):
        pd.testing.assert_series_equal(usual[name], board[name])
    assert sample.ledger().empty


def test_no_creator_is_no_row(server: Loopback, client: xf.Client) -> None:
    found = xf.compare_windows([], client=client)
    assert found.dtypes.equals(build_frame(WINDOW_COLUMNS, []).dtypes)
    assert server.hits() == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"flow": "all"}, 'flow must be one of "exclude", "include", not "all"'),
        ({"platform": "tv"}, "platform must be one of"),
        ({"on_error": "ignore"}, "on_error must be one of"),
        ({"names": ["甲", "乙"]}, "names has 2 names for 1 different ids"),
    ],
    ids=str,
)
def test_what_does_not_exist_is_refused_and_nothing_is_sent(
    wrong: dict[str, Any], said: str, server: Loopback, client: xf.Client
) -> None:
    with pytest.raises(xf.ParameterError, match=said):
        xf.compare_windows([A], client=client, **wrong)
    with pytest.raises(xf.InvalidIdError):
        xf.compare_windows([1.5], client=client)  # type: ignore[list-item]
    assert server.hits() == 0
