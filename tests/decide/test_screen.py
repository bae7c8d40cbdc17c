"""A brief as data: worked out by hand, what is unknown, what a wish changes (nothing), and what is refused."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, strategies as st

import xingtu_frames as xf

FOUR = pd.DataFrame(
    {
        "kol_id": ["1", "2", "3", "4"],
        "name": ["甲", "乙", None, "丁"],
        "followers": pd.array([60_000, 250_000, None, 120_000], dtype="Int64"),
        "female_share": [0.62, 0.9, 0.75, None],
        "quote_21_60s": pd.array([20_000, 45_000, 30_000, None], dtype="Int64"),
        "top_category": ["美妆", "美食", None, "时尚"],
        "few_videos": pd.array([False, False, True, None], dtype="boolean"),
        "mine": [1.0, 2.0, 3.0, 4.0],
    }
)
BRIEF: dict[str, Any] = {
    "followers": (50_000, 200_000),
    "female_share": (0.7, None),
    "quote_21_60s": xf.prefer(None, 30_000),
    "top_category": ["美妆", "时尚"],
    "few_videos": False,
}


def results(frame: pd.DataFrame, condition: str, column: str = "result") -> list[Any]:
    found = frame.loc[frame["condition"] == condition, column].astype(object)
    return found.where(found.notna(), None).tolist()


def test_a_brief_worked_out_by_hand() -> None:
    checked = xf.screen(FOUR, BRIEF, lang="en")
    assert len(checked) == 4 * len(BRIEF)
    assert checked["condition"].tolist() == [*BRIEF] * 4
    assert results(checked, "followers") == ["pass", "fail", "unknown", "pass"]
    assert results(checked, "followers", "gap") == [0.0, 50_000.0, None, 0.0]
    assert results(checked, "followers", "gap_share") == [0.0, 0.25, None, 0.0]
    assert results(checked, "female_share") == ["fail", "pass", "pass", "unknown"]
    assert results(checked, "female_share", "gap")[0] == 0.08
    assert results(checked, "female_share", "gap_share")[0] == pytest.approx(0.08 / 0.7)
    assert results(checked, "female_share", "evidence")[0] == "62% is 8 points below 70%"
    assert results(checked, "female_share", "value") == ["62%", "90%", "75%", None]
    # Both bounds are included.
    assert results(checked, "quote_21_60s") == ["pass", "fail", "pass", "unknown"]
    assert set(results(checked, "quote_21_60s", "kind")) == {"prefer"}
    assert results(checked, "top_category") == ["pass", "fail", "unknown", "pass"]
    assert results(checked, "top_category", "gap") == [0.0, None, None, 0.0]
    assert results(checked, "few_videos") == ["pass", "pass", "fail", "unknown"]
    assert results(checked, "followers", "wanted")[0] == "50,000 to 200,000"
    assert results(checked, "quote_21_60s", "wanted")[0] == "at most ¥30,000"


def test_what_is_asked_and_why_are_chinese_unless_english_is_asked_for() -> None:
    checked = xf.screen(FOUR, BRIEF)
    assert results(checked, "followers", "wanted")[0] == "50,000 至 200,000"
    assert results(checked, "quote_21_60s", "wanted")[0] == "不高于 ¥30,000"
    assert results(checked, "female_share", "evidence") == [
        "62%，比 70% 低 8 个百分点",
        "90%；要求不低于 70%",
        "75%；要求不低于 70%",
        "对比表中没有值",
    ]
    assert results(checked, "top_category", "wanted")[0] == "美妆或时尚"
    assert results(checked, "few_videos", "evidence")[2] == "是；要求否"
    odd = xf.screen(FOUR.assign(female_share=1.7), {"female_share": (0.7, None)})
    assert results(odd, "female_share", "evidence")[0] == "1.7 不可能是以“比例”为单位的值"
    same = [column for column in checked.columns if column not in ("wanted", "evidence")]
    pd.testing.assert_frame_equal(checked[same], xf.screen(FOUR, BRIEF, lang="en")[same])


def test_who_passes_worked_out_by_hand() -> None:
    found = xf.screened(xf.screen(FOUR, BRIEF))
    assert found["kol_id"].tolist() == ["4", "1", "3", "2"]
    assert found["verdict"].tolist() == ["unknown", "fail", "fail", "fail"]
    assert found["must_fail"].tolist() == [0, 1, 1, 2]
    assert found["failed"].fillna("").tolist() == [
        "",
        "female_share",
        "few_videos",
        "followers|quote_21_60s|top_category",
    ]
    assert found["unknown"].fillna("").tolist()[0] == "female_share|quote_21_60s|few_videos"
    counts = ["must_pass", "must_unknown", "must_fail", "prefer_pass", "prefer_unknown", "prefer_fail"]
    assert found[counts].sum(axis=1).tolist() == [len(BRIEF)] * 4
    assert found["name"].fillna("").tolist() == ["丁", "甲", "", "乙"]


def test_labels_words_of_ones_own_and_own_columns() -> None:
    checked = xf.screen(FOUR, {"女性占比": (None, 0.8), "主要内容类型": "美妆", "mine": xf.prefer(2, None)})
    assert checked["condition"].tolist()[:3] == ["female_share", "top_category", "mine"]
    assert results(checked, "mine") == ["fail", "pass", "pass", "pass"]
    assert results(checked, "female_share") == ["pass", "fail", "pass", "unknown"]


def test_a_value_that_cannot_be_is_unknown() -> None:
    board = FOUR.assign(female_share=[0.62, 1.7, -0.1, 0.8])
    checked = xf.screen(board, {"female_share": (0.7, None)}, lang="en")
    assert results(checked, "female_share") == ["fail", "unknown", "unknown", "pass"]
    assert results(checked, "female_share", "evidence")[1] == "1.7 cannot be a value in fraction"


def test_evidence_has_the_digits_that_tell_apart() -> None:
    board = FOUR.assign(female_share=[0.6583037415, 0.69999999, 0.7, 0.123])
    said = results(xf.screen(board, {"female_share": (0.7, None)}, lang="en"), "female_share", "evidence")
    assert said == [
        "65.83% is 4.17 points below 70%",
        "69.999999% is below 70%",
        "70%; wanted at least 70%",
        "12.3% is 57.7 points below 70%",
    ]


def test_a_board_of_the_sample_takes_a_brief(sample: xf.Client) -> None:
    board = xf.compare(xf.sample_ids(), metrics="all", client=sample)
    found = xf.screened(xf.screen(board, {"粉丝女性占比": (0.5, None), "expected_plays": xf.prefer(100_000, None)}))
    assert sorted(found["kol_id"]) == sorted(board["kol_id"])
    passed = board.set_index("kol_id").loc[found.loc[found["verdict"] == "pass", "kol_id"], "fans_female_share"]
    assert len(passed)
    assert (passed >= 0.5).all()


REFUSED: list[tuple[Any, str]] = [
    ({"female_share": (70, None)}, "female_share lies between 0 and 1; rates are fractions: 0.7 is 70 %"),
    ({"cpm_21_60s": (None, 30)}, r"the board lacks cpm_21_60s: compare\(.*brings it, for one request per creator"),
    ({"followrs": (1, 2)}, "did you mean 'followers'"),
    ({"kol_id": "1"}, "no condition 'kol_id'"),
    ({"followers": 5}, r"followers must be \(low, high\) with None where it is open, such as \(50000, None\), not 5"),
    ({"followers": (3, 2)}, "low bound first"),
    ({"followers": (None, None)}, r"followers must be \(low, high\)"),
    ({"followers": (True, None)}, r"followers must be \(low, high\)"),
    ({"followers": (float("nan"), None)}, r"followers must be \(low, high\)"),
    ({"followers": "many"}, r"followers must be \(low, high\)"),
    ({"followers": xf.prefer()}, r"followers must be \(low, high\)"),
    ({"few_videos": 1}, "few_videos must be True or False, not 1"),
    ({"top_category": (1, 2)}, "top_category must be a word or a list of words"),
    ({}, "conditions is empty"),
    (["followers"], "conditions must be a mapping"),
]


@pytest.mark.parametrize(("brief", "said"), REFUSED, ids=[str(brief) for brief, _ in REFUSED])
def test_what_cannot_be_a_brief_is_refused(brief: Any, said: str) -> None:
    with pytest.raises(xf.ParameterError, match=said):
        xf.screen(FOUR, brief)


def test_screened_takes_what_screen_makes() -> None:
    with pytest.raises(xf.ParameterError, match="a frame that screen makes"):
        xf.screened(FOUR)
    empty = xf.screen(FOUR.iloc[:0], BRIEF)
    assert empty.empty
    assert xf.screened(empty).columns.tolist() == xf.screened(xf.screen(FOUR, BRIEF)).columns.tolist()


bounds = st.tuples(st.none() | st.integers(0, 300_000), st.none() | st.integers(300_000, 600_000)).filter(any)
boards = st.lists(st.none() | st.integers(0, 600_000), min_size=1, max_size=6).map(
    lambda values: pd.DataFrame(
        {"kol_id": [str(n + 1) for n in range(len(values))], "followers": pd.array(values, dtype="Int64")}
    )
)


def verdicts(board: pd.DataFrame, brief: dict[str, Any]) -> dict[str, str]:
    found = xf.screened(xf.screen(board.assign(quote_21_60s=board["followers"]), brief))
    return dict(zip(found["kol_id"], found["verdict"], strict=True))


@given(boards, bounds, bounds)
def test_a_wish_changes_nobodys_verdict(board: pd.DataFrame, must: Any, wish: Any) -> None:
    alone = verdicts(board, {"followers": must})
    assert verdicts(board, {"followers": must, "quote_21_60s": xf.prefer(*wish)}) == alone
    missing = set(board.loc[board["followers"].isna(), "kol_id"])
    assert {kol_id for kol_id, verdict in alone.items() if verdict == "unknown"} == missing


@given(boards, boards, bounds)
def test_further_creators_change_nobodys_verdict(board: pd.DataFrame, more: pd.DataFrame, must: Any) -> None:
    more = more.assign(kol_id=[f"9{kol_id}" for kol_id in more["kol_id"]])
    together = verdicts(pd.concat([board, more], ignore_index=True), {"followers": must})
    assert {kol_id: together[kol_id] for kol_id in board["kol_id"]} == verdicts(board, {"followers": must})


def test_a_metric_of_ones_own_is_called_by_its_label_in_the_summary() -> None:
    own = xf.metric("mine", unit="CNY", label_zh="单次成本")
    checked = xf.screen(FOUR, {"单次成本": (2, None)}, metrics=own)
    assert results(checked, "mine", "evidence")[0] == "¥1，比 ¥2 低 ¥1"
    assert "单次成本" in xf.show(xf.screened(checked)).to_html()
