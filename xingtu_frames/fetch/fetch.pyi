# Written by `make tables` from the declared tables.
from collections.abc import Iterable
from datetime import date
from typing import Literal

import pandas as pd

from ..client.client import Client
from ..ids import Ids

_Audience = Literal["viewers", "fans"]
_By = Literal["content", "nickname"]
_CreatorList = Literal[
    None,
    "short_live_entertainment_creators",
    "short_drama_actors",
    "wechat_quick_connect_creators",
    "ai_star_plan_creators",
    "commerce_advantage_creators",
    "high_value_creators",
    "seeding_advantage_creators",
    "basketball_creators",
    "premium_content_media",
    "trend_setting_media",
    "factory_traceability_media",
    "running_creators",
    "light_outdoor_creators",
    "fitness_creators",
    "yoga_creators",
    "street_sports_creators",
    "cycling_creators",
    "football_creators",
    "fishing_creators",
    "beauty_quality_creators",
]
_FanGroup = Literal["fans", "loyal"]
_Flow = Literal["exclude", "include"]
_Gender = Literal[None, "male", "female"]
_Goal = Literal[None, "exposure", "seeding", "conversion"]
_Industry = Literal[
    "all",
    "electronics_and_appliances",
    "shopping",
    "food_and_beverage",
    "clothing_and_accessories",
    "healthcare_and_medical",
    "medical_institutions",
    "home_and_building_materials",
    "local_services",
    "business_services",
    "culture_sports_entertainment",
    "beauty_services",
    "real_estate",
    "education_and_training",
    "travel_and_tourism",
    "public_services",
    "games",
    "retail",
    "transportation_equipment",
    "automotive",
    "agriculture_forestry_fishery",
    "chemical_and_energy",
    "electronics_and_electrical",
    "machinery_equipment",
    "media_and_information",
    "logistics",
    "telecommunications",
    "financial_services",
    "catering_services",
    "software_tools",
    "franchising_and_investment",
    "beauty_and_cosmetics",
    "mother_baby_and_pet",
    "daily_chemicals",
    "physical_books",
    "social_and_communication",
    "cultural_supplies",
    "sports_outdoor",
]
_LiveType = Literal["all", "game", "ecommerce", "other"]
_Platform = Literal["short_video", "live_streaming", "picture_text", "short_drama"]
_QuoteType = Literal[
    None,
    "placement_video",
    "custom_video",
    "short_drama_episode",
    "natural_play_cpm",
    "short_live_seeding",
    "short_live_warmup",
    "celebrity_short_live_seeding",
    "celebrity_short_live_warmup",
    "celebrity_video",
    "collection_video",
    "co_creation_main",
    "co_creation_participant",
]
_Sort = Literal["score", "followers"]
_Stage = Literal["connected", "aware", "interested", "like", "follow"]
_VideoType = Literal["personal", "xingtu"]
_Window = Literal["30d", "90d"]

