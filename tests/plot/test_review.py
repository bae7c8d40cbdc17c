"""Plays and CPM against what was expected, read by their artists: dots, lines, notes, totals and gaps."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.plot.frame_cases import many_reviewed, reviewed_frame
from tests.plot.test_expected import gaps, labels, notes, parts
from tests.plot_cases import (
    NAMES,
    assert_draws_english_without_a_font,
    assert_every_character_has_a_glyph,
    assert_is_english,
    assert_is_refused,
    assert_survives_a_dark_style,
    assert_texts_are_inside_and_apart,
    kol_id,
    texts_of,
)
from xingtu_frames.plot.drawing import style
from xingtu_frames.plot.review import plot_review

PAIR = [
    (kol_id(0), "a", "71", 15_000.0, 200_000.0, 300_000, 12),
    (kol_id(1), "b", "72", 20_000.0, 200_000.0, 100_000, 3),
]


@pytest.mark.each_once
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("bookings", [1, 2, 13, pytest.param(30, marks=pytest.mark.slow)])
def test_texts_are_inside_and_apart(bookings: int, lang: str) -> None:
    figure = plot_review(many_reviewed(bookings), lang=lang)
    assert_texts_are_inside_and_apart(figure)
    assert_every_character_has_a_glyph(figure)


def test_dots_are_what_came_and_lines_what_was_expected_in_plays_and_yuan() -> None:
    plays, price = plot_review(reviewed_frame(PAIR)).axes
    assert [label.get_text() for label in plays.get_yticklabels()] == ["a", "b"]
    assert parts(plays)[0] == {
        "median": (200_000, style.INK),
        "bar": (200_000, style.AHEAD),
        "dot": (300_000, style.AHEAD),
    }
    assert parts(plays)[1]["dot"] == (100_000, style.BEHIND)
    as_expected = plot_review(reviewed_frame([(*PAIR[0][:5], 200_000, 12)])).axes[0]
    assert parts(as_expected)[0]["dot"] == (200_000, style.AHEAD)
    assert parts(price)[0]["dot"] == (pytest.approx(50.0), style.AHEAD)
    assert parts(price)[0]["median"][0] == pytest.approx(75.0)
    assert parts(price)[1]["dot"] == (pytest.approx(200.0), style.BEHIND)
    assert labels(plays) == {0: "30万", 1: "10万"}
    assert labels(price) == {0: "¥50", 1: "¥200"}
    assert notes(plays) == {
        -1: ["预期", "达成率", "天数"],
        0: ["20万", "150.0%", "12"],
        1: ["20万", "50.0%", "3"],
    }
    assert notes(price) == {-1: ["预期", "花费"], 0: ["¥75", "¥1.5万"], 1: ["¥100", "¥2万"]}


def test_the_totals_are_said_with_the_number_of_videos() -> None:
    few = " ".join(texts_of(plot_review(reviewed_frame(PAIR))))
    assert [
        part
        for part in ("2条视频共40万次播放，CPM ¥87.5", "可比的2条达成100.0%，预期CPM ¥87.5", "可比视频少于5条")
        if part not in few
    ] == []
    many = " ".join(texts_of(plot_review(many_reviewed(13), lang="en")))
    assert "plays of 12 videos" in many
    assert "11 to compare reach" in many
    assert "prove nothing" not in many


def test_the_videos_of_one_creator_are_numbered() -> None:
    rows = [PAIR[0], PAIR[1], (*PAIR[0][:2], "73", *PAIR[0][3:])]
    plays, _ = plot_review(reviewed_frame(rows)).axes
    assert [label.get_text() for label in plays.get_yticklabels()] == ["a #1", "b", "a #2"]


def test_what_is_missing_is_said_and_drawn_as_far_as_it_goes() -> None:
    cells = [(10.0, 200.0, None), (10.0, None, 300), (None, 200.0, 300), (0.0, 200.0, 300), (10.0, 200.0, 0)]
    rows = [(kol_id(row), None, str(row + 1), *one, 5) for row, one in enumerate(cells)]
    plays, price = plot_review(reviewed_frame([*rows, (kol_id(9), "z", "9", None, None, None, 1)])).axes
    assert gaps(plays) == {0: "无数据", 5: "无数据"}
    assert set(parts(plays)[0]) == {"median"}
    assert parts(plays)[1] == {"dot": (300, style.MUTED)}
    assert parts(plays)[4]["dot"] == (0, style.BEHIND)
    assert notes(plays)[0] == ["200", "—", "5"]
    assert notes(plays)[4] == ["200", "0.0%", "5"]
    assert gaps(price) == {0: "无播放", 2: "无花费", 3: "无花费", 4: "无播放", 5: "无花费"}
    assert notes(price)[3] == ["—", "—"]
    assert_texts_are_inside_and_apart(plays.figure)


def test_nothing_known_is_drawn_and_said() -> None:
    figure = plot_review(reviewed_frame([(kol_id(0), "a", "71", None, None, None, 1)]))
    assert parts(figure.axes[0]) == {}
    assert "还没有播放数据" in " ".join(texts_of(figure))


def test_scales_are_logarithmic_where_they_need_to_be() -> None:
    far = plot_review(many_reviewed(13))
    assert {ax.get_xscale() for ax in far.axes} == {"log"}
    assert "对数坐标" in " ".join(texts_of(far))
    assert {ax.get_xscale() for ax in plot_review(reviewed_frame(PAIR)).axes} == {"linear"}


def test_letters_and_language() -> None:
    assert_is_english(plot_review(many_reviewed(2).assign(name="c"), lang="en"))


@pytest.mark.slow
def test_without_a_font_and_in_a_dark_style() -> None:
    assert_draws_english_without_a_font(lambda: plot_review(many_reviewed(len(NAMES))))
    assert_survives_a_dark_style(lambda: plot_review(many_reviewed(3)))


def test_the_review_stays_as_it_was_and_may_be_of_texts() -> None:
    reviewed = many_reviewed(6)
    before = reviewed.copy(deep=True)
    texts = reviewed.apply(lambda column: [None if pd.isna(value) else str(value) for value in column])
    assert texts_of(plot_review(texts)) == texts_of(plot_review(reviewed))
    pd.testing.assert_frame_equal(reviewed, before)


def test_what_cannot_be_drawn_is_refused() -> None:
    reviewed = many_reviewed(2)
    assert_is_refused(lambda: plot_review(reviewed.drop(columns="plays_now")), "lacks plays_now", "review(bookings")
    assert_is_refused(lambda: plot_review(reviewed.head(0)), "no rows")
    assert_is_refused(lambda: plot_review(reviewed, lang="fr"), '"zh"', '"fr"')
