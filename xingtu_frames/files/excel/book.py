"""How a workbook looks: its sheets of data, the pictures, and the notes at the end."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from ..whole import CREATED
from .columns import Page
from .exact import ExactSheet
from .layout import FONT, HEADER, LEFT, RULE, fill
from .pictures import PRINTED, Picture
from .text import MAX_TEXT, fitted
from .widths import PADDING, wide


@dataclass(frozen=True, slots=True)
class Gallery:
    """The sheet of pictures."""

    name: str
    pictures: Sequence[Picture]


@dataclass(frozen=True, slots=True)
class Notes:
    """The last sheet: facts about the workbook, then tables of the same width, each with its header."""

    name: str
    facts: Sequence[tuple[str, str]]
    tables: Sequence[tuple[Sequence[str], Sequence[Sequence[str]]]]


_TITLE = {**FONT, "font_size": 14, "bold": True, "font_color": HEADER["bg_color"]}
_NOTES_WIDTHS = (22, 38, 28, 28, 90)
_LINE_HEIGHT, _TITLE_HEIGHT, _HIGHEST = 15, 24, 405
_A4 = 9

_OPTIONS = {"constant_memory": True}


def workbook(pages: Sequence[Page | Gallery | Notes]) -> bytes:
    """Return the .xlsx file with these sheets."""
    buffer = io.BytesIO()
    with tempfile.TemporaryDirectory() as scratch:
        book = xlsxwriter.Workbook(buffer, {**_OPTIONS, "tmpdir": scratch})
        book.set_properties({"created": CREATED})
        for page in pages:
            sheet = book.add_worksheet(page.name, worksheet_class=ExactSheet)
            sheet.hide_gridlines(2)
            sheet.set_landscape()
            sheet.set_paper(_A4)
            if isinstance(page, Page):
                fill(book, sheet, page)
            elif isinstance(page, Gallery):
                _attach(book, sheet, page)
            else:
                _explain(book, sheet, page)
        book.close()
    return buffer.getvalue()


def _attach(book: Workbook, sheet: Worksheet, page: Gallery) -> None:
    title = book.add_format(_TITLE)
    row, breaks = 0, []
    for picture in page.pictures:
        breaks.append(row)
        sheet.write_string(row, 0, picture.title, title)
        placed = {"image_data": io.BytesIO(picture.data), "x_scale": picture.scale, "y_scale": picture.scale}
        sheet.insert_image(row + 1, 0, "picture.png", {**placed, "description": picture.alt, "object_position": 3})
        row += picture.rows + 3
    sheet.set_margins(left=0.4, right=0.4, top=0.4, bottom=0.4)
    sheet.set_print_scale(PRINTED)
    sheet.set_h_pagebreaks(breaks[1:])


def _explain(book: Workbook, sheet: Worksheet, notes: Notes) -> None:
    text = {**FONT, **LEFT, "valign": "top"}
    strong, plain = book.add_format({**text, "bold": True}), book.add_format(text)
    head, cell = book.add_format({**HEADER, **LEFT}), book.add_format({**text, **RULE, "text_wrap": True})
    title = book.add_format({**_TITLE, **LEFT})
    for position, width in enumerate(_NOTES_WIDTHS):
        sheet.set_column(position, position, width)
    sheet.set_row(0, _TITLE_HEIGHT)
    sheet.write_string(0, 0, notes.name, title)
    row = 1
    for label, fact in notes.facts:
        sheet.write_string(row, 0, label, strong)
        sheet.write_string(row, 1, fact, plain)
        row += 1
    for header, lines in notes.tables:
        row += 1
        _write_texts(sheet, row, header, head)
        first = row
        for line in lines:
            row += 1
            # Not every program makes room for wrapped text automatically.
            sheet.set_row(row, min(_LINE_HEIGHT * max(map(_lines, line, _NOTES_WIDTHS)), _HIGHEST))
            _write_texts(sheet, row, line, cell)
        row += 1
    sheet.autofilter(first, 0, max(row - 1, first), len(_NOTES_WIDTHS) - 1)
    sheet.fit_to_pages(1, 0)


def _write_texts(sheet: Worksheet, row: int, texts: Iterable[str], style: Format) -> None:
    """Write text as text: what XlsxWriter guesses from it can be a formula."""
    for position, text in enumerate(texts):
        put = sheet.write_string if text else sheet.write_blank
        put(row, position, fitted(text), style)


def _lines(text: str, width: int) -> int:
    return sum(max(1, -(-wide(line) // (width - PADDING))) for line in text[:MAX_TEXT].split("\n"))
