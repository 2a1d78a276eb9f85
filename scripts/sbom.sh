#!/usr/bin/env bash
# Writes what the published packages are made of, in CycloneDX, to target/sbom: the crates in the binary,
# and the npm package. Run by `make sbom`.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly OUT=target/sbom

PATH=$(scripts/cargo-tool.sh cargo-cyclonedx):$PATH
rm -rf "$OUT"
mkdir -p "$OUT"

# The command writes beside Cargo.toml and nowhere else.
trap 'rm -f crates.cdx.json' EXIT
cargo cyclonedx --quiet --format json --target all --override-filename crates.cdx
mv crates.cdx.json "$OUT/researchflow-core.crates.cdx.json"
npm sbom --sbom-format cyclonedx --omit dev --package-lock-only >"$OUT/researchflow-core.npm.cdx.json"

for bill in "$OUT"/*.json; do
  jq --exit-status '.bomFormat == "CycloneDX"' "$bill" >/dev/null
  printf '%s: %s components\n' "$bill" "$(jq '.components | length' "$bill")"
done
