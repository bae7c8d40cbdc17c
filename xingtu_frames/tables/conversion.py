"""What orders sell: the figures and ranges that the provider shows of videos with products."""

from __future__ import annotations

from collections.abc import Iterator

from .options import PLATFORM, WINDOW
from .ranges import bounds
from .read import Fields
from .schema import Answer, Column, Row, Table, Words

CONVERT_METRICS = Words(
    {
        "component_clicks": "组件点击量",
        "component_click_rate": "组件点击率",
        "cpc": "转化CPC",
        "gpm": "GPM",
        "sales": "平均销售额",
        "product_price": "带货商品价格",
    }
)

_RANGES = (
    ("component_clicks", "component_click_cnt_range"),
    ("component_click_rate", "component_click_rate_range"),
    ("cpc", "related_cpc_range"),
    ("gpm", "gpm_range"),
    ("sales", "avg_sales_amount_range"),
    ("product_price", "rec_product_price_range"),
)

CONVERT = Answer(
    "get_author_convert_ability",
    keys=(*(key for _, key in _RANGES), "related_video_cnt", "video_vv_median", "rec_product_cnt", "category_items"),
    options=(WINDOW.at("range"), PLATFORM),
)


def _convert_ability(data: Fields) -> Iterator[Row]:
    yield (
        data.block("related_video_cnt").integer("value"),
        data.block("video_vv_median").average("value"),
        data.block("rec_product_cnt").integer("value"),
    )


CONVERT_ABILITY = Table(
    "convert_ability",
    "转化能力",
    row="creator",
    row_zh="一位达人",
    answer=CONVERT,
    parse=_convert_ability,
    shown=(WINDOW,),
    cells=(
        Column(
            "video_count",
            "Int64",
            "videos",
            "相关视频数",
            "videos that the ranges rest on",
            "区间所依据的相关视频数",
        ),
        Column(
            "play_median",
            "Int64",
            "plays",
            "商单播放中位数",
            "likely the median plays of those videos",
            "很可能是这些视频播放量的中位数",
            confidence="likely",
        ),
        Column("product_count", "Int64", "products", "带货商品数", "products in them", "视频中的带货商品数"),
    ),
)


def _convert_ranges(data: Fields) -> Iterator[Row]:
    for metric, key in _RANGES:
        shown = data.text(key)
        yield metric, shown, *bounds(shown)


CONVERT_RANGES = Table(
    "convert_ranges",
    "转化区间",
    row="creator x metric, always 6 rows",
    row_zh="达人 × 指标，固定 6 行",
    key=("metric",),
    answer=CONVERT,
    parse=_convert_ranges,
    shown=(WINDOW,),
    cells=(
        Column(
            "metric",
            "category",
            "",
            "指标",
            "component_clicks: clicks on the component, the sum over the videos; component_click_rate: a fraction, "
            "likely of the times that the component was shown, not of plays; cpc: yuan per click; gpm: likely yuan of "
            "sales per 1,000 plays; sales: yuan, likely the mean of a video; product_price: likely yuan",
            "组件点击量：各相关视频的点击之和；组件点击率：很可能以组件展示次数为分母，不是播放量；转化CPC：每次点击的成本（元）；"
            "GPM：很可能是每千次播放的销售额（元）；平均销售额：可能是单条视频的均值（元）；带货商品价格：很可能以元计",
            CONVERT_METRICS,
            confidence="likely",
        ),
        Column("range", "str", "", "区间", "the range as the provider shows it", "数据源展示的区间原文"),
        Column(
            "low",
            "float64",
            "as the metric",
            "下限",
            "low bound, read from the range; NA where it is open",
            "由区间读出的下限；没有下限时为空",
        ),
        Column(
            "high",
            "float64",
            "as the metric",
            "上限",
            "high bound, read from the range; NA where it is open",
            "由区间读出的上限；没有上限时为空",
        ),
    ),
)


def _convert_categories(data: Fields) -> Iterator[Row]:
    for item in data.items("category_items"):
        sales = item.text("sale_amount_range")
        yield item.name("name"), item.number("rate", unit="fraction"), sales, *bounds(sales)


CONVERT_CATEGORIES = Table(
    "convert_categories",
    "带货品类",
    row="creator x category",
    row_zh="达人 × 品类",
    key=("category",),
    answer=CONVERT,
    parse=_convert_categories,
    shown=(WINDOW,),
    listing=True,
    cells=(
        Column("category", "str", "", "品类", "category of the products", "商品的品类"),
        Column("share", "float64", "fraction", "占比", "the category's share, as sent", "该品类的占比，由数据源给出"),
        Column(
            "sales_range",
            "str",
            "",
            "销售额区间",
            "sales as the provider shows them; of what is unconfirmed: they can be far below the total",
            "数据源展示的销售额；统计口径未确认，可能远低于总额",
            confidence="unconfirmed",
        ),
        Column(
            "sales_low_cny",
            "float64",
            "CNY",
            "销售额下限",
            "low bound of the sales, whose base is unconfirmed; NA where it is open",
            "销售额区间的下限，统计口径未确认；没有下限时为空",
            confidence="unconfirmed",
        ),
        Column(
            "sales_high_cny",
            "float64",
            "CNY",
            "销售额上限",
            "high bound of the sales, whose base is unconfirmed; NA where it is open",
            "销售额区间的上限，统计口径未确认；没有上限时为空",
            confidence="unconfirmed",
        ),
    ),
)
