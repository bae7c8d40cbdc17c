"""What a name, a file or a server holds reaches the terminal as marks that move, hide and recolour nothing."""

from __future__ import annotations

import decimal
import io
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from matplotlib import pyplot as plt
from matplotlib.text import Text
from wcwidth import wcswidth

import xingtu_frames as xf
from tests.cli_cases import IDS, Done
from tests.loopback import Loopback, fail
from tests.quick import examples
from xingtu_frames.wording.figures import NAME_CELLS, cells, shortened
from xingtu_frames.wording.terminal import grid, label, marked, one_line

pytestmark = [
    pytest.mark.filterwarnings("always::xingtu_frames.errors.XingtuWarning"),
    pytest.mark.usefixtures("coarse_pictures"),
]

EVIL = "\x1b]0;owned\x07\x1b]52;c;ZXZpbA==\x07\x9b31m\x7f\u202egnp.exe\u2066\u2028\r\x08达人"
DANGEROUS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\u200e\u200f\ud800-\udfff]")


@settings(max_examples=examples(300))
@given(st.text(st.characters() | st.sampled_from(EVIL)))
def test_marked_text_holds_no_control_and_keeps_the_rest(text: str) -> None:
    shown = marked(text)
    assert not DANGEROUS.search(shown)
    assert "\n" not in one_line(text)
    if not DANGEROUS.search(text):
        assert re.sub("<U[+][0-9A-F]+>", "", shown).replace("\n", "") in text.replace("\n", "") or shown != text


@settings(max_examples=examples(300))
@given(
    st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("达人ab\u0301\u200d😀"), max_size=80),
    st.integers(2, 40),
)
def test_a_shortened_text_fits_and_is_the_start_of_the_text(text: str, limit: int) -> None:
    short = shortened(text, limit)
    assert cells(short) <= limit
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))
    if cells(text) <= limit and len(text) <= limit:
        assert short == text


