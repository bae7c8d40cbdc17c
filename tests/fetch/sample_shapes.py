"""The wire's shapes as declarations of our own: keys, types, and which keys may be absent.

A type stands for a value, a mapping for an object, a list of one shape for a list, a tuple for alternatives. A key that
ends in ``?`` may be absent; ``*`` stands for every other key; `Json` is JSON text inside the JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple


class Json(NamedTuple):
    """Text that holds JSON of a shape."""

    shape: Any


OBJECT: dict[str, Any] = {}
BASE = {"base_resp?": {"status_code": int, "status_message": str}}
TIERS = ("1_20", "21_60", "60")
VALUE = {"value": str}

PORTRAIT = {
    **BASE,
    "distributions": [
        {
            "description": str,
            "distribution_list?": [{"distribution_key": str, "distribution_value": str}],
            "image": [str],
            "origin_type": int,
            "type": int,
            "type_display": str,
        }
    ],
    "last_update_time?": str,
}
SHOW_ITEM = {
    **dict.fromkeys(("comment", "create_time", "create_timestamp", "duration", "duration_min", "is_playlet"), int),
    **dict.fromkeys(("like", "original_status", "play", "share", "status"), int),
    **dict.fromkeys(("core_user_id", "head_image_uri", "item_animated_cover", "item_cover", "item_date"), str),
    **dict.fromkeys(("item_id", "item_title", "media_type", "title", "url", "video_id"), str),
    "is_hot": bool,
}
FIGURES = ("interaction", "video_view_rate", "play_medium")
REC_VIDEO = {
    **dict.fromkeys(("author_id", "cover_uri", "create_time", "id", "title", "url", "video_id"), str),
    "duration": float,
    "stats": {
        "interact_rate": (float, int),
        **dict.fromkeys(("avg_watch_dura", "comment_cnt", "favorite_cnt", "like_cnt", "share_cnt", "watch_cnt"), str),
    },
}
RANGES = (
    "avg_sales_amount_range component_click_cnt_range component_click_rate_range gpm_range rec_product_price_range "
    "related_cpc_range"
)
INDUSTRIES = (Json([{"key": str, "rate": (float, int)}]), "")
DAYS = [{"date": str, "fans_cnt": str}]
AUTHOR = {
    "attribute_datas": {
        **dict.fromkeys(("id", "nick_name", "follower", "gender", "province", "city"), str),
        **dict.fromkeys(("fans_increment_within_15d", "fans_increment_rate_within_15d"), str),
        "fans_increment_within_30d": str,
        "tags_relation": Json({"*": [str]}),
        "content_theme_labels_180d?": Json([str]),
        "*": str,
    },
    "extra_data": {
        **dict.fromkeys(("content_query_from_word", "debug_info"), str),
        "content_query_score": int,
        "demander_behavior": dict.fromkeys(("added_author_list", "cooperated", "viewd_author_page"), bool),
        "recall_from": [str],
        "recall_return_infos": OBJECT,
        "recommend_types": [str],
    },
    "items": [{"item_id": str, "video_tag": int, "vv": int}],
    "star_id": str,
    "task_infos": [
        {
            **dict.fromkeys(("online_status", "platform_source", "task_category", "task_status"), int),
            "price_infos": [
                {
                    **dict.fromkeys(("platform_source", "price", "task_category", "video_type"), int),
                    **dict.fromkeys(("end_time", "start_time"), str),
                    "price_extra_info": {"*": str},
                    "video_type_status": int,
                }
            ],
        }
    ],
}

SHAPES: Mapping[str, Any] = {
    "author_audience_distribution": PORTRAIT,
    "get_author_fans_distribution": PORTRAIT,
    "author_cp_info": {
        **BASE,
        "expect_cpe": {f"cpe_{band}?": str for band in TIERS},
        "expect_cpm": {f"cpm_{band}?": str for band in TIERS},
        "expect_vv": {"value?": int},
        "hot_item": {"value": int},
    },
    "get_author_show_items_v2": {
        **BASE,
        "data_description": {
            f"{name}{suffix}?": {"compare_author": (float, int), "compare_avg": float, "rate": (float, int)}
            for name in FIGURES
            for suffix in ("", "_enrollment")
        },
        "latest_item_info": [SHOW_ITEM],
        "latest_item_statics_antispam": OBJECT,
        "latest_star_item_info": [SHOW_ITEM],
    },
    "author_rec_videos_v2": {
        **BASE,
        "masterpiece_videos": [REC_VIDEO],
        **{f"{slot}?": REC_VIDEO for slot in ("newest_video", "order_hot_video", "personal_hot_video")},
    },
    "get_author_convert_ability": {
        **BASE,
        **dict.fromkeys(RANGES.split(), str),
        "category_items?": [{"name": str, "rate": (float, int), "sale_amount_range": str}],
        "rec_product_cnt?": (VALUE, OBJECT),
        "related_video_cnt?": VALUE,
        "video_vv_median?": VALUE,
    },
    "get_author_commerce_spread_info": {
        **BASE,
        **{f"{kind}_{band}?": str for kind in ("cpe", "cpm") for band in ("1_20", "20_60", "60")},
        "platform_hot_rate?": str,
        "vv?": str,
    },
    "get_author_commerce_seed_base_info": {
        **BASE,
        **{f"avg_{name}?": str for name in ("a3_incr_cnt", "search_after_view_cnt", "search_after_view_rate")},
        "shop_cost?": str,
        "star_overflow_avg_enter_shop_cost?": str,
    },
    "get_author_contract_base_info": {
        **BASE,
        "industry_order_distribution": INDUSTRIES,
        "industry_vv_distribution": INDUSTRIES,
        **dict.fromkeys(("max_process_order_cnt?", "message_reply_rate?", "order_cnt?", "process_order_cnt?"), str),
        "credit_score?": int,
        "new_credit_score?": int,
    },
    "get_author_side_base_info": {**BASE, "fans_growth_rate_30d?": str},
    "get_author_daily_fans": {**BASE, "daily": DAYS, "delta": DAYS},
    "check_author_display": {**BASE, **dict.fromkeys(("follower", "link_cnt", "release_videos_cnt"), str)},
    "get_author_hot_comment_tokens": {
        **BASE,
        "hot_comment_tokens": [{"comment_token": str, "hot_rate": (float, int)}],
    },
    "get_author_content_hot_keywords": {**BASE, "keyword_item_distribution": {"*": int}, "keyword_map": OBJECT},
    "get_author_platform_channel_info_v2": {**BASE, "self_intro": str},
    "item_report_trend": {**BASE, "date_values": {"vv_list?": [{"visit_date": str, "value": str}]}},
    "search_for_author_square": {
        **BASE,
        "authors?": [AUTHOR],
        "extra_data": OBJECT,
        "pagination": {"has_more": bool, "limit": int, "page": int, "total_count": int},
    },
}
"""Shape of ``data`` by endpoint, for those of which a payload or client code is public."""


def misfits(value: Any, shape: Any, at: str = "data") -> Iterator[str]:
    """Yield where a value is not of a shape."""
    if isinstance(shape, Json):
        yield from misfits(_opened(value), shape.shape, f"{at}(json)")
    elif isinstance(shape, tuple):
        if all(list(misfits(value, one, at)) for one in shape):
            yield f"{at} is {value!r}"
    elif isinstance(shape, Mapping):
        yield from _object(value, shape, at)
    elif isinstance(shape, list) and isinstance(value, list):
        for place, one in enumerate(value):
            yield from misfits(one, shape[0], f"{at}[{place}]")
    elif type(value) is not shape and value != shape:
        yield f"{at} is {value!r}"


def _opened(value: Any) -> Any:
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return value


def _object(value: Any, shape: Mapping[str, Any], at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{at} is {value!r}"
        return
    known = {name.removesuffix("?"): inner for name, inner in shape.items()}
    yield from (f"{at} lacks {name}" for name in shape if name[-1] not in "?*" and name not in value)
    for name, inner in value.items():
        expected = known.get(name, known.get("*"))
        if expected is None:
            yield f"{at} has {name}"
        else:
            yield from misfits(inner, expected, f"{at}.{name}")
