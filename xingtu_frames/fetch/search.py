"""Filters -> creators found: page after page, each creator once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, cast

import pandas as pd

from ..arguments import truth
from ..client.client import Client, answers, checked_client, default_client
from ..errors import ApiError, BudgetExceededError, Failure, XingtuError
from ..frame import Listed, Mapped
from ..tables.filters import Labels
from ..tables.pages import Finding, whole
from ..tables.search import SEARCH
from ..tables.search_filters import BY, FILTERS, KEYWORD, SORT
from ..wire import Api, questions
from ..wire.paging import Paging
from .failures import OnError, failure_of, is_strict, warn_of
from .steps import frames, raise_if_none_left, readings

_LEVEL_LIMIT = 10003
"""What the provider's source says of pages that a customer of its level is not shown."""


class SearchResult(NamedTuple):
    """The creators found, with what was asked and why it stopped in ``attrs``; the pages that failed; all pages."""

    frame: pd.DataFrame
    failures: list[Failure]
    pages: int


def found_creators(
    options: Mapping[str, object],
    *,
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> SearchResult:
    """Search page after page, until a reason to stop."""
    strict, refresh = is_strict(on_error), truth("refresh", refresh)
    client = checked_client(client) or default_client()
    options = {name: _held(name, value) for name, value in options.items()}
    paging = Paging([SEARCH], options)
    (first,) = questions([SEARCH], [], options, client.api)[SEARCH.name]
    collected = answers(client, [first], refresh=refresh, stop_at_error=strict, progress=progress, paging=paging)
    read = readings([SEARCH], [([first], options)], collected)
    pages = list(collected.pages_of(first))
    errors = {**collected.errors, **read.errors}
    # Without the first page the others are not what was looked for.
    judged = pages if strict else pages[:1]
    raise_if_none_left([errors[page.key] for page in judged if page.key in errors], len(judged), strict=strict)
    finding = cast("Finding", paging.finding)
    failed = {
        page.key: failure_of(page.endpoint.name, {"kol_id": None}, errors[page.key])
        for page in pages
        if page.key in errors
    }
    known = {**read.empty, **failed}
    failures = [known[page.key] for page in pages if page.key in known]
    last = errors.get(pages[-1].key)
    asked = [page for page in pages if not isinstance(errors.get(page.key), BudgetExceededError)]
    frame = _each_once(frames(read)[SEARCH.name], finding.limit)
    frame.attrs |= {
        "failures": Listed(failures),
        "total": finding.total,
        "pages": len(asked),
        "stopped": finding.stopped if last is None else _stopped_by(last),
        "query": Mapped(_asked(options, client.api)),
    }
    return SearchResult(frame, failures, len(pages))


def search_creators(arguments: Mapping[str, Any]) -> pd.DataFrame:
    """Return what is found, for the public function: with one warning of the pages that failed."""
    options = {name: arguments[name] for name in SEARCH.arguments}
    control = {name: arguments[name] for name in ("refresh", "on_error", "progress", "client")}
    found = found_creators(options, **control)
    # Past the function, and what checks its arguments: the warning is about the user's line.
    warn_of(found.failures, found.pages, stacklevel=5, noun="pages")
    return found.frame


def _each_once(frame: pd.DataFrame, limit: int | None) -> pd.DataFrame:
    """Return the first row of each creator, numbered again: the order moves while one pages."""
    again = frame["kol_id"].duplicated() & frame["kol_id"].notna()
    once = frame[~again].head(len(frame) if limit is None else limit).reset_index(drop=True)
    return once.assign(position=pd.array(range(1, len(once) + 1), dtype="Int64"))


def _stopped_by(error: XingtuError) -> str:
    if isinstance(error, BudgetExceededError):
        return "budget"
    return "level_limit" if isinstance(error, ApiError) and error.code == _LEVEL_LIMIT else "failed"


def _held(name: str, value: Any) -> object:
    """Return the words of a filter as a list: a generator yields them once, and a Series has no truth value."""
    several = isinstance(value, Iterable) and not isinstance(value, str | bytes)
    return list(value) if several and isinstance(SEARCH.options.get(name), Labels) else value


def _plain(value: Any) -> object:
    """Return what a user gave, checked already, as a copy that JSON can hold; a Parquet file keeps ``attrs`` so."""
    if isinstance(value, list | tuple):
        return (tuple if isinstance(value, tuple) else list)(map(_plain, value))
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    return int(value) if whole(value) is not None else float(str(value))


def _asked(options: Mapping[str, object], api: Api) -> dict[str, object]:
    """Return what was looked for, how where that can be chosen, and the filters that were set."""
    always = {option.name for option in ((KEYWORD, BY, SORT) if api == "current" else (KEYWORD,))}
    defaults = {option.name: option.default for option in FILTERS}
    chosen = {**defaults, **options}
    return {name: _plain(chosen[name]) for name in defaults if name in always or chosen[name] != defaults[name]}
