PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# The programs that tests run, built once and kept outside of the repository. CMLINT_TEST_HELM names a helm of one's own.
HELM_VERSION := v3.20.2
TOOLS := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/cmlint-test
HELM := $(if $(CMLINT_TEST_HELM),,$(TOOLS)/helm-$(HELM_VERSION))
NPM := $(TOOLS)/npm/made-$(shell cksum < tests/support/npm/package-lock.json | cut -d ' ' -f 1)

# The programs of the system that tests run and that are not there. CHROMIUM names a browser of one's own.
MISSING := $(foreach name,$(if $(CHROMIUM),,chromium) zsh fish,$(if $(shell command -v $(name)),,$(name)))

# Without this, pyright asks the npm registry for a newer version on every run.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

.PHONY: help demo test docs new-rule dist $(MISSING)

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1	\2/p' Makefile | expand -t 16

demo: $(VENV)/installed ## check the shop in fixtures/demo, which has one of each common mistake
	$(BIN)/cmlint check fixtures/demo; test $$? -eq 1

test: $(VENV)/dev $(HELM) $(NPM) $(MISSING) ## everything that must hold: style, types, tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/pytest -n 2 --dist loadfile

docs: $(VENV)/dev $(HELM) ## write all generated documents anew; the tests fail when one is stale
	$(BIN)/python -m tests.support.update

new-rule: $(VENV)/installed ## begin a rule: make new-rule NAME=references/bad-thing
	$(BIN)/python scripts/new_rule.py "$(NAME)"

dist: $(VENV)/dev ## build what is published, into dist/
	$(BIN)/python -m build

$(TOOLS)/helm-$(HELM_VERSION):
	@command -v go || { echo "tests run helm, and go builds it: install go, or set CMLINT_TEST_HELM=/path/to/helm"; exit 1; }
	GOBIN=$(TOOLS)/bin go install helm.sh/helm/v3/cmd/helm@$(HELM_VERSION)
	touch $@

$(NPM):
	@command -v npm >/dev/null || { echo "tests run programs of npm: install node and npm"; exit 1; }
	mkdir -p $(@D) && cp tests/support/npm/*.json $(@D)
	npm ci --prefix $(@D) --ignore-scripts --no-audit --no-fund
	chmod +x $(@D)/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
	touch $@

$(MISSING):
	apt-get update --quiet && apt-get install --yes --no-install-recommends $@ || { echo "tests run $@: install it" \
		"$(if $(filter chromium,$@),or set CHROMIUM=/path/to/chromium)"; exit 1; }

$(VENV)/made:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	touch $@

$(VENV)/installed: $(VENV)/made pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	$(BIN)/python -m compileall -q lint rules
	touch $@

$(VENV)/dev: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --editable ".[kustomize]" --group dev
	touch $@
