"""Ctrl-C: control comes back while the server still holds its answers, nothing more is sent, and no charge is lost."""

from __future__ import annotations

import _thread
import contextlib
import gc
import os
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import xingtu_frames as xf
from tests.cli_cases import IDS, finished, process
from tests.conftest import ROOT
from tests.loopback import Loopback, Reply, Seen, ok
from xingtu_frames.arguments import bar
from xingtu_frames.client import batch, workers
from xingtu_frames.client.workers import Stop

MakeClient = Callable[..., xf.Client]
WORKERS = 4
pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs signals")


def ids(count: int) -> list[str]:
    return [str(7_000_000_000_000_000_000 + n) for n in range(count)]


class Held:
    """A server that takes requests and answers none before it is told to."""

    def __init__(self, server: Loopback, most: int) -> None:
        self.all_there, self.release, self.server = threading.Event(), threading.Event(), server
        self.when_there: Callable[[], None] = lambda: None
        take, lock = server.take, threading.Lock()

        def held(seen: Seen) -> Reply:
            with lock:
                reply = take(seen)
                if server.hits() == most:
                    self.when_there()
                    self.all_there.set()
            assert self.release.wait(120)
            return reply

        server.take = held  # type: ignore[method-assign]


@pytest.fixture
def hold(server: Loopback) -> Iterator[Callable[[int], Held]]:
    """Return a maker of a server that holds its answers; at the end it gives them."""
    made: list[Held] = []

    def make(most: int) -> Held:
        made.append(Held(server, most))
        return made[-1]

    yield make
    for held in made:
        held.release.set()


def interrupt() -> None:
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def ended(client: xf.Client) -> None:
    """Wait for the threads that a client left behind."""
    for running in client._running.copy():
        running.wait()


# --- the command line


def fetch(*argv: str, code: str = "", cwd: Path) -> subprocess.Popen[str]:
    return process("fetch", "spread_info", *IDS, "--max-workers", "2", *argv, code=code, cwd=cwd)


def told(err: str) -> list[str]:
    return [line for line in err.splitlines() if not line.startswith("warning: the token travels")]


AS_A_PROGRAM = "import sys; from xingtu_frames.__main__ import program; sys.exit(program())"
AS_A_FUNCTION = "import sys; from xingtu_frames.command.cli import main; sys.exit(main())"


@pytest.mark.parametrize(
    "code", ["", *(pytest.param(code, marks=pytest.mark.slow) for code in (AS_A_PROGRAM, AS_A_FUNCTION))]
)
def test_the_command_line_ends_while_answers_are_under_way(
    paid: Loopback, hold: Callable[[int], Held], make_client: MakeClient, tmp_path: Path, code: str
) -> None:
    held = hold(2)
    running = fetch("--cache", "answers.sqlite", code=code, cwd=tmp_path)
    assert held.all_there.wait(60)
    running.send_signal(signal.SIGINT)
    done = finished(running)
    assert (done.status, done.out) == (2, "")
    assert told(done.err) == [
        (
            "xingtu-frames: interrupted; what arrived is stored; 2 requests were under way and may be charged: "
            "the ledger lists them as unknown"
        )
    ]
    assert make_client().ledger()["billed"].tolist() == ["unknown"] * 2
    assert paid.hits() == 2


@pytest.mark.slow
def test_the_command_line_stores_what_still_comes(
    paid: Loopback, hold: Callable[[int], Held], make_client: MakeClient, tmp_path: Path
) -> None:
    held = hold(2)
    code = f"from xingtu_frames.client import workers; workers.PATIENCE_S = 120; {AS_A_PROGRAM}"
    running = fetch("--cache", "answers.sqlite", code=code, cwd=tmp_path)
    assert held.all_there.wait(60)
    running.send_signal(signal.SIGINT)
    threading.Timer(0.3, held.release.set).start()
    done = finished(running)
    assert (done.status, told(done.err)) == (2, ["xingtu-frames: interrupted; what arrived is stored"])
    client = make_client()
    assert client.store.count() == {"answers": 2, "requests": 2}
    assert paid.hits() == 2


SAY_WHEN_CLOSING = """
import xingtu_frames.client.client as module, xingtu_frames.client.workers as workers
workers.PATIENCE_S, finish = 600, module.finish
def said(*running, **options):
    print("closing", flush=True)
    return finish(*running, **options)
module.finish = said
"""


