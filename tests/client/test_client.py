"""Settings, the token's presence, `Client.get` on all endpoints, plan and ledger."""

from __future__ import annotations

import contextlib
import copy
import pickle
import traceback
import warnings
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pandas as pd
import pytest

import xingtu_frames as xf
from tests.cli_cases import TOKEN
from tests.loopback import Loopback, fail, ok
from xingtu_frames.client import settings
from xingtu_frames.fetch.steps import fetch_tables
from xingtu_frames.store.answer import Answer, now, stamp
from xingtu_frames.tables.records import LEDGER_COLUMNS, PLAN_COLUMNS
from xingtu_frames.wire import ENDPOINTS, PREFIX, Endpoint, questions

pytestmark = pytest.mark.every_pool

ID = "7000000000000000001"
CARD = "author_get_business_card_info"
MakeClient = Callable[..., xf.Client]

BAD_SETTINGS = {
    "token": ([5, b"bytes", "new\nline", "nul\0"], "printable"),
    "base_url": (
        ["moon", "", None, 5, "ftp://x", "http://", "http://[::1", "http://h:99999", "https://h:x", "https://u:p@h",
         "https://h?a=1", "https://h#a"],
        "global.*cn.*http",
    ),
    "api": (["new", None, 1], "current.*legacy"),
    "cache": ([5, "", b"x", "nul\0byte"], "path|cannot be opened"),
    "expire_after": (
        ["soon", "1 month", "", -1, timedelta(-1), True, [], float("nan"), float("inf"), 1e300, "9" * 30 + "d"],
        "24h.*7d",
    ),
    "max_workers": ([0, -1, 1.5, "8", True, None], "max_workers must be a positive integer, not"),
    "per_second": ([0, -1, "5", True, float("nan"), float("inf")], "per_second.*above 0"),
    "timeout": ([0, (1,), (1, 2, 3), (0, 1), ("1", 2), None, float("nan"), (1, float("inf"))], "timeout.*above 0"),
    "retries": ([-1, 1.5, None, True], "retries must be an integer >= 0, not"),
    "max_calls": ([-1, 1.5, "9", True], "max_calls must be an integer >= 0 or None, not"),
}  # fmt: skip


@pytest.mark.one_in(11)
@pytest.mark.each_once
@pytest.mark.parametrize(
    ("name", "value"), [(name, bad) for name, (values, _) in BAD_SETTINGS.items() for bad in values]
)
def test_a_bad_setting_says_what_is_allowed(make_client: MakeClient, server: Loopback, name: str, value: Any) -> None:
    with pytest.raises((xf.ConfigError, xf.ParameterError, xf.CacheError), match=BAD_SETTINGS[name][1]):
        make_client(**{name: value})
    assert server.hits() == 0


@pytest.mark.parametrize("expire_after", ["999999d", "99999w", timedelta.max, 10**12], ids=str)
def test_a_very_long_expiry_is_as_good_as_never(make_client: MakeClient, server: Loopback, expire_after: Any) -> None:
    for _ in range(2):
        xf.fetch_profiles([ID], client=make_client(expire_after=expire_after))
    assert server.hits() == 1


@pytest.mark.parametrize("base_url", ["https://h?token={}", "https://{}@h", "https://user:{}@h"])
def test_a_refused_address_is_not_shown_with_its_secret(make_client: MakeClient, base_url: str) -> None:
    with pytest.raises(xf.ConfigError) as caught:
        make_client(base_url=base_url.format(TOKEN))
    assert TOKEN not in str(caught.value)


def test_without_token_what_is_stored_serves_and_the_rest_says_how_to_set_it(
    make_client: MakeClient, server: Loopback
) -> None:
    xf.fetch_profiles([ID], client=make_client())
    bare = make_client(token=None)
    assert len(xf.fetch_profiles([ID], client=bare)) == 1
    for ask in (lambda: xf.fetch_profiles(["2"], client=bare), lambda: bare.get("author_cp_info", oAuthorId="2")):
        with pytest.raises(xf.ConfigError, match=r"JUSTONEAPI_TOKEN.*nothing was sent"):
            ask()
    assert (server.hits(), len(bare.ledger())) == (1, 1)


@pytest.mark.parametrize("token", ["", "   "])
def test_an_empty_token_is_none(make_client: MakeClient, server: Loopback, token: str) -> None:
    with pytest.raises(xf.ConfigError, match="JUSTONEAPI_TOKEN"):
        xf.fetch_profiles([ID], client=make_client(token=token))
    assert server.hits() == 0


