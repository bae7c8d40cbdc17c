"""Promise 8c: time may jump. Refresh always asks, and what lies in the future counts as old."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import xingtu_frames as xf
from tests.loopback import Loopback, Reply, Seen, fail, ok
from xingtu_frames.store import answer as answer_module
from xingtu_frames.store.answer import Answer

MakeClient = Callable[..., xf.Client]
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Return what sets the wall clock that the package reads."""
    rooms = {
        "store": ("answer", "sqlite", "store", "statements", "freshness", "judging"),
        "client": ("client", "transport"),
    }
    modules = [f"{room}.{name}" for room, names in rooms.items() for name in names]

    def set_to(moment: datetime) -> None:
        for name in modules:
            module = __import__(f"xingtu_frames.{name}", fromlist=["now"])
            if hasattr(module, "now"):
                monkeypatch.setattr(module, "now", lambda: moment)

    set_to(NOW)
    return set_to


@pytest.fixture(autouse=True)
def _numbered(server: Loopback) -> None:
    server.answer = lambda seen: ok({"nick_name": f"answer {server.hits()}"})


def names(client: xf.Client, **options: object) -> list[str]:
    return list(xf.fetch_profiles(["1"], client=client, **options)["nick_name"])


@pytest.mark.each_once
@pytest.mark.parametrize("ahead", [timedelta(minutes=5), timedelta(days=1), timedelta(days=3650)], ids=str)
@pytest.mark.parametrize("expire_after", ["24h", "7d", None, 0])
def test_promise_8c_refresh_asks_whatever_the_clock_said_before(
    make_client: MakeClient, server: Loopback, clock: Callable[[datetime], None], ahead: timedelta, expire_after: object
) -> None:
    client = make_client(expire_after=expire_after)
    clock(NOW + ahead)
    assert names(client) == ["answer 1"]
    clock(NOW)
    assert client.plan("profiles", ["1"], refresh=True)["state"].tolist() == ["expired"]
    assert names(client, refresh=True) == ["answer 2"]
    assert names(client, refresh=True) == ["answer 3"]
    assert server.hits() == 3


def test_promise_8c_the_newest_answer_is_the_one_asked_last(
    make_client: MakeClient, server: Loopback, clock: Callable[[datetime], None]
) -> None:
    client = make_client(expire_after=None)
    clock(NOW + timedelta(days=1))
    names(client)
    clock(NOW)
    assert names(client, refresh=True) == ["answer 2"]
    assert names(client) == names(make_client(offline=True)) == ["answer 2"]


def test_promise_8c_an_answer_from_the_future_is_old(
    make_client: MakeClient, server: Loopback, clock: Callable[[datetime], None]
) -> None:
    client = make_client()
    clock(NOW + timedelta(hours=2))
    names(client)
    clock(NOW)
    assert client.plan("profiles", ["1"])["state"].tolist() == ["expired"]
    assert names(client) == ["answer 2"]
    assert names(client) == ["answer 2"]
    # For ever and offline mean at any age.
    assert names(make_client(offline=True)) == ["answer 2"]


