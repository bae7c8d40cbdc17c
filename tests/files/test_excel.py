"""Workbooks: cells as a spreadsheet reads them, labels, sheet names, limits."""

from __future__ import annotations

import datetime as dt
import io
import re
import tempfile
import warnings
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import xingtu_frames as xf
from tests.export_cases import GROUPS, ID, cells, named, same, sample, save, shown
from xingtu_frames.tables.catalog import TABLES


@pytest.mark.each_once
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("rows", [0, 1, pytest.param(40, marks=pytest.mark.slow)])
def test_excel_gives_back_every_declared_table(rows: int, lang: str, tmp_path: Path) -> None:
    frames = {name: sample(columns, rows) for name, columns in GROUPS.items()}
    got = xf.read_excel(xf.write_excel(frames, tmp_path / "frames.xlsx", lang=lang))
    assert list(got) == list(frames)
    for name, frame in frames.items():
        same(got[name], frame)


def test_cells_of_a_workbook(tmp_path: Path) -> None:
    frame = sample(TABLES["cost_tiers"].columns, 3)
    path = xf.write_excel({"cost": frame, "names": named(["=1+1", "https://a.b", "12", None])}, tmp_path / "a.xlsx")
    header, first, *_ = cells(path, "cost")
    assert [value for value, _ in header] == [
        "星图ID",
        "达人",
        "视频类型",
        "统计周期",
        "指标",
        "时长档",
        "预期成本",
        "数据获取时间（北京时间）",
    ]
    assert first[0] == (ID, "s")
    assert first[1] == ("=1+1", "s")
    assert first[4:6] == [("预期CPM", "s"), ("1-20秒", "s")]
    assert first[7] == (dt.datetime(2026, 11, 20, 10, 0, 0, 123_000), "d")
    assert [row[1] for row in cells(path, "names")[1:]] == [
        *(("=1+1", "s"), ("https://a.b", "s"), ("12", "s")),
        (None, "n"),
    ]
    book = openpyxl.load_workbook(path)
    assert book["cost"]["G2"].number_format == "[<100]¥#,##0.00;¥#,##0"
    assert book["cost"]["H2"].number_format == "yyyy-mm-dd hh:mm"
    assert book["cost"].freeze_panes == "C2"
    assert book["names"].freeze_panes == "C2"
    assert book["cost"].auto_filter.ref == "A1:H4"


def test_english_labels_and_the_last_sheet(tmp_path: Path) -> None:
    frame = sample(TABLES["cost_tiers"].columns, 1)
    path = xf.write_excel({"cost": frame}, tmp_path / "a.xlsx", lang="en")
    header, first = cells(path)
    assert [value for value, _ in header] == [*TABLES["cost_tiers"].names[:-1], "fetched_at (UTC+8)"]
    assert first[3][0] == "cpm"
    about = shown(path, "About")
    start = about.index(["Sheet", "Header", "Name", "Unit", "Meaning"])
    assert about[start + 6] == ["cost", "cost_cny", "cost_cny", "CNY", TABLES["cost_tiers"].column("cost_cny").meaning]
    assert openpyxl.load_workbook(path).sheetnames[-1] == "About"


def test_labels_are_understood_without_the_last_sheet(tmp_path: Path) -> None:
    frames = {name: sample(columns, 5) for name, columns in GROUPS.items() if not name.startswith("small")}
    book = openpyxl.load_workbook(xf.write_excel(frames, tmp_path / "a.xlsx"))
    del book["说明"]
    book.save(tmp_path / "a.xlsx")
    got = xf.read_excel(tmp_path / "a.xlsx")
    assert {name: list(frame.columns) for name, frame in got.items()} == {
        name: list(frame.columns) for name, frame in frames.items()
    }
    assert {name: frame.dtypes.tolist() for name, frame in got.items()} == {
        name: frame.dtypes.tolist() for name, frame in frames.items()
    }


def test_the_same_frames_give_the_same_bytes(tmp_path: Path) -> None:
    frames = {"board": sample(GROUPS["board"], 5)}
    first = xf.write_excel(frames, tmp_path / "a.xlsx").read_bytes()
    assert xf.write_excel(frames, tmp_path / "b.xlsx").read_bytes() == first
    with zipfile.ZipFile(io.BytesIO(first)) as packed:
        assert {item.date_time[0] for item in packed.infolist()} == {1980}
        assert b"2000-01-01T00:00:00Z" in packed.read("docProps/core.xml")


