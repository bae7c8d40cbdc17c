"""A real HTTP server on loopback that answers like the provider, counts what it charges, and misbehaves on request."""

from __future__ import annotations

import json
import socket
import struct
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from xingtu_frames.wire import ENDPOINTS, PREFIX

_BY_PATH = {f"{PREFIX}{endpoint.path}": endpoint for endpoint in ENDPOINTS.values()}


@dataclass
class Reply:
    """One answer of the server, held back ``until`` an event; ``fault`` is ``reset``, ``cut`` or ``drip``."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    fault: str = ""
    until: threading.Event | None = None


def ok(data: Any, **kwargs: Any) -> Reply:
    """Return a success with that data."""
    return Reply(json.dumps({"code": 0, "data": data}, ensure_ascii=False).encode(), **kwargs)


def fail(code: Any, message: str = "", status: int = 200, **kwargs: Any) -> Reply:
    """Return a failing envelope."""
    return Reply(json.dumps({"code": code, "data": None, "message": message}).encode(), status, **kwargs)


@dataclass
class Seen:
    """One request as the server saw it."""

    endpoint: str
    target: str
    query: dict[str, str]
    headers: dict[str, str]

    @property
    def kol_id(self) -> str | None:
        return next((self.query[name] for name in ("oAuthorId", "kolId", "starAuthorId") if name in self.query), None)


class Loopback:
    """The server. ``answer`` decides what each request gets; ``script`` queues replies that come first."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.charged = 0
        self.answer: Callable[[Seen], Reply] = lambda seen: ok({})
        self._scripts: dict[str | None, deque[Reply]] = {}
        self._lock = threading.Lock()
        self.busy = 0
        self.most_busy = 0
        self._server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"loopback": self}))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def script(self, *replies: Reply, kol_id: str | None = None) -> None:
        """Queue replies that are given once each: for one creator, or for whoever comes first."""
        self._scripts.setdefault(kol_id, deque()).extend(replies)

    def hits(self) -> int:
        """Return how many requests came."""
        return len(self.seen)

    def counts(self) -> Counter[tuple[str, str | None]]:
        """Return requests by endpoint and creator."""
        return Counter((seen.endpoint, seen.kol_id) for seen in self.seen)

    def take(self, seen: Seen) -> Reply:
        """Record a request and choose its reply."""
        with self._lock:
            self.seen.append(seen)
            self.busy += 1
            self.most_busy = max(self.most_busy, self.busy)
            for key in (seen.kol_id, None):
                if self._scripts.get(key):
                    reply = self._scripts[key].popleft()
                    break
            else:
                reply = self.answer(seen)
            if _is_charged(reply):
                self.charged += 1
            return reply

    def done(self) -> None:
        with self._lock:
            self.busy -= 1

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        assert not self._server.broken, self._server.broken


def _is_charged(reply: Reply) -> bool:
    try:
        answer = json.loads(reply.body)
    except ValueError:
        return False
    return isinstance(answer, dict) and answer.get("code") in (0, "0") and answer.get("code") is not False


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, *args: Any) -> None:
        self.broken: list[BaseException | None] = []
        super().__init__(*args)

    def handle_error(self, *_: Any) -> None:
        """Keep what broke, but for a client that went away."""
        if not isinstance(error := sys.exception(), ConnectionError):
            self.broken.append(error)


class _Handler(BaseHTTPRequestHandler):
    loopback: Loopback
    protocol_version = "HTTP/1.1"
    # Head and body are two packets: the second must not wait 40 ms for the client's delayed acknowledgement.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        endpoint = _BY_PATH.get(parts.path)
        name = endpoint.name if endpoint else parts.path
        seen = Seen(name, self.path, dict(parse_qsl(parts.query, keep_blank_values=True)), dict(self.headers))
        reply = self.loopback.take(seen)
        try:
            self._give(reply)
        finally:
            self.loopback.done()

    def _give(self, reply: Reply) -> None:
        if reply.delay:
            time.sleep(reply.delay)
        if reply.until is not None:
            reply.until.wait(60)
        if reply.fault == "reset":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
            self.close_connection = True
            return
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(reply.body)))
        for key, value in reply.headers.items():
            self.send_header(key, value)
        self.end_headers()
        self._write(reply)

    def _write(self, reply: Reply) -> None:
        if reply.fault == "cut":
            self.wfile.write(reply.body[: len(reply.body) // 2])
            self.close_connection = True
        elif reply.fault == "drip":
            for byte in reply.body:
                self.wfile.write(bytes([byte]))
                time.sleep(0.05)
        else:
            self.wfile.write(reply.body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""
