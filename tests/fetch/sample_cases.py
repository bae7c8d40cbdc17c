"""Ways to ask the sample, shared by the tests of its answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import xingtu_frames as xf
from tests.conftest import ROOT

Data = dict[str, Any]
IDS = xf.sample_ids()
SERIES = json.loads((ROOT / "data" / "series.json").read_text("utf-8"))
HITS = [row["star_id"] for row in SERIES["hits"]]
QUIET, ODD_TYPES, UNKNOWN_FIELDS = "7000000000000010123", "7000000000000010062", "7000000000000010079"
YEAR = {"startDate": "2025-11-20", "endDate": "2026-11-19"}
WINDOWS = [{"range": "DAY_30"}, {"range": "DAY_90"}]
STAGES = ("AWARE", "INTERESTED", "LIKE", "FOLLOW")
LIVE = ("ALL", "GAME", "ECOMMERCE", "OTHER")

ASKED: Mapping[str, list[dict[str, Any]]] = {
    "author_audience_distribution": [{"linkType": stage} for stage in ("CONNECTED", *STAGES)],
    "get_author_fans_distribution": [{"authorType": "FAN"}, {"authorType": "DIE_HARD_FAN"}],
    "author_cp_info": [{}],
    "get_author_show_items_v2": [{}],
    "author_rec_videos_v2": [{}],
    "get_author_convert_ability": WINDOWS,
    "get_author_commerce_spread_info": [{}],
    "get_author_commerce_seed_base_info": WINDOWS,
    "get_author_contract_base_info": WINDOWS,
    "get_author_side_base_info": [{}],
    "get_author_daily_fans": [YEAR, {"startDate": "2026-11-01", "endDate": "2026-11-07"}],
    "check_author_display": [{}],
    "get_author_hot_comment_tokens": [{}],
    "get_author_content_hot_keywords": [{}],
    "get_author_platform_channel_info_v2": [{}],
    "get_author_homepage_videos": [{}, {"videoType": "XINGTU"}, {"page": 2}],
    "get_author_convert_videos_or_products": [
        {**window, "detailType": kind} for window in WINDOWS for kind in ("VIDEO", "PRODUCT")
    ],
    "get_author_live_statistics": [
        {"liveType": live, "period": days} for live in LIVE for days in ("DAY_30", "DAY_90")
    ],
    "get_author_live_watch_distribution": [
        {"liveType": live, "liveCrowdType": crowd} for live in LIVE for crowd in ("AUDIENCE", "FANS")
    ],
    "get_author_order_experience": [{"period": "DAY_30"}, {"period": "DAY_90"}],
    "get_author_tags": [{}],
}
"""Every way in which the sample answers about a creator, by endpoint."""


def ask(client: xf.Client, endpoint: str, kol_id: str, **asked: Any) -> Data:
    subject = "starAuthorId" if endpoint == "get_author_tags" else "oAuthorId"
    data = client.get(endpoint, **{subject: kol_id}, **asked)
    assert isinstance(data, dict)
    return data


def search(client: xf.Client, **asked: Any) -> Data:
    data = client.get("search_for_author_square", **{"searchType": "CONTENT", "sort": "DEFAULT", "page": 1, **asked})
    assert isinstance(data, dict)
    return data


def attributes(kol_id: str) -> dict[str, str]:
    row: dict[str, str] = SERIES["hits"][HITS.index(kol_id)]["attribute_datas"]
    return row


def listed(client: xf.Client, kol_id: str) -> list[Data]:
    items = ask(client, "get_author_show_items_v2", kol_id)
    return [*items["latest_item_info"], *items["latest_star_item_info"]]


def buckets(data: Data) -> dict[int, dict[str, int]]:
    return {
        block["origin_type"]: {
            one["distribution_key"]: int(one["distribution_value"]) for one in block["distribution_list"]
        }
        for block in data["distributions"]
        if "distribution_list" in block
    }
