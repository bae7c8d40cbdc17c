"""What a store promises whatever database it is in: the same tests over every pool."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import xingtu_frames as xf
from tests.loopback import ok
from xingtu_frames.store import rescue
from xingtu_frames.store.answer import Answer, Recorded, now, stamp
from xingtu_frames.store.answers import open_store
from xingtu_frames.store.store import Store
from xingtu_frames.wire import Call, call_for_query

pytestmark = pytest.mark.each_once
POOLS: dict[str, Callable[[pytest.FixtureRequest], str]] = {
    "SQLite file": lambda request: str(request.getfixturevalue("tmp_path") / "answers.sqlite"),
    "SQLite in memory": lambda request: ":memory:",
    "PostgreSQL": lambda request: request.getfixturevalue("postgres").new_schema(),
}
"""An address that nothing is at yet, in each kind of database."""
BASE, VIDEO, SEARCH = "get_author_base_info", "item_report_trend", "search_for_author_square"
CREATOR, ITEM = "7000000000000000001", "7300000000000000001"


@pytest.fixture(params=POOLS)
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(rescue, "_elsewhere", lambda: [tmp_path / "elsewhere"])
    opened = open_store(POOLS[request.param](request))
    yield opened
    opened.close()


def asked(endpoint: str = BASE, subject: str = CREATOR, **params: Any) -> Call:
    names = {BASE: "oAuthorId", VIDEO: "itemId"}
    return call_for_query(endpoint, {**({names[endpoint]: subject} if endpoint in names else {}), **params})


def answer(call: Call, body: bytes = b'{"code": 0}', *, age: float = 0.0) -> Answer:
    return Answer(call.key, call.meaning, call.kol_id, call.params, stamp(now() - timedelta(seconds=age)), body)


def bodies(found: Any) -> list[bytes]:
    return [one.body for one in found]


def outcome(row: int | None, billed: str = "yes") -> dict[str, Any]:
    return {"id": row, "http_status": 200, "code": 0, "billed": billed, "elapsed_s": 0.5, "error": None}


def cells(store: Store, query: str) -> list[tuple[Any, ...]]:
    """Return what plain SQL says of the tables."""
    return store._pool.read(lambda read: [tuple(row) for row in read(query, ())])


QUESTIONS = {
    "creator": (asked(BASE), (CREATOR, None)),
    "video": (asked(VIDEO, ITEM), (None, ITEM)),
    "legacy video": (call_for_query("get-video-detail", {"detailId": ITEM}), (None, ITEM)),
    "search": (asked(SEARCH), (None, None)),
}


class TestAnswers:
    @pytest.mark.parametrize(
        "body", [b'{ "code":0,\r\n\t"data":  "\xe8\xbe\xbe\xe4\xba\xba \\u8fbe" }\n\n', b"\x00\xff\xfe", b""]
    )
    def test_the_exact_bytes_come_back(self, store: Store, body: bytes) -> None:
        one = answer(asked(), body)
        store.add_all([one])
        assert store.latest([one.key, "absent"]) == {one.key: one}
        assert store.times([one.key, "absent"]) == {one.key: one.time}
        assert [(recorded.answer, recorded.http_status, recorded.served) for recorded in store.every()] == [
            (one, 200, True)
        ]

    def test_adding_keeps_both_and_the_newest_is_served(self, store: Store) -> None:
        call = asked()
        store.add_all([answer(call, b"new", age=10), answer(call, b"old", age=20), answer(asked(subject="2"), b"x")])
        assert bodies([store.latest([call.key])[call.key]]) == [b"new"]
        assert bodies(store.history(BASE)) == [b"old", b"new", b"x"]
        assert bodies(store.history(BASE, ["2"])) == [b"x"]
        assert store.history(BASE, ["3"]) == store.history(VIDEO) == []
        assert (store.count()["answers"], set(store.keys())) == (3, {call.key, asked(subject="2").key})

    def test_what_comes_late_is_not_the_newest_and_keeps_its_place(self, store: Store) -> None:
        call = asked()
        store.add_all([answer(call, b"newest")])
        for age in (10, 20, 15):
            store.add_all([answer(call, b"late %d" % age, age=age)])
        assert bodies([store.latest([call.key])[call.key]]) == [b"newest"]
        assert [recorded.answer.body for recorded in store.every()] == [b"late 15", b"late 20", b"late 10", b"newest"]

    def test_only_what_was_added_after_a_row(self, store: Store) -> None:
        call = asked()
        store.add_all([answer(call, b"before", age=1)])
        last = store.last_id()
        assert store.latest([call.key], after=last) == {}
        store.add_all([answer(call, b"after")])
        assert bodies(store.latest([call.key], after=last).values()) == [b"after"]

    def test_the_same_answer_is_added_once(self, store: Store) -> None:
        one = answer(asked())
        assert [store.merge([Recorded(one, 200, True)]) for _ in range(3)] == [1, 0, 0]

    def test_what_is_not_served_is_recorded_only(self, store: Store) -> None:
        one = answer(asked())
        store.add_all([one], served=False)
        assert (store.latest([one.key]), store.history(BASE), store.keys()) == ({}, [], [])
        assert store.count()["answers"] == 1

    def test_more_than_a_page_comes_in_order(self, store: Store) -> None:
        several = [answer(asked(subject=str(number))) for number in range(1, 1101)]
        store.add_all(several)
        assert [recorded.answer for recorded in store.every()] == several
        assert set(store.latest([one.key for one in several])) == {one.key for one in several}

    def test_damage_is_a_named_error_and_the_others_are_served(self, store: Store) -> None:
        bad, good = answer(asked()), answer(asked(subject="2"))
        store.add_all([bad, good])
        store._pool.write(lambda db: db.execute("UPDATE answers SET checksum = '' WHERE key = ?", (bad.key,)))
        found = store.latest([bad.key, good.key])
        assert isinstance(found[bad.key], xf.CacheError)
        assert store.shown in str(found[bad.key])
        assert found[good.key] == good
        assert (store.unsound([bad.key, good.key]), store.is_damaged()) == ([bad.key], True)

    def test_clear_keeps_the_ledger(self, store: Store) -> None:
        store.add_all([answer(asked())])
        store.open_request(asked())
        store.clear()
        assert store.count() == {"answers": 0, "requests": 1}

    def test_an_error_undoes_all_of_a_transaction(self, store: Store) -> None:
        def work(db: Any) -> None:
            db.execute("INSERT INTO claims (key, owner, until) VALUES ('k', 'o', 'u')")
            raise xf.CacheError("stopped")

        with pytest.raises(xf.CacheError, match="stopped"):
            store._pool.write(work)
        assert cells(store, "SELECT * FROM claims") == []

    def test_threads_neither_miss_nor_mix(self, store: Store) -> None:
        several = {str(n): answer(asked(subject=str(n)), b"%d" % n) for n in range(1, 33)}
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda one: store.add_all([one]), several.values()))
            read = list(threads.map(lambda one: store.latest([one.key])[one.key], list(several.values()) * 4))
        assert read == list(several.values()) * 4

    def test_a_closed_store_says_so(self, store: Store) -> None:
        store.count()
        store.close()
        with pytest.raises(xf.CacheError, match="closed"):
            store.latest(["k"])


class TestDays:
    AT = datetime(2026, 11, 1, 23, 59, 59, 999_999, tzinfo=UTC)

    def at(self, *seconds: float, endpoint: str = BASE) -> list[Answer]:
        moments = [stamp(self.AT + timedelta(seconds=one)) for one in seconds]
        calls = [asked(endpoint, subject=str(number)) for number in range(1, len(seconds) + 1)]
        return [answer(call)._replace(fetched_at=moment) for call, moment in zip(calls, moments, strict=True)]

    def test_each_day_has_its_answers_oldest_first(self, store: Store) -> None:
        of_day, of_next, video = self.at(0, -5, -9), self.at(1e-6, 9), self.at(2, endpoint=VIDEO)
        store.add_all([*of_next, *of_day, *video])
        store.add_all(self.at(-3), served=False)
        days = store.days.all()
        assert [(day.endpoint, day.date, day.tally.answers) for day in days] == [
            (BASE, "2026-11-01", 3),
            (BASE, "2026-11-02", 2),
            (VIDEO, "2026-11-02", 1),
        ]
        for day, expected in zip(days, (of_day[::-1], of_next, video), strict=True):
            reading = store.days.answers(day.endpoint, day.date)
            assert list(reading) == [Recorded(one, 200, served=True) for one in expected]
            assert reading.tally == day.tally
        assert list(store.days.answers(BASE, "2026-11-03")) == []

    def test_more_than_a_page_comes_in_order_though_many_have_one_time(self, store: Store) -> None:
        several = self.at(*([-7] * 700), *([-6] * 600))
        store.add_all(several)
        assert [one.answer for one in store.days.answers(BASE, "2026-11-01") if isinstance(one, Recorded)] == several

    def test_every_day_has_an_end(self, store: Store) -> None:
        last = answer(asked())._replace(fetched_at=stamp(datetime.max.replace(tzinfo=UTC)))
        store.add_all([last, last._replace(fetched_at="2026-12-31T23:59:59.999999+00:00")])
        for day in store.days.all():
            assert len(list(store.days.answers(day.endpoint, day.date))) == 1

    def test_a_damaged_answer_is_an_error_and_counts(self, store: Store) -> None:
        store.add_all(self.at(-2, -1))
        store._pool.write(lambda db: db.execute("UPDATE answers SET checksum = '' WHERE kol_id = '1'"))
        reading = store.days.answers(BASE, "2026-11-01")
        assert [type(one) for one in reading] == [xf.CacheError, Recorded]
        assert reading.tally == store.days.all()[0].tally

    def test_only_what_is_the_same_to_the_last_byte_is_removed(self, store: Store) -> None:
        first, second, third = several = self.at(-3, -2, -1)
        store.add_all(several)
        others = [first._replace(body=b"other"), second._replace(fetched_at=third.fetched_at)]
        assert store.days.remove([*others, third, third]) == 1
        assert bodies(store.history(BASE)) == [first.body, second.body]

    @pytest.mark.parametrize("damage", ["DELETE FROM identity", "INSERT INTO identity VALUES ('other')"])
    def test_an_identity_that_is_lost_is_named(self, store: Store, damage: str) -> None:
        store._pool.write(lambda db: db.execute(damage))
        with pytest.raises(xf.CacheError, match="what tells it from other stores is lost"):
            store.days.identity()

    def test_a_store_has_one_identity(self, store: Store, tmp_path: Path) -> None:
        other = open_store(":memory:")
        assert store.days.identity() == store.days.identity() != other.days.identity()
        store.clear()
        assert len(store.days.identity()) >= 32
        other.close()


class TestSubjects:
    @pytest.mark.parametrize("kind", QUESTIONS)
    def test_answer_and_ledger_row_say_whom_they_are_about(self, store: Store, kind: str) -> None:
        call, subject = QUESTIONS[kind]
        store.close_request(outcome(store.open_request(call)), answer(call))
        assert cells(store, "SELECT kol_id, item_id, key FROM answers") == [(*subject, call.key)]
        assert cells(store, "SELECT kol_id, item_id, key FROM requests") == [(*subject, call.key)]
        assert [row[1:3] for row in store.requests()] == [(call.endpoint.name, subject[0])]

    def test_history_is_of_videos_where_the_endpoint_is(self, store: Store) -> None:
        store.add_all(answer(asked(VIDEO, str(number)), b"%d" % number) for number in range(1, 5))
        assert bodies(store.history(VIDEO, ["2", "4", CREATOR])) == [b"2", b"4"]
        assert bodies(store.history(VIDEO)) == [b"1", b"2", b"3", b"4"]

    def test_searches_that_differ_are_two_questions(self, store: Store) -> None:
        first, second = (asked(SEARCH, page=page) for page in (1, 2))
        store.add_all([answer(first, b"first"), answer(second, b"second")])
        found = store.latest([first.key, second.key, asked(SEARCH, page=3).key])
        assert {key: one.body for key, one in found.items()} == {first.key: b"first", second.key: b"second"}  # type: ignore[union-attr]


class TestLedger:
    def test_a_request_is_there_before_it_is_sent(self, store: Store) -> None:
        before = now()
        row = store.open_request(asked())
        assert [row[1:8] for row in store.requests()] == [(BASE, CREATOR, None, None, "unknown", None, None)]
        assert store.close_request(outcome(row, "no")) is None
        assert [row[3:8] for row in store.requests()] == [(200, 0, "no", 0.5, None)]
        assert len(store.requests(since=before)) == 1
        assert store.requests(since=now() + timedelta(hours=1)) == []

    def test_answer_and_ledger_row_are_written_together_or_not_at_all(self, store: Store) -> None:
        one = answer(asked())
        row = store.open_request(asked())
        with pytest.raises(xf.CacheError):
            store.close_request({**outcome(row), "billed": None}, one)
        assert store.count()["answers"] == 0
        assert store.close_request(outcome(row), one) == store.last_id()
        assert store.requests()[0][5] == "yes"

    def test_nothing_is_opened_under_a_claim_that_was_lost(self, store: Store) -> None:
        mine = store.claims.new_owner()
        assert store.open_request(asked(), mine) is None
        assert store.claims.claim(asked().key, mine) is None
        assert store.open_request(asked(), mine) is not None
        store.claims.release(asked().key, mine)
        assert store.open_request(asked(), mine) is None
        assert store.count()["requests"] == 1

    def test_a_row_that_cannot_be_read_is_named(self, store: Store) -> None:
        store.open_request(asked())
        store._pool.write(lambda db: db.execute("UPDATE requests SET billed = 'maybe'"))
        with pytest.raises(xf.CacheError, match="a row of its ledger cannot be read"):
            store.requests()

    def test_what_the_store_cannot_take_is_saved_and_taken_in(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        call = asked(platform="SHORT_VIDEO")
        one, row = answer(call, ok({"nick_name": "达人"}).body), store.open_request(call)
        close_request = Store.close_request

        def full(inner: Store, what: Any, answer: Answer | None = None, **about: Any) -> int | None:
            if answer is not None:
                raise xf.CacheError("the disk is full")
            raise MemoryError

        with monkeypatch.context() as patched:
            patched.setattr(Store, "close_request", full)
            where = store.keep(outcome(row), one)
        assert where is not None
        assert where.startswith("saved in ")
        assert (store.latest([one.key]), store.requests()[0][5]) == ({}, "unknown")
        assert (store.take_in(), store.take_in()) == (1, 0)
        assert (store.latest([one.key]), store.requests()[0][5]) == ({one.key: one}, "yes")
        assert store.keep(outcome(row), one) is None
        assert Store.close_request is close_request

    @pytest.mark.parametrize(
        "back", [timedelta(), timedelta(seconds=90)], ids=["in order", "stopped before it was dated"]
    )
    def test_what_is_stored_late_under_a_claim_that_was_lost_is_not_the_newest(
        self, store: Store, back: timedelta
    ) -> None:
        call, (first, second) = asked(), (store.claims.new_owner() for _ in range(2))
        store.claims.claim(call.key, first)
        row = store.open_request(call, first)
        store.claims.claim(call.key, second, store.claims.holder(call.key))
        newer = answer(call, ok({"nick_name": "newer"}).body)
        assert store.keep(outcome(store.open_request(call, second)), newer, second) is None
        store.claims.release(call.key, second)
        older = answer(call, ok({"nick_name": "older"}).body, age=60 - back.total_seconds())
        assert store.keep(outcome(row), older, first) is None
        assert store.latest([call.key]) == {call.key: newer}
        assert len(store.history(call.meaning)) == 2
        # Under a claim that is held, what comes last is the newest, whatever a clock said.
        store.claims.claim(call.key, first)
        latest = answer(call, ok({"nick_name": "latest"}).body, age=3600)
        assert store.keep(outcome(store.open_request(call, first)), latest, first) is None
        assert store.latest([call.key]) == {call.key: latest}

    def test_a_rescued_answer_closes_no_request_but_its_own(self, store: Store) -> None:
        other = store.open_request(asked(subject="2"))
        one = answer(asked(), ok({"nick_name": "达人"}).body)
        store.rescue(one, outcome(other))
        assert store.take_in() == 1
        assert store.requests()[0][5] == "unknown"


class TestClaims:
    def test_a_claim_keeps_others_out_until_it_is_given_back(self, store: Store) -> None:
        claims = store.claims
        first, second = claims.new_owner(), claims.new_owner()
        assert claims.claim("k", first) is claims.claim("k", first) is None
        held = claims.claim("k", second)
        assert held is not None
        assert held.owner == first
        claims.release("k", second)
        assert claims.claim("k", second) == claims.holder("k")
        claims.release("k", first)
        assert claims.claim("k", second) is None
        assert claims.still_holds("k", second)
        assert not claims.still_holds("k", first)

    def test_only_the_claim_that_was_watched_is_taken(self, store: Store) -> None:
        claims = store.claims
        first, second = claims.new_owner(), claims.new_owner()
        claims.claim("k", first)
        watched = claims.holder("k")
        assert claims.renew()
        assert claims.claim("k", second, watched) == claims.holder("k") != watched
        assert claims.claim("k", second, claims.holder("k")) is None
        assert not claims.still_holds("k", first)

    def test_of_many_at_once_one_claims(self, store: Store) -> None:
        start = threading.Barrier(8)

        def claim(_: int) -> bool:
            start.wait()
            return store.claims.claim("k", store.claims.new_owner()) is None

        with ThreadPoolExecutor(8) as threads:
            assert sum(threads.map(claim, range(8))) == 1


def test_turns_are_a_gap_apart(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = [datetime(2026, 11, 27, tzinfo=UTC)]
    monkeypatch.setattr(store._attached, "now", lambda: moment[0])
    assert store.take_turn(0.5) == 0
    assert 0 < store.take_turn(0.5) <= 0.5
    moment[0] += timedelta(seconds=0.5)
    assert store.take_turn(0.5) == 0


@pytest.mark.parametrize("damage", ["'soon'", "x'00'", "5"])
def test_a_turn_that_cannot_be_read_is_free(tmp_path: Path, damage: str) -> None:
    with contextlib.closing(open_store(tmp_path / "answers.sqlite")) as store:
        store._pool.write(lambda db: db.execute(f"UPDATE pace SET next = {damage}"))  # noqa: S608 - of constants
        assert store.take_turn(0.5) == 0
        assert 0 < store.take_turn(0.5) <= 0.5


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("mysql://secret-word@db", "at mysql:// cannot be used"),
        ("rediss://:secret-word@db/0", "at rediss:// cannot be used"),
    ],
)
def test_a_database_of_another_kind_is_refused_by_name(address: str, reason: str, tmp_path: Path) -> None:
    for make in (open_store, lambda cache: xf.Client(cache=cache, offline=True)):
        with pytest.raises(xf.CacheError, match=reason) as caught:
            make(address)
        assert "secret-word" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


class TestBudget:
    """One budget for all who use a store, by the store's clock."""

    @pytest.fixture
    def moment(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
        """Return the time in a list: late on 30 November in Beijing."""
        moment = [datetime(2026, 11, 30, 15, 59, tzinfo=UTC)]
        monkeypatch.setattr(store._attached, "now", lambda: moment[0])
        return moment

    def test_it_is_met_exactly_and_says_so(self, store: Store) -> None:
        store.set_budget(2, "month")
        assert [store.open_request(asked(subject=str(number))) is not None for number in (1, 2)] == [True, True]
        with pytest.raises(xf.BudgetExceededError, match="2 requests a month, for all who use it"):
            store.open_request(asked(subject="3"))
        assert (store.spending().spent, store.count()["requests"]) == (2, 2)
        store.set_budget(3, "month")
        assert store.open_request(asked(subject="3")) is not None
        assert store.spending()[:3] == (3, 3, "month")

    def test_what_was_not_charged_is_given_back_once(self, store: Store) -> None:
        store.set_budget(1, "day")
        row = store.open_request(asked())
        for _ in range(2):
            store.close_request(outcome(row, "no"))
            assert store.spending().spent == 0
        row = store.open_request(asked())
        store.close_request(outcome(row, "yes"), answer(asked()))
        store.close_request(outcome(row, "no"))
        assert store.spending().spent == 1
        with pytest.raises(xf.BudgetExceededError):
            store.open_request(asked())

    @pytest.mark.parametrize(("period", "began"), [("day", 30), ("month", 1)])
    def test_a_period_begins_at_midnight_in_beijing(
        self, store: Store, moment: list[datetime], period: Any, began: int
    ) -> None:
        store.set_budget(1, period)
        row = store.open_request(asked())
        assert store.spending() == (1, 1, period, datetime(2026, 11, began, tzinfo=UTC) - timedelta(hours=8))
        moment[0] += timedelta(minutes=1)
        assert (store.spending().spent, store.spending().since) == (0, moment[0])
        assert store.open_request(asked()) is not None
        # That of the period before gives nothing back to this one, and a clock that is put back begins none again.
        store.close_request(outcome(row, "no"))
        moment[0] -= timedelta(minutes=1)
        with pytest.raises(xf.BudgetExceededError):
            store.open_request(asked())
        assert store.spending().spent == 1

    def test_what_the_ledger_says_counts(self, store: Store, moment: list[datetime]) -> None:
        rows = [store.open_request(asked(subject=str(number))) for number in range(1, 5)]
        store.close_request(outcome(rows[0], "no"))
        store.close_request(outcome(rows[1], "yes"))
        assert store.spending()[:3] == (None, 3, "month")
        moment[0] += timedelta(hours=12)
        store.open_request(asked())
        assert store.spending()[:2] == (None, 1)
        moment[0] -= timedelta(hours=12)
        store.set_budget(4, "day")
        assert store.spending()[:3] == (4, 4, "day")
        store.set_budget(None, "month")
        assert store.open_request(asked()) is not None

    @pytest.mark.parametrize("damage", ["DELETE FROM budget", "UPDATE budget SET period = 'year', most = 0"])
    def test_one_that_cannot_be_read_is_named_and_nothing_is_opened(self, store: Store, damage: str) -> None:
        store._pool.write(lambda db: db.execute(damage))
        for use in (store.spending, lambda: store.open_request(asked())):
            with pytest.raises(xf.CacheError, match="the budget of the cache cannot be read"):
                use()
        assert store.count()["requests"] == 0
        store.set_budget(1, "day")
        assert store.open_request(asked()) is not None
        assert store.spending()[:3] == (1, 1, "day")

    def test_many_at_once_take_no_more_than_there_is(self, store: Store) -> None:
        store.set_budget(10, "month")
        start = threading.Barrier(8)

        def spend(_: int) -> int:
            start.wait()
            taken = 0
            for number in range(4):
                try:
                    row = store.open_request(asked(subject=str(number + 1)))
                except xf.BudgetExceededError:
                    continue
                # One that was not charged is there for another.
                store.close_request(outcome(row, "no" if number == 0 else "yes"))
                taken += number > 0
            return taken

        with ThreadPoolExecutor(8) as threads:
            taken = sum(threads.map(spend, range(8)))
        # One that is given back may come too late for all others.
        assert 0 < taken == store.spending().spent <= 10
