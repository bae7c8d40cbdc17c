"""Tables whose shape alone is known: each says so in every column, reads what client code reads, and is loud else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, strategies as st

import xingtu_frames as xf
from tests.golden import PAIRS
from tests.payload_cases import about, cells, read
from xingtu_frames.tables.long import LONG

SHAPE = [name for name, table in xf.TABLES.items() if table.evidence == "shape"]
RAW = [name for name, table in xf.TABLES.items() if table.evidence == "raw"]


def test_a_table_rests_on_what_its_columns_show() -> None:
    long = [column.name for column in LONG]
    for name, table in xf.TABLES.items():
        is_raw = [column.name for column in table.cells][-len(long) :] == long
        is_known = any(column.confidence == "certain" for column in table.cells)
        assert table.evidence == ("raw" if is_raw else "captured" if is_known else "shape"), name
    assert not {metric.table for metric in xf.METRICS.values()} & set(RAW)


@pytest.mark.parametrize("table", SHAPE)
def test_every_column_says_that_it_is_likely_or_unconfirmed(table: str) -> None:
    for column in xf.TABLES[table].cells:
        assert column.confidence in ("likely", "unconfirmed")
        assert column.confidence in column.meaning, column.name
        assert "很可能" in column.meaning_zh or "未确认" in column.meaning_zh, column.name


@pytest.mark.parametrize("table", SHAPE)
def test_a_payload_without_a_known_field_points_to_the_long_form(table: str) -> None:
    data = {"base_resp": {"status_code": 0}, "something": 1, "else": [2]}
    field = xf.TABLES[table].answer.keys[0]
    with pytest.raises(xf.PayloadError) as caught:
        read(table, data)
    assert caught.value.field == field
    assert f"no field {field!r}; the payload has something, else; xf.to_long(payload) shows what came" in str(
        caught.value
    )
    assert cells(xf.to_long(data), "path") == ["something", "else[0]"]


@pytest.mark.parametrize("table", SHAPE)
def test_a_known_field_is_enough(table: str) -> None:
    data = PAIRS[table].data
    whole = read(table, data)
    for key in xf.TABLES[table].answer.keys:
        part = {name: value for name, value in data.items() if name == key} | {"something": {"new": 1}}
        if key in data:
            assert list(read(table, part).columns) == list(whole.columns)


# --- effect, seeding, fulfilment -------------------------------------------------------------------------------------


def test_a_cost_is_yuan_and_a_missing_tier_is_missing() -> None:
    frame = read("effect_estimate_tiers", {"cpm_20_60": "152.7646", "cpe_60": 5, "cpe_20_60": "-"})
    assert cells(frame, "metric", "duration_band", "cost_cny") == [
        ("cpm", "1-20s", None),
        ("cpm", "21-60s", 152.7646),
        ("cpm", "60s+", None),
        ("cpe", "1-20s", None),
        ("cpe", "21-60s", None),
        ("cpe", "60s+", 5),
    ]


@pytest.mark.parametrize(
    ("data", "cost"),
    [
        ({"star_overflow_avg_enter_shop_cost": "3.21", "shop_cost": "9"}, 3.21),
        ({"shop_cost": 3.21}, 3.21),
        ({"star_overflow_avg_enter_shop_cost": "", "shop_cost": "3.21"}, 3.21),
        ({"star_overflow_avg_enter_shop_cost": 0, "shop_cost": "3.21"}, 0),
        ({"avg_a3_incr_cnt": "1"}, None),
    ],
)
def test_the_cost_of_a_visit_has_two_keys(data: dict[str, Any], cost: float | None) -> None:
    assert cells(read("seeding_value", data), "shop_visit_cost_cny") == [cost]


def test_a_rate_above_one_is_not_guessed_to_be_a_percent() -> None:
    assert cells(read("seeding_value", {"avg_search_after_view_rate": 1}), "search_after_view_rate") == [1]
    assert cells(read("seeding_value", {"avg_search_after_view_rate": "0.82%"}), "search_after_view_rate") == [0.0082]
    with pytest.raises(xf.PayloadError, match=r"expected a fraction from 0 to 1, got \"1.5\"") as caught:
        read("seeding_value", {"avg_search_after_view_rate": "1.5"})
    assert caught.value.field == "avg_search_after_view_rate"


@pytest.mark.parametrize(
    ("new", "old", "score"),
    [
        (98, 100, 98),
        ("98.5", None, 98.5),
        (None, 100, 100),
        ("", "100", 100),
        (0, 100, 100),
        ("0", None, None),
        (0, 0, None),
        (None, None, None),
    ],
)
def test_the_older_credit_score_stands_in_for_none(new: Any, old: Any, score: float | None) -> None:
    data = {"order_cnt": 1, "new_credit_score": new, "credit_score": old}
    assert cells(read("fulfilment", data), "credit_score") == [score]


@pytest.mark.parametrize(
    ("orders", "count"),
    [
        ("[]", 0),
        ([], 0),
        (" [ ] ", 0),
        ("", None),
        (None, None),
        ("-", None),
        ('[{"key": "1930"}, {"key": "1903"}]', 2),
        ([{"key": 1930}], 1),
    ],
)
def test_industries_are_counted_where_there_is_a_list(orders: Any, count: int | None) -> None:
    data = {"order_cnt": 1, "industry_order_distribution": orders}
    assert cells(read("fulfilment", data), "industry_count") == [count]
    assert len(read("cooperation_industries", data)) == (count or 0)


@pytest.mark.parametrize("broken", ["[{", "{]", "broken", '["1930"]', "7", {"key": 1}])
@pytest.mark.parametrize("field", ["industry_order_distribution", "industry_vv_distribution"])
def test_a_list_that_cannot_be_read_names_its_field(field: str, broken: Any) -> None:
    with pytest.raises(xf.PayloadError) as caught:
        read("cooperation_industries", {field: broken})
    assert (caught.value.field or "").startswith(field)


def test_industries_of_both_lists_are_joined_by_id() -> None:
    data = {
        "industry_order_distribution": '[{"key": 1903, "rate": "0.25"}, {"key": "193001", "rate": 0.75}]',
        "industry_vv_distribution": [
            {"key": "9999", "rate": 0.1},
            {"key": "1903", "rate": 0.5},
            {"key": "19", "rate": 0.4},
        ],
    }
    frame = read("cooperation_industries", data, window="90d")
    assert cells(frame, "window", "industry_id", "industry_zh", "level", "order_share", "play_share") == [
        ("90d", "1903", "食品饮料", 1, 0.25, 0.5),
        ("90d", "193001", "美妆", 2, 0.75, None),
        ("90d", "9999", None, 1, None, 0.1),
        ("90d", "19", None, None, None, 0.4),
    ]


# --- followers, words, videos ----------------------------------------------------------------------------------------


def day(text: str) -> pd.Timestamp:
    return pd.Timestamp(text)


def test_days_of_both_lists_are_united_in_order() -> None:
    data = {
        "daily": [
            {"date": "2026-10-03", "fans_cnt": "7"},
            {"date": 20261001, "fans_cnt": 5},
            {"date": "", "fans_cnt": 1},
        ],
        "delta": [{"date": "2026-10-02", "fans_cnt": "-1"}, {"date": "20261003", "fans_cnt": "3"}],
    }
    assert cells(read("daily_fans", data), "date", "followers", "change") == [
        (day("2026-10-01"), 5, None),
        (day("2026-10-02"), None, -1),
        (day("2026-10-03"), 7, 3),
        (None, 1, None),
    ]


@pytest.mark.parametrize("odd", ["2026-02-30", "10-01", "yesterday", "2026-W40-1", 2026, True])
def test_what_is_no_day_is_missing_and_noted(odd: Any) -> None:
    frame = read("daily_fans", {"daily": [{"date": odd, "fans_cnt": 5}]})
    assert cells(frame, "date", "followers") == [(None, 5)]
    assert [note["field"] for note in frame.attrs["unread"]] == ["daily[0].date"]
    assert "repeated_date" not in frame.attrs


def trend(*days: tuple[Any, Any]) -> pd.DataFrame:
    listed = [{"visit_date": date, "value": value} for date, value in days]
    return read("video_trend", {"date_values": {"vv_list": listed}})


def test_days_are_counted_over_a_gap_and_plays_add_up_until_one_is_missing() -> None:
    frame = trend(("20261009", "4"), ("20261003", 20), (20261001, "100"), ("20261008", "-"))
    assert cells(frame, "day_no", "date", "plays", "plays_so_far") == [
        (1, day("2026-10-01"), 100, 100),
        (3, day("2026-10-03"), 20, 120),
        (8, day("2026-10-08"), None, None),
        (9, day("2026-10-09"), 4, None),
    ]
    assert cells(trend((None, 5), ("20261001", 1)), "day_no", "plays", "plays_so_far") == [(1, 1, 1), (None, 5, None)]


def test_of_a_repeated_day_the_last_value_counts_and_the_others_are_told() -> None:
    frame = trend(("20261002", 7), ("20261001", 1), ("20261002", "8"), ("20261002", 9))
    assert cells(frame, "day_no", "plays", "plays_so_far") == [(1, 1, 1), (2, 9, 10)]
    video = about("video_trend")["item_id"]
    assert frame.attrs["repeated_date"] == [
        {
            "kol_id": None,
            "item_id": video,
            "date": "2026-10-02",
            "field": f"date_values.vv_list[{at}].value",
            "value": v,
        }
        for at, v in ((0, "7"), (2, '"8"'))
    ]
    assert "unread" not in frame.attrs
    assert "repeated_date" not in trend(("20261001", 1)).attrs


@given(plays=st.lists(st.none() | st.integers(0, 2**63 - 1), max_size=8), order=st.randoms())
def test_plays_so_far_are_the_sum_in_order_of_days_however_they_come(plays: list[int | None], order: Any) -> None:
    days = [(str(dt.date(2026, 10, 1) + dt.timedelta(days=at)), value) for at, value in enumerate(plays)]
    mixed = list(days)
    order.shuffle(mixed)
    frame = trend(*mixed)
    pd.testing.assert_frame_equal(frame, trend(*days))
    known = next((at for at, value in enumerate(plays) if value is None), len(plays))
    sums = [sum(value or 0 for value in plays[: at + 1]) for at in range(known)]
    sums = [total for total in sums if total < 2**63]
    assert cells(frame, "plays_so_far") == sums + [None] * (len(plays) - len(sums))


def test_other_lists_alone_are_not_the_plays() -> None:
    with pytest.raises(xf.PayloadError, match=r"no field 'date_values.vv_list'.*xf.to_long") as caught:
        read("video_trend", {"date_values": {"like_list": []}})
    assert caught.value.field == "date_values.vv_list"
    assert (
        len(read("video_trend", {"date_values": {}})) == len(read("video_trend", {"date_values": {"vv_list": []}})) == 0
    )


def test_words_are_ranked_by_weight_and_then_by_themselves() -> None:
    weights = {"b": "2", "a": 2, "c": None, "d": 10, "e": 0.5, "无": "1.2万", "odd": {"x": 1}}
    frame = read("content_words", {"keyword_item_distribution": weights})
    assert cells(frame, "position", "word", "weight") == [
        (1, "d", 10),
        (2, "a", 2),
        (3, "b", 2),
        (4, "e", 0.5),
        (5, "c", None),
        (6, "无", None),
    ]
    assert [note["field"] for note in frame.attrs["unread"]] == [
        "keyword_item_distribution.无",
        "keyword_item_distribution.odd",
    ]


def test_words_of_comments_stay_in_the_order_of_the_answer() -> None:
    words = [
        {"comment_token": "无", "hot_rate": "0.1"},
        {},
        {"comment_token": "好看", "hot_rate": 7},
        {"hot_rate": "x"},
    ]
    frame = read("comment_words", {"hot_comment_tokens": words})
    assert cells(frame, "position", "word", "hot_rate") == [(1, "无", 0.1), (2, "好看", 7), (3, None, None)]


def test_quality_names_the_video_of_a_finding() -> None:
    frame = trend(("20261001", -5), ("20261002", "一些"))
    found = xf.quality({"video_trend": frame}, stale_after=None, lang="en")
    assert found["kol_id"].isna().all()
    assert found["flag"].tolist() == ["impossible_value", "impossible_value", "unread_value"]
    assert found["evidence"].str.startswith(f"video {about('video_trend')['item_id']}: ").all()
