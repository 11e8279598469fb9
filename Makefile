PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# The programs that tests run, built once and kept outside of the repository. CMLINT_TEST_HELM names a helm of one's own.
HELM_VERSION := v3.20.2
TOOLS := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/cmlint-test
HELM := $(if $(CMLINT_TEST_HELM),,$(TOOLS)/helm-$(HELM_VERSION))
KUSTOMIZE := $(TOOLS)/kustomize-v5.8.1
ACTIONLINT := $(TOOLS)/actionlint-v1.7.12
NPM := $(TOOLS)/npm/made-$(shell cksum < tests/support/npm/package-lock.json | cut -d ' ' -f 1)

# The programs of the system that tests run and that are not there. CHROMIUM names a browser of one's own.
MISSING := $(foreach name,$(if $(CHROMIUM),,chromium) openssl strace zsh fish,$(if $(shell command -v $(name)),,$(name))) \
  $(if $(shell command -v dot),,graphviz)

SUDO := $(if $(filter-out 0,$(shell id -u)),sudo)

# What `make test-editors` runs besides: Emacs with eglot, VS Code, and the YAML server of editors.
EMACS := $(if $(shell command -v emacs),,emacs)
EDITORS := $(TOOLS)/editors/made-$(shell cksum < tests/server/npm/package-lock.json | cut -d ' ' -f 1)

