"""The declared columns of what is decided: scores, ranks, plans for a budget and flags."""

from __future__ import annotations

from typing import Literal

from ..board.metrics import METRICS
from ..tables.catalog import DURATION_BANDS, TABLES
from ..tables.schema import Column

PRICE_SOURCES = ("quote", "implied_cpm", "implied_cpe")
Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")

_KOL_ID = TABLES["profiles"].column("kol_id")

SCORE_COLUMNS = (
    _KOL_ID,
    Column("score", "float64", "points", "综合得分", "weighted sum of the normalised metrics, 0 to 100"),
    Column("coverage", "float64", "fraction", "权重覆盖率", "share of the weight that had a value"),
    *(
        Column(f"{m.name}_contribution", "float64", "points", f"{m.label_zh}贡献", f"points of the score from {m.name}")
        for m in METRICS.values()
    ),
)
"""Columns of `score`; a contribution for each weighted metric."""

STABILITY_COLUMNS = (
    _KOL_ID,
    Column("rank", "Int64", "", "名次", "rank by score, 1 is best"),
    Column("probability", "float64", "fraction", "出现频率", "share of the draws in which the creator holds this rank"),
)
"""Columns of `rank_stability`."""

BUDGET_COLUMNS = (
    _KOL_ID,
    Column("duration_band", "category", "", "时长档", "duration band to book", DURATION_BANDS),
    Column("price_cny", "float64", "CNY", "计划价格", "price that counts against the budget"),
    Column(
        "price_source", "category", "", "价格来源", "quote: the real one; implied_*: computed, ask first", PRICE_SOURCES
    ),
    Column(
        "expected",
        "float64",
        "plays or interactions",
        "预期效果",
        "median plays, or median plays x interaction rate, as asked: an estimate",
    ),
    Column("quote_cny", "float64", "CNY", "报价", "open quote of the band; NA without one"),
    Column("implied_cpm_cny", "float64", "CNY", "CPM推算价", "CPM x median plays / 1000: an estimate"),
    Column("implied_cpe_cny", "float64", "CNY", "CPE推算价", "CPE x expected interactions: an estimate"),
)
"""Columns of `plan_budget`."""

QUALITY_COLUMNS = (
    _KOL_ID,
    Column("table", "str", "", "表", "table that shows it"),
    Column("flag", "str", "", "标记", "name of the flag"),
    Column("severity", "category", "", "程度", "error: the data contradict themselves; warning; info", SEVERITIES),
    Column("evidence", "str", "", "依据", "the numbers that show it"),
)
"""Columns of `quality`."""
