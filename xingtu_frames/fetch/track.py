"""Follow creators over time: what is due is asked, once, and what is stored already is not paid for again."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import pandas as pd

from ..arguments import Age, Names, age, names_of, truth, whole_number_or_none
from ..board.metrics import chosen_metrics, tables_read
from ..client.client import Client, answers, checked_client, default_client
from ..errors import (
    BudgetExceededError,
    ConfigError,
    Failure,
    ParameterError,
    PartialResultWarning,
    XingtuError,
    must_be,
    quoted,
)
from ..frame import Listed, build_frame, micros
from ..ids import Ids
from ..tables.catalog import tables_named
from ..tables.records import track_columns
from ..tables.schema import CREATOR, ITEM, Row, Subject, Table
from ..wire import Call, about, check_options, questions
from .changes import BOARD
from .compare import is_shortlist
from .due import LONGEST, SHORTEST, Standing, fresh_enough, standings
from .failures import failure_of, failure_of_try, ids_of, warn_of


def track(
    ids: Ids,
    tables: Iterable[str] | str = BOARD,
    *,
    every: Age = "7d",
    max_calls: int | None = None,
    plan: bool = False,
    names: Names | None = None,
    progress: bool | None = None,
    client: Client | None = None,
    **options: object,
) -> pd.DataFrame:
    """Fetch again what is due, and say when the rest will be; safe to run from cron every hour.

    Parameters
    ----------
    ids
        Creator ids, or video ids for tables about videos.
    tables
        Names of tables of one answer each; ``"board"`` for those that `compare` reads by default.
    every
        How old the newest answer may become, from an hour to a year: ``"7d"``, ``"24h"``, seconds or a timedelta.
    max_calls
        The most requests this run may send, further tries included; None for no bound but the client's. What is due
        longest comes first, and the next run goes on with the rest.
    plan
        Say what is due, and send nothing.
    names
        What to call the creators, as in `compare`.
    progress, client
        As in the ``fetch_`` functions. What the client's ``expire_after`` says does not matter here.
    **options
        The options of the ``fetch_`` functions, for the tables that have them.

    Returns
    -------
    One row per creator (or video) and table, in the order of the ids: ``kol_id`` and ``name``, or ``item_id``;
    ``table``; ``state``: ``fetched`` in this run, by it or by another process meanwhile; ``failed`` in this run;
    ``due`` and not asked; ``waiting`` because it has failed; or ``current``; ``last_at``, when the newest answer was
    fetched; ``due_at``, when it is due, NA for at once; ``tries`` since that brought no answer; and ``error`` of the
    last of those. ``attrs["failures"]`` lists what failed in this run.

    Raises
    ------
    InvalidIdError, ParameterError
        An id, table, option, name or ``every`` that cannot be; nothing was sent.
    ConfigError
        Something is due, and the client is offline or has no token.
    ApiError, TransportError, CacheError
        Every question failed, or one concerns the whole account. What arrived is stored.

    Warns
    -----
    PartialResultWarning
        Some failed, or ``max_calls`` is used up.

    Notes
    -----
    Cost: one request for each answer that is due; tables that read one answer share it. The state is the store
    itself, its answers and its ledger: runs may overlap, break off or be left out for weeks, and each answer that is
    due is paid for once.

    Due is what is older than ``every``, or will be within an hour (within a tenth of ``every`` where that is
    shorter): a weekly job finds due what it fetched a little later in the hour a week ago. What failed rests for as
    long again as it has been failing: at least an hour, at least a day where a request may have been charged, and
    at most ``every``; so it is asked nine times in a first week of failures, and then once in every ``every``. A
    time in the future was dated by a wrong clock, and counts as old. Days that move with the date, as those of
    `fetch_daily_fans`, are the same question each time.
    """
    found = tracked(
        ids, tables, options, every=every, max_calls=max_calls, plan=plan, names=names, progress=progress, client=client
    )
    subject = found.subject
    warn_of(found.failures, found.frame[subject.column.name].nunique(), stacklevel=3, subject=subject)
    if found.left:
        warnings.warn(f"{found.rest}; see the rows with state due", PartialResultWarning, stacklevel=2)
    return found.frame


class Tracked(NamedTuple):
    """What became of a run: the frame, what failed, and how many answers there are, were due, and stay due."""

    frame: pd.DataFrame
    failures: list[Failure]
    subject: Subject
    total: int
    due: int
    left: int

    @property
    def rest(self) -> str:
        """What is said of those that stay due."""
        stay = "answer stays" if self.left == 1 else "answers stay"
        return f"max_calls is used up: {self.left} {stay} due, and the next run goes on with what is due longest"


def tracked(
    ids: Ids,
    tables: Iterable[str | Table] | str,
    options: Mapping[str, object],
    *,
    every: Age,
    max_calls: int | None = None,
    plan: bool = False,
    names: Names | None = None,
    progress: bool | None = None,
    client: Client | None = None,
) -> Tracked:
    """Do the work of `track`, and leave it to the caller to say what failed."""
    period, dry = _period(every), truth("plan", plan)
    most = whole_number_or_none("max_calls", max_calls, 0)
    declared = followed(tables)
    check_options(declared, options)
    about_what, subject_ids = about(declared, ids)
    names_by_id = names_of(ids if names is None and is_shortlist(ids) else names, subject_ids, stacklevel=4)
    client = checked_client(client) or default_client()
    by_table = questions(declared, subject_ids, options, client.api)
    asked = [(table, by_table[table.name]) for table in declared]
    calls = {call.key: call for _, of_table in asked for call in of_table}
    moment = client.store.now()
    before = after = standings(client, asked, options, period, moment)
    due = sorted((key for key in calls if before[key].is_due), key=lambda key: _urgency(before[key]))
    errors: Mapping[str, XingtuError] = {}
    if due and not dry:
        errors = _ask(client, [calls[key] for key in due], period, moment, most, progress)
        after = standings(client, asked, options, period, client.store.now())
    if errors and len(errors) == len(calls):
        raise next(iter(errors.values()))
    outcome = _Outcome(before, after, errors)
    subject = about_what or CREATOR
    frame = build_frame(track_columns(subject), outcome.rows(subject, subject_ids, names_by_id, asked))
    frame.attrs["failures"] = Listed(outcome.failures(subject, [calls[key] for key in due]))
    left = [key for key in due if outcome.state(key) == "due" and key not in errors]
    return Tracked(frame, frame.attrs["failures"], subject, len(calls), len(due), 0 if dry else len(left))


class _Outcome(NamedTuple):
    """Where the questions stood before a run and stand after it, and the errors of those that were asked."""

    before: Mapping[str, Standing]
    after: Mapping[str, Standing]
    errors: Mapping[str, XingtuError]

    def state(self, key: str) -> str:
        """Return what has become of a question."""
        before, after = self.before[key], self.after[key]
        if after.last_at != before.last_at:
            return "fetched"
        if [one.sent_at for one in after.tries] != [one.sent_at for one in before.tries]:
            return "failed"
        if after.is_due:
            return "due"
        return "waiting" if after.tries else "current"

    def rows(
        self,
        subject: Subject,
        ids: Sequence[str],
        names: Mapping[str, str],
        asked: Sequence[tuple[Table, Sequence[Call]]],
    ) -> Iterator[Row]:
        """Yield the rows of the frame."""
        for place, one in enumerate(ids):
            named = (one,) if subject is ITEM else (one, names.get(one))
            for table, calls in asked:
                key = calls[place].key
                yield (*named, table.name, self.state(key), *_cells(self.after[key]))

    def failures(self, subject: Subject, due: Sequence[Call]) -> list[Failure]:
        """Return what failed; the ledger knows why where the batch was stopped."""
        found = []
        for call in due:
            ids, name, error = ids_of(subject, call.subject_id), call.endpoint.name, self.errors.get(call.key)
            if error is not None:
                found.append(failure_of(name, ids, error))
            elif self.state(call.key) == "failed":
                found.append(failure_of_try(name, ids, self.after[call.key].tries[-1]))
        return found


def _cells(stands: Standing) -> Row:
    times = (None if at is None else micros(at.isoformat()) for at in (stands.last_at, stands.due_at))
    error = stands.tries[-1].error or "no answer came; it may be charged" if stands.tries else None
    return (*times, len(stands.tries), error)


def _period(every: Age) -> timedelta:
    """Return how often, where that makes sense."""
    found = None
    with contextlib.suppress(ParameterError):
        found = age("every", every)
    if found is None or not SHORTEST <= found <= LONGEST:
        raise must_be("every", 'from an hour to a year, such as "7d", "24h", seconds or a timedelta', quoted(every))
    return found


def followed(tables: Iterable[str | Table] | str) -> list[Table]:
    """Return the tables that can be followed: those of one answer about each creator or video."""
    declared = tables_named(
        tables_read(chosen_metrics(None)) if isinstance(tables, str) and tables == BOARD else tables
    )
    if not declared:
        raise ParameterError('no table named; tables="board" stands for those that compare reads by default')
    refused = [table.name for table in declared if table.answer.subject is None or table.answer.pages is not None]
    if refused:
        raise ParameterError(f"what has pages cannot be tracked: {', '.join(refused)}")
    return declared


def _urgency(before: Standing) -> float:
    return float("-inf") if before.due_at is None else before.due_at.timestamp()


def _ask(
    client: Client, due: list[Call], every: timedelta, moment: datetime, most: int | None, progress: bool | None
) -> Mapping[str, XingtuError]:
    """Ask what is due, and return the errors; what became of each question is in the store."""
    if client.offline:
        raise ConfigError(f"{len(due)} answers are due, and the client is offline; plan=True (--plan) says which")
    try:
        return answers(
            client, due, fresh=fresh_enough(every, moment, client.store.now), most=most, progress=progress
        ).errors
    except BudgetExceededError:
        return {}
