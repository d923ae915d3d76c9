# exsim: `make run` starts the simulator, `make check` runs the quick tests, `make test` all.
# It needs python3 (3.11 or later, with venv and headers), make and, to be fast, a C compiler. What it
# installs goes to two folders: $(VENV), for development, runs the sources as they lie here;
# $(COMPILED) has exsim as users install it, compiled where there is a compiler.

PYTHON ?= python3
VENV ?= .venv
COMPILED ?= .venv-compiled
# EXSIM_PURE=1 does without compiling, and without $(COMPILED)
EXSIM_PURE ?=
# For `make bench`: which
BENCH ?= fix-in
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
# So that it starts as soon where PYTHONDONTWRITEBYTECODE is set: that is no reason not to read any,
# and tests start hundreds
BYTECODE := $(BIN)/python -m compileall -q exsim tests tools twisted
# The type checker of the page, where there is npm
TSC := $(if $(shell which npm 2>/dev/null),node_modules/.installed)
METADATA := setup.cfg setup.py pyproject.toml
SOURCES := $(shell find exsim twisted -type f ! -name '*.py[co]' ! -name dropin.cache)
ifneq ($(filter-out 0,$(EXSIM_PURE)),)
FAST := $(VENV)
else
FAST := $(COMPILED)
BOTH := --compiled '$(COMPILED)/bin/python'
endif

.PHONY: help run bench check test soak compile setup dist clean

help:
	@echo 'make run     start the simulator on $(CONFIG); stop it with Ctrl-C  [CONFIG=FILE ARGS=...]'
	@echo 'make bench   measure: BENCH=fix-in, or another that exsim bench --help names  [ARGS=...]'
	@echo 'make check   unit tests, types and style; under two minutes'
	@echo 'make test    all of check, and the tests with real sockets and processes  [FIXAT=PATH]'
	@echo 'make soak    a row of long tests, whole: ROW=fix-bytes  [SEED=N COUNT=N]'
	@echo 'make compile only compile exsim, in $(COMPILED); run, bench, test and soak do it where needed'
	@echo 'make setup   only set up $(VENV) for development; the others do it where needed'
	@echo 'make dist    source archive and wheel, in dist/'
	@echo 'make clean   remove what was built, $(VENV) and $(COMPILED) too'
	@echo 'Variables: PYTHON=$(PYTHON) VENV=$(VENV) COMPILED=$(COMPILED)'
	@echo 'EXSIM_PURE=1 make run (or bench, or test) does not compile: ready sooner, half as fast.'

run: $(FAST)/.installed
	@$(FAST)/bin/twistd -n --pidfile= exsim -c $(CONFIG) $(ARGS)

bench: $(FAST)/.installed
	@$(FAST)/bin/exsim bench $(BENCH) $(ARGS)

compile: $(COMPILED)/.installed
	@$(COMPILED)/bin/exsim version

check: $(VENV)/.developing $(TSC)
	-@$(BYTECODE)
	@$(BIN)/python -m tools.runtests check

test: $(VENV)/.developing $(FAST)/.installed $(TSC)
	-@$(BYTECODE)
	@$(BIN)/python -m tools.runtests test $(if $(FIXAT),--fixat '$(FIXAT)') $(BOTH)

soak: $(VENV)/.developing $(FAST)/.installed
	-@$(BYTECODE)
	@$(BIN)/python -m tests.soak $(ROW) $(if $(SEED),--seed $(SEED)) $(if $(COUNT),--count $(COUNT)) \
		$(BOTH)

setup: $(VENV)/.developing

dist: $(VENV)/.developing
	@rm -rf dist
	@$(BIN)/python -m build --outdir dist

clean:
	rm -rf $(VENV) $(COMPILED) build dist node_modules *.egg-info .mypy_cache .ruff_cache .hypothesis _trial_temp*
	find exsim tests tools twisted -name __pycache__ -prune -exec rm -rf {} +
	rm -f twisted/plugins/dropin.cache

# The stamps, in $(VENV), make a change of the metadata install anew.
$(VENV)/.installed: $(METADATA) | $(VENV)/.created
	@echo 'Installing exsim in $(VENV) ...'
	@$(PIP) install --editable .
	@$(BYTECODE)
	@touch $@

$(VENV)/.developing: $(METADATA) | $(VENV)/.created
	@echo 'Installing exsim and its development tools in $(VENV) ...'
	@$(PIP) install --editable '.[dev]'
	@$(BYTECODE)
	@touch $(VENV)/.installed $@

node_modules/.installed: package.json package-lock.json
	@echo 'Installing the type checker of the page in node_modules ...'
	@npm ci --silent --no-audit --no-fund && touch $@ || echo 'npm failed: the types of the page are not checked'

# Where sources changed that are not compiled, what was compiled is taken from build/.
$(COMPILED)/.installed: $(METADATA) $(SOURCES) | $(COMPILED)/.created
	@echo 'Compiling exsim for $(COMPILED): one to three minutes (EXSIM_PURE=1 make ... does without)'
	@touch $@.begun
	@$(COMPILED)/bin/python -m pip -qq --disable-pip-version-check install .
	@$(COMPILED)/bin/exsim version | grep -q compiled || echo 'Not compiled, so exsim runs at about' \
		'half its speed. Why: $(COMPILED)/bin/python -m pip -v install . | grep "stays pure"'
	@mv $@.begun $@

$(VENV)/.created $(COMPILED)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
		"exsim needs Python 3.11 or later; name one: make PYTHON=python3.12")'
	@$(PYTHON) -m venv $(@D)
	@touch $@
