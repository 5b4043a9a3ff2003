# make app   installs, builds the demo bundle if there is none, serves it on http://localhost:8501
# make test  installs what tests need and runs all but those of a browser and of a cluster
# make test-browser  drives Chromium;  make test-cluster  starts a Ray cluster on this machine
# make lint  ruff, mypy and the front end's checks;  make demo  the demo bundle alone
# make torture  attacks all that reads, writes and serves, and prints the counts (about an hour)
# make bench  the benchmarks;  make docs  writes docs/commands.md from the program
# make audit  holds the pinned versions against known holes; needs the network
# make wheel-check  builds the wheel, installs it in an empty environment, and tries it there
# make test-wheel  runs the Python tests on that wheel, in a folder without the code

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
PARTS := $(wildcard requirements/*.txt)
# All but the browser's, the cluster's, and those that are about the clone: documents, benchmarks, the drawing of the packages.
WHEEL_TESTS ?= $(addprefix tests/,core cli app docs/test_examples.py)
HAS_NODE := node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null
unexport PYTHONPATH

.PHONY: app test torture test-browser test-cluster test-frontend lint lint-frontend demo bench docs wheel wheel-check test-wheel audit install clean

app: demo
	$(BIN)/streamlit run streamlit_app.py --server.port $(PORT)

demo: $(VENV)/installed
	$(BIN)/mmrec demo --out artifacts/demo

# As many at once as there are cores; those of a file one after another, since they share what they made.
AT_ONCE := -n auto --dist loadfile

test: $(VENV)/installed-dev test-frontend
	$(BIN)/python -m pytest $(AT_ONCE) --ignore tests/e2e --ignore tests/ray

test-browser: $(VENV)/installed-dev
	$(BIN)/python -m pytest tests/e2e

test-cluster: $(VENV)/installed-dev
	$(BIN)/python -m pytest tests/ray

torture: $(VENV)/installed-dev
	$(BIN)/python -m tests.torture $(TORTURE)

test-frontend:
	@if $(HAS_NODE); then node --test tests/frontend/*.test.js; \
	else echo "The front end's tests are skipped: they need Node.js 18 or newer."; fi

lint: $(VENV)/installed-dev lint-frontend
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lint-frontend:
	@if $(HAS_NODE) && command -v npm >/dev/null; then $(MAKE) -s node_modules/installed && npm run --silent lint; \
	else echo "The front end is not checked: that needs Node.js 18 or newer, and npm."; fi

node_modules/installed: package.json package-lock.json
	npm ci --silent
	@touch $@

docs: $(VENV)/installed-dev
	$(BIN)/python -m tests.docs.write_commands

wheel: $(VENV)/installed-dev
	rm -rf build dist .wheel-env
	$(BIN)/pip wheel --quiet --no-deps --wheel-dir dist .
	$(PYTHON) -m venv .wheel-env
	.wheel-env/bin/pip install --quiet -c constraints.txt dist/*.whl
	cd .wheel-env && bin/mmrec demo

wheel-check: wheel
	MMREC_WHEEL_ENV=.wheel-env $(BIN)/python -m pytest tests/wheel

test-wheel: wheel
	.wheel-env/bin/pip install --quiet -c constraints.txt "$$(echo dist/*.whl)[dev]"
	folder=$$(mktemp -d) && cp -r pyproject.toml requirements docs tests $$folder && cd $$folder && \
	MMREC_TEST_BUNDLE=$(CURDIR)/.wheel-env/artifacts/demo \
	  $(CURDIR)/.wheel-env/bin/python -m pytest $(AT_ONCE) $(WHEEL_TESTS); \
	code=$$?; rm -rf $$folder; exit $$code

audit:
	$(PYTHON) -m venv .audit-env
	.audit-env/bin/pip install --quiet pip-audit==2.10.1
	.audit-env/bin/pip-audit --requirement constraints.txt --no-deps --disable-pip --vulnerability-service osv

bench: demo .bench/made/manifest.json | $(VENV)/installed-dev
	$(BIN)/mmrec bench --images 125000
	$(BIN)/python -m benchmarks.start_up artifacts/demo
	$(BIN)/python -m benchmarks artifacts/demo
	$(BIN)/python -m benchmarks.clicks artifacts/demo
	$(BIN)/python -m benchmarks .bench/made
	$(BIN)/python -m benchmarks.pages .bench/made
	$(BIN)/python -m benchmarks.reference_size .bench/reference
	$(BIN)/python -m benchmarks.build_from_vectors .bench/vectors
	$(BIN)/python -m benchmarks.catalogue_memory

.bench/made/manifest.json: | demo $(VENV)/installed-dev
	$(BIN)/python -m benchmarks.made_bundle .bench/made

install: $(VENV)/installed

$(VENV)/installed: pyproject.toml constraints.txt $(PARTS) | $(VENV)/bin/python
	$(BIN)/pip install --quiet -c constraints.txt -e .
	@touch $@

$(VENV)/installed-dev: pyproject.toml constraints.txt $(PARTS) | $(VENV)/bin/python
	$(BIN)/pip install --quiet -c constraints.txt -e ".[dev]"
	@touch $(VENV)/installed $@

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "Cannot make $(VENV): install the venv module (Debian, Ubuntu: apt-get install python3-venv)."; rm -rf $(VENV); exit 1; }
	$(BIN)/pip install --quiet --upgrade pip

clean:
	rm -rf $(VENV) .wheel-env .audit-env node_modules build dist .pytest_cache .mypy_cache .ruff_cache tests/output
