"""The command line: what it prints, writes, sends and refuses, and the exit status that scripts rely on."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from wcwidth import wcswidth

import xingtu_frames as xf
from tests.cli_cases import (
    IDS,
    NOBODY,
    ONE,
    TOKEN,
    URL,
    Done,
    by_display_column,
    files,
    finished,
    process,
    refused,
    said_written,
)
from tests.loopback import Loopback, fail
from xingtu_frames.fetch.sample import sample_tables
from xingtu_frames.report.pictures import PICTURES

# Under pytest a warning is an error; the command line shows ours as a line.
pytestmark = [
    pytest.mark.filterwarnings("always::xingtu_frames.errors.XingtuWarning"),
    pytest.mark.usefixtures("coarse_pictures"),
]


def check_demo(folder: Path, drawn: Sequence[str]) -> None:
    """Check the pictures and the days, creators and flags of the tables that a demo writes."""
    pictures = list(folder.glob("*.png"))
    assert {picture.stem for picture in pictures} == {*drawn}
    assert all(picture.read_bytes().startswith(b"\x89PNG") for picture in pictures)
    days = xf.read_csv(folder / "daily_fans.csv")["date"]
    assert (days.min(), days.max()) == (pd.Timestamp("2026-10-21"), pd.Timestamp("2026-11-19"))
    assert xf.read_csv(folder / "board.csv")["kol_id"].tolist() == xf.sample_ids()
    assert "stale_answer" not in set(xf.read_csv(folder / "quality.csv")["flag"])


@pytest.mark.usefixtures("no_network", "one_picture")
def test_demo_shows_an_aligned_board_and_writes_what_it_says(run: Callable[..., Done], tmp_path: Path) -> None:
    done = run("demo")
    assert (done.status, done.err) == (0, "")
    assert sorted(said_written(done.out)) == files(tmp_path / "out")
    assert {path.name for path in tmp_path.iterdir()} == {"out"}
    check_demo(tmp_path / "out", [*PICTURES][:1])
    header, bands, rule, *rows = done.out.splitlines()[: 3 + len(xf.sample_ids())]
    with xf.sample_client() as client:
        names = xf.fetch_profiles(xf.sample_ids(), client=client)["nick_name"]
    assert [row.split("  ")[0][:13] for row in rows] == [name[:13] for name in names]
    assert {wcswidth(line) for line in (header, *rows)} == {len(rule)}
    gaps = [place for place, char in enumerate(rule) if char == " "]
    assert {by_display_column(line)[place] for line in (header, bands.ljust(len(rule)), *rows) for place in gaps} == {
        " "
    }


@pytest.mark.slow
@pytest.mark.usefixtures("no_network")
@pytest.mark.usefixtures("one_picture")
def test_demo_in_english(run: Callable[..., Done], tmp_path: Path) -> None:
    done = run("demo", "--lang", "en", "--out", "a/b", "--fee", "0.05", "--rebate", "0.1")
    assert done.status == 0
    plan = xf.read_csv(tmp_path / "a" / "b" / "plan.csv")
    assert plan["fee_cny"].tolist() == pytest.approx((plan["price_cny"] * 0.05).tolist(), abs=0.01)
    assert plan["rebate_cny"].tolist() == pytest.approx((plan["price_cny"] * 0.1).tolist(), abs=0.01)
    assert done.out.startswith("creator ")
    assert re.search(r"^青柠妆匣子 .* 1\.29M ", done.out, re.MULTILINE)
    assert sorted(said_written(done.out)) == [f"a/{name}" for name in files(tmp_path / "a" / "b")]
    book = openpyxl.load_workbook(tmp_path / "a" / "b" / "shortlist.xlsx", read_only=True)
    decided = ["board (synthetic sample)", "scores value for money", "plan", "proposal", "quality"]
    assert book.sheetnames == [*decided, *sample_tables(), "daily_fans", "Charts", "About"]
    book.close()


ONE_PICTURE = (
    "import sys; from xingtu_frames.report import pictures; from xingtu_frames.command.cli import main; "
    "pictures._KINDS = pictures._KINDS[:1]; sys.exit(main())"
)


@pytest.mark.slow
@pytest.mark.parametrize("code", [ONE_PICTURE, ""], ids=["one picture", "all"])
def test_demo_in_a_process_of_its_own_needs_no_token_and_sends_nothing(
    server: Loopback, tmp_path: Path, code: str
) -> None:
    done = finished(process("demo", code=code, cwd=tmp_path, env={**os.environ, "JUSTONEAPI_BASE_URL": server.url}))
    assert (done.status, done.err) == (0, "")
    assert sorted(said_written(done.out)) == files(tmp_path / "out")
    check_demo(tmp_path / "out", [*PICTURES][:1] if code else PICTURES)
    assert server.hits() == 0


# compare


def mixed_shortlist(folder: Path) -> list[str]:
    """Return an id, an address, a CSV file and a workbook; two creators stand in two of them."""
    (folder / "list.csv").write_text(f"kol_id,name\n{IDS[2]},我的达人\n{ONE},再来一次\n", "utf-8")
    book = openpyxl.Workbook()
    for row in (["昵称", "星图ID"], ["又一位", xf.sample_ids()[4]]):
        book.active.append(row)
    book.save(folder / "list.xlsx")
    return [ONE, URL, "list.csv", "list.xlsx"]


@pytest.mark.usefixtures("one_picture")
def test_compare_takes_ids_addresses_and_files_and_pays_six_requests_a_creator_once(
    run: Callable[..., Done], paid: Loopback, tmp_path: Path
) -> None:
    shortlist = mixed_shortlist(tmp_path)
    first = run("compare", *shortlist, "--out", "out")
    assert (first.status, first.err) == (0, "")
    assert sorted(said_written(first.out)) == files(tmp_path / "out")
    board = xf.read_csv(tmp_path / "out" / "board.csv")
    assert board["kol_id"].tolist() == xf.sample_ids()[1:5]
    assert board["name"].tolist()[2:] == ["我的达人", "又一位"]
    assert "我的达人" in first.out
    assert paid.hits() == 4 * 6
    assert set(paid.counts().values()) == {1}
    again = run("compare", *shortlist, "--out", "out")
    assert (again.status, again.out) == (0, first.out)
    assert paid.hits() == 4 * 6
    asked_anew = run("compare", ONE, "--refresh")
    assert asked_anew.status == 0
    assert paid.hits() == 5 * 6


@pytest.mark.usefixtures("one_picture")
def test_compare_lists_a_failing_creator_and_writes_the_others(
    run: Callable[..., Done], paid: Loopback, tmp_path: Path
) -> None:
    done = run("compare", ONE, NOBODY)
    assert done.status == 1
    lines = done.err.splitlines()
    assert lines
    assert all(line.startswith(f"failed: {NOBODY}: NotFoundError: ") for line in lines)
    assert xf.read_csv(tmp_path / "out" / "board.csv")["kol_id"].tolist() == [ONE]
    assert sorted(said_written(done.out)) == files(tmp_path / "out")


def test_compare_of_nobody_is_one_line_and_no_file(run: Callable[..., Done], paid: Loopback, tmp_path: Path) -> None:
    assert NOBODY in refused(run("compare", NOBODY, f"{NOBODY}3"))
    assert files(tmp_path / "out") == []


def test_compare_with_an_output_that_is_no_folder_pays_nothing(
    run: Callable[..., Done], paid: Loopback, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_bytes(b"mine")
    assert "--out" in refused(run("compare", ONE, "--out", "taken"))
    assert (tmp_path / "taken").read_bytes() == b"mine"
    assert paid.hits() == 0


@pytest.mark.slow
def test_compare_in_a_process_of_its_own(paid: Loopback, tmp_path: Path) -> None:
    done = finished(process("compare", ONE, "--out", "pictures", cwd=tmp_path))
    assert done.status == 0
    (line,) = done.err.splitlines()
    assert line.startswith("warning: the token travels unencrypted to http://127.0.0.1")
    assert sorted(said_written(done.out)) == files(tmp_path / "pictures")
    drawn = {picture.stem for picture in (tmp_path / "pictures").glob("*.png")}
    assert set(PICTURES) - drawn == {"sources", "expected", "portrait", "videos", "followers"}
    assert paid.hits() == 6


# fetch


def expected(table: str = "cost_tiers", ids: list[str] = IDS) -> pd.DataFrame:
    with xf.sample_client() as client:
        return getattr(xf, f"fetch_{table}")(ids, client=client).drop(columns="fetched_at")


def same(got: pd.DataFrame, table: str = "cost_tiers") -> None:
    pd.testing.assert_frame_equal(got.drop(columns="fetched_at"), expected(table))


def test_fetch_writes_csv_that_a_program_reads(run: Callable[..., Done], paid: Loopback) -> None:
    done = run("fetch", "cost_tiers", *IDS)
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("kol_id,video_type,")
    got = pd.read_csv(io.StringIO(done.out), dtype={"kol_id": str})
    assert got["kol_id"].tolist() == expected()["kol_id"].tolist()
    assert got["cost_cny"].tolist() == pytest.approx(expected()["cost_cny"].tolist(), nan_ok=True)
    assert paid.hits() == 3


def test_fetch_in_a_process_writes_utf8_without_a_mark(paid: Loopback, tmp_path: Path) -> None:
    running = process("fetch", "profiles", ONE, cwd=tmp_path, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    done = finished(running)
    assert done.status == 0
    assert done.out.startswith(
        f"kol_id,nick_name,gender,province,city,followers,mcn_name,tags,is_online,douyin_id,sec_uid,fetched_at\n{ONE},青"
    )


@pytest.mark.parametrize("name", ["costs.csv", "costs.XLSX", "costs.parquet"])
def test_fetch_into_a_file_that_reads_back(name: str, run: Callable[..., Done], paid: Loopback, tmp_path: Path) -> None:
    done = run("fetch", "cost_tiers", *IDS, "-o", name)
    assert (done.status, done.out, done.err) == (0, "", f"wrote {name}\n")
    path = tmp_path / name
    if path.suffix == ".parquet":
        same(pd.read_parquet(path))
    elif path.suffix == ".csv":
        same(xf.read_csv(path))
    else:
        same(xf.read_excel(path, "预期CPM与CPE"))


def test_fetch_takes_the_options_of_its_table(run: Callable[..., Done], paid: Loopback) -> None:
    chosen = ("--window", "90d", "--video-type", "xingtu", "--only-assigned", "--flow", "include")
    assert run("fetch", "spread_info", ONE, *chosen).status == 0
    query = paid.seen[0].query
    assert query["range"] == "DAY_90"
    assert query["type"] == "XINTU_VIDEO"
    assert query["flowType"] == "INCLUDE"
    assert query["onlyAssign"] == "true"


def test_fetch_lists_what_failed_and_writes_the_rest(run: Callable[..., Done], paid: Loopback) -> None:
    done = run("fetch", "profiles", NOBODY, ONE)
    assert done.status == 1
    assert len(done.out.splitlines()) == 2
    (line,) = done.err.splitlines()
    assert line.startswith(f"failed: {NOBODY}: NotFoundError: ")
    assert NOBODY in refused(run("fetch", "profiles", NOBODY))


def test_the_legacy_paths_are_asked_for_and_share_the_answers(run: Callable[..., Done], paid: Loopback) -> None:
    current = run("fetch", "spread_info", ONE)
    assert run("fetch", "spread_info", ONE, "--api", "legacy").out == current.out
    assert paid.hits() == 1
    assert run("fetch", "spread_info", IDS[1], "--api", "legacy").status == 0
    assert [seen.endpoint for seen in paid.seen] == ["get_author_spread_info", "get-kol-spread-info"]


def test_the_budget_is_never_passed_and_what_arrived_is_stored(run: Callable[..., Done], paid: Loopback) -> None:
    assert "max_calls=1 is used up" in refused(run("fetch", "spread_info", *IDS, "--max-calls", "1"))
    assert paid.hits() == 1
    assert "2 of 3 requests would be sent" in run("plan", "spread_info", *IDS).out
    assert run("fetch", "spread_info", *IDS, "--max-calls", "2").status == 0
    assert paid.hits() == 3


def test_an_account_error_is_one_line(run: Callable[..., Done], paid: Loopback) -> None:
    paid.answer = lambda seen: fail(601, f"balance\nof {TOKEN}")
    assert "601" in refused(run("fetch", "spread_info", ONE))
