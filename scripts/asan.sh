#!/usr/bin/env bash
# Runs the core's tests under AddressSanitizer, which sees what reads or writes memory that is not its own,
# and memory that is lost. Arguments go to the tests. Run by `make asan`.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly TOOLCHAIN=nightly

if ! rustup run "$TOOLCHAIN" rustc --version >/dev/null 2>&1; then
  printf 'asan: install the nightly toolchain: rustup toolchain install %s --profile minimal\n' "$TOOLCHAIN" >&2
  exit 1
fi
host=$(rustup run "$TOOLCHAIN" rustc -vV | sed -n 's/^host: //p')
# A target of its own, so that build scripts and macros are left alone.
RUSTFLAGS=-Zsanitizer=address \
  cargo "+$TOOLCHAIN" test --locked --no-default-features --lib --target "$host" --target-dir target/asan "$@"
