"""Every writer judges values by what they are: the same ones come from numpy, from Arrow and among other objects."""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import xingtu_frames as xf
from tests.export_cases import same
from tests.quick import examples
from xingtu_frames.fetch.sample import sample_tables
from xingtu_frames.frame import build_frame, text_dtype
from xingtu_frames.tables.catalog import TABLES

ID = "6831834345123456789"
SHANGHAI = dt.timezone(dt.timedelta(hours=8))
UTC_NINE = dt.datetime(2026, 5, 1, 1, 30, 0, 123457, tzinfo=dt.UTC)
NINE = UTC_NINE.astimezone(SHANGHAI)
DAY = dt.date(2026, 5, 1)


def arrow(kind: Any) -> Any:
    return pd.ArrowDtype(kind)


Read = Callable[[pd.DataFrame, Path], pd.DataFrame]


def through_csv(frame: pd.DataFrame, folder: Path) -> pd.DataFrame:
    return xf.read_csv(xf.write_csv(frame, folder / "a.csv"))


def through_excel(frame: pd.DataFrame, folder: Path) -> pd.DataFrame:
    return xf.read_excel(xf.write_excel({"a": frame}, folder / "a.xlsx"), "a")


def through_english_excel(frame: pd.DataFrame, folder: Path) -> pd.DataFrame:
    return xf.read_excel(xf.write_excel({"a": frame}, folder / "a.xlsx", lang="en"), "a")


WAYS = (through_csv, through_excel, through_english_excel)
ZONED = [NINE, None, NINE + dt.timedelta(days=1)]
NAIVE = [dt.datetime(2026, 5, 1, 9, 30, 0, 3), None]
KINDS: dict[str, tuple[Any, list[Any]]] = {
    "arrow zone": (pd.array(ZONED, dtype=arrow(pa.timestamp("us", "Asia/Shanghai"))), ZONED),
    "arrow zone of ns": (pd.array(ZONED, dtype=arrow(pa.timestamp("ns", "Asia/Shanghai"))), ZONED),
    "numpy zone": (pd.DatetimeIndex([NINE, pd.NaT, NINE + dt.timedelta(days=1)]), ZONED),
    "object zone": (pd.Series(ZONED, dtype=object), ZONED),
    "arrow naive": (pd.array(NAIVE, dtype=arrow(pa.timestamp("us"))), NAIVE),
    "numpy naive": (pd.Series(NAIVE, dtype="datetime64[us]"), NAIVE),
    "object naive": (pd.Series(NAIVE, dtype=object), NAIVE),
    "object numpy naive": (
        pd.Series([np.datetime64("2026-05-01T09:30:00.000003"), np.datetime64("NaT", "us")], dtype=object),
        NAIVE,
    ),
    "arrow date": (pd.array([DAY, None], dtype=arrow(pa.date32())), [dt.datetime(2026, 5, 1), None]),
    "arrow date64": (pd.array([DAY, None], dtype=arrow(pa.date64())), [dt.datetime(2026, 5, 1), None]),
    "object date": (pd.Series([DAY, None], dtype=object), [dt.datetime(2026, 5, 1), None]),
    "arrow text": (pd.array(["=1", None, "é"], dtype=arrow(pa.string())), ["=1", None, "é"]),
    "arrow large text": (pd.array(["=1", None], dtype=arrow(pa.large_string())), ["=1", None]),
    "arrow dictionary": (pd.array(["甲", None], dtype=arrow(pa.dictionary(pa.int8(), pa.string()))), ["甲", None]),
    "arrow int": (pd.array([3, None], dtype=arrow(pa.int16())), [3, None]),
    "object int": (pd.Series([3, None], dtype=object), [3, None]),
    "object numpy int": (pd.Series([np.int64(3), np.uint8(4)], dtype=object), [3, 4]),
    "arrow uint64": (pd.array([2**63 + 1, None], dtype=arrow(pa.uint64())), [str(2**63 + 1), None]),
    "arrow float": (pd.array([0.1, None], dtype=arrow(pa.float64())), [0.1, None]),
    "arrow bool": (pd.array([True, None], dtype=arrow(pa.bool_())), [True, None]),
    "object bool": (pd.Series([True, np.bool_(False)], dtype=object), [True, False]),
    "arrow decimal": (pd.array([decimal.Decimal("12.30"), None], dtype=arrow(pa.decimal128(20, 2))), [12.3, None]),
    "object decimal": (pd.Series([decimal.Decimal("0.1"), decimal.Decimal("NaN")], dtype=object), [0.1, None]),
    "decimal of many digits": (
        pd.Series([decimal.Decimal("0.12345678901234567890123")], dtype=object),
        ["0.12345678901234567890123"],
    ),
    "decimal without end": (pd.Series([decimal.Decimal("1e999999"), None], dtype=object), ["1E+999999", None]),
    "numpy text": (pd.Series([np.str_("=1"), None], dtype=object), ["=1", None]),
    "mixed": (pd.Series(["x", 1, 2.5, True, None], dtype=object), ["x", "1", "2.5", "True", None]),
    "duration": (pd.Series([dt.timedelta(seconds=90)]), ["0 days 00:01:30"]),
    "time of day": (pd.Series([dt.time(9, 30)], dtype=object), ["09:30:00"]),
}


