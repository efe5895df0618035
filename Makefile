# Two commands are enough: `make demo` and `make test`. Both begin with `make setup`, which builds .venv.
# ARGS goes to the program: make demo ARGS="--port 9000", make test ARGS="-k outbox --databases sqlite".

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup demo test check format bench clean

BIN := .venv/bin
READY := .venv/.classbridge-is-installed
ARGS ?=

help:  ## Say what there is
	@sed -nE 's/^([a-z]+):.*## (.*)/make \1\t\2/p' Makefile | expand -t 14

setup: $(READY)  ## Build .venv from requirements.lock

$(READY): requirements.lock pyproject.toml scripts/setup
	@scripts/setup .venv
	@touch $@

demo: setup  ## A school on a real homeserver, in one command
	@$(BIN)/classbridge demo $(ARGS)

test: setup  ## All tests, on SQLite and PostgreSQL, with real Synapse and Redis
	@scripts/install-system redis-server postgresql
	@$(BIN)/python -m pytest $(ARGS)

check: setup  ## Format, lint, types, layers, sizes
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/test_architecture.py

format: setup  ## Format, and mend what the linter can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup  ## Side by side with the homeserver spoken to directly
	@scripts/install-system redis-server postgresql
	@$(BIN)/python -m bench $(ARGS)

clean:  ## Remove what was built; the data of the demo stays
	rm -rf .venv *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
