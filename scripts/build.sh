#!/usr/bin/env bash
# Builds the release addon when one of its inputs is newer than the one in place. Run by `make build`.
set -euo pipefail
cd "$(dirname "$0")/.."

inputs=()
for input in src build.rs Cargo.toml Cargo.lock package.json rust-toolchain.toml .cargo; do
  if [ -e "$input" ]; then inputs+=("$input"); fi
done

platform=$(node -p 'process.platform + "-" + process.arch')
addon=$(compgen -G "lib/*.$platform*.node" | head -n 1 || true)

if [ -n "$addon" ] && [ -e lib/binding.d.ts ] &&
  [ -z "$(find "${inputs[@]}" -newer "$addon" -print -quit)" ]; then
  exit 0
fi
echo '==> release addon'
npm run build </dev/null
