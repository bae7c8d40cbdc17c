"""Numbers and names as people read them: by unit, with 万 and 亿, in Chinese or English."""

from __future__ import annotations

import decimal
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

import numpy as np
from wcwidth import wcwidth

from ..arguments import Language
from ..board.metrics import Floats, Metric
from ..tables.catalog import LABELS_ZH
from ..tables.cost import COST_METRICS

MISSING = "—"
NAME_CELLS = 24
"""Where the names of creators and categories are cut, in cells of a terminal."""
_LEAST_READ = 64
_JOINER = "\u200d"
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_TOWER = re.compile(f"({_MARK}{{3}}){_MARK}+")
# The context of the user may keep few digits, or raise where one is lost.
_EXACT = decimal.Context(prec=800, rounding=decimal.ROUND_HALF_UP, traps=[])
_STEPS: Mapping[Language, Sequence[tuple[float, str]]] = MappingProxyType(
    {"zh": ((1e8, "亿"), (1e4, "万")), "en": ((1e9, "B"), (1e6, "M"), (1e3, "K"))}
)
_LARGE, _SMALLEST_SHARE = 1e4, 1e-3


def cells(text: str) -> int:
    """Return the width of the text: 2 for a Chinese character, 1 for a Latin letter."""
    return sum(max(wcwidth(char), 0) for char in text)


def without_towers(text: str) -> str:
    """Return text with no more than three marks on a letter: hundreds of them cover what stands around."""
    return _TOWER.sub(r"\1", text)


def clipped(text: str, limit: int = NAME_CELLS) -> str:
    """Return as much of a text as is read where so many cells of it are shown, however long it is."""
    return text[: max(_LEAST_READ, 8 * limit)]


def shortened(text: str, limit: int = NAME_CELLS) -> str:
    """Return the text, cut with ``…`` where it is wider than the limit, or is more than is read."""
    read, width, end = clipped(text, limit), 0, 0
    for place, char in enumerate(read, start=1):
        width += max(wcwidth(char), 0)
        if width > limit:
            break
        # The dots need a cell of their own.
        end = place if width < limit else end
    else:
        if len(read) == len(text):
            return text
    return read[:end].rstrip(f" {_JOINER}") + "…"


def wrapped(text: str, limit: int, lines: int) -> str:
    """Break a text into lines of so many cells, and cut it with ``…`` where these lines are too few."""
    left, broken = shortened(text, limit * lines), [""]
    for char in left:
        broken = [*broken[:-1], broken[-1] + char] if cells(broken[-1] + char) <= limit else [*broken, char]
    return "\n".join(line.strip() for line in broken[:lines])


def compact(value: float, lang: Language) -> str:
    """Write a large number with 万 and 亿, or K, M and B, to three digits."""
    rounded = float(f"{value:.3g}")
    for factor, suffix in _STEPS[lang]:
        if abs(rounded) >= max(factor, _LARGE):
            return f"{rounded / factor:,.2f}".rstrip("0").rstrip(".") + suffix
    return f"{value:z,.0f}"


def fixed(value: float, decimals: int) -> str:
    """Write a number with these decimals, a half rounded away from zero as spreadsheets do it."""
    # From the digits that people see: 52.15 is a little less as a float, and would become 52.1.
    with decimal.localcontext(_EXACT):
        exact = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), decimal.ROUND_HALF_UP)
        return f"{exact:z,.{decimals}f}"


def money(value: float, lang: Language, decimals: int) -> str:
    """Write an amount of yuan without its sign."""
    return compact(value, lang) if abs(value) >= _LARGE else fixed(value, decimals)


def decimals_for(values: Floats) -> int:
    """Return the decimals that a column of amounts needs: all its cells get the same."""
    present = values[np.isfinite(values)]
    whole = bool(np.all(present == np.round(present)))
    largest = np.max(np.abs(present), initial=0.0)
    if whole or largest >= 1000:
        return 0
    # Below one yuan the second decimal decides: 0.58 against 0.64.
    return 1 if largest >= 10 and np.min(np.abs(present)) >= 1 else 2


def _count(value: float, lang: Language, decimals: int) -> str:
    return compact(value, lang)


def percent(share: float) -> str:
    """Write a fraction in percent; what is not nothing is never written as 0."""
    if share in (0, 1):
        return f"{share:.0%}"
    return _percent(share) if abs(share) >= _SMALLEST_SHARE else f"<{_SMALLEST_SHARE:.1%}"


def _percent(share: float) -> str:
    return f"{fixed(float(_EXACT.multiply(Decimal(repr(float(share))), Decimal(100))), 1)}%"


_FORMATS: Mapping[str, Callable[[float, Language, int], str]] = MappingProxyType(
    {
        "fraction": lambda value, lang, decimals: _percent(value),
        "CNY": lambda value, lang, decimals: f"¥{money(value, lang, decimals)}",
        "points": lambda value, lang, decimals: fixed(value, 1),
        "s": lambda value, lang, decimals: f"{fixed(value, 0)}{'秒' if lang == 'zh' else ' s'}",
    }
)


def numbers(values: Floats, unit: str, lang: Language) -> list[str]:
    """Write the values of one column by their unit, ``—`` for missing ones."""
    decimals = decimals_for(values)
    write = _FORMATS.get(unit, _count)
    return [write(value, lang, decimals) if np.isfinite(value) else MISSING for value in values]


def english(name: str) -> str:
    """Return the English label of a name of a vocabulary: ``star_index`` is Star index."""
    plain = name.removesuffix("_s").removesuffix("_cny")
    words = [word.upper() if word in (*COST_METRICS, "cpc") else word for word in plain.split("_")]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def vocabulary_label(name: str, lang: Language) -> str:
    """Return the label of a name of a vocabulary in a language."""
    return LABELS_ZH[name] if lang == "zh" else english(name)


def scope(video_type: str, window: str, lang: Language) -> list[str]:
    """Return the words for the videos and days that figures are about."""
    if lang == "zh":
        return [shortened(LABELS_ZH.get(value, value)) for value in (video_type, window)]
    return [f"{shortened(video_type)} videos", f"last {shortened(window.removesuffix('d'))} days"]


def metric_label(metric: Metric, lang: Language) -> str:
    """Return the label of a metric of the board."""
    if lang == "zh":
        return metric.label_zh
    band = metric.where.get("duration_band")
    return f"{english(metric.name.split('_')[0])}({band})" if band else english(metric.name)
