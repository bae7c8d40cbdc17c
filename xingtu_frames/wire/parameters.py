"""What one parameter and one endpoint is, and how a value is checked and spelled for the wire."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from numbers import Integral

from ..errors import InvalidIdError, ParameterError, listed, must_be, quoted
from ..ids import kol_id_of

PREFIX = "/api/douyin-xingtu/"
DATES = {"yyyy-MM-dd": "%Y-%m-%d", "yyyyMMdd": "%Y%m%d"}
"""How a day is written under each kind of date."""
_DIGITS = re.compile(r"[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query parameter.

    Attributes
    ----------
    name
        Its name on the wire.
    kind
        ``text``, ``creator`` (a creator id), ``item`` (a video id), ``int``, ``bool``, or a date format.
    required
        Whether the provider demands it.
    choices
        The closed list of values, if there is one.
    default
        The value sent when none is given; None sends nothing.
    empty
        Whether a text may be empty.
    listed
        Whether a text is a list with commas, whose order means nothing.
    """

    name: str
    kind: str = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    default: str | None = None
    empty: bool = False
    listed: bool = False

    def spell(self, value: object) -> str:
        """Return the value as it goes on the wire.

        Raises
        ------
        ParameterError, InvalidIdError
            The value cannot be one of this parameter.
        """
        if self.kind == "creator":
            return _spell_creator(value)
        text = str(value).lower() if isinstance(value, bool) else str(value).strip()
        # Anything else, a float or a list, has a text of its own that means nothing to the provider.
        known = isinstance(value, str) or (isinstance(value, Integral) and (self.kind == "bool") is _is_bool(value))
        if not known or not self._accepts(text):
            raise must_be(self.name, self._allowed(), quoted(value))
        if not _is_whole(text):
            raise must_be(self.name, "text of whole characters", quoted(value), "it holds half of one, as a cut emoji")
        return str(int(text)) if self.kind == "int" else text

    def meaning(self, wire: str) -> str:
        """Return the same text for every spelling of a value that means the same."""
        return ",".join(sorted(wire.split(","))) if self.listed else wire

    def _accepts(self, text: str) -> bool:
        if self.choices:
            return text in self.choices
        if self.kind in DATES:
            return _is_date(text, DATES[self.kind])
        if self.kind in ("int", "item"):
            return _DIGITS.fullmatch(text) is not None
        return text in ("true", "false") if self.kind == "bool" else bool(text) or self.empty

    def _allowed(self) -> str:
        if self.choices:
            return f"one of {listed(self.choices)}"
        text = "text" if self.empty else "text that is not empty"
        words = {"int": "a whole number", "item": "the digits of a video id", "bool": "True or False", "text": text}
        return words.get(self.kind, f"a date written {self.kind}")


def _is_whole(text: str) -> bool:
    """Return whether a text can be sent: half a character has no bytes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_bool(value: object) -> bool:
    return isinstance(value, bool)


def _is_date(text: str, form: str) -> bool:
    try:
        return datetime.strptime(text, form).strftime(form) == text
    except ValueError:
        return False


def _spell_creator(value: object) -> str:
    reason = ""
    try:
        return kol_id_of(value)
    except ValueError as error:
        reason = str(error)
    raise InvalidIdError([(1, repr(value), reason)])


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint.

    Attributes
    ----------
    name
        The last name of its path before the version.
    path
        The path behind the common prefix.
    title
        The provider's title.
    parameters
        Query parameters, the token left out.
    deprecated
        Whether the provider calls it deprecated.
    stored
        False for personal contact data, which is never stored.
    subject, item
        Names of the parameters that hold the creator id and the video id; None where there is none.
    """

    name: str
    path: str
    title: str
    parameters: tuple[Parameter, ...]
    deprecated: bool = False
    stored: bool = True
    subject: str | None = field(init=False, repr=False, compare=False)
    item: str | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Asked of every answer.
        for name, kind in (("subject", "creator"), ("item", "item")):
            object.__setattr__(self, name, next((p.name for p in self.parameters if p.kind == kind), None))

    def parameter(self, name: str) -> Parameter:
        """Return the parameter of that name."""
        return next(p for p in self.parameters if p.name == name)

    def query(self, values: Mapping[str, object]) -> dict[str, str]:
        """Return the checked query in declared order, defaults made explicit; None means not given.

        Raises
        ------
        ParameterError
            A parameter that the endpoint does not have, lacks, or a value that it does not know.
        InvalidIdError
            A creator id that cannot be one.
        """
        chosen = {name: value for name, value in values.items() if value is not None}
        known = {parameter.name for parameter in self.parameters}
        unknown = [name for name in chosen if name not in known]
        if unknown:
            raise ParameterError(
                f"{self.name} has no parameter {', '.join(map(repr, unknown))}; it has: {', '.join(sorted(known))}"
            )
        missing = [p.name for p in self.parameters if p.required and p.name not in chosen]
        if missing:
            raise ParameterError(f"{self.name} needs {', '.join(missing)}")
        query = {p.name: p.spell(chosen[p.name]) if p.name in chosen else p.default for p in self.parameters}
        return {name: value for name, value in query.items() if value is not None}
