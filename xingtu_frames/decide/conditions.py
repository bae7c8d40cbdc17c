"""One condition of a brief: what is wanted of a value, and how far a value is from it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd

from ..arguments import Language, labels_of, some_of
from ..errors import ParameterError, XingtuError, must_be, quoted
from ..tables.schema import TRUTH_ZH, Column

Bound = float | None
"""A bound of a number, None where it is open."""
Requirement = tuple[Bound, Bound] | bool | str | Sequence[str]
"""What is wanted of a value: bounds of a number, one of several words, or a truth."""


@dataclass(frozen=True, slots=True)
class Prefer:
    """A wish: it is judged like a condition, and removes no one.

    Attributes
    ----------
    requirement
        What is preferred.
    """

    requirement: object


def prefer(*requirement: float | str | bool | Sequence[str] | None) -> Prefer:
    """Return a wish for `screen`: a condition that removes no one.

    Parameters
    ----------
    *requirement
        Two bounds, None where one is open; or words; or a truth.

    Examples
    --------
    >>> prefer(None, 30_000).requirement
    (None, 30000)
    >>> prefer("美妆", "时尚").requirement
    ('美妆', '时尚')
    """
    if len(requirement) == 1 and isinstance(requirement[0], bool | list | tuple):
        return Prefer(requirement[0])
    return Prefer(requirement)


class Verdict(NamedTuple):
    """What becomes of one value: its text, the result, the gap in its unit and as a share of the bound, and why."""

    value: str | None
    result: str
    gap: float | None
    share: float | None
    evidence: str


class Criterion(Protocol):
    """What is wanted of the values of a column."""

    @property
    def shown(self) -> str:
        """What is wanted, as text."""

    def judge(self, value: object) -> Verdict:
        """Judge a value that is there."""


_TEXTS: Mapping[Language, Mapping[str, str]] = {
    "zh": {
        "missing": "对比表中没有值",
        "between": "{low} 至 {high}",
        "least": "不低于 {low}",
        "most": "不高于 {high}",
        "or": "或",
        "met": "{value}；要求{wanted}",
        "odd": "{value} 不可能是以“{unit}”为单位的值",
        "below": "{value}，比 {bound} 低 {gap}",
        "above": "{value}，比 {bound} 高 {gap}",
        "just below": "{value}，低于 {bound}",
        "just above": "{value}，高于 {bound}",
        "points": "{gap} 个百分点",
    },
    "en": {
        "missing": "no value on the board",
        "between": "{low} to {high}",
        "least": "at least {low}",
        "most": "at most {high}",
        "or": " or ",
        "met": "{value}; wanted {wanted}",
        "odd": "{value} cannot be a value in {unit}",
        "below": "{value} is {gap} below {bound}",
        "above": "{value} is {gap} above {bound}",
        "just below": "{value} is below {bound}",
        "just above": "{value} is above {bound}",
        "points": "{gap} points",
    },
}


def unknown(lang: Language) -> Verdict:
    """Return what becomes of a creator without a value."""
    return Verdict(None, "unknown", None, None, _TEXTS[lang]["missing"])


@dataclass(frozen=True, slots=True)
class _Between:
    low: Bound
    high: Bound
    declared: Column | None
    lang: Language

    @property
    def shown(self) -> str:
        kind = "between" if None not in (self.low, self.high) else "most" if self.low is None else "least"
        bounds = {
            name: "" if one is None else self._written(_plain, one)
            for name, one in (("low", self.low), ("high", self.high))
        }
        return _TEXTS[self.lang][kind].format(**bounds)

    def judge(self, value: object) -> Verdict:
        number = float(value) if isinstance(value, Real) else math.nan
        said = _TEXTS[self.lang]
        if self.declared is not None and not np.isfinite(self.declared.range.usable(np.array([number]))[0]):
            text, unit = _plain(number), self.declared.unit_in(self.lang)
            return Verdict(text, "unknown", None, None, said["odd"].format(value=text, unit=unit))
        missed = self.low if self.low is not None and number < self.low else None
        missed = self.high if self.high is not None and number > self.high else missed
        text = self._written(_short, number)
        if missed is None:
            return Verdict(text, "pass", 0.0, 0.0, said["met"].format(value=text, wanted=self.shown))
        # Rounded, because 0.7 - 0.62 has digits that no one wrote.
        gap = round(abs(number - missed), 12)
        side = "below" if number < missed else "above"
        share = round(gap / abs(missed), 12) if missed else None
        bound = self._written(_short, missed)
        if text != bound:
            evidence = said[side].format(value=text, gap=self._apart(gap), bound=bound)
            return Verdict(text, "fail", gap, share, evidence)
        # Four digits are read at a glance, where they tell the two apart.
        text, bound = self._written(_plain, number), self._written(_plain, missed)
        return Verdict(text, "fail", gap, share, said[f"just {side}"].format(value=text, bound=bound))

    @property
    def _unit(self) -> str:
        return self.declared.unit if self.declared else ""

    def _written(self, digits: Callable[[float], str], number: float) -> str:
        """Write a number of the column: a share in percent, an amount with its sign."""
        if self._unit == "fraction":
            return f"{digits(round(number * 100, 10))}%"
        return f"¥{digits(number)}" if self._unit == "CNY" else digits(number)

    def _apart(self, gap: float) -> str:
        """Write how far off a value is: shares are points apart, because percent would be taken as of the bound."""
        if self._unit == "fraction":
            return _TEXTS[self.lang]["points"].format(gap=_short(round(gap * 100, 10)))
        return self._written(_short, gap)


@dataclass(frozen=True, slots=True)
class _Among:
    words: tuple[object, ...]
    labels: Mapping[Any, str]
    lang: Language

    @property
    def shown(self) -> str:
        return _TEXTS[self.lang]["or"].join(map(self._spoken, self.words))

    def judge(self, value: object) -> Verdict:
        met, text = value in self.words, str(value)
        evidence = _TEXTS[self.lang]["met"].format(value=self._spoken(value), wanted=self.shown)
        return Verdict(text, "pass", 0.0, 0.0, evidence) if met else Verdict(text, "fail", None, None, evidence)

    def _spoken(self, word: object) -> str:
        return str(self.labels.get(word, word)) if self.lang == "zh" else str(word)


def criterion_of(
    name: str, requirement: object, declared: Column | None, column: pd.Series, lang: Language
) -> Criterion:
    """Return what the values of a column are held against.

    Raises
    ------
    ParameterError
        The column cannot be held against what is wanted.
    """
    if declared.dtype == "boolean" if declared else pd.api.types.is_bool_dtype(column):
        if not isinstance(requirement, bool):
            raise must_be(name, "True or False", quoted(requirement))
        return _Among((requirement,), TRUTH_ZH, lang)
    if declared.dtype in ("Int64", "float64") if declared else pd.api.types.is_numeric_dtype(column):
        return _between(name, requirement, declared, lang)
    words: tuple[str, ...] = (requirement,) if isinstance(requirement, str) else ()
    if isinstance(requirement, list | tuple | set):
        words = tuple(requirement)
    if not words or not all(isinstance(one, str) for one in words):
        raise must_be(name, "a word or a list of words", quoted(requirement))
    known = declared.words if declared else ()
    labels: Mapping[object, str] = labels_of(known)
    words = tuple(some_of(name, words, known)) if known else words
    return _Among(words, labels, lang)


def _between(name: str, requirement: object, declared: Column | None, lang: Language) -> _Between:
    bounds = list(requirement) if isinstance(requirement, list | tuple) else []
    if len(bounds) != 2 or bounds == [None, None] or not all(one is None or _is_number(one) for one in bounds):
        raise must_be(name, "(low, high) with None where it is open, such as (50000, None)", quoted(requirement))
    low, high = (None if one is None else float(one) for one in bounds)
    if low is not None and high is not None and low > high:
        raise ParameterError(f"{name} must have its low bound first, not {quoted(requirement)}")
    if declared is not None and _is_out_of(declared, low, high):
        raise _out_of_reach(name, declared)
    return _Between(low, high, declared, lang)


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not pd.api.types.is_bool(value) and math.isfinite(value)


def _is_out_of(declared: Column, low: Bound, high: Bound) -> bool:
    reach = declared.range
    return (low is not None and low > reach.high) or (high is not None and high < reach.low)


def _out_of_reach(name: str, declared: Column) -> XingtuError:
    advice = "; rates are fractions: 0.7 is 70 %" if declared.unit == "fraction" else ""
    return ParameterError(f"{name} lies between {declared.range.low:g} and {declared.range.high:g}{advice}")


def _short(number: float) -> str:
    """Write a number with the digits that are read at a glance."""
    return _plain(number) if abs(number) >= 1000 else f"{number:.4g}"


def _plain(number: float) -> str:
    """Write a number whole, without the digits that a float adds."""
    return f"{number:,.10g}" if abs(number) < 1e10 else f"{number:,.0f}"
