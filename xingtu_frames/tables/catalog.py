"""The ten declared tables: every column's name, dtype, unit, Chinese label and meaning."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

from ..errors import ParameterError, no_such
from ..frame import conformed
from .schema import Column, Table

DURATION_BANDS = ("1-20s", "21-60s", "60s+")
COST_METRICS = ("cpm", "cpe", "sales_cpm")
BENCHMARK_METRICS = ("interact_rate", "completion_rate", "play_stability", "play_median", "video_count")
STAGES = ("aware", "interested", "like", "follow")
INDEXES = ("star", "spread", "seeding", "conversion", "cost_performance", "cooperation")

LABELS_ZH: Mapping[str, str] = MappingProxyType(
    {
        "1-20s": "1-20秒",
        "21-60s": "21-60秒",
        "60s+": "60秒以上",
        "cpm": "预期CPM",
        "cpe": "预期CPE",
        "sales_cpm": "带货预期CPM",
        "interact_rate": "互动率",
        "completion_rate": "完播率",
        "play_stability": "播放稳定性",
        "play_median": "播放量中位数",
        "video_count": "发布作品数",
        "aware": "了解",
        "interested": "兴趣",
        "like": "喜欢",
        "follow": "追随",
        "star": "星图指数",
        "spread": "传播指数",
        "seeding": "种草指数",
        "conversion": "转化指数",
        "cost_performance": "性价比指数",
        "cooperation": "合作指数",
        "30d": "近30天",
        "90d": "近90天",
        "personal": "个人视频",
        "xingtu": "星图视频",
        "male": "男",
        "female": "女",
        "short_video": "短视频",
        "live_streaming": "直播",
        "picture_text": "图文",
        "short_drama": "短剧",
        "video": "视频",
        "only_assigned": "仅指派视频",
        "flow": "流量筛选（可能指付费流量）",
        "exclude": "剔除",
        "include": "包含",
        "cached": "已有",
        "expired": "已过期",
        "missing": "未取得",
        "yes": "是",
        "no": "否",
        "unknown": "未知",
        "quote": "真实报价",
        "implied_cpm": "CPM推算",
        "implied_cpe": "CPE推算",
        "error": "错误",
        "warning": "警告",
        "info": "提示",
        "overtake_beyond_100": "超越值超出100%",
        "few_videos": "作品偏少",
        "empty_block": "没有数据",
        "equal_bands": "时长档相同",
        "stage_total_mismatch": "阶段合计不符",
        "tree_parts_mismatch": "来源分项不符",
        "rate_mismatch": "互动率不符",
        "stale_answer": "数据过旧",
        "impossible_value": "数值不可能",
        "unread_value": "无法识别的值",
        "plays": "播放",
        "interactions": "互动",
        "no expected value": "没有预期效果",
        "no price": "没有价格",
        "did not fit": "预算放不下",
        "higher": "越高越好",
        "lower": "越低越好",
        "renormalise": "其余权重按比例补足",
        "nan": "不计分",
        "drop": "不列入",
        "rank": "名次",
        "minmax": "最差至最好的距离",
        "benchmark": "数据源的百分位",
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
)
"""Chinese for the closed vocabularies of the tables, options and results."""

_KOL_ID = Column("kol_id", "str", "", "星图ID", "Xingtu creator id: text, for it has more digits than a float keeps")
_FETCHED_AT = Column(
    "fetched_at", "datetime64[us, UTC]", "UTC", "数据获取时间", "when the answer was fetched, not the data's own date"
)
_VIDEO_TYPE = Column("video_type", "str", "", "视频类型", "personal or xingtu (ordered) videos, as asked")
_WINDOW = Column("window", "str", "", "统计周期", "30d or 90d, rolling, as asked")
_PLATFORM = Column("platform", "str", "", "平台", "platform, as asked")


def _table(
    name: str,
    label_zh: str,
    row: str,
    endpoint: str,
    options: tuple[str, ...],
    *columns: Column,
    listing: bool = False,
) -> Table:
    return Table(name, label_zh, row, endpoint, options, (_KOL_ID, *columns, _FETCHED_AT), listing)


_SPREAD_OPTIONS = ("video_type", "window", "only_assigned", "flow", "platform")

_TABLES = (
    _table(
        "touch_distribution",
        "连接用户来源",
        "creator x deepest node of the audience-source tree",
        "author_touch_distribution",
        ("platform",),
        Column("touch", "str", "", "触点", "kind of touch: the wire key without _touch, such as video"),
        Column("level1", "str", "", "一级来源", "source, such as 个人 (personal videos)"),
        Column("level2", "str", "", "二级内容", "content category; NA where the tree ends at level 1"),
        Column("level3", "str", "", "三级内容", "sub-topic; NA where the tree ends earlier"),
        Column("cnt", "Int64", "users", "用户数", "users of this node; level 3 overlaps, never sum it"),
        Column(
            "level1_cnt", "Int64", "users", "一级用户数", "users of the level-1 parent, the denominator for level 2"
        ),
        Column("level2_cnt", "Int64", "users", "二级用户数", "users of the level-2 parent; NA where there is none"),
        listing=True,
    ),
    _table(
        "spread_info",
        "传播表现",
        "creator",
        "get_author_spread_info",
        _SPREAD_OPTIONS,
        _VIDEO_TYPE,
        _WINDOW,
        Column("category", "str", "", "内容类型", "label of the peers that the provider compares with"),
        Column("video_count", "Int64", "videos", "发布作品数", "videos published in the window"),
        Column("play_median", "Int64", "plays", "播放量中位数", "median plays of a video"),
        Column("like_mean", "Int64", "likes", "平均点赞", "mean likes of a video"),
        Column("comment_mean", "Int64", "comments", "平均评论", "mean comments of a video"),
        Column("share_mean", "Int64", "shares", "平均转发", "mean shares of a video"),
        Column("duration_mean_s", "float64", "s", "平均时长", "mean duration of a video"),
        Column(
            "interact_rate", "float64", "fraction", "互动率", "(likes + comments + shares) / plays, favourites left out"
        ),
        Column("completion_rate", "float64", "fraction", "完播率", "share of plays watched to the end"),
        Column(
            "play_stability",
            "float64",
            "score",
            "播放稳定性",
            "the provider's score / 1e6, higher is steadier; the unit is unconfirmed",
        ),
    ),
    _table(
        "cost_tiers",
        "预期CPM与CPE",
        "creator x metric x duration band, always 9 rows",
        "get_author_spread_info",
        _SPREAD_OPTIONS,
        _VIDEO_TYPE,
        _WINDOW,
        Column(
            "metric",
            "category",
            "",
            "指标",
            "cpm: yuan per 1,000 expected plays; cpe: yuan per expected interaction; "
            "sales_cpm: likely the CPM expected for sales goals",
            COST_METRICS,
        ),
        Column("duration_band", "category", "", "时长档", "duration band of the booked video", DURATION_BANDS),
        Column("cost_cny", "float64", "CNY", "预期成本", "expected cost; NA where the provider has none"),
    ),
    _table(
        "spread_benchmarks",
        "同类对比",
        "creator x metric, always 5 rows",
        "get_author_spread_info",
        _SPREAD_OPTIONS,
        _VIDEO_TYPE,
        _WINDOW,
        Column("metric", "category", "", "指标", "what is compared", BENCHMARK_METRICS),
        Column("value", "float64", "as in spread_info", "数值", "the creator's value, in the unit of spread_info"),
        Column("peer_group", "str", "", "同类", "label of the peers compared with; NA where the provider gives none"),
        Column(
            "beats_share",
            "float64",
            "fraction",
            "超过同类",
            "share of peers beaten; NA for video_count, whose wire value is a signed change",
        ),
        Column("overtake_raw", "Int64", "basis points", "超越值", "the wire value; for video_count a signed change"),
    ),
    _table(
        "link_struct",
        "连接用户分布",
        "creator x stage, always 4 rows",
        "author_link_struct",
        ("platform",),
        Column("stage_no", "Int64", "", "阶段序号", "1 to 4"),
        Column("stage", "category", "", "阶段", "aware 了解, interested 兴趣, like 喜欢, follow 追随", STAGES),
        Column("users", "Int64", "users", "用户数", "connected users in this stage, 30 days"),
        Column(
            "industry_median_users",
            "Int64",
            "users",
            "同行业中位数",
            "median of creators of the same industry; 0 occurs",
        ),
        Column("share", "float64", "fraction", "占比", "stage / all connected users, as the provider gives it"),
    ),
    _table(
        "connected_users",
        "月连接用户",
        "creator",
        "author_link_struct",
        ("platform",),
        Column("creator_type", "str", "", "达人类型", "the provider's type, such as 传播 or 种草"),
        Column("users", "Int64", "users", "月连接用户数", "users connected in 30 days: the four stages together"),
        Column("rank_percent", "float64", "fraction", "排名百分位", "likely rank / population: small is good"),
        Column("growth", "float64", "fraction", "环比", "likely change against the previous period", signed=True),
    ),
    _table(
        "link_index",
        "星图指数",
        "creator x index, always 6 rows",
        "get_author_link_info",
        ("industry", "platform"),
        Column("industry", "str", "", "行业", "industry that the indexes refer to, as asked"),
        Column(
            "index",
            "category",
            "",
            "指数",
            "star 星图, spread 传播, seeding 种草, conversion 转化, cost_performance 性价比, cooperation 合作",
            INDEXES,
        ),
        Column("value", "float64", "points", "得分", "the creator's score, 0 to 100"),
        Column("market_avg", "float64", "points", "市场均值", "the market's benchmark; mean or median is unconfirmed"),
        Column("change", "float64", "fraction", "环比", "likely change against the previous period", signed=True),
        Column("rank", "Int64", "", "排名", "position, 1 is best; not comparable across dates; NA without a rank"),
        Column("rank_percent", "float64", "fraction", "排名百分位", "rank / population: small is good"),
    ),
    _table(
        "video_distribution",
        "内容类型分布",
        "creator x content category",
        "author_video_distribution",
        ("platform",),
        _PLATFORM,
        Column("category", "str", "", "内容类型", "content category"),
        Column("video_count", "Int64", "videos", "作品数", "videos in this category"),
        Column("share", "float64", "fraction", "占比", "videos of the category / videos of all, from the counts"),
        listing=True,
    ),
    _table(
        "profiles",
        "达人资料",
        "creator",
        "get_author_base_info",
        ("platform",),
        Column("nick_name", "str", "", "抖音昵称", "nickname on Douyin"),
        Column("gender", "str", "", "性别", "male, female, NA when unknown"),
        Column("province", "str", "", "省份", "province"),
        Column("city", "str", "", "城市", "city"),
        Column("followers", "Int64", "users", "达人粉丝", "followers"),
        Column("mcn_name", "str", "", "MCN机构", "agency; NA without one"),
        Column("tags", "str", "", "标签", "content tags joined by |; NA when empty"),
        Column("is_online", "boolean", "", "是否在线", "the provider's flag, taken as it is"),
    ),
    _table(
        "quotes",
        "服务报价",
        "creator x service, closed ones too",
        "get_author_marketing_info",
        ("platform",),
        Column(
            "video_type_code", "Int64", "", "服务代码", "the provider's service code: 1, 2, 71 are the duration bands"
        ),
        Column("service", "str", "", "服务", "the provider's name of the service"),
        Column("duration_band", "category", "", "时长档", "duration band; NA for other services", DURATION_BANDS),
        Column(
            "price_cny", "Int64", "CNY", "报价", "price to pay; for 按自然播放量结算 it is yuan per 1,000 natural plays"
        ),
        Column("origin_price_cny", "Int64", "CNY", "原价", "price before a discount"),
        Column("settlement", "str", "", "结算方式", "how the service is settled"),
        Column("is_open", "boolean", "", "是否开放", "whether the service can be booked"),
        listing=True,
    ),
)

TABLES: Mapping[str, Table] = MappingProxyType({table.name: table for table in _TABLES})
"""Every declared table by name, read-only."""


def tables_named(names: Any) -> list[Table]:
    """Return the declared tables of those names, each once.

    Raises
    ------
    ParameterError
        One does not exist.
    """
    asked = [names] if isinstance(names, str) else list(names)
    unknown = [name for name in asked if name not in TABLES]
    if unknown:
        raise no_such("table", unknown, TABLES)
    return [TABLES[name] for name in dict.fromkeys(asked)]


def require_text_ids(frame: pd.DataFrame, called: str) -> None:
    """Refuse ids that are numbers: they match none that are text, and as floats they have lost digits."""
    ids = frame["kol_id"]
    held = str(ids.dtype) if pd.api.types.is_numeric_dtype(ids) and len(frame) else ""
    if ids.dtype == object:
        held = next((type(one).__name__ for one in ids if not isinstance(one, str) and pd.notna(one)), "")
    if held:
        raise ParameterError(f"kol_id of {called} holds {held}, not text; read ids as text: xf.read_csv, or dtype=str")


def frames_by_table(frames: Any) -> dict[str, pd.DataFrame]:
    """Return a mapping of table names to frames as a dict, of whatever dtypes the frames are.

    Raises
    ------
    ParameterError
        It is no such mapping, a table does not exist, or a frame lacks columns of its table.
    """
    if not isinstance(frames, Mapping) or not all(isinstance(frame, pd.DataFrame) for frame in frames.values()):
        raise ParameterError('frames must map table names to frames, such as {"spread_info": df}')
    found = {}
    for table in tables_named(frames):
        lacking = [column for column in table.names if column not in frames[table.name].columns]
        if lacking:
            raise ParameterError(
                f"the frame given for {table.name} lacks {', '.join(lacking)}; fetch_{table.name} makes it"
            )
        called = f"the frame given for {table.name}"
        require_text_ids(frames[table.name], called)
        found[table.name] = conformed(frames[table.name], table.columns, called)
    return {name: found[name] for name in frames}


PLAN_COLUMNS = (
    Column("table", "str", "", "表", "the tables that read this answer, joined by |"),
    Column("endpoint", "str", "", "接口", "endpoint that is asked"),
    _KOL_ID,
    Column("state", "str", "", "状态", "cached: nothing is sent; expired or missing: one request"),
)
"""Columns of `Client.plan`."""

FAILURE_COLUMNS = (
    _KOL_ID,
    Column("endpoint", "str", "", "接口", "endpoint that was asked"),
    Column("code", "Int64", "", "业务码", "the provider's code; NA when no answer came"),
    Column("error", "str", "", "原因", "why there is no data"),
    Column("retryable", "boolean", "", "可重试", "whether asking again may help"),
)
"""Columns of what failed: `frame.attrs["failures"]` as a frame."""

LEDGER_COLUMNS = (
    Column("sent_at", "datetime64[us, UTC]", "UTC", "发送时间", "when the request was about to be sent"),
    Column("endpoint", "str", "", "接口", "endpoint that was asked"),
    _KOL_ID,
    Column("http_status", "Int64", "", "HTTP状态", "HTTP status; NA when no answer came"),
    Column("code", "Int64", "", "业务码", "the provider's code; NA when no answer came"),
    Column("billed", "str", "", "是否计费", "yes, no or unknown"),
    Column("elapsed_s", "float64", "s", "耗时", "seconds until the answer or the failure"),
    Column("error", "str", "", "错误", "what went wrong; NA when nothing did"),
)
"""Columns of `Client.ledger`."""
