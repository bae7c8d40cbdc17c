"""Many creators at once: what fails, what stops, what is never exceeded, and nobody pays twice."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import xingtu_frames as xf
from tests.conftest import ROOT
from tests.loopback import Loopback, Reply, Seen, fail, ok
from xingtu_frames.client.workers import Workers
from xingtu_frames.store.claims import Claims

pytestmark = pytest.mark.every_pool

MakeClient = Callable[..., xf.Client]
WORKERS = 4
ACCOUNT = {
    100: xf.InvalidTokenError,
    303: xf.DailyQuotaError,
    600: xf.PermissionDeniedError,
    601: xf.InsufficientBalanceError,
    602: xf.InsufficientBalanceError,
}


@pytest.fixture(autouse=True)
def _no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xingtu_frames.client.batch._backoff", lambda state: 0.0)
    monkeypatch.setattr("xingtu_frames.client.pace.cool_down", lambda episodes: 0.0)


def ids(count: int) -> list[str]:
    return [str(7_000_000_000_000_000_000 + n) for n in range(count)]


def stored(client: xf.Client) -> int:
    return client.store.count()["answers"]


# --- failures


def test_failures_are_left_out_warned_of_once_and_listed(client: xf.Client, server: Loopback) -> None:
    asked = ids(4)
    server.script(fail(404, "no such creator"), kol_id=asked[1])
    server.script(Reply(b"<html>"), kol_id=asked[2])
    with pytest.warns(xf.PartialResultWarning) as caught:
        frame = xf.fetch_profiles(asked, client=client)
    (warning,) = caught
    text = str(warning.message)
    assert warning.filename == __file__
    assert re.search(r"2 of 4 creators .*code 404 \(1\).*TransportError \(1\).*failures", text)
    assert asked[1] in text
    assert frame["kol_id"].tolist() == [asked[0], asked[3]]
    assert frame.index.tolist() == [0, 1]
    failures = frame.attrs["failures"]
    assert isinstance(failures, list)
    assert [list(failure) for failure in failures] == [["kol_id", "endpoint", "code", "error", "retryable"]] * 2
    assert [tuple(failure.values())[:3] for failure in failures] == [
        (asked[1], "get_author_base_info", 404),
        (asked[2], "get_author_base_info", None),
    ]
    assert [failure["retryable"] for failure in failures] == [False, False]
    assert failures[0]["error"].startswith("NotFoundError: ")
    assert all(type(value) in (str, int, bool, type(None)) for failure in failures for value in failure.values())
    assert len(xf.fetch_profiles(asked, client=client)) == 4
    assert server.counts().most_common(3)[2][1] == 1, "asking again sends only what is missing"
    assert server.hits() == 6


def test_a_whole_answer_has_no_failures(client: xf.Client) -> None:
    assert xf.fetch_profiles(ids(2), client=client).attrs == {"failures": []}
    assert xf.fetch_profiles([], client=client).attrs == {"failures": []}


def test_all_failed_raises_the_error(client: xf.Client, server: Loopback) -> None:
    server.answer = lambda seen: fail(404, "none")
    with pytest.raises(xf.NotFoundError) as caught:
        xf.fetch_profiles(ids(3), client=client)
    assert caught.value.kol_id == ids(1)[0]
    assert server.hits() == 3


def test_raise_stops_at_the_first_error_and_keeps_what_arrived(make_client: MakeClient, server: Loopback) -> None:
    asked = ids(40)
    server.answer = lambda seen: ok({}, delay=0.05)
    server.script(fail(404), kol_id=asked[8])
    client = make_client(max_workers=WORKERS)
    with pytest.raises(xf.NotFoundError):
        xf.fetch_profiles(asked, client=client, on_error="raise")
    assert server.hits() <= 9 + WORKERS
    assert stored(client) == server.charged == server.hits() - 1
    with pytest.raises(xf.ParameterError, match=r"on_error.*warn.*raise"):
        xf.fetch_profiles(asked, client=client, on_error="ignore")


@pytest.mark.one_in(2)
@pytest.mark.each_once
@pytest.mark.parametrize("on_error", ["warn", "raise"])
@pytest.mark.parametrize("code", ACCOUNT)
def test_an_account_error_stops_the_batch(
    make_client: MakeClient, server: Loopback, code: int, on_error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    collect = Workers.next

    def slowly(self: Any) -> Any:
        time.sleep(0.02)
        return collect(self)

    def answer(seen: Seen) -> Reply:
        if server.hits() < 10:
            return ok({}, delay=0.03)
        first_failure.append(server.hits())
        return fail(code)

    asked = ids(40)
    first_failure: list[int] = []
    server.answer = answer
    client = make_client(max_workers=WORKERS)
    # Who collects may be slow; the workers must not go on meanwhile.
    with monkeypatch.context() as slow:
        slow.setattr(Workers, "next", slowly)
        with pytest.raises(ACCOUNT[code], match=str(code)):
            xf.fetch_profiles(asked, client=client, on_error=on_error)
    assert server.hits() - first_failure[0] <= WORKERS
    assert stored(client) == server.charged == 9
    before = server.hits()
    server.answer = lambda seen: ok({})
    assert len(xf.fetch_profiles(asked, client=client)) == 40
    assert (server.hits() - before, stored(client)) == (31, 40)


# --- budget


@pytest.mark.each_once
@pytest.mark.parametrize("on_error", ["warn", "raise"])
@pytest.mark.parametrize(("budget", "failing"), [(0, 0), (1, 0), (7, 0), (7, 5), (3, 5)])
def test_the_budget_is_never_exceeded(
    make_client: MakeClient, server: Loopback, budget: int, failing: int, on_error: str
) -> None:
    asked = ids(20)
    server.script(*[fail(301)] * failing)
    client = make_client(max_calls=budget, retries=9)
    for _ in range(2):
        with pytest.raises(xf.BudgetExceededError, match=f"max_calls={budget}"):
            xf.fetch_profiles(asked, client=client, on_error=on_error)
    assert server.hits() == budget == len(client.ledger())
    assert stored(client) == server.charged == max(0, budget - failing)


def test_a_budget_that_just_suffices(make_client: MakeClient, server: Loopback) -> None:
    client = make_client(max_calls=6)
    assert len(xf.fetch_profiles(ids(6), client=client)) == 6
    with pytest.raises(xf.BudgetExceededError, match="max_calls=6"):
        xf.fetch_profiles(ids(7), client=client)
    assert server.hits() == 6


def test_what_is_stored_costs_no_budget(make_client: MakeClient, server: Loopback) -> None:
    xf.fetch_profiles(ids(5), client=make_client())
    client = make_client(max_calls=1)
    for _ in range(3):
        assert len(xf.fetch_profiles(ids(6), client=client)) == 6
    assert server.hits() == 6


# --- pace


def test_at_most_max_workers_at_once(make_client: MakeClient, server: Loopback) -> None:
    server.answer = lambda seen: ok({}, delay=0.02)
    xf.fetch_profiles(ids(20), client=make_client(max_workers=3))
    assert server.most_busy <= 3


def test_creators_are_fetched_side_by_side(make_client: MakeClient, server: Loopback) -> None:
    together = threading.Barrier(WORKERS, timeout=60)

    take = server.take

    def gathered(seen: Seen) -> Reply:
        together.wait()
        return take(seen)

    server.take = gathered  # type: ignore[method-assign]
    assert len(xf.fetch_profiles(ids(WORKERS * 2), client=make_client(max_workers=WORKERS))) == WORKERS * 2


def test_per_second_bounds_the_requests_and_leaves_the_stored_alone(make_client: MakeClient, server: Loopback) -> None:
    times: list[float] = []
    server.answer = lambda seen: (times.append(time.monotonic()), ok({}))[1]
    client, began = make_client(per_second=20), time.monotonic()
    assert len(xf.fetch_profiles(ids(32), client=client)) == 32
    # However late a request arrives, none arrives before its turn.
    assert [place for place, moment in enumerate(sorted(times)) if place > 1 + 20 / 0.9 * (moment - began)] == []
    client, before = make_client(per_second=0.01), time.monotonic()
    for _ in range(3):
        xf.fetch_profiles(ids(32)[:1], client=client)
    assert time.monotonic() - before < 100
    assert server.hits() == 32


def test_less_than_one_request_a_second_is_possible(make_client: MakeClient, server: Loopback) -> None:
    assert len(xf.fetch_profiles(ids(1), client=make_client(per_second=0.5))) == 1


# --- single flight


def test_threads_asking_the_same_pay_once(client: xf.Client, server: Loopback) -> None:
    server.answer = lambda seen: ok({"nick_name": "one"}, delay=0.1)
    with ThreadPoolExecutor(8) as pool:
        frames = list(pool.map(lambda _: xf.fetch_profiles(ids(1), client=client), range(8)))
    assert [frame["nick_name"].tolist() for frame in frames] == [["one"]] * 8
    assert (server.hits(), server.charged) == (1, 1)


def test_clients_on_one_file_pay_once(make_client: MakeClient, server: Loopback) -> None:
    server.answer = lambda seen: ok({}, delay=0.02)
    clients = [make_client(), make_client(api="legacy")]
    with ThreadPoolExecutor(2) as pool:
        frames = list(pool.map(lambda client: xf.fetch_profiles(ids(10), client=client), clients))
    assert [len(frame) for frame in frames] == [10, 10]
    assert server.charged == 10


def test_who_waited_for_a_failure_asks_for_itself(client: xf.Client, server: Loopback) -> None:
    server.script(fail(404, delay=0.1))
    with ThreadPoolExecutor(2) as pool:
        asks = [pool.submit(xf.fetch_profiles, ids(1), client=client) for _ in range(2)]
        errors = [ask.exception() for ask in asks]
    assert sorted(type(error).__name__ for error in errors) == ["NoneType", "NotFoundError"]
    assert server.hits() == 2


BATCH = """
import sys, xingtu_frames as xf
client = xf.Client("t" * 20, base_url=sys.argv[1], cache=sys.argv[2], max_workers=int(sys.argv[4]))
print("ready", flush=True)
sys.stdin.readline()
print(len(xf.fetch_profiles([str(n) for n in range(1, int(sys.argv[3]) + 1)], client=client)))
"""


def batch_process(server: Loopback, path: Path, count: int, workers: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "ignore", "-c", BATCH, server.url, str(path), str(count), str(workers)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def test_processes_asking_the_same_pay_once(server: Loopback, tmp_path: Path) -> None:
    server.answer = lambda seen: ok({}, delay=0.02)
    processes = [batch_process(server, tmp_path / "answers.sqlite", 12, 4) for _ in range(2)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        go(process)
    assert [process.communicate(timeout=600)[0] for process in processes] == ["12\n", "12\n"]
    assert (server.hits(), server.charged) == (12, 12)


# --- close


def test_close_waits_for_other_threads(make_client: MakeClient, server: Loopback) -> None:
    started = threading.Event()
    server.answer = lambda seen: (started.set(), ok({}, delay=0.3))[1]
    client = make_client()
    with ThreadPoolExecutor(1) as pool:
        ask: Any = pool.submit(xf.fetch_profiles, ids(1), client=client)
        assert started.wait(60)
        client.close()
        ask.exception()
    assert stored(make_client()) == 1


def test_closing_during_a_batch_ends_it_with_our_error(make_client: MakeClient, server: Loopback) -> None:
    asked = threading.Event()
    server.answer = lambda seen: (asked.set(), ok({}, delay=0.2))[1]
    client = make_client(max_workers=2)
    with ThreadPoolExecutor(1) as pool:
        batch = pool.submit(xf.fetch_profiles, ids(20), client=client, on_error="raise")
        assert asked.wait(60)
        client.close()
        with pytest.raises(xf.XingtuError):
            batch.result(timeout=60)
    assert server.hits() <= 4


def test_a_claim_that_could_not_be_given_back_blocks_nobody(
    client: xf.Client, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(self: Any, *_: Any, **__: Any) -> Any:
        raise xf.CacheError("the cache is held by another process")

    release = Claims.release

    def release_locked(self: Claims, key: str, owner: str) -> None:
        with monkeypatch.context() as held:
            held.setattr("xingtu_frames.store.sqlite.Pool.write", locked)
            release(self, key, owner)

    with monkeypatch.context() as broken:
        broken.setattr("xingtu_frames.store.claims.Claims.release", release_locked)
        server.script(fail(404))
        with pytest.raises(xf.NotFoundError):
            xf.fetch_profiles(ids(1), client=client)
    assert len(xf.fetch_profiles(ids(1), client=client)) == 1


def test_a_full_disk_delivers_what_was_paid_and_asks_no_more(
    make_client: MakeClient, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise xf.CacheError("database or disk is full")

    monkeypatch.setattr("xingtu_frames.store.store.Store.close_request", full)
    monkeypatch.setattr("xingtu_frames.store.rescue._written", lambda text, folder, prefix: None)
    client = make_client(max_workers=1)
    with pytest.warns(xf.XingtuWarning) as caught:
        frame = xf.fetch_profiles(ids(5), client=client)
    assert len(frame) == server.hits() == 1
    assert any("saved nowhere" in str(warning.message) for warning in caught)
    assert {failure["error"].split(":")[0] for failure in frame.attrs["failures"]} == {"CacheError"}


def test_an_account_error_stops_workers_that_wait_for_their_turn(make_client: MakeClient, server: Loopback) -> None:
    server.script(fail(601))
    client = make_client(per_second=0.01, max_workers=8)
    started = time.monotonic()
    with pytest.raises(xf.InsufficientBalanceError):
        xf.fetch_profiles(ids(8), client=client)
    assert server.hits() == 1
    assert time.monotonic() - started < 60


def test_a_pause_holds_for_workers_that_wait_for_their_turn(make_client: MakeClient, server: Loopback) -> None:
    moments: list[float] = []
    server.answer = lambda seen: (moments.append(time.monotonic()), ok({}))[1]
    server.script(fail(302, status=429, headers={"Retry-After": "1"}))
    started = time.monotonic()
    xf.fetch_profiles(ids(3), client=make_client(per_second=2, max_workers=3))
    assert min(moments) - started >= 1
    assert len(moments) == 3


def test_what_the_store_refuses_costs_no_budget(
    make_client: MakeClient, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: Any) -> int:
        raise xf.CacheError("the cache is held by another process")

    client = make_client(max_calls=1)
    with monkeypatch.context() as patched:
        patched.setattr("xingtu_frames.store.store.Store.open_request", locked)
        with pytest.raises(xf.CacheError, match="held"):
            xf.fetch_profiles(ids(1), client=client)
    assert len(xf.fetch_profiles(ids(1), client=client)) == 1
