"""The recipe for many machines: overlapping workers on one server meet a budget exactly, though one is killed."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

import xingtu_frames as xf
from tests.cli_cases import TOKEN
from tests.lake.test_recipes import cooked
from tests.loopback import Loopback, Reply, Seen, ok
from tests.postgres import Postgres

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="needs signals"),
    pytest.mark.filterwarnings("ignore"),  # of Dask's own
]

IDS = [str(number) for number in range(1, 301)]
BUDGET, KILLED_AT = 200, 60


@pytest.fixture
def client(server: Loopback, postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a client of the store, the token and the server that the environment names, to workers too."""
    monkeypatch.setenv("XINGTU_FRAMES_CACHE", postgres.new_schema())
    monkeypatch.setenv("JUSTONEAPI_TOKEN", TOKEN)
    monkeypatch.setenv("JUSTONEAPI_BASE_URL", server.url)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with xf.Client() as client:
        yield client


def run_recipe(server: Loopback, kill_at: int | None = None) -> tuple[list[int | None], list[int]]:
    """Run the recipe; return what the chunks brought, and the workers that were killed while they were asking."""
    psutil = pytest.importorskip("psutil")
    namespace: dict[str, Any] = {}
    killed: list[int] = []
    port = int(server.url.rpartition(":")[2])

    def is_asking(process: int) -> bool:
        return any(line.raddr and line.raddr.port == port for line in psutil.Process(process).net_connections("tcp"))

    def answer(seen: Seen) -> Reply:
        if server.hits() == kill_at:
            workers = [worker.pid for worker in namespace["cluster"].workers.values()]
            killed.append(next(filter(is_asking, workers)))
            os.kill(killed[0], signal.SIGKILL)
        return ok({"nick_name": f"达人 {seen.kol_id}"}, delay=0.05)

    server.answer = answer
    cooked("cluster", namespace, ids=IDS)
    return namespace["counts"], killed


def figures(client: xf.Client) -> tuple[int, int, int]:
    """Return how many answers are stored, how many requests are in the ledger as unknown, and what was spent."""
    billed = client.ledger()["billed"].value_counts()
    stored = client.store.count()["answers"]
    assert billed.get("yes", 0) == stored
    return stored, int(billed.get("unknown", 0)), int(client.budget()["spent"].item())


def test_a_budget_is_met_exactly_by_overlapping_workers_though_one_is_killed(
    server: Loopback, client: xf.Client
) -> None:
    pytest.importorskip("distributed")
    client.set_budget(BUDGET)
    counts, killed = run_recipe(server, KILLED_AT)
    stored, unknown, spent = figures(client)
    assert len(killed) == 1
    assert None in counts
    assert spent == stored + unknown == BUDGET
    # What the killed worker had under way was counted before it was sent, so that it may not have been.
    assert BUDGET - unknown <= server.charged <= BUDGET
    assert unknown <= client.max_workers

    paid = server.charged
    client.set_budget(BUDGET * 2)
    counts, _ = run_recipe(server)
    assert counts == [60] * 9 + [30]
    assert server.charged - paid == len(IDS) - stored
    assert figures(client) == (len(IDS), unknown, len(IDS) + unknown)


def test_without_a_fault_overlapping_workers_pay_each_creator_once(server: Loopback, client: xf.Client) -> None:
    pytest.importorskip("distributed")
    client.set_budget(BUDGET)
    counts, _ = run_recipe(server)
    assert (server.charged, figures(client)) == (BUDGET, (BUDGET, 0, BUDGET))
    assert None in counts
