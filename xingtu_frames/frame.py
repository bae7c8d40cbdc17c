"""Rows and declared columns become one typed frame; and frames that users bring are judged by what their values are.

A column of another dtype than the declared one (Arrow, object, text, a time in another zone) is read value by value,
so that whatever follows meets numbers, texts and times in UTC.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import chain, islice, repeat
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd

from .arguments import Names, names_of, utc
from .errors import ParameterError, a_kind, must_be
from .tables.catalog import tables_named
from .tables.read import Unit, clean, is_missing, shown, spelled
from .tables.schema import Column, Words

_UNITS: Mapping[str, Unit] = {"CNY": "CNY", "fraction": "fraction", "s": "s", "points": "", "score": ""}
_TRUTH = {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}
_NAT = np.iinfo("int64").min
_BATCH = 1024
_MANY = 100
"""Values from which on it is worth it to repeat them in a typed array, which takes pandas a while to begin with."""
_LARGE = 100_000
"""Values of a frame to be from which on typed columns are built of them."""
_PIECES = 8
"""Pieces of typed columns that are joined to one: what small ones leave behind is too small for a whole column."""
_EPOCH, _MICROSECOND = datetime.fromtimestamp(0, UTC), timedelta(microseconds=1)
WITHOUT_ROWS = "without_rows"
"""The entry of ``attrs`` that lists the ids whose answer has no row."""


class Listed(list[object]):
    """A list for ``frame.attrs`` that is cheap to copy: pandas copies ``attrs`` deeply at every operation.

    A copy is another list of the same members.
    """

    def __deepcopy__(self, memo: dict[int, object]) -> Listed:
        return Listed(self)

    def __reduce__(self) -> tuple[object, ...]:
        return list, (list(self),)


class Mapped(dict[str, object]):
    """A dict for ``frame.attrs`` that is cheap to copy, as `Listed` is."""

    def __deepcopy__(self, memo: dict[int, object]) -> Mapped:
        return Mapped(self)

    def __reduce__(self) -> tuple[object, ...]:
        return dict, (dict(self),)


@lru_cache(maxsize=1)
def text_dtype() -> Any:
    """Return the dtype that this pandas gives to text by default."""
    return pd.Series(["text"]).dtype


@lru_cache(maxsize=1)
def _text_is_object() -> bool:
    return bool(pd.api.types.is_object_dtype(text_dtype()))


def _text(values: Sequence[object], column: Column) -> object:
    missing_as_nan = [np.nan if value is None else value for value in values] if None in values else values
    if _text_is_object():
        # An array, because a Series would bring an index of its own, by which pandas aligns.
        return np.array(missing_as_nan, dtype=object)
    return pd.array(missing_as_nan, dtype=text_dtype())


@lru_cache(maxsize=64)
def _category_of(words: Words[str]) -> tuple[Mapping[object, int], pd.CategoricalDtype]:
    """Return the code of each word, that of None included, and the dtype: made once for each vocabulary."""
    codes: dict[object, int] = {None: -1, **{word: code for code, word in enumerate(words)}}
    return codes, pd.CategoricalDtype(list(words), ordered=True)


def _category(values: Sequence[object], column: Column) -> object:
    codes, dtype = _category_of(column.words)
    return pd.Categorical.from_codes(list(map(codes.__getitem__, values)), dtype=dtype)


def _times(values: Sequence[object], column: Column) -> pd.DatetimeIndex:
    moments = np.array([_NAT if value is None else value for value in values], dtype="int64")
    return pd.DatetimeIndex(moments.view("datetime64[us]")).tz_localize("UTC")


def _days(values: Sequence[object], column: Column) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(np.array(values, dtype="datetime64[us]"))


def _whole_numbers(values: Sequence[Any], column: Column) -> object:
    missing = np.array([value is None for value in values]) if None in values else np.zeros(len(values), dtype=bool)
    numbers = np.array([0 if value is None else value for value in values] if missing.any() else values)
    if numbers.dtype == np.int64:
        return pd.arrays.IntegerArray(numbers, missing)
    # Whatever else there may be, pandas judges; no integer holds a fraction or an infinity that a user's frame has.
    try:
        return pd.array(list(values), dtype="Int64")
    except (OverflowError, TypeError):
        return np.array(values, dtype="float64")


_BUILDERS: Mapping[str, Callable[[Sequence[Any], Column], object]] = {
    "str": _text,
    "Int64": _whole_numbers,
    "float64": lambda values, column: np.array(values, dtype="float64"),
    "boolean": lambda values, column: pd.array(list(values), dtype="boolean"),
    "category": _category,
    "datetime64[us, UTC]": _times,
    "datetime64[us]": _days,
}


def array_of(column: Column, values: Sequence[object]) -> Any:
    """Build a column from plain values, ``None`` for missing; times are microseconds since 1970, days are dates."""
    return _BUILDERS[column.dtype](values, column)


class Cells:
    """The rows of a frame to be, kept column by column; what the rows of an answer have in common is kept once.

    Few rows live at a time: the collector would visit hundreds of thousands of them again and again.

    Parameters
    ----------
    columns
        The columns of the frame.
    common
        Those of them in which all rows of an answer have the same value.
    """

    def __init__(self, columns: Sequence[Column], common: Sequence[Column] = ()) -> None:
        self._columns, self._common = columns, common
        self._own = [column for column in columns if column not in common]
        self._values: list[list[object]] = [[] for _ in self._own]
        self._rows: list[Sequence[object]] = []
        self._shared: list[list[object]] = [[] for _ in self._common]
        self._counts: list[int] = []
        self._settled: list[list[dict[str, Any]]] = []

    def add(self, rows: Iterable[Sequence[object]], shared: Sequence[object] = ()) -> None:
        """Add rows of plain values in column order, what they have in common apart."""
        before = len(self._rows)
        self._rows.extend(rows)
        for column, value in zip(self._shared, shared, strict=True):
            column.append(value)
        self._counts.append(len(self._rows) - before)
        if len(self._rows) >= _BATCH:
            self._take()

    def add_columns(self, columns: Sequence[Iterable[object]], shared: Sequence[Sequence[object]], each: int) -> None:
        """Add the plain values of each column, in column order; so many rows each have the values in common."""
        self._take()
        for column, cells in zip([*self._values, *self._shared], [*columns, *shared], strict=True):
            column.extend(cells)
        self._counts.extend([each] * len(shared[0]))

    def _take(self) -> None:
        for column, cells in zip(self._values, zip(*self._rows, strict=True), strict=bool(self._rows)):
            column.extend(cells)
        self._rows.clear()

    def settle(self) -> None:
        """Build the typed columns of what was added so far if that is much: they are small beside its values."""
        self._take()
        if len(self._values[0]) * len(self._columns) >= _LARGE:
            self._build()

    def _build(self) -> None:
        pairs = zip(self._own, self._values, strict=True)
        arrays = {column.name: array_of(column, values) for column, values in pairs}
        for column, values in zip(self._common, self._shared, strict=True):
            arrays[column.name] = _repeated(column, values, self._counts)
        self._keep(arrays, 0)
        self._values, self._shared, self._counts = [[] for _ in self._own], [[] for _ in self._common], []

    def _keep(self, arrays: dict[str, Any], level: int) -> None:
        """Keep a piece behind those of its size."""
        if level == len(self._settled):
            self._settled.append([])
        pieces = self._settled[level]
        pieces.append(arrays)
        if len(pieces) == _PIECES:
            self._settled[level] = []
            self._keep(self._joined(pieces), level + 1)

    def _joined(self, pieces: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Join pieces column by column, and let go of them."""
        return {column.name: _joined([piece.pop(column.name) for piece in pieces]) for column in self._columns}

    def frame(self) -> pd.DataFrame:
        """Build the frame, each column once, and let go of what it is built from."""
        self._take()
        if not self._settled or self._counts:
            self._build()
        arrays = self._joined(list(chain.from_iterable(reversed(self._settled))))
        return pd.DataFrame(arrays, columns=[column.name for column in self._columns], copy=False)


