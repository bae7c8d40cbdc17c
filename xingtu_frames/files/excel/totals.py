"""The row of sums below a plan: what is added up, and how it is known again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...arguments import Language
from ..groups import Plain, kind_of
from .formats import Cell

TOTALS: Mapping[Language, str] = {"zh": "合计", "en": "Total"}
"""What stands in the first cell of the row."""
_SUMMED: Mapping[str, Sequence[str]] = {
    "plan_budget": ("price_cny", "fee_cny", "rebate_cny", "total_cny", "expected", "quote_cny"),
}
"""Kind of frame -> the columns whose sums mean something."""


def totals(names: Sequence[str], columns: Sequence[Sequence[Plain]], lang: Language) -> dict[str, Cell]:
    """Return column -> what its total says; nothing for a frame that is not added up.

    A column with a gap has no total: what is missing would count as 0.
    """
    summed = _SUMMED.get(kind_of(names) or "", ())
    cells = dict(zip(names, columns, strict=True))
    if not summed or not cells["kol_id"]:
        return {}
    sums = {name: [value for value in cells[name] if isinstance(value, int | float)] for name in summed}
    full = {name: sum(values) for name, values in sums.items() if len(values) == len(cells[name])}
    return {"kol_id": TOTALS[lang], **full}


def without_total(names: Sequence[str], lines: Sequence[Sequence[Plain]]) -> list[Sequence[Plain]]:
    """Return the rows of a sheet without that of the sums."""
    if kind_of(names) not in _SUMMED:
        return list(lines)
    place = list(names).index("kol_id")
    return [line for line in lines if line[place] not in TOTALS.values()]
