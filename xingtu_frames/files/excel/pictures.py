"""Pictures for a workbook: figures and PNG files as bytes that are the same each time, at the size of a page."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from ...errors import ParameterError, XingtuError, a_kind, must_be
from ..groups import whole_characters
from ..whole import read_whole
from .text import MAX_TEXT, excel_length

_NO_PNG = (SyntaxError, OSError, ValueError, IndexError)
"""What Pillow says of it."""
_DPI, _SCREEN_DPI = 150, 96.0
PRINTED = 75
"""Percent at which the sheet is printed; programs without Excel's font make columns, and pictures with them, wider."""
_PAGE_WIDTH, _PAGE_HEIGHT, _ROW_HEIGHT = 1020, 860, 20  # pixels on A4 landscape at that size, the title left out
_ALT_LENGTH = 250
_WITHOUT_CONTROL = str.maketrans("", "", "".join(map(chr, range(32))) + "\ufffe\uffff")


class Drawn(Protocol):
    """Axes, or a figure or a part of one."""

    @property
    def figure(self) -> object:
        """The figure that it belongs to."""


Source = Drawn | bytes | str | os.PathLike[str]
"""A picture: a figure, axes, or a PNG file as bytes or path."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its title, the PNG file, the scale that fits the page, and how many rows it covers."""

    title: str
    alt: str
    data: bytes
    scale: float
    rows: int


def pictures_of(pictures: Mapping[str, Source] | None) -> list[Picture]:
    """Return the pictures of a mapping title -> figure, axes, or PNG as bytes or path; the mapping may be None."""
    if pictures is None:
        return []
    if not isinstance(pictures, Mapping):
        raise must_be("pictures", 'a mapping of titles to figures, such as {"对比": figure}', a_kind(pictures))
    return [_picture(whole_characters(str(title)), picture) for title, picture in pictures.items()]


def _picture(title: str, source: Source) -> Picture:
    if excel_length(title) > MAX_TEXT:
        raise ParameterError(f"the title {title[:40]!r} is longer than {MAX_TEXT:,} characters; shorten it")
    data = _png(title, source)
    try:
        width, height = _size(data)
    except _NO_PNG:
        raise _refusal(title, "an incomplete PNG file") from None
    scale = min(1.0, _PAGE_WIDTH / width, _PAGE_HEIGHT / height)
    alt = title.translate(_WITHOUT_CONTROL)[:_ALT_LENGTH]
    return Picture(title, alt, data, scale, int(height * scale // _ROW_HEIGHT) + 1)


def _png(title: str, source: Source) -> bytes:
    if isinstance(source, bytes):
        return source
    if isinstance(source, str | os.PathLike):
        return read_whole(source)
    # Axes know their figure, and the part of a figure knows the whole one; so matplotlib is not imported here.
    figure: object = getattr(getattr(source, "figure", None), "figure", None)
    if not hasattr(figure, "savefig"):
        raise _refusal(title, a_kind(source))
    buffer = io.BytesIO()
    # The name and version of the program would make the bytes differ where the pixels do not.
    figure.savefig(buffer, format="png", dpi=_DPI, metadata={"Software": None})
    return buffer.getvalue()


def _refusal(title: str, got: str) -> XingtuError:
    return must_be(f"pictures[{title!r}]", "a Figure, Axes, or a PNG file as path or bytes", got)


def _size(data: bytes) -> tuple[float, float]:
    """Return width and height in pixels of the screen; the file's own resolution counts."""
    from PIL.PngImagePlugin import PngImageFile

    # Nothing is decoded, so Pillow's bound on pixels, which `Image.open` holds, is not asked for.
    with PngImageFile(io.BytesIO(data)) as image:
        (width, height), dots = image.size, image.info.get("dpi", (0, 0))
        image.verify()
    across, down = dots if all(dots) else (_SCREEN_DPI, _SCREEN_DPI)
    return width / across * _SCREEN_DPI, height / down * _SCREEN_DPI
