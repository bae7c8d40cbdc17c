"""Promise 8a: an answer belongs to the question it was sent for; a connection carries on after a clean one only."""

from __future__ import annotations

import select
import socket
import time
import warnings
from collections.abc import Callable
from typing import Any

import pytest
import urllib3.util.connection

import xingtu_frames as xf
from tests.cli_cases import TOKEN
from tests.raw_server import PEM, Connect, RawServer, Serve, answer, body_of, chunked
from xingtu_frames.client import connections

FIRST = "7000000000000000001"
OTHERS = [f"700000000000000000{n}" for n in range(2, 7)]
STALE = answer(body_of("somebody else"))


@pytest.fixture(autouse=True)
def _no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xingtu_frames.client.batch._backoff", lambda state: 0.0)


def names(client: xf.Client, ids: list[str]) -> dict[str, str]:
    """Fetch, and return the name that each creator got; those that failed are left out."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", xf.PartialResultWarning)
            frame = xf.fetch_profiles(ids, client=client)
    except (xf.ApiError, xf.TransportError):
        return {}
    return dict(zip(frame["kol_id"], frame["nick_name"], strict=True))


def good(server: RawServer, sock: Any, kol_id: str) -> None:
    sock.sendall(answer(body_of(kol_id)))


def once(first: Callable[[bytes], bytes]) -> Callable[[RawServer, Any, str], None]:
    """Return a server that answers the first creator oddly and all others well."""

    def behave(server: RawServer, sock: Any, kol_id: str) -> None:
        own = body_of(kol_id)
        sock.sendall(first(own) if kol_id == FIRST else answer(own))

    return behave


def interim(status: str, *headers: str) -> bytes:
    return answer(b"", *headers, status=status, length=False)


SERVED = {
    "100": lambda own: interim("100 Continue") + answer(own),
    "102": lambda own: interim("102 Processing") + answer(own),
    "103": lambda own: interim("103 Early Hints", "Link: </a>; rel=preload") + answer(own),
    "unknown 1xx": lambda own: interim("142 Whatever", "Content-Length: 0") + answer(own),
    "several 1xx": lambda own: interim("103 A") + interim("100 B") + interim("102 C") + answer(own),
    "1xx that names a length": lambda own: interim("103 A", "Content-Length: 9") + answer(own),
    "stray line end": lambda own: answer(own) + b"\r\n",
    "stray byte": lambda own: answer(own) + b"x",
    "second answer": lambda own: answer(own) + STALE,
    "half a second answer": lambda own: answer(own) + STALE[:30],
    "second answer after chunks": lambda own: chunked(own) + STALE,
    "trailer": lambda own: chunked(own, trailer=b"X-Sum: 1\r\n\r\n"),
    "trailer of junk": lambda own: chunked(own, trailer=b"junk\r\n\r\n") + b"more",
    "trailer that is an answer": lambda own: chunked(own, trailer=STALE),
    "both framings": lambda own: chunked(own, "Content-Length: 7") + STALE,
    "two lengths": lambda own: answer(own, f"Content-Length: {len(own)}") + STALE,
    "odd length": lambda own: answer(own, f"Content-Length: +{len(own)}", length=False),
    "HTTP/1.0 that stays": lambda own: answer(own, "Connection: keep-alive", version="HTTP/1.0") + STALE,
    "close": lambda own: answer(own, "Connection: close") + STALE,
}
REFUSED = {
    "101": lambda own: interim("101 Switching Protocols", "Upgrade: h2c") + answer(own),
    "only 1xx": lambda own: interim("103 A") * 100 + answer(own),
    "HTTP/0.9": lambda own: own + b"\r\n",
    "junk before": lambda own: b"junk\r\n" + answer(own),
    "length too short": lambda own: answer(own, f"Content-Length: {len(own) - 3}", length=False),
    "length that cuts a second answer": lambda own: answer(own + STALE, length=True),
    "lengths that differ": lambda own: answer(own, f"Content-Length: {len(own) + 5}") + STALE,
    "204 with a body": lambda own: answer(own, status="204 No Content") + STALE,
    "304 with a body": lambda own: answer(own, status="304 Not Modified"),
    "205 with a body": lambda own: answer(own, status="205 Reset Content")[: -len(own)] + STALE,
    "error with leftovers": lambda own: answer(b'{"code": 404}', status="404 Not Found") + STALE,
    "error with a wrong length": lambda own: answer(
        b'{"code": 404}' + STALE, "Content-Length: 13", status="404 Not Found", length=False
    ),
    "redirect with a body": lambda own: answer(own, "Location: /", status="302 Found") + STALE,
    "negative chunk": lambda own: answer(b"-5\r\n" + own, "Transfer-Encoding: chunked", length=False) + STALE,
    "no chunks": lambda own: answer(own, "Transfer-Encoding: chunked", length=False) + STALE,
}


@pytest.mark.one_in(9)
@pytest.mark.each_once
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("case", [*SERVED, *REFUSED])
def test_promise_8a_an_odd_answer_reaches_no_other_creator(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, case: str, tls: bool
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(PEM))
    server = serve(once({**SERVED, **REFUSED}[case]), tls=tls)
    client = connect(server, timeout=(60, 60))
    first, rest = names(client, [FIRST]), names(client, OTHERS)
    assert first == ({FIRST: FIRST} if case in SERVED else {})
    assert rest == {kol_id: kol_id for kol_id in OTHERS}
    assert server.asked == [FIRST, *OTHERS]
    for stored in client.store.history("get_author_base_info"):
        assert stored.kol_id.encode() in stored.body


def test_promise_8a_a_chunked_answer_without_an_end_is_no_answer(serve: Serve, connect: Connect) -> None:
    def behave(server: RawServer, sock: Any, kol_id: str) -> None:
        sock.sendall(chunked(body_of(kol_id)).removesuffix(b"0\r\n\r\n"))
        sock.shutdown(socket.SHUT_RDWR)

    client = connect(serve(behave))
    assert names(client, [FIRST]) == {}
    assert client.ledger()["billed"].tolist() == ["unknown"]


@pytest.mark.each_once
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("late", [STALE, STALE[:20], b"\r\n", b"HTTP/1.1 408 Request Timeout\r\n\r\n"])
def test_promise_8a_what_comes_between_two_questions_answers_none(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, late: bytes, tls: bool
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(PEM))
    server = serve(good, tls=tls)
    client = connect(server)
    assert names(client, [FIRST]) == {FIRST: FIRST}
    server.connections[0].sendall(late)
    assert names(client, OTHERS) == {kol_id: kol_id for kol_id in OTHERS}
    assert (len(server.connections), client.ledger()["billed"].eq("yes").all()) == (2, True)


def test_promise_8a_a_server_that_hung_up_is_asked_on_a_new_connection(serve: Serve, connect: Connect) -> None:
    server = serve(good)
    client = connect(server, retries=0)
    assert names(client, [FIRST]) == {FIRST: FIRST}
    server.connections[0].shutdown(socket.SHUT_RDWR)
    assert names(client, OTHERS) == {kol_id: kol_id for kol_id in OTHERS}
    assert client.ledger()["billed"].eq("yes").all()


def test_promise_8a_what_comes_before_the_question_is_no_answer_and_nothing_was_sent(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = urllib3.util.connection.create_connection

    def slowly(*args: Any, **kwargs: Any) -> socket.socket:
        sock = create(*args, **kwargs)
        select.select([sock], [], [], 10)
        return sock

    monkeypatch.setattr("urllib3.util.connection.create_connection", slowly)
    server = serve(good, greeting=STALE)
    client = connect(server)
    with pytest.raises(xf.TransportError, match=r"before the question was sent.*nothing was sent") as caught:
        xf.fetch_profiles([FIRST], client=client)
    assert (caught.value.retryable, caught.value.billed, server.targets) == (True, "no", [])
    assert client.ledger()["billed"].tolist() == ["no", "no"]
    server.greeting = b""
    server_connections = len(server.connections)
    monkeypatch.undo()
    assert (server_connections, names(client, [FIRST])) == (4, {FIRST: FIRST})


@pytest.mark.each_once
@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("form", [answer, chunked])
def test_promise_8a_clean_answers_share_few_connections(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, form: Callable[[bytes], bytes], tls: bool
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(PEM))
    monkeypatch.setattr(connections, "MOST_IDLE_S", 1e9)
    server = serve(lambda server, sock, kol_id: sock.sendall(form(body_of(kol_id))), tls=tls)
    client = connect(server, max_workers=4)
    ids = [str(7_000_000_000_000_000_000 + n) for n in range(60)]
    assert names(client, ids) == {kol_id: kol_id for kol_id in ids}
    assert len(server.connections) <= 4


class Clock:
    """Two clocks that stand still until a test moves one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monotonic, self.wall = time.monotonic(), time.time()
        monkeypatch.setattr(connections, "_monotonic", lambda: self.monotonic)
        monkeypatch.setattr(connections, "_wall", lambda: self.wall)


