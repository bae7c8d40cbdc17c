"""Lists in files of every kind: odd workbooks that Excel opens, files that are not what their names say, encodings."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import xingtu_frames as xf
from tests.workbook_cases import rels, rows, sheet, workbook

A, B, C = "6831834345123456789", "7031834345123456781", "7231834345123456783"


def listed(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def book(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, lines in sheets.items():
        page = made.create_sheet(title)
        for line in lines:
            page.append(line)
    made.save(path)
    return path


# Workbooks of other programs

GOOD = sheet(rows([["星图ID", "昵称"], [A, "甲"]]))
ODD: dict[str, dict[str, str]] = {
    "an empty fill": {
        "xl/styles.xml": '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fills><fill/></fills></styleSheet>'
    },
    "an odd date": {"docProps/core.xml": "<coreProperties><created>昨天</created></coreProperties>"},
    "an empty part": {"xl/styles.xml": "", "docProps/app.xml": ""},
    "no styles": {},
}


@pytest.mark.parametrize("odd", ODD)
def test_workbooks_that_excel_opens(odd: str, tmp_path: Path) -> None:
    parts = {name: text for name, text in ODD[odd].items() if text or name != "xl/styles.xml"}
    assert xf.read_shortlist(workbook(tmp_path / "a.xlsx", {"a": GOOD}, parts=parts))["kol_id"].tolist() == [A]


def test_backslashes_and_absolute_names_in_a_workbook(tmp_path: Path) -> None:
    parts = {
        "xl\\worksheets\\other.xml": GOOD,
        "xl/_rels/workbook.xml.rels": rels([("r1", "worksheet", "/xl/worksheets/Other.xml")]),
    }
    assert xf.read_shortlist(workbook(tmp_path / "a.xlsx", {"a": GOOD}, parts=parts))["kol_id"].tolist() == [A]


def test_an_empty_chart_sheet_first(tmp_path: Path) -> None:
    made = openpyxl.load_workbook(book(tmp_path / "a.xlsx", {"名单": [["星图ID"], [A]]}))
    made.create_chartsheet("图", 0)
    made.save(tmp_path / "a.xlsx")
    assert xf.read_shortlist(tmp_path / "a.xlsx")["kol_id"].tolist() == [A]
    assert list(xf.read_excel(tmp_path / "a.xlsx")) == ["名单"]


KINDS = {
    "html": ("\ufeff<html xmlns:x='urn'><table><tr><td>kol_id</td></tr></table>".encode(), "a web page"),
    "html of utf-16": ("<table><tr><td>kol_id</td></tr></table>".encode("utf-16"), "a web page"),
    "mhtml": (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "web archive"),
    "xml 2003": (
        b'<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        "XML spreadsheet of 2003",
    ),
    "old": (b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "Workbook".encode("utf-16-le"), r"an old workbook \(.xls\)"),
    "password": (b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "it has a password"),
    "pdf": (b"%PDF-1.7", "a PDF"),
    "database": (b"SQLite format 3\0" + b"\0" * 99, "a database"),
}


@pytest.mark.parametrize("read", [xf.read_shortlist, xf.read_csv, xf.read_excel])
@pytest.mark.parametrize("kind", KINDS)
def test_other_kinds_of_files_are_named(kind: str, read: Any, tmp_path: Path) -> None:
    data, said = KINDS[kind]
    for name in ("a.xls", "a.xlsx", "a.csv"):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(xf.FileError, match=said):
            read(tmp_path / name)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("mimetype", "OpenDocument"),
        ("xl/workbook.bin", "binary workbook"),
        ("word/document.xml", "Word"),
        ("list.xlsx", "unpack it"),
    ],
)
def test_other_zips_are_named(part: str, said: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as packed:
        packed.writestr(part, "x")
    with pytest.raises(xf.FileError, match=said):
        xf.read_shortlist(tmp_path / "a.xlsx")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_its_mark(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(f"昵称\t星图ID\n甲\t{A}\n".encode(encoding))
    assert xf.read_shortlist(tmp_path / "a.csv")[["kol_id", "name"]].to_numpy().tolist() == [[A, "甲"]]


@pytest.mark.parametrize("number", [2**63, 10**19, -(2**63) - 1, 10**390 + 7])
def test_numbers_that_no_integer_column_holds_are_kept_as_text(number: int, tmp_path: Path) -> None:
    body = f"<row><c><v>71</v></c><c><v>{number}</v></c></row><row><c><v>72</v></c><c><v>5</v></c></row>"
    head = '<row><c t="inlineStr"><is><t>kol_id</t></is></c><c t="inlineStr"><is><t>编码</t></is></c></row>'
    got = xf.read_shortlist(workbook(tmp_path / "a.xlsx", {"a": sheet(head + body)}))
    assert got["编码"].tolist() == [str(number), "5"]


def test_advice_about_two_columns_of_ids_can_be_followed(tmp_path: Path) -> None:
    text = f"{{}},{{}}\n{A},{B}\n{B},{C}\n"
    with pytest.raises(xf.FileError, match=r"星图ID and kol_id could each be the creator ids; rename the wrong one"):
        xf.read_shortlist(listed(tmp_path / "a.csv", text.format("星图ID", "kol_id")))
    assert xf.read_shortlist(listed(tmp_path / "a.csv", text.format("旧", "kol_id")))["kol_id"].tolist() == [B, C]
    with pytest.raises(
        xf.FileError, match=r"达人ID and 博主ID could each be the creator ids; name the right one kol_id"
    ):
        xf.read_shortlist(listed(tmp_path / "a.csv", text.format("达人ID", "博主ID")))
    assert xf.read_shortlist(listed(tmp_path / "a.csv", text.format("达人ID", "kol_id")))["kol_id"].tolist() == [B, C]


@pytest.mark.parametrize("encoding", ["utf-32", "utf-32-le", "utf-32-be"])
def test_utf_32_is_read_with_its_mark(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        ("" if encoding == "utf-32" else "\ufeff").encode(encoding) + f"星图ID,昵称\n{A},甲\n".encode(encoding)
    )
    got = xf.read_shortlist(path)
    assert (got["kol_id"].tolist(), got["name"].tolist(), got.attrs["id_column"]) == ([A], ["甲"], "星图ID")
