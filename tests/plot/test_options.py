"""What every picture takes: title, subtitle, order, how many, colours, size, and where it is drawn."""

from __future__ import annotations

import inspect
import typing
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from matplotlib import pyplot as plt
from matplotlib.colors import is_color_like, to_rgb
from matplotlib.figure import Figure

import xingtu_frames as xf
from tests.plot.all_pictures import PICTURES, draw, frame_of
from tests.plot_cases import (
    assert_every_character_has_a_glyph,
    assert_is_refused,
    assert_texts_are_inside_and_apart,
    kol_id,
    lay_out,
    texts_of,
    visible_texts,
)
from xingtu_frames.errors import ManyCreatorsWarning
from xingtu_frames.plot.drawing.options import MOST_CREATORS, TEXTS, OnAxes, OnFigure
from xingtu_frames.plot.drawing.palette import USUAL, colours_of, ink_on

ON_AXES = {"plot_frontier", "plot_trend", "plot_content_mix", "plot_price_value", "plot_scorecard", "plot_touch"}
QUICK = ("plot_content_mix", "plot_frontier", "plot_portrait", "plot_touch", "plot_trend")
"""Pictures, some on axes and some in panels, of which a full page is soon drawn: the others are like one of them."""
EVERY = pytest.mark.parametrize("name", PICTURES)
SOME = pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in PICTURES]
)
SORTED = pytest.mark.parametrize("name", [name for name, picture in PICTURES.items() if picture.sort_by])
TALLEST = 60.0
MANY = MOST_CREATORS + 3


def ids_by_row(figure: Figure) -> list[str]:
    """Return the creators that are written in a picture, from the top and from the left."""
    lay_out(figure)
    found = [text for text in visible_texts(figure) if text.get_text().startswith("67000")]
    places = [(-round(text.get_window_extent().y0), text.get_window_extent().x0, text.get_text()) for text in found]
    return list(dict.fromkeys(text[:19] for *_, text in sorted(places)))


def test_these_are_all_public_pictures() -> None:
    assert set(PICTURES) == {name for name in xf.__all__ if name.startswith("plot_")}


@EVERY
def test_signature_and_docstring_have_every_option(name: str) -> None:
    function = getattr(xf, name)
    options = typing.get_type_hints(OnAxes if name in ON_AXES else OnFigure)
    parameters = inspect.signature(function).parameters
    assert {option: parameters[option].annotation for option in options} == options
    assert all(parameters[option].kind is inspect.Parameter.KEYWORD_ONLY for option in options)
    before, _, after = function.__doc__.partition("\nReturns\n")
    assert [option for option in options if f"\n{option}\n    {TEXTS[option].split()[0]}" not in before] == []
    assert after


@pytest.mark.one_in(4)
@EVERY
def test_title_and_subtitle_are_those_of_the_user(name: str) -> None:
    figure = draw(name, title="我的标题", subtitle="我的说明")
    assert {"我的标题", "我的说明"} <= set(texts_of(figure))
    assert_texts_are_inside_and_apart(figure)
    assert "我的说明" not in texts_of(draw(name, title="", subtitle=""))


@SOME
def test_a_title_set_by_hand_takes_the_place_of_ours(name: str) -> None:
    figure = draw(name)
    if name in ON_AXES:
        figure.axes[0].set_title("手写的中文标题")
    else:
        figure.suptitle("手写的中文标题")
    assert_every_character_has_a_glyph(figure)
    assert_texts_are_inside_and_apart(figure)
    assert "手写的中文标题" in texts_of(figure)


def test_the_name_of_a_panel_may_be_set_by_hand_too() -> None:
    figure = draw("plot_index")
    figure.axes[0].set_title("手写")
    figure.axes[1].set_title("也是手写", loc="left")
    assert_every_character_has_a_glyph(figure)
    assert_texts_are_inside_and_apart(figure)
    assert kol_id(0) not in texts_of(figure)


def test_a_title_by_hand_that_is_too_long_stays_inside() -> None:
    for name in ("plot_scorecard", "plot_index"):
        figure = draw(name)
        figure.suptitle("很长" * 60) if name == "plot_index" else figure.axes[0].set_title("很长" * 60)
        assert_texts_are_inside_and_apart(figure)


def test_axes_of_the_user_keep_a_title_by_hand_off_what_is_there() -> None:
    _, ax = plt.subplots(figsize=(9, 5))
    xf.plot_content_mix(frame_of("plot_content_mix", 2), ax=ax)
    ax.set_title("手写的中文标题")
    assert_every_character_has_a_glyph(ax.figure)
    assert_texts_are_inside_and_apart(ax.figure)