def test_the_environment_gives_token_address_and_cache(
    server: Loopback, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "_warned", set())
    monkeypatch.setenv("JUSTONEAPI_TOKEN", f" {TOKEN}\n")
    monkeypatch.setenv("JUSTONEAPI_BASE_URL", f"{server.url}/")
    monkeypatch.setenv("XINGTU_FRAMES_CACHE", str(tmp_path / "from" / "environment.sqlite"))
    with pytest.warns(xf.InsecureTransportWarning):
        client = xf.Client()
    xf.set_default_client(client)
    assert len(xf.fetch_profiles([ID])) == 1
    assert server.seen[0].query["token"] == TOKEN
    assert (tmp_path / "from" / "environment.sqlite").exists()
    client.close()


def test_plain_http_warns_once_per_address_at_the_callers_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "_warned", set())
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for address in ("cn", "http://127.0.0.1:9", "cn", "http://127.0.0.1:9/", "global", "https://127.0.0.1:9"):
            xf.Client(base_url=address, cache=":memory:").close()
    assert [warning.category for warning in caught] == [xf.InsecureTransportWarning] * 2
    assert [settings.REGIONS["cn"] in str(caught[0].message), "127.0.0.1:9" in str(caught[1].message)] == [True, True]
    assert {warning.filename for warning in caught} == {__file__}


def test_a_client_never_shows_its_token(client: xf.Client) -> None:
    shown = repr(client) + str(client) + str(client.store)
    assert TOKEN not in shown
    assert "token=set" in repr(client)


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    "duplicate",
    [
        copy.copy,
        copy.deepcopy,
        *(lambda client, protocol=protocol: pickle.dumps(client, protocol) for protocol in range(6)),
        lambda client: pickle.dumps({"a": [client]}),
        lambda client: copy.deepcopy({"a": (client,)}),
    ],
)
def test_a_client_that_is_copied_or_pickled_says_what_to_do_instead(
    make_client: MakeClient, server: Loopback, duplicate: Callable[[Any], Any]
) -> None:
    client = make_client()
    with pytest.raises(xf.ConfigError, match=r"cannot be copied or pickled.*make one there.*Client\(cache") as caught:
        duplicate(client)
    assert TOKEN not in "".join(traceback.format_exception(caught.value))
    assert client.get("author_link_struct", oAuthorId=ID) == {}
    assert server.hits() == 1


# --- get


def minimal(endpoint: Endpoint) -> dict[str, Any]:
    """Return a valid value for each required parameter."""
    values = {"creator": ID, "item": ID, "int": 1, "bool": True, "text": "a b"}
    values |= {"yyyy-MM-dd": "2026-01-02", "yyyyMMdd": "20260102"}
    return {p.name: p.choices[0] if p.choices else values[p.kind] for p in endpoint.parameters if p.required}


@pytest.mark.one_in(15)
@pytest.mark.parametrize("name", ENDPOINTS)
def test_every_endpoint_is_reached_at_its_path_with_the_token_first(
    client: xf.Client, server: Loopback, name: str
) -> None:
    endpoint = ENDPOINTS[name]
    assert client.get(name, **minimal(endpoint)) == {}
    (seen,) = server.seen
    parts = urlsplit(seen.target)
    query = parse_qsl(parts.query, keep_blank_values=True)
    sent = dict(query)
    assert parts.path == f"{PREFIX}{endpoint.path}"
    assert query[0] == ("token", TOKEN)
    assert seen.target.count(TOKEN) == 1
    assert TOKEN not in str(seen.headers)
    assert sent.items() >= {p.name: p.default for p in endpoint.parameters if p.default is not None}.items()
    assert "acceptCache" not in sent
    client.get(name, **minimal(endpoint))
    assert server.hits() == (2 if name == CARD else 1)


def test_there_are_53_endpoints() -> None:
    assert len(ENDPOINTS) == 53


REFUSED = [
    ("get_author_spread", {}, "no endpoint 'get_author_spread'.*endpoints()"),
    ("get_author_spread_info", {}, "needs oAuthorId"),
    ("get_author_spread_info", {"oAuthorId": ID, "kolId": ID}, "no parameter 'kolId'.*oAuthorId.*range"),
    ("get_author_spread_info", {"oAuthorId": ID, "acceptCache": True}, "no parameter 'acceptCache'"),
    ("get_author_spread_info", {"oAuthorId": ID, "token": "x"}, "no parameter 'token'"),
    ("get_author_spread_info", {"oAuthorId": ID, "range": "DAY_7"}, 'range must be one of "DAY_30", "DAY_90"'),
    ("get_author_spread_info", {"oAuthorId": ID, "range": "day_30"}, "DAY_30"),
    ("get_author_spread_info", {"oAuthorId": ID, "onlyAssign": "yes"}, "onlyAssign must be True or False"),
    ("get_author_spread_info", {"oAuthorId": 7.0}, "float"),
    ("get_author_daily_fans", {"oAuthorId": ID, "startDate": "1.2.2026", "endDate": "2026-01-02"}, "startDate.*yyyy"),
]


