"""What each wish costs: the plan that is best without it, beside the plan as it is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from typing import Unpack

import pandas as pd

from ..arguments import bar, one_of
from ..errors import ParameterError
from ..frame import build_frame
from .columns import GOALS, Goal
from .offers import FEN, Offer
from .planning import Asked, PlanOptions, asked_for, best_bookings, in_hundredths, search_of, with_plan_options
from .pruning import Limit, Row, total
from .quotas import Quota
from .solver import best_subset
from .tradeoffs import WISH_COLUMNS
from .turnover import board_names, creators_in, joined, new_in, total_cny


@with_plan_options
def plan_wishes(
    board: pd.DataFrame,
    budget_cny: float,
    *,
    maximise: Goal = "plays",
    progress: bool | None = None,
    **options: Unpack[PlanOptions],
) -> pd.DataFrame:
    """Say what each wish of a plan costs, and what the next-best plan is.

    Parameters
    ----------
    board, budget_cny, maximise, and all that is not named here
        As in `plan_budget`.
    progress
        Show a progress bar: True, False, or None for "when it takes long, in an interactive session".

    Returns
    -------
    One row per plan: ``wish``, ``kol_id``, ``name``, ``group``, ``bound``, ``count``, ``costs_expected``,
    ``costs_cny``, ``expected_total``, ``total_cny``, ``bookings``, ``enters``, ``leaves``, ``kol_ids``.

    The first row (``none``) is the plan of `plan_budget`. ``next_best`` is the best plan that differs from it in a
    creator at least; there is none where no other plan keeps to the limits. Then, for each wish, the best plan without
    it: each creator of ``include`` and each of ``exclude`` that the board has, each minimum (``bound`` ``least``) and
    each maximum (``most``) of ``per_category`` and ``per_tier``. One count for all categories is one wish. With two
    wishes or more the last row (``all``) is the plan without any: costs do not add up.

    ``costs_expected`` is what the plan without the wish brings more (of ``next_best``: less). ``costs_cny`` is what can
    be saved without the wish while the plan brings at least as much as it does. A wish that costs nothing in both is
    free. Creators who enter and leave go by the names of the board. A plan can be made again: its bookings are at the
    cheapest bands.

    ``attrs`` has ``budget_cny`` and ``maximise``.

    Raises
    ------
    InvalidIdError, ParameterError, XingtuError
        As `plan_budget`: the wishes must have a plan that meets them all.

    Notes
    -----
    Costs no request. Exact as `plan_budget` is: each row is a plan that is solved without that wish, and each saving
    another. ``per_creator``, ``bands``, ``implied``, ``fee`` and ``rebate`` say what is bought, not whom one wishes
    for, and hold in every row.

    Examples
    --------
    >>> import xingtu_frames as xf
    >>> with xf.sample_client() as client:
    ...     board = xf.compare(xf.sample_ids(), client=client)
    >>> wishes = plan_wishes(board, 300_000, include=xf.sample_ids()[4])
    >>> wishes["wish"].tolist()
    ['none', 'next_best', 'include']
    """
    asked = asked_for(board, budget_cny, [one_of("maximise", maximise, GOALS)], **options)
    base = best_bookings(asked, progress=False)
    plans = [(_Wish("none"), base, 0.0, 0.0)]
    other = _next_best(asked, base)
    if other is not None:
        plans.append((_Wish("next_best"), other, _gain(base) - _gain(other), math.nan))
    wishes = list(_wishes(asked, each=isinstance(options.get("per_category"), Mapping)))
    for wish, without in bar(progress, iterable=wishes, desc="wishes"):
        plan = best_bookings(without, progress=False)
        plans.append((wish, plan, _gain(plan) - _gain(base), _saving(without, base) / FEN))
    names = board_names(asked.board)
    frame = build_frame(WISH_COLUMNS, [_cells(*plan, base, names) for plan in plans])
    frame.attrs["budget_cny"] = float(budget_cny)
    frame.attrs["maximise"] = maximise
    return frame


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a plan goes without: the argument, and what of it."""

    argument: str
    kol_id: str | None = None
    group: str | None = None
    bound: str | None = None
    count: int | None = None


