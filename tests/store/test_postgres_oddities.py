"""What a PostgreSQL server does not take, and databases that are nearly ours: named, and no harm to anything else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

import xingtu_frames as xf
from tests.cli_cases import Done
from tests.lake.cases import body, open_client, profiles
from tests.loopback import Loopback, ok
from tests.postgres import Postgres
from xingtu_frames.store.answer import Answer, now, stamp
from xingtu_frames.store.transfer import import_store

MakeClient = Callable[..., xf.Client]


def about(endpoint: str, parameter: str, value: str) -> Answer:
    params = json.dumps({parameter: value})
    return Answer(f"{endpoint}||{params}", endpoint, None, params, stamp(now()), body({}))


REFUSED = {
    "does not take that: PostgreSQL text fields cannot contain NUL": about("item_report_trend", "itemId", "1\x002"),
    "the question is too long for its index": about(
        "search_for_author_square", "keyword", "".join(sha256(b"%d" % n).hexdigest() for n in range(99))
    ),
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
