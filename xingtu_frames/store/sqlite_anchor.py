"""A connection that keeps the write-ahead log while this process uses it, and SQLite's rights to it.

Whoever closes the last connection folds the log into the database and deletes it; who the last one is, and who may
write, SQLite tells by locks that POSIX drops as soon as a process closes any descriptor of the file, such as that of a
``shutil.copy``. The anchor reads only, and a connection that reads only cannot fold; it is closed after the others of
its process. Where Linux offers locks that belong to one descriptor, those that matter are laid on SQLite's own
descriptor of the index, which nothing else in the process closes.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import struct
import time
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from pathlib import Path

try:
    import fcntl

    _OFD = getattr(fcntl, "F_OFD_SETLK", None)
except ImportError:
    _OFD = None

# Where SQLite locks: the bytes that each user of a database shares, the one that each user of its index does, and the
# one of whoever writes.
_SHARED = (0x40000002, 510)
_SHARED_INDEX = (128, 1)
_WRITES = (120, 1)
# Bytes of our own, far from SQLite's: whose turn it is to write, and who is at work at all.
_TURN = (1 << 40, 1)
_AT_WORK = ((1 << 40) + 1, 1)
_HEADER = 48
_DESCRIPTORS = "/proc/self/fd"
_Bytes = tuple[int, int]


class Anchor:
    """The anchor of one file, and what this process holds of its index.

    SQLite keeps one descriptor of the index for all connections of a process, and no lock laid on it is dropped before
    the last of them is closed. Threads are told apart by SQLite itself, whose count of them nothing drops.
    """

    def __init__(self, db: sqlite3.Connection, place: str) -> None:
        self._db = db
        self._index = f"{place}-shm"
        self._descriptor = -1
        self._identity: tuple[int, int] | None = None
        self._writes: dict[str, object] = {}
        self._folds: set[object] = set()
        for descriptor in _descriptors(place):
            _lock(descriptor, "share", _SHARED)
        self._find()
        self._lock("share", _SHARED_INDEX)

    def close(self) -> None:
        """Close the connection; its locks end when the last connection of the process is closed."""
        self._db.close()

    # --- reading

    def enter(self, seconds: float) -> None:
        """Say that this process is at work, after waiting a while for another that folds the log.

        After that SQLite's own locks are trusted.
        """
        _by(time.monotonic() + seconds, lambda: self._lock("share", _AT_WORK))

    def leave(self) -> None:
        """Say that this process is not at work."""
        self._lock("free", _AT_WORK)

    @contextlib.contextmanager
    def alone(self, seconds: float = 0) -> Iterator[bool]:
        """Keep other processes from starting work; the value tells whether none is at work. Call it inside `enter`."""
        fold = object()
        try:
            self._folds.add(fold)
            yield _by(time.monotonic() + seconds, lambda: self._lock("own", _AT_WORK))
        finally:
            try:
                self._end_fold(fold)
            except BaseException:
                self._end_fold(fold)
                raise

    def _end_fold(self, fold: object) -> None:
        self._folds.discard(fold)
        if not self._folds:
            self._lock("share", _AT_WORK)

    # --- writing

    @contextlib.contextmanager
    def turn(self, db: sqlite3.Connection, seconds: float) -> Iterator[None]:
        """Begin a transaction that no process can write beside, whatever else of this process closes the index.

        Parameters
        ----------
        db
            The connection that writes.
        seconds
            How long to wait while no process gets on: as long as others commit, a turn comes.

        Raises
        ------
        sqlite3.OperationalError
            Another process holds the file.
        """
        # Told by whose it is, so that an interrupt between taking it and knowing so leaves it free.
        turn = object()
        try:
            self._wait_for(turn, seconds)
            with transaction(db, partial(self._begin, until=time.monotonic() + seconds)):
                yield
        finally:
            # Again where an interrupt cut it short: a turn that is kept lets no process write while this one lives.
            try:
                self._end_turn(turn)
            except BaseException:
                self._end_turn(turn)
                raise

    def _end_turn(self, turn: object) -> None:
        if self._writes.get("") is turn:
            self._lock("free", _WRITES)
            self._lock("free", _TURN)
            del self._writes[""]

    def _wait_for(self, turn: object, seconds: float) -> None:
        commits, took = self._header(), False
        while not took:
            until = time.monotonic() + seconds
            took = _by(until, lambda: self._writes.setdefault("", turn) is turn and self._lock("own", _TURN))
            if not took and commits == (commits := self._header()):
                raise sqlite3.OperationalError("database is locked")

    def _begin(self, db: sqlite3.Connection, until: float) -> None:
        """Begin, and lay SQLite's lock again as one of its descriptor; again where another wrote in between."""
        while True:
            before = self._header()
            _begin(db)
            if self._keep_turn() and self._header() == before:
                return
            db.execute("ROLLBACK")
            self._lock("free", _WRITES)
            if time.monotonic() > until:
                raise sqlite3.OperationalError("database is locked")

    def _keep_turn(self) -> bool:
        if not self._is_found():
            return True
        fcntl.lockf(self._descriptor, fcntl.LOCK_UN, _WRITES[1], _WRITES[0])
        return self._lock("own", _WRITES)

    def _header(self) -> bytes:
        """Return the head of the index, which every commit changes."""
        return os.pread(self._descriptor, _HEADER, 0) if self._is_found() else b""

    # --- locks

    def _lock(self, how: str, where: _Bytes) -> bool:
        return not self._is_found() or _lock(self._descriptor, how, where)

    def _is_found(self) -> bool:
        """Return whether the descriptor is known; a number that means another file by now is looked up again."""
        if self._identity is None:
            return False
        try:
            found = _identity_of(self._descriptor)
        except OSError:
            found = None
        if found == self._identity:
            return True
        self._find()
        return self._identity is not None

    def _find(self) -> None:
        self._identity = None
        for descriptor in _descriptors(self._index):
            with contextlib.suppress(OSError):
                if _lock(descriptor, "free", _TURN):
                    self._descriptor, self._identity = descriptor, _identity_of(descriptor)
                    return


def _by(until: float, attempt: Callable[[], bool]) -> bool:
    """Try until it succeeds or time is up, at least once; return whether it did."""
    wait = 0.001
    while not attempt():
        if time.monotonic() > until:
            return False
        time.sleep(wait)
        wait = min(wait * 2, 0.025)
    return True


def _begin(db: sqlite3.Connection) -> object:
    return db.execute("BEGIN IMMEDIATE")


@contextlib.contextmanager
def transaction(db: sqlite3.Connection, begin: Callable[[sqlite3.Connection], object] = _begin) -> Iterator[None]:
    """Begin a transaction; what is not committed at the end is undone."""
    try:
        begin(db)
        yield
    finally:
        undo(db)


def undo(db: sqlite3.Connection) -> None:
    """Undo what a connection has begun and not committed."""
    if db.in_transaction:
        db.execute("ROLLBACK")


def anchored(path: str) -> Anchor | None:
    """Return the anchor of a file, to be closed last; None where the file cannot be read that way."""
    address = Path(path).resolve().as_uri()
    db = sqlite3.connect(f"{address}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)
    try:
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        db.close()
        return None
    return Anchor(db, os.path.realpath(path))


def holds_deleted_log(path: str) -> bool:
    """Return whether something in this process still has the deleted log of a file open, where the system tells."""
    place = os.path.realpath(path)
    return any(True for suffix in ("-wal", "-shm") for _ in _descriptors(f"{place}{suffix} (deleted)"))


def _descriptors(place: str) -> list[int]:
    """Return this process's descriptors of a file, where the system tells, SQLite's before any other."""
    found = []
    with contextlib.suppress(OSError):
        for descriptor in map(int, os.listdir(_DESCRIPTORS)):
            with contextlib.suppress(OSError):
                if os.readlink(f"{_DESCRIPTORS}/{descriptor}") == place:
                    found.append(descriptor)
    return sorted(found, key=lambda descriptor: (not _is_of_sqlite(descriptor), descriptor))


def _is_of_sqlite(descriptor: int) -> bool:
    """Return whether a descriptor looks like one of SQLite's, which follows no link; Python's own `open` does."""
    with contextlib.suppress(OSError):
        return _OFD is not None and bool(fcntl.fcntl(descriptor, fcntl.F_GETFL) & getattr(os, "O_NOFOLLOW", 0))
    return False


def _identity_of(descriptor: int) -> tuple[int, int]:
    status = os.fstat(descriptor)
    return status.st_dev, status.st_ino


def _lock(descriptor: int, how: str, where: _Bytes) -> bool:
    """Lay a lock that belongs to the descriptor; False where another has one there, or the system knows none such."""
    if _OFD is None:
        return False
    try:
        fcntl.fcntl(descriptor, _OFD, _order(how, where))
    except OSError:
        return False
    return True


@lru_cache
def _order(how: str, where: _Bytes) -> bytes:
    """Return what the system is told of a lock."""
    kind = {"share": fcntl.F_RDLCK, "own": fcntl.F_WRLCK, "free": fcntl.F_UNLCK}[how]
    return struct.pack("hhqqi4x", kind, os.SEEK_SET, *where, 0)