@pytest.mark.parametrize(("endpoint", "params", "reason"), REFUSED)
def test_get_refuses_what_it_does_not_know(
    client: xf.Client, server: Loopback, endpoint: str, params: dict[str, Any], reason: str
) -> None:
    with pytest.raises((xf.ParameterError, xf.InvalidIdError), match=reason):
        client.get(endpoint, **params)
    assert (server.hits(), len(client.ledger())) == (0, 0)


def test_defaults_are_written_out_on_the_wire(client: xf.Client, server: Loopback) -> None:
    client.get("get_author_contract_base_info", oAuthorId=ID)
    assert server.seen[0].query["range"] == "DAY_90"
    assert urlsplit(server.seen[0].target).path.endswith("/get_author_contract_base_info")
    name = next(name for name in ENDPOINTS if name.endswith("live_statistics"))
    client.get(name, **minimal(ENDPOINTS[name]))
    defaults = {p.name: p.default for p in ENDPOINTS[name].parameters if p.default}
    assert defaults
    assert server.seen[1].query.items() >= defaults.items()


def test_get_returns_data_and_raises_with_endpoint_and_creator(client: xf.Client, server: Loopback) -> None:
    server.script(ok([1, "二"]), fail(404, "none"))
    assert client.get("author_cp_info", oAuthorId=ID) == [1, "二"]
    with pytest.raises(xf.NotFoundError, match=r"author_cp_info for 2: .*none") as caught:
        client.get("author_cp_info", oAuthorId="2")
    assert (caught.value.endpoint, caught.value.kol_id, caught.value.code) == ("author_cp_info", "2", 404)


@pytest.mark.of_a_file
def test_a_business_card_is_never_stored(make_client: MakeClient, server: Loopback, tmp_path: Path) -> None:
    server.answer = lambda seen: ok({"phone": "13800138000", "wechat": "wx-secret"})
    client = make_client()
    for _ in range(2):
        assert client.get(CARD, oAuthorId=ID)["phone"] == "13800138000"
    server.script(ok({"base_resp": {"status_code": 7}, "phone": "13800138000"}))
    with pytest.raises(xf.ApiError):
        client.get(CARD, oAuthorId=ID)
    assert server.hits() == 3
    assert client.ledger()["endpoint"].tolist() == [CARD] * 3
    files = [file for file in tmp_path.iterdir() if file.is_file()]
    assert files
    assert not [file for file in files if b"13800138000" in file.read_bytes() or b"wx-secret" in file.read_bytes()]
    with pytest.raises(xf.CacheMissError):
        make_client(offline=True).get(CARD, oAuthorId=ID)


def test_a_question_about_no_creator_does_not_name_one(make_client: MakeClient) -> None:
    with pytest.raises(xf.CacheMissError) as caught:
        make_client(offline=True).get("search_for_author_square", keyword="美食")
    assert "None" not in str(caught.value)


# --- plan


def aged(client: xf.Client, table: str, ids: list[str], hours: float, **options: Any) -> None:
    """Store an answer of that age for each creator."""
    for call in questions([xf.TABLES[table]], ids, options, client.api)[table]:
        moment = stamp(now() - timedelta(hours=hours))
        client.store.add_all(
            [Answer(call.key, call.meaning, call.kol_id, call.params, moment, b'{"code":0,"data":{}}')]
        )


CREATORS = [str(n) for n in range(1, 10)]
PLANS: dict[str, tuple[list[str], dict[str, Any]]] = {
    "one table": (["spread_info"], {}),
    "one answer, three tables": (["spread_info", "cost_tiers", "spread_benchmarks"], {}),
    "all": ([name for name, t in xf.TABLES.items() if t.evidence == "captured" and t.answer.subject], {}),
    "other window": (["spread_info", "link_struct"], {"window": "90d"}),
    "refresh": (["spread_info"], {"refresh": True}),
}


