"""The page of a survey: a table that sorts where there is a script, reads without one, and asks for nothing."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

import xingtu_frames as xf
from tests.files.test_picture import png
from xingtu_frames.board.metrics import READ_FIRST, board_columns
from xingtu_frames.frame import build_frame
from xingtu_frames.report.page import write_page
from xingtu_frames.report.pictures import Picture
from xingtu_frames.report.table import SCRIPT, board_table

BROWSER = shutil.which("chromium")
IDS = [f"700000000000001000{place}" for place in range(4)]
ROWS = {
    "name": ["乙", None, "<b>甲", "丙"],
    "followers": [9_000, 100_000, None, 20],
    "cpm_21_60s": [9.5, 10.0, None, 100.0],
    "fetched_at": [1_767_211_500_000_000] * 4,
}


class Table(HTMLParser):
    """The headers and cells of the page's table, each with its attributes and text; and every tag of the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.heads: list[tuple[dict[str, str | None], str]] = []
        self.rows: list[list[tuple[dict[str, str | None], str]]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._cell: dict[str, str | None] | None = None
        self._text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self._cell, self._text = dict(attrs), ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td") and self._cell is not None:
            self.rows[-1].append((self._cell, self._text))
        elif tag == "thead":
            (self.heads,) = self.rows
            self.rows = []


def board() -> pd.DataFrame:
    columns = board_columns([xf.METRICS[name] for name in READ_FIRST])
    cells = {"kol_id": IDS, **ROWS}
    return build_frame(columns, zip(*(cells.get(column.name, [None] * 4) for column in columns), strict=True))


@pytest.fixture
def page(tmp_path: Path) -> Path:
    picture = Picture("a", "一张图", png(1500, 300))
    return write_page(
        [picture], tmp_path / "a.html", "达人对比", "近30天", "zh", table=board_table(board(), "达人", "zh")
    )


def test_the_table_reads_without_a_script(page: Path) -> None:
    table = Table(page.read_text("utf-8"))
    heads = [text for _, text in table.heads]
    assert heads[:3] == ["达人", "达人粉丝", "播放量中位数"]
    assert "数据获取时间（北京时间）" in heads
    assert not [tag for tag, _ in table.tags if tag == "button"], "a button that does nothing"
    assert [row[0][1] for row in table.rows] == ["乙", IDS[1], "<b>甲", "丙"]
    assert [row[1][1] for row in table.rows] == ["9,000", "10万", "—", "20"]
    assert table.rows[0][heads.index("数据获取时间（北京时间）")][1] == "2026-01-01 04:05"
    assert all(about["scope"] == "col" for about, _ in table.heads)
    assert all(row[0][0]["scope"] == "row" for row in table.rows)
    assert next(about for tag, about in table.tags if about.get("class") == "hint").get("hidden", "") is None


def test_cells_tell_what_they_are_sorted_by(page: Path) -> None:
    table = Table(page.read_text("utf-8"))
    followers = [row[1][0] for row in table.rows]
    assert [cell.get("data-value") for cell in followers] == ["9000", "100000", None, "20"]
    assert {cell.get("class") for cell in followers} == {"number"}
    first = {text: about["data-first"] for about, text in table.heads}
    assert (first["达人"], first["达人粉丝"], first["预期CPM(21-60秒)"]) == ("ascending", "descending", "ascending")


def test_the_page_asks_for_nothing_and_runs_only_its_own_script(page: Path) -> None:
    text = page.read_text("utf-8")
    table = Table(text)
    policy = next(str(about["content"]) for tag, about in table.tags if "http-equiv" in about)
    (script,) = re.findall("<script>(.*?)</script>", text, re.DOTALL)
    known = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert script == SCRIPT
    assert policy == f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{known}'"
    assert [about for _, about in table.tags if {"href", "onclick"} & set(about)] == []
    assert all(str(about["src"]).startswith("data:") for _, about in table.tags if "src" in about)


def test_wide_things_scroll_in_their_own_panel(page: Path) -> None:
    table = Table(page.read_text("utf-8"))
    panels = [about for tag, about in table.tags if about.get("class") == "scroll"]
    assert [(about["role"], about["tabindex"]) for about in panels] == [("region", "0")] * 2
    assert all(about["aria-label"] for about in panels)
    # 1,500 dots of 150 to an inch are 960 pixels of a page.
    assert [about["style"] for tag, about in table.tags if tag == "img"] == ["--wide: 960px"]


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="needs chromium")
def test_a_browser_sorts_numbers_as_numbers_and_the_missing_last(page: Path, tmp_path: Path) -> None:
    clicks = {"number up": (2, 0), "number down": (1, 0), "id": (1, -1)}
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text("utf-8"))
    found = {}
    for name, (count, place) in clicks.items():
        column = 1 if place == 0 else len(Table(text).heads) - 1
        click = f"document.querySelectorAll('thead button')[{column}].click();" * count
        (tmp_path / "b.html").write_text(text.replace("</body>", f"<script>{click}</script></body>"), "utf-8")
        found[name] = Table(opened(tmp_path / "b.html", tmp_path / name))
    assert [row[1][1] for row in found["number down"].rows] == ["10万", "9,000", "20", "—"]
    assert [row[1][1] for row in found["number up"].rows] == ["20", "9,000", "10万", "—"]
    assert [row[-1][1] for row in found["id"].rows] == IDS
    assert [about["aria-sort"] for about, _ in found["number up"].heads][:3] == ["none", "ascending", "none"]


def opened(page: Path, profile: Path) -> str:
    """Return what a browser makes of a page."""
    quiet = ("no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking")
    flags = [f"--{flag}" for flag in (*quiet, "disable-component-update", "disable-sync", f"user-data-dir={profile}")]
    command = [str(BROWSER), "--headless", *flags, "--dump-dom", page.as_uri()]
    return subprocess.run(command, capture_output=True, check=True, text=True, encoding="utf-8").stdout
