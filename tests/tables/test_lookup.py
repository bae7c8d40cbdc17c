"""The declarations by name: a mapping like any other, that shows itself and cannot be changed."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import pytest

import xingtu_frames as xf
from tests.report.html_cases import Page
from xingtu_frames.tables.lookup import Lookup, html_table

LOOKUPS = {"TABLES": xf.TABLES, "METRICS": xf.METRICS, "PRESETS": xf.PRESETS}
each = pytest.mark.parametrize("lookup", LOOKUPS.values(), ids=LOOKUPS)
TWO = Lookup({"种草": "x", "b": "<i>"}, "things", {"text": lambda entry: entry})


@each
def test_it_is_a_mapping(lookup: Lookup[object]) -> None:
    plain = dict(lookup)
    assert isinstance(lookup, Mapping)
    assert (len(lookup), list(reversed(lookup))) == (len(plain), [*plain][::-1])
    assert lookup == plain == lookup.copy()
    assert lookup | {"more": 1} == {**plain, "more": 1}
    assert list({"more": 1} | lookup) == ["more", *plain]
    assert "more" not in lookup
    assert lookup.get("more") is None
    with pytest.raises(KeyError):
        lookup["more"]
    with pytest.raises(TypeError):
        lookup | 3


@each
def test_it_cannot_be_changed(lookup: Lookup[object]) -> None:
    before = list(lookup)
    with pytest.raises(TypeError):
        lookup["more"] = 1  # type: ignore[index]
    with pytest.raises(TypeError):
        del lookup[before[0]]  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        lookup.more = 1  # type: ignore[attr-defined]
    lookup.copy().clear()
    assert list(lookup) == before


@each
def test_it_shows_every_name_on_a_line_and_in_a_row(lookup: Lookup[object]) -> None:
    head, _, *lines = repr(lookup).splitlines()
    assert head.startswith(f"{len(lookup)} ")
    assert [line.split()[0] for line in lines] == list(lookup)
    shown = Page(lookup._repr_html_())
    assert [row[0] for row in shown.rows] == list(lookup)


def test_a_lookup_stands_in_columns_and_escapes() -> None:
    assert repr(TWO) == "2 things, read-only:\nname  text\n种草  x\nb     <i>"
    shown = Page(TWO._repr_html_())
    assert (shown.caption, shown.headers, shown.rows) == ("2 things", ["name", "text"], [["种草", "x"], ["b", "<i>"]])
    assert "<i>" not in html_table("<i>", [["<i>"]], ["<i>"])


def test_metrics_say_which_way_is_better() -> None:
    (line,) = [line for line in repr(xf.METRICS).splitlines() if line.startswith("cpm_21_60s ")]
    assert line.split() == ["cpm_21_60s", "CNY", "lower", "yes", "cost_tiers", "预期CPM(21-60秒)"]


def test_a_copy_is_the_same() -> None:
    assert copy.copy(xf.METRICS) == xf.METRICS
    assert dict(xf.METRICS) is not xf.METRICS
