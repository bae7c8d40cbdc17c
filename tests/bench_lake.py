"""What a lake costs and what it is good for, beside the store in the same run: ``python -m tests.bench_lake``.

``LAKE_CREATORS`` is how many creators there are, each with five answers on each of three days. What needs memory is
done in a process of its own.
"""

from __future__ import annotations

import json
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

import xingtu_frames as xf
from tests.bench_shown import show
from tests.bench_store import Cost, Processes, Row, _cost
from xingtu_frames.store.answer import Answer, now, stamp
from xingtu_frames.wire import PAIRS, questions

TABLES = [
    *("touch_distribution", "spread_info", "cost_tiers", "spread_benchmarks"),
    *("link_struct", "connected_users", "link_index", "video_distribution"),
]
DAYS = 3
_FIRST = 7_000_000_000_000_000_000
_BATCH = 20_000


# --- the store


def _pages() -> dict[str, Any]:
    folder = Path(__file__).resolve().parent.parent / "data" / "provider_pages"
    pages = {page.stem: json.loads(page.read_bytes()) for page in folder.glob("*.json")}
    return {(PAIRS[name].current if name in PAIRS else name): page for name, page in pages.items()}


def _varied(value: Any, dice: random.Random) -> Any:
    """Return a payload with other numbers, so that it does not compress as copies of one do."""
    if isinstance(value, dict):
        return {key: cell if key in ("code", "status_code") else _varied(cell, dice) for key, cell in value.items()}
    if isinstance(value, list):
        return [_varied(cell, dice) for cell in value]
    if isinstance(value, str) and value.isdecimal():
        return str(round(int(value) * dice.uniform(0.5, 1.5)))
    if isinstance(value, float):
        return round(value * dice.uniform(0.5, 1.0), 4)
    return value


def _answers(creators: int) -> Iterator[Answer]:
    pages, dice = _pages(), random.Random(7)
    ids = [str(_FIRST + number) for number in range(creators)]
    asked = questions([xf.TABLES[name] for name in TABLES], ids, {})
    calls = list({call.key: call for of_table in asked.values() for call in of_table}.values())
    first = now().replace(hour=1) - timedelta(days=DAYS)
    for day in range(DAYS):
        for number, call in enumerate(calls):
            at = stamp(first + timedelta(days=day, milliseconds=number))
            body = json.dumps(_varied(pages[call.meaning], dice), ensure_ascii=False).encode()
            yield Answer(call.key, call.meaning, call.kol_id, call.params, at, body)


def build(path: Path, creators: int) -> None:
    with xf.Client(cache=path, offline=True) as client:
        several: list[Answer] = []
        for answer in _answers(creators):
            several.append(answer)
            if len(several) == _BATCH:
                client.store.add_all(several)
                several = []
        client.store.add_all(several)


# --- deeds, each in a process of its own


def _export(path: Path, lake: Path) -> Cost:
    with xf.Client(cache=path, offline=True) as client, tempfile.TemporaryDirectory() as warm:
        xf.export_lake(warm, client=xf.sample_client())  # what is loaded once is not the cost of a creator
        before = time.process_time()
        cost = _cost(lambda: xf.export_lake(lake, client=client))
        return cost._replace(result=(cost.result, time.process_time() - before))


def _median_by_history(path: Path) -> Cost:
    return _asked(path, _median_in_pandas)


def _change_by_history(path: Path) -> Cost:
    return _asked(path, _change_in_pandas)


def _asked(path: Path, question: Callable[[xf.Client], list[float]]) -> Cost:
    with xf.Client(cache=path, offline=True) as client:
        return _cost(lambda: question(client))


def _median_in_pandas(client: xf.Client) -> list[float]:
    costs, spread = (xf.history(name, client=client) for name in ("cost_tiers", "spread_info"))
    costs = costs[(costs["metric"] == "cpm") & (costs["duration_band"] == "21-60s")]
    both = costs.merge(spread[["kol_id", "fetched_at", "category"]], on=["kol_id", "fetched_at"])
    found = both.groupby(["category", both["fetched_at"].dt.date])["cost_cny"].median()
    return [float(value) for value in found]


