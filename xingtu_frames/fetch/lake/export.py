"""A lake brought up to date with a store: a day at a time, whole or not at all."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import merge
from itertools import groupby, islice
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from ...errors import CacheError, FileError, shown
from ...store.answer import Recorded, checksum
from ...store.days import Day
from ...store.store import Store
from ...tables.arrow import arrow_schema
from ...tables.catalog import TABLES
from ...tables.records import UNREAD_COLUMNS
from ...tables.schema import Row, Table
from ...wire import ENDPOINTS
from .answers import Rows, unread_rows
from .files import Sink, check_schema, record_batch
from .layout import DayFiles, Lake, Marks, checked_name, is_day
from .raw import SCHEMA, batch_of, recorded_in

FAILURE_COLUMNS = tuple(column for column in UNREAD_COLUMNS if column.name != "endpoint")
"""Columns of the files of failures; their endpoint is in the path."""
_AT_ONCE = 500


class Exported(NamedTuple):
    """What an export did.

    Attributes
    ----------
    written
        How many answers are new in the lake.
    failures
        What cannot be read of the answers that were written: the texts of the first ones.
    failed
        How many of these there are.
    """

    written: int
    failures: Sequence[str]
    failed: int


def export(folder: object, store: Store, name: str) -> Exported:
    """Bring a lake up to date with a store.

    Raises
    ------
    FileError
        The folder is not a lake, is written by another process, or holds files of that name that are of another store,
        not whole, or of another version. None of them is replaced.
    CacheError
        The store cannot be read.
    """
    lake, name = Lake(folder), checked_name(name)
    with lake.alone(name):
        lake.check_tables()
        lake.check_name(name)
        store.take_in()
        identity, marks = store.days.identity(), lake.marks(name)
        _refuse_others(lake, name, identity, marks)
        lake.begin()
        made = [
            _written(lake.day(day.endpoint, day.date, name), store, identity)
            for day in store.days.all()
            if is_exported(day) and _is_new(day, marks)
        ]
        made += [_completed(lake.day(endpoint, date, name)) for endpoint, date in marks]
    failures = [text for one in made for text in one.failures]
    return Exported(sum(one.written for one in made), failures[:1], sum(one.failed for one in made))


def is_exported(day: Day) -> bool:
    """Return whether a day goes into a lake: contact data never does, nor what a damaged row says of its time."""
    return day.endpoint in ENDPOINTS and ENDPOINTS[day.endpoint].stored and is_day(day.date)


def _is_new(day: Day, marks: Mapping[tuple[str, str], Marks]) -> bool:
    known = marks.get((day.endpoint, day.date))
    return known is None or known.tally != day.tally


def _refuse_others(lake: Lake, name: str, identity: str, marks: Mapping[tuple[str, str], Marks]) -> None:
    """Refuse files of another store or version before anything is written; the oldest of a table says its version."""
    oldest: dict[Table, DayFiles] = {}
    for (endpoint, date), mark in sorted(marks.items(), key=lambda item: item[0][1]):
        files = lake.day(endpoint, date, name)
        if mark.store != identity:
            raise FileError(
                f"{files.answers} is of another store than this one; choose another name, such as "
                'name="shard0" (--name), or another folder; nothing was written'
            )
        for table in _tables_of(endpoint):
            oldest.setdefault(table, files)
    for table, files in oldest.items():
        if files.rows(table.name).exists():
            check_schema(files.rows(table.name), table.arrow_schema)


def _tables_of(endpoint: str) -> list[Table]:
    return [table for table in TABLES.values() if table.endpoint == endpoint]


def _written(files: DayFiles, store: Store, identity: str) -> Exported:
    """Write the answers of a day that the store and the lake have, and their rows in every table."""
    reading, new = store.days.answers(files.endpoint, files.day), 0
    with contextlib.ExitStack() as stack:
        raw, rows = _opened(stack, files.answers, SCHEMA), _RowFiles(stack, files)
        stored = rows.whole(reading)
        both = _once(stored, undamaged(files)) if files.answers.exists() else ((one, True) for one in stored)
        for several in _several(both):
            new += sum(is_new for _, is_new in several)
            answers = [one for one, _ in several]
            raw.write(batch_of(answers))
            rows.write(answers)
        rows.close()
        # The last one: while it is not there, the day counts as not written.
        raw.close(Marks(identity, reading.tally).spelled())
    return rows.made(new)


def _completed(files: DayFiles) -> Exported:
    """Write the tables of a day again where it lacks one that a newer version declares, or that was moved away."""
    if all(path.exists() for path in (files.failures, *(files.rows(one.name) for one in _tables_of(files.endpoint)))):
        return Exported(0, [], 0)
    with contextlib.ExitStack() as stack:
        rows = _RowFiles(stack, files)
        for several in _several((one, False) for one in undamaged(files)):
            rows.write([one for one, _ in several])
        rows.close()
    return rows.made(0)


def undamaged(files: DayFiles) -> Iterator[Recorded]:
    """Yield the answers of a file, on all of which something depends.

    Raises
    ------
    FileError
        One is damaged, or the file is not whole.
    """
    for one in recorded_in(files.answers, files.endpoint):
        if isinstance(one, CacheError):
            raise FileError(str(one))
        yield one


def _once(stored: Iterable[Recorded], kept: Iterable[Recorded]) -> Iterator[tuple[Recorded, bool]]:
    """Yield each answer once, oldest first, and whether the lake lacks it."""
    both = merge(
        ((one, True) for one in stored), ((one, False) for one in kept), key=lambda pair: pair[0].answer.fetched_at
    )
    for _, of_one_moment in groupby(both, key=lambda pair: pair[0].answer.fetched_at):
        found: dict[tuple[str, str], tuple[Recorded, bool]] = {}
        for one, is_stored in of_one_moment:
            same = (one.answer.key, checksum(one.answer))
            first, is_new = found.get(same, (one, True))
            found[same] = (first, is_new and is_stored)
        yield from found.values()


def _several(answers: Iterable[tuple[Recorded, bool]]) -> Iterator[list[tuple[Recorded, bool]]]:
    left = iter(answers)
    while several := list(islice(left, _AT_ONCE)):
        yield several


def _opened(stack: contextlib.ExitStack, path: Path, schema: pa.Schema) -> Sink:
    sink = Sink(path, schema)
    stack.callback(sink.discard)
    return sink


class _RowFiles:
    """The files of the rows of a day's answers in each table, and of what cannot be read of them."""

    def __init__(self, stack: contextlib.ExitStack, files: DayFiles) -> None:
        tables = _tables_of(files.endpoint)
        self._schemas = {table: table.arrow_schema for table in tables}
        self._sinks = {table: _opened(stack, files.rows(table.name), self._schemas[table]) for table in tables}
        self._failures = _opened(stack, files.failures, arrow_schema(FAILURE_COLUMNS))
        self._rows = Rows(tables)
        self._failed: list[Row] = []

    def whole(self, answers: Iterable[Recorded | CacheError]) -> Iterator[Recorded]:
        """Yield the answers that are not damaged, and note the others."""
        for one in answers:
            if isinstance(one, CacheError):
                self._failed.append((one.kol_id, None, None, shown(f"{type(one).__name__}: {one}"), None))
            else:
                yield one

    def write(self, answers: Iterable[Recorded]) -> None:
        """Add the rows of some answers."""
        for one in answers:
            self._rows.add(one.answer)
        rows = self._rows.taken()
        for table, sink in self._sinks.items():
            sink.write(record_batch(table.columns, self._schemas[table], rows[table.name]))

    def close(self) -> None:
        """Put the files in place, those of the failures first."""
        self._failed += unread_rows(self._rows.unread)
        self._failures.write(record_batch(FAILURE_COLUMNS, arrow_schema(FAILURE_COLUMNS), self._failed))
        for sink in (self._failures, *self._sinks.values()):
            sink.close()

    def made(self, written: int) -> Exported:
        """Return what became of the day."""
        return Exported(written, [str(row[3]) for row in self._failed[:1]], len(self._failed))
