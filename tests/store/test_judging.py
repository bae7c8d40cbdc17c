"""Promise 8e: what comes from a colleague is judged row by row like an answer from the wire, and nothing in it runs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import xingtu_frames as xf
from tests.cli_cases import Done
from tests.conftest import ROOT
from tests.loopback import Loopback, fail, ok
from xingtu_frames.store import sqlite_format
from xingtu_frames.store.answer import Answer, Recorded, now, stamp
from xingtu_frames.store.answers import open_store
from xingtu_frames.store.judging import problem_of
from xingtu_frames.store.transfer import export_store, import_store
from xingtu_frames.wire import ENDPOINTS, call_for_query

MakeClient = Callable[..., xf.Client]
ENDPOINT = "get_author_base_info"
PARAMS = '{"platform": "SHORT_VIDEO"}'
SOUND = Answer(f"{ENDPOINT}|1|{PARAMS}", ENDPOINT, "1", PARAMS, stamp(now()), ok({"nick_name": "达人"}).body)
FAILING = json.dumps({"code": 0, "data": {"base_resp": {"status_code": 10003}}}).encode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "theirs.sqlite"


def asked(**changes: Any) -> Answer:
    """Return the sound answer with changes, and the key that belongs to its question."""
    changed = SOUND._replace(**changes)
    return changed._replace(key=f"{changed.endpoint}|{changed.kol_id or ''}|{changed.params}")


BAD: dict[str, Answer] = {
    "not JSON": SOUND._replace(body=b"<html>"),
    "empty": SOUND._replace(body=b""),
    "a failure": SOUND._replace(body=fail(301).body),
    "a failing base_resp": SOUND._replace(body=FAILING),
    "no code": SOUND._replace(body=b'{"data": {}}'),
    "a list": SOUND._replace(body=b"[]"),
    "another creator's key": SOUND._replace(kol_id="2"),
    "another endpoint's key": SOUND._replace(endpoint="get_author_spread_info"),
    "other parameters than the key": SOUND._replace(params='{"platform": "LIVE_STREAMING"}'),
    "no endpoint of the provider": asked(endpoint="get_everything"),
    "a parameter that there is not": asked(params='{"platfrom": "SHORT_VIDEO"}'),
    "the creator as a parameter": asked(params='{"oAuthorId": "1"}'),
    "parameters that are not JSON": asked(params="{"),
    "parameters in another spelling": asked(params='{"platform":"SHORT_VIDEO"}'),
    "no creator": asked(kol_id=None),
    "no video": asked(endpoint="item_report_trend", kol_id=None, params="{}"),
    "a video that is not text": asked(endpoint="item_report_trend", kol_id=None, params='{"itemId": 7}'),
    "a creator that cannot be one": asked(kol_id="'; DROP TABLE answers"),
    "an id with blanks": asked(kol_id=" 1"),
    "no time": SOUND._replace(fetched_at="yesterday"),
    "a time in another form": SOUND._replace(fetched_at="2026-11-27T10:00:00Z"),
    "a time in the future": SOUND._replace(fetched_at=stamp(now() + timedelta(days=2))),
    "contact data": asked(endpoint="author_get_business_card_info", params="{}"),
}


@pytest.mark.parametrize("kind", BAD)
def test_promise_8e_a_row_that_the_wire_would_not_have_brought_is_refused(
    make_client: MakeClient, server: Loopback, path: Path, kind: str
) -> None:
    theirs = open_store(path)
    theirs.add_all([BAD[kind], asked(kol_id="3")])
    theirs.close()
    mine = make_client()
    new, known, refused = import_store(mine.store, path)
    assert (new, known, len(refused)) == (1, 0, 1)
    assert mine.store.count()["answers"] == 1
    assert import_store(mine.store, path)[:2] == (0, 1)


@pytest.mark.parametrize("status", [0, 99, 600, 2**62, -1, "abc", b"200", 200.5])
def test_promise_8e_an_answer_with_an_impossible_status_is_refused(
    make_client: MakeClient, path: Path, status: Any
) -> None:
    theirs = open_store(path)
    theirs.add_all([SOUND])
    theirs._pool.write(lambda db: db.execute("UPDATE answers SET http_status = ?", (status,)))
    theirs.close()
    assert import_store(make_client().store, path) == (0, 0, [f"{ENDPOINT} for 1: its HTTP status is not one"])


def test_a_colleague_whose_clock_is_ahead_hides_no_answer(
    make_client: MakeClient, server: Loopback, path: Path
) -> None:
    server.answer = lambda seen: ok({"nick_name": "mine"})
    mine = make_client()
    xf.fetch_profiles(["1"], client=mine)
    theirs = open_store(path)
    theirs.add_all([SOUND._replace(fetched_at=stamp(now() + timedelta(hours=1)))])
    theirs.close()
    assert import_store(mine.store, path) == (1, 0, [])
    assert xf.fetch_profiles(["1"], client=mine)["nick_name"].tolist() == ["mine"]
    assert server.hits() == 1


def test_sound_rows_of_every_kind_are_believed() -> None:
    for endpoint in ENDPOINTS.values():
        if not endpoint.stored:
            continue
        values = {p.name: p.choices[0] if p.choices else "1" for p in endpoint.parameters if p.required}
        values |= {p.name: "2026-11-01" for p in endpoint.parameters if p.required and p.kind.startswith("yyyy-")}
        values |= {p.name: "20261101" for p in endpoint.parameters if p.required and p.kind == "yyyyMMdd"}
        call = call_for_query(endpoint.name, values)
        answer = Answer(call.key, call.meaning, call.kol_id, call.params, stamp(now()), ok({}).body)
        assert problem_of(Recorded(answer, 200, served=True), now()) is None, endpoint.name


def test_the_samples_are_believed(sample: xf.Client) -> None:
    assert {problem_of(recorded, now()) for recorded in sample.store.every()} == {None}


def test_an_answer_recorded_only_may_be_a_failure() -> None:
    assert problem_of(Recorded(SOUND._replace(body=FAILING), 200, served=False), now()) is None


def test_the_command_lists_what_it_refuses(path: Path, run: Callable[..., Done], tmp_path: Path) -> None:
    theirs = open_store(path)
    theirs.add_all([asked(kol_id=str(n))._replace(body=b"x") for n in range(1, 31)])
    theirs.add_all([SOUND])
    theirs.close()
    done = run("cache", "import", path, "--cache", tmp_path / "mine.sqlite")
    assert done.status == 1
    assert "1 answers added" in done.out
    lines = done.err.splitlines()
    assert lines[0] == f"refused: {ENDPOINT} for 1: its body is not an answer of Just One API"
    assert lines[-1] == "refused: 10 more"
    assert len(lines) == 21


# --- the file itself

HOSTILE = {
    "trigger": "CREATE TRIGGER t AFTER INSERT ON requests BEGIN DELETE FROM answers; END",
    "trigger on claims": "CREATE TRIGGER t AFTER INSERT ON claims BEGIN DELETE FROM claims; END",
    "unique index": "CREATE UNIQUE INDEX u ON requests (endpoint)",
    "expression index": "CREATE INDEX e ON answers (length(body))",
    "view for a table": "ALTER TABLE answers RENAME TO real; CREATE VIEW answers AS SELECT * FROM real",
    "generated column": "ALTER TABLE requests ADD COLUMN g TEXT AS (upper(endpoint))",
    "column": "ALTER TABLE answers ADD COLUMN extra TEXT",
    "no index": "DROP INDEX answers_latest",
    "other index": "DROP INDEX answers_latest; CREATE INDEX answers_latest ON answers (endpoint)",
    "no table": "DROP TABLE claims",
}


@pytest.mark.each_once
@pytest.mark.parametrize("how", ["cache", "import"])
@pytest.mark.parametrize("kind", HOSTILE)
def test_promise_8e_a_schema_that_is_not_ours_neither_runs_nor_blocks(
    make_client: MakeClient, server: Loopback, path: Path, kind: str, how: str
) -> None:
    theirs = open_store(path)
    theirs.add_all([SOUND])
    theirs.close()
    db = sqlite3.connect(path)
    db.executescript(HOSTILE[kind])
    db.close()
    before = path.read_bytes()
    client = make_client(**({"cache": path} if how == "cache" else {}))
    with pytest.raises(xf.CacheError, match=r"theirs\.sqlite is not a cache as xingtu_frames makes it.*untouched"):
        import_store(client.store, path) if how == "import" else xf.fetch_profiles(["2"], client=client)
    assert (path.read_bytes(), server.hits()) == (before, 0)


def test_tables_and_views_of_the_users_own_harm_nothing(make_client: MakeClient, path: Path) -> None:
    open_store(path).add_all([SOUND])
    db = sqlite3.connect(path)
    db.executescript("CREATE TABLE notes (a); CREATE VIEW seen AS SELECT kol_id FROM answers; ANALYZE")
    db.close()
    assert len(xf.fetch_profiles(["1"], client=make_client(cache=path, offline=True))) == 1


@pytest.mark.parametrize("claim", ["9999-12-31T23:59:59.999999+00:00", "x" * 100_000])
def test_a_claim_in_a_colleagues_file_blocks_nothing_that_is_stored(
    make_client: MakeClient, server: Loopback, path: Path, claim: str
) -> None:
    theirs = open_store(path)
    theirs.add_all([SOUND])
    theirs.close()
    db = sqlite3.connect(path)
    with db:
        db.execute("INSERT INTO claims VALUES (?, 'x|1|y', ?)", (SOUND.key, claim))
    db.close()
    assert len(xf.fetch_profiles(["1"], client=make_client(cache=path))) == 1
    assert import_store(make_client().store, path) == (1, 0, [])
    assert server.hits() == 0


def test_a_newer_version_that_brings_the_file_up_to_date_is_noticed(
    make_client: MakeClient, server: Loopback, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = make_client(cache=path)
    xf.fetch_profiles(["1"], client=older)
    known = len(sqlite_format.STEPS)
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA user_version = {known + 1}")
    db.close()
    for ask in (lambda: xf.fetch_profiles(["2"], client=older), older.ledger, lambda: older.plan("profiles", ["1"])):
        with pytest.raises(
            xf.CacheError, match=rf"format {known + 1}, this version of xingtu_frames knows {known}; up"
        ):
            ask()
    assert server.hits() == 1


def test_a_file_of_the_first_format_is_imported_and_left_alone(make_client: MakeClient, tmp_path: Path) -> None:
    old = tmp_path / "old.sqlite"
    db = sqlite3.connect(old)
    db.executescript((ROOT / "tests" / "format_1.sql").read_text("utf-8"))
    db.close()
    before = old.read_bytes()
    assert import_store(make_client().store, old) == (3, 0, [])
    assert old.read_bytes() == before


def test_an_export_of_hostile_texts_is_read_back(tmp_path: Path, path: Path) -> None:
    theirs = open_store(path)
    names = ["\ud800 half".encode("utf-8", "replace").decode(), "a\0b", "达人", "\x1b[2J"]
    theirs.add_all([asked(kol_id=str(n), body=ok({"nick_name": name}).body) for n, name in enumerate(names, 1)])
    assert export_store(theirs, tmp_path / "out.sqlite") == (4, 0)
    assert import_store(open_store(tmp_path / "mine.sqlite"), tmp_path / "out.sqlite") == (4, 0, [])
