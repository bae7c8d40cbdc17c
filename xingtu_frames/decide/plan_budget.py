"""A board and a budget become a plan: which creators to book, at which duration."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import compress

import pandas as pd
from tqdm.std import tqdm

from ..arguments import is_shown, number, one_of, some_of, truth, whole_number, whole_number_or_none
from ..board.metrics import BANDS, Band
from ..errors import ParameterError, no_such
from ..frame import Listed, build_frame
from ..ids import Ids, kol_ids
from .columns import BUDGET_COLUMNS
from .offers import EXPECTED, FEN, Creator, Goal, Offer, creators_of, needed_columns
from .score import check_board
from .solver import best_subset

_MOST_CNY = 1e12
_PRECISION = 100
"""Expected values are compared to the hundredth: the solver counts in whole numbers."""


def plan_budget(
    board: pd.DataFrame,
    budget_cny: float,
    *,
    maximise: Goal = "plays",
    per_creator: int = 1,
    per_category: int | Mapping[str, int] | None = None,
    bands: Iterable[Band] | Band | None = None,
    implied: bool = True,
    include: Ids = (),
    progress: bool | None = None,
) -> pd.DataFrame:
    """Choose which creators to book at which duration, so that a budget brings the most.

    Parameters
    ----------
    board
        What `compare` returns, with ``play_median``, ``interact_rate`` and the quotes, CPM and CPE of the bands.
    budget_cny
        The most to spend, in yuan.
    maximise
        ``"plays"``: the median plays. ``"interactions"``: median plays x interaction rate. The tables hold no
        expectation for a single band, so that the bands of a creator differ by price only.
    per_creator
        The most bookings of one creator, each in another band. Every booking counts the same plays again.
    per_category
        The most bookings of one ``top_category``: a number for each category, or a mapping category -> number for
        some. A creator whose category is missing is never held back.
    bands
        Some of ``1-20s``, ``21-60s``, ``60s+``; None for all.
    implied
        Whether a creator without an open quote is planned with a price that CPM and CPE imply.
    include
        Ids to book in any case, at least once each.
    progress
        Show a progress bar: True, False, or None for "when it takes long, in an interactive session".

    Returns
    -------
    One row per booking, the largest ``expected`` first: ``kol_id``, ``duration_band``, ``price_cny`` (counts against
    the budget), ``price_source``, ``expected`` (plays or interactions), ``quote_cny``, ``implied_cpm_cny``,
    ``implied_cpe_cny``. Amounts are in yuan, to the fen. No plan brings more for the budget; among equals the
    cheapest is chosen, then shorter bands and creators that come first in the board. No booking gives no rows.

    ``price_source`` is ``quote`` for an open quote. Otherwise it is the higher of two estimates, which disagree:
    ``implied_cpm`` (CPM x median plays / 1000) and ``implied_cpe`` (CPE x median plays x interaction rate). Both are
    shown beside a real quote as well. A price of 0 is none.

    ``attrs`` has ``budget_cny``, ``spent_cny``, ``left_cny``, ``expected_total``, ``maximise``, and ``left_out``: for
    each creator that is not booked ``kol_id``, ``why`` (``no expected value``, ``no price`` or ``did not fit``) and
    ``detail``.

    Raises
    ------
    InvalidIdError, ParameterError
        An argument that cannot be, a board that lacks a column or has a creator twice, or ids of ``include`` that are
        not in the board, cannot be booked, or cost more than the budget.
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
    columns = ["kol_id", *needed_columns(chosen), *(["top_category"] if per_category is not None else [])]
    board = check_board(board, columns)
    budget = _fen_of(budget_cny)
    maximise = one_of("maximise", maximise, EXPECTED)
    most = whole_number("per_creator", per_creator, 1)
    implied = truth("implied", implied)
    creators = creators_of(board, chosen, maximise, implied)
    included = _included(include, creators)
    caps = _caps(per_category, list(creators.values()))
    _check_possible([creators[kol_id] for kol_id in included], budget, caps)
    # The bands of a creator bring the same, so none but the cheapest is ever needed.
    offers = [offer for creator in creators.values() for offer in creator.offers[:most]]
    booked = _booked(offers, budget, caps, included, progress)
    plan = build_frame(BUDGET_COLUMNS, [offer.cells for offer in sorted(booked, key=lambda offer: -offer.expected)])
    spent = sum(offer.fen for offer in booked)
    plan.attrs["budget_cny"] = float(budget_cny)
    plan.attrs["spent_cny"] = spent / FEN
    plan.attrs["left_cny"] = (budget - spent) / FEN
    plan.attrs["expected_total"] = math.fsum(offer.expected for offer in booked)
    plan.attrs["maximise"] = maximise
    plan.attrs["left_out"] = Listed(_left_out(creators.values(), booked, budget - spent, caps))
    return plan