@pytest.mark.parametrize("unit", ["x", "达", "\u0301", "\u200d", " ", "\x1b[31m", "😀"])
def test_a_label_reads_no_more_of_a_name_than_it_shows(unit: str) -> None:
    class Counted(str):
        read = 0

        def __getitem__(self, key: Any) -> str:
            part = str.__getitem__(self, key)
            Counted.read = max(Counted.read, len(part))
            return part

    for length in (20_000, 2_000_000):
        name = unit * (length // len(unit))
        assert cells(label(name)) <= NAME_CELLS
        assert len(label(name)) <= 8 * NAME_CELLS + 1
        assert label(name) == label(name[:1_000])
    assert len(shortened(Counted("达" * 10_000))) <= NAME_CELLS
    assert Counted.read <= 8 * NAME_CELLS


def test_tables_are_as_wide_as_what_is_shown() -> None:
    lines = grid({"a": [EVIL, "x\ny", None], "b": ["1", "22", "333"]}, ("left", "right")).splitlines()
    assert len(lines) == 5
    assert len({wcswidth(line) for line in lines}) == 1


def hostile_list(folder: Path) -> Path:
    book = openpyxl.Workbook()
    for row in (["星图ID", "昵称"], [IDS[0], "x" * 20_000], [IDS[1], "\u202e\u2066名\u202c"], ["合计", "2"]):
        book.active.append(row)
    book.save(folder / "list.xlsx")
    (folder / "list.csv").write_bytes(f"kol_id,name\n{IDS[2]},\x1b]0;owned\x07\x9b31m\n".encode())
    return folder


@pytest.mark.usefixtures("one_picture")
def test_names_of_lists_reach_the_terminal_as_marks(run: Callable[..., Done], paid: Loopback, tmp_path: Path) -> None:
    hostile_list(tmp_path)
    done = run("compare", "list.xlsx", "list.csv", "--out", "out", "--budget", "100000")
    assert done.status == 0
    assert not DANGEROUS.search(done.out + done.err)
    assert "␛" in done.out
    assert "<U+202E>" in done.out
    assert done.err.splitlines() == ["left out of list.xlsx: sheet Sheet row 4 (a row of sums)"]
    assert max(map(wcswidth, done.out.splitlines())) < 400
    board = xf.read_csv(tmp_path / "out" / "board.csv")
    assert board["name"].tolist() == ["x" * 20_000, "\u202e\u2066名\u202c", "\x1b]0;owned\x07\x9b31m"]
    assert xf.read_excel(tmp_path / "out" / "shortlist.xlsx")["达人对比"]["name"].iloc[0] == "x" * 20_000


def test_messages_of_servers_and_names_of_files_reach_the_terminal_as_marks(
    run: Callable[..., Done], paid: Loopback, tmp_path: Path
) -> None:
    paid.answer = lambda seen: fail(404, EVIL)
    refused = run("fetch", "profiles", IDS[0])
    assert "达人" in refused.err
    assert paid.hits() == 1
    ledger = run("ledger")
    assert "]0;owned" in ledger.out
    assert not DANGEROUS.search(ledger.out)
    for done in (
        refused,
        run("compare", "no\x1b]0;owned\x07such\x9b.xlsx"),
        run("fetch", "pro\x1b[31mfiles", IDS[0]),
        run("compare", f"\x1b]0;owned\x07{IDS[0]}"),
    ):
        assert done.status in (1, 2)
        assert done.err
        assert not DANGEROUS.search(done.out + done.err)


@pytest.mark.usefixtures("one_picture")
def test_a_name_that_excel_cannot_hold_does_not_cost_the_workbook(
    run: Callable[..., Done], paid: Loopback, tmp_path: Path
) -> None:
    (tmp_path / "list.csv").write_text(f"kol_id,name\n{IDS[0]},{'达' * 40_000}\n", "utf-8")
    done = run("compare", "list.csv", "--out", "out")
    assert done.status == 0
    name = xf.read_excel(tmp_path / "out" / "shortlist.xlsx")["达人对比"]["name"].iloc[0]
    assert name.startswith("达达")
    assert name.endswith("…")
    assert len(name) < 32_767


# Pictures and workbooks


def drawn_texts(draw: Callable[[], Any]) -> list[str]:
    drawn = draw()
    figure = getattr(drawn, "figure", None) or drawn
    try:
        figure.savefig(io.BytesIO(), format="png", dpi=40)
        return [text.get_text() for text in figure.findobj(Text)]
    finally:
        plt.close(figure)


OTHER_UNITS = ("达x", "e\u0301\u0302\u0303", "\n", "a", "\u202ex", "😀", "$x_{")


@pytest.mark.parametrize("unit", ["\x1b[31m", *(pytest.param(unit, marks=pytest.mark.slow) for unit in OTHER_UNITS)])
def test_names_are_cut_where_they_are_drawn(unit: str) -> None:
    name = unit * (20_000 // len(unit))
    ids = xf.sample_ids()[:3]
    names = dict.fromkeys(ids, name)
    with xf.sample_client() as client:
        board = xf.compare(ids, names=names, client=client)
        board["top_category"] = name
        peers = xf.fetch_spread_benchmarks(ids, client=client).assign(peer_group=name)
        mix = xf.fetch_video_distribution(ids, client=client)
        costs = xf.fetch_cost_tiers(ids, client=client)
    mix["category"] = [f"{row}{name}" for row in range(len(mix))]
    for draw in (
        lambda: xf.plot_scorecard(board),
        lambda: xf.plot_price_value(board),
        lambda: xf.plot_benchmarks(peers, names=names),
        lambda: xf.plot_content_mix(mix, names=names),
        lambda: xf.plot_cost_tiers(costs, names=names),
    ):
        assert max(map(len, drawn_texts(draw))) < 600


def test_names_are_cut_in_headers_and_notes_of_a_workbook(tmp_path: Path) -> None:
    ids = xf.sample_ids()[:3]
    with xf.sample_client() as client:
        board = xf.compare(ids, names=dict.fromkeys(ids, "达" * 20_000), client=client)
        alike = xf.similarity(xf.fetch_video_distribution(ids, client=client)).reset_index()
        costs = xf.fetch_cost_tiers(ids, client=client)
    path = xf.write_excel({"达" * 20_000: board, "相似": alike, "成本": costs}, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    long = [
        (page.title, cell.coordinate)
        for page in book
        for row in page.iter_rows()
        for cell in row
        if len(str(cell.value)) > 500
    ]
    assert long == [(book.sheetnames[0], f"B{row}") for row in (2, 3, 4)]
    pd.testing.assert_frame_equal(xf.read_excel(path, "相似"), alike, check_names=False)


CONTEXTS = {
    "one digit": decimal.Context(prec=1),
    "nothing may be lost": decimal.Context(prec=3, traps=[decimal.Inexact, decimal.Rounded, decimal.InvalidOperation]),
    "no floats": decimal.Context(prec=28, traps=[decimal.FloatOperation]),
    "rounding down": decimal.Context(rounding=decimal.ROUND_DOWN),
}


def everything(folder: Path) -> list[Any]:
    """Return what is drawn, decided and written of the sample creators."""
    with xf.sample_client() as client:
        ids = xf.sample_ids()[:4]
        board = xf.compare(ids, client=client)
        costs = xf.fetch_cost_tiers(ids, client=client)
    texts = [drawn_texts(partial(plot, board)) for plot in (xf.plot_scorecard, xf.plot_price_value)]
    path = xf.write_excel({"board": board}, folder / "a.xlsx")
    return [
        texts,
        drawn_texts(lambda: xf.plot_cost_tiers(costs)),
        xf.plan_budget(board, 123_456.78),
        path.read_bytes(),
    ]


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    return everything(tmp_path_factory.mktemp("usual"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "context",
    [
        pytest.param(context, id=name, marks=() if name == "no floats" else pytest.mark.slow)
        for name, context in CONTEXTS.items()
    ],
)
def test_nothing_depends_on_the_decimals_of_the_user(
    context: decimal.Context, usual: list[Any], tmp_path: Path
) -> None:
    with decimal.localcontext(context):
        strange = everything(tmp_path)
    assert strange[:2] == usual[:2]
    pd.testing.assert_frame_equal(strange[2], usual[2])
    assert strange[3] == usual[3]


def test_swapped_arguments_and_other_endings_are_named(tmp_path: Path) -> None:
    board = pd.DataFrame({"kol_id": ["71"]})
    for write, what in ((xf.write_csv, board), (xf.write_excel, {"a": board}), (xf.write_excel, board)):
        with pytest.raises(xf.ParameterError, match="the path comes last; these two are swapped"):
            write(str(tmp_path / "x.csv"), what)  # type: ignore[operator]
        with pytest.raises(xf.ParameterError, match="give the path as text or Path, not int"):
            write(what, 3)  # type: ignore[operator]
    with pytest.raises(xf.ParameterError, match="the frame must be a DataFrame, not a Series"):
        xf.write_csv(board["kol_id"], tmp_path / "x.csv")  # type: ignore[arg-type]
    for ending in (".xls", ".xlsm", ".xlsb", ".csv", ".ods", ""):
        with pytest.raises(xf.ParameterError, match=r"must end in \.xlsx"):
            xf.write_excel({"a": board}, tmp_path / f"x{ending}")
    for ending in (".xls", ".XLSX", ".parquet", ".pdf"):
        with pytest.raises(xf.ParameterError, match="promises another kind of file"):
            xf.write_csv(board, tmp_path / f"x{ending}")
    assert list(tmp_path.iterdir()) == []
    for name in ("x.csv", "x.txt", "x", "x.2026"):
        assert xf.read_csv(xf.write_csv(board, tmp_path / name)).shape == (1, 1)
    assert xf.write_excel({"a": board}, tmp_path / "X.XLSX").is_file()
