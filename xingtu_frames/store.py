"""The answers on disk and the ledger of what was sent: one append-only SQLite file.

Tables of the file, plain enough for any SQLite reader:

``answers``
    One row per stored answer: ``key`` (the question), ``endpoint``, ``kol_id``, ``params`` (JSON), ``fetched_at``,
    ``http_status``, ``served`` (0 for an answer whose inner status failed), ``body`` (exact bytes), ``checksum``.
``requests``
    The ledger: one row per request, written before it is sent.
``claims``
    Questions that some process is asking right now, so that nobody else pays for them too.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import sqlite3
import tempfile
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from .errors import CacheError

FORMAT = 1
_APPLICATION_ID = 0x58465231
_MAGIC = b"SQLite format 3\0"
_BUSY_SECONDS = 5.0
_SCHEMA = """
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
_LATEST = """
SELECT a.key, a.endpoint, a.kol_id, a.params, a.fetched_at, a.body, a.checksum
FROM json_each(?) AS asked
JOIN answers AS a ON a.id = (
    SELECT id FROM answers WHERE key = asked.value AND served = 1 ORDER BY fetched_at DESC, id DESC LIMIT 1
)
"""
_HISTORY = """
SELECT key, endpoint, kol_id, params, fetched_at, body, checksum
FROM answers WHERE endpoint = ? AND served = 1 AND (? IS NULL OR kol_id IN (SELECT value FROM json_each(?)))
ORDER BY fetched_at, id
"""


class Answer(NamedTuple):
    """One stored answer: the question, when it was asked, and the exact bytes that came."""

    key: str
    endpoint: str
    kol_id: str | None
    params: str
    fetched_at: str
    body: bytes

    @property
    def time(self) -> datetime:
        """When the answer was fetched, in UTC."""
        return datetime.fromisoformat(self.fetched_at)


