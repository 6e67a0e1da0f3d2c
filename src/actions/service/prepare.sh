# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh and unit.sh go before it
# Looks whether the unit is the one of the plan and runs, and writes down what undo needs. Restarts nothing.
# prepare.sh RUN SESSION KEY UNIT FRAGMENT RECORD_BYTES, the record on standard input
run=$1 session=$2 key=$3 unit=$4 fragment=$5 record_bytes=$6

require_tools
require_systemd
begin_apply "$run" "$session" "$key"
if is_committed; then
  conclude already
fi

read_unit "$unit"
say_unit
say fragment "$unit_fragment"
[ "$unit_load" = loaded ] || refuse unit-missing "$unit_load"
[ "$unit_fragment" = "$fragment" ] || refuse unit-changed "$unit_fragment"
if [ "$phase" = committing ]; then
  # An earlier process of the run may have asked for the restart: whatever state that left, it is to be finished.
  conclude 'done'
fi
[ "$unit_active" = active ] || refuse unit-not-running "$unit_active ($unit_sub)"
[ "$unit_job" = none ] || refuse unit-not-running "job $unit_job"

keep_record "$record_bytes"
keep_activation "$action/activation"
note_staged
say outcome 'done'
