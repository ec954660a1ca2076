# Everything runs in .venv, made from the hashed requirements.lock; only git, make and Python 3.11 or later are needed.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed-$(shell (pwd; cat requirements.lock pyproject.toml) | sha256sum | cut -c1-16)
DATA ?= data
export DATA

.DEFAULT_GOAL := help
.PHONY: run test lab check fuzz bench chaos mutants lock help

run: $(INSTALLED) ## run what is out of date and publish outputs/site
	@$(BIN)/dti run --data "$$DATA"

test: $(INSTALLED) ## everything the project checks
	@$(BIN)/ruff check . && $(BIN)/ruff format --check --quiet . && $(BIN)/mypy && $(BIN)/lint-imports --no-logo --no-cache && $(BIN)/dti check && $(BIN)/pytest

lab: $(INSTALLED) ## open JupyterLab in this environment
	@DTI_DATA="$$(cd "$$DATA" && pwd)" $(BIN)/jupyter lab notebooks

check: $(INSTALLED) ## validate data, frameworks and notebooks
	@$(BIN)/dti check --data "$$DATA"

bench: $(INSTALLED) ## time the batch beside papermill, scoring beside plain pandas, and all that explains, tests and plans
	@for bench in batch scoring change firmness bounds planning peers everything nation; do echo "— $$bench"; $(BIN)/python tests/bench/$$bench.py; done

chaos: $(INSTALLED) ## kill, starve and disturb the batch at 30 moments and every step
	@DTI_CHAOS=30 $(BIN)/pytest tests/test_chaos.py

fuzz: $(INSTALLED) ## damage the repository's own files at random, for long
	@FUZZ=60 $(BIN)/pytest tests/test_fuzz.py

mutants: $(INSTALLED) ## change the arithmetic in every way and see whether a test notices (hours; ONLY="dti_analysis.scores.gaps*" for a part)
	@$(BIN)/mutmut run $(ONLY); $(BIN)/mutmut results

lock: ## resolve pyproject.toml anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --extra dev --extra cluster \
	  --custom-compile-command "make lock" pyproject.toml -o requirements.lock

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*##/ {printf "make %-6s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(INSTALLED):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is too old: Python 3.11 or later is needed (make PYTHON=…)"; exit 1; }
	@$(PYTHON) -m venv --clear .venv || { echo "no venv module: on Debian, apt install python3-venv"; exit 1; }
	@echo "installing the locked packages into .venv …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
