"""What stands on a sheet of data, before anything is said of how it looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .colours import Rule
from .formats import Cell, Kind, NumberFormat


@dataclass(frozen=True, slots=True)
class PageColumn:
    """One column of a sheet; times are numbers as Excel counts them.

    Attributes
    ----------
    header, kind, cells
        What stands there.
    look
        The number format of its cells.
    name, unit, meaning
        What the last sheet says of it; the name is empty for a column that the frame does not have.
    looks
        The number formats of the rows that have their own.
    rules
        Its conditional formats.
    total
        What stands below its cells: a text, or their sum.
    """

    header: str
    kind: Kind
    cells: Sequence[Cell]
    look: NumberFormat
    name: str
    unit: str
    meaning: str
    looks: Mapping[int, NumberFormat] = field(default_factory=dict)
    rules: Sequence[Rule] = ()
    total: Cell = None


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet of data, its first columns frozen.

    Attributes
    ----------
    one_page
        The first and last column that are printed on one page, so that columns are narrow; None for what is printed
        as it comes.
    basis
        What stands at the foot of each printed page, beside the name of the sheet.
    """

    name: str
    columns: Sequence[PageColumn]
    frozen: int
    one_page: tuple[int, int] | None = None
    basis: str = ""
