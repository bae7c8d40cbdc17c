"""What the tests of payloads share: good ones of every table, and ways to change and read them."""

from __future__ import annotations

import copy
import json
from typing import Any

import pandas as pd
import pytest

import xingtu_frames as xf

KOL = "7000000000000010003"


def read(table: str, data: Any, **options: Any) -> pd.DataFrame:
    return xf.read_payload(table, {"code": 0, "data": data}, kol_id=KOL, **options)


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


PROFILE = {
    "base_resp": {"status_code": 0, "status_message": "Success"},
    "city": "杭州市",
    "follower": "1200",
    "gender": 2,
    "id": "6830000000000000017",
    "is_online": True,
    "mcn_name": "",
    "nick_name": "甲",
    "province": "浙江省",
    "tags": '["\\u7f8e\\u5986", "时尚"]',
    "qrcode_url": "",
}
QUOTES = {
    "price_info": [
        {"video_type": 1, "desc": "1-20s视频", "is_open": True, "price": 35000, "origin_price": 35000}
        | {"settlement_desc": "固定价格", "price_extra_info": {"price_last_month": "35000"}},
        {"video_type": 2, "desc": "21-60s视频", "is_open": "1", "price": "55000", "origin_price": 68000},
        {"video_type": 71, "desc": "60s以上视频", "is_open": False, "settlement_desc": "固定价格"},
        {"video_type": 92, "desc": "按自然播放量结算", "is_open": 0, "price": {}, "origin_price": "-"},
    ],
    "industry_tags": ["美妆-护肤"],
}


def payloads_of(provider_pages: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    """Return one good ``data`` for each table."""
    pages = {name: json.loads(body)["data"] for name, body in provider_pages.items()}
    spread, struct = pages["get-kol-spread-info"], pages["get-kol-link-struct"]
    return {
        "touch_distribution": pages["get-kol-touch-distribution"],
        "spread_info": spread,
        "cost_tiers": spread,
        "spread_benchmarks": spread,
        "link_struct": struct,
        "connected_users": struct,
        "link_index": pages["get-kol-link-info"],
        "video_distribution": pages["author_video_distribution"],
        "profiles": PROFILE,
        "quotes": QUOTES,
    }


def changed(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    copied = spot = copy.deepcopy(data)
    for key in path[:-1]:
        spot = spot[key]
    spot[path[-1]] = value
    return copied
