"""A creator as a row of the search; all its attributes are text."""

import json

from .conversion import CATEGORY_SALES, SELLING, range_of
from .cost import decimals, search_rate, yuan
from .creator import BANDS, MONTH, NO_END, PERSONAL, PRICED, Data, Dice
from .facts import Facts
from .growth import change
from .videos import douyin_id

WIRE_BANDS = dict(zip(BANDS, ("1_20", "20_60", "60"), strict=True))
ALWAYS = {
    "author_avatar_frame_icon": "0",
    "author_status": "1",
    "author_thin_mid_word_association_index": "{}",
    "avatar_uri": "",
    "game_type": "",
    "grade": "0",
    "is_black_horse_author": "false",
    "is_cocreate_author": "false",
    "is_cpm_project_author": "0",
    "is_excellenct_author": "0",
    "local_lower_threshold_author": "false",
    "star_qianchuan_high_potential": "0",
    "star_whispers_author": "0",
}
INDEXES = {
    "link_star_index": ("link_star_index", "link_star_index_by_industry"),
    "link_spread_index": ("link_spread_index", "link_spread_index_by_industry"),
    "link_shopping_index": ("link_shopping_index", "link_recommend_index_by_industry"),
    "link_convert_index": ("link_convert_index", "link_convert_index_by_industry"),
}
ORDER_VALUES = ("10-50", "50-200", "200-500")
GMV = ((1_000, "<=1k"), (30_000, "1k-3w"), (100_000, "3w-10w"), (500_000, "10w-50w"), (1_000_000, "50w-100w"))
GPM = ("<=80", "80-200")


