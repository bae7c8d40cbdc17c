"""What a store of a million answers costs, beside an empty one in the same run: ``python -m tests.bench_store``.

``STORE_ANSWERS`` is how many answers there are. Each deed is done in a process of its own, so that its memory is, too.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import multiprocessing
import os
import random
import resource
import sqlite3
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import xingtu_frames as xf
from tests.bench_shown import show
from tests.loopback import Loopback, ok
from xingtu_frames.board.metrics import chosen_metrics, tables_of
from xingtu_frames.command.cli import main as command_line
from xingtu_frames.store.answer import Answer, now, stamp
from xingtu_frames.wire import questions

Row = tuple[str, str]
_BOARD = tables_of(chosen_metrics(None))
_FIRST = 7_000_000_000_000_000_000
_BATCH = 20_000
_BODY = 1_200
_MANY = 100_000
UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes in what the system counts the peak in."""


class Cost(NamedTuple):
    """What a deed took: seconds, memory above what the process began with, and what it returned."""

    seconds: float
    peak_mb: float
    result: Any = None


# --- the store


def _ids(count: int) -> list[str]:
    return [str(_FIRST + number) for number in range(count)]


def _answers(count: int) -> Iterator[Answer]:
    """Yield so many answers: creator by creator, each to all questions that a comparison asks."""
    calls = questions([xf.TABLES[name] for name in _BOARD], _ids(1), {})
    asked = list({call.key: call for of_table in calls.values() for call in of_table}.values())
    dice = random.Random(7)
    moment = now() - timedelta(hours=1)
    for number in range(count):
        call, kol_id = asked[number % len(asked)], str(_FIRST + number // len(asked))
        filler = base64.b85encode(dice.randbytes(_BODY * 3 // 4)).decode()
        data = {"nick_name": f"达人{kol_id}", "item_num": number, "filler": filler}
        body = json.dumps({"code": 0, "data": data}).encode()
        key = call.key.replace(_ids(1)[0], kol_id)
        yield Answer(key, call.meaning, kol_id, call.params, stamp(moment + timedelta(milliseconds=number)), body)


def build(path: Path, count: int) -> None:
    """Make a store of so many answers, in big transactions; the file is there also when it has none."""
    with xf.Client(cache=path, offline=True) as client:
        client.store.clear()
        several: list[Answer] = []
        for answer in _answers(count):
            several.append(answer)
            if len(several) == _BATCH:
                client.store.add_all(several)
                several = []
        client.store.add_all(several)


def _forget(path: Path) -> None:
    """Let the next reader find nothing of the file in memory, where the system can do that."""
    if hasattr(os, "posix_fadvise"):
        file = os.open(path, os.O_RDONLY)
        os.fsync(file)
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(file)


# --- deeds, each in a process of its own


def _new_creator(url: str, path: Path, number: int) -> Cost:
    """Fetch a creator who is not stored, with a new client."""
    with xf.Client("t" * 20, base_url=url, cache=path) as client:
        return _cost(lambda: len(xf.fetch_profiles([str(number)], client=client, progress=False)))


def _plan(path: Path, tables: Sequence[str], count: int) -> Cost:
    with xf.Client("t" * 20, cache=path, base_url="global") as client:
        ids = _ids(count)
        return _cost(lambda: int((client.plan(tables, ids)["state"] == "missing").sum()))


def _history(path: Path) -> Cost:
    with xf.Client(cache=path, offline=True) as client:
        return _cost(lambda: len(xf.history("profiles", _ids(1), client=client)))


def _cli(words: Sequence[str]) -> Cost:
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        cost = _cost(lambda: command_line(list(words)))
    assert cost.result == 0, words
    return cost._replace(result=text.getvalue().strip().splitlines()[-1])


def _cost(deed: Callable[[], Any]) -> Cost:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    result = deed()
    spent = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Cost(spent, (peak - before) * UNIT / 2**20, result)


def _sent(pipe: Any, deed: Callable[..., Cost], values: Sequence[Any]) -> None:
    warnings.simplefilter("ignore")
    pipe.send(tuple(deed(*values)))


def _probe(path: Path, pipe: Any) -> None:
    """Try to write again and again; send how long it was ever kept from it, when told to stop."""
    db = sqlite3.connect(path, timeout=0, isolation_level=None)
    longest, since = 0.0, time.perf_counter()
    pipe.send("ready")
    while not pipe.poll(0.001):
        try:
            db.execute("BEGIN IMMEDIATE")
            db.execute("ROLLBACK")
        except sqlite3.OperationalError:
            longest = max(longest, time.perf_counter() - since)
        else:
            since = time.perf_counter()
    db.close()
    pipe.send(longest)


class Processes:
    """Runs deeds in processes that have the package loaded."""

    def __init__(self) -> None:
        self.context = multiprocessing.get_context("forkserver")
        preloaded = ["tests.loopback", "xingtu_frames.command.cli", "xingtu_frames.fetch.stored"]
        self.context.set_forkserver_preload(preloaded)

    def do(self, deed: Callable[..., Cost], *values: Any) -> Cost:
        ours, theirs = self.context.Pipe()
        process = self.context.Process(target=_sent, args=(theirs, deed, values))
        process.start()
        theirs.close()
        cost = Cost(*ours.recv())
        process.join()
        return cost

    def do_while_another_writes(self, path: Path, deed: Callable[..., Cost], *values: Any) -> tuple[Cost, float]:
        """Do it, and return also the longest time that another writer was kept waiting."""
        ours, theirs = self.context.Pipe()
        process = self.context.Process(target=_probe, args=(path, theirs))
        process.start()
        assert ours.recv() == "ready"
        cost = self.do(deed, *values)
        ours.send("stop")
        longest = ours.recv()
        process.join()
        return cost, longest


# --- the table


def _pair(work: str, full: Cost, empty: Cost) -> Row:
    ratio = full.seconds / max(empty.seconds, 1e-6)
    return work, f"{_seconds(full.seconds)}, {ratio:.1f} times the empty store's; {full.peak_mb:.0f} MB"


def _seconds(spent: float) -> str:
    return f"{spent * 1e3:.1f} ms" if spent < 1 else f"{spent:.1f} s"


def rows(folder: Path, count: int) -> Iterator[Row]:
    """Build a store of so many answers beside an empty one, and yield what each deed takes."""
    big, empty, processes = folder / "big.sqlite", folder / "empty.sqlite", Processes()
    started = time.perf_counter()
    build(big, count)
    build(empty, 0)
    size = big.stat().st_size
    yield f"a store of {count:,} answers", f"{size / 2**20:,.0f} MB, built in {time.perf_counter() - started:.0f} s"
    yield from _asking(processes, big, empty)
    yield from _looking(processes, big, empty)
    yield from _sharing(processes, big, folder, count)
    cost = processes.do(_cli, ["cache", "clear", "--yes", "--cache", str(big)])
    left = sum(path.stat().st_size for path in folder.glob("big.sqlite*"))
    yield "cache clear", f"{_seconds(cost.seconds)}; {size / 2**20:,.0f} MB before, {left / 2**20:,.1f} MB after"


def _asking(processes: Processes, big: Path, empty: Path) -> Iterator[Row]:
    server = Loopback()
    server.answer = lambda seen: ok({"nick_name": f"达人{seen.kol_id}"})
    processes.do(_new_creator, server.url, empty, 1)
    beside = processes.do(_new_creator, server.url, empty, 2)
    yield _pair("one new creator, new client", processes.do(_new_creator, server.url, big, 2), beside)
    _forget(big)
    yield _pair("  with nothing of the file in memory", processes.do(_new_creator, server.url, big, 3), beside)
    server.close()
    for tables, count in ((["profiles"], 1_000), (_BOARD, _MANY)):
        name = "plan of one table" if len(tables) == 1 else "plan of a comparison"
        yield _pair(f"{name}, {count:,} creators", *(processes.do(_plan, path, tables, count) for path in (big, empty)))


def _looking(processes: Processes, big: Path, empty: Path) -> Iterator[Row]:
    beside = processes.do(_info, empty)
    yield _pair("cache info", processes.do(_info, big), beside)
    _forget(big)
    yield _pair("  with nothing of the file in memory", processes.do(_info, big), beside)
    yield _pair("history of one creator", *(processes.do(_history, path) for path in (big, empty)))


def _info(path: Path) -> Cost:
    return _cli(["cache", "info", "--cache", str(path)])


def _sharing(processes: Processes, big: Path, folder: Path, count: int) -> Iterator[Row]:
    out, into = folder / "out.sqlite", folder / "into.sqlite"
    argv = ["cache", "export", str(out), "--cache", str(big)]
    cost, longest = processes.do_while_another_writes(big, _cli, argv)
    yield "cache export", _told(cost, longest)
    build(into, 0)
    argv = ["cache", "import", str(out), "--cache", str(into)]
    cost, longest = processes.do_while_another_writes(into, _cli, argv)
    assert str(cost.result).startswith(f"{count + 2} "), cost.result
    yield "cache import into an empty store", _told(cost, longest)
    cost, longest = processes.do_while_another_writes(into, _cli, argv)
    yield "cache import of what is known", _told(cost, longest)


def _told(cost: Cost, longest: float) -> str:
    return f"{_seconds(cost.seconds)}, {cost.peak_mb:.0f} MB; another writer waits up to {_seconds(longest)}"


def answers_wanted() -> int:
    """Return how many answers the store is to have."""
    return int(os.environ.get("STORE_ANSWERS", "1000000"))


if __name__ == "__main__":
    show(rows, answers_wanted())
