"""What a plan is in one row of a frame: how many bookings, of whom, and who is new against another plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from .offers import FEN, Offer

_BETWEEN, _BAR = "|", "\uff5c"


def board_names(board: pd.DataFrame) -> dict[str, str]:
    """Return what each creator is called: the name of the board, else the id."""
    ids = board["kol_id"].tolist()
    named = board["name"].tolist() if "name" in board.columns else ids
    return {kol_id: kol_id if pd.isna(name) else str(name) for kol_id, name in zip(ids, named, strict=True)}


def total_cny(bookings: Sequence[Offer]) -> float:
    """Return what bookings cost in all, in yuan."""
    return sum(offer.fen for offer in bookings) / FEN


def creators_in(bookings: Sequence[Offer]) -> list[str]:
    """Return the ids of bookings, the largest first, as often as they are booked."""
    return [offer.kol_id for offer in sorted(bookings, key=lambda offer: -offer.expected)]


def joined(names: Sequence[str]) -> str:
    """Return several names as one cell."""
    return _BETWEEN.join(names)


def new_in(bookings: Sequence[Offer], before: Sequence[Offer], names: Mapping[str, str]) -> str:
    """Return who is in a plan and not in the one before, by name; a bar in a name would make two of it."""
    known = {offer.kol_id for offer in before}
    entered = [names[kol_id] for kol_id in dict.fromkeys(creators_in(bookings)) if kol_id not in known]
    return joined([name.replace(_BETWEEN, _BAR) for name in entered])
