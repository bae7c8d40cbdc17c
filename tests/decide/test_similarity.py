"""Likeness of distributions: by hand, symmetric, bounded, and honest about what is not known."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

import xingtu_frames as xf
from tests.plot.frame_cases import portrait_frame
from xingtu_frames.frame import build_frame


def videos(counts: dict[str, dict[str, Any]]) -> pd.DataFrame:
    """Return a frame of content categories from creator -> category -> count."""
    table = xf.TABLES["video_distribution"]
    rows = [
        (kol_id, "short_video", category, count, None, None)
        for kol_id, of_creator in counts.items()
        for category, count in of_creator.items()
    ]
    return build_frame(table.columns, rows)


def touches(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    """Return a tree frame from creator, level 1, level 2, level 3, and their counts."""
    table = xf.TABLES["touch_distribution"]
    return build_frame(table.columns, [(k, "video", l1, l2, l3, n1, n1, n2, None) for k, l1, l2, l3, n1, n2 in rows])


def test_the_numbers_are_those_worked_out_by_hand() -> None:
    found = xf.similarity(videos({"1": {"美食": 3, "音乐": 1}, "2": {"美食": 1, "音乐": 3}, "3": {"旅行": 9}}))
    # p = (3/4, 1/4), q = (1/4, 3/4), their middle (1/2, 1/2): JSD = 1 - H(1/4, 3/4) bits.
    entropy = -(0.25 * math.log2(0.25) + 0.75 * math.log2(0.75))
    assert found.loc["1", "2"] == pytest.approx(1 - math.sqrt(1 - entropy))
    assert found.loc["1", "3"] == found.loc["2", "3"] == 0
    assert np.diag(found).tolist() == [1, 1, 1]
    assert (found.index.name, found.index.tolist(), found.columns.tolist()) == (
        "kol_id",
        ["1", "2", "3"],
        ["1", "2", "3"],
    )


def test_size_makes_no_difference_and_missing_parts_are_left_out() -> None:
    found = xf.similarity(videos({"1": {"美食": 2, "音乐": 4}, "2": {"美食": 10, "音乐": 20, None: 7, "旅行": None}}))
    assert found.loc["1", "2"] == pytest.approx(1)


@given(counts=st.lists(st.integers(1, 10**12), min_size=2, max_size=6), more=st.integers(1, 3))
def test_all_but_equal_creators_are_nearly_1_and_known(counts: list[int], more: int) -> None:
    parts = dict(zip("abcdef", counts, strict=False))
    found = xf.similarity(videos({"1": parts, "2": {**parts, "a": parts["a"] + more}, "3": {"a": 0}}))
    assert 0.5 < found.loc["1", "2"] <= 1
    assert np.isnan(found.loc["3", "3"])


def test_kinds_of_touch_are_compared_by_the_users_of_their_sources() -> None:
    table = xf.TABLES["touch_distribution"]
    rows = [("1", "video", "个人", "美食", None, 6, 9, 6), ("1", "video", "个人", "音乐", None, 3, 9, 3)]
    rows += [("1", "video", "星图", None, None, 6, 6, None), ("1", "live", "个人", None, None, 5, 5, None)]
    rows += [("2", "live", None, None, None, 10, 10, None), ("2", "video", "星图", None, None, 30, 30, None)]
    frame = build_frame(table.columns, [(*row, None) for row in rows])
    # 9 + 6 to 5, and 30 to 10: three quarters and a quarter for both.
    assert xf.similarity(frame, by="touch").loc["1", "2"] == 1
    # 9, 6, 5 of 20 against 30 of 30: the live users of the second have no source.
    middle = [9 / 40, 26 / 40, 5 / 40]
    own = sum(p * math.log2(p / m) for p, m in zip((9 / 20, 6 / 20, 5 / 20), middle, strict=True))
    assert xf.similarity(frame, by="level1").loc["1", "2"] == pytest.approx(
        1 - math.sqrt((own + math.log2(40 / 26)) / 2)
    )


def test_a_creator_without_a_count_is_unknown() -> None:
    found = xf.similarity(videos({"1": {"美食": 1}, "2": {"美食": 0}, "3": {"美食": None}, "4": {"美食": 5}}))
    assert found.loc["1", "4"] == 1
    assert found.isna().sum().tolist() == [2, 4, 4, 2]


def test_a_node_counts_once_however_many_parts_it_has() -> None:
    frame = touches(
        [
            ("1", "个人", "美食", "家常", 100, 60),
            ("1", "个人", "美食", "探店", 100, 60),
            ("1", "个人", "音乐", "演唱", 100, 40),
            ("2", "个人", "美食", "家常", 50, 30),
            ("2", "个人", "音乐", "演唱", 50, 20),
        ]
    )
    assert xf.similarity(frame, by="level2").loc["1", "2"] == pytest.approx(1)
    assert xf.similarity(frame, by="level1").loc["1", "2"] == pytest.approx(1)


def test_the_same_category_under_another_source_is_another_part() -> None:
    frame = touches([("1", "个人", "美食", None, 10, 10), ("2", "星图", "美食", None, 10, 10)])
    assert xf.similarity(frame, by="level2").loc["1", "2"] == 0


_counts = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 10**9), min_size=1)


@given(counts=st.lists(_counts, min_size=1, max_size=6))
def test_it_is_symmetric_and_from_0_to_1(counts: list[dict[str, int]]) -> None:
    found = xf.similarity(videos({str(n): of_creator for n, of_creator in enumerate(counts, start=1)}))
    values = found.to_numpy()
    assert np.array_equal(values, values.T, equal_nan=True)
    known = values[~np.isnan(values)]
    assert ((known >= 0) & (known <= 1)).all()
    for number, of_creator in enumerate(counts):
        assert np.isnan(values[number, number]) == (sum(of_creator.values()) == 0)
        assert np.isnan(values[number, number]) or values[number, number] == 1


def portraits(*creators: dict[str, dict[str, Any]]) -> pd.DataFrame:
    """Return a portrait from dimension -> bucket -> users of each creator."""
    return portrait_frame([(str(number), users) for number, users in enumerate(creators, start=1)])


def test_a_portrait_is_compared_by_each_dimension_and_the_mean_is_of_those_that_both_have() -> None:
    frame = portraits(
        {"gender": {"female": 1, "male": 3}, "age": {"18-23": 5}, "city": {"北京": 1}},
        {"gender": {"female": 30, "male": 10}, "age": {"50+": 2}, "city": {"北京": 9}},
        {"gender": {"female": 2, "male": 6}, "city": {"上海": 9}},
        {"city": {"上海": 9}},
    )
    entropy = -(0.25 * math.log2(0.25) + 0.75 * math.log2(0.75))
    gender = 1 - math.sqrt(1 - entropy)
    assert xf.similarity(frame, dimension="gender").loc["1", ["2", "3"]].tolist() == pytest.approx([gender, 1])
    assert xf.similarity(frame, dimension="年龄").loc["1", "2"] == 0
    found = xf.similarity(frame)
    assert found.loc["1", ["2", "3"]].tolist() == pytest.approx([gender / 2, 1])
    assert found.loc["4"].isna().all()
    assert xf.similarity(frame, dimension="age").isna().sum().tolist() == [2, 2, 4, 4]
    fans = frame.rename(columns={"stage": "fan_group"}).assign(fan_group="fans")
    pd.testing.assert_frame_equal(xf.similarity(fans, by="audience"), found)
    assert np.array_equal(found.to_numpy(), found.to_numpy().T, equal_nan=True)


AUDIENCE = portraits({"gender": {"female": 1}}, {"gender": {"female": 2}})
REFUSED_AUDIENCES: list[tuple[pd.DataFrame, dict[str, Any], str]] = [
    (AUDIENCE, {"dimension": "interest"}, "interest is a top list"),
    (AUDIENCE, {"dimension": "agee"}, "no dimension 'agee'; did you mean 'age'"),
    (AUDIENCE, {"by": "category"}, "lacks category, video_count; for by=.*fetch_video_distribution"),
    (AUDIENCE.drop(columns="users"), {}, "lacks users; .*fetch_audience_portrait"),
    (pd.concat([AUDIENCE, AUDIENCE]), {}, "two shares of female"),
    (AUDIENCE.assign(stage=["like", "follow"]), {}, 'mixes "like", "follow"'),
    (videos({"1": {"美食": 1}}), {"dimension": "age"}, 'dimension is for portraits, by="audience"; by="category"'),
]


@pytest.mark.parametrize(("frame", "options", "said"), REFUSED_AUDIENCES, ids=[case[-1] for case in REFUSED_AUDIENCES])
def test_what_makes_no_likeness_of_audiences_is_refused(
    frame: pd.DataFrame, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(xf.ParameterError, match=said):
        xf.similarity(frame, **options)


def test_no_creator_gives_an_empty_square() -> None:
    assert xf.similarity(videos({})).shape == (0, 0)
    assert xf.similarity(AUDIENCE.head(0)).shape == (0, 0)


REFUSED = {
    "level 3": (touches([]), "level3", "parts overlap"),
    "unknown": (videos({}), "colour", '"category", "touch", "level1", "level2", not "colour"'),
    "other table": (videos({}), "level1", "lacks touch, level1, level1_cnt.*fetch_touch_distribution"),
    "no frame": ([1], "category", "not a list.*fetch_video_distribution"),
    "peers' labels": (build_frame(xf.TABLES["spread_info"].columns, []), "category", "share.*fetch_video_distribution"),
    "two answers": (
        pd.concat([videos({"1": {"a": 1}}), videos({"1": {"a": 2}}).assign(platform="live_streaming")]),
        "category",
        "more than one platform for 1",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_makes_no_distribution_is_refused(kind: str) -> None:
    frame, by, reason = REFUSED[kind]
    with pytest.raises(xf.ParameterError, match=reason):
        xf.similarity(frame, by=by)  # type: ignore[arg-type]


def test_the_sample_creators_differ_and_their_frame_is_left_as_it_was(sample: xf.Client) -> None:
    frame = xf.fetch_video_distribution(xf.sample_ids(), client=sample)
    before = frame.copy()
    found = xf.similarity(frame)
    pd.testing.assert_frame_equal(frame, before)
    assert len(found) == frame["kol_id"].nunique() >= 10
    assert 0 <= found.min(axis=None) < found.where(found < 1).max(axis=None) < 1
