"""What a process of the tests can have of another system: `pretend` first, then import the package.

Windows has no `fcntl` and nothing else of POSIX alone, and deletes, renames or replaces no file that is open. Neither
Windows nor macOS has `/proc` or locks that belong to a descriptor.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

POSIX_ONLY = ("fork", "forkpty", "register_at_fork", "getuid", "geteuid", "getpgid", "fchmod", "chown", "O_NOFOLLOW")
_listdir, _readlink, _realpath = os.listdir, os.readlink, os.path.realpath


class _Windows(ModuleType):
    """The module `os`, of a system by that name: `pathlib` would take it at its word, so only our modules see it."""

    name = "nt"

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)


def is_open(path: Any) -> bool:
    """Return whether this process has the file open."""
    place = _realpath(path)
    for descriptor in _listdir("/proc/self/fd"):
        try:
            if _readlink(f"/proc/self/fd/{descriptor}") == place:
                return True
        except OSError:
            continue
    return False


def _refusing(call: Callable[..., Any]) -> Callable[..., Any]:
    def refuse(*paths: Any, **options: Any) -> Any:
        for path in paths:
            if is_open(path):
                raise PermissionError(errno.EACCES, "The process cannot access the file: it is in use", os.fspath(path))
        return call(*paths, **options)

    return refuse


def pretend(system: str) -> None:
    """Make this process look like one on that system, as far as the package can see."""
    if system == "windows":
        _without_posix()
    else:
        import fcntl

        del fcntl.F_OFD_SETLK
    from xingtu_frames.store import sqlite_anchor, sqlite_format, sqlite_locks

    sqlite_anchor._DESCRIPTORS = "/nowhere"
    if system == "windows":
        for module in (sqlite_format, sqlite_locks):
            module.os = _Windows("os")


def _without_posix() -> None:
    import platformdirs  # noqa: F401 - it is loaded before, because it looks at the system that is there

    for name in POSIX_ONLY:
        if hasattr(os, name):
            delattr(os, name)
    for name in ("fcntl", "pwd", "grp", "termios", "resource"):
        sys.modules[name] = None
    for name in ("replace", "rename", "remove", "unlink"):
        setattr(os, name, _refusing(getattr(os, name)))
