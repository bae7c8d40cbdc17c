"""Fixtures: a loopback server, and clients that pay there. `conftest` loads them where tests run."""

from __future__ import annotations

import contextlib
import itertools
import json
import socket
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import xingtu_frames as xf
from tests.cli_cases import TOKEN, Done, checked
from tests.conftest import ROOT
from tests.loopback import Loopback, Reply, Seen, fail
from tests.measured import each_text_once
from tests.postgres import Postgres
from tests.quick import is_quick
from tests.raw_server import Connect, RawServer, Serve
from xingtu_frames.client import settings
from xingtu_frames.command.cli import main
from xingtu_frames.report import pictures as report_pictures
from xingtu_frames.wire import PAIRS, questions

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def soak(request: pytest.FixtureRequest) -> bool:
    """Return whether the long form of a test is asked for."""
    return bool(request.config.getoption("--soak"))


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads the user's token or writes the user's cache."""
    # Not in a folder of the test's own: making one costs as much as most tests do.
    default = tmp_path_factory.getbasetemp() / f"default-{next(_NUMBERS)}.sqlite"
    for name in ("JUSTONEAPI_TOKEN", "JUSTONEAPI_BASE_URL", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XINGTU_FRAMES_CACHE", str(default))
    yield
    xf.set_default_client(None)


@pytest.fixture(autouse=True, scope="session")
def _measured_once() -> Iterator[None]:
    """Measure each text anew, as matplotlib does, where all examples are tried."""
    with each_text_once() if is_quick() else contextlib.nullcontext():
        yield


@pytest.fixture
def server() -> Iterator[Loopback]:
    loopback = Loopback()
    yield loopback
    loopback.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Return a PostgreSQL server."""
    running = Postgres()
    yield running
    running.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let what is marked `every_pool` run on a server too, slowly: the promises are kept above the pools."""
    marks = {mark.name for mark in metafunc.definition.iter_markers()}
    if "cache" in metafunc.fixturenames and "every_pool" in marks and "of_a_file" not in marks:
        metafunc.parametrize("cache", ["file", pytest.param("server", marks=pytest.mark.slow)], indirect=True)


@pytest.fixture
def cache(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path | str:
    """Return where the clients of a test keep their answers."""
    if getattr(request, "param", "file") == "file":
        return tmp_path / "answers.sqlite"
    # Of other processes too, which take in what they find there.
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_schema()


@pytest.fixture
def make_client(server: Loopback, cache: Path | str) -> Iterator[Callable[..., xf.Client]]:
    """Return a maker of clients that pay at the loopback server and share one cache."""
    made: list[xf.Client] = []

    def make(**settings: Any) -> xf.Client:
        chosen = {"token": TOKEN, "base_url": server.url, "cache": cache, **settings}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", xf.InsecureTransportWarning)
            made.append(xf.Client(**chosen))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(make_client: Callable[..., xf.Client]) -> xf.Client:
    return make_client()


@pytest.fixture(scope="session")
def provider_pages() -> dict[str, bytes]:
    """Return the provider's five page samples by endpoint name: whole envelopes."""
    return {page.stem: page.read_bytes() for page in (ROOT / "data" / "provider_pages").glob("*.json")}


@pytest.fixture
def sample() -> Iterator[xf.Client]:
    with xf.sample_client() as client:
        yield client


@pytest.fixture(scope="session")
def sample_bodies() -> dict[tuple[str, str], bytes]:
    """Return the default-option answers of the sample creators by (current endpoint, creator)."""
    bodies: dict[tuple[str, str], bytes] = {}
    with xf.sample_client() as client:
        calls = questions(list(xf.TABLES.values()), xf.sample_ids(), {})
        keys = {call.key: call for of_table in calls.values() for call in of_table}
        for key, answer in client.store.latest(list(keys)).items():
            bodies[keys[key].endpoint.name, keys[key].kol_id or ""] = answer.body
    return bodies


@pytest.fixture
def sample_server(server: Loopback, sample_bodies: dict[tuple[str, str], bytes]) -> Loopback:
    """Return the loopback server answering with the sample creators on both path generations."""

    def answer(seen: Seen) -> Reply:
        pair = PAIRS.get(seen.endpoint)
        body = sample_bodies.get((pair.current if pair else seen.endpoint, seen.kol_id or ""))
        return Reply(body) if body else fail(404, "no such creator", status=404)

    server.answer = answer
    return server


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Done]:
    """Return the command line, run in this process in a temporary folder."""
    monkeypatch.chdir(tmp_path)

    def run(*argv: str | Path) -> Done:
        status = main([str(item) for item in argv])
        captured = capsys.readouterr()
        return checked(Done(status, captured.out, captured.err))

    return run


@pytest.fixture
def paid(sample_server: Loopback, monkeypatch: pytest.MonkeyPatch) -> Loopback:
    """Return the server of the sample creators, that the environment leads to with a token."""
    monkeypatch.setenv("JUSTONEAPI_TOKEN", TOKEN)
    monkeypatch.setenv("JUSTONEAPI_BASE_URL", sample_server.url)
    monkeypatch.setattr(settings, "_warned", {sample_server.url})
    return sample_server


@pytest.fixture
def one_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw the first picture of a report alone, where the test is about something else."""
    monkeypatch.setattr("xingtu_frames.report.pictures._KINDS", report_pictures._KINDS[:1])


@pytest.fixture(scope="module")
def coarse_pictures() -> Iterator[None]:
    """Draw the pictures of reports with few dots in `make test`: what they show stands in inches."""
    with pytest.MonkeyPatch.context() as patch:
        for place in ("pictures.DPI", "page.DPI", "deck.charts._DPI") if is_quick() else ():
            patch.setattr(f"xingtu_frames.report.{place}", 50)
        yield


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: Any) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", connect)


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers: list[RawServer] = []

    def make(behave: Any, **options: Any) -> RawServer:
        servers.append(RawServer(behave, **options))
        return servers[-1]

    yield make
    for server in servers:
        server.close()


@pytest.fixture
def connect(tmp_path: Path) -> Iterator[Connect]:
    made: list[xf.Client] = []

    def make(server: RawServer, **settings: Any) -> xf.Client:
        store = tmp_path / "answers.sqlite"
        chosen = {"token": TOKEN, "cache": store, "max_workers": 1, "retries": 1, **settings}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", xf.InsecureTransportWarning)
            made.append(xf.Client(base_url=server.url, **chosen))
        return made[-1]

    yield make
    for client in made:
        client.close()


def envelope(data: Any) -> bytes:
    """Return a successful envelope."""
    return json.dumps({"code": 0, "data": data}, ensure_ascii=False).encode()
