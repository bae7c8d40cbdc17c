"""The list of creators that an agency keeps in a spreadsheet or text file becomes ids, names and its own columns."""

from __future__ import annotations

import os
import warnings
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

import pandas as pd

from ..board.metrics import board_columns
from ..errors import FileError, ParameterError, PartialResultWarning, must_be, quoted
from ..frame import array_of
from ..ids import bare
from ..ids.names import meaning_of
from ..tables.schema import Column
from .cells import as_found
from .csv import csv_rows, literals, meant
from .excel.cells import Sheet
from .excel.rows import sheets_of
from .excel.zip import LIST
from .groups import Plain
from .kinds import WORKBOOK
from .shortlist_cells import address_id, is_long, is_of_marketplace, text_of
from .shortlist_grid import SEPARATORS, Grid
from .shortlist_rows import Row, Skipped, judged, listed, own_name, refuse
from .whole import decoded, opened, read_whole

_LARGEST_TEXT = 64_000_000
_SHEET = Column("sheet", "str", "", "工作表", "the sheet that the creator stands on", "达人所在的工作表")


def read_shortlist(path: str | os.PathLike[str], sheet: str | Collection[str] | None = None) -> pd.DataFrame:
    """Read the creators of a shortlist, CSV, text or Excel, with the columns that its maker keeps.

    The ids stand under a header that names a creator's id for certain (星图ID, Xingtu ID, kol_id, star_id), in any
    case and spelling; else in the column of addresses of creators' pages, also those behind cells and in
    ``=HYPERLINK``; else under a header such as 达人ID, MCN达人ID or id, if its values are as long as ids; else in the
    only column of long numbers without a telling header, if they are made as this marketplace makes ids. A header
    that names something else (身份证号, 手机, 抖音号, UID, MCN ID, 订单号) is never taken, however its values look.
    Names stand under a header such as name, 昵称 or 博主; without any header, in the one other column of text.

    Parameters
    ----------
    path
        An .xlsx file, or text: UTF-8, UTF-16 or GB18030, separated by comma, semicolon or tab.
    sheet
        Name of one sheet, or several names; None for all that are visible.

    Returns
    -------
    One row per creator in the order of the file, each once: ``kol_id`` and ``name`` (NA without one), both text;
    ``sheet`` where creators come from several sheets; then the file's own columns of the creator's first row, under
    their headers, made unique.

    ``attrs["id_column"]`` says which column was read, or sheet -> column where they differ, and ``attrs["skipped"]``
    what was left out: dicts with ``row`` (to ``last_row``), ``reason`` and, in a workbook, ``sheet``, for blank rows,
    notes, rows of sums, rows without an id, hidden sheets, and rows that are hidden or filtered out.

    Raises
    ------
    InvalidIdError
        A cell that is a damaged id; the message names the sheet and row, and why. Ids that Excel has rounded are
        refused, because other digits would be another creator, unless the creator's address stands in the row.
    FileError
        The file is missing, empty, damaged, something else, larger than a list of creators, or has no ids; or two of
        its columns could be the ids.
    ParameterError
        No such sheet, or a sheet named in a text.

    Warns
    -----
    PartialResultWarning
        Creators that are not in the result stand on hidden sheets, or in rows that are hidden or filtered out.
    """
    selection = _selection(sheet)
    with opened(path) as handle:
        in_workbook = handle.read(len(WORKBOOK)) == WORKBOOK
    if in_workbook:
        pages = _pages(path, selection)
        grids = [grid for page in pages if page.is_visible or selection for grid in _grids(page)]
    else:
        if selection:
            raise ParameterError(f"{path} is not a workbook; leave out sheet=")
        pages = []
        grids = [max(_in_text(path), key=lambda grid: grid.likely)]
    found = [grid for grid in grids if grid.id_columns]
    if not found:
        raise FileError(
            f"cannot read {path}: no creator ids in it; name their column kol_id or 星图ID, or give one id per line"
        )
    for grid in found:
        if grid.rivals:
            where = f"sheet {grid.title}: " if len(found) > 1 else ""
            # A second certain header would be as good as the first.
            is_named = meaning_of(grid.header(grid.ids)) == "creator"
            advice = "rename the wrong one" if is_named else "name the right one kol_id"
            raise FileError(f"cannot read {path}: {where}{grid.rivals} could each be the creator ids; {advice}")
    return _read(found, pages, path, selection, "row" if in_workbook else "line")


def _selection(sheet: object) -> tuple[str, ...] | None:
    if sheet is None:
        return None
    names = (sheet,) if isinstance(sheet, str) else tuple(sheet) if isinstance(sheet, Collection) else (sheet,)
    if not names or not all(isinstance(name, str) for name in names):
        raise must_be("sheet", "the name of a sheet, several names, or None", quoted(sheet))
    return names


def _pages(path: str | os.PathLike[str], selection: tuple[str, ...] | None) -> list[Sheet]:
    pages = list(sheets_of(path, LIST, lambda part: selection is None or part.title in selection))
    titles = [page.title for page in pages]
    missing = [title for title in selection or () if title not in titles]
    if missing:
        raise ParameterError(f"no sheet {missing[0]!r} in {path}; there are: {', '.join(map(repr, titles))}")
    return [page for page in pages if selection is None or page.title in selection]


def _grids(page: Sheet) -> Iterator[Grid]:
    rows = [(number, cells) for number, cells in page.rows if number not in page.hidden]
    if rows:
        yield Grid(page.title, rows, page.links, page.merged, page.hidden)


