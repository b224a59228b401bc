# make demo       install the core and project one announced build with its spread, a picture and a report
# make test       check style, types and import direction, then run every test
# make check      the checks and the fast tests: while you work
# make lint       the checks alone
# make fuzz       random scenarios, damaged files and requests, 100,000 of them; goes on where it was stopped
# make coverage   which lines and branches the tests run, in all and by room, against their floors
# make mutation   change the arithmetic, the ledger and the build-out in 300 places: what no test notices is listed
# make test-oldest  the goldens and the arithmetic with the lowest versions that pyproject.toml allows
# make test-newest  the same with the newest there are; PYTHON=python3.13 for another Python
# make bench      time the rooms, the studies and the command; figures are reported, not asserted, and stored
# make bench-compare  show what the last stored run of bench changed
# make notebooks  write the notebooks anew from their Python files, run, with what they show
# make docs       build the documents as a site in out/docs; it fails where a link leads nowhere
# make docs-images  draw the pictures of the documents again (screenshots need Chromium)
# make browser    install Chromium where that is permitted, and run the tests of the workbench in it
# make validation   simulate the published cases and write docs/validation.md, and its first table in the README
# make refresh-check  list the rows of the catalogue that are past their shelf life today, with where to look
# make clean      remove what the other targets made, the environment included

PYTHON ?= python3
VENV ?= .venv
WORKERS ?= 2
CASES ?= 100000
SAMPLE ?= 300
MINUTES ?= 120
BIN := $(VENV)/bin
DEMO_SCENARIO := scenarios/aion-288k-h100e.yaml
DEMO_OUT := out/aion
DEMO_REPORT := out/aion.html
OF_VERSIONS := tests/regression tests/unit/models tests/unit/ledger tests/unit/buildout tests/unit/projection
OF_ANY_VERSION := pytest pytest-xdist pytest-benchmark hypothesis jsonschema psychrolib numpy-financial openpyxl XlsxWriter
FAST_TESTS := tests/unit capsim/language capsim/models capsim/quantities capsim/units.py capsim/vocabulary

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export MPLBACKEND := Agg
# the suite starts hundreds of commands, and a fifth of the time of each is compiling what was compiled before
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo test test-oldest test-newest fuzz coverage mutation check lint bench bench-compare notebooks docs docs-images browser chromium validation refresh-check clean python

help:
	@sed -n 's/^# make/make/p' Makefile

demo: $(VENV)/.core
	$(BIN)/capsim run $(DEMO_SCENARIO) --out $(DEMO_OUT)
	$(BIN)/capsim report $(DEMO_OUT) --out $(DEMO_REPORT)
	@for file in $(DEMO_OUT)/overview.png $(DEMO_REPORT); do test -s $$file || { echo "$$file was not written" >&2; exit 1; }; done
	@echo "The picture is $(CURDIR)/$(DEMO_OUT)/overview.png (and overview.svg beside it)."
	@echo "The report is $(CURDIR)/$(DEMO_REPORT): open it in a browser, or send it."
	@echo "To play with it: $(BIN)/python -m pip install -c constraints.txt -e '.[web]' && $(BIN)/capsim serve $(DEMO_SCENARIO)"

test: lint
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --benchmark-disable

check: lint
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --benchmark-disable -m "not slow" $(FAST_TESTS)

fuzz: $(VENV)/.dev
	$(BIN)/python tests/fuzz/rounds.py --cases $(CASES) --minutes $(MINUTES) --workers $(WORKERS)

# left out: what starts browsers and kernels, and random cases, of which `make fuzz` has enough
coverage: $(VENV)/.dev
	rm -rf out/coverage
	COVERAGE_FILE=$(CURDIR)/out/coverage/data $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --benchmark-disable \
		--ignore tests/browser --ignore tests/notebooks --ignore tests/fuzz \
		--cov --cov-context=test --cov-report= --junitxml=out/coverage/times.xml -o junit_family=xunit1
	-$(BIN)/python -m coverage combine --quiet --append
	$(BIN)/python -m coverage json --quiet -o out/coverage/report.json
	$(BIN)/python tests/mutation/rooms.py

mutation: $(VENV)/.dev
	@test -f out/coverage/data || { echo "make coverage first: it says which tests run which lines" >&2; exit 1; }
	$(BIN)/python tests/mutation/mutate.py --again --sample $(SAMPLE)

# a copy without the tools whose own bounds are higher, so that nothing but what is declared is installed
test-oldest: OTHER := $(VENV)-oldest
test-oldest: BOUNDS := -c constraints-oldest.txt
test-newest: OTHER := $(VENV)-newest
test-oldest test-newest: python
	$(PYTHON) -m venv --clear $(OTHER)
	$(OTHER)/bin/python -m pip install --quiet $(BOUNDS) -e . $(OF_ANY_VERSION)
	$(OTHER)/bin/python -m pytest -n $(WORKERS) --dist worksteal --benchmark-disable $(OF_VERSIONS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev
	$(BIN)/python -m pytest benchmarks --benchmark-only --benchmark-autosave

bench-compare: $(VENV)/.dev
	$(BIN)/python benchmarks/compare.py

notebooks: $(VENV)/.dev
	$(BIN)/python notebooks/write_notebooks.py

docs: $(VENV)/.dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet
	@echo "The site is $(CURDIR)/out/docs/index.html."

docs-images: $(VENV)/.dev
	$(BIN)/python docs/draw_architecture.py
	$(BIN)/python docs/draw_report.py
	$(BIN)/python docs/draw_workbench.py

browser: $(VENV)/.dev chromium
	$(BIN)/python -m pytest tests/browser

# of the distribution's packages; where it cannot be had, the tests that need it are skipped with a word
chromium:
	@if ! { command -v chromium && command -v chromedriver; } >/dev/null; then \
		if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
			apt-get update -qq && apt-get install -y -qq chromium chromium-driver >/dev/null || echo "Chromium could not be installed" >&2; \
		else echo "Chromium and its driver are not there: install your distribution's packages of them" >&2; fi; \
	fi

validation: $(VENV)/.dev
	$(BIN)/python docs/write_validation.py

refresh-check: $(VENV)/.core
	@$(BIN)/capsim catalog stale

clean:
	rm -rf $(VENV) $(VENV)-oldest $(VENV)-newest out build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .benchmarks
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps: an environment is made again only when the project's requirements change.
$(VENV)/.core: pyproject.toml constraints.txt | python
	@echo "Installing capsim into $(VENV); the first time takes a minute or two."
	@$(PYTHON) -m venv $(VENV) || { echo "$(PYTHON) cannot make a virtual environment: install its venv module (python3-venv on Debian and Ubuntu)" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | python
	@echo "Installing capsim and its development tools into $(VENV); the first time takes a minute or two."
	@$(PYTHON) -m venv $(VENV) || { echo "$(PYTHON) cannot make a virtual environment: install its venv module (python3-venv on Debian and Ubuntu)" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[dev]"
	@touch $(VENV)/.core $@

python:
	@command -v $(PYTHON) >/dev/null || { echo "capsim needs Python 3.11 or newer; $(PYTHON) is not there. Try: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "capsim needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1). Try: make PYTHON=python3.12" >&2; exit 1; }
