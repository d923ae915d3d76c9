# exsim: `make run` starts the simulator, `make check` runs the quick tests, `make test` all.
# It needs python3 (3.11 or later, with venv and headers) and make; everything else goes to $(VENV).

PYTHON ?= python3
VENV ?= .venv
# For `make run`: more options, such as ARGS="--set rest.listen=tcp:0"
ARGS ?=
CONFIG ?= etc/exsim.ini
# For `make test`: the path of fixat.py, which runs QuickFIX's acceptance scripts
FIXAT ?=
# For `make soak`: the row, and the seed of its cases and how many, if not a new one and all
ROW ?=
SEED ?=
COUNT ?=

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
METADATA := setup.cfg setup.py pyproject.toml

.PHONY: help run check test soak setup dist clean

help:
	@echo 'make run     start the simulator on $(CONFIG); stop it with Ctrl-C  [CONFIG=FILE ARGS=...]'
	@echo 'make check   unit tests, types and style; under two minutes'
	@echo 'make test    all of check, and the tests with real sockets and processes  [FIXAT=PATH]'
	@echo 'make soak    a row of long tests, whole: ROW=fix-bytes  [SEED=N COUNT=N]'
	@echo 'make setup   only set up $(VENV) for development; the others do it where needed'
	@echo 'make dist    source archive and wheel, in dist/'
	@echo 'make clean   remove what was built, $(VENV) too'
	@echo 'Variables: PYTHON=$(PYTHON) VENV=$(VENV)'

run: $(VENV)/.installed
	@$(BIN)/twistd -n --pidfile= exsim -c $(CONFIG) $(ARGS)

check: $(VENV)/.developing
	@$(BIN)/python -m tools.runtests check

test: $(VENV)/.developing
	@$(BIN)/python -m tools.runtests test $(if $(FIXAT),--fixat '$(FIXAT)')

soak: $(VENV)/.developing
	@$(BIN)/python -m tests.soak $(ROW) $(if $(SEED),--seed $(SEED)) $(if $(COUNT),--count $(COUNT))

setup: $(VENV)/.developing

dist: $(VENV)/.developing
	@rm -rf dist build/lib build/bdist.*
	@$(BIN)/python -m build --outdir dist

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .hypothesis _trial_temp*
	find exsim tests tools twisted -name __pycache__ -prune -exec rm -rf {} +
	rm -f twisted/plugins/dropin.cache

# The stamps, in $(VENV), make a change of the metadata install anew.
$(VENV)/.installed: $(METADATA) | $(VENV)/.created
	@echo 'Installing exsim in $(VENV) ...'
	@$(PIP) install --editable .
	@touch $@

$(VENV)/.developing: $(METADATA) | $(VENV)/.created
	@echo 'Installing exsim and its development tools in $(VENV) ...'
	@$(PIP) install --editable '.[dev]'
	@touch $(VENV)/.installed $@

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
		"exsim needs Python 3.11 or later; name one: make PYTHON=python3.12")'
	@$(PYTHON) -m venv $(VENV)
	@touch $@
