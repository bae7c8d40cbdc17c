"""A table of several pages is one declaration: each page a request with an answer of its own, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

import xingtu_frames as xf
from tests.loopback import Loopback, Seen, fail, ok
from xingtu_frames.fetch.signature import fetches
from xingtu_frames.fetch.steps import fetch_one
from xingtu_frames.store.answer import Answer as Stored, now, stamp
from xingtu_frames.tables.inputs import Day
from xingtu_frames.tables.options import ONLY_ASSIGNED
from xingtu_frames.tables.read import Fields
from xingtu_frames.tables.schema import Answer, Column, Pages, Row, Table

pytestmark = pytest.mark.every_pool

MakeClient = Callable[..., xf.Client]


def _videos(data: Fields) -> Iterator[Row]:
    for video in data.items("list"):
        yield (video.text("id"),)


VIDEOS = Table(
    "videos",
    "主页视频",
    row="creator x video",
    row_zh="达人 × 视频",
    answer=Answer(
        "get_author_homepage_videos",
        keys=("list", "page"),
        options=(ONLY_ASSIGNED, Day("start", "startDate", ago=None)),
        pages=Pages("page", most=9, more="page.has_more"),
    ),
    parse=_videos,
    shown=(ONLY_ASSIGNED,),
    cells=(Column("video", "str", "", "视频", "video", "视频"),),
    listing=True,
)


@fetches(VIDEOS)
def fetch_videos(ids: Any, **given: Any) -> pd.DataFrame:
    """Fetch videos."""
    return fetch_one(VIDEOS, ids, given)


A, B = "6831825876674412552", "11"


def page(seen: Seen, last: int = 3, version: str = "") -> Any:
    number = int(seen.query["page"])
    videos = [{"id": f"{seen.kol_id}-{number}{letter}{version}"} for letter in "ab"]
    return ok({"list": videos, "page": {"has_more": number < last}})


@pytest.fixture
def paged(server: Loopback) -> Loopback:
    server.answer = page
    return server


def asked(server: Loopback) -> list[tuple[str | None, str]]:
    return sorted((seen.kol_id, seen.query["page"]) for seen in server.seen)


def names(kol_id: str, *pages: int, version: str = "") -> list[str]:
    return [f"{kol_id}-{number}{letter}{version}" for number in pages for letter in "ab"]


def test_pages_are_planned_asked_stored_and_shown(paged: Loopback, client: xf.Client) -> None:
    plan = client.plan(VIDEOS, [A, B], pages=2)
    assert plan[["kol_id", "state"]].to_numpy().tolist() == [[A, "missing"]] * 2 + [[B, "missing"]] * 2
    frame = fetch_videos([A, B], pages=2, client=client)
    assert frame["video"].tolist() == names(A, 1, 2) + names(B, 1, 2)
    assert set(frame["only_assigned"]) == {"False"}
    assert asked(paged) == sorted((kol_id, number) for kol_id in (A, B) for number in "12")
    assert len(client.ledger()) == 4
    assert client.plan(VIDEOS, [A], pages=3)["state"].tolist() == ["cached", "cached", "missing"]
    again = fetch_videos([A, B], pages=2, client=client)
    pd.testing.assert_frame_equal(again, frame)
    assert paged.charged == 4


def test_one_page_is_the_default(paged: Loopback, client: xf.Client) -> None:
    assert fetch_videos(A, client=client)["video"].tolist() == names(A, 1)
    assert "startDate" not in paged.seen[0].query
    assert paged.hits() == 1


def test_asking_stops_at_the_last_page(paged: Loopback, client: xf.Client) -> None:
    assert fetch_videos(A, pages=9, client=client)["video"].tolist() == names(A, 1, 2, 3)
    assert paged.hits() == 3
    assert client.plan(VIDEOS, A, pages=9)["state"].tolist() == ["cached"] * 3


@pytest.mark.parametrize("second", [{"list": []}, {"list": [{"id": "x"}]}, {}, None], ids=repr)
def test_asking_stops_at_an_empty_page_and_at_one_that_repeats(
    server: Loopback, client: xf.Client, second: Any
) -> None:
    server.script(ok({"list": [{"id": "x"}]}), ok(second))
    server.answer = page
    if second is None:
        with pytest.warns(xf.PartialResultWarning, match="answered without data"):
            fetch_videos(A, pages=9, client=client)
    else:
        fetch_videos(A, pages=9, client=client)
    assert server.hits() == 2


def test_a_later_page_that_fails_keeps_the_earlier_ones(paged: Loopback, client: xf.Client) -> None:
    paged.answer = lambda seen: fail(404, "gone") if seen.query["page"] == "2" and seen.kol_id == A else page(seen)
    with pytest.warns(xf.PartialResultWarning, match="1 of 2 creators lack data"):
        frame = fetch_videos([A, B], pages=3, client=client)
    assert frame["video"].tolist() == names(A, 1) + names(B, 1, 2, 3)
    assert [(failure["kol_id"], failure["code"]) for failure in frame.attrs["failures"]] == [(A, 404)]
    with pytest.warns(xf.PartialResultWarning):
        assert fetch_videos(A, pages=3, client=client)["video"].tolist() == names(A, 1)
    paged.answer = page
    before = paged.hits()
    assert fetch_videos(A, pages=3, client=client)["video"].tolist() == names(A, 1, 2, 3)
    assert [seen.query["page"] for seen in paged.seen[before:]] == ["2", "3"]


def test_a_first_page_that_fails_is_the_error(paged: Loopback, client: xf.Client) -> None:
    paged.answer = lambda seen: fail(404, "gone")
    with pytest.raises(xf.NotFoundError):
        fetch_videos(A, pages=3, client=client)


def test_behind_an_expired_page_the_following_are_fetched_again(paged: Loopback, client: xf.Client) -> None:
    fetch_videos(A, pages=3, client=client)
    stored = [one for one in client.store.history("get_author_homepage_videos", [A]) if isinstance(one, Stored)]
    # The first page is old, the others are not; and each answers something else by now.
    old = stored[0]._replace(fetched_at=stamp(now() - timedelta(days=3)))
    paged.answer = lambda seen: page(seen, version="*")
    with xf.Client("t" * 20, base_url=paged.url, cache=":memory:") as later:
        later.store.add_all([old, *stored[1:]])
        assert later.plan(VIDEOS, A, pages=3)["state"].tolist() == ["expired"] * 3
        before = paged.hits()
        frame = fetch_videos(A, pages=3, client=later)
    assert frame["video"].tolist() == names(A, 1, 2, 3, version="*")
    assert [seen.query["page"] for seen in paged.seen[before:]] == ["1", "2", "3"]


def test_refresh_fetches_every_page_again(paged: Loopback, client: xf.Client) -> None:
    fetch_videos(A, pages=2, client=client)
    paged.answer = lambda seen: page(seen, version="*")
    assert fetch_videos(A, pages=2, refresh=True, client=client)["video"].tolist() == names(A, 1, 2, version="*")
    assert paged.hits() == 4
    assert client.plan(VIDEOS, A, pages=2, refresh=True)["state"].tolist() == ["expired"] * 2


def test_the_budget_counts_pages(paged: Loopback, make_client: MakeClient) -> None:
    with pytest.raises(xf.BudgetExceededError):
        fetch_videos(A, pages=3, client=make_client(max_calls=2))
    assert paged.hits() == 2
    assert fetch_videos(A, pages=3, client=make_client(max_calls=1))["video"].tolist() == names(A, 1, 2, 3)


def test_offline_stored_pages_serve(paged: Loopback, make_client: MakeClient) -> None:
    fetch_videos(A, pages=2, client=make_client())
    offline = make_client(offline=True, expire_after=0)
    assert fetch_videos(A, pages=2, client=offline)["video"].tolist() == names(A, 1, 2)
    with pytest.warns(xf.PartialResultWarning, match="offline"):
        assert fetch_videos(A, pages=3, client=offline)["video"].tolist() == names(A, 1, 2)


@pytest.mark.parametrize("pages", [0, -1, 10, "2", None, True, 1.0])
def test_pages_is_a_number_of_pages(paged: Loopback, client: xf.Client, pages: Any) -> None:
    with pytest.raises(xf.ParameterError, match="pages must be an integer from 1 to 9"):
        fetch_videos(A, pages=pages, client=client)
    assert paged.hits() == 0
