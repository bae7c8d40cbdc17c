"""Text as Excel takes it: how long it may be, and names for sheets."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...wording.figures import clipped

MAX_TEXT, MAX_SHEET_NAME = 32_767, 31

ILLEGAL = "\x00-\x08\x0b-\x1f\ufffe\uffff"
"""Characters that XML cannot hold, as the inside of a regular expression's brackets."""
_NOT_IN_A_NAME = re.compile(f"[\\[\\]:*?/\\\\\t\n{ILLEGAL}\ud800-\udfff]")
_EXCELS_OWN = "history"


def sheet_names(titles: Iterable[object], reserved: Iterable[str]) -> list[str]:
    """Return names that Excel allows, as near as possible to the titles, each once and none of the reserved."""
    taken = {_EXCELS_OWN, *(name.casefold() for name in reserved)}
    names = []
    for position, name in enumerate(titles, start=1):
        # Far more than fits, because blanks around a name are cut off.
        base = _NOT_IN_A_NAME.sub("_", clipped(str(name).strip(" '"), MAX_SHEET_NAME))
        repaired, tries = _fit(base) or f"Sheet{position}", 1
        while repaired.casefold() in taken:
            tries += 1
            repaired = _fit(base, f" ({tries})")
        taken.add(repaired.casefold())
        names.append(repaired)
    return names


def excel_length(text: str) -> int:
    """Return the length as Excel counts it: an emoji is two."""
    return len(text.encode("utf-16-le")) // 2


def fitted(text: str) -> str:
    """Return text that fits a cell, cut where it does not."""
    return text if excel_length(text) <= MAX_TEXT else f"{text[: MAX_TEXT // 2 - 1]}…"


def _fit(base: str, ending: str = "") -> str:
    """Return the name with its ending, cut to Excel's length."""
    base = base.strip(" '")
    while excel_length(base + ending) > MAX_SHEET_NAME:
        base = base[:-1]
    return f"{base}{ending}".strip(" '")
