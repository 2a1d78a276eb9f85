#!/bin/sh
# Backs up the ResearchFlow database, and proves that the backups restore.
#
#   db-backup.sh COMMAND...      one after the other, up to the first that fails
#
#   backup      dumps the database, verifies the dump, and only then gives it its name
#   retention   removes backups older than RETENTION_DAYS, never the newest good one
#   verify      checks BACKUP_FILE, or the newest backup, from its first byte to its last
#   restore     replaces the database with BACKUP_FILE, all or nothing; CONFIRM=yes
#   drill       restores the newest good backup into a scratch database, compares, drops it
#   list        the backups, the newest first
#
#   BACKUP_DIR              /backups
#   BACKUP_FILE             a backup, by its path or by its name in BACKUP_DIR
#   RETENTION_DAYS          30
#   DRILL_DATABASE          restore_drill; dropped before and after a drill
#   PGHOST, PGPORT, ...     as libpq has them; PGUSER and PGDATABASE default to POSTGRES_USER, POSTGRES_DB
#   POSTGRES_PASSWORD_FILE  a file that holds the password, such as a mounted secret; else PGPASSFILE
#
# Exit: 0 done, 1 failed and what was there is still there, 2 called in a wrong way, 3 restored, and
# differs from what was dumped or could not be compared with it, 75 another run holds the lock, 130 or 143 stopped.
#
# A backup is NAME.dump (pg_dump's custom format), NAME.dump.sha256 (as `sha256sum -c` reads it) and
# NAME.dump.counts (each table's rows and a checksum of them, from the snapshot that was dumped).
#
# POSIX sh, because postgres:16-alpine has BusyBox. No data and no address is printed: what a tool
# says of an error may hold rows, so it is kept beside the backups, as private as they are.
set -eu
umask 077
export LC_ALL=C

SELF=db-backup
dir=${BACKUP_DIR:-/backups}
scratch=${DRILL_DATABASE:-restore_drill}
keep_days=${RETENTION_DAYS:-30}
# A server that vanished without a word is given up after a minute.
conninfo='connect_timeout=10 keepalives_idle=30 keepalives_interval=10 keepalives_count=3 tcp_user_timeout=60000'
failure=1
work='' child='' session='' partial='' made_scratch='' locked=''

main() {
  [ $# -gt 0 ] || wrong_use 'expected one of: backup retention verify restore drill list'
  for command in "$@"; do
    case $command in
      backup | retention | verify | restore | drill | list) ;;
      *) wrong_use 'expected one of: backup retention verify restore drill list' ;;
    esac
  done
  [ -d "$dir" ] || fail 'the backup directory is missing: create it, or set BACKUP_DIR'
  trap clean_up EXIT
  trap 'say "stopped by a signal"; exit 143' TERM HUP
  trap 'say "stopped by a signal"; exit 130' INT
  trap '' PIPE # a session that ended is noticed by its answer
  work=$(mktemp -d)
  for command in "$@"; do "$command"; done
}

# --- commands ---------------------------------------------------------------------------------

backup() {
  connect
  lock
  rm -f "$dir"/.partial.* # of runs that were killed
  name=backup_$(date -u +%Y%m%d_%H%M%S).dump
  [ ! -e "$dir/$name" ] || fail 'a backup of this second exists already'
  partial=$dir/.partial.$name

  open_snapshot
  run pg_dump --format=custom --snapshot="$snapshot" --file="$partial" --dbname="$conninfo" ||
    fail_with 'the dump failed'
  record_counts "$partial.counts"

  read_whole "$partial" || fail_with 'the dump cannot be read back'
  checksum "$partial" || fail_with 'the dump cannot be read back'
  printf '%s  %s\n' "$sum" "$name" >"$partial.sha256" || fail 'the checksum cannot be written'
  sync "$partial" "$partial.sha256" "$partial.counts" || fail 'the backup cannot be flushed to the disk'

  # The dump is last: where it has its name, the other two have theirs.
  if ! { mv "$partial.sha256" "$dir/$name.sha256" && mv "$partial.counts" "$dir/$name.counts" &&
    mv "$partial" "$dir/$name" && sync "$dir"; }; then
    fail 'the backup cannot be given its name'
  fi
  partial=''
  say "wrote $name: $(size_of "$dir/$name"), $(summary "$dir/$name.counts")"
}