MOVES = {
    "a moment": (connections.MOST_IDLE_S - 0.5, connections.MOST_IDLE_S - 0.5, 1),
    "a while": (connections.MOST_IDLE_S + 0.5, connections.MOST_IDLE_S + 0.5, 2),
    "asleep": (0.0, 3600.0, 2),
    "set back": (0.1, -3600.0, 2),
}


@pytest.mark.parametrize("move", MOVES)
def test_promise_8a_an_idle_connection_is_not_used_again(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, move: str
) -> None:
    clock, (monotonic, wall, expected) = Clock(monkeypatch), MOVES[move]
    server = serve(good)
    client = connect(server)
    assert names(client, [FIRST]) == {FIRST: FIRST}
    clock.monotonic, clock.wall = clock.monotonic + monotonic, clock.wall + wall
    assert names(client, OTHERS[:1]) == {OTHERS[0]: OTHERS[0]}
    assert len(server.connections) == expected


def test_promise_8a_a_connection_that_dies_before_the_question_left_is_asked_again(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reset that only the sending notices: the server cannot have the whole question."""
    server = serve(good)
    client = connect(server)
    broken = iter([True])
    send = connections.Token.send

    def dying(token: Any, sendall: Any, head: bytes) -> Any:
        return BrokenPipeError(32, "Broken pipe") if next(broken, False) else send(token, sendall, head)

    monkeypatch.setattr(connections.Token, "send", dying)
    assert names(client, [FIRST]) == {FIRST: FIRST}
    assert client.ledger()["billed"].tolist() == ["no", "yes"]
    assert server.asked == [FIRST]


def test_the_token_goes_first_whatever_the_query(serve: Serve, connect: Connect) -> None:
    server = serve(good)
    client = connect(server)
    names(client, [FIRST])
    method, target, version = server.targets[0].split(" ")
    assert (method, version) == ("GET", "HTTP/1.1")
    assert target.startswith(f"/api/douyin-xingtu/gw/api/author/get_author_base_info/v1?token={TOKEN}&")
    assert server.heads[0].lower().count(b"accept-encoding: gzip, deflate\r\n") == 1
