"""What cannot be in a best subset, and what must be: bounds on whole numbers, exact.

Any prices of the limits bound what a subset can bring: its own worth is its gain less what it uses of each limit at
these prices, and no subset brings more than all limits used up at these prices and every item that is worth more than
nothing. An item whose worth takes that bound below a subset that is known is settled: taken where it is worth
something, left where it is not. Which prices are good, a linear programme says; that they are floats does no harm,
because the bound is computed in whole numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np

from ..board.metrics import Floats

Row = Sequence[int]
Limit = tuple[Row, int]
"""Coefficients of the items and their largest sum."""

_UNIT = 2**60
"""Prices are whole numbers of this part."""


def total(row: Row, taken: Sequence[bool]) -> int:
    """Return the exact sum of the items taken."""
    return sum(compress(row, taken))


def scaled(row: Row) -> tuple[Floats, int]:
    """Return a row in its largest common unit, and the unit: whole numbers, small ones where possible."""
    unit = math.gcd(*row) or 1
    return np.array([cell // unit for cell in row], dtype="float64"), unit


@dataclass(frozen=True, slots=True)
class Bound:
    """What each open item is worth at the prices of the limits.

    Attributes
    ----------
    free
        The open items.
    worth
        Their worth, in parts of `_UNIT`.
    highest
        The most that a subset can gain, the settled items included, in the same parts.
    """

    free: Sequence[int]
    worth: Sequence[int]
    highest: int

    def left(self, known: int | None, taken: Sequence[bool]) -> tuple[list[int], list[bool]]:
        """Return the items that a subset of the known cost leaves open, and all as the bound settles them."""
        if known is None:
            return list(self.free), list(taken)
        settled, left = list(taken), []
        for item, worth in zip(self.free, self.worth, strict=True):
            # Equally good subsets must stay: a later objective decides between them.
            if self.highest - abs(worth) >= -known * _UNIT:
                left.append(item)
            else:
                settled[item] = worth > 0
        return left, settled

    def nearest(self, most: int, taken: Sequence[bool]) -> tuple[list[int], list[bool]]:
        """Return the items whose worth is nearest to nothing, and the others as their worth says."""
        order = sorted(range(len(self.free)), key=lambda place: abs(self.worth[place]))
        settled = list(taken)
        for place in order[most:]:
            settled[self.free[place]] = self.worth[place] > 0
        return sorted(self.free[place] for place in order[:most]), settled


def bound_of(objective: Row, limits: Sequence[Limit], free: Sequence[int], taken: Sequence[bool]) -> Bound | None:
    """Return the bound for the open items, the others being as they are taken; None where there is none."""
    fixed = list(taken) or [False] * len(objective)
    for item in free:
        fixed[item] = False
    rows = [[row[item] for item in free] for row, _ in limits]
    most = [limit - total(row, fixed) for row, limit in limits]
    gains = [-objective[item] for item in free]
    prices = _prices(gains, rows, most)
    if prices is None:
        return None
    worth = [
        gain * _UNIT - sum(price * cell for price, cell in zip(prices, cells, strict=True) if cell)
        for gain, cells in zip(gains, zip(*rows, strict=True), strict=True)
    ]
    highest = sum(price * limit for price, limit in zip(prices, most, strict=True)) - total(objective, fixed) * _UNIT
    return Bound(free, worth, highest + sum(value for value in worth if value > 0))


def _prices(gains: Row, rows: Sequence[Row], most: Row) -> list[int] | None:
    """Return what one more of each limit would bring, in parts of `_UNIT`."""
    from .highs import least

    in_units = [scaled(row) for row in rows]
    costs, unit = scaled([-gain for gain in gains])
    most_in_units = [limit / part for limit, (_, part) in zip(most, in_units, strict=True)]
    found = least(costs, [row for row, _ in in_units], most_in_units, whole=False)
    if found.problem:
        return None
    prices = -np.minimum(found.prices, 0)
    return [int(price * _UNIT) * unit // part for price, (_, part) in zip(prices.tolist(), in_units, strict=True)]
