"""The tables of a lake as the frames that `history` would return."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ...arguments import moment, some_of
from ...errors import ParameterError, no_such
from ...ids import Ids
from ...tables.arrow import arrow_schema
from ...tables.catalog import TABLES, table_named
from ...tables.records import UNREAD_COLUMNS
from ...tables.schema import FETCHED_AT, Column, Table
from ...wire import about
from .export import FAILURE_COLUMNS
from .files import batches, frame_of
from .layout import FAILURES, Lake


def read_table(
    folder: object, table: str | Table, since: object, ids: Ids | None, names: Sequence[str] | None
) -> pd.DataFrame:
    """Return a table of a lake, or its failures, as `read_lake` does."""
    lake, is_failures = Lake(folder), isinstance(table, str) and table == FAILURES
    lake.check()
    earliest = None if since is None else moment("since", since)
    if is_failures and ids is not None:
        raise ParameterError(f"{FAILURES} takes no ids; choose its rows by kol_id or item_id")
    if not is_failures and isinstance(table, str) and table not in TABLES:
        raise no_such("table", [table], [*TABLES, FAILURES])
    declared = None if is_failures else table_named(table)
    columns = UNREAD_COLUMNS if declared is None else declared.columns
    chosen = columns if names is None else _chosen(columns, names)
    if declared is None:
        parts = _failures(lake, earliest)
    else:
        parts = _rows(lake, declared, chosen, earliest, None if ids is None else about([declared], ids)[1])
    read = list(dict.fromkeys([*(column.name for column in chosen), FETCHED_AT.name]))
    rows = pa.concat_tables([part.select(read) for part in (arrow_schema(columns).empty_table(), *parts)])
    return frame_of(rows if earliest is None else _since(rows, earliest), chosen)


def _chosen(columns: Sequence[Column], names: Sequence[str]) -> list[Column]:
    by_name = {column.name: column for column in columns}
    return [by_name[name] for name in some_of("columns", names, list(by_name))]


def _since(rows: pa.Table, earliest: datetime) -> pa.Table:
    # Of a damaged answer the time is not known, only the day.
    late = pc.greater_equal(rows.column(FETCHED_AT.name), pa.scalar(earliest, pa.timestamp("us", "UTC")))
    return rows.filter(pc.fill_null(late, True))


def _days(lake: Lake, earliest: datetime | None, *parts: str) -> Iterator[list[Path]]:
    """Yield the files of each day that may hold something so late, the oldest day first."""
    for day, files in groupby(lake.files(*parts), key=lambda pair: pair[0]):
        if earliest is None or day >= earliest.date().isoformat():
            yield [path for _, path in files]


def _rows(
    lake: Lake, table: Table, chosen: Sequence[Column], earliest: datetime | None, ids: Sequence[str] | None
) -> Iterator[pa.Table]:
    if ids == []:
        return
    subject = table.columns[0].name
    read = list(dict.fromkeys([subject, *(column.name for column in chosen), FETCHED_AT.name]))
    listed = None if ids is None else pa.array(ids, pa.string())
    schema = table.arrow_schema
    for paths in _days(lake, earliest, table.name):
        batch_of = (batch for path in paths for batch in batches(path, schema, read))
        if listed is not None:
            batch_of = (batch.filter(pc.is_in(batch.column(subject), value_set=listed)) for batch in batch_of)
        day = pa.Table.from_batches(batch_of, pa.schema([schema.field(name) for name in read]))
        # The files of several stores, which have fetched side by side.
        yield day if len(paths) == 1 else day.take(pc.sort_indices(day.column(FETCHED_AT.name)))


def _failures(lake: Lake, earliest: datetime | None) -> Iterator[pa.Table]:
    schema = arrow_schema(FAILURE_COLUMNS)
    for endpoint in lake.endpoints(FAILURES):
        for paths in _days(lake, earliest, FAILURES, f"endpoint={endpoint}"):
            rows = pa.Table.from_batches((b for path in paths for b in batches(path, schema, schema.names)), schema)
            yield rows.append_column("endpoint", pa.repeat(pa.scalar(endpoint, pa.string()), len(rows)))
