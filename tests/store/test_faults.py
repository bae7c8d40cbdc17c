"""Whatever breaks, and whenever: no wrong data, no second payment, and nothing that was paid for is lost."""

from __future__ import annotations

import functools
import itertools
import json
import multiprocessing
import os
import signal
import sqlite3
import time
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import xingtu_frames as xf
from tests.cli_cases import TOKEN
from tests.loopback import Loopback, Seen, ok
from xingtu_frames.store import claims, sqlite
from xingtu_frames.store.answer import Answer, now, stamp
from xingtu_frames.store.answers import open_store
from xingtu_frames.wire import call_for_query

IDS = ["1", "2", "3"]
ENDPOINT = "get_author_base_info"
MakeClient = Callable[..., xf.Client]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs signals and file size limits")


def bodies_on_disk(folder: Path) -> list[bytes]:
    """Return every answer that a store or a rescue file of the folder holds."""
    found = [json.loads(path.read_text())["body"].encode() for path in folder.glob("xingtu-rescued-*.json")]
    path = folder / "answers.sqlite"
    if path.is_file() and path.stat().st_size:
        found += [answer.body for answer, *_ in open_store(path).every()]
    return found


def ledger_of(folder: Path) -> list[tuple[str, str]]:
    """Return creator and charge of every request that the ledger lists."""
    path = folder / "answers.sqlite"
    return [(row[2], row[5]) for row in open_store(path).requests()] if path.is_file() else []


def body_of(kol_id: str | None) -> bytes:
    return ok({"nick_name": f"达人 {kol_id}"}).body


def numbered(seen: Seen) -> Any:
    return ok({"nick_name": f"达人 {seen.kol_id}"})


