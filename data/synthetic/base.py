"""The answers that the first ten tables read."""

import json
from collections.abc import Iterable, Iterator
from itertools import pairwise

from .creator import (
    BANDS,
    BEFORE,
    KINDS,
    MONTH,
    NO_END,
    NOW,
    OK,
    ORDERS,
    PERSONAL,
    PRICED,
    QUARTER,
    SUCCESS,
    WINDOWS,
    Creator,
    Data,
    Dice,
    Labels,
    apportion,
    bend,
    plain,
    rate,
)

POPULATION, MIDDLE = 8_104_512, 2_200_000  # ranked creators, connected users of the middle one

SPREAD = "get_author_spread_info"

# video_type: description, field, settlement, its code
FIXED = ("固定价格", 2)
SERVICES = {
    1: ("1-20s视频", "price", *FIXED),
    2: ("21-60s视频", "long_video_price", *FIXED),
    71: ("60s以上视频", "price", *FIXED),
    92: ("按自然播放量结算", "price", "按自然播放量结算", 30),
    150: ("短直种草", "price", *FIXED),
}

# index: its market average in hundredths of a point
INDEXES = {
    "link_star_index": 5648,
    "link_spread_index": 5329,
    "link_shopping_index": 5358,
    "link_convert_index": 5531,
    "cp_index": 6408,
    "cooperate_index": 7560,
}

# hundredths of a point above that average, and the rank there
ABOVE = (-3000, -1500, -500, 0, 1500, 2500, 3300, 4600)
RANKS = (7_800_000, 3_900_000, 900_000, 160_000, 44_000, 6_000, 300, 5)


def base_info(c: Creator) -> Data:
    """Build the profile; lists of tags are JSON text inside the JSON."""
    return SUCCESS | {
        "city": c.city,
        "follower": c.followers,
        "gender": c.gender,
        "id": c.kol_id,
        "is_online": c.online,
        "mcn_name": c.mcn,
        "nick_name": c.name,
        "opened_task_category": "[1]",
        "province": c.province,
        "tags": json.dumps(c.tags),
        "tags_relation": {tag: [""] for tag in c.tags},
    }


def service(c: Creator, video_type: int, price: int, discount: int = 0) -> Data:
    """Build one service of the price list; price 0 means that it is closed."""
    desc, name, settlement, code = SERVICES[video_type]
    row: Data = {
        "author_id": c.kol_id,
        "desc": desc,
        "field": name,
        "has_discount": bool(discount),
        "is_open": bool(price),
        "online_status": 1,
        "settlement_desc": settlement,
        "settlement_type": code,
        "task_category": 1,
        "video_type": video_type,
    }
    if not price:
        return row
    origin = price * 100 // (100 - discount)
    row |= {"origin_price": origin, "price": price, "start_time": PRICED, "end_time": NO_END}
    extra = {"price_last_month": str(origin)}
    if discount:
        extra |= {"price_margin_last": str(origin - price), "price_discount_range": str(discount)}
    if video_type == 92:
        extra = {"ceiling_price": str(price * 2400), "floor_price": str(price * 320)}
    return row | {"price_extra_info": extra}


def marketing_info(c: Creator) -> Data:
    """Build the price list: the three bands, then what else is offered."""
    prices = [0, 0, 0] if c.pages else c.prices
    rows = [
        service(c, video_type, price, c.discount if video_type == 2 else 0)
        for video_type, price in zip((1, 2, 71), prices, strict=True)
    ]
    rows += [service(c, int(kind), price) for kind, price in c.offers.items()]
    return SUCCESS | {"activity_info": [], "hot_list_ranks": [], "industry_tags": [], "price_info": rows}


