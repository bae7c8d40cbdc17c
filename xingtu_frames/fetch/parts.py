"""Answers about many creators, some at a time: they are large, and the columns made of them are not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..arguments import bar
from ..client.batch import Collected
from ..client.client import Client, answers, reader_of
from ..errors import CacheError
from ..tables.schema import CREATOR, Table
from ..wire import Api, Call, questions
from ..wire.call import CallsAbout
from ..wire.paging import Paging

AT_ONCE = 1_000
"""Creators whose stored answers are read at a time."""
HELD = 100
"""Creators whose questions and answers are held at a time.

Whatever lives for long makes the collector visit all objects of the process again and again.
"""

Calls = Sequence[Call] | CallsAbout
"""The same question about several creators, videos or none."""
Asked = Mapping[str, Calls]
"""The questions of each table; tables that share an answer share them."""


class Part(NamedTuple):
    """What was asked about some of the creators, once for each variant, and what came."""

    asked: Sequence[Asked]
    collected: Collected

    @property
    def total(self) -> int:
        """How many questions were asked, each page counted."""
        once = len(self.asked) == 1 and not self.collected.following
        return sum(map(len, _each(self.asked[0]))) if once else len(self.questions())

    def questions(self) -> list[Call]:
        """Return the question for each page that was asked for, each once."""
        calls = _calls_in(self.asked)
        if self.collected.following:
            calls = [page for call in calls for page in self.collected.pages_of(call)]
        return list({call.key: call for call in calls}.values())


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, and how."""

    client: Client
    api: Api
    refresh: bool
    stop_at_error: bool
    progress: bool | None

    def answers(self, calls: Iterable[Call], paging: Paging | None = None) -> Collected:
        """Return the answers: stored ones, and the others asked side by side in one batch."""
        return answers(
            self.client,
            calls,
            refresh=self.refresh,
            stop_at_error=self.stop_at_error,
            progress=self.progress,
            paging=paging,
        )


def parts_of(
    tables: Sequence[Table],
    ids: Sequence[str],
    chosen: Sequence[Mapping[str, object]],
    paging: Paging | None,
    asking: Asking,
) -> Iterator[Part]:
    """Yield the answers to all questions, about so many creators at a time as may be held at once.

    Whatever has to be asked is asked in one batch: a limit or a refusal in the middle ends all of it.
    """
    of_creators = all(table.answer.subject is CREATOR for table in tables)
    if len(ids) <= AT_ONCE or len(chosen) > 1 or paging is not None or not of_creators:
        asked = [questions(tables, ids, one, asking.api) for one in chosen]
        yield Part(asked, asking.answers(_calls_in(asked), paging))
        return
    first = questions(tables, ids[:1], chosen[0], asking.api)
    with bar(asking.progress, total=len(ids), unit="creator", leave=False) as shown:
        for part in _parts(first, ids, asking):
            yield part
            shown.update(HELD)


def _parts(first: Mapping[str, Sequence[Call]], ids: Sequence[str], asking: Asking) -> Iterator[Part]:
    stored = reader_of(asking.client, refresh=asking.refresh)
    ready, missing = 0, list[Call]()
    for asked, found in _stored(first, ids, stored):
        part = Part([asked], found)
        if len(found.answers) + len(found.errors) < part.total:
            missing += [call for call in _calls_in([asked]) if not found.has(call)]
        if not missing:
            ready += HELD
            yield part
    fetched = asking.answers(missing) if missing else Collected()
    for asked, found in _stored(first, ids[ready:], stored):
        yield Part([asked], _joined(_calls_in([asked]), found, fetched))


def _stored(
    first: Mapping[str, Sequence[Call]],
    ids: Sequence[str],
    stored: Callable[[Sequence[Sequence[str]]], Iterator[Collected]],
) -> Iterator[tuple[dict[str, CallsAbout], Collected]]:
    """Yield the same questions about other creators, some at a time, with the stored answers that serve."""
    for some in _slices(ids, AT_ONCE):
        held = _slices(some, HELD)
        several = [_about(first, about) for about in held]
        keys = [[key for calls in dict.fromkeys(asked.values()) for key in calls.all_keys()] for asked in several]
        yield from zip(several, stored(keys), strict=True)


def _slices(ids: Sequence[str], size: int) -> list[Sequence[str]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]


def _about(first: Mapping[str, Sequence[Call]], ids: Sequence[str]) -> dict[str, CallsAbout]:
    """Return the same questions about other creators."""
    made = {id(calls): CallsAbout(calls[0], ids) for calls in first.values()}
    return {name: made[id(calls)] for name, calls in first.items()}


def _each(asked: Asked) -> list[Calls]:
    # Tables that share an answer share the questions.
    return list({id(calls): calls for calls in asked.values()}.values())


def _calls_in(asked: Iterable[Asked]) -> list[Call]:
    return [call for by_table in asked for calls in _each(by_table) for call in calls]


def _joined(calls: Iterable[Call], stored: Collected, fetched: Collected) -> Collected:
    """Return what there is about these questions; what was fetched stands before what is stored."""
    joined = Collected()
    for call in calls:
        source = fetched if fetched.has(call) else stored
        if call.key in source.answers:
            joined.answers[call.key] = source.answers[call.key]
        else:
            gone = CacheError("the stored answer is not there any more; the cache was cleared meanwhile", **call.place)
            joined.errors[call.key] = source.errors.get(call.key, gone)
    return joined
