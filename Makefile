# What every change must pass. Needs `bin/setup dev tf` first.

PYTHON := .venv/bin/python

.PHONY: check format imports lint shapes test types

check: lint types imports test shapes

lint:
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .

types:
	$(PYTHON) -m mypy

imports:
	.venv/bin/lint-imports

test:
	$(PYTHON) -m pytest

# Checks the array shapes that the model's signatures promise.
shapes:
	$(PYTHON) -m pytest tests/model --jaxtyping-packages=model,beartype.beartype \
		-m "not (compiled or gpu or slow or shared or standin)"

format:
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .
