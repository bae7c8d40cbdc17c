"""What a frame or file may hold: the declared columns of every kind of frame, and which of them a frame has."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pandas as pd

from ..board.metrics import METRICS, board_columns
from ..board.own import own_columns, own_metrics
from ..board.portrait import PORTRAIT_COLUMNS
from ..board.proposal import AUDIENCE_COLUMNS, PROPOSAL_COLUMNS
from ..board.windows import WINDOW_COLUMNS
from ..decide.columns import (
    BUDGET_COLUMNS,
    MATCH_COLUMNS,
    OF_DIMENSION,
    QUALITY_COLUMNS,
    SCORE_COLUMNS,
    SCREEN_COLUMNS,
    SCREENED_COLUMNS,
    STABILITY_COLUMNS,
    contribution,
)
from ..decide.obstacles import LEFT_OUT_COLUMNS
from ..decide.outcomes import CHANGES_COLUMNS, REVIEW_COLUMNS, REVIEW_TOTAL_COLUMNS
from ..decide.tradeoffs import FRONTIER_COLUMNS, GOAL_COLUMNS, WISH_COLUMNS
from ..tables.catalog import TABLES
from ..tables.records import (
    FAILURE_COLUMNS,
    LEDGER_COLUMNS,
    PLAN_COLUMNS,
    SPENDING_COLUMNS,
    TRACK_COLUMNS,
    UNREAD_COLUMNS,
)
from ..tables.schema import Column

Plain = str | bool | int | float | dt.date | None
"""A cell of a file, None where it is empty."""

GROUPS: Mapping[str, Sequence[Column]] = MappingProxyType(
    {
        **{table.name: table.columns for table in TABLES.values()},
        "board": board_columns(list(METRICS.values())),
        "score": SCORE_COLUMNS,
        "rank_stability": STABILITY_COLUMNS,
        "plan_budget": BUDGET_COLUMNS,
        "plan_wishes": WISH_COLUMNS,
        "plan_frontier": FRONTIER_COLUMNS,
        "left_out": LEFT_OUT_COLUMNS,
        "screen": SCREEN_COLUMNS,
        "screened": SCREENED_COLUMNS,
        "audience_match": MATCH_COLUMNS,
        "review": REVIEW_COLUMNS,
        "review_total": REVIEW_TOTAL_COLUMNS,
        "compare_windows": WINDOW_COLUMNS,
        "changes": CHANGES_COLUMNS,
        "quality": QUALITY_COLUMNS,
        "failures": FAILURE_COLUMNS,
        "lake_failures": UNREAD_COLUMNS,
        "ledger": LEDGER_COLUMNS,
        "plan": PLAN_COLUMNS,
        "track": TRACK_COLUMNS,
        "budget": SPENDING_COLUMNS,
        "proposal": PROPOSAL_COLUMNS,
        "portrait_wide": PORTRAIT_COLUMNS,
    }
)
"""The declared columns of every kind of frame, the likeliest first."""

_ALWAYS: Mapping[str, frozenset[str]] = {
    "board": frozenset(column.name for column in board_columns([])),
    "score": frozenset({"kol_id", "score", "coverage"}),
    "rank_stability": frozenset({"kol_id", "rank", "probability"}),
    "quality": frozenset({"kol_id", "table", "flag", "severity", "evidence"}),
    "audience_match": frozenset(
        column.name for column in MATCH_COLUMNS if not any(column in pair for pair in OF_DIMENSION.values())
    ),
    "left_out": frozenset({"kol_id", "why", "detail"}),
    "plan_frontier": frozenset(column.name for column in FRONTIER_COLUMNS if column not in GOAL_COLUMNS),
    "review_total": frozenset(column.name for column in REVIEW_TOTAL_COLUMNS[2:]),
    "changes": frozenset(column.name for column in CHANGES_COLUMNS[2:]),
    "proposal": frozenset(column.name for column in PROPOSAL_COLUMNS if column not in AUDIENCE_COLUMNS),
    "track": frozenset(column.name for column in TRACK_COLUMNS[3:]),
}
"""The columns of the kinds that may have but a part of their columns."""
_NAME, _CONTRIBUTION = "name", "_contribution"
_FURTHER: Mapping[str, Callable[[str], bool]] = {
    # A board takes columns of the user's own, and a score then has what they contribute.
    "board": lambda name: True,
    "score": lambda name: name.endswith(_CONTRIBUTION),
}
"""The further columns that a frame of a kind may have."""
MATRIX, LIKENESS = "similarity", "likeness"
"""The kind of a square of creators, and the unit of its cells."""
_ALIKE = (
    "likeness to this creator: 1 for the same distribution, 0 without a common part; not shared followers",
    "与该达人的分布相似度：1 为相同，0 为没有共同部分；不是共同粉丝",
)
KINDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "zh": {
            **{table.name: f"{table.label_zh}\n每行：{table.row_zh}" for table in TABLES.values()},
            "board": "达人对比\n每行：一位达人",
            "score": "综合得分\n每行：一位达人",
            "rank_stability": "名次稳定性\n每行：达人 × 名次",
            "plan_budget": "预算方案\n每行：一次预订",
            "plan_wishes": "各项要求的代价\n每行：一个方案",
            "plan_frontier": "目标取舍\n每行：一个方案",
            "left_out": "未列入方案的达人\n每行：一位达人",
            "screen": "逐项筛选\n每行：达人 × 条件",
            "screened": "筛选结果\n每行：一位达人",
            "audience_match": "目标人群匹配\n每行：一位达人",
            "review": "投后复盘\n每行：一次预订",
            "review_total": "复盘合计\n每行：整个项目或一位达人",
            "compare_windows": "口径对比\n每行：达人 × 视频类型 × 统计周期",
            "changes": "数据变化\n每行：达人 × 口径 × 指标",
            "quality": "数据质量\n每行：一个问题",
            "failures": "未取得的数据\n每行：一次失败",
            "lake_failures": "无法读取的应答\n每行：应答 × 数据表",
            "ledger": "请求记录\n每行：一次请求",
            "plan": "请求计划\n每行：一次请求",
            "track": "定期取数\n每行：达人 × 数据表",
            "budget": "请求预算\n每行：一份缓存的预算",
            "proposal": "提报表\n每行：一位达人",
            "portrait_wide": "画像对比\n每行：一位达人",
            MATRIX: "达人相似度\n每行：一位达人",
        },
        "en": {
            **{table.name: f"{table.name}\na row: {table.row}" for table in TABLES.values()},
            "board": "board\na row: creator",
            "score": "score\na row: creator",
            "rank_stability": "rank_stability\na row: creator x rank",
            "plan_budget": "plan_budget\na row: booking",
            "plan_wishes": "plan_wishes\na row: plan",
            "plan_frontier": "plan_frontier\na row: plan",
            "left_out": "left out of a plan\na row: creator",
            "screen": "screen\na row: creator x condition",
            "screened": "screened\na row: creator",
            "audience_match": "audience_match\na row: creator",
            "review": "review\na row: booking",
            "review_total": "review_total\na row: campaign or creator",
            "compare_windows": "compare_windows\na row: creator x video type x window",
            "changes": "changes\na row: creator x question x metric",
            "quality": "quality\na row: flag",
            "failures": "failures\na row: failure",
            "lake_failures": "answers that cannot be read\na row: answer x table",
            "ledger": "ledger\na row: request",
            "plan": "plan\na row: request",
            "track": "track\na row: creator x table",
            "budget": "budget of requests\na row: cache",
            "proposal": "proposal sheet\na row: creator",
            "portrait_wide": "portraits side by side\na row: creator",
            MATRIX: "similarity\na row: creator",
        },
    }
)
"""What each kind of frame is and what one of its rows is, by language."""

_ID = re.compile("[0-9]{15,20}")
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


def whole_characters(text: str) -> str:
    """Return text that a file can hold: half a surrogate pair, left where a nickname was cut, is not a character."""
    return _HALF_CHARACTER.sub("\ufffd", text)


def column_names(frame: pd.DataFrame) -> list[str]:
    """Return the names of a frame's columns as text that a file can hold."""
    return [whole_characters(str(name)) for name in frame.columns]


