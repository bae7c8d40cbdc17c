"""Number formats: units in the cells, while the values stay what they are."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import xingtu_frames as xf
from tests.export_cases import ID, same
from xingtu_frames.files.excel.formats import number_format
from xingtu_frames.frame import build_frame
from xingtu_frames.tables.catalog import TABLES

MONEY = "[<100]¥#,##0.00;¥#,##0"


def quotes() -> list[tuple[object, ...]]:
    by_plays = "按自然播放量结算"
    return [
        (ID, 1, "1-20s视频", "1-20s", 12_000, 12_000, "固定价格", True, "duration", None),
        (ID, 92, by_plays, None, 49, 60, by_plays, True, "natural_plays", None),
        (ID, 92, by_plays, None, None, None, by_plays, False, "natural_plays", None),
    ]


@pytest.mark.parametrize(("lang", "unit"), [("zh", "/千次"), ("en", " per 1,000")])
def test_a_price_of_a_thousand_plays_says_so(lang: str, unit: str, tmp_path: Path) -> None:
    frame = build_frame(TABLES["quotes"].columns, quotes())
    path = xf.write_excel({"q": frame}, tmp_path / "a.xlsx", lang=lang)
    page = openpyxl.load_workbook(path)["q"]
    assert [page[f"E{row}"].number_format for row in (2, 3, 4)] == [MONEY, *[f'¥#,##0"{unit}"'] * 2]
    assert [page[f"F{row}"].number_format for row in (2, 3)] == [MONEY, f'¥#,##0"{unit}"']
    assert [page[f"E{row}"].value for row in (2, 3, 4)] == [12_000, 49, None]
    same(xf.read_excel(path, "q"), frame)
    about = [cell.value for row in openpyxl.load_workbook(path).worksheets[-1] for cell in row]
    assert any("1,000" in str(text) and ("单价" in str(text) or "not the price" in str(text)) for text in about)


def test_a_benchmark_has_the_format_of_its_metric(tmp_path: Path) -> None:
    rows = [
        (ID, "personal", "30d", metric, value, None, None, None, None)
        for metric, value in (
            ("interact_rate", 0.0244),
            ("play_stability", 0.54),
            ("play_median", 3e6),
            ("video_count", 3),
        )
    ]
    frame = build_frame(TABLES["spread_benchmarks"].columns, rows)
    path = xf.write_excel({"b": frame}, tmp_path / "a.xlsx", lang="en")
    page = openpyxl.load_workbook(path)["b"]
    assert [page[f"E{row}"].number_format for row in range(2, 6)] == ["0.00%", "0.000", "#,##0", "#,##0"]
    same(xf.read_excel(path, "b"), frame)


@pytest.mark.parametrize(
    ("kind", "unit", "lang", "code", "value", "text"),
    [
        ("decimal", "CNY", "zh", MONEY, 1234.5, "¥1,234"),
        ("whole", "CNY", "en", MONEY, 1234, "¥1,234"),
        ("decimal", "CNY", "zh", MONEY, 0.58, "¥0.58"),
        ("decimal", "CNY", "zh", MONEY, -5000.0, "¥-5,000.00"),
        ("decimal", "fraction", "zh", "0.00%", 0.0244, "2.44%"),
        ("whole", "users", "en", "#,##0", 19_800_000, "19,800,000"),
        ("whole", "", "zh", "0", 71, "71"),
        ("decimal", "days", "zh", "General", 0.5, "0.5"),
        ("id", "", "zh", "@", ID, ID),
    ],
)
def test_formats_by_unit(kind: str, unit: str, lang: str, code: str, value: float, text: str) -> None:
    look = number_format(kind, unit, lang)  # type: ignore[arg-type]
    assert (look.code, look.shown(value)) == (code, text)


def test_large_counts_are_read_in_chinese_units() -> None:
    look = number_format("whole", "plays", "zh")
    # Excel divides by 1,000 at each comma behind the digits: 19,800,000 is 19800, and a point before the last digit.
    assert look.code == r'[<10000]#,##0;[<100000000]0\.0,"万";0\.00,,"亿"'
    assert number_format("whole", "videos", "zh").code == "#,##0"


def test_a_gap_has_the_format_of_the_metric_in_its_row(tmp_path: Path) -> None:
    board = pd.DataFrame({"kol_id": [ID], "followers": [900], "female_share": [0.5], "quote_21_60s": [30_000]})
    checked = xf.screen(board, {"followers": (1000, None), "female_share": (0.7, None), "quote_21_60s": (None, 20_000)})
    path = xf.write_excel({"s": checked}, tmp_path / "a.xlsx")
    page = openpyxl.load_workbook(path)["s"]
    place = [cell.value for cell in page[1]].index("差距") + 1
    counts = number_format("decimal", "users", "zh").code
    assert [page.cell(row, place).number_format for row in (2, 3, 4)] == [counts, "0.00%", MONEY]
    same(xf.read_excel(path, "s"), checked)
