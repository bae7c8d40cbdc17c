"""The body of an answer, read whole and never larger than a stated size, whatever a server sends."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Protocol

MOST_MEGABYTES = 16
MOST_BYTES = MOST_MEGABYTES * 1024 * 1024
"""Size at which an answer is given up, as it comes and unpacked. Real ones have a few hundred thousand bytes."""

ENCODINGS = "gzip, deflate"
"""What is asked for. Others may unpack a few bytes to gigabytes in one step."""

_GZIP, _ZLIB, _RAW = 31, 15, -15
_MOST_LAYERS = 3
_MOST_MEMBERS = 1000


class TooLargeError(Exception):
    """An answer is larger than any real one."""

    def __init__(self) -> None:
        super().__init__(f"it is larger than {MOST_MEGABYTES} MB")


class EncodingError(Exception):
    """An answer is packed in a way that was not asked for, or not as it says."""


class Unpacker(Protocol):
    """Turns the bytes of the wire into those of the body, piece by piece."""

    def feed(self, piece: bytes, into: bytearray) -> None:
        """Unpack one piece."""

    def finish(self) -> None:
        """Refuse an end that comes too early."""


class _Plain:
    def feed(self, piece: bytes, into: bytearray) -> None:
        if len(into) + len(piece) > MOST_BYTES:
            raise TooLargeError
        into += piece

    def finish(self) -> None:
        pass


class _Packed:
    """gzip (several members too) or deflate, with a zlib header or, as some servers have it, without."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._members = 1
        self._stream = zlib.decompressobj(window) if window == _GZIP else None

    def feed(self, piece: bytes, into: bytearray) -> None:
        while piece:
            if self._stream is None:
                self._stream = zlib.decompressobj(_ZLIB if piece[0] & 0x0F == 8 else _RAW)
            elif self._stream.eof:
                # Each copies what is left: countless empty ones would take minutes.
                self._members += 1
                if self._members > _MOST_MEMBERS:
                    raise EncodingError(f"it is packed in more than {_MOST_MEMBERS} members")
                self._stream = zlib.decompressobj(self._window)
            try:
                into += self._stream.decompress(piece, MOST_BYTES - len(into) + 1)
            except zlib.error as error:
                raise EncodingError(f"it is not compressed as its header says ({error})") from None
            if len(into) > MOST_BYTES:
                raise TooLargeError
            piece = self._stream.unconsumed_tail or self._stream.unused_data

    def finish(self) -> None:
        if self._stream is not None and not self._stream.eof:
            raise EncodingError("its packed form ends too early")


def unpacker(encoding: str) -> Unpacker:
    """Return what unpacks a ``Content-Encoding``.

    Raises
    ------
    EncodingError
        It was not asked for.
    """
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return _Plain()
    if name in ("gzip", "x-gzip"):
        return _Packed(_GZIP)
    if name == "deflate":
        return _Packed(_ZLIB)
    raise EncodingError("its encoding was not asked for")


def read_into(body: bytearray, pieces: Iterable[bytes], encoding: str) -> None:
    """Read the pieces of a body; what came is there even if the rest does not come.

    Raises
    ------
    TooLargeError, EncodingError
        The body cannot be had.
    """
    try:
        unpack = unpacker(encoding)
    except EncodingError:
        plain = _Plain()
        for piece in pieces:
            plain.feed(piece, body)
        raise
    for piece in pieces:
        unpack.feed(piece, body)
    unpack.finish()


def unpacked(body: bytes) -> bytes:
    """Return what is in a body that is packed without saying so; other bodies as they are."""
    for _ in range(_MOST_LAYERS):
        if not body.startswith(b"\x1f\x8b"):
            break
        inner = bytearray()
        try:
            _Packed(_GZIP).feed(body, inner)
        except (EncodingError, TooLargeError):
            break
        body = bytes(inner)
    return body
