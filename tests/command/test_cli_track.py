"""The command line tracks a shortlist: what it says, sends and leaves to the next run, and its exit status."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tests.cli_cases import IDS, NOBODY, Done, finished, process, refused
from tests.loopback import Loopback, Reply, Seen, ok

pytestmark = pytest.mark.filterwarnings("always::xingtu_frames.errors.XingtuWarning")
Run = Callable[..., Done]


@pytest.fixture
def shortlist(tmp_path: Path) -> Path:
    path = tmp_path / "shortlist.xlsx"
    pd.DataFrame({"达人": ["甲", "乙", "丙"], "星图ID": IDS}).to_excel(path, index=False)
    return path


def counted(out: str) -> dict[str, list[str]]:
    """Return the words of each row of the table that is printed."""
    _, _, *rows = out.partition("\n\n")[0].splitlines()
    return {words[0]: words[1:] for words in map(str.split, rows)}


def test_a_plan_costs_nothing_and_a_run_sends_what_it_said(run: Run, paid: Loopback, shortlist: Path) -> None:
    chosen = ("track", shortlist, "--tables", "spread_info, cost_tiers,profiles")
    plan = run(*chosen, "--plan")
    assert (plan.status, plan.err) == (0, "")
    assert counted(plan.out) == {name: ["3", "now"] for name in ("spread_info", "cost_tiers", "profiles")}
    assert plan.out.splitlines()[-1] == "6 of 6 requests are due; nothing was sent"
    assert paid.seen == []
    first = run(*chosen)
    assert (first.status, first.err, paid.hits()) == (0, "", 6)
    assert first.out.split()[:2] == ["table", "fetched"]
    assert first.out.splitlines()[-1] == "6 of 6 requests were due"
    again = run(*chosen, "--every", "7d")
    assert (again.status, again.err, paid.hits()) == (0, "", 6)
    assert again.out.split()[:2] == ["table", "current"]
    assert again.out.splitlines()[-1] == "0 of 6 requests were due"
    assert {len(row) for row in counted(again.out).values()} == {3}


def test_what_a_board_reads_is_tracked_where_no_table_is_named(run: Run, paid: Loopback, shortlist: Path) -> None:
    assert run("track", shortlist).status == 0
    assert run("plan", "compare", shortlist).out.splitlines()[-1].startswith("0 of ")


def test_a_run_out_of_calls_says_so_and_the_next_one_goes_on(run: Run, paid: Loopback, shortlist: Path) -> None:
    chosen = ("track", shortlist, "--tables", "profiles", "--max-calls", "2")
    first = run(*chosen)
    assert (first.status, paid.hits()) == (1, 2)
    assert first.err == (
        "max_calls is used up: 1 answer stays due, and the next run goes on with what is due longest\n"
    )
    assert counted(first.out) == {"profiles": ["2", "1", "now"]}
    second = run(*chosen)
    assert (second.status, second.err, paid.hits()) == (0, "", 3)
    assert set(Counter(seen.kol_id for seen in paid.seen).values()) == {1}


def test_who_fails_is_listed_once_and_rests(run: Run, paid: Loopback) -> None:
    chosen = ("track", IDS[0], NOBODY, "--tables", "profiles")
    first = run(*chosen)
    assert first.status == 1
    assert first.err.startswith(f"failed: {NOBODY}: NotFoundError: ")
    assert first.err.count("\n") == 1
    hits = paid.hits()
    again = run(*chosen)
    assert (again.status, again.err, paid.hits()) == (0, "", hits)
    assert again.out.split()[:3] == ["table", "waiting", "current"]


def test_videos_are_given_behind_item(run: Run, paid: Loopback) -> None:
    paid.answer = lambda seen: ok({})
    chosen = ("track", "--tables", "video_trend", "--item", "7400000000000000001")
    assert run(*chosen).status == run(*chosen).status == 0
    assert paid.hits() == 1
    assert "needs creators" in refused(run("track", "--item", "7400000000000000001"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--every", "0d"), 'every must be from an hour to a year, such as "7d"'),
        (("--every", "weekly"), "every must be from an hour to a year"),
        (("--tables", "profile"), "no table"),
        (("--tables", ","), "no table named"),
        (("--tables", "search"), "what has pages cannot be tracked: search"),
        (("--refresh",), "unrecognized arguments: --refresh"),
        (("--offline",), "6 answers are due, and the client is offline; plan=True (--plan) says which"),
    ],
    ids=str,
)
def test_nonsense_is_refused_in_one_line(run: Run, paid: Loopback, arguments: tuple[str, ...], said: str) -> None:
    assert said in refused(run("track", IDS[0], *arguments))
    assert paid.seen == []


@pytest.mark.usefixtures("no_network")
def test_the_sample_creators_show_a_plan(run: Run) -> None:
    done = run("track", *IDS, "--sample", "--plan", "--every", "365d")
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines()[-1] == "0 of 18 requests are due; nothing was sent"


def hold_the_first(server: Loopback) -> tuple[threading.Event, threading.Event]:
    """Keep the first answer back; return what says that it was asked for, and what lets it go."""
    begun, go_on = threading.Event(), threading.Event()
    usual = server.answer

    def answer(seen: Seen) -> Reply:
        reply = usual(seen)
        if not begun.is_set():
            begun.set()
            reply.until = go_on
        return reply

    server.answer = answer
    return begun, go_on


@pytest.mark.slow
def test_two_processes_at_once_pay_once(run: Run, paid: Loopback) -> None:
    begun, go_on = hold_the_first(paid)
    chosen = ("track", *IDS, "--tables", "profiles,spread_info", "--max-workers", "1")
    other = process(*chosen)
    assert begun.wait(60)
    # What the other is asking is left to it.
    here = run(*chosen)
    go_on.set()
    there = finished(other)
    assert (here.status, there.status) == (0, 0)
    assert counted(here.out)["profiles"][:2] == ["2", "1"]
    assert counted(there.out)["profiles"][:1] == ["3"]
    assert set(Counter((seen.endpoint, seen.kol_id) for seen in paid.seen).values()) == {1}
    assert paid.hits() == 6


@pytest.mark.slow
def test_what_a_killed_run_had_not_asked_is_asked_next_time(run: Run, paid: Loopback) -> None:
    begun, never = hold_the_first(paid)
    chosen = ("track", *IDS, "--tables", "profiles", "--max-workers", "1")
    with process(*chosen) as other:
        assert begun.wait(60)
        other.kill()
    never.set()
    done = run(*chosen)
    # What was under way may be charged, and rests for a day.
    assert (done.status, counted(done.out)["profiles"][:2]) == (0, ["2", "1"])
    assert done.out.split()[:3] == ["table", "fetched", "waiting"]
    assert [seen.kol_id for seen in paid.seen] == list(IDS)
