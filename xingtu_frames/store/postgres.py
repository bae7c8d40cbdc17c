"""Connections to a PostgreSQL server that a team shares: what `sqlite` is to a file, with the same tables.

A transaction is all that a client has on the server: no session settings, no prepared statements, no locks that
outlive it, so that a pooler between the two may give it another connection each time. What a transaction does may be
done twice, so that it can wait until a server that went away is back.
"""

from __future__ import annotations

import contextlib
import random
import re
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import psycopg

from ..errors import CacheError
from .answer import now
from .pool import Connection, Fact, Read, Result, Row, Values
from .postgres_address import Server
from .postgres_errors import AgainError, ServerAwayError, cache_error
from .postgres_format import STEPS, TABLES, VERSION, Database, adopt, check_version

MOST_CONNECTIONS = 4
"""Connections of one process: a server has a hundred in all, unless it was told otherwise."""
PATIENCE_S = 60.0
"""For how long work waits for a server that went away."""
_REST_S = 2.0
_TRIES = 20
_LONGEST_PAUSE_S = 2.0
# Who stands still inside a transaction is cut off before those who wait for it give up: all connections of a process
# one after the other, because each that waited for the same row holds it then. Who only reads blocks no one, and may
# take a while for what has come.
_LIMITS = (
    "SET LOCAL lock_timeout = '20s'; SET LOCAL statement_timeout = '300s'; "
    "SET LOCAL idle_in_transaction_session_timeout = '{}'"
)
# An answer that the server says it has must outlive a crash, whatever it was told of other transactions.
_DURABLE = "SELECT set_config('synchronous_commit', 'local', true) WHERE current_setting('synchronous_commit') = 'off'"
# In whole numbers: how many digits of others are shown is a setting.
_MOMENT = f"SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, ({VERSION})"  # noqa: S608 - of constants
_READ = f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {_LIMITS.format('20s')}; {_MOMENT}"
_BEGIN = f"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; {_LIMITS.format('3s')}"
_WRITE = f"{_BEGIN}; {_DURABLE}; {_MOMENT}"
# The server writes to its disk in order: what is lasting takes along what was before it.
_WRITE_SOON = f"{_BEGIN}; SET LOCAL synchronous_commit = off; {_MOMENT}"
# No index takes a long text.
_OF_KEY = "hashtextextended(key, 0) = hashtextextended({0}, 0) AND key = {0}"
_NAME = re.compile(r"(?<![:\w]):(\w+)")
_IDLE = psycopg.pq.TransactionStatus.IDLE
_MAY = """
SELECT has_table_privilege('answers', 'INSERT'), has_table_privilege('answers', 'DELETE'), pg_is_in_recovery()
"""
_SIZE = f"SELECT {' + '.join(f'pg_total_relation_size({table!r})' for table in TABLES)}"
_EPOCH = datetime.fromtimestamp(0, UTC)
_CLOCKS_DIFFER_S = 5.0
_JUMP_S = 0.5
_LOOKED_FOR_S = 0.05


@lru_cache
def _spelled(statement: str) -> str:
    """Return a statement of the store with its values as psycopg names them."""
    return _NAME.sub(r"%(\1)s", statement.replace("%", "%%").replace("?", "%s"))


def _run(db: Database, statement: str, values: Values = ()) -> psycopg.Cursor[Any]:
    # As text, bytes would take twice as many.
    return db.execute(_spelled(statement), values, binary=True)


def _steady_s() -> float:
    """Return what stays the same until our clock is changed, or the machine sleeps."""
    return now().timestamp() - time.monotonic()


class _Inside:
    """A connection inside a transaction, that takes the store's statements."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def execute(self, statement: str, values: Values = ()) -> psycopg.Cursor[object]:
        return _run(self._db, statement, values)


def _rows(db: Database, query: str, values: Values) -> list[Row]:
    return _run(db, query, values).fetchall()


class _Line(dict[threading.Lock, Database | None]):
    """Those who want a connection, in the order in which they came, with the one that each was lent.

    Who stands in front is at work; the rest are woken by the lock that is their ticket. No lock is shared that an
    interrupt, or a fork, could leave held.
    """

    def __init__(self, places: int) -> None:
        self._places = places

    def wait(self, ticket: threading.Lock) -> None:
        """Stand in the line until it is one's turn."""
        ticket.acquire()
        self[ticket] = None
        while ticket not in self._in_front():
            # Not a queue's `get`, whose time may run out between two of its tries: it then waits for ever.
            ticket.acquire(timeout=_LOOKED_FOR_S)

    def _in_front(self) -> list[threading.Lock]:
        return list(self)[: self._places]

    def leave(self, ticket: threading.Lock) -> None:
        """Leave the line, and wake whose turn it is now."""
        others_wait = len(self) > self._places
        self.pop(ticket, None)
        if others_wait:
            for other in self._in_front():
                with contextlib.suppress(RuntimeError):
                    other.release()


