"""Connections to the store's file: one pool per file and process, each connection used by one thread at a time.

SQLite's locks hold as long as nothing but SQLite opens the file. A notebook that copies its store with a descriptor
of its own drops them without knowing, another process then folds the write-ahead log into the file and deletes it,
and what the first goes on to write is lost. So each pool holds an `anchor`, and looks at file, log and index before
and after each transaction: where the log was deleted all the same, the connections are made again and the transaction
is done again. The log is folded by `Pool.settle`, after each batch, and never by a single commit.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from ..errors import CacheError
from . import sqlite_format
from .answer import now
from .pool import Connection, DamagedError, Fact, Read, Result
from .sqlite_anchor import Anchor, anchored, holds_deleted_log, transaction, undo
from .sqlite_file import Identity, identity_of, make_private, open_file, size_of
from .sqlite_locks import check_locks
from .sqlite_rows import check_missing, rows

_BUSY_SECONDS = 5.0
_TRIES = 5
_COMMITS_BETWEEN_FOLDS = 500
_FOLDS_FOR_S = 1.0
# A log of this size is folded beside others at work, on SQLite's own locks alone, lest it grow without end.
_LARGE_LOG = 64 * 1024 * 1024
# The last one is how many KiB of pages a connection keeps: one function after another reads the same creators.
_SETTINGS = (
    *("synchronous = NORMAL", "wal_autocheckpoint = 0", "trusted_schema = OFF", "cell_size_check = ON"),
    "cache_size = -16000",
)
# The second where SQLite quotes a damaged name in its message.
_SQLITE_ERRORS = (sqlite3.Error, UnicodeDecodeError)


pools: weakref.WeakSet[Pool] = weakref.WeakSet()
"""Every pool of this process."""


class _FoldedError(Exception):
    """Another process folded and deleted the log: the transaction may be lost, and is done again."""


class Pool:
    """Connections to one file, or to one database in memory.

    A connection shared by threads misreads on Python 3.12 and 3.13, and one kept per thread is never closed when
    the thread ends; so a thread borrows one and gives it back. No connection to a file is open while
    the process forks; a database in memory is inherited.
    """

    listed = "json_each(:listed) AS asked"
    # In the order of the rows, which lie in few pages; with a limit SQLite looks for each once, not at every mention.
    # A question is known by its place, because whole texts are slow to sort.
    newest = f"""(
        SELECT asked.key AS place, (
            SELECT max(id) FROM answers WHERE key = asked.value AND served = 1 AND id > :after
        ) AS id FROM {listed} ORDER BY 2 LIMIT -1
    ) AS n LEFT JOIN answers AS a ON a.id = n.id"""  # noqa: S608 - of constants
    of_key = "key = :key"
    last_id = "SELECT last_insert_rowid()"

    def __init__(self, path: str, *, read_only: bool = False) -> None:
        self.path = self.shown = self.mark = path
        self.in_memory = path == ":memory:"
        # Where the file is: SQLite keeps the log beside it, and not beside a link to it.
        self.place = path if self.in_memory else os.path.realpath(path)
        self.beside = None if self.in_memory else Path(self.place)
        self.users = 0
        self.memory = threading.RLock() if self.in_memory else None
        self._read_only = read_only
        self._mutex, self._returned = _new_lock()
        self._frozen = False
        self._closed = False
        self._free: list[sqlite3.Connection] = []
        self._lent: dict[object, sqlite3.Connection] = {}
        self._anchor: Anchor | None = None
        self._prepared = False
        self._identity: Identity | None = None
        self._logs: tuple[Identity | None, ...] = ()
        self._folded = False
        self._commits = 0
        pools.add(self)

    # --- use

    def reading(self) -> contextlib.AbstractContextManager[sqlite3.Connection]:
        """Lend a connection."""
        return self._borrowed() if self.memory is None else self._alone_in(self.memory)

    @contextlib.contextmanager
    def _alone_in(self, memory: threading.RLock) -> Iterator[sqlite3.Connection]:
        with memory, self._borrowed() as db:
            yield db

    def read(self, work: Callable[[Read], Result]) -> Result:
        """Do some reading, all of it as the file is at one moment, and return its result."""
        with self.reading() as db, transaction(db, lambda db: db.execute("BEGIN")):
            sqlite_format.check_version(db.execute("PRAGMA user_version").fetchone()[0], self.path)
            return work(partial(rows, db))

    def write(self, work: Callable[[Connection], Result], *, urgent: bool = False, lasting: bool = True) -> Result:
        """Do some work inside a transaction and return its result; an error undoes it.

        The work is done again where another process has deleted the log under it, so it must be such that doing it
        twice is as good as once.
        """
        for _ in range(_TRIES):
            with contextlib.suppress(_FoldedError):
                result = self._write_once(work)
                self._count_commit()
                return result
        raise CacheError(f"another program deletes the log of the cache file {self.path} while it is used; close it")

    def _write_once(self, work: Callable[[Connection], Result]) -> Result:
        with self.reading() as db, self._turn(db):
            self._check_in_place()
            # A newer version may have changed the format since the file was opened.
            sqlite_format.check_version(db.execute("PRAGMA user_version").fetchone()[0], self.path)
            result = work(db)
            db.execute("COMMIT")
            self._check_in_place()
        return result

    def _turn(self, db: sqlite3.Connection) -> contextlib.AbstractContextManager[None]:
        if self.memory is None and self._only_reads():
            # Before waiting: a disk that takes nothing takes no locks either, which looks like another process.
            raise sqlite_format.read_only(self.path)
        return transaction(db) if self._anchor is None else self._anchor.turn(db, _BUSY_SECONDS)

    def check_whole(self) -> None:
        """Check every page and index of the file; takes time in proportion to its size.

        Raises
        ------
        CacheError
            The file is damaged.
        """
        with self.reading() as db:
            result = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if result != "ok":
            raise DamagedError(self.path, result.splitlines()[-1])

    def check_missing(self, keys: Sequence[str], read: Read) -> None:
        """Look for answers on a second way, by another index.

        Raises
        ------
        DamagedError
            There is one.
        """
        check_missing(self.path, keys, read)

    def check_ready(self) -> None:
        """Refuse to pay for what is stored where locks hold nothing."""
        if not self.in_memory:
            check_locks(self.path)

    def now(self) -> datetime:
        """Return the time in UTC."""
        return now()

    def size(self) -> int:
        """Return the bytes of the file, and of the log that belongs to it."""
        return 0 if self.in_memory else size_of(self.place) + size_of(f"{self.place}-wal")

    def examine(self) -> Iterator[Fact]:
        """Yield nothing: a file is what its answers are."""
        return iter(())

    def settle(self) -> None:
        """Fold the log into the file unless others are at work, so that a copy of the one file is whole."""
        if self.memory is not None or self._read_only or not self._prepared:
            return
        self._commits = 0
        with contextlib.suppress(CacheError, _FoldedError), self._borrowed() as db, self._alone() as alone:
            self._check_in_place()
            if not alone and size_of(f"{self.place}-wal") < _LARGE_LOG:
                return
            db.execute("PRAGMA busy_timeout = 0")
            try:
                db.execute(f"PRAGMA wal_checkpoint({'TRUNCATE' if alone else 'PASSIVE'})").fetchone()
            finally:
                db.execute(f"PRAGMA busy_timeout = {round(_BUSY_SECONDS * 1000)}")

    def shrink(self) -> None:
        """Give the space of deleted rows back to the disk, unless others are at work."""
        with contextlib.suppress(CacheError), self.reading() as db, self._alone(_BUSY_SECONDS):
            db.execute("VACUUM")
        self.settle()

    def _alone(self, seconds: float = 0) -> contextlib.AbstractContextManager[bool]:
        return contextlib.nullcontext(True) if self._anchor is None else self._anchor.alone(seconds)

    def _count_commit(self) -> None:
        self._commits += 1
        if self._commits >= _COMMITS_BETWEEN_FOLDS:
            self.settle()

    # --- lending

    # An interrupt comes behind whatever call is under way, also behind the one that lends or gives back. So what is
    # lent is known by a ticket that was made before, and giving back is done again where an interrupt cut it short.

    @contextlib.contextmanager
    def _borrowed(self) -> Iterator[sqlite3.Connection]:
        problem: CacheError | None = None
        ticket = object()
        try:
            yield self._take(ticket)
        except _SQLITE_ERRORS as error:
            problem = sqlite_format.cache_error(self.path, error)
        finally:
            try:
                self._give(ticket)
            except BaseException:
                self._give(ticket)
                raise
        if problem is not None:
            raise problem

    def _take(self, ticket: object) -> sqlite3.Connection:
        with self._mutex:
            self._returned.wait_for(lambda: not self._frozen)
            if self._closed:
                raise CacheError(f"the cache {self.path} is closed; make a new Client")
            if self._prepared:
                # SQLite would create a missing file again, and its emptiness would be paid for.
                self._check_file()
                self._replace_connections_to_a_deleted_log()
            if not self._free:
                self._free.append(self._connect())
            if not self._lent and self._anchor is not None:
                self._anchor.enter(_FOLDS_FOR_S)
            # Not by a call, behind which an interrupt would find it in neither place.
            db = self._free[-1]
            del self._free[-1]
            self._lent[ticket] = db
            return db

    def _give(self, ticket: object) -> None:
        with self._mutex:
            if ticket in self._lent:
                db = self._lent[ticket]
                with contextlib.suppress(sqlite3.Error):
                    undo(db)
                del self._lent[ticket]
                self._free.append(db)
            if not self._lent and self._anchor is not None:
                self._anchor.leave()
            if self._closed:
                self._close_free()
            self._returned.notify_all()

    def _close_free(self) -> None:
        """Close the free connections, and the anchor when no other is left: the last to close may fold the log."""
        for db in self._free:
            db.close()
        self._free = []
        if not self._lent and self._anchor is not None:
            self._anchor.close()
            self._anchor = None

    def _connect(self) -> sqlite3.Connection:
        problem: CacheError | None = None
        db: sqlite3.Connection | None = None
        try:
            self._prepare_file()
            db = open_file(self.path, read_only=self._read_only, timeout=_BUSY_SECONDS)
            self._settle(db)
        except _SQLITE_ERRORS as error:
            problem = sqlite_format.cache_error(self.path, error)
        except CacheError as error:
            problem = error
        if problem is None and db is not None:
            return db
        if db is not None:
            db.close()
        raise problem or CacheError(f"the cache {self.path} cannot be opened")

    def _prepare_file(self) -> None:
        """Make the file where there is none, and refuse what cannot be our store, before SQLite opens it."""
        if self._prepared or self.memory is not None:
            return
        problem = ""
        try:
            try:
                sqlite_format.check_file(self.path)
            except FileNotFoundError:
                if self._read_only:
                    raise
                sqlite_format.create(self.path)
        except CacheError:
            raise
        except OSError as error:
            problem = error.strerror or str(error)
        if problem:
            raise CacheError(f"the cache file {self.path} cannot be opened ({problem}); choose another with cache=")

    def _settle(self, db: sqlite3.Connection) -> None:
        """Make a new connection ready; the first one looks at the file, and an anchor is laid beside it."""
        for setting in _SETTINGS:
            db.execute(f"PRAGMA {setting}")
        if not self._prepared and self.memory is not None:
            sqlite_format.apply_steps(db)
        elif not self._prepared:
            sqlite_format.adopt(db, self.path, read_only=self._only_reads())
            self._identity = identity_of(self.path)
        if self.memory is None and self._only_reads():
            sqlite_format.show_as_newest(db)
        if self._anchor is None and self.memory is None and not self._read_only:
            self._lay_anchor(db)
        self._prepared = True

    def _only_reads(self) -> bool:
        return self._read_only or not os.access(self.path, os.W_OK)

    def _lay_anchor(self, db: sqlite3.Connection) -> None:
        make_private(self.path)
        # Others at work keep it from changing now; the next client to open the file does it.
        with contextlib.suppress(sqlite3.OperationalError):
            db.execute("PRAGMA journal_mode = WAL")
        self._anchor = anchored(self.path)
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        self._logs = self._present_logs()
        self._folded = False

    # --- what may happen to the file meanwhile

    def _check_file(self) -> None:
        """Refuse a file that is no longer at its path: what it takes would be lost."""
        if self.memory is None and identity_of(self.path) != self._identity:
            raise CacheError(f"the cache file {self.path} was moved or replaced while open; make a new Client")

    def _check_in_place(self) -> None:
        """Notice, inside a transaction, that the file was moved or its log deleted."""
        self._check_file()
        if self._anchor is not None and self._logs != self._present_logs():
            self._folded = True
        if self._folded:
            raise _FoldedError

    def _present_logs(self) -> tuple[Identity | None, ...]:
        return identity_of(f"{self.place}-wal"), identity_of(f"{self.place}-shm")

    def _replace_connections_to_a_deleted_log(self) -> None:
        """Close every connection where the log was deleted: SQLite would go on with the deleted one."""
        if self._anchor is None or (not self._folded and self._logs == self._present_logs()):
            return
        self._folded = True
        if not self._returned.wait_for(lambda: not self._lent, timeout=_BUSY_SECONDS):
            raise CacheError(f"another program deleted the log of the cache file {self.path}; make a new Client")
        self._close_free()
        if holds_deleted_log(self.path):
            raise CacheError(
                f"another program deleted the log of the cache file {self.path}, which a connection that is not ours "
                "still has open in this process; close it, or restart the kernel"
            )

    # --- fork and end

    def freeze(self) -> None:
        """Let no thread be inside the database, and leave no connection to a file open.

        SQLite's locks belong to the process: a child that inherits an open file, or opens it again, would trust
        locks that it does not have, and write into a log that its parent deletes.
        """
        if self.memory is not None:
            self.memory.acquire()
            return
        self._mutex.acquire()
        self._frozen = True
        self._returned.wait_for(lambda: not self._lent, timeout=_BUSY_SECONDS)
        self._close_free()

    def thaw(self) -> None:
        """Go on after `freeze`; after a fork, in the parent."""
        if self.memory is not None:
            self.memory.release()
            return
        self._frozen = False
        self._returned.notify_all()
        self._mutex.release()

    def inherit(self) -> None:
        """After a fork, in the child: start with locks that no thread holds."""
        self._mutex, self._returned = _new_lock()
        self._lent, self._frozen = {}, False
        if self.memory is not None:
            self.memory = threading.RLock()

    @contextlib.contextmanager
    def untouched(self) -> Iterator[None]:
        """Close every connection of this pool for a while, so that the bytes of the file may be read."""
        self.freeze()
        try:
            yield
        finally:
            self.thaw()

    def close(self) -> None:
        """Fold the log and close the free connections; one that is lent is closed when it comes back."""
        self.settle()
        with self._mutex:
            self._closed = True
            self._close_free()

    def retire(self) -> None:
        """Close the connections to a file that is no longer at its path, before another is opened there."""
        with self._mutex:
            if not self._returned.wait_for(lambda: not self._lent, timeout=_BUSY_SECONDS):
                raise CacheError(f"the cache file {self.path} was moved or replaced while it is used; try again")
            self._close_free()

    def is_busy(self) -> bool:
        """Return whether a lock that `close` takes is held now, by whatever thread."""
        free = self._mutex.acquire(blocking=False)
        if free:
            self._mutex.release()
        return not free

    def is_at(self, identity: Identity | None) -> bool:
        """Return whether the pool has that file open, under whatever name."""
        return identity is not None and self._identity == identity

    def is_elsewhere(self, identity: Identity | None) -> bool:
        """Return whether the pool has a file open that is not that one."""
        return self._identity not in (None, identity)


def _new_lock() -> tuple[threading.Lock, threading.Condition]:
    """Return a lock and its condition.

    The lock is taken on its own: ``with condition`` is a call into Python code, in which an interrupt can come when the
    lock is taken already, and then no code gives it back.
    """
    mutex = threading.Lock()
    return mutex, threading.Condition(mutex)
