"""Single values of a payload: what is plain is read, what is not is missing with a note, and nothing raises."""

from __future__ import annotations

import copy
import csv
import io
import math
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import xingtu_frames as xf
from tests.payload_cases import KOL, PAYLOADS, about, cells, changed, nested, number_fields, read
from tests.quick import examples
from xingtu_frames.frame import build_frame
from xingtu_frames.tables.read import Fields, Unread

TABLES = list(xf.TABLES)


@pytest.fixture(scope="session")
def payloads() -> dict[str, dict[str, Any]]:
    return PAYLOADS


# --- what the provider plainly means ---------------------------------------------------------------------------------

PLACEHOLDERS = ["--", "---", "—", "——", "–", "－", " - ", "N/A", "n/a", "NA", "#N/A", "null", "NULL", "None", "NaN"]
PLACEHOLDERS += ["undefined", "暂无", " 暂无数据 ", "无", "未知", "/", "\u200b", "\u3000", "\ufeff--", math.nan, []]


@pytest.mark.each_once
@number_fields
@pytest.mark.parametrize("nothing", PLACEHOLDERS, ids=repr)
def test_a_placeholder_is_missing_without_a_note(table: str, column: str, path: tuple[Any, ...], nothing: Any) -> None:
    frame = read(table, nested(path, nothing))
    assert cells(frame, column)[0] is None
    assert frame.attrs == {}


@pytest.mark.each_once
@pytest.mark.parametrize("nothing", [*PLACEHOLDERS, "[]", "{}", "null"], ids=repr)
@pytest.mark.parametrize(
    ("table", "path"),
    [
        ("spread_info", ("interact_rate",)),
        ("cost_tiers", ("expect_cpm",)),
        ("spread_benchmarks", ("item_rate", "play_mid")),
        ("link_struct", ("link_struct",)),
        ("link_index", ("link_star_index",)),
        ("quotes", ("price_info",)),
        ("video_distribution", ("video_content_distribution",)),
        ("touch_distribution", ("video_touch",)),
        ("profiles", ("tags",)),
    ],
)
def test_a_placeholder_for_a_block_or_a_list_is_an_empty_one(table: str, path: tuple[Any, ...], nothing: Any) -> None:
    frame = read(table, nested(path, nothing))
    pd.testing.assert_frame_equal(frame, read(table, {}))
    assert frame.attrs == {}


COUNTS = {
    "1,234": 1234,
    "12,345,678": 12_345_678,
    "1，234": 1234,
    "１２３４": 1234,
    "１，２３４": 1234,
    "١٢٣٤": 1234,
    "\u200b1234\u202c": 1234,
    "\u00a01234\u3000": 1234,
    "1.2万": 12_000,
    "1.23万": 12_300,
    "3亿": 300_000_000,
    "5千": 5000,
    "1.2w": 12_000,
    "1.2W": 12_000,
    "3k": 3000,
    "1.2 万": 12_000,
    "1.2万人": 12_000,
    "1,200次": 1200,
    "1.2e4": 12_000,
    "1.2E+4": 12_000,
    "+7": 7,
    "－7": -7,
    "−7": -7,
    "7.00": 7,
}


@pytest.mark.each_once
@pytest.mark.parametrize(("spelled", "count"), COUNTS.items(), ids=repr)
@pytest.mark.parametrize(
    ("table", "column", "path"),
    [("profiles", "followers", ("follower",)), ("spread_info", "play_median", ("play_mid",))],
)
def test_a_count_as_people_write_it(table: str, column: str, path: tuple[Any, ...], spelled: str, count: int) -> None:
    frame = read(table, nested(path, spelled))
    assert cells(frame, column) == [count]
    assert frame.attrs == {}


