"""What is asked again, what never is, and how long one answer may take."""

from __future__ import annotations

import itertools
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import urllib3.util.connection

import xingtu_frames as xf
from tests.loopback import Loopback, Reply, fail, ok

pytestmark = pytest.mark.every_pool

ID = "7000000000000000001"
MakeClient = Callable[..., xf.Client]


@pytest.fixture(autouse=True)
def _no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nothing but what the server asks for."""
    monkeypatch.setattr("xingtu_frames.client.batch._backoff", lambda state: 0.0)
    monkeypatch.setattr("xingtu_frames.client.pace.cool_down", lambda episodes: 0.0)


@pytest.fixture
def other_server() -> Iterator[Loopback]:
    loopback = Loopback()
    yield loopback
    loopback.close()


@pytest.fixture
def closed_port() -> str:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{sock.getsockname()[1]}"


AGAIN = {
    "301": fail(301),
    "301 as text": fail("301"),
    "500": fail(500),
    "503": fail(503),
    "500 http": fail(500, status=500),
    "500 without code": Reply(b'{"message": "down"}', 500),
    "503 without code": Reply(b'{"message": "down"}', 503),
    "429 without code": Reply(b'{"message": "slow down"}', 429),
    "503 of a gateway": Reply(b"<html>unavailable</html>", 503),
    "429 of a gateway": Reply(b"<html>slow down</html>", 429),
    "503 without a body": Reply(b"", 503),
    "302": fail(302, status=429),
    "202": fail(202),
}


@pytest.mark.one_in(4)
@pytest.mark.parametrize("why", AGAIN)
def test_what_may_pass_is_asked_again_and_charged_once(client: xf.Client, server: Loopback, why: str) -> None:
    server.script(AGAIN[why], AGAIN[why])
    assert len(xf.fetch_profiles([ID], client=client)) == 1
    assert (server.hits(), server.charged) == (3, 1)
    assert client.ledger()["billed"].tolist()[-1] == "yes"
    assert client.store.count() == {"answers": 1, "requests": 3}


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_tries_are_bounded(make_client: MakeClient, server: Loopback, retries: int) -> None:
    server.answer = lambda seen: fail(301, "not this time")
    with pytest.raises(xf.CollectionFailedError, match="not this time") as caught:
        xf.fetch_profiles([ID], client=make_client(retries=retries))
    assert (caught.value.retryable, caught.value.kol_id) == (True, ID)
    assert server.hits() == retries + 1


NEVER = {
    **{str(code): fail(code) for code in (100, 101, 201, 300, 303, 400, 404, 600, 601, 602, 999, -1)},
    "http 404": fail(404, status=404),
    "quota as http 429": fail(303, status=429),
    "base_resp 301": ok({"base_resp": {"status_code": 301}}),
    "reset": Reply(b"", fault="reset"),
    "cut": ok({"a": "b" * 100}, fault="cut"),
    "cut 500": fail(500, "b" * 100, status=500, fault="cut"),
    "no json": Reply(b"<html>bad gateway</html>"),
    "no json 500": Reply(b"<html>bad gateway</html>", 500),
    "array": Reply(b"[]"),
    "no code": Reply(b"{}"),
    "not gzip": Reply(b'{"code": 0, "data": {}}', headers={"Content-Encoding": "gzip"}),
    "surrogate": fail(999, "\ud800 half a character"),
    "redirect": Reply(b"", 302, {"Location": "/elsewhere"}),
    "redirect without Location": Reply(b'{"code": 0, "data": {}}', 307),
    "not modified": Reply(b"", 304),
}


@pytest.mark.parametrize("why", NEVER)
def test_what_may_have_been_charged_or_cannot_pass_is_asked_once(client: xf.Client, server: Loopback, why: str) -> None:
    server.script(NEVER[why])
    with pytest.raises((xf.ApiError, xf.TransportError)) as caught:
        xf.fetch_profiles([ID], client=client)
    assert server.hits() == 1
    assert caught.value.retryable is False
    ledger = client.ledger()
    assert ledger["billed"].tolist() == [caught.value.billed]
    assert isinstance(ledger["error"].iloc[0], str)
    if isinstance(caught.value, xf.TransportError):
        assert caught.value.billed == "unknown"
    assert len(xf.fetch_profiles([ID], client=client)) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_refused_and_its_target_hears_nothing(
    client: xf.Client, server: Loopback, other_server: Loopback, status: int
) -> None:
    server.script(Reply(b'{"code": 0, "data": {}}', status, {"Location": f"{other_server.url}/steal"}))
    with pytest.raises(xf.TransportError, match=rf"{status}.*redirect is refused"):
        xf.fetch_profiles([ID], client=client)
    assert (server.hits(), other_server.hits(), client.store.count()["answers"]) == (1, 0, 0)


def test_a_refused_connection_is_tried_again_for_nothing_was_sent(make_client: MakeClient, closed_port: str) -> None:
    client = make_client(base_url=closed_port, retries=2)
    with pytest.raises(xf.TransportError, match=r"refused.*nothing was sent") as caught:
        xf.fetch_profiles([ID], client=client)
    assert (caught.value.retryable, caught.value.billed) == (True, "no")
    ledger = client.ledger()
    assert ledger["billed"].tolist() == ["no"] * 3
    assert ledger["http_status"].isna().all()


def test_an_unknown_host_is_not_reached(make_client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    client = make_client(base_url="http://nowhere.invalid", retries=1)
    with pytest.raises(xf.TransportError, match="not reached"):
        xf.fetch_profiles([ID], client=client)
    assert client.ledger()["billed"].tolist() == ["no", "no"]


def test_a_tls_handshake_that_fails_is_tried_again(make_client: MakeClient, server: Loopback) -> None:
    client = make_client(base_url=server.url.replace("http:", "https:"), retries=1)
    with pytest.raises(xf.TransportError, match="nothing was sent"):
        xf.fetch_profiles([ID], client=client)
    assert (server.hits(), client.ledger()["billed"].tolist()) == (0, ["no", "no"])


def arrivals(server: Loopback) -> list[float]:
    """Record the time at which each request arrives from now on."""
    times: list[float] = []
    take = server.take

    def timed(seen: Any) -> Reply:
        times.append(time.monotonic())
        return take(seen)

    server.take = timed  # type: ignore[method-assign]
    return times


@pytest.mark.slow
@pytest.mark.parametrize("reply", [fail(302, headers={"Retry-After": "1"}), fail(202, headers={"Retry-After": "1"})])
def test_a_rate_limit_pauses_every_worker(make_client: MakeClient, server: Loopback, reply: Reply) -> None:
    times = arrivals(server)
    server.script(reply, kol_id="1")
    server.answer = lambda seen: ok({}, delay=0.1)
    assert len(xf.fetch_profiles([str(n) for n in range(1, 13)], client=make_client(max_workers=2))) == 12
    assert server.hits() == 13
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert max(gaps) > 0.25, "somebody went on asking during the pause"
    assert times[3] - times[0] > 0.35


def test_retry_after_of_a_failure_that_is_no_rate_limit_pauses_one(make_client: MakeClient, server: Loopback) -> None:
    times = arrivals(server)
    server.script(fail(503, status=503, headers={"Retry-After": "1"}), kol_id="1")
    xf.fetch_profiles([str(n) for n in range(1, 9)], client=make_client(max_workers=2))
    assert len([moment for moment in times if moment - times[0] < 0.95]) == 8
    assert times[-1] - times[0] > 0.95


@pytest.mark.parametrize("asked", ["3600", "86400", "Fri, 31 Dec 2100 23:59:59 GMT"])
def test_a_long_retry_after_is_an_error_at_once_that_says_how_long(
    client: xf.Client, server: Loopback, asked: str
) -> None:
    started = time.monotonic()
    server.script(fail(302, headers={"Retry-After": asked}))
    with pytest.raises(xf.RateLimitedError, match=rf"wait {asked if asked.isdigit() else '[0-9]+'} s") as caught:
        xf.fetch_profiles([ID], client=client)
    assert caught.value.retry_after > 60
    assert time.monotonic() - started < 60
    assert server.hits() == 1
    assert len(xf.fetch_profiles([ID], client=client)) == 1


@pytest.mark.parametrize(
    "asked", ["soon", "", "nan", "-5", "Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 99 Jan 1970 99:00:00"]
)
def test_an_odd_retry_after_does_no_harm(client: xf.Client, server: Loopback, asked: str) -> None:
    server.script(fail(302, headers={"Retry-After": asked}))
    assert len(xf.fetch_profiles([ID], client=client)) == 1
    assert server.hits() == 2


SLOW = {
    "drip": ok({"a": "b" * 4000}, fault="drip"),
    "silence": ok({}, delay=120),
}


@pytest.mark.parametrize("how", SLOW)
def test_the_deadline_is_for_the_whole_answer(make_client: MakeClient, server: Loopback, how: str) -> None:
    server.script(SLOW[how])
    client = make_client(timeout=(60, 2))
    started = time.monotonic()
    with pytest.raises(xf.TransportError, match=r"\b2 s; it may have been charged"):
        xf.fetch_profiles([ID], client=client)
    assert time.monotonic() - started < 60
    assert (server.hits(), client.ledger()["billed"].tolist()) == (1, ["unknown"])
    assert len(xf.fetch_profiles([ID], client=client)) == 1


def test_a_deadline_that_passes_while_connecting_sends_nothing(
    make_client: MakeClient, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = urllib3.util.connection.create_connection

    def slowly(*args: Any, **kwargs: Any) -> socket.socket:
        time.sleep(0.4)
        return connect(*args, **kwargs)

    monkeypatch.setattr("urllib3.util.connection.create_connection", slowly)
    server.answer = lambda seen: ok({"a": "b" * 20}, fault="drip")
    client = make_client(timeout=(5, 0.2), retries=0)
    with pytest.raises(xf.TransportError) as caught:
        xf.fetch_profiles([ID], client=client)
    assert (server.hits(), caught.value.billed) == (0, "no")


@pytest.mark.parametrize(
    "value",
    ["Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "inf", "nan", "1e400", "9" * 400, "9" * 5000, "soon", "-5", ""],
)
def test_a_senseless_retry_after_is_as_good_as_none(client: xf.Client, server: Loopback, value: str) -> None:
    server.script(fail(302, headers={"Retry-After": value}))
    assert len(xf.fetch_profiles([ID], client=client)) == 1
    assert server.hits() == 2


def test_a_socks_proxy_is_refused_before_anything_is_sent(
    client: xf.Client, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    with pytest.raises(xf.ConfigError, match="SOCKS"):
        xf.fetch_profiles([ID], client=client)
    assert server.hits() == 0


def test_plain_http_is_warned_of_however_it_is_spelled(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xingtu_frames.client.settings._warned", set())
    with pytest.warns(xf.InsecureTransportWarning):
        xf.Client("t" * 20, base_url=server.url.upper().replace("HTTP", "HTTP"), cache=":memory:").close()
