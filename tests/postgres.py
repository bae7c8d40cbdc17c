"""A PostgreSQL server, and PgBouncer before it, that tests start from their binaries: on loopback, and not as root."""

from __future__ import annotations

import contextlib
import glob
import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest

OWNER = "admin"
_PLACES = "/usr/lib/postgresql/*/bin"
_START_S = 120.0
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "autovacuum": "off",
}


def binary(name: str) -> Path | None:
    """Return a program of the server, the newest there is."""
    found = shutil.which(name) or next(iter(sorted(glob.glob(f"{_PLACES}/{name}"), reverse=True)), None)
    return Path(found) if found else None


def needed(name: str) -> Path:
    """Return a program; without it the test is skipped, and fails where everything has to be tested."""
    found = binary(name)
    if found is None:
        reason = f"{name} is not installed: apt-get install postgresql pgbouncer"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def _user() -> dict[str, Any]:
    """Return who runs a server: it refuses to be root."""
    if os.getuid():
        return {}
    import pwd  # where there is root

    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Postgres:
    """A server of its own folder and port; `close` removes both.

    `inside` is put before its command, which then has to change the user itself.
    """

    def __init__(self, host: str = "127.0.0.1", inside: Sequence[str] = (), **settings: str) -> None:
        self.host, self._inside = host, inside
        self._initdb = needed("initdb")
        self._program = self._initdb.with_name("postgres")
        self._settings = {**_SETTINGS, "listen_addresses": host, **settings}
        self._numbers = itertools.count(1)
        self._running: subprocess.Popen[bytes] | None = None
        self.folder = Path(tempfile.mkdtemp(prefix="xingtu-postgres-"))
        if not os.getuid():
            os.chown(self.folder, _user()["user"], _user()["group"])
        self.data = self.folder / "data"
        self.port = free_port()
        command = [self._initdb, "-D", self.data, "-A", "trust", "-U", OWNER, "-E", "UTF8", "--no-locale", "--no-sync"]
        subprocess.run([*command, "--no-instructions"], check=True, capture_output=True, cwd="/", **_user())
        with (self.data / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {host}/24 trust\n")
        self.start()

    def start(self) -> None:
        """Start the server and wait until it takes connections."""
        options = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._running = subprocess.Popen(
                [*self._inside, self._program, "-D", self.data, "-p", str(self.port), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                **({} if self._inside else _user()),
            )
        until = time.monotonic() + _START_S
        while True:
            try:
                self.run("SELECT 1")
                return
            except psycopg.OperationalError:
                if time.monotonic() > until or self._running.poll() is not None:
                    raise
            time.sleep(0.02)

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT cuts the connections and ends in order, SIGQUIT is a crash."""
        assert self._running is not None
        self._running.send_signal(number)
        self._running.wait(_START_S)

    def run(self, *statements: str, database: str = "postgres") -> list[Any]:
        """Run statements as the owner of everything; return the rows of the last one."""
        with psycopg.connect(self.address(database), autocommit=True) as db:
            rows = []
            for statement in statements:
                cursor = db.execute(statement)
                rows = cursor.fetchall() if cursor.description else []
            return rows

    def address(self, database: str = "postgres", *, user: str = OWNER, port: int | None = None) -> str:
        return f"postgresql://{user}:secret-word@{self.host}:{port or self.port}/{database}"

    def new_schema(self) -> str:
        """Return the address of a store that nothing is in yet."""
        name = f"store_{next(self._numbers)}"
        self.run(f"CREATE SCHEMA {name}")
        return f"{self.address()}?options=-csearch_path%3D{name}"

    def new_database(self) -> str:
        """Return the name of a database that nothing is in yet."""
        name = f"store_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return name

    def cut_connections(self) -> int:
        """Cut every connection but one's own."""
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        return len(self.run(f"{cut} AND backend_type = 'client backend'"))

    def close(self) -> None:
        if self._running is not None and self._running.poll() is None:
            self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)


_BOUNCER = """
[databases]
* = host=127.0.0.1 port={server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 6
max_client_conn = 500
"""


@contextlib.contextmanager
def pgbouncer(server: Postgres) -> Iterator[int]:
    """Run PgBouncer in transaction mode before a server, with few connections; yield its port."""
    program, port = needed("pgbouncer"), free_port()
    settings = server.folder / f"pgbouncer-{port}.ini"
    # With that kind of trust, PgBouncer itself asks the server as one user.
    text = _BOUNCER.format(server=f"{server.port} user={OWNER}", port=port)
    settings.write_text(text)
    settings.chmod(0o644)
    with settings.with_suffix(".log").open("wb") as log:
        running = subprocess.Popen(
            [program, settings], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", **_user()
        )
    try:
        until = time.monotonic() + _START_S
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.02)
        yield port
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(_START_S)
