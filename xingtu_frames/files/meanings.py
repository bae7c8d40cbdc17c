"""What the columns mean and the units are, in Chinese; the English stands with the declarations."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ..board.metrics import FEW_VIDEOS, METRICS
from ..tables.catalog import DURATION_BANDS, LABELS_ZH, TABLES
from ..tables.schema import Column
from .groups import GROUPS, LIKENESS, MATRIX

_EVERYWHERE = {
    "kol_id": "星图达人ID，以文本保存：位数超过数字能精确保存的范围",
    "fetched_at": "取得该数据的时间，不是数据本身的日期",
    "video_type": "查询时选择的视频类型：个人视频或星图（商单）视频",
    "window": "查询时选择的统计周期，滚动计算",
    "platform": "查询时选择的平台",
    "duration_band": "视频时长档",
}

_OF_VIDEOS = {
    "category": "数据源用来与同类达人比较的内容标签",
    "video_count": "统计周期内发布的作品数",
    "play_median": "单条视频播放量的中位数",
    "like_mean": "单条视频平均点赞数",
    "comment_mean": "单条视频平均评论数",
    "share_mean": "单条视频平均转发数",
    "duration_mean_s": "视频平均时长",
    "interact_rate": "（点赞 + 评论 + 转发）÷ 播放量，不含收藏",
    "completion_rate": "看完视频的播放占比",
    "play_stability": "数据源给出的得分 ÷ 1,000,000，越高越稳定；单位未确认",
}

_OF_TABLES: Mapping[str, Mapping[str, str]] = {
    "touch_distribution": {
        "touch": "用户接触达人的方式",
        "level1": "一级来源，如“个人”（个人视频）",
        "level2": "二级内容类别；来源树只有一级时为空",
        "level3": "三级主题；来源树更浅时为空",
        "cnt": "该节点的用户数；三级之间有重叠，不可相加",
        "level1_cnt": "所属一级来源的用户数，计算二级占比时作分母",
        "level2_cnt": "所属二级内容的用户数；没有二级时为空",
    },
    "spread_info": _OF_VIDEOS,
    "cost_tiers": {
        "metric": "CPM：每 1,000 次预期播放的成本；CPE：每次预期互动的成本；带货CPM：可能是带货目标下的CPM（未确认）",
        "duration_band": "预订视频的时长档",
        "cost_cny": "预期成本；数据源未给出时为空",
    },
    "spread_benchmarks": {
        "metric": "所比较的指标",
        "value": "达人自己的数值，单位同“传播表现”",
        "peer_group": "所比较的同类标签；数据源未给出时为空",
        "beats_share": "超过了多少比例的同类达人；“发布作品数”为空，因其原始值是带符号的变化",
        "overtake_raw": "数据源的原始值，10,000 = 100%；“发布作品数”为带符号的变化",
    },
    "link_struct": {
        "stage_no": "阶段序号，1 至 4",
        "stage": "连接阶段：了解、兴趣、喜欢、追随",
        "users": "处于该阶段的连接用户数，30 天",
        "industry_median_users": "同行业达人的中位数；可能为 0",
        "share": "该阶段占全部连接用户的比例，由数据源给出",
    },
    "connected_users": {
        "creator_type": "数据源给出的达人类型，如传播、种草",
        "users": "30 天内连接的用户数，即四个阶段之和",
        "rank_percent": "很可能是 排名 ÷ 达人总数，越小越好",
        "growth": "很可能是与上一周期相比的变化",
    },
    "link_index": {
        "industry": "查询时选择的行业，指数按该行业计算",
        "index": "星图、传播、种草、转化、性价比、合作六项指数",
        "value": "达人得分，0 至 100",
        "market_avg": "市场基准；是均值还是中位数未确认",
        "change": "很可能是与上一周期相比的变化",
        "rank": "名次，1 为最好；不同日期之间不可比较；没有名次时为空",
        "rank_percent": "排名 ÷ 达人总数，越小越好",
    },
    "video_distribution": {
        "category": "内容类别",
        "video_count": "该类别的作品数",
        "share": "该类别作品数 ÷ 全部作品数，由作品数计算",
    },
    "profiles": {
        "nick_name": "抖音昵称",
        "gender": "男或女；未知时为空",
        "province": "省份",
        "city": "城市",
        "followers": "粉丝数",
        "mcn_name": "所属机构；没有时为空",
        "tags": "内容标签，以 | 分隔；没有时为空",
        "is_online": "数据源的标记，原样给出",
    },
    "quotes": {
        "video_type_code": "数据源的服务代码：1、2、71 为三个时长档",
        "service": "数据源的服务名称",
        "duration_band": "时长档；其他服务为空",
        "price_cny": "应付价格；按自然播放量结算时为每 1,000 次自然播放的价格",
        "origin_price_cny": "折扣前的价格",
        "settlement": "结算方式",
        "is_open": "该服务是否可预订",
    },
}

_BANDS_ZH = tuple(LABELS_ZH[band] for band in DURATION_BANDS)
_COSTS = {"cpm": "每 1,000 次预期播放的成本", "cpe": "每次预期互动的成本", "quote": "开放预订的报价"}
_OF_METRICS = {
    **{m.name: _OF_TABLES[m.table][m.column] for m in METRICS.values()},
    **{
        m.name: f"{_COSTS[m.name.partition('_')[0]]}，{LABELS_ZH[m.where['duration_band']]}视频"
        for m in METRICS.values()
        if "duration_band" in m.where
    },
    **{m.name: f"{LABELS_ZH[m.where['index']]}得分，0 至 100" for m in METRICS.values() if "index" in m.where},
    "top_category_share": "作品数最多的内容类别占全部作品的比例；并列时取第一个",
}
_OF_BOARD = {
    **{m.name: _OF_METRICS[m.name] + (f"；{LABELS_ZH[m.direction]}" if m.direction else "") for m in METRICS.values()},
    "name": "自定的名称，没有时为抖音昵称",
    "top_category": "作品数最多的内容类别；并列时取第一个",
    "peer_group": "数据源的百分位所比较的同类标签",
    "few_videos": f"统计周期内作品少于 {FEW_VIDEOS} 个，数字依据不足",
    "industry": _OF_TABLES["link_index"]["industry"],
    "age_days": "从所用数据中最早的获取时间到生成对比的整天数",
    "fetched_at": "所用数据中最早的获取时间，不是数据本身的日期",
}

_OF_RESULTS: Mapping[str, Mapping[str, str]] = {
    "score": {
        "score": "各指标归一后的加权和，0 至 100",
        "coverage": "有数据的指标占全部权重的比例",
        **{f"{m.name}_contribution": f"{m.label_zh}为综合得分贡献的分数" for m in METRICS.values()},
    },
    "rank_stability": {
        "rank": "按综合得分的名次，1 为最好",
        "probability": "权重变动的多次模拟中，达人处于该名次的比例",
    },
    "plan_budget": {
        "duration_band": "拟预订的时长档",
        "price_cny": "计入预算的价格",
        "price_source": "真实报价，或由CPM、CPE推算的价格；推算价须先询价",
        "expected": "播放量中位数，或播放量中位数 × 互动率，依所选目标；是估算，不是平台的预期播放数",
        "quote_cny": "该时长档的开放报价；没有时为空",
        "implied_cpm_cny": "CPM × 播放量中位数 ÷ 1,000，估算值",
        "implied_cpe_cny": "CPE × 预期互动数，估算值",
    },
    "quality": {
        "table": "发现问题的数据表",
        "flag": "问题的类型",
        "severity": "错误：数据自相矛盾；警告；提示",
        "evidence": "显示该问题的数字",
    },
    "failures": {
        "endpoint": "所请求的接口",
        "code": "数据源的业务码；没有应答时为空",
        "error": "没有取得数据的原因",
        "retryable": "再次请求是否可能成功",
    },
    "ledger": {
        "sent_at": "请求即将发出的时间",
        "endpoint": "所请求的接口",
        "http_status": "HTTP 状态；没有应答时为空",
        "code": "数据源的业务码；没有应答时为空",
        "billed": "是否计费：是、否或未知",
        "elapsed_s": "从发出到应答或失败的秒数",
        "error": "错误原因；没有错误时为空",
    },
    "plan": {
        "table": "使用该应答的数据表，以 | 分隔",
        "endpoint": "将请求的接口",
        "state": "已有：不发请求；已过期或未取得：发一次请求",
    },
    "proposal": {
        "抖音昵称": "自定的名称，没有时为抖音昵称",
        "达人粉丝": "粉丝数",
        "内容类型": "达人资料中的内容标签；没有时为作品数最多的内容类别",
        "星图链接": "达人的星图主页",
        "抖音链接": "留空：所用接口没有抖音账号ID",
        "城市": "城市",
        "省份": "省份",
        "性别": "男或女；未知时为空",
        **{f"{band}报价": f"{band}视频开放预订的报价" for band in _BANDS_ZH},
        "预期播放数": "留空：所用接口没有预期播放数；历史播放量中位数不能代替",
        **{f"{index}指数": f"{index}指数得分，0 至 100" for index in ("种草", "传播", "转化", "星图")},
        "近30天互动率": "近 30 天（点赞 + 评论 + 转发）÷ 播放量，不含收藏",
        "近30天完播率": "近 30 天看完视频的播放占比",
        **{f"{band}预期CPM": f"每 1,000 次预期播放的成本，{band}视频" for band in _BANDS_ZH},
        "连接用户数": "30 天内连接的用户数",
    },
}

MEANINGS: Mapping[str, Mapping[str, str]] = MappingProxyType({**_OF_TABLES, "board": _OF_BOARD, **_OF_RESULTS})
"""What the columns of each kind of frame mean, in Chinese."""

UNITS: Mapping[str, str] = MappingProxyType(
    {
        "": "",
        "CNY": "元",
        "UTC": "UTC 时间",
        "fraction": "比例",
        "users": "人",
        "plays": "次播放",
        "plays or interactions": "次播放或互动",
        "videos": "个作品",
        "likes": "次点赞",
        "comments": "条评论",
        "shares": "次转发",
        "points": "分",
        "score": "得分",
        "s": "秒",
        "days": "天",
        LIKENESS: "相似度",
        "basis points": "万分之一",
        "as in spread_info": "同“传播表现”",
    }
)
"""The units in Chinese."""

HEADER_UNITS: Mapping[str, str] = MappingProxyType({"UTC": "（UTC）", "s": "（秒）", "days": "（天）"})
"""Units that a Chinese header names because the number format cannot."""

_ROWS_ZH = {
    "touch_distribution": "达人 × 来源树的最深节点",
    "spread_info": "一位达人",
    "cost_tiers": "达人 × 指标 × 时长档，固定 9 行",
    "spread_benchmarks": "达人 × 指标，固定 5 行",
    "link_struct": "达人 × 阶段，固定 4 行",
    "connected_users": "一位达人",
    "link_index": "达人 × 指数，固定 6 行",
    "video_distribution": "达人 × 内容类别",
    "profiles": "一位达人",
    "quotes": "达人 × 服务，含未开放的",
}
KINDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            **{name: f"{TABLES[name].label_zh}\n每行：{row}" for name, row in _ROWS_ZH.items()},
            "board": "达人对比\n每行：一位达人",
            "score": "综合得分\n每行：一位达人",
            "rank_stability": "名次稳定性\n每行：达人 × 名次",
            "plan_budget": "预算方案\n每行：一次预订",
            "quality": "数据质量\n每行：一个问题",
            "failures": "未取得的数据\n每行：一次失败",
            "ledger": "请求记录\n每行：一次请求",
            "plan": "请求计划\n每行：一次请求",
            "proposal": "提报表\n每行：一位达人",
            MATRIX: "达人相似度\n每行：一位达人",
        },
        "en": {
            **{table.name: f"{table.name}\na row: {table.row}" for table in TABLES.values()},
            "board": "board\na row: creator",
            "score": "score\na row: creator",
            "rank_stability": "rank_stability\na row: creator x rank",
            "plan_budget": "plan_budget\na row: booking",
            "quality": "quality\na row: flag",
            "failures": "failures\na row: failure",
            "ledger": "ledger\na row: request",
            "plan": "plan\na row: request",
            "proposal": "proposal sheet\na row: creator",
            MATRIX: "similarity\na row: creator",
        },
    }
)
"""What each kind of frame is and what one of its rows is, by labels."""

_ALIKE = "与该达人的分布相似度：1 为相同，0 为没有共同部分；不是共同粉丝"
_BY_COLUMN = {
    column: MEANINGS[kind].get(column.name) or _EVERYWHERE.get(column.name, "")
    for kind, columns in GROUPS.items()
    for column in columns
}


def meaning(column: Column, labels: str) -> str:
    """Return what a declared column means, in the language of the labels."""
    if labels == "en":
        return column.meaning
    return _ALIKE if column.unit == LIKENESS else _BY_COLUMN.get(column, "")


def unit(column: Column, labels: str) -> str:
    """Return the unit of a declared column, in the language of the labels."""
    return UNITS.get(column.unit, column.unit) if labels == "zh" else column.unit
