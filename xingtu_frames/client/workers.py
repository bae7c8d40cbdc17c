"""Daemon threads that work off a list of jobs: neither an interrupt nor the end of the process waits long for them.

Process-wide: when the process ends, what is under way gets a moment to arrive.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from ..errors import ConfigError, StoreWarning

Job = TypeVar("Job")
Result = TypeVar("Result")

PATIENCE_S = 1.2
"""For how long an interrupted process waits for what is under way: control is back within two seconds."""

_TURN_S = 0.2


class UnderWayWarning(StoreWarning):
    """Requests are still under way, and no thread waits for them any longer."""


class Stop(threading.Event):
    """An event that an interrupt cannot break.

    ``Event.set`` takes a lock in Python code; a KeyboardInterrupt at the wrong moment leaves it locked for ever. This
    one is set in one step of the interpreter.
    """

    def __init__(self) -> None:
        super().__init__()
        self._latch = threading.Lock()
        self._latch.acquire()
        self._is_set = False

    def is_set(self) -> bool:
        """Return whether it is time to stop."""
        return self._is_set

    def set(self) -> None:
        """Wake all that wait, for good."""
        self._is_set = True
        with contextlib.suppress(RuntimeError):
            self._latch.release()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is set, or for so many seconds."""
        if not self._is_set and self._latch.acquire(timeout=-1 if timeout is None else max(timeout, 0)):
            # Who wakes wakes the next.
            with contextlib.suppress(RuntimeError):
                self._latch.release()
        return self._is_set


class Outcome(NamedTuple, Generic[Job, Result]):
    """What became of one job."""

    job: Job
    result: Result | None
    error: BaseException | None


class Workers(Generic[Job, Result]):
    """Threads that each take the next job until none is left or it is time to stop.

    Parameters
    ----------
    jobs
        What is to be done, in that order.
    work
        Does one of them.
    leave
        Called by the last thread when it is done.

    Attributes
    ----------
    stop
        Set to hand out no more jobs.
    interrupted
        Whether whoever collects was interrupted, so that no thread waits long any more.
    stopped_by
        The error after which no more jobs were handed out.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        work: Callable[[Job], Result],
        leave: Callable[[Workers[Job, Result]], None] = lambda _: None,
    ) -> None:
        self.jobs = jobs
        self.stop = Stop()
        self.interrupted = self.awaited = False
        self.stopped_by: BaseException | None = None
        self._work = work
        self._leave = leave
        self._lock = threading.Lock()
        self._at_work = 0
        # For each thread whether it is done. Thread.is_alive says so of a running one whose join was interrupted.
        self._done: set[Stop] = set()
        self._pid = os.getpid()
        self._waiting = deque(jobs)
        # Not a queue, whose `get` may wait for ever: its time may run out between two of its tries.
        self._arrived: deque[Outcome[Job, Result]] = deque()
        self._bell = threading.Lock()
        self._bell.acquire()

    @property
    def under_way(self) -> int:
        """How many threads are at work."""
        # After a fork the child has none of them.
        return sum(not done.is_set() for done in list(self._done)) if self._pid == os.getpid() else 0

    def start(self, most: int, stops: Callable[[BaseException], bool]) -> None:
        """Start that many threads, or as many as the system allows; an error that ``stops`` ends the handing out.

        Raises
        ------
        ConfigError
            Not even one could be started.
        """
        _remember(self)
        for number in range(most):
            done = Stop()
            thread = threading.Thread(
                target=self._take_jobs, args=(done, stops), name=f"xingtu_frames_{number}", daemon=True
            )
            try:
                thread.start()
            except RuntimeError as error:
                if number:
                    return
                raise ConfigError(
                    f"the system starts no thread ({error}), so nothing was sent; end other programs and try again"
                ) from None
            self._done.add(done)

    def _take_jobs(self, done: Stop, stops: Callable[[BaseException], bool]) -> None:
        # Here too: an interrupt may have come before the one who starts it could do so.
        self._done.add(done)
        with self._lock:
            self._at_work += 1
        try:
            while not self.stop.is_set():
                try:
                    job = self._waiting.popleft()
                except IndexError:
                    break
                self._do(job, stops)
        finally:
            with self._lock:
                self._at_work -= 1
                last = self._at_work == 0
            if last:
                self._leave(self)
            done.set()

    def _do(self, job: Job, stops: Callable[[BaseException], bool]) -> None:
        try:
            outcome = Outcome(job, self._work(job), None)
        except BaseException as error:  # noqa: BLE001 - whoever collects raises it
            if stops(error):
                self.stopped_by = self.stopped_by or error
                self.stop.set()
            outcome = Outcome(job, None, error)
        self._arrived.append(outcome)
        with contextlib.suppress(RuntimeError):
            self._bell.release()

    def next(self) -> Outcome[Job, Result] | None:
        """Return the next outcome; None when there are no more."""
        while True:
            ended = not self.under_way
            if self._arrived:
                return self._arrived.popleft()
            if ended:
                return None
            # In short turns: an interrupt is not noticed inside one long wait everywhere.
            self._bell.acquire(timeout=_TURN_S)

    def wait(self, until: float | None = None) -> int:
        """Wait for the threads, at most until that monotonic time, and return how many are still at work."""
        for done in list(self._done):
            while self.under_way and not done.is_set() and (until is None or time.monotonic() < until):
                done.wait(_TURN_S if until is None else min(_TURN_S, until - time.monotonic()))
        return self.under_way


_known: weakref.WeakSet[Workers[object, object]] = weakref.WeakSet()


def _remember(workers: Workers[Any, Any]) -> None:
    _known.add(workers)
    # Moved to the end, because the last one registered runs first: before the stores are closed.
    atexit.unregister(_at_exit)
    atexit.register(_at_exit)


def _at_exit() -> None:
    with contextlib.suppress(KeyboardInterrupt):
        finish([workers for workers in list(_known) if not workers.awaited], hurried=True)


def under_way() -> int:
    """Return how many threads of this process are at work."""
    return sum(workers.under_way for workers in list(_known))


def finish(running: Iterable[Workers[Any, Any]], *, hurried: bool = False) -> int:
    """Hand out no more jobs, wait for the threads, and return how many are still at work.

    Parameters
    ----------
    running
        Whose threads.
    hurried
        Wait for a moment only. Those that were interrupted are never waited for any longer.
    """
    all_of_them = list(running)
    for workers in all_of_them:
        workers.awaited = True
        workers.stop.set()
    soon = time.monotonic() + PATIENCE_S
    return sum(workers.wait(soon if hurried or workers.interrupted else None) for workers in all_of_them)
