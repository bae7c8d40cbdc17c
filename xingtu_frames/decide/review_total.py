"""The sums of a review: of the campaign, or of each creator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd

from ..arguments import one_of
from ..board.metrics import FEW_VIDEOS, Floats, Mask
from ..errors import a_kind, must_be
from ..frame import build_frame, conformed
from .outcomes import REVIEW_COLUMNS, REVIEW_DAYS, REVIEW_TOTAL_COLUMNS
from .positions import as_numbers

By = Literal["campaign", "creator"]
"""What a row of the total is."""
BYS: tuple[By, ...] = ("campaign", "creator")
_NUMBERS = [column for column in REVIEW_COLUMNS if column.dtype in ("Int64", "float64")]
_OF_DAYS = [f"plays_day_{day}" for day in REVIEW_DAYS]


def review_total(reviewed: pd.DataFrame, *, by: By = "campaign") -> pd.DataFrame:
    """Sum up a review, or some rows of one: the campaign, or each creator.

    Parameters
    ----------
    reviewed
        What `review` returns.
    by
        ``"campaign"`` for one row, ``"creator"`` for a row of each, with ``kol_id`` and ``name``, the most plays first.

    Returns
    -------
    ``bookings``, and the figures of `review` over the videos that have what they need: ``price_cny``, ``expected``,
    ``plays_day_7``, ``plays_day_15``, ``plays_now``, ``interactions``, ``share_of_plays`` are sums;
    ``actual_cpm_cny``, ``actual_cpe_cny`` and ``plays_against_expected`` divide the sums of those videos that have
    both parts; ``expected_cpm_cny`` is that of videos with price, expected plays and plays. How many that are is in
    ``day_7_videos``, ``day_15_videos``, ``videos`` (with plays), ``interaction_videos``, ``cpm_videos``,
    ``cpe_videos`` and ``compared_videos`` (with plays and expected plays); fewer than five of those are ``few_videos``:
    they prove nothing about expectations.

    Raises
    ------
    ParameterError
        It is not what `review` returns, or ``by`` does not exist.

    Notes
    -----
    Costs no request. A function and not ``attrs`` of the review, which a merge or a file drops: so it sums up a part
    of a review as well.
    """
    names = {column.name for column in REVIEW_COLUMNS}
    if not names <= set(getattr(reviewed, "columns", ())):
        raise must_be("reviewed", "a frame that review makes", a_kind(reviewed))
    by = one_of("by", by, BYS)
    reviewed = conformed(reviewed, REVIEW_COLUMNS, "reviewed")
    numbers = {column.name: as_numbers(reviewed[column.name]) for column in _NUMBERS}
    if by == "campaign":
        columns = [column for column in REVIEW_TOTAL_COLUMNS if column.name not in ("kol_id", "name")]
        return build_frame(columns, [_total(numbers, np.full(len(reviewed), fill_value=True))])
    rows = [
        (kol_id, _first(reviewed["name"][own]), *_total(numbers, own))
        for kol_id in reviewed["kol_id"].unique()
        for own in [(reviewed["kol_id"] == kol_id).to_numpy(dtype=bool)]
    ]
    total = build_frame(REVIEW_TOTAL_COLUMNS, rows)
    return total.sort_values("plays_now", ascending=False, kind="stable", na_position="last", ignore_index=True)


def _first(names: pd.Series[Any]) -> str | None:
    known = names.dropna()
    return None if known.empty else str(known.iloc[0])


def _total(numbers: Mapping[str, Floats], own: Mask) -> tuple[object, ...]:
    """Return the cells of the total of these rows, from ``bookings`` on."""
    of = {name: values[own] for name, values in numbers.items()}
    price, expected, plays, interactions = (of[name] for name in ("price_cny", "expected", "plays_now", "interactions"))
    # Money that is 0 is none, and so is an expectation of 0.
    price, expected = (np.where(values > 0, values, np.nan) for values in (price, expected))
    by_plays, by_interactions, by_expected = (
        _both(price, plays),
        _both(price, interactions),
        _both(plays, expected),
    )
    compared = by_expected & np.isfinite(price)
    return (
        int(own.sum()),
        *(_sum(of[name]) for name in ("price_cny", "expected")),
        *(_count(of[name]) for name in (*_OF_DAYS, "plays_now", "interactions")),
        _rate(price, plays, by_plays, 1000),
        _rate(price, interactions, by_interactions),
        _rate(price, expected, compared, 1000),
        _rate(plays, expected, by_expected),
        _sum(of["share_of_plays"]),
        *(int(np.isfinite(of[name]).sum()) for name in (*_OF_DAYS, "plays_now", "interactions")),
        *(int(known.sum()) for known in (by_plays, by_interactions, by_expected)),
        bool(by_expected.sum() < FEW_VIDEOS),
    )


def _both(part: Floats, whole: Floats) -> Mask:
    known: Mask = np.isfinite(part) & np.isfinite(whole)
    return known


def _sum(values: Floats) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.sum()) if len(known) else None


def _count(values: Floats) -> int | None:
    total = _sum(values)
    return None if total is None else int(total)


def _rate(part: Floats, whole: Floats, known: Mask, factor: int = 1) -> float | None:
    """Return the ratio of the sums over the rows that are known."""
    total = float(whole[known].sum())
    return float(part[known].sum()) / total * factor if total > 0 else None
