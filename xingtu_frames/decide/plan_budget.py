"""A board and a budget become a plan: which creators to book, at which duration."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import pandas as pd

from ..arguments import one_of
from ..board.metrics import Band
from ..frame import Listed, Mapped, build_frame
from ..ids import Ids
from .columns import BUDGET_COLUMNS, GOALS, Goal
from .obstacles import CHEAPEST, CHEAPEST_IN_ALL, FULL, LEFT
from .offers import FEN, Offer, Plays
from .planning import Asked, asked_for, best_bookings
from .quotas import Count, Tier


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
    rebate: float | Mapping[str, float] | pd.Series = 0.0,
    include: Ids = (),
    exclude: Ids = (),
    progress: bool | None = None,
) -> pd.DataFrame:
    """Choose which creators to book at which duration, so that a budget brings the most.

    Parameters
    ----------
    board
        What `compare` returns, with the plays and the quotes of the bands; for interactions ``interact_rate``; and for
        ``implied`` this rate and the CPM and CPE of each band for which a creator that can be booked has no quote.
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
        What comes back, as a fraction of ``price_cny`` (without the fee): one number for all, or a mapping or
        Series kol_id, or such a name, -> fraction for some; the ids may be more than those of the board.
    include
        Ids, or names of the board that one creator alone has, to book in any case, at least once each.
    exclude
        Ids or such names that are never booked; ids may be more than those of the board.
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
    ``kol_id``, ``why`` (``excluded``, ``no expected value``, ``no price`` or ``did not fit``) and ``detail``; of a
    frame made of it `show` and workbooks say both in Chinese.

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
    asked = asked_for(
        board,
        budget_cny,
        [one_of("maximise", maximise, GOALS)],
        expected=expected,
        per_creator=per_creator,
        per_category=per_category,
        per_tier=per_tier,
        bands=bands,
        implied=implied,
        fee=fee,
        rebate=rebate,
        include=include,
        exclude=exclude,
    )
    booked = best_bookings(asked, progress)
    plan = build_frame(BUDGET_COLUMNS, [offer.cells for offer in sorted(booked, key=lambda offer: -offer.expected)])
    spent = sum(offer.fen for offer in booked)
    plan.attrs["budget_cny"] = float(budget_cny)
    plan.attrs["spent_cny"] = spent / FEN
    plan.attrs["left_cny"] = (asked.budget - spent) / FEN
    plan.attrs["expected_total"] = math.fsum(offer.expected for offer in booked)
    terms = asked.terms
    plan.attrs["maximise"] = terms.goals[0]
    plan.attrs |= {"expected": terms.plays, "fee": float(terms.fee), "rebate": _plain_rebate(terms.rebate)}
    plan.attrs["left_out"] = Listed(_left_out(asked, booked))
    return plan


def _plain_rebate(rebate: Fraction | Mapping[str, Fraction]) -> object:
    """Return a rebate as ``attrs`` hold it."""
    if isinstance(rebate, Fraction):
        return float(rebate)
    return Mapped({kol_id: float(part) for kol_id, part in rebate.items()})


def _left_out(asked: Asked, booked: Sequence[Offer]) -> list[dict[str, str]]:
    ids = {offer.kol_id for offer in booked}
    left = asked.budget - sum(offer.fen for offer in booked)
    counts = [(quota, sum(offer.kol_id in quota.ids for offer in booked)) for quota in asked.quotas]
    used_up = [(quota, count) for quota, count in counts if quota.most is not None and count >= quota.most]
    found = []
    for creator in asked.creators.values():
        if creator.kol_id in ids:
            continue
        why, detail = creator.obstacle
        if creator.offers:
            why, detail = "did not fit", _cheapest(creator.offers[0])
            full = [
                FULL.format(count=count, group=quota.group) for quota, count in used_up if creator.kol_id in quota.ids
            ]
            if full:
                detail = "; ".join([detail, *full])
            elif creator.offers[0].fen > left:
                detail = "; ".join([detail, LEFT.format(left=f"{left / FEN:,.2f}")])
        found.append({"kol_id": creator.kol_id, "why": why, "detail": detail})
    return found


def _cheapest(offer: Offer) -> str:
    _, _, band, price, source, fee, rebate, cost, expected, *_ = offer.cells
    said = CHEAPEST_IN_ALL if fee or rebate else CHEAPEST
    return said.format(
        price=f"{price:,.2f}", band=band, source=source, cost=f"{cost:,.2f}", expected=f"{expected:,.0f}"
    )
