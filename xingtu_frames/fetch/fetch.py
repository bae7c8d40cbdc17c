"""Creators -> tidy frames: the public ``fetch_`` functions. Arguments and documentation follow from the tables."""

from __future__ import annotations

import pandas as pd

from ..ids import Ids
from ..tables.audience import AUDIENCE_PORTRAIT, FANS_PORTRAIT, TOUCH_DISTRIBUTION
from ..tables.connection import CONNECTED_USERS, LINK_STRUCT
from ..tables.content import VIDEO_DISTRIBUTION
from ..tables.conversion import CONVERT_ABILITY, CONVERT_CATEGORIES, CONVERT_RANGES
from ..tables.cost import COST_PERFORMANCE, COST_PERFORMANCE_TIERS, COST_TIERS, QUOTES
from ..tables.effect import EFFECT_ESTIMATE, EFFECT_ESTIMATE_TIERS
from ..tables.fulfilment import COOPERATION_INDUSTRIES, FULFILMENT
from ..tables.growth import ACCOUNT_COUNTS, DAILY_FANS, FOLLOWERS_GROWTH
from ..tables.index import LINK_INDEX
from ..tables.introduction import INTRODUCTIONS
from ..tables.profile import PROFILES
from ..tables.raw import (
    CONVERT_PRODUCTS,
    CONVERT_VIDEOS,
    CREATOR_TAGS,
    HOMEPAGE_VIDEOS,
    LIVE_AUDIENCE,
    LIVE_STATISTICS,
    ORDER_EXPERIENCE,
    VIDEO_INTERACTION,
    VIDEO_REPORT,
)
from ..tables.search import SEARCH
from ..tables.seeding import SEEDING_VALUE
from ..tables.spread import SPREAD_BENCHMARKS, SPREAD_INFO
from ..tables.trend import VIDEO_TREND
from ..tables.video import RECOMMENDED_VIDEOS, SHOW_ITEMS, SHOW_ITEMS_BENCHMARKS
from ..tables.words import COMMENT_WORDS, CONTENT_WORDS
from .search import search_creators
from .signature import fetches
from .steps import fetch_one


