# Two commands do everything on a fresh machine: make demo, make test.
# They need Python 3.11 or newer with venv, a C++ compiler, and git.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
LOCKS := build/locks/build.txt build/locks/binding.txt build/locks/dev.txt
DEMO := dist/demo-installed
QUESTION ?= What torque do the fluid end studs need?
# The demo's installer runs without any network where the system lets us take it away.
OFFLINE := $(shell unshare -rn true 2>/dev/null && echo unshare -rn)

.PHONY: help setup engine demo test check bench corpus texts clean

help:
	@echo "make demo    build the demo release, install it offline, ask it a question"
	@echo "make test    all tests"
	@echo "make check   lint, types, import contracts, unit tests (about a minute)"
	@echo "make bench   measure against llama.cpp's own programs, write docs/performance.md (an hour)"
	@echo "make corpus  read a folder of strange documents (DIR=...), report what does not arrive"
	@echo "make texts   bring the translations of the interface up to date"
	@echo "make clean   remove dist/ (the caches and .venv stay)"

setup: .venv/.ready

# The binding is installed without libraries (its own build would compile them for this very CPU);
# the engine is built portable by the next target. --no-cache-dir keeps that wheel out of pip's cache.
.venv/.ready: pyproject.toml $(LOCKS)
	$(PYTHON) -c 'import sys; sys.exit("fieldkit needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv
	$(PIP) install --quiet --require-hashes -r build/locks/build.txt
	$(PIP) install --quiet --require-hashes -r build/locks/dev.txt
	CMAKE_ARGS="-DLLAMA_BUILD=OFF -DLLAVA_BUILD=OFF" PATH="$(CURDIR)/$(BIN):$$PATH" $(PIP) install --quiet \
	    --no-cache-dir --no-deps --no-build-isolation --require-hashes -r build/locks/binding.txt
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	touch $@

engine: setup
	$(BIN)/fieldkit engine

demo: setup
	run=$$($(BIN)/fieldkit build demo) && echo && \
	    $(OFFLINE) sh "$$run" --quiet --prefix "$(CURDIR)/$(DEMO)"
	@echo
	@echo '$$ $(DEMO)/bin/fieldkit ask "$(QUESTION)"'
	@$(OFFLINE) $(DEMO)/bin/fieldkit ask "$(QUESTION)"
	@echo
	@echo "That was the installed assistant, from its installer$(if $(OFFLINE), and with no network). Next:"
	@echo "  $(DEMO)/bin/fieldkit            talk to it"
	@echo "  $(DEMO)/bin/fieldkit probe      see what this laptop can carry"
	@echo "  $(DEMO)/bin/fieldkit uninstall  remove it"

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest -q -n auto --dist loadgroup -m "not engine and not slow" tests/unit

test: engine
	$(BIN)/pytest -n auto --dist loadgroup

# ROWS=decode,stop measures these alone and keeps the others; BENCH=--help shows what else there is.
bench: engine
	$(BIN)/python -m tests.bench $(if $(ROWS),--only $(ROWS)) $(BENCH)

# Compares with pdftotext (poppler-utils) and pandoc, where they are installed.
corpus: setup
	@test -n "$(DIR)" || { echo 'Name a folder of documents: make corpus DIR=FOLDER'; exit 2; }
	$(BIN)/python -m tests.corpus "$(DIR)" $(CORPUS)

# Extracts the interface's texts, merges them into the catalogs and compiles these.
texts: setup
	$(BIN)/python -m tests.catalogs

clean:
	rm -rf dist
