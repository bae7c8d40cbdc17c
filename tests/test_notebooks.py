"""The committed notebooks run top to bottom and show what they show now."""

from __future__ import annotations

import base64
import shutil
import sys
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest

from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "notebooks"))
from run import run

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def texts(cell: Any) -> list[str]:
    """Return what the cell shows as text; a picture's text form names a size that fonts decide."""
    shown = [output.get("data", {}).get("text/plain") or output.get("text") or "" for output in cell.outputs]
    return [text for text in shown if not text.startswith("<Picture")]


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_fresh(path: Path, tmp_path: Path) -> None:
    committed = nbformat.read(path, as_version=4)
    folder = tmp_path / "notebooks"
    folder.mkdir()
    again = run(Path(shutil.copy(path, folder)))
    for before, after in zip(code_cells(committed), code_cells(again), strict=True):
        assert before.source == after.source
        assert len(before.outputs) == len(after.outputs)
        assert [output for output in after.outputs if output.get("name") == "stderr"] == []
        if pd.__version__ >= "3":
            assert texts(before) == texts(after)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_pleasant_to_read(path: Path) -> None:
    committed = nbformat.read(path, as_version=4)
    assert any(cell.outputs for cell in code_cells(committed))
    for cell in code_cells(committed):
        assert len(cell.source.splitlines()) < 10
        for output in cell.outputs:
            picture = output.get("data", {}).get("image/png")
            assert picture is None or base64.b64decode(picture).startswith(b"\x89PNG")
