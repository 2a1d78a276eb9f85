#!/usr/bin/env bash
# Runs the core's tests under AddressSanitizer, which sees what reads or writes memory that is not its own,
# and memory that is lost. Run by `make asan`.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly TOOLCHAIN=nightly

if ! rustup run "$TOOLCHAIN" rustc --version >/dev/null 2>&1; then
  printf 'asan: install the nightly toolchain: rustup toolchain install %s --profile minimal\n' "$TOOLCHAIN" >&2
  exit 1
fi
host=$(rustup run "$TOOLCHAIN" rustc -vV | sed -n 's/^host: //p')

# tests LEAKS FILTER...: a target of its own, so that build scripts and macros are left alone.
tests() {
  local leaks=$1
  shift
  RUSTFLAGS=-Zsanitizer=address ASAN_OPTIONS=detect_leaks=$leaks LSAN_OPTIONS=suppressions=$PWD/scripts/asan.leaks \
    cargo "+$TOOLCHAIN" test --locked --no-default-features --lib --target "$host" --target-dir target/asan -- "$@"
}

# Whoever looks for leaks stops all threads as a debugger does, which the kernel guard refuses.
tests 1 --skip egress::kernel::tests
tests 0 egress::kernel::tests
