"""Of a damaged store every answer that is whole is handed out, and how many are not is said."""

from __future__ import annotations

import contextlib
import json
import random
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import xingtu_frames as xf
from tests.cli_cases import Done
from tests.conftest import ROOT
from tests.loopback import Loopback, ok
from xingtu_frames.command.doctor import examine
from xingtu_frames.store.answer import Answer, Recorded, now, stamp
from xingtu_frames.store.answers import open_store
from xingtu_frames.store.sqlite_salvage import Salvage
from xingtu_frames.store.transfer import export_store, import_store
from xingtu_frames.wire import call_for_query

MakeClient = Callable[..., xf.Client]
ENDPOINT = "get_author_base_info"
PARAMS = '{"platform": "SHORT_VIDEO"}'
COUNT = 120


def answer(number: int) -> Answer:
    # From a few bytes to several pages, so that records go over to other pages.
    name = f"达人 {number} " + "x" * (number * number % 9000)
    key = f"{ENDPOINT}|{number}|{PARAMS}"
    return Answer(key, ENDPOINT, str(number), PARAMS, stamp(now()), ok({"nick_name": name}).body)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "answers.sqlite"
    store = open_store(path)
    store.add_all(map(answer, range(1, COUNT + 1)))
    store.close()
    return path


def pages_of(path: Path, kind: str) -> list[int]:
    """Return the pages of a store by what they are: a leaf of the answers, a root, the schema."""
    db = sqlite3.connect(path)
    roots = dict(db.execute("SELECT name, rootpage FROM sqlite_master").fetchall())
    db.close()
    data = path.read_bytes()
    leaves = [n for n in range(2, len(data) // 4096 + 1) if data[(n - 1) * 4096] == 13]
    return {"leaves": leaves, "root": [roots["answers"]], "index": [roots["answers_latest"]], "schema": [1]}[kind]


def damage(path: Path, pages: list[int]) -> None:
    data = bytearray(path.read_bytes())
    for page in pages:
        data[(page - 1) * 4096 + (100 if page == 1 else 0) : page * 4096] = bytes(4096 - (100 if page == 1 else 0))
    path.write_bytes(data)


def test_a_sound_store_is_read_whole(path: Path) -> None:
    salvage = Salvage(path)
    assert [recorded.answer.kol_id for recorded in salvage] == [str(n) for n in range(1, COUNT + 1)]
    assert salvage.lost == 0


def test_rows_of_the_first_format_are_read_too(tmp_path: Path) -> None:
    old = tmp_path / "old.sqlite"
    with contextlib.closing(sqlite3.connect(old)) as db:
        db.executescript((ROOT / "tests" / "format_1.sql").read_text("utf-8"))
    salvage = Salvage(old)
    assert [recorded.served for recorded in salvage] == [True, True, False]
    assert salvage.lost == 0
    with contextlib.closing(open_store(old)) as store:
        store.add_all([answer(1)])
    assert len(list(Salvage(old))) == 4


def test_what_is_in_the_log_only_is_read_too(path: Path) -> None:
    store = open_store(path)
    store.add_all([answer(COUNT + 1)])
    salvage = Salvage(path)
    assert len(list(salvage)) == COUNT + 1
    store.close()


@pytest.mark.parametrize("kind", ["root", "index", "schema"])
def test_without_a_root_every_answer_is_saved(path: Path, tmp_path: Path, kind: str) -> None:
    damage(path, pages_of(path, kind))
    exported = export_store(open_store(path), tmp_path / "saved.sqlite")
    assert exported == (COUNT, 0)
    saved = open_store(tmp_path / "saved.sqlite")
    found = saved.latest([answer(n).key for n in range(1, COUNT + 1)])
    assert [found[answer(n).key].body for n in range(1, COUNT + 1)] == [answer(n).body for n in range(1, COUNT + 1)]  # type: ignore[union-attr]


def test_what_lies_on_a_damaged_page_is_counted_and_the_rest_saved(path: Path, tmp_path: Path) -> None:
    damage(path, pages_of(path, "leaves")[5:7])
    answers, lost = export_store(open_store(path), tmp_path / "saved.sqlite")
    assert 0 < lost < COUNT
    assert answers + lost == COUNT
    bodies = {answer(n).body for n in range(1, COUNT + 1)}
    assert all(recorded.answer.body in bodies for recorded in open_store(tmp_path / "saved.sqlite").every())


@pytest.mark.one_in(6)
@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_overwritten_nothing_wrong_is_saved(path: Path, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    data = bytearray(path.read_bytes())
    for _ in range(chance.randrange(1, 20)):
        at, length = chance.randrange(len(data)), chance.randrange(1, 3000)
        data[at : at + length] = chance.randbytes(len(data[at : at + length]))
    path.write_bytes(data)
    bodies = {answer(n).body for n in range(1, COUNT + 1)}
    salvage = Salvage(path)
    saved = [recorded.answer.body for recorded in salvage]
    assert set(saved) <= bodies
    assert len(saved) == len(set(saved))
    assert len(saved) + salvage.lost >= COUNT / 2


def test_a_damaged_answer_is_left_out_of_an_export(path: Path, tmp_path: Path) -> None:
    db = sqlite3.connect(path)
    with db:
        db.execute("UPDATE answers SET body = x'7b7d' WHERE id = 7")
    db.close()
    assert export_store(open_store(path), tmp_path / "saved.sqlite") == (COUNT - 1, 1)


def test_a_damaged_export_is_imported_as_far_as_it_is_whole(path: Path, tmp_path: Path) -> None:
    damage(path, pages_of(path, "root"))
    new, known, refused = import_store(open_store(tmp_path / "mine.sqlite"), path)
    assert (new, known, refused) == (COUNT, 0, [])


def test_the_commands_save_what_is_whole_and_say_what_is_not(
    path: Path, tmp_path: Path, run: Callable[..., Done], server: Loopback
) -> None:
    damage(path, [*pages_of(path, "leaves")[5:7], *pages_of(path, "root")])
    exported = run("cache", "export", tmp_path / "out.sqlite", "--cache", path)
    assert exported.status == 1
    assert "damaged and could not be saved" in exported.err
    number = int(exported.out.split(": ")[1].split()[0])
    doctor = run("doctor", "--cache", path)
    assert doctor.status == 1
    assert f"{number} answers that are whole were saved in {path}.saved.sqlite" in " ".join(doctor.out.split())
    assert open_store(f"{path}.saved.sqlite").count()["answers"] == number
    again = run("doctor", "--cache", path)
    assert "was saved before" in again.out
    mine = tmp_path / "mine.sqlite"
    assert run("cache", "import", f"{path}.saved.sqlite", "--cache", mine).status == 0
    assert run("cache", "info", "--cache", mine).out.splitlines()[1].startswith(f"{number} answers")


def test_a_damaged_file_pays_for_nothing(path: Path, make_client: MakeClient, server: Loopback) -> None:
    damage(path, pages_of(path, "index"))
    client = make_client(cache=path)
    with pytest.raises(xf.CacheError, match=r"damaged.*nothing was paid.*cache export"):
        xf.fetch_profiles(["1", "2000"], client=client)
    with pytest.raises(xf.CacheError, match="damaged"):
        client.plan("profiles", ["1", "2000"])
    assert server.hits() == 0


CELLS = {
    "time": "UPDATE requests SET sent_at = 'Z026-11-27T10:00:00.000000+00:00'",
    "text": "UPDATE requests SET http_status = 'x'",
    "bytes": "UPDATE requests SET endpoint = x'ff'",
    "charge": "UPDATE requests SET billed = 'maybe'",
    "error": "UPDATE requests SET error = x'31'",
    "creator": "UPDATE requests SET kol_id = x'31'",
}


@pytest.mark.parametrize("kind", CELLS)
def test_a_damaged_ledger_is_a_named_error(make_client: MakeClient, path: Path, server: Loopback, kind: str) -> None:
    client = make_client(cache=path)
    xf.fetch_profiles([COUNT + 1], client=client)
    db = sqlite3.connect(path)
    with db:
        db.execute(CELLS[kind])
    db.close()
    with pytest.raises(xf.CacheError, match="ledger cannot be read"):
        client.ledger()
    states = {finding.subject: finding.state for finding in examine(client)}
    assert states["ledger"] == "broken"


@pytest.mark.parametrize(
    ("bits", "step"),
    [
        pytest.param([7], 4, id="some"),
        pytest.param([7], 1, id="one", marks=pytest.mark.slow),
        pytest.param(range(8), 1, id="every", marks=pytest.mark.slow),
    ],
)
def test_no_flipped_bit_of_the_ledger_is_an_unnamed_error(
    tmp_path: Path, server: Loopback, bits: Sequence[int], step: int
) -> None:
    path = tmp_path / "small.sqlite"
    store = open_store(path)
    row = store.open_request(call_for_query(ENDPOINT, {"oAuthorId": "1"}))
    outcome = {"id": row, "http_status": 200, "code": 0, "billed": "yes", "elapsed_s": 0.5, "error": "an error"}
    store.close_request(outcome)
    store.close()
    whole = path.read_bytes()
    at = whole.index(b"yes") - 200
    for position in range(at, at + 300, step):
        for bit in bits:
            damaged = bytearray(whole)
            damaged[position] ^= 1 << bit
            path.write_bytes(damaged)
            with xf.Client(offline=True, cache=path) as client:
                try:
                    client.ledger()
                except xf.CacheError:
                    continue


def test_json_that_looks_like_a_record_is_not_taken_for_one(tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text(json.dumps({"key": "k"}) * 1000)
    salvage = Salvage(path)
    assert (list(salvage), salvage.lost) == ([], 0)


def test_recorded_only_answers_stay_so(path: Path, tmp_path: Path) -> None:
    store = open_store(path)
    store.merge([Recorded(answer(COUNT + 1), 200, served=False)])
    store.close()
    damage(path, pages_of(path, "root"))
    export_store(open_store(path), tmp_path / "saved.sqlite")
    assert [r.served for r in open_store(tmp_path / "saved.sqlite").every()].count(False) == 1


def test_a_record_that_claims_more_than_an_answer_can_hold_is_passed_over(path: Path) -> None:
    data = bytearray(path.read_bytes())
    root, following = (pages_of(path, "root")[0] - 1) * 4096, len(data) // 4096 + 1
    # A record of a terabyte, whose pages are one page that follows itself.
    data += following.to_bytes(4) + bytes(4092)
    page = bytearray(4096)
    page[0], page[3:5], page[8:10] = 13, (1).to_bytes(2), (100).to_bytes(2)
    page[100:107] = b"\xa0\x80\x80\x80\x80\x00\x01"
    for shift in range(4):
        page[107:] = (bytes(shift) + following.to_bytes(4) * 1000)[: 4096 - 107]
        data[root : root + 4096] = page
        path.write_bytes(data)
        assert len(list(Salvage(path))) == COUNT
