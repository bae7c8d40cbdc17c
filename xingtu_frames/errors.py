"""Everything the package raises and warns of.

::

    XingtuError
    ├── ConfigError (ValueError)          no token, unknown region, unreadable setting
    ├── InvalidIdError (ValueError)       an id that cannot be one; nothing was sent
    ├── ParameterError (ValueError)       a choice that does not exist; nothing was sent
    ├── BudgetExceededError               max_calls, or the store's budget, reached; nothing more was sent
    ├── CacheMissError (LookupError)      offline and not stored
    ├── CacheError (OSError)              the cache cannot be used
    ├── FileError (OSError)               a CSV, Excel or shortlist file that cannot be read or written
    ├── TransportError (ConnectionError)  no usable HTTP answer
    ├── ApiError                          Just One API answered with a failure
    │   ├── InvalidTokenError             100
    │   ├── CollectionFailedError         301
    │   ├── RateLimitedError              302
    │   ├── DailyQuotaError               303
    │   ├── BadRequestError               400
    │   ├── NotFoundError                 300, 404
    │   ├── ServerError                   500, 503
    │   ├── PermissionDeniedError         600
    │   └── InsufficientBalanceError      601, 602
    └── PayloadError (ValueError)         a payload that the table cannot read; the answer is stored

    XingtuWarning (UserWarning)
    ├── PartialResultWarning              some creators are missing from the frame
    ├── InsecureTransportWarning          the token travels over plain http, or answers may travel unencrypted
    ├── StoreWarning                      a paid answer could not be stored; it was saved elsewhere
    ├── UnmatchedNamesWarning             names that belong to none of the creators
    ├── ManyCreatorsWarning               more creators than one picture has room for
    └── MissingFontWarning                no font for Chinese text
"""

from __future__ import annotations

import importlib.util
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Literal, NotRequired, TypedDict, TypeVar, get_args

Billed = Literal["yes", "no", "unknown"]
"""Whether a request was charged."""
BILLED: tuple[Billed, ...] = get_args(Billed)

_CLOSE, _CLOSE_ZH = 0.75, 0.5
"""Likeness from which a name is taken for a slip of another: a few letters, not a word; in Chinese, one of two."""
_Name = TypeVar("_Name")

MOST_SHOWN = 500
"""Most characters of a message that the ledger, a failure or a warning repeats."""
_MOST_REPEATED = 200
"""Most characters of an argument that a message repeats."""


def shown(text: object, most: int = MOST_SHOWN) -> str:
    """Return foreign text as a message may hold it: one line, printable, and cut to a length.

    Control characters and halves of characters become question marks: no terminal obeys them, every file takes them.
    """
    whole = str(text)
    cut = whole if len(whole) <= most else whole[: most - 3] + "..."
    return cut if cut.isprintable() else "".join(map(_printable, cut))


def _printable(character: str) -> str:
    if character.isprintable():
        return character
    return " " if character in "\t\r\n" else "?"


def quoted(value: object) -> str:
    """Return a value as a message repeats it: text in double quotes, anything else as Python spells it."""
    return shown(json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value), _MOST_REPEATED)


def listed(values: Iterable[object]) -> str:
    """Return values as a message lists them."""
    return ", ".join(map(quoted, values))


def a_kind(value: object) -> str:
    """Return what kind of thing a value is, with its article."""
    kind = type(value).__name__
    return f"{'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind}"


class Failure(TypedDict):
    """One entry of ``frame.attrs["failures"]``."""

    kol_id: str | None
    item_id: NotRequired[str | None]
    endpoint: str | None
    code: int | None
    error: str
    retryable: bool


class Place(TypedDict):
    """What an error is about, as every error takes it."""

    endpoint: str | None
    kol_id: str | None


NOWHERE = Place(endpoint=None, kol_id=None)
"""The place of an error that is about no question."""


class XingtuError(Exception):
    """Base of every error of this package.

    Attributes
    ----------
    retryable
        Whether asking again later can help.
    endpoint, kol_id
        What was asked for when it happened, where that is known.
    """

    retryable: bool = False

    def __init__(self, message: str = "", *, endpoint: str | None = None, kol_id: str | None = None) -> None:
        super().__init__(message)
        self.endpoint = endpoint
        self.kol_id = kol_id

    @property
    def said(self) -> str:
        """What it says, without the place that it is about."""
        return str(self.args[0]) if self.args else ""


class ConfigError(XingtuError, ValueError):
    """A setting is missing or unreadable: no token, an unknown region."""


