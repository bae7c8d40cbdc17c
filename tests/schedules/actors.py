"""What the processes of a random schedule do: each runs its steps, writes down what came, and may end at any moment.

Only public functions are called, so nothing here knows how the store is built.
"""

from __future__ import annotations

import atexit
import contextlib
import faulthandler
import hashlib
import io
import itertools
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tqdm import tqdm

import xingtu_frames as xf
from xingtu_frames.command.cli import main

Step = dict[str, Any]

_GUEST = (
    "import sqlite3, sys; db = sqlite3.connect(f'file:{sys.argv[1]}?mode=rw', uri=True); "
    "db.execute('SELECT count(*) FROM sqlite_master').fetchone(); db.close()"
)
_ALL = ("", "-wal", "-shm")

TABLES = {"profile": "profiles", "spread30": "spread_info", "spread90": "spread_info"}
ENDPOINTS = {"profile": "get_author_base_info", "spread30": "get_author_spread_info"}
_WINDOWS = {"spread30": "30d", "spread90": "90d"}
_COLUMNS = {"profiles": "nick_name", "spread_info": "video_count"}

KNOBS: Sequence[tuple[str, str, Any]] = (
    ("store.sqlite", "_BUSY_SECONDS", 1.0),
    ("store.claims", "LEASE_S", 2.4),
    ("store.claims", "_RENEWED_EVERY_S", 0.3),
    ("client.asking", "LEASE_S", 2.4),
    ("client.workers", "PATIENCE_S", 0.3),
)
"""Waits that are cut short, so that a round takes seconds: module, name, value; those that do not exist are let be."""


def turn_knobs() -> list[str]:
    """Shorten the waits that this version has, and return their names."""
    found = []
    for module, name, value in KNOBS:
        loaded = sys.modules.get(f"xingtu_frames.{module}")
        if loaded is not None and hasattr(loaded, name):
            setattr(loaded, name, value)
            found.append(f"{module}.{name}={value:g}")
    batch = sys.modules.get("xingtu_frames.client.batch")
    if batch is not None and hasattr(batch, "_backoff"):
        batch._backoff = lambda state: 0.02 * state.attempt_number  # type: ignore[attr-defined]
        found.append("batch._backoff")
    pace = sys.modules.get("xingtu_frames.client.pace")
    if pace is not None and hasattr(pace, "cool_down"):
        pace.cool_down = lambda episodes: 0.05  # type: ignore[attr-defined]
        found.append("pace.cool_down")
    return found


class _Clock(datetime):
    """A wall clock that is wrong by ``shift``."""

    shift = timedelta(0)

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return datetime.now(tz) + _Clock.shift

    @classmethod
    def utcnow(cls) -> Any:
        return datetime.now() + _Clock.shift


_true_time = time.time


def set_clock(hours: float) -> None:
    """Put this process's wall clock wrong by so many hours, for the package and for ``time.time``."""
    _Clock.shift = timedelta(hours=hours)
    time.time = lambda: _true_time() + hours * 3600
    for name, module in list(sys.modules.items()):
        if name.startswith("xingtu_frames") and getattr(module, "datetime", None) is datetime:
            module.datetime = _Clock  # type: ignore[attr-defined]