def fetch_touch_distribution(
    ids: Ids,
    *,
    platform: _Platform = "short_video",
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_spread_info(
    ids: Ids,
    *,
    video_type: _VideoType = "personal",
    window: _Window = "30d",
    only_assigned: bool = False,
    flow: _Flow = "exclude",
    platform: _Platform = "short_video",
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_cost_tiers(
    ids: Ids,
    *,
    video_type: _VideoType = "personal",
    window: _Window = "30d",
    only_assigned: bool = False,
    flow: _Flow = "exclude",
    platform: _Platform = "short_video",
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_spread_benchmarks(
    ids: Ids,
    *,
    video_type: _VideoType = "personal",
    window: _Window = "30d",
    only_assigned: bool = False,
    flow: _Flow = "exclude",
    platform: _Platform = "short_video",
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_link_struct(
    ids: Ids,
    *,
    platform: _Platform = "short_video",
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_connected_users(
    ids: Ids,
    *,
    platform: _Platform = "short_video",
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_link_index(
    ids: Ids,
    *,
    industry: _Industry = "all",
    platform: _Platform = "short_video",
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_video_distribution(
    ids: Ids,
    *,
    platform: _Platform = "short_video",
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_profiles(
    ids: Ids,
    *,
    platform: _Platform = "short_video",
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_quotes(
    ids: Ids,
    *,
    platform: _Platform = "short_video",
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_cost_performance(
    ids: Ids,
    *,
    platform: _Platform = "short_video",
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_cost_performance_tiers(
    ids: Ids,
    *,
    platform: _Platform = "short_video",
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_audience_portrait(
    ids: Ids,
    *,
    stage: _Stage = "connected",
    platform: _Platform = "short_video",
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_fans_portrait(
    ids: Ids,
    *,
    fan_group: _FanGroup = "fans",
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_show_items(
    ids: Ids,
    *,
    only_assigned: bool = False,
    flow: _Flow = "exclude",
    platform: _Platform = "short_video",
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_show_items_benchmarks(
    ids: Ids,
    *,
    only_assigned: bool = False,
    flow: _Flow = "exclude",
    platform: _Platform = "short_video",
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_recommended_videos(
    ids: Ids,
    *,
    platform: _Platform = "short_video",
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_convert_ability(
    ids: Ids,
    *,
    window: _Window = "30d",
    platform: _Platform = "short_video",
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_convert_ranges(
    ids: Ids,
    *,
    window: _Window = "30d",
    platform: _Platform = "short_video",
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_convert_categories(
    ids: Ids,
    *,
    window: _Window = "30d",
    platform: _Platform = "short_video",
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_effect_estimate(
    ids: Ids,
    *,
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_effect_estimate_tiers(
    ids: Ids,
    *,
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_seeding_value(
    ids: Ids,
    *,
    window: _Window = "30d",
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_fulfilment(
    ids: Ids,
    *,
    window: _Window = "30d",
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_cooperation_industries(
    ids: Ids,
    *,
    window: _Window = "30d",
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_followers_growth(
    ids: Ids,
    *,
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_daily_fans(
    ids: Ids,
    *,
    start: str | date | None = None,
    end: str | date | None = None,
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_account_counts(
    ids: Ids,
    *,
    platform: _Platform = "short_video",
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_comment_words(
    ids: Ids,
    *,
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_content_words(
    ids: Ids,
    *,
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_introductions(
    ids: Ids,
    *,
    platform: _Platform = "short_video",
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_video_trend(
    item_ids: Ids,
    *,
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
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
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_convert_videos(
    ids: Ids,
    *,
    window: _Window = "30d",
    industry: _Industry = "all",
    platform: _Platform = "short_video",
    pages: int = 1,
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_convert_products(
    ids: Ids,
    *,
    window: _Window = "30d",
    industry: _Industry = "all",
    platform: _Platform = "short_video",
    pages: int = 1,
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_live_statistics(
    ids: Ids,
    *,
    live_type: _LiveType = "all",
    window: _Window = "30d",
    only_orders: bool = False,
    flow: _Flow = "exclude",
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_live_audience(
    ids: Ids,
    *,
    audience: _Audience = "viewers",
    live_type: _LiveType = "all",
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_order_experience(
    ids: Ids,
    *,
    window: _Window = "30d",
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_creator_tags(
    ids: Ids,
    *,
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_video_report(
    item_ids: Ids,
    *,
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def fetch_video_interaction(
    item_ids: Ids,
    *,
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
def search(
    keyword: str = "",
    *,
    by: _By = "content",
    sort: _Sort = "score",
    goal: _Goal = None,
    industry: _Industry = "all",
    followers: tuple[float | None, float | None] | None = None,
    quote_type: _QuoteType = None,
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
    gender: _Gender = None,
    locations: str | Iterable[str] | None = None,
    content_tags: str | Iterable[str] | None = None,
    content_themes: str | Iterable[str] | None = None,
    persona_tags: str | Iterable[str] | None = None,
    tonality_tags: str | Iterable[str] | None = None,
    celebrity: bool = False,
    curated: bool = False,
    creator_list: _CreatorList = None,
    limit: int | None = 20,
    max_pages: int | None = None,
    refresh: bool = False,
    on_error: Literal["warn", "raise"] = "warn",
    progress: bool | None = None,
    client: Client | None = None,
) -> pd.DataFrame: ...
