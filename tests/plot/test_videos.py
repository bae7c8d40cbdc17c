"""The latest videos, read by their artists: dots, medians, titles of hot ones and what is not drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from tests.plot.frame_cases import TITLES, items_frame, many_items, names_for
from tests.plot_cases import (
    LONG,
    assert_draws_english_without_a_font,
    assert_every_character_has_a_glyph,
    assert_is_english,
    assert_is_refused,
    assert_survives_a_dark_style,
    assert_texts_are_inside_and_apart,
    kol_id,
    texts_of,
)
from xingtu_frames.errors import UnmatchedNamesWarning
from xingtu_frames.plot.drawing import font, style
from xingtu_frames.plot.videos import plot_videos
from xingtu_frames.wording.figures import shortened


def video(
    kind: str = "personal",
    number: int = 1,
    plays: int | None = 1_000,
    day: str | None = "2026-09-01T04:00",
    hot: bool | None = False,
    creator: int = 0,
    title: str | None = None,
) -> tuple[Any, ...]:
    moment = None if day is None else pd.Timestamp(day, tz="UTC")
    return kol_id(creator), kind, number, str(number), title, moment, plays, hot


def dots(ax: Axes) -> dict[tuple[str, bool], list[tuple[float, float]]]:
    """Return the places of the dots by (marker, whether they have a ring)."""
    found: dict[tuple[str, bool], list[tuple[float, float]]] = {}
    for line in ax.lines:
        if line.get_marker() in ("o", "D") and len(line.get_xdata()):
            ring = to_rgb(line.get_markeredgecolor()) == to_rgb(style.INK)
            places = zip(line.get_xdata().tolist(), line.get_ydata().tolist(), strict=True)
            found[line.get_marker(), ring] = sorted(places)
    return found


def medians(ax: Axes) -> dict[str, float]:
    """Return the heights of the dashed lines by colour."""
    lines = [line for line in ax.lines if line.get_linestyle() == "--"]
    return {line.get_color(): line.get_ydata()[0] for line in lines}


def day(text: str) -> float:
    return float(np.datetime64(text, "m").astype(int)) / 1440


@pytest.mark.each_once
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("creators", "scale"), [(1, "own"), (2, "shared"), (8, "own"), pytest.param(30, "own", marks=pytest.mark.slow)]
)
def test_texts_are_inside_and_apart(creators: int, scale: str, lang: str) -> None:
    figure = plot_videos(many_items(creators), names=names_for(creators + 1), scale=scale, lang=lang)
    assert_texts_are_inside_and_apart(figure)
    assert_every_character_has_a_glyph(figure)


def test_dots_stand_at_day_and_plays_and_differ_by_kind() -> None:
    frame = items_frame(
        [
            video(number=1, plays=900, day="2026-09-03T20:00"),
            video(number=2, plays=300, day="2026-09-01T00:00"),
            video("xingtu", number=3, plays=500, day="2026-09-02T10:00"),
        ]
    )
    (ax,) = plot_videos(frame, names={kol_id(0): "甲"}).axes
    assert dots(ax) == {
        ("o", False): [(day("2026-09-01T08:00"), 300), (day("2026-09-04T04:00"), 900)],
        ("D", False): [(day("2026-09-02T18:00"), 500)],
    }
    assert ax.get_title("left") == "甲"
    assert [label.get_text() for label in ax.get_xticklabels()] == ["09-02", "09-03", "09-04"]
    assert ax.get_yscale() == "linear"


def test_each_kind_has_its_median_with_its_plays() -> None:
    listed = [video(number=number, plays=plays) for number, plays in enumerate((100, 200, 900))]
    ordered = [video("xingtu", number=10 + number, plays=plays) for number, plays in enumerate((300, 500))]
    undated = [video("xingtu", number=20, plays=400, day=None), video(number=21, plays=None)]
    (ax,) = plot_videos(items_frame([*listed, *ordered, *undated]), lang="en").axes
    assert medians(ax) == {style.AHEAD: 200, style.BEHIND: 400}
    said = texts_of(ax.figure)
    assert [text for text in ("personal 200", "ordered 400", "2 without plays or date") if text not in said] == []
    (ax,) = plot_videos(items_frame(listed)).axes
    assert medians(ax) == {style.AHEAD: 200}
    assert not any("星图 " in text for text in texts_of(ax.figure))


def test_medians_that_are_close_are_written_apart() -> None:
    for pair in ((10_000, 10_010), (10_010, 10_000), (10_000, 10_000)):
        rows = [video(number=1, plays=pair[0]), video("xingtu", number=2, plays=pair[1])]
        figure = plot_videos(items_frame(rows))
        assert_texts_are_inside_and_apart(figure)


def test_hot_videos_have_a_ring_and_their_title() -> None:
    frame = items_frame(
        [
            video(number=1, plays=900, hot=True, title="一天五十元"),
            video(number=2, plays=300, title="普通", day="2026-09-08"),
            video("xingtu", number=3, plays=500, hot=True, day="2026-09-05"),
            video(number=4, plays=400, hot=None, day="2026-09-06"),
        ]
    )
    (ax,) = plot_videos(frame).axes
    assert {key: len(places) for key, places in dots(ax).items()} == {("o", True): 1, ("o", False): 2, ("D", True): 1}
    said = texts_of(ax.figure)
    assert [text for text in ("一天五十元", "无标题") if text not in said] == []
    assert "普通" not in said
    (label,) = (text for text in ax.texts if text.get_text() == "一天五十元")
    assert label.xy == (day("2026-09-01T12:00"), 900)
    assert "爆文" in " ".join(said)
    assert "爆文" not in " ".join(texts_of(plot_videos(items_frame([video()]))))


@pytest.mark.slow
def test_hot_videos_without_room_for_a_title_are_counted() -> None:
    rows = [video(number=number, plays=1_000 + number, hot=True, title=TITLES[0]) for number in range(40)]
    rows += [video("xingtu", 50 + number, 1_000 + number, hot=True, title=TITLES[1]) for number in range(40)]
    figure = plot_videos(items_frame(rows))
    (ax,) = figure.axes
    hidden = [text for text in ax.texts if not text.get_visible()]
    assert hidden
    assert f"{len(hidden)}条爆文写不下" in texts_of(figure)
    assert_texts_are_inside_and_apart(figure)


def test_a_video_of_both_lists_is_drawn_once_as_ordered_and_counts_twice() -> None:
    rows = [video("personal", 1, 400), video("xingtu", 1, 400), video("personal", 2, 200)]
    (ax,) = plot_videos(items_frame(rows)).axes
    assert {key: [height for _, height in places] for key, places in dots(ax).items()} == {
        ("D", False): [400],
        ("o", False): [200],
    }
    assert medians(ax) == {style.AHEAD: 300, style.BEHIND: 400}


def test_the_scale_is_logarithmic_where_plays_lie_far_apart_and_zero_is_at_the_bottom() -> None:
    near = plot_videos(items_frame([video(number=1, plays=100), video(number=2, plays=800)]))
    rows = [video(number=1, plays=100), video(number=2, plays=900_000), video(number=3, plays=0)]
    far = plot_videos(items_frame(rows))
    (ax,) = far.axes
    assert [figure.axes[0].get_yscale() for figure in (near, far)] == ["linear", "log"]
    assert min(height for _, height in dots(ax)["o", False]) == ax.get_ylim()[0]
    assert ["对数坐标" in " ".join(texts_of(figure)) for figure in (near, far)] == [False, True]
    assert "播放量为0的作品画在底边" in " ".join(texts_of(far))


def test_extreme_numbers_stay_readable() -> None:
    rows = [
        video(number=number, plays=plays, day=f"2026-09-01T{number:02}:00") for number, plays in enumerate((0, 3, 3))
    ]
    rows += [video("xingtu", number=9, plays=2_560_000_000, hot=True, title=LONG, day="2019-01-01")]
    figure = plot_videos(items_frame(rows), names={kol_id(0): LONG})
    assert len(figure.axes[0].get_yticks()) <= 5
    assert_texts_are_inside_and_apart(figure)


def test_a_shared_scale_is_one_of_plays_for_all() -> None:
    frame = many_items(4)
    own, shared = plot_videos(frame), plot_videos(frame, scale="shared")
    assert len({ax.get_ylim() for ax in own.axes}) == 4
    assert len({ax.get_ylim() for ax in shared.axes}) == 1
    assert len({ax.get_xlim() for ax in shared.axes}) == 4


def test_nothing_to_draw_is_said() -> None:
    rows = [video(plays=None), video(creator=1), video(creator=2, plays=0), video(creator=3, day=None)]
    with pytest.warns(UnmatchedNamesWarning):
        figure = plot_videos(items_frame(rows), names={kol_id(9): "没来"})
    said = texts_of(figure)
    assert said.count("无数据") == 1
    assert "所给数据中没有：没来" in " ".join(said)
    assert [ax.get_title("left") for ax in figure.axes] == [kol_id(row) for row in range(4)]
    assert dots(figure.axes[3]) == {}
    assert_texts_are_inside_and_apart(figure)


def test_letters_and_language() -> None:
    letters = font.lettering("zh")
    titles = sorted({shortened(letters.name(title, ""), 18) for title in TITLES}, key=len, reverse=True)
    names = names_for(9)
    assert_is_english(plot_videos(many_items(9), names=names, lang="en"), *titles)


@pytest.mark.slow
def test_without_a_font_and_in_a_dark_style() -> None:
    names = names_for(9)
    assert_draws_english_without_a_font(lambda: plot_videos(many_items(9), names=names))
    assert_survives_a_dark_style(lambda: plot_videos(many_items(3), names=names))


def test_the_frame_stays_as_it_was_and_may_come_from_elsewhere() -> None:
    frame = many_items(3)
    before = frame.copy(deep=True)
    figure = plot_videos(frame)
    pd.testing.assert_frame_equal(frame, before)
    loose = frame.astype({"plays": object, "is_hot": object}).assign(
        published_at=[moment.isoformat() for moment in frame["published_at"]]
    )
    assert texts_of(plot_videos(loose)) == texts_of(figure)


def test_what_cannot_be_drawn_is_refused() -> None:
    frame = many_items(2)
    assert_is_refused(lambda: plot_videos(frame.drop(columns="is_hot")), "lacks is_hot", "fetch_show_items")
    assert_is_refused(lambda: plot_videos(frame.head(0)), "no rows")
    assert_is_refused(lambda: plot_videos(pd.concat([frame, frame])), "twice in one list")
    assert_is_refused(
        lambda: plot_videos(frame.assign(video_type="live")), '"personal", "xingtu", not "live"', "fetch_show_items"
    )
    assert_is_refused(lambda: plot_videos(frame.assign(published_at="soon")), "published_at", "times")
    assert_is_refused(lambda: plot_videos(frame, scale="log"), '"own"', '"log"')
    assert_is_refused(lambda: plot_videos(frame, lang="fr"), '"zh"', '"fr"')
    assert_is_refused(lambda: plot_videos(frame, per_row=True), "per_row", "True")
