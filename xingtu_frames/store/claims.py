"""Who is asking what right now: leases on questions, so that no two processes pay for the same answer.

A claim is a row that its owner renews while it asks. Whoever waits for it watches the row, by a clock of its own: one
that was not renewed for `LEASE_S` has lapsed and may be taken. No process id, host name or wall clock is believed:
containers share host names, ids are used again, and clocks jump.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import NamedTuple

from ..errors import CacheError
from .pool import Connection, Pool

LEASE_S = 8.0
"""Seconds without renewal after which a claim has lapsed."""
_RENEWED_EVERY_S = 1.5
_LONGEST_STEP_S = 1.0
_LONGEST_KEY = 600


class ClaimLostError(CacheError):
    """Another process took the question over while this one was stopped; nothing was sent."""


class Claim(NamedTuple):
    """One claim as it stands in the store."""

    owner: str
    until: str


class Claims:
    """The claims of this process on the questions of one store."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._lock = threading.Lock()
        self._held: dict[str, str] = {}
        self._renewing: threading.Event | None = None
        _all.add(self)
        self._born()

    def _born(self) -> None:
        self._process = secrets.token_hex(12)
        self._number = count()

    def forked(self) -> None:
        """After a fork, in the child: hold nothing."""
        self._lock, self._held, self._renewing = threading.Lock(), {}, None
        self._born()

    def new_owner(self) -> str:
        """Return a name for one claimant."""
        return f"{self._process}/{next(self._number)}"

    def claim(self, key: str, owner: str, lapsed: Claim | None = None) -> Claim | None:
        """Claim a question, or prolong one's own claim.

        Parameters
        ----------
        key, owner
            What is claimed, and by whom.
        lapsed
            A claim that the caller has watched for long enough to take it.

        Returns
        -------
        None when it is claimed now, else the claim of whoever holds it.
        """
        started, asked = time.monotonic(), _short(key)
        # Before it is written: another thread that saw the row first would take it for one left behind.
        self._hold(owner, key)

        def work(db: Connection) -> Claim | None:
            holder = _holder(db.execute(_HOLDER, (asked,)).fetchall())
            # While the file was held, the holder could not renew either.
            taken = lapsed if time.monotonic() - started < _LONGEST_STEP_S else None
            if holder is not None and holder.owner != owner and holder != taken and not self._is_dropped(holder.owner):
                return holder
            # Where another transaction has written it meanwhile, it is that one's.
            held = db.execute(_CLAIM, (asked, owner, _until(), *(holder or ("", "")))).rowcount == 1
            return None if held else _holder(db.execute(_HOLDER, (asked,)).fetchall()) or Claim("", "")

        try:
            # A request is written into the ledger before it is sent, which is lasting.
            holder = self._pool.write(work, lasting=False)
        except BaseException:
            self._drop(owner)
            raise
        if holder is not None:
            self._drop(owner)
        return holder

    def holder(self, key: str) -> Claim | None:
        """Return who holds a question, without waiting for a write lock."""
        return self._pool.read(lambda read: _holder(read(_HOLDER, (_short(key),))))

    def is_held(self, db: Connection, key: str, owner: str) -> bool:
        """Prolong a claim inside the caller's transaction; False where it was lost while this process was stopped."""
        return db.execute(_PROLONG, (_until(), _short(key), owner)).rowcount == 1

    def is_lost(self, db: Connection, key: str | None, owner: str | None) -> bool:
        """Return, inside the caller's transaction, whether there was a claim that is not its owner's any more."""
        if key is None or owner is None:
            return False
        holder = _holder(db.execute(_HOLDER, (_short(key),)).fetchall())
        return holder is None or holder.owner != owner

    def still_holds(self, key: str, owner: str) -> bool:
        """Return whether a claim is still its owner's; takes no lock, and says yes where it cannot tell."""
        with contextlib.suppress(CacheError):
            holder = self.holder(key)
            return holder is not None and holder.owner == owner
        return True

    def release(self, key: str, owner: str) -> None:
        """Give a claim back."""
        # First, because a claim that the file will not give up now has no owner all the same.
        self._drop(owner)
        self._pool.write(lambda db: db.execute(_RELEASE, (_short(key), owner)), lasting=False)

    def _drop(self, owner: str) -> None:
        with self._lock:
            self._held.pop(owner, None)

    def _is_dropped(self, owner: str) -> bool:
        """Return whether a claim of this very process was given back, though the file could not be written then."""
        return owner.startswith(f"{self._process}/") and owner not in self._held

    def _hold(self, owner: str, key: str) -> None:
        with self._lock:
            self._held[owner] = key
            if self._renewing is not None:
                return
            end = threading.Event()
            # A thread that cannot start costs this renewal, not the question.
            with contextlib.suppress(RuntimeError):
                threading.Thread(target=_renew, args=(weakref.ref(self), end), daemon=True).start()
                self._renewing = end

    def renew(self) -> bool:
        """Prolong every claim that is held; return False when there is none, and renewing ends."""
        with self._lock:
            held = dict(self._held)
            if not held:
                self._renewing = None
                return False
        values = {"until": _until(), "listed": json.dumps(list(held))}
        with contextlib.suppress(CacheError):
            self._pool.write(
                lambda db: db.execute(_RENEW.format(listed=self._pool.listed), values), urgent=True, lasting=False
            )
        return True


_HOLDER = "SELECT owner, until FROM claims WHERE key = ?"
_CLAIM = """
INSERT INTO claims (key, owner, until) VALUES (?, ?, ?)
ON CONFLICT (key) DO UPDATE SET owner = excluded.owner, until = excluded.until
WHERE claims.owner = ? AND claims.until = ?
"""
_PROLONG = "UPDATE claims SET until = ? WHERE key = ? AND owner = ?"
_RENEW = "UPDATE claims SET until = :until WHERE owner IN (SELECT asked.value FROM {listed})"
_RELEASE = "DELETE FROM claims WHERE key = ? AND owner = ?"
_renewals = count()
_all: weakref.WeakSet[Claims] = weakref.WeakSet()


def _short(key: str) -> str:
    """Return a question as its claim names it: the index of a server takes no long text."""
    return key if len(key) <= _LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()


def _holder(rows: Sequence[Sequence[str]]) -> Claim | None:
    return Claim(*rows[0]) if rows else None


def _renew(claims: weakref.ref[Claims], end: threading.Event) -> None:
    while not end.wait(_RENEWED_EVERY_S):
        present = claims()
        if present is None or not present.renew():
            return
        del present


def _until() -> str:
    """Return the time that a claim shows to whoever looks at the file, never the same twice: the change counts."""
    lapses = datetime.now(UTC) + timedelta(seconds=LEASE_S)
    return f"{lapses.isoformat(timespec='microseconds')} {next(_renewals)}"


def _after_fork_in_child() -> None:
    for claims in _all:
        claims.forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)


class Watch:
    """Watches the claim of another process until it is given back or has lapsed.

    Time counts in small steps only, so that a machine that slept does not find every claim lapsed when it wakes.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: Claim | None = None
        self._unchanged_s = 0.0
        self._looked = 0.0
        self.waited_s = 0.0

    def start_again(self) -> None:
        """Watch for a whole lease again."""
        self._seen = None

    def has_lapsed(self, holder: Claim) -> bool:
        """Look at a claim; return whether it has not been renewed for as long as a lease lasts."""
        moment = self._clock()
        step = min(moment - self._looked, _LONGEST_STEP_S) if self._seen else 0.0
        self._looked = moment
        self.waited_s += step
        self._unchanged_s = self._unchanged_s + step if holder == self._seen else 0.0
        self._seen = holder
        return self._unchanged_s >= LEASE_S
