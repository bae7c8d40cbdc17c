"""An interrupt comes behind any call inside a store, once: what was taken is given back, and the store goes on."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

import xingtu_frames.store
from tests.store.test_every_pool import answer, asked, store
from xingtu_frames.store import sqlite
from xingtu_frames.store.answers import open_store
from xingtu_frames.store.store import Store

__all__ = ["store"]
HOME = str(Path(xingtu_frames.store.__file__).parent)
FIRST, OTHER = answer(asked()), answer(asked(subject="7000000000000000002"))
DEEDS: dict[str, Callable[[Store], object]] = {
    "read": lambda store: store.latest([FIRST.key]),
    "write": lambda store: store.add_all([OTHER]),
    "fold": lambda store: store.settle(),
}


def interrupted(deed: Callable[[], object], behind: int) -> bool:
    """Do it with an interrupt behind that call; False where there are not so many. Signals are looked for there."""
    calls = 0

    def look(frame: FrameType, event: str, _: object) -> None:
        nonlocal calls
        caller = frame.f_back if event == "return" else frame
        if event in ("return", "c_return") and caller and caller.f_code.co_filename.startswith(HOME):
            calls += 1
            if calls == behind:
                sys.setprofile(None)
                raise KeyboardInterrupt

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        deed()
    except KeyboardInterrupt:
        return True
    finally:
        sys.setprofile(before)
    return calls >= behind


# A server's connection that an interrupt keeps from coming back is closed by the collector, of which psycopg warns.
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.* was deleted while still open:ResourceWarning")
@pytest.mark.parametrize("deed", DEEDS)
def test_promise_7_an_interrupt_behind_any_call_leaves_a_store_that_goes_on(
    store: Store, deed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "_BUSY_SECONDS", 1.0)
    store.add_all([FIRST])
    behind = 0
    while interrupted(lambda: DEEDS[deed](store), behind := behind + 1):
        assert store.latest([FIRST.key]).keys() == {FIRST.key}, behind
        store.add_all([OTHER])
    assert behind > 1
    # A place that was never given back would be waited for.
    others = [threading.Thread(target=store.latest, args=([FIRST.key],), daemon=True) for _ in range(8)]
    for other in others:
        other.start()
    for other in others:
        other.join(60)
    assert not any(other.is_alive() for other in others)
    assert store.count()["answers"] == 2


@pytest.mark.slow
@pytest.mark.parametrize("deed", DEEDS)
def test_promise_7_an_interrupt_behind_any_call_keeps_no_connection_and_no_turn(
    deed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "_BUSY_SECONDS", 1.0)
    path = tmp_path / "answers.sqlite"
    opened = open_store(path)
    opened.add_all([FIRST])
    (pool,) = [pool for pool in sqlite.pools if pool.path == str(path)]
    behind = 0
    while interrupted(lambda: DEEDS[deed](opened), behind := behind + 1):
        # Waits until nothing is lent, or refuses.
        pool.retire()
        opened.add_all([OTHER])
    assert behind > 1
    opened.close()
