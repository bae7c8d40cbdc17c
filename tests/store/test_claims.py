"""Who asks what: leases and owner tokens, watched by a clock of one's own, so that no answer is paid for twice."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import xingtu_frames as xf
from tests.cli_cases import TOKEN
from tests.conftest import ROOT
from tests.loopback import Loopback, Seen, fail, ok
from xingtu_frames.client import asking, connections
from xingtu_frames.store import claims as claims_module
from xingtu_frames.store.answers import open_store
from xingtu_frames.store.claims import LEASE_S, Claim, Claims, Watch
from xingtu_frames.store.pool import Connection
from xingtu_frames.store.store import Store
from xingtu_frames.wire import Call, questions

pytestmark = pytest.mark.every_pool

MakeClient = Callable[..., xf.Client]
Cache = Path | str
KEY = 'get_author_base_info|1|{"platform": "SHORT_VIDEO"}'


@pytest.fixture
def claims(cache: Cache) -> Iterator[Claims]:
    store = open_store(cache)
    store.count()
    yield store.claims
    store.close()


@pytest.fixture
def short_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a claim lapse soon, so that a test need not wait for it."""
    for module in (claims_module, asking):
        monkeypatch.setattr(module, "LEASE_S", 0.5)
    monkeypatch.setattr(asking, "_PATIENCE_S", 0.1)


def put(cache: Cache, owner: str, until: str, key: str = KEY) -> None:
    """Write a claim as another process would."""

    def work(db: Connection) -> None:
        db.execute("DELETE FROM claims WHERE key = ?", (key,))
        db.execute("INSERT INTO claims (key, owner, until) VALUES (?, ?, ?)", (key, owner, until))

    with contextlib.closing(open_store(cache)) as store:
        store._pool.write(work)


