"""What a PostgreSQL server does not take, and databases that are nearly ours: named, and no harm to anything else."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest

import xingtu_frames as xf
from tests.cli_cases import Done
from tests.lake.cases import body, open_client, profiles
from tests.loopback import Loopback, Reply, Seen, ok
from tests.postgres import Postgres
from xingtu_frames.store import rescue, statements
from xingtu_frames.store.answer import Answer, now, stamp
from xingtu_frames.store.answers import open_store
from xingtu_frames.store.pool import Connection
from xingtu_frames.store.transfer import export_store, import_store

MakeClient = Callable[..., xf.Client]


def about(endpoint: str, parameter: str, value: str) -> Answer:
    params = json.dumps({parameter: value})
    return Answer(f"{endpoint}||{params}", endpoint, None, params, stamp(now()), body({}))


LONG = "".join(sha256(b"%d" % n).hexdigest() for n in range(99))
REFUSED = {
    "does not take that: PostgreSQL text fields cannot contain NUL": about("item_report_trend", "itemId", "1\x002"),
    "the question is too long for its index": about("item_report_trend", "itemId", LONG),
}


@pytest.mark.parametrize("why", REFUSED)
def test_an_answer_that_the_server_does_not_take_keeps_no_other_out(
    postgres: Postgres, make_client: MakeClient, tmp_path: Path, why: str
) -> None:
    several = profiles(3, now() - timedelta(days=1))
    theirs = open_client(tmp_path / "theirs.sqlite", [*several[:2], REFUSED[why], *several[2:]])
    theirs.close()
    mine = make_client(cache=postgres.new_schema())
    mine.store.add_all(several[:1])
    new, known, refused = import_store(mine.store, tmp_path / "theirs.sqlite")
    assert (new, known, len(refused)) == (2, 1, 1)
    assert why in refused[0]
    assert [one.answer for one in mine.store.every()] == several


@pytest.mark.parametrize("word", [*(LONG[:length] for length in (2516, 2524, 6000)), "a\x00b", "\U0010ffff", "%s ? :a"])
def test_a_question_of_any_words_and_any_length_is_paid_once(
    postgres: Postgres, server: Loopback, make_client: MakeClient, word: str, tmp_path: Path
) -> None:
    first, second = (make_client(cache=postgres.new_schema(), expire_after=None) for _ in range(2))
    for client in (first, first, second):
        assert client.get("search_for_author_square", keyword=word) == {}
        theirs = tmp_path / f"{server.hits()}.sqlite"
        if not theirs.exists():
            export_store(client.store, theirs)
        import_store(second.store, theirs)
    assert server.hits() == 1
    assert first.ledger()["billed"].tolist() == ["yes"]


def refuse(*_: object) -> int:
    raise xf.CacheError("its disk is full")


@pytest.mark.parametrize("years", [-1, 1])
def test_our_clock_says_nothing_of_what_a_server_has_dated(
    postgres: Postgres,
    server: Loopback,
    make_client: MakeClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    years: int,
) -> None:
    monkeypatch.setattr(rescue, "_elsewhere", lambda: [tmp_path])
    place, names = postgres.new_schema(), iter(["older", "newer"])
    server.answer = lambda seen: ok({"nick_name": next(names)})
    xf.fetch_profiles(["1"], client=make_client(cache=place))
    for module in [module for name, module in sys.modules.items() if name.startswith("xingtu_frames.")]:
        if hasattr(module, "now"):
            monkeypatch.setattr(module, "now", lambda: datetime.now(UTC) + years * timedelta(days=365))
    client = make_client(cache=f"{place}&application_name=other")
    with monkeypatch.context() as later:

        def answer_and_fill(seen: Seen) -> Reply:
            later.setattr(statements, "insert", refuse)
            return ok({"nick_name": next(names)})

        server.answer = answer_and_fill
        with pytest.warns(xf.StoreWarning, match="could not take a paid answer"):
            xf.fetch_profiles(["1"], client=client, refresh=True)
    again = make_client(cache=f"{place}&application_name=other")
    assert xf.fetch_profiles(["1"], client=again)["nick_name"].tolist() == ["newer"]
    assert list(tmp_path.glob("xingtu-rescued-*")) == []
    assert (server.hits(), again.ledger()["billed"].tolist()) == (2, ["yes", "yes"])
    export_store(again.store, tmp_path / "all.sqlite")
    assert import_store(make_client(cache=postgres.new_schema()).store, tmp_path / "all.sqlite") == (2, 0, [])


@pytest.mark.parametrize(
    "settings",
    [
        ["extra_float_digits = -15", "bytea_output = 'escape'", "standard_conforming_strings = off"],
        ["timezone = 'Asia/Kathmandu'", "datestyle = 'German, DMY'", "client_encoding = 'LATIN1'"],
        ["statement_timeout = '1min'", "lock_timeout = '1min'", "idle_in_transaction_session_timeout = '1min'"],
        ["default_transaction_isolation = 'serializable'", "transform_null_equals = on", "row_security = off"],
    ],
)
def test_what_an_administrator_sets_for_others_changes_nothing(
    postgres: Postgres, server: Loopback, make_client: MakeClient, settings: list[str]
) -> None:
    database, body = postgres.new_database(), "\\x41 \\ ' 达人"
    with contextlib.closing(open_store(postgres.address(database))) as store:
        store.count()
    for setting in settings:
        postgres.run(f"ALTER DATABASE {database} SET {setting}")
    server.answer = lambda seen: ok({"nick_name": body})
    client = make_client(cache=postgres.address(database))
    for _ in range(2):
        assert xf.fetch_profiles(["1"], client=client)["nick_name"].tolist() == [body]
    assert abs(client.store.now() - now()) < timedelta(hours=1)
    assert (server.hits(), client.ledger()["billed"].tolist()) == (1, ["yes"])
    limits = "SELECT name, setting FROM pg_settings WHERE name IN ('statement_timeout', 'lock_timeout')"
    in_force = dict(client.store._pool.read(lambda read: read(limits, {})))
    assert in_force == {"statement_timeout": "300000", "lock_timeout": "20000"}


# Not every version of psycopg knows it.
NEW = "25P04"


@pytest.mark.parametrize("state", ["25P03", NEW, "57P01", "57P05", "40001", "40P01"])
def test_a_transaction_that_the_server_has_cut_off_is_done_again(postgres: Postgres, state: str) -> None:
    kind = psycopg.InternalError if state == NEW else psycopg.errors.lookup(state)
    cut = iter([type("Cut", (kind,), {"sqlstate": state})])

    def work(db: Connection) -> int:
        for error in cut:
            raise error("terminating connection")
        return 1

    with contextlib.closing(open_store(postgres.new_schema())) as store:
        assert store.count()["answers"] == 0
        assert store._pool.write(work) == 1


@pytest.mark.parametrize(("setting", "used"), [("off", "local"), ("local", "local"), ("on", "on")])
def test_what_is_written_outlives_a_crash_whatever_the_server_does_for_others(
    postgres: Postgres, setting: str, used: str
) -> None:
    database = postgres.new_database()
    postgres.run(f"ALTER DATABASE {database} SET synchronous_commit = {setting}")
    with contextlib.closing(open_store(postgres.address(database))) as store:
        asked = "SELECT current_setting('synchronous_commit')"
        assert store._pool.write(lambda db: db.execute(asked).fetchone()) == (used,)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ("CREATE TABLE xingtu_format (version text); INSERT INTO xingtu_format VALUES ('a')", "its format is not"),
        ("CREATE TABLE xingtu_format (version int); INSERT INTO xingtu_format VALUES (-1)", "its format is not"),
        ("CREATE VIEW answers AS SELECT 1 AS id", "it has a table 'answers'"),
        ("CREATE MATERIALIZED VIEW customers AS SELECT 1 AS id", "it has a table 'customers'"),
    ],
)
def test_a_database_that_is_nearly_ours_is_named_and_left_alone(
    postgres: Postgres, server: Loopback, make_client: MakeClient, made: str, reason: str
) -> None:
    database = postgres.new_database()
    postgres.run(*made.split("; "), database=database)
    there = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    before = postgres.run(there, database=database)
    with pytest.raises(xf.CacheError, match=f"a database of another program: {reason}.*; nothing was paid"):
        xf.fetch_profiles(["1"], client=make_client(cache=postgres.address(database)))
    assert postgres.run(there, database=database) == before
    assert server.hits() == 0


def test_a_name_with_quotes_is_not_shown_in_part(postgres: Postgres, make_client: MakeClient) -> None:
    postgres.run('CREATE ROLE "secret""user" NOLOGIN')
    client = make_client(cache=postgres.address(user="secret%22user"))
    with pytest.raises(xf.CacheError, match="role is not permitted to log in") as caught:
        client.ledger()
    assert "user" not in str(caught.value)
    postgres.run('DROP ROLE "secret""user"')


@pytest.fixture
def standby(server: Loopback, make_client: MakeClient) -> Iterator[str]:
    """Return the address of a store with one answer, on a server that repeats what another one does."""
    running = Postgres()
    try:
        address = running.new_schema()
        server.answer = lambda seen: ok({"nick_name": "达人"})
        with make_client(cache=address) as client:
            xf.fetch_profiles(["1"], client=client)
        running.stop()
        (running.data / "standby.signal").touch()
        running.start()
        yield address
    finally:
        running.close()


def test_a_standby_serves_and_says_what_it_is(
    standby: str, server: Loopback, make_client: MakeClient, run: Callable[..., Done]
) -> None:
    client = make_client(cache=standby)
    assert len(xf.fetch_profiles(["1"], client=client)) == 1
    with pytest.raises(xf.CacheError, match="it takes no writes; name the server that does"):
        xf.fetch_profiles(["2"], client=client)
    assert server.hits() == 1
    client.close()
    assert "it is a standby, which takes no answers" in run("doctor", "--cache", standby).out