retention() {
  case $keep_days in '' | 0* | *[!0-9]* | ??????*) wrong_use 'RETENTION_DAYS: expected whole days, 1 or more' ;; esac
  lock
  cutoff=$(date -u -d "@$(($(date +%s) - keep_days * 86400))" +%Y%m%d%H%M%S)
  newest_good || fail 'no backup is good, so none is removed'
  removed=0
  for name in $(backups); do
    stamp=$(printf %s "$name" | tr -cd 0-9)
    if [ "$name" = "$good" ] || [ "$stamp" -ge "$cutoff" ]; then continue; fi
    # The dump is first: its companions alone are not taken for a backup.
    for part in '' .sha256 .counts; do rm -f "$dir/$name$part" || fail "$name cannot be removed"; done
    removed=$((removed + 1))
    say "removed $name"
  done
  for companion in "$dir"/backup_*.dump.sha256 "$dir"/backup_*.dump.counts; do
    if [ -e "$companion" ] && [ ! -e "${companion%.*}" ]; then rm -f "$companion"; fi
  done
  say "removed $removed older than $keep_days days; the newest good one is $good"
}

verify() {
  choose
  check "$file" || fail "$(basename "$file") is damaged: $damage"
  say "$(basename "$file") is good: $(size_of "$file"), $(summary "$file.counts")"
}

restore() {
  [ "${CONFIRM:-}" = yes ] || wrong_use 'restore replaces the database: set CONFIRM=yes'
  [ -n "${BACKUP_FILE:-}" ] || wrong_use 'restore needs BACKUP_FILE: the list command shows the backups'
  connect
  lock
  choose
  check "$file" || fail "$(basename "$file") is damaged: $damage; the database is untouched"
  others=$(psql_here -c "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
    AND coalesce(backend_type, 'client backend') = 'client backend' AND pid <> pg_backend_pid()") || fail_with 'the database cannot be asked'
  [ "$others" -eq 0 ] || fail "$others other sessions use the database: stop the orchestrator and the worker first"
  load "$file" "$conninfo" || fail_with 'the restore failed; the database is as it was before'
  # From here on the database is another one: no failure may say that nothing has changed.
  failure=3
  compare "$file.counts" "$conninfo" || fail "restored, but not the same as when it was dumped: $differs"
  failure=1
  say "restored $(basename "$file"): $(summary "$file.counts"), the same as when it was dumped"
}

drill() {
  connect
  [ "$PGDATABASE" != "$scratch" ] || wrong_use 'DRILL_DATABASE is the database itself'
  case $scratch in '' | [!a-z]* | *[!a-z0-9_]*) wrong_use 'DRILL_DATABASE: expected a-z, 0-9 and _' ;; esac
  newest_good || fail 'no backup is good'
  in_scratch="$conninfo dbname=$scratch"
  made_scratch=yes
  psql -XAtq -v ON_ERROR_STOP=1 -d "$conninfo dbname=postgres" -c "DROP DATABASE IF EXISTS $scratch WITH (FORCE)" \
    -c "CREATE DATABASE $scratch TEMPLATE template0" >/dev/null 2>"$work/stderr" </dev/null ||
    fail_with 'the scratch database cannot be made'
  load "$dir/$good" "$in_scratch" || fail_with "$good does not restore"
  compare "$dir/$good.counts" "$in_scratch" || fail "$good restores, but not the same as when it was dumped: $differs"
  drop_scratch || fail_with 'the scratch database cannot be dropped'
  say "$good restores: $(summary "$dir/$good.counts"), the same as when it was dumped"
  [ "$damaged" -eq 0 ] || fail "$damaged newer backups are damaged"
}

list() {
  any=''
  for name in $(backups | sort -r); do
    any=yes
    printf '%s  %s  %s\n' "$name" "$(size_of "$dir/$name")" "$(summary "$dir/$name.counts")"
  done
  [ -n "$any" ] || say 'no backups'
}

# --- files ------------------------------------------------------------------------------------

# One run at a time. The lock ends with the process, and with what it started.
lock() {
  if [ -n "$locked" ]; then return; fi
  [ -w "$dir" ] || fail 'the backup directory is not writable'
  command -v flock >/dev/null || fail 'flock is missing'
  exec 9>"$dir/.lock"
  flock -n 9 || { complain 'another run holds the lock'; exit 75; }
  locked=yes
}

