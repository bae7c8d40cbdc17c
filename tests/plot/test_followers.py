"""Followers day by day, read by their artists: lines, bars, gaps and what is written."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_rgb

from tests.plot.frame_cases import fans_frame, many_fans, names_for
from tests.plot_cases import (
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
from xingtu_frames.plot.followers import plot_followers

FOUR = {
    "2026-09-01": (10_000, 50),
    "2026-09-02": (10_400, 400),
    "2026-09-03": (10_300, -100),
    "2026-09-04": (10_500, 200),
}


def day(text: str) -> float:
    return float(np.datetime64(text, "D").astype(int))


def bars(ax: Axes) -> dict[float, tuple[float, str]]:
    """Return the end and colour of each bar by day."""
    found = {}
    for bars in ax.findobj(LineCollection):
        colour = "up" if to_rgb(bars.get_color()[0]) == to_rgb(style.AHEAD) else "down"
        found.update({float(segment[0][0]): (float(segment[1][1]), colour) for segment in bars.get_segments()})
    return found


def line(ax: Axes) -> Any:
    return max(ax.lines, key=lambda line: (line.get_linestyle() == "-", len(line.get_xdata())))


def grey_days(ax: Axes) -> list[float]:
    return [
        float(path.get_extents().x0 + 0.5)
        for bars in ax.collections
        if isinstance(bars, PolyCollection)
        for path in bars.get_paths()
    ]


@pytest.mark.each_once
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("creators", "days"), [(1, 30), (2, 365), (8, 7), pytest.param(30, 30, marks=pytest.mark.slow)]
)
def test_texts_are_inside_and_apart(creators: int, days: int, lang: str) -> None:
    figure = plot_followers(many_fans(creators, days), names=names_for(creators + 1), lang=lang)
    assert_texts_are_inside_and_apart(figure)
    assert_every_character_has_a_glyph(figure)


def test_line_bars_and_labels_are_the_numbers() -> None:
    figure = plot_followers(fans_frame(FOUR), names={kol_id(0): "甲"})
    above, below = figure.axes
    assert line(above).get_xdata().tolist() == [day(text) for text in FOUR]
    assert line(above).get_ydata().tolist() == [10_000, 10_400, 10_300, 10_500]
    assert bars(below) == {
        day("2026-09-01"): (50, "up"),
        day("2026-09-02"): (400, "up"),
        day("2026-09-03"): (-100, "down"),
        day("2026-09-04"): (200, "up"),
    }
    said = texts_of(figure)
    assert [text for text in ("甲", "+500 (+5.0%)", "1.05万", "+400") if text not in said] == []
    assert "2026-09-01至2026-09-04" in " ".join(said)
    assert [label.get_text() for label in below.get_xticklabels()] == ["09-01", "09-02", "09-03", "09-04"]


def test_who_loses_followers_is_orange() -> None:
    days = {"2026-09-01": (20_000, -900), "2026-09-02": (19_000, -1_000)}
    figure = plot_followers(fans_frame(days), lang="en")
    colours = {text.get_text(): text.get_color() for ax in figure.axes for text in ax.texts}
    assert colours["-1,000 (-5.0%)"] == colours["-1,000"] == style.BEHIND_INK


def test_days_without_a_number_are_grey_and_break_the_line() -> None:
    days = {**FOUR, "2026-09-03": (None, -100), "2026-09-06": (10_700, None)}
    above, below = plot_followers(fans_frame(days)).axes
    drawn = line(above).get_ydata()
    assert np.isnan(drawn).tolist() == [False, False, True, False, True, False]
    assert grey_days(above) == [day("2026-09-03"), day("2026-09-05")]
    assert grey_days(below) == [day("2026-09-05"), day("2026-09-06")]
    assert "缺2天" in texts_of(above.figure)
    alone = [line for line in above.lines if len(line.get_xdata()) == 2 and line.get_marker() == "o"]
    assert [mark.get_ydata().tolist() for mark in alone] == [[10_500, 10_700]]
    whole = texts_of(plot_followers(fans_frame(FOUR)))
    assert not [text for text in whole if "缺" in text or "灰底" in text]


def test_zero_is_a_number_and_nothing_is_said_to_be_nothing() -> None:
    still = {"2026-09-01": (0, 0), "2026-09-02": (0, 0)}
    nothing = {"2026-09-01": (None, None), "2026-09-02": (None, None)}
    figure = plot_followers(fans_frame(still, nothing))
    assert line(figure.axes[0]).get_ydata().tolist() == [0, 0]
    assert texts_of(figure).count("无数据") == 1
    assert "0" in texts_of(figure)
    assert_texts_are_inside_and_apart(figure)


def test_change_without_followers_is_drawn_and_never_computed() -> None:
    days = {"2026-09-01": (None, 5), "2026-09-02": (None, None)}
    above, below = plot_followers(fans_frame(days), scale="shared").axes
    assert bars(below) == {day("2026-09-01"): (5, "up")}
    grown = {"2026-09-01": (100, None), "2026-09-02": (200, None)}
    above, below = plot_followers(fans_frame(grown)).axes
    assert bars(below) == {}
    assert "+100 (+100%)" in texts_of(above.figure)


def test_a_shared_scale_compares_change_relative_to_the_start() -> None:
    small = {"2026-09-01": (1_000, 10), "2026-09-02": (1_100, 100)}
    large = {"2026-09-01": (1_000_000, -10), "2026-09-02": (1_010_000, 10_000)}
    own = plot_followers(fans_frame(small, large))
    shared = plot_followers(fans_frame(small, large), scale="shared")
    for part in (0, 1):
        limits = [np.array(shared.axes[part + panel].get_ylim()) / base for panel, base in ((0, 1e3), (2, 1e6))]
        assert limits[0] == pytest.approx(limits[1])
    assert own.axes[2].get_ylim()[1] < shared.axes[2].get_ylim()[1]
    assert "各图刻度相同" in " ".join(texts_of(shared))
    assert "各图刻度不同" in " ".join(texts_of(own))


@pytest.mark.parametrize("scale", ["own", "shared"])
def test_extreme_numbers_stay_readable(scale: str) -> None:
    burst = {"2026-09-01": (1, None), "2026-09-20": (99_999_999, 99_999_998)}
    steady = {"2025-09-01": (980_000_000, 10), "2026-09-01": (980_000_020, 10)}
    figure = plot_followers(fans_frame(burst, steady, {"2026-09-01": (7, 0)}), scale=scale)
    said = texts_of(figure)
    assert [text for text in ("+1亿 (×1亿)", "+20 (<0.1%)", "7") if text not in said] == []
    assert_texts_are_inside_and_apart(figure)


def test_creators_keep_their_order_over_the_same_days() -> None:
    frame = pd.concat([many_fans(3), fans_frame({}, {}, {}, {"2026-08-01": (5, 1)})]).iloc[::-1]
    figure = plot_followers(frame, per_row=1)
    assert [ax.get_title("left") for ax in figure.axes[::2]] == [kol_id(3), kol_id(2), kol_id(1), kol_id(0)]
    assert len({ax.get_xlim() for ax in figure.axes}) == 1
    tops = [ax.get_position().y1 for ax in figure.axes]
    assert tops == sorted(tops, reverse=True)
    assert line(figure.axes[4]).get_xdata()[0] == day("2026-08-01")


def test_letters_and_language() -> None:
    names = names_for(9)
    assert_is_english(plot_followers(many_fans(9), names=names, lang="en"))


@pytest.mark.slow
def test_without_a_font_and_in_a_dark_style() -> None:
    names = names_for(9)
    assert_draws_english_without_a_font(lambda: plot_followers(many_fans(9), names=names))
    assert_survives_a_dark_style(lambda: plot_followers(many_fans(3), names=names))


def test_the_frame_stays_as_it_was_and_dates_may_be_text() -> None:
    frame = many_fans(3)
    before = frame.copy(deep=True)
    figure = plot_followers(frame)
    pd.testing.assert_frame_equal(frame, before)
    for loose in (frame["date"].dt.strftime("%Y-%m-%d"), frame["date"].dt.date.astype(object)):
        assert texts_of(plot_followers(frame.assign(date=loose))) == texts_of(figure)


def test_what_cannot_be_drawn_is_refused() -> None:
    frame = many_fans(2)
    assert_is_refused(lambda: plot_followers(frame.drop(columns="change")), "lacks change", "fetch_daily_fans")
    assert_is_refused(lambda: plot_followers(frame.head(0)), "no rows")
    assert_is_refused(lambda: plot_followers(pd.concat([frame, frame])), "two rows for one day")
    assert_is_refused(lambda: plot_followers(frame.assign(date="soon")), "date", "times")
    assert_is_refused(lambda: plot_followers(frame.assign(date=pd.NaT)), "date is missing")
    assert_is_refused(lambda: plot_followers(frame, scale="log"), '"own"', '"log"')
    assert_is_refused(lambda: plot_followers(frame, lang="fr"), '"zh"', '"fr"')
    assert_is_refused(lambda: plot_followers(frame, per_row=0), "per_row", "0")
