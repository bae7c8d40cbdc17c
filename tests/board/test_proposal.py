"""The sheet for proposals: its columns, where each comes from, and what stays empty."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import xingtu_frames as xf
from tests.export_cases import ID, same
from xingtu_frames.board.proposal import DOUYIN, HOME, PROPOSAL_COLUMNS
from xingtu_frames.files.excel import layout
from xingtu_frames.frame import build_frame
from xingtu_frames.ids import kol_ids
from xingtu_frames.tables.catalog import TABLES
from xingtu_frames.tables.schema import CREATOR

HEADERS = [
    *("抖音昵称", "星图ID", "达人粉丝", "内容类型", "星图链接", "抖音链接", "城市", "省份", "性别"),
    *("1-20秒报价", "21-60秒报价", "60秒以上报价", "预期播放数", "种草指数", "传播指数", "转化指数", "星图指数"),
    *("近30天互动率", "近30天完播率", "1-20秒预期CPM", "21-60秒预期CPM", "60秒以上预期CPM", "连接用户数"),
]
AUDIENCE = ["女性占比", "主要年龄", "一线占比"]
OTHER, THIRD = "7100000000000000017", "7100000000000000024"


def table(name: str, *rows: dict[str, Any]) -> pd.DataFrame:
    columns = TABLES[name].columns
    return build_frame(columns, [[row.get(column.name) for column in columns] for row in rows])


@pytest.fixture
def frames() -> dict[str, pd.DataFrame]:
    rate = {"kol_id": ID, "video_type": "personal", "interact_rate": 0.0244, "completion_rate": 0.11, "play_median": 9}
    cost = {"kol_id": ID, "metric": "cpm", "video_type": "personal", "window": "90d"}
    quote = {"kol_id": ID, "is_open": True}
    return {
        "profiles": table(
            "profiles",
            {
                "kol_id": ID,
                "nick_name": "=阿禾",
                "followers": 3_450_000,
                "gender": "female",
                "province": "四川省",
                "sec_uid": "MS4wLjAB_-1/x",
            },
            {"kol_id": OTHER, "nick_name": "小满", "tags": "美食|随拍", "gender": "male", "city": "成都市"},
        ),
        "video_distribution": table(
            "video_distribution",
            {"kol_id": ID, "category": "旅行", "video_count": 2},
            {"kol_id": ID, "category": "音乐", "video_count": 7},
            {"kol_id": OTHER, "category": "音乐", "video_count": 7},
        ),
        "quotes": table(
            "quotes",
            {**quote, "duration_band": "1-20s", "price_cny": 12_000, "is_open": False},
            {**quote, "duration_band": "21-60s", "price_cny": 17_600},
            {**quote, "service": "按自然播放量结算", "price_cny": 49},
        ),
        "cost_performance": table("cost_performance", {"kol_id": ID, "expected_plays": 598_300, "viral_rate": 0.07}),
        "link_index": table(
            "link_index",
            *({"kol_id": ID, "index": index, "value": value} for index, value in (("star", 71.4), ("seeding", 0.0))),
        ),
        "spread_info": table("spread_info", {**rate, "window": "30d"}),
        "cost_tiers": table(
            "cost_tiers",
            {**cost, "duration_band": "1-20s", "cost_cny": 56.57},
            {**cost, "duration_band": "60s+", "cost_cny": 9.0, "metric": "cpe"},
        ),
        "connected_users": table("connected_users", {"kol_id": ID, "users": 9_875_885}),
    }


def test_the_columns_are_those_that_agencies_paste() -> None:
    assert [column.name for column in PROPOSAL_COLUMNS] == [*HEADERS, *AUDIENCE, "口径"]
    assert all(column.label_zh == column.name for column in PROPOSAL_COLUMNS)


def test_every_value_comes_from_its_table(frames: dict[str, pd.DataFrame]) -> None:
    sheet = xf.proposal_sheet(frames)
    assert list(sheet.columns) == [*HEADERS, "口径"]
    first, second = ({name: cell for name, cell in row.items() if pd.notna(cell)} for row in sheet.to_dict("records"))
    assert first == {
        "抖音昵称": "=阿禾",
        "星图ID": ID,
        "达人粉丝": 3_450_000,
        "内容类型": "音乐",
        "星图链接": f"{HOME}{ID}",
        "抖音链接": "https://www.douyin.com/user/MS4wLjAB_-1%2Fx",
        "预期播放数": 598_300,
        "省份": "四川省",
        "性别": "女",
        "21-60秒报价": 17_600,
        "种草指数": 0.0,
        "星图指数": 71.4,
        "近30天互动率": 0.0244,
        "近30天完播率": 0.11,
        "1-20秒预期CPM": 56.57,
        "连接用户数": 9_875_885,
        "口径": "互动率、完播率：个人视频，近30天；预期CPM：个人视频，近90天",
    }
    assert second == {
        "抖音昵称": "小满",
        "星图ID": OTHER,
        "内容类型": "美食|随拍",
        "星图链接": f"{HOME}{OTHER}",
        "城市": "成都市",
        "性别": "男",
    }


def portrait(name: str, **who: str) -> pd.DataFrame:
    parts = [("gender", "female", 0.8), ("age", "18-23", 0.3), ("age", "50+", 0.5), ("city_tier", "一线", 0.4)]
    rows = [dict(zip(("dimension", "bucket", "share"), part, strict=True)) for part in parts]
    return table(name, *({"kol_id": ID, **who, **row} for row in rows))


@pytest.mark.parametrize(
    ("name", "who", "basis"),
    [
        ("audience_portrait", {"stage": "connected"}, "连接用户"),
        ("audience_portrait", {"stage": "follow"}, "连接用户（追随）"),
        ("fans_portrait", {"fan_group": "fans"}, "粉丝"),
    ],
)
def test_a_portrait_tells_the_audience(
    name: str, who: dict[str, str], basis: str, frames: dict[str, pd.DataFrame]
) -> None:
    sheet = xf.proposal_sheet({**frames, name: portrait(name, **who)})
    assert list(sheet.columns) == [*HEADERS, *AUDIENCE, "口径"]
    assert sheet.loc[0, AUDIENCE].tolist() == [0.8, "50岁以上", 0.4]
    assert sheet.loc[1, AUDIENCE].isna().all()
    assert str(sheet["口径"][0]).endswith(f"；受众：{basis}")


def test_portraits_of_several_groups_are_refused(frames: dict[str, pd.DataFrame]) -> None:
    both = pd.concat([portrait("fans_portrait", fan_group=group) for group in ("fans", "loyal_fans")])
    with pytest.raises(xf.ParameterError, match="the frame given for fans_portrait mixes"):
        xf.proposal_sheet({**frames, "fans_portrait": both})


def test_rates_of_90_days_are_none_of_30(frames: dict[str, pd.DataFrame]) -> None:
    rates = frames["spread_info"]
    later = rates.assign(window="90d", interact_rate=0.5)
    assert xf.proposal_sheet({"spread_info": later})["近30天互动率"].isna().all()
    both = pd.concat([later, rates], ignore_index=True)
    assert xf.proposal_sheet({"spread_info": both})["近30天互动率"].tolist() == [0.0244]
    assert rates["window"].tolist() == ["30d"]


@pytest.mark.one_in(12)
@pytest.mark.parametrize("name", TABLES)
def test_any_part_of_the_tables_gives_all_columns(name: str) -> None:
    empty = xf.proposal_sheet({name: build_frame(TABLES[name].columns, [])})
    portrait = name in ("audience_portrait", "fans_portrait")
    same(empty, build_frame([column for column in PROPOSAL_COLUMNS if portrait or column.name not in AUDIENCE], []))
    if TABLES[name].answer.subject is not CREATOR:
        return
    one = xf.proposal_sheet({name: table(name, {"kol_id": ID})})
    assert one.dtypes.tolist() == empty.dtypes.tolist()
    assert one["星图链接"].tolist() == [f"{HOME}{ID}"]
    assert one["星图ID"].tolist() == [ID]
    whose = {"audience_portrait": "受众：连接用户", "fans_portrait": "受众：粉丝"}
    assert one["口径"].fillna("").tolist() == [whose.get(name, "")]
    assert one.drop(columns=["星图链接", "星图ID", "口径"]).isna().all(axis=None)


def test_creators_stand_in_the_order_of_the_first_frame_that_knows_them(frames: dict[str, pd.DataFrame]) -> None:
    later = table("quotes", {"kol_id": THIRD}, {"kol_id": OTHER})
    given = {"connected_users": frames["connected_users"], "quotes": later, "profiles": frames["profiles"]}
    assert kol_ids(xf.proposal_sheet(given)["星图链接"]) == [ID, THIRD, OTHER]


def test_names_of_the_user_come_first(frames: dict[str, pd.DataFrame]) -> None:
    for names in ({ID: "自定"}, pd.Series({ID: "自定"})):
        assert xf.proposal_sheet(frames, names=names)["抖音昵称"].tolist() == ["自定", "小满"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, "frames holds no frame; give at least one"),
        (None, "frames must map"),
        ({"profile": pd.DataFrame()}, "no table 'profile'; did you mean 'profiles'?"),
        (
            {"quotes": pd.DataFrame({"kol_id": [ID]})},
            "given for quotes lacks video_type_code, .*; fetch_quotes makes it",
        ),
    ],
)
def test_frames_that_are_none(wrong: Any, said: str) -> None:
    with pytest.raises(xf.ParameterError, match=said):
        xf.proposal_sheet(wrong)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_is_formatted_and_comes_back(lang: str, frames: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    sheet = xf.proposal_sheet(frames)
    path = xf.write_excel({"提报": sheet}, tmp_path / "a.xlsx", lang=lang)
    page = openpyxl.load_workbook(path)["提报"]
    assert [cell.value for cell in page[1]] == [*HEADERS, "口径"]
    looks = {header.value: cell.number_format for header, cell in zip(page[1], page[2], strict=True)}
    assert looks["21-60秒报价"] == looks["1-20秒预期CPM"] == "[<100]¥#,##0.00;¥#,##0"
    assert looks["星图ID"] == "@"
    assert (looks["近30天互动率"], looks["星图指数"]) == ("0.00%", "0.00")
    assert ("万" in looks["达人粉丝"]) == ("万" in looks["连接用户数"]) == (lang == "zh")
    assert [page[f"E{row}"].hyperlink.target for row in (2, 3)] == sheet["星图链接"].tolist()
    assert page["F2"].hyperlink.target == page["F2"].value == sheet["抖音链接"][0]
    assert (page["F3"].hyperlink, page["F3"].value) == (None, None)
    assert page["E2"].alignment.horizontal == page["F2"].alignment.horizontal == "fill"
    same(xf.read_excel(path, "提报"), sheet)
    same(xf.read_csv(xf.write_csv(sheet, tmp_path / "a.csv")), sheet)
    assert xf.read_shortlist(path)["kol_id"].tolist() == [ID, OTHER]


OTHER_ADDRESSES = ("https://a.b/7", "internal:'说明'!A1", "=1", '=HYPERLINK("https://a.b")', "@SUM(1)")


@pytest.mark.one_in(2)
@pytest.mark.parametrize("address", [*OTHER_ADDRESSES, f"{HOME}7/x", f"file:///{HOME}7", f"{DOUYIN}x"])
def test_no_other_address_becomes_a_link(address: str, frames: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    sheet = xf.proposal_sheet(frames)
    sheet.loc[1, "星图链接"] = address
    path = xf.write_excel({"a": sheet}, tmp_path / "a.xlsx")
    page = openpyxl.load_workbook(path)["a"]
    assert [page[f"E{row}"].hyperlink for row in (2, 3)] == [None, None]
    assert {page[f"E{row}"].data_type for row in (2, 3)} == {"s"}
    same(xf.read_excel(path, "a"), sheet)


@pytest.mark.one_in(6)
@pytest.mark.parametrize(
    "address",
    [
        *(*OTHER_ADDRESSES, f"{HOME}7", DOUYIN, f"{DOUYIN}x/y", f"{DOUYIN}x?y=1", f"{DOUYIN}x#y", f"{DOUYIN}%2"),
        *(f"file:///{DOUYIN}x", f"{DOUYIN}x\n", f"{DOUYIN}ｘ", DOUYIN + "x" * 2080, "http://www.douyin.com/user/x"),
    ],
)
def test_no_other_address_becomes_a_link_to_douyin(
    address: str, frames: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    sheet = xf.proposal_sheet(frames)
    sheet.loc[1, "抖音链接"] = address
    path = xf.write_excel({"a": sheet}, tmp_path / "a.xlsx")
    page = openpyxl.load_workbook(path)["a"]
    assert [page[f"F{row}"].hyperlink for row in (2, 3)] == [None, None]
    assert {page[f"F{row}"].data_type for row in (2, 3)} == {"s"}
    same(xf.read_excel(path, "a"), sheet)


def test_more_links_than_excel_holds_are_text(
    frames: dict[str, pd.DataFrame], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "MOST_LINKS", 1)
    sheet = xf.proposal_sheet(frames)
    path = xf.write_excel({"a": sheet}, tmp_path / "a.xlsx")
    page = openpyxl.load_workbook(path)["a"]
    assert [page[f"E{row}"].hyperlink is None for row in (2, 3)] == [False, True]
    assert page["F2"].hyperlink is None
    same(xf.read_excel(path, "a"), sheet)
