# Parley. `make run` starts it with a demo company, `make test` tests everything.
.PHONY: run test build pages pages-check go-test

run: build
	./bin/parley serve --demo

build:
	@.ci/deps run
	go build -o bin/ ./cmd/parley ./cmd/parley-sphinx

test: build
	@.ci/deps test
	$(MAKE) pages-check
	$(MAKE) go-test

# What only computes is tested whole without the race detector, which makes a regular
# expression fifteen times slower and finds nothing in it; -short leaves it out of the raced run.
# Browser tests drive the real binary in Chromium; they are Go tests like the others. What makes
# calls in real time comes last and alone: recognition wants the processor. Most of a call is
# waiting, so more of the server's tests run at a time than there are processors.
go-test:
	@bad=$$(gofmt -l $$(find . -name '*.go' -not -path '*/node_modules/*')); test -z "$$bad" || { echo "not formatted:"; echo "$$bad"; exit 1; }
	go vet ./...
	PATH="$(CURDIR)/bin:$$PATH" go test -timeout 20m ./dialog/... ./vision/... ./media/sip/audio ./cmd/parley/delivery
	PATH="$(CURDIR)/bin:$$PATH" go test -race -short -timeout 20m $$(go list ./... | grep -v /cmd/parley)
	PATH="$(CURDIR)/bin:$$PATH" go test -race -timeout 20m -p 1 $$(go list ./cmd/... | grep -v /serve$$)
	PATH="$(CURDIR)/bin:$$PATH" go test -race -timeout 40m -parallel 4 ./cmd/parley/serve

# The pages are built, committed and embedded; this rebuilds them.
pages:
	cd web/app && npm install --no-save --no-audit --no-fund --loglevel=error && npm run build

# npm install, not ci: some registries lack the optional packages for other platforms.
# Front-end tests, and whether the committed pages are what the sources make.
pages-check:
	cd web/app && npm install --no-save --no-audit --no-fund --loglevel=error && npm test && npm run check
