"""Pictures in a workbook: from figures and files, fitted to the page, the same bytes each time."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from matplotlib.figure import Figure

import xingtu_frames as xf
from tests.export_cases import named, same, shown
from xingtu_frames.files.excel.pictures import pictures_of


def figure(width: float = 6.4, height: float = 4.8) -> Figure:
    made = Figure(figsize=(width, height))
    made.add_subplot().plot([1, 2, 3])
    return made


def png(width: int, height: int, *chunks: tuple[bytes, bytes], rows: int | None = None) -> bytes:
    header = (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    black = (b"IDAT", zlib.compress(bytes((height if rows is None else rows) * (3 * width + 1)), 1))
    parts = [header, *chunks, black, (b"IEND", b"")]
    framed = [
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


def dots(per_inch: float) -> tuple[bytes, bytes]:
    return b"pHYs", struct.pack(">IIB", round(per_inch / 0.0254), round(per_inch / 0.0254), 1)


def test_pictures_stand_under_their_titles_on_a_sheet_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "b.png").write_bytes(png(200, 100))
    drawn = figure()
    pictures = {
        "对比 <&>": drawn,
        "轴": drawn.axes[0],
        "文件": tmp_path / "b.png",
        "字节": png(10, 10),
        "=1+1": png(5, 5),
    }
    frames = {"a": named(["x"]), "b": named(["y"])}
    path = xf.write_excel(frames, tmp_path / "a.xlsx", pictures=pictures)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["a", "b", "图表", "说明"]
    page = book["图表"]
    titles = {cell.value: cell.row for row in page.iter_rows(max_col=1) for cell in row if cell.value}
    assert list(titles) == list(pictures)
    assert page.cell(titles["=1+1"], 1).data_type == "s"
    assert [image.anchor._from.row for image in page._images] == list(titles.values())
    ends = [image.anchor.to.row + 1 for image in page._images]
    assert all(end < below for end, below in zip(ends, list(titles.values())[1:], strict=False))
    assert [shot.id for shot in page.row_breaks.brk] == [row - 1 for row in list(titles.values())[1:]]
    got = xf.read_excel(path)
    assert list(got) == ["a", "b"]
    same(got["a"], frames["a"])
    with pytest.raises(xf.ParameterError, match=r"no sheet '图表'"):
        xf.read_excel(path, "图表")
    assert ["图表", "图片", None, None, None] in shown(path, "说明")
    assert openpyxl.load_workbook(xf.write_excel(frames, path, lang="en", pictures=pictures)).sheetnames[2] == "Charts"


def test_the_sheet_of_pictures_gives_way_to_data_of_its_name(tmp_path: Path) -> None:
    frame = named(["x"])
    path = xf.write_excel({"图表": frame}, tmp_path / "a.xlsx", pictures={"x": png(5, 5)})
    assert openpyxl.load_workbook(path).sheetnames == ["图表", "图表 (2)", "说明"]
    assert list(xf.read_excel(path)) == ["图表"]
    same(xf.read_excel(path, "图表"), frame)
    assert openpyxl.load_workbook(xf.write_excel({"图表": frame}, path, pictures={})).sheetnames == ["图表", "说明"]


def test_the_same_figure_gives_the_same_bytes(tmp_path: Path) -> None:
    frames = {"a": named(["x"])}
    first = xf.write_excel(frames, tmp_path / "a.xlsx", pictures={"x": figure()}).read_bytes()
    assert xf.write_excel(frames, tmp_path / "b.xlsx", pictures={"x": figure()}).read_bytes() == first
    picture = zipfile.ZipFile(io.BytesIO(first)).read("xl/media/image1.png")
    assert b"Software" not in picture
    assert b"atplotlib" not in picture


def test_figures_are_neither_changed_nor_closed(tmp_path: Path) -> None:
    drawn = figure(3, 2)
    before = (drawn.dpi, tuple(drawn.get_size_inches()), len(drawn.axes), drawn.get_facecolor())
    xf.write_excel({"a": named(["x"])}, tmp_path / "a.xlsx", pictures={"x": drawn})
    assert (drawn.dpi, tuple(drawn.get_size_inches()), len(drawn.axes), drawn.get_facecolor()) == before
    drawn.savefig(tmp_path / "again.png")


def test_the_axes_of_a_part_of_a_figure_bring_the_whole() -> None:
    whole = Figure(figsize=(4, 2))
    left, _ = whole.subfigures(1, 2)
    axes = left.add_subplot()
    one, part, every = pictures_of({"axes": axes, "part": left, "every": whole})
    assert one.data == part.data == every.data


@pytest.mark.parametrize(
    ("width", "height", "dpi", "scale"),
    [
        (500, 400, 96, 1),
        (2040, 400, 96, 0.5),
        (100, 1720, 96, 0.5),
        (2040, 400, 192, 1),
        (4080, 400, 192, 0.5),
        (1020, 860, 96, 1),
    ],
)
def test_pictures_fit_a_page_and_are_never_blown_up(width: int, height: int, dpi: int, scale: float) -> None:
    (made,) = pictures_of({"x": png(width, height, dots(dpi))})
    assert made.scale == pytest.approx(scale, rel=1e-3)
    assert made.rows == pytest.approx(height * 96 / dpi * scale / 20, abs=1.01)


def test_a_picture_of_any_size_is_taken() -> None:
    (made,) = pictures_of({"x": png(20_000, 20_000, rows=0)})
    assert made.scale == pytest.approx(0.043)


@pytest.mark.parametrize("chunk", [(b"pHYs", struct.pack(">IIB", 0, 0, 1)), (b"pHYs", struct.pack(">IIB", 9, 9, 0))])
def test_a_resolution_that_says_nothing_counts_for_nothing(chunk: tuple[bytes, bytes]) -> None:
    (made,) = pictures_of({"x": png(2040, 400, chunk)})
    assert made.scale == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("picture", "said"),
    [
        (7, "not an int"),
        (None, "not a NoneType"),
        (b"\xff\xd8\xff jpeg", "not an incomplete PNG file"),
        (b"", "an incomplete PNG file"),
        (png(5, 5)[:-12], "an incomplete PNG file"),
        (png(5, 5)[:20], "an incomplete PNG file"),
        (png(0, 5), "an incomplete PNG file"),
        (b"\x89PNG\r\n\x1a\n", "an incomplete PNG file"),
        (png(5, 5)[:45] + b"?" + png(5, 5)[46:], "an incomplete PNG file"),
    ],
)
def test_what_is_no_picture_is_refused_before_writing(picture: Any, said: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    with pytest.raises(xf.ParameterError, match=r"pictures\['x'\] must be a Figure, Axes, or a PNG") as caught:
        xf.write_excel({"a": named(["x"])}, path, pictures={"x": picture})
    assert said in str(caught.value)
    assert path.read_bytes() == b"old"


def test_other_arguments_that_are_refused(tmp_path: Path) -> None:
    with pytest.raises(xf.ParameterError, match=r"must be a mapping of titles to figures, .*, not a list"):
        xf.write_excel({"a": named(["x"])}, tmp_path / "a.xlsx", pictures=[figure()])  # type: ignore[arg-type]
    with pytest.raises(xf.ParameterError, match="longer than 32,767"):
        xf.write_excel({"a": named(["x"])}, tmp_path / "a.xlsx", pictures={"x" * 32_768: png(5, 5)})
    with pytest.raises(xf.FileError, match="cannot read"):
        xf.write_excel({"a": named(["x"])}, tmp_path / "a.xlsx", pictures={"x": "none.png"})
    assert list(tmp_path.iterdir()) == []


def test_titles_with_any_character(tmp_path: Path) -> None:
    title = "\x01 half \ud83d _x0041_ \ufffe\n" + "长" * 300
    path = xf.write_excel({"a": named(["x"])}, tmp_path / "a.xlsx", pictures={title: png(5, 5)})
    (made,) = pictures_of({title: png(5, 5)})
    assert len(openpyxl.load_workbook(path)["图表"]._images) == 1
    assert made.alt.startswith(" half \ufffd _x0041_ 长")
    assert len(made.alt) == 250


@pytest.mark.slow
def test_what_few_need_is_imported_by_those_alone() -> None:
    code = (
        "import sys, tempfile, pathlib, pandas as pd, xingtu_frames as xf\n"
        "path = pathlib.Path(tempfile.mkdtemp()) / 'a.xlsx'\n"
        "xf.write_excel({'a': pd.DataFrame({'x': [1]})}, path)\n"
        "print({'matplotlib', 'openpyxl'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "set()"
