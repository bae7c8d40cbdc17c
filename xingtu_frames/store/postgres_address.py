"""What an address of a PostgreSQL server says, by libpq's own rules, and what of it may be shown."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import warnings
from collections.abc import Iterator, Mapping
from configparser import ParsingError, RawConfigParser
from ipaddress import ip_address

import psycopg
from psycopg.conninfo import conninfo_to_dict

from ..errors import ConfigError, InsecureTransportWarning, shown
from .postgres_silence import PatientConnection
from .server_address import ServerAddress

# The first three bound how long a network that drops everything in silence is waited for; an address may say otherwise.
_OPTIONS: Mapping[str, str] = {
    "connect_timeout": "5",
    "tcp_user_timeout": "30000",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "application_name": "xingtu_frames",
}
_PORT = "5432"
_HOST = re.compile(r"[\w.,:%/\[\]-]*")
_PORTS = re.compile(r"[0-9,]*")
_DATABASE = re.compile(r"[^@=/?#\x00-\x1f]*")
_NAMED = re.compile(r'\b(user|role) "[^"]*"', re.IGNORECASE)
_SECURE = ("require", "verify-ca", "verify-full")
_NOT_SECRET = ("host", "hostaddr", "port", "dbname")
_SHORTEST_VALUE = 3
_VARIABLES: Mapping[str, str] = {"host": "PGHOST", "hostaddr": "PGHOSTADDR", "sslmode": "PGSSLMODE"}
_ELSEWHERE = "elsewhere"
_warned: set[str] = set()


class Server:
    """A PostgreSQL database, as an address names it.

    Parameters
    ----------
    address
        What the user wrote.

    Attributes
    ----------
    shown
        The address without user, password and query.
    mark
        What tells this database from others, for files that belong to it; no secret can be read from it.

    Raises
    ------
    ConfigError
        It cannot be read.
    """

    def __init__(self, address: ServerAddress) -> None:
        self._parts = _read(address)
        place = [self._parts.get(name, "") for name in ("host", "port", "dbname")]
        host, port, database = place
        self.shown = shown(
            f"postgresql://{host.replace('/', '%2F')}{f':{port}' if port else ''}{f'/{database}' if database else ''}"
        )
        known = [host, port or _PORT, database or self._parts.get("user", ""), self._parts.get("options", "")]
        self.mark = hashlib.sha256("\n".join([*known, self._parts.get("service", "")]).encode()).hexdigest()

    def connect(self) -> PatientConnection:
        """Return a new connection that keeps nothing on the server between two transactions."""
        options = {**_OPTIONS, **self._parts, "client_encoding": "utf8"}
        return PatientConnection.connect(**options, autocommit=True, prepare_threshold=None)  # type: ignore[arg-type]

    def said(self, error: Exception) -> str:
        """Return what the server or libpq says, on one line, without user, password and query."""
        lines = str(error).strip().splitlines() or [type(error).__name__]
        text = lines[0]
        # First: a name may hold quotes itself.
        for value in self._secrets():
            text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", "***", text)
        return shown(_NAMED.sub(r"\1", text), 300)

    def _secrets(self) -> Iterator[str]:
        for name, value in self._parts.items():
            if name in ("user", "password") or (name not in _NOT_SECRET and len(value) >= _SHORTEST_VALUE):
                yield value
        yield from (os.environ[name] for name in ("PGUSER", "PGPASSWORD") if os.environ.get(name))

    @property
    def is_here(self) -> bool:
        """Whether it is on this machine."""
        place = self._place()
        return all(map(_is_here, (place.get("hostaddr") or place.get("host", "")).split(",")))

    def _place(self) -> dict[str, str]:
        """Return host, hostaddr and sslmode, wherever libpq takes them from."""
        service = self._parts.get("service") or os.environ.get("PGSERVICE")
        variables = {name: os.environ.get(variable, "") for name, variable in _VARIABLES.items()}
        found = {**variables, **(_of_service(service) if service else {}), **self._parts}
        return {name: found[name] for name in _VARIABLES if found.get(name)}

    def warn(self) -> None:
        """Warn, once per process and server, where what is stored may travel unencrypted to another host.

        Warns
        -----
        InsecureTransportWarning
            Nothing in the address or the environment asks for TLS.
        """
        if self._place().get("sslmode") in _SECURE or self.shown in _warned or self.is_here:
            return
        _warned.add(self.shown)
        warnings.warn(
            f"answers may travel unencrypted to {self.shown}; anyone on the way can read them: add "
            "?sslmode=verify-full to the address",
            InsecureTransportWarning,
            stacklevel=5,
        )


def _read(address: ServerAddress) -> dict[str, str]:
    parts: dict[str, str] = {}
    # What libpq says of an address it cannot read repeats it.
    with contextlib.suppress(psycopg.Error, UnicodeError):
        parts = {name: str(value) for name, value in conninfo_to_dict(address.reveal()).items()}
        patterns = {"host": _HOST, "hostaddr": _HOST, "port": _PORTS, "dbname": _DATABASE}
        # A password with such characters in clear is taken for parts of the address.
        if all(pattern.fullmatch(parts.get(name, "")) for name, pattern in patterns.items()):
            return parts
    del parts
    raise ConfigError(
        "cache must be an address such as postgresql://USER@HOST:PORT/DATABASE, not one that libpq cannot read; write "
        "special characters of a user or password as %40 and the like, or leave the password to ~/.pgpass or PGPASSWORD"
    )


def _of_service(name: str) -> dict[str, str]:
    """Return where a service is, by the files that libpq looks into; elsewhere where they do not say."""
    # What is read last counts.
    folders = filter(None, [os.environ.get("PGSYSCONFDIR")])
    files = [os.path.join(folder, "pg_service.conf") for folder in folders]
    files.append(os.environ.get("PGSERVICEFILE") or os.path.expanduser("~/.pg_service.conf"))
    read = RawConfigParser(strict=False, delimiters=("=",))
    with contextlib.suppress(ParsingError, UnicodeDecodeError):
        read.read(files, "utf-8")
    found = dict(read[name]) if name in read else {"host": _ELSEWHERE}
    return {key: found[key] for key in _VARIABLES if key in found}


def _is_here(host: str) -> bool:
    """Return whether a host is this machine."""
    if host in ("", "localhost") or host.startswith(("/", "@")):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
