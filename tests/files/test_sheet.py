"""Names beside the ids on every sheet, and frames that come back without them."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import xingtu_frames as xf
from tests.export_cases import ID, cells, named, same, sample, shown
from xingtu_frames.board.metrics import METRICS, board_columns
from xingtu_frames.files.groups import GROUPS
from xingtu_frames.frame import build_frame, text_dtype
from xingtu_frames.tables.catalog import TABLES

OTHER = "1679881517710344"


def board(*names: tuple[str, str | None]) -> pd.DataFrame:
    columns = board_columns([METRICS["followers"]])
    return build_frame(columns, [[*pair, *[None] * (len(columns) - 2)] for pair in names])


def scores(*kol_ids: str) -> pd.DataFrame:
    return build_frame([GROUPS["score"][0], *GROUPS["score"][2:4]], [(kol_id, 50.0, 1.0) for kol_id in kol_ids])


@pytest.mark.parametrize(("lang", "header"), [("zh", "达人"), ("en", "name")])
def test_names_stand_beside_the_ids_and_are_taken_off_again(lang: str, header: str, tmp_path: Path) -> None:
    plan = build_frame(GROUPS["plan"], [("quotes", "get_author_marketing_info", kol_id, "cached") for kol_id in "78"])
    frames = {
        "scores": scores(ID, OTHER, "9"),
        "board": board((ID, "=阿禾"), (OTHER, None)),
        "profiles": named(["昵称"]),
        "plan": plan.assign(kol_id=[OTHER, ID]),
        "empty": scores(),
        "others": scores("9"),
    }
    path = xf.write_excel(frames, tmp_path / "a.xlsx", lang=lang)
    assert shown(path, "scores")[0][1] == header
    assert [row[1] for row in cells(path, "scores")[1:]] == [("=阿禾", "s"), (None, "n"), (None, "n")]
    assert [row[3] for row in shown(path, "plan")] == [header, None, "=阿禾"]
    for name in ("board", "profiles", "empty", "others"):
        assert len(shown(path, name)[0]) == len(frames[name].columns)
    got = xf.read_excel(path)
    for name, frame in frames.items():
        same(got[name], frame)


def test_a_board_names_before_profiles_and_the_first_name_counts(tmp_path: Path) -> None:
    profiles = named(["昵称", "又名"])
    profiles["kol_id"] = [ID, OTHER]
    frames = {"p": profiles, "b": board((ID, "甲"), (ID, "乙")), "s": scores(ID, OTHER)}
    path = xf.write_excel(frames, tmp_path / "a.xlsx")
    assert [row[1] for row in shown(path, "s")] == ["达人", "甲", "又名"]
    book = openpyxl.load_workbook(path)
    assert [book[name].freeze_panes for name in "pbs"] == ["C2", "C2", "C2"]


@pytest.mark.each_once
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", ["name", "nick_name", "达人", "", "星图ID"])
def test_columns_of_users_are_never_taken_for_added_ones(name: str, lang: str, tmp_path: Path) -> None:
    mine = pd.DataFrame({"kol_id": [ID, OTHER], name: ["x", "y"], "place": [1, 2]})
    mine = mine.astype({"kol_id": text_dtype(), name: text_dtype()})
    frames = {"board": board((ID, "甲")), "mine": mine, "without": mine[[name, "place"]]}
    path = xf.write_excel(frames, tmp_path / "a.xlsx", lang=lang)
    assert len(shown(path, "mine")[0]) == (3 if name in ("name", "nick_name") else 4)
    got = xf.read_excel(path)
    same(got["mine"], mine)
    same(got["without"], frames["without"])


def test_a_declared_table_loses_its_added_names_without_the_last_sheet(tmp_path: Path) -> None:
    users = build_frame(GROUPS["connected_users"], [(ID, *[None] * (len(GROUPS["connected_users"]) - 1))])
    frames = {"board": board((ID, "甲")), "users": users, "mine": pd.DataFrame({"kol_id": [ID], "mark": ["x"]})}
    book = openpyxl.load_workbook(xf.write_excel(frames, tmp_path / "a.xlsx"))
    del book["说明"]
    book.save(tmp_path / "a.xlsx")
    got = xf.read_excel(tmp_path / "a.xlsx")
    same(got["users"], frames["users"])
    # Nothing says that the user's frame had no such column.
    assert list(got["mine"].columns) == ["kol_id", "name", "mark"]


def test_the_square_of_likeness_is_headed_by_names(tmp_path: Path) -> None:
    square = pd.DataFrame({ID: [1.0, 0.25], OTHER: [0.25, None]}, index=pd.Index([ID, OTHER], name="kol_id"))
    square = square.reset_index().astype({"kol_id": text_dtype()})
    path = xf.write_excel({"board": board((ID, "甲")), "alike": square}, tmp_path / "a.xlsx")
    assert shown(path, "alike")[:2] == [["星图ID", "达人", "甲", OTHER], [ID, "甲", 1, 0.25]]
    assert openpyxl.load_workbook(path)["alike"]["C2"].number_format == "0.00"
    same(xf.read_excel(path, "alike"), square)
    same(xf.read_csv(xf.write_csv(square, tmp_path / "a.csv")), square)


@pytest.mark.slow
def test_the_widest_frame_has_no_room_for_names(tmp_path: Path) -> None:
    wide = pd.DataFrame([[ID, *range(16_383)]], columns=["kol_id", *map("c{}".format, range(16_383))])
    got = xf.read_excel(xf.write_excel({"b": board((ID, "甲")), "wide": wide}, tmp_path / "a.xlsx"), "wide")
    assert list(got.columns) == list(wide.columns)


def test_frames_stay_as_they_are(tmp_path: Path) -> None:
    frames = {"board": sample(GROUPS["board"], 3), "costs": sample(TABLES["cost_tiers"].columns, 3)}
    before = {name: frame.copy() for name, frame in frames.items()}
    xf.write_excel(frames, tmp_path / "a.xlsx")
    for name, frame in frames.items():
        same(frame, before[name])
