"""The token: known to what signs a request alone, and redacted wherever a server echoes it."""

from __future__ import annotations

import base64
import html
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_plus

from ..errors import ConfigError
from .escapes import Traced, plain, roughly_plain
from .settings import TOKEN_VARIABLE

REDACTED = "***"
_LONG_ENOUGH = 8
_WINDOW = 80
_WIDE = (("utf-16-le", 2), ("utf-16-be", 2), ("utf-32-le", 4), ("utf-32-be", 4))

_WORD = r"(?:[^\W\d_]{1,24}[0-9]{0,3}|[0-9]{1,20}[^\W\d_]?)"
_ORDINARY = re.compile(rf"{_WORD}(?:[_\-. ]{_WORD})*")
_BEFORE = re.compile(
    rb"(?:token|authorization|api[-_]?key|secret|password)[\"'\s]{0,4}[:=][\"'\s]{0,4}(?:(?:bearer|token)\s{1,4})?\Z",
    re.IGNORECASE,
)
_AFTER = frozenset(b"&\"'<>#,;)]}|\\ \t\r\n")
Span = tuple[int, int]


@dataclass(frozen=True, slots=True, repr=False)
class _Needle:
    """A form of the token with its escapes undone, and how long it is at least where it stands."""

    text: bytes
    least: int
    any_case: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class _Forms:
    """Everything that gives a token away: forms as they stand, forms with their escapes undone, those of base64."""

    literal: list[bytes]
    undone: list[_Needle]
    base64: list[_Needle]


class Token:
    """The secret of one client, wrapped as it came. Printing or pickling it shows nothing.

    A token whose words could be text of an answer (digits, a field's name: ``12345678``, ``play_mid``, ``SHORT_VIDEO``)
    is redacted from a good answer only where it stands as a parameter or under a key that names a secret.
    """

    __slots__ = ("_known", "_value")

    def __init__(self, value: Any) -> None:
        self._value = value
        self._known: _Forms | None = None

    def checked(self) -> Token | None:
        """Return the token given, else that of the environment, else None.

        Raises
        ------
        ConfigError
            It is not printable text.
        """
        found = Token(os.environ.get(TOKEN_VARIABLE, "")) if self._value is None else self
        if not found._printable():
            raise ConfigError("the token must be printable text; copy it again from the Just One API dashboard")
        return Token(found._value.strip()) if found._value.strip() else None

    def _printable(self) -> bool:
        return isinstance(self._value, str) and self._value.strip().isprintable()

    def query(self) -> str:
        """Return the token as the first parameter of a query string."""
        return f"token={quote(self._value, safe='')}"

    def send(self, sendall: Callable[[bytes], object], head: bytes) -> Exception | None:
        """Hand a request to a socket, the token added to its first line; return what went wrong.

        Nothing else sees the signed bytes: an error is stripped of the frames that held them.
        """
        method, _, rest = head.partition(b" ")
        target, _, rest = rest.partition(b" ")
        path, _, query = target.partition(b"?")
        try:
            sendall(b"%b %b?%b%b %b" % (method, path, self.query().encode(), query and b"&" + query, rest))
        except Exception as error:  # noqa: BLE001 - it is returned
            return error.with_traceback(None)
        return None

    def redact(self, text: str) -> str:
        """Return the text with the token redacted, literally and in its encoded forms."""
        whole = text.encode("utf-8", "surrogatepass")
        redacted = self.redact_bytes(whole)
        return text if redacted is whole else redacted.decode("utf-8", "surrogatepass")

    def redact_bytes(self, body: bytes) -> bytes:
        """Return the body with the token redacted; the very same bytes where it is not in it."""
        if len(self._value) < _LONG_ENOUGH:
            return _redacted(body, self._parameters(body))
        forms = self._forms()
        literal = [span for form in forms.literal for span in _places(body, form)]
        return _redacted(body, [*literal, *self._encoded(body, forms.undone + forms.base64)])

    def redact_answer(self, body: bytes) -> bytes:
        """Return a good answer with the token redacted, and nothing that is text of the answer."""
        if _ORDINARY.fullmatch(self._value) is None:
            return self.redact_bytes(body)
        encoded = self._forms().base64 if len(self._value) >= _LONG_ENOUGH else []
        return _redacted(body, [*self._parameters(body), *self._encoded(body, encoded)])

    def redact_unreadable(self, body: bytes) -> bytes:
        """Return a body that cannot be read with the token redacted, in wide characters and cut in the middle too."""
        body = self._without_cut_token(self.redact_bytes(body))
        for codec, width in _WIDE if b"\0" in body else ():
            whole = len(body) - len(body) % width
            text = body[:whole].decode(codec, "surrogatepass" if width == 2 else "replace")
            if self.redact(text) != text:
                body = self.redact(text).encode(codec, "surrogatepass") + body[whole:]
        return body

    def _without_cut_token(self, body: bytes) -> bytes:
        """Return a body that does not end in most of a token: where it was cut, little may be missing."""
        for form in self._forms().literal if len(self._value) >= _LONG_ENOUGH else ():
            for length in range(len(form) - 1, _LONG_ENOUGH - 1, -1):
                if body.endswith(form[:length]):
                    return body[:-length] + REDACTED.encode()
        return body

    def _forms(self) -> _Forms:
        if self._known is None:
            self._known = _forms(self._value)
        return self._known

    def _encoded(self, text: bytes, needles: Iterable[_Needle]) -> Iterator[Span]:
        """Find forms in a text with its escapes undone; nothing is traced where a first look finds none."""
        seen = self._glanced(text)
        lowered = seen.lower()
        present = [needle for needle in needles if needle.text in (lowered if needle.any_case else seen)]
        if not present:
            return
        traced = Traced(text)
        lowered = traced.text.lower()
        for needle in present:
            for start, end in _places(lowered if needle.any_case else traced.text, needle.text):
                span = traced.origin(start, end)
                if span[1] - span[0] >= needle.least:
                    yield span

    def _parameters(self, text: bytes) -> Iterator[Span]:
        """Find the token where it stands as a parameter, or under a key that names a secret."""
        needle = plain(_utf8(self._value))
        if not needle or needle not in self._glanced(text):
            return
        traced = Traced(text)
        undone = traced.text
        for start, end in _places(undone, needle):
            if _BEFORE.search(undone[max(0, start - _WINDOW) : start]) is None:
                continue
            span = traced.origin(start, end)
            if end == len(undone) or undone[end] in _AFTER or text[span[1] : span[1] + 1] == b"\\":
                yield span

    def _glanced(self, text: bytes) -> bytes:
        return roughly_plain(text) if self._value.isascii() else plain(text)

    def __repr__(self) -> str:
        return f"Token({REDACTED})"

    def __reduce__(self) -> tuple[type[Token], tuple[str]]:
        return Token, (REDACTED,)


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _forms(value: str) -> _Forms:
    """Return every form of a token.

    The literal ones are there because half an escape may stand before one, and would swallow its beginning.
    """
    whole = _utf8(value)
    undone = [_Needle(plain(form), len(whole)) for form in {whole, whole.replace(b" ", b"+")}]
    hexadecimal = whole.hex().encode()
    packed = _base64_forms(whole)
    return _Forms(
        sorted({*map(_utf8, _spellings(value)), *packed, hexadecimal, hexadecimal.upper()}),
        [*(form for form in undone if form.text), _Needle(hexadecimal, len(hexadecimal), any_case=True)],
        [_Needle(form, len(form)) for form in packed],
    )


