"""Promise 3 and its one exception: what is old goes into a lake, and leaves the store only when all of it is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import xingtu_frames as xf
from tests.lake.cases import contents, history, open_client, profiles, same
from xingtu_frames.fetch.lake import archive as module
from xingtu_frames.fetch.lake.archive import Archived, archive_lake
from xingtu_frames.store.answer import now
from xingtu_frames.wire import call_for_query

OLD, YOUNG, EDGE = timedelta(days=40), timedelta(days=2), timedelta(days=30)
PROFILE = "get_author_base_info"
Run = Callable[..., Any]

pytestmark = pytest.mark.every_pool


@pytest.fixture
def client(cache: Path | str) -> Iterator[xf.Client]:
    """Return a client with five old answers, five of the day that ends the span, and five young ones."""
    today = now().replace(hour=12, minute=0, second=0, microsecond=0)
    several = [one for age in (OLD, EDGE, YOUNG) for one in profiles(5, today - age)]
    with open_client(cache, several) as client:
        client.store.open_request(call_for_query(PROFILE, {"oAuthorId": "1"}))
        yield client


def archive(lake: Path, client: xf.Client, **options: Any) -> Archived | None:
    chosen: dict[str, Any] = {"older_than": "30d", "confirm": lambda answers: True, **options}
    return archive_lake(lake, chosen.pop("older_than"), client=client, **chosen)


def test_whole_days_that_are_old_move_into_the_lake(client: xf.Client, tmp_path: Path) -> None:
    lake, expected, asked = tmp_path / "lake", history("profiles", client), list[int]()
    assert archive(lake, client, confirm=lambda answers: not asked.append(answers)) == (5, 0)
    assert asked == [5]
    assert client.store.count() == {"answers": 10, "requests": 1}
    same(history("profiles", client), expected[5:].reset_index(drop=True))
    same(history("profiles", client, lake=lake), expected)
    same(xf.read_lake(lake, "profiles"), expected)
    assert archive(lake, client) == (0, 0)
    assert xf.export_lake(lake, client=client) == 0
    assert xf.changes("profiles", client=client, lake=lake)["kol_id"].nunique() == 5


def test_nothing_is_written_where_it_is_not_confirmed(client: xf.Client, tmp_path: Path) -> None:
    assert archive(tmp_path / "lake", client, confirm=lambda answers: False) is None
    assert client.store.count()["answers"] == 15
    assert not (tmp_path / "lake").exists()


def test_a_lake_that_is_damaged_anywhere_keeps_every_answer_in_the_store(client: xf.Client, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    xf.export_lake(lake, client=client)
    file = min((lake / "answers").rglob("*.parquet"))
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 4] ^= 1
    file.write_bytes(whole)
    with pytest.raises(xf.FileError, match=r"answers\.parquet"):
        archive(lake, client, older_than="1d")
    assert client.store.count()["answers"] == 15


def test_an_answer_that_the_lake_lacks_keeps_every_answer_in_the_store(
    client: xf.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = tmp_path / "lake"
    xf.export_lake(lake, client=client)
    verified = module._verified

    def late(folder: Any, name: str, store: Any, day: Any) -> int:
        store.add_all(one._replace(key=f"{one.key} ") for one in profiles(1, now() - OLD))
        return verified(folder, name, store, day)

    monkeypatch.setattr(module, "_verified", late)
    with pytest.raises(xf.FileError, match="lacks an answer that is in the store; nothing was deleted"):
        archive(lake, client)
    assert client.store.count()["answers"] == 16


def test_an_answer_that_is_damaged_in_the_store_stays_there(client: xf.Client, tmp_path: Path) -> None:
    client.store._pool.write(lambda db: db.execute("UPDATE answers SET body = ? WHERE id = 2", (b"{}",)))
    with pytest.warns(xf.PartialResultWarning, match=r"answers that a table cannot read: 1.*is damaged"):
        assert archive(tmp_path / "lake", client) == (4, 1)
    assert client.store.count()["answers"] == 11


def test_the_last_byte_decides_what_is_deleted(client: xf.Client) -> None:
    stored = [one.answer for one in client.store.every()]
    others = [stored[0]._replace(body=stored[0].body + b" "), stored[1]._replace(fetched_at=stored[2].fetched_at)]
    assert client.store.days.remove([*others, stored[3]]) == 1
    assert [one.answer for one in client.store.every()] == [one for one in stored if one is not stored[3]]


@pytest.mark.parametrize("age", [None, "old", -1, "3m", "1.5d", 30])
def test_an_age_of_whole_days_is_needed(age: Any, client: xf.Client, tmp_path: Path) -> None:
    with pytest.raises(xf.ParameterError, match="older_than must be"):
        archive(tmp_path / "lake", client, older_than=age)
    assert client.store.count()["answers"] == 15


def test_the_command_asks_and_says_what_it_did(
    run: Run, client: xf.Client, cache: Path | str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.close()
    prompts: list[str] = []
    argv = ("cache", "archive", "lake", "--older-than", "30d", "--cache", cache)
    monkeypatch.setattr("builtins.input", lambda prompt: prompts.append(prompt) or "n")
    done = run(*argv)
    assert (done.status, done.out, done.err) == (2, "", "nothing was deleted\n")
    assert "Move 5 paid answers older than 30d" in prompts[0]
    assert "a paid request. [y/N]" in prompts[0]
    done = run(*argv, "--yes")
    assert (done.status, done.err, len(prompts)) == (0, "", 1)
    assert done.out.startswith("moved 5 answers to lake; history(..., lake=...) reads them")
    assert contents(tmp_path / "lake")


@pytest.mark.parametrize("age", ["9999999w", timedelta.max.days * timedelta(days=1)])
def test_nothing_is_older_than_all_time(age: Any, client: xf.Client, tmp_path: Path) -> None:
    assert archive(tmp_path / "lake", client, older_than=age) == (0, 0)
    assert client.store.count()["answers"] == 15


def test_what_is_refused_is_refused_before_the_user_is_asked(client: xf.Client, tmp_path: Path) -> None:
    with pytest.raises(xf.ParameterError, match="name must be letters"):
        archive(tmp_path / "lake", client, name="../lake", confirm=lambda answers: pytest.fail("was asked"))


def test_a_wrong_clock_of_ours_moves_nothing_that_is_young(
    client: xf.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The clock of a server that a team shares says what is young.
    monkeypatch.setattr(client.store, "now", lambda: now() - EDGE)
    assert archive(tmp_path / "lake", client) == (0, 0)


@pytest.mark.parametrize(
    "argv", [("archive", "lake"), ("clear", "--older-than", "30d"), ("archive", "--older-than", "1d")]
)
def test_a_command_that_lacks_something_deletes_nothing(run: Run, client: xf.Client, argv: tuple[str, ...]) -> None:
    assert run("cache", *argv, "--yes").status == 2
    assert client.store.count()["answers"] == 15
