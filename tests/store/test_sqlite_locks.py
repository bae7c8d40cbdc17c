"""Promise 8b: nothing but SQLite has the store's file open, and visitors, copies and deletions lose no paid answer."""

from __future__ import annotations

import builtins
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import xingtu_frames as xf
from tests.cli_cases import TOKEN
from tests.conftest import ROOT
from tests.loopback import Loopback, ok
from xingtu_frames.command.cli import main
from xingtu_frames.store import sqlite, sqlite_locks
from xingtu_frames.store.answers import open_store
from xingtu_frames.store.sqlite_format import STEPS
from xingtu_frames.store.transfer import export_store, import_store
from xingtu_frames.wire import call_for_query

MakeClient = Callable[..., xf.Client]
posix = pytest.mark.skipif(os.name != "posix", reason="POSIX locks")
VISITS = {
    "reads": "db.execute('SELECT count(*) FROM answers').fetchall()",
    "writes": f"db.execute('PRAGMA user_version = {len(STEPS)}')",
    "folds": "db.execute('PRAGMA wal_checkpoint(TRUNCATE)').fetchall()",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "answers.sqlite"


@pytest.fixture(autouse=True)
def _names(server: Loopback) -> None:
    server.answer = lambda seen: ok({"nick_name": f"达人 {seen.kol_id}"})


def run(*command: str) -> None:
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)


def visit(path: Path, how: str = "reads") -> None:
    """Open the file in another process, which is not ours, and close it again."""
    code = f"import sqlite3\ndb = sqlite3.connect({str(path)!r}, isolation_level=None)\n{VISITS[how]}\ndb.close()"
    run(sys.executable, "-c", code)


def look(path: Path) -> None:
    """Open the file in another process of ours."""
    run(sys.executable, "-m", "xingtu_frames", "cache", "info", "--cache", str(path))


def names(client: xf.Client, *ids: int) -> list[str]:
    return list(xf.fetch_profiles(list(ids), client=client)["nick_name"])


def all_there(path: Path, server: Loopback, ids: range) -> None:
    """Check that each creator was charged once, and is stored and in the ledger, for whoever opens the file next."""
    with xf.Client(offline=True, cache=path) as fresh:
        assert names(fresh, *ids) == [f"达人 {number}" for number in ids]
        assert sorted(fresh.ledger()["kol_id"]) == sorted(str(number) for number in ids)
        assert set(fresh.ledger()["billed"]) == {"yes"}
        fresh.store.check_whole()
    assert server.charged == len(ids)


@pytest.mark.each_once
@posix
@pytest.mark.parametrize("part", ["", "*", *(pytest.param(part, marks=pytest.mark.slow) for part in ("-wal", "-shm"))])
@pytest.mark.parametrize("visitor", [*VISITS, pytest.param("command line", marks=pytest.mark.slow)])
def test_promise_8b_a_copy_made_in_the_notebook_loses_nothing(
    make_client: MakeClient, server: Loopback, path: Path, tmp_path: Path, part: str, visitor: str
) -> None:
    client = make_client(cache=path)
    names(client, 1, 2)
    for source in tmp_path.glob(f"{path.name}{part}"):
        shutil.copy(source, tmp_path / "copied")
    look(path) if visitor == "command line" else visit(path, visitor)
    names(client, 3, 4)
    look(path) if visitor == "command line" else visit(path, visitor)
    # Killed here, the process would leave what is on disk now.
    killed = tmp_path.with_name(f"{tmp_path.name}-killed")
    shutil.copytree(tmp_path, killed)
    all_there(killed / path.name, server, range(1, 5))
    names(client, 1, 2, 3, 4)
    client.close()
    all_there(path, server, range(1, 5))


@pytest.mark.slow
@posix
def test_promise_8b_the_cell_that_makes_the_client_may_run_twice(
    make_client: MakeClient, server: Loopback, path: Path
) -> None:
    first = make_client(cache=path)
    names(first, 1)
    second = make_client(cache=path, max_calls=10)
    assert first.store._pool is second.store._pool
    names(second, 1, 2)
    first.close()
    visit(path)
    look(path)
    names(second, 2, 3)
    second.close()
    all_there(path, server, range(1, 4))


def test_promise_8b_clients_share_a_pool_under_every_name_of_a_file(tmp_path: Path, path: Path) -> None:
    first = open_store(path)
    first.count()
    (tmp_path / "folder").symlink_to(tmp_path)
    others = [open_store(tmp_path / "folder" / path.name), open_store(os.path.relpath(path))]
    assert {store._pool for store in others} == {first._pool}
    first.close()
    with pytest.raises(xf.CacheError, match="closed"):
        first.count()
    assert others[0].count() == {"answers": 0, "requests": 0}
    for store in others:
        store.close()
    assert open_store(path)._pool is not first._attached