@pytest.mark.parametrize(
    ("table", "column", "path", "spelled", "value"),
    [
        ("spread_info", "interact_rate", ("interact_rate", "value"), "2.44%", 0.0244),
        ("spread_info", "interact_rate", ("interact_rate", "value"), "２．４４％", 0.0244),
        ("spread_info", "interact_rate", ("interact_rate", "value"), "1,244", 0.1244),
        ("link_struct", "share", ("link_struct", "1", "proportion"), "68.5%", 0.685),
        ("connected_users", "growth", ("link_struct", "5", "relative_ratio"), "-12.3 %", -0.123),
        ("spread_benchmarks", "overtake_raw", ("interact_rate", "overtake"), "59.73%", 5973),
        ("spread_benchmarks", "beats_share", ("interact_rate", "overtake"), "59.73%", 0.5973),
        ("cost_tiers", "cost_cny", ("expect_cpm", "cpm_1_20"), "￥56.57", 56.57),
        ("cost_tiers", "cost_cny", ("expect_cpm", "cpm_1_20"), "¥ 1,056.57元", 1056.57),
        ("cost_tiers", "cost_cny", ("expect_cpm", "cpm_1_20"), "56.57元", 56.57),
        ("cost_tiers", "cost_cny", ("expect_cpm", "cpm_1_20"), "5,657", 56.57),
        ("quotes", "price_cny", ("price_info",), [{"price": "￥35,000"}], 35_000),
        ("quotes", "price_cny", ("price_info",), [{"price": "3.5万"}], 35_000),
        ("quotes", "price_cny", ("price_info",), [{"price": "CNY 35000.00"}], 35_000),
        ("quotes", "price_cny", ("price_info",), '[{"price": 35000}]', 35_000),
        ("quotes", "is_open", ("price_info",), [{"is_open": "是"}], True),
        ("quotes", "is_open", ("price_info",), [{"is_open": "N/A", "enable": 0}], False),
        ("quotes", "service", ("price_info",), [None, {"desc": "a"}], "a"),
        ("spread_info", "duration_mean_s", ("avg_duration",), "26秒", 26.0),
        ("spread_info", "duration_mean_s", ("avg_duration",), "26.5s", 26.5),
        ("profiles", "gender", ("gender",), "女", "female"),
        ("profiles", "gender", ("gender",), " Female ", "female"),
        ("profiles", "gender", ("gender",), "男", "male"),
        ("profiles", "gender", ("gender",), "２", "female"),
        ("profiles", "gender", ("gender",), 2.0, "female"),
        ("profiles", "gender", ("gender",), "未知", None),
        ("profiles", "is_online", ("is_online",), "TRUE", True),
        ("profiles", "is_online", ("is_online",), 1.0, True),
        ("profiles", "is_online", ("is_online",), "否", False),
        ("profiles", "mcn_name", ("mcn_name",), "无", None),
        ("profiles", "city", ("city",), "N/A", None),
        ("profiles", "nick_name", ("nick_name",), "无", "无"),
        ("profiles", "nick_name", ("nick_name",), "null", "null"),
        ("profiles", "nick_name", ("nick_name",), 520, "520"),
        ("profiles", "nick_name", ("nick_name",), "--", None),
        ("profiles", "tags", ("tags",), "null", None),
        ("profiles", "tags", ("tags",), [None, "美妆", "-", 7], "美妆|7"),
        ("profiles", "tags", ("tags",), "美妆", "美妆"),
    ],
    ids=repr,
)
def test_what_is_plain_is_read(table: str, column: str, path: tuple[Any, ...], spelled: Any, value: Any) -> None:
    frame = read(table, nested(path, spelled))
    assert cells(frame, column)[0] == value
    assert frame.attrs == {}


ODD = [math.inf, -math.inf, "1_000", "inf", "-Infinity", True, "x", "1,23", "12,34,567", "10²", "10万+", "5-7", "约3万"]
ODD += [
    "1.2.3",
    "0x10",
    "$5",
    "5‰",
    "一千",
    "1 000",
    "￥",
    "%",
    "万",
    "+",
    ".",
    "1e999",
    "9" * 400,
    10**400,
]
HUGE = [2**63, 1e300, "9" * 30, "1e30"]
ENORMOUS = pytest.param(-(10**5000), id="5,000 digits")  # more than Python writes


