"""A board becomes offers: each creator at each duration, with a price, what it is made of, and what comes on top."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ..board.metrics import METRICS, Band
from ..tables.schema import Words
from .columns import TARGET_USERS, Aim
from .obstacles import CANNOT_BE, EXCLUDED, LACKS, NO_PRICE, NO_QUOTE, NO_USERS
from .positions import as_numbers, numbers_of

FEN = 100
"""Fen in a yuan."""

_PRICED_BY = {
    (metric.name.split("_")[0], metric.where["duration_band"]): metric.name
    for metric in METRICS.values()
    if "duration_band" in metric.where
}
Plays = Literal["play_median", "expected_plays"]
PLAYS: Words[Plays] = Words({plays: METRICS[plays].label_zh for plays in get_args(Plays)})
"""The columns of the board that can stand for the plays of a booking."""
_RATE = "interact_rate"
_NO_PRICE = "no price"
_NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a plan is for, and what a booking costs beside its price.

    Attributes
    ----------
    bands
        The duration bands that may be booked.
    goals
        What the plan maximises, what counts first in front.
    plays
        The column of the board that says which plays are expected.
    implied
        Whether a price may be implied.
    fee
        The platform's fee, a fraction of the price.
    rebate
        What comes back, a fraction of the price: one for all, or id -> fraction for those that give one.
    excluded
        Who is never booked.
    users
        Id -> target users, where these are a goal.
    """

    bands: Sequence[Band]
    goals: Sequence[Aim]
    plays: Plays
    implied: bool
    fee: Fraction
    rebate: Fraction | Mapping[str, Fraction]
    excluded: frozenset[str]
    users: Mapping[str, float] = field(default_factory=dict)

    @property
    def factors(self) -> list[str]:
        """The columns of the board that the goals are made of."""
        return [self.plays, _RATE] if "interactions" in self.goals else [self.plays]

    @property
    def needed(self) -> list[str]:
        """The columns of the board without which there is no plan."""
        return [*self.factors, *self._priced_by("quote")]

    @property
    def used(self) -> list[str]:
        """The columns of the board that tell something about a plan: implied prices stand beside quotes as well."""
        return [self.plays, _RATE, *self._priced_by("quote", "cpm", "cpe")]

    def rebate_of(self, kol_id: str) -> Fraction:
        """Return what a creator gives back."""
        return self.rebate if isinstance(self.rebate, Fraction) else self.rebate.get(kol_id, _NOTHING)

    def _priced_by(self, *kinds: str) -> list[str]:
        return [name for (kind, band), name in _PRICED_BY.items() if kind in kinds and band in self.bands]


@dataclass(frozen=True, slots=True)
class Offer:
    """A creator at one duration: what it brings by goal, what it costs in all, in fen, and its cells in a plan."""

    kol_id: str
    worth: tuple[float, ...]
    fen: int
    cells: tuple[object, ...]

    @property
    def expected(self) -> float:
        """What it brings of the goal that counts first."""
        return self.worth[0]


@dataclass(frozen=True, slots=True)
class Creator:
    """A creator with the offers, the cheapest first; without any, ``obstacle`` says why, in short and in full."""

    kol_id: str
    offers: list[Offer]
    obstacle: tuple[str, str]


def without_quote(board: pd.DataFrame, terms: Terms) -> dict[Band, int]:
    """Return band -> how many creators that can be booked have no quote for it, where that is one at least.

    The board has the columns that are needed in any case.
    """
    bookable = np.array([kol_id not in terms.excluded for kol_id in board["kol_id"]], dtype="bool")
    for name in terms.factors:
        bookable &= np.isfinite(numbers_of(board, name))
    if TARGET_USERS in terms.goals:
        bookable &= np.array([kol_id in terms.users for kol_id in board["kol_id"]], dtype="bool")
    has_quote = {band: np.round(numbers_of(board, _PRICED_BY["quote", band]), 2) > 0 for band in terms.bands}
    counts = {band: int((bookable & ~has).sum()) for band, has in has_quote.items()}
    return {band: count for band, count in counts.items() if count}


