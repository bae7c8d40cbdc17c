"""The search at the server: what it is asked, which pages, when it stops, and what each page costs."""

from __future__ import annotations

import _thread
import json
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import assume, given, strategies as st

import xingtu_frames as xf
from tests.golden import PAIRS
from tests.loopback import Loopback, Reply, Seen, fail, ok
from xingtu_frames.store.answer import Answer, now, stamp
from xingtu_frames.tables.filters import Between
from xingtu_frames.tables.search_filters import FILTERS
from xingtu_frames.wire import questions

pytestmark = pytest.mark.every_pool

MakeClient = Callable[..., xf.Client]
SENT_ALWAYS = {
    "keyword": "",
    "page": "1",
    "sort": "DEFAULT",
    "searchType": "CONTENT",
    "industry": "ALL",
    "isSuperstar": "false",
    "isCuratedAuthor": "false",
}


def kol_id(number: int) -> str:
    return str(7_000_000_000_000_000_000 + number)


def page_of(numbers: Iterable[int], *, total: int = 2467, more: bool = True) -> dict[str, Any]:
    authors = [
        {"star_id": kol_id(number), "attribute_datas": {"id": kol_id(number), "nick_name": f"达人{number}"}}
        for number in numbers
    ]
    found = {"authors": authors} if authors else {}
    return {**found, "base_resp": {"status_code": 0}, "pagination": {"has_more": more, "total_count": total}}


def serve(server: Loopback, *pages: Iterable[int] | Reply | dict[str, Any]) -> None:
    """Let the server have these pages, and behind them none."""

    def answer(seen: Seen) -> Reply:
        number = int(seen.query["page"])
        page = pages[number - 1] if number <= len(pages) else ()
        return page if isinstance(page, Reply) else ok(page if isinstance(page, dict) else page_of(page))

    server.answer = answer


def asked(server: Loopback) -> list[int]:
    return [int(seen.query["page"]) for seen in server.seen]


def numbers_of(frame: pd.DataFrame) -> list[int]:
    return [int(one) - 7_000_000_000_000_000_000 for one in frame["kol_id"]]


# --- what is asked ---------------------------------------------------------------------------------------------------

FILTERED = [
    ({"keyword": " 敏感肌 护肤 "}, {"keyword": "敏感肌 护肤"}),
    ({"by": "nickname"}, {"searchType": "NICKNAME"}),
    ({"sort": "followers"}, {"sort": "FANS"}),
    ({"goal": "seeding"}, {"marketingTarget": "CIRCLE_SEEDING"}),
    ({"industry": "beauty_and_cosmetics"}, {"industry": "BEAUTY_AND_COSMETICS"}),
    ({"followers": (100_000, 1e6)}, {"followerRange": "100000-1000000"}),
    ({"followers": (100_000, None)}, {"followerRange": "100000-1000000000"}),
    ({"followers": [None, 5]}, {"followerRange": "0-5"}),
    (
        {"quote_type": "co_creation_main", "quote_cny": (None, 9_999.5)},
        {"kolPriceType": "DOUYIN_SHORT_VIDEO_CO_CREATION_MAIN_CREATOR", "kolPriceRange": "0-9999.5"},
    ),
    ({"quote_type": "placement_video"}, {"kolPriceType": "PRODUCT_PLACEMENT_VIDEO"}),
    ({"expected_plays": (1, None)}, {"expectedPlayRange": "1-1000000000"}),
    ({"cpm_cny": (0.5, None)}, {"expectedCpmRange": "0.5-1000000"}),
    ({"cpe_cny": (None, 3)}, {"expectedCpeRange": "0-3"}),
    ({"interact_rate": (0.02, None)}, {"interactionRateRange": "0.02-1"}),
    ({"completion_rate": (0.00001, 0.1)}, {"completionRateRange": "0.00001-0.1"}),
    ({"viral_rate": (None, 0.25)}, {"viralRateRange": "0-0.25"}),
    ({"connected_users": (1_000_000, 3_000_000)}, {"connectedUserRange": "1000000-3000000"}),
    ({"tasks_in_progress": (8, None)}, {"progressTaskRange": "30:8-"}),
    ({"tasks_in_progress": (None, 2), "tasks_days": 7}, {"progressTaskRange": "7:-2"}),
    ({"audience": ["female_70", "age_over_50"]}, {"audienceImage": "GENDER_FEMALE_70,AGE_GT_50"}),
    (
        {"fans": "male_50，iphone、city_tier_1,spend_over_500, gen_z"},
        {"fansImage": "GENDER_MALE_50,DEVICE_IPHONE,CITY_TIER_1,SPEND_GT_500,CROWD_GEN_Z"},
    ),
    ({"gender": "female"}, {"gender": "FEMALE"}),
    ({"locations": ["广东省", "深圳市"]}, {"location": "广东省,深圳市"}),
    ({"content_tags": ["beauty", "穿搭", "美妆"]}, {"contentTag": "美妆,穿搭"}),
    ({"content_themes": "宝宝辅食"}, {"contentTheme": "宝宝辅食"}),
    ({"persona_tags": ["大学生"], "tonality_tags": ["设计师"]}, {"personaTag": "大学生", "tonalityTag": "设计师"}),
    ({"celebrity": True, "curated": True}, {"isSuperstar": "true", "isCuratedAuthor": "true"}),
    ({"creator_list": "high_value_creators"}, {"authorList": "HIGH_VALUE_CREATORS"}),
    ({"followers": (None, None), "locations": [], "audience": None}, {}),
]