def now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """Return a time as text of fixed width, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _checksum(answer: Answer) -> str:
    """Return the checksum of a whole answer: what was asked, when, and the bytes that came."""
    *asked, body = answer
    digest = hashlib.sha256("\n".join(map(str, asked)).encode())
    digest.update(b"\n" + bytes(body))
    return digest.hexdigest()


class Store:
    """Answers and ledger in one file, shared by threads and processes.

    Parameters
    ----------
    path
        The SQLite file, or ``":memory:"`` for none on disk.

    Raises
    ------
    CacheError
        The file is not ours, is of a newer version, or cannot be opened.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = str(path)
        self.in_memory = self.path == ":memory:"
        self._pool = _Pool(self.path)
        weakref.finalize(self, self._pool.close)

    def latest(self, keys: Sequence[str]) -> dict[str, Answer | CacheError]:
        """Return the newest stored answer of each key that has one, in one statement; an error where it is damaged."""
        with self._pool.reading() as db:
            rows = db.execute(_LATEST, (json.dumps(list(keys)),)).fetchall()
        return {row[0]: self._checked(row) for row in rows}

    def history(self, endpoint: str, kol_ids: Sequence[str] | None = None) -> list[Answer | CacheError]:
        """Return every answer ever stored for an endpoint, oldest first."""
        wanted = None if kol_ids is None else json.dumps(list(kol_ids))
        with self._pool.reading() as db:
            rows = db.execute(_HISTORY, (endpoint, wanted, wanted)).fetchall()
        return [self._checked(row) for row in rows]

    def keys(self) -> list[str]:
        """Return the key of every question that has an answer."""
        with self._pool.reading() as db:
            return [key for (key,) in db.execute("SELECT DISTINCT key FROM answers WHERE served = 1")]

    def _checked(self, row: tuple[Any, ...]) -> Answer | CacheError:
        answer = Answer(*row[:-1])
        if isinstance(row[5], bytes) and row[-1] == _checksum(answer):
            return answer
        error = CacheError(
            f"the stored answer to {answer.key} in {self.path} is damaged; "
            "restore the file from a copy, or ask anew with refresh=True (a paid request)"
        )
        error.endpoint, error.kol_id = answer.endpoint, answer.kol_id
        return error

    def add(self, answer: Answer, *, http_status: int = 200, served: bool = True) -> None:
        """Add an answer; nothing that is stored is ever changed."""
        self.add_all([answer], http_status=http_status, served=served)

    def add_all(self, answers: Iterable[Answer], *, http_status: int = 200, served: bool = True) -> None:
        """Add many answers in one transaction."""
        rows = [(*answer, http_status, int(served), _checksum(answer)) for answer in answers]
        with self._pool.writing() as db:
            db.executemany(
                "INSERT INTO answers (key, endpoint, kol_id, params, fetched_at, body, http_status, served, checksum) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )

    def claim(self, key: str, owner: str, until: datetime) -> bool:
        """Claim a question, or prolong one's own claim; False while somebody else is asking it."""
        with self._pool.writing() as db:
            for holder, lapses in db.execute("SELECT owner, until FROM claims WHERE key = ?", (key,)).fetchall():
                if lapses < stamp(now()) or not _alive(holder):
                    db.execute("DELETE FROM claims WHERE key = ?", (key,))
            held = db.execute(
                "INSERT INTO claims (key, owner, until) VALUES (?, ?, ?) "
                "ON CONFLICT (key) DO UPDATE SET until = excluded.until WHERE owner = excluded.owner",
                (key, owner, stamp(until)),
            )
            return held.rowcount == 1

    def release(self, key: str, owner: str) -> None:
        """Give a claim back."""
        with self._pool.writing() as db:
            db.execute("DELETE FROM claims WHERE key = ? AND owner = ?", (key, owner))

    def open_request(self, endpoint: str, kol_id: str | None) -> int:
        """Write a request into the ledger before it is sent; its charge is unknown until it is closed."""
        with self._pool.writing() as db:
            written = db.execute(
                "INSERT INTO requests (sent_at, endpoint, kol_id) VALUES (?, ?, ?)", (stamp(now()), endpoint, kol_id)
            )
            return int(written.lastrowid or 0)

    def close_request(self, request: int, **outcome: Any) -> None:
        """Write what became of a request: http_status, code, billed, elapsed_s, error."""
        fields = ", ".join(f"{name} = :{name}" for name in outcome)
        with self._pool.writing() as db:
            db.execute(f"UPDATE requests SET {fields} WHERE id = :id", {**outcome, "id": request})  # noqa: S608

    def requests(self, since: datetime | None = None) -> list[tuple[Any, ...]]:
        """Return the ledger, oldest first."""
        with self._pool.reading() as db:
            return db.execute(
                "SELECT sent_at, endpoint, kol_id, http_status, code, billed, elapsed_s, error FROM requests "
                "WHERE sent_at >= ? ORDER BY id",
                (stamp(since) if since else "",),
            ).fetchall()

    def count(self) -> dict[str, int]:
        """Return how many answers and ledger rows there are."""
        with self._pool.reading() as db:
            return {
                name: int(db.execute(f"SELECT count(*) FROM {name}").fetchone()[0])  # noqa: S608
                for name in ("answers", "requests")
            }

    def clear(self) -> None:
        """Delete every answer. The ledger stays: it says what was spent."""
        with self._pool.writing() as db:
            db.execute("DELETE FROM answers")
            db.execute("DELETE FROM claims")

    def rescue(self, answer: Answer) -> Path:
        """Write an answer that the store could not take into a file of its own, and return its path."""
        folder = None if self.in_memory else Path(self.path).resolve().parent
        saved = {**answer._asdict(), "body": answer.body.decode("utf-8", "surrogateescape")}
        text = json.dumps(saved).encode()
        for place in (folder, None):
            try:
                handle, name = tempfile.mkstemp(prefix="xingtu-rescued-", suffix=".json", dir=place)
            except OSError:
                continue
            with os.fdopen(handle, "wb") as file:
                file.write(text)
            return Path(name)
        raise CacheError(f"no folder takes the paid answer to {answer.key}")

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()

    def __repr__(self) -> str:
        return f"Store({self.path!r})"


def new_owner() -> str:
    """Return a name for one claimant that tells others whether it still lives."""
    return f"{platform.node()}|{os.getpid()}|{os.urandom(8).hex()}"


def _alive(owner: str) -> bool:
    """Return False when the claim's process is known to be dead: it ran on this machine and is gone."""
    host, pid, _ = owner.split("|")
    if os.name != "posix" or host != platform.node():
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class _Pool:
    """Connections, each used by one thread at a time.

    A connection shared by threads misreads on Python 3.12 and 3.13, and one kept per thread is never closed when
    the thread ends; so a thread borrows one and gives it back. A child after ``fork`` starts with none.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._memory = threading.RLock() if path == ":memory:" else None
        self._free: list[sqlite3.Connection] = []
        self._inherited: list[sqlite3.Connection] = []
        self._pid = os.getpid()
        self._prepared = False
        self._identity: tuple[int, int] | None = None
        self._closed = False

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection."""
        if self._memory is None:
            with self._lent() as db:
                yield db
        else:
            with self._memory, self._lent() as db:
                yield db

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection inside a transaction that is committed at the end, or undone by an error."""
        with self.reading() as db:
            self._check_in_place()
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def _lent(self) -> Iterator[sqlite3.Connection]:
        problem: sqlite3.Error | None = None
        db = self._take()
        try:
            yield db
        except sqlite3.Error as error:
            problem = error
        finally:
            self._give(db)
        if problem is not None:
            raise _cache_error(self._path, problem)

    def _check_in_place(self) -> None:
        """Refuse to write into a file that is no longer at its path: what it takes would be lost."""
        if self._memory is None and _identity(self._path) != self._identity:
            raise CacheError(f"the cache file {self._path} was moved or replaced while open; make a new Client")

    def _take(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise CacheError(f"the cache {self._path} is closed; make a new Client")
            if os.getpid() != self._pid:
                self._inherited += self._free
                self._free, self._pid = [], os.getpid()
            if self._free:
                return self._free.pop()
            first = not self._prepared
            if first:
                _prepare_file(self._path)
            else:
                # SQLite would make a missing file anew, and its emptiness would be paid for.
                self._check_in_place()
            db = _connect(self._path, first=first)
            if first:
                self._identity, self._prepared = _identity(self._path), True
            return db

    def _give(self, db: sqlite3.Connection) -> None:
        with self._lock:
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


def _prepare_file(path: str) -> None:
    """Create the file readable by its owner only, before SQLite does it readable by all."""
    if path == ":memory:":
        return
    problem, foreign = "", False
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDONLY, 0o600))
        foreign = _is_foreign(path)
        if not foreign and os.access(path, os.W_OK):
            os.chmod(path, 0o600)
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


def _connect(path: str, *, first: bool) -> sqlite3.Connection:
    problem: sqlite3.Error | None = None
    try:
        db = _open(path)
    except sqlite3.Error as error:
        problem = error
    if problem is not None:
        raise _cache_error(path, problem)
    try:
        if first:
            _adopt(db, path)
            # Somebody else at work keeps it from changing now; the next client to open the file does it.
            with contextlib.suppress(sqlite3.OperationalError):
                db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
    except sqlite3.Error as error:
        problem = error
    except CacheError:
        db.close()
        raise
    if problem is not None:
        db.close()
        raise _cache_error(path, problem)
    return db


def _open(path: str) -> sqlite3.Connection:
    """Open a file for writing, or for reading where that is all that is allowed."""
    options: dict[str, Any] = {"timeout": _BUSY_SECONDS, "isolation_level": None, "check_same_thread": False}
    if path == ":memory:" or os.access(path, os.W_OK):
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
    return db


def _adopt(db: sqlite3.Connection, path: str) -> None:
    """Check that the file is ours and of a version we know, or make an empty one ours."""
    # One transaction: the three readings are of one moment, while another process may be making the file ours.
    db.execute("BEGIN")
    mark = db.execute("PRAGMA application_id").fetchone()[0]
    version = db.execute("PRAGMA user_version").fetchone()[0]
    tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    db.execute("COMMIT")
    if mark == _APPLICATION_ID and version == FORMAT:
        return
    if mark == _APPLICATION_ID:
        raise CacheError(
            f"the cache file {path} has format {version}, this version of xingtu_frames knows {FORMAT}; "
            "upgrade xingtu_frames, or choose another file with cache="
        )
    if mark or version or tables:
        raise CacheError(
            f"{path} is an SQLite file of another program, left untouched; choose another file with cache="
        )
    db.execute("BEGIN IMMEDIATE")
    if db.execute("PRAGMA application_id").fetchone()[0] == 0:
        for statement in _SCHEMA.split(";"):
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {FORMAT}")
        db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    db.execute("COMMIT")


def _cache_error(path: str, error: sqlite3.Error) -> CacheError:
    text = str(error)
    if "not a database" in text:
        return CacheError(f"{path} is not a cache of xingtu_frames, left untouched; choose another file with cache=")
    if "locked" in text or "busy" in text:
        return CacheError(f"the cache {path} is held by another process; nothing was paid; try again when it is done")
    if "readonly" in text:
        return CacheError(f"the cache {path} is read-only; nothing was paid; choose another file with cache=")
    return CacheError(f"the cache {path} cannot be used: {text}")
