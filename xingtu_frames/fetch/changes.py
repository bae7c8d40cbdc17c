"""Then against now: what has changed between stored answers, and whether that is more than a metric moves anyway."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple

import pandas as pd

from ..arguments import age, is_number, utc
from ..board.board import board
from ..board.metrics import METRICS, Metric, chosen_metrics, tables_of
from ..client.client import Client, checked_client, default_client
from ..decide.outcomes import CHANGES_COLUMNS, FEW_ANSWERS
from ..decide.score import check_board
from ..errors import Failure, ParameterError, must_be, no_such, quoted
from ..frame import Listed, build_frame, micros
from ..ids import Ids
from ..tables.catalog import TABLES, table_named
from ..tables.schema import CREATOR, ITEM, Option, Row, Table
from ..wire import about
from .failures import warn_of
from .stored import Past, past_answers

BOARD = "board"
_NUMBERING = ("position", "stage_no", "day_no", "level")
"""Numbers that say which row it is."""
_DECIMALS = 12

Numbers = Mapping[tuple[str | None, str], float | None]
"""What one answer says: (row of the table, metric) -> number."""


class _Answered(NamedTuple):
    """One stored answer: when it was fetched, and what it says."""

    at: int
    numbers: Numbers


class _Question(NamedTuple):
    """What the answers that are compared have in common."""

    subject_id: str
    table: str
    options: str | None


Since = str | datetime | timedelta | None
"""A time, or how long ago it was."""


def changes(
    table: str | Table | pd.DataFrame,
    ids: Ids | None = None,
    *,
    since: Since = None,
    client: Client | None = None,
    lake: str | os.PathLike[str] | None = None,
) -> pd.DataFrame:
    """Show what has changed between the stored answers about creators; nothing is sent.

    Refreshing adds an answer and never replaces one: ``fetch_...(ids, refresh=True)`` or ``compare(ids,
    refresh=True)``, paid requests, bring a newer one to compare with.

    Parameters
    ----------
    table
        Name of a table, or ``"board"`` for the metrics that `compare` shows by default, or a board for those that it
        has.
    ids
        Creator ids, or video ids for a table about videos; None for all that are stored, or those of the board.
    since
        A time, such as ``"2026-11-01"`` (UTC where it names no zone), or an age, such as ``"7d"``: the newest answer is
        compared with the last one until then. None for the first answer ever.
    client
        The client whose store is read; else `default_client`.
    lake
        The folder of a lake whose answers count beside those of the store, as in `history`.

    Returns
    -------
    One row per creator, question and number: ``kol_id`` (or ``item_id``); ``table``; ``options``, what was asked, such
    as ``personal|30d``, because answers to other questions are never compared; ``row`` of the table, such as
    ``cpm|21-60s``; ``metric``, that of the board or the column of the table; ``before``, ``after``, ``change``,
    ``change_rate`` (of the size of ``before``); ``wobble``, the median size of the change from one answer to the next,
    where at least four have a value; ``is_larger``, whether the change is larger than that; ``answers`` that have a
    value; ``before_at``, ``after_at``. What is not known is NA: ``before`` where no answer is earlier than the
    newest, none until ``since``, or none after it.

    Answers that are damaged or cannot be read are left out with a warning and listed in ``frame.attrs["failures"]``.

    Raises
    ------
    ParameterError, InvalidIdError
        A table, time or id that does not exist, or a table whose rows cannot be told apart over time.
    CacheError, PayloadError
        No stored answer can be read.
    FileError, ConfigError
        The lake cannot be read, as in `history`.

    Warns
    -----
    PartialResultWarning
        Some stored answers cannot be read.

    Notes
    -----
    Costs no request. Answers of one day are often equal, which makes the wobble small: it is that of how often you
    fetch.
    """
    earliest = None if since is None else _earliest(since, client)
    metrics, ids = _followed(table, ids)
    tables = [TABLES[name] for name in tables_of(metrics)] if metrics else [_comparable(table)]  # type: ignore[arg-type]
    subject, subject_ids = about(tables, () if ids is None else ids)
    known = [past_answers(one, None if ids is None else subject_ids, client, lake) for one in tables]
    errors = [error for of_table in known for error in of_table.errors]
    if errors and not any(of_table.answers for of_table in known):
        raise errors[0]
    questions: dict[_Question, list[_Answered]] = {}
    for declared, of_table in zip(tables, known, strict=True):
        for question, answered in _answered(declared, of_table.answers, metrics):
            questions.setdefault(question, []).append(answered)
    rows = [row for question, answers in questions.items() for row in _rows(question, answers, earliest)]
    creators = {one: place for place, one in enumerate(dict.fromkeys([*subject_ids, *(row[0] for row in rows)]))}
    order = {metric.name: place for place, metric in enumerate(metrics)}
    rows.sort(key=lambda row: (creators[row[0]], order.get(str(row[4]), 0)))
    other = ITEM.column if subject is CREATOR else CREATOR.column
    frame = build_frame([column for column in CHANGES_COLUMNS if column is not other], rows)
    # Tables that read one answer fail together.
    failures: list[Failure] = []
    failures += [one for of_table in known for one in of_table.failures if one not in failures]
    frame.attrs["failures"] = Listed(failures)
    totals = {declared.endpoint: of_table.total for declared, of_table in zip(tables, known, strict=True)}
    warn_of(failures, sum(totals.values()), stacklevel=3, noun="stored answers")
    return frame


def _followed(table: str | Table | pd.DataFrame, ids: Ids | None) -> tuple[list[Metric], Ids | None]:
    """Return the metrics of a board that are followed, none for a table, and whose."""
    if not isinstance(table, pd.DataFrame):
        return chosen_metrics(None) if isinstance(table, str) and table == BOARD else [], ids
    metrics = [METRICS[name] for name in check_board(table, []).columns if name in METRICS]
    if not metrics:
        raise ParameterError("the board has no metric of METRICS that could be followed; compare makes one")
    return metrics, table["kol_id"].tolist() if ids is None else ids


def _earliest(since: Since, client: Client | None) -> int:
    """Return a time, or how long ago it was, in microseconds since 1970."""
    found = None
    with contextlib.suppress(ParameterError, OverflowError):
        back = age("since", since) if isinstance(since, str | timedelta) else None
        found = None if back is None else (checked_client(client) or default_client()).store.now() - back
    if found is None and not isinstance(since, timedelta) and not is_number(since):
        found = utc(since)
    if found is None:
        raise must_be("since", 'a time such as "2026-11-01 10:00", or an age such as "7d"', quoted(since))
    return micros(found.isoformat()) or 0


def _comparable(table: str | Table) -> Table:
    """Return a table whose numbers can be compared from one answer to the next."""
    if isinstance(table, str) and table not in TABLES:
        raise no_such("table", [table], [BOARD, *TABLES])
    declared = table_named(table)
    chosen = all(isinstance(option, Option) for option in declared.answer.options)
    if declared.answer.subject is None or declared.evidence == "raw" or not chosen or not _numeric(declared):
        raise ParameterError(
            f"{declared.name} has no numbers that can be followed from one answer to the next; "
            f"history({declared.name!r}) shows every answer"
        )
    return declared


def _numeric(table: Table) -> list[tuple[int, str]]:
    """Return place and name of the cells of a table that are numbers and do not say which row it is."""
    return [
        (place, column.name)
        for place, column in enumerate(table.cells)
        if column.dtype in ("Int64", "float64") and column.name not in (*_NUMBERING, *table.key)
    ]


def _answered(
    table: Table, answers: Sequence[Past], metrics: Sequence[Metric]
) -> Iterator[tuple[_Question, _Answered]]:
    """Yield what each stored answer says, with the question: the table's numbers, or metrics of the board."""
    numbers = _on_board(table, answers, metrics) if metrics else [_in_table(table, one) for one in answers]
    for one, said in zip(answers, numbers, strict=True):
        question = _Question(one.page.subject_id or "", table.name, _options(table, one.params))
        yield question, _Answered(one.page.fetched_at or 0, said)


