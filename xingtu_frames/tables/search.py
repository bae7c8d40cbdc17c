"""Creators found by a search: what the provider lists of each, as it stands in the results."""

from __future__ import annotations

from collections.abc import Iterator

from .pages import Hits, id_at
from .profile import GENDER_CODES, GENDERS
from .read import Fields
from .schema import CREATOR, Answer, Column, Confidence, Row, Table
from .search_filters import FILTERS

_IDS = ("star_id", "attribute_datas.id")
_BANDS = (("1_20s", "1_20", "1-20s"), ("21_60s", "20_60", "21-60s"), ("60s", "60", "60s+"))
_SOLD_NOW = {
    "21_60s": (
        "; since 2026-08 the marketplace sells placement videos (植入视频), perhaps in its place",
        "；2026-08 起平台改售植入视频，或许与此对应",
    ),
    "60s": (
        "; since 2026-08 the marketplace sells custom videos (定制视频), perhaps in its place",
        "；2026-08 起平台改售定制视频，或许与此对应",
    ),
}
_STAGES = ("link_link_cnt", "link_l_cnt", "link_i_cnt", "link_n_cnt", "link_k_cnt")
_OTHER_FIGURES = (
    "; the detail tables have other figures of the same creator",
    "；与详情数据表中同一达人的数值口径不同",
)


def _hits(data: Fields) -> Iterator[Row]:
    for position, hit in enumerate(data.items("authors"), start=1):
        attributes = hit.block("attribute_datas")
        yield (
            id_at(_IDS, hit),
            attributes.name("nick_name"),
            position,
            attributes.one_of("gender", GENDER_CODES, "a gender"),
            attributes.text("province"),
            attributes.text("city"),
            attributes.integer("follower"),
            attributes.integer("fans_increment_within_15d"),
            attributes.number("fans_increment_rate_within_15d", unit="fraction"),
            _tags(attributes),
            "|".join(attributes.texts("content_theme_labels_180d")) or None,
            *(attributes.integer(f"price_{wire}", unit="CNY") for _, wire, _ in _BANDS),
            attributes.integer("expected_play_num"),
            attributes.integer("expected_natural_play_num"),
            *(attributes.number(f"prospective_{wire}_cpm", unit="CNY") for _, wire, _ in _BANDS),
            *(attributes.number(f"sn_prospective_{wire}_cpe", unit="CNY") for _, wire, _ in _BANDS),
            *(attributes.number(f"promotion_prospective_{wire}_cpm", unit="CNY") for _, wire, _ in _BANDS),
            attributes.number("interact_rate_within_30d", unit="fraction"),
            attributes.number("play_over_rate_within_30d", unit="fraction"),
            attributes.average("vv_median_30d"),
            attributes.average("interaction_median_30d"),
            attributes.number("burst_text_rate", unit="fraction"),
            attributes.number("avg_search_after_view_rate_30d", unit="fraction"),
            attributes.number("link_star_index"),
            attributes.number("link_spread_index"),
            attributes.number("link_shopping_index"),
            # Two in five creators have "0", which says that there is none.
            attributes.number("link_convert_index") or None,
            attributes.number("search_after_view_index_by_industry"),
            *(attributes.integer(f"{stage}_by_industry") for stage in _STAGES),
            attributes.integer("star_item_count_within_30d"),
            attributes.text("author_ecom_level"),
            attributes.integer("ecom_score", unit=""),
            attributes.text("ecom_gmv_30d_range"),
            attributes.text("ecom_avg_order_value_30d_range"),
            attributes.text("ecom_gpm_30d_range"),
            _services(hit),
            attributes.flag("is_short_drama"),
            attributes.flag("is_cocreate_author"),
            attributes.flag("is_black_horse_author"),
            attributes.flag("star_excellent_author"),
        )


def _tags(attributes: Fields) -> str | None:
    tags = attributes.block("tags_relation")
    pairs = (f"{first}-{second}" for first in tags for second in tags.texts(first) or ("",))
    return "|".join(pair.removesuffix("-") for pair in pairs) or None


def _services(hit: Fields) -> str | None:
    prices = (price for task in hit.items("task_infos") for price in task.items("price_infos"))
    codes = {code for price in prices if (code := price.integer("video_type", unit="")) is not None}
    return "|".join(map(str, sorted(codes))) or None


