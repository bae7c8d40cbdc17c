"""A budget that all users of a store share: how many requests that are or may be charged, in a day or a month.

Days and months are those of Beijing, as are the provider's. The row of the budget is counted up in the transaction that
writes a request into the ledger, by one statement that says no when the budget is used up, so that no number of
processes can exceed it. A request that was not charged after all is given back when its outcome is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, get_args

from ..errors import BudgetExceededError, CacheError
from ..tables.inputs import CHINA
from ..tables.read import INT64
from .answer import is_time, stamp
from .pool import Connection, Read

Period = Literal["month", "day"]
"""What a budget is for."""
PERIODS: tuple[Period, ...] = get_args(Period)

MOST = INT64 - 1
"""The largest number that every database takes."""
_SINCE = "CASE period WHEN 'day' THEN :day ELSE :month END"
# A later beginning stands: a clock that was put back must not begin a period again.
_SO_FAR = f"CASE WHEN since < {_SINCE} THEN 0 ELSE spent END"
_SPEND = f"""
UPDATE budget SET spent = {_SO_FAR} + 1, since = CASE WHEN since < {_SINCE} THEN {_SINCE} ELSE since END
WHERE id = 1 AND (most IS NULL OR {_SO_FAR} < most)
"""  # noqa: S608 - of constants
_GIVE_BACK = """
UPDATE budget SET spent = spent - 1 WHERE spent > 0 AND EXISTS (
    SELECT 1 FROM requests WHERE requests.id = ? AND billed = 'unknown' AND sent_at >= since
)
"""
_BUDGET = "SELECT most, spent, period, since FROM budget WHERE id = 1"
_SET = "UPDATE budget SET most = :most, period = :period, since = :since WHERE id = 1"
_MAKE = "INSERT INTO budget (id, most, spent, period, since) VALUES (1, :most, 0, :period, :since)"
_IN_LEDGER = "SELECT count(*) FROM requests WHERE sent_at >= ? AND billed <> 'no'"
_COUNT_AGAIN = "UPDATE budget SET spent = ? WHERE id = 1"


class Spending(NamedTuple):
    """What a store says of its budget.

    Attributes
    ----------
    most
        How many requests may be charged in a period; None for any number.
    spent
        How many were or may have been charged in this one.
    period, since
        What the budget is for, and when this one began.
    """

    most: int | None
    spent: int
    period: str
    since: datetime


def _beginnings(moment: datetime) -> dict[str, str]:
    """Return when the day and the month began that a moment is in."""
    day = moment.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    return {"day": stamp(day), "month": stamp(day.replace(day=1))}


def spend(db: Connection, moment: datetime) -> None:
    """Take one request from the budget.

    Raises
    ------
    BudgetExceededError
        It is used up.
    """
    if db.execute(_SPEND, _beginnings(moment)).rowcount == 1:
        return
    most, _, period, _ = _checked(db.execute(_BUDGET).fetchall())
    raise BudgetExceededError(
        f"the budget of this cache is used up: {most or 0:,} requests a {period}, for all who use it; nothing more was "
        "sent, what arrived is stored; look with client.budget(), raise it with client.set_budget()"
    )


def _checked(rows: Sequence[Sequence[Any]]) -> tuple[int | None, int, str, str]:
    """Return the one row of the budget: a file may hold anything."""
    for most, spent, period, since in rows:
        numbers = isinstance(most, int | None) and isinstance(spent, int)
        if numbers and period in PERIODS and (since == "" or is_time(since)):
            return most, spent, period, since
    raise CacheError("the budget of the cache cannot be read; nothing was paid; set it again, or restore a copy")


def give_back(db: Connection, request: object) -> None:
    """Give back a request of this period that was not charged; before that is written into the ledger."""
    db.execute(_GIVE_BACK, (request,))


def set_budget(most: int | None, period: Period, moment: datetime, db: Connection) -> None:
    """Set the budget; what the ledger says of the period that is under way counts."""
    since = _beginnings(moment)[period]
    values = {"most": most, "period": period, "since": since}
    # First, because it keeps all others from spending until what was spent is counted.
    if db.execute(_SET, values).rowcount == 0:
        db.execute(_MAKE, values)
    db.execute(_COUNT_AGAIN, (db.execute(_IN_LEDGER, (since,)).fetchone()[0],))


def spending(moment: datetime, read: Read) -> Spending:
    """Return the budget and what was spent of it."""
    most, spent, period, since = _checked(read(_BUDGET, ()))
    begun = max(since, _beginnings(moment)[period])
    if most is None:
        # What nothing depends on was not counted in an older format.
        ((spent,),) = read(_IN_LEDGER, (begun,))
    return Spending(most, spent if begun == since or most is None else 0, period, datetime.fromisoformat(begun))
