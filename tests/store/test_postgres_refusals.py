"""What a real server says when it lets nobody in: named with what to do about it, and nothing is paid."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

import xingtu_frames as xf
from tests.cli_cases import Done
from tests.loopback import Loopback, ok
from tests.postgres import OWNER, Postgres, free_port, pgbouncer
from xingtu_frames.store import rescue
from xingtu_frames.store.answers import open_store
from xingtu_frames.store.postgres_address import Server

pytestmark = pytest.mark.slow

MakeClient = Callable[..., xf.Client]
Run = Callable[..., Done]
USER, PASSWORD = "secret_user", "secret-word"
CERTIFICATE = Path(__file__).parents[1] / "loopback.pem"


class Strict(Postgres):
    """A server of few connections, with a store that one user may use, whom it lets in only as it is told."""

    def __init__(self) -> None:
        super().__init__(max_connections="8")
        self.rules = self.data / "pg_hba.conf"
        self.trusting = self.rules.read_text()
        self.store = self.new_database()
        self.run(f"CREATE ROLE {USER} LOGIN PASSWORD '{PASSWORD}'")
        self.run(f"GRANT ALL ON SCHEMA public TO {USER}", database=self.store)
        with contextlib.closing(open_store(self.address(self.store, user=USER))) as store:
            store.count()

    def rule(self, text: str) -> None:
        """Let the user in by that rule alone."""
        self.rules.write_text(f"{text.format(user=USER)}\nhost all {OWNER} 127.0.0.1/32 trust\n")
        self.reload()

    def reload(self) -> None:
        """Let the server read its settings again, and wait until it has."""
        before = self.run("SELECT pg_conf_load_time()")
        self.run("SELECT pg_reload_conf()")
        until = time.monotonic() + 60
        while self.run("SELECT pg_conf_load_time()") == before and time.monotonic() < until:
            time.sleep(0.01)


@pytest.fixture(scope="module")
def running() -> Iterator[Strict]:
    server = Strict()
    yield server
    server.close()


@pytest.fixture
def strict(running: Strict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Strict]:
    """Return the server, which is as it was when the test has ended."""
    monkeypatch.setattr(rescue, "_elsewhere", lambda: [tmp_path])
    monkeypatch.delenv("PGPASSWORD", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    yield running
    running.rules.write_text(running.trusting)
    running.run("ALTER SYSTEM RESET ALL")
    running.reload()


@pytest.fixture
def names(server: Loopback) -> Loopback:
    server.answer = lambda seen: ok({"nick_name": "达人"})
    return server


def sql(*statements: str) -> Callable[[Strict], Any]:
    """Return what a server is told, with the names of its store and user put in."""
    return lambda server: server.run(*(text.format(store=server.store, user=USER) for text in statements))


def rule(text: str) -> Callable[[Strict], None]:
    return lambda server: server.rule(text)


def with_tls(server: Strict) -> None:
    place = server.folder / "own.pem"
    shutil.copy(CERTIFICATE, place)
    place.chmod(0o600)
    if not os.getuid():
        shutil.chown(place, "postgres", "postgres")
    server.run(*(f"ALTER SYSTEM SET ssl_{name}_file = '{place}'" for name in ("cert", "key")))
    server.run("ALTER SYSTEM SET ssl = on")
    server.reload()


def nothing(server: Strict) -> None:
    """Leave it as it is."""


HERE = "host all {user} 127.0.0.1/32"
Case = tuple[Callable[[Strict], Any], str, str, Callable[[Strict], Any]]
REFUSALS: dict[str, Case] = {
    "password wrong": (
        rule(f"{HERE} scram-sha-256"),
        "postgresql://{user}:secret-guess@{place}/{store}",
        "password authentication failed for user; look at user and password: in the address, ~/.pgpass or PGPASSWORD",
        nothing,
    ),
    "password missing": (
        rule(f"{HERE} scram-sha-256"),
        "postgresql://{user}@{place}/{store}",
        "no password supplied; look at user and password",
        nothing,
    ),
    "database missing": (
        nothing,
        "postgresql://{user}@{place}/nowhere",
        '"nowhere" does not exist; look at the name of the database; its administrator makes it with createdb',
        nothing,
    ),
    "role missing": (
        nothing,
        "postgresql://secret_ghost@{place}/{store}",
        "role does not exist; ask whoever looks after the database for a role with LOGIN",
        nothing,
    ),
    "role without login": (
        sql("ALTER ROLE {user} NOLOGIN"),
        "postgresql://{user}@{place}/{store}",
        "not permitted to log in; ask whoever looks after the database for a role with LOGIN",
        sql("ALTER ROLE {user} LOGIN"),
    ),
    "no rule": (
        rule("host all {user} 192.0.2.0/24 trust"),
        "postgresql://{user}@{place}/{store}",
        "no pg_hba.conf entry .*; add .sslmode=verify-full to the address; if that changes nothing, ask whoever",
        nothing,
    ),
    "TLS required": (
        lambda server: (with_tls(server), server.rule("hostssl all {user} 127.0.0.1/32 trust")),
        "postgresql://{user}@{place}/{store}?sslmode=disable",
        "no encryption; add .sslmode=verify-full to the address",
        nothing,
    ),
    "rejected under TLS": (
        lambda server: (with_tls(server), server.rule(f"{HERE} reject")),
        "postgresql://{user}@{place}/{store}?sslmode=require",
        "pg_hba.conf rejects connection .*; ask whoever looks after the database to let this user in from here",
        nothing,
    ),
    "no TLS": (
        nothing,
        "postgresql://{user}@{place}/{store}?sslmode=verify-full",
        "SSL was required; ask whoever looks after the database to set ssl = on",
        nothing,
    ),
    "TLS without an authority": (
        with_tls,
        "postgresql://{user}@{place}/{store}?sslmode=verify-full",
        "certificate file .* does not exist; ask .* and add &sslrootcert=FILE to the address",
        nothing,
    ),
    "TLS of another authority": (
        with_tls,
        "postgresql://{user}@{place}/{store}?sslmode=verify-full&sslrootcert=system",
        "certificate verify failed.*; ask whoever looks after the database for the certificate of its authority",
        nothing,
    ),
    "no right to connect": (
        sql("REVOKE CONNECT ON DATABASE {store} FROM PUBLIC"),
        "postgresql://{user}@{place}/{store}",
        "permission denied for database .*; ask whoever looks after the database to GRANT CONNECT",
        sql("GRANT CONNECT ON DATABASE {store} TO PUBLIC"),
    ),
    "closed": (
        sql("ALTER DATABASE {store} ALLOW_CONNECTIONS false"),
        "postgresql://{user}@{place}/{store}",
        "not currently accepting connections; it is closed for now; ask whoever",
        sql("ALTER DATABASE {store} ALLOW_CONNECTIONS true"),
    ),
    "too many of a role": (
        sql("ALTER ROLE {user} CONNECTION LIMIT 0"),
        "postgresql://{user}@{place}/{store}",
        "too many connections for role; all its connections are in use",
        sql("ALTER ROLE {user} CONNECTION LIMIT -1"),
    ),
    "another kind of server": (
        nothing,
        "postgresql://{user}@{place}/{store}?target_session_attrs=standby",
        "no server in the address is what target_session_attrs asks for",
        nothing,
    ),
    "what it does not know": (
        nothing,
        "postgresql://{user}@{place}/{store}?options=-cnowhere%3D1",
        "take what the server does not know out of the address",
        nothing,
    ),
    "a service of nobody": (
        nothing,
        "postgresql:///{store}?service=nobody",
        "look at service= in the address",
        nothing,
    ),
    "a host of nobody": (
        nothing,
        "postgresql://{user}@nobody.invalid/{store}?sslmode=require",
        "look at the host in the address, and at the network",
        nothing,
    ),
    "a port of nobody": (
        nothing,
        f"postgresql://{{user}}@127.0.0.1:{free_port()}/{{store}}",
        "refused; look at host and port in the address, at the network, and whether the server runs",
        nothing,
    ),
}


@pytest.mark.parametrize("why", REFUSALS)
def test_who_is_not_let_in_is_told_what_to_do(
    strict: Strict, names: Loopback, make_client: MakeClient, run: Run, why: str
) -> None:
    refuse, written, said, allow = REFUSALS[why]
    address = written.format(user=USER, place=f"127.0.0.1:{strict.port}", store=strict.store)
    refuse(strict)
    try:
        with pytest.raises(xf.CacheError, match=said) as caught:
            xf.fetch_profiles(["1"], client=make_client(cache=address))
        done = run("doctor", "--cache", address)
    finally:
        allow(strict)
    assert names.hits() == 0
    assert done.status == 1
    assert [text for text in (str(caught.value), done.out, done.err) if "secret" in text] == []


def test_where_all_connections_are_in_use_nothing_is_paid_until_one_is_free(
    strict: Strict, names: Loopback, make_client: MakeClient
) -> None:
    address = strict.address(strict.store, user=USER)
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(psycopg.OperationalError):
            while True:
                stack.enter_context(psycopg.connect(address))
        with pytest.raises(xf.CacheError, match="all its connections are in use: close what is done with it"):
            xf.fetch_profiles(["1"], client=make_client(cache=address))
        assert names.hits() == 0
    assert len(xf.fetch_profiles(["1"], client=make_client(cache=f"{address}?application_name=again"))) == 1


def test_a_server_that_shuts_down_says_so(strict: Strict, names: Loopback, make_client: MakeClient) -> None:
    address = strict.address(strict.store, user=USER)
    assert strict._running is not None
    with psycopg.connect(address):
        strict._running.send_signal(signal.SIGTERM)
        with contextlib.suppress(psycopg.OperationalError):
            while True:
                psycopg.connect(address).close()
        with pytest.raises(xf.CacheError, match="shutting down; it starts or stops; try again in a minute"):
            xf.fetch_profiles(["1"], client=make_client(cache=address))
    strict._running.wait(120)
    strict.start()
    assert names.hits() == 0


def test_a_server_without_memory_for_locks_is_named(strict: Strict) -> None:
    def work(db: Any) -> None:
        # How many locks fill it depends on what it has done before.
        raise psycopg.errors.OutOfMemory("out of shared memory")

    with contextlib.closing(open_store(strict.address(strict.store, user=USER))) as store:
        with pytest.raises(xf.CacheError, match="out of shared memory; its memory is full; whoever looks after"):
            store._pool.write(work)
        assert store.count()["answers"] >= 0


def test_a_password_that_is_changed_meanwhile_is_not_tried_for_a_minute_and_costs_no_answer(
    strict: Strict, names: Loopback, make_client: MakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    strict.rule(f"{HERE} scram-sha-256")
    tries: list[Server] = []
    connect = Server.connect
    monkeypatch.setattr(Server, "connect", lambda server: tries.append(server) or connect(server))
    client = make_client(cache=strict.address(strict.store, user=USER), max_workers=1, retries=0)
    client.ledger()

    def answer_and_change(seen: Any) -> Any:
        strict.run(f"ALTER ROLE {USER} PASSWORD 'another'")
        strict.cut_connections()
        tries.clear()
        return ok({"nick_name": "达人"})

    names.answer = answer_and_change
    with pytest.warns(xf.StoreWarning, match="could not take a paid answer; it is delivered, and saved in"):
        assert len(xf.fetch_profiles(["1"], client=client, refresh=True)) == 1
    assert len(tries) < 5
    with pytest.raises(xf.CacheError, match="look at user and password"):
        xf.fetch_profiles(["2"], client=client)
    strict.run(f"ALTER ROLE {USER} PASSWORD '{PASSWORD}'")
    assert len(xf.fetch_profiles(["1"], client=client)) == 1
    assert names.hits() == 1
    assert list(tmp_path.glob("xingtu-rescued-*")) == []


def test_a_database_that_pgbouncer_does_not_reach_is_named(
    strict: Strict, names: Loopback, make_client: MakeClient
) -> None:
    with pgbouncer(strict) as port, warnings.catch_warnings():
        warnings.simplefilter("error")
        address = strict.address("nowhere", port=port)
        with pytest.raises(xf.CacheError, match=r"cannot be reached: .*; look at"):
            xf.fetch_profiles(["1"], client=make_client(cache=address))
    assert names.hits() == 0
