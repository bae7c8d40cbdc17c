"""Price against plays, read by its artists: points, lines of equal CPM, labels and notes."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb

from tests.plot_cases import (
    CREATORS,
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
from xingtu_frames.board.metrics import METRICS, board_columns, chosen_metrics
from xingtu_frames.frame import build_frame
from xingtu_frames.plot.drawing import font, style
from xingtu_frames.plot.price_value import plot_price_value
from xingtu_frames.plot.scorecard import plot_scorecard

COLUMNS = ("play_median", "quote_21_60s", "cpm_21_60s")


def board_of(*cells, columns=COLUMNS, names=None):
    """Return a board from play median, quote and expected CPM of each creator, named a, b, c, ..."""
    declared = board_columns(chosen_metrics(columns))
    rest = {column.name: None for column in declared}
    rows = []
    for row, values in enumerate(cells):
        name = names[row] if names else chr(ord("a") + row)
        known = {**rest, "kol_id": kol_id(row), "name": name, **dict(zip(columns, values, strict=True))}
        rows.append(tuple(known[column.name] for column in declared))
    return build_frame(declared, rows)


def many(creators, spread=1.0):
    generator = np.random.default_rng(5)
    plays = np.exp(generator.normal(13, spread, creators))
    quotes = plays * np.exp(generator.normal(-2.5, spread / 2, creators))
    cells = [(int(play), int(quote), None) for play, quote in zip(plays, quotes, strict=True)]
    for row in range(2, creators, 7):
        cells[row] = (cells[row][0], None, 80.0)
    for row in range(5, creators, 9):
        cells[row] = (None, None, None)
    return board_of(*cells, names=[*NAMES, *(f"达人{row}号" for row in range(len(NAMES), creators))])


def points(ax):
    """Return (x, y) of the filled and of the hollow points."""
    marks = {to_rgb(line.get_markerfacecolor()): line for line in ax.lines if line.get_marker() == "o"}
    filled, hollow = marks[to_rgb(style.AHEAD)], marks[to_rgb(style.PAPER)]
    return [list(zip(line.get_xdata().tolist(), line.get_ydata().tolist(), strict=True)) for line in (filled, hollow)]


def labels(ax):
    return {text.get_text(): tuple(text.xy) for text in ax.texts if re.search(r"(?<!CPM) ¥", text.get_text())}


def lines(ax):
    """Return the prices and plays of each line of equal CPM."""
    return [(line.get_xdata(), line.get_ydata()) for line in ax.lines if line.get_marker() != "o"]


def named_levels(ax):
    """Return the yuan written at the ends of lines -> that end."""
    found = {}
    for text in ax.texts:
        if match := re.fullmatch(r"CPM ¥([\d.,]+)", text.get_text()):
            found[float(match[1].replace(",", ""))] = tuple(text.xy)
    return found


PAIR = ((1_000_000, 20_000, 25.0), (100_000, 10_000, 90.0))


@pytest.mark.each_once
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("creators", CREATORS)
@pytest.mark.parametrize("spread", [1.0, 0.05])
def test_every_text_is_inside_the_figure_and_apart_from_the_others(creators, spread, lang):
    figure = plot_price_value(many(creators, spread), lang=lang).figure
    assert_texts_are_inside_and_apart(figure)
    assert_every_character_has_a_glyph(figure)


def test_points_stand_at_quote_and_plays_with_name_and_cpm():
    ax = plot_price_value(board_of(*PAIR))
    assert points(ax) == [[(20_000, 1_000_000), (10_000, 100_000)], []]
    assert labels(ax) == {"a ¥20": (20_000, 1_000_000), "b ¥100": (10_000, 100_000)}


def test_lines_of_equal_cpm_are_what_they_say():
    for board in (board_of(*PAIR), many(12), many(12, 0.05)):
        ax = plot_price_value(board)
        levels = [prices / plays * 1000 for prices, plays in lines(ax)]
        assert len(levels) >= 1
        for level in levels:
            assert level == pytest.approx(level[0])
        for yuan, (price, plays) in named_levels(ax).items():
            assert price == pytest.approx(yuan * plays / 1000)
        assert named_levels(ax)
        (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
        for prices, plays in lines(ax):
            assert left <= prices[0] < prices[1] <= right * (1 + 1e-9)
            assert bottom * (1 - 1e-9) <= plays[0] < plays[1] <= top * (1 + 1e-9)
    assert set(named_levels(plot_price_value(board_of(*PAIR)))) == {20, 50, 100}


def test_axes_are_logarithmic_where_the_spread_asks_for_it():
    near, far = plot_price_value(board_of((9_000, 700, 1.0), (8_000, 400, 1.0))), plot_price_value(board_of(*PAIR))
    assert (near.get_xscale(), near.get_yscale()) == ("linear", "linear")
    assert (far.get_xscale(), far.get_yscale()) == ("log", "log")
    assert ["对数坐标" in text for text in (" ".join(texts_of(ax.figure)) for ax in (near, far))] == [False, True]


@pytest.mark.parametrize(("lang", "tick"), [("zh", "¥1万"), ("en", "¥10K")])
def test_ticks_are_written_with_the_units_of_the_language(lang, tick):
    ax = plot_price_value(board_of(*PAIR), lang=lang)
    assert tick in [label.get_text() for label in ax.get_xticklabels()]
    (left, right), ticks = ax.get_xlim(), ax.get_xticks()
    assert all(left <= tick <= right for tick in ticks)
    assert len(ax.get_xticks(minor=True)) == 0


def test_a_price_that_is_implied_is_hollow_on_its_own_line_and_said_to_be():
    ax = plot_price_value(board_of(*PAIR, (200_000, None, 50.0)))
    assert points(ax)[1] == [(10_000.0, 200_000.0)]
    assert labels(ax)["c ¥50"] == (10_000, 200_000)
    assert "空心点" in " ".join(texts_of(ax.figure))
    assert "空心点" not in " ".join(texts_of(plot_price_value(board_of(*PAIR)).figure))
    without = board_of(*PAIR, (200_000, None, 50.0)).drop(columns="cpm_21_60s")
    assert points(plot_price_value(without))[1] == []


def test_who_is_not_drawn_is_named_with_the_reason():
    absent = [(None, 5_000, 1.0), (7_000, None, None), (None, None, None), (0, 5_000, 1.0)]
    ax = plot_price_value(board_of(*PAIR, *absent))
    assert len(points(ax)[0]) == 2
    said = " ".join(texts_of(ax.figure))
    expected = ["未画：c（无播放量中位数）", "d（无报价）", "e（无报价、无播放量中位数）", "f（播放量为0"]
    assert [part for part in expected if part not in said] == []


def test_zero_is_drawn_where_the_axes_have_it():
    ax = plot_price_value(board_of((0, 300, 1.0), (8_000, 400, 1.0)))
    assert points(ax)[0] == [(300, 0), (400, 8_000)]
    assert "未画" not in " ".join(texts_of(ax.figure))


@pytest.mark.parametrize("price", [0, -400])
def test_a_quote_that_cannot_be_is_none(price):
    ax = plot_price_value(board_of((9_000, price, None), (8_000, 400, 1.0), (9_000, price, 20.0), (-5, 300, 1.0)))
    assert points(ax) == [[(400, 8_000)], [(180.0, 9_000)]]
    said = " ".join(texts_of(ax.figure))
    assert [part for part in ("未画：a（无报价）", "d（无播放量中位数）") if part not in said] == []


def test_nobody_to_draw_is_said():
    ax = plot_price_value(board_of((None, None, None), (3, None, None)))
    assert points(ax) == [[], []]
    assert lines(ax) == []
    assert "没有可画的达人" in texts_of(ax.figure)
    assert_texts_are_inside_and_apart(ax.figure)


@pytest.mark.parametrize("band", ["1-20s", "21-60s", "60s+"])
def test_the_band_chooses_the_quote(band):
    suffix = {"1-20s": "1_20s", "21-60s": "21_60s", "60s+": "60s"}[band]
    board = board_of((1000, 77, 5.0), columns=("play_median", f"quote_{suffix}", f"cpm_{suffix}"))
    ax = plot_price_value(board, band=band, lang="en")
    assert points(ax)[0] == [(77, 1000)]
    assert band in ax.get_title("left")
    assert f"quote_{suffix}" in METRICS


def test_it_says_what_the_board_is_about():
    board = board_of(*PAIR)
    board.attrs["asked"] = {"video_type": "xingtu", "window": "90d"}
    said = " ".join(texts_of(plot_price_value(board).figure))
    assert "星图视频" in said
    assert "近90天" in said


def test_english_has_no_chinese_but_names():
    ax = plot_price_value(many(9), lang="en")
    letters = font.lettering("en")
    drawn = [letters.name(name, kol_id(row)) for row, name in enumerate(NAMES)]
    assert_is_english(ax.figure, *drawn)


@pytest.mark.each_once
@pytest.mark.parametrize("layout", [None, "constrained"])
@pytest.mark.parametrize("creators", CREATORS[1:])
def test_given_axes_keep_their_figure_and_hold_all_texts(creators, layout):
    figure, ax = plt.subplots(figsize=(7.5, 5.5), layout=layout)
    assert plot_price_value(many(creators), ax=ax) is ax
    assert tuple(figure.get_size_inches()) == (7.5, 5.5)
    assert_texts_are_inside_and_apart(figure)


@pytest.mark.parametrize("creators", [12, pytest.param(30, marks=pytest.mark.slow)])
def test_names_without_room_are_counted_not_laid_over_each_other(creators):
    figure, ax = plt.subplots(figsize=(2.8, 2.4))
    plot_price_value(many(creators), ax=ax)
    hidden = [text for text in ax.texts if text.get_text() in labels(ax) and not text.get_visible()]
    shown = [text for text in ax.texts if text.get_text() in labels(ax) and text.get_visible()]
    assert hidden
    lay_out(figure)
    boxes = [text.get_window_extent() for text in shown]
    assert not any(one.overlaps(other) for row, one in enumerate(boxes) for other in boxes[row + 1 :])
    assert "个名字放不下" in " ".join(texts_of(figure))


def test_the_board_stays_as_it_was_and_may_lack_names():
    board = many(6)
    before = board.copy(deep=True)
    plot_price_value(board)
    pd.testing.assert_frame_equal(board, before)
    ax = plot_price_value(board_of(*PAIR).drop(columns="name"))
    assert set(labels(ax)) == {f"{kol_id(0)} ¥20", f"{kol_id(1)} ¥100"}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: plot_price_value(many(2), lang="fr"), ['"zh"', '"en"', '"fr"']),
        (lambda: plot_price_value(many(2), band="5s"), ['"1-20s", "21-60s", "60s+"', '"5s"']),
        (lambda: plot_price_value(many(2).head(0)), ["no rows to draw"]),
        (lambda: plot_price_value(many(2), band="60s+"), ["lacks quote_60s", "compare"]),
        (lambda: plot_price_value(many(2)[["name"]]), ["lacks kol_id", "compare"]),
    ],
)
def test_what_cannot_be_drawn_is_refused_before_a_figure_opens(call, words):
    assert_is_refused(call, *words)


def test_without_a_font_and_in_a_dark_style():
    assert_draws_english_without_a_font(lambda: plot_price_value(many(9)).figure)
    assert_survives_a_dark_style(lambda: plot_price_value(many(9)).figure)


def test_a_metric_that_the_board_lacks_is_named_with_what_brings_it_and_what_that_costs() -> None:
    board = pd.DataFrame({"kol_id": [kol_id(0)], "name": ["甲"], "play_median": [100]})
    for plot, lacking in (
        (lambda: plot_price_value(board), "quote_21_60s"),
        (lambda: plot_scorecard(board, metrics="female_share"), "female_share"),
    ):
        endpoint = METRICS[lacking].endpoint
        assert_is_refused(plot, f"'{lacking}'", f"'{lacking}']) brings it", f"one request per creator to {endpoint}")
