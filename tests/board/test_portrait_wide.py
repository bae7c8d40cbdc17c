"""Portraits side by side: every share where it belongs, what is not listed missing, and what cannot be one refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import xingtu_frames as xf
from tests.golden import PAIRS
from tests.payload_cases import KOL, cells
from xingtu_frames.board.portrait import PORTRAIT_COLUMNS
from xingtu_frames.frame import build_frame

AUDIENCE = xf.read_payload("audience_portrait", PAIRS["audience_portrait"].data, kol_id=KOL)
CROWDS = {
    "refined_mother": 21_247,
    "urban_silver": 27_537,
    "new_white_collar": 81_972,
    "senior_middle_class": 12_143,
    "urban_blue_collar": 85_113,
    "gen_z": 418_812,
    "town_middle_aged": 28_480,
    "town_youth": 199_924,
}
AGES = {"18_23": 269_344, "24_30": 113_704, "31_40": 93_895, "41_50": 29_637, "50": 59_756}
COLUMNS = [
    "kol_id",
    "female_share",
    *(f"age_{age}_share" for age in AGES),
    "tier1_share",
    "iphone_share",
    *(f"crowd_{crowd}_share" for crowd in CROWDS),
    "top_age_band",
    "top_province",
    "top_crowd",
]


def rows(*listed: tuple[str, str | None, str | None, float | None]) -> pd.DataFrame:
    """Return a portrait from (creator, dimension, bucket, share)."""
    cells_of = [(kol, "connected", dim, dim, bucket, 1, share, False, None, None) for kol, dim, bucket, share in listed]
    return build_frame(xf.TABLES["audience_portrait"].columns, cells_of)


def test_the_shares_of_a_captured_portrait() -> None:
    wide = xf.portrait_wide(AUDIENCE)
    assert list(wide.columns) == COLUMNS
    (found,) = wide.to_dict("records")
    assert found["female_share"] == 557_197 / (557_197 + 338_419)
    for age, users in AGES.items():
        assert found[f"age_{age}_share"] == users / sum(AGES.values())
    for crowd, users in CROWDS.items():
        assert found[f"crowd_{crowd}_share"] == users / sum(CROWDS.values())
    assert found["tier1_share"] == 280_833 / (95_455 + 139_239 + 175_597 + 193_782 + 280_833)
    assert found["iphone_share"] == 436_375 / (78_969 + 57_590 + 45_236 + 436_375 + 74_898 + 78_398 + 40_338 + 84_576)
    assert [found[name] for name in COLUMNS[-3:]] == ["18-23", "广东", "Z世代"]


def test_the_largest_leaves_out_who_is_not_known_and_is_the_first_of_equals() -> None:
    frame = rows(
        ("2", "age", "24-30", 0.3),
        ("2", "age", "31-40", 0.3),
        ("2", "age", "其他", 0.4),
        ("1", "province", "广东", 0.9),
        ("1", "gender", "male", 1.0),
        ("3", "crowd", "Z世代", None),
        ("4", None, "x", 0.5),
        ("5", "age", None, 0.5),
    )
    wide = xf.portrait_wide(frame)
    assert cells(wide, "kol_id", "top_age_band", "top_province", "top_crowd") == [
        ("2", "24-30", None, None),
        ("1", None, "广东", None),
        ("3", None, None, None),
        ("4", None, None, None),
        ("5", None, None, None),
    ]
    assert cells(wide, "female_share", "crowd_gen_z_share") == [(None, None)] * 5
    assert cells(wide, "age_24_30_share")[0] == 0.3


def test_a_frame_without_rows_is_one_with_its_dtypes() -> None:
    empty = xf.portrait_wide(rows())
    assert list(empty.columns) == COLUMNS
    assert empty.dtypes.equals(xf.portrait_wide(AUDIENCE).dtypes)


def test_frames_of_any_dtype_are_read_and_left_alone() -> None:
    given = AUDIENCE.astype({"dimension": object, "share": object}).sample(frac=1, random_state=3)
    before = given.copy()
    pd.testing.assert_frame_equal(xf.portrait_wide(given), xf.portrait_wide(AUDIENCE))
    pd.testing.assert_frame_equal(given, before)


def test_the_sample_creators_have_one_row_each(sample: xf.Client) -> None:
    for portrait in (xf.fetch_audience_portrait, xf.fetch_fans_portrait):
        frame = portrait(xf.sample_ids(), client=sample)
        wide = xf.portrait_wide(frame)
        assert wide["kol_id"].tolist() == frame["kol_id"].drop_duplicates().tolist()
        assert wide["female_share"].between(0, 1).all()
        assert wide.drop(columns="kol_id").notna().any().all()


def test_it_is_written_and_read_back(tmp_path: Path) -> None:
    wide = xf.portrait_wide(AUDIENCE)
    pd.testing.assert_frame_equal(xf.read_excel(xf.write_excel({"a": wide}, tmp_path / "a.xlsx"), "a"), wide)
    pd.testing.assert_frame_equal(xf.read_csv(xf.write_csv(wide, tmp_path / "a.csv")), wide)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (pd.concat([AUDIENCE, AUDIENCE.assign(stage="follow")]), f"two shares of female .gender. for {KOL}: choose"),
        (AUDIENCE.drop(columns=["share", "bucket"]), "lacks bucket, share; fetch_audience_portrait"),
        (AUDIENCE.assign(kol_id=7), "kol_id of the portrait holds int64"),
        (AUDIENCE.assign(share="many"), "share of the portrait must hold numbers"),
        ({"kol_id": "1"}, "must be a DataFrame, not a dict"),
    ],
)
def test_what_is_not_a_portrait_of_one_group_is_refused(given: Any, said: str) -> None:
    with pytest.raises(xf.ParameterError, match=said):
        xf.portrait_wide(given)


def test_the_oldest_are_50_and_above_in_chinese_too() -> None:
    labels = {column.name: column.label_zh for column in PORTRAIT_COLUMNS}
    assert labels["age_50_share"] == "50岁以上占比"
    assert labels["age_18_23_share"] == "18-23岁占比"
