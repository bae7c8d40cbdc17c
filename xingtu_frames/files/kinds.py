"""What a file is by its content, whatever its name says: which ones are refused, and what to do with them."""

from __future__ import annotations

import re
from collections.abc import Collection

from ..errors import FileError

WORKBOOK = b"PK\x03\x04"
HEAD = 4096
"""Bytes from the start of a file by which its kind is known."""

_SAVE = "open it in Excel or WPS and save it as .xlsx"
_AS_BYTES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF; copy the table into a workbook"),
    (b"\x89PNG\r\n", "a picture; a list of creators is text or a workbook"),
    (b"\xff\xd8\xff", "a picture; a list of creators is text or a workbook"),
    (b"GIF8", "a picture; a list of creators is text or a workbook"),
    (b"{\\rtf", "a document; copy the table into a workbook"),
    (b"\x1f\x8b", "packed with gzip; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it first"),
    (b"SQLite format 3\0", "a database; a store of answers is read with cache="),
    (b"PAR1", "a Parquet file; read it with pandas.read_parquet"),
)
_AS_TEXT: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"(?s)<\?xml.*urn:schemas-microsoft-com:office:spreadsheet"), f"an XML spreadsheet of 2003; {_SAVE}"),
    (re.compile(rb"(?si)(<\?xml.*|<!--.*)?<(!doctype html|html|head|meta|table|body|style)\b"), f"a web page; {_SAVE}"),
    (re.compile(rb"(?i)(mime-version|from|content-type):"), f"a web archive (MHTML); {_SAVE}"),
    (re.compile(rb"<\?xml"), f"an XML file; {_SAVE}"),
)
_OLD = b"\xd0\xcf\x11\xe0"
_IN_A_ZIP: tuple[tuple[str, str], ...] = (
    ("xl/workbook.bin", f"a binary workbook (.xlsb); {_SAVE}"),
    ("mimetype", f"an OpenDocument file (.ods); {_SAVE}"),
    ("index/document.iwa", "a file of Apple Numbers; export it as .xlsx"),
    ("word/document.xml", "a Word document; copy the table into a workbook"),
    ("ppt/presentation.xml", "a presentation; copy the table into a workbook"),
)


def refuse_other_kinds(data: bytes, path: object) -> None:
    """Raise `FileError` for a file that is neither text nor a workbook; the message names what it is."""
    if data.startswith(_OLD):
        raise FileError(f"cannot read {path}: {_old_kind(data)}")
    head = data[:HEAD].removeprefix(b"\xef\xbb\xbf")
    for start, kind in _AS_BYTES:
        if head.startswith(start):
            raise FileError(f"cannot read {path}: it is {kind}")
    # A page that is UTF-16 has a NUL beside each letter.
    plain = head.replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n")
    for pattern, kind in _AS_TEXT:
        if pattern.match(plain):
            raise FileError(f"cannot read {path}: it is {kind}")


def _old_kind(data: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "it has a password; open it in Excel, take the password off and save it again"
    if any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
        return f"it is an old workbook (.xls); {_SAVE}"
    return f"it is a file of an old Office program; {_SAVE}"


def kind_of_zip(names: Collection[str]) -> str:
    """Return what a zip without a workbook is, by the names in it, in lower case."""
    known = next((kind for name, kind in _IN_A_ZIP if name in names), None)
    if known:
        return known
    if any(name.endswith((".xlsx", ".csv", ".xls")) for name in names):
        return "a zip archive; unpack it, and read the files in it"
    return "a zip archive without a workbook; export the list as .xlsx again"
