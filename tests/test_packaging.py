"""The files of a release hold what a user needs and nothing else, and work where the source tree is not."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from pathlib import Path

import pytest

import xingtu_frames as xf
from tests import release
from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
INFO = f"xingtu_frames-{xf.__version__}.dist-info"
DATA = {
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
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:root|home|work|tmp|Users)/\w+|[A-Z]:\\\\?Users")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the built sdist and wheel."""
    folder = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(built / f"xingtu_frames-{xf.__version__}-py3-none-any.whl") as archive:
        yield archive


@pytest.fixture(scope="module")
def sdist(built: Path) -> Path:
    return built / f"xingtu_frames-{xf.__version__}.tar.gz"


def metadata(wheel: zipfile.ZipFile) -> Message:
    return BytesParser().parsebytes(wheel.read(f"{INFO}/METADATA"))


@pytest.mark.slow
def test_the_wheel_is_the_package_with_its_types_sample_data_and_licence(wheel: zipfile.ZipFile) -> None:
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "xingtu_frames").rglob("*") if path.is_file()}
    names = set(wheel.namelist())
    assert {name for name in names if not name.startswith(INFO)} == DATA | {
        name for name in modules if "__pycache__" not in name
    }
    assert names >= {"xingtu_frames/py.typed", "xingtu_frames/__init__.pyi", "xingtu_frames/fetch/fetch.pyi"}
    assert len([name for name in names if "provider_pages" in name]) == 5
    assert {name.removeprefix(INFO) for name in names if name.startswith(INFO)} == {
        *("/METADATA", "/RECORD", "/WHEEL", "/entry_points.txt", "/licenses/LICENSE")
    }


def test_no_font_is_shipped_so_no_notice_is_due(wheel: zipfile.ZipFile, sdist: Path) -> None:
    names = {*wheel.namelist(), *release.shipped_in(sdist)}
    assert [name for name in names if name.endswith((".ttf", ".otf", ".ttc", ".woff", ".woff2"))] == []


def test_the_metadata_says_who_it_is_for_and_what_runs_it(wheel: zipfile.ZipFile) -> None:
    found = metadata(wheel)
    assert (found["Name"], found["Version"]) == ("xingtu_frames", xf.__version__)
    assert set(found["Requires-Python"].split(",")) == {">=3.11", "<3.14"}
    assert (found["License-Expression"], found["License-File"]) == ("MIT", "LICENSE")
    classifiers = found.get_all("Classifier", [])
    pythons = {
        line.rsplit(" ", 1)[1] for line in classifiers if line.startswith("Programming Language :: Python :: 3.")
    }
    assert pythons == {"3.11", "3.12", "3.13"}
    assert {"Topic :: Office/Business", "Topic :: Scientific/Engineering :: Information Analysis"} <= set(classifiers)
    assert set(found.get_all("Provides-Extra", [])) == set(PROJECT["optional-dependencies"])
    entry_points = wheel.read(f"{INFO}/entry_points.txt").decode()
    assert entry_points.split() == ["[console_scripts]", "xingtu-frames", "=", "xingtu_frames.__main__:program"]


def test_the_version_stands_in_one_place() -> None:
    assert "version" not in PROJECT
    assert PROJECT["dynamic"] == ["version"]


def test_the_sdist_has_the_sources_and_nothing_of_the_machine(sdist: Path) -> None:
    shipped = release.shipped_in(sdist)
    assert {name.partition("/")[0] for name in shipped} == {
        *(
            "CHANGELOG.md",
            "LICENSE",
            "Makefile",
            "PKG-INFO",
            "README.md",
            "RELEASING.md",
            "pyproject.toml",
            ".gitignore",
        ),
        *("data", "docs", "notebooks", "tests", "xingtu_frames"),
    }
    assert shipped.keys() >= {"xingtu_frames/__init__.py", "xingtu_frames/py.typed", "data/answers.json"}
    assert [name for name in shipped if "__pycache__" in name or name.endswith((".pyc", ".sqlite"))] == []
    for name, data in shipped.items():
        if name.endswith((".ipynb", ".md", ".toml")):
            assert MACHINE_PATH.findall(data.decode()) == [], name


def test_release_check_names_what_is_missing() -> None:
    version = xf.__version__
    dated = f"## [{version}] - 2026-12-01\n"
    urls = "\n".join(["[project]", "[project.urls]", *(f'{name} = "https://example.org"' for name in release.URLS)])
    assert list(release.missing_text(urls, dated, version)) == []
    assert list(release.missing_text("[project]", "## [Unreleased]\n", version)) == [
        "pyproject.toml: [project.urls] lacks Homepage, Documentation, Source, Issues, Changelog",
        f'CHANGELOG.md: no heading "## [{version}] - YYYY-MM-DD"; rename [Unreleased]',
    ]
    files = {f"xingtu_frames-{version}-py3-none-any.whl", f"xingtu_frames-{version}.tar.gz"}
    assert list(release.wrong_files(files, ["a.py", "PKG-INFO"], ["a.py"], version)) == []
    old, stray = release.wrong_files({"xingtu_frames-0.0.9.tar.gz"}, ["answers.sqlite"], [], version)
    assert "dist/ holds xingtu_frames-0.0.9.tar.gz, not" in old
    assert stray == "the sdist ships what git does not track: answers.sqlite"


@pytest.mark.slow
def test_the_unpacked_wheel_works_elsewhere(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel.filename).extractall(tmp_path)
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{USE}"]
    done = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    where, rows, hits = done.stdout.split()
    assert Path(where).is_relative_to(tmp_path)
    assert int(rows) == 13 * 9
    assert int(hits) == 20
