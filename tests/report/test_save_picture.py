"""A picture becomes a file of its kind and size, or one message says why it does not."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest

mpl.use("agg")

from matplotlib import pyplot as plt
from PIL import Image

import xingtu_frames as xf
from xingtu_frames.files import whole

STARTS = {".png": b"\x89PNG", ".jpg": b"\xff\xd8", ".pdf": b"%PDF", ".svg": b"<?xml"}


@pytest.fixture
def ax() -> Any:
    _, ax = plt.subplots(figsize=(2, 1))
    yield ax
    plt.close("all")


@pytest.mark.parametrize("kind", STARTS)
def test_axes_and_figures_become_a_file_of_the_kind(ax: Any, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"picture{kind}"
    assert xf.save_picture(ax, path) == path
    assert path.read_bytes().startswith(STARTS[kind])
    assert xf.save_picture(ax.figure, str(path)) == path
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


def test_inches_times_dpi_are_the_size_and_the_same_picture_is_the_same_file(ax: Any, tmp_path: Path) -> None:
    first, second = (xf.save_picture(ax, tmp_path / f"{name}.PNG", dpi=200) for name in "ab")
    with Image.open(first) as image:
        assert image.size == (400, 200)
    assert first.read_bytes() == second.read_bytes()


def test_a_missing_folder_and_a_wrong_ending_are_named(ax: Any, tmp_path: Path) -> None:
    with pytest.raises(xf.FileError, match=r"the folder .*missing does not exist; create it first"):
        xf.save_picture(ax, tmp_path / "missing" / "picture.png")
    with pytest.raises(xf.ParameterError, match=r"\.png, \.pdf, \.svg.*picture\.xlsx"):
        xf.save_picture(ax, tmp_path / "picture.xlsx")
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(xf.FileError, match="it is a folder"):
        xf.save_picture(ax, tmp_path / "folder.png")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.png"]


def test_a_file_that_is_open_elsewhere_stays_and_is_named(
    ax: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"old")

    def replace(*_: Any) -> None:
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr(whole.os, "replace", replace)
    with pytest.raises(xf.FileError, match=r"picture\.png: .*close the file where it is open"):
        xf.save_picture(ax, path)
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize(
    ("picture", "path", "options", "words"),
    [
        (None, "a.png", {}, "axes or a figure"),
        ("a.png", None, {}, "swapped"),
        (..., 3, {}, "path must be text or a Path"),
        (..., "a.png", {"dpi": 0}, "dpi must be a number from 20 to 1200, not 0"),
        (..., "a.png", {"dpi": True}, "dpi"),
    ],
)
def test_what_cannot_be_is_refused(ax: Any, picture: Any, path: Any, options: Any, words: str) -> None:
    with pytest.raises(xf.ParameterError, match=words):
        xf.save_picture(ax if picture is ... else picture, path, **options)
