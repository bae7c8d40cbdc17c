"""The answers that were paid for and the ledger of what was sent: append-only, whatever database they are in.

Tables, plain enough for any reader of the database:

``answers``
    One row per stored answer: ``key`` (the question), ``endpoint``, ``kol_id`` or ``item_id`` (the creator or the video
    it is about; neither for a search), ``params`` (JSON), ``fetched_at``, ``http_status``, ``served`` (0 for an answer
    that is kept for inspection only), ``body`` (exact bytes), ``checksum``.
``requests``
    The ledger: one row per request, written before it is sent, with its question and whom it is about.
``claims``
    Questions that some process is asking right now, so that no other pays for them too.
``pace``
    When the next request of all processes may be sent.
``budget``
    How many requests all processes may pay for in a day or month, and how many they have.
``identity``
    One row: what tells this store from others in the lakes that it is exported to.
"""

from __future__ import annotations

import contextlib
import json
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from ..errors import CacheError
from ..wire import Call
from . import statements
from .answer import Answer, Recorded, Try, item_of, stamp
from .claims import Claims
from .days import Days
from .pool import Connection, DamagedError, Fact, Pool, Read, RefusedError, Row, Salvaged, Values
from .rescue import Shelter
from .spending import Period, Spending, set_budget, spending
from .waiting import Waiting

Refuse = Callable[[Recorded, CacheError], None]
_AT_ONCE = 5_000
_PAGE = 500
_MERGED_FOR_S = 0.1
_MERGED_AT_ONCE = 200


