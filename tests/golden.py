"""The golden pairs of ``tests/payloads``: for each table a payload, and the rows it stands for, worked out by hand.

The CSV has every column between the id and the time, each with its dtype behind a colon: ``text``, ``Int64``,
``float64``, ``boolean``, a time, or the words of an ordered category with ``|`` between them. An empty cell is missing.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

FOLDER = Path(__file__).parent / "payloads"
IDENTITIES = FOLDER / "identities"
"""Further captured payloads, whose numbers prove what the fields mean."""

_READ: Mapping[str, Callable[[str], Any]] = {
    "Int64": int,
    "float64": float,
    "boolean": lambda text: {"True": True, "False": False}[text],
    "datetime64[us, UTC]": pd.Timestamp,
    "datetime64[us]": pd.Timestamp,
}


class Pair(NamedTuple):
    """One golden pair: ``data`` of the payload, column -> dtype, and the rows."""

    data: dict[str, Any]
    dtypes: dict[str, str]
    rows: list[tuple[Any, ...]]


def read_pair(table: str) -> Pair:
    """Return the golden pair of a table."""
    data = json.loads((FOLDER / f"{table}.json").read_text("utf-8"))
    header, *lines = csv.reader((FOLDER / f"{table}.csv").read_text("utf-8").splitlines())
    dtypes = dict(name.split(":", 1) for name in header)
    read = [_READ.get(dtype, str) for dtype in dtypes.values()]
    rows = [tuple(None if not cell else to(cell) for to, cell in zip(read, line, strict=True)) for line in lines]
    return Pair(data, dtypes, rows)


PAIRS = {path.stem: read_pair(path.stem) for path in sorted(FOLDER.glob("*.json"))}
"""Every golden pair by the name of its table."""
