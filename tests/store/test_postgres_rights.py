"""What a user of a PostgreSQL server may not do is named before anything is paid, asked or written."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

import xingtu_frames as xf
from tests.cli_cases import Done
from tests.lake.cases import profiles
from tests.loopback import Loopback, ok
from tests.postgres import Postgres
from xingtu_frames.store import rescue
from xingtu_frames.store.answer import now
from xingtu_frames.store.answers import open_store

MakeClient = Callable[..., xf.Client]
Run = Callable[..., Done]
PASSWORD = "secret-word"
GRANTS = Path(__file__).parents[2] / "docs" / "zh" / "team.md"


@pytest.fixture
def names(server: Loopback) -> Loopback:
    server.answer = lambda seen: ok({"nick_name": f"达人 {seen.kol_id}"})
    return server


@pytest.fixture
def analyst(postgres: Postgres) -> Iterator[str]:
    """Return the address of a store with the rights that the documentation gives to analysts."""
    database = postgres.new_database()
    text = GRANTS.read_text("utf-8")
    setup = text.partition("```sql\n")[2].partition("```")[0]
    role = f"role_{database}"
    with contextlib.closing(open_store(postgres.address(database))) as store:
        store.count()
    # A role is of the whole server, so that of a test has a name of its own.
    for statement in setup.replace("analysts", role).replace("xingtu ", f"{database} ").split(";"):
        if statement.strip():
            postgres.run(statement, database=database)
    postgres.run(f"CREATE ROLE {database} LOGIN IN ROLE {role}")
    yield postgres.address(database, user=database)
    postgres.run(f"DROP DATABASE {database} WITH (FORCE)", f"DROP ROLE {database}", f"DROP ROLE {role}")


def test_an_analyst_pays_and_reads_and_deletes_nothing(
    analyst: str, names: Loopback, make_client: MakeClient, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_client(cache=analyst, per_second=1000)
    assert xf.fetch_profiles(["1", "2"], client=client)["kol_id"].tolist() == ["1", "2"]
    database = analyst.rpartition("/")[2]
    assert client.ledger()["asked_by"].tolist() == [database] * 2
    assert client.budget()["spent"].tolist() == [2]
    for refused in (lambda: client.set_budget(5), client.store.clear):
        with pytest.raises(xf.CacheError, match=r"permission denied.*ask whoever looks after"):
            refused()
    with pytest.raises(xf.CacheError, match="permission denied"):
        client.store._pool.write(lambda db: db.execute("UPDATE answers SET body = ''"))
    assert client.store.count() == {"answers": 2, "requests": 2}
    client.close()
    done = run("doctor", "--cache", analyst)
    assert "may add answers, and may not delete them" in done.out
    assert "2 answers, every checksum right" in done.out
    assert PASSWORD not in done.out


def test_without_the_right_to_write_nothing_is_paid(
    postgres: Postgres, analyst: str, names: Loopback, make_client: MakeClient, run: Run
) -> None:
    database = analyst.rpartition("/")[2]
    postgres.run(f"REVOKE INSERT, UPDATE ON claims FROM role_{database}", database=database)
    with pytest.raises(xf.CacheError, match="permission denied for table claims"):
        xf.fetch_profiles(["1"], client=make_client(cache=analyst))
    postgres.run("DROP TABLE answers, requests, claims, pace, budget, xingtu_format", database=database)
    with pytest.raises(xf.CacheError, match=r"no tables.*this user may not make them; nothing was paid"):
        xf.fetch_profiles(["1"], client=make_client(cache=f"{analyst}?application_name=other"))
    assert names.hits() == 0
    assert "no tables" in run("doctor", "--cache", f"{analyst}?application_name=third").out


@pytest.mark.parametrize(
    ("right", "table"),
    [
        ("SELECT", "answers"),
        ("INSERT", "answers"),
        ("SELECT", "requests"),
        ("INSERT", "requests"),
        ("UPDATE (billed)", "requests"),
        ("UPDATE", "claims"),
        ("DELETE", "claims"),
        ("UPDATE (spent)", "budget"),
        ("UPDATE (since)", "budget"),
    ],
)
def test_a_right_that_is_needed_after_paying_is_missed_before(
    postgres: Postgres, analyst: str, names: Loopback, make_client: MakeClient, right: str, table: str
) -> None:
    database = analyst.rpartition("/")[2]
    postgres.run(f"REVOKE {right} ON {table} FROM role_{database}", database=database)
    with pytest.raises(xf.CacheError, match=f"permission denied for table {table}"):
        xf.fetch_profiles(["1"], client=make_client(cache=analyst))
    assert names.hits() == 0


def test_a_policy_of_the_administrator_is_met_before_paying(
    postgres: Postgres, analyst: str, names: Loopback, make_client: MakeClient
) -> None:
    database = analyst.rpartition("/")[2]
    postgres.run("ALTER TABLE answers ENABLE ROW LEVEL SECURITY", database=database)
    with pytest.raises(xf.CacheError, match="row-level security policy"):
        xf.fetch_profiles(["1"], client=make_client(cache=analyst))
    assert names.hits() == 0


def test_a_right_that_is_taken_away_costs_one_answer_at_most_and_that_is_rescued(
    postgres: Postgres,
    analyst: str,
    names: Loopback,
    make_client: MakeClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rescue, "_elsewhere", lambda: [tmp_path])
    database = analyst.rpartition("/")[2]
    client = make_client(cache=analyst, max_workers=1)
    assert len(xf.fetch_profiles(["1"], client=client)) == 1
    postgres.run(f"REVOKE INSERT ON answers FROM role_{database}", database=database)
    with pytest.warns(xf.StoreWarning, match="could not take a paid answer"):
        xf.fetch_profiles(["2"], client=client)
    for _ in range(2):
        with pytest.raises(xf.CacheError, match="permission denied for table answers"):
            xf.fetch_profiles(["3"], client=client)
    assert names.hits() == 2
    postgres.run(f"GRANT INSERT ON answers TO role_{database}", database=database)
    assert len(xf.fetch_profiles(["1", "2", "3"], client=client)) == 3
    assert names.hits() == 3


@pytest.mark.parametrize("argv", [("cache", "clear"), ("cache", "archive", "lake", "--older-than", "1d")])
def test_who_may_not_delete_is_told_before_being_asked(
    argv: tuple[str, ...], postgres: Postgres, analyst: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with contextlib.closing(open_store(postgres.address(analyst.rpartition("/")[2]))) as store:
        store.add_all(profiles(3, now() - timedelta(days=9)))
    monkeypatch.setattr("builtins.input", lambda prompt: pytest.fail(prompt))
    done = run(*argv, "--cache", analyst)
    assert (done.status, "permission denied for table answers" in done.err) == (2, True)
    assert not (tmp_path / "lake").exists()
