"""Every declared table by name, and a payload read as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from ..errors import NOWHERE, PayloadError, Place, must_be, no_such, quoted
from . import (
    audience,
    connection,
    content,
    conversion,
    cost,
    effect,
    fulfilment,
    growth,
    index,
    introduction,
    profile,
    raw,
    records,
    search,
    seeding,
    spread,
    trend,
    video,
    words,
)
from .columns import UNREADABLE, Cells, cleaned
from .layout import Layout
from .lookup import Lookup
from .options import FAN_GROUP, FLOW, INDUSTRY, ONLY_ASSIGNED, PLATFORM, STAGE, VIDEO_TYPE, WINDOW
from .read import Fields, Unread, misshapen, short
from .schema import Answer, Column, Option, Row, Table

_READING_ORDER = (
    audience.TOUCH_DISTRIBUTION,
    spread.SPREAD_INFO,
    cost.COST_TIERS,
    spread.SPREAD_BENCHMARKS,
    *connection.TABLES,
    *index.TABLES,
    *content.TABLES,
    *profile.TABLES,
    cost.QUOTES,
    cost.COST_PERFORMANCE,
    cost.COST_PERFORMANCE_TIERS,
    audience.AUDIENCE_PORTRAIT,
    audience.FANS_PORTRAIT,
    video.SHOW_ITEMS,
    video.SHOW_ITEMS_BENCHMARKS,
    video.RECOMMENDED_VIDEOS,
    conversion.CONVERT_ABILITY,
    conversion.CONVERT_RANGES,
    conversion.CONVERT_CATEGORIES,
    *effect.TABLES,
    *seeding.TABLES,
    *fulfilment.TABLES,
    *growth.TABLES,
    *words.TABLES,
    *introduction.TABLES,
    *trend.TABLES,
    *raw.TABLES,
    *search.TABLES,
)

TABLES: Lookup[Table] = Lookup(
    {table.name: table for table in _READING_ORDER},
    "tables",
    {
        "row": lambda table: table.row,
        "evidence": lambda table: table.evidence,
        "endpoint": lambda table: table.endpoint,
        "label_zh": lambda table: table.label_zh,
    },
)
"""Every declared table by name, read-only."""

OPTIONS: Mapping[str, Option] = MappingProxyType(
    {option.name: option for option in (STAGE, FAN_GROUP, VIDEO_TYPE, WINDOW, ONLY_ASSIGNED, FLOW, INDUSTRY, PLATFORM)}
)
"""The choices that tables of creators share, by name, in the order of the arguments."""


def words_zh(columns: Iterable[Column]) -> dict[str, str]:
    """Return the Chinese of every word of the columns' closed vocabularies."""
    return {word: zh for column in columns for word, zh in column.words.zh.items()}


LABELS_ZH: Mapping[str, str] = MappingProxyType(
    words_zh(
        [
            *(column for table in TABLES.values() for column in table.columns),
            *(option.column for option in OPTIONS.values()),
            *records.PLAN_COLUMNS,
            *records.LEDGER_COLUMNS,
            *records.TRACK_COLUMNS,
        ]
    )
)
"""Chinese for the closed vocabularies of tables, options and records, from where each is declared."""


class Reading(NamedTuple):
    """The rows of one payload, and the values that were taken as missing because their meaning is not plain."""

    rows: list[Row]
    unread: list[Unread]


def tables_named(names: Any) -> list[Table]:
    """Return the declared tables of those names, each once; a table stands for itself.

    Raises
    ------
    ParameterError
        One does not exist.
    """
    asked = list(names) if isinstance(names, Iterable) and not isinstance(names, str | Table) else [names]
    unknown = [name for name in asked if not isinstance(name, Table) and not (isinstance(name, str) and name in TABLES)]
    if unknown:
        raise no_such("table", unknown, TABLES)
    return list(dict.fromkeys(name if isinstance(name, Table) else TABLES[name] for name in asked))


def table_named(name: Any) -> Table:
    """Return the one declared table of that name; a table stands for itself.

    Raises
    ------
    ParameterError
        It does not exist, or there are several.
    """
    found = tables_named(name)
    if len(found) != 1:
        raise must_be("table", 'the name of one table, such as "quotes"', quoted(name))
    return found[0]


def rows_of(table: Table, data: Any, place: Place = NOWHERE) -> Reading:
    """Read a table from one payload's ``data``; ``None`` is an answer without data.

    The one place where rows are made: whatever a payload holds, they are values that every frame and file can hold,
    or one `PayloadError`.

    Raises
    ------
    PayloadError
        Names the field that cannot be read.
    """
    if data is None and table.listing:
        return Reading([], [])
    unread: list[Unread] = []
    try:
        if table.evidence != "raw":
            if data is not None and not isinstance(data, Mapping):
                raise misshapen("data", data, "an object")
            _check_is_for(table.answer, data or {})
            data = data or {}
        return Reading([cleaned(row) for row in table.parse(Fields(data, "", unread))], unread)
    except PayloadError as error:
        problem, field = str(error), error.field
        if table.evidence == "shape":
            problem += "; xf.to_long(payload) shows what came"
    except UNREADABLE as error:
        problem, field = short(f"the payload cannot be read ({type(error).__name__}: {error})", 200), "data"
    raise PayloadError(f"{table.name}: {problem}", field=field, **place)


def values_of(table: Table, data: object) -> Cells | None:
    """Return the values of a payload that a table with a layout can read together with those of others.

    None is for one that has to be read alone.
    """
    if type(data) is not dict or data.keys().isdisjoint(table.answer.keys) or not isinstance(table.parse, Layout):
        return None
    return table.parse.taken_from(data)


def _check_is_for(answer: Answer, data: Mapping[str, object]) -> None:
    """Refuse a payload of something else: it has fields, and none of them is one of this answer."""
    if not answer.keys or not data.keys().isdisjoint(answer.keys):
        return
    fields = [key for key in data if key != "base_resp"]
    if not fields or any(map(answer.knows, fields)):
        return
    got = ", ".join(short(key) for key in fields[:5])
    raise PayloadError(f"no field {answer.keys[0]!r}; the payload has {got}", field=answer.keys[0])
