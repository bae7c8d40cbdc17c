"""What a store on a PostgreSQL server costs beside a file, on the same machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import xingtu_frames as xf
from tests.postgres import Postgres, binary
from xingtu_frames.fetch.steps import fetch_tables
from xingtu_frames.store.answer import Answer, stamp
from xingtu_frames.wire import questions

Row = tuple[str, str]
_ROUNDS = 9


def rows(
    folder: Path, fill: Callable[..., xf.Client], ids: Sequence[str], tables: Sequence[xf.Table], pages: Any
) -> Iterator[Row]:
    """Time warm reads, and what the store does about one paid request, in turns."""
    if binary("initdb") is None:
        yield "a store on a PostgreSQL server", "not measured: PostgreSQL is not installed"
        return
    server = Postgres(fsync="on", full_page_writes="on")
    with fill(folder / "beside.sqlite", ids, pages) as file, fill(server.new_schema(), ids, pages) as shared:
        clients = (file, shared)
        warm = [min(of) for of in zip(*(_each(clients, _read(tables, ids)) for _ in range(_ROUNDS)), strict=True)]
        paid = [min(of) for of in zip(*(_each(clients, _paid(n)) for n in range(5 * _ROUNDS)), strict=True)]
    server.close()
    yield f"a PostgreSQL server: {len(ids):,} creators -> {len(tables)} tables", f"{warm[1] / warm[0]:.2f} times a file"
    yield "  what the store does about one paid request", f"{paid[1] * 1e3:.1f} ms; {paid[0] * 1e3:.1f} ms in a file"


def _each(clients: Sequence[xf.Client], deed: Callable[[xf.Client], Any]) -> list[float]:
    spent = []
    for client in clients:
        started = time.perf_counter()
        deed(client)
        spent.append(time.perf_counter() - started)
    return spent


def _read(tables: Sequence[xf.Table], ids: Sequence[str]) -> Callable[[xf.Client], Any]:
    return lambda client: fetch_tables(list(tables), list(ids), {}, client=client)


def _paid(number: int) -> Callable[[xf.Client], Any]:
    (call,) = questions([xf.TABLES["profiles"]], [str(number + 1)], {})["profiles"]

    def deed(client: xf.Client) -> None:
        store = client.store
        owner = store.claims.new_owner()
        store.claims.claim(call.key, owner)
        store.latest([call.key])
        row = store.open_request(call, owner)
        store.claims.still_holds(call.key, owner)
        done = {"id": row, "http_status": 200, "code": 0, "billed": "yes", "elapsed_s": 0.2, "error": None}
        store.keep(
            done, Answer(call.key, call.meaning, call.kol_id, call.params, stamp(store.now()), b'{"code": 0}'), owner
        )
        store.claims.release(call.key, owner)

    return deed
