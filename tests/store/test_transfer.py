"""Stores handed to a colleague: every answer arrives, no token, nothing is paid again, nothing is lost."""

from __future__ import annotations

import contextlib
import sqlite3
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

import xingtu_frames as xf
from tests.cli_cases import TOKEN
from tests.loopback import Loopback, ok
from tests.postgres import Postgres
from tests.store.test_every_pool import BASE, SEARCH, VIDEO, answer, asked
from xingtu_frames.command.cli import main
from xingtu_frames.command.doctor import examine
from xingtu_frames.store import store
from xingtu_frames.store.answer import Recorded
from xingtu_frames.store.answers import open_store
from xingtu_frames.store.transfer import export_store, import_store

MakeClient = Callable[..., xf.Client]
IDS = ["7000000000000010017", "7000000000000010024"]


@pytest.fixture
def exported(client: xf.Client, server: Loopback, tmp_path: Path) -> Path:
    """Return an export of a store with two creators, one of them refreshed."""
    server.answer = lambda seen: ok({"nick_name": f"达人{seen.kol_id}"})
    xf.fetch_profiles(IDS, client=client)
    xf.fetch_profiles(IDS[0], client=client, refresh=True)
    target = tmp_path / "for-a-colleague.sqlite"
    assert export_store(client.store, target) == (3, 0)
    return target


def test_a_colleague_runs_the_same_notebook_without_a_request(
    exported: Path, make_client: MakeClient, server: Loopback, client: xf.Client, tmp_path: Path
) -> None:
    theirs = make_client(cache=tmp_path / "theirs.sqlite", token=None)
    before = server.hits()
    assert import_store(theirs.store, exported) == (3, 0, [])
    for table in (xf.fetch_profiles(IDS, client=theirs), xf.history("profiles", client=theirs)):
        assert set(table["kol_id"]) == set(IDS)
    assert xf.fetch_profiles(IDS, client=theirs).equals(xf.fetch_profiles(IDS, client=client))
    assert server.hits() == before


