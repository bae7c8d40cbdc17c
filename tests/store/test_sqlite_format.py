"""A file of every format keeps what is in it, and the ways that SQLite goes through a file."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.loopback import ok
from xingtu_frames.store import spending, sqlite, sqlite_format, statements
from xingtu_frames.store.answer import Answer, checksum, now, stamp
from xingtu_frames.store.answers import open_store
from xingtu_frames.wire import call_for_query

NEWEST = len(sqlite_format.STEPS)
ADD_ANSWER = """
INSERT INTO answers (key, endpoint, kol_id, params, fetched_at, http_status, served, body, checksum)
VALUES (?, ?, ?, ?, ?, 200, 1, ?, ?)
"""
ADD_REQUEST = "INSERT INTO requests (sent_at, endpoint, billed) VALUES (?, ?, ?)"
Plan = Callable[[str], str]


def make_of_format(version: int, path: Path) -> Answer:
    """Make a store of that format with an answer and two requests, and return the answer."""
    call = call_for_query("get_author_base_info", {"oAuthorId": "7"})
    one = Answer(call.key, call.meaning, "7", call.params, stamp(now()), ok({"nick_name": "达人"}).body)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.executescript(";".join(sqlite_format.STEPS[:version]))
        db.execute(ADD_ANSWER, (*one[:5], one.body, checksum(one)))
        db.executemany(ADD_REQUEST, [(one.fetched_at, one.endpoint, billed) for billed in ("yes", "no")])
        db.execute(f"PRAGMA user_version = {version}")
        db.execute(f"PRAGMA application_id = {sqlite_format.APPLICATION_ID}")
        db.commit()
    return one


def declared(path: Path) -> set[tuple[str, ...]]:
    """Return everything that a file declares, and its format."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT type, name, tbl_name FROM sqlite_master").fetchall()
        return {*rows, db.execute("PRAGMA user_version").fetchone()}


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize("version", range(1, NEWEST + 1))
def test_a_file_of_every_format_keeps_its_answers_and_what_was_spent(
    tmp_path: Path, version: int, read_only: bool
) -> None:
    path, new = tmp_path / "answers.sqlite", tmp_path / "new.sqlite"
    one = make_of_format(version, path)
    before = path.read_bytes()
    with contextlib.closing(open_store(path, read_only=read_only)) as store:
        assert store.count() == {"answers": 1, "requests": 2}
        assert store.latest([one.key]) == {one.key: one}
        assert store.spending().spent == 1
        assert not store.is_damaged()
    if read_only:
        assert path.read_bytes() == before
        return
    with contextlib.closing(open_store(new)) as store:
        store.count()
    assert declared(path) == declared(new)


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """Return what tells the way that SQLite goes for a statement of the store."""
    path = tmp_path / "answers.sqlite"
    make_of_format(NEWEST, path)

    def way(statement: str) -> str:
        spelled = statement.format(listed=sqlite.Pool.listed, newest=sqlite.Pool.newest)
        values: object = [""] * spelled.count("?") or defaultdict(lambda: "[]")
        with contextlib.closing(sqlite3.connect(path)) as db:
            rows = db.execute(f"EXPLAIN QUERY PLAN {spelled}", values).fetchall()  # type: ignore[arg-type]
        return "; ".join(row[-1] for row in rows)

    return way


def test_counting_reads_the_smallest_indexes(plan: Plan) -> None:
    way = plan(statements.COUNT)
    assert "answers USING COVERING INDEX answers_counted" in way
    assert "requests USING COVERING INDEX requests_counted" in way
    assert "INDEX requests_charged (sent_at>?)" in plan(spending._IN_LEDGER)


OTHERS = {
    name for name, text in vars(statements).items() if name.isupper() and name[0] != "_" and isinstance(text, str)
}


@pytest.mark.parametrize("name", sorted(OTHERS - {"COUNT"}))
def test_no_other_query_is_led_to_the_indexes_for_counting(plan: Plan, name: str) -> None:
    way = plan(getattr(statements, name))
    assert "_counted" not in way
    assert "requests_charged" not in way
