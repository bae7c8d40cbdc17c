"""The flags that `quality` raises: what each says, how grave it is, and which table shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from ..board.metrics import FEW_VIDEOS
from .columns import Severity

RATE_FACTOR = 2.0
"""How many times apart two interaction rates may be that should be one."""

RATES = ("interact_rate", "completion_rate")
"""The rates of a creator, which the provider leaves out together."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing that data can show.

    Attributes
    ----------
    name
        Name in the column ``flag``.
    table
        The table that shows it, ``""`` where any can.
    severity
        ``error``: the data contradict themselves; ``warning``: figures that mislead; ``info``: good to know.
    zh, en
        The evidence, with places for the numbers.
    """

    name: str
    table: str
    severity: Severity
    zh: str
    en: str


Frames = Mapping[str, pd.DataFrame]
Evidence = str | int | float | datetime | tuple[str, ...]
"""A value of the evidence."""
Finding = tuple[str, str, Flag, Mapping[str, Evidence]]
"""Creator, table, flag, and the values of the evidence; words of a vocabulary are spoken later, tuples joined."""

OVERTAKE = Flag(
    "overtake_beyond_100",
    "spread_benchmarks",
    "error",
    "{metric}：超越值 {value} 不在 0–10000（0%–100%）之内",
    "{metric}: overtake {value} is outside 0 to 10000 (0 % to 100 %)",
)
OVERTAKE_OF_COUNT = Flag(
    "overtake_beyond_100",
    "spread_benchmarks",
    "info",
    "{metric}：超越值 {value} 超过 10000，它是有正负的变化值，不是超越同类的比例",
    "{metric}: overtake {value} is beyond 10000: it is a signed change, no share of peers",
)
FEW = Flag(
    "few_videos",
    "spread_info",
    "warning",
    f"{{window}}内只有 {{value}} 个作品（少于 {FEW_VIDEOS} 个），中位数和比率依据不足",
    f"{{value}} videos in {{window}}, fewer than {FEW_VIDEOS}: medians and rates rest on little",
)
EMPTY = Flag("empty_block", "", "warning", "{block}没有任何数值", "{block} holds no number")
NO_ROW = Flag("empty_block", "", "warning", "{block}没有任何一行", "{block} has no row")
EQUAL_BANDS = Flag(
    "equal_bands",
    "cost_tiers",
    "info",
    "{metric}：{first} 与 {second} 相同（{value:.2f} 元）",
    "{metric}: {first} and {second} cost the same ({value:.2f} yuan)",
)
STAGES_MISMATCH = Flag(
    "stage_total_mismatch",
    "link_struct",
    "error",
    "四个阶段合计 {value:,}，月连接用户数 {total:,}",
    "the four stages add up to {value:,}, the connected users are {total:,}",
)
PARTS_BEYOND = Flag(
    "tree_parts_mismatch",
    "touch_distribution",
    "error",
    "{touch}/{level1}：下级合计 {value:,}，多于本级 {total:,}",
    "{touch}/{level1}: the parts add up to {value:,}, more than the whole, {total:,}",
)
PARTS_SHORT = Flag(
    "tree_parts_mismatch",
    "touch_distribution",
    "info",
    "{touch}/{level1}：下级合计 {value:,}，比本级 {total:,} 少 {short:,}（可能是未列出的长尾）",
    "{touch}/{level1}: the parts add up to {value:,}, {short:,} short of the whole, {total:,}; likely an unlisted tail",
)
RATES_APART = Flag(
    "rate_mismatch",
    "spread_info",
    "warning",
    f"{{band}}：CPM/CPE 推算的互动率 {{implied:.2%}} 与实际互动率 {{value:.2%}} 相差超过 {RATE_FACTOR:g} 倍",
    f"{{band}}: CPM / CPE imply an interaction rate of {{implied:.2%}}, it is {{value:.2%}}: "
    f"more than {RATE_FACTOR:g} times apart",
)
QUOTE_CPM = Flag(
    "quote_cpm_mismatch",
    "cost_performance_tiers",
    "info",
    "{band}：报价 ÷ 预期播放量得出的CPM为 {value:.2f} 元，数据源给出 {cost:.2f} 元，两份数据可能不是同一天的",
    "{band}: quote / expected plays make a CPM of {value:.2f} yuan, the provider says {cost:.2f}: "
    "the two answers are likely of different days",
)
GROWTH = Flag(
    "growth_mismatch",
    "daily_fans",
    "warning",
    "{date:%Y-%m-%d}：涨粉数 {value:,}，与前一日粉丝数相差 {difference:,}，共 {count} 天不一致",
    "{date:%Y-%m-%d}: the change is {value:,}, the followers differ by {difference:,} from the day before; "
    "days like that: {count}",
)
PORTRAIT = Flag(
    "portrait_partial",
    "",
    "warning",
    "{whose}：年龄合计 {value:,} 人，只占性别合计 {total:,} 人的 {share:.1%}，年龄占比只代表已知年龄的用户",
    "{whose}: the ages add up to {value:,} users, {share:.1%} of the {total:,} by gender: "
    "shares by age are those of known age",
)
RANGES_BELOW = Flag(
    "range_contradiction",
    "convert_ranges",
    "warning",
    "CPC × 点击量最多 {value:,.0f} 元，低于 {count} 个视频的最低报价合计 {total:,} 元",
    "CPC x clicks are at most {value:,.0f} yuan, less than the videos ({count}) cost at the lowest quote, {total:,}",
)
RANGES_ABOVE = Flag(
    "range_contradiction",
    "convert_ranges",
    "warning",
    "CPC × 点击量至少 {value:,.0f} 元，高于 {count} 个视频的最高报价合计 {total:,} 元",
    "CPC x clicks are at least {value:,.0f} yuan, more than the videos ({count}) cost at the highest quote, {total:,}",
)
REPEATED = Flag(
    "repeated_date",
    "",
    "warning",
    "{date} 重复出现，以最后的值为准（{field}：{value} 未采用）",
    "{date} is listed again, and the last value counts ({field}: {value} does not)",
)
NOT_ABOVE, NEGATIVE = "is not above 0", "is negative"
OUTSIDE_SHARE, OUTSIDE_POINTS = "is outside 0 to 1", "is outside 0 to 100"
IMPOSSIBLE = Flag(
    "impossible_value",
    "",
    "error",
    "{place}：{value:.15g} {rule}，打分、排名和预算按缺失处理",
    "{place}: {value:.15g} {rule}; scores, ranks and plans take it as missing",
)
IMPOSSIBLE_OFTEN = Flag(
    "impossible_value",
    "",
    "error",
    "{place}：{value:.15g} {rule}，共 {count} 处，打分、排名和预算按缺失处理",
    "{place}: {value:.15g} {rule}, {count} such values; scores, ranks and plans take them as missing",
)
UNREAD = Flag(
    "unread_value",
    "",
    "warning",
    "{field}：无法识别 {value}，按缺失处理",
    "{field}: what {value} means is not plain; it is taken as missing",
)
STALE = Flag(
    "stale_answer",
    "",
    "warning",
    "{block}获取于北京时间 {value:%Y-%m-%d %H:%M}，已过 {days} 天",
    "{block} was fetched {value:%Y-%m-%d %H:%M} Beijing time, {days} days ago",
)
