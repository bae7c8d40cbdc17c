"""What is declared, by name: a read-only mapping that shows itself as a table."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Generic, TypeVar
from unicodedata import east_asian_width

_Entry = TypeVar("_Entry")


class Lookup(Mapping[str, _Entry], Generic[_Entry]):
    """Declarations by name, read-only, in their order; ``|`` makes a dict, as of any mapping.

    Parameters
    ----------
    entries
        Name -> declaration.
    title
        What they are.
    shown
        Header -> text of a declaration: what is shown beside the name.
    """

    __slots__ = ("_entries", "_shown", "_title")

    def __init__(self, entries: Mapping[str, _Entry], title: str, shown: Mapping[str, Callable[[_Entry], str]]) -> None:
        self._entries, self._title, self._shown = MappingProxyType(dict(entries)), title, dict(shown)

    def __getitem__(self, name: str) -> _Entry:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __reversed__(self) -> Iterator[str]:
        return reversed(self._entries)

    def __or__(self, other: object) -> dict[str, object]:
        return {**self, **other} if isinstance(other, Mapping) else NotImplemented

    def __ror__(self, other: object) -> dict[str, object]:
        return {**other, **self} if isinstance(other, Mapping) else NotImplemented

    def copy(self) -> dict[str, _Entry]:
        """Return a dict of the same declarations, to change."""
        return dict(self._entries)

    def _rows(self) -> list[list[str]]:
        shown = self._shown.values()
        return [["name", *self._shown], *([name, *(text(entry) for text in shown)] for name, entry in self.items())]

    def __repr__(self) -> str:
        rows = self._rows()
        widths = [max(map(_cells, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(f"{cell}{' ' * (width - _cells(cell))}" for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        return "\n".join([f"{len(self)} {self._title}, read-only:", *lines])

    def _repr_html_(self) -> str:
        header, *rows = self._rows()
        return html_table(f"{len(self)} {self._title}", rows, header)


def html_table(caption: str, rows: Iterable[Sequence[str]], header: Sequence[str] = ()) -> str:
    """Return a table of texts as HTML that needs no other file."""
    parts = [f'<table class="tex2jax_ignore mathjax_ignore"><caption>{html.escape(caption)}</caption>']
    if header:
        parts.append(f"<thead>{_line('th', header)}</thead>")
    return "".join([*parts, "<tbody>", *(_line("td", row) for row in rows), "</tbody></table>"])


def _line(tag: str, cells: Iterable[str]) -> str:
    return "<tr>" + "".join(f'<{tag} style="text-align: left">{html.escape(cell)}</{tag}>' for cell in cells) + "</tr>"


def _cells(text: str) -> int:
    """Return how many columns of a terminal a text takes: a Chinese character two."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