def _of_bands(
    name: str, label_zh: str, dtype: str, meanings: tuple[str, str], confidence: Confidence = "certain"
) -> Iterator[Column]:
    """Yield the columns of a figure in yuan for each length of a video."""
    for band, _, shown in _BANDS:
        (meaning, meaning_zh), (now, now_zh) = meanings, _SOLD_NOW.get(band, ("", ""))
        yield Column(
            f"{name}_{band}_cny",
            dtype,
            "CNY",
            f"{label_zh}（{shown}）",
            f"{meaning} of a video of {shown}{now}",
            f"{shown} 视频的{meaning_zh}{now_zh}",
            confidence=confidence,
        )


def _figure(
    name: str,
    label_zh: str,
    unit: str,
    meaning: str,
    meaning_zh: str,
    *,
    dtype: str = "float64",
    signed: bool = False,
    likely: bool = False,
) -> Column:
    confidence: Confidence = "likely" if likely else "certain"
    return Column(name, dtype, unit, label_zh, meaning, meaning_zh, signed=signed, confidence=confidence)


def _flag(name: str, label_zh: str, meaning: str, meaning_zh: str) -> Column:
    return Column(name, "boolean", "", label_zh, f"the provider's flag: {meaning}", f"数据源的标记：{meaning_zh}")


def _users(name: str, label_zh: str, meaning: str, meaning_zh: str) -> Column:
    return _figure(name, label_zh, "users", meaning, meaning_zh, dtype="Int64")


def _as_shown(name: str, label_zh: str, meaning: str, meaning_zh: str) -> Column:
    return Column(
        name,
        "str",
        "CNY",
        label_zh,
        f"{meaning} in yuan, a range as the provider shows it",
        f"{meaning_zh}（元），数据源展示的区间",
    )


