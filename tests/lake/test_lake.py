"""A lake holds what the store holds: the same frames, the same bytes, by day, and nothing is written twice."""

from __future__ import annotations

import errno
import pickle
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

import xingtu_frames as xf
from tests.lake.cases import (
    FIRST,
    IDS,
    TABLES,
    answers,
    body,
    contents,
    export,
    history,
    open_client,
    profile,
    profiles,
    same,
)
from tests.loopback import Loopback
from tests.quick import each
from xingtu_frames.fetch.lake import files
from xingtu_frames.store.answer import Answer, checksum
from xingtu_frames.tables.records import UNREAD_COLUMNS

PROFILE = "get_author_base_info"


@pytest.fixture(scope="module", params=["memory", pytest.param("server", marks=pytest.mark.slow)])
def stored(request: pytest.FixtureRequest) -> Iterator[xf.Client]:
    """Return a client whose store has every awkward answer, one that is damaged, and one for inspection only."""
    cache = ":memory:" if request.param == "memory" else request.getfixturevalue("postgres").new_schema()
    with open_client(cache, answers(IDS)) as client:
        client.store.add_all([profile("7000000000000010031", FIRST, "not served")], served=False)
        bad = profile(IDS[0], FIRST + timedelta(hours=1), "damaged")
        client.store.add_all([bad])
        spoil = "UPDATE answers SET body = ? WHERE fetched_at = ?"
        client.store._pool.write(lambda db: db.execute(spoil, (b"{}", bad.fetched_at)))
        yield client


