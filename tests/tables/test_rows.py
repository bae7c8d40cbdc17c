"""Payload -> rows: the provider's pages by hand, every form of missing, every awkward shape, and loud refusal."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import xingtu_frames as xf
from tests.payload_cases import (
    DIVISORS,
    PROFILE,
    QUOTES,
    cells,
    changed,
    first,
    nested,
    number_fields,
    payloads_of,
    read,
)
from xingtu_frames.frame import build_frame
from xingtu_frames.tables.catalog import rows_of

TABLES = list(xf.TABLES)


def rows(table: str, data: Any) -> list[tuple[Any, ...]]:
    return rows_of(xf.TABLES[table], data).rows


ROWS_WHEN_EMPTY = {
    "touch_distribution": 0,
    "spread_info": 1,
    "cost_tiers": 9,
    "spread_benchmarks": 5,
    "link_struct": 4,
    "connected_users": 1,
    "link_index": 6,
    "video_distribution": 0,
    "profiles": 1,
    "quotes": 0,
}
FILLED_BY_CALLER = {"kol_id", "fetched_at", "video_type", "window", "industry", "platform"}
VOCABULARY = {"metric", "duration_band", "stage_no", "stage", "index"}


@pytest.fixture(scope="session")
def pages(provider_pages: dict[str, bytes]) -> dict[str, Any]:
    """Return ``data`` of the provider's five page samples."""
    return {name: json.loads(body)["data"] for name, body in provider_pages.items()}


# --- the provider's pages, worked out by hand ------------------------------------------------------------------------


def test_page_touch_distribution(pages: dict[str, Any]) -> None:
    frame = read("touch_distribution", pages["get-kol-touch-distribution"])
    assert cells(frame, "level2", "level3", "cnt", "level2_cnt") == [
        ("游戏", "内容类型", 1_093_308, 1_093_308),
        ("游戏", "游戏类型", 1_093_308, 1_093_308),
        ("美食", "美食展示", 2_864_757, 2_864_757),
        ("旅行", "旅行记录与分享", 97_454, 97_454),
        ("亲子", "亲子互动日常", 362_682, 362_682),
        ("音乐", "音乐演唱", 4_946_715, 4_946_715),
        ("随拍", "生活随拍", 3_075_446, 3_337_544),
        ("随拍", "工作随拍", 262_098, 3_337_544),
    ]
    assert set(cells(frame, "touch", "level1", "level1_cnt")) == {("video", "个人", 12_704_028)}
    assert frame.drop_duplicates("level2")["level2_cnt"].sum() == 12_702_460


def test_page_spread_info(pages: dict[str, Any]) -> None:
    frame = read("spread_info", pages["get-kol-spread-info"])
    counts = ["video_count", "play_median", "like_mean", "comment_mean", "share_mean"]
    assert cells(frame, "video_type", "window", "category") == [("personal", "30d", "剧情搞笑")]
    assert cells(frame, *counts) == [(3, 3_642_403, 95_028, 4_192, 9_637)]
    rates = ["duration_mean_s", "interact_rate", "completion_rate", "play_stability"]
    assert cells(frame, *rates) == [(26.00, 0.0244, 0.1113, 0.540887)]


def test_page_cost_tiers(pages: dict[str, Any]) -> None:
    assert cells(read("cost_tiers", pages["get-kol-spread-info"]), "metric", "duration_band", "cost_cny") == [
        ("cpm", "1-20s", 56.57),
        ("cpm", "21-60s", 141.40),
        ("cpm", "60s+", 141.40),
        ("cpe", "1-20s", 2.54),
        ("cpe", "21-60s", 6.35),
        ("cpe", "60s+", 6.35),
        ("sales_cpm", "1-20s", 66.19),
        ("sales_cpm", "21-60s", 165.43),
        ("sales_cpm", "60s+", 165.43),
    ]


def test_page_spread_benchmarks(pages: dict[str, Any]) -> None:
    frame = read("spread_benchmarks", pages["get-kol-spread-info"])
    assert cells(frame, "metric", "value", "peer_group", "beats_share", "overtake_raw") == [
        ("interact_rate", 0.0244, "剧情搞笑", 0.5973, 5973),
        ("completion_rate", 0.1113, "剧情搞笑", 0.64, 6400),
        ("play_stability", 0.540887, "剧情搞笑", 0.8865, 8865),
        ("play_median", 3_642_403.0, None, 0.9993, 9993),
        ("video_count", 3.0, None, None, 10800),
    ]


def test_page_link_struct_and_connected_users(pages: dict[str, Any]) -> None:
    data = pages["get-kol-link-struct"]
    stages = read("link_struct", data)
    assert cells(stages, "stage_no", "stage", "users", "industry_median_users", "share") == [
        (1, "aware", 6_769_084, 7_410_575, 0.6854154336548066),
        (2, "interested", 2_103_463, 4_272_385, 0.21298982319052925),
        (3, "like", 1_003_338, 1_826_893, 0.10159474315466412),
        (4, "follow", 0, 0, 0.0),
    ]
    users = read("connected_users", data)
    assert cells(users, "creator_type", "users", "rank_percent", "growth") == [("传播", 9_875_885, 0.0461, 0.7881)]
    assert stages["users"].sum() == 9_875_885