@pytest.mark.slow
@pytest.mark.parametrize("code", [pytest.param(AS_A_PROGRAM, marks=pytest.mark.slow), AS_A_FUNCTION])
def test_a_second_interrupt_ends_the_process_at_once(
    paid: Loopback, hold: Callable[[int], Held], make_client: MakeClient, tmp_path: Path, code: str
) -> None:
    held = hold(2)
    running = fetch("--cache", "answers.sqlite", code=SAY_WHEN_CLOSING + code, cwd=tmp_path)
    assert held.all_there.wait(60)
    running.send_signal(signal.SIGINT)
    assert running.stdout
    assert running.stdout.readline() == "closing\n"
    running.send_signal(signal.SIGINT)
    done = finished(running)
    assert (done.status, done.out, told(done.err)) == (-signal.SIGINT, "", [])
    assert len(make_client().ledger()) == paid.hits() == 2


INTERRUPT_AT_IMPORT = """
import importlib.abc, os, runpy, signal, sys
class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == {name!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder())
runpy.run_module("xingtu_frames", run_name="__main__")
"""


MODULES = ["requests", "numpy", "pandas", "pandas._libs.tslibs", "xingtu_frames.command.cli"]


@pytest.mark.parametrize("name", [MODULES[0], *(pytest.param(name, marks=pytest.mark.slow) for name in MODULES[1:])])
def test_an_interrupt_while_the_program_loads_leaves_one_line(name: str, tmp_path: Path) -> None:
    done = finished(process("tables", code=INTERRUPT_AT_IMPORT.format(name=name), cwd=tmp_path))
    assert (done.status, done.out) == (2, "")
    assert done.err == "xingtu-frames: interrupted; what arrived is stored\n"


INTERRUPT_WHILE_WRITING = """
import os, signal, sys
import xingtu_frames.files.whole as module
from xingtu_frames.__main__ import program
replace = os.replace
def interrupted(*paths):
    try:
        os.kill(os.getpid(), signal.SIGINT)
    finally:
        if {twice}:
            os.kill(os.getpid(), signal.SIGINT)
    replace(*paths)
os.replace = interrupted
sys.exit(program())
"""


@pytest.mark.parametrize(("twice", "status"), [(False, 2), pytest.param(True, -signal.SIGINT, marks=pytest.mark.slow)])
def test_an_interrupt_while_a_file_is_written_leaves_the_old_one(tmp_path: Path, twice: bool, status: int) -> None:
    (tmp_path / "frame.csv").write_text("old")
    code = INTERRUPT_WHILE_WRITING.format(twice=twice)
    argv = ("fetch", "spread_info", *IDS, "--sample", "-o", "frame.csv")
    done = finished(process(*argv, code=code, cwd=tmp_path))
    assert (done.status, done.out) == (status, "")
    assert (tmp_path / "frame.csv").read_text() == "old"


INTERRUPT_AT_EXIT = """
import atexit, os, signal, sys
atexit.register(os.kill, os.getpid(), signal.SIGINT)
from xingtu_frames.__main__ import program
sys.exit(program())
"""


@pytest.mark.slow
def test_an_interrupt_while_the_interpreter_ends_leaves_no_traceback(tmp_path: Path) -> None:
    done = finished(process("tables", code=INTERRUPT_AT_EXIT, cwd=tmp_path))
    assert (done.status, done.err) == (-signal.SIGINT, "")


@pytest.mark.slow
def test_an_ignored_interrupt_stays_ignored(paid: Loopback, hold: Callable[[int], Held], tmp_path: Path) -> None:
    held = hold(2)
    code = f"import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); {AS_A_PROGRAM}"
    running = fetch("--cache", "answers.sqlite", code=code, cwd=tmp_path)
    assert held.all_there.wait(60)
    running.send_signal(signal.SIGINT)
    held.release.set()
    assert finished(running).status == 0


# --- scripts

SCRIPT = """
import sys, warnings, xingtu_frames as xf
warnings.simplefilter("ignore", xf.InsecureTransportWarning)
def ask(client):
    xf.fetch_profiles([str(n) for n in range(1, 51)], client=client)
make = lambda: xf.Client("t" * 20, base_url=sys.argv[1], cache=sys.argv[2], max_workers=4)
{use}
"""
WITH = "with make() as client:\n    ask(client)"
WITHOUT = "client = make()\nask(client)"


