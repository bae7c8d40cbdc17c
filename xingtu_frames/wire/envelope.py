"""HTTP body -> ``data``, or the error that it stands for. The provider's codes are declared here."""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from .. import errors
from ..errors import NOWHERE, ApiError, Billed, CacheError, PayloadError, Place, TransportError, shown
from ..tables.long import Numeral
from .twins import PAIRS

_REFUSALS: tuple[type[Exception], ...] = (ValueError, RecursionError)
try:
    import msgspec
except ImportError:
    _fast: Callable[[bytes], Any] | None = None
else:
    _fast = msgspec.json.decode
    _REFUSALS = (*_REFUSALS, msgspec.MsgspecError)


@dataclass(frozen=True, slots=True)
class Code:
    """What one code of the provider means."""

    meaning: str
    error: type[ApiError]
    billed: Billed
    retryable: bool = False
    cools_down: bool = False
    stops_batch: bool = False
    advice: str = ""


_LATER = "Ask again later; what arrived is stored and is not paid again."
_TOP_UP = "Top up or raise the limit in the Just One API dashboard; what arrived is stored."

CODES: Mapping[int, Code] = MappingProxyType(
    {
        100: Code(
            "the token is invalid or inactive",
            errors.InvalidTokenError,
            "no",
            stops_batch=True,
            advice="Check JUSTONEAPI_TOKEN, or the token given to Client.",
        ),
        201: Code("success without content (an old code)", ApiError, "yes"),
        202: Code("not accepted now", ApiError, "unknown", retryable=True, cools_down=True, advice=_LATER),
        300: Code(
            "the endpoint is not valid",
            errors.NotFoundError,
            "no",
            advice="Check that the provider still has it: endpoints() names the current or legacy twin.",
        ),
        301: Code("collection failed", errors.CollectionFailedError, "no", retryable=True, advice=_LATER),
        302: Code("rate limit exceeded", errors.RateLimitedError, "no", retryable=True, cools_down=True, advice=_LATER),
        303: Code(
            "daily quota exceeded",
            errors.DailyQuotaError,
            "no",
            stops_batch=True,
            advice="Continue tomorrow; what arrived is stored and is not paid again.",
        ),
        400: Code("bad parameters", errors.BadRequestError, "no", advice="Check the ids and options."),
        404: Code("not found", errors.NotFoundError, "no", advice="Check the id: it must be a Xingtu creator id."),
        500: Code("the provider's server failed", errors.ServerError, "no", retryable=True, advice=_LATER),
        503: Code("the provider's service is unavailable", errors.ServerError, "no", retryable=True, advice=_LATER),
        600: Code(
            "permission denied",
            errors.PermissionDeniedError,
            "no",
            stops_batch=True,
            advice="Ask Just One API to open this endpoint for the token.",
        ),
        601: Code("insufficient balance", errors.InsufficientBalanceError, "no", stops_batch=True, advice=_TOP_UP),
        602: Code(
            "the token's budget is exceeded",
            errors.InsufficientBalanceError,
            "no",
            stops_batch=True,
            advice=_TOP_UP,
        ),
    }
)
"""Every failing code that the provider documents, by code. 101 is in its list without a meaning."""

_UNKNOWN = Code("a code without a published meaning", ApiError, "unknown")

_GATEWAY: Mapping[int, Code] = MappingProxyType(
    {
        429: Code("too many requests", errors.RateLimitedError, "no", retryable=True, cools_down=True, advice=_LATER),
        503: Code(
            "the service is unavailable", errors.ServerError, "no", retryable=True, cools_down=True, advice=_LATER
        ),
    }
)
"""What an HTTP status means when a gateway gives it and the body is not an answer of Just One API."""

_BY_STATUS = frozenset({400, 404, 500, 503})
"""HTTP statuses that say enough when a readable body brings no code of its own."""

MOST_NESTED = 100
"""Most brackets inside each other of an answer. Real ones have about ten; more some threads can read and some not."""

_LONG = 1000
_DIGITS = re.compile(r"-?[0-9]{1,9}")
_ID = re.compile(r"\s*0*([1-9][0-9]*)\s*")
_MOST_SAID = 250

