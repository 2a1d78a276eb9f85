#!/usr/bin/env bash
# Builds the packages of the platforms that can be built and run on Debian 12, x86-64, packs them with
# the package itself into target/packages, and uses each under a Node.js of its own. The other
# platforms are built by the release workflow. Run by `make packages`.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly OUT=$PWD/target/packages
readonly TOOLS=$PWD/target/package-tools
# The oldest glibc that a binary may need.
readonly GLIBC=2.17

main() {
  [ "$(uname -sm)" = 'Linux x86_64' ] || give_up 'expected Linux on x86-64'
  install_tools
  npx --no-install napi create-npm-dirs >/dev/null
  export PATH=$TOOLS/python/bin:$PATH
  build linux-x64-gnu x86_64-unknown-linux-gnu cargo zigbuild --target "x86_64-unknown-linux-gnu.$GLIBC"
  build linux-arm64-gnu aarch64-unknown-linux-gnu \
    with_debian_rust zigbuild --target "aarch64-unknown-linux-gnu.$GLIBC"
  # Debian has no standard library for musl, so it is built as well; and linked at run time, as
  # Node's own is.
  RUSTFLAGS=-Ctarget-feature=-crt-static RUSTC_BOOTSTRAP=1 \
    build linux-x64-musl x86_64-unknown-linux-musl \
    with_debian_rust zigbuild -Zbuild-std=std,panic_unwind --target x86_64-unknown-linux-musl
  scripts/packages/check-binaries.sh
  node scripts/packages/try.mjs "$OUT" "$TOOLS"
}

give_up() {
  printf 'packages: %s\n' "$@" >&2
  exit 1
}

say() { printf '==> %s\n' "$*"; }

# Cross compilers and what runs their output: the linker of zig, Debian's Rust for other targets, and
# the C library of each target.
install_tools() {
  mkdir -p "$TOOLS"
  if ! [ -x "$TOOLS/python/bin/cargo-zigbuild" ]; then
    say 'Python packages: ziglang, cargo-zigbuild'
    python3 -m venv "$TOOLS/python"
    "$TOOLS/python/bin/pip" install --quiet --disable-pip-version-check --requirement scripts/packages/requirements.txt
  fi
  if ! [ -e /usr/lib/rustlib/aarch64-unknown-linux-gnu ] || ! [ -x /usr/bin/qemu-aarch64 ] ||
    ! compgen -G '/usr/src/rustc-*/library' >/dev/null; then
    say "Debian packages: its Rust for arm64, the sources of the standard library, an emulator"
    dpkg --add-architecture arm64
    apt-get update --quiet
    DEBIAN_FRONTEND=noninteractive apt-get install --quiet --yes --no-install-recommends \
      rustc-web cargo-web rust-web-src libstd-rust-web-dev:arm64 qemu-user binutils
  fi
  scripts/packages/runtimes.sh "$TOOLS"
}

# rustup's toolchain may have no standard library for the target; Debian's has.
with_debian_rust() {
  RUSTC=/usr/bin/rustc CARGO=/usr/bin/cargo /usr/bin/cargo "$@"
}

build() {
  local platform=$1 target=$2
  shift 2
  say "$platform"
  "$@" --release --locked
  cp "target/$target/release/libresearchflow_core.so" "npm/$platform/researchflow-core.$platform.node"
}

main
