"""The deck for a client: what stands on its slides, and that all of it can be read and edited."""

from __future__ import annotations

import io
import itertools
import math
import os
import re
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib import pyplot as plt
from pptx import Presentation
from wcwidth import wcwidth

import xingtu_frames as xf
from tests.cli_cases import Done
from tests.loopback import Loopback
from xingtu_frames.fetch.compare import Survey, survey
from xingtu_frames.plot.drawing.style import BANDS, CATEGORIES
from xingtu_frames.report.folder import Decided, write_all

pytestmark = pytest.mark.usefixtures("coarse_pictures")

HAIR = 9_144
"""A hundredth of an inch."""
PICTURE = 13
KINDS = ("rich", "english", "thirty", "one", "gaps")
A, B, C, D = (str(7_000_000_000_000_000_000 + number) for number in range(4))
LONG = "一个名字非常非常长的达人" * 40


def board_of(names: list[str | None], **columns: Any) -> pd.DataFrame:
    """Return a board of creators with two metrics, or with these."""
    count = len(names)
    known = {
        "play_median": [742_318 + 1_000 * number for number in range(count)],
        "interact_rate": [0.049] * count,
        "quote_21_60s": [17_600 + 100 * number for number in range(count)],
    }
    ids = [str(7_000_000_000_000_000_000 + number) for number in range(count)]
    return pd.DataFrame({"kol_id": ids, "name": names, **(columns or known)})


def planned(board: pd.DataFrame, budget: float) -> pd.DataFrame:
    """Return the plan by quotes of one band."""
    missing = {metric: None for metric in xf.METRICS if metric[:3] in ("cpm", "cpe", "quo") and metric not in board}
    return xf.plan_budget(board.assign(**missing), budget, bands=["21-60s"], implied=False)


@pytest.fixture(scope="module")
def found() -> Survey:
    with xf.sample_client() as client:
        also = ("audience_portrait", "show_items", "profiles")
        return survey(xf.sample_ids()[1:5], also=also, options={}, client=client)