def _change_in_pandas(client: xf.Client) -> list[float]:
    frame = xf.history("link_index", client=client)
    values = frame[frame["index"] == "star"].groupby("kol_id")["value"]
    return sorted((values.last() - values.first()).tolist(), reverse=True)[:1000]


_MEDIAN = """
SELECT median(cost_cny) AS found FROM read_parquet('{lake}/cost_tiers/*/*.parquet', hive_partitioning = true) AS c
JOIN read_parquet('{lake}/spread_info/*/*.parquet', hive_partitioning = true) AS s USING (kol_id, fetched_at)
WHERE metric = 'cpm' AND duration_band = '21-60s' GROUP BY category, c.day ORDER BY category, c.day
"""
_CHANGE = """
SELECT arg_max(value, fetched_at) - arg_min(value, fetched_at) AS found
FROM read_parquet('{lake}/link_index/*/*.parquet') WHERE index = 'star' GROUP BY kol_id ORDER BY found DESC LIMIT 1000
"""


def _by_duckdb(query: str, lake: Path) -> Cost:
    query = query.format(lake=lake)
    duckdb.sql(query).fetchall()
    costs = [_cost(lambda: [row[0] for row in duckdb.sql(query).fetchall()]) for _ in range(9)]
    return min(costs, key=lambda cost: cost.seconds)


def _parse(work: tuple[Path, str]) -> int:
    path, table = work
    return len(xf.read_answers(pd.read_parquet(path, partitioning=None), table))


def _parse_all(lake: Path, workers: int) -> float:
    work = [
        (path, table)
        for table in TABLES
        for path in sorted((lake / "answers" / f"endpoint={xf.TABLES[table].endpoint}").rglob("*.parquet"))
    ]
    with ProcessPoolExecutor(workers) as pool:
        list(pool.map(_parse, work[:workers]))
        started = time.perf_counter()
        list(pool.map(_parse, work))
        return time.perf_counter() - started


# --- the table


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*.parquet"))


def rows(folder: Path, creators: int) -> Iterator[Row]:
    """Build a store of so many creators, and yield what its lake takes."""
    store, lake, processes, days = folder / "answers.sqlite", folder / "lake", Processes(), creators * DAYS
    build(store, creators)
    cost = processes.do(_export, store, lake)
    written, cpu = cost.result
    assert written == days * 5
    each = f"{cost.seconds / days * 1e3:.2f} ms, {cpu / days * 1e3:.2f} ms of CPU, per creator and day"
    yield f"export_lake, {creators:,} creators x 5 answers x {DAYS} days", f"{each}; {cost.peak_mb:.0f} MB"
    again = processes.do(_export, store, lake)
    yield "  again, nothing new", f"{again.seconds:.2f} s"
    raw = _size(lake / "answers")
    tidy = sum(_size(lake / table) for table in TABLES)
    sizes = f"{store.stat().st_size / days:,.0f}, {raw / days:,.0f} and {tidy / days:,.0f} bytes per creator and day"
    yield "size of store, exact answers and tables", f"{sizes}; the answers 1/{store.stat().st_size / raw:.1f}"
    for work, query, ours in (
        ("median CPM by category and day", _MEDIAN, _median_by_history),
        ("the 1,000 largest changes of the index", _CHANGE, _change_by_history),
    ):
        theirs, frame = processes.do(_by_duckdb, query, lake), processes.do(ours, store)
        assert [round(value, 6) for value in theirs.result] == [round(value, 6) for value in frame.result]
        times = frame.seconds / theirs.seconds
        yield (
            work,
            f"DuckDB {theirs.seconds * 1e3:.0f} ms, {times:.0f} times faster than history ({frame.seconds:.1f} s)",
        )
    one, two = (_parse_all(lake, workers) for workers in (1, 2))
    yield (
        "exact answers to eight tables",
        f"{one / days * 1e3:.2f} ms each; two processes {one / two:.1f} times as fast",
    )


def creators_asked() -> int:
    """Return how many creators there are to be."""
    return int(os.environ.get("LAKE_CREATORS", "2000"))


if __name__ == "__main__":
    show(rows, creators_asked())
