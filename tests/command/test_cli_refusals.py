"""What the command line refuses, and how it ends when its streams or its user do."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import xingtu_frames as xf
from tests.cli_cases import (
    _WITH_INTERRUPTS,
    COMMANDS,
    IDS,
    NOBODY,
    ONE,
    TOKEN,
    URL,
    Done,
    checked,
    finished,
    process,
    refused,
)
from tests.loopback import Loopback, Reply, Seen
from xingtu_frames.client import settings
from xingtu_frames.command.cli import main

# Under pytest a warning is an error; the command line shows ours as a line.
pytestmark = pytest.mark.filterwarnings("always::xingtu_frames.errors.XingtuWarning")


# What is refused before anything is sent

REFUSED = {
    "unknown table": (("fetch", "prices", ONE), "no table 'prices'; there are: touch_distribution, "),
    "unknown tables of a plan": (("plan", "quotes,prices", ONE), "no table 'prices'"),
    "no table at all": (("plan", " , ", ONE), "table"),
    "unknown table to describe": (("describe", "prices"), "no table 'prices'"),
    "option of another table": (("fetch", "profiles", ONE, "--window", "90d"), "no option 'window'"),
    "choice that does not exist": (("fetch", "spread_info", ONE, "--window", "7d"), '"7d"'),
    "choice of a comparison": (("compare", ONE, "--window", "7d"), '"7d"'),
    "choice that the legacy path lacks": (
        ("fetch", "spread_info", ONE, "--api", "legacy", "--platform", "picture_text"),
        "platform must be",
    ),
    "bad id": (("fetch", "quotes", ONE, "7.1e18"), "'7.1e18': a rounded number"),
    "several bad ids": (("compare", "a b", "https://www.douyin.com/user/1"), "an id is 1 to 20 digits"),
    "empty id": (("fetch", "quotes", ""), "empty"),
    "a long line of ids": (("fetch", "quotes", ",".join(IDS * 5)), "an id is 1 to 20 digits"),
    "missing shortlist": (("compare", "nowhere.csv"), "cannot read nowhere.csv"),
    "spoilt shortlist": (("fetch", "quotes", "spoilt.csv"), "Excel keeps 15 digits"),
    "unknown suffix": (("fetch", "quotes", ONE, "-o", "a.json"), "-o must end in .csv, .xlsx or .parquet"),
    "missing folder": (("fetch", "quotes", ONE, "-o", "nowhere/a.csv"), "the folder nowhere does not exist"),
    "a folder for a file": (("fetch", "quotes", ONE, "-o", "folder.csv"), "folder.csv"),
    "bad region": (("fetch", "quotes", ONE, "--region", "mars"), '"global", "cn" or an http(s) address'),
    "bad expiry": (("fetch", "quotes", ONE, "--expire-after", "soon"), "expire_after must be"),
    "bad number": (("fetch", "quotes", ONE, "--max-calls", "many"), "invalid int value: 'many'"),
    "too small a number": (("fetch", "quotes", ONE, "--max-workers", "0"), "max_workers must be"),
    "bad rate": (("fetch", "quotes", ONE, "--per-second", "-1"), "per_second must be"),
    "bad api": (("fetch", "quotes", ONE, "--api", "future"), "api must be"),
    "bad cache": (("cache", "info", "--cache", "."), "cannot be opened"),
    "bad time": (("ledger", "--since", "yesterday-ish"), "since must be a time"),
    "nothing stored": (("fetch", "quotes", ONE, "--offline"), "no stored answer"),
    "no command": ((), "the following arguments are required: COMMAND; see xingtu-frames --help"),
    "unknown command": (("buy",), "invalid choice: 'buy'"),
    "missing argument": (("fetch", "quotes"), "quotes needs creators: give a shortlist of ids, addresses or files"),
    "unknown argument": (("tables", "--all"), "unrecognized arguments: --all"),
    "unknown cache action": (("cache", "burn"), "invalid choice: 'burn'"),
    "export to nowhere": (("cache", "export"), "takes a file"),
    "name of no lake": (("cache", "info", "--name", "a"), "cache info takes no --name: it names files in a lake"),
    "days of no budget": (
        ("budget", "--per", "day"),
        "--per day needs a number, such as xingtu-frames budget 5000 --per day",
    ),
    "fee of no plan": (("compare", ONE, "--fee", "0.05"), "--fee and --rebate belong to a plan, which needs --budget"),
    "rebate of no plan": (("compare", ONE, "--rebate", "0"), "which needs --budget, such as --budget 300000"),
    "fee in percent": (
        ("compare", ONE, "--budget", "9", "--fee", "5"),
        "must be a fraction from 0 up to 1, such as 0.05 for 5 %, not '5'",
    ),
    "import of nothing": (("cache", "import", "nowhere.sqlite"), "nowhere.sqlite is not a store"),
}


@pytest.mark.one_in(10)
@pytest.mark.parametrize(("argv", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_done_is_one_line_and_sends_nothing(
    argv: tuple[str, ...], said: str, run: Callable[..., Done], paid: Loopback, tmp_path: Path
) -> None:
    (tmp_path / "spoilt.csv").write_text(f"kol_id\n{ONE}\n7.00000000000001E+18\n", "utf-8")
    (tmp_path / "folder.csv").mkdir()
    assert said in refused(run(*argv))
    assert paid.hits() == 0


@pytest.mark.parametrize("argv", [("fetch", "quotes", ONE), ("compare", ONE)], ids=str)
def test_no_token(
    argv: tuple[str, ...], run: Callable[..., Done], paid: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JUSTONEAPI_TOKEN")
    assert "no token: set the environment variable JUSTONEAPI_TOKEN" in refused(run(*argv))
    assert paid.hits() == 0


def test_a_token_given_as_an_argument_is_refused_and_not_repeated(run: Callable[..., Done], paid: Loopback) -> None:
    for argv in (("--token", TOKEN), (f"--token={TOKEN}",)):
        assert "JUSTONEAPI_TOKEN" in refused(run("fetch", "quotes", ONE, *argv))
    assert paid.hits() == 0


def test_parquet_without_its_library_pays_nothing(
    run: Callable[..., Done], paid: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert 'pip install "xingtu_frames[parquet]"' in refused(run("fetch", "quotes", ONE, "-o", "a.parquet"))
    assert paid.hits() == 0


@pytest.mark.parametrize("argv", [(), *((command,) for command in COMMANDS)], ids=str)
def test_help(argv: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([*argv, "--help"])
    captured = capsys.readouterr()
    assert left.value.code == 0
    assert captured.err == ""
    for name in argv or COMMANDS:
        assert name in captured.out


@pytest.mark.slow
def test_a_refusal_of_a_process(tmp_path: Path) -> None:
    done = finished(process("fetch", "quotes", "letters", cwd=tmp_path))
    assert "'letters'" in refused(done)
    assert not list(tmp_path.iterdir())


# plan, ledger, tables, describe


def test_plan_counts_shared_answers_once_and_sends_nothing(
    run: Callable[..., Done], paid: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JUSTONEAPI_TOKEN")
    done = run("plan", "spread_info, cost_tiers,quotes", ONE, URL)
    assert (done.status, done.err) == (0, "")
    assert re.search(r"^spread_info\|cost_tiers +get_author_spread_info +missing +2$", done.out, re.MULTILINE)
    assert done.out.endswith("\n4 of 4 requests would be sent\n")
    assert paid.hits() == 0


def test_plan_knows_what_is_stored(run: Callable[..., Done], paid: Loopback) -> None:
    run("fetch", "spread_info", ONE)
    assert run("plan", "spread_info", *IDS[:2]).out.endswith("\n1 of 2 requests would be sent\n")
    assert run("plan", "spread_info", ONE, "--window", "90d").out.endswith("\n1 of 1 requests would be sent\n")
    assert run("plan", "spread_info", ONE, "--refresh").out.endswith("\n1 of 1 requests would be sent\n")
    assert paid.hits() == 1


def test_ledger_lists_every_request_and_its_charge(run: Callable[..., Done], paid: Loopback) -> None:
    assert run("ledger").out.endswith("\n0 requests; billed: 0 yes, 0 no, 0 unknown\n")
    run("fetch", "spread_info", ONE, NOBODY)
    done = run("ledger")
    assert (done.status, done.err) == (0, "")
    assert re.search(rf"get_author_spread_info +{ONE} +200 +0 +yes ", done.out)
    assert re.search(rf"get_author_spread_info +{NOBODY} +404 +404 +", done.out)
    assert re.search(r"\n2 requests; billed: 1 yes, [01] no, [01] unknown\n$", done.out)
    assert run("ledger", "--since", "2100-01-01").out.endswith("\n0 requests; billed: 0 yes, 0 no, 0 unknown\n")


def test_tables_and_describe(run: Callable[..., Done]) -> None:
    listed = run("tables")
    assert listed.status == 0
    for table in xf.TABLES.values():
        assert re.search(
            rf"^{table.name} +{re.escape(table.label_zh)} +{re.escape(table.row)} +{table.endpoint}$",
            listed.out,
            re.MULTILINE,
        )
        described = run("describe", table.name)
        assert described.status == 0
        for column in table.columns:
            assert re.search(rf"^{column.name} .*{re.escape(column.label_zh)} ", described.out, re.MULTILINE)
            assert column.meaning in described.out


# cache and doctor


@pytest.fixture
def stored(run: Callable[..., Done], paid: Loopback) -> Loopback:
    """Return the server after two answers were paid and stored."""
    assert run("fetch", "spread_info", *IDS[:2]).status == 0
    return paid


@pytest.mark.usefixtures("stored")
def test_cache_info(run: Callable[..., Done], tmp_path: Path) -> None:
    done = run("cache", "info")
    path, counts = done.out.splitlines()
    assert path == os.environ["XINGTU_FRAMES_CACHE"]
    assert counts.startswith("2 answers, 2 requests, ")


@pytest.mark.parametrize("reply", ["n", "", "yess", "no", None])
def test_cache_clear_deletes_nothing_unless_told(
    reply: str | None, run: Callable[..., Done], stored: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(prompt: str) -> str:
        assert prompt.startswith("Delete 2 paid answers in ")
        if reply is None:
            raise EOFError
        return reply

    monkeypatch.setattr("builtins.input", answer)
    done = run("cache", "clear")
    assert (done.status, done.out, done.err) == (2, "", "nothing was deleted\n")
    assert run("cache", "info").out.splitlines()[1].startswith("2 answers")


@pytest.mark.parametrize("argv", [("--yes",), ()], ids=["yes given", "yes answered"])
def test_cache_clear_keeps_the_ledger(
    argv: tuple[str, ...], run: Callable[..., Done], stored: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda prompt: " Y ")
    done = run("cache", "clear", *argv)
    assert (done.status, done.out) == (0, "deleted 2 answers; the ledger is kept\n")
    assert run("cache", "info").out.splitlines()[1].startswith("0 answers, 2 requests")
    assert "2 requests; billed: 2 yes" in run("ledger").out


@pytest.mark.slow
@pytest.mark.usefixtures("stored")
def test_cache_clear_of_a_process_without_a_terminal_deletes_nothing(run: Callable[..., Done], tmp_path: Path) -> None:
    done = finished(process("cache", "clear", cwd=tmp_path))
    assert done.status == 2
    assert done.err.splitlines()[-1] == "nothing was deleted"
    assert "2 answers" in run("cache", "info").out


def test_a_colleague_with_the_exported_answers_pays_nothing(
    run: Callable[..., Done], stored: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = run("fetch", "spread_info", *IDS[:2]).out
    assert run("cache", "export", "answers.sqlite").out == "wrote answers.sqlite: 2 answers, no ledger, no token\n"
    assert "exists already" in refused(run("cache", "export", "answers.sqlite"))
    monkeypatch.delenv("JUSTONEAPI_TOKEN")
    theirs = ("--cache", "theirs.sqlite")
    assert run("cache", "import", "answers.sqlite", *theirs).out.startswith(
        f"2 answers added to {Path.cwd() / 'theirs.sqlite'}, 0 were"
    )
    assert run("cache", "import", "answers.sqlite", *theirs).out.startswith("0 answers added to ")
    assert run("fetch", "spread_info", *IDS[:2], *theirs).out == mine
    assert stored.hits() == 2


def test_doctor_sends_nothing_and_tells_no_token(run: Callable[..., Done], stored: Loopback) -> None:
    done = run("doctor")
    assert (done.status, done.err) == (0, "")
    assert re.search(r"^token +ok +set$", done.out, re.MULTILINE)
    assert re.search(r"^store +ok .*: 2 answers, every checksum right$", done.out, re.MULTILINE)
    assert stored.hits() == 2


# Streams and signals


def test_a_warning_is_one_line(run: Callable[..., Done], paid: Loopback) -> None:
    settings._warned.clear()
    done = run("fetch", "profiles", ONE)
    assert done.status == 0
    (line,) = done.err.splitlines()
    assert line.startswith("warning: the token travels unencrypted")


@pytest.mark.slow
def test_a_reader_that_has_gone_is_no_error(tmp_path: Path) -> None:
    running = process("tables", cwd=tmp_path)
    assert running.stdout
    running.stdout.close()
    assert running.wait(timeout=600) == 0
    assert running.stderr
    with running.stderr as err:
        assert err.read() == ""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_output_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "xingtu_frames", "tables"]
        done = subprocess.run(command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, timeout=600)
    assert "No space left on device" in refused(checked(Done(done.returncode, "", done.stderr)))


@pytest.fixture
def slow(paid: Loopback) -> Iterator[Loopback]:
    """Return the server, answering the first creator at once and the others after a while."""
    answer = paid.answer

    def slowly(seen: Seen) -> Reply:
        reply = answer(seen)
        reply.delay = 0 if seen.kol_id == ONE else 1.0
        return reply

    paid.answer = slowly
    return paid


def test_an_interrupt_keeps_what_arrived(slow: Loopback, run: Callable[..., Done], tmp_path: Path) -> None:
    argv = ("fetch", "spread_info", *IDS, "--max-workers", "2")
    running = process(*argv, code=_WITH_INTERRUPTS, cwd=tmp_path)
    while slow.hits() < 2 and running.poll() is None:
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    done = finished(running)
    lines = [line for line in done.err.splitlines() if not line.startswith("warning: the token travels")]
    assert (done.status, done.out) == (2, "")
    assert lines == ["xingtu-frames: interrupted; what arrived is stored"]
    sent = slow.hits()
    assert 2 <= sent <= 3
    assert f"{3 - sent} of 3 requests would be sent" in run("plan", "spread_info", *IDS).out


def test_bad_ids_are_listed_one_to_a_line(run: Callable[..., Done], paid: Loopback, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text(f"kol_id\n{ONE}\n7.1E+18\nabc123\n", "utf-8")
    done = run("compare", "bad.csv")
    first, *lines = done.err.splitlines()
    assert (done.status, first) == (2, "xingtu-frames: bad.csv: 2 bad creator ids")
    assert [line[:10] for line in lines] == ["  line 3: ", "  line 4: "]
    (tmp_path / "bad.csv").write_text(f"kol_id\n{ONE}\n7.1E+18\n", "utf-8")
    assert "bad.csv: 1 bad creator id: line 3: '7.1E+18': " in refused(run("compare", "bad.csv"))
    assert paid.hits() == 0


def test_a_fault_of_ours_is_one_line_without_a_traceback(
    run: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xingtu_frames.command.cli._tables", lambda arguments: {}["nothing"])
    done = run("tables")
    assert done.status == 2
    assert "this should not happen (KeyError" in done.err
