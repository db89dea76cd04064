# The commands of the README are `make run`, `make check` and `make test`.
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
PYTHON ?= python
else
BIN := .venv/bin
PYTHON ?= python3
endif
# One more than there are cores: some tests wait for processes that they started.
WORKERS ?= $(shell $(PYTHON) -c "import os; print((os.cpu_count() or 1) + 1)")
DATA_DIR ?= .data
export DATA_DIR

.DEFAULT_GOAL := run
.PHONY: run ask install check test coverage docs benchmark gallery train

run: install  ## Start the bot, or a terminal chat over the sample coverage
	@$(BIN)/python -m bot

ask: install  ## Answer once: make ask Q="…"
	@$(BIN)/python -m bot ask "$(Q)"

install: .venv/installed

check: .venv/installed-dev  ## Format, lint, types, import directions
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# The tests start processes: each would compile anew what it imports where nothing is kept.
test coverage: export PYTHONDONTWRITEBYTECODE :=

test: .venv/installed-dev  ## Every test
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal

coverage: .venv/installed-dev  ## The same, slower, held to a floor of what it covers
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal --cov --cov-report=term:skip-covered

benchmark: .venv/installed-dev  ## Measure: make benchmark [WHAT=speed|retrieval|reading|asked|results|cost|verifying|symmetry|declining|model|faults|ending|endurance|growth|extraction|ingesting|refreshing|streaming|askers|beside|campaign|hour|newer|past|processes|million] [DATA=folder]
	$(BIN)/python -m tests.benchmarks $(WHAT) $(if $(DATA),--data "$(DATA)")

train: .venv/installed  ## Teach the reader: make train DATA=folder (docs/reader.md)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "torch==2.13.0"
	$(BIN)/python -m training prepare --data "$(DATA)"
	$(BIN)/python -m training teach
	$(BIN)/python -m training export
	$(BIN)/python -m training fit --data "$(DATA)"

docs: .venv/installed-dev  ## Build the documents into site/
	$(BIN)/mkdocs build --strict --quiet

gallery: .venv/installed-dev  ## Render every Discord message to pictures (needs chromium)
	$(BIN)/python -m tests.gallery

.venv/installed: requirements.lock
	@test -x $(BIN)/uv || { echo "Preparing .venv"; $(PYTHON) -m venv .venv && $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-uv.lock; }
	@echo "Installing what requirements.lock names"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements.lock
	@touch $@

.venv/installed-dev: requirements-dev.lock .venv/installed
	@echo "Installing what requirements-dev.lock names"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements-dev.lock
	@touch $@
