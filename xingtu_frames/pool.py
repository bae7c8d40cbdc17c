"""Connections to the store's file: made ours once, each used by one thread at a time, waits bounded."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .errors import CacheError

_APPLICATION_ID = 0x58465231
_MAGIC = b"SQLite format 3\0"
_BUSY_SECONDS = 5.0
# The second where SQLite quotes a damaged name in its message.
_SQLITE_ERRORS = (sqlite3.Error, UnicodeDecodeError)
_FORMAT_1 = """
CREATE TABLE answers (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    kol_id TEXT,
    params TEXT NOT NULL,
    fetched_at TEXT NOT NULL,
    http_status INTEGER NOT NULL,
    served INTEGER NOT NULL,
    body BLOB NOT NULL,
    checksum TEXT NOT NULL
);
CREATE INDEX answers_latest ON answers (key, served, fetched_at, id);
CREATE TABLE requests (
    id INTEGER PRIMARY KEY,
    sent_at TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    kol_id TEXT,
    http_status INTEGER,
    code INTEGER,
    billed TEXT NOT NULL DEFAULT 'unknown',
    elapsed_s REAL,
    error TEXT
);
CREATE TABLE claims (key TEXT PRIMARY KEY, owner TEXT NOT NULL, until TEXT NOT NULL);
"""
STEPS: Sequence[str] = (_FORMAT_1,)
"""What makes each format from the one before, in order; a released step is never changed, a new format adds one."""


class Pool:
    """Connections, each used by one thread at a time.

    A connection shared by threads misreads on Python 3.12 and 3.13, and one kept per thread is never closed when
    the thread ends; so a thread borrows one and gives it back. No connection to a file is open while
    the process forks; a database in memory is inherited.
    """

    def __init__(self, path: str, *, read_only: bool = False) -> None:
        self._path = path
        self._read_only = read_only
        self._lock = threading.Condition(threading.Lock())
        self._lent_out = 0
        self._frozen = False
        self.memory = threading.RLock() if path == ":memory:" else None
        self._free: list[sqlite3.Connection] = []
        self._prepared = False
        self._identity: tuple[int, int] | None = None
        self._closed = False
        _pools.add(self)

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection."""
        if self.memory is None:
            with self._lent() as db:
                yield db
        else:
            with self.memory, self._lent() as db:
                yield db

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection inside a transaction that is committed at the end, or undone by an error."""
        with self.reading() as db:
            self._check_in_place()
            try:
                db.execute("BEGIN IMMEDIATE")
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def _lent(self) -> Iterator[sqlite3.Connection]:
        problem: CacheError | None = None
        db = self._take()
        try:
            yield db
        except _SQLITE_ERRORS as error:
            problem = _cache_error(self._path, error)
        finally:
            self._give(db)
        if problem is not None:
            raise problem

    def check_whole(self) -> None:
        """Check that no page or index of the file is damaged: an answer that it hides would be paid for again.

        Raises
        ------
        CacheError
            The file is damaged.
        """
        with self.reading() as db:
            found = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise CacheError(
                f"the cache file {self._path} is damaged ({found.splitlines()[-1]}); nothing was paid; restore it from "
                "a copy, or save what it still holds: xingtu-frames cache export FILE"
            )

    def freeze(self) -> None:
        """Before a fork: let nobody be inside the database, and leave no connection to a file open.

        SQLite's locks belong to the process: a child that inherits an open file, or opens it again, would trust
        locks that it does not have, and write into a log that its parent deletes.
        """
        if self.memory is not None:
            self.memory.acquire()
            return
        self._lock.acquire()
        self._frozen = True
        self._lock.wait_for(lambda: self._lent_out == 0, timeout=_BUSY_SECONDS)
        for db in self._free:
            db.close()
        self._free = []

    def thaw(self) -> None:
        """After a fork, in the parent: go on."""
        if self.memory is not None:
            self.memory.release()
            return
        self._frozen = False
        self._lock.notify_all()
        self._lock.release()

    def inherit(self) -> None:
        """After a fork, in the child: start with locks that nobody holds."""
        self._lock = threading.Condition(threading.Lock())
        self._lent_out, self._frozen = 0, False
        if self.memory is not None:
            self.memory = threading.RLock()

    def _check_in_place(self) -> None:
        """Refuse to write into a file that is no longer at its path: what it takes would be lost."""
        if self.memory is None and _identity(self._path) != self._identity:
            raise CacheError(f"the cache file {self._path} was moved or replaced while open; make a new Client")

    def _take(self) -> sqlite3.Connection:
        with self._lock:
            self._lock.wait_for(lambda: not self._frozen)
            if self._closed:
                raise CacheError(f"the cache {self._path} is closed; make a new Client")
            if self._free:
                self._lent_out += 1
                return self._free.pop()
            first = not self._prepared
            if not first:
                # SQLite would make a missing file anew, and its emptiness would be paid for.
                self._check_in_place()
            elif not self._read_only:
                _prepare_file(self._path)
            db = _connect(self._path, first=first, read_only=self._read_only)
            if first:
                self._identity, self._prepared = _identity(self._path), True
            self._lent_out += 1
            return db

    def _give(self, db: sqlite3.Connection) -> None:
        with self._lock:
            self._lent_out -= 1
            self._lock.notify_all()
            if self._closed:
                db.close()
            else:
                self._free.append(db)

    def close(self) -> None:
        """Close the free connections; one that is lent is closed when it comes back."""
        with self._lock:
            self._closed = True
            for db in self._free:
                db.close()
            self._free = []


_pools: weakref.WeakSet[Pool] = weakref.WeakSet()
_forking = threading.local()


def _before_fork() -> None:
    _forking.frozen = list(_pools)
    for pool in _forking.frozen:
        pool.freeze()


def _after_fork_in_parent() -> None:
    for pool in _forking.frozen:
        pool.thaw()


def _after_fork_in_child() -> None:
    for pool in _pools:
        pool.inherit()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child)


def _prepare_file(path: str) -> None:
    """Create the file readable by its owner only, before SQLite does it readable by all."""
    if path == ":memory:":
        return
    problem, foreign = "", False
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDONLY, 0o600))
        foreign = _is_foreign(path)
    except OSError as error:
        problem = error.strerror or str(error)
    if foreign:
        raise CacheError(f"{path} is not a cache of xingtu_frames, left untouched; choose another file with cache=")
    if problem:
        raise CacheError(f"the cache file {path} cannot be opened ({problem}); choose another with cache=")


def _is_foreign(path: str) -> bool:
    """Return whether a file has content that is no SQLite file: SQLite itself takes a very short one for empty."""
    with open(path, "rb") as file:
        return file.read(len(_MAGIC)) not in (b"", _MAGIC)


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _connect(path: str, *, first: bool, read_only: bool) -> sqlite3.Connection:
    problem: CacheError | None = None
    db: sqlite3.Connection | None = None
    try:
        db = _open(path, read_only)
        if first:
            _adopt(db, path)
        if first and not read_only:
            _make_private(path)
            # Somebody else at work keeps it from changing now; the next client to open the file does it.
            with contextlib.suppress(sqlite3.OperationalError):
                db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
    except _SQLITE_ERRORS as error:
        problem = _cache_error(path, error)
    except CacheError as error:
        problem = error
    if problem is None and db is not None:
        return db
    if db is not None:
        db.close()
    raise problem or CacheError(f"the cache {path} cannot be opened")


def _make_private(path: str) -> None:
    """Let nobody else read a file that is known to be ours."""
    if os.path.isfile(path) and os.access(path, os.W_OK):
        # One of another user's that we may write stays as it is.
        with contextlib.suppress(OSError):
            os.chmod(path, 0o600)


def _open(path: str, read_only: bool) -> sqlite3.Connection:
    """Open a file for writing, or for reading where that is all that is allowed."""
    options: dict[str, Any] = {"timeout": _BUSY_SECONDS, "isolation_level": None, "check_same_thread": False}
    if path == ":memory:" or (os.access(path, os.W_OK) and not read_only):
        writable: sqlite3.Connection = sqlite3.connect(path, **options)
        return writable
    address = Path(path).resolve().as_uri()
    db: sqlite3.Connection = sqlite3.connect(f"{address}?mode=ro", uri=True, **options)
    try:
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        # In a folder that takes no files SQLite cannot share its index of the write-ahead log: read without it.
        db.close()
        db = sqlite3.connect(f"{address}?immutable=1", uri=True, **options)
    except BaseException:
        db.close()
        raise
    return db


def _adopt(db: sqlite3.Connection, path: str) -> None:
    """Check that the file is ours and of a version we know, or make an empty one ours."""
    # One transaction: the three readings are of one moment, while another process may be making the file ours.
    db.execute("BEGIN")
    mark = db.execute("PRAGMA application_id").fetchone()[0]
    version = db.execute("PRAGMA user_version").fetchone()[0]
    tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    db.execute("COMMIT")
    if mark == _APPLICATION_ID and version == len(STEPS):
        return
    if mark == _APPLICATION_ID and version > len(STEPS):
        raise CacheError(
            f"the cache file {path} has format {version}, this version of xingtu_frames knows {len(STEPS)}; "
            "upgrade xingtu_frames, or choose another file with cache="
        )
    if mark != _APPLICATION_ID and (mark or version or tables):
        raise CacheError(
            f"{path} is an SQLite file of another program, left untouched; choose another file with cache="
        )
    # Made anew or brought up to date whole or not at all, and by one process only.
    db.execute("BEGIN IMMEDIATE")
    for step in STEPS[db.execute("PRAGMA user_version").fetchone()[0] :]:
        for statement in step.split(";"):
            db.execute(statement)
    db.execute(f"PRAGMA user_version = {len(STEPS)}")
    db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    db.execute("COMMIT")


def _cache_error(path: str, error: Exception) -> CacheError:
    text = str(error)
    if "not a database" in text:
        return CacheError(f"{path} is not a cache of xingtu_frames, left untouched; choose another file with cache=")
    if "locked" in text or "busy" in text:
        return CacheError(f"the cache {path} is held by another process; nothing was paid; try again when it is done")
    if "readonly" in text:
        return CacheError(f"the cache {path} is read-only; nothing was paid; choose another file with cache=")
    return CacheError(f"the cache {path} cannot be used: {text}")
