"""The content mix, read by its artists: pieces, labels, colours and what stands behind the bars."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb

from tests.plot_cases import (
    CREATORS,
    assert_draws_english_without_a_font,
    assert_every_character_has_a_glyph,
    assert_is_english,
    assert_is_refused,
    assert_survives_a_dark_style,
    assert_texts_are_inside_and_apart,
    fill,
    kol_id,
    names_of,
    texts_of,
)
from xingtu_frames.board.metrics import FEW_VIDEOS
from xingtu_frames.frame import build_frame
from xingtu_frames.plot.content_mix import plot_content_mix
from xingtu_frames.plot.drawing import style
from xingtu_frames.plot.drawing.palette import USUAL
from xingtu_frames.tables.catalog import TABLES

CATEGORIES = ["美食", "美妆", "时尚", "随拍", "旅行", "科技", "汽车", "亲子", "萌宠", "体育", "剧情", "三农", "音乐"]


def frame_of(*creators):
    """Return a frame from the numbers of videos by category."""
    rows = []
    for number, counts in enumerate(creators):
        total = sum(count or 0 for count in counts.values())
        for category, count in counts.items():
            share = None if count is None or not total else count / total
            rows.append((kol_id(number), "short_video", category, count, share, 0))
    return build_frame(TABLES["video_distribution"].columns, rows)


def many(creators):
    generator = np.random.default_rng(11)

    def counts():
        some = generator.choice(CATEGORIES, size=generator.integers(1, 9), replace=False)
        return {str(category): int(generator.integers(1, 30)) for category in some}

    return frame_of(*[counts() for _ in range(creators)])


def draw(creators=9, lang="zh", **options):
    frame = many(creators)
    return plot_content_mix(frame, names=names_of(frame), lang=lang, **options).figure


def pieces(ax, row=0):
    """Return the pieces of a bar from left to right: start, share, colour."""
    of_row = [patch for patch in ax.patches if round(patch.get_y() + patch.get_height() / 2) == row]
    of_row.sort(key=lambda patch: patch.get_x())
    return [(round(patch.get_x(), 9), round(patch.get_width(), 9), fill(patch)) for patch in of_row]


def on_pieces(ax, row=0):
    """Return the labels on a bar from left to right."""
    texts = [text for text in ax.texts if not hasattr(text, "xy") and text.get_position()[1] == row]
    return [text.get_text().replace("\n", " ") for text in sorted(texts, key=lambda text: text.get_position()[0])]


def behind(ax):
    notes = [text for text in ax.texts if getattr(text, "xycoords", "") == "data"]
    return {round(text.xy[1]): text.get_text().replace("\n", "；") for text in notes}


@pytest.mark.each_once
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("creators", CREATORS)
def test_every_text_is_inside_the_figure_and_apart_from_the_others(creators, lang):
    figure = draw(creators, lang)
    assert_texts_are_inside_and_apart(figure)
    assert_every_character_has_a_glyph(figure)


def test_pieces_are_the_shares_the_largest_first_and_fill_the_bar():
    ax = plot_content_mix(frame_of({"美食": 3, "美妆": 12, "随拍": 5}))
    assert [(start, share) for start, share, _ in pieces(ax)] == [(0, 0.6), (0.6, 0.25), (0.85, 0.15)]
    assert on_pieces(ax) == ["美妆 60.0%", "随拍 25.0%", "美食 15.0%"]
    assert behind(ax) == {0: "20条"}


def test_a_category_has_one_colour_in_all_bars():
    ax = plot_content_mix(frame_of({"美食": 6, "美妆": 4}, {"美妆": 7, "美食": 3}, {"美食": 10}))
    (food, make_up), (second_make_up, second_food), (third_food,) = (
        [colour for *_, colour in pieces(ax, row)] for row in range(3)
    )
    assert food == second_food == third_food == to_rgb(USUAL.of("美食"))
    assert make_up == second_make_up == to_rgb(USUAL.of("美妆"))
    assert len({USUAL.of(category) for category in CATEGORIES}) == len(CATEGORIES)


def test_a_rare_category_that_stands_alone_keeps_its_colour_and_its_name():
    ax = plot_content_mix(frame_of(*({category: 10} for category in CATEGORIES[:8]), {CATEGORIES[0]: 9, "剧情": 6}))
    assert pieces(ax, 8)[1][2] == to_rgb(USUAL.of("剧情"))
    assert on_pieces(ax, 8) == ["美食 60.0%", "剧情 40.0%"]


def test_several_rare_categories_are_put_together_but_for_the_first():
    coloured = [{category: 10} for category in CATEGORIES[:8]] * 2
    mixed = {"剧情": 40, "三农": 10, "美食": 20, "音乐": 20, "体育": 10}
    ax = plot_content_mix(frame_of(*coloured[:8], mixed))
    assert on_pieces(ax, 8) == ["剧情 40.0%", "美食 20.0%", "其他3类 40.0%"]
    assert [colour for *_, colour in pieces(ax, 8)] == [
        to_rgb(USUAL.of("剧情")),
        to_rgb(USUAL.of("美食")),
        to_rgb(style.REST),
    ]
    assert sum(share for _, share, _ in pieces(ax, 8)) == pytest.approx(1)


def test_what_is_too_narrow_for_a_label_is_named_behind_the_bar():
    ax = plot_content_mix(frame_of({"美食": 97, "美妆": 2, "随拍": 1}))
    assert [share for _, share, _ in pieces(ax)] == [0.97, 0.02, 0.01]
    assert on_pieces(ax) == ["美食 97.0%"]
    assert behind(ax) == {0: "100条；美妆 2.0%；随拍 1.0%"}


@pytest.mark.parametrize(("videos", "few"), [(1, True), (FEW_VIDEOS - 1, True), (FEW_VIDEOS, False)])
def test_a_small_sample_is_marked(videos, few):
    ax = plot_content_mix(frame_of({"美食": videos}))
    assert behind(ax) == {0: f"{videos}条（样本少）" if few else f"{videos}条"}
    assert any(f"不足{FEW_VIDEOS}条" in text for text in texts_of(ax.figure)) is few


def test_missing_is_absent_and_zero_is_no_share():
    ax = plot_content_mix(frame_of({"美食": None, "美妆": None}, {"美食": 0}, {"美食": 5, "美妆": None, None: 5}))
    assert [pieces(ax, row) for row in (0, 1)] == [[], []]
    assert behind(ax) == {0: "无数据", 1: "0条（样本少）；无数据", 2: "10条"}
    assert on_pieces(ax, 2) == ["美食 50.0%", "未注明 50.0%"]


def test_who_is_named_but_not_in_the_frame_is_said_to_be_absent():
    names = {kol_id(0): "甲", kol_id(1): "乙", kol_id(2): "丙"}
    ax = plot_content_mix(frame_of({"美食": 9}), names=names)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["甲"]
    assert "所给数据中没有：乙；丙" in texts_of(ax.figure)
    crowd = plot_content_mix(frame_of({"美食": 9}), names={kol_id(row): f"达人{row}" for row in range(41)})
    said = " ".join(texts_of(crowd.figure))
    assert "等共40位" in said
    assert "达人8" in said
    assert "达人9" not in said


def test_rows_follow_the_frame_and_names_may_be_a_series():
    frame = frame_of({"美食": 9}, {"美妆": 8}).iloc[::-1]
    ax = plot_content_mix(frame, names=pd.Series({kol_id(1): "乙"}))
    assert [label.get_text() for label in ax.get_yticklabels()] == ["乙", kol_id(0)]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    assert on_pieces(ax, 0) == ["美妆 100%"]


def test_english_has_no_chinese_but_names_and_categories():
    figure = draw(9, "en")
    assert_is_english(figure, *CATEGORIES)
    assert any("videos" in text for text in texts_of(figure))
    assert behind(plot_content_mix(frame_of({"美食": 1}), lang="en")) == {0: "1 video (few)"}


@pytest.mark.each_once
@pytest.mark.parametrize("layout", [None, "constrained"])
@pytest.mark.parametrize("creators", CREATORS[1:])
def test_given_axes_keep_their_figure_and_hold_all_texts(creators, layout):
    figure, ax = plt.subplots(figsize=(9, 7), layout=layout)
    frame = many(creators)
    assert plot_content_mix(frame, names=names_of(frame), ax=ax) is ax
    assert tuple(figure.get_size_inches()) == (9, 7)
    assert_texts_are_inside_and_apart(figure)


def test_the_frame_stays_as_it_was():
    frame = many(4)
    before = frame.copy(deep=True)
    plot_content_mix(frame)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: plot_content_mix(many(2), lang="fr"), ['"zh"', '"en"', '"fr"']),
        (lambda: plot_content_mix(many(2).head(0)), ["no rows to draw"]),
        (
            lambda: plot_content_mix(many(2)[["kol_id", "category"]]),
            ["lacks video_count, share", "fetch_video_distribution"],
        ),
        (lambda: plot_content_mix(pd.concat([many(2)] * 2)), ["two shares", "platform"]),
        (lambda: plot_content_mix({"share": 1}), ["DataFrame", "dict"]),
    ],
)
def test_what_cannot_be_drawn_is_refused_before_a_figure_opens(call, words):
    assert_is_refused(call, *words)


def test_without_a_font_and_in_a_dark_style():
    assert_draws_english_without_a_font(draw)
    assert_survives_a_dark_style(draw)