def _wishes(asked: Asked, *, each: bool) -> Iterator[tuple[_Wish, Asked]]:
    """Yield each wish with what is asked without it; ``each``: categories have counts of their own."""
    found = [*_of_creators(asked), *_of_counts(asked, each=each)]
    yield from found
    if len(found) > 1:
        yield _Wish("all"), replace(asked.without(()), quotas=(), included=())


def _of_creators(asked: Asked) -> Iterator[tuple[_Wish, Asked]]:
    for kol_id in asked.included:
        rest = [one for one in asked.included if one != kol_id]
        yield _Wish("include", kol_id), replace(asked, included=rest)
    excluded = asked.terms.excluded
    for kol_id in (kol_id for kol_id in asked.creators if kol_id in excluded):
        yield _Wish("exclude", kol_id), asked.without(excluded - {kol_id})


def _of_counts(asked: Asked, *, each: bool) -> Iterator[tuple[_Wish, Asked]]:
    together = [] if each else [quota for quota in asked.quotas if quota.argument == "per_category"]
    alone = [quota for quota in asked.quotas if quota not in together]
    for group, quotas in [*([(None, together)] if together else []), *((quota.group, [quota]) for quota in alone)]:
        first = quotas[0]
        if first.least:
            wish = _Wish(first.argument, None, group, "least", first.least)
            yield wish, _with(asked, quotas, [replace(quota, least=0) for quota in quotas])
        if first.most is not None:
            wish = _Wish(first.argument, None, group, "most", first.most)
            yield wish, _with(asked, quotas, [replace(quota, most=None) for quota in quotas])


def _with(asked: Asked, old: Sequence[Quota], new: Sequence[Quota]) -> Asked:
    """Return what is asked with other quotas in the place of some."""
    return replace(asked, quotas=[*(one for one in asked.quotas if one not in old), *new])


def _next_best(asked: Asked, base: Sequence[Offer]) -> list[Offer] | None:
    """Return the bookings of the best plan with other creators than these; None where there is none."""
    search = search_of(asked)
    ids = [offer.kol_id for offer in search.offers]
    taken = {offer.kol_id for offer in base}
    # A creator is in the plan with the first offer: the cheapest one, without which no other is taken.
    first = [kol_id not in ids[:place] for place, kol_id in enumerate(ids)]
    other: Row = [(1 if kol_id in taken else -1) * begins for kol_id, begins in zip(ids, first, strict=True)]
    links = [_after(place, ids) for place, begins in enumerate(first) if not begins]
    if not search.offers:
        return None
    try:
        chosen = best_subset(search.costs, [*search.limits, (other, len(taken) - 1), *links])
    except ParameterError:
        return None
    return list(compress(search.offers, chosen))


def _after(place: int, ids: Sequence[str]) -> Limit:
    """Return the limit that an offer is taken only with the one before it, which is of the same creator."""
    row = [0] * len(ids)
    row[place - 1], row[place] = -1, 1
    return row, 0


def _saving(without: Asked, base: Sequence[Offer]) -> int:
    """Return by how much less the same can be had, in fen."""
    spent = sum(offer.fen for offer in base)
    search = search_of(without)
    (gains,) = search.gains
    reached = sum(in_hundredths(offer.expected) for offer in base)
    if not search.offers:
        return 0
    chosen = best_subset([search.prices], [*search.limits, ([-gain for gain in gains], -reached)])
    return spent - total(search.prices, chosen)


def _cells(
    wish: _Wish,
    plan: Sequence[Offer],
    costs_expected: float,
    costs_cny: float,
    base: Sequence[Offer],
    names: Mapping[str, str],
) -> list[object]:
    """Return the row of a plan."""
    return [
        wish.argument,
        wish.kol_id,
        None if wish.kol_id is None else names[wish.kol_id],
        wish.group,
        wish.bound,
        wish.count,
        costs_expected,
        costs_cny,
        _gain(plan),
        total_cny(plan),
        len(plan),
        new_in(plan, base, names),
        new_in(base, plan, names),
        joined(creators_in(plan)),
    ]


def _gain(bookings: Sequence[Offer]) -> float:
    return math.fsum(offer.expected for offer in bookings)
