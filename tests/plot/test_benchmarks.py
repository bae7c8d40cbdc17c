"""The share of peers beaten, read by its artists: dots, stems, values and what is said of gaps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
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
    names_of,
    panel_names,
    texts_of,
)
from xingtu_frames.frame import build_frame
from xingtu_frames.plot.benchmarks import plot_benchmarks
from xingtu_frames.plot.drawing import style
from xingtu_frames.tables.catalog import LABELS_ZH, TABLES
from xingtu_frames.tables.spread import BENCHMARK_METRICS

METRICS = ["interact_rate", "completion_rate", "play_stability", "play_median"]


def frame_of(*creators, group="美妆"):
    """Return a frame from (value, share of peers beaten) by metric; a metric that is not given has none."""
    rows = []
    for number, metrics in enumerate(creators):
        for metric in BENCHMARK_METRICS:
            value, beaten = metrics.get(metric, (None, None))
            peers = None if metric in ("play_median", "video_count") else group
            rows.append((kol_id(number), "personal", "30d", metric, value, peers, beaten, 7, 0))
    return build_frame(TABLES["spread_benchmarks"].columns, rows)


def many(creators):
    generator = np.random.default_rng(3)
    scale = {"play_median": 5e6, "video_count": 30}

    def cell(metric):
        beaten = None if generator.random() < 0.15 else float(generator.choice([0, 1.0, 1.4, *generator.random(9)]))
        return float(generator.random() * scale.get(metric, 1)), beaten

    return frame_of(*[{metric: cell(metric) for metric in BENCHMARK_METRICS} for _ in range(creators)])


def draw(creators=9, lang="zh", **options):
    frame = many(creators)
    return plot_benchmarks(frame, names=names_of(frame), lang=lang, **options)


def dots(ax):
    """Return row -> (share, marker, colour)."""
    marked = [line for line in ax.lines if line.get_marker() in ("o", "D")]
    return {round(line.get_ydata()[0]): (line.get_xdata()[0], line.get_marker(), fill_of(line)) for line in marked}


def fill_of(line):
    return to_rgb(line.get_color())


def beside(ax):
    return [text.get_text() for text in ax.texts if text.xycoords == ("axes fraction", "data")]


def on_scale(ax):
    return {round(text.xy[1]): text.get_text() for text in ax.texts if text.xycoords == "data"}


@pytest.mark.each_once
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("creators", CREATORS)
def test_every_text_is_inside_the_figure_and_apart_from_the_others(creators, lang):
    figure = draw(creators, lang)
    assert_texts_are_inside_and_apart(figure)
    assert_every_character_has_a_glyph(figure)


@pytest.mark.parametrize("lowest", [0.0, 0.03, 0.49])
def test_labels_of_the_lowest_dots_have_room(lowest):
    frame = frame_of(dict.fromkeys(METRICS, (0.1, lowest)), dict.fromkeys(METRICS, (0.1, 1.0)))
    assert_texts_are_inside_and_apart(plot_benchmarks(frame))


def test_dots_stand_at_the_share_with_label_and_the_value_beside():
    frame = frame_of(
        {"interact_rate": (0.0244, 0.5973), "play_stability": (0.541, 0.5), "play_median": (3_642_403.0, 0.9993)},
        {"interact_rate": (0.019, 0.4318), "play_stability": (0.4, 0.0), "play_median": (0.0, 1.0)},
    )
    figure = plot_benchmarks(frame)
    rate, completion, stability, plays = figure.axes
    assert panel_names(figure) == [LABELS_ZH[metric] for metric in METRICS]
    ahead, behind = to_rgb(style.AHEAD), to_rgb(style.BEHIND)
    assert dots(rate) == {0: (0.5973, "o", ahead), 1: (0.4318, "D", behind)}
    assert dots(stability) == {0: (0.5, "o", ahead), 1: (0.0, "D", behind)}
    assert on_scale(rate) == {0: "59.7%", 1: "43.2%"}
    assert on_scale(plays) == {0: "99.9%", 1: "100%"}
    assert beside(rate) == ["2.4%", "1.9%"]
    assert beside(stability) == ["0.54", "0.40"]
    assert beside(plays) == ["364万", "0"]
    assert dots(completion) == {}
    assert beside(completion) == ["—", "—"]


def test_stems_lead_from_half_of_the_peers_to_the_dot():
    ax = plot_benchmarks(frame_of({"interact_rate": (0.1, 0.8)}), metrics="interact_rate").axes[0]
    stems = [line.get_xdata() for line in ax.lines if to_rgb(line.get_color()) == to_rgb(style.AHEAD)]
    assert [0.5, 0.8] in [list(stem) for stem in stems]
    assert ax.get_xlim()[0] < 0 < 1 < ax.get_xlim()[1]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0%", "50%", "100%"]


def test_missing_and_impossible_shares_have_no_dot_but_a_note():
    frame = frame_of({"interact_rate": (0.1, None), "completion_rate": (0.2, 1.08), "play_median": (5.0, -0.33)})
    figure = plot_benchmarks(frame)
    rate, completion, _, plays = figure.axes
    assert [dots(ax) for ax in figure.axes] == [{}] * 4
    assert on_scale(rate) == {0: "无对比"}
    assert on_scale(completion) == {0: "108.0%，不是百分位"}
    assert on_scale(plays) == {0: "-33.0%，不是百分位"}
    assert beside(completion) == ["20.0%"]
    said = " ".join(texts_of(figure))
    assert "数据源没有给出" in said
    assert "超出0–100%的不是百分位" in said
    whole = " ".join(texts_of(plot_benchmarks(frame_of(dict.fromkeys(METRICS, (0.1, 0.5))))))
    assert "数据源没有给出" not in whole
    assert "不是百分位" not in whole


def test_rows_are_the_creators_in_frame_order_with_their_peers():
    frame = pd.concat([frame_of({}, {"interact_rate": (0.1, 0.7)}), frame_of({}, {}, {}, group=None).tail(5)])
    figure = plot_benchmarks(frame.iloc[::-1], names=pd.Series({kol_id(1): "达人乙"}))
    rows = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert rows == [f"{kol_id(2)} · —", "达人乙 · 美妆", f"{kol_id(0)} · 美妆"]
    assert list(dots(figure.axes[0])) == [1]
    assert figure.axes[0].get_ylim() == (2.5, -0.5)


def test_peers_that_the_provider_does_not_name_are_said_to_be_unnamed():
    figure = plot_benchmarks(frame_of(dict.fromkeys(METRICS, (0.1, 0.5))))
    assert ["同类未写明" in [text.get_text() for text in ax.texts] for ax in figure.axes] == [False, False, False, True]


def test_metrics_choose_the_panels_and_the_figure_grows():
    assert panel_names(draw(3, "en", metrics=["play_median", "interact_rate"])) == ["Play median", "Interact rate"]
    assert draw(30).get_figheight() > draw(2).get_figheight() + 28 * 0.3
    assert draw(3).get_figwidth() > draw(3, metrics="play_median").get_figwidth()


def test_it_says_what_it_is_about():
    said = " ".join(texts_of(draw(2)))
    assert "个人视频" in said
    assert "近30天" in said


def test_english_has_no_chinese_but_names_and_peers():
    frame = many(9)
    figure = plot_benchmarks(frame, names={kol_id(row): f"creator {row}" for row in range(9)}, lang="en")
    assert_is_english(figure, "美妆")
    assert any("美妆" in text for text in texts_of(figure))


def test_the_frame_stays_as_it_was():
    frame = many(4)
    before = frame.copy(deep=True)
    plot_benchmarks(frame, names=dict(zip(frame["kol_id"].unique(), NAMES, strict=False)))
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: plot_benchmarks(many(2), lang="fr"), ['"zh"', '"en"', '"fr"']),
        (lambda: plot_benchmarks(many(2), metrics=["cpm"]), ['"interact_rate", "completion_rate"', '"cpm"']),
        (lambda: plot_benchmarks(many(2), metrics=[]), ["some of", "none"]),
        (
            lambda: plot_benchmarks(many(2), metrics="video_count"),
            ['"video_count"', "video_count has none, its figure is a change"],
        ),
        (lambda: plot_benchmarks(many(2).head(0)), ["no rows to draw"]),
        (
            lambda: plot_benchmarks(many(2).drop(columns="beats_share")),
            ["lacks beats_share", "fetch_spread_benchmarks"],
        ),
        (lambda: plot_benchmarks(many(2).drop(columns="peer_group")), ["lacks peer_group", "fetch_spread_benchmarks"]),
        (lambda: plot_benchmarks(pd.concat([many(2)] * 2)), ["two values", "window"]),
    ],
)
def test_what_cannot_be_drawn_is_refused_before_a_figure_opens(call, words):
    assert_is_refused(call, *words)


@pytest.mark.slow
def test_without_a_font_and_in_a_dark_style():
    assert_draws_english_without_a_font(draw)
    assert_survives_a_dark_style(draw)