def ask(client: xf.Client, ids: list[str]) -> list[str]:
    """Fetch, and return the names that came; errors and warnings of ours are as good as nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", xf.XingtuWarning)
        try:
            return xf.fetch_profiles(ids, client=client)["nick_name"].tolist()
        except xf.XingtuError:
            return []


def steps(slow: int) -> Any:
    """Return how far it is from one misfortune to the next."""
    return pytest.mark.parametrize(
        "step", [pytest.param(23, id="some"), pytest.param(slow, id="more", marks=pytest.mark.slow)]
    )


# --- one flipped byte


@pytest.fixture
def small(tmp_path: Path) -> tuple[Path, dict[str, set[bytes]]]:
    """Return a store in pages of 512 bytes, so that few bytes are padding, and the bodies of each key."""
    path = tmp_path / "answers.sqlite"
    bodies = {f"{ENDPOINT}|{n}|{{}}": {b'{"code":0,"data":{"n":%d}}' % n} for n in range(6)}
    bodies[f"{ENDPOINT}|0|{{}}"].add(b'{"code":0,"data":{"n":"older"}}')
    with_store = open_store(path)
    for age, (key, several) in enumerate(bodies.items()):
        for body in sorted(several):
            with_store.add_all([Answer(key, ENDPOINT, key[-4], "{}", stamp(now()), body)], http_status=200 + age)
    with_store.open_request(call_for_query(ENDPOINT, {"oAuthorId": "1"}))
    with_store.close()
    db = sqlite3.connect(path)
    for statement in ("journal_mode = DELETE", "page_size = 512"):
        db.execute(f"PRAGMA {statement}")
    db.execute("VACUUM")
    db.execute("PRAGMA journal_mode = WAL")
    db.close()
    return path, bodies


@steps(slow=1)
def test_no_flipped_byte_gives_wrong_data_or_a_second_payment(
    small: tuple[Path, dict[str, set[bytes]]], soak: bool, step: int
) -> None:
    path, bodies = small
    whole = path.read_bytes()
    flips = [1 << bit for bit in range(8)] if soak else [0xFF]
    outcomes: Counter[str] = Counter()
    for position, flip in itertools.product(range(0, len(whole), step), flips):
        damaged = bytearray(whole)
        damaged[position] ^= flip
        path.write_bytes(damaged)
        store = open_store(path)
        try:
            found = store.latest(list(bodies))
        except xf.CacheError:
            outcomes["refused"] += 1
        else:
            served = {key: answer for key, answer in found.items() if isinstance(answer, Answer)}
            assert all(answer.body in bodies[key] for key, answer in served.items()), (position, flip)
            # What the file hides would be paid for again.
            assert set(found) == set(bodies), (position, flip)
            outcomes["served" if len(served) == len(bodies) else "named"] += 1
        store.close()
    assert min(outcomes[kind] for kind in ("refused", "served", "named")) > 0, outcomes


def test_a_damaged_index_is_noticed_before_paying_and_the_answers_can_be_saved(
    make_client: MakeClient, server: Loopback, tmp_path: Path
) -> None:
    server.answer = numbered
    with make_client() as client:
        ask(client, IDS)
    path = tmp_path / "answers.sqlite"
    db = sqlite3.connect(path)
    (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'answers_latest'").fetchone()
    (size,) = db.execute("PRAGMA page_size").fetchone()
    db.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size + 3)
        file.write(b"\0\0")  # an index without entries
    client = make_client()
    with pytest.raises(xf.CacheError, match=r"damaged.*nothing was paid.*cache export"):
        xf.fetch_profiles(IDS, client=client)
    assert server.hits() == len(IDS)
    assert {answer.body for answer, *_ in client.store.every()} == {body_of(kol_id) for kol_id in IDS}


# --- a database call that fails, or is the last one


class Faulty(sqlite3.Connection):
    """A connection whose k-th statement, counted over all of them, meets a misfortune."""

    left = 0
    late = False
    strike: Callable[[], None]

    def execute(self, *args: Any) -> Any:
        kind = type(self)
        kind.left -= 1
        if kind.left == 0 and not kind.late:
            kind.strike()
        result = super().execute(*args)
        if kind.left == 0 and kind.late:
            kind.strike()
        return result


def faulty(after: int, strike: Callable[[], None], *, late: bool) -> type[Faulty]:
    """Return a kind of connection that meets the misfortune before or after its ``after``-th statement."""
    return type("Struck", (Faulty,), {"left": after, "late": late, "strike": staticmethod(strike)})


def _fails() -> None:
    raise sqlite3.OperationalError("disk I/O error")


@steps(slow=1)
@pytest.mark.parametrize("late", [False, True], ids=["instead", "afterwards"])
def test_any_failing_database_call_loses_nothing_that_was_paid_for(
    make_client: MakeClient, server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: bool, step: int
) -> None:
    server.answer = numbered
    connect = sqlite3.connect
    for call in itertools.count(1, step):
        folder = tmp_path / f"{late}-{call}"
        folder.mkdir()
        server.seen.clear()
        struck = faulty(call, _fails, late=late)
        with monkeypatch.context() as patched:
            patched.setattr(sqlite3, "connect", functools.partial(connect, factory=struck))
            with make_client(cache=folder / "answers.sqlite", max_workers=1, retries=0) as client:
                came = ask(client, IDS)
        asked = [seen.kol_id for seen in server.seen]
        kept = bodies_on_disk(folder)
        assert all(body_of(kol_id) in kept for kol_id in asked), call
        assert set(came) <= {f"达人 {kol_id}" for kol_id in asked}, call
        assert Counter(kol_id for kol_id, _ in ledger_of(folder)) >= Counter(asked), call
        rescued = len(list(folder.glob("xingtu-rescued-*.json")))
        with make_client(cache=folder / "answers.sqlite") as client:
            assert len(ask(client, IDS)) == len(IDS), call
        assert server.hits() <= len(IDS) + rescued, call
        if struck.left > 0:
            break
    assert call > 30


def _child(url: str, path: Path, after: int, late: bool) -> None:
    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    sqlite3.connect = functools.partial(sqlite3.connect, factory=faulty(after, die, late=late))  # type: ignore[assignment]
    _fetch(url, path, IDS)


def _fetch(url: str, path: Path, ids: list[str]) -> None:
    warnings.simplefilter("ignore")
    with xf.Client(TOKEN, base_url=url, cache=path, max_workers=1, retries=0) as client:
        ask(client, ids)


class Start:
    """Runs functions in processes of their own."""

    def __init__(self) -> None:
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload(
            ["tests.store.test_faults", "xingtu_frames.client.client", "xingtu_frames.fetch.fetch"]
        )

    def __call__(self, target: Callable[..., None], *args: Any) -> int | None:
        """Run it to its end and return the exit status."""
        process = self.context.Process(target=target, args=args)
        process.start()
        process.join(600)
        return process.exitcode


@pytest.fixture(scope="module")
def start() -> Start:
    return Start()


@steps(slow=3)
@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
def test_kill_9_at_any_database_call_leaves_what_can_be_gone_on_with(
    make_client: MakeClient,
    server: Loopback,
    tmp_path: Path,
    start: Start,
    soak: bool,
    late: bool,
    step: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The claims of the killed are waited for as long as a lease lasts.
    monkeypatch.setattr(claims, "LEASE_S", 0.3)
    server.answer = numbered
    for call in itertools.count(1, 1 if soak else step):
        folder = tmp_path / f"{late}-{call}"
        folder.mkdir()
        server.seen.clear()
        ended = start(_child, server.url, folder / "answers.sqlite", call, late)
        asked = Counter(seen.kol_id for seen in server.seen)
        ledger = ledger_of(folder)
        unknown = Counter(kol_id for kol_id, billed in ledger if billed == "unknown")
        assert Counter(kol_id for kol_id, _ in ledger) >= asked, call
        with make_client(cache=folder / "answers.sqlite") as client:
            assert len(ask(client, IDS)) == len(IDS), call
        paid = Counter(seen.kol_id for seen in server.seen)
        assert all(paid[kol_id] <= 1 + unknown[kol_id] for kol_id in IDS), call
        assert ended in (0, -signal.SIGKILL)
        if ended == 0:
            break
    assert call > 30


# --- a file that another process holds


def _hold(path: Path, held: Any, give_back: Any) -> None:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    held.set()
    give_back.wait()
    db.execute("ROLLBACK")
    db.close()


@pytest.mark.slow
def test_a_write_lock_held_for_half_a_minute_delays_no_cached_read(
    make_client: MakeClient, server: Loopback, tmp_path: Path, start: Start, soak: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not soak:
        monkeypatch.setattr(sqlite, "_BUSY_SECONDS", 1.5)
    server.answer = numbered
    client = make_client()
    ask(client, IDS)
    held, give_back = start.context.Event(), start.context.Event()
    process = start.context.Process(target=_hold, args=(tmp_path / "answers.sqlite", held, give_back))
    process.start()
    assert held.wait(60)
    try:
        with pytest.raises(xf.CacheError, match="held by another process; nothing was paid"):
            xf.fetch_profiles(["4"], client=client)
        # A read that waited for the lock would now take a minute, or be refused.
        monkeypatch.setattr(sqlite, "_BUSY_SECONDS", 60.0)
        slowest, until = 0.0, time.monotonic() + (25 if soak else 0)
        while slowest == 0.0 or time.monotonic() < until:
            began = time.monotonic()
            assert len(ask(client, IDS)) == len(ask(make_client(), IDS)) == len(IDS)
            slowest = max(slowest, time.monotonic() - began)
    finally:
        give_back.set()
        process.join()
    assert slowest < 60
    assert server.hits() == len(IDS)
    assert len(ask(client, ["4"])) == 1


# --- a full disk


def _on_a_small_disk(url: str, path: Path, size: int, ids: list[str]) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    _fetch(url, path, ids)


@pytest.mark.parametrize(
    "size",
    [0, 33_000, *(pytest.param(size, marks=pytest.mark.slow) for size in (4_000, 8_000, 40_000, 70_000, 100_000))],
)
def test_a_disk_that_fills_up_loses_nothing_that_was_paid_for(
    make_client: MakeClient, server: Loopback, tmp_path: Path, start: Start, size: int
) -> None:
    ids = [str(n) for n in range(1, 21)]
    server.answer = numbered
    assert start(_on_a_small_disk, server.url, tmp_path / "answers.sqlite", size, ids) == 0
    asked = [seen.kol_id for seen in server.seen]
    assert len(asked) < len(ids), "the disk was large enough"
    kept = bodies_on_disk(tmp_path)
    assert all(body_of(kol_id) in kept for kol_id in asked)
    with make_client() as client:
        assert len(ask(client, ids)) == len(ids)
    assert server.hits() <= len(ids) + len(list(tmp_path.glob("xingtu-rescued-*.json")))
