"""A workbook that claims gigabytes is refused with a reason, in a memory that does not grow with its claims."""

from __future__ import annotations

import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

import xingtu_frames as xf
from tests.workbook_cases import MAIN, rels, rows, sheet, workbook
from xingtu_frames.files.excel.rows import sheets_of
from xingtu_frames.files.excel.zip import LIST, Bounds

ID = "6831834345123456789"
GOOD = rows([["kol_id"], [ID]])
HEAD, TAIL = f'<worksheet xmlns="{MAIN}"><sheetData>', "</sheetData></worksheet>"
MOST_BYTES = 300_000_000
SMALL = Bounds(unpacked=3_000_000, text=100_000, cells=20_000, elements=50_000)

_CHILD = """
import resource, sys
import xingtu_frames as xf
import xingtu_frames.files.shortlist
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    print(len(xf.read_shortlist(sys.argv[1])), "creators")
except xf.XingtuError as error:
    print(type(error).__name__, error)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""


def read_in_a_child(path: Path) -> tuple[str, int]:
    """Return what reading a list says, and how much memory it took."""
    done = subprocess.run([sys.executable, "-c", _CHILD, path], capture_output=True, text=True, check=True)
    *said, size = done.stdout.splitlines()
    return "\n".join(said), int(size)


def bomb(path: Path, name: str, start: str, unit: bytes, times: int, *, claimed: int | None = None) -> Path:
    """Write a small workbook with a part that goes on with the same bytes, packed only once."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    head = packer.compress(start.encode()) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(unit) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = head + block * times + packer.flush()
    sheets = {"a": sheet('<row r="1"><c t="s"><v>0</v></c></row>')}
    target = "worksheets/bomb.xml" if "bomb" in name else "worksheets/sheet1.xml"
    workbook(path, sheets, parts={"xl/_rels/workbook.xml.rels": rels([("r1", "worksheet", target)])})
    with zipfile.ZipFile(path, "a") as book:
        part = zipfile.ZipInfo(name)
        book.writestr(part, packed)
        part.compress_type = zipfile.ZIP_DEFLATED
        part.file_size = claimed if claimed is not None else len(start) + len(unit) * times
    return path


TEXTS = f'<sst xmlns="{MAIN}">'
BLOCK = 1 << 20
BOMBS: dict[str, tuple[str, str, bytes, int, str]] = {
    "one text of 1.2 GB": ("sharedStrings", f"{TEXTS}<si><t>", b"x" * BLOCK, 1200, "larger than 1,000 MB"),
    "one text of 900 MB": ("sharedStrings", f"{TEXTS}<si><t>", b"x" * BLOCK, 900, "longer than that of a list"),
    "many texts": (
        "sharedStrings",
        TEXTS,
        b"<si><t>" + b"x" * 30_000 + b"</t></si>",
        30_000,
        "longer than that of a list",
    ),
    "no text often": ("sharedStrings", TEXTS, b"<si/>" * 100_000, 1000, "longer than that of a list"),
    "blanks of 2 GB": ("worksheets/bomb", HEAD + GOOD, b" " * BLOCK, 2000, "larger than 1,000 MB"),
    "blanks of 900 MB": ("worksheets/bomb", HEAD + GOOD, b" " * BLOCK, 900, "a cell or a tag of it is larger than"),
    "a tag without end": (
        "worksheets/bomb",
        f'{HEAD}<row r="',
        b">" * BLOCK,
        900,
        "a cell or a tag of it is larger than",
    ),
    "a comment": ("worksheets/bomb", f"{HEAD}<!--", b"x" * BLOCK, 900, "a cell or a tag of it is larger than"),
    "ever deeper": ("worksheets/bomb", HEAD, b"<x>" * 100_000, 1000, "too deep"),
    "rows without a number": ("worksheets/bomb", HEAD, b"<row/>" * 100_000, 1000, "has a row 1,048,577"),
}


