"""A table whose window is called ``period`` and has another default is one declaration; so is one without a subject."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, Literal

import pandas as pd
import pytest

import xingtu_frames as xf
from tests.loopback import Loopback, fail, ok
from xingtu_frames.fetch.signature import fetches
from xingtu_frames.fetch.steps import fetch_one, fetch_tables
from xingtu_frames.tables.options import WINDOW
from xingtu_frames.tables.read import Fields
from xingtu_frames.tables.schema import Answer, Column, Row, Table


def _orders(data: Fields) -> Iterator[Row]:
    yield (data.integer("orders"),)


ORDERS = Table(
    "orders",
    "合作经验",
    row="creator",
    row_zh="一位达人",
    answer=Answer("get_author_order_experience", keys=("orders",), options=(WINDOW.at("period", default="90d"),)),
    parse=_orders,
    shown=(WINDOW,),
    cells=(Column("orders", "Int64", "", "商单数", "orders in the window", "统计周期内的商单数"),),
)


@fetches(ORDERS)
def fetch_orders(ids: Any, **given: Any) -> pd.DataFrame:
    """Fetch orders."""
    return fetch_one(ORDERS, ids, given)


A, B = "6831825876674412552", "11"


@pytest.fixture
def orders(server: Loopback) -> Loopback:
    server.answer = lambda seen: ok({"orders": {"DAY_30": 3, "DAY_90": "7"}[seen.query["period"]]})
    return server


def test_a_window_is_planned_asked_stored_and_shown(orders: Loopback, client: xf.Client) -> None:
    assert client.plan(ORDERS, A)["state"].tolist() == ["missing"]
    frame = fetch_orders([A, B], client=client)
    assert frame[["kol_id", "window", "orders"]].to_numpy().tolist() == [[A, "90d", 7], [B, "90d", 7]]
    assert fetch_orders(A, window="30d", client=client)[["window", "orders"]].to_numpy().tolist() == [["30d", 3]]
    assert {tuple(sorted(set(seen.query) - {"token"})) for seen in orders.seen} == {("oAuthorId", "period")}
    assert client.plan(ORDERS, A)["state"].tolist() == ["cached"]
    pd.testing.assert_frame_equal(fetch_orders([A, B], client=client), frame)
    assert orders.charged == len(client.ledger()) == 3
    history = xf.history(ORDERS, A, client)
    assert history["window"].tolist() == ["90d", "30d"]
    assert xf.read_payload(ORDERS, {"orders": 1}, kol_id=A)["window"].tolist() == ["90d"]


def test_the_signature_is_exact() -> None:
    window = inspect.signature(fetch_orders).parameters["window"]
    assert (window.default, window.annotation) == ("90d", Literal["30d", "90d"])
    with pytest.raises(TypeError, match=r"fetch_orders\(\).*range"):
        fetch_orders(A, range="DAY_30")


def test_an_unknown_choice_sends_nothing(orders: Loopback, client: xf.Client) -> None:
    with pytest.raises(xf.ParameterError, match='"30d", "90d"'):
        fetch_orders(A, window="60d", client=client)
    assert orders.hits() == 0


def test_what_failed_is_listed_and_what_is_something_else_is_refused(orders: Loopback, client: xf.Client) -> None:
    orders.script(fail(404, "gone"), kol_id=A)
    orders.script(ok({"followers": 5}), kol_id=B)
    with pytest.warns(xf.PartialResultWarning, match="2 of 3 creators"):
        frame = fetch_orders([A, B, "12"], client=client)
    assert frame["kol_id"].tolist() == ["12"]
    assert [(failure["kol_id"], failure["code"]) for failure in frame.attrs["failures"]] == [(A, 404), (B, None)]
    assert "no field 'orders'" in frame.attrs["failures"][1]["error"]


def _hits(data: Fields) -> Iterator[Row]:
    for author in data.items("authors"):
        yield author.text("star_id"), author.name("nick_name")


SEARCH = Table(
    "hits",
    "搜索结果",
    row="search hit",
    row_zh="一条结果",
    answer=Answer("search_for_author_square", keys=("authors",), subject=None, fixed={"keyword": "美食"}),
    parse=_hits,
    cells=(
        Column("kol_id", "str", "", "星图ID", "id", "星图ID"),
        Column("name", "str", "", "达人", "nickname", "昵称"),
    ),
    listing=True,
)


@fetches(SEARCH)
def search_hits(**given: Any) -> pd.DataFrame:
    """Search."""
    return fetch_one(SEARCH, None, given)


def test_a_search_is_about_nothing(server: Loopback, client: xf.Client) -> None:
    server.answer = lambda seen: ok({"authors": [{"star_id": A, "nick_name": "甲"}, {"star_id": 11}]})
    assert client.plan(SEARCH, None).columns.tolist() == ["table", "endpoint", "state"]
    frame = search_hits(client=client)
    assert frame.columns.tolist() == ["kol_id", "name", "fetched_at"]
    assert frame["kol_id"].tolist() == [A, B]
    assert server.seen[0].query["keyword"] == "美食"
    pd.testing.assert_frame_equal(search_hits(client=client), frame)
    assert server.charged == len(client.ledger()) == 1
    assert client.plan(SEARCH, None)["state"].tolist() == ["cached"]
    with pytest.raises(xf.ParameterError, match="takes no ids"):
        client.plan(SEARCH, [A])
    server.script(fail(404, "gone"))
    with pytest.raises(xf.NotFoundError):
        search_hits(refresh=True, client=client)


def _length(data: Fields) -> Iterator[Row]:
    yield (data.integer("count"),)


CONVERT_VIDEOS, CONVERT_PRODUCTS = (
    Table(
        f"convert_{kind.lower()}s",
        "带货",
        row="creator",
        row_zh="一位达人",
        answer=Answer("get_author_convert_videos_or_products", keys=("count",), fixed={"detailType": kind}),
        parse=_length,
        cells=(Column("count", "Int64", "", "数量", "count", "数量"),),
    )
    for kind in ("VIDEO", "PRODUCT")
)


def test_two_answers_of_one_endpoint_are_told_apart(server: Loopback, client: xf.Client) -> None:
    server.answer = lambda seen: ok({"count": {"VIDEO": 3, "PRODUCT": 7}[seen.query["detailType"]]})
    tables = [CONVERT_VIDEOS, CONVERT_PRODUCTS]
    found = fetch_tables(tables, [A], {}, client=client).frames
    assert [found[table.name]["count"].tolist() for table in tables] == [[3], [7]]
    assert [xf.history(table, client=client)["count"].tolist() for table in tables] == [[3], [7]]
    assert client.plan(tables, A)["state"].tolist() == ["cached"] * 2
