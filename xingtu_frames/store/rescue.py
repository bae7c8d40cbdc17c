"""Answers that were paid for and that the store could not take: each in a file of its own, until the store takes it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from platformdirs import user_cache_path

from ..errors import BILLED, CacheError
from ..tables.read import INT64
from .answer import Answer, Recorded

_PREFIX = "xingtu-rescued-"
_LARGEST = 256 * 1024 * 1024
_SETTLED_NS = 2_000_000_000
_NOW_AND_THEN_S = 2.0


class Rescued(NamedTuple):
    """An answer of a rescue file, and what the ledger is still to be told of its request."""

    recorded: Recorded
    outcome: Mapping[str, object]


class Shelter:
    """Where the rescued answers of one store lie: beside it, or where there is room when there is none.

    Parameters
    ----------
    mark
        What tells the store from others where nothing lies beside it.
    beside
        What they lie beside, if anything.
    """

    def __init__(self, mark: str, beside: Path | None) -> None:
        first = {} if beside is None else {beside.parent: f"{_PREFIX}{beside.name}-"}
        mark = hashlib.sha256(os.fsencode(beside or mark)).hexdigest()[:16]
        self._names = {**dict.fromkeys(_elsewhere(), f"{_PREFIX}{mark}-"), **first}
        self._order = [*first, *(folder for folder in self._names if folder not in first)]
        self._looked: dict[Path, int] = {}
        self._again: dict[Path, float] = {}
        self._refused: set[Path] = set()

    def save(self, answer: Answer, outcome: Mapping[str, object]) -> Path:
        """Write an answer into a private file of its own and return its path.

        Raises
        ------
        CacheError
            No folder takes it.
        """
        saved = {**answer._asdict(), "body": answer.body.decode("utf-8", "surrogateescape"), "outcome": dict(outcome)}
        text = json.dumps(saved).encode()
        for folder in self._order:
            path = _written(text, folder, self._names[folder])
            if path is not None:
                return path
        raise CacheError(f"no folder takes the paid answer to {answer.key}")

    def waiting(self) -> Iterator[Path]:
        """Yield the files that wait to be taken in; looks into a folder again only after it has changed.

        Folders that other programs change all the time are looked into now and then: what lies there waits for a disk
        that is full.
        """
        moment = time.monotonic()
        for folder, prefix in self._names.items():
            if folder != self._order[0] and moment < self._again.get(folder, moment):
                continue
            self._again[folder] = moment + _NOW_AND_THEN_S
            with contextlib.suppress(OSError):
                changed = folder.stat().st_mtime_ns
                if self._looked.get(folder) == changed:
                    continue
                present = sorted(self._candidates(folder, prefix))
                yield from present
                if time.time_ns() - changed > _SETTLED_NS:
                    self._looked[folder] = changed

    def _candidates(self, folder: Path, prefix: str) -> Iterator[Path]:
        for name in os.listdir(folder):
            if name.startswith(prefix) and name.endswith(".json"):
                path = folder / name
                if path not in self._refused and _is_own(path):
                    yield path

    def refuse(self, path: Path) -> None:
        """Leave a file alone from now on: it is not what it seems."""
        self._refused.add(path)

    def forget_looks(self) -> None:
        """Look into every folder again: a file that lies there was not taken in."""
        self._looked.clear()
        self._again.clear()


def _elsewhere() -> list[Path]:
    """Return the folders that take what finds no room beside its store."""
    folders = [user_cache_path("xingtu_frames")]
    # On a full disk there is no folder for temporary files either.
    with contextlib.suppress(OSError):
        folders.append(Path(tempfile.gettempdir()))
    return folders


def _written(text: bytes, folder: Path, prefix: str) -> Path | None:
    """Return a new private file with the text, or None where there is no room for it."""
    name = ""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=prefix, suffix=".part", dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        # Whoever looks for rescued answers never sees half a one.
        os.replace(name, name.removesuffix(".part") + ".json")
    except OSError:
        if name:
            Path(name).unlink(missing_ok=True)
        return None
    return Path(name.removesuffix(".part") + ".json")


def read_rescued(path: Path) -> Rescued:
    """Return the answer of a file that `Shelter.save` wrote.

    Raises
    ------
    CacheError
        It is not such a file.
    """
    with contextlib.suppress(ValueError, TypeError, AttributeError, KeyError, OSError, RecursionError):
        if path.stat().st_size <= _LARGEST:
            saved = json.loads(path.read_bytes())
            outcome = saved.pop("outcome", {})
            answer = Answer(**{**saved, "body": saved["body"].encode("utf-8", "surrogateescape")})
            if _is_answer(answer) and _is_outcome(outcome):
                return Rescued(Recorded(answer, int(outcome.get("http_status") or 200), served=True), outcome)
    raise CacheError(f"{path} is neither a store nor a rescued answer of xingtu_frames, left untouched")


def _is_own(path: Path) -> bool:
    """Return whether this is a file of the user: a folder for temporary files takes any user's, links and pipes too."""
    with contextlib.suppress(OSError):
        found = path.lstat()
        return stat.S_ISREG(found.st_mode) and (not hasattr(os, "getuid") or found.st_uid == os.getuid())
    return False


def _is_answer(answer: Answer) -> bool:
    *texts, kol_id = (answer.key, answer.endpoint, answer.params, answer.fetched_at, answer.kol_id)
    return all(isinstance(text, str) for text in texts) and isinstance(kol_id, str | None)


def _is_outcome(outcome: object) -> bool:
    """Return whether this is what `Shelter.save` was told of a request, if anything."""
    if not isinstance(outcome, dict):
        return False
    numbers = all(_fits(outcome.get(name)) for name in ("id", "http_status", "code", "elapsed_s"))
    error = outcome.get("error")
    # Half a character would be refused by the store.
    text = error is None or (isinstance(error, str) and error.isprintable())
    return numbers and text and outcome.get("billed", "yes") in BILLED


def _fits(number: object) -> bool:
    """Return whether this is a number that the store takes, or none."""
    return number is None or (isinstance(number, int | float) and not isinstance(number, bool) and abs(number) < INT64)
