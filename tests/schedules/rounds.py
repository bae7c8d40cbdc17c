"""Rounds: a schedule is let happen in a folder of its own, and what is left is judged; then many side by side."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from tabulate import tabulate

from tests.schedules.actors import Step, act, visit
from tests.schedules.draw import Schedule, draw
from tests.schedules.judge import Case, Found, Line, judge, judge_finale, judge_named, look
from tests.schedules.provider import Provider

_HUNG_S = 90.0
_PRELOAD = [
    "tests.schedules.rounds",
    "xingtu_frames.client.client",
    "xingtu_frames.fetch.fetch",
    "xingtu_frames.fetch.stored",
    "xingtu_frames.command.doctor",
]


@dataclass
class Outcome:
    """What one round came to."""

    number: int
    faults: list[str]
    history: list[str]
    counts: Counter[str] = field(default_factory=Counter)


_lock = threading.Lock()
"""Whoever starts a process looks after all others too, and two who look at one process at once read its end wrongly."""


def _status(process: Any, within: float = 0.0) -> int | None:
    """Return the exit status of a process that ends in time, else None."""
    wait([process.sentinel], within)
    with _lock:
        return process.exitcode


class Round:
    """One schedule, let happen in a folder of its own."""

    def __init__(self, schedule: Schedule, folder: Path, start: Any) -> None:
        self.schedule = schedule
        self.folder = folder
        self.path = folder / "answers.sqlite"
        for name in ("logs", "copies", "exports", "moved", "looked-at"):
            (folder / name).mkdir()
        (folder / "linked.sqlite").symlink_to(self.path)
        self.provider = Provider(schedule.seed, schedule.faults, schedule.delay)
        self.context = start
        self.processes: dict[str, Any] = {}
        self.signalled: set[str] = set()
        self.killed: set[str] = set()
        self.faults: list[str] = []
        self.told: list[Line] = []

    @property
    def cache(self) -> str:
        """What the clients name as their cache."""
        return str(self.path)

    def look(self) -> Found:
        """Return what the store holds when no process uses it."""
        return look(self.path, self.folder)

    def setting(self, token: str = "ours", cache: Path | None = None) -> Step:  # noqa: S107 - no secret
        return {
            "folder": str(self.folder),
            "cache": str(cache or self.cache),
            "url": self.provider.server.url,
            "token": f"{token}-token",
        }

    def play(self) -> Outcome:
        try:
            return self._played()
        finally:
            for process in self.processes.values():
                if _status(process) is None:
                    process.kill()
                    _status(process, _HUNG_S)
            self.provider.idle()
            self.provider.server.close()

    def _played(self) -> Outcome:
        if self.schedule.donor:
            self._run("donor", act, self.setting("donor", self.folder / "donor.sqlite"), self.schedule.donor)
        donor = {charge.serial for charge in self.provider.charges}
        self._let_happen()
        self._wait_for_all()
        self.provider.calm()
        if not self.provider.idle():
            self.faults.append("hung: the server is still answering")
        case = self._case(donor)
        self.faults += judge(case)
        counts = _counts(case)
        self.faults += self._finale(case)
        secret = b"-token-"
        self.faults += [
            f"token on disk: {path.name}"
            for path in self.folder.glob("answers.sqlite*")
            if path.is_file() and secret in path.read_bytes()
        ]
        return Outcome(self.schedule.number, self.faults, self._history(case), counts)

    # --- what happens

    def _start(self, name: str, target: Callable[..., None], *args: Any) -> None:
        process = self.context.Process(target=target, args=(args[0], name, *args[1:]))
        with _lock:
            process.start()
        self.processes[name] = process

    def _run(self, name: str, target: Callable[..., None], *args: Any) -> bool:
        """Run a process to its end; False if it had to be ended."""
        self._start(name, target, *args)
        return self._wait_for(name)

    def _let_happen(self) -> None:
        began = time.monotonic()
        moments = sorted(self.schedule.events, key=lambda event: event["at"])
        while moments:
            event = moments.pop(0)
            time.sleep(max(0.0, began + event["at"] - time.monotonic()))
            self._happen(event)
            if event["do"] == "stop":
                moments.append({"at": event["at"] + event["for"], "do": "go on", "who": event["who"]})
                moments.sort(key=lambda later: later["at"])

    def _happen(self, event: Step) -> None:
        deed = event["do"]
        if deed == "start":
            if any(step["do"] == "die" for step in event["steps"]):
                self.killed.add(event["who"])
            self._start(event["who"], act, self.setting(), event["steps"])
        elif deed == "visit":
            self._start(event["who"], visit, self.setting(), event["step"])
        elif deed == "kill all":
            for name in list(self.processes):
                self._signal(name, signal.SIGKILL)
        else:
            kinds = {
                "kill": signal.SIGKILL,
                "interrupt": signal.SIGINT,
                "stop": signal.SIGSTOP,
                "go on": signal.SIGCONT,
            }
            self._signal(event["who"], kinds[deed])

    def _signal(self, name: str, number: signal.Signals) -> None:
        process = self.processes.get(name)
        if process is None or _status(process) is not None:
            return
        if number == signal.SIGINT and not (self.folder / "logs" / f"{name}.jsonl").is_file():
            # Nobody interrupts a program that has not begun.
            return
        if number == signal.SIGKILL:
            self.killed.add(name)
        if number != signal.SIGCONT:
            self.signalled.add(name)
        # It may end at this very moment.
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)
        self.told.append({"at": time.monotonic(), "who": "schedule", "what": number.name, "to": name})

    def _wait_for_all(self) -> None:
        for name, process in list(self.processes.items()):
            self._wait_for(name)
            self._wait_for_children(name, process.pid)

    def _wait_for_children(self, name: str, group: int) -> None:
        """Wait for what a process forked and left behind when it was killed."""
        until = time.monotonic() + _HUNG_S
        with contextlib.suppress(ProcessLookupError, PermissionError):
            while time.monotonic() < until:
                os.killpg(group, 0)
                time.sleep(0.02)
            os.killpg(group, signal.SIGKILL)
            self.faults.append(f"hung: a child of {name} after {_HUNG_S:g} s")

    def _wait_for(self, name: str) -> bool:
        process = self.processes[name]
        status = _status(process, _HUNG_S)
        if status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGUSR1)
            _status(process, 1)
            process.kill()
            _status(process, _HUNG_S)
            self.faults.append(f"hung: {name} after {_HUNG_S:g} s: {self._stack(name)}")
            return False
        fine = (0, -signal.SIGKILL) if name in self.killed else (0,)
        if status not in fine and not (name in self.signalled and status in (1, -signal.SIGINT)):
            self.faults.append(f"died: {name} with {status}: {self._stack(name)}")
        if status != 0:
            # An interrupt in the last moment ends a process like a kill.
            self.killed.add(name)
        return True

    def _stack(self, name: str) -> str:
        path = self.folder / "logs" / f"{name}.err"
        lines = path.read_text(errors="replace").splitlines() if path.is_file() else []
        ours = [line.strip() for line in lines if "xingtu_frames/" in line or "Error" in line]
        return " | ".join(ours[-6:] or lines[-3:])

    # --- what is left

    def lines(self, *names: str) -> list[Line]:
        found: list[Line] = [] if names else list(self.told)
        for path in (self.folder / "logs").glob("*.jsonl"):
            if (path.stem in names) if names else (path.stem not in ("donor", "finale")):
                # A line that a full disk cut short is nobody's.
                found += [line for text in path.read_text().splitlines() if (line := _loaded(text)) is not None]
        return sorted(found, key=lambda line: line["at"])

    def _case(self, donor: set[int]) -> Case:
        moved = self.folder / "moved" / self.path.name
        return Case(
            provider=self.provider,
            folder=self.folder,
            lines=self.lines(),
            found=self.look(),
            aside=look(moved, self.folder) if moved.is_file() else Found(),
            donor=donor,
            kind=self.schedule.kind,
            clock=self.schedule.kind == "clock",
            disk=self.schedule.disk,
            signalled=self.signalled,
            killed=self.killed,
        )

    def _finale(self, case: Case) -> Iterator[str]:
        """Ask everything once more with a fresh client, and once again, and let the command line look."""
        if not self._run("finale", act, self.setting(), self.schedule.finale):
            return
        final = {
            "lines": self.lines("finale"),
            "questions": self.schedule.questions,
            "tokens": [f"ours-token-finale-{turn}" for turn in (1, 2)],
        }
        if self.schedule.kind == "moved":
            yield from judge_named(final, case)
        else:
            yield from judge_finale(case, final, self.look())

    def _history(self, case: Case) -> list[str]:
        asked = [
            {"at": at, "who": "server", "what": "asked", "question": question, "by": token, "fault": fault}
            for at, question, token, fault in self.provider.asked
        ]
        charged = [
            {"at": charge.at, "who": "server", "what": "charged", "serial": charge.serial, "question": charge.question}
            for charge in self.provider.charges
        ]
        lines = sorted([*case.lines, *self.lines("finale"), *asked, *charged], key=lambda line: line["at"])
        began = lines[0]["at"] if lines else 0.0
        return [_told(line, began) for line in lines if line["what"] not in ("end",)]


def _loaded(text: str) -> Line | None:
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None


def _told(line: Line, began: float) -> str:
    about = {name: value for name, value in line.items() if name not in ("at", "who", "what", "trace") and value}
    return f"{line['at'] - began:7.3f} {line['who']:10} {line['what']} " + json.dumps(about, ensure_ascii=False)[:400]


def _counts(case: Case) -> Counter[str]:
    return Counter(
        requests=len(case.provider.asked),
        charges=len(case.ours),
        stored=len({charge.serial for charge in case.ours} & (case.found.stored | case.aside.stored)),
        rescued=len(case.found.rescued),
        unknown=case.found.ledger_rows("unknown").total(),
        killed=len(case.killed),
        signalled=len(case.signalled),
        milliseconds=sum(round(line["cpu"] * 1000) for line in case.lines if line["what"] == "end"),
    )


# --- many rounds


def starter() -> Any:
    """Return what starts processes in some 30 ms: from a server that has loaded the package."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOAD)
    return context


