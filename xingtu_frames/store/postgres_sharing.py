"""One pool per database and process, shared by its clients and renewed by a fork."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque

from .forks import new_lock_in_child
from .postgres import PostgresPool, pools
from .postgres_address import Server
from .server_address import ServerAddress

_shared: dict[str, SharedPool] = {}
_abandoned: deque[SharedPool] = deque()
_sharing = threading.Lock()
new_lock_in_child(sys.modules[__name__], "_sharing")


class SharedPool(PostgresPool):
    """The pool of a store, which gives it back when it is closed or collected."""

    def release(self) -> None:
        """Give the pool back; the last store to do so closes it."""
        with _sharing:
            _detach(self)

    def abandon(self) -> None:
        """Give the pool back from the collector, which may run in any thread at any time; later, where that is not now.

        The thread may be one that holds the lock.
        """
        _abandoned.append(self)
        if _sharing.acquire(blocking=False):
            try:
                _detach_abandoned()
            finally:
                _sharing.release()


def attach(address: ServerAddress, *, read_only: bool = False) -> SharedPool:
    """Return the pool of a database, one for all clients of this process that name it alike.

    Raises
    ------
    ConfigError
        The address cannot be read.
    """
    server = Server(address)
    server.warn()
    with _sharing:
        _detach_abandoned()
        known = f"{address.reveal()} {read_only}"
        pool = _shared.get(known)
        if pool is None:
            pool = SharedPool(server, read_only=read_only)
            _shared[known] = pool
        pool.users += 1
        return pool


def _detach_abandoned() -> None:
    while _abandoned:
        _detach(_abandoned.popleft())


def _detach(pool: SharedPool) -> None:
    pool.users -= 1
    if pool.users > 0:
        return
    for address in [address for address, known in _shared.items() if known is pool]:
        del _shared[address]
    pool.close()


def _after_fork_in_child() -> None:
    for pool in list(pools):
        pool.inherit()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