def test_an_import_that_is_interrupted_is_finished_by_the_next(
    exported: Path, client: xf.Client, make_client: MakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    xf.export_lake(tmp_path / "lake", client=client)
    theirs = make_client(cache=tmp_path / "theirs.sqlite")
    with monkeypatch.context() as later:
        later.setattr(store, "_MERGED_AT_ONCE", 1)
        adds = iter([store.Store._added, store.Store._added])
        later.setattr(store.Store, "_added", lambda *values: next(adds, _interrupted)(*values))
        with pytest.raises(KeyboardInterrupt):
            import_store(theirs.store, exported)
    assert import_store(theirs.store, exported) == (1, 2, [])
    # It is the store whose answers it has, to their lake too.
    assert xf.export_lake(tmp_path / "lake", client=theirs) == 0


def _interrupted(*_: object) -> int:
    raise KeyboardInterrupt


def test_importing_again_adds_nothing_and_merging_keeps_every_answer(
    exported: Path, make_client: MakeClient, tmp_path: Path
) -> None:
    theirs = make_client(cache=tmp_path / "theirs.sqlite")
    xf.fetch_profiles(IDS, client=theirs)
    assert import_store(theirs.store, exported) == (3, 0, [])
    assert import_store(theirs.store, exported) == (0, 3, [])
    assert len(xf.history("profiles", client=theirs)) == 5


def test_an_export_is_one_private_file_without_ledger_and_token(exported: Path) -> None:
    assert stat.S_IMODE(exported.stat().st_mode) == 0o600
    assert [path.name for path in exported.parent.iterdir() if path.name.startswith(exported.name)] == [exported.name]
    assert not list(exported.parent.glob(".*.tmp*"))
    assert TOKEN.encode() not in exported.read_bytes()
    db = sqlite3.connect(exported)
    query = "SELECT (SELECT count(*) FROM answers), (SELECT count(*) FROM requests), (SELECT count(*) FROM claims)"
    counts = db.execute(query).fetchone()
    db.close()
    assert counts == (3, 0, 0)


def test_an_export_replaces_nothing(exported: Path, client: xf.Client, tmp_path: Path) -> None:
    before = exported.read_bytes()
    with pytest.raises(xf.CacheError, match="exists already"):
        export_store(client.store, exported)
    with pytest.raises(xf.CacheError, match="does not exist"):
        export_store(client.store, tmp_path / "nowhere" / "a.sqlite")
    assert exported.read_bytes() == before


def test_a_damaged_answer_is_not_imported_and_the_others_are(
    exported: Path, client: xf.Client, make_client: MakeClient, tmp_path: Path
) -> None:
    db = sqlite3.connect(exported)
    db.execute("UPDATE answers SET body = x'7b7d' WHERE id = 3")
    db.commit()
    db.close()
    theirs = make_client(cache=tmp_path / "theirs.sqlite")
    new, known, refused = import_store(theirs.store, exported)
    assert (new, known, theirs.store.count()["answers"]) == (2, 0, 2)
    assert refused == [f"get_author_base_info for {IDS[0]}: it is damaged"]
    assert import_store(client.store, tmp_path / "answers.sqlite") == (0, 3, [])


@pytest.mark.parametrize("content", [None, b"", b"kol_id,name\n", b"SQLite format 3\0" + bytes(100)])
def test_what_is_no_store_is_refused_and_left_alone(client: xf.Client, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "other.sqlite"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(xf.CacheError, match=r"other\.sqlite"):
        import_store(client.store, path)
    assert (path.read_bytes() if content is not None else None) == content


def test_the_commands_say_what_they_did(
    exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XINGTU_FRAMES_CACHE", str(tmp_path / "theirs.sqlite"))
    assert main(["cache", "import", str(exported)]) == 0
    assert "3 answers added" in capsys.readouterr().out
    assert main(["cache", "export", str(tmp_path / "again.sqlite")]) == 0
    assert "3 answers" in capsys.readouterr().out
    assert main(["cache", "export"]) == 2
    assert main(["cache", "info", "file"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_the_doctor_looks_at_everything_and_sends_nothing(
    client: xf.Client, make_client: MakeClient, server: Loopback, tmp_path: Path
) -> None:
    xf.fetch_profiles(IDS[0], client=client)
    before = server.hits()
    found = {finding.subject: finding for finding in examine(client)}
    assert server.hits() == before
    assert {name: finding.state for name, finding in found.items() if name != "font"} == {
        "versions": "ok",
        "packages": "ok",
        "extras": "ok",
        "token": "ok",
        "address": "look",
        "store": "ok",
        "deprecated": "ok",
    }
    assert "1 answers" in found["store"].detail
    assert TOKEN not in str(found)


def test_the_doctor_sees_damage_a_missing_token_and_deprecated_use(
    make_client: MakeClient, tmp_path: Path, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xingtu_frames.command.doctor.chinese_family", lambda: None)
    old = make_client(api="legacy")
    xf.fetch_profiles(IDS[0], client=old)
    db = sqlite3.connect(tmp_path / "answers.sqlite")
    db.execute("UPDATE answers SET body = x'7b7d'")
    db.commit()
    db.close()
    found = {finding.subject: finding for finding in examine(make_client(token=None))}
    assert {found[name].state for name in ("token", "font", "deprecated")} == {"look"}
    assert found["store"].state == "broken"
    assert "get-kol-info (1)" in found["deprecated"].detail
    assert 'pip install "xingtu_frames[zh]"' in found["font"].detail


def test_an_import_leaves_its_source_as_it_is(exported: Path, client: xf.Client) -> None:
    exported.chmod(0o644)
    before = (exported.read_bytes(), exported.stat().st_mode)
    import_store(client.store, exported)
    assert (exported.read_bytes(), exported.stat().st_mode) == before
    assert [path for path in exported.parent.iterdir() if path.name.startswith(exported.name)] == [exported]


def test_a_rescued_answer_is_brought_back(
    make_client: Callable[..., xf.Client], server: Loopback, tmp_path: Path
) -> None:
    server.answer = lambda seen: ok({"nick_name": "达人"})
    client = make_client()
    xf.fetch_profiles(["1"], client=client)
    (answer,) = client.store.history("get_author_base_info")
    rescued = client.store.rescue(answer)
    colleague = make_client(cache=tmp_path / "colleague.sqlite")
    assert import_store(colleague.store, rescued) == (1, 0, [])
    assert xf.fetch_profiles(["1"], client=colleague)["nick_name"].tolist() == ["达人"]
    assert server.hits() == 1
    rescued.write_text('{"body": "x"}')
    with pytest.raises(xf.CacheError, match="neither a store nor a rescued answer"):
        import_store(colleague.store, rescued)


# --- from one kind of store to the other

ONE_ANSWER = st.tuples(
    st.integers(1, 3),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.none() | st.binary(max_size=300),
    st.sampled_from([BASE, VIDEO, SEARCH]),
)


@given(st.lists(ONE_ANSWER, max_size=12))
def test_whatever_there_is_goes_from_a_file_to_a_server_and_back(
    postgres: Postgres, several: list[tuple[int, str, bytes | None, str]]
) -> None:
    made = []
    for number, (subject, text, refused, endpoint) in enumerate(several):
        about = {"keyword": text} if endpoint == SEARCH else {}
        call = asked(endpoint, str(subject), **about)
        body = ok({"nick_name": text}).body if refused is None else refused
        made.append(Recorded(answer(call, body, age=1000.0 - number), 200 + number, refused is None))
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        first, second = (
            stack.enter_context(contextlib.closing(open_store(Path(folder, name)))) for name in ("1.sqlite", "2.sqlite")
        )
        shared = stack.enter_context(contextlib.closing(open_store(postgres.new_schema())))
        first.merge(made)
        expected, newest = list(first.every()), first.latest(first.keys())
        export_store(first, Path(folder, "out.sqlite"))
        assert import_store(shared, Path(folder, "out.sqlite")) == (len(expected), 0, [])
        export_store(shared, Path(folder, "back.sqlite"))
        assert import_store(second, Path(folder, "back.sqlite")) == (len(expected), 0, [])
        for other in (shared, second):
            assert list(other.every()) == expected
            assert other.latest(other.keys()) == newest
