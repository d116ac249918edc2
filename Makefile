# isocheck: what a contributor does, one word each. `make help` lists them.

GO ?= go
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOFUMPT := mvdan.cc/gofumpt@v0.12.0
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

TESTFLAGS ?= -timeout 20m

# The tests run images that are on the machine. The image of testcontainers'
# reaper would have to be pulled.
export TESTCONTAINERS_RYUK_DISABLED ?= true

.PHONY: build setup test race lint quick-lint fmt bench demo help clean

## build: bin/isocheck
build:
	$(GO) build -o bin/isocheck ./cmd/isocheck

## setup: install what the tests need on a Debian machine, and start Docker (as root)
setup:
	scripts/install-test-servers --docker

## test: all tests, against real servers
test:
	$(GO) test $(TESTFLAGS) ./...

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

## bench: all benchmarks
bench:
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
