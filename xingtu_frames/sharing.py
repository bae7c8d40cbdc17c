"""Stores that are handed to a colleague: answers exported into a file, and merged from one. No token, no code runs."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from pathlib import Path

from .envelope import judge
from .errors import CacheError
from .store import Answer, Store


def export_store(store: Store, path: str | os.PathLike[str]) -> int:
    """Write every answer into a new store file, without the ledger, and return how many there are.

    The file appears whole or not at all, and an existing one is never replaced.

    Raises
    ------
    CacheError
        The file exists already or cannot be written, or a stored answer is damaged.
    """
    target = Path(path)
    if target.exists():
        raise CacheError(f"{target} exists already, and an export replaces nothing; name another file")
    if not target.parent.is_dir():
        raise CacheError(f"{target} cannot be written: the folder {target.parent} does not exist")
    spare = target.with_name(f".{secrets.token_hex(8)}.tmp")
    copied = Store(spare)
    try:
        count = copied.merge(store.every())
        copied.seal()
        copied.close()
        os.replace(spare, target)
    finally:
        copied.close()
        for leftover in target.parent.glob(f"{spare.name}*"):
            leftover.unlink()
    return count


def import_store(store: Store, path: str | os.PathLike[str]) -> tuple[int, int]:
    """Add every answer of another store file, or of a rescue file; return how many were new, and how many known.

    Raises
    ------
    CacheError
        The file is missing, no store of ours, or holds a damaged answer; then nothing was added.
    """
    source = Path(path)
    if not source.is_file() or not source.stat().st_size:
        raise CacheError(f"{source} is no store; give a file that `xingtu-frames cache export` wrote")
    with source.open("rb") as file:
        rescued = file.read(1) == b"{"
    if rescued:
        return store.merge([(_rescued(source), 200, True)]), 0
    other = Store(source, read_only=True)
    try:
        total = other.count()["answers"]
        new = store.merge(other.every())
    finally:
        other.close()
    return new, total - new


def _rescued(source: Path) -> Answer:
    """Return the answer of a file that `Store.rescue` wrote."""
    with contextlib.suppress(ValueError, TypeError, AttributeError):
        saved = json.loads(source.read_bytes())
        answer = Answer(**{**saved, "body": saved["body"].encode("utf-8", "surrogateescape")})
        if judge(answer.body).answered:
            return answer
    raise CacheError(f"{source} is neither a store nor a rescued answer of xingtu_frames, left untouched")
