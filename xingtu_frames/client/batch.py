"""Many questions at once: who is asked, when again, and when to stop."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tenacity import RetryCallState, Retrying, sleep_using_event, wait_random_exponential

from ..arguments import bar
from ..errors import ApiError, BudgetExceededError, CacheError, XingtuError
from ..store.answer import Answer
from ..store.forks import new_lock_in_child
from ..store.freshness import Fresh
from ..store.store import Store
from ..wire import Call
from ..wire.envelope import cools_down, is_account_error
from ..wire.paging import Paging
from .pace import LONGEST_REST_S, Pace, StoppedError
from .workers import Workers

_MORE_REFUSALS = 5
_backoff = wait_random_exponential(multiplier=0.5, max=20)


class Budget:
    """At most so many requests of one client."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._lock = threading.Lock()
        new_lock_in_child(self, "_lock")
        self.spent = 0

    @contextlib.contextmanager
    def within(self, most: int | None) -> Iterator[None]:
        """Take at most so many more, whoever takes them, until the block ends; None for no other bound."""
        before = self._most
        with self._lock:
            bounds = [bound for bound in (before, None if most is None else self.spent + most) if bound is not None]
            self._most = min(bounds, default=None)
        try:
            yield
        finally:
            self._most = before

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


@dataclass
class Collected:
    """What a batch brought: answers and errors by key; and the question for the next page by the key of a page."""

    answers: dict[str, Answer] = field(default_factory=dict)
    errors: dict[str, XingtuError] = field(default_factory=dict)
    following: dict[str, Call] = field(default_factory=dict)

    def has(self, call: Call) -> bool:
        """Return whether it is known what became of a question."""
        return call.key in self.answers or call.key in self.errors

    def pages_of(self, call: Call) -> Iterator[Call]:
        """Yield the question for each page that was asked for, from the first one on."""
        page: Call | None = call
        while page is not None:
            yield page
            page = self.following.get(page.key)


def serving(store: Store, several: Sequence[Sequence[str]], fresh: Fresh) -> Iterator[Collected]:
    """Yield for each of several lists of keys the stored answers that serve; an error where one is damaged."""
    of_any_age = fresh.is_any
    for found in store.latest_in_turn(several, after=fresh.after):
        collected = Collected()
        for key, answer in found.items():
            if isinstance(answer, CacheError):
                collected.errors[key] = answer
            elif of_any_age or fresh.serves(answer.time):
                collected.answers[key] = answer
        yield collected


Ask = Callable[[Sequence[Call], frozenset[str]], tuple[Collected, frozenset[str]]]
"""Brings the answers to questions, those of the given keys fetched again; says which were fetched, not read."""


def by_pages(calls: Iterable[Call], ask: Ask, paging: Paging | None) -> Collected:
    """Ask questions, and for the pages after theirs, one after the other: what a page says decides about the next.

    Pages of different age do not fit together: behind one that was fetched, the others are fetched again. What a
    search has found is worth having when the budget is used up.
    """
    turn = {call.key: call for call in calls}
    if paging is None:
        return ask(list(turn.values()), frozenset())[0] if turn else Collected()
    collected = Collected()
    before: dict[str, Answer] = {}
    again: frozenset[str] = frozenset()
    while turn:
        try:
            arrived, fetched = ask(list(turn.values()), again)
        except BudgetExceededError as error:
            if paging.finding is None or not collected.answers:
                raise
            collected.errors.update(dict.fromkeys(turn, error))
            break
        collected.answers.update(arrived.answers)
        collected.errors.update(arrived.errors)
        pages: dict[str, Call] = {}
        for key, answer in arrived.answers.items():
            page = paging.after(turn[key], answer, before.get(key))
            if page is not None:
                pages[key] = page
        collected.following.update(pages)
        before = {page.key: arrived.answers[key] for key, page in pages.items()}
        again = frozenset(page.key for key, page in pages.items() if key in fetched)
        turn = {page.key: page for page in pages.values()}
    return collected


