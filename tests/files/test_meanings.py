"""Every declared column has its meaning, and every unit its word, in Chinese."""

from __future__ import annotations

import re

import xingtu_frames as xf
from tests.quick import each
from xingtu_frames.files.groups import GROUPS, KINDS, LIKENESS, MATRIX, declared
from xingtu_frames.frame import build_frame
from xingtu_frames.tables.schema import UNITS

CHINESE = re.compile("[\u4e00-\u9fff]")


@each("kind", GROUPS)
def test_every_column_has_a_meaning_in_chinese(kind: str) -> None:
    for column in GROUPS[kind]:
        assert CHINESE.search(column.meaning_in("zh")), column.name
        assert column.meaning_in("en") == column.meaning != "", column.name
        assert column.unit in UNITS, column.name


@each("kind", GROUPS)
def test_every_word_of_a_closed_vocabulary_has_its_chinese(kind: str) -> None:
    for column in GROUPS[kind]:
        assert set(column.words.zh) == set(column.words), column.name
        assert all(zh.strip() for zh in column.words.zh.values()), column.name
        assert column.words or column.dtype != "category", column.name


def test_every_kind_says_what_a_row_is() -> None:
    for lang in ("zh", "en"):
        assert set(KINDS[lang]) == {*GROUPS, MATRIX}
        assert all("\n" in said for said in KINDS[lang].values())
    assert all(CHINESE.search(table.row_zh) for table in xf.TABLES.values())


def test_what_is_a_guess_says_so() -> None:
    for table in xf.TABLES.values():
        for column in table.columns:
            if "unconfirmed" in column.meaning:
                assert "未确认" in column.meaning_zh
            if "likely" in column.meaning:
                assert "可能" in column.meaning_zh


def test_the_board_says_which_way_is_better() -> None:
    board = {column.name: column for column in GROUPS["board"]}
    assert board["cpm_1_20s"].meaning_in("zh") == "每 1,000 次预期播放的成本，1-20秒视频；越低越好"
    assert board["star_index"].meaning_in("zh") == "星图指数得分，0 至 100；越高越好"
    assert "越" not in board["followers"].meaning_in("zh")
    assert board["cpm_1_20s"].unit_in("zh") == "元"
    assert board["cpm_1_20s"].unit_in("en") == "CNY"


def test_a_square_of_likeness_is_no_square_of_followers() -> None:
    frame = build_frame(GROUPS["profiles"][:1], [["1679881517710344"]]).assign(**{"1679881517710344": [1.0]})
    column = declared(frame)[1]
    assert column.unit == LIKENESS
    assert "不是共同粉丝" in column.meaning_in("zh")
