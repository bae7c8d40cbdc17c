"""What a user calls a creator becomes the id as text."""

from __future__ import annotations

import numbers
import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from ..errors import InvalidIdError
from .names import meaning_of
from .rounding import LOST, is_scientific, rounded

Id = str | int
"""One creator: the id, or the address of the Xingtu home page."""


class FrameOfIds(Protocol):
    """A frame with the ids in a column ``kol_id``."""

    @property
    def columns(self) -> Iterable[object]:
        """The names of the columns."""

    def __getitem__(self, column: Any, /) -> Any:
        """Return a column."""


Ids = Id | Iterable[Id] | FrameOfIds
"""One creator or many."""

_ID = re.compile(r"[1-9][0-9]{0,19}")
_PATH_ID = re.compile(r"(?:^|/)([1-9][0-9]{9,19})(?=/|$)")
_QUERY_ID = re.compile(r"[1-9][0-9]{9,19}")
_HOSTS = ("xingtu.cn", "star.toutiao.com", "agent.oceanengine.com")
_OTHER_PAGES = frozenset({"task", "order", "demand", "challenge", "project", "item", "video", "mcn", "agency"})
"""Words of a path that end in the id of something else, such as an order."""
# Only what has the length of these ids is one number: two short ones with a comma are a list.
_GROUPED = re.compile(r"[0-9]{1,3}([,，' \u2009\u202f][0-9]{3}){5,6}")
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0e-\x1f\x7f-\x9f]")
# As narrow as these numbers are, because an id may have 18 digits too: a province, and a day of birth until 2039.
_PLACE = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91)[0-9]{4}"
_BORN = "(?:19[0-9]{2}|20[0-3][0-9])(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_CARD = re.compile(f"{_PLACE}{_BORN}[0-9]{{3}}[0-9Xx]")
_CARD_DIGITS = 18
_CARD_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_PERSONAL = re.compile(f"(?<![0-9])(?:{_CARD.pattern}|1[3-9][0-9]{{9}})(?![0-9])")
_QUOTES = "'\"`‘’“”＇＂"
_FEW = 10


def kol_id_of(item: object) -> str:
    """Return the creator id that one item stands for.

    Raises
    ------
    ValueError
        Says why the item cannot be an id.
    """
    if isinstance(item, str):
        return _from_text(bare(item))
    if isinstance(item, numbers.Integral) and not isinstance(item, bool):
        return _from_text(str(int(item)))
    raise ValueError(_why_not(item))


def bare(text: str) -> str:
    """Return text without the blanks, quotation marks and invisible marks that files and chats leave around an id."""
    if text.isalnum():
        return text
    text = _INVISIBLE.sub("", text).strip().strip(_QUOTES).strip()
    return re.sub("[^0-9]", "", text) if _GROUPED.fullmatch(text) else text


def is_identity_number(text: str) -> bool:
    """Return whether text is a valid number of a Chinese identity card, which never concerns the API."""
    if len(text) != _CARD_DIGITS or not _CARD.fullmatch(text):
        return False
    weighed = sum(int(digit) * weight for digit, weight in zip(text, _CARD_WEIGHTS, strict=False))
    return "10X98765432"[weighed % 11] == text[-1].upper()


def masked(text: str) -> str:
    """Return text for a message without the numbers of identity cards and mobile phones."""
    return _PERSONAL.sub(lambda match: f"{match[0][:3]}…", text)


def _from_text(text: str) -> str:
    if is_identity_number(text):
        raise ValueError("the number of an identity card, which is never sent; give the creator's Xingtu id")
    if _ID.fullmatch(text):
        return text
    if is_address(text):
        return _from_url(text)
    if not text:
        raise ValueError("empty text")
    if is_scientific(text):
        raise ValueError(f"a rounded number: {LOST}")
    other = "; these digits are not 0 to 9, perhaps full-width" if text.isdecimal() and not text.isascii() else ""
    raise ValueError(f"an id is 1 to 20 digits, or the address of a Xingtu home page{other}")


def is_address(text: str) -> bool:
    """Return whether text is an address, of whatever site."""
    return "://" in text or text.startswith(("www.", *(f"{host}/" for host in _HOSTS)))


def _from_url(text: str) -> str:
    parts = urlsplit(text if "://" in text else f"https://{text}")
    host = (parts.hostname or "").lower()
    if not any(host == known or host.endswith(f".{known}") for known in _HOSTS):
        raise ValueError("not an address of xingtu.cn; a Douyin page has another kind of id")
    # Pages of one script have their own path and query behind the #.
    inner = urlsplit(parts.fragment.removeprefix("!"))
    for path, query in ((parts.path, parts.query), (inner.path, inner.query)):
        found = _PATH_ID.findall(path) or sorted(_in_query(query))
        if len(found) == 1 and not _OTHER_PAGES.intersection(path.lower().split("/")):
            return str(found[0])
    raise ValueError("the address holds no creator id; copy the one of the creator's Xingtu home page")


