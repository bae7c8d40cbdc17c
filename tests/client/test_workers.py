"""Worker threads: as many as the system starts, none that outlives its batch, no error that is swallowed."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

import xingtu_frames as xf
from tests.loopback import Loopback, ok
from xingtu_frames.client.workers import Workers

MakeClient = Callable[..., xf.Client]


def ids(count: int) -> list[str]:
    return [str(7_000_000_000_000_000_000 + n) for n in range(count)]


def few_threads(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    start, started = threading.Thread.start, []

    def refused(self: threading.Thread) -> None:
        if self.name.startswith("xingtu_frames"):
            if len(started) >= most:
                raise RuntimeError("can't start new thread")
            started.append(self)
        start(self)

    monkeypatch.setattr(threading.Thread, "start", refused)


def test_a_batch_goes_on_with_the_threads_there_are(
    make_client: MakeClient, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    few_threads(monkeypatch, 2)
    server.answer = lambda seen: ok({}, delay=0.01)
    assert len(xf.fetch_profiles(ids(10), client=make_client())) == 10
    assert server.hits() == 10
    assert server.most_busy <= 2


def test_without_any_thread_nothing_is_sent_and_the_error_says_so(
    make_client: MakeClient, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_client()
    with monkeypatch.context() as patched:
        few_threads(patched, 0)
        with pytest.raises(xf.ConfigError, match=r"no thread.*can't start new thread.*nothing was sent"):
            xf.fetch_profiles(ids(10), client=client)
    assert (server.hits(), len(client.ledger())) == (0, 0)
    assert len(xf.fetch_profiles(ids(10), client=client)) == 10
    client.close()


def test_no_thread_outlives_its_batch(make_client: MakeClient, server: Loopback) -> None:
    client = make_client()
    for number in range(3):
        xf.fetch_profiles(ids(10 + number), client=client)
    assert not client._running
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("xingtu_frames")]


def test_an_error_that_is_none_of_ours_is_raised_and_stops_the_batch() -> None:
    crew: Workers[int, int] = Workers(range(100), lambda job: 1 // (job - 3))
    crew.start(1, lambda error: True)
    outcomes = []
    while (outcome := crew.next()) is not None:
        outcomes.append(outcome)
    assert [type(outcome.error) for outcome in outcomes] == [type(None)] * 3 + [ZeroDivisionError]
    assert isinstance(crew.stopped_by, ZeroDivisionError)
    assert crew.wait() == 0
