"""Stores whose answers have every awkward shape, and what the tests of lakes look at."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

import xingtu_frames as xf
from tests.golden import PAIRS
from xingtu_frames.store.answer import Answer, stamp
from xingtu_frames.wire import questions

IDS = ["7000000000000010003", "7000000000000010017"]
FIRST = datetime(2026, 11, 1, 23, 40, tzinfo=UTC)
STEP = timedelta(minutes=13, microseconds=7)
TABLES = list(xf.TABLES)
RAW = "get_author_tags"


def body(data: Any) -> bytes:
    return json.dumps({"code": 0, "data": data}, ensure_ascii=False).encode()


def gaps(data: Any) -> Any:
    """Return a payload whose values are the provider's placeholder."""
    if isinstance(data, dict):
        return {key: gaps(value) for key, value in data.items()}
    return [gaps(value) for value in data] if isinstance(data, list) else "-"


def answers(subject_ids: list[str], first: datetime = FIRST) -> Iterator[Answer]:
    """Yield answers to every table's question about these, of several days: sound, with gaps, empty, and unreadable."""
    at = first
    for table in xf.TABLES.values():
        subject = None if table.answer.subject is None else subject_ids
        (calls,) = questions([table], subject, {}).values()
        data = PAIRS[table.name].data
        for shape in (data, gaps(data), None, {"nothing": [1, {"of": "ours"}]}):
            for call in calls:
                at += STEP
                yield Answer(call.key, call.meaning, call.kol_id, call.params, stamp(at), body(shape))


def profile(subject_id: str, at: datetime, nick_name: str = "达人", window: str = "") -> Answer:
    """Return a small answer about a creator."""
    ((call,),) = questions([xf.TABLES["profiles"]], [subject_id], {}).values()
    return Answer(call.key, call.meaning, call.kol_id, call.params, stamp(at), body({"nick_name": nick_name + window}))


def profiles(count: int, at: datetime, apart: timedelta = timedelta(seconds=1)) -> list[Answer]:
    first = 7_000_000_000_000_000_000
    return [profile(str(first + number), at + number * apart, f"达人{number}") for number in range(count)]


def open_client(path: Path | str, several: Any = ()) -> xf.Client:
    client = xf.Client(cache=path, offline=True)
    client.store.add_all(several)
    return client


def history(table: str, client: xf.Client, **options: Any) -> pd.DataFrame:
    """Return the history without a warning of what cannot be read, and without rows where nothing can."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", xf.PartialResultWarning)
        try:
            return xf.history(table, client=client, **options)
        except (xf.PayloadError, xf.CacheError):
            return xf.history(table, ["1"], client=client) if xf.TABLES[table].answer.subject else pd.DataFrame()


def export(folder: Path, client: xf.Client, name: str = "answers") -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", xf.PartialResultWarning)
        return xf.export_lake(folder, client=client, name=name)


def same(got: pd.DataFrame, frame: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(got, frame, check_exact=True)


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return each file that is not hidden: which one it is on the disk, and its bytes."""
    return {
        str(path.relative_to(folder)): (path.stat().st_ino, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }
