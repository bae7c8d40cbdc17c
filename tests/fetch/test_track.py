"""Following creators: what is due is asked once, whatever runs beside it, breaks off or stands still for weeks."""

from __future__ import annotations

import importlib
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

import xingtu_frames as xf
from tests.fixtures import envelope
from tests.loopback import Loopback, Reply, Seen, fail, ok
from xingtu_frames.client.client import answers
from xingtu_frames.fetch import track as module
from xingtu_frames.files.groups import kind_of
from xingtu_frames.store.answer import Answer, stamp
from xingtu_frames.wire import questions

A, B, C = xf.sample_ids()[1:4]
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TABLES = ["spread_info", "cost_tiers", "profiles"]
"""Three tables of two answers."""
Clock = Callable[[datetime], None]
_READ_THE_CLOCK = (
    *("store.answer", "store.sqlite", "store.store", "store.statements", "store.freshness", "store.judging"),
    *("client.client", "client.transport", "fetch.track"),
)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return what sets the wall clock that the package reads; requests in a row are a second apart."""
    shown = [NOW]

    def read() -> datetime:
        shown[0] += timedelta(milliseconds=1)
        return shown[0]

    for name in _READ_THE_CLOCK:
        monkeypatch.setattr(importlib.import_module(f"xingtu_frames.{name}"), "now", read, raising=False)

    def set_to(moment: datetime) -> None:
        shown[0] = moment

    return set_to


@pytest.fixture
def one(make_client: Callable[..., xf.Client]) -> xf.Client:
    """Return a client that asks one thing after the other, and once."""
    return make_client(max_workers=1, retries=0)


def keep(client: xf.Client, table: str, kol_id: str, at: datetime, **options: Any) -> None:
    ((call,),) = questions([xf.TABLES[table]], [kol_id], options).values()
    client.store.add_all([Answer(call.key, call.meaning, call.kol_id, call.params, stamp(at), envelope({}))])


def states(frame: pd.DataFrame) -> dict[str, str]:
    return dict(zip(frame["kol_id"] + " " + frame["table"], frame["state"].astype(str), strict=True))


def asked(server: Loopback) -> Counter[tuple[str, str | None]]:
    return Counter((seen.endpoint, seen.kol_id) for seen in server.seen)


def test_a_run_worked_out_by_hand(one: xf.Client, server: Loopback, clock: Clock) -> None:
    keep(one, "spread_info", A, NOW - 8 * DAY)
    keep(one, "profiles", A, NOW - 2 * DAY)
    keep(one, "spread_info", B, NOW - 2 * DAY)
    server.answer = lambda seen: fail(400, "no") if seen.kol_id == C and "spread" not in seen.endpoint else ok({})
    with pytest.warns(xf.PartialResultWarning, match="1 of 3 creators lack data"):
        found = xf.track([A, B, C], TABLES, names={A: "Ada"}, client=one)
    assert found.columns.tolist() == [
        *("kol_id", "name", "table", "state", "last_at", "due_at", "tries", "error"),
    ]
    assert found["kol_id"].tolist() == [A, A, A, B, B, B, C, C, C]
    assert found["table"].tolist() == TABLES * 3
    assert found["name"].dropna().tolist() == ["Ada"] * 3
    # spread_info and cost_tiers read one answer.
    assert found["state"].tolist() == [
        *("fetched", "fetched", "current"),
        *("current", "current", "fetched"),
        *("fetched", "fetched", "failed"),
    ]
    assert server.hits() == 4
    rows = found.set_index(["kol_id", "table"])
    assert rows.loc[(B, "spread_info"), "last_at"] == NOW - 2 * DAY
    assert rows.loc[(B, "spread_info"), "due_at"] == NOW + 5 * DAY
    assert NOW + 7 * DAY < rows.loc[(A, "spread_info"), "due_at"] < NOW + 7 * DAY + HOUR
    failed = rows.loc[(C, "profiles")]
    assert pd.isna(failed["last_at"])
    assert NOW + HOUR < failed["due_at"] < NOW + 2 * HOUR
    assert failed["tries"] == 1
    assert "code 400" in failed["error"]
    assert [(failure["kol_id"], failure["code"]) for failure in found.attrs["failures"]] == [(C, 400)]
    assert kind_of(found.columns.tolist()) == "track"


def test_a_plan_says_the_same_and_sends_nothing(one: xf.Client, server: Loopback, clock: Clock) -> None:
    keep(one, "profiles", A, NOW - 2 * DAY)
    found = xf.track([A, B], "profiles", plan=True, client=one)
    assert states(found) == {f"{A} profiles": "current", f"{B} profiles": "due"}
    assert found["due_at"].isna().tolist() == [False, True]
    assert server.seen == []
    xf.track([A, B], "profiles", client=one)
    assert [seen.kol_id for seen in server.seen] == [B]


def test_every_hour_for_three_weeks_with_two_of_them_off(one: xf.Client, server: Loopback, clock: Clock) -> None:
    for hour in (*range(10), 167, 168, 169, *range(170 + 336, 180 + 336)):
        clock(NOW + hour * HOUR)
        xf.track([A], "profiles", client=one)
    # At the start, a week later, and when the machine is on again.
    assert server.hits() == 3


def test_a_weekly_job_finds_due_what_it_fetched_a_little_later(one: xf.Client, server: Loopback, clock: Clock) -> None:
    for week in range(4):
        clock(NOW + 7 * week * DAY)
        found = xf.track([A], TABLES, client=one)
        assert set(found["state"]) == {"fetched"}
    assert server.hits() == 8


def test_what_runs_out_of_calls_goes_on_with_what_is_due_longest(
    one: xf.Client, server: Loopback, clock: Clock
) -> None:
    keep(one, "profiles", A, NOW - 9 * DAY)
    keep(one, "profiles", B, NOW - 30 * DAY)
    for turn, states_of in ((C, "due due fetched"), (B, "due fetched current")):
        with pytest.warns(xf.PartialResultWarning, match="max_calls is used up"):
            found = xf.track([A, B, C], "profiles", max_calls=1, client=one)
        assert server.seen[-1].kol_id == turn
        assert found["state"].tolist() == states_of.split()
    assert xf.track([A, B, C], "profiles", max_calls=1, client=one)["state"].tolist() == ["fetched"] + ["current"] * 2
    assert server.hits() == 3
    assert set(xf.track([A, B, C], "profiles", max_calls=0, client=one)["state"]) == {"current"}


def test_further_tries_count_too(make_client: Callable[..., xf.Client], server: Loopback, clock: Clock) -> None:
    client = make_client(max_workers=1, retries=3)
    server.answer = lambda seen: fail(301, "again")
    with pytest.warns(xf.PartialResultWarning) as caught:
        found = xf.track([A, B], "profiles", max_calls=1, client=client)
    assert server.hits() == 1
    assert found["state"].tolist() == ["failed", "due"]
    assert [(failure["kol_id"], failure["code"], failure["retryable"]) for failure in found.attrs["failures"]] == [
        (A, 301, True)
    ]
    assert len(caught) == 2
    # What bounds a run does not bound the client.
    server.answer = lambda seen: ok({})
    xf.track([B], "profiles", client=client)
    assert server.hits() == 2


@pytest.mark.filterwarnings("ignore::xingtu_frames.errors.PartialResultWarning")
def test_failures_are_asked_less_and_less_often(one: xf.Client, server: Loopback, clock: Clock) -> None:
    server.answer = lambda seen: fail(301, "not now") if seen.kol_id == A else ok({})
    for hour in range(24):
        clock(NOW + hour * HOUR)
        xf.track([A, B], "profiles", client=one)
    # After 1, 1, 2, 4 and 8 hours.
    assert asked(server) == {(server.seen[0].endpoint, A): 6, (server.seen[0].endpoint, B): 1}
    server.answer = lambda seen: ok({})
    clock(NOW + 33 * HOUR)
    found = xf.track([A, B], "profiles", client=one)
    assert found["state"].tolist() == ["fetched", "current"]
    assert found["tries"].tolist() == [0, 0]


def test_what_may_have_been_charged_rests_for_a_day(one: xf.Client, server: Loopback, clock: Clock) -> None:
    server.script(Reply(b"", fault="reset"), kol_id=A)
    with pytest.warns(xf.PartialResultWarning):
        xf.track([A, B], "profiles", client=one)
    for hour, state in ((5, "waiting"), (25, "fetched")):
        clock(NOW + hour * HOUR)
        assert xf.track([A, B], "profiles", client=one)["state"].tolist() == [state, "current"]


def test_where_nothing_comes_the_first_error_is_raised(one: xf.Client, server: Loopback, clock: Clock) -> None:
    server.answer = lambda seen: fail(400, "no")
    with pytest.raises(xf.BadRequestError):
        xf.track([A, B], "profiles", client=one)
    found = xf.track([A, B], "profiles", client=one)
    assert found["state"].tolist() == ["waiting", "waiting"]
    assert server.hits() == 2


def test_what_concerns_the_account_is_raised_and_what_came_before_is_kept(
    one: xf.Client, server: Loopback, clock: Clock
) -> None:
    server.script(ok({}), fail(601, "no money"))
    with pytest.raises(xf.InsufficientBalanceError):
        xf.track([A, B, C], "profiles", client=one)
    assert xf.track([A, B, C], "profiles", plan=True, client=one)["state"].tolist() == ["current", "waiting", "due"]


@pytest.mark.parametrize("jump", [-400 * DAY, 400 * DAY], ids=["back", "ahead"])
def test_a_clock_that_jumps_costs_one_more_answer(one: xf.Client, server: Loopback, clock: Clock, jump: Any) -> None:
    xf.track([A], "profiles", client=one)
    for _ in range(3):
        clock(NOW + jump)
        xf.track([A], "profiles", client=one)
    assert server.hits() == 2
    for hour in range(3):
        clock(NOW + hour * HOUR)
        xf.track([A], "profiles", client=one)
    assert server.hits() == 3


def test_days_that_move_with_the_date_are_one_question(one: xf.Client, server: Loopback, clock: Clock) -> None:
    china = questions([xf.TABLES["daily_fans"]], [A], {})["daily_fans"][0].params
    keep(one, "daily_fans", A, NOW - 3 * DAY, start="2026-10-20", end="2026-11-18")
    assert china != one.store.history("get_author_daily_fans")[0].params  # type: ignore[union-attr]
    assert xf.track([A], "daily_fans", client=one)["state"].tolist() == ["current"]
    # Days that are chosen are a question of their own.
    chosen = {"start": "2026-10-01", "end": "2026-10-10"}
    assert xf.track([A], "daily_fans", plan=True, client=one, **chosen)["state"].tolist() == ["due"]
    clock(NOW + 5 * DAY)
    assert xf.track([A], "daily_fans", client=one)["state"].tolist() == ["fetched"]
    assert server.hits() == 1


def test_videos_can_be_tracked(one: xf.Client, server: Loopback, clock: Clock) -> None:
    found = xf.track(["7400000000000000001"], "video_trend", client=one)
    assert found.columns.tolist()[:2] == ["item_id", "table"]
    assert found["state"].tolist() == ["fetched"]
    assert kind_of(found.columns.tolist()) == "track"


def test_board_stands_for_what_compare_reads(one: xf.Client, server: Loopback, clock: Clock) -> None:
    xf.track([A], client=one)
    hits = server.hits()
    assert hits == len(one.plan(metrics=None, ids=[A]))
    xf.compare([A], client=one)
    assert server.hits() == hits


# Runs that overlap


@pytest.mark.parametrize("turns", [2, 1], ids=["side by side", "one after the other"])
def test_two_runs_that_plan_the_same_pay_once(
    make_client: Callable[..., xf.Client], server: Loopback, monkeypatch: pytest.MonkeyPatch, turns: int
) -> None:
    both_have_planned, turn = threading.Barrier(2), threading.Semaphore(turns)

    def when_both_have(*args: Any, **options: Any) -> Any:
        both_have_planned.wait(60)
        with turn:
            return answers(*args, **options)

    monkeypatch.setattr(module, "answers", when_both_have)
    clients = [make_client(), make_client()]
    for client in clients:
        keep(client, "profiles", A, datetime.now(UTC) - 8 * DAY)
    found: list[pd.DataFrame] = []
    threads = [
        threading.Thread(target=lambda c=client: found.append(xf.track([A, B, C], TABLES, client=c)))
        for client in clients
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert set(asked(server).values()) == {1}
    assert server.hits() == 6
    assert [set(frame["state"]) for frame in found] == [{"fetched"}] * 2


def test_a_run_leaves_alone_what_another_is_asking(make_client: Callable[..., xf.Client], server: Loopback) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def answer(seen: Seen) -> Reply:
        if seen.kol_id == A:
            begun.set()
            return ok({}, until=go_on)
        return ok({})

    server.answer = answer
    first: list[pd.DataFrame] = []
    slow, quick = make_client(max_workers=1), make_client(max_workers=1)
    running = threading.Thread(target=lambda: first.append(xf.track([A, B, C], "profiles", client=slow)))
    running.start()
    assert begun.wait(60)
    second = xf.track([A, B, C], "profiles", client=quick)
    go_on.set()
    running.join(60)
    assert second["state"].tolist() == ["waiting", "fetched", "fetched"]
    assert first[0]["state"].tolist() == ["fetched"] * 3
    assert set(asked(server).values()) == {1}


# What is refused


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"every": "0d"}, 'every must be from an hour to a year, such as "7d", .* not "0d"'),
        ({"every": "30m"}, "from an hour to a year"),
        ({"every": "400d"}, "from an hour to a year"),
        ({"every": "-1d"}, "from an hour to a year"),
        ({"every": None}, "from an hour to a year, .* not None"),
        ({"every": 7}, "from an hour to a year, .* not 7"),
        ({"every": float("nan")}, "from an hour to a year"),
        ({"every": timedelta(days=-7)}, "from an hour to a year"),
        ({"tables": []}, "no table named"),
        ({"tables": "bord"}, "no table"),
        ({"tables": ["search", "homepage_videos"]}, "what has pages cannot be tracked: search, homepage_videos"),
        ({"tables": ["profiles", "video_trend"]}, "need ids of different things"),
        ({"max_calls": -1}, "max_calls must be"),
        ({"plan": "yes"}, "plan must be True or False"),
        ({"window": "7d"}, 'window must be one of "30d", "90d"'),
        ({"color": "red"}, "no option"),
    ],
    ids=str,
)
def test_nonsense_is_refused_before_anything_is_sent(
    one: xf.Client, server: Loopback, arguments: dict[str, Any], said: str
) -> None:
    with pytest.raises(xf.ParameterError, match=said):
        xf.track([A], client=one, **arguments)
    assert server.seen == []


def test_offline_nothing_due_is_fine_and_the_rest_is_refused(make_client: Callable[..., xf.Client]) -> None:
    client = make_client(offline=True)
    keep(client, "profiles", A, datetime.now(UTC) - DAY)
    assert xf.track([A], "profiles", client=client)["state"].tolist() == ["current"]
    with pytest.raises(xf.ConfigError, match="1 answers are due, and the client is offline"):
        xf.track([A, B], "profiles", client=client)
