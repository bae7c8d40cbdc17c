"""The long form: every leaf of a payload with the wire's own spelling, and ids that keep their digits in every file."""

from __future__ import annotations

import copy
import json
import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import example, given, strategies as st

import xingtu_frames as xf
from tests.golden import PAIRS
from tests.payload_cases import cells

COLUMNS = ["path", "key", "value_text", "value_number", "value_type"]
ITEM, CREATOR = "7400000000000000001", "6831825876674412"


def long(text: str) -> list[Any]:
    """Return the rows of ``data`` that is given as it is on the wire."""
    return cells(xf.to_long(f'{{"code": 0, "data": {text}}}'), *COLUMNS)


def one(text: str) -> tuple[Any, ...]:
    """Return text, number and type of a single value."""
    (row,) = long(f'{{"a": {text}}}')
    assert row[:2] == ("a", "a")
    return tuple(row[2:])


@pytest.mark.parametrize(
    ("wire", "text", "number", "kind"),
    [
        ("0.10", "0.10", 0.1, "number"),
        ('"0.10"', "0.10", 0.1, "text"),
        ("1E5", "1E5", 100_000, "number"),
        ("-0", "-0", 0, "number"),
        ("12", "12", 12, "number"),
        ('"-3.5e-2"', "-3.5e-2", -0.035, "text"),
        ("0.68541543365480661", "0.68541543365480661", 0.6854154336548066, "number"),
        ("123456789012345", "123456789012345", 123456789012345, "number"),
        (CREATOR, CREATOR, None, "number"),
        (f'"{CREATOR}"', CREATOR, None, "text"),
        (ITEM, ITEM, None, "number"),
        (f'"-{ITEM}"', f"-{ITEM}", None, "text"),
        (f"{ITEM}.5", f"{ITEM}.5", None, "number"),
        ('"007"', "007", None, "text"),
        ('"1.2万"', "1.2万", None, "text"),
        ('"12%"', "12%", None, "text"),
        ('" 12"', " 12", None, "text"),
        ('"1,234"', "1,234", None, "text"),
        ('"+3"', "+3", None, "text"),
        ('""', "", None, "text"),
        ('"-"', "-", None, "text"),
        ('"{\\"x\\": 1}"', '{"x": 1}', None, "text"),
        ("1e999", "1e999", None, "number"),
        ("NaN", "NaN", None, "number"),
        ('"NaN"', "NaN", None, "text"),
        ("true", "true", None, "flag"),
        ("false", "false", None, "flag"),
        ("null", None, None, "null"),
        ("{}", None, None, "empty"),
        ("[]", None, None, "empty"),
    ],
)
def test_a_value_is_shown_as_it_is_written(wire: str, text: str | None, number: float | None, kind: str) -> None:
    assert one(wire) == (text, number, kind)


def test_rows_are_the_leaves_in_order_depth_first() -> None:
    data = (
        '{"base_resp": {"status_code": 0}, "list": [{"stats": {"play": 1, "rate": "0.2"}, "tags": []}, [3, null]],'
        ' "x": {"base_resp": 1}}'
    )
    assert long(data) == [
        ("list[0].stats.play", "play", "1", 1, "number"),
        ("list[0].stats.rate", "rate", "0.2", 0.2, "text"),
        ("list[0].tags", "tags", None, None, "empty"),
        ("list[1][0]", "list", "3", 3, "number"),
        ("list[1][1]", "list", None, None, "null"),
        ("x.base_resp", "base_resp", "1", 1, "number"),
    ]


@pytest.mark.parametrize("text", ["{}", '{"base_resp": {"status_code": 0, "status_message": ""}}', "[]"])
def test_an_answer_without_content_is_one_empty_row(text: str) -> None:
    assert long(text) == [(None, None, None, None, "empty")]


def test_an_answer_without_data_has_no_row() -> None:
    frame = xf.to_long({"code": 0, "data": None})
    assert len(frame) == 0
    assert list(frame.columns) == COLUMNS


def test_a_list_and_a_value_are_payloads_too() -> None:
    assert long('[1, {"a": "b"}]') == [("[0]", None, "1", 1, "number"), ("[1].a", "a", "b", None, "text")]
    assert long('"x"') == [(None, None, "x", None, "text")]
    assert long("0") == [(None, None, "0", 0, "number")]


