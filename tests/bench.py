"""``make bench``: how fast stored answers become tables, and what a large store costs, as ratios in one run.

What is compared takes turns, is measured in CPU time, and the least of many rounds counts: other programs of the
machine slow a round down, and never speed one up.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import requests_cache
from tabulate import tabulate

import xingtu_frames as xf
from tests import bench_floors, bench_lake, bench_server, bench_store
from tests.golden import PAIRS as GOLDEN
from tests.loopback import Loopback, Reply, Seen
from xingtu_frames.board.metrics import chosen_metrics, tables_read
from xingtu_frames.fetch.steps import fetch_tables
from xingtu_frames.frame import build_frame
from xingtu_frames.store.answer import Answer, Recorded, now, stamp
from xingtu_frames.store.statements import insert_all
from xingtu_frames.tables.catalog import rows_of
from xingtu_frames.wire import PAIRS, questions

TABLES = [
    xf.TABLES[name]
    for name in (
        "touch_distribution",
        "spread_info",
        "cost_tiers",
        "spread_benchmarks",
        "link_struct",
        "connected_users",
        "link_index",
        "video_distribution",
    )
]
FURTHER = [
    xf.TABLES[name]
    for name in (
        "cost_performance",
        "cost_performance_tiers",
        "audience_portrait",
        "fans_portrait",
        "show_items",
        "show_items_benchmarks",
        "recommended_videos",
        "convert_ability",
        "convert_ranges",
        "convert_categories",
    )
]
"""The captured tables behind the provider's own pages."""
IDS = [str(7_000_000_000_000_100_000 + number) for number in range(1_000)]
FEW = IDS[:100]
MANY = [str(7_000_000_000_000_200_000 + number) for number in range(100_000)]
COMPARED = [xf.TABLES[name] for name in tables_read(chosen_metrics(None))]
ROUNDS = 11
_AT_ONCE = 2_000
_TURNS = 3

Row = tuple[str, str]


def _pages() -> dict[str, bytes]:
    folder = Path(__file__).resolve().parent.parent / "data" / "provider_pages"
    found = {page.stem: page.read_bytes() for page in folder.glob("*.json")}
    return {(PAIRS[name].current if name in PAIRS else name): body for name, body in found.items()}


def _seconds(work: Callable[[], Any], repeat: int = 3) -> float:
    """Return the least time on the clock."""
    best = float("inf")
    for _ in range(repeat):
        started = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - started)
    return best


def _cpu(works: Mapping[str, Callable[[], Any]], rounds: int = ROUNDS) -> dict[str, float]:
    """Return the least CPU seconds of each, taking turns."""
    best = dict.fromkeys(works, float("inf"))
    for _ in range(rounds):
        for name, work in works.items():
            started = time.process_time()
            work()
            best[name] = min(best[name], time.process_time() - started)
    return best


def _filled_client(
    path: Path | str,
    ids: Sequence[str],
    bodies: Callable[[int], Mapping[str, bytes]],
    tables: Sequence[xf.Table] = TABLES,
) -> xf.Client:
    """Return a client whose store has the answers of each creator, made of its number."""
    client = xf.Client(cache=path, offline=True)
    moment = stamp(now())
    for start in range(0, len(ids), _AT_ONCE):
        calls = questions(tables, ids[start : start + _AT_ONCE], {})
        asked = {id(of_table): of_table for of_table in calls.values()}.values()
        some = [
            Recorded(Answer(call.key, call.meaning, call.kol_id, call.params, moment, made[call.meaning]), 200, True)
            for number, of_creator in enumerate(zip(*asked, strict=True), start)
            for made in [bodies(number)]
            for call in of_creator
        ]
        # One transaction: nothing waits for this file.
        client.store._pool.write(partial(insert_all, some, None))
    return client


def _filled_alike(path: Path | str, ids: Sequence[str], pages: Mapping[str, bytes]) -> xf.Client:
    return _filled_client(path, ids, lambda number: pages)


def _import_seconds(statement: str) -> float:
    return _seconds(lambda: subprocess.run([sys.executable, "-c", statement], check=True), repeat=5)


