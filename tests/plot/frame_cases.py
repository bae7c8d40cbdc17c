"""Frames as the contract of their tables has them, with numbers drawn from a seed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from tests.plot_cases import LONG, NAMES, kol_id
from xingtu_frames.decide.review import review

AGES = ("18-23", "24-30", "31-40", "41-50", "50+")
TIERS = ("一线", "二线", "三线", "四线", "五线")
CROWDS = ("小镇青年", "Z世代", "都市蓝领", "新锐白领", "精致妈妈", "小镇中老年", "都市银发", "资深中产")
DEVICES = ("iPhone", "华为", "oppo", "vivo", "荣耀", "小米", "红米", "其他")
PROVINCES = (
    "广东",
    "山东",
    "江苏",
    "河南",
    "四川",
    "浙江",
    "河北",
    "湖南",
    "安徽",
    "湖北",
    "辽宁",
    "广西",
    "福建",
    "云南",
    "江西",
    "北京",
    "上海",
    "重庆",
    "内蒙古",
    "黑龙江",
)
CITIES = (
    "北京",
    "上海",
    "广州",
    "深圳",
    "成都",
    "重庆",
    "杭州",
    "武汉",
    "西安",
    "郑州",
    "长沙",
    "苏州",
    "南京",
    "东莞",
)
INTERESTS = ("随拍", "二次元", "明星", "游戏", "时尚", "体育", "动物", "颜值", "美食", "亲子", "汽车", "旅游")
DIMENSIONS: Mapping[str, tuple[str, tuple[str, ...], int]] = {
    "gender": ("性别分布", ("female", "male"), 2),
    "age": ("年龄分布", AGES, 5),
    "province": ("省份分布", PROVINCES, 20),
    "city_tier": ("城市等级分布", TIERS, 5),
    "city": ("城市分布", CITIES, 10),
    "device": ("设备品牌分布", DEVICES, 8),
    "interest": ("兴趣分布", INTERESTS, 8),
    "crowd": ("八大人群分布", CROWDS, 8),
    "consumption": ("消费品类分布", ("食品饮料", "美妆", "3C及电器", "其他"), 4),
    "order_value": ("客单价分布", ("0-50", "50-100", "100-200", "200-500", "500以上"), 5),
}
IN_ORDER = ("gender", "age", "city_tier", "order_value")


def names_for(creators: int) -> dict[str, str]:
    """Return awkward names first, then ordinary ones."""
    names = [*NAMES, *(f"达人{row}号" for row in range(len(NAMES), creators))]
    return {kol_id(row): names[row] for row in range(creators)}


def portrait_rows(creator: str, users: Mapping[str, Mapping[str, Any]]) -> Iterable[tuple[Any, ...]]:
    """Yield a creator's rows from the users by dimension and bucket, as the table orders them."""
    for dimension, buckets in users.items():
        total = sum(count for count in buckets.values() if count is not None)
        order = list(buckets) if dimension in IN_ORDER else sorted(buckets, key=lambda name: -(buckets[name] or 0))
        for bucket in order:
            count = buckets[bucket]
            share = count / total if count is not None and total else None
            label = DIMENSIONS[dimension][0]
            yield (creator, "connected", dimension, label, bucket, count, share, dimension in ("city", "interest"))


def portrait_frame(creators: Iterable[tuple[str, Mapping[str, Mapping[str, Any]]]]) -> pd.DataFrame:
    names = ["kol_id", "stage", "dimension", "dimension_zh", "bucket", "users", "share", "is_top_list"]
    rows = [row for creator, users in creators for row in portrait_rows(creator, users)]
    frame = pd.DataFrame(rows, columns=names)
    known = pd.CategoricalDtype(list(DIMENSIONS), ordered=True)
    dtypes: dict[str, Any] = {"dimension": known, "users": "Int64", "share": "float64", "is_top_list": "boolean"}
    return frame.astype(dtypes).assign(data_updated_at=pd.NaT, fetched_at=pd.Timestamp("2026-09-20", tz="UTC"))


