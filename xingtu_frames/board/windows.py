"""How videos perform in each window and of each type: one row per creator, type and window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ..frame import text_dtype
from ..tables.options import VIDEO_TYPE, WINDOW
from ..tables.spread import SPREAD_INFO
from .metrics import FEW_VIDEOS, METRICS, board_columns

_COSTS = ("cpm_21_60s", "cpe_21_60s")
_ASKED = ["kol_id", "video_type", "window"]
_OF_BOARD = {column.name: column for column in board_columns([METRICS[name] for name in _COSTS])}
WINDOW_COLUMNS = (
    SPREAD_INFO.column("kol_id"),
    _OF_BOARD["name"],
    *(column for column in SPREAD_INFO.columns if column.name not in ("kol_id", "category", "fetched_at")),
    *(_OF_BOARD[name] for name in (*_COSTS, "few_videos", "fetched_at")),
)
"""Columns of `compare_windows`."""
VARIANTS = tuple({"video_type": kind, "window": window} for kind in VIDEO_TYPE.choices for window in WINDOW.choices)
"""Every type of videos in every window."""


def windows_of(
    spread: pd.DataFrame, costs: pd.DataFrame, kol_ids: Sequence[str], names: Mapping[str, str]
) -> pd.DataFrame:
    """Put ``spread_info`` and ``cost_tiers`` of every variant side by side, the creators in the order given."""
    order = {kol_id: place for place, kol_id in enumerate(kol_ids)}
    made = spread.sort_values("kol_id", key=lambda ids: ids.map(order), kind="stable", ignore_index=True)
    keys = pd.MultiIndex.from_frame(made[_ASKED])
    for name in _COSTS:
        metric = METRICS[name]
        own = costs
        for column, value in metric.where.items():
            own = own[own[column] == value]
        made[name] = own.set_index(_ASKED)[metric.column].reindex(keys).to_numpy()
    own_names = [names.get(kol_id, np.nan) for kol_id in made["kol_id"]]
    made["name"] = pd.Series(own_names, index=made.index, dtype=text_dtype())
    made["few_videos"] = made["video_count"] < FEW_VIDEOS
    return made[[column.name for column in WINDOW_COLUMNS]]