@pytest.mark.each_once
@number_fields
@pytest.mark.parametrize("value", [*(pytest.param(value, id=repr(value)[:40]) for value in [*ODD, *HUGE]), ENORMOUS])
def test_what_is_not_plain_is_missing_with_a_note(table: str, column: str, path: tuple[Any, ...], value: Any) -> None:
    frame = read(table, nested(path, value))
    assert cells(frame, column)[0] is None
    (note,) = frame.attrs["unread"]
    assert (note["kol_id"], note["field"]) == (KOL, ".".join(path))
    assert 0 < len(note["value"]) <= 60
    (flag,) = xf.quality({table: frame}, lang="en").query("flag == 'unread_value'").itertuples()
    assert (flag.kol_id, flag.table) == (KOL, table)
    assert ".".join(path) in flag.evidence
    assert note["value"] in flag.evidence


@pytest.mark.parametrize(
    ("table", "path", "value"),
    [
        ("spread_info", ("item_num",), "12.3%"),
        ("spread_info", ("item_num",), "￥12"),
        ("spread_info", ("interact_rate", "value"), "1.2万"),
        ("cost_tiers", ("expect_cpm", "cpm_60"), "1.2万"),  # of fen, or of yuan?
        ("cost_tiers", ("expect_cpm", "cpm_60"), "12%"),
        ("spread_info", ("item_num",), 3.5),
        ("spread_benchmarks", ("interact_rate", "overtake"), "59.735%"),
        ("profiles", ("gender",), 9),
        ("profiles", ("gender",), True),
        ("profiles", ("is_online",), "maybe"),
        ("profiles", ("is_online",), 2),
        ("profiles", ("nick_name",), False),
        ("profiles", ("nick_name",), math.inf),
        pytest.param("profiles", ("nick_name",), 10**5000, id="name of 5,000 digits"),
        pytest.param("profiles", ("gender",), 10**5000, id="gender of 5,000 digits"),
        pytest.param("profiles", ("is_online",), 10**5000, id="flag of 5,000 digits"),
        ("profiles", ("tags",), [True]),
    ],
    ids=repr,
)
def test_another_unit_or_code_is_missing_with_a_note(table: str, path: tuple[Any, ...], value: Any) -> None:
    frame = read(table, nested(path, value))
    assert [note["field"] for note in frame.attrs["unread"]] == [".".join(path) + "[0]" * (value == [True])]
    assert xf.quality({table: frame})["flag"].tolist().count("unread_value") == 1


@pytest.mark.each_once
@number_fields
@pytest.mark.parametrize("value", [[1], {"a": 1}], ids=repr)
def test_a_shape_that_cannot_be_a_number_is_refused_by_name(
    table: str, column: str, path: tuple[Any, ...], value: Any
) -> None:
    with pytest.raises(xf.PayloadError) as caught:
        read(table, nested(path, value))
    assert caught.value.field == ".".join(path)
    assert str(caught.value).startswith(f"{table}: ")
    assert repr(".".join(path)) in str(caught.value)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("table", "data", "field"),
    [
        ("quotes", {"price_info": {"0": {"price": 1}}}, "price_info"),
        ("quotes", {"price_info": "[1"}, "price_info"),
        ("quotes", {"price_info": [[]]}, "price_info[0]"),
        ("quotes", {"price_info": ["a"]}, "price_info[0]"),
        ("spread_info", {"interact_rate": [{"value": 1}]}, "interact_rate"),
        ("spread_info", {"interact_rate": 244}, "interact_rate"),
        ("link_struct", {"link_struct": True}, "link_struct"),
        ("profiles", {"tags": [["a"]]}, "tags[0]"),
        ("profiles", {"gender": [2]}, "gender"),
    ],
    ids=repr,
)
def test_another_shape_is_refused_by_name(table: str, data: Any, field: str) -> None:
    with pytest.raises(xf.PayloadError) as caught:
        read(table, data)
    assert caught.value.field == field