class Log:
    """Lines of JSON that outlive the process: each is one write."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self._file = os.open(folder / f"{name}.jsonl", os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        self._numbers = itertools.count(1)

    def write(self, what: str, **about: Any) -> None:
        line = {"at": time.monotonic(), "who": self.name, "what": what, **about}
        os.write(self._file, (json.dumps(line, ensure_ascii=False, default=str) + "\n").encode())

    def number(self) -> str:
        return f"{self.name}.{os.getpid()}.{next(self._numbers)}"


class Actor:
    """One process of a round: clients on the common file, and the steps that it goes through."""

    def __init__(self, setting: Step, name: str) -> None:
        self.folder = Path(setting["folder"])
        self.cache = str(setting["cache"])
        self.path = Path(self.cache)
        self.url = setting["url"]
        self.log = Log(self.folder / "logs", name)
        self.clients: dict[int, tuple[xf.Client, Step]] = {}
        self.kept: list[xf.Client] = []
        self.token = setting["token"]
        self._tokens = itertools.count(1)

    # --- clients

    def _do_client(self, step: Step) -> None:
        """Make a client in a slot; the one that was there is closed, dropped, or kept alive as in a cell run twice."""
        slot, settings = step["slot"], dict(step["settings"])
        old = self.clients.pop(slot, None)
        if old is not None and step["old"] == "close":
            self._logged("close", old[0].close)
        elif old is not None and step["old"] == "keep":
            self.kept.append(old[0])
        token = f"{self.token}-{self.log.name}-{next(self._tokens)}"
        if isinstance(settings.get("timeout"), list):
            settings["timeout"] = tuple(settings["timeout"])
        if step.get("default"):
            os.environ["JUSTONEAPI_TOKEN"] = token
            client = xf.Client(**settings)
            xf.set_default_client(client)
        else:
            client = xf.Client(token, base_url=self.url, cache=self._spelled(step.get("path", "plain")), **settings)
        self.clients[slot] = client, {**step, "token": token}
        self.log.write("client", token=token, most=settings.get("max_calls"), slot=slot)

    def _spelled(self, how: str) -> Path | str:
        """Return another way to write the path of the one file."""
        ways = {"dotted": self.folder / "logs" / ".." / self.path.name, "linked": self.folder / "linked.sqlite"}
        return ways.get(how, self.cache)

    # --- asking

    def _do_ask(self, step: Step) -> None:
        """Ask in as many threads as there are lists of ids."""
        several = [threading.Thread(target=self._ask, args=(step, ids), daemon=False) for ids in step["ids"][1:]]
        for thread in several:
            thread.start()
        try:
            self._ask(step, step["ids"][0])
        finally:
            for thread in several:
                thread.join()

    def _ask(self, step: Step, ids: Sequence[str]) -> None:
        client, about = self.clients[step["slot"]]
        kind, refresh = step["kind"], step.get("refresh", False)
        number = self.log.number()
        self.log.write(
            "ask",
            number=number,
            token=about["token"],
            questions=[f"{kind}:{kol_id}" for kol_id in ids],
            refresh=refresh,
            expiring=about["settings"].get("expire_after", "24h") == 0,
            offline=about["settings"].get("offline", False),
        )
        came, failed, digest = {}, {}, ""
        try:
            if step.get("get"):
                came = {ids[0]: _serial(client.get(ENDPOINTS[kind], oAuthorId=ids[0], refresh=refresh))}
            else:
                frame = _fetched(None if about.get("default") else client, kind, ids, refresh)
                came = _serials(frame, TABLES[kind])
                failed = {entry["kol_id"]: str(entry["error"]) for entry in frame.attrs.get("failures", [])}
                digest = hashlib.sha256(frame.to_csv().encode()).hexdigest()
            end: dict[str, Any] = {"came": {f"{kind}:{kol_id}": serial for kol_id, serial in came.items()}}
            end["digest"] = digest
            end["failed"] = {f"{kind}:{kol_id}": text for kol_id, text in failed.items()}
        except xf.XingtuError as error:
            end = {"error": f"{type(error).__name__}: {error}"}
        except KeyboardInterrupt:
            self.log.write("answer", number=number, interrupted=True)
            raise
        except BaseException as error:  # noqa: BLE001 - whatever it is, the judge is to see it
            end = {"raw": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()}
        self.log.write("answer", number=number, **end)

    # --- what else happens in a notebook

    def _do_plan(self, step: Step) -> None:
        client, _ = self.clients[step["slot"]]
        kinds = {name: kind for kind, name in ENDPOINTS.items()}

        def planned() -> dict[str, str]:
            plan = client.plan(["profiles", "spread_info"], step["ids"])
            names = [f"{kinds.get(row.endpoint, row.endpoint)}:{row.kol_id}" for row in plan.itertuples()]
            return dict(zip(names, plan["state"], strict=True))

        self._logged("plan", planned)

    def _do_ledger(self, step: Step) -> None:
        client, _ = self.clients[step["slot"]]
        self._logged("ledger", lambda: len(client.ledger()))

    def _do_history(self, step: Step) -> None:
        client, _ = self.clients[step["slot"]]
        self._logged("history", lambda: len(xf.history("profiles", client=client)))

    def _do_close(self, step: Step) -> None:
        client, _ = self.clients.pop(step["slot"])
        self._logged("close", client.close)

    def _do_copy(self, step: Step) -> None:
        """Copy the store from a process that uses it, as a careful user does before an upgrade."""
        target = self.folder / "copies" / self.log.number()
        for suffix in step["suffixes"]:
            # It may not be there, and there may be no room for it.
            with contextlib.suppress(OSError):
                shutil.copy(f"{self.path}{suffix}", f"{target}{suffix}")
        self.log.write("copied", suffixes=step["suffixes"])
        if step["guest"]:
            self._do_guest(step)

    def _do_guest(self, step: Step) -> None:
        """Let another process come, look and go while this one has the file open, between two of its questions."""
        done = subprocess.run([sys.executable, "-ISc", _GUEST, str(self.path)], check=False, capture_output=True)
        self.log.write("guest", status=done.returncode)

    def _do_raw(self, step: Step) -> None:
        """Look into the file with plain SQLite, as any browser of such files does, and leave."""
        with contextlib.suppress(sqlite3.Error), contextlib.closing(visited(self.path, 0.2)) as db:
            db.isolation_level = None
            db.execute("BEGIN")
            tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            time.sleep(step.get("for", 0))
            db.execute("COMMIT")
            for pragma in step.get("pragmas", ()):
                db.execute(f"PRAGMA {pragma}")
            self.log.write("raw", tables=tables, pragmas=step.get("pragmas", ()))

    def _do_readonly(self, step: Step) -> None:
        """Make the file read-only for some time; root writes into it all the same."""
        with contextlib.suppress(FileNotFoundError):
            os.chmod(self.path, 0o400)
            time.sleep(step["for"])
            os.chmod(self.path, 0o600)

    def _do_die(self, step: Step) -> None:
        """End as a kernel ends that is restarted: all is quiet, and nothing is closed."""
        self.log.write("die")
        os.kill(os.getpid(), signal.SIGKILL)

    def _do_sleep(self, step: Step) -> None:
        time.sleep(step["for"])

    def _do_clock(self, step: Step) -> None:
        set_clock(step["hours"])
        self.log.write("clock", hours=step["hours"])

    def _do_fill(self, step: Step) -> None:
        """Leave this process no more room than so many bytes in any file."""
        import resource

        sizes = [os.path.getsize(f"{self.path}{end}") for end in ("", "-wal") if os.path.exists(f"{self.path}{end}")]
        limit = max([48_000, *sizes]) + step["room"]
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        self.log.write("fill", limit=limit)

    def _do_fork(self, step: Step) -> None:
        """Let a forked child ask with the client that it inherited; it has a budget of its own."""
        self.log.write("forking", token=self.clients[step["slot"]][1]["token"])
        # An interrupt inside the fork leaves locks of the standard library held.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        if child == 0:
            try:
                self._ask(step, step["ids"][0])
            finally:
                os._exit(0)
        self.log.write("fork", child=child, waited=os.waitpid(child, 0)[1])

    def _do_cli(self, step: Step) -> None:
        """Run the command line in this process."""
        run_cli(self.log, self._argv(step), step)

    def _argv(self, step: Step) -> list[str]:
        names: dict[str, object] = {"{cache}": self.cache, "{donor}": self.folder / "donor.sqlite"}
        names["{new}"] = self.folder / "exports" / f"{self.log.number()}.sqlite"
        return [str(names.get(word, word)) for word in step["argv"]]

    # --- the file is taken away

    def _do_move(self, step: Step) -> None:
        """Take the file away with the files beside it, or only one of those, and perhaps put a copy in its place.

        What the whole held at that moment stays readable aside.
        """
        aside = self.folder / "moved" / self.path.name
        for suffix in _ALL:
            source = f"{self.path}{suffix}"
            if not os.path.exists(source):
                continue
            # Not with shutil, for a copy by this very process would do away with its locks.
            if step["replaced"] or suffix not in step["suffixes"]:
                subprocess.run(["cp", source, f"{aside}{suffix}.copy"], check=True)
            if suffix in step["suffixes"]:
                os.replace(source, f"{aside}{suffix}")
            else:
                os.replace(f"{aside}{suffix}.copy", f"{aside}{suffix}")
        for suffix in step["suffixes"] if step["replaced"] else ():
            with contextlib.suppress(FileNotFoundError):
                os.replace(f"{aside}{suffix}.copy", f"{self.path}{suffix}")
        self.log.write("moved", suffixes=step["suffixes"], replaced=step["replaced"])

    # --- the run

    def _logged(self, what: str, deed: Callable[[], Any]) -> None:
        try:
            self.log.write(what, result=deed())
        except xf.XingtuError as error:
            self.log.write(what, error=f"{type(error).__name__}: {error}")
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever it is, the judge is to see it
            self.log.write(what, raw=f"{type(error).__name__}: {error}", trace=traceback.format_exc())

    def do(self, step: Step) -> None:
        if "slot" in step and step["do"] != "client" and step["slot"] not in self.clients:
            return
        getattr(self, f"_do_{step['do']}")(step)


def _fetched(client: xf.Client | None, kind: str, ids: Sequence[str], refresh: bool) -> Any:
    options: dict[str, Any] = {} if kind == "profile" else {"window": _WINDOWS[kind]}
    fetch = xf.fetch_profiles if kind == "profile" else xf.fetch_spread_info
    return fetch(list(ids), refresh=refresh, client=client, progress=False, **options)


def _serials(frame: Any, table: str) -> dict[str, int]:
    """Return the serial number of each creator's answer."""
    values = zip(frame["kol_id"], frame[_COLUMNS[table]], strict=True)
    return {kol_id: int(str(value).rpartition("#")[2]) for kol_id, value in values}


