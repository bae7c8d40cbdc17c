"""A description shows the meaning of every column whole, and is a frame like any other."""

from __future__ import annotations

import pandas as pd
import pytest

import xingtu_frames as xf
from tests.report.html_cases import Page


@pytest.mark.parametrize("table", ["cost_tiers", "search", "board"])
def test_a_description_shows_the_meaning_whole(table: str) -> None:
    described = xf.describe(table)
    shown = Page(described._repr_html_())
    assert shown.headers == list(described.columns)
    assert [row[shown.headers.index("meaning")] for row in shown.rows] == described["meaning"].tolist()
    assert all(meaning in repr(described) for meaning in described["meaning"])
    assert described["meaning"].str.len().max() > pd.get_option("display.max_colwidth")


def test_what_is_made_of_a_description_is_a_plain_frame() -> None:
    described = xf.describe("quotes")
    assert isinstance(described, pd.DataFrame)
    assert type(described[["column", "unit"]]) is type(described.set_index("column")) is pd.DataFrame
