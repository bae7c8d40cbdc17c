"""Payloads that are there already, in the user's hands or in the store -> tidy frames; nothing is sent."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..client.client import Client, check_options, default_client
from ..errors import CacheError, InvalidIdError, ParameterError, PayloadError, XingtuError
from ..ids import kol_ids
from ..store.answer import Answer
from ..tables import parse
from ..tables.catalog import tables_named
from ..tables.schema import Table, micros, utc
from ..wire import OPTIONS
from ..wire.envelope import unwrap
from .steps import Note, failure_of, no_answer, noted, notes_of, option_text, read_answer, warn_of


def read_payload(table: str, payload: Any, *, kol_id: Any, fetched_at: Any = None, **options: Any) -> pd.DataFrame:
    """Read a table from a payload that the user already holds; nothing is sent.

    Parameters
    ----------
    table
        Name of the table.
    payload
        The whole envelope or its ``data``: a dict, or JSON as text or bytes.
    kol_id
        The creator it is about.
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
    declared = tables_named(table)[0]
    check_options([declared], options)
    for name, value in options.items():
        OPTIONS[name].spell(value)
    creator = _one_id(kol_id)
    data = _unwrapped(_loaded(payload))
    chosen = [option_text(options.get(name, OPTIONS[name].default)) for name in declared.option_columns]
    moment = None if fetched_at is None else utc(fetched_at)
    if moment is None and fetched_at is not None:
        raise ParameterError(f"fetched_at must be a time such as '2026-11-20 10:00', not {fetched_at!r}")
    stamped = None if moment is None else micros(moment.isoformat())
    rows, odd = no_answer(declared) if data is None else parse.read_table(declared.name, data)
    frame = declared.frame((creator, *chosen, *row, stamped) for row in rows)
    return noted(frame, notes_of(creator, odd))


def _unwrapped(payload: Any) -> Any:
    problem = ""
    try:
        return unwrap(payload)
    except (RecursionError, TypeError, ValueError) as error:
        problem = f"the payload cannot be read ({type(error).__name__})"
    raise PayloadError(problem, field="data")


def _one_id(kol_id: Any) -> str:
    found = kol_ids(kol_id)
    if len(found) != 1:
        raise InvalidIdError(f"a payload is about one creator: give one kol_id, not {len(found)}")
    return found[0]


def _loaded(payload: Any) -> Any:
    if not isinstance(payload, str | bytes | bytearray):
        return payload
    text = payload if isinstance(payload, str) else bytes(payload).decode("utf-8", "replace")
    with contextlib.suppress(ValueError, RecursionError):
        return json.loads(text.removeprefix("\ufeff"))
    raise PayloadError("the payload is not JSON", field="data")


def history(table: str, ids: Any = None, client: Client | None = None) -> pd.DataFrame:
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

    Returns
    -------
    The columns of the table, oldest answer first. Answers that are damaged or cannot be read are left out, warned of
    and listed in ``frame.attrs["failures"]``.

    Raises
    ------
    ParameterError, InvalidIdError
        A table or id that does not exist.
    CacheError, PayloadError
        No stored answer can be read.
    """
    declared = tables_named(table)[0]
    wanted = None if ids is None else kol_ids(ids)
    answers = (client or default_client()).store.history(declared.endpoint, wanted)
    rows: list[tuple[Any, ...]] = []
    unread: list[Note] = []
    errors: list[XingtuError] = []
    for answer in answers:
        try:
            rows += _history_rows(declared, answer, unread)
        except (CacheError, PayloadError) as error:
            errors.append(error)
    if errors and len(errors) == len(answers):
        raise errors[0]
    frame = noted(declared.frame(rows), unread)
    frame.attrs["failures"] = [failure_of(error.endpoint, error.kol_id, error) for error in errors]
    warn_of(frame.attrs["failures"], len(answers), stacklevel=3, noun="stored answers")
    return frame


def _history_rows(table: Table, answer: Answer | CacheError, unread: list[Note]) -> list[tuple[Any, ...]]:
    if isinstance(answer, CacheError):
        raise answer
    rows, odd = read_answer(table, answer, answer.endpoint, answer.kol_id) or no_answer(table)
    unread += notes_of(answer.kol_id, odd)
    params = _params_of(answer)
    chosen = [_option_of(name, params) for name in table.option_columns]
    moment = micros(answer.fetched_at)
    return [(answer.kol_id, *chosen, *row, moment) for row in rows]


def _params_of(answer: Answer) -> Mapping[str, Any]:
    with contextlib.suppress(ValueError, RecursionError):
        params = json.loads(answer.params)
        if isinstance(params, dict):
            return params
    raise CacheError(f"the parameters of the stored answer to {answer.endpoint} for {answer.kol_id} cannot be read")


def _option_of(name: str, params: Mapping[str, str]) -> str | None:
    """Return the option that a stored answer was asked with."""
    option = OPTIONS[name]
    wire = params.get(option.parameter)
    return next((option_text(value) for value, spelled in option.choices.items() if spelled == wire), wire)
