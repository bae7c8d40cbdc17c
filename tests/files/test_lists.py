"""Lists as planners keep them: which column, which rows, which sheets, and what they keep beside the ids."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from openpyxl.styles import Font

import xingtu_frames as xf
from tests.quick import examples
from xingtu_frames.frame import text_dtype
from xingtu_frames.ids.names import meaning_of

A, B, C = "6831834345123456789", "7031834345123456781", "7231834345123456783"
ROW_IDS = ("7500000000000000001", "7500000000000000002")
CARDS = ("110105194912310038", "11010519491231002X")
HOME = "https://www.xingtu.cn/ad/creator/author-homepage/douyin-video/"


def listed(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def book(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, lines in sheets.items():
        page = made.create_sheet(title)
        for line in lines:
            page.append(line)
    made.save(path)
    return path


# Which column

CREATORS = (
    *(
        "星图ID",
        "达人ID",
        "kol_id",
        "kolId",
        "KOL-ID",
        "xingtuId",
        "Xingtu ID",
        "xingtu_id",
        "达人星图id",
        "star_id",
        "starId",
    ),
    *(
        "o_author_id",
        "oAuthorId",
        "短视频达人ID",
        "MCN达人ID",
        "星图达人ID",
        "星图编号",
        "creator_id",
        "author id",
        "博主ID",
        "ID",
    ),
    *(
        "达人编号",
        "星图短视频达人ID",
        "机构达人ID",
        "KOL ID(星图)",
        "创作者ID",
        "达人ID（星图）",
        "抖音达人ID",
        "图文达人ID",
    ),
)
OTHERS = (
    *(
        "身份证号",
        "身份证",
        "ID（身份证）",
        "手机",
        "手机号",
        "联系电话",
        "订单号",
        "抖音号",
        "uid",
        "达人UID",
        "MCN ID",
        "MCN_ID",
        "机构ID",
    ),
    *(
        "序号",
        "item id",
        "item_id",
        "视频ID",
        "星图订单ID",
        "星图任务ID",
        "达人身份证号",
        "sec_uid",
        "unique_id",
        "抖音ID",
        "银行卡号",
    ),
    *(
        "user_id",
        "作品ID",
        "达人视频ID",
        "星图机构ID",
        "aweme_id",
        "MCN机构ID",
        "达人ID/手机号",
        "微信号",
        "快递单号",
        "合同编号",
        "护照号",
    ),
)


def full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


@st.composite
def spelled(draw: st.DrawFn, names: tuple[str, ...]) -> str:
    """Spell a header in another case, width or spacing, with the marks that people put around it."""
    name = draw(st.sampled_from(names))
    name = draw(st.sampled_from([str, str.upper, str.lower, str.title, full_width]))(name)
    blank = draw(st.sampled_from(["", " ", "\u3000", "_", "\u200b"]))
    name = blank.join(name) if draw(st.booleans()) and blank != "_" else name.replace(" ", blank)
    return draw(st.sampled_from(["{}", "*{}", "{}：", " {} ", "{}（必填）", "【{}】", "{}\n"])).format(name)


@pytest.mark.parametrize(
    "header",
    [
        *(
            "内容ID",
            "广告ID",
            "计划ID",
            "创意ID",
            "用户ID",
            "笔记ID",
            "评论ID",
            "记录ID",
            "线索ID",
            "会员号",
            "备案号",
            "主键",
        ),
        *("ad_id", "creative id", "note_id", "commentId", "live_id", "log id", "device_id", "promotion_id"),
        *("任務ID", "訂單編號", "身份證號", "視頻ID", "銀行賬號", "達人手機號"),
    ],
)
def test_an_id_of_something_else_is_never_taken_though_it_is_made_as_those_of_creators(
    header: str, tmp_path: Path
) -> None:
    path = listed(tmp_path / "a.csv", f"昵称,{header}\n甲,{A}\n乙,{B}\n")
    with pytest.raises(xf.FileError, match="no creator ids in it"):
        xf.read_shortlist(path)


@pytest.mark.parametrize(
    "header",
    ["星圖ID", "達人ID", "創作者編號", "頭部達人ID", "头部达人ID", "KOL's ID", "达人唯一ID", "星图达人编码", "xt_id"],
)
def test_more_headers_that_name_a_creator_id(header: str, tmp_path: Path) -> None:
    path = listed(tmp_path / "a.csv", f"{header},行\n{A},{ROW_IDS[0]}\n{B},{ROW_IDS[1]}\n")
    got = xf.read_shortlist(path)
    assert (got["kol_id"].tolist(), got.attrs["id_column"]) == ([A, B], header)


@settings(max_examples=examples(300))
@given(spelled(CREATORS))
def test_a_header_that_names_a_creator_id_in_any_spelling(header: str) -> None:
    assert meaning_of(header) in ("creator", "perhaps") or header.startswith("【")


@settings(max_examples=examples(300))
@given(spelled(OTHERS))
def test_a_header_that_names_something_else_in_any_spelling(header: str) -> None:
    assert meaning_of(header) == "other"


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(spelled(tuple(name for name in CREATORS if name != "ID")), spelled((*OTHERS, "备注", "代号")), st.booleans())
def test_the_header_wins_over_other_long_numbers(tmp_path: Path, header: str, other: str, is_first: bool) -> None:
    lines = [[header, other], [A, ROW_IDS[0]], [B, ROW_IDS[1]]]
    path = book(tmp_path / "a.xlsx", {"名单": lines if is_first else [line[::-1] for line in lines]})
    if header.startswith("【"):
        header = header[1:-1]
        path = book(path, {"名单": [[header, other], *lines[1:]]})
    got = xf.read_shortlist(path)
    assert got["kol_id"].tolist() == [A, B]
    assert got.attrs["id_column"] == header.strip("\u200b\u3000 \n")


@pytest.mark.one_in(9)
@pytest.mark.each_once
@pytest.mark.parametrize("header", OTHERS)
@pytest.mark.parametrize("values", [(A, B), CARDS, (HOME + A, HOME + B)])
def test_what_names_something_else_is_never_taken(header: str, values: tuple[str, ...], tmp_path: Path) -> None:
    path = listed(tmp_path / "a.csv", f"昵称,{header}\n甲,{values[0]}\n乙,{values[1]}\n")
    with pytest.raises(xf.FileError, match="no creator ids in it") as caught:
        xf.read_shortlist(path)
    assert not any(value in str(caught.value) for value in values)


def test_an_untold_column_must_hold_ids_of_this_marketplace(tmp_path: Path) -> None:
    text = "昵称,代号\n甲,{}\n乙,{}\n"
    assert xf.read_shortlist(listed(tmp_path / "a.csv", text.format(A, B))).attrs["id_column"] == "代号"
    for one, other in (
        CARDS,
        ("202611270000000001", "202611270000000002"),
        ("6222021234567890123", "6222029876543210123"),
    ):
        with pytest.raises(xf.FileError, match="no creator ids in it"):
            xf.read_shortlist(listed(tmp_path / "a.csv", text.format(one, other)))


@pytest.mark.parametrize("header", ["kol_id", "达人ID", "代号"])
def test_identity_cards_are_neither_read_nor_repeated(header: str, tmp_path: Path) -> None:
    path = listed(tmp_path / "a.csv", f"昵称,{header}\n甲,{A}\n乙,{CARDS[0]}\n丙,{B}\n")
    with pytest.raises(xf.InvalidIdError, match=r"line 3: .*identity card") as caught:
        xf.read_shortlist(path)
    assert CARDS[0] not in str(caught.value) + repr(caught.value.items)


# Which rows


def test_rows_that_are_no_creators_are_left_out_and_listed(tmp_path: Path) -> None:
    lines = [
        ["星图ID", "昵称", "报价"],
        [A, "甲", 1000],
        [None, None, None],
        ["待定", "乙", 2000],
        [None, "丙", 3000],
        [B, "丁", 4000],
        ["星图ID", "昵称", "报价"],
        [C, "戊", 5000],
        ["合计", None, 15000],
        ["注：以上报价含税，共 3 位"],
    ]
    for path in (
        book(tmp_path / "a.xlsx", {"名单": lines}),
        listed(tmp_path / "a.csv", "\n".join(",".join(str(cell or "") for cell in line) for line in lines)),
    ):
        got = xf.read_shortlist(path)
        assert got["kol_id"].tolist() == [A, B, C]
        assert got["name"].tolist() == ["甲", "丁", "戊"]
        assert got["报价"].tolist() == [1000, 4000, 5000]
        assert [(skip["row"], skip["reason"]) for skip in got.attrs["skipped"]] == [
            *((3, "blank"), (4, "words in place of an id"), (5, "no id in it"), (7, "the header again")),
            *((9, "a row of sums"), (10, "words in place of an id")),
        ]


def test_a_row_of_sums_whose_label_stands_elsewhere(tmp_path: Path) -> None:
    path = listed(tmp_path / "a.csv", f"昵称,星图ID,报价\n甲,{A},1\n总计：,2,3\n")
    got = xf.read_shortlist(path)
    assert got["kol_id"].tolist() == [A]
    assert [skip["reason"] for skip in got.attrs["skipped"]] == ["a row of sums"]


@pytest.mark.parametrize(
    "damaged", ["6.83183E+18", "MS4wLjABAAAA", "68318343451234567899999", "#N/A", "0683183434512345678"]
)
def test_a_damaged_id_is_refused_unless_the_link_beside_it_is_whole(damaged: str, tmp_path: Path) -> None:
    path = listed(tmp_path / "a.csv", f"星图ID,昵称,主页\n{A},甲,\n{damaged},乙,{HOME}{B}\n")
    assert xf.read_shortlist(path)["kol_id"].tolist() == [A, B]
    with pytest.raises(xf.InvalidIdError, match="line 3"):
        xf.read_shortlist(listed(path, f"星图ID,昵称,主页\n{A},甲,\n{damaged},乙,https://www.douyin.com/user/x\n"))


MARKS = ("'{}", "\u200b{}", "{}\u202c", "\u202a{}\u202c", "‘{}", "\t{}", "\ufeff{}\xa0", '"{}"', " {} ")


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.integers(64 * 10**17, 85 * 10**17), st.sampled_from(MARKS), st.booleans()), min_size=1, max_size=5
    )
)
def test_marks_around_ids_are_dropped(tmp_path: Path, cells: list[tuple[int, str, bool]]) -> None:
    texts = [mark.format(f"{number:,}" if grouped else number) for number, mark, grouped in cells]
    got = xf.read_shortlist(book(tmp_path / "a.xlsx", {"a": [["星图ID"], *([text] for text in texts)]}))
    assert got["kol_id"].tolist() == list(dict.fromkeys(str(number) for number, _, _ in cells))


def test_ids_that_end_in_zeros_count_by_their_share(tmp_path: Path) -> None:
    ids = [str(7 * 10**18 + number * 10**13 + 12_345) for number in range(1, 5000)]
    rounded = ["7123456789012340000", "7223456789012340000", "7323456789012340000"]
    path = listed(tmp_path / "a.csv", "\n".join(["kol_id", *ids, *rounded]))
    assert len(xf.read_shortlist(path)) == len(ids) + 3
    with pytest.raises(xf.InvalidIdError, match=r"3 bad creator ids.*\n.*only zeros behind 15 digits"):
        xf.read_shortlist(listed(path, "\n".join(["kol_id", *ids[:100], *rounded])))
    # Nothing rounds the text of a workbook.
    assert len(xf.read_shortlist(book(tmp_path / "a.xlsx", {"a": [["kol_id"], *([text] for text in rounded)]}))) == 3


# Links


def test_links_behind_cells_and_in_formulas(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    page = made.active
    for line in (
        ["昵称", "主页", "视频链接"],
        ["甲", "点击查看", "看"],
        ["乙", None, "看"],
        ["丙", "点击查看", "看"],
        ["丁", HOME + A[:-1] + "0", ""],
    ):
        page.append(line)
    page["B2"].hyperlink = HOME + A
    page["B3"] = f'=HYPERLINK("{HOME}{B}?a=""b""","点击查看")'
    page["B4"].hyperlink = "https://www.xingtu.cn/#/ad/creator/author-homepage/douyin-video/" + C
    for row in (2, 3, 4):
        page.cell(row, 3).hyperlink = HOME + "7099999999999999999"
        page.cell(row, 3).font = Font(underline="single")
    made.save(tmp_path / "a.xlsx")
    got = xf.read_shortlist(tmp_path / "a.xlsx")
    assert got["kol_id"].tolist() == [A, B, C, A[:-1] + "0"]
    assert got["name"].tolist() == ["甲", "乙", "丙", "丁"]


