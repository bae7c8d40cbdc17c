"""One pool per file and process, shared by its clients and renewed by a fork."""

from __future__ import annotations

import contextlib
import os
import threading
from collections import deque
from collections.abc import Iterator

from .sqlite import Pool, pools
from .sqlite_file import identity_of
from .sqlite_salvage import Salvage

_shared: dict[str, SharedPool] = {}
_abandoned: deque[SharedPool] = deque()
_sharing = threading.RLock()
_forking = threading.local()


class SharedPool(Pool):
    """The pool of a store, which gives it back when it is closed or collected."""

    def release(self) -> None:
        """Give the pool back; the last store to do so closes it."""
        detach(self)

    def abandon(self) -> None:
        """Give the pool back from the collector, which may run in any thread at any time."""
        abandon(self)

    @contextlib.contextmanager
    def salvage(self) -> Iterator[Salvage | None]:
        """Close every connection of this process for a while, and read what is whole of the bytes of the file.

        None where the file is not the pool's alone.
        """
        others = open_pool(self.path) if self.beside is not None else None
        if self.beside is None or others not in (None, self):
            yield None
            return
        with self.untouched():
            yield Salvage(self.beside)


def attach(path: str, *, read_only: bool = False) -> SharedPool:
    """Return the pool of a file, one for all clients of this process; each gives it back with `detach`.

    A database in memory, and a file that is only read, has one of its own.
    """
    if path == ":memory:" or read_only:
        return SharedPool(path, read_only=read_only)
    place = os.path.realpath(path)
    with _sharing:
        _detach_abandoned()
        identity = identity_of(place)
        pool = _shared.get(place) or open_pool(path)
        if pool is not None and pool.is_elsewhere(identity):
            pool.retire()
            pool = None
        pool = pool or SharedPool(path)
        _shared[place] = pool
        pool.users += 1
        return pool


def detach(pool: SharedPool) -> None:
    """Give a pool back; the last one to do so closes it."""
    with _sharing:
        pool.users -= 1
        if pool.users > 0:
            return
        for place in [place for place, known in _shared.items() if known is pool]:
            del _shared[place]
    pool.close()


def abandon(pool: SharedPool) -> None:
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


def open_pool(path: str | os.PathLike[str]) -> SharedPool | None:
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
