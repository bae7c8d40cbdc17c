"""Checks of what users give to functions, in one wording: what must be what, what came instead, and what to do."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import sys
import warnings
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import pandas as pd

from .errors import (
    ParameterError,
    UnmatchedNamesWarning,
    XingtuError,
    a_kind,
    guessed,
    listed,
    meant,
    must_be,
    quoted,
)
from .ids import Id, kol_ids

if TYPE_CHECKING:
    _Series = pd.Series[Any]
else:
    _Series = pd.Series

Language = Literal["zh", "en"]
"""The language of labels and words."""
LANGUAGES: tuple[Language, ...] = ("zh", "en")

Age = str | float | timedelta | None
"""How old something may be: ``"24h"``, ``"7d"``, seconds, a timedelta, or None for ever."""

Moment = str | datetime | None
"""A time; one that names no zone is in UTC."""

Names = (
    Mapping[str, str | None]
    | Mapping[int, str | None]
    | _Series
    | list[str]
    | list[str | None]
    | tuple[str | None, ...]
    | pd.DataFrame
)
"""What creators are called: id -> name, names in the order of the creators, or a frame with kol_id and name."""

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([smhdw])\s*")
_Choice = TypeVar("_Choice")


def one_of(name: str, value: object, allowed: Iterable[_Choice], error: type[XingtuError] = ParameterError) -> _Choice:
    """Return a value that is one of those allowed; of a vocabulary, the Chinese of a word stands for it."""
    choices, labels = list(allowed), labels_of(allowed)
    asked = meant(value, labels)
    for choice in choices:
        # An array compares with each of its members, and True is 1.
        if isinstance(asked, type(choice)) and isinstance(asked, bool) is isinstance(choice, bool) and asked == choice:
            return choice
    raise must_be(name, f"one of {listed(choices)}", quoted(value), _guess([value], choices, labels), error)


def labels_of(allowed: Iterable[_Choice]) -> Mapping[_Choice, str]:
    """Return the Chinese of each word of a vocabulary; nothing for choices without."""
    return getattr(allowed, "zh", {})


def _guess(unknown: Iterable[object], choices: Iterable[object], labels: Mapping[Any, str], advice: str = "") -> str:
    """Return the advice for unknown values: which ones they may have meant."""
    texts = (choice for choice in choices if isinstance(choice, str))
    near = guessed((value for value in unknown if isinstance(value, str)), texts, labels.values())
    return "; ".join(filter(None, [f"did you mean {listed(near)}?" if near else "", advice]))


def some_of(name: str, values: object, allowed: Collection[_Choice], advice: str = "") -> list[_Choice]:
    """Return values, one or several, each once and in their order; they are some of those allowed.

    Of a vocabulary, the Chinese of a word stands for it.
    """
    if not isinstance(values, Iterable):
        raise must_be(name, f"some of {listed(allowed)}", quoted(values), advice)
    labels = labels_of(allowed)
    asked = [meant(value, labels) for value in ([values] if isinstance(values, str) else values)]
    # What comes may be of any kind: an array compares with each of its members, and a list is not hashable.
    found = [one for value in asked for one in allowed if isinstance(value, type(one)) and value == one]
    if len(found) != len(asked) or not found:
        known = set(found)
        unknown = [value for value in asked if not (isinstance(value, Hashable) and value in known)]
        advice = _guess(unknown, allowed, labels, advice)
        raise must_be(name, f"some of {listed(allowed)}", listed(unknown) or "none", advice)
    return list(dict.fromkeys(found))


def truth(name: str, value: object) -> bool:
    """Return a truth value, be it of Python or of numpy."""
    if not pd.api.types.is_bool(value):
        raise must_be(name, "True or False", quoted(value))
    return bool(value)


def whole_number(name: str, value: object, least: int, error: type[XingtuError] = ParameterError) -> int:
    """Return a whole number of at least that size, be it of Python or of numpy."""
    found = _whole(value)
    if found is None or found < least:
        raise must_be(name, _at_least(least), quoted(value), error=error)
    return found


def whole_number_or_none(name: str, value: object, least: int, error: type[XingtuError] = ParameterError) -> int | None:
    """Return a whole number of at least that size, or None."""
    found = _whole(value)
    if value is not None and (found is None or found < least):
        raise must_be(name, f"{_at_least(least)} or None", quoted(value), error=error)
    return found


def _whole(value: object) -> int | None:
    return int(value) if pd.api.types.is_integer(value) else None


def _at_least(least: int) -> str:
    return "a positive integer" if least == 1 else f"an integer >= {least}"


def is_number(value: object) -> bool:
    """Return whether a value is a plain real number, which a bool is not."""
    return bool(pd.api.types.is_integer(value) or pd.api.types.is_float(value))


def number(
    name: str, value: object, allowed: str, fits: Callable[[float], bool], error: type[XingtuError] = ParameterError
) -> float:
    """Return a real number that fits; ``allowed`` says in words which ones do."""
    with contextlib.suppress(OverflowError):
        if is_number(value) and fits(found := float(value)):  # type: ignore[arg-type]
            return found
    raise must_be(name, allowed, quoted(value), error=error)


def age(name: str, value: Age, error: type[XingtuError] = ParameterError) -> timedelta | None:
    """Return how old something may be; None is for ever."""
    if value is None:
        return None
    found: timedelta | None = None
    with contextlib.suppress(OverflowError, ValueError):
        if isinstance(value, timedelta):
            found = value
        elif is_number(value):
            found = timedelta(seconds=float(value))
        elif isinstance(value, str) and (match := _DURATION.fullmatch(value)):
            found = timedelta(**{_UNITS[match[2]]: float(match[1])})
    if found is None or found < timedelta(0):
        raise must_be(name, '"24h", "7d" or the like, seconds, a timedelta, or None for ever', quoted(value), "", error)
    return found


def moment(name: str, value: object) -> datetime:
    """Return what a user calls a time, in UTC where it names no zone."""
    found = utc(value)
    if found is None:
        raise must_be(name, 'a time such as "2026-11-01 10:00"', quoted(value))
    return found


def utc(value: object) -> datetime | None:
    """Return what a user calls a time, in UTC where it names no zone; None where it is not a time."""
    with contextlib.suppress(ValueError, TypeError):
        found = pd.Timestamp(value)  # type: ignore[arg-type]
        if not pd.isna(found):
            return (found.tz_localize("UTC") if found.tzinfo is None else found.tz_convert("UTC")).to_pydatetime()
    return None


def names_of(names: Names | None, ids: Iterable[str], *, stacklevel: int = 3) -> dict[str, str]:
    """Return id -> name for what a user calls creators, those without a name left out.

    Parameters
    ----------
    names
        Id -> name as a mapping or a Series, a list in the order of the ids, or a frame with ``kol_id`` and ``name``.
    ids
        The creators that are here.
    stacklevel
        Where the warning points to; 3 is who called the function that calls this one.

    Raises
    ------
    ParameterError, InvalidIdError
        It is none of these, a list of another length, or holds an id that cannot be one.

    Warns
    -----
    UnmatchedNamesWarning
        There are names, and none is for one of the creators.
    """
    here = list(ids)
    pairs = [(kol_id, name) for kol_id, name in _pairs(names, here) if _is_name(name)]
    # The ids of a frame that a user made may be of any kind; what is none of them must be an id.
    known = set(here)
    others = [kol_id for kol_id, _ in pairs if kol_id not in known]
    spelled = dict(zip(others, kol_ids(others, each=True), strict=True))
    found = {spelled.get(kol_id, str(kol_id)): str(name) for kol_id, name in pairs}
    if found and here and known.isdisjoint(found):
        warnings.warn(
            f"names has {len(found)} names, and none is for a creator that is here: its ids start with "
            f"{next(iter(found))}, those here with {here[0]}",
            UnmatchedNamesWarning,
            stacklevel=stacklevel,
        )
    return found


def _is_name(name: object) -> bool:
    """Return whether there is a name; what cannot be one is refused."""
    if not pd.api.types.is_scalar(name):
        raise must_be("a name in names", "text or missing", a_kind(name))
    return not pd.isna(name)  # type: ignore[call-overload]


def _pairs(names: Names | None, ids: Sequence[str]) -> list[tuple[Id, str | None]]:
    if names is None:
        return []
    if isinstance(names, pd.DataFrame):
        lacking = [column for column in ("kol_id", "name") if column not in names.columns]
        if lacking:
            raise ParameterError(f"names lacks the column {', '.join(lacking)}; read_shortlist makes such a frame")
        return list(zip(names["kol_id"], names["name"], strict=True))
    if isinstance(names, list | tuple):
        if len(names) != len(ids):
            raise ParameterError(f"names has {len(names)} names for {len(ids)} different ids; give one for each id")
        return list(zip(ids, names, strict=True))
    # A Series of ids at equal distances has such an index too.
    if (
        isinstance(names, pd.Series)
        and isinstance(names.index, pd.RangeIndex)
        and not {*map(str, names.index)} & {*ids}
    ):
        raise ParameterError("names is a Series that is not indexed by id; give names.set_axis(ids), or a list")
    if isinstance(names, Mapping | pd.Series):
        items: Iterable[tuple[Any, Any]] = names.items()
        return list(items)
    allowed = "a mapping or Series id -> name, a list as long as the ids, or a frame with kol_id and name"
    raise must_be("names", allowed, a_kind(names))


def is_shown(progress: bool | None) -> bool:
    """Return whether a progress bar is shown: as asked, else in an interactive session."""
    watched = (sys.stderr.isatty() or "ipykernel" in sys.modules) and not os.environ.get("CI")
    return watched if progress is None else truth("progress", progress)


@functools.cache
def _bars() -> type:
    # Loads with the first bar: it takes a while.
    from tqdm.std import tqdm

    # An interrupt may come while a bar is made, and what is closed then has nothing to close.
    return type("Bar", (tqdm,), {"disable": True})


def bar(progress: bool | None, **about: object) -> Any:
    """Return a bar on stderr that shows after two seconds in an interactive session; ``True`` shows it at once."""
    return _bars()(disable=not is_shown(progress), delay=0 if progress else 2, **about)
