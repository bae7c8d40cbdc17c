"""Why a creator is not in a plan: what is said of it, in two languages."""

from __future__ import annotations

from ..board.metrics import METRICS
from ..tables.schema import CREATOR, Column
from ..tables.sentences import Sentences
from .columns import LEFT_OUT, PRICE_SOURCES, TARGET_USERS
from .quotas import TIERS
from .tradeoffs import GOAL_COLUMNS

EXCLUDED = "exclude has it"
LACKS, NO_USERS, CANNOT_BE = "the board has no {metric}", "target_users has none of it", "{metric} cannot be {value}"
NO_QUOTE = "no open quote"
NO_PRICE = "no open quote, and no CPM or CPE that would imply one"
CHEAPEST = "cheapest {price} yuan for {band} ({source}), {expected} expected"
CHEAPEST_IN_ALL = "cheapest {price} yuan for {band} ({source}), {cost} with fee and rebate, {expected} expected"
FULL = "{count} of {group} are booked"
LEFT = "{left} yuan are left"

_OF_GOALS = {column.name: column.label_zh for column in GOAL_COLUMNS}
DETAILS = Sentences(
    {
        EXCLUDED: "已要求排除",
        LACKS: "对比表中没有{metric}",
        NO_USERS: "没有该达人的目标用户数",
        CANNOT_BE: "{metric}不可能是 {value}",
        NO_PRICE: "没有公开报价，也没有可以推算价格的CPM或CPE",
        NO_QUOTE: "没有公开报价",
        CHEAPEST_IN_ALL: "最低 {price} 元（{band}，{source}），计服务费和返点为 {cost} 元，预期效果 {expected}",
        CHEAPEST: "最低 {price} 元（{band}，{source}），预期效果 {expected}",
        FULL: "{group}已预订 {count} 次",
        LEFT: "预算剩余 {left} 元",
    },
    {
        "metric": {name: metric.label_zh for name, metric in METRICS.items()} | {TARGET_USERS: _OF_GOALS[TARGET_USERS]},
        "source": PRICE_SOURCES.zh,
        "group": TIERS.zh,
    },
)
"""The reasons in full."""

LEFT_OUT_COLUMNS = (
    CREATOR.column,
    Column("name", "str", "", "达人", "name of the creator, where it is put beside", "达人名称"),
    Column("why", "str", "", "原因", "why the creator is not in the plan", "未列入方案的原因", LEFT_OUT),
    Column("detail", "str", "", "说明", "the reason in full", "具体原因", DETAILS),
)
"""Columns of a frame made of ``attrs["left_out"]`` of `plan_budget`, or ``cannot_be_booked`` of `plan_frontier`."""