@posix
@pytest.mark.parametrize("gone", ["-wal", "-shm", "both"])
def test_promise_8b_a_log_that_was_deleted_is_noticed(
    make_client: MakeClient, server: Loopback, path: Path, gone: str
) -> None:
    client = make_client(cache=path)
    names(client, 1)
    for suffix in ("-wal", "-shm") if gone == "both" else (gone,):
        path.with_name(path.name + suffix).unlink()
    names(client, 1, 2)
    visit(path)
    names(client, 3)
    client.close()
    all_there(path, server, range(1, 4))


@pytest.mark.slow
@posix
def test_promise_8b_a_transaction_into_a_deleted_log_is_done_again(path: Path) -> None:
    store = open_store(path)
    store.count()
    check, done = sqlite.Pool._check_in_place, []

    def delete_after_the_commit(self: sqlite.Pool) -> None:
        done.append(1)
        if len(done) == 2:
            visit(path, "folds")
            for suffix in ("-wal", "-shm"):
                path.with_name(path.name + suffix).unlink()
        check(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite.Pool, "_check_in_place", delete_after_the_commit)
        row = store.open_request(call_for_query("get_author_base_info", {"oAuthorId": "1"}))
    assert len(done) > 2
    store.close()
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT id, kol_id FROM requests").fetchall() == [(row, "1")]
    db.close()


