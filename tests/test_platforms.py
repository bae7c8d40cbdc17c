"""What Windows, macOS and consoles in other encodings have or lack, played on the system that the tests run on."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import xingtu_frames as xf
from tests.cli_cases import Done, refused
from tests.conftest import ROOT
from tests.loopback import Loopback
from tests.quick import examples
from xingtu_frames.command.cli import main
from xingtu_frames.store.transfer import export_store
from xingtu_frames.wording.terminal import spelled

FOLDER = "空 文件夹 #1 100%"
IN_USE = PermissionError(13, "The process cannot access the file because it is being used by another process")


# --- another system --------------------------------------------------------------------------------------------------

USE = """
import importlib, os, pkgutil, sys, warnings
from pathlib import Path
from tests import systems
systems.pretend(sys.argv[1])
warnings.filterwarnings("error", category=EncodingWarning, module="xingtu_frames")
import xingtu_frames as xf
for module in pkgutil.walk_packages(xf.__path__, "xingtu_frames."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
from xingtu_frames.command.cli import main
from xingtu_frames.store.transfer import export_store, import_store

ids = xf.sample_ids()
with xf.sample_client() as sample:
    export_store(sample.store, "答案 1.sqlite")
with xf.Client(cache="答案 1.sqlite", offline=True) as client:
    board = xf.compare(ids, client=client)
    saved = client.store.rescue(next(iter(client.store.every())).answer)
    client.store.take_in()
    assert not saved.exists()
    import_store(client.store, export_store(client.store, "2.sqlite") and "2.sqlite")
    client.store.clear()
xf.write_csv(board, "对比.csv"), xf.write_csv(xf.read_csv("对比.csv"), "对比.csv")
xf.write_excel({"board": board}, "对比.xlsx")
xf.write_excel({"board": xf.read_excel("对比.xlsx", "board")}, "对比.xlsx")
assert main(["doctor", "--cache", "2.sqlite"]) == 0
assert main(["cache", "clear", "--yes", "--cache", "2.sqlite"]) == 0
if sys.argv[1] == "windows":
    with open("对比.xlsx", "rb"):
        try:
            xf.write_excel({"board": board}, "对比.xlsx")
        except xf.FileError as error:
            assert "close the file where it is open" in str(error)
        else:
            raise AssertionError("an open file was replaced")
print(*sorted(path.name for path in Path().iterdir() if path.suffix in (".tmp", ".csv", ".xlsx", ".sqlite")), sep="|")
"""


@pytest.mark.slow
@pytest.mark.parametrize("system", ["windows", pytest.param("macos", marks=pytest.mark.slow)])
def test_every_module_loads_and_files_are_kept_on(system: str, tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNDEFAULTENCODING": "1"}
    command = [sys.executable, "-c", USE, system]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "2.sqlite|对比.csv|对比.xlsx|答案 1.sqlite"


def test_the_stub_is_read_in_any_encoding() -> None:
    """`lazy_loader` reads it in that of the system."""
    assert (ROOT / "xingtu_frames" / "__init__.pyi").read_bytes().isascii()


def quotes_of(path: str) -> int:
    with xf.Client(cache=path, offline=True) as client:
        return len(xf.fetch_quotes(xf.sample_ids()[:2], client=client))


@pytest.mark.slow
def test_processes_that_are_spawned_share_a_file(tmp_path: Path, sample: xf.Client) -> None:
    path = tmp_path / "答案 1.sqlite"
    export_store(sample.store, path)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        theirs = pool.submit(quotes_of, str(path))
        assert quotes_of(str(path)) == theirs.result() > 0


# --- a file that another program has open ----------------------------------------------------------------------------

BOARD = pd.DataFrame({"kol_id": ["7000000000000010003"], "followers": [1]})
WRITERS: dict[str, Callable[[Path], Any]] = {
    "a.csv": lambda path: xf.write_csv(BOARD, path),
    "a.xlsx": lambda path: xf.write_excel({"board": BOARD}, path),
}


@pytest.fixture
def in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise IN_USE

    for name in ("replace", "rename"):
        monkeypatch.setattr(os, name, refuse)


@pytest.mark.usefixtures("in_use")
@pytest.mark.parametrize("name", WRITERS)
def test_a_file_in_use_is_named_and_stays(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b"old")
    with pytest.raises(xf.FileError, match="used by another process; close the file where it is open") as caught:
        WRITERS[name](path)
    assert str(path) in str(caught.value)
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (b"old", [path])


@pytest.mark.usefixtures("in_use")
@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.parquet"])
def test_the_command_line_says_it_in_one_line(
    name: str, run: Callable[..., Done], paid: Loopback, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(b"old")
    said = refused(run("fetch", "profiles", xf.sample_ids()[0], "-o", name))
    assert "close the file where it is open" in said
    assert (tmp_path / name).read_bytes() == b"old"
    assert not list(tmp_path.glob(".*.tmp"))


@pytest.mark.usefixtures("in_use")
def test_an_export_that_cannot_get_its_name_leaves_nothing(tmp_path: Path, sample: xf.Client) -> None:
    before = set(tmp_path.iterdir())
    with pytest.raises(
        xf.CacheError, match=r"2\.sqlite cannot be written: .*used by another process; name another file"
    ):
        export_store(sample.store, tmp_path / "2.sqlite")
    assert set(tmp_path.iterdir()) == before


# --- consoles --------------------------------------------------------------------------------------------------------

CONSOLES = ("gbk", "cp936", "gb18030", "cp1252", "cp437", "ascii", "utf-8")
SPELLED = {
    "gbk": "￥9.1万 — ≥3 × “达人”…",
    "cp1252": "¥9.1\\u4e07 — >=3 × “\\u8fbe\\u4eba”…",
    "cp437": '¥9.1\\u4e07 - ≥3 x "\\u8fbe\\u4eba"...',
    "ascii": 'CNY 9.1\\u4e07 - >=3 x "\\u8fbe\\u4eba"...',
    "utf-8": "¥9.1万 — ≥3 × “达人”…",
}


class Console(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True

    def shown(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode(self.encoding)


@pytest.mark.parametrize("encoding", SPELLED)
def test_a_sign_that_a_console_lacks_becomes_a_similar_one(encoding: str) -> None:
    assert "¥9.1万 — ≥3 × “达人”…".encode(encoding, spelled(encoding)).decode(encoding) == SPELLED[encoding]


@settings(max_examples=examples(300))
@given(st.text(), st.sampled_from(CONSOLES))
def test_any_text_is_written_without_a_question_mark_for_a_character(text: str, encoding: str) -> None:
    shown = text.encode(encoding, spelled(encoding)).decode(encoding)
    assert shown.count("?") == text.count("?")
    assert len(shown) >= len(text)


@pytest.mark.each_once
@pytest.mark.parametrize("encoding", CONSOLES)
@pytest.mark.parametrize(
    "command", [("tables",), ("describe", "board"), ("fetch", "nothing", "1")], ids=lambda words: words[0]
)
def test_a_command_prints_on_every_console(
    encoding: str, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    screens = {name: Console(io.BytesIO(), encoding=encoding) for name in ("stdout", "stderr")}
    for name, screen in screens.items():
        monkeypatch.setattr(sys, name, screen)
    status = main(command)
    out, err = (screen.shown() for screen in screens.values())
    assert (status, "Traceback" in err) == (2 if command[0] == "fetch" else 0, False)
    assert "?" not in out
    assert bool(out) is (status == 0)
    if "gb" in encoding and out:
        assert "传播表现" in out or "获取时间" in out


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_a_process_prints_chinese_on_a_terminal_of_gbk() -> None:
    import pty

    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LANG": "zh_CN.GBK", "PYTHONIOENCODING": "gbk"}
    command = [sys.executable, "-m", "xingtu_frames", "describe", "quotes"]
    with subprocess.Popen(command, env=environment, stdin=theirs, stdout=theirs, stderr=theirs):
        os.close(theirs)
        shown = b""
        # A terminal that no one writes to any more is an error on Linux, and empty elsewhere.
        with contextlib.suppress(OSError):
            while data := os.read(ours, 65_536):
                shown += data
    os.close(ours)
    text = shown.decode("gbk")
    assert "按自然播放量结算" in text
    assert ("?" in text, "Traceback" in text) == (False, False)