def cost_blocks(c: Creator, drift: int) -> Data:
    """Build the cost per mille and per interaction, in fen; no price, no tier."""
    plays = c.expected_plays * (100 + drift) // 100
    cpm = {band: price * 100_000 // plays for band, price in zip(BANDS, c.prices, strict=True) if price}
    return {
        "expect_cpe": {f"cpe_{b}": str(v * 10 // c.interact) for b, v in cpm.items()},
        "expect_cpm": {f"cpm_{b}": str(v) for b, v in cpm.items()},
        "sales_expect_cpm": {f"cpm_{b}": str(v * 10_304 // 10_000) for b, v in cpm.items()},
    }


def spread_without_posts(c: Creator) -> Data:
    """Build the figures of a window without posts: labels, no values."""
    items: Data = {"interact_rate": {}, "item_num": {"label": "", "overtake": 0}, "play_mid": {"label": ""}}
    rates: Data = {name: {"label": c.category} for name in ("interact_rate", "play_over_rate", "play_stability")}
    return OK | {"expect_cpe": {}, "expect_cpm": {}, "sales_expect_cpm": {}, "item_rate": items} | rates


def spread_info(c: Creator, dice: Dice, window: str, kind: str, drift: int = 0) -> Data:
    """Build one window of the spread figures."""
    count = c.videos[2 * KINDS.index(kind) + WINDOWS.index(window)]
    if not count:
        return spread_without_posts(c)
    plays, interact, change = c.plays * (100 + drift) // 100, c.interact, c.change
    if window == QUARTER:
        plays = plays * (20_000 - c.growth) // 20_000
    if kind == ORDERS:
        plays = plays * dice.between(62, 88) // 100
    if (window, kind) != (MONTH, PERSONAL):
        interact, change = dice.near(interact, 12), dice.between(-40, 60)
    mean = plays if count == 1 else plays * dice.between(104, 150) // 100
    acts = -(-mean * interact // 10_000)
    comments, shares = (acts * dice.between(30, 110) // 1000 for _ in range(2))
    item_num = {"label": "", "overtake": change * 100, "value": count}
    return OK | {
        "avg_duration": str(c.duration if count == 1 else dice.near(c.duration, 4)),
        "comment_avg": str(comments),
        **cost_blocks(c, drift),
        "interact_rate": rate(c.category, interact, 250),
        "item_num": str(count),
        "item_rate": {"interact_rate": {}, "item_num": item_num, "play_mid": rate("", plays, 2000)},
        "like_avg": str(acts - comments - shares),
        "play_mid": str(plays),
        "play_over_rate": rate(c.category, dice.near(c.completion, 6), 900),
        "play_stability": rate(c.category, dice.between(351_000, 822_000), 320_000, 4),
        "share_avg": str(shares),
    }


def link_struct(c: Creator, dice: Dice, drift: int = 0) -> Data:
    """Build the connected users by stage; "5" is the sum of the four."""
    users = c.users * (100 + drift) // 100
    link: Data = {
        str(stage): {
            "proportion": plain(value / users),
            "same_industry_median": dice.near(value * 9 // 10, 45),
            "value": value,
        }
        for stage, value in enumerate(apportion(users, c.stages), 1)
    }
    position = plain(round(MIDDLE**2 / (MIDDLE**2 + users**2), 4))
    growth = plain((c.growth + 100 * drift) / 10_000)
    link["5"] = {"rank_percent": position, "relative_ratio": growth, "value": users}
    return OK | {"author_link_type": c.link_type, "link_struct": link}


def rank_at(above: int) -> int:
    """Return the rank of a score so far above the market average."""
    for (low, high), (worse, better) in zip(pairwise(ABOVE), pairwise(RANKS), strict=True):
        if above <= high:
            return worse - (worse - better) * (above - low) // (high - low)
    return RANKS[-1]


def link_info(c: Creator, dice: Dice) -> Data:
    """Build the six indices; a better score has a better rank."""
    indices: Data = {}
    for (name, average), points in zip(INDEXES.items(), c.index, strict=True):
        value = 100 * points + dice.between(0, 99)
        rank = dice.near(rank_at(value - average), 1)
        indices[name] = {
            "avg_value": plain(average / 100),
            "link_relative_ratio": plain((c.growth // 9 + dice.between(-250, 250)) / 10_000),
            "rank": str(rank),
            "rank_percent": plain(round(rank / POPULATION, 4)),
            "value": plain(value / 100),
        }
    return OK | indices


def node(name: str, cnt: int) -> Data:
    """Build one node of the touch tree."""
    return {"distribution_data": {"cnt": cnt, "name": name}}


def source(c: Creator, dice: Dice, labels: Labels, name: str, cnt: int) -> Data:
    """Build one source of the touch tree down to the creator's depth."""
    tree = node(name, cnt)
    if c.depth == 1:
        return tree
    tail = cnt * dice.between(1, 9) // 10_000 + 1
    parts = apportion(cnt - tail, list(c.topics.values()))
    topics = [node(topic, part) for topic, part in zip(c.topics, parts, strict=True)]
    tree["second_distribution"] = topics
    if c.depth == 2:
        return tree
    for topic, part, name in zip(topics, parts, c.topics, strict=True):
        first, *others = labels[name]
        shares = ((other, part * dice.between(15, 90) // 100) for other in others)
        topic["three_distribution"] = [node(first, part), *(node(*share) for share in shares)]
    return tree


def touch(c: Creator, dice: Dice, labels: Labels) -> Data:
    """Build the tree of audience sources; orders bring about a fifth."""
    total = dice.near(c.users * 13 // 10, 8)
    parts = apportion(total, (79, 21)[: len(c.sources)]) if c.sources else []
    named = zip(c.sources, parts, strict=True)
    return OK | {"video_touch": [source(c, dice, labels, name, part) for name, part in named]}


def video_distribution(c: Creator) -> Data:
    """Build the content mix of the last 30 days; shares have four decimals."""
    counts = apportion(c.videos[0], list(c.topics.values())) if c.topics else []
    rows = [
        {"cnt": cnt, "name": name, "proportion": plain(round(cnt / c.videos[0], 4))}
        for name, cnt in zip(c.topics, counts, strict=True)
        if cnt
    ]
    return OK | {"video_content_distribution": rows}


def payloads(c: Creator, dice: Dice, labels: Labels) -> Iterator[tuple[str, str, Data]]:
    """Yield fetch time, key (endpoint or endpoint/window/kind) and payload."""
    usual = f"{SPREAD}/{MONTH}/{PERSONAL}"
    if c.older:
        yield BEFORE, usual, spread_info(c, dice, MONTH, PERSONAL, c.older)
        yield BEFORE, "author_link_struct", link_struct(c, dice, c.older)
    yield NOW, "get_author_base_info", base_info(c)
    yield NOW, "get_author_marketing_info", marketing_info(c)
    if not c.pages:
        yield NOW, "get_author_link_info", link_info(c, dice)
        yield NOW, "author_link_struct", link_struct(c, dice)
        yield NOW, "author_touch_distribution", touch(c, dice, labels)
        yield NOW, "author_video_distribution", video_distribution(c)
        yield NOW, usual, spread_info(c, dice, MONTH, PERSONAL)
    for window, kind in ((QUARTER, PERSONAL), (MONTH, ORDERS), (QUARTER, ORDERS)):
        yield NOW, f"{SPREAD}/{window}/{kind}", spread_info(c, dice, window, kind)


def params(endpoint: str, window: str = "", kind: str = "") -> dict[str, str]:
    """Return what the request says besides id and token."""
    wire = {"platform": "SHORT_VIDEO"}
    if endpoint == SPREAD:
        wire |= {"range": window, "type": kind, "onlyAssign": "false", "flowType": "EXCLUDE"}
    if endpoint == "get_author_link_info":
        wire["industryTag"] = "ALL"
    return wire


def answers(c: Creator, made: Iterable[tuple[str, str, Data]]) -> Iterator[Data]:
    """Yield the stored answers of one creator with its awkward shapes."""
    for fetched_at, key, data in made:
        bend(c, key, data)
        parts = key.split("/")
        head = {"endpoint": parts[0], "kol_id": c.kol_id, "params": params(*parts)}
        yield head | {"fetched_at": fetched_at, "data": data}
