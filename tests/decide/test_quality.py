"""Flags on the data: each is raised by the data that show it, with the numbers, and by nothing else."""

from __future__ import annotations

import inspect
from typing import Any

import pandas as pd
import pytest

import xingtu_frames as xf
from xingtu_frames.fetch.sample import PAGE_CREATOR, sample_tables
from xingtu_frames.frame import build_frame

NOW = "2026-11-01T00:00:00Z"
OPTIONS = ("personal", "30d")
Frames = dict[str, pd.DataFrame]


def spread(**values: Any) -> Frames:
    given = {"kol_id": "1", "video_type": "personal", "window": "30d", "video_count": 20, "play_median": 1000}
    given |= {"interact_rate": 0.02, "completion_rate": 0.1, **values}
    table = xf.TABLES["spread_info"]
    return {"spread_info": build_frame(table.columns, [[given.get(name) for name in table.names]])}


def benchmarks(metric: str, overtake: int | None) -> Frames:
    return {
        "spread_benchmarks": build_frame(
            xf.TABLES["spread_benchmarks"].columns, [("1", *OPTIONS, metric, 1.0, None, None, overtake, None)]
        )
    }


def tiers(metric: str, *costs: float | None, kol_id: str = "1") -> pd.DataFrame:
    bands = ("1-20s", "21-60s", "60s+")
    rows = [(kol_id, *OPTIONS, metric, band, cost, None) for band, cost in zip(bands, costs, strict=True)]
    return build_frame(xf.TABLES["cost_tiers"].columns, rows)


def stages(users: list[int | None], total: int | None) -> Frames:
    names = ("aware", "interested", "like", "follow")
    struct = [
        ("1", number, name, count, 0, None, None)
        for number, (name, count) in enumerate(zip(names, users, strict=True), 1)
    ]
    return {
        "link_struct": build_frame(xf.TABLES["link_struct"].columns, struct),
        "connected_users": build_frame(xf.TABLES["connected_users"].columns, [("1", "传播", total, None, None, None)]),
    }


def tree(whole: int, *parts: tuple[str, str | None, int]) -> Frames:
    rows = [("1", "video", "个人", level2, level3, count, whole, count, None) for level2, level3, count in parts]
    return {"touch_distribution": build_frame(xf.TABLES["touch_distribution"].columns, rows)}


def rates(rate: float | None, cpm: float | None, cpe: float | None) -> Frames:
    costs = [tiers("cpm", cpm, None, None), tiers("cpe", cpe, None, None)]
    return {**spread(interact_rate=rate), "cost_tiers": pd.concat(costs, ignore_index=True)}


def noted(frames: Frames, **note: Any) -> Frames:
    frames["spread_info"].attrs["unread"] = [{"kol_id": "1", "field": "like_avg", "value": '"many"', **note}]
    return frames


def frame_of(table: str, *rows: dict[str, Any]) -> pd.DataFrame:
    names = xf.TABLES[table].names
    return build_frame(xf.TABLES[table].columns, [[{"kol_id": "1", **row}.get(name) for name in names] for row in rows])


def offered(price: int, band: str = "21-60s", kind: str = "duration") -> pd.DataFrame:
    return frame_of(
        "quotes", {"service": "a", "duration_band": band, "price_cny": price, "is_open": True, "service_kind": kind}
    )


def expected(price: int, plays: int | None, cpm: float | None) -> Frames:
    tier = {"metric": "cpm", "duration_band": "21-60s", "cost_cny": cpm}
    return {
        "quotes": offered(price),
        "cost_performance": frame_of("cost_performance", {"expected_plays": plays, "viral_rate": 0.1}),
        "cost_performance_tiers": frame_of("cost_performance_tiers", tier, {**tier, "metric": "cpe", "cost_cny": 1.0}),
    }


def fans(*days: tuple[str, int | None, int | None]) -> Frames:
    """Return daily followers of (day of October, followers, change)."""
    rows = [
        {"date": int(pd.Timestamp(f"2026-10-{day}").timestamp() * 1_000_000), "followers": followers, "change": change}
        for day, followers, change in days
    ]
    return {"daily_fans": frame_of("daily_fans", *rows)}


