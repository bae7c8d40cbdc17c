"""One meaning, one charge: what is stored serves whoever asks for it, however it is spelled, while it is fresh."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import xingtu_frames as xf
from tests.conftest import ROOT
from tests.loopback import Loopback, Reply, fail, ok
from xingtu_frames.store.answer import Answer, now, stamp
from xingtu_frames.wire import questions

pytestmark = pytest.mark.every_pool

ID = "7000000000000000001"
URL = f"https://www.xingtu.cn/ad/creator/author-homepage/douyin-video/{ID}"
MakeClient = Callable[..., xf.Client]


@pytest.fixture
def other_server() -> Iterator[Loopback]:
    loopback = Loopback()
    yield loopback
    loopback.close()


def stored(client: xf.Client, age: timedelta, data: str = '{"nick_name": "stored"}', kol_id: str = ID) -> None:
    """Put an answer of that age into the store."""
    (call,) = questions([xf.TABLES["profiles"]], [kol_id], {})["profiles"]
    body = f'{{"code": 0, "data": {data}}}'.encode()
    client.store.add_all([Answer(call.key, call.meaning, call.kol_id, call.params, stamp(now() - age), body)])


def names(client: xf.Client, **options: Any) -> list[Any]:
    return xf.fetch_profiles([ID], client=client, **options)["nick_name"].tolist()


ANOTHER = """
import sys, xingtu_frames as xf
xf.fetch_spread_info([sys.argv[3]], client=xf.Client("another-token-99", base_url=sys.argv[1], cache=sys.argv[2]))
"""


@pytest.mark.slow
def test_an_answer_serves_other_clients_and_processes(
    make_client: MakeClient, server: Loopback, cache: Path | str
) -> None:
    xf.fetch_spread_info([ID], client=make_client())
    command = [sys.executable, "-W", "ignore", "-c", ANOTHER, server.url, str(cache), ID]
    subprocess.run(command, cwd=ROOT, check=True, timeout=600)
    xf.fetch_spread_info([ID], client=make_client(token="another-token-11"))
    assert (server.hits(), server.charged) == (1, 1)


SPREAD = "get_author_spread_info"
SAME: dict[str, Callable[[xf.Client, xf.Client], Any]] = {
    "text": lambda client, legacy: xf.fetch_spread_info(ID, client=client),
    "int": lambda client, legacy: xf.fetch_spread_info(int(ID), client=client),
    "address": lambda client, legacy: xf.fetch_spread_info([f" {URL}?a=1 "], client=client),
    "other tables": lambda client, legacy: (
        xf.fetch_cost_tiers([ID], client=client),
        xf.fetch_spread_benchmarks([ID], client=client),
    ),
    "legacy": lambda client, legacy: xf.fetch_spread_info([ID], client=legacy),
    "get": lambda client, legacy: client.get(SPREAD, oAuthorId=ID),
    "get int": lambda client, legacy: client.get(SPREAD, oAuthorId=int(ID), onlyAssign=False),
    "get address": lambda client, legacy: client.get(SPREAD, oAuthorId=URL, onlyAssign="false"),
    "get order": lambda client, legacy: client.get(
        SPREAD, platform="SHORT_VIDEO", type="PERSONAL_VIDEO", range="DAY_30", oAuthorId=ID, flowType=None
    ),
    "get legacy": lambda client, legacy: legacy.get("get-kol-spread-info", kolId=ID, type="_1", range="_2"),
    "get legacy flow": lambda client, legacy: client.get("get-kol-spread-info", range="_2", kolId=ID, type="_1"),
}


@pytest.mark.one_in(3)
@pytest.mark.each_once
@pytest.mark.parametrize("second", SAME)
@pytest.mark.parametrize("first", ["text", "legacy", "get legacy"])
def test_one_meaning_is_paid_once(make_client: MakeClient, server: Loopback, first: str, second: str) -> None:
    client, legacy = make_client(), make_client(api="legacy", token="another-token-99")
    SAME[first](client, legacy)
    SAME[second](client, legacy)
    assert (server.hits(), server.charged) == (1, 1)


@pytest.mark.parametrize(
    "other", [{"window": "90d"}, {"video_type": "xingtu"}, {"only_assigned": True}, {"flow": "include"}], ids=str
)
def test_another_meaning_is_another_answer(client: xf.Client, server: Loopback, other: dict[str, Any]) -> None:
    xf.fetch_spread_info([ID], client=client)
    xf.fetch_spread_info([ID], client=client, **other)
    assert server.hits() == 2


def test_true_is_the_text_true(client: xf.Client, server: Loopback) -> None:
    client.get(SPREAD, oAuthorId=ID, onlyAssign=True)
    client.get(SPREAD, oAuthorId=ID, onlyAssign="true")
    xf.fetch_cost_tiers([ID], only_assigned=True, client=client)
    assert (server.hits(), server.seen[0].query["onlyAssign"]) == (1, "true")


def test_the_address_is_no_part_of_the_question(
    make_client: MakeClient, server: Loopback, other_server: Loopback
) -> None:
    names(make_client())
    names(make_client(base_url=f"{other_server.url}/proxy"))
    assert (server.hits(), other_server.hits()) == (1, 0)


def test_repeats_and_shared_answers_cost_one_request(client: xf.Client, server: Loopback) -> None:
    frame = xf.fetch_spread_info(["2", ID, "2", int(ID), URL], client=client)
    assert frame["kol_id"].tolist() == ["2", ID]
    xf.fetch_cost_tiers(["2", ID], client=client)
    xf.fetch_link_struct(["2"], client=client)
    xf.fetch_connected_users(["2"], client=client)
    assert dict(server.counts()) == {(SPREAD, ID): 1, (SPREAD, "2"): 1, ("author_link_struct", "2"): 1}


@pytest.mark.parametrize(
    ("expire_after", "age", "hits"),
    [
        ("24h", timedelta(hours=23), 0),
        ("24h", timedelta(hours=25), 1),
        ("7d", timedelta(days=6), 0),
        (timedelta(minutes=5), timedelta(minutes=6), 1),
        (90, timedelta(seconds=60), 0),
        (0, timedelta(0), 1),
        (None, timedelta(days=9999), 0),
    ],
    ids=str,
)
def test_age_is_judged_when_reading(
    make_client: MakeClient, server: Loopback, expire_after: Any, age: timedelta, hits: int
) -> None:
    server.answer = lambda seen: ok({"nick_name": "fresh"})
    client = make_client(expire_after=expire_after)
    stored(client, age)
    assert names(client) == (["fresh"] if hits else ["stored"])
    assert server.hits() == hits
    assert names(make_client(expire_after=None)) == (["fresh"] if hits else ["stored"])
    assert client.store.count()["answers"] == 1 + hits


def test_refresh_adds_an_answer(client: xf.Client, server: Loopback) -> None:
    server.script(ok({"nick_name": "first"}), ok({"nick_name": "second"}))
    assert names(client) == ["first"]
    assert names(client, refresh=True) == ["second"]
    assert names(client) == ["second"]
    assert xf.history("profiles", [ID], client=client)["nick_name"].tolist() == ["first", "second"]
    assert server.hits() == 2


BAD_NEWS = {
    "404": fail(404, "gone"),
    "base_resp": ok({"base_resp": {"status_code": 10003}}),
    "no json": Reply(b"<html>"),
    "reset": Reply(b"", fault="reset"),
    "http 500": Reply(b"oops", 500),
    "account": fail(601),
}


@pytest.mark.each_once
@pytest.mark.parametrize("why", BAD_NEWS)
@pytest.mark.parametrize("age", [timedelta(0), timedelta(days=2)], ids=["fresh", "expired"])
def test_a_failing_refresh_keeps_the_old_answer(
    make_client: MakeClient, server: Loopback, why: str, age: timedelta
) -> None:
    client = make_client()
    stored(client, age)
    server.script(BAD_NEWS[why])
    with pytest.raises(xf.XingtuError):
        names(client, refresh=True)
    assert server.hits() == 1
    assert names(make_client(offline=True)) == ["stored"]
    assert len(xf.history("profiles", client=client)) == 1


def test_offline_serves_any_age_and_sends_nothing(make_client: MakeClient, server: Loopback) -> None:
    client = make_client(offline=True, token=None)
    stored(client, timedelta(days=9999))
    assert names(client) == names(client, refresh=True) == ["stored"]
    assert client.plan("profiles", [ID, "2"])["state"].tolist() == ["cached", "missing"]
    with pytest.raises(xf.CacheMissError, match=r"get_author_base_info for 2: .*without offline") as caught:
        xf.fetch_profiles(["2"], client=client)
    assert isinstance(caught.value, LookupError)
    with pytest.warns(xf.PartialResultWarning, match=r"1 of 2 creators.*CacheMissError"):
        frame = xf.fetch_profiles([ID, "2"], client=client)
    assert frame["kol_id"].tolist() == [ID]
    assert frame.attrs["failures"][0]["kol_id"] == "2"
    assert (server.hits(), len(client.ledger())) == (0, 0)


def test_data_null_is_an_answer_without_data(client: xf.Client, server: Loopback) -> None:
    server.answer = lambda seen: ok(None)
    with pytest.warns(xf.PartialResultWarning, match="1 of 1 creators"):
        row = xf.fetch_profiles([ID], client=client)
    assert row["kol_id"].tolist() == [ID]
    assert row["followers"].isna().all()
    assert "data is null" in row.attrs["failures"][0]["error"]
    with pytest.warns(xf.PartialResultWarning):
        rows = xf.fetch_video_distribution([ID], client=client)
    assert (len(rows), len(rows.attrs["failures"])) == (0, 1)
    assert client.get("get_author_base_info", oAuthorId=ID) is None
    assert server.hits() == 2


def test_a_failing_base_resp_is_recorded_and_never_served(client: xf.Client, server: Loopback) -> None:
    server.answer = lambda seen: ok({"base_resp": {"status_code": 10003, "status_message": "hidden"}, "x": 1})
    for _ in range(2):
        with pytest.raises(xf.ApiError, match=r"10003.*hidden") as caught:
            names(client)
        assert (caught.value.code, caught.value.billed) == (10003, "unknown")
    assert server.hits() == 2
    assert client.store.count() == {"answers": 2, "requests": 2}
    assert len(xf.history("profiles", client=client)) == 0
    server.answer = lambda seen: ok({"nick_name": "good"})
    assert names(client) == ["good"]


@pytest.mark.parametrize("status", [200, 201, 404, 429, 500, 599, 600, 999])
def test_code_zero_is_stored_at_any_status(client: xf.Client, server: Loopback, status: int) -> None:
    server.answer = lambda seen: ok({"nick_name": "paid"}, status=status)
    assert names(client) == names(client) == ["paid"]
    assert (server.hits(), client.ledger()["http_status"].tolist()) == (1, [status])


def test_a_payload_that_cannot_be_read_stays_stored(client: xf.Client, server: Loopback) -> None:
    server.answer = lambda seen: ok([1, 2])
    for _ in range(2):
        with pytest.raises(xf.PayloadError) as caught:
            names(client)
    assert caught.value.kol_id == ID
    assert server.hits() == 1
    assert client.get("get_author_base_info", oAuthorId=ID) == [1, 2]
