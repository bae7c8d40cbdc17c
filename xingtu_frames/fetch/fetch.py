"""Creators -> tidy frames: the public ``fetch_`` functions."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from ..arguments import one_of
from ..client.batch import Collected
from ..client.client import Client, default_client
from ..errors import CacheError, Failure, PartialResultWarning, PayloadError, XingtuError, shown
from ..ids import kol_ids
from ..store.answer import Answer
from ..tables import parse
from ..tables.catalog import TABLES
from ..tables.read import Unread
from ..tables.schema import Listed, Table, micros
from ..wire import OPTIONS, Call
from ..wire.envelope import stored_data

Note = dict[str, Any]


class Fetched(NamedTuple):
    """Frames by table name, what failed, and the creators that were asked for."""

    frames: dict[str, pd.DataFrame]
    failures: list[Failure]
    kol_ids: list[str]


def fetch_tables(
    tables: Sequence[Table],
    ids: Any,
    options: Mapping[str, Any],
    *,
    refresh: bool = False,
    on_error: str = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> Fetched:
    """Return several tables of the same creators; an answer that they share is asked for once.

    The one loop over creators of the package: ids are checked, answers collected, parsed, and each table built once.
    """
    one_of("on_error", on_error, ("warn", "raise"))
    wanted = kol_ids(ids)
    asked = client or default_client()
    calls = asked.calls(tables, wanted, options)
    collected = asked.collect(
        (call for of_table in calls.values() for call in of_table),
        refresh=refresh,
        stop_at_error=on_error == "raise",
        progress=progress,
    )
    errors: dict[str, XingtuError] = dict(collected.errors)
    empty: dict[str, Failure] = {}
    frames = {t.name: _frame(t, calls[t.name], collected, options, errors, empty) for t in tables}
    once = _each_once(calls)
    _raise_if_none_left(once, errors, strict=on_error == "raise")
    failed = {c.key: failure_of(c.endpoint.name, c.kol_id, errors[c.key]) for c in once if c.key in errors}
    known = {**empty, **failed}
    return Fetched(frames, [known[call.key] for call in once if call.key in known], wanted)


def _frame(
    table: Table,
    calls: Iterable[Call],
    collected: Collected,
    options: Mapping[str, Any],
    errors: dict[str, XingtuError],
    empty: dict[str, Failure],
) -> pd.DataFrame:
    unread: list[Note] = []
    return noted(table.frame(_rows(table, calls, collected, options, errors, empty, unread)), unread)


def _rows(
    table: Table,
    calls: Iterable[Call],
    collected: Collected,
    options: Mapping[str, Any],
    errors: dict[str, XingtuError],
    empty: dict[str, Failure],
    unread: list[Note],
) -> Iterable[tuple[Any, ...]]:
    chosen = tuple(option_text(options.get(name, OPTIONS[name].default)) for name in table.option_columns)
    for call in calls:
        answer = collected.answers.get(call.key)
        if answer is None:
            continue
        try:
            found = read_answer(table, answer, call.endpoint.name, call.kol_id)
        except (CacheError, PayloadError) as error:
            errors[call.key] = error
            continue
        if found is None:
            empty[call.key] = _no_data(call)
        fetched_at = micros(answer.fetched_at)
        rows, odd = found or no_answer(table)
        unread += notes_of(call.kol_id, odd)
        for row in rows:
            yield (call.kol_id, *chosen, *row, fetched_at)


def read_answer(table: Table, answer: Answer, endpoint: str | None, kol_id: str | None) -> parse.Reading | None:
    """Read a table from a stored answer; None where it is an answer without data.

    Raises
    ------
    PayloadError
        It cannot be read, for whatever reason: what parsed in one process can be too deep for another.
    """
    problem = ""
    try:
        data = stored_data(answer)
        return None if data is None else parse.read_table(table.name, data)
    except PayloadError as error:
        error.endpoint, error.kol_id = endpoint, kol_id
        raise
    except (RecursionError, ValueError, AttributeError) as error:
        problem = f"{table.name}: the stored answer cannot be read ({type(error).__name__})"
    unreadable = PayloadError(problem, field="data")
    unreadable.endpoint, unreadable.kol_id = endpoint, kol_id
    raise unreadable


def no_answer(table: Table) -> parse.Reading:
    """Return the rows of a table for an answer without data: none of a list."""
    return parse.Reading([], []) if table.listing else parse.read_table(table.name, None)


def notes_of(kol_id: str | None, unread: Iterable[Unread]) -> list[Note]:
    """Return the entries of ``frame.attrs["unread"]`` for the values of one creator that could not be read."""
    return [{"kol_id": kol_id, "field": odd.field, "value": odd.value} for odd in unread]


def noted(frame: pd.DataFrame, unread: Sequence[Note]) -> pd.DataFrame:
    """Put into ``frame.attrs["unread"]`` what could not be read, where there is any, for `quality`."""
    if unread:
        frame.attrs["unread"] = Listed(unread)
    return frame


def option_text(value: Any) -> str:
    """Return an option as the column that repeats it holds it."""
    return str(value)


def _each_once(calls: Mapping[str, Sequence[Call]]) -> list[Call]:
    return list({call.key: call for of_table in calls.values() for call in of_table}.values())


def _raise_if_none_left(asked: Sequence[Call], errors: Mapping[str, XingtuError], strict: bool) -> None:
    failed = [call for call in asked if call.key in errors]
    if failed and (strict or len(failed) == len(asked)):
        raise errors[failed[0].key]


def failure_of(endpoint: str | None, kol_id: str | None, error: XingtuError) -> Failure:
    """Return one entry of ``frame.attrs["failures"]``."""
    return {
        "kol_id": kol_id,
        "endpoint": endpoint,
        "code": getattr(error, "code", None),
        "error": shown(f"{type(error).__name__}: {error}"),
        "retryable": error.retryable,
    }


def _no_data(call: Call) -> Failure:
    text = "answered without data (data is null); the answer is stored"
    return {"kol_id": call.kol_id, "endpoint": call.endpoint.name, "code": 0, "error": text, "retryable": False}


def warn_of(failures: Sequence[Failure], total: int, stacklevel: int, noun: str = "creators") -> None:
    """Warn once of all failures, saying how many and why."""
    if not failures:
        return
    count = len(failures) if noun != "creators" else len({failure["kol_id"] for failure in failures})
    reasons: dict[str, int] = {}
    for failure in failures:
        reason = failure["error"].partition(": ")[0] if failure["code"] is None else f"code {failure['code']}"
        reasons[reason] = reasons.get(reason, 0) + 1
    why = ", ".join(f"{reason} ({number})" for reason, number in reasons.items())
    again = ", ask again to fetch only what is missing" if any(failure["code"] != 0 for failure in failures) else ""
    warnings.warn(
        f'{count} of {total} {noun} lack data: {why}; see frame.attrs["failures"]{again}. '
        f"First: {failures[0]['kol_id']}: {failures[0]['error']}",
        PartialResultWarning,
        stacklevel=stacklevel,
    )


def _fetch(table: str, ids: Any, given: Mapping[str, Any]) -> pd.DataFrame:
    options = {name: given[name] for name in TABLES[table].options}
    control = {name: given[name] for name in ("refresh", "on_error", "progress", "client")}
    fetched = fetch_tables([TABLES[table]], ids, options, **control)
    frame = fetched.frames[table]
    frame.attrs["failures"] = fetched.failures
    warn_of(fetched.failures, len(fetched.kol_ids), stacklevel=4)
    return frame


_COMMON = """
Parameters
----------
ids
    One id or many: text, Xingtu home-page address, int, list, Series, Index, generator, or a frame with ``kol_id``.
    Order is kept, repeats are fetched once.
{options}refresh
    Ask anew although an answer is stored; the old one stays in `history`.
