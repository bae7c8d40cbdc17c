"""Whether an answer that this process did not receive may be believed: a colleague's, or a rescued one."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from ..errors import PayloadError
from ..ids import kol_id_of
from ..wire import ENDPOINTS
from ..wire.bodies import MOST_BYTES, MOST_MEGABYTES
from ..wire.envelope import judge
from .answer import Answer, Recorded, stamp

_HTTP_STATUSES = range(100, 600)
_CLOCKS_DIFFER = timedelta(days=1)


def problem_of(recorded: Recorded, moment: datetime | None) -> str | None:
    """Return why an answer is refused, or None: it is held to what an answer from the wire is held to.

    Parameters
    ----------
    recorded
        The answer.
    moment
        The time now, by the clock of the store that it is for; None for one that was bought on this machine: its clock
        may have been ahead, so that it is not refused for its time.
    """
    return next(_problems(recorded, moment), None)


def _problems(recorded: Recorded, moment: datetime | None) -> Iterator[str]:
    answer = recorded.answer
    if answer.endpoint not in ENDPOINTS:
        yield "its endpoint is not one of the provider's"
        return
    if not ENDPOINTS[answer.endpoint].stored:
        yield "it holds personal contact data, which is never stored"
    # A file may hold anything in a column of numbers.
    if recorded.http_status not in _HTTP_STATUSES:
        yield "its HTTP status is not one"
    if len(answer.body) > MOST_BYTES:
        yield f"its body is larger than the {MOST_MEGABYTES} MB that an answer may have"
    yield from _question_problems(answer)
    yield from _time_problems(answer, moment)
    verdict = judge(answer.body, recorded.http_status, answer.endpoint, answer.kol_id)
    if recorded.served and not verdict.answered:
        yield "its body is not an answer of Just One API"
    elif recorded.served and isinstance(verdict.error, PayloadError):
        yield "its body is about another creator"
    elif recorded.served and verdict.error is not None:
        yield "its body is a failure of the provider"


def _question_problems(answer: Answer) -> Iterator[str]:
    parameters = {parameter.name for parameter in ENDPOINTS[answer.endpoint].parameters}
    subject = ENDPOINTS[answer.endpoint].subject
    if (answer.kol_id is None) != (subject is None) or (answer.kol_id and not _is_id(answer.kol_id)):
        yield "it is about a creator, and names none, or the other way round"
    if (answer.item_id is None) != (ENDPOINTS[answer.endpoint].item is None):
        yield "it is about a video, and names none"
    params = None
    with contextlib.suppress(ValueError, RecursionError):
        params = json.loads(answer.params)
    known = isinstance(params, dict) and set(params) <= parameters - {subject}
    if not known or json.dumps(params, ensure_ascii=False, sort_keys=True) != answer.params:
        yield "its parameters are not those of its endpoint"
    if answer.key != f"{answer.endpoint}|{answer.kol_id or ''}|{answer.params}":
        yield "its key is not that of its question"


def _is_id(kol_id: str) -> bool:
    with contextlib.suppress(ValueError):
        return kol_id_of(kol_id) == kol_id
    return False


def _time_problems(answer: Answer, moment: datetime | None) -> Iterator[str]:
    with contextlib.suppress(ValueError, OverflowError):
        if stamp(answer.time) == answer.fetched_at:
            if moment is not None and answer.time > moment + _CLOCKS_DIFFER:
                yield "it is dated in the future"
            return
    yield "its time is not a time"