def portrait(table: str = "audience_portrait", **sums: int) -> Frames:
    group = {"audience_portrait": {"stage": "connected"}, "fans_portrait": {"fan_group": "fans"}}[table]
    rows = [
        {**group, "dimension": dimension, "bucket": bucket, "users": users, "share": 0.5}
        for dimension, total in sums.items()
        for bucket, users in ((f"{dimension} 1", total - total // 2), (f"{dimension} 2", total // 2))
    ]
    return {table: frame_of(table, *rows)}


def clicked(cpc: tuple[float | None, ...], clicks: tuple[float | None, ...], videos: int | None, price: int) -> Frames:
    ranges = [
        {"window": "30d", "metric": metric, "low": low, "high": high}
        for metric, (low, high) in (("component_clicks", clicks), ("cpc", cpc))
    ]
    return {
        "convert_ranges": frame_of("convert_ranges", *ranges),
        "convert_ability": frame_of("convert_ability", {"window": "30d", "video_count": videos, "play_median": 1}),
        "quotes": offered(price),
    }


def trend(**note: Any) -> Frames:
    table = xf.TABLES["video_trend"]
    frame = build_frame(table.columns, [["77", 1, 1_790_000_000_000_000, 5, 5, None]])
    frame.attrs["repeated_date"] = [
        {"kol_id": None, "item_id": "77", "date": "2026-10-02", "field": "vv_list[0].value", "value": '"12"', **note}
    ]
    return {"video_trend": frame}


QUOTE = ("1", 1, "1-20s视频", "1-20s", None, None, "固定价格", False, "duration", None)


def found(frames: Frames, **options: Any) -> list[tuple[str, str]]:
    flags = xf.quality(frames, now=NOW, **options)
    return list(zip(flags["flag"], flags["severity"], strict=True))


NOTHING = dict.fromkeys(("video_count", "play_median", "interact_rate", "completion_rate"))
CASES: dict[str, tuple[Frames, list[tuple[str, str]]]] = {
    "share at 100 %": (benchmarks("interact_rate", 10_000), []),
    "share beyond": (benchmarks("interact_rate", 10_001), [("overtake_beyond_100", "error")]),
    "share below": (benchmarks("play_median", -1), [("overtake_beyond_100", "error")]),
    "share missing": (benchmarks("play_median", None), []),
    "change beyond": (benchmarks("video_count", 10_800), [("overtake_beyond_100", "info")]),
    "change below": (benchmarks("video_count", -3_300), []),
    "enough videos": (spread(video_count=5), []),
    "few videos": (spread(video_count=4), [("few_videos", "warning")]),
    "unknown videos": (spread(video_count=None), []),
    "label only": (spread(**NOTHING, category="美妆"), [("empty_block", "warning")]),
    "no cost": ({"cost_tiers": tiers("cpm", None, None, None)}, [("empty_block", "warning")]),
    "no number in a list": (
        {"quotes": build_frame(xf.TABLES["quotes"].columns, [QUOTE])},
        [("empty_block", "warning")],
    ),
    "one cost gone": (rates(0.02, None, 1.0), [("empty_block", "warning")]),
    "both rates gone": (spread(interact_rate=None, completion_rate=None), [("empty_block", "warning")]),
    "one rate gone": (spread(completion_rate=None), []),
    "equal bands": ({"cost_tiers": tiers("cpm", 1.0, 2.5, 2.5)}, [("equal_bands", "info")]),
    "all equal": ({"cost_tiers": tiers("cpm", 2.0, 2.0, 2.0)}, [("equal_bands", "info")] * 3),
    "free bands": ({"cost_tiers": tiers("cpm", 0.0, 0.0, 3.0)}, [("impossible_value", "error")] * 2),
    "not read": (noted(spread()), [("unread_value", "warning")]),
    "stages add up": (stages([4, 3, 2, 0], 9), []),
    "stages do not": (stages([4, 3, 2, 0], 10), [("stage_total_mismatch", "error")]),
    "a stage unknown": (stages([4, 3, 2, None], 10), []),
    "parts add up": (tree(10, ("美食", "a", 6), ("美食", "b", 6), ("音乐", None, 4)), []),
    "parts short": (tree(11, ("美食", "a", 6), ("音乐", None, 4)), [("tree_parts_mismatch", "info")]),
    "parts beyond": (tree(9, ("美食", "a", 6), ("音乐", None, 4)), [("tree_parts_mismatch", "error")]),
    "rates agree": (rates(0.0244, 56.57, 2.54), []),
    "rate twice": (rates(0.0446, 56.57, 2.54), [("rate_mismatch", "warning")]),
    "rate half": (rates(0.011, 56.57, 2.54), [("rate_mismatch", "warning")]),
    "rate zero": (rates(0.0, 56.57, 2.54), []),
    "rate unknown": (rates(None, 56.57, 2.54), []),
    "cpm of the quote": (expected(17_600, 598_300, 29.41), []),
    "cpm a cent away": (expected(17_600, 598_300, 29.42), []),
    "cpm of another day": (expected(17_600, 598_300, 29.43), [("quote_cpm_mismatch", "info")]),
    "cpm without plays": (expected(17_600, None, 29.43), []),
    "cpm without quote": (expected(0, 598_300, 29.43), [("impossible_value", "error")]),
    "days agree": (fans(("01", 100, 9), ("02", 90, -10), ("03", 95, 5)), []),
    "days do not": (fans(("01", 100, 9), ("02", 90, 10), ("03", 95, 6)), [("growth_mismatch", "warning")]),
    "days with a gap": (fans(("01", 100, 9), ("03", 95, 6), ("04", None, 3), ("05", 90, 1)), []),
    "ages of most": (portrait(age=70, gender=100), []),
    "ages of few": (portrait(age=69, gender=100), [("portrait_partial", "warning")]),
    "ages of few fans": (portrait("fans_portrait", age=69, gender=100), [("portrait_partial", "warning")]),
    "no ages": (portrait(gender=100), []),
    "no genders": (portrait(age=10), []),
    "clicks at their cost": (clicked((46, 48), (1000, 3000), 1, 46_000), []),
    "clicks too dear": (clicked((46, 48), (1000, 3000), 1, 45_999), [("range_contradiction", "warning")]),
    "clicks at the most": (clicked((46, 48), (1000, 3000), 2, 72_000), []),
    "clicks too cheap": (clicked((46, 48), (1000, 3000), 2, 72_001), [("range_contradiction", "warning")]),
    "clicks without end": (clicked((46, None), (1000, 3000), 1, 900_000), []),
    "clicks unknown": (clicked((46, 48), (None, None), 1, 5), []),
    "clicks of no video": (clicked((46, 48), (1000, 3000), None, 5), []),
    "a day twice": (trend(), [("repeated_date", "warning")]),
    "a day twice of another": (trend(item_id="78"), []),
    "cpe unknown": (rates(0.9, 56.57, None), [("empty_block", "warning")]),
}


@pytest.mark.one_in(14)
@pytest.mark.parametrize("case", CASES)
def test_a_flag_is_raised_by_what_shows_it_and_by_nothing_else(case: str) -> None:
    frames, expected = CASES[case]
    assert found(frames) == expected


def test_every_flag_of_the_docstring_is_raised_by_a_case() -> None:
    raised = {flag for _, expected in CASES.values() for flag, _ in expected} | {"stale_answer"}
    told = inspect.getdoc(xf.quality) or ""
    assert all(f"``{flag}``" in told for flag in raised)
    assert told.count("\n* ``") == len(raised)


def test_the_provider_pages_show_exactly_what_is_there(sample: xf.Client) -> None:
    page_tables = (
        "touch_distribution",
        "spread_info",
        "cost_tiers",
        "spread_benchmarks",
        "link_struct",
        "connected_users",
        "link_index",
        "video_distribution",
    )
    frames = {name: getattr(xf, f"fetch_{name}")(PAGE_CREATOR, client=sample) for name in page_tables}
    flags = xf.quality(frames, stale_after=None, lang="en")
    assert flags[["table", "flag", "severity"]].values.tolist() == [
        ["spread_info", "few_videos", "warning"],
        ["spread_benchmarks", "overtake_beyond_100", "info"],
        ["cost_tiers", "equal_bands", "info"],
        ["cost_tiers", "equal_bands", "info"],
        ["cost_tiers", "equal_bands", "info"],
        ["touch_distribution", "tree_parts_mismatch", "info"],
    ]
    assert flags["evidence"].tolist() == [
        "3 videos in 30d, fewer than 5: medians and rates rest on little",
        "video_count: overtake 10800 is beyond 10000: it is a signed change, no share of peers",
        "cpm: 21-60s and 60s+ cost the same (141.40 yuan)",
        "cpe: 21-60s and 60s+ cost the same (6.35 yuan)",
        "sales_cpm: 21-60s and 60s+ cost the same (165.43 yuan)",
        "video/个人: the parts add up to 12,702,460, 1,568 short of the whole, 12,704,028; likely an unlisted tail",
    ]


def test_the_evidence_reads_in_chinese() -> None:
    frames = {**spread(video_count=3), "cost_tiers": tiers("cpm", 1.0, 2.5, 2.5), **tree(11, ("美食", "a", 6))}
    assert xf.quality(frames, now=NOW)["evidence"].tolist() == [
        "近30天内只有 3 个作品（少于 5 个），中位数和比率依据不足",
        "预期CPM：21-60秒 与 60秒以上 相同（2.50 元）",
        "视频/个人：下级合计 6，比本级 11 少 5（可能是未列出的长尾）",
    ]


CONTRADICTIONS = {
    "cpm of another day": (
        "21-60秒：报价 ÷ 预期播放量得出的CPM为 29.42 元，数据源给出 29.43 元，两份数据可能不是同一天的",
        (
            "21-60s: quote / expected plays make a CPM of 29.42 yuan, the provider says 29.43: "
            "the two answers are likely of different days"
        ),
    ),
    "days do not": (
        "2026-10-02：涨粉数 10，与前一日粉丝数相差 -10，共 2 天不一致",
        "2026-10-02: the change is 10, the followers differ by -10 from the day before; days like that: 2",
    ),
    "ages of few": (
        "连接：年龄合计 69 人，只占性别合计 100 人的 69.0%，年龄占比只代表已知年龄的用户",
        "connected: the ages add up to 69 users, 69.0% of the 100 by gender: shares by age are those of known age",
    ),
    "clicks too dear": (
        "CPC × 点击量至少 46,000 元，高于 1 个视频的最高报价合计 45,999 元",
        "CPC x clicks are at least 46,000 yuan, more than the videos (1) cost at the highest quote, 45,999",
    ),
    "clicks too cheap": (
        "CPC × 点击量最多 144,000 元，低于 2 个视频的最低报价合计 144,002 元",
        "CPC x clicks are at most 144,000 yuan, less than the videos (2) cost at the lowest quote, 144,002",
    ),
    "a day twice": (
        '视频 77：2026-10-02 重复出现，以最后的值为准（vv_list[0].value："12" 未采用）',
        'video 77: 2026-10-02 is listed again, and the last value counts (vv_list[0].value: "12" does not)',
    ),
}


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_a_contradiction_is_told_with_its_numbers_in_both_languages(case: str) -> None:
    frames, _ = CASES[case]
    told = [xf.quality(frames, now=NOW, lang=lang)["evidence"].tolist() for lang in ("zh", "en")]
    assert told == [[text] for text in CONTRADICTIONS[case]]


def test_the_samples_show_partial_portraits_and_a_repeated_date(sample: xf.Client) -> None:
    ids = xf.sample_ids()
    end = {"start": "2026-09-01", "end": "2026-11-19"}
    frames = {
        "audience_portrait": xf.fetch_audience_portrait(ids, client=sample),
        "daily_fans": xf.fetch_daily_fans(ids, **end, client=sample),
        "video_trend": xf.fetch_video_trend(["7600000000100480001", "7600000000100170001"], client=sample),
    }
    flags = xf.quality(frames, stale_after=None, lang="en")
    partial = flags[flags["flag"] == "portrait_partial"]
    assert [kol_id[-5:] for kol_id in partial["kol_id"]] == ["10003", "10048", "10086"]
    repeated = flags[flags["flag"] == "repeated_date"]
    assert repeated["kol_id"].isna().all()
    assert [text.split(":")[0] for text in repeated["evidence"]] == ["video 7600000000100480001"]
    assert set(flags["flag"]) <= {"portrait_partial", "repeated_date", "empty_block"}


def test_a_creator_without_a_row_in_a_list_is_named_where_it_was_asked_about() -> None:
    quotes = build_frame(xf.TABLES["quotes"].columns, [])
    assert xf.quality({**spread(), "quotes": quotes}, now=NOW).empty
    quotes.attrs["without_rows"] = ["1"]
    flags = xf.quality({**spread(), "quotes": quotes}, now=NOW, lang="en")
    assert flags[["kol_id", "table", "evidence"]].values.tolist() == [["1", "quotes", "quotes has no row"]]
    assert xf.quality({"quotes": quotes}, now=NOW, lang="en")["kol_id"].tolist() == ["1"]


def test_a_frame_is_not_held_to_creators_that_it_was_never_asked_about(sample: xf.Client) -> None:
    ids = xf.sample_ids()
    (without,) = xf.fetch_fans_portrait(ids, client=sample).attrs["without_rows"]
    asked = [kol_id for kol_id in ids if kol_id != without][:2]
    frames = {"spread_info": xf.fetch_spread_info(ids, client=sample)}
    frames["fans_portrait"] = xf.fetch_fans_portrait(asked, client=sample)
    flags = xf.quality(frames, stale_after=None, lang="en")
    assert "fans_portrait has no row" not in set(flags["evidence"])
    frames["fans_portrait"] = xf.fetch_fans_portrait([*asked, without], client=sample)
    flags = xf.quality(frames, stale_after=None, lang="en")
    assert flags.loc[flags["evidence"] == "fans_portrait has no row", "kol_id"].tolist() == [without]


def test_findings_carry_the_names_that_a_frame_has(sample: xf.Client) -> None:
    ids = xf.sample_ids()
    spread_info, profiles = (xf.fetch_spread_info(ids, client=sample), xf.fetch_profiles(ids, client=sample))
    assert "name" not in xf.quality({"spread_info": spread_info})
    flags = xf.quality({"spread_info": spread_info, "profiles": profiles})
    nicknames = dict(zip(profiles["kol_id"], profiles["nick_name"], strict=True))
    assert flags["name"].tolist() == [nicknames[kol_id] for kol_id in flags["kol_id"]]
    own = xf.quality({"spread_info": xf.named(spread_info, {ids[0]: "Ada"}), "profiles": profiles})
    assert set(own.loc[own["kol_id"] == ids[0], "name"]) == {"Ada"}


def test_the_rates_of_all_bands_are_one_finding_and_the_missing_ones_are_named(sample: xf.Client) -> None:
    costs = xf.fetch_cost_tiers(PAGE_CREATOR, client=sample)
    kept = costs["metric"].isin(["cpm", "cpe"]) & (costs["duration_band"] != "60s+")
    given = {**spread(kol_id=PAGE_CREATOR, interact_rate=0.2), "cost_tiers": costs[kept]}
    assert xf.quality(given, now=NOW, lang="en", stale_after=None)["evidence"].tolist() == [
        "1-20s: CPM / CPE imply an interaction rate of 2.23%, it is 20.00%: more than 2 times apart"
    ]
    without = xf.quality(spread(interact_rate=None, completion_rate=None), now=NOW)
    assert without["evidence"].tolist() == ["互动率和完播率没有任何数值"]


def test_a_list_without_a_creator_does_not_change_the_order() -> None:
    both = pd.concat([spread(kol_id=kol_id)["spread_info"] for kol_id in "12"], ignore_index=True)
    quotes = build_frame(xf.TABLES["quotes"].columns, [("2", *QUOTE[1:])])
    quotes.attrs["without_rows"] = ["1"]
    assert xf.quality({"quotes": quotes, "spread_info": both}, now=NOW)["kol_id"].tolist() == ["1", "2"]


def test_a_clean_creator_has_no_flag(sample: xf.Client) -> None:
    clean = [name for name in sample_tables() if name != "touch_distribution"]
    frames = {name: getattr(xf, f"fetch_{name}")("7000000000000010017", client=sample) for name in clean}
    frames["touch_distribution"] = tree(6, ("美食", "a", 6))["touch_distribution"].assign(kol_id="7000000000000010017")
    assert xf.quality(frames, stale_after=None)["flag"].tolist() == []


def fetched(stamp: str) -> Frames:
    return {"spread_info": spread()["spread_info"].assign(fetched_at=pd.Timestamp(stamp))}


@pytest.mark.parametrize(
    ("stale_after", "expected"),
    [("7d", True), ("8d", False), ("169h", False), (604_800, True), (pd.Timedelta(days=7), True), (None, False)],
)
def test_age_is_counted_to_the_moment_given(stale_after: Any, expected: bool) -> None:
    flags = xf.quality(fetched("2026-10-24T23:00:00Z"), now=NOW, stale_after=stale_after, lang="en")
    assert (
        flags["evidence"].tolist() == ["spread_info was fetched 2026-10-25 07:00 Beijing time, 7 days ago"] * expected
    )
    assert xf.quality(fetched("2026-10-24T23:00:00Z"), now="2026-10-25", stale_after="7d").empty


def test_rows_stand_by_creator_the_gravest_first() -> None:
    second = spread(kol_id="2", video_count=1)["spread_info"]
    frames = {
        **stages([1, 0, 0, 0], 2),
        "spread_info": pd.concat([second, spread(video_count=1)["spread_info"]], ignore_index=True),
        "cost_tiers": tiers("cpm", 1.0, 1.0, None, kol_id="2"),
    }
    flags = xf.quality(frames, now=NOW)
    assert flags[["kol_id", "severity"]].values.tolist() == [
        ["1", "error"],
        ["1", "warning"],
        ["2", "warning"],
        ["2", "info"],
    ]


def test_nothing_to_say_is_the_typed_empty_frame(sample: xf.Client) -> None:
    for frames in ({}, {name: build_frame(table.columns, []) for name, table in xf.TABLES.items()}, spread()):
        flags = xf.quality(frames, now=NOW)
        assert flags.empty
        assert flags.dtypes.astype(object).tolist() == xf.quality(spread(video_count=1), now=NOW).dtypes.tolist()


REFUSED: dict[str, tuple[Any, dict[str, Any], str]] = {
    "table": ({"spread_inf": pd.DataFrame()}, {}, "did you mean 'spread_info'"),
    "column": ({"quotes": pd.DataFrame({"kol_id": []})}, {}, "lacks video_type_code.*fetch_quotes"),
    "no mapping": (pd.DataFrame(), {}, "map table names"),
    "no frame": ({"quotes": 1}, {}, "map table names"),
    "lang": ({}, {"lang": "fr"}, 'one of "zh", "en", not "fr"'),
    "now": ({}, {"now": "soon"}, 'not "soon"'),
    "age": ({}, {"stale_after": "old"}, 'not "old"'),
    "negative age": ({}, {"stale_after": "-1d"}, 'not "-1d"'),
    "true": ({}, {"stale_after": True}, "not True"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_wrong_argument_is_named(kind: str) -> None:
    frames, options, reason = REFUSED[kind]
    with pytest.raises(xf.ParameterError, match=reason):
        xf.quality(frames, **options)


def test_the_sample_creators_are_looked_through_and_left_as_they_were(sample: xf.Client) -> None:
    ids = xf.sample_ids()
    frames = {name: getattr(xf, f"fetch_{name}")(ids, client=sample) for name in sample_tables()}
    before = {name: frame.copy() for name, frame in frames.items()}
    flags = xf.quality(frames, stale_after=None)
    for name, frame in frames.items():
        pd.testing.assert_frame_equal(frame, before[name])
    assert set(flags["kol_id"]) <= set(ids)
    assert {"few_videos", "empty_block", "equal_bands", "tree_parts_mismatch"} <= set(flags["flag"])


def test_several_answers_of_a_creator_are_refused() -> None:
    two = pd.concat([fetched("2026-10-24")["spread_info"], fetched("2026-10-25")["spread_info"]], ignore_index=True)
    with pytest.raises(xf.ParameterError, match="spread_info has several answers of 1; keep one of each"):
        xf.quality({"spread_info": two})
