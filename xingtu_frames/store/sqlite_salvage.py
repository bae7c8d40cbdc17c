"""What can still be read of a damaged store: every answer that is whole, wherever in the file it lies.

SQLite reads a table from its root and stops at the first page that is damaged. Here every page of the file and of its
log is looked at alone, and each record that has the cells of an answer is an answer if its checksum says so, so
that nothing is taken for one that is not. The layout of pages and records is SQLite's published file format.
"""

from __future__ import annotations

import contextlib
import mmap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ..wire.bodies import MOST_BYTES
from .answer import Answer, Recorded, is_whole

_TABLE_LEAF = 13
_INDEX_LEAF = 10
_FRAME_HEADER = 24
_LOG_HEADER = 32
_CELLS = (10, 11)
_MOST_BYTES = MOST_BYTES + 1024 * 1024
"""More than the record of an answer can have: a damaged length may claim anything."""
_Bytes = mmap.mmap | bytes
_SIZES = {1 << power for power in range(9, 17)}
_WIDTHS = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)


class Salvage:
    """The answers of a damaged store that are whole, read from its file and log; nothing else may have them open.

    Attributes
    ----------
    lost
        After the last answer: how many answers the file speaks of that could not be read.
    """

    def __init__(self, path: Path) -> None:
        self.lost = 0
        self._path = path

    def __iter__(self) -> Iterator[Recorded]:
        named: set[int] = set()
        whole: set[int] = set()
        with contextlib.ExitStack() as stack:
            pages = _Pages(
                *(_mapped(path, stack) for path in (self._path, self._path.with_name(f"{self._path.name}-wal")))
            )
            for number, page in pages:
                for row, cells in _records(page, number, pages):
                    named.add(row)
                    recorded = _answer(cells)
                    if recorded is not None and row not in whole:
                        whole.add(row)
                        yield recorded
        # Rows are numbered without gaps, so that a page of them that is gone leaves one.
        self.lost = len((named | set(range(1, max(whole, default=0)))) - whole)


class _Pages:
    """The pages of a file and of its log."""

    def __init__(self, file: _Bytes, log: _Bytes) -> None:
        self._file, self._log = file, log
        self.size = _page_size(file)
        step = self.size + _FRAME_HEADER
        frames = range(_LOG_HEADER, len(log) - step + 1, step)
        self._frames = [(int.from_bytes(log[at : at + 4]), at + _FRAME_HEADER) for at in frames]
        self._newest = dict(self._frames)

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        for number in range(1, len(self._file) // self.size + 1):
            yield number, self._of_file(number)
        for number, at in self._frames:
            yield number, self._log[at : at + self.size]

    def _of_file(self, number: int) -> bytes:
        return bytes(self._file[(number - 1) * self.size : number * self.size])

    def __getitem__(self, number: int) -> bytes:
        at = self._newest.get(number)
        return self._of_file(number) if at is None else bytes(self._log[at : at + self.size])


def _mapped(path: Path, stack: contextlib.ExitStack) -> _Bytes:
    """Return the bytes of a file without reading them all; none where there is no file."""
    with contextlib.suppress(OSError, ValueError):
        file = stack.enter_context(path.open("rb"))
        return stack.enter_context(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    return b""


def _page_size(file: _Bytes) -> int:
    """Return the size that the header names, or where that is damaged the one at which most pages are leaves."""
    named = int.from_bytes(file[16:18])
    named = 65_536 if named == 1 else named
    if named in _SIZES:
        return named

    def leaves(size: int) -> int:
        return size * sum(file[at] in (_TABLE_LEAF, _INDEX_LEAF) for at in range(size, len(file), size))

    return max(sorted(_SIZES), key=leaves)


def _records(page: bytes, number: int, pages: _Pages) -> Iterator[tuple[int, Sequence[object]]]:
    """Yield row and cells of each record of a page that can be one of ``answers``, or of an index that names one."""
    start = 100 if number == 1 else 0
    if len(page) < pages.size or page[start] not in (_TABLE_LEAF, _INDEX_LEAF):
        return
    for place in range(int.from_bytes(page[start + 3 : start + 5])):
        at = start + 8 + 2 * place
        with contextlib.suppress(IndexError, ValueError, UnicodeDecodeError):
            yield from _record(page, int.from_bytes(page[at : at + 2]), page[start] == _TABLE_LEAF, pages)


def _record(page: bytes, at: int, is_table: bool, pages: _Pages) -> Iterator[tuple[int, Sequence[object]]]:
    length, at = _varint(page, at)
    row = 0
    if is_table:
        row, at = _varint(page, at)
    cells = _cells(_payload(page, at, length, is_table, pages))
    if is_table and len(cells) in _CELLS and isinstance(cells[8], bytes | None):
        yield row, cells
    elif not is_table and _names_an_answer(cells):
        yield cells[-1], ()


def _names_an_answer(cells: Sequence[object]) -> bool:
    """Return whether this is an entry of an index on answers: key, served, time, row; or subject, question, row."""
    return len(cells) in (4, 5) and isinstance(cells[-1], int) and isinstance(cells[-2], str | int)


def _payload(page: bytes, at: int, length: int, is_table: bool, pages: _Pages) -> bytes:
    """Return the whole of a record: what lies on its page, and what went over to others."""
    if length > _MOST_BYTES:
        raise ValueError("the record is longer than any answer")
    size = pages.size
    most = size - 35 if is_table else (size - 12) * 64 // 255 - 23
    if length <= most:
        return page[at : at + length]
    least = (size - 12) * 32 // 255 - 23
    here = least + (length - least) % (size - 4)
    here = here if here <= most else least
    parts, left = [page[at : at + here]], length - here
    following = int.from_bytes(page[at + here : at + here + 4])
    while left > 0:
        over = pages[following]
        if len(over) < size:
            raise ValueError("the record goes over to a page that is not there")
        parts.append(over[4 : 4 + min(left, size - 4)])
        left -= len(parts[-1])
        following = int.from_bytes(over[:4])
    return b"".join(parts)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for step in range(9):
        byte = data[at + step]
        if step == 8:
            return (value << 8) | byte, at + 9
        value = (value << 7) | (byte & 127)
        if byte < 128:
            break
    return value, at + step + 1


def _cells(record: bytes) -> list[Any]:
    header, at = _varint(record, 0)
    kinds = []
    while at < header:
        kind, at = _varint(record, at)
        kinds.append(kind)
    cells = []
    for kind in kinds:
        width = _WIDTHS[kind] if kind < len(_WIDTHS) else (kind - 12) // 2
        cells.append(_cell(kind, record[at : at + width]))
        at += width
    if at > len(record):
        raise ValueError("the record is cut short")
    return cells


def _cell(kind: int, data: bytes) -> object:
    if kind >= 12:
        return data.decode() if kind % 2 else data
    if kind in (0, 7):
        return None
    return kind - 8 if kind >= 8 else int.from_bytes(data, signed=True)


def _answer(cells: Sequence[Any]) -> Recorded | None:
    """Return the answer of a row of ``answers`` whose checksum is right."""
    if len(cells) not in _CELLS:
        return None
    _, key, endpoint, kol_id, params, fetched_at, http_status, served, body, sum_ = cells[:10]
    answer = Answer(key, endpoint, kol_id, params, fetched_at, body)
    if not is_whole(answer, sum_) or not all(isinstance(text, str | None) for text in answer[:5]):
        return None
    return Recorded(answer, http_status, bool(served))
