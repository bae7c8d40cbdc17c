"""A client that stands still inside a transaction, as a suspended laptop does: it holds up nobody for long."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

import xingtu_frames as xf
from tests.cli_cases import TOKEN
from tests.loopback import Loopback, ok
from tests.postgres import Postgres, pgbouncer
from tests.schedules.rounds import starter
from xingtu_frames.store import postgres as pool, postgres_silence, rescue

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="needs signals")]

MakeClient = Callable[..., xf.Client]
Start = Callable[..., Any]


def ask_and_stop(
    cache: str, url: str, kol_ids: list[str], folder: str, stop_at: str, behind: int, settings: dict[str, Any]
) -> None:
    """Ask in a process of its own, which stops once after a statement, and write down what came."""
    warnings.simplefilter("ignore")
    rescue._elsewhere = lambda: [Path(folder)]
    run, mark = pool._Inside.execute, Path(folder, f"{os.getpid()}.stopped")

    def run_and_stop(self: Any, statement: str, *values: Any) -> Any:
        done = run(self, statement, *values)
        if stop_at in f"{statement} {values}" and not mark.exists():
            mark.touch()
            wait_for(lambda: waiting(cache) >= behind)
            # Of this thread: another one would let it go on for a moment.
            signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)
        return done

    pool._Inside.execute = run_and_stop  # type: ignore[method-assign, assignment]
    try:
        with xf.Client(TOKEN, base_url=url, cache=cache, retries=0, **settings) as client:
            frame = xf.fetch_profiles(kol_ids, client=client)
        came = [str(len(frame)), *(entry["error"] for entry in frame.attrs["failures"])]
    except xf.XingtuError as error:
        came = [str(error)]
    Path(folder, f"{os.getpid()}.came").write_text("; ".join(came))


def waiting(cache: str) -> int:
    """Return how many transactions of a store wait for another one."""
    with psycopg.connect(cache) as db:
        mine = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = "
        return int(db.execute(f"{mine} current_setting('application_name')").fetchone()[0])  # type: ignore[index]


def wait_for(reached: Callable[[], bool]) -> None:
    """Wait for something that others do."""
    late = time.monotonic() + 120
    while not reached() and time.monotonic() < late:
        time.sleep(0.01)
    assert reached()


@pytest.fixture
def stopped(server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Return what starts a process that asks, and waits until it has stopped itself."""
    monkeypatch.setattr(rescue, "_elsewhere", lambda: [tmp_path])
    context, running = starter(), []

    def begin(cache: str, kol_ids: list[str], stop_at: str, behind: int = 0, **settings: Any) -> Any:
        values = (cache, server.url, kol_ids, str(tmp_path), stop_at, behind, settings)
        process = context.Process(target=ask_and_stop, args=values)
        process.start()
        running.append(process)
        wait_for(lambda: has_stopped(process.pid))
        return process

    yield begin
    for process in running:
        process.kill()
        process.join()


def has_stopped(pid: int) -> bool:
    said = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], check=False, capture_output=True, text=True).stdout
    return said.startswith("T")


def go_on(process: Any, folder: Path) -> str:
    """Wake a process, and return what came to it."""
    os.kill(process.pid, signal.SIGCONT)
    process.join()
    return (folder / f"{process.pid}.came").read_text()


STOPS = {
    "a claim": ("INSERT INTO claims", 1),
    "the rehearsal": ("DELETE FROM claims WHERE 1 = 0", 1),
    "a turn": ("INSERT INTO pace", 1),
    "the ledger row": ("THEN 0 ELSE spent END + 1", 1),
    "the claim given back": ("DELETE FROM claims WHERE key", 1),
    # What is on its way, or has come and is not stored, is known to nobody else: both charges are in the ledger.
    "a renewed claim": ("UPDATE claims SET until = :until WHERE owner", 2),
    "the answer": ("'billed': 'yes'", 2),
}


