"""One pool per file and process, shared by its clients and renewed by a fork."""

from __future__ import annotations

import contextlib
import os
import threading
from collections import deque

from .sqlite import Pool, identity_of, pools

_shared: dict[str, Pool] = {}
_abandoned: deque[Pool] = deque()
_sharing = threading.RLock()
_forking = threading.local()


def attach(path: str, *, read_only: bool = False) -> Pool:
    """Return the pool of a file, one for all clients of this process; each gives it back with `detach`.

    A database in memory, and a file that is only read, has one of its own.
    """
    if path == ":memory:" or read_only:
        return Pool(path, read_only=read_only)
    place = os.path.realpath(path)
    with _sharing:
        _detach_abandoned()
        identity = identity_of(place)
        pool = _shared.get(place) or open_pool(path)
        if pool is not None and pool.is_elsewhere(identity):
            pool.retire()
            pool = None
        pool = pool or Pool(path)
        _shared[place] = pool
        pool.users += 1
        return pool


def detach(pool: Pool) -> None:
    """Give a pool back; the last one to do so closes it."""
    with _sharing:
        pool.users -= 1
        if pool.users > 0:
            return
        for place in [place for place, known in _shared.items() if known is pool]:
            del _shared[place]
    pool.close()


def abandon(pool: Pool) -> None:
    """Give back the pool of a store that was collected; later, where a lock that it takes is held now.

    The collector runs in any thread at any time, also in one that holds such a lock, or is forking.
    """
    _abandoned.append(pool)
    if _sharing.acquire(blocking=False):
        try:
            _detach_abandoned()
        finally:
            _sharing.release()


def _detach_abandoned() -> None:
    for _ in range(len(_abandoned)):
        with contextlib.suppress(IndexError):
            pool = _abandoned.popleft()
            if pool.is_busy():
                _abandoned.append(pool)
            else:
                detach(pool)


def open_pool(path: str | os.PathLike[str]) -> Pool | None:
    """Return the pool that has a file open in this process, if one has."""
    identity = identity_of(str(path))
    with _sharing:
        return next((pool for pool in _shared.values() if pool.is_at(identity)), None)


def _before_fork() -> None:
    _sharing.acquire()
    _forking.frozen = list(pools)
    for pool in _forking.frozen:
        pool.freeze()


def _after_fork_in_parent() -> None:
    for pool in _forking.frozen:
        pool.thaw()
    _sharing.release()


def _after_fork_in_child() -> None:
    global _sharing
    _sharing = threading.RLock()
    for pool in pools:
        pool.inherit()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child)
