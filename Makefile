# All a newcomer must know: make demo, make test, make lint, make format, make bench.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export DUDAO_HOME ?= $(CURDIR)/var
# Where nothing compiled may be kept, every process that starts compiles all of Django again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test lint format bench clean

demo: $(VENV)/.base build/.frontend build/.fonts
	$(BIN)/dudao demo

test: $(VENV)/.dev build/.frontend build/.fonts
	BIN=$(BIN) sh tests/run.sh

lint: $(VENV)/.dev build/.frontend
	$(BIN)/ruff check src tests bench
	$(BIN)/ruff format --check src tests bench
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet src
	$(BIN)/mypy
	cd frontend && $(NODE_PATH_PREFIX) npm run --silent lint && $(NODE_PATH_PREFIX) npm run --silent types

format: $(VENV)/.dev
	$(BIN)/ruff check --fix src tests bench
	$(BIN)/ruff format src tests bench

bench: $(VENV)/.dev build/.frontend build/.fonts
	$(BIN)/python -m bench $(NAME)

clean:
	rm -rf build var/demo src/dudao/static/built

# --- set-up ---------------------------------------------------------------------------------------------------------
# Node comes from the machine where it is new enough, else from its PyPI wheel.
NODE_PATH_PREFIX = PATH="$(CURDIR)/$(VENV)/node/bin:$$PATH"

$(BIN)/uv:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/.base: $(BIN)/uv requirements/base.txt pyproject.toml
	@if [ ! -f $(VENV)/.dev ]; then $(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/base.txt && $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .; fi
	@touch $@

$(VENV)/.dev: $(BIN)/uv requirements/dev.txt pyproject.toml
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

build/.node: $(BIN)/uv
	@mkdir -p build
	BIN=$(BIN) VENV=$(VENV) sh tools/node.sh
	@touch $@

build/.packages: build/.node frontend/package-lock.json
	cd frontend && $(NODE_PATH_PREFIX) npm ci --no-audit --no-fund --loglevel=error
	@touch $@

build/.frontend: build/.packages $(shell find frontend -type f -not -path '*/node_modules/*' 2>/dev/null)
	cd frontend && $(NODE_PATH_PREFIX) npm run --silent build
	@touch $@

build/.fonts: $(VENV)/.base build/.node
	$(NODE_PATH_PREFIX) $(BIN)/python -m dudao.documents.fonts
	@touch $@

# --- for developers -------------------------------------------------------------------------------------------------
.PHONY: words locks
CATALOGUE := src/dudao/locale/en/LC_MESSAGES/django.po
words: $(VENV)/.dev  ## collect new texts into the English catalogue
	mkdir -p src/dudao/locale/en/LC_MESSAGES
	cd src/dudao && PATH="$(CURDIR)/$(BIN):$$PATH" django-admin makemessages -l en --no-location --no-wrap --no-obsolete -i static
	msgattrib --no-obsolete --no-wrap --sort-output -o $(CATALOGUE) $(CATALOGUE)

locks: $(BIN)/uv  ## renew the hashed locks
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml -o requirements/base.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml --group dev -o requirements/dev.txt
