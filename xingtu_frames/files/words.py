"""The words of closed vocabularies in Chinese, and back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..board.metrics import METRICS, Metric, board_columns
from ..tables.catalog import LABELS_ZH, TABLES
from ..tables.schema import TRUTH_ZH, Column, Words as Vocabulary
from ..tables.sentences import Spoken
from .groups import Plain

Words = Mapping[Any, Any]

TRUTH: Words = TRUTH_ZH
"""The words of a truth value."""

NAMING_METRICS = ("condition", "failed", "unknown")
"""The columns that name metrics of a board."""
_OF_BOARD: Words = {column.name: column.label_zh for column in board_columns(list(METRICS.values()))}


def _one_to_one(pairs: Iterable[tuple[str, str]], known: Words) -> dict[str, str]:
    """Return the known words and, of these pairs, those that can be read back: no other has the name or the label."""
    new = {(name, label) for name, label in pairs if name not in known and label not in known.values()}
    names, labels = Counter(name for name, _ in new), Counter(label for _, label in new)
    return {**known, **{name: label for name, label in sorted(new) if names[name] == labels[label] == 1}}


_BY_COLUMN: Mapping[str, Words] = {
    # A condition is on a column of the board.
    **dict.fromkeys(NAMING_METRICS, _OF_BOARD),
    # Changes are those of the board, or of the columns of a table.
    "metric": _one_to_one(
        ((column.name, column.label_zh) for table in TABLES.values() for column in table.columns),
        {metric.name: metric.label_zh for metric in METRICS.values()},
    ),
    "options": _one_to_one(LABELS_ZH.items(), {}),
    "table": {table.name: table.label_zh for table in TABLES.values()},
    # The provider knows an endpoint by its name, so that it stays; of several tables the first gives the word.
    "endpoint": {table.endpoint: f"{table.label_zh}（{table.endpoint}）" for table in reversed(list(TABLES.values()))},
}


def spoken_words(column: Column) -> Words:
    """Return value -> Chinese for a column with a closed vocabulary, and for truth values."""
    if column.dtype == "boolean":
        return TRUTH
    return column.words.zh if column.words else _BY_COLUMN.get(column.name, {})


def with_own_words(column: Column, own: Mapping[str, Metric]) -> Column:
    """Return a column of names of metrics with what those of the user's own are called."""
    if not own or column.name not in NAMING_METRICS:
        return column
    labels = {name: one.label_zh for name, one in own.items()}
    return replace(column, words=Vocabulary({**spoken_words(column), **labels}))


def value_words(choices: Iterable[Column]) -> Words:
    """Return Chinese -> value for a column that may be any of these."""
    vocabularies = [spoken_words(column) for column in choices]
    # A column of sentences has a name of its own, so that it is the only choice.
    sentences = next((words for words in vocabularies if isinstance(words, Spoken)), None)
    return sentences.back if sentences else {spoken: word for words in vocabularies for word, spoken in words.items()}


def in_words(cell: Plain, words: Words) -> Any:
    """Return a cell in other words; in text, several are joined by |."""
    if isinstance(cell, str) and "|" in cell:
        return "|".join(str(words.get(part, part)) for part in cell.split("|"))
    return words.get(cell, cell) if isinstance(cell, str | bool) else cell


def speaks_already(cells: Sequence[Plain], choices: Iterable[Column]) -> bool:
    """Return whether cells read like the words of others, so that they must stay as they are."""
    known = value_words(choices)
    parts = (part for cell in cells if known and isinstance(cell, str) for part in cell.split("|"))
    return any(part in known for part in parts)
