"""``make bench``: how fast stored answers become tables, as ratios in one run on one machine."""

from __future__ import annotations

import json
import platform
import sqlite3
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import requests_cache
from tabulate import tabulate

import xingtu_frames as xf
from tests.loopback import Loopback, Reply, Seen
from xingtu_frames import parse
from xingtu_frames.frames import fetch_tables
from xingtu_frames.store import Answer, now, stamp
from xingtu_frames.wire import ENDPOINTS, PAIRS, PREFIX

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
IDS = [str(7_000_000_000_000_100_000 + number) for number in range(1_000)]
FEW = IDS[:100]


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


def _filled_client(path: Path, ids: list[str], pages: dict[str, bytes]) -> xf.Client:
    client = xf.Client(cache=path, offline=True)
    calls = {call.key: call for of in client.calls(TABLES, ids, {}).values() for call in of}
    moment = stamp(now())
    client.store.add_all(
        Answer(call.key, call.meaning, call.kol_id, call.params, moment, pages[call.meaning]) for call in calls.values()
    )
    return client


def _floor(path: Path, client: xf.Client, ids: list[str]) -> None:
    """One SELECT per endpoint, JSON parsed, one DataFrame per table: no checks, no types, no options."""
    db = sqlite3.connect(path)
    for endpoint in dict.fromkeys(table.endpoint for table in TABLES):
        readers = [table for table in TABLES if table.endpoint == endpoint]
        bodies = db.execute("SELECT kol_id, body FROM answers WHERE endpoint = ?", (endpoint,)).fetchall()
        wanted = set(ids)
        loaded = [(kol_id, json.loads(body)["data"]) for kol_id, body in bodies if kol_id in wanted]
        for table in readers:
            read = parse.PARSERS[table.name]
            pd.DataFrame([(kol_id, *row) for kol_id, data in loaded for row in read(data)])
    db.close()


def _user_code(session: Any, base: str, ids: list[str]) -> None:
    """What people write today: a cached session, a small frame per creator, and concat."""
    frames: dict[str, list[pd.DataFrame]] = {table.name: [] for table in TABLES}
    for kol_id in ids:
        for table in TABLES:
            url = f"{base}{PREFIX}{ENDPOINTS[table.endpoint].path}"
            data = session.get(url, params={"token": "bench-token", "oAuthorId": kol_id}).json()["data"]
            rows = [dict(enumerate(row)) for row in parse.PARSERS[table.name](data)]
            frames[table.name].append(pd.json_normalize(rows).assign(kol_id=kol_id))
    for parts in frames.values():
        pd.concat(parts, ignore_index=True)


def _import_seconds(statement: str) -> float:
    return _seconds(lambda: subprocess.run([sys.executable, "-c", statement], check=True), repeat=5)


def main() -> None:
    warnings.simplefilter("ignore")
    pages = _pages()
    server = Loopback()
    server.answer = lambda seen: _page(seen, pages)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.sqlite"
        client = _filled_client(path, IDS, pages)
        session = requests_cache.CachedSession(str(Path(folder) / "stock"), backend="sqlite")
        _user_code(session, server.url, FEW)
        user = _seconds(lambda: _user_code(session, server.url, FEW), 1) / len(FEW)
        ours = _seconds(lambda: fetch_tables(TABLES, IDS, {}, client=client)) / len(IDS)
        floor = _seconds(lambda: _floor(path, client, IDS)) / len(IDS)
        one = _seconds(lambda: [xf.fetch_spread_info(IDS[0], client=client) for _ in range(100)]) / 100
        client.close()
        session.close()
    server.close()
    pandas_s, ours_s = _import_seconds("import pandas"), _import_seconds("import xingtu_frames")
    rows = [
        ("1,000 creators x 5 stored answers -> 8 tables", f"{ours * 1e3:.3f} ms per creator", ""),
        ("  against a requests-cache loop with concat (100 creators)", f"{user / ours:.0f} times faster", ""),
        ("  against one SELECT + JSON + DataFrame", f"{ours / floor:.2f} times the floor", ""),
        ("one creator, one table, stored", f"{one * 1e3:.2f} ms", ""),
        ("import xingtu_frames against import pandas", f"{ours_s / pandas_s:.2f} times", ""),
    ]
    print(f"Python {platform.python_version()}, pandas {pd.__version__}, {platform.machine()}")
    print(tabulate([row[:2] for row in rows], headers=["work", "result"], tablefmt="simple"))


def _page(seen: Seen, pages: dict[str, bytes]) -> Reply:
    return Reply(pages[seen.endpoint])


if __name__ == "__main__":
    main()
