"""Sentences in two languages: Chinese in every cell that people read, and back as they were."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import xingtu_frames as xf
from tests.board_cases import plain
from tests.export_cases import cells
from tests.report.html_cases import Page
from xingtu_frames.decide.obstacles import DETAILS
from xingtu_frames.decide.quotas import TIERS
from xingtu_frames.tables.sentences import Sentences

IDS = xf.sample_ids()
NO_WORDS = re.compile(r"CPM|CPE|TGI|CPC|GMV|MCN|iPhone|IDs?|A3|\b5A\b|[0-9]+s\b|V[0-9]|星图ID|get_\w+")
"""Names that Chinese planners use as they are, durations, and endpoints, which the provider knows by their names."""


@pytest.fixture(scope="module")
def client() -> Iterator[xf.Client]:
    with xf.sample_client() as sample:
        yield sample


@pytest.fixture(scope="module")
def board(client: xf.Client) -> pd.DataFrame:
    return xf.compare(IDS, metrics="all", client=client)


@pytest.fixture(scope="module")
def decided(board: pd.DataFrame, client: xf.Client) -> dict[str, pd.DataFrame]:
    """Return a frame of every kind of decision."""
    portrait = xf.fetch_audience_portrait(IDS, client=client)
    match = xf.audience_match(portrait, {"gender": "female"}, board=board)
    tiers = {(1_000_000, None): (1, 3), (None, 1_000_000): 3, (100_000, 1_000_000): 3}
    plan = xf.plan_budget(board, 300_000, fee=0.05, per_tier=tiers, exclude=IDS[2])
    wishes = xf.plan_wishes(board, 300_000, include=IDS[4], exclude=IDS[2], per_category=1, per_tier=tiers)
    frontier = xf.plan_frontier(board, 300_000, target_users=match)
    brief = {"few_videos": False, "followers": (50_000, 200_000), "video_type": "personal", "top_category": "美妆"}
    checked = xf.screen(board, brief)
    items = xf.fetch_show_items(IDS, client=client)
    booked = items.groupby("kol_id").head(1)[["kol_id", "item_id"]].assign(price_cny=10_000.0)
    reviewed = xf.review(booked, videos=items, board=board)
    tidy = {"spread_info": xf.fetch_spread_info(IDS, client=client), "show_items": items}
    return {
        "board": board,
        "plan": plan,
        "wishes": wishes,
        "frontier": frontier,
        "screen": checked,
        "screened": xf.screened(checked),
        "score": xf.score(board, "种草"),
        "match": match,
        "review": reviewed,
        "total": xf.review_total(reviewed),
        "quality": xf.quality(tidy),
        "stability": xf.rank_stability(board, "种草"),
        "left_out": pd.DataFrame(list(plan.attrs["left_out"])),
        "cannot": xf.named(pd.DataFrame(list(frontier.attrs["cannot_be_booked"])), board),
        "changes": xf.changes("spread_info", client=client),
        "windows": xf.compare_windows(IDS, client=client),
        "track": xf.track(IDS, "spread_info", plan=True, client=client),
        "requests": client.plan("spread_info", ids=IDS),
    }


@pytest.mark.slow
def test_no_cell_of_a_decision_is_english_in_a_chinese_table(decided: dict[str, pd.DataFrame]) -> None:
    for kind, frame in decided.items():
        shown = Page(xf.show(frame, columns="all").to_html())
        assert shown.rows, kind
        for text in [*shown.headers, *(cell for row in shown.rows for cell in row)]:
            assert not re.search("[A-Za-z]{2}", NO_WORDS.sub("", text)), (kind, text)


def test_what_stands_in_chinese_in_a_workbook_comes_back(decided: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    frames = {kind: decided[kind] for kind in ("wishes", "left_out", "cannot", "screen")}
    path = xf.write_excel(frames, tmp_path / "a.xlsx")
    back = xf.read_excel(path)
    for kind, frame in frames.items():
        written = [value for row in cells(path, kind) for value, _ in row if isinstance(value, str)]
        assert not [text for text in written if re.search("[A-Za-z]{2}", NO_WORDS.sub("", text))]
        for name in sorted({"wish", "group", "bound", "why", "detail", "value", "result"} & set(frame.columns)):
            assert plain(back[kind][[name]]) == plain(frame[[name]])


def test_why_a_creator_is_left_out_is_said_in_chinese(decided: dict[str, pd.DataFrame]) -> None:
    shown = Page(xf.show(decided["left_out"]).to_html())
    assert shown.headers == ["原因", "说明", "星图ID"]
    said = {row[2]: row[:2] for row in shown.rows}
    assert said[IDS[2]] == ["已排除", "已要求排除"]
    assert any(
        re.fullmatch(r"最低 [\d,.]+ 元（.+，.+），计服务费和返点为 .+ 元，预期效果 .+；.+", text)
        for _, text in said.values()
    )
    assert "对比表中没有播放量中位数" in [text for _, text in said.values()]


SAID = {
    "50 followers and more": "粉丝 50 及以上",
    "fewer than 1,000,000 followers": "粉丝低于 1,000,000",
    "5 to 9 followers": "粉丝 5 至 9",
    "the board has no interact_rate; target_users has none of it": "对比表中没有互动率；没有该达人的目标用户数",
    "1 of 5 to 9 followers are booked": "粉丝 5 至 9已预订 1 次",
    "2 of 美妆 are booked; 3.00 yuan are left": "美妆已预订 2 次；预算剩余 3.00 元",
}


@pytest.mark.parametrize("text", SAID)
def test_a_sentence_is_spoken_and_comes_back(text: str) -> None:
    words = next(words for words in (TIERS, DETAILS) if text in words.zh)
    for same in (words, copy.deepcopy(words)):
        assert (same, same.zh[text], same.zh.back[SAID[text]]) == (words, SAID[text], text)


def test_what_no_sentence_says_stays_as_it_is() -> None:
    words = Sentences({"{count} of {group} (all)": "{group}共 {count}"}, {"group": {"a": "甲"}})
    assert words.zh["2 of a (all)"] == "甲共 2"
    assert words.zh["2 of {} (all)"] == "{}共 2"
    for text in ("", "2 of a", "2 of a (all); b", "2 OF a (all)", None, 3):
        assert words.zh.get(text, "?") == "?"  # type: ignore[arg-type]
