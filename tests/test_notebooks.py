"""The committed notebooks show what they show now, in any folder, from an installed package."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest

from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "notebooks"))
from run import badges, lasting, repository, run

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
INSTALL = """\
import importlib.util

if importlib.util.find_spec("xingtu_frames") is None:
    %pip install -q "xingtu_frames[all]"
"""
WHERE = "import xingtu_frames; print(xingtu_frames.__file__)"
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def texts(cell: Any) -> list[str]:
    """Return what the cell shows as text; a picture's text form names a size that fonts decide."""
    forms = [output.get("data", {}) for output in cell.outputs]
    shown = [
        form.get("text/html") or form.get("text/plain") or output.get("text") or ""
        for form, output in zip(forms, cell.outputs, strict=True)
    ]
    return [text for text in shown if not text.startswith("<Picture")]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the unpacked wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "packages")
    return folder / "packages"


@pytest.mark.slow
@each_notebook
def test_a_copy_in_an_empty_folder_shows_the_same_from_the_wheel(path: Path, installed: Path, tmp_path: Path) -> None:
    committed = nbformat.read(path, as_version=4)
    folder = tmp_path / "空 文件夹"
    folder.mkdir()
    copied = Path(shutil.copy(path, folder))
    asking = nbformat.read(copied, as_version=4)
    asking.cells.append(nbformat.v4.new_code_cell(WHERE))
    nbformat.write(asking, copied)
    again = run(copied, {**os.environ, "PYTHONPATH": str(installed)})
    assert Path(code_cells(again)[-1].outputs[0].text.strip()).is_relative_to(installed)
    assert [left.name for left in folder.iterdir()] == [path.name]
    for before, after in zip(code_cells(committed), code_cells(again)[:-1], strict=True):
        assert before.source == after.source
        assert len(before.outputs) == len(after.outputs)
        assert [output for output in after.outputs if output.get("name") == "stderr"] == []
        if pd.__version__ >= "3":
            assert texts(before) == texts(after)


@each_notebook
def test_a_notebook_is_pleasant_to_read(path: Path) -> None:
    committed = nbformat.read(path, as_version=4)
    assert any(cell.outputs for cell in code_cells(committed))
    assert path.stat().st_size < 1_500_000
    for cell in code_cells(committed):
        assert len(cell.source.splitlines()) < 10
        assert max(map(len, cell.source.splitlines())) <= 105
        for output in cell.outputs:
            picture = output.get("data", {}).get("image/png")
            assert picture is None or base64.b64decode(picture).startswith(b"\x89PNG")


@each_notebook
def test_a_notebook_installs_what_is_missing_and_needs_no_path(path: Path) -> None:
    committed = nbformat.read(path, as_version=4)
    first, *others = code_cells(committed)
    assert first.source.partition("\n")[2].strip() == INSTALL.strip()
    assert first.outputs == []
    for cell in others:
        assert re.findall(r"\.\./|__file__|chdir|pip install", cell.source) == []


@each_notebook
def test_a_notebook_is_in_chinese_with_an_english_summary(path: Path) -> None:
    first, *others = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]
    title, _, rest = first.partition("\n")
    assert title.startswith(f"# {path.name[:2]} ")
    assert rest.strip().startswith("> **In English.** ")
    for text in [title, *others]:
        assert re.search("[一-鿿]", text)
        assert "$" not in text, "a notebook reads mathematics between two of them"


def test_a_run_leaves_out_what_differs_from_run_to_run() -> None:
    made = nbformat.v4.new_output
    bar = "plan:  50%|#####     | 1/2\n"
    streams = [made("stream", name="stderr", text=text) for text in (bar, f"{bar}kept\n")]
    table = made("display_data", data={"text/plain": "<Styler at 0x7f00>", "text/html": "<table>"})
    assert [output.get("text") or output.data for output in lasting([*streams, table])] == [
        "kept\n",
        {"text/plain": "<Styler>", "text/html": "<table>"},
    ]


def test_badges_need_the_public_address() -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# 01")])
    badges(notebook, "01.ipynb", None)
    assert [cell.source for cell in notebook.cells] == ["# 01"]
    for _ in range(2):
        badges(notebook, "01.ipynb", "owner/name")
        line, title = [cell.source for cell in notebook.cells]
        assert title == "# 01"
        assert "https://colab.research.google.com/github/owner/name/blob/main/notebooks/01.ipynb" in line
        assert "https://mybinder.org/v2/gh/owner/name/main?labpath=notebooks/01.ipynb" in line
    badges(notebook, "01.ipynb", None)
    assert [cell.source for cell in notebook.cells] == ["# 01"]


@each_notebook
def test_a_notebook_has_badges_where_the_address_is_known(path: Path) -> None:
    committed = nbformat.read(path, as_version=4)
    expected = nbformat.read(path, as_version=4)
    badges(expected, path.name, repository())
    assert [cell.source for cell in committed.cells] == [cell.source for cell in expected.cells]
