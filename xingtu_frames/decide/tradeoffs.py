"""The declared columns of what a plan could be instead: what its wishes cost, and the frontier of two goals."""

from __future__ import annotations

from ..tables.schema import CREATOR, Column, Words
from .quotas import TIERS

WISHES = Words(
    {
        "none": "方案本身",
        "next_best": "次优方案",
        "include": "必选",
        "exclude": "排除",
        "per_category": "类目数量",
        "per_tier": "粉丝量级数量",
        "all": "去掉全部要求",
    }
)
"""What a row of `plan_wishes` goes without: an argument of `plan_budget`, nothing, the creators chosen, or all."""
BOUNDS = Words({"least": "至少", "most": "至多"})
"""Which side of a count is wished for."""

_NAME = Column(
    "name",
    "str",
    "",
    "达人",
    "name on the board, else the id; NA where no creator is meant",
    "对比表中的名称，没有时为 ID；不指某位达人时为空",
)
_TOTAL = "price + fee - rebate of all bookings"
_TOTAL_ZH = "全部预订的价格 + 平台服务费 − 返点"
_BOOKINGS = Column("bookings", "Int64", "bookings", "预订数", "how many bookings it has", "方案中的预订数量")
_IDS = Column(
    "kol_ids",
    "str",
    "",
    "方案内达人",
    "ids joined by |, the largest first; one that is booked several times as often",
    "达人 ID，以 | 分隔，效果大的在前；预订多次的重复出现",
)

WISH_COLUMNS = (
    Column("wish", "category", "", "要求", "what this plan goes without", "此方案不考虑的要求", WISHES),
    CREATOR.column,
    _NAME,
    Column(
        "group",
        "str",
        "",
        "类目或粉丝量级",
        "category or tier of the wish; NA where it is about all categories, or about a creator",
        "要求所指的类目或粉丝量级；针对全部类目或某位达人时为空",
        TIERS,
    ),
    Column("bound", "category", "", "至少或至多", "least or most", "数量的下限或上限", BOUNDS),
    Column("count", "Int64", "bookings", "要求数量", "bookings at least or at most", "预订数量的下限或上限"),
    Column(
        "costs_expected",
        "float64",
        "plays or interactions",
        "代价（效果）",
        "what the best plan without the wish brings more; of the next-best plan: what it brings less",
        "不考虑该要求时最优方案多带来的效果；次优方案为少带来的效果",
    ),
    Column(
        "costs_cny",
        "float64",
        "CNY",
        "代价（金额）",
        "what can be saved without the wish while the plan brings at least as much; NA of the next-best plan",
        "不考虑该要求、效果不低于原方案时可节省的金额；次优方案为空",
    ),
    Column(
        "expected_total",
        "float64",
        "plays or interactions",
        "预期效果合计",
        "what this plan brings",
        "此方案的预期效果合计",
    ),
    Column("total_cny", "float64", "CNY", "合计", _TOTAL, _TOTAL_ZH),
    _BOOKINGS,
    Column(
        "enters",
        "str",
        "",
        "新增达人",
        "who is in this plan and not in that of the first row, joined by |",
        "此方案有而首行方案没有的达人，以 | 分隔",
    ),
    Column(
        "leaves",
        "str",
        "",
        "移出达人",
        "who is in the plan of the first row and not in this one, joined by |",
        "首行方案有而此方案没有的达人，以 | 分隔",
    ),
    _IDS,
)
"""Columns of `plan_wishes`."""

GOAL_COLUMNS = (
    Column("plays", "float64", "plays", "预期播放", "plays that all bookings bring", "全部预订的预期播放量合计"),
    Column(
        "interactions",
        "float64",
        "interactions",
        "预期互动",
        "plays x interaction rate of all bookings",
        "全部预订的播放量 × 互动率之和",
    ),
    Column(
        "target_users",
        "float64",
        "users",
        "目标用户数",
        "target users of all bookings, one who follows several creators counted as often",
        "全部预订的目标用户数合计，关注多位达人的用户重复计算",
    ),
)
"""Columns of `plan_frontier` of which it has two: its goals."""

FRONTIER_COLUMNS = (
    Column("plan", "Int64", "", "方案", "number, 1 has the most of the first goal", "序号，1 为第一目标最高的方案"),
    *GOAL_COLUMNS,
    Column("total_cny", "float64", "CNY", "合计", _TOTAL, _TOTAL_ZH),
    Column("left_cny", "float64", "CNY", "剩余预算", "budget - total_cny", "预算 − 合计"),
    _BOOKINGS,
    Column(
        "is_next",
        "boolean",
        "",
        "与上一方案相邻",
        "whether it is proven that no efficient plan lies between the row before and this one; NA in the first row",
        "是否已证明上一行与此行之间没有其他有效方案；首行为空",
    ),
    Column(
        "enters",
        "str",
        "",
        "新增达人",
        "who is in this plan and not in that of the row before, joined by |",
        "此方案有而上一行方案没有的达人，以 | 分隔",
    ),
    Column(
        "leaves",
        "str",
        "",
        "移出达人",
        "who is in the plan of the row before and not in this one, joined by |",
        "上一行方案有而此方案没有的达人，以 | 分隔",
    ),
    _IDS,
)
"""Columns of `plan_frontier`."""