def _serial(data: Any) -> int:
    return int(data["item_num"])


def run_cli(log: Log, argv: Sequence[str], step: Step) -> None:
    """Run the command line here and write down how it ended."""
    number = log.number()
    if step.get("questions"):
        log.write("ask", number=number, token=step["token"], questions=step["questions"], refresh=False)
        log.write("client", token=step["token"], most=step["most"])
        os.environ["JUSTONEAPI_TOKEN"] = step["token"]
    began = time.monotonic()
    out, err = io.StringIO(), io.StringIO()
    status: Any = None
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = main(list(argv))
    except BaseException:  # noqa: BLE001 - whatever it is, the judge is to see it
        err.write(traceback.format_exc())
        status = "raised"
    log.write(
        "cli", argv=list(argv), status=status, began=began, out=out.getvalue()[-2000:], err=err.getvalue()[-4000:]
    )


def visited(path: Any, timeout: float, **options: Any) -> sqlite3.Connection:
    """Open the store as a visitor who looks at what is there: SQLite left to itself would make an empty file."""
    return sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=timeout, **options)


def _prepare(setting: Step, name: str) -> None:
    # What it forks is known by this group when it is gone itself.
    os.setpgid(0, 0)
    errors = os.open(Path(setting["folder"]) / "logs" / f"{name}.err", os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    os.dup2(errors, 2)
    faulthandler.enable(file=errors)
    faulthandler.register(signal.SIGUSR1, file=errors)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ["JUSTONEAPI_BASE_URL"] = setting["url"]
    os.environ["XINGTU_FRAMES_CACHE"] = setting["cache"]
    # Where the answers go that a server does not take.
    os.environ["XDG_CACHE_HOME"] = tempfile.tempdir = setting["folder"]
    warnings.simplefilter("ignore")
    warnings.simplefilter("always", xf.StoreWarning)
    # The bar's own lock would be one of all processes, and left behind by those that are killed.
    tqdm.set_lock(threading.RLock())
    turn_knobs()
    if name == "finale" and (loaded := sys.modules.get("xingtu_frames.store.sqlite")):
        # Nobody else has the file by then: what makes it wait is a busy machine.
        loaded._BUSY_SECONDS = 60.0  # type: ignore[attr-defined]


def _end(log: Log) -> None:
    """Do what a program does at its end and multiprocessing does not: wait for threads, then what was left for exit."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    log.write("end", cpu=time.process_time())


def act(setting: Step, name: str, steps: Sequence[Step]) -> None:
    """Go through the steps; an interrupt ends one step, not the process."""
    _prepare(setting, name)
    actor = Actor(setting, name)
    warnings.showwarning = lambda message, *_, **__: actor.log.write("warning", text=str(message))
    for step in steps:
        try:
            actor.do(step)
        except KeyboardInterrupt:
            actor.log.write("interrupted", step=step["do"])
    _end(actor.log)


def visit(setting: Step, name: str, step: Step) -> None:
    """Come, do one thing to the file, and go."""
    _prepare(setting, name)
    actor = Actor(setting, name)
    warnings.showwarning = lambda message, *_, **__: actor.log.write("warning", text=str(message))
    if step["do"] == "hold":
        with (
            contextlib.suppress(sqlite3.Error),
            contextlib.closing(visited(actor.path, 2, isolation_level=None)) as db,
        ):
            db.execute("BEGIN IMMEDIATE")
            actor.log.write("hold", seconds=step["for"])
            time.sleep(step["for"])
            db.execute("ROLLBACK")
    else:
        actor.do(step)
    _end(actor.log)
