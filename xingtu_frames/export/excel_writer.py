"""Frames as an Excel workbook: one sheet per frame, and a last one that says what the columns mean."""

from __future__ import annotations

import datetime as dt
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from xlsxwriter.exceptions import XlsxWriterException

from ..errors import CacheError, ParameterError
from ..schema import Column
from .columns import EXACT_INTEGER, declared, spoken_values, written
from .excel_page import ILLEGAL, Kind, Page, workbook
from .whole_file import write_whole

LABELS = ("zh", "en")
MAX_ROWS, MAX_COLUMNS, MAX_TEXT, MAX_SHEET_NAME = 1_048_575, 16_384, 32_767, 31
ABOUT_SHEETS: Mapping[str, str] = {"zh": "说明", "en": "About"}
ABOUT_HEADERS: Mapping[str, tuple[str, ...]] = {
    "zh": ("工作表", "表头", "字段", "单位", "含义"),
    "en": ("Sheet", "Header", "Name", "Unit", "Meaning"),
}
UNITS_ZH: Mapping[str, str] = {"UTC": "（UTC）", "s": "（秒）"}
"""Units that a header names because the number format cannot."""

_KINDS: Sequence[tuple[Callable[[Any], bool], Kind]] = (
    (pd.api.types.is_datetime64_any_dtype, "time"),
    (pd.api.types.is_integer_dtype, "whole"),
    (pd.api.types.is_float_dtype, "decimal"),
)

_EXCEL_EPOCH = dt.datetime(1899, 12, 30)
_MICROSECOND = dt.timedelta(microseconds=1)
_DAY = 86_400_000_000
_FIRST_SAFE_DAY = 61  # before it, Excel counts a 29 February 1900

_NOT_IN_A_NAME = re.compile(f"[\\[\\]:*?/\\\\\t\n{ILLEGAL}\ud800-\udfff]")


def write_excel(sheets: Mapping[str, pd.DataFrame], path: str | os.PathLike[str], *, labels: str = "zh") -> Path:
    """Write frames as the sheets of one workbook, ready to hand on.

    Ids and other text are text cells: nothing is run, no digit is lost. Missing is the empty cell. Times are UTC.
    The last sheet (说明 or About) says what each column means and its unit. The same frames give the same bytes.

    Parameters
    ----------
    sheets
        Sheet name -> frame. Names that Excel does not allow are repaired; the frames' indexes are not written.
    path
        The file to write. It appears whole or not at all.
    labels
        ``"zh"`` for Chinese headers and words, ``"en"`` for the names that the frames use.

    Returns
    -------
    The path of the file.

    Raises
    ------
    ParameterError
        Nothing to write, other labels, or a frame that Excel cannot hold: more than 1,048,575 rows, 16,384 columns
        or 32,767 characters in a cell. Nothing was written.
    CacheError
        The file cannot be written; an old file is still there.
    """
    if labels not in LABELS:
        raise ParameterError(f'labels must be "zh" or "en", not {labels!r}')
    frames = _frames(sheets)
    names = sheet_names(sheets)
    content = [_page(name, frame, labels) for name, frame in zip(names, frames, strict=True)]
    try:
        data = workbook([*content, _about(content, labels)])
    except (OSError, XlsxWriterException) as error:
        raise CacheError(f"cannot write {path}: {error}; free some space in {tempfile.gettempdir()}") from None
    return write_whole(path, data)


def _frames(sheets: Any) -> list[pd.DataFrame]:
    frames = list(sheets.values()) if isinstance(sheets, Mapping) else []
    if not frames or not all(isinstance(frame, pd.DataFrame) for frame in frames):
        raise ParameterError('sheets must map at least one sheet name to a frame, such as {"board": board}')
    return frames


def sheet_names(wanted: Iterable[object]) -> list[str]:
    """Return names that Excel allows, as near as possible to those wanted, each once."""
    taken = {"history", *(name.casefold() for name in ABOUT_SHEETS.values())}
    names = []
    for position, name in enumerate(wanted, start=1):
        base = _NOT_IN_A_NAME.sub("_", str(name))
        repaired, tries = _fit_name(base) or f"Sheet{position}", 1
        while repaired.casefold() in taken:
            tries += 1
            repaired = _fit_name(base, f" ({tries})")
        taken.add(repaired.casefold())
        names.append(repaired)
    return names