def test_sheet_names_are_repaired_uniquely(tmp_path: Path) -> None:
    wanted = ["a/b", "a:b", "A?B", "", "History", "'q'", "x" * 40, "x" * 41, "说明", "about", "🐾" * 20, "a\x01\n"]
    frame = named(["a"])
    book = openpyxl.load_workbook(xf.write_excel(dict.fromkeys(wanted, frame), tmp_path / "a.xlsx"))
    *names, last = book.sheetnames
    assert names[:6] == ["a_b", "a_b (2)", "A_B (3)", "Sheet4", "History (2)", "q"]
    assert names[6:] == ["x" * 31, f"{'x' * 27} (2)", "说明 (2)", "about (2)", "🐾" * 15, "a__"]
    assert last == "说明"
    assert list(xf.read_excel(tmp_path / "a.xlsx")) == names


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (
            pd.DataFrame({"a": pd.Series(0, index=range(1_048_576), dtype="int8")}),
            "1,048,576 rows, an Excel sheet holds",
        ),
        (pd.DataFrame(columns=[str(number) for number in range(16_385)]), "16,385 columns"),
        (named(["a", "x" * 32_768]), "column 'nick_name', row 3: 32,768 characters"),
        (named(["😀" * 16_384]), "32,768 characters, an Excel cell holds 32,767"),
    ],
)
def test_what_excel_cannot_hold_is_refused_before_writing(frame: pd.DataFrame, said: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    with pytest.raises(xf.ParameterError, match=re.escape(said)) as caught:
        xf.write_excel({"big": frame}, path)
    assert "'big'" in str(caught.value)
    assert "write_csv" in str(caught.value)
    assert path.read_bytes() == b"old"


def test_no_room_for_scratch_files_leaves_the_old_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    with pytest.raises(xf.FileError, match=r"cannot write .*; free some space in"):
        xf.write_excel({"a": named(["x"])}, path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_longest_text_that_fits(tmp_path: Path) -> None:
    frame = named(["x" * 32_767])
    same(xf.read_excel(xf.write_excel({"a": frame}, tmp_path / "a.xlsx"), "a"), frame)


def test_choices_that_do_not_exist(tmp_path: Path) -> None:
    frame = named(["a"])
    with pytest.raises(xf.ParameterError, match='lang must be one of "zh", "en", not "fr"'):
        xf.write_excel({"a": frame}, tmp_path / "a.xlsx", lang="fr")
    for nothing in ({}, frame, {"a": "frame"}):
        with pytest.raises(xf.ParameterError, match="at least one sheet"):
            xf.write_excel(nothing, tmp_path / "a.xlsx")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
    xf.write_excel({"one": frame, "two": frame}, tmp_path / "a.xlsx")
    with pytest.raises(xf.ParameterError, match=r"no sheet 'three' in .*; there are: 'one', 'two'"):
        xf.read_excel(tmp_path / "a.xlsx", "three")


def test_rounded_ids_are_refused_in_any_workbook(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", [["kol_id", "remark"], [ID, 10**18], [int(ID), "x"]])
    with pytest.raises(xf.FileError, match=r"column kol_id, row 3: .*Excel keeps 15 digits"):
        xf.read_excel(path, "名单")
    path = save(path, [["kol_id", "remark"], [ID, 10**18], [71, "x"]])
    assert xf.read_excel(path, "名单").to_dict("list") == {"kol_id": [ID, "71"], "remark": ["1e+18", "x"]}


def test_nothing_warns_in_a_foreign_workbook(tmp_path: Path) -> None:
    path = save(
        tmp_path / "a.xlsx", [["kol_id", "档期", "粉丝", "在约"], [ID, dt.datetime(2026, 5, 1, 9, 30), 1.5, True]]
    )
    with warnings.catch_warnings(action="error"):
        got = xf.read_excel(path, "名单")
    assert got["档期"].tolist() == [pd.Timestamp("2026-05-01 09:30")]
    assert got.dtypes.tolist()[2:] == ["float64", "bool"]


def test_truth_that_another_program_made_numbers_of_is_read(tmp_path: Path) -> None:
    frame = sample(GROUPS["board"], 3)
    path = xf.write_excel({"a": frame}, tmp_path / "a.xlsx", lang="en")
    book = openpyxl.load_workbook(path)
    column = [cell.value for cell in book["a"][1]].index("few_videos") + 1
    for row in range(2, 5):
        cell = book["a"].cell(row, column)
        cell.value = None if cell.value is None else int(cell.value)
    book.save(path)
    pd.testing.assert_series_equal(xf.read_excel(path, "a")["few_videos"], frame["few_videos"])


def test_months_are_no_creators(tmp_path: Path) -> None:
    frame = pd.DataFrame({"kol_id": ["7000000000000010003"], "202601": [120000], "202602": ["停更"]})
    back = xf.read_excel(xf.write_excel({"a": frame}, tmp_path / "a.xlsx"), "a")
    assert back.to_dict("records") == frame.to_dict("records")
