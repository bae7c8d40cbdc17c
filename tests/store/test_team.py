"""Many processes on one PostgreSQL server: no answer is paid for twice, none is lost, and the budget is met exactly."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import xingtu_frames as xf
from tests.cli_cases import TOKEN
from tests.loopback import Loopback, Reply, Seen, ok
from tests.postgres import Postgres, pgbouncer
from tests.schedules.rounds import starter
from xingtu_frames.store import rescue

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="needs signals")]

MakeClient = Callable[..., xf.Client]
Start = Callable[..., Any]


@pytest.fixture(scope="module")
def own() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.close()


@pytest.fixture(autouse=True)
def _rescued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rescue, "_elsewhere", lambda: [tmp_path])


@pytest.fixture
def names(server: Loopback) -> Loopback:
    server.answer = lambda seen: ok({"nick_name": f"达人 {seen.kol_id}"}, delay=0.05)
    return server


def ids(count: int) -> list[str]:
    return [str(number) for number in range(1, count + 1)]


def ask(cache: str, url: str, kol_ids: Sequence[str], folder: str, settings: dict[str, Any]) -> None:
    """Ask for creators in a process of its own; write down when it is connected, how many came, or why not all did."""
    warnings.simplefilter("ignore")
    rescue._elsewhere = lambda: [Path(folder)]
    try:
        with xf.Client(TOKEN, base_url=url, cache=cache, max_workers=4, retries=0, **settings) as client:
            client.ledger()
            Path(folder, f"{os.getpid()}.connected").touch()
            frame = xf.fetch_profiles(kol_ids, client=client)
        came = [str(len(frame)), *(entry["error"] for entry in frame.attrs["failures"])]
    except xf.XingtuError as error:
        came = [str(error)]
    Path(folder, f"{os.getpid()}.came").write_text("; ".join(came))


@pytest.fixture
def start(names: Loopback, tmp_path: Path) -> Iterator[Start]:
    """Return what starts a process that asks."""
    context, running = starter(), []

    def begin(cache: str, kol_ids: Sequence[str], **settings: Any) -> Any:
        process = context.Process(target=ask, args=(cache, names.url, kol_ids, str(tmp_path), settings))
        process.start()
        running.append(process)
        return process

    yield begin
    for process in running:
        process.kill()
        process.join()


def came(folder: Path) -> list[str]:
    return [file.read_text() for file in folder.glob("*.came")]


def until(reached: Callable[[], bool]) -> None:
    """Wait for something that other processes do."""
    late = time.monotonic() + 300
    while not reached() and time.monotonic() < late:
        time.sleep(0.01)
    assert reached()


def is_accounted_for(names: Loopback, client: xf.Client, kol_ids: Sequence[str]) -> None:
    """Check that every charge is stored, or in the ledger as unknown."""
    charged = Counter(kol_id for _, kol_id in names.counts().elements())
    stored = {
        answer.kol_id for answer in client.store.history("get_author_base_info") if not isinstance(answer, OSError)
    }
    ledger = client.ledger()
    unknown = Counter(ledger.loc[ledger["billed"] == "unknown", "kol_id"])
    for kol_id, times in charged.items():
        assert times <= (kol_id in stored) + unknown[kol_id], kol_id
    assert len(ledger) >= names.hits()
    # What is stored is there for whoever asks next, and the rest is paid once.
    before = names.hits()
    assert xf.fetch_profiles(kol_ids, client=client)["kol_id"].tolist() == list(kol_ids)
    assert names.hits() - before == len(kol_ids) - len(stored)


@pytest.mark.parametrize("through", ["nothing", "PgBouncer"])
def test_twenty_processes_over_fifty_creators_pay_fifty(
    own: Postgres, names: Loopback, start: Start, make_client: MakeClient, tmp_path: Path, through: str
) -> None:
    database = own.new_database()
    with contextlib.ExitStack() as stack:
        port = stack.enter_context(pgbouncer(own)) if through == "PgBouncer" else None
        cache = own.address(database, port=port)
        make_client(cache=cache).set_budget(50)
        processes = [start(cache, ids(50)) for _ in range(20)]
        for process in processes:
            process.join()
        assert came(tmp_path) == ["50"] * 20
        assert (names.hits(), names.charged) == (50, 50)
        client = make_client(cache=cache)
        assert client.ledger()["billed"].tolist() == ["yes"] * 50
        assert client.budget()["spent"].tolist() == [50]
        assert client.store.count()["answers"] == 50
        client.close()


def test_processes_that_are_killed_leave_no_charge_that_the_ledger_does_not_know(
    own: Postgres, names: Loopback, start: Start, make_client: MakeClient, tmp_path: Path
) -> None:
    cache = own.new_schema()
    client = make_client(cache=cache, retries=0)
    client.ledger()
    processes = [start(cache, ids(120)) for _ in range(8)]
    for number, process in enumerate(processes[:6], 1):
        until(lambda number=number: names.hits() >= 12 * number)  # type: ignore[misc]
        process.kill()
    for process in processes:
        process.join()
    assert came(tmp_path).count("120") == 2, came(tmp_path)
    is_accounted_for(names, client, ids(120))


def test_a_server_that_crashes_in_mid_batch_loses_nothing(
    own: Postgres, names: Loopback, start: Start, make_client: MakeClient, tmp_path: Path
) -> None:
    cache = own.new_schema()
    client = make_client(cache=cache)
    client.ledger()
    # Each has a connection before the first crash: who never had one is told at once.
    processes = [start(cache, ids(100)) for _ in range(4)]
    until(lambda: len([*tmp_path.glob("*.connected")]) == len(processes))
    for number, how in enumerate((signal.SIGQUIT, signal.SIGINT, signal.SIGQUIT), 1):
        until(lambda number=number: names.hits() >= 20 * number)  # type: ignore[misc]
        own.stop(how)
        time.sleep(0.3)
        own.start()
    for process in processes:
        process.join()
    assert came(tmp_path) == ["100"] * 4
    assert (names.hits(), client.store.count()["answers"]) == (100, 100)
    assert client.ledger()["billed"].tolist() == ["yes"] * 100
    assert client.budget()["spent"].tolist() == [100]


@pytest.mark.parametrize("kind", ["file", "server"])
def test_a_budget_is_met_exactly_by_any_number_of_processes_though_one_is_killed(
    own: Postgres, names: Loopback, start: Start, make_client: MakeClient, tmp_path: Path, kind: str
) -> None:
    cache = own.new_schema() if kind == "server" else str(tmp_path / "answers.sqlite")
    client = make_client(cache=cache)
    client.set_budget(60, per="day")
    several = ids(200)
    processes = [start(cache, several[part:] + several[:part]) for part in (0, 50, 100, 150)]
    until(lambda: names.hits() >= 20)
    processes[0].kill()
    for process in processes:
        process.join()
    spent = client.budget()["spent"].tolist()
    ledger = client.ledger()["billed"].value_counts()
    assert spent == [60] == [ledger.get("yes", 0) + ledger.get("unknown", 0)]
    assert names.charged <= 60
    with pytest.raises(xf.BudgetExceededError, match="60 requests a day"):
        xf.fetch_profiles(ids(200), client=client)


# --- what a machine rarely does


@pytest.fixture
def small(own: Postgres) -> Iterator[Path]:
    """Return a folder of its own file system of a megabyte."""
    folder = own.folder / "small"
    folder.mkdir()
    if (
        os.getuid()
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "small", folder], check=False).returncode
    ):
        pytest.skip("needs the right to mount")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_of_the_server_loses_nothing(
    own: Postgres, small: Path, server: Loopback, make_client: MakeClient, tmp_path: Path
) -> None:
    place = small / "space"
    place.mkdir()
    shutil.chown(place, "postgres", "postgres")
    database = own.new_database()
    client = make_client(cache=own.address(database), max_workers=1)
    client.ledger()
    own.run(f"CREATE TABLESPACE small LOCATION '{place}'")
    own.run("ALTER TABLE answers SET TABLESPACE small", database=database)
    mark = os.urandom(20_000).hex()

    def answer_and_fill(seen: Seen) -> Reply:
        with contextlib.suppress(OSError), (small / "junk").open("wb", buffering=0) as junk:
            while junk.write(b"\0" * 4096):
                pass
        return ok({"nick_name": "达人", "mark": mark})

    server.answer = answer_and_fill
    with pytest.warns(xf.StoreWarning, match="could not take a paid answer; it is delivered, and saved in"):
        assert xf.fetch_profiles(["1"], client=client)["nick_name"].tolist() == ["达人"]
    assert len(list(tmp_path.glob("xingtu-rescued-*.json"))) == 1
    with pytest.raises(xf.CacheError, match="its disk is full"):
        xf.fetch_profiles(["2"], client=client)
    (small / "junk").unlink()
    assert xf.fetch_profiles(["1"], client=make_client(cache=own.address(database)))["nick_name"].tolist() == ["达人"]
    assert (server.hits(), client.ledger()["billed"].tolist()) == (1, ["yes"])
    assert list(tmp_path.glob("xingtu-rescued-*.json")) == []
    client.close()
    own.run(f"DROP DATABASE {database} WITH (FORCE)", "DROP TABLESPACE small")


HERE, THERE = "10.231.77.1", "10.231.77.2"


@pytest.fixture
def network() -> Iterator[str]:
    """Return a network namespace with a line to it."""
    name = f"xingtu{os.getpid()}"
    here, there = f"xh{os.getpid()}", f"xt{os.getpid()}"

    def ip(*words: str) -> bool:
        return subprocess.run(["ip", *words], check=False, capture_output=True).returncode == 0

    if os.getuid() or not shutil.which("ip") or not shutil.which("setpriv") or not ip("netns", "add", name):
        pytest.skip("needs network namespaces")
    try:
        assert ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", name)
        assert ip("addr", "add", f"{HERE}/24", "dev", here)
        assert ip("link", "set", here, "up")
        assert ip("-n", name, "addr", "add", f"{THERE}/24", "dev", there)
        assert ip("-n", name, "link", "set", there, "up")
        yield name
    finally:
        ip("netns", "del", name)


def test_a_network_that_drops_everything_in_silence_loses_nothing(
    network: str, names: Loopback, make_client: MakeClient
) -> None:
    user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    far = Postgres(THERE, ["ip", "netns", "exec", network, *user])
    line = ["ip", "-n", network, "link", "set", f"xt{os.getpid()}"]
    waits = "tcp_user_timeout=1000&connect_timeout=2&keepalives_idle=1&keepalives_interval=1&keepalives_count=2"
    dropped: list[Seen] = []

    def answer(seen: Seen) -> Any:
        if len(names.seen) == 4:
            dropped.append(seen)
            subprocess.run([*line, "down"], check=True)
            threading.Timer(4.0, subprocess.run, [[*line, "up"]]).start()
        return ok({"nick_name": "达人"}, delay=0.05)

    names.answer = answer
    try:
        client = make_client(cache=f"{far.address()}?{waits}", max_workers=2, retries=0)
        assert xf.fetch_profiles(ids(12), client=client)["kol_id"].tolist() == ids(12)
        assert (len(dropped), names.hits(), names.charged) == (1, 12, 12)
        assert client.ledger()["billed"].tolist() == ["yes"] * 12
        assert client.store.count()["answers"] == 12
        client.close()
    finally:
        far.close()
