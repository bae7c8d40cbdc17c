"""The sources of connected users, read by their artists."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

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
    texts_of,
    visible_texts,
)
from xingtu_frames.frame import build_frame
from xingtu_frames.plot.drawing import style
from xingtu_frames.plot.drawing.palette import USUAL
from xingtu_frames.plot.touch import plot_touch
from xingtu_frames.tables.catalog import TABLES

FIELDS = ["游戏", "美食", "旅行", "亲子", "音乐", "随拍", "美妆", "时尚", "科技", "汽车", "体育", "剧情", "萌宠"]


def frame_of(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Return a frame from rows of creator, touch, level1, level2, level3, cnt, level1_cnt, level2_cnt."""
    return build_frame(TABLES["touch_distribution"].columns, [(kol_id(row[0]), *row[1:], 0) for row in rows])


def flat(level1_cnt: Any, *counts: tuple[str | None, Any], creator: int = 0, level1: str = "个人") -> list[Any]:
    """Return the rows of one parent whose children have no children."""
    return [(creator, "video", level1, name, None, count, level1_cnt, count) for name, count in counts]


def many(creators: int) -> pd.DataFrame:
    generator = np.random.default_rng(7)
    rows: list[Any] = []
    for creator in range(creators):
        for level1 in ["个人", "星图"][: generator.integers(1, 3)]:
            size = 10 ** generator.uniform(4, 8)
            fields = generator.permutation(FIELDS)[: generator.integers(1, 12)]
            shares = generator.dirichlet(np.full(len(fields), 0.6)) * generator.uniform(0.9, 1)
            counts = [None if generator.random() < 0.05 else int(share * size) for share in shares]
            rows += flat(int(size), *zip(fields, counts, strict=True), creator=creator, level1=level1)
    return frame_of(*rows)


def draw(creators: int = 9, lang: str = "zh", **options: Any) -> Figure:
    frame = many(creators)
    return plot_touch(frame, names=names_of(frame), lang=lang, **options).figure


def pieces(ax: Axes) -> list[list[Rectangle]]:
    """Return the pieces of each bar, from the top and from the left."""
    bars: dict[float, list[Rectangle]] = {}
    for patch in ax.patches:
        bars.setdefault(patch.get_y(), []).append(patch)
    return [sorted(bars[line], key=lambda piece: piece.get_x()) for line in sorted(bars)]


def shares(ax: Axes) -> list[list[float]]:
    return [[round(piece.get_width(), 6) for piece in bar] for bar in pieces(ax)]


@pytest.mark.each_once
@pytest.mark.parametrize("level", ["level1", "level2"])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("creators", CREATORS)
def test_texts_are_inside_and_apart(creators: int, lang: str, level: str) -> None:
    assert_texts_are_inside_and_apart(draw(creators, lang, level=level))


@pytest.mark.parametrize("sources", [1, 12])
def test_texts_are_apart_whatever_is_left_out(sources: int) -> None:
    assert_texts_are_inside_and_apart(draw(8, sources=sources))


def test_a_node_is_counted_once_and_the_parent_is_the_denominator() -> None:
    rows = [
        (0, "video", "个人", "游戏", "内容类型", 250, 1000, 250),
        (0, "video", "个人", "游戏", "游戏类型", 250, 1000, 250),
        (0, "video", "个人", "美食", "展示", 700, 1000, 700),
    ]
    ax = plot_touch(frame_of(*rows))
    assert shares(ax) == [[0.7, 0.25, 0.05]]
    starts = [piece.get_x() for piece in pieces(ax)[0]]
    assert starts == pytest.approx([0, 0.7, 0.95])
    texts = texts_of(ax.figure)
    assert {"美食 70.0%", "游戏 25.0%", "个人 1,000"} <= set(texts)
    assert any("未细分" in text and "5.0%" in text for text in texts)
    listed, _, rest = pieces(ax)[0]
    assert rest.get_linestyle() != listed.get_linestyle()
    assert fill(rest) == to_rgb(style.PAPER)


