"""One sheet or text of a shortlist, and where in it the headers, the ids and the names stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from ..ids import bare, is_address
from ..ids.names import meaning_of, names_an_address, plain
from .excel.cells import Rows
from .groups import Plain
from .shortlist_cells import address_id, id_of, is_long, is_of_marketplace, text_of

SEPARATORS = (",", "\t", ";", "，")
_NAMES = (
    *("name", "nickname", "昵称", "达人昵称", "抖音昵称", "达人", "名称", "达人名称", "达人名", "达人姓名"),
    *("账号名称", "博主", "红人", "kol", "账号"),
)
_HEADER_ROWS = 10
_LONG_NUMBER = re.compile(r"[0-9]{5}|://")
_NUMBER = re.compile(r"[0-9]+")
_IN_A_LINE = re.compile(r"[0-9]{12,}")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass
class Grid:
    """The visible rows of one sheet, or of a text.

    Attributes
    ----------
    title
        Name of the sheet; empty for a text.
    rows
        Rows with their numbers, also blank ones.
    links
        (row number, column) -> address behind a cell.
    merged
        First row, first column, last row and last column of cells merged into one.
    hidden
        The numbers of the rows that are not among these because they are not visible.
    """

    title: str
    rows: Rows
    links: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: Collection[int] = ()

    @property
    def is_text(self) -> bool:
        """Whether the cells come from a text, which a spreadsheet may have rounded."""
        return not self.title

    @cached_property
    def filled(self) -> Rows:
        """The rows that hold something; a single line of ids is as many rows."""
        rows = [(number, list(cells)) for number, cells in self.rows if any(map(text_of, cells))]
        if len(rows) == 1 and all(_IN_A_LINE.fullmatch(bare(text_of(cell))) or _is_id(cell) for cell in rows[0][1]):
            rows = [(rows[0][0], [cell]) for cell in rows[0][1]]
        return rows

    @cached_property
    def head(self) -> range:
        """The positions of the rows of headers in `filled`; empty without any."""
        rows = self.filled[: min(_HEADER_ROWS, len(self.filled) - 1)]
        plain_rows = [not any(_LONG_NUMBER.search(text_of(cell)) for cell in cells) for _, cells in rows]
        known = [
            self._known(self._headers(position)) if is_plain else 0 for position, is_plain in enumerate(plain_rows)
        ]
        if not any(known):
            texts = (text_of(cell) for _, cells in self.filled for cell in cells)
            has_ids = any(is_long(text) for text in texts) or any(map(address_id, self.links.values()))
            return range(int(has_ids and plain_rows[:1] == [True]))
        first = last = known.index(max(known))
        while last + 1 < len(known) and plain_rows[last + 1] and self._continues(first, last + 1):
            last += 1
        return range(first, last + 1)

    def _continues(self, first: int, position: int) -> bool:
        """Return whether a row goes on with the headers above: merged cells, or words under a blank."""
        above, below = self._headers(first), self.filled[position][1]
        if above == self._headers(position):
            return any(top <= self.filled[first][0] < bottom for top, _, bottom, _ in self.merged)
        of_ids = [column for column, head in enumerate(above) if meaning_of(head) in ("creator", "perhaps")]
        texts = [text_of(cell) for cell in below]
        if any(column < len(texts) and texts[column] for column in of_ids):
            return False
        groups = [column for column, text in enumerate(texts) if text and not (above[column : column + 1] or [""])[0]]
        return bool(groups) and not any(_NUMBER.fullmatch(text) for text in texts)

    def _headers(self, position: int) -> list[str]:
        """Return the headers of a row, each in one cell; merged cells go on below and to the right."""
        number, cells = self.filled[position]
        texts = [text_of(cell) for cell in cells]
        for top, left, bottom, _ in self.merged:
            if top < number <= bottom and left < len(texts) and not texts[left]:
                texts[left] = self._at(top, left)
        # Several headers in one cell: the separator is another one.
        return ["" if self.is_text and any(mark in text for mark in SEPARATORS) else text for text in texts]

    def _at(self, number: int, column: int) -> str:
        cells = next((cells for row, cells in self.filled if row == number), [])
        return text_of(cells[column]) if column < len(cells) else ""

    @staticmethod
    def _known(heads: Sequence[str]) -> int:
        """Count the headers that say what stands under them; 0 where none of them is of ids."""
        meanings = [meaning_of(head) for head in heads]
        of_ids = sum(
            meaning in ("creator", "perhaps") or names_an_address(head)
            for meaning, head in zip(meanings, heads, strict=True)
        )
        return of_ids and of_ids + sum(
            plain(head) in _NAMES or meaning == "other" for meaning, head in zip(meanings, heads, strict=True)
        )

    @cached_property
    def headers(self) -> list[str]:
        """The header of each column, empty where there is none; those over two rows are joined."""
        lines = [[*self._headers(position), *[""] * self.width][: self.width] for position in self.head]
        for upper, lower in pairwise(lines):
            for column in range(1, self.width):
                # A group of columns is headed over its first one.
                if lower[column] and not upper[column]:
                    upper[column] = upper[column - 1]
        return [" ".join(dict.fromkeys(filter(None, parts))) for parts in zip(*lines, strict=True)] or [""] * self.width

    @cached_property
    def body(self) -> Rows:
        """The rows behind the headers."""
        return self.filled[self.head.stop :]

    @cached_property
    def width(self) -> int:
        """The number of columns."""
        return max((len(cells) for _, cells in self.filled), default=0)

    def text(self, position: int, column: int | None) -> str:
        """Return what stands in a row of the body, or behind it for a column past the width."""
        number, cells = self.body[position]
        if column is None:
            return ""
        if column >= self.width:
            return self.links.get((number, column - self.width), "")
        return text_of(cells[column]) if column < len(cells) else ""

    def cell(self, position: int, column: int) -> Plain:
        """Return the value in a row of the body."""
        cells = self.body[position][1]
        if column >= self.width:
            return self.text(position, column)
        return cells[column] if column < len(cells) else None

    @cached_property
    def columns(self) -> dict[int, list[str]]:
        """Column -> its texts; links count as columns past the width, and only those to creators."""
        count = range(len(self.body))
        found = {column: [self.text(position, column) for position in count] for column in range(self.width)}
        for column in sorted({column for _, column in self.links if column < self.width}):
            behind = [self.text(position, self.width + column) for position in count]
            if any(address_id(text) for text in behind):
                found[self.width + column] = [text if address_id(text) else "" for text in behind]
        return found

    def header(self, column: int) -> str:
        """Return the header over a column, or over the cells that its links are behind."""
        return self.headers[column % self.width] if self.width else ""

    def column_title(self, column: int) -> str:
        """Return what a person calls a column."""
        title = self.header(column) or f"column {column % self.width + 1}"
        return f"{title} (link)" if column >= self.width else title

    @cached_property
    def id_columns(self) -> list[int]:
        """The columns that could be the ids, all of the same right."""
        meanings = {column: meaning_of(self.header(column)) for column in self.columns}
        own = [column for column in self.columns if meanings[column] != "other"]
        likely = [column for column in own if self._mostly(is_long, column)]
        named = [column for column in own if meanings[column] == "creator" and column < self.width]
        return (
            [column for column in likely if column in named]
            or [column for column in likely if self._mostly(address_id, column)]
            or [column for column in likely if meanings[column] == "perhaps"]
            or [column for column in named if any(self.columns[column])][:1]
            or self._untold(likely)
            or [column for column in own if self._is_alone(column) or self._is_other_link(column)][:1]
        )

    def _untold(self, likely: Sequence[int]) -> list[int]:
        """Return the columns of long numbers; a single one only if its numbers are made as ids are."""
        is_certain = len(likely) != 1 or self._mostly(is_of_marketplace, likely[0])
        return list(likely) if is_certain else []

    def _mostly(self, test: Callable[[str], object], column: int) -> bool:
        """Return whether at least half of the cells that hold something are such."""
        filled = [text for text in self.columns[column] if text]
        count = sum(bool(test(text)) for text in filled)
        return count > 0 and 2 * count >= len(filled)

    def _is_alone(self, column: int) -> bool:
        if any(self.headers[other] or any(self.columns[other]) for other in range(self.width) if other != column):
            return False
        of_ids = meaning_of(self.header(column)) in ("creator", "perhaps") or names_an_address(self.header(column))
        return of_ids or any(_NUMBER.fullmatch(bare(text)) for text in self.columns[column])

    def _is_other_link(self, column: int) -> bool:
        """Return whether these are addresses of another site, each of which the error will then name."""
        return names_an_address(self.header(column)) and any(is_address(text) for text in self.columns[column])

    @property
    def ids(self) -> int:
        """The column that is read for ids."""
        return self.id_columns[0]

    @cached_property
    def likely(self) -> int:
        """How many cells of the column of ids look like one; -1 without such a column."""
        return sum(map(is_long, self.columns[self.ids])) if self.id_columns else -1

    @cached_property
    def rivals(self) -> str:
        """The column of ids and another one of the same right with other ids; empty where there is no doubt."""
        other = next((column for column in self.id_columns[1:] if self._differs(column)), None)
        return f"{self.column_title(self.ids)} and {self.column_title(other)}" if other is not None else ""

    def _differs(self, column: int) -> bool:
        pairs = zip(self.columns[self.ids], self.columns[column], strict=True)
        return any(_id_or_text(one) != _id_or_text(other) for one, other in pairs if one and other)

    @cached_property
    def names(self) -> int | None:
        """The column of names; None without one."""
        heads = [plain(head) for head in self.headers]
        for head in _NAMES:
            if head in heads and heads.index(head) != self.ids:
                return heads.index(head)
        return None if self.head else self._only_words()

    def _only_words(self) -> int | None:
        texts = {column: self.columns[column] for column in range(self.width) if column != self.ids}
        words = [
            column
            for column, cells in texts.items()
            if any(_LETTER.search(text) and not is_address(text) for text in cells)
        ]
        return words[0] if len(words) == 1 else None


def _is_id(cell: Plain) -> bool:
    return address_id(text_of(cell)) is not None


def _id_or_text(text: str) -> str:
    try:
        return id_of(text)
    except ValueError:
        return text
