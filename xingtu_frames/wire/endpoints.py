"""The 53 Xingtu endpoints as data.

Source: the provider's OpenAPI document of 2026-08, with the quote types of its SDK of 2026-10. Several of its
defaults are not members of their own enums (``"90"``, ``"30"``, ``"1"``, ``"2"``, ``"0"``), so a default declared here
is always sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from .parameters import Endpoint, Parameter

_VERSION = re.compile(r"v[0-9]+")


def _choice(name: str, default: str | None, choices: str, required: bool = False) -> Parameter:
    return Parameter(name, required=required, choices=tuple(choices.split()), default=default)


def _flag(name: str) -> Parameter:
    return Parameter(name, "bool", default="false")


_AUTHOR = Parameter("oAuthorId", "creator", required=True)
_KOL = Parameter("kolId", "creator", required=True)
_ITEM = Parameter("itemId", "item", required=True)
_PLATFORM = _choice("platform", "SHORT_VIDEO", "SHORT_VIDEO LIVE_STREAMING PICTURE_TEXT SHORT_DRAMA")
_DAYS_30 = _choice("range", "DAY_30", "DAY_30 DAY_90")
_DAYS_90 = _choice("range", "DAY_90", "DAY_30 DAY_90")
_PERIOD = _choice("period", "DAY_30", "DAY_30 DAY_90")
_FLOW = _choice("flowType", "EXCLUDE", "EXCLUDE INCLUDE")
_LIVE_TYPE = _choice("liveType", "ALL", "ALL GAME ECOMMERCE OTHER")
_PAGE = Parameter("page", "int", default="1")
_CHANNEL = _choice("platformChannel", "_1", "_1 _10")


def _industry(name: str) -> Parameter:
    return _choice(
        name,
        "ALL",
        """ALL ELECTRONICS_AND_APPLIANCES SHOPPING FOOD_AND_BEVERAGE CLOTHING_AND_ACCESSORIES HEALTHCARE_AND_MEDICAL
        MEDICAL_INSTITUTIONS HOME_AND_BUILDING_MATERIALS LOCAL_SERVICES BUSINESS_SERVICES CULTURE_SPORTS_ENTERTAINMENT
        BEAUTY_SERVICES REAL_ESTATE EDUCATION_AND_TRAINING TRAVEL_AND_TOURISM PUBLIC_SERVICES GAMES RETAIL
        TRANSPORTATION_EQUIPMENT AUTOMOTIVE AGRICULTURE_FORESTRY_FISHERY CHEMICAL_AND_ENERGY ELECTRONICS_AND_ELECTRICAL
        MACHINERY_EQUIPMENT MEDIA_AND_INFORMATION LOGISTICS TELECOMMUNICATIONS FINANCIAL_SERVICES CATERING_SERVICES
        SOFTWARE_TOOLS FRANCHISING_AND_INVESTMENT BEAUTY_AND_COSMETICS MOTHER_BABY_AND_PET DAILY_CHEMICALS
        PHYSICAL_BOOKS SOCIAL_AND_COMMUNICATION CULTURAL_SUPPLIES SPORTS_OUTDOOR""",
    )


_SEARCH = (
    Parameter("keyword", empty=True),
    _PAGE,
    _choice("sort", "FANS", "DEFAULT FANS"),
    _choice("searchType", "NICKNAME", "NICKNAME CONTENT"),
    _choice("marketingTarget", None, "BRAND_EXPOSURE CIRCLE_SEEDING ACTION_CONVERSION"),
    _industry("industry"),
    _flag("isSuperstar"),
    Parameter("followerRange"),
    _choice(
        "kolPriceType",
        None,
        """PRODUCT_PLACEMENT_VIDEO CUSTOM_VIDEO CUSTOM_SHORT_DRAMA_EPISODE NATURAL_PLAY_CPM SHORT_LIVE_SEEDING_VIDEO
        SHORT_LIVE_WARMUP_VIDEO CELEBRITY_SHORT_LIVE_SEEDING CELEBRITY_SHORT_LIVE_WARMUP CELEBRITY_VIDEO
        COLLECTION_VIDEO DOUYIN_SHORT_VIDEO_CO_CREATION_MAIN_CREATOR DOUYIN_SHORT_VIDEO_CO_CREATION_PARTICIPANT""",
    ),
    Parameter("kolPriceRange"),
    Parameter("contentTag", listed=True),
    Parameter("contentTheme", listed=True),
    Parameter("personaTag", listed=True),
    _choice("gender", None, "MALE FEMALE"),
    Parameter("location", listed=True),
    Parameter("tonalityTag", listed=True),
    Parameter("connectedUserRange"),
    Parameter("audienceImage", listed=True),
    Parameter("fansImage", listed=True),
    Parameter("expectedPlayRange"),
    Parameter("expectedCpmRange"),
    Parameter("expectedCpeRange"),
    Parameter("interactionRateRange"),
    Parameter("completionRateRange"),
    Parameter("viralRateRange"),
    Parameter("progressTaskRange"),
    _flag("isCuratedAuthor"),
    _choice(
        "authorList",
        None,
        """SHORT_LIVE_ENTERTAINMENT_CREATORS SHORT_DRAMA_ACTORS WECHAT_QUICK_CONNECT_CREATORS AI_STAR_PLAN_CREATORS
        COMMERCE_ADVANTAGE_CREATORS HIGH_VALUE_CREATORS SEEDING_ADVANTAGE_CREATORS BASKETBALL_CREATORS
        PREMIUM_CONTENT_MEDIA TREND_SETTING_MEDIA FACTORY_TRACEABILITY_MEDIA RUNNING_CREATORS LIGHT_OUTDOOR_CREATORS
        FITNESS_CREATORS YOGA_CREATORS STREET_SPORTS_CREATORS CYCLING_CREATORS FOOTBALL_CREATORS FISHING_CREATORS
        BEAUTY_QUALITY_CREATORS""",
    ),
)


def _endpoint(path: str, title: str, *parameters: Parameter, stored: bool = True) -> Endpoint:
    parts = path.split("/")
    name = parts[-2] if _VERSION.fullmatch(parts[-1]) else parts[-1]
    return Endpoint(name, path, title, parameters, deprecated=not path.startswith("gw/"), stored=stored)


_ENDPOINTS = (
    _endpoint(
        "gw/api/aggregator/get_author_commerce_seed_base_info/v1", "Commerce Seeding Base Info", _AUTHOR, _DAYS_90
    ),
    _endpoint("gw/api/aggregator/get_author_commerce_spread_info/v1", "Creator Commerce Spread Info", _AUTHOR),
    _endpoint("gw/api/aggregator/get_author_contract_base_info", "Creator Contract Base Info", _AUTHOR, _DAYS_90),
    _endpoint(
        "gw/api/aggregator/get_author_homepage_videos/v1",
        "Creator Homepage Videos",
        _AUTHOR,
        _PAGE,
        Parameter("keyword"),
        _choice("videoType", "ALL", "ALL PERSONAL XINGTU"),
        _flag("onlyAssign"),
        Parameter("startDate", "yyyyMMdd"),
        Parameter("endDate", "yyyyMMdd"),
    ),
    _endpoint(
        "gw/api/aggregator/get_author_live_statistics/v1",
        "Live Statistics",
        _AUTHOR,
        _LIVE_TYPE,
        _PERIOD,
        _flag("onlyStarOrder"),
        _FLOW,
    ),
    # The provider's default "2" is in neither enum; which audience it meant is unconfirmed, so ours is the viewers.
    _endpoint(
        "gw/api/aggregator/get_author_live_watch_distribution/v1",
        "Live Watch Distribution",
        _AUTHOR,
        _choice("liveCrowdType", "AUDIENCE", "AUDIENCE FANS"),
        _LIVE_TYPE,
    ),
    _endpoint("gw/api/aggregator/get_author_order_experience/v1", "Creator Order Experience", _AUTHOR, _PERIOD),
    _endpoint("gw/api/aggregator/get_author_side_base_info/v1", "Creator Side Base Info", _AUTHOR),
    _endpoint(
        "gw/api/aggregator/get_author_tags/v1", "Creator Tags", Parameter("starAuthorId", "creator", required=True)
    ),
    _endpoint("gw/api/author/get_author_base_info/v1", "Creator Profile", _AUTHOR, _PLATFORM),
    _endpoint("gw/api/author/get_author_marketing_info/v1", "Marketing Metrics", _AUTHOR, _PLATFORM),
    _endpoint("gw/api/author/get_author_platform_channel_info_v2/v1", "Creator Channel Metrics", _AUTHOR, _PLATFORM),
    _endpoint(
        "gw/api/author/get_author_show_items_v2/v1", "Showcase Items", _AUTHOR, _PLATFORM, _flag("onlyAssign"), _FLOW
    ),
    _endpoint("gw/api/data/get_author_hot_comment_tokens/v1", "Comment Keyword Analysis", _AUTHOR),
    _endpoint(
        "gw/api/data_sp/author_audience_distribution/v1",
        "Audience Distribution",
        _AUTHOR,
        _PLATFORM,
        _choice("linkType", "CONNECTED", "CONNECTED AWARE INTERESTED LIKE FOLLOW"),
    ),
    _endpoint("gw/api/data_sp/author_cp_info/v1", "Cost Performance Analysis", _AUTHOR, _PLATFORM),
    _endpoint("gw/api/data_sp/author_link_struct/v1", "Creator Link Structure", _AUTHOR, _PLATFORM),
    _endpoint("gw/api/data_sp/author_rec_videos_v2/v1", "Recommended Videos", _AUTHOR, _PLATFORM),
    _endpoint("gw/api/data_sp/author_touch_distribution/v1", "Audience Touchpoint Distribution", _AUTHOR, _PLATFORM),
    _endpoint("gw/api/data_sp/author_video_distribution/v1", "Video Distribution", _AUTHOR, _PLATFORM),
    _endpoint("gw/api/data_sp/check_author_display/v1", "Creator Visibility Status", _AUTHOR, _PLATFORM),
    _endpoint("gw/api/data_sp/get_author_convert_ability/v1", "Conversion Analysis", _AUTHOR, _PLATFORM, _DAYS_30),
    _endpoint(
        "gw/api/data_sp/get_author_convert_videos_or_products/v1",
        "Conversion Resources",
        _AUTHOR,
        _PLATFORM,
        _industry("industryId"),
        _DAYS_30,
        _choice("detailType", "VIDEO", "VIDEO PRODUCT"),
        _PAGE,
    ),
    _endpoint(
        "gw/api/data_sp/get_author_daily_fans/v1",
        "Follower Growth Trend",
        _AUTHOR,
        Parameter("startDate", "yyyy-MM-dd", required=True),
        Parameter("endDate", "yyyy-MM-dd", required=True),
    ),
    _endpoint(
        "gw/api/data_sp/get_author_fans_distribution/v1",
        "Follower Distribution",
        _AUTHOR,
        _choice("authorType", "FAN", "FAN DIE_HARD_FAN"),
    ),
    _endpoint(
        "gw/api/data_sp/get_author_link_info/v1", "Creator Link Metrics", _AUTHOR, _PLATFORM, _industry("industryTag")
    ),
    _endpoint(
        "gw/api/data_sp/get_author_spread_info/v1",
        "Spread Metrics",
        _AUTHOR,
        _PLATFORM,
        _DAYS_30,
        _choice("type", "PERSONAL_VIDEO", "PERSONAL_VIDEO XINTU_VIDEO"),
        _flag("onlyAssign"),
        _FLOW,
    ),
    _endpoint("gw/api/data_sp/item_report_detail/v1", "Video Details", _ITEM),
    _endpoint("gw/api/data_sp/item_report_th_analysis/v1", "Item Report Analysis", _ITEM),
    _endpoint("gw/api/data_sp/item_report_trend/v1", "Item Report Trends", _ITEM),
    _endpoint("gw/api/gauthor/author_get_business_card_info/v1", "Creator Business Card", _AUTHOR, stored=False),
    _endpoint("gw/api/gauthor/get_author_content_hot_keywords/v1", "Content Keyword Analysis", _AUTHOR),
    _endpoint("gw/api/gsearch/search_for_author_square/v1", "Creator Search", *_SEARCH),
    _endpoint(
        "get-author-commerce-seed-base-info/v1",
        "Commerce Seeding Base Info",
        _KOL,
        Parameter("range", required=True),
    ),
    _endpoint("get-author-commerce-spread-info/v1", "Creator Commerce Spread Info", _KOL),
    _endpoint("get-author-content-hot-keywords/v1", "Content Keyword Analysis", _KOL),
    _endpoint("get-author-hot-comment-tokens/v1", "Comment Keyword Analysis", _KOL),
    _endpoint("get-kol-audience-distribution/v1", "Audience Distribution", _KOL),
    _endpoint("get-kol-convert-ability/v1", "Conversion Analysis", _KOL, _choice("range", None, "_2 _3", True)),
    _endpoint(
        "get-kol-convert-videos-or-products/v1",
        "Conversion Resources",
        _KOL,
        _choice("detailType", None, "_1 _2", True),
        Parameter("page", "int", required=True),
    ),
    _endpoint("get-kol-cp-info/v1", "Cost Performance Analysis", _KOL),
    _endpoint(
        "get-kol-daily-fans/v1",
        "Follower Growth Trend",
        _KOL,
        Parameter("startDate", "yyyy-MM-dd", required=True),
        Parameter("endDate", "yyyy-MM-dd", required=True),
    ),
    _endpoint("get-kol-fans-distribution/v1", "Follower Distribution", _KOL, _choice("fansType", "_1", "_1 _5")),
    _endpoint("get-kol-info/v1", "Creator Profile", _KOL, _CHANNEL),
    _endpoint("get-kol-link-info/v1", "Creator Link Metrics", _KOL, Parameter("industryTag")),
    _endpoint("get-kol-link-struct/v1", "Creator Link Structure", _KOL),
    _endpoint("get-kol-marketing-info/v1", "Marketing Metrics", _KOL, _CHANNEL),
    _endpoint("get-kol-rec-videos/v1", "Recommended Videos", _KOL),
    _endpoint("get-kol-show-items-v2/v1", "Showcase Items", _KOL, _flag("onlyAssign")),
    _endpoint(
        "get-kol-spread-info/v1",
        "Spread Metrics",
        _KOL,
        _choice("type", "_1", "_1 _2"),
        _choice("range", "_2", "_2 _3"),
        Parameter("flowType"),
        _flag("onlyAssign"),
    ),
    _endpoint("get-kol-touch-distribution/v1", "Audience Touchpoint Distribution", _KOL),
    _endpoint("get-video-detail/v1", "Video Details", Parameter("detailId", "item", required=True)),
    _endpoint(
        "search-kol-simple/v1",
        "Creator Search Light",
        Parameter("keyword", required=True),
        _choice("platformSource", None, "_1 _2 _3", True),
        Parameter("page", "int", required=True),
    ),
)

ENDPOINTS: Mapping[str, Endpoint] = MappingProxyType({endpoint.name: endpoint for endpoint in _ENDPOINTS})
"""Every endpoint by name, read-only."""
