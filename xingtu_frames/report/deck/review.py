"""The slides about what came of a campaign."""

from __future__ import annotations

from collections.abc import Iterator

from ...decide.outcomes import REVIEW_COLUMNS
from ...decide.review_total import review_total
from ...plot.review import plot_review
from . import charts
from .common import (
    ABOVE_NOTES,
    BODY_BOX,
    columns_of,
    lead,
    names_of,
    paged,
)
from .grids import tables
from .page import (
    Slide,
)
from .story import Story

_MOST_DRAWN = 12


def review(story: Story) -> Iterator[Slide]:
    """Yield what came of the campaign: the plot, and a row for each booking."""
    reviewed = story.review
    if reviewed is None or reviewed.empty:
        return
    words = story.words
    shown = [column for column in REVIEW_COLUMNS[3:] if reviewed[column.name].notna().any()]
    shown = [column for column in shown if column.name not in ("expected_source", "plays_day_7", "share_of_plays")]
    total = review_total(reviewed)
    about = words["compared"] if total["few_videos"].iloc[0] else ""
    others = [lead(about)] if about else []
    if len(reviewed) <= _MOST_DRAWN:
        chart = charts.of_figure(plot_review(reviewed, lang=story.lang))
        yield Slide(
            words["review"], [lead(f"{chart.about}{words['joint'] if about else ''}{about}"), chart.picture(BODY_BOX)]
        )
    columns = [names_of(story, reviewed), *columns_of(story, reviewed, shown)]
    yield from paged(words["review"], tables(columns, ABOVE_NOTES, words["review"]), others, story)
