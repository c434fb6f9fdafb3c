# Two commands do everything: `make demo` starts the product with the demo shop, `make test` passes the tests.
# `make help` lists the rest.

PYTHON ?= python3
PORT ?= 8000
export OPIEKA_HOME ?= $(CURDIR)/var
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
T ?= tests
N ?= auto

.PHONY: help setup demo dev test test-scaled sure fix types contracts readme words widget pictures versions clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(READY) ## Make .venv and install Opieka into it

$(READY): pyproject.toml deploy/versions.txt deploy/system.sh
	@deploy/system.sh $(PYTHON) $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check -c deploy/versions.txt -e ".[scaled,test]"
	@touch $(READY)

versions: ## Take the newest versions of everything we stand on, and write them down
	@deploy/versions.sh $(PYTHON)

demo: $(READY) ## Start the product with the demo shop; prints its address and logins
	@$(BIN)/opieka demo --run --host 127.0.0.1 --port $(PORT)

dev: $(READY) ## Start the product on your own data, showing errors in full
	@OPIEKA_DEBUG=yes $(BIN)/opieka run --port $(PORT)

test: $(READY) ## Pass the tests on SQLite, installing the real peers they need (T=tests/web narrows, N=0 one process)
	@deploy/peers.sh
	@$(if $(filter tests,$(T)),OPIEKA_WHOLE_SUITE=1) $(BIN)/python -m pytest $(T) -n $(N) --dist worksteal

test-scaled: $(READY) ## Pass the same tests on PostgreSQL with Redis and Celery
	@deploy/peers.sh
	@OPIEKA_DATABASE_URL=$${OPIEKA_TEST_POSTGRES:-postgresql://postgres@127.0.0.1:5432/postgres} \
	 OPIEKA_LIVE_URL=redis://127.0.0.1:6379/5 OPIEKA_JOBS_URL=amqp://guest:guest@127.0.0.1:5672// \
	 $(if $(filter tests,$(T)),OPIEKA_WHOLE_SUITE=1) $(BIN)/python -m pytest $(T) -n $(N) --dist worksteal

sure: $(READY) ## Make sure: format, lint, types, import contracts, documentation
	@$(BIN)/ruff format --check opieka tests tools training
	@$(BIN)/ruff check opieka tests tools training
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tools.capabilities --check
	@$(BIN)/python -m tools.reference --check
	@$(BIN)/python -m tools.words --check
	@$(BIN)/python -m pytest tests/test_house_rules.py -n 0

fix: $(READY) ## Mend what can be mended by itself: format, lint
	@$(BIN)/ruff check --fix-only opieka tests tools training
	@$(BIN)/ruff format opieka tests tools training

readme: $(READY) ## Write the tables of what works from docs/capabilities.toml
	@$(BIN)/python -m tools.capabilities
	@$(BIN)/python -m tools.reference

words: $(READY) ## Gather new texts into the Polish catalogue, and compile it
	@$(BIN)/python -m tools.words

widget: ## Build the chat widget (needs node)
	@cd widget && npm ci --ignore-scripts --no-audit --no-fund && npm run build

pictures: $(READY) ## Take the screenshots of docs/pictures
	@$(BIN)/python -m tools.pictures

clean: ## Remove .venv and caches; your data in var/ stays
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