def test_links_behind_names(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    for line in (["达人", "报价"], ["甲", 1], ["乙", 2]):
        made.active.append(line)
    made.active["A2"].hyperlink, made.active["A3"].hyperlink = HOME + A, HOME + B
    made.save(tmp_path / "a.xlsx")
    got = xf.read_shortlist(tmp_path / "a.xlsx")
    assert got.to_dict("list") == {"kol_id": [A, B], "name": ["甲", "乙"], "报价": [1, 2]}
    assert got.attrs["id_column"] == "达人 (link)"


@pytest.mark.parametrize(
    "address",
    [
        "https://star.toutiao.com/ad/creator/author/douyin/{}",
        "https://agent.oceanengine.com/admin/star/index.html#/ad/creator/{}?x=1",
        "https://www.xingtu.cn/ad/creator/detail?starId={}",
        "https://www.xingtu.cn/#/detail?o_author_id={}&uid=7099999999999999999",
        "www.xingtu.cn/ad/creator/author-homepage/douyin-video/{}",
    ],
)
def test_addresses(address: str, tmp_path: Path) -> None:
    path = listed(tmp_path / "a.csv", f"昵称,主页\n甲,{address.format(A)}\n乙,{address.format(B)}\n")
    assert xf.read_shortlist(path)["kol_id"].tolist() == [A, B]


# Which sheets


def test_creators_of_every_visible_sheet(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        {
            "说明": [["请勿改动"]],
            "头部": [["昵称", "星图ID"], ["甲", A], ["乙", B]],
            "腰部": [["星图ID", "昵称", "档期"], [B, "乙二", "5月"], [C, "丙", "6月"]],
        },
    )
    got = xf.read_shortlist(path)
    assert got["kol_id"].tolist() == [A, B, C]
    assert got["name"].tolist() == ["甲", "乙", "丙"]
    assert got["sheet"].tolist() == ["头部", "头部", "腰部"]
    assert got["档期"].isna().tolist() == [True, True, False]
    assert got.attrs["id_column"] == "星图ID"
    assert xf.read_shortlist(path, "腰部")["kol_id"].tolist() == [B, C]
    assert "sheet" not in xf.read_shortlist(path, "腰部").columns
    assert xf.read_shortlist(path, ["腰部", "头部"])["sheet"].tolist() == ["头部", "头部", "腰部"]
    with pytest.raises(xf.ParameterError, match=r"no sheet '尾部' in .*; there are: '说明', '头部', '腰部'"):
        xf.read_shortlist(path, sheet="尾部")
    with pytest.raises(xf.FileError, match="no creator ids"):
        xf.read_shortlist(path, "说明")
    for wrong in (3, [], [None]):
        with pytest.raises(xf.ParameterError, match="sheet must be the name of a sheet"):
            xf.read_shortlist(path, wrong)  # type: ignore[arg-type]
    with pytest.raises(xf.ParameterError, match="leave out sheet="):
        xf.read_shortlist(listed(tmp_path / "a.csv", f"kol_id\n{A}\n"), "头部")


def hidden_parts(path: Path) -> Path:
    path = book(path, {"名单": [["星图ID"], [A], [B], [C]], "旧": [["星图ID"], [ROW_IDS[0]]]})
    made = openpyxl.load_workbook(path)
    made["旧"].sheet_state = "veryHidden"
    made["名单"].row_dimensions[3].hidden = True
    made.save(path)
    return path


def test_hidden_sheets_and_rows_are_left_out_and_said(tmp_path: Path) -> None:
    path = hidden_parts(tmp_path / "a.xlsx")
    with pytest.warns(xf.PartialResultWarning, match="2 rows with other creators are hidden or filtered out"):
        got = xf.read_shortlist(path)
    assert got["kol_id"].tolist() == [A, C]
    assert got.attrs["skipped"] == [
        {"sheet": "名单", "row": 3, "reason": "hidden or filtered out"},
        {"sheet": "旧", "row": None, "reason": "a hidden sheet"},
    ]
    assert xf.read_shortlist(path, "旧")["kol_id"].tolist() == [ROW_IDS[0]]


def test_hidden_creators_that_stand_in_sight_as_well_are_no_reason_to_warn(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"名单": [["星图ID"], [A]], "旧": [["星图ID"], [A]], "选项": [["是"], ["否"]]})
    made = openpyxl.load_workbook(path)
    made["旧"].sheet_state = made["选项"].sheet_state = "hidden"
    made.save(path)
    with warnings.catch_warnings(action="error"):
        assert xf.read_shortlist(path)["kol_id"].tolist() == [A]


