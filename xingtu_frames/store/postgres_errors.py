"""What PostgreSQL, PgBouncer and libpq say, as errors of the store: what may pass, and what is to be done."""

from __future__ import annotations

import re
from collections.abc import Mapping

import psycopg
from psycopg import errors

from ..errors import CacheError
from .pool import NotOursError, RefusedError
from .postgres_address import Server

_MAY_PASS = (errors.SerializationFailure, errors.DeadlockDetected, errors.UniqueViolation)
_HELD = (errors.LockNotAvailable, errors.QueryCanceled)
_REFUSED = (psycopg.DataError, errors.ProgramLimitExceeded, UnicodeEncodeError)
_NOT_OURS = (errors.UndefinedTable, errors.UndefinedColumn, errors.InvalidSchemaName)
_ADVICE: tuple[tuple[type[psycopg.Error], str], ...] = (
    (errors.InsufficientPrivilege, "this user may not do that; ask whoever looks after the database"),
    (errors.ReadOnlySqlTransaction, "it is read-only; name the server that takes what is written"),
    # Of a standby.
    (errors.FeatureNotSupported, "it takes no writes; name the server that does"),
    (errors.DiskFull, "its disk is full"),
    (errors.OutOfMemory, "its memory is full; whoever looks after the database may raise max_locks_per_transaction"),
    (errors.ProgramLimitExceeded, "the question is too long for its index"),
)
_ASK = "ask whoever looks after the database"
Advice = Mapping[str, str]
# What is said of a connection that was not made has no code; in another language it is found in neither list.
_PASSES: Advice = {
    "too many (clients|connections)|slots are reserved|query_wait_timeout": "all its connections are in use: close "
    f"what is done with it, or {_ASK} for PgBouncer or for more max_connections",
    "starting up|shutting down|recovery|not (yet )?accepting connections": "it starts or stops; try again in a minute",
    "resolve host|not known": "look at the host in the address, and at the network",
    "": "look at host and port in the address, at the network, and whether the server runs",
}
_LASTS: Advice = {
    "pg_hba.*no encryption": "add ?sslmode=verify-full to the address; if that changes nothing, "
    f"{_ASK} to let this user in from here (pg_hba.conf)",
    "pg_hba": f"{_ASK} to let this user in from here (pg_hba.conf)",
    "authentication failed|no password": "look at user and password: in the address, ~/.pgpass or PGPASSWORD",
    "role (.* )?does not exist|to log in$": f"{_ASK} for a role with LOGIN",
    "database .* does not exist": "look at the name of the database; its administrator makes it with createdb",
    "not currently accepting": f"it is closed for now; {_ASK}",
    "permission denied for database": f"{_ASK} to GRANT CONNECT",
    "SSL was required": f"{_ASK} to set ssl = on; without TLS anyone on the way can read",
    "certificate": f"{_ASK} for the certificate of its authority and the host in it, and add &sslrootcert=FILE to the "
    "address",
    "standby mode|read-only|read-write|server is": "no server in the address is what target_session_attrs asks for",
    "definition of service": "look at service= in the address, and at ~/.pg_service.conf",
    "parameter": "take what the server does not know out of the address, or of the variables that begin with PG",
}
_TOO_MANY = "53300"
_CONNECTION, _OPERATOR = "08", "57"
# Who stood still in a transaction, or took longer for one than the administrator allows; then the connection is closed.
_CUT_OFF = ("25P03", "25P04")


class ServerAwayError(CacheError):
    """The server cannot be reached, or does not take requests now."""


class AgainError(CacheError):
    """Another transaction was in the way: the work is done again."""


def cache_error(server: Server, error: Exception) -> CacheError:
    """Return the error of the store for what psycopg raised."""
    said = server.said(error)
    if isinstance(error, _HELD):
        return CacheError(
            f"the cache {server.shown} is held by another process; nothing was paid; try again when it is done ({said})"
        )
    if is_away(error):
        lasts = _advice(_LASTS, said)
        if lasts is not None:
            return CacheError(f"the cache {server.shown} cannot be used: {said}; {lasts}")
        return ServerAwayError(f"the cache {server.shown} cannot be reached: {said}; {_advice(_PASSES, said)}")
    if isinstance(error, _MAY_PASS):
        return AgainError(f"the cache {server.shown} is used by many at once ({said}); try again")
    if isinstance(error, _NOT_OURS):
        return NotOursError(
            f"{server.shown} is not a cache as xingtu_frames makes it: {said}; name another with cache="
        )
    advice = next((f"; {text}" for kind, text in _ADVICE if isinstance(error, kind)), "")
    if isinstance(error, _REFUSED):
        return RefusedError(f"the cache {server.shown} does not take that: {said}{advice}")
    return CacheError(f"the cache {server.shown} cannot be used: {said}{advice}")


def _advice(several: Advice, said: str) -> str | None:
    return next((advice for pattern, advice in several.items() if re.search(pattern, said)), None)


def is_away(error: Exception) -> bool:
    """Return whether this is about the connection, not about what was asked on it."""
    state = error.sqlstate if isinstance(error, psycopg.Error) else None
    if state in _CUT_OFF:
        return True
    if not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    return state is None or state[:2] in (_CONNECTION, _OPERATOR) or state == _TOO_MANY
