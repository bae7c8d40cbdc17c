"""Payload -> rows: the provider's pages by hand, every form of missing, every awkward shape, and loud refusal."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import xingtu_frames as xf
from tests.golden import FOLDER, PAIRS
from tests.payload_cases import (
    DIVISORS,
    PAYLOADS,
    PROFILE,
    always_rows,
    cells,
    changed,
    first,
    nested,
    number_fields,
    read,
)
from tests.quick import each, examples
from xingtu_frames.frame import build_frame
from xingtu_frames.tables.catalog import rows_of

TABLES = list(xf.TABLES)
READ = [name for name, table in xf.TABLES.items() if table.evidence != "raw"]
"""The tables that say what the fields mean; the others show whatever comes."""


def rows(table: str, data: Any) -> list[tuple[Any, ...]]:
    return rows_of(xf.TABLES[table], data).rows


VOCABULARY = {"metric", "duration_band", "stage_no", "stage", "index", "scope"}
"""Columns that are filled in rows which stand for a word each, whatever the payload has."""


# --- the golden pairs, worked out by hand ----------------------------------------------------------------------------


def test_every_table_has_a_golden_pair_and_every_pair_a_table() -> None:
    assert set(PAIRS) == set(TABLES)
    assert {path.stem for path in FOLDER.glob("*.csv")} == set(TABLES)


@each("table", PAIRS)
def test_a_payload_has_the_rows_that_were_worked_out_by_hand(table: str) -> None:
    pair = PAIRS[table]
    assert pair.rows, "a pair without rows says nothing"
    frame = read(table, pair.data)
    told = frame.iloc[:, 1:-1]
    assert list(told.columns) == list(pair.dtypes)
    assert cells(frame, *pair.dtypes) == ([row[0] for row in pair.rows] if len(pair.dtypes) == 1 else pair.rows)


# --- single values ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tags", "joined"), [("[]", None), ([], None), (["a", "", "b"], "a|b"), ('[""]', None), ("", None), ("-", None)]
)
def test_tags_are_joined_and_empty_ones_are_missing(tags: Any, joined: str | None) -> None:
    assert cells(read("profiles", PROFILE | {"tags": tags}), "tags") == [joined]


@pytest.mark.parametrize(
    ("gender", "text"), [(1, "male"), ("1", "male"), (2, "female"), (0, None), ("", None), (9, None)]
)
def test_gender_is_text_and_unknown_is_missing(gender: Any, text: str | None) -> None:
    assert cells(read("profiles", PROFILE | {"gender": gender}), "gender") == [text]


@pytest.fixture(scope="session")
def payloads() -> dict[str, dict[str, Any]]:
    return PAYLOADS


# --- missing is missing ----------------------------------------------------------------------------------------------


@pytest.mark.each_once
@pytest.mark.parametrize("data", [{}, None, {"base_resp": {"status_code": 0, "status_message": ""}}])
@pytest.mark.parametrize("table", READ)
def test_an_empty_answer_is_a_typed_frame_without_a_value(table: str, data: Any) -> None:
    frame, declared = read(table, data), xf.TABLES[table]
    assert len(frame) == always_rows(declared)
    assert frame.dtypes.equals(build_frame(declared.columns, []).dtypes)
    told = [column.name for column in declared.cells if column.name not in VOCABULARY]
    assert frame[told].isna().all(axis=None)


@each("table", TABLES)
def test_rows_are_as_wide_as_the_table(table: str, payloads: dict[str, Any]) -> None:
    told = xf.TABLES[table].cells
    for data in ({}, payloads[table]):
        assert {len(row) for row in rows(table, data)} <= {len(told)}


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, Mapping):
        return [p for key, inner in value.items() if key != "base_resp" for p in leaves(inner, (*path, key))]
    if isinstance(value, list):
        return [p for index, inner in enumerate(value) for p in leaves(inner, (*path, index))]
    return [path]


@pytest.mark.one_in(2)
@pytest.mark.each_once
@pytest.mark.parametrize("nothing", ["-", "", {}], ids=repr)
@pytest.mark.parametrize("table", READ)
def test_every_form_of_missing_reads_the_same_at_every_field(
    table: str, nothing: Any, payloads: dict[str, Any]
) -> None:
    zeros = str(rows(table, payloads[table])).count(" 0,")
    for path in leaves(payloads[table]):
        gone = rows(table, changed(payloads[table], path, nothing))
        assert gone == rows(table, changed(payloads[table], path, None))
        assert str(gone).count(" 0,") <= zeros


@number_fields
@settings(max_examples=examples(10))
@given(number=st.integers(min_value=0, max_value=10**12))
def test_a_number_is_the_same_as_int_text_or_float(table: str, column: str, path: tuple[Any, ...], number: int) -> None:
    spelled = [number, str(number), f" {number} ", float(number), f"{number}.0", f"+{number}"]
    found = [first(table, column, path, value) for value in spelled]
    assert found == [number / DIVISORS.get(column, 1)] * len(spelled)


@pytest.mark.each_once
@number_fields
@pytest.mark.parametrize("zero", [0, "0", 0.0, "0.00"], ids=repr)
def test_an_explicit_zero_stays_zero(table: str, column: str, path: tuple[Any, ...], zero: Any) -> None:
    assert first(table, column, path, zero) == 0


@pytest.mark.parametrize("value", [2**63 - 1, str(2**63 - 1)])
def test_the_largest_count_fits(value: Any) -> None:
    assert first("spread_info", "video_count", ("item_num",), value) == 2**63 - 1
    assert first("spread_info", "like_mean", ("like_avg",), value) == 2**63 - 1


@pytest.mark.parametrize("mean", ["1204.5", 1204.6, "1203.6"])
def test_a_mean_of_counts_is_rounded_and_a_count_with_a_fraction_is_none(mean: Any) -> None:
    assert first("spread_info", "like_mean", ("like_avg",), mean) == 1204 + (mean == 1204.6)
    assert first("spread_info", "video_count", ("item_num",), mean) is None


@pytest.mark.parametrize(
    ("table", "path"),
    [
        ("spread_info", ("interact_rate", "label")),
        ("spread_info", ("play_over_rate", "label")),
        ("spread_info", ("play_stability", "label")),
        ("connected_users", ("author_link_type",)),
        ("profiles", ("nick_name",)),
        ("profiles", ("is_online",)),
    ],
)
@pytest.mark.parametrize("value", [{"a": 1}, [1], [True]], ids=repr)
def test_what_is_no_text_is_refused_by_name(table: str, path: tuple[str, ...], value: Any) -> None:
    with pytest.raises(xf.PayloadError) as caught:
        read(table, nested(path, value))
    assert caught.value.field == ".".join(path)


# --- awkward shapes --------------------------------------------------------------------------------------------------


def test_a_missing_tier_and_an_empty_tier_are_missing_and_the_others_stay() -> None:
    frame = read("cost_tiers", {"expect_cpm": {"cpm_21_60": "7538", "cpm_60": {}}, "expect_cpe": {}})
    assert cells(frame, "cost_cny") == [None, 75.38, None, *[None] * 6]


def test_an_empty_creator_has_labels_and_no_values() -> None:
    label = {"label": "美妆"}
    rates = {"interact_rate": label, "play_over_rate": label, "play_stability": label}
    data = rates | {"expect_cpm": {}, "item_rate": {"interact_rate": {}, "item_num": {"label": "", "overtake": 0}}}
    frame = read("spread_info", data)
    assert cells(frame, "category") == ["美妆"]
    assert frame.loc[:, "video_count":"play_stability"].isna().all(axis=None)
    peers = cells(read("spread_benchmarks", data), "value", "peer_group", "beats_share", "overtake_raw")
    assert peers == [(None, "美妆", None, None)] * 3 + [(None, None, None, None), (None, None, None, 0)]


def node(name: str, cnt: int, **below: Any) -> dict[str, Any]:
    return {"distribution_data": {"cnt": cnt, "name": name}, **below}


def test_a_tree_with_two_sources_another_touch_and_every_depth() -> None:
    deep = node("游戏", 60, three_distribution=[node("攻略", 60), node("实况", 50)])
    data = {
        "video_touch": [
            node("个人", 100, second_distribution=[deep, node("美食", 30, three_distribution=[])]),
            node("星图", 20, second_distribution=[]),
        ],
        "live_touch": [node("直播", 7)],
        "other": [node("不算", 1)],
    }
    frame = read("touch_distribution", data)
    columns = ["touch", "level1", "level2", "level3", "cnt", "level1_cnt", "level2_cnt"]
    assert cells(frame, *columns) == [
        ("video", "个人", "游戏", "攻略", 60, 100, 60),
        ("video", "个人", "游戏", "实况", 50, 100, 60),
        ("video", "个人", "美食", None, 30, 100, 30),
        ("video", "星图", None, None, 20, 20, None),
        ("live", "直播", None, None, 7, 7, None),
    ]


@pytest.mark.parametrize(("rank", "percent"), [("-1", -1), (-1, -1.0), ("-2", "-0.5")])
def test_a_negative_rank_is_no_rank_and_a_negative_change_stays(rank: Any, percent: Any) -> None:
    block = {"rank": rank, "rank_percent": percent, "link_relative_ratio": -0.25, "value": 40.02}
    star = cells(read("link_index", {"link_star_index": block}), "value", "change", "rank", "rank_percent")[0]
    assert star == (40.02, -0.25, None, None)
    total = {"5": {"rank_percent": percent, "relative_ratio": -0.5}}
    assert cells(read("connected_users", {"link_struct": total}), "rank_percent", "growth") == [(None, -0.5)]


@pytest.mark.parametrize("overtake", [12_500, -3_300, 0])
def test_the_change_of_the_video_count_is_no_share_and_is_not_clamped(overtake: int) -> None:
    frame = read("spread_benchmarks", {"item_rate": {"item_num": {"value": 18, "overtake": overtake}}})
    assert cells(frame, "value", "beats_share", "overtake_raw")[-1] == (18.0, None, overtake)


def test_shares_of_counts_where_one_is_zero_or_missing() -> None:
    kinds = [{"name": "a", "cnt": 3}, {"name": "b", "cnt": "1"}, {"name": "c", "cnt": 0}, {"name": "d"}]
    frame = read("video_distribution", {"video_content_distribution": kinds})
    assert cells(frame, "category", "share") == [("a", 0.75), ("b", 0.25), ("c", 0.0), ("d", None)]
    assert cells(read("video_distribution", {"video_content_distribution": kinds[2:3]}), "share") == [None]


@pytest.mark.parametrize("table", READ)
def test_fields_nobody_knows_change_nothing(table: str, payloads: dict[str, Any]) -> None:
    data = copy.deepcopy(payloads[table]) | {"sample_unknown": {"value": [1, {"x": None}]}, "another": "text"}
    for value in list(data.values()):
        if isinstance(value, dict):
            value |= {"6": {"value": 12}, "newcomer": [1]}
    pd.testing.assert_frame_equal(read(table, data), read(table, payloads[table]))


@pytest.mark.each_once
@pytest.mark.parametrize("other", ["touch_distribution", "spread_info", "link_struct", "link_index", "profiles"])
@pytest.mark.parametrize("table", READ)
def test_a_payload_of_another_endpoint_is_refused_by_a_field(table: str, other: str, payloads: dict[str, Any]) -> None:
    if xf.TABLES[table].endpoint != xf.TABLES[other].endpoint:
        with pytest.raises(xf.PayloadError, match=table) as caught:
            read(table, payloads[other])
        assert caught.value.field


@pytest.mark.each_once
@pytest.mark.parametrize("table", READ)
@pytest.mark.parametrize("data", [[], [1], "text", 5, True], ids=repr)
def test_data_that_is_no_object_is_refused(table: str, data: Any) -> None:
    with pytest.raises(xf.PayloadError) as caught:
        read(table, data)
    assert caught.value.field == "data"
