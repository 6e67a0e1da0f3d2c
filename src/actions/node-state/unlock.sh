# shellcheck shell=sh disable=SC2154 # prelude.sh goes before it
# Lets a node go at the end of a run: unlock.sh RUN SESSION
# What the run changed and did not undo is kept from here on. Locks that died half-made go too.
run=$1 session=$2

read_lock
if [ -z "$lock_run" ] && [ ! -e "$home/lock" ]; then
  conclude already
fi
take_turn
require_lock "$run" "$session"
for action in "$home/runs/$run"/*/; do
  [ -d "$action" ] || continue
  # What a killed script left: an action without a phase was never recorded, and nobody reads these names.
  if [ "$(phase_of "${action%/}")" = none ]; then
    must write-failed rm -rf "${action%/}"
    continue
  fi
  for left in "${action}incoming" "$action"*.new; do
    [ ! -e "$left" ] || must write-failed rm -f "$left"
  done
  if [ -e "${action}phase-committed" ]; then
    set_phase "${action%/}" kept
  fi
done
must write-failed rm -f "$home/lock"
if command -v flock >/dev/null 2>&1; then
  for left in "$home"/lock.*; do
    [ ! -e "$left" ] || rm -f "$left"
  done
fi
flush_folder "$home"
say outcome 'done'
