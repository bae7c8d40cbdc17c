"""Connections and the file's format: shared by threads, renewed by a fork, brought up to date whole or not at all."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

import xingtu_frames as xf
from tests.conftest import ROOT
from tests.loopback import Loopback, ok
from xingtu_frames.store import sqlite, sqlite_format
from xingtu_frames.store.answer import Answer, checksum, now, stamp
from xingtu_frames.store.answers import open_store
from xingtu_frames.wire import call_for_query

KOL_ID = "7000000000000000001"
MakeClient = Callable[..., xf.Client]
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


def in_child(work: Callable[[], None]) -> int:
    """Run it in a forked child that is ended after a while; return its exit status."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            signal.alarm(20)
            work()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def answer(key: str) -> Answer:
    return Answer(key, "get_author_base_info", KOL_ID, "{}", stamp(now()), b'{"code":0}')


# --- threads


@pytest.mark.slow
def test_hot_reads_from_16_threads_neither_miss_nor_mix(client: xf.Client, server: Loopback, soak: bool) -> None:
    server.answer = lambda seen: ok({"nick_name": f"name {seen.kol_id}" * 20})
    ids = [str(n) for n in range(1, 51)]
    xf.fetch_profiles(ids, client=client)
    until = time.monotonic() + (60 if soak else 0)

    def read(worker: int) -> int:
        wrong, turn = 0, 0
        while turn < 60 or time.monotonic() < until:
            turn += 1
            kol_id = ids[(turn * 7 + worker) % len(ids)]
            data = client.get("get_author_base_info", oAuthorId=kol_id)
            wrong += data != {"nick_name": f"name {kol_id}" * 20}
        return wrong

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(read, range(16))) == 0
    assert server.hits() == len(ids)


# --- interrupts


@pytest.mark.parametrize("begin", ["BEGIN", "BEGIN IMMEDIATE"])
def test_an_interrupt_right_behind_the_beginning_of_a_transaction_leaves_none(tmp_path: Path, begin: str) -> None:
    def interrupted(pool: sqlite.Pool) -> None:
        with pool.reading() as db:
            db.execute(begin)
            raise KeyboardInterrupt

    with contextlib.closing(open_store(tmp_path / "answers.sqlite")) as store:
        store.add_all([answer("before")])
        (pool,) = [pool for pool in sqlite.pools if pool.path == str(tmp_path / "answers.sqlite")]
        with pytest.raises(KeyboardInterrupt):
            interrupted(pool)
        assert store.latest(["before"]).keys() == {"before"}
        store.add_all([answer("after")])
        assert store.count()["answers"] == 2


# --- fork


@forks
def test_a_forked_child_reads_and_writes_on_its_own_connection(tmp_path: Path) -> None:
    with contextlib.closing(open_store(tmp_path / "answers.sqlite")) as store:
        store.add_all([answer("parent")])

        def work() -> None:
            assert "parent" in store.latest(["parent"])
            store.add_all([answer("child")])

        assert in_child(work) == 0
        store.add_all([answer("after")])
        assert set(store.keys()) == {"parent", "child", "after"}


