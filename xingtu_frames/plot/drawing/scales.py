"""Limits and ticks of axes: straight or logarithmic scales for amounts, calendar days for time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.dates import date2num
from matplotlib.ticker import MaxNLocator

WIDE_SPREAD = 8.0
"""Amounts that lie further apart than this many times need a logarithmic scale."""
COARSE: Sequence[Sequence[float]] = ((1, 2, 5), (1, 3), (1,))
_FINE: Sequence[float] = (1, 1.5, 2, 3, 4, 5, 7)
_DAYS, _MONTHS = (1, 2, 7, 14), (1, 2, 3, 6, 12, 24, 60)


def spread(values: np.ndarray[Any, Any]) -> float:
    """Return how many times the largest amount is the least one above 0."""
    above = values[values > 0]
    return float(above.max() / above.min()) if len(above) else 1.0


def scale_limits(values: np.ndarray[Any, Any], *, log: bool) -> tuple[float, float]:
    """Return the ends of a scale with room around the values."""
    if not len(values):
        return 0.0, 1.0
    if not log:
        room = max(0.12 * np.ptp(values), 0.2 * values.max()) or 1.0
        return max(0.0, float(values.min() - room)), float(values.max() + room)
    low, high = np.log10([values.min(), values.max()])
    room = max(0.15, 0.1 * (high - low))
    return float(10 ** (low - room)), float(10 ** (high + room))


def scale_ticks(low: float, high: float, most: int, *, log: bool) -> list[float]:
    """Return round amounts between the ends of a scale, about as many as are asked for at most."""
    if not log:
        return [tick for tick in MaxNLocator(most, steps=[1, 2, 5, 10]).tick_values(low, high) if low <= tick <= high]
    found = [round_series(low, high, steps) for steps in (_FINE, *COARSE)]
    return next((ticks for ticks in found if len(ticks) <= most), found[-1])


def round_series(low: float, high: float, steps: Sequence[float]) -> list[float]:
    """Return the steps of every power of ten between two numbers."""
    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    return [value for power in powers for step in steps if low <= (value := step * 10.0**power) <= high]


def day_ticks(first: np.datetime64, last: np.datetime64, most: int) -> tuple[list[float], list[str]]:
    """Return places and labels of calendar days between two, at most so many: 09-01, or 2026-09 for long times."""
    first, last = np.datetime64(first, "D"), np.datetime64(last, "D")
    for step in _DAYS:
        days = np.arange(first, last + 1, step)
        if len(days) <= most:
            return _placed(days), [str(day)[5:] for day in days]
    months = np.arange(np.datetime64(first - 1, "M") + 1, np.datetime64(last, "M") + 1)
    for step in _MONTHS:
        starts = months[months.astype(int) % step == 0]
        if len(starts) <= most:
            break
    return _placed(starts.astype("datetime64[D]")), [str(month) for month in starts]


def _placed(days: np.ndarray[Any, Any]) -> list[float]:
    return [float(place) for place in date2num(days)]
