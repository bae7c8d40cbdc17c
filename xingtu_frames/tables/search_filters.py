"""What a search can be narrowed with, as the provider's search lists it in 2026-10."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from .audience import CROWDS
from .filters import Between, Filter, Labels, Number
from .inputs import Text
from .options import INDUSTRY, option
from .schema import Option

_TAGS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "beauty": ("美妆", "美妆教程 妆容展示 护肤保养 美妆测评种草"),
        "fashion": ("时尚", "穿搭 街拍 造型 时尚媒体"),
        "pets": ("萌宠", "日常宠物 特别宠物 宠物周边"),
        "reviews": ("测评", "美妆测评 3C数码测评 汽车测评 美食产品测评 母婴产品测评 综合测评 酒店测评"),
        "games": ("游戏", "游戏剧情 游戏解说 游戏资讯 游戏其他 游戏录屏 游戏集锦"),
        "anime": ("二次元", "二次元真人 动画漫画 配音声优 宅物手办"),
        "travel": ("旅行", "旅行记录 旅行攻略 旅行推荐 户外生活"),
        "cars": ("汽车", "汽车测评 汽车知识 汽车周边"),
        "life": ("生活", "生活记录 生活小窍门 好物推荐 健康养生 婚恋"),
        "music": ("音乐", "歌曲演唱 乐器演奏 音乐教学 音乐其他 音乐剪辑"),
        "dance": ("舞蹈", ""),
        "food": ("美食", "美食教程 美食探店 美食产品测评 乡村野食 美食其他 酒类"),
        "parenting": ("母婴亲子", "育儿科普 萌娃日常 亲子互动 测评种草"),
        "sports_fitness": ("运动健身", "健身 极限运动 体育资讯 冰雪 垂钓 格斗 球类项目 综合体育"),
        "tech_digital": ("科技数码", "3C数码 家居电器 科技"),
        "education": ("教育培训", "考学培训 语言教学 个人管理 职业教育"),
        "good_looks": ("颜值达人", "美女 帅哥"),
        "home": ("生活家居", "硬装 软装 生活技巧 家居氛围"),
        "talents": ("才艺技能", "创意才能 手工 摄影 绘画 其他才艺"),
        "film_entertainment": ("影视娱乐", "影视解说 影视混剪 明星资讯 综艺解说 综艺混剪"),
        "arts_culture": ("艺术文化", "传统文化 人文科普 自然科学"),
        "finance": ("财经投资", "传统金融 互联网金融 财经知识"),
        "farming": ("三农", ""),
        "drama_comedy": ("剧情搞笑", "剧情 搞笑"),
        "relationships": ("情感", ""),
        "gardening": ("园艺", ""),
        "real_estate": ("房产", "其他房产 房产知识 房产及投资 楼盘评测 楼市资讯 租房"),
        "casual": ("随拍", ""),
        "media": ("媒体号", ""),
    }
)
"""First-level content tags: ours in English, the provider's, and the second-level ones under it."""

_THEMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        heading: tuple(labels.split())
        for heading, labels in {
            "妆容妆造": "淡妆教程 变装造型 韩系妆容 甜美妆容 清透妆容 复古妆容 男性妆容",
            "穿搭指南": "日常穿搭 简约气质穿搭 国风穿搭 运动穿搭 通勤穿搭 旅行穿搭 职业穿搭 约会穿搭",
            "亲子育儿": "亲子活动 亲子沟通 学前训练 新手爸妈指导 儿童护理 宝宝辅食 奶粉测评 孕产饮食",
            "美食教程与测评": "地方美食 家常菜谱 美食探店 零食测评 酒水品鉴 厨房用品 海鲜烹饪 减脂美食",
            "精彩车生活": "汽车行业资讯 用车知识 车辆保养 自驾旅行 新能源汽车资讯 汽车用品测评 SUV测评",
            "手机/数码/家电分享": "科技科普 电子产品测评 家电推荐 手机评测 智能家居 AI应用 数码开箱",
            "剧情演绎": "搞笑剧情 剧情反转 情感演绎 家庭幽默演绎 职场趣闻 古风剧情 生存挑战",
            "萌宠养护": "宠物狗故事 动物萌态 宠物养护 猫咪萌态 宠物健康 宠物护理 宠物救助",
            "旅行攻略": "国内旅行 海外旅行 城市旅行攻略 酒店体验 露营体验 亲子旅行 网红景点种草",
            "家居好物": "清洁技巧 生活好物评测 家居选购 家居装修 家居收纳 家装避坑 房间布置",
            "运动户外": "户外运动 健身塑形 赛事回顾 体重管理 极限运动 跑步健身 户外露营",
        }.items()
    }
)
"""Headings of content themes, and some of the themes under them; there are more."""


