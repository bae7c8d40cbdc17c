"""The declared tables are the contract, written out here once more: order, dtypes, vocabularies, docstrings, names."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys
from typing import Any

import pandas as pd
import pytest

import xingtu_frames as xf
from tests.golden import PAIRS
from tests.quick import each
from xingtu_frames.frame import build_frame
from xingtu_frames.tables.catalog import OPTIONS as CHOICES
from xingtu_frames.tables.inputs import Day
from xingtu_frames.tables.schema import Option
from xingtu_frames.wire import ENDPOINTS

TEXT = pd.Series(["text"]).dtype
TIME = "datetime64[us, UTC]"
BANDS = ["1-20s", "21-60s", "60s+"]
SHORT = {"platform": "short_video"}
SPREAD = {"video_type": "personal", "window": "30d", "only_assigned": False, "flow": "exclude", **SHORT}

DAYS = {"start": None, "end": None}
WINDOW = {"window": "30d"}
GOODS = {**WINDOW, "industry": "all", **SHORT}
OPTIONS: dict[str, dict[str, Any]] = {
    "spread_info": SPREAD,
    "cost_tiers": SPREAD,
    "spread_benchmarks": SPREAD,
    "link_index": {"industry": "all", **SHORT},
    "audience_portrait": {"stage": "connected", **SHORT},
    "fans_portrait": {"fan_group": "fans"},
    "show_items": {"only_assigned": False, "flow": "exclude", **SHORT},
    "show_items_benchmarks": {"only_assigned": False, "flow": "exclude", **SHORT},
    **{name: {"window": "30d", **SHORT} for name in ("convert_ability", "convert_ranges", "convert_categories")},
    **dict.fromkeys(("seeding_value", "fulfilment", "cooperation_industries", "order_experience"), WINDOW),
    "daily_fans": DAYS,
    "homepage_videos": {"video_type": "all", "keyword": None, **DAYS, "only_assigned": False},
    **dict.fromkeys(("convert_videos", "convert_products"), GOODS),
    "live_statistics": {"live_type": "all", "window": "30d", "only_orders": False, "flow": "exclude"},
    "live_audience": {"audience": "viewers", "live_type": "all"},
}
"""The options of tables that have more than the platform."""
VIDEOS = ("video_trend", "video_report", "video_interaction")
CONTROL = {"refresh": False, "on_error": "warn", "progress": None, "client": None}

BAND_METRICS = [f"{prefix}_{band}" for prefix in ("cpm", "cpe", "quote") for band in ("1_20s", "21_60s", "60s")]
METRICS = [
    *("followers", "play_median", "video_count", "interact_rate", "completion_rate", "duration_mean_s"),
    *BAND_METRICS,
    *("star_index", "spread_index", "seeding_index", "conversion_index"),
    *("cost_performance_index", "cooperation_index"),
    *("connected_users", "connected_users_growth", "top_category_share"),
]
"""The metrics of a board where none are named."""
FURTHER = {
    "cost_performance": ["expected_plays", "viral_rate"],
    "audience_portrait": [
        *("female_share", "age_18_23_share", "age_24_30_share", "age_31_40_share", "tier1_share", "iphone_share")
    ],
    "fans_portrait": ["fans_female_share"],
    "followers_growth": ["followers_growth_30d"],
    "seeding_value": ["search_after_view_rate", "a3_growth", "shop_visit_cost_cny"],
    "fulfilment": ["reply_rate_48h", "order_count", "orders_in_progress"],
    "convert_ability": ["ordered_play_median"],
    "convert_ranges": ["click_rate_low", "cpc_high_cny"],
    "quotes": ["quote_placement", "quote_custom"],
}
"""The further metrics, by the table that has them."""
WITHOUT_DIRECTION = {
    *("followers", "video_count", "duration_mean_s", "top_category_share", "order_count", "orders_in_progress"),
    *FURTHER["audience_portrait"],
    "fans_female_share",
}

tables = each("table", PAIRS)


def options_of(table: str) -> dict[str, Any]:
    """Return the options of a table with their defaults: written out above, or the platform, or those declared."""
    declared = {o.name: None if isinstance(o, Day) else o.default for o in xf.TABLES[table].answer.options}
    return OPTIONS.get(table, SHORT if list(declared) == ["platform"] else declared)


def arguments_of(table: str) -> dict[str, Any]:
    """Return the arguments that choose the answer, with their defaults."""
    how_many = {"limit": 20, "max_pages": None} if table == "search" else {"pages": 1}
    return options_of(table) | (how_many if xf.TABLES[table].answer.pages else {})


def id_of(table: str) -> str:
    """Return the name of the column of the ids."""
    return "item_id" if table in VIDEOS else "kol_id"


def dtype_of(declared: str) -> Any:
    """Return the pandas dtype that a golden pair writes: the words of a category with | between them."""
    if "|" in declared:
        return pd.CategoricalDtype(declared.split("|"), ordered=True)
    return TEXT if declared == "text" else pd.api.types.pandas_dtype(declared)


# --- tables ----------------------------------------------------------------------------------------------------------


def test_every_table_is_found_by_its_name() -> None:
    assert set(xf.TABLES) == set(PAIRS)
    assert all(name == table.name for name, table in xf.TABLES.items())


@tables
def test_columns_and_dtypes_are_those_of_the_golden_pair_also_without_rows(table: str) -> None:
    frame = build_frame(xf.TABLES[table].columns, [])
    expected = {id_of(table): "text", **PAIRS[table].dtypes, "fetched_at": TIME}
    assert list(frame.columns) == list(expected)
    assert frame.dtypes.to_dict() == {name: dtype_of(declared) for name, declared in expected.items()}
    assert frame.index.equals(pd.RangeIndex(0))


@tables
def test_a_row_of_nothing_but_missing_has_the_same_dtypes(table: str) -> None:
    declared = xf.TABLES[table]
    frame = build_frame(declared.columns, [[None] * len(declared.names)] * 2)
    assert frame.dtypes.equals(build_frame(declared.columns, []).dtypes)
    assert frame.isna().all(axis=None)
    assert frame.index.equals(pd.RangeIndex(2))


@tables
def test_every_column_says_what_it_is(table: str) -> None:
    for column in xf.TABLES[table].columns:
        assert column.label_zh.strip(), column.name
        assert column.meaning.strip(), column.name
        assert any("\u4e00" <= letter <= "\u9fff" for letter in column.label_zh) or column.name == "mcn_name"
        assert column.unit or column.dtype not in ("float64",), column.name
        assert xf.TABLES[table].column(column.name) is column
        with pytest.raises(AttributeError):
            column.unit = "other"
    labels = [column.label_zh for column in xf.TABLES[table].columns]
    assert len(set(labels)) == len(labels), "two columns under one Chinese header"


@tables
def test_describe_shows_the_declaration(table: str) -> None:
    frame = xf.describe(table)
    assert frame.columns.tolist() == ["column", "dtype", "unit", "label_zh", "meaning", "confidence", "evidence"]
    declared = [
        (c.name, c.dtype, c.unit, c.label_zh, c.meaning, c.confidence, xf.TABLES[table].evidence)
        for c in xf.TABLES[table].columns
    ]
    assert list(frame.itertuples(index=False, name=None)) == declared


CONFIDENCE = {
    "cost_tiers": {"metric": "likely"},
    "spread_info": {"play_stability": "unconfirmed"},
    "spread_benchmarks": {"beats_share": "likely", "overtake_raw": "unconfirmed"},
    "connected_users": {"rank_percent": "likely", "growth": "likely"},
    "link_index": {"market_avg": "unconfirmed", "change": "likely"},
    "quotes": {"service_kind": "likely"},
    "cost_performance": {"viral_rate": "likely"},
    "show_items_benchmarks": {"scope": "unconfirmed", "beats_share": "likely"},
    "convert_ability": {"play_median": "likely"},
    "convert_ranges": {"metric": "likely"},
    "convert_categories": dict.fromkeys(("sales_range", "sales_low_cny", "sales_high_cny"), "unconfirmed"),
    "search": dict.fromkeys(
        (
            "expected_natural_plays",
            *(f"sales_cpm_{band}_cny" for band in ("1_20s", "21_60s", "60s")),
            *("viral_rate", "search_after_view_rate_30d", "search_index", "xingtu_videos_30d", "ecom_score"),
        ),
        "likely",
    ),
}
"""What is not certain of the tables that rest on captured payloads."""


def doubts_in(meaning: str) -> list[str]:
    return [word for word in ("likely", "unconfirmed") if word in meaning]


@tables
def test_what_is_not_certain_is_said_twice(table: str) -> None:
    declared = xf.TABLES[table]
    if declared.evidence == "captured":
        doubtful = {c.name: c.confidence for c in declared.columns if c.confidence != "certain"}
        assert doubtful == CONFIDENCE.get(table, {})
    for column in declared.columns:
        assert column.confidence in ("certain", "likely", "unconfirmed")
        assert column.confidence in (doubts_in(column.meaning) or ["certain"]), column.name


def test_describe_shows_the_board_and_which_way_is_better() -> None:
    frame = xf.describe("board").set_index("column")
    assert list(frame.columns) == ["dtype", "unit", "label_zh", "meaning", "confidence", "evidence"]
    assert list(frame.index) == list(xf.compare([], metrics="all", client=xf.sample_client()).columns)
    for name, metric in xf.METRICS.items():
        assert tuple(frame.loc[name, ["dtype", "unit", "label_zh"]]) == (metric.dtype, metric.unit, metric.label_zh)
        better = f"; {metric.direction} is better" if metric.direction else ""
        assert frame.loc[name, "meaning"] == metric.meaning + better
    assert frame.loc["cpm_60s", "meaning"] == "yuan per 1,000 expected plays, videos of 60s+; lower is better"
    assert frame.loc["age_days", "unit"] == "days"
    assert frame.loc["connected_users_growth", ["confidence", "evidence"]].tolist() == ["likely", "captured"]
    assert pd.isna(frame.loc["age_days", "evidence"])


@pytest.mark.parametrize(
    ("name", "meant"), [("costs", ""), ("cost_tier", "cost_tiers"), ("Board", "board"), (None, "")]
)
def test_describe_of_an_unknown_table_names_the_known_ones(name: Any, meant: str) -> None:
    with pytest.raises(xf.ParameterError) as caught:
        xf.describe(name)
    guess = f"did you mean {meant!r}? " if meant else ""
    assert str(caught.value) == f"no table {name!r}; {guess}there are: {', '.join([*xf.TABLES, 'board'])}"


@pytest.mark.parametrize(
    "ask", [lambda c: c.plan("quote", ["71"]), lambda c: xf.read_payload("quote", {}, kol_id="71")]
)
def test_a_misspelt_table_is_guessed_wherever_one_is_named(ask: Any) -> None:
    with pytest.raises(xf.ParameterError, match=r"no table 'quote'; did you mean 'quotes'\? there are: "):
        ask(xf.sample_client())


@tables
def test_options_and_the_columns_that_repeat_them(table: str) -> None:
    declared = xf.TABLES[table]
    assert list(declared.options) == list(options_of(table))
    # What a search is narrowed with is also what it shows, of each creator.
    repeated = [name for name in PAIRS[table].dtypes if name in options_of(table) and table != "search"]
    assert list(declared.option_columns) == repeated
    in_declared_order = list(declared.names)[1 : 1 + len(declared.option_columns)]
    assert in_declared_order == list(declared.option_columns)


def test_the_declarations_cannot_be_changed() -> None:
    for mapping in (xf.TABLES, xf.METRICS):
        with pytest.raises(TypeError):
            mapping["more"] = None
        with pytest.raises((TypeError, AttributeError)):
            mapping.clear()
    with pytest.raises(AttributeError):
        xf.TABLES["quotes"].answer = None
    with pytest.raises(AttributeError):
        xf.METRICS["followers"].direction = "lower"
    with pytest.raises(TypeError):
        xf.METRICS["quote_60s"].where["is_open"] = False


# --- metrics and endpoints -------------------------------------------------------------------------------------------


def test_the_metrics_in_board_order() -> None:
    assert list(xf.METRICS) == [*METRICS, *(name for names in FURTHER.values() for name in names)]
    assert [name for name, metric in xf.METRICS.items() if metric.by_default] == METRICS
    assert all(name == metric.name for name, metric in xf.METRICS.items())
    for table, names in FURTHER.items():
        assert {(xf.METRICS[name].table, xf.METRICS[name].endpoint) for name in names} == {
            (table, xf.TABLES[table].endpoint)
        }


def test_what_is_neither_better_nor_worse_or_unconfirmed_is_in_no_preset() -> None:
    assert {name for name, metric in xf.METRICS.items() if metric.direction is None} == WITHOUT_DIRECTION
    assert [name for name, metric in xf.METRICS.items() if metric.confidence == "unconfirmed"] == [
        "shop_visit_cost_cny"
    ]
    weighed = {name for preset in xf.PRESETS.values() for name in preset.weights}
    assert not weighed & {*WITHOUT_DIRECTION, "shop_visit_cost_cny"}


@each("name", xf.METRICS)
def test_a_metric_says_what_it_is_and_where_it_comes_from(name: str) -> None:
    metric = xf.METRICS[name]
    source = xf.TABLES[metric.table].column(metric.column)
    assert metric.dtype == source.dtype
    # A column of many metrics leaves the unit to each.
    assert metric.unit == {"click_rate_low": "fraction", "cpc_high_cny": "CNY"}.get(name, source.unit)
    assert metric.confidence in (doubts_in(metric.meaning) or ["certain"])
    assert metric.label_zh
    assert metric.meaning
    assert metric.direction in ("higher", "lower", None)
    if metric.benchmark:
        table, column = metric.benchmark.split(".")
        assert xf.TABLES[table].column(column).unit == "fraction"
    for column, value in metric.where.items():
        categories = xf.TABLES[metric.table].column(column).categories
        assert not categories or value in categories
    if name.startswith(("cpm", "cpe", "quote")):
        assert metric.direction == "lower"
    if name.endswith(("_index", "_rate", "_growth")) or name == "play_median":
        assert metric.direction == "higher"


def test_endpoints_lists_all_53_with_twins_and_readers() -> None:
    frame = xf.endpoints().set_index("name")
    assert list(frame.columns) == ["path", "title", "parameters", "deprecated", "twin", "tables"]
    assert len(frame) == 53
    assert frame.index.is_unique
    assert frame["deprecated"].sum() == 20
    old = frame[frame["deprecated"]]
    assert frame.loc[old["twin"], "twin"].tolist() == old.index.tolist()
    assert not frame.loc[old["twin"], "deprecated"].any()
    assert frame["path"].str.startswith("/api/douyin-xingtu/").all()
    spread = frame.loc["get-kol-spread-info"]
    assert (spread["twin"], spread["parameters"].split(", ")[0]) == ("get_author_spread_info", "kolId*")
    assert spread["tables"] == "spread_info|cost_tiers|spread_benchmarks"
    read = {name: t.split("|") for name, t in frame.loc[~frame["deprecated"], "tables"].dropna().items()}
    assert sorted(t for names in read.values() for t in names) == sorted(xf.TABLES)
    assert all(xf.TABLES[t].endpoint == name for name, names in read.items() for t in names)


# --- signatures and docstrings ---------------------------------------------------------------------------------------


@tables
def test_a_fetch_function_has_the_signature_of_the_contract(table: str) -> None:
    first, *rest = inspect.signature(getattr(xf, xf.TABLES[table].function)).parameters.values()
    named = {first.name: first.default} if table == "search" else {}
    assert named or (first.name, first.default) == ("item_ids" if table in VIDEOS else "ids", first.empty)
    assert first.kind == first.POSITIONAL_OR_KEYWORD
    assert {p.kind for p in rest} == {first.KEYWORD_ONLY}
    assert named | {p.name: p.default for p in rest} == arguments_of(table) | CONTROL
    assert [*named, *(p.name for p in rest)] == [*arguments_of(table), *CONTROL]


@tables
def test_a_fetch_docstring_names_columns_options_cost_and_errors(table: str) -> None:
    doc = inspect.getdoc(getattr(xf, xf.TABLES[table].function)) or ""
    for column in xf.TABLES[table].columns:
        assert f"``{column.name}``" in doc
        assert column.meaning in doc
    for name in [*arguments_of(table), *CONTROL]:
        assert f"\n{name}\n" in doc
    for heading in ("Parameters", "Returns", "Raises", "Notes"):
        assert f"\n{heading}\n{'-' * len(heading)}\n" in doc
    about = {"search": "page"}.get(table, "video" if table in VIDEOS else "creator")
    assert f"one request per {about}" in doc
    assert all((f"fetch_{sibling}" in doc) is (table not in APART) for sibling in siblings_of(table))


APART = ("convert_videos", "convert_products")
"""The tables that ask one endpoint for different answers."""


def siblings_of(table: str) -> list[str]:
    return [t for t in xf.TABLES if t != table and xf.TABLES[t].endpoint == xf.TABLES[table].endpoint]


@each("name", sorted(xf.__all__))
def test_a_public_name_imports_and_is_documented(name: str) -> None:
    value = getattr(xf, name)
    if inspect.isclass(value) or callable(value):
        assert (inspect.getdoc(value) or "").strip()
        assert value.__module__.startswith("xingtu_frames")
    assert name in dir(xf)


def test_no_public_name_is_also_a_submodule() -> None:
    """Importing the submodule would replace the function of the same name on the package."""
    submodules = {module.name for module in pkgutil.iter_modules(xf.__path__)}
    assert not submodules & set(xf.__all__)


def test_importing_every_submodule_leaves_the_public_names_alone() -> None:
    before = {name: getattr(xf, name) for name in xf.__all__}
    for module in pkgutil.iter_modules(xf.__path__):
        if module.name != "__main__":
            importlib.import_module(f"xingtu_frames.{module.name}")
    assert [name for name, value in before.items() if getattr(xf, name) is not value] == []


@pytest.mark.parametrize("statement", ["import xingtu_frames", "import xingtu_frames as xf; xf.TABLES; xf.METRICS"])
def test_import_loads_nothing_heavy(statement: str) -> None:
    heavy = ["matplotlib", "requests", "requests_cache", "xlsxwriter", "openpyxl", "tqdm"]
    code = f"{statement}; import sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- declarations ----------------------------------------------------------------------------------------------------


def test_declarations_import_nothing_but_errors_and_their_own() -> None:
    code = "import sys, xingtu_frames.tables.catalog; print(*sorted(m for m in sys.modules if m.startswith('xingtu')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert {name for name in loaded if not name.startswith("xingtu_frames.tables")} == {
        "xingtu_frames",
        "xingtu_frames.errors",
    }


@tables
def test_an_answer_is_asked_as_its_endpoint_wants(table: str) -> None:
    answer = xf.TABLES[table].answer
    parameters = {p.name: p for p in ENDPOINTS[answer.endpoint].parameters}
    assert bool(answer.keys) is (xf.TABLES[table].evidence != "raw")
    for name, value in answer.fixed.items():
        assert parameters[name].spell(value) == value
    for option in answer.options:
        assert option.parameter in parameters or option.name == "tasks_days"
        for choice, wire in option.choices.items() if isinstance(option, Option) else ():
            # What is not chosen is not sent.
            assert wire == "" if choice is None else parameters[option.parameter].spell(wire) == wire


def test_every_choice_has_its_words_in_chinese() -> None:
    declared = [o for t in xf.TABLES.values() for o in t.answer.options if isinstance(o, Option)]
    for option in (*CHOICES.values(), *declared):
        truth = isinstance(option.default, bool)
        assert set(option.column.words) == (set() if truth else set(option.choices) - {None})
        assert all(option.column.words.zh.values())
        assert option.column.label_zh
        assert option.column.meaning_zh
    assert set(CHOICES) <= {option.name for option in declared}


COMPARABLE = [name for name, table in xf.TABLES.items() if table.evidence != "raw" and table.answer.subject]


@each("table", COMPARABLE)
def test_the_key_of_a_table_tells_its_rows_apart(table: str) -> None:
    declared = xf.TABLES[table]
    frame = xf.read_payload(declared, PAIRS[table].data, **{declared.answer.subject.column.name: "7000000000000010017"})
    assert set(declared.key) <= {column.name for column in declared.cells}
    assert len(frame) == 1 or declared.key
    assert not frame.duplicated([declared.names[0], *declared.key]).any()