@posix
def test_promise_8b_only_sqlite_has_the_file_open(
    make_client: MakeClient, server: Loopback, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_client(cache=path)
    names(client, 1)
    opened: list[str] = []

    def watched(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(file: Any, *args: Any, **kwargs: Any) -> Any:
            if isinstance(file, str | os.PathLike) and Path(file).name.startswith(path.name):
                opened.append(str(file))
            return function(file, *args, **kwargs)

        return call

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", watched(os.open))
        patched.setattr(builtins, "open", watched(builtins.open))
        patched.setattr("io.open", watched(open))
        with make_client(cache=path) as second:
            names(second, 1, 2)
            second.store.settle()
        names(client, 3)
        assert import_store(client.store, path) == (0, 3, [])
        assert export_store(client.store, tmp_path / "exported") == (3, 0)
        for command in (["cache", "info"], ["ledger"], ["doctor"], ["cache", "export", str(tmp_path / "again")]):
            assert main([*command, "--cache", str(path)]) == 0
    assert opened == []
    client.close()
    all_there(path, server, range(1, 4))


@posix
def test_a_file_system_that_keeps_no_locks_is_refused_before_paying(
    make_client: MakeClient, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_locks(probe: Path) -> sqlite3.Connection:
        return sqlite3.connect(f"file:{probe}?vfs=unix-none", uri=True, isolation_level=None)

    client = make_client()
    names(client, 1)
    with monkeypatch.context() as patched:
        patched.setattr(sqlite_locks, "_tried", {})
        patched.setattr(sqlite_locks, "_connect", without_locks)
        with pytest.raises(xf.CacheError, match=r"keeps no file locks.*nothing was paid.*cache="):
            names(client, 2)
        assert names(client, 1) == ["达人 1"]
    assert server.hits() == 1
    assert names(client, 2) == ["达人 2"]


def test_the_log_of_a_store_that_is_gone_is_not_read_into_a_new_one(
    make_client: MakeClient, server: Loopback, path: Path
) -> None:
    log = path.with_name(f"{path.name}-wal")
    log.write_bytes(b"left over")
    with pytest.raises(xf.CacheError, match="is gone, but its log"):
        names(make_client(cache=path), 1)
    assert (log.read_bytes(), path.exists(), server.hits()) == (b"left over", False, 0)


@posix
@pytest.mark.parametrize("kind", ["empty", "folder", "pipe", "device"])
def test_promise_8e_what_is_not_a_file_of_ours_by_its_kind_is_not_adopted(
    make_client: MakeClient, server: Loopback, path: Path, kind: str
) -> None:
    {
        "empty": path.touch,
        "folder": path.mkdir,
        "pipe": lambda: os.mkfifo(path),
        "device": lambda: path.symlink_to("/dev/null"),
    }[kind]()
    with pytest.raises(xf.CacheError, match="empty file" if kind == "empty" else "not a file"):
        names(make_client(cache=path), 1)
    assert server.hits() == 0
    assert path.stat().st_size == 0 or kind == "folder"


def test_a_client_keeps_its_store_when_the_notebook_changes_its_folder(
    make_client: MakeClient, server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    client = make_client(cache="relative.sqlite")
    names(client, 1)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert names(client, 1, 2) == ["达人 1", "达人 2"]
    assert (tmp_path / "relative.sqlite").is_file()
    assert server.hits() == 2


def test_a_copy_of_the_one_file_is_whole_after_each_batch(
    make_client: MakeClient, server: Loopback, path: Path, tmp_path: Path
) -> None:
    names(make_client(cache=path), 1, 2, 3)
    shutil.copy(path, tmp_path / "elsewhere.sqlite")
    with xf.Client(TOKEN, offline=True, cache=tmp_path / "elsewhere.sqlite") as copied:
        assert names(copied, 1, 2, 3) == ["达人 1", "达人 2", "达人 3"]


@posix
def test_a_store_behind_a_link_is_made_where_the_link_leads(
    make_client: MakeClient, server: Loopback, path: Path, tmp_path: Path
) -> None:
    (tmp_path / "disk").mkdir()
    path.symlink_to(tmp_path / "disk" / "real.sqlite")
    client = make_client(cache=path)
    names(client, 1)
    for suffix in ("-wal", "-shm"):
        (tmp_path / "disk" / f"real.sqlite{suffix}").unlink()
    names(client, 2)
    client.close()
    assert path.is_symlink()
    all_there(tmp_path / "disk" / "real.sqlite", server, range(1, 3))


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="locks that belong to one descriptor are Linux's")
@pytest.mark.parametrize("part", ["", "-shm", "*"])
def test_promise_8b_the_anchor_keeps_the_log_whatever_the_notebook_copies(
    make_client: MakeClient, path: Path, tmp_path: Path, part: str
) -> None:
    client = make_client(cache=path)
    names(client, 1)
    before = [path.with_name(path.name + suffix).stat().st_ino for suffix in ("-wal", "-shm")]
    for source in tmp_path.glob(f"{path.name}{part}"):
        shutil.copy(source, tmp_path / "copied")
    # It believes to be the last, and would fold the log and delete it.
    visit(path, "writes")
    assert [path.with_name(path.name + suffix).stat().st_ino for suffix in ("-wal", "-shm")] == before
    assert names(client, 1) == ["达人 1"]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="locks that belong to one descriptor are Linux's")
@pytest.mark.parametrize(
    ("part", "count"), [("-shm", 6), *(pytest.param(part, 60, marks=pytest.mark.slow) for part in ("-shm", "*"))]
)
def test_promise_8b_who_opens_the_index_all_the_time_lets_no_two_write_at_once(
    make_client: MakeClient, server: Loopback, path: Path, tmp_path: Path, part: str, count: int
) -> None:
    client = make_client(cache=path)
    names(client, 1)
    theirs = range(101, 101 + count)
    end = tmp_path.with_name(f"{tmp_path.name}-end")
    ours = [sys.executable, "-m", "xingtu_frames", "fetch", "profiles", "--cache", str(path), "--region", server.url]
    visitor = (
        f"import pathlib, sqlite3, time\nwhile not pathlib.Path({str(end)!r}).exists():\n"
        f"    db = sqlite3.connect({str(path)!r}, isolation_level=None, timeout=60)\n"
        f"    {VISITS['writes']}\n    db.close()\n    time.sleep(0.02)"
    )
    environment = {**os.environ, "JUSTONEAPI_TOKEN": TOKEN}
    others = [
        subprocess.Popen([*ours, *map(str, theirs)], cwd=ROOT, stdout=subprocess.DEVNULL, env=environment),
        subprocess.Popen([sys.executable, "-c", visitor]),
    ]

    def read() -> None:
        while not end.exists():
            for source in tmp_path.glob(f"{path.name}{part}"):
                source.read_bytes()

    with ThreadPoolExecutor(1) as threads:
        reading = threads.submit(read)
        try:
            for number in range(2, 2 + count, 3):
                names(client, number, number + 1, number + 2)
            assert others[0].wait(timeout=120) == 0
        finally:
            end.touch()
            reading.result()
            assert others[1].wait(timeout=120) == 0
    client.close()
    with xf.Client(offline=True, cache=path) as fresh:
        fresh.store.check_whole()
        assert names(fresh, *range(1, 2 + count), *theirs)
        assert len(fresh.ledger()) == server.charged == 1 + 2 * count
