"""Frames become pictures: every ``plot_`` function takes a frame and returns its axes or figure."""

from __future__ import annotations

from .cost import plot_cost_tiers
from .font import use_chinese
from .scorecard import plot_scorecard

__all__ = ["plot_cost_tiers", "plot_scorecard", "use_chinese"]
