"""The way of the data, each step a plain function of the one before: questions, answers, readings, frames.

`questions` are pure, and so are the readings: rows or a failure. Only `answers` sends anything.
"""

from __future__ import annotations

from collections import ChainMap
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
from .parts import Asked, Asking, Calls, Part, parts_of
from .rows import Note, Page, common_of, data_of, is_raw, notes_of, page_of, shown_options

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


Received = tuple[Call, Answer, str | None, int | None]
"""A question and its answer, whom it is about, and when it came: a plain tuple, of which each answer needs one."""


class Batch:
    """The answers to some questions, as one table reads them: each alone, or those of a layout together.

    For each answer waits its values; or the page, where it has to be read alone; or None, where it cannot be read.
    """

    def __init__(self, table: Table, shown: Sequence[str], *, once: bool, together: bool) -> None:
        self.table, self.shown, self.once, self.raw = table, shown, once, is_raw(table)
        self.layout = table.parse if together and isinstance(table.parse, Layout) else None
        self.waiting: list[Sequence[object] | Page | None] = []


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
        total += part.total
        failed = ChainMap(result.errors, part.collected.errors)
        if failed or result.empty:
            asked = part.questions()
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


def _sharing(tables: Iterable[Table], asked: Asked) -> list[list[Table]]:
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
    tables: Sequence[Table], asked: Iterable[tuple[Calls, Mapping[str, object]]], collected: Collected
) -> Readings:
    """Read every answer to these questions, asked with these options, once for all tables that share it."""
    result = _no_readings(tables)
    _read_all(result, tables, asked, collected)
    return result


def _no_readings(tables: Iterable[Table]) -> Readings:
    cells = {table.name: Cells(table.columns, table.common) for table in tables}
    return Readings(cells, {name: {} for name in cells}, {name: [] for name in cells}, {}, {})


def _read_all(
    result: Readings,
    tables: Sequence[Table],
    asked: Iterable[tuple[Calls, Mapping[str, object]]],
    collected: Collected,
) -> None:
    """Read every answer once for all tables that share it: the one loop over creators of the package."""
    asked = list(asked)
    once = len(asked) == 1 and not collected.following
    for calls, options in asked:
        together = len(calls) >= _FEW
        batches = [Batch(table, shown_options(table, options), once=once, together=together) for table in tables]
        received = list[Received]()
        for call in (page for first in calls for page in collected.pages_of(first)) if collected.following else calls:
            answer = collected.answers.get(call.key)
            if answer is not None:
                one = (call, answer, call.subject_id, micros(answer.fetched_at))
                received.append(one)
                _read_into(result, batches, one)
            if len(received) >= _TOGETHER:
                _read_together(result, batches, received)
        _read_together(result, batches, received)
    # Answer by answer: typed columns are small, what they are built from is not.
    for table in tables:
        result.cells[table.name].settle()


def _read_into(result: Readings, batches: Iterable[Batch], one: Received) -> None:
    call, answer, *_ = one
    read: dict[bool, object] = {}
    for batch in batches:
        found: Sequence[object] | Page | None = None
        try:
            if batch.raw not in read:
                read[batch.raw] = data_of(answer, as_written=batch.raw, question=call)
            data = read[batch.raw]
            if batch.layout is not None:
                found = values_of(batch.table, data)
            if found is None:
                found = _page(result, batch.table, one, data)
        except (CacheError, PayloadError) as error:
            result.errors[call.key] = error
        if batch.layout is not None:
            batch.waiting.append(found)
        elif isinstance(found, Page):
            _add(result, batch, found)


def _page(result: Readings, table: Table, one: Received, data: object) -> Page:
    """Return what an answer says in a table, read alone."""
    call, _, subject_id, fetched_at = one
    if data is None:
        result.empty[call.key] = no_data(call.endpoint.name, ids_of(table.answer.subject, subject_id))
    number = page_of(dict(call.query)) if table.numbered else None
    return Page(subject_id, rows_of(table, data, call.place), fetched_at, number)


def _page_alone(result: Readings, table: Table, one: Received) -> Page | None:
    """Return what an answer says that was to be read with others; None where it cannot be read."""
    call, answer, *_ = one
    try:
        return _page(result, table, one, data_of(answer, question=call))
    except (CacheError, PayloadError) as error:
        result.errors[call.key] = error
        return None


def _add(result: Readings, batch: Batch, page: Page) -> None:
    name = batch.table.name
    result.cells[name].add(page.reading.rows, common_of(batch.table, batch.shown, page))
    if page.subject_id is not None:
        _note_rows(result.has_rows[name], page.subject_id, bool(page.reading.rows), once=batch.once)
    if page.reading.unread:
        result.unread[name] += notes_of(batch.table, page)


def _read_together(result: Readings, batches: Iterable[Batch], received: list[Received]) -> None:
    """Read what waits of these answers, table by table."""
    for batch in batches:
        if batch.layout is not None and received:
            _read_waiting(result, batch, batch.layout, received)
            batch.waiting.clear()
    received.clear()


def _read_waiting(result: Readings, batch: Batch, layout: Layout, received: Sequence[Received]) -> None:
    """Read what waits: as columns if that is possible, else the rows of all in their order."""
    taken = [values for values in batch.waiting if isinstance(values, list)]
    columns = layout.columns(taken)
    if len(taken) == len(received) and not columns.odd:
        _, _, subject_ids, times = zip(*received, strict=True)
        shared = [subject_ids, *([option] * len(received) for option in batch.shown), times]
        result.cells[batch.table.name].add_columns(columns.cells, shared, len(layout))
        for call, *_ in () if batch.once else received:
            _note_rows(result.has_rows[batch.table.name], str(call.subject_id), has=True, once=False)
        return
    rows, alone = zip(*columns.cells, strict=True), {id(taken[place]) for place in columns.odd}
    for one, found in zip(received, batch.waiting, strict=True):
        page = found if isinstance(found, Page) else None
        if id(found) in alone:
            page = _page_alone(result, batch.table, one)
        elif isinstance(found, list):
            _, _, subject_id, fetched_at = one
            page = Page(subject_id, Reading(list(islice(rows, len(layout))), []), fetched_at)
        if page is not None:
            _add(result, batch, page)


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
