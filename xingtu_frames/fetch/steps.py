"""The way of the data, each step a plain function of the one before: questions, answers, readings, frames.

`questions` are pure, and so are the readings: rows or a failure. Only `answers` sends anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from ..arguments import one_of, truth
from ..client.batch import Collected
from ..client.client import Client, checked_client, default_client
from ..errors import CacheError, Failure, PayloadError, XingtuError
from ..frame import WITHOUT_ROWS, Cells, Listed, Mapped, micros, names_in
from ..ids import Ids
from ..store.answer import Answer
from ..tables.catalog import Reading, rows_of
from ..tables.read import Unread
from ..tables.schema import CREATOR, PAGE, Option, Row, Subject, Table
from ..wire import Api, Call, about, in_our_words
from ..wire.envelope import stored_data
from ..wire.paging import paging_of
from .failures import failure_of, ids_of, no_data, placed, warn_of
from .parts import Asking, Part, parts_of

Note = dict[str, object]


class Fetched(NamedTuple):
    """Frames by table name, what failed, what was asked about, and the ids of that."""

    frames: dict[str, pd.DataFrame]
    failures: list[Failure]
    kol_ids: list[str]
    subject: Subject | None = None


class Page(NamedTuple):
    """What one answer says in one table, and the page of the answers that it is, where there are several."""

    subject_id: str | None
    reading: Reading
    fetched_at: int | None
    number: int | None = None


class Readings(NamedTuple):
    """What answers say, by table: the rows, whether an id has any, and what could not be read; and what has no data."""

    cells: dict[str, Cells]
    has_rows: dict[str, dict[str, bool]]
    unread: dict[str, list[Note]]
    errors: dict[str, XingtuError]
    empty: dict[str, Failure]


def fetch_tables(
    tables: Sequence[Table],
    ids: Ids | None,
    options: Mapping[str, object],
    *,
    variants: Sequence[Mapping[str, object]] = ({},),
    refresh: bool = False,
    on_error: str = "warn",
    progress: bool | None = None,
    client: Client | None = None,
    api: Api | None = None,
) -> Fetched:
    """Return several tables about the same ids; an answer that they share is asked for once.

    ``variants`` are choices beside the ``options``: each is asked for, and their rows follow one another in the frames.
    ``api`` is the client's where it is not given.
    """
    strict, refresh = one_of("on_error", on_error, ("warn", "raise")) == "raise", truth("refresh", refresh)
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
        shown = [(table, shown_options(table, options)) for table in tables]
        for call in (page for first in calls for page in collected.pages_of(first)):
            answer = collected.answers.get(call.key)
            if answer is not None:
                _read_into(result, shown, call, answer, once=once)
    # Answer by answer: typed columns are small, what they are built from is not.
    for table in tables:
        result.cells[table.name].settle()


def _read_into(
    result: Readings, tables: Iterable[tuple[Table, Sequence[str]]], call: Call, answer: Answer, *, once: bool
) -> None:
    fetched_at, subject_id = micros(answer.fetched_at), call.subject_id
    read: dict[bool, object] = {}
    for table, shown in tables:
        raw = is_raw(table)
        try:
            if raw not in read:
                read[raw] = data_of(answer, as_written=raw)
            data = read[raw]
            if data is None:
                result.empty[call.key] = no_data(call.endpoint.name, ids_of(table.answer.subject, subject_id))
            number = page_of(dict(call.query)) if table.numbered else None
            page = Page(subject_id, rows_of(table, data), fetched_at, number)
        except (CacheError, PayloadError) as error:
            result.errors[call.key] = placed(error, call.place)
            continue
        result.cells[table.name].add(rows_with(table, shown, page))
        if subject_id is not None:
            _note_rows(result.has_rows[table.name], subject_id, bool(page.reading.rows), once=once)
        if page.reading.unread:
            result.unread[table.name] += notes_of(table, page)


def _note_rows(has_rows: dict[str, bool], subject_id: str, has: bool, *, once: bool) -> None:
    # Of thousands of ids, those without rows are few; an id that has several answers may have rows in another.
    if not has or not once:
        has_rows[subject_id] = has_rows.get(subject_id, False) or has


def is_raw(table: Table) -> bool:
    """Return whether a table shows values as they are written."""
    return table.evidence == "raw"


def page_of(params: Mapping[str, object]) -> int | None:
    """Return which page was asked for with these parameters; None where there are no pages."""
    page = str(params.get(PAGE.name, ""))
    return int(page) if page.isdecimal() else None


def data_of(answer: Answer, *, as_written: bool = False) -> object:
    """Return ``data`` of a stored answer, its numbers in the spelling of the wire where that is asked for.

    Raises
    ------
    CacheError, PayloadError
        It cannot be used, for whatever reason: what one process could read can be nested too deeply for another.
    """
    problem = ""
    try:
        return stored_data(answer, as_written=as_written)
    except (RecursionError, ValueError, AttributeError) as error:
        if isinstance(error, XingtuError):
            raise
        problem = f"the stored answer cannot be read ({type(error).__name__})"
    raise PayloadError(problem, field="data")


def frames(result: Readings) -> dict[str, pd.DataFrame]:
    """Build the frame of each table, each column once."""
    made = {name: noted(cells.frame(), result.unread[name]) for name, cells in result.cells.items()}
    for name, frame in made.items():
        without = [subject_id for subject_id, has_rows in result.has_rows[name].items() if not has_rows]
        if without:
            frame.attrs[WITHOUT_ROWS] = Listed(without)
    return made


def shown_options(table: Table, options: Mapping[str, object]) -> tuple[str, ...]:
    """Return the options that a table repeats, as its columns hold them."""
    defaults = {option.name: option.default for option in table.answer.options if isinstance(option, Option)}
    return tuple(str(options.get(name, defaults[name])) for name in table.option_columns)


def rows_with(table: Table, shown: Sequence[str | None], page: Page) -> Iterator[Row]:
    """Yield the whole rows of a table: the id, the options that are repeated, the cells, and the time."""
    ids = () if table.answer.subject is None else (page.subject_id,)
    before, after = (*ids, *shown), (page.fetched_at,)
    if not table.numbered:
        return (before + cells + after for cells in page.reading.rows)
    number, place = (page.number,), table.before_page
    return (before + cells[:place] + number + cells[place:] + after for cells in page.reading.rows)


def notes_of(table: Table, page: Page) -> list[Note]:
    """Return the entries of ``frame.attrs`` for the values of one answer that are not in its rows."""
    unread: Sequence[Unread] = page.reading.unread
    named = ids_of(table.answer.subject, page.subject_id) if unread else {}
    return [
        {**named, **({"date": odd.date} if odd.date else {}), "field": odd.field, "value": odd.value} for odd in unread
    ]


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
