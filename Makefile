# Every target installs what it needs into .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test check bench docs clean

demo: $(VENV)/base
	@$(BIN)/tesuji demo

test: $(VENV)/test
	$(BIN)/python -m pytest -n auto --dist loadgroup

check: $(VENV)/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(BIN)/python -m benchmarks.lines

bench: $(VENV)/test
	$(BIN)/python -m benchmarks.runner

docs: $(VENV)/base
	$(BIN)/python docs/reference.py

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --upgrade 'pip>=25.1'

$(VENV)/base: $(VENV)/bin/python pyproject.toml
	$(PIP) install -e .
	@touch $@

# axe, which looks for what keeps people from using a page, is on npm; without npm its tests are
# skipped. PyTorch comes first and pinned, so that nothing else pulls a build with several GB of CUDA.
$(VENV)/test: $(VENV)/base
	$(PIP) install torch==2.13.0
	$(PIP) install --group check --group test -e '.[analytics,baseline,hf,hub,math,tune]'
	-npm install --silent --no-fund --no-audit --prefix $(VENV)/axe axe-core@4.14.1
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
