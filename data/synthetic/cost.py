"""What a creator costs and brings in: cost performance, effect, seeding, orders."""

import json

from .creator import BANDS, MONTH, OK, Creator, Data, Dice, apportion, plain
from .facts import Facts

# category: its industry, then others that order from such creators
INDUSTRIES = {
    "美妆": ("1930", "1933", "1904"),
    "时尚": ("1904", "1930", "1909"),
    "美食": ("1903", "1927", "1901"),
    "旅行": ("1911", "1916", "1903"),
    "母婴亲子": ("1931", "1903", "1933"),
    "萌宠": ("1931", "1909", "1933"),
    "科技数码": ("1901", "1928", "1913"),
    "运动健身": ("1940", "1903", "1904"),
    "汽车": ("1916", "1915", "1901"),
    "剧情搞笑": ("1903", "1913", "1914"),
    "三农": ("1917", "1903"),
}
OTHER = ("1903", "1914", "1933")


def cp_info(facts: Facts) -> Data:
    """Build cost performance in fen, cut off; a creator without expected plays has three empty blocks."""
    plays = facts.expected_plays
    if not plays:
        return OK | {"expect_cpe": {}, "expect_cpm": {}, "expect_vv": {}, "hot_item": {"value": 0}}
    cpm = {band: price * 100_000 // plays for band, price in facts.prices.items()}
    return OK | {
        "expect_cpe": {f"cpe_{band}": str(fen * 10 // facts.creator.interact) for band, fen in cpm.items()},
        "expect_cpm": {f"cpm_{band}": str(fen) for band, fen in cpm.items()},
        "expect_vv": {"value": plays},
        "hot_item": {"value": 100 * facts.hot_percent},
    }


def decimals(value: float) -> str:
    """Write a number with up to four decimals."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def yuan(facts: Facts) -> tuple[dict[str, str], dict[str, str]]:
    """Return CPM and CPE by band in yuan over the plays that the search expects; both have four decimals."""
    interact = facts.dice("square rate").near(facts.creator.interact, 20)
    cpm = {band: price * 1000 / facts.square_plays for band, price in facts.prices.items()}
    cpe = {band: value * 10 / interact for band, value in cpm.items()}
    return {b: decimals(v) for b, v in cpm.items()}, {b: decimals(v) for b, v in cpe.items()}


def spread_estimate(facts: Facts) -> Data:
    """Build the effect estimate; its band 20_60 is the one from 21 to 60 seconds."""
    if not facts.square_plays:
        return OK
    names = dict(zip(BANDS, ("1_20", "20_60", "60"), strict=True))
    cpm, cpe = yuan(facts)
    costs = {f"{kind}_{names[b]}": v for kind, costs in (("cpe", cpe), ("cpm", cpm)) for b, v in costs.items()}
    return OK | costs | {"platform_hot_rate": decimals(facts.hot_percent / 100), "vv": str(facts.square_plays)}


def search_rate(c: Creator, dice: Dice) -> int:
    """Return the share of viewers who search afterwards, in ten thousandths."""
    return dice.between(8, 160) if c.link_type == "种草" or c.category in ("美妆", "科技数码") else dice.between(1, 45)


def seed_info(facts: Facts, window: str) -> Data:
    """Build the seeding value of a window; the cost of a falling creator has its older key."""
    c, dice = facts.creator, facts.dice("seed")
    rate, plays = search_rate(c, dice), facts.plays_mid(window, "PERSONAL_VIDEO")
    if not c.topics:
        return OK | {"avg_a3_incr_cnt": "", "avg_search_after_view_cnt": "", "avg_search_after_view_rate": "-"}
    if not c.expected_plays:
        return OK
    cost = "shop_cost" if c.growth < -1000 else "star_overflow_avg_enter_shop_cost"
    rate = rate if window == MONTH else dice.near(rate, 15) or 1
    return OK | {
        "avg_a3_incr_cnt": str(plays * dice.between(4, 21) // 1000),
        "avg_search_after_view_cnt": str(plays * rate // 10_000),
        "avg_search_after_view_rate": decimals(rate / 10_000),
        cost: decimals(dice.between(120, 980) / 100),
    }


def shares(parts: dict[str, int]) -> str:
    """Return the JSON text of a list of shares with four decimals; half of the first industry is in one below it."""
    whole = sum(parts.values())
    first = next(iter(parts))
    parts = parts | {f"{first}01": parts[first] // 2}
    return json.dumps([{"key": key, "rate": plain(round(part / whole, 4))} for key, part in parts.items() if part])


def contract_info(facts: Facts, window: str) -> Data:
    """Build how orders were fulfilled; the industries are JSON text inside the JSON."""
    c, dice = facts.creator, facts.dice("contract")
    if not c.topics:
        return OK | {"industry_order_distribution": "", "industry_vv_distribution": "[]"}
    orders = c.videos[2 if window == MONTH else 3]
    industries = INDUSTRIES.get(c.category, OTHER)
    counts = dict(zip(industries, apportion(orders, (6, 3, 2)[: len(industries)]), strict=True))
    plays = {key: count * dice.between(60, 140) for key, count in counts.items()}
    busy = dice.between(0, 4) if orders else 0
    return OK | {
        "credit_score": 100,
        "industry_order_distribution": shares(counts) if orders else "[]",
        "industry_vv_distribution": shares(plays) if orders else "[]",
        "max_process_order_cnt": str(dice.between(5, 12)),
        "message_reply_rate": decimals(dice.between(61, 100) / 100),
        "new_credit_score": dice.between(86, 100),
        "order_cnt": str(orders),
        "process_order_cnt": str(busy),
    }
