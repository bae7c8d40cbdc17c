"""What the slides share: their places, what stands around a body, and the columns of frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from ...files.excel.colours import BETTER
from ...plot.drawing.style import as_floats
from ...tables.schema import Column as Declared
from ...wording.figures import english
from ..cell_texts import header
from .grids import Column
from .measure import LINE, fitting, lines
from .page import (
    ACROSS,
    BODY_END,
    BODY_TOP,
    EDGE,
    LEAD,
    NOTE,
    QUIET,
    Box,
    Cell,
    Grid,
    Part,
    Slide,
    Text,
)
from .story import Story, frame_cells

BODY_BOX = Box(EDGE, BODY_TOP, ACROSS, BODY_END - BODY_TOP)
NOTES = Box(EDGE, 6.62, ACROSS, 0.36)
ABOVE_NOTES = Box(EDGE, BODY_TOP, ACROSS, NOTES.top - 0.1 - BODY_TOP)
"""Places of a body, of the note at the end, and of a body above one."""
_LEAD_TOP = 0.95
_ENDINGS = ("目标占比", "TGI", "占比", "报价", "中位数", "省份", "人群")
_ONE_LINE = 4


def lead(text: str) -> Text:
    """Return what stands under the title of a slide."""
    shown = fitting(text, ACROSS, LEAD, most=2)
    down = lines(shown, ACROSS, LEAD) * LEAD * LINE / 72
    return Text(Box(EDGE, _LEAD_TOP, ACROSS, down), shown, LEAD, QUIET)


def note(text: str) -> Text:
    """Return the note at the end of a slide."""
    return Text(NOTES, fitting(text, ACROSS, NOTE, most=2), NOTE, QUIET, anchor="bottom")


def paged(title: str, grids: Sequence[Grid], others: Sequence[Part], story: Story) -> Iterator[Slide]:
    """Yield a slide for each part of a table; the titles say which of how many, where there are several."""
    for number, grid in enumerate(grids, start=1):
        named = title if len(grids) == 1 else story.words["page"].format(title, number, len(grids))
        yield Slide(named, [*others, grid])


def short(label: str) -> str:
    """Return a label in two lines, broken before its bracket or its last word."""
    if "(" in label:
        return label.replace("(", "\n(")
    ending = next((ending for ending in _ENDINGS if label.endswith(ending)), "")
    return f"{label.removesuffix(ending)}\n{ending}" if ending and len(label) > _ONE_LINE else label


def name_column(story: Story, kol_ids: Sequence[object], names: Sequence[object] | None = None) -> Column:
    """Return the column of creators' names."""
    held = names or [None] * len(kol_ids)
    cells = [Cell(story.name(kol_id, name), bold=True) for kol_id, name in zip(kol_ids, held, strict=True)]
    return Column(story.words["name"], cells)


def names_of(story: Story, frame: pd.DataFrame) -> Column:
    """Return the column of the names of a frame's creators: those of the board before its own."""
    names = frame["name"].tolist() if "name" in frame.columns else None
    return name_column(story, frame["kol_id"].tolist(), names)


def columns_of(story: Story, frame: pd.DataFrame, declared: Sequence[Declared], most: int = 1) -> list[Column]:
    """Return these columns of a frame as `show` writes them; ``most`` lines for texts."""
    cells = frame_cells(frame, declared, story.lang)
    return [
        Column(short(label_of(story, column)), cells[column.name], most if cells[column.name][0].align == "left" else 1)
        for column in declared
    ]


def label_of(story: Story, column: Declared) -> str:
    """Return the label of a column of a frame."""
    return (
        header(column, "zh") if story.lang == "zh" else english(column.name).replace("tgi", "TGI").replace("Cny", "CNY")
    )


def shaded(cells: Sequence[Cell], values: pd.Series[float]) -> list[Cell]:
    """Return the cells of shares with a blue behind them, the deeper the larger within the column."""
    if not pd.api.types.is_numeric_dtype(values.dtype):
        return list(cells)
    numbers_ = as_floats(values)
    known = numbers_[np.isfinite(numbers_)]
    low, high = (known.min(), known.max()) if len(known) else (0.0, 0.0)
    return [
        replace(cell, fill=_blue((share - low) / (high - low))) if np.isfinite(share) and high > low else cell
        for cell, share in zip(cells, numbers_, strict=True)
    ]


def _blue(depth: float) -> str:
    full = [int(BETTER[start : start + 2], 16) for start in (1, 3, 5)]
    return "#" + "".join(f"{round(255 + (part - 255) * depth):02X}" for part in full)