def _in_query(query: str) -> set[str]:
    """Return the ids that parts of a query name as those of a creator, for certain before perhaps."""
    named = [(meaning_of(name), value) for name, value in parse_qsl(query) if _QUERY_ID.fullmatch(value)]
    certain = {value for meaning, value in named if meaning == "creator"}
    return certain or {value for meaning, value in named if meaning == "perhaps"}


def _why_not(item: object) -> str:
    kind = type(item).__name__
    if isinstance(item, bool) or kind == "bool":
        return "a bool is not an id"
    # NaN is the only number unlike itself.
    if item is None or kind in {"NAType", "NaTType"} or (isinstance(item, numbers.Real) and item != item):
        return "missing; drop it, or read ids as text so that a gap does not turn the others into floats"
    if isinstance(item, numbers.Real):
        return LOST
    return f"a {kind} is not an id; give text or int"


def kol_ids(ids: Ids, *, each: bool = False) -> list[str]:
    """Return the creator ids in order, each once.

    Parameters
    ----------
    ids
        One id or many: text, Xingtu home-page address, int, list, Series, Index, generator, or a frame
        with a ``kol_id`` column.
    each
        Whether a repeated id is returned as often as it comes.

    Raises
    ------
    InvalidIdError
        Names each item that cannot be an id, and why.
    """
    found: list[str] = []
    bad: list[tuple[int, str, str]] = []
    for position, item in enumerate(_items(ids), start=1):
        try:
            found.append(kol_id_of(item))
        except ValueError as reason:
            bad.append((position, _shown(item), str(reason)))
    bad = bad or [(position + 1, repr(found[position]), why) for position, why in rounded(found)]
    if bad:
        raise InvalidIdError(bad)
    return found if each else list(dict.fromkeys(found))


def _items(ids: Any, column: str = "kol_id") -> Iterable[Any]:
    if isinstance(ids, str | bytes | bytearray) or not isinstance(ids, Iterable):
        return [ids]
    columns = getattr(ids, "columns", None)
    if isinstance(ids, Mapping) or columns is None:
        return ids
    if column not in columns:
        raise InvalidIdError(f"the frame has no column {column}; {_instead(ids, column)}")
    table: Any = ids
    return list(table[column])


def _instead(frame: Any, column: str) -> str:
    """Say where the ids of a frame without their column may stand."""
    if getattr(getattr(frame, "index", None), "name", None) == column:
        return f"its index is {column}: give frame.index"
    names = [str(name) for name in frame.columns]
    alike = list(dict.fromkeys(_similar(names, column)))
    if alike:
        return f"it has {', '.join(alike[:_FEW])}: rename the one with the ids, or give frame[{alike[0]!r}]"
    return f"it has {', '.join(names[:_FEW]) or 'no column'}{', ...' * (len(names) > _FEW)}"


def _similar(names: list[str], column: str) -> Iterator[str]:
    for meaning in ("creator", "perhaps") if column == "kol_id" else ():
        yield from (name for name in names if meaning_of(name) == meaning)
    yield from get_close_matches(column, names)


def _shown(item: object) -> str:
    text = masked(repr(item))
    return text if len(text) <= 80 else f"{text[:77]}..."


_ITEM_PATH = re.compile(r"/(?:video|note)/([1-9][0-9]{0,19})(?=/|$)")


def item_ids(ids: Ids) -> list[str]:
    """Return the video ids in order, each once.

    Parameters
    ----------
    ids
        One id or many: text, address of a video on Douyin, int, list, Series, Index, generator, or a frame with an
        ``item_id`` column.

    Raises
    ------
    InvalidIdError
        Names each item that cannot be an id, and why.
    """
    found: dict[str, None] = {}
    bad: list[str] = []
    for position, item in enumerate(_items(ids, "item_id"), start=1):
        try:
            found[_item_id_of(item)] = None
        except ValueError as reason:
            bad.append(f"item {position}: {_shown(item)}: {reason}")
    if bad:
        raise InvalidIdError(
            "\n  ".join([f"{len(bad)} bad video {'id' if len(bad) == 1 else 'ids'}, nothing was sent", *bad])
        )
    return list(found)


def _item_id_of(item: object) -> str:
    if isinstance(item, numbers.Integral) and not isinstance(item, bool):
        item = str(int(item))
    if not isinstance(item, str):
        raise ValueError(_why_not(item))
    text = bare(item)
    on_a_page = _ITEM_PATH.search(urlsplit(text).path) if is_address(text) or "/" in text else None
    text = on_a_page[1] if on_a_page else text
    if not _ID.fullmatch(text):
        raise ValueError("a video id is 1 to 20 digits, or the address of a video on Douyin")
    return text
