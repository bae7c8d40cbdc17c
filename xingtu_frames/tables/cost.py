"""What a creator costs: the costs and plays that the provider expects, in fen, and the price list, in whole yuan."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from .layout import Layout, number
from .options import PLATFORM, VIDEO_TYPE, WINDOW
from .read import BASIS_POINTS, Fields, folded
from .schema import Answer, Column, Row, Table, Words
from .spread import SPREAD

DURATION_BANDS = Words({"1-20s": "1-20秒", "21-60s": "21-60秒", "60s+": "60秒以上"})
COST_METRICS = Words({"cpm": "预期CPM", "cpe": "预期CPE", "sales_cpm": "带货预期CPM"})
STANDING_METRICS = Words({metric: COST_METRICS.zh[metric] for metric in ("cpm", "cpe")})
SERVICE_KINDS = Words(
    {
        "duration": "按时长的视频",
        "placement": "植入视频",
        "custom": "定制视频",
        "natural_plays": "按自然播放量",
        "co_creation": "共创",
        "collection": "合集",
        "short_live": "短直",
        "other": "其他",
    }
)

BY_PLAYS = "按自然播放量结算"
"""The settlement whose prices are for 1,000 natural plays."""
_FEN = 100
_COST_BLOCKS = (("cpm", "expect_cpm", "cpm"), ("cpe", "expect_cpe", "cpe"), ("sales_cpm", "sales_expect_cpm", "cpm"))
_BANDS = (("1-20s", "1_20"), ("21-60s", "21_60"), ("60s+", "60"))
_DURATION_BAND = Column(
    "duration_band",
    "category",
    "",
    "时长档",
    "duration band of the booked video",
    "预订视频的时长档",
    DURATION_BANDS,
)


def _tiers(metrics: Container[str] = COST_METRICS) -> Layout:
    return Layout(
        (metric, band, number(key, f"{prefix}_{suffix}", divisor=_FEN, unit="CNY"))
        for metric, key, prefix in _COST_BLOCKS
        if metric in metrics
        for band, suffix in _BANDS
    )


COST_TIERS = Table(
    "cost_tiers",
    "预期CPM与CPE",
    row="creator x metric x duration band, always 9 rows",
    row_zh="达人 × 指标 × 时长档，固定 9 行",
    key=("metric", "duration_band"),
    answer=SPREAD,
    parse=_tiers(),
    shown=(VIDEO_TYPE, WINDOW),
    cells=(
        Column(
            "metric",
            "category",
            "",
            "指标",
            "cpm: yuan per 1,000 expected plays; cpe: yuan per expected interaction; "
            "sales_cpm: likely price / the provider's promotion plays x 1,000",
            "CPM：每 1,000 次预期播放的成本；CPE：每次预期互动的成本；带货CPM：很可能是 报价 ÷ 推广播放量 × 1,000",
            COST_METRICS,
            confidence="likely",
        ),
        _DURATION_BAND,
        Column(
            "cost_cny",
            "float64",
            "CNY",
            "预期成本",
            "expected cost; NA where the provider has none",
            "预期成本；数据源未给出时为空",
        ),
    ),
)


CP = Answer("author_cp_info", keys=("expect_vv", "hot_item"), options=(PLATFORM,))


def _cost_performance(data: Fields) -> Iterator[Row]:
    plays = data.block("expect_vv").integer("value")
    # Without expected plays the wire's 0 says that there is no rate.
    yield plays, None if plays is None else data.block("hot_item").number("value", BASIS_POINTS, "fraction")


COST_PERFORMANCE = Table(
    "cost_performance",
    "性价比",
    row="creator",
    row_zh="一位达人",
    answer=CP,
    parse=_cost_performance,
    cells=(
        Column(
            "expected_plays",
            "Int64",
            "plays",
            "预期播放量",
            "plays that the provider expects of an order",
            "数据源预期的商单播放量",
        ),
        Column(
            "viral_rate",
            "float64",
            "fraction",
            "爆文率",
            "likely the share of hot videos (爆文); NA without expected plays",
            "很可能是爆文占作品的比例；没有预期播放量时为空",
            confidence="likely",
        ),
    ),
)


COST_PERFORMANCE_TIERS = Table(
    "cost_performance_tiers",
    "性价比CPM与CPE",
    row="creator x metric x duration band, always 6 rows",
    row_zh="达人 × 指标 × 时长档，固定 6 行",
    key=("metric", "duration_band"),
    answer=CP,
    parse=_tiers(STANDING_METRICS),
    cells=(
        Column(
            "metric",
            "category",
            "",
            "指标",
            "cpm: yuan per 1,000 expected plays; cpe: yuan per expected interaction",
            "CPM：每 1,000 次预期播放的成本；CPE：每次预期互动的成本",
            STANDING_METRICS,
        ),
        _DURATION_BAND,
        Column(
            "cost_cny",
            "float64",
            "CNY",
            "预期成本",
            "the creator's standing expected cost, cut off (not rounded) by the provider; NA where there is none",
            "达人的常设预期成本，数据源直接截断、不四舍五入；没有时为空",
        ),
    ),
)

_CODE_BANDS: Mapping[int | None, str] = MappingProxyType({1: "1-20s", 2: "21-60s", 71: "60s+"})
_CODE_KINDS: Mapping[int | None, str] = MappingProxyType(
    {
        **dict.fromkeys(_CODE_BANDS, "duration"),
        92: "natural_plays",
        **dict.fromkeys((90, 91), "co_creation"),
        73: "collection",
        **dict.fromkeys((150, 151), "short_live"),
        **dict.fromkeys((103, 104, 105), "other"),
    }
)
_SECONDS = re.compile(r"[0-9]\s*[s秒]")
_NAMED_BANDS = (
    ("1-20s", re.compile(r"(?<![0-9])1\s*[-~至到]\s*20\s*[s秒]")),
    ("21-60s", re.compile(r"(?<![0-9])2[01]\s*[-~至到]\s*60\s*[s秒]")),
    ("60s+", re.compile(r"(?<![0-9])60\s*[s秒]\s*(?:以上|\+)|>\s*60\s*[s秒]")),
)


@lru_cache(maxsize=256)
def _kind_and_band(name: str | None, code: int | None) -> tuple[str | None, str | None]:
    """Return what kind of service a quote is for, and its duration band: by the name first, else by the code."""
    if name is not None and "植入" in name:
        return "placement", None
    if name is not None and "定制视频" in name:
        return "custom", None
    plain = "" if name is None else folded(name)
    if _SECONDS.search(plain):
        return "duration", next((band for band, pattern in _NAMED_BANDS if pattern.search(plain)), None)
    # The codes changed their meaning in 2026-08, so that a name without seconds has no band.
    return _CODE_KINDS.get(code), _CODE_BANDS.get(code) if name is None else None


def _quotes(data: Fields) -> Iterator[Row]:
    for service in data.items("price_info"):
        code, name = service.integer("video_type", unit=""), service.name("desc")
        kind, band = _kind_and_band(name, code)
        yield (
            code,
            name,
            band,
            service.integer("price", unit="CNY"),
            service.integer("origin_price", unit="CNY"),
            service.text("settlement_desc"),
            # Where the wire leaves is_open out, enable says whether the service can be booked.
            service.flag("is_open" if service.has("is_open") else "enable"),
            kind,
        )


QUOTES = Table(
    "quotes",
    "服务报价",
    row="creator x service, closed ones too",
    row_zh="达人 × 服务，含未开放的",
    key=("video_type_code", "service"),
    answer=Answer(
        "get_author_marketing_info",
        keys=("price_info", "industry_tags", "activity_info", "hot_list_ranks"),
        options=(PLATFORM,),
    ),
    parse=_quotes,
    listing=True,
    cells=(
        Column(
            "video_type_code",
            "Int64",
            "",
            "服务代码",
            "the provider's service code: 1, 2, 71 are the duration bands where the name says so",
            "数据源的服务代码：服务名称写明秒数时，1、2、71 为三个时长档",
        ),
        Column("service", "str", "", "服务", "the provider's name of the service", "数据源的服务名称"),
        Column(
            "duration_band",
            "category",
            "",
            "时长档",
            "duration band that the name says, or without a name the code; NA for other services",
            "服务名称写明的时长档，没有名称时按代码；其他服务为空",
            DURATION_BANDS,
        ),
        Column(
            "price_cny",
            "Int64",
            "CNY",
            "报价",
            "price to pay; for 按自然播放量结算 it is yuan per 1,000 natural plays",
            "应付价格；按自然播放量结算时为每 1,000 次自然播放的价格",
        ),
        Column("origin_price_cny", "Int64", "CNY", "原价", "price before a discount", "折扣前的价格"),
        Column("settlement", "str", "", "结算方式", "how the service is settled", "结算方式"),
        Column("is_open", "boolean", "", "是否开放", "whether the service can be booked", "该服务是否可预订"),
        Column(
            "service_kind",
            "category",
            "",
            "服务类别",
            "kind of service: by its name, else by its code; placement and custom are likely what 2 and 71 are since "
            "2026-08; NA for an unknown code",
            "服务类别：先按名称，再按代码；植入、定制很可能是 2026-08 起代码 2、71 的服务；未知代码为空",
            SERVICE_KINDS,
            confidence="likely",
        ),
    ),
)
