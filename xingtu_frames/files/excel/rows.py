"""The cells of any workbook as plain values, each sheet as rows with their numbers."""

from __future__ import annotations

import lzma
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pyexpat import ExpatError

from ...errors import FileError, XingtuError
from ..kinds import WORKBOOK, refuse_other_kinds
from ..whole import opened
from .cells import Rows, Sheet, SheetHandler, without_blanks
from .parts import Parts, SheetPart
from .zip import FRAMES, Bounds, Package

# What a damaged zip or XML raises, and cells that name what is not there.
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ExpatError),
    *(LookupError, ValueError, ArithmeticError, NotImplementedError),
)
_HEAD = 64_000_000
"""So much of a file is looked at for what else it may be."""


def workbook_rows(path: str | os.PathLike[str]) -> dict[str, Rows]:
    """Return the rows that hold a value by sheet, each with its number."""
    return {sheet.title: sheet.rows for sheet in sheets_of(path, FRAMES)}


def sheets_of(
    path: str | os.PathLike[str], bounds: Bounds, is_wanted: Callable[[SheetPart], bool] = lambda part: True
) -> Iterator[Sheet]:
    """Yield the sheets of a workbook; of those that are not wanted only the name.

    Raises
    ------
    FileError
        The file is missing, not a workbook, damaged, or goes on past the bounds.
    """
    with opened(path) as handle:
        head = handle.read(len(WORKBOOK))
        if not head.startswith(WORKBOOK):
            refuse_other_kinds(head + handle.read(_HEAD), path)
            raise FileError(f"cannot read {path}: it is not a workbook; save it as .xlsx, or read it with read_csv")
        try:
            parts = Parts(Package(handle, path, bounds))
            for part in parts.sheets:
                sheet = Sheet(part.title, part.is_visible)
                if is_wanted(part):
                    parts.package.parse(part.name, SheetHandler(parts, sheet, part.name), without_blanks)
                yield sheet
        except XingtuError:
            raise
        except _DAMAGED as error:
            raise FileError(
                f"cannot read {path}: a damaged workbook ({type(error).__name__}); open it in Excel, which may repair "
                "it, and save it again as .xlsx"
            ) from None
        except RuntimeError:
            # So zipfile says that a part has a password of its own.
            raise FileError(f"cannot read {path}: it has a password; take it off and save the file again") from None
