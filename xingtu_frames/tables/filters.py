"""What a search is narrowed with: bounds and words, checked and spelled for the wire before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

import numpy as np

from ..errors import ParameterError, XingtuError, listed, must_be, quoted
from .pages import whole

_LIST = re.compile("[,，、]")
_FEW = 12


@dataclass(frozen=True, slots=True, eq=False)
class Number:
    """A whole number of at least 1 that only goes with another filter.

    Attributes
    ----------
    name
        Name of the argument.
    meaning
        What is chosen, for documentation.
    default
        What it is when it is left out.
    needs
        The filter that it goes with.
    """

    name: str
    meaning: str
    default: int
    needs: str
    parameter: str = ""

    @property
    def type(self) -> object:
        """The type of the argument."""
        return int

    def read(self, value: object, chosen: Mapping[str, object]) -> str | None:
        """Return the number as it is written.

        Raises
        ------
        ParameterError
            It is not one.
        """
        number = whole(value)
        if number is None or number < 1:
            raise must_be(self.name, "a positive integer", quoted(value))
        if value != self.default and chosen.get(self.needs) is None:
            raise _alone(self.name, self.needs)
        return str(number)


@dataclass(frozen=True, slots=True, eq=False)
class Between:
    """Two bounds of a number, such as ``(100_000, 1_000_000)``.

    Attributes
    ----------
    name
        Name of the argument.
    parameter
        The name of the current endpoint's parameter.
    what
        What is bounded, for documentation.
    unit
        Unit of the bounds: ``fraction``, ``CNY``, or what is counted.
    open
        What is sent for a bound that is open: low and high.
    needs
        A filter without which this one means nothing.
    days
        The number of days that goes before the bounds, by its name.
    """

    name: str
    parameter: str
    what: str
    unit: str
    open: tuple[str, str] = ("0", "1000000000")
    needs: str = ""
    days: str = ""
    default: None = None

    @property
    def meaning(self) -> str:
        """What is chosen, for documentation."""
        return f"{self.what}, as ``(low, high)`` with None where it is open"

    @property
    def type(self) -> object:
        """The type of the argument."""
        return tuple[float | None, float | None] | None

    def read(self, value: object, chosen: Mapping[str, object]) -> str | None:
        """Return the bounds as they are sent; None where there are none.

        Raises
        ------
        ParameterError
            They cannot be, or what they need is not chosen.
        """
        if value is None:
            return None
        bounds = list(value) if isinstance(value, list | tuple) else []
        if len(bounds) != 2 or not all(one is None or self._fits(one) for one in bounds):
            allowed, advice = self._allowed()
            raise must_be(self.name, f"(low, high) of {allowed}, None where it is open", quoted(value), advice)
        low, high = map(_number, bounds)
        if low is None and high is None:
            return None
        if low is not None and high is not None and low > high:
            raise ParameterError(
                f"{self.name} must have its low bound first, not {quoted(value)}: {low} is above {high}"
            )
        if low is not None and high is None:
            self._check_below_open(low, value)
        if self.needs and chosen.get(self.needs) is None:
            raise _alone(self.name, self.needs)
        spelled = [_open if one is None else _plain(one) for one, _open in zip((low, high), self.open, strict=True)]
        return (f"{chosen[self.days]}:" if self.days else "") + "-".join(spelled)

    def _fits(self, value: object) -> bool:
        number = _number(value)
        if number is None:
            return False
        return number <= 1 if self.unit == "fraction" else self.unit == "CNY" or number == number.to_integral_value()

    def _check_below_open(self, low: Decimal, value: object) -> None:
        """Refuse a low bound that is not below what is sent for an open high one."""
        usual = self.open[1]
        if usual and low >= Decimal(usual) and self.unit != "fraction":
            raise ParameterError(
                f"{self.name} must have a high bound where the low one is {usual} or more, not {quoted(value)}: "
                f"an open one is sent as {usual}"
            )

    def _allowed(self) -> tuple[str, str]:
        """Return what the bounds may be, and an example."""
        if self.unit == "fraction":
            return "fractions from 0 to 1", "rates are fractions: 0.02 is 2 %"
        if self.unit == "CNY":
            return "yuan, not below 0", "up to 3 yuan is (None, 3)"
        return f"{self.unit} in whole numbers, not below 0", "at least 100,000 is (100000, None)"


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """Words, one or several, as a list or as text with commas.

    Attributes
    ----------
    name
        Name of the argument.
    parameter
        The name of the current endpoint's parameter.
    meaning
        What is chosen, for documentation.
    words
        Each word and how it is spelled on the wire; other words are passed on where it is empty.
    one_of
        Beginnings of words of which at most one may be chosen.
    headings
        Words that the provider shows above others and does not take, with those under them.
    """

    name: str
    parameter: str
    meaning: str
    words: Mapping[str, str] = field(default_factory=dict)
    one_of: tuple[str, ...] = ()
    headings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    default: None = None

    @property
    def type(self) -> object:
        """The type of the argument."""
        return str | Iterable[str] | None

    def read(self, value: Any, chosen: Mapping[str, object]) -> str | None:
        """Return the words as they are sent; None where there are none.

        Raises
        ------
        ParameterError
            One does not exist, or two exclude each other.
        """
        if value is None:
            return None
        items = list(value) if isinstance(value, Iterable) and not isinstance(value, str) else [value]
        texts = [text for one in items for text in (_LIST.split(one) if isinstance(one, str) else [one])]
        if not all(isinstance(one, str) and one.strip() for one in texts):
            raise must_be(self.name, "words, such as a list of text", quoted(value))
        found = list(dict.fromkeys(one.strip() for one in texts))
        for begin in self.one_of:
            several = [one for one in found if one.startswith(begin)]
            if len(several) > 1:
                raise ParameterError(f"{self.name} takes at most one {begin}... threshold, not {listed(several)}")
        for one in found:
            if one in self.headings:
                under = listed(self.headings[one])
                raise ParameterError(
                    f"{self.name} takes no heading such as {quoted(one)}; choose what is under it: {under}"
                )
        unknown = [one for one in found if self.words and one not in self.words]
        if unknown:
            raise self._no_such(unknown)
        return ",".join(dict.fromkeys(self.words.get(one, one) for one in found)) or None

    def _no_such(self, unknown: Collection[str]) -> XingtuError:
        near = list(dict.fromkeys(match for one in unknown for match in _near(one, self.words)))
        guess = f"did you mean {listed(near)}? " if near else ""
        few = list(self.words)[:_FEW]
        more = f" and {len(self.words) - len(few)} more" if len(self.words) > len(few) else ""
        return ParameterError(f"{self.name} has no {listed(unknown)}; {guess}there are {', '.join(few)}{more}")


Filter = Number | Between | Labels
"""What a search can be narrowed with beside choices and text."""


def _near(word: str, words: Iterable[str]) -> list[str]:
    holding = [one for one in words if word in one or one in word]
    return list(dict.fromkeys([*get_close_matches(word, words, 3, 0.5), *holding]))[:_FEW]


def _alone(name: str, needs: str) -> ParameterError:
    return ParameterError(f"{name} needs {needs}: without it, it means nothing")


def _number(value: object) -> Decimal | None:
    """Return a number of at least 0 as it is written, whatever the user's decimal context; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating | Decimal):
        return None
    number = Decimal(int(value)) if isinstance(value, int | np.integer) else Decimal(str(value))
    # -0.0 is 0.
    return number.copy_abs() if number.is_finite() and number >= 0 else None


def _plain(number: Decimal) -> str:
    # Never 1E+6.
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
