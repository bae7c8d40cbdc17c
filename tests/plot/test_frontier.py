"""Two goals against each other, read by their artists: points, lines that are proven or not, labels and totals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

import xingtu_frames as xf
from tests.decide.test_plan_budget import shortlist
from tests.plot_cases import (
    NAMES,
    assert_draws_english_without_a_font,
    assert_every_character_has_a_glyph,
    assert_is_english,
    assert_is_refused,
    assert_survives_a_dark_style,
    assert_texts_are_inside_and_apart,
    lay_out,
    texts_of,
)
from xingtu_frames.decide.tradeoffs import FRONTIER_COLUMNS
from xingtu_frames.frame import build_frame
from xingtu_frames.plot.drawing import style
from xingtu_frames.plot.frontier import plot_frontier


def frontier_of(*plans: tuple[float, float], changes: Any = (), proven: Any = ()) -> pd.DataFrame:
    """Return a frontier of plays and target users, of a budget of 100,000 yuan."""
    rows = []
    for row, (plays, users) in enumerate(plans):
        enters, leaves = changes[row - 1] if row and row <= len(changes) else ("", "")
        is_next = (proven[row - 1] if row <= len(proven) else True) if row else None
        rows.append((row + 1, plays, None, users, 90_000.0 + row, 10_000.0 - row, 3, is_next, enters, leaves, "1|2|3"))
    return build_frame(FRONTIER_COLUMNS, rows).drop(columns="interactions")


def many(plans: int) -> pd.DataFrame:
    turns = np.linspace(0.1, 1.4, plans)
    changes = [(NAMES[row % len(NAMES)], "|".join(NAMES[: row % 4])) for row in range(1, plans)]
    points = [(1e6 * float(np.cos(turn)), 3e5 * float(np.sin(turn))) for turn in turns]
    return frontier_of(*points, changes=changes, proven=[row % 3 > 0 for row in range(plans)])


def points(ax: Axes) -> list[tuple[float, float]]:
    (marks,) = (line for line in ax.lines if line.get_marker() == "o")
    return list(map(tuple, np.asarray(marks.get_xydata()).tolist()))


def strokes(ax: Axes) -> list[str]:
    return [line.get_linestyle() for line in ax.lines if line.get_marker() != "o"]


def labels(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts if text.get_visible() and text.get_text()[:1].isdigit()]


@pytest.mark.each_once
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("plans", [1, 2, 13, pytest.param(40, marks=pytest.mark.slow)])
def test_texts_are_inside_and_apart(plans: int, lang: str) -> None:
    figure = plot_frontier(many(plans), lang=lang).figure
    assert_texts_are_inside_and_apart(figure)
    assert_every_character_has_a_glyph(figure)


def test_a_plan_is_a_point_and_a_line_is_solid_where_nothing_lies_between() -> None:
    frame = frontier_of(
        (400_000, 10_000),
        (300_000, 20_000),
        (100_000, 40_000),
        changes=[("甲", "乙|丙"), ("丁|戊|己", "")],
        proven=[True, False],
    )
    ax = plot_frontier(frame)
    assert points(ax) == [(10_000, 400_000), (20_000, 300_000), (40_000, 100_000)]
    assert strokes(ax) == ["-", "--"]
    assert labels(ax) == ["1", "2 +甲 −乙、丙", "3 +3位"]
    assert ax.get_ylabel() == "预期播放（次）"
    said = " ".join(texts_of(ax.figure))
    for part in ("预算¥10万：播放与目标用户的取舍", "实线：", "虚线：", "花费¥9万", "序号后为"):
        assert part in said
    assert {ax.lines[0].get_color(), ax.lines[-1].get_color()} == {style.AHEAD}


def test_between_rows_that_are_left_out_others_do_lie() -> None:
    ax = plot_frontier(frontier_of((400, 1), (300, 2), (200, 3)).iloc[[0, 2]])
    assert strokes(ax) == ["--"]
    assert labels(ax) == ["1", "3"]


def test_of_many_plans_the_numbers_stand_alone() -> None:
    ax = plot_frontier(many(14))
    assert labels(ax) == [str(number) for number in range(1, 15)]
    assert "数字为方案序号" in " ".join(texts_of(ax.figure))


def test_one_plan_is_said_to_have_the_most_of_both() -> None:
    ax = plot_frontier(frontier_of((400, 1)))
    assert points(ax) == [(1, 400)]
    assert "只有一个方案" in " ".join(texts_of(ax.figure))


def test_a_small_difference_does_not_fill_the_picture() -> None:
    ax = plot_frontier(frontier_of((1_000_000, 10_000), (999_000, 30_000)))
    low, high = ax.get_ylim()
    assert high - low >= 0.1 * 1_000_000
    ticks = [label.get_text() for label in ax.get_yticklabels()]
    assert len(set(ticks)) == len(ticks) > 1


def test_what_plan_frontier_returns_is_drawn_with_either_pair_of_goals() -> None:
    board = shortlist([100, 60, 30], interact_rate=[0.1, 0.3, 0.9], quote_60s=[10, 10, 10])
    ax = plot_frontier(xf.plan_frontier(board, 10, goals=("plays", "interactions")))
    assert points(ax) == [(10, 100), (18, 60), (27, 30)]
    assert_is_english(plot_frontier(xf.plan_frontier(board, 10, target_users={"1": 3, "2": 9}), lang="en").figure)


def test_texts_colours_and_sizes_are_those_that_are_asked_for() -> None:
    ax = plot_frontier(many(3), title="取舍", subtitle="", palette=["#7A1FA2"], size="slide", top=2)
    assert tuple(ax.figure.get_size_inches().round(1)) == (13.3, 7.5)
    assert {line.get_color() for line in ax.lines} == {"#7A1FA2"} or {line.get_color() for line in ax.lines} == {
        "#7a1fa2"
    }
    assert len(points(ax)) == 2
    assert "取舍" in texts_of(ax.figure)
    assert_texts_are_inside_and_apart(ax.figure)


def test_on_given_axes_the_texts_shrink_to_the_room() -> None:
    figure, (ax, _) = plt.subplots(1, 2, figsize=(9, 4))
    assert plot_frontier(many(5), ax=ax) is ax
    lay_out(figure)
    title = ax.title if ax.title.get_text() else next(text for text in figure.findobj() if text is ax._left_title)
    assert title.get_window_extent().x1 <= ax.get_window_extent().x1 + 2


@pytest.mark.slow
def test_without_a_font_and_in_a_dark_style() -> None:
    assert_draws_english_without_a_font(lambda: plot_frontier(many(5)).figure)
    assert_survives_a_dark_style(lambda: plot_frontier(many(3)).figure)


def test_the_frontier_stays_as_it_was_and_may_be_of_texts() -> None:
    frame = many(4)
    before = frame.copy(deep=True)
    texts = frame.apply(lambda column: [None if pd.isna(value) else str(value) for value in column])
    assert texts_of(plot_frontier(texts).figure) == texts_of(plot_frontier(frame).figure)
    pd.testing.assert_frame_equal(frame, before)


def test_what_cannot_be_drawn_is_refused() -> None:
    frame = many(3)
    assert_is_refused(lambda: plot_frontier(frame.drop(columns="is_next")), "lacks is_next", "plan_frontier(board")
    assert_is_refused(lambda: plot_frontier(frame.drop(columns="plays")), "has 1 goals and must have two")
    assert_is_refused(lambda: plot_frontier(frame.head(0)), "no rows")
    assert_is_refused(lambda: plot_frontier(frame, sort_by="plays"), "order of the frontier")
    assert_is_refused(lambda: plot_frontier(frame, lang="fr"), '"zh"', '"fr"')
