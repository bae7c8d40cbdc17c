"""The judge of what a random schedule leaves.

What the provider charged is compared with the file and the ledger as plain SQLite shows them, in a copy that is made
when every process has gone.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.schedules.provider import KINDS, Charge, Provider, group_of

_SERVED = "SELECT key, endpoint, kol_id, CAST(body AS BLOB) FROM answers WHERE served = 1 ORDER BY id"
_MARK = re.compile(rb"answer-no-(\d+)-ends")
_SUSPENDED_S = 1.5
"""Longer than that a process may not stand still and keep its claims."""

Line = dict[str, Any]


@dataclass
class Found:
    """What a copy of the store and the rescue files beside it hold."""

    whole: str = "ok"
    rows: list[tuple[str, str, str, bytes]] = field(default_factory=list)
    ledger: list[tuple[tuple[str, str], str]] = field(default_factory=list)
    rescued: dict[int, str] = field(default_factory=dict)

    @property
    def stored(self) -> set[int]:
        return {serial for row in self.rows for serial in serials_in(row[3])}

    def ledger_rows(self, *billed: str) -> Counter[tuple[str, str]]:
        return Counter(group for group, kind in self.ledger if not billed or kind in billed)


def serials_in(body: bytes) -> list[int]:
    return [int(number) for number in _MARK.findall(body)]


_lock = threading.Lock()


def look(path: Path, folder: Path, *, rescues: bool = True) -> Found:
    """Read a store that nobody uses, in a copy, so that looking changes nothing."""
    found = Found()
    for rescue in folder.glob("xingtu-rescued-*.json") if rescues else ():
        found.rescued.update(dict.fromkeys(serials_in(rescue.read_bytes()), rescue.name))
    if not path.is_file():
        return found
    with _lock:
        copy = folder / "looked-at" / f"{len(list((folder / 'looked-at').iterdir()))}.sqlite"
        for suffix in ("", "-wal"):
            if Path(f"{path}{suffix}").is_file():
                shutil.copy(f"{path}{suffix}", f"{copy}{suffix}")
    db = sqlite3.connect(copy)
    try:
        (found.whole,) = db.execute("PRAGMA integrity_check(3)").fetchone()
        found.rows = db.execute(_SERVED).fetchall()
        ledger = db.execute("SELECT endpoint, kol_id, billed FROM requests ORDER BY id").fetchall()
        found.ledger = [((KINDS.get(endpoint, endpoint), kol_id), billed) for endpoint, kol_id, billed in ledger]
    except sqlite3.Error as error:
        if "no such table" not in str(error):
            found.whole = f"{type(error).__name__}: {error}"
    finally:
        db.close()
    return found


@dataclass
class Case:
    """Everything that is known about a finished round."""

    provider: Provider
    folder: Path
    lines: list[Line]
    found: Found
    aside: Found
    donor: set[int]
    kind: str
    clock: bool
    disk: bool
    signalled: set[str]
    killed: set[str]

    def __post_init__(self) -> None:
        self.asks = {line["number"]: line for line in self.lines if line["what"] == "ask"}
        self.ends = {line["number"]: line for line in self.lines if line["what"] == "answer"}

    @property
    def by_serial(self) -> dict[int, Charge]:
        return {charge.serial: charge for charge in self.provider.charges}

    @property
    def ours(self) -> list[Charge]:
        """The charges that belong to the common file."""
        return [charge for charge in self.provider.charges if charge.serial not in self.donor]


def judge(case: Case) -> Iterator[str]:
    """Yield what is wrong after a round, before anything is asked again."""
    yield from _file(case.found, case)
    yield from _charges(case)
    if case.kind != "moved":
        yield from _ledger(case)
        yield from _doubled(case)
        yield from _served(case)
        yield from _silent(case)
        yield from _exports(case)
    yield from _delivered(case)
    yield from _fresh(case)
    yield from _budgets(case)
    yield from _raw(case)


def _file(found: Found, case: Case) -> Iterator[str]:
    if found.whole != "ok":
        yield f"malformed: {found.whole}"
    keys: dict[str, set[str]] = defaultdict(set)
    seen: Counter[int] = Counter()
    made = case.by_serial
    for key, endpoint, kol_id, body in found.rows:
        charge = next((made.get(serial) for serial in serials_in(body)), None)
        if charge is None or charge.body != body:
            yield f"wrong body: stored for {key} is what the server never made: {body[:80]!r}"
        elif (KINDS.get(endpoint), kol_id) != charge.group:
            yield f"mixed up: {charge.question} is stored as {key}"
        else:
            seen[charge.serial] += 1
            keys[key].add(charge.question)
    yield from (f"mixed up: {key} holds {sorted(several)}" for key, several in keys.items() if len(several) > 1)
    yield from (f"stored twice: answer {serial}" for serial, times in seen.items() if times > 1)


def _charges(case: Case) -> Iterator[str]:
    """Every charge is stored, rescued, or declared as unknown."""
    there = case.found.stored | set(case.found.rescued) | case.aside.stored | set(case.aside.rescued)
    unknown = case.found.ledger_rows("unknown") + case.aside.ledger_rows("unknown")
    lost = Counter(charge.group for charge in case.ours if charge.serial not in there)
    for group, times in lost.items():
        if times > unknown[group]:
            which = [charge.serial for charge in case.ours if charge.group == group and charge.serial not in there]
            yield f"lost: {group}: answers {which} were charged, are not stored, {unknown[group]} declared unknown"


def _ledger(case: Case) -> Iterator[str]:
    rows = case.found.ledger_rows()
    for group, times in _requests(case).items():
        if rows[group] < times:
            yield f"ledger short: {group}: {times} requests were sent, {rows[group]} are in the ledger"


def _requests(case: Case) -> Counter[tuple[str, str]]:
    return Counter(group_of(question) for _, question, token, _ in case.provider.asked if not token.startswith("donor"))


def _doubled(case: Case) -> Iterator[str]:
    """No question is charged twice unless a declared unknown, a refresh, an expiry or a wrong clock explains it."""
    charged = Counter(charge.question for charge in case.ours)
    unknown = case.found.ledger_rows("unknown")
    free: Counter[str] = Counter()
    for ask in case.asks.values():
        if ask["refresh"] or ask.get("expiring") or case.clock:
            free.update(ask["questions"])
        if _was_suspended(case, ask):
            # Nobody can tell it from one that is gone, and its answer may be on the way.
            free.update(ask["questions"])
    for question, times in charged.items():
        allowed = max(1, free[question] + (not case.clock)) + unknown[group_of(question)]
        if times > allowed:
            serials = [charge.serial for charge in case.ours if charge.question == question]
            yield f"paid twice: {question}: {times} charges {serials}, {allowed} explained"


def _was_suspended(case: Case, ask: Line) -> bool:
    """Return whether a process stood still for as long as its claims may lapse while it asked something."""
    end = case.ends.get(ask["number"], {}).get("at", float("inf"))
    stops: list[tuple[float, float]] = []
    stopped = 0.0
    for line in case.lines:
        if line["what"] == "SIGSTOP" and line["to"] == ask["who"]:
            stopped = line["at"]
        elif line["what"] == "SIGCONT" and line["to"] == ask["who"]:
            stops.append((stopped, line["at"]))
    return any(since < end and ask["at"] < until and until - since > _SUSPENDED_S for since, until in stops)


def _served(case: Case) -> Iterator[str]:
    """Who asks for what was delivered before gets it, and no error."""
    if case.clock or case.disk:
        return
    delivered: dict[str, float] = {}
    for end in sorted(case.ends.values(), key=lambda line: line["at"]):
        for question in end.get("came", {}):
            delivered.setdefault(question, end["at"])
    for number, end in case.ends.items():
        ask = case.asks[number]
        if ask["refresh"] or ask.get("expiring") or "interrupted" in end or "BudgetExceeded" in end.get("error", ""):
            continue
        if _closed_under(case, ask, end) or _held(case, ask, end):
            continue
        there = [question for question in ask["questions"] if delivered.get(question, ask["at"]) < ask["at"]]
        yield from _withheld(number, ask, end, there)


def _closed_under(case: Case, ask: Line, end: Line) -> bool:
    """Return whether an interrupt ended the waiting for the thread that asks, so that its client was closed first."""
    return end.get("error", "").endswith("is closed; make a new Client") and any(
        line["what"] == "interrupted" and line["who"] == ask["who"] and ask["at"] < line["at"] < end["at"]
        for line in case.lines
    )


def _held(case: Case, ask: Line, end: Line) -> bool:
    """Return whether a visitor held the write lock, so that a batch with a new question had to be refused."""
    return "is held by another process; nothing was paid" in end.get("error", "") and any(
        line["what"] == "hold" and line["at"] < end["at"] and ask["at"] < line["at"] + line["seconds"]
        for line in case.lines
    )


def _withheld(number: str, ask: Line, end: Line, there: Iterable[str]) -> Iterator[str]:
    for question in there:
        why = end.get("error") or end.get("failed", {}).get(question) or end.get("raw") or ""
        if question not in end.get("came", {}) and not _other_question(why, question, ask["questions"]):
            yield f"stored but not served: {question} in {number}: {why}"


def _other_question(why: str, question: str, questions: Iterable[str]) -> bool:
    """Return whether an error that ended the whole batch is about another of its questions."""
    others = [other.partition(":")[2] for other in questions if other != question]
    return any(f"for {kol_id}:" in why for kol_id in others) and f"for {question.partition(':')[2]}:" not in why


def _silent(case: Case) -> Iterator[str]:
    """A rescue that a living process made was told of."""
    if case.killed:
        return
    told = "\n".join(str(line) for line in case.lines if line["what"] in ("warning", "cli", "answer", "close"))
    yield from (f"silent rescue: {name}" for name in set(case.found.rescued.values()) if name not in told)


def _exports(case: Case) -> Iterator[str]:
    """An export holds whatever was in somebody's hands before it began, and nothing that is damaged."""
    had = _had(case)
    for line in case.lines:
        if line["what"] != "cli" or line["argv"][:2] != ["cache", "export"] or line["status"] != 0:
            continue
        found = look(Path(line["argv"][2]), case.folder, rescues=False)
        yield from (f"export: {text}" for text in _file(found, case))
        before = {charge.serial for charge in case.ours if had.get(charge.serial, line["began"]) < line["began"]}
        short = sorted((before & case.found.stored) - found.stored)
        if short:
            yield f"export short: answers {short} are not in {Path(line['argv'][2]).name}"


