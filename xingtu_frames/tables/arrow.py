"""Declared columns as a schema of Arrow, which is what they are in every Parquet file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..errors import EXTRAS

if TYPE_CHECKING:
    import pyarrow as pa

    from .schema import Column

_TYPES: Mapping[str, tuple[str, ...]] = {
    "str": ("string",),
    "category": ("string",),
    "Int64": ("int64",),
    "float64": ("float64",),
    "boolean": ("bool_",),
    "datetime64[us, UTC]": ("timestamp", "us", "UTC"),
    "datetime64[us]": ("timestamp", "us"),
}
"""What makes the type of a column: a function of pyarrow, and what it takes."""


def arrow_schema(columns: Sequence[Column]) -> pa.Schema:
    """Return the names and types of declared columns: the same in every file, whatever one day's answers hold.

    Raises
    ------
    ConfigError
        pyarrow is not installed.
    """
    EXTRAS["parquet"].require()
    import pyarrow as pa

    made = {dtype: getattr(pa, make)(*takes) for dtype, (make, *takes) in _TYPES.items()}
    return pa.schema([(column.name, made[column.dtype]) for column in columns])