def test_level_1_is_shared_within_a_touch() -> None:
    rows = [*flat(600, ("美食", 500)), *flat(200, ("美食", 100), ("旅行", 90), level1="星图")]
    ax = plot_touch(frame_of(*rows), level="level1")
    assert shares(ax) == [[0.75, 0.25]]
    assert {"个人 75.0%", "星图 25.0%", "合计 800"} <= set(texts_of(ax.figure))


def test_every_parent_has_its_bar_and_touches_are_named_where_there_are_several() -> None:
    rows = [*flat(600, ("美食", 600)), *flat(200, ("旅行", 200), level1="星图")]
    live = [(1, "live", *row[2:]) for row in flat(50, ("美食", 25))]
    ax = plot_touch(frame_of(*rows, *live))
    assert shares(ax) == [[1.0], [1.0], [0.5, 0.5]]
    assert {"video · 个人 600", "video · 星图 200", "live · 个人 50"} <= set(texts_of(ax.figure))
    assert [label.get_text() for label in ax.get_yticklabels()] == [kol_id(0), kol_id(1)]
    tops = [bar[0].get_y() for bar in pieces(ax)]
    assert tops[1] - tops[0] < tops[2] - tops[1]


def test_creators_stay_in_order_where_their_rows_are_mixed() -> None:
    first, second = flat(100, ("美食", 100)), flat(100, ("美食", 50), creator=1)
    third = flat(100, ("美食", 25), level1="星图")
    ax = plot_touch(frame_of(*first, *second, *third), names={kol_id(1): "乙"})
    assert [label.get_text() for label in ax.get_yticklabels()] == [kol_id(0), "乙"]
    assert [bar[0] for bar in shares(ax)] == [1.0, 0.25, 0.5]


def test_the_rest_is_one_piece_that_says_how_many_it_is() -> None:
    counts = list(zip(FIELDS, [300, 250, 200, 100, 90, 60], strict=False))
    ax = plot_touch(frame_of(*flat(1000, *counts)), sources=3)
    assert shares(ax) == [[0.3, 0.25, 0.2, 0.25]]
    assert "其他 3 项 25.0%" in texts_of(ax.figure)
    assert any("最大 3 项" in text for text in texts_of(ax.figure))
    assert not any("其他" in text for text in texts_of(plot_touch(frame_of(*flat(1000, *counts)), sources=6).figure))


def test_a_piece_too_narrow_for_its_label_is_named_behind_the_bar() -> None:
    ax = plot_touch(frame_of(*flat(1000, ("美食", 980), ("旅行", 12), ("亲子", 8))))
    (behind,) = [text for text in ax.texts if "旅行" in text.get_text()]
    assert behind.get_text() == "旅行 1.2%；亲子 0.8%"
    assert behind.xy[0] == pytest.approx(1.0)
    lay_out(ax.figure)
    for text in ax.texts:
        if text.get_ha() == "center":
            piece = next(
                piece
                for piece in ax.patches
                if piece.get_x() <= text.get_position()[0] <= piece.get_x() + piece.get_width()
            )
            assert text.get_window_extent().width <= piece.get_window_extent().width


def test_what_is_missing_is_no_piece() -> None:
    leaf = (0, "video", "个人", None, None, 400, 400, None)
    unknown = flat(None, ("美食", 10), creator=1)
    gaps = flat(100, ("美食", 100), ("旅行", None), ("亲子", 0), creator=2)
    ax = plot_touch(frame_of(leaf, *unknown, *gaps))
    assert shares(ax) == [[1.0], [1.0, 0.0]]
    texts = texts_of(ax.figure)
    assert "未细分 100%" in texts
    assert "个人 —" in texts
    assert "无数据" in texts
    assert any("1 项无数据" in text and "亲子 0%" in text for text in texts)


