"""Promise 9: instruments that patch, print, audit or collect locals see the token nowhere; only the wire has it."""

from __future__ import annotations

import http.client
import io
import logging
import sys
import traceback
import types
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
import requests
import urllib3

import xingtu_frames as xf
from tests.raw_server import PEM, Connect, RawServer, Serve, answer, body_of
from xingtu_frames.client.token import Token

TOKEN = "Zq8/vT2p+Lx9Rw4Kd7"
FORMS = (TOKEN, quote(TOKEN, safe=""), quote(TOKEN))
ID = "7000000000000000001"
_AUDITED: list[str] = []
_AUDITING = [False]


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if _AUDITING[0] and not event.startswith(("object.", "gc.", "code.")):
        _AUDITED.append(f"{event} {[_told(argument) for argument in arguments]}")


def _told(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else repr(value)


@pytest.fixture(scope="module", autouse=True)
def _hook() -> None:
    """Listen to everything that Python audits; such a hook cannot be taken away again, so it is switched."""
    sys.addaudithook(_audit)


PATCHED: list[tuple[type, tuple[str, ...]]] = [
    (
        http.client.HTTPConnection,
        ("putrequest", "putheader", "endheaders", "request", "getresponse", "send", "connect"),
    ),
    (http.client.HTTPResponse, ("begin", "getheader")),
    (urllib3.HTTPConnectionPool, ("urlopen", "_make_request", "request")),
    (urllib3.PoolManager, ("urlopen", "connection_from_host")),
    (urllib3.connection.HTTPConnection, ("putrequest", "putheader", "request", "getresponse", "connect")),
    (requests.Session, ("send", "request", "get", "prepare_request")),
    (requests.adapters.HTTPAdapter, ("send", "build_response", "get_connection_with_tls_context")),
    (requests.PreparedRequest, ("prepare", "prepare_url", "prepare_headers")),
]


class Watch:
    """Everything that instruments saw."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def patch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for owner, methods in PATCHED:
            for name in methods:
                if hasattr(owner, name):
                    monkeypatch.setattr(owner, name, self._recording(f"{owner.__name__}.{name}", getattr(owner, name)))

    def _recording(self, label: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def recorded(*args: Any, **kwargs: Any) -> Any:
            self.seen.append(f"{label} {[*map(_told, args), *map(_told, kwargs.values())]}")
            self.seen += [_told(part) for value in args for part in getattr(value, "_buffer", ())]
            try:
                result = method(*args, **kwargs)
            except BaseException as error:
                self.seen += list(clear_in(error))
                raise
            self.seen.append(f"{label} -> {_told(result)}")
            return result

        return recorded


@pytest.fixture
def watch(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> Iterator[Watch]:
    caplog.set_level(1)
    for name in list(logging.root.manager.loggerDict):
        monkeypatch.setattr(logging.getLogger(name), "level", 1)
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    monkeypatch.setattr("xingtu_frames.client.batch._backoff", lambda state: 0.0)
    watch = Watch()
    _AUDITED.clear()
    _AUDITING[0] = True
    yield watch
    _AUDITING[0] = False
    watch.seen += [*_AUDITED, *capfd.readouterr()]
    watch.seen += [f"{record.getMessage()} {record.__dict__}" for record in caplog.records]
    assert any("get_author_base_info" in text for text in watch.seen)
    assert not [text for text in watch.seen if any(form in text for form in FORMS)]


@pytest.fixture
def patched(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Return a watch that also sees every call of http.client, urllib3 and requests, and what goes wrong in it.

    What a server repeats of a question passes through there before it can be redacted, so none does here.
    """
    watch.patch(monkeypatch)
    return watch


def clear_in(error: BaseException) -> Iterator[str]:
    """Yield every text that holds the token in clear: of the chain, and of what the locals of its frames lead to."""
    for one in chain_of(error):
        yield from _with_token("".join(traceback.format_exception(one)), "traceback")
        for frame, _ in traceback.walk_tb(one.__traceback__):
            if frame.f_code.co_filename != __file__ and "/_pytest/" not in frame.f_code.co_filename:
                for name, value in frame.f_locals.items():
                    yield from _reached(value, f"{frame.f_code.co_qualname}: {name}", set(), 0)


def chain_of(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    left: list[Any] = [error]
    while left:
        one = left.pop()
        if isinstance(one, BaseException) and one not in found:
            found.append(one)
            left += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return found


def _with_token(text: str, where: str) -> list[str]:
    return [f"{where}: {text[:200]}"] if any(form in text for form in FORMS) else []


def _reached(value: Any, where: str, seen: set[int], depth: int) -> Iterator[str]:
    """Follow containers, attributes, methods and closures; into everything but the one object that signs."""
    if id(value) in seen or depth > 7:
        return
    seen.add(id(value))
    if isinstance(value, bytes | bytearray | memoryview):
        yield from _with_token(bytes(value).decode("latin-1"), where)
        return
    # What a debugger prints of it, the object that signs included.
    yield from _with_token(repr(value), where)
    if isinstance(value, Token | type | types.ModuleType | str | int | float):
        return
    for name, part in _parts(value):
        yield from _reached(part, f"{where}.{name}", seen, depth + 1)


def _parts(value: Any) -> list[tuple[str, Any]]:
    parts: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        parts += [(str(key), part) for key, part in value.items()] + [("key", key) for key in value]
    elif isinstance(value, list | tuple | set | frozenset):
        parts += [(str(n), part) for n, part in enumerate(value)]
    elif isinstance(value, io.BytesIO):
        parts.append(("buffer", value.getvalue()))
    parts += [(name, part) for name, part in getattr(value, "__dict__", {}).items() if name != "__globals__"]
    parts += [("cell", cell.cell_contents) for cell in getattr(value, "__closure__", None) or () if _is_full(cell)]
    if isinstance(value, types.MethodType):
        parts += [("self", value.__self__), ("function", value.__func__)]
    return parts


def _is_full(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018
    except ValueError:
        return False
    return True


def echo(status: str = "200 OK", body: bytes | None = None) -> Callable[[RawServer, Any, str], None]:
    """Return a server that repeats the question in headers, reason and body."""

    def behave(server: RawServer, sock: Any, kol_id: str) -> None:
        target = server.targets[-1].split(" ")[1]
        told = (
            f'{{"code": 0, "data": {{"nick_name": "{target}", "id": "{kol_id}"}}}}'.encode() if body is None else body
        )
        headers = (f"X-Echo: {target}", f"Set-Cookie: a={target}", f"Location: {target}")
        sock.sendall(answer(told.replace(b"TARGET", target.encode()), *headers, status=status))

    return behave


@pytest.mark.parametrize("tls", [False, True])
def test_promise_9_instruments_see_no_token_while_all_is_well(
    serve: Serve, connect: Connect, patched: Watch, monkeypatch: pytest.MonkeyPatch, tls: bool
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(PEM))
    server = serve(good, tls=tls)
    frame = xf.fetch_profiles([ID, "7000000000000000002"], client=connect(server, token=TOKEN))
    patched.seen.append(frame.to_csv())
    assert [target.count(quote(TOKEN, safe="")) for target in server.targets] == [1, 1]
    assert any("HTTPConnection.putrequest" in text for text in patched.seen)


def test_promise_9_what_a_server_repeats_is_in_no_log_and_no_frame_of_the_user(
    serve: Serve, connect: Connect, watch: Watch
) -> None:
    frame = xf.fetch_profiles([ID], client=connect(serve(echo()), token=TOKEN))
    watch.seen.append(frame.to_csv())
    assert "***" in frame["nick_name"].iloc[0]


def test_promise_9_instruments_see_no_token_through_a_proxy(
    serve: Serve, connect: Connect, patched: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, server = serve(good), serve(good)
    monkeypatch.setenv("http_proxy", proxy.url)
    monkeypatch.setenv("no_proxy", "")
    xf.fetch_profiles([ID], client=connect(server, token=TOKEN))
    assert proxy.targets[0].count(quote(TOKEN, safe="")) == 1


def good(server: RawServer, sock: Any, kol_id: str) -> None:
    sock.sendall(answer(body_of(kol_id)))


SLOW = ("silent", "bad header", "bad length")
FAILING: dict[str, Callable[[RawServer, Any, str], None]] = {
    "code": echo("404 Not Found", b'{"code": 404, "message": "TARGET"}'),
    "html": echo("502 Bad Gateway", b"<html>TARGET</html>"),
    "gateway": echo("429 Too Many Requests", b"<html>TARGET</html>"),
    "redirect": echo("302 Found"),
    "base_resp": echo(body=b'{"code": 0, "data": {"base_resp": {"status_code": 9, "status_message": "TARGET"}}}'),
    "another creator": echo(body=b'{"code": 0, "data": {"id": "7", "nick_name": "TARGET"}}'),
    "bad status line": lambda server, sock, kol_id: sock.sendall(f"{server.targets[-1]}\r\n\r\n".encode()),
    "bad header": lambda server, sock, kol_id: sock.sendall(
        f"HTTP/1.1 200 OK\r\n{server.targets[-1]}\r\nContent-Length: 2\r\n\r\n{{}}".encode()
    ),
    "bad length": lambda server, sock, kol_id: sock.sendall(
        f"HTTP/1.1 200 OK\r\nContent-Length: {server.targets[-1]}\r\n\r\n".encode()
    ),
    "bad chunk": lambda server, sock, kol_id: sock.sendall(
        f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{server.targets[-1]}\r\n".encode()
    ),
    "hangs up": lambda server, sock, kol_id: sock.shutdown(2),
    "cut": lambda server, sock, kol_id: (
        sock.sendall(answer(server.targets[-1].encode(), "Content-Length: 9999", length=False)),
        sock.shutdown(2),
    ),
    "silent": lambda server, sock, kol_id: None,
}


@pytest.mark.parametrize("case", FAILING)
def test_promise_9_no_frame_of_a_failing_request_leads_to_the_token(
    serve: Serve, connect: Connect, watch: Watch, case: str
) -> None:
    server = serve(FAILING[case])
    client = connect(server, token=TOKEN, retries=0, timeout=(60, 2 if case in SLOW else 60))
    with pytest.raises(xf.XingtuError) as caught:
        xf.fetch_profiles([ID], client=client)
    assert list(clear_in(caught.value)) == []
    watch.seen += [repr(vars(caught.value)), client.ledger().to_csv()]
    assert server.targets


QUIET: dict[str, Callable[[RawServer, Any, str], None]] = {
    "code": lambda server, sock, kol_id: sock.sendall(answer(b'{"code": 100}', status="401 Unauthorized")),
    "junk": lambda server, sock, kol_id: sock.sendall(b"junk\r\n\r\n"),
    "cut": lambda server, sock, kol_id: (
        sock.sendall(answer(b"", "Content-Length: 9", length=False)),
        sock.shutdown(2),
    ),
    "hangs up": lambda server, sock, kol_id: sock.shutdown(2),
    "silent": lambda server, sock, kol_id: None,
}


@pytest.mark.parametrize("case", QUIET)
def test_promise_9_instruments_see_no_token_while_a_request_fails(
    serve: Serve, connect: Connect, patched: Watch, case: str
) -> None:
    client = connect(serve(QUIET[case]), token=TOKEN, retries=0, timeout=(60, 2 if case == "silent" else 60))
    with pytest.raises(xf.XingtuError) as caught:
        xf.fetch_profiles([ID], client=client)
    assert list(clear_in(caught.value)) == []


def test_promise_9_a_socket_that_breaks_shows_nothing_of_what_it_was_given(
    serve: Serve, connect: Connect, patched: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def __init__(self, sock: Any) -> None:
            self._sock = sock

        def sendall(self, data: bytes) -> None:
            raise BrokenPipeError(32, "Broken pipe")

        def __getattr__(self, name: str) -> Any:
            if name == "version":
                raise AttributeError(name)
            return getattr(self._sock, name)

    create = urllib3.util.connection.create_connection
    monkeypatch.setattr(
        "urllib3.util.connection.create_connection", lambda *args, **kwargs: Broken(create(*args, **kwargs))
    )
    client = connect(serve(echo()), token=TOKEN, retries=0)
    with pytest.raises(xf.TransportError, match=r"Broken pipe.*nothing was sent") as caught:
        xf.fetch_profiles([ID], client=client)
    assert list(clear_in(caught.value)) == []


class Spelled:
    """Some object, whose text gives the token away."""

    def __repr__(self) -> str:
        return TOKEN


WRONG: dict[str, dict[str, Any]] = {
    "line end inside": {"token": f"{TOKEN}\n{TOKEN}"},
    "control": {"token": f"{TOKEN}\x00"},
    "half a character": {"token": f"{TOKEN}\ud800"},
    "bytes": {"token": TOKEN.encode()},
    "list": {"token": [TOKEN]},
    "object": {"token": Spelled()},
    "base_url": {"base_url": "ftp://example.com"},
    "api": {"api": "newest"},
    "expire_after": {"expire_after": "soon"},
    "max_workers": {"max_workers": 0},
    "timeout": {"timeout": -1},
    "retries": {"retries": -1},
    "max_calls": {"max_calls": "many"},
    "cache": {"cache": 5},
    "per_second": {"per_second": 0},
}


@pytest.mark.each_once
@pytest.mark.parametrize("given", ["argument", "environment"])
@pytest.mark.parametrize("case", WRONG)
def test_promise_9_a_wrong_setting_leaves_the_token_in_no_frame(
    monkeypatch: pytest.MonkeyPatch, case: str, given: str
) -> None:
    wrong = dict(WRONG[case])
    if "token" not in wrong and given == "environment":
        monkeypatch.setenv("JUSTONEAPI_TOKEN", TOKEN)
    settings = {"token": TOKEN, **wrong} if given == "argument" else wrong
    with pytest.raises((xf.ConfigError, xf.ParameterError)) as caught:
        xf.Client(cache=":memory:", **settings) if "cache" not in settings else xf.Client(**settings)
    assert list(clear_in(caught.value)) == []


def test_a_half_made_client_has_a_text() -> None:
    half = xf.Client.__new__(xf.Client)
    assert repr(half).startswith("Client(")
    with pytest.raises(xf.ConfigError) as caught:
        xf.Client(TOKEN, max_workers=0, cache=":memory:")
    frames = [frame for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
    made = [frame.f_locals["self"] for frame in frames if isinstance(frame.f_locals.get("self"), xf.Client)]
    assert [repr(client).startswith("Client(") for client in made] == [True]


def test_a_blank_around_a_token_is_none_of_it(serve: Serve, connect: Connect) -> None:
    server = serve(lambda server, sock, kol_id: sock.sendall(answer(body_of(kol_id))))
    client = connect(server, token=f"  {TOKEN}\n")
    xf.fetch_profiles([ID], client=client)
    assert f"?token={quote(TOKEN, safe='')}&" in server.targets[0]


@pytest.mark.parametrize("token", ["", "  \n", None])
def test_no_token_is_said_so_when_one_is_needed(token: str | None) -> None:
    client = xf.Client(token, cache=":memory:")
    assert client.has_token is False
    with pytest.raises(xf.ConfigError, match="JUSTONEAPI_TOKEN"):
        xf.fetch_profiles([ID], client=client)