def _delivered(case: Case) -> Iterator[str]:
    for number, end in case.ends.items():
        for question, serial in end.get("came", {}).items():
            charge = case.by_serial.get(serial)
            if charge is None or charge.question != question:
                yield f"wrong answer: {number} got {charge and charge.question} #{serial} for {question}"


def _fresh(case: Case) -> Iterator[str]:
    """What is asked anew is not what somebody had already got before."""
    had = _had(case)
    for number, end in case.ends.items():
        ask = case.asks[number]
        if not (ask["refresh"] or ask.get("expiring")) or ask.get("offline"):
            continue
        for question, serial in end.get("came", {}).items():
            if had.get(serial, ask["at"]) < ask["at"]:
                what = "refresh" if ask["refresh"] else "expired answer"
                yield f"not asked anew: {what} of {question} in {number} brought the older answer {serial}"


def _had(case: Case) -> dict[int, float]:
    """Return when each answer was first in somebody's hands; those of the imported store always were."""
    had = dict.fromkeys(case.donor, 0.0)
    for end in sorted(case.ends.values(), key=lambda line: line["at"]):
        for serial in end.get("came", {}).values():
            had.setdefault(serial, end["at"])
    return had


def _budgets(case: Case) -> Iterator[str]:
    spent = Counter(token for _, _, token, _ in case.provider.asked)
    owners = Counter(line["token"] for line in case.lines if line["what"] in ("client", "forking"))
    for line in case.lines:
        if line["what"] == "client" and line["most"] is not None:
            token, most = line["token"], line["most"] * owners[line["token"]]
            if spent[token] > most:
                yield f"over budget: {token}: {spent[token]} requests, {most} allowed"