@forks
def test_what_a_child_stores_outlives_its_parents_connections(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    store = open_store(path)
    store.add_all([answer("parent")])
    closed, done = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        store.latest(["parent"])
        os.write(done[1], b"r")
        os.read(closed[0], 1)
        store.add_all([answer("child")])
        os._exit(0)
    os.read(done[0], 1)
    store.close()
    os.write(closed[1], b"c")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    for end in (*closed, *done):
        os.close(end)
    with contextlib.closing(open_store(path)) as again:
        assert set(again.keys()) == {"parent", "child"}


@pytest.mark.slow
@forks
def test_forks_while_threads_write_lock_nobody_out(tmp_path: Path) -> None:
    store, stop = open_store(tmp_path / "answers.sqlite"), threading.Event()

    def write(worker: int) -> int:
        written = 0
        while not stop.is_set():
            store.add_all([answer(f"{worker}-{written}")])
            written += 1
        return written

    def work() -> None:
        store.add_all([answer(f"child-{os.getpid()}")])
        assert store.keys()

    with ThreadPoolExecutor(4) as threads:
        writers = [threads.submit(write, worker) for worker in range(4)]
        try:
            assert [in_child(work) for _ in range(8)] == [0] * 8
        finally:
            stop.set()
        written = sum(writer.result() for writer in writers)
    assert len(store.keys()) == written + 8
    store.close()


@forks
def test_a_forked_child_inherits_what_is_in_memory(sample: xf.Client) -> None:
    ids = xf.sample_ids()
    expected = len(xf.fetch_profiles(ids, client=sample))

    def work() -> None:
        assert len(xf.fetch_profiles(ids, client=sample)) == expected

    assert in_child(work) == 0
    assert len(xf.fetch_profiles(ids, client=sample)) == expected


@forks
@pytest.mark.parametrize("where", ["file", "memory"])
def test_a_lock_held_by_another_thread_at_the_fork_does_not_stop_the_child(tmp_path: Path, where: str) -> None:
    store = open_store(":memory:" if where == "memory" else tmp_path / "answers.sqlite")
    store.add_all([answer("k")])
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with store._pool.reading():
            inside.set()
            leave.wait(0.5)

    holder = threading.Thread(target=hold)
    holder.start()
    assert inside.wait(60)
    try:
        assert in_child(lambda: store.latest(["k"])["k"].time) == 0  # type: ignore[union-attr,return-value]
    finally:
        leave.set()
        holder.join()
        store.close()


# --- format


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Return a store of format 1 as its own version wrote it."""
    path = tmp_path / "answers.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.executescript((ROOT / "tests" / "format_1.sql").read_text("utf-8"))
    return path


def content(path: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(path)) as db:
        return [*db.iterdump(), str(db.execute("PRAGMA user_version").fetchone())]


NEXT = (*sqlite_format.STEPS, "ALTER TABLE answers ADD COLUMN note TEXT; CREATE TABLE notes (id INTEGER PRIMARY KEY)")


@pytest.fixture(params=["this format", "a later one"])
def steps(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    if request.param == "a later one":
        monkeypatch.setattr(sqlite_format, "STEPS", NEXT)
    return iter([len(sqlite_format.STEPS)])


def test_a_store_of_the_first_format_keeps_everything(make_client: MakeClient, old: Path, steps: Iterator[int]) -> None:
    client = make_client(cache=old, offline=True)
    assert xf.fetch_profiles([KOL_ID], client=client)["nick_name"].tolist() == ["新"]
    assert xf.history("profiles", [KOL_ID], client=client)["nick_name"].tolist() == ["旧", "新"]
    assert client.ledger()["billed"].tolist() == ["yes", "unknown"]
    assert client.store.count() == {"answers": 3, "requests": 2}
    assert content(old)[-1] == str((next(steps),))


@pytest.mark.parametrize("writable", [True, False])
def test_a_store_of_the_second_format_keeps_its_ledger_and_gets_a_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writable: bool
) -> None:
    path = tmp_path / "answers.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.executescript((ROOT / "tests" / "format_2.sql").read_text("utf-8"))
    if not writable:
        # To root every file is writable.
        monkeypatch.setattr(os, "access", lambda *about: False)
    before = path.read_bytes()
    with xf.Client(cache=path, offline=True) as client:
        assert client.store.count() == {"answers": 2, "requests": 4}
        ledger = client.ledger()
        assert ledger["billed"].tolist() == ["yes", "yes", "unknown", "no"]
        assert ledger["asked_by"].isna().all()
        assert xf.fetch_profiles([KOL_ID], client=client)["nick_name"].tolist() == ["达人"]
        monkeypatch.setattr(client.store._attached, "now", lambda: datetime(2026, 11, 25, tzinfo=UTC))
        assert client.budget()[["spent", "period"]].values.tolist() == [[3, "month"]]
        if writable:
            client.set_budget(3)
            with pytest.raises(xf.BudgetExceededError):
                client.store.open_request(call_for_query("get_author_base_info", {"oAuthorId": KOL_ID}))
    assert writable or path.read_bytes() == before
    assert not writable or content(path)[-1] == f"({len(sqlite_format.STEPS)},)"


VIDEOS = {"item_report_trend": "itemId", "item_report_th_analysis": "itemId", "get-video-detail": "detailId"}


@pytest.fixture
def old_videos(old: Path) -> Path:
    """Return the store of format 1 with answers about videos, and a search, as its own version filed them."""
    with contextlib.closing(sqlite3.connect(old)) as db, db:
        for number, (endpoint, name) in enumerate({**VIDEOS, "search_for_author_square": "keyword"}.items(), 1):
            params = json.dumps({name: str(number)})
            one = Answer(f"{endpoint}||{params}", endpoint, None, params, stamp(now()), b'{"code": 0, "data": {}}')
            row = (*one[:5], 200, 1, one.body, checksum(one))
            db.execute("INSERT INTO answers VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    return old


@pytest.mark.parametrize("read_only", [False, True])
def test_an_answer_of_the_first_format_has_the_video_it_is_about(old_videos: Path, read_only: bool) -> None:
    before = old_videos.read_bytes()
    with contextlib.closing(open_store(old_videos, read_only=read_only)) as store:
        for number, (endpoint, name) in enumerate(VIDEOS.items(), 1):
            key = call_for_query(endpoint, {name: str(number)}).key
            (found,) = store.history(endpoint, [str(number), "9"])
            assert store.latest([key, f"{key} "]) == {key: found}
            assert not isinstance(found, xf.CacheError)
            assert found.item_id == str(number)
        assert len(store.history("search_for_author_square")) == 1
        assert not store.is_damaged()
    assert (old_videos.read_bytes() == before) is read_only
    if not read_only:
        with contextlib.closing(sqlite3.connect(old_videos)) as db:
            rows = db.execute("SELECT item_id FROM answers WHERE kol_id IS NULL ORDER BY id").fetchall()
        assert rows == [("1",), ("2",), ("3",), (None,)]


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("get_author_base_info", {"oAuthorId": "1"}),
        ("item_report_trend", {"itemId": "1"}),
        ("search_for_author_square", {"keyword": "美妆|护肤"}),
    ],
)
def test_an_index_that_hides_an_answer_is_noticed(tmp_path: Path, endpoint: str, values: dict[str, str]) -> None:
    path, call = tmp_path / "answers.sqlite", call_for_query(endpoint, values)
    with contextlib.closing(open_store(path)) as store:
        store.add_all([Answer(call.key, call.meaning, call.kol_id, call.params, stamp(now()), b'{"code":0}')])
    with contextlib.closing(sqlite3.connect(path)) as db:
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'answers_latest'").fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    data = bytearray(path.read_bytes())
    data[(page - 1) * size + 3 : (page - 1) * size + 5] = b"\0\0"  # an index without entries
    path.write_bytes(data)
    with contextlib.closing(open_store(path)) as store:
        assert store.latest([f"{call.key} "]) == {}
        with pytest.raises(xf.CacheError, match="an index hides an answer"):
            store.latest([call.key])


def test_parameters_that_are_not_json_keep_no_file_from_being_brought_up_to_date(old_videos: Path) -> None:
    with contextlib.closing(sqlite3.connect(old_videos)) as db, db:
        db.execute("UPDATE answers SET params = '{' WHERE endpoint = 'item_report_trend'")
    with contextlib.closing(open_store(old_videos)) as store:
        assert store.count()["answers"] == 7
        assert [type(row) for row in store.each()].count(xf.CacheError) == 1


def test_a_step_that_fails_leaves_the_file_as_it_was(
    make_client: MakeClient, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(old)
    with monkeypatch.context() as later:
        later.setattr(sqlite_format, "STEPS", (*NEXT[:-1], f"{NEXT[-1]}; DROP TABLE nowhere"))
        with pytest.raises(xf.CacheError, match="cannot be used"):
            xf.fetch_profiles([KOL_ID], client=make_client(cache=old))
        assert content(old) == before
    assert len(xf.fetch_profiles([KOL_ID], client=make_client(cache=old, offline=True))) == 1


def test_many_bring_one_file_up_to_date_at_once(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_format, "STEPS", NEXT)
    start = threading.Barrier(8)

    def use(worker: int) -> int:
        with contextlib.closing(open_store(old)) as store:
            start.wait()
            store.add_all([answer(f"k{worker}")])
            return len(store.keys())

    with ThreadPoolExecutor(8) as threads:
        assert max(threads.map(use, range(8))) == 9
    assert content(old)[-1] == f"({len(NEXT)},)"


def test_the_tables_are_plain_enough_for_any_sqlite_reader(client: xf.Client, server: Loopback, tmp_path: Path) -> None:
    server.answer = lambda seen: ok({"nick_name": f"达人 {seen.kol_id}"})
    xf.fetch_profiles(["1", "2"], client=client)
    with contextlib.closing(sqlite3.connect(tmp_path / "answers.sqlite")) as db:
        rows = db.execute(
            "SELECT kol_id, json_extract(CAST(body AS TEXT), '$.data.nick_name'), http_status, params FROM answers"
        ).fetchall()
    assert sorted(rows) == [(n, f"达人 {n}", 200, '{"platform": "SHORT_VIDEO"}') for n in "12"]


@forks
def test_a_store_that_is_collected_while_the_process_forks_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    close_free = sqlite.Pool._close_free

    def collect(self: sqlite.Pool) -> None:
        gc.collect()
        close_free(self)

    def fork_while_collecting() -> None:
        gc.disable()
        # What the tests made before need not be looked at again and again.
        gc.freeze()
        store = open_store(tmp_path / "dropped.sqlite")
        store.count()
        circle: list[object] = [store]
        circle.append(circle)
        del store, circle
        monkeypatch.setattr(sqlite.Pool, "_close_free", collect)
        assert in_child(lambda: None) == 0

    assert in_child(fork_while_collecting) == 0


def test_a_store_whose_name_is_a_pattern_leaves_nothing_behind_and_takes_nothing_away(tmp_path: Path) -> None:
    others = tmp_path / ".mine.sqlite.0.new"
    others.write_text("not ours")
    os.utime(others, (0, 0))
    for name in ("达人[2026].sqlite", "*.sqlite"):
        store = open_store(tmp_path / name)
        store.count()
        store.close()
    assert [file.name for file in tmp_path.glob(".*")] == [others.name]
