"""The best subset under limits: whole numbers in, checked exactly, solved by HiGHS."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from ..errors import ParameterError, XingtuError
from .pruning import Bound, Limit, Row, bound_of, scaled, total

SECONDS = 60.0
"""So long the solver looks for a proven best subset by one objective."""
_TRIES = 100
_FEW = 250
"""So many items are searched as they are; of more, those that a bound settles are left out."""

Search = Callable[[Row, Sequence[Limit]], list[bool]]
"""Finds the least of an objective among the subsets that keep to the limits."""


def best_subset(
    objectives: Sequence[Row],
    limits: Sequence[Limit],
    step: Callable[[], object] = lambda: None,
    seconds: float = SECONDS,
) -> list[bool]:
    """Return which items to take: the least of the first objective, among those the least of the second, and so on.

    Where a later objective cannot be settled in time, what is best by the earlier ones is returned. Of many items,
    those that a bound settles are left out of the search: that is exact, see `pruning`. ``step`` is called after each
    objective; each has so many seconds for every search.

    Raises
    ------
    ParameterError
        No subset keeps to the limits.
    XingtuError
        The solver found no proven best subset by the first objective.
    """
    taken: list[bool] = []
    kept = list(limits)
    free = list(range(len(objectives[0])))
    for objective in objectives:
        try:
            free, taken = _searched(objective, kept, free, taken, partial(_least, seconds=seconds))
        except XingtuError:
            if not taken:
                raise
            # Among the best by what counts first: which of them is a matter of order only.
            return taken
        kept.append((objective, total(objective, taken)))
        step()
    return taken


def _searched(
    objective: Row, limits: Sequence[Limit], free: list[int], taken: list[bool], search: Search
) -> tuple[list[int], list[bool]]:
    """Return the items that are still open, and a best subset; the others stay as ``taken`` has them."""
    size = len(objective)
    bound = None
    if len(free) > _FEW:
        bound = bound_of(objective, limits, free, taken)
    if bound is not None:
        known = taken or _first_found(objective, limits, free, bound, search)
        free, taken = bound.left(total(objective, known) if known else None, taken or [False] * size)
    found = _completed(search, objective, limits, free, taken or [False] * size)
    return (free, found) if bound is None else (bound.left(total(objective, found), found)[0], found)


def _first_found(
    objective: Row, limits: Sequence[Limit], free: Sequence[int], bound: Bound, search: Search
) -> list[bool]:
    """Return a good subset: the best where only the items matter whose price is near their worth; [] without one."""
    for most in (_FEW, 4 * _FEW):
        near, likely = bound.nearest(most, [False] * len(objective))
        try:
            return _completed(search, objective, limits, near, likely)
        except XingtuError:
            continue
    return []


def _completed(
    search: Search,
    objective: Row,
    limits: Sequence[Limit],
    free: Sequence[int],
    taken: Sequence[bool],
) -> list[bool]:
    """Search among the free items, and return them together with the others as they are taken."""
    settled = list(taken)
    for item in free:
        settled[item] = False
    if free:
        within = [([row[item] for item in free], most - total(row, settled)) for row, most in limits]
        for item, choice in zip(free, search([objective[item] for item in free], within), strict=True):
            settled[item] = choice
    return settled


def _least(objective: Row, limits: Sequence[Limit], *, seconds: float) -> list[bool]:
    tried: list[Limit] = []
    while len(tried) < _TRIES:
        taken = _solved(objective, [*limits, *tried], seconds)
        if all(total(row, taken) <= most for row, most in limits):
            return taken
        # The solver takes 0.999999 for 1, which can be a yuan too much: this one subset is ruled out.
        tried.append(([1 if item else -1 for item in taken], sum(taken) - 1))
    raise XingtuError(f"{_TRIES} tries of the solver kept to no limit; give fewer creators or bands")


def _solved(objective: Row, limits: Sequence[Limit], seconds: float) -> list[bool]:
    from .highs import least

    rows = [scaled(row) for row, _ in limits]
    # Half a unit of room: what fits exactly is not lost to rounding, and what is one unit too much stays out.
    most = [limit // unit + 0.5 for (_, limit), (_, unit) in zip(limits, rows, strict=True)]
    found = least(scaled(objective)[0], [row for row, _ in rows], most, whole=True, seconds=seconds)
    if found.problem:
        refused = ParameterError if "infeasible" in found.problem else XingtuError
        raise refused(
            f"the solver found no proven best plan ({found.problem}); give fewer creators or bands, or book each once"
        )
    return [bool(share > 0.5) for share in found.shares]
