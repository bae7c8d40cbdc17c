"""The best subset under limits: whole numbers in, checked exactly, solved by HiGHS through scipy."""

from __future__ import annotations

import ctypes
import math
import os
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import compress
from typing import Any

import numpy as np

from ..errors import XingtuError

Row = Sequence[int]
Limit = tuple[Row, int]
"""Coefficients of the items and their largest sum."""

_SECONDS = 60.0
_TRIES = 100
_SILENCING = threading.Lock()


def best_subset(objectives: Sequence[Row], limits: Sequence[Limit]) -> list[bool]:
    """Return which items to take: the least of the first objective, among those the least of the second, and so on.

    Where a later objective cannot be settled in time, what is best by the earlier ones is returned.

    Raises
    ------
    XingtuError
        The solver found no proven best subset by the first objective.
    """
    taken: list[bool] = []
    kept = list(limits)
    for objective in objectives:
        try:
            taken = _least(objective, kept)
        except XingtuError:
            if not taken:
                raise
            # Among the best by what counts first: which of them is a matter of order only.
            return taken
        kept.append((objective, total(objective, taken)))
    return taken


def total(row: Row, taken: Sequence[bool]) -> int:
    """Return the exact sum of the items taken."""
    return sum(compress(row, taken))


def _least(objective: Row, limits: Sequence[Limit]) -> list[bool]:
    tried: list[Limit] = []
    while len(tried) < _TRIES:
        taken = _solved(objective, [*limits, *tried])
        if all(total(row, taken) <= most for row, most in limits):
            return taken
        # The solver takes 0.999999 for 1, which can be a yuan too much: this one subset is ruled out.
        tried.append(([1 if item else -1 for item in taken], sum(taken) - 1))
    raise XingtuError(f"{_TRIES} tries of the solver kept to no limit; give fewer creators or bands")


def _solved(objective: Row, limits: Sequence[Limit]) -> list[bool]:
    from scipy.optimize import Bounds, LinearConstraint, milp

    scaled = [_scaled(row) for row, _ in limits]
    # Half a unit of room: what fits exactly is not lost to rounding, and what is one unit too much stays out.
    most = [limit // unit + 0.5 for (_, limit), (_, unit) in zip(limits, scaled, strict=True)]
    with _nothing_printed():
        result: Any = milp(
            _scaled(objective)[0],
            integrality=np.ones(len(objective)),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(np.array([row for row, _ in scaled]), -np.inf, most),
            options={"mip_rel_gap": 0, "time_limit": _SECONDS},
        )
    if not result.success or result.status != 0:
        raise XingtuError(
            f"the solver found no proven best plan ({result.message}); give fewer creators or bands, or book each once"
        )
    return [bool(share > 0.5) for share in result.x]


def _scaled(row: Row) -> tuple[np.ndarray[Any, Any], int]:
    """Return a row in its largest common unit, and the unit: whole numbers, small ones where possible."""
    unit = math.gcd(*row) or 1
    return np.array([cell // unit for cell in row], dtype="float64"), unit


@contextmanager
def _nothing_printed() -> Iterator[None]:
    """Silence C code: HiGHS 1.12 prints lines to standard output whatever its options say (ERGO-Code/HiGHS 2783).

    What others print meanwhile is shown afterwards.
    """
    library = ctypes.CDLL("ucrtbase" if os.name == "nt" else None)
    with _SILENCING, tempfile.TemporaryFile() as kept:
        library.fflush(None)
        shown = os.dup(1)
        os.dup2(kept.fileno(), 1)
        try:
            yield
        finally:
            library.fflush(None)
            os.dup2(shown, 1)
            os.close(shown)
            kept.seek(0)
            for line in kept:
                if b"Highs" not in line:
                    os.write(1, line)
