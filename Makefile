# Every target sets up what it needs and installs only what is absent. `make help` lists them.

VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.installed
DEVELOPMENT := $(VENV)/.installed-dev
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --constraint constraints.txt
# pip compiles on one core, which takes longer than the installing; some packages ship templates that do not compile.
COMPILE := $(BIN)/python -m compileall -q -j 0 $(VENV)/lib >/dev/null 2>&1 || true

# Python starts in a fraction of the time when it may keep what it compiles.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo test check test-all bench clean system-demo system-test

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

setup: system-test $(DEVELOPMENT) ## set up everything for working on the project

demo: system-demo $(RUNTIME) ## check, record and document the sample batch, into cpor-demo/
	@$(BIN)/cpor-batch demo

test: system-test check ## all checks, then the tests
	$(BIN)/pytest -n 2 --dist worksteal

check: $(DEVELOPMENT) ## style, formatting, types and who may import whom
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy

test-all: system-test check ## the same, and the tests that take minutes
	$(BIN)/pytest -n 2 --dist worksteal -m ""

bench: $(DEVELOPMENT) ## measure speed and memory beside other tools; GROUPS="check start" for some
	$(BIN)/python -m tests.benchmarks $(GROUPS)

clean: ## remove everything that the other targets make
	rm -rf $(VENV) cpor-demo build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find cpor_batch tests -name __pycache__ -type d -prune -exec rm -rf {} +

system-demo:
	@.ci/system-packages demo

system-test:
	@.ci/system-packages test

# After an upgrade of Python this is a dangling link or newer than the stamps below: both are then put right.
$(BIN)/python:
	@echo "Making the virtual environment $(VENV)" >&2
	@python=$$(.ci/system-packages python) && "$$python" -m venv --clear $(VENV)

$(RUNTIME): pyproject.toml constraints.txt $(BIN)/python
	@echo "Installing cpor-batch and what it needs into $(VENV)" >&2
	@$(PIP_INSTALL) --editable .
	@$(COMPILE)
	@touch $@

$(DEVELOPMENT): pyproject.toml constraints.txt $(BIN)/python
	@echo "Installing cpor-batch and the tools for working on it into $(VENV)" >&2
	@$(PIP_INSTALL) --editable '.[dev]'
	@$(COMPILE)
	@touch $(RUNTIME) $@
