"""What a creator costs: the costs that the provider expects, in fen, and the price list, in whole yuan."""

from __future__ import annotations

from collections.abc import Iterator

from .options import PLATFORM, VIDEO_TYPE, WINDOW
from .read import Fields
from .schema import Answer, Column, Row, Table, Words
from .spread import SPREAD

DURATION_BANDS = Words({"1-20s": "1-20秒", "21-60s": "21-60秒", "60s+": "60秒以上"})
COST_METRICS = Words({"cpm": "预期CPM", "cpe": "预期CPE", "sales_cpm": "带货预期CPM"})

_FEN = 100
_COST_BLOCKS = (("cpm", "expect_cpm", "cpm"), ("cpe", "expect_cpe", "cpe"), ("sales_cpm", "sales_expect_cpm", "cpm"))
_BANDS = (("1-20s", "1_20"), ("21-60s", "21_60"), ("60s+", "60"))
_COSTS = tuple(
    (metric, key, tuple((band, f"{prefix}_{suffix}") for band, suffix in _BANDS))
    for metric, key, prefix in _COST_BLOCKS
)
_SERVICE_BANDS = {1: "1-20s", 2: "21-60s", 71: "60s+"}


def _cost_tiers(data: Fields) -> Iterator[Row]:
    for metric, key, bands in _COSTS:
        costs = data.block(key)
        for band, field in bands:
            yield metric, band, costs.number(field, _FEN, "CNY")


COST_TIERS = Table(
    "cost_tiers",
    "预期CPM与CPE",
    row="creator x metric x duration band, always 9 rows",
    row_zh="达人 × 指标 × 时长档，固定 9 行",
    answer=SPREAD,
    parse=_cost_tiers,
    shown=(VIDEO_TYPE, WINDOW),
    cells=(
        Column(
            "metric",
            "category",
            "",
            "指标",
            "cpm: yuan per 1,000 expected plays; cpe: yuan per expected interaction; "
            "sales_cpm: likely the CPM expected for sales goals",
            "CPM：每 1,000 次预期播放的成本；CPE：每次预期互动的成本；带货CPM：可能是带货目标下的CPM（未确认）",
            COST_METRICS,
        ),
        Column(
            "duration_band",
            "category",
            "",
            "时长档",
            "duration band of the booked video",
            "预订视频的时长档",
            DURATION_BANDS,
        ),
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


def _quotes(data: Fields) -> Iterator[Row]:
    for service in data.items("price_info"):
        code = service.integer("video_type", unit="")
        yield (
            code,
            service.name("desc"),
            None if code is None else _SERVICE_BANDS.get(code),
            service.integer("price", unit="CNY"),
            service.integer("origin_price", unit="CNY"),
            service.text("settlement_desc"),
            # Where the wire leaves is_open out, enable says whether the service can be booked.
            service.flag("is_open" if service.has("is_open") else "enable"),
        )


QUOTES = Table(
    "quotes",
    "服务报价",
    row="creator x service, closed ones too",
    row_zh="达人 × 服务，含未开放的",
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
            "the provider's service code: 1, 2, 71 are the duration bands",
            "数据源的服务代码：1、2、71 为三个时长档",
        ),
        Column("service", "str", "", "服务", "the provider's name of the service", "数据源的服务名称"),
        Column(
            "duration_band",
            "category",
            "",
            "时长档",
            "duration band; NA for other services",
            "时长档；其他服务为空",
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
    ),
)

TABLES = (COST_TIERS, QUOTES)
