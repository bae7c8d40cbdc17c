"""Ids and an endpoint become answers: the store first, the rest asked side by side, limited, retried, recorded."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar, NoReturn, get_args

import pandas as pd

from ..arguments import Age, Moment, age, moment, one_of, whole_number, whole_number_or_none
from ..board.metrics import Metric, chosen_metrics, tables_read
from ..errors import CacheError, ConfigError, StoreWarning, a_kind, must_be, quoted
from ..frame import build_frame, micros
from ..ids import Ids
from ..store.answer import Answer, stamp
from ..store.answers import open_store
from ..store.forks import new_lock_in_child
from ..store.freshness import Fresh, younger_than
from ..store.spending import MOST, PERIODS, Period
from ..store.store import Store
from ..tables.catalog import tables_named
from ..tables.records import LEDGER_COLUMNS, SPENDING_COLUMNS, plan_columns
from ..wire import Api, Call, about, call_for_query, check_options, in_our_words, questions
from ..wire.envelope import stored_data
from ..wire.paging import Paging, paging_of
from . import settings
from .asking import Asker, cache_miss
from .batch import Budget, Collected, by_pages, run, serving
from .pace import Pace
from .planning import Plan
from .session import AnswerCache
from .shown import as_html, as_text
from .token import Token
from .workers import UnderWayWarning, Workers, finish


class Client:
    """Paid answers of Just One API, each fetched once and stored.

    Parameters
    ----------
    token
        The Just One API token; else the environment's ``JUSTONEAPI_TOKEN``. Not needed for what is stored.
    base_url
        ``"global"`` (https), ``"cn"`` (plain http, with a warning) or an address; ``JUSTONEAPI_BASE_URL`` replaces the
        default.
    api
        ``"current"`` for the live paths, ``"legacy"`` for the deprecated ones. Same columns, same stored answers.
    cache
        Path of the SQLite file; else ``XINGTU_FRAMES_CACHE``, else a file in the user's cache folder.
        ``":memory:"`` keeps nothing. ``"postgresql://USER@HOST/DATABASE"`` is a store that a team shares: answers,
        ledger and budget; the password comes from the address, ``PGPASSWORD`` or ``~/.pgpass``, and is never shown.
    expire_after
        How long a stored answer serves: ``"24h"``, ``"7d"``, seconds, a timedelta, or None for ever.
    offline
        Send nothing; any stored answer serves, whatever its age.
    max_workers
        Creators fetched side by side.
    per_second
        Upper bound on requests sent each second, over all workers and all processes that share the cache; None
        for no bound. Either way the pace slows when the server refuses a request for its rate, and recovers slowly.
    timeout
        Seconds to connect, and for the whole answer.
    retries
        Further tries for a failure that may pass. While the pace is being found, a request refused for its rate uses
        up none of them, and is sent at most ``retries + 5`` more times; 0 sends nothing again.
    max_calls
        The most requests this client may send, further tries included: one for a creator is one less for the others. A
        child after ``fork`` counts for itself.

    Raises
    ------
    ConfigError, ParameterError
        A setting that cannot be used.
    CacheError
        At first use: the file or database is not one of our caches.

    Examples
    --------
    >>> with Client(offline=True, cache=":memory:") as client:
    ...     client.plan("profiles", ["6831825876674412552"])["state"].tolist()
    ['missing']
    """

    _kind: ClassVar[type[Store]] = Store

    def __init__(
        self,
        token: str | None = None,
        *,
        base_url: str = "global",
        api: Api = "current",
        cache: str | os.PathLike[str] | None = None,
        expire_after: Age = "24h",
        offline: bool = False,
        max_workers: int = 8,
        per_second: float | None = None,
        timeout: tuple[float, float] = (10, 120),
        retries: int = 3,
        max_calls: int | None = None,
    ) -> None:
        # Wrapped and let go of first: no frame of a traceback holds it in clear.
        wrapped = Token(token)
        del token
        place = settings.cache_from(cache)
        # An address may hold a password.
        del cache
        self._token = wrapped.checked()
        self.base_url = settings.base_url_from(base_url)
        self.api: Api = one_of("api", api, get_args(Api))
        self.expire_after: timedelta | None = age("expire_after", expire_after, ConfigError)
        self.offline = bool(offline)
        self.max_workers = whole_number("max_workers", max_workers, 1, ConfigError)
        self._timeout = settings.timeout_from(timeout)
        self._retries = whole_number("retries", retries, 0, ConfigError)
        self._budget = Budget(whole_number_or_none("max_calls", max_calls, 0, ConfigError))
        self.store = open_store(place, kind=self._kind)
        per_second = settings.rate_from(per_second)
        self._pace = Pace(per_second, self.store.take_turn if per_second else None, retries=self._retries)
        self._asker = Asker(
            self.store,
            AnswerCache(self.store, self.expire_after),
            self._needed_token,
            base_url=self.base_url,
            timeout=self._timeout,
            retries=self._retries,
            connections=self.max_workers,
            budget=self._budget,
            pace=self._pace,
        )
        self._running: set[Workers[Call, Answer]] = set()
        self._closing = False

    @property
    def has_token(self) -> bool:
        """Whether a token was given or found in the environment."""
        return self._token is not None

    def _needed_token(self) -> Token:
        if self._token is None:
            raise ConfigError(
                f"no token: set the environment variable {settings.TOKEN_VARIABLE}, or give Client(token=...); "
                "nothing was sent"
            )
        return self._token

    def get(self, endpoint: str, *, refresh: bool = False, **params: object) -> Any:
        """Return ``data`` of any of the 53 endpoints, stored like everything else.

        Costs one request, or none when the answer is stored. ``author_get_business_card_info`` holds personal
        contact data and is never stored.

        Parameters
        ----------
        endpoint
            Last name of its path before the version, such as ``get_author_spread_info``; see ``endpoints()``.
        refresh
            Fetch again although an answer is stored.
        **params
            Parameters with their wire names; choices are checked before anything is sent.

        Returns
        -------
        The answer's ``data``.

        Raises
        ------
        ParameterError, InvalidIdError
            Nothing was sent.
        ApiError, TransportError, CacheMissError, BudgetExceededError
            There is no answer.

        Examples
        --------
        >>> Client(offline=True, cache=":memory:").get("get_author_spread_info", oAuthorId=1, range="DAY_7")
        Traceback (most recent call last):
        ...
        xingtu_frames.errors.ParameterError: range must be one of "DAY_30", "DAY_90", not "DAY_7"
        """
        call = call_for_query(endpoint, params)
        collected = self._collect([call], refresh=refresh, stop_at_error=True, progress=False)
        for error in collected.errors.values():
            raise error
        return stored_data(collected.answers[call.key])

    def _collect(
        self,
        calls: Iterable[Call],
        *,
        refresh: bool = False,
        stop_at_error: bool = False,
        progress: bool | None = None,
        paging: Paging | None = None,
        fresh: Fresh | None = None,
    ) -> Collected:
        fresh = fresh or self._fresh(refresh)
        newer = fresh if paging is None else self._fresh(refresh=True)

        def ask(turn: Sequence[Call], again: frozenset[str]) -> tuple[Collected, frozenset[str]]:
            self.store.take_in()
            by_key = {call.key: call for call in turn}
            kept = [] if refresh and not self.offline else [key for key in by_key if key not in again]
            collected = next(serving(self.store, [kept], fresh)) if kept else Collected()
            known = {*collected.answers, *collected.errors}
            missing = [call for key, call in by_key.items() if key not in known]
            if self.offline:
                misses = {call.key: cache_miss(call, in_memory=self.store.in_memory) for call in missing}
                collected.errors.update(misses)
                return collected, frozenset()
            wants = {call.key: newer if call.key in again else fresh for call in missing}
            fetched = self._fetch(missing, wants, stop_at_error, progress) if missing else Collected()
            collected.answers.update(fetched.answers)
            collected.errors.update(fetched.errors)
            return collected, frozenset(fetched.answers)

        return by_pages(calls, ask, paging)

    def _fetch(
        self, calls: Sequence[Call], wants: Mapping[str, Fresh], stop_at_error: bool, progress: bool | None
    ) -> Collected:
        self._needed_token()
        self.store.check_ready()
        try:
            collected = self._ask_all(calls, wants, stop_at_error, progress)
        except Exception:
            self.store.settle()
            raise
        self.store.settle()
        return collected

    def _fresh(self, refresh: bool) -> Fresh:
        """Return what a stored answer must be to serve."""
        if refresh and not self.offline:
            return Fresh(since=self.store.now(), after=self.store.last_id(), clock=self.store.now)
        return Fresh() if self.offline else younger_than(self.expire_after, self.store.now)

    def _ask_all(
        self, calls: Sequence[Call], wants: Mapping[str, Fresh], stop_at_error: bool, progress: bool | None
    ) -> Collected:
        if self._closing:
            raise CacheError("the client is closed; make a new Client")
        workers = Workers(calls, lambda call: self._asker.ask(call, workers.stop, wants[call.key]), self._end)
        self._running.add(workers)
        try:
            most = min(self.max_workers, len(calls))
            return run(workers, most, self._pace, stop_at_error=stop_at_error, progress=progress)
        finally:
            # Once more: an interrupt may have come before it was set.
            workers.stop.set()
            # After an interrupt it stays: answers are under way, and close() waits for them.
            if not workers.under_way:
                self._running.discard(workers)
            self._asker.report_rescued()

    def _end(self, workers: Workers[Call, Answer]) -> None:
        """Take note that a batch has ended; close what close() had to leave open for it."""
        self._running.discard(workers)
        if workers.interrupted:
            # Whoever asked has gone on: what he would have been told is told here.
            with contextlib.suppress(StoreWarning):
                self._asker.report_rescued()
            self.store.settle()
        if self._closing and not self._running:
            self._close_all()

    def plan(
        self,
        tables: Iterable[str] | str = (),
        ids: Ids | None = None,
        *,
        metrics: Iterable[str | Metric] | str | Metric | None = (),
        **options: object,
    ) -> pd.DataFrame:
        """Say what the same ``fetch_`` calls, or the same `compare`, would send, and send nothing.

        Parameters
        ----------
        tables
            One table name or several.
        ids
            Creator ids, as for ``fetch_``.
        metrics
            Metrics as for `compare`: the tables that they need count too. None for those that a board has by default,
            ``"all"`` for every one.
        **options
            The options of the ``fetch_`` functions, and ``refresh``.

        Returns
        -------
        One row per request that would be needed: ``table`` (those that read it, joined by ``|``), ``endpoint``,
        ``kol_id``, ``state`` (``cached``: nothing is sent; ``expired``, ``missing``: one request, or an error where
        the client is offline). Tables that read one answer count once.

        Raises
        ------
        ParameterError, InvalidIdError
            A table, metric, option or id that does not exist.
        """
        refresh = bool(options.pop("refresh", False))
        chosen = tables_named(tables)
        chosen = list(dict.fromkeys([*chosen, *tables_named(tables_read(chosen_metrics(metrics)))]))
        check_options(chosen, options)
        options = in_our_words(chosen, options, self.api)
        subject, asked = about(chosen, ids)
        # What was paid for and waits for the store is not asked again.
        self.store.take_in()
        again = refresh and not self.offline
        fresh = Fresh(after=0, clock=self.store.now) if again else self._fresh(refresh=False)
        calls = questions(chosen, asked, options, self.api)
        planned = Plan(self.store, fresh, paging_of(chosen, options)).rows(calls)
        about_id = slice(1 if subject else 0)
        rows = [(tables, call.endpoint.name, *[call.subject_id][about_id], state) for tables, call, state in planned]
        return build_frame(plan_columns(subject), rows)

    def ledger(self, since: Moment = None) -> pd.DataFrame:
        """Return every request ever sent with this cache, by any process.

        Parameters
        ----------
        since
            Only requests sent at or after this time: text, datetime or Timestamp; UTC when it names no zone.

        Returns
        -------
        One row per request: ``sent_at``, ``endpoint``, ``kol_id``, ``http_status``, ``code``, ``billed`` (``yes``,
        ``no``, ``unknown``), ``elapsed_s``, ``error``, ``asked_by`` (the user of the database; NA where the cache is a
        file).

        Raises
        ------
        ParameterError
            ``since`` is not a time.
        """
        earliest = None if since is None else moment("since", since)
        self.store.take_in()
        rows = self.store.requests(earliest)
        return build_frame(LEDGER_COLUMNS, [(micros(sent_at), *rest) for sent_at, *rest in rows])

    def set_budget(self, most: int | None, *, per: Period = "month") -> None:
        """Set how many requests all who use this cache may pay for, in any process and with any settings.

        It is never exceeded, further tries included. A request that may have been charged counts; one that was not
        charged does not. What was sent in the period that is under way counts too.

        Parameters
        ----------
        most
            How many; None for any number.
        per
            ``"month"`` or ``"day"``, of Beijing time.

        Raises
        ------
        ParameterError
            It is not a number of requests, or not a period.
        CacheError
            The database does not let this user set it.
        """
        number, period = whole_number_or_none("most", most, 0), one_of("per", per, PERIODS)
        if number is not None and number > MOST:
            raise must_be("most", f"an integer <= {MOST} or None", quoted(most))
        self.store.set_budget(number, period)

    def budget(self) -> pd.DataFrame:
        """Return the budget that all who use this cache share.

        Returns
        -------
        One row: ``most`` (NA for any number), ``spent`` (requests that were or may have been charged since then),
        ``period``, ``since``.
        """
        self.store.take_in()
        most, spent, period, since = self.store.spending()
        return build_frame(SPENDING_COLUMNS, [(most, spent, period, micros(stamp(since)))])

    def close(self) -> None:
        """Ask nothing more, wait for answers under way, and close connections and cache.

        After an interrupt it waits for a moment only. What is under way then goes on: the answer is stored if it
        comes while the process lives, and the last one closes the rest.

        Warns
        -----
        StoreWarning
            Requests are still under way.
        """
        self._close(hurried=False)

    def _close(self, *, hurried: bool) -> None:
        self._closing = True
        running, left = self._running.copy(), 0
        try:
            left = finish(running, hurried=hurried)
        finally:
            self._asker.report_rescued()
            # Also after an interrupt of the waiting.
            if not any(workers.under_way for workers in running):
                self._close_all()
        if not left:
            return
        warnings.warn(
            f"{left} {'request is' if left == 1 else 'requests are'} still under way and may be charged; the ledger "
            "lists what has not arrived as unknown, and an answer that comes while this process lives is stored",
            UnderWayWarning,
            stacklevel=3,
        )

    def _close_all(self) -> None:
        self._asker.close()
        self.store.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._close(hurried=kind is not None and issubclass(kind, KeyboardInterrupt))

    def __reduce__(self) -> NoReturn:
        # Asked by pickle, copy.copy and copy.deepcopy alike.
        raise ConfigError(
            "a Client cannot be copied or pickled: it holds connections, an open store and a token. Use the same "
            "client again, from any thread; in another process make one there, xf.Client(cache=...) with the same "
            "file: what one has paid for, the other reads"
        )

    def __repr__(self) -> str:
        return as_text(self)

    def _repr_html_(self) -> str:
        return as_html(self)


def answers(
    client: Client,
    calls: Iterable[Call],
    *,
    refresh: bool = False,
    stop_at_error: bool = False,
    progress: bool | None = None,
    paging: Paging | None = None,
    fresh: Fresh | None = None,
    most: int | None = None,
) -> Collected:
    """Return the answers to many questions: stored ones in one read, the rest asked side by side.

    Where there are several pages, the questions are for the first ones, and ``paging`` knows what follows. ``fresh``
    says which stored answers serve, where that is not for the client to say; at most ``most`` requests are sent.
    """
    with client._budget.within(most):
        return client._collect(
            calls, refresh=refresh, stop_at_error=stop_at_error, progress=progress, paging=paging, fresh=fresh
        )


def reader_of(client: Client, *, refresh: bool) -> Callable[[Sequence[Sequence[str]]], Iterator[Collected]]:
    """Return what reads stored answers by several lists of keys, as far as they serve now; it sends nothing."""
    if refresh and not client.offline:
        return lambda several: (Collected() for _ in several)
    client.store.take_in()
    fresh = client._fresh(refresh=False)
    return lambda several: serving(client.store, several, fresh)


_default: Client | None = None
_default_lock = threading.Lock()
new_lock_in_child(sys.modules[__name__], "_default_lock")


def default_client() -> Client:
    """Return the client that is used where ``client=`` is left out; it is made when first needed."""
    global _default
    with _default_lock:
        if _default is None:
            _default = Client()
        return _default


def set_default_client(client: Client | None) -> None:
    """Replace the client that is used where ``client=`` is left out; None makes a new one when next needed."""
    global _default
    client = checked_client(client)
    with _default_lock:
        _default = client


def checked_client(client: object) -> Client | None:
    """Return what a user takes for a client, which is one or None."""
    if isinstance(client, Client | None):
        return client
    raise must_be("client", "a Client or None", a_kind(client))
