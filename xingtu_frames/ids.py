"""What a user calls a creator becomes the id as text."""

from __future__ import annotations

import numbers
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from .errors import InvalidIdError

_ID = re.compile(r"[1-9][0-9]{0,19}")
_PATH_ID = re.compile(r"(?:^|/)([1-9][0-9]{9,19})(?=/|$)")
_SCIENTIFIC = re.compile(r"[0-9]+(\.[0-9]*)?[eE]\+?[0-9]+|[0-9]+\.[0-9]*")
_USUAL_DIGITS = 19
_DAMAGED = (
    "it has no more than 15 digits that count, as have most of these ids: a spreadsheet rounded them, and other "
    "creators would be charged; paste the ids again into a column formatted as text"
)
_ROUNDED = (
    "a float keeps about 16 digits, so the id's last digits are already lost; read ids as text (dtype=str), and where "
    "the spreadsheet itself shows them rounded, paste them again into a column formatted as text"
)


def kol_id_of(item: object) -> str:
    """Return the creator id that one item stands for.

    Raises
    ------
    ValueError
        Says why the item cannot be an id.
    """
    if isinstance(item, str):
        return _from_text(item.strip())
    if isinstance(item, numbers.Integral) and not isinstance(item, bool):
        return _from_text(str(int(item)))
    raise ValueError(_why_not(item))


def _from_text(text: str) -> str:
    if _ID.fullmatch(text):
        return text
    if "://" in text or text.startswith(("www.", "xingtu.cn")):
        return _from_url(text)
    if not text:
        raise ValueError("empty text")
    if _SCIENTIFIC.fullmatch(text):
        raise ValueError(f"a rounded number: {_ROUNDED}")
    other = "; these digits are not 0 to 9, perhaps full-width" if text.isdecimal() and not text.isascii() else ""
    raise ValueError(f"an id is 1 to 20 digits, or the address of a Xingtu home page{other}")


def _from_url(text: str) -> str:
    parts = urlsplit(text if "://" in text else f"https://{text}")
    host = (parts.hostname or "").lower()
    if host != "xingtu.cn" and not host.endswith(".xingtu.cn"):
        raise ValueError("not an address of xingtu.cn; a Douyin page has another kind of id")
    found = _PATH_ID.findall(parts.path)
    if len(found) != 1:
        raise ValueError("the address holds no creator id; copy the one of the creator's Xingtu home page")
    return str(found[0])


def _why_not(item: object) -> str:
    kind = type(item).__name__
    if isinstance(item, bool) or kind == "bool":
        return "a bool is no id"
    # NaN is the only number unlike itself.
    if item is None or kind in {"NAType", "NaTType"} or (isinstance(item, numbers.Real) and item != item):
        return "missing; drop it, or read ids as text so that a gap does not turn the others into floats"
    if isinstance(item, numbers.Real):
        return _ROUNDED
    return f"a {kind} is no id; give text or int"


def kol_ids(ids: Any) -> list[str]:
    """Return the creator ids in order, each once.

    Parameters
    ----------
    ids
        One id or many: text, Xingtu home-page address, int, list, Series, Index, generator, or a frame
        with a ``kol_id`` column.

    Raises
    ------
    InvalidIdError
        Names each item that cannot be an id, and why.
    """
    found: dict[str, None] = {}
    bad: list[tuple[int, str, str]] = []
    for position, item in enumerate(_items(ids), start=1):
        try:
            found[kol_id_of(item)] = None
        except ValueError as reason:
            bad.append((position, _shown(item), str(reason)))
    bad = bad or _rounded(list(found))
    if bad:
        raise InvalidIdError(bad)
    return list(found)


def _rounded(ids: list[str]) -> list[tuple[int, str, str]]:
    """Return the ids that a spreadsheet has rounded, where most look so: a single real id may happen to."""
    suspects = [(position, text) for position, text in enumerate(ids, start=1) if _looks_rounded(text)]
    if len(suspects) < 2 or 2 * len(suspects) <= len(ids):
        return []
    return [(position, repr(text), _DAMAGED) for position, text in suspects]


def _looks_rounded(text: str) -> bool:
    """Return whether a 19-digit id is what a number of 15 digits becomes, as text or through a float."""
    if len(text) != _USUAL_DIGITS:
        return False
    kept = int(text[:15]) * 10 ** (len(text) - 15)
    return int(text) == kept or int(text) == int(float(f"{float(text):.15g}"))


def _items(ids: Any) -> Iterable[Any]:
    if isinstance(ids, str | bytes | bytearray) or not isinstance(ids, Iterable):
        return [ids]
    if isinstance(ids, Mapping) or "kol_id" not in getattr(ids, "columns", ()):
        return ids
    table: Any = ids
    return list(table["kol_id"])


def _shown(item: object) -> str:
    text = repr(item)
    return text if len(text) <= 80 else f"{text[:77]}..."