@pytest.fixture(scope="module")
def lake(stored: xf.Client, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "lake"
    with pytest.warns(xf.PartialResultWarning, match='answers that a table cannot read: [0-9]+; read_lake.*"failures"'):
        written = xf.export_lake(folder, client=stored)
    assert written == stored.store.count()["answers"] - 2
    return folder


@pytest.mark.one_in(4)
@pytest.mark.parametrize("table", TABLES)
def test_a_lake_gives_the_history_of_every_table(table: str, lake: Path, stored: xf.Client) -> None:
    expected = history(table, stored)
    assert len(expected)
    same(xf.read_lake(lake, table), expected)


@pytest.mark.parametrize("table", ["spread_info", "video_trend", "search", "creator_tags", "cost_tiers"])
def test_since_ids_and_columns_choose_from_the_history(table: str, lake: Path, stored: xf.Client) -> None:
    whole = history(table, stored)
    moment = whole["fetched_at"].sort_values().iloc[len(whole) // 2]
    late = whole[whole["fetched_at"] >= moment].reset_index(drop=True)
    same(xf.read_lake(lake, table, since=moment), late)
    names = list(whole.columns)[::-2]
    same(xf.read_lake(lake, table, columns=names), whole[names])
    if xf.TABLES[table].answer.subject is not None:
        about = whole.columns[0]
        for ids in (IDS[1], IDS[::-1], ["1"], []):
            own = late[late[about].isin([ids] if isinstance(ids, str) else ids)].reset_index(drop=True)
            same(xf.read_lake(lake, table, ids=ids, since=moment, columns=names), own[names])
    assert str(xf.read_lake(lake, table, since="2100-01-01").dtypes) == str(whole.dtypes)


@each("table", TABLES)
def test_every_file_has_the_declared_schema(table: str, lake: Path) -> None:
    paths = list((lake / table).rglob("*.parquet"))
    assert paths
    assert {pq.read_schema(path) for path in paths} == {xf.TABLES[table].arrow_schema}


def test_no_column_is_called_as_a_part_of_the_path() -> None:
    assert not {column.name for table in xf.TABLES.values() for column in table.columns} & {"day", "endpoint"}


def test_the_exact_answers_are_there_and_their_checksums_can_be_taken_again(lake: Path, stored: xf.Client) -> None:
    found = {}
    for path in (lake / "answers").rglob("*.parquet"):
        endpoint = path.parent.parent.name.removeprefix("endpoint=")
        for row in pq.ParquetFile(path).read().to_pylist():
            one = Answer(row["key"], endpoint, row["kol_id"], row["params"], row["fetched_at"], row["body"])
            assert checksum(one) == row["checksum"]
            assert (row["item_id"], row["http_status"]) == (one.item_id, 200)
            assert path.parent.name == f"day={one.fetched_at[:10]}"
            found[row["checksum"]] = one
    kept = [one for one in stored.store.each() if not isinstance(one, xf.CacheError) and one.served]
    assert found == {checksum(one.answer): one.answer for one in kept}


def test_what_cannot_be_read_is_a_table(lake: Path, stored: xf.Client) -> None:
    failures = xf.read_lake(lake, "failures")
    assert list(failures.columns) == [column.name for column in UNREAD_COLUMNS]
    damaged = failures[failures["table"].isna()]
    assert damaged[["kol_id", "endpoint"]].to_numpy().tolist() == [[IDS[0], PROFILE]]
    assert damaged["error"].str.contains("is damaged").all()
    for table in ("spread_info", "video_trend"):
        about = xf.TABLES[table].columns[0].name
        with pytest.warns(xf.PartialResultWarning):
            noted = xf.history(table, client=stored).attrs["failures"]
        own = failures[failures["table"] == table]
        assert own[[about, "error"]].to_numpy().tolist() == [[one[about], one["error"]] for one in noted]
    assert len(xf.read_lake(lake, "failures", since="2100-01-01", columns=["error"])) == 0


@pytest.mark.every_pool
def test_a_second_run_writes_nothing_and_one_more_answer_one_day(cache: Path | str, tmp_path: Path) -> None:
    several = [*profiles(3, FIRST), *profiles(3, FIRST + timedelta(days=1))]
    with open_client(cache, several) as client:
        assert xf.export_lake(tmp_path / "lake", client=client) == 6
        before = contents(tmp_path / "lake")
        assert xf.export_lake(tmp_path / "lake", client=client) == 0
        assert contents(tmp_path / "lake") == before
        client.store.add_all([profile("1", FIRST + timedelta(days=1, seconds=1.5))])
        assert xf.export_lake(tmp_path / "lake", client=client) == 1
        after = contents(tmp_path / "lake")
        changed = {name for name in before if before[name][0] != after[name][0]}
        assert before.keys() == after.keys()
        assert changed
        assert all("day=2026-11-02" in name for name in changed)
        same(xf.read_lake(tmp_path / "lake", "profiles"), history("profiles", client))


@pytest.mark.every_pool
def test_a_table_that_was_moved_away_is_written_again_from_the_answers_of_the_lake(
    cache: Path | str, tmp_path: Path
) -> None:
    with open_client(cache, profiles(3, FIRST)) as client:
        xf.export_lake(tmp_path / "lake", client=client)
        (tmp_path / "lake" / "profiles").rename(tmp_path / "old")
        expected = history("profiles", client)
        assert len(xf.read_lake(tmp_path / "lake", "profiles")) == 0
        client.store.clear()
        assert xf.export_lake(tmp_path / "lake", client=client) == 0
    same(xf.read_lake(tmp_path / "lake", "profiles"), expected)


@pytest.mark.every_pool
def test_what_a_lake_holds_is_never_dropped_from_it(cache: Path | str, tmp_path: Path) -> None:
    first, late = profiles(3, FIRST), profile("1", FIRST + timedelta(seconds=0.5), "late")
    with open_client(cache, first) as client:
        xf.export_lake(tmp_path / "lake", client=client)
        client.store.clear()
        client.store.add_all([first[1], late])
        assert [xf.export_lake(tmp_path / "lake", client=client) for _ in range(2)] == [1, 0]
    names = xf.read_lake(tmp_path / "lake", "profiles")["nick_name"].tolist()
    assert names == ["达人0", "late", "达人1", "达人2"]


@pytest.mark.every_pool
def test_contact_data_is_not_exported(cache: Path | str, tmp_path: Path) -> None:
    card = "author_get_business_card_info"
    one = Answer(f"{card}|71|{{}}", card, "71", "{}", profile("71", FIRST).fetched_at, body({"phone": "13800000000"}))
    with open_client(cache, [one, profile("71", FIRST)]) as client:
        assert xf.export_lake(tmp_path / "lake", client=client) == 1
    assert not [name for name, (_, data) in contents(tmp_path / "lake").items() if card in name or b"138000" in data]


def test_disjoint_shards_are_one_lake(tmp_path: Path) -> None:
    several = list(answers(IDS))
    for number in range(2):
        with open_client(tmp_path / f"{number}.sqlite", several[number::2]) as client:
            export(tmp_path / "lake", client, name=f"shard{number}")
    with open_client(":memory:", several) as together:
        for table in ("spread_info", "video_trend", "search", "profiles"):
            same(xf.read_lake(tmp_path / "lake", table), history(table, together))
        with open_client(":memory:", several[:10]) as part:
            same(history("spread_info", part, lake=tmp_path / "lake"), history("spread_info", together))


def test_machines_that_fetch_disjoint_shards_fill_one_lake(
    sample_server: Loopback, make_client: Callable[..., xf.Client], tmp_path: Path
) -> None:
    ids = xf.sample_ids()[:5]
    parts = []
    for number in range(2):
        with make_client(cache=tmp_path / f"{number}.sqlite", max_calls=3) as client:
            parts.append(xf.fetch_cost_tiers(ids[number::2], client=client))
            assert xf.export_lake(tmp_path / "lake", client=client, name=f"shard{number}") == len(ids[number::2])
    assert sample_server.hits() == len(ids)
    whole = pd.concat(parts).sort_values(["fetched_at"], kind="stable", ignore_index=True)
    same(xf.read_lake(tmp_path / "lake", "cost_tiers"), whole)
    same(
        xf.read_lake(tmp_path / "lake", "spread_info", columns=["kol_id"], ids=ids[1]),
        pd.DataFrame({"kol_id": ids[1:2]}),
    )


@pytest.mark.parametrize("table", ["touch_distribution", "spread_info", "convert_videos", "video_report", "search"])
def test_answers_are_read_by_a_function_that_can_be_sent_elsewhere(table: str, lake: Path, stored: xf.Client) -> None:
    read = pickle.loads(pickle.dumps(xf.read_answers))  # noqa: S301
    paths = sorted((lake / "answers" / f"endpoint={xf.TABLES[table].endpoint}").rglob("*.parquet"))
    raw = pd.concat([pd.read_parquet(path, partitioning=None) for path in paths], ignore_index=True)
    with pytest.warns(xf.PartialResultWarning):
        frame = read(raw, table)
    same(frame, history(table, stored))
    with pytest.warns(xf.PartialResultWarning):
        same(read(raw.assign(endpoint=xf.TABLES[table].endpoint).convert_dtypes(), table), frame)
    same(read(raw.assign(endpoint="another"), table), frame[:0])
    same(read(raw[:0], table), frame[:0])
    spoiled = raw.assign(checksum="0" * 64)
    with pytest.warns(xf.PartialResultWarning, match="CacheError"):
        assert len(read(spoiled, table)) == 0


ONE = pd.DataFrame({"kol_id": ["1"], "params": ["{}"], "fetched_at": ["2026-11-01T08:00:00+00:00"], "body": [b"{}"]})


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (ONE.assign(body="{}"), "body in answers must be the bytes of answers, not a str"),
        (ONE.assign(body=10**12), "body in answers must be the bytes of answers, not an? int"),
        (ONE.assign(body=None), "body in answers must be the bytes of answers"),
        (ONE.assign(kol_id=1), "kol_id in answers must be text, not an? int"),
        (pd.concat([ONE, ONE[["body"]]], axis=1), "answers has two columns of one name"),
        (pd.DataFrame({"kol_id": []}), r'lacks "params", "fetched_at", "body"'),
        ([b"{}"], "answers must be a DataFrame, not a list"),
    ],
)
def test_a_frame_without_answers_is_refused(frame: Any, said: str) -> None:
    with pytest.raises(xf.ParameterError, match=said):
        xf.read_answers(frame, "profiles")


