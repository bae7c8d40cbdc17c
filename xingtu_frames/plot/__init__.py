"""Frames become pictures: every ``plot_`` function takes a frame and returns its axes or figure."""

from __future__ import annotations

from .content import plot_content_mix
from .cost import plot_cost_tiers
from .font import use_chinese
from .funnel import plot_link_funnel
from .indexes import plot_index
from .peers import plot_benchmarks
from .scorecard import plot_scorecard
from .sources import plot_touch
from .value import plot_price_value

__all__ = [
    "plot_benchmarks",
    "plot_content_mix",
    "plot_cost_tiers",
    "plot_index",
    "plot_link_funnel",
    "plot_price_value",
    "plot_scorecard",
    "plot_touch",
    "use_chinese",
]
