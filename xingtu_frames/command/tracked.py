"""Tracking at the command line: its arguments, and what a run is said to have done."""

from __future__ import annotations

import argparse

import pandas as pd

from ..fetch.changes import BOARD
from ..fetch.track import Tracked, followed
from ..tables.inputs import CHINA
from ..tables.records import TRACK_STATES
from ..tables.schema import Table
from ..wording.terminal import grid


def add_tracking(parser: argparse.ArgumentParser) -> None:
    """Add what to follow, and how often."""
    parser.add_argument("--every", default="7d", metavar="AGE", help="how old an answer may become: 7d, 24h (7d)")
    help_text = "tables separated by commas, or board for those that compare reads (board)"
    parser.add_argument("--tables", default=BOARD, metavar="TABLES", help=help_text)


def tables_to_track(text: str) -> list[Table]:
    """Return the tables that are named, separated by commas."""
    return followed(BOARD if text.strip() == BOARD else [name.strip() for name in text.split(",") if name.strip()])


def tracked_text(outcome: Tracked, *, dry: bool) -> str:
    """Return what a run has done, table by table, and when the next answer is due."""
    frame = outcome.frame
    states = [state for state in TRACK_STATES if (frame["state"] == state).any()]
    tables = {str(name): of_table for name, of_table in frame.groupby("table", sort=False)}
    columns: dict[str, list[object]] = {"table": list(tables)}
    for state in states:
        columns[state] = [int((of_table["state"] == state).sum()) for of_table in tables.values()]
    columns["next due (Beijing)"] = [_next(of_table) for of_table in tables.values()]
    requests = f"{outcome.due} of {outcome.total} requests"
    done = f"{requests} are due; nothing was sent" if dry else f"{requests} were due"
    return f"{grid(columns)}\n\n{done}"


def _next(frame: pd.DataFrame) -> str:
    """Return when the first row of a frame is due."""
    if (frame["state"] == "due").any():
        return "now"
    return f"{frame['due_at'].min().tz_convert(CHINA):%Y-%m-%d %H:%M}"
