"""Declared columns as a schema of Arrow, which is what they are in every Parquet file."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..errors import ConfigError

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


def require_pyarrow() -> None:
    """Refuse what needs pyarrow where it is not installed.

    Raises
    ------
    ConfigError
        It is not.
    """
    if importlib.util.find_spec("pyarrow") is None:
        raise ConfigError('Parquet needs pyarrow: pip install "xingtu_frames[parquet]"')


def arrow_schema(columns: Sequence[Column]) -> pa.Schema:
    """Return the names and types of declared columns: the same in every file, whatever one day's answers hold.

    Raises
    ------
    ConfigError
        pyarrow is not installed.
    """
    require_pyarrow()
    import pyarrow as pa

    made = {dtype: getattr(pa, make)(*takes) for dtype, (make, *takes) in _TYPES.items()}
    return pa.schema([(column.name, made[column.dtype]) for column in columns])
