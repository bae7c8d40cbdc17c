"""Files appear whole or not at all, and one that cannot be read is one error that says why."""

from __future__ import annotations

import datetime as dt
import errno
import os
import secrets
import shutil
import stat
from collections.abc import Collection
from pathlib import Path
from typing import IO

from ..errors import FileError, ParameterError, a_kind, must_be
from .kinds import HEAD, refuse_other_kinds

CREATED = dt.datetime(2000, 1, 1)
"""When a file says that it was made: the same content has the same bytes."""
_UTF32_MARKS = (b"\xff\xfe\0\0", b"\0\0\xfe\xff")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_WRITERS = {".csv": "write_csv", ".xlsx": "write_excel", ".pptx": "write_pptx"}
_ADVICE = (
    (FileNotFoundError, "create the folder first"),
    (IsADirectoryError, "name a file"),
    (PermissionError, "close the file where it is open, or choose another folder"),
    (OSError, "free some space, or choose another path"),
    (ValueError, "choose another path"),
)


def check_target(path: object, written: object, call: str, endings: Collection[str], *, only: bool) -> None:
    """Raise `ParameterError` where path and what is written are swapped, or the path promises another kind of file.

    ``endings`` are those that the path must have, or must not have.
    """
    if not isinstance(path, str | os.PathLike):
        is_swapped = isinstance(written, str | os.PathLike)
        kind = type(path).__name__
        hint = (
            f"these two are swapped, a {kind} came last" if is_swapped else f"give the path as text or Path, not {kind}"
        )
        raise ParameterError(f"{call}: {'the path comes last; ' if is_swapped else ''}{hint}")
    ending = Path(path).suffix.lower()
    if (ending in endings) is not only:
        kinds = f"must end in {' or '.join(endings)}" if only else "promises another kind of file than CSV"
        own = ending if ending in _WRITERS else ".csv"
        other = f"use {_WRITERS[own]} for {own}" if only else "end it in .csv, or use write_excel for .xlsx"
        raise ParameterError(f"{call}: {os.fspath(path)!r} {kinds}; {other}")


def write_whole(path: str | os.PathLike[str], data: bytes) -> Path:
    """Put a complete file in place; whatever fails, the old file stays and nothing else is left."""
    target = Path(path)
    try:
        # A link keeps pointing to the file: what it points to is replaced, not the link.
        _replace(Path(os.path.realpath(target)), data)
    except (OSError, ValueError) as error:
        raise FileError(f"cannot write {target}: {_why(error)}; {_advice(error)}") from None
    return target


def _replace(target: Path, data: bytes) -> None:
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    if target.exists() and not target.is_file():
        raise OSError(errno.EINVAL, "it is not a regular file")
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "it is read-only")
    # In the same folder, because a rename is whole only within one file system.
    spare = target.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with spare.open("xb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        if target.exists():
            shutil.copymode(target, spare)
        os.replace(spare, target)
    finally:
        spare.unlink(missing_ok=True)


def read_whole(path: str | os.PathLike[str], most: int | None = None) -> bytes:
    """Return the bytes of a file that has some, and no more than ``most``."""
    with opened(path, most) as handle:
        data = handle.read()
    if not data.strip():
        raise FileError(f"cannot read {path}: the file is empty; check the path, or save the file again")
    return data


def opened(path: str | os.PathLike[str], most: int | None = None) -> IO[bytes]:
    """Return a file, open for reading; a folder, a pipe or one larger than ``most`` is refused."""
    try:
        found = os.stat(path)
        # A pipe or a device may never end.
        if not stat.S_ISREG(found.st_mode):
            what = "it is a folder" if stat.S_ISDIR(found.st_mode) else "it is not a regular file"
            raise OSError(errno.EINVAL, what)
        handle = Path(path).open("rb")  # noqa: SIM115 - the caller closes it
    except (TypeError, OverflowError):
        raise must_be("the path", "text or a Path", a_kind(path)) from None
    except (OSError, ValueError) as error:
        raise FileError(f"cannot read {path}: {_why(error)}; check the path") from None
    if most is not None and found.st_size > most:
        handle.close()
        sizes = f"{found.st_size / 1e6:,.0f} MB are more than the {most / 1e6:,.0f} MB that a list of creators may have"
        raise FileError(f"cannot read {path}: {sizes}; leave out what is not needed")
    return handle


def decoded(data: bytes, path: str | os.PathLike[str]) -> str:
    """Return the text that bytes stand for: UTF-8, UTF-16, or what Chinese Windows saves."""
    refuse_other_kinds(data, path)
    for encoding in _encodings(data):
        try:
            return data.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
    raise FileError(f"cannot read {path}: not UTF-8, UTF-16 or GB18030 text; save it as CSV UTF-8 or as .xlsx")


def _encodings(data: bytes) -> tuple[str, ...]:
    if data.startswith(_UTF32_MARKS):
        return ("utf-32",)
    if data.startswith(_UTF16_MARKS):
        return ("utf-16",)
    if data.startswith(b"\xef\xbb\xbf"):
        return ("utf-8-sig",)
    # Digits and commas have a NUL on one side in UTF-16, and on none in any other encoding.
    first, second = data[:HEAD:2].count(0), data[1:HEAD:2].count(0)
    if 8 * max(first, second) > len(data[:HEAD]) and not min(first, second):
        return ("utf-16-le" if second else "utf-16-be", "utf-8")
    return ("utf-8", "gb18030")


def _why(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _advice(error: Exception) -> str:
    return next(advice for kind, advice in _ADVICE if isinstance(error, kind))