def many_portraits(creators: int, seed: int = 3) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    found = []
    for row in range(creators):
        audience = float(np.exp(generator.normal(14, 1.2)))
        users: dict[str, dict[str, Any]] = {}
        for dimension, (_, buckets, listed) in DIMENSIONS.items():
            if generator.random() < 0.06:
                continue
            shares = generator.dirichlet(np.linspace(3, 0.8, len(buckets)) * 1.5)
            kept = (
                sorted(generator.permutation(len(buckets))[:listed]) if listed < len(buckets) else range(len(buckets))
            )
            known = 0.75 if dimension == "age" else 1.0
            users[dimension] = {buckets[place]: int(audience * known * shares[place]) for place in kept}
        found.append((kol_id(row), users))
    return portrait_frame(found)


def fans_frame(*creators: Mapping[str, tuple[Any, Any]]) -> pd.DataFrame:
    """Return daily fans from (followers, change) by date of each creator."""
    rows = [
        (kol_id(row), np.datetime64(day), *numbers)
        for row, days in enumerate(creators)
        for day, numbers in days.items()
    ]
    frame = pd.DataFrame(rows, columns=["kol_id", "date", "followers", "change"])
    frame["date"] = frame["date"].astype("datetime64[us]")
    frame = frame.astype({"followers": "Int64", "change": "Int64"})
    return frame.assign(fetched_at=pd.Timestamp("2026-10-01", tz="UTC"))


def many_fans(creators: int, days: int = 30, seed: int = 5) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    dates = np.datetime64("2026-09-01") + np.arange(days).astype("timedelta64[D]")
    found = []
    for row in range(creators):
        start = np.exp(generator.normal(13.5, 1.3))
        change = (start * generator.normal(0.0006, 0.0009, days)).astype(int)
        if row % 3 == 1:
            change[(row * 7) % days] += int(start * 0.06)
        followers: list[Any] = (int(start) + np.cumsum(change)).tolist()
        changes: list[Any] = change.tolist()
        if row % 4 == 2:
            for gap in generator.integers(2, days - 2, 3):
                followers[gap], changes[gap] = None, None
        if row == 6:
            followers, changes = [None] * days, [None] * days
        found.append({str(day): pair for day, pair in zip(dates, zip(followers, changes, strict=True), strict=True)})
    return fans_frame(*found)


VIDEO_COLUMNS = ("kol_id", "video_type", "position", "item_id", "title", "published_at", "plays", "is_hot")
TITLES = (
    "挑战一天只花五十元在上海过一天",
    "开箱：三百块的早餐机到底值不值",
    "$5 的咖啡 vs ¥50 的咖啡",
    LONG,
    "Vlog",
    "通勤妆一分钟",
)


def items_frame(rows: Iterable[tuple[Any, ...]]) -> pd.DataFrame:
    """Return listed videos from rows of `VIDEO_COLUMNS`."""
    frame = pd.DataFrame(rows, columns=list(VIDEO_COLUMNS))
    frame["published_at"] = pd.to_datetime(frame["published_at"], utc=True).astype("datetime64[us, UTC]")
    frame = frame.astype({"position": "Int64", "plays": "Int64", "is_hot": "boolean"})
    return frame.assign(fetched_at=pd.Timestamp("2026-10-01", tz="UTC"))


