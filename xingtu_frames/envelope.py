"""HTTP body -> ``data``, or the error that it stands for. The provider's codes are declared here."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from . import errors
from .errors import ApiError, TransportError


@dataclass(frozen=True, slots=True)
class Code:
    """What one code of the provider means."""

    meaning: str
    error: type[ApiError]
    billed: str
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
        300: Code("the endpoint is not valid", errors.NotFoundError, "no"),
        301: Code("collection failed", errors.CollectionFailedError, "no", retryable=True, advice=_LATER),
        302: Code("rate limit exceeded", errors.RateLimitedError, "no", retryable=True, cools_down=True, advice=_LATER),
        303: Code(
            "daily quota exceeded",
            errors.DailyQuotaError,
            "no",
            stops_batch=True,
            advice="Go on tomorrow; what arrived is stored and is not paid again.",
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

_LONG = 1000
_DIGITS = re.compile(r"-?[0-9]{1,9}")

_ENVELOPE = frozenset({"code", "data", "message", "recordTime", "requestId"})

_BY_STATUS = frozenset({400, 404, 500, 503})
"""HTTP statuses that say enough when a readable body brings no code of its own."""


_ACCOUNT_ERRORS = tuple({code.error for code in CODES.values() if code.stops_batch})


class Verdict(NamedTuple):
    """What an answer is worth: its error, if any, and whether it is a (possibly charged) answer with code 0."""

    error: ApiError | TransportError | None
    answered: bool


def is_account_error(error: BaseException) -> bool:
    """Return whether the error concerns the whole account, so that asking on is pointless."""
    return isinstance(error, _ACCOUNT_ERRORS)


def cools_down(error: BaseException) -> bool:
    """Return whether all workers should pause after this error."""
    if not isinstance(error, ApiError) or not error.retryable or error.code is None:
        return False
    return CODES[error.code].cools_down


def judge(body: bytes, http_status: int = 200) -> Verdict:
    """Decide what an answer is.

    Success is ``code`` 0 (or the text "0") and ``data.base_resp.status_code`` 0 or absent, at any HTTP status.
    An answer with code 0 whose ``base_resp`` fails is answered, yet an error.
    """
    answer = _read_json(body)
    if answer is None:
        kind = f"HTTP {http_status}, {len(body)} bytes"
        return Verdict(TransportError(f"the answer ({kind}) is not a JSON object of Just One API"), answered=False)
    if "code" not in answer and http_status in _BY_STATUS:
        return Verdict(_api_error(http_status, answer), answered=False)
    if "code" not in answer:
        return Verdict(TransportError(f"the answer (HTTP {http_status}) has no code"), answered=False)
    code = _whole_number(answer["code"])
    if code != 0 or answer["code"] not in (0, "0"):
        return Verdict(_api_error(code, answer), answered=False)
    return Verdict(_inner_error(answer.get("data")), answered=True)


def unwrap(payload: Any) -> Any:
    """Return ``data`` of a payload that the user holds: a whole envelope, or already its ``data``.

    Raises
    ------
    ApiError
        The envelope is a failure.
    """
    if not (isinstance(payload, Mapping) and "code" in payload and set(payload) <= _ENVELOPE):
        error = _inner_error(payload)
        if error is not None:
            raise error
        return payload
    code = _whole_number(payload["code"])
    error = _inner_error(payload.get("data")) if code == 0 else _api_error(code, payload)
    if error is not None:
        raise error
    return payload.get("data")


def data_of(body: bytes) -> Any:
    """Return ``data`` of a stored answer, whose success was checked before it was stored."""
    return _loads(body).get("data")


def _loads(body: bytes) -> Any:
    # No other encoding than UTF-8: the token is struck from what reads as that.
    text = str(body, "utf-8-sig")
    try:
        return json.loads(text)
    except ValueError:
        # Python refuses integers of thousands of digits, which is no reason to lose a paid answer.
        return json.loads(text, parse_int=lambda digits: int(digits) if len(digits) < _LONG else float(digits))


def _read_json(body: bytes) -> dict[str, Any] | None:
    try:
        answer = _loads(body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _whole_number(value: Any) -> int | None:
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**10:
        return value
    return None


def _api_error(code: int | None, answer: Mapping[str, Any]) -> ApiError:
    declared = _UNKNOWN if code is None else CODES.get(code, _UNKNOWN)
    shown = answer.get("code") if code is None else code
    said = answer.get("message")
    message = f"code {shown!r}: {declared.meaning}" + _said(said)
    return declared.error(
        message, code=code, retryable=declared.retryable, billed=declared.billed, advice=declared.advice
    )


def _inner_error(data: Any) -> ApiError | None:
    base = data.get("base_resp") if isinstance(data, Mapping) else None
    if not isinstance(base, Mapping) or base.get("status_code") is None:
        return None
    status = _whole_number(base["status_code"])
    if status == 0:
        return None
    said = base.get("status_message")
    message = f"base_resp {base['status_code']!r}: the provider's source refused" + _said(said)
    return ApiError(message, code=status, advice="The call may have been charged; it is in the ledger.")


def _said(message: Any) -> str:
    """Return what the provider said, for the end of a message; half characters, which no file holds, replaced."""
    return f" ({message})".encode("utf-8", "replace").decode() if message else ""
