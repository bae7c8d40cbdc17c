"""What users give to functions: one wording for what is refused, and names that mean the same everywhere."""

from __future__ import annotations

import ast
import datetime as dt
import inspect
import json
import warnings
from collections.abc import Callable, Iterator
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.text import Text

import xingtu_frames as xf
from tests.conftest import ROOT
from tests.plot.all_pictures import PICTURES, frame_of
from tests.plot.frame_cases import many_portraits
from xingtu_frames.arguments import (
    age,
    moment,
    names_of,
    number,
    one_of,
    some_of,
    truth,
    whole_number,
    whole_number_or_none,
)
from xingtu_frames.board.metrics import BANDS
from xingtu_frames.decide.similarity import PARTS, Part
from xingtu_frames.fetch.sample import sample_tables
from xingtu_frames.tables.audience import DIMENSIONS, Dimension
from xingtu_frames.tables.catalog import OPTIONS
from xingtu_frames.tables.cost import COST_METRICS, DURATION_BANDS
from xingtu_frames.tables.spread import BENCHMARK_METRICS

A, B, C = xf.sample_ids()[1:4]

REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "one of": (lambda: one_of("window", "7d", ("30d", "90d")), 'window must be one of "30d", "90d", not "7d"'),
    "one of, a list": (lambda: one_of("lang", ["zh"], ("zh", "en")), 'lang must be one of "zh", "en", not [\'zh\']'),
    "one of, True": (lambda: one_of("n", True, (1, 2)), "n must be one of 1, 2, not True"),
    "some of": (lambda: some_of("metrics", ["a", "c"], ("a", "b")), 'metrics must be some of "a", "b", not "c"'),
    "some of nothing": (lambda: some_of("metrics", [], ("a", "b")), 'metrics must be some of "a", "b", not none'),
    "some of a list": (lambda: some_of("metrics", [["a"]], ("a",)), "metrics must be some of \"a\", not ['a']"),
    "some of a number": (lambda: some_of("metrics", 5, ("a",), "ask"), 'metrics must be some of "a", not 5; ask'),
    "whole": (lambda: whole_number("top", 2.0, 1), "top must be a positive integer, not 2.0"),
    "whole from 0": (lambda: whole_number("seed", "1", 0), 'seed must be an integer >= 0, not "1"'),
    "whole or none": (lambda: whole_number_or_none("most", -1, 0), "most must be an integer >= 0 or None, not -1"),
    "truth": (lambda: truth("implied", "yes"), 'implied must be True or False, not "yes"'),
    "number": (lambda: number("jitter", 2, "a number from 0 to 1", lambda n: n <= 1), "jitter must be a number from"),
    "a number too large": (lambda: number("x", 10**400, "finite", lambda n: n > 0), "x must be finite, not 1000"),
    "age": (lambda: age("stale_after", "old"), 'stale_after must be "24h", "7d" or the like, seconds, a timedelta,'),
    "moment": (lambda: moment("since", "soon"), 'since must be a time such as "2026-11-01 10:00", not "soon"'),
    "controls": (lambda: one_of("lang", "\x1b[2J", ("zh",)), 'lang must be one of "zh", not "\\u001b[2J"'),
    "a long text": (lambda: one_of("lang", "x" * 10_000, ("zh",)), 'lang must be one of "zh", not "xxx'),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_message_says_what_is_allowed_and_what_came(kind: str) -> None:
    call, said = REFUSED[kind]
    with pytest.raises(xf.ParameterError) as caught:
        call()
    assert str(caught.value).startswith(said)
    assert len(str(caught.value)) < 300
    assert str(caught.value).isprintable()


def test_what_is_allowed_is_returned_in_plain_types() -> None:
    assert one_of("lang", np.str_("zh"), ("zh", "en")) == "zh"
    assert some_of("metrics", "b", ("a", "b")) == ["b"]
    assert some_of("metrics", pd.Series(["b", "a", "b"]), ("a", "b")) == ["b", "a"]
    assert type(whole_number("top", np.int64(3), 1)) is int
    assert whole_number_or_none("most", None, 0) is None
    assert truth("implied", np.bool_(False)) is False
    assert number("x", np.float32(0.5), "", lambda n: n < 1) == 0.5
    assert [age("a", value) for value in ("36h", 60, dt.timedelta(1), None)] == [
        dt.timedelta(hours=36),
        dt.timedelta(minutes=1),
        dt.timedelta(1),
        None,
    ]
    assert moment("since", "2026-11-01") == dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    assert moment("since", pd.Timestamp("2026-11-01 08:00", tz="Asia/Shanghai")).hour == 0


