"""Shortlists as people keep them, and ids that a spreadsheet has spoilt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import xingtu_frames as xf
from tests.export_cases import ADDRESS, ID, same, sample, save
from xingtu_frames.board.metrics import board_columns
from xingtu_frames.frame import build_frame, text_dtype
from xingtu_frames.tables.catalog import TABLES

LISTS = {
    "header": f"kol_id,name\n{ID},阿禾\n,\n\n71,小满\n",
    "guards": f"\ufeffkol_id,name\n\t{ID},阿禾\n71,小满\n",
    "chinese headers": f"序号,达人 昵称,星图 ID\n1,阿禾,{ID}\n2,小满,71\n",
    "addresses": f"名称;星图链接\n阿禾;{ADDRESS}\n小满;https://xingtu.cn/71000000000000\n",
    "number and address": f"ID\t昵称\t链接\n1\t阿禾\t{ADDRESS}\n2\t小满\t{ADDRESS[:-1]}0\n",
    "full-width": f"昵称，达人ID\n阿禾，{ID}\n小满，71\n",
    "title above": f"达人清单,\nname,oAuthorId\n阿禾,{ID}\n小满,71\n",
    "excel formula": f'name,id\n阿禾,"=""{ID}"""\n小满,="71"\n',
    "repeated": f"kol_id,name\n{ID},\n{ID},阿禾\n71,小满\n{ID},别名\n",
    "other headers": f"编号,昵称\n{ID},阿禾\n71,小满\n",
}