def kinds_of(names: Sequence[str]) -> list[str]:
    """Return the kinds of frames that have these columns, the likeliest first."""
    if _matrix(names):
        return [MATRIX]
    distinct = set(names)
    return [
        kind
        for kind, every in _NAMES.items()
        if _ALWAYS.get(kind, every) <= distinct and all(map(_FURTHER.get(kind, _no_other), distinct - every))
    ]


def _no_other(name: str) -> bool:
    return False


def kind_of(names: Sequence[str]) -> str | None:
    """Return which kind of frame has these columns, names beside them or not.

    None for one that nothing declares, or that several tables have.
    """
    kinds = kinds_of(names) or kinds_of([name for name in names if name != _NAME])
    return kinds[0] if kinds and not (len(kinds) > 1 and kinds[1] in TABLES) else None


_NAMES: Mapping[str, frozenset[str]] = {
    kind: frozenset(column.name for column in group) for kind, group in GROUPS.items()
}


def _matrix(names: Sequence[str]) -> list[Column]:
    """Return the columns of a square of creators, as `similarity` makes it with its index reset; else nothing."""
    first, *creators = names or [""]
    # Months and years are digits as well, so only what is as long as an id is taken for one.
    if first != "kol_id" or not creators or not all(_ID.fullmatch(name) for name in creators):
        return []
    return [
        TABLES["profiles"].column("kol_id"),
        *(Column(name, "float64", LIKENESS, name, *_ALIKE) for name in creators),
    ]


