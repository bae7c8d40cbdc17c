"""Who watches: users by gender, age, place, device, interest, crowd and spending, of each stage and of the fans."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .creator import OK, Data, Dice, apportion
from .facts import Facts
from .videos import NOW_SECONDS, shuffled

Counts = dict[str, int]
STAGES = ("AWARE", "INTERESTED", "LIKE", "FOLLOW")
LEAST = 100  # users of whom a portrait is made


def weights(text: str) -> Counts:
    """Read names and weights, written one after the other."""
    words = text.split()
    return dict(zip(words[::2], map(int, words[1::2]), strict=True))


# a municipality is its own city
PROVINCES = weights(
    """广东 120 江苏 70 河南 66 浙江 64 山东 63 四川 54 河北 41 安徽 41 湖北 40 湖南 39 福建 34 陕西 32
    江西 29 云南 28 广西 27 北京 26 上海 25 重庆 24 辽宁 23 贵州 21 山西 20 新疆 16 黑龙江 15 内蒙古 14
    吉林 12 甘肃 12 天津 11 海南 8 宁夏 4 青海 3 西藏 3 香港 2 台湾 2 澳门 1"""
)
CITIES = {
    "北京": {"北京": 100},
    "上海": {"上海": 100},
    "重庆": {"重庆": 100},
    "天津": {"天津": 100},
    "广东": {"广州": 23, "深圳": 18, "东莞": 11, "佛山": 8},
    "浙江": {"杭州": 30, "宁波": 15},
    "江苏": {"苏州": 21, "南京": 17},
    "四川": {"成都": 44},
    "湖北": {"武汉": 43},
    "河南": {"郑州": 27},
    "陕西": {"西安": 48},
    "湖南": {"长沙": 34},
    "山东": {"青岛": 16, "济南": 13},
    "安徽": {"合肥": 26},
}
TIERS = weights("一线 335 二线 200 三线 203 四线 150 五线 112")
AGES = ("18-23", "24-30", "31-40", "41-50", "50+")
DEVICES = weights("iPhone 0 华为 125 oppo 95 vivo 94 荣耀 62 小米 60 红米 35 其他 80")
INTERESTS = weights(
    "随拍 520 时尚 95 明星 80 美食 70 二次元 60 亲子 55 体育 45 动物 45 游戏 40 影视 38 汽车 30 科技 25"
)
CROWDS = weights("Z世代 300 小镇青年 215 新锐白领 170 都市蓝领 115 精致妈妈 80 小镇中老年 45 资深中产 40 都市银发 35")
YOUNG = {"Z世代", "小镇青年", "新锐白领"}
OLD = {"都市银发", "小镇中老年", "资深中产"}
SPENDING = weights("食品饮料 230 服装配饰 190 日化 130 美妆 120 3C及电器 85 家居建材 75 母婴宠物 60 其他 110")
ORDER_VALUES = weights("0-50 610 50-100 190 100-200 105 200-500 62 500以上 33")


@dataclass(frozen=True)
class Tilt:
    """What is particular to the public of a category.

    Attributes
    ----------
    female
        Share of women in percent.
    ages
        Weights of the five age bands.
    interest
        The interest that stands out.
    """

    female: int
    ages: tuple[int, int, int, int, int]
    interest: str = "明星"


TILTS = {
    "美妆": Tilt(84, (34, 33, 22, 7, 4), "时尚"),
    "时尚": Tilt(71, (29, 33, 25, 8, 5), "时尚"),
    "美食": Tilt(58, (17, 25, 32, 15, 11), "美食"),
    "旅行": Tilt(49, (18, 28, 30, 14, 10)),
    "母婴亲子": Tilt(80, (9, 33, 45, 8, 5), "亲子"),
    "萌宠": Tilt(66, (31, 31, 24, 9, 5), "动物"),
    "科技数码": Tilt(21, (27, 31, 28, 9, 5), "科技"),
    "运动健身": Tilt(43, (24, 30, 30, 11, 5), "体育"),
    "汽车": Tilt(14, (13, 27, 38, 14, 8), "汽车"),
    "剧情搞笑": Tilt(52, (32, 26, 25, 10, 7), "影视"),
    "三农": Tilt(38, (8, 16, 30, 24, 22), "美食"),
}
USUAL = Tilt(55, (20, 27, 30, 13, 10))


@dataclass(frozen=True)
class Kind:
    """One dimension: its code, name, how many buckets are listed, and the sentence of the page."""

    code: int
    name: str
    listed: int = 99
    sentence: str = ""
    badge: str = ""


KINDS = {
    "gender": Kind(0, "性别分布", sentence="{who}居多,占比{share}%", badge="{who}居多"),
    "age": Kind(1, "年龄分布", sentence="{who}居多,占比{share}%", badge="{who}居多"),
    "province": Kind(2, "省份分布", sentence="分布最多的3个省份{top3}", badge="{names3}居多"),
    "device": Kind(3, "设备品牌分布", sentence="苹果手机占比{iphone}%, 消费能力较好", badge="苹果手机较多"),
    "city_tier": Kind(5, "城市等级分布", sentence="{who}居多,占比{share}%", badge="{who}居多"),
    "interest": Kind(6, "兴趣分布", 8, "分布最多的3个兴趣{top3}", "{names3}居多"),
    "city": Kind(8, "城市分布", 10, "分布最多的1个城市{top1}", "{who}居多"),
    "crowd": Kind(10, "八大人群分布", sentence="{who}居多,占比{share}%", badge="{who}居多"),
    "consumption": Kind(11, "消费品类分布"),
    "order_value": Kind(12, "客单价分布"),
}
SPOKEN = {"male": "男性", "female": "女性", "50+": "50岁以上"} | {
    age: age.replace("-", "到") + "岁" for age in AGES if "-" in age
}


def split(dice: Dice, total: int, weights: Mapping[str, int], noise: int = 8) -> Counts:
    """Split users by weights, each a little off."""
    return dict(zip(weights, apportion(total, [dice.near(100 * w, noise) for w in weights.values()]), strict=True))


def home_of(facts: Facts) -> str:
    """Return the province where the creator lives, by the name that portraits use; "" when that is not known."""
    return facts.creator.province.removesuffix("省").removesuffix("市")


def places(facts: Facts, dice: Dice, users: int) -> dict[str, Counts]:
    """Return provinces, cities and tiers: one universe of users, the tiers off by a few."""
    home = home_of(facts)
    total = users * 988 // 1000
    weights = {name: weight * (17 if name == home else 10) for name, weight in PROVINCES.items()}
    provinces = split(dice, total, weights, 4)
    cities = {
        city: provinces[name] if share == 100 else provinces[name] * share // 100
        for name, of_province in CITIES.items()
        for city, share in of_province.items()
    }
    off = dice.between(-20, 20) if total > 5000 else 0
    return {"province": provinces, "city": cities, "city_tier": split(dice, total + off, TIERS, 4)}


def people(facts: Facts, dice: Dice, users: int) -> dict[str, Counts]:
    """Return genders, ages and crowds: the age of a part of the users is not known."""
    tilt = TILTS.get(facts.creator.category, USUAL)
    female = max(3, min(97, tilt.female + facts.dice("tilt").between(-5, 5)))
    known = 64 if not facts.creator.gender else facts.dice("tilt").between(74, 90)
    young, old = sum(tilt.ages[:2]), sum(tilt.ages[3:])
    crowds = {name: w * (young if name in YOUNG else 2 * old if name in OLD else 40) for name, w in CROWDS.items()}
    crowds["精致妈妈"] = crowds["精致妈妈"] * female // 50
    return {
        "gender": split(dice, users, {"male": 100 - female, "female": female}, 1),
        "age": split(dice, users * known // 100, dict(zip(AGES, tilt.ages, strict=True)), 5),
        "crowd": split(dice, users * 979 // 1000, crowds, 5),
    }


def tastes(facts: Facts, dice: Dice, users: int) -> dict[str, Counts]:
    """Return devices, interests and spending."""
    tilt = TILTS.get(facts.creator.category, USUAL)
    iphone = 230 + 5 * tilt.female + 3 * tilt.ages[0]
    interests = {name: weight * (3 if name == tilt.interest else 1) for name, weight in INTERESTS.items()}
    return {
        "device": split(dice, users * 1001 // 1000, DEVICES | {"iPhone": iphone}, 6),
        "interest": split(dice, users * 86 // 100, interests, 6),
        "consumption": split(dice, users * 71 // 100, SPENDING, 8),
        "order_value": split(dice, users * 68 // 100, ORDER_VALUES, 8),
    }


def counted(facts: Facts, part: str, users: int) -> dict[str, Counts]:
    """Return users by dimension and bucket, of all buckets."""
    dice = facts.dice(f"audience {part}")
    return {**people(facts, dice, users), **places(facts, dice, users), **tastes(facts, dice, users)}


def summed(parts: Sequence[dict[str, Counts]]) -> dict[str, Counts]:
    """Return the sums over the stages: whoever is connected is in one of them."""
    return {
        kind: {bucket: sum(part[kind][bucket] for part in parts) for bucket in counts}
        for kind, counts in parts[0].items()
    }


def said(kind: Kind, counts: Counts) -> tuple[str, str]:
    """Return the sentence and the badge that the page shows; shares are rounded down."""
    total = sum(counts.values())
    ranked = sorted(counts, key=lambda bucket: -counts[bucket])
    share = {bucket: 100 * counts[bucket] // total for bucket in ranked}
    words = {
        "who": SPOKEN.get(ranked[0], ranked[0]),
        "share": share[ranked[0]],
        "iphone": share.get("iPhone"),
        "names3": ",".join(ranked[:3]),
        "top3": ",".join(f"{bucket}({share[bucket]}%)" for bucket in ranked[:3]),
        "top1": f"{ranked[0]}({share[ranked[0]]}%)",
    }
    return kind.sentence.format(**words), kind.badge.format(**words)


def block(dice: Dice, kind: Kind, counts: Counts) -> Data:
    """Build one dimension, its buckets in no order."""
    listed = dict(sorted(counts.items(), key=lambda item: -item[1])[: kind.listed])
    sentence, badge = said(kind, listed)
    order = shuffled(dice, range(len(listed)))
    buckets = [list(listed.items())[place] for place in order]
    return {
        "description": sentence,
        "distribution_list": [{"distribution_key": key, "distribution_value": str(users)} for key, users in buckets],
        "image": [badge],
        "origin_type": kind.code,
        "type": 2**kind.code,
        "type_display": kind.name,
    }


def portrait(facts: Facts, part: str, counts: dict[str, Counts]) -> Data:
    """Build an answer of all dimensions; too few users have none."""
    dice = facts.dice(f"order {part}")
    updated = str(NOW_SECONDS - facts.dice("updated").between(600, 86_000))
    if sum(counts["gender"].values()) < LEAST or not facts.creator.topics:
        return OK | {"distributions": [], "last_update_time": updated}
    blocks = [block(dice, KINDS[kind], users) for kind, users in counts.items()]
    order = shuffled(dice, range(len(blocks)))
    return OK | {"distributions": [blocks[place] for place in order], "last_update_time": updated}


def audience(facts: Facts, stages: Sequence[str]) -> dict[str, Data]:
    """Build the audience of the stages that are named."""
    parts = {stage: counted(facts, stage, users) for stage, users in zip(STAGES, facts.stages, strict=True)}
    parts["CONNECTED"] = summed(list(parts.values()))
    return {stage: portrait(facts, stage, parts[stage]) for stage in stages}


def fans(facts: Facts, group: str) -> Data:
    """Build the portrait of the fans, or of the loyal ones; theirs has a bucket for the ages that are not known."""
    users = facts.creator.followers * facts.dice("fans").between(930, 975) // 1000
    if group == "DIE_HARD_FAN":
        users = users * facts.dice("loyal").between(5, 90) // 1000
    counts = counted(facts, group, users)
    rest = sum(counts["gender"].values()) - sum(counts["age"].values())
    counts["age"]["其他"] = max(rest - facts.dice("rest").between(0, 9), 0)
    return portrait(facts, group, counts)
