#!/usr/bin/env bash
# Checks the Rust dependencies against deny.toml: which are refused, their licences, where they come from,
# and with ADVISORIES=1 whether a weakness of theirs is known. Run by `make deny`.
set -euo pipefail
cd "$(dirname "$0")/.."

PATH=$(scripts/cargo-tool.sh cargo-deny):$PATH

cargo fetch --locked --quiet
cargo deny --locked --offline check --hide-inclusion-graph bans licenses sources

# The list of known weaknesses is a git repository of its own, which not every machine reaches.
if [ -n "${ADVISORIES:-}" ]; then
  cargo deny --locked check --hide-inclusion-graph advisories
else
  printf 'deny: known weaknesses were NOT checked; ADVISORIES=1 does\n'
fi
