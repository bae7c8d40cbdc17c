"""The values of a payload, one by one: what the provider plainly means is read, nothing is guessed.

Missing is None, in all of the wire's forms: an absent key, null, NaN, ``{}``, ``[]``, an object without a value, and
the placeholders that stand for nothing, such as ``"-"``, ``"--"``, ``"N/A"`` or ``"暂无"``. An explicit 0 stays 0.
Numbers may be text: ``"1,234"``, ``"1.2万"``, ``"￥100"``, ``"12.3%"``, where the unit of the field makes that plain.

Any other value is None too, and noted in ``unread``. A shape that cannot hold the value, such as a list where a
number belongs, is a `PayloadError` naming the field.
"""

from __future__ import annotations

import contextlib
import json
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from ..errors import PayloadError

Unit = Literal["", "count", "CNY", "fraction", "s"]

_NOTHING: Mapping[str, Any] = MappingProxyType({})
INT64 = 2**63
BASIS_POINTS = 10_000
"""How many of them are the whole."""
_LONGEST_NUMBER, _LARGEST_BITS = 80, 4096
_SHOWN = 60
_YEAR_10000 = 253_402_300_800
_MOST_NOTED = 20
"""Notes of one answer: a list of thousands of odd values says no more than its first ones."""

_PLACEHOLDERS = frozenset(
    {
        *("/", "n/a", "na", "#n/a", "null", "none", "nil", "nan", "undefined", "unknown"),
        *("暂无", "暂无数据", "无", "无数据", "没有", "未知", "空", "缺失", "暂缺"),
    }
)
_NUMBER = re.compile(
    r"(?P<sign>[-+]?)\s*(?P<currency>¥|cny|rmb)?\s*"
    r"(?P<digits>[0-9]{1,3}(?:,[0-9]{3}){1,9}|[0-9]{1,30}|(?=\.[0-9]))(?P<decimals>\.[0-9]{0,30})?"
    r"(?:e(?P<exponent>[-+]?[0-9]{1,2}))?\s*(?P<scale>万|亿|千|w|k)?\s*(?P<mark>%|元|秒|s|人|次|个|条)?",
    re.IGNORECASE,
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8}")
_SCALES: Mapping[str, int] = MappingProxyType({"": 0, "千": 3, "k": 3, "万": 4, "w": 4, "亿": 8})
_MARKS: Mapping[str, Unit] = MappingProxyType(
    {"%": "fraction", "元": "CNY", "秒": "s", "s": "s", "人": "count", "次": "count", "个": "count", "条": "count"}
)
"""What a mark behind a number says about its unit."""

_FLAGS: Mapping[str, bool] = MappingProxyType(
    {
        **dict.fromkeys(("true", "1", "1.0", "yes", "y", "是", "在线", "开启", "已开启", "开放", "已开放"), True),
        **dict.fromkeys(("false", "0", "0.0", "no", "n", "否", "离线", "关闭", "已关闭", "未开放", "未开启"), False),
    }
)

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣ー─"), "-")
_FULL_WIDTH = {0xFF01 + place: 0x21 + place for place in range(94)}
_SPACES = dict.fromkeys(map(ord, "\u3000\u00a0\u2007\u2009\u202f"), " ")
_FOLDED: Mapping[int, Any] = MappingProxyType({**_FULL_WIDTH, **_DASHES, **_SPACES, ord("￥"): "¥", ord("，"): ","})
# What folding changes in a text beyond ASCII: the characters above, digits of other scripts, invisible marks.
_TO_FOLD = re.compile(
    "["
    + "".join(map(re.escape, map(chr, _FOLDED)))
    + "\\d\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f]"
)
SHORT_DIGITS = 18
_SURE = frozenset("0123456789ABCDEFGHIJKLMOPQRSTVWXYZabcdefghijklmopqrstvwxyz")
_UNSURE = frozenset(word[0] for word in _PLACEHOLDERS)
"""Of ASCII and Chinese characters, those with which no placeholder begins, and those with which one does."""


class Unread(NamedTuple):
    """A value that is not in the rows: what it means is not plain, or its day came again with another one.

    Attributes
    ----------
    field, value
        Where it is, and what it is.
    date
        The day that came again; ``""`` for a value that could not be read.
    """

    field: str
    value: str
    date: str = ""


def clean(text: str) -> str:
    """Return a text as a file can hold it: JSON can spell half an emoji, and a NUL."""
    whole = text if text.isascii() else text.encode("utf-8", "replace").decode()
    return whole.replace("\0", "\ufffd")


def short(text: str, most: int = _SHOWN) -> str:
    """Return the beginning of a text, as a file can hold it."""
    return clean(text if len(text) <= most else f"{text[: most - 3]}...")