def _stored(folder: Path, pages: dict[str, bytes]) -> Iterator[Row]:
    """Time the tables of the stored answers of 1,000 creators, and of one."""
    shapes = [bench_floors.mixed(pages, number) for number in range(120)]
    server = Loopback()
    server.answer = lambda seen: _page(seen, pages)
    session = requests_cache.CachedSession(str(folder / "stock"), backend="sqlite")
    bench_floors.user_code(session, server.url, FEW, TABLES)
    path = folder / "answers.sqlite"
    with _filled_client(path, IDS, lambda number: shapes[number % 120]) as client:
        users = {
            "user": lambda: bench_floors.user_code(session, server.url, FEW, TABLES),
            "few": lambda: fetch_tables(TABLES, FEW, {}, client=client),
        }
        user = _cpu(users, 3)
        works = {
            "one fetch": lambda: fetch_tables(TABLES, IDS, {}, client=client),
            "eight": lambda: [getattr(xf, table.function)(IDS, client=client) for table in TABLES],
            "bare": lambda: bench_floors.bare(path, IDS),
            "parsed": lambda: bench_floors.parsed(path, IDS, TABLES),
        }
        spent = _cpu(works)
        yield from _one_creator(path, client)
    session.close()
    server.close()
    fetched, bare, parsed = spent["one fetch"], spent["bare"], spent["parsed"]
    each = f"{fetched / len(IDS) * 1e3:.2f} ms per creator"
    yield "1,000 creators x 5 stored answers -> 8 tables in one fetch", each
    yield "  beside the bare floor: the dicts indexed directly, few columns", f"{fetched / bare:.2f} times"
    yield "  by eight fetch_ calls, beside the bare floor", f"{spent['eight'] / bare:.2f} times"
    yield "  beside one SELECT per endpoint + JSON + our readers + DataFrame", f"{fetched / parsed:.2f} times"
    yield "  a requests-cache loop with concat (100 creators)", f"{user['user'] / user['few']:.0f} times slower"


def _one_creator(path: Path, client: xf.Client) -> Iterator[Row]:
    db = sqlite3.connect(path)
    works = {
        "ours": lambda: [xf.fetch_spread_info(IDS[0], client=client) for _ in range(50)],
        "floor": lambda: [_one(db, client) for _ in range(50)],
    }
    spent = _cpu(works, 25)
    db.close()
    ratio = spent["ours"] / spent["floor"]
    yield (
        "one creator, one table, stored",
        f"{spent['ours'] / 50 * 1e3:.2f} ms, {ratio:.2f} times SELECT + parse + frame",
    )


def _many(folder: Path, pages: dict[str, bytes]) -> Iterator[Row]:
    """Time 100,000 creators beside 1,000 of them, in turn, each time in a process of its own for its memory."""
    shapes = [bench_floors.mixed(pages, number) for number in range(120)]
    path, processes = folder / "many.sqlite", bench_store.Processes()
    _filled_client(path, MANY, lambda number: shapes[number % 120]).close()
    costs = [
        (processes.do(_tables_of, path, 1_000, 9), processes.do(_tables_of, path, len(MANY), 1)) for _ in range(_TURNS)
    ]
    few, many = (min(cost.seconds for cost in of_size) for of_size in zip(*costs, strict=True))
    ratio = many / len(MANY) / (few / 1_000)
    yield "100,000 creators, cost per creator", f"{ratio:.2f} times that of 1,000, {many:.0f} s CPU"
    above, size = max((cost.peak_mb - cost.result, cost.result) for _, cost in costs)
    yield "  peak memory above the frames themselves", f"{above:.0f} MB (frames: {size:.0f} MB)"


def _tables_of(path: Path, count: int, rounds: int) -> bench_store.Cost:
    """Return the CPU time of the tables of so many creators, the peak above the start, and the size of the frames."""
    with xf.Client(cache=path, offline=True) as client:
        fetch_tables(TABLES, MANY[:100], {}, client=client)
        before, frames = _peak_mb(), {}

        def fetched() -> None:
            frames.update(fetch_tables(TABLES, MANY[:count], {}, client=client).frames)

        spent = _cpu({"tables": fetched}, rounds)["tables"]
        size = sum(int(frame.memory_usage(deep=True).sum()) for frame in frames.values()) / 2**20
        return bench_store.Cost(spent, _peak_mb() - before, size)


def _compared(folder: Path) -> Iterator[Row]:
    """Time the comparison of stored creators, each number in a process of its own for its memory."""
    path, processes = folder / "compared.sqlite", bench_store.Processes()
    bodies = {}
    for table in COMPARED:
        body = json.dumps({"code": 0, "data": GOLDEN[table.name].data}).encode()
        # The captured answers name their own creators.
        bodies[table.endpoint] = body.replace(b'"author_id"', b'"other_id"').replace(b'"id"', b'"no"')
    _filled_client(path, MANY[:50_000], lambda number: bodies, COMPARED).close()
    for count, rounds in ((10_000, 3), (50_000, 1)):
        cost = processes.do(_comparison, path, count, rounds)
        yield f"a compare of {count:,} stored creators", f"{cost.seconds:.1f} s CPU, {cost.peak_mb:.0f} MB"