@pytest.mark.one_in(8)
@pytest.mark.parametrize(("filters", "wire"), FILTERED, ids=[", ".join(filters) for filters, _ in FILTERED])
def test_filters_are_sent_as_the_provider_spells_them(
    filters: dict[str, Any], wire: dict[str, str], server: Loopback, client: xf.Client
) -> None:
    frame = xf.search(client=client, **filters)
    (seen,) = server.seen
    assert seen.endpoint == "search_for_author_square"
    assert {name: text for name, text in seen.query.items() if name != "token"} == SENT_ALWAYS | wire
    assert frame.attrs["query"] == {"keyword": "", "by": "content", "sort": "score"} | {
        name: value for name, value in filters.items() if value is not None
    }


def test_every_filter_is_tried_here() -> None:
    assert {name for filters, _ in FILTERED for name in filters} == {option.name for option in FILTERS}


REFUSED = [
    ({"folowers": (1, 2)}, "no filter 'folowers'; did you mean 'followers'?"),
    ({"interact_rate": (2, None)}, "rates are fractions: 0.02 is 2 %"),
    ({"viral_rate": (None, 1.1)}, "fractions from 0 to 1"),
    ({"followers": (5, 1)}, "low bound first"),
    ({"cpe_cny": (3.5, 3)}, "3.5 is above 3"),
    ({"cpe_cny": (-1, 3)}, "yuan, not below 0"),
    ({"followers": (1.5, None)}, "whole numbers"),
    ({"followers": 100_000}, "(low, high)"),
    ({"followers": (1, 2, 3)}, "(low, high)"),
    ({"followers": "1-2"}, "(low, high)"),
    ({"followers": (True, 2)}, "(low, high)"),
    ({"followers": (float("nan"), 2)}, "(low, high)"),
    ({"followers": (float("inf"), None)}, "(low, high)"),
    ({"audience": ["female_50", "female_60"]}, "at most one female_"),
    ({"fans": "male_70,male_80"}, "at most one male_"),
    ({"audience": ["gen_zz"]}, 'did you mean "gen_z"?'),
    ({"quote_cny": (1, 2)}, "quote_cny needs quote_type"),
    ({"quote_type": "video_1_20s"}, '"placement_video"'),
    ({"tasks_days": 7}, "tasks_days needs tasks_in_progress"),
    ({"tasks_days": 0, "tasks_in_progress": (1, 2)}, "tasks_days must be a positive integer"),
    ({"content_tags": ["美装"]}, '"美妆"'),
    ({"content_themes": ["穿搭指南"]}, "国风穿搭"),
    ({"locations": [440300]}, "locations must be words"),
    ({"locations": ["广东省", " "]}, "locations must be words"),
    ({"keyword": 7}, "keyword must be text"),
    ({"sort": None}, '"score", "followers"'),
    ({"celebrity": 1}, "celebrity must be one of False, True"),
    ({"gender": "f"}, '"male", "female"'),
    ({"limit": None}, "limit=None needs max_pages"),
    ({"limit": 0}, "limit must be a positive integer or None, not 0"),
    ({"max_pages": 0}, "max_pages must be"),
    ({"limit": 2.0}, "limit must be"),
    ({"on_error": "ignore"}, "on_error must be"),
]