_NOT_BRACKETS = bytes(set(range(256)) - set(b'[]{}"'))
_UP_OR_DOWN = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")

_ENVELOPE = frozenset({"code", "data", "message", "recordTime", "requestId"})

_NAMED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        name: paths
        for current, paths in (
            ("get_author_base_info", ("id",)),
            ("get_author_marketing_info", ("price_info[].author_id",)),
        )
        for name in (current, PAIRS[current].legacy)
    }
)
"""Where the answer of an endpoint names its creator. ``core_user_id`` and the ``author_id`` of videos do not."""

_NAMED_ANYWHERE = frozenset(
    {"star_id", "kolId", "kol_id", "oAuthorId", "o_author_id", "starAuthorId", "star_author_id"}
)
"""Names of the creator id that no endpoint uses for anything else."""

_ACCOUNT_ERRORS = tuple({code.error for code in CODES.values() if code.stops_batch})


class Verdict(NamedTuple):
    """What an answer is worth: its error, if any, and whether it is a (possibly charged) answer with code 0."""

    error: ApiError | TransportError | PayloadError | None
    answered: bool


class Placed(Protocol):
    """A question, as far as errors name it."""

    @property
    def place(self) -> Place:
        """The endpoint and the creator."""


class Stored(Protocol):
    """A stored answer as far as it is judged."""

    @property
    def key(self) -> str:
        """The question, as it is filed."""

    @property
    def params(self) -> str:
        """The parameters of the question."""

    @property
    def endpoint(self) -> str:
        """The current endpoint."""

    @property
    def kol_id(self) -> str | None:
        """The creator asked for."""

    @property
    def body(self) -> bytes:
        """What came."""


def is_account_error(error: BaseException) -> bool:
    """Return whether the error concerns the whole account, so that further requests are pointless."""
    return isinstance(error, _ACCOUNT_ERRORS)


def cools_down(error: BaseException) -> bool:
    """Return whether all workers should pause after this error."""
    if not isinstance(error, ApiError) or not error.retryable:
        return False
    if error.code is None:
        return any(isinstance(error, gateway.error) for gateway in _GATEWAY.values())
    return error.code in CODES and CODES[error.code].cools_down


def judge(
    body: bytes,
    http_status: int = 200,
    endpoint: str = "",
    kol_id: str | None = None,
    clean: Callable[[str], str] = str,
    place: Place = NOWHERE,
) -> Verdict:
    """Decide what an answer is.

    Success is ``code`` 0 (or the text "0") and ``data.base_resp.status_code`` 0 or absent, at any HTTP status.
    An answer with code 0 whose ``base_resp`` fails, or that is about another creator, is answered, yet an error.

    Parameters
    ----------
    body, http_status
        What came.
    endpoint, kol_id
        The current name of what was asked, and about whom.
    clean
        Takes out of the provider's words what no message may show.
    place
        What the error is about, as it is shown: an endpoint may go by a legacy name there.
    """
    answer = _read_json(body)
    if (answer is None or "code" not in answer) and http_status in _GATEWAY:
        return Verdict(_gateway_error(http_status, answer, clean, place), answered=False)
    if answer is None:
        kind = f"HTTP {http_status}, {len(body)} bytes"
        error = TransportError(f"the answer ({kind}) is not a JSON object of Just One API", **place)
        return Verdict(error, answered=False)
    if "code" not in answer and http_status in _BY_STATUS:
        return Verdict(_api_error(http_status, answer, clean, place), answered=False)
    if "code" not in answer:
        return Verdict(TransportError(f"the answer (HTTP {http_status}) has no code", **place), answered=False)
    if not _is_success(answer["code"]):
        return Verdict(_api_error(_whole_number(answer["code"]), answer, clean, place), answered=False)
    data = answer.get("data")
    paid = "it was charged and is not used; asking again costs another request"
    error_within = _inner_error(data, clean, place) or _subject_error(endpoint, kol_id, data, paid, place)
    return Verdict(error_within, answered=True)


