"""The way of the data, each step a plain function of the one before: questions, answers, readings, frames.

`questions` are pure, and so are the readings: rows or a failure. Only `answers` sends anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple, TypedDict

import pandas as pd

from ..arguments import truth
from ..client.batch import Collected
from ..client.client import Client, checked_client, default_client
from ..errors import CacheError, Failure, PayloadError, XingtuError
from ..frame import WITHOUT_ROWS, Cells, Listed, Mapped, micros, names_in
from ..ids import Ids
from ..store.answer import Answer
from ..tables.catalog import Reading, rows_of, values_of
from ..tables.layout import Layout
from ..tables.schema import CREATOR, Subject, Table
from ..wire import Api, Call, about, in_our_words
from ..wire.paging import paging_of
from .failures import OnError, failure_of, ids_of, is_strict, no_data, warn_of
from .parts import Asking, Part, parts_of
from .rows import Note, Page, data_of, is_raw, notes_of, page_of, rows_with, shown_options

_FEW = 8
"""Of fewer answers than so many, each is read alone."""
_TOGETHER = 500
"""Answers whose values wait at most."""


class Control(TypedDict, total=False):
    """How the answers are asked for, as a user says it to any function that fetches."""

    refresh: bool
    on_error: OnError
    progress: bool | None
    client: Client | None


class Fetched(NamedTuple):
    """Frames by table name, what failed, what was asked about, and the ids of that."""

    frames: dict[str, pd.DataFrame]
    failures: list[Failure]
    kol_ids: list[str]
    subject: Subject | None = None


class Readings(NamedTuple):
    """What answers say, by table: the rows, whether an id has any, and what could not be read; and what has no data."""

    cells: dict[str, Cells]
    has_rows: dict[str, dict[str, bool]]
    unread: dict[str, list[Note]]
    errors: dict[str, XingtuError]
    empty: dict[str, Failure]


class Waiting(NamedTuple):
    """An answer that a table reads together with others, and its values there."""

    call: Call
    answer: Answer
    fetched_at: int | None
    values: Sequence[Any]


class Batch:
    """The answers to some questions, as one table reads them: each alone, or those of a layout together.

    What cannot be read together waits with the others, for its turn.
    """

    def __init__(self, table: Table, shown: Sequence[str], *, once: bool, together: bool) -> None:
        self.table, self.shown, self.once = table, shown, once
        self.layout = table.parse if together and isinstance(table.parse, Layout) else None
        self.waiting: list[Waiting | Page] = []


def fetch_tables(
    tables: Sequence[Table],
    ids: Ids | None,
    options: Mapping[str, object],
    *,
    variants: Sequence[Mapping[str, object]] = ({},),
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
    api: Api | None = None,
) -> Fetched:
    """Return several tables about the same ids; an answer that they share is asked for once.

    ``variants`` are choices beside the ``options``: each is asked for, and their rows follow one another in the frames.
    ``api`` is the client's where it is not given.
    """
    strict, refresh = is_strict(on_error), truth("refresh", refresh)
    subject, subject_ids = about(tables, ids)
    client = checked_client(client) or default_client()
    api = api or client.api
    paging = paging_of(tables, options)
    chosen = [in_our_words(tables, {**options, **variant}, api) for variant in variants]
    asking = Asking(client, api, refresh=refresh, stop_at_error=strict, progress=progress)
    result, failures, errors, total = _no_readings(tables), list[Failure](), list[XingtuError](), 0
    for part in parts_of(tables, subject_ids, chosen, paging, asking):
        _read_part(result, tables, part, chosen)
        asked = part.questions()
        total += len(asked)
        failed = {**part.collected.errors, **result.errors}
        if failed or result.empty:
            errors += [failed[call.key] for call in asked if call.key in failed]
            failures += _failures_of(asked, subject, failed, result.empty)
    raise_if_none_left(errors, total, strict=strict)
    return Fetched(frames(result), failures, subject_ids, subject)


def _read_part(result: Readings, tables: Sequence[Table], part: Part, chosen: Sequence[Mapping[str, object]]) -> None:
    for group in _sharing(tables, part.asked[0]):
        calls_of = [by_table[group[0].name] for by_table in part.asked]
        _read_all(result, group, zip(calls_of, chosen, strict=True), part.collected)


def _failures_of(
    asked: Iterable[Call], subject: Subject | None, errors: Mapping[str, XingtuError], empty: Mapping[str, Failure]
) -> Iterator[Failure]:
    for call in asked:
        if call.key in errors:
            yield failure_of(call.endpoint.name, ids_of(subject, call.subject_id), errors[call.key])
        elif call.key in empty:
            yield empty[call.key]


def _sharing(tables: Iterable[Table], asked: Mapping[str, Sequence[Call]]) -> list[list[Table]]:
    """Return the tables in groups that read the same answers."""
    groups: dict[int, list[Table]] = {}
    for table in tables:
        groups.setdefault(id(asked[table.name]), []).append(table)
    return list(groups.values())


def fetch_one(table: Table, ids: Ids | None, arguments: Mapping[str, Any]) -> pd.DataFrame:
    """Return one table, for its ``fetch_`` function: with what failed in ``attrs``, and one warning of that.

    ``attrs`` also have the names that ids bring with them, as a shortlist does.
    """
    options = {name: arguments[name] for name in table.arguments}
    control = {name: arguments[name] for name in ("refresh", "on_error", "progress", "client")}
    # Past the function, and what checks its arguments: the warning is about the user's line.
    fetched = fetch_tables([table], ids, options, **control)
    frame = with_failures(fetched, table, stacklevel=6)
    names = names_in(ids) if isinstance(ids, pd.DataFrame) and fetched.subject is CREATOR else {}
    if own := {kol_id: names[kol_id] for kol_id in fetched.kol_ids if kol_id in names}:
        frame.attrs["names"] = Mapped(own)
    return frame


def with_failures(fetched: Fetched, table: Table, stacklevel: int) -> pd.DataFrame:
    """Return the frame of a table with what failed in ``attrs``, and warn of that once, at that level of the stack."""
    frame = fetched.frames[table.name]
    frame.attrs["failures"] = Listed(fetched.failures)
    warn_of(fetched.failures, len(fetched.kol_ids), stacklevel=stacklevel, subject=table.answer.subject)
    return frame


def readings(
    tables: Sequence[Table], asked: Iterable[tuple[Sequence[Call], Mapping[str, object]]], collected: Collected
) -> Readings:
    """Read every answer to these questions, asked with these options, once for all tables that share it."""
    result = _no_readings(tables)
    _read_all(result, tables, asked, collected)
    return result


def _no_readings(tables: Iterable[Table]) -> Readings:
    cells = {table.name: Cells(table.columns) for table in tables}
    return Readings(cells, {name: {} for name in cells}, {name: [] for name in cells}, {}, {})


def _read_all(
    result: Readings,
    tables: Sequence[Table],
    asked: Iterable[tuple[Sequence[Call], Mapping[str, object]]],
    collected: Collected,
) -> None:
    """Read every answer once for all tables that share it: the one loop over creators of the package."""
    asked = list(asked)
    once = len(asked) == 1 and not collected.following
    for calls, options in asked:
        together = len(calls) >= _FEW
        batches = [Batch(table, shown_options(table, options), once=once, together=together) for table in tables]
        for call in (page for first in calls for page in collected.pages_of(first)):
            answer = collected.answers.get(call.key)
            if answer is not None:
                _read_into(result, batches, call, answer)
        for batch in batches:
            _read_together(result, batch)
    # Answer by answer: typed columns are small, what they are built from is not.
    for table in tables:
        result.cells[table.name].settle()


def _read_into(result: Readings, batches: Iterable[Batch], call: Call, answer: Answer) -> None:
    fetched_at = micros(answer.fetched_at)
    read: dict[bool, object] = {}
    for batch in batches:
        raw = is_raw(batch.table)
        try:
            if raw not in read:
                read[raw] = data_of(answer, as_written=raw, place=call.place)
            values = None if batch.layout is None else values_of(batch.table, read[raw])
            found = (
                _page(result, batch.table, call, fetched_at, read[raw])
                if values is None
                else Waiting(call, answer, fetched_at, values)
            )
        except (CacheError, PayloadError) as error:
            result.errors[call.key] = error
            continue
        if isinstance(found, Page) and batch.layout is None:
            _add(result, batch, found)
        else:
            batch.waiting.append(found)
        if len(batch.waiting) >= _TOGETHER:
            _read_together(result, batch)


def _page(result: Readings, table: Table, call: Call, fetched_at: int | None, data: object) -> Page:
    """Return what an answer says in a table, read alone."""
    if data is None:
        result.empty[call.key] = no_data(call.endpoint.name, ids_of(table.answer.subject, call.subject_id))
    number = page_of(dict(call.query)) if table.numbered else None
    return Page(call.subject_id, rows_of(table, data, call.place), fetched_at, number)


def _page_alone(result: Readings, table: Table, one: Waiting) -> Page | None:
    """Return what an answer says that was to be read with others; None where it cannot be read."""
    try:
        return _page(result, table, one.call, one.fetched_at, data_of(one.answer, place=one.call.place))
    except (CacheError, PayloadError) as error:
        result.errors[one.call.key] = error
        return None


def _add(result: Readings, batch: Batch, page: Page) -> None:
    name = batch.table.name
    result.cells[name].add(rows_with(batch.table, batch.shown, page))
    if page.subject_id is not None:
        _note_rows(result.has_rows[name], page.subject_id, bool(page.reading.rows), once=batch.once)
    if page.reading.unread:
        result.unread[name] += notes_of(batch.table, page)


def _read_together(result: Readings, batch: Batch) -> None:
    """Read what waits: as columns if that is possible, else the rows of all in their order."""
    waiting, batch.waiting = batch.waiting, []
    if batch.layout is None or not waiting:
        return
    taken = [one for one in waiting if isinstance(one, Waiting)]
    columns = batch.layout.columns([one.values for one in taken])
    if len(taken) == len(waiting) and not columns.odd:
        result.cells[batch.table.name].add_columns(_whole(batch, taken, columns.cells))
        for call, *_ in () if batch.once else taken:
            _note_rows(result.has_rows[batch.table.name], str(call.subject_id), has=True, once=False)
        return
    rows, alone = zip(*columns.cells, strict=True), {id(taken[place]) for place in columns.odd}
    for one in waiting:
        page: Page | None
        if isinstance(one, Page):
            page = one
        elif id(one) in alone:
            page = _page_alone(result, batch.table, one)
        else:
            reading = Reading(list(islice(rows, len(batch.layout))), [])
            page = Page(one.call.subject_id, reading, one.fetched_at)
        if page is not None:
            _add(result, batch, page)


def _whole(batch: Batch, taken: Sequence[Waiting], cells: Iterable[Sequence[object]]) -> list[Sequence[object]]:
    """Return the columns of these answers with the ids, the options that are repeated, and the times."""
    each = range(len(batch.layout or ()))
    ids = [subject_id for one in taken for subject_id in [one.call.subject_id] for _ in each]
    options = ([option] * len(ids) for option in batch.shown)
    return [ids, *options, *cells, [one.fetched_at for one in taken for _ in each]]


def _note_rows(has_rows: dict[str, bool], subject_id: str, has: bool, *, once: bool) -> None:
    # Of thousands of ids, those without rows are few; an id that has several answers may have rows in another.
    if not has or not once:
        has_rows[subject_id] = has_rows.get(subject_id, False) or has


def frames(result: Readings) -> dict[str, pd.DataFrame]:
    """Build the frame of each table, each column once."""
    made = {name: noted(cells.frame(), result.unread[name]) for name, cells in result.cells.items()}
    for name, frame in made.items():
        without = [subject_id for subject_id, has_rows in result.has_rows[name].items() if not has_rows]
        if without:
            frame.attrs[WITHOUT_ROWS] = Listed(without)
    return made


def noted(frame: pd.DataFrame, unread: Sequence[Note]) -> pd.DataFrame:
    """Put into ``frame.attrs`` what could not be read and which days were repeated, where there are any."""
    for name, of_days in (("unread", False), ("repeated_date", True)):
        chosen = [note for note in unread if ("date" in note) is of_days]
        if chosen:
            frame.attrs[name] = Listed(chosen)
    return frame


def raise_if_none_left(errors: Sequence[XingtuError], total: int, strict: bool) -> None:
    """Raise the first error where nothing came of so many questions, or where any is to be raised."""
    if errors and (strict or len(errors) == total):
        raise errors[0]
