# `make help` lists the targets. Needs Python 3.11 or newer with venv, and a package index; nothing else.

PYTHON ?= $(shell for candidate in python3 python3.13 python3.12 python3.11; do \
	$$candidate -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$candidate && break; done)
JOBS ?= 2

BIN := .venv/bin
READY := .venv/.ready
READY_BENCH := .venv/.ready-bench
DUCKDB14 := .cache/duckdb14/.ready
HAMILTON := .cache/hamilton/.ready
DATAHUB := .cache/datahub/.ready
OPENMETADATA := .cache/openmetadata/.ready
# suites that check-all runs on their own
APART := cli conformance compat docs examples expectations project
CORE := $(patsubst %,--ignore=tests/%,acceptance faults browser $(APART))

# byte-compiled modules are what users run
unexport PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export FEATURECAT_DUCKDB14
export FEATURECAT_APACHE_HAMILTON
export FEATURECAT_DATAHUB
export FEATURECAT_OPENMETADATA

.DEFAULT_GOAL := help
.PHONY: help install demo test lint types unit doctest suites browser frontend screenshots acceptance faults oldest spark duckdb14 hamilton datahub openmetadata \
	documentation check-all benchmarks constraints clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(READY) ## make the environment in .venv

$(READY): pyproject.toml constraints/current.txt
	@test -n "$(PYTHON)" || { echo "featurecat needs Python 3.11 or newer with venv; try: make PYTHON=/path/to/python3.11" >&2; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints/current.txt --editable '.[dev,examples]'
	@touch $@

# --- what one mostly wants -----------------------------------------------------------------------

demo: install ## 336,776 real flights: data, catalog, and features in examples/flights/flights.parquet
	$(BIN)/python examples/flights/prepare_data.py
	cd examples/flights && ../../$(BIN)/featurecat index
	cd examples/flights && ../../$(BIN)/featurecat materialize --all --output flights.parquet

documentation: install ## the guides and the examples' catalogs as a site, in .cache/documentation/site
	$(BIN)/python docs/build.py

test: lint types doctest unit ## lint, types, examples in docstrings, and every core suite

# --- the parts of `make test` ---------------------------------------------------------------------

lint: install ## style and likely bugs (ruff)
	$(BIN)/ruff check .

types: install ## static types of the package (mypy --strict)
	$(BIN)/mypy

doctest: install ## the examples in docstrings
	@$(BIN)/python -m pytest -q --doctest-modules -p no:cacheprovider -p tests.conftest featurecat sphinx_ext/featurecat_sphinx

unit: install ## the core suites: one folder of tests a room
	@$(BIN)/python -m pytest -q -n $(JOBS) $(CORE)

# --- the rest of `make check-all` -----------------------------------------------------------------

suites: install ## the larger suites: commands, backends, expectations, projects, Hamilton's modules, the documentation
	@$(BIN)/python -m pytest -q -n $(JOBS) $(patsubst %,tests/%,$(APART))

browser: ## Debian's chromium and axe-core, for the tests of the site in a real browser
	@command -v chromium >/dev/null || { apt-get update -q && apt-get install -q -y chromium; } >/dev/null
	@test -f .cache/axe/axe.min.js || { mkdir -p .cache/axe && cd .cache/axe && npm pack --silent axe-core@4.14.1 >/dev/null && \
		tar -xzf axe-core-4.14.1.tgz --strip-components=1 package/axe.min.js package/LICENSE; }

frontend: ## the site's scripts: their types and tests, and whether the built files are those of the sources
	@command -v npm >/dev/null || { echo "node and npm are needed: https://nodejs.org"; exit 1; }
	@cd sphinx_ext/js && npm ci --silent --no-audit --no-fund && npm test --silent && npm run --silent build
	@git diff --exit-code --stat -- sphinx_ext/featurecat_sphinx/static/fc || \
		{ echo "the built scripts are others than those of sphinx_ext/js: commit what make frontend built"; exit 1; }

screenshots: install browser ## pictures of every page of the site, light, dark and as wide as a phone, in .cache/screenshots
	@FEATURECAT_SCREENSHOTS=$(CURDIR)/.cache/screenshots $(BIN)/python -m pytest -q tests/acceptance/test_site_screenshots.py
	@echo "look at .cache/screenshots"

faults: install ## kill and break runs at every failpoint
	@$(BIN)/python -m pytest -q -n $(JOBS) tests/faults

acceptance: install ## what the releases promise, end to end
	@$(BIN)/python -m pytest -q -n $(JOBS) tests/acceptance

oldest: install ## the core suites with the oldest supported libraries
	@$(BIN)/nox --session oldest

spark: install ## the core suites beside Spark (pandas 2)
	@$(BIN)/nox --session spark

duckdb14: $(DUCKDB14) ## a duckdb 1.4 client in .cache, to open the catalog with

$(DUCKDB14): $(READY)
	$(BIN)/python -m pip install --quiet --upgrade --target $(@D) 'duckdb==1.4.*'
	@touch $@

hamilton: $(HAMILTON) ## apache-hamilton in .cache, to compare with

# without what it depends on: those libraries are in the environment already, apart from the two named
$(HAMILTON): $(READY)
	$(BIN)/python -m pip install --quiet --upgrade --no-deps --target $(@D) \
		--constraint constraints/current.txt apache-hamilton typing_inspect mypy_extensions
	@touch $@

datahub: $(DATAHUB) ## DataHub's own classes in .cache, to validate exports with

$(DATAHUB): $(READY)
	$(BIN)/python -m pip install --quiet --upgrade --target $(@D) 'acryl-datahub==1.7.*'
	@touch $@

openmetadata: $(OPENMETADATA) ## OpenMetadata's own models in .cache, to validate exports with

# the models alone: most of what it depends on serves other parts
$(OPENMETADATA): $(READY)
	$(BIN)/python -m pip install --quiet --upgrade --no-deps --target $(@D) 'openmetadata-ingestion==2.0.*' \
		email-validator dnspython
	@touch $@

check-all: ## everything: test, the version matrix, faults, acceptance
	@$(MAKE) --no-print-directory duckdb14 hamilton datahub openmetadata
	@$(MAKE) --no-print-directory test suites oldest spark faults acceptance \
		FEATURECAT_DUCKDB14=$(CURDIR)/$(dir $(DUCKDB14)) FEATURECAT_APACHE_HAMILTON=$(CURDIR)/$(dir $(HAMILTON)) \
		FEATURECAT_DATAHUB=$(CURDIR)/$(dir $(DATAHUB)) FEATURECAT_OPENMETADATA=$(CURDIR)/$(dir $(OPENMETADATA))

# --- house-keeping --------------------------------------------------------------------------------

benchmarks: $(READY_BENCH) ## featurecat beside apache-hamilton and handwritten code; writes benchmarks/results.md
	$(BIN)/python benchmarks/run_all.py

$(READY_BENCH): $(READY)
	$(BIN)/python -m pip install --quiet --constraint constraints/current.txt --editable '.[bench]'
	@touch $@

constraints: ## resolve constraints/*.txt anew from pyproject.toml
	$(PYTHON) constraints/freeze.py current oldest spark

clean: ## remove environments, caches and what the examples wrote
	rm -rf .venv .nox .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
	rm -rf examples/*/.featurecat examples/*/data examples/*/*.parquet
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
