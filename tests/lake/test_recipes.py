"""The recipes of the documentation run, on the engines that are installed, and find what `history` says."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
import textwrap
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import xingtu_frames as xf
from tests.conftest import ROOT
from tests.golden import PAIRS
from tests.lake.cases import FIRST, body, export, open_client, same
from xingtu_frames.store.answer import Answer, stamp
from xingtu_frames.wire import questions

_RECIPE = re.compile(r"<!-- recipe: (\w+) -->\n```python\n(.*?)```", re.DOTALL)
RECIPES, OTHERS = (
    dict(_RECIPE.findall((ROOT / "docs" / lang / "lake.md").read_text("utf-8"))) for lang in ("zh", "en")
)
CREATORS = [str(7_000_000_000_000_000_000 + number) for number in range(30)]


def of_another(data: dict[str, Any], number: int) -> dict[str, Any]:
    """Return the answer of another creator: with other costs and other indexes."""
    other = dict(data)
    if "expect_cpm" in other:
        other["expect_cpm"] = {band: str(int(cost) + 100 * number) for band, cost in other["expect_cpm"].items()}
    for name in data:
        if name.endswith("_index"):
            other[name] = {**other[name], "value": other[name]["value"] + number}
    return other


def test_both_languages_have_the_same_recipes() -> None:
    plain = [{name: re.sub(r"  #.*", "", code) for name, code in recipes.items()} for recipes in (RECIPES, OTHERS)]
    assert plain[0] == plain[1]


@pytest.fixture(scope="module")
def client() -> Iterator[xf.Client]:
    """Return a client with the answers about thirty creators on two days, that the recipes ask for."""
    tables = [xf.TABLES[name] for name in ("spread_info", "link_index")]
    several, at = [], FIRST
    for day in range(2):
        for table, calls in questions(tables, CREATORS, {}).items():
            for number, call in enumerate(calls):
                at += timedelta(milliseconds=11)
                data = of_another(PAIRS[table].data, number * (day + 1) % 7)
                several.append(Answer(call.key, call.meaning, call.kol_id, call.params, stamp(at), body(data)))
        at += timedelta(days=1)
    with open_client(":memory:", several) as client:
        yield client


@pytest.fixture
def lake(client: xf.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    export(tmp_path / "lake", client)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "lake"


def cooked(name: str, namespace: dict[str, Any] | None = None, **names: Any) -> dict[str, Any]:
    """Run a recipe as a script and return its names, which are in `namespace` as soon as they have a value."""
    namespace = {} if namespace is None else namespace
    namespace.update({"__name__": "__main__", "xf": xf, **names})
    exec(textwrap.dedent(RECIPES[name]), namespace)  # noqa: S102
    return namespace


def test_each_engine_has_a_recipe() -> None:
    assert set(RECIPES) == {"xingtu_frames", "duckdb", "polars", "dask", "spark", "cluster"}


def test_ours(client: xf.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    xf.set_default_client(client)
    made = cooked("xingtu_frames")
    same(made["costs"], xf.history("cost_tiers", client=client)[["kol_id", "cost_cny"]])
    assert len(made["failures"]) == 0


@pytest.mark.usefixtures("lake")
def test_duckdb(client: xf.Client) -> None:
    pytest.importorskip("duckdb")
    medians = cooked("duckdb")["medians"]
    costs, spread = xf.history("cost_tiers", client=client), xf.history("spread_info", client=client)
    costs = costs[(costs["metric"] == "cpm") & (costs["duration_band"] == "21-60s")]
    both = costs.merge(spread[["kol_id", "fetched_at", "category"]], on=["kol_id", "fetched_at"])
    expected = both.groupby(["category", both["fetched_at"].dt.date])["cost_cny"].median()
    assert medians["cpm"].tolist() == pytest.approx(expected.tolist())
    assert [str(day)[:10] for day in medians["day"]] == [str(day) for _, day in expected.index]
    assert len(medians) == 2


@pytest.mark.usefixtures("lake")
def test_polars(client: xf.Client) -> None:
    pytest.importorskip("polars")
    changes = cooked("polars")["changes"]
    frame = xf.history("link_index", client=client)
    values = frame[frame["index"] == "star"].groupby("kol_id")["value"]
    expected = (values.last() - values.first()).sort_values(ascending=False)
    assert changes["change"].to_list() == pytest.approx(expected.tolist())
    assert changes["change"][0] > changes["change"][-1]


@pytest.mark.slow
@pytest.mark.usefixtures("lake")
@pytest.mark.filterwarnings("ignore:The inplace keyword")  # of Dask's own call
def test_dask(client: xf.Client) -> None:
    pytest.importorskip("dask.dataframe")
    made = cooked("dask")
    assert made["raw"].npartitions == 2
    same(made["index"].reset_index(drop=True), xf.history("link_index", client=client))


@pytest.mark.slow
@pytest.mark.usefixtures("lake")
@pytest.mark.filterwarnings("ignore")
def test_spark(client: xf.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which("java") is None or importlib.util.find_spec("pyspark") is None:
        pytest.skip("Spark needs java and pyspark")
    for name in ("PYSPARK_PYTHON", "PYSPARK_DRIVER_PYTHON"):
        monkeypatch.setenv(name, sys.executable)
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    made = cooked("spark")
    try:
        rows = pd.DataFrame([row.asDict() for row in made["index"].collect()]).sort_values(["fetched_at", "kol_id"])
    finally:
        made["spark"].stop()
    expected = xf.history("link_index", client=client)
    assert rows["value"].tolist() == pytest.approx(expected["value"].tolist())
    assert rows["index"].tolist() == expected["index"].tolist()
    assert list(rows.columns) == list(expected.columns)
