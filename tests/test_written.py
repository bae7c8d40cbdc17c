"""What is written out of the declarations is fresh, and it says what the functions take."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal, get_origin, get_type_hints

import pytest

import xingtu_frames as xf
from tests.quick import each
from tests.written import ROOT, STUB, stale
from xingtu_frames.tables.catalog import OPTIONS


def test_what_follows_from_the_tables_is_fresh() -> None:
    assert stale() == [], "run make tables"


def test_every_table_has_its_function() -> None:
    functions = {name for name in xf.__all__ if name.startswith("fetch_") or name == "search"}
    assert functions == {"fetch_raw", *(table.function for table in xf.TABLES.values())}


@each("table", xf.TABLES)
def test_the_stub_has_the_signature_of_the_function(table: str) -> None:
    namespace: dict[str, Any] = {"__package__": "xingtu_frames.fetch", "__name__": "xingtu_frames.fetch.stub"}
    source = STUB.read_text("utf-8")
    exec(compile(source, str(STUB), "exec", dont_inherit=True), namespace)  # noqa: S102
    name = xf.TABLES[table].function
    assert inspect.signature(namespace[name]) == inspect.signature(getattr(xf, name))
    assert get_type_hints(getattr(xf, name)) == get_type_hints(namespace[name])


def test_no_public_function_leaves_a_choice_open() -> None:
    choices = {"on_error", "lang", *(name for name, one in OPTIONS.items() if not isinstance(one.default, bool))}
    hints = {name: get_type_hints(getattr(xf, name)) for name in xf.__all__ if inspect.isfunction(getattr(xf, name))}
    taken = {(name, one): get_origin(hints[name][one]) for name in hints for one in choices & hints[name].keys()}
    assert {"compare", "compare_windows", "fetch_raw", "plot_index"} <= {function for function, _ in taken}
    assert [where for where, kind in taken.items() if kind is not Literal] == []


JSON = {
    "wire/envelope.py",
    "tables/read.py",
    "tables/columns.py",
    "tables/layout.py",
    "tables/long.py",
    "tables/catalog.py",
    "fetch/sample.py",
    "fetch/synthetic.py",
}
"""The modules that read or make JSON."""


def test_few_lines_leave_open_what_they_take() -> None:
    package = ROOT / "xingtu_frames"
    lines = {
        (path, node.lineno)
        for path in package.rglob("*.py")
        if path.relative_to(package).as_posix() not in JSON
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Name) and node.id == "Any"
    }
    assert 0 < len(lines) < 150


WRONG = """
import xingtu_frames as xf
xf.fetch_spread_info(1, window="60d")
xf.fetch_link_index(1, industry="games", platform="tv")
xf.fetch_quotes(1, window="30d")
xf.fetch_profiles(1, on_error="ignore", progress=None)
xf.fetch_cost_tiers(1, window="90d", only_assigned=True, client=xf.Client())
xf.compare(1, window="60d")
xf.compare_windows(1, flow="paid")
xf.fetch_raw("get_author_base_info", 1, on_error="ignore")
xf.compare(1, window="90d", platform="live_streaming", on_error="raise")
"""


@pytest.mark.slow
def test_a_type_checker_refuses_a_choice_that_does_not_exist(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    path = tmp_path / "wrong.py"
    path.write_text(WRONG, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-incremental", "--follow-imports=silent", str(path)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert {line.split(":")[1] for line in done.stdout.splitlines() if ": error:" in line} == {
        "3",
        "4",
        "5",
        "6",
        "8",
        "9",
        "10",
    }
