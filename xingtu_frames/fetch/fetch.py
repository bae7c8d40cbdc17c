"""Creators -> tidy frames: the public ``fetch_`` functions. Arguments and documentation follow from the tables."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..tables.audience import AUDIENCE_PORTRAIT, FANS_PORTRAIT, TOUCH_DISTRIBUTION
from ..tables.connection import CONNECTED_USERS, LINK_STRUCT
from ..tables.content import VIDEO_DISTRIBUTION
from ..tables.conversion import CONVERT_ABILITY, CONVERT_CATEGORIES, CONVERT_RANGES
from ..tables.cost import COST_PERFORMANCE, COST_PERFORMANCE_TIERS, COST_TIERS, QUOTES
from ..tables.index import LINK_INDEX
from ..tables.profile import PROFILES
from ..tables.spread import SPREAD_BENCHMARKS, SPREAD_INFO
from ..tables.video import RECOMMENDED_VIDEOS, SHOW_ITEMS, SHOW_ITEMS_BENCHMARKS
from .signature import fetches
from .steps import fetch_one


@fetches(TOUCH_DISTRIBUTION)
def fetch_touch_distribution(ids: Any, **given: Any) -> pd.DataFrame:
    """Fetch where the connected users came from (连接用户来源), down to the deepest node.

    Level 3 is multi-label: its counts overlap, so never sum them. Shares belong inside one level.
    """
    return fetch_one(TOUCH_DISTRIBUTION, ids, given)


@fetches(SPREAD_INFO)
def fetch_spread_info(ids: Any, **given: Any) -> pd.DataFrame:
    """Fetch how videos perform (传播表现): plays, interaction, completion."""
    return fetch_one(SPREAD_INFO, ids, given)


@fetches(COST_TIERS)
def fetch_cost_tiers(ids: Any, **given: Any) -> pd.DataFrame:
    """Fetch expected CPM and CPE (预期CPM/CPE) melted by duration band, in yuan."""
    return fetch_one(COST_TIERS, ids, given)


@fetches(SPREAD_BENCHMARKS)
def fetch_spread_benchmarks(ids: Any, **given: Any) -> pd.DataFrame:
    """Fetch how a creator stands among the peers that the provider compares with (同类对比)."""
    return fetch_one(SPREAD_BENCHMARKS, ids, given)


@fetches(LINK_STRUCT)
def fetch_link_struct(ids: Any, **given: Any) -> pd.DataFrame:
    """Fetch the connected users by stage (连接用户分布): aware, interested, like, follow."""
    return fetch_one(LINK_STRUCT, ids, given)


@fetches(CONNECTED_USERS)
def fetch_connected_users(ids: Any, **given: Any) -> pd.DataFrame:
    """Fetch the connected users of the month (月连接用户) with rank and growth."""
    return fetch_one(CONNECTED_USERS, ids, given)


@fetches(LINK_INDEX)
def fetch_link_index(ids: Any, **given: Any) -> pd.DataFrame:
    """Fetch the six Xingtu indexes (星图指数) beside the market's benchmark."""
    return fetch_one(LINK_INDEX, ids, given)


@fetches(VIDEO_DISTRIBUTION)
def fetch_video_distribution(ids: Any, **given: Any) -> pd.DataFrame:
    """Fetch what the videos are about (内容类型分布)."""
    return fetch_one(VIDEO_DISTRIBUTION, ids, given)


@fetches(PROFILES)
def fetch_profiles(ids: Any, **given: Any) -> pd.DataFrame:
    """Fetch who the creators are (达人资料)."""
    return fetch_one(PROFILES, ids, given)


@fetches(QUOTES)
def fetch_quotes(ids: Any, **given: Any) -> pd.DataFrame:
    """Fetch the price list (服务报价), closed services too."""
    return fetch_one(QUOTES, ids, given)


@fetches(COST_PERFORMANCE)
def fetch_cost_performance(ids: Any, **given: Any) -> pd.DataFrame:
    """Fetch the plays that the provider expects of an order, and the share of hot videos (性价比).

    A standing value of the creator, computed on another day than `fetch_cost_tiers`: do not mix the two.
    """
    return fetch_one(COST_PERFORMANCE, ids, given)


@fetches(COST_PERFORMANCE_TIERS)
def fetch_cost_performance_tiers(ids: Any, **given: Any) -> pd.DataFrame:
    """Fetch the creator's standing CPM and CPE by duration band, in yuan (性价比).

    `fetch_cost_tiers` has those of a video type and window, computed on another day: do not mix the two.
    """
    return fetch_one(COST_PERFORMANCE_TIERS, ids, given)


@fetches(AUDIENCE_PORTRAIT)
def fetch_audience_portrait(ids: Any, **given: Any) -> pd.DataFrame:
    """Fetch who the connected users are (观众画像), all of them or those of one stage.

    Shares belong inside one dimension; `portrait_wide` puts those that planners ask for side by side.
    """
    return fetch_one(AUDIENCE_PORTRAIT, ids, given)


@fetches(FANS_PORTRAIT)
def fetch_fans_portrait(ids: Any, **given: Any) -> pd.DataFrame:
    """Fetch who the fans are (粉丝画像), all of them or the loyal ones (铁粉).

    Shares belong inside one dimension; `portrait_wide` puts those that planners ask for side by side.
    """
    return fetch_one(FANS_PORTRAIT, ids, given)


@fetches(SHOW_ITEMS)
def fetch_show_items(ids: Any, **given: Any) -> pd.DataFrame:
    """Fetch the latest videos (最近作品), up to 15 personal and 15 ordered ones."""
    return fetch_one(SHOW_ITEMS, ids, given)


@fetches(SHOW_ITEMS_BENCHMARKS)
def fetch_show_items_benchmarks(ids: Any, **given: Any) -> pd.DataFrame:
    """Fetch how the latest videos do beside those of the peers (最近作品同类对比)."""
    return fetch_one(SHOW_ITEMS_BENCHMARKS, ids, given)


@fetches(RECOMMENDED_VIDEOS)
def fetch_recommended_videos(ids: Any, **given: Any) -> pd.DataFrame:
    """Fetch the videos that the provider puts forward (推荐视频), up to five."""
    return fetch_one(RECOMMENDED_VIDEOS, ids, given)


@fetches(CONVERT_ABILITY)
def fetch_convert_ability(ids: Any, **given: Any) -> pd.DataFrame:
    """Fetch how many videos sell what (转化能力)."""
    return fetch_one(CONVERT_ABILITY, ids, given)


@fetches(CONVERT_RANGES)
def fetch_convert_ranges(ids: Any, **given: Any) -> pd.DataFrame:
    """Fetch clicks, cost per click and sales (转化区间) as the ranges that the provider shows."""
    return fetch_one(CONVERT_RANGES, ids, given)


@fetches(CONVERT_CATEGORIES)
def fetch_convert_categories(ids: Any, **given: Any) -> pd.DataFrame:
    """Fetch what categories are sold (带货品类)."""
    return fetch_one(CONVERT_CATEGORIES, ids, given)
