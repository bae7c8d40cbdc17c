"""Where labels of points go: a deterministic search for places that are free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ...board.metrics import Floats, Mask

Box = tuple[float, float, float, float]
"""Left, bottom, right and top of something that takes room."""

_DIRECTIONS = np.radians([0, 180, 90, 270, 30, 330, 150, 210, 60, 300, 120, 240, 15, 345, 165, 195])
"""Right first, then left, above, below and what lies between."""
_TURNS = np.array([(np.cos(direction), np.sin(direction)) for direction in _DIRECTIONS])
# Sideways the whole label moves off the point; slantwise its corner does.
_ASIDE = np.sign(np.round(_TURNS, 6)) * np.minimum(1, np.abs(_TURNS) * 1.5)
_NEAR = 1.6
"""A label further away than this many gaps has a leader to its point."""
_RINGS = 40
NO_OTHERS = np.empty((0, 2))
_STEPS = np.linspace(0, 1, 25)


@dataclass(frozen=True, slots=True)
class Spot:
    """The place of one label.

    Attributes
    ----------
    box
        Where the label stands.
    leader
        End of the line that leads from the point to the label; None where the label stands beside its point.
    """

    box: Box
    leader: tuple[float, float] | None


@dataclass
class _Room:
    """What is taken already: boxes that no label may touch, and leaders that none should cross."""

    bounds: Box
    points: Floats
    radius: float
    boxes: list[Box]
    others: Floats
    trails: list[Floats] = field(default_factory=list)

    def free(self, boxes: Floats) -> Floats:
        """Return those of these boxes in which a label may stand."""
        (left, bottom, right, top), (lefts, bottoms, rights, tops) = self.bounds, boxes.T
        boxes = boxes[~((lefts < left) | (bottoms < bottom) | (rights > right) | (tops > top))]
        boxes = boxes[~_holding(boxes, np.concatenate([self.points, *self.trails]), self.radius)]
        return boxes[~_touching(boxes, _rows(self.boxes))]

    def ambiguity(self, box: Box, point: Floats, gap: float) -> int:
        """Return for how many other points a label there could be taken; those with one count twice."""
        named = self.points[np.hypot(*(self.points - point).T) > self.radius]
        return 2 * self._beside(box, named, gap) + self._beside(box, self.others, gap)

    def _beside(self, box: Box, others: Floats, gap: float) -> int:
        beside = np.column_stack([np.clip(others[:, 0], box[0], box[2]), np.clip(others[:, 1], box[1], box[3])])
        return int((np.hypot(*(others - beside).T) < gap * _NEAR).sum())

    def crossings(self, trail: Floats, point: Floats) -> int:
        """Return how many labels and other points a leader runs over."""
        labels = int(_holding(_rows(self.boxes), trail, 0).sum())
        others = self.points[np.hypot(*(self.points - point).T) > self.radius]
        apart = np.hypot(*(others[:, None, :] - trail[None, :, :]).transpose(2, 0, 1))
        return labels + int((apart < self.radius).any(axis=1).sum())


def find_spots(
    points: Floats,
    sizes: Floats,
    bounds: Box,
    radius: float,
    gap: float,
    taken: Sequence[Box] = (),
    others: Floats = NO_OTHERS,
) -> list[Spot | None]:
    """Find a place for the label of each point, so that no label lies on another one, on a point or on a leader.

    The most crowded points choose first: beside the point if that is free, else the nearest place whose leader
    crosses least, and where it is not taken for the label of another point.

    Parameters
    ----------
    points
        The points, one row of x and y each, all in one unit.
    sizes
        Width and height of each label.
    bounds
        Where labels may stand.
    radius
        Radius of the mark of a point.
    gap
        Distance between a point and a label beside it.
    taken
        Boxes to keep free.
    others
        Points without a label, which no label may lie on or be taken for.

    Returns
    -------
    list
        A spot for each label; None where no place is free.
    """
    room = _Room(bounds, points, radius, [*taken, *_marks(others, radius)], others)
    found: list[Spot | None] = [None] * len(points)
    for row in _crowded_first(points, sizes):
        found[row] = spot = _best(points[row], sizes[row], room, gap)
        if spot:
            room.boxes.append(spot.box)
        if spot and spot.leader:
            room.trails.append(_trail(points[row], spot.leader, radius))
    return found


def _marks(points: Floats, radius: float) -> list[Box]:
    return [(x - radius, y - radius, x + radius, y + radius) for x, y in points.tolist()]


def _crowded_first(points: Floats, sizes: Floats) -> list[int]:
    reach = np.max(sizes, axis=0, initial=0.0)
    close = (np.abs(points[:, None, :] - points[None, :, :]) < reach).all(axis=2).sum(axis=1)
    return [int(row) for row in np.argsort(-close, kind="stable")]


def _best(point: Floats, size: Floats, room: _Room, gap: float) -> Spot | None:
    best, least = None, np.inf
    for ring in range(_RINGS):
        if ring >= least:
            break
        distance = gap * (1 + 0.8 * ring)
        for left, bottom, right, top in room.free(_around(point, size, distance)).tolist():
            box = (left, bottom, right, top)
            cost = ring + room.ambiguity(box, point, gap)
            leader = _nearest(box, point) if distance > gap * _NEAR else None
            if leader and cost < least:
                cost += 6 * room.crossings(_trail(point, leader, room.radius), point)
            if cost < least:
                best, least = Spot(box, leader), cost
    return best


def _around(point: Floats, size: Floats, distance: float) -> Floats:
    """Return a box in each direction from a point, for a label of this size."""
    centres = point + _TURNS * distance + _ASIDE * (size / 2)
    return np.hstack([centres - size / 2, centres + size / 2])


def _nearest(box: Box, point: Floats) -> tuple[float, float]:
    x, y = point
    return float(np.clip(x, box[0], box[2])), float(np.clip(y, box[1], box[3]))


def _trail(point: Floats, end: tuple[float, float], radius: float) -> Floats:
    """Return places along a leader, from the rim of its point on."""
    length = float(np.hypot(*(np.array(end) - point)))
    start = min(1.0, 1.2 * radius / length) if length else 1.0
    return point + np.outer(start + (1 - start) * _STEPS, np.array(end) - point)


def _rows(boxes: Sequence[Box]) -> Floats:
    return np.array(boxes, dtype=float).reshape(-1, 4)


def _touching(boxes: Floats, others: Floats) -> Mask:
    """Return which boxes touch another one."""
    below, above = others[:, :2] < boxes[:, None, 2:], others[:, 2:] > boxes[:, None, :2]
    meeting: Mask = np.all(below & above, axis=2)
    touching: Mask = np.any(meeting, axis=1)
    return touching


def _holding(boxes: Floats, places: Floats, margin: float) -> Mask:
    """Return which boxes hold any of these places, or have one closer than the margin."""
    low, high = boxes[:, None, :2] - margin, boxes[:, None, 2:] + margin
    held: Mask = np.all((places > low) & (places < high), axis=2)
    holding: Mask = np.any(held, axis=1)
    return holding
