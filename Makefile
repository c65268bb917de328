# Plain `make` lists the targets. All of them need only python3 (>= 3.11, with venv) and make.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
# make report DOSSIER=data/my-topic runs every notebook on that dossier instead of its own; dashboard opens it
DOSSIER ?=
# A backend forced from outside changes what notebooks print; each run is to be the same as on a desk.
unexport MPLBACKEND
export PYTHONHASHSEED := 0

.PHONY: help report test browser-test lab dashboard lint notebooks codebook clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# `python3 -m venv` without ensurepip leaves half an environment and a long message: ask first, in one line.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "analystkit needs Python 3.11 or newer; found: $$($(PYTHON) --version)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
	  || { echo "This python3 has no venv/ensurepip: install the package python3-venv (Debian, Ubuntu: apt-get install python3-venv), then run make again."; exit 1; }
	@echo "Setting up .venv (once, about a minute) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,parity]'
	@touch $@

.venv/.extra-%: $(STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[$*]'
	@touch $@

report: $(STAMP) ## Check the dossiers, run the notebooks, write reports/*.html
	@$(BIN)/python -m analystkit report $(DOSSIER)

test: $(STAMP) lint ## Unit tests, doctests, import contract, and the notebooks under nbval
	@$(BIN)/python -c 'import matplotlib.pyplot'
	@$(BIN)/python -m pytest -q

browser-test: .venv/.extra-browser ## Notebooks, explorers and report pages in a real, headless Chromium
	@cd tests/browser && ../../$(BIN)/python -c 'import driving, sys; sys.exit(driving.missing() or None)'
	@$(BIN)/python -m pytest -q tests/browser

lint: $(STAMP) ## Style, formatting and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy

lab: $(STAMP) ## Open the notebooks in JupyterLab
	@$(BIN)/jupyter lab notebooks

# Asked for a comparison first: a dossier that does not open is told in one line here, not on the page.
dashboard: .venv/.extra-dashboard ## Open the explorers without code cells (DOSSIER=data/my-topic)
	@$(BIN)/python -m analystkit compare '$(or $(DOSSIER),data/alibaba-ai-plan)' > /dev/null
	@cd dashboard && DOSSIER='$(DOSSIER)' ../$(BIN)/python -m voila explorers.ipynb

notebooks: $(STAMP) ## Run the notebooks anew and keep their outputs
	@$(BIN)/jupyter nbconvert --to notebook --execute --inplace notebooks/*.ipynb

codebook: $(STAMP) ## Write data/README.md from the schemas
	@$(BIN)/python -m analystkit codebook > data/README.md

clean: ## Remove the environment and the reports
	rm -rf .venv reports
