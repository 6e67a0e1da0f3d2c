# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh and unit.sh go before it
# Looks whether the unit is the one of the plan and as it was, and writes down what undo needs. Asks systemd for nothing yet.
# prepare.sh RUN SESSION KEY UNIT FRAGMENT OPERATION RECORD_BYTES, the record on standard input
run=$1 session=$2 key=$3 unit=$4 fragment=$5 operation=$6 record_bytes=$7

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
  # An earlier process of the run may have asked for it: whatever state that left, it is to be finished.
  conclude 'done'
fi
case $operation in
  enable) [ "$unit_enabled" = disabled ] || refuse unit-changed "$unit_enabled" ;;
  start)
    # What runs by now was started by somebody else, and is not ours to stop in an undo. One that dies again and again does not run.
    case $unit_active:$unit_sub in
      inactive:* | failed:* | activating:auto-restart*) ;;
      *) refuse unit-changed "$unit_active ($unit_sub)" ;;
    esac
    ;;
  *) [ "$unit_active" = active ] || refuse unit-not-running "$unit_active ($unit_sub)" ;;
esac
[ "$operation" = enable ] || [ "$unit_job" = none ] || refuse unit-not-running "job $unit_job"

keep_record "$record_bytes"
case $operation in
  enable)
    unit_with=$(sed -n 's/^Also=//p' "$unit_fragment" | tr '\n' ' ')
    keep_words "$action/units" "$unit $unit_with"
    keep_words "$action/links" "$(unit_links "$unit $unit_with")"
    ;;
  *) keep_activation "$action/activation" ;;
esac
note_staged
say outcome 'done'
