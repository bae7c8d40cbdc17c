"""Promise 8a: an answer that names another creator than the one asked for is an error, kept, and never used."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import xingtu_frames as xf
from tests.loopback import Loopback, Seen, ok
from xingtu_frames.store.answer import Answer, now, stamp
from xingtu_frames.wire import call_for_query
from xingtu_frames.wire.envelope import judge, problem_of, stored_data

pytestmark = pytest.mark.every_pool

ID, OTHER = "7000000000000000001", "7000000000000000002"


class Row(NamedTuple):
    body: bytes
    endpoint: str = "get_author_base_info"
    kol_id: str | None = ID
    params: str = "{}"

    @property
    def key(self) -> str:
        return f"{self.endpoint}|{self.kol_id or ''}|{self.params}"


def prices(*ids: Any) -> dict[str, Any]:
    return {"price_info": [{"author_id": kol_id, "video_type": 1, "price": 100} for kol_id in ids]}


ANOTHER = {
    "id": ("get_author_base_info", {"id": OTHER}),
    "id as number": ("get_author_base_info", {"id": int(OTHER)}),
    "id on the legacy path": ("get-kol-info", {"id": OTHER}),
    "prices": ("get_author_marketing_info", prices(OTHER)),
    "one price of two": ("get_author_marketing_info", prices(ID, OTHER)),
    "prices on the legacy path": ("get-kol-marketing-info", prices(OTHER)),
    "star_id": ("get_author_spread_info", {"star_id": OTHER}),
    "kolId": ("author_link_struct", {"kolId": OTHER}),
    "oAuthorId": ("author_link_struct", {"oAuthorId": int(OTHER)}),
    "starAuthorId": ("get_author_tags", {"starAuthorId": OTHER}),
    "half": ("get_author_base_info", {"id": OTHER, "star_id": ID}),
}
RIGHT = {
    "id": ("get_author_base_info", {"id": ID}),
    "number": ("get_author_base_info", {"id": int(ID)}),
    "blanks": ("get_author_base_info", {"id": f" {ID} "}),
    "absent": ("get_author_base_info", {}),
    "no data": ("get_author_base_info", None),
    "a list": ("get_author_base_info", [{"id": OTHER}]),
    **{f"nobody {value!r}": ("get_author_base_info", {"id": value}) for value in ("", "0", 0, None, False, [], "***")},
    "id of Douyin": ("get_author_base_info", {"id": ID, "core_user_id": OTHER}),
    "author of a video": ("author_rec_videos_v2", {"newest_video": {"author_id": OTHER, "id": OTHER}}),
    "id of something else": ("get_author_spread_info", {"id": OTHER, "author_id": OTHER}),
    "prices": ("get_author_marketing_info", prices(ID, int(ID), None, "")),
    "odd prices": ("get_author_marketing_info", {"price_info": [None, 5, "x", []]}),
    "no prices": ("get_author_marketing_info", {"price_info": {"author_id": OTHER}}),
}


def wire(data: Any) -> bytes:
    return json.dumps({"code": 0, "data": data}).encode()


@pytest.mark.parametrize("case", ANOTHER)
def test_promise_8a_another_creator_is_found_wherever_an_answer_names_one(case: str) -> None:
    endpoint, data = ANOTHER[case]
    error, answered = judge(wire(data), 200, endpoint, ID)
    assert (type(error), answered) == (xf.PayloadError, True)
    assert ID in str(error)
    assert OTHER in str(error)
    assert str(error).startswith(str(problem_of(endpoint, ID, data)).partition(";")[0])
    with pytest.raises(xf.PayloadError, match=OTHER) as caught:
        stored_data(Row(wire(data), endpoint))
    assert (caught.value.endpoint, caught.value.kol_id) == (endpoint, ID)


@pytest.mark.parametrize("case", RIGHT)
def test_an_answer_that_names_the_creator_or_nobody_is_used(case: str) -> None:
    endpoint, data = RIGHT[case]
    assert judge(wire(data), 200, endpoint, ID) == (None, True)
    assert problem_of(endpoint, ID, data) is None
    assert stored_data(Row(wire(data), endpoint)) == data


def test_a_search_and_a_video_are_about_no_creator() -> None:
    assert problem_of("search_for_author_square", None, {"star_id": OTHER}) is None
    assert stored_data(Row(wire({"star_id": OTHER}), "search_for_author_square", None)) == {"star_id": OTHER}


NO_ANSWERS = {
    "empty": b"",
    "html": b"<html>",
    "failure": b'{"code": 301, "message": "not now"}',
    "false": b'{"code": false, "data": {}}',
    "0.0": b'{"code": 0.0, "data": {}}',
    "no code": b'{"data": {}}',
    "list": b"[]",
    "base_resp": b'{"code": 0, "data": {"base_resp": {"status_code": 10003}}}',
    "deep": b'{"code": 0, "data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "not utf-8": '{"code": 0, "data": "中"}'.encode("gb18030"),
}


@pytest.mark.parametrize("case", NO_ANSWERS)
def test_promise_8e_a_stored_body_that_is_no_answer_is_a_named_error(case: str) -> None:
    with pytest.raises(xf.CacheError, match="stored answer") as caught:
        stored_data(Row(NO_ANSWERS[case]))
    assert (caught.value.endpoint, caught.value.kol_id) == ("get_author_base_info", ID)


def rows(client: xf.Client) -> list[tuple[Any, ...]]:
    query = "SELECT kol_id, served, http_status, body FROM answers ORDER BY id"
    return client.store._pool.read(lambda read: read(query, ()))


def test_promise_8a_another_creators_answer_is_paid_kept_and_never_used(
    client: xf.Client, make_client: Any, server: Loopback
) -> None:
    def answer(seen: Seen) -> Any:
        return ok({"id": OTHER, "nick_name": "wrong"})

    server.answer = answer
    with pytest.warns(xf.PartialResultWarning, match="1 of 2"):
        frame = xf.fetch_profiles([ID, OTHER], client=client)
    assert frame["kol_id"].tolist() == [OTHER]
    (failure,) = frame.attrs["failures"]
    assert (failure["kol_id"], failure["retryable"]) == (ID, False)
    for word in (ID, OTHER, "charged", "kept for inspection", client.store.shown, "another request"):
        assert word in failure["error"]
    assert client.ledger().set_index("kol_id")["billed"].to_dict() == {ID: "yes", OTHER: "yes"}
    assert (server.hits(), server.charged) == (2, 2)
    kept = {row[0]: row[1:] for row in rows(client)}
    assert (kept[ID][:2], kept[OTHER][:2]) == ((0, 200), (1, 200))
    assert json.loads(kept[ID][2])["data"]["nick_name"] == "wrong"
    assert xf.history("profiles", client=client)["kol_id"].tolist() == [OTHER]
    with pytest.raises(xf.CacheMissError):
        xf.fetch_profiles([ID], client=make_client(offline=True))
    with pytest.raises(xf.PayloadError, match=OTHER):
        client.get("get_author_base_info", oAuthorId=ID)
    server.answer = lambda seen: ok({"id": seen.kol_id, "nick_name": "right"})
    assert xf.fetch_profiles([ID], client=client)["nick_name"].tolist() == ["right"]


def test_promise_8a_contact_data_of_another_creator_is_not_kept(client: xf.Client, server: Loopback) -> None:
    server.answer = lambda seen: ok({"star_id": OTHER, "card_info": {"phone": "13800000000"}})
    with pytest.raises(xf.PayloadError, match=OTHER) as caught:
        client.get("author_get_business_card_info", oAuthorId=ID)
    assert "kept" not in str(caught.value)
    assert rows(client) == []
    assert client.ledger()["billed"].tolist() == ["yes"]


def test_promise_8e_another_creators_row_of_a_colleague_is_not_shown(client: xf.Client, tmp_path: Path) -> None:
    for kol_id in (ID, OTHER):
        call = call_for_query("get_author_base_info", {"oAuthorId": kol_id})
        body = wire({"id": OTHER, "nick_name": "theirs"})
        client.store.add_all([Answer(call.key, call.meaning, kol_id, call.params, stamp(now()), body)])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        frame = xf.fetch_profiles([ID, OTHER], client=client)
        history = xf.history("profiles", client=client)
    assert [warning.category for warning in caught] == [xf.PartialResultWarning] * 2
    assert "refresh=True" in frame.attrs["failures"][0]["error"]
    for found in (frame, history):
        assert found["kol_id"].tolist() == [OTHER]
        assert [failure["kol_id"] for failure in found.attrs["failures"]] == [ID]
    with pytest.raises(xf.PayloadError, match=OTHER):
        client.get("get_author_base_info", oAuthorId=ID)
