"""Locks after a fork: one that another thread held at that moment would be held in the child for ever."""

from __future__ import annotations

import os
import threading
import weakref

_locks: weakref.WeakKeyDictionary[object, set[str]] = weakref.WeakKeyDictionary()


def new_lock_in_child(owner: object, name: str) -> None:
    """Give an object or a module a new lock of that name in every child that this process forks.

    Parameters
    ----------
    owner
        Whose lock it is; it is not kept alive.
    name
        The attribute.
    """
    _locks.setdefault(owner, set()).add(name)


def _after_fork_in_child() -> None:
    for owner, names in list(_locks.items()):
        for name in names:
            setattr(owner, name, threading.Lock())


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