# --- text that a file can hold ---------------------------------------------------------------------------------------

HALF = "cut\\ud83d"


@pytest.mark.parametrize(
    ("table", "data"),
    [
        ("profiles", f'{{"nick_name": "{HALF}"}}'),
        ("profiles", f'{{"tags": ["{HALF}"]}}'),
        ("profiles", f'{{"tags": "[\\"{HALF}\\"]"}}'),
        ("profiles", f'{{"follower": "{HALF}"}}'),
        ("profiles", f'{{"gender": "{HALF}"}}'),
        ("spread_info", f'{{"play_stability": {{"label": "{HALF}"}}}}'),
        ("connected_users", f'{{"author_link_type": "{HALF}"}}'),
        ("touch_distribution", f'{{"{HALF}_touch": [{{"distribution_data": {{"name": "{HALF}", "cnt": 1}}}}]}}'),
        ("touch_distribution", f'{{"{HALF}_touch": [{{"distribution_data": {{"name": "a", "cnt": "{HALF}"}}}}]}}'),
        ("video_distribution", f'{{"video_content_distribution": [{{"name": "{HALF}", "cnt": 1}}]}}'),
        ("quotes", f'{{"price_info": [{{"desc": "{HALF}", "settlement_desc": "{HALF}\\u0000"}}]}}'),
    ],
)
def test_half_an_emoji_does_not_break_the_frame(table: str, data: str) -> None:
    """JSON may hold a name cut inside a surrogate pair; it must not cost the whole batch."""
    frame = xf.read_payload(table, f'{{"code": 0, "data": {data}}}', kol_id=KOL)
    (line,) = frame.to_csv(index=False, header=False).encode().decode().splitlines()
    notes = frame.attrs.get("unread", [])
    assert "cut?" in line + str(notes)
    assert "\0" not in line
    xf.quality({table: frame})["evidence"].str.encode("utf-8")


@pytest.mark.parametrize(
    ("table", "data"),
    [
        ("profiles", f'{{"{HALF}": 1}}'),
        ("touch_distribution", f'{{"{HALF}_touch": 1}}'),
        ("touch_distribution", f'{{"{HALF}_touch": [{{"distribution_data": {{"cnt": {{"{HALF}": 1}}}}}}]}}'),
        ("profiles", f'{{"tags": [["{HALF}"]]}}'),
        ("profiles", f'"{HALF}"'),
        ("profiles", f'{{"{"x" * 100_000}": 1}}'),
        ("touch_distribution", f'{{"{"x" * 100_000}_touch": 1}}'),
    ],
    ids=lambda value: value[:40],
)
def test_an_error_is_a_text_that_a_file_can_hold(table: str, data: str) -> None:
    with pytest.raises(xf.PayloadError) as caught:
        xf.read_payload(table, f'{{"code": 0, "data": {data}}}', kol_id=KOL)
    assert len(str(caught.value).encode()) < 400
    assert len(caught.value.field.encode()) < 100


# --- anything at all -------------------------------------------------------------------------------------------------

