"""A table about days is one declaration: yesterday in China by default, each day a question of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

import xingtu_frames as xf
from tests.loopback import Loopback, Seen, fail, ok
from xingtu_frames.fetch.signature import fetches
from xingtu_frames.fetch.steps import fetch_one
from xingtu_frames.tables.inputs import Day
from xingtu_frames.tables.read import Fields
from xingtu_frames.tables.schema import Answer, Column, Row, Table
from xingtu_frames.wire.options import settled


def _daily_fans(data: Fields) -> Iterator[Row]:
    for day in data.items("daily"):
        text = day.text("date")
        yield None if text is None else date.fromisoformat(text), day.integer("fans")


DAILY_FANS = Table(
    "daily_fans",
    "每日粉丝",
    row="creator x day",
    row_zh="达人 × 日期",
    answer=Answer(
        "get_author_daily_fans",
        keys=("daily",),
        options=(Day("start", "startDate", ago=29, of="end"), Day("end", "endDate")),
    ),
    parse=_daily_fans,
    cells=(
        Column("date", "datetime64[us]", "", "日期", "the calendar day in China", "日期（中国）"),
        Column("followers", "Int64", "users", "粉丝数", "followers on that day", "当日粉丝数"),
    ),
    listing=True,
)


@fetches(DAILY_FANS)
def fetch_daily_fans(ids: Any, **given: Any) -> pd.DataFrame:
    """Fetch the followers of each day."""
    return fetch_one(DAILY_FANS, ids, given)


A, B = "6831825876674412552", "11"


def yesterday() -> date:
    return (datetime.now(UTC) + timedelta(hours=8)).date() - timedelta(days=1)


@pytest.fixture
def days(server: Loopback) -> Loopback:
    def answer(seen: Seen) -> Any:
        asked = [seen.query["startDate"], seen.query["endDate"]]
        return ok({"daily": [{"date": day, "fans": str(100 + at)} for at, day in enumerate(asked)]})

    server.answer = answer
    return server


def test_days_are_planned_asked_stored_and_shown(days: Loopback, client: xf.Client) -> None:
    plan = client.plan(DAILY_FANS, [A, B], start="2026-10-01", end=date(2026, 10, 30))
    assert plan["state"].tolist() == ["missing"] * 2
    frame = fetch_daily_fans([A, B], start="2026-10-01", end=pd.Timestamp("2026-10-30 12:00"), client=client)
    assert frame.columns.tolist() == ["kol_id", "date", "followers", "fetched_at"]
    assert frame["date"].dtype == "datetime64[us]"
    assert frame[["kol_id", "date", "followers"]].to_numpy().tolist() == [
        [kol_id, pd.Timestamp(day), followers]
        for kol_id in (A, B)
        for day, followers in (("2026-10-01", 100), ("2026-10-30", 101))
    ]
    assert {(s.query["startDate"], s.query["endDate"]) for s in days.seen} == {("2026-10-01", "2026-10-30")}
    ledger = client.ledger()
    assert sorted(ledger["kol_id"]) == sorted([A, B])
    assert set(ledger["endpoint"]) == {"get_author_daily_fans"}
    assert set(client.plan(DAILY_FANS, [A, B], start="2026-10-01", end="2026-10-30")["state"]) == {"cached"}
    pd.testing.assert_frame_equal(fetch_daily_fans([A, B], start="2026-10-01", end="2026-10-30", client=client), frame)
    assert days.charged == 2
    assert set(client.plan(DAILY_FANS, [A], start="2026-10-02", end="2026-10-30")["state"]) == {"missing"}
    pd.testing.assert_frame_equal(xf.history(DAILY_FANS, A, client), frame[:2])
    assert set(xf.history(DAILY_FANS, client=client)["kol_id"]) == {A, B}


def test_the_default_ends_yesterday_in_china(days: Loopback, client: xf.Client) -> None:
    before = yesterday()
    fetch_daily_fans(A, client=client)
    fetch_daily_fans(A, end="2026-03-01", client=client)
    (first, second) = [(s.query["startDate"], s.query["endDate"]) for s in days.seen]
    # It may have become midnight in between.
    assert first in {(str(day - timedelta(days=29)), str(day)) for day in (before, yesterday())}
    assert second == ("2026-01-31", "2026-03-01")
    values = settled(DAILY_FANS.answer, {}, today=date(2026, 3, 1))
    assert values == {"end": date(2026, 2, 28), "start": date(2026, 1, 30)}


def test_both_generations_ask_one_question(days: Loopback, make_client: Any) -> None:
    chosen = {"start": "2026-10-01", "end": "2026-10-02"}
    frame = fetch_daily_fans(A, **chosen, client=make_client(api="legacy"))
    assert days.seen[0].endpoint == "get-kol-daily-fans"
    pd.testing.assert_frame_equal(fetch_daily_fans(A, **chosen, client=make_client()), frame)
    assert days.charged == 1


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"start": "2026-13-01"}, 'start must be a day such as "2026-10-01", not "2026-13-01"'),
        ({"end": 20261001}, "end must be a day"),
        ({"end": pd.NaT}, "end must be a day"),
        ({"start": "2026-10-02", "end": "2026-10-01"}, "start must not be after end"),
    ],
)
def test_what_is_no_day_sends_nothing(days: Loopback, client: xf.Client, chosen: dict[str, Any], said: str) -> None:
    with pytest.raises(xf.ParameterError) as caught:
        fetch_daily_fans(A, **chosen, client=client)
    assert said in str(caught.value)
    assert days.hits() == 0


def test_what_failed_is_listed(days: Loopback, client: xf.Client) -> None:
    days.script(fail(404, "gone"), kol_id=B)
    with pytest.warns(xf.PartialResultWarning, match="1 of 2 creators lack data") as caught:
        frame = fetch_daily_fans([A, B], client=client)
    assert caught[0].filename == __file__
    assert [failure["kol_id"] for failure in frame.attrs["failures"]] == [B]
    assert set(frame["kol_id"]) == {A}
