"""The token: known to the transport alone, and struck out wherever a server echoes it."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from html.entities import codepoint2name
from urllib.parse import quote

STRUCK = "***"
_LONG_ENOUGH = 8
_BASE64 = (base64.b64encode, base64.urlsafe_b64encode)


class Token:
    """The secret of one client. Printing or pickling it shows nothing."""

    __slots__ = ("_patterns", "_value")

    def __init__(self, value: str) -> None:
        self._value = value
        self._patterns = [re.compile(pattern) for pattern in _patterns(value)]

    def query(self) -> str:
        """Return the token as the first parameter of a query string."""
        return f"token={quote(self._value, safe='')}"

    def strike(self, text: str) -> str:
        """Return the text with the token struck out, literally and in its encoded forms."""
        for pattern in self._patterns:
            text = pattern.sub(STRUCK, text)
        return text

    def strike_bytes(self, body: bytes) -> bytes:
        """Return the body with the token struck out; the very same bytes where it is not in it."""
        text = body.decode("utf-8", "surrogateescape")
        struck = self.strike(text)
        return body if struck == text else struck.encode("utf-8", "surrogateescape")

    def __repr__(self) -> str:
        return f"Token({STRUCK})"

    def __reduce__(self) -> tuple[type[Token], tuple[str]]:
        return Token, (STRUCK,)


def _patterns(value: str) -> list[str]:
    """Return patterns that match the token however it was encoded, each character by itself."""
    spelled = "".join(map(_spelled, value))
    if len(value) < _LONG_ENOUGH:
        return [rf"(?<=token=){spelled}(?![^&\s\"'<>#])"]
    whole = value.encode()
    encoded = {form for encode in _BASE64 for before in range(3) for form in _base64(encode, whole, before)}
    forms = ["".join(map(_spelled, form)) for form in sorted(encoded, key=len, reverse=True)]
    return [spelled, *forms, f"(?i:{whole.hex()})"]


def _base64(encode: Callable[[bytes], bytes], value: bytes, before: int) -> list[str]:
    """Return what stands for the value in base64, at the end of a text and inside one.

    ``before`` is the number of bytes before it, modulo three: three bytes share four letters.
    """
    form = encode(bytes(before) + value).decode().rstrip("=")[(0, 2, 3)[before] :]
    return [form] if (before + len(value)) % 3 == 0 else [form, form[:-1]]


def _spelled(character: str) -> str:
    """Return a pattern of one character: plain, percent-encoded, escaped for JSON, or as an HTML entity."""
    octets = "".join(f"%(?:25)*{octet:02x}" for octet in character.encode("utf-8", "surrogatepass"))
    units = re.findall("....", character.encode("utf-16-be", "surrogatepass").hex())
    forms = [
        rf"\\*{re.escape(character)}",
        f"(?i:{octets})",
        "(?i:" + "".join(rf"\\+u{unit}" for unit in units) + ")",
        f"&#0*{ord(character)};",
        f"(?i:&#x0*{ord(character):x};)",
    ]
    if ord(character) in codepoint2name:
        forms.append(f"&{codepoint2name[ord(character)]};")
    if character == " ":
        forms.append(r"\+")
    return f"(?:{'|'.join(forms)})"