# The names of all backups, the oldest first.
backups() {
  d="[0-9]"
  for path in "$dir"/backup_$d$d$d$d$d$d$d${d}_$d$d$d$d$d$d.dump; do
    if [ -f "$path" ]; then basename "$path"; fi
  done
}

choose() {
  case ${BACKUP_FILE:-} in
    '') file=$dir/$(backups | tail -n 1) ;;
    */*) file=$BACKUP_FILE ;;
    *) file=$dir/$BACKUP_FILE ;;
  esac
  [ -f "$file" ] || fail 'there is no such backup: the list command shows them'
}

# Sets `good`, and `damaged` to how many newer ones are not.
newest_good() {
  good='' damaged=0
  for name in $(backups | sort -r); do
    if check "$dir/$name"; then
      good=$name
      return 0
    fi
    complain "$name is damaged: $damage"
    damaged=$((damaged + 1))
  done
  return 1
}

check() {
  damage='it has no checksum' && [ -s "$1.sha256" ] || return 1
  read -r expected named <"$1.sha256" || return 1
  damage='its checksum is of another file' && [ "$named" = "$(basename "$1")" ] || return 1
  damage='it cannot be read' && checksum "$1" || return 1
  damage='its checksum differs' && [ "$sum" = "$expected" ] || return 1
  read_whole "$1" || { damage="it cannot be read: $(cause)" && return 1; }
}

# Sets `sum`.
checksum() {
  run sha256sum "$1" >"$work/sum" && read -r sum rest <"$work/sum" && [ -n "$rest" ]
}

# The list is at the head of a dump: a file that was cut off has one too. So all of it is read.
read_whole() {
  run pg_restore --list "$1" >/dev/null && run pg_restore --file=/dev/null "$1"
}

size_of() { du -k "$1" | awk '{ if ($1 < 1024) print $1 " KiB"; else printf "%.1f MiB\n", $1 / 1024 }'; }

summary() {
  [ -f "$1" ] || { echo 'no counts'; return; }
  awk -F '|' '{ rows += $(NF - 1) } END { printf "%d rows in %d tables\n", rows, NR }' "$1"
}

# --- database ---------------------------------------------------------------------------------

connect() {
  export PGUSER="${PGUSER:-${POSTGRES_USER:-}}" PGDATABASE="${PGDATABASE:-${POSTGRES_DB:-}}" PGAPPNAME=$SELF
  if [ -z "$PGUSER" ] || [ -z "$PGDATABASE" ]; then wrong_use 'expected PGUSER and PGDATABASE'; fi
  [ -n "${POSTGRES_PASSWORD_FILE:-}" ] || return 0
  [ -r "$POSTGRES_PASSWORD_FILE" ] || fail 'POSTGRES_PASSWORD_FILE cannot be read'
  # libpq refuses a password file that others may read, as a mounted secret is.
  sed -e 's/[\\:]/\\&/g' -e 's/^/*:*:*:*:/' "$POSTGRES_PASSWORD_FILE" >"$work/pgpass"
  export PGPASSFILE="$work/pgpass"
}

psql_here() { psql -XAtq -v ON_ERROR_STOP=1 -d "$conninfo" "$@" 2>"$work/stderr" </dev/null; }

# Holds a transaction open, so that the dump and the counts see the same data.
open_snapshot() {
  mkfifo "$work/sql" "$work/answer"
  psql -XAtq -v ON_ERROR_STOP=1 -d "$conninfo" <"$work/sql" >"$work/answer" 2>"$work/stderr" &
  session=$!
  exec 3>"$work/sql" 4<"$work/answer"
  {
    echo 'SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;'
    echo 'BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SELECT pg_export_snapshot();'
  } >&3 2>/dev/null || true
  read -r snapshot <&4 || fail_with 'the dump cannot begin'
}

record_counts() {
  { count_rows >&3; } 2>/dev/null || true
  exec 3>&-
  cat <&4 >"$1" &
  child=$!
  wait "$child" || fail 'the counts cannot be written'
  child=''
  wait "$session" || { session=''; fail_with 'the rows cannot be counted'; }
  session=''
  exec 4<&-
}

# For each table its rows and a sum of their hashes, which is the same in any order of the rows.
count_rows() {
  cat <<'SQL'
SET search_path = pg_catalog; SET timezone = 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'postgres';
SET bytea_output = 'hex'; SET extra_float_digits = 1; SET row_security = off;
SELECT format(
  'SELECT %L, count(*), coalesce(sum((''x'' || left(encode(sha256(convert_to(rf_row_::text, ''UTF8'')), ''hex''), 15))::bit(60)::bigint), 0) FROM ONLY %I.%I AS rf_row_',
  format('%I.%I', nspname, relname), nspname, relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind = 'r' AND relpersistence <> 't' AND nspname !~ '^pg_' AND nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend d
    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY format('%I.%I', nspname, relname) COLLATE "C"
\gexec
SQL
}

load() {
  run pg_restore --clean --if-exists --no-owner --no-privileges --single-transaction --exit-on-error \
    --dbname="$2" "$1"
}

# Sets `differs` to the tables that do.
compare() {
  differs='nothing was counted when it was dumped'
  [ -f "$1" ] || return 1
  count_rows >"$work/count.sql"
  run psql -XAtq -v ON_ERROR_STOP=1 -d "$2" -f "$work/count.sql" >"$work/counts" || fail_with 'restored, but the rows cannot be counted'
  ! cmp -s "$1" "$work/counts" || return 0
  # A line that stands in both files, in full, is the same; what is left names the tables.
  differs=$(sort "$1" "$work/counts" | uniq -u | cut -d '|' -f 1 | sort -u | tr '\n' ' ')
  return 1
}

drop_scratch() {
  psql -XAtq -d "$conninfo dbname=postgres" -c "DROP DATABASE IF EXISTS $scratch WITH (FORCE)" \
    >/dev/null 2>"$work/stderr" </dev/null && made_scratch=''
}

# --- running and ending -----------------------------------------------------------------------

# In the background, because a shell that waits in the foreground hears no signal.
run() {
  "$@" 2>"$work/stderr" &
  child=$!
  if wait "$child"; then child=''; else child='' && return 1; fi
}

# Asked to end, they cancel what they asked of the server. One that hangs lets them wait for ever.
# shellcheck disable=SC2086  # either may be empty
stop_programs() {
  kill $child $session 2>/dev/null || true
  (sleep 5 && kill -KILL $child $session) >/dev/null 2>&1 9>&- &
  killer=$!
  wait $child $session 2>/dev/null || true # or the shell says how they ended
  kill "$killer" 2>/dev/null || true
}

clean_up() {
  trap '' TERM HUP INT
  if [ -n "$child$session" ]; then stop_programs; fi
  if [ -n "$partial" ]; then rm -f "$partial" "$partial.sha256" "$partial.counts"; fi
  if [ -n "$made_scratch" ]; then drop_scratch || complain 'the scratch database is left: the next drill drops it'; fi
  rm -rf "$work"
}

say() { printf '%s: %s\n' "$SELF" "$*"; }

complain() { printf '%s: error: %s\n' "$SELF" "$*" >&2; }

fail() {
  complain "$*"
  exit "$failure"
}

wrong_use() {
  complain "$*"
  exit 2
}

# A failure of a tool, with its cause in fixed words.
fail_with() {
  complain "$*: $(cause)"
  if [ -s "$work/stderr" ] && cp "$work/stderr" "$dir/.last-error.txt" 2>/dev/null; then
    complain "what the tool said, which may hold data, is in .last-error.txt in the backup directory"
  fi
  exit "$failure"
}

cause() {
  while IFS='|' read -r pattern words; do
    if grep -qiE "$pattern" "$work/stderr" 2>/dev/null; then
      printf '%s\n' "$words"
      return
    fi
  done <<'CAUSES'
no space left|no space is left on the disk
password authentication failed|the server refused the password
no password supplied|the server wants a password
role ".*" does not exist|the server does not know the user
database ".*" does not exist|the server does not have the database
server version mismatch|the tools are older than the server
permission denied|the user lacks a right
terminating connection|the server ended the connection
server closed the connection|the server ended the connection
connection refused|nothing listens at the address
could not translate host name|the host name is not known
timeout expired|the server does not answer
no such file or directory|nothing listens at the address
the database system is|the server is starting up or shutting down
connection to server|the server cannot be reached
read-only file system|the disk is mounted read-only
valid archive|it is no dump, or not all of one
text format dump|it is no dump, or not all of one
unexpected end of file|it is no dump, or not all of one
could not read|it is no dump, or not all of one
CAUSES
  echo 'another cause'
}

main "$@"
