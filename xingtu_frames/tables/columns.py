"""One field of many payloads, read at once where its values are plain; what each of them means, `Fields` alone says.

Of a thousand payloads nearly all have an integer in the same field, or a text of digits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

import numpy as np

from ..errors import PayloadError
from .read import INT64, SHORT_DIGITS, Fields, clean

Kind = Literal["number", "integer", "average", "basis_points", "text"]
"""How a field is read: by the method of `Fields` of that name."""
Cells = Sequence[Any]

UNREADABLE: Final = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What reading a payload of any kind can raise; a fault in our code costs one creator, and never the others."""

_EXACT = 2**53
"""Below this a float holds every integer, so that a quotient is the same of either."""
_FLOATS, _TEXTS = frozenset({int, float}), frozenset({str, type(None)})


class Read(NamedTuple):
    """A cell that is one field: how it is read, where it stands, and what else the method of `Fields` takes."""

    kind: Kind
    path: tuple[str, ...]
    args: tuple[Any, ...] = ()

    @property
    def of(self) -> Callable[[Fields], Any]:
        """What reads the field of the object that holds it."""
        name, method = self.path[-1], getattr(Fields, self.kind)
        if not self.args:
            return lambda holder: method(holder, name)
        # Spelled out, because each value of each payload is read so.
        divisor, unit = self.args
        return lambda holder: method(holder, name, divisor, unit)


def cleaned(cells: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return cells whose text a file can hold: names come from keys as well as from values."""
    # Printable text is clean, and told at once.
    for cell in cells:
        if type(cell) is str and not cell.isprintable():
            return tuple([clean(cell) if type(cell) is str else cell for cell in cells])
    return cells


def read_together(read: Read, values: Cells, odd: set[int]) -> Cells:
    """Return what `Fields` reads of each value.

    The places of those that it refuses or notes are added to ``odd``; the cells there mean nothing.
    """
    plain = _PLAIN[read.kind](read, values) if values else ()
    return _one_by_one(read, values, odd) if plain is None else plain


def _one_by_one(read: Read, values: Cells, odd: set[int]) -> Cells:
    data: dict[str, Any] = {}
    name, of, holder, cells = read.path[-1], read.of, Fields(data, "", []), list[Any]()
    for place, data[name] in enumerate(values):
        try:
            cells.append(of(holder))
        except (PayloadError, *UNREADABLE):
            cells.append(None)
            odd.add(place)
        if holder.unread:
            odd.add(place)
            holder.unread.clear()
    return cleaned(tuple(cells))


def _integers(read: Read, values: Cells) -> Cells | None:
    """Return integers of 64 bits as they are, or those that digits spell; None if there is anything else."""
    kinds = {*map(type, values)}
    if kinds == {int}:
        return values if min(values) >= -INT64 and max(values) < INT64 else None
    if kinds != {str} or not all(values) or max(map(len, values)) > SHORT_DIGITS:
        return None
    digits = "".join(values)
    return list(map(int, values)) if digits.isdigit() and digits.isascii() else None


def _floats(values: Cells | None) -> np.ndarray[Any, np.dtype[np.float64]] | None:
    """Return numbers as floats; None if there is anything else, or an integer that no float is."""
    if values is None or not {*map(type, values)} <= _FLOATS:
        return None
    try:
        floats = np.array(values, dtype="float64")
    except OverflowError:
        return None
    # Of NaN this is false too.
    return floats if np.abs(floats).max() < _EXACT else None


def _numbers(read: Read, values: Cells) -> Cells | None:
    floats = _floats(_integers(read, values) if type(values[0]) is str else values)
    return None if floats is None else (floats / read.args[0]).tolist()


def _averages(read: Read, values: Cells) -> Cells | None:
    integers = _integers(read, values)
    floats = _floats(values) if integers is None else None
    return integers if floats is None else np.rint(floats).astype("int64").tolist()


def _texts(read: Read, values: Cells) -> Cells | None:
    """Return texts, each different one read once; None if there is anything else, or one that is to be noted."""
    if not {*map(type, values)} <= _TEXTS:
        return None
    different, odd = list({*values}), set[int]()
    known = dict(zip(different, _one_by_one(read, different, odd), strict=True))
    return None if odd else list(map(known.__getitem__, values))


_PLAIN: Mapping[Kind, Callable[[Read, Cells], Cells | None]] = MappingProxyType(
    {
        "number": _numbers,
        "integer": _integers,
        "average": _averages,
        "basis_points": _integers,
        "text": _texts,
    }
)
