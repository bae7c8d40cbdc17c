"""Metrics of one's own: worth what a built-in is, carried by the board, and what cannot be one."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from matplotlib import pyplot as plt

import xingtu_frames as xf
from tests.report.html_cases import Page
from xingtu_frames.board.metrics import value_column
from xingtu_frames.board.own import known_metrics, own_metrics
from xingtu_frames.files.groups import kind_of

PER_FAN = xf.metric(
    "cpm_per_fan",
    lambda board: board["cpm_21_60s"] / board["followers"] * 10_000,
    direction="lower",
    unit="CNY",
    label_zh="每万粉CPM",
    meaning="CPM for ten thousand followers",
    meaning_zh="每一万粉丝的CPM",
    needs=["达人粉丝", "cpm_21_60s"],
)
COLUMN = xf.metric("cpm_per_fan", direction="lower", unit="CNY", label_zh="每万粉CPM")


@pytest.fixture(scope="module")
def client() -> Iterator[xf.Client]:
    with xf.sample_client() as client:
        yield client


@pytest.fixture(scope="module")
def full(client: xf.Client) -> pd.DataFrame:
    return xf.compare(xf.sample_ids(), metrics="all", client=client)


@pytest.fixture(scope="module")
def board(client: xf.Client) -> pd.DataFrame:
    return xf.compare(xf.sample_ids(), metrics=["互动率", PER_FAN], client=client)


def page(frame: pd.DataFrame) -> Page:
    return Page(xf.show(frame).to_html())


def column(shown: Page, header: str) -> list[str]:
    return [row[shown.headers.index(header)] for row in shown.rows]


def mimic(name: str, **others: Any) -> xf.Metric:
    """Return a metric of one's own that says what a built-in does."""
    built_in = xf.METRICS[name]
    return xf.metric(
        "mine",
        lambda board: board[name],
        **{"direction": built_in.direction, "unit": built_in.unit, "signed": built_in.signed, **others},
    )


# --- as a built-in ---------------------------------------------------------------------------------------------------


@pytest.mark.one_in(12)
@pytest.mark.parametrize("name", xf.METRICS)
def test_what_copies_a_built_in_is_scored_ranked_and_screened_like_it(name: str, full: pd.DataFrame) -> None:
    made = xf.with_metrics(full, mimic(name))
    ways: Any = {} if xf.METRICS[name].direction else {"directions": {name: "higher", "mine": "higher"}}
    other = "star_index" if name != "star_index" else "spread_index"
    both = [xf.score(made, {one: 2, other: 1}, **ways) for one in (name, "mine")]
    assert both[1].columns[4] == "mine_contribution"
    pd.testing.assert_frame_equal(both[1].set_axis(both[0].columns, axis=1), both[0], check_exact=True)
    held = [xf.rank_stability(made, {one: 2, other: 1}, draws=20, **ways) for one in (name, "mine")]
    pd.testing.assert_frame_equal(*held)
    middle = float(full[name].dropna().astype("float64").quantile(0.5)) if full[name].notna().any() else 0.5
    checked = [xf.screen(made, {one: (middle, None)}).drop(columns="condition") for one in (name, "mine")]
    pd.testing.assert_frame_equal(*checked)


def test_a_board_with_one_is_as_asked_and_says_what_it_means(board: pd.DataFrame, full: pd.DataFrame) -> None:
    assert list(board.columns)[:7] == [
        *("kol_id", "name", "interact_rate", "followers", "cpm_21_60s", "cpm_per_fan", "top_category")
    ]
    expected = full["cpm_21_60s"] / full["followers"].astype("float64") * 10_000
    np.testing.assert_allclose(board["cpm_per_fan"], expected)
    assert kind_of(list(board.columns)) == "board"
    (declared,) = board.attrs["metrics"]
    assert declared == {
        "name": "cpm_per_fan",
        "dtype": "float64",
        "unit": "CNY",
        "label_zh": "每万粉CPM",
        "meaning": "CPM for ten thousand followers",
        "meaning_zh": "每一万粉丝的CPM",
        "direction": "lower",
        "signed": False,
    }
    assert PER_FAN.endpoint == ""


def test_what_it_needs_is_fetched_and_planned(client: xf.Client) -> None:
    ids = xf.sample_ids()[:2]
    planned = client.plan(ids=ids, metrics=[PER_FAN])
    pd.testing.assert_frame_equal(planned, client.plan(ids=ids, metrics=["followers", "cpm_21_60s"]))


