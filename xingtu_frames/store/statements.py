"""What the store says to its database, in SQL that SQLite and PostgreSQL speak, and small works in one transaction."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from ..errors import BILLED, CacheError
from .answer import Answer, Recorded, checksum, is_time, is_whole, stamp
from .freshness import SKEW
from .pool import Connection, DamagedError, Pool
from .spending import give_back, spend

# Rows are numbered in the order in which the store came to know the answers, whatever any clock said.
FIRST_ROW = -(2**63)
# For each question asked: some cells of its newest answer, the row of that, and the question's place in the list. Every
# database has its own way to find it by an index alone, and its own way to spell a list.
_NEWEST = "SELECT {cells}, n.id, n.place FROM {{newest}}"
_ANSWERS = "SELECT {cells} FROM answers AS a WHERE {which}"
_CELLS = "a.key, a.endpoint, a.kol_id, a.params, a.fetched_at, a.body, a.checksum"
LATEST = _NEWEST.format(cells=_CELLS)
TIMES = _NEWEST.format(cells="a.fetched_at")
EVERY = _ANSWERS.format(
    cells=f"{_CELLS}, a.http_status, a.served, a.id", which="a.id > :after ORDER BY a.id LIMIT :page"
)
_HISTORY = "{whose} AND a.served = 1 ORDER BY a.fetched_at, a.id"
# By their rows: to have the order for nothing, a database would go through the days of all creators.
_ROWS_OF = """
a.id IN (SELECT id FROM answers WHERE endpoint = :endpoint AND {whom} IN (SELECT asked.value FROM {{listed}}))
"""
HISTORY, HISTORY_OF_CREATORS, HISTORY_OF_VIDEOS = (
    _ANSWERS.format(cells=_CELLS, which=_HISTORY.format(whose=whose))
    for whose in (
        "a.endpoint = :endpoint",
        _ROWS_OF.format(whom="kol_id"),
        _ROWS_OF.format(whom="kol_id IS NULL AND item_id"),
    )
)
# What is the same whenever nothing was added to a day or taken from it; an index alone tells it.
DAYS = """
SELECT endpoint, substr(fetched_at, 1, 10), count(*), min(fetched_at), max(fetched_at) FROM answers
WHERE served = 1 GROUP BY endpoint, substr(fetched_at, 1, 10) ORDER BY endpoint, substr(fetched_at, 1, 10)
"""
OF_DAY = _ANSWERS.format(
    cells=f"{_CELLS}, a.http_status, a.id",
    which="""a.endpoint = :endpoint AND a.served = 1 AND a.fetched_at >= :since AND a.fetched_at < :until
