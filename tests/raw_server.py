"""A server on loopback that writes whatever bytes a test wants, over plain sockets or TLS, and counts connections."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import xingtu_frames as xf

PEM = Path(__file__).parent / "loopback.pem"
Behave = Callable[["RawServer", Any, str], None]
Serve = Callable[..., "RawServer"]
Connect = Callable[..., xf.Client]


def body_of(name: str, **data: Any) -> bytes:
    """Return a good answer whose creator goes by that name."""
    return json.dumps({"code": 0, "data": {"nick_name": name, **data}}, ensure_ascii=False).encode()


def answer(body: bytes, *headers: str, status: str = "200 OK", version: str = "HTTP/1.1", length: bool = True) -> bytes:
    """Return a whole HTTP answer."""
    lines = [f"{version} {status}", *headers, *([f"Content-Length: {len(body)}"] if length else [])]
    return "\r\n".join([*lines, "", ""]).encode() + body


def chunked(body: bytes, *headers: str, trailer: bytes = b"\r\n") -> bytes:
    """Return an answer in two chunks."""
    half = len(body) // 2
    pieces = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (body[:half], body[half:]))
    return answer(pieces + b"0\r\n" + trailer, "Transfer-Encoding: chunked", *headers, length=False)


class RawServer:
    """One thread for each connection; ``behave`` writes the answer to one question.

    Attributes
    ----------
    targets
        Request lines as they came.
    connections
        Sockets that were accepted, oldest first.
    """

    def __init__(self, behave: Behave, *, tls: bool = False, greeting: bytes = b"") -> None:
        self.behave = behave
        self.greeting = greeting
        self.targets: list[str] = []
        self.heads: list[bytes] = []
        self.connections: list[Any] = []
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if tls else None
        if self._tls:
            self._tls.load_cert_chain(PEM)
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listening.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def asked(self) -> list[str]:
        """Return the creators asked for, in order."""
        queries = [dict(parse_qsl(urlsplit(target.split(" ")[1]).query)) for target in self.targets]
        return [query.get("oAuthorId", "") for query in queries]

    def _accept(self) -> None:
        while True:
            try:
                sock = self._listening.accept()[0]
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: Any) -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.enter_context(sock)
            if self._tls:
                sock = stack.enter_context(self._tls.wrap_socket(sock, server_side=True))
            self.connections.append(sock)
            if self.greeting:
                sock.sendall(self.greeting)
            while head := self._head(sock):
                line = head.split(b"\r\n")[0].decode("latin-1")
                self.heads.append(head)
                self.targets.append(line)
                query = dict(parse_qsl(urlsplit(line.split(" ")[1]).query))
                self.behave(self, sock, query.get("oAuthorId", ""))

    def _head(self, sock: Any) -> bytes:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            piece = sock.recv(1)
            if not piece:
                return b""
            head += piece
        return head

    def close(self) -> None:
        """Stop listening and hang up."""
        self._listening.close()
        for sock in self.connections:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
