"""What bytes say once their escapes are undone, and where each piece of that stands: linear on any input.

JSON escapes, percent encoding (repeated too) and HTML entities are undone one after the other. Backslashes are dropped:
how many there are only says how often a text was quoted.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from html.entities import html5

_Decode = Callable[["re.Match[bytes]"], bytes]

_JSON = re.compile(rb"\\++(?:u(?:([dD][89abAB][0-9a-fA-F]{2})\\++u([dD][c-fC-F][0-9a-fA-F]{2})|([0-9a-fA-F]{4})))?")
_ASCII_JSON = re.compile(rb"\\++u00([0-7][0-9a-fA-F])")
_PERCENT = re.compile(rb"%(?:25)*([0-9a-fA-F]{2})")
_ENTITY = re.compile(rb"&(?:amp;)*(?:#0*+([0-9]{1,7});|#[xX]0*+([0-9a-fA-F]{1,6});|([A-Za-z][A-Za-z0-9]{1,31};))")
_LAST = 0x10FFFF


def _of_json(match: re.Match[bytes]) -> bytes:
    high, low, unit = match.groups()
    if high:
        return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00).encode()
    return _character(int(unit, 16)) if unit else b""


def _of_octet(match: re.Match[bytes]) -> bytes:
    return bytes((int(match[1], 16),))


def _of_entity(match: re.Match[bytes]) -> bytes:
    decimal, hexadecimal, name = match.groups()
    if name:
        return html5.get(name.decode(), "").encode() or match[0]
    number = int(decimal) if decimal else int(hexadecimal, 16)
    return _character(number) if number <= _LAST else match[0]


def _character(number: int) -> bytes:
    return chr(number).encode("utf-8", "surrogatepass")


_STEPS: tuple[tuple[bytes, re.Pattern[bytes], _Decode], ...] = (
    (b"\\", _JSON, _of_json),
    (b"%", _PERCENT, _of_octet),
    (b"&", _ENTITY, _of_entity),
    (b"\\", _JSON, _of_json),
)
"""The byte that each kind of escape begins with, how it looks, and what it stands for."""


def plain(text: bytes) -> bytes:
    """Return the text with its escapes undone."""
    for mark, pattern, decode in _STEPS:
        if mark in text:
            text = pattern.sub(decode, text)
    return text


def roughly_plain(text: bytes) -> bytes:
    """Return what `plain` does as far as ASCII goes, several times as fast; other escapes become any letters."""
    text = _ascii_json(text)
    for mark, pattern, decode in _STEPS[1:3]:
        if mark in text:
            text = pattern.sub(decode, text)
    return _ascii_json(text)


def _ascii_json(text: bytes) -> bytes:
    if b"\\" not in text:
        return text
    if b"u00" in text:
        text = _ASCII_JSON.sub(_of_octet, text)
    return text.replace(b"\\", b"")


class Traced:
    """A text with its escapes undone that knows where each piece of it came from.

    Attributes
    ----------
    text
        What `plain` returns.
    """

    def __init__(self, text: bytes) -> None:
        self.text = text
        self._moves: list[_Move] = []
        for mark, pattern, decode in _STEPS:
            if mark in self.text:
                move = _Move(self.text, pattern, decode)
                self._moves.append(move)
                self.text = move.text

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return where in the original the piece from ``start`` to ``end`` stands, escapes included whole."""
        for move in reversed(self._moves):
            start, end = move.origin(start, end)
        return start, end


class _Move:
    """One kind of escape undone.

    Two marks for each escape, in the new text and in the old: where it begins, and where plain text goes on.
    """

    def __init__(self, text: bytes, pattern: re.Pattern[bytes], decode: _Decode) -> None:
        self._new, self._old = array("Q"), array("Q")
        undone, after = bytearray(), 0
        for found in pattern.finditer(text):
            start, end = found.span()
            undone += text[after:start]
            self._mark(len(undone), start)
            undone += decode(found)
            self._mark(len(undone), end)
            after = end
        self.text = bytes(undone + text[after:])

    def _mark(self, new: int, old: int) -> None:
        self._new.append(new)
        self._old.append(old)

    def origin(self, start: int, end: int) -> tuple[int, int]:
        # To the left, dropped backslashes belong to what they stand before.
        first = bisect_left(self._new, start)
        if first == len(self._new) or self._new[first] != start:
            first -= 1
        last = bisect_right(self._new, end - 1) - 1
        return self._old_place(first, start), self._old_place(last, end - 1, after=True)

    def _old_place(self, mark: int, place: int, *, after: bool = False) -> int:
        if mark < 0:
            return place + after
        if mark % 2:
            return self._old[mark] + place - self._new[mark] + after
        return self._old[mark + after]