# Headers and columns


def test_headers_over_two_rows(tmp_path: Path) -> None:
    lines = [
        ["达人清单", None, None, None],
        ["星图ID", "昵称", "报价", None],
        [None, None, "1-20秒", "21-60秒"],
        [A, "甲", 1, 2],
        [B, "乙", 3, 4],
    ]
    path = book(tmp_path / "a.xlsx", {"a": lines})
    made = openpyxl.load_workbook(path)
    for merged in ("A1:D1", "A2:A3", "B2:B3", "C2:D2"):
        made.active.merge_cells(merged)
    made.save(path)
    text = "\n".join(",".join(str(cell or "") for cell in line) for line in lines)
    for source in (path, listed(tmp_path / "a.csv", text)):
        got = xf.read_shortlist(source)
        assert got.to_dict("list") == {
            "kol_id": [A, B],
            "name": ["甲", "乙"],
            "报价 1-20秒": [1, 3],
            "报价 21-60秒": [2, 4],
        }
        assert got.attrs["skipped"] == []


def test_the_planners_own_columns_are_kept_and_never_take_the_place_of_ours(tmp_path: Path) -> None:
    day = pd.Timestamp("2026-05-01 09:30")
    lines = [
        ["星图ID", "name", "昵称", "sheet", "报价", "报价", None, "kol_id (2)", "在约", "手机"],
        [A, "甲", "x", "s", 1.5, 2, "z", day.to_pydatetime(), True, "13800000000"],
        [B, "乙", None, "s", 2.5, 3, None, day.to_pydatetime(), False, "13900000000"],
    ]
    got = xf.read_shortlist(book(tmp_path / "a.xlsx", {"a": lines}))
    names = ["kol_id", "name", "昵称", "sheet (2)", "报价", "报价 (2)", "column 7", "kol_id (2)", "在约", "手机"]
    assert got.columns.tolist() == names
    assert got["name"].tolist() == ["甲", "乙"]
    assert got["报价"].dtype == "float64"
    assert got["报价 (2)"].tolist() == [2, 3]
    assert got["kol_id (2)"].tolist() == [day, day]
    assert got["在约"].tolist() == [True, False]
    assert got["昵称"].dtype == text_dtype()
    assert got["昵称"].isna().tolist() == [False, True]