def script(use: str, server: Loopback, path: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SCRIPT.format(use=use), server.url, str(path)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
@pytest.mark.parametrize("use", [WITH, WITHOUT])
def test_a_script_ends_while_answers_are_under_way(
    server: Loopback, hold: Callable[[int], Held], make_client: MakeClient, tmp_path: Path, use: str
) -> None:
    held = hold(WORKERS)
    running = script(use, server, tmp_path / "answers.sqlite")
    assert held.all_there.wait(60)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=600)
    assert running.returncode != 0
    assert err.rstrip().endswith("KeyboardInterrupt")
    assert "Exception ignored" not in err
    assert ("4 requests are still under way and may be charged" in err) == (use == WITH)
    assert server.hits() == WORKERS
    assert make_client().ledger()["billed"].tolist() == ["unknown"] * WORKERS


@pytest.mark.slow
@pytest.mark.parametrize("use", [WITH, WITHOUT])
def test_a_script_that_was_interrupted_stores_what_still_comes(
    server: Loopback, hold: Callable[[int], Held], make_client: MakeClient, tmp_path: Path, use: str
) -> None:
    held = hold(WORKERS)
    patient = f"from xingtu_frames.client import workers; workers.PATIENCE_S = 120\n{use}"
    running = script(patient, server, tmp_path / "answers.sqlite")
    assert held.all_there.wait(60)
    running.send_signal(signal.SIGINT)
    threading.Timer(0.3, held.release.set).start()
    _, err = running.communicate(timeout=600)
    assert "KeyboardInterrupt" in err
    client = make_client()
    assert client.store.count()["answers"] == server.charged == server.hits() == WORKERS
    assert client.ledger()["billed"].tolist() == ["yes"] * WORKERS


# --- a session that lives on


@pytest.mark.parametrize("how", [interrupt, _thread.interrupt_main])
def test_an_interrupted_session_goes_on_and_stores_what_comes_after_close(
    server: Loopback, hold: Callable[[int], Held], make_client: MakeClient, how: Callable[[], None]
) -> None:
    held = hold(WORKERS)
    # The second is what a notebook on Windows gets: nothing wakes a wait without a time limit.
    held.when_there = how
    client = make_client(max_workers=WORKERS)
    interrupted = False
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            with client:
                xf.fetch_profiles(ids(50), client=client)
        except KeyboardInterrupt:
            interrupted = True
    assert interrupted
    assert not held.release.is_set(), "control comes back before the answers do"
    (warning,) = caught
    assert warning.category is workers.UnderWayWarning
    assert issubclass(warning.category, xf.StoreWarning)
    assert warning.filename == __file__
    assert "4 requests are still under way and may be charged; the ledger" in str(warning.message)
    assert make_client().ledger()["billed"].tolist() == ["unknown"] * WORKERS
    with pytest.raises(xf.CacheError, match="closed"):
        xf.fetch_profiles(ids(60), client=client)
    left = client._running.copy()
    held.release.set()
    for running in left:
        running.wait()
    other = make_client()
    assert other.store.count()["answers"] == server.charged == server.hits() == WORKERS
    assert other.ledger()["billed"].tolist() == ["yes"] * WORKERS
    with pytest.raises(xf.CacheError, match="closed"):
        client.store.count()


def test_close_after_an_interrupt_stores_what_comes_soon(
    server: Loopback, hold: Callable[[int], Held], make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "PATIENCE_S", 120)
    held = hold(WORKERS)
    held.when_there = interrupt
    client = make_client(max_workers=WORKERS)
    with contextlib.suppress(KeyboardInterrupt):
        xf.fetch_profiles(ids(50), client=client)
    threading.Timer(0.3, held.release.set).start()
    client.close()
    assert make_client().store.count()["answers"] == server.hits() == WORKERS


def test_close_itself_can_be_interrupted(
    server: Loopback, hold: Callable[[int], Held], make_client: MakeClient
) -> None:
    held = hold(1)
    client = make_client()

    def ask() -> None:
        # The client is closed below it.
        with contextlib.suppress(xf.CacheError):
            xf.fetch_profiles(ids(1), client=client)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    assert held.all_there.wait(60)
    timer = threading.Timer(0.3, interrupt)
    timer.start()
    interrupted = False
    try:
        client.close()
    except KeyboardInterrupt:
        interrupted = True
    timer.join()
    assert interrupted
    assert not held.release.is_set()
    held.release.set()
    asking.join()
    ended(client)
    assert make_client().store.count()["answers"] == 1


