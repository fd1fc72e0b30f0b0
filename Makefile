# Every target works as the first command after a clone: what it needs goes into .venv first.
#   make demo     train a network on two moons and draw one backprop step     (ARGS="--steps 50" to change it)
#   make test     the tests
#   make check    formatter, linter, type checker, tests, notebooks: what has to pass
#   make operators  write Value's methods anew from the rules
#   make architecture  draw docs/architecture.md's picture and run its trips anew
#   make wheel    build the wheel, install it in an empty environment and use it there
#   make docs     the documentation into build/site, any warning an error
#   make bench    the engine beside its peers                                 (ARGS=--quick for one minute)
#   make playground  the engine, the pictures and the exercises in the browser (needs npm)
#   make notebooks  open the notebooks in JupyterLab

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
ARGS ?=
# The tests in a browser or with a kernel wait for half of their time, so there are half as many processes again as processors.
WAITING = $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) * 3 // 2)')

.PHONY: demo test check format operators architecture wheel docs bench playground notebooks clean

demo: .venv/installed-plot
	$(BIN)/autograd demo $(ARGS)

test: .venv/installed-dev
	$(BIN)/python -m pytest -q --numprocesses auto $(ARGS)

check: .venv/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(MAKE) --no-print-directory test
	$(BIN)/python -m pytest -q --numprocesses auto --dist loadgroup -m "long and not notebook and not browser"
	$(BIN)/python -m pytest -q --numprocesses $(WAITING) --dist loadfile --no-loadscope-reorder -m "notebook or browser"

format: .venv/installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

operators: .venv/installed-dev
	$(BIN)/python -m tools.operators

architecture: .venv/installed-dev
	$(BIN)/python -m tools.architecture

wheel: .venv/pyvenv.cfg
	$(BIN)/python -m pip install --quiet --disable-pip-version-check build
	$(BIN)/python -m tools.wheel

docs: export NO_MKDOCS_2_WARNING = 1
docs: .venv/installed-docs
	$(BIN)/python -m mkdocs build --strict --quiet

bench: .venv/installed-bench
	$(BIN)/python -m benchmarks.engine $(ARGS)
	$(BIN)/python -m benchmarks.compiled $(ARGS)
	$(BIN)/python -m benchmarks.optimizers
	$(BIN)/python -m benchmarks.training
	$(BIN)/python -m benchmarks.imports

playground: .venv/installed-plot
	$(BIN)/autograd playground $(ARGS)

notebooks: .venv/installed-notebook
	$(BIN)/jupyter lab --LabApp.default_url=/lab/tree/notebooks/1_one_derivative.ipynb $(ARGS)

.venv/installed-%: pyproject.toml | .venv/pyvenv.cfg
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[$*]"
	@touch $@

.venv/pyvenv.cfg:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer found: install it, or name it: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv .venv

clean:
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
