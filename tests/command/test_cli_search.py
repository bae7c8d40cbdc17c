"""The command line for what is not about creators: the search, and tables about videos."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import xingtu_frames as xf
from tests.cli_cases import ONE, Done, refused
from tests.loopback import Loopback, fail, ok
from xingtu_frames.tables.search_filters import FILTERS

VIDEO = "7400000000000000001"


def hits(*ids: int) -> dict[str, object]:
    authors = [
        {"star_id": str(7_000_000_000_000_000_000 + one), "attribute_datas": {"nick_name": "达人"}} for one in ids
    ]
    return {"authors": authors, "pagination": {"has_more": True, "total_count": 58}}


def test_search_prints_what_it_found_and_says_what_it_cost(run: Callable[..., Done], paid: Loopback) -> None:
    paid.script(ok(hits(1, 2)), ok(hits(2, 3)))
    done = run(
        "search", "护肤", "--followers", "100000:", "--cpe-cny", ":3", "--audience", "female_70,gen_z", "--limit", "3"
    )
    assert done.status == 0
    header, *rows = done.out.splitlines()
    assert header.split(",") == list(xf.TABLES["search"].names)
    assert [row.split(",")[0][-1] for row in rows] == ["1", "2", "3"]
    assert done.err == "3 creators of 58, from 2 pages; stopped: limit\n"
    query = paid.seen[0].query
    assert (query["keyword"], query["followerRange"], query["expectedCpeRange"]) == ("护肤", "100000-1000000000", "0-3")
    assert query["audienceImage"] == "GENDER_FEMALE_70,CROWD_GEN_Z"
    assert paid.hits() == 2


def test_words_given_twice_are_all_looked_for(run: Callable[..., Done], paid: Loopback) -> None:
    paid.script(ok(hits(1, 2)), ok({}))
    assert run("search", "--locations", "广东省,北京市", "--locations", "深圳市").status == 0
    assert paid.seen[0].query["location"] == "广东省,北京市,深圳市"


def test_search_says_what_it_would_send(run: Callable[..., Done], paid: Loopback) -> None:
    for limits, requests in (((), 1), (("--limit", "60"), 3), (("--max-pages", "4"), 4)):
        done = run("search", "护肤", "--plan", *limits)
        assert (done.status, done.err) == (0, "")
        assert f"{requests} of {requests} requests would be sent" in done.out
    assert "0 of 1 requests would be sent\n1 answer is not stored" in run("search", "护肤", "--plan", "--offline").out
    assert paid.hits() == 0


def test_search_into_a_file_that_is_a_shortlist(run: Callable[..., Done], paid: Loopback, tmp_path: Path) -> None:
    paid.script(ok(hits(1, 2)), ok({}))
    done = run("search", "-o", "found.xlsx")
    assert (done.status, done.out) == (0, "")
    assert done.err.splitlines()[0] == "wrote found.xlsx"
    assert len(xf.read_shortlist(tmp_path / "found.xlsx")) == 2


def test_a_page_that_failed_is_listed(run: Callable[..., Done], paid: Loopback) -> None:
    paid.script(ok(hits(1, 2)), fail(404, "gone"))
    done = run("search", "--limit", "40")
    assert done.status == 1
    assert len(done.out.splitlines()) == 3
    assert "stopped: failed\nfailed: a page: NotFoundError: " in done.err


def test_every_filter_has_its_argument(run: Callable[..., Done], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run("search", "--help")
    shown = capsys.readouterr().out
    keyword, *others = [option.name for option in FILTERS]
    assert keyword in shown
    assert [name for name in others if f"  --{name.replace('_', '-')}" not in shown] == []


REFUSED = {
    "no range": (("search", "--followers", "5"), "argument --followers: must be LOW:HIGH"),
    "half a range": (("search", "--followers", "x:5"), "must be LOW:HIGH"),
    "a percent": (("search", "--interact-rate", "2:"), "rates are fractions: 0.02 is 2 %"),
    "two thresholds": (("search", "--fans", "male_50,male_60"), "at most one male_"),
    "a price of nothing": (("search", "--quote-cny", ":5"), "quote_cny needs quote_type"),
    "no such choice": (("search", "--gender", "x"), '"male", "female"'),
    "no creator": (("search", "--limit", "0"), "limit must be"),
    "no such filter": (("search", "--folowers", "1:"), "unrecognized arguments: --folowers"),
    "nowhere": (("search", "-o", "nowhere/a.csv"), "the folder nowhere does not exist"),
    "fetch of a search": (("fetch", "search", "护肤"), "search takes no ids; see xingtu-frames search --help"),
    "plan of a search": (("plan", "search"), "see xingtu-frames search --help"),
    "a creator for a video": (
        ("fetch", "video_trend", ONE),
        "video_trend needs videos: give their ids or addresses after --item",
    ),
    "no video": (("plan", "video_trend"), "video_trend needs videos"),
    "a video for a creator": (("fetch", "quotes", "--item", VIDEO), "quotes needs creators: give a shortlist"),
    "no video id": (("fetch", "video_trend", "--item", "1.5"), "a video id is 1 to 20 digits"),
    "both": (("plan", "video_trend,quotes", ONE), "ids of different things"),
}


@pytest.mark.one_in(4)
@pytest.mark.parametrize(("argv", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_done_is_one_line_and_sends_nothing(
    argv: tuple[str, ...], said: str, run: Callable[..., Done], paid: Loopback
) -> None:
    assert said in refused(run(*argv))
    assert paid.hits() == 0


def test_a_table_about_videos_takes_their_ids_or_addresses(run: Callable[..., Done], paid: Loopback) -> None:
    paid.answer = lambda seen: ok({"date_values": {"vv_list": [{"visit_date": "20261001", "value": "5"}]}})
    address = "https://www.douyin.com/video/7400000000000000002"
    assert "2 of 2 requests would be sent" in run("plan", "video_trend", "--item", VIDEO, address).out
    done = run("fetch", "video_trend", "--item", VIDEO, "--item", address)
    assert (done.status, done.err) == (0, "")
    assert [line.split(",")[0] for line in done.out.splitlines()] == ["item_id", VIDEO, "7400000000000000002"]
    assert sorted(seen.query["itemId"] for seen in paid.seen) == [VIDEO, "7400000000000000002"]


def test_options_may_stand_before_the_shortlist(run: Callable[..., Done], paid: Loopback) -> None:
    assert run("fetch", "quotes", "--max-workers", "2", ONE).status == 0
    assert run("fetch", "--max-workers", "2", "quotes", ONE).status == 0
    assert "0 of 1 requests" in run("plan", "--refresh", "--offline", "quotes", ONE).out
    assert paid.hits() == 1


def test_a_video_that_failed_is_listed_by_its_id(run: Callable[..., Done], paid: Loopback) -> None:
    paid.script(fail(404, "gone"))
    paid.answer = lambda seen: ok({"date_values": {"vv_list": [{"visit_date": "20261001", "value": "5"}]}})
    done = run("fetch", "video_trend", "--item", VIDEO, "7400000000000000002", "--max-workers", "1")
    assert done.status == 1
    assert done.err.startswith(f"failed: {VIDEO}: NotFoundError: ")
