# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh goes before it
# Writes down that the restart is over and the unit is up: settle.sh RUN SESSION KEY PHASE
run=$1 session=$2 key=$3 phase=$4

take_turn
require_lock "$run" "$session"
set_phase "$home/runs/$run/$key" "$phase"
say outcome 'done'
