"""What the tests of the command line share."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wcwidth import wcwidth

import xingtu_frames as xf

TOKEN = "test-token-0123456789"
IDS = xf.sample_ids()[1:4]
ONE = IDS[0]
URL = f"https://www.xingtu.cn/ad/creator/author/douyin/{IDS[1]}"
NOBODY = "123456789012"
COMMANDS = (
    *("demo", "compare", "fetch", "search", "track", "plan", "ledger", "budget", "tables", "describe", "cache"),
    *("lake", "doctor"),
)
_WITH_INTERRUPTS = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from xingtu_frames.command.cli import main; sys.exit(main())"
)


@dataclass
class Done:
    status: int
    out: str
    err: str


def checked(done: Done) -> Done:
    """Return what a run left, which never holds the token or a traceback."""
    assert TOKEN not in done.out + done.err
    assert "Traceback" not in done.err
    return done


def refused(done: Done) -> str:
    """Return the one line of a run that could do nothing."""
    assert (done.status, done.out) == (2, "")
    (line,) = done.err.splitlines()
    assert line.startswith("xingtu-frames: ")
    return line


def process(*argv: str | Path, code: str = "", **options: Any) -> subprocess.Popen[str]:
    command = [sys.executable, *(["-c", code] if code else ["-m", "xingtu_frames"]), *map(str, argv)]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True, encoding="utf-8", **options
    )


def finished(running: subprocess.Popen[str]) -> Done:
    with running:
        out, err = running.communicate(timeout=600)
    return checked(Done(running.returncode, out, err))


def said_written(out: str) -> list[str]:
    return re.findall(r"^wrote (.+?): .", out, re.MULTILINE)


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder.parent)) for path in folder.rglob("*") if path.is_file())


def by_display_column(line: str) -> str:
    """Return a line with one character for each column of a terminal."""
    return "".join(char + "\0" * (wcwidth(char) - 1) for char in line)


# demo
