"""The token is on the wire once per request and nowhere else, whatever the server does with it."""

from __future__ import annotations

import base64
import contextlib
import gzip
import html
import json
import logging
import pickle
import re
import socket
import sqlite3
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

import pytest
from hypothesis import assume, given, strategies as st

import xingtu_frames as xf
from tests.loopback import Loopback, Reply, Seen, fail, ok
from xingtu_frames.client.token import Token
from xingtu_frames.store.store import Store

TOKENS = {
    "plain": "Zq8vT2pLx9Rw4Kd7",
    "reserved": 'a b+c/d=e&f%g"h<i>中文#?',
    "percent": "100%25%2Fsure",
    "regex": r"(.*)[a-z]+|d\w^$",
    "short": "Q7x",
}
MakeClient = Callable[..., xf.Client]


def _lower_escapes(text: str) -> str:
    return re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), text)


def _component(token: str) -> str:
    return quote(token, safe="!'()*")


def _go_json(token: str) -> str:
    return "".join(
        f"\\u{ord(char):04x}" if char in "<>&" else json.dumps(char, ensure_ascii=False)[1:-1] for char in token
    )


FORMS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "percent": lambda token: quote(token, safe=""),
    "percent lower": lambda token: _lower_escapes(quote(token, safe="")),
    "percent path": quote,
    "percent component": _component,
    "plus": quote_plus,
    "plus lower": lambda token: _lower_escapes(quote_plus(token)),
    "json": lambda token: json.dumps(token)[1:-1],
    "json text": lambda token: json.dumps(token, ensure_ascii=False)[1:-1],
    "json slash": lambda token: json.dumps(token)[1:-1].replace("/", "\\/"),
    "json go": _go_json,
    "html": html.escape,
    "html text": lambda token: html.escape(token, quote=False),
    "base64": lambda token: base64.b64encode(token.encode()).decode().rstrip("="),
    "base64 url": lambda token: base64.urlsafe_b64encode(token.encode()).decode().rstrip("="),
}


def forms(token: str) -> set[str]:
    """Return every text that gives the token away; a short one only as a parameter."""
    if len(token) < 8:
        return {f"token={token}"}
    return {spell(token) for spell in FORMS.values()}


def echo(token: str) -> str:
    """Return text that holds the token in every form."""
    spelled = [f"token={token}", f"?token={token}&a=1"] if len(token) < 8 else sorted(forms(token))
    return " | ".join(spelled)


PATHS: dict[str, Callable[[str, Seen], Reply]] = {
    "message": lambda token, seen: fail(404, echo(token)),
    "message of another code": lambda token, seen: fail(echo(token), echo(token)),
    "message retried": lambda token, seen: fail(301, echo(token), 500),
    "base_resp": lambda token, seen: ok({"base_resp": {"status_code": 9, "status_message": echo(token)}}),
    "base_resp code": lambda token, seen: ok({"base_resp": {"status_code": echo(token)}}),
    "data": lambda token, seen: ok({"nick_name": echo(token), "url": seen.target, echo(token): 1}),
    "raw bytes": lambda token, seen: Reply(echo(token).encode()),
    "request line": lambda token, seen: Reply(f"GET {seen.target} HTTP/1.1".encode(), 502),
    "request line as json": lambda token, seen: Reply(json.dumps({"path": seen.target}).encode(), 500),
    "header": lambda token, seen: fail(404, headers={"X-Echo": seen.target, "Set-Cookie": f"a={quote(token)}"}),
    "header of an answer": lambda token, seen: ok({}, headers={"X-Echo": seen.target, "Retry-After": seen.target}),
    "broken header": lambda token, seen: fail(404, headers={"X-Echo": f"a\r\nbroken {seen.target}"}),
    "other encoding": lambda token, seen: Reply(json.dumps({"code": 0, "data": echo(token)}).encode("utf-16")),
    "encoding header": lambda token, seen: ok({}, headers={"Content-Encoding": "gzip", "X-Echo": seen.target}),
    "packed": lambda token, seen: Reply(gzip.compress(echo(token).encode())),
    "wide": lambda token, seen: Reply(f"<html>{echo(token)}</html>".encode("utf-16-be")),
    "redirect": lambda token, seen: Reply(echo(token).encode(), 302, {"Location": f"http://127.0.0.1:9{seen.target}"}),
    "cut": lambda token, seen: ok({"echo": echo(token)}, fault="cut"),
    "reset": lambda token, seen: Reply(b"", fault="reset"),
    "drip": lambda token, seen: ok({"echo": echo(token)}, fault="drip"),
}


@pytest.fixture(params=TOKENS)
def token(request: pytest.FixtureRequest) -> str:
    return TOKENS[request.param]


