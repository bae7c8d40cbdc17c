"""The columns of a frame or file: how each one is declared, and its cells as plain values and back."""

from __future__ import annotations

import datetime as dt
import numbers
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from ..decide.columns import BUDGET_COLUMNS, QUALITY_COLUMNS, SCORE_COLUMNS, STABILITY_COLUMNS
from ..errors import ConfigError
from ..metrics import METRICS, board_columns
from ..schema import Column
from ..tables import LABELS_ZH, LEDGER_COLUMNS, PLAN_COLUMNS, TABLES

GROUPS: tuple[Sequence[Column], ...] = (
    *(table.columns for table in TABLES.values()),
    board_columns(list(METRICS.values())),
    SCORE_COLUMNS,
    STABILITY_COLUMNS,
    BUDGET_COLUMNS,
    QUALITY_COLUMNS,
    LEDGER_COLUMNS,
    PLAN_COLUMNS,
)
"""What one frame or file may hold, the likeliest first."""

EXACT_INTEGER = 10**15
"""Excel keeps 15 digits of a number and writes zeros for the others, so integers from here on are text in files."""

ROUNDED = "Excel keeps 15 digits; format the column as text and paste the ids again"

_VOCABULARY: Mapping[str, tuple[str, ...]] = {
    "video_type": ("personal", "xingtu"),
    "window": ("30d", "90d"),
    "gender": ("male", "female"),
}
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


def spoken_values(column: Column) -> dict[str, str]:
    """Return value -> Chinese for a column with a closed vocabulary."""
    words = column.categories or _VOCABULARY.get(column.name, ())
    return {word: LABELS_ZH[word] for word in words if word in LABELS_ZH}


def candidates(names: Sequence[str]) -> tuple[bool, list[list[Column]]]:
    """Return whether the names are those of one declared table, and each name's declarations, the likeliest first."""
    wanted = set(names)
    own = [group for group in GROUPS if {column.name for column in group} == wanted]
    groups = own or sorted(GROUPS, key=lambda group: not wanted <= {column.name for column in group})
    return bool(own), [[column for group in groups for column in group if column.name == name] for name in names]


def column_names(frame: pd.DataFrame) -> list[str]:
    """Return the names of a frame's columns as text that a file can hold."""
    return [_HALF_CHARACTER.sub("\ufffd", str(name)) for name in frame.columns]


def declared(frame: pd.DataFrame) -> list[Column]:
    """Return the declaration of each column of a frame; one without gets its name for a label."""
    names = column_names(frame)
    _, found = candidates(names)
    return [
        next((column for column in choices if _can_hold(column, frame.dtypes.iloc[position])), _undeclared(name))
        for position, (name, choices) in enumerate(zip(names, found, strict=True))
    ]


def _undeclared(name: str) -> Column:
    return Column(name, "str", "", name, "")


def _can_hold(column: Column, dtype: Any) -> bool:
    both = isinstance(dtype, pd.CategoricalDtype) and column.categories
    return not both or set(dtype.categories) <= set(column.categories)


def written(series: pd.Series[Any]) -> list[Any]:
    """Return cells as None, text, bool, int, float or datetime; an id is text whatever the frame made of it."""
    if isinstance(series.dtype, pd.DatetimeTZDtype):
        series = series.dt.tz_convert("UTC")
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        series = series.dt.as_unit("us")
    value_of = str if series.name == "kol_id" else _plain
    values = [
        None if gap else value_of(value) for gap, value in zip(series.isna().tolist(), series.tolist(), strict=True)
    ]
    # Half a surrogate pair, left where a nickname was cut, is no character that a file can hold.
    return [_HALF_CHARACTER.sub("\ufffd", value) if isinstance(value, str) else value for value in values]


