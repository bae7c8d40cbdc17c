"""Connections of urllib3 that carry one question at a time.

They add the token to the bytes that go into the socket, below everything that instruments patch or print, and they
are used again only after one clean, final, whole answer, and not after an idle gap.
"""

from __future__ import annotations

import functools
import http.client
import io
import socket
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any, Self

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.wait import wait_for_read

from ..wire.bodies import MOST_BYTES, TooLargeError
from .token import Token

_CHECKED_AFTER_S = 2.0
"""Seconds between the claim of a question and its sending after which the claim is looked at again."""

MOST_IDLE_S = 3.0
"""Seconds after which a connection is not used again: firewalls drop idle ones without a word."""

_MOST_ON_THE_WIRE = MOST_BYTES + 1024 * 1024
_MOST_INTERIM = 20
_NOTHING_YET = (BlockingIOError, ssl.SSLWantReadError, TimeoutError)

_monotonic, _wall = time.monotonic, time.time
_current = threading.local()


def under_way() -> bool:
    """Return whether this thread is asking a question."""
    return getattr(_current, "exchange", None) is not None


class EarlyBytesError(http.client.HTTPException):
    """Something arrived, or the server hung up, before the question was sent."""


class UnsentError(http.client.HTTPException):
    """The socket did not take the whole question, so no server can have answered it."""


class Exchange:
    """One request under way: its token, whether it was sent, what came, and when it has to end.

    Attributes
    ----------
    sent
        Whether the whole question went into the socket.
    lost
        Whether another process took the question over before it was sent.
    overdue
        Whether the time is up.
    """

    def __init__(self, token: Token, deadline_s: float, is_ours: Callable[[], bool] = lambda: True) -> None:
        self._token = token
        self._is_ours = is_ours
        self._began = _monotonic()
        self._ends = self._began + deadline_s
        self._received = 0
        self.sent = self.lost = False
        self.overdue = False

    def left(self) -> float:
        """Return the seconds that are left.

        Raises
        ------
        TimeoutError
            None are.
        """
        left = self._ends - _monotonic()
        if left <= 0:
            self.overdue = True
            raise TimeoutError("the time is up")
        return left

    def send(self, sock: socket.socket, head: bytes) -> None:
        """Send the question, with the token."""
        # This process may have stood still since it claimed the question.
        if _monotonic() - self._began > _CHECKED_AFTER_S and not self._is_ours():
            self.lost = True
            raise UnsentError("another process asks for it now")
        sock.settimeout(self.left())
        problem = self._token.send(sock.sendall, head)
        if problem is not None:
            self.overdue = isinstance(problem, TimeoutError)
            raise UnsentError(f"{type(problem).__name__}: {problem}")
        self.sent = True

    def receive(self, read: Callable[[], int | None], sock: socket.socket) -> int:
        """Read a piece within the time and the size that an answer may have."""
        sock.settimeout(self.left())
        try:
            count = read() or 0
        except TimeoutError:
            self.overdue = True
            raise
        self._received += count
        if self._received > _MOST_ON_THE_WIRE:
            raise TooLargeError
        return count

    def __enter__(self) -> Self:
        _current.exchange = self
        return self

    def __exit__(self, *_: object) -> None:
        _current.exchange = None


