"""A value that cannot be is never the best: missing wherever creators are weighed, and named by quality."""

from __future__ import annotations

import inspect
import json
import sys
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

import xingtu_frames as xf
from tests.board_cases import board_of
from tests.decide.test_quality import NOW, QUOTE, Frames, benchmarks, noted, spread, tiers
from tests.loopback import Loopback, Reply, ok
from xingtu_frames.decide.positions import numbers_of, positions
from xingtu_frames.fetch.rows import data_of
from xingtu_frames.frame import build_frame
from xingtu_frames.store.answer import Answer
from xingtu_frames.tables.catalog import rows_of

MONEY = ("quote_21_60s", "cpm_21_60s", "cpe_60s", "duration_mean_s")
COUNTS = ("followers", "play_median", "video_count", "connected_users")
RATES = ("interact_rate", "completion_rate", "top_category_share")
POINTS = ("star_index", "conversion_index")
BY_UNIT: list[tuple[tuple[str, ...], list[float], list[float]]] = [
    (MONEY, [0, -1, -0.0, -1e9, np.inf], [1, 2, 1e8]),
    (COUNTS, [-1, -2e6, -np.inf], [0, 1, 1e9]),
    (RATES, [-0.01, 1.01, 485, np.inf], [0, 0.0244, 1]),
    (POINTS, [-1, 100.5, 1e6], [0, 71.41, 100]),
    (("connected_users_growth",), [np.inf], [-0.99, 0, 1, 12.5]),
]
IMPOSSIBLE = {name: odd for names, odd, _ in BY_UNIT for name in names}
POSSIBLE = {name: sane for names, _, sane in BY_UNIT for name in names}
metrics = pytest.mark.parametrize("metric", IMPOSSIBLE)


def as_declared(metric: str, values: list[Any]) -> list[Any]:
    return [int(v) if xf.METRICS[metric].dtype == "Int64" and v is not None and abs(v) < 1e15 else v for v in values]


@pytest.mark.one_in(2)
@pytest.mark.each_once
@metrics
@pytest.mark.parametrize("normalisation", ["rank", "minmax"])
@pytest.mark.parametrize("way", ["higher", "lower"])
def test_what_cannot_be_weighs_like_what_is_missing(metric: str, normalisation: str, way: str) -> None:
    sane = POSSIBLE[metric]
    for odd in IMPOSSIBLE[metric]:
        board = board_of(**({"play_median": [*range(len(sane)), 9]} | {metric: [*sane, None]}))
        board[metric] = board[metric].astype("float64")
        weights, options = {metric: 2, "play_median": 1}, {"directions": {metric: way}}
        expected = xf.score(board, weights, normalisation=normalisation, **options)
        board.loc[len(sane), metric] = odd
        pd.testing.assert_frame_equal(xf.score(board, weights, normalisation=normalisation, **options), expected)
        firm = xf.rank_stability(board, weights, draws=5, **options)
        board.loc[len(sane), metric] = np.nan
        pd.testing.assert_frame_equal(xf.rank_stability(board, weights, draws=5, **options), firm)


@pytest.mark.parametrize("metric", POSSIBLE)
def test_what_can_be_stays(metric: str) -> None:
    board = board_of(**{metric: as_declared(metric, POSSIBLE[metric])})
    assert numbers_of(board, metric).tolist() == POSSIBLE[metric]


def test_the_example_of_the_issue() -> None:
    """An expected cost of 0 lifted a score from 36.2 to 77.5."""
    with xf.sample_client() as client:
        board = xf.compare(xf.sample_ids(), client=client)
    before = xf.score(board, "种草").set_index("kol_id")
    priced = board.loc[board["cpe_21_60s"].notna(), "kol_id"]
    worst = before.loc[priced, "score"].idxmin()
    board.loc[board["kol_id"] == worst, "cpe_21_60s"] = 0.0
    zero = xf.score(board, "种草").set_index("kol_id").loc[worst]
    board.loc[board["kol_id"] == worst, "cpe_21_60s"] = np.nan
    missing = xf.score(board, "种草").set_index("kol_id").loc[worst]
    pd.testing.assert_series_equal(zero, missing)
    assert zero["coverage"] < before.loc[worst, "coverage"]


