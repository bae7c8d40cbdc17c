"""Proxies, certificates and addresses: what cannot work is named, costs nothing, and shows no password."""

from __future__ import annotations

import base64
import select
import socket
from pathlib import Path
from typing import Any

import pytest

import xingtu_frames as xf
from tests.cli_cases import TOKEN
from tests.raw_server import PEM, Connect, RawServer, Serve, answer, body_of
from xingtu_frames.client.routes import route_of

ID = "7000000000000000001"
SECRET = "hunter2secret"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy and no certificates but those of a test; loopback is not excepted."""
    for name in ("HTTPS_PROXY", "https_proxy", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr("xingtu_frames.client.batch._backoff", lambda state: 0.0)


def good(server: RawServer, sock: Any, kol_id: str) -> None:
    sock.sendall(answer(body_of(kol_id)))


def closed_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def tunnel(server: RawServer, sock: Any, kol_id: str) -> None:
    """Do what a proxy does for CONNECT."""
    host, _, port = server.targets[-1].split(" ")[1].partition(":")
    with socket.create_connection((host, int(port)), timeout=60) as there:
        sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        while ready := select.select([sock, there], [], [], 60)[0]:
            for one in ready:
                piece = one.recv(65_536)
                if not piece:
                    return
                (there if one is sock else sock).sendall(piece)


def failure(client: xf.Client, kind: type[xf.XingtuError] = xf.TransportError) -> Any:
    with pytest.raises(kind) as caught:
        xf.fetch_profiles([ID], client=client)
    assert SECRET not in str(caught.value) + repr(caught.value) + client.ledger().to_csv()
    return caught.value


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_dead_proxy_is_named_and_asked_once(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    port = closed_port()
    monkeypatch.setenv(f"{scheme}_proxy", f"http://user:{SECRET}@127.0.0.1:{port}")
    server = serve(good, tls=scheme == "https")
    client = connect(server, retries=3)
    error = failure(client)
    assert f"through the proxy http://127.0.0.1:{port} (" in str(error)
    assert "refused" in str(error)
    assert "nothing was sent" in str(error)
    assert (error.retryable, error.billed, client.ledger()["billed"].tolist()) == (False, "no", ["no"])
    assert server.targets == []


def test_a_proxy_whose_name_is_unknown_is_named(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(host: str, *_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, f"Name or service not known: {host}")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    monkeypatch.setenv("http_proxy", f"http://user:{SECRET}@proxy.invalid:3128")
    client = connect(serve(good), retries=3)
    error = failure(client)
    assert "the proxy http://proxy.invalid:3128" in str(error)
    assert (error.retryable, client.ledger()["billed"].tolist()) == (False, ["no"])


@pytest.mark.parametrize("tls", [False, True])
def test_a_proxy_that_wants_a_password_is_named_and_asked_once(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, tls: bool
) -> None:
    denied = answer(b"<html>who are you?</html>", status="407 Proxy Authentication Required")
    proxy = serve(lambda server, sock, kol_id: sock.sendall(denied))
    monkeypatch.setenv("https_proxy" if tls else "http_proxy", f"http://user:{SECRET}@127.0.0.1:{proxy.port}")
    server = serve(good, tls=tls)
    client = connect(server, retries=3)
    error = failure(client)
    assert f"the proxy http://127.0.0.1:{proxy.port}" in str(error)
    assert "407" in str(error)
    assert (error.retryable, error.billed, client.ledger()["billed"].tolist()) == (False, "no", ["no"])
    assert (len(proxy.targets), server.targets) == (1, [])


@pytest.mark.parametrize(("status", "tries"), [("403 Forbidden", 1), ("502 Bad Gateway", 3), ("503 Busy", 3)])
def test_a_tunnel_that_fails_is_tried_again_where_that_may_help(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, status: str, tries: int
) -> None:
    proxy = serve(lambda server, sock, kol_id: sock.sendall(answer(b"", status=status)))
    monkeypatch.setenv("https_proxy", proxy.url)
    client = connect(serve(good, tls=True), retries=2)
    assert status.split()[0] in str(failure(client))
    assert client.ledger()["billed"].tolist() == ["no"] * tries


def test_a_proxy_that_talks_nonsense_is_named(serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = serve(lambda server, sock, kol_id: sock.sendall(b"SSH-2.0-OpenSSH\r\n"))
    monkeypatch.setenv("https_proxy", proxy.url)
    client = connect(serve(good, tls=True), retries=2)
    assert f"through the proxy {proxy.url}" in str(failure(client))
    assert client.ledger()["billed"].tolist() == ["no"]


def test_a_proxy_passes_the_question_on(serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = serve(good)
    monkeypatch.setenv("http_proxy", f"http://user:{SECRET}@127.0.0.1:{proxy.port}")
    server = serve(good)
    assert xf.fetch_profiles([ID], client=connect(server))["nick_name"].tolist() == [ID]
    line = proxy.targets[0]
    assert line.startswith(f"GET {server.url}/api/douyin-xingtu/")
    assert f"?token={TOKEN}&oAuthorId=" in line
    expected = base64.b64encode(f"user:{SECRET}".encode())
    assert b"Proxy-Authorization: Basic " + expected in proxy.heads[0]
    assert server.targets == []


@pytest.mark.parametrize("tls", [False, True], ids=["plain proxy", "tls proxy"])
def test_a_tunnel_carries_the_question_and_the_proxy_sees_no_token(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, tls: bool
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(PEM))
    proxy, server = serve(tunnel, tls=tls), serve(good, tls=True)
    monkeypatch.setenv("https_proxy", proxy.url)
    ids = [ID, "7000000000000000002"]
    assert xf.fetch_profiles(ids, client=connect(server))["nick_name"].tolist() == ids
    assert [target.split(" ")[0] for target in proxy.targets] == ["CONNECT"]
    assert TOKEN.encode() not in b"".join(proxy.heads)
    assert [f"?token={TOKEN}&" in target for target in server.targets] == [True, True]


UNUSABLE = {
    "no host": f"http://:{SECRET}@",
    "no host with port": f"http://user:{SECRET}@:8080",
    "only a scheme": "http://",
    "other scheme": f"ftp://user:{SECRET}@proxy:21",
    "blank": f"http://user:{SECRET}@pro xy:8080",
    "line end": f"http://user:{SECRET}@proxy:8080\n",
    "port": f"http://user:{SECRET}@proxy:99999",
    "no port": f"http://user:{SECRET}@proxy:port",
    "brackets": f"http://user:{SECRET}@[::1:8080",
    "socks": f"socks5://user:{SECRET}@127.0.0.1:9",
}


@pytest.mark.one_in(3)
@pytest.mark.parametrize("case", UNUSABLE)
def test_a_proxy_that_cannot_be_one_is_refused_before_the_ledger(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    monkeypatch.setenv("http_proxy", UNUSABLE[case])
    server = serve(good)
    client = connect(server, max_calls=1)
    assert "proxy" in str(failure(client, xf.ConfigError))
    assert (server.targets, len(client.ledger())) == ([], 0)
    monkeypatch.delenv("http_proxy")
    assert len(xf.fetch_profiles([ID], client=client)) == 1


@pytest.mark.parametrize("password", ["pässwörd中文", "p%40ss%3Aword", "p w"])
def test_an_odd_password_is_never_shown(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    monkeypatch.setenv("http_proxy", f"http://user:{password}@127.0.0.1:{closed_port()}")
    client = connect(serve(good))
    with pytest.raises((xf.TransportError, xf.ConfigError), match="proxy") as caught:
        xf.fetch_profiles([ID], client=client)
    assert password not in str(caught.value)
    assert set(client.ledger()["billed"]) <= {"no"}


def test_a_message_that_repeats_a_proxys_user_loses_it() -> None:
    route = route_of("http://a.example", {"http": f"http://us%40er:{SECRET}@proxy:1"}, True)
    text = route.without_secrets(f"Failed to parse: http://us%40er:{SECRET}@proxy:1 and http://a:b@c, {SECRET}")
    assert SECRET not in text
    assert "a:b" not in text


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize("what", ["missing", "no certificates"])
def test_certificates_that_are_not_there_are_named_before_the_ledger(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, what: str
) -> None:
    place = tmp_path / "ca.pem"
    if what != "missing":
        place.write_text("no certificates in here")
    monkeypatch.setenv(variable, str(place))
    client = connect(serve(good, tls=True))
    assert str(place) in str(failure(client, xf.ConfigError))
    assert len(client.ledger()) == 0
    place.write_bytes(PEM.read_bytes())
    assert len(xf.fetch_profiles([ID], client=client)) == 1


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_certificates_do_not_matter_without_tls(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str
) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "nowhere.pem"))
    assert len(xf.fetch_profiles([ID], client=connect(serve(good)))) == 1


def test_a_certificate_that_is_not_accepted_is_named_and_tried_once(serve: Serve, connect: Connect) -> None:
    server = serve(good, tls=True)
    client = connect(server, retries=3)
    error = failure(client)
    assert "certificate is not accepted" in str(error)
    assert (error.retryable, error.billed, client.ledger()["billed"].tolist()) == (False, "no", ["no"])
    assert server.targets == []


@pytest.mark.parametrize(
    "address",
    [
        "http://exa mple.com",
        "http://example.com /x",
        "http://exam\tple.com",
        "http://example.com\n",
        "http://exam\x00ple.com",
        "http://exam\u200bple.com",
        "http://example.com/\u00a0x",
        "http://a..b",
        "http://.example.com",
        "http://*.example.com",
        "http://-example.com",
        f"http://{'a' * 64}.com",
        "http://[::1",
        "http://example.com:99999",
        "http://example.com:port",
        "http://example.com\\@evil.example",
        "http://<host>",
        "http://",
        "https:example.com",
    ],
)
def test_an_address_that_cannot_be_one_is_refused_when_the_client_is_made(address: str) -> None:
    with pytest.raises(xf.ConfigError, match="base_url") as caught:
        xf.Client(TOKEN, base_url=address, cache=":memory:")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("address", ["http://localhost:8000", "https://[::1]:8000/x", "https://münchen.example/a_b-c"])
def test_a_usual_address_is_taken(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xingtu_frames.client.settings._warned", {address})
    xf.Client(TOKEN, base_url=address, cache=":memory:").close()


GATEWAYS = {
    "429": ("429 Too Many Requests", ()),
    "429 that says when": ("429 Too Many Requests", ("Retry-After: 0",)),
    "503": ("503 Service Unavailable", ()),
    "503 that says when": ("503 Service Unavailable", ("Retry-After: 0",)),
}


@pytest.mark.parametrize("case", GATEWAYS)
def test_a_gateways_refusal_is_a_cool_down(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    status, headers = GATEWAYS[case]
    refusals = iter(range(2))
    paused: list[int] = []

    def behave(server: RawServer, sock: Any, kol_id: str) -> None:
        refused = next(refusals, None) is not None
        page = answer(b"<html>busy</html>", *headers, status=status)
        sock.sendall(page if refused else answer(body_of(kol_id)))

    monkeypatch.setattr("xingtu_frames.client.pace.cool_down", lambda episodes: (paused.append(episodes), 0.0)[1])
    client = connect(serve(behave), retries=2)
    assert len(xf.fetch_profiles([ID], client=client)) == 1
    assert client.ledger()["billed"].tolist() == ["no", "no", "yes"]
    kind = "RateLimitedError" if "429" in status else "ServerError"
    assert all(kind in text and status[:3] in text for text in client.ledger()["error"].dropna())
    assert paused == [1, 2]
    assert client.store.count()["answers"] == 1


def test_a_gateway_that_asks_for_an_hour_is_an_error_that_says_so(serve: Serve, connect: Connect) -> None:
    page = answer(b"<html>busy</html>", "Retry-After: 3600", status="429 Too Many Requests")
    client = connect(serve(lambda server, sock, kol_id: sock.sendall(page)))
    with pytest.raises(xf.RateLimitedError, match="wait 3600 s") as caught:
        xf.fetch_profiles([ID], client=client)
    assert (caught.value.retry_after, caught.value.code, caught.value.billed) == (3600, None, "no")
    assert len(client.ledger()) == 1
