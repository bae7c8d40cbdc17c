"""Tables whose rows are always the same ones: each cell is declared once, for one payload and for many at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, compress, repeat
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple

from .columns import Cells, Read, read_together
from .read import Fields, Unit, is_missing

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Made(NamedTuple):
    """A cell that is made of what is read."""

    make: Callable[..., object]
    of: tuple[Read, ...]


Cell = Read | Made | str | int | None
"""A cell: a field, what is made of fields, or the same for every payload."""
Row = tuple[object, ...]


def number(*path: str, divisor: int = 1, unit: Unit = "") -> Read:
    """Return a cell that is a number, divided unless its text says the unit."""
    return Read("number", path, (divisor, unit))


def integer(*path: str) -> Read:
    """Return a cell that is a whole number."""
    return Read("integer", path)


def average(*path: str) -> Read:
    """Return a cell that is a mean or median of counts."""
    return Read("average", path)


def basis_points(*path: str) -> Read:
    """Return a cell that is in basis points."""
    return Read("basis_points", path)


def text(*path: str) -> Read:
    """Return a cell that is a text."""
    return Read("text", path)


def made(make: Callable[..., object], *of: Read) -> Made:
    """Return a cell that is made of fields."""
    return Made(make, of)


class _Object(NamedTuple):
    """An object of a payload: where it stands, and the fields of it: what reads each, and what gets all as they are."""

    path: tuple[str, ...]
    names: tuple[str, ...]
    reads: tuple[Callable[[Fields], object], ...]
    get: Callable[[Any], Iterable[Any]]


class Columns(NamedTuple):
    """The cells of many payloads by column, and the places of the payloads that have to be read alone instead."""

    cells: list[Cells]
    odd: set[int]


class Layout:
    """The rows that every payload of a table has, as the function that reads them.

    Parameters
    ----------
    rows
        The cells of each.
    """

    def __init__(self, rows: Iterable[Sequence[Cell]]) -> None:
        declared = [tuple(row) for row in rows]
        cells = list(dict.fromkeys(chain.from_iterable(declared)))
        # Those of the payload itself first.
        fields: dict[tuple[str, ...], list[Read]] = {(): []}
        for read in dict.fromkeys(read for cell in cells for read in _reads_of(cell)):
            fields.setdefault(read.path[:-1], []).append(read)
        self._objects = [_object(path, reads) for path, reads in fields.items() if reads]
        self._reads = list(chain.from_iterable(fields.values()))
        self._constants = [cell for cell in cells if not isinstance(cell, Read | Made)]
        made = [cell for cell in cells if isinstance(cell, Made)]
        self._made = [(cell.make, [self._reads.index(read) for read in cell.of]) for cell in made]
        known = [*self._reads, *self._constants, *made]
        places = [[known.index(cell) for cell in row] for row in declared]
        self._rows, self._columns = [itemgetter(*row) for row in places], list(zip(*places, strict=True))

    def __len__(self) -> int:
        return len(self._rows)

    def __call__(self, data: Fields) -> list[Row]:
        """Return the rows of one payload, value by value."""
        values: list[object] = []
        for path, _, reads, _ in self._objects:
            holder = data
            for key in path:
                holder = holder.block(key)
            values += [read(holder) for read in reads]
        made = [make(*[values[place] for place in places]) for make, places in self._made]
        known = [*values, *self._constants, *made]
        return [row(known) for row in self._rows]

    def taken_from(self, data: Mapping[str, Any]) -> Cells | None:
        """Return the values of a payload as they are; None where it holds something else than an object."""
        values: list[Any] = []
        try:
            for path, _, _, get in self._objects:
                holder = data
                for key in path:
                    holder = holder[key]
                values += get(holder)
        except (LookupError, TypeError):
            return self._what_there_is(data)
        return values

    def _what_there_is(self, data: Mapping[str, Any]) -> Cells | None:
        values: list[Any] = []
        for path, names, _, _ in self._objects:
            holder: Mapping[str, Any] = data
            for key in path:
                found = holder.get(key)
                if type(found) is not dict and not is_missing(found):
                    return None
                holder = found if type(found) is dict else _NOTHING
            values += map(holder.get, names)
        return values

    def columns(self, taken: Sequence[Cells]) -> Columns:
        """Return the rows of payloads by column, all of one field read together; of some, what `taken_from` returns."""
        by_field = zip(*taken, strict=True) if taken else repeat((), len(self._reads))
        odd = set[int]()
        values = [read_together(read, fields, odd) for read, fields in zip(self._reads, by_field, strict=True)]
        if odd:
            plain = [place not in odd for place in range(len(taken))]
            values = [list(compress(cells, plain)) for cells in values]
        count = len(taken) - len(odd)
        constants = [[cell] * count for cell in self._constants]
        made = [list(map(make, *[values[place] for place in places])) for make, places in self._made]
        known = [*values, *constants, *made]
        by_column = ([known[place] for place in places] for places in self._columns)
        # The rows of the first payload, then those of the next.
        return Columns([list(chain.from_iterable(zip(*cells, strict=True))) for cells in by_column], odd)


def _object(path: tuple[str, ...], reads: Sequence[Read]) -> _Object:
    names = tuple(read.path[-1] for read in reads)
    # Of one name alone, an itemgetter does not make a tuple.
    get = itemgetter(*names) if len(names) > 1 else lambda holder: [holder[names[0]]]
    return _Object(path, names, tuple(read.of for read in reads), get)


def _reads_of(cell: Cell) -> tuple[Read, ...]:
    if isinstance(cell, Read):
        return (cell,)
    return cell.of if isinstance(cell, Made) else ()