Make = Callable[[Schedule, Path, Any], Round]
"""Makes a round of a schedule, a folder, and what starts processes."""


def play(seed: int, number: int, start: Any, keep: Path | None = None, make: Make = Round) -> Outcome:
    """Play one round and judge it."""
    folder = Path(tempfile.mkdtemp(prefix="xingtu-round-"))
    try:
        outcome = make(draw(seed, number), folder, start).play()
    except Exception:  # noqa: BLE001 - the other rounds are to be played
        outcome = Outcome(number, [f"no verdict: {traceback.format_exc()}"], [])
    if outcome.faults and keep is not None:
        with contextlib.suppress(shutil.Error):
            shutil.copytree(folder, keep / f"{seed}-{number}", symlinks=True, dirs_exist_ok=True)
        (keep / f"{seed}-{number}.txt").write_text("\n".join([*outcome.faults, "", *outcome.history]))
    shutil.rmtree(folder, ignore_errors=True)
    return outcome


def play_many(
    seed: int,
    numbers: Iterable[int],
    jobs: int,
    told: Callable[[Outcome], None],
    keep: Path | None = None,
    make: Make = Round,
) -> list[Outcome]:
    """Play rounds side by side, for most of a round is waiting."""
    start = starter()
    outcomes = []
    with ThreadPoolExecutor(jobs) as pool:
        for future in as_completed([pool.submit(play, seed, number, start, keep, make) for number in numbers]):
            outcomes.append(future.result())
            told(outcomes[-1])
    return outcomes


