"""When a question is due again: the rule worked out by hand, and a job that runs every hour for months."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings, strategies as st

from tests.quick import examples
from xingtu_frames.fetch.due import pause, slack, standing
from xingtu_frames.store.answer import Try

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
WEEK, DAY, HOUR = timedelta(days=7), timedelta(days=1), timedelta(hours=1)


def failed(*hours: float, billed: str = "no") -> list[Try]:
    return [Try("key", START + hour * HOUR, 301, billed, "CollectionFailedError") for hour in hours]


def hours(at: datetime | None) -> float | None:
    return None if at is None else (at - START) / HOUR


WORKED_OUT: dict[str, tuple[float | None, Sequence[Try], float, bool, float | None]] = {
    # answered at, tries, now; is it due, and when (hours from the start)
    "never asked": (None, [], 0, True, None),
    "a day later": (0, [], 24, False, 168),
    "a little more than an hour early": (0, [], 166.9, False, 168),
    "the weekly job starts as punctually as ever": (0.5, [], 168, True, 168.5),
    "a machine off for two weeks": (0, [], 504, True, 168),
    "failed just now": (None, failed(0), 0.1, False, 1),
    "failed an hour ago": (None, failed(0), 1, True, 1),
    "failed for three hours": (None, failed(0, 1, 3), 4, False, 6),
    "failed for three hours, three hours ago": (None, failed(0, 1, 3), 6, True, 6),
    "retries of one run count as one": (None, failed(0, 0.01, 0.02), 1.02, True, 1.02),
    "failed for a month": (None, failed(0, 500, 700), 800, False, 868),
    "may have been charged": (None, failed(0, billed="unknown"), 5, False, 24),
    "failed while current": (0, failed(1), 100, False, 168),
    "failed when it was due": (0, failed(167, 168.5), 169, False, 170),
    "answered another way since": (10, failed(5, 6), 11, False, 178),
    "answered in the future": (1000, [], 1, True, None),
    "answered in the future, failed now": (1000, failed(1), 1.5, False, 2),
    "failed in the future": (None, failed(50), 1, True, None),
    "failed in the future, then now": (None, failed(50, 1), 1.5, False, 2),
}


@pytest.mark.parametrize("case", WORKED_OUT)
def test_the_rule_worked_out_by_hand(case: str) -> None:
    answered, tries, moment, is_due, due_at = WORKED_OUT[case]
    last_at = None if answered is None else START + answered * HOUR
    found = standing(last_at, tries, WEEK, START + moment * HOUR)
    assert (found.is_due, hours(found.due_at)) == (is_due, due_at)
    assert found.last_at == last_at


@pytest.mark.parametrize("every", [HOUR, DAY, WEEK])
def test_no_pause_is_longer_than_every(every: timedelta) -> None:
    assert pause(failed(0, 1000, billed="unknown"), every) == every
    assert slack(every) in (every / 10, HOUR)


@given(
    every=st.sampled_from([HOUR, DAY, WEEK]),
    steps=st.lists(st.integers(10, 20_000), min_size=1, max_size=60),
    takes=st.integers(1, 300),
)
@settings(max_examples=examples(60))
def test_what_answers_is_asked_once_in_every_however_often_the_job_runs(
    every: timedelta, steps: list[int], takes: int
) -> None:
    moment, answered = START, [START]
    for step in steps:
        moment += timedelta(minutes=step)
        found = standing(answered[-1], [], every, moment)
        assert found.is_due == (moment - answered[-1] >= every - slack(every))
        if found.is_due:
            moment += timedelta(seconds=takes)
            answered.append(moment)
    assert all(later - earlier >= every - slack(every) for earlier, later in pairwise(answered))


@pytest.mark.parametrize(("billed", "most"), [("no", 9 + 7), ("unknown", 4 + 7)])
def test_what_never_answers_is_asked_less_and_less_often(billed: str, most: int) -> None:
    """Every hour for eight weeks: 1,344 runs."""
    tries: list[Try] = []
    for hour in range(24 * 56):
        # No further back than the ledger is read.
        known = [one for one in tries if one.sent_at >= START + (hour - 3 * 168) * HOUR]
        if standing(None, known, WEEK, START + hour * HOUR).is_due:
            tries += failed(hour, billed=billed)
    assert 7 <= len(tries) <= most
    assert tries[-1].sent_at - tries[-2].sent_at >= WEEK - HOUR