@fetches(TOUCH_DISTRIBUTION)
def fetch_touch_distribution(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch where the connected users came from (连接用户来源), down to the deepest node.

    Level 3 is multi-label: its counts overlap, so never sum them. Shares belong inside one level.
    """
    return fetch_one(TOUCH_DISTRIBUTION, ids, arguments)


@fetches(SPREAD_INFO)
def fetch_spread_info(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch how videos perform (传播表现): plays, interaction, completion."""
    return fetch_one(SPREAD_INFO, ids, arguments)


@fetches(COST_TIERS)
def fetch_cost_tiers(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch expected CPM and CPE (预期CPM/CPE) melted by duration band, in yuan."""
    return fetch_one(COST_TIERS, ids, arguments)


@fetches(SPREAD_BENCHMARKS)
def fetch_spread_benchmarks(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch how a creator stands among the peers that the provider compares with (同类对比)."""
    return fetch_one(SPREAD_BENCHMARKS, ids, arguments)


@fetches(LINK_STRUCT)
def fetch_link_struct(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch the connected users by stage (连接用户分布): aware, interested, like, follow."""
    return fetch_one(LINK_STRUCT, ids, arguments)


@fetches(CONNECTED_USERS)
def fetch_connected_users(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch the connected users of the month (月连接用户) with rank and growth."""
    return fetch_one(CONNECTED_USERS, ids, arguments)


@fetches(LINK_INDEX)
def fetch_link_index(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch the six Xingtu indexes (星图指数) beside the market's benchmark."""
    return fetch_one(LINK_INDEX, ids, arguments)


@fetches(VIDEO_DISTRIBUTION)
def fetch_video_distribution(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch what the videos are about (内容类型分布)."""
    return fetch_one(VIDEO_DISTRIBUTION, ids, arguments)


@fetches(PROFILES)
def fetch_profiles(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch who the creators are (达人资料)."""
    return fetch_one(PROFILES, ids, arguments)


@fetches(QUOTES)
def fetch_quotes(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch the price list (服务报价), closed services too."""
    return fetch_one(QUOTES, ids, arguments)


@fetches(COST_PERFORMANCE)
def fetch_cost_performance(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch the plays that the provider expects of an order, and the share of hot videos (性价比).

    A standing value of the creator, computed on another day than `fetch_cost_tiers`: do not mix the two.
    """
    return fetch_one(COST_PERFORMANCE, ids, arguments)


@fetches(COST_PERFORMANCE_TIERS)
def fetch_cost_performance_tiers(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch the creator's standing CPM and CPE by duration band, in yuan (性价比).

    `fetch_cost_tiers` has those of a video type and window, computed on another day: do not mix the two.
    """
    return fetch_one(COST_PERFORMANCE_TIERS, ids, arguments)


@fetches(AUDIENCE_PORTRAIT)
def fetch_audience_portrait(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch who the connected users are (观众画像), all of them or those of one stage.

    Shares belong inside one dimension; `portrait_wide` puts those that planners ask for side by side.
    """
    return fetch_one(AUDIENCE_PORTRAIT, ids, arguments)


@fetches(FANS_PORTRAIT)
def fetch_fans_portrait(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch who the fans are (粉丝画像), all of them or the loyal ones (铁粉).

    Shares belong inside one dimension; `portrait_wide` puts those that planners ask for side by side.
    """
    return fetch_one(FANS_PORTRAIT, ids, arguments)


@fetches(SHOW_ITEMS)
def fetch_show_items(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch the latest videos (最近作品), up to 15 personal and 15 ordered ones."""
    return fetch_one(SHOW_ITEMS, ids, arguments)


@fetches(SHOW_ITEMS_BENCHMARKS)
def fetch_show_items_benchmarks(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch how the latest videos do beside those of the peers (最近作品同类对比)."""
    return fetch_one(SHOW_ITEMS_BENCHMARKS, ids, arguments)


@fetches(RECOMMENDED_VIDEOS)
def fetch_recommended_videos(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch the videos that the provider puts forward (推荐视频), up to five."""
    return fetch_one(RECOMMENDED_VIDEOS, ids, arguments)


@fetches(CONVERT_ABILITY)
def fetch_convert_ability(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch how many videos sell what (转化能力)."""
    return fetch_one(CONVERT_ABILITY, ids, arguments)


@fetches(CONVERT_RANGES)
def fetch_convert_ranges(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch clicks, cost per click and sales (转化区间) as the ranges that the provider shows."""
    return fetch_one(CONVERT_RANGES, ids, arguments)


@fetches(CONVERT_CATEGORIES)
def fetch_convert_categories(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch what categories are sold (带货品类)."""
    return fetch_one(CONVERT_CATEGORIES, ids, arguments)


@fetches(EFFECT_ESTIMATE)
def fetch_effect_estimate(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch what an order is expected to bring (效果预估), as client code reads it: plays and viral rate.

    Another number than that of the cost performance: never fill one from the other.
    """
    return fetch_one(EFFECT_ESTIMATE, ids, arguments)


@fetches(EFFECT_ESTIMATE_TIERS)
def fetch_effect_estimate_tiers(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch the expected CPM and CPE (效果预估) by duration band, in yuan."""
    return fetch_one(EFFECT_ESTIMATE_TIERS, ids, arguments)


@fetches(SEEDING_VALUE)
def fetch_seeding_value(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch what videos do for seeding (种草价值): searches, new interested users, cost of a visit."""
    return fetch_one(SEEDING_VALUE, ids, arguments)


@fetches(FULFILMENT)
def fetch_fulfilment(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch how reliably a creator works with clients (履约能力): replies, credit, orders."""
    return fetch_one(FULFILMENT, ids, arguments)


@fetches(COOPERATION_INDUSTRIES)
def fetch_cooperation_industries(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch for which industries a creator works (合作行业), by orders and by plays."""
    return fetch_one(COOPERATION_INDUSTRIES, ids, arguments)


@fetches(FOLLOWERS_GROWTH)
def fetch_followers_growth(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch how fast the followers grow (月涨粉率)."""
    return fetch_one(FOLLOWERS_GROWTH, ids, arguments)


@fetches(DAILY_FANS)
def fetch_daily_fans(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch the followers of each day (每日粉丝).

    The default days move with the date, so that each day is a new request: give ``start`` and ``end`` to use an
    answer again.
    """
    return fetch_one(DAILY_FANS, ids, arguments)


@fetches(ACCOUNT_COUNTS)
def fetch_account_counts(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch counts of the account (账号数据): followers, connected users, videos."""
    return fetch_one(ACCOUNT_COUNTS, ids, arguments)


@fetches(COMMENT_WORDS)
def fetch_comment_words(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch the words of the comments (评论热词)."""
    return fetch_one(COMMENT_WORDS, ids, arguments)


@fetches(CONTENT_WORDS)
def fetch_content_words(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch the words of the content (内容热词), by weight."""
    return fetch_one(CONTENT_WORDS, ids, arguments)


@fetches(INTRODUCTIONS)
def fetch_introductions(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch what creators write about themselves (个人简介).

    Free text of a person, which may hold contact data: nothing but this function fetches it.
    """
    return fetch_one(INTRODUCTIONS, ids, arguments)


@fetches(VIDEO_TREND)
def fetch_video_trend(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch the plays of videos day by day (视频播放趋势).

    Of a day that is listed again the last value counts; ``frame.attrs["repeated_date"]`` has the others.
    """
    return fetch_one(VIDEO_TREND, ids, arguments)


@fetches(HOMEPAGE_VIDEOS)
def fetch_homepage_videos(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch the videos of the home page (主页作品) in the long form."""
    return fetch_one(HOMEPAGE_VIDEOS, ids, arguments)


@fetches(CONVERT_VIDEOS)
def fetch_convert_videos(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch the videos that convert (转化视频) in the long form."""
    return fetch_one(CONVERT_VIDEOS, ids, arguments)


@fetches(CONVERT_PRODUCTS)
def fetch_convert_products(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch the products that convert (转化商品) in the long form."""
    return fetch_one(CONVERT_PRODUCTS, ids, arguments)


@fetches(LIVE_STATISTICS)
def fetch_live_statistics(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch figures of live streams (直播数据) in the long form."""
    return fetch_one(LIVE_STATISTICS, ids, arguments)


@fetches(LIVE_AUDIENCE)
def fetch_live_audience(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch who watches live streams (直播人群) in the long form."""
    return fetch_one(LIVE_AUDIENCE, ids, arguments)


@fetches(ORDER_EXPERIENCE)
def fetch_order_experience(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch how ordering goes (下单体验) in the long form."""
    return fetch_one(ORDER_EXPERIENCE, ids, arguments)


@fetches(CREATOR_TAGS)
def fetch_creator_tags(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch the tags of creators (达人标签) in the long form."""
    return fetch_one(CREATOR_TAGS, ids, arguments)


@fetches(VIDEO_REPORT)
def fetch_video_report(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch the report of videos (视频报告) in the long form."""
    return fetch_one(VIDEO_REPORT, ids, arguments)


@fetches(VIDEO_INTERACTION)
def fetch_video_interaction(ids: Ids, **arguments: object) -> pd.DataFrame:
    """Fetch the interactions of videos (视频互动分析) in the long form."""
    return fetch_one(VIDEO_INTERACTION, ids, arguments)


@fetches(SEARCH)
def search(**arguments: object) -> pd.DataFrame:
    """Search creators (达人搜索): from a brief to a list, page after page, each creator once.

    `compare` and the ``fetch_`` functions take the frame as ids and names. Its own figures are good for choosing
    within one search; those of the detail tables are others, so a board is never filled from here.

    ``frame.attrs`` has ``total``, how many creators the provider counts (it drifts, and stops at 10,000); ``pages``,
    how many were asked for; ``query``, what was looked for; and ``stopped``, why no further page was asked for:
    ``limit``, ``max_pages``, ``empty``, ``no_new`` (a page of creators known already), ``no_more``, ``level_limit``
    (the provider shows no further page), ``budget``, or ``failed``. ``client.plan("search", limit=..., ...)`` says what
    a search may cost.
    """
    return search_creators(arguments)
