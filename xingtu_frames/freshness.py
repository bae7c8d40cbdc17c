"""What a stored answer is worth: fresh enough to serve, or old."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from .answer import now

State = Literal["cached", "expired", "missing"]
SKEW = timedelta(seconds=60)
"""How far ahead the clock of another machine may be before what it dated counts as dated in the future."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """What a stored answer must be to serve.

    Attributes
    ----------
    since
        The time from which it must have been fetched; None for any.
    after
        With ``refresh``: it must have been added after that row of the store, whatever any clock says; None without.
    """

    since: datetime | None = None
    after: int | None = None

    def state_of(self, fetched_at: datetime | None) -> State:
        """Decide what the newest stored answer is worth. One from the future was dated by a wrong clock: it is old."""
        if fetched_at is None:
            return "missing"
        if self.after is not None or (self.since is not None and not self.since <= fetched_at <= now() + SKEW):
            return "expired"
        return "cached"

    def serves(self, fetched_at: datetime) -> bool:
        """Return whether an answer that was looked for with `after` may be served."""
        return self.after is not None or self.state_of(fetched_at) == "cached"


def younger_than(age: timedelta | None) -> Fresh:
    """Return what serves for that long; None is for ever, and so is an age that reaches back beyond all time."""
    try:
        return Fresh(None if age is None else now() - age)
    except OverflowError:
        return Fresh()