def _raw(case: Case) -> Iterator[str]:
    for line in case.lines:
        if line.get("raw"):
            yield f"raw exception: {line['what']}: {line['raw']} {_last_frames(line.get('trace', ''))}"
        if line["what"] == "cli":
            if "Traceback" in line["err"] and line["who"] not in case.signalled:
                yield f"traceback at the command line: {line['argv'][:2]}: {line['err'].splitlines()[-1]}"
            elif line["status"] not in (0, 1, 2) and line["who"] not in case.signalled:
                yield f"exit status {line['status']} at the command line: {line['argv'][:2]}"


def _last_frames(trace: str) -> str:
    places = re.findall(r'File "[^"]*/([^/"]+)", line (\d+)', trace)
    return " < ".join(f"{name}:{line}" for name, line in reversed(places[-3:]))


def judge_finale(case: Case, final: Mapping[str, Any], after: Found) -> Iterator[str]:
    """Yield what is wrong when everything is asked once more, and once again."""
    yield from _finale_requests(case, final)
    came = [_came(final["lines"], token) for token in final["tokens"]]
    yield from _finale_answers(case, final["questions"], came)
    yield from (f"after the end: {text}" for text in _file(after, case))
    digests = [line["digest"] for line in final["lines"] if line.get("digest")]
    if digests[: len(digests) // 2] != digests[len(digests) // 2 :]:
        yield "unlike frames at the end: the second client's are not those of the first"
    for line in final["lines"]:
        if line.get("raw"):
            yield f"raw exception at the end: {line['raw']} {_last_frames(line.get('trace', ''))}"
        if line.get("error") or line.get("failed"):
            yield f"error at the end: {line.get('error') or line['failed']}"
        if line["what"] == "cli" and (line["status"] != 0 or "Traceback" in line["err"]):
            yield f"{line['argv'][0]} at the end: {line['status']}: {(line['err'] or line['out'])[-300:]}"


def judge_named(final: Mapping[str, Any], case: Case) -> Iterator[str]:
    """Yield what is wrong at the end of a round whose file was taken away: only named errors are asked for."""
    made = case.by_serial
    for line in final["lines"]:
        if line.get("raw"):
            yield f"raw exception at the end: {line['raw']} {_last_frames(line.get('trace', ''))}"
        if line["what"] == "cli" and "Traceback" in line["err"]:
            yield f"{line['argv'][0]} at the end: {line['err'][-300:]}"
        for question, serial in line.get("came", {}).items():
            if made[serial].question != question:
                yield f"wrong answer at the end: {question} got {serial}"


def _finale_requests(case: Case, final: Mapping[str, Any]) -> Iterator[str]:
    """Only what is neither stored nor rescued is sent, once; and nothing by the second client."""
    by_token: dict[str, Counter[str]] = defaultdict(Counter)
    for _, question, token, _ in case.provider.asked:
        by_token[token][question] += 1
    first, second = (by_token[token] for token in final["tokens"])
    made = case.by_serial
    have = {made[serial].question: f"rescued in {name}" for serial, name in case.found.rescued.items()}
    have.update({made[serial].question: "stored" for serial in case.found.stored if serial in made})
    for question in final["questions"]:
        if question in have and first[question]:
            yield f"paid again at the end: {question} was {have[question]}"
        elif question not in have and first[question] != 1:
            yield f"not asked once at the end: {question}: {first[question]} times"
    plans = [line["result"] for line in final["lines"] if line["what"] == "plan" and "result" in line]
    for plan, sent in zip(plans, (first, second), strict=False):
        wrong = [question for question, state in plan.items() if (state != "cached") != bool(sent[question])]
        if wrong:
            yield f"plan was wrong at the end: {wrong}: {[plan[question] for question in wrong]}"
    yield from (f"asked by the second client at the end: {question}" for question in second)


def _came(lines: Iterable[Line], token: str) -> dict[str, int]:
    """Return what one client got in the end."""
    lines = list(lines)
    numbers = {line["number"] for line in lines if line["what"] == "ask" and line["token"] == token}
    came: dict[str, int] = {}
    for line in lines:
        if line["what"] == "answer" and line["number"] in numbers:
            came.update(line.get("came", {}))
    return came


def _finale_answers(case: Case, questions: Iterable[str], came: Sequence[Mapping[str, int]]) -> Iterator[str]:
    made = case.by_serial
    for question in questions:
        serials = [answers.get(question) for answers in came]
        if None in serials:
            yield f"not served at the end: {question}: {serials}"
        elif serials[0] != serials[1]:
            yield f"unlike answers at the end: {question}: {serials}"
        elif serials[0] not in made or made[serials[0]].question != question:
            yield f"wrong answer at the end: {question} got {serials[0]}"
        else:
            yield from _stale(case, question, made[serials[0]])


def _stale(case: Case, question: str, served: Charge) -> Iterator[str]:
    """An answer that was in somebody's hands before another was even asked for is not the newest."""
    if case.clock and (case.donor or case.found.rescued):
        # An answer that comes into the file late has its place by its time alone.
        return
    since = _had(case).get(served.serial)
    for charge in case.ours:
        if (
            since is not None
            and charge.question == question
            and charge.serial in case.found.stored
            and charge.at > since
        ):
            yield f"stale at the end: {question} served {served.serial}, though {charge.serial} was bought later"
            return
