"""A frame becomes a sheet: headers, cells as Excel keeps them, names beside the ids; and what does not fit."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from ...arguments import Language
from ...board.metrics import METRICS, NAME_COLUMN, NAME_COLUMNS, Metric
from ...board.own import own_metrics
from ...board.proposal import DOUYIN, DOUYIN_COLUMN, HOME, HOME_COLUMN, ID_COLUMN
from ...errors import ParameterError
from ...frame import names_in
from ...ids.rounding import EXACT_INTEGER
from ...tables.inputs import CHINA
from ...tables.schema import Column
from ...wording.terminal import label
from ...wording.zone import IN_HEADER
from ..cells import written
from ..groups import Plain, candidates, column_names, declared, headings, kind_of
from ..units import row_units
from ..words import TRUTH, in_words, speaks_already, spoken_words, with_own_words
from .about import AS_WRITTEN_UNITS, TRUTH_UNIT, ZONE_UNITS
from .cells import DAY_US, MAX_COLUMN, MAX_ROW
from .colours import rules
from .columns import Page, PageColumn
from .exact import Serial
from .formats import Cell, Kind, NumberFormat, cell_formats, number_format
from .text import MAX_TEXT, excel_length
from .totals import totals
from .widths import narrow_widths, pages_across, widths

# One row is the header.
MAX_ROWS = MAX_ROW - 1

_ADDED: Mapping[str, str] = {
    "zh": "为便于阅读而补充，不属于该表；read_excel 读回时去掉",
    "en": "added for reading, no column of this frame; read_excel leaves it out",
}
_BY_VALUE: Mapping[frozenset[type], Kind] = {
    frozenset({dt.datetime}): "time",
    frozenset({dt.date}): "date",
    frozenset({bool}): "truth",
    frozenset({int}): "whole",
    frozenset({float}): "decimal",
    frozenset({int, float}): "decimal",
}
# Where every value is missing, only the dtype tells.
_BY_DTYPE: Sequence[tuple[Callable[[Any], bool], Kind]] = (
    (pd.api.types.is_datetime64_any_dtype, "time"),
    (pd.api.types.is_bool_dtype, "truth"),
    (pd.api.types.is_integer_dtype, "whole"),
    (pd.api.types.is_float_dtype, "decimal"),
)
_DAYS = "datetime64[us]"
# No other address becomes a link: what stands in a cell may come from anywhere.
_ADDRESSES: Mapping[str, re.Pattern[str]] = {
    HOME_COLUMN: re.compile(rf"{re.escape(HOME)}[0-9]{{1,20}}"),
    DOUYIN_COLUMN: re.compile(rf"{re.escape(DOUYIN)}([A-Za-z0-9._~-]|%[0-9A-F]{{2}}){{1,300}}"),
}
_NAME_CELLS = 60
_MOST_SAID = 4
_BASIS = ("video_type", "window", "fetched_at")
"""The columns that say what a printed page is about."""
_EXCEL_EPOCH = dt.datetime(1899, 12, 30)
_MICROSECOND = dt.timedelta(microseconds=1)
_FIRST_SAFE_DAY = 61  # before it, Excel counts a 29 February 1900


def names_of(frames: Iterable[pd.DataFrame]) -> dict[str, str]:
    """Return creator -> name as the frames tell, cut for reading: of a board before nicknames, the first one."""
    known: dict[str, str] = {}
    listed_frames = list(frames)
    for name in NAME_COLUMNS:
        for frame in listed_frames:
            columns = column_names(frame)
            if columns.count("kol_id") == columns.count(name) == 1:
                ids, names = (written(frame.iloc[:, columns.index(column)]) for column in ("kol_id", name))
                for kol_id, spelled in zip(ids, names, strict=True):
                    if kol_id is not None and spelled is not None:
                        known.setdefault(str(kol_id), label(spelled, _NAME_CELLS))
    others = [names_in(frame) for frame in listed_frames if "name" not in column_names(frame)]
    for kol_id, spelled in (pair for names in others for pair in names.items()):
        known.setdefault(kol_id, label(spelled, _NAME_CELLS))
    return known


def page(name: str, frame: pd.DataFrame, lang: Language, names: Mapping[str, str]) -> Page:
    """Return the sheet of a frame, with the names of its creators beside their ids where it has none."""
    _check_size(name, frame)
    own, (_, choices) = own_metrics(frame), candidates(column_names(frame))
    columns = [with_own_words(column, own) for column in declared(frame)]
    values = [written(frame.iloc[:, position]) for position in range(len(columns))]
    creator_names = _creator_names(columns, values, names)
    zoned = [_is_zoned(*about) for about in zip(columns, values, choices, strict=True)]
    headers = _headers([*columns, *([NAME_COLUMN] if creator_names else [])], [*zoned, False], lang, names)
    sums = totals(column_names(frame), values, lang)
    by_name = dict(zip(column_names(frame), values, strict=True))
    looks = {**_row_formats(columns, by_name, own, lang), **cell_formats(by_name, lang)}
    shown = []
    for position, column in enumerate(columns):
        _check_text(name, column.name, [column.name, *values[position]])
        kind = _kind(column, frame.dtypes.iloc[position], values[position])
        cells, said = _cells(column, values[position], choices[position], lang, is_zoned=zoned[position])
        shown.append(
            PageColumn(
                headers[position],
                kind,
                cells,
                number_format(kind, column.unit, lang),
                column.name,
                said,
                column.meaning_in(lang),
                {**_own_formats(kind, values[position], lang), **looks.get(column.name, {})},
                rules(column, cells, lang),
                sums.get(column.name),
            )
        )
    if creator_names:
        place = [column.name for column in columns].index("kol_id") + 1
        look = number_format("text", "", lang)
        shown.insert(place, PageColumn(headers[-1], "text", creator_names, look, "", "", _ADDED[lang]))
    return Page(name, shown, _frozen(shown), _on_one_page(frame, shown), _basis(columns, values, lang))


def _row_formats(
    columns: Sequence[Column], cells: Mapping[str, Sequence[Plain]], own: Mapping[str, Metric], lang: Language
) -> dict[str, dict[int, NumberFormat]]:
    """Return column -> row -> format of the numbers whose unit is that of the metric in their row."""
    units = {column.name: row_units(column, cells, {name: one.unit for name, one in own.items()}) for column in columns}
    return {
        name: {row: number_format("decimal", unit, lang) for row, unit in enumerate(of_rows)}
        for name, of_rows in units.items()
        if of_rows
    }


def _on_one_page(frame: pd.DataFrame, shown: Sequence[PageColumn]) -> tuple[int, int] | None:
    """Return the first and last column that a client prints on one page; None for what is printed as it comes.

    Of a board these are the name and the metrics: with ids, times and choices, letters would be too small to read. A
    table that narrow columns bring to one page has them; one that needs two in any case keeps its roomy ones.
    """
    names = column_names(frame)
    kind = kind_of(names)
    metrics = [place for place, name in enumerate(names) if name in METRICS]
    if kind == "board" and metrics:
        return names.index("name"), max(metrics)
    is_saved = kind is not None and pages_across(widths(shown)) > 1 == pages_across(narrow_widths(shown))
    return (0, len(shown) - 1) if kind == "proposal" or is_saved else None


def _basis(columns: Sequence[Column], values: Sequence[Sequence[Plain]], lang: Language) -> str:
    """Return which videos and days a sheet is about, and the day of its oldest answer, for the foot of a page."""
    cells = {column.name: (column, found) for column, found in zip(columns, values, strict=True)}
    said = []
    for column, found in (cells[name] for name in _BASIS if name in cells):
        times = [value.astimezone(CHINA) for value in found if isinstance(value, dt.datetime) and value.tzinfo]
        words = spoken_words(column) if lang == "zh" else {}
        texts = dict.fromkeys(str(in_words(value, words)) for value in found if isinstance(value, str))
        said += [f"{min(times):%Y-%m-%d}"] if times else list(texts)
    return " · ".join(said) if len(said) <= _MOST_SAID else ""


def _creator_names(
    columns: Sequence[Column], values: Sequence[Sequence[Plain]], names: Mapping[str, str]
) -> list[Cell]:
    """Return the name of each row's creator; nothing where the frame has names, or no ids."""
    own = [column.name for column in columns]
    if own.count("kol_id") != 1 or not set(own).isdisjoint(NAME_COLUMNS) or len(own) == MAX_COLUMN:
        return []
    result: list[Cell] = [names.get(str(kol_id)) for kol_id in values[own.index("kol_id")]]
    return result if any(result) else []


