"""The cells of a frame as plain values that a file can hold, and back under the declared dtypes."""

from __future__ import annotations

import datetime as dt
import decimal
import numbers
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..errors import FileError, InvalidIdError
from ..frame import array_of
from ..ids import masked
from ..ids.names import meaning_of
from ..ids.rounding import EXACT_INTEGER, ROUNDED
from ..tables.read import INT64
from ..tables.schema import Column
from .groups import Plain, candidates, undeclared, whole_characters

_LONGEST_DECIMAL = 400
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def written(series: pd.Series[Any]) -> list[Plain]:
    """Return cells as None, text, bool, int, float, date or datetime, those with a zone in UTC.

    Each value is judged by what it is: the same one may come from numpy, from Arrow, or among others as an object.
    An id is text whatever the frame made of it.

    Raises
    ------
    InvalidIdError
        A creator's id is a float, or the number of an identity card: it is not one, or has lost digits.
    """
    values = [plain(value) for value in series.tolist()]
    if isinstance(series.name, str) and meaning_of(series.name) == "creator":
        _check_ids(series.name, values)
    return [str(value) if series.name == "kol_id" and value is not None else value for value in values]


def _check_ids(name: str, values: Sequence[Plain]) -> None:
    """Refuse ids that have lost digits; under other headers than ours, short numbers may be anything."""
    for position, value in enumerate(values):
        if isinstance(value, bool | float) and (name == "kol_id" or abs(value) >= EXACT_INTEGER):
            raise InvalidIdError(
                f"{name} holds floats, which keep about 16 digits of an id (position {position}: {value!r}): "
                "read ids as text (dtype=str)"
            )


def plain(value: object) -> Plain:
    """Return a value as one of the few kinds that files hold; None for a missing one."""
    if isinstance(value, str):
        return whole_characters(str(value))
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if pd.api.types.is_bool(value):
        return bool(value)
    make = next((make for kind, make in _PLAIN if isinstance(value, kind)), None)
    return make(value) if make else whole_characters(str(value))


def _number(value: Any) -> float | None:
    number = float(value)
    # NaN is the only number unlike itself.
    return number if number == number else None


def _decimal(value: decimal.Decimal) -> Plain:
    """Return a decimal as a number where that keeps all its digits, else as text."""
    if value.is_nan():
        return None
    if not value.is_finite():
        return float(value)
    if abs(value.adjusted()) > _LONGEST_DECIMAL:
        return str(value)
    # The user's own context may round, or forbid it.
    if value == value.to_integral_value(context=_EXACT):
        return int(value)
    number = float(value)
    return number if decimal.Decimal(repr(number)) == value else str(value)


def _moment(value: dt.datetime) -> dt.datetime | str:
    try:
        if isinstance(value, pd.Timestamp):
            value = value.to_pydatetime(warn=False)
        return value.astimezone(dt.UTC) if value.tzinfo else value
    except (ValueError, OverflowError):
        # Beyond the years 1 to 9999 of the standard library.
        return str(value)


def _of_numpy(value: np.generic) -> Plain:
    if isinstance(value, np.datetime64):
        return plain(pd.Timestamp(value))
    return str(pd.Timedelta(value)) if isinstance(value, np.timedelta64) else plain(value.item())


_EXACT = decimal.Context(prec=decimal.MAX_PREC, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN, traps=[])
_PLAIN: Sequence[tuple[type, Callable[[Any], Plain]]] = (
    (dt.datetime, _moment),
    (dt.date, lambda value: value),
    (decimal.Decimal, _decimal),
    (numbers.Integral, int),
    (numbers.Real, _number),
    (np.generic, _of_numpy),
)


def frame_of(
    names: Sequence[str],
    columns: Sequence[Sequence[Plain]],
    path: object,
    decode: Callable[[Any], Plain] = lambda value: value,
    literals: Callable[[Sequence[Any]], Sequence[Plain]] = lambda values: values,
) -> pd.DataFrame:
    """Build the typed frame from a file's cells.

    ``decode`` undoes what the file form did to one cell; ``literals`` makes numbers of the cells of a column that
    nothing declares. A cell that does not fit is an error where the columns are those of a declared table, and among
    ids; elsewhere the name may be a coincidence, and the column is read as an undeclared one.
    """
    exact, found = candidates(names)
    arrays = {}
    for position, (choices, cells) in enumerate(zip(found, columns, strict=True)):
        values = [decode(cell) for cell in cells]
        try:
            array = _as_declared(values, choices, strict=exact)
        except _MisfitError as misfit:
            raise FileError(f"cannot read {path}: column {names[position]}, {misfit}") from None
        arrays[position] = as_found(literals(cells), values) if array is None else array
    frame = pd.DataFrame(arrays, copy=False)
    frame.columns = list(names)
    return frame


