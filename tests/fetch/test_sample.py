"""The sample creators: complete, offline, reproducible, and nobody's real data."""

from __future__ import annotations

import functools
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import xingtu_frames as xf
from tests.conftest import ROOT
from tests.loopback import Loopback
from xingtu_frames.fetch.sample import SAMPLE_DAYS, sample_tables
from xingtu_frames.wire import call_for_query

DATA = ROOT / "data"
PAGE = "7000000000000010003"
SAMPLE: dict[str, Any] = json.loads((DATA / "creators.json").read_text("utf-8"))
ANSWERS: list[dict[str, Any]] = SAMPLE["answers"]
MADE = ("answers.json", "creators.json", "series.json", "shortlist.csv")
FURTHER, SERIES = (json.loads((DATA / name).read_text("utf-8")) for name in ("answers.json", "series.json"))
SHORTLIST = [line.split(",", 1)[0] for line in (DATA / "shortlist.csv").read_text("utf-8-sig").splitlines()[1:]]


def texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield key and text of each text in a JSON value, texts that hold JSON opened."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield "key", name
            yield from texts(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, key)
    elif isinstance(value, str):
        yield key, value
        if value[:1] in "[{" and value:
            yield from texts(json.loads(value), key)


# --- using it --------------------------------------------------------------------------------------------------------


def test_there_are_thirteen_creators_in_shortlist_order() -> None:
    ids = xf.sample_ids()
    assert ids == SHORTLIST
    assert len(set(ids)) == 13
    assert ids[0] == PAGE
    assert sorted({len(kol_id) for kol_id in ids}) == [16, 19]
    assert all(isinstance(kol_id, str) and kol_id.isdigit() for kol_id in ids)


def test_the_days_of_the_demo_are_the_last_thirty_that_are_known(sample: xf.Client) -> None:
    month = xf.fetch_daily_fans(xf.sample_ids()[1], client=sample, **SAMPLE_DAYS)
    since = xf.fetch_daily_fans(xf.sample_ids()[1], start=SAMPLE_DAYS["start"], end="2027-12-31", client=sample)
    assert month["followers"].count() == len(month) == 30
    assert since["date"].tolist() == month["date"].tolist()


SILENT = {
    **dict.fromkeys(("touch_distribution", "video_distribution", "audience_portrait", "fans_portrait"), 1),
    **dict.fromkeys(("show_items", "recommended_videos"), 1),
    "convert_categories": 7,
}
"""How many creators have no row in a table."""


@pytest.mark.each_once
@pytest.mark.parametrize("api", ["current", "legacy"])
@pytest.mark.parametrize("table", sample_tables())
def test_every_table_works_for_every_creator(table: str, api: str, recwarn: pytest.WarningsRecorder) -> None:
    with xf.sample_client(api=api) as client:
        frame = getattr(xf, f"fetch_{table}")(xf.sample_ids(), client=client)
    assert frame.attrs["failures"] == []
    assert not recwarn.list
    assert frame["kol_id"].nunique() == 13 - SILENT.get(table, 0)
    assert frame["fetched_at"].notna().all()


@pytest.mark.parametrize(
    ("table", "option"),
    [
        *(("audience_portrait", {"stage": stage}) for stage in ("aware", "interested", "like", "follow")),
        ("fans_portrait", {"fan_group": "loyal"}),
        *((f"convert_{part}", {"window": "90d"}) for part in ("ability", "ranges", "categories")),
    ],
    ids=str,
)
def test_every_choice_of_a_portrait_and_of_conversion_is_answered(
    table: str, option: dict[str, str], sample: xf.Client
) -> None:
    frame = getattr(xf, f"fetch_{table}")(xf.sample_ids(), client=sample, **option)
    ((name, choice),) = option.items()
    assert frame.attrs["failures"] == []
    assert "unread" not in frame.attrs
    assert set(frame[name]) == {choice}


@pytest.mark.parametrize("video_type", ["personal", "xingtu"])
@pytest.mark.parametrize("window", ["30d", "90d"])
def test_the_spread_answers_are_there_in_four_windows(video_type: str, window: str, sample: xf.Client) -> None:
    frame = xf.fetch_spread_info(xf.sample_ids(), video_type=video_type, window=window, client=sample)
    assert len(frame) == 13
    assert frame.attrs["failures"] == []


