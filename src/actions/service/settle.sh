# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh goes before it
# Writes down that the restart, or the start, is over and the unit is up: settle.sh RUN SESSION KEY PHASE
run=$1 session=$2 key=$3 reached=$4

begin_action "$run" "$session" "$key"
set_phase "$action" "$reached"
say outcome 'done'