def test_a_claim_watched_while_the_file_was_held_is_not_taken(
    claims: Claims, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(cache, "another", "2026")
    monkeypatch.setattr(claims_module, "_LONGEST_STEP_S", 0.0)
    assert claims.claim(KEY, claims.new_owner(), Claim("another", "2026")) == ("another", "2026")


class TestWatch:
    """Time is a list of moments."""

    def look(self, steps: list[float], claims: list[Claim]) -> list[bool]:
        moments = iter([sum(steps[: n + 1]) for n in range(len(steps))])
        watch = Watch(lambda: next(moments))
        return [watch.has_lapsed(claim) for claim in claims]

    def test_a_claim_that_nobody_renews_lapses_after_a_lease(self) -> None:
        count = round(LEASE_S) + 1
        assert self.look([1.0] * count, [Claim("a", "u")] * count) == [False] * (count - 1) + [True]

    def test_a_claim_that_is_renewed_does_not_lapse(self) -> None:
        assert not any(self.look([1.0] * 100, [Claim("a", str(n // 3)) for n in range(100)]))

    def test_a_watch_that_starts_again_waits_for_a_whole_lease(self) -> None:
        moments = iter(range(1000))
        watch, claim = Watch(lambda: float(next(moments))), Claim("a", "u")
        for _ in range(2):
            seen = [watch.has_lapsed(claim) for _ in range(round(LEASE_S) + 1)]
            assert seen == [False] * round(LEASE_S) + [True]
            watch.start_again()

    def test_a_machine_that_slept_finds_nothing_lapsed(self) -> None:
        assert not any(self.look([3600.0] * 5, [Claim("a", "u")] * 5))

    @pytest.mark.parametrize("until", ["9999-12-31T00:00:00.000000+00:00", "1970", "", "not a time"])
    def test_what_a_claim_says_of_its_end_counts_for_nothing(self, until: str) -> None:
        count = round(LEASE_S) + 1
        assert self.look([1.0] * count, [Claim("a", until)] * count) == [False] * (count - 1) + [True]


@pytest.mark.each_once
@pytest.mark.parametrize("owner", ["elsewhere|1|00", "x", "", "a/1"])
@pytest.mark.parametrize("until", ["9999-12-31T00:00:00.000000+00:00", "2000-01-01T00:00:00.000000+00:00"])
def test_promise_8e_a_claim_left_behind_by_whoever_blocks_for_a_lease_only(
    client: xf.Client, server: Loopback, cache: Cache, short_lease: None, owner: str, until: str
) -> None:
    xf.fetch_profiles(["2"], client=client)
    put(cache, owner, until)
    with pytest.warns(xf.StoreWarning, match="waiting for answers that another process is asking for"):
        assert len(xf.fetch_profiles(["1"], client=client)) == 1
    assert server.hits() == 2


def test_a_claim_lost_while_this_process_was_stopped_sends_nothing(
    client: xf.Client, server: Loopback, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answer = lambda seen: ok({"nick_name": "of this process"})
    open_request, another = Store.open_request, xf.Client(offline=True, cache=cache)

    def stopped(self: Store, call: Call, owner: str | None = None) -> Any:
        if not lost:
            lost.append(1)
            # Another process takes over, pays and stores, while this one stands still.
            put(cache, "another", "2030")
            store_answer(another.store, call, "of another process")
            another.store.claims.release(call.key, "another")
        return open_request(self, call, owner)

    lost: list[int] = []
    monkeypatch.setattr(Store, "open_request", stopped)
    assert xf.fetch_profiles(["1"], client=client)["nick_name"].tolist() == ["of another process"]
    assert (server.hits(), len(client.ledger())) == (0, 0)
    another.close()


def store_answer(store: Store, call: Any, name: str) -> None:
    from xingtu_frames.store.answer import Answer, now, stamp

    body = ok({"nick_name": name}).body
    store.add_all([Answer(call.key, call.meaning, call.kol_id, call.params, stamp(now()), body)])


@pytest.mark.parametrize("refresh", [False, True])
def test_what_another_process_paid_for_while_this_one_was_stopped_is_served(
    client: xf.Client, server: Loopback, cache: Cache, refresh: bool
) -> None:
    if refresh:
        xf.fetch_profiles(["1"], client=client)
    other = open_store(cache)
    (call,) = questions([xf.TABLES["profiles"]], ["1"], {})["profiles"]

    def cut(seen: Seen) -> Any:
        store_answer(other, call, "of another process")
        return ok({"nick_name": "lost"}, fault="cut")

    server.answer = cut
    frame = xf.fetch_profiles(["1"], client=client, refresh=refresh)
    assert frame["nick_name"].tolist() == ["of another process"]
    assert client.ledger()["billed"].tolist()[-1] == "unknown"
    other.close()


def test_the_budget_of_a_claim_that_was_lost_is_given_back(
    make_client: MakeClient, server: Loopback, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_client(max_calls=1)
    open_request, lost = Store.open_request, []

    def once(self: Store, call: Call, owner: str | None = None) -> Any:
        lost.append(owner)
        return None if len(lost) < 3 else open_request(self, call, owner)

    monkeypatch.setattr(Store, "open_request", once)
    assert len(xf.fetch_profiles(["1"], client=client)) == 1
    assert (server.hits(), len(lost)) == (1, 3)


KILLED = """
import sys, xingtu_frames as xf
xf.fetch_profiles(["1"], client=xf.Client(sys.argv[3], base_url=sys.argv[1], cache=sys.argv[2]))
"""


def test_the_claim_of_a_killed_process_is_taken_over(
    make_client: MakeClient, server: Loopback, cache: Cache, short_lease: None
) -> None:
    asked, release = threading.Event(), threading.Event()

    def held(seen: Seen) -> Any:
        asked.set()
        release.wait(60)
        return ok({})

    take = server.take
    server.take = lambda seen: (take(seen), held(seen))[1]  # type: ignore[method-assign]
    command = [sys.executable, "-W", "ignore", "-c", KILLED, server.url, str(cache), TOKEN]
    with subprocess.Popen(command, cwd=ROOT) as process:
        assert asked.wait(60)
        process.kill()
    release.set()
    server.take = take  # type: ignore[method-assign]
    with pytest.warns(xf.StoreWarning, match="if it is gone"):
        assert len(xf.fetch_profiles(["1"], client=make_client())) == 1
    assert make_client().ledger()["billed"].tolist() == ["unknown", "yes"]


def test_a_claim_is_kept_alive_while_its_owner_asks(
    make_client: MakeClient, server: Loopback, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The answer takes as long as three renewals; whoever watches sees the claim change each time.
    monkeypatch.setattr(claims_module, "_RENEWED_EVERY_S", 0.02)
    other, seen_claims = open_store(cache), set()

    def slow(seen: Seen) -> Any:
        while len(seen_claims) < 4:
            seen_claims.add(other.claims.holder(KEY))
        return ok({})

    server.answer = slow
    assert len(xf.fetch_profiles(["1"], client=make_client())) == 1
    assert None not in seen_claims
    assert len({claim.owner for claim in seen_claims if claim}) == 1
    assert other.claims.holder(KEY) is None
    other.close()


def test_clear_leaves_the_claims_of_others(claims: Claims, cache: Cache) -> None:
    claims.claim("k", claims.new_owner())
    other = open_store(cache)
    other.clear()
    assert other.claims.claim("k", other.claims.new_owner()) is not None
    other.close()


def test_an_error_gives_the_claim_back(client: xf.Client, server: Loopback) -> None:
    server.script(fail(404))
    with pytest.raises(xf.NotFoundError):
        xf.fetch_profiles(["1"], client=client)
    assert client.store.claims.holder(KEY) is None


def test_a_question_that_was_taken_over_before_it_was_sent_is_not_sent(
    client: xf.Client, server: Loopback, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This process stood still between the ledger and the socket, for longer than a lease."""
    server.answer = lambda seen: ok({"nick_name": "of this process"})
    other = open_store(cache)
    (call,) = questions([xf.TABLES["profiles"]], ["1"], {})["profiles"]
    open_request, stood = Store.open_request, []

    def stand_still(self: Store, asked: Call, owner: str | None = None) -> Any:
        row = open_request(self, asked, owner)
        if not stood:
            stood.append(row)
            put(cache, "another", "2030")
            store_answer(other, call, "of another process")
            other.claims.release(call.key, "another")
        return row

    monkeypatch.setattr(Store, "open_request", stand_still)
    monkeypatch.setattr(connections, "_CHECKED_AFTER_S", -1.0)
    assert xf.fetch_profiles(["1"], client=client)["nick_name"].tolist() == ["of another process"]
    assert server.hits() == 0
    assert client.ledger()["billed"].tolist() == ["no"]
    other.close()