def test_the_providers_percentile_of_an_impossible_value_is_none() -> None:
    board = board_of(star_index=[50.0, -3.0])
    board.attrs["benchmarks"] = {"star_index": {"1": 0.4, "2": 0.99}}
    np.testing.assert_array_equal(positions(board, {"star_index": "higher"}, "benchmark"), [[0.4], [np.nan]])


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        ({"play_median": -5}, "no expected value"),
        ({"interact_rate": 1.5}, "no expected value"),
        ({"quote_60s": 0}, "no price"),
        ({"quote_60s": -100}, "no price"),
        ({"quote_60s": None, "cpm_60s": -3.0}, "no price"),
        ({"quote_60s": None, "cpm_60s": 0.0, "cpe_60s": 0.0}, "no price"),
    ],
    ids=repr,
)
def test_a_plan_never_books_for_an_impossible_value(odd: dict[str, Any], why: str) -> None:
    given: dict[str, list[Any]] = {"play_median": [10, 900], "interact_rate": [0.1, 0.2], "quote_60s": [70, 60]}
    given |= {name: [None, None] for name in ("cpm_60s", "cpe_60s")}
    for name, value in odd.items():
        given[name] = [given[name][0], value]
    plan = xf.plan_budget(board_of(**given), 1000, bands="60s+", maximise="interactions")
    assert plan["kol_id"].tolist() == ["1"]
    (out,) = plan.attrs["left_out"]
    assert why == "no price" or out["detail"] == f"{next(iter(odd))} cannot be {next(iter(odd.values()))}"
    assert [(out["kol_id"], out["why"]) for out in plan.attrs["left_out"]] == [("2", why)]


def test_similarity_leaves_negative_counts_out() -> None:
    def kinds(*counts: int) -> list[tuple[Any, ...]]:
        return [("short_video", name, count, None) for name, count in zip("abc", counts, strict=False)]

    rows = [("1", *kind, None) for kind in kinds(3, 1)] + [("2", *kind, None) for kind in kinds(3, 1, -5)]
    frame = build_frame(xf.TABLES["video_distribution"].columns, rows)
    assert xf.similarity(frame).loc["1", "2"] == 1.0


# --- quality names them ----------------------------------------------------------------------------------------------


def flagged(frames: Frames, lang: str = "en") -> list[str]:
    flags = xf.quality(frames, now=NOW, lang=lang)
    return flags.loc[flags["flag"] == "impossible_value", "evidence"].tolist()


END = "; scores, ranks and plans take it as missing"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"play_median": -1}, ["spread_info.play_median: -1 is negative" + END]),
        ({"interact_rate": 1.5}, ["spread_info.interact_rate: 1.5 is outside 0 to 1" + END]),
        ({"completion_rate": -0.1}, ["spread_info.completion_rate: -0.1 is outside 0 to 1" + END]),
        ({"duration_mean_s": 0.0}, ["spread_info.duration_mean_s: 0 is not above 0" + END]),
        ({"video_count": -1}, ["spread_info.video_count: -1 is negative" + END]),
        ({"interact_rate": 0.0, "completion_rate": 1.0, "play_median": 0, "play_stability": -7.0}, []),
    ],
    ids=repr,
)
def test_quality_names_a_value_that_cannot_be(values: dict[str, Any], said: list[str]) -> None:
    assert flagged(spread(**values)) == said


def test_quality_names_each_cost_and_speaks_chinese() -> None:
    frames = {"cost_tiers": pd.concat([tiers("cpm", 0.0, 3.0, -1.5), tiers("cpe", 1.0, 0.0, 2.0)], ignore_index=True)}
    assert flagged(frames) == [
        f"cost_tiers.cost_cny/cpm/1-20s: 0 is not above 0{END}",
        f"cost_tiers.cost_cny/cpm/60s+: -1.5 is not above 0{END}",
        f"cost_tiers.cost_cny/cpe/21-60s: 0 is not above 0{END}",
    ]
    assert flagged(frames, "zh")[0] == "预期成本/预期CPM/1-20秒：0 应大于 0，打分、排名和预算按缺失处理"


