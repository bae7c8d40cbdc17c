"""Stored answers, wherever they are kept, read as rows of tables: a pure function of their bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import pandas as pd

from ...errors import CacheError, Failure, ParameterError, PayloadError, XingtuError, a_kind, listed, must_be, shown
from ...frame import Listed, build_frame, micros
from ...store.answer import Answer, is_time, is_whole
from ...tables.catalog import rows_of, table_named
from ...tables.schema import ITEM, Row, Table
from ...wire.envelope import place_of
from ..failures import failure_of, ids_of, warn_of
from ..rows import Note, Page, data_of, is_raw, notes_of, page_of, rows_with
from ..steps import noted
from ..stored import params_of, shown_in

_NEEDED = ("kol_id", "params", "fetched_at", "body")


class _Asked(NamedTuple):
    """What a question says to a table: whether it reads the answer, the options that it repeats, and the page."""

    is_read: bool
    shown: Sequence[str | None]
    page: int | None


class Rows:
    """The rows of answers in the tables that read them, and the answers that a table cannot read.

    Attributes
    ----------
    rows
        Rows of plain values, by table.
    notes
        What of an answer is not in its rows, by table.
    unread
        Each answer that cannot be read, with table and error.
    """

    def __init__(self, tables: Sequence[Table]) -> None:
        self._tables = tables
        self._questions: dict[tuple[str, str], _Asked] = {}
        self.rows: dict[str, list[Row]] = {table.name: [] for table in tables}
        self.notes: dict[str, list[Note]] = {table.name: [] for table in tables}
        self.unread: list[tuple[Answer, Table, XingtuError]] = []

    def add(self, answer: Answer) -> None:
        """Read an answer, decoded once for all tables that share it."""
        subject_id, fetched_at = answer.kol_id or answer.item_id, micros(answer.fetched_at)
        decoded: dict[bool, object] = {}
        for table in self._tables:
            try:
                asked = self._asked(table, answer)
                if not asked.is_read:
                    continue
                if is_raw(table) not in decoded:
                    decoded[is_raw(table)] = data_of(answer, as_written=is_raw(table))
                page = Page(
                    subject_id, rows_of(table, decoded[is_raw(table)], place_of(answer)), fetched_at, asked.page
                )
            except (CacheError, PayloadError) as error:
                self.unread.append((answer, table, error))
                continue
            self.rows[table.name].extend(rows_with(table, asked.shown, page))
            self.notes[table.name] += notes_of(table, page)

    def _asked(self, table: Table, answer: Answer) -> _Asked:
        key = (table.name, answer.params)
        if key not in self._questions:
            params = params_of(answer)
            is_read = table.answer.fixed.items() <= params.items()
            self._questions[key] = _Asked(is_read, shown_in(table, params), page_of(params))
        return self._questions[key]

    def taken(self) -> dict[str, list[Row]]:
        """Return the rows, and begin again without any."""
        # Of videos, each question is another one.
        self._questions.clear()
        rows, self.rows = self.rows, {name: [] for name in self.rows}
        self.notes = {name: [] for name in self.notes}
        return rows


def read_answers(answers: pd.DataFrame, table: str | Table) -> pd.DataFrame:
    """Read a table from exact answers, such as the files under ``answers`` in a lake; nothing is sent.

    A pure function that can be pickled: what Dask, Spark, Ray and the like map over the files of a lake.

    Parameters
    ----------
    answers
        A frame with ``kol_id`` (missing for videos and searches), ``params``, ``fetched_at`` and ``body``. Where it has
        ``endpoint``, only the answers of the table's endpoint count; where it has ``checksum``, each answer is
        compared with it.
    table
        Name of the table.

    Returns
    -------
    The columns of the table, in the order of the answers, as `history` returns them. Answers that are damaged or cannot
    be read are left out with a warning and listed in ``frame.attrs["failures"]``.

    Raises
    ------
    ParameterError
        A table that does not exist, or a frame without these columns.

    Warns
    -----
    PartialResultWarning
        Some answers cannot be read.

    Examples
    --------
    >>> body = b'{"code": 0, "data": {"nick_name": "Ada"}}'
    >>> answers = pd.DataFrame({"kol_id": ["71"], "params": ["{}"], "body": [body]})
    >>> answers["fetched_at"] = "2026-11-01T08:00:00+00:00"
    >>> read_answers(answers, "profiles")["nick_name"].tolist()
    ['Ada']
    """
    declared = table_named(table)
    read, failures, total = Rows([declared]), list[Failure](), 0
    for answer in _answers(answers, declared):
        total += 1
        if isinstance(answer, CacheError):
            failures.append(failure_of(answer.endpoint, ids_of(declared.answer.subject, answer.kol_id), answer))
        else:
            read.add(answer)
    for answer, _, error in read.unread:
        whom = answer.item_id or answer.kol_id
        failures.append(failure_of(answer.endpoint, ids_of(declared.answer.subject, whom), error))
    frame = noted(build_frame(declared.columns, read.rows[declared.name]), read.notes[declared.name])
    frame.attrs["failures"] = Listed(failures)
    warn_of(failures, total, stacklevel=3, noun="stored answers")
    return frame


def _answers(answers: object, table: Table) -> Iterator[Answer | CacheError]:
    if not isinstance(answers, pd.DataFrame):
        raise must_be("answers", "a DataFrame", a_kind(answers))
    lacking = [name for name in _NEEDED if name not in answers.columns]
    if lacking:
        raise ParameterError(f"answers lacks {listed(lacking)}; the files under answers in a lake have these columns")
    if not answers.columns.is_unique:
        raise ParameterError("answers has two columns of one name")
    absent = [None] * len(answers)
    sums = _cells(answers, "checksum") if "checksum" in answers.columns else absent
    endpoints = _cells(answers, "endpoint") if "endpoint" in answers.columns else [table.endpoint] * len(answers)
    for kol_id, params, fetched_at, body, sum_, endpoint in zip(
        *(_cells(answers, name) for name in _NEEDED), sums, endpoints, strict=True
    ):
        if endpoint == table.endpoint:
            if not isinstance(body, bytes | bytearray | memoryview):
                raise must_be("body in answers", "the bytes of answers", a_kind(body))
            if not isinstance(kol_id, str | None):
                raise must_be("kol_id in answers", "text", a_kind(kol_id), "read ids as text")
            yield answer_of(endpoint, kol_id, str(params), str(fetched_at), bytes(body), sum_)


def _cells(answers: pd.DataFrame, name: str) -> list[object]:
    column = answers[name]
    return [None if missing else cell for cell, missing in zip(column.tolist(), column.isna().tolist(), strict=True)]


def answer_of(
    endpoint: str, kol_id: str | None, params: str, fetched_at: str, body: bytes, checksum: str | None
) -> Answer | CacheError:
    """Return an answer of a lake, or the error where it is not what it was when its checksum was taken."""
    answer = Answer(f"{endpoint}|{kol_id or ''}|{params}", endpoint, kol_id, params, fetched_at, body)
    if is_time(fetched_at) and (checksum is None or is_whole(answer, checksum)):
        return answer
    text = f"an answer of {endpoint} in the lake is damaged; restore its file from a copy"
    return CacheError(text, endpoint=endpoint, kol_id=kol_id)


def unread_rows(unread: Iterable[tuple[Answer, Table, XingtuError]]) -> list[Row]:
    """Return the rows for the failures of a lake."""
    return [
        (
            *(None if table.answer.subject is ITEM else answer.kol_id, answer.item_id),
            *(table.name, shown(f"{type(error).__name__}: {error}"), micros(answer.fetched_at)),
        )
        for answer, table, error in unread
    ]
