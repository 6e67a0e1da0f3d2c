# shellcheck shell=sh disable=SC2154,SC2034 # prelude.sh and unit.sh go before it
# Asks systemd for the restart, or for the start: restart.sh RUN SESSION KEY UNIT DAEMON_RELOAD VERB
run=$1 session=$2 key=$3 unit=$4 daemon_reload=$5 verb=$6

require_systemd
begin_commit "$run" "$session" "$key"
if is_committed; then
  conclude already
fi
say before "$(kept_activation "$action/activation")"
set_phase "$action" committing
ask_for "$verb" "$unit" "$daemon_reload"
say outcome 'done'
