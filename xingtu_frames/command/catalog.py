"""The declarations as frames, for reading in a notebook."""

from __future__ import annotations

import pandas as pd

from ..board.metrics import METRICS, board_columns
from ..errors import no_such
from ..frame import build_frame
from ..tables.catalog import TABLES
from ..tables.schema import Column
from ..wire import ENDPOINTS, PAIRS, PREFIX

_DESCRIPTION = (
    Column("column", "str", "", "列", "name of the column"),
    Column("dtype", "str", "", "类型", "pandas dtype"),
    Column("unit", "str", "", "单位", "unit of the values"),
    Column("label_zh", "str", "", "中文名", "Chinese label"),
    Column("meaning", "str", "", "含义", "what the value says, and how sure that is"),
    Column("confidence", "str", "", "把握", "certain, likely or unconfirmed"),
    Column("evidence", "str", "", "依据", "captured, shape or raw: what the table rests on; NA for what is ours"),
)
_ENDPOINT = (
    Column("name", "str", "", "接口", "name for Client.get"),
    Column("path", "str", "", "路径", "path on the server"),
    Column("title", "str", "", "标题", "the provider's title"),
    Column("parameters", "str", "", "参数", "query parameters, required ones marked with *"),
    Column("deprecated", "boolean", "", "已弃用", "whether the provider calls it deprecated"),
    Column("twin", "str", "", "对应接口", "the current endpoint of a legacy one, and the other way round"),
    Column("tables", "str", "", "表", "the tables that read it, joined by |"),
)


class Description(pd.DataFrame):
    """A frame of texts that are shown whole; what is made of it is a plain frame."""

    def __repr__(self) -> str:
        return self.to_string(max_colwidth=None)

    def _repr_html_(self) -> str:
        from ..report.show import show  # loads what only a page needs

        return show(pd.DataFrame(self), lang="en").to_html()


def describe(table: str) -> pd.DataFrame:
    """Return the declared columns of a table; it shows them whole.

    Parameters
    ----------
    table
        Name of the table: a key of ``TABLES``, or ``"board"`` for what `compare` returns.

    Returns
    -------
    One row per column: ``column``, ``dtype``, ``unit``, ``label_zh``, ``meaning``; ``confidence`` in that meaning:
    ``certain``, ``likely`` or ``unconfirmed``; and ``evidence``, what the table rests on: ``captured`` payloads, their
    ``shape`` alone as client code reads it, or ``raw`` where nothing is public. For a metric of the board the meaning
    also says which way is better, and the evidence is that of its table.

    Raises
    ------
    ParameterError
        No such table.

    Examples
    --------
    >>> describe("cost_tiers")["column"].tolist()
    ['kol_id', 'video_type', 'window', 'metric', 'duration_band', 'cost_cny', 'fetched_at']
    """
    described = build_frame(
        _DESCRIPTION, [(c.name, c.dtype, c.unit, c.label_zh, c.meaning, c.confidence, said) for c, said in _rows(table)]
    )
    return Description(described)


def _rows(table: object) -> list[tuple[Column, str | None]]:
    """Return the columns of a table, and what each rests on."""
    if isinstance(table, str) and table == "board":
        evidence = {metric.name: TABLES[metric.table].evidence for metric in METRICS.values()}
        return [(column, evidence.get(column.name)) for column in board_columns(list(METRICS.values()))]
    if isinstance(table, str) and table in TABLES:
        return [(column, TABLES[table].evidence) for column in TABLES[table].columns]
    raise no_such("table", [table], [*TABLES, "board"])


def endpoints() -> pd.DataFrame:
    """Return the 53 Xingtu endpoints that ``Client.get`` reaches.

    Returns
    -------
    One row per endpoint: ``name``, ``path``, ``title``, ``parameters`` (required ones marked with ``*``),
    ``deprecated``, ``twin`` (the current or legacy endpoint of the same question), ``tables`` that read it.

    Examples
    --------
    >>> len(endpoints())
    53
    """
    rows = []
    for name, endpoint in ENDPOINTS.items():
        pair = PAIRS.get(name)
        twin = None if pair is None else (pair.current if name == pair.legacy else pair.legacy)
        readers = [t.name for t in TABLES.values() if t.endpoint in (name, twin if endpoint.deprecated else name)]
        parameters = ", ".join(p.name + "*" * p.required for p in endpoint.parameters)
        path = f"{PREFIX}{endpoint.path}"
        rows.append((name, path, endpoint.title, parameters, endpoint.deprecated, twin, "|".join(readers) or None))
    return build_frame(_ENDPOINT, rows)
