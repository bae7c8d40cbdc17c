"""The slides of a plan: its sums, a row for each booking, and the total."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from ...board.metrics import Floats
from ...decide.columns import BUDGET_COLUMNS, LEFT_OUT
from ...plot.drawing.style import BANDS, as_floats
from ...wording.figures import numbers
from .common import (
    NOTES,
    label_of,
    names_of,
    note,
    paged,
)
from .grids import Column, Figure, figures, plain, tables
from .page import (
    ACROSS,
    EDGE,
    LEAD,
    Box,
    Cell,
    Part,
    Slide,
    Text,
)
from .story import Story, frame_cells

_MOST_NAMED = 8


def plan(story: Story) -> Iterator[Slide]:
    """Yield the plan: its sums, a row for each booking, and the total."""
    if story.plan is None:
        return
    words = story.words
    totals = figures(plan_figures(story), Box(EDGE, 1.05, ACROSS, 0.8), words["plan"])
    others: list[Part] = [totals, note(" ".join(filter(None, (_left_out(story), words["estimate"]))))]
    if story.plan.empty:
        yield Slide(words["plan"], [*others, Text(Box(EDGE, 2.4, ACROSS, 0.4), words["nothing_booked"], LEAD)])
        return
    top = totals.box.end + 0.2
    box = Box(EDGE, top, ACROSS, NOTES.top - 0.1 - top)
    yield from paged(
        words["plan"], tables(_plan_columns(story, story.plan), box, words["plan"], total=True), others, story
    )


def plan_figures(story: Story) -> list[Figure]:
    """Return what the plan comes to: budget, spent, left, bookings and what is expected."""
    plan, words = story.plan, story.words
    if plan is None:
        return []
    spent = float(np.nansum(as_floats(plan["total_cny" if "total_cny" in plan.columns else "price_cny"])))
    budget = plan.attrs.get("budget_cny")
    amounts = {"spent": spent}
    if isinstance(budget, int | float):
        amounts = {"budget": float(budget), "spent": spent, "left": float(budget) - spent}
    found = [Figure(words[name], numbers(np.array([amount]), "CNY", story.lang)[0]) for name, amount in amounts.items()]
    expected = numbers(np.array([np.nansum(as_floats(plan["expected"]))]), "plays", story.lang)[0]
    booked = Figure(words["booked"], words["bookings"].format(len(plan)))
    return [*found[:1], booked, *found[1:], Figure(words[_goal(plan)], expected)]


def _goal(plan: pd.DataFrame) -> str:
    return "interactions" if plan.attrs.get("maximise") == "interactions" else "plays"


def _plan_columns(story: Story, plan: pd.DataFrame) -> list[Column]:
    goal = _goal(plan)
    shown = [column for column in BUDGET_COLUMNS if column.name in _shown_of(plan)]
    names = names_of(story, plan)
    columns = [Column(names.header, [*names.cells, Cell(story.words["total"], bold=True)])]
    for column in shown:
        cells = frame_cells(plan, [column], story.lang)[column.name]
        if column.name == "duration_band":
            cells = [
                replace(cell, mark=BANDS.get(str(band), ""))
                for cell, band in zip(cells, plan[column.name], strict=True)
            ]
        total = Cell("", bold=True)
        if column.unit in ("CNY", "plays or interactions"):
            cells, total = _summed(cells, as_floats(plan[column.name]), column.unit, story)
        label = story.words[goal] if column.name == "expected" else label_of(story, column)
        columns.append(Column(label, [*cells, total]))
    return [*columns, _cost(story, plan, goal)]


def _shown_of(plan: pd.DataFrame) -> set[str]:
    """Return the columns of a plan that say something: a fee of 0 for all is none."""
    shown = {"duration_band", "price_cny", "price_source", "expected"} & set(plan.columns)
    extras = [name for name in ("fee_cny", "rebate_cny") if name in plan.columns and (as_floats(plan[name]) != 0).any()]
    return {*shown, *extras, *(("total_cny",) if extras and "total_cny" in plan.columns else ())}


def _summed(cells: Sequence[Cell], values: Floats, unit: str, story: Story) -> tuple[list[Cell], Cell]:
    """Return the cells in one format with their sum."""
    shown = numbers(np.append(values, np.nansum(values)), unit, story.lang)
    return [replace(cell, text=text) for cell, text in zip(cells, shown, strict=False)], Cell(
        shown[-1], "right", bold=True
    )


def _cost(story: Story, plan: pd.DataFrame, goal: str) -> Column:
    """Return what a thousand plays, or an interaction, cost by the plan."""
    spent = as_floats(plan["total_cny" if "total_cny" in plan.columns else "price_cny"])
    expected = as_floats(plan["expected"])
    spent, expected = np.append(spent, np.nansum(spent)), np.append(expected, np.nansum(expected))
    factor = 1000 if goal == "plays" else 1
    cost = np.where(expected > 0, spent / np.where(expected > 0, expected, 1.0) * factor, np.nan)
    cells = plain(numbers(cost, "CNY", story.lang), "right")
    return Column(story.words[f"cost_{goal}"], [*cells[:-1], replace(cells[-1], bold=True)])


def _left_out(story: Story) -> str:
    found = story.plan.attrs.get("left_out", ()) if story.plan is not None else ()
    who = [
        f"{story.name(one['kol_id'])}（{LEFT_OUT.zh.get(one['why'], one['why'])}）"
        if story.lang == "zh"
        else f"{story.name(one['kol_id'])} ({one['why']})"
        for one in found
    ]
    if not who:
        return ""
    words, most = story.words, _MOST_NAMED
    more = [words["and_more"].format(len(who))] if len(who) > most else []
    return words["left_out"].format(words["listed"].join([*who[:most], *more]))
