"""The portrait of an audience, read by its artists: bars, numbers, bases, top lists and gaps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from tests.plot.frame_cases import AGES, many_portraits, names_for, portrait_frame
from tests.plot_cases import (
    LONG,
    assert_draws_english_without_a_font,
    assert_every_character_has_a_glyph,
    assert_is_english,
    assert_is_refused,
    assert_survives_a_dark_style,
    assert_texts_are_inside_and_apart,
    fill,
    fonts_taken_away,
    kol_id,
    panel_names,
    texts_of,
)
from xingtu_frames.errors import MissingFontWarning
from xingtu_frames.plot.drawing import style
from xingtu_frames.plot.portrait import plot_portrait

GENDER = {"female": 300, "male": 100}
TWO = [
    (kol_id(0), {"gender": GENDER, "age": dict(zip(AGES, (50, 100, 30, 10, 10), strict=True))}),
    (kol_id(1), {"gender": {"female": 20_000, "male": 180_000}}),
]


def cells(ax: Axes) -> dict[tuple[int, int], str]:
    """Return what is written in each cell by (row, column)."""
    return {(round(text.xy[1]), round(text.xy[0])): text.get_text() for text in ax.texts if text.xycoords == "data"}


def headers(ax: Axes) -> list[str]:
    found = {text.xy[0]: text.get_text() for text in ax.texts if text.xycoords != "data"}
    return [found[column] for column in sorted(found)]


def bars(ax: Axes) -> dict[tuple[int, int], Rectangle]:
    found = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    return {(round(bar.get_y() + bar.get_height() / 2), round(bar.get_x())): bar for bar in found}


def rows(ax: Axes) -> list[str]:
    return [label.get_text() for label in ax.get_yticklabels()]


def is_grey(patch: Rectangle) -> bool:
    return float(np.ptp(fill(patch))) < 0.06


@pytest.mark.each_once
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("creators", [1, 8, *(pytest.param(n, marks=pytest.mark.slow) for n in (2, 30))])
def test_texts_are_inside_and_apart(creators: int, lang: str) -> None:
    dimensions = None if creators < 30 else ["crowd", "interest", "age"]
    frame = many_portraits(creators)
    figure = plot_portrait(frame, names=names_for(creators + 1), dimensions=dimensions, lang=lang)
    assert_texts_are_inside_and_apart(figure)
    assert_every_character_has_a_glyph(figure)


def test_bars_and_numbers_are_the_shares_on_one_scale_in_a_dimension() -> None:
    gender, age = plot_portrait(portrait_frame(TWO), names={kol_id(0): "甲"}).axes
    assert panel_names(gender.figure) == ["性别", "年龄"]
    assert rows(gender) == ["甲", kol_id(1)]
    assert headers(gender) == ["女", "男", "人数"]
    assert cells(gender) == {
        (0, 0): "75.0%",
        (0, 1): "25.0%",
        (0, 2): "400",
        (1, 0): "10.0%",
        (1, 1): "90.0%",
        (1, 2): "20万",
    }
    widths = {place: bar.get_width() for place, bar in bars(gender).items()}
    longest = widths[1, 1]
    assert {place: width / longest * 0.9 for place, width in widths.items()} == pytest.approx(
        {(0, 0): 0.75, (0, 1): 0.25, (1, 0): 0.1, (1, 1): 0.9}
    )
    assert longest < 1
    assert headers(age) == [*AGES, "人数"]
    assert cells(age)[0, 5] == "200"
    assert gender.get_ylim()[0] > gender.get_ylim()[1]


def test_the_largest_bucket_of_each_creator_is_dark_also_where_it_is_not_shown() -> None:
    (ax,) = plot_portrait(portrait_frame(TWO), dimensions="gender").axes
    colours = {place: fill(bar) for place, bar in bars(ax).items()}
    assert colours[0, 0] == colours[1, 1] != colours[0, 1] == colours[1, 0]
    crowd = [(kol_id(row), {"crowd": {"甲": 70, "乙": 20, "丙": 8, "丁": 6}}) for row in range(3)]
    crowd.append((kol_id(3), {"crowd": {"丁": 90, "甲": 10}}))
    (ax,) = plot_portrait(portrait_frame(crowd), buckets=2).axes
    assert headers(ax) == ["甲", "丁", "其余", "人数"]
    assert fill(bars(ax)[3, 1]) == fill(bars(ax)[0, 0])
    (ax,) = plot_portrait(portrait_frame(crowd), buckets=1).axes
    assert fill(bars(ax)[3, 0]) != fill(bars(ax)[0, 0])


def test_what_is_past_the_top_is_put_together_without_a_bar() -> None:
    users = {f"省{number}": 100 - number for number in range(12)}
    (ax,) = plot_portrait(portrait_frame([(kol_id(0), {"province": users})]), buckets=4).axes
    assert headers(ax) == ["省0", "省1", "省2", "省3", "其余", "人数"]
    shown = sum(100 - number for number in range(4)) / sum(users.values())
    assert float(cells(ax)[0, 4].rstrip("%")) == pytest.approx((1 - shown) * 100, abs=0.06)
    assert (0, 4) not in bars(ax)
    (ax,) = plot_portrait(portrait_frame([(kol_id(0), {"province": users})]), buckets=11).axes
    assert "其余" not in headers(ax)


def test_ordered_dimensions_keep_their_order_and_other_goes_last() -> None:
    creators = [
        (kol_id(0), {"age": {"24-30": 5, "50+": 9}, "device": {"其他": 90, "iPhone": 10}}),
        (kol_id(1), {"age": {"18-23": 1, "24-30": 2, "41-50": 3, "50+": 4, "其他": 5}}),
    ]
    age, device = plot_portrait(portrait_frame(creators), buckets=1).axes
    assert headers(age) == ["18-23", "24-30", "41-50", "50+", "其他", "人数"]
    assert headers(device) == ["iPhone", "其他", "人数"]


def test_ages_are_said_to_be_the_known_ones_unless_the_others_are_listed_too() -> None:
    for other, is_said in (({}, True), ({"其他": 5}, False)):
        frame = portrait_frame([(kol_id(0), {"age": {"18-23": 1, "24-30": 2, **other}})])
        assert ("年龄只算年龄已知的用户" in " ".join(texts_of(plot_portrait(frame)))) is is_said


def test_top_lists_are_grey_and_said_to_be_no_audience() -> None:
    figure = plot_portrait(portrait_frame([(kol_id(0), {"gender": GENDER, "city": {"北京": 9, "上海": 6}})]))
    gender, city = figure.axes
    assert panel_names(figure) == ["性别", "城市 · 仅前列，非全部受众"]
    assert all(is_grey(bar) for bar in bars(city).values())
    assert not any(is_grey(bar) for bar in bars(gender).values())
    assert "不是占全部受众" in " ".join(texts_of(figure))
    assert "仅前列" not in " ".join(texts_of(plot_portrait(portrait_frame(TWO))))


def test_what_is_missing_is_a_dash_or_a_note_never_zero() -> None:
    creators: list[Any] = [
        (kol_id(0), {"gender": {"female": None, "male": 5}, "age": {"18-23": 3}}),
        (kol_id(1), {"gender": {"female": 0, "male": 5}}),
    ]
    gender, age = plot_portrait(portrait_frame(creators)).axes
    assert cells(gender)[0, 0] == "—"
    assert cells(gender)[1, 0] == "0%"
    assert (0, 0) not in bars(gender)
    assert {place: text for place, text in cells(age).items() if place[0] == 1} == {(1, 0): "无数据"}
    assert "“—”为未列出" in " ".join(texts_of(gender.figure))
    without = portrait_frame(TWO).assign(users=pd.NA)
    assert cells(plot_portrait(without).axes[0])[0, 2] == "—"


def test_extreme_shares_and_long_buckets_stay_readable() -> None:
    users: dict[str, dict[str, Any]] = {
        "gender": {"female": 1, "male": 3_000_000_000},
        "age": {"18-23": 0, "24-30": 0},
        "device": {"其他": 100, "一个很长很长的设备名字啊啊": 3, "iPhone": 1},
        "interest": {"随拍": 5},
    }
    figure = plot_portrait(portrait_frame([(kol_id(0), users)]), names={kol_id(0): LONG})
    gender, age, device, _ = figure.axes
    assert (cells(gender)[0, 0], cells(gender)[0, 2]) == ("<0.1%", "30亿")
    assert cells(age) == {(0, 0): "无数据"}
    assert headers(device)[0] == "一个很长很\n长的设备…"
    assert_texts_are_inside_and_apart(figure)


def test_the_title_says_whose_portrait_it_is() -> None:
    frame = portrait_frame(TWO)
    said = [
        texts_of(plot_portrait(frame)),
        texts_of(plot_portrait(frame.assign(stage="follow"))),
        texts_of(plot_portrait(frame.drop(columns="stage").assign(fan_group="loyal"))),
        texts_of(plot_portrait(frame.drop(columns="stage"))),
    ]
    titles = ["连接用户画像", "追随用户画像", "铁粉画像", "受众画像"]
    assert [title for title, texts in zip(titles, said, strict=True) if title not in texts] == []


def test_dimensions_are_chosen_and_unknown_ones_keep_the_providers_name() -> None:
    frame = many_portraits(2)
    assert panel_names(plot_portrait(frame, dimensions=["crowd", "gender"], lang="en")) == ["Crowd", "Gender"]
    strange = portrait_frame(TWO)
    strange.loc[strange["dimension"] == "age", "dimension"] = None
    assert panel_names(plot_portrait(strange)) == ["性别", "年龄分布"]


def test_creators_without_rows_are_named() -> None:
    figure = plot_portrait(portrait_frame(TWO), names={kol_id(1): "乙", kol_id(7): "没来"})
    assert "所给数据中没有：没来" in " ".join(texts_of(figure))
    many = {kol_id(row): f"名{row}" for row in range(1, 14)}
    said = " ".join(texts_of(plot_portrait(portrait_frame(TWO), names=many)))
    assert "名9、等共12位" in said
    assert "名10" not in said


def test_letters_and_language() -> None:
    frame = many_portraits(9)
    buckets = frame["bucket"].unique().tolist()
    options: dict[str, Any] = {"names": names_for(9), "dimensions": ["gender", "crowd"]}
    assert_is_english(plot_portrait(frame, lang="en", **options), *buckets)


@pytest.mark.slow
def test_without_a_font_and_in_a_dark_style() -> None:
    frame = many_portraits(9)
    options: dict[str, Any] = {"names": names_for(9), "dimensions": ["gender", "crowd"]}
    assert_draws_english_without_a_font(lambda: plot_portrait(frame, **options))
    assert_survives_a_dark_style(lambda: plot_portrait(frame, **options))


def test_the_frame_stays_as_it_was_and_may_come_from_elsewhere() -> None:
    frame = many_portraits(2)
    before = frame.copy(deep=True)
    figure = plot_portrait(frame)
    pd.testing.assert_frame_equal(frame, before)
    loose = frame.astype({"dimension": object, "users": object, "share": object, "is_top_list": object})
    assert texts_of(plot_portrait(loose)) == texts_of(figure)


def test_colours_stay_light_enough_for_the_numbers_on_them() -> None:
    figure = plot_portrait(many_portraits(3))
    ink = to_rgb(style.INK)
    for ax in figure.axes:
        assert min(sum(fill(bar)) - sum(ink) for bar in bars(ax).values()) > 1.2


def test_what_cannot_be_drawn_is_refused() -> None:
    frame = portrait_frame(TWO)
    assert_is_refused(lambda: plot_portrait(frame.drop(columns="users")), "lacks users", "fetch_audience_portrait")
    assert_is_refused(lambda: plot_portrait(frame.head(0)), "no rows")
    assert_is_refused(lambda: plot_portrait(pd.concat([frame, frame])), "two shares", "stage")
    assert_is_refused(lambda: plot_portrait(frame, dimensions="job"), '"gender", "age"', '"job"')
    assert_is_refused(lambda: plot_portrait(frame, dimensions=[]), '"gender", "age"', "none")
    assert_is_refused(lambda: plot_portrait(frame, dimensions=["crowd"]), "no rows of 'crowd'")
    assert_is_refused(lambda: plot_portrait(frame, lang="fr"), '"zh"', '"fr"')
    assert_is_refused(lambda: plot_portrait(frame, buckets=0), "buckets", "0")


def test_in_english_without_a_font_nothing_is_said_of_tiers_that_cannot_be_written() -> None:
    frame = portrait_frame([(kol_id(0), {"city_tier": {"一线": 3, "二线": 1}})])
    with fonts_taken_away():
        with pytest.warns(MissingFontWarning):
            figure = plot_portrait(frame, lang="en")
        assert_every_character_has_a_glyph(figure)
    assert any("一线 includes" in text for text in texts_of(plot_portrait(frame, lang="en")))
