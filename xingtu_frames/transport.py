"""One request on the wire: token, deadline, ledger and verdict, below the cache.

A failing answer is raised here, so the cache above never sees one. The token is put on the request line by the
connection itself, so no URL, log record, error or stored request ever holds it.
"""

from __future__ import annotations

import contextlib
import logging
import math
import socket
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Any, NamedTuple

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from .answer import Answer, now, stamp
from .claims import ClaimLostError
from .envelope import judge
from .errors import ApiError, CacheError, ConfigError, TransportError
from .secret import Token
from .store import Store
from .wire import Call

_CHUNK = 65_536
_current = threading.local()


class _NoEchoes(logging.Filter):
    """Keeps back what urllib3 says of headers that it cannot read: a server may have echoed the token in them."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let a record pass unless it is about the headers of an answer of ours."""
        return getattr(_current, "exchange", None) is None or "parse headers" not in str(record.msg)


logging.getLogger("urllib3.connection").addFilter(_NoEchoes())


class PreparedCall(requests.PreparedRequest):
    """A prepared request that knows the question it asks, and holds the answer once it came.

    Attributes
    ----------
    outcome
        What the ledger is still to be told: the cache does it when it stores the answer, so that the ledger never
        says of an answer that it came while it is not stored.
    """

    call: Call
    owner: str
    answer: Answer | None = None
    outcome: Mapping[str, Any] = MappingProxyType({})


class Exchange:
    """One request under way: its token, whether it was sent, and the clock that ends it."""

    def __init__(self, token: Token, deadline_s: float) -> None:
        self._token = token
        self._timer = threading.Timer(deadline_s, self._cut)
        self._timer.daemon = True
        self._socket: socket.socket | None = None
        self.sent = False
        self.overdue = False

    def sign(self, target: str) -> str:
        """Return the request target with the token as its first parameter."""
        path, _, query = target.partition("?")
        return f"{path}?{self._token.query()}" + (f"&{query}" if query else "")

    def watch(self, sock: socket.socket | None) -> None:
        """Let the clock cut this socket."""
        self._socket = sock

    def _cut(self) -> None:
        self.overdue = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def __enter__(self) -> Exchange:
        _current.exchange = self
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        _current.exchange = None


class _Signing:
    """What our connections add to urllib3's: the token on the request line, and a handle for the clock."""

    debuglevel = 0
    sock: Any

    def putrequest(self, method: str, url: str, *args: Any, **kwargs: Any) -> None:
        target = _current.exchange.sign(url)
        super().putrequest(method, target, *args, **kwargs)  # type: ignore[misc]

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()  # type: ignore[attr-defined]
        _current.exchange.watch(self.sock)
        if _current.exchange.overdue:
            raise TimeoutError("the time was up before anything was sent")
        # A CONNECT to a proxy carries no question: nothing can be charged for it.
        if not bytes(data[:8]).startswith(b"CONNECT "):
            _current.exchange.sent = True
        super().send(data)  # type: ignore[misc]


class _Connection(_Signing, HTTPConnection):
    pass


