.DEFAULT_GOAL := help
SHELL := /bin/bash
VENV := .venv
PY := $(VENV)/bin/python
PACKAGES := libs/contracts libs/runtime libs/sqlguard libs/databases \
  services/gateway services/summarizer services/sqlgen services/executor services/webhooks
LOCKS := build services embedded embedded-store
RUN_INPUTS := tools/install.sh $(LOCKS:%=requirements/%.txt) $(PACKAGES:%=%/pyproject.toml)
PYTEST := $(PY) -m pytest
PYTEST_ARGS ?=
# Tests start the five services again and again: what Python has compiled once is kept.
unexport PYTHONDONTWRITEBYTECODE
EVAL_DATA ?= ../shared/evaldata/dev
EVAL_OUT := .rowcall-eval
EVAL_SETS := spider_train/questions:validate chinook/questions:all defog/questions:all defog/unanswerable:all
EVAL_ARGS ?= --copies 5
TRAIN_DATA = $(EVAL_DATA)/spider_train
TRAIN_OUT := .rowcall-train
TRAINED := services/sqlgen/rowcall_sqlgen/trained

.PHONY: help install run test lint lint-types lint-rest fmt schemas chaos bench eval train graphs lock check-wheels clean

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

install: $(VENV)/run.stamp ## Build .venv from the locked requirements

run: $(VENV)/run.stamp ## Start everything on this machine; Ctrl-C stops it
	@exec $(PY) -m tools.local.run

# Tests wait for servers as long as they compute: three processes keep two cores busy.
test: $(VENV)/dev.stamp ## Run all tests but chaos
	$(PYTEST) --numprocesses 3 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

lint: $(VENV)/dev.stamp ## Check style, types, imports, sizes and generated files
	@$(MAKE) --no-print-directory --jobs 2 lint-types lint-rest

# mypy's longer half leaves a core idle for a while, which is enough for all other checks.
lint-types:
	$(PY) -m tools.checks.types

lint-rest:
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/lint-imports
	$(PY) -m tools.checks.sizes
	$(PY) -m tools.checks.publishing
	$(PY) -m tools.checks.addresses
	$(PY) -m tools.checks.dependencies
	$(PY) -m tools.checks.deployment
	$(PY) -m tools.checks.generated

fmt: $(VENV)/dev.stamp ## Format the code and mend what ruff can mend
	$(VENV)/bin/ruff check --fix-only --quiet .
	$(VENV)/bin/ruff format .

schemas: $(VENV)/dev.stamp ## Write the generated documents anew
	$(PY) -m tools.checks.generated --write

chaos: $(VENV)/dev.stamp ## Run the long fault tests
	$(PYTEST) tests/chaos $(PYTEST_ARGS)

bench: $(VENV)/dev.stamp ## Measure; writes bench/RESULTS.md
	$(PY) -m bench

eval: $(VENV)/dev.stamp ## Measure the SQL generator on the open question sets; writes docs/accuracy.md
	@test -d $(EVAL_DATA) || { echo "There are no open question sets at $(EVAL_DATA); name them: make eval EVAL_DATA=..."; exit 1; }
	@rm -rf $(EVAL_OUT) && mkdir -p $(EVAL_OUT)
	@set -e; for set in $(EVAL_SETS); do \
	  file=$${set%:*}; out=$(EVAL_OUT)/$${file//\//-}; echo; \
	  $(PY) -m rowcall_sqlgen.evaluate --questions $(EVAL_DATA)/$$file.jsonl --databases $(EVAL_DATA)/$${file%/*}/databases \
	    --fold $${set#*:} --out $$out.json --predictions $$out.jsonl $(EVAL_ARGS); \
	done
	$(PY) -m rowcall_sqlgen.evaluate.accuracy_page --page docs/accuracy.md \
	  $(foreach set,$(EVAL_SETS),$(EVAL_OUT)/$(subst /,-,$(firstword $(subst :, ,$(set)))).json)

train: $(VENV)/training.stamp ## Train the semantic parser (two hours on two cores); writes services/sqlgen/rowcall_sqlgen/trained
	@test -d $(TRAIN_DATA) || { echo "There is no training data at $(TRAIN_DATA); name it: make train TRAIN_DATA=..."; exit 1; }
	$(PY) -m tools.training --questions $(TRAIN_DATA)/questions.jsonl --databases $(TRAIN_DATA)/databases \
	  --out $(TRAINED)/parser.npz
	$(PY) -m tools.graphs
	@mkdir -p $(TRAIN_OUT)
	@set -e; for half in 0 1; do \
	  $(PY) -m tools.training --questions $(TRAIN_DATA)/questions.jsonl --databases $(TRAIN_DATA)/databases \
	    --half $$half --seed $$half --epochs 10 --out $(TRAIN_OUT)/half$$half.npz; \
	done
	$(PY) -m tools.training.calibration --questions $(TRAIN_DATA)/questions.jsonl --databases $(TRAIN_DATA)/databases \
	  --parser $(TRAINED)/parser.npz --halves $(TRAIN_OUT)/half0.npz $(TRAIN_OUT)/half1.npz --out $(TRAINED)/trust.npz

graphs: $(VENV)/training.stamp ## Write the networks' graphs anew, after a change of their definition
	$(PY) -m tools.graphs

lock: $(VENV)/dev.stamp ## Resolve requirements/*.in anew
	tools/lock.sh

check-wheels: $(VENV)/dev.stamp ## Check that every platform has wheels (network)
	$(PY) -m tools.checks.wheels

clean: ## Delete .venv, caches and the state of `make run`
	rm -rf $(VENV) .rowcall $(EVAL_OUT) $(TRAIN_OUT) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

$(VENV)/run.stamp: $(RUN_INPUTS)
	tools/install.sh $(VENV) $(LOCKS) -- $(PACKAGES)
	@touch $@

$(VENV)/dev.stamp: $(RUN_INPUTS) requirements/dev.txt
	tools/install.sh $(VENV) $(LOCKS) dev -- $(PACKAGES)
	@touch $(VENV)/run.stamp $@

$(VENV)/training.stamp: $(VENV)/dev.stamp requirements/training.txt
	tools/install.sh $(VENV) training
	@touch $@
