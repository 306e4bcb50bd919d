# Two commands: `make report` publishes the sample's reports, `make test` checks the project.
# Nothing is needed but Python 3.11 or later (3.11 to 3.13 are tested), make, and a network for packages.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
SAMPLE_CLIENT ?= Alderbarrow Pumps
GALLERY_STUDIES ?= sample
LAB_OPTIONS ?=
# Files of tests beside each other, in their order: the small ones come last. Empty for one after the other.
# One more than there are cores, at most four: a test often waits, for a process that it started or for a disk.
SIDE_BY_SIDE ?= -n $(shell $(PYTHON) -c "import os; print(min(4, 1 + os.cpu_count()))") --dist loadscope --no-loadscope-reorder

# What is compiled once is not compiled again by each of the many processes, and each computes in one thread, as the
# commands do: threads of several processes only get in each other's way.
unexport PYTHONDONTWRITEBYTECODE
export OPENBLAS_NUM_THREADS := 1

.PHONY: help report messages test tests test-slow test-system test-browser test-lab dist audit fuzz attacks canaries kill calibration gallery docs pictures licences lint coverage lines format lock lab clean

help:
	@echo "make report       install, prepare the sample, publish its reports to reports/sample/"
	@echo "make test         lint, strict types and tests; needs no system package"
	@echo "make coverage     the tests' coverage, which has a floor"
	@echo "make lines        code lines of each package, without docstrings, blanks and comments"
	@echo "make tests        the tests alone"
	@echo "make test-slow    the slow ones: the site, the packages, hundreds of children"
	@echo "make test-system  install what deeper tests need (poppler, R, Java, PostgreSQL) and run them"
	@echo "make test-browser install Chromium and drive the questionnaire and every notebook in JupyterLab"
	@echo "make test-lab     the short form of it: one notebook in JupyterLab, saved as PDF and web page"
	@echo "make fuzz         mutated files, ten thousand of each kind (a tenth where one takes long): all that is read"
	@echo "make audit        the locked dependencies: licences, wheels for the next Python, known vulnerabilities"
	@echo "make attacks      all measures against written files, norms and extracts: what does an attacker find?"
	@echo "make canaries     two hundred clients' reports, searched for words of the others"
	@echo "make kill         stop batches of reports at fifty random moments and resume them"
	@echo "make calibration  repeat the simulations of docs/calibration.md (hours; resumes)"
	@echo "make gallery      draw docs/gallery.md from GALLERY_STUDIES (the sample; add your own)"
	@echo "make docs         build the documentation site: docs/_build/html/index.html"
	@echo "make pictures     draw the pictures of README.md from the sample"
	@echo "make messages     extract the texts that readers see, compile the catalogs, report what lacks a translation"
	@echo "make licences     write THIRD_PARTY_LICENSES.md from the installed packages"
	@echo "make lab          open the notebooks in JupyterLab"
	@echo "make dist         build sdist and wheel into dist/ and check them"
	@echo "make lock         rewrite the hash-locked requirements"
	@echo "make clean        remove the sample's study and reports"

# What a report needs, from the hash-locked list; the package itself is linked, not copied.
$(VENV)/installed: requirements.txt pyproject.toml
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Python 3.11 or newer is needed: make PYTHON=python3.12')"
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --require-hashes -r requirements.txt
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/installed-test: $(VENV)/installed requirements-test.txt
	$(PIP) install --quiet --require-hashes -r requirements-test.txt
	@touch $@

report: $(VENV)/installed
	$(BIN)/cfanalysis prepare data/sample/customer_focus_responses.csv \
	    --instrument data/instruments/customer_focus.yaml --out data/prepared/sample --replace
	$(BIN)/cfanalysis charts data/prepared/sample --out reports/sample/charts
	$(BIN)/cfanalysis report data/prepared/sample --client "$(SAMPLE_CLIENT)" --out reports/sample/clients
	$(BIN)/cfanalysis analyze data/prepared/sample --out reports/sample

