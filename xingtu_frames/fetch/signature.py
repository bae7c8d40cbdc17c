"""What follows for a ``fetch_`` function from its table: its arguments with exact types, and its documentation."""

from __future__ import annotations

import functools
import inspect
import textwrap
from collections.abc import Callable, Iterable
from datetime import date
from typing import Literal

import pandas as pd

from ..client.client import Client
from ..errors import no_such
from ..ids import Ids
from ..tables.catalog import TABLES
from ..tables.inputs import Day
from ..tables.pages import Argument
from ..tables.schema import ITEM, Answer, Input, Option, Table
from .failures import OnError

Fetch = Callable[..., pd.DataFrame]

_IDS = """ids
    One id or many: text, Xingtu home-page address, int, list, Series, Index, generator, or a frame with ``kol_id``.
    Order is kept, repeats are fetched once.
"""
_ITEM_IDS = """item_ids
    One video id or many: text, address of a video on Douyin, int, list, Series, Index, generator, or a frame with
    ``item_id``. Order is kept, repeats are fetched once.
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
    {failed} with ``on_error="raise"``.
BudgetExceededError, InvalidTokenError, DailyQuotaError, PermissionDeniedError, InsufficientBalanceError
    Always raised{but}: further requests would fail too. What arrived is stored.

Notes
-----
Cost: one request per {noun}{per_page} that has no stored answer{behind}{shared}.
Source: field definitions of the endpoint ``{endpoint}`` of Just One API; where a meaning is not certain, the
column says "likely" or "unconfirmed".
"""


def fetches(table: Table) -> Callable[[Fetch], Fetch]:
    """Give a function the arguments, types and documentation that follow from the table it fetches.

    The function is called with the ids, where it takes any, and with every other argument by name.
    """
    signature = signature_of(table)

    def decorate(function: Fetch) -> Fetch:
        @functools.wraps(function)
        def fetch(*args: object, **kwargs: object) -> pd.DataFrame:
            if table.answer.subject is None and not signature.parameters.keys() >= kwargs.keys():
                known = list(signature.parameters)
                raise no_such("filter", [name for name in kwargs if name not in known], known)
            try:
                bound = signature.bind(*args, **kwargs)
            except TypeError as error:
                raise TypeError(f"{function.__name__}() {error}") from None
            bound.apply_defaults()
            arguments = bound.arguments
            if table.answer.subject is None:
                return function(**arguments)
            return function(arguments.pop(ids_argument(table)), **arguments)

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
    parameters, first = [], first_option(table)
    if table.answer.subject is not None:
        parameters.append(
            inspect.Parameter(ids_argument(table), inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Ids)
        )
    options = [(o.name, None if isinstance(o, Day) else o.default, type_of(o)) for o in table.answer.options]
    pages = [(name, one.default, one.type) for name, one in _pages_of(table.answer)]
    control: list[tuple[str, object, object]] = [
        ("refresh", False, bool),
        ("on_error", "warn", OnError),
        ("progress", None, bool | None),
        ("client", None, Client | None),
    ]
    parameters += [
        inspect.Parameter(
            name,
            inspect.Parameter.POSITIONAL_OR_KEYWORD if name == first else inspect.Parameter.KEYWORD_ONLY,
            default=default,
            annotation=annotation,
        )
        for name, default, annotation in (*options, *pages, *control)
    ]
    return inspect.Signature(parameters, return_annotation=pd.DataFrame)


def _pages_of(answer: Answer) -> Iterable[tuple[str, Argument]]:
    return answer.pages.arguments.items() if answer.pages else ()


def first_option(table: Table) -> str | None:
    """Return the option that may be given by its place: the first one, where there are no ids."""
    return next((option.name for option in table.answer.options), None) if table.answer.subject is None else None


def type_of(option: Input) -> object:
    """Return the exact type of an option's argument."""
    if isinstance(option, Day):
        return str | date | None
    if not isinstance(option, Option):
        return option.type
    if isinstance(option.default, bool):
        return bool
    return Literal[tuple(option.choices)]


def documentation_of(table: Table) -> str:
    """Return the sections of a docstring that follow from a table."""
    answer = table.answer
    options = "".join(f"{o.name}\n{_wrapped(_sentence(o))}\n" for o in answer.options)
    noun, nouns = ("page", "pages") if answer.subject is None else (answer.subject.noun, answer.subject.nouns)
    pages = "".join(f"{name}\n{_wrapped(one.meaning)}\n" for name, one in _pages_of(answer))
    readers = [f"``{t.function}``" for t in TABLES.values() if t is not table and _same_answer(t.answer, answer)]
    return _COMMON.format(
        ids="" if answer.subject is None else _ITEM_IDS if answer.subject is ITEM else _IDS,
        options=options + pages,
        noun=noun,
        nouns=nouns,
        but="" if answer.subject else ", except for a budget used up after the first page, which ends the search",
        row=table.row,
        columns="\n".join(
            f"* ``{column.name}`` ({column.dtype}{', ' + column.unit if column.unit else ''}): {column.meaning}"
            for column in table.columns
        ),
        failed=f"Every {noun} failed, or the first one did"
        if answer.subject
        else "The first page failed, or any one did",
        per_page=" and page" if answer.pages and answer.subject else "",
        behind=", and per page after one that is fetched" if answer.pages else "",
        shared=f"; {' and '.join(readers)} read the same answer at no further cost" if readers else "",
        endpoint=table.endpoint,
    )


def _wrapped(text: str) -> str:
    return textwrap.indent(textwrap.fill(text, 116), "    ")


def _same_answer(one: Answer, other: Answer) -> bool:
    return (one.endpoint, one.fixed) == (other.endpoint, other.fixed)


def _sentence(option: Input) -> str:
    meaning = f"{option.meaning[0].upper()}{option.meaning[1:]}"
    if not isinstance(option, Option):
        return f"{meaning}."
    choices = list(option.choices)
    shown = ", ".join(map(repr, choices[:4])) + (f", ... ({len(choices)} in all)" if len(choices) > 4 else "")
    return f"{meaning}: one of {shown}."
