"""A board and a budget become a plan: which creators to book, at which duration."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import compress

import pandas as pd
from tqdm.std import tqdm

from ..arguments import is_shown, number, one_of, some_of, truth, whole_number
from ..board.metrics import BANDS, METRICS, Band
from ..errors import ParameterError, XingtuError
from ..frame import Listed, Mapped, build_frame
from ..ids import Ids, kol_ids
from .columns import BUDGET_COLUMNS, GOALS, Goal
from .offers import FEN, PLAYS, Creator, Offer, Plays, Terms, creators_of
from .pruning import Limit, total
from .quotas import CATEGORY, FOLLOWERS, Count, Quota, Tier, category_quotas, maximums, minimums, tier_quotas
from .score import check_board, lacking_metric
from .solver import best_subset

_MOST_CNY = 1e12
_PRECISION = 100
"""Expected values are compared to the hundredth: the solver counts in whole numbers."""
_FRACTION = "a fraction >= 0 and below 1, such as 0.05 for 5 %"


def plan_budget(
    board: pd.DataFrame,
    budget_cny: float,
    *,
    maximise: Goal = "plays",
    expected: Plays = "play_median",
    per_creator: int = 1,
    per_category: Count | Mapping[str, Count] = None,
    per_tier: Mapping[Tier, Count] | None = None,
    bands: Iterable[Band] | Band | None = None,
    implied: bool = True,
    fee: float = 0.0,
    rebate: float | Mapping[str, float] = 0.0,
    include: Ids = (),
    exclude: Ids = (),
    progress: bool | None = None,
) -> pd.DataFrame:
    """Choose which creators to book at which duration, so that a budget brings the most.

    Parameters
    ----------
    board
        What `compare` returns, with the plays, the quotes of the bands and, for ``implied``, ``interact_rate`` and
        the CPM and CPE of the bands.
    budget_cny
        The most to spend, in yuan, fees included and rebates deducted.
    maximise
        ``"plays"``: the expected plays. ``"interactions"``: these plays x interaction rate. The tables hold no
        expectation for a single band, so that the bands of a creator differ by price only.
    expected
        Which column of the board counts as expected plays: ``"play_median"``, the median of the videos, or
        ``"expected_plays"``, what the provider expects of an order. Implied prices count the same plays.
    per_creator
        The most bookings of one creator, each in another band. Every booking counts the same plays again.
    per_category
        How many bookings of one ``top_category``: a number is the most, a pair ``(least, most)`` is both, None where
        it is open. One for each category, or a mapping category -> number or pair for some. A creator whose category
        is missing is never held back, and counts for no minimum.
    per_tier
        The same by followers: a mapping ``(low, high)`` -> number or pair, such as
        ``{(1_000_000, None): 2, (None, 1_000_000): (3, None)}``; a tier has those from ``low`` on and below ``high``.
        Tiers may overlap. A creator whose followers are missing is in none.
    bands
        Some of ``1-20s``, ``21-60s``, ``60s+``; None for all.
    implied
        Whether a creator without an open quote is planned with a price that CPM and CPE imply.
    fee
        What the platform takes on top, as a fraction of ``price_cny`` (not of the total): 0.05 adds 5 % of the price.
        The rebate does not reduce it.
    rebate
        What comes back, as a fraction of ``price_cny`` (without the fee): one number for all, or a mapping
        kol_id -> fraction for some; the ids may be more than those of the board.
    include
        Ids to book in any case, at least once each.
    exclude
        Ids that are never booked; they may be more than those of the board.
    progress
        Show a progress bar: True, False, or None for "when it takes long, in an interactive session".

    Returns
    -------
    One row per booking, the largest ``expected`` first: ``kol_id``, ``name`` (as the board has it), ``duration_band``,
    ``price_cny`` (of the service), ``price_source``, ``fee_cny``, ``rebate_cny``, ``total_cny`` (price + fee - rebate:
    counts against the budget), ``expected`` (plays or interactions), ``quote_cny``, ``implied_cpm_cny``,
    ``implied_cpe_cny``. Amounts are in yuan; each is rounded to the fen, half a fen of a fee or rebate up. No plan
    that keeps to the limits brings more for the budget; among equals the one with the least total is chosen, then
    shorter bands and creators that come first in the board. No booking gives no rows.

    ``price_source`` is ``quote`` for an open quote. Otherwise it is the higher of two estimates, which disagree:
    ``implied_cpm`` (CPM x plays / 1000) and ``implied_cpe`` (CPE x plays x interaction rate), of the plays of
    ``expected``. Both are shown beside a real quote as well, where the board has what they are made of. A price of 0
    is none.

    ``attrs`` has ``budget_cny``, ``spent_cny`` (the totals), ``left_cny``, ``expected_total``, ``maximise``,
    ``expected``, ``fee`` and ``rebate`` as they were asked for, and ``left_out``: for each creator that is not booked
    ``kol_id``, ``why`` (``excluded``, ``no expected value``, ``no price`` or ``did not fit``) and ``detail``.

    Raises
    ------
    InvalidIdError, ParameterError
        An argument that cannot be, a board that lacks a column or has a creator twice, categories or followers that
        a limit needs and no creator has, a minimum that cannot be met, or ids of ``include`` that are not in the board,
        are in ``exclude`` as well, cannot be booked, or cost more than the budget.
    XingtuError
        The solver found no proven best plan within a minute; it takes a few seconds for real prices of thousands of
        creators.

    Notes
    -----
    Costs no request. Exact: sums are checked in whole fen, a plan is never over budget, and of many creators only those
    are left out of the search that a bound proves to be in no best plan, or in each. An implied price is an
    estimate from the provider's expectations; ask for a quote before it is used.
    """
    chosen = [band for band in BANDS if band in some_of("bands", BANDS if bands is None else bands, BANDS)]
    terms = Terms(
        chosen,
        one_of("maximise", maximise, GOALS),
        one_of("expected", expected, PLAYS),
        truth("implied", implied),
        _fraction("fee", fee),
        _rebate(rebate),
        frozenset(kol_ids(exclude)),
    )
    board = _checked(board, terms)
    budget = _fen_of(budget_cny)
    most = whole_number("per_creator", per_creator, 1)
    quotas = [*category_quotas(per_category, board), *tier_quotas(per_tier, board)]
    creators = creators_of(board, terms)
    included = _included(include, creators, terms.excluded)
    _check_possible([creators[kol_id] for kol_id in included], budget, quotas)
    # The bands of a creator bring the same, so none but the cheapest is ever needed.
    offers = [offer for creator in creators.values() for offer in creator.offers[:most]]
    booked = _booked(offers, budget, quotas, included, progress)
    plan = build_frame(BUDGET_COLUMNS, [offer.cells for offer in sorted(booked, key=lambda offer: -offer.expected)])
    spent = sum(offer.fen for offer in booked)
    plan.attrs["budget_cny"] = float(budget_cny)
    plan.attrs["spent_cny"] = spent / FEN
    plan.attrs["left_cny"] = (budget - spent) / FEN
    plan.attrs["expected_total"] = math.fsum(offer.expected for offer in booked)
    plan.attrs["maximise"] = terms.goal
    plan.attrs |= {"expected": terms.plays, "fee": float(terms.fee), "rebate": _plain_rebate(terms.rebate)}
    plan.attrs["left_out"] = Listed(_left_out(creators.values(), booked, budget - spent, quotas))
    return plan


def _fraction(name: str, value: float, also: str = "") -> Fraction:
    allowed = ", ".join(filter(None, (_FRACTION, also)))
    return Fraction(repr(number(name, value, allowed, lambda part: 0 <= part < 1)))


def _rebate(rebate: float | Mapping[str, float]) -> Fraction | dict[str, Fraction]:
    if isinstance(rebate, Mapping):
        ids = kol_ids(list(rebate), each=True)
        return {kol_id: _fraction(f"rebate of {kol_id}", one) for kol_id, one in zip(ids, rebate.values(), strict=True)}
    return _fraction("rebate", rebate, "or a mapping kol_id -> such a fraction")


def _plain_rebate(rebate: Fraction | Mapping[str, Fraction]) -> object:
    """Return a rebate as ``attrs`` hold it."""
    if isinstance(rebate, Fraction):
        return float(rebate)
    return Mapped({kol_id: float(part) for kol_id, part in rebate.items()})


def _checked(board: pd.DataFrame, terms: Terms) -> pd.DataFrame:
    """Return the board in dtypes to compute with; refuse one that lacks what the plan needs."""
    has = check_board(board, []).columns
    if terms.plays == "expected_plays" and terms.plays not in has:
        raise lacking_metric(METRICS[terms.plays])
    also = [name for name in ("name", CATEGORY, FOLLOWERS, *terms.used) if name in has]
    return check_board(board, [*terms.needed, *also])


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


def _booked(
    offers: Sequence[Offer], budget: int, quotas: Sequence[Quota], included: Collection[str], progress: bool | None
) -> list[Offer]:
    places = [place for place, offer in enumerate(offers, 1) if offer.fen <= budget]
    within = [offers[place - 1] for place in places]
    if not within:
        _check_minimums(offers, budget, quotas, included)
        return []
    ids, prices = [offer.kol_id for offer in within], [offer.fen for offer in within]
    limits = [(prices, budget), *maximums(quotas, ids), *minimums(quotas, ids), *_must_have(included, ids)]
    objectives = [[-round(offer.expected * _PRECISION) for offer in within], prices, places]
    with tqdm(
        total=len(objectives),
        desc="plan",
        disable=not is_shown(progress),
        delay=0 if progress else 2,
        leave=False,
        mininterval=0,
        bar_format="{desc}: {n}/{total} [{elapsed}]",
    ) as bar:
        try:
            chosen = best_subset(objectives, limits, bar.update)
        except XingtuError:
            _check_minimums(offers, budget, quotas, included)
            raise
    return list(compress(within, chosen))


def _check_minimums(offers: Sequence[Offer], budget: int, quotas: Sequence[Quota], included: Collection[str]) -> None:
    """Refuse the first minimum that cannot be met beside every maximum, include, and the minimums before it."""
    ids, prices = [offer.kol_id for offer in offers], [offer.fen for offer in offers]
    limits = [*maximums(quotas, ids), *_must_have(included, ids)]
    for quota in (quota for quota in quotas if quota.least):
        asked = f"{quota.argument} of {quota.group} asks for {quota.least} bookings at least"
        count = sum(kol_id in quota.ids for kol_id in ids)
        if count < quota.least:
            raise ParameterError(f"{asked}, and {count} can be booked at all")
        limits += minimums([quota], ids)
        try:
            cost = total(prices, best_subset([prices], limits))
        except ParameterError:
            raise ParameterError(f"{asked}, and include and the other limits leave no room for them") from None
        if cost > budget:
            raise ParameterError(
                f"{asked}: with include and the minimums before it that costs {cost / FEN:,.2f} yuan at least, more "
                f"than the budget of {budget / FEN:,.2f}"
            )


def _must_have(included: Iterable[str], ids: Sequence[str]) -> list[Limit]:
    return [([-int(kol_id == one) for kol_id in ids], -1) for one in included]


def _left_out(
    creators: Iterable[Creator], booked: Sequence[Offer], left: int, quotas: Sequence[Quota]
) -> list[dict[str, str]]:
    ids = {offer.kol_id for offer in booked}
    counts = [(quota, sum(offer.kol_id in quota.ids for offer in booked)) for quota in quotas]
    used_up = [(quota, count) for quota, count in counts if quota.most is not None and count >= quota.most]
    found = []
    for creator in creators:
        if creator.kol_id in ids:
            continue
        why, detail = creator.obstacle
        if creator.offers:
            why, detail = "did not fit", _cheapest(creator.offers[0])
            full = [f"{count} of {quota.group} are booked" for quota, count in used_up if creator.kol_id in quota.ids]
            if full:
                detail = "; ".join([detail, *full])
            elif creator.offers[0].fen > left:
                detail += f"; {left / FEN:,.2f} yuan are left"
        found.append({"kol_id": creator.kol_id, "why": why, "detail": detail})
    return found


def _cheapest(offer: Offer) -> str:
    _, _, band, price, source, fee, rebate, cost, expected, *_ = offer.cells
    in_all = f", {cost:,.2f} with fee and rebate" if fee or rebate else ""
    return f"cheapest {price:,.2f} yuan for {band} ({source}){in_all}, {expected:,.0f} expected"