def test_it_is_shown_drawn_and_written(board: pd.DataFrame, tmp_path: Path) -> None:
    weights = {"每万粉CPM": 1, "interact_rate": 3}
    scored, checked = xf.score(board, weights), xf.screen(board, {"每万粉CPM": (None, 1)})
    assert "每万粉CPM" in page(board).headers
    assert column(page(board), "每万粉CPM")[0].startswith("¥")
    assert "每万粉CPM贡献" in page(scored).headers
    assert set(column(page(checked), "条件")) == {"每万粉CPM"}
    assert set(column(page(xf.screened(checked)), "不符合的条件")) <= {"每万粉CPM", "—"}
    assert all(text.startswith("¥") for text in column(page(checked), "差距") if text != "—")
    labels = [label.get_text() for label in xf.plot_scorecard(board).get_xticklabels()]
    assert labels == ["达人粉丝", "互动率", "预期CPM ↓\n21-60秒", "每万粉CPM ↓"]
    plt.close("all")
    path = xf.write_excel({"board": board, "scored": scored, "checked": checked}, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    assert {row[2] for row in book["checked"].iter_rows(min_row=2, values_only=True)} == {"每万粉CPM"}
    place = [cell.value for cell in book["board"][1]].index("每万粉CPM")
    assert book["board"].cell(2, place + 1).number_format == "[<100]¥#,##0.00;¥#,##0"
    told = [[cell.value for cell in row] for row in book["说明"].iter_rows()]
    assert ["board", "每万粉CPM", "cpm_per_fan", "元", "每一万粉丝的CPM；越低越好"] in told
    assert "每万粉CPM 25%（越低越好）" in next(row[4] for row in told if row[0] == "scored")
    got = xf.read_excel(path)
    assert {name: list(frame.columns) for name, frame in got.items()} == {
        "board": list(board.columns),
        "scored": list(scored.columns),
        "checked": list(checked.columns),
    }
    np.testing.assert_array_equal(got["board"]["cpm_per_fan"], board["cpm_per_fan"])


def test_a_large_board_is_shown_with_what_the_user_has_added(full: pd.DataFrame) -> None:
    shown = page(xf.with_metrics(full, PER_FAN).assign(mine="x"))
    assert len(shown.headers) == 1 + 9 + 2 + 1
    assert {"每万粉CPM", "mine"} <= set(shown.headers)
    assert shown.caption.startswith("达人对比")


def test_a_column_of_ones_own_is_a_metric_where_it_is_declared(board: pd.DataFrame, tmp_path: Path) -> None:
    again = xf.read_csv(xf.write_csv(board, tmp_path / "a.csv"))
    assert kind_of(list(again.columns)) == "board"
    assert own_metrics(again) == {}
    weights = {"cpm_per_fan": 1}
    pd.testing.assert_frame_equal(xf.score(again, weights, metrics=[COLUMN]), xf.score(board, weights))
    with pytest.raises(
        xf.ParameterError, match=r"cpm_per_fan is a column of the board .* metrics=\[xf.metric\('cpm_per_fan'"
    ):
        xf.score(again, weights)
    drawn = xf.plot_scorecard(again, metrics=[COLUMN, "互动率"])
    assert [label.get_text() for label in drawn.get_xticklabels()] == ["每万粉CPM ↓", "互动率"]
    plt.close("all")


KEEPING: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "head": lambda frame: frame.head(3),
    "filter": lambda frame: frame[frame["interact_rate"] > 0.02],
    "sort": lambda frame: frame.sort_values("cpm_per_fan"),
    "copy": lambda frame: frame.copy(),
    "deep copy": copy.deepcopy,
    "assign": lambda frame: frame.assign(mine=1),
    "a part": lambda frame: frame[["kol_id", "cpm_per_fan"]],
    "concat": lambda frame: pd.concat([frame.head(2), frame.tail(2)], ignore_index=True),
    "parquet": lambda frame: pd.read_parquet(io.BytesIO(frame.to_parquet())),
}


@pytest.mark.parametrize("operation", KEEPING)
def test_a_board_keeps_it_where_pandas_keeps_attrs(operation: str, board: pd.DataFrame) -> None:
    made = KEEPING[operation](board)
    assert own_metrics(made) == own_metrics(board)
    assert len(xf.score(made, {"每万粉CPM": 1})) == len(made)


def test_nothing_is_registered_and_no_board_is_changed(full: pd.DataFrame) -> None:
    before, attrs = full.copy(), copy.deepcopy(full.attrs)

    def spoils(board: pd.DataFrame) -> pd.Series:
        board["followers"] = 0
        return board["play_median"]

    made = xf.with_metrics(full, xf.metric("mine", spoils))
    pd.testing.assert_frame_equal(full, before)
    assert full.attrs == attrs
    pd.testing.assert_series_equal(made["followers"], full["followers"])
    assert "mine" not in xf.METRICS
    with pytest.raises(xf.ParameterError, match="no metric 'mine'"):
        xf.score(full, {"mine": 1})
    assert json.loads(json.dumps(made.attrs["metrics"])) == made.attrs["metrics"]


