"""The page of one creator: figures beside those of the list, plots, quotes and audience."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from ...board.metrics import QUOTES, Metric
from ...board.portrait import PORTRAIT_COLUMNS, portrait_wide
from ...board.proposal import HOME
from ...plot.drawing.style import BANDS, as_floats
from ...tables.cost import DURATION_BANDS
from ...wording.figures import MISSING, numbers
from . import charts
from .audience import portrait_label, portrait_of, whose_of
from .beside import Look, Section, laid_out, look_for
from .common import lead, short
from .grids import Column, Figure, figures, tables
from .measure import clean, fitting
from .page import ACROSS, BODY, BODY_END, BRAND, EDGE, HEADLINE, LEAD, NOTE, QUIET, Box, Cell, Grid, Part, Slide, Text
from .story import Story, frame_cells

_STRIP = Box(EDGE, 1.38, ACROSS, 1.2)
_BELOW_STRIP, _BETWEEN = 0.2, 0.35
_CAPTION, _LINK, _ROW = 0.62, 1.2, 0.285
_OF_PORTRAIT = ("female_share", "tier1_share", "top_age_band", "top_crowd")


@dataclass(frozen=True)
class Pages:
    """What the pages of creators share."""

    story: Story

    @cached_property
    def portrait(self) -> pd.DataFrame | None:
        """The portraits, a row for each creator."""
        found = portrait_of(self.story)
        return None if found is None else portrait_wide(found).set_index("kol_id", drop=False)

    @cached_property
    def medians(self) -> Mapping[str, str]:
        """Metric -> the median of the list as text; empty where there is but one creator."""
        story = self.story
        if len(story.kol_ids) < 2:
            return {}
        found = {metric.name: story.values(metric.name) for metric in story.first}
        return {
            name: story.text(metric, float(np.nanmedian(values)))
            for metric in story.first
            for name, values in [(metric.name, found[metric.name])]
            if np.isfinite(values).any()
        }

    def slides(self) -> Iterator[Slide]:
        """Yield a page for each creator, in the order of the board."""
        for place, kol_id in enumerate(self.story.kol_ids):
            yield self._page(place, kol_id)

    def _page(self, place: int, kol_id: str) -> Slide:
        story = self.story
        name = fitting(story.whole_names[kol_id], ACROSS - _LINK, HEADLINE, bold=True)
        link = Text(
            Box(EDGE + ACROSS - _LINK, 0.95, _LINK, 0.3),
            story.words["home"],
            LEAD,
            BRAND,
            align="right",
            link=HOME + kol_id,
        )
        about = fitting(" · ".join(self._about(place, kol_id)), ACROSS - _LINK - 0.1, LEAD)
        strip = self._strip(place)
        top = strip.box.end + _BELOW_STRIP
        parts: list[Part] = [lead(about), link, strip]
        wide = self._look.across
        side = laid_out(self._sections(place, kol_id), self._look, Box(EDGE + ACROSS - wide, top, wide, BODY_END - top))
        across = ACROSS - (wide + _BETWEEN if side else 0)
        plots = self._plot(kol_id, Box(EDGE, top, across, BODY_END - top))
        if not plots:
            rest = self._others(place, Box(EDGE, top, across, BODY_END - top))
            plots = rest or [Text(Box(EDGE, top, across, 0.4), story.words["no_data"], LEAD, QUIET)]
        return Slide(name, [*parts, *side, *plots])

    def _about(self, place: int, kol_id: str) -> list[str]:
        """Say what a creator does, where, and what to mind."""
        story, words = self.story, self.story.words
        board = story.board.iloc[place]
        profiles = story.frames.get("profiles")
        own = profiles[(profiles["kol_id"] == kol_id).fillna(value=False)] if profiles is not None else None
        said = [board.get("top_category")]
        if own is not None and len(own):
            said = [own["tags"].iloc[0] if pd.notna(own["tags"].iloc[0]) else said[0], own["city"].iloc[0]]
        peers, few = board.get("peer_group"), board.get("few_videos")
        few = bool(few) if pd.notna(few) else False
        texts = [clean(text) for text in said if isinstance(text, str)]
        texts += [words["peers"].format(clean(peers))] if isinstance(peers, str) else []
        return [*texts, *([words["few"]] if few else [])] or [kol_id]

    def _strip(self, place: int) -> Grid:
        story = self.story
        shown = [
            Figure(short(story.label(metric)), story.cells(metric)[place].text, self._beside(metric, place))
            for metric in story.first
        ]
        return figures(shown, _STRIP, story.words["comparison"])

    def _beside(self, metric: Metric, place: int) -> list[str]:
        """Say the median of the list, and the creator's rank in it where one way is better."""
        if metric.name not in self.medians:
            return []
        words, values = self.story.words, self.story.values(metric.name)
        said = [words["median"].format(self.medians[metric.name])]
        if metric.direction is None or not np.isfinite(values[place]):
            return said
        ahead = values > values[place] if metric.direction == "higher" else values < values[place]
        return [*said, words["rank"].format(int(ahead.sum()) + 1, int(np.isfinite(values).sum()))]

    @cached_property
    def _look(self) -> Look:
        """How the tables beside the plots look, the same on every page."""
        down = BODY_END - self._strip(0).box.end - _BELOW_STRIP
        return look_for((self._sections(place, kol_id) for place, kol_id in enumerate(self.story.kol_ids)), down)

    def _sections(self, place: int, kol_id: str) -> list[Section]:
        """Return what stands beside the plots: quotes, metrics of the user's own, audience, indexes."""
        words = self.story.words
        return [
            Section(words["quotes"], self._quotes(place, kol_id)),
            Section(words["own"], self._rows(place, self.story.own), cut=True),
            Section(self._whose(), self._audience(kol_id)),
            Section(words["indexes"], self._indexes(place)),
        ]

    def _whose(self) -> str:
        portrait = portrait_of(self.story)
        return "" if portrait is None else whose_of(self.story, portrait)

    def _quotes(self, place: int, kol_id: str) -> list[tuple[Cell, Cell]]:
        """Return the price of each band: the quote, or that of the plan, which is marked."""
        story, found = self.story, []
        booked = self._booked(kol_id)
        for band, metric in QUOTES.items():
            quote = story.values(metric.name)[place] if metric.name in story.board.columns else np.nan
            price = booked.get(band, quote)
            if np.isfinite(price):
                label = DURATION_BANDS.zh[band] if story.lang == "zh" else band
                label = story.words["booked_here"].format(label) if band in booked else label
                text = numbers(np.array([price]), "CNY", story.lang)[0]
                found.append((Cell(label, mark=BANDS[band], bold=band in booked), Cell(text, bold=band in booked)))
        return found

    def _indexes(self, place: int) -> list[tuple[Cell, Cell]]:
        metrics = [metric for metric in self.story.metrics if metric.unit == "points"]
        return self._rows(place, [one for one in metrics if one not in (*self.story.first, *self.story.own)])

    def _rows(self, place: int, metrics: Sequence[Metric]) -> list[tuple[Cell, Cell]]:
        story = self.story
        found = [(Cell(story.label(metric)), replace(story.cells(metric)[place], fill="")) for metric in metrics]
        return [(label, cell) for label, cell in found if cell.text != MISSING]

    def _audience(self, kol_id: str) -> list[tuple[Cell, Cell]]:
        portrait = self.portrait
        if portrait is None or kol_id not in portrait.index:
            return []
        own = portrait.loc[[kol_id]]
        shown = [
            column for column in PORTRAIT_COLUMNS if column.name in _OF_PORTRAIT and own[column.name].notna().all()
        ]
        cells = frame_cells(own, shown, self.story.lang)
        return [
            (Cell(portrait_label(self.story, column)), replace(cells[column.name][0], align="right", fill=""))
            for column in shown
        ]

    def _booked(self, kol_id: str) -> dict[str, float]:
        """Return the bands in which the plan books a creator, and their prices."""
        plan = self.story.plan
        if plan is None or "duration_band" not in plan.columns:
            return {}
        own = plan[plan["kol_id"] == kol_id]
        return dict(zip(own["duration_band"].astype(object), as_floats(own["price_cny"]).tolist(), strict=True))

    def _plot(self, kol_id: str, box: Box) -> list[Part]:
        story = self.story
        chart = charts.of_creator(story.frames, kol_id, story.whole_names[kol_id], story.lang)
        if chart is None:
            return []
        title = Box(box.left, box.top, box.across, 0.24)
        about = Box(box.left, title.end, box.across, _CAPTION - title.down)
        return [
            Text(title, fitting(chart.title, box.across, BODY, bold=True), BODY, bold=True),
            Text(about, fitting(chart.about, box.across, NOTE, most=2), NOTE, QUIET),
            chart.picture(Box(box.left, box.top + _CAPTION, box.across, box.down - _CAPTION)),
        ]

    def _others(self, place: int, box: Box) -> list[Part]:
        """Return the metrics that stand nowhere else on the page."""
        story = self.story
        indexes = [metric for metric in story.metrics if metric.unit == "points"]
        names = {metric.name for metric in (*story.first, *story.own, *QUOTES.values(), *indexes)}
        rows = self._rows(place, [metric for metric in story.metrics if metric.name not in names])
        grid = (
            _pairs(story.words["others"], rows, Box(box.left, box.top, min(box.across, 5.2), box.down))
            if rows
            else None
        )
        return [] if grid is None else [grid]


def _pairs(title: str, rows: Sequence[tuple[Cell, Cell]], box: Box) -> Grid | None:
    """Return a table of labels and values under a title; None where the box has no room for all of it."""
    labels, values = ([pair[side] for pair in rows] for side in (0, 1))
    grids = tables([Column(title, labels), Column("", [replace(cell, align="right") for cell in values])], box, title)
    grid = replace(grids[0], heights=[_ROW] * len(grids[0].rows))
    return grid if len(grids) == 1 and grid.box.down <= box.down else None
