"""The file of paid answers: exact, append-only, private, shared, and never a reason to pay twice."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import xingtu_frames as xf
from tests.cli_cases import TOKEN
from tests.conftest import ROOT
from tests.fixtures import envelope
from tests.loopback import Loopback, ok
from tests.store.test_sqlite import in_child
from xingtu_frames.store import sqlite as pool_module, sqlite_anchor
from xingtu_frames.store.answer import Answer, Recorded, now, stamp
from xingtu_frames.store.answers import open_store
from xingtu_frames.store.store import Store

ID = "7000000000000000001"
MakeClient = Callable[..., xf.Client]
posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "answers.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    made = open_store(path)
    yield made
    made.close()


def answer(key: str = "k", body: bytes = b'{"code": 0}', *, age: float = 0.0) -> Answer:
    return Answer(key, "get_author_base_info", ID, "{}", stamp(now() - timedelta(seconds=age)), body)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def execute(path: Path, statement: str, *values: Any) -> None:
    """Change the file behind the store's back."""
    db = sqlite3.connect(path)
    with db:
        db.execute(statement, values)
    db.close()


@pytest.mark.parametrize(
    "body", [b'{ "code":0,\r\n\t"data":  "\xe8\xbe\xbe\xe4\xba\xba \\u8fbe" }\n\n', b"\x00\xff\xfe", b""]
)
def test_the_exact_bytes_come_back(store: Store, path: Path, body: bytes) -> None:
    store.add_all([answer("k", body)])
    assert store.latest(["k", "absent"]) == {"k": store.history("get_author_base_info")[0]}
    assert store.latest(["k"])["k"].body == body  # type: ignore[union-attr]
    plain = sqlite3.connect(path)
    row = plain.execute("SELECT key, endpoint, kol_id, params, http_status, served, body FROM answers").fetchone()
    plain.close()
    assert row == ("k", "get_author_base_info", ID, "{}", 200, 1, body)


@posix
def test_files_are_private_whatever_the_umask(path: Path) -> None:
    before = os.umask(0)
    try:
        store = open_store(path)
        store.add_all([answer()])
        assert {file.name: mode(file) for file in path.parent.iterdir()} == dict.fromkeys(
            (path.name, f"{path.name}-wal", f"{path.name}-shm"), 0o600
        )
        store.close()
    finally:
        os.umask(before)


@posix
def test_a_readable_file_is_made_private(path: Path) -> None:
    open_store(path).add_all([answer()])
    path.chmod(0o644)
    open_store(path).count()
    assert mode(path) == 0o600


