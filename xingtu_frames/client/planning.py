"""What a fetch would send, decided from what is stored alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..errors import CacheError
from ..store.answer import Answer
from ..store.freshness import Fresh, State
from ..store.store import Store
from ..wire import Call
from ..wire.paging import Paging


@dataclass(frozen=True)
class Plan:
    """What would be sent.

    Parameters
    ----------
    store
        Holds what is stored.
    fresh
        What a stored answer must be to serve.
    paging
        Which question follows a page; None where every answer has one.
    """

    store: Store
    fresh: Fresh
    paging: Paging | None

    def rows(self, calls: Mapping[str, Iterable[Call]]) -> Iterator[tuple[str, Call, State]]:
        """Yield the tables that read an answer, the question for each of its pages, and its state."""
        readers: dict[str, list[str]] = {}
        first: dict[str, Call] = {}
        for table, of_table in calls.items():
            for call in of_table:
                first[call.key] = call
                readers.setdefault(call.key, []).append(table)
        states = self._states(first)
        for key, call in first.items():
            further = () if self.paging is None else self._further_pages(call, states[key], self.paging)
            for page, state in ((call, states[key]), *further):
                yield "|".join(readers[key]), page, state

    def _further_pages(self, call: Call, state: State, paging: Paging) -> Iterator[tuple[Call, State]]:
        """Yield the pages behind a first one, each with its state; a page that is not stored is taken to go on."""
        before: Answer | None = None
        while True:
            answer = self.store.latest([call.key]).get(call.key) if state == "cached" else None
            if isinstance(answer, CacheError):
                # Damaged: an error, behind which nothing is asked for.
                return
            page = paging.after(call, answer, before)
            if page is None:
                return
            behind_a_request = state != "cached"
            call, before = page, answer
            state = self._states([call.key])[call.key]
            if behind_a_request and state == "cached":
                state = "expired"
            yield call, state

    def _states(self, asked: Iterable[str]) -> dict[str, State]:
        keys = list(asked)
        times = self.store.times(keys)
        states = {key: self.fresh.state_of(times.get(key)) for key in keys}
        if self.fresh.after is None:
            # A damaged answer is an error, not a request, unless the user orders to ask again.
            expired = [key for key, state in states.items() if state == "expired"]
            for key in self.store.unsound(expired):
                states[key] = "cached"
        return states
