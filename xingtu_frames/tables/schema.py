"""Declared columns and tables: rows of plain values become one typed frame."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import islice
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

_NAT = np.iinfo("int64").min
_BATCH = 1024

Array = np.ndarray[Any, Any]


class Listed(list[Any]):
    """A list for ``frame.attrs`` that is cheap to copy: pandas copies ``attrs`` deeply at every operation.

    A copy is another list of the same members.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> Listed:
        return Listed(self)

    def __reduce__(self) -> Any:
        return list, (list(self),)


class Mapped(dict[str, Any]):
    """A dict for ``frame.attrs`` that is cheap to copy, as `Listed` is."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Mapped:
        return Mapped(self)

    def __reduce__(self) -> Any:
        return dict, (dict(self),)


@lru_cache(maxsize=1)
def text_dtype() -> Any:
    """Return the dtype that this pandas gives to text by default."""
    return pd.Series(["text"]).dtype


def _text(values: Sequence[Any], column: Column) -> Any:
    missing_as_nan = [np.nan if value is None else value for value in values]
    if pd.api.types.is_object_dtype(text_dtype()):
        return pd.Series(missing_as_nan, dtype=object)
    return pd.array(missing_as_nan, dtype=text_dtype())


def _category(values: Sequence[Any], column: Column) -> Any:
    codes = {name: code for code, name in enumerate(column.categories)}
    return pd.Categorical.from_codes(
        [-1 if value is None else codes[value] for value in values],
        dtype=pd.CategoricalDtype(list(column.categories), ordered=True),
    )


def _time(values: Sequence[Any], column: Column) -> pd.DatetimeIndex:
    micros = np.array([_NAT if value is None else value for value in values], dtype="int64")
    return pd.DatetimeIndex(micros.view("datetime64[us]")).tz_localize("UTC")


_BUILDERS: Mapping[str, Callable[[Sequence[Any], Column], Any]] = {
    "str": _text,
    "Int64": lambda values, column: pd.array(list(values), dtype="Int64"),
    "float64": lambda values, column: np.array(values, dtype="float64"),
    "boolean": lambda values, column: pd.array(list(values), dtype="boolean"),
    "category": _category,
    "datetime64[us, UTC]": _time,
}


class Range(NamedTuple):
    """What a value of a unit can be.

    Attributes
    ----------
    low, high
        The least and the largest value.
    above
        Whether a value must be above ``low``: nothing costs nothing.
    """

    low: float
    high: float
    above: bool = False

    def usable(self, values: Array) -> Array:
        """Return the values, NaN in place of those that cannot be."""
        over = values > self.low if self.above else values >= self.low
        return np.where(over & (values <= self.high) & np.isfinite(values), values, np.nan)


_COUNTED = ("users", "videos", "plays", "likes", "comments", "shares")
_RANGES: Mapping[str, Range] = MappingProxyType(
    {
        "CNY": Range(0, np.inf, above=True),
        "s": Range(0, np.inf, above=True),
        "fraction": Range(0, 1),
        "points": Range(0, 100),
        **dict.fromkeys(_COUNTED, Range(0, np.inf)),
    }
)
_ANY = Range(-np.inf, np.inf)


def range_of(unit: str, *, signed: bool = False) -> Range:
    """Return what values of a unit can be; a change has a sign and no bound."""
    return _ANY if signed else _RANGES.get(unit, _ANY)


@dataclass(frozen=True, slots=True)
class Column:
    """One declared column.

    Attributes
    ----------
    name
        The column's name in every frame and file.
    dtype
        ``str`` (the default text dtype), ``Int64``, ``float64``, ``boolean``, ``category`` (ordered) or
        ``datetime64[us, UTC]``.
    unit
        Unit of the values, ``""`` where there is none.
    label_zh
        Chinese label for headers and pictures.
    meaning
        What the value says, and how sure that is.
    categories
        The closed, ordered vocabulary of a ``category`` column.
    signed
        Whether the value is a change, which may be negative or above 1.
    """

    name: str
    dtype: str
    unit: str
    label_zh: str
    meaning: str
    categories: tuple[str, ...] = ()
    signed: bool = False

    @property
    def range(self) -> Range:
        """What a value of this column can be."""
        return range_of(self.unit, signed=self.signed)

    def array(self, values: Sequence[Any]) -> Any:
        """Build the column from plain values, ``None`` for missing; times are microseconds since 1970."""
        return _BUILDERS[self.dtype](values, self)


@dataclass(frozen=True, slots=True)
class Table:
    """One declared table.

    Attributes
    ----------
    name
        Name of the table and of its ``fetch_`` function.
    label_zh
        Chinese title.
    row
        What one row is.
    endpoint
        Name of the endpoint whose answer the table reads.
    options
        The fetch options that choose the answer; those that are also a column fill it.
    columns
        The columns in order.
    listing
        True when the number of rows follows the answer: an answer without data gives no row.
    """

    name: str
    label_zh: str
    row: str
    endpoint: str
    options: tuple[str, ...]
    columns: tuple[Column, ...]
    listing: bool = False
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(column.name for column in self.columns))

    def column(self, name: str) -> Column:
        """Return the declared column of that name."""
        return self.columns[self.names.index(name)]

    @property
    def option_columns(self) -> tuple[str, ...]:
        """Names of the columns that repeat an option, in column order."""
        return tuple(name for name in self.names if name in self.options)

    def frame(self, rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
        """Build the typed frame from rows in column order."""
        return build_frame(self.columns, rows)


def micros(stamp: str | None) -> int | None:
    """Return an ISO time as microseconds since 1970, the plain value of a time column."""
    if stamp is None:
        return None
    return round(datetime.fromisoformat(stamp).timestamp() * 1_000_000)


def utc(moment: Any) -> datetime | None:
    """Return what a user calls a time, in UTC when it names no zone; None when it is no time."""
    try:
        found = pd.Timestamp(moment)
    except (ValueError, TypeError):
        return None
    if pd.isna(found):
        return None
    return (found.tz_localize("UTC") if found.tzinfo is None else found.tz_convert("UTC")).to_pydatetime()


def build_frame(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """Build a frame from declared columns and rows of plain values; each column is built once."""
    values: list[list[Any]] = [[] for _ in columns]
    left = iter(rows)
    # In batches, so that few rows live at a time: the collector would visit hundreds of thousands of them each time.
    while batch := list(islice(left, _BATCH)):
        for column, cells in zip(values, zip(*batch, strict=True), strict=True):
            column.extend(cells)
    arrays = {column.name: column.array(cells) for column, cells in zip(columns, values, strict=True)}
    return pd.DataFrame(arrays, columns=[column.name for column in columns], copy=False)
