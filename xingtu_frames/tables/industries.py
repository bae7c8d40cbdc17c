"""The provider's industries of the first level by their ids."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

INDUSTRIES_ZH: Mapping[str, str] = MappingProxyType(
    {
        "1901": "3C及电器",
        "1903": "食品饮料",
        "1904": "服装配饰",
        "1905": "医药健康",
        "1906": "商务服务",
        "1907": "生活服务",
        "1908": "房地产",
        "1909": "家居建材",
        "1910": "教育培训",
        "1911": "出行旅游",
        "1912": "社会公共",
        "1913": "游戏",
        "1914": "互联网电商服务",
        "1915": "交通工具",
        "1916": "汽车",
        "1917": "农资园艺",
        "1918": "化工及能源",
        "1919": "电子电工",
        "1920": "机械设备",
        "1921": "休闲娱乐",
        "1922": "传媒资讯",
        "1923": "物流业",
        "1924": "通信",
        "1925": "金融业",
        "1927": "餐饮服务",
        "1928": "工具类软件",
        "1929": "招商加盟",
        "1930": "美妆",
        "1931": "母婴宠物",
        "1933": "日化",
        "1934": "实体书籍",
        "1935": "社交通讯",
        "1936": "医疗机构",
        "1937": "丽人",
        "1938": "购物",
        "1939": "文化用品",
        "1940": "运动户外",
    }
)
"""Names as the provider's search lists them; 1918, 1919 and 1923 stand in older lists alone."""

_LEVELS: Mapping[int, int] = MappingProxyType({4: 1, 6: 2})


def industry_level(industry_id: str | None) -> int | None:
    """Return the level of an industry: 1 for an id of four digits, 2 for one of six."""
    return _LEVELS.get(len(industry_id)) if industry_id and industry_id.isdecimal() else None


def industry_zh(industry_id: str | None) -> str | None:
    """Return the Chinese name of an industry, or of the one that it is part of; None for an unknown one."""
    return INDUSTRIES_ZH.get(industry_id[:4]) if industry_id and industry_level(industry_id) else None