QUICK = {"many texts"}


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=() if kind in QUICK else pytest.mark.slow) for kind in BOMBS]
)
def test_a_bomb_is_refused_within_bounded_memory(kind: str, tmp_path: Path) -> None:
    part, start, unit, times, said = BOMBS[kind]
    path = bomb(tmp_path / "a.xlsx", f"xl/{part}.xml", start, unit, times)
    assert path.stat().st_size < 4_000_000
    error, size = read_in_a_child(path)
    assert error.startswith(f"FileError cannot read {path}: ")
    assert said in error
    assert size < MOST_BYTES


@pytest.mark.slow
@pytest.mark.parametrize(
    "claimed", [10, *(pytest.param(size, marks=pytest.mark.slow) for size in (0, 900_000_000, 2**31))]
)
def test_a_zip_that_lies_about_sizes(claimed: int, tmp_path: Path) -> None:
    path = bomb(tmp_path / "a.xlsx", "xl/worksheets/bomb.xml", HEAD + GOOD, b" " * BLOCK, 900, claimed=claimed)
    error, size = read_in_a_child(path)
    assert error.startswith(f"FileError cannot read {path}: ")
    assert size < MOST_BYTES


@pytest.mark.slow
def test_a_million_blank_rows_with_a_style_are_read(tmp_path: Path) -> None:
    blanks = (
        f'<row r="{number}" spans="1:10" s="1" customFormat="1">'
        + "".join(f'<c r="{column}{number}" s="1"/>' for column in "ABCDEFGHIJ")
        + "</row>"
        for number in range(3, 40_000)
    )
    last = f'<row r="40001"><c t="inlineStr"><is><t>{ID[:-1]}0</t></is></c></row>'
    path = workbook(tmp_path / "a.xlsx", {"a": (piece.encode() for piece in (HEAD, GOOD, *blanks, last, TAIL))})
    found, size = read_in_a_child(path)
    assert found == "2 creators"
    assert size < MOST_BYTES
    (found_sheet,) = sheets_of(path, LIST)
    assert [number for number, _ in found_sheet.rows] == [1, 2, 40_001]
    # What is blank is not even parsed.
    assert len(list(sheets_of(path, replace(SMALL, unpacked=100_000_000, elements=100)))) == 1


REFUSED: dict[str, tuple[str, str]] = {
    "row number": ('<row r="1000000000"><c><v>1</v></c></row>', "a row 1,000,000,000; Excel has 1,048,576"),
    "row 0": ('<row r="0"><c><v>1</v></c></row>', "a row 0"),
    "negative row": ('<row r="-5"><c><v>1</v></c></row>', "a row -5"),
    "endless row": ('<row r="1e400"><c><v>1</v></c></row>', "damaged"),
    "column": ('<row r="1"><c r="XFE1"><v>1</v></c></row>', "a cell 'XFE1'"),
    "no place": ('<row r="1"><c r="1A"><v>1</v></c></row>', "a cell '1A'"),
    "text that is not there": ('<row r="1"><c t="s"><v>7</v></c></row>', "damaged"),
    "text before the first": ('<row r="1"><c t="s"><v>-1</v></c></row>', "damaged"),
    "no number": ('<row r="1"><c><v>x</v></c></row>', "damaged"),
    "not closed": ('<row r="1"><c><v>1</v></c>', "damaged"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_cells_that_cannot_be(kind: str, tmp_path: Path) -> None:
    data, said = REFUSED[kind]
    for read in (xf.read_shortlist, xf.read_excel):
        with pytest.raises(xf.FileError, match=said):
            read(workbook(tmp_path / "a.xlsx", {"a": sheet(data)}))


def test_the_last_row_and_column_of_excel(tmp_path: Path) -> None:
    data = f'{GOOD}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    path = workbook(
        tmp_path / "a.xlsx", {"a": f'<worksheet xmlns="{MAIN}"><dimension ref="A1"/><sheetData>{data}{TAIL}'}
    )
    got = xf.read_shortlist(path)
    assert got["kol_id"].tolist() == [ID]
    assert got.attrs["skipped"][-1] == {"sheet": "a", "row": 1_048_576, "reason": "no id in it"}


def pieces(data: Iterable[str]) -> Iterable[bytes]:
    yield HEAD.encode()
    yield from (piece.encode() for piece in data)
    yield TAIL.encode()


LARGE: dict[str, tuple[Iterable[str], str]] = {
    "cells": ((f"<row>{'<c><v>1</v></c>' * 100}</row>" for _ in range(300)), "more than 20,000 cells"),
    "far cells": (
        (f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 4)),
        "up to the last filled column",
    ),
    "elements": (
        (f"<row>{'<c s=&quot;1&quot;/>' * 100}</row>".replace("&quot;", '"') for _ in range(600)),
        "more than 50,000",
    ),
    "text": ((f'<row><c t="str"><v>{"x" * 10_000}</v></c></row>' for _ in range(20)), "more text than"),
    "formulas": ((f"<row><c><f>{'x' * 10_000}</f></c></row>" for _ in range(20)), "more text than"),
    "bytes": ((f"<!--{'x' * 100_000}--><row/>" for _ in range(40)), "larger than 3 MB"),
    "names": ((f"<a{n}/>" for n in range(1100)), "too many names"),
    "attributes": ((f'<a b{n}=""/>' for n in range(1100)), "too many names"),
    "namespaces": ((f'<a xmlns:b{n}="c"/>' for n in range(1100)), "too many namespaces"),
}