@pytest.mark.one_in(8)
@pytest.mark.each_once
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_values_come_back_as_what_they_are(kind: str, way: Read, tmp_path: Path) -> None:
    values, expected = KINDS[kind]
    frame = pd.DataFrame({"kol_id": [ID] * len(values), "x": values})
    before = frame.copy()
    got = way(frame, tmp_path)["x"]
    pd.testing.assert_frame_equal(frame, before)
    assert [None if gap else value for value, gap in zip(got.tolist(), got.isna(), strict=True)] == expected


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2078, 1, 1)), min_size=1, max_size=8),
    st.sampled_from(["Asia/Shanghai", "UTC", "America/New_York", None]),
    st.sampled_from(["numpy", "arrow", "object"]),
)
def test_times_come_back_to_the_microsecond(
    tmp_path: Path, times: list[dt.datetime], zone: str | None, made: str
) -> None:
    series = pd.Series(pd.DatetimeIndex(times).as_unit("us").tz_localize("UTC"))
    series = series.dt.tz_convert(zone) if zone else series.dt.tz_localize(None)
    if made != "numpy":
        series = series.astype(object if made == "object" else arrow(pa.timestamp("us", zone)))
    for way in WAYS:
        got = way(pd.DataFrame({"kol_id": [ID] * len(times), "at": series}), tmp_path)["at"]
        back = got.dt.tz_localize(None) if zone else got
        assert back.tolist() == [pd.Timestamp(time) for time in times]
        assert (got.dt.tz is not None) == (zone is not None)


@pytest.mark.parametrize("way", [*WAYS[:2], pytest.param(WAYS[2], marks=pytest.mark.slow)])
def test_a_declared_frame_of_arrow_columns_comes_back_as_the_declared_frame(way: Read, tmp_path: Path) -> None:
    with xf.sample_client() as client:
        for name in sample_tables():
            frame = getattr(xf, f"fetch_{name}")(xf.sample_ids()[:3], client=client)
            plain = frame.astype({column: object for column in frame.columns if frame[column].dtype == "category"})
            same = way(plain.convert_dtypes(dtype_backend="pyarrow"), tmp_path)
            pd.testing.assert_frame_equal(same, frame, check_exact=True)


@pytest.mark.parametrize("dtype", ["float64", object, "Float64", pd.ArrowDtype(pa.float64())])
@pytest.mark.parametrize("name", ["kol_id", "星图ID", "star_id"])
def test_a_float_among_ids_is_refused(name: str, dtype: Any, tmp_path: Path) -> None:
    lost = 6.966687031020707e18
    frame = pd.DataFrame({name: pd.Series([lost, None] if dtype is not object else [ID, lost], dtype=dtype)})
    for way in WAYS:
        with pytest.raises(xf.InvalidIdError, match=f"{name} holds floats, which keep about 16 digits"):
            way(frame, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "ids",
    [
        pd.array([ID, None], dtype=pd.ArrowDtype(pa.string())),
        pd.array([int(ID), None], dtype=pd.ArrowDtype(pa.int64())),
        pd.array([int(ID), None], dtype="Int64"),
        pd.Series([int(ID), None], dtype=object),
        pd.Series([decimal.Decimal(ID), None], dtype=object),
    ],
    ids=["arrow text", "arrow int", "Int64", "object int", "object decimal"],
)
def test_ids_of_any_dtype_are_text_with_all_digits(ids: Any, tmp_path: Path) -> None:
    frame = pd.DataFrame({"kol_id": ids, "x": ["a", "b"]})
    for way in WAYS:
        got = way(frame, tmp_path)["kol_id"]
        assert got.dtype == text_dtype()
        assert got.iloc[0] == ID
        assert got.isna().tolist() == [False, True]


def test_times_among_other_cells_look_like_times(tmp_path: Path) -> None:
    mixed = pd.Series([NINE, DAY, "待定", 3], dtype=object)
    path = xf.write_excel({"a": pd.DataFrame({"档期": mixed, "日": [DAY] * 4})}, tmp_path / "a.xlsx")
    page = openpyxl.load_workbook(path)["a"]
    assert [page.cell(row, 1).number_format for row in (2, 3, 4)] == ["yyyy-mm-dd hh:mm", "yyyy-mm-dd", "General"]
    assert page["A2"].value == UTC_NINE.replace(tzinfo=None, microsecond=123_000)
    assert page["A3"].value == page["B2"].value == dt.datetime(2026, 5, 1)
    assert page["B2"].number_format == "yyyy-mm-dd"
    assert page["A5"].value == 3


@pytest.mark.parametrize("hour", [0, 9])
def test_a_declared_day_looks_like_one_unless_it_has_a_time(hour: int, tmp_path: Path) -> None:
    days = build_frame(TABLES["daily_fans"].columns, [(ID, DAY, 7, 1, None), (ID, None, 7, 1, None)])
    # The oldest pandas makes nanoseconds of the sum.
    days["date"] = (days["date"] + pd.Timedelta(hours=hour)).astype("datetime64[us]")
    path = xf.write_excel({"a": days}, tmp_path / "a.xlsx")
    page = openpyxl.load_workbook(path)["a"]
    assert page["B2"].number_format == ("yyyy-mm-dd hh:mm" if hour else "yyyy-mm-dd")
    assert page["B2"].value == dt.datetime(2026, 5, 1, hour)
    same(xf.read_excel(path, "a"), days)


def test_dates_before_excel_and_after_its_digits_are_text(tmp_path: Path) -> None:
    frame = pd.DataFrame({"日": pd.Series([dt.date(1899, 5, 1), dt.date(1850, 1, 2)], dtype=object)})
    assert through_excel(frame, tmp_path)["日"].tolist() == ["1899-05-01", "1850-01-02"]


def test_times_that_another_program_saved_again_are_those_of_before(tmp_path: Path) -> None:
    times = pd.Series(pd.date_range("2026-05-01 09:30", periods=50, freq="61713ms"))
    path = xf.write_excel({"a": pd.DataFrame({"kol_id": ID, "at": times})}, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    book.save(path)
    assert xf.read_excel(path, "a")["at"].tolist() == times.tolist()
