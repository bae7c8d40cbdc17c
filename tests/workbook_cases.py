"""Workbooks made part by part, as other programs and attackers make them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.sax.saxutils import quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
Content = str | bytes | Iterable[bytes]


def rels(found: Iterable[tuple[str, str, str]]) -> str:
    """Return a part of relations: key, kind and target of each."""
    outside = ' TargetMode="External"'
    lines = "".join(
        f'<Relationship Id="{key}" Type="{RELATIONS}/{kind}" Target={quoteattr(target)}{outside * ("://" in target)}/>'
        for key, kind, target in found
    )
    return f'<Relationships xmlns="{PACKAGE}">{lines}</Relationships>'


def rows(cells: Iterable[Iterable[object]]) -> str:
    """Return rows of numbers and of text within the cells."""
    lines = []
    for number, row in enumerate(cells, start=1):
        shown = "".join(
            f"<c><v>{cell}</v></c>"
            if isinstance(cell, int | float)
            else f'<c t="inlineStr"><is><t>{cell}</t></is></c>'
            if cell is not None
            else "<c/>"
            for cell in row
        )
        lines.append(f'<row r="{number}">{shown}</row>')
    return "".join(lines)


def sheet(data: str, behind: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheetData>{data}</sheetData>{behind}</worksheet>'


def workbook(
    path: Path,
    sheets: Mapping[str, Content],
    *,
    states: Mapping[str, str] | None = None,
    parts: Mapping[str, Content] | None = None,
) -> Path:
    """Write a workbook with these sheets, and other parts beside or instead of the usual ones."""
    titles = list(sheets)
    shown = {title: (states or {}).get(title, "visible") for title in titles}
    listed = "".join(
        f'<sheet name={quoteattr(title)} sheetId="{number}" r:id="r{number}" state="{state}"/>'
        for number, (title, state) in enumerate(shown.items(), start=1)
    )
    every: dict[str, Content] = {
        "_rels/.rels": rels([("r1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": rels(
            [(f"r{number}", "worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(titles) + 1)]
            + [("s", "sharedStrings", "sharedStrings.xml"), ("t", "styles", "styles.xml")]
        ),
        **{f"xl/worksheets/sheet{number}.xml": sheets[title] for number, title in enumerate(titles, start=1)},
        **(parts or {}),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in every.items():
            with packed.open(name, "w", force_zip64=True) as part:
                pieces = [content] if isinstance(content, str | bytes) else content
                for piece in pieces:
                    part.write(piece.encode() if isinstance(piece, str) else piece)
    return path