class Store:
    """Answers and ledger, shared by threads and processes; `open_store` makes one.

    Parameters
    ----------
    pool
        Connections to the database that they are in.

    Raises
    ------
    CacheError
        At first use: the database is not ours, is of a newer version, or cannot be opened.
    """

    def __init__(self, pool: Pool) -> None:
        self.shown, self.in_memory, self.beside = pool.shown, pool.in_memory, pool.beside
        self._attached = pool
        self._end = weakref.finalize(self, pool.abandon)
        self.claims = Claims(pool)
        self.days = Days(pool)
        self._shelter = Shelter(pool.mark, pool.beside)
        self._waiting = Waiting(self._shelter)
        self._to_rehearse: int | None = 0

    @property
    def _pool(self) -> Pool:
        if not self._end.alive:
            raise CacheError(f"the cache {self.shown} is closed; make a new Client")
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
            The database is damaged in such a way that it hides answers.
        """
        return next(self.latest_in_turn([keys], after=after))

    def latest_in_turn(
        self, several: Sequence[Sequence[str]], *, after: int | None = None
    ) -> Iterator[dict[str, Answer | CacheError]]:
        """Yield what `latest` returns for each of several lists of keys, read together and checked in turn."""
        return map(partial(self._judged, self._stored([key for keys in several for key in keys], after)), several)

    def _stored(self, keys: Sequence[str], after: int | None) -> dict[str, Row]:
        return {asked: row for asked, row in self._newest(statements.LATEST, keys, after) if row[0] is not None}

    def _judged(self, stored: Mapping[str, Row], keys: Sequence[str]) -> dict[str, Answer | CacheError]:
        found = {key: statements.checked(stored[key], key, self.shown) for key in keys if key in stored}
        for key, answer in self._waiting.to(keys):
            known = found.get(key)
            if not isinstance(known, Answer) or known.fetched_at < answer.fetched_at:
                found[key] = answer
        return found

    def times(self, keys: Sequence[str]) -> dict[str, datetime]:
        """Return when the newest stored answer of each key that has one was fetched, without reading the answers."""
        rows = self._newest(statements.TIMES, keys, None)
        found = {asked: statements.time_of(time, self.shown) for asked, (time, *_) in rows if time is not None}
        for key, answer in self._waiting.to(keys):
            found[key] = max(answer.time, found.get(key, answer.time))
        return found

    def _newest(self, query: str, keys: Sequence[str], after: int | None) -> Iterator[tuple[str, Row]]:
        """Yield each key with a row; without an answer it was looked for on a second way unless only new ones count."""
        query = statements.spelled(query, self._pool)

        def work(some: Sequence[str], read: Read) -> list[Row]:
            first = statements.FIRST_ROW if after is None else after
            rows = read(query, {"listed": json.dumps(some), "after": first})
            missing = {some[row[-1]]: row[-2] for row in rows if row[0] is None}
            if any(row is not None for row in missing.values()):
                raise DamagedError(self.shown, "an index names an answer that is not there")
            if missing and after is None:
                self._attached.check_missing(list(missing), read)
            return rows

        for some in statements.slices(keys, _AT_ONCE):
            rows = self._pool.read(partial(work, some))
            yield from zip([some[row[-1]] for row in rows], rows, strict=True)

    def unsound(self, keys: Sequence[str]) -> list[str]:
        """Return the keys whose newest answer is damaged, holding few answers at a time."""
        pages = (self.latest(some) for some in statements.slices(keys, _PAGE))
        return [key for found in pages for key, answer in found.items() if isinstance(answer, CacheError)]

    def history(self, endpoint: str, ids: Sequence[str] | None = None) -> list[Answer | CacheError]:
        """Return every answer ever stored for an endpoint, oldest first; of some creators or videos, or of all.

        Those that the store cannot take yet come last.
        """
        self.take_in()
        of = statements.HISTORY_OF_CREATORS if item_of(endpoint) is None else statements.HISTORY_OF_VIDEOS
        query = statements.HISTORY if ids is None else statements.spelled(of, self._pool)
        rows = self._rows(query, {"endpoint": endpoint, "listed": json.dumps(list(ids or []))})
        waits = self._waiting.about(endpoint, None if ids is None else {*ids})
        return [*(self._checked(row, row[0]) for row in rows), *waits]

    def _rows(self, query: str, values: Values = ()) -> list[Row]:
        return self._pool.read(lambda read: read(query, values))

    def keys(self) -> list[str]:
        """Return the key of every question that has an answer."""
        return [key for (key,) in self._rows(statements.KEYS)]

    def _checked(self, row: Sequence[object], asked: str) -> Answer | CacheError:
        return statements.checked(row, asked, self.shown)

    def each(self) -> Iterator[Recorded | CacheError]:
        """Yield every answer in the order they were added; an error for one that is damaged."""
        last = statements.FIRST_ROW
        # In pages, so that no connection is lent for as long as the caller takes.
        while rows := self._rows(statements.EVERY, {"after": last, "page": _PAGE}):
            for row in rows:
                answer = self._checked(row, row[0])
                yield answer if isinstance(answer, CacheError) else Recorded(answer, row[7], bool(row[8]))
            last = rows[-1][9]

    def every(self) -> Iterator[Recorded]:
        """Yield every answer in the order they were added; the error of one that is damaged is raised."""
        for row in self.each():
            if isinstance(row, CacheError):
                raise row
            yield row

    def last_id(self) -> int:
        """Return the row of the answer that was added last; what comes later has a greater one."""
        return int(self._rows(statements.LAST_ID)[0][0])

    def requests(self, since: datetime | None = None) -> list[Row]:
        """Return the ledger, oldest first.

        Raises
        ------
        CacheError
            A row cannot be read.
        """
        return [row[:-1] for row in self._ledger(stamp(since) if since else "")]

    def tries(self, since: datetime) -> list[Try]:
        """Return what became of the requests since a time, with their questions, in the order they were sent.

        Raises
        ------
        CacheError
            A row cannot be read.
        """
        return [
            Try(key, datetime.fromisoformat(sent_at), code, billed, error)
            for sent_at, _, _, _, code, billed, _, error, _, key in self._ledger(stamp(since))
            if key is not None
        ]

    def _ledger(self, since: str) -> list[Row]:
        rows = self._rows(statements.LEDGER, {"since": since})
        if not all(map(statements.is_ledger_row, rows)):
            raise DamagedError(self.shown, "a row of its ledger cannot be read")
        return rows

    def count(self) -> dict[str, int]:
        """Return how many answers and ledger rows there are."""
        self.take_in()
        ((answers, requests),) = self._rows(statements.COUNT)
        return {"answers": answers, "requests": requests}

    # --- writing

    def add_all(self, answers: Iterable[Answer], *, http_status: int = 200, served: bool = True) -> None:
        """Add answers; nothing that is stored is ever changed."""
        self.merge(Recorded(answer, http_status, served) for answer in answers)

    def merge(self, answers: Iterable[Recorded], *, by_time: bool = True, refuse: Refuse | None = None) -> int:
        """Add the answers that are not stored yet, and return how many those are.

        They are added in short transactions with pauses between them, so that whoever waits to store a paid answer
        is not kept waiting; an error leaves those in that were added before it.

        Parameters
        ----------
        answers
            What is added.
        by_time
            Which answer to a question is the newest is told by its time, not by the order in which they are added.
        refuse
            Is called with each answer that the database does not take; else the first one is an error.
        """
        added, left = 0, iter(answers)
        order = statements.by_time(self._pool) if by_time else None
        while some := list(islice(left, _MERGED_AT_ONCE)):
            started = time.monotonic()
            added += self._added(some, order, refuse)
            if len(some) == _MERGED_AT_ONCE:
                time.sleep(min(_MERGED_FOR_S, (time.monotonic() - started) / 2))
        return added

    def _added(self, some: Sequence[Recorded], order: statements.ByTime | None, refuse: Refuse | None) -> int:
        try:
            return self._pool.write(partial(statements.insert_all, some, order))
        except RefusedError as error:
            if refuse is None:
                raise
            if len(some) == 1:
                refuse(some[0], error)
                return 0
        return sum(self._added([one], order, refuse) for one in some)

    def open_request(self, call: Call, owner: str | None = None) -> int | None:
        """Write a request into the ledger before it is sent; its charge is unknown until it is closed.

        Parameters
        ----------
        call
            What is asked.
        owner
            Of the claim under which it is asked.

        Returns
        -------
        The row, or None where the claim was lost: nothing may be sent.

        Raises
        ------
        CacheError
            The store cannot be written: nothing may be paid for.
        BudgetExceededError
            The budget of the store is used up.
        """
        item = call.endpoint.item
        item_id = None if item is None else dict(call.query)[item]
        moment = self.now()
        row = (stamp(moment), call.endpoint.name, call.kol_id, item_id, call.key)
        opened: int | None = None

        def work(db: Connection) -> int | None:
            nonlocal opened
            if owner is not None and not self.claims.is_held(db, call.key, owner):
                return None
            opened = statements.open_once(db, row, opened, self._attached.last_id, moment)
            return opened

        return self._pool.write(work)

    def close_request(
        self, outcome: Mapping[str, Any], answer: Answer | None = None, *, served: bool = True, owner: str | None = None
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
        owner
            Of the claim under which it was asked; where that was lost, a newer answer may have come meanwhile.

        Returns
        -------
        The row of the answer.
        """
        recorded = None if answer is None else Recorded(answer, outcome["http_status"], served)
        order = statements.by_time(self._pool)

        def work(db: Connection) -> int | None:
            lost = self.claims.is_lost(db, answer.key if answer else None, owner)
            return statements.close(db, outcome, recorded, order if lost else None)

        return self._pool.write(work)

    def keep(self, outcome: Mapping[str, object], answer: Answer, owner: str | None = None) -> str | None:
        """Close a request with the answer that it brought, which is never lost.

        Returns
        -------
        None, or where the answer is that the store could not take.
        """
        with contextlib.suppress(CacheError, MemoryError):
            self.close_request(outcome, answer, owner=owner)
            return None
        self._to_rehearse = len(answer.body)
        where = self._saved(outcome, answer)
        with contextlib.suppress(CacheError, MemoryError):
            self.close_request(outcome)
        return where

    def clear(self) -> None:
        """Delete every answer and give the space back. The ledger stays: it says what was spent."""
        # First, or it would be back with the next question.
        self.take_in()
        self._pool.write(lambda db: db.execute("DELETE FROM answers"))
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
        return self._pool.write(lambda db: statements.take_turn(gap_s, self.now().timestamp(), db), lasting=False)

    def set_budget(self, most: int | None, period: Period) -> None:
        """Set how many requests all who use the store may pay for in a period; None for any number."""
        self._pool.write(partial(set_budget, most, period, self.now()))

    def spending(self) -> Spending:
        """Return the budget and what was spent of it."""
        return self._pool.read(partial(spending, self.now()))

    # --- rescued answers

    def _saved(self, outcome: Mapping[str, object], answer: Answer) -> str:
        with contextlib.suppress(CacheError):
            return f"saved in {self.rescue(answer, outcome)}, from where it is taken in as soon as the store takes it"
        return "saved nowhere but in the frame that you get now"

    def rescue(self, answer: Answer, outcome: Mapping[str, object] | None = None) -> Path:
        """Write an answer that the store could not take into a file of its own, and return its path.

        Raises
        ------
        CacheError
            No folder takes it.
        """
        return self._shelter.save(answer, outcome or {})

    def take_in(self) -> int:
        """Take in the rescued answers that wait for the store, and return how many those are.

        One that the store still cannot take goes on waiting, and is served from its file.
        """
        return self._waiting.take_in(self._take)

    def _take(self, recorded: Recorded, outcome: Mapping[str, object]) -> None:
        self._pool.write(partial(statements.take, recorded, outcome, statements.by_time(self._pool)))

    def rescued(self) -> Iterator[Recorded]:
        """Yield the rescued answers that wait for the store."""
        return self._waiting.each()

    # --- the database

    def check_whole(self) -> None:
        """Check every page of the database; takes time in proportion to its size.

        Raises
        ------
        CacheError
            It is damaged.
        """
        self._pool.check_whole()

    def is_damaged(self) -> bool:
        """Return whether the database or an answer is damaged, and not only held, moved or not ours."""
        try:
            self.check_whole()
            return any(isinstance(row, CacheError) for row in self.each())
        except CacheError as error:
            return isinstance(error, DamagedError)

    def check_ready(self) -> None:
        """Refuse to pay for what is stored where two could pay for one question, or the answer could not be written.

        Raises
        ------
        CacheError
            The locks of the database hold nothing, or this user may not write all that is needed.
        """
        self._pool.check_ready()
        if self._to_rehearse is not None:
            self._pool.write(partial(statements.rehearse, self._to_rehearse, self.now()))
            self._to_rehearse = None

    def settle(self) -> None:
        """Make whole on disk what a batch has written, so that a copy of it is whole."""
        self._pool.settle()

    def size(self) -> int:
        """Return how many bytes the database takes on disk."""
        return self._pool.size()

    def examine(self) -> Iterator[Fact]:
        """Yield what is worth knowing of the database beside its answers."""
        return self._pool.examine()

    def now(self) -> datetime:
        """Return the time in UTC, by the clock that all users of the database share where there is one."""
        # Of a closed store too: what was under way is dated before it is rescued.
        return self._attached.now()

    def salvage(self) -> AbstractContextManager[Salvaged | None]:
        """Read what is whole of a damaged database; None where that is not possible."""
        return self._pool.salvage()

    def close(self) -> None:
        """Give the database back; the last store of this process to do so closes it."""
        if self._end.detach():
            self._attached.release()

    def __repr__(self) -> str:
        return f"Store({self.shown!r})"
