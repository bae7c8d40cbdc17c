"""The efficient subsets of two goals: whole numbers in, each one exact, the widest gaps closed first.

A gap lies between two neighbours that are known. It is halved by a minimum of the second goal: the subset with the
most of the first goal under that minimum is efficient, and is new or the far neighbour. Where it is the neighbour, the
subset with the most of the second goal among those that have more of the first lies next to it. So each step finds a
subset, or proves that the gap has none.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from ..errors import ParameterError, XingtuError
from .planning import Search
from .pruning import Limit, Row, total
from .solver import best_subset

_FIRST, _SECOND = 0, 1


class _OutOfTimeError(XingtuError):
    """The time is over, or the solver proved nothing within it."""


class _FullError(Exception):
    """There is one more than asked for."""


@dataclass(frozen=True, slots=True)
class Point:
    """An efficient subset, and what it has of both goals."""

    taken: Sequence[bool]
    gains: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Gap:
    """Two neighbours between which efficient subsets may lie.

    Attributes
    ----------
    before, after
        The neighbours, the one with more of the first goal in front.
    below
        What lies between them has less than this of the second goal.
    """

    before: Point
    after: Point
    below: int

    @property
    def room(self) -> int:
        """How many pairs of gains lie in it."""
        (first, second), (least, _) = self.before.gains, self.after.gains
        return max(0, first - least - 1) * max(0, self.below - second - 1)


@dataclass(slots=True)
class Front:
    """What is known of the efficient subsets.

    Attributes
    ----------
    points
        Those that are known, the most of the first goal first.
    gaps
        The neighbours between which others may lie.
    stopped_by
        Why the search stopped with gaps left: ``most``, ``seconds``, or "" where none are left.
    """

    points: list[Point]
    gaps: list[Gap] = field(default_factory=list)
    stopped_by: str = ""

    @property
    def is_next(self) -> list[bool]:
        """Whether each point but the first is proven to be next to the one before."""
        open_after = {gap.before.gains for gap in self.gaps}
        return [point.gains not in open_after for point in self.points[:-1]]

    def add(self, point: Point) -> None:
        """Add a point in its place."""
        self.points.append(point)
        self.points.sort(key=lambda one: -one.gains[_FIRST])

    def open_gap(self, gap: Gap) -> None:
        """Add a gap, where it has room."""
        if gap.room:
            self.gaps.append(gap)

    def widest(self) -> Gap:
        """Take out the gap with the most room."""
        return self.gaps.pop(max(range(len(self.gaps)), key=lambda place: self.gaps[place].room))


def front_of(search: Search, most: int, seconds: float, step: Callable[[], object] = lambda: None) -> Front:
    """Return at most so many efficient subsets, all along the frontier; ``step`` is called with each.

    Raises
    ------
    ParameterError
        No subset keeps to the limits.
    XingtuError
        The most of either goal is not proven in time.
    """
    ends = _Ends(search, time.monotonic() + seconds)
    first, last = ends.leading(_FIRST), ends.leading(_SECOND)
    front = Front([ends.settled(first)])
    step()
    if first != last:
        front.add(ends.settled(last))
        step()
        front.open_gap(Gap(front.points[0], front.points[1], last[_SECOND]))
    while front.gaps and not front.stopped_by:
        is_full = len(front.points) >= most
        try:
            _halve(front, front.widest(), ends, step, is_full=is_full)
        except (_OutOfTimeError, _FullError):
            front.stopped_by = "most" if is_full else "seconds"
    return front


def _halve(front: Front, gap: Gap, ends: _Ends, step: Callable[[], object], *, is_full: bool) -> None:
    """Find a point in a gap, or prove that there is none; what stays open goes back.

    A full frontier takes no other point: it is only proven to be all there is, or not.
    """
    before, after, middle = gap.before, gap.after, (gap.before.gains[_SECOND] + gap.below) // 2
    try:
        gains = ends.leading(_FIRST, ends.at_least(_SECOND, middle), after)
        if gains != after.gains:
            point = _added(front, gains, ends, step, is_full=is_full)
            front.open_gap(replace(gap, before=point))
            front.open_gap(Gap(before, point, middle))
            return
        gap = replace(gap, below=middle)
        gains = ends.leading(_SECOND, ends.at_least(_FIRST, after.gains[_FIRST] + 1), before)
        if gains != before.gains:
            point = _added(front, gains, ends, step, is_full=is_full)
            front.open_gap(Gap(before, point, point.gains[_SECOND]))
    except (_OutOfTimeError, _FullError):
        front.open_gap(gap)
        raise


def _added(front: Front, gains: tuple[int, int], ends: _Ends, step: Callable[[], object], *, is_full: bool) -> Point:
    if is_full:
        raise _FullError
    point = ends.settled(gains)
    front.add(point)
    step()
    return point


@dataclass(frozen=True, slots=True)
class _Ends:
    """The search for the ends of a stretch of the frontier, until a time."""

    search: Search
    until: float

    def at_least(self, goal: int, gain: int) -> Limit:
        """Return the limit that a subset brings so much of a goal."""
        return self.search.costs[goal], -gain

    def leading(self, goal: int, limit: Limit | None = None, known: Point | None = None) -> tuple[int, int]:
        """Return what the subset brings that has the most of one goal, among those the most of the other.

        One that has as much of the goal as a known efficient subset has as much of both.
        """
        limits = [] if limit is None else [limit]
        most = self._gain(goal, limits)
        if known is not None and most == known.gains[goal]:
            return known.gains
        other = self._gain(1 - goal, [*limits, self.at_least(goal, most)])
        return (most, other) if goal == _FIRST else (other, most)

    def settled(self, gains: tuple[int, int]) -> Point:
        """Return the cheapest subset with these gains, of equals the one that stands first."""
        limits = [self.at_least(goal, gain) for goal, gain in enumerate(gains)]
        return Point(self._best([self.search.prices, self.search.places], limits), gains)

    def _gain(self, goal: int, limits: Sequence[Limit]) -> int:
        return total(self.search.gains[goal], self._best([self.search.costs[goal]], limits))

    def _best(self, objectives: Sequence[Row], limits: Sequence[Limit]) -> list[bool]:
        seconds = self.until - time.monotonic()
        if seconds <= 0:
            raise _OutOfTimeError("the time is over")
        try:
            return best_subset(objectives, [*self.search.limits, *limits], seconds=seconds)
        except ParameterError:
            raise
        except XingtuError as error:
            raise _OutOfTimeError(str(error)) from None
