"""The dumbbells of the indexes, read by their artists."""

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
    kol_id,
    names_of,
    panel_names,
    texts_of,
)
from xingtu_frames.frame import build_frame
from xingtu_frames.plot.drawing import style
from xingtu_frames.plot.index import plot_index
from xingtu_frames.tables.catalog import LABELS_ZH, TABLES
from xingtu_frames.tables.index import INDEXES


def frame_of(*creators: dict[str, tuple[Any, Any, Any]], industry: str = "all") -> pd.DataFrame:
    """Return a frame from score, average and rank percentile by index; an index that is not given has none."""
    rows = []
    for number, indexes in enumerate(creators):
        for index in INDEXES:
            score, average, rank = indexes.get(index, (None, None, None))
            rows.append((kol_id(number), industry, index, score, average, 0.01, 7, rank, 0))
    return build_frame(TABLES["link_index"].columns, rows)


def many(creators: int) -> pd.DataFrame:
    generator = np.random.default_rng(7)

    def some() -> dict[str, tuple[Any, Any, Any]]:
        draws = zip(generator.uniform(0, 100, 6), generator.uniform(50, 80, 6), generator.uniform(0, 1, 6), strict=True)
        cells = [tuple(None if generator.random() < 0.1 else float(cell) for cell in draw) for draw in draws]
        return dict(zip(INDEXES, cells, strict=True))

    return frame_of(*[some() for _ in range(creators)])


def draw(creators: int = 9, lang: str = "zh", **options: Any) -> Figure:
    frame = many(creators)
    return plot_index(frame, names=names_of(frame), lang=lang, **options)


def dumbbells(ax: Any) -> dict[int, dict[str, Any]]:
    """Return dot, line of the average and bar between them, by row."""
    found: dict[int, dict[str, Any]] = {}
    for line in ax.lines:
        xs, ys = line.get_xdata(), line.get_ydata()
        part = "dot" if len(xs) == 1 else "bar" if ys[0] == ys[1] else "average"
        found.setdefault(round(float(np.mean(ys))), {})[part] = line
    return found


def labels(ax: Any) -> dict[int, str]:
    return {round(text.xy[1]): text.get_text() for text in ax.texts if text.xycoords == "data"}


def notes(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.texts if text.xycoords == ("axes fraction", "data") and text.xy[0] == 1]


@pytest.mark.each_once
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("creators", CREATORS)
def test_texts_are_inside_and_apart(creators: int, lang: str) -> None:
    assert_texts_are_inside_and_apart(draw(creators, lang))


def test_dots_lines_and_labels_stand_at_the_values() -> None:
    figure = plot_index(frame_of({"star": (71.41, 56.48, 0.0054), "spread": (40.0, 53.3, 0.41)}))
    rows = dumbbells(figure.axes[0])
    assert rows[0]["dot"].get_xdata() == [71.41]
    assert list(rows[0]["average"].get_xdata()) == [56.48, 56.48]
    assert sorted(rows[0]["bar"].get_xdata()) == [56.48, 71.41]
    assert rows[1]["dot"].get_xdata() == [40.0]
    assert [labels(figure.axes[0])[row] for row in (0, 1)] == ["71.4", "40.0"]
    assert notes(figure.axes[0])[:2] == ["前0.5%", "前41.0%"]


def test_ahead_and_behind_differ_by_colour_and_by_the_side_of_the_label() -> None:
    cells = {"star": (70.0, 56.5, 0.1), "spread": (50.0, 53.3, 0.1), "seeding": (60.0, 60.0, 0.1)}
    (ax,) = plot_index(frame_of(cells)).axes
    rows = dumbbells(ax)
    assert [rows[row]["dot"].get_color() for row in (0, 1, 2)] == [style.AHEAD, style.BEHIND, style.AHEAD]
    sides = {round(text.xy[1]): text.get_ha() for text in ax.texts if text.xycoords == "data"}
    assert [sides[row] for row in (0, 1, 2)] == ["left", "right", "left"]


def test_what_is_missing_is_absent_and_zero_is_a_score() -> None:
    cells = {"star": (None, 56.5, 0.2), "spread": (55.0, None, None), "seeding": (0.0, 53.6, 0.0)}
    figure = plot_index(frame_of(cells))
    (ax,) = figure.axes
    rows = dumbbells(ax)
    assert set(rows[0]) == {"average"}
    assert "average" not in rows[1]
    assert to_rgb(rows[1]["dot"].get_color()) == to_rgb(style.MUTED)
    assert rows[2]["dot"].get_xdata() == [0.0]
    assert set(rows) == {0, 1, 2}
    assert notes(ax) == ["前20.0%", "无排名", "前<0.1%", "无排名", "无排名", "无排名"]
    assert texts_of(figure).count("无数据") == 4
    assert_texts_are_inside_and_apart(figure)


def test_panels_are_the_creators_in_frame_order_on_one_scale() -> None:
    frame = many(5).iloc[::-1].reset_index(drop=True)
    figure = plot_index(frame, names={kol_id(4): "末"}, per_row=2)
    assert panel_names(figure) == ["末", kol_id(3), kol_id(2), kol_id(1), kol_id(0)]
    assert len({ax.get_xlim() for ax in figure.axes}) == 1
    corners = [tuple(np.round(ax.get_position().p0, 6)) for ax in figure.axes]
    assert corners[0][0] == corners[2][0] == corners[4][0] < corners[1][0] == corners[3][0]
    assert corners[0][1] > corners[2][1] > corners[4][1]
    rows = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert rows == [LABELS_ZH[index] for index in INDEXES]
    low, high = figure.axes[0].get_ylim()
    assert low > high


@pytest.mark.parametrize(
    ("creators", "across"), [(1, 1), (3, 3), (4, 2), (13, 3), pytest.param(30, 4, marks=pytest.mark.slow)]
)
def test_panels_wrap_to_a_readable_width(creators: int, across: int) -> None:
    figure = draw(creators)
    assert len({round(ax.get_position().x0, 6) for ax in figure.axes}) == across
    assert len(figure.axes) == creators


def test_the_industry_is_named_where_it_is_one() -> None:
    cells = {"star": (70.0, 56.5, 0.1)}
    said = [" ".join(texts_of(plot_index(frame_of(cells, industry=name)))) for name in ("all", "beauty")]
    assert "全行业" in said[0]
    assert "行业：beauty" in said[1]
    bare = plot_index(frame_of(cells).drop(columns="industry"))
    assert "行业" not in " ".join(texts_of(bare)).replace("行业中位数", "")


@pytest.mark.slow
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
    plot_index(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_what_cannot_be_drawn_is_refused() -> None:
    frame = many(2)
    assert_is_refused(lambda: plot_index(frame.drop(columns="market_avg")), "lacks market_avg", "fetch_link_index")
    assert_is_refused(lambda: plot_index(frame.head(0)), "no rows")
    assert_is_refused(lambda: plot_index(frame.assign(index="charm")), '"star", "spread"', "fetch_link_index")
    assert_is_refused(lambda: plot_index(pd.concat([frame, frame])), "two values", "industry")
    assert_is_refused(lambda: plot_index(frame, lang="fr"), '"zh"', '"fr"')
    for wrong, said in ((0, "0"), (2.0, "2.0"), (True, "True"), ("3", '"3"')):
        assert_is_refused(lambda wrong=wrong: plot_index(frame, per_row=wrong), "per_row", "positive integer", said)