@pytest.mark.parametrize(
    ("price", "is_open", "count"),
    [(0, True, 1), (0, None, 1), (0, False, 0), (-5, False, 1), (5, True, 0), (None, True, 0)],
)
def test_what_cannot_be_booked_may_cost_nothing(price: int | None, is_open: bool | None, count: int) -> None:
    row = (*QUOTE[:4], price, 9, "固定价格", is_open, "duration", None)
    assert len(flagged({"quotes": build_frame(xf.TABLES["quotes"].columns, [row])})) == count


def test_many_values_of_a_list_are_one_finding() -> None:
    rows = [("1", "video", "个人", str(part), None, -1, -3, -1, None) for part in range(200)]
    said = flagged({"touch_distribution": build_frame(xf.TABLES["touch_distribution"].columns, rows)})
    assert [text.partition(";")[0] for text in said] == [
        "touch_distribution.cnt: -1 is negative, 200 such values",
        "touch_distribution.level1_cnt: -3 is negative, 200 such values",
        "touch_distribution.level2_cnt: -1 is negative, 200 such values",
    ]


def test_a_benchmark_is_judged_by_the_unit_of_its_metric() -> None:
    assert flagged(benchmarks("video_count", -3_300)) == []
    odd = benchmarks("interact_rate", 5000)["spread_benchmarks"].assign(value=2.4)
    assert flagged({"spread_benchmarks": odd}) == [f"spread_benchmarks.value/interact_rate: 2.4 is outside 0 to 1{END}"]


def test_a_change_may_be_negative_or_above_one() -> None:
    users = build_frame(
        xf.TABLES["connected_users"].columns, [("1", "传播", 9, 0.1, 12.5, None), ("2", "传播", 9, 0.1, -0.9, None)]
    )
    index = build_frame(xf.TABLES["link_index"].columns, [("1", "all", "star", 50.0, 40.0, -0.4, 7, 0.2, None)])
    assert flagged({"connected_users": users, "link_index": index}) == []


def test_notes_of_others_and_of_creators_taken_out_say_nothing() -> None:
    for odd in ("x", [5], [{}], None, {"a": 1}):
        frames = spread()
        frames["spread_info"].attrs["unread"] = odd
        assert xf.quality(frames, now=NOW).empty
    assert xf.quality(noted(spread(), kol_id="7"), now=NOW).empty
    (evidence,) = xf.quality(noted(spread()), now=NOW)["evidence"]
    assert evidence == 'like_avg：无法识别 "many"，按缺失处理'


# --- one odd creator costs the others nothing ------------------------------------------------------------------------

LONG = b'{"code":0,"data":{"video_touch":[{"distribution_data":{"name":1%s,"cnt":2%s}}]}}'
BODIES = {
    "half an emoji as a key": b'{"code":0,"data":{"\\ud83d_touch":[{"distribution_data":{"name":"\\ud83d"}}]}}',
    "a shape": b'{"code":0,"data":{"\\ud83d_touch":[{"distribution_data":{"name":{"\\ud83d":1}}}]}}',
    "400 digits": LONG % (b"0" * 400, b"0" * 400),
    "5,000 digits": LONG % (b"0" * 5000, b"0" * 5000),
    "infinite": b'{"code":0,"data":{"video_touch":[{"distribution_data":{"name":"a","cnt":1e999}}]}}',
    "NaN": b'{"code":0,"data":{"video_touch":[{"distribution_data":{"name":NaN,"cnt":-Infinity}}]}}',
    "long": json.dumps({"code": 0, "data": {"video_touch": "x" * 10**6, "y" * 10**6: 1}}).encode(),
    "a list": b'{"code":0,"data":[1]}',
    "another": b'{"code":0,"data":{"\\ud83d":1}}',
}