AND (a.fetched_at > :since OR a.id > :after) ORDER BY a.fetched_at, a.id LIMIT :page""",
)
IDENTITY = "SELECT id FROM identity"
CONTINUE = "UPDATE identity SET id = ?"
REMOVE = """
DELETE FROM answers WHERE key = :key AND served = 1 AND fetched_at = :fetched_at AND checksum = :checksum
AND body = :body
"""
# Is refused where a deletion would be.
REMOVE_NONE = "DELETE FROM answers WHERE 1 = 0"
_RELEASE_NONE = "DELETE FROM claims WHERE 1 = 0"
KEYS = "SELECT DISTINCT key FROM answers WHERE served = 1"
LAST_ID = "SELECT coalesce(max(id), 0) FROM answers"
CLOSE = """
UPDATE requests SET http_status = :http_status, code = :code, billed = :billed, elapsed_s = :elapsed_s, error = :error
WHERE id = :id
"""
# Of a request that the first format wrote, the question is not known.
_OF_QUESTION = """
AND billed = 'unknown' AND (key = :key OR (key IS NULL AND coalesce(kol_id, '') = coalesce(:kol_id, '')))
"""
LEDGER = """
SELECT sent_at, endpoint, kol_id, http_status, code, billed, elapsed_s, error, asked_by, key FROM requests
WHERE sent_at >= :since ORDER BY id
"""
COUNT = "SELECT (SELECT count(*) FROM answers), (SELECT count(*) FROM requests)"
_OPENED = "SELECT id FROM requests WHERE id = ? AND sent_at = ? AND key = ?"
_OPEN = "INSERT INTO requests (sent_at, endpoint, kol_id, item_id, key) VALUES (?, ?, ?, ?, ?)"
_IS_STORED = "SELECT count(*) FROM answers WHERE key = :key AND checksum = :checksum AND body = :body"
_NEXT_ROW = """
INSERT INTO answers (key, endpoint, kol_id, item_id, params, fetched_at, body, http_status, served, checksum)
VALUES (:key, :endpoint, :kol_id, :item_id, :params, :fetched_at, :body, :http_status, :served, :checksum)
"""
_ROW = _NEXT_ROW.replace("(key", "(id, key").replace("(:key", "(:id, :key")
# What comes to be known late, though a newer answer is there, goes before all others; so does what a clock that was
# ahead has dated, because it is not known when it was asked.
_IS_LATE = """
SELECT count(*) FROM answers WHERE {of_key} AND served = 1 AND (fetched_at > :fetched_at OR :fetched_at > :soon)
"""
_BEFORE_ALL = "SELECT CASE WHEN min(id) < 1 THEN min(id) ELSE 1 END - 1 FROM answers"
_HOLD_TURN = "UPDATE pace SET next = next WHERE id = 1"
_NEXT_TURN = "SELECT next FROM pace"
_TAKE_TURN = "INSERT INTO pace (id, next) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET next = excluded.next"

_OUTCOME = {"id", "http_status", "code", "billed", "elapsed_s", "error"}
_SMALL, _LARGE = 4_096, 1_048_576
_NOTHING_SENT = {**dict.fromkeys(_OUTCOME), "http_status": 200, "billed": "no"}


class ByTime(NamedTuple):
    """Whether an answer is the newest to its question is told by its time, not by when it comes to be known.

    Attributes
    ----------
    is_late
        Asks whether it comes too late to be the newest.
    soon
        What lies behind that was dated by a clock that was ahead.
    asked_at
        The time that counts, where it is not the one at which the answer came.
    """

    is_late: str
    soon: str
    asked_at: str | None = None


def by_time(pool: Pool) -> ByTime:
    """Return how a pool tells by their times which answers are the newest, by the clock of its database."""
    return ByTime(spelled(_IS_LATE, pool), stamp(pool.now() + SKEW))


def spelled(statement: str, pool: Pool) -> str:
    """Return a statement as the database of a pool spells it."""
    return statement.format(listed=pool.listed, newest=pool.newest, of_key=pool.of_key)


def slices(keys: Sequence[str], size: int) -> Iterator[list[str]]:
    """Yield keys, as many as one statement is asked about."""
    return (list(keys[start : start + size]) for start in range(0, len(keys), size))


def checked(row: Sequence[object], asked: object, shown: str) -> Answer | CacheError:
    """Return the answer that a row of a store holds, or the error where it is damaged."""
    # A damaged index can lead to the sound answer of another question.
    answer = Answer._make(row[:6])
    if is_whole(answer, row[6]) and row[0] == asked and is_time(row[4]):
        return answer
    endpoint, kol_id = (text if isinstance(text, str) else None for text in (row[1], row[2]))
    return CacheError(
        f"the stored answer to {row[0]} in {shown} is damaged; restore the cache from a copy, or fetch it "
        "again with refresh=True (a paid request)",
        endpoint=endpoint,
        kol_id=kol_id,
    )


def insert(db: Connection, recorded: Recorded, order: ByTime | None = None) -> int:
    """Add an answer unless it is stored; return how many were added.

    Parameters
    ----------
    db
        A connection inside a transaction.
    recorded
        The answer.
    order
        How the newest answer to a question is told where this one was not asked just now.
    """
    answer, http_status, served = recorded
    about = {"http_status": http_status, "served": int(served), "checksum": checksum(answer), "item_id": answer.item_id}
    values = {**answer._asdict(), **about}
    if db.execute(_IS_STORED, values).fetchone()[0]:
        return 0
    if order is not None:
        times = {"soon": order.soon, "fetched_at": order.asked_at or answer.fetched_at}
        if db.execute(order.is_late, {**values, **times}).fetchone()[0]:
            return db.execute(_ROW, {**values, "id": db.execute(_BEFORE_ALL).fetchone()[0]}).rowcount
    return db.execute(_NEXT_ROW, values).rowcount


def row_of(db: Connection, answer: Answer) -> int | None:
    """Return the row of an answer."""
    row = db.execute(
        "SELECT id FROM answers WHERE key = ? AND checksum = ? ORDER BY id DESC", (answer.key, checksum(answer))
    ).fetchone()
    return None if row is None else int(row[0])


def insert_all(some: Sequence[Recorded], order: ByTime | None, db: Connection) -> int:
    """Add the answers that are not stored; return how many were added."""
    # One after the other: two who add the same in another order would wait for each other.
    db.execute(_HOLD_TURN)
    return sum(insert(db, recorded, order) for recorded in some)


def take(recorded: Recorded, outcome: Mapping[str, object], order: ByTime, db: Connection) -> None:
    """Add a rescued answer, and tell the ledger what it could not be told before."""
    insert(db, recorded, order)
    if set(outcome) >= _OUTCOME:
        db.execute(f"{CLOSE} {_OF_QUESTION}", {**outcome, **recorded.answer._asdict()})


def close(
    db: Connection, outcome: Mapping[str, object], recorded: Recorded | None, order: ByTime | None = None
) -> int | None:
    """Write what became of a request and the answer that it brought; return the row of the answer.

    With `order` a newer answer may have come since it was asked.
    """
    if recorded is not None:
        asked = order and db.execute("SELECT sent_at FROM requests WHERE id = ?", (outcome["id"],)).fetchone()
        insert(db, recorded, order._replace(asked_at=asked[0]) if order and asked else order)
    if outcome["billed"] == "no":
        give_back(db, outcome["id"])
    db.execute(CLOSE, outcome)
    return None if recorded is None else row_of(db, recorded.answer)


def rehearse(size: int, moment: datetime, db: Connection) -> None:
    """Write once what a paid answer of some size needs, and undo it: what is refused is refused before paying."""
    text, body = secrets.token_hex(16), secrets.token_bytes(min(max(size, _SMALL), _LARGE))
    db.execute("SAVEPOINT rehearsal")
    close(db, _NOTHING_SENT, Recorded(Answer(text, text, None, "{}", stamp(moment), body), 200, served=False))
    db.execute(_RELEASE_NONE)
    db.execute("ROLLBACK TO rehearsal")


def open_once(db: Connection, row: Sequence[object], opened: int | None, last_id: str, moment: datetime) -> int:
    """Add a row to the ledger and take it from the budget, unless it was added as `opened`; return its number."""
    sent_at, *_, key = row
    if opened is not None and db.execute(_OPENED, (opened, sent_at, key)).fetchone():
        return opened
    db.execute(_OPEN, row)
    number = int(db.execute(last_id).fetchone()[0])
    # Last, because until the end of the transaction no other process can spend.
    spend(db, moment)
    return number


def take_turn(gap_s: float, moment: float, db: Connection) -> float:
    """Take a turn that is free; return 0, or the seconds until one may be."""
    # First, so that of two at the same time the second sees what the first one took.
    db.execute(_HOLD_TURN)
    ((following,),) = db.execute(_NEXT_TURN).fetchall() or [(0.0,)]
    # Further ahead than one gap is a clock that has jumped back meanwhile; a damaged file may hold anything.
    if isinstance(following, float) and moment < following <= moment + gap_s:
        return float(following - moment)
    db.execute(_TAKE_TURN, (moment + gap_s,))
    return 0.0


def time_of(text: str, shown: str) -> datetime:
    """Return the time of an answer as a store holds it; where it cannot be read, the store is damaged."""
    with contextlib.suppress(ValueError, TypeError):
        return datetime.fromisoformat(text)
    raise DamagedError(shown, "the time of an answer cannot be read")


def is_ledger_row(row: Sequence[Any]) -> bool:
    """Return whether a row of the ledger holds what the ledger writes: a damaged file may hold anything."""
    sent_at, endpoint, kol_id, http_status, code, billed, elapsed_s, error, asked_by, key = row
    with contextlib.suppress(ValueError, TypeError):
        datetime.fromisoformat(sent_at)
        texts = isinstance(endpoint, str) and billed in BILLED
        texts = texts and all(isinstance(text, str | None) for text in (kol_id, error, asked_by, key))
        return texts and all(isinstance(number, int | float | None) for number in (http_status, code, elapsed_s))
    return False
