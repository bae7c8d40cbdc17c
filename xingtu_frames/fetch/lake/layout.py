"""Where things stand in a lake, and whose they are.

::

    answers/endpoint=E/day=D/NAME.parquet    the exact answers that were fetched on a day, in UTC
    TABLE/day=D/NAME.parquet                 their rows in each table
    failures/endpoint=E/day=D/NAME.parquet   what a table cannot read of them, and why

Every file has the declared schema, also one without rows. That of the answers appears last and says whose it is.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sqlite3
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from ...errors import FileError, listed, must_be, quoted
from ...store.days import Tally
from ...tables.catalog import TABLES
from .files import make_folder, read_marks

ANSWERS, FAILURES = "answers", "failures"
_KNOWN = (ANSWERS, FAILURES, *TABLES)
FORMAT = 1
_NAME = re.compile(r"[^\W_][\w-]{0,99}")
_SUFFIX = ".parquet"
# Windows takes these for devices, whatever suffix follows.
_DEVICE = re.compile("(?:con|prn|aux|nul|(?:com|lpt)[0-9¹²³])", re.IGNORECASE)


class Marks(NamedTuple):
    """What the file of a day's answers says of itself: the store it is of, and what that held when it was written."""

    store: str
    tally: Tally

    def spelled(self) -> dict[str, str]:
        """Return the marks as a Parquet file keeps them."""
        return {"xingtu_frames": json.dumps({"format": FORMAT, "store": self.store, "tally": self.tally})}


def checked_name(name: object) -> str:
    """Return a name for the files of one store in a lake that several share."""
    if isinstance(name, str) and _NAME.fullmatch(name):
        if _DEVICE.fullmatch(name):
            raise must_be("name", 'a name that Windows allows as well, such as "shard0"', quoted(name))
        return name
    raise must_be("name", 'letters, digits, "-" and "_", such as "shard0"', quoted(name))


class DayFiles(NamedTuple):
    """Where the files of one name stand that hold an endpoint and a day."""

    folder: Path
    endpoint: str
    day: str
    name: str

    @property
    def answers(self) -> Path:
        """The exact answers."""
        return self._in(ANSWERS, f"endpoint={self.endpoint}")

    @property
    def failures(self) -> Path:
        """What a table cannot read of them."""
        return self._in(FAILURES, f"endpoint={self.endpoint}")

    def rows(self, table: str) -> Path:
        """Return the file of their rows in a table."""
        return self._in(table)

    def _in(self, *parts: str) -> Path:
        return self.folder.joinpath(*parts, f"day={self.day}", f"{self.name}{_SUFFIX}")


