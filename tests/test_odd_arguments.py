"""Whatever an argument is, what comes of it is a result or one of our errors."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

import xingtu_frames as xf
from tests.plot.frame_cases import many_fans, many_portraits

IDS = xf.sample_ids()[1:4]
ODD: dict[str, Any] = {
    "nothing": None,
    "a number too large": 10**400,
    "text": "x\0",
    "a list of lists": [["x"]],
    "a mapping to lists": {"x": ["y"]},
    "a mapping to frames": {"quotes": pd.DataFrame({"a": [1, 2]})},
    "an empty frame": pd.DataFrame(),
    "a frame": pd.DataFrame({"x": [1, 2]}),
    "an array": np.zeros((2, 2)),
    "missing": pd.NA,
    "an object": object(),
}
TABLES = ("quotes", "link_index", "spread_info", "cost_tiers")
BOOKED = pd.DataFrame({"kol_id": IDS[:2], "item_id": ["71", "72"], "price_cny": [1.0, 2.0], "expected": [5.0, 7.0]})
VIDEOS = pd.DataFrame({"item_id": ["71", "72"], "plays": 1, "likes": 1, "comments": 1, "shares": 1})


@pytest.fixture(scope="module")
def client() -> Iterator[xf.Client]:
    with xf.sample_client() as client:
        yield client


@pytest.fixture(scope="module")
def usual(client: xf.Client, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, Any]]:
    """Return what each function takes, all of it in order."""
    folder = tmp_path_factory.mktemp("odd")
    frames = {name: getattr(xf, f"fetch_{name}")(IDS, client=client) for name in TABLES}
    board, portraits = xf.compare(IDS, client=client), many_portraits(2)
    reviewed = xf.review(BOOKED, videos=VIDEOS)
    book = xf.write_excel({"b": board}, folder / "b.xlsx")
    xf.export_lake(folder / "lake", client=client)
    asked = {"ids": IDS[:2], "client": client}
    return {
        "audience_match": {"portrait": portraits, "target": {"gender": "female"}},
        "changes": {"table": "profiles", "client": client},
        "compare": {**asked, "metrics": ["followers"]},
        "compare_windows": asked,
        "describe": {"table": "quotes"},
        "export_lake": {"folder": folder / "lake", "client": client},
        "fetch_quotes": asked,
        "fetch_spread_info": asked,
        "history": {"table": "profiles", "client": client},
        "metric": {"name": "own", "function": lambda b: b["followers"]},
        "named": {"frame": frames["quotes"], "names": board},
        "plan_budget": {"board": board, "budget_cny": 300_000},
        "plan_frontier": {"board": board, "budget_cny": 300_000, "goals": ("plays", "interactions"), "most": 3},
        "plan_wishes": {"board": board, "budget_cny": 300_000},
        "plot_scorecard": {"board": board},
        "plot_trend": {"frame": many_fans(2), "metric": "followers"},
        "proposal_sheet": {"frames": frames},
        "quality": {"frames": frames},
        "rank_stability": {"board": board, "weights": "种草", "draws": 10},
        "read_answers": {"answers": pd.DataFrame(), "table": "profiles"},
        "read_csv": {"path": xf.write_csv(board, folder / "b.csv")},
        "read_excel": {"path": book, "sheet": "b"},
        "read_lake": {"folder": folder / "lake", "table": "profiles"},
        "read_payload": {"table": "quotes", "payload": {}, "kol_id": "1"},
        "read_shortlist": {"path": folder / "b.csv"},
        "review": {"bookings": BOOKED, "videos": VIDEOS},
        "review_total": {"reviewed": reviewed},
        "score": {"board": board, "weights": "种草"},
        "screen": {"board": board, "conditions": {"followers": (1, None)}},
        "screened": {"checked": xf.screen(board, {"followers": (1, None)})},
        "search": {"keyword": "美妆", "client": client},
        "set_default_client": {"client": None},
        "show": {"frame": board},
        "similarity": {"frame": portraits},
        "track": {**asked, "tables": "profiles", "plan": True},
        "use_chinese": {"drawn": plt.figure()},
        "with_metrics": {"board": board, "metrics": xf.metric("own", lambda b: b["followers"])},
        "write_csv": {"frame": board, "path": folder / "c.csv"},
        "write_excel": {"sheets": {"b": board.head(1)}, "path": folder / "c.xlsx"},
        "write_pptx": {"board": board.head(1), "path": folder / "c.pptx"},
    }


# fmt: off
FUNCTIONS = (
    "audience_match", "changes", "compare", "compare_windows", "describe", "export_lake", "fetch_quotes",
    "fetch_spread_info", "history", "metric", "named", "plan_budget", "plan_frontier", "plan_wishes",
    "plot_scorecard", "plot_trend", "proposal_sheet", "quality", "rank_stability", "read_answers", "read_csv",
    "read_excel", "read_lake", "read_payload", "read_shortlist", "review", "review_total", "score", "screen",
    "screened", "search", "set_default_client", "show", "similarity", "track", "use_chinese", "with_metrics",
    "write_csv", "write_excel", "write_pptx",
)
# fmt: on


LONG = ("plot_scorecard", "search", "write_pptx")


@pytest.mark.one_in(12)
@pytest.mark.parametrize(
    "function", [pytest.param(name, marks=[pytest.mark.slow] if name in LONG else []) for name in FUNCTIONS]
)
def test_an_odd_argument_gives_a_result_or_our_error(function: str, usual: Mapping[str, Mapping[str, Any]]) -> None:
    call, arguments, raw = getattr(xf, function), usual[function], []
    kinds = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    names = [name for name, parameter in inspect.signature(call).parameters.items() if parameter.kind not in kinds]
    with warnings.catch_warnings(action="ignore"):
        for name in names:
            for kind, value in ODD.items():
                try:
                    call(**{**arguments, name: value})
                except xf.XingtuError:
                    continue
                except Exception as error:  # noqa: BLE001 - whatever it is, it is not ours
                    raw.append(f"{name}, {kind}: {error!r}")
            plt.close("all")
    xf.set_default_client(None)
    assert raw == []


def test_what_is_not_a_client_is_refused_before_anything_is_sent(usual: Mapping[str, Mapping[str, Any]]) -> None:
    taking = [name for name, arguments in usual.items() if "client" in arguments]
    for name in taking:
        for odd, said in (("text", "a str"), (0, "an int"), ({}, "a dict")):
            with pytest.raises(xf.ParameterError, match=f"client must be a Client or None, not {said}"):
                getattr(xf, name)(**{**usual[name], "client": odd})


@pytest.mark.parametrize("refresh", ["False", 0, None])
def test_refresh_is_true_or_false_because_it_is_paid_for(refresh: Any, client: xf.Client) -> None:
    for call in (xf.compare, xf.fetch_quotes):
        with pytest.raises(xf.ParameterError, match="refresh must be True or False, not"):
            call(IDS[:1], refresh=refresh, client=client)


def test_one_table_is_one(client: xf.Client, tmp_path: Path) -> None:
    xf.export_lake(tmp_path, client=client)
    for call in (xf.history, xf.changes, lambda table, client: xf.read_lake(tmp_path, table)):
        for odd in ([], ["quotes", "profiles"]):
            with pytest.raises(xf.ParameterError, match='table must be the name of one table, such as "quotes", not'):
                call(odd, client=client)