def test_promise_2_an_answer_that_took_long_is_not_from_the_future_for_who_waited(
    make_client: MakeClient,
    server: Loopback,
    clock: Callable[[datetime], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    first, second = make_client(), make_client(cache=tmp_path / "folder" / ".." / "answers.sqlite")
    waits, ask_holder = threading.Event(), second.store.claims.holder

    def holder(key: str) -> object:
        waits.set()
        return ask_holder(key)

    monkeypatch.setattr(second.store.claims, "holder", holder)

    def slow(seen: Seen) -> Reply:
        if server.hits() == 1:
            assert waits.wait(60)
            clock(NOW + timedelta(minutes=2))
        return ok({"nick_name": f"answer {server.hits()}"})

    server.answer = slow
    with ThreadPoolExecutor(2) as threads:
        asked = threads.submit(names, first)
        while not server.hits():
            waits.wait(0.01)
        assert names(second) == asked.result() == ["answer 1"]
    assert server.hits() == 1


@pytest.mark.parametrize("back", [timedelta(milliseconds=1), timedelta(seconds=4)], ids=str)
def test_a_clock_that_is_set_right_by_little_costs_nothing(
    make_client: MakeClient, server: Loopback, clock: Callable[[datetime], None], back: timedelta
) -> None:
    client = make_client()
    names(client)
    clock(NOW - back)
    assert names(client) == ["answer 1"]
    assert server.hits() == 1


def test_an_answer_from_the_future_serves_where_age_does_not_count(
    make_client: MakeClient, server: Loopback, clock: Callable[[datetime], None]
) -> None:
    clock(NOW + timedelta(days=30))
    names(make_client())
    clock(NOW)
    assert names(make_client(expire_after=None)) == names(make_client(offline=True)) == ["answer 1"]
    assert server.hits() == 1


@pytest.fixture
def bought_ahead(make_client: MakeClient, clock: Callable[[datetime], None]) -> Answer:
    """Return an answer that was bought while the clock was three days ahead, and that no store has."""
    clock(NOW + timedelta(days=3))
    ahead = make_client()
    names(ahead)
    (bought,) = ahead.store.every()
    clock(NOW)
    ahead.store.clear()
    return bought.answer


def test_promise_4_what_was_rescued_while_the_clock_was_ahead_is_taken_in(
    make_client: MakeClient, server: Loopback, bought_ahead: Answer
) -> None:
    client = make_client(expire_after=None)
    waiting = client.store.rescue(bought_ahead)
    assert client.plan("profiles", ["1"])["state"].tolist() == ["cached"]
    assert names(client) == ["answer 1"]
    assert (server.hits(), waiting.exists()) == (1, False)


def test_what_was_rescued_while_the_clock_was_ahead_hides_no_answer(
    make_client: MakeClient, bought_ahead: Answer
) -> None:
    client = make_client(expire_after=None)
    assert names(client) == ["answer 2"]
    client.store.rescue(bought_ahead)
    assert names(client) == ["answer 2"]
    assert xf.history("profiles", client=client)["nick_name"].tolist() == ["answer 2", "answer 1"]


def test_a_turn_in_the_future_is_not_waited_for(client: xf.Client, clock: Callable[[datetime], None]) -> None:
    store = client.store
    assert store.take_turn(0.5) == 0
    assert 0 < store.take_turn(0.5) <= 0.5
    clock(NOW + timedelta(seconds=0.5))
    assert store.take_turn(0.5) == 0
    clock(NOW - timedelta(hours=1))
    assert store.take_turn(0.5) == 0, "the clock was set back by an hour"
    clock(NOW + timedelta(hours=1))
    assert store.take_turn(0.5) == 0


def test_stamps_sort_like_their_times() -> None:
    moments = [NOW, NOW + timedelta(microseconds=1), NOW + timedelta(days=1), NOW.replace(year=9999)]
    assert sorted(map(answer_module.stamp, reversed(moments))) == list(map(answer_module.stamp, moments))


def test_what_serves_for_no_time_is_asked_again_whatever_dated_it(
    make_client: MakeClient, server: Loopback, clock: Callable[[datetime], None]
) -> None:
    client = make_client(expire_after=0)
    clock(NOW + timedelta(seconds=2))
    names(client)
    clock(NOW)
    assert names(client) == ["answer 2"]


def test_promise_8c_an_answer_imported_meanwhile_is_not_a_refresh(
    make_client: MakeClient, server: Loopback, tmp_path: Path, clock: Callable[[datetime], None]
) -> None:
    clock(NOW - timedelta(hours=1))
    colleague = make_client(cache=tmp_path / "colleague.sqlite")
    assert names(colleague) == ["answer 1"]
    clock(NOW)
    client = make_client()
    answer = server.answer

    def imported(seen: Seen) -> Reply:
        client.store.merge(colleague.store.every())
        return fail(301) if server.hits() == 2 else answer(seen)

    server.answer = imported
    assert names(client, refresh=True) == ["answer 3"]


def test_a_wrong_clock_removes_nothing_that_another_process_is_making(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = tmp_path / ".answers.sqlite.0123456789abcdef.new"
    half.write_bytes(b"another process is making it")
    moment = time.time()
    monkeypatch.setattr(time, "time", lambda: moment + 366 * 86_400)
    with xf.Client(offline=True, cache=tmp_path / "answers.sqlite") as client:
        assert client.store.count()["answers"] == 0
    assert half.read_bytes() == b"another process is making it"