class Retries:
    """When one question is asked again: the one retry policy.

    What may pass is asked again ``retries`` times, after a backoff with full jitter or what the server asks for. A
    request refused for its rate goes back to the common pace, which rests and slows down; while the server accepts
    others meanwhile, that uses up none of ``retries`` but a number of its own, so that it too is bounded. With
    ``retries=0`` nothing is asked again.
    """

    def __init__(self, retries: int, pace: Pace, stop: threading.Event) -> None:
        self._retries, self._pace, self._stop = retries, pace, stop
        self._failed = self._refused = 0

    def __call__(self, ask: Callable[..., Answer], *args: object) -> Answer:
        """Ask, again where that may help."""
        policy = Retrying(
            stop=self._is_enough,
            wait=self._wait,
            retry=lambda state: may_retry(_error_of(state)),
            sleep=sleep_using_event(self._stop),
            reraise=True,
        )
        return policy(ask, *args)

    def _is_enough(self, state: RetryCallState) -> bool:
        error = _error_of(state)
        if error is None or not cools_down(error):
            self._failed += 1
            return self._failed > self._retries
        self._refused += 1
        if not self._retries or self._pace.refused_in_row > self._retries:
            return True
        return self._refused > self._retries + _MORE_REFUSALS

    def _wait(self, state: RetryCallState) -> float:
        error = _error_of(state)
        if error is not None and cools_down(error):
            return 0.0
        asked = error.retry_after if isinstance(error, ApiError) else None
        return _backoff(state) if asked is None else asked


def may_retry(error: BaseException | None) -> bool:
    """Return whether the same request is worth sending again now."""
    if not isinstance(error, XingtuError) or not error.retryable:
        return False
    return not (isinstance(error, ApiError) and (error.retry_after or 0) > LONGEST_REST_S)


def _error_of(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def run(
    workers: Workers[Call, Answer], most: int, pace: Pace, *, stop_at_error: bool, progress: bool | None
) -> Collected:
    """Ask every question, at most so many side by side, and collect what comes.

    An error that concerns the account, an exhausted budget, or any error with ``stop_at_error``, stops the batch:
    what is under way is finished and stored, then the error is raised. A server that refuses whatever comes for its
    rate stops it too: what was not asked then fails with that error. An interrupt returns at once; what is under way
    goes on in its thread and is stored.
    """

    def is_fatal(error: BaseException) -> bool:
        return stop_at_error or not isinstance(error, XingtuError) or _concerns_all(error)

    def stops(error: BaseException) -> bool:
        return not isinstance(error, StoppedError) and (is_fatal(error) or pace.is_hopeless(error))

    try:
        workers.start(most, stops)
        collected, fatal = _collect(workers, is_fatal, progress)
        workers.stop.set()
        workers.wait()
    except BaseException as error:
        workers.stop.set()
        workers.interrupted = not isinstance(error, Exception)
        raise
    if fatal is not None:
        raise fatal
    return collected


def _collect(
    workers: Workers[Call, Answer], is_fatal: Callable[[BaseException], bool], progress: bool | None
) -> tuple[Collected, BaseException | None]:
    collected = Collected()
    unasked = {call.key: call for call in workers.jobs}
    with bar(progress, total=len(unasked), unit="request", leave=False) as shown:
        while unasked and (outcome := workers.next()) is not None:
            shown.update()
            if isinstance(outcome.error, StoppedError):
                continue
            del unasked[outcome.job.key]
            if outcome.result is not None:
                collected.answers[outcome.job.key] = outcome.result
            elif isinstance(outcome.error, XingtuError) and not is_fatal(outcome.error):
                collected.errors[outcome.job.key] = outcome.error
            else:
                return collected, outcome.error
    for call in unasked.values():
        collected.errors[call.key] = _unasked(call, workers.stopped_by)
    return collected, None


def _unasked(call: Call, reason: BaseException | None) -> XingtuError:
    """Return the error of a question that was not asked, because the batch stopped for that reason."""
    if not isinstance(reason, ApiError):
        return CacheError("not asked, because the store takes no more answers or was closed", **call.place)
    details = {name: getattr(reason, name) for name in ("code", "retryable", "advice", "retry_after")}
    text = f"not sent, because the server refused others again and again ({reason.message})"
    return type(reason)(text, billed="no", **details, **call.place)


def _concerns_all(error: XingtuError) -> bool:
    return isinstance(error, BudgetExceededError) or is_account_error(error)
