"""Rows of a benchmark, shown as they come and in a table at the end."""

from __future__ import annotations

import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path

from tabulate import tabulate


def show(rows: Callable[[Path, int], Iterable[tuple[str, str]]], count: int) -> None:
    """Measure with so many, in a folder that is gone afterwards, and print what was found."""
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        found = []
        for row in rows(Path(folder), count):
            found.append(row)
            print(": ".join(row), file=sys.stderr, flush=True)
    print(tabulate([(work.replace("  ", ". "), result) for work, result in found], headers=["work", "result"]))
