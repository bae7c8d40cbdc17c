"""What a name can hold is never run by a program that opens the file, and comes back as it was."""

from __future__ import annotations

import csv
import io
import re
import unicodedata

import pandas as pd
import pytest
from hypothesis import example, given, settings, strategies as st

from tests.export_cases import GUARDED, ID, NASTY
from tests.quick import examples
from xingtu_frames.files import csv_text
from xingtu_frames.files.guard import guarded, unguarded
from xingtu_frames.frame import text_dtype

SIGNS = "=+-@＝＋－＠"
BREAKS = "\t\n\v\f\r;|\u2028\x85"
MEANINGLESS = " \x00\x01\x1b\x7f\x9f\xa0\xad\u3000\u200b\u200e\u202e\u2066\ufeff\ufe0f\"'"
TEXTS = st.text(
    st.sampled_from(SIGNS + BREAKS + MEANINGLESS + "x1(),，达") | st.characters(exclude_categories=["Cs"]), max_size=30
)


def live(cell: str) -> bool:
    """Return whether a program that skips what means nothing finds a formula at the start of a cell."""
    nothing = ("Cc", "Cf", "Zs", "Zl", "Zp")
    kept = (char for char in cell if unicodedata.category(char) not in nothing and char not in '"\ufe0f')
    return next(kept, "") in [*SIGNS]


@settings(max_examples=examples(500))
@given(TEXTS)
@example("\t=1+1")
@example("'\t=1+1")
@example("x;=1+1")
@example("x;'=1+1")
@example("x;'\t''=1+1")
@example('x;"=1+1')
@example("\x00=1+1")
@example("=1+1;=2+2|-3\n@4")
def test_no_piece_of_a_guarded_text_is_a_formula_and_it_comes_back(text: str) -> None:
    cell = guarded(text)
    assert not any(live(piece) for piece in [cell, *re.split("[\t\n\v\f\r;|\u2028\x85]", cell)])
    assert unguarded(cell) == text


@settings(max_examples=examples(500))
@given(TEXTS, TEXTS)
def test_two_texts_never_become_one(one: str, other: str) -> None:
    assert (guarded(one) == guarded(other)) == (one == other)


@pytest.mark.parametrize("text", [text for text in NASTY if text not in GUARDED and text[0] != "\t"])
def test_text_that_no_program_runs_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text


@pytest.mark.parametrize("text", ["a-b", "3+2=5", "me@x.cn", "甲, -5 度", "1=1;2=2", "x;y - z"])
def test_signs_elsewhere_stay_as_they_are(text: str) -> None:
    assert guarded(text) == text


@pytest.mark.one_in(3)
@pytest.mark.parametrize("unit", [" ", "\t", "\x00", '"', "'", ";", ";'", "=;", "\t\u200b"])
@pytest.mark.parametrize("length", [20_000, pytest.param(200_000, marks=pytest.mark.slow)])
def test_long_runs_are_read_in_one_pass(unit: str, length: int) -> None:
    text = f"x{unit * length}=1"
    assert unguarded(guarded(text)) == text
    assert unguarded(guarded(text[:-2])) == text[:-2]


@settings(max_examples=examples(200))
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4))
@example([("x;", '"=1+1;'), ('";=2+2', "x")])
def test_no_program_finds_a_formula_in_a_file_whatever_separates_its_cells(rows: list[tuple[str, str]]) -> None:
    frame = pd.DataFrame(rows, columns=["=a;=b", "x\t@y"], dtype=text_dtype())
    for ids_as_text in (True, False):
        text = csv_text(frame, ids_as_text=ids_as_text)
        for separator in ",;\t|":
            for cells in csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=separator):
                assert not any(live(cell) for cell in cells)


def test_ids_stay_whole_where_tabs_separate_cells_as_well() -> None:
    text = csv_text(pd.DataFrame({"kol_id": [ID], "name": ["a;b"]}))
    assert text == f'kol_id,name\n"\t{ID}","a;b"\n'
