"""Old answers moved from a store into a lake: deleted only once the lake holds each of them, byte for byte."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from ...arguments import Age, age
from ...client.client import Client, checked_client, default_client
from ...errors import EXTRAS, CacheError, FileError, must_be, quoted
from ...store.answer import checksum
from ...store.days import Day
from ...store.store import Store
from .lake import export_lake


class Archived(NamedTuple):
    """What became of the answers that are so old.

    Attributes
    ----------
    answers
        How many were deleted from the store, and are in the lake.
    left
        How many stayed in the store, because they are damaged there.
    """

    answers: int
    left: int


def archive_lake(
    folder: Any,
    older_than: Age,
    *,
    confirm: Callable[[int], bool],
    client: Client | None = None,
    name: str = "answers",
) -> Archived | None:
    """Move the answers of whole days that are so old from the store into a lake; nothing is sent.

    This is the one exception to the promise that nothing but ``cache clear`` deletes a stored answer, and, like that,
    only what the user confirms. In this order: the lake is brought up to date; every answer of these days is read back
    from its files, its checksum is taken of the bytes that are there, and it is looked for in the store; and only when
    all of them are there is each deleted from the store that is the same to the last byte. Killed at any moment, each
    answer is in the store, in the lake, or in both, and starting again finishes the work. The ledger stays.

    What is archived is read with ``history(..., lake=folder)``, ``changes(..., lake=folder)`` and `read_lake`. It
    serves no question any more, not offline either: asking one again is a paid request.

    Parameters
    ----------
    folder
        The lake.
    older_than
        How old every answer of a day must be, in whole days: ``"30d"``.
    confirm
        Is asked whether so many answers may be deleted; nothing is written where it says no.
    client
        The client whose store is archived; else `default_client`.
    name
        Of the files, as in `export_lake`.

    Returns
    -------
    What was done; None where it was not confirmed.

    Raises
    ------
    ParameterError
        An age or a name that cannot be one.
    FileError
        As in `export_lake`, or the lake lacks an answer after all. Nothing was deleted.
    CacheError
        The store cannot be read, or this user may not delete its answers: that is found before anything is done.
    ConfigError
        pyarrow is not installed.
    """
    EXTRAS["parquet"].require()
    from .export import is_exported
    from .layout import checked_name

    client = checked_client(client) or default_client()
    store, name = client.store, checked_name(name)
    # Before the user is asked: a lake that is written in vain has cost hours.
    store.days.check_removes()
    store.take_in()
    until = _until(older_than, store.now())
    days = [day for day in store.days.all() if is_exported(day) and day.date < until]
    if not confirm(sum(day.tally.answers for day in days)):
        return None
    export_lake(folder, client=client, name=name)
    left = sum(_verified(folder, name, store, day) for day in days)
    removed = sum(_removed(folder, name, store, day) for day in days)
    if removed:
        store.days.shrink()
    return Archived(removed, left)


def _until(older_than: Age, moment: datetime) -> str:
    """Return the first day that is not wholly so old."""
    span = age("older_than", older_than)
    # Only whole days are moved, and who writes "3m" means months.
    if span is None or span % timedelta(days=1):
        raise must_be("older_than", 'whole days or weeks, such as "30d"', quoted(older_than))
    with contextlib.suppress(OverflowError):
        return (moment - span).date().isoformat()
    return date.min.isoformat()


def _verified(folder: object, name: str, store: Store, day: Day) -> int:
    """Look for each answer of a day in its file, and return how many are damaged in the store.

    Raises
    ------
    FileError
        One is not there, or is not what it was.
    """
    from .layout import Lake
    from .raw import recorded_in

    path = Lake(folder).day(day.endpoint, day.date, name).answers
    held = set()
    for one in recorded_in(path, day.endpoint):
        if isinstance(one, CacheError):
            raise FileError(f"{one}; nothing was deleted")
        held.add(bytes.fromhex(checksum(one.answer)))
    damaged = 0
    for stored in store.days.answers(day.endpoint, day.date):
        if isinstance(stored, CacheError):
            damaged += 1
        elif bytes.fromhex(checksum(stored.answer)) not in held:
            raise FileError(f"{path} lacks an answer that is in the store; nothing was deleted; try again")
    return damaged


def _removed(folder: object, name: str, store: Store, day: Day) -> int:
    from .export import undamaged
    from .layout import Lake

    files = Lake(folder).day(day.endpoint, day.date, name)
    return store.days.remove(one.answer for one in undamaged(files))