def _tags() -> Mapping[str, str]:
    first = {zh: zh for zh, _ in _TAGS.values()}
    second = {zh: zh for _, labels in _TAGS.values() for zh in labels.split()}
    return MappingProxyType({name: zh for name, (zh, _) in _TAGS.items()} | first | second)


def _shortcuts() -> Mapping[str, str]:
    """Return the shortcuts of a portrait: what the provider's are, in lower case and without the dimension."""
    shares = [f"{who}_{share}" for who in ("female", "male") for share in (50, 60, 70, 80)]
    words = {share: f"GENDER_{share.upper()}" for share in shares}
    words |= {f"age_{band}": f"AGE_{band.upper()}" for band in ("18_23", "24_30", "31_40", "41_50")}
    words["age_over_50"] = "AGE_GT_50"
    words |= {maker: f"DEVICE_{maker.upper()}" for maker in ("iphone", "huawei", "xiaomi", "vivo", "oppo")}
    words |= {f"city_tier_{tier}": f"CITY_TIER_{tier}" for tier in range(1, 6)}
    words |= {f"spend_{band}": f"SPEND_{band}" for band in ("0_50", "50_100", "100_200", "200_500")}
    words["spend_over_500"] = "SPEND_GT_500"
    return MappingProxyType(words | {crowd: f"CROWD_{crowd.upper()}" for crowd in CROWDS})


SHORTCUTS = _shortcuts()
"""The shortcuts for the portrait of the audience and of the fans."""


def _portrait(name: str, parameter: str, whose: str) -> Labels:
    meaning = (
        f"who the {whose} are: shortcuts such as female_70 (likely at least 70 % women), age_24_30, iphone, "
        "city_tier_1, spend_over_500, gen_z; at most one female_ and one male_ threshold"
    )
    return Labels(name, parameter, meaning, SHORTCUTS, one_of=("female_", "male_"))


def _rate(name: str, parameter: str, meaning: str) -> Between:
    return Between(name, parameter, f"{meaning}, a fraction: 0.02 is 2 %", "fraction", ("0", "1"))


def _yuan(name: str, parameter: str, meaning: str, needs: str = "") -> Between:
    return Between(name, parameter, f"{meaning}, in yuan", "CNY", ("0", "1000000"), needs)


def _choice(
    name: str,
    label_zh: str,
    meanings: tuple[str, str],
    parameter: str,
    choices: Mapping[Any, tuple[str, str]],
    *,
    by_default: bool = False,
) -> Option:
    """Return a choice, whose default is to send nothing, or the first choice ``by_default``."""
    meaning, meaning_zh = meanings
    none = {} if by_default else {None: ("", "")}
    return option(name, label_zh, (meaning, meaning, meaning_zh), parameter, {**none, **choices})


def _only(name: str, label_zh: str, meanings: tuple[str, str], parameter: str) -> Option:
    return _choice(name, label_zh, meanings, parameter, {False: ("false", ""), True: ("true", "")}, by_default=True)


KEYWORD = Text("keyword", "keyword", "words of what is looked for, such as a subject; may be empty", default="")
BY = _choice(
    "by",
    "搜索方式",
    ("where the keyword is looked for: in what is published, or in the nickname", "在发布内容中还是在昵称中搜索关键词"),
    "searchType",
    {"content": ("CONTENT", "内容"), "nickname": ("NICKNAME", "昵称")},
    by_default=True,
)
SORT = _choice(
    "sort",
    "排序",
    (
        "the order: the provider's score, or followers, of which the largest accounts of China come first",
        "按数据源的综合评分，或按粉丝数（全国最大的账号在前）",
    ),
    "sort",
    {"score": ("DEFAULT", "综合评分"), "followers": ("FANS", "粉丝数")},
    by_default=True,
)
_GOALS = {
    "exposure": ("BRAND_EXPOSURE", "品牌曝光"),
    "seeding": ("CIRCLE_SEEDING", "破圈种草"),
    "conversion": ("ACTION_CONVERSION", "行动转化"),
}
_QUOTE_TYPES = {
    "placement_video": ("PRODUCT_PLACEMENT_VIDEO", "植入视频"),
    "custom_video": ("CUSTOM_VIDEO", "定制视频"),
    "short_drama_episode": ("CUSTOM_SHORT_DRAMA_EPISODE", "定制短剧单集"),
    "natural_play_cpm": ("NATURAL_PLAY_CPM", "按自然播放量CPM"),
    "short_live_seeding": ("SHORT_LIVE_SEEDING_VIDEO", "短直种草视频"),
    "short_live_warmup": ("SHORT_LIVE_WARMUP_VIDEO", "短直预热视频"),
    "celebrity_short_live_seeding": ("CELEBRITY_SHORT_LIVE_SEEDING", "明星短直种草"),
    "celebrity_short_live_warmup": ("CELEBRITY_SHORT_LIVE_WARMUP", "明星短直预热"),
    "celebrity_video": ("CELEBRITY_VIDEO", "明星视频"),
    "collection_video": ("COLLECTION_VIDEO", "合集视频"),
    "co_creation_main": ("DOUYIN_SHORT_VIDEO_CO_CREATION_MAIN_CREATOR", "共创主创"),
    "co_creation_participant": ("DOUYIN_SHORT_VIDEO_CO_CREATION_PARTICIPANT", "共创参与"),
}
_CREATOR_LISTS = {
    "short_live_entertainment_creators": "短直联动娱播达人",
    "short_drama_actors": "短剧演员",
    "wechat_quick_connect_creators": "企微可快速建联达人",
    "ai_star_plan_creators": "AI星企划达人",
    "commerce_advantage_creators": "带货优势达人",
    "high_value_creators": "高性价比达人",
    "seeding_advantage_creators": "种草优势达人",
    "basketball_creators": "运动圈层达人-篮球",
    "premium_content_media": "精品内容型媒体推荐",
    "trend_setting_media": "趋势造风型媒体推荐",
    "factory_traceability_media": "探厂溯源型媒体推荐",
    "running_creators": "运动圈层达人-跑步",
    "light_outdoor_creators": "运动圈层达人-轻户外",
    "fitness_creators": "运动圈层达人-运动健身",
    "yoga_creators": "运动圈层达人-瑜伽",
    "street_sports_creators": "运动圈层达人-街头运动",
    "cycling_creators": "运动圈层达人-骑行",
    "football_creators": "运动圈层达人-足球",
    "fishing_creators": "运动圈层达人-垂钓",
    "beauty_quality_creators": "美妆质感达人",
}

