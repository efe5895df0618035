# Two commands are enough: `make demo` and `make test`. Both begin with `make setup`, which builds .venv.
# ARGS goes to the program: make demo ARGS="--port 9000", make test ARGS="-k outbox --databases sqlite".

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup web demo test test-browser check-library check format bench bench-roster bench-web clean

BIN := .venv/bin
READY := .venv/.classbridge-is-installed
ARGS ?=
# Python keeps what it has compiled: the demo and the tests start it often.
unexport PYTHONDONTWRITEBYTECODE

help:  ## Say what there is
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1\t\2/p' Makefile | expand -t 14

setup: $(READY)  ## Build .venv from requirements.lock

$(READY): requirements.lock pyproject.toml scripts/setup
	@scripts/setup .venv
	@touch $@

web: setup  ## Build the web app, if it is older than its sources
	@scripts/build-web

demo: web  ## A school on a real homeserver, in one command
	@$(BIN)/classbridge demo $(ARGS)

test: web  ## All tests but the browsers', on SQLite and PostgreSQL, with real Synapse and Redis; with ARGS pytest's alone
	@scripts/install-system redis-server postgresql
	@$(if $(ARGS),,scripts/npm run --silent test)
	@$(if $(ARGS),,$(MAKE) --no-print-directory check-library)
	@$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

test-browser: web  ## The web app in Chromium and Firefox against a real bridge and Synapse
	@scripts/install-system chromium firefox-esr fonts-inter fonts-noto-color-emoji
	@scripts/npm run --silent e2e

check-library: setup  ## The web app as a library, in a school's app with React 18 and 19
	@NPM_FOLDER=web/library/react-18 scripts/npm exec true
	@VITE_CONFIG_NATIVE_IGNORE_WARNING=true scripts/npm run --silent build:lib
	@scripts/npm run --silent check:lib

check: setup  ## Format, lint, types, layers, sizes
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/test_architecture.py
	@scripts/npm run --silent check

format: setup  ## Format, and mend what the linter can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@scripts/npm run --silent format

bench: setup  ## Side by side with the homeserver spoken to directly
	@scripts/install-system redis-server postgresql
	@$(BIN)/python -m bench $(ARGS)

bench-roster: setup  ## A roster applied, beside bare joins on the same homeserver
	@$(BIN)/python -m bench.roster $(ARGS)

bench-web: web  ## Sizes of the web app, frames while scrolling, time to the first message
	@scripts/install-system chromium fonts-inter fonts-noto-color-emoji
	@scripts/npm run --silent bench

clean:  ## Remove what was built; the data of the demo stays
	rm -rf .venv bridge/api/page web/node_modules web/library/react-18/node_modules tests/clients/node_modules web/dist web/build build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
