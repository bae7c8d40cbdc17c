"""One request on the wire: token, deadline, ledger and verdict, below the cache.

A failing answer is raised here, so the cache above never sees one. The token is put into the request by the connection
itself, so no URL, log record, error or stored request ever holds it.
"""

from __future__ import annotations

import contextlib
import logging
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPException
from typing import Any, NamedTuple

import requests
import urllib3
from requests.adapters import HTTPAdapter

from ..errors import ApiError, CacheError, PayloadError, Place, TransportError, XingtuError, shown
from ..store.answer import Answer, stamp
from ..store.claims import ClaimLostError
from ..store.store import Store
from ..wire import Call
from ..wire.bodies import ENCODINGS, EncodingError, TooLargeError, read_into, unpacked
from ..wire.envelope import judge
from .connections import POOLS, EarlyBytesError, Exchange, under_way
from .routes import Route, route_of
from .token import Token

_CHUNK = 65_536
_RETRY_AFTER = urllib3.Retry()
# Newer versions take a day for six hours; but the user is told how long to wait, and what no float holds is useless.
_RETRY_AFTER.retry_after_max = 10**400
_WIRE_ERRORS = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    HTTPException,
    TooLargeError,
    EncodingError,
    OSError,
    ValueError,
    MemoryError,
)
_IN_DOUBT = "it may have been charged, so it is not retried automatically"


class _NoEchoes(logging.Filter):
    """Keeps back what urllib3 says of headers that it cannot read: a server may have echoed the token in them."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let a record pass unless it is about the headers of our answers."""
        return not under_way() or "parse headers" not in str(record.msg)


logging.getLogger("urllib3.connection").addFilter(_NoEchoes())


class PreparedCall(requests.PreparedRequest):
    """A prepared request that knows the question it asks, and holds the answer once it came."""

    call: Call
    owner: str
    answer: Answer | None = None