def test_overlapping_children_are_not_squeezed() -> None:
    ax = plot_touch(frame_of(*flat(100, ("美食", 80), ("旅行", 60))))
    assert shares(ax) == [[0.8, 0.6]]
    assert ax.get_xlim()[1] >= 1.4
    assert not any("未细分" in text for text in texts_of(ax.figure))


def test_a_source_has_one_colour_in_all_bars() -> None:
    ax = plot_touch(many(30), sources=12)
    colours: dict[str, set[Any]] = {}
    for text in ax.texts:
        if text.get_ha() == "center" and "未细分" not in text.get_text():
            x, y = text.get_position()
            (piece,) = [
                p for p in ax.patches if p.get_x() < x < p.get_x() + p.get_width() and abs(p.get_y() + 0.4 - y) < 0.1
            ]
            colours.setdefault(text.get_text().split()[0], set()).add(fill(piece))
    assert colours == {name: {to_rgb(USUAL.of(name))} for name in colours}
    assert len(set.union(*colours.values())) == len(FIELDS)


def test_a_source_has_its_colour_whatever_else_is_there() -> None:
    small, large = flat(100, ("亲子", 60), ("旅行", 40)), flat(100, ("旅行", 70), ("美食", 30), creator=1)
    ax = plot_touch(frame_of(*small, *large))
    colours = [[fill(piece) for piece in bar] for bar in pieces(ax)]
    travel, child, food = (to_rgb(USUAL.of(name)) for name in ("旅行", "亲子", "美食"))
    assert colours == [[child, travel], [travel, food]]


@pytest.mark.each_once
@pytest.mark.parametrize("layout", [None, "constrained", "tight"])
@pytest.mark.parametrize("creators", [2, 8])
def test_given_axes_keep_their_figure_and_hold_all_that_is_drawn(creators: int, layout: str | None) -> None:
    figure, ax = plt.subplots(figsize=(9, 5), layout=layout)
    frame = many(creators)
    assert plot_touch(frame, names=names_of(frame), ax=ax) is ax
    assert tuple(figure.get_size_inches()) == (9, 5)
    assert_texts_are_inside_and_apart(figure)
    for text in ax.texts:
        box, axes = text.get_window_extent(), ax.get_window_extent()
        assert getattr(text, "xycoords", "data") != "data" or box.x1 <= axes.x1 + 1


def test_letters_and_language() -> None:
    figure = draw(9)
    assert_every_character_has_a_glyph(figure)
    assert "$美$妆$" in texts_of(figure)
    assert_is_english(draw(9, "en"), *FIELDS, "个人", "星图")
    assert not any(text.get_parse_math() for text in visible_texts(figure))


@pytest.mark.slow
def test_without_a_font_and_in_a_dark_style() -> None:
    assert_draws_english_without_a_font(lambda: draw(len(NAMES)))
    assert_survives_a_dark_style(draw)


def test_the_frame_stays_as_it_was() -> None:
    frame = many(3)
    before = frame.copy(deep=True)
    plot_touch(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_what_cannot_be_drawn_is_refused() -> None:
    frame = many(2)
    assert_is_refused(
        lambda: plot_touch(frame.drop(columns="level1_cnt")), "lacks level1_cnt", "fetch_touch_distribution"
    )
    assert_is_refused(lambda: plot_touch(frame.head(0)), "no rows")
    assert_is_refused(lambda: plot_touch(frame, level="level3"), '"level1"', '"level2"', '"level3"')
    assert_is_refused(lambda: plot_touch(frame, sources=0), "sources", "0")
    assert_is_refused(lambda: plot_touch(frame, lang="fr"), '"zh"', '"fr"')
    later = frame.assign(level2_cnt=frame["level2_cnt"] + 1, level1_cnt=frame["level1_cnt"] + 1)
    for level in ("level1", "level2"):
        assert_is_refused(lambda level=level: plot_touch(pd.concat([frame, later]), level=level), "two counts", "fetch")