@pytest.mark.one_in(9)
@pytest.mark.parametrize(("filters", "said"), REFUSED, ids=[str(filters) for filters, _ in REFUSED])
def test_what_cannot_be_is_refused_before_anything_is_sent(
    filters: dict[str, Any], said: str, server: Loopback, client: xf.Client
) -> None:
    with pytest.raises(xf.ParameterError) as caught:
        xf.search(client=client, **{"keyword": "护肤", **filters})
    assert said in str(caught.value)
    if not {"folowers", "on_error"} & set(filters):
        with pytest.raises(xf.ParameterError) as planned:
            client.plan("search", **{"keyword": "护肤", **filters})
        assert str(planned.value) == str(caught.value)
    assert server.hits() == len(client.ledger()) == 0


BOUNDS = [option for option in FILTERS if isinstance(option, Between)]


@given(st.sampled_from(BOUNDS), st.data())
def test_bounds_are_spelled_plainly_and_read_back(option: Between, data: st.DataObject) -> None:
    numbers = st.integers(0, 10**12)
    if option.unit == "fraction":
        numbers = st.floats(0, 1)
    elif option.unit == "CNY":
        numbers = st.floats(0, 1e9) | st.integers(0, 10**9)
    low, high = sorted(data.draw(st.tuples(numbers, numbers)))
    shown = data.draw(st.sampled_from([(low, high), (None, high), (low, None)]))
    assume(shown[1] is not None or option.unit == "fraction" or low < float(option.open[1] or "inf"))
    text = option.read(shown, {"quote_type": "custom_video", "tasks_days": 30}) or ""
    spelled = text.removeprefix("30:").split("-")
    assert "e" not in text.lower()
    assert [float(one or "nan") for one in spelled] == [
        pytest.approx(float(bound if bound is not None else usual or "nan"), rel=1e-12, nan_ok=True)
        for bound, usual in zip(shown, option.open, strict=True)
    ]


def test_the_legacy_path_takes_a_keyword_and_nothing_else(server: Loopback, make_client: MakeClient) -> None:
    serve(server, [1, 2])
    client = make_client(api="legacy")
    found = xf.search("护肤", client=client)
    assert numbers_of(found) == [1, 2]
    assert found.attrs["query"] == {"keyword": "护肤"}
    (seen, *_) = server.seen
    assert seen.endpoint == "search-kol-simple"
    assert {k: v for k, v in seen.query.items() if k != "token"} == {
        "keyword": "护肤",
        "platformSource": "_1",
        "page": "1",
    }
    hits = server.hits()
    for filters in ({"followers": (1, 2)}, {"sort": "followers"}, {"audience": "gen_z"}, {"gender": "male"}):
        with pytest.raises(xf.ParameterError, match="legacy path search-kol-simple"):
            xf.search("护肤", client=client, **filters)
    with pytest.raises(xf.ParameterError, match="keyword must be text"):
        xf.search("", client=client)
    assert server.hits() == hits
    # Another answer than that of the current path.
    xf.search("护肤", client=make_client(), limit=2)
    assert server.seen[-1].endpoint == "search_for_author_square"


# --- pages -----------------------------------------------------------------------------------------------------------

FIRST, SECOND, THIRD = range(1, 21), range(20, 40), range(39, 59)
STOPS: list[tuple[Sequence[Any], dict[str, Any], Sequence[int], str, int]] = [
    ([FIRST], {}, range(1, 21), "limit", 1),
    ([FIRST, SECOND], {"limit": 5}, range(1, 6), "limit", 1),
    ([FIRST, SECOND, THIRD], {"limit": 39}, range(1, 40), "limit", 2),
    # Repeats leave it short, so that one more is asked for than 40 creators need.
    ([FIRST, SECOND, THIRD], {"limit": 40}, range(1, 41), "limit", 3),
    ([FIRST, SECOND, THIRD], {"limit": None, "max_pages": 2}, range(1, 40), "max_pages", 2),
    ([FIRST, SECOND, THIRD], {"limit": 60, "max_pages": 9}, range(1, 59), "empty", 4),
    ([[]], {}, [], "empty", 1),
    ([FIRST, [3, 7], THIRD], {"limit": 60}, range(1, 21), "no_new", 2),
    ([FIRST, page_of([21, 22], more=False), THIRD], {"limit": 60}, range(1, 23), "no_more", 2),
    # A page that is not full is no reason to stop.
    ([[1, 2, 3], [4], [5, 6]], {"limit": 6}, range(1, 7), "limit", 3),
]