def test_it_needs_no_network_and_no_token(server: Loopback, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JUSTONEAPI_BASE_URL", server.url)
    monkeypatch.setenv("XINGTU_FRAMES_CACHE", str(tmp_path / "untouched.sqlite"))
    with xf.sample_client() as client:
        assert client.offline is True
        xf.compare(xf.sample_ids(), client=client)
        plan = client.plan(sample_tables(), xf.sample_ids())
        with pytest.raises(xf.CacheMissError):
            xf.fetch_profiles(["1"], client=client)
        assert client.ledger().empty
    assert set(plan["state"]) == {"cached"}
    assert len(plan) == 13 * 13
    assert server.hits() == 0
    assert not (tmp_path / "untouched.sqlite").exists()


def test_sample_clients_do_not_share_answers() -> None:
    with xf.sample_client() as one, xf.sample_client() as other:
        one.close()
        assert len(xf.fetch_profiles(xf.sample_ids(), client=other)) == 13


def test_three_creators_have_older_answers(sample: xf.Client) -> None:
    told = xf.history("spread_info", client=sample)
    usual = told[(told["window"] == "30d") & (told["video_type"] == "personal")]
    times = usual.groupby("kol_id")["fetched_at"].nunique()
    assert times[times > 1].to_dict() == dict.fromkeys(SHORTLIST[1:4], 2)
    assert (usual.groupby("kol_id")["fetched_at"].max() == pd.Timestamp("2026-11-20T02:00Z")).all()


# --- what the readme of the data promises ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "kol_id", "expected"),
    [
        ("link_index", "7000000000000010123", {"index": "conversion", "rank": None, "rank_percent": None}),
        ("link_index", "7000000000000010024", {"index": "seeding", "rank_percent": 0.0}),
        ("cost_tiers", "7000000000000010079", {"metric": "cpm", "duration_band": "1-20s", "cost_cny": None}),
        ("cost_tiers", "7000000000000010079", {"metric": "cpe", "duration_band": "60s+", "cost_cny": None}),
        ("spread_benchmarks", "7000000000000010048", {"metric": "video_count", "overtake_raw": 12500}),
        ("touch_distribution", "9100000000010117", {"level2": None, "level3": None}),
        ("link_struct", "7000000000000010055", {"stage": "follow", "users": 0, "industry_median_users": 0}),
        ("connected_users", "7000000000000010055", {"creator_type": "种草"}),
        ("connected_users", "7000000000000010123", {"growth": None}),
        ("spread_info", "7000000000000010086", {"share_mean": None, "comment_mean": None}),
        ("spread_info", "7000000000000010109", {"category": "剧情搞笑", "interact_rate": None}),
        ("spread_info", "7000000000000010062", {"video_count": 22, "interact_rate": 0.0562}),
        ("profiles", "7000000000000010086", {"gender": None, "province": None, "tags": None, "mcn_name": None}),
        ("profiles", "7000000000000010093", {"city": None}),
        ("profiles", "7000000000000010123", {"is_online": False}),
        ("profiles", "7000000000000010055", {"nick_name": "=小鱼日记"}),
        ("quotes", "7000000000000010093", {"video_type_code": 92, "settlement": "按自然播放量结算"}),
        ("quotes", PAGE, {"video_type_code": 1, "is_open": False, "price_cny": None}),
    ],
    ids=str,
)
def test_the_special_shapes_are_there(table: str, kol_id: str, expected: dict[str, Any], sample: xf.Client) -> None:
    frame = getattr(xf, f"fetch_{table}")([kol_id], client=sample)
    rows = frame[list(expected)].astype(object).where(frame[list(expected)].notna(), None).to_dict("records")
    assert expected in rows


@pytest.mark.parametrize("kol_id", [kol_id for kol_id in SHORTLIST if kol_id != "7000000000000010123"])
def test_the_identities_of_real_answers_hold(kol_id: str, sample: xf.Client) -> None:
    stages = xf.fetch_link_struct([kol_id], client=sample)
    total = xf.fetch_connected_users([kol_id], client=sample)["users"][0]
    assert stages["users"].sum() == total
    assert (stages["users"] / total).tolist() == pytest.approx(stages["share"].tolist())
    tree = xf.fetch_touch_distribution([kol_id], client=sample)
    for _, source in tree.groupby("level1"):
        parts = source.drop_duplicates("level2")["level2_cnt"].sum()
        assert (
            0.99 * source["level1_cnt"].iloc[0] < parts < source["level1_cnt"].iloc[0] or source["level2"].isna().all()
        )
    mix = xf.fetch_video_distribution([kol_id], client=sample)
    assert mix["share"].sum() == pytest.approx(1)


# --- where it comes from ---------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_script_makes_the_same_bytes_again(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*MADE, "__pycache__"))
    done = subprocess.run(
        [sys.executable, "-W", "error", "make_creators.py"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        f"{len(ANSWERS)} answers of 13 creators",
        f"{len(FURTHER['answers'])} further answers, 45 creators more in the search",
    ]
    for name in MADE:
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes()


FIRST_ENDPOINTS = {
    "author_link_struct",
    "author_touch_distribution",
    "author_video_distribution",
    "get_author_base_info",
    "get_author_link_info",
    "get_author_marketing_info",
    "get_author_spread_info",
}
"""Those whose answers are stored from the start; the others are answered when they are asked."""


def test_every_answer_is_marked_synthetic_and_asked_as_the_client_asks() -> None:
    assert SAMPLE["about"].startswith("SYNTHETIC")
    keys = [
        (call_for_query(a["endpoint"], {"oAuthorId": a["kol_id"], **a["params"]}).key, a["fetched_at"]) for a in ANSWERS
    ]
    assert len(set(keys)) == len(keys) == 131
    assert {a["endpoint"] for a in ANSWERS} == FIRST_ENDPOINTS
    assert {a["kol_id"] for a in ANSWERS} == set(SHORTLIST)


NAMES_OF_THE_WIRE = {"comment_token", "hot_comment_tokens", "iPhone"}
REAL_WORLD = {
    "address": r"://|www\.|\.(com|cn|net)\b",
    "sec_uid": r"MS4wLjAB",
    "long hex": r"[0-9a-fA-F]{24,}",
    "long mixed text": r"(?=[A-Za-z0-9_-]*[0-9])(?=[A-Za-z0-9_-]*[A-Z])[A-Za-z0-9_-]{16,}",
    "phone": r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])",
    "mail": r"@",
    "data uri": r"base64|data:image",
    "token": r"(?i)token|secret|api_?key|wechat|weixin|phone",
}


