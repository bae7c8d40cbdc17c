"""A board as the table of a page: sorted by whoever reads it, and whole without a script."""

from __future__ import annotations

import datetime as dt
import html
import math
from collections.abc import Mapping, Sequence

import pandas as pd

from ..arguments import Language
from ..board.metrics import READ_FIRST
from ..files.cells import written
from ..files.excel.colours import better
from ..files.groups import Plain, declared
from ..tables.schema import Column
from ..wording.figures import shortened
from ..wording.terminal import one_line
from .cell_looks import looks
from .cell_texts import header, is_number, texts

_COLUMNS = ("name", *READ_FIRST, "top_category", "fetched_at", "kol_id")
_NAME_CELLS = 40
_WORDS: Mapping[Language, Mapping[str, str]] = {
    "zh": {"scroll": "表格，可左右滚动", "sort": "点表头排序；缺失的值（—）总在最后"},
    "en": {"scroll": "table, scrolls sideways", "sort": "click a header to sort; missing values (—) stay last"},
}
_TABLE = """<p class="hint" hidden>{sort}</p>
<div class="scroll" role="region" tabindex="0" aria-label="{scroll}">
<table class="sortable">
<caption>{caption}</caption>
<thead>
<tr>{heads}</tr>
</thead>
<tbody>
{rows}
</tbody>
</table>
</div>"""

SCRIPT = """
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
  const value = (row, place) => row.cells[place].dataset.value;
  const compare = (head, one, other) => head.classList.contains("number")
    ? one - other : one.localeCompare(other, document.documentElement.lang);
  const sort = (head, place) => {
    const first = head.dataset.first;
    const turned = {ascending: "descending", descending: "ascending"};
    const way = turned[head.getAttribute("aria-sort")] || first;
    for (const each of heads) each.setAttribute("aria-sort", each === head ? way : "none");
    const sign = way === "ascending" ? 1 : -1;
    const rows = [...body.rows].sort((one, other) => {
      const a = value(one, place), b = value(other, place);
      if (a === undefined || b === undefined) return (a === undefined) - (b === undefined);
      return sign * compare(head, a, b);
    });
    body.append(...rows);
  };
  heads.forEach((head, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    head.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => sort(head, place));
  });
}
for (const hint of document.querySelectorAll(".hint")) hint.hidden = false;
"""
"""What sorts the tables of a page: it makes buttons of the headers, so that there are none where it does not run."""


def board_table(board: pd.DataFrame, caption: str, lang: Language) -> str:
    """Return the HTML of a board with the metrics that are read first; all text in it is escaped."""
    shown = board[[name for name in _COLUMNS if name in board.columns]]
    names = board["name"].where(board["name"].notna(), board["kol_id"])
    shown = shown.assign(name=[shortened(one_line(name), _NAME_CELLS) for name in names])
    columns = [_column(column, written(shown[column.name]), lang) for column in declared(shown)]
    heads = "".join(head for head, _ in columns)
    rows = "\n".join(f"<tr>{''.join(cells)}</tr>" for cells in zip(*(cells for _, cells in columns), strict=True))
    words = {name: html.escape(text) for name, text in _WORDS[lang].items()}
    return _TABLE.format(caption=html.escape(caption), heads=heads, rows=rows, **words)


def _column(column: Column, cells: Sequence[Plain], lang: Language) -> tuple[str, list[str]]:
    """Return the header of a column, and its cells with the values that they are sorted by."""
    measured = any(map(is_number, cells))
    # A first click shows the best, else the largest, above; words from the start of the alphabet.
    first = "descending" if measured and better(column) != "lower" else "ascending"
    kind = ' class="number"' if measured else ""
    title = html.escape(header(column, lang))
    head = f'<th scope="col" data-first="{first}"{kind}>{title}</th>'
    shown = zip(cells, texts(column, cells, None, lang), looks(column, cells), strict=True)
    tag = 'th scope="row"' if column.name == "name" else "td"
    made = []
    for value, text, css in shown:
        style = f' style="{css}"' if css else ""
        made.append(f"<{tag}{_key(value)}{kind}{style}>{html.escape(text)}</{tag[:2]}>")
    return head, made


def _key(value: Plain) -> str:
    """Return what a cell is sorted by; nothing for a missing one."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if is_number(value):
        return f' data-value="{value!r}"'
    key = value.isoformat() if isinstance(value, dt.date) else str(value)
    return f' data-value="{html.escape(key)}"'
