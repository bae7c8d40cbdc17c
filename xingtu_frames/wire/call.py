"""One question as a `Call`: what goes on the wire, on the current or the legacy path, and what it means."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..errors import ParameterError, Place
from .endpoints import ENDPOINTS
from .parameters import Endpoint
from .twins import PAIRS, in_current_spelling


class Call(NamedTuple):
    """One question.

    Attributes
    ----------
    endpoint
        Where it is sent.
    query
        Checked parameters as they go on the wire, without the token.
    kol_id
        The creator asked for; None for searches and single videos.
    meaning
        Name of the current endpoint that gives this answer.
    params
        The parameters in the current endpoint's spelling, as JSON, without the creator's id.
    key
        The same text for every spelling of the same question.
    """

    endpoint: Endpoint
    query: tuple[tuple[str, str], ...]
    kol_id: str | None
    meaning: str
    params: str
    key: str

    @property
    def subject_id(self) -> str | None:
        """The id of the creator or the video asked for; None for a search."""
        item = self.endpoint.item
        return self.kol_id if item is None else dict(self.query)[item]

    @property
    def place(self) -> Place:
        """What the errors of this question are about."""
        return Place(endpoint=self.endpoint.name, kol_id=self.kol_id)

    def with_parameter(self, name: str, value: str) -> Call:
        """Return the same question with another value of one parameter."""
        return call_for_query(self.endpoint.name, {**dict(self.query), name: value})


@dataclass(frozen=True, slots=True, eq=False)
class CallsAbout:
    """The same question about other creators; each is made when its turn comes.

    Attributes
    ----------
    first
        The question about whatever creator.
    kol_ids
        Ids that are checked already.
    """

    first: Call
    kol_ids: Sequence[str]

    def __len__(self) -> int:
        return len(self.kol_ids)

    def __iter__(self) -> Iterator[Call]:
        endpoint, query, _, meaning, params, _ = self.first
        place = next(at for at, (parameter, _) in enumerate(query) if parameter == endpoint.subject)
        before, (name, _), after = query[:place], query[place], query[place + 1 :]
        for kol_id in self.kol_ids:
            key = _key(meaning, kol_id, params)
            yield Call(endpoint, (*before, (name, kol_id), *after), kol_id, meaning, params, key)

    def all_keys(self) -> list[str]:
        """Return the key of each."""
        meaning, params = self.first.meaning, self.first.params
        return [_key(meaning, kol_id, params) for kol_id in self.kol_ids]


def _key(meaning: str, kol_id: str | None, params: str) -> str:
    return f"{meaning}|{kol_id or ''}|{params}"


def find_endpoint(name: str) -> Endpoint:
    """Return the endpoint of that name, or raise `ParameterError` naming where to look."""
    if name not in ENDPOINTS:
        raise ParameterError(f"no endpoint {name!r}; xingtu_frames.endpoints() lists the {len(ENDPOINTS)} there are")
    return ENDPOINTS[name]


def call_for_query(name: str, values: Mapping[str, object]) -> Call:
    """Return the call of an endpoint with wire names and values.

    Raises
    ------
    ParameterError, InvalidIdError
        Nothing of it is sent.
    """
    endpoint = find_endpoint(name)
    query = endpoint.query(values)
    params = {key: endpoint.parameter(key).meaning(value) for key, value in query.items() if key != endpoint.subject}
    pair = PAIRS.get(name)
    meaning = name
    if pair is not None and name == pair.legacy and pair.same_answer:
        meaning, params = pair.current, in_current_spelling(pair, params)
    kol_id = query[endpoint.subject] if endpoint.subject else None
    text = json.dumps(params, ensure_ascii=False, sort_keys=True)
    return Call(endpoint, tuple(query.items()), kol_id, meaning, text, _key(meaning, kol_id, text))
