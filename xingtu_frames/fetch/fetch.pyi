# Written by `make tables` from the declared tables.
from collections.abc import Iterable
from datetime import date
from typing import Literal

import pandas as pd

from ..client.client import Client
from ..ids import Ids
from .choices import (
    Audience,
    By,
    CreatorList,
    FanGroup,
    Flow,
    Gender,
    Goal,
    Industry,
    LiveType,
    Platform,
    QuoteType,
    Sort,
    Stage,
    VideoType,
    Window,
)
from .failures import OnError

def fetch_touch_distribution(
    ids: Ids,
    *,
    platform: Platform = "short_video",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_spread_info(
    ids: Ids,
    *,
    video_type: VideoType = "personal",
    window: Window = "30d",
    only_assigned: bool = False,
    flow: Flow = "exclude",
    platform: Platform = "short_video",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_cost_tiers(
    ids: Ids,
    *,
    video_type: VideoType = "personal",
    window: Window = "30d",
    only_assigned: bool = False,
    flow: Flow = "exclude",
    platform: Platform = "short_video",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_spread_benchmarks(
    ids: Ids,
    *,
    video_type: VideoType = "personal",
    window: Window = "30d",
    only_assigned: bool = False,
    flow: Flow = "exclude",
    platform: Platform = "short_video",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_link_struct(
    ids: Ids,
    *,
    platform: Platform = "short_video",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_connected_users(
    ids: Ids,
    *,
    platform: Platform = "short_video",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_link_index(
    ids: Ids,
    *,
    industry: Industry = "all",
    platform: Platform = "short_video",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_video_distribution(
    ids: Ids,
    *,
    platform: Platform = "short_video",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_profiles(
    ids: Ids,
    *,
    platform: Platform = "short_video",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_quotes(
    ids: Ids,
    *,
    platform: Platform = "short_video",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_cost_performance(
    ids: Ids,
    *,
    platform: Platform = "short_video",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_cost_performance_tiers(
    ids: Ids,
    *,
    platform: Platform = "short_video",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_audience_portrait(
    ids: Ids,
    *,
    stage: Stage = "connected",
    platform: Platform = "short_video",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_fans_portrait(
    ids: Ids,
    *,
    fan_group: FanGroup = "fans",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_show_items(
    ids: Ids,
    *,
    only_assigned: bool = False,
    flow: Flow = "exclude",
    platform: Platform = "short_video",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_show_items_benchmarks(
    ids: Ids,
    *,
    only_assigned: bool = False,
    flow: Flow = "exclude",
    platform: Platform = "short_video",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_recommended_videos(
    ids: Ids,
    *,
    platform: Platform = "short_video",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_convert_ability(
    ids: Ids,
    *,
    window: Window = "30d",
    platform: Platform = "short_video",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_convert_ranges(
    ids: Ids,
    *,
    window: Window = "30d",
    platform: Platform = "short_video",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_convert_categories(
    ids: Ids,
    *,
    window: Window = "30d",
    platform: Platform = "short_video",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_effect_estimate(
    ids: Ids,
    *,
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_effect_estimate_tiers(
    ids: Ids,
    *,
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_seeding_value(
    ids: Ids,
    *,
    window: Window = "30d",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_fulfilment(
    ids: Ids,
    *,
    window: Window = "30d",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_cooperation_industries(
    ids: Ids,
    *,
    window: Window = "30d",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_followers_growth(
    ids: Ids,
    *,
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_daily_fans(
    ids: Ids,
    *,
    start: str | date | None = None,
    end: str | date | None = None,
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_account_counts(
    ids: Ids,
    *,
    platform: Platform = "short_video",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_comment_words(
    ids: Ids,
    *,
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_content_words(
    ids: Ids,
    *,
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_introductions(
    ids: Ids,
    *,
    platform: Platform = "short_video",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_video_trend(
    item_ids: Ids,
    *,
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_homepage_videos(
    ids: Ids,
    *,
    video_type: Literal["all", "personal", "xingtu"] = "all",
    keyword: str | None = None,
    start: str | date | None = None,
    end: str | date | None = None,
    only_assigned: bool = False,
    pages: int = 1,
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_convert_videos(
    ids: Ids,
    *,
    window: Window = "30d",
    industry: Industry = "all",
    platform: Platform = "short_video",
    pages: int = 1,
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_convert_products(
    ids: Ids,
    *,
    window: Window = "30d",
    industry: Industry = "all",
    platform: Platform = "short_video",
    pages: int = 1,
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_live_statistics(
    ids: Ids,
    *,
    live_type: LiveType = "all",
    window: Window = "30d",
    only_orders: bool = False,
    flow: Flow = "exclude",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_live_audience(
    ids: Ids,
    *,
    audience: Audience = "viewers",
    live_type: LiveType = "all",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_order_experience(
    ids: Ids,
    *,
    window: Window = "30d",
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_creator_tags(
    ids: Ids,
    *,
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_video_report(
    item_ids: Ids,
    *,
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_video_interaction(
    item_ids: Ids,
    *,
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def search(
    keyword: str = "",
    *,
    by: By = "content",
    sort: Sort = "score",
    goal: Goal = None,
    industry: Industry = "all",
    followers: tuple[float | None, float | None] | None = None,
    quote_type: QuoteType = None,
    quote_cny: tuple[float | None, float | None] | None = None,
    expected_plays: tuple[float | None, float | None] | None = None,
    cpm_cny: tuple[float | None, float | None] | None = None,
    cpe_cny: tuple[float | None, float | None] | None = None,
    interact_rate: tuple[float | None, float | None] | None = None,
    completion_rate: tuple[float | None, float | None] | None = None,
    viral_rate: tuple[float | None, float | None] | None = None,
    connected_users: tuple[float | None, float | None] | None = None,
    tasks_in_progress: tuple[float | None, float | None] | None = None,
    tasks_days: int = 30,
    audience: str | Iterable[str] | None = None,
    fans: str | Iterable[str] | None = None,
    gender: Gender = None,
    locations: str | Iterable[str] | None = None,
    content_tags: str | Iterable[str] | None = None,
    content_themes: str | Iterable[str] | None = None,
    persona_tags: str | Iterable[str] | None = None,
    tonality_tags: str | Iterable[str] | None = None,
    celebrity: bool = False,
    curated: bool = False,
    creator_list: CreatorList = None,
    limit: int | None = 20,
    max_pages: int | None = None,
    refresh: bool = False,
    on_error: OnError = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
