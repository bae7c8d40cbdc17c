"""Audiences against a target, read by their artists: bars, bounds, dots, notes, the line at 100 and gaps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

import xingtu_frames as xf
from tests.plot.frame_cases import AGES, many_portraits, names_for, portrait_frame
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
    panel_names,
    texts_of,
)
from xingtu_frames.plot.audience_match import plot_audience_match
from xingtu_frames.plot.drawing import style

FIRST = {"gender": {"female": 300, "male": 100}, "age": dict(zip(AGES, (50, 100, 30, 10, 10), strict=True))}
SECOND = {"gender": {"female": 400, "male": 1200}, "age": dict(zip(AGES, (30, 20, 20, 20, 10), strict=True))}
TWO = portrait_frame([(kol_id(0), FIRST), (kol_id(1), SECOND)])
TARGET: dict[str, Any] = {"gender": "female", "age": ["18-23", "24-30"]}
WIDE: dict[str, Any] = {**TARGET, "city_tier": ["一线", "二线"]}


def board_of(creators: int, **columns: Any) -> pd.DataFrame:
    rows = range(creators)
    frame = pd.DataFrame({"kol_id": [kol_id(row) for row in rows], "name": list(names_for(creators).values())})
    frame["connected_users"] = pd.array([10 ** (4 + row % 5) * 3 for row in rows], dtype="Int64")
    frame["quote_21_60s"] = pd.array([None if row % 7 == 3 else 5_000 * (row + 1) for row in rows], dtype="Int64")
    return frame.assign(**columns)


def two(**columns: Any) -> pd.DataFrame:
    numbers = {"connected_users": [1_000, 8_000], "quote_21_60s": [4_500, 20_000], "name": ["甲", "乙"], **columns}
    return xf.audience_match(TWO, TARGET, board=board_of(2, **numbers))


def many(creators: int, target: dict[str, Any] = WIDE) -> pd.DataFrame:
    return xf.audience_match(many_portraits(creators), target, board=board_of(creators))


def bars(ax: Axes) -> dict[int, float]:
    found = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    return {round(bar.get_y() + bar.get_height() / 2): bar.get_width() for bar in found}


def ranges(ax: Axes) -> dict[int, tuple[float, float]]:
    """Return the ends of the thin line of each row."""
    found = [(line.get_xdata(), line.get_ydata()) for line in ax.lines if line.get_marker() == "|"]
    return {round(float(ys[0]) - 0.3): (float(xs[0]), float(xs[1])) for xs, ys in found}


def dots(ax: Axes) -> dict[int, tuple[float, str]]:
    """Return where the dot of each row stands, and its shape with its colour."""
    found = [line for line in ax.lines if len(line.get_xdata()) == 1]
    return {round(line.get_ydata()[0]): (line.get_xdata()[0], line.get_marker() + line.get_color()) for line in found}


def notes(ax: Axes) -> dict[int, str]:
    """Return the notes on the right of each row; the header is row -1, the foot the row after the last."""
    edge = ("axes fraction", "data")
    return {round(text.xy[1]): text.get_text() for text in ax.texts if text.xycoords == edge and text.xy[0] == 1}


def labels(ax: Axes) -> dict[int, str]:
    return {round(text.xy[1]): text.get_text() for text in ax.texts if text.xycoords == "data"}


def gaps(ax: Axes) -> dict[int, str]:
    edge = ("axes fraction", "data")
    return {round(text.xy[1]): text.get_text() for text in ax.texts if text.xycoords == edge and text.xy[0] == 0}


@pytest.mark.each_once
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("creators", [1, 13, *(pytest.param(n, marks=pytest.mark.slow) for n in (2, 30))])
def test_texts_are_inside_and_apart(creators: int, lang: str) -> None:
    figure = plot_audience_match(many(creators), lang=lang)
    assert_texts_are_inside_and_apart(figure)
    assert_every_character_has_a_glyph(figure)


def test_bars_are_the_share_with_its_bounds_and_the_users() -> None:
    figure = plot_audience_match(two())
    share, users, *_ = figure.axes
    assert panel_names(figure) == ["目标人群", "目标用户数", "性别", "年龄"]
    assert [label.get_text() for label in share.get_yticklabels()] == ["甲", "乙"]
    assert bars(share) == pytest.approx({0: 0.5625, 1: 0.125})
    assert ranges(share) == {0: pytest.approx((0.5, 0.75)), 1: pytest.approx((0, 0.25))}
    assert labels(share) == {0: "56.3%", 1: "12.5%"}
    assert notes(share) == {-1: "TGI", 0: "180", 1: "40"}
    assert bars(users) == pytest.approx({0: 562.5, 1: 1_000})
    assert ranges(users) == {}
    assert labels(users) == {0: "562", 1: "1,000"}
    assert notes(users) == {-1: "每千人", 0: "¥8,000", 1: "¥2万"}
    assert share.get_xlim()[0] == users.get_xlim()[0] == 0
    assert share.get_xlim()[1] > 0.75
    assert share.get_ylim()[0] > share.get_ylim()[1]


def test_dots_are_the_tgi_on_one_scale_with_a_line_at_100() -> None:
    figure = plot_audience_match(two())
    gender, age = figure.axes[2:]
    assert dots(gender) == {
        0: (pytest.approx(150), "o" + style.AHEAD),
        1: (pytest.approx(50), "D" + style.BEHIND),
    }
    assert dots(age)[1] == (pytest.approx(80), "D" + style.BEHIND)
    assert labels(gender) == {0: "150", 1: "50"}
    assert notes(gender) == {-1: "占比", 0: "75.0%", 1: "25.0%", 2: "基准50.0%"}
    assert notes(age)[2] == "基准62.5%"
    assert {text for ax in (gender, age) for text in texts_of(figure) if text in ("女", "18-23、24-30")} == {
        "女",
        "18-23、24-30",
    }
    for ax in (gender, age):
        assert [tick.get_text() for tick in ax.get_xticklabels()] == ["100"]
        assert [line for line in ax.lines if list(line.get_xdata()) == [100, 100]]
    assert gender.get_xlim() == age.get_xlim()
    assert gender.get_xlim()[0] < 50


def test_what_is_written_as_100_is_neither_ahead_nor_behind() -> None:
    base = {"gender": {"female": 0.752}, "age": {"18-23": 0.25, "24-30": 0.5}}
    gender = plot_audience_match(xf.audience_match(TWO, TARGET, baseline=base)).axes[1]
    assert labels(gender)[0] == "100"
    assert dots(gender)[0][1] == "o" + style.MUTED


def test_what_is_missing_is_said_and_never_drawn_as_0() -> None:
    frame = portrait_frame([(kol_id(0), FIRST), (kol_id(1), {"gender": {"female": 0, "male": 4}})])
    board = board_of(3, connected_users=[1_000, 2_000, None], quote_21_60s=[None, 1, 2], name=["甲", "乙", "丙"])
    share, users, gender, age = plot_audience_match(xf.audience_match(frame, TARGET, board=board)).axes
    assert bars(share).keys() == bars(users).keys() == {0}
    assert labels(share) == {0: "56.3%", 1: "无数据", 2: "无数据"}
    assert labels(users)[1] == "无数据"
    assert notes(users) == {-1: "每千人", 0: "—", 1: "—", 2: "—"}
    assert dots(gender).keys() == {0, 1}
    assert gaps(gender) == {2: "无数据"}
    assert labels(gender)[1] == "0"
    assert notes(gender)[1] == "0%"
    assert gaps(age) == {1: "无数据", 2: "无数据"}
    assert_texts_are_inside_and_apart(share.figure)


def test_a_baseline_of_0_is_said_and_a_wide_scale_has_no_place_for_0() -> None:
    match = xf.audience_match(TWO, {"gender": "female"}, baseline={"gender": {"female": 0, "male": 1}})
    (ax,) = plot_audience_match(match).axes
    assert gaps(ax) == {0: "基准为0", 1: "基准为0"}
    assert dots(ax) == {}
    some = [
        (kol_id(row), {"gender": {"female": users, "male": 1_000 - users}}) for row, users in enumerate((900, 3, 0))
    ]
    (ax,) = plot_audience_match(xf.audience_match(portrait_frame(some), {"gender": "女"})).axes
    assert ax.get_xscale() == "log"
    assert "对数坐标" in " ".join(texts_of(ax.figure))
    assert dots(ax).keys() == {0, 1}
    assert gaps(ax) == {2: "0"}
    assert_texts_are_inside_and_apart(ax.figure)


def test_only_what_is_known_has_a_panel_and_one_dimension_no_product() -> None:
    fans = TWO.rename(columns={"stage": "fan_group"}).assign(fan_group="fans")
    figure = plot_audience_match(xf.audience_match(fans, TARGET))
    assert panel_names(figure) == ["目标人群", "性别", "年龄"]
    assert "粉丝与目标人群的匹配" in texts_of(figure)
    assert panel_names(plot_audience_match(xf.audience_match(fans, {"gender": "女"}))) == ["性别"]
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == [kol_id(0), kol_id(1)]


def test_the_subtitle_says_the_baseline_the_assumption_and_the_bases() -> None:
    said = " ".join(texts_of(plot_audience_match(many(3))))
    words = ["基准（名单均值）", "假设各维度相互独立", "该维度列出的用户数", "年龄已知", "一线含新一线", "21-60秒报价"]
    assert [word for word in words if word not in said] == []
    weighted = xf.audience_match(TWO, {"gender": "女"}, weighted=True)
    said = " ".join(texts_of(plot_audience_match(weighted, lang="en")))
    assert "baseline (weighted by users)" in said
    assert "independence" not in said


def test_a_frame_that_lost_its_attrs_is_drawn_without_these_words() -> None:
    match = two()
    match.attrs = {}
    figure = plot_audience_match(match)
    assert_texts_are_inside_and_apart(figure)
    assert "受众与目标人群的匹配" in texts_of(figure)
    loose = match.astype(object).map(lambda value: None if pd.isna(value) else str(value))
    assert texts_of(plot_audience_match(loose)) == texts_of(figure)


def test_many_buckets_and_extreme_numbers_stay_readable() -> None:
    provinces = {f"很长的省份名字{number}": 10 + number for number in range(12)}
    users = {**FIRST, "province": provinces, "crowd": {"Z世代": 1, "精致妈妈": 3_000_000_000}}
    target = {**TARGET, "province": [*provinces][:9], "crowd": "Z世代"}
    board = board_of(1, connected_users=[9 * 10**9], quote_21_60s=[99_000_000], name=[LONG])
    figure = plot_audience_match(xf.audience_match(portrait_frame([(kol_id(0), users)]), target, board=board))
    assert_texts_are_inside_and_apart(figure)
    assert "很长的省份名字8等9项" in texts_of(figure)
    assert labels(figure.axes[0])[0] == "<0.1%"


def test_panels_stand_in_even_lines() -> None:
    target = {**WIDE, "crowd": "Z世代"}
    tops = [round(ax.get_position().y1, 3) for ax in plot_audience_match(many(3, target)).axes]
    assert len(tops) == 6
    assert len(set(tops)) == 2
    assert tops[:3] == [max(tops)] * 3
    apart = plot_audience_match(many(3, target), per_row=2).axes
    assert len({round(ax.get_position().y1, 3) for ax in apart}) == 3


def test_letters_and_language() -> None:
    assert_is_english(plot_audience_match(many(9), lang="en"), "新一线", "一线", "二线")


@pytest.mark.slow
def test_without_a_font_and_in_a_dark_style() -> None:
    assert_draws_english_without_a_font(lambda: plot_audience_match(many(len(NAMES))))
    assert_survives_a_dark_style(lambda: plot_audience_match(many(3)))


def test_the_frame_stays_as_it_was() -> None:
    match = many(6)
    before = match.copy(deep=True)
    plot_audience_match(match)
    pd.testing.assert_frame_equal(match, before)


def test_colours_stay_light_enough_for_paper_and_dark_enough_for_ink() -> None:
    figure = plot_audience_match(two())
    inks = [to_rgb(text.get_color()) for ax in figure.axes for text in ax.texts]
    assert max(min(ink) for ink in inks) < 0.6
    assert np.mean(to_rgb(figure.axes[0].patches[0].get_facecolor())) > 0.6


def test_what_cannot_be_drawn_is_refused() -> None:
    match = two()
    assert_is_refused(
        lambda: plot_audience_match(match.drop(columns="combined_low")), "lacks combined_low", "audience_match"
    )
    lacking = match.drop(columns=["gender_tgi", "age_share"])
    assert_is_refused(lambda: plot_audience_match(lacking), "no dimension, such as gender_share", "audience_match")
    assert_is_refused(lambda: plot_audience_match(match.head(0)), "no rows")
    assert_is_refused(lambda: plot_audience_match(pd.concat([match, match])), "two rows")
    assert_is_refused(lambda: plot_audience_match(match, lang="fr"), '"zh"', '"fr"')
    assert_is_refused(lambda: plot_audience_match(match, per_row=0), "per_row", "0")
