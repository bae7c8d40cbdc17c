"""The numbers of the sample: answers to different endpoints agree as those of the provider do."""

from __future__ import annotations

import itertools
import json
import statistics
from collections.abc import Iterator
from functools import cache

import pytest

import xingtu_frames as xf
from tests.fetch.sample_cases import (
    HITS,
    IDS,
    ODD_TYPES,
    QUIET,
    SERIES,
    STAGES,
    YEAR,
    ask,
    attributes,
    buckets,
    listed,
)


@pytest.fixture(scope="module")
def client() -> Iterator[xf.Client]:
    with xf.sample_client() as made:
        yield made


def each_hit(but: str = "") -> pytest.MarkDecorator:
    """Try each creator that a search has: those outside of the shortlist are made in the same way, so they are slow."""
    marks = {kol_id: () if kol_id in IDS else pytest.mark.slow for kol_id in HITS if kol_id != but}
    return pytest.mark.parametrize("kol_id", [pytest.param(kol_id, marks=marks[kol_id]) for kol_id in marks])


# --- who it is: the same in every answer ------------------------------------------------------------------------------


@cache
def profile(kol_id: str) -> tuple[int, int, tuple[int, ...]]:
    """Return followers, connected users and the users of the four stages as the first tables have them."""
    with xf.sample_client() as client:
        followers = xf.fetch_profiles([kol_id], client=client)["followers"][0]
        stages = xf.fetch_link_struct([kol_id], client=client)["users"]
        return int(followers), int(stages.sum()), tuple(map(int, stages))


@each_hit()
def test_followers_and_connected_users_are_the_same_everywhere(kol_id: str, client: xf.Client) -> None:
    followers, users, stages = profile(kol_id)
    shown = ask(client, "check_author_display", kol_id)
    row = attributes(kol_id)
    assert int(shown["follower"]) == int(row["follower"]) == followers
    assert int(shown["link_cnt"]) == users
    if kol_id != QUIET:
        assert ask(client, "get_author_daily_fans", kol_id, **YEAR)["daily"][-1] == {
            "date": "2026-11-19",
            "fans_cnt": str(followers),
        }
        assert tuple(int(row[f"link_{letter}_cnt_by_industry"]) for letter in "link") == stages
        assert int(row["link_link_cnt_by_industry"]) == users


@each_hit(but=QUIET)
def test_growth_is_the_change_of_the_days(kol_id: str, client: xf.Client) -> None:
    days = ask(client, "get_author_daily_fans", kol_id, **YEAR)
    followers = {day["date"]: int(day["fans_cnt"]) for day in days["daily"]}
    changes = {day["date"]: int(day["fans_cnt"]) for day in days["delta"]}
    for (day, before), (later, after) in itertools.pairwise(sorted(followers.items())):
        if (day, later) != ("2026-11-02", "2026-11-04"):
            assert changes[later] == after - before
    now, then = followers["2026-11-19"], followers["2026-10-20"]
    assert float(ask(client, "get_author_side_base_info", kol_id)["fans_growth_rate_30d"]) == pytest.approx(
        (now - then) / then, abs=0.5e-4
    )
    row, gained = attributes(kol_id), now - followers["2026-11-04"]
    assert int(row["fans_increment_within_15d"]) == gained == sum(changes[day] for day in changes if day > "2026-11-04")
    assert float(row["fans_increment_rate_within_15d"]) == pytest.approx(gained / (now - gained))


# --- cost -------------------------------------------------------------------------------------------------------------


def open_prices(client: xf.Client, kol_id: str) -> dict[str, int]:
    quotes = xf.fetch_quotes([kol_id], client=client)
    quotes = quotes[quotes["is_open"] & quotes["video_type_code"].isin([1, 2, 71])]
    return dict(zip(quotes["video_type_code"].map({1: "1_20", 2: "21_60", 71: "60"}), quotes["price_cny"], strict=True))