on_error
    ``"warn"`` leaves out the creators that failed, warns once and lists them in ``frame.attrs["failures"]``;
    ``"raise"`` raises the first error.
progress
    Show a progress bar: True, False, or None for "when it takes long, in an interactive session".
client
    The client to ask; else `default_client`.

Returns
-------
One row is: {row}. Columns:

{columns}

Raises
------
InvalidIdError, ParameterError
    An id or choice that cannot be; nothing was sent.
ApiError, TransportError, CacheMissError, PayloadError
    Every creator failed, or the first one did with ``on_error="raise"``.
BudgetExceededError, InvalidTokenError, DailyQuotaError, PermissionDeniedError, InsufficientBalanceError
    Always raised: asking on is pointless. What arrived is stored.

Notes
-----
Cost: one request per creator that has no stored answer{shared}.
Source: field definitions of the endpoint ``{endpoint}`` of Just One API; where a meaning is not certain, the
column says "likely" or "unconfirmed".
"""


def _documented(function: Callable[..., pd.DataFrame]) -> Callable[..., pd.DataFrame]:
    """Write the sections that follow from the declared table into the docstring."""
    table = TABLES[function.__name__.removeprefix("fetch_")]
    options = ""
    for name in table.options:
        choices = list(OPTIONS[name].choices)
        shown = ", ".join(map(repr, choices[:4])) + (f", ... ({len(choices)} in all)" if len(choices) > 4 else "")
        meaning = OPTIONS[name].meaning
        options += f"{name}\n    {meaning[0].upper()}{meaning[1:]}: one of {shown}.\n"
    columns = "\n".join(
        f"* ``{column.name}`` ({column.dtype}{', ' + column.unit if column.unit else ''}): {column.meaning}"
        for column in table.columns
    )
    readers = [f"``fetch_{t.name}``" for t in TABLES.values() if t.endpoint == table.endpoint and t is not table]
    shared = f"; {' and '.join(readers)} read the same answer at no further cost" if readers else ""
    sections = _COMMON.format(options=options, row=table.row, columns=columns, shared=shared, endpoint=table.endpoint)
    function.__doc__ = inspect.cleandoc(function.__doc__ or "") + "\n" + sections
    return function


@_documented
def fetch_touch_distribution(
    ids: Any,
    *,
    platform: str = "short_video",
    refresh: bool = False,
    on_error: str = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame:
    """Fetch where the connected users came from (连接用户来源), down to the deepest node.

    Level 3 is multi-label: its counts overlap, so never sum them. Shares belong inside one level.
    """
    return _fetch("touch_distribution", ids, locals())


@_documented
def fetch_spread_info(
    ids: Any,
    *,
    video_type: str = "personal",
    window: str = "30d",
    only_assigned: bool = False,
    flow: str = "exclude",
    platform: str = "short_video",
    refresh: bool = False,
    on_error: str = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame:
    """Fetch how videos perform (传播表现): plays, interaction, completion."""
    return _fetch("spread_info", ids, locals())


@_documented
def fetch_cost_tiers(
    ids: Any,
    *,
    video_type: str = "personal",
    window: str = "30d",
    only_assigned: bool = False,
    flow: str = "exclude",
    platform: str = "short_video",
    refresh: bool = False,
    on_error: str = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame:
    """Fetch expected CPM and CPE (预期CPM/CPE) melted by duration band, in yuan."""
    return _fetch("cost_tiers", ids, locals())


@_documented
def fetch_spread_benchmarks(
    ids: Any,
    *,
    video_type: str = "personal",
    window: str = "30d",
    only_assigned: bool = False,
    flow: str = "exclude",
    platform: str = "short_video",
    refresh: bool = False,
    on_error: str = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame:
    """Fetch how a creator stands among the peers that the provider compares with (同类对比)."""
    return _fetch("spread_benchmarks", ids, locals())


@_documented
def fetch_link_struct(
    ids: Any,
    *,
    platform: str = "short_video",
    refresh: bool = False,
    on_error: str = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame:
    """Fetch the connected users by stage (连接用户分布): aware, interested, like, follow."""
    return _fetch("link_struct", ids, locals())


@_documented
def fetch_connected_users(
    ids: Any,
    *,
    platform: str = "short_video",
    refresh: bool = False,
    on_error: str = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame:
    """Fetch the connected users of the month (月连接用户) with rank and growth."""
    return _fetch("connected_users", ids, locals())


@_documented
def fetch_link_index(
    ids: Any,
    *,
    industry: str = "all",
    platform: str = "short_video",
    refresh: bool = False,
    on_error: str = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame:
    """Fetch the six Xingtu indexes (星图指数) beside the market's benchmark."""
    return _fetch("link_index", ids, locals())


@_documented
def fetch_video_distribution(
    ids: Any,
    *,
    platform: str = "short_video",
    refresh: bool = False,
    on_error: str = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame:
    """Fetch what the videos are about (内容类型分布)."""
    return _fetch("video_distribution", ids, locals())


@_documented
def fetch_profiles(
    ids: Any,
    *,
    platform: str = "short_video",
    refresh: bool = False,
    on_error: str = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame:
    """Fetch who the creators are (达人资料)."""
    return _fetch("profiles", ids, locals())


@_documented
def fetch_quotes(
    ids: Any,
    *,
    platform: str = "short_video",
    refresh: bool = False,
    on_error: str = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame:
    """Fetch the price list (服务报价), closed services too."""
    return _fetch("quotes", ids, locals())
