"""What the ``fetch_`` functions let choose, as types: written by `make tables` from the declared tables."""

from typing import Literal

Audience = Literal["viewers", "fans"]
By = Literal["content", "nickname"]
CreatorList = Literal[
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
FanGroup = Literal["fans", "loyal"]
Flow = Literal["exclude", "include"]
Gender = Literal[None, "male", "female"]
Goal = Literal[None, "exposure", "seeding", "conversion"]
Industry = Literal[
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
LiveType = Literal["all", "game", "ecommerce", "other"]
Platform = Literal["short_video", "live_streaming", "picture_text", "short_drama"]
QuoteType = Literal[
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
Sort = Literal["score", "followers"]
Stage = Literal["connected", "aware", "interested", "like", "follow"]
VideoType = Literal["personal", "xingtu"]
Window = Literal["30d", "90d"]