class _SecureConnection(_Signing, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


_POOLS = {"http": _Pool, "https": _SecurePool}


class _Reply(NamedTuple):
    """What one exchange brought: a response with its body, or the error that ended it."""

    response: requests.Response | None
    body: bytes
    error: ApiError | TransportError | None
    answered: bool
    sent: bool


class PaidAdapter(HTTPAdapter):
    """Send one paid question, record it in the ledger before and after, and raise unless it was answered.

    Parameters
    ----------
    token
        Returns the token; asked for each request, so that a missing one is an error only when it is needed.
    store
        Holds the ledger.
    connections
        Sockets kept open.
    """

    def __init__(self, token: Callable[[], Token], store: Store, connections: int) -> None:
        self._token = token
        self._store = store
        super().__init__(pool_maxsize=connections, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pool manager open our connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """Make a proxy's pool manager open our connections too."""
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send the request once.

        Raises
        ------
        ApiError, TransportError
            What came is no answer; ``endpoint`` and ``kol_id`` say to which question.
        """
        assert isinstance(request, PreparedCall)  # noqa: S101 - our session sends nothing else
        if str(select_proxy(request.url or "", proxies)).lower().startswith("socks"):
            raise ConfigError("a SOCKS proxy is set in the environment, and only http proxies are supported here")
        token = self._token()
        # requests-cache writes its orders into this header; the server should not read them.
        request.headers.pop("Cache-Control", None)
        call = request.call
        ledger_row = self._store.open_request(call.endpoint.name, call.kol_id, (call.key, request.owner))
        if ledger_row is None:
            raise ClaimLostError
        started = time.monotonic()
        reply = self._exchange(request, token, timeout, {"verify": verify, "cert": cert, "proxies": proxies})
        outcome = _outcome(ledger_row, request.call, reply, time.monotonic() - started)
        if reply.error is not None or not request.call.endpoint.stored:
            self._close(outcome, request.call, reply)
        if reply.error is not None or reply.response is None:
            error = reply.error or TransportError("no answer")
            error.endpoint, error.kol_id = request.call.endpoint.name, request.call.kol_id
            raise error
        request.answer, request.outcome = _answer(request.call, reply.body), outcome
        return reply.response

    def _exchange(self, request: PreparedCall, token: Token, timeout: Any, options: dict[str, Any]) -> _Reply:
        with Exchange(token, timeout[1]) as exchange:
            try:
                response = super().send(request, stream=True, timeout=timeout, **options)
                body = b"".join(response.raw.stream(_CHUNK, decode_content=True))
                response.close()
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as problem:
                error = _transport_error(problem, exchange, timeout)
                return _Reply(None, b"", _struck(error, token), answered=False, sent=exchange.sent)
            if exchange.overdue:
                error = _transport_error(TimeoutError(), exchange, timeout)
                return _Reply(None, b"", error, answered=False, sent=True)
        return self._judged(response, token.strike_bytes(body), token)

    def _judged(self, response: requests.Response, body: bytes, token: Token) -> _Reply:
        if 300 <= response.status_code < 400:
            where = "a redirect is refused, for it would carry the token elsewhere; check base_url"
            error = TransportError(f"HTTP {response.status_code}: {where}")
            return _Reply(response, body, error, answered=False, sent=True)
        verdict = judge(body, response.status_code)
        if isinstance(verdict.error, ApiError):
            verdict.error.retry_after = _retry_after(response.headers.get("Retry-After"))
            verdict.error.message = token.strike(verdict.error.message)
            verdict.error.args = (verdict.error.message,)
        response._content = body
        response.headers = requests.structures.CaseInsensitiveDict(
            {name: token.strike(value) for name, value in response.headers.items()}
        )
        return _Reply(response, body, verdict.error, verdict.answered, sent=True)

    def _close(self, outcome: Mapping[str, Any], call: Call, reply: _Reply) -> None:
        """Write the outcome, and an answer whose inner status failed, which is recorded though never served."""
        answer = _answer(call, reply.body) if reply.answered and call.endpoint.stored else None
        # What came in is worth more than its ledger row, which stays "unknown" where it cannot be closed.
        with contextlib.suppress(CacheError):
            self._store.close_request(outcome, answer, served=False)


def _outcome(ledger_row: int, call: Call, reply: _Reply, elapsed_s: float) -> dict[str, Any]:
    error = reply.error
    return {
        "id": ledger_row,
        "http_status": reply.response.status_code if reply.response is not None else None,
        "code": 0 if error is None else getattr(error, "code", None),
        "billed": "yes" if error is None else error.billed,
        "elapsed_s": round(elapsed_s, 3),
        "error": _ledger_text(call, error),
    }


def _ledger_text(call: Call, error: ApiError | TransportError | None) -> str | None:
    if error is None:
        return None
    # What is never stored is not repeated here either: a message can hold contact data.
    return f"{type(error).__name__}: {error}" if call.endpoint.stored else type(error).__name__


def _answer(call: Call, body: bytes) -> Answer:
    return Answer(call.key, call.meaning, call.kol_id, call.params, stamp(now()), body)


def _struck(error: TransportError, token: Token) -> TransportError:
    error.args = (token.strike(error.args[0]),)
    return error


def _transport_error(problem: Exception, exchange: Exchange, timeout: tuple[float, float]) -> TransportError:
    if exchange.overdue and not exchange.sent:
        return TransportError(f"no connection within {timeout[1]:g} s; nothing was sent", retryable=True, billed="no")
    if exchange.overdue:
        text = f"no whole answer within {timeout[1]:g} s; it may have been charged, so it is not asked again by itself"
        return TransportError(text)
    reason = _reason(problem)
    if not exchange.sent:
        text = f"the server was not reached ({reason}); nothing was sent: check the network and base_url"
        return TransportError(text, retryable=True, billed="no")
    return TransportError(f"the answer was cut off ({reason}); it may have been charged, so it is not asked again")


def _reason(problem: BaseException) -> str:
    """Return the innermost reason: the outer ones repeat it with addresses and object ids."""
    inner = getattr(problem, "reason", None) or next(
        (arg for arg in getattr(problem, "args", ()) if isinstance(arg, BaseException)), None
    )
    if isinstance(inner, BaseException):
        return _reason(inner)
    text = str(problem)
    if "object at " in text:
        text = text.rpartition("object at ")[2].partition(": ")[2]
    return f"{type(problem).__name__}: {text}" if text else type(problem).__name__


def _retry_after(value: str | None) -> float | None:
    """Return the seconds that a Retry-After header asks for: a number, or a date."""
    if not value:
        return None
    with contextlib.suppress(ValueError):
        seconds = float(value)
        return max(0.0, seconds) if math.isfinite(seconds) else None
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, OverflowError, TypeError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())
