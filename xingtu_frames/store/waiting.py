"""The rescued answers of a store: read and judged until it takes them, and served from their files meanwhile."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path

from ..errors import CacheError
from .answer import Answer, Recorded
from .judging import problem_of
from .rescue import Shelter, read_rescued

Outcome = Mapping[str, object]


class Waiting:
    """What waits for one store.

    Parameters
    ----------
    shelter
        Where it lies.
    """

    def __init__(self, shelter: Shelter) -> None:
        self._shelter = shelter
        self._answers: Mapping[str, Answer] = {}

    def take_in(self, take: Callable[[Recorded, Outcome], None]) -> int:
        """Take in what waits, and return how many answers those are.

        Parameters
        ----------
        take
            Adds an answer to the store; an error of it leaves this answer and those behind it waiting.
        """
        taken = 0
        waits: dict[str, Answer] = {}
        for path, recorded, outcome in self._files():
            if not waits:
                with contextlib.suppress(CacheError):
                    take(recorded, outcome)
                    path.unlink(missing_ok=True)
                    taken += 1
                    continue
            answer = recorded.answer
            waits[answer.key] = max(answer, waits.get(answer.key, answer), key=lambda kept: kept.fetched_at)
        if waits:
            self._shelter.forget_looks()
        self._answers = waits
        return taken

    def to(self, keys: Sequence[str]) -> Iterator[tuple[str, Answer]]:
        """Yield the answers to these questions that the store could not take when it was last tried."""
        waits = self._answers
        if waits:
            yield from ((key, waits[key]) for key in keys if key in waits)

    def about(self, endpoint: str, ids: Collection[str] | None) -> list[Answer]:
        """Return what waits of an endpoint, oldest first; about some creators or videos, or about all."""
        found = [answer for answer in self._answers.values() if answer.endpoint == endpoint]
        found = [answer for answer in found if ids is None or (answer.item_id or answer.kol_id) in ids]
        return sorted(found, key=lambda answer: answer.fetched_at)

    def each(self) -> Iterator[Recorded]:
        """Yield what waits, from its files."""
        for _, recorded, _ in self._files():
            yield recorded

    def _files(self) -> Iterator[tuple[Path, Recorded, Outcome]]:
        for path in self._shelter.waiting():
            with contextlib.suppress(CacheError):
                recorded, outcome = read_rescued(path)
                if problem_of(recorded, None) is None:
                    yield path, recorded, outcome
                    continue
            self._shelter.refuse(path)
