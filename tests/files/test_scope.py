"""What a frame is about, in words."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from tests.export_cases import ID
from xingtu_frames.board.metrics import board_columns, chosen_metrics
from xingtu_frames.files.groups import GROUPS
from xingtu_frames.files.scope import scope
from xingtu_frames.frame import build_frame
from xingtu_frames.tables.catalog import TABLES

NAMES = {ID: "阿禾", "71": "小满"}
ASKED = {
    "video_type": "personal",
    "window": "90d",
    "only_assigned": False,
    "flow": "exclude",
    "industry": "all",
    "platform": "short_video",
}


def empty(kind: str, **attrs: Any) -> pd.DataFrame:
    frame = build_frame(GROUPS[kind], [])
    frame.attrs.update(attrs)
    return frame


def test_a_board_says_what_was_asked_and_where() -> None:
    default = build_frame(board_columns(chosen_metrics(None)), [])
    default.attrs["asked"] = ASKED
    told = scope(default, "board", "zh", {})
    asked, _, source = told.partition("；接口 ")
    assert asked == ("视频类型 个人视频；统计周期 近90天；平台 短视频；行业 全部行业；流量筛选（可能指付费流量） 剔除")
    assert set(source.split(", ")) == {
        TABLES[name].endpoint
        for name in ("profiles", "spread_info", "quotes", "link_index", "connected_users", "video_distribution")
    }
    told = scope(empty("board", asked={**ASKED, "only_assigned": True}), "board", "en", {})
    assert told.startswith("video_type personal; window 90d; platform short_video; industry all; only_assigned True")


def test_a_table_says_what_its_columns_repeat() -> None:
    columns = TABLES["spread_info"].columns
    rows = [[ID, "xingtu", window, *[None] * (len(columns) - 3)] for window in ("30d", "90d", None)]
    told = scope(build_frame(columns, rows), "spread_info", "zh", {})
    assert told == "视频类型 星图视频；统计周期 近30天|近90天；接口 get_author_spread_info"
    assert scope(build_frame(columns, []), "spread_info", "en", {}) == "from get_author_spread_info"


@pytest.mark.parametrize(
    ("table", "choice", "said", "said_en"),
    [
        ("audience_portrait", "follow", "连接阶段 追随", "stage follow"),
        ("fans_portrait", "loyal", "粉丝群 铁粉", "fan_group loyal"),
        ("homepage_videos", "all", "视频类型 全部视频", "video_type all"),
    ],
)
def test_a_table_says_its_own_choices_in_its_own_words(table: str, choice: str, said: str, said_en: str) -> None:
    columns, (option,) = TABLES[table].columns, TABLES[table].option_columns
    frame = build_frame(columns, [[choice if column.name == option else None for column in columns]])
    assert scope(frame, table, "zh", {}).split("；")[0] == said
    assert scope(frame, table, "en", {}).split("; ")[0] == said_en


def test_a_board_says_only_what_its_tables_depend_on() -> None:
    asked = {**ASKED, "stage": "connected", "fan_group": "fans"}

    def said(*metrics: str, portrait: bool = False) -> str:
        board = build_frame(board_columns(chosen_metrics(metrics), portrait=portrait), [])
        board.attrs["asked"] = asked
        return scope(board, "board", "zh", {})

    assert said("followers") == "平台 短视频；接口 get_author_base_info"
    assert said("fans_female_share") == "粉丝群 粉丝；接口 get_author_fans_distribution"
    assert said("female_share") == "平台 短视频；连接阶段 连接；接口 author_audience_distribution"
    # The most frequent groups stand on a board without any metric of the portrait.
    told = said("followers", portrait=True)
    assert told == "平台 短视频；连接阶段 连接；接口 get_author_base_info, author_audience_distribution"


def test_scores_say_their_weights() -> None:
    about = {
        "weights": {"cpm_21_60s": 0.4, "interact_rate": 0.6},
        "directions": {"cpm_21_60s": "lower", "interact_rate": "higher"},
        "missing": "renormalise",
        "normalisation": "rank",
    }
    assert scope(empty("score", **about), "score", "zh", {}) == (
        "权重 预期CPM(21-60秒) 40%（越低越好）、互动率 60%（越高越好）；归一方式 名次；缺失指标 其余权重按比例补足"
    )
    assert scope(empty("score", **about), "score", "en", {}) == (
        "weights cpm_21_60s 40% (lower is better), interact_rate 60% (higher is better); normalisation rank; "
        "missing renormalise"
    )


def test_ranks_say_who_is_too_close() -> None:
    about = {"jitter": 0.2, "draws": 1000, "seed": 0, "too_close": [[ID, "71"], ["71", "9"]], "unscored": ["9"]}
    assert scope(empty("rank_stability", **about), "rank_stability", "zh", NAMES) == (
        "权重变动 ±20%；模拟次数 1,000；随机种子 0；难分先后 阿禾 / 小满、小满 / 9；没有得分 9"
    )
    many = {"too_close": [[ID, str(other)] for other in range(100, 130)]}
    told = scope(empty("rank_stability", **many), "rank_stability", "en", NAMES)
    assert told.endswith("阿禾 / 119 and others, 30 in all")


def test_a_plan_says_what_it_spends_and_leaves_out() -> None:
    about = {
        "budget_cny": 3e5,
        "spent_cny": 297600.5,
        "left_cny": 2399.5,
        "expected_total": 6_674_126.0,
        "maximise": "plays",
        "left_out": [{"kol_id": ID, "why": "did not fit", "detail": "..."}],
    }
    assert scope(empty("plan_budget", **about), "plan_budget", "zh", NAMES) == (
        "目标 播放；预算 ¥300,000；计划花费 ¥297,600.50；结余 ¥2,399.50；预期合计 667万；未列入 阿禾 (预算放不下)"
    )
    assert "left out 阿禾 (did not fit)" in scope(empty("plan_budget", **about), "plan_budget", "en", NAMES)


@pytest.mark.parametrize("attrs", [{"asked": "x"}, {"weights": [1]}, {"weights": {"x": 1}, "directions": {}}, {}])
def test_attrs_of_others_say_nothing(attrs: dict[str, Any]) -> None:
    frame = pd.DataFrame({"a": [1]})
    frame.attrs.update(attrs)
    assert scope(frame, None, "zh", {}) == ""


def test_attrs_of_the_users_own_are_left_alone() -> None:
    frame = pd.DataFrame({"x": [1]})
    frame.attrs.update({"missing": ["7"], "draws": "many", "budget_cny": "1万", "left_out": 5, "too_close": None})
    assert scope(frame, None, "zh", {}) == ""


def test_a_match_says_its_target_baseline_and_assumption() -> None:
    about = {
        "target": {"gender": ["female"], "age": ["18-23", "24-30"]},
        "baseline": "weighted by users",
        "whose": "connected",
        "duration_band": "21-60s",
        "assumes": "independence",
    }
    assert scope(empty("audience_match", **about), "audience_match", "zh", {}) == (
        "画像 连接；目标人群 性别 女，年龄 18-23、24-30；TGI基准 名单按用户数加权；"
        "假设 各维度相互独立；报价时长档 21-60秒"
    )
    assert scope(empty("audience_match", **{**about, "whose": None}), "audience_match", "en", {}) == (
        "target gender female, age 18-23 or 24-30; TGI 100 is weighted by users; assumes independence; quote for 21-60s"
    )