SEARCH = Table(
    "search",
    "达人搜索",
    row="search hit",
    row_zh="一位搜索到的达人",
    answer=Answer(
        "search_for_author_square",
        keys=("authors", "pagination"),
        options=FILTERS,
        subject=None,
        pages=Hits("authors", _IDS, total="pagination.total_count", more="pagination.has_more"),
    ),
    parse=_hits,
    listing=True,
    numbered=True,
    before_page=3,
    cells=(
        CREATOR.column,
        Column("name", "str", "", "达人", "nickname on Douyin", "抖音昵称"),
        Column("position", "Int64", "", "序号", "place among the results, 1 is first", "在结果中的位置，从 1 开始"),
        Column("gender", "str", "", "性别", "male, female, NA when unknown", "男或女；未知时为空", GENDERS),
        Column("province", "str", "", "省份", "province", "省份"),
        Column("city", "str", "", "城市", "city", "城市"),
        _users("followers", "达人粉丝", "followers", "粉丝数"),
        _figure(
            "followers_change_15d",
            "近15天涨粉",
            "users",
            "followers gained in 15 days",
            "近15天涨粉数",
            dtype="Int64",
            signed=True,
        ),
        _figure(
            "followers_growth_rate_15d",
            "近15天涨粉率",
            "fraction",
            "growth of the followers in 15 days",
            "近15天粉丝增长率",
            signed=True,
        ),
        Column(
            "tags",
            "str",
            "",
            "内容标签",
            "content tags as first-second, joined by |; NA when empty",
            "内容标签，一级-二级，以 | 分隔；没有时为空",
        ),
        Column(
            "content_themes",
            "str",
            "",
            "内容主题",
            "content themes of 180 days, joined by |; NA when empty",
            "近180天内容主题，以 | 分隔；没有时为空",
        ),
        *_of_bands("quote", "报价", "Int64", ("price", "报价")),
        _figure(
            "expected_plays",
            "预期播放量",
            "plays",
            f"plays that the provider expects of an order{_OTHER_FIGURES[0]}",
            f"数据源预期的商单播放量{_OTHER_FIGURES[1]}",
            dtype="Int64",
        ),
        _figure(
            "expected_natural_plays",
            "预期自然播放量",
            "plays",
            "likely the plays expected without promotion; may exceed expected_plays",
            "很可能是不含推广的预期播放量；可能高于预期播放量",
            dtype="Int64",
            likely=True,
        ),
        *_of_bands("cpm", "预期CPM", "float64", ("expected cost per 1,000 plays", "每 1,000 次预期播放的成本")),
        *_of_bands("cpe", "预期CPE", "float64", ("expected cost per interaction", "每次预期互动的成本")),
        *_of_bands(
            "sales_cpm",
            "带货预期CPM",
            "float64",
            ("likely the cost per 1,000 of the provider's promotion plays", "很可能是每 1,000 次推广播放的成本"),
            "likely",
        ),
        _figure(
            "interact_rate_30d",
            "近30天互动率",
            "fraction",
            f"interaction rate of 30 days{_OTHER_FIGURES[0]}",
            f"近30天互动率{_OTHER_FIGURES[1]}",
        ),
        _figure(
            "completion_rate_30d",
            "近30天完播率",
            "fraction",
            f"completion rate of 30 days{_OTHER_FIGURES[0]}",
            f"近30天完播率{_OTHER_FIGURES[1]}",
        ),
        _figure(
            "play_median_30d", "近30天播放中位数", "plays", "median plays of 30 days", "近30天播放中位数", dtype="Int64"
        ),
        _figure(
            "interaction_median_30d",
            "近30天互动中位数",
            "interactions",
            "median interactions of 30 days",
            "近30天互动中位数",
            dtype="Int64",
        ),
        _figure(
            "viral_rate",
            "爆文率",
            "fraction",
            "likely the share of hot videos (爆文); most creators have none here",
            "很可能是爆文占作品的比例；多数达人在此为空",
            likely=True,
        ),
        _figure(
            "search_after_view_rate_30d",
            "近30天看后搜率",
            "fraction",
            "likely the share of views that a search follows; most creators have none here",
            "很可能是看后搜索的比例；多数达人在此为空",
            likely=True,
        ),
        _figure("star_index", "星图指数", "points", "Xingtu index", "星图指数"),
        _figure("spread_index", "传播指数", "points", "spread index", "传播指数"),
        _figure("seeding_index", "种草指数", "points", "seeding index", "种草指数"),
        _figure("conversion_index", "转化指数", "points", "conversion index; NA without one", "转化指数；没有时为空"),
        _figure(
            "search_index",
            "看后搜指数",
            "points",
            "likely the index of searches after a view, within the industry",
            "很可能是行业内的看后搜指数",
            likely=True,
        ),
        _users("connected_users", "连接用户", "connected users", "连接用户数"),
        _users("aware_users", "了解用户", "connected users at the stage aware", "处于了解阶段的连接用户"),
        _users("interested_users", "兴趣用户", "connected users at the stage interested", "处于兴趣阶段的连接用户"),
        _users("like_users", "喜欢用户", "connected users at the stage like", "处于喜欢阶段的连接用户"),
        _users("follow_users", "追随用户", "connected users at the stage follow", "处于追随阶段的连接用户"),
        _figure(
            "xingtu_videos_30d",
            "近30天星图视频数",
            "videos",
            "likely the ordered videos of 30 days",
            "很可能是近30天的商单视频数",
            dtype="Int64",
            likely=True,
        ),
        Column("ecom_level", "str", "", "带货等级", "e-commerce level, L0 to L6", "带货等级，L0 至 L6"),
        _figure(
            "ecom_score",
            "带货口碑分",
            "points",
            "likely the reputation of what is sold (带货口碑分)",
            "很可能是带货口碑分",
            dtype="Int64",
            likely=True,
        ),
        _as_shown("sales_range_30d", "近30天销售额", "sales of 30 days", "近30天销售额"),
        _as_shown("order_value_range_30d", "近30天客单价", "value of an order in 30 days", "近30天客单价"),
        _as_shown("gpm_range_30d", "近30天GPM", "sales per 1,000 plays in 30 days", "近30天每千次播放销售额"),
        Column(
            "service_codes",
            "str",
            "",
            "在售服务代码",
            "codes of the services that have a price, ascending, joined by |; fetch_quotes names them",
            "有报价的服务代码，升序，以 | 分隔；名称见服务报价",
        ),
        _flag("is_short_drama", "短剧达人", "makes short dramas", "短剧达人"),
        _flag("is_co_creator", "共创达人", "takes part in co-creation", "共创达人"),
        _flag("is_black_horse", "黑马达人", "black horse (黑马)", "黑马达人"),
        _flag("is_excellent", "优秀达人", "excellent", "优秀达人"),
    ),
)

TABLES = (SEARCH,)
