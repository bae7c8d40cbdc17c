"""The slides at the end: what is odd about the data, where they come from, and what the figures mean."""

from __future__ import annotations

from collections.abc import Iterator

from ...board.metrics import DIRECTIONS, Metric
from ...decide.columns import QUALITY_COLUMNS
from ...wording.figures import MISSING
from .common import (
    BODY_BOX,
    columns_of,
    lead,
    names_of,
    paged,
)
from .grids import Column, plain, tables
from .measure import clean, lines
from .page import (
    ACROSS,
    BODY,
    BODY_END,
    EDGE,
    Box,
    Cell,
    Slide,
    Text,
)
from .story import Story


def quality(story: Story) -> Iterator[Slide]:
    """Yield the flags on the data, the gravest first."""
    flags = story.quality
    if flags is None or flags.empty:
        return
    order = flags["severity"].astype(object).map({"error": 0, "warning": 1, "info": 2})
    flags = flags.assign(_order=order).sort_values("_order", kind="stable").drop(columns="_order")
    declared = [column for column in QUALITY_COLUMNS if column.name in ("severity", "flag", "table", "evidence")]
    declared.sort(key=lambda column: ("severity", "flag", "table", "evidence").index(column.name))
    columns = [names_of(story, flags), *columns_of(story, flags, declared, most=3)]
    grids = tables(columns, BODY_BOX, story.words["quality"])
    counted = flags["severity"].astype(object).value_counts()
    spoken = declared[0].words.zh if declared[0].words and story.lang == "zh" else {}
    said = [f"{spoken.get(name, name)} {counted[name]}" for name in ("error", "warning", "info") if name in counted]
    yield from paged(story.words["quality"], grids, [lead(" · ".join(said))], story)


def method(story: Story) -> Iterator[Slide]:
    """Yield where the figures come from, and what each of those shown means."""
    words = story.words
    times = [words["oldest"].format(*story.fetched)] if story.fetched else []
    said = [
        words["joint"].join([words["source"], *times]) + words["stop"],
        words["scope"].format(" · ".join(story.scope)) if story.scope else "",
        words["numbers"],
        words["colours"],
    ]
    text = "\n".join(filter(None, said))
    down = lines(text, ACROSS, BODY) * BODY * 1.7 / 72
    facts = Text(Box(EDGE, 1.1, ACROSS, down), text, BODY, after=3)
    top = facts.box.end + 0.2
    shown = [*story.first, *story.own]
    columns = [
        Column(words["metric"], [Cell(story.label(metric), bold=True) for metric in shown]),
        Column(words["better"], plain([_better(story, metric) for metric in shown])),
        Column(
            words["meaning"],
            plain([clean(metric.meaning_zh if story.lang == "zh" else metric.meaning) for metric in shown]),
            3,
        ),
    ]
    grids = tables(columns, Box(EDGE, top, ACROSS, BODY_END - top), words["method"])
    yield from paged(words["method"], grids, [facts], story)


def _better(story: Story, metric: Metric) -> str:
    if metric.direction is None:
        return MISSING
    return DIRECTIONS.zh[metric.direction] if story.lang == "zh" else metric.direction
