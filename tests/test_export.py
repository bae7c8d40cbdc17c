"""Files: bytes on disk, cells as a spreadsheet reads them, and frames that come back as they were."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import os
import re
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings, strategies as st

import xingtu_frames as xf
from xingtu_frames.export import csv_text
from xingtu_frames.metrics import METRICS, board_columns
from xingtu_frames.schema import Column, build_frame, text_dtype
from xingtu_frames.tables import LEDGER_COLUMNS, PLAN_COLUMNS, TABLES

ID = "6831834345123456789"
ADDRESS = f"https://www.xingtu.cn/ad/creator/author/douyin/{ID}"
GUARDED = ("=1+1", "+1", "-1", "@x", "＝1", "＋1", "－1", "＠x", " =1", "\tx", "\rx", "\nx", "'", "'=1", "")
NASTY = (
    *GUARDED,
    *("a,b", 'say "hi"', "two\nlines", "cr\rcrlf\r\n", "😀🐾", "NA", "null", "nan", "None", "007", "TRUE", "1e5"),
    *(
        "123456789012",
        "\t123456789012",
        "_x0041_",
        "_x0041_x0042_",
        "_x0041\x01",
        "<r>&</r>",
        "\x00\x1f",
        " b ",
        "\ufffe",
    ),
)
PLAIN: dict[str, tuple[Any, ...]] = {
    "str": NASTY,
    "Int64": (0, 1, -7, 12, 19_800_000, 10**15 - 1, 10**15, 2**63 - 1),
    "float64": (0.1 + 0.2, 2 / 3, -0.0, 1e-7, 5e-324, 1.7976931348623157e308, float("inf"), 100.0, 141.4),
    "boolean": (True, False),
    "datetime64[us, UTC]": (1_795_140_000_123_457, 1_795_140_000_000_000, 1, -1, 4_000_000_000_000_001),
}
GROUPS: dict[str, Sequence[Column]] = {
    **{table.name: table.columns for table in TABLES.values()},
    "board": board_columns(list(METRICS.values())),
    "small board": board_columns([METRICS["cpm_60s"], METRICS["followers"]]),
    "ledger": LEDGER_COLUMNS,
    "plan": PLAN_COLUMNS,
}


def sample(columns: Sequence[Column], rows: int) -> pd.DataFrame:
    """Return a frame with every awkward value and gap of its columns in turn."""
    cells = [
        itertools.cycle([ID, "123"] if column.name == "kol_id" else [*(column.categories or PLAIN[column.dtype]), None])
        for column in columns
    ]
    return build_frame(columns, [[next(cell) for cell in cells] for _ in range(rows)])


def named(texts: Sequence[str | None]) -> pd.DataFrame:
    """Return a frame of profiles with these nicknames."""
    columns = TABLES["profiles"].columns
    rows = [[text if column.name == "nick_name" else None for column in columns] for text in texts]
    return build_frame(columns, [[ID, *row[1:]] for row in rows])


def cells(path: Path, sheet: str | None = None) -> list[list[Any]]:
    """Return what a spreadsheet shows: (value, type) of each cell."""
    book = openpyxl.load_workbook(path)
    page = book[sheet] if sheet else book.worksheets[0]
    return [[(cell.value, cell.data_type) for cell in row] for row in page.iter_rows()]


def same(got: pd.DataFrame, frame: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(got, frame, check_exact=True)


# What a frame goes through


@pytest.mark.parametrize("rows", [0, 1, 40])
@pytest.mark.parametrize("group", GROUPS)
def test_csv_gives_back_every_declared_table(group: str, rows: int, tmp_path: Path) -> None:
    frame = sample(GROUPS[group], rows)
    path = xf.write_csv(frame, tmp_path / "frame.csv")
    same(xf.read_csv(path), frame)
    backwards = frame[frame.columns[::-1]]
    same(xf.read_csv(xf.write_csv(backwards, path)), backwards)


@pytest.mark.parametrize("labels", ["zh", "en"])
@pytest.mark.parametrize("rows", [0, 1, 40])
def test_excel_gives_back_every_declared_table(rows: int, labels: str, tmp_path: Path) -> None:
    frames = {name: sample(columns, rows) for name, columns in GROUPS.items()}
    got = xf.read_excel(xf.write_excel(frames, tmp_path / "frames.xlsx", labels=labels))
    assert list(got) == list(frames)
    for name, frame in frames.items():
        same(got[name], frame)


def test_gaps_everywhere_keep_the_dtypes(tmp_path: Path) -> None:
    for columns in GROUPS.values():
        frame = build_frame(columns, [[ID] + [None] * (len(columns) - 1)] * 3)[[c.name for c in columns]]
        if columns[0].name == "kol_id":
            same(xf.read_csv(xf.write_csv(frame, tmp_path / "gaps.csv")), frame)
            same(xf.read_excel(xf.write_excel({"gaps": frame}, tmp_path / "gaps.xlsx"), "gaps"), frame)


ANY_TEXT = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("\r\n\t'\"=,+_x0041_\x01<>r/"), max_size=12
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ANY_TEXT | st.sampled_from(NASTY) | st.none(), max_size=20))
@example([*NASTY, None])
def test_any_text_comes_back(tmp_path: Path, texts: list[str | None]) -> None:
    frame = named(texts)
    same(xf.read_csv(xf.write_csv(frame, tmp_path / "texts.csv")), frame)
    for labels in ("zh", "en"):
        same(xf.read_excel(xf.write_excel({"texts": frame}, tmp_path / "texts.xlsx", labels=labels), "texts"), frame)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.floats(allow_nan=False), max_size=20),
    st.lists(st.datetimes(min_value=dt.datetime(1900, 1, 1), max_value=dt.datetime(2200, 1, 1)), max_size=20),
)
def test_any_number_and_time_comes_back(tmp_path: Path, numbers: list[float], times: list[dt.datetime]) -> None:
    micros = [(time - dt.datetime(1970, 1, 1)) // dt.timedelta(microseconds=1) for time in times]
    columns = [column for column in LEDGER_COLUMNS if column.name in ("sent_at", "elapsed_s")]
    frame = build_frame(columns, itertools.zip_longest(micros, numbers))
    frame.insert(0, "kol_id", build_frame(PLAN_COLUMNS[2:3], [[ID]] * len(frame))["kol_id"])
    same(xf.read_csv(xf.write_csv(frame, tmp_path / "a.csv")), frame)
    same(xf.read_excel(xf.write_excel({"a": frame}, tmp_path / "a.xlsx"), "a"), frame)


def test_a_part_of_a_table_and_undeclared_columns(tmp_path: Path) -> None:
    frame = sample(TABLES["spread_benchmarks"].columns, 7)[["kol_id", "metric", "value"]]
    frame["score"] = [0.5, 1.0, None, 3.25, 4.0, 5.0, 6.0]
    frame["place"] = range(7)
    frame["chosen"] = [True, False] * 3 + [True]
    frame["remark"] = pd.Series(["x", None, "=y", "12", "", "'", "z"], dtype=text_dtype())
    frame["uid"] = pd.Series(["123456789012345678", *["2"] * 6], dtype=text_dtype())
    same(xf.read_csv(xf.write_csv(frame, tmp_path / "a.csv")), frame)
    got = xf.read_excel(xf.write_excel({"a": frame}, tmp_path / "a.xlsx"), "a")
    same(got, frame)


def test_frames_that_users_make(tmp_path: Path) -> None:
    half = "\ud83d"
    frame = pd.DataFrame(
        {
            "kol_id": [int(ID), int(ID) + 1],
            "metric": pd.Categorical(["mine", "yours"]),
            "mixed": pd.Categorical([half + "a", 5]),
            "day": pd.to_datetime(["2026-05-01T00:00:00.000", "2026-05-02T10:00:00.001"]),
            "报价": ["on request", "-"],
        },
        index=["=a", "b"],
    )
    frame.columns = pd.Index([*frame.columns[:3], "day", "=报价"], dtype=object)
    for got in (
        xf.read_csv(xf.write_csv(frame, tmp_path / "a.csv")),
        xf.read_excel(xf.write_excel({"a": frame}, tmp_path / "a.xlsx"), "a"),
    ):
        assert got["kol_id"].tolist() == [ID, str(int(ID) + 1)]
        assert got["metric"].tolist() == ["mine", "yours"]
        assert got["mixed"].tolist() == ["\ufffda", "5"]
        assert pd.to_datetime(got["day"], format="ISO8601").tolist() == frame["day"].tolist()
        assert got["=报价"].tolist() == ["on request", "-"]
    twice = pd.concat([frame[["metric"]], frame[["metric"]]], axis=1)
    assert list(xf.read_csv(xf.write_csv(twice, tmp_path / "b.csv")).columns) == ["metric", "metric"]


# What is in a CSV file


def test_csv_bytes(tmp_path: Path) -> None:
    frame = named(["=1+1", None, 'a,"b"'])[["kol_id", "nick_name", "is_online", "fetched_at"]].rename(
        columns={"is_online": "@x"}
    )
    frame["fetched_at"] = pd.to_datetime(["2026-11-20T10:00:00+08:00"] * 3)
    data = xf.write_csv(frame, tmp_path / "a.csv").read_bytes()
    assert data.decode("utf-8-sig").split("\n") == [
        "kol_id,nick_name,'@x,fetched_at",
        f"\t{ID},'=1+1,,2026-11-20T02:00:00+00:00",
        f"\t{ID},,,2026-11-20T02:00:00+00:00",
        f'\t{ID},"a,""b""",,2026-11-20T02:00:00+00:00',
        "",
    ]
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in data


