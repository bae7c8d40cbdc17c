"""The metrics that a board has by name: what each costs, what the plan says of it, and what comes with it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from matplotlib import pyplot

import xingtu_frames as xf
from tests.loopback import Loopback

A, C, EMPTY = "7000000000000010017", "7000000000000010079", "7000000000000010123"


def plain(board: pd.DataFrame, column: str) -> list[Any]:
    """Return a column as plain values, missing as None."""
    return [None if pd.isna(value) else value for value in board[column].tolist()]


FURTHER = {
    "expected_plays": "author_cp_info",
    "female_share": "author_audience_distribution",
    "fans_female_share": "get_author_fans_distribution",
    "followers_growth_30d": "get_author_side_base_info",
    "a3_growth": "get_author_commerce_seed_base_info",
    "order_count": "get_author_contract_base_info",
    "click_rate_low": "get_author_convert_ability",
}
"""One of the metrics of each request that the default board does not need."""


@pytest.mark.one_in(2)
@pytest.mark.parametrize("name", FURTHER)
def test_a_further_metric_costs_its_endpoint_alone_and_the_plan_says_so(
    name: str, server: Loopback, client: xf.Client
) -> None:
    plan = client.plan(metrics=[name], ids=[A, C])
    assert plan["endpoint"].tolist() == [FURTHER[name]] * 2 == [xf.METRICS[name].endpoint] * 2
    assert server.hits() == 0
    xf.compare([A, C], metrics=name, client=client)
    assert [seen.endpoint for seen in server.seen] == plan["endpoint"].tolist()


@pytest.mark.parametrize(("metrics", "requests"), [(None, 6), ("all", 13)])
def test_the_plan_is_the_sum_that_a_board_costs(
    metrics: Any, requests: int, server: Loopback, client: xf.Client
) -> None:
    plan = client.plan(ids=[A], metrics=metrics)
    assert len(plan) == requests
    xf.compare([A], metrics=metrics, client=client)
    assert sorted(seen.endpoint for seen in server.seen) == sorted(plan["endpoint"])
    assert client.plan(ids=[A], metrics=metrics)["state"].tolist() == ["cached"] * requests


def test_tables_and_metrics_of_one_plan_share_their_answers(sample: xf.Client) -> None:
    plan = sample.plan(
        ["cost_performance_tiers", "profiles"], [A], metrics=["expected_plays", "a3_growth"], window="90d"
    )
    assert plan["table"].tolist() == ["cost_performance_tiers|cost_performance", "profiles", "seeding_value"]


def test_the_window_reaches_every_table_that_has_one(sample: xf.Client) -> None:
    columns = {"a3_growth": "seeding_value", "order_count": "fulfilment", "ordered_play_median": "convert_ability"}
    board = xf.compare([A], metrics=list(columns), window="90d", client=sample)
    for name, table in columns.items():
        source = getattr(xf, f"fetch_{table}")([A], window="90d", client=sample)
        assert board[name].tolist() == source[xf.METRICS[name].column].tolist()
        assert board[name].tolist() != xf.compare([A], metrics=name, client=sample)[name].tolist()
    assert board["window"].tolist() == ["90d"]


def test_the_largest_groups_stand_on_a_board_that_read_the_portrait(sample: xf.Client) -> None:
    board = xf.compare([A, EMPTY], metrics=["female_share"], client=sample)
    assert list(board.columns)[3:6] == ["top_category", "top_age_band", "top_crowd"]
    wide = xf.portrait_wide(xf.fetch_audience_portrait([A], client=sample))
    for name in ("female_share", "top_age_band", "top_crowd"):
        assert plain(board, name) == [*wide[name].tolist(), None]
    given = {"audience_portrait": xf.fetch_audience_portrait([A], stage="follow", client=sample)}
    board = xf.compare([A], metrics=["female_share"], frames=given)
    assert board[["female_share", "top_age_band", "top_crowd"]].isna().all(axis=None)


def test_the_picture_of_expected_plays_takes_the_board_that_its_message_names(sample: xf.Client) -> None:
    brings = r"compare\(ids, metrics=\[\.\.\., 'expected_plays'\]\) brings it, for one request"
    with pytest.raises(xf.ParameterError, match=brings):
        xf.plot_expected(xf.compare([A, C], client=sample))
    board = xf.compare([A, C], metrics=["expected_plays", "play_median", "quote_21_60s"], client=sample)
    figure = xf.plot_expected(board, lang="en")
    assert len(figure.axes) == 2
    pyplot.close(figure)