@each_hit()
def test_cost_is_price_over_expected_plays(kol_id: str, client: xf.Client) -> None:
    prices = open_prices(client, kol_id)
    cost = ask(client, "author_cp_info", kol_id)
    plays = int(cost["expect_vv"].get("value", 0))
    cpm = {band: int(fen) for band, fen in cost["expect_cpm"].items()}
    assert cpm == ({f"cpm_{band}": int(price * 100_000 // plays) for band, price in prices.items()} if plays else {})
    rates = [cpm[f"cpm_{band}"] / int(cost["expect_cpe"][f"cpe_{band}"]) / 1000 for band in prices if plays]
    assert max(rates, default=0) == pytest.approx(min(rates, default=0), rel=0.05)
    row = attributes(kol_id)
    spread = ask(client, "get_author_commerce_spread_info", kol_id)
    assert spread.get("vv") == row.get("expected_play_num")
    for band, wire in (("1_20", "1_20"), ("21_60", "20_60"), ("60", "60")):
        assert (f"price_{wire}" in row) is (band in prices and bool(plays))
        if f"price_{wire}" in row:
            assert int(row[f"price_{wire}"]) == prices[band]
            expected = prices[band] / int(row["expected_play_num"]) * 1000
            assert float(row[f"prospective_{wire}_cpm"]) == pytest.approx(expected, abs=1e-4)
            assert spread[f"cpm_{wire}"] == row[f"prospective_{wire}_cpm"]
            assert spread[f"cpe_{wire}"] == row[f"sn_prospective_{wire}_cpe"]


@pytest.mark.parametrize("window", ["DAY_30", "DAY_90"])
@pytest.mark.parametrize("kol_id", IDS)
def test_orders_are_those_of_the_spread_answers(kol_id: str, window: str, client: xf.Client) -> None:
    spread = xf.fetch_spread_info([kol_id], video_type="xingtu", window=window[-2:] + "d", client=client).iloc[0]
    orders = 0 if str(spread["video_count"]) == "<NA>" else int(spread["video_count"])
    kept = ask(client, "get_author_contract_base_info", kol_id, range=window)
    if kol_id != QUIET:
        assert int(kept["order_cnt"]) == orders
    for name in ("industry_order_distribution", "industry_vv_distribution"):
        shares = {row["key"]: row["rate"] for row in json.loads(kept[name] or "[]")}
        first = [rate for key, rate in shares.items() if len(key) == 4]
        assert sum(first) == pytest.approx(1 if orders else 0, abs=2e-4)
        assert all(rate <= shares[key[:4]] for key, rate in shares.items())
    sold = ask(client, "get_author_convert_ability", kol_id, range=window)
    if "related_video_cnt" in sold:
        assert int(sold["related_video_cnt"]["value"]) == orders
        assert int(sold["video_vv_median"]["value"]) == spread["play_median"]


def bounds(text: str) -> tuple[float, float]:
    number = {"万": 10_000, "%": 0.01}
    plain = text.removesuffix("以下").removesuffix("以上")
    ends = [float(end.rstrip("万%")) * number.get(end[-1], 1) for end in plain.split("-")]
    return (0 if text.endswith("以下") else ends[0], float("inf") if text.endswith("以上") else ends[-1])


@each_hit(but=ODD_TYPES)
def test_clicks_cost_what_the_orders_cost(kol_id: str, client: xf.Client) -> None:
    sold = ask(client, "get_author_convert_ability", kol_id, range="DAY_30")
    if sold["related_cpc_range"] == "-":
        return
    (low_cpc, high_cpc), (low, high) = bounds(sold["related_cpc_range"]), bounds(sold["component_click_cnt_range"])
    videos, prices = int(sold["related_video_cnt"]["value"]), open_prices(client, kol_id).values()
    assert low_cpc * low <= videos * max(prices)
    assert high_cpc * high >= videos * min(prices)
    sales, gpm = bounds(sold["avg_sales_amount_range"]), bounds(sold["gpm_range"])
    plays = int(sold["video_vv_median"]["value"])
    assert sales[0] / plays * 1000 <= gpm[1]
    assert sales[1] / plays * 1000 >= gpm[0]


# --- audience ---------------------------------------------------------------------------------------------------------

PORTRAITS = [
    *(("author_audience_distribution", {"linkType": stage}) for stage in ("CONNECTED", *STAGES)),
    *(("get_author_fans_distribution", {"authorType": group}) for group in ("FAN", "DIE_HARD_FAN")),
]


@pytest.mark.parametrize(("endpoint", "asked"), PORTRAITS)
def test_dimensions_of_a_portrait_are_of_one_universe(endpoint: str, asked: dict[str, str], client: xf.Client) -> None:
    whole = 0
    for kol_id in IDS:
        counts = buckets(ask(client, endpoint, kol_id, **asked))
        if len(counts) < 10:
            continue
        whole += 1
        gender, age, province, device, tier, city = (sum(counts[kind].values()) for kind in (0, 1, 2, 3, 5, 8))
        assert len(counts[2]) == 34
        assert {len(counts[6]), len(counts[8])} == {8, 10}
        assert 0.6 * gender < age <= gender
        assert abs(tier - province) <= 100
        assert province < gender <= device < 1.002 * gender + 5
        assert city < 0.35 * province
        municipalities = counts[8].keys() & counts[2].keys()
        assert all(counts[8][name] == counts[2][name] for name in municipalities)
        four = sum(counts[8].get(name, 0) for name in ("北京", "上海", "广州", "深圳"))
        assert counts[5]["一线"] > 2 * four or four < 100
    assert whole >= 8


@pytest.mark.parametrize("kol_id", IDS)
def test_the_connected_are_those_of_the_four_stages(kol_id: str, client: xf.Client) -> None:
    def counts(stage: str) -> dict[int, dict[str, int]]:
        return buckets(ask(client, "author_audience_distribution", kol_id, linkType=stage))

    _, users, of_stages = profile(kol_id)
    parts = [counts(stage) for stage in STAGES]
    if counts("CONNECTED"):
        assert sum(counts("CONNECTED")[0].values()) == users
    for part, stage_users in zip(parts, of_stages, strict=True):
        assert bool(part) is (stage_users >= 100 and kol_id != QUIET)
        if part:
            assert sum(part[0].values()) == stage_users
    if all(parts) and len(counts("CONNECTED")) == 10:
        for kind in (0, 1, 2, 3, 5, 10, 11, 12):
            for bucket, total in counts("CONNECTED")[kind].items():
                assert sum(part[kind][bucket] for part in parts) == total


def test_the_share_in_a_sentence_is_rounded_down(client: xf.Client) -> None:
    for kol_id, (endpoint, asked) in itertools.product(IDS, PORTRAITS):
        for block in ask(client, endpoint, kol_id, **asked)["distributions"]:
            if block["origin_type"] in (0, 1, 5, 10) and "distribution_list" in block:
                users = [int(one["distribution_value"]) for one in block["distribution_list"]]
                assert block["description"].endswith(f"占比{100 * max(users) // sum(users)}%")


# --- videos -----------------------------------------------------------------------------------------------------------


@each_hit(but=ODD_TYPES)
def test_a_video_has_the_same_numbers_in_every_list(kol_id: str, client: xf.Client) -> None:
    items = {item["item_id"]: item for item in listed(client, kol_id)}
    recommended = ask(client, "author_rec_videos_v2", kol_id)
    slots = [
        *recommended["masterpiece_videos"],
        *(v for v in recommended.values() if isinstance(v, dict) and "id" in v),
    ]
    for video in slots:
        item, stats = items[video["id"]], video["stats"]
        counts = [item[name] for name in ("play", "like", "comment", "share")]
        assert [int(stats[f"{name}_cnt"]) for name in ("watch", "like", "comment", "share")] == counts
        assert stats["interact_rate"] == sum(counts[1:]) * 10_000 // counts[0] / 10_000
        assert int(video["duration"]) == item["duration"]
        assert int(video["create_time"]) == item["create_time"]
    for hit in SERIES["hits"][HITS.index(kol_id)]["items"]:
        assert items[hit["item_id"]]["play"] == hit["vv"]
    hot, cost = sum(item["is_hot"] for item in items.values()), ask(client, "author_cp_info", kol_id)
    if cost["expect_vv"]:
        assert cost["hot_item"]["value"] == 100 * hot // max(len(items), 1) * 100


@each_hit(but=ODD_TYPES)
def test_the_days_of_a_video_sum_to_its_plays(kol_id: str, client: xf.Client) -> None:
    for item in listed(client, kol_id):
        rows = client.get("item_report_trend", itemId=item["item_id"])["date_values"].get("vv_list", [])
        days = {row["visit_date"]: int(row["value"]) for row in rows}
        if days:
            assert sum(days.values()) == item["play"]
            assert min(days) == item["item_date"].replace("-", "")
            assert max(days) == "20261119"


@pytest.mark.parametrize("video_type", ["personal", "xingtu"])
@pytest.mark.parametrize(("window", "since"), [("30d", 1792548000), ("90d", 1787364000)])
def test_listed_videos_have_the_median_of_the_spread_answers(
    window: str, since: int, video_type: str, client: xf.Client
) -> None:
    compared = 0
    for kol_id in HITS:
        if kol_id not in IDS or kol_id == ODD_TYPES:
            continue
        spread = xf.fetch_spread_info([kol_id], video_type=video_type, window=window, client=client).iloc[0]
        items = ask(client, "get_author_show_items_v2", kol_id)
        shown = items["latest_item_info" if video_type == "personal" else "latest_star_item_info"]
        plays = [item["play"] for item in shown if item["create_time"] >= since]
        count = 0 if str(spread["video_count"]) == "<NA>" else int(spread["video_count"])
        if count <= 15:
            assert len(plays) == count
        if 0 < count <= 15:
            assert int(statistics.median(plays)) == spread["play_median"]
            compared += 1
    assert compared >= 2