def _frozen(columns: Sequence[PageColumn]) -> int:
    with_name = len(columns) > 1 and (columns[1].name or "name") in NAME_COLUMNS
    return min(2 if with_name else 1, len(columns))


def _is_zoned(column: Column, values: Sequence[Plain], choices: Sequence[Column]) -> bool:
    """Return whether the times of a column are shown as those of China."""
    times = [value for value in values if value is not None] if not choices else []
    aware = bool(times) and all(isinstance(value, dt.datetime) and value.tzinfo for value in times)
    return column.unit == "UTC" or aware


def _cells(
    column: Column, values: Sequence[Plain], choices: Sequence[Column], lang: Language, *, is_zoned: bool
) -> tuple[list[Cell], str]:
    """Return the cells in the words of the language, and what the last sheet says for a unit."""
    if is_zoned:
        return [_in_china(value) for value in values], ZONE_UNITS[lang]
    cells = [_excel_value(value) for value in values]
    if speaks_already(cells, choices):
        return cells, AS_WRITTEN_UNITS[lang]
    if lang != "zh":
        return cells, column.unit
    present = [cell for cell in cells if cell is not None]
    if not choices and present and all(isinstance(cell, bool) for cell in present):
        return [in_words(cell, TRUTH) for cell in cells], TRUTH_UNIT
    words = spoken_words(column)
    return [in_words(cell, words) for cell in cells] if words else cells, column.unit_in(lang)


