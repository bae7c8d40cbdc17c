# Every target does its own set-up: a virtual environment in .venv, and the package with what the target needs.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
RUN_READY = $(VENV)/.ready-to-run
DEV_READY = $(VENV)/.ready-to-develop

# Three workers for two processors, because some of the time is waiting, and each loads all tests; each takes from the
# others what they have not begun. Bytecode is kept wherever the environment says otherwise: every worker and child would
# compile all again.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(min(os.cpu_count() or 1, 7) + 1)')
PYTEST = PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal

# `make test` keeps the thousands of small files of the tests in memory where there is room for them: a disk takes longer
# to make, sync and remove them than the tests take. The other targets use the disk.
IN_MEMORY ?= $(shell $(PYTHON) -c 'import os, shutil; room = "/dev/shm"; \
    fits = os.access(room, os.W_OK) and shutil.disk_usage(room).free > 2 << 30; print(f"TMPDIR={room}" if fits else "")')

.PHONY: demo test test-all check ci soak bench tables notebooks docs dist release-check clean

demo: $(RUN_READY)
	@$(BIN)/xingtu-frames demo --out out

# All but what is marked slow, with one in sixteen of the examples of each property: about two minutes on two idle processors.
test: $(DEV_READY)
	$(IN_MEMORY) $(PYTEST) -o tmp_path_retention_count=1 -m "not slow" --hypothesis-profile quick

# The site is the same on every Python: `make ci` tests it once.
test-all: $(DEV_READY)
	$(PYTEST) --ignore tests/docs

# What .ci/run runs: the checks and every test, on the newest dependencies, on the oldest that pyproject allows, and on
# every Python from 3.11 to 3.13 that this machine has, where the wheel is installed and used as well.
ci: check test
	$(PYTEST) -m "slow or hypothesis"
	.ci/dist
	.ci/oldest
	.ci/pythons

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

# Writes what follows from the declared tables: the stub of the fetch functions.
tables: $(DEV_READY)
	$(BIN)/python -m tests.written

notebooks: $(DEV_READY)
	$(BIN)/python notebooks/run.py

# The site, in Chinese and English; a warning fails. Look at it with: python -m http.server --directory build/site
docs: $(DEV_READY)
	$(BIN)/python -m docs.builder

# The files of a release, judged as the index would judge them.
dist: $(DEV_READY)
	rm -rf dist
	$(BIN)/python -m build --no-isolation --outdir dist .
	$(BIN)/python -m twine check --strict dist/*

# What is still missing before these files may be uploaded: RELEASING.md.
release-check: dist
	$(BIN)/python -m tests.release

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