def _options(table: Table, params: Mapping[str, Any]) -> str | None:
    """Return what was asked: the options that the table repeats, and others where they are not the default."""
    shown = []
    for option in (one for one in table.answer.options if isinstance(one, Option)):
        value = option.read(params.get(option.parameter))
        if value is not None and option.name in table.option_columns:
            shown.append(value)
        elif value not in (None, str(option.default)):
            shown.append(f"{option.name}={value}")
    return "|".join(shown) or None


def _in_table(table: Table, past: Past) -> Numbers:
    keys = [place for place, column in enumerate(table.cells) if column.name in table.key]
    numeric = _numeric(table)
    numbers: dict[tuple[str | None, str], float | None] = {}
    for cells in past.page.reading.rows:
        row = "|".join(str(cells[place]) for place in keys if cells[place] is not None) or None
        for place, name in numeric:
            value = cells[place]
            numbers.setdefault((row, name), value if isinstance(value, int | float) else None)
    return numbers


def _on_board(table: Table, answers: Sequence[Past], metrics: Sequence[Metric]) -> list[Numbers]:
    """Return the metrics of the board that this table has, answer by answer."""
    own = [metric for metric in metrics if metric.table == table.name]
    # Each answer stands on the board as a creator of its own.
    labels = [str(number) for number in range(len(answers))]
    apart = [one._replace(page=one.page._replace(subject_id=label)) for one, label in zip(answers, labels, strict=True)]
    frame = build_frame(table.columns, [row for one in apart for row in one.rows(table)])
    made = board({table.name: frame}, labels, own, {})
    columns = [made[metric.name].astype(object).where(made[metric.name].notna(), None) for metric in own]
    return [
        {(None, metric.name): value for metric, value in zip(own, values, strict=True)}
        for values in zip(*columns, strict=True)
    ]


def _rows(question: _Question, answers: Sequence[_Answered], earliest: int | None) -> Iterator[Row]:
    """Yield the rows of one question: each number of the earlier answer and of the newest one."""
    answers = sorted(answers, key=lambda answer: answer.at)
    newest = answers[-1]
    until = answers[:1] if earliest is None else [one for one in answers if one.at <= earliest]
    before = until[-1] if until and until[-1] is not newest else None
    for key in dict.fromkeys([*newest.numbers, *(before.numbers if before else ())]):
        then = before.numbers.get(key) if before else None
        today = newest.numbers.get(key)
        change = None if then is None or today is None else round(today - then, _DECIMALS)
        values = [value for one in answers if (value := one.numbers.get(key)) is not None]
        wobble = _wobble(values)
        yield (
            *question,
            *key,
            *(then, today, change, round(change / abs(then), _DECIMALS) if change is not None and then else None),
            *(wobble, None if change is None or wobble is None else abs(change) > wobble, len(values)),
            *(before.at if before else None, newest.at),
        )


def _wobble(values: Sequence[float]) -> float | None:
    """Return how much a number moves from one answer to the next; None where there are too few."""
    if len(values) < FEW_ANSWERS:
        return None
    return round(median(abs(later - earlier) for earlier, later in pairwise(values)), _DECIMALS)
