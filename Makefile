# Parley. `make` lists what there is to do; every command works on a fresh clone.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo run test lint lock clean install install-dev python

PORT ?= 8000
PARLEY_DATA_DIR ?= var
export PORT PARLEY_DATA_DIR

# PYTHON=python3.12 chooses; otherwise the first that fits.
ifndef PYTHON
PYTHON := $(shell for python in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
endif
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
STATIC := $(PARLEY_DATA_DIR)/static/staticfiles.json
STATIC_SOURCES := $(shell find static claims/static sources/static -type f 2>/dev/null)
SOURCES := config claims sources manage.py

help: ## list these commands
	@echo "Parley: who said what, where it was reported, and where that leaves each party."
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'
	@echo "Variables: PORT=9000, PYTHON=python3.12, PARLEY_DATA_DIR=folder, CHROMIUM=program for the browser tests."

demo: export PARLEY_DEMO = 1
demo: python ## set up and serve the demo at 127.0.0.1:8000 until Ctrl-C
	@$(PYTHON) config/preflight.py "$(PORT)"
	@$(MAKE) --no-print-directory install
	@echo "Preparing the database in $(PARLEY_DATA_DIR)"
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) load_demo --logins
	@$(MAKE) --silent --no-print-directory $(STATIC)
	@exec $(BIN)/gunicorn --config config/gunicorn.py

run: install-dev ## serve with the development server, which reloads
	@$(MANAGE) migrate --verbosity 0
	@DEBUG=true $(MANAGE) runserver $(PORT)

test: export PARLEY_DATA_DIR = var/test
test: install-dev ## run the tests with PostgreSQL and a browser; TESTS=tests/claims for some
	@$(BIN)/python -m pytest $(or $(TESTS),--numprocesses auto --maxprocesses 4 --dist loadfile)

lint: export PARLEY_DATA_DIR = var/test
lint: install-dev ## check style, types, templates, migrations and settings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djade --check --target-version 5.2 $$(find templates -name '*.html')
	$(BIN)/mypy $(SOURCES)
	$(MANAGE) makemigrations --check --dry-run
	PARLEY_HTTPS=true $(MANAGE) check --deploy --fail-level WARNING

lock: install-dev ## pin the newest packages that requirements*.in allow (needs uv)
	uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-header --quiet requirements.in -o requirements.txt
	uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-header --quiet requirements-dev.in -o requirements-dev.txt

clean: ## remove .venv and caches; the data in var/ stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What the commands above stand on

python:
	@$(or $(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "parley: Python 3.11 or newer is needed, and $(or $(PYTHON),$$(python3 --version 2>&1)) is not that: choose one with PYTHON=/path/to/python3." >&2; exit 2; }

install: python
	@sh config/venv.sh $(PYTHON) requirements.txt

install-dev: python
	@$(PYTHON) config/preflight.py
	@sh config/venv.sh $(PYTHON) requirements-dev.txt

$(STATIC): $(STATIC_SOURCES) requirements.txt
	@echo "Collecting static files"
	@$(MANAGE) collectstatic --no-input --verbosity 0 && touch $@
