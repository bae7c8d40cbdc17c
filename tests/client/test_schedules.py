"""Processes, clients, visitors, kills, faults and clocks on one file, at random: nothing lost, nothing doubled."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.schedules.draw import Schedule
from tests.schedules.rounds import Outcome, Round, described, play_many, starter, table
from tests.schedules.server import ServerRound

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs signals")
SEED = 7
IDS = ["101", "102"]


@pytest.fixture(scope="module")
def start() -> Any:
    return starter()


@pytest.mark.parametrize("many", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["few", "many"])
@pytest.mark.parametrize("kind", ["file", pytest.param("server", marks=pytest.mark.slow)])
def test_random_schedules_lose_nothing_and_pay_nothing_twice(
    kind: str, many: bool, soak: bool, capfd: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    rounds = int(os.environ.get("SCHEDULES", "1000" if soak else "20")) if many else 3
    make = Round if kind == "file" else partial(ServerRound, request.getfixturevalue("postgres"))
    outcomes = play_many(SEED, range(rounds), 4, lambda outcome: None, make=make)
    faulty = [described(SEED, outcome) for outcome in outcomes if outcome.faults]
    if soak:
        with capfd.disabled():
            print(f"\n{table(outcomes)}")  # noqa: T201
    if faulty:
        pytest.fail("\n\n".join(faulty[:5]), pytrace=False)


# --- what the chance of a round is made of, as an analyst does it


def _client(slot: int = 0, **settings: Any) -> dict[str, Any]:
    return {"do": "client", "slot": slot, "settings": {"timeout": [5, 60], **settings}, "old": "keep"}


def _ask(kind: str, slot: int = 0, **about: Any) -> dict[str, Any]:
    return {"do": "ask", "slot": slot, "kind": kind, "ids": [IDS], **about}


def _cli(*words: str) -> dict[str, Any]:
    return {"do": "cli", "argv": [*words, "--cache", "{cache}"]}


def _copy(*suffixes: str) -> dict[str, Any]:
    return {"do": "copy", "suffixes": suffixes, "guest": False}


_BETWEEN = {
    "the cell run twice": [_client()],
    "the cell run twice and used": [_client(), _ask("profile")],
    "a second client": [_client(1), _ask("profile", 1)],
    "the default client": [{**_client(1), "default": True}, _ask("profile", 1)],
    "a linked path": [{**_client(1), "path": "linked"}, _ask("profile", 1)],
    "a dotted path": [{**_client(1), "path": "dotted"}, _ask("profile", 1), {"do": "close", "slot": 1}],
    "cache info": [_cli("cache", "info")],
    "ledger": [_cli("ledger")],
    "doctor": [_cli("doctor")],
    "cache export": [_cli("cache", "export", "{new}")],
    "cache import": [_cli("cache", "import", "{cache}")],
    "plan": [_cli("plan", "profiles", *IDS)],
    "a copy": [_copy("")],
    "a copy of all": [_copy("", "-wal", "-shm")],
    "a copy of the index": [_copy("-shm")],
    "plain SQLite": [{"do": "raw"}],
    "a fork": [{"do": "fork", "slot": 0, "kind": "profile", "ids": [IDS]}],
}


@pytest.mark.one_in(5)
@pytest.mark.parametrize("between", _BETWEEN.values(), ids=_BETWEEN)
def test_what_is_done_in_a_process_that_uses_the_file_lets_no_visitor_take_it_for_unused(
    tmp_path: Path, start: Any, between: list[dict[str, Any]]
) -> None:
    guest = {"do": "guest"}
    steps = [_client(), _ask("profile"), *between, guest, _ask("spread30"), guest, _ask("spread90"), {"do": "die"}]
    events = [{"at": 0.0, "do": "start", "who": "actor0", "steps": steps}]
    outcome = Round(Schedule(seed=1, number=1, ids=IDS, events=events), tmp_path, start).play()
    assert not outcome.faults, described(1, outcome)
    assert outcome.counts["killed"] == 1


@pytest.mark.parametrize("hours", [0.01, 25, 24 * 365])
@pytest.mark.parametrize("settings", [{}, {"expire_after": 0}], ids=["refresh", "expired"])
def test_an_answer_from_the_future_is_asked_for_anew(
    tmp_path: Path, start: Any, hours: float, settings: dict[str, Any]
) -> None:
    wrong, right = {"do": "clock", "hours": hours}, {"do": "clock", "hours": 0}
    asks = [_ask("profile", refresh=not settings)] * 2
    steps = [wrong, _client(), _ask("profile"), right, _client(**settings), *asks]
    events = [{"at": 0.0, "do": "start", "who": "actor0", "steps": steps}]
    schedule = Schedule(seed=1, number=1, kind="clock", ids=IDS, events=events)
    outcome = Round(schedule, tmp_path, start).play()
    assert not outcome.faults, described(1, outcome)
    assert outcome.counts["charges"] == 3 * len(IDS)


# --- the judge itself: what is done to a sound round is found


def _quiet(*steps: dict[str, Any], **about: Any) -> Schedule:
    """Return a round of one process in which nothing goes wrong."""
    events = [{"at": 0.0, "do": "start", "who": "actor0", "steps": [_client(**about), _ask("profile"), *steps]}]
    return Schedule(seed=1, number=1, ids=IDS, events=events)


class Tampered(Round):
    """A round whose file is changed behind everybody's back before it is judged."""

    tamper: Callable[[Round], None]

    def _wait_for_all(self) -> None:
        super()._wait_for_all()
        type(self).tamper(self)