@pytest.mark.one_in(3)
@pytest.mark.parametrize(("pages", "limits", "found", "stopped", "requests"), STOPS)
def test_it_stops_for_the_reason_it_says(
    pages: Sequence[Any],
    limits: dict[str, Any],
    found: Sequence[int],
    stopped: str,
    requests: int,
    server: Loopback,
    client: xf.Client,
) -> None:
    serve(server, *pages)
    planned = client.plan("search", keyword="护肤", **limits)
    assert planned.columns.tolist() == ["table", "endpoint", "state"]
    assert set(planned["state"]) == {"missing"}
    assert len(planned) <= requests or stopped in ("empty", "no_new", "no_more")
    frame = xf.search("护肤", client=client, **limits)
    assert numbers_of(frame) == list(found)
    assert frame["position"].tolist() == list(range(1, len(found) + 1))
    assert (frame.attrs["stopped"], frame.attrs["pages"]) == (stopped, requests)
    assert frame.attrs["total"] == 2467
    assert frame.attrs["failures"] == []
    assert asked(server) == list(range(1, requests + 1))
    assert len(client.ledger()) == server.charged == requests
    assert client.plan("search", keyword="护肤", **limits)["state"].tolist() == ["cached"] * requests
    pd.testing.assert_frame_equal(xf.search("护肤", client=client, **limits), frame)
    assert server.charged == requests


def test_a_row_says_the_page_on_which_it_first_stood(server: Loopback, client: xf.Client) -> None:
    serve(server, [1, 2], [2, 3, 1], [4])
    frame = xf.search(limit=4, client=client)
    assert frame[["position", "page"]].to_numpy().tolist() == [[1, 1], [2, 1], [3, 2], [4, 3]]
    assert frame.index.equals(pd.RangeIndex(4))
    assert frame.dtypes.equals(xf.search("nobody", client=client).dtypes)


def test_the_plan_has_the_pages_that_the_limit_needs_at_least(client: xf.Client) -> None:
    for limits, pages in (({}, 1), ({"limit": 21}, 2), ({"limit": 60}, 3), ({"limit": 61, "max_pages": 2}, 2)):
        assert len(client.plan("search", keyword="护肤", **limits)) == pages
    with pytest.raises(xf.ParameterError, match="ids of different things"):
        client.plan(["search", "profiles"], [kol_id(1)])
    with pytest.raises(xf.ParameterError, match="search takes no ids"):
        client.plan("search", [kol_id(1)])


def test_a_page_that_fails_costs_the_others_nothing(server: Loopback, client: xf.Client) -> None:
    serve(server, FIRST, fail(404, "gone"))
    with pytest.warns(xf.PartialResultWarning, match=r"1 of 2 pages lack data.*First: NotFoundError") as caught:
        frame = xf.search(limit=60, client=client)
    assert caught[0].filename == __file__
    assert numbers_of(frame) == list(FIRST)
    assert (frame.attrs["stopped"], frame.attrs["pages"]) == ("failed", 2)
    assert [(failure["kol_id"], failure["code"]) for failure in frame.attrs["failures"]] == [(None, 404)]
    serve(server, FIRST, SECOND)
    assert numbers_of(xf.search(limit=30, client=client)) == list(range(1, 31))
    assert asked(server) == [1, 2, 2]


def test_a_page_that_cannot_be_read_costs_the_others_nothing(server: Loopback, client: xf.Client) -> None:
    broken = page_of(SECOND)
    broken["authors"][3]["attribute_datas"]["follower"] = ["many"]
    serve(server, FIRST, broken, THIRD)
    with pytest.warns(xf.PartialResultWarning, match=r"1 of 3 pages"):
        frame = xf.search(limit=58, client=client)
    assert numbers_of(frame) == [*FIRST, *THIRD]
    assert "authors[3].attribute_datas.follower" in frame.attrs["failures"][0]["error"]
    assert frame.attrs["stopped"] == "limit"
    assert set(frame["page"]) == {1, 3}


def test_the_first_page_that_fails_is_the_error(server: Loopback, client: xf.Client) -> None:
    serve(server, fail(404, "gone"))
    with pytest.raises(xf.NotFoundError):
        xf.search(limit=60, client=client)
    assert asked(server) == [1]


def test_any_page_that_fails_is_the_error_where_that_is_asked_for(server: Loopback, client: xf.Client) -> None:
    serve(server, FIRST, fail(404, "gone"))
    with pytest.raises(xf.NotFoundError):
        xf.search(limit=60, on_error="raise", client=client)