TEXTS = st.text(st.characters(exclude_categories=()), max_size=6) | st.sampled_from(
    ["", "-", "\ud83d", "\0", "1e9", "[1]"]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.sampled_from([10**400, -(2**63), 2**63]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


NODES = st.fixed_dictionaries(
    {}, optional={"name": TEXTS | ANYTHING, "cnt": st.integers() | st.sampled_from(["7", "1.2万", "-"]) | ANYTHING}
)


@pytest.mark.parametrize("inner", ["", "node"])
@settings(max_examples=examples(200))
@given(nodes=st.lists(NODES | ANYTHING, max_size=4) | ANYTHING, data=st.data())
def test_nodes_are_counted_together_as_each_is_alone(inner: str, nodes: Any, data: st.DataObject) -> None:
    if inner and isinstance(nodes, list):
        nodes = [data.draw(st.just({inner: node}) | ANYTHING) for node in nodes]
    payload = data.draw(st.just({"nodes": nodes}) | st.just({}))

    def alone(fields: Fields) -> list[Any]:
        members = [member.block(inner) if inner else member for member in fields.items("nodes")]
        return [(member.name("name"), member.integer("cnt")) for member in members]

    assert outcome(lambda fields: fields.counted("nodes", "name", "cnt", inner), payload) == outcome(alone, payload)


def outcome(reading: Callable[[Fields], object], payload: dict[str, Any]) -> str:
    """Return what a reading gives, notes included, so that 1, 1.0 and True differ."""
    unread: list[Unread] = []
    try:
        return repr((reading(Fields(payload, "", unread)), unread))
    except xf.PayloadError as error:
        # Of several faults each reading names the one that it meets first.
        return f"something below {error.field.partition('[')[0]} cannot be read"


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of everything inside of a payload, blocks too."""
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, below in inner for found in places(below, (*path, key)))]


@pytest.mark.one_in(3)
@pytest.mark.parametrize("table", TABLES)
@settings(max_examples=examples(60))
@given(data=st.data())
def test_anything_anywhere_is_a_frame_that_files_hold_or_an_error(
    table: str, payloads: dict[str, Any], data: st.DataObject
) -> None:
    payload = {"data": copy.deepcopy(payloads[table])}
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(places(payload)[1:]))
        payload = changed(payload, path, data.draw(ANYTHING))
    odd = data.draw(TEXTS)
    if isinstance(payload["data"], dict):
        payload["data"] |= {f"{odd}_touch": data.draw(ANYTHING), odd: data.draw(ANYTHING)}
    try:
        frame = xf.read_payload(table, payload["data"], **about(table))
    except xf.XingtuError as error:
        str(error).encode()
        return
    assert frame.dtypes.equals(build_frame(xf.TABLES[table].columns, []).dtypes)
    # pandas leaves a carriage return alone that no quotation marks keep.
    written = frame.to_csv(index=False, quoting=csv.QUOTE_ALL).encode()
    again = pd.read_csv(io.BytesIO(written), dtype=str, keep_default_na=False, na_values=[])
    assert len(again) == len(frame)
    for column in frame.select_dtypes(["object", "string"]):
        assert again[column].tolist() == ["" if pd.isna(cell) else cell for cell in frame[column].tolist()]
    xf.quality({table: frame})["evidence"].str.encode("utf-8")


@pytest.mark.parametrize("bottom", ["[" * 100_000, "[" * 100_000 + "]" * 100_000, '{"a":' * 50_000])
def test_a_payload_too_deep_for_this_process_is_an_error(bottom: str) -> None:
    with pytest.raises(xf.PayloadError):
        xf.read_payload("profiles", f'{{"code": 0, "data": {bottom}', kol_id=KOL)


@pytest.mark.parametrize(
    "payload",
    [
        {"code": 10**5000, "data": {}},
        {"code": 0, "data": {"base_resp": {"status_code": 10**5000}}},
        {"code": 5, "data": {}, "message": 10**5000},
        {"code": 0, "data": {5: 1, None: 2}},
        {"code": 0, "data": {"tags": object()}},
    ],
    ids=["code", "base_resp", "message", "keys", "object"],
)
def test_a_payload_of_any_kind_is_an_error_of_ours_or_a_frame(payload: Any) -> None:
    try:
        assert len(xf.read_payload("profiles", payload, kol_id=KOL)) == 1
    except xf.XingtuError as error:
        str(error).encode()