def _repeated(column: Column, values: Sequence[object], counts: Sequence[int]) -> object:
    """Return a column in which each value stands so many times."""
    if len(values) < _MANY:
        return array_of(column, list(chain.from_iterable(map(repeat, values, counts))))
    return array_of(column, values).repeat(np.array(counts))


def _joined(arrays: Sequence[Any]) -> object:
    if len(arrays) == 1:
        return arrays[0]
    return pd.concat([pd.Series(array, copy=False) for array in arrays], ignore_index=True).array


def build_frame(columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> pd.DataFrame:
    """Build a frame from declared columns and rows of plain values; each column is built once."""
    cells, left = Cells(columns), iter(rows)
    while batch := list(islice(left, _BATCH)):
        cells.add(batch)
    return cells.frame()


def build_columns(columns: Sequence[Column], values: Iterable[Sequence[object]]) -> pd.DataFrame:
    """Build a frame from declared columns and the plain values of each, which are let go one after the other."""
    arrays = {column.name: array_of(column, cells) for column, cells in zip(columns, values, strict=True)}
    return pd.DataFrame(arrays, columns=[column.name for column in columns], copy=False)


def micros(stamp: str | None) -> int | None:
    """Return an ISO time as microseconds since 1970, the plain value of a time column."""
    return None if stamp is None else (datetime.fromisoformat(stamp) - _EPOCH) // _MICROSECOND


def require_columns(frame: object, label: str, columns: Iterable[str], advice: str) -> pd.DataFrame:
    """Return a user's frame, which has these columns; ``advice`` says what makes such a frame.

    Raises
    ------
    ParameterError
        It is not a frame, or lacks one of them.
    """
    if not isinstance(frame, pd.DataFrame):
        raise must_be(label, "a DataFrame", a_kind(frame), advice)
    lacking = [name for name in columns if name not in frame.columns]
    if lacking:
        raise ParameterError(f"{label} lacks {', '.join(lacking)}; {advice}")
    return frame


def require_text_ids(frame: pd.DataFrame, label: str, column: str = "kol_id") -> None:
    """Refuse ids that are numbers: they match none that are text, and as floats they have lost digits."""
    once(frame, [column], label)
    ids = frame[column]
    held = str(ids.dtype) if pd.api.types.is_numeric_dtype(ids) and len(frame) else ""
    if ids.dtype == object:
        held = next((type(one).__name__ for one in ids if not isinstance(one, str) and pd.notna(one)), "")
    if held:
        raise ParameterError(f"{column} of {label} holds {held}, not text; read ids as text: xf.read_csv, or dtype=str")


def names_in(frame: pd.DataFrame) -> dict[str, str]:
    """Return id -> name as a frame tells: in its column ``name``, else in ``attrs["names"]``."""
    columns = list(frame.columns)
    if columns.count("kol_id") == columns.count("name") == 1:
        pairs = zip(frame["kol_id"].astype(object), frame["name"].astype(object), strict=True)
        return {str(kol_id): clean(str(name)) for kol_id, name in pairs if pd.notna(kol_id) and pd.notna(name)}
    known = frame.attrs.get("names")
    return {str(kol_id): clean(str(name)) for kol_id, name in known.items()} if isinstance(known, Mapping) else {}


def named(frame: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Put the names of creators beside their ids.

    Parameters
    ----------
    frame
        Any frame with ``kol_id``, as a column or, as `similarity` makes it, as the index.
    names
        What creators are called: a mapping or Series id -> name, a list in the order of the ids, or a frame with
        ``kol_id`` and ``name``, such as a board or a shortlist.

    Returns
    -------
    The frame with ``name`` behind ``kol_id``; one that it has already stays where there is no other. Where the ids are
    the index, ``attrs["names"]`` has the names, and `show`, `write_excel` and pictures write them.

    Raises
    ------
    ParameterError, InvalidIdError
        The frame has no ids, they are numbers, or ``names`` is none of these.

    Warns
    -----
    UnmatchedNamesWarning
        There are names, and none is for a creator of the frame.

    Notes
    -----
    Costs no request. The frame itself stays as it is.

    Examples
    --------
    >>> named(pd.DataFrame({"kol_id": ["1", "2"], "users": [5, 6]}), {"1": "Ada"})["name"].tolist()
    ['Ada', nan]
    """
    if not isinstance(frame, pd.DataFrame):
        raise must_be("named(frame, names): the frame", "a DataFrame", a_kind(frame))
    if "kol_id" not in frame.columns:
        if frame.index.name != "kol_id":
            raise ParameterError("the frame has no kol_id, as a column or as the index; names are those of creators")
        made = frame.copy()
        ids = [str(kol_id) for kol_id in frame.index]
        made.attrs["names"] = Mapped({**names_in(frame), **_names_here(names, ids)})
        return made
    require_text_ids(frame, "the frame")
    ids = frame["kol_id"].dropna().unique().tolist()
    known = {**names_in(frame), **_names_here(names, ids)}
    made = frame.drop(columns="name", errors="ignore")
    labels = [known.get(kol_id, np.nan) for kol_id in frame["kol_id"].astype(object)]
    made.insert(made.columns.tolist().index("kol_id") + 1, "name", pd.Series(labels, frame.index, text_dtype()))
    return made


def _names_here(names: Names, ids: Sequence[str]) -> dict[str, str]:
    """Return the names of these creators alone."""
    found = names_of(names, ids, stacklevel=4)
    return {kol_id: clean(found[kol_id]) for kol_id in ids if kol_id in found}


def frames_by_table(frames: object) -> dict[str, pd.DataFrame]:
    """Return a mapping of table names to frames as a dict, of whatever dtypes the frames are.

    Raises
    ------
    ParameterError
        It is not such a mapping, a table does not exist, or a frame lacks columns of its table.
    """
    if not isinstance(frames, Mapping) or not all(isinstance(frame, pd.DataFrame) for frame in frames.values()):
        raise ParameterError('frames must map table names to frames, such as {"spread_info": df}')
    result = {}
    for table in tables_named(frames):
        label = f"the frame given for {table.name}"
        require_columns(frames[table.name], label, table.names, f"{table.function} makes it")
        if table.answer.subject is not None:
            require_text_ids(frames[table.name], label, table.answer.subject.column.name)
        # An index may be named like a column, or repeat itself.
        result[table.name] = conformed(frames[table.name], table.columns, label).reset_index(drop=True)
    return {name: result[name] for name in frames}


def conformed(frame: pd.DataFrame, columns: Iterable[Column], label: str) -> pd.DataFrame:
    """Return a frame whose declared columns have dtypes that can be computed with; the same one where they have.

    Raises
    ------
    ParameterError
        A value of a declared column cannot be one.
    """
    declared = [column for column in columns if column.name in frame.columns]
    once(frame, ["kol_id", *(column.name for column in declared)], label)
    changed = {
        column.name: _converted(frame[column.name], column, label)
        for column in declared
        if not _as_declared(frame[column.name], column)
    }
    return frame.assign(**changed) if changed else frame


def once(frame: pd.DataFrame, names: Iterable[str], label: str) -> None:
    """Refuse a frame that has one of these columns more than once.

    Raises
    ------
    ParameterError
        It has.
    """
    repeated = set() if frame.columns.is_unique else set(frame.columns[frame.columns.duplicated()])
    twice = [name for name in names if name in repeated]
    if twice:
        raise ParameterError(f"{label} has the column {twice[0]} twice; keep one of them")


def _as_declared(series: pd.Series[Any], column: Column) -> bool:
    dtype: Any = series.dtype
    if isinstance(dtype, pd.ArrowDtype):
        return False
    is_truth = bool(pd.api.types.is_bool_dtype(dtype))
    if column.dtype in ("Int64", "float64"):
        is_real = pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_complex_dtype(dtype)
        return bool(is_real) and not is_truth
    if column.dtype == "boolean":
        return is_truth
    if column.dtype == "datetime64[us]":
        return bool(pd.api.types.is_datetime64_dtype(dtype))
    if column.dtype.startswith("datetime"):
        return isinstance(dtype, pd.DatetimeTZDtype) and str(dtype.tz) == "UTC"
    if column.categories:
        return isinstance(dtype, pd.CategoricalDtype) or dtype == text_dtype()
    inferred = pd.api.types.infer_dtype(series, skipna=True) if pd.api.types.is_object_dtype(dtype) else ""
    return dtype == text_dtype() and inferred in ("", "string", "empty")


def _converted(series: pd.Series[Any], column: Column, label: str) -> pd.Series[Any]:
    if pd.api.types.is_complex_dtype(series):
        raise ParameterError(f"{column.name} of {label} must hold {_HELD[column.dtype]}, not {series.dtype}")
    read = _READERS[column.dtype]
    values = []
    for value in series.astype(object).tolist():
        try:
            values.append(None if _is_gap(value) else read(value, column))
        except (TypeError, ValueError, OverflowError):
            raise ParameterError(
                f"{column.name} of {label} must hold {_HELD[column.dtype]}, not {shown(value)}"
            ) from None
    return pd.Series(_array(values, column), index=series.index)


def _array(values: list[Any], column: Column) -> object:
    if column.dtype == "Int64" and not all(value is None or float(value).is_integer() for value in values):
        return np.array(values, dtype="float64")
    if column.categories:
        return pd.array([np.nan if value is None else value for value in values], dtype=text_dtype())
    if column.dtype == "Int64":
        return array_of(column, [None if value is None else int(value) for value in values])
    return array_of(column, values)


def _is_gap(value: object) -> bool:
    return value is pd.NA or value is pd.NaT or value is None or (isinstance(value, float) and math.isnan(value))


def _number(value: object, column: Column) -> object:
    if isinstance(value, str):
        if is_missing(value):
            return None
        found = spelled(value, _UNITS.get(column.unit, "count"))
        if found is None:
            raise ValueError
        value = found[0]
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real | Decimal):
        raise TypeError
    return int(value) if isinstance(value, Integral) else float(value)


def _truth(value: object, column: Column) -> bool | None:
    if isinstance(value, str) and is_missing(value):
        return None
    word = str(value).strip().lower()
    return _TRUTH[word] if word in _TRUTH else _refuse()


def _refuse() -> Any:
    raise ValueError


def _time(value: object, column: Column) -> int | None:
    if isinstance(value, str) and is_missing(value):
        return None
    moment = None if isinstance(value, Real) else utc(value)
    return _refuse() if moment is None else micros(moment.isoformat())


def _day(value: Any, column: Column) -> datetime | None:
    if isinstance(value, str) and is_missing(value):
        return None
    moment = None if isinstance(value, Real) else pd.Timestamp(value)
    return _refuse() if moment is None else moment.tz_localize(None).to_pydatetime()


_READERS: Mapping[str, Callable[[object, Column], object]] = {
    "str": lambda value, column: clean(str(value)),
    "category": lambda value, column: clean(str(value)),
    "Int64": _number,
    "float64": _number,
    "boolean": _truth,
    "datetime64[us, UTC]": _time,
    "datetime64[us]": _day,
}
_HELD = {
    "str": "text",
    "category": "text",
    "Int64": "numbers",
    "float64": "numbers",
    "boolean": "true or false",
    "datetime64[us, UTC]": "times",
    "datetime64[us]": "times",
}
