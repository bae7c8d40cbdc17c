"""Frames become pictures: every ``plot_`` function takes a frame and returns its axes or figure."""

from __future__ import annotations

from .audience_match import plot_audience_match
from .benchmarks import plot_benchmarks
from .content_mix import plot_content_mix
from .cost_tiers import plot_cost_tiers
from .drawing.font import use_chinese
from .expected import plot_expected
from .followers import plot_followers
from .frontier import plot_frontier
from .index import plot_index
from .link_funnel import plot_link_funnel
from .portrait import plot_portrait
from .price_value import plot_price_value
from .review import plot_review
from .scorecard import plot_scorecard
from .touch import plot_touch
from .trend import plot_trend
from .videos import plot_videos

__all__ = [
    "plot_audience_match",
    "plot_benchmarks",
    "plot_content_mix",
    "plot_cost_tiers",
    "plot_expected",
    "plot_followers",
    "plot_frontier",
    "plot_index",
    "plot_link_funnel",
    "plot_portrait",
    "plot_price_value",
    "plot_review",
    "plot_scorecard",
    "plot_touch",
    "plot_trend",
    "plot_videos",
    "use_chinese",
]
