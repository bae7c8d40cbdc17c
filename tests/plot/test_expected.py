"""Expected plays beside the median, read by their artists: dots, lines, notes and gaps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from tests.plot.frame_cases import expected_board, many_expected
from tests.plot_cases import (
    LONG,
    NAMES,
    assert_draws_english_without_a_font,
    assert_every_character_has_a_glyph,
    assert_is_english,
    assert_is_refused,
    assert_survives_a_dark_style,
    assert_texts_are_inside_and_apart,
    kol_id,
    lay_out,
    texts_of,
)
from xingtu_frames.plot.drawing import style
from xingtu_frames.plot.expected import plot_expected

PAIR = ((300_000, 200_000, 15_000), (100_000, 200_000, 20_000))


def parts(ax: Axes) -> dict[int, dict[str, Any]]:
    """Return dot, line and the bar between them of each row, with their colours."""
    found: dict[int, dict[str, Any]] = {}
    for line in ax.lines:
        xs, ys = line.get_xdata(), line.get_ydata()
        if list(xs) == [0, 1] and line.get_transform() != ax.transData:
            continue
        kind = "dot" if len(xs) == 1 else "bar" if ys[0] == ys[1] else "median"
        found.setdefault(round(float(np.mean(ys))), {})[kind] = (float(xs[0]), line.get_color())
    return found


def notes(ax: Axes) -> dict[int, list[str]]:
    """Return the notes on the right of each row; the headers are row -1."""
    found: dict[int, list[str]] = {}
    for text in ax.texts:
        if text.xy[0] == 1 and text.xycoords == ("axes fraction", "data"):
            found.setdefault(round(text.xy[1]), []).append(text.get_text())
    return found


def gaps(ax: Axes) -> dict[int, str]:
    """Return what is said at the left edge of rows."""
    edge = ("axes fraction", "data")
    return {round(text.xy[1]): text.get_text() for text in ax.texts if text.xycoords == edge and text.xy[0] == 0}


def labels(ax: Axes) -> dict[int, str]:
    return {round(text.xy[1]): text.get_text() for text in ax.texts if text.xycoords == "data"}


@pytest.mark.each_once
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("creators", [1, 2, 8, pytest.param(30, marks=pytest.mark.slow)])
def test_texts_are_inside_and_apart(creators: int, lang: str) -> None:
    figure = plot_expected(many_expected(creators), lang=lang)
    assert_texts_are_inside_and_apart(figure)
    assert_every_character_has_a_glyph(figure)


def test_dots_are_the_expectation_and_lines_the_median_in_plays_and_yuan() -> None:
    plays, price = plot_expected(expected_board(*PAIR)).axes
    assert [label.get_text() for label in plays.get_yticklabels()] == ["a", "b"]
    assert parts(plays)[0] == {
        "median": (200_000, style.INK),
        "bar": (200_000, style.BEHIND),
        "dot": (300_000, style.BEHIND),
    }
    assert parts(plays)[1]["dot"] == (100_000, style.AHEAD)
    assert parts(price)[0]["dot"] == (pytest.approx(50.0), style.BEHIND)
    assert parts(price)[0]["median"][0] == pytest.approx(75.0)
    assert parts(price)[1]["dot"] == (pytest.approx(200.0), style.AHEAD)
    assert labels(plays) == {0: "30万", 1: "10万"}
    assert labels(price) == {0: "¥50", 1: "¥200"}
    assert notes(plays) == {-1: ["中位数", "预期倍数"], 0: ["20万", "×1.50"], 1: ["20万", "×0.50"]}
    assert notes(price) == {-1: ["按中位数", "报价"], 0: ["¥75", "¥1.5万"], 1: ["¥100", "¥2万"]}


@pytest.mark.parametrize("creators", [12, pytest.param(30, marks=pytest.mark.slow)])
def test_labels_stand_away_from_the_line_and_inside_the_axes(creators: int) -> None:
    for board in (expected_board(*PAIR), many_expected(creators)):
        for ax in plot_expected(board).axes:
            lay_out(ax.figure)
            inner = ax.get_window_extent()
            for text in (text for text in ax.texts if text.xycoords == "data"):
                extent = text.get_window_extent()
                assert inner.x0 <= extent.x0 < extent.x1 <= inner.x1
                row = parts(ax)[round(text.xy[1])]
                ahead = "median" in row and row["dot"][0] < row["median"][0]
                assert text.get_ha() == ("right" if ahead else "left")


def test_what_is_missing_is_said_and_drawn_as_far_as_it_goes() -> None:
    board = expected_board(
        (None, 200, 10.0), (300, None, 10.0), (300, 200, None), (None, None, None), (300, 200, 0.0), (0, 200, 10.0)
    )
    plays, price = plot_expected(board).axes
    assert gaps(plays) == {0: "无预期", 3: "无预期"}
    assert set(parts(plays)[0]) == {"median"}
    assert parts(plays)[1] == {"dot": (300, style.MUTED)}
    assert 3 not in parts(plays)
    assert parts(plays)[5]["dot"][0] == 0
    assert notes(plays)[1] == ["—", "—"]
    assert notes(plays)[5] == ["200", "×0.00"]
    assert gaps(price) == {0: "无预期", 2: "无报价", 3: "无报价", 4: "无报价", 5: "无预期"}
    assert notes(price)[4] == ["—", "—"]
    assert_texts_are_inside_and_apart(plays.figure)


def test_a_board_without_medians_or_names_is_drawn() -> None:
    board = expected_board(*PAIR).drop(columns=["play_median", "name"])
    plays, price = plot_expected(board).axes
    assert [label.get_text() for label in plays.get_yticklabels()] == [kol_id(0), kol_id(1)]
    assert {row: set(drawn) for row, drawn in parts(plays).items()} == {0: {"dot"}, 1: {"dot"}}
    assert set(parts(price)) == {0, 1}


def test_nothing_to_draw_is_said() -> None:
    figure = plot_expected(expected_board((None, None, None)))
    assert texts_of(figure).count("无预期") == 1
    assert parts(figure.axes[0]) == {}


def test_scales_are_logarithmic_where_they_need_to_be_and_show_no_zero_then() -> None:
    plays, price = plot_expected(expected_board((1_000, 900, 10.0), (900_000, 800_000, 9_000.0), (0, 5, 1.0))).axes
    assert (plays.get_xscale(), price.get_xscale()) == ("log", "log")
    assert "dot" not in parts(plays)[2]
    assert "对数坐标" in " ".join(texts_of(plays.figure))
    near = plot_expected(expected_board(*PAIR))
    assert {ax.get_xscale() for ax in near.axes} == {"linear"}
    assert "对数坐标" not in " ".join(texts_of(near))


def test_extreme_numbers_stay_readable() -> None:
    rows = ((3, 2_560_000_000, 99_000_000.0), (0, 500, 1.0), (10**9, None, 500.0), (5_000_000, 4_000_000, None))
    assert_texts_are_inside_and_apart(plot_expected(expected_board(*rows, names=[LONG, "零", "b", "c"])))


@pytest.mark.parametrize(("band", "column"), [("1-20s", "quote_1_20s"), ("60s+", "quote_60s")])
def test_the_band_chooses_the_quote(band: str, column: str) -> None:
    board = expected_board(*PAIR).rename(columns={"quote_21_60s": column})
    figure = plot_expected(board, band=band, lang="en")
    assert notes(figure.axes[1])[0][1] == "¥15K"
    assert band in " ".join(texts_of(figure))


def test_it_says_what_the_board_is_about() -> None:
    board = expected_board(*PAIR)
    board.attrs["asked"] = {"video_type": "xingtu", "window": "90d"}
    said = " ".join(texts_of(plot_expected(board)))
    assert [word for word in ("星图视频", "近90天") if word not in said] == []


def test_letters_and_language() -> None:
    assert_is_english(plot_expected(many_expected(9), lang="en"))


@pytest.mark.slow
def test_without_a_font_and_in_a_dark_style() -> None:
    assert_draws_english_without_a_font(lambda: plot_expected(many_expected(len(NAMES))))
    assert_survives_a_dark_style(lambda: plot_expected(many_expected(3)))


def test_the_board_stays_as_it_was() -> None:
    board = many_expected(6)
    before = board.copy(deep=True)
    plot_expected(board)
    pd.testing.assert_frame_equal(board, before)


def test_what_cannot_be_drawn_is_refused() -> None:
    board = many_expected(2)
    assert_is_refused(lambda: plot_expected(board.drop(columns="expected_plays")), "lacks expected_plays", "compare")
    assert_is_refused(lambda: plot_expected(board, band="60s+"), "lacks quote_60s", "compare")
    assert_is_refused(lambda: plot_expected(board, band="5s"), '"1-20s", "21-60s", "60s+"', '"5s"')
    assert_is_refused(lambda: plot_expected(board.head(0)), "no rows")
    assert_is_refused(lambda: plot_expected(pd.concat([board, board])), "two rows")
    assert_is_refused(lambda: plot_expected(board, lang="fr"), '"zh"', '"fr"')
