"""Tables that fit the window of a terminal: fewer columns and shorter text, never a line that wraps.

A file or a pipe has no window, so that what other programs read stays whole.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, TextIO

from ..arguments import Language
from .figures import cells, shortened
from .terminal import grid, marked, one_line

_GAP = 2
_PADDING = 2
"""What tabulate gives a header beyond its own width."""
_LEAST = 20
"""What text is never cut below, in cells, while there is another column to leave out."""
_WORD = re.compile(r"\S+\s*|\s+")
_NOTES: Mapping[Language, str] = {
    "zh": "窗口宽 {width} 格，未显示：{names}；完整内容见 {where}",
    "en": "not shown in {width} columns: {names}; see {where} for all",
}
_BETWEEN: Mapping[Language, str] = {"zh": "、", "en": ", "}


class Table(NamedTuple):
    """The columns of a table: header to cells, how each stands, and what may go.

    Attributes
    ----------
    columns
        Header -> cells. A header may have two lines.
    align
        ``"left"`` for text, which may be cut, or ``"right"``.
    spare
        The headers to leave out first, in this order; then the others from the right.
    prose
        The headers of text that is broken into lines rather than cut.
    """

    columns: Mapping[str, Sequence[object]]
    align: Sequence[str] = ()
    spare: Sequence[str] = ()
    prose: Collection[str] = ()


def window(stream: TextIO) -> int | None:
    """Return the width of the terminal that a stream writes to; None where it is a file or a pipe."""
    return shutil.get_terminal_size().columns if stream.isatty() else None


def fitted_grid(table: Table, width: int | None, where: str, lang: Language = "en") -> str:
    """Return a table no wider than the window, and below it which columns are left out and where they stand."""
    align = list(table.align) or ["left"] * len(table.columns)
    if width is None:
        return grid(table.columns, align)
    shown = {head: [one_line(cell) for cell in column] for head, column in table.columns.items()}
    sides = dict(zip(shown, align, strict=True))
    needed = {head: _width(head, column) for head, column in shown.items()}
    least = {
        head: min(needed[head], max(_LEAST, _wide(head))) if sides[head] == "left" else needed[head] for head in shown
    }
    kept = _kept(least, table.spare, width)
    room = _room({head: needed[head] for head in kept}, least, width)
    made = {}
    for head in kept:
        make = folded if head in table.prose else shortened
        made[head] = [make(cell, room[head]) for cell in shown[head]]
    text = grid(
        {_cut(head, room[head]): column for head, column in made.items()}, [sides[head] for head in kept], lines=True
    )
    gone = [" ".join(head.split("\n")) for head in shown if head not in kept]
    if not gone:
        return text
    note = _NOTES[lang].format(width=width, names=_BETWEEN[lang].join(map(marked, gone)), where=where)
    return f"{text}\n{folded(note, width)}"


def _kept(least: Mapping[str, int], spare: Sequence[str], width: int) -> list[str]:
    """Return the columns that fit side by side; the first one stays."""
    kept = list(least)
    going = [*spare, *(head for head in reversed(kept[1:]) if head not in spare)]
    for head in going:
        if sum(least[one] + _GAP for one in kept) - _GAP <= width:
            break
        if head in kept:
            kept.remove(head)
    return kept


def _room(needed: Mapping[str, int], least: Mapping[str, int], width: int) -> dict[str, int]:
    """Return the width of each column: what is left goes to those that would be cut, from the left."""
    room = {head: min(least[head], width) for head in needed}
    left = width - sum(room.values()) - _GAP * (len(room) - 1)
    for head, wish in needed.items():
        more = max(0, min(wish - room[head], left))
        room[head] += more
        left -= more
    return room


def _wide(head: str) -> int:
    return max(cells(line) for line in marked(head).split("\n")) + _PADDING


def _width(head: str, column: Sequence[str]) -> int:
    return max([_wide(head), *map(cells, column)])


def _cut(head: str, limit: int) -> str:
    return "\n".join(shortened(line, limit - _PADDING) for line in head.split("\n"))


def fitted_lines(text: str, width: int | None) -> str:
    """Return text with each line that is wider than the window broken into several."""
    if width is None:
        return text
    return "\n".join(folded(line, width) if cells(line) > width else line for line in text.split("\n"))


def folded(text: str, limit: int) -> str:
    """Break text into lines of so many cells: between words, and inside one that is longer than a line."""
    lines = [""]
    for word in _WORD.findall(text):
        if cells(lines[-1]) + cells(word.rstrip()) > limit and cells(word.rstrip()) <= limit:
            lines.append("")
        for char in word:
            if cells(lines[-1]) + cells(char) > limit:
                lines.append("")
            lines[-1] += char
    return "\n".join(line.strip() for line in lines if line.strip())
