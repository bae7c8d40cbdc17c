"""One stored answer: the question, when it was asked, and the exact bytes that came."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any, NamedTuple


class Answer(NamedTuple):
    """One stored answer: the question, when it was asked, and the exact bytes that came."""

    key: str
    endpoint: str
    kol_id: str | None
    params: str
    fetched_at: str
    body: bytes

    @property
    def time(self) -> datetime:
        """When the answer was fetched, in UTC."""
        return datetime.fromisoformat(self.fetched_at)


class Recorded(NamedTuple):
    """An answer with its HTTP status, and whether it is served or recorded only."""

    answer: Answer
    http_status: int
    served: bool


def now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """Return a time as text of fixed width, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def checksum(answer: Answer) -> str:
    """Return the checksum of a whole answer: what was asked, when, and the bytes that came."""
    *question, body = answer
    digest = hashlib.sha256("\n".join(map(str, question)).encode("utf-8", "surrogatepass"))
    digest.update(b"\n" + bytes(body))
    return digest.hexdigest()


def is_whole(answer: Answer, sum_: Any) -> bool:
    """Return whether an answer is what it was when its checksum was taken."""
    body: Any = answer.body
    return bool(isinstance(body, bytes) and checksum(answer) == sum_)


def is_time(text: Any) -> bool:
    """Return whether a cell is a time with its zone."""
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except (ValueError, TypeError):
        return False
