# shellcheck shell=sh disable=SC2154 # prelude.sh goes before it
# Takes this node for a run: lock.sh RUN SESSION OWNER SINCE MACHINE_ID BOOT_ID TAKE_OVER
# MACHINE_ID and BOOT_ID are what the plan was made on; empty means any. TAKE_OVER is yes when a lock of the same run, left
# by a session that died, may be replaced. Nothing is written on a machine that is not the one the plan was made on.
run=$1 session=$2 owner=$3 since=$4 machine=$5 boot=$6 take_over=$7

require_tools
read_identity
say machine-id "$machine_now"
say boot-id "$boot_now"
if [ -n "$machine" ] && [ "$machine" != "$machine_now" ]; then
  refuse moved machine-id
fi
if [ -n "$boot" ] && [ "$boot" != "$boot_now" ]; then
  refuse moved boot-id
fi

must write-failed mkdir -p "$home/runs"
must write-failed chmod 0700 "$home" "$home/runs"
take_turn
# A lock appears under its name complete, or not at all: it is written aside and linked. Removed first, because what a killed
# script left there may be the lock itself, under its second name.
mine=$home/lock.$session
[ ! -e "$mine" ] || must write-failed rm -f "$mine"
words=$({ printf '%s\n' "$run" "$session" "$owner" "$since" >"$mine"; } 2>&1) || {
  rm -f "$mine"
  # A shell's own words for a full disk tell nobody anything ("I/O error", or none).
  [ "$(stat -f -c %f "$home" 2>/dev/null)" != 0 ] || words='No space left on device'
  fail write-failed "$words"
}
flush_file "$mine"

if ln "$mine" "$home/lock" 2>/dev/null; then
  rm -f "$mine"
  flush_folder "$home"
  conclude 'done'
fi
if [ ! -e "$home/lock" ]; then
  rm -f "$mine"
  fail write-failed "$home/lock cannot be made"
fi
read_lock
if [ "$lock_run" = "$run" ] && [ "$take_over" = yes ]; then
  must write-failed mv -f "$mine" "$home/lock"
  flush_folder "$home"
  say_lock
  conclude taken-over
fi
rm -f "$mine"
say_lock
refuse locked