def _in_text(path: str | os.PathLike[str]) -> list[Grid]:
    text = decoded(read_whole(path, _LARGEST_TEXT), path)
    grids, errors = [], []
    for separator in SEPARATORS:
        try:
            grids.append(Grid("", [(line, list(cells)) for line, cells in csv_rows(text, path, separator, blank=True)]))
        except FileError as error:
            errors.append(error)
    # The separator that isolates the most ids is the file's.
    if errors and not any(grid.id_columns for grid in grids):
        raise errors[0]
    return grids


def _read(
    grids: Sequence[Grid], pages: Sequence[Sheet], path: object, selection: tuple[str, ...] | None, noun: str
) -> pd.DataFrame:
    """Return the creators of the grids, each once."""
    results = [judged(grid) for grid in grids]
    bad = [(grid.title, item) for grid, result in zip(grids, results, strict=True) for item in result.bad]
    if bad:
        raise refuse(bad, path, noun)
    names: dict[str, str | None] = {}
    first: list[tuple[Grid, Row]] = []
    for grid, result in zip(grids, results, strict=True):
        for row in result.rows:
            if row.kol_id not in names:
                first.append((grid, row))
            name = grid.text(row.position, grid.names) or None
            names[row.kol_id] = names.get(row.kol_id) or name
    hidden = list(_hidden(pages, selection))
    _warn_of_hidden(hidden, names, path)
    frame = _frame(first, names, is_split=len(selection or ()) > 1 or len({grid.title for grid, _ in first}) > 1)
    frame.attrs["id_column"] = _id_column([grid for grid in grids if any(grid is other for other, _ in first)])
    skipped = [skip for result in results for skip in result.skipped]
    frame.attrs["skipped"] = listed([*skipped, *(skip for skip, _ in hidden)])
    return frame


def _frame(first: Sequence[tuple[Grid, Row]], names: dict[str, str | None], *, is_split: bool) -> pd.DataFrame:
    id_column, name_column = board_columns([])[:2]
    arrays: dict[str, object] = {
        "kol_id": array_of(id_column, [row.kol_id for _, row in first]),
        "name": array_of(name_column, [names[row.kol_id] for _, row in first]),
    }
    if is_split:
        arrays["sheet"] = array_of(_SHEET, [grid.title for grid, _ in first])
    columns: dict[str, list[Plain]] = defaultdict(lambda: [None] * len(first))
    known: dict[int, dict[int, str]] = {}
    for place, (grid, row) in enumerate(first):
        if id(grid) not in known:
            known[id(grid)] = _own_columns(grid)
        for column, name in known[id(grid)].items():
            columns[name][place] = grid.cell(row.position, column)
    is_text = bool(first) and first[0][0].is_text
    return pd.DataFrame({**arrays, **{name: _own_array(cells, is_text) for name, cells in columns.items()}}, copy=False)


def _own_columns(grid: Grid) -> dict[int, str]:
    """Return column -> name of what the maker of the list keeps, unique and different from our own."""
    taken = {"kol_id", "name", "sheet"}
    own: dict[int, str] = {}
    for column in range(grid.width):
        header = own_name(grid.header(column))
        if column in (grid.ids, grid.names) or not (header or any(grid.columns[column])):
            continue
        base = name = header or f"column {column + 1}"
        number = 1
        while name in taken:
            number += 1
            name = f"{base} ({number})"
        taken.add(name)
        own[column] = name
    return own


def _own_array(cells: Sequence[Plain], is_text: bool) -> object:
    if not is_text:
        return as_found(cells, cells)
    texts = ["" if cell is None else str(cell) for cell in cells]
    return as_found(literals(texts), [meant(text) for text in texts])


def _id_column(grids: Sequence[Grid]) -> dict[str, str] | str | None:
    titles = {grid.title: grid.column_title(grid.ids) for grid in grids}
    return titles if len(set(titles.values())) > 1 else next(iter(titles.values()), None)


def _hidden(pages: Sequence[Sheet], selection: tuple[str, ...] | None) -> Iterator[tuple[Skipped, Sheet]]:
    """Yield what was left out because it is hidden, with a sheet of the rows."""
    for page in pages:
        if not page.is_visible and not selection:
            yield {"sheet": page.title, "row": None, "reason": "a hidden sheet"}, page
            continue
        for number, cells in page.rows:
            if number in page.hidden:
                skip = {"sheet": page.title, "row": number, "reason": "hidden or filtered out"}
                yield skip, Sheet(page.title, False, [(number, cells)], page.links)


def _warn_of_hidden(hidden: Sequence[tuple[Skipped, Sheet]], names: Collection[str], path: object) -> None:
    """Warn of creators that stand only in hidden places."""
    missed = 0
    for _, page in hidden:
        missed += sum(any(_looks_missed(cell, names) for cell in cells) for _, cells in page.rows)
    if missed:
        rows = "1 row with another creator is" if missed == 1 else f"{missed:,} rows with other creators are"
        warnings.warn(
            f"{path}: {rows} hidden or filtered out and left out; "
            'attrs["skipped"] lists them, and sheet= reads a hidden sheet',
            PartialResultWarning,
            stacklevel=4,
        )


def _looks_missed(cell: Plain, names: Collection[str]) -> bool:
    text = text_of(cell)
    return is_long(text) and is_of_marketplace(text) and (address_id(text) or bare(text)) not in names
