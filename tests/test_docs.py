"""What the documents say is true: snippets run, tables match the declarations, names and links exist."""

from __future__ import annotations

import doctest
import importlib
import re
import shlex
from pathlib import Path

import pytest
from matplotlib import pyplot as plt

import xingtu_frames as xf
from tests.conftest import ROOT
from tests.quick import each
from tests.snippets import run_snippets
from xingtu_frames.command import cli

README = (ROOT / "README.md").read_text("utf-8")
TEXTS = [README, (ROOT / "CHANGELOG.md").read_text("utf-8"), (ROOT / "data" / "README.md").read_text("utf-8")]
PAGES = sorted((ROOT / "docs").glob("??/**/*.md"))
PROSE = [*TEXTS, *(path.read_text("utf-8") for path in (*PAGES, *(ROOT / "notebooks").glob("*.ipynb")))]


def test_the_snippets_run_and_print_what_the_readme_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_snippets(README) == 3
    assert {path.name for path in tmp_path.iterdir()} >= {"costs.csv", "对比.xlsx"}


# The code of a pair of pages differs by its words only.
RUN = [
    pytest.param(page, marks=pytest.mark.slow) if "/en/" in page.as_posix() and page.stem != "start" else page
    for page in PAGES
]


@pytest.mark.one_in(5)
@pytest.mark.parametrize("page", RUN, ids=lambda page: str(page.relative_to(ROOT / "docs")))
def test_the_snippets_of_a_page_run_and_print_what_it_shows(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run_snippets(page.read_text("utf-8"))


@each("text", PROSE)
def test_every_public_name_that_is_mentioned_exists(text: str) -> None:
    mentioned = set(re.findall(r"\bxf\.([a-zA-Z_]+)", text))
    assert mentioned <= set(xf.__all__), mentioned - set(xf.__all__)


def test_every_relative_link_and_picture_is_there() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_command_that_is_shown_is_one() -> None:
    parser = cli._parser()
    texts = [README, *(page.read_text("utf-8") for page in PAGES)]
    lines = [line.partition("#")[0] for text in texts for line in text.splitlines()]
    commands = [line for line in lines if line.startswith("xingtu-frames ")]
    assert len(commands) >= 6
    for command in commands:
        parser.parse_args(shlex.split(command)[1:])


def test_the_changelog_knows_the_version() -> None:
    assert "[Unreleased]" in TEXTS[1] or f"[{xf.__version__}]" in TEXTS[1]


WITH_EXAMPLES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in sorted((ROOT / "xingtu_frames").rglob("*.py"))
    if ">>>" in path.read_text("utf-8")
]


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_the_examples_in_docstrings_are_right(module: str) -> None:
    found = doctest.testmod(importlib.import_module(module))
    plt.close("all")
    assert found.attempted > 0
    assert found.failed == 0


SHIPPED = [
    path
    for folder in ("xingtu_frames", "data", "docs", "notebooks", ".ci")
    for path in (ROOT / folder).rglob("*")
    if path.is_file() and path.suffix in {".py", ".pyi", ".md", ".json", ".ipynb", ".toml", ".csv", ""}
] + [ROOT / name for name in ("README.md", "CHANGELOG.md", "RELEASING.md", "Makefile", "pyproject.toml")]


@each("path", SHIPPED)
def test_no_file_names_a_machine_or_holds_a_token(path: Path) -> None:
    text = path.read_text("utf-8")
    assert re.findall(r"(?<![\w.])/(?:root|home|work|tmp|Users)/\w+", text) == []
    assert re.findall(r"(?i)token[=:]\s*[\"']?[0-9a-z_-]{16,}", text) == []