def test_one_may_take_another_and_replace_itself(full: pd.DataFrame) -> None:
    first = xf.metric("mine", lambda board: board["followers"], unit="users")
    made = xf.with_metrics(full, [first, xf.metric("twice", lambda board: board["mine"] * 2, unit="users")])
    assert made["twice"].equals(full["followers"] * 2)
    assert [made.dtypes[name] for name in ("mine", "twice")] == [pd.Int64Dtype()] * 2
    changed = xf.with_metrics(made, xf.metric("mine", lambda board: board["followers"] / 2, direction="higher"))
    assert changed.columns.equals(made.columns)
    assert own_metrics(changed)["mine"].direction == "higher"
    assert list(own_metrics(changed)) == ["mine", "twice"]


def test_attrs_of_the_users_own_are_left_alone(full: pd.DataFrame) -> None:
    for other in (None, "mine", ["mine"], [{"name": "mine"}], [{"name": "followers"}], {"mine": 1}):
        made = full.copy()
        made.attrs["metrics"] = other
        assert known_metrics(made) == dict(xf.METRICS)


values = st.lists(st.none() | st.integers(-(10**9), 10**9) | st.floats(allow_nan=True, allow_infinity=False))
KINDS: dict[str, Callable[[list[Any]], Any]] = {
    "list": list,
    "tuple": tuple,
    "array": lambda cells: np.array([np.nan if cell is None else cell for cell in cells], dtype="float64"),
    "objects": lambda cells: np.array(cells, dtype=object),
    "Series": lambda cells: pd.Series(cells, dtype=object),
    "Float64": lambda cells: pd.array([pd.NA if cell != cell else cell for cell in cells], dtype="Float64"),
}


@given(values, st.sampled_from(sorted(KINDS)))
def test_numbers_of_any_kind_stay_what_they_are(cells: list[Any], kind: str) -> None:
    board = pd.DataFrame({"kol_id": [str(row) for row in range(1, len(cells) + 1)]})
    made = xf.with_metrics(board, xf.metric("mine", lambda board: KINDS[kind](cells)))
    expected = [np.nan if cell is None else float(cell) for cell in cells]
    np.testing.assert_array_equal(made["mine"].to_numpy("float64", na_value=np.nan), expected)


# --- what cannot be --------------------------------------------------------------------------------------------------

REFUSED: list[tuple[str, Callable[[pd.DataFrame], object], str]] = [
    ("fails", lambda b: 1 / 0, "the function of the metric mine failed: ZeroDivisionError: division by zero"),
    ("no column", lambda b: b["nope"], "the function of the metric mine failed: KeyError: 'nope'$"),
    (
        "a metric that is not there",
        lambda b: b.drop(columns="quote_60s")["quote_60s"],
        r"'quote_60s'; the board lacks quote_60s: with needs=\['quote_60s'\] of the metric, compare brings it",
    ),
    ("a number", lambda b: 5, "must be a number for each of the 13 rows of the board, not an int"),
    ("a frame", lambda b: b[["followers"]], "rows of the board, not a DataFrame"),
    ("too few", lambda b: b["followers"].head(2), "rows of the board, not 2 of them"),
    ("another index", lambda b: b["followers"].set_axis(range(1, 14)), "a Series with another index; give it the"),
    ("two dimensions", lambda b: np.zeros((13, 2)), "not an array of 2 dimensions"),
    ("words", lambda b: ["a"] * len(b), 'mine of the board must hold numbers, not "a"'),
    ("truth", lambda b: b["followers"] > 5, "mine of the board must hold numbers, not true"),
    ("complex", lambda b: b["star_index"].fillna(0) * 1j, "mine of the board must hold numbers, not complex128"),
    ("times", lambda b: b["fetched_at"], "mine of the board must hold numbers"),
    ("infinite", lambda b: b["followers"] / 0, "mine of the board is infinite for 7.* and others: make it NA where"),
    ("nothing", lambda b: None, "rows of the board, not a NoneType"),
]