class _Absence:
    """For how long the server has been away, as far as this process knows."""

    def __init__(self) -> None:
        self.was_there = False
        self._since: float | None = None
        self._failed: tuple[float, str] = (float("-inf"), "")

    def check(self) -> None:
        """Refuse at once what would wait for a server that was waited for long enough, and was away a moment ago."""
        since, (failed, text) = self._since, self._failed
        if since is not None and failed - since >= PATIENCE_S and time.monotonic() - failed < _REST_S:
            raise ServerAwayError(text)

    def wait(self, error: ServerAwayError, started: float, tries: int) -> None:
        """Wait a little, or raise the error where there is no point in waiting on."""
        moment = time.monotonic()
        since = self._since = started if self._since is None else self._since
        self._failed = moment, error.said
        if not self.was_there or moment - since >= PATIENCE_S:
            raise error
        time.sleep(random.uniform(0.05, min(0.1 * 2**tries, _LONGEST_PAUSE_S)))  # noqa: S311 - no secret

    def end(self) -> None:
        """Take note that the server is there."""
        self._since = None


class PostgresPool:
    """Connections to one database, at most four for each process, each used by one thread at a time.

    Parameters
    ----------
    server
        Where it is.
    read_only
        Leave it exactly as it is.
    """

    listed = "json_array_elements_text(CAST(:listed AS json)) WITH ORDINALITY AS asked (value, number)"
    newest = f"""{listed} LEFT JOIN LATERAL (
        SELECT * FROM answers WHERE {_OF_KEY.format("asked.value")} AND served = 1 AND id > :after
        ORDER BY id DESC LIMIT 1
    ) AS a ON TRUE CROSS JOIN LATERAL (SELECT asked.number - 1 AS place, a.id) AS n"""  # noqa: S608 - of constants
    of_key = _OF_KEY.format(":key")
    last_id = "SELECT lastval()"
    in_memory = False
    beside: Path | None = None

    def __init__(self, server: Server, *, read_only: bool = False) -> None:
        self.shown, self.mark = server.shown, server.mark
        self.users = 0
        self._server, self._read_only = server, read_only
        self._absence = _Absence()
        self._ahead = timedelta()
        self._steady: float | None = None
        self._ready = self._closed = False
        self._start_empty()
        pools.add(self)

    def _start_empty(self) -> None:
        self._free: list[Database] = []
        # One connection is kept for what is urgent: all others may wait for a row that another process holds.
        self._line, self._urgent = _Line(MOST_CONNECTIONS - 1), _Line(1)

    # --- use

    def read(self, work: Callable[[Read], Result]) -> Result:
        """Do some reading, all of it as the database is at one moment, and return its result."""
        return self._done(_READ, lambda db: work(partial(_rows, db)))

    def write(self, work: Callable[[Connection], Result], *, urgent: bool = False, lasting: bool = True) -> Result:
        """Do some work inside one transaction and return its result; an error undoes it."""
        begin = _READ if self._read_only else _WRITE if lasting else _WRITE_SOON
        return self._done(begin, lambda db: work(_Inside(db)), self._urgent if urgent else self._line)

    def now(self) -> datetime:
        """Return the server's time: the clocks of a team's machines differ."""
        if self._steady is None or abs(_steady_s() - self._steady) > _JUMP_S:
            # Our clock was put right or wrong since it was compared, or the machine has slept.
            with contextlib.suppress(CacheError):
                self.read(lambda read: None)
        return now() + self._ahead

    def check_missing(self, keys: Sequence[str], read: Read) -> None:
        """Believe what the server says: it looks after its indexes itself."""

    def check_whole(self) -> None:
        """Believe what the server says: it looks after its pages itself, and each answer has its checksum."""

    def check_ready(self) -> None:
        """Believe what the server says: its locks are its own."""

    def settle(self) -> None:
        """Leave it to the server, which writes to its disk before it says that it has."""

    def shrink(self) -> None:
        """Leave it to the server, which gives the space to what comes."""

    def size(self) -> int:
        """Return how many bytes the tables and their indexes take on the server's disk."""
        return self.read(lambda read: int(read(_SIZE, ())[0][0]))

    @contextlib.contextmanager
    def salvage(self) -> Iterator[None]:
        """Yield nothing: the server's files are out of reach."""
        yield None

    def examine(self) -> Iterator[Fact]:
        """Yield what is worth knowing of the server."""
        about: list[tuple[int, bool]] = []

        def look(db: Database) -> tuple[object, ...]:
            about.append((db.info.server_version, db.pgconn.ssl_in_use))
            return _run(db, _MAY).fetchone() or (False, False, False)

        adds, deletes, stands_by = self._done(_READ, look)
        version, encrypted = about[-1]
        yield Fact("ok", f"PostgreSQL {version // 10_000}.{version % 10_000}, format {len(STEPS)}")
        local = self._server.is_here
        how = "encrypted" if encrypted else "on this machine" if local else "unencrypted: add ?sslmode=verify-full"
        yield Fact("ok" if encrypted or local else "look", f"the connection is {how}")
        may = "may add answers" if adds else "may not add answers"
        yield Fact("ok" if adds else "look", f"this user {may}, and may {'' if deletes else 'not '}delete them")
        if stands_by:
            yield Fact("look", "it is a standby, which takes no answers: name the server that does")
        apart = abs(self._ahead).total_seconds()
        yield Fact("ok" if apart < _CLOCKS_DIFFER_S else "look", f"its clock and ours are {apart:.1f} s apart")

    # --- a transaction, again where that helps

    def _done(self, begin: str, work: Callable[[Database], Result], line: _Line | None = None) -> Result:
        tries = 0
        while True:
            self._absence.check()
            started = time.monotonic()
            try:
                result = self._done_once(begin, work, self._line if line is None else line)
            except AgainError:
                if tries >= _TRIES:
                    raise
                time.sleep(random.uniform(0, min(0.01 * 2**tries, _LONGEST_PAUSE_S)))  # noqa: S311 - no secret
            except ServerAwayError as error:
                # One that was open may have died long ago, and says nothing of the server.
                if not self._drop_free():
                    self._absence.wait(error, started, tries)
            else:
                self._absence.end()
                return result
            tries += 1

    def _done_once(self, begin: str, work: Callable[[Database], Result], line: _Line) -> Result:
        problem: CacheError | None = None
        ticket = threading.Lock()
        try:
            line.wait(ticket)
            db = line[ticket] = self._take()
            self._begin(db, begin)
            result = work(db)
            db.execute("COMMIT")
        except (psycopg.Error, UnicodeEncodeError) as error:
            problem = cache_error(self._server, error)
        finally:
            # Again where an interrupt cut it short: a place that is kept would be missing for good.
            try:
                self._end(line, ticket)
            except BaseException:
                self._end(line, ticket)
                raise
        if problem is not None:
            raise problem
        return result

    def _end(self, line: _Line, ticket: threading.Lock) -> None:
        db = line.get(ticket)
        if db is not None:
            # One that an interrupt keeps from coming back is closed when it is collected.
            line[ticket] = None
            self._give(db)
        line.leave(ticket)

    def _begin(self, db: Database, begin: str) -> None:
        before = now()
        cursor = db.execute(begin)
        while cursor.nextset():
            pass
        micros, version = cursor.fetchone() or (0, None)
        self._compare_clocks(before, _EPOCH + timedelta(microseconds=micros), now())
        check_version(version, self.shown)

    def _compare_clocks(self, before: datetime, moment: datetime, after: datetime) -> None:
        """Believe what was known of the server's clock for as long as it can be: at first, that it is like ours."""
        least, most = moment - after, moment - before
        if not least <= self._ahead <= most:
            self._ahead = (least + most) / 2
        self._steady = _steady_s()

    # --- lending

    def _take(self) -> Database:
        if self._closed:
            raise CacheError(f"the cache {self.shown} is closed; make a new Client")
        with contextlib.suppress(IndexError):
            while True:
                db = self._free.pop()
                if not db.closed:
                    return db
        return self._connect()

    def _connect(self) -> Database:
        problem: CacheError
        db: Database | None = None
        try:
            db = self._server.connect()
            self._absence.was_there = True
            if not self._ready:
                adopt(db, self.shown, read_only=self._read_only)
                self._ready = True
        except psycopg.Error as error:
            problem = cache_error(self._server, error)
        except CacheError as error:
            problem = error
        else:
            return db
        if db is not None:
            db.close()
        raise problem

    def _give(self, db: Database) -> None:
        """Take a connection back; one that is inside a transaction is closed, which undoes it."""
        if db.closed or db.info.transaction_status != _IDLE:
            db.close()
            return
        self._free.append(db)
        if self._closed:
            self._drop_free()

    def _drop_free(self) -> int:
        """Close the free connections, and return how many there were."""
        closed = 0
        with contextlib.suppress(IndexError):
            while True:
                self._free.pop().close()
                closed += 1
        return closed

    def close(self) -> None:
        """Close the free connections; one that is lent is closed when it comes back."""
        self._closed = True
        self._drop_free()

    def inherit(self) -> None:
        """After a fork, in the child: leave the parent's connections alone, and do not close them for it."""
        _inherited.append(self._free)
        self._start_empty()


pools: weakref.WeakSet[PostgresPool] = weakref.WeakSet()
"""Every pool of this process."""
_inherited: list[Sequence[Database]] = []
