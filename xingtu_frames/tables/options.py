"""The choices of the ``fetch_`` functions, each with its words in Chinese and its spelling on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from .schema import Column, Option, Words


def option(
    name: str,
    label_zh: str,
    meanings: tuple[str, str, str],
    parameter: str,
    choices: Mapping[Any, tuple[str, str]],
) -> Option:
    """Return an option whose default is its first choice.

    Parameters
    ----------
    name, label_zh
        Name of the argument, and its Chinese label.
    meanings
        What is chosen, for documentation; what a column says that repeats it, in English and in Chinese.
    parameter
        The name of the current endpoint's parameter.
    choices
        Each choice with its spelling on the wire and its Chinese; ``""`` where it needs none.
    """
    words = Words({str(choice): zh for choice, (_, zh) in choices.items() if zh})
    spelled = MappingProxyType({choice: wire for choice, (wire, _) in choices.items()})
    meaning, repeated, repeated_zh = meanings
    column = Column(name, "str", "", label_zh, repeated, repeated_zh, words)
    return Option(column, meaning, parameter, spelled, next(iter(choices)))


VIDEO_TYPE = option(
    "video_type",
    "视频类型",
    (
        "the creator's own videos, or those ordered through Xingtu",
        "personal or xingtu (ordered) videos, as asked",
        "查询时选择的视频类型：个人视频或星图（商单）视频",
    ),
    "type",
    {"personal": ("PERSONAL_VIDEO", "个人视频"), "xingtu": ("XINTU_VIDEO", "星图视频")},
)
WINDOW = option(
    "window",
    "统计周期",
    ("rolling days that the figures cover", "30d or 90d, rolling, as asked", "查询时选择的统计周期，滚动计算"),
    "range",
    {"30d": ("DAY_30", "近30天"), "90d": ("DAY_90", "近90天")},
)
ONLY_ASSIGNED = option(
    "only_assigned",
    "仅指派视频",
    (
        "only assigned videos; what that leaves out is unconfirmed",
        "whether only assigned videos count, as asked",
        "查询时是否只统计指派视频",
    ),
    "onlyAssign",
    {False: ("false", ""), True: ("true", "")},
)
FLOW = option(
    "flow",
    "流量筛选（可能指付费流量）",
    ("the provider's flow filter, likely paid traffic", "flow filter, as asked", "查询时选择的流量筛选"),
    "flowType",
    {"exclude": ("EXCLUDE", "剔除"), "include": ("INCLUDE", "包含")},
)
PLATFORM = option(
    "platform",
    "平台",
    ("kind of content", "platform, as asked", "查询时选择的平台"),
    "platform",
    {
        "short_video": ("SHORT_VIDEO", "短视频"),
        "live_streaming": ("LIVE_STREAMING", "直播"),
        "picture_text": ("PICTURE_TEXT", "图文"),
        "short_drama": ("SHORT_DRAMA", "短剧"),
    },
)

STAGE = option(
    "stage",
    "连接阶段",
    (
        "whose portrait: all connected users, or those of one stage",
        "connected users, or one stage of them, as asked",
        "查询时选择的用户：全部连接用户，或其中一个阶段",
    ),
    "linkType",
    {
        "connected": ("CONNECTED", "连接"),
        "aware": ("AWARE", "了解"),
        "interested": ("INTERESTED", "兴趣"),
        "like": ("LIKE", "喜欢"),
        "follow": ("FOLLOW", "追随"),
    },
)
FAN_GROUP = option(
    "fan_group",
    "粉丝群",
    (
        "whose portrait: all fans, or the loyal ones (铁粉)",
        "fans or loyal fans, as asked",
        "查询时选择的粉丝：全部粉丝或铁粉",
    ),
    "authorType",
    {"fans": ("FAN", "粉丝"), "loyal": ("DIE_HARD_FAN", "铁粉")},
)

_INDUSTRIES = {
    "all": "全部行业",
    "electronics_and_appliances": "3C及电器",
    "shopping": "购物",
    "food_and_beverage": "食品饮料",
    "clothing_and_accessories": "服装配饰",
    "healthcare_and_medical": "医药健康",
    "medical_institutions": "医疗机构",
    "home_and_building_materials": "家居建材",
    "local_services": "生活服务",
    "business_services": "商务服务",
    "culture_sports_entertainment": "休闲娱乐",
    "beauty_services": "丽人",
    "real_estate": "房地产",
    "education_and_training": "教育培训",
    "travel_and_tourism": "出行旅游",
    "public_services": "社会公共",
    "games": "游戏",
    "retail": "互联网电商服务",
    "transportation_equipment": "交通工具",
    "automotive": "汽车",
    "agriculture_forestry_fishery": "农资园艺",
    "chemical_and_energy": "化工能源",
    "electronics_and_electrical": "电子电工",
    "machinery_equipment": "机械设备",
    "media_and_information": "传媒资讯",
    "logistics": "物流",
    "telecommunications": "通信",
    "financial_services": "金融业",
    "catering_services": "餐饮服务",
    "software_tools": "工具类软件",
    "franchising_and_investment": "招商加盟",
    "beauty_and_cosmetics": "美妆",
    "mother_baby_and_pet": "母婴宠物",
    "daily_chemicals": "日化",
    "physical_books": "实体书籍",
    "social_and_communication": "社交通讯",
    "cultural_supplies": "文化用品",
    "sports_outdoor": "运动户外",
}
INDUSTRY = option(
    "industry",
    "行业",
    (
        "industry that the indexes are for",
        "industry that the indexes refer to, as asked",
        "查询时选择的行业，指数按该行业计算",
    ),
    "industryTag",
    {name: (name.upper(), zh) for name, zh in _INDUSTRIES.items()},
)
