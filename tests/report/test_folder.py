"""What a survey hands around: the terminal's decision, every file, the pictures and their page."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

import xingtu_frames as xf
from tests.files.test_picture import png
from xingtu_frames.fetch.compare import Survey, survey
from xingtu_frames.fetch.sample import SAMPLE_DAYS, sample_tables
from xingtu_frames.report import pictures as report_pictures
from xingtu_frames.report.folder import Decided, asked_text, decision_text, leftovers, write_all
from xingtu_frames.report.page import write_page
from xingtu_frames.report.pictures import Picture, pictures

pytestmark = pytest.mark.usefixtures("coarse_pictures")

PICTURES = {
    "scorecard": "",
    "price_value": "",
    "expected": "",
    "cost_tiers": "cost_tiers",
    "indexes": "link_index",
    "benchmarks": "spread_benchmarks",
    "link_funnel": "link_struct",
    "sources": "touch_distribution",
    "portrait": "audience_portrait",
    "content_mix": "video_distribution",
    "videos": "show_items",
    "followers": "daily_fans",
}
METRICS = ["expected_plays", *(name for name, metric in xf.METRICS.items() if metric.by_default)]


@pytest.fixture(autouse=True)
def _no_picture_is_left_open() -> Iterator[None]:
    before = plt.get_fignums()
    yield
    assert plt.get_fignums() == before, "a picture was left open"


@pytest.fixture(scope="module")
def found() -> Survey:
    with xf.sample_client() as client:
        return surveyed(client, xf.sample_ids()[:5])


def alone(found: Survey) -> Survey:
    """Return a survey that writes one table, where the test is about something else."""
    return found._replace(frames={"profiles": found.frames["profiles"]})


def surveyed(client: xf.Client, ids: list[str]) -> Survey:
    """Return all that the demo asks for."""
    also = (*sample_tables(), "daily_fans")
    return survey(ids, metrics=METRICS, also=also, options=SAMPLE_DAYS, client=client)


def only(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Draw but the picture of this name."""
    kinds = [kind for kind in report_pictures._KINDS if kind.name == name]
    monkeypatch.setattr("xingtu_frames.report.pictures._KINDS", kinds)


def decided(found: Survey, budget: float | None = 300_000.0, lang: str = "zh") -> Decided:
    return Decided(found, xf.PRESETS["种草"], budget, lang)  # type: ignore[arg-type]


def rows_of(text: str) -> list[list[str]]:
    """Return the cells of the last table of a text."""
    *_, table = (part for part in text.split("\n\n") if "\n---" in part)
    return [re.split(r"\s{2,}", line.strip()) for line in table.splitlines()[2:]]


def test_the_terminal_shows_scores_from_the_best_down(found: Survey) -> None:
    text = decision_text(decided(found, budget=None))
    scores = xf.score(found.board, "种草")
    names = dict(zip(found.board["kol_id"], found.board["name"], strict=True))
    assert "种草" in text.splitlines()[0]
    shown = rows_of(text)
    assert [row[0][:13] for row in shown] == [names[kol_id][:13] for kol_id in scores["kol_id"]]
    assert [row[1] for row in shown] == [f"{value:.1f}" for value in scores["score"]]


def test_the_terminal_shows_the_plan_with_its_sums(found: Survey) -> None:
    about = decided(found)
    plan = xf.plan_budget(found.board, 300_000)
    text = decision_text(about)
    *bookings, total = rows_of(text)
    assert len(bookings) == len(plan) > 1
    # Without a fee or a rebate the price is the total.
    assert total == ["合计", "¥27.2万", "¥27.2万", "488万"]
    assert "预算 ¥30万" in text
    names = dict(zip(found.board["kol_id"], found.board["name"], strict=True))
    left_out = [names[one["kol_id"]] for one in plan.attrs["left_out"]]
    assert left_out
    assert all(f"{name} (" in text.split("未列入：")[1] for name in left_out)
    assert about.plan is not None
    pd.testing.assert_frame_equal(about.plan, plan)


def test_the_terminal_shows_what_comes_on_top_of_the_price(found: Survey) -> None:
    about = Decided(found, xf.PRESETS["种草"], 300_000.0, "en", fee=0.05, rebate=0.1)
    assert about.plan is not None
    pd.testing.assert_frame_equal(about.plan, xf.plan_budget(found.board, 300_000, fee=0.05, rebate=0.1))
    text = decision_text(about)
    (head,) = (line for line in text.splitlines() if line.startswith("creator") and "duration" in line)
    shown = ["creator", "duration", "source of price", "price", "fee", "rebate", "total", "median plays"]
    assert re.split(r"\s{2,}", head.strip()) == shown
    *_, total = rows_of(text)
    assert total[0] == "total"
    assert total[1:5] == ["¥272K", "¥13.6K", "¥27.2K", "¥258K"]


