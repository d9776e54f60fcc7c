# Banso. `make` alone lists the targets.
.DEFAULT_GOAL := help
.PHONY: help up down status logs demo reset test test-browser lint chaos bench bench-booking bench-matching eval-matching replay fmt lock
MAKEFLAGS += --no-print-directory

PY := .venv/bin/python
STAMP := .venv/installed.sha256
SUITES := $(wildcard tests/e2e tests/integration tests/contract tests/unit)
WORKERS ?= 2
CHROMIUM := chromium chromium-browser google-chrome google-chrome-stable

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

up: $(STAMP) ## install, start everything, walk the sample journey, leave it running on http://localhost:8080
	@$(PY) -m deploy.local up

down: $(STAMP) ## stop everything; data stay in .local
	@$(PY) -m deploy.local down

status: $(STAMP) ## what is running, ready or not
	@$(PY) -m deploy.local status

logs: $(STAMP) ## logs of all processes, or of one: make logs S=intake
	@$(PY) -m deploy.local logs $(S)

demo: $(STAMP) ## walk the sample journey again
	@$(PY) -m deploy.local demo

reset: $(STAMP) ## stop everything and forget the local data, keys and logs
	@$(PY) -m deploy.local reset

test: $(STAMP) ## every test that needs no browser, two files at a time; part of it: make test T=tests/unit/booking
	@$(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not browser" $(or $(T),$(SUITES))

test-browser: $(STAMP) ## the pages in Chromium
	@for name in $(CHROMIUM); do command -v $$name >/dev/null && found=1; done; \
	test -n "$$found" || { echo "make test-browser: Chromium is missing: install it (Debian: apt install chromium)" >&2; exit 1; }
	@$(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m browser tests

lint: $(STAMP) ## ruff, mypy strict, import rules, the tenant rule
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy services shared deploy tests
	@.venv/bin/lint-imports
	@$(PY) -m tests.lint.tenant_rule

chaos: $(STAMP) ## 200 journeys while processes are killed and paused: make chaos ARGS="--seed 7"
	@$(PY) -m tests.chaos $(ARGS)

bench: $(STAMP) ## throughput and latency beside a plain floor measured in the same run
	@$(PY) -m tests.bench $(ARGS)

bench-booking: $(STAMP) ## free times and bookings beside plainer ways measured in the same run
	@$(PY) -m tests.bench.booking $(ARGS)

bench-matching: $(STAMP) ## exact top-k, refits, whole slates, memory, assignment, imports; THREADS=1, ratios to the bare product; OUT=folder
	@OPENBLAS_NUM_THREADS=$(or $(THREADS),1) $(PY) -m tests.bench.matching --out "$(or $(OUT),.local/bench/matching)" $(ARGS)

eval-matching: $(STAMP) ## how well the models rank: make eval-matching DATA=folder with train.csv and test.csv
	@test -n "$(DATA)" || { echo "make eval-matching: say where the data are: DATA=folder" >&2; exit 1; }
	@$(PY) -m tests.eval_matching "$(DATA)" $(ARGS)

replay: $(STAMP) ## rebuild the JetStream streams from the event logs
	@$(PY) -m deploy.local run shared.replay $(ARGS)

fmt: $(STAMP) ## format the code
	@$(PY) -m ruff check --fix-only --quiet .
	@$(PY) -m ruff format .

lock: $(STAMP) ## write requirements.lock anew from pyproject.toml
	@mkdir -p .local && $(PY) -m venv .local/compile && .local/compile/bin/python -m pip install --quiet uv
	@.local/compile/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url --prerelease if-necessary-or-explicit --all-extras pyproject.toml -o requirements.lock

# A Python that will do is looked for only when the environment must be made or the lock has changed.
$(STAMP): requirements.lock
	@for python in python3.11 python3.12 python3.13 python3.14 python3 python; do \
		if $$python -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11))' 2>/dev/null; then \
			$$python deploy/local/install.py; exit $$?; \
		fi; \
	done; \
	echo "make: Python 3.11 or newer is needed and was not found on PATH" >&2; exit 1