# A Kubernetes API server, unless the environment names another one. A name ends in a sum of what the program is made of.
KUBE_VERSION := $(shell sed -n 's/.*k8s.io\/kubernetes \(v[0-9.]*\)$$/\1/p' tests/apiserver/go.mod)
KUBE_SUM := $(shell cat tests/apiserver/go.* tests/apiserver/*/*.go | cksum | cut -d' ' -f1)
KUBE_GIVEN := $(KUBEBUILDER_ASSETS)$(and $(TEST_ASSET_KUBE_APISERVER),$(TEST_ASSET_ETCD))
KUBE := $(patsubst %,$(TOOLS)/kube-$(KUBE_VERSION)/%-$(KUBE_SUM),controllers $(if $(KUBE_GIVEN),,kube-apiserver etcd))
KUBE_FLAGS := -trimpath -buildvcs=false -gcflags=all=-dwarf=false \
	-ldflags "-s -w -X k8s.io/component-base/version.gitVersion=$(KUBE_VERSION)"
controllers := ./controllers
kube-apiserver := k8s.io/kubernetes/cmd/kube-apiserver
etcd := go.etcd.io/etcd/server/v3

# The versions of the Kubernetes client that users may have, each with what it needs itself.
CLIENTS := $(foreach major,34 35 36 37,$(TOOLS)/clients/$(shell $(or $(wildcard $(BIN)/python),$(PYTHON)) -c \
	'import sys; print("python%d.%d" % sys.version_info[:2])')/kubernetes-$(major))

# Without this, pyright asks the npm registry for a newer version on every run.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

# Tests start hundreds of processes: each would compile what it imports.
unexport PYTHONDONTWRITEBYTECODE

# How many processes run tests: one more than two cores can run, because some tests wait for programs.
PROCESSES ?= 3

# How long to search for mistakes.
MINUTES ?= 10

# How many mutants to make, and which of all.
MUTANTS ?= 500
SEED ?= 1

.PHONY: help demo style test test-live test-editors fuzz mutants docs site new-rule dist release-check test-installed test-oldest test-light emacs $(MISSING)

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1	\2/p' Makefile | expand -t 16

demo: $(VENV)/installed ## check the shop in fixtures/demo, which has one of each common mistake
	$(BIN)/cmlint check fixtures/demo; test $$? -eq 1

style: $(VENV)/dev ## format the code; check style, types and words
	$(BIN)/ruff format
	$(BIN)/ruff check --fix
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/python -m tests.support.words

test: $(VENV)/dev $(HELM) $(KUSTOMIZE) $(ACTIONLINT) $(KUBE) $(CLIENTS) $(NPM) $(MISSING) ## everything that must hold: style, types, tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/zizmor --offline --quiet .
	$(BIN)/hadolint Containerfile
	$(BIN)/shellcheck .ci/run ci/*.sh scripts/*.sh
	$(TOOLS)/actionlint/actionlint
	$(BIN)/pytest -n $(PROCESSES) --dist loadfile --no-loadscope-reorder

test-live: $(VENV)/dev $(HELM) $(KUSTOMIZE) $(KUBE) $(CLIENTS) $(filter openssl,$(MISSING)) ## what is tested with a real Kubernetes API server
	$(BIN)/pytest tests/live

test-editors: $(VENV)/dev $(EMACS) $(EDITORS) $(VENV)/editors $(filter chromium,$(MISSING)) ## the editor server with Neovim, Emacs, VS Code and yaml-language-server
	cd editors/vscode && npm ci --no-audit --no-fund && npx tsc --noEmit && npx vsce package --no-dependencies
	test "$$(stat -c %s editors/vscode/cmlint-*.vsix)" -lt 204800
	CMLINT_TEST_EDITORS=1 $(BIN)/pytest tests/server

fuzz: $(VENV)/dev $(HELM) $(KUSTOMIZE) ## search for mistakes with damaged inputs: make fuzz MINUTES=10
	$(BIN)/python -m tests.fuzz --minutes $(MINUTES)

mutants: $(VENV)/dev $(HELM) $(KUSTOMIZE) ## make mutants of the code that decides, and name those that no test notices
	$(BIN)/python -m tests.mutants --count $(MUTANTS) --seed $(SEED) --minutes 60

docs: $(VENV)/dev $(HELM) ## write all generated documents; the tests fail when one is stale
	$(BIN)/python -m tests.support.update

site: $(VENV)/dev ## build the documentation site into build/site
	$(BIN)/python scripts/site.py build/pages
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

new-rule: $(VENV)/installed ## begin a rule: make new-rule NAME=references/bad-thing
	$(BIN)/python scripts/new_rule.py "$(NAME)"

dist: $(VENV)/dev ## build what is published, into dist/
	$(BIN)/python -m build

release-check: ## check that the tag is the version and that the changelog has an entry for it
	$(PYTHON) scripts/release_check.py

test-installed: ## install into the current Python and try each command, on any system
	$(PYTHON) -m pip install --quiet .
	$(PYTHON) scripts/smoke.py $(PYTHON)

test-oldest: ## try each command with the oldest dependencies that pyproject.toml allows
	$(PYTHON) -m venv --clear build/uv && build/uv/bin/pip install --quiet uv
	build/uv/bin/uv venv --quiet --clear --python $(PYTHON) build/oldest
	build/uv/bin/uv pip install --quiet --python build/oldest --resolution lowest-direct .
	$(PYTHON) scripts/smoke.py build/oldest/bin/python

test-light: ## try each command with the dependencies of constraints-light.txt, and limit their size
	$(PYTHON) -m venv --clear build/light
	build/light/bin/pip install --quiet --no-compile --constraint constraints-light.txt .
	$(PYTHON) scripts/smoke.py build/light/bin/python
	test "$$(du -sm build/light | cut -f 1)" -lt 140

$(TOOLS)/helm-$(HELM_VERSION):
	@command -v go || { echo "tests run helm, and go builds it: install go, or set CMLINT_TEST_HELM=/path/to/helm"; exit 1; }
	@echo "building helm $(HELM_VERSION): each line is a package that is done"
	GOBIN=$(TOOLS)/bin go install -v helm.sh/helm/v3/cmd/helm@$(HELM_VERSION)
	touch $@

$(KUSTOMIZE):
	@command -v go >/dev/null || { echo "tests run kustomize, and go builds it: install go"; exit 1; }
	@echo "building $(@F): each line is a package that is done"
	GOBIN=$(TOOLS)/kustomize go install -v sigs.k8s.io/kustomize/kustomize/v5@$(@:$(TOOLS)/kustomize-%=%)
	touch $@

$(ACTIONLINT):
	@command -v go >/dev/null || { echo "tests run actionlint, and go builds it: install go"; exit 1; }
	GOBIN=$(TOOLS)/actionlint go install github.com/rhysd/actionlint/cmd/actionlint@$(@:$(TOOLS)/actionlint-%=%)
	touch $@

$(NPM):
	@command -v npm >/dev/null || { echo "tests run programs of npm: install node and npm"; exit 1; }
	mkdir -p $(@D) && cp tests/support/npm/*.json $(@D)
	npm ci --prefix $(@D) --ignore-scripts --no-audit --no-fund
	chmod +x $(@D)/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
	touch $@

$(EDITORS):
	@command -v npm >/dev/null || { echo "tests run programs of npm: install node and npm"; exit 1; }
	mkdir -p $(@D) && cp tests/server/npm/*.json $(@D)
	npm ci --prefix $(@D) --ignore-scripts --no-audit --no-fund
	npm install --prefix $(@D)/node_modules/code-server/lib/vscode --omit=dev --ignore-scripts --no-audit --no-fund
	touch $@

emacs:
	$(SUDO) apt-get update --quiet && $(SUDO) apt-get install --yes --no-install-recommends emacs-nox elpa-eglot \
		elpa-yaml-mode || { echo "tests run emacs: install it with eglot and yaml-mode"; exit 1; }

$(MISSING):
	$(SUDO) apt-get update --quiet && $(SUDO) apt-get install --yes --no-install-recommends $@ || { echo "tests run $@: install it" \
		"$(if $(filter chromium,$@),or set CHROMIUM=/path/to/chromium)"; exit 1; }

$(TOOLS)/kube-$(KUBE_VERSION)/%-$(KUBE_SUM):
	@command -v go || { echo "tests run Kubernetes' API server and its controllers, and go builds them: install go 1.26 or" \
		"newer (KUBEBUILDER_ASSETS may name a folder with kube-apiserver and etcd)"; exit 1; }
	@echo "building $* of Kubernetes $(KUBE_VERSION); the first time, all of it takes a quarter of an hour and 4 GB of disk." \
		"Each line is a package that is done, of some two thousand"
	cd tests/apiserver && export CGO_ENABLED=0 GOWORK=off && \
		go build -v $(KUBE_FLAGS) -o $(@D)/$*.$$$$ $($*) && mv $(@D)/$*.$$$$ $(@D)/$*
	touch $@

$(TOOLS)/clients/%: | $(VENV)/made
	@mkdir -p $(@D)
	$(BIN)/python -m pip install --quiet --no-compile --target $@.$$$$ "$(subst -,==,$(@F)).*" && mv $@.$$$$ $@ || \
		{ echo "tests run every version of the Kubernetes client: pip must be able to install $(@F)"; exit 1; }

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

$(VENV)/editors: $(VENV)/dev
	$(BIN)/python -m pip install --quiet --group editors
	touch $@
