"""Colours: which way is better, the same colour for the better side, and words that stand out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

import xingtu_frames as xf
from tests.export_cases import ID, sample
from xingtu_frames.board.metrics import METRICS
from xingtu_frames.files.excel.colours import BETTER, MIDDLE, WORSE, better, rules
from xingtu_frames.files.groups import GROUPS
from xingtu_frames.frame import build_frame

COLUMNS = {column.name: column for column in GROUPS["board"]}


def formats(path: Path, sheet: str) -> dict[str, list[Any]]:
    """Return header -> its conditional formats."""
    page = openpyxl.load_workbook(path)[sheet]
    found: dict[str, list[Any]] = {}
    for area, ruled in page.conditional_formatting._cf_rules.items():
        letters = str(area.sqref).split(":")[0].rstrip("0123456789")
        found.setdefault(page[f"{letters}1"].value, []).extend(ruled)
    return found


def lightness(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_better_side_has_one_colour_whichever_way_is_better(tmp_path: Path) -> None:
    path = xf.write_excel({"board": sample(GROUPS["board"], 9)}, tmp_path / "a.xlsx", lang="en")
    found = formats(path, "board")
    scaled = {
        name: [colour.rgb[2:] for colour in of[-1].colorScale.color] for name, of in found.items() if of[-1].colorScale
    }
    expected = {
        name: [WORSE, MIDDLE, BETTER] if metric.direction == "higher" else [BETTER, MIDDLE, WORSE]
        for name, metric in METRICS.items()
        if metric.direction
    }
    assert scaled == {name: [colour[1:] for colour in colours] for name, colours in expected.items()}
    assert {"followers", "video_count", "duration_mean_s"}.isdisjoint(scaled)
    points = [point.type for point in found["cpm_1_20s"][-1].colorScale.cfvo]
    assert points == ["min", "percentile", "max"]


def test_the_colours_can_be_read_and_told_apart() -> None:
    assert min(map(lightness, (BETTER, WORSE))) > 0.7
    red, blue = (int(colour[1:3], 16) - int(colour[5:7], 16) for colour in (WORSE, BETTER))
    assert red > 60
    assert blue < -60


def test_scores_and_their_parts_are_better_when_higher() -> None:
    scored = {column.name: better(column) for column in GROUPS["score"]}
    assert scored.pop("kol_id") is None
    assert scored.pop("name") is scored.pop("coverage") is None
    assert set(scored.values()) == {"higher"}
    assert len(scored) == 1 + len(METRICS)


@pytest.mark.parametrize("cells", [[], [None, None], [0.5, None, 0.5], ["0.1", "0.2"], [True, False]])
def test_nothing_to_compare_has_no_colour(cells: list[Any]) -> None:
    assert rules(COLUMNS["interact_rate"], cells, "zh") == []


@pytest.mark.parametrize(("lang", "word"), [("zh", '"错误"'), ("en", '"error"')])
def test_errors_stand_out(lang: str, word: str, tmp_path: Path) -> None:
    frame = build_frame(GROUPS["quality"], [(ID, None, "quotes", "x", "error", "y")])
    path = xf.write_excel({"a": frame}, tmp_path / "a.xlsx", lang=lang)
    alarm, notice = formats(path, "a")["程度" if lang == "zh" else "severity"]
    assert alarm.formula == [word]
    assert alarm.dxf.font.b
    assert alarm.dxf.fill.bgColor.rgb != notice.dxf.fill.bgColor.rgb


@pytest.mark.parametrize(("lang", "value"), [("zh", '"是"'), ("en", "TRUE()")])
def test_few_videos_are_noticed(lang: str, value: str) -> None:
    (rule,) = rules(COLUMNS["few_videos"], [True, None], lang)
    assert rule.options["value"] == value
    assert rule.look is not None


def test_probabilities_are_deeper_towards_one() -> None:
    column = next(column for column in GROUPS["rank_stability"] if column.name == "probability")
    (rule,) = rules(column, [0.5], "zh")
    assert (rule.options["min_value"], rule.options["max_value"]) == (0, 1)


@pytest.mark.parametrize(
    ("name", "cells", "operator"),
    [("quote_60s", [0, 500, 900], "lessThanOrEqual"), ("star_index", [101.0, 60.0], "notBetween")],
)
def test_a_value_that_cannot_be_stands_out_instead_of_being_best(
    name: str, cells: list[Any], operator: str, tmp_path: Path
) -> None:
    columns = [COLUMNS["kol_id"], COLUMNS[name]]
    board = build_frame(columns, [(str(row), cell) for row, cell in enumerate(cells)])
    odd, scale = formats(xf.write_excel({"board": board}, tmp_path / "a.xlsx", lang="en"), "board")[name]
    assert (odd.operator, odd.stopIfTrue) == (operator, True)
    assert odd.priority < scale.priority
    assert rules(COLUMNS[name], [1, 2, None], "en") == [rules(COLUMNS[name], [1, 2], "en")[-1]]
