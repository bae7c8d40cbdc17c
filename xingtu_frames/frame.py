"""Frames that users bring, from a file, another library or their own hands: judged by what their values are.

A column of another dtype than the declared one (Arrow, object, text, a time in another zone) is read value by value,
so that whatever follows meets numbers, texts and times in UTC.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd

from .errors import ParameterError
from .tables.read import Unit, clean, is_missing, shown, spelled
from .tables.schema import Column, micros, text_dtype, utc

_UNITS: Mapping[str, Unit] = {"CNY": "CNY", "fraction": "fraction", "s": "s", "points": "", "score": ""}
_TRUTH = {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}


def conformed(frame: pd.DataFrame, columns: Iterable[Column], called: str) -> pd.DataFrame:
    """Return a frame whose declared columns have dtypes that can be computed with; the same one where they have.

    Raises
    ------
    ParameterError
        A value of a declared column cannot be one.
    """
    changed = {}
    for column in columns:
        given = frame[column.name] if column.name in frame.columns else None
        if isinstance(given, pd.Series) and not _as_declared(given, column):
            changed[column.name] = _converted(given, column, called)
    return frame.assign(**changed) if changed else frame


def _as_declared(given: pd.Series[Any], column: Column) -> bool:
    dtype: Any = given.dtype
    if isinstance(dtype, pd.ArrowDtype):
        return False
    is_truth = bool(pd.api.types.is_bool_dtype(dtype))
    if column.dtype in ("Int64", "float64"):
        return bool(pd.api.types.is_numeric_dtype(dtype)) and not is_truth
    if column.dtype == "boolean":
        return is_truth
    if column.dtype.startswith("datetime"):
        return isinstance(dtype, pd.DatetimeTZDtype) and str(dtype.tz) == "UTC"
    if column.categories:
        return isinstance(dtype, pd.CategoricalDtype) or dtype == text_dtype()
    inferred = pd.api.types.infer_dtype(given, skipna=True) if pd.api.types.is_object_dtype(dtype) else ""
    return dtype == text_dtype() and inferred in ("", "string", "empty")


def _converted(given: pd.Series[Any], column: Column, called: str) -> pd.Series[Any]:
    read = _READERS[column.dtype]
    values = []
    for value in given.astype(object).tolist():
        try:
            values.append(None if _is_gap(value) else read(value, column))
        except (TypeError, ValueError, OverflowError):
            raise ParameterError(
                f"{column.name} of {called} must hold {_HELD[column.dtype]}, not {shown(value)}"
            ) from None
    return pd.Series(_array(values, column), index=given.index)


def _array(values: list[Any], column: Column) -> Any:
    if column.dtype == "Int64" and not all(value is None or float(value).is_integer() for value in values):
        return np.array(values, dtype="float64")
    if column.categories:
        return pd.array([np.nan if value is None else value for value in values], dtype=text_dtype())
    if column.dtype == "Int64":
        return column.array([None if value is None else int(value) for value in values])
    return column.array(values)


def _is_gap(value: Any) -> bool:
    return value is pd.NA or value is pd.NaT or value is None or (isinstance(value, float) and math.isnan(value))


def _number(value: Any, column: Column) -> Any:
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


def _truth(value: Any, column: Column) -> bool | None:
    if isinstance(value, str) and is_missing(value):
        return None
    word = str(value).strip().lower()
    return _TRUTH[word] if word in _TRUTH else _refuse()


def _refuse() -> Any:
    raise ValueError


def _time(value: Any, column: Column) -> int | None:
    if isinstance(value, str) and is_missing(value):
        return None
    moment = None if isinstance(value, Real) else utc(value)
    return _refuse() if moment is None else micros(moment.isoformat())


_READERS: Mapping[str, Callable[[Any, Column], Any]] = {
    "str": lambda value, column: clean(str(value)),
    "category": lambda value, column: clean(str(value)),
    "Int64": _number,
    "float64": _number,
    "boolean": _truth,
    "datetime64[us, UTC]": _time,
}
_HELD = {
    "str": "text",
    "category": "text",
    "Int64": "numbers",
    "float64": "numbers",
    "boolean": "true or false",
    "datetime64[us, UTC]": "times",
}
