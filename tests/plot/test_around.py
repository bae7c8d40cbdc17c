"""Title, subtitle and notes around one panel: on a figure of ours, on axes of the caller's, in their subfigures."""

from __future__ import annotations

import pytest
from matplotlib import pyplot as plt

from tests.plot_cases import assert_texts_are_inside_and_apart, lay_out
from xingtu_frames.plot.drawing import font
from xingtu_frames.plot.drawing.around import put_around
from xingtu_frames.plot.drawing.look import look_of
from xingtu_frames.plot.drawing.style import new_axes

LONG = "一个比图宽得多的标题：宽到图也要跟着变宽才放得下"
CLAUSES = ["第一句说明文字", "第二句说明文字", "第三句说明文字"]
NOTES = [["第一组附注", "还是第一组"], ["第二组附注"]]


def around(ax, title=LONG, notes=NOTES):
    ax.set_yticks([0, 1], ["很长很长的一个达人昵称", "另一个达人"], **font.lettering("zh").style)
    return put_around(ax, title, CLAUSES, notes, font.lettering("zh"), look_of({}, "ax"))


def test_our_figure_gets_the_size_of_its_panel_and_texts():
    figure, ax = new_axes(None)
    around(ax).fit_figure(figure, 1.5, 1.2, narrowest=1.0)
    assert_texts_are_inside_and_apart(figure)
    assert ax.get_window_extent().width / figure.dpi == pytest.approx(1.5)
    assert ax.get_window_extent().height / figure.dpi == pytest.approx(1.2)


def test_each_group_of_notes_has_its_own_lines_below_the_panel():
    figure, ax = new_axes(None)
    done = around(ax)
    done.fit_figure(figure, 6, 2)
    assert done.foot.get_text() == "第一组附注；还是第一组\n第二组附注"
    assert done.subtitle.get_text() == "；".join(CLAUSES)
    lay_out(figure)
    tops = [text.get_window_extent().y1 for text in (done.title, done.subtitle, done.foot)]
    assert tops == sorted(tops, reverse=True)
    assert tops[2] < ax.get_window_extent().y0 < ax.get_window_extent().y1 < tops[1]
    left = min(text.get_window_extent().x0 for text in ax.get_yticklabels())
    assert done.title.get_window_extent().x0 == pytest.approx(left, abs=3)


@pytest.mark.each_once
@pytest.mark.parametrize("layout", [None, "constrained", "tight"])
@pytest.mark.parametrize("size", [(4, 3), (8, 5)])
def test_given_axes_stay_in_their_figure(size, layout):
    figure, ax = plt.subplots(figsize=size, layout=layout)
    around(ax).fit_given()
    assert tuple(figure.get_size_inches()) == size
    assert_texts_are_inside_and_apart(figure)


def test_axes_of_a_subfigure_stay_in_it():
    figure = plt.figure(figsize=(10, 4))
    left, right = figure.subfigures(1, 2)
    done = [around(part.subplots()) for part in (left, right)]
    for one in done:
        one.fit_given()
    assert_texts_are_inside_and_apart(figure)
    widths = [one.ax.get_window_extent().width for one in done]
    assert widths[0] == pytest.approx(widths[1], rel=0.02)
    assert done[1].ax.get_tightbbox().x0 >= right.bbox.x0
    assert widths[1] > 0.5 * right.bbox.width


def test_axes_with_room_for_all_stay_where_they_are():
    figure = plt.figure(figsize=(10, 6))
    ax = figure.add_axes((0.4, 0.4, 0.4, 0.3))
    around(ax, "短标题").fit_given()
    assert ax.get_position().bounds == pytest.approx((0.4, 0.4, 0.4, 0.3))
