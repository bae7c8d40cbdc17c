"""The slides that a deck opens with: cover, comparison of all creators, price and value."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from ...board.metrics import METRICS, QUOTES, Band, Floats, Metric
from ...plot.drawing.options import pages_of
from ...tables.cost import DURATION_BANDS
from ...wording.figures import numbers
from . import charts
from .common import (
    ABOVE_NOTES,
    lead,
    name_column,
    note,
    paged,
    short,
)
from .grids import Column, Figure, figures, plain, tables
from .measure import fitting
from .page import (
    ACROSS,
    BODY_TOP,
    BRAND,
    COVER,
    EDGE,
    LEAD,
    QUIET,
    TALL,
    Block,
    Box,
    Grid,
    Part,
    Slide,
    Text,
)
from .plan import plan_figures
from .story import Story

_LEADERS = ("play_median", "interact_rate", "cpm_21_60s")
_MOST_BESIDE = 11
_MOST_METRICS = 11
"""The most metrics that a slide has side by side."""
_FEWEST = 2


def cover(story: Story) -> Slide:
    """Return the cover: title, what it is about, and the figures that are asked for first."""
    words = story.words
    times = [words["fetched"].format(story.fetched[0])] if story.fetched else []
    about = " · ".join([words["how_many"].format(len(story.kol_ids)) + _person(story), *story.scope, *times])
    parts: list[Part] = [
        Block(Box(0, 0, 0.28, TALL), BRAND),
        Text(Box(EDGE + 0.35, 3.35, ACROSS - 0.35, 0.35), fitting(about, ACROSS - 0.35, LEAD), LEAD, QUIET),
    ]
    shown = _key_figures(story)
    if shown:
        parts.append(figures(shown, Box(EDGE + 0.35, 4.6, ACROSS - 0.35, 1.2), words["title"]))
    return Slide(fitting(story.title, ACROSS - 0.35, COVER, bold=True, most=2), parts, is_cover=True)


def _person(story: Story) -> str:
    if story.lang == "zh":
        return story.words["creators"]
    return " creator" if len(story.kol_ids) == 1 else " creators"


def _key_figures(story: Story) -> list[Figure]:
    words = story.words
    found = []
    for name in ("followers", "play_median", "quote_21_60s"):
        if name in story.board.columns:
            values = story.values(name)
            known = values[np.isfinite(values)]
            if len(known):
                ends = [story.text(METRICS[name], value) for value in dict.fromkeys((known.min(), known.max()))]
                span = words["from_to"].format(*ends) if ends[1:] else ends[0]
                found.append(Figure(story.label(METRICS[name]), span))
    asked = (words["spent"], words["plays"], words["interactions"])
    return [*found, *(figure for figure in plan_figures(story) if figure.label in asked)]


def comparison(story: Story) -> Iterator[Slide]:
    """Yield the table of all creators with the metrics that are read first, then those of the user's own.

    One creator alone has a page of its own.
    """
    if len(story.kol_ids) < _FEWEST:
        return
    shown = [*story.first, *story.own]
    pages = math.ceil(len(shown) / _MOST_METRICS)
    grids = []
    for start in range(0, len(shown), math.ceil(len(shown) / pages)):
        metrics = shown[start : start + math.ceil(len(shown) / pages)]
        columns = [Column(short(story.label(metric)), story.cells(metric)) for metric in metrics]
        grids += tables([name_column(story, story.kol_ids), *columns], ABOVE_NOTES, story.words["comparison"])
    others = [lead(story.words["joint"].join(_leaders(story)) or " · ".join(story.scope)), note(_colours(story))]
    yield from paged(story.words["comparison"], grids, others, story)


def _colours(story: Story) -> str:
    return " · ".join([*story.scope, story.words["colours"]])


def _leaders(story: Story) -> list[str]:
    """Say who leads in the metrics that decide most."""
    said = []
    for metric in story.metrics:
        if metric.name not in _LEADERS:
            continue
        values = story.values(metric.name)
        if np.isfinite(values).sum() < 2:
            continue
        best = int(np.nanargmax(values) if metric.direction == "higher" else np.nanargmin(values))
        words = story.words["most" if metric.direction == "higher" else "least"]
        said.append(words.format(story.label(metric), story.name(story.kol_ids[best]), story.cells(metric)[best].text))
    return said


def value(story: Story) -> Iterator[Slide]:
    """Yield the plot of prices and plays beside what a thousand plays cost."""
    band = _band(story)
    if band is None or len(story.kol_ids) < _FEWEST:
        return
    words, label = story.words, DURATION_BANDS.zh[band] if story.lang == "zh" else band
    room = Box(EDGE, BODY_TOP, 7.6, ABOVE_NOTES.down)
    beside = Box(EDGE + 7.9, BODY_TOP, ACROSS - 7.9, ABOVE_NOTES.down)
    grid, left = _cheapest(story, QUOTES[band], beside)
    more = words["more"].format(left) if left else ""
    title, pages = words["value"].format(label), pages_of(len(story.kol_ids))
    for page in pages:
        chart = charts.price_value(story.board, band, story.lang, room, page)
        parts: list[Part] = [lead(chart.about), chart.picture(room), *grid]
        parts.append(note(" ".join(filter(None, [chart.notes, more]))))
        yield Slide(title if len(pages) == 1 else words["page"].format(title, page, len(pages)), parts)


def _band(story: Story) -> Band | None:
    """Return the band that most creators have a quote for, and plays; the middle one of equals."""
    if "play_median" not in story.board.columns:
        return None
    plays = np.isfinite(story.values("play_median"))
    counts = {
        band: int((np.isfinite(story.values(metric.name)) & plays).sum())
        for band, metric in QUOTES.items()
        if metric.name in story.board.columns
    }
    order: Sequence[Band] = ("21-60s", "1-20s", "60s+")
    best = max((band for band in order if band in counts), key=lambda band: counts[band], default=None)
    return best if best is not None and counts[best] else None


def _cheapest(story: Story, quote: Metric, box: Box) -> tuple[list[Grid], int]:
    prices, plays = story.values(quote.name), story.values("play_median")
    cpm: Floats = np.where(plays > 0, prices / np.where(plays > 0, plays, 1.0) * 1000, np.nan)
    known = [row for row in np.argsort(cpm, kind="stable").tolist() if np.isfinite(cpm[row])]
    shown = known[:_MOST_BESIDE]
    if not shown:
        return [], 0
    amounts = numbers(cpm[shown], "CNY", story.lang)
    columns = [
        name_column(story, [story.kol_ids[row] for row in shown]),
        Column(short(story.label(quote)), [replace(story.cells(quote)[row], fill="") for row in shown]),
        Column(story.words["cpm"], plain(amounts, "right")),
    ]
    return tables(columns, box, story.words["cpm_about"])[:1], len(known) - len(shown)
