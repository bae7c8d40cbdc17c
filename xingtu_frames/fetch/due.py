"""When a question is due again: by its last answer, and by the tries since then that brought none.

The state is what the store holds anyway, answers and ledger; there is no file beside it that could disagree.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from ..client.client import Client
from ..store.answer import Answer, Try
from ..store.freshness import SKEW, Fresh
from ..tables.inputs import Day
from ..tables.schema import Table
from ..wire import Call

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
SHORTEST, LONGEST = _HOUR, timedelta(days=366)
"""What ``every`` can be."""


class Standing(NamedTuple):
    """Where a question stands.

    Attributes
    ----------
    last_at
        When its newest answer was fetched.
    due_at
        When it is due again; None for at once.
    is_due
        Whether it is to be asked now.
    tries
        The requests since the last answer, which brought none, oldest first.
    """

    last_at: datetime | None
    due_at: datetime | None
    is_due: bool
    tries: Sequence[Try]


def standing(last_at: datetime | None, tries: Sequence[Try], every: timedelta, moment: datetime) -> Standing:
    """Return where a question stands at a moment; what lies in the future was dated by a wrong clock and is old."""
    believed = last_at is not None and last_at <= moment + SKEW
    if tries and last_at is not None and believed and tries[-1].sent_at <= last_at:
        # The answer came another way, such as from a colleague's store.
        tries = ()
    waits = [(last_at, every)] if last_at is not None and believed else []
    if tries and tries[-1].sent_at <= moment + SKEW:
        waits.append((tries[-1].sent_at, pause(tries, every)))
    due_at = max((since + wait for since, wait in waits), default=None)
    return Standing(last_at, due_at, all(since + wait - slack(wait) <= moment for since, wait in waits), tries)


def pause(tries: Sequence[Try], every: timedelta) -> timedelta:
    """Return how long a question rests after its last try: as long again as it has been failing.

    At least an hour, at least a day where a try may have been charged, and at most ``every``.
    """
    least = _HOUR if all(one.billed == "no" for one in tries) else _DAY
    return min(every, max(least, tries[-1].sent_at - tries[0].sent_at))


def slack(wait: timedelta) -> timedelta:
    """Return how much too early a question may be asked: a job that starts at nine fetches a little after nine."""
    return min(wait / 10, _HOUR)


def fresh_enough(every: timedelta, moment: datetime, clock: Callable[[], datetime]) -> Fresh:
    """Return which answers serve a question that was due: one that another process has fetched meanwhile does."""
    return Fresh(moment - every + slack(every), min(every, SKEW), clock=clock)


def standings(
    client: Client,
    asked: Iterable[tuple[Table, Sequence[Call]]],
    options: Mapping[str, object],
    every: timedelta,
    moment: datetime,
) -> dict[str, Standing]:
    """Return where each question stands, by its key."""
    client.store.take_in()
    tries = client.store.tries(moment - 3 * every)
    found: dict[str, Standing] = {}
    for table, calls in asked:
        moving = _moving(table, options)
        answered = _answered(client, table, calls, moving)
        failed = _failed(tries, moving, {_stem(call.key, moving) for call in calls})
        for call in calls:
            stem = _stem(call.key, moving)
            found[call.key] = standing(answered.get(stem), failed.get(stem, ()), every, moment)
    return found


def _moving(table: Table, options: Mapping[str, object]) -> frozenset[str]:
    """Return the parameters whose default moves with the date: the same question has another key each day."""
    days = [option for option in table.answer.options if isinstance(option, Day)]
    return frozenset(day.parameter for day in days if day.ago is not None and options.get(day.name) is None)


def _stem(key: str, moving: frozenset[str]) -> str:
    """Return a key without the days that move."""
    if not moving:
        return key
    with contextlib.suppress(ValueError, RecursionError, AttributeError):
        meaning, subject_id, params = key.split("|", 2)
        kept = {name: value for name, value in json.loads(params).items() if name not in moving}
        return f"{meaning}|{subject_id}|{json.dumps(kept, ensure_ascii=False, sort_keys=True)}"
    return key


def _answered(client: Client, table: Table, calls: Sequence[Call], moving: frozenset[str]) -> Mapping[str, datetime]:
    if not moving:
        return client.store.times([call.key for call in calls])
    stored = client.store.history(table.endpoint, [call.subject_id or "" for call in calls])
    found: dict[str, datetime] = {}
    for answer in stored:
        if isinstance(answer, Answer):
            stem = _stem(answer.key, moving)
            found[stem] = max(answer.time, found.get(stem, answer.time))
    return found


def _failed(tries: Iterable[Try], moving: frozenset[str], stems: set[str]) -> dict[str, list[Try]]:
    """Return the tries of each question since the one that brought an answer."""
    found: dict[str, list[Try]] = {}
    for one in tries:
        stem = _stem(one.key, moving)
        if one.brought_answer:
            found.pop(stem, None)
        elif stem in stems:
            found.setdefault(stem, []).append(one)
    return found
