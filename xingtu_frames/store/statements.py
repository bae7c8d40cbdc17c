"""What the store says to SQLite: its statements, and the small pieces of work inside one transaction."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from .answer import Answer, Recorded, checksum, now, stamp
from .freshness import SKEW

# Rows are numbered in the order in which the store came to know the answers, whatever any clock said.
FIRST_ROW = -(2**63)
_NEWEST = """
    SELECT asked.value AS asked, (
        SELECT max(id) FROM answers WHERE key = asked.value AND served = 1 AND id > :after
    ) AS id FROM json_each(:keys) AS asked
"""
CELLS = "a.key, a.endpoint, a.kol_id, a.params, a.fetched_at, a.body, a.checksum"
LATEST = f"SELECT {CELLS}, n.asked, n.id FROM ({_NEWEST}) AS n LEFT JOIN answers AS a ON a.id = n.id"  # noqa: S608
TIMES = f"SELECT n.asked, a.fetched_at, n.id FROM ({_NEWEST}) AS n LEFT JOIN answers AS a ON a.id = n.id"  # noqa: S608
HIDDEN = """
SELECT count(*) FROM json_each(?) AS asked WHERE EXISTS (
    SELECT 1 FROM answers INDEXED BY answers_by_creator
    WHERE endpoint = json_extract(asked.value, '$[1]') AND kol_id IS json_extract(asked.value, '$[2]')
    AND key = json_extract(asked.value, '$[0]') AND served = 1
)
"""
CLOSE = """
UPDATE requests SET http_status = :http_status, code = :code, billed = :billed, elapsed_s = :elapsed_s, error = :error
WHERE id = :id
"""
LEDGER = "SELECT sent_at, endpoint, kol_id, http_status, code, billed, elapsed_s, error FROM requests"
COUNT = "SELECT (SELECT count(*) FROM answers), (SELECT count(*) FROM requests)"
_ADD = """
INSERT INTO answers (id, key, endpoint, kol_id, params, fetched_at, body, http_status, served, checksum)
SELECT {row}, :key, :endpoint, :kol_id, :params, :fetched_at, :body, :http_status, :served, :checksum
WHERE NOT EXISTS (SELECT 1 FROM answers WHERE key = :key AND checksum = :checksum AND body = :body)
"""
_NEXT = "NULL"
# What comes to be known late, though a newer answer is there, goes before all others; so does what a clock that was
# ahead has dated, for nobody knows when it was asked.
_BY_TIME = """
CASE WHEN EXISTS (
    SELECT 1 FROM answers WHERE key = :key AND served = 1 AND (fetched_at > :fetched_at OR :fetched_at > :soon)
)
THEN min((SELECT min(id) FROM answers), 1) - 1 END
"""
HISTORY = f"SELECT {CELLS} FROM answers AS a WHERE endpoint = ? AND served = 1"  # noqa: S608
EVERY = f"SELECT {CELLS}, a.http_status, a.served, a.id FROM answers AS a"  # noqa: S608

_OUTCOME = {"id", "http_status", "code", "billed", "elapsed_s", "error"}


def insert(db: sqlite3.Connection, recorded: Recorded, *, by_time: bool = False) -> int:
    """Add an answer unless it is stored; return how many were added.

    Parameters
    ----------
    db
        A connection inside a transaction.
    recorded
        The answer.
    by_time
        It was not asked just now: whether it is the newest to its question is told by its time.
    """
    answer, http_status, served = recorded
    values = {
        **answer._asdict(),
        "http_status": http_status,
        "served": int(served),
        "checksum": checksum(answer),
    }
    if by_time:
        values["soon"] = stamp(now() + SKEW)
    return db.execute(_ADD.format(row=_BY_TIME if by_time else _NEXT), values).rowcount


def row_of(db: sqlite3.Connection, answer: Answer) -> int | None:
    """Return the row of an answer."""
    row = db.execute(
        "SELECT id FROM answers WHERE key = ? AND checksum = ? ORDER BY id DESC", (answer.key, checksum(answer))
    ).fetchone()
    return None if row is None else int(row[0])


def insert_all(some: Sequence[Recorded], by_time: bool, db: sqlite3.Connection) -> int:
    """Add the answers that are not stored; return how many were added."""
    return sum(insert(db, recorded, by_time=by_time) for recorded in some)


def take(recorded: Recorded, outcome: Mapping[str, Any], db: sqlite3.Connection) -> None:
    """Add a rescued answer, and tell the ledger what it could not be told before."""
    insert(db, recorded, by_time=True)
    if set(outcome) >= _OUTCOME:
        asked = {"endpoint": recorded.answer.endpoint, "kol_id": recorded.answer.kol_id}
        db.execute(f"{CLOSE} AND kol_id IS :kol_id AND billed = 'unknown'", {**outcome, **asked})


def is_ledger_row(row: Sequence[Any]) -> bool:
    """Return whether a row of the ledger holds what the ledger writes: a damaged file may hold anything."""
    sent_at, endpoint, kol_id, http_status, code, billed, elapsed_s, error = row
    with contextlib.suppress(ValueError, TypeError):
        datetime.fromisoformat(sent_at)
        texts = isinstance(endpoint, str) and billed in ("yes", "no", "unknown")
        texts = texts and all(isinstance(text, str | None) for text in (kol_id, error))
        return texts and all(isinstance(number, int | float | None) for number in (http_status, code, elapsed_s))
    return False
