"""More invented creators, so that a search has three pages of hits."""

from .creator import SEED, Creator, Dice, Labels

# category: how many, its tags, its topics with weights
PLAN: dict[str, tuple[int, list[str], dict[str, int]]] = {
    "美妆": (14, ["美妆", "时尚"], {"美妆": 9, "时尚": 2, "随拍": 1}),
    "时尚": (6, ["时尚"], {"时尚": 8, "美妆": 2, "随拍": 1}),
    "美食": (5, ["美食"], {"美食": 9, "随拍": 2}),
    "母婴亲子": (5, ["母婴亲子", "生活"], {"亲子": 8, "美食": 2}),
    "旅行": (3, ["旅行"], {"旅行": 7, "美食": 2}),
    "萌宠": (3, ["萌宠"], {"萌宠": 8, "随拍": 2}),
    "科技数码": (3, ["科技数码", "测评"], {"科技": 8, "随拍": 1}),
    "运动健身": (3, ["运动健身"], {"体育": 9, "美食": 1}),
    "剧情搞笑": (3, ["剧情搞笑"], {"剧情": 8, "音乐": 1}),
}
WORDS = (
    "晨露",
    "青瓦",
    "半夏",
    "石阶",
    "远帆",
    "小满",
    "松针",
    "木窗",
    "白露",
    "橘灯",
    "浅溪",
    "竹影",
    "云片",
    "麦田",
    "雨伞",
)
PROVINCES = ("浙江省", "广东省", "四川省", "上海市", "湖南省", "江苏省", "湖北省", "陕西省", "北京市", "")
CITIES = ("杭州市", "广州市", "成都市", "", "长沙市", "苏州市", "武汉市", "西安市", "", "")


def prices_of(dice: Dice, plays: int) -> list[int]:
    """Return the three prices, in hundreds of yuan; the cheapest service is sometimes closed."""
    first = max(plays * dice.between(22, 110) // 100_000, 2) * 100
    prices = [first, first * dice.between(12, 16) // 1000 * 100, first * dice.between(17, 22) // 1000 * 100]
    return [0 if place == 0 and dice.random() < 0.15 else max(price, first) for place, price in enumerate(prices)]


def invented(number: int, category: str, tags: list[str], topics: dict[str, int]) -> Creator:
    """Invent one creator; its name says that it is a sample."""
    dice = Dice(f"{SEED}/extra/{number}")
    followers = (
        (24_000, 60_000, 150_000, 380_000, 900_000, 2_100_000)[dice.between(0, 5)] * dice.between(70, 160) // 100
    )
    plays = followers * dice.between(6, 55) // 100
    users = followers * dice.between(70, 420) // 100
    expected = plays * dice.between(60, 125) // 100
    place = dice.between(0, len(PROVINCES) - 1)
    recent, orders = dice.between(3, 6), dice.between(1, 3)
    score = dice.between(48, 86)
    return Creator(
        kol_id=f"70000000000000{20_000 + 7 * number}",
        name=f"样本{number:02d}·{WORDS[number % len(WORDS)]}",
        followers=followers,
        category=category,
        tags=tags,
        topics=topics,
        gender=(2, 2, 1, 1, 0)[dice.between(0, 4)] if category != "美妆" else (2, 2, 2, 2, 1, 0)[dice.between(0, 5)],
        province=PROVINCES[place],
        city=CITIES[place],
        videos=[recent, 2 * recent + dice.between(0, 2), orders, 2 * orders + dice.between(1, 2)],
        change=dice.between(-30, 40),
        plays=plays,
        interact=dice.between(90, 620),
        completion=dice.between(350, 2200),
        duration=dice.between(1800, 12_000),
        expected_plays=expected,
        prices=prices_of(dice, expected),
        link_type="种草" if dice.random() < 0.35 else "传播",
        users=users,
        stages=[dice.between(520, 740), dice.between(190, 300), dice.between(60, 150), dice.between(1, 5)],
        growth=dice.between(-2500, 4500),
        index=[max(20, min(99, score + dice.between(-12, 12))) for _ in range(6)],
    )


def extras(labels: Labels) -> list[Creator]:
    """Return the creators that are found by a search only."""
    kinds = [(category, tags, topics) for category, (count, tags, topics) in PLAN.items() for _ in range(count)]
    if unknown := {topic for _, _, topics in kinds for topic in topics} - labels.keys():
        raise ValueError(f"topics without finer ones: {unknown}")
    return [invented(number, *kind) for number, kind in enumerate(kinds, 1)]
