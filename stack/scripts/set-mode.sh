#!/bin/sh
# Sets ROS_MODE in .env, so that a later `docker compose up` keeps it: set-mode.sh LIVE|DEMO|STANDBY|''
# An empty mode leaves the decision to GOVERNANCE_MODE. Takes effect when the services are recreated.
set -eu
umask 077
cd "$(dirname "$0")/.."

mode=${1?expected LIVE, DEMO, STANDBY or an empty word}
case $mode in
  LIVE | DEMO | STANDBY | '') ;;
  *) echo 'set-mode: expected LIVE, DEMO, STANDBY or an empty word' >&2 && exit 2 ;;
esac
[ -f .env ] || { echo 'set-mode: .env is missing' >&2 && exit 1; }

# Where .env is a link, what it leads to is written.
env=$(readlink -f .env)
trap 'rm -f "$env.new" 2>/dev/null || true' EXIT
# Written beside and renamed: a disk that is full leaves the old one.
{ grep -v '^ROS_MODE=' "$env" || [ $? -eq 1 ]; } >"$env.new"
printf 'ROS_MODE=%s\n' "$mode" >>"$env.new"
mv "$env.new" "$env"
echo "set-mode: ROS_MODE=$mode in .env"
