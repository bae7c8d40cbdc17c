"""The format of the store's file: its tables, how a new file comes into being, and whether a file is our store.

No function here opens the database file itself: POSIX drops every lock that a process holds on a file as soon as the
process closes any descriptor of it, so only SQLite may have one. What SQLite cannot tell is asked with ``stat``.
"""

from __future__ import annotations

import contextlib
import glob
import os
import secrets
import sqlite3
import stat
import time
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from ..errors import CacheError
from .pool import DamagedError, NotOursError

APPLICATION_ID = 0x58465231
_SMALLEST = 512
_EMPTY_FOR_S = 1.0
_FORMAT_1 = """
CREATE TABLE answers (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    kol_id TEXT,
    params TEXT NOT NULL,
    fetched_at TEXT NOT NULL,
    http_status INTEGER NOT NULL,
    served INTEGER NOT NULL,
    body BLOB NOT NULL,
    checksum TEXT NOT NULL
);
CREATE INDEX answers_latest ON answers (key, served, fetched_at, id);
CREATE TABLE requests (
    id INTEGER PRIMARY KEY,
    sent_at TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    kol_id TEXT,
    http_status INTEGER,
    code INTEGER,
    billed TEXT NOT NULL DEFAULT 'unknown',
    elapsed_s REAL,
    error TEXT
);
CREATE TABLE claims (key TEXT PRIMARY KEY, owner TEXT NOT NULL, until TEXT NOT NULL);
"""
# The index is a second way to every answer, so that a miss need not be believed to one index alone, and the way to
# the history of a creator or a video. The pace is one row: when the next request of all processes may be sent.
_FORMAT_2 = """
ALTER TABLE answers ADD COLUMN item_id TEXT;
ALTER TABLE requests ADD COLUMN item_id TEXT;
ALTER TABLE requests ADD COLUMN key TEXT;
CREATE INDEX answers_by_subject ON answers (endpoint, kol_id, item_id, params);
UPDATE answers SET item_id = coalesce(json_extract(params, '$.itemId'), json_extract(params, '$.detailId'))
WHERE endpoint IN ('item_report_detail', 'item_report_th_analysis', 'item_report_trend', 'get-video-detail')
AND kol_id IS NULL AND json_valid(params);
CREATE TABLE pace (id INTEGER PRIMARY KEY CHECK (id = 1), next REAL NOT NULL);
INSERT INTO pace VALUES (1, 0)
"""
# The way to the answers of a day, and what tells this store from others in the lakes that it is exported to.
_FORMAT_3 = """
CREATE INDEX answers_by_day ON answers (endpoint, served, fetched_at);
CREATE TABLE identity (id TEXT NOT NULL);
INSERT INTO identity VALUES (lower(hex(randomblob(16))))
"""
# The budget is one row as well: what may be spent in a month or a day, and what was.
_FORMAT_4 = """
ALTER TABLE requests ADD COLUMN asked_by TEXT;
CREATE TABLE budget (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    most INTEGER,
    spent INTEGER NOT NULL,
    period TEXT NOT NULL,
    since TEXT NOT NULL
);
INSERT INTO budget VALUES (1, NULL, 0, 'month', '')
"""
# What tells how many answers and requests there are: no other index is as small, and because no column is in these, no
# other query is led to them and then to each row. The third tells what was spent where no budget keeps count.
_FORMAT_5 = """
CREATE INDEX answers_counted ON answers ((1));
CREATE INDEX requests_counted ON requests ((1));
CREATE INDEX requests_charged ON requests (sent_at) WHERE billed <> 'no'
"""
STEPS: Sequence[str] = (_FORMAT_1, _FORMAT_2, _FORMAT_3, _FORMAT_4, _FORMAT_5)
"""What makes each format from the one before, in order; a released step is never changed, a new format adds one."""
_FORMAT_1_AS_2 = """
CREATE TEMP VIEW answers AS SELECT *, CASE WHEN kol_id IS NULL AND json_valid(params)
THEN coalesce(json_extract(params, '$.itemId'), json_extract(params, '$.detailId')) END AS item_id FROM main.answers
"""
_FORMAT_2_AS_3 = "CREATE TEMP VIEW identity AS SELECT '' AS id"
_FORMAT_3_AS_4 = """
CREATE TEMP VIEW requests AS SELECT *, NULL AS asked_by FROM main.requests;
CREATE TEMP VIEW budget AS SELECT 1 AS id, NULL AS most, 0 AS spent, 'month' AS period, '' AS since
"""
# An older file is only slower to count.
_FORMAT_4_AS_5 = ""
_AS_READ: Sequence[str] = (_FORMAT_1_AS_2, _FORMAT_2_AS_3, _FORMAT_3_AS_4, _FORMAT_4_AS_5)
"""What shows a file of each format, the first one first, to who may not bring it up to date and only reads."""