def test_thin_data_and_a_missing_quote_stand_beside_the_score(found: Survey) -> None:
    hints = {row[0]: row[3] for row in rows_of(decision_text(decided(found, budget=None))) if len(row) > 3}
    assert hints == {"官网示例达人": "作品少, 无报价"}


@pytest.mark.usefixtures("one_picture")
def test_invented_creators_are_called_so_everywhere(found: Survey, tmp_path: Path) -> None:
    list(write_all(Decided(alone(found), xf.PRESETS["种草"], None, "zh", sample=True), tmp_path))
    assert "达人对比（虚构示例）" in xf.read_excel(tmp_path / "shortlist.xlsx")
    assert "<h1>达人对比（虚构示例）</h1>" in (tmp_path / "pictures.html").read_text("utf-8")


@pytest.mark.usefixtures("one_picture")
def test_names_of_the_user_reach_the_proposal(sample: xf.Client, tmp_path: Path) -> None:
    named = survey(xf.sample_ids()[1:3], names=["客户叫法", None], also=("link_struct",), options={}, client=sample)
    list(write_all(decided(named), tmp_path))
    proposal = xf.read_csv(tmp_path / "proposal.csv")
    assert proposal["抖音昵称"].tolist() == ["客户叫法", "云上阿澈的衣橱"]


def test_a_plan_that_cannot_be_made_costs_nothing_else(found: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsolved(*_: object) -> None:
        raise xf.XingtuError("no proven best plan")

    monkeypatch.setattr("xingtu_frames.decide.solver._solved", unsolved)
    about = decided(found)
    assert (about.plan, about.unplanned) == (None, "no proven best plan")
    assert rows_of(decision_text(about))


@pytest.mark.slow
@pytest.mark.usefixtures("one_picture")
def test_files_of_an_earlier_run_are_named(found: Survey, tmp_path: Path) -> None:
    list(write_all(decided(alone(found)), tmp_path))
    (tmp_path / "notes.csv").write_text("mine")
    again = [path for path, _ in write_all(decided(alone(found), budget=None), tmp_path)]
    assert leftovers(tmp_path, again) == ["plan.csv"]


def test_a_creator_without_a_score_is_not_ranked(found: Survey) -> None:
    board = found.board.copy()
    weighted = list(xf.PRESETS["种草"].weights)
    board.loc[0, weighted] = pd.NA
    board.attrs = found.board.attrs
    text = decision_text(decided(found._replace(board=board), budget=None))
    assert len(rows_of(text)) == len(board) - 1


@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.slow)])
def test_every_file_is_written_and_they_hold_the_same(sample: xf.Client, tmp_path: Path, lang: str) -> None:
    # Drawing takes most of the time, so there are three creators.
    found = surveyed(sample, xf.sample_ids()[1:4])
    written = dict(write_all(decided(found, lang=lang), tmp_path))
    assert set(written) == set(tmp_path.iterdir())
    sheets = xf.read_excel(tmp_path / "shortlist.xlsx")
    tables = {path.stem: written[path] for path in written if path.suffix == ".csv"}
    assert list(tables) == ["board", "scores", "plan", "proposal", "quality", *found.frames]
    for stem, title in tables.items():
        frame = xf.read_csv(tmp_path / f"{stem}.csv")
        assert "kol_id" not in frame or {"name", "nick_name"} & set(frame)
        pd.testing.assert_frame_equal(frame[list(sheets[title])], sheets[title], check_freq=False)
    drawn = {path: text for path, text in written.items() if path.suffix == ".png"}
    assert [path.stem for path in drawn] == list(PICTURES)
    page = (tmp_path / "pictures.html").read_text("utf-8")
    inside = [base64.b64decode(data) for data in re.findall(r'src="data:image/png;base64,([^"]+)"', page)]
    assert inside == [path.read_bytes() for path in drawn]
    assert re.findall(r'(?:src|href)="(?!data:)', page) == [], "the page needs another file"
    assert all(f"<figcaption>{text}</figcaption>" in page for text in drawn.values())


def test_failures_have_a_sheet_of_their_own(found: Survey, tmp_path: Path) -> None:
    failure = {"kol_id": "1", "endpoint": "get_author_base_info", "code": 404, "error": "gone", "retryable": False}
    bare = alone(found)._replace(failures=[failure])
    list(write_all(decided(bare), tmp_path))
    assert xf.read_csv(tmp_path / "failures.csv")[list(failure)].to_dict("records") == [failure]
    assert "未获取" in xf.read_excel(tmp_path / "shortlist.xlsx")