def test_page_link_index(pages: dict[str, Any]) -> None:
    frame = read("link_index", pages["get-kol-link-info"])
    assert cells(frame, "index", "value", "market_avg", "change", "rank", "rank_percent") == [
        ("star", 71.41, 56.48, -0.0191, 44_031, 0.0054),
        ("spread", 74.25, 53.29, -0.0456, 44_183, 0.0055),
        ("seeding", 73.9, 53.58, -0.0738, 47_882, 0.0059),
        ("conversion", 67.01, 55.31, 0.0426, 116_767, 0.0144),
        ("cost_performance", 66.2, 64.08, -0.0036, 104_078, 0.0128),
        ("cooperation", 75.67, 75.6, -0.0007, 144_843, 0.0179),
    ]


def test_page_video_distribution_has_shares_from_the_counts(pages: dict[str, Any]) -> None:
    frame = read("video_distribution", pages["author_video_distribution"])
    assert cells(frame, "category", "video_count", "share") == [(name, 1, 1 / 3) for name in ("音乐", "美食", "随拍")]


# --- made-up payloads of the shapes without a page -------------------------------------------------------------------


def test_a_profile() -> None:
    columns = [c for c in xf.TABLES["profiles"].names if c not in FILLED_BY_CALLER]
    expected = ("甲", "female", "浙江省", "杭州市", 1200, None, "美妆|时尚", True)
    assert cells(read("profiles", PROFILE), *columns) == [expected]


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


def test_quotes_list_every_service_closed_ones_too() -> None:
    frame = read("quotes", QUOTES)
    columns = ["video_type_code", "service", "duration_band", "price_cny", "origin_price_cny", "settlement", "is_open"]
    assert cells(frame, *columns) == [
        (1, "1-20s视频", "1-20s", 35000, 35000, "固定价格", True),
        (2, "21-60s视频", "21-60s", 55000, 68000, None, True),
        (71, "60s以上视频", "60s+", None, None, "固定价格", False),
        (92, "按自然播放量结算", None, None, None, None, False),
    ]


@pytest.fixture(scope="session")
def payloads(provider_pages: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    return payloads_of(provider_pages)


# --- missing is missing ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [{}, None, {"base_resp": {"status_code": 0, "status_message": ""}}])
@pytest.mark.parametrize("table", TABLES)
def test_an_empty_answer_is_a_typed_frame_without_a_value(table: str, data: Any) -> None:
    frame, declared = read(table, data), xf.TABLES[table]
    assert len(frame) == ROWS_WHEN_EMPTY[table]
    assert frame.dtypes.equals(build_frame(declared.columns, []).dtypes)
    told = [c for c in declared.names if c not in FILLED_BY_CALLER | VOCABULARY]
    assert frame[told].isna().all(axis=None)


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_as_wide_as_the_table(table: str, payloads: dict[str, Any]) -> None:
    told = [c for c in xf.TABLES[table].names if c not in FILLED_BY_CALLER]
    for data in ({}, payloads[table]):
        assert {len(row) for row in rows(table, data)} <= {len(told)}


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, Mapping):
        return [p for key, inner in value.items() if key != "base_resp" for p in leaves(inner, (*path, key))]
    if isinstance(value, list):
        return [p for index, inner in enumerate(value) for p in leaves(inner, (*path, index))]
    return [path]


@pytest.mark.parametrize("nothing", ["-", "", {}], ids=repr)
@pytest.mark.parametrize("table", TABLES)
def test_every_form_of_missing_reads_the_same_at_every_field(
    table: str, nothing: Any, payloads: dict[str, Any]
) -> None:
    zeros = str(rows(table, payloads[table])).count(" 0,")
    for path in leaves(payloads[table]):
        gone = rows(table, changed(payloads[table], path, nothing))
        assert gone == rows(table, changed(payloads[table], path, None))
        assert str(gone).count(" 0,") <= zeros


@number_fields
@settings(max_examples=10)
@given(number=st.integers(min_value=0, max_value=10**12))
def test_a_number_is_the_same_as_int_text_or_float(table: str, column: str, path: tuple[Any, ...], number: int) -> None:
    spelled = [number, str(number), f" {number} ", float(number), f"{number}.0", f"+{number}"]
    found = [first(table, column, path, value) for value in spelled]
    assert found == [number / DIVISORS.get(column, 1)] * len(spelled)


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


@pytest.mark.parametrize("table", TABLES)
def test_fields_nobody_knows_change_nothing(table: str, payloads: dict[str, Any]) -> None:
    data = copy.deepcopy(payloads[table]) | {"sample_unknown": {"value": [1, {"x": None}]}, "another": "text"}
    for value in list(data.values()):
        if isinstance(value, dict):
            value |= {"6": {"value": 12}, "newcomer": [1]}
    pd.testing.assert_frame_equal(read(table, data), read(table, payloads[table]))


@pytest.mark.parametrize("other", ["touch_distribution", "spread_info", "link_struct", "link_index", "profiles"])
@pytest.mark.parametrize("table", TABLES)
def test_a_payload_of_another_endpoint_is_refused_by_a_field(table: str, other: str, payloads: dict[str, Any]) -> None:
    if xf.TABLES[table].endpoint != xf.TABLES[other].endpoint:
        with pytest.raises(xf.PayloadError, match=table) as caught:
            read(table, payloads[other])
        assert caught.value.field


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("data", [[], [1], "text", 5, True], ids=repr)
def test_data_that_is_no_object_is_refused(table: str, data: Any) -> None:
    with pytest.raises(xf.PayloadError) as caught:
        read(table, data)
    assert caught.value.field == "data"
