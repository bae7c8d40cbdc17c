"""Rounds on a PostgreSQL server: what concerns a file is left out of a schedule, and connections are cut instead."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg

from tests.postgres import Postgres
from tests.schedules.actors import Step
from tests.schedules.draw import Schedule
from tests.schedules.judge import Found, serials_in
from tests.schedules.provider import KINDS
from tests.schedules.rounds import Round

_OF_A_FILE = ("copy", "guest", "raw", "move", "readonly", "fill", "hold")
_SERVED = "SELECT key, endpoint, kol_id, body FROM answers WHERE served = 1 ORDER BY id"
_LEDGER = "SELECT endpoint, kol_id, billed FROM requests ORDER BY id"
_CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{name}'"
_MOST_CUTS = 4


def on_a_server(schedule: Schedule) -> Schedule:
    """Return a schedule without what is done to a file, and with connections that are cut."""
    dice = random.Random(schedule.seed)
    schedule.kind, schedule.disk = "clock" if schedule.kind == "clock" else "usual", False
    events = []
    for event in schedule.events:
        if "steps" in event:
            events.append({**event, "steps": list(_steps(event["steps"]))})
        elif "step" not in event or event["step"]["do"] not in _OF_A_FILE:
            events.append(event)
    known = {event["who"] for event in events if event["do"] in ("start", "visit")}
    events = [event for event in events if event.get("who") is None or event["who"] in known]
    cuts = [{"at": dice.uniform(0.1, 1.6), "do": "cut"} for _ in range(dice.randrange(_MOST_CUTS))]
    schedule.events = [*events, *cuts]
    return schedule


def _steps(steps: Iterable[Step]) -> Iterable[Step]:
    for step in steps:
        if step["do"] not in _OF_A_FILE:
            yield {**step, "path": "plain"} if step["do"] == "client" else step


class ServerRound(Round):
    """One schedule, let happen in a schema of its own."""

    def __init__(self, server: Postgres, schedule: Schedule, folder: Path, start: Any) -> None:
        super().__init__(on_a_server(schedule), folder, start)
        self.server = server
        self._address = server.new_schema()
        self._name = self._address.rpartition("%3D")[2]

    @property
    def cache(self) -> str:
        """What the clients name as their cache."""
        return f"{self._address}&application_name={self._name}"

    def _happen(self, event: Step) -> None:
        if event["do"] == "cut":
            self.server.run(_CUT.format(name=self._name))
        else:
            super()._happen(event)

    def look(self) -> Found:
        """Return what the tables and the rescue files hold."""
        found = Found()
        for rescue in (self.folder / "xingtu_frames").glob("xingtu-rescued-*.json"):
            found.rescued.update(dict.fromkeys(serials_in(rescue.read_bytes()), rescue.name))
        with psycopg.connect(self._address, autocommit=True) as db:
            if db.execute("SELECT to_regclass('answers')::text").fetchone() != (None,):
                found.rows = db.execute(_SERVED).fetchall()
                ledger = db.execute(_LEDGER).fetchall()
                found.ledger = [
                    ((KINDS.get(endpoint, endpoint), kol_id), billed) for endpoint, kol_id, billed in ledger
                ]
        return found
