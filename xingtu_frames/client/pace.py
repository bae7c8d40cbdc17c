"""When the next request may be sent: one pace for all workers of a client, which learns from what the server refuses.

A server does not say how many requests it takes. So nothing is held back until it refuses one for its rate. Then
all workers rest, one request tries whether it accepts again, and the others follow at a pace that it has accepted
before. What is accepted raises the pace a little, what is refused lowers it.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..errors import BudgetExceededError, CacheError, ConfigError, TransportError
from ..store.forks import new_lock_in_child
from ..wire.envelope import cools_down

LONGEST_REST_S = 60.0
"""The longest Retry-After that is waited for; a longer one is an error that says how long."""

_LONGEST_COOL_DOWN_S = 20.0
_WINDOW_S = 1.0
_PROBE_S = 1.0
_POLL_S = 0.05
_FORGOTTEN_S = 300.0
_FEWEST_REFUSALS = 3

# The first pace, as a share of what was accepted in a second: it may have been in two windows of the server.
_FIRST_SHARE = 0.6
_FIRST_PACE = 1.0
# The next ones, as shares of the pace that was too fast.
_NEXT_SHARE = 0.8
_LEAST_SHARE = 0.5
_SLOWEST = 0.1

# By how much each accepted request raises the pace: when next to nothing is known of what the server takes, when it
# once took that much, and near a pace that it refused.
_FAST_GROWTH, _GROWTH, _SLOW_GROWTH = 0.5, 0.1, 0.01
_NEXT_TO_NOTHING = 2
_NEAR_SHARE = 0.75


class StoppedError(Exception):
    """The question was not asked, because the batch stopped."""


class Ticket(NamedTuple):
    """The right to send one request: after how many refusals it was given, and when."""

    episode: int
    at: float


def cool_down(episodes: int) -> float:
    """Return for how long nothing is sent after that many refusals in a row, not all processes for the same time."""
    return min(2.0 ** min(episodes - 1, 10), _LONGEST_COOL_DOWN_S) * random.uniform(1.0, 1.25)  # noqa: S311 - no secret


class Pace:
    """The common pace of a client's workers.

    Parameters
    ----------
    per_second
        What the user allows; None for no bound. The slower of this and what the server accepts counts.
    turn
        Asks all processes of a store for a turn that is so many seconds after the last: 0.0 when it is given, else
        the seconds until it is worth asking again.
    clock
        Seconds that only grow.
    retries
        How often a failure is asked again, which says how long a server may refuse everything.

    Attributes
    ----------
    refused_in_row
        How many times in a row the server refused after a rest, with nothing accepted in between.
    """

    def __init__(
        self,
        per_second: float | None = None,
        turn: Callable[[float], float] | None = None,
        clock: Callable[[], float] = time.monotonic,
        retries: int = 0,
    ) -> None:
        self._most_in_row = max(retries, _FEWEST_REFUSALS)
        self._own_gap = 1 / per_second if per_second else 0.0
        self._turn = turn
        self._clock = clock
        self._lock = threading.Lock()
        self._at_the_store = threading.Lock()
        for name in ("_lock", "_at_the_store"):
            new_lock_in_child(self, name)
        self._rests_until = self._turn_at = self._last_at = self._refused_at = float("-inf")
        self._probe_until: float | None = None
        self._episode = 0
        self.refused_in_row = 0
        self._rate: float | None = None
        self._growth = _GROWTH
        self._too_fast = float("inf")
        self._accepted: deque[float] = deque(maxlen=1000)
        self._window = (0.0, 0.0)

    @property
    def gap(self) -> float:
        """The seconds from one request to the next, now."""
        return max(self._own_gap, 1 / self._rate if self._rate else 0.0)

    @contextlib.contextmanager
    def turn(self, stop: threading.Event) -> Iterator[None]:
        """Wait for a turn, and learn from what becomes of the request that is sent in it.

        Raises
        ------
        StoppedError
            The batch stopped meanwhile.
        """
        ticket = self._wait(stop)
        try:
            yield
        except BaseException as error:
            self.learn(ticket, error)
            raise
        self.learn(ticket, None)

    def rest(self, stop: threading.Event) -> None:
        """Wait while nothing is sent."""
        while (left := self._rests_until - self._clock()) > 0 and not stop.is_set():
            stop.wait(left)

    def _wait(self, stop: threading.Event) -> Ticket:
        while not stop.is_set():
            turn = self.ask()
            if isinstance(turn, Ticket):
                return turn
            stop.wait(turn)
        raise StoppedError

    def ask(self) -> Ticket | float:
        """Return a ticket, or the seconds after which to ask again."""
        left = self._left()
        if left <= 0 and self._turn is not None and self._own_gap:
            left = self._ask_store(self._turn)
        return self._take() if left <= 0 else left

    def _left(self) -> float:
        now = self._clock()
        with self._lock:
            if self._rate is not None and now - self._refused_at > _FORGOTTEN_S:
                self._rate, self._probe_until, self._too_fast = None, None, float("inf")
            left = self._free_at() - now
            if left <= 0 and self._probe_until is not None and now < self._probe_until:
                return min(_POLL_S, self._probe_until - now)
            return left

    def _free_at(self) -> float:
        # One that tries whether the server accepts again waits for no pace.
        gap = self.gap if self._probe_until is None else self._own_gap
        return max(self._rests_until, self._turn_at, self._last_at + gap)

    def _ask_store(self, turn: Callable[[float], float]) -> float:
        # One thread of the process asks; the others would only make the store busy.
        if not self._at_the_store.acquire(blocking=False):
            return _POLL_S
        try:
            left = turn(self._own_gap)
        finally:
            self._at_the_store.release()
        if left > 0:
            with self._lock:
                self._turn_at = self._clock() + left
        return left

    def _take(self) -> Ticket | float:
        left = self._left()
        now = self._clock()
        with self._lock:
            # Another may have been faster, or was refused.
            left = max(left, self._free_at() - now)
            if left > 0:
                return left
            # A thread that woke late makes up for half of that: no more, because two must not go out together.
            self._last_at = min(max(self._last_at + self.gap, now - self.gap / 2), now)
            if self._probe_until is not None:
                self._probe_until = now + _PROBE_S
            return Ticket(self._episode, now)

    def learn(self, ticket: Ticket, error: BaseException | None) -> None:
        """Take note of what became of a request: accepted, refused for its rate, or never sent."""
        if error is not None and cools_down(error):
            asked = getattr(error, "retry_after", None) or 0.0
            self._refused(ticket, asked if asked <= LONGEST_REST_S else 0.0)
        elif _was_sent(error):
            self._was_accepted(ticket)
        else:
            with self._lock:
                if self._probe_until is not None:
                    self._probe_until = self._clock()

    def _was_accepted(self, ticket: Ticket) -> None:
        with self._lock:
            self._accepted.append(ticket.at)
            if ticket.episode == self._episode:
                self.refused_in_row, self._probe_until = 0, None
                if self._rate is not None:
                    near = self._rate >= self._too_fast * _NEAR_SHARE
                    self._rate += _SLOW_GROWTH if near else self._growth
            elif self._rate is not None and ticket.episode == self._episode - 1:
                # It was under way when another was refused: the server takes more than was known then.
                self._start_at(max(self._rate, self._proven() * _FIRST_SHARE))

    def _refused(self, ticket: Ticket, asked: float) -> None:
        now = self._clock()
        with self._lock:
            if ticket.episode != self._episode:
                # Sent before the others were refused: the same news again.
                self._rests_until = max(self._rests_until, now + asked)
                return
            self._episode += 1
            self.refused_in_row += 1
            self._rests_until = now + max(asked, cool_down(self.refused_in_row))
            self._refused_at = now
            self._window = (ticket.at - _WINDOW_S, ticket.at)
            self._slow_down()
            self._probe_until = now

    def _slow_down(self) -> None:
        if self._rate is None:
            self._start_at(max(self._proven() * _FIRST_SHARE, _FIRST_PACE))
            return
        if self._probe_until is None:
            # Refused at a pace, not while trying whether the server accepts again: the limit is near.
            self._too_fast, self._growth = self._rate, _GROWTH
        least, most = self._rate * _LEAST_SHARE, self._rate * _NEXT_SHARE
        self._rate = max(min(max(self._proven() * _NEXT_SHARE, least), most), _SLOWEST)

    def _start_at(self, rate: float) -> None:
        self._rate = rate
        self._growth = _FAST_GROWTH if self._proven() <= _NEXT_TO_NOTHING else _GROWTH

    def _proven(self) -> float:
        """Return how many requests a second the server accepted before it refused one."""
        since, until = self._window
        return sum(since < at <= until for at in self._accepted) / _WINDOW_S

    def is_hopeless(self, error: BaseException) -> bool:
        """Return whether further requests are pointless for now: the server refuses whatever comes, or for long."""
        if not cools_down(error):
            return False
        asked = getattr(error, "retry_after", None) or 0.0
        return asked > LONGEST_REST_S or self.refused_in_row > self._most_in_row


def _was_sent(error: BaseException | None) -> bool:
    if isinstance(error, (StoppedError, CacheError, ConfigError, BudgetExceededError)):
        return False
    return not (isinstance(error, TransportError) and error.billed == "no")
