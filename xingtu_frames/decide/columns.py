"""The declared columns of what is decided: scores, ranks, plans for a budget and flags."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from ..board.metrics import DIRECTIONS, METRICS, Metric, board_columns
from ..tables.audience import DIMENSIONS, TOP_LISTS
from ..tables.cost import DURATION_BANDS
from ..tables.schema import CREATOR, TRUTH_ZH, Column, Words

Severity = Literal["error", "warning", "info"]
Missing = Literal["renormalise", "nan", "drop"]
Goal = Literal["plays", "interactions"]
Aim = Literal["plays", "interactions", "target_users"]
Normalisation = Literal["rank", "minmax", "benchmark"]
"""How values become positions."""

PRICE_SOURCES = Words({"quote": "真实报价", "implied_cpm": "CPM推算", "implied_cpe": "CPE推算"})
SEVERITIES = Words({"error": "错误", "warning": "警告", "info": "提示"})
FLAGS = Words(
    {
        "overtake_beyond_100": "超越值超出100%",
        "few_videos": "作品偏少",
        "empty_block": "没有数据",
        "equal_bands": "时长档相同",
        "stage_total_mismatch": "阶段合计不符",
        "tree_parts_mismatch": "来源分项不符",
        "quote_cpm_mismatch": "报价与CPM不符",
        "growth_mismatch": "涨粉数与粉丝数不符",
        "portrait_partial": "画像年龄不全",
        "range_contradiction": "点击成本与报价矛盾",
        "repeated_date": "日期重复",
        "rate_mismatch": "互动率不符",
        "stale_answer": "数据过旧",
        "impossible_value": "数值不可能",
        "unread_value": "无法识别的值",
    }
)
GOALS: Words[Goal] = Words({"plays": "播放", "interactions": "互动"})
"""What a plan can maximise."""
TARGET_USERS: Aim = "target_users"
AIMS: Words[Aim] = Words({"plays": "播放", "interactions": "互动", "target_users": "目标用户"})
"""What a frontier can weigh against each other."""
LEFT_OUT = Words(
    {"excluded": "已排除", "no expected value": "没有预期效果", "no price": "没有价格", "did not fit": "预算放不下"}
)
"""Why a creator is not in a plan."""
MISSING: Words[Missing] = Words({"renormalise": "其余权重按比例补足", "nan": "不计分", "drop": "不列入"})
"""What becomes of a creator without a value for a weighted metric."""
KINDS = Words({"must": "必须", "prefer": "最好"})
"""How much a condition of a brief weighs."""
RESULTS = Words({"pass": "符合", "unknown": "无法判断", "fail": "不符合"})
"""What becomes of a condition, and of a creator: missing data is unknown, never a fail."""
BASELINES = Words({"mean of the shortlist": "名单均值", "weighted by users": "名单按用户数加权", "given": "自定基准"})
"""What an audience is compared with."""
ASSUMPTIONS = Words({"independence": "各维度相互独立"})
"""What a share of several dimensions assumes."""
NORMALISATIONS: Words[Normalisation] = Words(
    {"rank": "名次", "minmax": "最差至最好的距离", "benchmark": "数据源的百分位"}
)
"""How values become comparable."""
WORDS_ZH = MappingProxyType(
    {
        word: zh
        for words in (
            PRICE_SOURCES,
            SEVERITIES,
            FLAGS,
            GOALS,
            LEFT_OUT,
            MISSING,
            NORMALISATIONS,
            KINDS,
            RESULTS,
            BASELINES,
            ASSUMPTIONS,
            DIRECTIONS,
        )
        for word, zh in words.zh.items()
    }
)
"""Chinese for the closed vocabularies of what is decided, from where each is declared."""

_KOL_ID = CREATOR.column
_NAME = Column("name", "str", "", "达人", "name on the board; NA without one", "对比表中的名称；没有时为空")


def contribution(metric: Metric) -> Column:
    """Return the column of the points that a metric gives."""
    return Column(
        f"{metric.name}_contribution",
        "float64",
        "points",
        f"{metric.label_zh}贡献",
        f"points of the score from {metric.name}",
        f"{metric.label_zh}为综合得分贡献的分数",
    )


SCORE_COLUMNS = (
    _KOL_ID,
    _NAME,
    Column(
        "score",
        "float64",
        "points",
        "综合得分",
        "weighted sum of the normalised metrics, 0 to 100",
        "各指标归一后的加权和，0 至 100",
    ),
    Column(
        "coverage",
        "float64",
        "fraction",
        "权重覆盖率",
        "share of the weight that had a value",
        "有数据的指标占全部权重的比例",
    ),
    *map(contribution, METRICS.values()),
)
"""Columns of `score`; a contribution for each weighted metric, and names where the board has some."""

STABILITY_COLUMNS = (
    _KOL_ID,
    _NAME,
    Column("rank", "Int64", "", "名次", "rank by score, 1 is best", "按综合得分的名次，1 为最好"),
    Column(
        "probability",
        "float64",
        "fraction",
        "出现频率",
        "share of the draws in which the creator holds this rank",
        "权重变动的多次模拟中，达人处于该名次的比例",
    ),
)
"""Columns of `rank_stability`."""

BUDGET_COLUMNS = (
    _KOL_ID,
    _NAME,
    Column("duration_band", "category", "", "时长档", "duration band to book", "拟预订的时长档", DURATION_BANDS),
    Column(
        "price_cny",
        "float64",
        "CNY",
        "计划价格",
        "price of the service, without fee and rebate",
        "服务价格，不含平台服务费和返点",
    ),
    Column(
        "price_source",
        "category",
        "",
        "价格来源",
        "quote: the real one; implied_*: computed, ask first",
        "真实报价，或由CPM、CPE推算的价格；推算价须先询价",
        PRICE_SOURCES,
    ),
    Column("fee_cny", "float64", "CNY", "平台服务费", "price_cny x the fee asked for", "计划价格 × 所设服务费率"),
    Column("rebate_cny", "float64", "CNY", "返点", "price_cny x the creator's rebate", "计划价格 × 该达人的返点比例"),
    Column(
        "total_cny",
        "float64",
        "CNY",
        "合计",
        "price_cny + fee_cny - rebate_cny: counts against the budget",
        "计划价格 + 平台服务费 − 返点，计入预算",
    ),
    Column(
        "expected",
        "float64",
        "plays or interactions",
        "预期效果",
        "plays (their median, or the provider's expected ones), or plays x interaction rate, as asked: an estimate",
        "播放量（中位数或平台预期播放量），或播放量 × 互动率，依所选目标；是估算",
    ),
    Column(
        "quote_cny",
        "float64",
        "CNY",
        "报价",
        "open quote of the band; NA without one",
        "该时长档的开放报价；没有时为空",
    ),
    Column(
        "implied_cpm_cny",
        "float64",
        "CNY",
        "CPM推算价",
        "CPM x the same plays / 1000: an estimate",
        "CPM × 所用播放量 ÷ 1,000，估算值",
    ),
    Column(
        "implied_cpe_cny",
        "float64",
        "CNY",
        "CPE推算价",
        "CPE x the same plays x interaction rate: an estimate",
        "CPE × 所用播放量 × 互动率，估算值",
    ),
)
"""Columns of `plan_budget`."""

QUALITY_COLUMNS = (
    _KOL_ID,
    _NAME,
    Column("table", "str", "", "表", "table that shows it", "发现问题的数据表"),
    Column("flag", "str", "", "标记", "name of the flag", "问题的类型", FLAGS),
    Column(
        "severity",
        "category",
        "",
        "程度",
        "error: the data contradict themselves; warning; info",
        "错误：数据自相矛盾；警告；提示",
        SEVERITIES,
    ),
    Column("evidence", "str", "", "依据", "the numbers that show it", "显示该问题的数字"),
)
"""Columns of `quality`."""

# What an industry is called in Chinese is the category of a creator as well, which is Chinese already.
_VALUES = Words(
    {str(truth): zh for truth, zh in TRUTH_ZH.items()}
    | {word: zh for one in board_columns([]) if one.name != "industry" for word, zh in one.words.zh.items()}
)
"""The values of a board that are not numbers, and of a closed vocabulary."""

SCREEN_COLUMNS = (
    _KOL_ID,
    _NAME,
    Column("condition", "str", "", "条件", "what is asked of the creator", "对达人的要求所针对的指标"),
    Column(
        "kind", "category", "", "性质", "must, or prefer, which removes no one", "必须，或最好（不淘汰任何人）", KINDS
    ),
    Column("value", "str", "", "实际", "the creator's value; NA without one", "达人的实际值；没有时为空", _VALUES),
    Column("wanted", "str", "", "要求", "what is wanted", "要求的范围或取值"),
    Column(
        "result",
        "category",
        "",
        "结果",
        "pass, fail, or unknown without a value",
        "符合、不符合，没有数据时无法判断",
        RESULTS,
    ),
    Column(
        "gap",
        "float64",
        "as the metric",
        "差距",
        "how far the value is from what is wanted, in its unit: 0 where it passes, NA where that cannot be said",
        "与要求相差多少，单位同指标；符合时为 0，无法计算时为空",
    ),
    Column(
        "gap_share",
        "float64",
        "fraction",
        "差距比例",
        "the gap as a fraction of the bound that is missed",
        "差距占未达到的界限的比例",
        signed=True,
    ),
    Column("evidence", "str", "", "依据", "the numbers that show it", "显示该结果的数字"),
)
"""Columns of `screen`."""

SCREENED_COLUMNS = (
    _KOL_ID,
    _NAME,
    Column(
        "verdict",
        "category",
        "",
        "结论",
        "fail: a must fails; unknown: none fails and one cannot be judged; pass: every must passes",
        "不符合：有必须条件不符；无法判断：没有不符但有缺数据；符合：必须条件全部满足",
        RESULTS,
    ),
    *(
        Column(
            f"{kind}_{result}",
            "Int64",
            "",
            f"{KINDS.zh[kind]}条件{RESULTS.zh[result]}数",
            f"conditions of kind {kind} that came out as {result}",
            f"性质为“{KINDS.zh[kind]}”、结果为“{RESULTS.zh[result]}”的条件数",
        )
        for kind in KINDS
        for result in RESULTS
    ),
    Column("failed", "str", "", "不符合的条件", "conditions that fail, joined by |", "不符合的条件，以 | 分隔"),
    Column(
        "unknown", "str", "", "无法判断的条件", "conditions without a value, joined by |", "没有数据的条件，以 | 分隔"
    ),
)
"""Columns of `screened`."""

OF_DIMENSION: Mapping[str, tuple[Column, Column]] = MappingProxyType(
    {
        dimension: (
            Column(
                f"{dimension}_share",
                "float64",
                "fraction",
                f"{zh}目标占比",
                f"share of the target among the users listed by {dimension}; NA where a part of it is not listed",
                f"目标分组占按“{zh}”列出的用户的比例；有分组未列出时为空",
            ),
            Column(
                f"{dimension}_tgi",
                "float64",
                "TGI",
                f"{zh}TGI",
                f"100 x {dimension}_share / that of the baseline: above 100 the target is more common than there",
                f"100 × {zh}目标占比 ÷ 基准的占比，大于 100 即目标人群比基准更集中",
            ),
        )
        for dimension, zh in DIMENSIONS.zh.items()
        if dimension not in TOP_LISTS
    }
)
"""What `audience_match` has for each dimension of the target: its share and its TGI."""

MATCH_COLUMNS = (
    _KOL_ID,
    _NAME,
    *(column for pair in OF_DIMENSION.values() for column in pair),
    Column(
        "combined_share",
        "float64",
        "fraction",
        "目标人群占比",
        "product of the shares by dimension: assumes independence",
        "各维度目标占比之积：假设各维度相互独立",
    ),
    Column(
        "combined_low",
        "float64",
        "fraction",
        "目标人群占比下限",
        "least share that the shares by dimension allow: max(0, their sum - (their number - 1))",
        "各维度占比所允许的最小值：max(0, 占比之和 −（维度数 − 1）)",
    ),
    Column(
        "combined_high",
        "float64",
        "fraction",
        "目标人群占比上限",
        "largest share that the shares by dimension allow: the least of them",
        "各维度占比所允许的最大值：其中最小的占比",
    ),
    Column(
        "combined_tgi",
        "float64",
        "TGI",
        "目标人群TGI",
        "100 x combined_share / the product of the baseline's shares: assumes independence",
        "100 × 目标人群占比 ÷ 基准各维度占比之积：假设各维度相互独立",
    ),
    Column(
        "target_users",
        "float64",
        "users",
        "目标用户数",
        "combined_share x connected users: an estimate, the portrait is likely of the same users; NA for others",
        "目标人群占比 × 月连接用户数，估算值，两者很可能是同一批用户；其他人群的画像为空",
        confidence="likely",
    ),
    Column(
        "cny_per_thousand_target_users",
        "float64",
        "CNY",
        "每千目标用户报价",
        "quote of the duration band / target_users x 1,000: an estimate",
        "所选时长档的报价 ÷ 目标用户数 × 1,000，估算值",
        confidence="likely",
    ),
)
"""Columns of `audience_match`."""
