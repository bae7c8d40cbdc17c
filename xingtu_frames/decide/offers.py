"""A board becomes offers: each creator at each duration, with a price and what it is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from ..board.metrics import METRICS
from .positions import as_numbers, numbers_of

FEN = 100
"""Fen in a yuan."""

_PRICED_BY = {
    (metric.name.split("_")[0], metric.where["duration_band"]): metric.name
    for metric in METRICS.values()
    if "duration_band" in metric.where
}
Goal = Literal["plays", "interactions"]
EXPECTED: Mapping[Goal, tuple[str, ...]] = {
    "plays": ("play_median",),
    "interactions": ("play_median", "interact_rate"),
}
"""What a plan can maximise, and the columns whose product it is."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A creator at one duration: the price in fen, and the cells of its row in a plan."""

    kol_id: str
    category: str | None
    expected: float
    fen: int
    cells: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Creator:
    """A creator with the offers, the cheapest first; without any, ``obstacle`` says why, in short and in full."""

    kol_id: str
    category: str | None
    offers: list[Offer]
    obstacle: tuple[str, str]


def needed_columns(bands: Sequence[str]) -> list[str]:
    """Return the columns of the board that prices and expectations of these bands are made of."""
    return ["play_median", "interact_rate", *(name for (_, band), name in _PRICED_BY.items() if band in bands)]


def creators_of(board: pd.DataFrame, bands: Sequence[str], maximise: Goal, implied: bool) -> dict[str, Creator]:
    """Return the creators of a board by id, in its order."""
    numbers = {name: numbers_of(board, name) for name in needed_columns(bands)}
    as_given = {name: as_numbers(board[name]) for name in EXPECTED[maximise]}
    numbers |= {goal: np.prod([numbers[name] for name in names], axis=0) for goal, names in EXPECTED.items()}
    categories = board["top_category"] if "top_category" in board.columns else pd.Series(pd.NA, board.index)
    named = [None if gap else name for gap, name in zip(categories.isna(), categories, strict=True)]
    found = {}
    for row, (kol_id, category) in enumerate(zip(board["kol_id"].tolist(), named, strict=True)):
        own = {name: float(cells[row]) for name, cells in numbers.items()}
        prices = {band: _prices(own, band) for band in bands}
        lacking = [_lacking(name, cells[row]) for name, cells in as_given.items() if not 0 <= own[name] < np.inf]
        offers = [] if lacking else _offers(kol_id, category, own[maximise], prices, implied)
        found[kol_id] = Creator(kol_id, category, offers, _obstacle(lacking, implied))
    return found


def _prices(numbers: Mapping[str, float], band: str) -> dict[str, float]:
    """Return source -> price in yuan, to the fen."""
    quote, cpm, cpe = (numbers[_PRICED_BY[kind, band]] for kind in ("quote", "cpm", "cpe"))
    by_cpm, by_cpe = cpm * numbers["plays"] / 1000, cpe * numbers["interactions"]
    return {"quote": round(quote, 2), "implied_cpm": round(by_cpm, 2), "implied_cpe": round(by_cpe, 2)}


def _offers(
    kol_id: str, category: str | None, expected: float, prices: dict[str, dict[str, float]], implied: bool
) -> list[Offer]:
    found = []
    for band, by_source in prices.items():
        source = _source(by_source, implied)
        if source:
            price = by_source[source]
            cells = (kol_id, band, price, source, expected, *by_source.values())
            found.append(Offer(kol_id, category, expected, round(price * FEN), cells))
    return sorted(found, key=lambda offer: offer.fen)


def _source(prices: dict[str, float], implied: bool) -> str | None:
    """Return the source of the price that counts: the quote, else the higher of the estimates."""
    usable = {source: price for source, price in prices.items() if 0 < price < np.inf}
    if "quote" in usable or not usable:
        return "quote" if usable else None
    return max(usable, key=lambda source: usable[source]) if implied else None


def _lacking(name: str, value: float) -> str:
    return f"the board has no {name}" if np.isnan(value) else f"{name} cannot be {value:,.15g}"


def _obstacle(lacking: Sequence[str], implied: bool) -> tuple[str, str]:
    if lacking:
        return "no expected value", "; ".join(lacking)
    if implied:
        return "no price", "no open quote, and no CPM or CPE that would imply one"
    return "no price", "no open quote"
