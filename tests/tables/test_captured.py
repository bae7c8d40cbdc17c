"""The tables of captured payloads: what their numbers prove, what may be missing, and shapes that are refused."""

from __future__ import annotations

import copy
import json
import math
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest

import xingtu_frames as xf
from tests.golden import IDENTITIES, PAIRS
from tests.payload_cases import PAYLOADS, cells, read

BANDS = {"1-20s": "1", "21-60s": "2", "60s+": "71"}
"""The service whose price belongs to each band."""


def identity(name: str) -> Any:
    return json.loads((IDENTITIES / f"{name}.json").read_text("utf-8"))


PORTRAITS = {"8 dimensions": PAYLOADS["audience_portrait"], "9 M users": identity("audience_portrait_9m")}
portraits = pytest.mark.parametrize("data", PORTRAITS.values(), ids=list(PORTRAITS))
COSTS: list[dict[str, Any]] = identity("cost_performance")


# --- what the numbers prove ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("creator", range(len(COSTS)))
def test_cpm_is_price_by_expected_plays_cut_off(creator: int) -> None:
    captured = COSTS[creator]
    plays = cells(read("cost_performance", captured["data"]), "expected_plays")[0]
    tiers = read("cost_performance_tiers", captured["data"]).set_index(["metric", "duration_band"])["cost_cny"]
    assert len(captured["prices"]) == 3
    for band, service in BANDS.items():
        fen = math.floor(Fraction(captured["prices"][service] * 100_000, plays))
        assert tiers["cpm", band] == fen / 100


@portraits
def test_the_shares_of_a_dimension_are_one_and_a_bucket_of_the_largest_leads(data: Any) -> None:
    frame = read("audience_portrait", data)
    for dimension, rows in frame.groupby("dimension", observed=True):
        assert rows["share"].sum() == pytest.approx(1)
        assert rows["is_top_list"].unique().tolist() == [dimension in ("interest", "city")]
        if dimension not in ("gender", "age", "city_tier"):
            assert rows["users"].is_monotonic_decreasing
    assert frame["dimension"].is_monotonic_increasing
    assert len(frame) == sum(len(block["distribution_list"]) for block in data["distributions"])


@portraits
def test_places_are_one_universe(data: Any) -> None:
    users = read("audience_portrait", data).set_index(["dimension", "bucket"])["users"]
    province, tier = users["province"].sum(), users["city_tier"].sum()
    assert abs(province - tier) <= 100
    cities = set(users["city"].index) & {"北京", "上海", "重庆"}
    assert cities
    assert all(users["city", city] == users["province", city] for city in cities)
    largest = [users["city", city] for city in ("北京", "上海", "广州", "深圳") if city in users["city"].index]
    assert users["city_tier", "一线"] > 2 * sum(largest), "一线 is more than four cities"


@portraits
def test_the_percents_of_the_page_are_the_largest_shares_rounded_down(data: Any) -> None:
    frame = read("audience_portrait", data)
    checked = 0
    for block in data["distributions"]:
        percents = re.findall(r"([0-9]+)%", block["description"])
        if block["type_display"] in ("性别分布", "年龄分布", "城市等级分布", "八大人群分布"):
            share = frame.loc[frame["dimension_zh"] == block["type_display"], "share"].max()
            assert [str(math.floor(100 * share))] == percents
            checked += 1
    assert checked == 4


@pytest.mark.parametrize("data", identity("recommended_videos"))
def test_the_interaction_rate_of_the_wire_is_ours_cut_to_four_decimals(data: Any) -> None:
    frame = read("recommended_videos", data).set_index(["slot", "position"])["interact_rate"]
    wire = [("masterpiece", place, video) for place, video in enumerate(data["masterpiece_videos"], 1)]
    wire += [
        (slot, 1, data[f"{slot}_video"]) for slot in ("newest", "personal_hot", "order_hot") if f"{slot}_video" in data
    ]
    assert len(frame) == len(wire)
    for slot, place, video in wire:
        assert math.floor(frame[slot, place] * 10_000) == round(video["stats"]["interact_rate"] * 10_000)


