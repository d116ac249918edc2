# isocheck: what a contributor does, one word each. `make help` lists them.

GO ?= go
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOFUMPT := mvdan.cc/gofumpt@v0.12.0
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

TESTFLAGS ?= -timeout 30m

# The tests run images that are on the machine. The image of testcontainers'
# reaper would have to be pulled.
export TESTCONTAINERS_RYUK_DISABLED ?= true

.PHONY: build setup test soak race lint quick-lint fmt bench demo help clean

## build: bin/isocheck
build:
	$(GO) build -o bin/isocheck ./cmd/isocheck

## setup: install what the tests need on a Debian machine, and start Docker (as root)
setup:
	scripts/install-test-servers --docker

## test: all tests, against real servers
test:
	$(GO) test $(TESTFLAGS) ./...
	cd deploy/kubernetes && $(GO) test $(TESTFLAGS) ./...

## soak: the checker against brute force and broken databases, hundreds of thousands of times, an hour of faults, and isocheck killed 200 times (hours)
soak:
	ISOCHECK_SOAK=1 $(GO) test -run 'Reference|Soak|Agree|Contradictions|MemoryOfLongRuns|KilledAtAnyMoment' -timeout 0 ./checker/... ./databases/memory/... ./harness/... ./cmd/isocheck

## race: all tests with the race detector
race:
	$(GO) test -race $(TESTFLAGS) ./...

## quick-lint: gofumpt, go vet, staticcheck
quick-lint:
	@unformatted=$$($(GO) run $(GOFUMPT) -l .); \
	if [ -n "$$unformatted" ]; then echo "not formatted (make fmt):"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...

## lint: quick-lint and golangci-lint (which takes minutes to compile once)
lint: quick-lint
	$(GO) run $(GOLANGCI) run ./...

## fmt: format all code
fmt:
	$(GO) run $(GOFUMPT) -w .

## bench: how fast histories are read and checked (ISOCHECK_BENCH_FULL=1: 10 million transactions too), then all benchmarks
bench:
	$(GO) run ./checker/internal/figures
	$(GO) test -run '^$$' -bench . -benchmem $(TESTFLAGS) ./...

## demo: make the README's output and screenshot again, from real runs
demo: build
	scripts/demo

## clean: remove what was built
clean:
	rm -rf bin isocheck-results

## help: this list
help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)