class _Reply(NamedTuple):
    """What one exchange brought: its status and body as far as they came, and the error that it is.

    ``kept`` says that the body is stored for inspection although it is never served; ``lost`` that another process took
    the question over before it was sent.
    """

    status: int | None
    body: bytes
    headers: Mapping[str, str]
    error: ApiError | TransportError | PayloadError | None
    kept: bool
    lost: bool = False


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
    rescued
        Takes where the paid answers are that the store could not take.
    """

    def __init__(self, token: Callable[[], Token], store: Store, connections: int, rescued: list[str]) -> None:
        self._token = token
        self._store = store
        self._rescued = rescued
        super().__init__(pool_maxsize=connections, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pool manager open our connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> object:
        """Make a proxy's pool manager open our connections too."""
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = POOLS
        return manager

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: object = None,
        verify: bool | str = True,
        cert: object = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send the request once.

        Raises
        ------
        ConfigError
            The proxy or the certificates that the environment sets cannot be used; nothing was sent or recorded.
        ApiError, TransportError, PayloadError
            What came is not an answer; ``endpoint`` and ``kol_id`` say to which question.
        """
        assert isinstance(request, PreparedCall)  # noqa: S101 - our session sends nothing else
        route = route_of(request.url or "", proxies, verify)
        token = self._token()
        # requests-cache writes its orders into this header; the server should not read them.
        request.headers.pop("Cache-Control", None)
        request.headers["Accept-Encoding"] = ENCODINGS
        call = request.call
        ledger_row = self._store.open_request(call, request.owner)
        if ledger_row is None:
            raise ClaimLostError
        started = time.monotonic()
        options = {"verify": verify, "cert": cert, "proxies": proxies}
        reply = self._exchange(request, token, timeout, options, route)
        answer = Answer(call.key, call.meaning, call.kol_id, call.params, stamp(self._store.now()), reply.body)
        self._close(_outcome(ledger_row, call, reply, time.monotonic() - started), request, reply, answer)
        if reply.lost:
            raise ClaimLostError
        if reply.error is not None:
            raise reply.error
        request.answer = answer
        return _response(request, reply)

    def _exchange(
        self, request: PreparedCall, token: Token, timeout: Any, options: dict[str, object], route: Route
    ) -> _Reply:
        connect, total = timeout
        response: requests.Response | None = None
        body = bytearray()
        call = request.call
        with Exchange(token, total, lambda: self._store.claims.still_holds(call.key, request.owner)) as exchange:
            try:
                response = self._sent(request, exchange, (min(connect, total), total), options)
                coding = response.headers.get("Content-Encoding", "")
                with contextlib.closing(response.raw):
                    read_into(body, response.raw.stream(_CHUNK, decode_content=False), coding)
            except _WIRE_ERRORS as problem:
                error = _wire_error(problem, exchange, timeout, route, token, call.place)
                # What is larger than any answer is not worth its place in the store.
                came = b"" if isinstance(problem, TooLargeError) else bytes(body)
            else:
                return _judged(request.call, response, bytes(body), token, route)
        status = None if response is None else response.status_code
        return _Reply(status, _inspected(came, token), {}, error, kept=bool(came), lost=exchange.lost)

    def _sent(
        self, request: PreparedCall, exchange: Exchange, timeout: tuple[float, float], options: dict[str, Any]
    ) -> requests.Response:
        """Send the question, on a new connection where something came on the first one before it was asked."""
        try:
            return super().send(request, stream=True, timeout=timeout, **options)
        except requests.ConnectionError as problem:
            if exchange.sent or not any(isinstance(cause, EarlyBytesError) for cause in _causes(problem)):
                raise
        return super().send(request, stream=True, timeout=timeout, **options)

    def _close(self, outcome: Mapping[str, object], request: PreparedCall, reply: _Reply, answer: Answer) -> None:
        """Write the outcome and the answer; or what is kept for inspection, which is recorded though never served."""
        call = request.call
        if reply.error is None and call.endpoint.stored:
            where = self._store.keep(outcome, answer, request.owner)
            if where is not None:
                self._rescued.append(where)
            return
        inspected = answer if reply.kept and call.endpoint.stored else None
        # What came in is worth more than its ledger row, which stays "unknown" where it cannot be closed.
        with contextlib.suppress(CacheError):
            row = self._store.close_request(outcome, inspected, served=False)
            if inspected is not None and not self._store.in_memory and reply.error is not None:
                _say(reply.error, f"what came is kept for inspection in {self._store.shown}, answers row {row}")


def _say(error: XingtuError, more: str) -> None:
    """Add to what an error says."""
    error.args = (f"{error.args[0]}; {more}",)
    if isinstance(error, ApiError):
        error.message = error.args[0]


def _judged(call: Call, response: requests.Response, body: bytes, token: Token, route: Route) -> _Reply:
    status = response.status_code
    headers = {name: token.redact(value) for name, value in response.headers.items()}
    if 300 <= status < 400:
        where = "a redirect is refused, because it would carry the token elsewhere; check base_url"
        return _Reply(status, b"", headers, TransportError(f"HTTP {status}: {where}", **call.place), kept=False)
    if status == 407 and route.proxy:
        text = f"{route.proxy} asks for a name and password (HTTP 407); nothing was sent on"
        error = TransportError(text, billed="no", **call.place)
        return _Reply(status, b"", headers, error, kept=False)
    verdict = judge(body, status, call.meaning, call.kol_id, token.redact, call.place)
    if verdict.error is None:
        return _Reply(status, token.redact_answer(body), headers, None, kept=False)
    if isinstance(verdict.error, ApiError):
        verdict.error.retry_after = _retry_after(response.headers.get("Retry-After"))
    unread = isinstance(verdict.error, TransportError)
    kept = (verdict.answered or unread) and bool(body)
    return _Reply(status, _inspected(body, token) if kept else b"", headers, verdict.error, kept)


def _inspected(body: bytes, token: Token) -> bytes:
    """Return what came as it is kept for inspection: without the token, packed or in wide characters too."""
    inner = unpacked(body)
    redacted = token.redact_unreadable(inner)
    return token.redact_unreadable(body) if redacted == inner else redacted


def _response(request: PreparedCall, reply: _Reply) -> requests.Response:
    """Return a response that holds nothing of what came but the answer, the token redacted."""
    response = requests.Response()
    response.status_code = reply.status or 0
    response.headers = requests.structures.CaseInsensitiveDict(reply.headers)
    response.url = request.url or ""
    response.request = request
    response.raw = urllib3.HTTPResponse(status=response.status_code, preload_content=False)
    response._content = reply.body
    return response


def _outcome(ledger_row: int, call: Call, reply: _Reply, elapsed_s: float) -> dict[str, object]:
    error = reply.error
    return {
        "id": ledger_row,
        "http_status": reply.status,
        "code": 0 if error is None else getattr(error, "code", None),
        # An answer about another creator is an answer: it was charged.
        "billed": "yes" if error is None else getattr(error, "billed", "yes"),
        "elapsed_s": round(elapsed_s, 3),
        "error": _ledger_text(call, error),
    }


def _ledger_text(call: Call, error: XingtuError | None) -> str | None:
    if error is None:
        return None
    # What is never stored is not repeated here either: a message can hold contact data.
    return shown(f"{type(error).__name__}: {error.said}") if call.endpoint.stored else type(error).__name__


def _wire_error(
    problem: Exception, exchange: Exchange, timeout: tuple[float, float], route: Route, token: Token, place: Place
) -> TransportError:
    if exchange.overdue and not exchange.sent:
        text = f"no connection within {timeout[1]:g} s; nothing was sent"
        return TransportError(text, retryable=True, billed="no", **place)
    if exchange.overdue:
        text = f"no whole answer within {timeout[1]:g} s; it may have been charged, so it is not retried automatically"
        return TransportError(text, **place)
    if isinstance(problem, TooLargeError | EncodingError):
        return TransportError(f"the answer cannot be read: {problem}; {_IN_DOUBT}", **place)
    reason = shown(token.redact(route.without_secrets(_reason(problem))), 300)
    if exchange.sent:
        return TransportError(f"the answer was cut off ({reason}); {_IN_DOUBT}", **place)
    return _unsent_error(list(_causes(problem)), reason, route, place)


def _unsent_error(causes: list[BaseException], reason: str, route: Route, place: Place) -> TransportError:
    """Return the error for a question that never left: tried again only where that can help."""
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        text = f"the server's certificate is not accepted ({reason}); nothing was sent: check base_url and the clock"
        return TransportError(text, billed="no", **place)
    if route.proxy:
        text = f"the server was not reached through {route.proxy} ({reason}); nothing was sent: check the proxy"
        busy = any(f"failed: {status}" in reason for status in (429, 500, 502, 503, 504))
        return TransportError(text, retryable=busy, billed="no", **place)
    text = f"the server was not reached ({reason}); nothing was sent: check the network and base_url"
    return TransportError(text, retryable=True, billed="no", **place)


def _causes(problem: BaseException) -> Iterator[BaseException]:
    """Yield an error and those it stands for: urllib3 and requests hold them in attributes and arguments."""
    left, seen = [problem], set()
    while left:
        error = left.pop()
        if id(error) in seen:
            continue
        seen.add(id(error))
        yield error
        held = (getattr(error, "reason", None), error.__cause__, *error.args)
        left += [cause for cause in held if isinstance(cause, BaseException)]


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
    try:
        return float(_RETRY_AFTER.parse_retry_after(value or ""))
    except (urllib3.exceptions.HTTPError, ValueError, OverflowError):
        return None
