"""What is asked of a plan, checked and read once, and the bookings that fulfil it best."""

from __future__ import annotations

import inspect
import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import compress
from typing import TypedDict, TypeVar

import pandas as pd

from ..arguments import bar, number, one_of, some_of, truth, whole_number
from ..board.metrics import BANDS, METRICS, Band
from ..board.own import TOP_CATEGORY
from ..errors import ParameterError, XingtuError
from ..ids import Ids, kol_ids
from .columns import Aim
from .offers import FEN, PLAYS, Creator, Offer, Plays, Terms, creators_of, implying, without_quote
from .pruning import Limit, Row, total
from .quotas import FOLLOWERS, Count, Quota, Tier, category_quotas, maximums, minimums, tier_quotas
from .score import check_board, lacking_metric
from .solver import best_subset

_MOST_CNY = 1e12
_PRECISION = 100
"""Expected values are compared to the hundredth: the solver counts in whole numbers."""
Planning = TypeVar("Planning", bound=Callable[..., object])
_IMPLIES = ". They imply a price where there is no quote: {}; implied=False plans with quotes alone"
_FRACTION = "a fraction >= 0 and below 1, such as 0.05 for 5 %"


class PlanOptions(TypedDict, total=False):
    """What can be asked of a plan beside its goal, as in `plan_budget`."""

    expected: Plays
    per_creator: int
    per_category: Count | Mapping[str, Count]
    per_tier: Mapping[Tier, Count] | None
    bands: Iterable[Band] | Band | None
    implied: bool
    fee: float
    rebate: float | Mapping[str, float] | pd.Series
    include: Ids
    exclude: Ids


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a plan.

    Attributes
    ----------
    board
        The board, checked.
    terms
        What the plan is for, and what a booking costs beside its price.
    budget
        The most to spend, in fen.
    most
        The most bookings of one creator.
    quotas
        How many bookings of some creators there are.
    included
        Who is booked in any case.
    creators
        The creators of the board by id, with what can be booked of each.
    """

    board: pd.DataFrame
    terms: Terms
    budget: int
    most: int
    quotas: Sequence[Quota]
    included: Sequence[str] = ()
    creators: Mapping[str, Creator] = field(default_factory=dict)

    @property
    def offers(self) -> list[Offer]:
        """What can be booked, whatever the budget."""
        # The bands of a creator bring the same, so none but the cheapest is ever needed.
        return [offer for creator in self.creators.values() for offer in creator.offers[: self.most]]

    def without(self, excluded: Collection[str]) -> Asked:
        """Return the same but for who is never booked."""
        terms = replace(self.terms, excluded=frozenset(excluded))
        board = _checked(self.board, terms)
        return replace(self, board=board, terms=terms, creators=creators_of(board, terms))


def asked_for(
    board: pd.DataFrame,
    budget_cny: float,
    goals: Sequence[Aim],
    users: Mapping[str, float] | None = None,
    *,
    expected: Plays = "play_median",
    per_creator: int = 1,
    per_category: Count | Mapping[str, Count] = None,
    per_tier: Mapping[Tier, Count] | None = None,
    bands: Iterable[Band] | Band | None = None,
    implied: bool = True,
    fee: float = 0.0,
    rebate: float | Mapping[str, float] | pd.Series = 0.0,
    include: Ids = (),
    exclude: Ids = (),
) -> Asked:
    """Return what is asked of a plan for these goals, as in `plan_budget`; refuse what cannot be."""
    named = _ids_by_name(board)
    chosen = [band for band in BANDS if band in some_of("bands", BANDS if bands is None else bands, BANDS)]
    terms = Terms(
        chosen,
        goals,
        one_of("expected", expected, PLAYS),
        truth("implied", implied),
        _fraction("fee", fee),
        _rebate(rebate, named),
        frozenset(kol_ids(_with_ids(exclude, named))),
        users or {},
    )
    board = _checked(board, terms)
    budget = _fen_of(budget_cny)
    most = whole_number("per_creator", per_creator, 1)
    quotas = [*category_quotas(per_category, board), *tier_quotas(per_tier, board)]
    creators = creators_of(board, terms)
    included = _included(_with_ids(include, named), creators, terms.excluded)
    _check_possible([creators[kol_id] for kol_id in included], budget, quotas)
    return Asked(board, terms, budget, most, quotas, included, creators)


def with_plan_options(function: Planning) -> Planning:
    """Show the options of a plan in the signature of a function that takes them."""
    signature, asked = (inspect.signature(one, eval_str=True) for one in (function, asked_for))
    own = [one for one in signature.parameters.values() if one.kind is not inspect.Parameter.VAR_KEYWORD]
    options = [asked.parameters[name] for name in PlanOptions.__annotations__]
    function.__signature__ = signature.replace(parameters=[*own, *options])  # type: ignore[attr-defined]
    return function


def _fraction(name: str, value: float, also: str = "") -> Fraction:
    allowed = ", ".join(filter(None, (_FRACTION, also)))
    return Fraction(repr(number(name, value, allowed, lambda part: 0 <= part < 1)))


def _ids_by_name(board: pd.DataFrame) -> dict[str, str]:
    """Return the id behind each name of a board that one creator alone has; a number is always an id."""
    if not {"kol_id", "name"} <= set(getattr(board, "columns", ())):
        return {}
    pairs = [(name, kol_id) for name, kol_id in zip(board["name"], board["kol_id"], strict=True) if _is_name(name)]
    often = Counter(name for name, _ in pairs)
    return {name: kol_id for name, kol_id in pairs if often[name] == 1}


def _is_name(name: object) -> bool:
    return isinstance(name, str) and not name.strip().isdecimal()


def _with_ids(creators: Ids, named: Mapping[str, str]) -> Ids:
    """Return creators with the ids of those that are called by their name."""
    if isinstance(creators, str):
        return named.get(creators, creators)
    if isinstance(creators, list | tuple | set | frozenset):
        return [named.get(one, one) if isinstance(one, str) else one for one in creators]
    return creators


def _rebate(
    rebate: float | Mapping[str, float] | pd.Series, named: Mapping[str, str]
) -> Fraction | dict[str, Fraction]:
    if isinstance(rebate, Mapping | pd.Series):
        ids = kol_ids(_with_ids(list(rebate.keys()), named), each=True)
        parts = [part for _, part in rebate.items()]
        return {kol_id: _fraction(f"rebate of {kol_id}", part) for kol_id, part in zip(ids, parts, strict=True)}
    return _fraction("rebate", rebate, "or a mapping kol_id -> such a fraction")


def _checked(board: pd.DataFrame, terms: Terms) -> pd.DataFrame:
    """Return the board in dtypes to compute with; refuse one that lacks what the plan needs."""
    has = check_board(board, []).columns
    if terms.plays == "expected_plays" and terms.plays not in has:
        raise lacking_metric(METRICS[terms.plays])
    also = [name for name in ("name", TOP_CATEGORY, FOLLOWERS, *terms.used) if name in has]
    board = check_board(board, [*terms.needed, *also])
    missing = without_quote(board, terms) if terms.implied else {}
    said = ", ".join(f"{count} of {len(board)} creators for {band}" for band, count in missing.items())
    return check_board(board, [*implying(missing), *terms.needed, *also], _IMPLIES.format(said))


def _fen_of(budget_cny: float) -> int:
    allowed = f"a finite number of yuan above 0, at most {_MOST_CNY:g}"
    budget = number("budget_cny", budget_cny, allowed, lambda yuan: 0 < yuan <= _MOST_CNY)
    return math.floor(Fraction(repr(budget)) * FEN)


def _included(include: Ids, creators: Mapping[str, Creator], excluded: Collection[str]) -> list[str]:
    included = kol_ids(include)
    both = [kol_id for kol_id in included if kol_id in excluded]
    if both:
        raise ParameterError(f"{', '.join(both)} is in include and in exclude; keep it in one of them")
    absent = [kol_id for kol_id in included if kol_id not in creators]
    if absent:
        raise ParameterError(f"{', '.join(absent)} of include is not in the board; add it to the ids of compare")
    for kol_id in included:
        if not creators[kol_id].offers:
            why, detail = creators[kol_id].obstacle
            raise ParameterError(f"{kol_id} of include cannot be booked: {why}, {detail}")
    return included


def _check_possible(included: Sequence[Creator], budget: int, quotas: Iterable[Quota]) -> None:
    """Refuse creators that have to be booked and cannot be, together."""
    least = sum(creator.offers[0].fen for creator in included)
    if least > budget:
        ids = ", ".join(creator.kol_id for creator in included)
        raise ParameterError(
            f"include costs {least / FEN:,.2f} yuan at least ({ids}), more than the budget of {budget / FEN:,.2f}"
        )
    for quota in quotas:
        count = sum(creator.kol_id in quota.ids for creator in included)
        if quota.most is not None and count > quota.most:
            raise ParameterError(f"include has {count} of {quota.group}, and {quota.argument} allows {quota.most}")


def in_hundredths(expected: float) -> int:
    """Return what a booking brings as the solver counts it."""
    return round(expected * _PRECISION)


@dataclass(frozen=True, slots=True)
class Search:
    """What the solver sees of a plan: the bookings within the budget, and the limits, in whole numbers.

    Attributes
    ----------
    offers
        What can be booked.
    gains
        What each brings, in hundredths, by goal.
    prices
        What each costs, in fen.
    places
        The place of each among all that can be booked: the earlier one is taken of equals.
    limits
        What holds for every plan.
    """

    offers: Sequence[Offer]
    gains: Sequence[Row]
    prices: Row
    places: Row
    limits: Sequence[Limit]

    @property
    def costs(self) -> list[Row]:
        """What is least in the best plan: the goals negated, then money, then place."""
        return [*([-gain for gain in row] for row in self.gains), self.prices, self.places]


def search_of(asked: Asked) -> Search:
    """Return what the solver sees of a plan."""
    offers = asked.offers
    places = [place for place, offer in enumerate(offers, 1) if offer.fen <= asked.budget]
    within = [offers[place - 1] for place in places]
    ids, prices = [offer.kol_id for offer in within], [offer.fen for offer in within]
    gains = [[in_hundredths(offer.worth[goal]) for offer in within] for goal in range(len(asked.terms.goals))]
    limits = [
        (prices, asked.budget),
        *maximums(asked.quotas, ids),
        *minimums(asked.quotas, ids),
        *_must_have(asked.included, ids),
    ]
    return Search(within, gains, prices, places, limits)


def best_bookings(asked: Asked, progress: bool | None) -> list[Offer]:
    """Return the bookings of the best plan, or name the minimum that cannot be met."""
    search = search_of(asked)
    if not search.offers:
        check_minimums(asked)
        return []
    with bar(
        progress,
        total=len(search.costs),
        desc="plan",
        leave=False,
        mininterval=0,
        bar_format="{desc}: {n}/{total} [{elapsed}]",
    ) as shown:
        try:
            chosen = best_subset(search.costs, search.limits, shown.update)
        except XingtuError:
            check_minimums(asked)
            raise
    return list(compress(search.offers, chosen))


def check_minimums(asked: Asked) -> None:
    """Refuse the first minimum that cannot be met beside every maximum, include, and the minimums before it."""
    offers = asked.offers
    ids, prices = [offer.kol_id for offer in offers], [offer.fen for offer in offers]
    limits = [*maximums(asked.quotas, ids), *_must_have(asked.included, ids)]
    for quota in (quota for quota in asked.quotas if quota.least):
        wish = f"{quota.argument} of {quota.group} asks for {quota.least} bookings at least"
        count = sum(kol_id in quota.ids for kol_id in ids)
        if count < quota.least:
            raise ParameterError(f"{wish}, and {count} can be booked at all")
        limits += minimums([quota], ids)
        try:
            cost = total(prices, best_subset([prices], limits))
        except ParameterError:
            raise ParameterError(f"{wish}, and include and the other limits leave no room for them") from None
        if cost > asked.budget:
            raise ParameterError(
                f"{wish}: with include and the minimums before it that costs {cost / FEN:,.2f} yuan at least, more "
                f"than the budget of {asked.budget / FEN:,.2f}"
            )


def _must_have(included: Iterable[str], ids: Sequence[str]) -> list[Limit]:
    return [([-int(kol_id == one) for kol_id in ids], -1) for one in included]