def _check_size(name: str, frame: pd.DataFrame) -> None:
    for count, limit, what in ((len(frame), MAX_ROWS, "rows"), (len(frame.columns), MAX_COLUMN, "columns")):
        if count > limit:
            raise ParameterError(
                f"sheet {name!r} has {count:,} {what}, an Excel sheet holds {limit:,}; split it, or use write_csv"
            )


def _check_text(name: str, column: str, cells: Iterable[Plain]) -> None:
    for row, cell in enumerate(cells, start=1):
        # No character counts more than twice, so most cells need no encoding.
        if isinstance(cell, str) and len(cell) > MAX_TEXT // 2 and (length := excel_length(cell)) > MAX_TEXT:
            raise ParameterError(
                f"sheet {name!r}, column {column[:40]!r}, row {row}: {length:,} characters, "
                f"an Excel cell holds {MAX_TEXT:,}; shorten the text, or use write_csv"
            )


def _in_china(value: Plain) -> str | float | None:
    """Return a time as that of China; where Excel cannot hold it exactly, the text names its own zone."""
    if not isinstance(value, dt.datetime):
        return _excel_value(value)
    aware = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
    try:
        shown = _serial(aware.astimezone(CHINA))
    except OverflowError:
        shown = aware.isoformat()
    return shown


def _excel_value(value: Plain) -> str | float | None:
    """Return what the cell holds: a number only where Excel keeps it exactly, else text."""
    if isinstance(value, dt.date):
        return _serial(value)
    too_long = isinstance(value, int) and abs(value) >= EXACT_INTEGER
    endless = isinstance(value, float) and value in (float("inf"), float("-inf"))
    return str(value) if too_long or endless else value


def _serial(moment: dt.date) -> Serial | str:
    """Return Excel's days since 1900, a date to a person; text where the float would lose a microsecond (from 2079).

    Integers divide to the nearest float, which until then is nearer than half a microsecond.
    """
    naive = dt.datetime(moment.year, moment.month, moment.day)
    if isinstance(moment, dt.datetime):
        naive = moment.replace(tzinfo=None)
    micros = (naive - _EXCEL_EPOCH) // _MICROSECOND
    serial = micros / DAY_US
    exact = serial >= _FIRST_SAFE_DAY and round(serial % 1 * DAY_US) + int(serial) * DAY_US == micros
    return Serial(serial) if exact else moment.isoformat()


def _headers(columns: Sequence[Column], zoned: Sequence[bool], lang: Language, names: Mapping[str, str]) -> list[str]:
    """Return one header per column; one that is a creator, as in a matrix of likeness, is headed by its name."""
    labels = [
        names.get(column.name, column.header_zh if lang == "zh" else column.name) + IN_HEADER[lang] * is_zoned
        for column, is_zoned in zip(columns, zoned, strict=False)
    ]
    return headings(columns, labels)


def _kind(column: Column, dtype: object, values: Sequence[Plain]) -> Kind:
    if column.name in ("kol_id", ID_COLUMN):
        return "id"
    address = _ADDRESSES.get(column.name)
    if address and all(value is None or address.fullmatch(str(value)) for value in values):
        return "link"
    kinds = frozenset(type(value) for value in values if value is not None)
    if not kinds:
        return next((kind for holds, kind in _BY_DTYPE if holds(dtype)), "text")
    kind = _BY_VALUE.get(kinds, "text")
    return "date" if kind == "time" and column.dtype == _DAYS and all(map(_is_day, values)) else kind


def _is_day(value: Plain) -> bool:
    return value is None or (isinstance(value, dt.datetime) and value.tzinfo is None and value.time() == dt.time())


def _own_formats(kind: Kind, values: Sequence[Plain], lang: Language) -> dict[int, NumberFormat]:
    """Return row -> format of the times and dates among values of other kinds, which would show as numbers."""
    if kind in ("time", "date", "whole", "decimal", "truth"):
        return {}
    formats: Mapping[type, Kind] = {dt.datetime: "time", dt.date: "date"}
    kinds = {row: formats[type(value)] for row, value in enumerate(values) if type(value) in formats}
    return {row: number_format(own, "", lang) for row, own in kinds.items()}
