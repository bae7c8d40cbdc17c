"""Then against now, from the stored answers: worked out by hand, what is never compared, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import xingtu_frames as xf
from tests.fixtures import envelope
from tests.loopback import Loopback, ok
from tests.quick import examples
from xingtu_frames.store.answer import Answer, stamp
from xingtu_frames.wire import questions

A, B, C = xf.sample_ids()[1:4]
FIRST = datetime(2026, 11, 1, 2, tzinfo=UTC)
Keep = Callable[..., None]


def keep(client: xf.Client, table: str, subject_id: str, day: float, data: Any, **options: Any) -> None:
    """Store an answer as if it had been fetched on that day after the first."""
    ((call,),) = questions([xf.TABLES[table]], [subject_id], options).values()
    at = stamp(FIRST + timedelta(days=day))
    client.store.add_all([Answer(call.key, call.meaning, call.kol_id, call.params, at, envelope(data))])


def spread(play_median: int | None, **more: Any) -> dict[str, Any]:
    return {"play_mid": play_median, "item_num": 9, **more}


def plain(frame: pd.DataFrame, *columns: str) -> list[Any]:
    values = frame[list(columns)].astype(object)
    rows = values.where(values.notna(), None).to_numpy().tolist()
    return [row[0] for row in rows] if len(columns) == 1 else rows


def of(frame: pd.DataFrame, metric: str, **where: str) -> dict[str, Any]:
    """Return the one row about a metric."""
    found = frame[frame["metric"] == metric]
    for column, value in where.items():
        found = found[found[column] == value]
    assert len(found) == 1
    return dict(zip(found.columns, plain(found, *found.columns)[0], strict=True))


@pytest.fixture
def five(client: xf.Client) -> xf.Client:
    """Return a client with five answers about a creator, a week apart."""
    for week, plays in enumerate((1000, 1100, 1040, 1040, 1300)):
        keep(client, "spread_info", A, 7 * week, spread(plays))
    return client


def test_changes_worked_out_by_hand(five: xf.Client, server: Loopback) -> None:
    found = xf.changes("spread_info", client=five)
    row = of(found, "play_median")
    # From one answer to the next: 100, 60, 0, 260.
    assert {name: row[name] for name in ("before", "after", "change", "change_rate", "wobble", "is_larger")} == {
        "before": 1000,
        "after": 1300,
        "change": 300,
        "change_rate": 0.3,
        "wobble": 80,
        "is_larger": True,
    }
    assert (row["kol_id"], row["table"], row["options"], row["row"]) == (A, "spread_info", "personal|30d", None)
    assert (row["answers"], row["before_at"], row["after_at"]) == (5, FIRST, FIRST + timedelta(days=28))
    count = of(found, "video_count")
    assert (count["change"], count["change_rate"], count["wobble"], count["is_larger"]) == (0, 0, 0, False)
    missing = of(found, "interact_rate")
    assert {missing[name] for name in ("before", "after", "change", "change_rate", "wobble", "is_larger")} == {None}
    assert missing["answers"] == 0
    assert server.hits() == 0


@pytest.mark.one_in(4)
@pytest.mark.parametrize(
    ("since", "before"),
    [
        ("2026-11-01 02:00", 1000),
        ("2026-11-01T10:00+08:00", 1000),
        ("2026-11-08 01:59:59", 1000),
        (FIRST + timedelta(days=7), 1100),
        (pd.Timestamp("2026-11-28", tz="UTC"), 1040),
        ("2026-11-29 01:00", 1040),
        # Nothing was fetched before, and nothing since.
        ("2026-10-31", None),
        ("2026-11-29 02:00", None),
        ("2027-01-01", None),
        ("7d", 1040),
        ("200h", 1040),
        (timedelta(days=22), 1000),
        ("1h", 1040),
        ("60d", None),
    ],
)
def test_since_takes_the_last_answer_until_then(
    since: Any, before: int | None, five: xf.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(five.store, "now", lambda: FIRST + timedelta(days=28, minutes=1))
    row = of(xf.changes("spread_info", since=since, client=five), "play_median")
    assert (row["before"], row["after"]) == (before, 1300)
    assert row["change"] == (None if before is None else 1300 - before)
    # How much a metric moves is a matter of all its answers.
    assert row["wobble"] == 80


@pytest.mark.parametrize(("values", "wobble"), [((1, 2, 4), None), ((1, 2, None, 4), None), ((1, 2, None, 4, 8), 2)])
def test_three_values_tell_no_wobble(values: tuple[int | None, ...], wobble: int | None, client: xf.Client) -> None:
    for day, value in enumerate(values):
        keep(client, "spread_info", A, day, spread(value))
    row = of(xf.changes("spread_info", client=client), "play_median")
    assert (row["wobble"], row["is_larger"]) == (wobble, None if wobble is None else True)


def test_what_is_missing_in_either_answer_is_unknown(client: xf.Client) -> None:
    keep(client, "spread_info", A, 0, spread(None, like_avg=0))
    keep(client, "spread_info", A, 1, spread(5, like_avg=7))
    keep(client, "spread_info", B, 0, spread(5))
    found = xf.changes("spread_info", client=client)
    first, second = (found[found["kol_id"] == kol_id] for kol_id in (A, B))
    plays, likes, single = of(first, "play_median"), of(first, "like_mean"), of(second, "play_median")
    assert (plays["before"], plays["change"], plays["before_at"]) == (None, None, FIRST)
    assert (likes["change"], likes["change_rate"]) == (7, None)
    assert (single["before"], single["after"], single["change"], single["before_at"]) == (None, 5, None, None)


def test_answers_to_other_questions_are_never_compared(client: xf.Client) -> None:
    asked: list[Mapping[str, Any]] = [
        {},
        {"window": "90d"},
        {"video_type": "xingtu"},
        {"flow": "include"},
        {"only_assigned": True, "platform": "picture_text"},
    ]
    for day, options in enumerate(asked):
        keep(client, "spread_info", A, day, spread(100 + day), **options)
    keep(client, "spread_info", A, 9, spread(110), flow="include")
    found = xf.changes("spread_info", client=client).query("metric == 'play_median'")
    assert plain(found, "options", "before", "after") == [
        ["personal|30d", None, 100],
        ["personal|90d", None, 101],
        ["xingtu|30d", None, 102],
        ["personal|30d|flow=include", 103, 110],
        ["personal|30d|only_assigned=True|platform=picture_text", None, 104],
    ]


def test_rows_of_a_table_are_told_apart_by_its_key(client: xf.Client) -> None:
    def quotes(**prices: int) -> dict[str, Any]:
        listed = [{"video_type": 1, "desc": name, "price": price, "is_open": True} for name, price in prices.items()]
        return {"price_info": listed}

    keep(client, "quotes", A, 0, quotes(甲=100, 乙=200))
    keep(client, "quotes", A, 1, quotes(丙=50, 甲=120))
    found = xf.changes("quotes", client=client).query("metric == 'price_cny'")
    assert plain(found, "row", "before", "after", "change") == [
        ["1|丙", None, 50, None],
        ["1|甲", 100, 120, 20],
        ["1|乙", 200, None, None],
    ]
    assert found["before_at"].notna().all()


def test_numbers_that_say_which_row_it_is_are_no_metrics(sample: xf.Client) -> None:
    numbering = {"position", "stage_no", "day_no", "level", "video_type_code"}
    for table in ("link_struct", "quotes", "show_items", "spread_benchmarks"):
        getattr(xf, f"fetch_{table}")([A], client=sample)
        found = xf.changes(table, A, client=sample)
        assert not numbering & set(found["metric"])
        assert not found.duplicated(["kol_id", "options", "row", "metric"]).any()
    assert set(xf.changes("cost_tiers", A, client=sample)["row"]) >= {"cpm|1-20s", "cpe|60s+"}


def test_videos_are_followed_by_their_own_id(client: xf.Client) -> None:
    for day, plays in enumerate(([5], [5, 7])):
        listed = [{"visit_date": f"2026110{n + 1}", "value": count} for n, count in enumerate(plays)]
        keep(client, "video_trend", "71", day, {"date_values": {"vv_list": listed}})
    found = xf.changes("video_trend", ["71"], client=client)
    assert list(found.columns)[:2] == ["item_id", "table"]
    assert plain(found.query("metric == 'plays'"), "row", "before", "after") == [
        ["2026-11-01", 5, 5],
        ["2026-11-02", None, 7],
    ]


def test_refreshing_brings_the_answer_to_compare_with(server: Loopback, client: xf.Client) -> None:
    server.script(ok(spread(10)), ok(spread(25)))
    xf.fetch_spread_info([A], client=client)
    assert plain(xf.changes("spread_info", client=client), "before_at")[0] is None
    xf.fetch_spread_info([A], refresh=True, client=client)
    row = of(xf.changes("spread_info", client=client), "play_median")
    assert (row["before"], row["after"], row["change"], row["change_rate"]) == (10, 25, 15, 1.5)
    assert row["before_at"] < row["after_at"]
    assert server.hits() == 2


# --- the board -------------------------------------------------------------------------------------------------------


def test_the_board_then_and_now(sample: xf.Client) -> None:
    found = xf.changes("board", [C, A], client=sample)
    usual = found[found["options"].isin(["personal|30d", "short_video", "all"]) | found["options"].isna()]
    assert plain(usual, "kol_id")[0] == C
    assert list(dict.fromkeys(usual["metric"])) == [name for name, m in xf.METRICS.items() if m.by_default]
    today = xf.compare([C, A], client=sample)
    for kol_id, metric, after in plain(usual, "kol_id", "metric", "after"):
        (expected,) = plain(today[today["kol_id"] == kol_id], metric)
        assert after == expected
    assert usual["before"].notna().any()
    assert sample.ledger().empty


def test_a_board_stands_for_its_creators_and_metrics(sample: xf.Client) -> None:
    board = xf.compare([B, A], metrics=["interact_rate", "followers"], client=sample)
    found = xf.changes(board.assign(mine=1.0), client=sample)
    whole = xf.changes("board", [B, A], client=sample)
    kept = whole[whole["metric"].isin(["interact_rate", "followers"])]
    assert set(found["kol_id"]) == {A, B}
    columns = list(found.columns)
    assert sorted(map(str, plain(found, *columns))) == sorted(map(str, plain(kept, *columns)))
    assert set(xf.changes(board, [A], since="2026-11-15", client=sample)["kol_id"]) == {A}
    with pytest.raises(xf.ParameterError, match="the board has no metric of METRICS"):
        xf.changes(board[["kol_id", "name"]], client=sample)
    with pytest.raises(xf.ParameterError, match="the board lacks kol_id; compare makes it"):
        xf.changes(board[["name"]], client=sample)


def test_the_board_takes_the_rows_that_its_metrics_are_about(client: xf.Client) -> None:
    for day, cost in enumerate((100, 130)):
        costs = {"expect_cpm": {"cpm_1_20": 1, "cpm_21_60": 100 * cost, "cpm_60": 2}}
        keep(client, "cost_tiers", A, day, costs)
        # The category with the most videos is another one later.
        mix = [{"name": name, "cnt": count} for name, count in (("美食", 10), ("美妆", 30 - 25 * day))]
        keep(client, "video_distribution", A, day, {"video_content_distribution": mix})
    found = xf.changes("board", client=client)
    row = of(found, "cpm_21_60s")
    assert (row["table"], row["row"], row["before"], row["after"], row["change"]) == ("cost_tiers", None, 100, 130, 30)
    row = of(found, "top_category_share")
    assert (row["before"], row["after"]) == (30 / 40, 10 / 15)
    assert "quote_60s" not in set(found["metric"])


def test_ids_of_one_pass_are_taken_once(sample: xf.Client) -> None:
    found = xf.changes("board", (kol_id for kol_id in (B, A)), client=sample)
    assert list(dict.fromkeys(found["kol_id"])) == [B, A]


# --- what cannot be read, and what is refused ------------------------------------------------------------------------


def test_an_unreadable_answer_hides_no_other(client: xf.Client) -> None:
    keep(client, "spread_info", A, 0, spread(5))
    keep(client, "spread_info", A, 1, {"play_mid": ["many"], "item_num": 1})
    keep(client, "spread_info", A, 2, spread(9))
    with pytest.warns(xf.PartialResultWarning, match="1 of 3 stored answers") as caught:
        found = xf.changes("spread_info", client=client)
    assert caught[0].filename == __file__
    assert (of(found, "play_median")["before"], of(found, "play_median")["after"]) == (5, 9)
    (failure,) = found.attrs["failures"]
    assert (failure["kol_id"], failure["endpoint"]) == (A, "get_author_spread_info")
    with pytest.warns(xf.PartialResultWarning, match="1 of 3 stored answers"):
        assert len(xf.changes("board", client=client).attrs["failures"]) == 1


def test_without_any_readable_answer_the_error_is_raised(client: xf.Client) -> None:
    keep(client, "spread_info", A, 1, {"play_mid": ["many"], "item_num": 1})
    with pytest.raises(xf.PayloadError, match="play_mid"):
        xf.changes("spread_info", client=client)


@pytest.mark.parametrize("table", ["board", "spread_info", "video_trend"])
def test_nothing_stored_is_no_row(table: str, client: xf.Client) -> None:
    found = xf.changes(table, client=client)
    assert found.empty
    assert found.attrs["failures"] == []


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"table": "boards"}, "no table 'boards'; did you mean 'board'"),
    ({"table": "spread"}, "no table 'spread'; .*there are: board, touch"),
    ({"table": "creator_tags"}, "creator_tags has no numbers that can be followed"),
    ({"table": "search"}, "search has no numbers that can be followed"),
    ({"table": "daily_fans"}, r"history\('daily_fans'\) shows every answer"),
    ({"table": "introductions"}, "introductions has no numbers"),
    *(
        ({"table": "profiles", "since": since}, 'since must be a time such as .*, or an age such as "7d", not')
        for since in ("soon", 7, True, "-1d", timedelta(days=-1), float("nan"), "99999999d")
    ),
]


@pytest.mark.parametrize(("wrong", "said"), REFUSED, ids=[str(wrong) for wrong, _ in REFUSED])
def test_what_cannot_be_compared_is_refused(wrong: dict[str, Any], said: str, client: xf.Client) -> None:
    with pytest.raises(xf.ParameterError, match=said):
        xf.changes(**wrong, client=client)


def test_bad_ids_are_refused(client: xf.Client) -> None:
    with pytest.raises(xf.InvalidIdError):
        xf.changes("profiles", [1.5], client=client)


# --- properties ------------------------------------------------------------------------------------------------------


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.none() | st.integers(0, 10**6), min_size=1, max_size=7), st.integers(0, 7))
def test_before_and_after_are_answers_of_the_history(values: list[int | None], day: int) -> None:
    with xf.Client(cache=":memory:", offline=True) as client:
        for place, value in enumerate(values):
            keep(client, "spread_info", A, place, spread(value))
        row = of(xf.changes("spread_info", since=FIRST + timedelta(days=day), client=client), "play_median")
        told = xf.history("spread_info", client=client)
    assert row["after"] == values[-1] == plain(told, "play_median")[-1]
    assert row["before"] == (values[day] if day < len(values) - 1 else None)
    known = [value for value in values if value is not None]
    assert row["answers"] == len(known)
    steps = [abs(later - earlier) for earlier, later in pairwise(known)]
    assert row["wobble"] == (median(steps) if len(known) >= 4 else None)
    known_change = None not in (row["change"], row["wobble"])
    assert row["is_larger"] == (abs(row["change"]) > row["wobble"] if known_change else None)
