"""How a workbook looks and what its cells are made of; what stands in them is decided elsewhere."""

from __future__ import annotations

import datetime as dt
import io
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import wcwidth
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from ..schema import Column

Cell = str | bool | int | float | None
Kind = Literal["id", "text", "time", "whole", "decimal"]


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet: a header and a list of cells for each column; times are numbers as Excel counts them."""

    name: str
    columns: Sequence[Column]
    headers: Sequence[str]
    kinds: Sequence[Kind]
    cells: Sequence[Sequence[Cell]]
    frozen: int
    widest: int = 40


# Excel's number format, and Python's, which tells the width
_Format = tuple[str, str]
_DECIMALS: Mapping[str, _Format] = {
    "fraction": ("0.00%", ".2%"),
    "CNY": ("#,##0.00", ",.2f"),
    "s": ("0.0", ".1f"),
    "points": ("0.00", ".2f"),
    "score": ("0.000", ".3f"),
}
_COUNT: _Format = ("#,##0", ",")
_CODE: _Format = ("0", "d")
_OTHER: _Format = ("General", ".10g")
_TIME = "yyyy-mm-dd hh:mm"

_FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}
_HEADER = {**_FONT, "bold": True, "font_color": "#FFFFFF", "bg_color": "#2F4B6E", "text_wrap": True}
_RULE = {"bottom": 1, "bottom_color": "#E2E5E9"}
_LEFT: Mapping[str, Any] = {"align": "left", "indent": 1}
_RIGHT: Mapping[str, Any] = {"align": "right", "indent": 1}
_HEADER_HEIGHT, _FILTER_BUTTON, _PADDING = 30, 4, 3
_NARROWEST = 9
_ONE_LINE = 20  # a longer Chinese header takes two
_MEASURED_ROWS = 500
_A4, _PRINTED_WIDTH = 9, 240

# A workbook with the same content has the same bytes.
_CREATED = dt.datetime(2000, 1, 1)
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}

ILLEGAL = "\x00-\x08\x0b-\x1f\ufffe\uffff"
"""Characters that XML cannot hold, as the inside of a regular expression's brackets."""
_CONTROL = re.compile(f"[{ILLEGAL}]")
_LOOKS_ESCAPED = re.compile(f"_(?=x[0-9A-Fa-f]{{4}}(?:_|[{ILLEGAL}]))")


class _ExactSheet(Worksheet):  # type: ignore[misc]
    """A sheet that keeps what XlsxWriter's loses: digits 16 and 17, text like <r>...</r>, text like _x0041_."""

    def _xml_number_element(self, number: float, attributes: Sequence[tuple[str, Any]] = ()) -> None:
        self._xml_start_tag("c", list(attributes))
        self._xml_data_element("v", repr(number))
        self._xml_end_tag("c")

    def _xml_rich_inline_string(self, string: str, attributes: Sequence[tuple[str, Any]] = ()) -> None:
        self._xml_inline_string(string, True, list(attributes))

    @staticmethod
    def _escape_control_characters(data: Any) -> Any:
        if not isinstance(data, str):
            return data
        return _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", _LOOKS_ESCAPED.sub("_x005F_", data))


def workbook(pages: Sequence[Page]) -> bytes:
    """Return the .xlsx file with these pages."""
    buffer = io.BytesIO()
    with tempfile.TemporaryDirectory() as scratch:
        book = xlsxwriter.Workbook(buffer, {**_OPTIONS, "tmpdir": scratch})
        book.set_properties({"created": _CREATED})
        for page in pages:
            _fill(book, book.add_worksheet(page.name, worksheet_class=_ExactSheet), page)
        book.close()
    return buffer.getvalue()


def _fill(book: Any, sheet: Any, page: Page) -> None:
    formats = [_format(kind, column.unit) for kind, column in zip(page.kinds, page.columns, strict=True)]
    widths = [_width(page, position, number_format) for position, number_format in enumerate(formats)]
    _lay_out(book, sheet, page, widths)
    sides = [_LEFT if kind in ("id", "text") else _RIGHT for kind in page.kinds]
    styles = [
        book.add_format({**_FONT, **side, "num_format": shown}) for (shown, _), side in zip(formats, sides, strict=True)
    ]
    for position, (width, style, side) in enumerate(zip(widths, styles, sides, strict=True)):
        sheet.set_column(position, position, width, style)
        header = book.add_format({**_HEADER, **(side if side is _LEFT else {"align": "center"})})
        sheet.write_string(0, position, page.headers[position], header)
    number, write = sheet.write_number, {str: sheet.write_string, bool: sheet.write_boolean}
    for row, cells in enumerate(zip(*page.cells, strict=True), start=1):
        for position, value in enumerate(cells):
            if value is not None:
                write.get(type(value), number)(row, position, value, styles[position])


def _lay_out(book: Any, sheet: Any, page: Page, widths: Sequence[float]) -> None:
    sheet.set_row(0, _HEADER_HEIGHT)
    sheet.freeze_panes(1, page.frozen)
    sheet.hide_gridlines(2)
    # Ids are text on purpose; without this Excel marks each one with a green corner.
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(int(sum(widths) // _PRINTED_WIDTH) + 1, 0)
    sheet.repeat_rows(0)
    if not page.columns:
        return
    last = len(page.columns) - 1
    rows = len(page.cells[0])
    sheet.autofilter(0, 0, rows, last)
    # A rule under every row, under empty cells too, without a style for each.
    always = {"type": "formula", "criteria": "=TRUE", "format": book.add_format(_RULE)}
    sheet.conditional_format(1, 0, max(rows, 1), last, always)
    if page.frozen:
        sheet.repeat_columns(0, page.frozen - 1)


def _format(kind: Kind, unit: str) -> _Format:
    if kind == "whole":
        return _COUNT if unit else _CODE
    if kind == "decimal":
        return _DECIMALS.get(unit, _OTHER)
    # As text also where the user pastes further ids.
    return {"id": "@", "time": _TIME}.get(kind, "General"), ""


def _width(page: Page, position: int, number_format: _Format) -> float:
    """Return the width that shows the column; a Chinese character is two wide, and may begin a new line."""
    header = page.headers[position]
    needed = _wide(header)
    if needed > _ONE_LINE and not header.isascii():
        needed = max(_ONE_LINE, -(-needed // 2))
    shown = [_shown(value, page.kinds[position], number_format) for value in page.cells[position][:_MEASURED_ROWS]]
    widest = max((_wide(line) for text in shown for line in text.splitlines()), default=0)
    return min(max(needed + _FILTER_BUTTON, widest + _PADDING, _NARROWEST), page.widest)


def _shown(value: Cell, kind: Kind, number_format: _Format) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    if kind == "time":
        return _TIME
    return format(value, number_format[1]) if kind in ("whole", "decimal") else str(value)


def _wide(text: str) -> int:
    # wcwidth says -1 of text with a control character.
    return max(wcwidth.wcswidth(text), len(text))
