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
_ROUNDED = "a float keeps about 16 digits, so the id's last digits are already lost; read ids as text (dtype=str)"


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
    raise ValueError("an id is 1 to 20 digits, or the address of a Xingtu home page")


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
    if bad:
        raise InvalidIdError(bad)
    return list(found)


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
