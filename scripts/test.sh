#!/usr/bin/env bash
# Runs every test there is; a failure does not keep the rest from running. Ends with the closing
# lines of the runners, in their own words. Run by `make test`.
set -uo pipefail
cd "$(dirname "$0")/.." || exit

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
failed=()

# runner NAME PATTERN COMMAND...: PATTERN finds the lines that the runner itself closes with.
names=()
patterns=()
runner() {
  local name=$1 pattern=$2
  shift 2
  names+=("$name")
  patterns+=("$pattern")
  printf '\n==> %s: %s\n' "$name" "$*"
  "$@" </dev/null 2>&1 | tee "$logs/$name"
  if [ "${PIPESTATUS[0]}" -ne 0 ]; then failed+=("$name"); fi
}

# The lines of a runner without its colours.
plain() {
  sed -E $'s/\x1b\\[[0-9;]*m//g' "$1"
}

closing_lines() {
  plain "$2" | grep -E "$1" | awk 'NR <= 6 { sub(/^ */, "  "); print }' |
    grep . || printf '  it printed no summary\n'
}

runner rust '^test result:|^error(\[|:)' cargo test --locked --no-default-features
runner types ': ok$|error TS' scripts/types.sh
runner vitest '^ *(Test Files|Tests|Type Errors|Errors) ' npx --no-install vitest run
runner pytest '(passed|failed|error|no tests ran).* in [0-9.]+s' \
  env --chdir=stack/services/worker "$PWD/.venv/bin/python" -m pytest

printf '\n==> summaries\n'
for index in "${!names[@]}"; do
  printf '%s\n' "${names[$index]}"
  closing_lines "${patterns[$index]}" "$logs/${names[$index]}"
done

if [ ${#failed[@]} -gt 0 ]; then
  printf '\nfailed: %s\n' "${failed[*]}"
  for name in "${failed[@]}"; do
    # By name, as vitest, pytest and cargo write it.
    plain "$logs/$name" | grep -E '^ *FAIL(ED)? |^test .* FAILED$' | sort -u | head -8 | cut -c 1-200
  done
  exit 1
fi
