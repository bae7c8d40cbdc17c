"""The sample creators: a client that answers from packaged, synthetic data, offline and without a token."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from ..client.client import Client
from ..client.settings import REGIONS
from ..errors import CacheError, ConfigError
from ..store.answer import Answer, stamp
from ..store.store import Store
from ..tables.catalog import TABLES
from ..wire import call_for_query
from .synthetic import Samples, samples

PAGE_CREATOR = "7000000000000010003"
"""Creator whose answers are the provider's own page samples."""

SAMPLE_DAYS: Mapping[str, str] = MappingProxyType({"start": "2026-10-21", "end": "2026-11-19"})
"""Options for the last thirty days whose followers are known: the default days move on with the calendar."""


def _folder() -> Path:
    """Return the packaged data, or the source tree's."""
    here = Path(__file__).resolve().parent.parent
    for folder in (here / "data", here.parent / "data"):
        if (folder / "creators.json").is_file():
            return folder
    raise ConfigError("the sample data is missing from this installation; install xingtu_frames again")


@functools.cache
def _first_answers() -> tuple[Answer, ...]:
    """Return the answers that are stored from the start: those of the first ten tables, older ones too."""
    folder = _folder()
    sample = json.loads((folder / "creators.json").read_text("utf-8"))
    answers = []
    for item in sample["answers"]:
        subject = {"oAuthorId": item["kol_id"]}
        body = _envelope(item["data"])
        key = call_for_query(item["endpoint"], {**item["params"], **subject}).key
        answers.append(_answer(key, item["fetched_at"], body))
    newest = max(item["fetched_at"] for item in sample["answers"])
    for page in sorted((folder / "provider_pages").glob("*.json")):
        subject = {"kolId" if page.stem.startswith("get-") else "oAuthorId": PAGE_CREATOR}
        answers.append(_answer(call_for_query(page.stem, subject).key, newest, page.read_bytes()))
    return tuple(answers)


def _envelope(data: Any) -> bytes:
    return json.dumps({"code": 0, "data": data}, ensure_ascii=False).encode()


def _answer(key: str, fetched_at: str, body: bytes) -> Answer:
    endpoint, kol_id, params = key.split("|", 2)
    moment = datetime.fromisoformat(fetched_at).astimezone(UTC)
    return Answer(key, endpoint, kol_id or None, params, stamp(moment), body)


class _SampleStore(Store):
    """A store that takes in what the sample answers to a question when it is first looked for."""

    def latest_in_turn(
        self, several: Sequence[Sequence[str]], *, after: int | None = None
    ) -> Iterator[dict[str, Answer | CacheError]]:
        self._take_in_sample([key for keys in several for key in keys])
        return super().latest_in_turn(several, after=after)

    def times(self, keys: Sequence[str]) -> dict[str, datetime]:
        self._take_in_sample(keys)
        return super().times(keys)

    def _take_in_sample(self, keys: Sequence[str]) -> None:
        stored = super().times(keys)
        self.add_all(answer for key in keys if key not in stored for answer in _answers_to(key))


def _samples() -> Samples:
    return samples(_folder())


def _answers_to(key: str) -> Iterator[Answer]:
    of = _samples()
    endpoint, kol_id, params = key.split("|", 2)
    data = of.answer(endpoint, kol_id, json.loads(params))
    if data is not None:
        yield _answer(key, of.fetched_at, _envelope(data))


class _SampleClient(Client):
    _kind: ClassVar[type[Store]] = _SampleStore


def sample_client(**settings: Any) -> Client:
    """Return a client that serves the sample creators: offline, in memory, without a token.

    The creators are synthetic, made by a seeded script; their numbers mean nothing. One of them answers with the
    provider's own page samples. Costs no request.

    Followers are known for the days from 2025-11-20 to 2026-11-19, whatever day it is now. A search finds 58
    creators and obeys the filters of numbers, gender, place, tags and themes; the others change nothing. Those whom
    only a search finds answer what a table asks for when nothing is chosen.

    Parameters
    ----------
    **settings
        Settings of `Client` other than token, cache and offline.

    Returns
    -------
    A client whose store holds every sample answer; `sample_ids` lists the thirteen creators.
    """
    # A fixed address: what the environment says of a server does not matter where nothing is sent.
    client = _SampleClient(cache=":memory:", offline=True, **{"base_url": REGIONS["global"], **settings})
    client.store.add_all(_first_answers())
    return client


def sample_tables() -> list[str]:
    """Return the names of the tables that a report of the sample creators shows: those that rest on payloads."""
    endpoints = {answer.endpoint for answer in _first_answers()} | {endpoint for endpoint, *_ in _samples().answers}
    shown = {name: table for name, table in TABLES.items() if table.evidence == "captured"}
    return [name for name, table in shown.items() if table.endpoint in endpoints]


def sample_ids() -> list[str]:
    """Return the ids of the sample creators, in the order of the sample shortlist."""
    found = dict.fromkeys(answer.kol_id for answer in _first_answers() if answer.kol_id)
    return sorted(found, key=lambda kol_id: (kol_id != PAGE_CREATOR, list(found).index(kol_id)))
