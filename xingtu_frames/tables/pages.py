"""How an answer of several pages goes on, decided from what came and nothing else."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from ..errors import ParameterError, PayloadError, must_be, quoted
from .read import Fields


class Argument(NamedTuple):
    """An argument that says how many pages are asked for.

    Attributes
    ----------
    default
        What it is where it is left out.
    type
        Its type.
    meaning
        What it does, for documentation.
    """

    default: int | None
    type: object
    meaning: str


class Course(Protocol):
    """The pages of answers, while they come."""

    def goes_on(self, number: int, data: object, before: object) -> bool:
        """Return whether another page is to be asked for.

        Parameters
        ----------
        number
            Which page came, from 1.
        data
            What it brought; None where that is not known, so that it is taken to go on.
        before
            What the page before it brought.
        """


@dataclass(frozen=True, slots=True, eq=False)
class Pages:
    """An answer of which so many pages are asked for as the user says.

    Attributes
    ----------
    parameter
        The name of the parameter that holds the page, from 1.
    most
        The most pages that may be asked for.
    more
        Where a page says whether there is another, such as ``pagination.has_more``; ``""`` where none does.
    """

    parameter: str = "page"
    most: int = 50
    more: str = ""

    @property
    def arguments(self) -> Mapping[str, Argument]:
        """The arguments that say how many."""
        meaning = (
            f"The most pages to ask for, each for a request of its own: 1 to {self.most}. Asking stops at a page that "
            "is empty, repeats the one before it, or is the last one."
        )
        return {"pages": Argument(1, int, meaning)}

    def start(self, chosen: Mapping[str, object]) -> Course:
        """Return how the pages go on for these arguments.

        Raises
        ------
        ParameterError
            ``pages`` is not a number of pages that may be asked for.
        """
        most = chosen.get("pages", 1)
        return _SoMany(self, _whole_number("pages", most, f"an integer from 1 to {self.most}", self.most))


class _SoMany(NamedTuple):
    pages: Pages
    most: int

    def goes_on(self, number: int, data: object, before: object) -> bool:
        return number < self.most and (data is None or not self._ends(data, before))

    def _ends(self, data: object, before: object) -> bool:
        """Return whether no page follows one: it is empty, says so, or repeats the one before."""
        return (
            not isinstance(data, Mapping)
            or data == before
            or (bool(self.pages.more) and _is_last(self.pages.more, data))
            or not _has_a_list(data)
        )


def whole(value: object) -> int | None:
    """Return a whole number, be it of Python or of numpy; None for anything else, such as True."""
    return int(value) if isinstance(value, int | np.integer) and not isinstance(value, bool) else None


def _whole_number(name: str, value: object, allowed: str, most: int | None = None) -> int:
    found = whole(value)
    if found is None or found < 1 or (most is not None and found > most):
        raise must_be(name, allowed, quoted(value))
    return found


def _place(path: str, of: Fields) -> tuple[Fields, str]:
    """Return the object that holds a field, and the field's name there."""
    *above, name = path.split(".")
    for key in above:
        of = of.block(key)
    return of, name


def id_at(paths: Iterable[str], of: Fields) -> str | None:
    """Return the id at the first of these places that has one."""
    return next(
        (found for place, name in (_place(path, of) for path in paths) if (found := place.identifier(name))), None
    )


def _is_last(more: str, data: Mapping[str, object]) -> bool:
    """Return whether a page says that it is the last one; one that cannot be understood does not."""
    with contextlib.suppress(PayloadError):
        place, name = _place(more, Fields(data, "", []))
        return place.flag(name) is False
    return False


def _count(path: str, data: Mapping[str, object]) -> int | None:
    """Return the count that a page says there; None where it says none."""
    with contextlib.suppress(PayloadError):
        place, name = _place(path, Fields(data, "", []))
        found = place.integer(name)
        return found if found is not None and found >= 0 else None
    return None


