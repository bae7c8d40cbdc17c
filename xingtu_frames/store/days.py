"""The stored answers by the day on which they were fetched, in UTC: what a lake is made of."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import NamedTuple

from ..errors import CacheError
from . import statements
from .answer import Answer, Recorded, checksum
from .pool import Connection, DamagedError, Pool, Row

_PAGE = 500
_AT_ONCE = 200
_REST_S = 0.1


class Tally(NamedTuple):
    """What is the same as long as nothing is added to a day or taken from it: how many answers, and which times."""

    answers: int = 0
    first: str = ""
    last: str = ""

    def with_one(self, fetched_at: str) -> Tally:
        """Return the tally with a later answer."""
        return Tally(self.answers + 1, self.first or fetched_at, fetched_at)


class Day(NamedTuple):
    """What a store holds of an endpoint and a day."""

    endpoint: str
    date: str
    tally: Tally


class DayReading:
    """The answers of a day, oldest first; an error for one that is damaged.

    Attributes
    ----------
    tally
        What was read until now.
    """

    def __init__(self, pool: Pool, endpoint: str, day: str) -> None:
        self.tally = Tally()
        self._pool, self._endpoint, self._day = pool, endpoint, day

    def __iter__(self) -> Iterator[Recorded | CacheError]:
        # Behind every text that begins with the day; the last one of all has no next one.
        until = f"{self._day[:8]}{int(self._day[8:]) + 1:02}"
        since, after = self._day, statements.FIRST_ROW
        # In pages, so that no connection is lent for as long as the caller takes.
        while rows := self._rows(since, after, until):
            for row in rows:
                self.tally = self.tally.with_one(row[4])
                answer = statements.checked(row, row[0], self._pool.shown)
                yield answer if isinstance(answer, CacheError) else Recorded(answer, row[7], served=True)
            since, after = rows[-1][4], rows[-1][8]

    def _rows(self, since: str, after: int, until: str) -> list[Row]:
        span = {"since": since, "after": after, "until": until, "page": _PAGE}
        return self._pool.read(lambda read: read(statements.OF_DAY, {"endpoint": self._endpoint, **span}))


class Days:
    """The days of the answers that are served.

    Parameters
    ----------
    pool
        Connections to the database that they are in.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def identity(self) -> str:
        """Return what tells this store from others; a copy of it has the same.

        Raises
        ------
        CacheError
            It is of an older format, and cannot be brought up to date where it is. Or it was lost.
        """
        rows = self._pool.read(lambda read: read(statements.IDENTITY, ()))
        if len(rows) != 1:
            raise DamagedError(self._pool.shown, "what tells it from other stores is lost")
        ((identity,),) = rows
        if not identity:
            raise CacheError(
                f"the cache {self._pool.shown} is of an older format and read-only, so that no lake can know it; open "
                "it once where it can be written"
            )
        return str(identity)

    def continue_as(self, identity: str) -> None:
        """Be known to lakes as the store whose answers are here now."""
        self._pool.write(lambda db: db.execute(statements.CONTINUE, (identity,)))

    def all(self) -> list[Day]:
        """Return each endpoint and day that has answers."""
        rows = self._pool.read(lambda read: read(statements.DAYS, ()))
        return [Day(endpoint, day, Tally(*tally)) for endpoint, day, *tally in rows]

    def answers(self, endpoint: str, day: str) -> DayReading:
        """Return the answers of a day, which are read a page at a time."""
        return DayReading(self._pool, endpoint, day)

    def check_removes(self) -> None:
        """Refuse to begin what ends with deleting answers where this user may delete none.

        Raises
        ------
        CacheError
            The database cannot be written, or does not let this user delete.
        """
        self._pool.write(lambda db: db.execute(statements.REMOVE_NONE))

    def remove(self, answers: Iterable[Answer]) -> int:
        """Delete answers that are stored exactly as they are here, to the last byte, and return how many were.

        That is done in short transactions with pauses between them, so that whoever waits to store a paid answer is not
        kept waiting.
        """
        removed, left = 0, iter(answers)
        while several := list(islice(left, _AT_ONCE)):
            started = time.monotonic()
            removed += self._pool.write(partial(_remove, several))
            time.sleep(min(_REST_S, (time.monotonic() - started) / 2))
        return removed

    def shrink(self) -> None:
        """Give the space of deleted answers back."""
        self._pool.shrink()


def _remove(answers: Sequence[Answer], db: Connection) -> int:
    values = ({**answer._asdict(), "checksum": checksum(answer)} for answer in answers)
    return sum(db.execute(statements.REMOVE, value).rowcount for value in values)