@pytest.fixture(scope="module")
def decks(found: Survey, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return decks of every kind, each written once."""
    folder = tmp_path_factory.mktemp("decks")
    plan = xf.plan_budget(found.board, 300_000, fee=0.05)
    items = found.frames["show_items"]
    first = items[items["kol_id"] == found.kol_ids[0]]
    match = xf.audience_match(found.frames["audience_portrait"], {"gender": "female"}, board=found.board)
    flags = xf.quality(found.frames, stale_after=None)
    frames = {**{name: found.frames[name] for name in ("profiles", "audience_portrait")}, "show_items": first}
    rich = {"frames": frames, "plan": plan, "audience": match, "quality": flags}
    many = [None, LONG, "Averyveryverylongname" * 9, "=1+1", *(f"达人{number}" for number in range(26))]
    kinds: dict[str, tuple[pd.DataFrame, dict[str, Any]]] = {
        "rich": (found.board, rich),
        "english": (
            found.board.assign(name=["Ann", "Bea", "Cid", "Dan"]),
            {"plan": plan, "audience": match, "lang": "en"},
        ),
        "thirty": (board_of(many), {"plan": planned(board_of(many), 10**6)}),
        "one": (board_of(["独一"]), {}),
        "gaps": (board_of(["有数", "无数"], play_median=[1_000.0, None], interact_rate=[0.1, None]), {}),
    }
    made = {name: xf.write_pptx(board, folder / f"{name}.pptx", **said) for name, (board, said) in kinds.items()}
    assert not plt.get_fignums(), "a plot was left open"
    return made


def slides_of(path: Path) -> list[Any]:
    return list(Presentation(os.fspath(path)).slides)


def titles(path: Path) -> list[str]:
    return [slide.shapes.title.text_frame.text for slide in slides_of(path)]


def tables_of(slide: Any) -> list[list[list[str]]]:
    return [
        [[cell.text_frame.text.replace("\v", "") for cell in row.cells] for row in shape.table.rows]
        for shape in slide.shapes
        if shape.has_table
    ]


def table(path: Path, title: str) -> list[list[str]]:
    """Return the last table of the slide with this title."""
    return next(tables_of(slide)[-1] for slide in slides_of(path) if slide.shapes.title.text_frame.text == title)


def texts(path: Path) -> list[str]:
    return [
        text
        for slide in slides_of(path)
        for shape in slide.shapes
        for text in (
            [cell.text_frame.text for row in shape.table.rows for cell in row.cells]
            if shape.has_table
            else [shape.text_frame.text]
            if shape.has_text_frame
            else []
        )
    ]


def test_the_slides_come_in_the_order_of_a_proposal(decks: dict[str, Path], found: Survey) -> None:
    assert titles(decks["rich"]) == [
        "达人推荐方案",
        "达人对比",
        "价格与价值：21-60秒报价买到多少播放",
        "目标人群匹配",
        "受众画像",
        "预算方案",
        *found.board["name"].tolist(),
        "数据质量",
        "口径与来源",
    ]
    assert titles(decks["one"]) == ["达人推荐方案", "独一", "口径与来源"]


def test_numbers_read_as_everywhere_and_missing_is_a_dash(decks: dict[str, Path], tmp_path: Path) -> None:
    known = {"play_median": [742_318, None], "interact_rate": [0.0491, 0.5], "quote_21_60s": [17_600, 0]}
    board = board_of(["青柠", "灶边"], **known)
    cells = table(xf.write_pptx(board, tmp_path / "a.pptx"), "达人对比")
    assert cells == [
        ["达人", "播放量中位数", "互动率", "报价(21-60秒)"],
        ["青柠", "74.2万", "4.9%", "¥1.76万"],
        ["灶边", "—", "50.0%", "¥0"],
    ]
    assert table(decks["gaps"], "达人对比")[2] == ["无数", "—", "—"]


def test_the_cover_has_the_span_of_the_list_and_what_the_plan_comes_to(decks: dict[str, Path]) -> None:
    (strip,) = tables_of(slides_of(decks["thirty"])[0])
    assert strip[0] == ["播放量中位数", "报价(21-60秒)", "计划花费", "预期播放"]
    assert strip[1][:2] == ["74.2万 – 77.1万", "¥1.76万 – ¥2.05万"]
    board = board_of(["甲"], interact_rate=[0.1])
    assert not tables_of(slides_of(xf.write_pptx(board, decks["one"].with_name("bare.pptx")))[0])


def test_the_plan_has_a_row_for_each_booking_and_the_total(decks: dict[str, Path], found: Survey) -> None:
    plan = xf.plan_budget(found.board, 300_000, fee=0.05)
    header, *rows, total = table(decks["rich"], "预算方案")
    assert header[:4] == ["达人", "时长档", "计划价格", "价格来源"]
    assert [row[0][:9] for row in rows] == [name[:9] for name in plan["name"]]
    spent = plan["total_cny"].sum()
    assert total[0] == "合计"
    assert total[header.index("合计")] == f"¥{spent / 10_000:.3g}万"
    assert total[-1] == f"¥{spent / plan['expected'].sum() * 1000:.1f}"
    slide = next(slide for slide in slides_of(decks["rich"]) if slide.shapes.title.text_frame.text == "预算方案")
    strip = tables_of(slide)[0]
    assert strip[0] == ["预算", "预订", "计划花费", "结余", "预期播放"]
    assert strip[1][:2] == ["¥30万", f"{len(plan)} 条视频"]


def test_bands_have_the_colours_that_they_have_in_pictures(decks: dict[str, Path], found: Survey) -> None:
    plan = xf.plan_budget(found.board, 300_000, fee=0.05)
    slide = next(slide for slide in slides_of(decks["rich"]) if slide.shapes.title.text_frame.text == "预算方案")
    grid = [shape.table for shape in slide.shapes if shape.has_table][-1]
    marks = [grid.cell(row, 1).text_frame.paragraphs[0].runs[0].font.color.rgb for row in range(1, len(plan) + 1)]
    assert [f"#{mark}" for mark in marks] == [BANDS[band] for band in plan["duration_band"]]
    theme = packed(decks["rich"], "ppt/theme/theme1.xml")
    assert re.findall(r'<a:accent\d><a:srgbClr val="(\w+)"', theme) == [colour[1:] for colour in CATEGORIES[:6]]


def packed(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode("utf-8")


def test_a_plan_without_bookings_says_so(tmp_path: Path) -> None:
    board = board_of(["青柠", "灶边"])
    path = xf.write_pptx(board, tmp_path / "a.pptx", plan=planned(board, 10))
    assert "没有可预订的达人。" in texts(path)
    assert any("青柠（预算放不下）" in text for text in texts(path))


@pytest.mark.parametrize("kind", KINDS)
def test_every_run_names_its_fonts(decks: dict[str, Path], kind: str) -> None:
    latin = "Arial" if kind == "english" else "Microsoft YaHei"
    with zipfile.ZipFile(decks[kind]) as archive:
        pages = [archive.read(name).decode() for name in archive.namelist() if name.startswith("ppt/slides/slide")]
    for page in pages:
        runs = re.findall(r"<a:(?:r|fld|br|endParaRPr)\b.*?</a:(?:r|fld|br|endParaRPr)>", page, re.DOTALL)
        assert len(runs) > page.count("<a:p>")
        assert all(f'<a:latin typeface="{latin}"' in run for run in runs)
        assert all('<a:ea typeface="Microsoft YaHei"' in run for run in runs)
    theme = packed(decks[kind], "ppt/theme/theme1.xml")
    assert theme.count(f'<a:latin typeface="{latin}"/><a:ea typeface="Microsoft YaHei"/>') == 2


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_leaves_its_slide_or_covers_its_neighbour(decks: dict[str, Path], kind: str) -> None:
    deck = Presentation(os.fspath(decks[kind]))
    assert deck.slide_width / deck.slide_height == pytest.approx(16 / 9, abs=1e-3)
    for slide in deck.slides:
        shapes = [shape for shape in slide.shapes if not shape.has_text_frame or shape.text_frame.text]
        for shape in shapes:
            assert 0 <= shape.left < shape.left + shape.width <= deck.slide_width
            assert 0 <= shape.top < shape.top + shape.height <= deck.slide_height
        solid = [shape for shape in shapes if shape.has_table or shape.shape_type == PICTURE]
        for one, other in itertools.product(solid, shapes):
            assert one is other or not cover(one, other), (slide.shapes.title.text_frame.text, one.name, other.name)


def cover(one: Any, other: Any) -> bool:
    across = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    down = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    return bool(across > HAIR and down > HAIR)


@pytest.mark.parametrize("kind", KINDS)
def test_texts_fit_their_cells_and_boxes(decks: dict[str, Path], kind: str) -> None:
    for slide in slides_of(decks[kind]):
        for shape in slide.shapes:
            if shape.has_table:
                for row in shape.table.rows:
                    for column, cell in zip(shape.table.columns, row.cells, strict=True):
                        across = column.width - cell.margin_left - cell.margin_right
                        down = row.height - cell.margin_top - cell.margin_bottom
                        assert needed(cell.text_frame, across) <= down + HAIR, cell.text_frame.text
            elif shape.has_text_frame and shape.text_frame.text:
                assert needed(shape.text_frame, shape.width) <= shape.height + HAIR, shape.text_frame.text


def needed(frame: Any, across: int) -> float:
    """Return the height of a text: half a size for each cell of a letter, 1.2 sizes for a line."""
    total = 0.0
    for paragraph in frame.paragraphs:
        size = max((run.font.size for run in paragraph.runs), default=0)
        for line in re.split("[\v\n]", paragraph.text):
            wide = sum(max(wcwidth(char), 0) for char in line) * size / 2
            total += max(1, math.ceil(wide / across)) * size * 1.2
    return total


def test_a_long_shortlist_goes_on_on_further_slides_and_keeps_its_order(decks: dict[str, Path]) -> None:
    named = zip(titles(decks["thirty"]), slides_of(decks["thirty"]), strict=True)
    pages = [slide for title, slide in named if title.startswith("达人对比（")]
    assert len(pages) > 1
    rows = [row for page in pages for row in tables_of(page)[-1][1:]]
    assert [row[0] for row in rows][3:] == ["=1+1", *(f"达人{number}" for number in range(26))]
    assert rows[0][0].endswith("…") or rows[0][0] == A
    assert rows[1][0].startswith("一个名字非常")
    counts = [len(tables_of(page)[-1]) for page in pages]
    assert max(counts) - min(counts) <= 1
    assert len(titles(decks["thirty"])) == len(set(range(30))) + titles(decks["thirty"]).index(A) + 1


@pytest.mark.slow
def test_metrics_of_the_users_own_stand_in_the_comparison_on_the_page_and_in_the_method(
    found: Survey, tmp_path: Path
) -> None:
    per_fan = xf.metric(
        "cny_per_fan", lambda b: b["quote_21_60s"] / b["followers"], direction="lower", unit="CNY", label_zh="每粉报价"
    )
    more = [xf.metric(f"own_{n}", lambda b: b["star_index"], direction="higher", label_zh=f"自评{n}") for n in range(3)]
    path = xf.write_pptx(xf.with_metrics(found.board, per_fan), tmp_path / "a.pptx")
    assert table(path, "达人对比")[0][-1] == "每粉报价"
    assert "每粉报价" in [row[0] for row in table(path, "口径与来源")]
    own = next(rows for slide in slides_of(path)[3:] for rows in tables_of(slide) if rows[0][0] == "自有指标")
    assert [row[0] for row in own[1:]] == ["每粉报价"]
    # Too many columns for one slide go on on the next, and each slide has the names.
    path = xf.write_pptx(xf.with_metrics(found.board, [per_fan, *more]), tmp_path / "b.pptx")
    pages = [tables_of(slide)[0] for slide in slides_of(path)[1:3]]
    assert titles(path)[1:3] == ["达人对比（1/2）", "达人对比（2/2）"]
    assert pages[0][0][0] == pages[1][0][0] == "达人"
    assert [row[0] for row in pages[0]] == [row[0] for row in pages[1]]
    assert [label.replace("\n", "") for label in pages[1][0][-4:]] == ["每粉报价", "自评0", "自评1", "自评2"]


@pytest.mark.parametrize(("count", "shown"), [(0, 0), pytest.param(6, 6, marks=pytest.mark.slow), (40, 10)])
def test_metrics_of_the_users_own_push_nothing_off_the_page_of_a_creator(
    count: int, shown: int, found: Survey, tmp_path: Path
) -> None:
    own = [
        xf.metric(f"own_{n}", lambda b: b["star_index"], direction="higher", label_zh=f"自评{n}") for n in range(count)
    ]
    board = xf.with_metrics(found.board, own) if own else found.board
    frames = {name: found.frames[name] for name in ("audience_portrait", "profiles")}
    path = xf.write_pptx(board, tmp_path / "a.pptx", frames=frames)
    for slide in [slide for slide in slides_of(path) if slide.shapes.title.text_frame.text in set(board["name"])]:
        beside = tables_of(slide)[1:][: 4 if own else 3]
        heads = [
            "报价",
            *(["自有指标" + (f" {shown}/{count}" if shown < count else "")] if own else []),
            "连接用户",
            "指数",
        ]
        assert [rows[0][0] for rows in beside] == heads
        labels = [cell for rows in beside for row in rows[1:] for cell in row[::2]]
        assert [f"自评{n}" in labels for n in range(count)] == [n < shown for n in range(count)]
        bottom = max(shape.top + shape.height for shape in slide.shapes if shape.has_table)
        assert bottom <= 6.95 * 914_400 + HAIR


def test_pictures_are_plots_alone_and_say_what_they_show(decks: dict[str, Path], found: Survey) -> None:
    pictured = {
        slide.shapes.title.text_frame.text: [shape for shape in slide.shapes if shape.shape_type == PICTURE]
        for slide in slides_of(decks["rich"])
    }
    shown = [title for title, pictures in pictured.items() if pictures]
    assert shown == ["价格与价值：21-60秒报价买到多少播放", found.board["name"].iloc[0]]
    for pictures in pictured.values():
        assert all(len(picture._element.nvPicPr.cNvPr.get("descr")) > 10 for picture in pictures)


def test_a_creators_page_has_figures_beside_the_list_audience_and_a_link(decks: dict[str, Path], found: Survey) -> None:
    name, kol_id = found.board["name"].iloc[0], found.kol_ids[0]
    slide = next(slide for slide in slides_of(decks["rich"]) if slide.shapes.title.text_frame.text == name)
    strip, *beside = tables_of(slide)
    values = dict(zip(strip[0], strip[1], strict=True))
    assert values["播放量中位数"] == "74.2万"
    place = strip[0].index("播放量中位数")
    rank = int((found.board["play_median"] > found.board["play_median"].iloc[0]).sum()) + 1
    assert strip[2][place].endswith(f"第 {rank} / 4")
    assert [rows[0][0] for rows in beside] == ["报价", "连接用户", "指数"]
    links = [
        run.hyperlink.address
        for shape in slide.shapes
        if shape.has_text_frame
        for paragraph in shape.text_frame.paragraphs
        for run in paragraph.runs
    ]
    assert [link for link in links if link] == [xf.proposal_sheet(found.frames)["星图链接"].iloc[0]]
    assert kol_id in next(link for link in links if link)


def test_a_page_warns_of_few_videos(tmp_path: Path) -> None:
    board = board_of(["甲", "乙"]).assign(top_category="美妆", few_videos=pd.array([True, None], dtype="boolean"))
    assert [text for text in texts(xf.write_pptx(board, tmp_path / "a.pptx")) if text.startswith("美妆")] == [
        "美妆 · 作品偏少，数字依据不足",
        "美妆",
    ]


def test_a_creator_without_data_has_a_page_that_says_so(decks: dict[str, Path]) -> None:
    slide = next(slide for slide in slides_of(decks["gaps"]) if slide.shapes.title.text_frame.text == "无数")
    assert tables_of(slide)[0][1] == ["—", "—"]
    assert "数据源没有给出该达人的数据" in [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]


def test_an_english_deck_has_no_chinese_but_that_of_the_data(decks: dict[str, Path]) -> None:
    ours = [text for text in texts(decks["english"]) if re.search("[\u4e00-\u9fff]", text)]
    categories = ("peers", "一线", "时尚", "美妆")
    assert not [text for text in ours if not any(word in text for word in categories)]
    assert "Creator shortlist" in titles(decks["english"])


def test_the_gravest_flags_come_first(tmp_path: Path) -> None:
    flags = pd.DataFrame(
        {
            "kol_id": [A, B],
            "table": ["spread_info"] * 2,
            "flag": ["few_videos", "quote_cpm_mismatch"],
            "severity": ["info", "error"],
            "evidence": ["3 个", "¥1"],
        }
    )
    path = xf.write_pptx(board_of(["甲", "乙"]), tmp_path / "a.pptx", quality=flags)
    rows = table(path, "数据质量")[1:]
    assert [row[:3] for row in rows] == [["乙", "错误", "报价与CPM不符"], ["甲", "提示", "作品偏少"]]


def test_a_review_is_drawn_and_listed(tmp_path: Path) -> None:
    bookings = pd.DataFrame({"kol_id": [A], "item_id": ["9"], "price_cny": [500.0], "expected": [20_000]})
    videos = pd.DataFrame({"item_id": ["9"], "plays": [25_000], "likes": [900], "comments": [60], "shares": [40]})
    reviewed = xf.review(bookings, videos=videos)
    path = xf.write_pptx(board_of(["甲"]), tmp_path / "a.pptx", review=reviewed)
    drawn, listed = [slide for slide in slides_of(path) if slide.shapes.title.text_frame.text == "投后复盘"]
    assert [shape for shape in drawn.shapes if shape.shape_type == PICTURE]
    cells = dict(zip(*tables_of(listed)[0], strict=True))
    assert (cells["达人"], cells["花费"]) == ("甲", "¥500")


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    "name",
    ["=1+1", "\x1b[31m红", "\x00", "半\ufffd", "左\u202e右", "<a:t>&</a:t>", "a\nb\tc", "🐾" * 50, "x" * 20_000, ""],
)
def test_whatever_a_name_holds_the_deck_opens(name: str, tmp_path: Path) -> None:
    path = xf.write_pptx(board_of([name], interact_rate=[0.1]), tmp_path / "a.pptx")
    (page,) = titles(path)[1:-1]
    assert page
    assert page.isprintable()
    assert "_x00" not in page
    assert len(page) < 200


def test_the_same_content_gives_the_same_bytes_and_names_no_author(tmp_path: Path) -> None:
    board = board_of(["甲", "乙"])
    first = xf.write_pptx(board, tmp_path / "a.pptx", title="双十一提案").read_bytes()
    assert xf.write_pptx(board, tmp_path / "b.pptx", title="双十一提案").read_bytes() == first
    about = Presentation(io.BytesIO(first)).core_properties
    assert (about.title, about.author, about.last_modified_by, about.comments) == ("双十一提案", "", "", "")
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {2000}
        assert not [name for name in archive.namelist() if "thumbnail" in name or "printer" in name]


def test_a_file_that_is_open_elsewhere_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pptx"
    path.write_bytes(b"old")

    def locked(*_: object) -> None:
        raise PermissionError(13, "it is used by another process")

    monkeypatch.setattr(os, "replace", locked)
    with pytest.raises(xf.FileError, match=r"cannot write .*a\.pptx.*; close the file where it is open"):
        xf.write_pptx(board_of(["甲"]), path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def write(path: Path, board: Any, **said: Any) -> Path:
    return xf.write_pptx(board, path, **said)


REFUSED: dict[str, tuple[Callable[[Path, pd.DataFrame], object], str]] = {
    "no frame": (lambda path, board: write(path, {}), "board must be a DataFrame, not a dict; compare makes it"),
    "no ids": (lambda path, board: write(path, board.drop(columns="kol_id")), "the board has no kol_id"),
    "no metric": (lambda path, board: write(path, board[["kol_id"]]), "the board has no metric"),
    "no rows": (lambda path, board: write(path, board.head(0)), "the board has no rows"),
    "a creator twice": (lambda path, board: write(path, pd.concat([board] * 2)), "one row for each kol_id"),
    "ids as numbers": (lambda path, board: write(path, board.astype({"kol_id": "int64"})), "not text"),
    "a workbook": (lambda path, board: write(path.with_suffix(".xlsx"), board), "use write_excel for .xlsx"),
    "swapped": (lambda path, board: write(board, path), "the path comes last"),  # type: ignore[arg-type]
    "a language": (lambda path, board: write(path, board, lang="de"), 'lang must be one of "zh", "en"'),
    "a plan": (lambda path, board: write(path, board, plan=board), "plan lacks price_cny"),
    "an audience": (lambda path, board: write(path, board, audience=board), "audience lacks"),
    "a title": (lambda path, board: write(path, board, title=5), "title must be text or None, not an int"),
    "a table": (lambda path, board: write(path, board, frames={"nope": board}), "no table 'nope'"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_not_a_deck_is_refused_before_writing(kind: str, tmp_path: Path) -> None:
    call, said = REFUSED[kind]
    with pytest.raises(xf.ParameterError, match=re.escape(said)):
        call(tmp_path / "a.pptx", board_of(["甲"]))
    assert not list(tmp_path.iterdir())


@pytest.fixture
def without_pptx(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pptx", None)
    monkeypatch.delitem(sys.modules, "xingtu_frames.report.deck.draw", raising=False)


@pytest.mark.usefixtures("without_pptx")
def test_without_python_pptx_the_message_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(xf.ConfigError, match=re.escape('pip install "xingtu_frames[pptx]"')):
        xf.write_pptx(board_of(["甲"]), tmp_path / "a.pptx")
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("without_pptx")
def test_a_deck_that_cannot_be_made_is_not_paid_for(paid: Loopback, run: Callable[..., Done]) -> None:
    done = run("compare", A, "--pptx")
    assert done.status != 0
    assert "xingtu_frames[pptx]" in done.err
    assert not paid.seen


@pytest.mark.usefixtures("one_picture")
def test_the_folder_has_a_deck_where_one_is_asked_for(found: Survey, tmp_path: Path) -> None:
    few = found._replace(frames={"profiles": found.frames["profiles"]})
    about = Decided(few, xf.PRESETS["种草"], 300_000, "zh", sample=True)
    written = dict(write_all(about, tmp_path, deck=True))
    assert written[tmp_path / "shortlist.pptx"] == "达人推荐方案"
    assert titles(tmp_path / "shortlist.pptx")[0] == "达人推荐方案（虚构示例）"


@pytest.mark.slow
def test_prices_of_many_creators_take_several_slides(tmp_path: Path) -> None:
    xf.write_pptx(board_of([f"达人{number}号" for number in range(41)]), tmp_path / "deck.pptx")
    slides = Presentation(str(tmp_path / "deck.pptx")).slides
    texts = [shape.text_frame.text for slide in slides for shape in slide.shapes if shape.has_text_frame]
    assert [text[-5:] for text in texts if re.match("价格与价值.*）$", text)] == ["（1/2）", "（2/2）"]
