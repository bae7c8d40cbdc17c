"""Creators -> tidy frames: the public ``fetch_`` functions. Arguments and documentation follow from the tables."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..tables.audience import TOUCH_DISTRIBUTION
from ..tables.connection import CONNECTED_USERS, LINK_STRUCT
from ..tables.content import VIDEO_DISTRIBUTION
from ..tables.cost import COST_TIERS, QUOTES
from ..tables.index import LINK_INDEX
from ..tables.profile import PROFILES
from ..tables.spread import SPREAD_BENCHMARKS, SPREAD_INFO
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