def test_a_write_that_fails_leaves_the_day_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_client(tmp_path / "a.sqlite", profiles(3, FIRST)) as client:
        xf.export_lake(tmp_path / "lake", client=client)
        before = contents(tmp_path / "lake")
        client.store.add_all([profile("1", FIRST)])

        def full(*_: Any) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr(files, "_sync", full)
            with pytest.raises(xf.FileError, match=r"cannot write .*No space left on device; free some space"):
                xf.export_lake(tmp_path / "lake", client=client)
        assert contents(tmp_path / "lake") == before
        assert not list((tmp_path / "lake").rglob("*.tmp"))
        assert xf.export_lake(tmp_path / "lake", client=client) == 1


def test_without_pyarrow_what_needs_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample: xf.Client
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    for use in (
        lambda: xf.export_lake(tmp_path / "lake", client=sample),
        lambda: xf.read_lake(tmp_path / "lake", "profiles"),
        lambda: xf.history("profiles", client=sample, lake=tmp_path),
        lambda: xf.TABLES["profiles"].arrow_schema,
    ):
        with pytest.raises(xf.ConfigError, match=r'pip install "xingtu_frames\[parquet\]"'):
            use()
    assert list(tmp_path.iterdir()) == []


def test_changes_follow_a_creator_through_a_lake(tmp_path: Path) -> None:
    several = [profile(IDS[0], FIRST + timedelta(days=day)) for day in range(3)]
    several = [
        one._replace(body=body({"nick_name": "达人", "follower": 1000 + 10 * day})) for day, one in enumerate(several)
    ]
    with open_client(tmp_path / "a.sqlite", several[:2]) as client:
        xf.export_lake(tmp_path / "lake", client=client)
    with open_client(":memory:", several[1:]) as client, open_client(":memory:", several) as whole:
        frame = xf.changes("profiles", client=client, lake=tmp_path / "lake")
        same(frame, xf.changes("profiles", client=whole))
        assert frame["answers"].max() == 3


@pytest.mark.parametrize("table", [None, 5])
def test_a_table_has_a_name(table: Any, lake: Path) -> None:
    for read in (lambda: xf.read_lake(lake, table), lambda: xf.read_answers(ONE, table)):
        with pytest.raises(xf.ParameterError, match=f"no table {table}"):
            read()


def test_since_the_end_of_time(lake: Path) -> None:
    last = datetime.max.replace(tzinfo=timezone(-timedelta(hours=8)))
    with pytest.raises(xf.ParameterError, match="since must be a time"):
        xf.read_lake(lake, "profiles", since=last)
