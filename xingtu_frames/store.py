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

import hashlib
import json
import os
import platform
import sqlite3
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from .errors import CacheError
from .pool import Pool

_LATEST = """
SELECT a.key, a.endpoint, a.kol_id, a.params, a.fetched_at, a.body, a.checksum, asked.value
FROM json_each(?) AS asked
JOIN answers AS a ON a.id = (
    SELECT id FROM answers WHERE key = asked.value AND served = 1 ORDER BY fetched_at DESC, id DESC LIMIT 1
)
"""
_CLOSE = """
UPDATE requests SET http_status = :http_status, code = :code, billed = :billed, elapsed_s = :elapsed_s, error = :error
WHERE id = :id
"""
_COUNT = "SELECT (SELECT count(*) FROM answers), (SELECT count(*) FROM requests)"
_EVERY = """
SELECT key, endpoint, kol_id, params, fetched_at, body, checksum, http_status, served FROM answers ORDER BY id
"""
_ADD = """
INSERT INTO answers (key, endpoint, kol_id, params, fetched_at, body, http_status, served, checksum)
SELECT ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM answers WHERE key = ? AND checksum = ? AND body = ?)
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


_living: set[str] = set()
"""Who is asking something in this process."""


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
    read_only
        Leave the file exactly as it is.

    Raises
    ------
    CacheError
        At first use: the file is not ours, is of a newer version, or cannot be opened.
    """

    def __init__(self, path: str | os.PathLike[str], *, read_only: bool = False) -> None:
        self.path = str(path)
        self.in_memory = self.path == ":memory:"
        self._pool = Pool(self.path, read_only=read_only)
        weakref.finalize(self, self._pool.close)

    def latest(self, keys: Sequence[str]) -> dict[str, Answer | CacheError]:
        """Return the newest stored answer of each key that has one, in one statement; an error where it is damaged."""
        rows = self._rows(_LATEST, json.dumps(list(keys)))
        return {row[7]: self._checked(row, row[7]) for row in rows}

    def history(self, endpoint: str, kol_ids: Sequence[str] | None = None) -> list[Answer | CacheError]:
        """Return every answer ever stored for an endpoint, oldest first."""
        wanted = None if kol_ids is None else json.dumps(list(kol_ids))
        return [self._checked(row, row[0]) for row in self._rows(_HISTORY, endpoint, wanted, wanted)]

    def _rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Read rows; text that is no UTF-8 any more must not keep the sound ones from being read."""
        with self._pool.reading() as db:
            try:
                return db.execute(query, values).fetchall()
            except sqlite3.OperationalError as error:
                if "UTF-8" not in str(error):
                    raise
            db.text_factory = lambda text: text.decode("utf-8", "replace")
            try:
                return db.execute(query, values).fetchall()
            finally:
                db.text_factory = str

    def keys(self) -> list[str]:
        """Return the key of every question that has an answer."""
        with self._pool.reading() as db:
            return [key for (key,) in db.execute("SELECT DISTINCT key FROM answers WHERE served = 1")]

    def _checked(self, row: Sequence[Any], asked: str) -> Answer | CacheError:
        answer = Answer._make(row[:6])
        # A damaged index can lead to the sound answer of another question.
        if isinstance(row[5], bytes) and row[6] == _checksum(answer) and row[0] == asked:
            return answer
        error = CacheError(
            f"the stored answer to {answer.key} in {self.path} is damaged; "
            "restore the file from a copy, or ask anew with refresh=True (a paid request)"
        )
        error.endpoint, error.kol_id = answer.endpoint, answer.kol_id
        return error

    def add_all(self, answers: Iterable[Answer], *, http_status: int = 200, served: bool = True) -> None:
        """Add answers in one transaction; nothing that is stored is ever changed."""
        self.merge((answer, http_status, served) for answer in answers)

    def every(self) -> Iterator[tuple[Answer, int, bool]]:
        """Yield every answer with its HTTP status and whether it is served, oldest first.

        Raises
        ------
        CacheError
            One is damaged.
        """
        with self._pool.reading() as db:
            for row in db.execute(_EVERY):
                answer = self._checked(row, row[0])
                if isinstance(answer, CacheError):
                    raise answer
                yield answer, row[7], bool(row[8])

    def merge(self, answers: Iterable[tuple[Answer, int, bool]]) -> int:
        """Add the answers that are not stored yet, all in one transaction or none, and return how many those are."""
        with self._pool.writing() as db:
            return sum(_insert(db, *answer) for answer in answers)

    def seal(self) -> None:
        """Leave the write-ahead log, so that the store is one file that can be handed on."""
        with self._pool.reading() as db:
            db.execute("PRAGMA journal_mode = DELETE")

    def claim(self, key: str, owner: str, until: datetime) -> bool:
        """Claim a question, or prolong one's own claim; False while somebody else is asking it."""
        _living.add(owner)
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
        # First, for a claim that the file will not give up now is nobody's all the same.
        _living.discard(owner)
        with self._pool.writing() as db:
            db.execute("DELETE FROM claims WHERE key = ? AND owner = ?", (key, owner))

    def check_whole(self) -> None:
        """Check that the file hides no answer.

        Raises
        ------
        CacheError
            It is damaged.
        """
        self._pool.check_whole()

    def open_request(self, endpoint: str, kol_id: str | None) -> int:
        """Write a request into the ledger before it is sent; its charge is unknown until it is closed.

        Raises
        ------
        CacheError
            The file cannot be written: nothing may be paid for.
        """
        with self._pool.writing() as db:
            written = db.execute(
                "INSERT INTO requests (sent_at, endpoint, kol_id) VALUES (?, ?, ?)", (stamp(now()), endpoint, kol_id)
            )
            return int(written.lastrowid or 0)

    def close_request(self, outcome: Mapping[str, Any], answer: Answer | None = None, *, served: bool = True) -> None:
        """Write what became of a request, and the answer that it brought: both or neither.

        Parameters
        ----------
        outcome
            ``id`` of the request, ``http_status``, ``code``, ``billed``, ``elapsed_s``, ``error``.
        answer
            What it brought.
        served
            False for an answer that is recorded only.
        """
        with self._pool.writing() as db:
            if answer is not None:
                _insert(db, answer, outcome["http_status"], served)
            db.execute(_CLOSE, outcome)

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
            answers, requests = db.execute(_COUNT).fetchone()
        return {"answers": answers, "requests": requests}

    def clear(self) -> None:
        """Delete every answer. The ledger stays: it says what was spent."""
        with self._pool.writing() as db:
            db.execute("DELETE FROM answers")

    def rescue(self, answer: Answer) -> Path:
        """Write an answer that the store could not take into a file of its own, and return its path."""
        folder = None if self.in_memory else Path(self.path).resolve().parent
        saved = {**answer._asdict(), "body": answer.body.decode("utf-8", "surrogateescape")}
        text = json.dumps(saved).encode()
        for place in (folder, None):
            path = _written(text, place)
            if path is not None:
                return path
        raise CacheError(f"no folder takes the paid answer to {answer.key}")

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()

    def __repr__(self) -> str:
        return f"Store({self.path!r})"


def _insert(db: sqlite3.Connection, answer: Answer, http_status: int, served: bool) -> int:
    """Add an answer unless it is stored; return how many were added."""
    checksum = _checksum(answer)
    return db.execute(_ADD, (*answer, http_status, int(served), checksum, answer.key, checksum, answer.body)).rowcount


def _written(text: bytes, folder: Path | None) -> Path | None:
    """Return a new private file with the text, or None where there is no room for it."""
    name = ""
    try:
        handle, name = tempfile.mkstemp(prefix="xingtu-rescued-", suffix=".json", dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.write(text)
    except OSError:
        if name:
            Path(name).unlink(missing_ok=True)
        return None
    return Path(name)


def new_owner() -> str:
    """Return a name for one claimant that tells others whether it still lives."""
    return f"{platform.node()}|{os.getpid()}|{os.urandom(8).hex()}"


def _alive(owner: str) -> bool:
    """Return False when a claim was left behind: by this process, or by one of this machine that is gone."""
    host, pid, _ = owner.split("|")
    if host != platform.node():
        return True
    if int(pid) == os.getpid():
        return owner in _living
    if os.name != "posix":
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
