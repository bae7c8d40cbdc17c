"""What is not a lake, or not this store's, is named, and nothing in it is replaced."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import sqlite3
import stat
import warnings
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import xingtu_frames as xf
from tests.conftest import ROOT
from tests.lake.cases import FIRST, contents, open_client, profile, profiles, same
from xingtu_frames.fetch.lake import files
from xingtu_frames.fetch.lake.export import export
from xingtu_frames.fetch.lake.layout import Lake
from xingtu_frames.store.answers import open_store
from xingtu_frames.store.transfer import export_store, import_store

PROFILE = "get_author_base_info"
DAY = Path("answers") / f"endpoint={PROFILE}" / "day=2026-11-01" / "answers.parquet"
ROWS = Path("profiles") / "day=2026-11-01" / "answers.parquet"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[xf.Client]:
    with open_client(tmp_path / "a.sqlite", profiles(3, FIRST)) as client:
        yield client


@pytest.fixture
def lake(client: xf.Client, tmp_path: Path) -> Path:
    """Return a lake of the store, which has one more answer by now."""
    xf.export_lake(tmp_path / "lake", client=client)
    client.store.add_all([profile("1", FIRST + timedelta(seconds=5))])
    return tmp_path / "lake"


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def another_version(path: Path) -> None:
    rows = pq.ParquetFile(path).read()
    pq.write_table(rows.append_column("mine", rows.column("kol_id")), path)


def newer(path: Path) -> None:
    rows = pq.ParquetFile(path).read()
    marks = {"xingtu_frames": json.dumps({"format": 2, "store": "", "tally": []})}
    pq.write_table(rows.replace_schema_metadata(marks), path)


def undeclared(folder: Path) -> None:
    (folder / "nonsense" / "day=2026-11-01").mkdir(parents=True)
    (folder / "nonsense" / "day=2026-11-01" / "answers.parquet").write_bytes(b"x")


SPOILED: dict[str, tuple[Callable[[Path], None], str]] = {
    "half of the answers": (lambda lake: cut(lake / DAY), r"cannot read .*answers\.parquet.*move it away"),
    "half of a table": (lambda lake: cut(lake / ROWS), r"cannot read .*profiles.*answers\.parquet"),
    "not Parquet": (lambda lake: (lake / DAY).write_text("kol_id,name\n") and None, r"cannot read .*answers\.parquet"),
    "answers of others": (lambda lake: pq.write_table(pq.ParquetFile(lake / ROWS).read(), lake / DAY), "not a file of"),
    "another version": (lambda lake: another_version(lake / ROWS), r"another version.*differs in mine.*left untouched"),
    "a newer format": (lambda lake: newer(lake / DAY), "has format 2, this version of xingtu_frames knows 1; upgrade"),
    "an undeclared table": (undeclared, r'holds "nonsense", which this version of xingtu_frames does not declare'),
}


@pytest.mark.parametrize("kind", SPOILED)
def test_a_lake_that_is_not_whole_or_not_ours_is_named_and_left_alone(kind: str, lake: Path, client: xf.Client) -> None:
    spoil, said = SPOILED[kind]
    spoil(lake)
    before = contents(lake)
    with pytest.raises(xf.FileError, match=said):
        xf.export_lake(lake, client=client)
    assert contents(lake) == before


@pytest.mark.parametrize("kind", ["half of a table", "another version", "an undeclared table"])
def test_a_table_that_is_not_whole_or_not_ours_is_not_read(kind: str, lake: Path) -> None:
    SPOILED[kind][0](lake)
    with pytest.raises(xf.FileError, match=SPOILED[kind][1]):
        xf.read_lake(lake, "profiles")


@pytest.mark.parametrize("file", [DAY, ROWS], ids=["answers", "rows"])
def test_a_flipped_bit_is_an_error_or_changes_nothing(file: Path, lake: Path, soak: bool) -> None:
    whole = (lake / file).read_bytes()
    with open_client(":memory:") as empty:
        read = {
            DAY: lambda: xf.history("profiles", client=empty, lake=lake),
            ROWS: lambda: xf.read_lake(lake, "profiles"),
        }[file]
        expected, errors = read(), 0
        for place in range(0, len(whole), 1 if soak else 61):
            (lake / file).write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
            try:
                same(read(), expected)
            except xf.FileError as error:
                errors += "answers.parquet" in str(error)
    assert errors


def test_a_lake_of_another_store_takes_another_name(lake: Path, tmp_path: Path) -> None:
    before = contents(lake)
    with open_client(tmp_path / "b.sqlite", profiles(3, FIRST + timedelta(days=9))) as other:
        with pytest.raises(xf.FileError, match=r'is of another store.*name="shard0".*nothing was written'):
            xf.export_lake(lake, client=other)
        assert contents(lake) == before
        assert xf.export_lake(lake, client=other, name="theirs") == 3
    assert {name: contents(lake)[name] for name in before} == before


def test_a_copy_of_the_store_is_the_same_store(lake: Path, client: xf.Client, tmp_path: Path) -> None:
    client.close()
    (tmp_path / "copy.sqlite").write_bytes((tmp_path / "a.sqlite").read_bytes())
    with open_client(tmp_path / "copy.sqlite") as copy:
        assert [xf.export_lake(lake, client=copy) for _ in range(2)] == [1, 0]


def test_a_store_that_is_saved_and_restored_goes_on_with_its_lake(
    lake: Path, client: xf.Client, tmp_path: Path
) -> None:
    export_store(client.store, tmp_path / "saved.sqlite")
    with open_client(tmp_path / "restored.sqlite") as restored:
        import_store(restored.store, tmp_path / "saved.sqlite")
        assert [xf.export_lake(lake, client=restored) for _ in range(2)] == [1, 0]
    with open_client(tmp_path / "colleague.sqlite", profiles(1, FIRST)) as colleague:
        import_store(colleague.store, tmp_path / "saved.sqlite")
        with pytest.raises(xf.FileError, match="is of another store"):
            xf.export_lake(lake, client=colleague)


def test_one_process_at_a_time_writes_under_a_name(lake: Path, client: xf.Client) -> None:
    held = "another process is writing 'answers' into it; try again later"
    with Lake(lake).alone("answers"), pytest.raises(xf.FileError, match=held):
        xf.export_lake(lake, client=client)
    assert xf.export_lake(lake, client=client) == 1


def test_a_store_of_an_older_format_is_brought_up_to_date_before_it_is_exported(tmp_path: Path) -> None:
    old = tmp_path / "old.sqlite"
    with contextlib.closing(sqlite3.connect(old)) as db:
        db.executescript((ROOT / "tests" / "format_1.sql").read_text("utf-8"))
    with contextlib.closing(open_store(old, read_only=True)) as store:
        with pytest.raises(xf.CacheError, match=r"is of an older format and read-only.*open it once where it can be"):
            export(tmp_path / "lake", store, "answers")
        assert len(store.history(PROFILE)) == 2
    with open_client(old) as client:
        assert xf.export_lake(tmp_path / "lake", client=client) == 2
        same(xf.read_lake(tmp_path / "lake", "profiles"), xf.history("profiles", client=client))


def test_a_folder_of_something_else_is_not_taken_for_a_lake(client: xf.Client, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "pictures").mkdir(parents=True)
    with pytest.raises(xf.FileError, match=r'holds "pictures".*name a folder of its own.*nothing was written'):
        xf.export_lake(home, client=client)
    assert [path.name for path in home.iterdir() if not path.name.startswith(".")] == ["pictures"]
    with pytest.raises(xf.FileError, match=r"cannot write to .*a\.sqlite"):
        xf.export_lake(tmp_path / "a.sqlite", client=client)


READ: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "table": ({"table": "profile"}, xf.ParameterError, "no table 'profile'; did you mean 'profiles'.*failures"),
    "column": ({"columns": ["name"]}, xf.ParameterError, 'columns must be some of "kol_id".*not "name"'),
    "since": ({"since": "soon"}, xf.ParameterError, 'since must be a time such as .*not "soon"'),
    "ids": ({"ids": [1.5]}, xf.InvalidIdError, "float"),
    "ids of a search": ({"table": "search", "ids": ["1"]}, xf.ParameterError, "search takes no ids"),
    "ids of failures": ({"table": "failures", "ids": ["1"]}, xf.ParameterError, "failures takes no ids"),
    "no folder": ({"folder": "nowhere"}, xf.FileError, "there is no lake at nowhere: xingtu-frames lake nowhere"),
    "an address": (
        {"folder": "s3://lake"},
        xf.ParameterError,
        'folder must be a folder of this machine, not "s3://lake"',
    ),
    "a number": ({"folder": 5}, xf.ParameterError, "folder must be text or a Path, not 5"),
}


@pytest.mark.parametrize("kind", READ)
def test_what_cannot_be_read_is_refused(kind: str, lake: Path) -> None:
    options, error, said = READ[kind]
    chosen: dict[str, Any] = {"folder": lake, "table": "profiles", **options}
    with pytest.raises(error, match=said):
        xf.read_lake(chosen.pop("folder"), chosen.pop("table"), **chosen)


@pytest.mark.parametrize("look", [xf.history, xf.changes])
def test_history_and_changes_name_a_lake_that_is_not_there(look: Any, client: xf.Client, tmp_path: Path) -> None:
    with pytest.raises(xf.FileError, match="there is no lake at"):
        look("profiles", client=client, lake=tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_an_empty_folder_is_not_a_lake_to_read(tmp_path: Path) -> None:
    with pytest.raises(xf.FileError, match="is not a lake of xingtu_frames: it has no folder answers and no table"):
        xf.read_lake(tmp_path, "profiles")


@pytest.mark.parametrize("name", ["", "_a", ".a", "a/b", "..", "a.b", "a b", 5, "x" * 101])
def test_a_name_is_one_part_of_a_path(name: Any, client: xf.Client, tmp_path: Path) -> None:
    with pytest.raises(xf.ParameterError, match=r'name must be letters, digits, "-" and "_", such as "shard0", not'):
        xf.export_lake(tmp_path / "lake", client=client, name=name)
    assert not (tmp_path / "lake").exists()


@pytest.mark.parametrize("name", ["CON", "nul", "Aux", "com1", "LPT9", "COM¹"])
def test_a_name_is_none_that_windows_keeps_for_devices(name: str, client: xf.Client, tmp_path: Path) -> None:
    with pytest.raises(xf.ParameterError, match=f'name must be a name that Windows allows as well, .*not "{name}"'):
        xf.export_lake(tmp_path / "lake", client=client, name=name)
    assert xf.export_lake(tmp_path / "lake", client=client, name=f"{name}-shard") == 3


@pytest.mark.parametrize("name", ["Answers", "ANSWERS"])
def test_names_differ_in_more_than_case(name: str, lake: Path, client: xf.Client) -> None:
    before = contents(lake)
    with pytest.raises(xf.FileError, match=f"holds files named 'answers', which Windows and .* from '{name}': choose"):
        xf.export_lake(lake, client=client, name=name)
    assert contents(lake) == before
    assert xf.export_lake(lake, client=client) == 1


def test_the_command_says_what_is_new(run: Callable[..., Any], client: xf.Client, tmp_path: Path) -> None:
    client.close()
    for said in ("lake: 3 new answers\n", "lake: up to date\n"):
        done = run("lake", "lake", "--cache", tmp_path / "a.sqlite")
        assert (done.status, done.out, done.err) == (0, said, "")
    done = run("lake", "lake", "--cache", tmp_path / "other.sqlite", "--name", "a b")
    assert (done.status, done.out) == (2, "")
    assert "name must be" in done.err


@pytest.mark.parametrize("folder", ["", "a\0b", 5, None])
def test_a_folder_is_text(folder: Any, client: xf.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for use in (lambda: xf.export_lake(folder, client=client), lambda: xf.read_lake(folder, "profiles")):
        with pytest.raises(xf.ParameterError, match="folder must be text or a Path"):
            use()
    assert not (tmp_path / "answers").exists()


def test_a_folder_of_ones_home_is_there(client: xf.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    assert xf.export_lake("~/lake", client=client) == len(xf.read_lake(tmp_path / "home" / "lake", "profiles")) > 0
    assert list((tmp_path / "here").iterdir()) == []


@pytest.mark.parametrize("copy", ["day={day} copy/answers", "day={day}/answers (1)"])
@pytest.mark.parametrize("kind", [DAY, ROWS], ids=["answers", "rows"])
def test_a_copy_of_a_file_is_named_and_not_read_twice(copy: str, kind: Path, lake: Path, client: xf.Client) -> None:
    file = lake / kind
    day = file.parent.name.removeprefix("day=")
    place = file.parent.parent / f"{copy.format(day=day)}.parquet"
    place.parent.mkdir(exist_ok=True)
    shutil.copy(file, place)
    uses = {DAY: lambda: xf.history("profiles", client=client, lake=lake), ROWS: lambda: xf.read_lake(lake, "profiles")}
    use = uses[kind]
    with pytest.raises(xf.FileError, match="is not where a lake has its files; move it out of the lake"):
        use()


def test_the_lake_of_an_empty_store_can_be_read(tmp_path: Path) -> None:
    with open_client(tmp_path / "empty.sqlite") as client:
        assert xf.export_lake(tmp_path / "of nothing", client=client) == 0
    assert len(xf.read_lake(tmp_path / "of nothing", "profiles")) == 0


def test_failures_that_were_moved_away_are_written_again(lake: Path, client: xf.Client) -> None:
    xf.export_lake(lake, client=client)
    before = contents(lake)
    shutil.rmtree(lake / "failures")
    assert xf.export_lake(lake, client=client) == 0
    assert contents(lake).keys() == before.keys()


LISTS = ("listdir", "scandir")


@pytest.mark.parametrize("folder", [ROWS.parents[1], ROWS.parent, DAY.parents[2], DAY.parents[1], DAY.parent], ids=str)
def test_a_folder_that_may_not_be_read_is_not_taken_for_an_empty_one(
    folder: Path, lake: Path, client: xf.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in LISTS:
        look = getattr(os, name)

        def refuse(path: Any = ".", look: Any = look) -> Any:
            if not isinstance(path, int) and Path(path) == lake / folder:
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return look(path)

        monkeypatch.setattr(os, name, refuse)
    uses: list[Callable[[], object]] = [lambda: xf.read_lake(lake, "profiles")]
    if folder.parts[0] == "answers":
        uses = [lambda: xf.export_lake(lake, client=client)]
    if folder in (DAY.parent, DAY.parents[1]):
        uses.append(lambda: xf.history("profiles", client=client, lake=lake))
    for use in uses:
        with pytest.raises(xf.FileError, match=r"cannot read .*: Permission denied; ask its owner"):
            use()


@pytest.mark.parametrize("name", ["answers", "profiles", "failures"])
def test_a_file_where_a_lake_has_a_folder_is_named_before_anything_is_written(
    name: str, client: xf.Client, tmp_path: Path
) -> None:
    folder = tmp_path / "lake"
    folder.mkdir()
    (folder / name).write_text("mine")
    with pytest.raises(xf.FileError, match=f"{name} is a file where a lake has a folder"):
        xf.export_lake(folder, client=client)
    assert contents(folder).keys() == {name}
    assert [path.name for path in folder.iterdir() if path.is_dir()] == []


@pytest.mark.one_in(4)
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
@pytest.mark.parametrize("count", range(1, 8))
def test_a_disk_that_takes_no_folder_is_an_error_that_says_so(
    count: int, number: int, client: xf.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, left = os.mkdir, iter(range(1, count))

    def refuse(*values: Any) -> None:
        if next(left, None) is None:
            raise OSError(number, os.strerror(number))
        made(*values)

    with monkeypatch.context() as full:
        full.setattr(os, "mkdir", refuse)
        with pytest.raises(xf.FileError, match=f"cannot write .*{os.strerror(number)}"):
            xf.export_lake(tmp_path / "lake", client=client)
    assert xf.export_lake(tmp_path / "lake", client=client) == 3


@pytest.mark.skipif(os.name != "posix", reason="folders cannot be opened")
def test_what_is_exported_is_on_the_disk_with_every_folder_that_it_is_in(
    client: xf.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced, sync = set(), files._sync
    monkeypatch.setattr(files, "_sync", lambda path: synced.add(path) or sync(path))
    lake = tmp_path / "new" / "lake"
    xf.export_lake(lake, client=client)
    made = [path for path in [lake.parent, lake, *lake.rglob("*")] if path.name[0] != "."]
    assert {path.parent for path in made} <= synced


@pytest.mark.skipif(os.name != "posix", reason="folders cannot be opened")
def test_a_network_that_takes_no_orders_for_folders_takes_a_lake(
    client: xf.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = os.fsync

    def refuse(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", refuse)
    assert xf.export_lake(tmp_path / "lake", client=client) == 3


@pytest.mark.one_in(2)
@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("fetched_at", ["x'00'", "5", "'soon'", "'9999-12-31T00:00:00.000000+00:00'", "2026.1101"]),
        ("http_status", ["'soon'", "200.5", "x'00'", "9223372036854775807", "-1"]),
        ("endpoint", ["x'00'", "5", "'nowhere'"]),
        ("kol_id", ["x'00'", "5", "NULL"]),
        ("params", ["x'00'", "5", "'['"]),
        ("body", ["'text'", "5"]),
        ("checksum", ["x'00'", "5"]),
        ("key", ["x'00'", "5"]),
    ],
)
def test_one_damaged_cell_keeps_no_other_answer_out_of_the_lake(
    column: str, values: list[str], client: xf.Client, tmp_path: Path
) -> None:
    for number, value in enumerate(values):
        spoil = f"UPDATE answers SET {column} = {value} WHERE id = 2"  # noqa: S608 - of constants
        client.store._pool.write(lambda db, spoil=spoil: db.execute(spoil))
        lake = tmp_path / str(number)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", xf.PartialResultWarning)
            for _ in range(2):
                xf.export_lake(lake, client=client)
            whole = xf.history("profiles", client=client)
        assert xf.read_lake(lake, "profiles")["kol_id"].tolist() == whole["kol_id"].tolist()
        assert len(whole) == (3 if column == "http_status" else 2)
