# Every target does its own set-up: a virtual environment in .venv, and the package with what the target needs.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
RUN_READY = $(VENV)/.ready-to-run
DEV_READY = $(VENV)/.ready-to-develop

.PHONY: demo test check soak bench tables notebooks clean

demo: $(RUN_READY)
	@$(BIN)/xingtu-frames demo --out out

test: $(DEV_READY)
	$(BIN)/python -m pytest

check: $(DEV_READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

# What the tests try in part, tried whole: every bit flipped, every database call killed, minutes of hot reads, and
# SCHEDULES=1000 random schedules of processes, kills, faults and clocks on one file.
soak: $(DEV_READY)
	$(BIN)/python -m pytest --soak tests/store/test_faults.py tests/store/test_sqlite.py tests/client/test_schedules.py

bench: $(DEV_READY)
	$(BIN)/python -m tests.bench

# Writes what follows from the declared tables: the stub of the fetch functions, and the tables of the README.
tables: $(DEV_READY)
	$(BIN)/python -m tests.written

notebooks: $(DEV_READY)
	$(BIN)/python notebooks/run.py

clean:
	rm -rf $(VENV) out build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; ok = (3, 11) <= sys.version_info[:2] <= (3, 13); sys.exit(0 if ok else \
	    "Python 3.11, 3.12 or 3.13 is needed, this is %d.%d; choose one with: make PYTHON=python3.12" % sys.version_info[:2])'
	$(PYTHON) -m venv $(VENV)

$(RUN_READY): $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[all]"
	@touch $@

$(DEV_READY): $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	@touch $@ $(RUN_READY)
