"""One question as a `Call`: what goes on the wire, on the current or the legacy path, and what it means."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
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


def keys_for_creators(first: Call, kol_ids: Sequence[str]) -> list[str]:
    """Return the keys of the same question about other creators."""
    return [_key(first.meaning, kol_id, first.params) for kol_id in kol_ids]


def for_creators(first: Call, kol_ids: Sequence[str]) -> list[Call]:
    """Return the same question about other creators, whose ids are checked already."""
    about = first.endpoint.subject
    place = next(at for at, (parameter, _) in enumerate(first.query) if parameter == about)
    before, (name, _), after = first.query[:place], first.query[place], first.query[place + 1 :]
    endpoint, meaning, params = first.endpoint, first.meaning, first.params
    return [
        Call(endpoint, (*before, (name, kol_id), *after), kol_id, meaning, params, _key(meaning, kol_id, params))
        for kol_id in kol_ids
    ]


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