def check_file(path: str) -> None:
    """Refuse what cannot be a store by its kind or size alone.

    Raises
    ------
    CacheError
        It is not a file, it is empty, or too short for SQLite, which takes the shortest ones for an empty database.
    FileNotFoundError
        There is nothing at the path.
    """
    found = os.stat(path)
    until = time.monotonic() + _EMPTY_FOR_S
    # Where files have no second name, a file is empty for a moment while another process makes it.
    while stat.S_ISREG(found.st_mode) and found.st_size == 0 and time.monotonic() < until:
        time.sleep(0.05)
        found = os.stat(path)
    if not stat.S_ISREG(found.st_mode):
        raise CacheError(f"{path} cannot be opened: it is not a file; left untouched; choose another path with cache=")
    if found.st_size == 0:
        raise CacheError(
            f"{path} is an empty file, not a cache of xingtu_frames, left untouched; delete it, or choose another "
            "path with cache="
        )
    if found.st_size < _SMALLEST:
        raise not_ours(path)


def not_ours(path: str) -> NotOursError:
    """Return the error for a file that is not a store."""
    return NotOursError(f"{path} is not a cache of xingtu_frames, left untouched; choose another file with cache=")


def read_only(path: str) -> CacheError:
    """Return the error for a file that takes nothing."""
    return CacheError(f"the cache {path} is read-only; nothing was paid; choose another file with cache=")


def cache_error(path: str, error: Exception) -> CacheError:
    """Return the error for what SQLite says of a file."""
    text = str(error)
    if "not a database" in text:
        return not_ours(path)
    if "locked" in text or "busy" in text:
        return CacheError(f"the cache {path} is held by another process; nothing was paid; try again when it is done")
    if "readonly" in text:
        return read_only(path)
    if "malformed" in text or isinstance(error, UnicodeDecodeError):
        return DamagedError(path, text)
    return CacheError(f"the cache {path} cannot be used: {text}")


def create(path: str) -> None:
    """Make a new store at a path where there is none; another process may make it at the same time.

    It is made under another name and then put in place whole, so that no process ever opens half a store, and no
    crash leaves one.
    """
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    _refuse_orphaned_log(str(target))
    spare = target.with_name(f".{target.name}.{secrets.token_hex(8)}.new")
    try:
        _make(str(spare))
        with contextlib.suppress(FileExistsError):
            _put_in_place(spare, target)
    finally:
        for leftover in target.parent.glob(f"{glob.escape(spare.name)}*"):
            leftover.unlink(missing_ok=True)


def _refuse_orphaned_log(path: str) -> None:
    """Refuse to lay a new file beside the log of one that is gone: SQLite would read the log into it."""
    with contextlib.suppress(FileNotFoundError):
        if os.stat(f"{path}-wal").st_size:
            raise CacheError(
                f"{path} is gone, but its log {path}-wal is still there and may hold paid answers: put the file back "
                "beside it, or move the log away, or choose another path with cache="
            )


