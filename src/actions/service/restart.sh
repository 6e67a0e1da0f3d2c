# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh and unit.sh go before it
# Asks systemd for the restart: restart.sh RUN SESSION KEY UNIT DAEMON_RELOAD
run=$1 session=$2 key=$3 unit=$4 daemon_reload=$5

require_systemd
take_turn
require_lock "$run" "$session"
action=$home/runs/$run/$key
phase=$(phase_of "$action")
case $phase in
  staged | committing) ;;
  committed | kept) conclude already ;;
  *) fail not-staged "$phase" ;;
esac
say before "$(kept_activation "$action/activation")"
set_phase "$action" committing
ask_restart "$unit" "$daemon_reload"
say outcome 'done'
