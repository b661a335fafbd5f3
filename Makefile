# Mingjing 明镜. `make help` lists what can be done.
SHELL := /bin/bash
GO ?= go
BIN := bin/mingjing
TOOLS := bin/tools
GOLANGCI := v2.15.0
GOFUMPT := v0.12.0
PKGS := ./cmd/... ./internal/... ./web
NPM ?= npm
export CGO_ENABLED := 0
export GOFLAGS := -buildvcs=false

CONSOLE := web/dist/app/index.html
.PHONY: help build web e2e shots demo test check verify bench fuzz chaos prepare lint unit

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-8s %s\n", $$1, $$2}'

build: $(CONSOLE) ## build bin/mingjing, one static binary with its console
	$(GO) build -trimpath -o $(BIN) ./cmd/mingjing

# The console is built anew when its sources or the interface's description have changed.
$(CONSOLE): web/node_modules/.ready docs/openapi.json web/index.html web/vite.config.ts $(shell find web/src web/public -type f -not -name schema.ts)
	cd web && $(NPM) run api && $(NPM) run build

web/node_modules/.ready: web/package-lock.json web/api/package-lock.json
	cd web && $(NPM) ci --no-audit --no-fund && $(NPM) --prefix api ci --no-audit --no-fund
	touch $@

web: web/node_modules/.ready ## check the console: types, its unit tests, the build
	cd web && $(NPM) run api && $(NPM) run check

e2e: build ## the stories of the console in a real Chromium, on a simulated province
	cd web && npx playwright test --config e2e/playwright.config.ts --project stories

shots: build ## pictures of every page, both languages, wide and narrow, light and dark, in web/shots/
	cd web && npx playwright test --config e2e/playwright.config.ts --project shots

demo: build ## start on http://127.0.0.1:8080 and let a simulated province of 20 trading systems live
	$(BIN) demo --data data/demo --listen 127.0.0.1:8080 --seed 1 --dockets 3000 --months 24 --pace 1440

prepare:
	@bash scripts/prepare.sh

unit: ## the fast tests only, on SQLite, no servers started
	$(GO) test -short $(PKGS)

test: prepare web ## everything that CI runs: the console's checks, format, vet, all tests on SQLite and PostgreSQL, the stories in Chromium
	@unformatted=$$(gofmt -l cmd internal clients); if [ -n "$$unformatted" ]; then echo "not formatted: $$unformatted"; exit 1; fi
	$(GO) vet $(PKGS)
	$(GO) mod verify
	CI=$${CI:-true} $(GO) test -timeout 20m $(PKGS)
	CI=$${CI:-true} $(MAKE) e2e

check: lint unit ## before a commit: format, lint, vet, unit tests

lint: $(TOOLS)/golangci-lint $(TOOLS)/gofumpt
	@unformatted=$$($(TOOLS)/gofumpt -l cmd internal clients); if [ -n "$$unformatted" ]; then echo "run gofumpt -w on: $$unformatted"; exit 1; fi
	$(TOOLS)/golangci-lint run $(PKGS)
	$(GO) vet $(PKGS)

$(TOOLS)/golangci-lint:
	GOBIN=$(CURDIR)/$(TOOLS) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI)

$(TOOLS)/gofumpt:
	GOBIN=$(CURDIR)/$(TOOLS) $(GO) install mvdan.cc/gofumpt@$(GOFUMPT)

verify: ## fail when a generated file is stale: rewrite all, then compare with what is committed
	$(GO) test -count=1 $(shell grep -rlE 'flag.Bool."update"' --include='*_test.go' internal cmd | xargs -n1 dirname | sort -u | sed 's|^|./|') -update
	git diff --exit-code -- docs internal

bench: build ## benchmarks; the figures of the closing notes come from here
	bash scripts/bench.sh

fuzz: ## fuzz every parser, FUZZTIME each (default 30s)
	bash scripts/fuzz.sh $${FUZZTIME:-30s}

chaos: build ## kill -9 a thousand times in the middle of work, then verify
	MINGJING_KILLS=1000 $(GO) test -count=1 -timeout 4h -run TestKill -v ./cmd/mingjing
