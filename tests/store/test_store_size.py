"""Promise 8d: what one new creator costs does not grow with the store; counted in steps of SQLite, not in seconds."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import xingtu_frames as xf
from tests.loopback import Loopback, ok
from xingtu_frames.store import sqlite
from xingtu_frames.store.answer import Answer, Recorded, now, stamp
from xingtu_frames.store.answers import open_store
from xingtu_frames.wire import call_for_query

MakeClient = Callable[..., xf.Client]
ENDPOINT, VIDEO, SEARCH = "get_author_base_info", "item_report_trend", "search_for_author_square"
PARAMS = '{"platform": "SHORT_VIDEO"}'
BODY = ok({"nick_name": "达人"}).body


def filled(path: Path, count: int) -> None:
    store = open_store(path)
    moment = stamp(now())
    store.add_all(
        Answer(f"{ENDPOINT}|{n}|{PARAMS}", ENDPOINT, str(n), PARAMS, moment, BODY) for n in range(1, count + 1)
    )
    videos = [call_for_query(VIDEO, {"itemId": str(n)}) for n in range(1, count + 1)]
    searches = [call_for_query(SEARCH, {"page": n}) for n in range(1, count + 1)]
    store.add_all(Answer(call.key, call.meaning, None, call.params, moment, BODY) for call in (*videos, *searches))
    store.close()


class Steps:
    """Counts what SQLite does for every connection of a pool."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        settle = sqlite.Pool._settle

        def counted(inner: sqlite.Pool, db: object) -> None:
            settle(inner, db)  # type: ignore[arg-type]
            db.set_progress_handler(self._step, 10)  # type: ignore[attr-defined]

        monkeypatch.setattr(sqlite.Pool, "_settle", counted)

    def _step(self) -> int:
        self.count += 1
        return 0

    def of(self, deed: Callable[[], object]) -> int:
        before = self.count
        deed()
        return self.count - before


DEEDS: dict[str, Callable[[xf.Client], object]] = {
    "one new creator": lambda client: xf.fetch_profiles(["900001"], client=client),
    "a refresh": lambda client: xf.fetch_profiles(["7"], client=client, refresh=True),
    "plan": lambda client: client.plan("profiles", ["7", "900002"]),
    "one new video": lambda client: client.get(VIDEO, itemId="900001"),
    "one new page of a search": lambda client: client.get(SEARCH, page=900001),
    "a day without answers": lambda client: list(client.store.days.answers(ENDPOINT, "2020-01-01")),
    "history of a video": lambda client: client.store.history(VIDEO, ["7"]),
    "history of a creator": lambda client: xf.history("profiles", ["7"], client=client),
    "a stored creator": lambda client: xf.fetch_profiles(["7"], client=client),
}


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return a small store and a large one, of which each test uses copies."""
    paths = [tmp_path_factory.mktemp("stores") / f"{count}.sqlite" for count in (100, 5000)]
    for path in paths:
        filled(path, int(path.stem))
    return paths


@pytest.mark.one_in(3)
@pytest.mark.parametrize("deed", DEEDS)
def test_promise_8d_the_cost_does_not_grow_with_the_store(
    stores: list[Path],
    make_client: MakeClient,
    server: Loopback,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    deed: str,
) -> None:
    server.answer = lambda seen: ok({"nick_name": "new"})
    steps = Steps(monkeypatch)
    costs = []
    for store in stores:
        client = make_client(cache=shutil.copy(store, tmp_path))
        client.store.count()
        costs.append(steps.of(lambda client=client: DEEDS[deed](client)))
    # A pass over fifty times as many answers would be fifty times as many steps.
    assert costs[1] <= 2 * costs[0] + 20, costs


@pytest.mark.slow
def test_clear_gives_the_space_back(make_client: MakeClient, tmp_path: Path) -> None:
    path = tmp_path / "large.sqlite"
    filled(path, 5000)
    large = path.stat().st_size
    client = make_client(cache=path)
    client.store.open_request(call_for_query(ENDPOINT, {"oAuthorId": "1"}))
    client.store.clear()
    assert path.stat().st_size < large / 20
    assert client.store.count() == {"answers": 0, "requests": 1}


def test_clear_while_another_reads_deletes_all_the_same(make_client: MakeClient, tmp_path: Path) -> None:
    path = tmp_path / "large.sqlite"
    filled(path, 50)
    client = make_client(cache=path)
    with client.store._pool.reading() as db:  # type: ignore[attr-defined]
        rows = db.execute("SELECT * FROM answers")
        rows.fetchone()
        client.store.clear()
        rows.close()
    assert client.store.count()["answers"] == 0


def test_damage_that_is_planned_is_not_a_request(make_client: MakeClient, tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    store = open_store(path)
    old = Answer(f"{ENDPOINT}|1|{PARAMS}", ENDPOINT, "1", PARAMS, "2020-01-01T00:00:00.000000+00:00", BODY)
    store.merge([Recorded(old, 200, served=True), Recorded(old._replace(body=BODY + b" "), 200, served=False)])
    store._pool.write(lambda db: db.execute("UPDATE answers SET body = x'7b7d' WHERE served = 1"))
    store.close()
    client = make_client(cache=path)
    assert client.plan("profiles", ["1"])["state"].tolist() == ["cached"]
    assert client.plan("profiles", ["1"], refresh=True)["state"].tolist() == ["expired"]
    with pytest.raises(xf.CacheError, match="damaged"):
        xf.fetch_profiles(["1"], client=client)
