"""What follows for a ``fetch_`` function from its table: its arguments with exact types, and its documentation."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from datetime import date
from typing import Any, Literal

import pandas as pd

from ..client.client import Client
from ..ids import Ids
from ..tables.catalog import TABLES
from ..tables.inputs import Day, Text
from ..tables.schema import CREATOR, ITEM, Answer, Option, Table

Fetch = Callable[..., pd.DataFrame]

_IDS = """ids
    One id or many: text, Xingtu home-page address, int, list, Series, Index, generator, or a frame with ``kol_id``.
    Order is kept, repeats are fetched once.
"""
_ITEM_IDS = """item_ids
    One video id or many: text, address of a video on Douyin, int, list, Series, Index, generator, or a frame with
    ``item_id``. Order is kept, repeats are fetched once.
"""
_PAGES = """pages
    The most pages to ask for, each for a request of its own: 1 to {most}. Asking stops at a page that is empty, repeats
    the one before it, or is the last one.
"""
_COMMON = """
Parameters
----------
{ids}{options}refresh
    Fetch again although an answer is stored; the old one stays in `history`.
on_error
    ``"warn"`` leaves out the {nouns} that failed, warns once and lists them in ``frame.attrs["failures"]``;
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
    Every {noun} failed, or the first one did with ``on_error="raise"``.
BudgetExceededError, InvalidTokenError, DailyQuotaError, PermissionDeniedError, InsufficientBalanceError
    Always raised: asking on is pointless. What arrived is stored.

Notes
-----
Cost: one request per {noun}{per_page} that has no stored answer{shared}.
Source: field definitions of the endpoint ``{endpoint}`` of Just One API; where a meaning is not certain, the
column says "likely" or "unconfirmed".
"""


def fetches(table: Table) -> Callable[[Fetch], Fetch]:
    """Give a function the arguments, types and documentation that follow from the table it fetches.

    The function is called with the ids, and with every other argument by name.
    """
    signature = signature_of(table)

    def decorate(function: Fetch) -> Fetch:
        @functools.wraps(function)
        def fetch(*args: Any, **kwargs: Any) -> pd.DataFrame:
            try:
                bound = signature.bind(*args, **kwargs)
            except TypeError as error:
                raise TypeError(f"{function.__name__}() {error}") from None
            bound.apply_defaults()
            arguments = bound.arguments
            ids = None if table.answer.subject is None else arguments.pop(ids_argument(table))
            return function(ids, **arguments)

        vars(fetch)["__signature__"] = signature
        fetch.__annotations__ = {name: p.annotation for name, p in signature.parameters.items()}
        fetch.__annotations__["return"] = pd.DataFrame
        fetch.__doc__ = inspect.cleandoc(function.__doc__ or "") + "\n" + documentation_of(table)
        return fetch

    return decorate


def ids_argument(table: Table) -> str:
    """Return what the first argument is called."""
    return "item_ids" if table.answer.subject is ITEM else "ids"


def signature_of(table: Table) -> inspect.Signature:
    """Return the signature that follows from a table."""
    parameters = []
    if table.answer.subject is not None:
        parameters.append(
            inspect.Parameter(ids_argument(table), inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Ids)
        )
    options = [(o.name, _default(o), type_of(o)) for o in table.answer.options]
    pages = [("pages", 1, int)] if table.answer.pages else []
    control: list[tuple[str, Any, Any]] = [
        ("refresh", False, bool),
        ("on_error", "warn", Literal["warn", "raise"]),
        ("progress", None, bool | None),
        ("client", None, Client | None),
    ]
    parameters += [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, default, annotation in (*options, *pages, *control)
    ]
    return inspect.Signature(parameters, return_annotation=pd.DataFrame)


def _default(option: Option | Day | Text) -> Any:
    return option.default if isinstance(option, Option) else None


def type_of(option: Option | Day | Text) -> Any:
    """Return the exact type of an option's argument."""
    if isinstance(option, Day):
        return str | date | None
    if isinstance(option, Text):
        return str | None
    if isinstance(option.default, bool):
        return bool
    return Literal[tuple(option.choices)]


def documentation_of(table: Table) -> str:
    """Return the sections of a docstring that follow from a table."""
    answer = table.answer
    options = "".join(f"{o.name}\n    {_sentence(o)}\n" for o in answer.options)
    subject = answer.subject or CREATOR
    readers = [f"``fetch_{t.name}``" for t in TABLES.values() if t is not table and _same_answer(t.answer, answer)]
    return _COMMON.format(
        ids="" if answer.subject is None else _ITEM_IDS if answer.subject is ITEM else _IDS,
        options=options + (_PAGES.format(most=answer.pages.most) if answer.pages else ""),
        noun=subject.noun,
        nouns=subject.nouns,
        row=table.row,
        columns="\n".join(
            f"* ``{column.name}`` ({column.dtype}{', ' + column.unit if column.unit else ''}): {column.meaning}"
            for column in table.columns
        ),
        per_page=" and page" if answer.pages else "",
        shared=f"; {' and '.join(readers)} read the same answer at no further cost" if readers else "",
        endpoint=table.endpoint,
    )


def _same_answer(one: Answer, other: Answer) -> bool:
    return (one.endpoint, one.fixed) == (other.endpoint, other.fixed)


def _sentence(option: Option | Day | Text) -> str:
    meaning = f"{option.meaning[0].upper()}{option.meaning[1:]}"
    if not isinstance(option, Option):
        return f"{meaning}."
    choices = list(option.choices)
    shown = ", ".join(map(repr, choices[:4])) + (f", ... ({len(choices)} in all)" if len(choices) > 4 else "")
    return f"{meaning}: one of {shown}."