def test_a_batch_after_an_interrupt_is_asked_as_usual(
    server: Loopback, hold: Callable[[int], Held], make_client: MakeClient
) -> None:
    held = hold(WORKERS)
    held.when_there = interrupt
    client = make_client(max_workers=WORKERS)
    with contextlib.suppress(KeyboardInterrupt):
        xf.fetch_profiles(ids(10), client=client)
    held.release.set()
    ended(client)
    assert len(xf.fetch_profiles(ids(10), client=client)) == 10
    assert server.charged == server.hits() == 10


def test_a_second_interrupt_while_the_batch_stops_lets_nothing_more_out(
    server: Loopback, hold: Callable[[int], Held], make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = hold(WORKERS)
    held.when_there = interrupt
    stop, came = Stop.set, []

    def interrupted(self: Stop) -> None:
        if not came:
            came.append(self)
            raise KeyboardInterrupt
        stop(self)

    monkeypatch.setattr(Stop, "set", interrupted)
    client = make_client(max_workers=WORKERS)
    with contextlib.suppress(KeyboardInterrupt):
        xf.fetch_profiles(ids(50), client=client)
    assert came
    held.release.set()
    ended(client)
    assert server.hits() == make_client().store.count()["answers"] == WORKERS


# --- at every line


class InterruptAt:
    """Raise KeyboardInterrupt in the main thread when the batch's own code reaches its n-th line."""

    def __init__(self, line: int) -> None:
        self._left = line
        self._files = {batch.__file__, workers.__file__}

    def __call__(self, frame: FrameType, event: str, _: Any) -> Any:
        if frame.f_code.co_filename not in self._files and frame.f_code.co_name != "_ask_all":
            return None
        if event == "line":
            self._left -= 1
            if self._left == 0:
                sys.settrace(None)
                raise KeyboardInterrupt
        return self

    @property
    def came(self) -> bool:
        return self._left <= 0


@pytest.mark.parametrize(
    "steps", [pytest.param((11, 37), id="some"), pytest.param((1, 7), id="more", marks=pytest.mark.slow)]
)
def test_an_interrupt_at_any_line_sends_nothing_more_and_loses_nothing(
    make_client: MakeClient, server: Loopback, tmp_path: Path, soak: bool, steps: tuple[int, int]
) -> None:
    server.answer = lambda seen: ok({}, delay=0.002)
    line = 0
    while True:
        line += 1 if soak else steps[line >= 60]
        before, path = server.hits(), tmp_path / f"{line}.sqlite"
        client, trace = make_client(max_workers=2, cache=path), InterruptAt(line)
        sent = None
        sys.settrace(trace)
        try:
            xf.fetch_profiles(ids(12), client=client)
        except KeyboardInterrupt:
            sent = server.hits() - before
        finally:
            sys.settrace(None)
        client.close()
        if not trace.came:
            break
        hits = server.hits() - before
        with make_client(cache=path) as other:
            count = other.store.count()
        assert sent is not None, f"line {line}: the interrupt was swallowed"
        assert hits <= sent + 2, f"line {line}: {hits - sent} more were sent"
        assert count == {"answers": hits, "requests": hits}, f"line {line}"
    assert line > 60


def test_an_event_can_be_set_again_after_an_interrupt_and_wakes_all() -> None:
    stop = Stop()
    woken = [threading.Thread(target=stop.wait, daemon=True) for _ in range(5)]
    for thread in woken:
        thread.start()
    assert stop.wait(0) is stop.wait(0.01) is stop.is_set() is False
    for _ in range(3):
        stop.set()
    for thread in woken:
        thread.join(60)
    assert not any(thread.is_alive() for thread in woken)
    assert stop.wait() is stop.is_set() is True


def test_a_bar_that_is_interrupted_while_it_is_made_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    made = type(bar(False))
    monkeypatch.setattr(made, "__init__", interrupted)
    unfit: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda about: unfit.append(about.exc_value))
    # What remembers the interrupt would keep the bar.
    with contextlib.suppress(KeyboardInterrupt):
        bar(True, total=3)
    gc.collect()
    assert unfit == []
