"""What the tests of files share: awkward values of every declared column, and frames made of them."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from xingtu_frames.board.metrics import METRICS, board_columns
from xingtu_frames.files import groups
from xingtu_frames.files.words import spoken_words
from xingtu_frames.frame import build_frame
from xingtu_frames.tables.catalog import TABLES
from xingtu_frames.tables.schema import Column

ID = "6831834345123456789"
ADDRESS = f"https://www.xingtu.cn/ad/creator/author/douyin/{ID}"
GUARDED = ("=1+1", "+1", "-1", "@x", "＝1", "＋1", "－1", "＠x", " =1", "\tx", "\rx", "\nx", "'", "'=1", "")
NASTY = (
    *GUARDED,
    *("a,b", 'say "hi"', "two\nlines", "cr\rcrlf\r\n", "😀🐾", "NA", "null", "nan", "None", "007", "TRUE", "1e5"),
    *(
        "123456789012",
        "\t123456789012",
        "_x0041_",
        "_x0041_x0042_",
        "_x0041\x01",
        "<r>&</r>",
        "\x00\x1f",
        " b ",
        "\ufffe",
    ),
)
PLAIN: dict[str, tuple[Any, ...]] = {
    "str": NASTY,
    "Int64": (0, 1, -7, 12, 19_800_000, 10**15 - 1, 10**15, 2**63 - 1),
    "float64": (0.1 + 0.2, 2 / 3, -0.0, 1e-7, 5e-324, 1.7976931348623157e308, float("inf"), 100.0, 141.4),
    "boolean": (True, False),
    "datetime64[us]": (dt.date(2026, 10, 1), dt.date(2027, 2, 28), dt.date(1999, 12, 31)),
    "datetime64[us, UTC]": (1_795_140_000_123_457, 1_795_140_000_000_000, 1, -1, 4_000_000_000_000_001),
}
GROUPS: dict[str, Sequence[Column]] = {
    **groups.GROUPS,
    "small board": board_columns([METRICS["cpm_60s"], METRICS["followers"]]),
    "small score": groups.GROUPS["score"][:5],
}


def sample(columns: Sequence[Column], rows: int) -> pd.DataFrame:
    """Return a frame with every awkward value and gap of its columns in turn."""
    cells = [
        itertools.cycle([ID, "123"] if column.name == "kol_id" else [*_values(column), None]) for column in columns
    ]
    return build_frame(columns, [[next(cell) for cell in cells] for _ in range(rows)])


def _values(column: Column) -> tuple[Any, ...]:
    words = tuple(spoken_words(column)) if column.dtype == "str" else ()
    return column.categories or (*words, *PLAIN[column.dtype])


def named(texts: Sequence[str | None]) -> pd.DataFrame:
    """Return a frame of profiles with these nicknames."""
    columns = TABLES["profiles"].columns
    rows = [[text if column.name == "nick_name" else None for column in columns] for text in texts]
    return build_frame(columns, [[ID, *row[1:]] for row in rows])


def cells(path: Path, sheet: str | None = None) -> list[list[Any]]:
    """Return what a spreadsheet holds: (value, type) of each cell."""
    book = openpyxl.load_workbook(path)
    page = book[sheet] if sheet else book.worksheets[0]
    return [[(cell.value, cell.data_type) for cell in row] for row in page.iter_rows()]


def shown(path: Path, sheet: str | None = None) -> list[list[Any]]:
    """Return the values alone."""
    return [[value for value, _ in row] for row in cells(path, sheet)]


def same(got: pd.DataFrame, frame: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(got, frame, check_exact=True)


def save(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "封面"
    page = book.create_sheet("名单")
    for row in rows:
        page.append(row)
    book.save(path)
    return path
