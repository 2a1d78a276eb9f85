#!/bin/sh
# use-packed.sh TARBALLS PLATFORM: installs the package and the binary of a platform from tarballs into
# an empty project and uses them, as the image or machine that this runs on would. For any sh.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tarballs=$(cd "$1" && pwd)
platform=$2

project=$(mktemp -d)
cd "$project"
echo '{ "name": "a-project", "private": true }' >package.json
npm install --offline --omit=optional --no-audit --no-fund --loglevel=error \
  "$tarballs"/researchflow-core-"$platform"-*.tgz "$tarballs"/researchflow-core-[0-9]*.tgz
cp "$here/smoke.mjs" .
node smoke.mjs