lint: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python docs/unused.py

# Lint beside the tests: mypy takes one core for half a minute.
test: $(VENV)/installed-test
	$(MAKE) --jobs 2 lint tests

tests: $(VENV)/installed-test
	$(BIN)/python -m pytest -q $(SIDE_BY_SIDE) -m "not system and not browser and not slow"

# Whole sites, packages, galleries, two hundred children: a quarter of an hour.
test-slow: $(VENV)/installed-test
	$(BIN)/python -m pytest -q -m "slow and not system and not browser"

# The ordinary tests, and how much of the package they run; what they start in other processes does not count.
coverage: $(VENV)/installed-test
	$(BIN)/python -m pytest -q $(SIDE_BY_SIDE) -m "not system and not browser and not slow" --cov --cov-report=term:skip-covered

messages: $(VENV)/installed-test
	$(BIN)/python docs/messages.py

lines:
	@$(PYTHON) docs/lines.py

test-system: $(VENV)/installed-test
	sh tests/install_system_packages.sh
	$(BIN)/python -m pytest -q -m system

audit: $(VENV)/installed-test
	$(BIN)/python docs/audit.py

# Ten thousand mutated files of each kind that is read, of slow ones a tenth; the tries of each kind are printed.
fuzz: $(VENV)/installed-test
	CFANALYSIS_FUZZ=10000 $(BIN)/python -m pytest -q tests/fuzz -m fuzz

# The ordinary tests attack some measures, this all: charts, workbook and page as written, extracts, norms of four years.
attacks: $(VENV)/installed-test
	CFANALYSIS_ATTACKS=all $(BIN)/python -m pytest -q tests/test_attacks.py tests/test_attacks_on_text.py tests/test_attacks_over_time.py tests/test_others_change.py tests/test_disclosure.py tests/test_norms.py tests/test_norm_renewal.py

# Each of 200 clients has words of its own; none may stand in another's files, or in the memory of the processes.
canaries: $(VENV)/installed-test
	CFANALYSIS_CANARIES=200 $(BIN)/python -m pytest -q tests/test_isolation.py

test-browser: $(VENV)/installed-test
	sh tests/install_browser.sh
	$(BIN)/python -m pytest -q -m browser

test-lab: $(VENV)/installed-test
	sh tests/install_browser.sh
	$(BIN)/python -m pytest -q -m browser tests/browser/test_lab.py -k "client_report or token"

dist: $(VENV)/installed-test
	rm -rf dist
	$(BIN)/python -m build --no-isolation --outdir dist .
	$(BIN)/python -m twine check --strict dist/*

kill: $(VENV)/installed-test
	CFANALYSIS_KILLS=50 $(BIN)/python -m pytest -q tests/test_batch.py -k killed

calibration: $(VENV)/installed
	$(BIN)/python benchmarks/calibration/calibrate.py

gallery: $(VENV)/installed
	$(BIN)/python -m cfanalysis.charts.gallery $(GALLERY_STUDIES) --out docs/gallery.md

# A warning stops the build. docs/commands.md is regenerated from the commands.
docs: $(VENV)/installed-test
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

pictures: $(VENV)/installed
	$(BIN)/python docs/pictures/make.py

licences: $(VENV)/installed-test
	$(BIN)/python docs/licences.py

format: $(VENV)/installed-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The whole workbook is in JupyterLab's file browser: an own export goes into data/ by drag and drop.
lab: $(VENV)/installed
	$(BIN)/jupyter lab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks/start.ipynb $(LAB_OPTIONS)

# uv is needed only here: it resolves for every supported Python and platform at once.
lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --upgrade \
	    --extra build --extra widgets --output-file requirements.txt
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --constraints requirements.txt \
	    --extra build --extra widgets --extra dist --extra test --extra cluster --extra postgres --extra browser --extra docs \
	    --output-file requirements-test.txt

clean:
	rm -rf data/prepared/sample reports/sample