def _plain(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime(warn=False)
    if pd.api.types.is_bool(value):
        return bool(value)
    if isinstance(value, numbers.Integral):
        return int(value)
    return float(value) if isinstance(value, numbers.Real) else str(value)


def frame_of(
    names: Sequence[str],
    columns: Sequence[Sequence[Any]],
    path: object,
    decode: Callable[[Any], Any] = lambda value: value,
    literals: Callable[[Sequence[Any]], Sequence[Any]] = lambda values: values,
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
            raise ConfigError(f"cannot read {path}: column {names[position]}, {misfit}") from None
        arrays[position] = _as_found(literals(cells), values) if array is None else array
    frame = pd.DataFrame(arrays, copy=False)
    frame.columns = list(names)
    return frame


class _MisfitError(ValueError):
    """A cell is no value of its column."""


def _as_declared(values: Sequence[Any], choices: Sequence[Column], *, strict: bool) -> Any:
    for column in choices:
        try:
            return column.array([_parsed(value, column, row) for row, value in enumerate(values, start=2)])
        except _MisfitError:
            # No other name is an id: rounded ones must not pass as numbers.
            if strict or column.name == "kol_id":
                raise
    return None


def _as_found(literals: Sequence[Any], values: Sequence[Any]) -> Any:
    """Build the column that the types of its cells make; text where they are mixed or all are missing."""
    kinds = frozenset(type(value) for value in literals if value is not None)
    build = _FOUND.get(kinds)
    if build is None:
        return _undeclared("").array([None if value is None else _shown(value) for value in values])
    return build(literals)


def _complete(dtype: str, with_gaps: str) -> Callable[[Sequence[Any]], Any]:
    return lambda values: pd.Series(list(values), dtype=with_gaps if None in values else dtype).array


def _floats(values: Sequence[Any]) -> Any:
    return Column("", "float64", "", "", "").array(values)


_FOUND: Mapping[frozenset[type], Callable[[Sequence[Any]], Any]] = {
    frozenset({bool}): _complete("bool", "boolean"),
    frozenset({int}): _complete("int64", "Int64"),
    frozenset({float}): _floats,
    frozenset({int, float}): _floats,
    # To the millisecond: others write too few digits for more.
    frozenset({dt.datetime}): lambda values: pd.DatetimeIndex(list(values)).as_unit("us").round("ms"),
}


def _parsed(value: Any, column: Column, row: int) -> Any:
    if value is None:
        return None
    expected, parse = _PARSERS[column.dtype]
    try:
        return parse(value, column)
    except (ValueError, KeyError, TypeError, OverflowError):
        hint = f"; {ROUNDED}" if column.name == "kol_id" else "; correct it or empty the cell"
        raise _MisfitError(f"row {row}: {value!r} is not {expected}{hint}") from None


def as_text(value: Any) -> str:
    """Return a cell as text; a number that lost digits raises ValueError."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and abs(value) >= EXACT_INTEGER:
        raise ValueError(ROUNDED)
    return _shown(value)


def _shown(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)


def _whole(value: Any, column: Column) -> int:
    if isinstance(value, str):
        return int(value)
    if isinstance(value, bool) or int(value) != value:
        raise ValueError(value)
    return int(value)


def _number(value: Any, column: Column) -> float:
    if isinstance(value, bool):
        raise ValueError(value)
    return float(value)


def _truth(value: Any, column: Column) -> bool:
    return {"true": True, "false": False}[str(value).lower()]


def _word(value: Any, column: Column) -> str:
    known = {word: word for word in column.categories}
    return (known | {spoken: word for word, spoken in spoken_values(column).items()})[value]


def _text(value: Any, column: Column) -> str:
    text = as_text(value)
    return {spoken: word for word, spoken in spoken_values(column).items()}.get(text, text)


def _micros(value: Any, column: Column) -> int:
    moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return (moment - _EPOCH) // dt.timedelta(microseconds=1)


_PARSERS: Mapping[str, tuple[str, Callable[[Any, Column], Any]]] = {
    "str": ("text", _text),
    "Int64": ("a whole number", _whole),
    "float64": ("a number", _number),
    "boolean": ("True or False", _truth),
    "category": ("a word of its vocabulary", _word),
    "datetime64[us, UTC]": ("a time", _micros),
}
