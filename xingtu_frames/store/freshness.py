"""What a stored answer is worth: fresh enough to serve, or old."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from .answer import now

State = Literal["cached", "expired", "missing"]
SKEW = timedelta(seconds=5)
"""How far ahead of its reader the clock that dated an answer may be; never more than answers serve at all."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """What a stored answer must be to serve.

    Attributes
    ----------
    since
        The time from which it must have been fetched; None for any.
    ahead
        How far ahead of the clock, when it is looked at, its time may be; None for any. The clock is read each time:
        who waits for another process finds an answer that is younger than the question.
    after
        With ``refresh``: it must have been added after that row of the store as well, so that no clock, and no answer
        that is imported meanwhile, stands for one that was asked; None without.
    clock
        The clock that dates answers: that of the store.
    """

    since: datetime | None = None
    ahead: timedelta | None = None
    after: int | None = None
    clock: Callable[[], datetime] = now

    @property
    def is_any(self) -> bool:
        """Whether every answer serves, whatever its time."""
        return self.since is None and self.ahead is None and self.after is None

    def state_of(self, fetched_at: datetime | None) -> State:
        """Decide what the newest stored answer is worth. One from the future was dated by a wrong clock: it is old."""
        if fetched_at is None:
            return "missing"
        too_old = self.since is not None and fetched_at < self.since
        from_the_future = self.ahead is not None and fetched_at > self.clock() + self.ahead
        return "expired" if too_old or from_the_future or self.after is not None else "cached"

    def serves(self, fetched_at: datetime) -> bool:
        """Return whether an answer that was looked for with `after` may be served."""
        if self.after is not None:
            return self.since is None or fetched_at >= self.since
        return self.state_of(fetched_at) == "cached"


def younger_than(age: timedelta | None, clock: Callable[[], datetime] = now) -> Fresh:
    """Return what serves for that long; None is for ever, and so is an age that reaches back beyond all time."""
    if age is None:
        return Fresh()
    ahead = min(age, SKEW)
    try:
        return Fresh(clock() - age, ahead, clock=clock)
    except OverflowError:
        return Fresh(None, ahead, clock=clock)
