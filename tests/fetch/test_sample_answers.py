"""What the sample answers to every endpoint: in the wire's shapes, for what was asked, and nothing else."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest

import xingtu_frames as xf
from tests.conftest import ROOT
from tests.fetch.sample_cases import (
    ASKED,
    HITS,
    IDS,
    ODD_TYPES,
    QUIET,
    SERIES,
    UNKNOWN_FIELDS,
    YEAR,
    Data,
    ask,
    listed,
    search,
)
from tests.fetch.sample_shapes import PORTRAIT, SHAPES, misfits
from xingtu_frames.wire import call_for_query


@pytest.fixture(scope="module")
def client() -> Iterator[xf.Client]:
    with xf.sample_client() as made:
        yield made


# --- every endpoint ---------------------------------------------------------------------------------------------------


@pytest.mark.one_in(2)
@pytest.mark.parametrize("endpoint", ASKED)
def test_every_endpoint_answers_for_every_creator(endpoint: str, client: xf.Client) -> None:
    for kol_id, asked in itertools.product(IDS, ASKED[endpoint]):
        assert ask(client, endpoint, kol_id, **asked)
        key = call_for_query(
            endpoint, {"oAuthorId" if endpoint != "get_author_tags" else "starAuthorId": kol_id, **asked}
        ).key
        assert client.store.times([key]), "what was answered is stored, as every answer"
    assert client.ledger().empty


@pytest.mark.parametrize("endpoint", ["item_report_trend", "item_report_detail", "item_report_th_analysis"])
def test_every_listed_video_of_the_creators_has_its_reports(endpoint: str, client: xf.Client) -> None:
    result = [item["item_id"] for kol_id in IDS for item in listed(client, kol_id)]
    assert len(result) == len(set(result)) > 200
    assert all(client.get(endpoint, itemId=item_id) for item_id in result)


def test_what_only_a_search_finds_answers_the_default_of_every_table(client: xf.Client) -> None:
    others = [kol_id for kol_id in HITS if kol_id not in IDS]
    assert len(others) == 45
    raw = {name for name in ASKED if name not in SHAPES}
    for endpoint, kol_id in itertools.product(ASKED.keys() - raw, others):
        assert ask(client, endpoint, kol_id, **ASKED[endpoint][0])
    board = xf.compare(others, client=client)
    assert board["followers"].notna().all()
    assert board.attrs["failures"] == []


@pytest.mark.parametrize(
    ("legacy", "asked", "current"),
    [
        ("get-kol-audience-distribution", {}, "author_audience_distribution"),
        ("get-kol-fans-distribution", {}, "get_author_fans_distribution"),
        ("get-kol-cp-info", {}, "author_cp_info"),
        ("get-kol-convert-ability", {"range": "_2"}, "get_author_convert_ability"),
        ("get-kol-daily-fans", YEAR, "get_author_daily_fans"),
        ("get-author-commerce-spread-info", {}, "get_author_commerce_spread_info"),
        ("get-author-content-hot-keywords", {}, "get_author_content_hot_keywords"),
        ("get-author-hot-comment-tokens", {}, "get_author_hot_comment_tokens"),
        (
            "get-kol-convert-videos-or-products",
            {"detailType": "_1", "page": 1},
            "get_author_convert_videos_or_products",
        ),
    ],
)
def test_legacy_paths_answer_the_same(legacy: str, asked: dict[str, Any], current: str, client: xf.Client) -> None:
    for kol_id in IDS:
        assert client.get(legacy, kolId=kol_id, **asked) == ask(client, current, kol_id, **ASKED[current][0])


def test_legacy_search_and_video_detail_answer_the_same(client: xf.Client) -> None:
    page = client.get("search-kol-simple", keyword="护肤", platformSource="_1", page=2)
    assert page == search(client, keyword="护肤", page=2)
    item_id = listed(client, IDS[1])[0]["item_id"]
    assert client.get("get-video-detail", detailId=item_id) == client.get("item_report_detail", itemId=item_id)


@pytest.mark.parametrize(
    ("endpoint", "asked"),
    [
        ("check_author_display", {"oAuthorId": "1"}),
        ("get_author_daily_fans", {"oAuthorId": "1", **YEAR}),
        ("get_author_homepage_videos", {"oAuthorId": "1"}),
        ("item_report_trend", {"itemId": "7600000000000000000"}),
        ("check_author_display", {"oAuthorId": IDS[1], "platform": "LIVE_STREAMING"}),
        ("author_get_business_card_info", {"oAuthorId": IDS[1]}),
    ],
)
def test_what_the_sample_does_not_have_is_a_miss(endpoint: str, asked: dict[str, str], client: xf.Client) -> None:
    with pytest.raises(xf.CacheMissError):
        client.get(endpoint, **asked)


# --- the wire's shapes ------------------------------------------------------------------------------------------------


@pytest.mark.one_in(2)
@pytest.mark.parametrize("endpoint", [name for name in SHAPES if name in ASKED])
def test_answers_about_creators_have_the_shape_of_the_wire(endpoint: str, client: xf.Client) -> None:
    regular = [kol_id for kol_id in HITS if kol_id not in (ODD_TYPES, UNKNOWN_FIELDS)]
    for kol_id in regular:
        for asked in ASKED[endpoint] if kol_id in IDS else ASKED[endpoint][:1]:
            assert list(misfits(ask(client, endpoint, kol_id, **asked), SHAPES[endpoint])) == []


def test_answers_about_videos_and_searches_have_the_shape_of_the_wire(client: xf.Client) -> None:
    for item_id in SERIES["plays"]:
        assert list(misfits(client.get("item_report_trend", itemId=item_id), SHAPES["item_report_trend"])) == []
    for page in (1, 2, 3, 4):
        assert list(misfits(search(client, page=page), SHAPES["search_for_author_square"])) == []


def test_the_odd_ones_differ_only_where_it_is_meant(client: xf.Client) -> None:
    result = {
        (endpoint, place)
        for endpoint in SHAPES.keys() & ASKED.keys()
        for kol_id, asked in itertools.product((ODD_TYPES, UNKNOWN_FIELDS), ASKED[endpoint])
        for place in misfits(ask(client, endpoint, kol_id, **asked), SHAPES[endpoint])
    }
    assert {(endpoint, place.split(" ")[0], place.split(" ")[1]) for endpoint, place in result} == {
        ("author_audience_distribution", "data.distributions[0].distribution_list[0].distribution_value", "is"),
        ("author_cp_info", "data.expect_vv.value", "is"),
        ("check_author_display", "data.follower", "is"),
        ("check_author_display", "data", "has"),
        ("get_author_commerce_seed_base_info", "data.avg_a3_incr_cnt", "is"),
        ("get_author_convert_ability", "data.related_video_cnt.value", "is"),
        ("get_author_show_items_v2", "data.latest_item_info[0].play", "is"),
    }


def test_a_misfit_is_seen() -> None:
    block = {"description": "", "image": [""], "origin_type": 0, "type": "1", "type_display": ""}
    assert list(misfits({"distributions": [block]}, PORTRAIT)) == ["data.distributions[0].type is '1'"]
    assert list(misfits({}, PORTRAIT)) == ["data lacks distributions"]


# --- days, pages, filters ---------------------------------------------------------------------------------------------


def test_a_window_of_days_is_what_was_asked_for(client: xf.Client) -> None:
    def days(start: str, end: str, kol_id: str = IDS[1]) -> tuple[list[str], list[str]]:
        data = ask(client, "get_author_daily_fans", kol_id, startDate=start, endDate=end)
        return [day["date"] for day in data["daily"]], [day["date"] for day in data["delta"]]

    week = [f"2026-02-{day:02d}" for day in range(26, 29)] + ["2026-03-01", "2026-03-02"]
    assert days("2026-02-26", "2026-03-02") == (week, week)
    assert days("2026-11-18", "2027-01-31") == (["2026-11-18", "2026-11-19"],) * 2
    assert days("2025-11-19", "2025-11-21") == (["2025-11-20", "2025-11-21"], ["2025-11-21"])
    assert days("2027-01-01", "2027-01-30") == ([], [])
    assert [len(part) for part in days("2025-01-01", "2027-01-01")] == [365, 364]


def test_a_search_goes_on_for_three_pages_that_overlap(client: xf.Client) -> None:
    pages = [search(client, keyword="护肤", page=page) for page in (1, 2, 3, 4, 9)]
    result = [[row["star_id"] for row in page.get("authors", [])] for page in pages]
    assert [len(page) for page in result] == [20, 20, 20, 0, 0]
    assert "authors" not in pages[3]
    assert [result[1][0], result[2][0]] == [result[0][-1], result[1][-1]]
    assert len(set().union(*result)) == len(HITS) == 58
    assert {page["pagination"]["total_count"] for page in pages} == {58}
    assert all(page["pagination"]["has_more"] for page in pages)
    assert set(IDS) <= set(HITS)


@pytest.mark.parametrize(
    ("asked", "holds"),
    [
        ({"followerRange": "100000-900000"}, lambda row: 100_000 <= int(row["follower"]) <= 900_000),
        ({"expectedCpeRange": "0-1.5"}, lambda row: any(float(row[n]) <= 1.5 for n in row if n.endswith("_cpe"))),
        ({"interactionRateRange": "0.03-1"}, lambda row: float(row.get("interact_rate_within_30d", 0)) >= 0.03),
        ({"gender": "MALE"}, lambda row: row["gender"] == "1"),
        ({"contentTag": "母婴亲子,汽车"}, lambda row: {"母婴亲子", "汽车"} & json.loads(row["tags_relation"]).keys()),
        ({"location": "浙江"}, lambda row: row["province"] == "浙江省"),
        ({"keyword": "猫", "searchType": "NICKNAME"}, lambda row: False),
        ({"keyword": "青柠", "searchType": "NICKNAME"}, lambda row: "青柠" in row["nick_name"]),
        ({"gender": "FEMALE", "kolPriceRange": "0-9000"}, lambda row: row["gender"] == "2" and cheapest(row) <= 9000),
    ],
)
def test_filters_of_a_search_hold(asked: dict[str, str], holds: Any, client: xf.Client) -> None:
    expected = {row["star_id"] for row in SERIES["hits"] if holds(row["attribute_datas"])}
    result: set[str] = set()
    for page in (1, 2, 3):
        result |= {row["star_id"] for row in search(client, **{**asked, "page": page}).get("authors", [])}
    assert result == expected
    assert len(expected) < 58


def cheapest(row: dict[str, str]) -> float:
    return min((float(row[name]) for name in row if name.startswith("price_")), default=float("inf"))


def test_a_search_is_sorted_as_asked(client: xf.Client) -> None:
    by_followers = [int(row["attribute_datas"]["follower"]) for row in search(client, sort="FANS")["authors"]]
    assert by_followers == sorted(by_followers, reverse=True)
    first = search(client, keyword="三农")["authors"][0]
    assert "三农" in first["attribute_datas"]["tags_relation"]


def test_lists_of_unknown_shape_have_pages_and_filters(client: xf.Client) -> None:
    def homepage(**asked: Any) -> list[Data]:
        rows: list[Data] = ask(client, "get_author_homepage_videos", IDS[1], **asked)["items"]
        return rows

    pages = [homepage(page=page) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [10, 10, 8, 0]
    assert {row["item_id"] for page in pages for row in page} == {item["item_id"] for item in listed(client, IDS[1])}
    assert {row["is_star_item"] for row in homepage(videoType="XINGTU")} == {True}
    assert len(homepage(startDate="20261119", endDate="20261119")) == 1
    assert all("护肤" in row["title"] for row in homepage(keyword="护肤"))
    sold = [
        ask(client, "get_author_convert_videos_or_products", IDS[1], range="DAY_90", page=page) for page in (1, 2, 3)
    ]
    assert [len(page["list"]) for page in sold] == [10, 3, 0]


# --- what some lack ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("endpoint", "kol_id", "asked", "lacks"),
    [
        ("author_cp_info", QUIET, {}, lambda d: d["expect_vv"] == {} and d["hot_item"] == {"value": 0}),
        ("author_cp_info", "7000000000000010079", {}, lambda d: "cpm_1_20" not in d["expect_cpm"]),
        ("author_cp_info", "7000000000000010003", {}, lambda d: d["expect_cpm"] == {} and d["expect_vv"]["value"] > 0),
        ("author_audience_distribution", QUIET, {}, lambda d: d["distributions"] == []),
        ("author_audience_distribution", "7000000000000010109", {}, lambda d: "last_update_time" not in d),
        (
            "author_audience_distribution",
            "9100000000010117",
            {},
            lambda d: sum("distribution_list" not in block for block in d["distributions"]) == 1,
        ),
        (
            "get_author_fans_distribution",
            "9100000000010117",
            {"authorType": "DIE_HARD_FAN"},
            lambda d: not d["distributions"],
        ),
        (
            "get_author_fans_distribution",
            UNKNOWN_FIELDS,
            {},
            lambda d: 20 in {block["origin_type"] for block in d["distributions"]},
        ),
        ("get_author_show_items_v2", QUIET, {}, lambda d: d["data_description"] == {} and d["latest_item_info"] == []),
        ("get_author_show_items_v2", "9100000000010117", {}, lambda d: len(d["latest_item_info"]) == 2),
        ("author_rec_videos_v2", QUIET, {}, lambda d: list(d) == ["base_resp", "masterpiece_videos"]),
        ("author_rec_videos_v2", "9100000000010117", {}, lambda d: d["masterpiece_videos"] == []),
        ("get_author_convert_ability", "7000000000000010093", {}, lambda d: "base_resp" not in d),
        ("get_author_convert_ability", "7000000000000010024", {}, lambda d: d["rec_product_cnt"] == {}),
        ("get_author_convert_ability", "7000000000000010031", {}, lambda d: "related_video_cnt" not in d),
        ("get_author_commerce_seed_base_info", "7000000000000010031", {}, lambda d: "shop_cost" in d),
        ("get_author_commerce_seed_base_info", QUIET, {}, lambda d: d["avg_search_after_view_rate"] == "-"),
        ("get_author_contract_base_info", QUIET, {}, lambda d: d["industry_order_distribution"] == ""),
        ("get_author_side_base_info", QUIET, {}, lambda d: list(d) == ["base_resp"]),
        ("get_author_daily_fans", QUIET, YEAR, lambda d: d["daily"] == d["delta"] == []),
        ("get_author_daily_fans", "7000000000000010093", YEAR, lambda d: len(d["daily"]) == 200),
        ("get_author_daily_fans", "7000000000000010086", YEAR, lambda d: len(d["daily"]) == len(d["delta"]) == 364),
        ("get_author_hot_comment_tokens", QUIET, {}, lambda d: d["hot_comment_tokens"] == []),
        ("get_author_content_hot_keywords", QUIET, {}, lambda d: d["keyword_item_distribution"] == {}),
        ("get_author_platform_channel_info_v2", QUIET, {}, lambda d: d["self_intro"] == ""),
    ],
)
def test_some_creators_lack_something(
    endpoint: str, kol_id: str, asked: dict[str, str], lacks: Any, client: xf.Client
) -> None:
    assert lacks(ask(client, endpoint, kol_id, **asked))


def test_some_videos_have_a_trend_that_is_odd(client: xf.Client) -> None:
    def rows(item_id: str) -> list[Data]:
        result: list[Data] = client.get("item_report_trend", itemId=item_id)["date_values"].get("vv_list", [])
        return result

    dates = [row["visit_date"] for row in rows("7600000000100480001")]
    assert dates.count("20261119") == 2
    assert rows("7600000000100861002") == []
    assert [row["visit_date"] for row in rows("7600000000100170004")] != sorted(
        row["visit_date"] for row in rows("7600000000100170004")
    )


def test_the_most_and_the_fewest_videos_are_listed(client: xf.Client) -> None:
    lists = [ask(client, "get_author_show_items_v2", kol_id) for kol_id in IDS]
    counts = {(len(one["latest_item_info"]), len(one["latest_star_item_info"])) for one in lists}
    assert {(15, 15), (0, 0), (2, 0)} <= counts
    slots = {frozenset(ask(client, "author_rec_videos_v2", kol_id)) for kol_id in IDS}
    assert any("order_hot_video" in result for result in slots)
    assert any("order_hot_video" not in result and "personal_hot_video" in result for result in slots)


# --- the files --------------------------------------------------------------------------------------------------------


def test_whole_answers_are_asked_as_the_client_asks() -> None:
    whole = json.loads((ROOT / "data" / "answers.json").read_text("utf-8"))
    assert whole["about"].startswith("SYNTHETIC")
    assert SERIES["about"].startswith("SYNTHETIC")
    for row in whole["answers"]:
        subject = "starAuthorId" if row["endpoint"] == "get_author_tags" else "oAuthorId"
        about = {subject: row["kol_id"]} if "kol_id" in row else {}
        asked = json.loads(call_for_query(row["endpoint"], {**about, **row["params"]}).params)
        asked.pop("page", None)
        assert asked == row["params"]


def test_the_data_is_small() -> None:
    assert sum(path.stat().st_size for path in (ROOT / "data").rglob("*.json")) < 3_000_000