@pytest.mark.parametrize("as_bytes", [False, True])
def test_the_envelope_its_data_and_what_is_read_of_it_are_one(as_bytes: bool) -> None:
    data = PAIRS["creator_tags"].data
    text = json.dumps({"code": 0, "message": "", "data": data})
    whole = xf.to_long(f"\ufeff{text}".encode() if as_bytes else text)
    pd.testing.assert_frame_equal(whole, xf.to_long(data))
    pd.testing.assert_frame_equal(whole, xf.to_long({"code": 0, "data": data}))
    own = xf.read_payload("creator_tags", data, kol_id="71")
    pd.testing.assert_frame_equal(own[COLUMNS], whole)


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        ("{", xf.PayloadError),
        (b"\xff", xf.PayloadError),
        ('{"code": 301, "data": null}', xf.CollectionFailedError),
        ('{"code": 0, "data": {"base_resp": {"status_code": 10003}}}', xf.ApiError),
        ({"a": object()}, xf.PayloadError),
        ("[" * 100_000 + "]" * 100_000, xf.PayloadError),
        (json.loads("[" * 300 + "]" * 300), xf.PayloadError),
    ],
    ids=["cut", "no text", "failure", "inner failure", "no JSON", "too deep to read", "too deep"],
)
def test_what_is_no_payload_is_refused(payload: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        xf.to_long(payload)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**25), 10**25) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


def leaves(value: Any) -> list[Any]:
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return [leaf for below in inner for leaf in leaves(below)] if inner else [value]


@given(data=JSON)
@example(data={"a": float("nan"), "b": [float("inf"), 10**24]})
def test_every_leaf_has_its_row_and_the_payload_stays(data: Any) -> None:
    payload = {"code": 0, "data": {"list": [data]}}
    before = copy.deepcopy(payload)
    frame = xf.to_long(payload)
    assert repr(payload) == repr(before), "the payload was changed"
    expected = leaves(data)
    assert len(frame) == len(expected)
    kinds = {
        bool: "flag",
        int: "number",
        float: "number",
        str: "text",
        dict: "empty",
        list: "empty",
        type(None): "null",
    }
    assert frame["value_type"].tolist() == [kinds[type(leaf)] for leaf in expected]
    for text, number, leaf in zip(
        *(cells(frame, name) for name in ("value_text", "value_number")), expected, strict=True
    ):
        if isinstance(leaf, str):
            assert text == leaf.replace("\0", "\ufffd")
        if type(leaf) is int and abs(leaf) < 10**15:
            assert (text, number) == (str(leaf), leaf)
        if type(leaf) is int and abs(leaf) >= 10**15:
            assert (text, number) == (str(leaf), None)
        if type(leaf) is float and math.isfinite(leaf) and abs(leaf) < 1e15:
            assert number == float(text) == leaf


@given(numbers=st.lists(st.from_regex(r"-?(0|[1-9][0-9]{0,24})(\.[0-9]{1,24})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)))
def test_numbers_keep_the_spelling_of_the_wire(numbers: list[str]) -> None:
    frame = xf.to_long(f'{{"code": 0, "data": {{"a": [{", ".join(numbers)}], "b": {json.dumps(numbers)}}}}}')
    if not numbers:
        assert cells(frame, "value_type") == ["empty", "empty"]
        return
    assert cells(frame, "value_text") == numbers * 2
    own, as_text = frame[: len(numbers)], frame[len(numbers) :]
    assert own["value_number"].tolist() == pytest.approx(as_text["value_number"].tolist(), nan_ok=True)
    for text, number in zip(numbers, cells(own, "value_number"), strict=True):
        is_id = len(text.lstrip("-").partition(".")[0].partition("e")[0].partition("E")[0]) >= 16
        assert number == (None if is_id else float(text))


IDS = st.integers(10**15, 10**19).map(str)


@given(ids=st.lists(IDS, min_size=1, max_size=5))
@example(ids=[ITEM, CREATOR])
def test_ids_keep_every_digit(ids: list[str]) -> None:
    payload = json.dumps({"as_text": ids, "as_number": [int(one) for one in ids]})
    frame = xf.to_long(payload)
    assert cells(frame, "value_text") == ids * 2
    assert frame["value_number"].isna().all()
    assert cells(xf.to_long(json.loads(payload)), "value_text") == ids * 2


def test_ids_of_16_and_19_digits_survive_csv_and_excel(tmp_path: Path) -> None:
    data = {"list": [{"item_id": ITEM, "author": int(CREATOR), "n": 7, "t": "007", "b": "=1+1"}], "empty": {}}
    frame = xf.read_payload("homepage_videos", data, kol_id=CREATOR)
    for title in ("主页作品", "raw"):
        path = xf.write_excel({title: frame}, tmp_path / "a.xlsx")
        back = xf.read_excel(path)[title]
        assert cells(back, "kol_id", "path", "value_text", "value_type") == cells(
            frame, "kol_id", "path", "value_text", "value_type"
        )
    back = xf.read_csv(xf.write_csv(frame, tmp_path / "a.csv"))
    pd.testing.assert_frame_equal(back, frame)
    assert cells(back, "value_text") == [ITEM, CREATOR, "7", "007", "=1+1", None]
