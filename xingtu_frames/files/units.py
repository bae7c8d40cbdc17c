"""The units of columns whose rows are of several metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from ..board.metrics import METRICS
from ..tables.catalog import TABLES
from ..tables.schema import Column
from .groups import Plain

OF_ROWS = ("as the metric", "as in spread_info")
"""The units of columns whose rows have units of their own, which another column of the row tells."""
_TOLD_BY = ("metric", "condition")
_UNITS: Mapping[str, str] = MappingProxyType(
    {
        **{column.name: column.unit for table in reversed(list(TABLES.values())) for column in table.columns},
        **{str(metric.where["metric"]): metric.unit for metric in METRICS.values() if "metric" in metric.where},
        **{metric.name: metric.unit for metric in METRICS.values()},
    }
)
"""Name of a metric or of a column of a table -> its unit."""


def row_units(column: Column, cells: Mapping[str, Sequence[Plain]], own: Mapping[str, str]) -> list[str] | None:
    """Return the unit of each row of a column whose rows have their own; None where all have that of the column.

    ``own`` has the units of metrics of the user's own.
    """
    teller = next((name for name in _TOLD_BY if name in cells), None)
    if column.unit not in OF_ROWS or teller is None:
        return None
    return [own.get(str(name)) or _UNITS.get(str(name), "") for name in cells[teller]]
