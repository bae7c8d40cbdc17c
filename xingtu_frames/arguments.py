"""Checks of what users give to functions, before anything is done."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from datetime import timedelta
from typing import Any

from .errors import ConfigError, ParameterError, XingtuError

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([smhdw])\s*")


def age_from(name: str, value: Any, error: type[XingtuError] = ConfigError) -> timedelta | None:
    """Return a setting that is an age; None is for ever."""
    found: timedelta | None = None
    if value is None:
        return None
    with contextlib.suppress(OverflowError, ValueError):
        if isinstance(value, timedelta):
            found = value
        elif isinstance(value, int | float) and not isinstance(value, bool):
            found = timedelta(seconds=value)
        elif isinstance(value, str) and (match := _DURATION.fullmatch(value)):
            found = timedelta(**{_UNITS[match[2]]: float(match[1])})
    if found is None or found < timedelta(0):
        raise error(f'{name} must be like "24h" or "7d", seconds, a timedelta or None for never, not {value!r}')
    return found


def whole_number(name: str, value: Any, least: int, *, optional: bool = False) -> Any:
    """Return a whole number of at least that size."""
    if optional and value is None:
        return value
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        also = " or None" if optional else ""
        raise ConfigError(f"{name} must be a whole number of at least {least}{also}, not {value!r}")
    return value


def choice(name: str, value: Any, allowed: tuple[Any, ...]) -> Any:
    """Return a value that is one of those allowed."""
    if value not in allowed:
        raise ParameterError(f"{name} must be {' or '.join(map(repr, allowed))}, not {value!r}")
    return value


def is_shown(progress: bool | None) -> bool:
    """Return whether a progress bar is shown: as asked, else in an interactive session."""
    watched = (sys.stderr.isatty() or "ipykernel" in sys.modules) and not os.environ.get("CI")
    return watched if progress is None else bool(progress)
