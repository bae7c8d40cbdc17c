"""What an answer is worth: every code of the provider, and every way to be unreadable."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest
from hypothesis import given, strategies as st

import xingtu_frames as xf
from xingtu_frames import errors
from xingtu_frames.wire.envelope import CODES, cools_down, is_account_error, judge, stored_data, unwrap

# code -> error, billed, retryable, cools down, stops the batch: PUBLIC_API section 6 and RELIABILITY "Retries".
PROMISED = {
    100: (xf.InvalidTokenError, "no", False, False, True),
    201: (xf.ApiError, "yes", False, False, False),
    202: (xf.ApiError, "unknown", True, True, False),
    300: (xf.NotFoundError, "no", False, False, False),
    301: (xf.CollectionFailedError, "no", True, False, False),
    302: (xf.RateLimitedError, "no", True, True, False),
    303: (xf.DailyQuotaError, "no", False, False, True),
    400: (xf.BadRequestError, "no", False, False, False),
    404: (xf.NotFoundError, "no", False, False, False),
    500: (xf.ServerError, "no", True, False, False),
    503: (xf.ServerError, "no", True, False, False),
    600: (xf.PermissionDeniedError, "no", False, False, True),
    601: (xf.InsufficientBalanceError, "no", False, False, True),
    602: (xf.InsufficientBalanceError, "no", False, False, True),
}
NOT_A_CODE = [False, True, 0.0, -0.0, 0.5, None, "", " 0", "0.0", "00x", "ok", [], {}, [0], 10**30, "9" * 40]


class Row(NamedTuple):
    body: bytes
    endpoint: str = "get_author_base_info"
    kol_id: str | None = "7000000000000000001"
    params: str = "{}"

    @property
    def key(self) -> str:
        return f"{self.endpoint}|{self.kol_id or ''}|{self.params}"


def body(**envelope: Any) -> bytes:
    return json.dumps(envelope).encode()


def test_every_declared_code_is_promised() -> None:
    assert set(CODES) == set(PROMISED)


@pytest.mark.each_once
@pytest.mark.parametrize("status", [200, 429, 500])
@pytest.mark.parametrize("spelled", [int, str], ids=["number", "text"])
@pytest.mark.parametrize("code", PROMISED)
def test_a_declared_code_gives_its_error(code: int, spelled: type, status: int) -> None:
    error, answered = judge(body(code=spelled(code), data=None, message="why"), status)
    assert isinstance(error, xf.ApiError)
    found = (type(error), error.billed, error.retryable, cools_down(error), is_account_error(error))
    assert found == PROMISED[code]
    assert (error.code, answered) == (code, False)
    assert str(code) in str(error)
    assert "why" in str(error)


@pytest.mark.parametrize("code", [101, 999, -1, 999_999_999])
def test_an_undeclared_code_may_have_been_charged_and_is_not_retried(code: int) -> None:
    error, answered = judge(body(code=code, data=None))
    assert type(error) is xf.ApiError
    assert (error.code, error.billed, error.retryable, answered) == (code, "unknown", False, False)


@pytest.mark.parametrize("status", [200, 201, 404, 500])
@pytest.mark.parametrize("code", [0, "0"])
def test_code_zero_is_success_at_any_status(code: Any, status: int) -> None:
    assert judge(body(code=code, data={"a": 1}), status) == (None, True)


@pytest.mark.parametrize("code", NOT_A_CODE, ids=repr)
def test_what_is_no_code_is_no_success(code: Any) -> None:
    error, answered = judge(body(code=code, data={"a": 1}))
    assert isinstance(error, xf.ApiError)
    assert (error.code, error.billed, error.retryable, answered) == (None, "unknown", False, False)


@pytest.mark.parametrize("status", [400, 404, 500, 503])
def test_a_readable_body_without_code_is_judged_by_its_status(status: int) -> None:
    error, answered = judge(body(message="down", timestamp=1), status)
    assert (type(error), answered) == (PROMISED[status][0], False)
    assert error is not None
    assert error.retryable is PROMISED[status][2]


@pytest.mark.parametrize("status", [200, 401, 403, 502, 504])
def test_other_statuses_without_code_say_nothing_of_the_charge(status: int) -> None:
    error, _ = judge(body(message="?"), status)
    assert isinstance(error, xf.TransportError)
    assert (error.retryable, error.billed) == (False, "unknown")
    assert str(status) in str(error)


UNREADABLE = {
    "empty": b"",
    "html": b"<html>502</html>",
    "array": b'[{"code": 0}]',
    "text": b'"code"',
    "number": b"0",
    "null": b"null",
    "nan": b"NaN",
    "cut": b'{"code": 0, "data": {"a"',
    "two": b'{"code": 0}{"code": 0}',
    "deep": b'{"code": 0, "data": ' + b"[" * 200_000,
    "not-utf8": b'{"code": 0, "data": "\xff\xfe"}',
}


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("kind", UNREADABLE)
def test_an_unreadable_body_is_a_transport_error(kind: str, status: int) -> None:
    error, answered = judge(UNREADABLE[kind], status)
    assert isinstance(error, xf.TransportError)
    assert (error.retryable, error.billed, answered) == (False, "unknown", False)


def test_a_number_too_long_for_python_loses_no_answer() -> None:
    body = b'{"code": 0, "data": {"follower": 12, "odd": ' + b"9" * 10_000 + b"}}"
    assert judge(body) == (None, True)
    assert stored_data(Row(body)) == {"follower": 12, "odd": float("inf")}
    assert judge(body.replace(b'"code": 0', b'"code": ' + b"9" * 10_000)).answered is False


GOOD_BASE = [
    {},
    {"status_code": 0},
    {"status_code": "0"},
    {"status_code": None},
    {"status_message": "x"},
    None,
    [],
    "x",
]
BAD_BASE = [({"status_code": 10003}, 10003), ({"status_code": "10003"}, 10003), ({"status_code": -1}, -1)]
ODD_BASE = [({"status_code": value}, None) for value in (False, True, 0.0, "no", [], {})]


@pytest.mark.parametrize("base", GOOD_BASE, ids=repr)
def test_a_good_or_absent_base_resp_is_success(base: Any) -> None:
    assert judge(body(code=0, data={"base_resp": base})) == (None, True)


@pytest.mark.parametrize(("base", "code"), BAD_BASE + ODD_BASE, ids=repr)
def test_a_failing_base_resp_is_answered_yet_an_error(base: Any, code: int | None) -> None:
    error, answered = judge(body(code=0, data={"base_resp": {**base, "status_message": "no data"}}))
    assert type(error) is xf.ApiError
    assert (error.code, error.billed, error.retryable, answered) == (code, "unknown", False, True)
    assert "no data" in str(error)


@pytest.mark.parametrize("data", [None, [], {}, "x", 5, [{"base_resp": {"status_code": 1}}]], ids=repr)
def test_data_of_any_kind_is_an_answer(data: Any) -> None:
    assert judge(body(code=0, data=data)) == (None, True)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_codes = st.sampled_from([*PROMISED, 0]) | _json
_envelopes = st.fixed_dictionaries(
    {}, optional={"code": _codes, "message": _json, "data": st.fixed_dictionaries({"base_resp": _json}) | _json}
)


@given(
    raw=st.binary() | _json.map(lambda value: json.dumps(value).encode()) | _envelopes.map(lambda e: body(**e)),
    status=st.integers(100, 599),
)
def test_judge_never_raises(raw: bytes, status: int) -> None:
    error, answered = judge(raw, status)
    assert error is None or isinstance(error, xf.ApiError | xf.TransportError)
    assert error is not None or answered
    str(error)


@pytest.mark.parametrize("payload", [None, 5, [], {}, {"code": 3, "nick_name": "n"}, {"data": 1}, {"a": 1}], ids=repr)
def test_unwrap_leaves_data_alone(payload: Any) -> None:
    assert unwrap(payload) is payload


def test_unwrap_opens_an_envelope_or_raises_its_error() -> None:
    assert unwrap({"code": "0", "data": {"a": 1}}) == {"a": 1}
    assert unwrap({"code": 0, "data": None}) is None
    for code, (kind, *_) in PROMISED.items():
        with pytest.raises(kind):
            unwrap({"code": code, "message": "why"})
    with pytest.raises(xf.ApiError, match="10003"):
        unwrap({"code": 0, "data": {"base_resp": {"status_code": 10003}}})
    with pytest.raises(xf.ApiError):
        unwrap({"code": False, "data": {}})


@pytest.mark.parametrize("code", sorted(set(PROMISED) - {201}))
def test_every_failure_says_what_to_do(code: int) -> None:
    error, _ = judge(body(code=code, message="why"))
    assert isinstance(error, xf.ApiError)
    assert error.advice
    assert str(error).endswith(error.advice)


@pytest.mark.parametrize(
    "raw",
    [b"no JSON", body(message="no code"), body(code=300), body(code=0, data={"base_resp": {"status_code": 5}})],
    ids=["no JSON", "no code", "failure", "inner failure"],
)
def test_an_error_knows_its_question_from_the_start(raw: bytes) -> None:
    place = errors.Place(endpoint="get-kol-info", kol_id="71")
    error, _ = judge(raw, place=place)
    assert error is not None
    assert (error.endpoint, error.kol_id) == ("get-kol-info", "71")
    assert str(error) == f"get-kol-info for 71: {error.said}"
