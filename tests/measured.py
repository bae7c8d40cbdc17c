"""Measuring the texts of pictures, which takes most of the time of placing them."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Hashable, Iterator

import pytest
from matplotlib import rcParams
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties, fontManager

_SETTINGS = ("font.family", "font.sans-serif", "text.hinting", "text.hinting_factor", "text.kerning_factor")
"""What a measure depends on besides the text, the font and the resolution."""


@contextlib.contextmanager
def each_text_once() -> Iterator[None]:
    """Measure a text of one font, size and resolution once for all pictures; matplotlib does for each picture.

    What warns is measured again and again, so that it always warns.
    """
    measure = RendererAgg.get_text_width_height_descent
    known: dict[Hashable, tuple[float, float, float]] = {}

    def measured(self: RendererAgg, text: str, font: FontProperties, ismath: bool) -> tuple[float, float, float]:
        settings = tuple(str(rcParams[name]) for name in _SETTINGS)
        key = (text, hash(font), ismath, self.dpi, settings, len(fontManager.ttflist))
        if key not in known:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                size = measure(self, text, font, ismath)
            if caught:
                return measure(self, text, font, ismath)
            known[key] = size
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RendererAgg, "get_text_width_height_descent", measured)
        yield
