"""What a PostgreSQL server does not take, and databases that are nearly ours: named, and no harm to anything else."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

import xingtu_frames as xf
from tests.lake.cases import body, open_client, profiles
from tests.postgres import Postgres
from xingtu_frames.store.answer import Answer, now, stamp
from xingtu_frames.store.transfer import import_store

MakeClient = Callable[..., xf.Client]


def about(endpoint: str, parameter: str, value: str) -> Answer:
    params = json.dumps({parameter: value})
    return Answer(f"{endpoint}||{params}", endpoint, None, params, stamp(now()), body({}))


REFUSED = {
    "does not take that: PostgreSQL text fields cannot contain NUL": about("item_report_trend", "itemId", "1\x002"),
    "the question is too long for its index": about(
        "search_for_author_square",
        "keyword",
        "".join(random.Random(1).choices("0123456789abcdef", k=9_000)),  # noqa: S311 - no secret
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_an_answer_that_the_server_does_not_take_keeps_no_other_out(
    postgres: Postgres, make_client: MakeClient, tmp_path: Path, why: str
) -> None:
    several = profiles(3, now() - timedelta(days=1))
    theirs = open_client(tmp_path / "theirs.sqlite", [*several[:2], REFUSED[why], *several[2:]])
    theirs.close()
    mine = make_client(cache=postgres.new_schema())
    mine.store.add_all(several[:1])
    new, known, refused = import_store(mine.store, tmp_path / "theirs.sqlite")
    assert (new, known, len(refused)) == (2, 1, 1)
    assert why in refused[0]
    assert [one.answer for one in mine.store.every()] == several
