"""The review of a campaign: worked out by hand, what is not known, the sums, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

import xingtu_frames as xf
from tests.test_frame import SPELLINGS
from xingtu_frames.frame import build_frame, micros

FIRST = pd.Timestamp("2026-10-01")
BOOKED = pd.DataFrame(
    {
        "kol_id": ["1", "2", "1", "3", "4"],
        "item_id": ["71", "72", "73", "74", None],
        "price_cny": [10_000.0, 6_000.0, 5_000.0, 0.0, 800.0],
        "expected": [200_000.0, None, None, None, 90_000.0],
    }
)
BOARD = pd.DataFrame(
    {
        "kol_id": ["1", "2", "3"],
        "name": ["甲", None, "丙"],
        "expected_plays": pd.array([150_000, 100_000, None], dtype="Int64"),
        "play_median": pd.array([1, 2, 40_000], dtype="Int64"),
    }
)
VIDEOS = pd.DataFrame(
    {
        "kol_id": ["1", "2", "3"],
        "item_id": ["71", "72", "74"],
        "plays": pd.array([250_000, 60_000, 0], dtype="Int64"),
        "likes": pd.array([4_000, 1_000, 0], dtype="Int64"),
        "comments": pd.array([600, None, 0], dtype="Int64"),
        "shares": pd.array([400, 100, 0], dtype="Int64"),
        "published_at": pd.to_datetime(["2026-10-01T15:00Z", "2026-10-01T17:00Z", None], utc=True),
        "fetched_at": pd.to_datetime(["2026-10-20T02:00Z"] * 3, utc=True),
    }
)


def trend(item_id: str, plays: list[int | None], fetched_at: str = "2026-10-20T02:00Z") -> pd.DataFrame:
    """Return the trend of a video that was published on `FIRST`, with these plays each day; None for a gap."""
    at, so_far = micros(pd.Timestamp(fetched_at).isoformat()), 0
    rows: list[tuple[Any, ...]] = []
    for place, count in enumerate(plays):
        so_far = so_far if so_far is None or count is None else so_far + count
        so_far = None if count is None else so_far
        rows.append((item_id, place + 1, (FIRST + pd.Timedelta(days=place)).to_pydatetime(), count, so_far, at))
    return build_frame(xf.TABLES["video_trend"].columns, rows)


TREND = pd.concat([trend("71", [100_000, *[10_000] * 15]), trend("73", [1_000] * 8)], ignore_index=True)


def plain(frame: pd.DataFrame, column: str) -> list[Any]:
    values = frame[column].astype(object)
    return values.where(values.notna(), None).tolist()


def row(frame: pd.DataFrame, place: int) -> dict[str, Any]:
    return {column: plain(frame, column)[place] for column in frame.columns}


@pytest.mark.parametrize("price", [-5.0, float("inf")])
def test_a_price_that_no_one_pays_is_refused(price: float) -> None:
    bookings = pd.DataFrame({"kol_id": ["1", "2"], "item_id": ["9", "8"], "price_cny": [500.0, price]})
    videos = pd.DataFrame({"item_id": ["9"], "plays": [25_000], "likes": [900], "comments": [60], "shares": [40]})
    with pytest.raises(xf.ParameterError, match=f"price_cny of bookings must be a number of yuan >= 0.*not {price}"):
        xf.review(bookings, videos=videos)


def test_a_campaign_worked_out_by_hand() -> None:
    found = xf.review(BOOKED, trend=TREND, videos=VIDEOS, board=BOARD)
    assert plain(found, "kol_id") == ["1", "2", "1", "3", "4"]
    assert plain(found, "name") == ["甲", None, "甲", "丙", None]
    assert row(found, 0) == {
        "kol_id": "1",
        "name": "甲",
        "item_id": "71",
        "price_cny": 10_000.0,
        "expected": 200_000.0,
        "expected_source": "plan",
        # 100,000 on the first day, 10,000 on each of the 6 and 14 days after it.
        "plays_day_7": 160_000,
        "plays_day_15": 240_000,
        "plays_now": 250_000,
        "days": 16,
        "interactions": 5_000,
        "actual_cpm_cny": 40.0,
        "actual_cpe_cny": 2.0,
        "expected_cpm_cny": 50.0,
        "plays_against_expected": 1.25,
        "share_of_plays": 250_000 / 318_000,
    }
    # Without a trend no day is known; published on 2 October in China, 18 days before the answer.
    second = row(found, 1)
    assert (second["plays_day_7"], second["plays_now"], second["days"], second["interactions"]) == (
        None,
        60_000,
        18,
        None,
    )
    assert (second["expected"], second["expected_source"]) == (100_000, "expected_plays")
    assert (second["actual_cpm_cny"], second["actual_cpe_cny"], second["plays_against_expected"]) == (100.0, None, 0.6)
    third = row(found, 2)
    assert (third["plays_day_7"], third["plays_day_15"], third["plays_now"], third["days"]) == (7_000, None, 8_000, 8)
    assert (third["interactions"], third["expected_source"]) == (None, "expected_plays")


def test_nothing_costs_nothing_and_nothing_is_made_up() -> None:
    found = xf.review(BOOKED, trend=TREND, videos=VIDEOS, board=BOARD)
    gift, unpublished = row(found, 3), row(found, 4)
    assert (gift["price_cny"], gift["plays_now"], gift["interactions"]) == (0.0, 0, 0)
    assert (gift["actual_cpm_cny"], gift["actual_cpe_cny"], gift["expected_cpm_cny"]) == (None, None, None)
    assert (gift["expected"], gift["expected_source"], gift["plays_against_expected"]) == (40_000, "play_median", 0.0)
    assert {name for name, value in unpublished.items() if value is not None} == {
        *("kol_id", "price_cny", "expected", "expected_source", "expected_cpm_cny")
    }


def test_a_total_worked_out_by_hand() -> None:
    total = xf.review_total(xf.review(BOOKED, trend=TREND, videos=VIDEOS, board=BOARD))
    assert len(total) == 1
    assert row(total, 0) == {
        "bookings": 5,
        "price_cny": 21_800.0,
        "expected": 580_000.0,
        "plays_day_7": 167_000,
        "plays_day_15": 240_000,
        "plays_now": 318_000,
        "interactions": 5_000,
        # Of the videos 71, 72 and 73: the gift has no price, and what is not published has no plays.
        "actual_cpm_cny": 21_000 / 318_000 * 1000,
        "actual_cpe_cny": 2.0,
        "expected_cpm_cny": 21_000 / 450_000 * 1000,
        "plays_against_expected": 318_000 / 490_000,
        "share_of_plays": 1.0,
        "day_7_videos": 2,
        "day_15_videos": 1,
        "videos": 4,
        "interaction_videos": 2,
        "cpm_videos": 3,
        "cpe_videos": 1,
        "compared_videos": 4,
        "few_videos": True,
    }


def test_a_total_of_each_creator_says_who_carried_the_result() -> None:
    found = xf.review(BOOKED, trend=TREND, videos=VIDEOS, board=BOARD)
    total = xf.review_total(found, by="creator")
    assert plain(total, "kol_id") == ["1", "2", "3", "4"]
    assert plain(total, "name") == ["甲", None, "丙", None]
    assert plain(total, "plays_now") == [258_000, 60_000, 0, None]
    assert plain(total, "bookings") == [2, 1, 1, 1]
    assert plain(total, "plays_against_expected") == [258_000 / 350_000, 0.6, 0.0, None]
    assert plain(total, "compared_videos") == [2, 1, 1, 0]
    some = xf.review_total(found[found["kol_id"] == "1"])
    assert row(some, 0)["share_of_plays"] == pytest.approx(258_000 / 318_000)


@pytest.mark.parametrize(("count", "few"), [(4, True), (5, False)])
def test_fewer_than_five_videos_are_few(count: int, few: bool) -> None:
    items = [str(n + 1) for n in range(count)]
    booked = pd.DataFrame({"kol_id": items, "item_id": items, "price_cny": 1.0, "expected": 10.0})
    videos = pd.DataFrame({"item_id": items, "plays": 20, "likes": 1, "comments": 1, "shares": 1})
    total = xf.review_total(xf.review(booked, videos=videos))
    assert (plain(total, "few_videos"), plain(total, "plays_against_expected")) == ([few], [2.0])


def test_a_day_that_is_running_is_not_over() -> None:
    # Fetched at 15:59 UTC, a minute before the eighth day begins in China.
    booked = BOOKED.head(1)
    evening = xf.review(booked, trend=trend("71", [10] * 7, "2026-10-07T15:59Z"))
    midnight = xf.review(booked, trend=trend("71", [10] * 7, "2026-10-07T16:00Z"))
    assert (plain(evening, "plays_day_7"), plain(evening, "plays_now"), plain(evening, "days")) == ([None], [70], [6])
    assert (plain(midnight, "plays_day_7"), plain(midnight, "days")) == ([70], [7])


def test_a_gap_in_a_trend_is_unknown_from_then_on() -> None:
    found = xf.review(BOOKED.head(1), trend=trend("71", [10, None, 10, 10, 10, 10, 10, 10]).assign(plays_so_far=None))
    assert (plain(found, "plays_day_7"), plain(found, "plays_now"), plain(found, "days")) == ([None], [None], [8])
    unlisted = trend("71", [10] * 9).query("day_no != 7")
    found = xf.review(BOOKED.head(1), trend=unlisted)
    assert (plain(found, "plays_day_7"), plain(found, "plays_now")) == ([None], [90])


def test_of_several_answers_the_newest_counts() -> None:
    older = trend("71", [1] * 7, "2026-10-08T02:00Z")
    newer = trend("71", [2] * 8, "2026-10-09T02:00Z")
    for several in (pd.concat([older, newer]), pd.concat([newer, older])):
        found = xf.review(BOOKED.head(1), trend=several)
        assert (plain(found, "plays_day_7"), plain(found, "plays_now")) == ([14], [16])
    before = VIDEOS.assign(plays=5, fetched_at=VIDEOS["fetched_at"] - pd.Timedelta(days=1))
    for listed in (pd.concat([before, VIDEOS]), pd.concat([VIDEOS, before])):
        assert plain(xf.review(BOOKED.head(2), videos=listed), "plays_now") == [250_000, 60_000]


def test_plays_come_from_the_trend_where_videos_have_none() -> None:
    found = xf.review(BOOKED.head(1), trend=TREND, videos=VIDEOS.assign(plays=pd.NA))
    assert (plain(found, "plays_now"), plain(found, "interactions")) == ([250_000], [5_000])


@pytest.mark.parametrize("attrs", [True, False])
def test_a_plan_for_interactions_expects_no_plays(attrs: bool) -> None:
    plan, options = BOOKED.head(1).copy(), {} if attrs else {"maximise": "interactions"}
    plan.attrs["maximise"] = "interactions" if attrs else "plays"
    found = xf.review(plan, videos=VIDEOS, board=BOARD, **options)  # type: ignore[arg-type]
    assert (plain(found, "expected"), plain(found, "expected_source")) == ([150_000], ["expected_plays"])
    assert plain(xf.review(plan, videos=VIDEOS, board=BOARD, maximise="plays"), "expected_source") == ["plan"]


def test_names_of_the_user_come_first() -> None:
    booked = BOOKED.head(2).assign(name=["一", "二"])
    assert plain(xf.review(booked, videos=VIDEOS, board=BOARD), "name") == ["一", "二"]
    assert plain(xf.review(booked, videos=VIDEOS, board=BOARD, names={"1": "我"}), "name") == ["我", "二"]


def test_addresses_and_numbers_are_ids() -> None:
    booked = BOOKED.head(2).assign(item_id=["https://www.douyin.com/video/71", 72], kol_id=[1, "2"])
    found = xf.review(booked, videos=VIDEOS)
    assert (plain(found, "item_id"), plain(found, "plays_now")) == (["71", "72"], [250_000, 60_000])


@pytest.mark.one_in(3)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_it_follows_from_values_and_changes_no_frame(spelling: str) -> None:
    spell = SPELLINGS[spelling]
    given = [BOOKED, TREND, VIDEOS.assign(published_at=VIDEOS["fetched_at"]), BOARD]
    booked, series, videos, board = (
        spell(frame) if "fetched_at" in frame or "zone" not in spelling else frame for frame in given
    )
    before = [frame.copy(deep=True) for frame in (booked, series, videos, board)]
    found = xf.review(booked, trend=series, videos=videos, board=board)
    expected = xf.review(given[0], trend=given[1], videos=given[2], board=given[3])
    pd.testing.assert_frame_equal(found, expected)
    pd.testing.assert_frame_equal(
        xf.review_total(spell(found) if "zone" not in spelling else found), xf.review_total(expected)
    )
    for frame, same in zip((booked, series, videos, board), before, strict=True):
        pd.testing.assert_frame_equal(frame, same)


def test_the_sample_has_a_campaign(sample: xf.Client) -> None:
    ids = xf.sample_ids()
    videos = xf.fetch_show_items(ids, client=sample)
    ordered = videos[videos["video_type"] == "xingtu"].drop_duplicates("kol_id")[["kol_id", "item_id"]]
    plan = xf.plan_budget(xf.compare(ids, client=sample), 600_000).merge(ordered, on="kol_id")
    found = xf.review(plan, trend=xf.fetch_video_trend(plan["item_id"], client=sample), videos=videos)
    assert found["plays_now"].notna().all()
    assert found["plays_day_7"].notna().any()
    assert (found["plays_day_7"].isna() == (found["days"] < 7)).all()
    assert found["share_of_plays"].sum() == pytest.approx(1)


LIST = VIDEOS[["item_id", "plays", "likes", "comments", "shares"]]
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({}, "review needs plays: trend=fetch_video_trend.* one request per video"),
    ({"bookings": [1], "videos": LIST}, "bookings must be a DataFrame, not a list; plan_budget makes it"),
    ({"bookings": BOOKED.drop(columns="item_id"), "videos": LIST}, "bookings lacks item_id; plan_budget makes it; add"),
    ({"bookings": BOOKED.assign(item_id="71"), "videos": LIST}, "more than one row of the video 71; add up its prices"),
    ({"bookings": BOOKED.assign(price_cny="viel"), "videos": LIST}, "price_cny of bookings must hold numbers"),
    ({"videos": LIST.drop(columns="likes")}, "videos lacks likes; fetch_show_items makes it"),
    ({"videos": LIST.assign(item_id=[1, 2, 3])}, "item_id of videos holds int64, not text"),
    ({"trend": LIST}, "trend lacks day_no, plays_so_far; fetch_video_trend makes it"),
    ({"trend": "x"}, "trend must be a DataFrame, not a str"),
    ({"videos": VIDEOS.assign(kol_id="9")}, "has the video 71 for 1, and videos lists it under 9; correct one"),
    ({"videos": LIST, "board": 5}, "the board must be a DataFrame"),
    ({"videos": LIST, "maximise": "likes"}, 'maximise must be one of "plays", "interactions", not "likes"'),
]


@pytest.mark.parametrize(("wrong", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_what_cannot_be_reviewed_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(xf.ParameterError, match=said):
        xf.review(**{"bookings": BOOKED, **wrong})


def test_rounded_ids_are_refused() -> None:
    with pytest.raises(xf.InvalidIdError, match="bad video id"):
        xf.review(BOOKED.assign(item_id=7.1e18), videos=LIST)


def test_a_total_takes_what_review_makes() -> None:
    with pytest.raises(xf.ParameterError, match="reviewed must be a frame that review makes"):
        xf.review_total(BOOKED)
    with pytest.raises(xf.ParameterError, match='by must be one of "campaign", "creator", not "video"'):
        xf.review_total(xf.review(BOOKED, videos=VIDEOS), by="video")  # type: ignore[arg-type]
    empty = xf.review(BOOKED.iloc[:0], videos=VIDEOS)
    assert plain(xf.review_total(empty), "bookings") == [0]
    assert plain(xf.review_total(empty), "plays_now") == [None]
    assert xf.review_total(empty, by="creator").empty


counts = st.none() | st.integers(0, 10**7)
campaigns = st.lists(
    st.tuples(st.sampled_from("123"), st.none() | st.integers(0, 10**5), counts, counts, counts), min_size=1, max_size=7
)


@given(campaigns)
def test_sums_are_those_of_the_parts(rows: list[tuple[Any, ...]]) -> None:
    owners, prices, expected, plays, likes = zip(*rows, strict=True)
    items = [str(n + 1) for n in range(len(rows))]
    booked = pd.DataFrame({"kol_id": owners, "item_id": items, "price_cny": prices, "expected": expected})
    videos = pd.DataFrame({"item_id": items, "plays": plays, "likes": likes, "comments": 0, "shares": 0})
    numbers = {name: pd.array(list(values), dtype="Int64") for name, values in (("plays", plays), ("likes", likes))}
    found = xf.review(booked.astype({"price_cny": "float64", "expected": "float64"}), videos=videos.assign(**numbers))
    assert plain(found, "plays_now") == list(plays)
    assert plain(found, "interactions") == list(likes)
    total, parts = xf.review_total(found), xf.review_total(found, by="creator")
    for name in ("bookings", "videos", "cpm_videos", "cpe_videos", "compared_videos"):
        assert total[name].item() == parts[name].sum()
    for name in ("price_cny", "plays_now", "interactions", "share_of_plays"):
        values = [math.nan if value is None else float(value) for value in plain(parts, name)]
        assert total[name].fillna(-1).item() == pytest.approx(-1 if np.isnan(values).all() else np.nansum(values))
    if any(plays):
        assert total["share_of_plays"].item() == pytest.approx(1)
