"""Payloads that are there already, in the user's hands or in the store -> tidy frames; nothing is sent."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from ..arguments import moment
from ..client.client import Client, checked_client, default_client
from ..errors import EXTRAS, CacheError, Failure, InvalidIdError, ParameterError, PayloadError, XingtuError
from ..frame import Listed, build_frame, micros
from ..ids import Ids
from ..store.answer import Answer
from ..tables.catalog import rows_of, table_named
from ..tables.long import Numeral
from ..tables.schema import ITEM, Option, Row, Table
from ..wire import about, check_options, in_our_words
from ..wire.envelope import place_of, unwrap
from .failures import failure_of, ids_of, warn_of
from .rows import Page, data_of, is_raw, notes_of, page_of, rows_with, shown_options
from .steps import noted


def read_payload(
    table: str | Table,
    payload: object,
    *,
    kol_id: object = None,
    item_id: object = None,
    fetched_at: object = None,
    **options: object,
) -> pd.DataFrame:
    """Read a table from a payload that the user already holds; nothing is sent.

    Parameters
    ----------
    table
        Name of the table.
    payload
        The whole envelope or its ``data``: a dict, or JSON as text or bytes.
    kol_id, item_id
        The creator or the video that it is about, whichever the table is about.
    fetched_at
        When it was fetched; NA when not given.
    **options
        The options it was asked with, for the columns that repeat them.

    Returns
    -------
    The same frame as the table's ``fetch_`` function.

    Raises
    ------
    PayloadError
        Names the field that cannot be read.
    ApiError
        The payload is a failure of the provider.
    ParameterError, InvalidIdError
        A table, option or id that does not exist.
    """
    declared = table_named(table)
    check_options([declared], options)
    options = in_our_words([declared], options)
    for name, value in options.items():
        option = declared.options.get(name)
        if isinstance(option, Option):
            option.spell(value)
    own = _one_id(declared, kol_id, item_id)
    data = data_in(payload, as_written=is_raw(declared))
    when = None if fetched_at is None else micros(moment("fetched_at", fetched_at).isoformat())
    page = Page(own, rows_of(declared, data), when)
    frame = build_frame(declared.columns, rows_with(declared, shown_options(declared, options), page))
    return noted(frame, notes_of(declared, page))


def data_in(payload: object, *, as_written: bool = False) -> object:
    """Return ``data`` of a payload that the user holds, in the spelling of the wire where that is asked for.

    Raises
    ------
    PayloadError
        It cannot be read.
    ApiError
        It is a failure of the provider.
    """
    loaded = _loaded(payload, as_written=as_written)
    problem = ""
    try:
        return unwrap(loaded)
    except (RecursionError, TypeError, ValueError) as error:
        problem = f"the payload cannot be read ({type(error).__name__})"
    raise PayloadError(problem, field="data")


def _one_id(table: Table, kol_id: object, item_id: object) -> str | None:
    if table.answer.subject is None:
        if kol_id is not None or item_id is not None:
            raise ParameterError(f"{table.name} takes no ids: each of its rows names its own creator")
        return None
    of_creator, of_item, subject = ("kol_id", kol_id), ("item_id", item_id), table.answer.subject
    (name, own), (other, foreign) = (of_item, of_creator) if subject is ITEM else (of_creator, of_item)
    if foreign is not None:
        raise ParameterError(f"{table.name} is about one {subject.noun}: give {name}, not {other}")
    _, found = about([table], [own] if own is None else own)
    if len(found) != 1:
        raise InvalidIdError(f"a payload is about one {subject.noun}: give one {name}, not {len(found)}")
    return found[0]


def _loaded(payload: object, *, as_written: bool) -> object:
    if not isinstance(payload, str | bytes | bytearray):
        return payload
    text = payload.removeprefix("\ufeff") if isinstance(payload, str) else bytes(payload).decode("utf-8-sig", "replace")
    numbers: dict[str, Any] = dict.fromkeys(("parse_int", "parse_float", "parse_constant"), Numeral)
    with contextlib.suppress(ValueError, RecursionError):
        return json.loads(text, **(numbers if as_written else {}))
    raise PayloadError("the payload is not JSON", field="data")


def history(
    table: str | Table,
    ids: Ids | None = None,
    client: Client | None = None,
    *,
    lake: str | os.PathLike[str] | None = None,
) -> pd.DataFrame:
    """Return a table over every answer ever stored; nothing is sent.

    Refreshing adds an answer and never replaces one, so each creator has one set of rows per time it was fetched.

    Parameters
    ----------
    table
        Name of the table.
    ids
        Creator ids; None for all that are stored.
    client
        The client whose store is read; else `default_client`.
    lake
        The folder of a lake whose answers count beside those of the store, such as those that were archived; an answer
        that is in both counts once. `read_lake` is faster where all that is asked for is in the lake.

    Returns
    -------
    The columns of the table, oldest answer first. Answers that are damaged or cannot be read are left out with a
    warning and listed in ``frame.attrs["failures"]``.

    Raises
    ------
    ParameterError, InvalidIdError
        A table or id that does not exist.
    CacheError, PayloadError
        No stored answer can be read.
    FileError, ConfigError
        The folder is not a lake, a file of it is not whole or of another version, or pyarrow is not installed.
    """
    declared = table_named(table)
    known = past_answers(declared, ids, client, lake)
    if known.errors and len(known.errors) == known.total:
        raise known.errors[0]
    rows = [row for one in known.answers for row in one.rows(declared)]
    unread = [note for one in known.answers for note in notes_of(declared, one.page)]
    frame = noted(build_frame(declared.columns, rows), unread)
    frame.attrs["failures"] = Listed(known.failures)
    warn_of(known.failures, known.total, stacklevel=3, noun="stored answers")
    return frame


class Past(NamedTuple):
    """What one stored answer says in a table, and the parameters that it was asked with."""

    params: Mapping[str, Any]
    page: Page

    def rows(self, table: Table) -> Iterator[Row]:
        """Yield the whole rows of the table."""
        return rows_with(table, shown_in(table, self.params), self.page)


class Known(NamedTuple):
    """Every stored answer that a table reads, oldest first, and those that cannot be read."""

    answers: list[Past]
    errors: list[XingtuError]
    failures: list[Failure]
    total: int


def past_answers(
    table: Table, ids: Ids | None, client: Client | None, lake: str | os.PathLike[str] | None = None
) -> Known:
    """Return every answer ever stored that a table reads, in the store and in a lake; of some ids, or of all.

    Raises
    ------
    InvalidIdError, ParameterError
        Ids that cannot be, or for a table that takes none.
    FileError, ConfigError
        The lake cannot be read.
    """
    subject_ids = None if ids is None else about([table], ids)[1]
    answers = (checked_client(client) or default_client()).store.history(table.endpoint, subject_ids)
    if lake is not None:
        answers = _with_those_of(lake, table.endpoint, subject_ids, answers)
    known = Known([], [], [], len(answers))
    for answer in answers:
        try:
            if isinstance(answer, CacheError):
                raise answer
            params = params_of(answer)
            if table.answer.fixed.items() <= params.items():
                known.answers.append(Past(params, _page(table, answer, params)))
        except (CacheError, PayloadError) as error:
            # Of a damaged answer no more is known than the error says.
            whom = error.kol_id if isinstance(answer, CacheError) else answer.item_id or answer.kol_id
            known.errors.append(error)
            known.failures.append(failure_of(error.endpoint, ids_of(table.answer.subject, whom), error))
    return known


def _with_those_of(
    lake: str | os.PathLike[str], endpoint: str, ids: Sequence[str] | None, stored: Sequence[Answer | CacheError]
) -> list[Answer | CacheError]:
    """Return stored answers and those of a lake, each once, oldest first; the damaged ones come last."""
    EXTRAS["parquet"].require()
    from .lake.raw import answers_in

    known = dict.fromkeys(one for one in stored if isinstance(one, Answer))
    damaged = [one for one in stored if isinstance(one, CacheError)]
    for one in answers_in(lake, endpoint, ids):
        if isinstance(one, CacheError):
            damaged.append(one)
        else:
            known.setdefault(one)
    return [*sorted(known, key=lambda answer: answer.fetched_at), *damaged]


def _page(table: Table, answer: Answer, params: Mapping[str, object]) -> Page:
    reading = rows_of(table, data_of(answer, as_written=is_raw(table)), place_of(answer))
    return Page(answer.item_id or answer.kol_id, reading, micros(answer.fetched_at), page_of(params))


def params_of(answer: Answer) -> Mapping[str, Any]:
    """Return the parameters that an answer was asked with.

    Raises
    ------
    CacheError
        They cannot be read.
    """
    with contextlib.suppress(ValueError, RecursionError):
        params = json.loads(answer.params)
        if isinstance(params, dict):
            return params
    problem = f"the parameters of the stored answer to {answer.endpoint} for {answer.kol_id} cannot be read"
    raise CacheError(problem, **place_of(answer))


def shown_in(table: Table, params: Mapping[str, str]) -> list[str | None]:
    """Return the options that a stored answer was asked with, as the columns hold them that repeat them."""
    asked = {o.name: o.read(params.get(o.parameter)) for o in table.answer.options if isinstance(o, Option)}
    return [asked[name] for name in table.option_columns]
