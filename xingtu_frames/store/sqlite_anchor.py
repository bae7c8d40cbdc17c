"""A connection that keeps the write-ahead log from being deleted while this process uses it.

Whoever closes the last connection folds the log into the database and deletes it; who the last one is, SQLite tells by
locks that POSIX drops as soon as a process closes any descriptor of the file, such as that of a ``shutil.copy``. The
anchor reads only, and a connection that reads only cannot fold; it is closed after the others of its process. Where
Linux offers locks that belong to one descriptor, the anchor's carry one too, which nothing else in the process drops.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import struct
from pathlib import Path

# Where SQLite locks: the bytes that each user of a database shares, and the one that each user of its index does.
_SHARED = (0x40000002, 510)
_SHARED_INDEX = (128, 1)
_DESCRIPTORS = "/proc/self/fd"


def anchored(path: str) -> sqlite3.Connection | None:
    """Return the anchor of a file, to be closed last; None where the file cannot be read that way."""
    address = Path(path).resolve().as_uri()
    db = sqlite3.connect(f"{address}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)
    try:
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        db.close()
        return None
    place = os.path.realpath(path)
    _lock({place: _SHARED, f"{place}-shm": _SHARED_INDEX})
    return db


def holds_deleted_log(path: str) -> bool:
    """Return whether something in this process still has the deleted log of a file open, where the system tells."""
    place = os.path.realpath(path)
    deleted = {f"{place}{suffix} (deleted)" for suffix in ("-wal", "-shm")}
    with contextlib.suppress(OSError):
        for descriptor in os.listdir(_DESCRIPTORS):
            with contextlib.suppress(OSError):
                if os.readlink(f"{_DESCRIPTORS}/{descriptor}") in deleted:
                    return True
    return False


def _lock(ranges: dict[str, tuple[int, int]]) -> None:
    """Lock byte ranges, shared, on SQLite's own descriptors of these files, where the system knows such locks."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        command = fcntl.F_OFD_SETLK  # type: ignore[attr-defined,unused-ignore]
        for descriptor in map(int, os.listdir(_DESCRIPTORS)):
            with contextlib.suppress(OSError):
                start, length = ranges.get(os.readlink(f"{_DESCRIPTORS}/{descriptor}"), (0, 0))
                if length:
                    fcntl.fcntl(
                        descriptor, command, struct.pack("hhqqi4x", fcntl.F_RDLCK, os.SEEK_SET, start, length, 0)
                    )