@dataclass(frozen=True, slots=True)
class Extra:
    """A package that is installed only where it is asked for.

    Attributes
    ----------
    name
        What stands in the brackets of ``pip install "xingtu_frames[...]"``.
    module
        What is imported.
    package
        What its users call it.
    use
        What needs it, as a message begins.
    """

    name: str
    module: str
    package: str
    use: str

    @property
    def remedy(self) -> str:
        """The command that installs it."""
        return f'pip install "xingtu_frames[{self.name}]"'

    def is_installed(self) -> bool:
        """Return whether it is there; nothing is imported."""
        return importlib.util.find_spec(self.module) is not None

    @property
    def refusal(self) -> ConfigError:
        """The error for what needs it where it is missing."""
        return ConfigError(f"{self.use} needs {self.package}: {self.remedy}")

    def require(self) -> None:
        """Refuse what needs it where it is missing: before anything is paid or written.

        Raises
        ------
        ConfigError
            It is not installed.
        """
        if not self.is_installed():
            raise self.refusal


EXTRAS: Mapping[str, Extra] = MappingProxyType(
    {
        extra.name: extra
        for extra in (
            Extra("zh", "zhplot", "zhplot", "a font for Chinese"),
            Extra("parquet", "pyarrow", "pyarrow", "Parquet"),
            Extra("pptx", "pptx", "python-pptx", "a deck"),
            Extra("notebook", "ipykernel", "ipykernel", "a notebook"),
            Extra("fast", "msgspec", "msgspec", "reading answers faster"),
            Extra("team", "psycopg", "psycopg", "a store on a PostgreSQL server"),
        )
    }
)
"""Every extra that a user installs, by name, as `pyproject.toml` has them."""


class InvalidIdError(XingtuError, ValueError):
    """Something given as a creator id cannot be one. Nothing was sent.

    Attributes
    ----------
    items
        One ``(position, text of the item, why)`` for each bad item.
    """

    _SHOWN = 20

    def __init__(self, items: list[tuple[int, str, str]] | str = "") -> None:
        self.items: list[tuple[int, str, str]] = [] if isinstance(items, str) else items
        super().__init__(items if isinstance(items, str) else self._describe(items))

    @classmethod
    def _describe(cls, items: list[tuple[int, str, str]]) -> str:
        lines = [f"item {position}: {text}: {why}" for position, text, why in items[: cls._SHOWN]]
        if len(items) > cls._SHOWN:
            lines.append(f"and {len(items) - cls._SHOWN} more")
        noun = "id" if len(items) == 1 else "ids"
        return f"{len(items)} bad creator {noun}, nothing was sent\n  " + "\n  ".join(lines)


class ParameterError(XingtuError, ValueError):
    """An option or a value that does not exist. The message names those that do. Nothing was sent."""


def normal(word: str) -> str:
    """Return a word as names are compared: without spaces, full-width signs as those of ASCII."""
    return "".join(unicodedata.normalize("NFKC", word).split())


def meant(word: object, labels: Mapping[_Name, str]) -> Any:
    """Return the name whose Chinese label a user's word is, or that it spells full-width; the word where it is none."""
    if not isinstance(word, str) or word in labels:
        return word
    asked = normal(word)
    return next((name for name, label in labels.items() if asked in (normal(label), name)), word)


def guessed(unknown: Iterable[object], known: Iterable[object], labels: Iterable[str] = ()) -> list[str]:
    """Return which of the known names or Chinese labels unknown ones are slips of, the closest of each."""
    names = [*dict.fromkeys([*map(str, known), *labels])]
    close = [get_close_matches(normal(str(word)), names, 1, _closeness(str(word))) for word in unknown]
    return list(dict.fromkeys(name for of_one in close for name in of_one))


def _closeness(word: str) -> float:
    """Return how like a name must be; one Chinese character says too little to guess by."""
    return _CLOSE if word.isascii() or len(word) < 2 else _CLOSE_ZH


def must_be(
    name: str, allowed: str, got: str, advice: str = "", error: type[XingtuError] = ParameterError
) -> XingtuError:
    """Return the error for an argument: what it is called, what is allowed, what came, and what to do."""
    return error(f"{name} must be {allowed}, not {got}" + (f"; {advice}" if advice else ""))


def no_such(what: str, unknown: Iterable[object], known: Iterable[str], labels: Iterable[str] = ()) -> ParameterError:
    """Return the error for names that do not exist: which they may have meant, and which there are.

    ``labels`` are what else a name may be called, in Chinese.
    """
    asked, names = list(unknown), list(known)
    near = guessed(asked, names, labels)
    guess = f"did you mean {', '.join(map(repr, near))}? " if near else ""
    there = f"there are: {', '.join(names)}" if names else "there are none"
    return ParameterError(f"no {what} {', '.join(map(repr, asked))}; {guess}{there}")


class BudgetExceededError(XingtuError):
    """The client's ``max_calls``, or its store's budget, is used up. Nothing more was sent; what arrived is stored."""


class CacheMissError(XingtuError, LookupError):
    """The client is offline and has no stored answer for this question."""


class CacheError(XingtuError, OSError):
    """The cache is not ours, is damaged, was moved, or cannot be reached, read or written."""


class FileError(XingtuError, OSError):
    """A CSV, Excel, picture or shortlist file cannot be read or written. The message says why and what to do."""


class TransportError(XingtuError, ConnectionError):
    """There was no usable HTTP answer: refused, timed out, TLS failure, redirect, not JSON.

    Attributes
    ----------
    billed
        ``"no"`` when nothing reached the server, else ``"unknown"``.
    """

    def __init__(
        self,
        message: str = "",
        *,
        retryable: bool = False,
        billed: Billed = "unknown",
        endpoint: str | None = None,
        kol_id: str | None = None,
    ) -> None:
        super().__init__(message, endpoint=endpoint, kol_id=kol_id)
        self.retryable = retryable
        self.billed = billed

    def __str__(self) -> str:
        return _placed(self)


class ApiError(XingtuError):
    """Just One API answered, and the answer is a failure.

    Attributes
    ----------
    code
        The provider's code: the envelope's, or that of a failing ``data.base_resp``.
    message
        What the code means, and what the provider said.
    retryable
        Whether asking again can help.
    billed
        ``"yes"``, ``"no"`` or ``"unknown"``.
    advice
        What to do.
    retry_after
        Seconds that the server asked to wait, if it did.
    """

    def __init__(
        self,
        message: str = "",
        *,
        code: int | None = None,
        retryable: bool = False,
        billed: Billed = "unknown",
        advice: str = "",
        retry_after: float | None = None,
        endpoint: str | None = None,
        kol_id: str | None = None,
    ) -> None:
        super().__init__(message, endpoint=endpoint, kol_id=kol_id)
        self.message = message
        self.code = code
        self.retryable = retryable
        self.billed = billed
        self.advice = advice
        self.retry_after = retry_after

    @property
    def said(self) -> str:
        """What it says and advises, without the place that it is about."""
        return f"{self.message}. {self.advice}" if self.advice else self.message

    def __str__(self) -> str:
        return _placed(self)


def _placed(error: XingtuError) -> str:
    """Return what an error says behind the endpoint and creator it is about."""
    where = " for ".join(part for part in (error.endpoint, error.kol_id) if part)
    return f"{where}: {error.said}" if where else error.said


class InvalidTokenError(ApiError):
    """Code 100: the token is unknown or inactive."""


class CollectionFailedError(ApiError):
    """Code 301: the provider could not collect the data this time."""


class RateLimitedError(ApiError):
    """Code 302, or HTTP 429 of a gateway: too many requests in too short a time."""


class DailyQuotaError(ApiError):
    """Code 303: the token's quota for today is used up."""


class BadRequestError(ApiError):
    """Code 400: the provider does not accept the parameters."""


class NotFoundError(ApiError):
    """Codes 300 and 404: the provider knows no such endpoint or creator."""


class ServerError(ApiError):
    """Codes 500 and 503, or HTTP 503 of a gateway: the provider's server failed."""


class PermissionDeniedError(ApiError):
    """Code 600: the token may not use this endpoint."""


class InsufficientBalanceError(ApiError):
    """Codes 601 and 602: no balance, or the token's own budget is used up."""


class PayloadError(XingtuError, ValueError):
    """A payload that the table cannot read, or that is about another creator. The paid answer stays stored.

    Attributes
    ----------
    field
        Path of the field inside ``data``, such as ``interact_rate.value``.
    """

    def __init__(
        self, message: str = "", *, field: str = "", endpoint: str | None = None, kol_id: str | None = None
    ) -> None:
        super().__init__(message, endpoint=endpoint, kol_id=kol_id)
        self.field = field


class XingtuWarning(UserWarning):
    """Base of every warning of this package."""


class PartialResultWarning(XingtuWarning):
    """Some creators are missing from the frame; ``frame.attrs["failures"]`` says which and why."""


class InsecureTransportWarning(XingtuWarning):
    """The token travels over plain http, or stored answers may travel unencrypted to another host."""


class StoreWarning(XingtuWarning):
    """A paid answer could not be stored; the message says where it was saved instead."""


class UnmatchedNamesWarning(XingtuWarning):
    """Names were given for creators, and none of them is for a creator that is here."""


class ManyCreatorsWarning(XingtuWarning):
    """There are more creators than one picture has room for; the message says which are drawn."""


class MissingFontWarning(XingtuWarning):
    """No installed font has Chinese characters; the message names the remedy."""
