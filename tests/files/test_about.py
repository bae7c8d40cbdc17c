"""The last sheet: what was asked, when, from where, what it means; and what the reader takes from it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import xingtu_frames as xf
from tests.export_cases import ID, cells, same, sample, save, shown
from xingtu_frames.files.excel.about import is_about, marks
from xingtu_frames.files.groups import GROUPS
from xingtu_frames.frame import build_frame
from xingtu_frames.tables.catalog import TABLES

HOUR = 3_600_000_000
MICROS = 1_795_140_000_000_000  # 2026-11-20 02:00 UTC


def profiles(*times: int | None) -> pd.DataFrame:
    columns = TABLES["profiles"].columns
    return build_frame(columns, [[ID, *[None] * (len(columns) - 2), time] for time in times])


def table(path: Path, sheet: str, first: str) -> dict[str, list[Any]]:
    """Return a table of the last sheet: first cell -> the others."""
    rows = shown(path, sheet)
    start = next(at for at, row in enumerate(rows) if row[:2] == first.split("|"))
    found: dict[str, list[Any]] = {}
    for row in rows[start + 1 :]:
        if row[0] is None:
            break
        found.setdefault(row[0], row[1:])
    return found


def test_capture_times_in_two_zones(tmp_path: Path) -> None:
    frames = {"a": profiles(MICROS + 15 * HOUR, None, MICROS), "b": profiles(None), "c": profiles()}
    path = xf.write_excel(frames, tmp_path / "a.xlsx")
    sheets = table(path, "说明", "工作表|内容")
    assert sheets["a"][1:3] == [
        "2026-11-20 02:00 UTC\n2026-11-20 10:00 北京时间",
        "2026-11-20 17:00 UTC\n2026-11-21 01:00 北京时间",
    ]
    assert sheets["b"][1:3] == sheets["c"][1:3] == [None, None]
    sheets = table(xf.write_excel(frames, path, lang="en"), "About", "Sheet|Content")
    assert sheets["a"][1] == "2026-11-20 02:00 UTC\n2026-11-20 10:00 Beijing time"


def test_times_of_other_zones_and_none(tmp_path: Path) -> None:
    zone = dt.timezone(dt.timedelta(hours=-5))
    aware = pd.DataFrame({"fetched_at": pd.to_datetime([MICROS], unit="us", utc=True).tz_convert(zone)})
    frames = {"aware": aware, "naive": pd.DataFrame({"fetched_at": pd.to_datetime(["2026-01-01"])})}
    twice = pd.concat([profiles(MICROS), profiles(MICROS)[["fetched_at"]]], axis=1)
    path = xf.write_excel({**frames, "twice": twice}, tmp_path / "a.xlsx")
    sheets = table(path, "说明", "工作表|内容")
    assert str(sheets["aware"][1]).startswith("2026-11-20 02:00 UTC")
    assert sheets["naive"][1] is sheets["twice"][1] is None
    assert cells(path, "aware")[1][0] == (dt.datetime(2026, 11, 20, 10, 0), "d")


def test_every_sheet_says_what_it_is(tmp_path: Path) -> None:
    frames = {"b": sample(GROUPS["board"], 2), "c": sample(GROUPS["cost_tiers"], 2), "mine": pd.DataFrame({"a": [1]})}
    sheets = table(xf.write_excel(frames, tmp_path / "a.xlsx"), "说明", "工作表|内容")
    assert sheets["b"][0] == "达人对比\n每行：一位达人"
    assert sheets["c"][0] == "预期CPM与CPE\n每行：达人 × 指标 × 时长档，固定 9 行"
    assert sheets["mine"] == [None] * 4


def test_the_facts_are_those_of_this_workbook(tmp_path: Path) -> None:
    def facts(frames: dict[str, pd.DataFrame]) -> set[str]:
        rows = shown(xf.write_excel(frames, tmp_path / "a.xlsx"), "说明")
        return {row[0] for row in rows[1 : rows.index([None] * 5)]}

    always = {"数据来源", "空单元格", "时间", "数字"}
    assert facts({"a": profiles(MICROS)}) == always
    assert facts({"b": sample(GROUPS["board"], 4), "c": sample(GROUPS["link_struct"], 4)}) == {
        *always,
        "颜色",
        "达人名称",
    }


def test_columns_are_told_in_the_language_of_the_labels(tmp_path: Path) -> None:
    frame = sample(GROUPS["spread_info"], 1)
    path = xf.write_excel({"s": frame}, tmp_path / "a.xlsx")
    rows = shown(path, "说明")
    assert ["s", "平均时长（秒）", "duration_mean_s", "秒", "视频平均时长"] in rows
    assert ["s", "互动率", "interact_rate", "比例", "（点赞 + 评论 + 转发）÷ 播放量，不含收藏"] in rows
    rows = shown(xf.write_excel({"s": frame}, path, lang="en"), "About")
    column = TABLES["spread_info"].column("interact_rate")
    assert ["s", "interact_rate", "interact_rate", "fraction", column.meaning] in rows


def test_nothing_in_it_is_a_formula(tmp_path: Path) -> None:
    frame = pd.DataFrame([[1, 2]], columns=["=1+1", "{=a}"])
    frame.attrs["asked"] = {"window": "=1", "platform": "https://a.b"}
    path = xf.write_excel({"=a": frame, "https://a.b": frame}, tmp_path / "a.xlsx")
    assert {kind for sheet in ("=a", "说明") for row in cells(path, sheet) for _, kind in row} == {"s", "n"}
    assert all(cell.hyperlink is None for row in openpyxl.load_workbook(path)["说明"] for cell in row)
    same(xf.read_excel(path, "=a"), frame)


def test_a_sheet_of_others_with_its_name_is_data(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", [["工作表", "表头"], ["x", "y"]])
    book = openpyxl.load_workbook(path)
    book["名单"].title = "说明"
    book.save(path)
    assert xf.read_excel(path, "说明").to_dict("list") == {"工作表": ["x"], "表头": ["y"]}
    assert not is_about("说明", [])


@pytest.mark.parametrize("row", [[], ["a"], ["a", "b", None, None], [None, "b", "c"]])
def test_marks_of_damaged_rows(row: list[Any]) -> None:
    header = ["工作表", "表头", "字段", "单位", "含义", "more"]
    told = marks({"说明": [(1, ["说明"]), (2, header), (3, row)], "a": [(1, ["说明"])]})
    assert told.names == ({("a", "b"): ""} if row[:1] == ["a"] and len(row) > 1 else {})
    assert told.pictures == frozenset()
