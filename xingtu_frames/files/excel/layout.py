"""How a sheet of data looks; what stands in it is decided elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import wcwidth
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from .colours import Rule
from .formats import Cell, Kind, NumberFormat, Setting

FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}
HEADER = {**FONT, "bold": True, "font_color": "#FFFFFF", "bg_color": "#2F4B6E", "text_wrap": True}


@dataclass(frozen=True, slots=True)
class PageColumn:
    """One column of a sheet; times are numbers as Excel counts them.

    Attributes
    ----------
    header, kind, cells
        What stands there.
    look
        The number format of its cells.
    name, unit, meaning
        What the last sheet says of it; the name is empty for a column that the frame does not have.
    looks
        The number formats of the rows that have their own.
    rules
        Its conditional formats.
    """

    header: str
    kind: Kind
    cells: Sequence[Cell]
    look: NumberFormat
    name: str
    unit: str
    meaning: str
    looks: Mapping[int, NumberFormat] = field(default_factory=dict)
    rules: Sequence[Rule] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet of data, its first columns frozen."""

    name: str
    columns: Sequence[PageColumn]
    frozen: int


RULE = {"bottom": 1, "bottom_color": "#E2E5E9"}
# Aligned so, an address that is longer than its cell does not run into the next one.
_LINK = {"font_color": "#1F5FA8", "underline": 1, "align": "fill", "indent": 0, "right": 5, "right_color": "#FFFFFF"}
LEFT: Mapping[str, Setting] = {"align": "left", "indent": 1}
_RIGHT: Mapping[str, Setting] = {"align": "right", "indent": 1}
_HEADER_HEIGHT, _FILTER_BUTTON, PADDING = 30, 4, 3
_NARROWEST, _WIDEST, _WIDEST_LAST = 9, 40, 80
_ONE_LINE = 20  # a longer Chinese header takes two
_MEASURED_ROWS, _READ = 500, 1_000
_A4, _PRINTED_WIDTH = 9, 240
MOST_LINKS = 65_530  # Excel holds no more on a sheet


def fill(book: Workbook, sheet: Worksheet, page: Page) -> None:
    """Write a sheet of data."""
    last = len(page.columns) - 1
    widths = [
        _width(column, _WIDEST_LAST if position == last else _WIDEST) for position, column in enumerate(page.columns)
    ]
    _lay_out(book, sheet, page, widths)
    styles = []
    for position, (column, width) in enumerate(zip(page.columns, widths, strict=True)):
        side = _RIGHT if column.kind in ("time", "date", "whole", "decimal") else LEFT
        # Below the last row there is no rule, but an id that is pasted there is text as well.
        sheet.set_column(position, position, width, book.add_format({**FONT, **side, "num_format": column.look.code}))
        header = book.add_format({**HEADER, **(side if side is LEFT else {"align": "center"})})
        sheet.write_string(0, position, column.header, header)
        own = {look: _style(book, column, side, look) for look in dict.fromkeys(column.looks.values())}
        styles.append((_style(book, column, side, column.look), {row: own[look] for row, look in column.looks.items()}))
    links = {position for position, column in enumerate(page.columns) if column.kind == "link"}
    left = MOST_LINKS
    write = {str: sheet.write_string, bool: sheet.write_boolean, type(None): sheet.write_blank}
    for row, cells in enumerate(zip(*(column.cells for column in page.columns), strict=True)):
        for position, value in enumerate(cells):
            style, own_styles = styles[position]
            put = write.get(type(value), sheet.write_number)
            if position in links and value is not None and left:
                put, left = sheet.write_url, left - 1
            put(row + 1, position, value, own_styles.get(row, style))


def _style(book: Workbook, column: PageColumn, side: Mapping[str, Setting], look: NumberFormat) -> Format:
    link = _LINK if column.kind == "link" else {}
    return book.add_format({**FONT, **RULE, **side, **link, "num_format": look.code})


def _lay_out(book: Workbook, sheet: Worksheet, page: Page, widths: Sequence[float]) -> None:
    sheet.set_row(0, _HEADER_HEIGHT)
    sheet.freeze_panes(1, page.frozen)
    # Ids are text on purpose; without this Excel marks each one with a green corner.
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    sheet.fit_to_pages(int(sum(widths) // _PRINTED_WIDTH) + 1, 0)
    sheet.repeat_rows(0)
    if not page.columns:
        return
    last = len(page.columns) - 1
    rows = len(page.columns[0].cells)
    sheet.autofilter(0, 0, rows, last)
    for position, column in enumerate(page.columns):
        for rule in column.rules:
            look = {"format": book.add_format(rule.look)} if rule.look else {}
            sheet.conditional_format(1, position, max(rows, 1), position, {**rule.options, **look})
    if page.frozen:
        sheet.repeat_columns(0, page.frozen - 1)


def _width(column: PageColumn, most: float) -> float:
    """Return the width that shows the column; a Chinese character is two wide, and may begin a new line."""
    needed = wide(column.header[:_READ])
    if needed > _ONE_LINE and not column.header.isascii():
        needed = max(_ONE_LINE, -(-needed // 2))
    shown = [_shown(column, row, value) for row, value in enumerate(column.cells[:_MEASURED_ROWS])]
    widest = max((wide(line[:_READ]) for text in shown for line in text[:_READ].splitlines()), default=0)
    return min(max(needed + _FILTER_BUTTON, widest + PADDING, _NARROWEST), most)


def _shown(column: PageColumn, row: int, value: Cell) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return column.looks.get(row, column.look).shown(value)


def wide(text: str) -> int:
    """Return how many characters wide text is; a Chinese one counts twice."""
    # wcwidth says -1 of text with a control character.
    return max(wcwidth.wcswidth(text), len(text))
