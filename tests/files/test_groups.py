"""Which kind of frame has which columns; and Parquet, which needs no code of ours."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.export_cases import GROUPS as CASES, ID, same, sample
from tests.quick import each
from xingtu_frames.decide import columns as decided, obstacles, outcomes, tradeoffs
from xingtu_frames.files.groups import GROUPS, candidates, column_names, declared, kind_of, kinds_of
from xingtu_frames.frame import build_frame
from xingtu_frames.tables.catalog import TABLES
from xingtu_frames.tables.schema import Column


def through_parquet(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    frame.to_parquet(path)
    got = pd.read_parquet(path)
    # Old pandas hands a missing text over as None.
    for name in got.columns[got.dtypes == "object"]:
        got[name] = got[name].where(got[name].notna(), float("nan"))
    return got


@pytest.mark.one_in(4)
@pytest.mark.each_once
@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize("rows", [1, 40])
def test_parquet_gives_back_every_declared_frame(kind: str, rows: int, tmp_path: Path) -> None:
    frame = sample(CASES[kind], rows)
    same(through_parquet(frame, tmp_path / "a.parquet"), frame)


@pytest.mark.one_in(4)
@pytest.mark.parametrize("kind", CASES)
def test_parquet_of_no_rows_keeps_all_but_the_vocabulary(kind: str, tmp_path: Path) -> None:
    """A Parquet file holds the words of a category with its rows."""
    frame = sample(CASES[kind], 0)
    got = through_parquet(frame, tmp_path / "a.parquet")
    words = [column.name for column in CASES[kind] if column.categories]
    same(got.drop(columns=words), frame.drop(columns=words))
    assert list(got.columns) == list(frame.columns)
    assert all(isinstance(got[name].dtype, pd.CategoricalDtype) for name in words)


@pytest.mark.one_in(4)
@pytest.mark.parametrize("kind", CASES)
def test_parquet_of_gaps(kind: str, tmp_path: Path) -> None:
    columns = CASES[kind]
    frame = build_frame(columns, [[ID if column.name == "kol_id" else None for column in columns]] * 2)
    words = [column.name for column in columns if column.categories]
    same(through_parquet(frame, tmp_path / "a.parquet").drop(columns=words), frame.drop(columns=words))


def test_every_result_that_is_declared_can_be_written_and_read() -> None:
    results = {
        name: found
        for of in (decided, obstacles, outcomes, tradeoffs)
        for name, found in vars(of).items()
        if name.endswith("_COLUMNS") and name != "GOAL_COLUMNS"
    }
    assert len(results) == 13
    assert all(tuple(found) in map(tuple, GROUPS.values()) for found in results.values())


ALIKE = (
    *("convert_videos", "convert_products", "video_report", "video_interaction"),
    *("cost_performance", "cost_performance_tiers", "effect_estimate", "effect_estimate_tiers"),
)
"""The kinds that have the columns of another one: a frame does not tell which it is."""


@each("kind", GROUPS)
def test_a_frame_is_of_the_kind_that_has_its_columns(kind: str) -> None:
    names = [column.name for column in GROUPS[kind]]
    assert kind_of(names) == kind_of(names[::-1]) == (None if kind in ALIKE else kind)
    assert kind in kinds_of(names)
    assert (len(kinds_of(names)) > 1) is (kind in ALIKE)


def of_dimension(column: Column) -> bool:
    return any(column in pair for pair in decided.OF_DIMENSION.values())


def test_boards_scores_and_matches_may_have_a_part_of_their_columns() -> None:
    first, *_, last = decided.OF_DIMENSION.values()
    match = [column for column in decided.MATCH_COLUMNS if column in (*first, *last) or not of_dimension(column)]
    assert len(match) == 12
    assert kind_of([column.name for column in match]) == "audience_match"
    assert kind_of([column.name for column in GROUPS["review_total"][2:]]) == "review_total"
    weighed = [column.name for column in GROUPS["plan_frontier"] if column.name not in ("interactions", "plays")]
    assert kind_of(weighed) == "plan_frontier"
    assert kind_of([column.name for column in GROUPS["changes"] if column.name != "item_id"]) == "changes"
    assert kind_of([column.name for column in CASES["small board"]]) == "board"
    assert kind_of([column.name for column in CASES["small score"]]) == "score"
    for others in ([], ["kol_id"], ["kol_id", "name"], ["kol_id", "score"], [*TABLES["quotes"].names, "mine"]):
        assert kind_of(others) is None


def test_a_square_of_creators_is_of_its_own_kind() -> None:
    assert kind_of(["kol_id", ID, "1679881517710344"]) == "similarity"
    own, (ids, cells) = candidates(["kol_id", ID])
    assert own
    assert (ids[0].name, cells[0].dtype) == ("kol_id", "float64")
    for others in (["kol_id", ID, "x"], [ID, "71"], ["name", ID]):
        assert kind_of(others) is None


def test_a_column_without_a_declaration_is_its_own_label() -> None:
    frame = build_frame(GROUPS["cost_tiers"][:1], [[ID]]).assign(mine=1, scope=pd.Categorical(["x"]))
    assert declared(frame)[1:] == [Column("mine", "str", "", "mine", ""), Column("scope", "str", "", "scope", "")]
    assert column_names(pd.DataFrame(columns=["a\ud83d", 5])) == ["a\ufffd", "5"]
