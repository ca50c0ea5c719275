# Everything a newcomer needs: make demo, make test, make check.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
DEBIAN := python3-venv python3-dev libc6-dev libspandsp-dev libssl-dev libtiff-dev fonts-liberation2 fonts-dejavu-core fonts-wqy-microhei fonts-tlwg-loma-ttf fonts-lohit-deva
PEERS := sip-tester tshark libtiff-tools postgresql systemd chromium
RIVALS := ghostscript poppler-utils hylafax-server hylafax-client

FILES ?=
TO ?= 7778888
NAME ?=

.PHONY: help setup demo serve peers rivals test check fix reference words bench lock

help: ## Say what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | column -ts $$'\t'

setup: $(VENV)/.ready ## Debian packages, locked Python packages, the C modules

define install
	@missing=$$(for each in $(1); do dpkg-query -W -f='$${Status}' $$each 2>/dev/null | grep -q 'install ok installed' || echo $$each; done); \
	if [ -n "$$missing" ]; then \
	  echo "Installing Debian packages:" $$missing; \
	  export DEBIAN_FRONTEND=noninteractive; \
	  apt-get -qq update && apt-get -qq install -y --no-install-recommends $$missing >/dev/null; \
	fi
endef

$(VENV)/.ready: requirements/dev.txt pyproject.toml setup.py $(wildcard native/*)
	$(call install,$(DEBIAN))
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip -q --disable-pip-version-check install --require-hashes -r requirements/dev.txt
	$(BIN)/pip -q --disable-pip-version-check install --no-deps --no-build-isolation -e .
	touch $@

demo: setup ## Send one fax through a real call and compare the pages (FILES="a.pdf b.jpg" TO="7778888 7778801")
	@$(BIN)/unifax demo $(FILES) $(addprefix --to ,$(TO))

serve: setup ## Run the service on ./unifax-data
	@$(BIN)/unifax serve

peers: setup ## Strangers to test against: sipp, tshark, tiffinfo, PostgreSQL, systemd-analyze, Chromium
	$(call install,$(PEERS))

rivals: setup ## Whom `make bench` with NAME=paper or queue measures against: Ghostscript, poppler, HylaFAX
	$(call install,$(RIVALS))

test: peers ## Run every test
	$(BIN)/pytest -n 2 --dist loadscope
	$(BIN)/pytest -n 2 --dist loadscope --postgres tests/store tests/service tests/work

check: setup ## Lint, types, layers, spelling, documentation
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell src tests bench docs/*.md native *.md
	$(BIN)/pytest tests/test_docs.py

fix: setup ## Format and repair what can be repaired
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

reference: setup ## Write docs/openapi.json and docs/llms.txt anew, from the routes
	@$(BIN)/python -m tests.web.write_reference

words: setup ## Write what pages say into the catalogues of their languages (src/unifax/web/words)
	@$(BIN)/python -m tests.web.write_words

bench: setup ## Take the figures that the docs quote (NAME=call, api, lines or paper for one; NAME=queue has HylaFAX beside it; NAME=faults kills its processes for five minutes)
	$(BIN)/python -m bench $(NAME)

lock: setup ## Renew the locked versions
	$(BIN)/uv pip compile -q --upgrade --generate-hashes --no-emit-index-url --no-header --python-version 3.11 requirements/run.in -o requirements/run.txt
	$(BIN)/uv pip compile -q --upgrade --generate-hashes --no-emit-index-url --no-header --python-version 3.11 requirements/dev.in -o requirements/dev.txt
