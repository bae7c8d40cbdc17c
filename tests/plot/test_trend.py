"""Trends, read by their artists: lines, gaps, what stands at their ends, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from tests.plot.frame_cases import fans_frame, many_fans, names_for
from tests.plot_cases import (
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
from tests.quick import examples
from xingtu_frames.board.own import metric, with_metrics
from xingtu_frames.errors import ManyCreatorsWarning
from xingtu_frames.frame import build_frame
from xingtu_frames.plot.drawing.ends import spread_out
from xingtu_frames.plot.trend import plot_trend
from xingtu_frames.tables.catalog import TABLES

START = pd.Timestamp("2026-08-03 20:00", tz="UTC")
"""The fourth of August in China."""


def history(*creators: Mapping[float, float | None], metric: str = "play_median") -> pd.DataFrame:
    """Return answers about creators, each a mapping of days since the start to a number."""
    columns = TABLES["spread_info"].columns
    rows = []
    for row, numbers in enumerate(creators):
        for days, number in numbers.items():
            cells: dict[str, Any] = {"kol_id": kol_id(row), "video_type": "personal", "window": "30d", metric: number}
            cells["fetched_at"] = int((START + pd.Timedelta(days=days)).timestamp() * 1_000_000)
            rows.append([cells.get(column.name) for column in columns])
    return build_frame(columns, rows)


def weekly(*numbers: float | None) -> dict[float, float | None]:
    return {7 * week: number for week, number in enumerate(numbers)}


def many(creators: int, weeks: int = 12) -> pd.DataFrame:
    generator = np.random.default_rng(creators)
    start = 10 ** generator.uniform(4, 6.3, creators)
    moves = np.exp(np.cumsum(generator.normal(0.01, 0.08, (creators, weeks)), axis=1))
    return history(*(weekly(*(int(value) for value in row)) for row in (start[:, None] * moves).tolist()))


def lines_of(ax: Axes) -> list[Any]:
    return [
        line
        for line in ax.lines
        if line.get_gid() != "leader" and line.get_linestyle() == "-" and line.get_marker() == "None"
    ]


def leaders_of(ax: Axes) -> list[Any]:
    return [line for line in ax.lines if line.get_gid() == "leader"]


def ends_of(ax: Axes) -> dict[str, float]:
    """Return what stands at the ends of the lines, and how high in the picture."""
    labels = [text for text in ax.texts if text.get_visible() and getattr(text, "xycoords", "") == "axes fraction"]
    return {text.get_text(): text.xy[1] for text in labels if text.xy[1] != 0 and text.get_va() == "center"}


def numbers_of(line: Any) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in line.get_ydata()]


def test_lines_and_ends_are_the_numbers() -> None:
    frame = history(weekly(10_000, 11_000, 12_000), weekly(30_000, 29_000, 27_000))
    ax = plot_trend(frame, "play_median", names={kol_id(0): "甲", kol_id(1): "乙"})
    high, low = lines_of(ax)
    assert numbers_of(high) == [30_000, 29_000, 27_000]
    assert numbers_of(low) == [10_000, 11_000, 12_000]
    first = float(np.datetime64("2026-08-04", "D").astype(int)) + 4 / 24
    assert low.get_xdata() == pytest.approx([first, first + 7, first + 14])
    assert [*ends_of(ax)] == ["乙 2.7万（-10.0%）", "甲 1.2万（+20.0%）"]
    assert {text.get_text(): text.get_color() for text in ax.texts}["乙 2.7万（-10.0%）"] == high.get_color()
    said = texts_of(ax.figure)
    assert "播放量中位数的变化" in said
    subtitle = next(text for text in said if "线末" in text)
    assert "2026-08-04至2026-08-18" in subtitle
    assert [word for word in ("断开", "对数", "只画") if word in subtitle] == []
    assert leaders_of(ax) == []


def test_a_missing_number_and_a_long_silence_break_the_line() -> None:
    frame = history(weekly(10, 11, None, 13, 14), {0: 20, 7: 21, 14: 22, 42: 23, 49: 24})
    ax = plot_trend(frame, "play_median")
    silent, missing = lines_of(ax)
    assert numbers_of(missing) == [10, 11, None, 13, 14]
    assert numbers_of(silent) == [20, 21, 22, None, 23, 24]
    assert "断开处没有数据" in " ".join(texts_of(ax.figure))


def test_one_answer_late_or_several_on_a_day_break_nothing() -> None:
    frame = history({0: 10, 0.1: 11, 0.2: 10, 7: 12, 16: 13, 21: 14})
    (line,) = lines_of(plot_trend(frame, "play_median"))
    assert numbers_of(line) == [10, 11, 10, 12, 13, 14]


def test_of_a_day_that_was_fetched_again_the_newest_counts() -> None:
    days = {"2026-09-01": (100, 1), "2026-09-02": (120, 1), "2026-09-05": (140, 1)}
    old, new = fans_frame(days), fans_frame({"2026-09-02": (125, 1), "2026-09-06": (150, 1)})
    new["fetched_at"] = old["fetched_at"].iloc[0] + pd.Timedelta(days=1)
    (line,) = lines_of(ax := plot_trend(pd.concat([new, old], ignore_index=True), "followers"))
    assert numbers_of(line) == [100, 125, None, 140, 150]
    assert "每天一个数值" in " ".join(texts_of(ax.figure))


def test_change_is_measured_from_each_creators_start() -> None:
    frame = history(weekly(10_000, 12_000), weekly(4_000_000, 3_000_000), weekly(0, 50), weekly(None, None))
    ax = plot_trend(frame, "play_median", scale="change", names={kol_id(2): "零起点"})
    assert [numbers_of(line) for line in lines_of(ax)] == [pytest.approx([0, 0.2]), pytest.approx([0, -0.25])]
    said = texts_of(ax.figure)
    assert f"未画（起点不大于0）：零起点；{kol_id(3)}" in said
    assert any("相对各自起点" in text for text in said)
    assert [text.partition(" ")[2] for text in ends_of(ax)] == ["1.2万（+20.0%）", "300万（-25.0%）"]


def test_a_wide_spread_is_logarithmic_and_a_zero_never_is() -> None:
    wide = plot_trend(history(weekly(100, 110), weekly(900_000, 950_000)), "play_median")
    assert wide.get_yscale() == "log"
    assert "对数坐标" in " ".join(texts_of(wide.figure))
    assert plot_trend(history(weekly(0, 110), weekly(900_000, 950_000)), "play_median").get_yscale() == "linear"


def test_rates_are_percent_and_amounts_of_an_unknown_column_keep_their_decimals() -> None:
    ax = plot_trend(history(weekly(0.05, 0.04), metric="interact_rate"), "interact_rate", lang="en")
    assert [*ends_of(ax)] == [f"{kol_id(0)} 4.0% (-20.0%)"]
    frame = history(weekly(1, 2)).assign(mine=[1.25, 2.5])
    assert [*ends_of(plot_trend(frame, "mine"))] == [f"{kol_id(0)} 2.50（+100%）"]


def test_a_single_answer_is_a_dot_and_nothing_is_said_to_be_nothing() -> None:
    ax = plot_trend(history({0: 10}), "play_median")
    assert [*ends_of(ax)] == [f"{kol_id(0)} 10"]
    assert any(line.get_marker() == "o" for line in ax.lines)
    nothing = plot_trend(history({0: None}), "play_median")
    assert "没有可画的数值" in texts_of(nothing.figure)
    assert f"未画（没有数值）：{kol_id(0)}" in texts_of(nothing.figure)
    assert_texts_are_inside_and_apart(nothing.figure)


def test_ends_that_lie_together_are_parted_in_their_order_and_led_to() -> None:
    frame = history(*(weekly(50_000, 50_000 + row) for row in range(6)), weekly(90_000, 20_000))
    ax = plot_trend(frame, "play_median", names={kol_id(row): f"达人{row}" for row in range(7)})
    heights = ends_of(ax)
    assert [text[:3] for text in heights] == [f"达人{row}" for row in (5, 4, 3, 2, 1, 0, 6)]
    assert list(heights.values()) == sorted(heights.values(), reverse=True)
    assert len(leaders_of(ax)) >= 4
    assert_texts_are_inside_and_apart(ax.figure)


def test_a_line_that_ends_early_is_led_to_its_name() -> None:
    ax = plot_trend(history(weekly(10, 11), weekly(20, 21, 22, 23, 24)), "play_median")
    (leader,) = leaders_of(ax)
    assert leader.get_xdata()[0] < 0.3
    assert leader.get_xdata()[1] > 1


def test_order_top_and_palette_are_those_of_every_picture() -> None:
    frame = history(weekly(10, 20), weekly(50, 30), weekly(40, 60))
    names = {kol_id(row): f"达人{row}" for row in range(3)}
    ax = plot_trend(
        frame, "play_median", names=names, sort_by="play_median", top=2, palette={"达人2": "#123456"}, title="标题"
    )
    assert [numbers_of(line) for line in lines_of(ax)] == [[40, 60], [50, 30]]
    assert lines_of(ax)[0].get_color() == "#123456"
    said = texts_of(ax.figure)
    assert "标题" in said
    assert any("第1–2位，共3位" in text for text in said)
    brand = plot_trend(frame, "play_median", palette=["#00205B", "#B00020"])
    assert [line.get_color() for line in lines_of(brand)][:2] == ["#00205B", "#B00020"]


@pytest.mark.parametrize("size", ["slide", pytest.param((6, 4), marks=pytest.mark.slow)])
def test_a_size_that_is_asked_for_is_kept_and_nothing_overlaps(size: Any) -> None:
    ax = plot_trend(many(13, weeks=4), "play_median", names=names_for(13), size=size)
    assert tuple(ax.figure.get_size_inches()) == pytest.approx((13.333, 7.5) if size == "slide" else size)
    assert_texts_are_inside_and_apart(ax.figure)


def test_more_than_forty_are_paged_with_a_warning() -> None:
    frame = many(45, weeks=2)
    with pytest.warns(ManyCreatorsWarning, match="45 creators do not fit"):
        ax = plot_trend(frame, "play_median")
    assert len(lines_of(ax)) == 40
    assert len(lines_of(plot_trend(frame, "play_median", page=2))) == 5


def test_videos_have_lines_too() -> None:
    columns = TABLES["video_trend"].columns
    metric = next(column.name for column in columns if column.dtype == "Int64")
    days = pd.date_range("2026-09-01", periods=3)
    rows = [
        [
            "7400000000000000001" if column.name == "item_id" else {"date": day.date(), metric: number}.get(column.name)
            for column in columns
        ]
        for number, day in enumerate(days, 5)
    ]
    (line,) = lines_of(plot_trend(build_frame(columns, rows), metric))
    assert numbers_of(line) == [5, 6, 7]


@pytest.mark.each_once
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("creators", [1, 2, 13, pytest.param(40, marks=pytest.mark.slow)])
def test_texts_are_inside_and_apart(creators: int, lang: str) -> None:
    ax = plot_trend(many(creators), "play_median", names=names_for(creators + 1), lang=lang)
    assert_texts_are_inside_and_apart(ax.figure)
    assert_every_character_has_a_glyph(ax.figure)


@pytest.mark.parametrize("size", [pytest.param((9, 4), marks=pytest.mark.slow), (5, 3)])
def test_on_given_axes_everything_keeps_to_its_own(size: tuple[float, float]) -> None:
    figure, (left, right) = plt.subplots(1, 2, figsize=size)
    plot_trend(many(6), "play_median", names=names_for(6), ax=left)
    assert plot_trend(many(30, weeks=3), "play_median", ax=right) is right
    lay_out(figure)
    for ax in (left, right):
        inner = ax.get_window_extent()
        labels = [text for text in ax.texts if text.get_text() in ends_of(ax)]
        assert labels
        assert all(text.get_window_extent().x1 <= inner.x1 + 1 for text in labels)
        boxes = sorted((text.get_window_extent() for text in labels), key=lambda box: box.y0)
        assert all(low.y1 <= high.y0 + 1 for low, high in pairwise(boxes))
        ends = [line.get_xdata()[-1] for line in lines_of(ax)]
        assert ax.transData.transform((max(ends), 1))[0] < min(text.get_window_extent().x0 for text in labels)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.floats(0.001, 0.03))
@settings(max_examples=examples(60))
def test_parted_places_keep_their_order_their_distance_and_the_bounds(places: Sequence[float], step: float) -> None:
    parted = spread_out(np.array(places), step)
    order = np.argsort(places, kind="stable")
    assert (np.diff(parted[order]) >= step - 1e-9).all()
    assert parted.min() >= step / 2 - 1e-9
    assert parted.max() <= 1 - step / 2 + 1e-9
    far = np.diff(np.array(places)[order])
    if (far >= step).all() and min(places) >= step / 2 and max(places) <= 1 - step / 2:
        assert parted == pytest.approx(np.array(places))


def test_english_and_fonts_and_styles() -> None:
    frame = many(3)
    assert_is_english(plot_trend(frame, "play_median", lang="en").figure)
    assert_is_english(plot_trend(many_fans(2), "followers", lang="en", scale="change").figure)
    assert_survives_a_dark_style(lambda: figure_of(frame))
    assert_draws_english_without_a_font(lambda: figure_of(frame))


def figure_of(frame: pd.DataFrame) -> Figure:
    figure = plot_trend(frame, "play_median", names=names_for(3)).figure
    assert isinstance(figure, Figure)
    return figure


def test_the_frames_own_names_are_used_and_it_is_left_as_it_was() -> None:
    frame = history(weekly(1, 2), weekly(3, 4)).assign(name=["甲", None, None, None])
    before = frame.copy()
    assert [text.partition(" ")[0] for text in ends_of(plot_trend(frame, "play_median"))] == [kol_id(1), "甲"]
    pd.testing.assert_frame_equal(frame, before)


def test_what_cannot_be_drawn_is_refused() -> None:
    frame = history(weekly(1, 2))
    assert_is_refused(lambda: plot_trend(frame, "play_medain"), "no column of numbers 'play_medain'", "did you mean")
    assert_is_refused(lambda: plot_trend(frame, "video_type"), "no column of numbers 'video_type'")
    assert_is_refused(lambda: plot_trend(frame.iloc[:0], "play_median"), "no rows to draw")
    assert_is_refused(lambda: plot_trend(frame.drop(columns="fetched_at"), "play_median"), "fetched_at", "history")
    twice = pd.concat([frame, frame], ignore_index=True)
    assert_is_refused(lambda: plot_trend(twice, "play_median"), "two rows for one fetched_at")
    mixed = pd.concat([frame, frame.assign(window="90d")], ignore_index=True)
    assert_is_refused(lambda: plot_trend(mixed, "play_median"), "the frame mixes window 30d, 90d", "df['window']")
    untimed = frame.assign(fetched_at=pd.NaT)
    assert_is_refused(lambda: plot_trend(untimed, "play_median"), "fetched_at is missing in a row")
    for options, said in (
        ({"scale": "log"}, 'scale must be one of "value", "change"'),
        ({"top": 0}, "top must be a positive integer or None"),
        ({"sort_by": "beauty"}, "no metric to sort by 'beauty'"),
        ({"lang": "fr"}, "lang must be one of"),
    ):
        assert_is_refused(lambda options=options: plot_trend(frame, "play_median", **options), said)


def test_a_column_is_that_of_the_table_which_the_frame_is_of() -> None:
    # ``change`` is a count in one table and a fraction in another.
    frame = fans_frame({"2026-09-01": (1000, 126), "2026-09-02": (2487, 1487), "2026-09-03": (2400, -87)})
    for word in ("change", "涨粉数", " 涨粉 数"):
        ax = plot_trend(frame, word)
        assert "涨粉数的变化" in texts_of(ax.figure)
        assert [text for text in texts_of(ax.figure) if "00%" in text] == []
        assert any(text.endswith("-87（-169.0%）") for text in ends_of(ax))
    part = frame[["kol_id", "date", "change"]]
    assert "涨粉数的变化" in texts_of(plot_trend(part, "change").figure)
    plt.close("all")
    assert_is_refused(lambda: plot_trend(frame, "涨粉人"), "did you mean '涨粉数'")


def test_a_metric_of_ones_own_has_its_label_and_unit() -> None:
    frame = history(weekly(100, 200, 300)).assign(mine=pd.Series([0.1, 0.2, 0.3], dtype=object), truth=True)
    own = with_metrics(frame.drop_duplicates("kol_id"), metric("mine", unit="fraction", label_zh="自有率"))
    frame.attrs = own.attrs
    ax = plot_trend(frame, "自有率")
    assert "自有率的变化" in texts_of(ax.figure)
    assert any("30.0%" in text for text in ends_of(ax))
    plt.close("all")
    assert_is_refused(lambda: plot_trend(frame, "truth"), "no column of numbers 'truth'")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_long_line_stays_inside_at_every_resolution(lang: Any) -> None:
    frame = history(weekly(10, 20, 30))
    names = {kol_id(row): "名字很长的一位达人" for row in range(10)}
    figure = plot_trend(frame, "play_median", names=names, lang=lang).figure
    line = next(
        text
        for text in figure.findobj(Text)
        if "名字很长的一位达人、" in text.get_text() or "9 in all" in text.get_text()
    )
    assert line.get_text().endswith("、等共9位" if lang == "zh" else ", 9 in all")
    for dpi in (72, 100, 150, 200, 300):
        figure.set_dpi(dpi)
        figure.draw_without_rendering()
        assert line.get_window_extent().x1 <= figure.bbox.x1, dpi
