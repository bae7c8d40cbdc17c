"""What happens in a random schedule, drawn from its seed alone."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

Step = dict[str, Any]

_KINDS = ("profile", "spread30", "spread90")
_BESIDE = (["", "-wal", "-shm"], [""], ["-wal", "-shm"])
_LONG_S = 4.5
"""Longer than any claim lasts with the waits that the processes cut short."""


@dataclass
class Schedule:
    """One round: what happens when, how the server behaves, and what is asked at the end."""

    seed: int
    number: int
    kind: str = "usual"
    disk: bool = False
    ids: list[str] = field(default_factory=list)
    faults: dict[str, float] = field(default_factory=dict)
    delay: float = 0.0
    donor: list[Step] = field(default_factory=list)
    events: list[Step] = field(default_factory=list)

    @property
    def questions(self) -> list[str]:
        return [f"{kind}:{kol_id}" for kind in _KINDS for kol_id in self.ids]

    @property
    def finale(self) -> list[Step]:
        """Everything asked by a fresh client, again by another, and looked at by the command line."""
        steps: list[Step] = []
        for slot in (0, 1):
            settings = {"expire_after": None, "timeout": [5, 30], "retries": 0}
            steps.append({"do": "client", "slot": slot, "settings": settings, "old": "close"})
            steps.append({"do": "plan", "slot": slot, "ids": self.ids})
            steps += [{"do": "ask", "slot": slot, "kind": kind, "ids": [self.ids]} for kind in _KINDS]
            steps.append({"do": "close", "slot": slot})
        return [*steps, *({"do": "cli", "argv": [*words, "--cache", "{cache}"]} for words in (["ledger"], ["doctor"]))]


class _Draw(random.Random):
    def chance(self, share: float) -> bool:
        return self.random() < share

    def some(self, items: list[str], least: int = 1) -> list[str]:
        return self.sample(items, self.randint(min(least, len(items)), len(items)))

    def one(self, **weights: float) -> str:
        return self.choices(list(weights), list(weights.values()))[0]


def draw(seed: int, number: int) -> Schedule:
    """Return the schedule of a round."""
    dice = _Draw(f"{seed}/{number}")
    schedule = Schedule(seed * 1_000_003 + number, number, kind=dice.one(usual=0.78, clock=0.12, moved=0.1))
    schedule.ids = [str(101 + count) for count in range(dice.randint(2, 6))]
    schedule.delay = dice.choice([0.0, 0.02, 0.1])
    if dice.chance(0.5):
        kinds = dice.some(["301", "302", "503", "429", "reset", "cut", "slow"])
        schedule.faults = {kind: dice.choice([0.05, 0.15, 0.3]) / len(kinds) * 2 for kind in kinds}
    if dice.chance(0.3):
        schedule.donor = _donor(dice, schedule.ids)
    if schedule.kind == "moved":
        _draw_moved(dice, schedule)
    else:
        _draw_actors(dice, schedule)
        _draw_visitors(dice, schedule)
        _draw_signals(dice, schedule)
    return schedule


def _donor(dice: _Draw, ids: list[str]) -> list[Step]:
    client = {"do": "client", "slot": 0, "settings": {"retries": 3, "timeout": [5, 30]}, "old": "close"}
    return [client, {"do": "ask", "slot": 0, "kind": "profile", "ids": [dice.some(ids)]}, {"do": "close", "slot": 0}]


# --- processes


def _draw_actors(dice: _Draw, schedule: Schedule) -> None:
    for count in range(dice.choice([1, 2, 2, 3, 4])):
        steps = [_client(dice, slot) for slot in range(dice.choice([1, 2, 2, 3]))]
        slots = len(steps)
        if schedule.kind == "clock" and (count == 0 or dice.chance(0.3)):
            steps.insert(0, _clock(dice))
        steps += [_step(dice, schedule, dice.randrange(slots)) for _ in range(dice.randint(2, 6))]
        if schedule.kind == "clock" and dice.chance(0.5):
            steps.insert(dice.randrange(slots, len(steps)), _clock(dice))
        if schedule.kind == "usual" and dice.chance(0.04):
            schedule.disk = True
            steps.insert(dice.randrange(len(steps)), {"do": "fill", "room": dice.choice([0, 4_000, 20_000])})
        if dice.chance(0.3):
            steps.append({"do": "die"})
        elif dice.chance(0.5):
            steps += [{"do": "close", "slot": slot} for slot in range(slots)]
        schedule.events.append({"at": dice.uniform(0, 0.4), "do": "start", "who": f"actor{count}", "steps": steps})


def _clock(dice: _Draw) -> Step:
    return {"do": "clock", "hours": dice.choice([-72, -25, -0.01, 0, 0.01, 25, 72, 24 * 365])}


def _client(dice: _Draw, slot: int) -> Step:
    settings: Step = {
        "timeout": [1.0, 1.2],
        "retries": dice.choice([0, 1, 2, 3]),
        "max_workers": dice.randint(1, 4),
        "expire_after": dice.choice(["24h"] * 6 + [None] * 3 + [0]),
        "max_calls": dice.choice([None] * 7 + [1, 2, 5]),
    }
    if dice.chance(0.15):
        settings["api"] = "legacy"
    if dice.chance(0.05):
        settings["offline"] = True
    if dice.chance(0.1):
        settings["per_second"] = 50
    if dice.chance(0.08):
        # As the manual has it: the timeout is longer than any round.
        settings = {}
    step = {"do": "client", "slot": slot, "settings": settings, "old": dice.choice(["close", "drop", "keep"])}
    return {
        **step,
        "default": slot == 0 and dice.chance(0.5),
        "path": dice.choice(["plain"] * 6 + ["dotted", "linked"]),
    }


def _step(dice: _Draw, schedule: Schedule, slot: int) -> Step:
    deed = dice.one(
        ask=10,
        get=2,
        client=2,
        copy=1.2,
        raw=0.5,
        cli=2,
        fork=0.3,
        plan=0.5,
        ledger=0.5,
        history=0.3,
        sleep=1,
        close=0.5,
        guest=1,
    )
    if deed in ("ask", "get", "fork"):
        return _ask(dice, schedule.ids, slot, deed)
    if deed == "client":
        return _client(dice, slot)
    if deed == "copy":
        return {"do": "copy", "suffixes": dice.choice(_BESIDE), "guest": dice.chance(0.7)}
    if deed == "cli":
        return {"do": "cli", "argv": _words(dice, schedule)}
    if deed == "guest":
        return {"do": "guest"}
    if deed == "sleep":
        return {"do": "sleep", "for": dice.uniform(0, 0.3)}
    return {"do": deed, "slot": slot, "ids": schedule.ids} if deed != "raw" else _raw(dice)


def _raw(dice: _Draw) -> Step:
    pragmas = dice.choice([[], [], ["wal_checkpoint(TRUNCATE)"], ["journal_mode = DELETE"]])
    return {"do": "raw", "for": dice.choice([0, 0, 0.3]), "pragmas": pragmas}


def _ask(dice: _Draw, ids: list[str], slot: int, deed: str) -> Step:
    step: Step = {"do": "fork" if deed == "fork" else "ask", "slot": slot, "refresh": dice.chance(0.12)}
    if deed == "ask":
        threads = dice.choice([1, 1, 2, 3])
        return {
            **step,
            "kind": dice.one(profile=6, spread30=3, spread90=1),
            "ids": [dice.some(ids) for _ in range(threads)],
        }
    return {**step, "kind": dice.choice(["profile", "spread30"]), "ids": [[dice.choice(ids)]], "get": deed == "get"}


def _words(dice: _Draw, schedule: Schedule) -> list[str]:
    choices = [
        ["cache", "info"],
        ["ledger"],
        ["cache", "export", "{new}"],
        ["plan", "profiles", *schedule.ids],
        ["doctor"],
        ["cache", "import", "{cache}"],
    ]
    if schedule.donor:
        choices += [["cache", "import", "{donor}"]] * 2
    return [*dice.choice(choices), "--cache", "{cache}"]


# --- visitors and signals


def _draw_visitors(dice: _Draw, schedule: Schedule) -> None:
    for count in range(dice.choice([0, 1, 2, 3, 5])):
        deed = dice.one(raw=3, cli=4, hold=1, fetch=2, readonly=0.3)
        step: Step = {"do": "cli", "argv": _words(dice, schedule)}
        if deed == "raw":
            step = _raw(dice)
        elif deed in ("hold", "readonly"):
            step = {"do": deed, "for": dice.choice([0.2, 1.5, 3.0])}
        elif deed == "fetch":
            ids = dice.some(schedule.ids)
            step["most"] = dice.choice([None, None, 1])
            budget = [] if step["most"] is None else ["--max-calls", str(step["most"])]
            step["argv"] = ["fetch", "profiles", *ids, "--cache", "{cache}", *budget]
            step["questions"] = [f"profile:{kol_id}" for kol_id in ids]
            step["token"] = f"visitor{count}-token-cli"
        schedule.events.append({"at": dice.uniform(0.1, 1.4), "do": "visit", "who": f"visitor{count}", "step": step})


def _draw_signals(dice: _Draw, schedule: Schedule) -> None:
    names = [event["who"] for event in schedule.events]

    def some(deed: str, share: float, most: int, **about: Any) -> None:
        if dice.chance(share):
            for _ in range(dice.randint(1, most)):
                moment = {"at": dice.uniform(0.1, 1.6), "do": deed, "who": dice.choice(names)}
                schedule.events.append(moment | {name: make() for name, make in about.items()})

    some("kill", 0.4, 2)
    some("interrupt", 0.3, 3)
    some("stop", 0.3, 2, **{"for": lambda: _LONG_S if dice.chance(0.15) else dice.uniform(0.05, 0.5)})
    if dice.chance(0.08):
        schedule.events.append({"at": dice.uniform(0.2, 1.2), "do": "kill all"})


def _draw_moved(dice: _Draw, schedule: Schedule) -> None:
    """Draw one process whose file is taken away between two questions, when nothing is under way."""
    slots = dice.randint(1, 3)

    def some(least: int) -> list[Step]:
        asks = [_ask(dice, schedule.ids, dice.randrange(slots), "ask") for _ in range(dice.randint(least, 3))]
        others = [_step(dice, schedule, dice.randrange(slots)) for _ in range(dice.choice([0, 0, 1, 2]))]
        return dice.sample([*asks, *others], len(asks) + len(others))

    suffixes = dice.choice([["", "-wal", "-shm"]] * 3 + [[""], ["-wal"], ["-wal", "-shm"], ["-shm"]])
    move = {"do": "move", "suffixes": suffixes, "replaced": len(suffixes) == 3 and dice.chance(0.5)}
    again = [_client(dice, 0), _ask(dice, schedule.ids, 0, "ask")] if dice.chance(0.5) else []
    clients = [_client(dice, slot) for slot in range(slots)]
    end = [{"do": "die"}] if dice.chance(0.3) else []
    steps = [*clients, *some(1), move, *some(1), *again, *end]
    schedule.events = [{"at": 0.0, "do": "start", "who": "actor0", "steps": steps}]
