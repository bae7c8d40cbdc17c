"""How a sheet of data looks; what stands in it is decided elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from .columns import Page, PageColumn
from .formats import NumberFormat, Setting
from .widths import NARROW_HEADER_LINES, height, narrow_widths, pages_across, widths

FONT: Mapping[str, Setting] = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "vcenter"}
HEADER: Mapping[str, Setting] = {
    **FONT,
    "bold": True,
    "font_color": "#FFFFFF",
    "bg_color": "#2F4B6E",
    "text_wrap": True,
}


RULE = {"bottom": 1, "bottom_color": "#E2E5E9"}
# Aligned so, an address that is longer than its cell does not run into the next one.
_LINK = {"font_color": "#1F5FA8", "underline": 1, "align": "fill", "indent": 0, "right": 5, "right_color": "#FFFFFF"}
_TOTAL: Mapping[str, Setting] = {"bold": True, "top": 1, "top_color": HEADER["bg_color"]}
LEFT: Mapping[str, Setting] = {"align": "left", "indent": 1}
_RIGHT: Mapping[str, Setting] = {"align": "right", "indent": 1}
_HEADER_HEIGHT, _NARROW_HEADER_HEIGHT = 30, 15 * NARROW_HEADER_LINES
_MARGIN, _LONGEST_FOOTER = 0.3, 200
MOST_LINKS = 65_530  # Excel holds no more on a sheet


def fill(book: Workbook, sheet: Worksheet, page: Page) -> None:
    """Write a sheet of data."""
    room = narrow_widths(page.columns) if page.one_page else widths(page.columns)
    _lay_out(book, sheet, page, room)
    styles = []
    for position, (column, width) in enumerate(zip(page.columns, room, strict=True)):
        side = _side(column, is_narrow=page.one_page is not None)
        # Below the last row there is no rule, but an id that is pasted there is text as well.
        sheet.set_column(position, position, width, book.add_format({**FONT, **side, "num_format": column.look.code}))
        header = book.add_format({**HEADER, **(side if side["align"] == "left" else {"align": "center"})})
        sheet.write_string(0, position, column.header, header)
        own = {look: _style(book, column, side, look) for look in dict.fromkeys(column.looks.values())}
        styles.append((_style(book, column, side, column.look), {row: own[look] for row, look in column.looks.items()}))
    links = {position for position, column in enumerate(page.columns) if column.kind == "link"}
    left = MOST_LINKS
    write = {str: sheet.write_string, bool: sheet.write_boolean, type(None): sheet.write_blank}
    for row, cells in enumerate(zip(*(column.cells for column in page.columns), strict=True)):
        if page.one_page:
            # Not every program makes room for wrapped text automatically.
            sheet.set_row(row + 1, height([None if place in links else cell for place, cell in enumerate(cells)], room))
        for position, value in enumerate(cells):
            style, own_styles = styles[position]
            put = write.get(type(value), sheet.write_number)
            if position in links and value is not None and left:
                put, left = sheet.write_url, left - 1
            put(row + 1, position, value, own_styles.get(row, style))
    _add_up(book, sheet, page)


def _side(column: PageColumn, *, is_narrow: bool) -> Mapping[str, Setting]:
    """Return where the cells of a column stand; on a page that many columns share, nearer to each other."""
    side = _RIGHT if column.kind in ("time", "date", "whole", "decimal") else LEFT
    if not is_narrow:
        return side
    return {**side, "text_wrap": column.kind == "text"} if side is LEFT else {"align": "right"}


def _add_up(book: Workbook, sheet: Worksheet, page: Page) -> None:
    """Write the row of totals; its sums are formulas, so that they follow what the user changes."""
    if all(column.total is None for column in page.columns):
        return
    rows = len(page.columns[0].cells)
    for position, column in enumerate(page.columns):
        side = LEFT if column.total is None or isinstance(column.total, str) else _RIGHT
        style = book.add_format({**FONT, **_TOTAL, **side, "num_format": column.look.code})
        if column.total is None:
            sheet.write_blank(rows + 1, position, None, style)
        elif isinstance(column.total, str):
            sheet.write_string(rows + 1, position, column.total, style)
        else:
            cells = xl_range(1, position, rows, position)
            sheet.write_formula(rows + 1, position, f"=SUM({cells})", style, column.total)


def _style(book: Workbook, column: PageColumn, side: Mapping[str, Setting], look: NumberFormat) -> Format:
    link = _LINK if column.kind == "link" else {}
    return book.add_format({**FONT, **RULE, **side, **link, "num_format": look.code})


def _lay_out(book: Workbook, sheet: Worksheet, page: Page, room: Sequence[float]) -> None:
    sheet.set_row(0, _NARROW_HEADER_HEIGHT if page.one_page else _HEADER_HEIGHT)
    sheet.freeze_panes(1, page.frozen)
    # Ids are text on purpose; without this Excel marks each one with a green corner.
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    sheet.fit_to_pages(1 if page.one_page else pages_across(room), 0)
    sheet.set_margins(left=_MARGIN, right=_MARGIN, top=_MARGIN, bottom=2 * _MARGIN)
    about = " · ".join(filter(None, [page.name, page.basis])).replace("&", "&&")
    sheet.set_footer(f"&L&8{about[:_LONGEST_FOOTER]}&R&8&P / &N", {"margin": _MARGIN})
    sheet.repeat_rows(0)
    if not page.columns:
        return
    last = len(page.columns) - 1
    rows = len(page.columns[0].cells)
    sheet.autofilter(0, 0, rows, last)
    first_printed, last_printed = page.one_page or (0, last)
    has_total = any(column.total is not None for column in page.columns)
    sheet.print_area(0, first_printed, rows + has_total, last_printed)
    for position, column in enumerate(page.columns):
        for rule in column.rules:
            look = {"format": book.add_format(rule.look)} if rule.look else {}
            sheet.conditional_format(1, position, max(rows, 1), position, {**rule.options, **look})
    if page.frozen and not page.one_page:
        sheet.repeat_columns(0, page.frozen - 1)
