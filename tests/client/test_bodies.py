"""Promise 8d: nothing that a server sends freezes the process, exhausts memory, or costs the answers of others."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import sqlite3
import tracemalloc
import warnings
import zlib
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import xingtu_frames as xf
from tests.loopback import Loopback, Reply, fail
from tests.raw_server import Connect, RawServer, Serve, answer, body_of
from xingtu_frames.client import connections
from xingtu_frames.errors import MOST_SHOWN, shown
from xingtu_frames.wire import bodies
from xingtu_frames.wire.bodies import EncodingError, read_into, unpacked
from xingtu_frames.wire.envelope import MOST_NESTED, judge

pytestmark = pytest.mark.every_pool

ID, OTHER = "7000000000000000001", "7000000000000000002"
MEGABYTE = 1024 * 1024
MakeClient = Callable[..., xf.Client]


@pytest.fixture(autouse=True)
def _no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xingtu_frames.client.batch._backoff", lambda state: 0.0)


def bomb(window: int, megabytes: int) -> bytes:
    """Return so many packed megabytes of blanks."""
    packer = zlib.compressobj(9, zlib.DEFLATED, window)
    return b"".join(packer.compress(b" " * MEGABYTE) for _ in range(megabytes)) + packer.flush()


def endless(piece: bytes, *headers: str, status: str = "200 OK") -> Callable[[RawServer, Any, str], None]:
    """Return a server that goes on until the client hangs up."""

    def behave(server: RawServer, sock: Any, kol_id: str) -> None:
        if kol_id != ID:
            sock.sendall(answer(body_of(kol_id)))
            return
        sock.sendall("\r\n".join([f"HTTP/1.1 {status}", *headers, ""]).encode())
        with contextlib.suppress(OSError):
            while True:
                sock.sendall(piece)

    return behave


def whole(body: bytes, *headers: str) -> Callable[[RawServer, Any, str], None]:
    def behave(server: RawServer, sock: Any, kol_id: str) -> None:
        # A client that refuses the answer hangs up while it is sent.
        with contextlib.suppress(OSError):
            sock.sendall(answer(body, *headers) if kol_id == ID else answer(body_of(kol_id)))

    return behave


CHUNK = b"10000\r\n" + b" " * 65_536 + b"\r\n"
HUGE: dict[str, Callable[[], Callable[[RawServer, Any, str], None]]] = {
    "gzip bomb": lambda: whole(bomb(31, 100), "Content-Encoding: gzip"),
    "deflate bomb": lambda: whole(bomb(15, 100), "Content-Encoding: deflate"),
    "raw deflate bomb": lambda: whole(bomb(-15, 100), "Content-Encoding: deflate"),
    "gzip bomb of many members": lambda: whole(gzip.compress(b" " * MEGABYTE) * 300, "Content-Encoding: gzip"),
    "endless chunks": lambda: endless(CHUNK, "Transfer-Encoding: chunked", ""),
    "endless bytes": lambda: endless(b" " * 65_536, "Connection: close", ""),
    "5 GB": lambda: endless(b" " * 65_536, "Content-Length: 5000000000", ""),
    "endless tiny chunks": lambda: endless(b"1\r\n \r\n" * 1000, "Transfer-Encoding: chunked", ""),
    "endless trailers": lambda: endless(b"X: a\r\n" * 1000, "Transfer-Encoding: chunked", "", "0"),
    "endless trailer": lambda: endless(b"a" * 65_536, "Transfer-Encoding: chunked", "", "0"),
    "endless chunk size": lambda: endless(b"0" * 65_536, "Transfer-Encoding: chunked", ""),
}


SLOW = ("deflate bomb", "raw deflate bomb", "endless tiny chunks", "endless trailers")


@pytest.mark.one_in(2)
@pytest.mark.parametrize("case", [pytest.param(case, marks=pytest.mark.slow if case in SLOW else ()) for case in HUGE])
def test_promise_8d_a_body_without_bound_is_a_named_error(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    if case in ("endless tiny chunks", "endless trailers"):
        monkeypatch.setattr(connections, "_MOST_ON_THE_WIRE", MEGABYTE)
    server = serve(HUGE[case]())
    client = connect(server, timeout=(5, 100))
    tracemalloc.start()
    try:
        with pytest.raises(xf.TransportError, match="may have been charged") as caught:
            xf.fetch_profiles([ID], client=client)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 6 * bodies.MOST_BYTES
    ledger = client.ledger()
    assert ledger["billed"].tolist() == ["unknown"]
    if case not in ("endless chunk size", "endless trailer"):
        assert "larger than 16 MB" in str(caught.value)
        assert "larger than 16 MB" in ledger["error"].iloc[0]
    assert client.store.count()["answers"] == 0
    assert xf.fetch_profiles([OTHER], client=client)["nick_name"].tolist() == [OTHER]


def test_an_endless_head_is_a_named_error(serve: Serve, connect: Connect) -> None:
    client = connect(serve(endless(b"X-A: b\r\n")), timeout=(5, 100))
    with pytest.raises(xf.TransportError, match="may have been charged"):
        xf.fetch_profiles([ID], client=client)
    assert client.ledger()["billed"].tolist() == ["unknown"]


PACKED = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("X-GZip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "raw deflate": ("deflate", lambda body: zlib.compress(body, wbits=-15)),
    "identity": ("identity", bytes),
    "two members": ("gzip", lambda body: gzip.compress(body[:9]) + gzip.compress(body[9:])),
}


@pytest.mark.parametrize("case", PACKED)
def test_a_packed_answer_is_stored_unpacked(serve: Serve, connect: Connect, case: str) -> None:
    coding, pack = PACKED[case]

    def behave(server: RawServer, sock: Any, kol_id: str) -> None:
        sock.sendall(answer(pack(body_of("名" * 5000)), f"Content-Encoding: {coding}"))

    client = connect(serve(behave))
    assert xf.fetch_profiles([ID], client=client)["nick_name"].tolist() == ["名" * 5000]
    (stored,) = client.store.history("get_author_base_info")
    assert stored.body == body_of("名" * 5000)


JSON = body_of("unread")
KEPT = {
    "GBK": ('{"code": 0, "data": {"nick_name": "中文"}}'.encode("gb18030"), ()),
    "UTF-16": (JSON.decode().encode("utf-16"), ()),
    "packed and silent": (gzip.compress(JSON), ()),
    "cut": (JSON[:-5], ()),
    "html": (b"<html>maintenance</html>", ()),
    "html as 500": (b"<html>bad gateway</html>", ("status=500 Server Error",)),
    "no code": (b'{"message": "hello"}', ()),
    "list": (b"[1, 2]", ()),
    "deep": (b'{"code": 0, "data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", ()),
    "brackets": (b"[" * 100_000, ()),
    "other coding": (b"\x0b\x02\x80unknown\x03", ("Content-Encoding: br",)),
    "two codings": (gzip.compress(gzip.compress(JSON)), ("Content-Encoding: gzip, gzip",)),
    "not gzip": (JSON, ("Content-Encoding: br",)),
}


@pytest.mark.one_in(4)
@pytest.mark.parametrize("case", KEPT)
def test_promise_8d_what_cannot_be_read_is_kept_and_the_error_says_where(
    serve: Serve, connect: Connect, case: str
) -> None:
    body, headers = KEPT[case]
    status = next((h.removeprefix("status=") for h in headers if h.startswith("status=")), "200 OK")
    plain = [h for h in headers if not h.startswith("status=")]

    def behave(server: RawServer, sock: Any, kol_id: str) -> None:
        sock.sendall(answer(body, *plain, status=status) if kol_id == ID else answer(body_of(kol_id)))

    server = serve(behave)
    client = connect(server)
    with pytest.raises(xf.TransportError, match="kept for inspection") as caught:
        xf.fetch_profiles([ID], client=client)
    assert client.store.shown in str(caught.value)
    assert (caught.value.retryable, client.ledger()["billed"].tolist()) == (False, ["unknown"])
    with contextlib.closing(sqlite3.connect(client.store.shown)) as db:
        (row,) = db.execute("SELECT kol_id, served, http_status, body FROM answers").fetchall()
    assert row == (ID, 0, int(status.split()[0]), body)
    assert xf.fetch_profiles([OTHER], client=client)["nick_name"].tolist() == [OTHER]
    assert xf.history("profiles", client=client)["kol_id"].tolist() == [OTHER]
    with pytest.raises(xf.TransportError):
        xf.fetch_profiles([ID], client=client)
    assert server.asked == [ID, OTHER, ID]


def test_what_is_never_stored_is_not_kept_either(client: xf.Client, server: Loopback) -> None:
    server.answer = lambda seen: Reply(b'{"code": 0, "data": {"phone": "13800000000"')
    with pytest.raises(xf.TransportError) as caught:
        client.get("author_get_business_card_info", oAuthorId=ID)
    assert "kept" not in str(caught.value)
    assert client.store.count()["answers"] == 0


def test_in_memory_nothing_says_that_something_is_kept(make_client: MakeClient, server: Loopback) -> None:
    server.answer = lambda seen: Reply(b"<html>")
    with pytest.raises(xf.TransportError) as caught:
        xf.fetch_profiles([ID], client=make_client(cache=":memory:"))
    assert "kept" not in str(caught.value)


HALF = "half \ud83d a character"
ODD_FAILURES: dict[str, Reply] = {
    "half a character": Reply(json.dumps({"code": 999, "message": HALF}).encode()),
    "controls": fail(999, "\x1b]0;title\x07\r\n\x00\x9b"),
    "message as list": Reply(json.dumps({"code": 999, "message": [HALF, {HALF: 1}]}).encode()),
    "message as number": Reply(b'{"code": 999, "message": ' + b"9" * 400 + b"}"),
    "message of nothing": Reply(b'{"code": 999, "message": NaN}'),
    "long message": fail(999, "x" * 100_000),
    "code as list": Reply(json.dumps({"code": [HALF] * 1000, "message": "m"}).encode()),
    "code as object": Reply(json.dumps({"code": {HALF: HALF}}).encode()),
    "code of 400 digits": Reply(b'{"code": ' + b"9" * 400 + b"}"),
    "code of 5000 digits": Reply(b'{"code": ' + b"9" * 5000 + b"}"),
    "code of nothing": Reply(b'{"code": NaN}'),
    "code without end": Reply(b'{"code": -Infinity}'),
    "code twice": Reply(b'{"code": 0, "code": 999}'),
    "base_resp": Reply(
        json.dumps(
            {"code": 0, "data": {"base_resp": {"status_code": [HALF], "status_message": {HALF: "\x1b"}}}}
        ).encode()
    ),
    "base_resp of 400 digits": Reply(b'{"code": 0, "data": {"base_resp": {"status_code": ' + b"9" * 400 + b"}}}"),
    "deep message": Reply(b'{"code": 999, "message": ' + b"[" * 99 + b"]" * 99 + b"}"),
}


@pytest.mark.one_in(2)
@pytest.mark.parametrize("case", ODD_FAILURES)
def test_promise_8d_a_failure_is_text_that_every_file_holds(client: xf.Client, server: Loopback, case: str) -> None:
    server.script(ODD_FAILURES[case], kol_id=ID)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        frame = xf.fetch_profiles([ID, OTHER], client=client)
    assert frame["kol_id"].tolist() == [OTHER]
    (failure,) = frame.attrs["failures"]
    ledger = client.ledger()
    texts = [failure["error"], ledger["error"].dropna().iloc[0], *(str(warning.message) for warning in caught)]
    for text in texts:
        assert text.isprintable()
        assert text.encode("utf-8")
        assert len(text) <= MOST_SHOWN + 200
    file = io.BytesIO()
    pd.DataFrame(frame.attrs["failures"]).to_csv(file, encoding="utf-8")
    ledger.to_csv(file, encoding="utf-8")


def nested(depth: int, text: str = "") -> bytes:
    return b'{"code": 0, "data": ' + b"[" * (depth - 1) + json.dumps(text).encode() + b"]" * (depth - 1) + b"}"


def test_how_deep_an_answer_may_be_is_one_number_for_every_thread() -> None:
    assert judge(nested(MOST_NESTED)) == (None, True)
    assert judge(nested(MOST_NESTED + 1)).answered is False
    assert judge(nested(3, '[{\\"' * 1000)) == (None, True)
    assert judge(nested(3, "\\" + '"[[' * 1000)) == (None, True)
    assert judge(nested(MOST_NESTED + 1, '"]]]]')).answered is False


@pytest.mark.parametrize("text", ["", "a" * 500, "中" * 501, "a\nb\tc", "\x1b[0m", "\ud800", "\u202eabc"])
def test_shown_text_is_one_printable_line(text: str) -> None:
    found = shown(text)
    assert found.isprintable()
    assert len(found) <= MOST_SHOWN
    assert found == text or not text.isprintable() or len(text) > MOST_SHOWN


def test_promise_8d_a_body_of_countless_packed_members_is_given_up() -> None:
    members = gzip.compress(b"") * 100_000
    with pytest.raises(EncodingError, match="members"):
        read_into(bytearray(), [members], "gzip")
    assert unpacked(members) == members
    few = b"".join(gzip.compress(letter.encode()) for letter in "abc")
    assert unpacked(few) == b"abc"
