"""What a client prints and adds up: the row of totals, pages, one money format, and times of China."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet

import xingtu_frames as xf
from tests.export_cases import GROUPS, ID, same, sample
from xingtu_frames.frame import build_frame
from xingtu_frames.tables.catalog import TABLES

MONEY = "[<100]¥#,##0.00;¥#,##0"
SUMS = {"price_cny": 30_000.5, "fee_cny": 1_500.02, "rebate_cny": 3_000.05, "total_cny": 28_500.47, "expected": 900.0}


def plan(*, gap: bool = False) -> pd.DataFrame:
    """Return a plan of two bookings whose sums are those above; the second has an implied price in place of a quote."""
    columns = GROUPS["plan_budget"]
    first = {"kol_id": ID, "name": "甲", "price_cny": 20_000, "fee_cny": 1_000, "rebate_cny": 2_000}
    second = {"kol_id": "9", "name": "乙", "price_cny": 10_000.5, "fee_cny": 500.02, "rebate_cny": 1_000.05}
    first |= {"total_cny": 19_000, "expected": 700, "quote_cny": 20_000}
    second |= {"total_cny": 9_500.47, "expected": 200, "quote_cny": None if gap else 10_000.5}
    return build_frame(columns, [[row.get(column.name) for column in columns] for row in (first, second)])


def by_name(page: Worksheet, row: int) -> dict[str, object]:
    return {column.name: page.cell(row, at).value for at, column in enumerate(GROUPS["plan_budget"], start=1)}


@pytest.mark.parametrize(("lang", "word"), [("zh", "合计"), ("en", "Total")])
def test_a_plan_ends_with_its_total(lang: str, word: str, tmp_path: Path) -> None:
    frame = plan()
    path = xf.write_excel({"p": frame}, tmp_path / "a.xlsx", lang=lang)
    formulas = by_name(openpyxl.load_workbook(path)["p"], 4)
    assert formulas["price_cny"] == "=SUM(D2:D3)"
    values = by_name(openpyxl.load_workbook(path, data_only=True)["p"], 4)
    assert values["kol_id"] == word
    assert {name: values[name] for name in SUMS} == pytest.approx(SUMS)
    assert values["name"] is values["price_source"] is None
    same(xf.read_excel(path, "p"), frame)
    assert xf.read_shortlist(path, sheet="p")["kol_id"].tolist() == [ID, "9"]


def test_what_has_gaps_or_no_rows_is_not_added_up(tmp_path: Path) -> None:
    frames = {"gap": plan(gap=True), "empty": plan().iloc[:0], "other": sample(GROUPS["quality"], 2)}
    path = xf.write_excel(frames, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path, data_only=True)
    assert by_name(book["gap"], 4)["quote_cny"] is None
    assert by_name(book["gap"], 4)["price_cny"] == pytest.approx(SUMS["price_cny"])
    assert (book["empty"].max_row, book["other"].max_row) == (1, 3)
    for name, frame in frames.items():
        same(xf.read_excel(path, name), frame)


def test_amounts_look_the_same_on_every_sheet(tmp_path: Path) -> None:
    frames = {"p": plan(), **{name: sample(GROUPS[name], 2) for name in ("board", "cost_tiers", "proposal", "review")}}
    book = openpyxl.load_workbook(xf.write_excel(frames, tmp_path / "a.xlsx"))
    amounts = {column.label_zh for name in GROUPS for column in GROUPS[name] if column.unit == "CNY"}
    money = {
        cell.number_format
        for name in frames
        for header, *column in book[name].iter_cols()
        if header.value in amounts
        for cell in column
    }
    assert money == {MONEY}


def test_a_board_prints_its_metrics_on_one_page(tmp_path: Path) -> None:
    board = sample(GROUPS["board"], 40).assign(**dict.fromkeys(xf.METRICS, 99))
    frames = {"b": board, "proposal": sample(GROUPS["proposal"], 3), "c": plan()}
    book = openpyxl.load_workbook(xf.write_excel(frames, tmp_path / "a.xlsx"))
    for page in (book["b"], book["proposal"], book["c"]):
        assert page.page_setup.orientation == "landscape"
        assert (page.page_setup.fitToWidth or 1, page.page_setup.fitToHeight) == (1, 0)
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert page.print_title_rows == "$1:$1"
    first, last = (book["b"][place] for place in book["b"].print_area.split("!")[1].replace("$", "").split(":"))
    assert (first.value, first.row, last.row) == ("达人", 1, 41)
    metrics = [at for at, column in enumerate(GROUPS["board"], start=1) if column.name in xf.METRICS]
    assert last.column == max(metrics)
    assert book["c"].print_area.endswith("$4")
    widths = {
        column.name: book["b"].column_dimensions[cell.column_letter].width
        for column, cell in zip(GROUPS["board"], book["b"][1], strict=True)
    }
    assert max(widths[name] for name in xf.METRICS if name in widths) < 13


@pytest.mark.parametrize(("more", "pages"), [(0, 1), (10, 3)])
def test_a_table_that_is_but_a_little_too_wide_prints_on_one_page(more: int, pages: int, tmp_path: Path) -> None:
    name = "揣着$9走遍$99小城的一个人慢慢走慢慢吃还要记账的旅行本"
    added = {f"x{number}": "a long column of mine" for number in range(more)}
    frames = {
        "profiles": pd.DataFrame({"kol_id": [ID], "nick_name": name}),
        "spread_info": sample(GROUPS["spread_info"], 3).assign(kol_id=ID, **added),
    }
    page = openpyxl.load_workbook(xf.write_excel(frames, tmp_path / "a.xlsx"))["spread_info"]
    assert (page.page_setup.fitToWidth or 1) == pages
    first, last = (page[place] for place in page.print_area.split("!")[1].replace("$", "").split(":"))
    assert (first.row, first.column, last.row, last.column) == (1, 1, 4, page.max_column)
    assert (page["B2"].value, page["B2"].alignment.wrap_text or False) == (name, pages == 1)


def test_no_row_is_higher_than_excel_allows(tmp_path: Path) -> None:
    board = sample(GROUPS["board"], 1).assign(why="长" * 2_000)
    page = openpyxl.load_workbook(xf.write_excel({"b": board}, tmp_path / "a.xlsx"))["b"]
    assert 300 < page.row_dimensions[2].height <= 409


def test_a_printed_board_says_what_it_is_about(tmp_path: Path) -> None:
    board = sample(GROUPS["board"], 2).assign(video_type="personal", window="30d")
    book = openpyxl.load_workbook(xf.write_excel({"A&B": board}, tmp_path / "a.xlsx"))
    assert book["A&B"].oddFooter.left.text.startswith("A&&B · 个人视频 · 近30天 · 20")


@pytest.mark.parametrize(
    ("lang", "header", "moment"),
    [("zh", "数据获取时间（北京时间）", dt.datetime(2026, 1, 1, 4, 5)), ("en", "fetched_at (UTC+8)", None)],
)
def test_times_are_those_of_china_and_come_back_in_utc(
    lang: str, header: str, moment: dt.datetime | None, tmp_path: Path
) -> None:
    at = pd.Timestamp("2025-12-31 20:05", tz="UTC")
    columns = TABLES["profiles"].columns
    frame = build_frame(columns, [[ID, *[None] * (len(columns) - 2), round(at.timestamp() * 1e6)]])
    mine = pd.DataFrame(
        {"seen": pd.DatetimeIndex([at]).as_unit("us"), "naive": pd.DatetimeIndex([at.tz_localize(None)]).as_unit("us")}
    )
    frames = {"p": frame, "mine": mine}
    path = xf.write_excel(frames, tmp_path / "a.xlsx", lang=lang)
    page = openpyxl.load_workbook(path)["p"]
    assert page[1][-1].value == header
    assert moment is None or page[2][-1].value == moment
    own = openpyxl.load_workbook(path)["mine"]
    assert own["A1"].value == "seen" + header.removeprefix("数据获取时间").removeprefix("fetched_at")
    assert (own["B1"].value, own["B2"].value) == ("naive", dt.datetime(2025, 12, 31, 20, 5))
    for name, expected in frames.items():
        same(xf.read_excel(path, name), expected)
    book = openpyxl.load_workbook(path)
    del book[book.sheetnames[-1]]
    book.save(path)
    same(xf.read_excel(path, "p"), frame)


def test_a_workbook_of_before_still_holds_utc(tmp_path: Path) -> None:
    columns = TABLES["profiles"].columns
    frame = build_frame(columns, [[ID, *[None] * (len(columns) - 2), 1_767_211_500_000_000]])
    book = openpyxl.load_workbook(xf.write_excel({"p": frame}, tmp_path / "a.xlsx"))
    del book["说明"]
    last = book["p"][1][-1]
    last.value = "数据获取时间（UTC）"
    book["p"].cell(2, last.column).value = dt.datetime(2025, 12, 31, 20, 5)
    book.save(tmp_path / "a.xlsx")
    same(xf.read_excel(tmp_path / "a.xlsx", "p"), frame)