class Lake:
    """A folder, and the places in it.

    Parameters
    ----------
    folder
        The folder; it need not be there yet.
    """

    def __init__(self, folder: object) -> None:
        if not isinstance(folder, str | os.PathLike) or not str(folder) or "\0" in str(folder):
            raise must_be("folder", "text or a Path", quoted(folder))
        if "://" in str(folder):
            raise must_be("folder", "a folder of this machine", quoted(folder), "copy it elsewhere when it is written")
        self._written = str(folder)
        # Absolute, because pyarrow would take a folder "~" for the user's own.
        self.folder = Path(os.path.abspath(os.path.expanduser(folder)))

    def __str__(self) -> str:
        return self._written

    def day(self, endpoint: str, day: str, name: str) -> DayFiles:
        """Return the files of an endpoint and a day."""
        return DayFiles(self.folder, endpoint, day, name)

    def files(self, *parts: str) -> Iterator[tuple[str, Path]]:
        """Yield day and path of each file of a table, or of an endpoint's answers or failures, the oldest first.

        Raises
        ------
        FileError
            One is where no export puts a file, such as the copy of another: its rows would be there twice. Or a folder
            cannot be read.
        """
        for folder in _entries(self.folder.joinpath(*parts), "day="):
            for path in _entries(folder):
                if path.name[0] in "._" or not path.name.endswith(_SUFFIX):
                    continue
                day = folder.name.removeprefix("day=")
                if not (is_day(day) and _NAME.fullmatch(path.name.removesuffix(_SUFFIX))):
                    raise FileError(f"{path} is not where a lake has its files; move it out of the lake")
                yield day, path

    def endpoints(self, kind: str) -> list[str]:
        """Return the endpoints of which there are answers, or failures."""
        return [path.name.removeprefix("endpoint=") for path in _entries(self.folder / kind, "endpoint=")]

    def check(self) -> None:
        """Refuse a folder that is not a lake, or holds a table that nothing declares.

        Raises
        ------
        FileError
            It is, or does.
        """
        if not os.path.isdir(self.folder):
            raise FileError(f"there is no lake at {self}: xingtu-frames lake {self} writes one")
        self.check_tables()
        if not any(os.path.isdir(self.folder / known) for known in _KNOWN):
            raise FileError(f"{self} is not a lake of xingtu_frames: it has no folder {ANSWERS} and no table")

    def check_tables(self) -> None:
        """Refuse a folder that holds a table that nothing declares: it is not a lake, or one of a newer version.

        Raises
        ------
        FileError
            It does.
        """
        shown = [path for path in _entries(self.folder) if path.name[0] not in "._"]
        for path in shown:
            if path.name in _KNOWN and not os.path.isdir(path):
                raise FileError(f"{path} is a file where a lake has a folder: name a folder of its own for the lake")
        unknown = [path.name for path in shown if path.name not in _KNOWN and os.path.isdir(path)]
        if unknown:
            raise FileError(
                f"{self} holds {listed(unknown[:5])}, which this version of xingtu_frames does not declare: name a "
                "folder of its own for the lake, or upgrade xingtu_frames; nothing was written"
            )

    def check_name(self, name: str) -> None:
        """Refuse a name that is another's but for its case: Windows and macOS keep both in one file.

        Raises
        ------
        FileError
            It is.
        """
        patterns = (f"*/day=*/*{_SUFFIX}", f"*/endpoint=*/day=*/*{_SUFFIX}")
        held = {path.name.removesuffix(_SUFFIX) for pattern in patterns for path in self.folder.glob(pattern)}
        alike = sorted(one for one in held if one != name and _folded(one) == _folded(name))
        if alike:
            raise FileError(
                f"{self} holds files named {alike[0]!r}, which Windows and macOS do not tell from {name!r}: choose "
                f"that name for the same store, or one that differs in more than case (--name); nothing was written"
            )

    def marks(self, name: str) -> Mapping[tuple[str, str], Marks]:
        """Return whose the answers of each endpoint and day are, of the files of one name.

        Raises
        ------
        FileError
            A file is not whole, or of another version.
        """
        return {
            (endpoint, day): marks_of(path)
            for endpoint in self.endpoints(ANSWERS)
            for day, path in self.files(ANSWERS, f"endpoint={endpoint}")
            if path.name == f"{name}{_SUFFIX}"
        }

    def begin(self) -> None:
        """Make the folder a lake, which an empty one is not.

        Raises
        ------
        FileError
            It takes no folder.
        """
        make_folder(self.folder / ANSWERS)

    @contextlib.contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Keep others from writing files of that name meanwhile; whoever is killed keeps no one.

        Raises
        ------
        FileError
            Another process is writing them, or the folder takes no files.
        """
        problem = ""
        make_folder(self.folder)
        try:
            lock = sqlite3.connect(self.folder / f".{name}.lock", timeout=0, isolation_level=None)
        except sqlite3.Error as error:
            problem = f"cannot write to {self}: {error}; choose another folder"
        if problem:
            raise FileError(problem)
        with contextlib.closing(lock):
            try:
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.Error as error:
                held = "locked" in str(error)
                problem = f"another process is writing {name!r} into it" if held else str(error)
            if problem:
                raise FileError(f"cannot write to {self}: {problem}; try again later, or choose another folder")
            yield


def _entries(folder: Path, prefix: str = "") -> list[Path]:
    """Return what is in a folder, in order; nothing where there is none.

    Raises
    ------
    FileError
        It cannot be read: that is not the same as an empty one, which is what pathlib's `glob` takes it for.
    """
    problem = ""
    try:
        return sorted(path for path in folder.iterdir() if path.name.startswith(prefix))
    except FileNotFoundError:
        return []
    except OSError as error:
        problem = f"cannot read {folder}: {error.strerror or error}; ask its owner, or move it out of the lake"
    raise FileError(problem)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def marks_of(path: Path) -> Marks:
    """Return what a file of answers says of itself.

    Raises
    ------
    FileError
        It is not whole, is not ours, or is of a newer version.
    """
    found = read_marks(path).get("xingtu_frames", "")
    with contextlib.suppress(ValueError, TypeError, KeyError):
        marks = json.loads(found)
        if marks["format"] == FORMAT:
            return Marks(str(marks["store"]), Tally(*marks["tally"]))
        raise FileError(
            f"{path} has format {marks['format']}, this version of xingtu_frames knows {FORMAT}; upgrade "
            "xingtu_frames, or choose another folder; nothing was written"
        )
    raise FileError(f"{path} is not a file of xingtu_frames, left untouched; choose another folder, or another name")


def is_day(text: str) -> bool:
    """Return whether a text names a day; a damaged file may hold anything for one."""
    with contextlib.suppress(ValueError, TypeError):
        return date.fromisoformat(text).isoformat() == text
    return False
