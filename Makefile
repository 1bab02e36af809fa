# Two commands for a fresh machine with Python 3.11 and make: `make demo` and `make test`.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
READY := .venv/.ready
DEV := .venv/.ready-dev

.PHONY: demo test slow browser oldest lint types setup clean

$(READY): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("fescue needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $(READY)

$(DEV): $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $(DEV)

setup: $(DEV)

demo: $(READY)
	$(BIN)/fescue run jssp --instances ft06,la24,abz7 --algorithms rls,ea,hc,sa --runs 3 --max-fes 20000 --out results

# all cores run tests; linear algebra that would use all of them, too, makes each test four times slower
test slow: export OPENBLAS_NUM_THREADS = 1

test: $(DEV)
	$(BIN)/python -m pytest -n auto -m 'not slow and not browser'

slow: $(DEV)
	$(BIN)/python -m pytest -n auto -m slow

browser: $(DEV)
	$(BIN)/python -m pytest -m browser

# the oldest NumPy that is allowed: random streams could differ between releases
oldest: pyproject.toml
	$(PYTHON) -m venv .venv-oldest
	.venv-oldest/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[cma,mo,nlopt]' pytest pytest-xdist hypothesis 'numpy==1.26.*'
	.venv-oldest/bin/python -m pytest -q -n auto tests/golden

lint: $(DEV)
	$(BIN)/ruff check .

types: $(DEV)
	$(BIN)/mypy

clean:
	rm -rf .venv .venv-oldest .hypothesis .mypy_cache .ruff_cache results