class _MisfitError(ValueError):
    """A cell is not a value of its column."""


def _as_declared(values: Sequence[Plain], choices: Sequence[Column], *, strict: bool) -> object:
    for column in choices:
        try:
            return array_of(column, [_parsed(value, column, row) for row, value in enumerate(values, start=2)])
        except _MisfitError:
            # No other name is an id: rounded ones must not pass as numbers.
            if strict or column.name == "kol_id":
                raise
    return None


def as_found(literals: Sequence[Plain], values: Sequence[Plain]) -> object:
    """Build the column that the types of its cells make; text where they are mixed or all are missing."""
    kinds = frozenset(type(value) for value in literals if value is not None)
    build = _BUILDERS.get(kinds)
    if build is None:
        return array_of(undeclared(""), [None if value is None else _shown(value) for value in values])
    return build(literals)


def _complete(dtype: str, with_gaps: str) -> Callable[[Sequence[Plain]], object]:
    return lambda values: pd.Series(list(values), dtype=with_gaps if None in values else dtype).array


def _integers(values: Sequence[Any]) -> object:
    if any(value is not None and not -INT64 <= value < INT64 for value in values):
        return array_of(undeclared(""), [None if value is None else _shown(value) for value in values])
    return _complete("int64", "Int64")(values)


def _times(values: Sequence[Any]) -> object:
    zones = {value.tzinfo is None for value in values if value is not None}
    if len(zones) > 1:
        return array_of(undeclared(""), [None if value is None else _shown(value) for value in values])
    return pd.DatetimeIndex(list(values)).as_unit("us")


def _floats(values: Sequence[Plain]) -> object:
    return array_of(Column("", "float64", "", "", ""), values)


_BUILDERS: Mapping[frozenset[type], Callable[[Sequence[Plain]], object]] = {
    frozenset({bool}): _complete("bool", "boolean"),
    frozenset({int}): _integers,
    frozenset({float}): _floats,
    frozenset({int, float}): _floats,
    frozenset({dt.datetime}): _times,
}


def _parsed(value: Plain, column: Column, row: int) -> object:
    if value is None:
        return None
    expected, parse = _PARSERS[column.dtype]
    try:
        return parse(value, column)
    except (ValueError, KeyError, TypeError, OverflowError):
        hint = f"; {ROUNDED}" if column.name == "kol_id" else "; correct it or empty the cell"
        raise _MisfitError(f"row {row}: {masked(repr(value))[:80]} is not {expected}{hint}") from None


def as_text(value: Plain) -> str:
    """Return a cell as text; a number that lost digits raises ValueError."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and abs(value) >= EXACT_INTEGER:
        raise ValueError(ROUNDED)
    return _shown(value)


def _shown(value: Plain) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _whole(value: Any, column: Column) -> int:
    if isinstance(value, str):
        return int(value)
    if isinstance(value, bool) or int(value) != value:
        raise ValueError(value)
    return int(value)


def _as_number(value: Any, column: Column) -> float:
    if isinstance(value, bool):
        raise ValueError(value)
    return float(value)


def _truth(value: Plain, column: Column) -> bool:
    # A program that saves the file again may make numbers of them.
    return {"true": True, "false": False, "1": True, "0": False, "1.0": True, "0.0": False}[str(value).lower()]


def _word(value: Any, column: Column) -> str:
    return {word: word for word in column.categories}[value]


def _text(value: Plain, column: Column) -> str:
    return as_text(value)


def _micros(value: Any, column: Column) -> int:
    moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return (moment - _EPOCH) // dt.timedelta(microseconds=1)


def _day(value: Any, column: Column) -> dt.date:
    day = value if isinstance(value, dt.date) else dt.datetime.fromisoformat(value)
    return day.replace(tzinfo=None) if isinstance(day, dt.datetime) else day


_PARSERS: Mapping[str, tuple[str, Callable[[Any, Column], object]]] = {
    "str": ("text", _text),
    "Int64": ("a whole number", _whole),
    "float64": ("a number", _as_number),
    "boolean": ("True or False", _truth),
    "category": ("a word of its vocabulary", _word),
    "datetime64[us, UTC]": ("a time", _micros),
    "datetime64[us]": ("a day", _day),
}
