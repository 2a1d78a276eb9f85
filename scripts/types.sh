#!/usr/bin/env bash
# Checks all TypeScript: the package's declarations with the specs that use them, then the router
# of models and the orchestrator. Run by `make types`.
set -euo pipefail
cd "$(dirname "$0")/.."

npx --no-install tsc --noEmit --project tsconfig.json
echo 'types of the package and its specs: ok'
npm --prefix stack/packages/ai-router run --silent typecheck
echo 'types of the router of models: ok'
npm --prefix stack/services/orchestrator run --silent typecheck
echo 'types of the orchestrator: ok'
