"""Text for a terminal: whatever a name, a file or a server holds, nothing in it moves, hides or recolours anything.

Process-wide: `spelled` adds an error handler to Python's codecs, which no one else uses.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping, Sequence

from tabulate import tabulate

from .figures import NAME_CELLS, clipped, shortened, without_towers

# Escapes of both kinds, marks that turn the direction of writing, breaks of lines, tags that are invisible.
_CONTROL = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u180e\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_PICTURES, _DELETE = 0x2400, 0x7F
_STAND_INS = {
    "¥": ("￥", "CNY "),
    "￥": ("¥", "CNY "),
    "≤": ("<=",),
    "≥": (">=",),
    "…": ("...",),
    "→": ("->",),
    **dict.fromkeys("—–−─", ("-",)),
    **dict.fromkeys("“”", ('"',)),
    **dict.fromkeys("‘’", ("'",)),
    "×": ("x",),
    "÷": ("/",),
}
"""What is written for a sign that a terminal lacks: the first that it has."""


def marked(text: str) -> str:
    """Return text with a visible mark in place of each control; only line feeds stay."""
    return _CONTROL.sub(_mark, text)


def _mark(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < ord(" "):
        return chr(_PICTURES + code)
    return "␡" if code == _DELETE else f"<U+{code:04X}>"


def spelled(encoding: str) -> str:
    """Return the error handler for streams of that encoding: a sign that it lacks becomes a similar one or its number.

    GBK has ￥ but not ¥; a question mark would say neither that it is money nor that something is missing.
    """

    def handle(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeEncodeError):
            raise error
        lacking = error.object[error.start : error.end]
        return "".join(_stand_in(sign, encoding) for sign in lacking), error.end

    name = f"xingtu_frames.{encoding}"
    codecs.register_error(name, handle)
    return name


def _stand_in(sign: str, encoding: str) -> str:
    number = sign.encode("ascii", "backslashreplace").decode()
    return next((text for text in _STAND_INS.get(sign, ()) if _has(encoding, text)), number)


def _has(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def one_line(text: object) -> str:
    """Return text on one line, its controls marked."""
    return marked(" ".join(str(text).split()))


def label(name: object, limit: int = NAME_CELLS) -> str:
    """Return a name for one line, cut to so many cells."""
    text = str(name)
    read = clipped(text, limit)
    return shortened(one_line(without_towers(read)) + "…" * (len(read) < len(text)), limit)


def grid(columns: Mapping[str, Sequence[object]], align: Sequence[str] | None = None, *, lines: bool = False) -> str:
    """Return columns as a table, as wide as what is shown. Headers may have lines, cells with ``lines``."""
    show = marked if lines else one_line
    shown = {marked(str(head)): [show(str(cell)) for cell in cells] for head, cells in columns.items()}
    # Tabulate before 0.10 fails on the alignment of a table without rows.
    sides = align if any(shown.values()) else None
    return tabulate(shown, headers="keys", tablefmt="simple", disable_numparse=True, colalign=sides)
