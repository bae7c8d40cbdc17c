"""The long form: a row for each leaf of a payload, where nothing is known of what its fields mean.

Nothing is interpreted. ``value_text`` is the spelling of the wire, as far as the reader of the JSON has kept it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping

from ..errors import PayloadError
from .schema import Column, Row, Words

MOST_NESTED = 200
"""Most objects and lists inside each other; a payload has about ten."""

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_LONGEST_NUMBER = 80
_ID_DIGITS = 16
"""So many digits before the point are an id: a float would lose the last ones."""

VALUE_TYPES = Words({"text": "文本", "number": "数字", "flag": "真假值", "null": "空值", "empty": "空对象或空列表"})

LONG = (
    Column(
        "path",
        "str",
        "",
        "路径",
        "where the value is, such as list[0].stats.play",
        "值所在的路径，如 list[0].stats.play",
    ),
    Column("key", "str", "", "字段", "the last name of the path", "路径的最后一个名称"),
    Column(
        "value_text",
        "str",
        "",
        "原文",
        "the value as the provider writes it; what it means is unconfirmed",
        "数据源所写的原文；含义未确认",
        confidence="unconfirmed",
    ),
    Column(
        "value_number",
        "float64",
        "as sent",
        "数值",
        "the number that it spells; NA for digits of 16 places and more, which are ids; its unit is unconfirmed",
        "原文所写的数字；16 位及以上的数字是 ID，此处为空；单位未确认",
        signed=True,
        confidence="unconfirmed",
    ),
    Column(
        "value_type",
        "category",
        "",
        "值类型",
        "text, number, flag (true or false), null, or empty (an object or list without content)",
        "文本、数字、真假值、空值，或空对象、空列表",
        VALUE_TYPES,
    ),
)
"""The columns of the long form."""


class Numeral(str):
    """A number of JSON in the spelling of the wire, which a float would not keep."""

    __slots__ = ()


def long_rows(data: object) -> Iterator[Row]:
    """Yield the path, key, text, number and type of each leaf, in the order of the payload and depth first.

    ``base_resp`` is left out. JSON inside a text is not opened.

    Raises
    ------
    PayloadError
        It is nested too deeply, or holds what JSON cannot.
    """
    if isinstance(data, Mapping) and "base_resp" in data:
        data = {key: value for key, value in data.items() if key != "base_resp"}
    yield from _leaves(data, None, None, 0)


def _leaves(value: object, path: str | None, key: str | None, depth: int) -> Iterator[Row]:
    if not isinstance(value, Mapping | list | tuple):
        yield (path, key, *_cells(value, path))
    elif not value:
        yield path, key, None, None, "empty"
    elif depth == MOST_NESTED:
        raise PayloadError(f"nested more than {MOST_NESTED} times", field=path or "data")
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else str(name), str(name), depth + 1)
    else:
        for place, inner in enumerate(value):
            yield from _leaves(inner, f"{path or ''}[{place}]", key, depth + 1)


def _cells(value: object, path: str | None) -> Row:
    if value is None:
        return None, None, "null"
    if isinstance(value, bool):
        return ("true" if value else "false"), None, "flag"
    if isinstance(value, str):
        return str(value), _number(value), "number" if isinstance(value, Numeral) else "text"
    if isinstance(value, int | float):
        text = _spelled(value)
        return text, _number(text), "number"
    raise PayloadError(f"a value of type {type(value).__name__}, which JSON does not have", field=path or "data")


def _spelled(value: float) -> str:
    try:
        return json.dumps(value)
    except ValueError:
        # Python spells no integer of thousands of digits.
        return hex(value) if isinstance(value, int) else repr(value)


def _number(text: str) -> float | None:
    match = _NUMBER.fullmatch(text) if len(text) <= _LONGEST_NUMBER else None
    if match is None or len(match[1]) >= _ID_DIGITS:
        return None
    number = float(text)
    return number if math.isfinite(number) else None
