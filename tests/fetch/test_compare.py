"""The board: values by hand, the requests it needs and no more, and creators that fail somewhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import xingtu_frames as xf
from tests.loopback import Loopback, fail, ok
from xingtu_frames.fetch import compare as shortlist
from xingtu_frames.frame import build_frame
from xingtu_frames.store import sqlite

A, C, CLOSED = "7000000000000010017", "7000000000000010079", "9100000000010117"
EMPTY, PAGE = "7000000000000010123", "7000000000000010003"
NAME_A, NAME_C = "青柠妆匣子", "半格电量实验室"
NOW, BEFORE = pd.Timestamp("2026-11-20T02:00Z"), pd.Timestamp("2026-11-12T02:00Z")
ASKED = ["video_type", "window", "platform", "industry"]
DEFAULT = {name: metric for name, metric in xf.METRICS.items() if metric.by_default}
LAST = ["top_category", "peer_group", "few_videos", "age_days", *ASKED, "fetched_at"]

BY_HAND: dict[str, tuple[Any, Any]] = {
    "name": (NAME_A, NAME_C),
    "followers": (1_286_000, 5_620_000),
    "play_median": (742_318, 1_402_276),
    "video_count": (17, 10),
    "interact_rate": (0.0485, 0.0314),
    "completion_rate": (0.147, 0.0417),
    "duration_mean_s": (46.60, 319.93),
    "cpm_1_20s": (19.35, None),
    "cpm_21_60s": (28.38, 75.38),
    "cpm_60s": (35.48, None),
    "cpe_1_20s": (0.39, None),
    "cpe_21_60s": (0.58, 2.40),
    "cpe_60s": (0.73, None),
    "quote_1_20s": (12_000, None),
    "quote_21_60s": (17_600, 98_000),
    "quote_60s": (22_000, 130_000),
    "star_index": (84.98, 82.33),
    "spread_index": (83.0, 81.58),
    "seeding_index": (87.03, 84.05),
    "conversion_index": (81.2, 77.36),
    "cost_performance_index": (92.15, 64.73),
    "cooperation_index": (79.33, 80.11),
    "connected_users": (3_618_042, 8_815_604),
    "connected_users_growth": (0.2264, -0.0087),
    "top_category_share": (12 / 17, 0.8),
    "top_category": ("美妆", "科技"),
    "peer_group": ("美妆", "科技数码"),
    "few_videos": (False, False),
    "age_days": (2, 2),
    "video_type": ("personal", "personal"),
    "window": ("30d", "30d"),
    "platform": ("short_video", "short_video"),
    "industry": ("all", "all"),
    "fetched_at": (NOW, NOW),
}
"""Two creators of data/creators.json: fen / 100, basis points / 10,000, hundredths of a second / 100."""

ENDPOINTS = {
    "followers": "get_author_base_info",
    "play_median": "get_author_spread_info",
    "cpe_60s": "get_author_spread_info",
    "quote_60s": "get_author_marketing_info",
    "star_index": "get_author_link_info",
    "connected_users": "author_link_struct",
    "top_category_share": "author_video_distribution",
}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[pd.Timestamp], None]:
    """Return what sets the moment of comparing; it is a second short of three days after the sample answers."""

    def set_to(moment: pd.Timestamp) -> None:
        for module in (shortlist, sqlite):
            monkeypatch.setattr(module, "now", moment.to_pydatetime)

    set_to(NOW + pd.Timedelta(days=3, seconds=-1))
    return set_to


@pytest.fixture
def asked(sample_server: Loopback) -> Callable[[], dict[str, int]]:
    """Return a count of the requests by endpoint."""

    def counted() -> dict[str, int]:
        found: dict[str, int] = {}
        for seen in sample_server.seen:
            found[seen.endpoint] = found.get(seen.endpoint, 0) + 1
        return found

    return counted


def plain(board: pd.DataFrame, column: str) -> list[Any]:
    """Return a column as plain values, missing as None."""
    return [None if pd.isna(value) else value for value in board[column].tolist()]


# --- what is on the board --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ids", [[], [A], xf.sample_ids()], ids=len)
def test_columns_and_dtypes_are_the_declared_ones(ids: list[str], sample: xf.Client) -> None:
    board = xf.compare(ids, client=sample)
    assert list(board.columns) == ["kol_id", "name", *DEFAULT, *LAST]
    assert board["kol_id"].tolist() == ids
    pd.testing.assert_index_equal(board.index, pd.RangeIndex(len(ids)), exact=True)
    assert {name: str(board[name].dtype) for name in DEFAULT} == {n: m.dtype for n, m in DEFAULT.items()}
    text = pd.Series(["text"]).dtype
    assert [board[name].dtype for name in ("kol_id", "name", "top_category", "peer_group")] == [text] * 4
    assert [str(board[name].dtype) for name in ("few_videos", "age_days")] == ["boolean", "Int64"]
    assert str(board["fetched_at"].dtype) == "datetime64[us, UTC]"
    assert board.attrs["failures"] == []
    assert board.attrs["asked"]["window"] == "30d"


def test_two_creators_worked_out_by_hand_in_either_order(sample: xf.Client) -> None:
    assert list(BY_HAND) == ["name", *DEFAULT, *LAST]
    board, other_way = xf.compare([A, C], client=sample), xf.compare([C, f" {A} ", int(C)], client=sample)
    assert {column: tuple(plain(board, column)) for column in BY_HAND} == BY_HAND
    assert {column: tuple(plain(other_way, column))[::-1] for column in BY_HAND} == BY_HAND


def test_each_cell_is_the_cell_of_its_source(sample: xf.Client) -> None:
    ids = xf.sample_ids()
    board = xf.compare(ids, metrics="all", client=sample).set_index("kol_id")
    for name, metric in xf.METRICS.items():
        source = getattr(xf, f"fetch_{metric.table}")(ids, client=sample)
        for column, value in metric.where.items():
            source = source[source[column].eq(value).fillna(value=False).astype(bool)]
        if metric.table == "video_distribution":
            source = source.sort_values("video_count", ascending=False, kind="stable").drop_duplicates("kol_id")
        expected = source.set_index("kol_id")[metric.column].reindex(ids)
        pd.testing.assert_series_equal(board[name], expected, check_names=False, check_index=False)


def test_a_creator_without_data_has_a_row_of_missing_values(sample: xf.Client) -> None:
    board = xf.compare([EMPTY], client=sample)
    assert board["name"].tolist() == ["歇业中的小满"]
    measured = [name for name, metric in DEFAULT.items() if metric.table in ("spread_info", "cost_tiers", "quotes")]
    assert board[[*measured, "top_category", "top_category_share"]].isna().all(axis=None)
    assert board["followers"].tolist() == [67_500]


def test_a_closed_quote_is_missing_even_when_the_answer_has_a_price(sample: xf.Client) -> None:
    quotes = ["quote_1_20s", "quote_21_60s", "quote_60s"]
    board = xf.compare([CLOSED, PAGE], client=sample)
    assert board[quotes].isna().all(axis=None)
    price = {"price": 9, "origin_price": 9}
    services = [price | {"video_type": 1, "is_open": False}, price | {"video_type": 2}]
    services += [price | {"video_type": 71, "is_open": False}, price | {"video_type": 71, "is_open": True, "price": 5}]
    frame = xf.read_payload("quotes", {"price_info": services}, kol_id=A)
    board = xf.compare([A], metrics=quotes, frames={"quotes": frame})
    assert [plain(board, name)[0] for name in quotes] == [None, None, 5]


@pytest.mark.parametrize(
    ("counts", "category", "share"),
    [
        ([("a", 2), ("b", 2)], "a", 0.5),
        ([("a", 1), ("b", 3), ("c", 3)], "b", 3 / 7),
        ([("a", None), ("b", 1)], "b", 1.0),
        ([], None, None),
    ],
)
def test_the_top_category_is_the_first_of_those_with_the_most_videos(
    counts: list[tuple[str, int]], category: str | None, share: float | None
) -> None:
    kinds = [{"name": name, "cnt": count} for name, count in counts]
    given = xf.read_payload("video_distribution", {"video_content_distribution": kinds}, kol_id=A)
    board = xf.compare([A], metrics=["top_category_share"], frames={"video_distribution": given})
    assert (plain(board, "top_category"), plain(board, "top_category_share")) == ([category], [share])


# --- what it costs ---------------------------------------------------------------------------------------------------


def test_the_whole_board_costs_six_requests_per_creator_once(
    sample_server: Loopback, client: xf.Client, asked: Callable[[], dict[str, int]]
) -> None:
    for _ in range(2):
        xf.compare([A, C], client=client)
        assert asked() == dict.fromkeys(sorted(set(ENDPOINTS.values())), 2)
    assert sample_server.charged == 12


@pytest.mark.one_in(3)
@pytest.mark.parametrize("metrics", [[name] for name in ENDPOINTS] + [["followers", "play_median"], "cpm_60s"])
def test_a_part_of_the_metrics_costs_only_what_it_needs(
    metrics: Any, client: xf.Client, asked: Callable[[], dict[str, int]]
) -> None:
    board = xf.compare([A, C], metrics=metrics, client=client)
    names = [metrics] if isinstance(metrics, str) else metrics
    assert list(board.columns) == ["kol_id", "name", *names, *LAST]
    needed = {"cpm_60s": "get_author_spread_info"} | ENDPOINTS
    assert asked() == {needed[name]: 2 for name in names}
    for name in names:
        assert plain(board, name) == list(BY_HAND[name])
    assert plain(board, "name") == ([NAME_A, NAME_C] if "followers" in names else [None, None])
    of_videos = "get_author_spread_info" in asked()
    for name in ("peer_group", "few_videos"):
        assert plain(board, name) == (list(BY_HAND[name]) if of_videos else [None, None])


def test_metrics_stand_in_the_order_asked_and_once(sample: xf.Client) -> None:
    board = xf.compare([A], metrics=("star_index", "followers", "star_index"), client=sample)
    assert list(board.columns)[2:4] == ["star_index", "followers"]
    assert len(board.columns) == 4 + len(LAST)


def test_no_metric_is_a_board_of_names_that_costs_nothing(sample_server: Loopback, client: xf.Client) -> None:
    board = xf.compare([A], metrics=[], names={A: "甲"}, client=client)
    assert list(board.columns) == ["kol_id", "name", *LAST]
    assert board["name"].tolist() == ["甲"]
    assert board[LAST].isna().all(axis=None)
    assert board.attrs["benchmarks"] == {}
    assert sample_server.hits() == 0


def test_a_frame_given_costs_nothing_and_is_used(
    sample: xf.Client, client: xf.Client, asked: Callable[[], dict[str, int]]
) -> None:
    given = {"spread_info": xf.fetch_spread_info([A, C], window="90d", client=sample)}
    given["cost_tiers"] = xf.fetch_cost_tiers([A, C], window="90d", client=sample)
    before = given["spread_info"].copy(deep=True)
    board = xf.compare([A, C], frames=given, client=client)
    assert board["play_median"].tolist() == before["play_median"].tolist()
    assert "get_author_spread_info" not in asked()
    pd.testing.assert_frame_equal(given["spread_info"], before)


def test_with_every_frame_given_no_client_is_needed(sample: xf.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XINGTU_FRAMES_CACHE", "/nowhere/at/all.sqlite")
    used = ["spread_benchmarks", *dict.fromkeys(metric.table for metric in DEFAULT.values())]
    frames = {table: getattr(xf, f"fetch_{table}")([A, C], client=sample) for table in used}
    board, fetched = xf.compare([A, C], frames=frames), xf.compare([A, C], client=sample)
    pd.testing.assert_frame_equal(board, fetched)
    assert board.attrs == fetched.attrs
    del frames["spread_benchmarks"]
    assert plain(xf.compare([A, C], frames=frames), "peer_group") == [None, None]


def test_the_options_reach_the_answers(sample: xf.Client) -> None:
    board = xf.compare([A, C], window="90d", video_type="xingtu", metrics=["play_median", "cpm_60s"], client=sample)
    told = xf.fetch_spread_info([A, C], window="90d", video_type="xingtu", client=sample)
    assert board["play_median"].tolist() == told["play_median"].tolist()
    assert board["play_median"].tolist() != list(BY_HAND["play_median"])


# --- names and times -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "names",
    [
        {A: "甲"},
        {int(A): "甲"},
        {A: "甲", C: None, "1": "someone else"},
        {A: "甲", C: ""},
        pd.DataFrame({"kol_id": [A, C], "name": ["甲", None]}),
        pd.DataFrame({"name": ["甲"], "kol_id": [A], "note": ["x"]}),
        ["甲", None],
        ("甲", float("nan")),
    ],
)
def test_names_are_used_and_the_nickname_stands_in(names: Any, sample: xf.Client) -> None:
    assert plain(xf.compare([A, C], names=names, client=sample), "name") == ["甲", NAME_C]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["甲", "乙", "丙"], "3 names for 2 different ids"),
        ([], "0 names for 2 different ids"),
        ("甲", "not a str"),
        ({"甲", "乙"}, "not a set"),
        (pd.Series(["甲", "乙"]), "a Series that is not indexed by id"),
        (pd.DataFrame({"kol_id": [A]}), "lacks the column name"),
    ],
)
def test_names_of_another_kind_or_number_are_refused(
    names: Any, said: str, server: Loopback, client: xf.Client
) -> None:
    with pytest.raises(xf.ParameterError, match=said):
        xf.compare([A, C, A], names=names, client=client)
    assert server.hits() == 0


def test_a_list_of_names_follows_the_ids(sample: xf.Client) -> None:
    assert plain(xf.compare([C, A, C], names=["丙", "甲"], client=sample), "name") == ["丙", "甲"]


def test_fetched_at_is_the_oldest_answer_used(sample: xf.Client) -> None:
    old = xf.read_payload("profiles", {"follower": 1}, kol_id=A, fetched_at=BEFORE)
    untimed = xf.read_payload("quotes", {}, kol_id=A)
    board = xf.compare([A, C], frames={"profiles": old, "quotes": untimed}, client=sample)
    assert board["fetched_at"].tolist() == [BEFORE, NOW]


def test_fetched_at_leaves_out_a_frame_that_no_metric_reads(sample: xf.Client) -> None:
    tree = xf.read_payload("touch_distribution", {"video_touch": [{}]}, kol_id=A, fetched_at=BEFORE)
    board = xf.compare([A], metrics=["star_index"], frames={"touch_distribution": tree}, client=sample)
    assert board["fetched_at"].tolist() == [NOW]


@pytest.mark.parametrize(
    ("later", "days"),
    [("0s", 0), ("23:59:59", 0), ("1D", 1), ("47:59:59", 1), ("365D", 365), ("-1s", 0), ("-30D", 0)],
)
def test_the_age_is_whole_days_and_never_below_0(
    later: str, days: int, sample: xf.Client, clock: Callable[[pd.Timestamp], None]
) -> None:
    clock(NOW + pd.Timedelta(later))
    assert xf.compare([A], client=sample)["age_days"].tolist() == [days]


def test_the_age_is_that_of_the_oldest_answer_and_unknown_without_a_time(sample: xf.Client) -> None:
    old = xf.read_payload("spread_benchmarks", {}, kol_id=A, fetched_at=BEFORE)
    untimed = xf.read_payload("link_index", {}, kol_id=C)
    board = xf.compare([A, C], frames={"spread_benchmarks": old}, client=sample)
    assert (plain(board, "age_days"), board["fetched_at"].tolist()) == ([10, 2], [BEFORE, NOW])
    board = xf.compare([C], metrics=["star_index"], frames={"link_index": untimed})
    assert plain(board, "age_days") == [None]


# --- how far the figures carry ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "few"), [(0, True), (4, True), (5, False), (17, False), (None, None)])
def test_few_videos_are_fewer_than_five(count: int | None, few: bool | None) -> None:
    given = xf.read_payload("spread_info", {} if count is None else {"item_num": count}, kol_id=A)
    board = xf.compare([A], metrics=["play_median"], frames={"spread_info": given})
    assert plain(board, "few_videos") == [few]


def test_the_peers_are_the_first_that_the_provider_names(sample: xf.Client) -> None:
    rates = {"interact_rate": {"label": ""}, "play_over_rate": {"label": "美食"}, "play_stability": {"label": "旅行"}}
    given = xf.read_payload("spread_benchmarks", rates, kol_id=A)
    assert plain(xf.compare([A, PAGE], client=sample), "peer_group") == ["美妆", "剧情搞笑"]
    board = xf.compare([A], frames={"spread_benchmarks": given}, client=sample)
    assert plain(board, "peer_group") == ["美食"]


def test_benchmarks_are_the_places_among_the_providers_others() -> None:
    rates = {
        "interact_rate": {"value": 244, "overtake": 5973},
        "play_over_rate": {"value": 1113},
        "item_rate": {"play_mid": {"value": 9, "overtake": 10800}, "item_num": {"value": "3", "overtake": 5000}},
    }
    indexes = {"link_star_index": {"value": 80.0, "avg_value": 56.5, "rank_percent": 0.25}}
    indexes["cp_index"] = {"value": 80.0, "avg_value": 63.5, "rank_percent": -1.0}
    users = {"link_struct": {"5": {"value": 5, "rank_percent": 0.0461}}}
    answers = {"spread_benchmarks": rates, "link_index": indexes, "connected_users": users}
    frames = {table: xf.read_payload(table, data, kol_id=A) for table, data in answers.items()}
    metrics = ["connected_users", "interact_rate", "play_median", "star_index", "cost_performance_index", "followers"]
    others = {
        "spread_info": xf.read_payload("spread_info", {}, kol_id=A),
        "profiles": build_frame(xf.TABLES["profiles"].columns, []),
    }
    benchmarks = xf.compare([A, C], metrics=metrics, frames=frames | others).attrs["benchmarks"]
    assert list(benchmarks) == metrics[:-1]
    assert benchmarks.pop("connected_users") == {A: pytest.approx(0.9539)}
    none: dict[str, float] = {}
    expected = {"interact_rate": {A: 0.5973}, "play_median": none, "star_index": {A: 0.75}}
    assert benchmarks == expected | {"cost_performance_index": none}


def test_benchmarks_are_plain_values_of_the_creators_on_the_board(sample: xf.Client) -> None:
    benchmarks = xf.compare(xf.sample_ids(), client=sample).attrs["benchmarks"]
    assert json.loads(json.dumps(benchmarks)) == benchmarks
    assert list(benchmarks) == [name for name, metric in xf.METRICS.items() if metric.benchmark]
    beaten = xf.fetch_spread_benchmarks(xf.sample_ids(), client=sample)
    beaten = beaten[beaten["metric"].eq("completion_rate") & beaten["beats_share"].notna()]
    assert benchmarks["completion_rate"] == dict(zip(beaten["kol_id"], beaten["overtake_raw"] / 10_000, strict=True))
    frames = {"link_index": xf.fetch_link_index(xf.sample_ids(), client=sample)}
    board = xf.compare([C], metrics=["star_index"], frames=frames)
    assert board.attrs["benchmarks"] == {"star_index": {C: benchmarks["star_index"][C]}}


# --- failures --------------------------------------------------------------------------------------------------------


def test_a_creator_that_fails_everywhere_is_left_out(sample_server: Loopback, client: xf.Client) -> None:
    with pytest.warns(xf.PartialResultWarning, match="1 of 3") as caught:
        board = xf.compare([A, "404", C], client=client)
    assert caught[0].filename == __file__
    assert board["kol_id"].tolist() == [A, C]
    assert plain(board, "followers") == list(BY_HAND["followers"])
    assert {failure["kol_id"] for failure in board.attrs["failures"]} == {"404"}
    assert sorted(f["endpoint"] for f in board.attrs["failures"]) == sorted(set(ENDPOINTS.values()))


def test_a_creator_that_fails_in_one_endpoint_keeps_its_row(sample_server: Loopback, make_client: Any) -> None:
    answer = sample_server.answer
    broken = (C, "get_author_link_info")
    sample_server.answer = lambda seen: (
        fail(301, "collection failed") if (seen.kol_id, seen.endpoint) == broken else answer(seen)
    )
    client = make_client(retries=0)
    with pytest.warns(xf.PartialResultWarning, match=f"1 of 2.*{C}"):
        board = xf.compare([A, C], client=client)
    indexes = [name for name, metric in xf.METRICS.items() if metric.table == "link_index"]
    for name in ["name", *DEFAULT]:
        expected = [BY_HAND[name][0], None if name in indexes else BY_HAND[name][1]]
        assert plain(board, name) == expected, name
    (failure,) = board.attrs["failures"]
    assert (failure["kol_id"], failure["code"], failure["retryable"]) == (C, 301, True)
    hits = sample_server.hits()
    sample_server.answer = answer
    assert plain(xf.compare([A, C], client=client), "star_index") == list(BY_HAND["star_index"])
    assert sample_server.hits() == hits + 1


def test_all_failed_is_the_error_and_raise_is_the_first(sample_server: Loopback, client: xf.Client) -> None:
    with pytest.raises(xf.NotFoundError):
        xf.compare(["404", "405"], client=client)
    with pytest.raises(xf.NotFoundError):
        xf.compare([A, "404"], on_error="raise", client=client)


def test_an_unreadable_answer_keeps_what_its_other_table_can_read(sample_server: Loopback, client: xf.Client) -> None:
    sample_server.script(ok({"like_avg": ["many"], "expect_cpm": {"cpm_60": "100"}}), kol_id=C)
    with pytest.warns(xf.PartialResultWarning, match="like_avg"):
        board = xf.compare([A, C], metrics=["play_median", "cpm_60s"], client=client)
    assert plain(board, "play_median") == [BY_HAND["play_median"][0], None]
    assert plain(board, "cpm_60s") == [BY_HAND["cpm_60s"][0], 1.0]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"metrics": ["followers", "fans"]}, ["no metric 'fans'; there are: followers", "connected_users"]),
        ({"metrics": "cpm_2160s"}, ["no metric 'cpm_2160s'; did you mean 'cpm_21_60s'? there are: followers"]),
        ({"metrics": ["star", "folowers", 7]}, ["'star', 'folowers', 7; did you mean 'followers'? there are"]),
        ({"frames": {"quote": pd.DataFrame()}}, ["no table 'quote'; did you mean 'quotes'? there are: touch"]),
        ({"metrics": "fans"}, ["'fans'", "followers"]),
        ({"frames": {"spread": pd.DataFrame()}}, ["'spread'", "spread_info"]),
        ({"frames": {"profiles": pd.DataFrame({"kol_id": [A]})}}, ["profiles", "followers", "fetch_profiles"]),
        ({"window": "7d"}, ["window", '"30d", "90d"']),
        ({"window": "7d", "metrics": ["followers"]}, ["window", '"30d", "90d"']),
        ({"platform": "tv"}, ['"short_video"']),
        ({"industry": "游戏业"}, ["industry", '"all"', 'not "游戏业"; did you mean "游戏"?']),
        ({"metrics": ["互动绿"]}, ["no metric '互动绿'; did you mean '互动率'? there are: followers"]),
        ({"window": "近九十天"}, ['did you mean "近90天"?']),
        ({"on_error": "ignore"}, ["warn", "raise"]),
    ],
    ids=repr,
)
def test_what_does_not_exist_is_refused_and_nothing_is_sent(
    wrong: dict[str, Any], said: list[str], server: Loopback, client: xf.Client
) -> None:
    with pytest.raises(xf.ParameterError) as caught:
        xf.compare([A], client=client, **wrong)
    assert all(part in str(caught.value) for part in said)
    assert server.hits() == 0


def test_a_board_never_mixes_windows(sample: xf.Client, client: xf.Client, server: Loopback) -> None:
    given = {"spread_info": xf.fetch_spread_info([A], window="90d", client=sample)}
    with pytest.raises(xf.ParameterError, match=r"mix window '30d', '90d'"):
        xf.compare([A], frames=given, client=client)
    assert server.hits() == 0
    board = xf.compare([A], frames=given, metrics=["play_median"], client=client)
    assert board.attrs["asked"]["window"] == "90d"


def test_a_shortlist_frame_brings_its_names(sample: xf.Client) -> None:
    shortlist = pd.DataFrame({"kol_id": [A, C], "name": ["甲", None]})
    assert xf.compare(shortlist, client=sample)["name"].tolist() == ["甲", "半格电量实验室"]


def test_ids_from_a_generator_are_taken_once(sample: xf.Client) -> None:
    board = xf.compare((kol_id for kol_id in (A, C, A)), client=sample)
    assert board["kol_id"].tolist() == [A, C]
