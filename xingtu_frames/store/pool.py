"""What a store stands on: a pool of connections to one database, whichever database that is.

A pool knows transactions, and what is particular to its database. The promises about money are kept above it, once, in
SQL that SQLite (from 3.31) and PostgreSQL both speak: `?` and `:name` for values, `ON CONFLICT`, and three fragments
that each database spells its own way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

from ..errors import CacheError
from .answer import Recorded

Row = tuple[Any, ...]
Values = Sequence[object] | Mapping[str, object]
Read = Callable[[str, Values], list[Row]]
"""Runs a query and returns its rows."""
Result = TypeVar("Result")


class Cursor(Protocol):
    """What a statement leaves."""

    @property
    def rowcount(self) -> int:
        """How many rows it changed."""

    def fetchone(self) -> Any:
        """Return the next row, or None."""

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""


class Connection(Protocol):
    """A connection inside a transaction."""

    def execute(self, statement: str, values: Any = ..., /) -> Cursor:
        """Run one statement."""


class Salvaged(Protocol):
    """The whole answers of a damaged database; ``lost`` says after the last one how many could not be read."""

    lost: int

    def __iter__(self) -> Iterator[Recorded]:
        """Yield each of them."""


class Fact(NamedTuple):
    """What a pool knows of its database: ``ok``, or ``look`` for what may be amiss."""

    state: str
    text: str


class Pool(Protocol):
    """Connections to one database, each used by one thread at a time, renewed after a fork.

    Attributes
    ----------
    shown
        What errors, reports and `repr` call the database; no secret is in it.
    mark
        What tells the database from others where `beside` is None; no secret can be read from it.
    in_memory
        Whether nothing of it outlives the process.
    beside
        The file that answers are rescued beside; None where they are rescued into the user's folders.
    listed, newest, of_key, last_id
        Fragments of SQL: rows ``asked.value`` of the JSON list ``:listed``; for each of them ``n.place``, from 0,
        ``n.id`` and the row ``a`` of its newest answer behind the row ``:after``, by an index alone; whether an answer
        is one to the question ``:key``; the id of the last insert.
    """

    shown: str
    mark: str
    in_memory: bool
    beside: Path | None
    listed: str
    newest: str
    of_key: str
    last_id: str

    def read(self, work: Callable[[Read], Result]) -> Result:
        """Do some reading, all of it as the database is at one moment, and return its result.

        The work may be done twice.
        """

    def write(self, work: Callable[[Connection], Result], *, urgent: bool = False, lasting: bool = True) -> Result:
        """Do some work inside one transaction and return its result; an error undoes it.

        The work may be done twice, so it must be such that twice is as good as once. What is `urgent` does not wait for
        what else this process does, where the database can do both at once. What is not `lasting` may be undone by a
        crash of the database until something that is lasting was written.
        """

    def now(self) -> datetime:
        """Return the time in UTC, by the clock that all users of the database share where there is one."""

    def check_missing(self, keys: Sequence[str], read: Read) -> None:
        """Raise `DamagedError` where the database hides an answer to questions that it seems to have none of."""

    def check_whole(self) -> None:
        """Raise `DamagedError` where anything is damaged; takes time in proportion to the size."""

    def check_ready(self) -> None:
        """Raise `CacheError` where two could pay for one question, whatever is written."""

    def settle(self) -> None:
        """Make whole on disk what was written, after a batch."""

    def shrink(self) -> None:
        """Give the space of deleted rows back."""

    def size(self) -> int:
        """Return how many bytes it takes on disk."""

    def salvage(self) -> AbstractContextManager[Salvaged | None]:
        """Read what is whole of a damaged database; None where that is not possible."""

    def examine(self) -> Iterator[Fact]:
        """Yield what is worth knowing of the database beside its answers."""

    def release(self) -> None:
        """Give the pool back; the last store to do so closes it."""

    def abandon(self) -> None:
        """Give the pool back from the collector, which may run in any thread at any time."""


class DamagedError(CacheError):
    """Pages, indexes or rows of the database are damaged."""

    def __init__(self, shown: str, detail: str) -> None:
        super().__init__(
            f"the cache {shown} is damaged ({detail}); nothing was paid; restore it from a copy, or save every answer "
            "that is still whole: xingtu-frames cache export FILE"
        )


class RefusedError(CacheError):
    """The database does not take a value, and would take others."""


class NotOursError(CacheError):
    """What the address names is not a store."""
