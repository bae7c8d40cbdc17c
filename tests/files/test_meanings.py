"""Every declared column has its meaning, and every unit its word, in Chinese."""

from __future__ import annotations

import re

import pytest

from xingtu_frames.files.groups import GROUPS, LIKENESS, MATRIX, declared
from xingtu_frames.files.meanings import KINDS, MEANINGS, UNITS, meaning, unit
from xingtu_frames.tables.catalog import TABLES
from xingtu_frames.tables.schema import build_frame

CHINESE = re.compile("[\u4e00-\u9fff]")
COLUMNS = [(kind, column) for kind, columns in GROUPS.items() for column in columns]


@pytest.mark.parametrize(("kind", "column"), COLUMNS, ids=lambda part: part if isinstance(part, str) else part.name)
def test_every_column_has_a_meaning_in_chinese(kind: str, column: object) -> None:
    assert CHINESE.search(meaning(column, "zh"))  # type: ignore[arg-type]
    assert meaning(column, "en") == column.meaning != ""  # type: ignore[attr-defined]
    assert column.unit in UNITS  # type: ignore[attr-defined]


def test_no_meaning_is_left_over() -> None:
    assert {kind: set(found) - {column.name for column in GROUPS[kind]} for kind, found in MEANINGS.items()} == {
        kind: set() for kind in MEANINGS
    }


def test_every_kind_says_what_a_row_is() -> None:
    for lang in ("zh", "en"):
        assert set(KINDS[lang]) == {*GROUPS, MATRIX}
        assert all("\n" in said for said in KINDS[lang].values())


def test_what_is_a_guess_says_so() -> None:
    for name, table in TABLES.items():
        for column in table.columns:
            if "unconfirmed" in column.meaning:
                assert "未确认" in MEANINGS[name][column.name]
            if "likely" in column.meaning:
                assert "可能" in MEANINGS[name][column.name]


def test_the_board_says_which_way_is_better() -> None:
    board = {column.name: column for column in GROUPS["board"]}
    assert meaning(board["cpm_1_20s"], "zh") == "每 1,000 次预期播放的成本，1-20秒视频；越低越好"
    assert meaning(board["star_index"], "zh") == "星图指数得分，0 至 100；越高越好"
    assert "越" not in meaning(board["followers"], "zh")
    assert unit(board["cpm_1_20s"], "zh") == "元"
    assert unit(board["cpm_1_20s"], "en") == "CNY"


def test_a_square_of_likeness_is_no_square_of_followers() -> None:
    frame = build_frame(GROUPS["profiles"][:1], [["1679881517710344"]]).assign(**{"1679881517710344": [1.0]})
    column = declared(frame)[1]
    assert column.unit == LIKENESS
    assert "不是共同粉丝" in meaning(column, "zh")
