"""A paid answer that the store cannot take waits in a file, is told of, and is taken in without being paid again."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from platformdirs import user_cache_path

import xingtu_frames as xf
from tests.cli_cases import TOKEN
from tests.conftest import ROOT
from tests.loopback import Loopback, Seen, ok
from xingtu_frames.store import postgres as postgres_pool, rescue, sqlite
from xingtu_frames.store.answers import open_store
from xingtu_frames.store.transfer import export_store
from xingtu_frames.wire import call_for_query

pytestmark = pytest.mark.every_pool

MakeClient = Callable[..., xf.Client]
Cache = Path | str


@pytest.fixture(autouse=True)
def _names(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    server.answer = lambda seen: ok({"nick_name": f"达人 {seen.kol_id}"})
    monkeypatch.setattr(sqlite, "_BUSY_SECONDS", 0.3)
    for name in ("_WRITE", "_WRITE_SOON"):
        monkeypatch.setattr(postgres_pool, name, getattr(postgres_pool, name).replace("'20s'", "'300ms'"))


class Holder:
    """Another program that holds the write lock from the moment when a question is asked."""

    def __init__(self, cache: Cache, server: Loopback) -> None:
        self._cache, self._server, self._answer = cache, server, server.answer
        self._db: Any = None
        self._lock = threading.Lock()
        server.answer = self

    def __call__(self, seen: Seen) -> Any:
        with self._lock:
            if self._db is None:
                self._hold()
        return self._answer(seen)

    def _hold(self) -> None:
        if isinstance(self._cache, Path):
            self._db = sqlite3.connect(self._cache, isolation_level=None, check_same_thread=False)
            self._db.execute("BEGIN IMMEDIATE")
        else:
            self._db = psycopg.connect(self._cache, autocommit=True)
            self._db.execute("BEGIN; LOCK TABLE answers, requests, claims, pace, budget IN EXCLUSIVE MODE")

    def let_go(self) -> None:
        self._server.answer = self._answer
        if self._db is not None:
            self._db.execute("ROLLBACK")
            self._db.close()
            self._db = None


@pytest.fixture
def holder(cache: Cache, server: Loopback, make_client: MakeClient) -> Iterator[Holder]:
    xf.fetch_profiles(["9"], client=make_client())
    server.seen.clear()
    held = Holder(cache, server)
    yield held
    held.let_go()


def waiting(cache: Cache) -> list[Path]:
    folder = cache.parent if isinstance(cache, Path) else user_cache_path("xingtu_frames")
    return sorted(folder.glob("xingtu-rescued-*.json"))


def rescued(client: xf.Client, cache: Cache) -> list[str]:
    """Ask for a creator whose answer the store cannot take."""
    with pytest.warns(xf.StoreWarning, match=r"could not take a paid answer; it is delivered, and saved in .*\.json"):
        frame = xf.fetch_profiles(["1"], client=client)
    assert len(waiting(cache)) == 1
    return list(frame["nick_name"])


@pytest.mark.parametrize(
    "who",
    ["the same client", "another client", pytest.param("another process", marks=pytest.mark.slow), "a ledger"],
)
def test_promise_4_a_rescued_answer_is_taken_in_by_whoever_comes_next(
    make_client: MakeClient, server: Loopback, cache: Cache, holder: Holder, who: str
) -> None:
    client = make_client(max_workers=1)
    assert rescued(client, cache) == ["达人 1"]
    assert client.ledger()["billed"].tolist() == ["yes", "unknown"]
    holder.let_go()
    if who == "another process":
        command = [sys.executable, "-m", "xingtu_frames", "fetch", "profiles", "1", "--offline", "--cache", str(cache)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
        assert "达人 1" in done.stdout
    else:
        next_one = client if who == "the same client" else make_client()
        assert xf.fetch_profiles(["1"], client=next_one)["nick_name"].tolist() == ["达人 1"]
    assert server.hits() == 1
    assert waiting(cache) == []
    assert client.ledger()[["kol_id", "billed", "code"]].values.tolist() == [["9", "yes", 0], ["1", "yes", 0]]


def test_what_waits_is_taken_in_before_another_process_pays(
    make_client: MakeClient, server: Loopback, cache: Cache, holder: Holder
) -> None:
    other = make_client()
    xf.fetch_profiles(["9"], client=other)
    rescued(make_client(), cache)
    holder.let_go()
    assert len(xf.fetch_profiles(["1", "2"], client=other)) == 2
    assert [seen.kol_id for seen in server.seen] == ["1", "2"]


def test_a_rescued_answer_is_served_from_its_file_while_the_store_is_held(
    make_client: MakeClient, server: Loopback, cache: Cache, holder: Holder
) -> None:
    client = make_client()
    rescued(client, cache)
    for _ in range(2):
        assert xf.fetch_profiles(["1"], client=client)["nick_name"].tolist() == ["达人 1"]
        assert client.plan("profiles", ["1"])["state"].tolist() == ["cached"]
    with pytest.raises(xf.CacheError, match="held by another process; nothing was paid"):
        xf.fetch_profiles(["2"], client=client)
    assert (server.hits(), len(waiting(cache))) == (1, 1)
    holder.let_go()
    assert len(xf.fetch_profiles(["1"], client=client)) == 1
    assert (server.hits(), waiting(cache)) == (1, [])


@pytest.mark.parametrize("held", [True, False], ids=["held", "free"])
def test_promise_4_an_export_holds_what_is_rescued(
    make_client: MakeClient, cache: Cache, tmp_path: Path, holder: Holder, held: bool
) -> None:
    client = make_client()
    rescued(client, cache)
    if not held:
        holder.let_go()
    exported = tmp_path / "exported.sqlite"
    assert export_store(client.store, exported).answers == 2
    assert len(waiting(cache)) == held
    with xf.Client(offline=True, cache=exported) as reader:
        assert xf.fetch_profiles(["9", "1"], client=reader)["nick_name"].tolist() == ["达人 9", "达人 1"]


@pytest.mark.parametrize("held", [True, False], ids=["held", "free"])
def test_promise_4_the_history_holds_what_is_rescued(
    make_client: MakeClient, cache: Cache, holder: Holder, held: bool
) -> None:
    rescued(make_client(), cache)
    if not held:
        holder.let_go()
    client = make_client()
    assert xf.history("profiles", client=client)["nick_name"].tolist() == ["达人 9", "达人 1"]
    assert xf.history("profiles", ["1"], client=client)["nick_name"].tolist() == ["达人 1"]
    assert xf.history("quotes", client=client).empty
    assert len(waiting(cache)) == held


def test_promise_4_what_is_rescued_is_counted_and_cleared_with_the_rest(
    make_client: MakeClient, cache: Cache, holder: Holder
) -> None:
    client = make_client()
    rescued(client, cache)
    holder.let_go()
    assert client.store.count()["answers"] == 2
    rescued_again = Holder(cache, holder._server)
    with pytest.warns(xf.StoreWarning, match="could not take a paid answer"):
        xf.fetch_profiles(["2"], client=client)
    rescued_again.let_go()
    client.store.clear()
    assert client.plan("profiles", ["9", "1", "2"])["state"].tolist() == ["missing"] * 3
    assert waiting(cache) == []


def test_a_rescue_is_private_and_exact(make_client: MakeClient, cache: Cache, holder: Holder) -> None:
    rescued(make_client(), cache)
    (file,) = waiting(cache)
    saved = json.loads(file.read_text())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(saved["body"])["data"] == {"nick_name": "达人 1"}
    assert TOKEN not in file.read_text()
    assert file.name.startswith(f"xingtu-rescued-{cache.name}-" if isinstance(cache, Path) else "xingtu-rescued-")


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_a_rescue_is_not_silent_after_an_interrupt(
    make_client: MakeClient, server: Loopback, cache: Cache, holder: Holder
) -> None:
    release, asked = threading.Event(), threading.Event()

    def interrupted(seen: Seen) -> Any:
        reply = holder(seen)
        asked.set()
        release.wait(60)
        return reply

    server.answer = interrupted
    client = make_client(max_workers=1)
    threading.Thread(target=lambda: (asked.wait(60), os.kill(os.getpid(), 2)), daemon=True).start()
    came = False
    try:
        xf.fetch_profiles(["1"], client=client)
    except KeyboardInterrupt:
        came = True
    assert came
    release.set()
    with pytest.warns(xf.StoreWarning, match="could not take a paid answer"):
        client.close()
    assert len(waiting(cache)) == 1


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"body": "x"}', json.dumps({"key": "k", "endpoint": "e", "kol_id": "1", "params": "{}"})],
)
@pytest.mark.of_a_file
def test_a_file_that_only_looks_rescued_is_left_alone(
    client: xf.Client, server: Loopback, cache: Path, content: str
) -> None:
    file = cache.parent / f"xingtu-rescued-{cache.name}-x.json"
    file.write_text(content)
    assert len(xf.fetch_profiles(["1"], client=client)) == 1
    assert len(xf.fetch_profiles(["1"], client=client)) == 1
    assert (file.read_text(), server.hits()) == (content, 1)


def test_promise_8e_a_rescued_answer_is_judged_like_one_from_the_wire(
    client: xf.Client, server: Loopback, cache: Cache
) -> None:
    xf.fetch_profiles(["1"], client=client)
    (answer,) = client.store.history("get_author_base_info")
    forged = answer._replace(kol_id="2", body=ok({"nick_name": "forged"}).body)  # the key is that of creator 1
    file = client.store.rescue(forged)
    assert xf.fetch_profiles(["1", "2"], client=client)["nick_name"].tolist() == ["达人 1", "达人 2"]
    assert file.exists()


def test_rescue_files_belong_to_their_store(make_client: MakeClient, server: Loopback, tmp_path: Path) -> None:
    mine, other = make_client(cache=tmp_path / "a.sqlite"), make_client(cache=tmp_path / "b.sqlite")
    xf.fetch_profiles(["1"], client=mine)
    (answer,) = mine.store.history("get_author_base_info")
    file = other.store.rescue(answer)
    assert mine.store.take_in() == 0
    assert file.exists()
    assert other.store.take_in() == 1
    assert not file.exists()
    assert xf.fetch_profiles(["1"], client=other)["nick_name"].tolist() == ["达人 1"]
    assert server.hits() == 1


@pytest.mark.of_a_file
def test_where_the_folder_has_no_room_another_takes_it_and_gives_it_back(
    make_client: MakeClient,
    server: Loopback,
    cache: Path,
    holder: Holder,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    elsewhere = tmp_path / "elsewhere"
    monkeypatch.setattr(rescue, "_elsewhere", lambda: [elsewhere])
    written = rescue._written
    full = lambda text, folder, prefix: None if folder == cache.parent else written(text, folder, prefix)  # noqa: E731
    monkeypatch.setattr(rescue, "_written", full)
    client = make_client()
    with pytest.warns(xf.StoreWarning, match="elsewhere"):
        xf.fetch_profiles(["1"], client=client)
    holder.let_go()
    assert len(xf.fetch_profiles(["1"], client=make_client())) == 1
    assert (server.hits(), list(elsewhere.iterdir())) == (1, [])


def test_merging_many_answers_keeps_no_writer_waiting(tmp_path: Path, cache: Cache, client: xf.Client) -> None:
    xf.fetch_profiles(["1"], client=client)
    (answer,) = client.store.history("get_author_base_info")
    waited: list[int] = []
    stop = threading.Event()

    def write() -> None:
        other = open_store(cache)
        while not stop.is_set():
            other.open_request(call_for_query("get_author_base_info", {"oAuthorId": "7"}))
            waited.append(other.count()["answers"])
        other.close()

    writer = threading.Thread(target=write)
    writer.start()
    added = client.store.merge(
        xf_recorded(answer._replace(key=f"get_author_base_info|{n}|{{}}", kol_id=str(n))) for n in range(2000)
    )
    stop.set()
    writer.join()
    assert added == 2000
    # Somebody wrote between the parts of the merge: what was in then was neither nothing nor all.
    assert any(1 < count < 2001 for count in waited)


def xf_recorded(answer: Any) -> Any:
    from xingtu_frames.store.answer import Recorded

    return Recorded(answer, 200, served=True)


def test_nothing_is_silent_where_even_the_rescue_fails(
    client: xf.Client, cache: Cache, holder: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescue, "_written", lambda text, folder, prefix: None)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert len(xf.fetch_profiles(["1"], client=client)) == 1
    assert any("saved nowhere but in the frame" in str(warning.message) for warning in caught)


@pytest.mark.one_in(2)
@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": {"http_status": "abc"}},
        {"outcome": {"http_status": float("inf")}},
        {"outcome": {"http_status": 10**30}},
        {"outcome": {"id": [1], "http_status": 200, "code": 0, "billed": "yes", "elapsed_s": 1, "error": None}},
        {"outcome": {"id": 1, "http_status": 200, "code": 0, "billed": "maybe", "elapsed_s": 1, "error": None}},
        {"outcome": {"id": 1, "http_status": 200, "code": 0, "billed": "yes", "elapsed_s": 1, "error": "\ud800"}},
        {"params": None},
        {"fetched_at": None},
    ],
)
def test_promise_8e_a_rescue_file_of_odd_values_stops_nothing(
    client: xf.Client, server: Loopback, cache: Cache, changes: dict[str, Any]
) -> None:
    xf.fetch_profiles(["1"], client=client)
    (answer,) = client.store.history("get_author_base_info")
    assert not isinstance(answer, xf.CacheError)
    file = client.store.rescue(answer)
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))
    with pytest.raises(xf.CacheError, match="left untouched"):
        rescue.read_rescued(file)
    assert len(xf.fetch_profiles(["1", "2"], client=client)) == 2
    assert (file.exists(), server.hits(), len(client.ledger())) == (True, 2, 2)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
@pytest.mark.of_a_file
def test_a_pipe_named_like_a_rescue_file_is_not_waited_for(client: xf.Client, cache: Path) -> None:
    os.mkfifo(cache.parent / f"xingtu-rescued-{cache.name}-x.json")
    assert client.store.take_in() == 0


@pytest.mark.of_a_file
def test_a_store_below_a_file_is_a_named_error(make_client: MakeClient, cache: Path) -> None:
    cache.write_text("a file")
    with pytest.raises(xf.CacheError, match="cannot be opened"):
        xf.fetch_profiles(["1"], client=make_client(cache=cache / "answers.sqlite"))


@pytest.mark.of_a_file
def test_a_circle_of_links_is_a_named_error(make_client: MakeClient, cache: Path) -> None:
    cache.symlink_to(cache)
    with pytest.raises(xf.CacheError, match="cannot be opened"):
        xf.fetch_profiles(["1"], client=make_client(cache=cache))
