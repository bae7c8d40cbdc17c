"""Ids and an endpoint become answers: the store first, the rest asked side by side, limited, retried, recorded."""

from __future__ import annotations

import contextlib
import os
import threading
import warnings
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, NoReturn

import pandas as pd
from requests_cache.session import CachedSession

from . import settings
from .backend import AnswerCache
from .batch import (
    LONGEST_PAUSE_S,
    Budget,
    Collected,
    Pace,
    Pause,
    State,
    StoppedError,
    fresh_from,
    retrying,
    run,
    state_of,
)
from .envelope import data_of
from .errors import (
    ApiError,
    CacheError,
    CacheMissError,
    ConfigError,
    ParameterError,
    StoreWarning,
    TransportError,
    no_such,
)
from .ids import kol_ids as ids_of
from .schema import Table, build_frame, micros, utc
from .secret import Token
from .store import Answer, Store, new_owner, now
from .tables import LEDGER_COLUMNS, PLAN_COLUMNS, tables_named
from .transport import PaidAdapter, PreparedCall
from .wire import OPTIONS, PREFIX, Call, call_for_options, call_for_query, check_choice

_POLL_S = 0.05
_HTTP_STATUSES = tuple(range(1000))


class Client:
    """Paid answers of Just One API, each fetched once and stored.

    Parameters
    ----------
    token
        The Just One API token; else the environment's ``JUSTONEAPI_TOKEN``. Not needed for what is stored.
    base_url
        ``"global"`` (https), ``"cn"`` (plain http, warned of) or an address; ``JUSTONEAPI_BASE_URL`` replaces the
        default.
    api
        ``"current"`` for the live paths, ``"legacy"`` for the deprecated ones. Same columns, same stored answers.
    cache
        Path of the SQLite file; else ``XINGTU_FRAMES_CACHE``, else a file in the user's cache folder.
        ``":memory:"`` keeps nothing.
    expire_after
        How long a stored answer serves: ``"24h"``, ``"7d"``, seconds, a timedelta, or None for ever.
    offline
        Send nothing; any stored answer serves, whatever its age.
    max_workers
        Creators fetched side by side.
    per_second
        Upper bound on requests sent each second, over all workers; None for no bound of ours.
    timeout
        Seconds to connect, and for the whole answer.
    retries
        Further tries for a failure that may pass.
    max_calls
        The most requests this client may send, further tries included: one for a creator is one less for the others. A
        child after ``fork`` counts for itself.

    Raises
    ------
    ConfigError, ParameterError
        A setting that cannot be used.
    CacheError
        At first use: the file is not a cache of ours.

    Examples
    --------
    >>> with Client(offline=True, cache=":memory:") as client:
    ...     client.plan("profiles", ["6831825876674412552"])["state"].tolist()
    ['missing']
    """

    def __init__(
        self,
        token: str | None = None,
        *,
        base_url: str = "global",
        api: str = "current",
        cache: Any = None,
        expire_after: Any = "24h",
        offline: bool = False,
        max_workers: int = 8,
        per_second: float | None = None,
        timeout: tuple[float, float] = (10, 120),
        retries: int = 3,
        max_calls: int | None = None,
    ) -> None:
        value = settings.token_from(token)
        self._token = Token(value) if value else None
        self.base_url = settings.base_url_from(base_url)
        self.api = settings.choice("api", api, ("current", "legacy"))
        self.expire_after: timedelta | None = settings.age_from("expire_after", expire_after)
        self.offline = bool(offline)
        self.max_workers: int = settings.whole_number("max_workers", max_workers, 1)
        self._timeout = settings.timeout_from(timeout)
        self._retries: int = settings.whole_number("retries", retries, 0)
        self._budget = Budget(settings.whole_number("max_calls", max_calls, 0, optional=True))
        self._pause = Pause()
        self.store = Store(settings.cache_path_from(cache))
        self._cache = AnswerCache(self.store, self.expire_after)
        self._per_second = settings.rate_from(per_second)
        self._pace = Pace(self._per_second)
        self._session = self._make_session()
        self._pid = os.getpid()
        self._running: dict[ThreadPoolExecutor, threading.Event] = {}

    def _make_session(self) -> CachedSession:
        session = CachedSession(
            backend=self._cache, expire_after=None, allowable_codes=_HTTP_STATUSES, cache_control=False
        )
        session.headers.update({"User-Agent": "xingtu_frames", "Accept": "application/json"})
        options: dict[str, Any] = {"token": self._needed_token, "store": self.store, "connections": self.max_workers}
        adapter = PaidAdapter(**options)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        return session

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

    def get(self, endpoint: str, *, refresh: bool = False, **params: Any) -> Any:
        """Return ``data`` of any of the 53 endpoints, stored like everything else.

        Costs one request, or none when the answer is stored. ``author_get_business_card_info`` holds personal
        contact data and is never stored.

        Parameters
        ----------
        endpoint
            Last name of its path before the version, such as ``get_author_spread_info``; see ``endpoints()``.
        refresh
            Ask anew although an answer is stored.
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
        xingtu_frames.errors.ParameterError: range must be one of "DAY_30", "DAY_90", not 'DAY_7'
        """
        call = call_for_query(endpoint, params)
        collected = self.collect([call], refresh=refresh, stop_at_error=True, progress=False)
        for error in collected.errors.values():
            raise error
        return data_of(collected.answers[call.key].body)

    def collect(
        self, calls: Iterable[Call], *, refresh: bool = False, stop_at_error: bool = False, progress: bool | None = None
    ) -> Collected:
        """Return the answers to many questions: stored ones in one read, the rest asked side by side."""
        wanted = {call.key: call for call in calls}
        since = self._fresh_from(refresh)
        collected = Collected()
        if self.offline or not refresh:
            collected = self._read(list(wanted), since)
        missing = [call for key, call in wanted.items() if key not in collected.answers and key not in collected.errors]
        if missing:
            self.store.check_whole()
        if self.offline:
            collected.errors.update({call.key: _cache_miss(call, in_memory=self.store.in_memory) for call in missing})
        elif missing:
            self._needed_token()
            fetched = self._ask_all(missing, since, refresh, stop_at_error, progress)
            collected.answers.update(fetched.answers)
            collected.errors.update(fetched.errors)
        return collected

    def _fresh_from(self, refresh: bool) -> datetime | None:
        """Return the time from which a stored answer serves; None when any does."""
        if self.offline or (self.expire_after is None and not refresh):
            return None
        return now() if refresh or self.expire_after is None else fresh_from(now(), self.expire_after)

    def _read(self, keys: Sequence[str], since: datetime | None) -> Collected:
        collected = Collected()
        for key, answer in self.store.latest(keys).items():
            if isinstance(answer, CacheError):
                collected.errors[key] = answer
            elif state_of(answer.time, since) == "cached":
                collected.answers[key] = answer
        return collected

    def _ask_all(
        self, calls: Sequence[Call], since: datetime | None, refresh: bool, stop_at_error: bool, progress: bool | None
    ) -> Collected:
        workers = min(self.max_workers, len(calls))
        executor = ThreadPoolExecutor(workers, thread_name_prefix="xingtu_frames")
        stop = threading.Event()
        self._running[executor] = stop
        try:
            collected = run(
                calls,
                lambda call: self._ask(call, stop, since, refresh),
                executor,
                stop,
                stop_at_error=stop_at_error,
                progress=progress,
            )
        except Exception:
            self._running.pop(executor, None)
            raise
        finally:
            self._report_rescued()
        # After an interrupt it stays: answers are under way, and close() waits for them.
        self._running.pop(executor, None)
        return collected

    def _ask(self, call: Call, stop: threading.Event, since: datetime | None, refresh: bool) -> Answer:
        """Ask one question, again where that may help, unless somebody else is asking it already."""
        owner = new_owner()
        try:
            return retrying(self._retries, self._pause, stop)(self._try_once, call, stop, owner, since, refresh)
        except ApiError as error:
            if (error.retry_after or 0) > LONGEST_PAUSE_S:
                error.advice = f"The server asks to wait {error.retry_after:.0f} s; ask again after that."
            raise
        finally:
            # A claim that cannot be given back lapses by itself.
            with contextlib.suppress(CacheError):
                self.store.release(call.key, owner)

    def _try_once(self, call: Call, stop: threading.Event, owner: str, since: datetime | None, refresh: bool) -> Answer:
        self._pause.wait(stop)
        paced = self.max_workers / self._per_second if self._per_second else 0
        lease = timedelta(seconds=sum(self._timeout) + LONGEST_PAUSE_S + paced)
        while not self.store.claim(call.key, owner, now() + lease):
            if stop.wait(_POLL_S):
                raise StoppedError
        stored = self._read([call.key], since).answers.get(call.key)
        if stored is not None:
            return stored
        self._wait_for_turn(stop)
        if stop.is_set():
            raise StoppedError
        self._budget.take()
        try:
            return self._send(call, stop, refresh)
        except (CacheError, ConfigError):
            # The store or the settings refused before anything was sent.
            self._budget.give_back()
            raise

    def _wait_for_turn(self, stop: threading.Event) -> None:
        self._pace.wait(stop)
        while self._pause.left > 0 and not stop.is_set():
            self._pause.wait(stop)
            # After a pause everybody waits for a turn again.
            self._pace.wait(stop)

    def _send(self, call: Call, stop: threading.Event, refresh: bool) -> Answer:
        if os.getpid() != self._pid:
            # A child after fork must not share its parent's sockets: answers would be swapped.
            self._session, self._pid = self._make_session(), os.getpid()
        request = PreparedCall()
        request.call = call
        url = f"{self.base_url}{PREFIX}{call.endpoint.path}"
        request.prepare(method="GET", url=url, params=list(call.query), headers=self._session.headers)
        environment = self._session.merge_environment_settings(url, {}, False, None, None)
        self._session.send(request, force_refresh=refresh, timeout=self._timeout, allow_redirects=False, **environment)
        if request.answer is None:
            raise TransportError("the answer came from the cache while it was asked for anew; ask again")
        if self._cache.rescued:
            # Whatever else is asked for would be paid for and lost in the same way.
            stop.set()
        return request.answer

    def _report_rescued(self) -> None:
        while self._cache.rescued:
            where = self._cache.rescued.pop()
            warnings.warn(
                f"the store {self.store.path} could not take a paid answer; it is delivered, and {where}",
                StoreWarning,
                stacklevel=2,
            )

    def calls(
        self, tables: Iterable[Table], kol_ids: Sequence[str], options: Mapping[str, Any]
    ) -> dict[str, list[Call]]:
        """Return for each table the call of each creator; options left out have their default."""
        found: dict[str, list[Call]] = {}
        made: dict[tuple[str, str], list[Call]] = {}
        for name, value in options.items():
            check_choice(name, value, self.api)
        for table in tables:
            chosen = {name: options.get(name, OPTIONS[name].default) for name in table.options}
            question = (table.endpoint, repr(chosen))
            if question not in made:
                made[question] = [call_for_options(table.endpoint, kol_id, chosen, self.api) for kol_id in kol_ids]
            found[table.name] = made[question]
        return found

    def plan(self, tables: Any, kol_ids: Any, **options: Any) -> pd.DataFrame:
        """Say what the same ``fetch_`` calls would send, and send nothing.

        Parameters
        ----------
        tables
            One table name or several.
        kol_ids
            Creator ids, as for ``fetch_``.
        **options
            The options of the ``fetch_`` functions, and ``refresh``.

        Returns
        -------
        One row per request that would be needed: ``table`` (those that read it, joined by ``|``), ``endpoint``,
        ``kol_id``, ``state`` (``cached``: nothing is sent; ``expired``, ``missing``: one request). Tables that
        read one answer count once.

        Raises
        ------
        ParameterError, InvalidIdError
            A table, option or id that does not exist.
        """
        refresh = bool(options.pop("refresh", False))
        chosen = tables_named(tables)
        check_options(chosen, options)
        readers: dict[str, list[str]] = {}
        wanted: dict[str, Call] = {}
        for table, calls in self.calls(chosen, ids_of(kol_ids), options).items():
            for call in calls:
                wanted[call.key] = call
                readers.setdefault(call.key, []).append(table)
        since = self._fresh_from(refresh)
        stored = self.store.latest(list(wanted))
        if len(stored) < len(wanted):
            self.store.check_whole()
        rows = []
        for key, call in wanted.items():
            answer = stored.get(key)
            # A damaged answer is an error, not a request, unless the user orders to ask anew.
            if isinstance(answer, CacheError):
                state: State = "expired" if refresh and not self.offline else "cached"
            else:
                state = state_of(answer and answer.time, since)
            rows.append(("|".join(readers[key]), call.endpoint.name, call.kol_id, state))
        return build_frame(PLAN_COLUMNS, rows)

    def ledger(self, since: Any = None) -> pd.DataFrame:
        """Return every request ever sent with this cache file, by any process.

        Parameters
        ----------
        since
            Only requests sent at or after this time: text, datetime or Timestamp; UTC when it names no zone.

        Returns
        -------
        One row per request: ``sent_at``, ``endpoint``, ``kol_id``, ``http_status``, ``code``, ``billed`` (``yes``,
        ``no``, ``unknown``), ``elapsed_s``, ``error``.

        Raises
        ------
        ParameterError
            ``since`` is no time.
        """
        rows = self.store.requests(_moment(since))
        return build_frame(LEDGER_COLUMNS, [(micros(sent_at), *rest) for sent_at, *rest in rows])

    def close(self) -> None:
        """Ask nothing more, wait for answers under way, and close connections and cache."""
        for executor, stop in list(self._running.items()):
            stop.set()
            executor.shutdown(wait=True, cancel_futures=True)
        self._session.close()  # type: ignore[no-untyped-call]
        self.store.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce__(self) -> NoReturn:
        # Asked by pickle, copy.copy and copy.deepcopy alike.
        raise ConfigError(
            "a Client cannot be copied or pickled: it holds connections, an open store and a token. Use the same "
            "client again, from any thread; in another process make one there, xf.Client(cache=...) with the same "
            "file: what one has paid for, the other reads"
        )

    def __repr__(self) -> str:
        token = "set" if self.has_token else "none"
        return (
            f"Client(base_url={self.base_url!r}, api={self.api!r}, cache={self.store.path!r}, "
            f"offline={self.offline}, token={token})"
        )