def _fen_of(budget_cny: float) -> int:
    allowed = f"a finite number of yuan above 0, at most {_MOST_CNY:g}"
    budget = number("budget_cny", budget_cny, allowed, lambda yuan: 0 < yuan <= _MOST_CNY)
    return math.floor(Fraction(repr(budget)) * FEN)


def _included(include: Ids, creators: Mapping[str, Creator]) -> list[str]:
    included = kol_ids(include)
    absent = [kol_id for kol_id in included if kol_id not in creators]
    if absent:
        raise ParameterError(f"{', '.join(absent)} of include is not in the board; add it to the ids of compare")
    for kol_id in included:
        if not creators[kol_id].offers:
            why, detail = creators[kol_id].obstacle
            raise ParameterError(f"{kol_id} of include cannot be booked: {why}, {detail}")
    return included


def _caps(per_category: int | Mapping[str, int] | None, creators: Sequence[Creator]) -> dict[str, int]:
    """Return the most bookings of each category that is held back."""
    known = list(dict.fromkeys(creator.category for creator in creators if creator.category is not None))
    limits = per_category if isinstance(per_category, Mapping) else dict.fromkeys(known, per_category)
    unknown = [category for category in limits if category not in known]
    if unknown:
        raise no_such("top_category", unknown, known)
    if not isinstance(per_category, Mapping):
        whole_number_or_none("per_category", per_category, 0)
    caps = {category: whole_number_or_none(f"per_category of {category}", most, 0) for category, most in limits.items()}
    return {category: most for category, most in caps.items() if most is not None}


def _check_possible(included: Sequence[Creator], budget: int, caps: Mapping[str, int]) -> None:
    """Refuse creators that have to be booked and cannot be, together."""
    least = sum(creator.offers[0].fen for creator in included)
    if least > budget:
        ids = ", ".join(creator.kol_id for creator in included)
        raise ParameterError(
            f"include costs {least / FEN:,.2f} yuan at least ({ids}), more than the budget of {budget / FEN:,.2f}"
        )
    counts = Counter(creator.category for creator in included)
    for category, most in caps.items():
        if counts[category] > most:
            raise ParameterError(f"include has {counts[category]} of {category}, and per_category allows {most}")


def _booked(
    offers: Sequence[Offer], budget: int, caps: Mapping[str, int], included: Collection[str], progress: bool | None
) -> list[Offer]:
    places = [place for place, offer in enumerate(offers, 1) if offer.fen <= budget]
    offers = [offers[place - 1] for place in places]
    if not offers:
        return []
    prices = [offer.fen for offer in offers]
    limits = [(prices, budget)]
    limits += [([int(offer.category == category) for offer in offers], most) for category, most in caps.items()]
    limits += [([-int(offer.kol_id == kol_id) for offer in offers], -1) for kol_id in included]
    objectives = [[-round(offer.expected * _PRECISION) for offer in offers], prices, places]
    with tqdm(
        total=len(objectives),
        desc="plan",
        disable=not is_shown(progress),
        delay=0 if progress else 2,
        leave=False,
        mininterval=0,
        bar_format="{desc}: {n}/{total} [{elapsed}]",
    ) as bar:
        chosen = best_subset(objectives, limits, bar.update)
    return list(compress(offers, chosen))


def _left_out(
    creators: Iterable[Creator], booked: Sequence[Offer], left: int, caps: Mapping[str, int]
) -> list[dict[str, str]]:
    ids, counts = {offer.kol_id for offer in booked}, Counter(offer.category for offer in booked)
    found = []
    for creator in creators:
        if creator.kol_id in ids:
            continue
        why, detail = creator.obstacle
        if creator.offers:
            why, detail = "did not fit", _cheapest(creator.offers[0])
            if counts[creator.category] >= caps.get(creator.category or "", len(booked) + 1):
                detail += f"; {counts[creator.category]} of {creator.category} are booked"
            elif creator.offers[0].fen > left:
                detail += f"; {left / FEN:,.2f} yuan are left"
        found.append({"kol_id": creator.kol_id, "why": why, "detail": detail})
    return found


def _cheapest(offer: Offer) -> str:
    _, band, price, source, expected, *_ = offer.cells
    return f"cheapest {price:,.2f} yuan for {band} ({source}), {expected:,.0f} expected"
