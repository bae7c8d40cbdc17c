"""How many bookings a plan has of each category and of each tier of followers, at least and at most."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from ..arguments import is_number
from ..board.metrics import METRICS
from ..board.own import TOP_CATEGORY
from ..errors import ParameterError, a_kind, must_be, no_such, quoted
from ..tables.sentences import Sentences
from .positions import numbers_of
from .pruning import Limit

Count = int | tuple[int | None, int | None] | None
"""The most bookings, or the least and the most, None where it is open."""
Tier = tuple[float | None, float | None]
"""Followers from the first on and below the second, None where it is open."""

FOLLOWERS = "followers"
_FROM, _BELOW, _BETWEEN = "{low} followers and more", "fewer than {high} followers", "{low} to {high} followers"
TIERS = Sentences({_FROM: "粉丝 {low} 及以上", _BELOW: "粉丝低于 {high}", _BETWEEN: "粉丝 {low} 至 {high}"})
"""What tiers of followers are called."""
_BRINGS = {TOP_CATEGORY: METRICS["top_category_share"], FOLLOWERS: METRICS[FOLLOWERS]}
_MOST, _MOST_BOOKINGS = 1e12, 1_000_000_000
_TIER = "(low, high) of followers with None where it is open, such as (1_000_000, None)"


@dataclass(frozen=True, slots=True)
class Quota:
    """How many bookings of some creators a plan has.

    Attributes
    ----------
    argument
        The argument that asks for it.
    group
        What the creators have in common.
    ids
        The creators.
    least
        The fewest bookings.
    most
        The most bookings, None where there is no maximum.
    """

    argument: str
    group: str
    ids: frozenset[str]
    least: int
    most: int | None


def category_quotas(per_category: Count | Mapping[str, Count], board: pd.DataFrame) -> list[Quota]:
    """Return how many bookings are wanted of each category.

    Raises
    ------
    ParameterError
        It cannot be, names a category that the board lacks, or the board has none.
    """
    if per_category is None:
        return []
    categories = _column(board, TOP_CATEGORY, "per_category")
    ids: dict[str, list[str]] = {}
    for kol_id, category in zip(board["kol_id"], categories, strict=True):
        if not pd.isna(category):
            ids.setdefault(category, []).append(kol_id)
    if isinstance(per_category, Mapping):
        unknown = [category for category in per_category if category not in ids]
        if unknown:
            raise no_such(TOP_CATEGORY, unknown, ids)
        counts = {category: _counts(f"per_category of {category}", one) for category, one in per_category.items()}
    else:
        counts = dict.fromkeys(ids, _counts("per_category", per_category))
    return [Quota("per_category", category, frozenset(ids[category]), *both) for category, both in counts.items()]


def tier_quotas(per_tier: Mapping[Tier, Count] | None, board: pd.DataFrame) -> list[Quota]:
    """Return how many bookings are wanted of each tier of followers.

    Raises
    ------
    ParameterError
        It cannot be, or the board has no followers.
    """
    if per_tier is None:
        return []
    if not isinstance(per_tier, Mapping):
        raise must_be("per_tier", "a mapping (low, high) of followers -> number or (least, most)", a_kind(per_tier))
    _column(board, FOLLOWERS, "per_tier")
    followers = dict(zip(board["kol_id"], numbers_of(board, FOLLOWERS).tolist(), strict=True))
    found = []
    for tier, count in per_tier.items():
        low, high, group = _bounds(tier)
        # A missing number is in no tier: NaN is neither above nor below.
        ids = frozenset(kol_id for kol_id, number in followers.items() if low <= number < high)
        found.append(Quota("per_tier", group, ids, *_counts(f"per_tier of {group}", count)))
    return found


def maximums(quotas: Sequence[Quota], ids: Sequence[str]) -> list[Limit]:
    """Return the limits that keep bookings of these creators to the maximums."""
    return [([int(kol_id in one.ids) for kol_id in ids], one.most) for one in quotas if one.most is not None]


def minimums(quotas: Sequence[Quota], ids: Sequence[str]) -> list[Limit]:
    """Return the limits that keep bookings of these creators to the minimums."""
    return [([-int(kol_id in one.ids) for kol_id in ids], -one.least) for one in quotas if one.least]


def _column(board: pd.DataFrame, name: str, argument: str) -> pd.Series:
    """Return a column that has a value for one creator at least."""
    if name in board.columns and (board.empty or board[name].notna().any()):
        return board[name]
    metric = _BRINGS[name]
    raise ParameterError(
        f"{argument} needs {name}, and the board has none: compare(ids, metrics=[..., {metric.name!r}]) brings it, for "
        f"one request per creator to {metric.endpoint} where that is not stored"
    )


def _counts(said: str, count: Count) -> tuple[int, int | None]:
    """Return the fewest and the most."""
    both = list(count) if isinstance(count, list | tuple) else [None, count]
    if len(both) != 2 or not all(one is None or _is_count(one) for one in both):
        allowed = "an integer >= 0, (least, most) of such with None where it is open, or None"
        raise must_be(said, allowed, quoted(count))
    least, most = int(both[0] or 0), None if both[1] is None else int(both[1])
    if most is not None and least > most:
        raise ParameterError(f"{said} must have the least first, not {quoted(count)}")
    return least, most


def _is_count(value: object) -> bool:
    return bool(pd.api.types.is_integer(value) and 0 <= value <= _MOST_BOOKINGS)


def _bounds(tier: object) -> tuple[float, float, str]:
    """Return the bounds of a tier, and how it reads."""
    both = tier if isinstance(tier, tuple) else ()
    bounds = [one for one in both if one is None or (is_number(one) and 0 <= one <= _MOST)]
    if len(both) != 2 or len(bounds) != 2 or bounds == [None, None]:
        raise must_be("a tier of per_tier", _TIER, quoted(tier))
    low, high = bounds
    if high is None:
        return low, math.inf, _FROM.format(low=f"{low:,.0f}")
    if low is None:
        return 0, high, _BELOW.format(high=f"{high:,.0f}")
    if low >= high:
        raise must_be("a tier of per_tier", _TIER, quoted(tier), "the low one comes first")
    return low, high, _BETWEEN.format(low=f"{low:,.0f}", high=f"{high:,.0f}")
