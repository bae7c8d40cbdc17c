"""How numbers look in a cell, by unit: yuan, percent, 万 and 亿; the value itself stays whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from ...arguments import Language
from ...tables.catalog import TABLES
from ...tables.cost import BY_PLAYS
from ...wording.figures import compact
from ..groups import LIKENESS, Plain

Cell = str | bool | int | float | None
Setting = str | bool | int | float
"""A property of a format or of a rule."""
Kind = Literal["id", "text", "truth", "time", "date", "whole", "decimal", "link"]


class NumberFormat(NamedTuple):
    """Excel's number format, and the text that it makes of a value, which tells the width."""

    code: str
    shown: Callable[[Any], str]


def _plain(code: str, spec: str) -> NumberFormat:
    return NumberFormat(code, lambda value: format(value, spec))


# A program drops the minus of what meets no condition, so that the first one is met by all that is negative.
# One for quotes and for the cost of a play: what is small needs its decimals, what is large does not.
_MONEY = NumberFormat("[<100]¥#,##0.00;¥#,##0", lambda value: f"¥{value:,.{0 if value >= 100 else 2}f}")
_DECIMALS: Mapping[str, NumberFormat] = {
    "fraction": _plain("0.00%", ".2%"),
    "CNY": _MONEY,
    "s": _plain("0.0", ".1f"),
    "points": _plain("0.00", ".2f"),
    "score": _plain("0.000", ".3f"),
    "TGI": _plain("0", ".0f"),
    LIKENESS: _plain("0.00", ".2f"),
    "count": _plain("#,##0", ",.0f"),
}
_COUNT = _plain("#,##0", ",.0f")
_COUNT_ZH = NumberFormat(
    r'[<10000]#,##0;[<100000000]0\.0,"万";0\.00,,"亿"', lambda value: compact(value, "zh").ljust(8)
)
_CODE = _plain("0", "d")
_OTHER = _plain("General", ".10g")
_LARGE_UNITS = ("users", "plays", "plays or interactions")

_TIME = NumberFormat("yyyy-mm-dd hh:mm", lambda value: "yyyy-mm-dd hh:mm")
_DATE = NumberFormat("yyyy-mm-dd", lambda value: "yyyy-mm-dd")
# Excel shows truth values so in any format; LibreOffice stops at conditional formats of them in the general one.
_TRUTH = NumberFormat('"TRUE";"TRUE";"FALSE"', str)
_AS_IT_IS = NumberFormat("General", str)
# As text also where the user pastes further ids.
_TEXT = NumberFormat("@", str)

_PER_THOUSAND: Mapping[str, NumberFormat] = {
    "zh": NumberFormat('¥#,##0"/千次"', lambda value: f"¥{value:,}/千次"),
    "en": NumberFormat('¥#,##0" per 1,000"', lambda value: f"¥{value:,} per 1,000"),
}


def number_format(kind: Kind, unit: str, lang: Language) -> NumberFormat:
    """Return how the cells of a column look."""
    if kind in ("whole", "decimal") and lang == "zh" and unit in _LARGE_UNITS:
        return _COUNT_ZH
    if kind == "whole":
        return {"": _CODE, "CNY": _MONEY}.get(unit, _COUNT)
    if kind == "decimal":
        return _DECIMALS.get(unit, _COUNT if unit in _LARGE_UNITS else _OTHER)
    return {"id": _TEXT, "time": _TIME, "date": _DATE, "truth": _TRUTH}.get(kind, _AS_IT_IS)


def cell_formats(cells: Mapping[str, Sequence[Plain]], lang: Language) -> dict[str, dict[int, NumberFormat]]:
    """Return column -> row -> format of the cells whose unit another column of their row tells."""
    found: dict[str, dict[int, NumberFormat]] = {}
    for row, way in enumerate(cells.get("settlement", ())):
        if way == BY_PLAYS:
            for name in ("price_cny", "origin_price_cny"):
                found.setdefault(name, {})[row] = _PER_THOUSAND[lang]
    of_videos = TABLES["spread_info"]
    for row, metric in enumerate(cells.get("metric", ()) if "overtake_raw" in cells else ()):
        if metric in of_videos.names:
            unit = of_videos.column(str(metric)).unit
            found.setdefault("value", {})[row] = number_format("decimal", "count" if unit == "videos" else unit, lang)
    return found