def _fit_name(base: str, ending: str = "") -> str:
    """Return the name with its ending, cut to Excel's length; Excel counts an emoji as two."""
    base = base.strip(" '")
    while _excel_length(base + ending) > MAX_SHEET_NAME:
        base = base[:-1]
    return f"{base}{ending}".strip(" '")


def _excel_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _page(name: str, frame: pd.DataFrame, labels: str) -> Page:
    _check_size(name, frame)
    columns = declared(frame)
    spoken = labels == "zh"
    cells = []
    for position, column in enumerate(columns):
        words = spoken_values(column) if spoken else {}
        values = [_excel_value(value) for value in written(frame.iloc[:, position])]
        cells.append([words.get(value, value) if isinstance(value, str) else value for value in values])
        _check_text(name, column.name, [column.name, *cells[-1]])
    headers = _headers(columns, labels)
    kinds = [_kind(column, dtype) for column, dtype in zip(columns, frame.dtypes, strict=True)]
    frozen = 2 if [column.name for column in columns[1:2]] in (["name"], ["nick_name"]) else 1
    return Page(name, columns, headers, kinds, cells, min(frozen, len(columns)))


def _check_size(name: str, frame: pd.DataFrame) -> None:
    for count, limit, what in ((len(frame), MAX_ROWS, "rows"), (len(frame.columns), MAX_COLUMNS, "columns")):
        if count > limit:
            raise ParameterError(
                f"sheet {name!r} has {count:,} {what}, an Excel sheet holds {limit:,}; split it, or use write_csv"
            )


def _check_text(name: str, column: str, cells: Iterable[Any]) -> None:
    for row, cell in enumerate(cells, start=1):
        # No character counts more than twice, so most cells need no encoding.
        if isinstance(cell, str) and len(cell) > MAX_TEXT // 2 and (length := _excel_length(cell)) > MAX_TEXT:
            raise ParameterError(
                f"sheet {name!r}, column {column[:40]!r}, row {row}: {length:,} characters, "
                f"an Excel cell holds {MAX_TEXT:,}; shorten the text, or use write_csv"
            )


def _excel_value(value: Any) -> Any:
    """Return what the cell holds: a number only where Excel keeps it exactly, else text."""
    if isinstance(value, dt.datetime):
        return _serial(value)
    too_long = isinstance(value, int) and abs(value) >= EXACT_INTEGER
    endless = isinstance(value, float) and value in (float("inf"), float("-inf"))
    return str(value) if too_long or endless else value


def _serial(moment: dt.datetime) -> float | str:
    """Return Excel's days since 1900, a date to a person; text where the float would lose a microsecond (from 2079).

    Integers divide to the nearest float, which until then is nearer than half a microsecond.
    """
    micros = (moment.replace(tzinfo=None) - _EXCEL_EPOCH) // _MICROSECOND
    serial = micros / _DAY
    exact = serial >= _FIRST_SAFE_DAY and round(serial % 1 * _DAY) + int(serial) * _DAY == micros
    return serial if exact else moment.isoformat()


def _headers(columns: Sequence[Column], labels: str) -> list[str]:
    """Return one header per column; a label that another column has already gives way to the name."""
    taken = {column.name for column in columns}
    headers = []
    for column in columns:
        label = f"{column.label_zh}{UNITS_ZH.get(column.unit, '')}" if labels == "zh" else column.name
        headers.append(column.name if label in taken else label)
        taken.add(headers[-1])
    return headers


def _kind(column: Column, dtype: Any) -> Kind:
    if column.name == "kol_id":
        return "id"
    return next((kind for holds, kind in _KINDS if holds(dtype)), "text")


def _about(sheets: Sequence[Page], labels: str) -> Page:
    rows = [
        (sheet.name, header, column.name, column.unit, column.meaning)
        for sheet in sheets
        for header, column in zip(sheet.headers, sheet.columns, strict=True)
    ]
    headers = ABOUT_HEADERS[labels]
    cells = [[cell or None for cell in column] for column in zip(*rows, strict=True)] or [[] for _ in headers]
    columns = [Column(header, "str", "", header, "") for header in headers]
    return Page(ABOUT_SHEETS[labels], columns, headers, ["text"] * len(headers), cells, 0, widest=150)