@pytest.mark.parametrize(("function", "said"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_a_function_that_makes_no_metric_is_refused(
    function: Callable[[pd.DataFrame], object], said: str, full: pd.DataFrame
) -> None:
    mine = xf.metric("mine", function, direction="higher")
    for take in (lambda: xf.with_metrics(full, mine), lambda: xf.score(full, {"mine": 1}, metrics=mine)):
        with pytest.raises(xf.ParameterError, match=said):
            take()


def test_a_series_in_another_order_goes_by_its_index(full: pd.DataFrame) -> None:
    made = xf.with_metrics(full, xf.metric("mine", lambda board: board["star_index"].sort_values()))
    pd.testing.assert_series_equal(made["mine"], full["star_index"], check_names=False)


DECLARED: list[tuple[Callable[[], object], str]] = [
    (lambda: xf.metric("x", unit="yuan"), 'unit must be one of "", "CNY", "fraction", "users", .*, not "yuan"'),
    (lambda: xf.metric("x", unit="UTC"), 'not "UTC"'),
    (lambda: xf.metric("x", direction="lowr"), 'direction must be one of "higher", "lower", not "lowr"; did you mean'),  # type: ignore[arg-type]
    (lambda: xf.metric("x", 5), "function must be a function of a board, or None, not an int"),  # type: ignore[arg-type]
    (lambda: xf.metric("x", label_zh="互动率"), "互动率 is the label of interact_rate; give the metric another one"),
    (lambda: xf.metric("x", label_zh="a|b"), r"label_zh must be a word of at most 60 characters, without \|"),
    (lambda: xf.metric("x", needs="folowers"), "no metric 'folowers'; did you mean 'followers'"),
    (lambda: xf.metric("x", signed="yes"), "signed must be True or False"),  # type: ignore[arg-type]
    (lambda: xf.metric("x", meaning=5), "meaning must be text, not 5"),  # type: ignore[arg-type]
    *(
        (lambda name=name: xf.metric(name), "the name of a metric must be a word")  # type: ignore[misc]
        for name in ("", " x", "a|b", "x" * 61, "123456789012345678", "a\nb", 5, None)
    ),
]


@pytest.mark.parametrize(("declare", "said"), DECLARED, ids=[said for _, said in DECLARED])
def test_what_cannot_be_a_metric_is_refused(declare: Callable[[], object], said: str) -> None:
    with pytest.raises(xf.ParameterError, match=said):
        declare()


@pytest.mark.one_in(13)
@pytest.mark.parametrize("name", ["kol_id", "name", "few_videos", "top_age_band", *xf.METRICS])
def test_a_name_that_a_board_has_is_refused(name: str) -> None:
    with pytest.raises(xf.ParameterError, match=f"a board has {name} already; give the metric another name"):
        xf.metric(name)


def test_what_is_no_metric_of_ones_own_is_refused(full: pd.DataFrame, client: xf.Client) -> None:
    said = 'metrics must be metrics of your own, not "followers"; xf.metric'
    for other in ("followers", xf.METRICS["followers"], ["followers"]):
        with pytest.raises(xf.ParameterError, match=said):
            xf.screen(full, {"followers": (1, None)}, metrics=other)  # type: ignore[arg-type]
    with pytest.raises(xf.ParameterError, match="the board lacks x, which has no function: add the column"):
        xf.with_metrics(full, xf.metric("x"))
    for twice in (lambda pair: xf.with_metrics(full, pair), lambda pair: xf.compare([], metrics=pair, client=client)):
        with pytest.raises(xf.ParameterError, match="two metrics are named cpm_per_fan"):
            twice([PER_FAN, COLUMN])
    other = xf.metric("other", lambda board: board["followers"], label_zh="每万粉 CPM")
    with pytest.raises(xf.ParameterError, match="other and cpm_per_fan are both called 每万粉 CPM; give one of them"):
        xf.with_metrics(full, [PER_FAN, other])
    with pytest.raises(xf.ParameterError, match="the board must be a DataFrame, not a list; compare makes it"):
        xf.with_metrics([], PER_FAN)  # type: ignore[arg-type]


def test_a_value_that_cannot_be_counts_as_missing(full: pd.DataFrame) -> None:
    free = xf.metric("mine", lambda board: [0.0, *range(1, len(board))], direction="lower", unit="CNY")
    scored = xf.score(full, {"mine": 1}, metrics=free).set_index("kol_id")
    first = full["kol_id"].iloc[0]
    assert np.isnan(scored.loc[first, "score"])
    checked = xf.screen(full, {"mine": (None, 5)}, metrics=[free])
    assert checked["result"].tolist()[0] == "unknown"


def test_a_column_that_is_lacking_as_an_attribute_is_advised_too(full: pd.DataFrame) -> None:
    lacking = xf.metric("mine", lambda board: board.quote_60s)
    with pytest.raises(xf.ParameterError, match=r"with needs=\['quote_60s'\] of the metric, compare brings it"):
        xf.with_metrics(full.drop(columns="quote_60s"), lacking)


def test_a_metric_without_a_meaning_says_its_direction_alone() -> None:
    column = value_column(xf.metric("mine", direction="lower"))
    assert (column.meaning, column.meaning_zh) == ("lower is better", "越低越好")
    assert value_column(xf.metric("mine")).meaning_zh == ""
