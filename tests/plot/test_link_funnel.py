"""The funnel of connected users, read by its artists."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from tests.plot_cases import (
    CREATORS,
    NAMES,
    assert_draws_english_without_a_font,
    assert_every_character_has_a_glyph,
    assert_is_english,
    assert_is_refused,
    assert_survives_a_dark_style,
    assert_texts_are_inside_and_apart,
    fill,
    kol_id,
    lay_out,
    names_of,
    panel_names,
    texts_of,
)
from xingtu_frames.frame import build_frame
from xingtu_frames.plot.drawing import style
from xingtu_frames.plot.link_funnel import plot_link_funnel
from xingtu_frames.tables.catalog import TABLES
from xingtu_frames.tables.connection import STAGES


def frame_of(*creators: tuple[list[Any], list[Any]]) -> pd.DataFrame:
    """Return a frame from users and medians by stage."""
    rows = []
    for number, (users, medians) in enumerate(creators):
        total = sum(users) if None not in users else 0
        for stage, name in enumerate(STAGES):
            share = users[stage] / total if total else None
            rows.append((kol_id(number), stage + 1, name, users[stage], medians[stage], share, 0))
    return build_frame(TABLES["link_struct"].columns, rows)


def many(creators: int) -> pd.DataFrame:
    generator = np.random.default_rng(7)

    def some() -> tuple[list[Any], list[Any]]:
        size = 10 ** generator.uniform(3, 8.5)
        draws = [[int(size * part) for part in generator.dirichlet([9, 4, 2, 0.2])] for _ in range(2)]
        cells = [[None if generator.random() < 0.1 else cell for cell in cells] for cells in draws]
        return cells[0], cells[1]

    return frame_of(*[some() for _ in range(creators)])


def draw(creators: int = 9, lang: str = "zh", **options: Any) -> Figure:
    frame = many(creators)
    return plot_link_funnel(frame, names=names_of(frame), lang=lang, **options)


def bars(ax: Any) -> dict[int, Any]:
    return {round(bar.get_y() + bar.get_height() / 2): bar for bar in ax.patches}


def medians_of(ax: Any) -> dict[int, float]:
    (lines,) = ax.collections
    return {round(line[:, 1].mean()): line[0, 0] for line in lines.get_segments()}


def notes(ax: Any) -> list[tuple[str, str, str]]:
    """Return users, share and multiple of each row."""
    found = [text.get_text() for text in ax.texts if text.xycoords == ("axes fraction", "data")]
    return list(zip(found[::3], found[1::3], found[2::3], strict=True))


@pytest.mark.each_once
@pytest.mark.parametrize("scale", ["own", "shared"])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("creators", CREATORS)
def test_texts_are_inside_and_apart(creators: int, lang: str, scale: str) -> None:
    assert_texts_are_inside_and_apart(draw(creators, lang, scale=scale))


def test_bars_lines_and_multiples_are_the_values() -> None:
    (ax,) = plot_link_funnel(frame_of(([6_000_000, 3_000_000, 999_000, 1000], [7_500_000, 2_000_000, 999_000, 0]))).axes
    assert [bars(ax)[row].get_width() for row in range(4)] == [6_000_000, 3_000_000, 999_000, 1000]
    assert [medians_of(ax)[row] for row in range(4)] == [7_500_000, 2_000_000, 999_000, 0]
    assert notes(ax) == [
        ("600万", "60.0%", "×0.80"),
        ("300万", "30.0%", "×1.50"),
        ("99.9万", "10.0%", "×1.00"),
        ("1,000", "<0.1%", "中位数为0"),
    ]
    colours = {text.get_text(): text.get_color() for text in ax.texts}
    assert colours["×0.80"] == style.BEHIND_INK
    assert colours["×1.50"] == colours["×1.00"] == style.AHEAD_INK
    assert "合计 1,000万" in colours


def test_stages_stand_in_order_and_in_one_ramp() -> None:
    frame = frame_of(([4, 3, 2, 1], [1, 1, 1, 1])).iloc[::-1]
    (ax,) = plot_link_funnel(frame).axes
    assert [label.get_text() for label in ax.get_yticklabels()] == ["了解", "兴趣", "喜欢", "追随"]
    low, high = ax.get_ylim()
    assert low > high
    assert [bars(ax)[row].get_width() for row in range(4)] == [4, 3, 2, 1]
    assert [fill(bars(ax)[row]) for row in range(4)] == [to_rgb(colour) for colour in style.STAGE_RAMP]
    lightness = [sum(to_rgb(colour)) for colour in style.STAGE_RAMP]
    assert lightness == sorted(lightness, reverse=True)


def test_what_is_missing_is_absent_and_zero_is_a_value() -> None:
    figure = plot_link_funnel(frame_of(([None, 500, 0, 20], [900, None, 10, 30])))
    (ax,) = figure.axes
    assert set(bars(ax)) == {1, 2, 3}
    assert bars(ax)[2].get_width() == 0
    assert set(medians_of(ax)) == {0, 2, 3}
    assert notes(ax) == [
        ("无数据", "—", "—"),
        ("500", "—", "无中位数"),
        ("0", "—", "×0.00"),
        ("20", "—", "×0.67"),
    ]
    assert not any("合计" in text for text in texts_of(figure))


def test_nothing_at_all_is_drawn_as_nothing() -> None:
    figure = plot_link_funnel(frame_of(([None] * 4, [None] * 4)))
    assert bars(figure.axes[0]) == {}
    assert texts_of(figure).count("无数据") == 4
    assert_texts_are_inside_and_apart(figure)


@pytest.mark.parametrize("scale", ["own", "shared"])
def test_no_number_stands_beside_the_line_of_a_median(scale: str) -> None:
    figure = draw(6, scale=scale)
    lay_out(figure)
    for ax in figure.axes:
        assert [text for text in ax.texts if text.xycoords == "data"] == []
        numbers = [text for text in ax.texts if text.xycoords == ("axes fraction", "data")]
        assert min(text.get_window_extent().x0 for text in numbers) > ax.get_window_extent().x1


def test_scales_are_own_or_shared() -> None:
    frame = frame_of(([100, 50, 20, 1], [90, 40, 20, 1]), ([1_000_000, 1, 1, 1], [1, 1, 1, 1]))
    own, shared = (plot_link_funnel(frame, scale=scale) for scale in ("own", "shared"))
    assert own.axes[0].get_xlim()[1] < 200
    assert len({ax.get_xlim() for ax in shared.axes}) == 1
    assert any("刻度不同" in text for text in texts_of(own))
    assert any("刻度相同" in text for text in texts_of(shared))


def test_panels_are_the_creators_in_frame_order() -> None:
    frame = many(3).iloc[::-1]
    assert panel_names(plot_link_funnel(frame, names=pd.Series({kol_id(1): "乙"}))) == [kol_id(2), "乙", kol_id(0)]


def test_letters_and_language() -> None:
    figure = draw(9)
    assert_every_character_has_a_glyph(figure)
    assert "$美$妆$" in panel_names(figure)
    assert_is_english(draw(9, "en"))


@pytest.mark.slow
def test_without_a_font_and_in_a_dark_style() -> None:
    assert_draws_english_without_a_font(lambda: draw(len(NAMES)))
    assert_survives_a_dark_style(draw)


def test_the_frame_stays_as_it_was() -> None:
    frame = many(3)
    before = frame.copy(deep=True)
    plot_link_funnel(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_what_cannot_be_drawn_is_refused() -> None:
    frame = many(2)
    assert_is_refused(lambda: plot_link_funnel(frame.drop(columns="users")), "lacks users", "fetch_link_struct")
    assert_is_refused(lambda: plot_link_funnel(frame.head(0)), "no rows")
    assert_is_refused(
        lambda: plot_link_funnel(frame.assign(stage="love")), '"aware", "interested"', "fetch_link_struct"
    )
    assert_is_refused(lambda: plot_link_funnel(pd.concat([frame, frame])), "two values", "platform")
    assert_is_refused(lambda: plot_link_funnel(frame, lang="fr"), '"zh"', '"fr"')
    assert_is_refused(lambda: plot_link_funnel(frame, scale="log"), '"own"', '"shared"', '"log"')
    assert_is_refused(lambda: plot_link_funnel(frame, per_row=0), "per_row", "0")
