"""What a deck is about: the frames that the caller gave, checked, and each creator's name and figures as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ...arguments import Language
from ...board.metrics import READ_FIRST, Floats, Metric, asked_of, board_columns
from ...board.own import known_metrics, own_metrics
from ...files.cells import written
from ...files.units import row_units
from ...plot.drawing.style import as_floats
from ...tables.inputs import CHINA
from ...tables.schema import Column
from ...wording.figures import MISSING, metric_label, scope, shortened
from ..cell_looks import fills
from ..cell_texts import per_thousand, texts
from .measure import clean
from .page import Cell
from .words import WORDS

NAME_CELLS = 22
_MOST_METRICS = len(READ_FIRST)
_BESIDE = ("metric", "condition", "settlement")
"""Columns that say how the cells of others read."""


@dataclass(frozen=True)
class Story:
    """The frames of a deck.

    Attributes
    ----------
    board
        The board, of dtypes that can be computed with.
    frames
        Tidy frames by table name.
    plan, audience, review, quality
        What the functions of these names return, None where it is not told.
    title, lang
        The title of the deck, and its language.
    """

    board: pd.DataFrame
    frames: Mapping[str, pd.DataFrame]
    plan: pd.DataFrame | None
    audience: pd.DataFrame | None
    review: pd.DataFrame | None
    quality: pd.DataFrame | None
    title: str
    lang: Language

    @property
    def words(self) -> Mapping[str, str]:
        """The words of its language."""
        return WORDS[self.lang]

    @cached_property
    def kol_ids(self) -> list[str]:
        """The creators, in the order of the board."""
        return [str(kol_id) for kol_id in self.board["kol_id"]]

    @cached_property
    def whole_names(self) -> dict[str, str]:
        """Return id -> what the creator is called, the id where there is no name."""
        held = written(self.board["name"]) if "name" in self.board.columns else [None] * len(self.board)
        return {
            kol_id: clean(name) or kol_id if isinstance(name, str) else kol_id
            for kol_id, name in zip(self.kol_ids, held, strict=True)
        }

    def name(self, kol_id: object, name: object = None) -> str:
        """Return what a creator is called in a table; ``name`` is that of a frame, for one that the board lacks."""
        own = clean(name) if isinstance(name, str) else ""
        return shortened(self.whole_names.get(str(kol_id)) or own or clean(kol_id), NAME_CELLS)

    @cached_property
    def _known(self) -> Mapping[str, Metric]:
        return known_metrics(self.board)

    @cached_property
    def metrics(self) -> list[Metric]:
        """The metrics of the board."""
        return [self._known[name] for name in self.board.columns if name in self._known]

    @cached_property
    def first(self) -> list[Metric]:
        """The metrics that are read first, of those the board has."""
        chosen = [metric for metric in self.metrics if metric.name in READ_FIRST]
        order = READ_FIRST if chosen else [metric.name for metric in self.metrics[:_MOST_METRICS]]
        return [self._known[name] for name in order if name in self.board.columns]

    @cached_property
    def own(self) -> list[Metric]:
        """The metrics of the user's own that are not read first anyway."""
        own = own_metrics(self.board)
        return [metric for metric in self.metrics if metric.name in own and metric not in self.first]

    def values(self, metric: str) -> Floats:
        """Return the usable numbers of a metric, NaN where there is none."""
        return self._known[metric].range.usable(as_floats(self.board[metric]))

    @cached_property
    def _cells(self) -> dict[str, list[Cell]]:
        return {metric.name: self._of_metric(metric) for metric in self.metrics}

    def cells(self, metric: Metric) -> list[Cell]:
        """Return the cells of a metric, one for each creator."""
        return self._cells[metric.name]

    def _of_metric(self, metric: Metric) -> list[Cell]:
        column = next(column for column in board_columns([metric]) if column.name == metric.name)
        return frame_cells(self.board, [column], self.lang)[metric.name]

    def label(self, metric: Metric) -> str:
        """Return what a metric is called."""
        return metric_label(metric, self.lang)

    def text(self, metric: Metric, value: float) -> str:
        """Return a value of a metric as text."""
        column = next(column for column in board_columns([metric]) if column.name == metric.name)
        return texts(column, [value if np.isfinite(value) else None], None, self.lang)[0]

    @cached_property
    def scope(self) -> list[str]:
        """The videos and days that the board is about."""
        asked = asked_of(self.board)
        return (
            scope(asked["video_type"], asked["window"], self.lang) if {"video_type", "window"} <= asked.keys() else []
        )

    @cached_property
    def fetched(self) -> tuple[str, str] | None:
        """The oldest and the newest time at which an answer was fetched, as China reads it."""
        times = self.board["fetched_at"] if "fetched_at" in self.board.columns else None
        if not isinstance(times, pd.Series) or not isinstance(times.dtype, pd.DatetimeTZDtype) or times.isna().all():
            return None
        oldest, newest = times.min().tz_convert(CHINA), times.max().tz_convert(CHINA)
        return f"{oldest:%Y-%m-%d %H:%M}", f"{newest:%Y-%m-%d %H:%M}"

    def known(self, kol_id: str) -> bool:
        """Return whether the board has a number for a creator."""
        place = self.kol_ids.index(kol_id)
        return any(self.cells(metric)[place].text != MISSING for metric in self.metrics)


def frame_cells(frame: pd.DataFrame, columns: Iterable[Column], lang: Language) -> dict[str, list[Cell]]:
    """Return the cells of these columns of a frame, as `show` writes and colours them."""
    columns = list(columns)
    needed = {*(column.name for column in columns), *_BESIDE} & set(frame.columns)
    held = {name: written(frame[name]) for name in needed}
    made = {}
    for column in columns:
        own = held[column.name]
        units = row_units(column, held, {})
        shown = per_thousand(column, texts(column, own, units, lang), held.get("settlement", ()), lang)
        is_text = all(isinstance(cell, str | bool | None) for cell in own)
        align = "left" if is_text and column.dtype not in ("Int64", "float64") else "right"
        made[column.name] = [
            Cell(clean(text) or MISSING, align, fill=fill)  # type: ignore[arg-type]
            for text, fill in zip(shown, fills(column, own), strict=True)
        ]
    return made
