"""The slides about who watches: the match with a target, and the portrait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from ...board.portrait import PORTRAIT_COLUMNS, SHARES, TOPS, portrait_wide, whose_portrait
from ...decide.columns import MATCH_COLUMNS
from ...files.scope import scope as scope_of
from ...tables.catalog import LABELS_ZH
from ...tables.schema import Column as Declared
from ...wording.figures import english
from .common import (
    ABOVE_NOTES,
    columns_of,
    lead,
    name_column,
    names_of,
    note,
    paged,
    shaded,
    short,
)
from .grids import Column, tables
from .measure import clean
from .page import (
    Slide,
)
from .story import Story, frame_cells

_OF_PORTRAIT = (
    "female_share",
    "age_18_23_share",
    "age_24_30_share",
    "age_31_40_share",
    "age_41_50_share",
    "age_50_share",
    "tier1_share",
    "iphone_share",
    "top_province",
    "top_crowd",
)


def audience(story: Story) -> Iterator[Slide]:
    """Yield who watches: the match with a target, and the portrait."""
    frame = story.audience
    is_match = frame is not None and "combined_share" in frame.columns
    if frame is not None and is_match:
        yield from _match(story, frame)
    portrait = portrait_of(story)
    if portrait is not None:
        yield from _portrait(story, portrait)


def portrait_of(story: Story) -> pd.DataFrame | None:
    """Return the portrait that the audience is read from: that of the caller before those among the frames."""
    own = story.audience if story.audience is not None and "bucket" in story.audience.columns else None
    portraits = (own, story.frames.get("audience_portrait"), story.frames.get("fans_portrait"))
    return next((one for one in portraits if one is not None and len(one)), None)


def _match(story: Story, match: pd.DataFrame) -> Iterator[Slide]:
    shown = [
        column for column in MATCH_COLUMNS[2:] if column.name in match.columns and match[column.name].notna().any()
    ]
    shown = [column for column in shown if column.name not in ("combined_low", "combined_high")]
    columns = [names_of(story, match), *columns_of(story, match, shown)]
    place = (
        1 + [column.name for column in shown].index("combined_share") if match["combined_share"].notna().any() else 0
    )
    if place:
        columns[place] = replace(columns[place], cells=shaded(columns[place].cells, match["combined_share"]))
    about = scope_of(match, "audience_match", story.lang, story.whole_names)
    grids = tables(columns, ABOVE_NOTES, story.words["match"])
    yield from paged(story.words["match"], grids, [lead(clean(about))], story)


def _portrait(story: Story, portrait: pd.DataFrame) -> Iterator[Slide]:
    wide = portrait_wide(portrait)
    wide = wide[wide["kol_id"].isin(story.kol_ids)].set_index("kol_id").reindex(story.kol_ids)
    present = [column for column in PORTRAIT_COLUMNS if column.name in _OF_PORTRAIT and wide[column.name].notna().any()]
    if not present:
        return
    columns = [name_column(story, story.kol_ids)]
    for column in sorted(present, key=lambda column: _OF_PORTRAIT.index(column.name)):
        cells = frame_cells(wide, [column], story.lang)[column.name]
        columns.append(Column(short(portrait_label(story, column)), shaded(cells, wide[column.name])))
    grids = tables(columns, ABOVE_NOTES, story.words["audience"])
    others = [lead(whose_of(story, portrait)), note(story.words["shade"])]
    yield from paged(story.words["audience"], grids, others, story)


def whose_of(story: Story, portrait: pd.DataFrame) -> str:
    """Return whose portrait it is."""
    group = whose_portrait(portrait)
    if group is None:
        return story.words["users"]
    is_stage = "stage" in portrait.columns
    if story.lang == "zh":
        return LABELS_ZH.get(group, group) + "用户" * is_stage
    return group.replace("_", " ").capitalize() + " users" * is_stage


def portrait_label(story: Story, column: Declared) -> str:
    """Return what a column of a portrait is called."""
    if story.lang == "zh":
        return column.label_zh.replace("（含新一线）", "").removesuffix("占比")
    if column.name in SHARES:
        return {"tier1_share": "tier 1"}.get(column.name, SHARES[column.name][1])
    return english(TOPS[column.name][0])
