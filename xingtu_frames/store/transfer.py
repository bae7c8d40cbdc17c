"""Stores that are handed to a colleague: answers exported into a file, and merged from one. No token, no code runs."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from ..errors import CacheError
from .answer import Recorded
from .answers import open_store
from .judging import problem_of
from .pool import NotOursError
from .rescue import read_rescued
from .sqlite_format import seal
from .store import Store


class Exported(NamedTuple):
    """How many answers an export holds, and how many were stored that could not be read any more."""

    answers: int
    lost: int


class Imported(NamedTuple):
    """What an import did.

    Attributes
    ----------
    new, known
        How many answers were added, and how many were stored already.
    refused
        Why answers were refused, one text each.
    """

    new: int
    known: int
    refused: list[str]


def export_store(store: Store, path: str | os.PathLike[str]) -> Exported:
    """Write every answer into a new store file, without the ledger.

    The file appears whole or not at all, and an existing one is never replaced. Of a damaged store it holds every
    answer that is still whole, and rescued answers that the store cannot take yet are in it, too.

    Raises
    ------
    CacheError
        The file exists already or cannot be written.
    """
    target = Path(path)
    if target.exists():
        raise CacheError(f"{target} exists already, and an export replaces nothing; name another file")
    if not target.parent.is_dir():
        raise CacheError(f"{target} cannot be written: the folder {target.parent} does not exist")
    if not os.access(target.parent, os.W_OK):
        raise CacheError(f"{target} cannot be written: the folder {target.parent} takes no files; name another file")
    spare = target.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        count, lost = _filled(spare, store)
        seal(str(spare))
        os.replace(spare, target)
    except OSError as error:
        if isinstance(error, CacheError):
            raise
        raise CacheError(f"{target} cannot be written: {error.strerror or error}; name another file") from None
    finally:
        for leftover in target.parent.glob(f"{spare.name}*"):
            leftover.unlink()
    return Exported(count, lost)


def _filled(spare: Path, store: Store) -> Exported:
    copied = open_store(spare)
    try:
        store.take_in()
        _continue(copied, store)
        lost = _merged(copied, store)
        copied.merge(store.rescued())
        return Exported(copied.count()["answers"], lost)
    finally:
        copied.close()


def _continue(copy: Store, store: Store) -> None:
    """Let the lakes of a store know its copy, where the store can tell who it is."""
    with contextlib.suppress(CacheError):
        copy.days.continue_as(store.days.identity())


def _merged(copied: Store, store: Store) -> int:
    """Merge what is whole, and return how many answers were not."""
    try:
        copied.merge(store.every(), by_time=False)
        return 0
    except CacheError as error:
        problem = error
    with store.salvage() as salvaged:
        if salvaged is None:
            raise problem
        copied.merge(salvaged)
    return salvaged.lost


def import_store(store: Store, path: str | os.PathLike[str]) -> Imported:
    """Add every answer of another store file, or of a rescue file.

    Each is judged like an answer from the wire: what is damaged, what is not an answer to its question, what holds
    contact data, and what the database does not take is refused, and listed.

    Raises
    ------
    CacheError
        The file is missing, or is not one of our stores.
    """
    source = Path(path)
    if not source.is_file() or not source.stat().st_size:
        raise CacheError(f"{source} is not a store; give a file that `xingtu-frames cache export` wrote")
    believed: list[int] = [0]
    refused: list[str] = []

    def refuse(recorded: Recorded, error: CacheError) -> None:
        believed[0] -= 1
        refused.append(_refusal(recorded, error))

    other = open_store(source, read_only=True)
    moment = store.now()
    try:
        if not any(store.count().values()):
            # First: one that is interrupted is finished by the next, to which the store is not empty.
            _continue(store, other)
        new = store.merge(_believed(_rows(other, source, refused), moment, refused, believed), refuse=refuse)
    except NotOursError:
        # SQLite says that it is not a database, so it may be opened.
        new = store.merge(_believed([read_rescued(source).recorded], moment, refused, believed))
    finally:
        other.close()
    return Imported(new, believed[0] - new, refused)


def _rows(other: Store, source: Path, refused: list[str]) -> Iterator[Recorded]:
    """Yield every answer of a store that is whole, and say of the others that they are damaged."""
    try:
        for row in other.each():
            if isinstance(row, CacheError):
                refused.append(f"{row.endpoint or 'unknown'} for {row.kol_id or 'unknown'}: it is damaged")
            else:
                yield row
        return
    except NotOursError:
        raise
    except CacheError as error:
        if not other.is_damaged():
            raise
        problem = error
    with other.salvage() as salvaged:
        if salvaged is None:
            raise problem
        yield from salvaged
    if salvaged.lost:
        refused.append(f"{salvaged.lost} answers: they are damaged")


def _believed(
    answers: Iterable[Recorded], moment: datetime, refused: list[str], believed: list[int]
) -> Iterator[Recorded]:
    for recorded in answers:
        problem = problem_of(recorded, moment)
        if problem is None:
            believed[0] += 1
            yield recorded
        else:
            refused.append(_refusal(recorded, problem))


def _refusal(recorded: Recorded, problem: object) -> str:
    answer = recorded.answer
    return f"{_shown(answer.endpoint)} for {_shown(answer.kol_id)}: {problem}"


def _shown(text: str | None) -> str:
    """Return a text of a file that may hold anything, short and in one line."""
    return "".join(char if char.isprintable() else "?" for char in str(text)[:60])