def _spellings(value: str) -> set[str]:
    """Return the token as it comes out of the usual encoders."""
    percent = {quote(value, safe=safe) for safe in ("", "/", "!'()*")} | {quote_plus(value)}
    lower = {re.sub("%..", lambda match: match[0].lower(), form) for form in percent}
    texts = {json.dumps(value, ensure_ascii=escaped)[1:-1] for escaped in (True, False)}
    slashed = {form.replace("/", "\\/") for form in texts}
    pages = {html.escape(value, quote=quotes) for quotes in (True, False)}
    return {value, *percent, *lower, *texts, *slashed, *pages}


def _base64_forms(value: bytes) -> set[bytes]:
    """Return what stands for the value in base64, at the end of a text and inside one.

    Three bytes share four letters, so it depends on the number of bytes before it, modulo three.
    """
    forms = set()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for before in range(3):
            form = encode(bytes(before) + value).rstrip(b"=")[(0, 2, 3)[before] :]
            forms |= {form} if (before + len(value)) % 3 == 0 else {form, form[:-1]}
    return forms


def _places(text: bytes, form: bytes) -> Iterator[Span]:
    start = text.find(form)
    while start >= 0:
        yield start, start + len(form)
        start = text.find(form, start + 1)


def _redacted(text: bytes, spans: Iterable[Span]) -> bytes:
    """Return the text without those pieces; the very same object where there are none."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    if not merged:
        return text
    kept, after = bytearray(), 0
    for start, end in merged:
        kept += text[after:start] + REDACTED.encode()
        after = end
    return bytes(kept + text[after:])