def problem_of(endpoint: str, kol_id: str | None, data: Any) -> str | None:
    """Return why this data is not an answer about a creator, or None if it may be one.

    Parameters
    ----------
    endpoint
        Name of the endpoint, current or legacy.
    kol_id
        The creator asked for; None for searches and single videos.
    data
        ``data`` of the answer.
    """
    error = _inner_error(data, str, NOWHERE) or _subject_error(endpoint, kol_id, data, "it is not used", NOWHERE)
    return None if error is None else str(error)


def stored_data(answer: Stored, *, as_written: bool = False, question: Placed | None = None) -> Any:
    """Return ``data`` of a stored answer, judged like one that just came: its row may be a colleague's.

    Parameters
    ----------
    answer
        What is stored.
    as_written
        Leave numbers in the spelling of the wire, as `Numeral`.
    question
        What was asked, for the errors; None for what the answer itself says.

    Raises
    ------
    CacheError
        It is not a successful answer.
    PayloadError
        It is about another creator.
    """
    found = _read_json(answer.body, as_written=as_written)
    if answer.key != f"{answer.endpoint}|{answer.kol_id or ''}|{answer.params}":
        raise CacheError("the stored answer is filed under another question than its own", **place_of(answer, question))
    if found is None or "code" not in found:
        raise CacheError("the stored answer is not a JSON object of Just One API", **place_of(answer, question))
    code, data = found["code"], found.get("data")
    succeeded = _is_success(code)
    failure = _inner_error(data, str, NOWHERE) if succeeded else _api_error(_whole_number(code), found, str, NOWHERE)
    if failure is not None:
        raise CacheError(f"the stored answer is a failure, {failure}", **place_of(answer, question))
    if _names_creators(answer.endpoint, data):
        stored = "it is stored and not used; refresh=True fetches it again, for another request"
        about_another = _subject_error(answer.endpoint, answer.kol_id, data, stored, place_of(answer, question))
        if about_another is not None:
            raise about_another
    return data


def place_of(answer: Stored, question: Placed | None = None) -> Place:
    """Return what the errors of a stored answer are about: the question that it answers, or what it says itself."""
    return Place(endpoint=answer.endpoint, kol_id=answer.kol_id) if question is None else question.place


def _subject_error(endpoint: str, kol_id: str | None, data: Any, what_now: str, place: Place) -> PayloadError | None:
    for path, other in _creators_named(endpoint, data) if kol_id else ():
        if kol_id and other != kol_id.lstrip("0"):
            about = f"asked for creator {kol_id}, and the answer is about {shown(other, 40)} ({path})"
            return PayloadError(f"{about}; {what_now}", field=path, **place)
    return None


def _creators_named(endpoint: str, data: Any) -> Iterator[tuple[str, str]]:
    """Yield each place of the data that names a creator, and whom it names."""
    if not _names_creators(endpoint, data):
        return
    for path in (*_NAMED.get(endpoint, ()), *(_NAMED_ANYWHERE & data.keys())):
        for found in _values_at(path, data):
            whole = isinstance(found, str) or (isinstance(found, int) and not isinstance(found, bool))
            if whole and (digits := _ID.fullmatch(str(found))):
                yield path, digits[1]


def _names_creators(endpoint: str, data: Any) -> bool:
    """Return whether there is a place in the data of an endpoint that may name a creator."""
    return _is_object(data) and (endpoint in _NAMED or not _NAMED_ANYWHERE.isdisjoint(data))


def _is_object(data: Any) -> bool:
    # Nearly always a dict, which is told much faster.
    return type(data) is dict or isinstance(data, Mapping)


