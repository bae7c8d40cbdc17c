"""Places for labels: apart from each other, from points and from leaders, inside the bounds, always the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from tests.quick import examples
from xingtu_frames.plot.drawing.placing import find_spots

BOUNDS = (0.0, 0.0, 900.0, 600.0)
RADIUS, GAP = 4.0, 8.0


def spots_of(points, sizes=None, taken=(), bounds=BOUNDS):
    points = np.array(points, dtype=float)
    sizes = np.full((len(points), 2), [90.0, 12.0]) if sizes is None else np.array(sizes, dtype=float)
    return find_spots(points, sizes, bounds, RADIUS, GAP, taken)


def overlap(one, other):
    return min(one[2], other[2]) > max(one[0], other[0]) and min(one[3], other[3]) > max(one[1], other[1])


@settings(max_examples=examples(25))
@given(st.lists(st.tuples(st.floats(100, 800), st.floats(80, 520)), min_size=1, max_size=30))
def test_thirty_labels_anywhere_stay_apart_inside_and_off_the_points(points):
    spots = spots_of(points)
    boxes = [spot.box for spot in spots if spot]
    assert len(boxes) == len(points)
    for row, box in enumerate(boxes):
        assert BOUNDS[0] <= box[0] < box[2] <= BOUNDS[2]
        assert BOUNDS[1] <= box[1] < box[3] <= BOUNDS[3]
        assert box[2] - box[0] == pytest.approx(90)
        assert not any(overlap(box, other) for other in boxes[row + 1 :])
        assert not any(box[0] < x < box[2] and box[1] < y < box[3] for x, y in points)
    assert spots_of(points) == spots


def test_a_lone_label_stands_on_the_right_and_without_a_leader():
    (spot,) = spots_of([(400, 300)])
    assert spot.leader is None
    assert spot.box == pytest.approx((408, 294, 498, 306))


def test_at_the_right_edge_it_stands_on_the_left():
    (spot,) = spots_of([(880, 300)])
    assert spot.leader is None
    assert spot.box[2] == pytest.approx(880 - GAP)


def test_a_label_keeps_off_a_point_that_it_could_be_taken_for():
    own, other = spots_of([(400, 300), (502, 290)])
    assert own.leader is None
    assert own.box[2] == pytest.approx(400 - GAP)
    assert other.box[0] == pytest.approx(502 + GAP)


def test_a_label_away_from_its_point_has_a_leader_to_its_own_rim():
    spots = spots_of([(400, 300)] * 12)
    away = [spot for spot in spots if spot.leader]
    assert len(away) >= 4
    for spot in away:
        x, y = spot.leader
        assert spot.box[0] <= x <= spot.box[2]
        assert spot.box[1] <= y <= spot.box[3]
        assert x in (spot.box[0], spot.box[2], 400) or y in (spot.box[1], spot.box[3], 300)


def test_no_label_lies_on_a_leader_or_on_what_is_taken():
    taken = [(405.0, 280.0, 520.0, 320.0)]
    points = [(400, 300)] * 8 + [(430, 330)]
    spots = spots_of(points, taken=taken)
    for point, spot in zip(points, spots, strict=True):
        assert not overlap(spot.box, taken[0])
        if spot.leader:
            steps = np.linspace(0.3, 0.95, 40)[:, None]
            trail = np.array(point) + steps * (np.array(spot.leader) - point)
            others = [other.box for other in spots if other is not spot]
            crossed = [box for box in others if ((trail > box[:2]) & (trail < box[2:])).all(axis=1).any()]
            assert len(crossed) <= 1


def test_without_room_there_is_no_spot():
    spots = spots_of([(50, 10)] * 3, bounds=(0.0, 0.0, 160.0, 26.0))
    assert None in spots
    assert spots_of([(50, 10)], sizes=[(400, 12)], bounds=(0.0, 0.0, 160.0, 26.0)) == [None]
    assert spots_of(np.empty((0, 2)), sizes=np.empty((0, 2))) == []
