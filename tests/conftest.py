"""How the tests are run; their fixtures are in `fixtures`."""

from __future__ import annotations

import gc
from pathlib import Path

import hypothesis
import pytest
from hypothesis import HealthCheck

from tests.quick import leave_to_ci

ROOT = Path(__file__).resolve().parent.parent

# Tests pass on a machine that is many times overloaded.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.settings.register_profile("quick", hypothesis.settings.get_profile("patient"), max_examples=6)
hypothesis.settings.load_profile("patient")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="try every case and the long runs: make soak")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    leave_to_ci(items)  # before `-m` chooses


def pytest_configure(config: pytest.Config) -> None:
    # The process that only hands out the tests to its workers needs nothing that they take seconds to load.
    if hasattr(config, "workerinput") or not config.getoption("numprocesses", None):
        gc.disable()  # all that is loaded and collected stays
        config.pluginmanager.import_plugin("tests.fixtures")


def pytest_collection_finish() -> None:
    gc.freeze()  # what thousands of tests are made of need not be looked through again and again
    gc.set_threshold(20_000, 50, 20)  # cycles are looked for more rarely than usual
    gc.enable()