def _make(path: str) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("BEGIN IMMEDIATE")
        apply_steps(db)
        db.execute("COMMIT")


def _put_in_place(spare: Path, target: Path) -> None:
    """Give a whole file its name; raise `FileExistsError` where another process was faster."""
    if os.name == "nt":
        os.rename(spare, target)
        return
    try:
        os.link(spare, target)
    except FileExistsError:
        raise
    except OSError:
        # A file system without second names: reserve the name, and only then replace what is ours and empty.
        os.close(os.open(target, os.O_CREAT | os.O_EXCL, 0o600))
        os.replace(spare, target)


def seal(path: str) -> None:
    """Leave the write-ahead log, so that a store out of use is one file that can be handed on."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = DELETE")


def apply_steps(db: sqlite3.Connection) -> None:
    """Bring a file up to date, inside a transaction of the caller."""
    for step in STEPS[_version(db) :]:
        for statement in step.split(";"):
            db.execute(statement)
    db.execute(f"PRAGMA user_version = {len(STEPS)}")
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def adopt(db: sqlite3.Connection, path: str, *, read_only: bool) -> None:
    """Check that a file is ours, of a version we know, and holds nothing that runs; bring an older one up to date.

    Raises
    ------
    CacheError
        It is not; the file is left untouched.
    """
    # One transaction: the readings are of one moment, while another process may be changing the file.
    db.execute("BEGIN")
    try:
        mark = db.execute("PRAGMA application_id").fetchone()[0]
        version = _version(db)
        objects = _objects(db)
    finally:
        db.execute("COMMIT")
    if mark != APPLICATION_ID:
        raise CacheError(
            f"{path} is an SQLite file of another program, left untouched; choose another file with cache="
        )
    check_version(version, path)
    _check_objects(objects, version, path)
    if version == len(STEPS) or read_only:
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        apply_steps(db)
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def show_as_newest(db: sqlite3.Connection) -> None:
    """Let a connection that only reads see an older file as one that is up to date."""
    for views in _AS_READ[_version(db) - 1 :]:
        for view in views.split(";"):
            db.execute(view)


def check_version(version: int, path: str) -> None:
    """Refuse a file of a version of this package that is newer than the one that runs.

    Raises
    ------
    CacheError
        It is.
    """
    if version > len(STEPS):
        raise CacheError(
            f"the cache file {path} has format {version}, this version of xingtu_frames knows {len(STEPS)}; "
            "upgrade xingtu_frames, or choose another file with cache="
        )


def _objects(db: sqlite3.Connection) -> dict[tuple[str, str], tuple[str, str]]:
    """Return table and statement of everything that a file declares, by kind and name."""
    rows = db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    return {(kind, name): (table, sql) for kind, name, table, sql in rows if sql is not None}


@lru_cache
def _declared(steps: tuple[str, ...]) -> Mapping[tuple[str, str], tuple[str, str]]:
    """Return what a file of that format declares."""
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        for step in steps:
            for statement in step.split(";"):
                db.execute(statement)
        return _objects(db)


def _check_objects(objects: Mapping[tuple[str, str], tuple[str, str]], version: int, path: str) -> None:
    """Refuse a file whose tables are not ours to the letter, or where something runs when they are used."""
    declared = _declared(tuple(STEPS[:version]))
    ours = {name for kind, name in declared if kind == "table"}
    for (kind, name), (table, sql) in objects.items():
        expected = declared.get((kind, name))
        runs = kind == "trigger" or (table in ours and kind != "table")
        if expected != (table, sql) and (runs or name in ours):
            raise CacheError(
                f"{path} is not a cache as xingtu_frames makes it: its {kind} {name!r} does not belong there; left "
                "untouched; choose another file with cache="
            )
    missing = [name for kind, name in declared if (kind, name) not in objects]
    if missing:
        raise CacheError(
            f"{path} is not a cache as xingtu_frames makes it: {', '.join(missing)} is missing; left untouched; "
            "choose another file with cache="
        )
