"""Tables of a terminal are no wider than its window, say what they leave out, and are whole in a file or a pipe."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from wcwidth import wcswidth

import xingtu_frames as xf
from tests.cli_cases import IDS, Done
from tests.quick import examples
from xingtu_frames.board.metrics import READ_FIRST, board_columns
from xingtu_frames.command.cli import main
from xingtu_frames.frame import build_frame
from xingtu_frames.report.folder import board_text
from xingtu_frames.wording.fitting import Table, fitted_grid, fitted_lines, folded, window
from xingtu_frames.wording.terminal import grid

TEXT = st.text(st.sampled_from("ab 达人粉丝,，。1-"), max_size=40)
WIDE: Mapping[str, list[str]] = {
    "达人": ["青柠妆匣子的长名字" * 3, "乙"],
    "粉丝": ["618万", "1,980万"],
    "报价\n21-60秒": ["¥1.76万", "—"],
}


def widest(text: str) -> int:
    return max(map(wcswidth, text.splitlines()))


@settings(max_examples=examples(200))
@given(
    st.lists(
        st.tuples(TEXT, st.lists(TEXT, min_size=3, max_size=3), st.sampled_from(["left", "right"])),
        min_size=1,
        max_size=8,
    ),
    st.integers(50, 130),
    st.booleans(),
)
def test_no_line_is_wider_than_the_window(columns: list[Any], width: int, prose: bool) -> None:
    cells = {f"{head.strip()} {at}": column for at, (head, column, _) in enumerate(columns)}
    table = Table(cells, [side for *_, side in columns], prose=list(cells) if prose else ())
    text = fitted_grid(table, width, "board.csv")
    assert widest(text) <= width
    gone = text.partition("not shown in")[2]
    assert all(head.split()[-1] in text for head in cells), "a column is neither shown nor named"
    assert ("board.csv" in gone.replace("\n", " ")) == bool(gone)


def test_text_is_cut_before_columns_go_and_those_go_from_the_right() -> None:
    table = Table(WIDE, ("left", "right", "right"))
    assert fitted_grid(table, None, "x") == fitted_grid(table, 200, "x") == grid(WIDE, table.align)
    some = fitted_grid(table, 60, "board.csv", "zh")
    assert "…" in some
    assert "未显示" not in some
    few = fitted_grid(table, 35, "board.csv", "zh")
    assert "618万" in few
    assert "¥1.76万" not in few
    assert "未显示：报价21-60秒；完整内容见board.csv" in "".join(few.split())


def test_what_may_be_spared_goes_first_and_prose_is_whole() -> None:
    meaning = "the number of people who have seen a video to its end"
    table = Table({"name": ["x" * 12], "unit": ["u" * 12], "meaning": [meaning]}, spare=("unit",), prose=("meaning",))
    text = fitted_grid(table, 40, "the file")
    assert "not shown in 40 columns: unit; see the file" in text.replace("\n", " ")
    shown = [line[14:] for line in text.splitlines()[2:] if "not shown" not in line]
    assert " ".join(" ".join(shown).split()).startswith(meaning)


@settings(max_examples=examples(200))
@given(TEXT, st.integers(4, 30))
def test_folding_keeps_every_character(text: str, limit: int) -> None:
    lines = folded(text, limit)
    assert not lines or widest(lines) <= limit
    assert "".join(lines.split()) == "".join(text.split())
    assert "".join(fitted_lines(text, limit).split()) == "".join(text.split())
    assert fitted_lines(text, None) == text


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [80, 100])
def test_a_board_fits_common_windows(lang: Any, width: int) -> None:
    columns = board_columns([xf.METRICS[name] for name in READ_FIRST])
    values = [
        {"kol_id": str(at), "name": "揣着$9走遍$99小城的一个人慢慢走", **dict.fromkeys(READ_FIRST, 1 + at)}
        for at in range(3)
    ]
    board = build_frame(columns, [[row.get(column.name) for column in columns] for row in values])
    text = board_text(board, lang, width)
    assert widest(text) <= width
    assert "board.csv" in text
    assert widest(board_text(board, lang)) > 100


def test_a_file_and_a_pipe_have_no_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "33")
    assert window(io.StringIO()) is None


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals")
@pytest.mark.parametrize(("columns", "width"), [(None, 72), ("90", 90)])
def test_a_terminal_gets_what_fits_and_a_pipe_all(
    columns: str | None, width: int, run: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    piped = run("describe", "profiles").out
    if columns:
        monkeypatch.setenv("COLUMNS", columns)
    assert run("describe", "profiles").out == piped
    assert "not shown" not in piped
    assert "evidence" in piped.splitlines()[0]
    with monkeypatch.context() as patched:
        shown = on_terminal(patched, 72, "describe", "profiles")
    assert 60 < widest(shown) <= width
    assert "not shown in" in shown


def on_terminal(patched: pytest.MonkeyPatch, columns: int, *argv: str) -> str:
    """Return what a command shows in a terminal of so many columns."""
    import fcntl
    import struct
    import termios

    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    with ThreadPoolExecutor(1) as reader:
        shown = reader.submit(_until_it_closes, ours)
        with open(theirs, "w", encoding="utf-8") as terminal:
            patched.setattr(sys, "stdout", terminal)
            # Where the standard library looks for the size.
            patched.setattr(sys, "__stdout__", terminal)
            status = main(list(argv))
    os.close(ours)
    assert status == 0
    return shown.result().decode().replace("\r\n", "\n")


def _until_it_closes(terminal: int) -> bytes:
    """Return all that comes; a terminal whose other end is closed is an error on Linux and an end elsewhere."""
    found = b""
    with contextlib.suppress(OSError):
        while part := os.read(terminal, 65_536):
            found += part
    return found


def test_the_ledger_tells_times_of_china(run: Callable[..., Done], paid: Any) -> None:
    assert run("fetch", "profiles", IDS[0]).status == 0
    head, _, first, *_ = run("ledger").out.splitlines()
    assert head.startswith("sent_at (UTC+8) ")
    seen = pd.Timestamp(first[:19], tz="Asia/Shanghai")
    assert abs(pd.Timestamp.now("UTC") - seen) < pd.Timedelta("1h")
