from .board.metrics import METRICS as METRICS, Metric as Metric
from .board.own import metric as metric, with_metrics as with_metrics
from .board.portrait import portrait_wide as portrait_wide
from .client.client import (
    Client as Client,
    default_client as default_client,
    set_default_client as set_default_client,
)
from .command.catalog import describe as describe, endpoints as endpoints
from .decide.audience_match import audience_match as audience_match
from .decide.conditions import Prefer as Prefer, prefer as prefer
from .decide.plan_budget import plan_budget as plan_budget
from .decide.plan_frontier import plan_frontier as plan_frontier
from .decide.plan_wishes import plan_wishes as plan_wishes
from .decide.presets import PRESETS as PRESETS, Preset as Preset
from .decide.quality import quality as quality
from .decide.rank_stability import rank_stability as rank_stability
from .decide.review import review as review
from .decide.review_total import review_total as review_total
from .decide.score import score as score
from .decide.screen import screen as screen, screened as screened
from .decide.similarity import similarity as similarity
from .errors import (
    ApiError as ApiError,
    BadRequestError as BadRequestError,
    BudgetExceededError as BudgetExceededError,
    CacheError as CacheError,
    CacheMissError as CacheMissError,
    CollectionFailedError as CollectionFailedError,
    ConfigError as ConfigError,
    DailyQuotaError as DailyQuotaError,
    FileError as FileError,
    InsecureTransportWarning as InsecureTransportWarning,
    InsufficientBalanceError as InsufficientBalanceError,
    InvalidIdError as InvalidIdError,
    InvalidTokenError as InvalidTokenError,
    ManyCreatorsWarning as ManyCreatorsWarning,
    MissingFontWarning as MissingFontWarning,
    NotFoundError as NotFoundError,
    ParameterError as ParameterError,
    PartialResultWarning as PartialResultWarning,
    PayloadError as PayloadError,
    PermissionDeniedError as PermissionDeniedError,
    RateLimitedError as RateLimitedError,
    ServerError as ServerError,
    StoreWarning as StoreWarning,
    TransportError as TransportError,
    UnmatchedNamesWarning as UnmatchedNamesWarning,
    XingtuError as XingtuError,
    XingtuWarning as XingtuWarning,
)
from .fetch.changes import changes as changes
from .fetch.compare import compare as compare
from .fetch.compare_windows import compare_windows as compare_windows
from .fetch.fetch import (
    fetch_account_counts as fetch_account_counts,
    fetch_audience_portrait as fetch_audience_portrait,
    fetch_comment_words as fetch_comment_words,
    fetch_connected_users as fetch_connected_users,
    fetch_content_words as fetch_content_words,
    fetch_convert_ability as fetch_convert_ability,
    fetch_convert_categories as fetch_convert_categories,
    fetch_convert_products as fetch_convert_products,
    fetch_convert_ranges as fetch_convert_ranges,
    fetch_convert_videos as fetch_convert_videos,
    fetch_cooperation_industries as fetch_cooperation_industries,
    fetch_cost_performance as fetch_cost_performance,
    fetch_cost_performance_tiers as fetch_cost_performance_tiers,
    fetch_cost_tiers as fetch_cost_tiers,
    fetch_creator_tags as fetch_creator_tags,
    fetch_daily_fans as fetch_daily_fans,
    fetch_effect_estimate as fetch_effect_estimate,
    fetch_effect_estimate_tiers as fetch_effect_estimate_tiers,
    fetch_fans_portrait as fetch_fans_portrait,
    fetch_followers_growth as fetch_followers_growth,
    fetch_fulfilment as fetch_fulfilment,
    fetch_homepage_videos as fetch_homepage_videos,
    fetch_introductions as fetch_introductions,
    fetch_link_index as fetch_link_index,
    fetch_link_struct as fetch_link_struct,
    fetch_live_audience as fetch_live_audience,
    fetch_live_statistics as fetch_live_statistics,
    fetch_order_experience as fetch_order_experience,
    fetch_profiles as fetch_profiles,
    fetch_quotes as fetch_quotes,
    fetch_recommended_videos as fetch_recommended_videos,
    fetch_seeding_value as fetch_seeding_value,
    fetch_show_items as fetch_show_items,
    fetch_show_items_benchmarks as fetch_show_items_benchmarks,
    fetch_spread_benchmarks as fetch_spread_benchmarks,
    fetch_spread_info as fetch_spread_info,
    fetch_touch_distribution as fetch_touch_distribution,
    fetch_video_distribution as fetch_video_distribution,
    fetch_video_interaction as fetch_video_interaction,
    fetch_video_report as fetch_video_report,
    fetch_video_trend as fetch_video_trend,
    search as search,
)
from .fetch.lake.answers import read_answers as read_answers
from .fetch.lake.lake import export_lake as export_lake, read_lake as read_lake
from .fetch.raw import fetch_raw as fetch_raw, to_long as to_long
from .fetch.sample import sample_client as sample_client, sample_ids as sample_ids
from .fetch.stored import history as history, read_payload as read_payload
from .fetch.track import track as track
from .files import (
    proposal_sheet as proposal_sheet,
    read_csv as read_csv,
    read_excel as read_excel,
    read_shortlist as read_shortlist,
    write_csv as write_csv,
    write_excel as write_excel,
)
from .frame import named as named
from .plot.audience_match import plot_audience_match as plot_audience_match
from .plot.benchmarks import plot_benchmarks as plot_benchmarks
from .plot.content_mix import plot_content_mix as plot_content_mix
from .plot.cost_tiers import plot_cost_tiers as plot_cost_tiers
from .plot.drawing.font import use_chinese as use_chinese
from .plot.expected import plot_expected as plot_expected
from .plot.followers import plot_followers as plot_followers
from .plot.frontier import plot_frontier as plot_frontier
from .plot.index import plot_index as plot_index
from .plot.link_funnel import plot_link_funnel as plot_link_funnel
from .plot.portrait import plot_portrait as plot_portrait
from .plot.price_value import plot_price_value as plot_price_value
from .plot.review import plot_review as plot_review
from .plot.scorecard import plot_scorecard as plot_scorecard
from .plot.touch import plot_touch as plot_touch
from .plot.trend import plot_trend as plot_trend
from .plot.videos import plot_videos as plot_videos
from .report.deck.write import write_pptx as write_pptx
from .report.save_picture import save_picture as save_picture
from .report.show import show as show
from .tables.catalog import TABLES as TABLES
from .tables.schema import Column as Column, Table as Table

__version__: str
