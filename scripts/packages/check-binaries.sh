#!/usr/bin/env bash
# Checks the Linux binaries below npm/ for what a loader would find out too late: the C library that
# they need, that they are never unloaded, and their size.
set -euo pipefail
cd "$(dirname "$0")/../.."

# The oldest glibc that a binary may need.
readonly GLIBC=2.17

give_up() {
  printf '%s: %s\n' "$@" >&2
  exit 1
}

for file in npm/linux-*/*.node; do
  name=${file##*/}
  needed=$(readelf --dynamic --wide "$file")
  [[ $needed == *NODELETE* ]] || give_up "$name" 'may be unloaded while its threads run'
  if [[ $name == *-musl.node ]]; then
    [[ $needed == *'[libc.so]'* && $needed != *'[libc.so.6]'* ]] || give_up "$name" 'is not linked to musl'
  else
    newest=$(readelf --version-info --wide "$file" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1)
    oldest_first=$(printf '%s\n' "GLIBC_$GLIBC" "$newest" | sort -V)
    [ "${oldest_first##*$'\n'}" = "GLIBC_$GLIBC" ] || give_up "$name" "needs $newest"
  fi
  size=$(wc -c <"$file")
  [ "$size" -lt 8000000 ] || give_up "$name" "has $size bytes, expected less than 8 MB"
  printf '%-42s %d bytes\n' "$name" "$size"
done
