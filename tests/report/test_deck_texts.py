"""Texts of a deck that are cut to the room that they have."""

from __future__ import annotations

from hypothesis import given, strategies as st

from xingtu_frames.report.deck.measure import fitting, lines


@given(text=st.text(max_size=60), across=st.floats(0.5, 8), size=st.floats(8, 36), most=st.integers(1, 3))
def test_a_text_that_is_cut_takes_no_more_lines_than_it_may(text: str, across: float, size: float, most: int) -> None:
    cut = fitting(text.replace("\n", " "), across, size, most=most)
    assert lines(cut, across, size) <= most or cut == "…"
