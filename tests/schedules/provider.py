"""The provider of a random schedule, which makes every answer unlike any other, and counts what it charges."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass

from tests.loopback import Loopback, Reply, Seen

KINDS = {
    "get_author_base_info": "profile",
    "get-kol-info": "profile",
    "get_author_spread_info": "spread",
    "get-kol-spread-info": "spread",
}
_WINDOWS = {None: "30", "DAY_30": "30", "_2": "30", "DAY_90": "90", "_3": "90"}
HTML = b"<html><body>Too Many Requests</body></html>"


@dataclass(frozen=True)
class Charge:
    """One answer that was charged."""

    serial: int
    question: str
    token: str
    at: float
    body: bytes

    @property
    def group(self) -> tuple[str, str]:
        """What the ledger tells apart: kind of question and creator."""
        return group_of(self.question)


def group_of(question: str) -> tuple[str, str]:
    kind, _, kol_id = question.partition(":")
    return kind.removesuffix("30").removesuffix("90"), kol_id


def question_of(seen: Seen) -> str:
    """Return the question in the words of the schedules: profile:1, spread30:2."""
    kind = KINDS[seen.endpoint]
    return f"{kind}{_WINDOWS[seen.query.get('range')] if kind == 'spread' else ''}:{seen.kol_id}"


class Provider:
    """Answers, charges and misbehaves as a schedule says."""

    def __init__(self, seed: int, faults: Mapping[str, float], delay: float) -> None:
        self.server = Loopback()
        self.server.answer = self._reply
        self.charges: list[Charge] = []
        self.asked: list[tuple[float, str, str, str]] = []
        self._random = random.Random(seed)
        self._faults = dict(faults)
        self._delay = delay

    def calm(self) -> None:
        """Misbehave no more."""
        self._faults, self._delay = {}, 0.0

    def _fault(self) -> str:
        roll = self._random.random()
        for kind, share in self._faults.items():
            roll -= share
            if roll < 0:
                return kind
        return ""

    def _reply(self, seen: Seen) -> Reply:
        fault, question, token = self._fault(), question_of(seen), seen.query["token"]
        self.asked.append((time.monotonic(), question, token, fault))
        delay = self._random.random() * self._delay
        if fault in ("301", "302", "503"):
            body = json.dumps({"code": int(fault), "data": None, "message": "not now"}).encode()
            return Reply(body, delay=delay, headers={"Retry-After": "0"} if fault == "302" else {})
        if fault == "429":
            return Reply(HTML, 429, {"Retry-After": "0"}, delay=delay)
        charge = self._charge(question, token)
        kept = {"reset": "reset", "cut": "cut"}.get(fault, "")
        return Reply(charge.body, delay=1.6 if fault == "slow" else delay, fault=kept)

    def _charge(self, question: str, token: str) -> Charge:
        serial = len(self.charges) + 1
        data = {"nick_name": f"达人 {question} #{serial}", "item_num": serial, "mark": f"answer-no-{serial}-ends"}
        body = json.dumps({"code": 0, "data": data}, ensure_ascii=False).encode()
        self.charges.append(Charge(serial, question, token, time.monotonic(), body))
        return self.charges[-1]

    def idle(self, within: float = 30.0) -> bool:
        """Wait until nobody is being answered."""
        until = time.monotonic() + within
        while self.server.busy and time.monotonic() < until:
            time.sleep(0.01)
        return not self.server.busy
