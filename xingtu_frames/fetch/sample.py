"""The sample creators: a client that answers from packaged, synthetic data, offline and without a token."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..client.client import Client
from ..client.settings import REGIONS
from ..errors import ConfigError
from ..store.answer import Answer, stamp
from ..wire import Call, call_for_query

PAGE_CREATOR = "7000000000000010003"
"""Creator whose answers are the provider's own page samples."""


def _folder() -> Path:
    """Return the packaged data, or the source tree's."""
    here = Path(__file__).resolve().parent.parent
    for folder in (here / "data", here.parent / "data"):
        if (folder / "creators.json").is_file():
            return folder
    raise ConfigError("the sample data is missing from this installation; install xingtu_frames again")


def _answers() -> Iterator[Answer]:
    folder = _folder()
    sample = json.loads((folder / "creators.json").read_text("utf-8"))
    for item in sample["answers"]:
        subject = {"oAuthorId": item["kol_id"]}
        body = json.dumps({"code": 0, "data": item["data"]}, ensure_ascii=False).encode()
        yield _answer(call_for_query(item["endpoint"], {**item["params"], **subject}), item["fetched_at"], body)
    newest = max(item["fetched_at"] for item in sample["answers"])
    for page in sorted((folder / "provider_pages").glob("*.json")):
        subject = {"kolId" if page.stem.startswith("get-") else "oAuthorId": PAGE_CREATOR}
        yield _answer(call_for_query(page.stem, subject), newest, page.read_bytes())


def _answer(call: Call, fetched_at: str, body: bytes) -> Answer:
    moment = datetime.fromisoformat(fetched_at).astimezone(UTC)
    return Answer(call.key, call.meaning, call.kol_id, call.params, stamp(moment), body)


def sample_client(**settings: Any) -> Client:
    """Return a client that serves the sample creators: offline, in memory, without a token.

    The creators are synthetic, made by a seeded script; their numbers mean nothing. One of them answers with the
    provider's own page samples. Costs no request.

    Parameters
    ----------
    **settings
        Settings of `Client` other than token, cache and offline.

    Returns
    -------
    A client whose store holds every sample answer; `sample_ids` lists the creators.
    """
    # A fixed address: what the environment says of a server does not matter where nothing is sent.
    client = Client(cache=":memory:", offline=True, **{"base_url": REGIONS["global"], **settings})
    client.store.add_all(_answers())
    return client


def sample_ids() -> list[str]:
    """Return the ids of the sample creators, in the order of the sample shortlist."""
    found = dict.fromkeys(answer.kol_id for answer in _answers() if answer.kol_id)
    return sorted(found, key=lambda kol_id: (kol_id != PAGE_CREATOR, list(found).index(kol_id)))
