"""Many creators are read some at a time: the frames, the requests and the failures are those of one reading."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import xingtu_frames as xf
from tests.loopback import Loopback, fail
from xingtu_frames import frame
from xingtu_frames.fetch import parts
from xingtu_frames.fetch.sample import sample_tables
from xingtu_frames.fetch.steps import fetch_tables
from xingtu_frames.store import statements
from xingtu_frames.store.store import Store
from xingtu_frames.wire import questions

IDS = xf.sample_ids()[:7]
TABLES = [xf.TABLES[name] for name in sample_tables() if not xf.TABLES[name].answer.pages]
PROFILES = "get_author_base_info"

Make = Callable[..., xf.Client]


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "AT_ONCE", 4)
    monkeypatch.setattr(parts, "HELD", 2)


@pytest.mark.parametrize(("at_once", "held"), [(2, 2), (4, 3), (6, 100)])
def test_frames_do_not_depend_on_how_many_are_read_at_once(
    sample: xf.Client, monkeypatch: pytest.MonkeyPatch, at_once: int, held: int
) -> None:
    whole = fetch_tables(TABLES, IDS, {}, client=sample)
    monkeypatch.setattr(parts, "AT_ONCE", at_once)
    monkeypatch.setattr(parts, "HELD", held)
    monkeypatch.setattr(frame, "_LARGE", 1)
    monkeypatch.setattr(frame, "_PIECES", 2)
    read = fetch_tables(TABLES, IDS, {}, client=sample)
    assert list(read.frames) == list(whole.frames)
    for name, made in read.frames.items():
        pd.testing.assert_frame_equal(made, whole.frames[name], check_exact=True)
        assert made.attrs == whole.frames[name].attrs
    assert (read.failures, read.kol_ids) == (whole.failures, whole.kol_ids)


def test_what_rows_have_in_common_is_the_same_however_it_is_repeated(
    sample: xf.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = [*TABLES, xf.TABLES["homepage_videos"]]
    before = {table.name: fetch_tables([table], IDS, {}, client=sample).frames[table.name] for table in tables}
    monkeypatch.setattr("xingtu_frames.frame._MANY", 1)
    for table in tables:
        repeated = fetch_tables([table], IDS, {}, client=sample).frames[table.name]
        pd.testing.assert_frame_equal(repeated, before[table.name], check_exact=True)


@pytest.mark.usefixtures("few_at_once")
def test_no_more_answers_are_held_than_those_of_one_part(sample: xf.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[int]] = []
    latest = Store.latest_in_turn

    def counted(store: Store, several: list[list[str]], **options: Any) -> Any:
        asked.append([len(keys) for keys in several])
        return latest(store, several, **options)

    monkeypatch.setattr(Store, "latest_in_turn", counted)
    fetch_tables([xf.TABLES["spread_info"], xf.TABLES["cost_tiers"], xf.TABLES["profiles"]], IDS, {}, client=sample)
    assert asked == [[4, 4], [4, 2]]


def test_an_answer_is_made_when_its_turn_comes(sample: xf.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    checked = statements.checked

    def noted(row: Sequence[object], asked: object, shown: str) -> Any:
        made.append(asked)
        return checked(row, asked, shown)

    keys = [call.key for call in questions([xf.TABLES["spread_info"]], IDS[:3], {})["spread_info"]]
    monkeypatch.setattr(statements, "checked", noted)
    turns = sample.store.latest_in_turn([keys[:1], [], keys])
    assert [(list(found), len(made)) for found in turns] == [(keys[:1], 1), ([], 1), (keys, 4)]


@pytest.mark.usefixtures("few_at_once")
@pytest.mark.parametrize("stored", [IDS[:5], IDS[2:], IDS[::2], []], ids=["first", "last", "every other", "none"])
def test_what_is_missing_is_paid_once_and_stands_in_its_place(
    stored: list[str], make_client: Make, sample_server: Loopback, sample: xf.Client
) -> None:
    client = make_client()
    if stored:
        xf.fetch_profiles(stored, client=client)
    profiles = xf.fetch_profiles(IDS, client=client)
    expected = xf.fetch_profiles(IDS, client=sample)
    pd.testing.assert_frame_equal(profiles.drop(columns="fetched_at"), expected.drop(columns="fetched_at"))
    assert dict(sample_server.counts()) == {(PROFILES, kol_id): 1 for kol_id in IDS}


@pytest.mark.usefixtures("few_at_once", "sample_server")
def test_a_limit_holds_for_all_parts_together(make_client: Make, server: Loopback) -> None:
    with pytest.raises(xf.BudgetExceededError):
        xf.fetch_profiles(IDS, client=make_client(max_calls=3, max_workers=1))
    assert server.hits() == 3


@pytest.mark.usefixtures("few_at_once")
def test_a_refresh_brings_no_older_answer(make_client: Make, sample_server: Loopback) -> None:
    client = make_client(retries=0)
    xf.fetch_profiles(IDS, client=client)
    sample_server.script(fail(404), kol_id=IDS[3])
    with pytest.warns(xf.PartialResultWarning):
        profiles = xf.fetch_profiles(IDS, client=client, refresh=True)
    assert profiles["kol_id"].tolist() == [kol_id for kol_id in IDS if kol_id != IDS[3]]
    assert [failure["kol_id"] for failure in profiles.attrs["failures"]] == [IDS[3]]


def _damage(path: Path, kol_id: str) -> None:
    db = sqlite3.connect(path)
    db.execute("UPDATE answers SET body = 'x' WHERE kol_id = ?", (kol_id,))
    db.commit()
    db.close()


@pytest.mark.usefixtures("few_at_once")
def test_a_damaged_answer_costs_one_creator_and_no_request(
    make_client: Make, sample_server: Loopback, tmp_path: Path
) -> None:
    client = make_client()
    xf.fetch_profiles(IDS[:6], client=client)
    _damage(tmp_path / "answers.sqlite", IDS[2])
    with pytest.warns(xf.PartialResultWarning):
        profiles = xf.fetch_profiles(IDS, client=client)
    assert profiles["kol_id"].tolist() == [kol_id for kol_id in IDS if kol_id != IDS[2]]
    assert sample_server.hits() == 7
    with pytest.raises(xf.CacheError, match="damaged"):
        xf.fetch_profiles(IDS, client=client, on_error="raise")


@pytest.mark.usefixtures("few_at_once", "sample_server")
def test_answers_that_go_while_others_are_asked_for_are_named(
    make_client: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_client()
    xf.fetch_profiles(IDS[1:], client=client)
    asking = parts.Asking.answers

    def cleared(self: parts.Asking, *values: Any) -> Any:
        found = asking(self, *values)
        client.store.clear()
        return found

    monkeypatch.setattr(parts.Asking, "answers", cleared)
    with pytest.warns(xf.PartialResultWarning):
        profiles = xf.fetch_profiles(IDS, client=client)
    assert profiles["kol_id"].tolist() == IDS[:1]
    assert "cleared meanwhile" in profiles.attrs["failures"][0]["error"]


@pytest.mark.usefixtures("few_at_once")
def test_when_nothing_is_left_the_first_error_is_raised() -> None:
    with xf.Client(cache=":memory:", offline=True) as client, pytest.raises(xf.CacheMissError, match=IDS[0]):
        xf.fetch_profiles(IDS, client=client)


@pytest.mark.usefixtures("few_at_once")
def test_progress_is_shown_in_creators(sample: xf.Client, capsys: pytest.CaptureFixture[str]) -> None:
    xf.fetch_profiles(IDS, client=sample, progress=True)
    assert "/7 [" in capsys.readouterr().err
    xf.fetch_profiles(IDS, client=sample, progress=False)
    assert not capsys.readouterr().err