@pytest.mark.each_once
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("form", LISTS)
def test_shortlists(form: str, encoding: str, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_bytes(LISTS[form].encode(encoding))
    got = xf.read_shortlist(tmp_path / "list.txt")
    assert list(got.columns)[:2] == ["kol_id", "name"]
    assert got.dtypes.tolist()[:2] == [text_dtype()] * 2
    assert isinstance(got.index, pd.RangeIndex)
    assert got["kol_id"].iloc[0] == ID
    assert got["name"].tolist() == ["阿禾", "小满"]


@pytest.mark.parametrize(
    "text",
    [
        f"{ID}\n\n{ADDRESS}\n123456789012\n",
        f"{ID},123456789012",
        f"1\t{ID}\n2\t123456789012\n",
        f"备注\n{ID}\n123456789012",
    ],
)
def test_shortlists_without_header(text: str, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(text, "utf-8")
    got = xf.read_shortlist(tmp_path / "list.csv")
    assert got["kol_id"].tolist() == [ID, "123456789012"]
    assert got["name"].isna().all()


def test_a_shortlist_of_short_ids(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("71\n72\n", "utf-8")
    assert xf.read_shortlist(tmp_path / "list.csv")["kol_id"].tolist() == ["71", "72"]


def test_shortlists_from_our_own_files(tmp_path: Path) -> None:
    rows = [(ID, "=阿禾", *[None] * 9), ("71", *[None] * 10)]
    board = build_frame(board_columns([]), rows)
    more = sample(TABLES["cost_tiers"].columns, 9).assign(kol_id=ID)
    for path in (
        xf.write_csv(board, tmp_path / "board.csv"),
        xf.write_excel({"board": board, "cost": more}, tmp_path / "board.xlsx"),
    ):
        got = xf.read_shortlist(path)
        same(got[["kol_id", "name"]], board[["kol_id", "name"]])
        assert "sheet" not in got.columns


def test_a_shortlist_in_a_workbook(tmp_path: Path) -> None:
    path = save(
        tmp_path / "a.xlsx", [["达人清单"], [], ["昵称", "星图ID"], ["阿禾", ID], [None, 71], [12306, f"\t{ID[:-1]}0"]]
    )
    got = xf.read_shortlist(path)
    assert got["kol_id"].tolist() == [ID, "71", f"{ID[:-1]}0"]
    assert got["name"].tolist()[::2] == ["阿禾", "12306"]


@pytest.mark.parametrize(
    "rounded", [6.83183434512346e18, 6831834345123456789, 2.5, "6.83183E+18", "6831834345123456.0"]
)
def test_ids_that_excel_rounded_are_refused(rounded: Any, tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", [["kol_id"], [ID], [rounded]])
    with pytest.raises(xf.InvalidIdError, match=r"row 3: .*Excel keeps 15 digits; format the column as text") as caught:
        xf.read_shortlist(path)
    assert caught.value.items[0][0] == 3
    (tmp_path / "a.csv").write_text(f"kol_id\n{ID}\n6.83183E+18\n", "utf-8")
    with pytest.raises(xf.InvalidIdError, match=r"line 3: .*Excel keeps 15 digits"):
        xf.read_shortlist(tmp_path / "a.csv")


def test_ids_with_zeros_for_digits_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("6831834345123450000\n6931834345123450000\n", "utf-8")
    with pytest.raises(xf.InvalidIdError, match=r"2 bad creator ids\n  line 1: .*only zeros behind 15 digits"):
        xf.read_shortlist(tmp_path / "a.csv")
    (tmp_path / "a.csv").write_text("6831834345123450000\n6931834345123456789\n", "utf-8")
    assert len(xf.read_shortlist(tmp_path / "a.csv")) == 2


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        (
            f"kol_id,name\n{ID},a\nMS4wLjABAAAA,b\n,c\n",
            xf.InvalidIdError,
            "1 bad creator id\n  line 3: 'MS4wLjABAAAA': an id is",
        ),
        (f"link\n{ADDRESS}\nhttps://www.douyin.com/user/7\n", xf.InvalidIdError, "line 3: .*not an address of xingtu"),
        ("kol_id,name\n", xf.FileError, "no creator ids in it"),
        ("好的\n再见\n", xf.FileError, "name their column kol_id or 星图ID, or give one id per line"),
        (f'kol_id,name\n{ID},"a\n71,b\n', xf.FileError, "line 3"),
    ],
)
def test_shortlists_that_cannot_be_used(text: str, error: type[Exception], said: str, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(text, "utf-8")
    with pytest.raises(error, match=said) as caught:
        xf.read_shortlist(tmp_path / "list.csv")
    assert str(tmp_path / "list.csv") in str(caught.value)


OTHER, UID = f"{ID[:-1]}0", "98765432109876543"
HOME = "https://www.xingtu.cn/ad/creator/author-homepage/douyin-video"
BY_COLUMN = {
    "row numbers": f"id,昵称,主页\n1,甲,{HOME}/{ID}\n2,乙,{HOME}/{OTHER}\n",
    "uids": f"序号,达人昵称,达人UID,星图主页链接\n1,甲,{UID},{HOME}/{ID}\n2,乙,{UID[:-1]}1,{HOME}/{OTHER}\n",
    "phones": f"手机号微信,昵称,达人主页\n8613800000000,甲,{HOME}/{ID}\n8613900000000,乙,{HOME}/{OTHER}\n",
    "videos": f"视频ID,达人,主页\n{UID}12,甲,{HOME}/{ID}\n{UID}34,乙,{HOME}/{OTHER}\n",
    "uids as ids": f"达人ID,昵称,主页\n{UID},甲,{HOME}/{ID}\n{UID[:-1]}1,乙,{HOME}/{OTHER}\n",
    "kol_id before addresses": f"主页,昵称,kolId\n{HOME}/{UID},甲,{ID}\n{HOME}/{UID},乙,{OTHER}\n",
    "header without ids": f"id,博主,编码\n1,甲,{ID}\n2,乙,{OTHER}\n",
    "kol_id without ids": f"kol_id,红人,达人ID\n1,甲,{ID}\n2,乙,{OTHER}\n",
    "the header decides": f"编码,KOL,达人ID\n{UID},甲,{ID}\n{UID[:-1]}1,乙,{OTHER}\n",
    "title of a header's words": f"达人主页链接汇总,\n账号,星图主页\n甲,{HOME}/{ID}\n乙,{HOME}/{OTHER}\n",
    "no header": f"{ID},甲\n{OTHER},乙\n",
    "no header, numbers": f"1;甲;{ID};300\n2;乙;{OTHER};400\n",
    "short": "昵称;星图ID\n甲;71\n乙;72\n",
}


@pytest.mark.parametrize("form", BY_COLUMN)
def test_the_column_of_ids_is_that_of_the_creators(form: str, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(BY_COLUMN[form], "utf-8")
    ids = ["71", "72"] if form == "short" else [ID, OTHER]
    got = xf.read_shortlist(tmp_path / "list.csv")[["kol_id", "name"]]
    assert got.to_numpy().tolist() == [[ids[0], "甲"], [ids[1], "乙"]]


@pytest.mark.parametrize("header", ["达人名", "博主", "账号名称", "账号", "红人", "KOL"])
def test_headers_of_names(header: str, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(f"kol_id,{header}\n{ID},甲\n", "utf-8")
    assert xf.read_shortlist(tmp_path / "list.csv")["name"].tolist() == ["甲"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"编码,昵称,代号\n{ID},甲,{UID}\n", "编码 and 代号 could each be the creator ids; name the right one kol_id"),
        (f"{ID},甲,{UID}\n{OTHER},乙,{UID}\n", "column 1 and column 3 could each be"),
        ("id,昵称\n1,甲\n2,乙\n", "no creator ids in it; name their column kol_id"),
        (f"达人UID,昵称\n{UID},甲\n", "no creator ids in it"),
        ("手机,昵称,主页\n8613800000000,甲,\n", "no creator ids in it"),
    ],
)
def test_a_column_that_may_not_be_the_ids_is_not_taken(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(text, "utf-8")
    with pytest.raises(xf.FileError, match=said):
        xf.read_shortlist(tmp_path / "list.csv")
    path = save(tmp_path / "a.xlsx", [line.split(",") for line in text.splitlines()])
    with pytest.raises(xf.FileError, match=said):
        xf.read_shortlist(path)


def test_two_columns_of_the_same_ids_are_no_doubt(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(f"编码,昵称,代号\n{ID},甲,{ID}\n{OTHER},乙,\n", "utf-8")
    assert xf.read_shortlist(tmp_path / "list.csv")["kol_id"].tolist() == [ID, OTHER]