@pytest.mark.one_in(4)
@SORTED
def test_creators_stand_in_the_order_of_a_frame_and_top_takes_the_first(name: str) -> None:
    frame = frame_of(name, 3)
    if "name" in frame.columns:
        frame = frame.assign(name=frame["kol_id"])
    plot = PICTURES[name].plot
    backwards = pd.DataFrame({"kol_id": frame["kol_id"].unique()[::-1]})
    drawn = plot(frame, sort_by=backwards)
    figure = drawn.figure if hasattr(drawn, "transData") else drawn
    if name in ("plot_price_value", "plot_trend"):  # a creator stands where its numbers are
        assert len(figure.axes) == 1
        return
    assert ids_by_row(figure) == backwards["kol_id"].tolist()
    drawn = plot(frame, sort_by=backwards, top=1)
    figure = drawn.figure if hasattr(drawn, "transData") else drawn
    assert ids_by_row(figure) == backwards["kol_id"].tolist()[:1]
    assert any("第1–1位，共" in text for text in texts_of(figure))


@pytest.mark.one_in(4)
@SORTED
def test_a_metric_sorts_the_best_first_and_one_that_is_not_there_is_named(name: str) -> None:
    assert draw(name, sort_by=PICTURES[name].sort_by)
    plt.close("all")
    assert_is_refused(lambda: draw(name, sort_by="charm"), "'charm'", "given", PICTURES[name].sort_by)


def test_lower_is_better_for_costs_and_higher_for_plays() -> None:
    board = pd.DataFrame({"kol_id": [kol_id(0), kol_id(1), kol_id(2)], "play_median": [2, 3, None], "cpm_21_60s": 1.0})
    board["cpm_21_60s"] = [5.0, np.nan, 4.0]
    for metric, order in (("play_median", [1, 0, 2]), ("cpm_21_60s", [2, 0, 1]), ("given", [0, 1, 2])):
        ax = xf.plot_scorecard(board, metrics=["play_median", "cpm_21_60s"], sort_by=metric)
        assert [label.get_text() for label in ax.get_yticklabels()] == [kol_id(row) for row in order]
    ax = xf.plot_scorecard(board, metrics="play_median", sort_by="播放量中位数")
    assert ax.get_yticklabels()[0].get_text() == kol_id(1)


def test_a_metric_of_ones_own_sorts_by_its_direction_and_label() -> None:
    board = pd.DataFrame(
        {"kol_id": [kol_id(0), kol_id(1), kol_id(2)], "play_median": [2, 3, 4], "mine": [5.0, 4.0, 6.0]}
    )
    own = xf.with_metrics(board, xf.metric("mine", direction="lower", label_zh="每粉 成本"))
    for word in ("mine", "每粉 成本", "每粉成本"):
        ax = xf.plot_scorecard(own, sort_by=word)
        assert [label.get_text() for label in ax.get_yticklabels()] == [kol_id(row) for row in (1, 0, 2)]
    plt.close("all")
    assert_is_refused(lambda: xf.plot_scorecard(own, sort_by="每粉成绩"), "did you mean '每粉 成本'")


def total_of(name: str) -> int:
    return len(frame_of(name, MANY)) if name == "plot_review" else MANY


@pytest.mark.one_in(2)
@SOME
def test_more_than_forty_are_paged_with_a_warning_and_never_too_high(name: str) -> None:
    with pytest.warns(ManyCreatorsWarning, match="page=2"):
        figure = draw(name, MANY)
    assert figure.get_figheight() <= TALLEST
    assert any(f"第1–{MOST_CREATORS}位，共{total_of(name)}位" in text for text in texts_of(figure))


@SOME
def test_the_last_page_has_the_others_and_no_page_comes_after_it(name: str) -> None:
    second = draw(name, MANY, page=2)
    assert any(f"第{MOST_CREATORS + 1}–{total_of(name)}位" in text for text in texts_of(second))
    plt.close("all")
    assert_is_refused(lambda: draw(name, MANY, page=3), "page", "1 to 2", "3")


@SOME
@pytest.mark.each_once
@pytest.mark.parametrize("size", ["slide", "page", (6.0, 4.0)])
def test_a_size_is_kept_and_all_texts_are_inside(name: str, size: Any) -> None:
    figure = draw(name, 4, size=size)
    inches = {"slide": (13.333, 7.5), "page": (8.27, 11.69)}.get(size, size)
    assert tuple(figure.get_size_inches()) == pytest.approx(inches)
    assert_texts_are_inside_and_apart(figure)


@pytest.mark.one_in(4)
@EVERY
def test_a_picture_is_drawn_where_the_user_says(name: str) -> None:
    frame, plot = frame_of(name, 2), PICTURES[name].plot
    whole = plt.figure(figsize=(12, 9))
    part = whole.subfigures(1, 2)[1]
    if name in ON_AXES:
        ax = whole.add_subplot()
        assert plot(frame, ax=ax) is ax
    else:
        assert plot(frame, figure=part) is whole
        assert {ax.figure for ax in part.axes} == {part}
        lay_out(whole)
        assert min(text.get_window_extent().x0 for text in visible_texts(whole)) >= part.bbox.x0
    assert tuple(whole.get_size_inches()) == pytest.approx((12, 9))
    assert_texts_are_inside_and_apart(whole)


