"""Limits and ticks of axes: straight or logarithmic scales for amounts, calendar days for time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.ticker import MaxNLocator

from ...tables.schema import Array

WIDE_SPREAD = 8.0
"""Amounts that lie further apart than this many times need a logarithmic scale."""
TICK = (0.75, 0.5)
"""Inches that a tick label takes across and down."""
COARSE: Sequence[Sequence[float]] = ((1, 2, 5), (1, 3), (1,))
_FINE: Sequence[float] = (1, 1.5, 2, 3, 4, 5, 7)
_DAY_US = 86_400_000_000
_DAYS, _MONTHS = (1, 2, 7, 14), (1, 2, 3, 6, 12, 24, 60)


def spread(values: Array) -> float:
    """Return how many times the largest amount is the least one above 0."""
    above = values[values > 0]
    return float(above.max() / above.min()) if len(above) else 1.0


def scale_limits(values: Array, *, log: bool) -> tuple[float, float]:
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
    """Return round amounts between the ends of a scale, on a logarithmic one at most so many."""
    if not log:
        return [tick for tick in MaxNLocator(most, steps=[1, 2, 5, 10]).tick_values(low, high) if low <= tick <= high]
    found = [round_series(low, high, steps) for steps in (_FINE, *COARSE)]
    powers = found[-1]
    return next((ticks for ticks in found if len(ticks) <= most), powers[:: -(-len(powers) // most)])


def round_series(low: float, high: float, steps: Sequence[float]) -> list[float]:
    """Return the steps of every power of ten between two numbers."""
    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    return [value for power in powers for step in steps if low <= (value := step * 10.0**power) <= high]


def day_ticks(first: float, last: float, most: int) -> tuple[list[float], list[str]]:
    """Return places and labels of calendar days between two, at most so many: 09-01, or 2026-09 for long times."""
    if np.ceil(first) > np.floor(last):
        return [first], [_day(first)[5:]]
    for step in _DAYS:
        days = np.arange(np.ceil(first), np.floor(last) + 1, step)
        if len(days) <= most:
            return days.tolist(), [_day(day)[5:] for day in days]
    months = [day for day in np.arange(np.ceil(first), np.floor(last) + 1) if _day(day).endswith("-01")]
    starts: list[float] = []
    for step in _MONTHS:
        starts = [float(day) for day in months if _month(day) % step == 0]
        if len(starts) <= most:
            break
    return starts, [_day(day)[:7] for day in starts]


def _day(number: float) -> str:
    return str(np.datetime64(int(np.floor(number)), "D"))


def _month(number: float) -> int:
    """Return the months from 1970 to a day."""
    year, month, _ = _day(number).split("-")
    return (int(year) - 1970) * 12 + int(month) - 1


def day_numbers(times: Array) -> Array:
    """Return times as days since 1970 with fractions: their places on an axis of days."""
    numbers: Array = times.astype("datetime64[us]").astype("int64") / _DAY_US
    return numbers