@pytest.mark.parametrize("text", GUARDED)
def test_csv_never_starts_a_cell_with_what_a_spreadsheet_runs(text: str) -> None:
    frame = named([text])[["nick_name"]].rename(columns={"nick_name": text})
    for ids_as_text in (True, False):
        header, cell = csv.reader(io.StringIO(csv_text(frame, ids_as_text=ids_as_text), newline=""))
        assert header == cell == [f"'{text}"]


def test_csv_for_a_program_has_plain_ids_and_no_mark() -> None:
    assert csv_text(named(["123456789012"])[["kol_id", "nick_name"]], ids_as_text=False) == (
        f"kol_id,nick_name\n{ID},123456789012\n"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_csv_saved_again_by_a_spreadsheet(encoding: str, tmp_path: Path) -> None:
    frame = sample(TABLES["spread_info"].columns, 3)
    (tmp_path / "a.csv").write_bytes(csv_text(frame).replace("\n", "\r\n").encode(encoding))
    assert xf.read_csv(tmp_path / "a.csv")["kol_id"].tolist() == frame["kol_id"].tolist()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kol_id,x\n1,2,3\n", "line 2 has 3 cells, the header 2"),
        ('kol_id,x\n1,"2\n', "quotation marks"),
        (csv_text(named(["a"])).replace(f"\t{ID},a,,,,", f"\t{ID},a,,,,many"), "column followers, row 2: 'many'"),
        (csv_text(named(["a"])).replace(",,\n", ",maybe,\n"), "column is_online, row 2: 'maybe'"),
    ],
)
def test_csv_that_does_not_fit(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(text, "utf-8")
    with pytest.raises(xf.ConfigError, match=re.escape(said)):
        xf.read_csv(tmp_path / "a.csv")


# What is in a workbook


def test_cells_of_a_workbook(tmp_path: Path) -> None:
    frame = sample(TABLES["cost_tiers"].columns, 3)
    path = xf.write_excel({"cost": frame, "names": named(["=1+1", "https://a.b", "12", None])}, tmp_path / "a.xlsx")
    header, first, *_ = cells(path, "cost")
    assert [value for value, _ in header] == [
        "星图ID",
        "视频类型",
        "统计周期",
        "指标",
        "时长档",
        "预期成本",
        "数据获取时间（UTC）",
    ]
    assert first[0] == (ID, "s")
    assert first[3:5] == [("预期CPM", "s"), ("1-20秒", "s")]
    assert first[6] == (dt.datetime(2026, 11, 20, 2, 0, 0, 123_000), "d")
    assert [row[1] for row in cells(path, "names")[1:]] == [
        *(("=1+1", "s"), ("https://a.b", "s"), ("12", "s")),
        (None, "n"),
    ]
    book = openpyxl.load_workbook(path)
    assert book["cost"]["F2"].number_format == "#,##0.00"
    assert book["cost"]["G2"].number_format == "yyyy-mm-dd hh:mm"
    assert book["cost"].freeze_panes == "B2"
    assert book["names"].freeze_panes == "C2"
    assert book["cost"].auto_filter.ref == "A1:G4"


def test_english_labels_and_the_last_sheet(tmp_path: Path) -> None:
    frame = sample(TABLES["cost_tiers"].columns, 1)
    path = xf.write_excel({"cost": frame}, tmp_path / "a.xlsx", labels="en")
    header, first = cells(path)
    assert [value for value, _ in header] == list(TABLES["cost_tiers"].names)
    assert first[3][0] == "cpm"
    about = [[value for value, _ in row] for row in cells(path, "About")]
    assert about[0] == ["Sheet", "Header", "Name", "Unit", "Meaning"]
    assert about[6] == ["cost", "cost_cny", "cost_cny", "CNY", TABLES["cost_tiers"].column("cost_cny").meaning]
    assert openpyxl.load_workbook(path).sheetnames[-1] == "About"


def test_labels_are_understood_without_the_last_sheet(tmp_path: Path) -> None:
    frames = {name: sample(columns, 5) for name, columns in GROUPS.items() if name != "small board"}
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


def test_frames_of_nothing(tmp_path: Path) -> None:
    for frame in (pd.DataFrame(), pd.DataFrame({"a": pd.Series([], dtype=text_dtype())})):
        assert xf.read_csv(xf.write_csv(frame, tmp_path / "a.csv")).shape == frame.shape
        assert xf.read_excel(xf.write_excel({"a": frame}, tmp_path / "a.xlsx"), "a").shape == frame.shape


def test_the_longest_text_that_fits(tmp_path: Path) -> None:
    frame = named(["x" * 32_767])
    same(xf.read_excel(xf.write_excel({"a": frame}, tmp_path / "a.xlsx"), "a"), frame)


def test_choices_that_do_not_exist(tmp_path: Path) -> None:
    frame = named(["a"])
    with pytest.raises(xf.ParameterError, match='labels must be "zh" or "en"'):
        xf.write_excel({"a": frame}, tmp_path / "a.xlsx", labels="fr")
    for nothing in ({}, frame, {"a": "frame"}):
        with pytest.raises(xf.ParameterError, match="at least one sheet"):
            xf.write_excel(nothing, tmp_path / "a.xlsx")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
    xf.write_excel({"one": frame, "two": frame}, tmp_path / "a.xlsx")
    with pytest.raises(xf.ParameterError, match=r"no sheet 'three' in .*; there are: 'one', 'two'"):
        xf.read_excel(tmp_path / "a.xlsx", "three")


# Whole or not at all


def write_both(folder: Path) -> list[Path]:
    return [xf.write_csv(named(["a"]), folder / "a.csv"), xf.write_excel({"a": named(["a"])}, folder / "a.xlsx")]


@pytest.mark.parametrize("failing", ["replace", "fsync"])
@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_a_failure_leaves_the_old_file_alone(
    name: str, failing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / name
    path.write_bytes(b"old")
    monkeypatch.setattr(os, failing, full)
    with pytest.raises(xf.CacheError, match="No space left on device; free some space") as caught:
        xf.write_csv(named(["a"]), path) if name == "a.csv" else xf.write_excel({"a": named(["a"])}, path)
    assert caught.value.__suppress_context__
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupt_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        xf.write_csv(named(["a"]), tmp_path / "a.csv")
    assert list(tmp_path.iterdir()) == []


def test_paths_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for path, said in (
        (tmp_path / "none" / "a", "create the folder"),
        (tmp_path / "folder", "name a file"),
        ("\0", "choose"),
    ):
        with pytest.raises(xf.CacheError, match=said):
            xf.write_csv(named(["a"]), path)
    with pytest.raises(xf.CacheError, match="no regular file"):
        xf.write_csv(named(["a"]), os.devnull)


def test_a_replaced_file_keeps_its_link_and_mode(tmp_path: Path) -> None:
    for path in write_both(tmp_path):
        path.chmod(0o640)
        link = path.with_name(f"link to {path.name}")
        link.symlink_to(path)
        before = path.read_bytes()
        path.write_bytes(b"old")
        xf.write_csv(named(["a"]), link) if path.suffix == ".csv" else xf.write_excel({"a": named(["a"])}, link)
        assert link.is_symlink()
        assert path.read_bytes() == before
        assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("read", [xf.read_csv, xf.read_excel, xf.read_shortlist])
def test_files_that_cannot_be_read(read: Any, tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"\n")
    (tmp_path / "picture").write_bytes(b"\x89PNG\r\n\x1a\n\0\xff\xff\xff")
    (tmp_path / "zip").write_bytes(b"PK\x03\x04 and no more")
    (tmp_path / "old").write_bytes(b"\xd0\xcf\x11\xe0 and no more")
    for name in ("missing", "empty", "picture", ".", "zip", "old"):
        if read is xf.read_csv and name == "zip":
            continue
        with pytest.raises(xf.ConfigError, match="cannot read") as caught:
            read(tmp_path / name)
        assert caught.value.__suppress_context__ or caught.value.__context__ is None


# Shortlists

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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("form", LISTS)
def test_shortlists(form: str, encoding: str, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_bytes(LISTS[form].encode(encoding))
    got = xf.read_shortlist(tmp_path / "list.txt")
    assert list(got.columns) == ["kol_id", "name"]
    assert got.dtypes.tolist() == [text_dtype()] * 2
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
    board = build_frame(board_columns([]), [(ID, "=阿禾", None, None), ("71", None, None, None)])
    more = sample(TABLES["cost_tiers"].columns, 9)
    for path in (
        xf.write_csv(board, tmp_path / "board.csv"),
        xf.write_excel({"board": board, "cost": more}, tmp_path / "board.xlsx"),
    ):
        got = xf.read_shortlist(path)
        same(got, board[["kol_id", "name"]])


def save(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "封面"
    page = book.create_sheet("名单")
    for row in rows:
        page.append(row)
    book.save(path)
    return path


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


def test_rounded_ids_are_refused_in_any_workbook(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", [["kol_id", "remark"], [ID, 10**18], [int(ID), "x"]])
    with pytest.raises(xf.ConfigError, match=r"column kol_id, row 3: .*Excel keeps 15 digits"):
        xf.read_excel(path, "名单")
    path = save(path, [["kol_id", "remark"], [ID, 10**18], [71, "x"]])
    assert xf.read_excel(path, "名单").to_dict("list") == {"kol_id": [ID, "71"], "remark": ["1e+18", "x"]}


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
            "2 bad creator ids\n  line 3: 'MS4wLjABAAAA': an id is",
        ),
        (f"kol_id,name\n{ID},a\n,c\n", xf.InvalidIdError, "line 3: '': this row has no id"),
        (f"link\n{ADDRESS}\nhttps://www.douyin.com/user/7\n", xf.InvalidIdError, "line 3: .*not an address of xingtu"),
        ("kol_id,name\n", xf.ConfigError, "no creator ids in it"),
        ("好的\n再见\n", xf.ConfigError, "name their column kol_id or 星图ID, or give one id per line"),
        (f'kol_id,name\n{ID},"a\n71,b\n', xf.ConfigError, "line 3"),
    ],
)
def test_shortlists_that_cannot_be_used(text: str, error: type[Exception], said: str, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(text, "utf-8")
    with pytest.raises(error, match=said) as caught:
        xf.read_shortlist(tmp_path / "list.csv")
    assert str(tmp_path / "list.csv") in str(caught.value)


def test_nothing_warns_in_a_foreign_workbook(tmp_path: Path) -> None:
    path = save(
        tmp_path / "a.xlsx", [["kol_id", "档期", "粉丝", "在约"], [ID, dt.datetime(2026, 5, 1, 9, 30), 1.5, True]]
    )
    with warnings.catch_warnings(action="error"):
        got = xf.read_excel(path, "名单")
    assert got["档期"].tolist() == [pd.Timestamp("2026-05-01 09:30")]
    assert got.dtypes.tolist()[2:] == ["float64", "bool"]