def candidates(names: Sequence[str]) -> tuple[bool, list[list[Column]]]:
    """Return whether the names are those of one declared table, and each name's declarations, the likeliest first."""
    if matrix := _matrix(names):
        return True, [[column] for column in matrix]
    distinct = set(names)
    own = [group for group in GROUPS.values() if {column.name for column in group} == distinct]
    first = [GROUPS["board"]] if "board" in kinds_of(names) else []
    groups = own or [*first, *sorted(GROUPS.values(), key=lambda group: _unlikeness(distinct, group))]
    return bool(own), [[column for group in groups for column in group if column.name == name] for name in names]


def _unlikeness(names: set[str], group: Sequence[Column]) -> int:
    """Return 0 for a kind of frame that has these columns but for a name, 1 for one that has them and more, else 2."""
    every = {column.name for column in group}
    return 0 if names - {"name"} == every else 1 if names - {"name"} <= every else 2


def declared(frame: pd.DataFrame) -> list[Column]:
    """Return the declaration of each column of a frame; one without gets its name for a label."""
    names, own = column_names(frame), _own(frame)
    _, found = candidates(names)
    return [
        own.get(name)
        or next((column for column in choices if _can_hold(column, frame.dtypes.iloc[position])), undeclared(name))
        for position, (name, choices) in enumerate(zip(names, found, strict=True))
    ]


def _own(frame: pd.DataFrame) -> dict[str, Column]:
    """Return the columns that metrics of the user's own make: their values, and what they contribute to a score."""
    parts = [contribution(metric) for metric in own_metrics(frame).values()]
    return {**own_columns(frame), **{column.name: column for column in parts}}


def undeclared(name: str) -> Column:
    """Return what stands for the declaration of a column that has none."""
    return Column(name, "str", "", name, "")


def _can_hold(column: Column, dtype: Any) -> bool:
    both = isinstance(dtype, pd.CategoricalDtype) and column.categories
    return not both or set(dtype.categories) <= set(column.categories)


def headings(columns: Sequence[Column], labels: Sequence[str]) -> list[str]:
    """Return one header per column; a label that another column has already gives way to the name."""
    taken = {column.name for column in columns}
    headers = []
    for column, label in zip(columns, labels, strict=True):
        headers.append(column.name if label in taken else label)
        taken.add(headers[-1])
    return headers
