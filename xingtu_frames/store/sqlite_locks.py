"""Whether a file system keeps locks: where it keeps none, two processes write at once and pay for the same answer.

Some network folders and mounted clouds say yes to every lock. The only way to know is to try: one process takes
SQLite's write lock on a file of its own, and another must be refused it.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

from ..errors import CacheError
from .forks import new_lock_in_child

_TIMEOUT_S = 30.0
_HELD = "held"
_ANOTHER = f"""
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
try:
    db.execute("BEGIN IMMEDIATE")
except sqlite3.OperationalError:
    print("{_HELD}")
else:
    print("free")
"""
_tried: dict[int, bool] = {}
_trying = threading.Lock()
new_lock_in_child(sys.modules[__name__], "_trying")


def check_locks(path: str) -> None:
    """Refuse to pay for what is stored where locks hold nothing; tried once per process and file system.

    Raises
    ------
    CacheError
        The file system of the store keeps no locks.
    """
    folder = Path(path).resolve().parent
    with _trying:
        device = os.stat(folder).st_dev
        if device not in _tried:
            _tried[device] = _keeps_locks(folder)
        if not _tried[device]:
            raise CacheError(
                f"the folder {folder} keeps no file locks (another process could write while this one did), so that "
                "answers would be paid for twice; nothing was paid; choose a file on a local disk with cache="
            )


def _keeps_locks(folder: Path) -> bool:
    """Try; True also where it cannot be tried: Windows always keeps them."""
    if os.name != "posix" or not sys.executable or getattr(sys, "frozen", False) or not os.access(folder, os.W_OK):
        return True
    probe = folder / f".{secrets.token_hex(8)}.locks"
    try:
        os.close(os.open(probe, os.O_CREAT | os.O_EXCL, 0o600))
        with contextlib.closing(_connect(probe)) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("BEGIN IMMEDIATE")
            return _another(probe) != "free"
    except (OSError, sqlite3.Error, subprocess.SubprocessError):
        return True
    finally:
        for leftover in folder.glob(f"{probe.name}*"):
            leftover.unlink(missing_ok=True)


def _connect(probe: Path) -> sqlite3.Connection:
    return sqlite3.connect(probe, isolation_level=None)


def _another(probe: Path) -> str:
    """Return what another process says of the lock: free, held, or nothing where it cannot tell."""
    command = [sys.executable, "-I", "-S", "-c", _ANOTHER, str(probe)]
    done = subprocess.run(command, capture_output=True, timeout=_TIMEOUT_S, check=False)  # noqa: S603
    return done.stdout.decode("ascii", "replace").strip()
