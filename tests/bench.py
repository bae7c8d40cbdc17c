"""``make bench``: how fast stored answers become tables, and what a large store costs, as ratios in one run."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
import time
import tracemalloc
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import requests_cache
from tabulate import tabulate

import xingtu_frames as xf
from tests import bench_lake, bench_server, bench_store
from tests.golden import PAIRS as GOLDEN
from tests.loopback import Loopback, Reply, Seen
from xingtu_frames.fetch.steps import fetch_tables
from xingtu_frames.frame import build_frame
from xingtu_frames.store.answer import Answer, now, stamp
from xingtu_frames.tables.catalog import rows_of
from xingtu_frames.wire import ENDPOINTS, PAIRS, PREFIX, questions

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
MANY = [str(7_000_000_000_000_200_000 + number) for number in range(10_000)]

Row = tuple[str, str]


def _pages() -> dict[str, bytes]:
    folder = Path(__file__).resolve().parent.parent / "data" / "provider_pages"
    found = {page.stem: page.read_bytes() for page in folder.glob("*.json")}
    return {(PAIRS[name].current if name in PAIRS else name): body for name, body in found.items()}


def _seconds(work: Callable[[], Any], repeat: int = 3) -> float:
    best = float("inf")
    for _ in range(repeat):
        started = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - started)
    return best


def _filled_client(
    path: Path | str, ids: Sequence[str], pages: dict[str, bytes], tables: Sequence[xf.Table] = TABLES
) -> xf.Client:
    client = xf.Client(cache=path, offline=True)
    calls = {call.key: call for of in questions(tables, ids, {}).values() for call in of}
    moment = stamp(now())
    client.store.add_all(
        Answer(call.key, call.meaning, call.kol_id, call.params, moment, pages[call.meaning]) for call in calls.values()
    )
    return client


def _floor(path: Path, ids: list[str], tables: Sequence[xf.Table] = TABLES) -> None:
    """One SELECT per endpoint, JSON parsed, one DataFrame per table: no checks, no types, no options."""
    db = sqlite3.connect(path)
    for endpoint in dict.fromkeys(table.endpoint for table in tables):
        readers = [table for table in tables if table.endpoint == endpoint]
        bodies = db.execute("SELECT kol_id, body FROM answers WHERE endpoint = ?", (endpoint,)).fetchall()
        wanted = set(ids)
        loaded = [(kol_id, json.loads(body)["data"]) for kol_id, body in bodies if kol_id in wanted]
        for table in readers:
            pd.DataFrame([(kol_id, *row) for kol_id, data in loaded for row in rows_of(table, data).rows])
    db.close()


def _user_code(session: Any, base: str, ids: list[str]) -> None:
    """What people write today: a cached session, a small frame per creator, and concat."""
    frames: dict[str, list[pd.DataFrame]] = {table.name: [] for table in TABLES}
    for kol_id in ids:
        for table in TABLES:
            url = f"{base}{PREFIX}{ENDPOINTS[table.endpoint].path}"
            data = session.get(url, params={"token": "bench-token", "oAuthorId": kol_id}).json()["data"]
            rows = [dict(enumerate(row)) for row in rows_of(table, data).rows]
            frames[table.name].append(pd.json_normalize(rows).assign(kol_id=kol_id))
    for parts in frames.values():
        pd.concat(parts, ignore_index=True)


def _import_seconds(statement: str) -> float:
    return _seconds(lambda: subprocess.run([sys.executable, "-c", statement], check=True), repeat=5)


def _stored(folder: Path, pages: dict[str, bytes]) -> Iterator[Row]:
    """Time the tables of stored answers, for 1,000 creators and for 10,000."""
    server = Loopback()
    server.answer = lambda seen: _page(seen, pages)
    session = requests_cache.CachedSession(str(folder / "stock"), backend="sqlite")
    _user_code(session, server.url, FEW)
    user = _seconds(lambda: _user_code(session, server.url, FEW), 1) / len(FEW)
    session.close()
    server.close()

    path = folder / "answers.sqlite"
    with _filled_client(path, IDS, pages) as client:
        ours = _seconds(lambda: fetch_tables(TABLES, IDS, {}, client=client)) / len(IDS)
        floor = _seconds(lambda: _floor(path, IDS)) / len(IDS)
        one = _seconds(lambda: [xf.fetch_spread_info(IDS[0], client=client) for _ in range(100)]) / 100
        db = sqlite3.connect(path)
        one_floor = _seconds(lambda: [_one(db, client) for _ in range(100)]) / 100
        db.close()
    yield "1,000 creators x 5 stored answers -> 8 tables", f"{ours * 1e3:.2f} ms per creator"
    yield "  a requests-cache loop with concat (100 creators)", f"{user / ours:.0f} times slower"
    yield "  one SELECT per endpoint + JSON + DataFrame", f"{ours / floor:.2f} times that floor"
    with _filled_client(folder / "many.sqlite", MANY, pages) as client:
        many = _seconds(lambda: fetch_tables(TABLES, MANY, {}, client=client)) / len(MANY)
        peak = _peak_above_frames(client)
    yield "10,000 creators, cost per creator", f"{many / ours:.2f} times that of 1,000"
    yield "  peak memory above the frames themselves", f"{peak / 2**20:.0f} MB"
    yield "one creator, one table, stored", f"{one * 1e3:.2f} ms, {one / one_floor:.2f} times SELECT + parse + frame"


def _further(folder: Path) -> Iterator[Row]:
    """Time each further answer beside the floor of its tables."""
    pages = {table.endpoint: json.dumps({"code": 0, "data": GOLDEN[table.name].data}).encode() for table in FURTHER}
    path, ratios = folder / "further.sqlite", {}
    with _filled_client(path, IDS, pages, FURTHER) as client:
        for endpoint in pages:
            tables = [table for table in FURTHER if table.endpoint == endpoint]
            ours = _seconds(lambda: fetch_tables(tables, IDS, {}, client=client), 5)  # noqa: B023
            ratios[endpoint] = ours / _seconds(lambda: _floor(path, IDS, tables), 5)  # noqa: B023
    worst = max(ratios, key=ratios.__getitem__)
    yield f"the {len(FURTHER)} further captured tables", f"at most {ratios[worst]:.2f} times their floor ({worst})"


def _one(db: sqlite3.Connection, client: xf.Client) -> pd.DataFrame:
    """Read one table of one creator as directly as can be, typed."""
    (call,) = questions([xf.TABLES["spread_info"]], [IDS[0]], {})["spread_info"]
    (body,) = db.execute("SELECT body FROM answers WHERE key = ?", (call.key,)).fetchone()
    rows = rows_of(xf.TABLES["spread_info"], json.loads(body)["data"]).rows
    return build_frame(xf.TABLES["spread_info"].columns, [(IDS[0], "personal", "30d", *row, 0) for row in rows])


def _peak_above_frames(client: xf.Client) -> int:
    tracemalloc.start()
    frames = fetch_tables(TABLES, MANY, {}, client=client).frames
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(map(len, frames.values()))
    return peak - kept


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
        rows = [*_stored(Path(folder), pages), *_further(Path(folder)), *_slow_server(Path(folder), pages)]
        rows += bench_server.rows(Path(folder), _filled_client, IDS, TABLES, pages)
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
