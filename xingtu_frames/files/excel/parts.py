"""What the parts of a workbook beside its sheets tell: which sheets there are, its texts, which styles are dates."""

from __future__ import annotations

import datetime as dt
import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from .zip import LONGEST_CELL, Handler, Package

_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships id"
_STRICT_RELATION = "http://purl.oclc.org/ooxml/officeDocument/relationships id"
_MOST_STYLES = 200_000
# Excel knows these of other countries as dates: Chinese, Japanese and Korean ones.
_DATES_ELSEWHERE = frozenset({*range(27, 37), *range(50, 59)})
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_TRUE = ("1", "true")


def unescaped(text: str) -> str:
    """Return text with the characters that XML cannot hold."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def relation_of(attributes: Mapping[str, str]) -> str:
    """Return the key of the relation that an element names."""
    return attributes.get(_RELATION) or attributes.get(_STRICT_RELATION) or ""


@dataclass(frozen=True, slots=True)
class Relation:
    """Where a part points: another part, or an address outside."""

    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet as the workbook lists it."""

    title: str
    is_visible: bool
    name: str


class Parts:
    """The parts of a workbook that its sheets refer to, each read when it is first needed."""

    def __init__(self, package: Package) -> None:
        self.package = package
        main = self.relations("") or {}
        name = next((found.target for found in main.values() if found.kind == "officedocument"), "xl/workbook.xml")
        self._main = name if package.find(name) else "xl/workbook.xml"
        self._book = _Book()
        package.parse(package.find(self._main) or self._main, self._book)

    @property
    def epoch(self) -> dt.datetime:
        """The day from which dates count."""
        return dt.datetime(1904, 1, 1) if self._book.from_1904 else dt.datetime(1899, 12, 30)

    @cached_property
    def sheets(self) -> list[SheetPart]:
        """The sheets that can hold cells, in order."""
        known = self.relations(self._main)
        found = []
        for title, state, key in self._book.sheets:
            relation = known.get(key)
            part = self.package.find(relation.target) if relation and relation.kind == "worksheet" else None
            if part:
                found.append(SheetPart(unescaped(title), state == "visible", part))
        return found

    @cached_property
    def texts(self) -> Sequence[str]:
        """The table of texts that cells refer to by number."""
        table = _Texts(self.package)
        name = self._named("sharedstrings", "sharedstrings.xml")
        if name:
            self.package.parse(name, table)
        return table.texts

    @cached_property
    def dates(self) -> frozenset[int]:
        """The numbers of the styles that show a number as a date."""
        styles = _Styles(self.package)
        name = self._named("styles", "styles.xml")
        if name:
            self.package.parse(name, styles)
        return frozenset(number for number, code in enumerate(styles.codes) if styles.is_date(code))

    def _named(self, kind: str, usual: str) -> str | None:
        name = next((found.target for found in self.relations(self._main).values() if found.kind == kind), usual)
        return self.package.find(name) or self.package.find(usual)

    def relations(self, name: str) -> dict[str, Relation]:
        """Return the relations of a part by key; their targets are names of parts, or addresses."""
        folder, file = posixpath.split(name)
        part = self.package.find(posixpath.join(folder, "_rels", f"{file}.rels"))
        relations = _Relations(folder)
        if part:
            self.package.parse(part, relations)
        return relations.by_key


class _Relations(Handler):
    def __init__(self, folder: str) -> None:
        self.by_key: dict[str, Relation] = {}
        self._folder = folder

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            target = attributes.get("Target", "")
            if attributes.get("TargetMode", "").casefold() != "external":
                joined = posixpath.join("/", self._folder, target.replace("\\", "/").casefold())
                target = posixpath.normpath(joined).lstrip("/")
            kind = attributes.get("Type", "").rpartition("/")[2].casefold()
            self.by_key[attributes.get("Id", "")] = Relation(kind, target)


class _Book(Handler):
    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, str]] = []
        self.from_1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            state = attributes.get("state", "visible")
            self.sheets.append((attributes.get("name", ""), state, relation_of(attributes)))
        elif name == "workbookPr":
            self.from_1904 = attributes.get("date1904", "").casefold() in _TRUE


class _Texts(Handler):
    """The table of texts; hints on how to pronounce them are left out."""

    def __init__(self, package: Package) -> None:
        self.texts: list[str] = []
        self._package, self._left = package, package.bounds.text
        self._pieces: list[str] = []
        self._is_hint = False
        self._length = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self._pieces, self._length = [], 0
        elif name == "rPh":
            self._is_hint = True
        elif name == "t" and not self._is_hint:
            self.listen(self._take)

    def end(self, name: str) -> None:
        if name == "t":
            self.listen(None)
        elif name == "rPh":
            self._is_hint = False
        elif name == "si":
            # A text weighs more than its characters, also an empty one.
            self._left -= self._length + 20
            self._check()
            self.texts.append(unescaped("".join(self._pieces)))

    def _take(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)
        self._check()

    def _check(self) -> None:
        if self._length > LONGEST_CELL or self._length > self._left:
            self._package.too_large("its table of texts is longer than that of a list of creators")


class _Styles(Handler):
    def __init__(self, package: Package) -> None:
        self.codes: list[int] = []
        self._package = package
        self._formats: dict[int, str] = {}
        self._in_cells = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            self.codes.append(_number(attributes.get("numFmtId")))
        elif name == "numFmt":
            self._formats[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")[:1000]
        if len(self.codes) + len(self._formats) > _MOST_STYLES:
            self._package.too_large(f"it has more than {_MOST_STYLES:,} styles")

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._in_cells = False

    def is_date(self, code: int) -> bool:
        if code in self._formats:
            return _is_date(self._formats[code])
        return code in _DATES_ELSEWHERE or _is_date(_builtin().get(code, "General"))


# openpyxl takes longer to load than all else that a command needs, and only a workbook that is read needs it.


def _builtin() -> Mapping[int, str]:
    from openpyxl.styles.numbers import BUILTIN_FORMATS

    return BUILTIN_FORMATS


@lru_cache(maxsize=1024)
def _is_date(code: str) -> bool:
    from openpyxl.styles.numbers import is_date_format

    return bool(is_date_format(code))


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() else 0