FILTERS: tuple[Option | Text | Filter, ...] = (
    KEYWORD,
    BY,
    SORT,
    _choice(
        "goal",
        "营销目标",
        ("what the campaign is for", "投放的营销目标"),
        "marketingTarget",
        _GOALS,
    ),
    replace(INDUSTRY.at("industry"), meaning="industry that creators are recommended for"),
    Between("followers", "followerRange", "followers", "users"),
    _choice(
        "quote_type",
        "报价类型",
        ("the service that ``quote_cny`` is about", "报价筛选所针对的服务"),
        "kolPriceType",
        _QUOTE_TYPES,
    ),
    _yuan("quote_cny", "kolPriceRange", "price of the service, which ``quote_type`` names", "quote_type"),
    Between("expected_plays", "expectedPlayRange", "plays that the provider expects of an order", "plays"),
    _yuan("cpm_cny", "expectedCpmRange", "expected cost per 1,000 plays"),
    _yuan("cpe_cny", "expectedCpeRange", "expected cost per interaction"),
    _rate("interact_rate", "interactionRateRange", "interaction rate"),
    _rate("completion_rate", "completionRateRange", "completion rate"),
    _rate("viral_rate", "viralRateRange", "viral rate (爆文率)"),
    Between("connected_users", "connectedUserRange", "connected users (连接用户)", "users"),
    Between(
        "tasks_in_progress",
        "progressTaskRange",
        "tasks in progress, counted over ``tasks_days``",
        "tasks",
        ("", ""),
        days="tasks_days",
    ),
    Number("tasks_days", "the days that ``tasks_in_progress`` counts over", 30, needs="tasks_in_progress"),
    _portrait("audience", "audienceImage", "connected users"),
    _portrait("fans", "fansImage", "fans"),
    _choice(
        "gender",
        "达人性别",
        ("gender of the creator", "达人的性别"),
        "gender",
        {"male": ("MALE", "男"), "female": ("FEMALE", "女")},
    ),
    Labels("locations", "location", "provinces or cities by their full Chinese name, such as 广东省 or 深圳市"),
    Labels(
        "content_tags",
        "contentTag",
        "content tags: Chinese ones of both levels, such as 美妆 or 护肤保养, or first-level ones in English: "
        f"{', '.join(_TAGS)}",
        _tags(),
    ),
    Labels("content_themes", "contentTheme", "content themes in Chinese, such as 宝宝辅食", headings=_THEMES),
    Labels("persona_tags", "personaTag", "persona labels in Chinese, such as 大学生 or 敏感肌"),
    Labels("tonality_tags", "tonalityTag", "tonality labels in Chinese, such as 设计师"),
    _only("celebrity", "明星", ("only celebrities", "只看明星"), "isSuperstar"),
    _only(
        "curated",
        "精选达人",
        ("only creators that the provider calls curated", "只看数据源标为精选的达人"),
        "isCuratedAuthor",
    ),
    _choice(
        "creator_list",
        "榜单",
        ("a list of creators that the provider keeps", "数据源维护的达人榜单"),
        "authorList",
        {name: (name.upper(), zh) for name, zh in _CREATOR_LISTS.items()},
    ),
)
"""Every filter of the search, in the order of the arguments."""
