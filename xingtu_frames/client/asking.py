"""One question: claimed, asked in its turn, again where that may help, and stored, so that it is paid for once."""

from __future__ import annotations

import contextlib
import os
import threading
import time
import warnings
from collections.abc import Callable

from requests_cache.session import CachedSession

from ..errors import (
    ApiError,
    BudgetExceededError,
    CacheError,
    CacheMissError,
    ConfigError,
    StoreWarning,
    TransportError,
)
from ..store.answer import Answer
from ..store.claims import LEASE_S, ClaimLostError, Watch
from ..store.freshness import Fresh
from ..store.store import Store
from ..wire import PREFIX, Call
from .batch import Budget, Retries
from .pace import LONGEST_REST_S, Pace, StoppedError
from .session import AnswerCache
from .token import Token
from .transport import PaidAdapter, PreparedCall

_POLL_S = 0.05
_PATIENCE_S = 1.0
_HTTP_STATUSES = tuple(range(1000))


class Asker:
    """Asks one question at a time, from as many threads as wanted.

    Parameters
    ----------
    store, cache
        What is kept, and the view of it that the session reads.
    token
        Returns the token; asked for each request, so that a missing one is an error only when it is needed.
    base_url, timeout, retries, connections
        How to ask; see `Client`.
    budget, pace
        What all questions of a client share.
    """

    def __init__(
        self,
        store: Store,
        cache: AnswerCache,
        token: Callable[[], Token],
        *,
        base_url: str,
        timeout: tuple[float, float],
        retries: int,
        connections: int,
        budget: Budget,
        pace: Pace,
    ) -> None:
        self._store, self._cache, self._token = store, cache, token
        self._base_url, self._timeout, self._retries, self._connections = base_url, timeout, retries, connections
        self._budget, self._pace = budget, pace
        self._told_at = float("-inf")
        self._rescued: list[str] = []
        self._session, self._pid = self._make_session(), os.getpid()

    def _make_session(self) -> CachedSession:
        session = CachedSession(
            backend=self._cache, expire_after=None, allowable_codes=_HTTP_STATUSES, cache_control=False
        )
        session.headers.update({"User-Agent": "xingtu_frames", "Accept": "application/json"})
        adapter = PaidAdapter(self._token, self._store, connections=self._connections, rescued=self._rescued)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        return session

    def stored(self, call: Call, fresh: Fresh) -> Answer | None:
        """Return the stored answer to a question, if it is fresh and whole."""
        answer = self._store.latest([call.key], after=fresh.after).get(call.key)
        return answer if isinstance(answer, Answer) and fresh.serves(answer.time) else None

    def ask(self, call: Call, stop: threading.Event, fresh: Fresh) -> Answer:
        """Ask one question, again where that may help, unless another process is asking it already."""
        owner = self._store.claims.new_owner()
        try:
            return Retries(self._retries, self._pace, stop)(self._try_once, call, stop, owner, fresh)
        except (ApiError, TransportError) as error:
            # Another process may have asked it meanwhile, if this one was stopped for long.
            answer = self.stored(call, fresh)
            if answer is not None:
                return answer
            if isinstance(error, ApiError) and (error.retry_after or 0) > LONGEST_REST_S:
                error.advice = f"The server asks to wait {error.retry_after:.0f} s; ask again after that."
            raise
        finally:
            # A claim that cannot be given back lapses in time.
            with contextlib.suppress(CacheError):
                self._store.claims.release(call.key, owner)

    def _try_once(self, call: Call, stop: threading.Event, owner: str, fresh: Fresh) -> Answer:
        self._pace.rest(stop)
        while True:
            self._wait_for_claim(call, owner, stop)
            self._store.take_in()
            answer = self.stored(call, fresh)
            if answer is not None:
                return answer
            with contextlib.suppress(ClaimLostError), self._pace.turn(stop):
                return self._send_within_budget(call, owner, stop)

    def _wait_for_claim(self, call: Call, owner: str, stop: threading.Event) -> None:
        watch = Watch()
        holder = self._store.claims.claim(call.key, owner)
        while holder is not None:
            if stop.wait(_POLL_S):
                raise StoppedError
            holder = self._store.claims.holder(call.key)
            if holder is None or watch.has_lapsed(holder):
                holder = self._store.claims.claim(call.key, owner, holder)
                # Not given: it was renewed just now, or could not be because the file was held.
                watch.start_again()
            if watch.waited_s > _PATIENCE_S:
                self._tell_that_it_waits()

    def _tell_that_it_waits(self) -> None:
        if time.monotonic() < self._told_at + LEASE_S:
            return
        self._told_at = time.monotonic()
        # A warning that was made an error must not end the work of this thread.
        with contextlib.suppress(StoreWarning):
            warnings.warn(
                "waiting for answers that another process is asking for; if it is gone, they are fetched here "
                f"{LEASE_S:g} s after it was last heard of",
                StoreWarning,
                stacklevel=2,
            )

    def _send_within_budget(self, call: Call, owner: str, stop: threading.Event) -> Answer:
        self._budget.take()
        try:
            return self._send(call, owner, stop)
        except (CacheError, ConfigError, BudgetExceededError):
            # The store or the settings refused before anything was sent.
            self._budget.give_back()
            raise

    def _send(self, call: Call, owner: str, stop: threading.Event) -> Answer:
        if os.getpid() != self._pid:
            # A child after fork must not share its parent's sockets: answers would be swapped.
            self._session, self._pid = self._make_session(), os.getpid()
        request = PreparedCall()
        request.call, request.owner = call, owner
        url = f"{self._base_url}{PREFIX}{call.endpoint.path}"
        request.prepare(method="GET", url=url, params=list(call.query), headers=self._session.headers)
        environment = self._session.merge_environment_settings(url, {}, False, None, None)
        self._session.send(request, force_refresh=True, timeout=self._timeout, allow_redirects=False, **environment)
        if request.answer is None:
            text = "the answer came from the cache while it was fetched again; try again"
            raise TransportError(text, **call.place)
        if self._rescued:
            # Whatever else is asked for would be paid for and lost in the same way.
            stop.set()
        return request.answer

    def report_rescued(self) -> None:
        """Say where the paid answers are that the store could not take."""
        while self._rescued:
            where = self._rescued.pop()
            warnings.warn(
                f"the store {self._store.shown} could not take a paid answer; it is delivered, and {where}",
                StoreWarning,
                stacklevel=2,
            )

    def close(self) -> None:
        """Close the connections."""
        self._session.close()  # type: ignore[no-untyped-call]


def cache_miss(call: Call, *, in_memory: bool) -> CacheMissError:
    """Return the error of a question that has no stored answer, where nothing may be sent."""
    where = f" for {call.subject_id}" if call.subject_id else ""
    remedy = "it holds what sample_ids() lists" if in_memory else "ask once without offline"
    text = f"{call.endpoint.name}{where}: no stored answer, and the client is offline; {remedy}"
    return CacheMissError(text, **call.place)
