"""What the tests of the pictures share: creators with awkward names, and checks of any picture by its artists."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any

import matplotlib
import numpy as np
import pytest

matplotlib.use("agg")

from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager, get_font
from matplotlib.text import Text

from xingtu_frames.errors import MissingFontWarning, ParameterError
from xingtu_frames.plot.drawing import font

LONG = "这是一个特别特别长的昵称一共有四十个汉字用来检验名字会不会被切断或者越出图片的边界呢"
NAMES = ["阿甜测评", "通勤Vicky", "$美$妆$", "🌟小鹿🦌\u200d探店\ufe0f", LONG, "𓀀𓀁", " 两行\n名字 ", "_Ann", "📷🎬"]


CREATORS = [1, 12, *(pytest.param(creators, marks=pytest.mark.slow) for creators in (2, 30))]
"""How many creators a picture is drawn of."""


def kol_id(row: int) -> str:
    return str(6700000000000000000 + row)


def names_of(frame: Any) -> dict[str, str]:
    """Return the awkward names for the first creators of a frame."""
    return dict(zip(frame["kol_id"].unique(), NAMES, strict=False))


def lay_out(figure: Figure) -> None:
    """Place all that is drawn. Rendering takes most of the time of drawing, and moves nothing."""
    if figure.stale:
        figure.draw_without_rendering()


def visible_texts(figure: Figure) -> list[Text]:
    beyond = [
        label  # matplotlib keeps the tick after the last one, and does not draw it
        for ax in figure.axes
        for label in ax.get_xticklabels()
        if label.get_position()[0] > ax.get_xlim()[1]
    ]
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    return [text for text in texts if text not in beyond]


def texts_of(figure: Figure) -> list[str]:
    return [text.get_text() for text in visible_texts(figure)]


def assert_texts_are_inside_and_apart(figure: Figure) -> None:
    """Check that no text leaves the figure or lies on another one."""
    lay_out(figure)
    width, height = figure.canvas.get_width_height()
    texts = visible_texts(figure)
    boxes = np.array([text.get_window_extent().extents for text in texts])
    outside = (boxes[:, :2] < 0).any(axis=1) | (boxes[:, 2] > width) | (boxes[:, 3] > height)
    assert [text.get_text() for text, out in zip(texts, outside, strict=True) if out] == []
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    touching = np.triu(((high - low) > 1).all(axis=2), k=1)
    assert [(texts[a].get_text(), texts[b].get_text()) for a, b in np.argwhere(touching)] == []


@functools.cache
def glyphs_of(file: str) -> frozenset[int]:
    return frozenset(get_font(file).get_charmap())


def assert_every_character_has_a_glyph(figure: Figure) -> None:
    """Check that the fonts of each text have its characters, and that no ``$`` is mathematics."""
    lay_out(figure)
    for text in visible_texts(figure):
        fonts = [glyphs_of(fontManager.findfont(family)) for family in text.get_fontfamily()]
        assert {
            char for char in text.get_text() if char != "\n" and not any(ord(char) in font for font in fonts)
        } == set()
        assert "$" not in text.get_text() or not text.get_parse_math()


def assert_is_english(figure: Figure, *given: str) -> None:
    """Check that no text has Chinese characters but the names of creators, and those that are given."""
    letters = font.lettering("en")
    names = {letters.name(name, kol_id(row)) for row, name in enumerate(NAMES)}
    texts = [text for text in texts_of(figure) if text not in names]
    for word in given:
        texts = [text.replace(word, "") for text in texts]
    assert [text for text in texts if font.wide(text)] == []


def assert_is_refused(call: Callable[[], object], *parts: str) -> None:
    """Check that a picture is refused with these words in the message, before a figure opens."""
    with pytest.raises(ParameterError) as caught:
        call()
    assert [part for part in parts if part not in str(caught.value)] == []
    assert plt.get_fignums() == []


def assert_draws_english_without_a_font(draw: Callable[[], Figure]) -> None:
    """Check that without a font for Chinese a picture is English, and that one warning says what to install."""
    with fonts_taken_away(), pytest.warns(MissingFontWarning, match="xingtu_frames\\[zh\\]") as caught:
        figures = [draw(), draw()]
    assert len(caught) == 1
    for figure in figures:
        assert_every_character_has_a_glyph(figure)


def assert_survives_a_dark_style(draw: Callable[[], Figure]) -> None:
    """Check that a style in use changes neither the paper nor the ink of a picture, and that it can be rendered."""
    with plt.style.context("dark_background"):
        figure = draw()
        figure.canvas.draw()
    assert {to_rgb(part.get_facecolor()) for part in (figure, *figure.axes)} == {to_rgb("white")}
    assert [text for text in visible_texts(figure) if min(to_rgb(text.get_color())) > 0.8] == []


def panel_names(figure: Figure) -> list[str]:
    return [ax.get_title("left") for ax in figure.axes]


def fill(patch: Any) -> tuple[float, float, float]:
    return to_rgb(patch.get_facecolor())


@contextlib.contextmanager
def fonts_taken_away() -> Iterator[None]:
    """Pretend that no font of this machine has Chinese characters."""
    caches = (font.chinese_family, font._warn_missing_font)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(font, "wheel_font", lambda: None)
        patch.setattr(font, "_INSTALLED", ())
        for cached in caches:
            cached.cache_clear()
        try:
            yield
        finally:
            for cached in caches:
                cached.cache_clear()
