"""Ticks of calendar days."""

from __future__ import annotations

import numpy as np
import pytest

from xingtu_frames.plot.drawing.scales import day_numbers, day_ticks
from xingtu_frames.wording.figures import cells, wrapped


def number(text: str) -> float:
    return float(day_numbers(np.array([text], dtype="datetime64[us]"))[0])


@pytest.mark.parametrize(
    ("first", "last", "labels"),
    [
        ("2026-09-01", "2026-09-03", ["09-01", "09-02", "09-03"]),
        ("2026-09-01T05:00", "2026-09-03T05:00", ["09-02", "09-03"]),
        ("2026-09-01T05:00", "2026-09-01T06:00", ["09-01"]),
        ("2026-09-01", "2026-09-01", ["09-01"]),
        ("2026-09-01", "2026-09-30", ["09-01", "09-15", "09-29"]),
        ("2025-11-15", "2026-03-20", ["2025-12", "2026-01", "2026-02", "2026-03"]),
        ("2025-01-01", "2026-12-31", ["2025-01", "2025-07", "2026-01", "2026-07"]),
        ("2010-05-01", "2026-05-01", ["2015-01", "2020-01", "2025-01"]),
    ],
)
def test_days_are_labelled_at_their_places(first: str, last: str, labels: list[str]) -> None:
    places, found = day_ticks(number(first), number(last), 4)
    assert found == labels
    for place, label in zip(places, found, strict=True):
        whole = number(f"2026-{label}" if len(label) == 5 else f"{label}-01")
        assert int(np.floor(place)) == whole


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("一线", "一线"),
        ("小镇中老年", "小镇中老年"),
        ("年轻的妈妈们", "年轻的妈妈\n们"),
        ("abcdefghij klm", "abcdefghij\nklm"),
        ("一二三四五六七八九十百千", "一二三四五\n六七八九…"),
    ],
)
def test_texts_are_broken_to_lines_of_cells(text: str, broken: str) -> None:
    assert wrapped(text, 10, 2) == broken
    assert max(cells(line) for line in broken.split("\n")) <= 10