def _comparison(path: Path, count: int, rounds: int) -> bench_store.Cost:
    with xf.Client(cache=path, offline=True) as client:
        xf.compare(MANY[:10], client=client)
        before = _peak_mb()
        spent = _cpu({"compare": lambda: xf.compare(MANY[:count], client=client)}, rounds)["compare"]
        return bench_store.Cost(spent, _peak_mb() - before)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * bench_store.UNIT / 2**20


def _further(folder: Path) -> Iterator[Row]:
    """Time each further answer beside the floor of its tables."""
    pages = {table.endpoint: json.dumps({"code": 0, "data": GOLDEN[table.name].data}).encode() for table in FURTHER}
    path, ratios, ids = folder / "further.sqlite", {}, IDS[:200]
    with _filled_client(path, ids, lambda number: pages, FURTHER) as client:
        for endpoint in pages:
            tables = [table for table in FURTHER if table.endpoint == endpoint]
            works = {
                "ours": lambda: fetch_tables(tables, ids, {}, client=client),  # noqa: B023
                "floor": lambda: bench_floors.parsed(path, ids, tables),  # noqa: B023
            }
            spent = _cpu(works)
            ratios[endpoint] = spent["ours"] / spent["floor"]
    worst = max(ratios, key=ratios.__getitem__)
    yield f"the {len(FURTHER)} further captured tables", f"at most {ratios[worst]:.2f} times their floor ({worst})"


def _one(db: sqlite3.Connection, client: xf.Client) -> pd.DataFrame:
    """Read one table of one creator as directly as can be, typed."""
    (call,) = questions([xf.TABLES["spread_info"]], [IDS[0]], {})["spread_info"]
    (body,) = db.execute("SELECT body FROM answers WHERE key = ?", (call.key,)).fetchone()
    rows = rows_of(xf.TABLES["spread_info"], json.loads(body)["data"]).rows
    return build_frame(xf.TABLES["spread_info"].columns, [(IDS[0], "personal", "30d", *row, 0) for row in rows])


def _slow_server(folder: Path, pages: dict[str, bytes]) -> Iterator[Row]:
    """Time a batch against a server that takes 200 ms for each answer."""
    server = Loopback()
    server.answer = lambda seen: _page(seen, pages, delay=0.2)
    with xf.Client("t" * 20, base_url=server.url, cache=folder / "slow.sqlite", max_workers=16) as client:
        spent = _seconds(lambda: fetch_tables(TABLES, IDS[:200], {}, client=client), 1)
    server.close()
    yield "200 creators x 5 answers of 200 ms, 16 workers", f"{spent / (200 * 5 / 16 * 0.2):.2f} times the ideal"


def main() -> None:
    warnings.simplefilter("ignore")
    pages = _pages()
    with tempfile.TemporaryDirectory() as folder:
        parts = (_stored(Path(folder), pages), _further(Path(folder)), _slow_server(Path(folder), pages))
        rows = [row for part in parts for row in part]
        rows += bench_server.rows(Path(folder), _filled_alike, IDS, TABLES, pages)
    with tempfile.TemporaryDirectory() as folder:
        rows += [*_many(Path(folder), pages), *_compared(Path(folder))]
    with tempfile.TemporaryDirectory() as folder:
        rows += bench_store.rows(Path(folder), bench_store.answers_wanted())
    with tempfile.TemporaryDirectory() as folder:
        rows += bench_lake.rows(Path(folder), bench_lake.creators_asked())
    pandas_s, ours_s = _import_seconds("import pandas"), _import_seconds("import xingtu_frames")
    rows.append(("import xingtu_frames", f"{ours_s / pandas_s:.2f} times import pandas"))
    print(
        f"Python {platform.python_version()}, pandas {pd.__version__}, {platform.machine()}, {os.cpu_count()} cores\n"
    )
    print(tabulate([(work.replace("  ", ". "), result) for work, result in rows], headers=["work", "result"]))


def _page(seen: Seen, pages: dict[str, bytes], delay: float = 0.0) -> Reply:
    return Reply(pages[seen.endpoint], delay=delay)


if __name__ == "__main__":
    main()
