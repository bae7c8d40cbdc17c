"""The parts of a workbook, each read as a stream and none further than the bounds: a file of 1 kB can claim gigabytes.

openpyxl builds rows up to whatever number the file names, keeps all text before the first cell is asked for, and
reads neither links nor hidden rows in that mode; so the parts are read here.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pyexpat import ParserCreate, XMLParserType
from typing import IO, NoReturn

from ...errors import FileError
from ..kinds import kind_of_zip


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of a workbook is read.

    Attributes
    ----------
    unpacked
        Bytes of all parts that are read, unpacked.
    text
        Characters of all cells together, and of the table of texts.
    cells
        Places in the rows of a sheet up to their last column, filled or not.
    elements
        Elements of all parts.
    """

    unpacked: int
    text: int
    cells: int
    elements: int


LIST = Bounds(unpacked=1_000_000_000, text=32_000_000, cells=2_000_000, elements=8_000_000)
"""For a list of creators: 100,000 of them with 20 columns."""
FRAMES = Bounds(unpacked=16_000_000_000, text=2_000_000_000, cells=200_000_000, elements=2_000_000_000)
"""For frames that `write_excel` wrote."""

LONGEST_CELL = 1_000_000
"""Characters of a cell; Excel has 32,767, other programs more."""
_MOST_PARTS = 20_000
_CHUNK, _LONGEST, _DEEPEST, _MOST_NAMES = 1 << 18, 4_000_000, 100, 1_000
_FOLDERS = ("", "xl/")


class Handler:
    """What becomes of the elements of a part; names come without their namespace."""

    parser: XMLParserType

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""

    def end(self, name: str) -> None:
        """Take the end of an element."""

    def listen(self, handle: Callable[[str], object] | None) -> None:
        """Take text from here on, or none: most of a part has none that counts."""
        self.parser.CharacterDataHandler = handle


class Package:
    """An open workbook file: its parts by name, read within bounds."""

    def __init__(self, handle: IO[bytes], path: object, bounds: Bounds) -> None:
        self.path, self.bounds = path, bounds
        self._left, self.elements = bounds.unpacked, 0
        if _count(handle, b"PK\x01\x02") > _MOST_PARTS:
            self.refuse(f"it is a zip of more than {_MOST_PARTS:,} files, more than a workbook has")
        self._zip = zipfile.ZipFile(handle)
        self._parts = {_plain(part.filename): part for part in self._zip.infolist()}
        if not any(name.endswith("workbook.xml") for name in self._parts):
            self.refuse(f"it is {kind_of_zip(self._parts)}")

    def refuse(self, why: str) -> NoReturn:
        """Raise the error that names the file and why it is not read."""
        raise FileError(f"cannot read {self.path}: {why}")

    def too_large(self, what: str) -> NoReturn:
        """Raise the error for a part that goes on past the bounds."""
        self.refuse(f"{what}; copy the list into a new workbook, values only, or save it as CSV UTF-8")

    def find(self, name: str) -> str | None:
        """Return the name of a part as this file spells it; None without it."""
        return next((folder + name for folder in _FOLDERS if folder + name in self._parts), None)

    def parse(self, name: str, handler: Handler, shorten: Callable[[bytes], bytes] = lambda data: data) -> None:
        """Feed a part to a handler; ``shorten`` leaves out what needs no reading."""
        feed = _Feed(self, handler)
        for chunk in self._tags(name):
            feed.take(shorten(chunk))
        handler.parser.Parse(b"", True)

    def _tags(self, name: str) -> Iterator[bytes]:
        """Yield a part in pieces that end with a tag, as far as there are any."""
        part = self._parts[name]
        if part.file_size > self._left:
            self._too_long()
        rest = b""
        with self._zip.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                self._left -= len(chunk)
                if self._left < 0:
                    self._too_long()
                end = chunk.rfind(b">") + 1 or len(chunk) * (len(rest) > _CHUNK)
                if end:
                    yield rest + chunk[:end]
                    rest = b""
                rest += chunk[end:]
        yield rest

    def _too_long(self) -> NoReturn:
        self.too_large(f"unpacked it is larger than {self.bounds.unpacked / 1e6:,.0f} MB")


class _Feed:
    """A parser that notices what would fill its memory before a handler sees anything."""

    def __init__(self, package: Package, handler: Handler) -> None:
        self._package, self._handler = package, handler
        self._depth = self._silent = self._spaces = 0
        self._names: set[str] = set()
        parser = handler.parser = ParserCreate(namespace_separator=" ")
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.StartNamespaceDeclHandler = self._space
        # Entities, which can grow without bound, need a document type.
        parser.StartDoctypeDeclHandler = lambda *_: package.refuse("its XML declares a document type; no workbook does")
        parser.buffer_text = True

    def take(self, data: bytes) -> None:
        """Parse some bytes."""
        self._silent += len(data)
        self._handler.parser.Parse(data, False)
        if self._silent > _LONGEST:
            self._package.too_large(f"a cell or a tag of it is larger than {_LONGEST / 1e6:,.0f} MB")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._silent = 0
        self._depth += 1
        self._package.elements += 1
        if self._package.elements > self._package.bounds.elements:
            self._package.too_large(f"it has more than {self._package.bounds.elements:,} cells, rows and other parts")
        self._names.add(name)
        self._names.update(attributes)
        if self._depth > _DEEPEST or len(self._names) > _MOST_NAMES:
            self._package.refuse("its XML is not that of a workbook: too deep, or too many names")
        self._handler.start(name.rpartition(" ")[2], attributes)

    def _end(self, name: str) -> None:
        self._silent = 0
        self._depth -= 1
        self._handler.end(name.rpartition(" ")[2])

    def _space(self, *_: object) -> None:
        self._spaces += 1
        if self._spaces > _MOST_NAMES:
            self._package.refuse("its XML is not that of a workbook: too many namespaces")


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def _count(handle: IO[bytes], mark: bytes) -> int:
    """Count a mark in a file, so that a directory of millions of names is not built."""
    count, last = 0, b""
    handle.seek(0)
    while chunk := handle.read(1 << 20):
        count += (last + chunk).count(mark)
        last = chunk[1 - len(mark) :]
    handle.seek(0)
    return count