class _Wire(io.RawIOBase):
    """The bytes of one answer, as they come from the socket."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, exchange: Exchange) -> None:
        self._raw, self._sock, self._exchange = raw, sock, exchange
        self.waits = True

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self.waits:
            return self._exchange.receive(lambda: self._raw.readinto(buffer), self._sock)
        self._sock.settimeout(0)
        try:
            return self._raw.readinto(buffer)
        except _NOTHING_YET:
            return None

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Buffer(io.BufferedReader):
    """Reads an answer, and says at its end whether something came after it."""

    at_end: Callable[[bool], None] | None = None

    def __init__(self, wire: _Wire) -> None:
        super().__init__(wire)
        self._wire = wire

    def close(self) -> None:
        if self.at_end is not None and not self.closed:
            at_end, self.at_end = self.at_end, None
            at_end(self._leftover())
        super().close()

    def _leftover(self) -> bool:
        self._wire.waits = False
        try:
            return bool(self.peek(1))
        except (OSError, ValueError):
            return True


class _Answer(http.client.HTTPResponse):
    """An answer whose connection hears of its end. Interim answers (1xx) are passed over."""

    def __init__(
        self,
        connection: _Asking,
        sock: socket.socket,
        debuglevel: int = 0,
        method: str | None = None,
        url: str | None = None,
    ) -> None:
        super().__init__(sock, 0, method, url)
        self._connection: Any = connection
        raw = self.fp.detach()
        self.fp: Any = _Buffer(_Wire(raw, sock, _current.exchange))

    def begin(self) -> None:
        super().begin()
        for _ in range(_MOST_INTERIM):
            if self.status >= 200 or self.status == http.HTTPStatus.SWITCHING_PROTOCOLS:
                break
            # Reading begins again only where there are no headers yet.
            self.headers = self.msg = None  # type: ignore[assignment]
            super().begin()
        if self.status < 200:
            raise http.client.HTTPException("no final answer came")
        self.fp.at_end = self._ended

    def _ended(self, leftover: bool) -> None:
        if leftover or not self._framed():
            self._connection.close()
        else:
            self._connection.rest()

    def _framed(self) -> bool:
        """Return whether the answer said in one way only where it ends, and came to that end."""
        lengths = self.headers.get_all("Content-Length") or []
        codings = self.headers.get_all("Transfer-Encoding") or []
        if self.version != 11 or self.will_close or self.status in (204, 205, 304):
            return False
        if codings:
            return not lengths and [coding.strip().lower() for coding in codings] == ["chunked"]
        return self.length == 0 and len(lengths) == 1 and lengths[0].strip().isdecimal()


class _Asking:
    """What our connections add to urllib3's."""

    # Whatever is set on http.client's class: printing would show what a server echoes.
    debuglevel = 0
    sock: Any
    response_class: Any
    _rested: tuple[float, float] | None = None

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.response_class = functools.partial(_Answer, self)

    @property
    def is_connected(self) -> bool:
        if self.sock is None or self._rested is None:
            return False
        # Two clocks: one stands still while a computer sleeps, the other may be set back.
        idle = max(_monotonic() - self._rested[0], abs(_wall() - self._rested[1]))
        return idle <= MOST_IDLE_S and not _has_arrived(self.sock)

    def rest(self) -> None:
        """Note that one whole answer came and nothing else."""
        self._rested = _monotonic(), _wall()

    def send(self, data: Any) -> None:
        """Send a question; http.client's own way would show it to whoever audits or prints."""
        if self.sock is None:
            self.connect()  # type: ignore[attr-defined]
        exchange: Exchange = _current.exchange
        if data.startswith(b"CONNECT "):
            # To a proxy: it carries no question and no token.
            self.sock.settimeout(exchange.left())
            self.sock.sendall(data)
            return
        self._rested = None
        if _has_arrived(self.sock):
            raise EarlyBytesError("something came before the question was sent")
        exchange.send(self.sock, data)


def _has_arrived(sock: socket.socket) -> bool:
    """Return whether something came, or the other side hung up. It may take a byte: such a connection is dropped."""
    readable = wait_for_read(sock, timeout=0)
    if not hasattr(sock, "version"):
        return readable
    # Behind TLS, what is readable may be a ticket of the session, and what came may be read already.
    pending = getattr(sock, "pending", None)
    if not readable and not (pending and pending()):
        return False
    sock.settimeout(0)
    try:
        sock.recv(1)
    except _NOTHING_YET:
        return False
    except OSError:
        return True
    return True


class _Connection(_Asking, HTTPConnection):
    pass


class _SecureConnection(_Asking, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


POOLS = {"http": _Pool, "https": _SecurePool}
"""urllib3's pools by scheme, with our connections."""
