"""What is asked for the shape-only and the raw tables on either path, `fetch_raw` of any endpoint, and the sample."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import xingtu_frames as xf
from tests.fetch.sample_cases import IDS, SERIES, YEAR, listed as listed_items
from tests.loopback import Loopback, Reply, Seen, fail, ok
from tests.payload_cases import cells
from xingtu_frames.wire import ENDPOINTS

MakeClient = Callable[..., xf.Client]
A, B = "6831825876674412552", "11"
VIDEO = "7400000000000000001"

NEW = {name: table for name, table in xf.TABLES.items() if table.evidence != "captured"}
OF_VIDEOS = ("video_trend", "video_report", "video_interaction")

ASKED: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    "effect_estimate": ("get_author_commerce_spread_info", {}, {}),
    "seeding_value": ("get_author_commerce_seed_base_info", {}, {"range": "DAY_30"}),
    "seeding_value 90d": ("get_author_commerce_seed_base_info", {"window": "90d"}, {"range": "DAY_90"}),
    "fulfilment": ("get_author_contract_base_info", {}, {"range": "DAY_30"}),
    "followers_growth": ("get_author_side_base_info", {}, {}),
    "account_counts": ("check_author_display", {}, {"platform": "SHORT_VIDEO"}),
    "introductions": (
        "get_author_platform_channel_info_v2",
        {"platform": "live_streaming"},
        {"platform": "LIVE_STREAMING"},
    ),
    "comment_words": ("get_author_hot_comment_tokens", {}, {}),
    "content_words": ("get_author_content_hot_keywords", {}, {}),
    "homepage_videos": ("get_author_homepage_videos", {}, {"page": "1", "videoType": "ALL", "onlyAssign": "false"}),
    "homepage_videos chosen": (
        "get_author_homepage_videos",
        {"video_type": "xingtu", "keyword": " 护肤 ", "start": "2026-10-01", "only_assigned": True},
        {"page": "1", "videoType": "XINGTU", "keyword": "护肤", "startDate": "20261001", "onlyAssign": "true"},
    ),
    "convert_videos": (
        "get_author_convert_videos_or_products",
        {"industry": "games"},
        {"platform": "SHORT_VIDEO", "industryId": "GAMES", "range": "DAY_30", "detailType": "VIDEO", "page": "1"},
    ),
    "convert_products": (
        "get_author_convert_videos_or_products",
        {"window": "90d"},
        {"platform": "SHORT_VIDEO", "industryId": "ALL", "range": "DAY_90", "detailType": "PRODUCT", "page": "1"},
    ),
    "live_statistics": (
        "get_author_live_statistics",
        {"live_type": "game", "window": "90d", "only_orders": True, "flow": "include"},
        {"liveType": "GAME", "period": "DAY_90", "onlyStarOrder": "true", "flowType": "INCLUDE"},
    ),
    "live_audience": (
        "get_author_live_watch_distribution",
        {"audience": "fans"},
        {"liveCrowdType": "FANS", "liveType": "ALL"},
    ),
    "order_experience": ("get_author_order_experience", {}, {"period": "DAY_30"}),
    "creator_tags": ("get_author_tags", {}, {}),
    "video_trend": ("item_report_trend", {}, {}),
    "video_report": ("item_report_detail", {}, {}),
    "video_interaction": ("item_report_th_analysis", {}, {}),
}


def fetch(table: str, ids: Any, **options: Any) -> pd.DataFrame:
    frame: pd.DataFrame = getattr(xf, f"fetch_{table}")(ids, **options)
    return frame


def id_for(table: str) -> str:
    return VIDEO if table in OF_VIDEOS else A


@pytest.mark.one_in(2)
@pytest.mark.parametrize("case", ASKED)
def test_what_is_asked_is_what_was_chosen(server: Loopback, client: xf.Client, case: str) -> None:
    table = case.partition(" ")[0]
    endpoint, options, query = ASKED[case]
    fetch(table, id_for(table), client=client, **options)
    (seen,) = server.seen
    about = {"creator_tags": "starAuthorId"}.get(table, "itemId" if table in OF_VIDEOS else "oAuthorId")
    asked = {name: value for name, value in seen.query.items() if name != "token"}
    assert (seen.endpoint, asked) == (endpoint, {about: id_for(table), **query})
    assert ENDPOINTS[endpoint].deprecated is False


def test_every_new_endpoint_is_asked_above() -> None:
    asked = {endpoint for endpoint, *_ in ASKED.values()}
    assert {table.endpoint for table in NEW.values()} == asked | {"get_author_daily_fans"}


@pytest.mark.parametrize(
    ("table", "options", "endpoint", "query"),
    [
        ("effect_estimate", {}, "get-author-commerce-spread-info", {}),
        ("content_words", {}, "get-author-content-hot-keywords", {}),
        ("comment_words", {}, "get-author-hot-comment-tokens", {}),
        ("convert_videos", {}, "get-kol-convert-videos-or-products", {"detailType": "_1", "page": "1"}),
        ("convert_products", {}, "get-kol-convert-videos-or-products", {"detailType": "_2", "page": "1"}),
        ("video_report", {}, "get-video-detail", {}),
        ("fulfilment", {}, "get_author_contract_base_info", {"range": "DAY_30"}),
        ("live_audience", {}, "get_author_live_watch_distribution", {"liveCrowdType": "AUDIENCE", "liveType": "ALL"}),
    ],
)
def test_what_is_asked_on_the_legacy_path(
    server: Loopback, make_client: MakeClient, table: str, options: dict[str, Any], endpoint: str, query: dict[str, str]
) -> None:
    fetch(table, id_for(table), client=make_client(api="legacy"), **options)
    (seen,) = server.seen
    ids = {"oAuthorId", "kolId", "itemId", "detailId", "token"}
    assert (seen.endpoint, {n: v for n, v in seen.query.items() if n not in ids}) == (endpoint, query)


@pytest.mark.parametrize(
    ("table", "options", "said"),
    [
        ("seeding_value", {}, 'names no values for window; ask with api="current"'),
        ("seeding_value", {"window": "90d"}, "get-author-commerce-seed-base-info names no values for window"),
        ("convert_videos", {"window": "90d"}, 'window must be one of "30d" on the legacy path'),
        ("convert_products", {"industry": "games"}, 'industry must be one of "all" on the legacy path'),
        (
            "convert_products",
            {"platform": "live_streaming"},
            'platform must be one of "short_video" on the legacy path',
        ),
    ],
)
def test_what_the_legacy_path_cannot_say_sends_nothing(
    server: Loopback, make_client: MakeClient, table: str, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(xf.ParameterError) as caught:
        fetch(table, A, client=make_client(api="legacy"), **options)
    assert said in str(caught.value)
    assert server.hits() == 0


@pytest.mark.parametrize(
    ("table", "options", "said"),
    [
        ("homepage_videos", {"video_type": "own"}, 'video_type must be one of "all", "personal", "xingtu", not "own"'),
        ("homepage_videos", {"keyword": 5}, "keyword must be text, not 5"),
        ("homepage_videos", {"start": "2026-10-02", "end": "2026-10-01"}, "start must not be after end"),
        ("homepage_videos", {"pages": 51}, "pages must be an integer from 1 to 50, not 51"),
        ("live_statistics", {"only_orders": "yes"}, 'only_orders must be one of False, True, not "yes"'),
        ("live_audience", {"audience": "AUDIENCE"}, 'audience must be one of "viewers", "fans"'),
        ("spread_info", {"video_type": "all"}, 'video_type must be one of "personal", "xingtu", not "all"'),
        ("seeding_value", {"window": "7d"}, 'window must be one of "30d", "90d"'),
    ],
)
def test_a_choice_that_does_not_exist_sends_nothing(
    server: Loopback, client: xf.Client, table: str, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(xf.ParameterError) as caught:
        fetch(table, A, client=client, **options)
    assert said in str(caught.value)
    assert server.hits() == 0


def test_a_payload_of_another_shape_is_paid_once_and_stays_stored(server: Loopback, client: xf.Client) -> None:
    server.answer = lambda seen: ok({"expect": 1.50})
    for _ in range(2):
        with pytest.raises(xf.PayloadError, match=r"no field 'vv'; the payload has expect; xf.to_long"):
            xf.fetch_effect_estimate(A, client=client)
    assert server.charged == 1
    frame = xf.fetch_raw("get_author_commerce_spread_info", A, client=client)
    assert cells(frame, "kol_id", "path", "value_text") == [(A, "expect", "1.5")]
    assert server.charged == 1


# --- pages and history -----------------------------------------------------------------------------------------------


def listed(seen: Seen) -> Reply:
    page, kind = int(seen.query["page"]), seen.query.get("detailType", "")
    return ok({"list": [{"id": f"{kind}{page}"}] if page < 4 else []})


def test_each_row_says_its_page(server: Loopback, client: xf.Client) -> None:
    server.answer = listed
    frame = xf.fetch_homepage_videos([A, B], pages=9, client=client)
    expected = [(A, "all", page, str(page)) for page in (1, 2, 3)] + [(A, "all", 4, None)]
    shown = cells(frame, "kol_id", "video_type", "page", "value_text")
    assert shown[:4] == expected
    assert [row[1:] for row in shown[4:]] == [row[1:] for row in expected]
    assert cells(frame, "path")[3] == "list"
    assert server.hits() == 8
    pd.testing.assert_frame_equal(xf.history("homepage_videos", A, client), frame[:4])
    assert client.plan("homepage_videos", A, pages=3)["state"].tolist() == ["cached"] * 3


def test_the_legacy_path_has_pages_too(server: Loopback, make_client: MakeClient) -> None:
    server.answer = listed
    frame = xf.fetch_convert_videos(A, pages=2, client=make_client(api="legacy"))
    assert cells(frame, "page", "value_text") == [(1, "_11"), (2, "_12")]
    assert [seen.query["page"] for seen in server.seen] == ["1", "2"]


def test_history_of_videos_is_not_that_of_products(server: Loopback, client: xf.Client) -> None:
    server.answer = listed
    videos = xf.fetch_convert_videos(A, client=client)
    products = xf.fetch_convert_products(A, window="90d", client=client)
    assert server.charged == 2
    for table, frame in (("convert_videos", videos), ("convert_products", products)):
        pd.testing.assert_frame_equal(xf.history(table, client=client), frame)
    assert cells(products, "window", "value_text") == [("90d", "PRODUCT1")]
    assert client.plan(["convert_videos", "convert_products"], A)["table"].tolist() == [
        "convert_videos",
        "convert_products",
    ]


def test_values_keep_the_spelling_of_the_wire_from_the_answer_to_history(server: Loopback, client: xf.Client) -> None:
    body = b'{"code": 0, "data": {"rate": 0.10, "id": 7400000000000000001, "big": 1E3}}'
    server.answer = lambda seen: Reply(body)
    frame = xf.fetch_creator_tags(A, client=client)
    assert cells(frame, "value_text", "value_number") == [("0.10", 0.1), (VIDEO, None), ("1E3", 1000)]
    assert cells(xf.history("creator_tags", client=client), "value_text") == ["0.10", VIDEO, "1E3"]
    assert cells(xf.read_payload("creator_tags", body, kol_id=A), "value_text") == ["0.10", VIDEO, "1E3"]


# --- fetch_raw -------------------------------------------------------------------------------------------------------


def test_any_endpoint_is_fetched_in_the_long_form(server: Loopback, client: xf.Client) -> None:
    server.answer = lambda seen: ok({"n": "1.0", "who": seen.kol_id and seen.kol_id[-2:]})
    frame = xf.fetch_raw("get_author_spread_info", [A, B, A], range="DAY_90", onlyAssign=True, client=client)
    assert list(frame.columns) == [
        *("kol_id", "path", "key", "value_text", "value_number", "value_type", "fetched_at"),
    ]
    own, other = [(A, "n", "1.0"), (A, "who", "52")], [(B, "n", "1.0"), (B, "who", "11")]
    assert cells(frame, "kol_id", "key", "value_text") == own + other
    assert frame.attrs["failures"] == []
    assert {(seen.query["range"], seen.query["onlyAssign"], seen.query["type"]) for seen in server.seen} == {
        ("DAY_90", "true", "PERSONAL_VIDEO")
    }
    client.get("get_author_spread_info", oAuthorId=A, range="DAY_90", onlyAssign=True)
    assert server.charged == 2


def test_pages_videos_and_searches_have_their_own_columns(server: Loopback, client: xf.Client) -> None:
    server.answer = lambda seen: ok([1])
    paged = xf.fetch_raw("get_author_homepage_videos", A, page=3, client=client)
    assert cells(paged, "kol_id", "page", "path") == [(A, 3, "[0]")]
    video = xf.fetch_raw("item_report_detail", f"https://www.douyin.com/video/{VIDEO}", client=client)
    assert cells(video, "item_id", "path") == [(VIDEO, "[0]")]
    found = xf.fetch_raw("search_for_author_square", None, keyword="护肤", client=client)
    assert list(found.columns[:2]) == ["page", "path"]
    assert cells(found, "page") == [1]


def test_the_path_is_the_named_one_whatever_the_client_prefers(server: Loopback, make_client: MakeClient) -> None:
    xf.fetch_raw("get_author_spread_info", A, range="DAY_90", client=make_client(api="legacy"))
    assert [seen.endpoint for seen in server.seen] == ["get_author_spread_info"]


@pytest.mark.parametrize(
    ("endpoint", "ids", "wire", "error", "said"),
    [
        ("author_get_business_card_info", A, {}, xf.ParameterError, "personal contact data (phone, WeChat, e-mail)"),
        ("get-kol-spread-info", A, {}, xf.ParameterError, "fetch_raw reads get_author_spread_info"),
        ("get_author", A, {}, xf.ParameterError, "no endpoint 'get_author'"),
        ("get_author_tags", A, {"range": "DAY_30"}, xf.ParameterError, "get_author_tags has no parameter 'range'"),
        ("get_author_tags", A, {"starAuthorId": B}, xf.ParameterError, "starAuthorId is what ids are for"),
        ("get_author_daily_fans", A, {}, xf.ParameterError, "get_author_daily_fans needs startDate, endDate"),
        ("get_author_spread_info", A, {"range": "30d"}, xf.ParameterError, 'range must be one of "DAY_30"'),
        ("get_author_tags", 7.1e18, {}, xf.InvalidIdError, "nothing was sent"),
        ("item_report_trend", [True], {}, xf.InvalidIdError, "1 bad video id, nothing was sent"),
        ("search_for_author_square", A, {"keyword": "x"}, xf.ParameterError, "takes no ids"),
    ],
)
def test_what_cannot_be_fetched_raw_sends_nothing(
    server: Loopback, client: xf.Client, endpoint: str, ids: Any, wire: Any, error: type[Exception], said: str
) -> None:
    with pytest.raises(error) as caught:
        xf.fetch_raw(endpoint, ids, client=client, **wire)
    assert said in str(caught.value)
    assert server.hits() == 0


def test_what_failed_is_listed_and_the_warning_is_about_the_line_of_the_user(
    server: Loopback, client: xf.Client
) -> None:
    server.script(fail(404, "gone"), kol_id=B)
    server.script(ok(None), kol_id="12")
    with pytest.warns(xf.PartialResultWarning, match="2 of 3 creators lack data") as caught:
        frame = xf.fetch_raw("get_author_tags", [A, B, "12"], client=client)
    assert caught[0].filename == __file__
    assert [(failure["kol_id"], failure["code"]) for failure in frame.attrs["failures"]] == [(B, 404), ("12", 0)]
    server.script(fail(404, "gone"))
    with pytest.raises(xf.NotFoundError):
        xf.fetch_raw("get_author_tags", [B], on_error="raise", refresh=True, client=client)


def test_the_control_of_fetch_raw_is_that_of_the_others() -> None:
    parameters = inspect.signature(xf.fetch_raw).parameters
    assert list(parameters) == ["endpoint", "ids", "refresh", "on_error", "progress", "client", "wire"]


# --- the sample ------------------------------------------------------------------------------------------------------


@pytest.mark.one_in(2)
@pytest.mark.parametrize("table", NEW)
def test_every_new_table_reads_the_sample(sample: xf.Client, table: str) -> None:
    videos = [item["item_id"] for kol_id in IDS for item in listed_items(sample, kol_id)]
    ids = videos if table in OF_VIDEOS else IDS
    days = {"start": YEAR["startDate"], "end": YEAR["endDate"]} if table == "daily_fans" else {}
    frame = fetch(table, ids, client=sample, **days)
    declared = NEW[table]
    assert frame.attrs["failures"] == []
    assert "unread" not in frame.attrs
    assert list(frame.columns) == list(declared.names)
    column = declared.columns[0].name
    there = frame[column].nunique()
    if declared.listing:
        assert there >= len(ids) - 5
    else:
        assert frame[column].drop_duplicates().tolist() == ids
    told = [cell.name for cell in declared.cells if cell.name != "value_number"]
    assert frame[told].notna().any().all(), "a column without any value"
    assert sample.ledger().empty


def test_the_sample_has_a_repeated_day(sample: xf.Client) -> None:
    video = next(item for item, series in SERIES["plays"].items() if series.get("again"))
    frame = xf.fetch_video_trend(video, client=sample)
    assert {note["date"] for note in frame.attrs["repeated_date"]} == set(SERIES["plays"][video]["again"])
    assert frame["date"].is_unique
    pd.testing.assert_frame_equal(xf.history("video_trend", video, sample), frame)
    assert xf.history("video_trend", video, sample).attrs["repeated_date"] == frame.attrs["repeated_date"]
