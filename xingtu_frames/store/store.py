"""The answers on disk and the ledger of what was sent: one append-only SQLite file.

Tables of the file, plain enough for any SQLite reader:

``answers``
    One row per stored answer: ``key`` (the question), ``endpoint``, ``kol_id``, ``params`` (JSON), ``fetched_at``,
    ``http_status``, ``served`` (0 for an answer that is kept for inspection only), ``body`` (exact bytes),
    ``checksum``.
``requests``
    The ledger: one row per request, written before it is sent.
``claims``
    Questions that some process is asking right now, so that no other pays for them too.
``pace``
    When the next request of all processes may be sent.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from ..errors import CacheError
from . import rescue, sqlite_format, statements
from .answer import Answer, Recorded, is_time, is_whole, now, stamp
from .claims import Claims
from .judging import problem_of
from .sqlite import Pool
from .sqlite_format import DamagedError, damaged
from .sqlite_locks import check_locks
from .sqlite_sharing import abandon, attach, detach

_AT_ONCE = 5_000
_PAGE = 500
_MERGED_FOR_S = 0.1
_MERGED_AT_ONCE = 200

_Read = Callable[[str, Any], list[tuple[Any, ...]]]


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
        self._attached = attach(self.path, read_only=read_only)
        self._end = weakref.finalize(self, abandon, self._attached)
        self.claims = Claims(self._attached)
        self._shelter = rescue.Shelter(self.path)

    @property
    def _pool(self) -> Pool:
        if not self._end.alive:
            raise CacheError(f"the cache {self.path} is closed; make a new Client")
        return self._attached

    # --- reading

    def latest(self, keys: Sequence[str], *, after: int | None = None) -> dict[str, Answer | CacheError]:
        """Return the newest stored answer of each key that has one; an error where it is damaged.

        A key without an answer is looked for on a second way, so that a damaged index hides none; that takes the
        same time whatever the size of the store.

        Parameters
        ----------
        keys
            The questions.
        after
            Only answers that were added after that row.

        Raises
        ------
        CacheError
            The file is damaged in such a way that it hides answers.
        """
        result: dict[str, Answer | CacheError] = {}
        for some in _slices(list(keys), _AT_ONCE):
            with self._snapshot() as read:
                rows = read(statements.LATEST, {"keys": json.dumps(some), "after": _row_after(after)})
                present = [row for row in rows if row[0] is not None]
                if after is None and len(present) < len(rows):
                    self._check_missing({row[7]: row[8] for row in rows if row[0] is None}, read)
            result.update({row[7]: self._checked(row, row[7]) for row in present})
        return result

    def times(self, keys: Sequence[str]) -> dict[str, datetime]:
        """Return when the newest stored answer of each key that has one was fetched, without reading the answers."""
        result: dict[str, datetime] = {}
        for some in _slices(list(keys), _AT_ONCE):
            with self._snapshot() as read:
                rows = read(statements.TIMES, {"keys": json.dumps(some), "after": _row_after(None)})
                self._check_missing({row[0]: row[2] for row in rows if row[1] is None}, read)
            result.update({row[0]: self._time(row[1]) for row in rows if row[1] is not None})
        return result

    def unsound(self, keys: Sequence[str]) -> list[str]:
        """Return the keys whose newest answer is damaged, holding few answers at a time."""
        return [
            key
            for some in _slices(list(keys), _PAGE)
            for key, answer in self.latest(some).items()
            if isinstance(answer, CacheError)
        ]

    def _time(self, text: Any) -> datetime:
        with contextlib.suppress(ValueError, TypeError):
            return datetime.fromisoformat(text)
        raise damaged(self.path, "the time of an answer cannot be read")

    def _check_missing(self, missing: Mapping[str, int | None], read: _Read) -> None:
        """Check that the file hides no answer to what it has none of: that would be paid for again."""
        if not missing:
            return
        if any(row is not None for row in missing.values()):
            raise damaged(self.path, "an index names an answer that is not there")
        parts = [[key, *(part or None for part in f"{key}||".split("|")[:2])] for key in missing]
        try:
            ((hidden,),) = read(statements.HIDDEN, [json.dumps(parts)])
        except sqlite3.OperationalError as error:
            # A file of the first format that may not be written has one index only; nothing is paid with it.
            if "no such index" in str(error):
                return
            raise
        if hidden:
            raise damaged(self.path, "an index hides an answer")

    def history(self, endpoint: str, kol_ids: Sequence[str] | None = None) -> list[Answer | CacheError]:
        """Return every answer ever stored for an endpoint, oldest first."""
        chosen = "" if kol_ids is None else "AND a.kol_id IN (SELECT value FROM json_each(?))"
        query = f"{statements.HISTORY} {chosen} ORDER BY fetched_at, id"
        rows = self._rows(query, [endpoint, *([] if kol_ids is None else [json.dumps(list(kol_ids))])])
        return [self._checked(row, row[0]) for row in rows]

    def _rows(self, query: str, values: Any) -> list[tuple[Any, ...]]:
        with self._snapshot() as read:
            return read(query, values)

    @contextlib.contextmanager
    def _snapshot(self) -> Iterator[_Read]:
        """Yield what reads rows, all as they are at one moment."""
        with self._pool.reading() as db:
            db.execute("BEGIN")
            try:
                sqlite_format.check_version(db.execute("PRAGMA user_version").fetchone()[0], self.path)
                yield partial(_read, db)
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")

    def keys(self) -> list[str]:
        """Return the key of every question that has an answer."""
        return [key for (key,) in self._rows("SELECT DISTINCT key FROM answers WHERE served = 1", ())]

    def _checked(self, row: Sequence[Any], asked: str) -> Answer | CacheError:
        # A damaged index can lead to the sound answer of another question.
        answer = Answer._make(row[:6])
        if is_whole(answer, row[6]) and row[0] == asked and is_time(row[4]):
            return answer
        error = CacheError(
            f"the stored answer to {row[0]} in {self.path} is damaged; restore the file from a copy, or fetch it again "
            "with refresh=True (a paid request)"
        )
        error.endpoint, error.kol_id = (text if isinstance(text, str) else None for text in (row[1], row[2]))
        return error

    def each(self) -> Iterator[Recorded | CacheError]:
        """Yield every answer in the order they were added; an error for one that is damaged."""
        last = statements.FIRST_ROW
        # In pages, so that no connection is lent for as long as the caller takes.
        while rows := self._rows(f"{statements.EVERY} WHERE a.id > ? ORDER BY a.id LIMIT ?", (last, _PAGE)):
            for row in rows:
                answer = self._checked(row, row[0])
                yield answer if isinstance(answer, CacheError) else Recorded(answer, row[7], bool(row[8]))
            last = rows[-1][9]

    def every(self) -> Iterator[Recorded]:
        """Yield every answer in the order they were added.

        Raises
        ------
        CacheError
            One is damaged.
        """
        for row in self.each():
            if isinstance(row, CacheError):
                raise row
            yield row

    def is_damaged(self) -> bool:
        """Return whether pages or answers of the file are damaged, and not only held, moved or not ours."""
        try:
            self.check_whole()
            return any(isinstance(row, CacheError) for row in self.each())
        except CacheError as error:
            return isinstance(error, DamagedError)

    def last_id(self) -> int:
        """Return the row of the answer that was added last; what comes later has a greater one."""
        return int(self._rows("SELECT coalesce(max(id), 0) FROM answers", ())[0][0])

    def requests(self, since: datetime | None = None) -> list[tuple[Any, ...]]:
        """Return the ledger, oldest first.

        Raises
        ------
        CacheError
            A row cannot be read.
        """
        rows = self._rows(f"{statements.LEDGER} WHERE sent_at >= ? ORDER BY id", (stamp(since) if since else "",))
        for row in rows:
            if not statements.is_ledger_row(row):
                raise damaged(self.path, "a row of its ledger cannot be read")
        return rows

    def count(self) -> dict[str, int]:
        """Return how many answers and ledger rows there are."""
        ((answers, requests),) = self._rows(statements.COUNT, ())
        return {"answers": answers, "requests": requests}

    def size(self) -> int:
        """Return the bytes of the file, and of the log that belongs to it."""
        total = 0
        for part in ("", "-wal"):
            with contextlib.suppress(OSError):
                total += 0 if self.in_memory else os.path.getsize(f"{self._attached.place}{part}")
        return total

    # --- writing

    def add_all(self, answers: Iterable[Answer], *, http_status: int = 200, served: bool = True) -> None:
        """Add answers; nothing that is stored is ever changed."""
        self.merge(Recorded(answer, http_status, served) for answer in answers)

    def merge(self, answers: Iterable[Recorded], *, by_time: bool = True) -> int:
        """Add the answers that are not stored yet, and return how many those are.

        They are added in short transactions with pauses between them, so that whoever waits to store a paid answer
        is not kept waiting; an error leaves those in that were added before it.

        Parameters
        ----------
        answers
            What is added.
        by_time
            Which answer to a question is the newest is told by its time, not by the order in which they are added.
        """
        added, left = 0, iter(answers)
        while some := list(islice(left, _MERGED_AT_ONCE)):
            started = time.monotonic()
            added += self._pool.write(partial(statements.insert_all, some, by_time))
            if len(some) == _MERGED_AT_ONCE:
                time.sleep(min(_MERGED_FOR_S, (time.monotonic() - started) / 2))
        return added

    def open_request(self, endpoint: str, kol_id: str | None, claim: tuple[str, str] | None = None) -> int | None:
        """Write a request into the ledger before it is sent; its charge is unknown until it is closed.

        Parameters
        ----------
        endpoint, kol_id
            What is asked.
        claim
            Question and owner of the claim under which it is asked.

        Returns
        -------
        The row, or None where the claim was lost: nothing may be sent.

        Raises
        ------
        CacheError
            The file cannot be written: nothing may be paid for.
        """
        row = (stamp(now()), endpoint, kol_id)
        written: list[int] = []

        def work(db: sqlite3.Connection) -> int | None:
            if claim is not None and not self.claims.is_held(db, *claim):
                return None
            known = "SELECT id FROM requests WHERE id = ? AND sent_at = ? AND endpoint = ? AND kol_id IS ?"
            if written and db.execute(known, (written[0], *row)).fetchone():
                return written[0]
            cursor = db.execute("INSERT INTO requests (sent_at, endpoint, kol_id) VALUES (?, ?, ?)", row)
            written[:] = [int(cursor.lastrowid or 0)]
            return written[0]

        return self._pool.write(work)

    def close_request(
        self, outcome: Mapping[str, Any], answer: Answer | None = None, *, served: bool = True
    ) -> int | None:
        """Write what became of a request, and the answer that it brought: both or neither.

        Parameters
        ----------
        outcome
            ``id`` of the request, ``http_status``, ``code``, ``billed``, ``elapsed_s``, ``error``.
        answer
            What it brought.
        served
            False for an answer that is kept for inspection only.

        Returns
        -------
        The row of the answer.
        """

        def work(db: sqlite3.Connection) -> int | None:
            if answer is not None:
                statements.insert(db, Recorded(answer, outcome["http_status"], served))
            db.execute(statements.CLOSE, outcome)
            return None if answer is None else statements.row_of(db, answer)

        return self._pool.write(work)

    def clear(self) -> None:
        """Delete every answer and give the space back. The ledger stays: it says what was spent."""
        self._pool.change("DELETE FROM answers")
        self._pool.shrink()

    def take_turn(self, gap_s: float) -> float:
        """Take the next free moment of all processes that share the store.

        Parameters
        ----------
        gap_s
            Seconds that must pass between two requests.

        Returns
        -------
        0 when the turn is the caller's, else the seconds after which it may ask again.
        """

        def work(db: sqlite3.Connection) -> float:
            moment = time.time()
            ((following,),) = db.execute("SELECT next FROM pace").fetchall() or [(0.0,)]
            # Further ahead than one gap is a clock that has jumped back meanwhile.
            if moment < following <= moment + gap_s:
                return float(following - moment)
            db.execute("INSERT OR REPLACE INTO pace (id, next) VALUES (1, ?)", (moment + gap_s,))
            return 0.0

        return self._pool.write(work)

    # --- rescued answers

    def rescue(self, answer: Answer, outcome: Mapping[str, Any] | None = None) -> Path:
        """Write an answer that the store could not take into a file of its own, and return its path.

        Raises
        ------
        CacheError
            No folder takes it.
        """
        return self._shelter.save(answer, outcome or {})

    def take_in(self) -> int:
        """Take in the rescued answers that wait for the store, and return how many those are.

        One that the store still cannot take goes on waiting.
        """
        taken = 0
        for path, recorded, outcome in self._rescued():
            try:
                self._pool.write(partial(statements.take, recorded, outcome))
            except CacheError:
                self._shelter.forget_looks()
                break
            path.unlink(missing_ok=True)
            taken += 1
        return taken

    def rescued(self) -> Iterator[Recorded]:
        """Yield the rescued answers that wait for the store."""
        for _, recorded, _ in self._rescued():
            yield recorded

    def _rescued(self) -> Iterator[tuple[Path, Recorded, Mapping[str, Any]]]:
        for path in self._shelter.waiting():
            with contextlib.suppress(CacheError):
                rescued = rescue.read(path)
                recorded = Recorded(rescued.answer, int(rescued.outcome.get("http_status") or 200), served=True)
                if problem_of(recorded) is None:
                    yield path, recorded, rescued.outcome
                    continue
            self._shelter.refuse(path)

    # --- the file

    def check_whole(self) -> None:
        """Check every page of the file; takes time in proportion to its size.

        Raises
        ------
        CacheError
            It is damaged.
        """
        self._pool.check_whole()

    def check_locks(self) -> None:
        """Refuse to pay for what is stored where file locks hold nothing.

        Raises
        ------
        CacheError
            The file system keeps no locks.
        """
        if not self.in_memory:
            check_locks(self.path)

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the file, so that a copy of the one file is whole."""
        self._pool.checkpoint()

    def untouched(self) -> contextlib.AbstractContextManager[None]:
        """Close every connection of this process for a while, so that the bytes of the file may be read."""
        return self._attached.untouched()

    def close(self) -> None:
        """Give the file back; the last store of this process to do so folds its log and closes it."""
        if self._end.detach():
            detach(self._attached)

    def __repr__(self) -> str:
        return f"Store({self.path!r})"


def _read(db: sqlite3.Connection, query: str, values: Any) -> list[tuple[Any, ...]]:
    """Read rows; text that is no UTF-8 any more must not keep the sound ones from being read."""
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


def _row_after(row: int | None) -> int:
    return statements.FIRST_ROW if row is None else row


def _slices(keys: list[str], size: int) -> Iterator[list[str]]:
    return (keys[start : start + size] for start in range(0, len(keys), size))
