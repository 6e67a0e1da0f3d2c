# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh and unit.sh go before it
# Has the unit's process read its configuration again, without a restart: reload.sh RUN SESSION KEY UNIT
# It may be done twice: a run that died in between repeats it.
run=$1 session=$2 key=$3 unit=$4

require_systemd
begin_commit "$run" "$session" "$key"
if is_committed; then
  conclude already
fi
set_phase "$action" committing
must systemctl systemctl reload -- "$unit"
set_phase "$action" committed
say outcome 'done'