def _sql(*statements: str) -> Callable[[Round], None]:
    def tamper(played: Round) -> None:
        db = sqlite3.connect(played.path, isolation_level=None)
        for statement in statements:
            db.execute(statement)
        db.close()

    return tamper


def _play(schedule: Schedule, folder: Path, start: Any, tamper: Callable[[Round], None]) -> Outcome:
    kind = type("Changed", (Tampered,), {"tamper": staticmethod(tamper)})
    return kind(schedule, folder, start).play()


def _kinds(outcome: Outcome) -> set[str]:
    return {fault.partition(":")[0] for fault in outcome.faults}


def _charge_once_more(played: Round) -> None:
    played.provider._charge("profile:101", "ours-token-actor0-1")


def _break_page(played: Round) -> None:
    _sql("PRAGMA wal_checkpoint(TRUNCATE)")(played)
    with played.path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\0" * 4096)


def _swap(played: Round) -> None:
    path = played.folder / "logs" / "actor0.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for line in lines:
        if line["what"] == "answer":
            line["came"] = dict(zip(line["came"], reversed(line["came"].values()), strict=True))
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (lambda played: None, set()),
        (_sql("DELETE FROM answers WHERE kol_id = '101'"), {"lost"}),
        (_sql("DELETE FROM requests WHERE kol_id = '101'"), {"ledger short"}),
        (_sql("UPDATE answers SET body = CAST(replace(CAST(body AS TEXT), '达', '名') AS BLOB)"), {"wrong body"}),
        (_sql("UPDATE answers SET kol_id = '103' WHERE kol_id = '101'"), {"mixed up", "doctor at the end"}),
        (
            _sql(
                "CREATE TABLE t AS SELECT * FROM answers",
                "UPDATE t SET id = NULL",
                "INSERT INTO answers SELECT * FROM t",
            ),
            {"stored twice"},
        ),
        (_charge_once_more, {"lost", "paid twice"}),
        (_break_page, {"malformed"}),
        (_swap, {"wrong answer"}),
    ],
    ids=["nothing", "answer", "ledger", "body", "place", "copy", "charge", "page", "swap"],
)
def test_the_judge_finds_what_was_done_to_a_sound_round(
    tmp_path: Path, start: Any, tamper: Callable[[Round], None], found: set[str]
) -> None:
    outcome = _play(_quiet(), tmp_path, start, tamper)
    assert found <= _kinds(outcome), outcome.faults
    assert bool(outcome.faults) == bool(found), described(1, outcome)
    assert outcome.counts["requests"] >= len(IDS)


def test_the_judge_finds_a_second_payment_and_a_spent_budget(tmp_path: Path, start: Any) -> None:
    def tamper(played: Round) -> None:
        played.provider.asked += [(0.0, "profile:101", "ours-token-actor0-1", "")] * 3

    outcome = _play(_quiet(max_calls=3), tmp_path, start, tamper)
    assert {"over budget", "ledger short"} <= _kinds(outcome), outcome.faults


def test_the_judge_finds_a_refresh_that_did_not_ask(tmp_path: Path, start: Any) -> None:
    def tamper(played: Round) -> None:
        path = played.folder / "logs" / "actor0.jsonl"
        path.write_text(path.read_text().replace('"came": {"profile:101": 3', '"came": {"profile:101": 1'))

    refresh = {"do": "ask", "slot": 0, "kind": "profile", "ids": [["101"]], "refresh": True}
    assert not _play(_quiet(refresh), _made(tmp_path / "sound"), start, lambda played: None).faults
    assert "not asked anew" in _kinds(_play(_quiet(refresh), _made(tmp_path / "changed"), start, tamper))


def test_the_judge_finds_an_export_that_lacks_an_answer(tmp_path: Path, start: Any) -> None:
    def tamper(played: Round) -> None:
        (export,) = (played.folder / "exports").iterdir()
        db = sqlite3.connect(export, isolation_level=None)
        db.execute("DELETE FROM answers WHERE kol_id = '101'")
        db.close()

    assert _kinds(_play(_quiet(_cli("cache", "export", "{new}")), tmp_path, start, tamper)) == {"export short"}


def test_the_judge_finds_a_token_on_disk_and_a_process_that_died(tmp_path: Path, start: Any) -> None:
    def tamper(played: Round) -> None:
        (played.folder / "answers.sqlite-old").write_bytes(b"ours-token-actor0-1")

    outcome = _play(_quiet({"do": "no such step"}), tmp_path, start, tamper)
    assert _kinds(outcome) == {"died", "token on disk"}


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
