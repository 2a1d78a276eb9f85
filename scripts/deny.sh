#!/usr/bin/env bash
# Checks the Rust dependencies against deny.toml: which are refused, their licences, where they come from,
# and whether a weakness of theirs is known, where the list of those can be had. Run by `make deny`.
set -euo pipefail
cd "$(dirname "$0")/.."

PATH=$(scripts/cargo-tool.sh cargo-deny):$PATH

cargo fetch --locked --quiet
cargo deny --locked --offline check --hide-inclusion-graph bans licenses sources

# The list is a git repository, which not every machine reaches; where it must be reached, say so.
if cargo deny fetch db >/dev/null 2>&1; then
  cargo deny --locked check --hide-inclusion-graph advisories
elif [ -n "${ADVISORIES_REQUIRED:-}" ]; then
  printf 'deny: the list of known weaknesses could not be fetched\n' >&2
  exit 1
else
  printf 'deny: the list of known weaknesses could not be fetched; it was NOT checked\n' >&2
fi