def shown(value: Any) -> str:
    """Return a value for a message, whatever its size and depth."""
    if isinstance(value, str):
        return short(json.dumps(value[:_SHOWN], ensure_ascii=False))
    if isinstance(value, Mapping):
        return short(f"an object of {', '.join(map(str, list(value)[:3]))}") if value else "an empty object"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, int) and value.bit_length() > _LARGEST_BITS:
        return "an integer of more than a thousand digits"
    return short(json.dumps(value, default=lambda odd: type(odd).__name__))


def folded(text: str) -> str:
    """Return a text with plain digits, signs and spaces, without invisible marks, in lower case."""
    if text.isascii() or not _TO_FOLD.search(text):
        return text.strip().lower()
    kept = (
        character if (digit := unicodedata.decimal(character, None)) is None else str(digit)
        for character in text.translate(_FOLDED)
        if unicodedata.category(character) != "Cf"
    )
    return "".join(kept).strip().lower()


def is_missing(value: Any) -> bool:
    """Return whether a value stands for nothing."""
    # The types of JSON first, as they are: this is asked of every value.
    kind = type(value)
    if kind is int or kind is bool:
        return False
    if kind is dict or kind is list:
        return not value
    if kind is float:
        return math.isnan(value)
    if isinstance(value, str):
        plain = folded(value) if len(value) <= _SHOWN else value.strip()
        return _is_dashes(plain) or plain in _PLACEHOLDERS
    return value is None or value in ({}, []) or (isinstance(value, float) and math.isnan(value))


def _is_dashes(plain: str) -> bool:
    return not plain.strip("-")


def _says_something(text: str) -> bool:
    """Return whether a text is surely none of the forms of missing, by its first character."""
    first = text[:1]
    return first in _SURE or ("\u4e00" <= first <= "\u9fff" and first not in _UNSURE)


def _at_once(value: Any) -> int | float | None:
    """Return a number of the wire as it nearly always comes; None for whatever needs reading."""
    kind = type(value)
    if kind is str:
        # Nothing to fold, no unit, no scale.
        return int(value) if len(value) <= SHORT_DIGITS and value.isdigit() and value.isascii() else None
    return value if (kind is int or kind is float) and -INT64 <= value < INT64 else None


def _name_and_count(member: Any, name: str, count: str) -> tuple[str, int] | None:
    """Return the name and the count of an object that needs no reading; None for any other."""
    if type(member) is not dict:
        return None
    text, number = member.get(name), _at_once(member.get(count))
    return (text, number) if type(text) is str and type(number) is int and _says_something(text) else None


def spelled(text: str, unit: Unit) -> tuple[Decimal, bool] | None:
    """Return the number that a text spells in a field of this unit, and whether it says the unit itself."""
    match = _NUMBER.fullmatch(folded(text)) if len(text) <= _LONGEST_NUMBER else None
    if match is None:
        return None
    mark = "CNY" if match["currency"] else _MARKS.get(match["mark"] or "")
    if mark not in (None, unit) or (match["currency"] and match["mark"] not in (None, "元")):
        return None
    power = int(match["exponent"] or 0) + _SCALES[match["scale"] or ""] - (2 if mark == "fraction" else 0)
    if match["scale"] and unit not in ("count", "CNY"):
        return None
    digits = match["digits"].replace(",", "") + (match["decimals"] or "")
    # Made from text in one step: no decimal context of the user's can round it.
    return Decimal(f"{match['sign']}{digits}E{power}"), mark not in (None, "count")