DAMAGE = {
    "byte": "UPDATE answers SET body = CAST(replace(body, 'good', 'goof') AS BLOB) WHERE key = 'k'",
    "cut": "UPDATE answers SET body = substr(body, 1, 4) WHERE key = 'k'",
    "text": "UPDATE answers SET body = 'text' WHERE key = 'k'",
    "time": "UPDATE answers SET fetched_at = '2000-01-01T00:00:00.000000+00:00' WHERE key = 'k'",
    "checksum": "UPDATE answers SET checksum = '' WHERE key = 'k'",
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_a_named_error_and_the_others_are_served(store: Store, path: Path, kind: str) -> None:
    store.add_all([answer("k", b"good answer"), answer("other", b"fine")])
    execute(path, DAMAGE[kind])
    found = store.latest(["k", "other"])
    assert isinstance(found["k"], xf.CacheError)
    assert "k" in str(found["k"])
    assert str(path) in str(found["k"])
    assert found["other"].body == b"fine"  # type: ignore[union-attr]


def damaged_client(make_client: MakeClient, path: Path) -> xf.Client:
    client = make_client()
    xf.fetch_profiles([ID], client=client)
    execute(path, "UPDATE answers SET body = x'7b7d'")
    return client


def test_damage_is_not_paid_again_unless_ordered(make_client: MakeClient, server: Loopback, path: Path) -> None:
    client = damaged_client(make_client, path)
    with pytest.raises(xf.CacheError, match="damaged"):
        xf.fetch_profiles([ID], client=client)
    assert server.hits() == 1


def test_refresh_pays_for_a_damaged_answer(make_client: MakeClient, server: Loopback, path: Path) -> None:
    client = damaged_client(make_client, path)
    assert client.plan("profiles", [ID], refresh=True)["state"].tolist() == ["expired"]
    assert len(xf.fetch_profiles([ID], client=client, refresh=True)) == 1
    assert len(xf.fetch_profiles([ID], client=client)) == 1
    assert (server.hits(), client.store.count()["answers"]) == (2, 2)


def _foreign(path: Path) -> None:
    execute(path, "CREATE TABLE t (a)")


def _newer(path: Path) -> None:
    store = open_store(path)
    store.add_all([answer()])
    store.close()
    execute(path, "PRAGMA user_version = 99")


REFUSED = {
    "foreign": (_foreign, "another program"),
    "text": (lambda path: path.write_text("kol_id,name\n" * 500), "not a cache of xingtu_frames"),
    "short": (lambda path: path.write_text("kol_id,name\n1,a\n"), "not a cache of xingtu_frames"),
    "newer": (_newer, "format 99"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_file_that_is_not_ours_is_refused_and_untouched(
    make_client: MakeClient, server: Loopback, path: Path, kind: str
) -> None:
    make, reason = REFUSED[kind]
    make(path)
    path.chmod(0o644)
    before = path.read_bytes()
    with pytest.raises(xf.CacheError, match=reason) as caught:
        xf.fetch_profiles([ID], client=make_client(cache=path))
    assert path.name in str(caught.value)
    assert (path.read_bytes(), mode(path)) == (before, 0o644)
    assert server.hits() == 0


@pytest.mark.parametrize("how", ["moved", "deleted", "replaced"])
def test_a_file_that_went_away_is_noticed_before_paying(
    client: xf.Client, server: Loopback, path: Path, how: str
) -> None:
    xf.fetch_profiles([ID], client=client)
    path.rename(path.with_name("moved.sqlite"))
    if how == "deleted":
        path.with_name("moved.sqlite").unlink()
    if how == "replaced":
        open_store(path).add_all([answer()])
    with pytest.raises(xf.CacheError, match="moved or replaced"):
        xf.fetch_profiles(["2", "3", "4"], client=client)
    assert server.hits() == 1


def test_a_second_connection_does_not_make_the_missing_file_anew(store: Store, path: Path) -> None:
    store.add_all([answer()])
    with store._pool.reading():
        path.unlink()
        with pytest.raises(xf.CacheError, match="moved or replaced"):
            store.latest(["k"])
    assert not path.exists()


def test_a_held_write_lock_serves_reads_and_refuses_to_pay(
    make_client: MakeClient, server: Loopback, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "_BUSY_SECONDS", 0.2)
    client = make_client(max_workers=2)
    xf.fetch_profiles([ID], client=client)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    started = time.monotonic()
    assert len(xf.fetch_profiles([ID], client=client)) == 1
    assert len(xf.fetch_profiles([ID], client=make_client())) == 1
    assert time.monotonic() - started < 60
    with pytest.raises(xf.CacheError, match="held by another process"):
        xf.fetch_profiles(["2"], client=client)
    assert time.monotonic() - started < 60
    assert server.hits() == 1
    other.execute("ROLLBACK")
    other.close()
    assert len(xf.fetch_profiles(["2"], client=client)) == 1


_close_request = Store.close_request


def _takes_no_answer(store: Store, outcome: Any, answer: Answer | None = None, **_: Any) -> None:
    if answer is not None:
        raise xf.CacheError("disk full")
    _close_request(store, outcome)


def test_a_store_that_fails_after_paying_delivers_and_rescues(
    client: xf.Client, server: Loopback, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answer = lambda seen: ok({"nick_name": "达人", "echo": seen.target})
    monkeypatch.setattr(Store, "close_request", _takes_no_answer)
    with pytest.warns(xf.StoreWarning, match="saved in") as caught:
        frame = xf.fetch_profiles([ID], client=client)
    assert frame["nick_name"].tolist() == ["达人"]
    (rescued,) = path.parent.glob("xingtu-rescued-*.json")
    assert str(rescued) in str(caught[0].message)
    assert mode(rescued) == 0o600
    saved = json.loads(rescued.read_text())
    assert json.loads(saved["body"])["data"]["nick_name"] == "达人"
    assert saved["kol_id"] == ID
    assert TOKEN not in rescued.read_text()
    assert client.ledger()["billed"].tolist() == ["yes"]


def test_many_open_a_new_file_at_once(tmp_path: Path) -> None:
    for attempt in range(10):
        start = threading.Barrier(8)

        def use(worker: int, path: Path = tmp_path / f"{attempt}.sqlite", start: threading.Barrier = start) -> None:
            store = open_store(path)
            start.wait()
            store.add_all([answer(f"k{worker}")])
            store.close()

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(use, range(8)))
        assert len(open_store(tmp_path / f"{attempt}.sqlite").keys()) == 8


@posix
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("folder_mode", [0o555, 0o777], ids=["folder too", "file only"])
def test_a_read_only_store_serves_and_refuses_to_pay(
    make_client: MakeClient, server: Loopback, folder_mode: int
) -> None:
    folder = Path(tempfile.mkdtemp())
    path = folder / "answers.sqlite"
    writer = make_client(cache=path)
    xf.fetch_profiles([ID], client=writer)
    writer.close()
    path.chmod(0o444)
    folder.chmod(folder_mode)

    def work() -> None:
        if os.geteuid() == 0:
            os.setuid(65534)
        client = make_client(cache=path)
        assert len(xf.fetch_profiles([ID], client=client)) == 1
        with pytest.raises(xf.CacheError, match="is read-only; nothing was paid"):
            xf.fetch_profiles(["2"], client=client)

    try:
        assert in_child(work) == 0
        assert server.hits() == 1
    finally:
        folder.chmod(0o700)
        shutil.rmtree(folder)


@posix
def test_a_read_only_disk_is_not_taken_for_one_that_another_process_writes_to(
    client: xf.Client, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.store.count()["answers"] == 0
    # A lock cannot be had there.
    monkeypatch.setattr(sqlite_anchor.Anchor, "_keep_turn", lambda self: False)
    monkeypatch.setattr(pool_module, "_BUSY_SECONDS", 0)
    look = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK and look(path, mode))
    for use in (lambda: xf.fetch_profiles([ID], client=client), lambda: client.set_budget(5)):
        with pytest.raises(xf.CacheError, match="is read-only; nothing was paid"):
            use()
    assert server.hits() == 0


@posix
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_asks_on_its_own_socket(client: xf.Client, server: Loopback) -> None:
    server.answer = lambda seen: ok({"nick_name": f"name {seen.kol_id}"})
    xf.fetch_profiles(["1"], client=client)
    opened: list[int] = []
    take = server.take
    server.take = lambda seen: (opened.append(threading.get_ident()), take(seen))[1]  # type: ignore[method-assign]
    assert in_child(lambda: xf.fetch_profiles(["2"], client=client) is None) == 0
    xf.fetch_profiles(["3"], client=client)
    assert len(set(opened)) == 2, "parent and child shared one connection: answers can be swapped"


KILLED = """
import sys, xingtu_frames as xf
client = xf.Client("t" * 20, base_url=sys.argv[1], cache=sys.argv[2])
xf.fetch_profiles(["1"], client=client)
"""


@pytest.mark.slow
@posix
@pytest.mark.every_pool
def test_after_kill_9_the_ledger_shows_the_call_and_it_can_be_asked_again(
    make_client: MakeClient, server: Loopback, cache: Path | str
) -> None:
    asked = threading.Event()
    server.answer = lambda seen: (asked.set(), ok({}, delay=120.0))[1]
    with subprocess.Popen([sys.executable, "-W", "ignore", "-c", KILLED, server.url, str(cache)], cwd=ROOT) as process:
        assert asked.wait(60)
        process.kill()
    client = make_client()
    ledger = client.ledger()
    assert ledger[["endpoint", "kol_id", "billed"]].values.tolist() == [["get_author_base_info", "1", "unknown"]]
    assert ledger[["http_status", "code", "error"]].isna().all(axis=None)
    server.answer = lambda seen: ok({})
    assert len(xf.fetch_profiles(["1"], client=client)) == 1
    assert client.ledger()["billed"].tolist() == ["unknown", "yes"]


def test_memory_leaves_nothing_on_disk(
    make_client: MakeClient, server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    client = make_client(cache=":memory:")
    for _ in range(2):
        assert len(xf.fetch_profiles([str(n) for n in range(1, 21)], client=client)) == 20
    assert (server.hits(), list(tmp_path.iterdir())) == (20, [])


def test_a_damaged_answer_is_mended_by_a_sound_copy(store: Store, path: Path) -> None:
    sound = answer("k", b"good answer")
    store.add_all([sound])
    execute(path, DAMAGE["byte"])
    assert store.merge([Recorded(sound, 200, True)]) == 1
    assert store.latest(["k"])["k"] == sound


def test_envelope_is_stored_as_it_came(client: xf.Client, server: Loopback) -> None:
    body = b'{"data" : {"nick_name":"\\u8fbe\xe4\xba\xba", "n": 12345678901234567890.50},\n "code":"0" }'
    server.answer = lambda seen: ok({}, headers={"Cache-Control": "no-store", "Expires": "0"})
    server.script(type(ok({}))(body))
    xf.fetch_profiles([ID], client=client)
    xf.fetch_profiles([ID], client=client)
    assert [found.body for found in client.store.history("get_author_base_info")] == [body]  # type: ignore[union-attr]
    assert server.hits() == 1
    xf.fetch_profiles(["2"], client=client)
    xf.fetch_profiles(["2"], client=client)
    assert server.hits() == 2
    assert envelope({}) in {found.body for found in client.store.history("get_author_base_info")}  # type: ignore[union-attr]


@pytest.mark.parametrize("most", [2**63, 10**30])
def test_a_budget_is_one_that_every_database_takes(client: xf.Client, most: int) -> None:
    with pytest.raises(xf.ParameterError, match="most must be an integer <= 9223372036854775807 or None"):
        client.set_budget(most)
    client.set_budget(most=2**63 - 1)
    assert client.budget()["most"].tolist() == [2**63 - 1]
