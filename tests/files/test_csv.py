"""CSV files byte by byte, and what holds for every format: frames come back as they were, files whole or not at all."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import os
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings, strategies as st

import xingtu_frames as xf
from tests.export_cases import GROUPS, GUARDED, ID, NASTY, named, same, sample
from tests.quick import examples
from xingtu_frames.files import csv_text
from xingtu_frames.frame import build_frame, text_dtype
from xingtu_frames.tables.catalog import TABLES
from xingtu_frames.tables.records import LEDGER_COLUMNS, PLAN_COLUMNS

# What a frame goes through


@pytest.mark.one_in(3)
@pytest.mark.each_once
@pytest.mark.parametrize("rows", [0, 1, 40])
@pytest.mark.parametrize("group", GROUPS)
def test_csv_gives_back_every_declared_table(group: str, rows: int, tmp_path: Path) -> None:
    frame = sample(GROUPS[group], rows)
    path = xf.write_csv(frame, tmp_path / "frame.csv")
    same(xf.read_csv(path), frame)
    backwards = frame[frame.columns[::-1]]
    same(xf.read_csv(xf.write_csv(backwards, path)), backwards)


def test_gaps_everywhere_keep_the_dtypes(tmp_path: Path) -> None:
    frames = {
        f"gaps {number}": build_frame(columns, [[ID] + [None] * (len(columns) - 1)] * 3)[[c.name for c in columns]]
        for number, columns in enumerate(GROUPS.values())
        if columns[0].name == "kol_id"
    }
    sheets = xf.read_excel(xf.write_excel(frames, tmp_path / "gaps.xlsx"))
    assert list(sheets) == list(frames)
    for name, frame in frames.items():
        same(xf.read_csv(xf.write_csv(frame, tmp_path / "gaps.csv")), frame)
        same(sheets[name], frame)


ANY_TEXT = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("\r\n\t'\"=,+_x0041_\x01<>r/"), max_size=12
)


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(ANY_TEXT | st.sampled_from(NASTY) | st.none(), max_size=20))
@example([*NASTY, None])
def test_any_text_comes_back(tmp_path: Path, texts: list[str | None]) -> None:
    frame = named(texts)
    same(xf.read_csv(xf.write_csv(frame, tmp_path / "texts.csv")), frame)
    for lang in ("zh", "en"):
        same(xf.read_excel(xf.write_excel({"texts": frame}, tmp_path / "texts.xlsx", lang=lang), "texts"), frame)


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
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


@pytest.mark.slow
def test_a_cell_of_any_length_comes_back_and_the_limit_of_the_module_stays(tmp_path: Path) -> None:
    usual = csv.field_size_limit()
    frame = named(["=x;=" * 100_000])
    same(xf.read_csv(xf.write_csv(frame, tmp_path / "a.csv")), frame)
    assert csv.field_size_limit() == usual


def test_frames_of_nothing(tmp_path: Path) -> None:
    for frame in (pd.DataFrame(), pd.DataFrame({"a": pd.Series([], dtype=text_dtype())})):
        assert xf.read_csv(xf.write_csv(frame, tmp_path / "a.csv")).shape == frame.shape
        assert xf.read_excel(xf.write_excel({"a": frame}, tmp_path / "a.xlsx"), "a").shape == frame.shape


# What is in a CSV file


def test_csv_bytes(tmp_path: Path) -> None:
    frame = named(["=1+1", None, 'a,"b"'])[["kol_id", "nick_name", "is_online", "fetched_at"]].rename(
        columns={"is_online": "@x"}
    )
    frame["fetched_at"] = pd.to_datetime(["2026-11-20T10:00:00+08:00"] * 3)
    data = xf.write_csv(frame, tmp_path / "a.csv").read_bytes()
    assert data.decode("utf-8-sig").split("\n") == [
        "kol_id,nick_name,'@x,fetched_at",
        f'"\t{ID}",\'=1+1,,2026-11-20T02:00:00+00:00',
        f'"\t{ID}",,,2026-11-20T02:00:00+00:00',
        f'"\t{ID}","a,""b""",,2026-11-20T02:00:00+00:00',
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
        (csv_text(named(["a"])).replace(",a,,,,", ",a,,,,many"), "column followers, row 2: 'many'"),
        (csv_text(named(["a"])).replace(",,,,\n", ",maybe,,,\n"), "column is_online, row 2: 'maybe'"),
    ],
)
def test_csv_that_does_not_fit(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(text, "utf-8")
    with pytest.raises(xf.FileError, match=re.escape(said)):
        xf.read_csv(tmp_path / "a.csv")


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
    with pytest.raises(xf.FileError, match="No space left on device; free some space") as caught:
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
        with pytest.raises(xf.FileError, match=said):
            xf.write_csv(named(["a"]), path)
    with pytest.raises(xf.FileError, match="not a regular file"):
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
        with pytest.raises(xf.FileError, match="cannot read") as caught:
            read(tmp_path / name)
        assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_ids_that_have_lost_digits_are_not_written(tmp_path: Path) -> None:
    frame = pd.DataFrame({"kol_id": [7000000000000010017.0, None]})
    with pytest.raises(xf.InvalidIdError, match="floats, which keep about 16 digits"):
        xf.write_csv(frame, tmp_path / "a.csv")
    with pytest.raises(xf.InvalidIdError, match="floats"):
        xf.write_excel({"a": frame}, tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []
