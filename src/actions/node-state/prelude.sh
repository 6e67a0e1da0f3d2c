# shellcheck shell=sh disable=SC2034,SC2317 # each script uses some of these
# The beginning of every script that nodemend runs on a node to change something, or to read what it wrote there.
# A reply is made of lines "@nodemend NAME VALUE" and of counted blobs "@nodemend-bytes NAME LENGTH"; what else is printed
# is not ours. The last word is always an outcome: a script that did not get that far has died.
set -eu
umask 077
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
home=/var/lib/nodemend

say() {
  printf '@nodemend %s %s\n' "$1" "$2"
}

# A value that may hold line breaks: the words of another program.
say_words() {
  say "$1" "$(printf '%s' "$2" | tr '\n\r' '  ')"
}

conclude() {
  say outcome "$1"
  exit 0
}

# Nothing was changed, and nothing will be.
refuse() {
  say reason "$1"
  say_words words "${2-}"
  conclude refused
}

# Something that should work did not. The caller has to look how far it got.
fail() {
  say reason "$1"
  say_words words "${2-}"
  conclude failed
}

# Runs a command whose failure ends the script with the command's own words: must REASON COMMAND...
must() {
  must_reason=$1
  shift
  must_words=$("$@" 2>&1) || fail "$must_reason" "$must_words"
}

require_tools() {
  lacking=
  for tool in sha256sum stat cp mv rm mkdir rmdir chmod chown ln cat head tail tr wc sync; do
    command -v "$tool" >/dev/null 2>&1 || lacking="$lacking $tool"
  done
  if [ -z "$lacking" ]; then
    stat -c %a / >/dev/null 2>&1 || lacking=' stat(-c)'
  fi
  [ -z "$lacking" ] || refuse tool-missing "${lacking# }"
}

# fsync of a file, and of a folder's entries. Some file systems have no fsync of folders, so only the file's has to work.
# coreutils before 8.24 and old busybox know no operands and flush everything, which is as good.
flush_file() {
  must write-failed sync "$1"
}

# As many folders as are given.
flush_folder() {
  sync "$@" 2>/dev/null || :
}

# Sets machine_now and boot_now, by which a node is known, and starts no program for it; empty where nothing tells.
read_identity() {
  machine_now='' boot_now=''
  { IFS= read -r machine_now </etc/machine-id; } 2>/dev/null || :
  { IFS= read -r boot_now </proc/sys/kernel/random/boot_id; } 2>/dev/null || :
}

# Scripts take turns on a node, whoever sent them; the kernel ends a dead script's turn. Where there is no flock(1) the
# session in the lock file still stops a run that was taken over, at its next script.
take_turn() {
  command -v flock >/dev/null 2>&1 || return 0
  exec 9<"$home"
  turn_tries=0
  until flock -n 9; do
    turn_tries=$((turn_tries + 1))
    [ "$turn_tries" -lt 15 ] || fail busy
    sleep 1
  done
}

# Sets lock_run, lock_session, lock_owner and lock_since; all empty when nobody holds the lock.
read_lock() {
  lock_run='' lock_session='' lock_owner='' lock_since=''
  [ -f "$home/lock" ] || return 0
  {
    IFS= read -r lock_run || :
    IFS= read -r lock_session || :
    IFS= read -r lock_owner || :
    IFS= read -r lock_since || :
  } <"$home/lock"
}

say_lock() {
  [ -e "$home/lock" ] || return 0
  say lock-run "$lock_run"
  say lock-owner "$lock_owner"
  say lock-since "$lock_since"
}

# The lock must be held by this very session of the run: require_lock RUN SESSION
require_lock() {
  read_lock
  if [ "$lock_run" != "$1" ] || [ "$lock_session" != "$2" ]; then
    say_lock
    refuse lock-lost
  fi
}

# How far an action got is the name of an empty file in its folder: renaming it is atomic, needs no free block, and ls
# shows it.
phase_of() {
  for phase_file in "$1"/phase-*; do
    if [ -e "$phase_file" ]; then
      printf '%s' "${phase_file##*/phase-}"
      return 0
    fi
  done
  printf 'none'
}

# set_phase FOLDER PHASE
set_phase() {
  phase_was=$(phase_of "$1")
  [ "$phase_was" != "$2" ] || return 0
  must write-failed mv -f "$1/phase-$phase_was" "$1/phase-$2"
  flush_folder "$1"
}

# What every step of every kind begins with: begin_action RUN SESSION KEY sets action, its folder, and phase, how far it got:
# none, staged, committing, committed, kept, undoing, undone.
begin_action() {
  take_turn
  require_lock "$1" "$2"
  action=$home/runs/$1/$3
  phase=$(phase_of "$action")
}

# The first step, which changes nothing yet. What was undone is not done again: begin_apply RUN SESSION KEY
begin_apply() {
  begin_action "$@"
  case $phase in
    undoing | undone) refuse run-undone ;;
  esac
}

# The step that changes: begin_commit RUN SESSION KEY
begin_commit() {
  begin_action "$@"
  case $phase in
    staged | committing | committed | kept) ;;
    *) fail not-staged "$phase" ;;
  esac
}

# Whether an earlier process of the run came to the end of it.
is_committed() {
  [ "$phase" = committed ] || [ "$phase" = kept ]
}

# Without a record nothing was changed here: begin_undo RUN SESSION KEY. May be run again after it was cut short.
begin_undo() {
  begin_action "$@"
  case $phase in
    none)
      rm -rf "$action"
      conclude already
      ;;
    undone) conclude already ;;
  esac
}

# Nothing was changed, so there is nothing to remember. The phase goes first: without it the rest means nothing.
forget_action() {
  must write-failed rm -f "$action/phase-$phase"
  must write-failed rm -rf "$action"
}

# Keeps the record, which is all of standard input: keep_record BYTES
keep_record() {
  must write-failed mkdir -p "$action"
  trap 'rm -f "$action"/*.new' EXIT
  words=$({ cat >"$action/record.json.new"; } 2>&1) || fail write-failed "$words"
  [ "$(($(wc -c <"$action/record.json.new")))" -eq "$1" ] || fail transfer 'the input ended early'
  flush_file "$action/record.json.new"
  must write-failed mv -f "$action/record.json.new" "$action/record.json"
}

# From here on an undo finds it: note_staged, when all that it needs is in the action's folder.
note_staged() {
  if [ "$phase" = none ]; then
    words=$({ : >"$action/phase-staged"; } 2>&1) || fail write-failed "$words"
  fi
  noted=$action
  set -- "$noted"
  while [ "$noted" != "$home" ]; do
    noted=${noted%/*}
    set -- "$@" "$noted"
  done
  flush_folder "$@"
}
