"""What a search is narrowed with, in whatever form pandas, numpy and Python have it: asked, kept, or refused."""

from __future__ import annotations

import decimal
import json
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import xingtu_frames as xf
from tests.fetch.test_search import FIRST, kol_id, serve
from tests.loopback import Loopback

MakeClient = Callable[..., xf.Client]

PLAIN: list[tuple[dict[str, Any], dict[str, Any], dict[str, str]]] = [
    (
        {"locations": pd.Series(["广东省", "深圳市"])},
        {"locations": ["广东省", "深圳市"]},
        {"location": "广东省,深圳市"},
    ),
    ({"locations": np.array(["广东省", "深圳市"])}, {"locations": ["广东省", "深圳市"]}, {"location": "广东省,深圳市"}),
    ({"locations": pd.Index(["广东省"])}, {"locations": ["广东省"]}, {"location": "广东省"}),
    ({"locations": (one for one in ["广东省"])}, {"locations": ["广东省"]}, {"location": "广东省"}),
    ({"audience": {"gen_z"}}, {"audience": ["gen_z"]}, {"audienceImage": "CROWD_GEN_Z"}),
    ({"locations": ["深圳市，广东省"]}, {"locations": ["深圳市，广东省"]}, {"location": "深圳市,广东省"}),
    ({"followers": (np.int64(5), np.int32(6))}, {"followers": (5, 6)}, {"followerRange": "5-6"}),
    ({"interact_rate": (np.float32(0.02), 1)}, {"interact_rate": (0.02, 1)}, {"interactionRateRange": "0.02-1"}),
    ({"cpe_cny": (Decimal("0.50"), None)}, {"cpe_cny": (0.5, None)}, {"expectedCpeRange": "0.5-1000000"}),
    ({"interact_rate": (-0.0, 0.5)}, {"interact_rate": (0, 0.5)}, {"interactionRateRange": "0-0.5"}),
    ({"gender": np.str_("male")}, {"gender": "male"}, {"gender": "MALE"}),
    (
        {"tasks_in_progress": (1, 2), "tasks_days": np.int64(7)},
        {"tasks_in_progress": (1, 2), "tasks_days": 7},
        {"progressTaskRange": "7:1-2"},
    ),
]


@pytest.mark.one_in(4)
@pytest.mark.parametrize(("filters", "kept", "wire"), PLAIN, ids=[str(kept) for _, kept, _ in PLAIN])
def test_what_pandas_and_numpy_hold_is_asked_and_kept_plainly(
    filters: dict[str, Any],
    kept: dict[str, Any],
    wire: dict[str, str],
    server: Loopback,
    client: xf.Client,
    tmp_path: Path,
) -> None:
    serve(server, FIRST)
    found = xf.search(client=client, **filters)
    (seen,) = server.seen
    assert wire.items() <= seen.query.items()
    query = found.attrs["query"]
    assert {name: query[name] for name in kept} == kept
    assert json.loads(json.dumps(found.attrs))["query"] == json.loads(json.dumps(query))
    found.to_parquet(tmp_path / "found.parquet")
    back = pd.read_parquet(tmp_path / "found.parquet")
    # The oldest pandas has NaN for a text that is missing, where Parquet has None.
    filled = [frame.astype(object).where(frame.notna(), "missing") for frame in (back, found)]
    pd.testing.assert_frame_equal(*filled)
    assert back.dtypes.equals(found.dtypes)
    assert back.attrs == json.loads(json.dumps(found.attrs))


def test_what_was_asked_is_a_copy(server: Loopback, client: xf.Client) -> None:
    serve(server, FIRST)
    places = ["广东省"]
    found = xf.search(locations=places, client=client)
    places.append("深圳市")
    assert found.attrs["query"]["locations"] == ["广东省"]


