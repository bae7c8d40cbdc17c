"""A survey's pictures."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..arguments import Language
from ..fetch.compare import Survey
from ..plot.benchmarks import plot_benchmarks
from ..plot.content_mix import plot_content_mix
from ..plot.cost_tiers import plot_cost_tiers
from ..plot.drawing.options import pages_of
from ..plot.expected import plot_expected
from ..plot.followers import plot_followers
from ..plot.index import plot_index
from ..plot.link_funnel import plot_link_funnel
from ..plot.portrait import plot_portrait
from ..plot.price_value import plot_price_value
from ..plot.scorecard import plot_scorecard
from ..plot.touch import plot_touch
from ..plot.videos import plot_videos
from ..tables.audience import Dimension

DPI = 150
"""The dots of a picture to an inch."""
_DIMENSIONS: Sequence[Dimension] = ("gender", "age", "city_tier", "crowd", "device", "province")
"""What `portrait_wide` tells of an audience; all ten would not fit a page."""


class _Kind(NamedTuple):
    """One picture: the table that it draws, ``""`` for the board, how, and a column that must hold a value."""

    name: str
    table: str
    captions: Mapping[Language, str]
    draw: Callable[[pd.DataFrame, Mapping[str, str] | None, Language, int | None], Axes | Figure]
    needs: str = "kol_id"


class Picture(NamedTuple):
    """A drawn picture."""

    name: str
    caption: str
    png: bytes


def _of_board(name: str, zh: str, en: str, plot: Callable[..., Axes | Figure], needs: str = "kol_id") -> _Kind:
    return _Kind(
        name, "", {"zh": zh, "en": en}, lambda board, names, lang, page: plot(board, lang=lang, page=page), needs
    )


def _of_table(name: str, table: str, zh: str, en: str, plot: Callable[..., Axes | Figure]) -> _Kind:
    def draw(frame: pd.DataFrame, names: Mapping[str, str] | None, lang: Language, page: int | None) -> Axes | Figure:
        return plot(frame, names=names, lang=lang, page=page)

    return _Kind(name, table, {"zh": zh, "en": en}, draw)


def _plot_portrait(frame: pd.DataFrame, *, names: Mapping[str, str] | None, lang: Language, page: int | None) -> Figure:
    known = set(frame["dimension"].dropna())
    shown = [dimension for dimension in _DIMENSIONS if dimension in known]
    return plot_portrait(frame, names=names, dimensions=shown or None, lang=lang, page=page)


_KINDS: Sequence[_Kind] = (
    _of_board("scorecard", "谁在哪项领先", "Who leads where", plot_scorecard),
    _of_board("price_value", "报价买到多少播放", "What a quote buys in plays", plot_price_value),
    _of_board("expected", "预期播放量与实际中位数", "Expected plays and the median", plot_expected, "expected_plays"),
    _of_table("cost_tiers", "cost_tiers", "各时长档的预期成本", "Expected cost by duration", plot_cost_tiers),
    _of_table("indexes", "link_index", "六项指数与市场均值", "Six indexes and the market", plot_index),
    _of_table("benchmarks", "spread_benchmarks", "在同类达人中的位置", "Place among peers", plot_benchmarks),
    _of_table("link_funnel", "link_struct", "连接用户的四个阶段", "Connected users by stage", plot_link_funnel),
    _of_table("sources", "touch_distribution", "连接用户从哪里来", "Where connected users came from", plot_touch),
    _of_table("portrait", "audience_portrait", "连接用户是谁", "Who the connected users are", _plot_portrait),
    _of_table("content_mix", "video_distribution", "作品的内容类型", "What the videos are about", plot_content_mix),
    _of_table("videos", "show_items", "最近作品的播放量", "Plays of the latest videos", plot_videos),
    _of_table("followers", "daily_fans", "粉丝数与每日涨粉", "Followers and daily change", plot_followers),
)
PICTURES = tuple(kind.name for kind in _KINDS)
"""The names of all pictures."""
_FILE = re.compile(rf"(?:{'|'.join(PICTURES)})(?:_[0-9]+)?\.png")
_PAGE: Mapping[Language, str] = {"zh": "{}（{}/{}）", "en": "{} ({}/{})"}


def pictures(survey: Survey, lang: Language) -> Iterator[Picture]:
    """Draw every picture that the survey has data for, of many creators in pages."""
    known = survey.board.dropna(subset=["name"])
    names = dict(zip(known["kol_id"], known["name"], strict=True))
    for kind in _KINDS:
        frame = survey.frames.get(kind.table) if kind.table else survey.board
        if frame is not None and kind.needs in frame.columns and frame[kind.needs].notna().any():
            # A creator without a name may be the only one of a table.
            fitting = names if frame["kol_id"].isin(names).any() else None
            for page, name, caption in _pages(kind, frame, lang):
                yield Picture(name, caption, _png(kind.draw(frame, fitting, lang, page)))


def _pages(kind: _Kind, frame: pd.DataFrame, lang: Language) -> list[tuple[int | None, str, str]]:
    """Return the pages of a picture, each with its name and caption; None for one that has all creators."""
    pages, caption = pages_of(frame["kol_id"].nunique()), kind.captions[lang]
    if len(pages) == 1:
        return [(None, kind.name, caption)]
    return [
        (page, kind.name if page == 1 else f"{kind.name}_{page}", _PAGE[lang].format(caption, page, len(pages)))
        for page in pages
    ]


def is_picture(file: str) -> bool:
    """Return whether a file is called like one of our pictures."""
    return _FILE.fullmatch(file) is not None


def _png(drawn: Axes | Figure) -> bytes:
    figure = drawn.figure.figure if isinstance(drawn, Axes) else drawn
    png = io.BytesIO()
    # The name of the drawing library and its version would make the same picture another file.
    figure.savefig(png, format="png", dpi=DPI, metadata={"Software": None})
    plt.close(figure)
    return png.getvalue()
