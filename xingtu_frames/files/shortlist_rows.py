"""The rows of a shortlist: which creator each is, which are left out and why, and which ids are damaged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from ..errors import InvalidIdError
from ..ids import masked
from ..ids.names import meaning_of
from ..ids.rounding import rounded
from .shortlist_cells import address_id, id_of, is_error, is_note, is_total, text_of
from .shortlist_grid import Grid

_SHOWN, _LISTED = 20, 100

Skipped = dict[str, Any]


class Row(NamedTuple):
    """A row of the body that is a creator: its position in the body, and the id."""

    position: int
    kol_id: str


class Judged(NamedTuple):
    """The rows of a grid that are creators, those that are left out, and what is wrong with the others."""

    rows: list[Row]
    skipped: list[Skipped]
    bad: list[tuple[int, str, str]]


def judged(grid: Grid) -> Judged:
    """Judge each row behind the headers."""
    found = Judged([], [], [])
    for position, (number, _) in enumerate(grid.body):
        try:
            found.rows.append(Row(position, _creator(grid, position)))
        except _LeftOut as reason:
            found.skipped.append(_skip(grid, number, str(reason)))
        except ValueError as reason:
            shown = masked(repr(grid.cell(position, grid.ids)))
            found.bad.append((number, shown if len(shown) <= 80 else f"{shown[:77]}...", str(reason)))
    found.skipped.extend(_blanks(grid))
    found.skipped.sort(key=lambda skip: skip["row"])
    if not found.bad:
        # Nothing rounds the text of a workbook.
        suspects = rounded([row.kol_id for row in found.rows]) if grid.is_text else []
        rows = [(found.rows[place], why) for place, why in suspects]
        found.bad.extend((grid.body[row.position][0], row.kol_id, why) for row, why in rows)
    return found


class _LeftOut(Exception):  # noqa: N818
    """A row is not a creator."""


def _creator(grid: Grid, position: int) -> str:
    text = grid.columns[grid.ids][position]
    others = [grid.columns[column][position] for column in range(grid.width) if column != grid.ids]
    if any(map(is_total, [text, *others])) and len(text) < 16:
        raise _LeftOut("a row of sums")
    try:
        return id_of(grid.cell(position, grid.ids))
    except ValueError as reason:
        beside = _beside(grid, position)
        if beside:
            return beside
        why = _why_left_out(grid, text, any(other and not is_error(other) for other in others))
        if why:
            raise _LeftOut(why) from None
        raise reason from None


def _beside(grid: Grid, position: int) -> str | None:
    """Return the id of the one creator whose address stands in a row, or behind one of its cells."""
    texts = [texts[position] for column, texts in grid.columns.items() if meaning_of(grid.header(column)) != "other"]
    ids = {found for text in texts if (found := address_id(text))}
    return ids.pop() if len(ids) == 1 else None


def _why_left_out(grid: Grid, text: str, has_more: bool) -> str:
    if not text:
        return "no id in it"
    if text == grid.header(grid.ids):
        return "the header again"
    if is_note(text):
        return "words in place of an id"
    # So a formula shows that it found nothing, down to the end of the sheet.
    return "" if has_more or (text != "0" and not is_error(text)) else "no id in it"


def _skip(grid: Grid, number: int, reason: str) -> Skipped:
    return {**({"sheet": grid.title} if grid.title else {}), "row": number, "reason": reason}


def _blanks(grid: Grid) -> Iterator[Skipped]:
    """Yield the blank rows among those of creators, neighbours together."""
    numbers = sorted({*(number for number, _ in grid.body), *grid.hidden})
    if grid.is_text:
        # A cell of several lines leaves a gap between the numbers of lines that is not blank.
        first, last = (numbers[0], numbers[-1]) if numbers else (0, 0)
        filled = set(numbers)
        yield from (_skip(grid, line, "blank") for line, _ in grid.rows if first < line < last and line not in filled)
        return
    for above, below in pairwise(numbers):
        if below - above > 1:
            yield {**_skip(grid, above + 1, "blank"), **({"last_row": below - 1} if below - above > 2 else {})}


def listed(skipped: Sequence[Skipped]) -> list[Skipped]:
    """Return what attrs say of rows left out: neighbours with one reason together, and not without end."""
    together: list[Skipped] = []
    for skip in skipped:
        last = together[-1] if together else {}
        same = all(last.get(key) == skip.get(key) for key in ("sheet", "reason"))
        if same and skip.get("row") and last.get("last_row", last.get("row")) == skip["row"] - 1:
            last["last_row"] = skip.get("last_row", skip["row"])
        else:
            together.append(dict(skip))
    more = len(together) - _LISTED
    return [*together[:_LISTED], *([{"row": None, "reason": f"and {more:,} more"}] if more > 0 else [])]


def summary(skipped: Sequence[Skipped]) -> str:
    """Return in words what was left out but for blank rows: `sheet 头部 rows 5-9 (no id in it)`; the first ten."""
    telling = [skip for skip in skipped if skip["reason"] != "blank"]
    more = [f"and {len(telling) - 10:,} more"] if len(telling) > 10 else []
    return ", ".join([*map(_described, telling[:10]), *more])


def _described(skip: Skipped) -> str:
    sheet = f"sheet {skip['sheet']} " if "sheet" in skip else ""
    last = f"-{skip['last_row']}" if "last_row" in skip else ""
    row = f"row{'s' if last else ''} {skip['row']}{last} " if skip.get("row") else ""
    return f"{sheet}{row}({skip['reason']})"


def refuse(bad: Sequence[tuple[str, tuple[int, str, str]]], path: object, noun: str) -> InvalidIdError:
    """Return the error that names each bad id by sheet and row."""
    shown = [
        f"{f'sheet {title}, ' if title else ''}{noun} {number}: {text}: {why}"
        for title, (number, text, why) in bad[:_SHOWN]
    ]
    more = [f"and {len(bad) - _SHOWN} more"] if len(bad) > _SHOWN else []
    error = InvalidIdError("\n  ".join([f"{path}: {len(bad)} bad creator id{'s'[: len(bad) > 1]}", *shown, *more]))
    error.items = [item for _, item in bad]
    return error


def own_name(text: str) -> str:
    """Return a header as the name of a column: one line."""
    return " ".join(text_of(text).split())
