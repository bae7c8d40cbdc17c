"""How many connections to a server a process has, and who uses them."""

from __future__ import annotations

import contextlib
import os
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

import xingtu_frames as xf
from tests.loopback import Loopback, ok
from tests.postgres import Postgres
from tests.store.test_every_pool import answer, asked
from tests.store.test_postgres import address, names
from xingtu_frames.store import postgres as pool
from xingtu_frames.store.answers import open_store

__all__ = ["address", "names"]
MakeClient = Callable[..., xf.Client]


def connections(postgres: Postgres, name: str) -> int:
    names = [name for (name,) in postgres.run("SELECT application_name FROM pg_stat_activity")]
    return names.count(name)


def test_a_process_has_four_connections_at_most_and_one_where_one_is_enough(
    postgres: Postgres, address: str, names: Loopback, make_client: MakeClient
) -> None:
    named = f"{address}&application_name=counted"
    clients = [make_client(cache=named, max_workers=16) for _ in range(2)]
    for client in clients:
        client.ledger()
    assert connections(postgres, "counted") == 1
    most = []
    names.answer = lambda seen: most.append(connections(postgres, "counted")) or ok({"nick_name": "达人"})
    assert len(xf.fetch_profiles([str(number) for number in range(1, 31)], client=clients[0])) == 30
    assert max(most) <= pool.MOST_CONNECTIONS
    clients[0].close()
    assert connections(postgres, "counted") > 0
    clients[1].close()
    until = time.monotonic() + 60
    while connections(postgres, "counted") and time.monotonic() < until:
        time.sleep(0.02)
    assert connections(postgres, "counted") == 0


def test_a_network_that_is_silent_is_waited_for_no_longer_than_is_said(address: str) -> None:
    def said(more: str = "") -> list[str]:
        with contextlib.closing(open_store(f"{address}{more}")) as store:
            read = store._pool._done(pool._READ, lambda db: db.info.get_parameters())
        names = ("connect_timeout", "tcp_user_timeout", "keepalives_idle", "keepalives_interval", "keepalives_count")
        return [read[name] for name in names]

    assert said() == ["5", "30000", "10", "5", "3"]
    assert said("&tcp_user_timeout=1000&connect_timeout=9") == ["9", "1000", "10", "5", "3"]


def test_a_paid_request_takes_as_many_ways_to_the_server_as_ever(
    address: str, names: Loopback, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is a wait where the server is far away."""
    client = make_client(cache=address, max_workers=1)
    xf.fetch_profiles(["1"], client=client)
    ways: list[str] = []
    execute = psycopg.Connection.execute

    def counted(db: Any, query: Any, *values: Any, **about: Any) -> Any:
        ways.append(query)
        return execute(db, query, *values, **about)

    monkeypatch.setattr(psycopg.Connection, "execute", counted)
    xf.fetch_profiles(["2"], client=client)
    paid = [way for way in ways if "WHERE owner IN" not in way]
    assert len(paid) <= 26, "\n".join(paid)
    # Each that is lasting waits for the disk: the ledger row and the answer, not the claim and its end.
    writes = [way for way in paid if "READ WRITE" in way]
    assert ["synchronous_commit = off" in way for way in writes] == [True, False, False, True]
    ways.clear()
    xf.fetch_profiles(["1", "2"], client=client)
    assert len(ways) == 3, "\n".join(ways)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_has_connections_of_its_own(address: str) -> None:
    with contextlib.closing(open_store(address)) as store:
        store.add_all([answer(asked())])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child == 0:
            store.add_all([answer(asked(subject="2"))])
            os._exit(len(store.keys()))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
        assert len(store.keys()) == 2


def test_all_who_wait_for_a_connection_get_their_turn(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A time that runs out again and again: where each looks by itself, and where another wakes it."""
    monkeypatch.setattr(pool, "_LOOKED_FOR_S", 0.0002)
    done = deque[int]()
    with contextlib.closing(open_store(address)) as store:
        line = store._pool._line

        def stand(times: int = 1_000) -> None:
            for _ in range(times):
                ticket = threading.Lock()
                line.wait(ticket)
                time.sleep(0)
                line.leave(ticket)
            done.append(times)

        threads = [threading.Thread(target=stand, daemon=True) for _ in range(4 * pool.MOST_CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
    assert len(done) == len(threads)
