"""One stored answer: the question, when it was asked, and the exact bytes that came."""

from __future__ import annotations

import contextlib
import hashlib
import json
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ..wire import ENDPOINTS


class Answer(NamedTuple):
    """One stored answer: the question, when it was asked, and the exact bytes that came.

    Attributes
    ----------
    key
        The question, the same text for every spelling of it.
    endpoint
        The current endpoint that answers it.
    kol_id
        The creator that it is about; None for a video or a search.
    params
        Its parameters as JSON, without the creator.
    fetched_at
        When the answer came.
    body
        What came.
    """

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

    @property
    def item_id(self) -> str | None:
        """The video that it is about; None for a creator or a search."""
        return item_id_in(self.endpoint, self.params)


class Recorded(NamedTuple):
    """An answer with its HTTP status, and whether it is served or recorded only."""

    answer: Answer
    http_status: int
    served: bool


class Try(NamedTuple):
    """One request: its question, when it was sent, and what became of it; no code and no error while that is open."""

    key: str
    sent_at: datetime
    code: int | None
    billed: str
    error: str | None

    @property
    def brought_answer(self) -> bool:
        """Whether an answer came that is served."""
        return self.code == 0 and self.error is None


def item_of(endpoint: str) -> str | None:
    """Return the parameter of an endpoint that holds a video id; None for one that is not about videos."""
    return ENDPOINTS[endpoint].item if endpoint in ENDPOINTS else None


def item_id_in(endpoint: str, params: str) -> str | None:
    """Return the video that parameters name; a file may hold anything for them."""
    item = item_of(endpoint)
    with contextlib.suppress(ValueError, RecursionError, AttributeError):
        found = None if item is None else json.loads(params).get(item)
        return found if isinstance(found, str) else None
    return None


def now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """Return a time as text of fixed width, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def checksum(answer: Answer) -> str:
    """Return the checksum of a whole answer: what was asked, when, and the bytes that came."""
    key, endpoint, kol_id, params, fetched_at, body = answer
    question = f"{key}\n{endpoint}\n{kol_id}\n{params}\n{fetched_at}\n"
    digest = hashlib.sha256(question.encode("utf-8", "surrogatepass"))
    digest.update(body)
    return digest.hexdigest()


def is_whole(answer: Answer, sum_: object) -> bool:
    """Return whether an answer is what it was when its checksum was taken."""
    body: object = answer.body
    return bool(isinstance(body, bytes) and checksum(answer) == sum_)


def is_time(text: Any) -> bool:
    """Return whether a cell is a time with its zone."""
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except (ValueError, TypeError):
        return False
