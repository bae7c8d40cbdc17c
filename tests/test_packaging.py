"""The wheel holds what a user needs, and works where the source tree is not."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

NEEDED = {
    "xingtu_frames/py.typed",
    "xingtu_frames/__init__.pyi",
    *(f"xingtu_frames/data/{name}.json" for name in ("answers", "creators", "series")),
    *(f"xingtu_frames/data/provider_pages/{page.name}" for page in (ROOT / "data" / "provider_pages").iterdir()),
}
USE = """
import xingtu_frames as xf
print(xf.__file__)
client = xf.sample_client()
print(len(xf.fetch_cost_tiers(xf.sample_ids(), client=client)))
print(len(client.get("search_for_author_square", page=1)["authors"]))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_has_types_and_sample_data_and_no_tests(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert names >= NEEDED
    assert len([name for name in names if "provider_pages" in name]) == 5
    assert [name for name in names if name.startswith(("tests/", "notebooks/", "data/"))] == []


@pytest.mark.slow
def test_the_unpacked_wheel_works_elsewhere(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{USE}"]
    done = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    where, rows, hits = done.stdout.split()
    assert Path(where).is_relative_to(tmp_path)
    assert int(rows) == 13 * 9
    assert int(hits) == 20
