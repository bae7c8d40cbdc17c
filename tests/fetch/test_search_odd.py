"""A search that is answered what nobody expects: odd pages, damaged stores; and what takes no ids."""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

import xingtu_frames as xf
from tests.fetch.test_search import FIRST, SECOND, THIRD, asked, kol_id, numbers_of, page_of, serve
from tests.loopback import Loopback, ok

MakeClient = Callable[..., xf.Client]


# --- pages -----------------------------------------------------------------------------------------------------------


def changed(numbers: Iterable[int], change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """Return a page whose authors are each changed."""
    page = page_of(numbers)
    for author in page["authors"]:
        change(author)
    return page


@pytest.mark.parametrize(
    ("said", "total"),
    [(2467, 2467), ("2467", 2467), (10000.0, 10000), ("", None), (None, None), (True, None), (-1, None), ("x", None)],
)
def test_the_total_is_read_as_numbers_are(said: Any, total: int | None, server: Loopback, client: xf.Client) -> None:
    page = page_of(FIRST)
    page["pagination"]["total_count"] = said
    serve(server, page)
    found = xf.search(client=client).attrs["total"]
    assert (found, type(found)) == (total, type(total))


@pytest.mark.parametrize("said", [False, 0, "false", "False", "0", 0.0])
def test_the_last_page_may_say_so_in_any_spelling(said: Any, server: Loopback, client: xf.Client) -> None:
    page = page_of(FIRST)
    page["pagination"]["has_more"] = said
    serve(server, page, SECOND)
    assert xf.search(limit=39, client=client).attrs["stopped"] == "no_more"
    assert asked(server) == [1]


@pytest.mark.one_in(2)
@pytest.mark.parametrize("said", [True, 1, "true", None, "", [], {}, "soon"])
def test_a_page_that_does_not_say_that_it_is_the_last_is_not(said: Any, server: Loopback, client: xf.Client) -> None:
    page = page_of(FIRST)
    page["pagination"]["has_more"] = said
    serve(server, page, SECOND)
    assert len(xf.search(limit=39, client=client)) == 39


def test_pages_count_the_creators_that_the_rows_name(server: Loopback, client: xf.Client) -> None:
    serve(server, changed(FIRST, lambda one: one.pop("star_id")), changed(SECOND, lambda one: one.update(star_id="-")))
    found = xf.search(limit=39, client=client)
    assert numbers_of(found) == list(range(1, 40))
    assert found.attrs["stopped"] == "limit"


def test_rows_without_an_id_are_neither_creators_nor_nothing(server: Loopback, client: xf.Client) -> None:
    def nameless(author: dict[str, Any]) -> None:
        del author["star_id"], author["attribute_datas"]["id"]

    mixed = page_of(FIRST)
    nameless(mixed["authors"][0])
    serve(server, mixed, changed(SECOND, nameless), THIRD)
    found = xf.search(client=client)
    assert (len(found), found.attrs["stopped"], asked(server)) == (20, "limit", [1])
    found = xf.search(limit=60, client=client)
    assert (len(found), found.attrs["stopped"], asked(server)) == (40, "no_new", [1, 2])


def test_a_first_page_that_cannot_be_read_is_the_error_and_the_end(server: Loopback, client: xf.Client) -> None:
    serve(server, changed(FIRST, lambda one: one["attribute_datas"].update(follower=["many"])), SECOND)
    for on_error in ("warn", "raise"):
        with pytest.raises(xf.PayloadError, match="follower"):
            xf.search(limit=60, on_error=on_error, client=client)
    assert asked(server) == [1]
    assert client.plan("search", limit=60)["state"].tolist() == ["cached"]


def test_the_warning_counts_the_page_that_the_budget_did_not_reach(server: Loopback, make_client: MakeClient) -> None:
    serve(server, FIRST, SECOND)
    with pytest.warns(xf.PartialResultWarning, match=r"^1 of 2 pages lack data: BudgetExceededError"):
        found = xf.search(limit=39, client=make_client(max_calls=1))
    assert found.attrs["pages"] == 1


def _damage(path: Path, page: int) -> None:
    with sqlite3.connect(path) as connection:
        changes = connection.execute("UPDATE answers SET body = x'00' WHERE params LIKE ?", (f'%"page": "{page}"%',))
        assert changes.rowcount == 1
    connection.close()


@pytest.mark.parametrize(("page", "rows"), [(1, None), (2, 20)])
@pytest.mark.parametrize("expire_after", ["24h", 0])
def test_the_plan_asks_for_nothing_behind_a_damaged_page(
    page: int, rows: int | None, expire_after: Any, server: Loopback, make_client: MakeClient, tmp_path: Path
) -> None:
    serve(server, range(20), range(20, 40), range(40, 60))
    with make_client() as client:
        xf.search(limit=40, client=client)
    _damage(tmp_path / "answers.sqlite", page)
    client = make_client(expire_after=expire_after)
    planned = client.plan("search", limit=60)["state"].tolist()
    hits = server.hits()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", xf.PartialResultWarning)
        if rows is None:
            with pytest.raises(xf.CacheError, match="damaged"):
                xf.search(limit=60, client=client)
        else:
            xf.search(limit=60, client=client)
    assert server.hits() - hits == len([state for state in planned if state != "cached"])


# --- what is done with it --------------------------------------------------------------------------------------------


def test_a_page_in_hand_takes_no_ids() -> None:
    for ids in ({"kol_id": kol_id(1)}, {"item_id": kol_id(1)}):
        with pytest.raises(xf.ParameterError, match="search takes no ids"):
            xf.read_payload("search", page_of([1]), **ids)


def test_the_long_form_of_a_search_takes_no_ids(server: Loopback, client: xf.Client) -> None:
    with pytest.raises(xf.ParameterError, match=r"^search_for_author_square takes no ids"):
        xf.fetch_raw("search_for_author_square", [kol_id(1)], keyword="x", client=client)
    server.answer = lambda seen: ok(page_of([1]))
    assert xf.fetch_raw("search_for_author_square", None, keyword="x", client=client)["page"].unique().tolist() == [1]
