"""Servers' rate limits as they are usually built, on any clock."""

from __future__ import annotations

import heapq
import itertools
import random
from collections import Counter, deque
from collections.abc import Callable
from typing import Any, Protocol

from xingtu_frames.client.pace import Pace, Ticket
from xingtu_frames.errors import RateLimitedError


class Limiter(Protocol):
    def accepts(self, now: float) -> bool: ...


class Sliding:
    """At most so many in any second."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._accepted: deque[float] = deque()

    def accepts(self, now: float) -> bool:
        while self._accepted and self._accepted[0] <= now - 1:
            self._accepted.popleft()
        if len(self._accepted) >= self._most:
            return False
        self._accepted.append(now)
        return True


class Bucket:
    """So many tokens come each second; at most that many are kept, or as many as told."""

    def __init__(self, most: int, room: int | None = None) -> None:
        self._most, self._room = most, room or most
        self._tokens, self._at = float(self._room), 0.0

    def accepts(self, now: float) -> bool:
        self._tokens = min(self._room, self._tokens + (now - self._at) * self._most)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Fixed:
    """At most so many in each second of the server's clock, which need not tick with ours."""

    def __init__(self, most: int, offset: float = 0.0) -> None:
        self._most, self._offset = most, offset
        self._counts: Counter[int] = Counter()

    def accepts(self, now: float) -> bool:
        second = int(now + self._offset)
        self._counts[second] += 1
        return self._counts[second] <= self._most


class Simulation:
    """Workers that ask a server with a limit, on a clock that nobody waits for.

    Attributes
    ----------
    sent, refused, failed
        Requests, those that were refused, and creators that failed.
    """

    def __init__(self, limiter: Limiter, latency_s: float, *, seed: int, workers: int = 16, retries: int = 3) -> None:
        self._limiter, self._latency_s, self._retries = limiter, latency_s, retries
        self._chance = random.Random(seed)  # noqa: S311 - no secret
        self._now = 0.0
        self.pace = Pace(clock=lambda: self._now, retries=retries)
        self._count = itertools.count()
        self._events: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._workers = workers
        self.sent = self.refused = self.failed = 0
        self._refusals: Counter[int] = Counter()

    def run(self, creators: int) -> Simulation:
        self._waiting = deque(range(creators))
        for number in range(self._workers):
            self._after(number * 0.0005, self._next)
        while self._events:
            moment, _, act, arguments = heapq.heappop(self._events)
            self._now = max(self._now, moment)
            act(*arguments)
        return self

    def _after(self, seconds: float, act: Callable[..., None], *arguments: Any) -> None:
        heapq.heappush(self._events, (self._now + seconds, next(self._count), act, arguments))

    def _next(self) -> None:
        if self._waiting:
            self._ask(self._waiting.popleft())

    def _ask(self, creator: int) -> None:
        given = self.pace.ask()
        if isinstance(given, Ticket):
            self._after(self._chance.uniform(0.0005, 0.003), self._arrive, creator, given)
        else:
            self._after(given + self._chance.uniform(0, 0.002), self._ask, creator)

    def _arrive(self, creator: int, ticket: Ticket) -> None:
        self.sent += 1
        accepted = self._limiter.accepts(self._now)
        self._after(self._latency_s * self._chance.uniform(0.8, 1.2), self._reply, creator, ticket, accepted)

    def _reply(self, creator: int, ticket: Ticket, accepted: bool) -> None:
        if accepted:
            self.pace.learn(ticket, None)
            self._next()
            return
        self.refused += 1
        self._refusals[creator] += 1
        self.pace.learn(ticket, RateLimitedError(code=302, retryable=True))
        if self.pace.refused_in_row > self._retries or self._refusals[creator] > self._retries + 5:
            self.failed += 1
            self._next()
        else:
            self._ask(creator)
