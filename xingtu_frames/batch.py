"""Many questions at once: who is asked, when again, and when to stop."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

from tenacity import RetryCallState, Retrying, sleep_using_event, stop_after_attempt, wait_random_exponential
from tqdm.std import tqdm

from .answer import Answer
from .envelope import cools_down, is_account_error
from .errors import ApiError, BudgetExceededError, CacheError, XingtuError
from .wire import Call

LONGEST_PAUSE_S = 60.0
_TURN_S = 0.2
_backoff = wait_random_exponential(multiplier=0.5, max=20)


class StoppedError(Exception):
    """The question was not asked, because the batch stopped."""


class Budget:
    """At most so many requests of one client."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._lock = threading.Lock()
        self.spent = 0

    def take(self) -> None:
        """Take one request, or raise `BudgetExceededError`."""
        with self._lock:
            if self._most is not None and self.spent >= self._most:
                raise BudgetExceededError(
                    f"max_calls={self._most} is used up; nothing more was sent, what arrived is stored; "
                    "ask again with a new Client to go on"
                )
            self.spent += 1

    def give_back(self) -> None:
        """Take back a request that was not sent after all."""
        with self._lock:
            self.spent -= 1


class Pace:
    """Requests of a client evenly apart: at most so many a second, over all workers."""

    def __init__(self, per_second: float | None) -> None:
        self._gap = 1 / per_second if per_second else 0.0
        self._lock = threading.Lock()
        self._next = 0.0

    def wait(self, stop: threading.Event) -> None:
        """Wait for the next free moment, or until the batch stops."""
        with self._lock:
            mine = max(self._next, time.monotonic())
            self._next = mine + self._gap
        if (left := mine - time.monotonic()) > 0:
            stop.wait(left)


class Pause:
    """A cool-down that all workers of a client share."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0

    def extend(self, seconds: float) -> None:
        """Let nobody send for so long."""
        with self._lock:
            self._until = max(self._until, time.monotonic() + seconds)

    @property
    def left(self) -> float:
        """The seconds that it still lasts; not above 0 when it is over."""
        return self._until - time.monotonic()

    def wait(self, stop: threading.Event) -> None:
        """Wait until the pause is over, or the batch stops."""
        while (left := self.left) > 0 and not stop.is_set():
            stop.wait(left)


@dataclass
class Collected:
    """What a batch brought: answers and errors by key."""

    answers: dict[str, Answer] = field(default_factory=dict)
    errors: dict[str, XingtuError] = field(default_factory=dict)


def may_retry(error: BaseException | None) -> bool:
    """Return whether the same request is worth sending again now."""
    if not isinstance(error, XingtuError) or not error.retryable:
        return False
    return not (isinstance(error, ApiError) and (error.retry_after or 0) > LONGEST_PAUSE_S)


def retrying(retries: int, pause: Pause, stop: threading.Event) -> Retrying:
    """Return the one retry policy: backoff with full jitter; a rate limit pauses all workers."""

    def wait(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, ApiError) else None
        seconds = _backoff(state) if asked is None else asked
        if error is not None and cools_down(error):
            pause.extend(seconds)
        return seconds

    return Retrying(
        stop=stop_after_attempt(retries + 1),
        wait=wait,
        retry=lambda state: state.outcome is not None and may_retry(state.outcome.exception()),
        sleep=sleep_using_event(stop),
        reraise=True,
    )


def run(
    calls: Sequence[Call],
    ask: Callable[[Call], Answer],
    executor: ThreadPoolExecutor,
    stop: threading.Event,
    *,
    stop_at_error: bool,
    progress: bool | None,
) -> Collected:
    """Ask every question side by side and collect what comes.

    An error that concerns the account, an exhausted budget, or any error with ``stop_at_error``, stops the batch:
    what is under way is finished and stored, then the error is raised. An interrupt returns at once; what is under
    way goes on in its thread and is stored.
    """
    arrived: SimpleQueue[Future[Answer]] = SimpleQueue()

    def guarded(call: Call) -> Answer:
        try:
            return ask(call)
        except XingtuError as error:
            if stop_at_error or _is_fatal(error):
                stop.set()
            raise

    asked: dict[Future[Answer], Call] = {}
    try:
        for call in calls:
            future = _submit(executor, guarded, call)
            asked[future] = call
            future.add_done_callback(arrived.put)
        collected, fatal = _collect(asked, arrived, stop_at_error, progress)
    except BaseException:
        stop.set()
        executor.shutdown(wait=False, cancel_futures=True)
        raise
    stop.set()
    executor.shutdown(wait=True, cancel_futures=True)
    if fatal is not None:
        raise fatal
    return collected


def _submit(executor: ThreadPoolExecutor, ask: Callable[[Call], Answer], call: Call) -> Future[Answer]:
    with contextlib.suppress(RuntimeError):
        return executor.submit(ask, call)
    raise CacheError("the client was closed while it asked; make a new Client")


def _collect(
    asked: Mapping[Future[Answer], Call],
    arrived: SimpleQueue[Future[Answer]],
    stop_at_error: bool,
    progress: bool | None,
) -> tuple[Collected, BaseException | None]:
    collected = Collected()
    with _bar(len(asked), progress) as bar:
        for _ in asked:
            future = _next(arrived)
            bar.update()
            key = asked[future].key
            error = None if future.cancelled() else future.exception()
            if future.cancelled() or isinstance(error, StoppedError):
                collected.errors[key] = CacheError("not asked, for the store takes no more answers or was closed")
            elif error is None:
                collected.answers[key] = future.result()
            elif not isinstance(error, XingtuError) or stop_at_error or _is_fatal(error):
                return collected, error
            else:
                collected.errors[key] = error
    return collected, None


def _next(arrived: SimpleQueue[Future[Answer]]) -> Future[Answer]:
    """Wait for the next result in short turns: an interrupt is not noticed inside one long wait everywhere."""
    while True:
        with contextlib.suppress(Empty):
            return arrived.get(timeout=_TURN_S)


def _is_fatal(error: XingtuError) -> bool:
    return isinstance(error, BudgetExceededError) or is_account_error(error)


def _bar(total: int, progress: bool | None) -> Any:
    """Return a bar on stderr that shows after two seconds if somebody watches; ``True`` shows it at once."""
    watched = (sys.stderr.isatty() or "ipykernel" in sys.modules) and not os.environ.get("CI")
    shown = watched if progress is None else progress
    return tqdm(total=total, unit="request", disable=not shown, delay=0 if progress else 2, leave=False)
