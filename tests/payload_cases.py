"""What the tests of payloads share: good ones of every table, and ways to change and read them."""

from __future__ import annotations

import copy
import re
from typing import Any

import pandas as pd
import pytest

import xingtu_frames as xf
from tests.golden import PAIRS
from xingtu_frames.tables.schema import ITEM as VIDEO

KOL = "7000000000000010003"
ITEM = "7400000000000000001"


def about(table: str) -> dict[str, str]:
    """Return the id that a payload of a table is about; a search is about none."""
    if xf.TABLES[table].answer.subject is None:
        return {}
    return {"item_id": ITEM} if xf.TABLES[table].answer.subject is VIDEO else {"kol_id": KOL}


def read(table: str, data: Any, **options: Any) -> pd.DataFrame:
    return xf.read_payload(table, {"code": 0, "data": data}, **about(table), **options)


def cells(frame: pd.DataFrame, *columns: str) -> list[Any]:
    listed = [[None if pd.isna(v) else v for v in frame[c].tolist()] for c in columns]
    return listed[0] if len(listed) == 1 else list(zip(*listed, strict=True))


NUMBERS = {
    ("spread_info", "video_count"): ("item_num",),
    ("spread_info", "like_mean"): ("like_avg",),
    ("spread_info", "duration_mean_s"): ("avg_duration",),
    ("spread_info", "interact_rate"): ("interact_rate", "value"),
    ("cost_tiers", "cost_cny"): ("expect_cpm", "cpm_1_20"),
    ("spread_benchmarks", "overtake_raw"): ("interact_rate", "overtake"),
    ("link_struct", "users"): ("link_struct", "1", "value"),
    ("link_struct", "industry_median_users"): ("link_struct", "1", "same_industry_median"),
    ("link_struct", "share"): ("link_struct", "1", "proportion"),
    ("connected_users", "growth"): ("link_struct", "5", "relative_ratio"),
    ("link_index", "value"): ("link_star_index", "value"),
    ("link_index", "rank"): ("link_star_index", "rank"),
    ("profiles", "followers"): ("follower",),
}
DIVISORS = {"duration_mean_s": 100, "interact_rate": 10_000, "cost_cny": 100}
number_fields = pytest.mark.parametrize(
    ("table", "column", "path"), [(*k, v) for k, v in NUMBERS.items()], ids=[".".join(k) for k in NUMBERS]
)


def nested(path: tuple[Any, ...], value: Any) -> Any:
    for key in reversed(path):
        value = {key: value}
    return value


def first(table: str, column: str, path: tuple[Any, ...], value: Any) -> Any:
    return cells(read(table, nested(path, value)), column)[0]


PAYLOADS = {table: pair.data for table, pair in PAIRS.items()}
"""One good ``data`` for each table."""
PROFILE = PAYLOADS["profiles"]


def always_rows(table: xf.Table) -> int:
    """Return how many rows each answer has at least, as the table says it."""
    always = re.search(r"always (\d+) rows", table.row)
    return 0 if table.listing else int(always[1]) if always else 1


def changed(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    copied = spot = copy.deepcopy(data)
    for key in path[:-1]:
        spot = spot[key]
    spot[path[-1]] = value
    return copied