UNREADABLE = ("a shape", "long", "a list", "another")


@pytest.mark.parametrize("kind", BODIES)
def test_one_odd_creator_costs_the_others_nothing(kind: str, server: Loopback, client: xf.Client) -> None:
    good = {"video_touch": [{"distribution_data": {"name": "个人", "cnt": 5}}]}
    server.answer = lambda seen: Reply(BODIES[kind]) if seen.kol_id == "2" else ok(good)
    for _ in range(2):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            frame = xf.fetch_touch_distribution(["1", "2", "3"], client=client)
        assert set(frame.loc[frame["kol_id"] != "2", "kol_id"]) == {"1", "3"}
        assert set(frame.loc[frame["kol_id"] != "2", "cnt"]) == {5}
        frame.to_csv().encode()
        failed = frame.attrs["failures"]
        json.dumps(failed, ensure_ascii=False).encode()
        assert [failure["kol_id"] for failure in failed] == ["2"] * (kind in UNREADABLE)
        assert [warning.category for warning in caught] == [xf.PartialResultWarning] * (kind in UNREADABLE)
        assert all(len(str(warning.message).encode()) < 1000 for warning in caught)
    assert server.hits() == 3


@pytest.mark.parametrize("depth", [60, 90])
def test_nesting_that_is_too_deep_where_it_is_read_is_an_error_of_ours(depth: int) -> None:
    """Parsed in a worker, and too deep for a notebook that calls from far down."""
    body = f'{{"code": 0, "data": {{"follower": 5, "odd": {"[" * depth + "]" * depth}}}}}'.encode()
    endpoint = "get_author_base_info"
    answer = Answer(f"{endpoint}|1|", endpoint, "1", "", "2026-11-20T00:00:00+00:00", body)

    def read(frames: int) -> Any:
        return read(frames - 1) if frames else rows_of(xf.TABLES["profiles"], data_of(answer))

    found = read(0)
    assert found is not None
    assert found.rows[0][4] == 5
    for left in (70, 90, 110, 150):
        try:
            assert read(sys.getrecursionlimit() - len(inspect.stack(0)) - left) == found
        except xf.XingtuError as error:
            assert str(error)  # noqa: PT017 - how deep is too deep, differs between versions of Python


def test_thousands_of_odd_values_are_noted_by_the_first() -> None:
    odd = {"price_info": [{"price": f"about {row}"} for row in range(5_000)]}
    notes = xf.read_payload("quotes", odd, kol_id="1").attrs["unread"]
    assert [note["value"] for note in notes] == [f'"about {row}"' for row in range(20)]


def test_history_and_every_table_of_an_odd_answer_hold(server: Loopback, client: xf.Client) -> None:
    odd = {"play_mid": "about 5", "expect_cpm": {"cpm_60": "?"}, "interact_rate": {"label": "\ud83d", "value": True}}
    server.answer = lambda seen: Reply(json.dumps({"code": 0, "data": odd}).encode())
    frame = xf.fetch_spread_info("1", client=client)
    assert [note["field"] for note in frame.attrs["unread"]] == ["play_mid", "interact_rate.value"]
    assert xf.history("spread_info", client=client).attrs["unread"] == frame.attrs["unread"]
    tiers_of = xf.fetch_cost_tiers("1", client=client)
    assert [note["field"] for note in tiers_of.attrs["unread"]] == ["expect_cpm.cpm_60"]
    assert server.charged == 1
    flags = xf.quality({"spread_info": frame, "cost_tiers": tiers_of}, lang="en")
    assert flags.loc[flags["flag"] == "unread_value", "evidence"].tolist() == [
        'play_mid: what "about 5" means is not plain; it is taken as missing',
        "interact_rate.value: what true means is not plain; it is taken as missing",
        'expect_cpm.cpm_60: what "?" means is not plain; it is taken as missing',
    ]
