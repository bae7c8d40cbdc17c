"""The package works without each of its extras, and whatever needs one that is missing says how to get it."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tomllib
import warnings
from collections.abc import Callable
from importlib.metadata import distribution

import pytest

import xingtu_frames as xf
from tests.cli_cases import Done
from tests.conftest import ROOT
from xingtu_frames.command import cli
from xingtu_frames.command.doctor import examine
from xingtu_frames.errors import EXTRAS
from xingtu_frames.plot.drawing import font
from xingtu_frames.report.deck.write import installed_writer

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
DECLARED = PROJECT["optional-dependencies"]
FOR_DEVELOPERS = {"test", "docs", "dev"}
NAME = re.compile(r"[A-Za-z0-9_.-]+")


def draw_chinese_without_a_font() -> str:
    font._warn_missing_font.cache_clear()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        font.lettering("zh")
    return "".join(str(warning.message) for warning in caught)


def refusal(call: Callable[[], object]) -> Callable[[], str]:
    def said() -> str:
        with pytest.raises(xf.ConfigError) as caught:
            call()
        return str(caught.value)

    return said


NEEDED_BY = {
    "zh": draw_chinese_without_a_font,
    "parquet": refusal(lambda: cli._writer("a.parquet", "profiles")),
    "pptx": refusal(installed_writer),
    "team": refusal(lambda: xf.Client(cache="postgresql://127.0.0.1/xingtu").ledger()),
}
"""What needs an extra, and what it says without."""
ONLY_INSTALLED = {"notebook", "fast"}
"""Extras that nothing misses: only `doctor` knows them."""


@pytest.fixture(params=EXTRAS)
def without(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of an extra whose module is not found: pandas, which has it loaded, goes on."""
    hidden, find = EXTRAS[request.param].module, importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == hidden else find(name))
    monkeypatch.setattr(font, "chinese_family", lambda: None)
    return str(request.param)


def test_the_extras_are_those_of_pyproject_and_each_brings_its_module() -> None:
    assert set(EXTRAS) == set(DECLARED) - FOR_DEVELOPERS - {"all"}
    (everything,) = DECLARED["all"]
    assert everything == f"xingtu_frames[{','.join(EXTRAS)}]"
    for extra in EXTRAS.values():
        packages = [NAME.match(requirement)[0] for requirement in DECLARED[extra.name]]
        files = [file for package in packages for file in distribution(package).files or ()]
        assert extra.module in {file.parts[0].removesuffix(".py") for file in files}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_first_page_lists_every_extra(lang: str) -> None:
    page = (ROOT / "docs" / lang / "start.md").read_text("utf-8")
    assert [name for name in EXTRAS if f"| `{name}` |" not in page] == []


def test_what_needs_an_extra_says_how_to_install_it(without: str) -> None:
    assert not EXTRAS[without].is_installed()
    with pytest.raises(xf.ConfigError) as caught:
        EXTRAS[without].require()
    assert f'pip install "xingtu_frames[{without}]"' in str(caught.value)
    assert set(NEEDED_BY) | ONLY_INSTALLED == set(EXTRAS)
    if without in NEEDED_BY:
        assert f'pip install "xingtu_frames[{without}]"' in NEEDED_BY[without]()


def test_the_doctor_lists_what_is_there_and_how_to_get_the_rest(without: str, sample: xf.Client) -> None:
    (found,) = [finding for finding in examine(sample) if finding.subject == "extras"]
    assert found.state == "ok"
    assert f'pip install "xingtu_frames[{without}]"' in found.detail
    there, *missing = found.detail.split("; ")
    assert (without in there.split(", "), len(missing)) == (False, 1)


def test_with_all_extras_there_nothing_is_refused(run: Callable[..., Done]) -> None:
    for extra in EXTRAS.values():
        extra.require()
    assert re.search(rf"^extras +ok +{', '.join(EXTRAS)}$", run("doctor").out, re.MULTILINE)


@pytest.mark.slow
def test_every_public_name_and_the_command_line_load_without_any_extra() -> None:
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({[extra.module for extra in EXTRAS.values()]}))\n"
        "import xingtu_frames as xf\n"
        "from xingtu_frames.command.cli import main\n"
        "print(len([getattr(xf, name) for name in xf.__all__]), main(['tables']))"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == f"{len(xf.__all__)} 0"
