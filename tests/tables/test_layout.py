"""Tables of fixed rows: payloads that are read together say what each of them says alone."""

from __future__ import annotations

import copy
import json
import math
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from pandas.testing import assert_frame_equal

import xingtu_frames as xf
from tests.payload_cases import PAYLOADS, always_rows
from tests.quick import examples
from xingtu_frames.errors import PayloadError
from xingtu_frames.fetch.failures import failure_of
from xingtu_frames.fetch.steps import fetch_tables
from xingtu_frames.store.answer import Answer
from xingtu_frames.tables.catalog import rows_of, values_of
from xingtu_frames.tables.layout import Layout, integer, made, number, text
from xingtu_frames.tables.read import Fields
from xingtu_frames.wire import questions

LAYOUTS = {name: table.parse for name, table in xf.TABLES.items() if isinstance(table.parse, Layout)}
SPREAD = [xf.TABLES[name] for name in ("spread_info", "cost_tiers", "spread_benchmarks")]
IDS = [str(7_000_000_000_000_300_000 + number) for number in range(15)]
ABSENT = object()

INTEGERS = [0, -1, 7, 2**53, 2**53 + 1, 2**63 - 1, -(2**63)]
FLOATS = [0.5, -0.0, 2.5, 3.5, -1.5, 1e15 + 0.5, 2.0**53, 2.0**60]
DIGITS = ["0", "0012", "123", "9" * 18]
WORDS = ["美妆", "美妆", "美食", "a\0b", "half \ud83d", "x" * 300]
MISSING = [None, ABSENT, "-", "--", "N/A", "暂无", "", " ", "NaN", math.nan, {}, []]
READABLE = ["1,234", "1.2万", "12.3%", "￥100", "1.5", " 12 ", "１２", "-5", "1e3", "12秒"]
ODD = [True, 2**63, 10**30, 10**400, 1e300, math.inf, -math.inf, "about 5", "9" * 19, "9" * 31, "1.2 apples"]
SHAPES = [[1], [{}], {"value": 1}, "[1]", '{"value": "7"}', "{", (1,)]
LIKE = st.sampled_from([INTEGERS, FLOATS, INTEGERS + FLOATS, DIGITS, WORDS, WORDS + INTEGERS, MISSING, READABLE])
ANY = st.sampled_from(INTEGERS + FLOATS + DIGITS + WORDS + MISSING + READABLE + ODD + SHAPES)


def paths_in(data: Mapping[str, Any], before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return the path of every field and of every object of a payload."""
    found = [(*before, key) for key in data]
    return found + [
        path for key, value in data.items() if isinstance(value, dict) for path in paths_in(value, (*before, key))
    ]


def put(data: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    holder: Any = data
    for key in path[:-1]:
        holder = holder.get(key) if isinstance(holder, dict) else None
    if isinstance(holder, dict):
        holder.pop(path[-1], None)
        if value is not ABSENT:
            holder[path[-1]] = copy.deepcopy(value)


@st.composite
def payloads(draw: st.DrawFn, table: str, least: int = 1) -> list[Any]:
    """Draw payloads of a table: some fields of other values of one kind in all of them, some of any in one."""
    good = PAYLOADS[table]
    paths = st.sampled_from(paths_in(good))
    made = [copy.deepcopy(good) for _ in range(draw(st.integers(least, 12)))]
    for path in draw(st.lists(paths, max_size=8)):
        kind = st.sampled_from(draw(LIKE))
        for data in made:
            put(data, path, draw(kind))
    for data in draw(st.lists(st.sampled_from(made), max_size=3)):
        put(data, draw(paths), draw(ANY))
    return draw(st.permutations([*made, *draw(st.lists(st.sampled_from([None, {}, [1], {"another": 1}]), max_size=2))]))


def spelled(rows: Any) -> str:
    """Return rows so that 1, 1.0 and True differ, and so do 0.0 and -0.0."""
    return repr([tuple(row) for row in rows])


@pytest.mark.parametrize("name", LAYOUTS)
@settings(max_examples=examples(60))
@given(data=st.data())
def test_payloads_that_are_read_together_have_the_rows_that_each_has_alone(name: str, data: st.DataObject) -> None:
    table, layout = xf.TABLES[name], LAYOUTS[name]
    drawn = data.draw(payloads(name))
    plain = [(one, values) for one in drawn if (values := values_of(table, one)) is not None]
    columns = layout.columns([values for _, values in plain])
    together = zip(*columns.cells, strict=True)
    for place, (one, _) in enumerate(plain):
        try:
            alone = rows_of(table, one)
        except PayloadError:
            alone = None
        if place in columns.odd:
            assert alone is None or alone.unread
        else:
            assert alone is not None
            assert not alone.unread
            assert spelled(next(together) for _ in alone.rows) == spelled(alone.rows)
    assert not [*together]


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_good_payload_is_read_together_with_others(name: str) -> None:
    table, layout = xf.TABLES[name], LAYOUTS[name]
    values = values_of(table, PAYLOADS[name])
    assert values is not None
    assert layout.columns([values] * 3).odd == set()
    assert len(layout) == always_rows(table)
    assert layout.columns([]) == ([[] for _ in table.cells], set())


def stored(path: Path, bodies: list[bytes]) -> xf.Client:
    client = xf.Client(cache=path, offline=True)
    calls = questions(SPREAD, IDS, {})["spread_info"]
    answers = [
        Answer(call.key, call.meaning, call.kol_id, call.params, f"2026-11-01T00:00:{place:02d}+00:00", body)
        for place, (call, body) in enumerate(zip(calls, bodies, strict=False))
    ]
    client.store.add_all(answers)
    return client


@settings(max_examples=examples(30))
@given(drawn=payloads("spread_benchmarks", least=10))
def test_creators_fetched_together_have_what_each_has_alone(
    drawn: list[Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    # Where all fail, so does the whole.
    everyone = [PAYLOADS["spread_benchmarks"], *drawn]
    bodies, ids = [json.dumps({"code": 0, "data": one}).encode() for one in everyone], IDS[: len(everyone)]
    path = tmp_path_factory.mktemp("cache") / "answers.sqlite"
    with stored(path, bodies) as client, warnings.catch_warnings(action="ignore"):
        for table in SPREAD:
            together, alone, failures = fetch_tables([table], ids, {}, client=client), list[pd.DataFrame](), []
            for one in ids:
                try:
                    fetched = fetch_tables([table], [one], {}, client=client)
                except xf.XingtuError as error:
                    failures.append(failure_of(error.endpoint, {"kol_id": one}, error))
                else:
                    alone.append(fetched.frames[table.name])
                    failures += fetched.failures
            frame = together.frames[table.name]
            assert_frame_equal(frame, pd.concat(alone, ignore_index=True), check_exact=True)
            assert frame.attrs.get("unread", []) == [note for one in alone for note in one.attrs.get("unread", [])]
            assert together.failures == failures


def test_fields_are_read_in_objects_of_objects_and_what_is_made_of_them_follows() -> None:
    deep = made("{}-{}".format, text("x", "y", "t"), integer("one"))
    layout = Layout([("a", integer("one"), None), ("b", deep, number("x", "n"))])
    data = {"one": 1, "x": {"n": 2, "y": {"t": "deep"}}}
    assert layout(Fields(data, "", [])) == [("a", 1, None), ("b", "deep-1", 2.0)]
    values = layout.taken_from(data)
    assert values is not None
    assert layout.columns([values, values]).cells == [["a", "b"] * 2, [1, "deep-1"] * 2, [None, 2.0] * 2]
