"""The fetch functions against a server that counts: one shape for 1, N and 0 creators, one payment per answer."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest

import xingtu_frames as xf
from tests.loopback import Loopback, Reply, ok
from tests.payload_cases import always_rows
from xingtu_frames.fetch.sample import sample_tables
from xingtu_frames.frame import build_frame
from xingtu_frames.wire import PAIRS

pytestmark = pytest.mark.every_pool

TABLES = sample_tables()
PAGE = "7000000000000010003"
A, B, C = "7000000000000010017", "7000000000000010024", "7000000000000010079"
ALL = xf.sample_ids()
ROWS_EACH = {name: always_rows(xf.TABLES[name]) for name in TABLES if not xf.TABLES[name].listing}
TIME = "2026-11-20T10:00:00+08:00"

tables = pytest.mark.parametrize("table", TABLES)


def fetch(table: str, ids: Any, client: xf.Client, **options: Any) -> pd.DataFrame:
    """Call the fetch function of a table."""
    return getattr(xf, f"fetch_{table}")(ids, client=client, **options)  # type: ignore[no-any-return]


def with_rows(table: str, ids: list[str]) -> list[str]:
    """Return the creators that have rows in a table: B sells nothing."""
    return [kol_id for kol_id in ids if (table, kol_id) != ("convert_categories", B)]


def same(left: pd.DataFrame, right: pd.DataFrame) -> None:
    """Check that two frames are one, save for the time."""
    pd.testing.assert_frame_equal(left.drop(columns="fetched_at"), right.drop(columns="fetched_at"))


# --- shape -----------------------------------------------------------------------------------------------------------


@pytest.mark.each_once
@tables
@pytest.mark.parametrize("ids", [[], [A], A, int(A), [A, B, C], ALL], ids=["0", "1", "text", "int", "3", "all"])
def test_columns_dtypes_and_index_do_not_depend_on_how_many(table: str, ids: Any, sample: xf.Client) -> None:
    frame, declared = fetch(table, ids, sample), xf.TABLES[table]
    assert tuple(frame.columns) == declared.names
    assert frame.dtypes.equals(build_frame(declared.columns, []).dtypes)
    pd.testing.assert_index_equal(frame.index, pd.RangeIndex(len(frame)), exact=True)
    asked = ids if isinstance(ids, list) else [A]
    absent = [kol_id for kol_id in asked if kol_id not in set(frame["kol_id"])]
    assert frame.attrs == {"failures": [], **({"without_rows": absent} if absent else {})}
    assert len(frame) == ROWS_EACH.get(table, 0) * len(asked) or table not in ROWS_EACH
    if asked == [A, B, C]:
        assert frame["kol_id"].drop_duplicates().tolist() == with_rows(table, asked)


@pytest.mark.one_in(6)
@tables
def test_the_order_of_the_ids_is_kept_and_a_repeat_counts_once(table: str, sample: xf.Client) -> None:
    asked = [C, A, f" {C}", int(B), f"https://www.xingtu.cn/ad/creator/author-homepage/douyin-video/{A}"]
    before = list(asked)
    frame = fetch(table, asked, sample)
    assert frame["kol_id"].drop_duplicates().tolist() == with_rows(table, [C, A, B])
    assert asked == before
    parts = [fetch(table, kol_id, sample) for kol_id in (C, A, B)]
    pd.testing.assert_frame_equal(frame, pd.concat(parts, ignore_index=True))


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("cost_tiers", ["metric", "duration_band"]),
        ("spread_benchmarks", ["metric"]),
        ("link_struct", ["stage_no", "stage"]),
        ("link_index", ["index"]),
    ],
)
def test_rows_of_a_creator_are_in_the_declared_order(table: str, columns: list[str], sample: xf.Client) -> None:
    for _, rows in fetch(table, [B, A], sample).groupby("kol_id", observed=True):
        assert rows[columns].sort_values(columns).index.equals(rows.index)
        assert not rows[columns].duplicated().any()


@pytest.mark.one_in(6)
@tables
def test_two_results_can_be_put_together_and_written_over(table: str, sample: xf.Client) -> None:
    frame = fetch(table, [A, B], sample)
    both = pd.concat([frame, fetch(table, [C], sample), fetch(table, [], sample)], ignore_index=True)
    assert both.dtypes.equals(frame.dtypes)
    frame.loc[:, "kol_id"] = "x"
    assert fetch(table, [A], sample)["kol_id"].tolist()[0] == A


@pytest.mark.parametrize(
    ("table", "options", "shown"),
    [
        ("spread_info", {}, {"video_type": "personal", "window": "30d"}),
        ("spread_info", {"video_type": "xingtu", "window": "90d"}, {"video_type": "xingtu", "window": "90d"}),
        ("cost_tiers", {"window": "90d"}, {"video_type": "personal", "window": "90d"}),
        ("spread_benchmarks", {"video_type": "xingtu"}, {"video_type": "xingtu", "window": "30d"}),
    ],
)
def test_option_columns_repeat_what_was_asked(
    table: str, options: dict[str, Any], shown: dict[str, str], sample: xf.Client
) -> None:
    frame = fetch(table, [A, B], sample, **options)
    assert [frame[name].unique().tolist() for name in shown] == [[value] for value in shown.values()]


# --- paying ----------------------------------------------------------------------------------------------------------


@pytest.mark.one_in(6)
@tables
def test_both_generations_give_one_frame_for_one_payment(
    table: str, sample_server: Loopback, make_client: Callable[..., xf.Client]
) -> None:
    ids = [A, B, PAGE] if table in ("profiles", "quotes") else [A, B, C]
    current = fetch(table, ids, make_client(api="current"))
    legacy = fetch(table, ids, make_client(api="legacy", cache=":memory:"))
    same(current, legacy)
    assert sample_server.charged == 2 * len(ids)
    names = {seen.endpoint for seen in sample_server.seen}
    assert xf.TABLES[table].endpoint in names
    assert len(names) == (2 if xf.TABLES[table].endpoint in PAIRS else 1)
    again = fetch(table, ids, make_client(api="legacy"))
    pd.testing.assert_frame_equal(again, current)
    assert sample_server.charged == 2 * len(ids)


@pytest.mark.parametrize(
    "readers", [["spread_info", "cost_tiers", "spread_benchmarks"], ["link_struct", "connected_users"]]
)
@pytest.mark.parametrize("api", ["current", "legacy"])
def test_tables_of_one_answer_are_paid_once(
    readers: list[str], api: str, sample_server: Loopback, make_client: Callable[..., xf.Client]
) -> None:
    client = make_client(api=api)
    for table in readers * 2:
        fetch(table, [A, B, A], client)
    assert sample_server.charged == sample_server.hits() == 2


def test_refresh_pays_anew_and_asking_for_nothing_is_free(sample_server: Loopback, client: xf.Client) -> None:
    for refresh in (False, True, False):
        xf.fetch_profiles([A], refresh=refresh, client=client)
    assert sample_server.hits() == 2
    assert xf.fetch_profiles([], refresh=True, client=client).empty
    assert sample_server.hits() == 2


@pytest.mark.parametrize("value", ["ignore", None, True])
def test_on_error_is_warn_or_raise(value: Any, sample_server: Loopback, client: xf.Client) -> None:
    with pytest.raises(xf.ParameterError, match="on_error"):
        xf.fetch_profiles([A], on_error=value, client=client)
    assert sample_server.hits() == 0


# --- the provider's pages over HTTP ----------------------------------------------------------------------------------

PAGE_TABLES = [
    ("touch_distribution", "get-kol-touch-distribution"),
    ("spread_info", "get-kol-spread-info"),
    ("cost_tiers", "get-kol-spread-info"),
    ("spread_benchmarks", "get-kol-spread-info"),
    ("link_struct", "get-kol-link-struct"),
    ("connected_users", "get-kol-link-struct"),
    ("link_index", "get-kol-link-info"),
    ("video_distribution", "author_video_distribution"),
]
DOCUMENTED = {
    "get-kol-touch-distribution": "/api/douyin-xingtu/get-kol-touch-distribution/v1",
    "get-kol-spread-info": "/api/douyin-xingtu/get-kol-spread-info/v1",
    "get-kol-link-struct": "/api/douyin-xingtu/get-kol-link-struct/v1",
    "get-kol-link-info": "/api/douyin-xingtu/get-kol-link-info/v1",
    "author_video_distribution": "/api/douyin-xingtu/gw/api/data_sp/author_video_distribution/v1",
}


@pytest.mark.one_in(2)
@pytest.mark.parametrize(("table", "page"), PAGE_TABLES)
def test_a_page_served_at_its_documented_path_is_the_offline_frame(
    table: str, page: str, server: Loopback, make_client: Callable[..., xf.Client], provider_pages: dict[str, bytes]
) -> None:
    server.answer = lambda seen: Reply(provider_pages[page])
    frame = fetch(table, PAGE, make_client(api="legacy"))
    assert [seen.target.partition("?")[0] for seen in server.seen] == [DOCUMENTED[page]]
    with xf.sample_client() as offline:
        same(frame, fetch(table, PAGE, offline))
    same(frame, xf.read_payload(table, provider_pages[page], kol_id=PAGE))


# --- read_payload ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("table", "page"), PAGE_TABLES)
def test_a_payload_in_any_wrapping_is_the_same_frame(table: str, page: str, provider_pages: dict[str, bytes]) -> None:
    body = provider_pages[page]
    envelope = json.loads(body)
    before = json.dumps(envelope)
    wrappings = [body, bytearray(body), body.decode(), envelope, envelope["data"], json.dumps(envelope["data"])]
    wrappings += [envelope | {"code": "0", "message": None, "recordTime": None, "requestId": "x"}]
    frames = [xf.read_payload(table, payload, kol_id=PAGE) for payload in wrappings]
    for frame in frames:
        pd.testing.assert_frame_equal(frame, frames[0])
        assert frame["fetched_at"].isna().all()
        assert (frame["kol_id"] == PAGE).all()
    assert json.dumps(envelope) == before


@pytest.mark.parametrize(
    "moment",
    [TIME, datetime.fromisoformat(TIME), pd.Timestamp(TIME), "2026-11-20 02:00", datetime(2026, 11, 20, 2)],
    ids=repr,
)
def test_fetched_at_is_utc_whatever_it_was_written_as(moment: Any) -> None:
    frame = xf.read_payload("profiles", {}, kol_id=1, fetched_at=moment)
    assert frame["fetched_at"].tolist() == [pd.Timestamp(2026, 11, 20, 2, tz=UTC)]
    assert str(frame["fetched_at"].dtype) == "datetime64[us, UTC]"


def test_read_payload_fills_the_option_columns() -> None:
    frame = xf.read_payload("cost_tiers", {}, kol_id=1, window="90d", video_type="xingtu", only_assigned=True)
    assert frame[["video_type", "window"]].drop_duplicates().to_numpy().tolist() == [["xingtu", "90d"]]
    assert set(xf.read_payload("link_index", {}, kol_id=1, industry="games")["industry"]) == {"games"}


@pytest.mark.parametrize(
    ("table", "options", "said"),
    [
        ("costs", {}, "cost_tiers"),
        ("cost_tiers", {"days": 30}, "video_type"),
        ("cost_tiers", {"industry": "all"}, "no option 'industry'"),
        ("cost_tiers", {"window": "7d"}, '"30d", "90d"'),
        ("cost_tiers", {"fetched_at": "soon"}, "fetched_at"),
    ],
)
def test_a_table_or_option_that_does_not_exist_names_those_that_do(
    table: str, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(xf.ParameterError) as caught:
        xf.read_payload(table, {}, kol_id=1, **options)
    assert said in str(caught.value)


@pytest.mark.parametrize("kol_id", [None, 1.5, "abc", []])
def test_read_payload_needs_an_id(kol_id: Any) -> None:
    with pytest.raises(xf.InvalidIdError):
        xf.read_payload("profiles", {}, kol_id=kol_id)


@pytest.mark.parametrize("text", ["{", b"\xff\xfe{", "<html>", ""])
def test_a_payload_that_is_not_json_is_refused(text: Any) -> None:
    with pytest.raises(xf.PayloadError):
        xf.read_payload("profiles", text, kol_id=1)


REFUSED = {"base_resp": {"status_code": 10003, "status_message": "客户权益等级过低"}}


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        ({"code": 301, "data": None, "message": "again"}, xf.CollectionFailedError),
        ({"code": 0, "data": REFUSED}, xf.ApiError),
        (REFUSED, xf.ApiError),
    ],
    ids=["code 301", "envelope with failing base_resp", "data with failing base_resp"],
)
def test_a_failure_is_not_read_as_missing_data(payload: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        xf.read_payload("profiles", payload, kol_id=1)


# --- history ---------------------------------------------------------------------------------------------------------


def test_history_has_every_answer_oldest_first(sample_server: Loopback, client: xf.Client) -> None:
    first = xf.fetch_cost_tiers([A, B], client=client)
    second = xf.fetch_cost_tiers([A], refresh=True, client=client)
    told = xf.history("cost_tiers", client=client)
    assert told.dtypes.equals(first.dtypes)
    assert len(told) == len(first) + len(second)
    assert told["fetched_at"].is_monotonic_increasing
    pd.testing.assert_frame_equal(xf.history("cost_tiers", B, client), first[9:].reset_index(drop=True))
    both = pd.concat([first[:9], second], ignore_index=True)
    pd.testing.assert_frame_equal(xf.history("cost_tiers", [A], client), both)
    assert sample_server.hits() == 3


@pytest.mark.parametrize("api", ["current", "legacy"])
def test_history_takes_the_option_columns_from_what_was_asked(
    api: str, server: Loopback, make_client: Callable[..., xf.Client]
) -> None:
    client = make_client(api=api)
    server.answer = lambda seen: ok({})
    for window, video_type in (("30d", "personal"), ("90d", "xingtu")):
        xf.fetch_spread_info([A], window=window, video_type=video_type, client=client)
    told = xf.history("spread_info", client=client)
    assert told[["window", "video_type"]].to_numpy().tolist() == [["30d", "personal"], ["90d", "xingtu"]]
    xf.fetch_link_index([A], industry="games", client=client)
    assert set(xf.history("link_index", client=client)["industry"]) == {"games"}


# --- what cannot be read ---------------------------------------------------------------------------------------------


def test_an_unreadable_creator_is_left_out_stays_stored_and_is_not_paid_again(
    sample_server: Loopback, client: xf.Client
) -> None:
    sample_server.script(ok({"follower": ["many"], "nick_name": "x"}), kol_id=B)
    for _ in range(2):
        with pytest.warns(xf.PartialResultWarning, match=B) as caught:
            frame = xf.fetch_profiles([A, B, C], client=client)
        assert len(caught) == 1
        assert caught[0].filename == __file__
        assert frame["kol_id"].tolist() == [A, C]
        (failure,) = frame.attrs["failures"]
        assert list(failure) == ["kol_id", "endpoint", "code", "error", "retryable"]
        assert (failure["kol_id"], failure["endpoint"], failure["code"]) == (B, "get_author_base_info", None)
        assert "follower" in failure["error"]
    assert sample_server.charged == 3
    stored = {a.kol_id: json.loads(a.body)["data"] for a in client.store.history("get_author_base_info", None)}
    assert stored[B] == {"follower": ["many"], "nick_name": "x"}
    with pytest.raises(xf.PayloadError, match="follower") as error:
        xf.fetch_profiles([A, B], on_error="raise", client=client)
    assert (error.value.field, error.value.kol_id) == ("follower", B)
    with pytest.raises(xf.PayloadError):
        xf.fetch_profiles([B], client=client)
    assert sample_server.charged == 3


@pytest.mark.parametrize(("table", "key"), [("spread_info", "like_avg"), ("profiles", "nick_name")])
@pytest.mark.parametrize("value", [2**63 - 1, "9" * 30, "cut\ud83d"], ids=["2^63-1", "30 digits", "half an emoji"])
def test_one_odd_value_costs_at_most_one_creator(
    table: str, key: str, value: Any, sample_server: Loopback, client: xf.Client
) -> None:
    sample_server.script(Reply(json.dumps({"code": 0, "data": {key: value}}).encode()), kol_id=B)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", xf.PartialResultWarning)
        frame = fetch(table, [A, B, C], client)
    assert [kol_id for kol_id in frame["kol_id"] if kol_id != B] == [A, C]


@pytest.mark.one_in(6)
@tables
def test_an_answer_without_data_is_missing_values_and_a_reason(
    table: str, sample_server: Loopback, client: xf.Client
) -> None:
    sample_server.script(ok(None), kol_id=B)
    with pytest.warns(xf.PartialResultWarning, match="1 of 2"):
        frame = fetch(table, [B, A], client)
    (failure,) = frame.attrs["failures"]
    assert (failure["kol_id"], failure["code"], failure["retryable"]) == (B, 0, False)
    rows = frame[frame["kol_id"] == B]
    if xf.TABLES[table].listing:
        assert rows.empty
    else:
        assert len(rows) == ROWS_EACH[table]
        numbers = rows.select_dtypes(["number", "boolean"]).drop(columns="stage_no", errors="ignore")
        assert numbers.isna().all(axis=None)
    assert frame.dtypes.equals(build_frame(xf.TABLES[table].columns, []).dtypes)
    assert sample_server.hits() == 2


def test_one_unreadable_answer_does_not_hide_the_history(client: xf.Client, server: Loopback) -> None:
    server.script(ok({"nick_name": ["not", "text"]}), ok({"nick_name": "甲"}))
    with pytest.raises(xf.PayloadError):
        xf.fetch_profiles(A, client=client)
    with pytest.raises(xf.PayloadError):
        xf.history("profiles", client=client)
    xf.fetch_profiles(A, client=client, refresh=True)
    with pytest.warns(xf.PartialResultWarning, match="1 of 2 stored answers"):
        frame = xf.history("profiles", client=client)
    assert frame["nick_name"].tolist() == ["甲"]
    assert [(f["kol_id"], f["endpoint"]) for f in frame.attrs["failures"]] == [(A, "get_author_base_info")]
