"""What the tests of decisions share: small boards of given values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from xingtu_frames.board.metrics import board_columns, chosen_metrics
from xingtu_frames.frame import build_frame


def board_of(**columns: Sequence[Any]) -> pd.DataFrame:
    """Return a board of these metrics; its creators are 1, 2, 3, ..."""
    chosen = chosen_metrics(columns)
    columns_after = len(board_columns([])) - 2
    cells = zip(*columns.values(), strict=True)
    rows = [(str(row), None, *values, *[None] * columns_after) for row, values in enumerate(cells, start=1)]
    return build_frame(board_columns(chosen), rows)


def plain(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Return the rows of a frame as plain values, missing as None."""
    rows = frame.astype(object).itertuples(index=False, name=None)
    return [tuple(None if pd.isna(value) else value for value in row) for row in rows]
