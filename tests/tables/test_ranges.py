"""The ranges that the provider shows: every form has its bounds, and any other text has none."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from xingtu_frames.tables.ranges import bounds

SCALES = {"": 1, "万": 10_000, "w": 10_000, "W": 10_000, "k": 1_000, "K": 1_000, "%": Fraction(1, 100)}


@st.composite
def numbers(draw: st.DrawFn) -> tuple[str, float]:
    """Draw a number as a range writes it, with its value worked out apart."""
    scale = draw(st.sampled_from(sorted(SCALES)))
    whole, decimals = draw(st.integers(0, 10**9)), draw(st.none() | st.integers(0, 99))
    text = f"{whole}" if decimals is None else f"{whole}.{decimals:02d}"
    return f"{text}{scale}", float(Fraction(text) * SCALES[scale])


@given(numbers(), numbers())
def test_a_range_of_two_numbers_has_both_if_they_are_in_order(low: tuple[str, float], high: tuple[str, float]) -> None:
    ordered = low[1] <= high[1]
    assert bounds(f"{low[0]}-{high[0]}") == ((low[1], high[1]) if ordered else (None, None))


@given(numbers())
def test_a_number_alone_is_both_bounds_and_an_open_range_has_one(number: tuple[str, float]) -> None:
    text, value = number
    assert bounds(text) == (value, value)
    for spelled in (f"{text}以上", f">{text}", f" {text} 以上 "):
        assert bounds(spelled) == (value, None)
    for spelled in (f"{text}以下", f"<={text}", f"≤{text}"):
        assert bounds(spelled) == (None, value)


@given(st.text(max_size=12))
def test_any_text_has_bounds_that_are_numbers_in_order_or_none(text: str) -> None:
    low, high = bounds(text)
    assert all(bound is None or (math.isfinite(bound) and bound >= 0) for bound in (low, high))
    assert low is None or high is None or low <= high


@pytest.mark.parametrize(
    ("text", "expected"),
    {
        "50万-100万": (500_000, 1_000_000),
        "5000-1万": (5_000, 10_000),
        "1k-3w": (1_000, 30_000),
        "6%-8%": (0.06, 0.08),
        "2%以下": (None, 0.02),
        "150以上": (150, None),
        "5以下": (None, 5),
        "<=80": (None, 80),
        ">100w": (1_000_000, None),
        "0": (0, 0),
        "46-48": (46, 48),
        "1,000-2,000": (1_000, 2_000),
        "５０００—１万": (5_000, 10_000),
    }.items(),
)
def test_every_form_that_was_seen_reads(text: str, expected: tuple[float | None, float | None]) -> None:
    assert bounds(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *(
            None,
            "",
            "-",
            "--",
            "很高",
            "10万+",
            "+5",
            "-5",
            "5-",
            "-5-7",
            "5--7",
            "1,23-5",
            "5-7-9",
            "5e3",
            "以上",
            ">",
        ),
        *("5元以上", "8%-2%", "1万-5000", "5" * 99, "٥-٧以下x"),
    ],
)
def test_another_text_has_no_bounds(text: str | None) -> None:
    assert bounds(text) == (None, None)