def test_the_level_of_the_account_ends_it_with_a_warning(server: Loopback, client: xf.Client) -> None:
    limit = ok({"base_resp": {"status_code": 10003, "status_message": "您的客户权益等级过低，暂时无法访问更多数据"}})
    serve(server, FIRST, limit)
    with pytest.warns(xf.PartialResultWarning, match="权益等级过低"):
        frame = xf.search(limit=60, client=client)
    assert numbers_of(frame) == list(FIRST)
    assert frame.attrs["stopped"] == "level_limit"
    assert client.ledger()["billed"].tolist() == ["yes", "unknown"]
    serve(server, limit)
    with pytest.raises(xf.ApiError, match="10003"):
        xf.search("other", client=client)


def test_a_budget_that_is_used_up_ends_it_with_a_warning(server: Loopback, make_client: MakeClient) -> None:
    serve(server, FIRST, SECOND, THIRD)
    client = make_client(max_calls=2)
    with pytest.warns(xf.PartialResultWarning, match="max_calls=2"):
        frame = xf.search(limit=58, client=client)
    assert numbers_of(frame) == list(range(1, 40))
    assert (frame.attrs["stopped"], frame.attrs["pages"]) == ("budget", 2)
    with pytest.raises(xf.BudgetExceededError):
        xf.search("other", client=client)
    with pytest.raises(xf.BudgetExceededError):
        xf.search(limit=58, on_error="raise", client=client)
    assert asked(server) == [1, 2]
    # What was paid for is used by whoever goes on.
    assert numbers_of(xf.search(limit=58, client=make_client())) == list(range(1, 59))
    assert asked(server) == [1, 2, 3]


def test_what_concerns_the_account_is_raised_and_pages_stay_stored(server: Loopback, make_client: MakeClient) -> None:
    serve(server, FIRST, fail(601, "no money"))
    with pytest.raises(xf.InsufficientBalanceError):
        xf.search(limit=60, client=make_client())
    serve(server, FIRST, SECOND)
    assert len(xf.search(limit=39, client=make_client())) == 39
    assert asked(server) == [1, 2, 2]


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_an_interrupt_keeps_the_pages_that_came(server: Loopback, make_client: MakeClient) -> None:
    back = threading.Event()

    def answer(seen: Seen) -> Reply:
        if seen.query["page"] == "2":
            _thread.interrupt_main()
            assert back.wait(120)
        return ok(page_of({"1": FIRST, "2": SECOND}.get(seen.query["page"], THIRD)))

    server.answer = answer
    with make_client() as client:
        with pytest.raises(KeyboardInterrupt):
            xf.search(limit=58, client=client)
        assert asked(server) == [1, 2]
        back.set()
    # Closing waited for the page that was under way.
    client = make_client()
    assert client.plan("search", limit=58)["state"].tolist() == ["cached", "cached", "missing"]
    assert numbers_of(xf.search(limit=58, client=client)) == list(range(1, 59))
    assert asked(server) == [1, 2, 3]
    assert server.charged == 3


def _aged(client: xf.Client, page: int, age: timedelta) -> None:
    """Store an answer to a page that is so old."""
    (first,) = questions([xf.TABLES["search"]], [], {})["search"]
    call = first.with_parameter("page", str(page))
    body = json.dumps({"code": 0, "data": page_of(range(100 * page, 100 * page + 20))}).encode()
    client.store.add_all([Answer(call.key, call.meaning, None, call.params, stamp(now() - age), body)])


def test_behind_a_page_that_expired_the_others_are_asked_again(server: Loopback, make_client: MakeClient) -> None:
    client = make_client()
    for page, age in ((1, timedelta(days=2)), (2, timedelta(hours=1)), (3, timedelta(hours=1))):
        _aged(client, page, age)
    serve(server, FIRST, SECOND, THIRD)
    assert client.plan("search", limit=58)["state"].tolist() == ["expired"] * 3
    assert numbers_of(xf.search(limit=58, client=client)) == list(range(1, 59))
    assert asked(server) == [1, 2, 3]
    assert len(xf.search(limit=58, refresh=True, client=client)) == 58
    assert asked(server) == [1, 2, 3] * 2


def test_pages_before_one_that_expired_serve(server: Loopback, make_client: MakeClient) -> None:
    client = make_client()
    for page, age in ((1, timedelta(hours=1)), (2, timedelta(days=2)), (3, timedelta(hours=1))):
        _aged(client, page, age)
    serve(server, FIRST, SECOND, THIRD)
    assert client.plan("search", limit=60)["state"].tolist() == ["cached", "expired", "expired"]
    assert numbers_of(xf.search(limit=59, client=client))[:20] == list(range(100, 120))
    assert asked(server) == [2, 3]


