# `make demo` shows the whole path once, `make test` passes every test, `make lab` opens the course, `make student`
# builds what students get. Each sets up .venv first, from the versions in requirements.lock.

PYTHON ?= python3
VENV := .venv
BIN := $(abspath $(VENV))/bin
export PATH := $(BIN):$(PATH)
# Jupyter refuses to start as root unless told that it is meant.
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock

.PHONY: help install front demo test lint unit nbval lab student tidy lock-versions bench tables-check soak clean

help:
	@echo "make demo     release, answer, grade and explain a case in a temporary folder"
	@echo "make test     every test (needs a Chromium; finds or fetches one)"
	@echo "make lab      open the course in JupyterLab"
	@echo "make student  build the folder that students get"
	@echo "make tidy     bring notebooks and code into their canonical form"

# Installing bundles what runs in the browser, from these.
FRONT := hatch_build.py $(shell find itband_course/front -type f -not -path '*/bundle/*')

$(VENV)/.instructor: pyproject.toml requirements.lock $(FRONT)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "The course needs Python 3.11 or newer: make PYTHON=python3.12 ..."; exit 1; }
	@echo "Setting up .venv (a minute or two, once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) -e ".[instructor]"
	@touch $@

$(VENV)/.test: $(VENV)/.instructor
	@echo "Adding what the tests need"
	@$(PIP) -e ".[instructor,student,test]"
	@touch $@

install: $(VENV)/.test

# Bundles it anew where it is missing or its sources have changed; `make install` does so too.
front: $(VENV)/.instructor
	@$(PIP) --no-deps -e .

demo: $(VENV)/.instructor
	@$(BIN)/python tools/demo.py

lab: $(VENV)/.instructor
	@$(BIN)/python -m jupyter lab $(AS_ROOT)

student: $(VENV)/.instructor
	@$(BIN)/itband student

test: lint nbval unit

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/itband tidy --check
	$(BIN)/itband check

# Strict on lessons; on released cases every question must read «Not answered». Afterwards Git must see nothing new.
nbval: $(VENV)/.test
	$(BIN)/python tools/nbval_clean.py

# One more than there are processors, since browsers are often waited for; four at the most.
WORKERS = $(shell $(PYTHON) -c 'import os; print(min(4, 1 + (os.cpu_count() or 1)))')

unit: $(VENV)/.test
	@$(BIN)/python tests/browser/chromium.py
	$(BIN)/python -m pytest tests -n $(WORKERS) --dist loadfile --no-loadscope-reorder

tidy: $(VENV)/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/itband tidy

bench: $(VENV)/.test
	@$(BIN)/python tests/browser/chromium.py
	@$(BIN)/python benchmarks/run.py
	@$(BIN)/python benchmarks/figure.py
	@$(BIN)/python benchmarks/grading.py
	@$(BIN)/python benchmarks/grading.py --scale 10,100,1000

# Versions change only here, and the diff of the lock file shows how.
lock-versions: $(VENV)/.test
	$(PIP) uv
	$(BIN)/uv pip compile pyproject.toml --extra student --extra instructor --extra test --universal \
	  --python-version 3.11 --no-header --no-annotate --quiet --upgrade --output-file requirements.lock

# The leg's tables against the model that they were made from, which is asked anew; in an environment of its own.
tables-check:
	@test -x build/legs/bin/python || $(PYTHON) -m venv build/legs
	@build/legs/bin/python -m pip install --quiet --disable-pip-version-check "mujoco<4" "myo-sim==0.2.4"
	@build/legs/bin/python tools/leg/build_tables.py --check

# What is long: all of the tests, the submissions at full size, the figures, and the leg's tables.
soak: test bench tables-check
	$(BIN)/python tools/nbval_clean.py
	ITBAND_SOAK=1 $(BIN)/python -m pytest -rP tests/submissions tests/browser tests/course/test_commands.py tests/course/test_install.py tests/course/test_write_a_case.py
	$(BIN)/python benchmarks/grading.py --scale 10,100,1000,10000 --rounds 1

clean:
	rm -rf $(VENV) build dist student preview