def _cache_miss(call: Call, *, in_memory: bool) -> CacheMissError:
    about = f" for {call.kol_id}" if call.kol_id else ""
    remedy = "it holds what sample_ids() lists" if in_memory else "ask once without offline"
    error = CacheMissError(f"{call.endpoint.name}{about}: no stored answer, and the client is offline; {remedy}")
    error.endpoint, error.kol_id = call.endpoint.name, call.kol_id
    return error


def _moment(since: Any) -> datetime | None:
    if since is None:
        return None
    found = utc(since)
    if found is None:
        raise ParameterError(f"since must be a time such as '2026-11-01', not {since!r}")
    return found


def check_options(tables: Iterable[Table], options: Iterable[str]) -> None:
    """Refuse an option that none of the tables has."""
    known = {name for table in tables for name in table.options}
    unknown = [name for name in options if name not in known]
    if unknown:
        raise no_such("option", unknown, sorted(known))


_default: Client | None = None
_default_lock = threading.Lock()


def default_client() -> Client:
    """Return the client that is used where ``client=`` is left out; it is made when first needed."""
    global _default
    with _default_lock:
        if _default is None:
            _default = Client()
        return _default


def set_default_client(client: Any) -> None:
    """Replace the client that is used where ``client=`` is left out; None makes a new one when next needed."""
    global _default
    if client is not None and not isinstance(client, Client):
        raise ParameterError(f"client must be a Client or None, not a {type(client).__name__}")
    with _default_lock:
        _default = client