def implying(bands: Iterable[Band]) -> list[str]:
    """Return the columns of the board that imply the prices of these bands."""
    priced = [_PRICED_BY[kind, band] for kind in ("cpm", "cpe") for band in bands]
    return [_RATE, *priced] if priced else []


def creators_of(board: pd.DataFrame, terms: Terms) -> dict[str, Creator]:
    """Return the creators of a board by id, in its order."""
    gaps = np.full(len(board), np.nan)
    numbers = {name: numbers_of(board, name) if name in board.columns else gaps for name in terms.used}
    as_given = {name: as_numbers(board[name]) for name in terms.factors}
    numbers |= {"plays": numbers[terms.plays], "interactions": numbers[terms.plays] * numbers[_RATE]}
    if TARGET_USERS in terms.goals:
        users = np.array([terms.users.get(kol_id, np.nan) for kol_id in board["kol_id"]], dtype="float64")
        numbers[TARGET_USERS] = as_given[TARGET_USERS] = users
    names = board["name"].tolist() if "name" in board.columns else [None] * len(board)
    found = {}
    for row, (kol_id, name) in enumerate(zip(board["kol_id"].tolist(), names, strict=True)):
        own = {column: float(cells[row]) for column, cells in numbers.items()}
        obstacle = _obstacle(kol_id, own, {column: cells[row] for column, cells in as_given.items()}, terms)
        usable = obstacle[0] == _NO_PRICE
        offers = _offers(kol_id, None if pd.isna(name) else str(name), own, terms) if usable else []
        found[kol_id] = Creator(kol_id, offers, obstacle)
    return found


def _prices(numbers: Mapping[str, float], band: str) -> dict[str, float]:
    """Return source -> price in yuan, to the fen."""
    quote, cpm, cpe = (numbers[_PRICED_BY[kind, band]] for kind in ("quote", "cpm", "cpe"))
    by_cpm, by_cpe = cpm * numbers["plays"] / 1000, cpe * numbers["interactions"]
    return {"quote": round(quote, 2), "implied_cpm": round(by_cpm, 2), "implied_cpe": round(by_cpe, 2)}


def _offers(kol_id: str, name: str | None, numbers: Mapping[str, float], terms: Terms) -> list[Offer]:
    found = []
    worth = tuple(numbers[goal] for goal in terms.goals)
    for band in terms.bands:
        by_source = _prices(numbers, band)
        source = _source(by_source, terms.implied)
        if source:
            price = round(by_source[source] * FEN)
            fee, rebate = _part(price, terms.fee), _part(price, terms.rebate_of(kol_id))
            total = price + fee - rebate
            on_top = (fee / FEN, rebate / FEN, total / FEN)
            cells = (kol_id, name, band, by_source[source], source, *on_top, worth[0], *by_source.values())
            found.append(Offer(kol_id, worth, total, cells))
    return sorted(found, key=lambda offer: offer.fen)


def _part(fen: int, fraction: Fraction) -> int:
    """Return a fraction of an amount, to the nearest fen; half a fen counts as one."""
    return (2 * fen * fraction.numerator + fraction.denominator) // (2 * fraction.denominator)


def _source(prices: dict[str, float], implied: bool) -> str | None:
    """Return the source of the price that counts: the quote, else the higher of the estimates."""
    usable = {source: price for source, price in prices.items() if 0 < price < np.inf}
    if "quote" in usable or not usable:
        return "quote" if usable else None
    return max(usable, key=lambda source: usable[source]) if implied else None


def _lacking(name: str, value: float) -> str:
    if not np.isnan(value):
        return CANNOT_BE.format(metric=name, value=f"{value:,.15g}")
    return NO_USERS if name == TARGET_USERS else LACKS.format(metric=name)


def _obstacle(
    kol_id: str, numbers: Mapping[str, float], as_given: Mapping[str, float], terms: Terms
) -> tuple[str, str]:
    """Return why a creator is not booked, in short and in full: for want of a price, where nothing else is amiss."""
    if kol_id in terms.excluded:
        return "excluded", EXCLUDED
    lacking = [_lacking(name, value) for name, value in as_given.items() if not 0 <= numbers[name] < np.inf]
    if lacking:
        return "no expected value", "; ".join(lacking)
    return _NO_PRICE, NO_PRICE if terms.implied else NO_QUOTE
