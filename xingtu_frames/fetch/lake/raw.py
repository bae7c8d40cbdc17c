"""The exact answers in a lake: written from a store, and read back with every checksum compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ...errors import CacheError
from ...store.answer import Answer, Recorded, checksum, is_time, is_whole
from .files import batches
from .layout import ANSWERS, Lake

SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("key", "kol_id", "item_id", "params", "fetched_at")),
        ("http_status", pa.int64()),
        ("checksum", pa.string()),
        ("body", pa.binary()),
    ]
)
_AT_ONCE = 500


def batch_of(answers: Sequence[Recorded]) -> pa.RecordBatch:
    """Return answers as rows of a file; their endpoint is in its path."""
    rows = [
        (
            *(one.key, one.kol_id, None if one.kol_id else one.item_id, one.params, one.fetched_at),
            # No checksum is of the status: a damaged store may hold anything for it.
            *(recorded.http_status if type(recorded.http_status) is int else None, checksum(one), bytes(one.body)),
        )
        for recorded in answers
        for one in [recorded.answer]
    ]
    cells = zip(*rows, strict=True) if rows else [()] * len(SCHEMA)
    arrays = [pa.array(values, field.type) for values, field in zip(cells, SCHEMA, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def recorded_in(path: Path, endpoint: str, ids: Sequence[str] | None = None) -> Iterator[Recorded | CacheError]:
    """Yield the answers of a file, oldest first, of some creators or videos, or of all; an error for a damaged one.

    Raises
    ------
    FileError
        It is not a whole file of answers.
    """
    listed = None if ids is None else pa.array(ids, pa.string())
    for batch in batches(path, SCHEMA, SCHEMA.names, _AT_ONCE):
        if listed is not None:
            subject = pc.coalesce(batch.column("item_id"), batch.column("kol_id"))
            batch = batch.filter(pc.is_in(subject, value_set=listed))
        for row in batch.to_pylist():
            answer = Answer(row["key"], endpoint, row["kol_id"], row["params"], row["fetched_at"], row["body"])
            if is_whole(answer, row["checksum"]) and is_time(answer.fetched_at):
                yield Recorded(answer, row["http_status"], served=True)
            else:
                text = f"an answer in {path} is damaged; restore the file from a copy"
                yield CacheError(text, endpoint=endpoint, kol_id=row["kol_id"])


def answers_in(folder: object, endpoint: str, ids: Sequence[str] | None) -> Iterator[Answer | CacheError]:
    """Yield every answer of an endpoint in a lake, of some creators or videos, or of all; day by day.

    Raises
    ------
    FileError
        The folder is not a lake, or a file of it is not whole or of another version.
    """
    lake = Lake(folder)
    lake.check()
    for _, path in lake.files(ANSWERS, f"endpoint={endpoint}"):
        for one in recorded_in(path, endpoint, ids):
            yield one if isinstance(one, CacheError) else one.answer