@pytest.mark.parametrize("through", ["nothing", "PgBouncer"])
@pytest.mark.parametrize("at", STOPS)
def test_who_stands_still_in_a_transaction_holds_up_nobody_for_ever_and_loses_nothing(
    postgres: Postgres, server: Loopback, make_client: MakeClient, stopped: Start, tmp_path: Path, at: str, through: str
) -> None:
    text, charges = STOPS[at]
    delay = 3.0 if at == "a renewed claim" else 0.0
    server.answer = lambda seen: ok({"nick_name": f"达人 {server.hits()}"}, delay=delay)
    database = postgres.new_database()
    with contextlib.ExitStack() as stack:
        port = stack.enter_context(pgbouncer(postgres)) if through == "PgBouncer" else None
        cache = postgres.address(database, port=port)
        client = make_client(cache=cache, retries=0, per_second=100)
        client.ledger()
        process = stopped(cache, ["1"], text, per_second=100)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", xf.StoreWarning)
            frame = xf.fetch_profiles(["1", "2"], client=client)
        assert len(frame) == 2
        assert go_on(process, tmp_path) == "1"
        counts = server.counts()
        assert [counts["get_author_base_info", kol_id] for kol_id in ("1", "2")] == [charges, 1]
        assert client.ledger()["billed"].tolist() == ["yes"] * (charges + 1)
        assert client.store.count()["answers"] == charges + 1
        assert client.budget()["spent"].tolist() == [charges + 1]
        again = xf.fetch_profiles(["1", "2"], client=make_client(cache=f"{cache}?application_name=again"))
        assert again["nick_name"].tolist() == frame["nick_name"].tolist()
        assert list(tmp_path.glob("xingtu-rescued-*")) == []
        client.close()


def test_a_queue_of_those_who_stand_still_takes_no_claim_from_who_is_at_work(
    postgres: Postgres, server: Loopback, make_client: MakeClient, stopped: Start, tmp_path: Path
) -> None:
    """All connections of a process wait for a row that a suspended one holds: its claims are renewed all the same."""
    has_come = threading.Event()
    server.answer = lambda seen: ok({"nick_name": "达人"}, until=has_come if seen.kol_id == "9" else None)
    cache = postgres.new_schema()
    mine, theirs = (make_client(cache=f"{cache}&application_name={name}", retries=0) for name in ("mine", "theirs"))
    mine.ledger()
    with ThreadPoolExecutor(2) as threads, warnings.catch_warnings():
        warnings.simplefilter("ignore", xf.StoreWarning)
        first = threads.submit(xf.fetch_profiles, ["9"], client=mine)
        wait_for(lambda: server.hits() == 1)
        names = f"{cache}&application_name=stopped"
        process = stopped(names, ["11", "12", "13", "14"], "THEN 0 ELSE spent END + 1", 2, max_workers=4)
        second = threads.submit(xf.fetch_profiles, ["9"], client=theirs)
        assert len(xf.fetch_profiles([str(number) for number in range(1, 9)], client=mine)) == 8
        has_come.set()
        assert [len(asked.result()) for asked in (first, second)] == [1, 1]
    assert go_on(process, tmp_path) == "4"
    assert set(server.counts().values()) == {1}


@pytest.fixture
def hung(server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Postgres]:
    """Return a server that stands still, sockets and all, from the first paid answer on."""
    monkeypatch.setattr(rescue, "_elsewhere", lambda: [tmp_path])
    running = Postgres()

    def answer_and_stop(seen: Any) -> Any:
        assert running._running is not None
        pids = running.run("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'")
        for pid in [running._running.pid, *(pid for (pid,) in pids)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        return ok({"nick_name": "达人"})

    server.answer = answer_and_stop
    yield running
    go_on_all(running)
    running.close()


def go_on_all(running: Postgres) -> None:
    assert running._running is not None
    there = ["ps", "-o", "pid=", "--ppid", str(running._running.pid)]
    children = subprocess.run(there, check=False, capture_output=True, text=True).stdout.split()
    for pid in [running._running.pid, *map(int, children)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def test_a_server_that_hangs_is_not_waited_for_for_ever_and_costs_no_answer(
    hung: Postgres, server: Loopback, make_client: MakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = f"{hung.new_schema()}&connect_timeout=2"
    client = make_client(cache=cache, max_workers=1, retries=0)
    client.ledger()
    with monkeypatch.context() as soon:
        soon.setattr(postgres_silence, "SILENCE_S", 1.0)
        soon.setattr(pool, "PATIENCE_S", 0.3)
        with pytest.warns(xf.StoreWarning, match="could not take a paid answer; it is delivered, and saved in"):
            assert xf.fetch_profiles(["1"], client=client)["nick_name"].tolist() == ["达人"]
        with pytest.raises(xf.CacheError, match="cannot be reached"):
            xf.fetch_profiles(["2"], client=client)
    go_on_all(hung)
    again = make_client(cache=f"{cache}&application_name=again")
    assert xf.fetch_profiles(["1"], client=again)["nick_name"].tolist() == ["达人"]
    assert (server.hits(), again.ledger()["billed"].tolist()) == (1, ["yes"])
    assert list(tmp_path.glob("xingtu-rescued-*")) == []
