"""How much room a text takes, by estimate: whoever opens the file has fonts of their own."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from wcwidth import wcwidth

from ...files.excel.text import ILLEGAL
from ...files.groups import whole_characters
from ...wording.figures import clipped, without_towers

LINE = 1.32
"""Height of a line in sizes of its font."""
# More than letters take in most fonts, so that what fits by this estimate fits in fact.
_THIN, _NARROW, _CAPITAL, _WIDE, _BOLD = 0.36, 0.6, 0.72, 1.0, 1.06
_THIN_LETTERS = frozenset("ijlrtf.,:;'|!()[] ")
_SEAM = 0.25
"""What programs leave free between Chinese and other letters."""
_CONTROLS = re.compile(f"[{ILLEGAL}\x7f-\x9f]")
_PIECE = re.compile(r"[^\S\n]+|[!-~\u00a1-\u024f]+|.", re.DOTALL)
_LONGEST = 2_000


def clean(text: object) -> str:
    """Return text as a slide can hold it: one line, no controls, no marks that turn or cover what stands around."""
    read = whole_characters(unicodedata.normalize("NFC", without_towers(str(text)[:_LONGEST])))
    kept = "".join(char for char in _CONTROLS.sub(" ", read) if unicodedata.category(char) != "Cf" or char == "\u200d")
    return " ".join(kept.split())


def inches(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of one line of text."""
    seams = sum(_is_wide(before) != _is_wide(after) for before, after in pairwise(text))
    return (sum(map(_em, text)) + seams * _SEAM) * size / 72 * (_BOLD if bold else 1.0)


def _is_wide(char: str) -> bool:
    return wcwidth(char) > 1


def _em(char: str) -> float:
    cells = wcwidth(char)
    if cells != 1:
        return _WIDE if cells > 1 else 0.0
    if char in _THIN_LETTERS:
        return _THIN
    return _CAPITAL if char.isupper() or char in "%@&mw" else _NARROW


def lines(text: str, across: float, size: float, *, bold: bool = False) -> int:
    """Return how many lines a text takes in this width: Chinese breaks anywhere, other words at blanks."""
    return sum(_lines(line, across, size, bold=bold) for line in text.split("\n"))


def _lines(text: str, across: float, size: float, *, bold: bool) -> int:
    count, used = 1, 0.0
    for piece in _PIECE.findall(text):
        long = inches(piece, size, bold=bold)
        if used + long <= across:
            used += long
        elif piece.isspace():
            used = across
        else:
            # A word that is longer than a line is broken within.
            count += (1 if used else 0) + int(long // across)
            used = long % across
    return count


def fitting(text: str, across: float, size: float, *, bold: bool = False, most: int = 1) -> str:
    """Return the text, cut with ``…`` where it takes more than so many lines."""
    text = clipped(text, _LONGEST // 8)
    if lines(text, across, size, bold=bold) <= most:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        fits = lines(text[:middle].rstrip() + "…", across, size, bold=bold) <= most
        low, high = (middle, high) if fits else (low, middle - 1)
    return text[:low].rstrip(" \u200d，。；、") + "…"