@pytest.mark.one_in(2)
@pytest.mark.each_once
@pytest.mark.parametrize("chosen", [{}, {"api": "legacy"}, {"expire_after": None}, {"expire_after": 0}], ids=str)
@pytest.mark.parametrize("case", PLANS)
def test_the_plan_is_what_is_then_sent(
    make_client: MakeClient, server: Loopback, case: str, chosen: dict[str, Any]
) -> None:
    tables, options = PLANS[case][0], dict(PLANS[case][1])
    client = make_client(**chosen)
    aged(client, "spread_info", CREATORS[:3], hours=1)
    aged(client, "spread_info", CREATORS[3:6], hours=25)
    aged(client, "link_struct", CREATORS[4:], hours=1)
    plan = client.plan(tables, [*CREATORS, CREATORS[0]], **options)
    assert (server.hits(), len(client.ledger())) == (0, 0)
    assert plan.columns.tolist() == [column.name for column in PLAN_COLUMNS]
    refresh = options.pop("refresh", False)
    fetch_tables([xf.TABLES[name] for name in tables], CREATORS, options, client=client, refresh=refresh)
    sent = plan[plan["state"] != "cached"]
    assert server.counts() == dict.fromkeys(zip(sent["endpoint"], sent["kol_id"], strict=True), 1)


def test_plan_names_the_states(client: xf.Client) -> None:
    aged(client, "spread_info", ["1"], 1)
    aged(client, "spread_info", ["2"], 25)
    plan = client.plan(["spread_info", "cost_tiers"], ["1", "2", "3"])
    assert plan["state"].tolist() == ["cached", "expired", "missing"]
    assert set(plan["table"]) == {"spread_info|cost_tiers"}
    empty = client.plan("spread_info", [])
    assert empty.dtypes.to_dict() == plan.dtypes.to_dict()


def test_plan_refuses_what_does_not_exist(client: xf.Client) -> None:
    with pytest.raises(xf.ParameterError, match=r"no table 'spread'.*spread_info"):
        client.plan("spread", [ID])
    with pytest.raises(xf.ParameterError, match=r"no option 'windows'.*window"):
        client.plan("spread_info", [ID], windows="30d")
    with pytest.raises(xf.ParameterError, match="30d"):
        client.plan("spread_info", [ID], window="7d")
    with pytest.raises(xf.InvalidIdError):
        client.plan("spread_info", [7.0])


# --- ledger


def test_the_ledger_has_a_row_for_every_request_of_every_client(make_client: MakeClient, server: Loopback) -> None:
    first, second = make_client(retries=1), make_client()
    assert len(first.ledger()) == 0
    server.script(ok({}), kol_id="1")
    server.script(fail(404, "none", status=404), kol_id="2")
    server.script(ok({"base_resp": {"status_code": 10003}}), kol_id="3")
    server.script(ok({}, fault="cut"), kol_id="4")
    for kol_id in "1234":
        with contextlib.suppress(xf.ApiError, xf.TransportError):
            xf.fetch_profiles([kol_id], client=first if kol_id < "3" else second)
    ledger = first.ledger()
    assert ledger.columns.tolist() == [column.name for column in LEDGER_COLUMNS]
    assert ledger.dtypes.to_dict() == make_client(cache=":memory:").ledger().dtypes.to_dict()
    assert ledger["endpoint"].unique().tolist() == ["get_author_base_info"]
    assert ledger["kol_id"].tolist() == ["1", "2", "3", "4"]
    assert ledger["http_status"].tolist() == [200, 404, 200, 200]
    assert ledger["code"].tolist() == [0, 404, 10003, pd.NA]
    assert ledger["billed"].tolist() == ["yes", "no", "unknown", "unknown"]
    assert ledger["error"].isna().tolist() == [True, False, False, False]
    assert [error.split(":")[0] for error in ledger["error"].dropna()] == [
        "NotFoundError",
        "ApiError",
        "TransportError",
    ]
    assert ledger["elapsed_s"].ge(0).all()
    pd.testing.assert_frame_equal(second.ledger(), ledger)


def test_the_ledger_since(client: xf.Client) -> None:
    for kol_id in "123":
        xf.fetch_profiles([kol_id], client=client)
    second = client.ledger()["sent_at"].iloc[1]
    for since in (second, second.isoformat(), second.tz_convert("Asia/Shanghai"), second.tz_localize(None)):
        assert client.ledger(since)["kol_id"].tolist() == ["2", "3"]
    assert len(client.ledger("2099-01-01")) == 0
    for bad in ("yesterday-ish", object(), float("nan")):
        with pytest.raises(xf.ParameterError, match="since"):
            client.ledger(bad)
