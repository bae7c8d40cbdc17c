"""What is particular to a PostgreSQL server: its address, its rights, and that it can go away."""

from __future__ import annotations

import contextlib
import json
import logging
import pickle
import sqlite3
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

import xingtu_frames as xf
from tests.cli_cases import TOKEN, Done
from tests.loopback import Loopback, Reply, Seen, ok
from tests.postgres import Postgres
from tests.store.test_every_pool import answer, asked
from xingtu_frames.store import postgres as pool, postgres_address, postgres_format, rescue, sqlite_format, statements
from xingtu_frames.store.answer import now
from xingtu_frames.store.answers import open_store
from xingtu_frames.store.transfer import export_store, import_store

MakeClient = Callable[..., xf.Client]
Run = Callable[..., Done]
IDS = [str(number) for number in range(1, 21)]
PASSWORD, USER, VALUE = "secret-word", "secret-user", "secret-value"


@pytest.fixture
def address(postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the address of a store that nothing is in yet."""
    monkeypatch.setattr(rescue, "_elsewhere", lambda: [tmp_path])
    return postgres.new_schema()


@pytest.fixture(scope="module")
def fragile() -> Iterator[Postgres]:
    """Return a server that tests may stop, as long as they start it again."""
    server = Postgres()
    yield server
    server.close()


@pytest.fixture
def own(fragile: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Postgres:
    monkeypatch.setattr(rescue, "_elsewhere", lambda: [tmp_path])
    return fragile


@pytest.fixture
def names(server: Loopback) -> Loopback:
    server.answer = lambda seen: ok({"nick_name": f"达人 {seen.kol_id}"}, delay=0.02)
    return server


def cells(postgres: Postgres, address: str, query: str) -> list[Any]:
    with psycopg.connect(address) as db:
        return db.execute(query).fetchall()


# --- the address


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        (f"postgresql://{USER}:{PASSWORD}@127.0.0.1:1/xingtu?application_name={VALUE}", "127.0.0.1:1/xingtu"),
        (f"postgres://{USER}:{PASSWORD}@127.0.0.1:1", "127.0.0.1:1"),
        (f"postgresql://{USER}@[::1]:1,127.0.0.1:1/xingtu?passfile={VALUE}", "::1,127.0.0.1:1,1/xingtu"),
        (f"postgresql:///xingtu?host=/{VALUE}&user={USER}&password={PASSWORD}", "xingtu"),
    ],
)
def test_user_password_and_query_are_never_shown(
    written: str, seen: str, caplog: pytest.LogCaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.chdir(tmp_path)
    client = xf.Client(TOKEN, cache=written)
    shown = [repr(client), client._repr_html_(), repr(client.store), repr(vars(client.store._attached))]
    assert seen in shown[0]
    with pytest.raises(xf.CacheError, match="cannot be reached") as caught:
        xf.fetch_profiles(["1"], client=client)
    frames = [frame for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
    shown += [repr(frame.f_locals) for frame in frames if "xingtu_frames" in frame.f_code.co_filename]
    shown += ["".join(traceback.format_exception(caught.value))]
    shown += [str(caught.value), repr(pickle.loads(pickle.dumps(caught.value))), caplog.text]  # noqa: S301 - our own
    client.close()
    # A folder of sockets is a place, as a host is.
    secrets = [PASSWORD, USER, *([] if "host=/" in written else [VALUE])]
    assert [(secret, text) for text in shown for secret in secrets if secret in text] == []
    assert list(tmp_path.iterdir()) == []


def test_the_doctor_says_what_is_wrong_with_an_address(run: Run) -> None:
    done = run("doctor", "--cache", f"postgresql://{USER}:{PASSWORD}@127.0.0.1:1/xingtu?application_name={VALUE}")
    assert (done.status, "postgresql://127.0.0.1:1/xingtu cannot be reached" in done.out) == (1, True)
    assert not [secret for secret in (USER, PASSWORD, VALUE) if secret in done.out + done.err]


@pytest.mark.parametrize(
    "written",
    [
        f"postgresql://{USER}:{PASSWORD}%zz@h/d",
        f"postgresql://{USER}:12/{PASSWORD}@h/d",
        f"postgresql://{USER}:{PASSWORD}/x@h/d",
        f"postgresql://{USER}:x@{PASSWORD}@h/d",
        f"postgresql://h/d?{PASSWORD}={USER}",
        f"postgresql://h/host=other password={PASSWORD} user={USER}",
    ],
)
def test_an_address_that_cannot_be_read_is_refused_and_not_repeated(written: str) -> None:
    with pytest.raises(xf.ConfigError, match="cache must be an address such as postgresql://") as caught:
        xf.Client(cache=written)
    told = "".join(traceback.TracebackException.from_exception(caught.value).format()).split("raise ")[-1]
    assert PASSWORD not in told
    assert USER not in told


@pytest.mark.parametrize(
    ("place", "warned"),
    [
        ("db.invalid/d", True),
        ("db.invalid/d?sslmode=prefer", True),
        ("db.invalid/d?sslmode=verify-full", False),
        ("db.invalid/d?sslmode=require", False),
        ("localhost/d", False),
        ("[::1]/d", False),
        ("127.0.0.1,db.invalid/d", True),
        ("/d", False),
    ],
)
def test_an_unencrypted_address_of_another_host_is_warned_of_once(
    place: str, warned: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_address, "_warned", set())
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(2):
            open_store(f"postgresql://{USER}:{PASSWORD}@{place}").close()
    assert [warning.category for warning in caught] == [xf.InsecureTransportWarning] * warned
    assert PASSWORD not in str([warning.message for warning in caught])


FAR = "host=db.invalid\n"


@pytest.mark.parametrize(
    ("service", "setting", "warned"),
    [
        (FAR, {}, True),
        (f"{FAR}sslmode=verify-full\n", {}, False),
        ("host=127.0.0.1\npassword=x%y\n", {}, False),
        (f"{FAR}hostaddr=127.0.0.1\n", {"PGSSLMODE": "prefer"}, False),
        ("no file", {}, True),
        (None, {"PGHOSTADDR": "192.0.2.1"}, True),
        (None, {"PGHOST": "db.invalid"}, True),
        (None, {"PGHOST": "db.invalid", "PGHOSTADDR": "127.0.0.1"}, False),
        (None, {"PGHOST": "db.invalid", "PGSSLMODE": "require"}, False),
    ],
)
@pytest.mark.parametrize("named_by", ["address", "PGSERVICE"])
def test_where_a_server_is_may_be_said_elsewhere(
    service: str | None, setting: dict[str, str], warned: bool, named_by: str, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(postgres_address, "_warned", set())
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    for name, value in setting.items():
        monkeypatch.setenv(name, value)
    if service and "=" in service:
        (tmp_path / "services").write_text(f"# ours\n[other]\nhost=127.0.0.1\n[team]\n{service}")
    by_address = "?service=team" if service and named_by == "address" else ""
    if service and not by_address:
        monkeypatch.setenv("PGSERVICE", "team")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        open_store(f"postgresql:///d{by_address}").close()
    assert [warning.category for warning in caught] == [xf.InsecureTransportWarning] * warned


@pytest.mark.parametrize(
    "written",
    [
        Path(f"postgresql://{USER}:{PASSWORD}@h/d"),
        f"postgres:{USER}:{PASSWORD}@h/d",
        f"PostgreSQL:/{USER}:{PASSWORD}@h/d",
        f"host=h password={PASSWORD}",
        f" user = {USER} password = {PASSWORD}",
    ],
)
def test_an_address_is_never_the_name_of_a_file(written: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(xf.ConfigError, match="cache must be the text of an address") as caught:
        xf.Client(cache=written)
    assert PASSWORD not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_the_extra_whose_package_is_missing_names_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("xingtu_frames.store.postgres")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(xf.ConfigError, match=r'needs psycopg: pip install "xingtu_frames\[team\]"') as caught:
        xf.Client(cache=f"postgresql://{USER}:{PASSWORD}@h/d")
    assert PASSWORD not in str(caught.value)


# --- is it ours?


def test_both_databases_have_the_same_tables(postgres: Postgres, address: str) -> None:
    with contextlib.closing(open_store(address)) as store:
        store.count()
    found = cells(
        postgres,
        address,
        "SELECT table_name, column_name, is_nullable FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND table_name <> 'xingtu_format'",
    )
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        sqlite_format.apply_steps(db)
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        ours = {
            (table, name, "NO" if required or key else "YES")
            for table in tables
            for _, name, _, required, _, key in db.execute(f"PRAGMA table_info({table})")
        }
    assert set(found) == ours
    assert set(tables) == set(postgres_format.TABLES)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (
            "CREATE TABLE customers (id int)",
            "a database of another program: it has a table 'customers'; left untouched",
        ),
        ("CREATE TABLE answers (id int)", "a database of another program"),
        ("CREATE TABLE xingtu_format (version int); INSERT INTO xingtu_format VALUES (99)", "format 99.*upgrade"),
        ("CREATE TABLE xingtu_format (version int); INSERT INTO xingtu_format VALUES (1)", "not a cache as xingtu"),
    ],
)
def test_a_database_that_is_not_ours_is_named_before_anything_is_paid(
    made: str, reason: str, postgres: Postgres, address: str, names: Loopback, make_client: MakeClient
) -> None:
    with psycopg.connect(address, autocommit=True) as db:
        db.execute(made)
    tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY 1"
    before = cells(postgres, address, tables)
    with pytest.raises(xf.CacheError, match=reason):
        xf.fetch_profiles(["1"], client=make_client(cache=address))
    assert (names.hits(), cells(postgres, address, tables)) == (0, before)


def test_a_newer_version_changes_the_tables_once_and_an_older_one_is_told(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = open_store(address)
    old.add_all([answer(asked())])
    with monkeypatch.context() as later:
        later.setattr(postgres_format, "STEPS", (*postgres_format.STEPS, "ALTER TABLE answers ADD COLUMN note TEXT"))
        start = threading.Barrier(8)

        def use(number: int) -> int:
            with contextlib.closing(open_store(f"{address}&application_name=use{number}")) as store:
                start.wait()
                store.add_all([answer(asked(subject=str(number + 1)))])
                return len(store.keys())

        with ThreadPoolExecutor(8) as threads:
            assert max(threads.map(use, range(8))) == 9
    with pytest.raises(xf.CacheError, match="format 2, this version of xingtu_frames knows 1"):
        old.keys()
    old.close()


def test_a_step_that_fails_leaves_the_tables_as_they_were(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with contextlib.closing(open_store(address)) as store:
        store.add_all([answer(asked())])
    with monkeypatch.context() as later:
        step = "ALTER TABLE answers ADD COLUMN note TEXT; DROP TABLE nowhere"
        later.setattr(postgres_format, "STEPS", (*postgres_format.STEPS, step))
        with contextlib.closing(open_store(address)) as store, pytest.raises(xf.CacheError, match="nowhere"):
            store.keys()
    with contextlib.closing(open_store(address)) as store:
        assert len(store.keys()) == 1


# --- the budget


def test_the_command_line_sets_and_shows_the_budget(address: str, run: Run) -> None:
    for cache in (address, "answers.sqlite"):
        assert run("budget", "--cache", cache).out.splitlines()[-1].split()[:3] == ["none", "0", "month"]
        assert run("budget", "10000", "--per", "day", "--cache", cache).out.splitlines()[-1].split()[:3] == [
            "10,000",
            "0",
            "day",
        ]
        assert run("budget", "none", "--cache", cache).out.splitlines()[-1].split()[:3] == ["none", "0", "month"]
        assert "must be a number of requests" in run("budget", "-5", "--cache", cache).err + run("budget", "x").err


# --- from one kind to the other


def test_nothing_is_lost_from_one_kind_to_the_other_and_back(
    postgres: Postgres, address: str, names: Loopback, make_client: MakeClient, tmp_path: Path, run: Run
) -> None:
    paid = make_client(cache=tmp_path / "paid.sqlite")
    xf.fetch_profiles(IDS[:5], client=paid)
    paid.store.add_all([answer(asked(), b"\x00\xff", age=5)], served=False)
    expected = list(paid.store.every())
    assert export_store(paid.store, tmp_path / "one.sqlite").answers == 6
    assert run("cache", "import", tmp_path / "one.sqlite", "--cache", address).out.startswith("6 answers added")
    with contextlib.closing(open_store(address)) as shared:
        assert list(shared.every()) == expected
        assert import_store(shared, tmp_path / "one.sqlite") == (0, 6, [])
        assert export_store(shared, tmp_path / "two.sqlite") == (6, 0)
    with contextlib.closing(open_store(tmp_path / "two.sqlite")) as copied:
        assert list(copied.every()) == expected


def test_two_who_import_the_same_at_once_add_it_once(address: str) -> None:
    several = [answer(asked(subject=str(number))) for number in range(1, 41)]
    start = threading.Barrier(4)

    def add(number: int) -> None:
        with contextlib.closing(open_store(f"{address}&application_name=add{number}")) as store:
            start.wait()
            store.add_all(several if number % 2 else several[::-1])

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(add, range(4)))
    with contextlib.closing(open_store(address)) as store:
        assert store.count()["answers"] == len(several)


def test_the_newest_answer_is_found_by_index(address: str) -> None:
    with contextlib.closing(open_store(address)) as store:
        store.add_all([answer(asked(subject=str(number))) for number in range(1, 1001)])
        for query in (statements.LATEST, statements.TIMES):
            explained = f"EXPLAIN {statements.spelled(query, store._pool)}"
            values = {"listed": json.dumps([asked().key]), "after": 0}
            plan = str(store._pool.read(lambda read: read(explained, values)))  # noqa: B023 - called at once
            assert "Scan Backward using answers_latest" in plan
            assert "Seq Scan" not in plan


# --- connections


def test_times_are_those_of_the_server_whatever_our_clock_does(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with contextlib.closing(open_store(address)) as store:
        for hours in (3, -72):
            true = now()
            monkeypatch.setattr(pool, "now", lambda hours=hours: now() + timedelta(hours=hours))
            assert abs(store.now() - true) < timedelta(minutes=10)


# --- the server goes away


def impatient(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(pool, "PATIENCE_S", seconds)
    monkeypatch.setattr(pool, "_REST_S", 0.2)


def test_while_the_server_is_away_nothing_is_sent(
    own: Postgres, names: Loopback, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient(monkeypatch, 0.3)
    place = own.new_schema()
    client = make_client(cache=place)
    assert len(xf.fetch_profiles(["1"], client=client)) == 1
    own.stop()
    for ask in (
        lambda: xf.fetch_profiles(["1", "2"], client=client),
        client.ledger,
        lambda: make_client(cache="postgresql://127.0.0.1:1/d").ledger(),
    ):
        with pytest.raises(xf.CacheError, match="cannot be reached"):
            ask()
    assert names.hits() == 1
    own.start()
    impatient(monkeypatch, 60)
    assert xf.fetch_profiles(["1", "2"], client=client)["kol_id"].tolist() == ["1", "2"]
    assert (names.hits(), client.ledger()["billed"].tolist()) == (2, ["yes", "yes"])


@pytest.mark.parametrize("back", [True, False], ids=["back in time", "back too late"])
def test_what_was_paid_waits_for_the_server_and_is_rescued_where_it_stays_away(
    own: Postgres,
    server: Loopback,
    make_client: MakeClient,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    back: bool,
) -> None:
    impatient(monkeypatch, 120 if back else 0.3)
    place = own.new_schema()
    client = make_client(cache=place, max_workers=1)
    client.ledger()
    restarted = threading.Thread(target=own.start)

    def away(seen: Seen) -> Reply:
        own.stop()
        if back:
            restarted.start()
        return ok({"nick_name": "达人"})

    server.answer = away
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        frame = xf.fetch_profiles(["1"], client=client)
    assert frame["nick_name"].tolist() == ["达人"]
    rescued = list(tmp_path.glob("xingtu-rescued-*.json"))
    assert [len(rescued), len(caught)] == ([0, 0] if back else [1, 1])
    if back:
        restarted.join()
    else:
        assert PASSWORD not in rescued[0].read_text("utf-8") + str(caught[0].message)
        own.start()
        impatient(monkeypatch, 60)
    server.answer = lambda seen: pytest.fail("paid again")
    assert xf.fetch_profiles(["1"], client=make_client(cache=place))["nick_name"].tolist() == ["达人"]
    assert client.ledger()["billed"].tolist() == ["yes"]
    assert list(tmp_path.glob("xingtu-rescued-*.json")) == []


def test_connections_that_are_cut_lose_nothing_and_pay_nothing_twice(
    own: Postgres, server: Loopback, make_client: MakeClient
) -> None:
    client = make_client(cache=own.new_schema(), max_workers=4, retries=0)
    client.ledger()
    cut = []

    def answer_and_cut(seen: Seen) -> Reply:
        # Others are inside transactions then, and the paid answer finds its connection dead.
        if int(seen.kol_id or 0) % 3 == 0:
            cut.append(own.cut_connections())
        return ok({"nick_name": "达人"}, delay=0.01)

    server.answer = answer_and_cut
    assert xf.fetch_profiles(IDS, client=client)["kol_id"].tolist() == IDS
    assert sum(cut) > 0
    assert server.charged == server.hits() == len(IDS)
    assert client.ledger()["billed"].tolist() == ["yes"] * len(IDS)
    assert client.store.count()["answers"] == len(IDS)
    assert client.budget()["spent"].tolist() == [len(IDS)]