def _values_at(path: str, data: Mapping[str, Any]) -> list[Any]:
    head, many, tail = path.partition("[].")
    value = data.get(head)
    if not many:
        return [value]
    return [item.get(tail) for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def unwrap(payload: Any) -> Any:
    """Return ``data`` of a payload that the user holds: a whole envelope, or already its ``data``.

    Raises
    ------
    ApiError
        The envelope is a failure.
    """
    if not (isinstance(payload, Mapping) and "code" in payload and set(payload) <= _ENVELOPE):
        error = _inner_error(payload, str, NOWHERE)
        if error is not None:
            raise error
        return payload
    code = _whole_number(payload["code"])
    error = _inner_error(payload.get("data"), str, NOWHERE) if code == 0 else _api_error(code, payload, str, NOWHERE)
    if error is not None:
        raise error
    return payload.get("data")


def _nested(text: bytes) -> int:
    """Return how many brackets stand inside each other, strings left out: linear, and before anything is parsed."""
    if b"\\" in text:
        text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    outside = b"".join(text.translate(None, _NOT_BRACKETS).split(b'"')[::2])
    return max(accumulate(array("b", outside.translate(_UP_OR_DOWN))), default=0)


def _loads(body: bytes, *, as_written: bool = False) -> Any:
    if body.count(b"[") + body.count(b"{") > MOST_NESTED and _nested(body) > MOST_NESTED:
        raise ValueError("nested too deeply")
    if _fast is None or as_written:
        return _loads_slowly(body, as_written=as_written)
    try:
        return _fast(body)
    except _REFUSALS:
        # The standard library may still read it: NaN, half an emoji, a byte order mark, 1e400.
        return _loads_slowly(body)


def _loads_slowly(body: bytes, *, as_written: bool = False) -> Any:
    # No other encoding than UTF-8: the token is redacted from what reads as that.
    text = str(body, "utf-8-sig")
    if as_written:
        return json.loads(text, parse_int=Numeral, parse_float=Numeral, parse_constant=Numeral)
    try:
        return json.loads(text)
    except ValueError:
        # Python refuses integers of thousands of digits, but a paid answer must not be lost for it.
        return json.loads(text, parse_int=lambda digits: int(digits) if len(digits) < _LONG else float(digits))


def _read_json(body: bytes, *, as_written: bool = False) -> dict[str, Any] | None:
    try:
        answer = _loads(body, as_written=as_written)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _whole_number(value: Any) -> int | None:
    if type(value) is int or (isinstance(value, int) and not isinstance(value, bool)):
        return value if abs(value) < 10**10 else None
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else None


def _is_success(code: Any) -> bool:
    return code == 0 if type(code) is int else isinstance(code, str) and code == "0"


def _api_error(code: int | None, answer: Mapping[str, Any], clean: Callable[[str], str], place: Place) -> ApiError:
    declared = _UNKNOWN if code is None else CODES.get(code, _UNKNOWN)
    found = shown(clean(_text(answer.get("code") if code is None else code, repr)), _MOST_SAID)
    said = _said(answer.get("message"), clean)
    return _declared_error(declared, code, f"code {found}: {declared.meaning}{said}", place)


def _gateway_error(
    status: int, answer: Mapping[str, Any] | None, clean: Callable[[str], str], place: Place
) -> ApiError:
    declared = _GATEWAY[status]
    said = _said(answer.get("message"), clean) if answer else ""
    return _declared_error(declared, None, f"HTTP {status}: {declared.meaning}{said}", place)


def _declared_error(declared: Code, code: int | None, message: str, place: Place) -> ApiError:
    return declared.error(
        message,
        code=code,
        retryable=declared.retryable,
        billed=declared.billed,
        advice=declared.advice,
        **place,
    )


def _inner_error(data: Any, clean: Callable[[str], str], place: Place) -> ApiError | None:
    base = data.get("base_resp") if _is_object(data) else None
    if base is None or not _is_object(base) or base.get("status_code") is None:
        return None
    status = _whole_number(base["status_code"])
    if status == 0:
        return None
    found = shown(clean(_text(base["status_code"], repr)), _MOST_SAID)
    message = f"base_resp {found}: the provider's source refused" + _said(base.get("status_message"), clean)
    return ApiError(message, code=status, advice="The call may have been charged; it is in the ledger.", **place)


def _said(message: Any, clean: Callable[[str], str]) -> str:
    """Return what the provider said, for the end of a message."""
    return f" ({shown(clean(_text(message, str)), _MOST_SAID)})" if message else ""


def _text(value: Any, spell: Callable[[Any], str]) -> str:
    try:
        return spell(value)
    except (RecursionError, ValueError):
        return f"a {type(value).__name__} that cannot be shown"
