# shellcheck shell=sh disable=SC2317,SC2154 # each part uses some of these; place.sh sets what they need
# Goes before the parts of the problems in a user script; place.sh of the file action stands behind it and uses what is defined here.
# Only defines: the last line of the whole script is what starts it, so a script that was cut off on its way does nothing.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
umask 022

nodemend_part=''
nodemend_failed=''
nodemend_scratch=''

# tell WORDS: what is done, one line on standard output, which NKS keeps in /var/log/userscript_v2.output, and in the system's log
# where there is one by now.
tell() {
  tell_line="${nodemend_part:+$nodemend_part: }$(printf '%s' "$1" | tr '\n\r' '  ')"
  printf 'nodemend: %s\n' "$tell_line"
  if command -v logger >/dev/null 2>&1; then logger -t nodemend -- "$tell_line" </dev/null >/dev/null 2>&1 || :; fi
}

# The four below end, or speak for, the part that calls them; they have the names and the arguments that place.sh knows.
say() {
  tell "$1: ${2-}"
}

refuse() {
  tell "stopped: $1${2:+: $2}"
  exit 1
}

fail() {
  refuse "$@"
}

# must REASON COMMAND...: runs a command whose failure ends the part with the command's own words.
must() {
  must_reason=$1
  shift
  must_words=$("$@" 2>&1) || fail "$must_reason" "$must_words"
}

# fsync of a file and of a folder's entries. Before coreutils 8.24 sync(1) takes no names and flushes everything, which is as good.
flush_file() {
  must write-failed sync "$1"
}

flush_folder() {
  sync "$1" 2>/dev/null || :
}

# bounded COMMAND...: nothing that a part starts can hold the node's bootstrap up for more than a minute.
bounded() {
  if command -v timeout >/dev/null 2>&1; then timeout 60 "$@"; else "$@"; fi
}

# ---- a file of the node that is replaced: find_place, then keep_target, stage_target, commit_target

# What was there stays on the node, where no reader of the file's folder looks: keep_target STATE sets kept to the copy, or to nothing.
keep_target() {
  kept=''
  [ "$1" != absent ] || return 0
  keep_state=$1
  keep_home=/var/lib/nodemend/user-script
  # shellcheck disable=SC2086 # five words
  set -- $keep_state
  kept=$keep_home/${target##*/}.$2
  (umask 077 && mkdir -p "$keep_home") || refuse write-failed "$keep_home"
  if [ "$(state_of "$kept")" != "$keep_state" ]; then
    must write-failed cp -a "$target" "$kept.new"
    flush_file "$kept.new"
    must write-failed mv -f "$kept.new" "$kept"
  fi
  tell "what was in $target is kept in $kept"
}

# stage_target FILE STATE: FILE's content beside the target, with the owner and mode of STATE, whole and flushed; under a name that no
# reader of a folder takes for a file of its own (logrotate passes over one that ends in ~, in every release).
stage_target() {
  staged=$target.nodemend-birth~
  trap 'rm -f "$staged"' EXIT
  trap 'exit 1' HUP INT TERM
  must write-failed rm -f "$staged"
  # noclobber makes the shell open it with O_EXCL.
  stage_words=$({ set -C && cat "$1" >"$staged"; } 2>&1) || refuse write-failed "$stage_words"
  dress "$staged" "$2"
}

commit_target() {
  move_onto "$staged" "$target" || refuse write-failed "$move_words"
  trap - EXIT
  flush_folder "$folder"
  relabel "$target"
}

# A folder for scratch files, gone when the script ends. Memory first: the disk may be what is wrong with the node.
nodemend_begin() {
  if [ "$(id -u)" != 0 ]; then
    tell 'this has to run as root, as user scripts of NKS do'
    exit 1
  fi
  for nodemend_base in /run /dev/shm /tmp; do
    nodemend_scratch=$(mktemp -d "$nodemend_base/nodemend-birth.XXXXXX" 2>/dev/null) && break
  done
  if [ -z "$nodemend_scratch" ]; then
    tell 'no folder can be written to'
    exit 1
  fi
  trap 'rm -rf "$nodemend_scratch"' EXIT
  trap 'exit 1' HUP INT TERM
}

# nodemend_run PROBLEM SHA256 CONTENT-FUNCTION FUNCTION ARGUMENT...: one problem's part in a shell of its own, so that whatever it
# meets the others still run. FUNCTION is called with a file of what CONTENT-FUNCTION prints, proved to have arrived as it was made,
# and the ARGUMENTs.
nodemend_run() {
  nodemend_part=$1
  # No condition around the shell, in which -e would not count.
  set +e
  (
    set -e
    nodemend_take "$@"
  )
  nodemend_code=$?
  set -e
  if [ "$nodemend_code" -ne 0 ]; then
    nodemend_failed="$nodemend_failed $1"
    tell "not done (exit code $nodemend_code); once the node has joined: nodemend diagnose, nodemend apply $1"
  fi
  nodemend_part=''
}

nodemend_take() {
  nodemend_sum=$2
  nodemend_content=$3
  nodemend_function=$4
  nodemend_file=$nodemend_scratch/$1
  shift 4
  command -v sha256sum >/dev/null 2>&1 || refuse tool-missing sha256sum
  "$nodemend_content" >"$nodemend_file"
  nodemend_arrived=$(sha256sum <"$nodemend_file")
  [ "${nodemend_arrived%% *}" = "$nodemend_sum" ] || refuse 'the script is not as it was made' 'what it brings has another checksum: paste it again, whole'
  "$nodemend_function" "$nodemend_file" "$@"
}

# The last words. Without a failure nothing is ended here, so that a script that stands behind this one goes on.
nodemend_end() {
  rm -rf "$nodemend_scratch"
  trap - EXIT HUP INT TERM
  [ -n "$nodemend_failed" ] || return 0
  tell "ends with exit code 1, because of:$nodemend_failed"
  exit 1
}