@EVERY
def test_what_cannot_be_is_refused(name: str) -> None:
    on, other = ("ax", "figure") if name in ON_AXES else ("figure", "ax")
    for options, *words in (
        ({"title": 1}, "title", "text"),
        ({"top": 0}, "top", "positive integer"),
        ({"page": 1.5}, "page", "positive integer"),
        ({"palette": "red"}, "palette", "list of colours"),
        ({"palette": ["reddish"]}, "palette", '"reddish"'),
        ({"size": "poster"}, "size", '"slide"', '"poster"'),
        ({"size": (0, 3)}, "size", "inches"),
        ({on: 3}, on, "matplotlib", "int"),
        ({other: 3}, f"takes {on}=", f"not {other}="),
        ({"sort_by": pd.DataFrame({"a": [1]})}, "sort_by", "kol_id"),
    ):
        assert_is_refused(lambda options=options: draw(name, **options), *words)  # type: ignore[misc]
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        draw(name, colour="red")


def test_a_figure_with_axes_or_with_a_size_is_refused() -> None:
    figure, ax = plt.subplots()
    for options in ({"figure": figure}, {"figure": plt.figure(), "size": "slide"}):
        with pytest.raises(xf.ParameterError, match="figure"):
            draw("plot_index", **options)
    with pytest.raises(xf.ParameterError, match="has a size already"):
        draw("plot_scorecard", ax=ax, size="page")


def colours_in(figure: Figure) -> set[Any]:
    found = set()
    for artist in figure.findobj():
        for read in ("get_facecolor", "get_color"):
            colour = getattr(artist, read, lambda: None)()
            if isinstance(colour, str | tuple) and is_color_like(colour):
                found.add(to_rgb(colour))
            elif isinstance(colour, np.ndarray) and colour.ndim == 2:
                found |= {to_rgb(tuple(one)) for one in colour}
    return found


@pytest.mark.one_in(4)
@pytest.mark.parametrize("name", [name for name in PICTURES if name not in ("plot_scorecard", "plot_portrait")])
def test_the_first_brand_colour_is_in_every_picture(name: str) -> None:
    brand = ["#E60012"] if name in ("plot_touch", "plot_content_mix") else ["#E60012", "#00A0E9"]
    seen = colours_in(draw(name, 4, palette=brand))
    expected = {colours_of(brand).bar, "#E60012"} if name == "plot_audience_match" else {"#E60012"}
    assert seen & {to_rgb(colour) for colour in expected}


@given(st.text(min_size=1, max_size=6), st.sampled_from([None, ["#E60012", "#0057B8"]]))
def test_the_colour_of_a_category_depends_on_its_name_alone(category: str, palette: Any) -> None:
    colours = colours_of(palette)
    assert colours.of(category) == colours_of(palette).of(category)
    assert colours.of(category) in colours.fills
    assert colours_of({category: "#123456"}).of(category) == "#123456"
    assert colours_of({category + "x": "#123456"}).of(category) == USUAL.of(category)


def test_texts_can_be_read_on_every_fill() -> None:
    dark = colours_of(["#0A1E50", "#FFE600"])
    assert (ink_on("#0A1E50"), ink_on("#FFE600")) == ("#FFFFFF", "#22262B")
    assert dark.ahead_ink == "#0A1E50"
    assert dark.behind_ink != "#FFE600"


def test_names_of_the_frame_stand_in_the_picture() -> None:
    frame = frame_of("plot_index", 2)
    named = frame.assign(name=frame["kol_id"].map({kol_id(0): "甲", kol_id(1): "乙"}))
    assert [ax.get_title("left") for ax in xf.plot_index(named, sort_by="given").axes] == ["甲", "乙"]
    assert [ax.get_title("left") for ax in xf.plot_index(named, names={kol_id(0): "丙"}).axes] == ["丙", kol_id(1)]


def test_names_in_a_list_belong_to_the_creators_as_they_stand_in_the_frame() -> None:
    frame = frame_of("plot_index", 3)
    backwards = pd.DataFrame({"kol_id": frame["kol_id"].unique()[::-1]})
    figure = xf.plot_index(frame, names=["甲", "乙", "丙"], sort_by=backwards, top=2)
    assert [ax.get_title("left") for ax in figure.axes] == ["丙", "乙"]


def test_a_frame_without_a_single_id_is_refused() -> None:
    for name, picture in PICTURES.items():
        frame = frame_of(name, 2)
        if "kol_id" in frame.columns:
            nameless = frame.assign(kol_id=frame["kol_id"].where(np.zeros(len(frame), dtype=bool)))
            assert_is_refused(lambda plot=picture.plot, frame=nameless: plot(frame), "no rows to draw", "kol_id")