class Fields:
    """An object of a payload.

    Parameters
    ----------
    data
        The object.
    path
        Where it is: a text, or the object that holds it, its key there, and its place where that is a list.
    unread
        Grows by the values that could not be read.
    """

    __slots__ = ("_place", "data", "unread")

    def __init__(self, data: Mapping[str, Any], path: str | _Place, unread: list[Unread]) -> None:
        self.data, self._place, self.unread = data, path, unread

    @property
    def path(self) -> str:
        """Where it is inside of ``data``, ``""`` for that itself; spelled when an error or a note needs it."""
        if isinstance(self._place, str):
            return self._place
        holder, key, position = self._place
        return holder.at(key) if position is None else f"{holder.at(key)}[{position}]"

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def single(self) -> Iterator[str]:
        """Yield the keys that hold one value or none; what else there is is noted."""
        for key, value in self.data.items():
            if isinstance(value, Mapping | list) and value:
                self._note(key)
            else:
                yield key

    def at(self, key: str) -> str:
        """Return the path of a field."""
        return f"{self.path}.{key}" if self.path else str(key)

    def has(self, key: str) -> bool:
        """Return whether there is something under a key."""
        return not is_missing(self.data.get(key))

    def number(self, key: str, divisor: int = 1, unit: Unit = "") -> float | None:
        """Return a number, divided unless it is text that says its unit; None when it is missing."""
        value: Any = self.data.get(key)
        kind = type(value)
        plain = value if (kind is float or kind is int) and -INT64 <= value < INT64 else _at_once(value)
        if plain is not None:
            return plain / divisor
        found = self._number(key, divisor, unit)
        return None if found is None else float(found)

    def integer(self, key: str, divisor: int = 1, unit: Unit = "count") -> int | None:
        """Return a whole number; None when it is missing."""
        value = self.data.get(key)
        plain = value if type(value) is int and -INT64 <= value < INT64 else _at_once(value)
        if type(plain) is int and divisor == 1:
            return plain
        found = self._number(key, divisor, unit)
        if found is None or found == int(found):
            return None if found is None else int(found)
        self._note(key)
        return None

    def moment(self, key: str) -> int | None:
        """Return a time that the wire has in seconds since 1970, in microseconds; None when it is missing or 0."""
        seconds = self.integer(key, unit="")
        if not seconds:
            return None
        if 0 < seconds < _YEAR_10000:
            return seconds * 1_000_000
        self._note(key)
        return None

    def average(self, key: str) -> int | None:
        """Return a mean or median of counts, rounded to a whole number; None when it is missing."""
        plain = _at_once(self.data.get(key))
        if plain is not None:
            return round(plain)
        found = self._number(key, 1, "count")
        return None if found is None else round(found)

    def basis_points(self, key: str) -> int | None:
        """Return basis points, which a text can spell in percent; None when it is missing."""
        value = self.data.get(key)
        plain = _at_once(value)
        if type(plain) is int:
            return plain
        percent = spelled(value, "fraction") if isinstance(value, str) else None
        points = Fraction(percent[0]) * BASIS_POINTS if percent is not None and percent[1] else None
        if points is not None and points.denominator == 1:
            return int(points)
        return self.integer(key, unit="")

    def _number(self, key: str, divisor: int, unit: Unit) -> int | float | Decimal | None:
        plain = _at_once(self.data.get(key))
        if plain is not None:
            return plain if divisor == 1 else plain / divisor
        value = self._scalar(key, "a number")
        if value is None:
            return None
        found: int | float | Decimal = math.nan
        said = False
        if isinstance(value, int | float) and not isinstance(value, bool):
            found = value
        elif isinstance(value, str):
            found, said = self._spelled(value, divisor, unit)
        if not -INT64 <= found < INT64:
            self._note(key)
            return None
        return found if said or divisor == 1 else float(found) / divisor

    @staticmethod
    def _spelled(value: str, divisor: int, unit: Unit) -> tuple[Decimal | float, bool]:
        read = spelled(value, unit)
        # 1.2万 where the wire counts fen: of what, is not plain.
        if read is None or (divisor != 1 and not read[1] and folded(value)[-1:] in "千k万w亿"):
            return math.nan, False
        return read

    def text(self, key: str) -> str | None:
        """Return a text; None when it is missing."""
        value = self.data.get(key)
        if type(value) is str and _says_something(value):
            return value
        value = self._scalar(key, "text")
        return None if value is None else self._text(key, value)

    def identifier(self, key: str) -> str | None:
        """Return an id of digits as text; None when it is missing."""
        found = self.text(key)
        if found is None or (found.isdigit() and found.isascii()):
            return found
        self._note(key)
        return None

    def name(self, key: str) -> str | None:
        """Return what something is called, which may be 无 or null; None when it is missing."""
        value = self.data.get(key)
        if isinstance(value, str):
            return value if _says_something(value) or not _is_dashes(folded(value)) else None
        return self.text(key)

    def _text(self, key: str, value: Any) -> str | None:
        if isinstance(value, str):
            return value
        if isinstance(value, bool) or (isinstance(value, int) and value.bit_length() > _LARGEST_BITS):
            self._note(key)
            return None
        if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
            return str(value)
        self._note(key)
        return None

    def day(self, key: str) -> date | None:
        """Return a day of the calendar, ``2026-10-01`` or ``20261001``; None when it is missing."""
        text = self.text(key)
        if text is None:
            return None
        with contextlib.suppress(ValueError):
            if _DAY.fullmatch(plain := folded(text)):
                return date.fromisoformat(plain)
        self._note(key)
        return None

    def repeats(self, key: str, day: date) -> None:
        """Note that the day of this value came again, so that a later value stands for it."""
        self._note(key, str(day))

    def flag(self, key: str) -> bool | None:
        """Return a true/false, which the wire also spells 0/1 and as text; None when it is missing."""
        value = self.data.get(key)
        if value is True or value is False:
            return value
        found: bool | None = self.one_of(key, _FLAGS, "true or false")
        return found

    def one_of(self, key: str, known: Mapping[str, Any], expected: str) -> Any:
        """Return what a word or code stands for; None when it is missing."""
        value = self.data.get(key)
        if type(value) is int and -INT64 <= value < INT64 and (word := str(value)) in known:
            return known[word]
        value = self._scalar(key, expected)
        word = folded(self._text_of(value)) if value is not None else ""
        if value is None or word in known:
            return known.get(word)
        self._note(key)
        return None

    @staticmethod
    def _text_of(value: Any) -> str:
        if isinstance(value, float) and value == 0:
            return "0"  # -0.0 too
        return "" if isinstance(value, int) and abs(value) >= INT64 else str(value)

    def block(self, key: str) -> Fields:
        """Return the object under a key; an empty one when it is missing."""
        found = self.data.get(key)
        if type(found) is dict:
            return Fields(found, (self, key, None), self.unread)
        value = self._unfolded(key)
        if value is None or isinstance(value, Mapping):
            return Fields(value or _NOTHING, (self, key, None), self.unread)
        raise misshapen(self.at(key), value, "an object")

    def items(self, key: str) -> Iterator[Fields]:
        """Yield each object of the list under a key; none when it is missing."""
        found = self.data.get(key)
        listed = enumerate(found) if type(found) is list else self._members(key, "a list of objects")
        for position, member in listed:
            if type(member) is dict or isinstance(member, Mapping):
                if member:
                    yield Fields(member, (self, key, position), self.unread)
            elif member is not None:
                raise misshapen(f"{self.at(key)}[{position}]", member, "an object")

    def counted(self, key: str, name: str, count: str, inner: str = "") -> list[tuple[str | None, int | None]]:
        """Return the name and the count of each object of the list under a key, or of an object inside each."""
        listed = value if type(value := self.data.get(key)) is list else []
        # As it nearly always comes: portraits are lists of a hundred such objects.
        pairs = [_name_and_count(one.get(inner) if inner and type(one) is dict else one, name, count) for one in listed]
        plain: list[tuple[str | None, int | None]] = [pair for pair in pairs if pair is not None]
        if (listed is value or value is None) and len(plain) == len(listed):
            return plain
        members = (member.block(inner) if inner else member for member in self.items(key))
        return [(member.name(name), member.integer(count)) for member in members]

    def named_count(self, key: str, name: str, count: str) -> tuple[str | None, int | None]:
        """Return the name and the count of the object under a key."""
        plain = _name_and_count(self.data.get(key), name, count)
        if plain is not None:
            return plain
        values = self.block(key)
        return values.name(name), values.integer(count)

    def texts(self, key: str) -> list[str]:
        """Return the texts of the list under a key, without empty ones; a text that is not a list is the only one."""
        value = self._unfolded(key)
        if not isinstance(value, list | Mapping) and value is not None:
            only = self._text(key, value)
            return [] if only is None else [only]
        found: list[str | None] = []
        for position, member in self._members(key, "a list of text"):
            if isinstance(member, str):
                kept = _says_something(member) or not _is_dashes(folded(member))
                found.append(member if kept else None)
                continue
            here = f"{self.at(key)}[{position}]"
            if isinstance(member, list | Mapping):
                raise misshapen(here, member, "text")
            place = Fields({here: member}, "", self.unread)
            found.append(place.name(here))
        return [text for text in found if text]

    def _members(self, key: str, expected: str) -> Iterator[tuple[int, Any]]:
        value = self._unfolded(key)
        if value is None:
            return
        if not isinstance(value, list):
            raise misshapen(self.at(key), value, expected)
        for position, member in enumerate(value):
            if member is not None and member != {}:
                yield position, member

    def _unfolded(self, key: str) -> Any:
        """Return an object or a list, which the wire also writes as JSON inside a text; None when it is missing."""
        value = self.data.get(key)
        if type(value) is dict or type(value) is list:
            return value or None
        if isinstance(value, str) and value.strip()[:1] in ("{", "["):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                raise misshapen(self.at(key), value, "JSON inside a text") from None
        return None if is_missing(value) else value

    def _scalar(self, key: str, expected: str) -> Any:
        value = self.data.get(key)
        if type(value) is int:
            return value
        if is_missing(value):
            return None
        if isinstance(value, Mapping | list | tuple):
            raise misshapen(self.at(key), value, expected)
        return value

    def _note(self, key: str, date: str = "") -> None:
        if len(self.unread) < _MOST_NOTED:
            self.unread.append(Unread(short(self.at(key)), shown(self.data.get(key)), date))


_Place = tuple[Fields, str, int | None]


def misshapen(path: str, value: Any, expected: str) -> PayloadError:
    """Return the error for a shape that cannot hold what belongs there."""
    field = short(path)
    return PayloadError(f"field {field!r}: expected {expected}, got {shown(value)}", field=field)


def rank(value: Any) -> Any:
    """Return None for a negative rank: the wire's way to say that there is none (likely)."""
    return None if value is not None and value < 0 else value
