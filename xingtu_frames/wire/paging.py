"""Which question follows a page: decided from what came, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..errors import CacheError, PayloadError
from ..tables.catalog import rows_of
from ..tables.pages import Course, Finding
from ..tables.schema import Table
from .call import Call
from .envelope import Stored, stored_data
from .twins import PAIRS


def paging_of(tables: Sequence[Table], chosen: Mapping[str, object]) -> Paging | None:
    """Return how far the answers that these tables read go on; None where each of them has one page."""
    return Paging(tables, chosen) if any(table.answer.pages for table in tables) else None


class Paging:
    """How far the answers to one fetch go on.

    Parameters
    ----------
    tables
        What is read.
    chosen
        Argument -> value; those that say how many pages are asked for count here.

    Raises
    ------
    ParameterError
        It is not a number of pages that may be asked for.
    """

    def __init__(self, tables: Sequence[Table], chosen: Mapping[str, object]) -> None:
        self._courses: dict[str, tuple[str, Course, Table]] = {}
        for table in tables:
            pages = table.answer.pages
            if pages is not None:
                # A legacy twin that may answer otherwise keeps its own name.
                pair = PAIRS.get(table.endpoint)
                names = (table.endpoint,) if pair is None else (pair.current, pair.legacy)
                self._courses |= dict.fromkeys(names, (pages.parameter, pages.start(chosen), table))

    @property
    def finding(self) -> Finding | None:
        """The search among what is asked, if there is one: it has one question, so that its pages have one course."""
        return next((course for _, course, _ in self._courses.values() if isinstance(course, Finding)), None)

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
        if call.meaning not in self._courses:
            return None
        parameter, course, table = self._courses[call.meaning]
        number = int(dict(call.query)[parameter])
        try:
            data, last = (None if one is None else stored_data(one) for one in (page, before))
            if number == 1 and page is not None and isinstance(course, Finding):
                # Nothing is made of a search whose first page cannot be read: the others would be paid for nothing.
                rows_of(table, data)
        except (CacheError, PayloadError):
            # It cannot be read, which whoever reads it says.
            return None
        # An answer without data is known, and ends there.
        if not course.goes_on(number, {} if page is not None and data is None else data, last):
            return None
        return call.with_parameter(parameter, str(number + 1))
