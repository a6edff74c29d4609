# Kartoteka. A bare `make` prints the targets.

.DEFAULT_GOAL := help
SHELL := /bin/bash

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LINT_VERSION := v2.15.0
DATA ?= ../shared/data

.PHONY: help build demo test test-browser check format vet lint imports generated eval bench bench-hub bench-matching bench-resolution bench-workbench fuzz-short test-slow chaos chaos-selftest clean

help: ## print this
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1\t\2/p' Makefile | expand -t 14

build: ## bin/kartoteka, one static binary
	CGO_ENABLED=0 go build -trimpath -tags timetzdata -ldflags "-s -w -X main.version=$(VERSION)" -o bin/kartoteka ./cmd/kartoteka

demo: build ## customers of a bank, a telecom and a 1C trade system become golden records
	@scripts/need postgres
	bin/kartoteka demo

test: ## all tests, with the race detector, against real PostgreSQL and Kafka (installs what is missing)
	@scripts/test

test-browser: ## the workbench in a headless Chromium; pictures of docs/workbench: make test-browser UPDATE=1
	@scripts/need postgres
	@scripts/need browser
	go test -count=1 -timeout 10m -v ./steward/browser $(if $(UPDATE),-update)

check: format vet lint imports generated test ## everything that must hold before a commit is merged

format: ## are all files formatted?
	@scripts/format

vet: ## go vet
	go vet ./...

lint: bin/golangci-lint ## golangci-lint
	bin/golangci-lint run

imports: ## do imports point inward?
	go test -count=1 .

generated: ## are the generated files up to date?
	@scripts/generated

eval: build ## matching on labelled sets; DATA=DIR SETS=A,B PEOPLE=CSV,TRUTH BASE=COMMIT FREEZE=1 BEST=false ABLATE=1
	@scripts/eval -data "$(DATA)" -people "$(PEOPLE)" -sets "$(SETS)" -base "$(BASE)" -freeze="$(if $(FREEZE),true,false)" -best="$(if $(BEST),$(BEST),true)" -ablate="$(if $(ABLATE),true,false)"

bench: ## each benchmark once, so that it compiles for ever; figures are in docs/bench
	@scripts/need postgres
	go test -run '^$$' -bench . -benchtime 1x ./...

bench-hub: ## load a million rows, against COPY alone; XLSX, first start: make bench-hub ROWS=1000000
	@scripts/bench $(ROWS)

bench-resolution: ## a hub with a base of a million rows: later records, single ones, look-ups, storage: make bench-resolution ROWS=1000000
	@scripts/bench-resolution $(ROWS)

bench-workbench: ## what a steward waits for on a big base: make bench-workbench PEOPLE=1000000 TASKS=10000 BASE=DIR (kept between runs)
	@scripts/bench-workbench $(or $(PEOPLE),1000000) $(or $(TASKS),10000) "$(BASE)"

bench-matching: ## who is who of a million synthetic people, against a peer: make bench-matching ROWS=1000000 RUNS=3 PEER=DIR
	@PEER="$(PEER)" scripts/bench-matching $(or $(ROWS),1000000) $(or $(RUNS),3)

fuzz-short: ## each fuzz test for ten seconds
	@scripts/fuzz-short

test-slow: ## the tests once more with KARTOTEKA_SLOW=1: more histories, bigger populations
	@KARTOTEKA_SLOW=1 scripts/test -timeout 2h ./...
	@scripts/schemathesis

chaos: ## kills the program at every turn and checks its promises: make chaos SEED=7 MINUTES=2 FAULTS=kill,pause,pgkill
	@scripts/need postgres
	@go run ./cmd/chaos -seed $(or $(SEED),1) -minutes $(or $(MINUTES),2) -faults "$(FAULTS)" -report "$(REPORT)"

chaos-selftest: ## plants bugs in the program, each of which chaos must find
	@scripts/need postgres
	@go run ./cmd/chaos -selftest

clean: ## remove what was built
	rm -rf bin
	go clean -testcache

bin/golangci-lint: Makefile
	GOBIN=$(CURDIR)/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)
	@touch $@