def test_clicks_times_cost_is_a_price_and_sales_by_plays_are_inside_the_gpm() -> None:
    captured = identity("convert_one_video")
    bounds = read("convert_ranges", captured["data"]).set_index("metric")[["low", "high"]]
    videos, plays = cells(read("convert_ability", captured["data"]), "video_count", "play_median")[0]
    assert videos == 1
    cpc, clicks, gpm, sales = (bounds.loc[metric] for metric in ("cpc", "component_clicks", "gpm", "sales"))
    cheapest, dearest = cpc["low"] * clicks["low"], cpc["high"] * clicks["high"]
    assert any(cheapest <= price <= dearest for price in captured["prices"].values())
    assert pd.isna(gpm["low"])
    assert sales["high"] / plays * 1000 <= gpm["high"]


def test_every_captured_range_reads() -> None:
    for data in [*identity("convert_ability"), identity("convert_one_video")["data"]]:
        for name, low, high in (
            ("convert_ranges", "low", "high"),
            ("convert_categories", "sales_low_cny", "sales_high_cny"),
        ):
            frame = read(name, data)
            text = frame["range" if name == "convert_ranges" else "sales_range"]
            assert (text.notna() == frame[[low, high]].notna().any(axis=1)).all()
            assert "unread" not in frame.attrs


def test_peers_are_recovered_from_the_difference_and_from_the_ratio() -> None:
    """A rate is compared by a difference, plays by a ratio."""
    frame = read("show_items_benchmarks", PAYLOADS["show_items_benchmarks"]).set_index(["scope", "metric"])
    assert frame.loc[("videos", "interact_rate"), "peer_average"] == 0.0529
    assert frame.loc[("videos", "play_median"), "peer_average"] == 15_271.33


# --- portraits -------------------------------------------------------------------------------------------------------


def block(code: int | None, *buckets: tuple[Any, Any], **more: Any) -> dict[str, Any]:
    listed = [{"distribution_key": key, "distribution_value": users} for key, users in buckets]
    coded = {} if code is None else {"origin_type": code}
    return {**coded, "type_display": f"第{code}种", "distribution_list": listed, **more}


def portrait(*blocks: Any, **more: Any) -> pd.DataFrame:
    return read("audience_portrait", {"distributions": list(blocks), **more})


def test_a_dimension_is_known_by_its_code_else_by_its_type() -> None:
    """The code of gender is 0, which the wire may leave out."""
    frame = portrait(
        block(None, ("a", 1), type=1024),
        block(None, ("b", 1), type=1),
        block(4, ("c", 1), type=1),
        block(None, ("d", 1)),
        block(None, ("f", 1), origin_type="?", type=1),
        block(1, ("e", 1), type=1),
    )
    found = cells(frame, "bucket", "dimension", "is_top_list")
    assert found == [
        ("b", "gender", False),
        ("e", "age", False),
        ("a", "crowd", False),
        ("c", None, None),
        ("d", None, None),
        ("f", None, None),
    ]


def test_an_unknown_dimension_keeps_its_rows_and_their_order() -> None:
    frame = portrait(block(99, ("小", 1), ("大", 3)), block(3, ("小米", 1), ("iPhone", 3)))
    assert cells(frame, "dimension", "dimension_zh", "bucket", "share") == [
        ("device", "第3种", "iPhone", 0.75),
        ("device", "第3种", "小米", 0.25),
        (None, "第99种", "小", 0.25),
        (None, "第99种", "大", 0.75),
    ]


@pytest.mark.parametrize(
    ("code", "given", "expected"),
    [
        (0, ["male", "female"], ["female", "male"]),
        (1, ["其他", "50+", "<18", "18-23", "60+", "24-30"], ["18-23", "24-30", "50+", "其他", "<18", "60+"]),
        (5, ["五线", "一线", "三线"], ["一线", "三线", "五线"]),
        (12, ["500以上", "其他", "100-200", "0-50"], ["0-50", "100-200", "500以上", "其他"]),
    ],
)
def test_buckets_with_an_order_of_their_own_have_it(code: int, given: list[str], expected: list[str]) -> None:
    assert cells(portrait(block(code, *((bucket, 5) for bucket in given))), "bucket") == expected


