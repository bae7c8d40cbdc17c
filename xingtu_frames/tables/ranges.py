"""Ranges as the provider shows them, such as ``5000-1万``, ``6%-8%`` or ``3000以下``: what bounds they have."""

from __future__ import annotations

import re
from functools import lru_cache

from .read import folded, spelled

_NUMBER = r"[0-9][0-9,]*(?:\.[0-9]+)?\s*(?:万|亿|千|w|k|%)?"
_RANGE = re.compile(
    rf"(?P<low>{_NUMBER})\s*-\s*(?P<high>{_NUMBER})"
    rf"|(?P<from>{_NUMBER})\s*以上|[>≥]=?\s*(?P<above>{_NUMBER})"
    rf"|(?P<to>{_NUMBER})\s*以下|[<≤]=?\s*(?P<below>{_NUMBER})"
    rf"|(?P<only>{_NUMBER})"
)
_LONGEST = 40

Bounds = tuple[float | None, float | None]
_NO_BOUNDS: Bounds = (None, None)


@lru_cache(maxsize=1024)
def bounds(text: str | None) -> Bounds:
    """Return the low and the high bound of a range; None where it is open, and for a text that is not a range.

    A number without a unit is itself: ``5000-1万`` is 5,000 to 10,000. The provider has few ranges, so that each is
    read once.
    """
    match = None if text is None or len(text) > _LONGEST else _RANGE.fullmatch(folded(text))
    if match is None:
        return _NO_BOUNDS
    parts = {name: _number(part) for name, part in match.groupdict().items() if part is not None}
    if None in parts.values():
        return _NO_BOUNDS
    only = parts.get("only")
    low = next((parts[name] for name in ("low", "from", "above") if name in parts), only)
    high = next((parts[name] for name in ("high", "to", "below") if name in parts), only)
    return _NO_BOUNDS if low is not None and high is not None and low > high else (low, high)


def _number(part: str) -> float | None:
    found = spelled(part, "fraction" if part.endswith("%") else "count")
    return None if found is None else float(found[0])
