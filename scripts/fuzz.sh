#!/usr/bin/env bash
# Runs the fuzz targets one after the other, FUZZ_SECONDS each: all, or those that TARGETS names. What
# they learn stays in fuzz/corpus, and bytes that break a property in fuzz/artifacts. Run by `make fuzz`.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly FUZZ_SECONDS=${FUZZ_SECONDS:-60}
readonly TOOLCHAIN=nightly
# Instrumented code takes this much for one input where it hangs.
readonly TIMEOUT=20

main() {
  local target failed=()
  require_toolchain
  PATH=$(scripts/cargo-tool.sh cargo-fuzz):$PATH
  for target in $(targets); do
    say "$target, for $FUZZ_SECONDS s"
    run "$target" || failed+=("$target")
  done
  [ ${#failed[@]} -eq 0 ] || give_up "broken: ${failed[*]}; the bytes are in fuzz/artifacts"
}

say() { printf '==> %s\n' "$*"; }

give_up() {
  printf 'fuzz: %s\n' "$@" >&2
  exit 1
}

# Compilers are the caller's choice: they are asked for, not installed.
require_toolchain() {
  local missing=()
  rustup run "$TOOLCHAIN" rustc --version >/dev/null 2>&1 ||
    missing+=("the nightly toolchain: rustup toolchain install $TOOLCHAIN --profile minimal")
  command -v c++ >/dev/null || missing+=('a C++ compiler, for libFuzzer: apt-get install g++')
  [ ${#missing[@]} -eq 0 ] || give_up "${missing[@]/#/install }"
}

targets() {
  local target
  for target in ${TARGETS:-fuzz/fuzz_targets/*.rs}; do
    basename "$target" .rs
  done
}

run() {
  local target=$1 sanitizer=address log status=0
  local options=(-max_total_time="$FUZZ_SECONDS" -timeout="$TIMEOUT" -print_final_stats=1)
  case $target in
    # It repeats what it is given and looks at the time, of which a sanitizer takes the most.
    redact_linear) sanitizer=none options+=(-max_len=24 -dict=fuzz/redact.dict) ;;
    redact_*) options+=(-max_len=512 -dict=fuzz/redact.dict) ;;
    *) options+=(-max_len=1024) ;;
  esac
  mkdir -p "fuzz/corpus/$target"
  log=$(mktemp)
  cargo "+$TOOLCHAIN" fuzz run --sanitizer "$sanitizer" "$target" "fuzz/corpus/$target" "fuzz/seeds/$target" -- "${options[@]}" \
    >"$log" 2>&1 || status=$?
  if [ "$status" -ne 0 ]; then
    tail -n 60 "$log"
  else
    awk '/^stat::number_of_executed_units/ { runs = $2 } /cov: / { for (i = 1; i < NF; i++) if ($i == "cov:") cov = $(i + 1) }
      END { printf "    %d runs, %d places reached, no property broken\n", runs, cov }' "$log"
  fi
  rm -f "$log"
  return "$status"
}

main