def test_other_buckets_stand_by_users_then_by_name() -> None:
    frame = portrait(block(3, ("b", 2), ("无", None), ("其他", 9), ("a", "2"), ("c", "1.2万"), ("d", -3)))
    assert cells(frame, "bucket", "users") == [("c", 12_000), ("其他", 9), ("a", 2), ("b", 2), ("d", -3), ("无", None)]
    shares = cells(frame, "share")
    assert sum(shares[:4]) == pytest.approx(1)
    assert shares[4:] == [None, None]


@pytest.mark.parametrize("lacking", [{}, {"distribution_list": []}, {"distribution_list": None}])
def test_a_dimension_without_a_list_has_no_row(lacking: Any) -> None:
    frame = portrait({"origin_type": 1, "type_display": "年龄分布", **lacking}, block(0, ("male", 0)))
    assert cells(frame, "bucket", "users", "share") == [("male", 0, None)]


@pytest.mark.parametrize(
    ("seconds", "moment"),
    [
        ("1763092977", "2025-11-14T04:02:57Z"),
        (1_763_092_977.0, "2025-11-14T04:02:57Z"),
        (0, None),
        ("0", None),
        (None, None),
        ("-", None),
    ],
)
def test_the_time_of_the_data_is_the_providers_or_missing(seconds: Any, moment: str | None) -> None:
    frame = portrait(block(0, ("male", 5)), last_update_time=seconds)
    assert cells(frame, "data_updated_at") == [None if moment is None else pd.Timestamp(moment)]
    assert frame.attrs == {}


@pytest.mark.parametrize("odd", [1_763_092_977_000, -5, "2025-11-14", 17.5, 10**30])
def test_a_time_that_is_not_plain_is_missing_with_a_note(odd: Any) -> None:
    frame = portrait(block(0, ("male", 5)), last_update_time=odd)
    assert cells(frame, "data_updated_at") == [None]
    assert [note["field"] for note in frame.attrs["unread"]] == ["last_update_time"]


def test_portraits_repeat_whose_they_are() -> None:
    frame = read("audience_portrait", PAYLOADS["audience_portrait"], stage="follow")
    assert set(frame["stage"]) == {"follow"}
    assert set(read("fans_portrait", PAYLOADS["fans_portrait"], fan_group="loyal")["fan_group"]) == {"loyal"}


# --- cost performance ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plays", "hot", "expected"),
    [
        ({}, {"value": 0}, (None, None)),
        ({}, {"value": 1200}, (None, None)),
        ({"value": 710_100}, {"value": 0}, (710_100, 0.0)),
        ({"value": "710100"}, {"value": "12%"}, (710_100, 0.12)),
        ({"value": 5}, {}, (5, None)),
        ({"value": 0}, {"value": 0}, (0, 0.0)),
    ],
)
def test_without_expected_plays_a_viral_rate_says_nothing(plays: Any, hot: Any, expected: Any) -> None:
    frame = read("cost_performance", {"expect_vv": plays, "hot_item": hot, "expect_cpm": {}, "expect_cpe": {}})
    assert cells(frame, "expected_plays", "viral_rate") == [expected]


def test_a_missing_tier_is_missing_and_the_others_stay() -> None:
    frame = read("cost_performance_tiers", {"expect_vv": {}, "expect_cpe": {"cpe_60": "253", "cpe_1_20": {}}})
    assert cells(frame, "cost_cny") == [None, None, None, None, None, 2.53]


# --- videos ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "rate"),
    [
        ({"play": 200, "like": 3, "comment": 1, "share": 0}, 0.02),
        ({"play": 0, "like": 3, "comment": 1, "share": 0}, None),
        ({"play": -4, "like": 3, "comment": 1, "share": 0}, None),
        ({"play": 200, "like": 3, "comment": 1}, None),
        ({"like": 3, "comment": 1, "share": 0}, None),
    ],
)
def test_an_interaction_rate_needs_all_its_counts(counts: Mapping[str, int], rate: float | None) -> None:
    assert cells(read("show_items", {"latest_item_info": [counts]}), "interact_rate") == [rate]
    stats = {{"play": "watch_cnt"}.get(name, f"{name}_cnt"): str(count) for name, count in counts.items()}
    frame = read("recommended_videos", {"newest_video": {"stats": {**stats, "favorite_cnt": "99"}}})
    assert cells(frame, "slot", "favourites", "interact_rate") == [("newest", 99, rate)]


