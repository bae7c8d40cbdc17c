"""A shortlist becomes a .pptx file for a client."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from ...arguments import LANGUAGES, Language, one_of
from ...board.metrics import METRICS, board_columns
from ...board.portrait import listed_shares
from ...decide.columns import BUDGET_COLUMNS, MATCH_COLUMNS, QUALITY_COLUMNS
from ...decide.outcomes import REVIEW_COLUMNS
from ...errors import EXTRAS, ParameterError, a_kind, must_be
from ...files.whole import check_target, write_whole
from ...frame import conformed, frames_by_table, require_text_ids
from ...tables.schema import Column
from .measure import clean
from .page import Slide
from .slides import slides
from .story import Story
from .words import WORDS

_OF_QUALITY = [column.name for column in QUALITY_COLUMNS if column.name != "name"]
"""The columns that flags always have: names are there where a frame has some."""


def write_pptx(
    board: pd.DataFrame,
    path: str | os.PathLike[str],
    *,
    frames: Mapping[str, pd.DataFrame] | None = None,
    plan: pd.DataFrame | None = None,
    audience: pd.DataFrame | None = None,
    review: pd.DataFrame | None = None,
    quality: pd.DataFrame | None = None,
    title: str | None = None,
    lang: Language = "zh",
) -> Path:
    """Write a deck for a client: what a shortlist comes to, and a page for each creator.

    The slides are 16:9: cover; comparison, and price and value, of two creators or more; audience; plan; review; a page
    for each creator with figures and a plot; quality of the data; method and sources. What there is no data for is left
    out. Texts and tables are PowerPoint's own and can be edited; pictures are plots alone. Numbers read as in `show`,
    blue is better and orange worse, missing is ``—``. A table that is longer than a slide continues on the next. The
    same content gives the same bytes.

    Parameters
    ----------
    board
        What `compare` returns: a row for each creator, named by ``name``, and at least one metric.
    path
        The .pptx file to write. It appears whole or not at all.
    frames
        Tidy frames by table name, such as ``{"show_items": df}``. On a creator's page the first of ``show_items``,
        ``daily_fans``, ``link_index`` and ``link_struct`` that has data is drawn; ``profiles`` tells tags and city,
        ``audience_portrait`` or ``fans_portrait`` the audience.
    plan
        What `plan_budget` returns.
    audience
        What `audience_match`, `fetch_audience_portrait` or `fetch_fans_portrait` returns; None for the portrait that is
        in ``frames``.
    review
        What `review` returns.
    quality
        What `quality` returns.
    title
        The title of the cover; None for 达人推荐方案 or Creator shortlist.
    lang
        ``"zh"`` for Chinese labels and numbers, ``"en"`` for English ones.

    Returns
    -------
    The path of the file.

    Raises
    ------
    ParameterError
        A frame that is not what it should be, a creator twice, a path that does not end in .pptx, or another ``lang``.
        Nothing was written.
    ConfigError
        python-pptx is not installed; the message says how.
    FileError
        The file cannot be written, such as one that is open in PowerPoint; an old one is still there.

    Warns
    -----
    MissingFontWarning
        No font has Chinese characters for the plots. Once per process.

    Notes
    -----
    Costs no request. Fonts are named, not embedded: Microsoft YaHei, in English decks Arial for Latin letters; where
    they are not installed, others stand in. Each plot takes a part of a second.
    """
    lang = one_of("lang", lang, LANGUAGES)
    check_target(path, board, "write_pptx(board, path)", (".pptx",), only=True)
    if not isinstance(title, str | None):
        raise must_be("title", "text or None", a_kind(title))
    story = Story(
        _board(board),
        {} if frames is None else frames_by_table(frames),
        _frame(plan, "plan", BUDGET_COLUMNS, ("kol_id", "price_cny", "expected"), "plan_budget makes it"),
        _audience(audience),
        _frame(review, "review", REVIEW_COLUMNS, [column.name for column in REVIEW_COLUMNS], "review makes it"),
        _frame(quality, "quality", QUALITY_COLUMNS, _OF_QUALITY, "quality makes it"),
        clean(title) if title else WORDS[lang]["title"],
        lang,
    )
    pptx = installed_writer()
    return write_whole(path, pptx(list(slides(story)), story.title, WORDS[lang]["foot"].format(story.title), lang))


def installed_writer() -> Callable[[Sequence[Slide], str, str, Language], bytes]:
    """Return what makes a file of slides.

    Raises
    ------
    ConfigError
        python-pptx is not installed.
    """
    EXTRAS["pptx"].require()
    from .draw import pptx

    return pptx


def _board(board: object) -> pd.DataFrame:
    if not isinstance(board, pd.DataFrame):
        raise must_be("board", "a DataFrame", a_kind(board), "compare makes it")
    metrics = [METRICS[name] for name in board.columns if name in METRICS]
    if "kol_id" not in board.columns or not metrics or board.empty:
        lacking = (
            "no rows" if "kol_id" in board.columns and metrics else f"no {'metric' if 'kol_id' in board else 'kol_id'}"
        )
        raise ParameterError(f"the board has {lacking}; compare makes it")
    require_text_ids(board, "the board")
    if board["kol_id"].isna().any() or board["kol_id"].duplicated().any():
        raise ParameterError(
            "the board must have one row for each kol_id; leave out those that stand there twice or have none"
        )
    return conformed(board, board_columns(metrics), "the board")


def _frame(frame: object, name: str, columns: tuple[Column, ...], needed: object, maker: str) -> pd.DataFrame | None:
    if frame is None:
        return None
    if not isinstance(frame, pd.DataFrame):
        raise must_be(name, "a DataFrame or None", a_kind(frame), maker)
    lacking = [column for column in needed if column not in frame.columns]  # type: ignore[attr-defined]
    if lacking:
        raise ParameterError(f"{name} lacks {', '.join(lacking)}; {maker}")
    require_text_ids(frame, name)
    made = conformed(frame, columns, name)
    made.attrs = dict(frame.attrs)
    return made


def _audience(frame: object) -> pd.DataFrame | None:
    if isinstance(frame, pd.DataFrame) and "combined_share" in frame.columns:
        return _frame(frame, "audience", MATCH_COLUMNS, ("kol_id",), "audience_match makes it")
    if frame is not None:
        listed_shares(frame, "audience")
    return frame if isinstance(frame, pd.DataFrame) else None