def test_types_and_vocabularies_say_the_same() -> None:
    from xingtu_frames.plot.benchmarks import PERCENTILES
    from xingtu_frames.plot.cost_tiers import COSTS

    assert BANDS == DURATION_BANDS
    assert COSTS == COST_METRICS
    assert tuple(name for name in BENCHMARK_METRICS if name != "video_count") == PERCENTILES
    assert get_args(Part) == PARTS
    assert get_args(Dimension) == DIMENSIONS


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample() -> Iterator[xf.Client]:
    with xf.sample_client() as client:
        yield client


@pytest.fixture(scope="module")
def frames(sample: xf.Client) -> dict[str, pd.DataFrame]:
    return {name: getattr(xf, f"fetch_{name}")([A, B], client=sample) for name in sample_tables()}


def drawn(picture: Any) -> str:
    figure = picture.figure if hasattr(picture, "transData") else picture
    texts = [text.get_text() for text in figure.findobj(Text)]
    plt.close(figure)
    return " ".join(texts)


def of_both(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame of two other creators as one of the two here."""
    first, second = frame["kol_id"].unique()
    return frame.assign(kol_id=frame["kol_id"].map({first: A, second: B}))


BOOKED = pd.DataFrame({"kol_id": [A, B], "item_id": ["71", "72"], "price_cny": [1.0, 2.0]})
LISTED = pd.DataFrame({"item_id": ["71", "72"], "plays": 1, "likes": 1, "comments": 1, "shares": 1})
TAKES_NAMES: dict[str, Callable[[Any, Any, dict[str, pd.DataFrame]], str]] = {
    "audience_match": lambda names, client, frames: str(
        xf.audience_match(of_both(many_portraits(2)), {"gender": "female"}, names=names)["name"].tolist()
    ),
    "compare": lambda names, client, frames: str(
        xf.compare([A, B], metrics=[], names=names, client=client)["name"].tolist()
    ),
    "compare_windows": lambda names, client, frames: str(
        xf.compare_windows([A, B], names=names, client=client)["name"].tolist()
    ),
    "track": lambda names, client, frames: str(
        xf.track([A, B], "profiles", plan=True, names=names, client=client)["name"].tolist()
    ),
    "review": lambda names, client, frames: str(xf.review(BOOKED, videos=LISTED, names=names)["name"].tolist()),
    "named": lambda names, client, frames: str(xf.named(frames["quotes"], names)["name"].tolist()),
    "proposal_sheet": lambda names, client, frames: str(xf.proposal_sheet(frames, names=names)["抖音昵称"].tolist()),
    "show": lambda names, client, frames: xf.show(
        pd.DataFrame({"kol_id": [A, B], "score": [1.0, 2.0], "coverage": 1.0}), names=names
    ).to_html(),
}


def _takes_names(function: Callable[..., Any]) -> bool:
    return "names" in inspect.signature(function).parameters


def _of_picture(name: str) -> Callable[[Any, Any, dict[str, pd.DataFrame]], str]:
    return lambda names, client, frames: drawn(PICTURES[name].plot(of_both(frame_of(name, 2)), names=names))


TAKES_NAMES |= {name: _of_picture(name) for name in PICTURES if _takes_names(getattr(xf, name))}
KINDS: dict[str, Any] = {
    "text keys": {A: "Ada", B: "Bob"},
    "int keys": {int(A): "Ada", int(B): "Bob"},
    "addresses": {f"https://www.xingtu.cn/ad/creator/author-homepage/douyin-video/{A}": "Ada", B: "Bob"},
    "Series": pd.Series({A: "Ada", B: "Bob"}),
    "Series of int keys": pd.Series({int(A): "Ada", int(B): "Bob"}),
    "list": ["Ada", "Bob"],
    "tuple": ("Ada", "Bob"),
    "frame": pd.DataFrame({"name": ["Bob", "Ada"], "kol_id": [B, A]}),
}


def test_these_are_all_functions_that_take_names() -> None:
    public = {name: getattr(xf, name) for name in xf.__all__}
    taking = {name for name, value in public.items() if inspect.isfunction(value) and _takes_names(value)}
    assert taking == set(TAKES_NAMES)


@pytest.mark.one_in(8)
@pytest.mark.each_once
@pytest.mark.parametrize("function", TAKES_NAMES)
@pytest.mark.parametrize("kind", KINDS)
def test_names_are_the_same_things_everywhere(
    function: str, kind: str, sample: xf.Client, frames: dict[str, pd.DataFrame]
) -> None:
    shown = TAKES_NAMES[function](KINDS[kind], sample, frames)
    assert "Ada" in shown
    assert "Bob" in shown


@pytest.mark.one_in(6)
@pytest.mark.parametrize("function", TAKES_NAMES)
def test_names_that_match_nothing_are_warned_of_at_the_callers_line(
    function: str, sample: xf.Client, frames: dict[str, pd.DataFrame]
) -> None:
    with pytest.warns(xf.UnmatchedNamesWarning, match=f"2 names, and none is for .* start with {C}, .* {A}") as caught:
        TAKES_NAMES[function]({C: "Cy", "71": "Di"}, sample, frames)
    assert [warning.filename for warning in caught] == [__file__]


@pytest.mark.each_once
@pytest.mark.parametrize("function", TAKES_NAMES)
@pytest.mark.parametrize(
    ("names", "error", "said"),
    [
        ({"Ada": A}, xf.InvalidIdError, "'Ada'"),
        ({1.5e18: "Ada"}, xf.InvalidIdError, "last digits are already lost"),
        (["Ada"], xf.ParameterError, "1 names for 2 different ids"),
        (pd.Series(["Ada", "Bob"]), xf.ParameterError, "not indexed by id"),
        (pd.DataFrame({"kol_id": [A]}), xf.ParameterError, "lacks the column name"),
        ("Ada", xf.ParameterError, "must be a mapping or Series id -> name, .* not a str"),
    ],
    ids=["swapped", "floats", "too few", "no index", "no names", "text"],
)
def test_what_is_no_names_is_refused_everywhere(
    function: str,
    names: Any,
    error: type[Exception],
    said: str,
    sample: xf.Client,
    frames: dict[str, pd.DataFrame],
) -> None:
    with pytest.raises(error, match=said):
        TAKES_NAMES[function](names, sample, frames)


def test_missing_names_are_none_and_some_that_match_are_enough() -> None:
    with warnings.catch_warnings(action="error"):
        assert names_of(None, [A]) == {}
        assert names_of({}, [A]) == {}
        assert names_of({A: None, B: float("nan")}, [A]) == {}
        assert names_of({A: "Ada", C: "Cy"}, [A, B]) == {A: "Ada", C: "Cy"}
        assert names_of({C: "Cy"}, []) == {C: "Cy"}
        assert names_of({"x": "of a frame that a user made"}, ["x"]) == {"x": "of a frame that a user made"}


# --- rooms -----------------------------------------------------------------------------------------------------------


def test_the_package_has_few_rooms() -> None:
    folder = ROOT / "xingtu_frames"
    assert len([path for path in folder.iterdir() if path.name != "__pycache__"]) <= 20


def test_an_error_is_told_what_it_is_about_when_it_is_made() -> None:
    patched = [
        (path.name, node.lineno)
        for path in (ROOT / "xingtu_frames").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and node.attr in ("endpoint", "kol_id")
    ]
    assert {name for name, _ in patched} == {"errors.py"}, patched


def test_no_file_is_long() -> None:
    folders = ("xingtu_frames", "tests", "docs", "data", "notebooks", ".ci")
    files = [path for name in folders for path in (ROOT / name).rglob("*.py*") if path.suffix in (".py", ".pyi")]
    assert len(files) > 400
    assert [path for path in files if len(path.read_text("utf-8").splitlines()) > 500] == []


def test_options_and_notebooks_use_the_settled_words() -> None:
    assert {"labels", "kol_ids", "must"}.isdisjoint(OPTIONS)
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        cells = json.loads(notebook.read_text("utf-8"))["cells"]
        code = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        assert [word for word in ("labels=", "kol_ids=", "must=") if word in code] == []
