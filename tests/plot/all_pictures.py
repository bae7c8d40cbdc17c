"""Every public picture with a frame for it, whatever the number of creators."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import xingtu_frames as xf
from tests.plot import (
    frame_cases,
    test_benchmarks,
    test_content_mix,
    test_frontier,
    test_index,
    test_link_funnel,
    test_pictures,
    test_touch,
    test_trend,
)


def match_of(creators: int) -> pd.DataFrame:
    return xf.audience_match(frame_cases.many_portraits(creators), {"gender": "female", "age": ["18-23"]})


class Picture(NamedTuple):
    """A picture: what draws it, what makes a frame for it, and by what the frame can be sorted, if by anything."""

    plot: Callable[..., Axes | Figure]
    frame: Callable[[int], pd.DataFrame]
    sort_by: str = ""


PICTURES: Mapping[str, Picture] = {
    "plot_audience_match": Picture(xf.plot_audience_match, match_of, "target_users"),
    "plot_benchmarks": Picture(xf.plot_benchmarks, test_benchmarks.many, "interact_rate"),
    "plot_content_mix": Picture(xf.plot_content_mix, test_content_mix.many, "video_count"),
    "plot_cost_tiers": Picture(xf.plot_cost_tiers, test_pictures.make_tiers, "cpm"),
    "plot_expected": Picture(xf.plot_expected, frame_cases.many_expected, "play_median"),
    "plot_followers": Picture(xf.plot_followers, frame_cases.many_fans, "followers"),
    "plot_frontier": Picture(xf.plot_frontier, test_frontier.many),
    "plot_index": Picture(xf.plot_index, test_index.many, "star"),
    "plot_link_funnel": Picture(xf.plot_link_funnel, test_link_funnel.many, "aware"),
    "plot_portrait": Picture(
        functools.partial(xf.plot_portrait, dimensions=["gender", "crowd"]), frame_cases.many_portraits, "users"
    ),
    "plot_price_value": Picture(xf.plot_price_value, test_pictures.make_board, "cpm_21_60s"),
    "plot_review": Picture(xf.plot_review, frame_cases.many_reviewed, "plays_now"),
    "plot_scorecard": Picture(xf.plot_scorecard, test_pictures.make_board, "cpm_21_60s"),
    "plot_touch": Picture(functools.partial(xf.plot_touch, level="level1"), test_touch.many, "cnt"),
    "plot_trend": Picture(functools.partial(xf.plot_trend, metric="play_median"), test_trend.many, "play_median"),
    "plot_videos": Picture(xf.plot_videos, frame_cases.many_items, "plays"),
}


@functools.cache
def frame_of(name: str, creators: int) -> pd.DataFrame:
    return PICTURES[name].frame(creators)


def draw(name: str, creators: int = 2, **options: Any) -> Figure:
    """Draw a picture; return its figure."""
    drawn = PICTURES[name].plot(frame_of(name, creators), **options)
    figure = drawn.figure.figure if isinstance(drawn, Axes) else drawn
    assert isinstance(figure, Figure)
    return figure
