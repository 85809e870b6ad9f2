# Two commands do everything: `make run` and `make test`. The environment is made once from the committed lock.
SHELL := /bin/bash
.DELETE_ON_ERROR:
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := build/demo
export DAGSTER_DISABLE_TELEMETRY := 1
export GX_ANALYTICS_ENABLED := false
export PYTHONDONTWRITEBYTECODE :=

.PHONY: install run test test-cluster check types queries style imports ui bench bench-city spark postgres lock clean

$(VENV)/.done: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("jicha needs Python 3.11 or newer, found %s" % sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	$(BIN)/python -m models.gathering.warm
	touch $@

install: $(VENV)/.done   ## the environment alone: .venv/bin/jicha

run: $(VENV)/.done   ## an invented county: extracts, the pipeline, both lists
	test -e $(DEMO)/landing/.complete || { rm -rf $(DEMO)/landing && $(BIN)/jicha sample $(DEMO)/landing && touch $(DEMO)/landing/.complete; }
	$(BIN)/jicha run --landing $(DEMO)/landing --home $(DEMO)/home

test: check   ## every check and test but whole runs on Spark
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not cluster"   # in the order of tests/conftest.py
	@echo 'whole runs on Spark are apart: make test-cluster'

test-cluster: $(VENV)/.spark   ## whole runs on a standalone cluster and on Spark Connect; they need Java 17
	$(BIN)/python -m pytest -m cluster tests/engines/test_spark_runs.py

# mypy works in one process: the others work beside it; each tells what it found in one piece, and all are run
check: $(VENV)/.done
	$(MAKE) --no-print-directory --jobs 2 --output-sync --keep-going types queries style imports

types:
	$(BIN)/mypy

queries:
	$(BIN)/sqlfluff lint --disable-progress-bar sql

style:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

imports:
	$(BIN)/lint-imports

ui: $(VENV)/.done   ## the Dagster UI and the reports, on 127.0.0.1
	$(BIN)/jicha ui --landing $(DEMO)/landing --home $(DEMO)/home

spark: $(VENV)/.spark   ## pyspark into the environment: the cluster engine and its tests, which need Java 17 as well

postgres: $(VENV)/.postgres   ## dagster-postgres into the environment: run history in PostgreSQL, and its test

$(VENV)/.spark $(VENV)/.postgres: $(VENV)/.%: $(VENV)/.done requirements-%.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --requirement requirements-$*.lock
	touch $@

bench: $(VENV)/.done   ## ratios measured in one run; not a timed test
	$(BIN)/python -m tests.bench.load
	$(BIN)/python -m tests.bench.scores
	$(BIN)/python -m tests.bench.site
	$(BIN)/python -m tests.bench.relist
	$(BIN)/python -m tests.bench.plan --providers 5000 --teams 30
	$(BIN)/python -m tests.bench.rules --lines 10000000
	$(BIN)/python -m tests.bench.gathering

SCALE ?= 0.02
bench-city: $(VENV)/.done   ## a city's year from files to lists; SCALE=1 is 97.7 million fee lines and needs some 150 GB of disk
	$(BIN)/python -m tests.bench.whole --scale $(SCALE)
	$(BIN)/python -m tests.bench.baselines --scale $(SCALE)

lock:   ## pin again (developers)
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-header --quiet --output-file requirements.lock
	echo 'pyspark[connect]>=4.1,<5' | $(BIN)/uv pip compile - --constraint requirements.lock --universal --python-version 3.11 --generate-hashes --no-header --quiet --output-file requirements-spark.lock
	echo 'dagster-postgres' | $(BIN)/uv pip compile - --constraint requirements.lock --universal --python-version 3.11 --generate-hashes --no-header --quiet --output-file requirements-postgres.lock

clean:
	rm -rf build
