"""The token: known to the transport alone, and struck out wherever a server echoes it."""

from __future__ import annotations

import base64
import html
import json
import re
from urllib.parse import quote, quote_plus, unquote

STRUCK = "***"
_LONG_ENOUGH = 8


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
    """Return patterns of the token's forms, longest first so that no form leaves a rest of a longer one."""
    forms = {
        value,
        quote(value, safe=""),
        quote(value),
        quote_plus(value),
        unquote(value),
        html.escape(value),
        json.dumps(value)[1:-1],
        json.dumps(value)[1:-1].replace("/", "\\/"),
        json.dumps(value, ensure_ascii=False)[1:-1],
        base64.b64encode(value.encode()).decode().rstrip("="),
        base64.urlsafe_b64encode(value.encode()).decode().rstrip("="),
    }
    ordered = sorted((form for form in forms if form), key=len, reverse=True)
    if len(value) >= _LONG_ENOUGH:
        # Percent escapes may be written in either case.
        return [re.sub(r"%[0-9A-Fa-f]{2}", lambda found: f"(?i:{found[0]})", re.escape(form)) for form in ordered]
    return [rf"(?<=token=){re.escape(form)}(?![^&\s\"'<>#])" for form in ordered]
