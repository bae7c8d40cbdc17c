"""The file of a store, seen from outside: which it is, how large, who may read it, and how it is opened."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import Any

Identity = tuple[int, int]


def identity_of(path: str) -> Identity | None:
    """Return what tells the file at a path from every other; None where there is none."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def size_of(path: str) -> int:
    """Return the bytes of a file; 0 where there is none."""
    try:
        return os.path.getsize(path)
    except OSError:
        return 0


def make_private(path: str) -> None:
    """Let no other user read a file that is known to be ours."""
    if os.path.isfile(path) and os.access(path, os.W_OK):
        # One of another user's that we may write stays as it is.
        with contextlib.suppress(OSError):
            os.chmod(path, 0o600)


def open_file(path: str, *, read_only: bool, timeout: float) -> sqlite3.Connection:
    """Open a file for writing, or for reading where that is all that is allowed; never make one."""
    options: dict[str, Any] = {"timeout": timeout, "isolation_level": None, "check_same_thread": False}
    if path == ":memory:":
        memory: sqlite3.Connection = sqlite3.connect(path, **options)
        return memory
    address = Path(path).resolve().as_uri()
    if os.access(path, os.W_OK) and not read_only:
        writable: sqlite3.Connection = sqlite3.connect(f"{address}?mode=rw", uri=True, **options)
        return writable
    db: sqlite3.Connection = sqlite3.connect(f"{address}?mode=ro", uri=True, **options)
    try:
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        # In a folder that takes no files SQLite cannot share its index of the write-ahead log: read without it.
        db.close()
        db = sqlite3.connect(f"{address}?immutable=1", uri=True, **options)
    except BaseException:
        db.close()
        raise
    return db
