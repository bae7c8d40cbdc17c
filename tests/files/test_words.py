"""Words in the cells of a Chinese workbook, and the values that they come back as."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import xingtu_frames as xf
from tests.export_cases import ID, same, shown
from tests.quick import each
from xingtu_frames.decide import flags
from xingtu_frames.files.groups import GROUPS
from xingtu_frames.files.words import in_words, spoken_words, value_words
from xingtu_frames.frame import build_frame, text_dtype
from xingtu_frames.tables.catalog import OPTIONS

COLUMNS = [(kind, column) for kind, columns in GROUPS.items() for column in columns]


def text(*values: str | None) -> pd.Series[Any]:
    return pd.Series(values, dtype=text_dtype())


@each("kind", GROUPS)
def test_no_two_values_share_a_word(kind: str) -> None:
    for column in GROUPS[kind]:
        words = spoken_words(column)
        assert len(set(words.values())) == len(words), column.name
        assert {in_words(word, value_words([column])) for word in words.values()} == set(words), column.name
        assert set(column.categories) <= set(words), column.name


def test_every_choice_and_flag_has_a_word() -> None:
    columns = {column.name: column for _, column in COLUMNS}
    for name in ("video_type", "window", "industry", "platform"):
        assert set(spoken_words(columns[name])) == set(OPTIONS[name].choices)
    raised = {flag.name for flag in vars(flags).values() if isinstance(flag, flags.Flag)}
    assert set(spoken_words(columns["flag"])) == raised


CELLS = {
    "video_distribution": ("platform", "short_video", "短视频"),
    "link_index": ("industry", "all", "全部行业"),
    "spread_info": ("window", "90d", "近90天"),
    "touch_distribution": ("touch", "video", "视频"),
    "profiles": ("is_online", True, "是"),
    "quotes": ("is_open", False, "否"),
    "plan_budget": ("price_source", "implied_cpm", "CPM推算"),
    "quality": ("table", "cost_tiers", "预期CPM与CPE"),
    "failures": ("endpoint", "get_author_base_info", "达人资料（get_author_base_info）"),
    "ledger": ("billed", "unknown", "未知"),
    "plan": ("table", "spread_info|cost_tiers", "传播表现|预期CPM与CPE"),
}


@pytest.mark.one_in(4)
@pytest.mark.parametrize("kind", CELLS)
def test_words_in_cells(kind: str, tmp_path: Path) -> None:
    name, value, word = CELLS[kind]
    columns = GROUPS[kind]
    place = [column.name for column in columns].index(name)
    frame = build_frame(columns, [[value if at == place else None for at, _ in enumerate(columns)]])
    path = xf.write_excel({"a": frame}, tmp_path / "a.xlsx")
    assert shown(path, "a")[1][place] == word
    same(xf.read_excel(path, "a"), frame)
    assert shown(xf.write_excel({"a": frame}, path, lang="en"), "a")[1][place] == value
    same(xf.read_excel(path, "a"), frame)


def test_an_endpoint_has_the_word_of_its_first_table() -> None:
    column = next(column for column in GROUPS["ledger"] if column.name == "endpoint")
    assert spoken_words(column)["get_author_spread_info"] == "传播表现（get_author_spread_info）"
    assert in_words("get_author", spoken_words(column)) == "get_author"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_chinese_that_users_wrote_comes_back_as_it_was(lang: str, tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "kol_id": text(ID, "71"),
            "gender": text("男", "male"),
            "metric": text("预期CPM", "别的"),
            "is_online": text("是", "也许"),
            "table": text("quotes|服务报价", None),
            "chosen": [True, False],
            "asked": pd.array([True, None], dtype="boolean"),
            "answer": text("是", "否"),
        }
    )
    path = xf.write_excel({"a": frame}, tmp_path / "a.xlsx", lang=lang)
    same(xf.read_excel(path, "a"), frame)
    assert shown(path, "a")[1][1:6] == ["男", "预期CPM", "是", "quotes|服务报价", "是" if lang == "zh" else True]


def test_numbers_and_mixed_cells_are_no_truth_values(tmp_path: Path) -> None:
    frame = pd.DataFrame({"kol_id": text(ID, "71"), "is_open": [1.0, 0.0]})
    frame["mixed"] = pd.Series([True, "x"], dtype=object)
    path = xf.write_excel({"a": frame}, tmp_path / "a.xlsx")
    assert shown(path, "a")[1][1:] == [1, True]
    assert xf.read_excel(path, "a")["mixed"].tolist() == ["True", "x"]


def test_changes_name_their_metrics_in_chinese(sample: xf.Client, tmp_path: Path) -> None:
    changed = xf.changes("board", xf.sample_ids()[1], client=sample)
    xf.write_excel({"变化": changed}, tmp_path / "a.xlsx")
    header, *rows = shown(tmp_path / "a.xlsx")
    assert {"达人粉丝", "播放量中位数"} <= {row[header.index("指标")] for row in rows}
    same(xf.read_excel(tmp_path / "a.xlsx", "变化"), changed)
