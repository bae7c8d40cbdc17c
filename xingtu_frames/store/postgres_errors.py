"""What PostgreSQL, PgBouncer and libpq say, as errors of the store: what may pass, and what is to be done."""

from __future__ import annotations

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
    (errors.ProgramLimitExceeded, "the question is too long for its index"),
)
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
        return ServerAwayError(f"the cache {server.shown} cannot be reached: {said}")
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


def is_away(error: Exception) -> bool:
    """Return whether this is about the connection, not about what was asked on it."""
    state = error.sqlstate if isinstance(error, psycopg.Error) else None
    if state in _CUT_OFF:
        return True
    if not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    return state is None or state[:2] in (_CONNECTION, _OPERATOR) or state == _TOO_MANY
