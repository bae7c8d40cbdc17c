"""Killed at any moment and started again: a lake is whole, and what is archived is in the store, the lake, or both."""

from __future__ import annotations

import signal
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import xingtu_frames as xf
from tests.cli_cases import process
from tests.lake.cases import FIRST, history, open_client, profile, profiles, same
from xingtu_frames.store.answer import Answer, Recorded

KILLED = """
import os, signal, sys
from xingtu_frames.fetch.lake import files
from xingtu_frames.store import days
from xingtu_frames.command.cli import main

left, where = int(sys.argv[1]), {"put in place": (files.os, "replace"), "deleted": (days, "_remove")}[sys.argv[2]]
done = getattr(*where)

def killed(*values):
    global left
    left -= 1
    result = done(*values) if left or sys.argv[3] == "after" else None
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return result

setattr(*where, killed)
sys.exit(main(sys.argv[4:]))
"""
DAYS = 3
WHOLE = 40


def run_until(count: int, deed: str, when: str, *argv: str | Path) -> int:
    """Run the command line until it does something for the n-th time, and return its exit status."""
    running = process(str(count), deed, when, *argv, code=KILLED)
    with running:
        running.communicate(timeout=600)
    return running.returncode


def stored() -> list[Answer]:
    """Return forty answers about creators on each of some days."""
    return [one for day in range(DAYS) for one in profiles(WHOLE, FIRST - timedelta(days=day, hours=1))]


def days_in(lake: Path) -> list[int]:
    """Return how many rows each day has that a reader sees."""
    return [len(pq.ParquetFile(path).read()) for path in lake.glob("profiles/day=*/*.parquet")]


def kill_and_finish(tmp_path: Path, kills: list[tuple[int, str]], *, has_grown: bool) -> None:
    """Export days that are new, or of which the lake has half already, with kills, and look at what comes of it."""
    store, lake = tmp_path / "a.sqlite", tmp_path / "lake"
    with open_client(store, stored()[::2] if has_grown else []) as client:
        xf.export_lake(lake, client=client)
        client.store.merge(Recorded(one, 200, served=True) for one in stored())
        expected = history("profiles", client)
    for count, when in kills:
        assert run_until(count, "put in place", when, "lake", lake, "--cache", store) == -signal.SIGKILL
        assert set(days_in(lake)) <= {WHOLE, WHOLE // 2 if has_grown else WHOLE}
    with open_client(store) as client:
        xf.export_lake(lake, client=client)
        same(xf.read_lake(lake, "profiles"), expected)
        assert xf.export_lake(lake, client=client) == 0
    assert days_in(lake) == [WHOLE] * DAYS
    assert not list(lake.rglob("*.tmp"))


@pytest.mark.slow
def test_a_killed_export_is_finished_by_the_next(tmp_path: Path) -> None:
    kill_and_finish(tmp_path, [(1, "after")], has_grown=True)


@pytest.mark.slow
@pytest.mark.parametrize("has_grown", [False, True])
@pytest.mark.parametrize("kills", [[(1, "after"), (1, "before"), (2, "after")], [(4, "after")], [(5, "before")]])
def test_an_export_that_is_killed_again_and_again_is_finished(
    tmp_path: Path, kills: list[tuple[int, str]], has_grown: bool
) -> None:
    kill_and_finish(tmp_path, kills, has_grown=has_grown)


def archive_and_kill(tmp_path: Path, count: int, deed: str, when: str) -> None:
    store, lake = tmp_path / "a.sqlite", tmp_path / "lake"
    with open_client(store, [*stored(), *_many()]) as client:
        expected, total = history("profiles", client), client.store.count()["answers"]
    argv = ("cache", "archive", lake, "--older-than", "1d", "--yes", "--cache", store)
    assert run_until(count, deed, when, *argv) == -signal.SIGKILL
    with open_client(store) as client:
        left = client.store.count()["answers"]
        assert left == total if deed == "put in place" or (count, when) == (1, "before") else 0 < left <= total
        same(history("profiles", client, lake=lake) if (lake / "answers").is_dir() else expected, expected)
    assert run_until(-1, deed, when, *argv) == 0
    with open_client(store) as client:
        assert client.store.count()["answers"] == 0
        same(history("profiles", client, lake=lake), expected)
    same(xf.read_lake(lake, "profiles"), expected)


def _many() -> list[Answer]:
    """Return more answers of one day than are deleted at once."""
    return profiles(450, FIRST - timedelta(days=9), timedelta(milliseconds=10))


@pytest.mark.slow
def test_a_killed_archive_has_lost_nothing_and_is_finished_by_the_next(tmp_path: Path) -> None:
    archive_and_kill(tmp_path, 2, "deleted", "after")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("count", "deed", "when"),
    [
        (1, "deleted", "before"),
        (1, "deleted", "after"),
        (3, "deleted", "before"),
        (4, "deleted", "after"),
        (1, "put in place", "before"),
        (6, "put in place", "after"),
        (12, "put in place", "after"),
    ],
)
def test_an_archive_that_is_killed_anywhere_has_lost_nothing(tmp_path: Path, count: int, deed: str, when: str) -> None:
    archive_and_kill(tmp_path, count, deed, when)


def test_answers_that_a_killed_archive_left_are_no_news_to_the_lake(tmp_path: Path) -> None:
    several = stored()
    with open_client(tmp_path / "a.sqlite", several) as client:
        xf.export_lake(tmp_path / "lake", client=client)
        client.store.days.remove(several[:10])
        assert [xf.export_lake(tmp_path / "lake", client=client) for _ in range(2)] == [0, 0]
        client.store.add_all([profile("1", FIRST - timedelta(hours=1))])
        assert xf.export_lake(tmp_path / "lake", client=client) == 1
    assert sorted(days_in(tmp_path / "lake")) == [WHOLE, WHOLE, WHOLE + 1]
