"""What the user of a table writes rather than chooses from a list: a day, a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from ..errors import must_be, quoted

CHINA = timezone(timedelta(hours=8))
"""The zone of the readers, and of the provider's days; China has no other."""


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """A day that the user chooses: text ``2026-10-01``, a date or a time.

    Attributes
    ----------
    name
        Name of the argument of the ``fetch_`` function.
    parameter
        The name of the current endpoint's parameter; its kind says how a day is spelled.
    ago
        The default: so many days before ``of``. None sends nothing when no day is chosen.
    of
        What the default is counted from: the name of another day of the answer; ``""`` for today in China.
    """

    name: str
    parameter: str
    ago: int | None = 1
    of: str = ""

    @property
    def meaning(self) -> str:
        """What is chosen, for documentation."""
        if self.ago is None:
            return "a day of the Chinese calendar; None for no bound"
        origin = f"before ``{self.of}``" if self.of else "ago in China"
        usual = "yesterday in China" if self.ago == 1 and not self.of else f"{self.ago} days {origin}"
        return f"a day of the Chinese calendar; None for {usual}"

    def read(self, value: object) -> date:
        """Return what a user calls a day.

        Raises
        ------
        ParameterError
            It is not one.
        """
        if isinstance(value, date) and value == value:
            return value.date() if isinstance(value, datetime) else value
        if isinstance(value, str):
            try:
                return date.fromisoformat(value.strip())
            except ValueError:
                pass
        raise must_be(self.name, 'a day such as "2026-10-01"', quoted(value))

    def default(self, today: date, chosen: Mapping[str, date | None]) -> date | None:
        """Return the day that is asked for when none is chosen."""
        origin = chosen.get(self.of) if self.of else today
        return None if self.ago is None or origin is None else origin - timedelta(days=self.ago)


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A text that the user chooses freely.

    Attributes
    ----------
    name
        Name of the argument of the ``fetch_`` function.
    parameter
        The name of the current endpoint's parameter.
    meaning
        What is chosen, for documentation.
    default
        What is sent when nothing is chosen; None sends nothing.
    """

    name: str
    parameter: str
    meaning: str
    default: str | None = None

    @property
    def type(self) -> object:
        """The type of the argument."""
        return str | None if self.default is None else str

    def read(self, value: object, chosen: Mapping[str, object]) -> str | None:
        """Return the text as it is asked for; None where nothing is sent.

        Raises
        ------
        ParameterError
            It is not a text.
        """
        if value is None or isinstance(value, str):
            return (value or "").strip() or self.default
        raise must_be(self.name, "text", quoted(value))
