"""Parquet files that appear whole or not at all, and columns between Parquet and frames."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ...errors import FileError, XingtuError, shown
from ...frame import text_dtype
from ...tables.schema import Column

_NAT = np.iinfo("int64").min
_NO_SUCH_ORDER = (errno.EINVAL, errno.ENOTSUP)
_ROWS, _BYTES = 200_000, 32 * 1024 * 1024
"""The most rows and bytes that wait to be written."""


class Sink:
    """One Parquet file in the making; it appears whole when it is closed, in place of the one that was there.

    Parameters
    ----------
    path
        The file.
    schema
        Its columns.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path = path
        self._spare = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
        self._schema = schema
        self._writer: pq.ParquetWriter | None = None
        self._batches: list[pa.RecordBatch] = []
        self._rows, self._bytes = 0, 0
        with _named("write", path):
            make_folder(path.parent)
            # Of processes that were killed.
            for leftover in path.parent.glob(f".{path.name}.*.tmp"):
                leftover.unlink(missing_ok=True)
            self._writer = pq.ParquetWriter(self._spare, schema, compression="zstd", write_page_checksum=True)

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows."""
        self._batches.append(batch)
        self._rows, self._bytes = self._rows + batch.num_rows, self._bytes + batch.nbytes
        if self._rows >= _ROWS or self._bytes >= _BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._batches and self._writer is not None:
            with _named("write", self._path):
                self._writer.write_table(pa.Table.from_batches(self._batches, self._schema))
        self._batches, self._rows, self._bytes = [], 0, 0

    def close(self, marks: Mapping[str, str] | None = None) -> None:
        """Put the file in place, with what it says of itself; once it is there, no crash takes it away."""
        self._flush()
        with _named("write", self._path):
            if self._writer is not None:
                self._writer.add_key_value_metadata(dict(marks or {}))
                self._writer.close()
            _sync(self._spare)
            os.replace(self._spare, self._path)
            _sync(self._path.parent)

    def discard(self) -> None:
        """Leave nothing of a file that was not closed."""
        with contextlib.suppress(OSError, pa.ArrowException):
            if self._writer is not None:
                self._writer.close()
        self._spare.unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """Make a folder and those it is in; once they are there, no crash takes them away.

    Raises
    ------
    FileError
        It cannot be made.
    """
    with _named("write to", folder):
        new = list(takewhile(lambda one: not os.path.lexists(one), (folder, *folder.parents)))
        folder.mkdir(parents=True, exist_ok=True)
        for one in new:
            _sync(one.parent)


def _sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    # Folders cannot be opened everywhere, and not every network takes the order.
    with contextlib.suppress(PermissionError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in _NO_SUCH_ORDER:
                raise
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def _named(deed: str, path: Path) -> Iterator[None]:
    """Turn what goes wrong with a file into one error that names it."""
    problem = ""
    try:
        yield
    except XingtuError:
        raise
    except (OSError, pa.ArrowException) as error:
        reason = getattr(error, "strerror", None) or str(error)
        problem = f"cannot {deed} {path}: {shown(reason, 200)}"
    if problem:
        advice = (
            "free some space, or choose another folder" if deed.startswith("write") else "move it away, or restore it"
        )
        raise FileError(f"{problem}; {advice}")


def read_marks(path: Path) -> Mapping[str, str]:
    """Return what a file says of itself.

    Raises
    ------
    FileError
        It is not a whole Parquet file.
    """
    with _named("read", path), pq.ParquetFile(path) as file:
        return {key.decode(): value.decode() for key, value in (file.metadata.metadata or {}).items()}


def batches(path: Path, schema: pa.Schema, names: Sequence[str], rows: int = _ROWS) -> Iterator[pa.RecordBatch]:
    """Yield some columns of a file, a number of rows at a time.

    Raises
    ------
    FileError
        It is not a whole Parquet file, or has other columns than those declared.
    """
    with _named("read", path), pq.ParquetFile(path, page_checksum_verification=True) as file:
        _check(path, file.schema_arrow, schema)
        # Older versions of pyarrow take a file without rows for a broken one.
        if file.num_row_groups:
            yield from file.iter_batches(rows, columns=list(names))


def check_schema(path: Path, schema: pa.Schema) -> None:
    """Refuse a file that is not whole, or has other columns than those declared.

    Raises
    ------
    FileError
        It is not, or has.
    """
    with _named("read", path):
        schema_there = pq.read_schema(path)
    _check(path, schema_there, schema)


def _check(path: Path, schema: pa.Schema, declared: pa.Schema) -> None:
    if schema.equals(declared):
        return
    other = set(zip(schema.names, schema.types, strict=True)) ^ set(zip(declared.names, declared.types, strict=True))
    names = ", ".join(dict.fromkeys(shown(name, 40) for name, _ in sorted(other, key=str)[:5])) or "their order"
    raise FileError(
        f"{path} is of another version of xingtu_frames, or not ours (it differs in {names}); left untouched: move the "
        f"folder {path.parent.parent} away, and xingtu-frames lake writes it again from the answers in the lake"
    )


def _floats(values: Sequence[object]) -> pa.Array:
    return pa.array(np.array(values, dtype="float64"), from_pandas=True)


def _days(values: Sequence[object]) -> pa.Array:
    return pa.array(np.array(values, dtype="datetime64[us]"), pa.timestamp("us"), from_pandas=True)


_MAKERS: Mapping[str, Callable[[Sequence[Any]], pa.Array]] = {"float64": _floats, "datetime64[us]": _days}


def record_batch(columns: Sequence[Column], schema: pa.Schema, rows: Sequence[Sequence[object]]) -> pa.RecordBatch:
    """Return rows of plain values, as `build_frame` takes them, for a file."""
    cells = zip(*rows, strict=True) if rows else [()] * len(columns)
    arrays = [
        _MAKERS[column.dtype](values) if column.dtype in _MAKERS else pa.array(values, field.type)
        for column, field, values in zip(columns, schema, cells, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _text(values: pa.ChunkedArray) -> object:
    dtype = text_dtype()
    if isinstance(dtype, pd.StringDtype):
        return _from_arrow(dtype, values)
    cells = values.to_numpy()
    cells[values.is_null().to_numpy()] = np.nan
    return cells


def _times(values: pa.ChunkedArray) -> pd.DatetimeIndex:
    micros = values.cast(pa.int64()).fill_null(_NAT).to_numpy()
    return pd.DatetimeIndex(micros.view("datetime64[us]"))


def _from_arrow(dtype: Any, values: pa.ChunkedArray) -> object:
    return dtype.__from_arrow__(values)


def _words(values: pa.ChunkedArray, column: Column) -> object:
    codes = pc.index_in(values, value_set=pa.array(column.categories, pa.string())).fill_null(-1).to_numpy()
    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(list(column.categories), ordered=True))


_COLUMNS: Mapping[str, Callable[[pa.ChunkedArray, Column], object]] = {
    "str": lambda values, column: _text(values),
    "category": _words,
    "Int64": lambda values, column: _from_arrow(pd.Int64Dtype(), values),
    "float64": lambda values, column: values.to_numpy(),
    "boolean": lambda values, column: _from_arrow(pd.BooleanDtype(), values),
    "datetime64[us, UTC]": lambda values, column: _times(values).tz_localize("UTC"),
    "datetime64[us]": lambda values, column: _times(values),
}


def frame_of(rows: pa.Table, columns: Sequence[Column]) -> pd.DataFrame:
    """Return rows of a file as the frame that `build_frame` would have made of them."""
    arrays = {column.name: _COLUMNS[column.dtype](rows.column(column.name), column) for column in columns}
    return pd.DataFrame(arrays, columns=[column.name for column in columns], copy=False)
