"""Ids that a spreadsheet has rounded: how they look, when they are refused, and what is said of them.

A spreadsheet keeps 15 digits of a number and writes zeros for the others; a float keeps about 16. An id that was
rounded is the id of another creator, who would be charged. One real id in some thousands looks as if it were, so that a
few of many are taken as they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

EXACT_INTEGER = 10**15
"""Excel keeps 15 digits of a number and writes zeros for the others, so integers from here on are text in files."""

ROUNDED = "Excel keeps 15 digits; format the column as text and paste the ids again"
"""What is said of one cell that holds a number with too many digits."""

LOST = (
    "a float keeps about 16 digits, so the id's last digits are already lost; read ids as text (dtype=str), and where "
    "the spreadsheet itself shows them rounded, paste them again into a column formatted as text"
)
"""What is said of a float."""

_TOGETHER = (
    "only zeros behind 15 digits, or what a float makes of them, as in others of these ids: a spreadsheet rounded "
    "them, and other creators would be charged; paste the ids again into a column formatted as text"
)
_LONG = 19
_SCIENTIFIC = re.compile(r"[0-9]+(\.[0-9]*)?[eE]\+?[0-9]+|[0-9]+\.[0-9]*")
_DIGITS = 15
_SUSPICIOUS = 0.01
"""Ids that look rounded are refused where they are more than this share, and more than one."""


def is_scientific(text: str) -> bool:
    """Return whether text is a number as a spreadsheet shows a long one, or with decimals."""
    return _SCIENTIFIC.fullmatch(text) is not None


def rounded(ids: Sequence[str]) -> list[tuple[int, str]]:
    """Return the positions of the ids that a spreadsheet has rounded, and why; none where it may be chance."""
    once = set(ids)
    suspects = {text for text in once if _looks_rounded(text)}
    if len(suspects) < 2 or len(suspects) <= _SUSPICIOUS * len(once):
        return []
    return [(position, _TOGETHER) for position, text in enumerate(ids) if text in suspects]


def _looks_rounded(text: str) -> bool:
    """Return whether an id is what a number of 15 digits becomes, as text or through a float."""
    if len(text) < _LONG or not (text.isdigit() and text.isascii()):
        return False
    number = int(text)
    # Both are multiples of 16: zeros behind 15 digits of 19 or more, and any float of that size.
    if number % 16:
        return False
    kept = int(text[:_DIGITS]) * 10 ** (len(text) - _DIGITS)
    return number == kept or number == int(float(f"{float(text):.15g}"))