@functools.cache
def texts_of_the_data() -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Return key and text of every text that was made, and of every one in the pages of the provider."""
    made = [*(answer["data"] for answer in [*ANSWERS, *FURTHER["answers"]]), SERIES]
    pages = [json.loads(page.read_text("utf-8")) for page in (DATA / "provider_pages").glob("*.json")]
    return {pair for data in made for pair in texts(data)}, {pair for page in pages for pair in texts(page)}


@pytest.mark.parametrize("pattern", REAL_WORLD.values(), ids=REAL_WORLD)
def test_the_data_holds_nothing_of_the_real_world(pattern: str) -> None:
    made, pages = texts_of_the_data()
    found = [(key, text) for key, text in made if text not in NAMES_OF_THE_WIRE and re.search(pattern, text)]
    found += [(key, text) for key, text in pages if re.search(pattern, text)]
    assert found == []


def test_every_long_number_in_the_data_is_a_made_up_id() -> None:
    numbers = {text for a in ANSWERS for _, text in texts(a["data"]) if re.fullmatch(r"[0-9]{15,}", text)}
    assert numbers <= set(SHORTLIST)
    further = [*texts([answer["data"] for answer in FURTHER["answers"]]), *texts(SERIES)]
    numbers |= {text for _, text in further if re.fullmatch(r"[0-9]{15,}", text)}
    found = numbers - set(SHORTLIST)
    assert all(re.fullmatch(r"[79]1?0{9,}1[0-9]{4}", kol_id) for kol_id in SHORTLIST)
    assert all(re.fullmatch(r"70{13}2[0-9]{4}|760{8}[12][0-9]{4}[01]0[01][0-9]", number) for number in found)
    assert {number[:2] for number in found} == {"70", "76"}


# --- the provider's pages --------------------------------------------------------------------------------------------

PAGES = {
    "author_video_distribution": (
        "07f5ffa6e787987c",
        {"video_content_distribution.2": {"cnt": 1, "name": "随拍", "proportion": 0.3333}},
    ),
    "get-kol-link-info": (
        "b87dd71f5863175a",
        {"link_star_index.rank": "44031", "cp_index.value": 66.2, "cp_index.rank": "104078"},
    ),
    "get-kol-link-struct": (
        "e52c40937d6796e4",
        {
            "author_link_type": "传播",
            "link_struct.4": {"proportion": 0, "same_industry_median": 0, "value": 0},
            "link_struct.5": {"rank_percent": 0.0461, "relative_ratio": 0.7881, "value": 9_875_885},
        },
    ),
    "get-kol-spread-info": (
        "a483d438d3638dd0",
        {
            "avg_duration": "2600",
            "expect_cpm": {"cpm_1_20": "5657", "cpm_21_60": "14140", "cpm_60": "14140"},
            "sales_expect_cpm.cpm_60": "16543",
            "item_rate.item_num": {"label": "", "overtake": 10800, "value": 3},
            "play_stability.value": 540887,
        },
    ),
    "get-kol-touch-distribution": (
        "b4c16774f39b176f",
        {
            "video_touch.0.distribution_data": {"cnt": 12_704_028, "name": "个人"},
            "video_touch.0.second_distribution.5.three_distribution.1.distribution_data.cnt": 262_098,
        },
    ),
}
"""Each page: digest of the parsed JSON as the documentation prints it, and facts read off that page by hand."""


def at(value: Any, path: str) -> Any:
    for key in path.split("."):
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


def test_the_five_pages_are_there() -> None:
    assert sorted(page.stem for page in (DATA / "provider_pages").iterdir()) == sorted(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_the_provider_printed(name: str, provider_pages: dict[str, bytes]) -> None:
    digest, facts = PAGES[name]
    page = json.loads(provider_pages[name])
    assert list(page) == ["code", "data"]
    assert page["code"] == 0
    assert page["data"]["base_resp"] == {"status_code": 0, "status_message": ""}
    assert {path: at(page["data"], path) for path in facts} == facts
    canonical = json.dumps(page, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(canonical.encode()).hexdigest()[:16] == digest