def _has_a_list(value: object) -> bool:
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return (isinstance(value, list) and bool(value)) or any(_has_a_list(one) for one in inner)


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """A search of which so many different creators are asked for as the user says.

    Attributes
    ----------
    listed, ids
        The field of a page that lists what was found, and where each of its members has the creator's id: the first
        place that has one counts.
    total
        Where a page says how many there are.
    more
        Where a page says whether there is another.
    size
        How many a page lists.
    parameter
        The name of the parameter that holds the page, from 1.
    """

    listed: str
    ids: tuple[str, ...]
    total: str
    more: str
    size: int = 20
    parameter: str = "page"

    @property
    def arguments(self) -> Mapping[str, Argument]:
        """The arguments that say how many."""
        limit = (
            f"The most creators to find, each counted once: a page lists {self.size}, for a request of its own. None "
            "needs ``max_pages``."
        )
        most = "The most pages to ask for; None for as many as ``limit`` needs."
        return {"limit": Argument(self.size, int | None, limit), "max_pages": Argument(None, int | None, most)}

    def start(self, chosen: Mapping[str, object]) -> Finding:
        """Return how the pages go on for these arguments.

        Raises
        ------
        ParameterError
            ``limit`` or ``max_pages`` is not a number that can be, or both are None.
        """
        found = {
            name: None if value is None else _whole_number(name, value, "a positive integer or None")
            for name, value in ((name, chosen.get(name, one.default)) for name, one in self.arguments.items())
        }
        if set(found.values()) == {None}:
            raise ParameterError(
                "limit=None needs max_pages, such as max_pages=10: a search may be 500 pages long, each for a request"
            )
        return Finding(self, found["limit"], found["max_pages"])


class Finding:
    """The pages of one search, while they come.

    Attributes
    ----------
    pages
        How many pages came.
    total
        How many creators there are, as the newest page says; it drifts.
    stopped
        Why no further page is asked for: ``limit``, ``empty``, ``no_new``, ``no_more`` or ``max_pages``; ``""`` while
        the search goes on.
    """

    def __init__(self, hits: Hits, limit: int | None, max_pages: int | None) -> None:
        self._hits, self.limit, self._max_pages = hits, limit, max_pages
        self._seen: set[str] = set()
        self._taken = 0
        self.pages = 0
        self.total: int | None = None
        self.stopped = ""

    def goes_on(self, number: int, data: object, before: object) -> bool:
        """Return whether another page is to be asked for."""
        self.pages = number
        self.stopped = self._why_at(number) if data is None else self._why(number, data)
        return not self.stopped

    def _why(self, number: int, data: object) -> str:
        page = data if isinstance(data, Mapping) else {}
        listed = list(self._listed(page))
        ids = {found for found in listed if found is not None}
        new = ids - self._seen
        self._seen |= ids
        # Who is listed without an id has a row too.
        self._taken += len(new) + listed.count(None)
        said = _count(self._hits.total, page)
        self.total = self.total if said is None else said
        if self._is_enough():
            return "limit"
        if not new:
            return "no_new" if listed else "empty"
        return "no_more" if _is_last(self._hits.more, page) else self._why_not_further(number)

    def _why_at(self, number: int) -> str:
        """Take an unknown page for a full one of creators that are new."""
        self._taken += self._hits.size
        return "limit" if self._is_enough() else self._why_not_further(number)

    def _is_enough(self) -> bool:
        return self.limit is not None and self._taken >= self.limit

    def _why_not_further(self, number: int) -> str:
        return "max_pages" if self._max_pages is not None and number >= self._max_pages else ""

    def _listed(self, page: Mapping[str, object]) -> Iterator[str | None]:
        """Yield the id of each creator that a page lists, None where there is none."""
        listed = page.get(self._hits.listed)
        for member in listed if isinstance(listed, list) else ():
            # What cannot be read is an error of whoever reads the page.
            with contextlib.suppress(PayloadError):
                if isinstance(member, Mapping) and member:
                    yield id_at(self._hits.ids, Fields(member, "", []))
