"""What an order is expected to bring, as the page on commerce shows it.

Known from client code alone. Costs are decimal yuan here, where `cost` has fen. The numbers are others than those of
the creator's cost performance: never fill one from the other.
"""

from __future__ import annotations

from collections.abc import Iterator

from .cost import DURATION_BANDS
from .read import Fields
from .schema import Answer, Column, Row, Table, Words

EFFECT_METRICS = Words({"cpm": "预期CPM", "cpe": "预期CPE"})
_WIRE_BANDS = ("1_20", "20_60", "60")

EFFECT = Answer(
    "get_author_commerce_spread_info",
    keys=("vv", "platform_hot_rate", *(f"{metric}_{band}" for metric in EFFECT_METRICS for band in _WIRE_BANDS)),
)


def _effect_estimate(data: Fields) -> Iterator[Row]:
    yield data.integer("vv"), data.number("platform_hot_rate", unit="fraction")


EFFECT_ESTIMATE = Table(
    "effect_estimate",
    "效果预估",
    row="creator",
    row_zh="一位达人",
    answer=EFFECT,
    parse=_effect_estimate,
    cells=(
        Column(
            "expected_plays",
            "Int64",
            "plays",
            "预期播放量",
            "likely plays that the provider expects of an order; another number than that of cost_performance",
            "很可能是数据源预期一个商单的播放量；与“性价比”中的数值不同",
            confidence="likely",
        ),
        Column(
            "viral_rate",
            "float64",
            "fraction",
            "爆文率",
            "likely the share of videos that go viral",
            "很可能是爆文占全部视频的比例",
            confidence="likely",
        ),
    ),
    evidence="shape",
)


def _effect_estimate_tiers(data: Fields) -> Iterator[Row]:
    for metric in EFFECT_METRICS:
        for band, wire in zip(DURATION_BANDS, _WIRE_BANDS, strict=True):
            yield metric, band, data.number(f"{metric}_{wire}", unit="CNY")


EFFECT_ESTIMATE_TIERS = Table(
    "effect_estimate_tiers",
    "效果预估成本",
    row="creator x metric x duration band, always 6 rows",
    row_zh="达人 × 指标 × 时长档，固定 6 行",
    key=("metric", "duration_band"),
    answer=EFFECT,
    parse=_effect_estimate_tiers,
    cells=(
        Column(
            "metric",
            "category",
            "",
            "指标",
            "cpm: likely yuan per 1,000 expected plays; cpe: likely yuan per expected interaction",
            "CPM：很可能是每千次预期播放的成本（元）；CPE：很可能是每次预期互动的成本（元）",
            EFFECT_METRICS,
            confidence="likely",
        ),
        Column(
            "duration_band",
            "category",
            "",
            "时长档",
            "length of the video; 21-60s is likely what the provider writes 20_60",
            "视频时长；数据源写作 20_60 的很可能就是 21–60 秒档",
            DURATION_BANDS,
            confidence="likely",
        ),
        Column(
            "cost_cny",
            "float64",
            "CNY",
            "预期成本",
            "likely the expected cost, which the provider writes in yuan",
            "很可能是预期成本，数据源以元为单位",
            confidence="likely",
        ),
    ),
    evidence="shape",
)

TABLES = (EFFECT_ESTIMATE, EFFECT_ESTIMATE_TIERS)
