"""Which question follows a page: decided from what came, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import CacheError, PayloadError
from ..tables.schema import Pages, Table
from .call import Call
from .envelope import Stored, stored_data
from .twins import PAIRS


def paging_of(tables: Sequence[Table], chosen: Mapping[str, Any]) -> Paging | None:
    """Return how far the answers that these tables read go on; None where each of them has one page."""
    return Paging(tables, chosen) if any(table.answer.pages for table in tables) else None


class Paging:
    """How far the answers to a fetch go on.

    Parameters
    ----------
    tables
        What is read.
    chosen
        Option -> choice; ``pages`` says how many pages are asked for at most, 1 when it is left out.

    Raises
    ------
    ParameterError
        ``pages`` is not a number of pages that may be asked for.
    """

    def __init__(self, tables: Sequence[Table], chosen: Mapping[str, Any]) -> None:
        self._pages: dict[str, Pages] = {}
        for table in tables:
            if table.answer.pages is not None:
                # A legacy twin that may answer otherwise keeps its own name.
                pair = PAIRS.get(table.endpoint)
                names = (table.endpoint,) if pair is None else (pair.current, pair.legacy)
                self._pages |= dict.fromkeys(names, table.answer.pages)
        self._most = chosen.get("pages", 1)
        for pages in self._pages.values():
            pages.check(self._most)

    def after(self, call: Call, page: Stored | None, before: Stored | None) -> Call | None:
        """Return the question for the page after one, or None where there is none to ask for.

        Parameters
        ----------
        call
            The question for the page.
        page
            What it brought; None where that is not known, so that it is taken to go on.
        before
            What the page before it brought.
        """
        pages = self._pages.get(call.meaning)
        if pages is None:
            return None
        number = int(dict(call.query)[pages.parameter])
        if number >= self._most or (page is not None and _ends(pages, page, before)):
            return None
        return call.with_parameter(pages.parameter, str(number + 1))


def _ends(pages: Pages, page: Stored, before: Stored | None) -> bool:
    try:
        return pages.ends(stored_data(page), None if before is None else stored_data(before))
    except (CacheError, PayloadError):
        # It cannot be read, which whoever reads it says.
        return True
