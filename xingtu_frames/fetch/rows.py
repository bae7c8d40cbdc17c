"""What one answer says in one table: rows as they stand in the frame, and notes of what is not in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ..errors import PayloadError, XingtuError
from ..store.answer import Answer
from ..tables.catalog import Reading
from ..tables.read import Unread
from ..tables.schema import PAGE, Option, Row, Table
from ..wire.envelope import Placed, place_of, stored_data
from .failures import ids_of

Note = dict[str, object]


class Page(NamedTuple):
    """What one answer says in one table, and the page of the answers that it is, where there are several."""

    subject_id: str | None
    reading: Reading
    fetched_at: int | None
    number: int | None = None


def is_raw(table: Table) -> bool:
    """Return whether a table shows values as they are written."""
    return table.evidence == "raw"


def page_of(params: Mapping[str, object]) -> int | None:
    """Return which page was asked for with these parameters; None where there are no pages."""
    page = str(params.get(PAGE.name, ""))
    return int(page) if page.isdecimal() else None


def data_of(answer: Answer, *, as_written: bool = False, question: Placed | None = None) -> object:
    """Return ``data`` of a stored answer, its numbers in the spelling of the wire where that is asked for.

    Raises
    ------
    CacheError, PayloadError
        It cannot be used, for whatever reason: what one process could read can be nested too deeply for another.
    """
    problem = ""
    try:
        return stored_data(answer, as_written=as_written, question=question)
    except (RecursionError, ValueError, AttributeError) as error:
        if isinstance(error, XingtuError):
            raise
        problem = f"the stored answer cannot be read ({type(error).__name__})"
    raise PayloadError(problem, field="data", **place_of(answer, question))


def shown_options(table: Table, options: Mapping[str, object]) -> tuple[str, ...]:
    """Return the options that a table repeats, as its columns hold them."""
    defaults = {option.name: option.default for option in table.answer.options if isinstance(option, Option)}
    return tuple(str(options.get(name, defaults[name])) for name in table.option_columns)


def common_of(table: Table, shown: Sequence[str | None], page: Page) -> Row:
    """Return what all rows of an answer have in common: the id, the options that are repeated, the page, the time."""
    ids = () if table.answer.subject is None else (page.subject_id,)
    return (*ids, *shown, *((page.number,) if table.numbered else ()), page.fetched_at)


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