def test_a_video_in_both_lists_stands_twice() -> None:
    video = {"item_id": 7_400_000_000_000_000_001, "title": "无", "is_hot": 1, "create_time": "1726658522"}
    frame = read("show_items", {"latest_item_info": [{}, video], "latest_star_item_info": [video]})
    assert cells(frame, "video_type", "position", "item_id", "title", "is_hot") == [
        ("personal", 1, "7400000000000000001", "无", True),
        ("xingtu", 1, "7400000000000000001", "无", True),
    ]


@pytest.mark.parametrize("odd", [7.4e18, "v0300abc", True, "７４"])
def test_an_id_that_is_not_digits_is_missing_with_a_note(odd: Any) -> None:
    frame = read("show_items", {"latest_item_info": [{"item_id": odd, "play": 5}]})
    assert cells(frame, "item_id", "plays") == [(None, 5)]
    assert [note["field"] for note in frame.attrs["unread"]] == ["latest_item_info[0].item_id"]


def test_an_average_has_no_noise_of_floats() -> None:
    blocks = {"interaction": {"rate": 0.3, "compare_avg": 0.1}, "play_medium": {"rate": 3, "compare_avg": 0.1}}
    averages = cells(read("show_items_benchmarks", {"data_description": blocks}), "peer_average")
    assert averages[:3] == [0.2, None, 2.72727273]


def test_slots_stand_in_their_order_and_an_empty_one_has_no_row() -> None:
    videos = {"order_hot_video": {"id": "3"}, "newest_video": {"id": "1"}, "personal_hot_video": {}}
    frame = read("recommended_videos", {**videos, "masterpiece_videos": []})
    assert cells(frame, "slot", "position", "item_id") == [("newest", 1, "1"), ("order_hot", 1, "3")]
    assert read("recommended_videos", {"masterpiece_videos": []}).empty


@pytest.mark.parametrize(
    ("rate", "compared", "average"), [(0, -1, None), (5, -1.5, None), (5, None, None), (None, 0.5, None), (9, -0.1, 10)]
)
def test_an_average_of_plays_that_cannot_be_computed_back_is_missing(rate: Any, compared: Any, average: Any) -> None:
    blocks = {"play_medium": {"rate": rate, "compare_avg": compared}}
    assert cells(read("show_items_benchmarks", {"data_description": blocks}), "peer_average")[2] == average


# --- services and accounts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "name", "kind", "band"),
    [
        (1, "1-20s视频", "duration", "1-20s"),
        (2, "21-60s视频", "duration", "21-60s"),
        (71, "60s以上视频", "duration", "60s+"),
        (71, "60秒以上视频", "duration", "60s+"),
        (2, "1-20秒视频", "duration", "1-20s"),
        (2, "21–60S 视频", "duration", "21-60s"),
        (2, "２１－６０秒", "duration", "21-60s"),
        (71, "60s+", "duration", "60s+"),
        (71, "160秒以上", "duration", None),
        (2, "20-60s视频", "duration", "21-60s"),
        (2, "90秒视频", "duration", None),
        (1, None, "duration", "1-20s"),
        (2, None, "duration", "21-60s"),
        (71, "-", "duration", "60s+"),
        (2, "植入视频", "placement", None),
        (2, "植入视频（21-60s）", "placement", None),
        (71, "定制视频", "custom", None),
        (71, "别的视频", "duration", None),
        (92, "按自然播放量结算", "natural_plays", None),
        (90, "抖音短视频共创-主投稿达人", "co_creation", None),
        (91, None, "co_creation", None),
        (73, "抖音短视频合集任务", "collection", None),
        (150, "短直种草", "short_live", None),
        (151, "短直预热", "short_live", None),
        (103, "单视频推送广告平台", "other", None),
        (104, "多视频推送广告平台", "other", None),
        (105, "下载", "other", None),
        (68, "新服务", None, None),
        (None, None, None, None),
        (None, "1-20s视频", "duration", "1-20s"),
    ],
)
def test_a_service_is_what_its_name_says_else_its_code(code: Any, name: Any, kind: Any, band: Any) -> None:
    frame = read("quotes", {"price_info": [{"video_type": code, "desc": name, "price": 1}]})
    assert cells(frame, "service_kind", "duration_band") == [(kind, band)]


