"""Files appear whole or not at all, and one that cannot be read is one error that says why."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from pathlib import Path

from ..errors import FileError

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_ADVICE = (
    (FileNotFoundError, "create the folder first"),
    (IsADirectoryError, "name a file"),
    (PermissionError, "close the file where it is open, or choose another folder"),
    (OSError, "free some space, or choose another path"),
    (ValueError, "choose another path"),
)


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
        raise OSError(errno.EINVAL, "it is no regular file")
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "it is read-only")
    # In the same folder, for a rename is whole only within one file system.
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


def read_whole(path: str | os.PathLike[str]) -> bytes:
    """Return the bytes of a file that has some."""
    try:
        data = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise FileError(f"cannot read {path}: {_why(error)}; check the path") from None
    if not data.strip():
        raise FileError(f"cannot read {path}: the file is empty; check the path, or save the file again")
    return data


def decoded(data: bytes, path: str | os.PathLike[str]) -> str:
    """Return the text that bytes stand for: UTF-16 with a mark, UTF-8, or what Chinese Windows saves."""
    encodings = ("utf-16",) if data.startswith(_UTF16_MARKS) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileError(f"cannot read {path}: not UTF-8, UTF-16 or GB18030 text; save it as CSV UTF-8 or as .xlsx")


def _why(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _advice(error: Exception) -> str:
    return next(advice for kind, advice in _ADVICE if isinstance(error, kind))
