# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh and unit.sh go before it
# Looks whether the unit is the one of the plan and runs, and writes down what undo needs. Restarts nothing.
# prepare.sh RUN SESSION KEY UNIT FRAGMENT RECORD_BYTES, the record on standard input
run=$1 session=$2 key=$3 unit=$4 fragment=$5 record_bytes=$6

require_tools
require_systemd
take_turn
require_lock "$run" "$session"
action=$home/runs/$run/$key
phase=$(phase_of "$action")
case $phase in
  none | staged | committing) ;;
  committed | kept) conclude already ;;
  *) refuse run-undone ;;
esac

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

must write-failed mkdir -p "$action"
trap 'rm -f "$action"/*.new' EXIT
words=$({ cat >"$action/record.json.new"; } 2>&1) || fail write-failed "$words"
[ "$(($(wc -c <"$action/record.json.new")))" -eq "$record_bytes" ] || fail transfer 'the input ended early'
flush_file "$action/record.json.new"
keep_activation "$action/activation"
must write-failed mv -f "$action/record.json.new" "$action/record.json"
if [ "$phase" = none ]; then
  words=$({ : >"$action/phase-staged"; } 2>&1) || fail write-failed "$words"
fi
for made in "$action" "$home/runs/$run" "$home/runs" "$home"; do
  flush_folder "$made"
done
say outcome 'done'
