"""What a creator's orders sell, as the ranges that the provider shows."""

from collections.abc import Sequence

from .cost import INDUSTRIES
from .creator import MONTH, OK, ORDERS, Data, Dice, apportion, plain
from .facts import Facts

TEN_THOUSAND = 10_000
CLICKS = (500, 1000, 3000, 5000, 10_000, 50_000, 100_000)
SALES = (500, 1000, 2000, 5000, 10_000, 50_000, 100_000, 500_000, 1_000_000)
CATEGORY_SALES = (3000, 10_000, 50_000, 100_000, 500_000, 1_000_000)
GPM = (5, 10, 30, 50, 100, 150)
PRICES = (50, 100, 300, 500, 1000)
RATES = (2, 4, 6, 8)
NAMES = {
    "1930": "美妆",
    "1933": "个护家清",
    "1904": "服饰内衣",
    "1903": "食品饮料",
    "1931": "母婴宠物",
    "1901": "3C数码家电",
    "1909": "智能家居",
    "1940": "运动户外",
    "1916": "汽车",
}
# categories whose videos carry a component that can be clicked
SELLING = {"美妆", "美食", "母婴亲子", "萌宠", "科技数码", "运动健身", "汽车"}
NONE = {
    "avg_sales_amount_range": "-",
    "component_click_cnt_range": "-",
    "component_click_rate_range": "-",
    "gpm_range": "-",
    "rec_product_price_range": "-",
    "related_cpc_range": "-",
}


def written(bound: int) -> str:
    """Write a bound as the provider does, ten thousands with 万."""
    return f"{bound // TEN_THOUSAND}万" if bound % TEN_THOUSAND == 0 else str(bound)


def range_of(value: float, bounds: Sequence[int], unit: str = "") -> str:
    """Return the range in which a value lies."""
    names = [f"{written(bound)}{unit}" for bound in bounds]
    if value < bounds[0]:
        return f"{names[0]}以下"
    if value >= bounds[-1]:
        return f"{names[-1]}以上"
    place = next(place for place, bound in enumerate(bounds) if value < bound)
    return f"{names[place - 1]}-{names[place]}"


def categories(facts: Facts, dice: Dice, sales: int) -> list[Data]:
    """Build the categories of what was sold; the base of their sales is not known, so it is a part."""
    ids = [key for key in INDUSTRIES[facts.creator.category] if key in NAMES]
    parts = [part for part in apportion(100, (dice.between(5, 9), 2, 1)[: len(ids)]) if part]
    return [
        {
            "name": NAMES[key],
            "rate": plain(round(part / 100, 2)),
            "sale_amount_range": range_of(sales * part // 300, CATEGORY_SALES),
        }
        for key, part in zip(ids, parts, strict=False)
    ]


def convert_ability(facts: Facts, window: str) -> Data:
    """Build the ranges; without orders all are "-", without a component to click only the videos are counted."""
    c, dice = facts.creator, facts.dice(f"conversion {window}")
    videos, plays = c.videos[2 if window == MONTH else 3], facts.plays_mid(window, ORDERS)
    if not videos or not facts.prices:
        return OK | NONE
    counted = {"related_video_cnt": {"value": str(videos)}, "video_vv_median": {"value": str(plays)}}
    if c.category not in SELLING:
        return OK | NONE | counted | {"rec_product_cnt": {}}
    clicks = max(plays * dice.between(3, 14) // 1000, 60)
    price = dice.between(30, 620)
    sales = clicks * dice.between(8, 45) // 1000 * price
    cpc = facts.prices.get("21_60", next(iter(facts.prices.values()))) // clicks // 2 * 2
    return (
        OK
        | counted
        | {
            "avg_sales_amount_range": range_of(sales, SALES),
            "category_items": categories(facts, dice, sales),
            "component_click_cnt_range": range_of(clicks * videos, CLICKS),
            "component_click_rate_range": range_of(dice.between(10, 95) / 10, RATES, "%"),
            "gpm_range": range_of(sales * 1000 / plays, GPM),
            "rec_product_cnt": {"value": str(dice.between(1, 4))},
            "rec_product_price_range": range_of(price, PRICES),
            "related_cpc_range": f"{cpc}-{cpc + 2}",
        }
    )