class Witness:
    """Collects everything that anybody could read."""

    def __init__(self, folder: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
        self._folder, self._caplog, self._capfd = folder, caplog, capfd
        self.texts: list[str] = []

    def ask(self, client: xf.Client, ids: list[str]) -> None:
        """Fetch, and keep what comes back or is raised."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                frame = xf.fetch_profiles(ids, client=client)
                self.texts += [frame.to_csv(), repr(frame.attrs)]
            except Exception as error:  # noqa: BLE001 - whatever it is, it must not hold the token
                self.texts += list(self._of_error(error))
        self.texts += [str(warning.message) for warning in caught]

    def _of_error(self, error: BaseException) -> Iterator[str]:
        yield "".join(traceback.format_exception(error))
        yield pickle.dumps(error).decode("utf-8", "replace")
        chain: BaseException | None = error
        while chain is not None:
            yield f"{chain} {chain!r} {chain.args} {vars(chain)}"
            chain = chain.__cause__ or chain.__context__

    def everything(self, client: xf.Client) -> str:
        """Return all of it as one text."""
        self.texts += [repr(client), client.ledger().to_csv(), repr(vars(client.store))]
        self.texts += [f"{record.getMessage()} {record.__dict__}" for record in self._caplog.records]
        self.texts += list(self._capfd.readouterr())
        for file in self._folder.iterdir():
            self.texts.append(file.read_bytes().decode("utf-8", "surrogateescape"))
        with contextlib.closing(sqlite3.connect(self._folder / "answers.sqlite")) as db:
            for (body,) in db.execute("SELECT body FROM answers"):
                self.texts += _readings(body)
        return "\n".join(self.texts)


def _readings(body: bytes) -> list[str]:
    """Return what anybody makes of a stored body, one kept for inspection too."""
    texts = [body.decode(codec, "replace") for codec in ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030")]
    with contextlib.suppress(OSError, EOFError):
        texts.append(gzip.decompress(body).decode("utf-8", "replace"))
    with contextlib.suppress(ValueError):
        texts.append(str(json.loads(body)))
    return texts


@pytest.fixture
def witness(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Witness:
    caplog.set_level(1)
    for name in list(logging.root.manager.loggerDict):
        monkeypatch.setattr(logging.getLogger(name), "level", 1)
    monkeypatch.setattr("http.client.HTTPConnection.debuglevel", 1)
    monkeypatch.setattr("xingtu_frames.client.batch._backoff", lambda state: 0.0)
    return Witness(tmp_path, caplog, capfd)


def leaks(token: str, text: str) -> list[str]:
    return [form for form in forms(token) if form in text]


@pytest.mark.one_in(5)
@pytest.mark.each_once
@pytest.mark.parametrize("path", PATHS)
def test_whatever_the_server_does_the_token_is_nowhere(
    make_client: MakeClient, server: Loopback, witness: Witness, token: str, path: str
) -> None:
    server.answer = lambda seen: ok({}) if seen.kol_id == "2" else PATHS[path](token, seen)
    client = make_client(token=token, retries=1, timeout=(1, 0.3))
    witness.ask(client, ["1", "2"])
    witness.ask(client, ["1"])
    text = witness.everything(client)
    assert "get_author_base_info" in text
    assert leaks(token, text) == []
    for seen in server.seen:
        assert parse_qsl(urlsplit(seen.target).query)[0] == ("token", token)
        assert seen.target.count(quote(token, safe="")) == 1
        assert not leaks(token, str(seen.headers))


def test_an_unreachable_server_shows_no_token(make_client: MakeClient, witness: Witness, token: str) -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    client = make_client(token=token, base_url=url, retries=1)
    witness.ask(client, ["1", "2"])
    text = witness.everything(client)
    assert "refused" in text
    assert leaks(token, text) == []


def test_a_rescued_answer_holds_no_token(
    make_client: MakeClient, server: Loopback, witness: Witness, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise xf.CacheError("disk full")

    server.answer = lambda seen: PATHS["data"](token, seen)
    monkeypatch.setattr(Store, "close_request", broken)
    client = make_client(token=token)
    witness.ask(client, ["1"])
    text = witness.everything(client)
    assert "xingtu-rescued-" in text
    assert leaks(token, text) == []


@pytest.mark.one_in(4)
@pytest.mark.each_once
@pytest.mark.parametrize("token", [token for token in TOKENS.values() if len(token) >= 8])
@pytest.mark.parametrize("spell", FORMS)
def test_every_form_is_redacted_from_a_stored_body(
    make_client: MakeClient, server: Loopback, token: str, spell: str
) -> None:
    form = FORMS[spell](token)
    inside = form if spell.startswith("json") else json.dumps(form, ensure_ascii=False)[1:-1]
    server.answer = lambda seen: Reply(f'{{"code":0,"data":{{"nick_name":"<{inside}>"}}}}'.encode())
    client = make_client(token=token)
    (name,) = xf.fetch_profiles(["1"], client=client)["nick_name"]
    assert name == "<***>"


def test_a_short_token_is_redacted_only_as_a_parameter(make_client: MakeClient, server: Loopback) -> None:
    body = '{"code":0,"data":{"nick_name":"Q7x token=Q7xy","url":"/a?token=Q7x&b=1"}}'
    server.answer = lambda seen: Reply(body.encode())
    client = make_client(token="Q7x")
    assert xf.fetch_profiles(["1"], client=client)["nick_name"].tolist() == ["Q7x token=Q7xy"]
    assert client.get("get_author_base_info", oAuthorId="1")["url"] == "/a?token=***&b=1"


def test_a_form_too_short_to_tell_is_left_alone() -> None:
    assert Token("%41%42%43").redact("ABC") == "ABC"


def test_a_token_shows_nothing_of_itself(token: str) -> None:
    secret = Token(token)
    assert token not in repr(secret) + str(secret) + pickle.dumps(secret).decode("latin-1") + f"{secret}"
    assert parse_qsl(secret.query()) == [("token", token)]


_tokens = st.text(st.characters(exclude_characters="*", exclude_categories=("C", "Z")), min_size=8, max_size=40)


@given(value=_tokens, spell=st.sampled_from(sorted(FORMS)), around=st.tuples(st.text(), st.text()))
def test_redacting_leaves_no_form(value: str, spell: str, around: tuple[str, str]) -> None:
    redacted = Token(value).redact(around[0] + FORMS[spell](value) + around[1])
    assert leaks(value, redacted) == []


@given(value=_tokens, body=st.binary())
def test_a_body_without_the_token_keeps_its_bytes(value: str, body: bytes) -> None:
    assume(not leaks(value, body.decode("utf-8", "surrogateescape")))
    assert Token(value).redact_bytes(body) == body