def test_a_picture_without_data_is_left_out(found: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xingtu_frames.report.pictures._png", lambda _: plt.close("all") or b"")
    some = found.frames | {name: frame.iloc[:0] for name, frame in found.frames.items() if name != "link_index"}
    del some["quotes"], some["cost_tiers"]
    drawn = [one.name for one in pictures(found._replace(frames=some), "zh")]
    assert drawn == [name for name, table in PICTURES.items() if table in ("", "link_index")]


@pytest.mark.parametrize("without", [["expected_plays"], []], ids=["no column", "no value"])
def test_expected_plays_are_drawn_where_the_board_has_one(
    without: list[str], found: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, "expected")
    board = found.board.assign(expected_plays=found.board["expected_plays"].mask(found.board["kol_id"].notna()))
    assert list(pictures(found._replace(board=board.drop(columns=without)), "zh")) == []


def test_a_portrait_shows_what_planners_ask_for_first(found: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, "portrait")
    panels: list[list[str]] = []

    def listed(figure: Figure) -> bytes:
        panels.append([ax.get_title("left").split(" · ")[0] for ax in figure.axes])
        plt.close(figure)
        return b""

    monkeypatch.setattr("xingtu_frames.report.pictures._png", listed)
    frame = found.frames["audience_portrait"]
    for dimensions in (list(frame["dimension"].cat.categories), ["age", "city"], ["city"]):
        some = {"audience_portrait": frame[frame["dimension"].isin(dimensions)]}
        list(pictures(found._replace(frames=some), "zh"))
    assert panels == [["性别", "年龄", "城市等级", "八大人群", "设备", "省份"], ["年龄"], ["城市"]]


def test_the_gravest_doubts_come_first(found: Survey) -> None:
    flags = decided(found).flags
    same = xf.quality(found.frames, stale_after="7d")
    assert flags["severity"].is_monotonic_increasing
    assert flags["severity"].nunique() > 1
    assert flags["severity"].tolist() != same["severity"].tolist()
    for _, rows in flags.groupby("severity", observed=True):
        kept = same[same["severity"] == rows["severity"].iloc[0]]
        assert rows["kol_id"].fillna("").tolist() == kept["kol_id"].fillna("").tolist()


@pytest.mark.parametrize(("lang", "zone"), [("zh", "北京时间"), ("en", "Beijing time")])
def test_the_terminal_says_the_time_of_china(lang: Literal["zh", "en"], zone: str) -> None:
    board = pd.DataFrame({"fetched_at": pd.to_datetime(["2025-12-31T20:05Z", "2026-01-02T00:00Z"])})
    board.attrs["asked"] = {"video_type": "personal", "window": "30d"}
    assert asked_text(board, lang).endswith(f" 2026-01-01 04:05 {zone}")


def test_old_answers_are_flagged_unless_told_otherwise(found: Survey) -> None:
    profiles = found.frames["profiles"]
    old = found._replace(
        frames={"profiles": profiles.assign(fetched_at=profiles["fetched_at"] - pd.Timedelta(days=999))}
    )
    assert (decided(old).flags["flag"] == "stale_answer").sum() == len(profiles)
    assert Decided(old, xf.PRESETS["种草"], None, "zh", sample=True).flags.empty


def test_what_a_page_says_is_escaped(found: Survey, tmp_path: Path) -> None:
    page = write_page([Picture("a", "<b>&", png(5, 5))], tmp_path / "a.html", "<i>", "a & b", "en").read_text("utf-8")
    assert "&lt;b&gt;&amp;" in page
    assert "<i>" not in page
    assert "a &amp; b" in page


@pytest.mark.slow
def test_many_creators_are_drawn_in_pages_and_no_one_is_missing(
    found: Survey, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    names = ("scorecard", "link_funnel")
    kinds = [kind for kind in report_pictures._KINDS if kind.name in names]
    monkeypatch.setattr("xingtu_frames.report.pictures._KINDS", kinds)
    drawn: list[str] = []

    def read(picture: Axes | Figure) -> bytes:
        figure = picture.figure.figure if isinstance(picture, Axes) else picture
        drawn.append(" ".join(text.get_text() for text in figure.findobj(Text)))
        plt.close(figure)
        return b""

    monkeypatch.setattr("xingtu_frames.report.pictures._png", read)
    ids = [str(7_100_000_000_000_000_000 + number) for number in range(41)]
    labels = [f"达人{number}号" for number in range(41)]
    board = pd.DataFrame({"kol_id": ids, "name": labels, "play_median": range(1, 42)})
    one = found.frames["link_struct"]
    funnels = pd.concat([one[one["kol_id"] == one["kol_id"].iloc[0]].assign(kol_id=kol_id) for kol_id in ids])
    made = list(pictures(found._replace(board=board, frames={"link_struct": funnels}), "zh"))
    assert [picture.name for picture in made] == ["scorecard", "scorecard_2", "link_funnel", "link_funnel_2"]
    assert made[1].caption.endswith("（2/2）")
    for pages in (drawn[:2], drawn[2:]):
        assert [label for label in labels if sum(label in page for page in pages) != 1] == []
    for name in ("scorecard_2.png", "scorecard_x.png", "scorecard.png"):
        (tmp_path / name).touch()
    assert leftovers(tmp_path, [tmp_path / "scorecard.png"]) == ["scorecard_2.png"]