@pytest.mark.one_in(3)
@pytest.mark.parametrize("kind", LARGE)
def test_every_bound_is_kept_while_reading(kind: str, tmp_path: Path) -> None:
    data, said = LARGE[kind]
    path = workbook(tmp_path / "a.xlsx", {"a": pieces(list(data))})
    with pytest.raises(xf.FileError, match=said):
        list(sheets_of(path, SMALL))


@pytest.mark.parametrize(
    "declared", ['<!DOCTYPE x [<!ENTITY a "b">]>', '<!DOCTYPE x SYSTEM "file:///etc/passwd">', "<!DOCTYPE x>"]
)
def test_entities_are_refused(declared: str, tmp_path: Path) -> None:
    for part in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml", "_rels/.rels", "xl/styles.xml"):
        data = declared + sheet('<row><c s="1"><v>0</v></c><c t="s"><v>0</v></c></row>')
        with pytest.raises(xf.FileError, match="declares a document type"):
            xf.read_shortlist(workbook(tmp_path / "a.xlsx", {"a": data.replace(declared, "")}, parts={part: data}))


@pytest.mark.slow
def test_a_link_over_all_cells_costs_nothing(tmp_path: Path) -> None:
    links = '<hyperlink ref="A1:XFD1048576" location="x"/>' * 1000
    path = workbook(tmp_path / "a.xlsx", {"a": sheet(GOOD, f"<hyperlinks>{links}</hyperlinks>")})
    found, size = read_in_a_child(path)
    assert found == "1 creators"
    assert size < MOST_BYTES


@pytest.mark.slow
def test_a_zip_of_very_many_files_is_refused(tmp_path: Path) -> None:
    workbook(tmp_path / "a.xlsx", {"a": sheet(GOOD)}, parts={f"xl/media/{n}": "" for n in range(20_000)})
    with pytest.raises(xf.FileError, match="a zip of more than 20,000 files"):
        xf.read_shortlist(tmp_path / "a.xlsx")


def test_a_text_larger_than_a_list_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "a.csv").open("wb") as file:
        file.write(b"kol_id\n")
        file.truncate(70_000_000)
    with pytest.raises(xf.FileError, match="70 MB are more than the 64 MB that a list of creators may have"):
        xf.read_shortlist(tmp_path / "a.csv")


@pytest.mark.slow
def test_a_wide_row_is_read(tmp_path: Path) -> None:
    lines = [["kol_id", *(f"h{n}" for n in range(16_383))], [ID, *range(16_383)]]
    got = xf.read_shortlist(workbook(tmp_path / "a.xlsx", {"a": sheet(rows(lines))}))
    assert got.shape == (1, 16_385)
