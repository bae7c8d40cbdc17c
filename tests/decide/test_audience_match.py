"""Audiences against a target: worked out by hand, what always holds, what is unknown, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import xingtu_frames as xf
from tests.plot.frame_cases import AGES, portrait_frame
from tests.quick import examples

GENDERS = ("female", "male")
FIRST = {"gender": {"female": 300, "male": 100}, "age": dict(zip(AGES, (50, 100, 30, 10, 10), strict=True))}
SECOND = {"gender": {"female": 400, "male": 1200}, "age": dict(zip(AGES, (30, 20, 20, 20, 10), strict=True))}
TWO = portrait_frame([("1", FIRST), ("2", SECOND)])
TARGET: dict[str, Any] = {"gender": "female", "age": ["18-23", "24-30"]}
BOARD = pd.DataFrame(
    {
        "kol_id": ["2", "1"],
        "name": ["乙", None],
        "connected_users": pd.array([8_000, 1_000], dtype="Int64"),
        "quote_21_60s": pd.array([20_000, 4_500], dtype="Int64"),
        "quote_60s": pd.array([40_000, None], dtype="Int64"),
    }
)


def by_creator(match: pd.DataFrame, column: str) -> dict[str, Any]:
    """Return creator -> value, None where it is missing."""
    values = match[column].astype(object)
    return dict(zip(match["kol_id"], values.where(values.notna(), None), strict=True))


def as_fans(frame: pd.DataFrame, group: str = "fans") -> pd.DataFrame:
    return frame.rename(columns={"stage": "fan_group"}).assign(fan_group=group)


def test_two_creators_worked_out_by_hand() -> None:
    match = xf.audience_match(TWO, TARGET, board=BOARD)
    assert match.columns.tolist() == [
        *("kol_id", "name", "gender_share", "gender_tgi", "age_share", "age_tgi"),
        *("combined_share", "combined_low", "combined_high", "combined_tgi"),
        *("target_users", "cny_per_thousand_target_users"),
    ]
    assert match["kol_id"].tolist() == ["1", "2"]
    assert by_creator(match, "name") == {"1": None, "2": "乙"}
    assert by_creator(match, "gender_share") == {"1": 0.75, "2": 0.25}
    assert by_creator(match, "age_share") == pytest.approx({"1": 0.75, "2": 0.5})
    # The means are 1/2 and 5/8.
    assert by_creator(match, "gender_tgi") == pytest.approx({"1": 150, "2": 50})
    assert by_creator(match, "age_tgi") == pytest.approx({"1": 120, "2": 80})
    assert by_creator(match, "combined_share") == pytest.approx({"1": 0.5625, "2": 0.125})
    assert by_creator(match, "combined_low") == pytest.approx({"1": 0.5, "2": 0.0})
    assert by_creator(match, "combined_high") == pytest.approx({"1": 0.75, "2": 0.25})
    assert by_creator(match, "combined_tgi") == pytest.approx({"1": 180, "2": 40})
    assert by_creator(match, "target_users") == pytest.approx({"1": 562.5, "2": 1_000})
    assert by_creator(match, "cny_per_thousand_target_users") == pytest.approx({"1": 8_000, "2": 20_000})
    assert match.attrs == {
        "target": {"gender": ["female"], "age": ["18-23", "24-30"]},
        "baseline": "mean of the shortlist",
        "whose": "connected",
        "duration_band": "21-60s",
        "assumes": "independence",
    }


def test_a_weighted_mean_counts_users_and_not_creators() -> None:
    match = xf.audience_match(TWO, TARGET, weighted=True)
    # 700 of 2,000 by gender, 200 of 300 by age.
    assert by_creator(match, "gender_tgi") == pytest.approx({"1": 100 * 0.75 / 0.35, "2": 100 * 0.25 / 0.35})
    assert by_creator(match, "age_tgi") == pytest.approx({"1": 112.5, "2": 75})
    assert match.attrs["baseline"] == "weighted by users"
    assert by_creator(match, "target_users") == {"1": None, "2": None}


@pytest.mark.parametrize(
    ("baseline", "weighted", "expected"),
    [
        ({"gender": {"female": 0.6, "male": 0.4}, "age": {"18-23": 0.2, "24-30": 0.3}}, False, (125, 150)),
        ({"性别": {"女": 0.6}, "年龄": {"18-23": 0.2, "24-30": 0.3}}, False, (125, 150)),
        (portrait_frame([("9", SECOND)]), False, (300, 150)),
        (as_fans(TWO), False, (150, 120)),
        (TWO, True, (100 * 0.75 / 0.35, 112.5)),
    ],
)
def test_a_baseline_of_ones_own(baseline: Any, weighted: bool, expected: tuple[float, float]) -> None:
    match = xf.audience_match(TWO, TARGET, baseline=baseline, weighted=weighted)
    assert match.loc[0, ["gender_tgi", "age_tgi"]].tolist() == pytest.approx(expected)
    assert match.loc[0, "combined_tgi"] == pytest.approx(expected[0] * expected[1] / 100)
    assert match.attrs["baseline"] == "given"


def test_chinese_names_and_several_spellings_are_one_target() -> None:
    expected = xf.audience_match(TWO, TARGET)
    for target in (
        {"性别": "女", "年龄": ("24-30", "18-23", "18-23")},
        {"gender": {"女性"}, "age": {"18-23", "24-30"}},
        {"gender": "女", "age": ["18-23岁", "24-30岁"]},
    ):
        match = xf.audience_match(TWO, target)
        pd.testing.assert_frame_equal(match, expected)
        assert match.attrs["target"] == expected.attrs["target"]
    crowds = portrait_frame([("1", {"crowd": {"Z世代": 1, "精致妈妈": 3}})])
    assert by_creator(xf.audience_match(crowds, {"八大人群": "gen_z"}), "crowd_share") == {"1": 0.25}


def test_columns_stand_in_the_order_of_the_target_and_one_dimension_is_its_own_product() -> None:
    match = xf.audience_match(TWO, dict(reversed(TARGET.items())))
    assert match.columns.tolist()[2:6] == ["age_share", "age_tgi", "gender_share", "gender_tgi"]
    alone = xf.audience_match(TWO, {"gender": "male"})
    for column in ("combined_share", "combined_low", "combined_high"):
        assert alone[column].tolist() == alone["gender_share"].tolist() == [0.75, 0.25]


def test_what_is_not_listed_is_unknown_never_0_and_last() -> None:
    more = [
        ("3", {"gender": {"female": 9, "male": 1}}),
        ("4", {"gender": {"male": 10}, "age": FIRST["age"]}),
        ("5", {"gender": {"female": 0, "male": 10}, "age": FIRST["age"]}),
        ("6", {"province": {"广东": 3}}),
    ]
    match = xf.audience_match(portrait_frame([*more, ("1", FIRST)]), TARGET, board=BOARD)
    assert match["kol_id"].tolist() == ["1", "5", "3", "4", "6", "2"]
    assert by_creator(match, "gender_share") == {"1": 0.75, "2": None, "3": 0.9, "4": None, "5": 0.0, "6": None}
    assert by_creator(match, "combined_share") == pytest.approx(
        {"1": 0.5625, "2": None, "3": None, "4": None, "5": 0.0, "6": None}
    )
    # The mean is of those that are known: 0.75, 0.9 and 0.
    assert by_creator(match, "gender_tgi")["1"] == pytest.approx(100 * 0.75 / 0.55)
    assert match.loc[2:, "combined_low":].isna().all(axis=None)
    assert by_creator(match, "name")["2"] == "乙"


def test_a_baseline_of_0_makes_no_tgi() -> None:
    match = xf.audience_match(TWO, {"gender": "female"}, baseline={"gender": {"female": 0, "male": 1}})
    assert match["gender_tgi"].isna().all()
    assert match["combined_tgi"].isna().all()


def test_users_and_costs_need_a_portrait_of_all_connected_users_a_quote_and_users() -> None:
    match = xf.audience_match(TWO, TARGET, board=BOARD, duration_band="60s+")
    assert by_creator(match, "cny_per_thousand_target_users") == pytest.approx({"1": None, "2": 40_000})
    without = BOARD.assign(connected_users=pd.array([0, None], dtype="Int64"))
    match = xf.audience_match(TWO, TARGET, board=without)
    assert by_creator(match, "target_users") == {"1": None, "2": 0}
    assert match["cny_per_thousand_target_users"].isna().all()
    for portrait in (TWO.assign(stage="follow"), as_fans(TWO), TWO.drop(columns="stage")):
        match = xf.audience_match(portrait, TARGET, board=BOARD[["kol_id", "name"]])
        assert match[["target_users", "cny_per_thousand_target_users"]].isna().all(axis=None)
        assert by_creator(match, "name")["2"] == "乙"
    assert xf.audience_match(as_fans(TWO, "loyal"), TARGET).attrs["whose"] == "loyal"


def test_names_stand_before_those_of_the_board() -> None:
    match = xf.audience_match(TWO, TARGET, board=BOARD, names={"1": "甲"})
    assert by_creator(match, "name") == {"1": "甲", "2": "乙"}
    with pytest.warns(xf.UnmatchedNamesWarning):
        xf.audience_match(TWO, TARGET, names={"7000000000000010003": "丙"})


def test_frames_stay_as_they_were_and_none_gives_none() -> None:
    portrait, board = TWO.copy(deep=True), BOARD.copy(deep=True)
    xf.audience_match(portrait, TARGET, board=board, weighted=True)
    pd.testing.assert_frame_equal(portrait, TWO)
    pd.testing.assert_frame_equal(board, BOARD)
    empty = xf.audience_match(TWO.iloc[:0], TARGET)
    assert empty.empty
    assert empty.dtypes.equals(xf.audience_match(TWO, TARGET).dtypes)


def test_equal_creators_keep_the_order_of_the_frame() -> None:
    frame = portrait_frame([(str(number), FIRST) for number in (3, 1, 2)])
    assert xf.audience_match(frame, TARGET)["kol_id"].tolist() == ["3", "1", "2"]


def test_it_is_written_and_read_back(tmp_path: Path) -> None:
    match = xf.audience_match(TWO, TARGET, board=BOARD)
    pd.testing.assert_frame_equal(xf.read_csv(xf.write_csv(match, tmp_path / "a.csv")), match)
    pd.testing.assert_frame_equal(xf.read_excel(xf.write_excel({"a": match}, tmp_path / "a.xlsx"), "a"), match)


def test_the_sample_creators_have_one_row_each(sample: xf.Client) -> None:
    board = xf.compare(xf.sample_ids(), client=sample)
    portrait = xf.fetch_audience_portrait(xf.sample_ids(), client=sample)
    match = xf.audience_match(portrait, {**TARGET, "city_tier": "一线"}, board=board)
    assert set(match["kol_id"]) == set(board["kol_id"])
    known = match.dropna(subset="combined_share")
    assert len(known) == portrait["kol_id"].nunique()
    assert known["target_users"].notna().all()
    assert known["combined_share"].is_monotonic_decreasing


THIRD = portrait_frame([("3", FIRST)])
TOP = portrait_frame([("1", {**FIRST, "city": {"北京": 3, "上海": 1}, "province": {"广东": 4}})])
REFUSED: list[tuple[Any, Any, dict[str, Any], str]] = [
    (TOP, {"city": "北京"}, {}, "city is a top list: the largest buckets alone are listed.*choose among gender, age"),
    (TOP, {"兴趣": "美食"}, {}, "interest is a top list"),
    (TOP.assign(is_top_list=True), {"province": "广东"}, {}, "province is a top list"),
    (TWO, {"age": "18-24"}, {}, "no bucket of age '18-24'; did you mean '18-23'[?] there are: 18-23, 24-30"),
    (TWO, {"city_tier": "新一线"}, {}, "no bucket of city_tier '新一线'; did you mean '一线'"),
    (TOP, {"province": "浙江"}, {}, "no bucket of province '浙江'; there are: 广东"),
    (TWO, {"province": "广东"}, {}, "the portrait has no rows of province"),
    (TWO, {"gendr": "female"}, {}, "no dimension 'gendr'; did you mean 'gender'"),
    (TWO, {"gender": "female", "性别": "男"}, {}, "target has gender twice"),
    (TWO, {"gender": []}, {}, "target has no bucket of gender"),
    (TWO, {"gender": 1}, {}, "gender of the target must be a bucket or a list of buckets, not 1"),
    (TWO, {"gender": ["female", None]}, {}, "gender of the target must be a bucket"),
    (TWO, {}, {}, "target is empty"),
    (TWO, ["female"], {}, "target must be a mapping dimension -> bucket or buckets, .*, not a list"),
    (pd.concat([TWO, THIRD.assign(stage="follow")]), TARGET, {}, 'mixes "connected", "follow"; choose'),
    (pd.concat([TWO, as_fans(THIRD)]), TARGET, {}, 'mixes "connected", "fans"'),
    (pd.concat([TWO, TWO]), TARGET, {}, "two shares of female"),
    (TWO.drop(columns="share"), TARGET, {}, "the portrait lacks share; fetch_audience_portrait"),
    (TWO.drop(columns="users"), TARGET, {"weighted": True}, "the portrait lacks users, which weighted=True needs"),
    (TWO, TARGET, {"weighted": 1}, "weighted must be True or False, not 1"),
    (TWO, TARGET, {"duration_band": "5s"}, '"1-20s", "21-60s", "60s.", not "5s"'),
    (TWO, TARGET, {"baseline": 0.5}, "baseline must be a portrait, a mapping .*, or None, not a float"),
    (TWO, TARGET, {"baseline": {"gender": {"female": 0.5}}}, "the baseline has no share of 18-23, 24-30 .age."),
    (TWO, {"gender": "女"}, {"baseline": {"gender": {"male": 0.5}}}, "the baseline has no share of female .gender."),
    (TWO, {"gender": "女"}, {"baseline": {"gender": {"female": 62}}}, "share of female .gender. must be a fraction"),
    (TWO, {"gender": "女"}, {"baseline": {"gender": {"female": 0.7, "male": 0.7}}}, "gender add up to 1.4, above 1"),
    (TWO, {"gender": "女"}, {"baseline": {"gender": 0.5}}, "gender of the baseline must be a mapping bucket -> share"),
    (TWO, TARGET, {"baseline": TWO[TWO["dimension"] == "gender"]}, "the baseline has no share of 18-23, 24-30 .age."),
    (TWO, TARGET, {"baseline": pd.concat([TWO, TWO])}, "the baseline has two shares of female"),
    (TWO, {"gender": "女"}, {"baseline": {"gender": {"女": 0.5}}, "weighted": True}, "weighted=True needs a portrait"),
    (TWO, TARGET, {"board": BOARD.drop(columns="kol_id")}, "the board lacks kol_id"),
    (TWO, TARGET, {"board": pd.concat([BOARD, BOARD])}, "more than one row of 2, 1"),
]


@pytest.mark.one_in(8)
@pytest.mark.parametrize(("portrait", "target", "options", "said"), REFUSED, ids=[case[-1] for case in REFUSED])
def test_what_cannot_be_matched_is_refused(portrait: Any, target: Any, options: dict[str, Any], said: str) -> None:
    with pytest.raises(xf.ParameterError, match=said):
        xf.audience_match(portrait, target, **options)


@pytest.mark.parametrize("lacking", ["connected_users", "quote_21_60s"])
def test_a_board_that_lacks_a_column_is_told_what_brings_it_and_at_what_cost(lacking: str) -> None:
    endpoint = xf.METRICS[lacking].endpoint
    with pytest.raises(xf.ParameterError) as caught:
        xf.audience_match(TWO, TARGET, board=BOARD.drop(columns=lacking))
    assert f"the board lacks {lacking}: compare(ids, metrics=[..., '{lacking}']) brings it" in str(caught.value)
    assert f"for one request per creator to {endpoint}" in str(caught.value)


counts = st.integers(0, 10**9)
audiences = st.fixed_dictionaries(
    {
        "gender": st.fixed_dictionaries(dict.fromkeys(GENDERS, counts)),
        "age": st.fixed_dictionaries(dict.fromkeys(AGES, counts)),
        "city_tier": st.fixed_dictionaries(dict.fromkeys(("一线", "二线", "三线"), counts)),
    }
)
portraits = st.lists(audiences, min_size=1, max_size=4).map(
    lambda found: portrait_frame([(str(number), one) for number, one in enumerate(found, 1)])
)
targets = st.fixed_dictionaries(
    {"gender": st.sampled_from(GENDERS), "age": st.lists(st.sampled_from(AGES), min_size=1)},
    optional={"city_tier": st.lists(st.sampled_from(["一线", "二线"]), min_size=1)},
)


@settings(max_examples=examples(40))
@given(portraits, targets)
def test_the_product_lies_within_the_bounds_and_shares_from_0_to_1(portrait: pd.DataFrame, target: Any) -> None:
    match = xf.audience_match(portrait, target).dropna(subset="combined_share")
    assert (match["combined_low"] <= match["combined_share"]).all()
    assert (match["combined_share"] <= match["combined_high"]).all()
    bounds = match[["combined_low", "combined_high", *(f"{dimension}_share" for dimension in target)]]
    assert ((bounds >= 0) & (bounds <= 1)).all(axis=None)


@settings(max_examples=examples(40))
@given(portraits, targets, st.booleans())
def test_the_tgi_of_the_baseline_itself_is_100(portrait: pd.DataFrame, target: Any, weighted: bool) -> None:
    one = portrait[portrait["kol_id"] == "1"]
    own = xf.audience_match(one, target, weighted=weighted)
    tgi = own.filter(like="tgi").to_numpy().ravel()
    shares = own[[name.replace("tgi", "share") for name in own.filter(like="tgi")]].to_numpy().ravel()
    assert tgi[shares > 0] == pytest.approx(100)
    assert np.isnan(tgi[~(shares > 0)]).all()


@settings(max_examples=examples(40))
@given(portraits, portraits, targets)
def test_a_further_creator_changes_no_share(portrait: pd.DataFrame, more: pd.DataFrame, target: Any) -> None:
    together = pd.concat([portrait, more.assign(kol_id="9" + more["kol_id"])], ignore_index=True)
    names = ["kol_id", *(f"{dimension}_share" for dimension in target), "combined_share", "combined_low"]
    before, after = (xf.audience_match(frame, target)[names].set_index("kol_id") for frame in (portrait, together))
    pd.testing.assert_frame_equal(after.loc[before.index], before)


def test_buckets_come_in_any_list_and_full_width() -> None:
    first = xf.audience_match(TWO, {"age": ["18-23", "24-30"]})
    ways: list[Any] = [pd.Series(["18-23", "24-30"]), np.array(["24-30", "18-23"]), (one for one in ("18-23", "24-30"))]
    for words in [*ways, ["１８－２３", " 24-30 "]]:
        pd.testing.assert_frame_equal(xf.audience_match(TWO, {"age": words}), first)
    for words in ({"18-23": 1}, pd.Series(["18-23", None])):
        with pytest.raises(xf.ParameterError, match="age of the target must be a bucket or a list of buckets"):
            xf.audience_match(TWO, {"age": words})