@pytest.mark.parametrize(
    "filters",
    [
        [
            {"locations": order}
            for order in (["广东省", "北京市"], ["北京市", "广东省"], "广东省、北京市", ("北京市", "广东省"))
        ],
        [{"audience": order} for order in (["gen_z", "iphone"], ["iphone", "gen_z", "iphone"], {"gen_z", "iphone"})],
        [{"content_tags": order} for order in (["beauty", "穿搭"], ["穿搭", "美妆"], "穿搭,beauty")],
        [{"followers": bounds} for bounds in ((5, None), [5.0, 1e9], (Decimal(5), np.int64(1_000_000_000)))],
    ],
    ids=["places", "shortcuts", "tags", "bounds"],
)
def test_one_meaning_is_paid_once_in_whatever_order_it_is_given(
    filters: list[dict[str, Any]], server: Loopback, client: xf.Client
) -> None:
    serve(server, FIRST)
    for one in filters:
        xf.search("护肤", client=client, **one)
    assert server.charged == 1


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"cpe_cny": (Fraction(1, 3), None)}, "cpe_cny must be (low, high)"),
    ({"cpe_cny": (Decimal("sNaN"), None)}, "cpe_cny must be (low, high)"),
    ({"followers": (pd.NA, 5)}, "followers must be (low, high)"),
    ({"followers": (10**400, None)}, "followers must have a high bound"),
    ({"followers": (2e9, None)}, "an open one is sent as 1000000000"),
    ({"quote_type": "celebrity_video", "quote_cny": (2_000_000, None)}, "quote_cny must have a high bound"),
    ({"cpm_cny": (1_000_000, None)}, "where the low one is 1000000 or more"),
    ({"gender": pd.NA}, "gender must be one of"),
    ({"gender": pd.Series(["male", "female"])}, "gender must be one of"),
    ({"industry": pd.NA}, "industry must be one of"),
    ({"audience": ["female_50,female_60"]}, "at most one female_"),
    ({"locations": ["广东省", None]}, "locations must be words"),
    ({"locations": pd.Series(["广东省", None])}, "locations must be words"),
    ({"keyword": "\ud83d"}, "keyword must be text of whole characters"),
    ({"locations": ["\ud83d"]}, "location must be text of whole characters"),
]


@pytest.mark.one_in(4)
@pytest.mark.each_once
@pytest.mark.parametrize(("filters", "said"), REFUSED, ids=[f"{said} {n}" for n, (_, said) in enumerate(REFUSED)])
@pytest.mark.parametrize("api", ["current", "legacy"])
def test_what_cannot_be_is_refused_in_words(
    filters: dict[str, Any], said: str, api: str, server: Loopback, make_client: MakeClient
) -> None:
    client = make_client(api=api)
    with pytest.raises(xf.ParameterError) as caught:
        xf.search(client=client, **{"keyword": "护肤", **filters})
    assert said in str(caught.value) or api == "legacy"
    assert server.hits() == len(client.ledger()) == 0


def test_the_highest_bounds_can_be_said(server: Loopback, client: xf.Client) -> None:
    serve(server, FIRST)
    xf.search(quote_type="celebrity_video", quote_cny=(2_000_000, 5_000_000), interact_rate=(1, None), client=client)
    (seen,) = server.seen
    assert seen.query["kolPriceRange"] == "2000000-5000000"
    assert seen.query["interactionRateRange"] == "1-1"


def test_no_decimal_context_rounds_a_bound(server: Loopback, client: xf.Client) -> None:
    serve(server, FIRST)
    with decimal.localcontext() as context:
        context.prec = 3
        context.traps[decimal.Inexact] = True
        xf.search(followers=(123_456, None), cpe_cny=(1.23456, 9.87654), client=client)
    (seen,) = server.seen
    assert (seen.query["followerRange"], seen.query["expectedCpeRange"]) == ("123456-1000000000", "1.23456-9.87654")


def test_half_a_character_is_refused_wherever_text_is_sent(server: Loopback, client: xf.Client) -> None:
    for ask in (
        lambda: client.get("search_for_author_square", keyword="\ud83d"),
        lambda: client.plan("search", keyword="\ud83d"),
        lambda: xf.fetch_homepage_videos([kol_id(1)], keyword="\ud83d", client=client),
    ):
        with pytest.raises(xf.ParameterError, match="keyword must be text of whole characters"):
            ask()
    assert server.hits() == 0