def table(outcomes: Sequence[Outcome]) -> str:
    """Return the sums over all rounds, and the faults by kind."""
    sums = sum((outcome.counts for outcome in outcomes), Counter())
    faulty = [outcome for outcome in outcomes if outcome.faults]
    names = ("requests", "charges", "stored", "rescued", "unknown", "killed", "signalled", "milliseconds")
    rows = [("rounds", len(outcomes)), *((name, sums[name]) for name in names), ("rounds with a fault", len(faulty))]
    rows = [("declared unknown" if name == "unknown" else name, value) for name, value in rows]
    kinds: dict[str, list[int]] = {}
    for outcome in faulty:
        for kind in dict.fromkeys(fault.partition(":")[0] for fault in outcome.faults):
            kinds.setdefault(kind, []).append(outcome.number)
    found = [(kind, len(which), ", ".join(map(str, sorted(which)[:8]))) for kind, which in sorted(kinds.items())]
    text = tabulate(rows, headers=["", "sum"])
    return f"{text}\n\n{tabulate(found, headers=['fault', 'rounds', 'such as round'])}" if found else text


def described(seed: int, outcome: Outcome, most: int = 60) -> str:
    """Return a faulty round for whoever looks into it."""
    replay = f"python -m tests.schedules --seed {seed} --only {outcome.number}"
    head = f"seed {seed}, round {outcome.number} (again with: {replay})"
    return "\n".join(
        [head, *(f"  {fault}" for fault in outcome.faults), *(f"    {line}" for line in outcome.history[-most:])]
    )