def test_offline_it_says_what_is_missing(server: Loopback, make_client: MakeClient) -> None:
    serve(server, FIRST, SECOND)
    xf.search(limit=20, client=make_client())
    client = make_client(offline=True)
    with pytest.warns(xf.PartialResultWarning, match="CacheMissError"):
        frame = xf.search(limit=39, client=client)
    assert numbers_of(frame) == list(FIRST)
    with pytest.raises(xf.CacheMissError, match="search_for_author_square: no stored answer"):
        xf.search("other", client=client)
    assert asked(server) == [1]


# --- what is done with it --------------------------------------------------------------------------------------------


def test_a_board_takes_what_was_found_as_ids_and_names(sample: xf.Client) -> None:
    found = xf.search("护肤", limit=60, client=sample)
    chosen = found[found["kol_id"].isin(xf.sample_ids())].head(3)
    board = xf.compare(chosen, client=sample)
    assert board["kol_id"].tolist() == chosen["kol_id"].tolist()
    assert board["name"].tolist() == chosen["name"].tolist()
    assert xf.fetch_profiles(chosen, client=sample)["kol_id"].tolist() == chosen["kol_id"].tolist()
    plan = sample.plan("profiles", chosen)
    assert plan["kol_id"].tolist() == chosen["kol_id"].tolist()


def test_what_was_found_survives_a_file(sample: xf.Client, tmp_path: Path) -> None:
    found = xf.search(limit=25, client=sample)
    path = tmp_path / "found.csv"
    xf.write_csv(found, path)
    assert xf.read_shortlist(path)[["kol_id", "name"]].equals(found[["kol_id", "name"]])
    again = xf.read_csv(path)
    pd.testing.assert_frame_equal(again, found, check_dtype=True)
    xf.write_excel({"found": found}, tmp_path / "found.xlsx")
    assert xf.read_shortlist(tmp_path / "found.xlsx")["kol_id"].tolist() == found["kol_id"].tolist()


def test_a_page_in_hand_and_the_history_read_the_same(server: Loopback, client: xf.Client) -> None:
    serve(server, [1, 2], [2, 3])
    xf.search(limit=3, client=client)
    history = xf.history("search", client=client)
    assert list(zip(history["page"], history["position"], numbers_of(history), strict=True)) == [
        (1, 1, 1),
        (1, 2, 2),
        (2, 1, 2),
        (2, 2, 3),
    ]
    frame = xf.read_payload("search", {"code": 0, "data": page_of([1, 2])})
    assert numbers_of(frame) == [1, 2]
    assert frame["page"].isna().all()
    with pytest.raises(xf.PayloadError, match="no field 'authors'"):
        xf.read_payload("search", {"code": 0, "data": {"list": []}})


def test_the_captured_rows_prove_the_units() -> None:
    data = PAIRS["search"].data
    frame = xf.read_payload("search", data)
    for row, author in zip(frame.itertuples(), data["authors"], strict=True):
        prices = {p["video_type"]: p["price"] for t in author["task_infos"] for p in t["price_infos"]}
        for code, quote in ((1, row.quote_1_20s_cny), (2, row.quote_21_60s_cny), (71, row.quote_60s_cny)):
            assert pd.isna(quote) or quote == prices[code]
        for quote, cpm in (
            (row.quote_1_20s_cny, row.cpm_1_20s_cny),
            (row.quote_21_60s_cny, row.cpm_21_60s_cny),
            (row.quote_60s_cny, row.cpm_60s_cny),
        ):
            assert pd.isna(cpm) or cpm == pytest.approx(quote / row.expected_plays * 1_000, abs=0.00006)
        stages = row.aware_users, row.interested_users, row.like_users, row.follow_users
        assert pd.isna(row.connected_users) or sum(stages) == row.connected_users
        grown = row.followers_change_15d / (row.followers - row.followers_change_15d)
        assert row.followers_growth_rate_15d == pytest.approx(grown, rel=0.01)
    assert frame["cpm_1_20s_cny"].notna().sum() >= 3
    sales = [float(author["attribute_datas"]["fans_increment_within_30d"]) for author in data["authors"]]
    assert not frame.isin(sales).any(axis=None), "sales in yuan are no growth of followers"