def compact(value: object) -> str:
    """Write JSON text inside the JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def sales_of(facts: Facts) -> float:
    """Return the sales of 30 days in yuan; 0 for a creator who sells nothing."""
    dice = facts.dice("sales")
    sells = facts.creator.category in SELLING and dice.random() < 0.5
    return facts.creator.followers * dice.between(3, 900) / 1000 + 0.37 if sells else 0


def person(facts: Facts, dice: Dice, followers: list[int]) -> dict[str, str]:
    """Return who it is; the growth of 30 days is sales in yuan where the creator sells."""
    c = facts.creator
    gained, rate = change(followers, 15)
    sales = sales_of(facts)
    month = f"{sales:.2f}" if sales else str(change(followers, 30)[0])
    return {
        "author_ecom_level": f"L{dice.between(1, 6) if sales else 0}",
        "author_type": "2" if c.mcn not in ("", "-") else "3",
        "city": c.city.strip("-"),
        "core_user_id": douyin_id(c),
        "e_commerce_enable": "1" if sales else "0",
        "fans_increment_rate_within_15d": repr(rate) if gained else "0",
        "fans_increment_within_15d": str(gained),
        "fans_increment_within_30d": month,
        "follower": str(c.followers),
        "gender": str(c.gender),
        "id": c.kol_id,
        "nick_name": c.name,
        "province": c.province,
        "star_excellent_author": str(int(dice.random() < 0.1)),
        "tags_relation": compact({tag: facts.labels.get(tag, [tag])[:1] for tag in c.tags}),
    }


def plays(facts: Facts) -> dict[str, str]:
    """Return expected plays, prices and costs; CPM is price / expected plays x 1,000."""
    if not facts.square_plays:
        return {}
    dice, cpm, cpe = facts.dice("square plays"), *yuan(facts)
    promoted = facts.square_plays * 1000 // dice.between(1030, 1170)
    row = {
        "assign_cpm_suggest_price": str(dice.between(9, 90)),
        "brand_boost_vv": "0",
        "expected_cpa3_level": str(dice.between(1, 4)),
        "expected_natural_play_num": str(facts.square_plays * dice.between(50, 110) // 100),
        "expected_play_num": str(facts.square_plays),
        "promotion_prospective_vv": str(promoted),
        "sn_expected_play_num": str(facts.square_plays),
    }
    for band, price in facts.prices.items():
        wire = WIRE_BANDS[band]
        row |= {
            f"price_{wire}": str(price),
            f"promotion_prospective_{wire}_cpm": f"{price * 1000 / promoted:.2f}",
            f"prospective_{wire}_cpm": cpm[band],
            f"sn_prospective_{wire}_cpe": cpe[band],
            f"sn_prospective_{wire}_cpm": cpm[band],
        }
    return row


def content(facts: Facts, dice: Dice) -> dict[str, str]:
    """Return what the videos of 30 days brought."""
    spread = facts.first[f"get_author_spread_info/{MONTH}/{PERSONAL}"]
    if "play_mid" not in spread:
        return {}
    interact, completion = (spread[name]["value"] / 10_000 for name in ("interact_rate", "play_over_rate"))
    acts = int(spread["play_mid"]) * spread["interact_rate"]["value"] // 5000
    themes = [name for topic in facts.creator.topics for name in facts.labels.get(topic, [topic])]
    row = {
        "content_theme_labels_180d": compact(themes[:6]) if themes else "",
        "interact_rate_within_30d": decimals(interact),
        "interaction_median_30d": decimals(acts / 2),
        "is_short_drama": "1" if "剧情" in facts.creator.topics and dice.random() < 0.5 else "0",
        "play_over_rate_within_30d": decimals(completion),
        "sn_interact_rate_within_30d": decimals(interact),
        "sn_play_over_rate_within_30d": decimals(completion),
        "star_item_count_within_30d": str(facts.creator.videos[2]),
        "vv_median_30d": spread["play_mid"],
    }
    if dice.random() < 0.4:
        row["burst_text_rate"] = decimals(facts.hot_percent / 100)
    if dice.random() < 0.4:
        row["avg_search_after_view_rate_30d"] = decimals(search_rate(facts.creator, facts.dice("seed")) / 10_000)
    return {name: text for name, text in row.items() if text}


def connection(facts: Facts, dice: Dice) -> dict[str, str]:
    """Return the indexes and the connected users; a conversion index of "0" is none."""
    info = facts.first["get_author_link_info"]
    row = {name: decimals(info[index]["value"]) for index, names in INDEXES.items() for name in names}
    if dice.random() < 0.3:
        row |= dict.fromkeys(INDEXES["link_convert_index"], "0")
    for letter, users in zip("link", facts.stages, strict=True):
        row[f"link_{letter}_cnt_by_industry"] = str(users)
    # The letters are those of the stages: l, i, n, k.
    return row | {
        "link_link_cnt_by_industry": str(sum(facts.stages)),
        "link_user_type_by_industry": "2" if facts.creator.link_type == "种草" else "1",
        "search_after_view_index_by_industry": decimals(dice.between(3000, 9800) / 100),
    }


def selling(facts: Facts, dice: Dice) -> dict[str, str]:
    """Return the ranges of a creator who sells."""
    sales = sales_of(facts)
    if not sales:
        return {}
    return {
        "avg_sale_amount_range": range_of(dice.between(200, 30_000), CATEGORY_SALES),
        "ecom_avg_order_value_30d_range": ORDER_VALUES[dice.between(0, 2)],
        "ecom_gmv_30d_range": next((text for bound, text in GMV if sales <= bound), ">100w"),
        "ecom_gpm_30d_range": GPM[dice.between(0, 1)],
        "ecom_score": str(dice.between(58, 100)),
    }


def price_list(facts: Facts) -> list[Data]:
    """Return the open services in the form of a search row."""
    rows = facts.first["get_author_marketing_info"]["price_info"]
    return [
        {
            "end_time": NO_END,
            "platform_source": 1,
            "price": row["price"],
            "price_extra_info": row.get("price_extra_info", {}),
            "start_time": PRICED,
            "task_category": 1,
            "video_type": row["video_type"],
            "video_type_status": 1,
        }
        for row in rows
        if row["is_open"]
    ]


def hit(facts: Facts, followers: list[int]) -> Data:
    """Build one row; a creator without expected plays, posts or sales lacks the keys."""
    dice = facts.dice("hit")
    attributes = ALWAYS | person(facts, dice, followers) | plays(facts) | content(facts, dice) | selling(facts, dice)
    if facts.creator.topics:
        attributes |= connection(facts, dice)
    personal = [video for video in facts.videos if not video.is_order]
    tagged = [(video, 6) for video in personal[:2]] + [(video, 3) for video in personal if video.is_hot][:2]
    return {
        "attribute_datas": dict(sorted(attributes.items())),
        "extra_data": {
            "content_query_from_word": "",
            "content_query_score": 0,
            "debug_info": "",
            "demander_behavior": {"added_author_list": False, "cooperated": False, "viewd_author_page": False},
            "recall_from": ["1_0"],
            "recall_return_infos": {},
            "recommend_types": [],
        },
        "items": [{"item_id": video.item_id, "video_tag": tag, "vv": video.plays} for video, tag in tagged],
        "star_id": facts.creator.kol_id,
        "task_infos": [
            {
                "online_status": 1,
                "platform_source": 1,
                "price_infos": price_list(facts),
                "task_category": 1,
                "task_status": 1,
            }
        ],
    }