@pytest.mark.parametrize(
    ("unique", "short", "found"),
    [
        ("sample_jia", "2107", "sample_jia"),
        ("", "2107", "2107"),
        ("0", 2107, "2107"),
        (None, "0", None),
        ("null", "", "null"),
        ("", 0, None),
    ],
)
def test_the_douyin_id_is_the_chosen_one_else_the_number(unique: Any, short: Any, found: str | None) -> None:
    frame = read("profiles", {"nick_name": "甲", "unique_id": unique, "short_id": short, "sec_uid": ""})
    assert cells(frame, "douyin_id", "sec_uid") == [(found, None)]


# --- conversion ------------------------------------------------------------------------------------------------------


def test_ranges_that_say_nothing_are_missing_and_odd_ones_keep_their_text() -> None:
    frame = read("convert_ranges", {"gpm_range": "很高", "related_cpc_range": "-", "avg_sales_amount_range": 0})
    found = {metric: rest for metric, *rest in cells(frame, "metric", "range", "low", "high")}
    assert found["gpm"] == ["很高", None, None]
    assert found["cpc"] == [None, None, None]
    assert found["sales"] == ["0", 0.0, 0.0]
    assert frame.attrs == {}


def test_a_lower_bound_of_nothing_is_possible() -> None:
    frame = read("convert_categories", {"category_items": [{"name": "美妆", "rate": 1, "sale_amount_range": "0-1万"}]})
    assert cells(frame, "sales_low_cny", "sales_high_cny") == [(0.0, 10_000.0)]
    assert xf.quality({"convert_categories": frame}).empty


def test_the_median_of_plays_is_rounded_and_counts_are_not() -> None:
    counts = {"related_video_cnt": {"value": 2.5}, "video_vv_median": {"value": "7.5"}, "rec_product_cnt": {}}
    frame = read("convert_ability", counts)
    assert cells(frame, "video_count", "play_median", "product_count") == [(None, 8, None)]


# --- shapes that cannot be read --------------------------------------------------------------------------------------

REFUSED: list[tuple[str, tuple[Any, ...], Any, str]] = [
    ("audience_portrait", ("distributions",), {"0": {}}, "distributions"),
    ("audience_portrait", ("distributions", 0), "gender", "distributions[0]"),
    ("audience_portrait", ("distributions", 1, "distribution_list"), 5, "distributions[1].distribution_list"),
    (
        "fans_portrait",
        ("distributions", 0, "distribution_list", 1, "distribution_value"),
        [1],
        "distributions[0].distribution_list[1].distribution_value",
    ),
    ("fans_portrait", ("last_update_time",), {"a": 1}, "last_update_time"),
    ("cost_performance", ("expect_vv",), 710_100, "expect_vv"),
    ("cost_performance", ("hot_item", "value"), {"a": 1}, "hot_item.value"),
    ("cost_performance_tiers", ("expect_cpe",), [1], "expect_cpe"),
    ("show_items", ("latest_star_item_info",), {"a": 1}, "latest_star_item_info"),
    ("show_items", ("latest_item_info", 1, "play"), [5], "latest_item_info[1].play"),
    ("show_items_benchmarks", ("data_description", "interaction"), 0.03, "data_description.interaction"),
    ("recommended_videos", ("newest_video",), [{}, 1], "newest_video"),
    ("recommended_videos", ("masterpiece_videos", 0, "stats"), "many", "masterpiece_videos[0].stats"),
    ("convert_ability", ("video_vv_median",), "1534170", "video_vv_median"),
    ("convert_ranges", ("gpm_range",), {"low": 5}, "gpm_range"),
    ("convert_categories", ("category_items",), {"name": "美妆"}, "category_items"),
]


@pytest.mark.parametrize(("table", "path", "value", "field"), REFUSED, ids=[f"{r[0]}-{r[3]}" for r in REFUSED])
def test_a_shape_that_cannot_be_read_is_refused_by_name(
    table: str, path: tuple[Any, ...], value: Any, field: str
) -> None:
    data = spot = copy.deepcopy(PAIRS[table].data)
    for key in path[:-1]:
        spot = spot[key]
    spot[path[-1]] = value
    with pytest.raises(xf.PayloadError) as caught:
        read(table, data)
    assert caught.value.field == field
    assert str(caught.value).startswith(f"{table}: ")
