# Everything a person or a machine runs here. Each target does what it needs first: a fresh
# Debian with Rust, Node 20 and Python 3.11 can start with any of them.

.DEFAULT_GOAL := help
.PHONY: help setup build demo test test-node bench soak packages phi-report phi-bench fuzz asan deny sbom types fmt lint docs clean

# The steps share compilers and cores: side by side they would only wait for each other.
.NOTPARALLEL:

# For the demo, on the command line only: MODE is too common a name to be taken from anywhere.
MODE = LIVE
ONCE =

# For test-node.
VERSION = 22

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Installs what is missing: Debian, npm and Python packages
	@scripts/setup.sh

build: setup ## Builds the release addon, unless it is up to date
	@scripts/build.sh

demo: build ## Runs the whole stack until Ctrl-C; ONCE=1 shows a failure and ends, MODE=STANDBY|DEMO|LIVE
	@exec node scripts/demo.mjs --mode '$(MODE)' $(if $(filter-out 0 no false,$(ONCE)),--once)

test: build ## Runs all tests: Rust, types, vitest, pytest
	@scripts/test.sh

test-node: build ## Runs the specs under another Node.js: VERSION=22
	@scripts/test-node.sh '$(VERSION)'

bench: build ## Measures against peers, side by side; ONLY=load one of them, DOCS=1 into docs/performance.md
	@npm run --silent bench

soak: build ## 500 exits, 1,000 threads, and MINUTES=10 of failing servers; prints the figures
	@RF_EXITS=500 RF_THREADS=1000 npx --no-install vitest run __test__/lifecycle.spec.ts
	@node --import tsx bench/soak/index.mjs

packages: setup ## Builds, packs and tries the packages of the platforms that run here; as root
	@scripts/packages.sh

phi-report: ## Shows by kind what the redactor lets through and what it takes too much
	@cargo test --quiet --locked --no-default-features --test phi_corpus -- --nocapture

phi-bench: ## Measures the redactor: nanoseconds a line, milliseconds a mebibyte
	@cargo run --quiet --release --locked --no-default-features --example phi_bench

fuzz: ## Fuzzes every reader of outside bytes, FUZZ_SECONDS=60 each, or TARGETS='mode address'
	@scripts/fuzz.sh

asan: ## Runs the core's tests under AddressSanitizer
	@scripts/asan.sh

deny: ## Checks the licences and sources of the Rust dependencies; ADVISORIES=1 their known weaknesses too
	@scripts/deny.sh

sbom: ## Writes the bills of materials of the crate and the npm package to target/sbom
	@scripts/sbom.sh

types: build ## Checks the TypeScript of the package, its specs and the orchestrator
	@scripts/types.sh

fmt: ## Formats the Rust sources
	@cargo fmt

lint: setup ## Clippy and oxlint with warnings denied
	@npx --no-install oxlint --deny-warnings
	cargo clippy --locked --no-default-features --all-targets -- -D warnings
	cargo clippy --locked -- -D warnings

docs: ## Builds the Rust documentation with warnings denied
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps --document-private-items

clean: ## Removes what the build made
	@cargo clean
	@rm -f lib/*.node
