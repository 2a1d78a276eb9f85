#!/usr/bin/env bash
# Installs a cargo command of a fixed version into target/tools, unless it is there, and says where
# commands are found: `PATH=$(scripts/cargo-tool.sh cargo-deny):$PATH`.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly TOOLS=$PWD/target/tools

version_of() {
  case $1 in
    cargo-cyclonedx) echo 0.5.9 ;;
    cargo-deny) echo 0.20.2 ;;
    cargo-fuzz) echo 0.13.2 ;;
    *) printf 'cargo-tool: expected a command with a version here, but found another\n' >&2 && exit 1 ;;
  esac
}

tool=$1
version=$(version_of "$tool")
if ! grep -qs "^\"$tool $version " "$TOOLS/.crates.toml"; then
  printf '==> %s %s in target/tools\n' "$tool" "$version" >&2
  cargo install --quiet --locked --root "$TOOLS" --target-dir "$TOOLS/build" "$tool@$version" >&2
fi
printf '%s\n' "$TOOLS/bin"