def many_items(creators: int, seed: int = 9) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    rows: list[tuple[Any, ...]] = []
    for row in range(creators):
        level, pace = generator.normal(12.5, 1.2), float(generator.choice([1.0, 3.0, 12.0]))
        for kind, listed, shift in (("personal", 15, 0.0), ("xingtu", int(generator.integers(0, 16)), -0.6)):
            moment = pd.Timestamp("2026-09-28", tz="UTC")
            for position in range(1, listed + 1):
                moment -= pd.Timedelta(days=float(generator.exponential(pace * (1 if kind == "personal" else 3))) + 0.1)
                plays = int(np.exp(level + shift + generator.normal(0, 0.8)))
                hot = plays > np.exp(level + 0.7)
                missing = generator.random() < 0.04
                title = TITLES[int(generator.integers(len(TITLES)))] if generator.random() > 0.05 else None
                item = str(7400000000000000000 + row * 100 + len(rows))
                known = (None, None) if missing else (plays, bool(hot))
                rows.append((kol_id(row), kind, position, item, title, moment, *known))
    return items_frame(rows)


EXPECTED_COLUMNS = ("expected_plays", "play_median", "quote_21_60s")


def expected_board(*cells: tuple[Any, ...], names: Iterable[str] | None = None) -> pd.DataFrame:
    """Return a board from expected plays, median plays and quote of each creator, named a, b, c, ..."""
    frame = pd.DataFrame(cells, columns=list(EXPECTED_COLUMNS))
    frame = frame.astype({"expected_plays": "Int64", "play_median": "Int64", "quote_21_60s": "float64"})
    frame.insert(0, "kol_id", [kol_id(row) for row in range(len(cells))])
    frame.insert(1, "name", list(names) if names else [chr(ord("a") + row) for row in range(len(cells))])
    return frame


def many_expected(creators: int, seed: int = 11) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    cells: list[tuple[Any, ...]] = []
    for _ in range(creators):
        median = float(np.exp(generator.normal(12.8, 1.2)))
        expected = median * float(np.exp(generator.normal(0.1, 0.4)))
        cells.append((int(expected), int(median), float(round(expected * generator.uniform(0.02, 0.12), -2))))
    for row, gap in ((3, (None, 1, 2)), (5, (0, None, 2)), (7, (0, 1, None)), (9, (None, None, None))):
        if row < creators:
            cells[row] = tuple(None if place is None else cells[row][place] for place in gap)
    return expected_board(*cells, names=names_for(creators).values())


def many_reviewed(bookings: int, seed: int = 13) -> pd.DataFrame:
    """Return the review of a campaign: gaps in some rows, and two videos of every third creator."""
    generator = np.random.default_rng(seed)
    names = list(names_for(bookings).values())
    rows: list[tuple[Any, ...]] = []
    for row in range(bookings):
        creator = row - 1 if row % 3 == 1 else row
        expected = float(np.exp(generator.normal(12.8, 1.2)))
        plays: int | None = int(expected * np.exp(generator.normal(-0.1, 0.5)))
        price: float | None = round(expected * generator.uniform(0.02, 0.12), -2)
        gaps = {
            4: (None, price, expected),
            6: (plays, None, expected),
            8: (plays, price, None),
            11: (0, price, expected),
        }
        plays, price, wished = gaps.get(row, (plays, price, expected))
        days = int(generator.integers(1, 40))
        rows.append((kol_id(creator), names[creator], str(7600000000000000001 + row), price, wished, plays, days))
    return reviewed_frame(rows)


def reviewed_frame(rows: Iterable[tuple[Any, ...]]) -> pd.DataFrame:
    """Return what `review` makes of id, name, video, price, expected plays, plays and days of each booking."""
    columns = ["kol_id", "name", "item_id", "price_cny", "expected", "plays", "days"]
    given = pd.DataFrame(rows, columns=columns).astype({"price_cny": "float64", "expected": "float64"})
    plays = pd.array(given["plays"].tolist(), dtype="Int64")
    published = pd.Timestamp("2026-10-01", tz="UTC")
    videos = pd.DataFrame({"item_id": given["item_id"], "plays": plays, "published_at": published})
    videos = videos.assign(
        fetched_at=published + pd.to_timedelta(given["days"], unit="D"), likes=1, comments=1, shares=1
    )
    return review(given, videos=videos)
